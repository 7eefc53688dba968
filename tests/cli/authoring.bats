#!/usr/bin/env bats
load helpers

NEW_RUN=2026-08-30-train # succeeded and promotable; 2026-08-02-train serves

setup() {
	clean_environment
	promote=$BATS_TEST_TMPDIR/promote
	printf '#!/bin/sh\nexec "%s" promote model_nba_retention --run %s --to production "$@"\n' "$GALLEY" $NEW_RUN >"$promote"
	chmod +x "$promote"
}

head_of() {
	git rev-parse "${1:-HEAD}"
}

# --- approve and bump ---

@test "approve changes one line, and only from draft" {
	example_workspace git
	"$GALLEY" clone recipe_pricing_hospitality recipe_kiosk -q
	sed -i 's/status: draft/status:   draft   # until reviewed/' recipes/client/kiosk.yaml
	cp recipes/client/kiosk.yaml before
	must_exit 0 "$GALLEY" approve recipe_kiosk --dry-run
	cmp before recipes/client/kiosk.yaml
	must_exit 0 "$GALLEY" approve recipe_kiosk
	says '-  status:   draft   # until reviewed'
	says '+  status:   approved   # until reviewed'
	sed 's/status:   draft/status:   approved/' before | cmp - recipes/client/kiosk.yaml
	must_exit 1 "$GALLEY" approve recipe_kiosk
	says 'recipes/client/kiosk.yaml:8:13: error:'
	says 'only a draft can be approved'
	says 'galley bump recipe_kiosk minor --draft'
	must_exit 1 "$GALLEY" approve recipe_kisok
	says "did you mean 'recipe_kiosk'?"
}

@test "approve waits for the parent, and for a record that is right" {
	example_workspace git
	"$GALLEY" clone recipe_pricing_base recipe_middle -q
	"$GALLEY" clone recipe_middle recipe_leaf -q
	must_exit 1 "$GALLEY" approve recipe_leaf
	says "its parent 'recipe_middle' 0.1.0 is draft"
	says 'galley approve recipe_middle'
	"$GALLEY" approve recipe_middle -q >/dev/null
	echo 'evaluation: {packs: [pack_nowhere]}' >>recipes/client/leaf.yaml
	cp recipes/client/leaf.yaml before
	must_exit 1 "$GALLEY" approve recipe_leaf
	says 'pack_nowhere'
	says 'nothing was changed'
	cmp before recipes/client/leaf.yaml
}

@test "approve looks at all that the record stands on" {
	example_workspace
	"$GALLEY" clone recipe_pricing_hospitality recipe_leaf -q
	sed -i 's/^  version: .*/&\n  nonsense: 1/' packs/pricing_standard.yaml
	must_exit 1 "$GALLEY" approve recipe_leaf
	says "pack 'pack_pricing_standard' has errors of its own"
	grep -q 'status: draft' recipes/client/leaf.yaml
}

@test "approve holds the content against what was approved before" {
	example_workspace git
	"$GALLEY" bump recipe_pricing_harbor patch -q --commit
	sed -i 's/status: approved/status: draft/; s/^  name: .*/  name: Another/' recipes/client/pricing_harbor.yaml
	must_exit 1 "$GALLEY" approve recipe_pricing_harbor
	says '[version/changed]'
	grep -q 'status: draft' recipes/client/pricing_harbor.yaml
}

@test "bump raises the version by SemVer and keeps the status" {
	example_workspace
	must_exit 0 "$GALLEY" bump recipe_pricing_harbor minor
	says '+  version: 2.1.0'
	must_exit 0 "$GALLEY" bump recipe_pricing_harbor patch
	says '+  version: 2.1.1'
	must_exit 0 "$GALLEY" bump recipe_pricing_harbor major --draft
	says '+  version: 3.0.0'
	says '+  status: draft'
	sed -i 's/version: 3.0.0/version: 3.1.0-rc.2+b/' recipes/client/pricing_harbor.yaml
	must_exit 0 "$GALLEY" bump recipe_pricing_harbor minor
	says '+  version: 3.1.0'
	must_exit 2 "$GALLEY" bump recipe_pricing_harbor large
	says 'major|minor|patch'
	must_exit 0 "$GALLEY" bump pack_nba_standard patch -n
	says '+  version: 1.2.1'
}

