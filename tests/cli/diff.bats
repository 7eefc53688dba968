#!/usr/bin/env bats
# diff: what two states differ in by meaning, from commits, the index and the working tree.
load helpers

setup() {
	clean_environment
	cp -R "$TOP/tests/cases/base/small" ws
	cd ws
	sed -i 's/@^1.0//' recipes/corner.yaml # what is pinned stays as it was
	git init -q
	commit 2026-01-01 'First state'
}

commit() { # DATE MESSAGE
	git add -A
	GIT_AUTHOR_DATE="$1T00:00:00Z" GIT_COMMITTER_DATE="$1T00:00:00Z" git commit -qm "$2"
}

rate() { # VALUE: the learning rate of the baseline
	sed -i "s/lr: 0.[0-9]*, /lr: $1, /" recipes/base.yaml
}

# The ids in the last output, which is JSON, with what became of each.
changes() {
	printf '%s\n' "$output" | awk -F '"' '/^      "id": / { id = $4 } /^      "change": / { printf "%s%s:%s", sep, id, $4; sep = " " }'
}

@test "alone it compares HEAD with the working tree, with --staged the index" {
	must_exit 0 "$GALLEY" diff --exit-code
	says 'nothing changes in effect'
	rate 0.3
	must_exit 1 "$GALLEY" diff --exit-code
	says 'to the working tree'
	says 'pipeline.stages.train.config.lr  0.1 -> 0.3  recipes/base.yaml:23'
	must_exit 0 "$GALLEY" diff --exit-code --staged
	git add -A
	must_exit 1 "$GALLEY" diff --exit-code --staged
	says 'to the index'
	must_exit 0 "$GALLEY" diff
}

@test "two commits, their merge base, one commit with the working tree" {
	git checkout -qb change
	rate 0.3
	commit 2026-01-02 'Faster'
	git checkout -q main
	sed -i 's/threshold: 0.2/threshold: 0.1/' recipes/base.yaml
	commit 2026-01-03 'Stricter'
	must_exit 0 "$GALLEY" diff main..change
	says 'config.lr'
	says 'looser  monitoring.drift.threshold  0.1 -> 0.2'
	must_exit 0 "$GALLEY" diff main...change
	says 'config.lr'
	says_not 'monitoring.drift.threshold'
	must_exit 0 "$GALLEY" diff ...change
	says_not 'monitoring.drift.threshold'
	must_exit 0 "$GALLEY" diff change..
	says 'tighter monitoring.drift.threshold  0.2 -> 0.1'
	must_exit 0 "$GALLEY" diff change
	says 'to the working tree'
	must_exit 0 "$GALLEY" diff main~1 --at change
	says "to $(git rev-parse change | cut -c 1-12)"
	must_exit 2 "$GALLEY" diff main..change --staged
	must_exit 2 "$GALLEY" diff main..change --at main
	must_exit 3 "$GALLEY" diff main..nowhere
	says "revision 'nowhere' is not there"
}

@test "both ways round are mirrors" {
	rate 0.3
	rm recipes/corner.yaml
	sed 's/demand_shops/demand_stalls/' recipes/shops.yaml >recipes/stalls.yaml
	commit 2026-01-02 'More and less'
	must_exit 0 "$GALLEY" diff main~1..main --format json
	[ "$(changes)" = 'demand_base:changed demand_corner:removed demand_shops:changed demand_stalls:added model_demand:changed 2026-01-05-train:changed 2026-02-02-eval:changed' ]
	must_exit 0 "$GALLEY" diff main..main~1 --format json
	[ "$(changes)" = 'demand_base:changed demand_corner:added demand_shops:changed demand_stalls:removed model_demand:changed 2026-01-05-train:changed 2026-02-02-eval:changed' ]
}

@test "moves, style and order are no difference, from a commit as from files" {
	mkdir recipes/deep
	git mv recipes/base.yaml recipes/deep/b.yml
	sed -i 's/threshold_warning: 0.20, threshold_critical: 0.40/"threshold_critical": 4e-1, threshold_warning: .2/; s/$/ # why/' recipes/deep/b.yml
	must_exit 0 "$GALLEY" diff --exit-code
	commit 2026-01-02 'Moved'
	must_exit 0 "$GALLEY" diff HEAD~1..HEAD --exit-code --format json
	says '"changes": []'
}

