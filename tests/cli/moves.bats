#!/usr/bin/env bats
# A workspace whose folder moves as a whole keeps its history, and what a change may not do is held against it where it stood.
load helpers

setup() {
	clean_environment
	mkdir repo
	cd repo
	git init -q
	cp -R "$TOP/tests/cases/base/small" ml
	commit 2026-01-01 'First state'
	version ml 1.1.0
	limit ml 0.28
	commit 2026-01-02 'Version 1.1.0'
}

commit() { # DATE MESSAGE
	git add -A
	GIT_AUTHOR_DATE="$1T00:00:00Z" GIT_COMMITTER_DATE="$1T00:00:00Z" git commit -qm "$2"
}

merge() { # DATE BRANCH [OPTION...]
	local date=$1 branch=$2
	shift 2
	GIT_AUTHOR_DATE="${date}T00:00:00Z" GIT_COMMITTER_DATE="${date}T00:00:00Z" git merge -q --no-ff -m "Merge $branch" "$@" "$branch"
}

version() { # FOLDER VERSION of demand_shops
	sed -i "s/^  version: .*/  version: $2/" "$1/recipes/shops.yaml"
}

limit() { # FOLDER VALUE: another content of demand_shops
	sed -i "s/threshold_critical: .*}/threshold_critical: $2}/" "$1/recipes/shops.yaml"
}

move() { # FROM TO: a folder, or "." for the top
	mkdir -p "$2"
	(cd "$1" && git mv galley.yaml packs recipes runs "$OLDPWD/$2/")
}

short() { # REVISION
	git rev-parse "$1" | cut -c 1-12
}

critical() { # ID@VERSION [OPTION...]: the limit in effect
	"$GALLEY" resolve "$@" --format json | sed -n 's/.*"threshold_critical": \([0-9.]*\).*/\1/p'
}

# The versions of demand_shops as "version path commit's subject", newest first.
versions() { # [OPTION...]
	"$GALLEY" log demand_shops "$@" --format json >"$BATS_TEST_TMPDIR/log.json" || return
	awk -F '"' '/^      "version":/ { v = $4 } /^      "commit":/ { c = $4 } /^      "path":/ { print v, c, $4 }' "$BATS_TEST_TMPDIR/log.json" |
		while read -r version commit path; do
			echo "$version $path $(git log -1 --format=%s "$commit")"
		done
}

# With the index that is there, without, and with those of other kinds.
same_with_any_index() { # COMMAND...
	local index
	index=$(git rev-parse --git-common-dir)/galley/versions
	rm -f "$index"
	"$@" >"$BATS_TEST_TMPDIR/without"
	[ -f "$index" ]
	"$@" | diff "$BATS_TEST_TMPDIR/without" -
	sed '1s/galley versions 2/galley versions 1/' "$index" >"$BATS_TEST_TMPDIR/old"
	cp "$BATS_TEST_TMPDIR/old" "$index"
	"$@" | diff "$BATS_TEST_TMPDIR/without" -
	head -n 1 "$index" | grep -q 'galley versions 2'
	head -c 700 /dev/urandom >"$index"
	"$@" | diff "$BATS_TEST_TMPDIR/without" -
}

# What every judge of a change says of what is checked out in a folder, against main.
all_refuse() { # FOLDER TEXT...
	local folder=$1 text judge
	shift
	for judge in 'check --base main' 'check --base main --staged' 'check --base main --at HEAD' 'review --base main --format text'; do
		must_exit 1 "$GALLEY" -C "$folder" $judge
		for text in "$@"; do
			says "$text"
		done
	done
	run timeout 60 "$GALLEY" -C "$folder" hook pre-receive <<<"$(git rev-parse main HEAD | tr '\n' ' ')refs/heads/change"
	[ "$status" -eq 1 ]
	for text in "$@"; do
		says "$text"
	done
}

# That nothing is different, by every judge.
none_refuse() { # FOLDER
	local judge
	for judge in 'check --base main' 'check --base main --staged' 'check --base main --at HEAD' 'review --base main --format text'; do
		must_exit 0 "$GALLEY" -C "$1" $judge --fail-on note
	done
	run timeout 60 "$GALLEY" -C "$1" hook pre-receive <<<"$(git rev-parse main HEAD | tr '\n' ' ')refs/heads/change"
	[ "$status" -eq 0 ]
	must_exit 0 "$GALLEY" -C "$1" diff main --exit-code
	says 'nothing changes in effect'
}

