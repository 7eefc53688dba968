#!/usr/bin/env bats
# check --base: what a change may not do, in histories of every shape.
load helpers

setup() {
	clean_environment
	cp -R "$TOP/tests/cases/base/small" ws
	cd ws
	git init -q
	commit 2026-01-01 'First state'
	git checkout -qb change
}

commit() { # DATE MESSAGE
	git add -A
	GIT_AUTHOR_DATE="$1T00:00:00Z" GIT_COMMITTER_DATE="$1T00:00:00Z" git commit -qm "$2"
}

limit() { # VALUE: another content of demand_shops
	sed -i "s/threshold_critical: .*}/threshold_critical: $1}/" recipes/shops.yaml
}

version() { # VERSION of demand_shops
	sed -i "s/^  version: .*/  version: $1/" recipes/shops.yaml
}

short() { # REVISION
	git rev-parse "$1" | cut -c 1-12
}

@test "an edited approved version names the commit that approved it and the one that changed it" {
	limit 0.28
	must_exit 1 "$GALLEY" check --base main
	says "[version/changed]"
	says "approved in commit $(short main), changed in the working tree"
	git add -A
	must_exit 1 "$GALLEY" check --base main --staged
	says "changed in the index"
	commit 2026-01-02 'Stricter'
	touch unrelated
	commit 2026-01-03 'Something else'
	must_exit 1 "$GALLEY" check --base main
	says "approved in commit $(short main), changed in commit $(short HEAD~1)"
	must_exit 1 "$GALLEY" check --base main --at change
	says "approved in commit $(short main), changed in commit $(short HEAD~1)"
	version 1.0.1
	must_exit 1 "$GALLEY" check --base main
	says "before its version was raised; approved in commit $(short main), changed in commit $(short HEAD~1)"
	git reset -q --soft main
	must_exit 0 "$GALLEY" check --base main
}

@test "without --base nothing is compared" {
	limit 0.28
	must_exit 0 "$GALLEY" check
}

@test "comments, layout, file names and folders are free, and so is what a draft says" {
	sed -i 's/{threshold_critical: 0.30}/\n      # as agreed\n      "threshold_critical": 0.3/' recipes/shops.yaml
	mkdir recipes/industry
	git mv recipes/shops.yaml recipes/industry/all_shops.yml
	must_exit 0 "$GALLEY" check --base main
	sed 's/id: demand_shops/id: demand_new/; s/status: approved/status: draft/' recipes/industry/all_shops.yml >recipes/new.yaml
	commit 2026-01-02 'A draft'
	git checkout -qB main
	git checkout -q change
	sed -i 's/0.3$/0.21/' recipes/new.yaml
	must_exit 0 "$GALLEY" check --base main
	sed -i 's/0.21$/0.25/; s/draft/approved/' recipes/new.yaml
	must_exit 0 "$GALLEY" check --base main
}

@test "only status may change in an approved version, and only forward" {
	sed -i 's/status: approved/status: archived/' recipes/corner.yaml
	must_exit 0 "$GALLEY" check --base main
	commit 2026-01-02 'Archived'
	git branch -f main
	sed -i 's/status: archived/status: approved/' recipes/corner.yaml
	must_exit 1 "$GALLEY" check --base main
	says "nothing leaves archived"
	says "recipes/corner.yaml:8:11: error: status of recipe 'demand_corner' goes back from archived to approved"
	sed -i 's/version: 1.0.0/version: 1.1.0/' recipes/corner.yaml
	"$GALLEY" check --base main >out || true
	! grep version/ out
}

@test "a removed and restored version must be the same; a lower one is lower than all the branch had" {
	git rm -q recipes/corner.yaml
	git rm -rq runs
	commit 2026-01-02 'Without the corner shop'
	git branch -f main
	git checkout -q main~1 -- recipes/corner.yaml
	must_exit 0 "$GALLEY" check --base main
	sed -i 's/lr: 0.05/lr: 0.06/' recipes/corner.yaml
	must_exit 1 "$GALLEY" check --base main
	says "approved in commit $(short main~1)"
	sed -i 's/version: 1.0.0/version: 0.9.0/' recipes/corner.yaml
	must_exit 1 "$GALLEY" check --base main
	says "is lower than 1.0.0 in commit $(short main~1) [version/lower]"
}