@test "bump --draft is refused while an approved child does not pin, and archived stays archived" {
	example_workspace
	must_exit 1 "$GALLEY" bump recipe_location_food_service minor --draft
	says 'recipes/client/location_cafe_nord.yaml:6:11'
	says 'recipe_location_food_service@1.1.0'
	sed -i 's/status: approved/status: archived/' recipes/client/pricing_brightmart.yaml
	must_exit 1 "$GALLEY" bump recipe_pricing_brightmart minor
	says 'is archived'
}

@test "what is shown is a patch that git applies, and says what is done" {
	example_workspace git
	"$GALLEY" bump recipe_pricing_harbor minor --draft --dry-run --output ../patch
	"$GALLEY" clone recipe_pricing_base recipe_new --dry-run --output ../new-patch
	git apply ../patch ../new-patch
	cp recipes/client/pricing_harbor.yaml ../bumped
	cp recipes/industry/new.yaml ../cloned
	git checkout -q .
	rm recipes/industry/new.yaml
	"$GALLEY" bump recipe_pricing_harbor minor --draft -q
	"$GALLEY" clone recipe_pricing_base recipe_new -q
	cmp recipes/client/pricing_harbor.yaml ../bumped
	cmp recipes/industry/new.yaml ../cloned
}

@test "line ends, byte order mark, quotes and JSON stay as they are" {
	example_workspace
	file=recipes/client/pricing_harbor.yaml
	printf '\357\273\277' >with-mark
	sed 's/$/\r/; s/version: 2.0.0/version:  "2.0.0"   # quoted/' $file >>with-mark
	mv with-mark $file
	cp $file before
	must_exit 0 "$GALLEY" bump recipe_pricing_harbor minor
	sed 's/"2\.0\.0"/"2.1.0"/' before | cmp - $file
	printf '{"metadata": {"id": "pack_json", "name": "J", "model_family": "pricing",\n\t"version": "1.0.0", "status":"draft"},\n "metrics": [{"key": "a", "thresholds": {"promote": 1, "warn": 2, "fail": 3}}]}' >packs/j.json
	cp packs/j.json before
	must_exit 0 "$GALLEY" approve pack_json
	sed 's/"draft"/"approved"/' before | cmp - packs/j.json
}

@test "a layout that cannot be changed in place is refused, with what to do" {
	example_workspace
	file=recipes/client/pricing_harbor.yaml
	sed -i 's/^  version: 2.0.0/  version: \&v 2.0.0\n  x-same: *v/' $file
	cp $file before
	must_exit 1 "$GALLEY" bump recipe_pricing_harbor minor
	says "cannot change 'metadata.version' in place: something else would change with it"
	says 'help: change it by hand'
	cmp before $file
}

# --- promote ---

@test "promote sets the run, the version, and nothing else" {
	example_workspace git
	must_exit 0 "$promote" --version 2.1.0
	run git diff --stat
	says '1 file changed, 2 insertions(+), 2 deletions(-)'
	grep -q "^production_run: $NEW_RUN" runs/model_nba_retention/model.yaml
	grep -q '^version: 2.1.0$' runs/model_nba_retention/model.yaml
	"$GALLEY" check -q
	must_exit 0 "$promote" --version 2.1.0
	says 'nothing to change'
	must_exit 0 "$GALLEY" promote model_nba_retention --to retired
	must_exit 1 "$promote"
	says 'nothing leaves retired'
}