@test "a bare repository, and nothing checked out" {
	rate 0.3
	commit 2026-01-02 'Faster'
	git clone -q --bare . ../bare.git
	must_exit 0 "$GALLEY" --git-dir ../bare.git diff main~1..main
	says 'config.lr'
	cd ../bare.git
	must_exit 1 "$GALLEY" diff main~1..main --exit-code
	must_exit 0 "$GALLEY" diff main~1
	says 'config.lr'
	must_exit 2 "$GALLEY" diff
	says 'name both sides'
}

@test "what stands below a deleted record is reached, with its reasons" {
	rm recipes/shops.yaml packs/standard.yaml
	must_exit 0 "$GALLEY" diff
	says 'recipe demand_shops: removed'
	says 'recipe demand_corner: reached, has an effective form no more'
	says '  because  demand_shops (removed)'
	says 'model model_demand: reached, has a recipe to be judged by no more'
	says '  because  demand_corner <- demand_shops (removed)'
	says 'run model_demand/2026-01-05-train: reached'
	says 'pack pack_standard: removed'
}

@test "what a pin finds in history is below a deleted record too" {
	sed -i 's/parent: demand_shops/parent: demand_shops@1.0.0/' recipes/corner.yaml
	commit 2026-01-02 'A pin'
	rm recipes/shops.yaml
	must_exit 0 "$GALLEY" diff
	says 'recipe demand_corner: reached'
	says_not 'no more'
	says '  because  demand_shops (removed)'
	says '  because  demand_corner <- demand_shops (removed)'
}

@test "gates: looser, tighter, removed and waived" {
	sed -i 's/threshold_critical: 0.30/threshold_critical: 0.50/' recipes/shops.yaml
	printf 'waivers:\n  - {gate: evaluation.metrics.MAPE.threshold_critical, reason: a trial, approved_by: us, expires: 2027-12-31}\n' >>recipes/shops.yaml
	sed -i 's/warn: 0.25/warn: 0.20/; /key: bias/,$d' packs/standard.yaml
	must_exit 0 "$GALLEY" diff --as-of 2026-06-01
	says '1 gate looser, 1 gate removed, 1 gate tighter (1 by a waiver)'
	says 'evaluation.metrics.MAPE.threshold_critical'
	says '0.30 -> 0.50, waived until 2027-12-31: a trial'
	says 'removed bias'
	says 'tighter MAPE.warn  0.25 -> 0.20'
	must_exit 0 "$GALLEY" diff --as-of 2026-06-01 --format json
	says '"change": "looser"'
	says '"waived": true'
	must_exit 0 "$GALLEY" diff --as-of 2028-06-01
	says_not 'by a waiver'
}

@test "JSON has schema first, and typed values" {
	rate 0.3
	sed -i 's/grain: store-day/grain: store-week/' recipes/base.yaml
	must_exit 0 "$GALLEY" diff --format json
	[ "$(printf '%s\n' "$output" | sed -n 2p)" = '  "schema": "galley.diff/1",' ]
	says '"before": 0.1,'
	says '"after": 0.3,'
	says '"after": "store-week",'
	says '"chain": ["model_demand", "demand_corner", "demand_shops", "demand_base"],'
}

@test "no history to compare with is said" {
	cp -R . ../plain
	rm -rf ../plain/.git
	must_exit 3 "$GALLEY" -C ../plain diff
	says "is not in a git repository"
	git init -q ../empty
	mkdir ../empty/recipes
	must_exit 3 "$GALLEY" -C ../empty diff
	says 'no commit yet'
	rate 0.3
	commit 2026-01-02 'Faster'
	git clone -q --depth 1 "file://$PWD" ../shallow
	must_exit 3 "$GALLEY" -C ../shallow diff main~1..main
	must_exit 0 "$GALLEY" -C ../shallow diff
	must_exit 3 "$GALLEY" -C ../shallow diff main...main
	says 'fetch-depth: 0'
}