@test "what the base did since is not the change's doing, but its versions are taken" {
	git checkout -q main
	limit 0.29
	version 1.2.0
	commit 2026-01-02 'On the main branch'
	git checkout -q change
	must_exit 0 "$GALLEY" check --base main
	limit 0.28
	version 1.1.0
	must_exit 1 "$GALLEY" check --base main
	says "version 1.1.0 of recipe 'demand_shops' is lower than 1.2.0 in commit $(short main)"
	version 1.2.0
	must_exit 1 "$GALLEY" check --base main
	says "changed in approved version 1.2.0"
	limit 0.29
	must_exit 0 "$GALLEY" check --base main
}

@test "merged, rebased and squashed changes are judged alike" {
	limit 0.28
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	limit 0.27
	version 1.2.0
	commit 2026-01-03 'Version 1.2.0'
	git checkout -q main
	sed -i 's/lr: 0.05/lr: 0.06/; s/version: 1.0.0/version: 1.0.1/' recipes/corner.yaml
	commit 2026-01-04 'Another recipe'
	git branch merged
	git branch squashed
	git checkout -q merged
	GIT_COMMITTER_DATE=2026-01-05T00:00:00Z git merge -q -m 'Merge' change
	git checkout -q squashed
	git merge -q --squash change >/dev/null
	commit 2026-01-05 'Squashed'
	git checkout -qb rebased change
	git rebase -q main
	for base in merged squashed rebased; do
		git checkout -qB next $base
		must_exit 0 "$GALLEY" check --base $base
		must_exit 0 "$GALLEY" check --base main
		limit 0.26
		must_exit 1 "$GALLEY" check --base $base
		says "changed in approved version 1.2.0"
		version 1.1.5
		must_exit 1 "$GALLEY" check --base $base
		says "is lower than 1.2.0 in commit"
		version 1.3.0
		must_exit 0 "$GALLEY" check --base $base
		git checkout -q -- .
	done
	# Going on where a squashed branch ended: its merge base is old, its content is what the base has.
	git checkout -q change
	must_exit 0 "$GALLEY" check --base squashed
}

@test "what a merged branch had and dropped again binds its versions, not the order" {
	version 3.0.0
	commit 2026-01-02 'Too high'
	version 1.1.0
	limit 0.28
	commit 2026-01-03 'Right'
	git checkout -q main
	GIT_COMMITTER_DATE=2026-01-05T00:00:00Z git merge -q --no-ff -m 'Merge' change
	git checkout -qb next
	version 1.2.0
	must_exit 0 "$GALLEY" check --base main
	version 3.0.0
	must_exit 1 "$GALLEY" check --base main
	says "changed in approved version 3.0.0"
}

@test "a revert needs a higher version" {
	limit 0.28
	version 1.1.0
	commit 2026-01-02 'Version 1.1.0'
	git branch -f main
	git revert --no-edit HEAD >/dev/null
	must_exit 1 "$GALLEY" check --base main
	says "version 1.0.0 of recipe 'demand_shops' is lower than 1.1.0 in commit $(short main)"
	version 1.2.0
	must_exit 0 "$GALLEY" check --base main
}

@test "records of finished runs are evidence, wherever the runs folder is" {
	run=runs/model_demand/2026-01-05-train
	sed -i 's/"MAPE": 0.12/"MAPE": 0.10/' $run/metrics.json
	must_exit 1 "$GALLEY" check --base main
	says "$run/metrics.json:1:10: error: metric file of finished run 'model_demand/2026-01-05-train' changed"
	says "'MAPE' is 0.10, was 0.12; succeeded in commit $(short main) [run/evidence-changed]"
	git checkout -q -- .
	git mv runs work
	echo 'directories: {runs: work}' >>galley.yaml
	must_exit 0 "$GALLEY" check --base main
	says "'directories.runs' work, was runs [gate/loosened]"
	sed -i 's/"MAPE": 0.12/"MAPE": 0.10/' work/model_demand/2026-01-05-train/metrics.json
	must_exit 1 "$GALLEY" check --base main
	says "[run/evidence-changed]"
	rm -r work
	must_exit 1 "$GALLEY" check --base main
	says "model 'model_demand' removed with 2 finished runs"
}

