#!/usr/bin/env bats
# Versions from git's history: log, show, list versions, resolve ID@VERSION, and pins in check and eval, in histories of every shape.
load helpers

setup() {
	clean_environment
	cp -R "$TOP/tests/cases/base/small" ws
	cd ws
	git init -q
	commit 2026-01-01 'First state'
}

commit() { # DATE MESSAGE [AUTHOR]
	git add -A
	GIT_AUTHOR_DATE="$1T00:00:00Z" GIT_COMMITTER_DATE="$1T00:00:00Z" GIT_AUTHOR_NAME="${3:-A. Person}" GIT_AUTHOR_EMAIL=person@example.invalid \
		git commit -qm "$2"
}

merge() { # DATE BRANCH [OPTION...]
	local date=$1 branch=$2
	shift 2
	GIT_AUTHOR_DATE="${date}T00:00:00Z" GIT_COMMITTER_DATE="${date}T00:00:00Z" git merge -q --no-ff -m "Merge $branch" "$@" "$branch"
}

version() { # VERSION [STATUS] of demand_shops
	sed -i "s/^  version: .*/  version: $1/" recipes/shops.yaml
	[ $# -lt 2 ] || sed -i "s/^  status: .*/  status: $2/" recipes/shops.yaml
}

limit() { # VALUE: another content of demand_shops
	sed -i "s/threshold_critical: .*}/threshold_critical: $1}/" recipes/shops.yaml
}

short() { # REVISION
	git rev-parse "$1" | cut -c 1-12
}

# The versions of an id as "version status commit", newest first, each commit as its subject.
versions() { # [OPTION...] ID
	"$GALLEY" log "$@" --format json >../log.json || return
	awk -F '"' '/^      "version":/ { v = $4 } /^      "status":/ { s = $4 } /^      "commit":/ { print v, s, $4 == "" ? "-" : $4 }' ../log.json |
		while read -r version status id; do
			[ "$id" = - ] && subject='not committed' || subject=$(git log -1 --format=%s "$id")
			printf '%s %s %s\n' "$version" "$status" "$subject"
		done
}

critical() { # ID@VERSION [OPTION...]: the limit in effect
	"$GALLEY" resolve "$@" --format json | sed -n 's/.*"threshold_critical": \([0-9.]*\).*/\1/p'
}

# Answers with the index that is there, without one, and with each kind of damage: all the same.
same_with_any_index() { # COMMAND...
	local index
	index=$(git rev-parse --git-common-dir)/galley/versions
	rm -f "$index"
	"$@" >../without
	[ -f "$index" ]
	"$@" | diff ../without -
	cp "$index" ../good
	head -c 1000 ../good >"$index"
	"$@" | diff ../without -
	cmp "$index" ../good
	: >"$index"
	"$@" | diff ../without -
	printf 'x' | dd of="$index" bs=1 seek=400 conv=notrunc status=none
	"$@" | diff ../without -
	cmp "$index" ../good
	head -c 5000 /dev/urandom >"$index"
	"$@" | diff ../without -
	rm "$index"
	mkdir "$index"
	"$@" | diff ../without -
	rmdir "$index"
	cp packs/standard.yaml ../target
	ln -s "$BATS_TEST_TMPDIR/target" "$index"
	"$@" | diff ../without -
	cmp packs/standard.yaml ../target
	rm -f "$index"
}

@test "log tells who made a version, who approved it and what it changed in effect" {
	version 1.1.0 draft
	limit 0.28
	commit 2026-01-02 'Tighter for all shops

Last winter was hard.'
	version 1.1.0 approved
	commit 2026-01-03 'Approve shops 1.1.0' 'B. Boss'
	version 1.2.0 draft
	must_exit 0 "$GALLEY" log demand_shops
	[ "$output" = "recipe demand_shops: 3 versions, newest 1.2.0 (draft)

1.2.0  draft  not committed
  against 1.1.0: no change in effect

1.1.0  approved  2026-01-02  $(short HEAD~1)  A. Person
  Tighter for all shops
  approved 2026-01-03 by B. Boss in $(short HEAD): Approve shops 1.1.0
  against 1.0.0: evaluation.metrics.MAPE.threshold_critical 0.30 -> 0.28 (tighter)

1.0.0  approved  2026-01-01  $(short HEAD~2)  A. Person
  First state
  approved in the same commit" ]
	must_exit 0 "$GALLEY" log demand_shops --at HEAD --limit 1
	says "recipe demand_shops: 2 versions, newest 1.1.0 (approved)"
	says "1 older versions are not shown"
	"$GALLEY" log demand_shops --format json >../log.json
	grep -q '"schema": "galley.log/1"' ../log.json
	grep -q '"note": "Tighter for all shops\\n\\nLast winter was hard."' ../log.json
	grep -q "\"approval\": {" ../log.json
	same_with_any_index "$GALLEY" log demand_shops
}

@test "what a parent brings is told with the version that it came to" {
	sed -i 's/{target: 0.10/{target: 0.09/; s/^  version: 1.0.0/  version: 1.1.0/' recipes/base.yaml
	commit 2026-01-02 'Base aims higher'
	version 1.1.0
	commit 2026-01-03 'Shops follow'
	must_exit 0 "$GALLEY" log demand_shops
	says "against 1.0.0: no change in effect"
	# 1.0.0 stood last beside the new base: that is what it means.
	sed -i 's/{target: 0.09/{target: 0.08/; s/^  version: 1.1.0/  version: 1.2.0/' recipes/base.yaml
	version 1.2.0
	commit 2026-01-04 'Both move'
	must_exit 0 "$GALLEY" log demand_shops
	says "against 1.1.0: evaluation.metrics.MAPE.target 0.09 -> 0.08"
}

@test "a version is the file as it stood in the newest commit, with its parents as they stood there" {
	version 1.1.0
	limit 0.28
	commit 2026-01-02 'Version 1.1.0'
	sed -i 's/grain: store-day/grain: store-week/; s/^  version: 1.0.0/  version: 2.0.0/' recipes/base.yaml
	commit 2026-01-03 'Base moves on'
	version 1.2.0
	limit 0.25
	commit 2026-01-04 'Version 1.2.0'
	[ "$(critical demand_shops@1.0.0)" = 0.3 ]
	[ "$(critical demand_shops@1.1.0)" = 0.28 ]
	[ "$(critical demand_shops@~1.1)" = 0.28 ]
	[ "$(critical 'demand_shops@>=1.0 <1.2')" = 0.28 ]
	[ "$(critical demand_shops@^1)" = 0.25 ]
	must_exit 0 "$GALLEY" resolve demand_shops@1.0.0
	says "grain: store-day "
	must_exit 0 "$GALLEY" resolve demand_shops@1.1.0
	says "grain: store-week "
	says "# $(short HEAD~1):recipes/base.yaml:15 (baseline)"
	must_exit 1 "$GALLEY" resolve demand_shops@9.0.0
	says "no version '9.0.0' of 'demand_shops'; newest first there are 1.2.0, 1.1.0, 1.0.0; see: galley log demand_shops"
	must_exit 1 "$GALLEY" resolve demand_shop@1.0.0
	says "did you mean 'demand_shops'?"
	[ "$(critical demand_shops@1.0.0 --at HEAD~3)" = 0.3 ]
	must_exit 1 "$GALLEY" resolve demand_shops@1.1.0 --at HEAD~3
	same_with_any_index "$GALLEY" resolve demand_shops@1.1.0 --why
}

@test "the read tree is the newest of all: a version that is not committed, an index that is not the tree" {
	version 1.1.0 draft
	limit 0.27
	[ "$(critical demand_shops@1.1.0)" = 0.27 ]
	git add -A
	limit 0.26
	[ "$(critical demand_shops@1.1.0)" = 0.26 ]
	[ "$(critical demand_shops@1.1.0 --staged)" = 0.27 ]
	# An edit of a version that is committed counts too.
	git checkout -q HEAD recipes
	limit 0.29
	[ "$(critical demand_shops@1.0.0)" = 0.29 ]
	[ "$(critical demand_shops@1.0.0 --at HEAD)" = 0.3 ]
	[ "$(versions demand_shops)" = "1.0.0 approved not committed" ]
}

@test "ranges take the highest approved version, pre-releases and drafts do not count" {
	version 1.1.0
	limit 0.28
	commit 2026-01-02 'Version 1.1.0'
	version 1.2.0-rc.1
	limit 0.27
	commit 2026-01-03 'Candidate'
	version 1.2.0 draft
	limit 0.26
	commit 2026-01-04 'Draft'
	[ "$(critical demand_shops@^1.0)" = 0.28 ]
	[ "$(critical demand_shops@1.x)" = 0.28 ]
	[ "$(critical 'demand_shops@>=1.2.0-rc.0 <1.2.0')" = 0.27 ]
	[ "$(critical demand_shops@1.2.0)" = 0.26 ]
	# The child pins ^1.0 and stays on what is approved, while the parent is a draft.
	must_exit 0 "$GALLEY" check
	[ "$(critical demand_corner)" = 0.28 ]
	version 1.2.0 approved
	[ "$(critical demand_corner)" = 0.26 ]
	version 1.2.0 archived
	[ "$(critical demand_corner)" = 0.28 ]
}

@test "pins of models, runs, parents and packs are answered from history, and only what nobody has is an error" {
	sed -i 's/^  version: .*/  version: 2.0.0/; s/fail: 0.40/fail: 0.30/' packs/standard.yaml
	sed -i 's/packs: \[pack_standard\]/packs: [pack_standard@1.0.0]/' recipes/base.yaml
	sed -i 's/^  version: .*/  version: 1.1.0/' recipes/base.yaml
	version 2.0.0
	sed -i 's/^  version: .*/  version: 2.0.0/; s/demand_shops@^1.0/demand_shops@^2.0/' recipes/corner.yaml
	commit 2026-01-02 'All move on'
	sed -i 's/^recipe: .*/recipe: demand_corner@1.0.0/' runs/model_demand/*/run.yaml runs/model_demand/model.yaml
	must_exit 0 "$GALLEY" check
	must_exit 0 "$GALLEY" eval
	says "pack_standard@2.0.0" # the old recipe does not pin its pack
	[ "$("$GALLEY" resolve demand_corner --format json | grep -c '"pack_standard@1.0.0"')" = 1 ]
	sed -i 's/^recipe: .*/recipe: demand_corner@2.0.0/' runs/model_demand/*/run.yaml runs/model_demand/model.yaml
	must_exit 0 "$GALLEY" eval
	says "pack_standard@1.0.0"
	sed -i 's/^recipe: .*/recipe: demand_corner@1.5.0/' runs/model_demand/model.yaml
	must_exit 1 "$GALLEY" check
	says "runs/model_demand/model.yaml:5:9: error: nothing satisfies '1.5.0' of 'demand_corner': this revision has 2.0.0, and its history has none [ref/version]"
	says "pin a version that is there: 2.0.0, 1.0.0; galley log demand_corner shows all"
	git checkout -q runs/model_demand/model.yaml
	sed -i 's/demand_shops@^2.0/demand_shops@^3/' recipes/corner.yaml
	must_exit 1 "$GALLEY" check
	says "pin '^3' is not satisfied: parent 'demand_shops' is at 2.0.0, and its history has no such version [parent/pin]"
}

@test "a recipe that is gone lives on in what pins it" {
	sed 's/id: demand_corner/id: demand_kiosk/; s/name: Demand of .*/name: Kiosk/' recipes/corner.yaml >recipes/kiosk.yaml
	commit 2026-01-02 'A kiosk'
	git rm -q recipes/kiosk.yaml
	commit 2026-01-03 'No kiosk'
	sed -i 's/^recipe: .*/recipe: demand_kiosk@1.0.0/' runs/model_demand/*/run.yaml
	must_exit 0 "$GALLEY" check
	must_exit 1 "$GALLEY" show demand_kiosk
	says "'demand_kiosk' is not in this revision; its newest versions were 1.0.0"
	must_exit 0 "$GALLEY" show demand_kiosk@1.0.0
	says "not the version of this revision"
	sed -i 's/^recipe: .*/recipe: demand_kiosk/' runs/model_demand/*/run.yaml
	must_exit 1 "$GALLEY" check
	says "no recipe has the id 'demand_kiosk' [ref/unknown]"
}

@test "merges: the newest commit by time has the word, and who wrote a version is not who merged it" {
	git checkout -qb side
	version 1.1.0
	limit 0.28
	commit 2026-01-02 'Side makes 1.1.0' 'S. Side'
	git checkout -q main
	sed -i 's/^  version: .*/  version: 1.0.1/' recipes/corner.yaml
	commit 2026-01-03 'Corner alone'
	merge 2026-01-04 side
	[ "$(versions demand_shops)" = "1.1.0 approved Side makes 1.1.0
1.0.0 approved First state" ]
	must_exit 0 "$GALLEY" log demand_shops
	says "2026-01-02  $(short side)  S. Side"
	# 1.0.0 stood last on the main line, after the side had left it.
	must_exit 0 "$GALLEY" log demand_shops --format json
	says "\"stood_in\": \"$(git rev-parse HEAD~1)\""
	# A merge that ignores the other side still reaches its versions.
	git checkout -q side
	version 1.2.0
	limit 0.2
	commit 2026-01-05 'Side goes on'
	git checkout -q main
	merge 2026-01-06 side -s ours
	[ "$(versions demand_shops)" = "1.2.0 approved Side goes on
1.1.0 approved Side makes 1.1.0
1.0.0 approved First state" ]
	[ "$(critical demand_shops@1.2.0)" = 0.2 ]
	[ "$(critical demand_shops)" = 0.28 ]
	same_with_any_index "$GALLEY" log demand_shops
}

@test "clocks that go backwards: the time of the commit decides, then its id" {
	limit 0.29
	commit 2025-12-01 'Earlier by its clock'
	version 1.1.0
	commit 2026-02-01 'Version 1.1.0'
	# The first commit is the newest of those with 1.0.0.
	[ "$(critical demand_shops@1.0.0)" = 0.3 ]
	git checkout -q HEAD~1
	[ "$(critical demand_shops@1.0.0 --at HEAD)" = 0.29 ]
	for wanted in demand_shops demand_shops@1.0.0; do
		must_exit 0 "$GALLEY" show $wanted --at HEAD
		says 'threshold_critical: 0.29'
	done
	must_exit 0 "$GALLEY" log demand_shops --at HEAD --format json
	says "\"stood_in\": \"$(git rev-parse HEAD)\""
}

@test "cherry-picks and reverts: one version, and the commit that first gave it what it has" {
	git checkout -qb side
	version 1.1.0
	limit 0.28
	commit 2026-01-02 'Version 1.1.0' 'S. Side'
	git checkout -q main
	GIT_COMMITTER_DATE=2026-01-05T00:00:00Z git cherry-pick side >/dev/null
	git commit -q --amend -m 'Picked 1.1.0'
	merge 2026-01-06 side
	[ "$(versions demand_shops)" = "1.1.0 approved Version 1.1.0
1.0.0 approved First state" ]
	must_exit 0 "$GALLEY" log demand_shops
	says "S. Side"
	GIT_COMMITTER_DATE=2026-01-07T00:00:00Z git revert --no-edit HEAD^1 >/dev/null
	[ "$(versions demand_shops)" = "1.1.0 approved Version 1.1.0
1.0.0 approved First state" ]
	[ "$(critical demand_shops)" = 0.3 ]
	[ "$(critical demand_shops@1.1.0)" = 0.28 ]
	# check says that the branch went down.
	must_exit 1 "$GALLEY" check --base HEAD~1
	says "[version/lower]"
}

@test "a rebase keeps author, date and note, and what it left behind is no version any more" {
	git checkout -qb side
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0' 'S. Side'
	"$GALLEY" log demand_shops >/dev/null
	git checkout -q main
	touch unrelated
	commit 2026-01-03 'Something else'
	git checkout -q side
	GIT_COMMITTER_DATE=2026-01-09T00:00:00Z git rebase -q main
	must_exit 0 "$GALLEY" log demand_shops
	says "1.1.0  approved  2026-01-02  $(short HEAD)  S. Side"
	version 1.1.1
	commit 2026-01-10 'Version 1.1.1'
	"$GALLEY" log demand_shops >/dev/null
	git reset -q --hard HEAD~1
	[ "$(versions demand_shops | wc -l)" -eq 2 ]
	must_exit 1 "$GALLEY" resolve demand_shops@1.1.1
}

@test "renames, other folders and other endings are the same record" {
	mkdir recipes/industry
	git mv recipes/shops.yaml recipes/industry/all_shops.yml
	commit 2026-01-02 'Moved'
	sed -i 's/^  version: .*/  version: 1.1.0/' recipes/industry/all_shops.yml
	commit 2026-01-03 'Version 1.1.0'
	printf 'version: 1\ndirectories: {recipes: models}\n' >galley.yaml
	git mv recipes models
	sed -i 's/^  version: .*/  version: 1.2.0/' models/industry/all_shops.yml
	commit 2026-01-04 'Another folder'
	[ "$(versions demand_shops)" = "1.2.0 approved Another folder
1.1.0 approved Version 1.1.0
1.0.0 approved First state" ]
	must_exit 0 "$GALLEY" show demand_shops@1.0.0
	says "$(short HEAD~2):recipes/industry/all_shops.yml"
	same_with_any_index "$GALLEY" log demand_shops
}

@test "the index grows with history and serves every branch and worktree" {
	"$GALLEY" log demand_shops >/dev/null
	before=$(wc -c <.git/galley/versions)
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	"$GALLEY" log demand_shops >/dev/null
	[ "$(wc -c <.git/galley/versions)" -gt "$before" ]
	git worktree add -q ../other -b other HEAD~1
	cd ../other
	version 1.0.1
	commit 2026-01-03 'Version 1.0.1'
	[ "$(versions demand_shops)" = "1.0.1 approved Version 1.0.1
1.0.0 approved First state" ]
	[ ! -e .git/galley ]
	cp ../ws/.git/galley/versions ../kept
	[ "$(versions demand_shops)" = "1.0.1 approved Version 1.0.1
1.0.0 approved First state" ]
	cmp ../kept ../ws/.git/galley/versions
	same_with_any_index "$GALLEY" list versions
}

@test "a bare repository, and one that cannot be written, answer alike" {
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	"$GALLEY" log demand_shops >../wanted
	git clone -q --bare . ../bare.git
	"$GALLEY" log demand_shops --git-dir ../bare.git | diff ../wanted -
	[ -f ../bare.git/galley/versions ]
	"$GALLEY" log demand_shops --git-dir ../bare.git | diff ../wanted -
	rm -rf ../bare.git/galley
	: >../bare.git/galley
	"$GALLEY" log demand_shops --git-dir ../bare.git | diff ../wanted -
	[ ! -s ../bare.git/galley ]
}

@test "a foreign index is no help and does no harm" {
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	"$GALLEY" log demand_shops >../wanted
	mkdir ../foreign
	cp -R "$TOP/tests/cases/base/small/." ../foreign
	(cd ../foreign && git init -q && sed -i 's/^  version: .*/  version: 7.0.0/' recipes/shops.yaml && commit 2026-03-01 'Foreign' && "$GALLEY" log demand_shops >/dev/null)
	cp ../foreign/.git/galley/versions .git/galley/versions
	"$GALLEY" log demand_shops | diff ../wanted -
	# Another limit reads other versions: what was remembered under the old one does not count.
	must_exit 1 "$GALLEY" log demand_shops --limit manifest_bytes=100
	"$GALLEY" log demand_shops | diff ../wanted -
}

@test "commits are taken as they were made: replaced objects and grafts change no answer" {
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	version 1.2.0
	commit 2026-01-03 'Version 1.2.0'
	"$GALLEY" log demand_shops >../before
	git replace "$(git rev-parse HEAD~1)" "$(git commit-tree -p HEAD~2 -m 'Other' 'HEAD~2^{tree}')"
	mkdir -p .git/info
	git rev-parse HEAD >.git/info/grafts
	rm -rf .git/galley
	"$GALLEY" log demand_shops | diff ../before -
}

@test "a shallow clone says what it cannot know, and how to mend it" {
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	touch unrelated
	commit 2026-01-03 'Something else'
	git clone -q --depth 1 "file://$PWD" ../shallow
	cd ../shallow
	must_exit 3 "$GALLEY" log demand_shops
	says "git fetch --unshallow, in a workflow fetch-depth: 0"
	must_exit 3 "$GALLEY" list versions
	must_exit 3 "$GALLEY" resolve demand_shops@1.0.0
	says "git fetch --unshallow"
	must_exit 3 "$GALLEY" show demand_shops@1.0.0
	must_exit 0 "$GALLEY" show demand_shops
	says "# by whom and when lies before what this shallow clone holds: git fetch --unshallow"
	says_not "$(short HEAD)"
	must_exit 0 "$GALLEY" show demand_shops --format json
	says '"commit": null'
	says '"approval": null'
	[ "$(critical demand_shops@1.1.0)" = 0.3 ]
	must_exit 0 "$GALLEY" check
	sed -i 's/^recipe: .*/recipe: demand_shops@1.0.0/' runs/model_demand/model.yaml
	must_exit 1 "$GALLEY" check
	says "nor in what this shallow clone holds of its history [ref/version]"
	says "fetch the full history: git fetch --unshallow, in a workflow fetch-depth: 0"
	sed -i 's/demand_shops@^1.0/demand_shops@1.0.0/' recipes/corner.yaml
	must_exit 1 "$GALLEY" check
	says "and what this shallow clone holds of its history has no such version [parent/pin]"
	[ ! -e .git/galley ]
	git fetch -q --unshallow
	must_exit 0 "$GALLEY" check
	must_exit 0 "$GALLEY" resolve demand_shops@1.0.0
}

@test "a partial clone is not damaged: what it left out is said, and how to get it" {
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	git config uploadpack.allowFilter true
	for filter in blob:none tree:0; do
		git clone -q -c gc.auto=0 -c maintenance.auto=false --filter=$filter "file://$PWD" ../partial-${filter%:*} 2>/dev/null ||
			skip "this git makes no partial clones"
		cd ../partial-${filter%:*}
		must_exit 0 "$GALLEY" check
		must_exit 3 "$GALLEY" log demand_shops
		says "is not in this partial clone; git fetch --refetch --no-filter, or clone without --filter"
		says_not fsck
		must_exit 3 "$GALLEY" check --base HEAD~1
		says "is not in this partial clone"
		git fetch -q --refetch --no-filter 2>/dev/null || skip "this git does not fetch again"
		must_exit 0 "$GALLEY" log demand_shops
		cd ../ws
	done
}

@test "without git, and before the first commit, what needs history says so" {
	rm -rf .git
	must_exit 3 "$GALLEY" log demand_shops
	says "is not in a git repository"
	must_exit 3 "$GALLEY" list versions
	must_exit 3 "$GALLEY" resolve demand_shops@0.9.0
	must_exit 0 "$GALLEY" resolve demand_shops@1.0.0
	must_exit 0 "$GALLEY" show demand_shops@1.0.0
	must_exit 0 "$GALLEY" show model_demand
	must_exit 0 "$GALLEY" check
	git init -q
	must_exit 3 "$GALLEY" log demand_shops
	says "has no commit yet"
}

@test "a SHA-256 repository is refused with a clear word" {
	mkdir ../new
	cd ../new
	git init -q --object-format=sha256 2>/dev/null || skip "this git makes no SHA-256 repositories"
	must_exit 3 "$GALLEY" log demand_shops
	says "names its objects by SHA-256, which this libgit2 cannot read; galley needs SHA-1"
	git init -q --bare --object-format=sha256 ../bare.git 2>/dev/null
	must_exit 3 "$GALLEY" --git-dir ../bare.git check
	says "names its objects by SHA-256"
}

@test "hostile names and notes change neither terminal nor log" {
	version 1.1.0
	commit 2026-01-02 "$(printf 'Nice \033[31mred ::error::x ##[group]y \342\200\256drawkcab')" "$(printf 'E\033vil\007 ::set-output')"
	must_exit 0 "$GALLEY" log demand_shops
	says '\x1b[31mred'
	says_not "$(printf '\033')"
	says_not '::error'
	says_not '##['
	says_not "$(printf '\342\200\256')"
	must_exit 0 "$GALLEY" list versions
	says_not "$(printf '\033')"
	must_exit 0 "$GALLEY" show demand_shops
	says_not "$(printf '\007')"
	must_exit 0 "$GALLEY" list versions --format csv
	says '\x1b[31mred'
	says_not "$(printf '\033')"
	says_not "$(printf '\007')"
	must_exit 1 "$GALLEY" log "$(printf 'x\033[31m')"
	says_not "$(printf '\033[31m')"
	must_exit 1 "$GALLEY" show ../../etc/passwd
	must_exit 1 "$GALLEY" show 'model_demand/../../..'
	must_exit 1 "$GALLEY" show demand_shops@nothing
}

@test "show prints a record whole, of any kind, and list versions them all" {
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	must_exit 0 "$GALLEY" show demand_shops@1.0.0
	says "# recipe demand_shops 1.0.0, approved, not the version of this revision"
	says "  version: 1.0.0"
	"$GALLEY" show demand_shops | tail -n +5 | diff - recipes/shops.yaml
	must_exit 0 "$GALLEY" show pack_standard --format json
	says '"kind": "pack"'
	says '"record": {'
	must_exit 0 "$GALLEY" show model_demand
	says "# runs/model_demand/model.yaml"
	must_exit 0 "$GALLEY" show "model_demand/$(ls runs/model_demand | grep -m 1 train)"
	must_exit 1 "$GALLEY" show model_deman
	"$GALLEY" list versions --format csv >../versions.csv
	[ "$(head -1 ../versions.csv)" = id,family,status,type,version,date,author,commit,note ]
	[ "$(grep -c '^demand_shops,' ../versions.csv)" -eq 2 ]
	grep -q "^demand_shops,forecasting,approved,recipe,1.1.0,2026-01-02T00:00:00Z,A. Person,$(git rev-parse HEAD),Version 1.1.0$" ../versions.csv
	must_exit 0 "$GALLEY" list versions --level industry --sort version --limit 1
	says "1.0.0"
	says_not "1.1.0"
}

@test "over a range every commit counts: what one approved no later one changes, and no version goes down" {
	git checkout -qb change
	version 1.1.0
	limit 0.28
	commit 2026-01-02 'Version 1.1.0'
	must_exit 0 "$GALLEY" check --base main
	limit 0.27
	commit 2026-01-03 'Changed in place'
	must_exit 1 "$GALLEY" check --base main
	says "changed in approved version 1.1.0; approved in commit $(short HEAD~1), changed in commit $(short HEAD) [version/changed]"
	says "raise 'metadata.version' in that very commit"
	# A later commit that raises it leaves the edit in history.
	version 1.1.1
	commit 2026-01-04 'A version of its own'
	must_exit 1 "$GALLEY" check --base main
	says "changed in approved version 1.1.0 before its version was raised; approved in commit $(short HEAD~2), changed in commit $(short HEAD~1) [version/changed]"
	git reset -q --soft HEAD~2
	commit 2026-01-04 'A version of its own'
	must_exit 0 "$GALLEY" check --base main
	version 1.3.0
	commit 2026-01-05 'Too far'
	version 1.2.0
	commit 2026-01-06 'Back'
	must_exit 1 "$GALLEY" check --base main
	says "version 1.2.0 of recipe 'demand_shops' is lower than 1.3.0 in commit $(short HEAD~1) [version/lower]"
	# A later commit that raises it leaves the way down in history; a revert alone is none.
	version 1.4.0 approved
	commit 2026-01-07 'Up again'
	must_exit 1 "$GALLEY" check --base main
	says "version 1.2.0 of recipe 'demand_shops' in commit $(short HEAD~1) is lower than 1.3.0 in commit $(short HEAD~2) [version/lower]"
	says 'versions only go up along a branch: make the commits one'
	git reset -q --soft HEAD~3
	commit 2026-01-07 'Up'
	must_exit 0 "$GALLEY" check --base main
	version 1.5.0
	commit 2026-01-07 'Too early'
	git revert --no-edit HEAD >/dev/null
	version 1.6.0 approved
	commit 2026-01-07 'Now'
	must_exit 0 "$GALLEY" check --base main
	git reset -q --hard HEAD~3
	version 1.4.0 draft
	commit 2026-01-08 'No longer approved'
	must_exit 1 "$GALLEY" check --base main
	says "goes back from approved to draft; version 1.4.0 is approved in commit $(short HEAD~1) [version/status]"
}

# What every judge of a change says of the branch that is checked out, against main.
all_refuse() { # TEXT...
	local text
	for judge in 'check --base main' 'check --base main --at HEAD' 'review --base main --format text'; do
		must_exit 1 "$GALLEY" $judge
		for text in "$@"; do
			says "$text"
		done
	done
	run timeout 60 "$GALLEY" hook pre-receive <<<"$(git rev-parse main HEAD | tr '\n' ' ')refs/heads/change"
	[ "$status" -eq 1 ]
	for text in "$@"; do
		says "$text"
	done
}

@test "a version that was edited in place and raised by a later commit would mean something else to all that pin it" {
	git checkout -qb change
	limit 0.29
	commit 2026-01-02 'Edited in place'
	version 1.1.0
	commit 2026-01-03 'Raised'
	all_refuse "recipes/shops.yaml:7:12: error: recipe 'demand_shops' changed in approved version 1.0.0 before its version was raised" \
		"approved in commit $(short main), changed in commit $(short HEAD~1)"
	must_exit 1 "$GALLEY" check --base main
	says "[version/changed]"
	says "'demand_shops@1.0.0' would mean that edit from now on: make it one commit with the one that raises the version (git rebase --interactive, git merge --squash); the approved content is: git show $(git rev-parse main):recipes/shops.yaml"
	[ "$(critical demand_shops@1.0.0)" = 0.29 ]
	# Brought back before it was raised, or made one commit, it means what it did.
	git checkout -qb again main
	limit 0.29
	commit 2026-01-02 'Edited in place'
	limit 0.30
	commit 2026-01-03 'Brought back'
	limit 0.29
	version 1.1.0
	commit 2026-01-04 'Raised'
	must_exit 0 "$GALLEY" check --base main --fail-on warning
	git checkout -q change
	git reset -q --soft main
	commit 2026-01-04 'In one'
	must_exit 0 "$GALLEY" check --base main --fail-on warning
	must_exit 0 "$GALLEY" hook pre-receive <<<"$(git rev-parse main HEAD | tr '\n' ' ')refs/heads/change"
	[ "$(critical demand_shops@1.0.0)" = 0.3 ]
}

@test "merging a change whose edit and raise are two commits is refused, squashing it is not" {
	git checkout -qb change
	limit 0.29
	commit 2026-01-02 'Edited in place'
	version 1.1.0
	commit 2026-01-03 'Raised'
	git checkout -q main
	git checkout -qb merged
	merge 2026-01-04 change
	all_refuse "approved in commit $(short main), changed in commit $(short change~1)"
	git checkout -qb squashed main
	git merge -q --squash change >/dev/null
	commit 2026-01-04 'In one'
	must_exit 0 "$GALLEY" check --base main --fail-on warning
}

@test "an edit in place is not hidden by removing the file, by going back, or by clocks" {
	version 1.1.0
	limit 0.28
	commit 2026-01-02 'Version 1.1.0'
	git checkout -qb change
	limit 0.29
	commit 2026-01-03 'Edited in place'
	git rm -q recipes/shops.yaml
	commit 2026-01-04 'Removed'
	must_exit 1 "$GALLEY" check --base main
	says "recipes/shops.yaml: error: recipe 'demand_shops' changed in approved version 1.1.0 before it was removed; approved in commit $(short main), changed in commit $(short HEAD~1) [version/changed]"
	says "make it one commit with the one that removes it"
	# An older version's number used again, and all as it was at the end.
	git checkout -q -B change main
	version 1.0.0
	limit 0.29
	commit 2026-01-03 'Another 1.0.0'
	git revert --no-edit HEAD >/dev/null
	git diff --exit-code main
	must_exit 1 "$GALLEY" check --base main
	says "changed in approved version 1.0.0 before its version was raised; approved in commit $(short main~1), changed in commit $(short HEAD~1)"
	# A clock that is slow: the commit comes after all the same.
	git checkout -q -B change main
	limit 0.29
	commit 2025-06-01 'Edited in place long ago'
	version 1.2.0
	commit 2026-01-05 'Raised'
	must_exit 1 "$GALLEY" check --base main
	says "approved in commit $(short main), changed in commit $(short HEAD~1)"
	# All in one second, as a rebase makes them.
	git checkout -q -B change main
	limit 0.29
	commit 2026-01-02 'Edited in place'
	version 1.2.0
	commit 2026-01-02 'Raised'
	must_exit 1 "$GALLEY" check --base main
	says "approved in commit $(short main), changed in commit $(short HEAD~1)"
}

@test "a number that another branch took first is free where the later one leaves it in time" {
	git checkout -qb slow
	version 1.1.0 draft
	limit 0.27
	commit 2026-01-02 'Slow begins 1.1.0'
	git checkout -q main
	version 1.1.0
	limit 0.28
	commit 2026-01-03 'Quick makes 1.1.0'
	git checkout -q slow
	GIT_COMMITTER_DATE=2026-01-04T00:00:00Z git merge -q main >/dev/null 2>&1 || true
	git checkout -q main -- recipes/shops.yaml
	version 1.2.0
	limit 0.27
	commit 2026-01-04 'Main, and slow is 1.2.0 now'
	must_exit 0 "$GALLEY" check --base main
	[ "$(critical demand_shops@1.1.0)" = 0.28 ]
	# Begun after the other was approved it would be what 1.1.0 means.
	git checkout -qb slower main~1
	version 1.1.0 draft
	limit 0.26
	commit 2026-01-05 'Slower begins 1.1.0'
	GIT_COMMITTER_DATE=2026-01-06T00:00:00Z git merge -q main >/dev/null 2>&1 || true
	git checkout -q main -- recipes/shops.yaml
	version 1.2.0
	limit 0.26
	commit 2026-01-06 'Main, and slower is 1.2.0 now'
	must_exit 1 "$GALLEY" check --base main
	says "approved in commit $(short main), changed in commit $(short HEAD~1) [version/changed]"
	[ "$(critical demand_shops@1.1.0)" = 0.26 ]
}

@test "two branches that approve one version with different content cannot both be right" {
	git checkout -qb one
	version 1.1.0
	limit 0.28
	commit 2026-01-02 'One makes 1.1.0'
	git checkout -qb two main
	version 1.1.0
	limit 0.27
	commit 2026-01-03 'Two makes 1.1.0'
	git checkout -qb change one
	merge 2026-01-04 two -X ours
	must_exit 1 "$GALLEY" check --base main
	says "changed in approved version 1.1.0; approved in commit $(short two), changed in commit $(short one) [version/changed]"
	# Against a branch that has the one side already, the other is the change.
	git checkout -q -b late two
	must_exit 1 "$GALLEY" check --base one
	says "approved in commit $(short one)"
	# The same content is the same version, however it came.
	git checkout -q -b picked main
	GIT_COMMITTER_DATE=2026-01-09T00:00:00Z git cherry-pick one >/dev/null
	must_exit 0 "$GALLEY" check --base one
	merge 2026-01-10 one
	must_exit 0 "$GALLEY" check --base main
}

@test "what another branch calls its folders, and what only it has, is nothing to this one" {
	mkdir models
	sed 's/id: demand_corner/id: demand_stray/; s/^  version: .*/  version: 5.0.0/' recipes/corner.yaml >models/stray.yaml
	commit 2026-01-02 'No recipe, only a file'
	"$GALLEY" list versions >../wanted
	"$GALLEY" log demand_stra 2>../unknown || true
	git checkout -qb other
	printf 'version: 1\ndirectories: {recipes: models}\n' >galley.yaml
	git mv recipes/*.yaml models/
	sed 's/id: demand_corner/id: demand_elsewhere/' models/corner.yaml >models/elsewhere.yaml
	commit 2026-01-03 'Elsewhere'
	must_exit 0 "$GALLEY" show demand_stray@5.0.0
	must_exit 0 "$GALLEY" log demand_elsewhere
	git checkout -q main
	"$GALLEY" list versions | diff ../wanted -
	"$GALLEY" log demand_stra 2>&1 | diff ../unknown -
	must_exit 1 "$GALLEY" log demand_stray
	must_exit 1 "$GALLEY" log demand_elsewhere
	rm .git/galley/versions
	"$GALLEY" list versions | diff ../wanted -
	git checkout -q other
	same_with_any_index "$GALLEY" log demand_stray
}