@test "promote names the gates that stand against it, and no option passes them" {
	example_workspace git
	must_exit 1 "$GALLEY" promote model_kiosk_site_score --run 2026-09-12-train --to production
	says 'not promotable: geographic_coverage of pack_location_standard fail'
	says 'short of its promote line'
	says 'no option passes one'
	must_exit 1 "$GALLEY" promote model_kiosk_site_score --run 2026-07-18-train --to production
	says 'is failed'
	must_exit 1 "$GALLEY" promote model_kiosk_site_score --run 2026-09-12-trian --to production
	says "has no run '2026-09-12-trian'; did you mean '2026-09-12-train'?"
	must_exit 1 "$GALLEY" promote model_nba_retention --run 2026-08-02-train --to staging
	says 'is production: it cannot become staging'
	must_exit 1 "$promote" --version 1.0.0
	says 'version 1.0.0 is below 2.0.4'
	must_exit 2 "$GALLEY" promote model_kiosk_site_score --to production
	says '--run RUN'
	must_exit 2 "$GALLEY" promote model_markdown_pricing --to staging
	says '--version 1.0.0'
	must_exit 2 "$promote" --version one
	[ -z "$(git status --porcelain)" ]
}

@test "a model on a recipe that is no longer approved is not promoted" {
	example_workspace
	sed -i 's/status: approved/status: archived/' recipes/client/nba_lumen.yaml
	must_exit 1 "$promote"
	says "rests on recipe 'recipe_nba_lumen' 1.3.0, which is archived"
}

# --- run set and new run ---

@test "a run goes on, never back, and what is finished stays" {
	example_workspace
	must_exit 0 "$GALLEY" new run model_store_demand/r1 --type train
	grep -Eq '^recipe_digest: [0-9a-f]{64}$' runs/model_store_demand/r1/run.yaml
	"$GALLEY" check -q
	must_exit 2 "$GALLEY" run set model_store_demand/r1 --status running
	says '--started-at'
	must_exit 0 "$GALLEY" run set model_store_demand/r1 --status running --started-at 2026-09-20T01:00:00Z
	must_exit 1 "$GALLEY" run set model_store_demand/r1 --status queued
	says 'cannot go back'
	must_exit 2 "$GALLEY" run set model_store_demand/r1 --status succeeded --finished-at now
	says '--metrics'
	must_exit 1 "$GALLEY" run set model_store_demand/r1 --status succeeded --finished-at 2026-09-20T02:00:00Z --metrics metrics.json
	says '[ref/file]'
	grep -q 'status: running' runs/model_store_demand/r1/run.yaml
	echo '{"MAPE": 0.1}' >runs/model_store_demand/r1/metrics.json
	must_exit 0 "$GALLEY" run set model_store_demand/r1 --status succeeded --finished-at 2026-09-20T02:00:00Z --metrics metrics.json
	must_exit 1 "$GALLEY" run set model_store_demand/r1 --status failed --error late
	says 'a finished run is evidence'
	must_exit 0 "$GALLEY" eval model_store_demand/r1 --fail-on fail || [ "$status" = 1 ]
	must_exit 2 "$GALLEY" run get model_store_demand/r1
	must_exit 2 "$GALLEY" run set model_store_demand
}

@test "new run is refused where the id is taken, no id, or the run that is judged did not succeed" {
	example_workspace
	must_exit 1 "$GALLEY" new run model_store_demand/2026-08-24-eval --type eval
	says 'has a run'
	must_exit 1 "$GALLEY" new run model_store_demand/../../x --type eval
	says 'is no id of a run'
	must_exit 1 "$GALLEY" new run model_store_demand/x --type eval --of 2026-09-14-train
	says 'is failed'
	must_exit 2 "$GALLEY" new run model_store_demand/x
	says '--type'
	must_exit 2 "$GALLEY" new run model_store_demand/x --type train --status running
	says '--started-at'
}

# --- new and clone ---