@test "evidence can be silenced by the base alone, the other findings by nobody" {
	echo 'rules: {run/evidence-changed: off, version/changed: note}' >>galley.yaml
	limit 0.28
	rm -r runs/model_demand/2026-02-02-eval
	must_exit 1 "$GALLEY" check --base main
	says "'rules.run/evidence-changed' off, was error [gate/loosened]"
	says "[run/evidence-changed]"
	says "error: recipe 'demand_shops' changed"
	echo 'rules: {version/changed: off}' >galley.yaml
	must_exit 1 "$GALLEY" check
	says "rule 'version/changed' cannot be switched off"
	git checkout -q -- .
	echo 'rules: {run/evidence-changed: off}' >>galley.yaml
	commit 2026-01-02 'Runs may go'
	git branch -f main
	rm -r runs/model_demand/2026-02-02-eval
	must_exit 0 "$GALLEY" check --base main
}

@test "limits of the base hold, and those of the command line over both" {
	echo 'limits: {yaml_nodes: 60}' >>galley.yaml
	commit 2026-01-02 'Small files'
	git branch -f main
	sed -i '/^limits/d' galley.yaml
	sed -i 's/^  tags: .*/  tags: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z]/' recipes/base.yaml
	must_exit 1 "$GALLEY" check --base main
	says "'limits.yaml_nodes' 100000, was 60 [gate/loosened]"
	says "[yaml/limit]"
	must_exit 1 "$GALLEY" check --base main --limit yaml_nodes=1000
	says_not "[yaml/limit]"
	says "[version/changed]"
}

@test "a small walk_commits, a shallow clone, no history: the failure says so, and never is the answer shorter" {
	limit 0.28
	commit 2026-01-02 'Two'
	git clone -q --depth 1 "file://$PWD" ../shallow
	must_exit 3 "$GALLEY" -C ../shallow check --base HEAD
	says "history not available (depth 1)"
	says "git fetch --unshallow"
	says "fetch-depth: 0"
	must_exit 3 "$GALLEY" -C ../shallow check --base origin/change --at HEAD
	must_exit 0 "$GALLEY" -C ../shallow check
	must_exit 3 "$GALLEY" check --base HEAD --limit walk_commits=1
	says "walk_commits"
	must_exit 3 "$GALLEY" check --base no-such-branch
	says "revision 'no-such-branch' is not there"
	must_exit 3 "$GALLEY" check --base HEAD:recipes
	git checkout -q --orphan other
	must_exit 3 "$GALLEY" check --base main
	says "HEAD has no commit yet"
	commit 2026-01-03 'Another beginning'
	must_exit 3 "$GALLEY" check --base main
	says "have no commit in common"
	cp -R . ../plain
	rm -rf ../plain/.git
	must_exit 3 "$GALLEY" -C ../plain check --base main
	says "not in a git repository"
}

@test "a bare repository compares commits" {
	limit 0.28
	commit 2026-01-02 'Edited'
	git clone -q --bare . ../bare.git
	must_exit 1 "$GALLEY" --git-dir ../bare.git check --at change --base main
	says "changed in commit $(short change)"
	must_exit 0 "$GALLEY" --git-dir ../bare.git check --at main --base main
	cd ../bare.git
	must_exit 1 "$GALLEY" check --at change --base main
}