@test "log, show, resolve, list and pins find versions from before the move" {
	git checkout -qb change
	move ml models/ml
	sed -i 's/parent: demand_shops@.*/parent: demand_shops@1.0.0/; s/version: 1.0.0/version: 1.1.0/' models/ml/recipes/corner.yaml
	commit 2026-01-03 'Moved, and corner stays on 1.0.0'
	version models/ml 1.2.0
	commit 2026-01-04 'Version 1.2.0'
	cd models/ml
	[ "$(versions)" = '1.2.0 models/ml/recipes/shops.yaml Version 1.2.0
1.1.0 models/ml/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state' ]
	[ "$(critical demand_shops@1.0.0)" = 0.3 ]
	[ "$(critical demand_shops@~1.1)" = 0.28 ]
	must_exit 0 "$GALLEY" check
	[ "$(critical demand_corner)" = 0.3 ]
	must_exit 0 "$GALLEY" show demand_shops@1.0.0
	says "# $(short main~1):ml/recipes/shops.yaml"
	must_exit 0 "$GALLEY" list versions
	[ "$(grep -c '^demand_shops ' <<<"$output")" -eq 3 ]
	same_with_any_index "$GALLEY" log demand_shops
	same_with_any_index "$GALLEY" list versions
	# The other branch has its own answer, with the same index.
	git -C ../.. checkout -q main
	cd ../../ml
	[ "$(versions)" = '1.1.0 ml/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state' ]
	cd ..
	git clone -q --bare . ../bare.git
	cd ../bare.git
	must_exit 1 "$GALLEY" log demand_shops --at change
	git --git-dir . worktree add -q ../tree change
	cd ../tree/models/ml
	[ "$(critical demand_shops@1.0.0)" = 0.3 ]
}

@test "a pure move is no difference, and what the review says of it" {
	git checkout -qb change
	move ml models/ml
	commit 2026-01-03 'Moved'
	none_refuse models/ml
	cd models/ml
	must_exit 0 "$GALLEY" diff main..HEAD
	[ "$output" = "nothing changes in effect
from $(short main) to $(short HEAD)
the workspace moved from ml/ to models/ml/" ]
	"$GALLEY" diff main --format json | grep -q '^  "workspace": {"before": "ml/", "after": "models/ml/"},$'
	must_exit 0 "$GALLEY" review --base main
	says 'The workspace moved from `ml/` to `models/ml/`. All files valid.'
	says '0 files edited'
	# Seen from the other side, and between commits that both are from before.
	must_exit 0 "$GALLEY" diff HEAD..main
	says 'the workspace moved from models/ml/ to ml/'
	must_exit 0 "$GALLEY" diff main~1..main
	says 'demand_shops: changed, 1.0.0 -> 1.1.0'
	must_exit 0 "$GALLEY" check --at main~1
	[ "$(versions --at main)" = '1.1.0 ml/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state' ]
}

@test "what is edited in the commit that moves it is held against where it stood" {
	git checkout -qb change
	move ml models/ml
	limit models/ml 0.27
	must_exit 1 "$GALLEY" -C models/ml check --base main
	says 'changed in the working tree'
	git add -A
	must_exit 1 "$GALLEY" -C models/ml check --base HEAD --staged
	says 'changed in the index'
	commit 2026-01-03 'Moved and edited'
	all_refuse models/ml "models/ml/recipes/shops.yaml:13:32: error: recipe 'demand_shops' changed in approved version 1.1.0" \
		"'evaluation.metrics.MAPE.threshold_critical' is 0.27, was 0.28; approved in commit $(short main), changed in commit $(short HEAD)"
	must_exit 0 "$GALLEY" -C models/ml diff main
	says '0.28 -> 0.27  models/ml/recipes/shops.yaml:13'
	# Under a number of its own it is a change as any other.
	version models/ml 1.2.0
	commit 2026-01-04 'x'
	git reset -q --soft main
	commit 2026-01-04 'Moved, and 1.2.0'
	must_exit 0 "$GALLEY" -C models/ml check --base main
	version models/ml 1.0.5
	must_exit 1 "$GALLEY" -C models/ml check --base main
	says "version 1.0.5 of recipe 'demand_shops' is lower than 1.2.0 in commit $(short HEAD)"
	git checkout -q .
	# Evidence and rules move along too.
	sed -i 's/"MAPE": 0.12/"MAPE": 0.10/' models/ml/runs/model_demand/2026-01-05-train/metrics.json
	echo 'rules: {gate/loosened: note}' >>models/ml/galley.yaml
	must_exit 1 "$GALLEY" -C models/ml check --base main
	says "models/ml/runs/model_demand/2026-01-05-train/metrics.json:1:10: error: metric file of finished run"
	says "as it was: git show $(short main):'ml/runs/model_demand/2026-01-05-train/metrics.json'"
	says "'rules.gate/loosened' note, was warning"
	says_not "'directories."
}

@test "to the top of the repository and away from it, with and without a galley.yaml there" {
	git checkout -qb change
	move ml .
	commit 2026-01-03 'To the top'
	none_refuse .
	[ "$(critical demand_shops@1.0.0)" = 0.3 ]
	"$GALLEY" review --base main >../review
	grep -q 'The workspace moved from `ml/` to the top of the repository.' ../review
	git rm -q galley.yaml
	commit 2026-01-04 'No galley.yaml'
	[ "$(critical demand_shops@1.0.0)" = 0.3 ]
	limit . 0.27
	must_exit 1 "$GALLEY" check --base main
	says "approved in commit $(short main), changed in the working tree"
	git checkout -q .
	mkdir lab
	git mv recipes packs runs lab/
	echo 'version: 1' >lab/galley.yaml
	commit 2026-01-05 'Into a folder, with a galley.yaml again'
	cd lab
	[ "$(versions)" = '1.1.0 lab/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state' ]
	must_exit 0 "$GALLEY" diff HEAD~1
	says 'the workspace moved from the top of the repository to lab/'
	says_not demand_
	must_exit 0 "$GALLEY" check --base HEAD~1
	limit . 0.27
	must_exit 1 "$GALLEY" check --base HEAD~1
	must_exit 1 "$GALLEY" check --base main
	same_with_any_index "$GALLEY" log demand_shops
}

@test "straight to the top without a galley.yaml" {
	echo 'version: 1' >ml/galley.yaml
	commit 2026-03-02 'No as-of'
	git checkout -qb change
	git rm -q ml/galley.yaml
	git mv ml/packs ml/recipes ml/runs .
	commit 2026-03-03 'To the top'
	must_exit 0 "$GALLEY" check --base main --fail-on note
	must_exit 0 "$GALLEY" diff main
	says 'the workspace moved from ml/ to the top of the repository'
	says_not demand_
	[ "$(critical demand_shops@1.0.0)" = 0.3 ]
	limit . 0.27
	must_exit 1 "$GALLEY" check --base main
	commit 2026-03-04 'Edited'
	git branch -qf main
	limit . 0.26
	version . 1.2.0
	commit 2026-03-05 'Raised'
	must_exit 0 "$GALLEY" check --base main
}

@test "moves in a row, back again, and an edit in between" {
	git checkout -qb change
	move ml a
	commit 2026-01-03 'To a'
	move a b/c
	commit 2026-01-04 'To b/c'
	move b/c d
	commit 2026-01-05 'To d'
	none_refuse d
	cd d
	[ "$(versions)" = '1.1.0 d/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state' ]
	same_with_any_index "$GALLEY" log demand_shops
	cd ..
	limit d 0.27
	commit 2026-01-06 'Edited in place'
	version d 1.2.0
	move d ml
	commit 2026-01-07 'Back, and raised'
	all_refuse ml "changed in approved version 1.1.0 before its version was raised; approved in commit $(short main), changed in commit $(short HEAD~1)"
	[ "$(critical -C ml demand_shops@1.1.0)" = 0.27 ]
}

@test "merges of a branch that moved with one that did not" {
	git checkout -qb moved
	move ml models/ml
	commit 2026-01-03 'Moved'
	git checkout -q main
	version ml 1.2.0
	limit ml 0.26
	commit 2026-01-04 'Version 1.2.0 at the old place'
	wanted='1.2.0 models/ml/recipes/shops.yaml Version 1.2.0 at the old place
1.1.0 models/ml/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state'
	git checkout -qb into-moved moved
	merge 2026-01-05 main
	[ "$(versions -C models/ml)" = "$wanted" ]
	must_exit 0 "$GALLEY" -C models/ml check --base main
	must_exit 0 "$GALLEY" -C models/ml check --base moved
	git checkout -qb into-main main
	merge 2026-01-05 moved
	[ "$(versions -C models/ml)" = "$wanted" ]
	must_exit 0 "$GALLEY" -C models/ml check --base main
	[ "$(critical -C models/ml demand_shops@1.2.0)" = 0.26 ]
	# A branch that is still at the old place, against one that has moved and has another 1.3.0.
	version models/ml 1.3.0
	limit models/ml 0.25
	commit 2026-01-06 'Version 1.3.0'
	git checkout -qb late main
	version ml 1.3.0
	limit ml 0.24
	commit 2026-01-07 'Another 1.3.0'
	must_exit 1 "$GALLEY" -C ml check --base into-main
	says "changed in approved version 1.3.0; approved in commit $(short into-main), changed in commit $(short HEAD)"
}

@test "of several workspaces each is followed where it goes; a copy is no move" {
	cp -R ml us
	sed -i 's/demand_corner/demand_street/' us/recipes/corner.yaml us/runs/model_demand/model.yaml us/runs/model_demand/*/run.yaml
	sed -i 's/demand_shops@.*/demand_shops/' us/recipes/corner.yaml
	version us 3.0.0
	commit 2026-01-03 'A second workspace with ids of the first'
	git checkout -qb change
	move ml x
	move us y
	commit 2026-01-04 'Both move'
	none_refuse x
	none_refuse y
	[ "$(versions -C x)" = '1.1.0 x/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state' ]
	[ "$(versions -C y)" = '3.0.0 y/recipes/shops.yaml A second workspace with ids of the first' ]
	# Another one comes to the old place, with the same ids: it has no part in it.
	mkdir -p ml
	cp -R y/. ml
	version ml 9.0.0
	commit 2026-01-05 'A third at the old place'
	[ "$(versions -C x)" = '1.1.0 x/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state' ]
	must_exit 1 "$GALLEY" -C x show demand_shops@9.0.0
	must_exit 1 "$GALLEY" -C x resolve demand_shops@9.0.0
	must_exit 0 "$GALLEY" -C x list versions
	says_not 9.0.0
	says_not demand_street
	must_exit 0 "$GALLEY" -C x check --base main
	cp -R x copy
	commit 2026-01-06 'A copy'
	must_exit 1 "$GALLEY" -C copy show demand_shops@1.0.0
	must_exit 0 "$GALLEY" -C x show demand_shops@1.0.0
	same_with_any_index "$GALLEY" -C x log demand_shops
	same_with_any_index "$GALLEY" -C y log demand_shops
}

@test "a move that also edits galley.yaml, renames its folders, or changes most files" {
	git checkout -qb change
	mkdir lab
	git mv ml/galley.yaml lab/galley.yml
	git mv ml/recipes lab/rules
	git mv ml/packs ml/runs lab/
	echo 'directories: {recipes: rules}' >>lab/galley.yml
	commit 2026-01-03 'Moved, and its folders have other names'
	must_exit 0 "$GALLEY" -C lab check --base main
	says "'directories.recipes' rules, was recipes"
	[ "$(critical -C lab demand_shops@1.0.0)" = 0.3 ]
	sed -i 's/^  name: .*/&, rewritten/' lab/rules/*.yaml
	must_exit 1 "$GALLEY" -C lab check --base main
	[ "$(grep -c 'version/changed' <<<"$output")" -ge 3 ]
	git checkout -q .
	# What shares no id is another workspace.
	git checkout -q -B other main
	git rm -rq ml
	mkdir -p new/recipes
	echo 'version: 1' >new/galley.yaml
	printf 'metadata: {id: something_else, name: N, model_family: forecasting, level: baseline, version: 1.0.0, status: draft}\n' >new/recipes/a.yaml
	commit 2026-01-03 'Another one'
	must_exit 1 "$GALLEY" -C new log demand_shops
	"$GALLEY" -C new review --base main >../review || true
	! grep -q 'workspace moved' ../review
}

@test "shallow clones say so, linked worktrees and other branches share the index" {
	git checkout -qb change
	move ml models/ml
	commit 2026-01-03 'Moved'
	git clone -q --depth 1 "file://$PWD" ../shallow
	must_exit 3 "$GALLEY" -C ../shallow/models/ml log demand_shops
	says 'history not available'
	must_exit 3 "$GALLEY" -C ../shallow/models/ml show demand_shops@1.0.0
	git clone -q --depth 2 "file://$PWD" ../deeper
	must_exit 0 "$GALLEY" -C ../deeper/models/ml show demand_shops@1.1.0
	git worktree add -q ../linked main
	must_exit 0 "$GALLEY" -C ../linked/ml log demand_shops
	says '2 versions'
	cp .git/galley/versions ../index
	must_exit 0 "$GALLEY" -C models/ml log demand_shops
	says '2 versions'
	cp .git/galley/versions ../both
	must_exit 0 "$GALLEY" -C ../linked/ml log demand_shops
	must_exit 0 "$GALLEY" -C models/ml log demand_shops
	cmp .git/galley/versions ../both
}

@test "log --activity tells no record new or removed that only moved" {
	git checkout -qb change
	move ml models/ml
	sed -i 's/^status: .*/status: retired/' models/ml/runs/model_demand/model.yaml
	git rm -qf models/ml/runs/model_demand/2026-02-02-eval/*
	commit 2026-01-03 'Moved, one retired, one gone'
	move models/ml .
	commit 2026-01-04 'Moved again'
	"$GALLEY" log --activity --format json >../activity.json
	[ "$(grep -c '"commit"' ../activity.json)" -eq 10 ]
	must_exit 0 "$GALLEY" log --activity
	says "2026-01-03 00:00  promoted  model_demand"
	says "status production -> retired"
	says "2026-01-03 00:00  removed   model_demand/2026-02-02-eval"
	says_not 'Moved again'
	[ "$(grep -c 'one gone' <<<"$output")" -eq 2 ]
	[ "$(grep -c ' new  ' <<<"$output")" -eq 7 ]
}

@test "a galley.yaml that is left behind, or was there first, hides no move" {
	git checkout -qb change
	mkdir -p lab
	cp ml/galley.yaml lab/
	commit 2026-01-03 'A galley.yaml for a new place'
	git branch -qf main
	git mv ml/recipes ml/packs ml/runs lab/
	limit lab 0.27
	commit 2026-01-04 'The rest follows, edited'
	all_refuse lab "changed in approved version 1.1.0" "approved in commit $(short main~1), changed in commit $(short HEAD)"
	limit lab 0.28
	git commit -qa --amend -m 'The rest follows'
	none_refuse lab
	[ "$(critical -C lab demand_shops@1.0.0)" = 0.3 ]
	# And back, where the old galley.yaml still is.
	git branch -qf main
	git mv lab/recipes lab/packs lab/runs ml/
	commit 2026-01-05 'Back'
	none_refuse ml
	[ "$(versions -C ml)" = '1.1.0 ml/recipes/shops.yaml Version 1.1.0
1.0.0 ml/recipes/shops.yaml First state' ]
	limit ml 0.27
	git commit -qa --amend -m 'Back, edited'
	all_refuse ml "changed in approved version 1.1.0"
	same_with_any_index "$GALLEY" -C ml log demand_shops
	# Where one recipe stays it is no move: the workspaces part.
	git checkout -q -B part main
	mkdir -p new/recipes
	cp lab/galley.yaml new/
	git mv lab/recipes/shops.yaml new/recipes/
	commit 2026-01-06 'One goes'
	must_exit 0 "$GALLEY" -C new log demand_shops
	says '1 version,'
}