@test "hostile names and values are shown, not obeyed" {
	printf 'x: 1\n' >recipes/notes.txt
	printf '%b' 'pipeline:\n  stages:\n    - name: train\n      config: {"\\e[31m::error::x": "\\e]52;c;x\\a @me <b>|`\\u202e"}\n' >y
	sed -i '/^pipeline/,$d' recipes/corner.yaml
	cat y >>recipes/corner.yaml
	must_exit 0 "$GALLEY" diff
	says '\x1b'
	says_not $'\e'
	says_not '::error::'
	must_exit 0 "$GALLEY" diff --format markdown
	says_not $'\e'
	says_not '<b>'
	says_not ' @me'
	must_exit 0 "$GALLEY" diff --format json
	says_not $'\e'
}

@test "files that cannot be read are said on standard error" {
	printf 'pipeline: [\n' >>recipes/corner.yaml
	must_exit 0 "$GALLEY" diff
	says '0 files with errors before, 1 after; see: galley check'
	says 'recipe demand_corner: changed, has an effective form no more'
}

@test "what is pinned stays as it was, whatever becomes of the recipe since" {
	printf 'metadata: {id: demand_other, name: Other, model_family: forecasting, level: client, parent: demand_shops@1.0.0, version: 1.0.0, status: approved}\n' >recipes/other.yaml
	commit 2026-01-02 'A pinned child'
	sed -i 's/min_history: 52w/min_history: 60w/; s/version: 1.0.0/version: 1.1.0/' recipes/shops.yaml
	commit 2026-01-03 'More history'
	must_exit 0 "$GALLEY" diff HEAD~1..HEAD --format json
	[ "$(changes)" = 'demand_corner:changed demand_shops:changed model_demand:changed 2026-01-05-train:changed 2026-02-02-eval:changed' ]
	sed -i 's/demand_shops@1.0.0/demand_shops@1.1.0/' recipes/other.yaml
	must_exit 0 "$GALLEY" diff
	says 'recipe demand_other: changed'
	says 'requirements.min_history  52w -> 60w'
	says 'recipes/other.yaml:1'
	says_not 'recipe demand_shops:'
	sed -i 's/lr: 0.05/lr: 0.06/; s/version: 1.0.0/version: 1.1.0/' recipes/corner.yaml
	commit 2026-01-04 'Slower, as a new version'
	must_exit 0 "$GALLEY" diff HEAD~1..HEAD --format json
	[ "$(changes)" = 'demand_corner:changed demand_other:changed' ]
}

@test "a workspace that comes or goes as a whole" {
	git init -q ../other
	cd ../other
	touch x
	commit 2026-01-01 'Nothing yet'
	cp -R ../ws/galley.yaml ../ws/recipes ../ws/packs ../ws/runs .
	must_exit 1 "$GALLEY" diff --exit-code
	says '3 recipes, 1 pack, 1 model, 2 runs and galley.yaml change'
	says 'recipe demand_shops: added'
	commit 2026-01-02 'All of it'
	must_exit 1 "$GALLEY" diff HEAD..HEAD~1 --exit-code
	says 'recipe demand_shops: removed'
	must_exit 3 "$GALLEY" diff HEAD~1..HEAD~1
	says 'no workspace'
}

@test "the example's own edits, as text" {
	cd ..
	rm -rf ws
	example_workspace git
	sed -i 's/lags: \[7, 14\]/lags: [7, 14, 28]/; s/version: 1.4.2/version: 1.5.0/' recipes/industry/forecasting_grocery.yaml
	sed -i 's/version: 4.0.0/version: 5.0.0/; s/{promote: 0.020, warn: 0.030, fail: 0.050}/{promote: 0.020, warn: 0.040, fail: 0.050}/; /^slices/,$d' packs/forecasting_standard.yaml
	sed -i '/max_iter/d; s/version: 3.3.0/version: 3.4.0/' recipes/client/forecasting_northfield.yaml
	sed -i '/^waivers:/,$d; s/rank_correlation: {threshold_critical: 0.35}/rank_correlation: {}/' recipes/client/location_cafe_nord.yaml
	git rm -q recipes/client/nba_lumen.yaml
	run "$GALLEY" diff
	[ "$status" -eq 0 ]
	printf '%s\n' "$output" | sed "s/$(git rev-parse HEAD | cut -c 1-12)/BASE-COMMIT-/" >diff.txt
	[ -z "${DIFF_UPDATE:-}" ] || cp diff.txt "$TOP/tests/data/diff-example.txt"
	diff -u "$TOP/tests/data/diff-example.txt" diff.txt
}