@test "a parent's edit is shown at its line, once for all that it breaks" {
	sed 's/demand_corner/demand_corner_two/' recipes/corner.yaml >recipes/corner_two.yaml
	commit 2026-01-02 'A second shop'
	git branch -f main
	sed -i 's/lr: 0.1,/lr: "0.1",/; s/version: 1.0.0/version: 1.1.0/' recipes/base.yaml
	must_exit 1 "$GALLEY" check
	says "recipes/corner.yaml:11:"
	says "recipes/corner_two.yaml:11:"
	must_exit 1 "$GALLEY" check --base main
	says "recipes/base.yaml:23:50: error: another type than inherited"
	says "in 'recipes/corner.yaml'; and 1 more such finding [merge/type-clash]"
	must_exit 1 "$GALLEY" check --base main --format json
	[ "$(grep -c '"rule": "merge/type-clash"' <<<"$output")" -eq 1 ] || [ "$(grep -o 'merge/type-clash' <<<"$output" | wc -l)" -eq 1 ]
	# The child's own edit is its own fault.
	git checkout -q -- .
	sed -i 's/lr: 0.05/lr: fast/' recipes/corner.yaml
	must_exit 1 "$GALLEY" check --base main
	says "recipes/corner.yaml:11:"
	says_not "recipes/base.yaml:23:50"
}

@test "a workspace in a folder, and one whose galley.yaml the change removes" {
	mkdir -p models
	git mv galley.yaml packs recipes runs models/
	commit 2026-01-02 'A workspace in a folder'
	git branch -f main
	sed -i 's/threshold_critical: .*}/threshold_critical: 0.28}/' models/recipes/shops.yaml
	must_exit 1 "$GALLEY" -C models check --base main
	says "models/recipes/shops.yaml:13:"
	says "[version/changed]"
	rm models/galley.yaml
	must_exit 3 "$GALLEY" -C models check --base main
	mkdir recipes
	must_exit 1 "$GALLEY" -C models check --base main
	says "model 'model_demand' removed with 2 finished runs"
}

@test "what a parent's edit takes away is shown where it stood, what goes with a file at that file" {
	sed -i 's/min_history: 52w/$unset: [grain]/; s/version: 1.0.0/version: 1.1.0/' recipes/shops.yaml
	commit 2026-01-02 'Without a grain'
	git branch -f main
	sed -i '/grain:/d; s/version: 1.0.0/version: 1.1.0/' recipes/base.yaml
	must_exit 1 "$GALLEY" check
	says "recipes/shops.yaml:10:"
	must_exit 1 "$GALLEY" check --base main
	says "in 'recipes/shops.yaml' [merge/unset]"
	says "recipes/base.yaml:15:"
	git checkout -q -- .
	rm packs/standard.yaml
	must_exit 1 "$GALLEY" check --base main
	says "packs/standard.yaml: error: "
	says "in 'recipes/base.yaml' [ref/unknown]"
	says "recipes/base.yaml:27"
}

@test "versions are found in the folders that galley.yaml named at the time" {
	git mv recipes gone
	echo 'directories: {recipes: gone}' >>galley.yaml
	commit 2026-01-02 'Another folder'
	sed 's/demand_corner/demand_kiosk/' gone/corner.yaml >gone/kiosk.yaml
	commit 2026-01-03 'A kiosk'
	git rm -q gone/kiosk.yaml
	commit 2026-01-04 'No kiosk'
	git mv gone recipes
	sed -i '/^directories/d' galley.yaml
	commit 2026-01-05 'Back again'
	git branch -f main
	sed 's/demand_corner/demand_kiosk/; s/lr: 0.05/lr: 0.5/' recipes/corner.yaml >recipes/kiosk.yaml
	must_exit 1 "$GALLEY" check --base main
	says "recipe 'demand_kiosk' changed in approved version 1.0.0; approved in commit $(short main~2), changed in the working tree"
}

@test "a file that cannot be read any more is no way round its version" {
	echo 'limits: {manifest_bytes: 600}' >>galley.yaml
	commit 2026-01-02 'Small files'
	git branch -f main
	limit 0.28
	must_exit 1 "$GALLEY" check --base main
	says "[version/changed]"
	echo 'limits: {manifest_bytes: 500, walk_depth: 1, blob_bytes: 100}' >galley.yaml
	run "$GALLEY" check --base main
	[ "$status" -ne 0 ]
}