@test "what new and clone write passes check at once" {
	example_workspace
	"$GALLEY" check --format json >before || true
	must_exit 0 "$GALLEY" new recipe recipe_a --family pricing --level baseline --pack pack_pricing_standard
	must_exit 0 "$GALLEY" new recipe recipe_b --parent recipe_a --owner 'Team: B'
	must_exit 0 "$GALLEY" clone recipe_a recipe_c --name 'C #1' --level client
	must_exit 0 "$GALLEY" new pack pack_a --family pricing --metric margin=0.02,0.01,-0.01 --metric speed=1,2,3
	must_exit 0 "$GALLEY" new recipe recipe_d --family pricing --level baseline --metric MAPE=0.1,0.2,0.3
	must_exit 0 "$GALLEY" new model model_a --recipe recipe_pricing_harbor --name Aha
	must_exit 0 "$GALLEY" new run model_a/one --type train
	"$GALLEY" check -q
	grep -q 'owner: "Team: B"' recipes/industry/b.yaml
	[ "$(cat recipes/client/c.yaml)" = "metadata:
  id: recipe_c
  name: \"C #1\"
  model_family: pricing
  level: client
  parent: recipe_a
  version: 0.1.0
  status: draft" ]
}

@test "without a terminal new and clone name the option and what there is" {
	example_workspace
	must_exit 2 "$GALLEY" new recipe recipe_x </dev/null
	says '--family FAMILY; there is forecasting, pricing'
	must_exit 2 "$GALLEY" new recipe recipe_x --family pricing
	says '--level LEVEL'
	must_exit 2 "$GALLEY" new recipe recipe_x --family pricing --level client
	says '--parent ID; there is recipe_pricing_base, recipe_pricing_hospitality'
	must_exit 2 "$GALLEY" new recipe recipe_x --family pricing --level baseline
	says '--pack ID, or --metric KEY=PROMOTE,WARN,FAIL; there is pack_pricing_standard'
	must_exit 2 "$GALLEY" new pack pack_x --family pricing
	says '--metric KEY=PROMOTE,WARN,FAIL; there is revenue_lift='
	must_exit 2 "$GALLEY" new pack pack_x --family pricing --metric MAPE=0.1,0.2
	says "'--metric' is 'MAPE=0.1,0.2'"
	must_exit 2 "$GALLEY" new model model_x
	says '--recipe ID; there is recipe_forecasting_base'
	must_exit 2 "$GALLEY" new recipe --family pricing --level client --parent recipe_pricing_base
	says 'id, such as'
	must_exit 2 "$GALLEY" clone
	must_exit 2 "$GALLEY" clone recipe_pricing_base
	says 'NEW_ID'
	must_exit 2 "$GALLEY" new thing x
	must_exit 1 "$GALLEY" new recipe recipe_x --family prcing --level client --parent recipe_pricing_base
	says "did you mean 'pricing'?"
}

on_terminal() { # ANSWERS COMMAND...: the command with a terminal, typing the answers
	local answers=$1
	shift
	printf '%b' "$answers" | timeout 20 script -qec "$*" /dev/null
}

@test "on a terminal new and clone ask, suggest, and ask again" {
	command -v script >/dev/null || skip 'script is not here'
	example_workspace
	run on_terminal 'prcing\npricing\nclient\nrecipe_pricing_hospitality\nrecipe_kiosk\n\nkiosk-team\n\n' "$GALLEY" new recipe
	says 'model family (forecasting, pricing, next_best_action, location_scoring): '
	says "'prcing' is none of them; did you mean 'pricing'?"
	says 'parent (recipe_pricing_base, recipe_pricing_hospitality): '
	says 'name [Kiosk]: '
	grep -q 'owner: kiosk-team' recipes/client/kiosk.yaml
	grep -q 'name: Kiosk' recipes/client/kiosk.yaml
	run on_terminal 'recipe_pricing_base\nrecipe_grocer\nindustry\nGrocer prices\n' "$GALLEY" clone
	grep -q 'parent: recipe_pricing_base' recipes/industry/grocer.yaml
	grep -q 'name: Grocer prices' recipes/industry/grocer.yaml
	run on_terminal 'forecasting\npack_strict\n\nMAPE\nMAPE=0.1,0.2,0.3\n' "$GALLEY" new pack
	says 'MAPE=0.1'
	run on_terminal '\004' "$GALLEY" new pack
	says '--family FAMILY'
	"$GALLEY" check -q
}

@test "nothing is overwritten, nothing leaves the workspace, nothing goes through a link" {
	example_workspace
	must_exit 1 "$GALLEY" clone recipe_pricing_base recipe_pricing_harbor
	says "there is a recipe 'recipe_pricing_harbor' already"
	must_exit 1 "$GALLEY" clone recipe_pricing_base ../../recipe
	says 'is no id'
	must_exit 1 "$GALLEY" clone recipe_pricing_base Recipe
	echo 'not a recipe' >../other
	ln -s "$PWD/../other" recipes/client/linked.yaml
	must_exit 1 "$GALLEY" clone recipe_pricing_hospitality recipe_linked
	says 'is there already'
	[ "$(cat ../other)" = 'not a recipe' ]
	rm recipes/client/linked.yaml
	mv recipes/client ../client
	ln -s ../../client recipes/client
	run "$GALLEY" clone recipe_pricing_hospitality recipe_behind
	[ "$status" -ne 0 ]
	[ ! -e ../client/behind.yaml ]
}

# --- commits ---

@test "--commit makes one commit of that file, by the person, with what and why" {
	example_workspace git
	printf 'committer: {name: robot, email: robot@example.invalid}\n' >>galley.yaml
	git commit -qam 'A robot makes the reports'
	before=$(head_of)
	must_exit 0 "$promote" --version 2.1.0 --commit -m 'Better on churners.'
	says "committed"
	[ "$(git log -1 --format='%an <%ae> %cn')" = 'A. Person <person@example.invalid> A. Person' ]
	[ "$(git log -1 --format=%B)" = "Promote model_nba_retention to production with run $NEW_RUN

Better on churners.

version: 2.0.4 -> 2.1.0
production_run: 2026-08-02-train -> $NEW_RUN" ]
	[ "$(head_of HEAD^)" = "$before" ]
	[ "$(git diff --name-only HEAD^ HEAD)" = runs/model_nba_retention/model.yaml ]
	[ -z "$(git status --porcelain)" ]
	git fsck --strict
}

@test "what is staged or edited elsewhere stays exactly so, and hooks are not run" {
	example_workspace git
	echo '# staged' >>packs/nba_standard.yaml
	git add packs/nba_standard.yaml
	echo '# edited' >>recipes/client/nba_lumen.yaml
	echo new >untracked
	printf '#!/bin/sh\necho ran >"%s/ran"\nexit 1\n' "$PWD" >.git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
	git status --porcelain >before
	git ls-files -s | grep -v model_nba_retention/model.yaml >index-before
	must_exit 0 "$promote" --commit
	says 'hooks were not run: pre-commit'
	[ ! -e ran ]
	git status --porcelain | grep -v index-before | diff before -
	git ls-files -s | grep -v model_nba_retention/model.yaml | diff index-before -
	[ "$(git diff --name-only HEAD^ HEAD)" = runs/model_nba_retention/model.yaml ]
}

@test "--commit refuses a file with edits of its own, staged or not" {
	example_workspace git
	at=$(head_of)
	echo '# mine' >>runs/model_nba_retention/model.yaml
	cp runs/model_nba_retention/model.yaml mine
	must_exit 1 "$promote" --commit
	says "'runs/model_nba_retention/model.yaml' has edits that are not committed"
	says 'git checkout HEAD -- runs/model_nba_retention/model.yaml'
	cmp mine runs/model_nba_retention/model.yaml
	git add runs/model_nba_retention/model.yaml
	git show HEAD:runs/model_nba_retention/model.yaml >runs/model_nba_retention/model.yaml
	must_exit 1 "$promote" --commit
	says 'has staged edits'
	[ "$(head_of)" = "$at" ]
	# The file alone, without a commit, takes the edits along.
	git reset -q --hard
	echo '# mine' >>runs/model_nba_retention/model.yaml
	must_exit 0 "$promote"
	grep -q '# mine' runs/model_nba_retention/model.yaml
}

@test "--commit reads the branch, and says so where a file is not in it yet" {
	example_workspace git
	"$GALLEY" clone recipe_pricing_base recipe_new -q
	must_exit 1 "$GALLEY" approve recipe_new --commit
	says "unknown recipe or pack 'recipe_new'"
	says 'not the working tree'
	git add -A
	git commit -qm 'A new recipe'
	must_exit 0 "$GALLEY" approve recipe_new --commit -m 'Reviewed.'
	[ "$(git log -1 --format=%B)" = 'Approve recipe_new 0.1.0

Reviewed.

metadata.status: draft -> approved' ]
	must_exit 3 "$GALLEY" -C .. approve recipe_new --commit
}

@test "new and clone commit too, and refuse a path that is taken in the working tree" {
	example_workspace git
	must_exit 0 "$GALLEY" clone recipe_pricing_base recipe_new --commit
	[ "$(git log -1 --format=%s)" = 'New recipe recipe_new, a child of recipe_pricing_base' ]
	[ "$(git diff --name-status HEAD^ HEAD)" = "A	recipes/industry/new.yaml" ]
	[ -z "$(git status --porcelain)" ]
	echo 'mine: true' >recipes/industry/next.yaml
	must_exit 1 "$GALLEY" clone recipe_pricing_base recipe_next --commit
	[ "$(cat recipes/industry/next.yaml)" = 'mine: true' ]
}

@test "two that promote one model at once: one lands, the other gets 4" {
	example_workspace git
	at=$(head_of)
	ref=.git/refs/heads/main
	: >$ref.lock # both read, build, and wait for it
	"$promote" --commit -m one >one 2>&1 &
	first=$!
	"$promote" --commit -m two --version 2.1.0 >two 2>&1 &
	second=$!
	for i in $(seq 100); do
		[ "$(find .git/objects -type f -newer $ref.lock | wc -l)" -ge 6 ] && break
		sleep 0.05
	done
	rm $ref.lock
	a=0
	b=0
	wait $first || a=$?
	wait $second || b=$?
	cat one two
	[ $((a + b)) -eq 4 ]
	[ $((a * b)) -eq 0 ]
	[ "$(git rev-list --count "$at"..HEAD)" -eq 1 ]
	grep -q 'run this again' one two
	[ -z "$(git status --porcelain | grep -v '^??')" ]
	git fsck --strict
}

@test "a commit that the files do not follow yet is a lost race, and no edit of the person" {
	example_workspace git
	"$GALLEY" promote model_nba_retention --run 2026-08-30-train --to production --version 2.1.0 --commit -q
	git checkout -q HEAD~1 -- runs
	(
		sleep 0.4
		git checkout -q HEAD -- runs
	) &
	must_exit 4 "$GALLEY" promote model_nba_retention --run 2026-08-30-train --to production --version 2.2.0 --commit
	says "branch 'main' moved meanwhile: run this again"
	wait
	must_exit 0 "$GALLEY" promote model_nba_retention --run 2026-08-30-train --to production --version 2.2.0 --commit
	git checkout -q HEAD~1 -- runs
	must_exit 1 "$GALLEY" promote model_nba_retention --run 2026-08-30-train --to production --version 2.3.0 --commit
	says 'are not committed, and would be lost from view'
}

@test "a linked worktree commits to its own branch" {
	example_workspace git
	git worktree add -q ../linked -b side
	cd ../linked
	must_exit 0 "$promote" --commit
	[ -z "$(git status --porcelain)" ]
	[ "$(git log -1 --format=%s side)" = "Promote model_nba_retention to production with run $NEW_RUN" ]
	[ "$(git rev-list --count main..side)" -eq 1 ]
	must_exit 3 "$promote" --commit --branch main
	says "is checked out in"
}

@test "a bare repository takes commits, and writes no files" {
	example_workspace git
	cd ..
	git clone -q --bare ws bare.git
	must_exit 2 "$GALLEY" --git-dir bare.git promote model_nba_retention --run $NEW_RUN --to production
	says "use '--commit'"
	must_exit 0 "$GALLEY" --git-dir bare.git promote model_nba_retention --run $NEW_RUN --to production --commit --branch proposal
	[ "$(git --git-dir bare.git rev-list --count main..proposal)" -eq 1 ]
	git --git-dir bare.git show proposal:runs/model_nba_retention/model.yaml | grep -q "production_run: $NEW_RUN"
	must_exit 0 "$GALLEY" --git-dir bare.git approve recipe_pricing_harbor --dry-run || [ "$status" = 1 ]
}

@test "who commits has to be known, and options have to fit" {
	example_workspace git
	rm "$HOME/.gitconfig"
	must_exit 3 "$promote" --commit
	says 'git config user.name'
	must_exit 0 env GIT_AUTHOR_NAME=X GIT_AUTHOR_EMAIL=x@example.invalid "$GALLEY" promote model_nba_retention --run $NEW_RUN --to production --commit
	must_exit 2 "$promote" -m why
	says "'--message' goes with '--commit'"
	must_exit 2 "$promote" --branch b
	must_exit 2 "$promote" --at HEAD
}

@test "a failed write leaves the file as it was" {
	example_workspace
	cp runs/model_nba_retention/model.yaml before
	[ "$(id -u)" != 0 ] || skip 'root may write everywhere'
	chmod a-w runs/model_nba_retention
	must_exit 3 "$promote"
	chmod u+w runs/model_nba_retention
	cmp before runs/model_nba_retention/model.yaml
}

@test "hostile text in a field reaches neither the terminal nor the message" {
	example_workspace git
	"$GALLEY" new run model_store_demand/r1 --type train --status running --started-at 2026-09-20 -q --commit >/dev/null
	must_exit 0 "$GALLEY" run set model_store_demand/r1 --status failed --finished-at 2026-09-21 --commit \
		--error "$(printf 'a\033[31m\n::error::b\nSigned-off-by: x [skip ci]')"
	case $output in *$'\033'*) false ;; esac
	says_not '::error::'
	[ "$(git log -1 --format=%B | grep -c 'Signed-off\|skip ci')" -eq 0 ]
	"$GALLEY" check -q
}

# --- init ---

@test "init makes a workspace that is clean, and never over another" {
	mkdir w && cd w && git init -q
	must_exit 0 "$GALLEY" init
	must_exit 0 "$GALLEY" check --fail-on note
	says 'no findings'
	for file in galley.yaml recipes/baseline/pricing.yaml packs/nba_standard.yaml .github/workflows/galley.yml .pre-commit-config.yaml; do
		[ -f $file ]
	done
	# A commit that only removes files is judged too.
	grep -q 'always_run: true' .pre-commit-config.yaml
	must_exit 1 "$GALLEY" init
	says 'is there already'
	must_exit 0 "$GALLEY" list recipes
	for family in forecasting pricing next_best_action location_scoring; do
		says $family
	done
	must_exit 0 "$GALLEY" approve pack_pricing_standard -q
	must_exit 0 "$GALLEY" approve recipe_pricing_base -q
	must_exit 0 "$GALLEY" new model model_first --recipe recipe_pricing_base -q
	must_exit 0 "$GALLEY" check
}

@test "init DIR makes the folder; in a repository's folder CI files are left out" {
	must_exit 0 "$GALLEY" init plain
	must_exit 0 "$GALLEY" -C plain check --fail-on note
	git init -q repo
	must_exit 0 "$GALLEY" init repo/models
	says 'left out: .github/workflows/galley.yml and .pre-commit-config.yaml'
	[ ! -e repo/models/.github ]
	must_exit 0 "$GALLEY" -C repo/models check --fail-on note
	mkdir -p taken/.github/workflows
	echo mine >taken/.github/workflows/galley.yml
	must_exit 1 "$GALLEY" init taken
	[ ! -e taken/galley.yaml ]
	must_exit 3 "$GALLEY" init no/such/folder
	says 'cannot make folder'
}
