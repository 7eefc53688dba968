#!/usr/bin/env bats
# review: the page of a pull request, its exit codes, its size, and what hostile names can do to it.
load helpers

setup() {
	clean_environment
}

small() { # the small workspace with one commit on main, and a branch that is checked out
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

# A new version of the pack with another limit of MAPE; the run that serves has 0.12, the newest 0.22.
limits() { # PROMOTE WARN FAIL
	sed -i "s/^  version: .*/  version: 2.0.0/; s/{promote: .*/{promote: $1, warn: $2, fail: $3}/" packs/standard.yaml
}

# Every line of a page in the last output belongs to a table, fence or block that is closed, and the diagram is one.
whole_page() {
	printf '%s\n' "$output" | awk '
		/^```mermaid$/ { mermaid = fence = 1; getline; if ($0 != "flowchart LR") bad("no flowchart") ; next }
		/^```/ { fence = !fence; mermaid = 0; next }
		mermaid && !/^  (n[0-9]+(\[\/?"[A-Za-z0-9À-ɏ _.,\/+…-]*(<br\/>[A-Za-z ]+)?"\/?\])|m[0-9]+\["[0-9]+ more recipes?"\]|[nm][0-9]+ --> [nm][0-9]+|classDef edit stroke-width:3px|class n[0-9]+(,n[0-9]+)* edit)$/ { bad("mermaid: " $0) }
		fence { next }
		/^<details>$/ { open++ }
		/^<\/details>$/ { open-- }
		/^\|/ && !/ \|$/ { bad("table: " $0) }
		/^#/ && !/^####? [^#]/ { bad("heading: " $0) }
		function bad(what) { print what; failed = 1 }
		END { if (fence || open) bad("something is left open"); exit failed }'
}

@test "the page of the example's own edits" {
	example_workspace git
	git checkout -qb change
	sed -i 's/lags: \[7, 14\]/lags: [7, 14, 28]/; s/window_months: 24/window_months: 18/; s/version: 1.4.2/version: 1.5.0/' recipes/industry/forecasting_grocery.yaml
	sed -i 's/version: 4.0.0/version: 5.0.0/; s/{promote: 0.020, warn: 0.030, fail: 0.050}/{promote: 0.020, warn: 0.040, fail: 0.050}/; s/{promote: 0.12, warn: 0.15, fail: 0.20}/{promote: 0.05, warn: 0.08, fail: 0.09}/' packs/forecasting_standard.yaml
	sed -i 's/max_iter: 800/max_iter: 900/; s/version: 2.1.0/version: 2.2.0/' recipes/baseline/forecasting.yaml
	git commit -qam 'Longer lags, stricter MAPE'
	run "$GALLEY" review --base main --at change
	[ "$status" -eq 1 ]
	whole_page
	printf '%s\n' "$output" | sed "s/$(git rev-parse main | cut -c 1-12)/BASE-COMMIT-/g; s/$(git rev-parse change | cut -c 1-12)/HEAD-COMMIT-/g" >page.md
	[ -z "${REVIEW_UPDATE:-}" ] || cp page.md "$TOP/tests/data/review-example.md"
	diff -u "$TOP/tests/data/review-example.md" page.md
}

@test "nothing changed is said in a line" {
	small
	must_exit 0 "$GALLEY" review --base main
	says '### ✅ nothing changes in effect'
	says '| Verdicts that get worse | ✅ none of 2 |'
	says_not '#### Gates'
	whole_page
}

@test "a production run that fails now fails the review, one that warns does not unless asked" {
	small
	limits 0.05 0.10 0.30
	must_exit 0 "$GALLEY" review --base main
	says '⚠️ 1 production run would now warn'
	says '2026-01-05-train | production | MAPE | 12.0% | ✅ pass | ⚠️ **warn** |'
	must_exit 1 "$GALLEY" review --base main --fail-on warning
	limits 0.05 0.10 0.11
	must_exit 1 "$GALLEY" review --base main
	says '❌ 1 production run would now fail · 1 other run judged worse'
	says 'production | MAPE | 12.0% | ✅ pass | ❌ **fail** |'
	limits 0.01 0.02 0.40
	must_exit 0 "$GALLEY" review --base main
	says 'newest | MAPE | 22.0% | ✅ pass | ⚠️ **warn** |'
}

@test "better only because a gate moved is called so, also of a run that comes with the change" {
	small
	sed -i 's/MAPE: 0.22, bias: -0.06/MAPE: 0.22, bias: -0.04/' runs/model_demand/2026-02-02-eval/run.yaml
	mkdir runs/model_demand/2026-03-01-train
	sed 's/MAPE: 0.22, bias: -0.06/MAPE: 0.45, bias: 0.01/; s/2026-02-02T/2026-03-01T/; s/type: eval/type: train/; /^of:/d' runs/model_demand/2026-02-02-eval/run.yaml |
		sed 's/MAPE: 0.22/MAPE: 0.42/' >runs/model_demand/2026-03-01-train/run.yaml
	sed -i 's/threshold_critical: 0.40/threshold_critical: 0.60/; s/^  version: .*/  version: 1.1.0/' recipes/base.yaml
	sed -i 's/threshold_critical: 0.30/threshold_critical: 0.60/; s/^  version: .*/  version: 1.1.0/' recipes/shops.yaml
	limits 0.15 0.50 0.60
	must_exit 1 "$GALLEY" review --base main --format json
	says '"run": "2026-03-01-train",'
	says '"runs_better_by_gate": 1,'
	must_exit 1 "$GALLEY" review --base main
	says '| Verdicts that get better only because a gate moved | ⚠️ **1**: Demand of the corner shop 2026-03-01-train, fail → warn |'
	says 'gate moved |'
	says '2026-03-01-train | newest, new | MAPE |'
	# The other run was made better in its own file: that is evidence that changed, and no gate.
	says '[run/evidence-changed]'
}

@test "what serves in place of another run is measured against it" {
	small
	mkdir runs/model_demand/2026-03-01-train
	sed 's/MAPE: 0.22/MAPE: 0.45/; s/2026-02-02T/2026-03-01T/; s/type: eval/type: train/; /^of:/d' runs/model_demand/2026-02-02-eval/run.yaml >runs/model_demand/2026-03-01-train/run.yaml
	sed -i 's/production_run: .*/production_run: 2026-03-01-train/' runs/model_demand/model.yaml
	must_exit 1 "$GALLEY" review --base main
	says '1 production run would now fail'
	says 'production, was 2026-01-05-train, new'
}

@test "a model that begins to serve with a run that fails" {
	small
	git checkout -q main
	sed -i 's/^status: production/status: staging/; /production_run/d' runs/model_demand/model.yaml
	sed -i 's/MAPE: 0.12/MAPE: 0.9/; s/"MAPE": 0.12/"MAPE": 0.9/' runs/model_demand/2026-01-05-train/metrics.json
	commit 2026-01-02 'Not serving, and bad'
	git checkout -qB change
	sed -i 's/^status: staging/status: production\nproduction_run: 2026-01-05-train/' runs/model_demand/model.yaml
	must_exit 1 "$GALLEY" review --base main
	says 'Demand of the corner shop, not serving → fail'
	must_exit 1 "$GALLEY" review --base main --format json
	says '"production_runs_failing": 1,'
}

@test "findings are those of check --base, and what stood there before comes last" {
	small
	git checkout -q main
	printf 'requirements: {min_history: 52w}\n' >>recipes/corner.yaml
	commit 2026-01-02 'Restated'
	git checkout -qB change
	sed -i 's/threshold: 0.2/threshold: 0.1/' recipes/base.yaml
	must_exit 1 "$GALLEY" review --base main
	says '[version/changed]'
	says 'Diagnostics: 1 error, 1 note, 1 of them there before, last'
	[ "$(printf '%s\n' "$output" | grep -n 'version/changed' | cut -d: -f1)" -lt "$(printf '%s\n' "$output" | grep -n 'merge/restated' | cut -d: -f1)" ]
	must_exit 1 "$GALLEY" check --base main
	says '[version/changed]'
	sed -i 's/^  version: .*/  version: 1.1.0/' recipes/base.yaml
	must_exit 0 "$GALLEY" review --base main
	says 'All files valid, 1 note.'
	must_exit 1 "$GALLEY" review --base main --fail-on note
}

@test "the merge base counts, and a bare repository will do" {
	small
	limits 0.05 0.10 0.11
	commit 2026-01-02 'Stricter'
	git checkout -q main
	sed -i 's/lr: 0.1/lr: 0.9/; s/^  version: .*/  version: 1.1.0/' recipes/base.yaml
	commit 2026-01-03 'Meanwhile'
	git clone -q --bare . ../bare.git
	cd ../bare.git
	must_exit 1 "$GALLEY" review --base main --at change
	says 'production run would now fail'
	says_not 'config.lr'
	says "galley review --base main --at $(git rev-parse change | cut -c 1-12)"
	must_exit 2 "$GALLEY" review
	says "needs '--base REV'"
}

@test "a checkout is the commit that it is of, until something in it is edited" {
	small
	limits 0.05 0.10 0.11
	commit 2026-01-02 'Stricter'
	local head at
	head=$(git rev-parse HEAD)
	must_exit 1 "$GALLEY" review --base main --at change --as-of 2026-01-03
	at=$output
	must_exit 1 "$GALLEY" review --base main --as-of 2026-01-03
	says "\`${head:0:12}\` compared with main"
	# The same page, but for how to read it again.
	[ "$(printf '%s\n' "$output" | grep -v '^<sub>The same on your machine')" = "$(printf '%s\n' "$at" | grep -v '^<sub>The same on your machine')" ]
	says '<sub>The same on your machine: `galley review --base main`.'
	must_exit 1 "$GALLEY" review --base main --format json
	says "\"head\": \"$head\","
	says_not head_source
	# Not part of the workspace: what CI leaves in its folder. Touched, too, is not edited.
	mkdir .galley-source reports
	touch .galley-source/x reports/x recipes/* packs/*
	must_exit 1 "$GALLEY" review --base main --staged --format text
	says "${head:0:12}"
	must_exit 1 "$GALLEY" review --base main
	says "\`${head:0:12}\` compared with main"
	echo '# a comment' >>recipes/corner.yaml
	must_exit 1 "$GALLEY" review --base main
	says 'The working tree compared with main'
	must_exit 1 "$GALLEY" review --base main --staged
	says "\`${head:0:12}\` compared with main"
	git add -A
	must_exit 1 "$GALLEY" review --base main --staged
	says 'The index compared with main'
	must_exit 1 "$GALLEY" review --base main --format json
	says '"head": null,'
	says '"head_source": "the working tree",'
}

@test "what is below a deleted record" {
	small
	sed -i 's/@^1.0//' recipes/corner.yaml
	commit 2026-01-02 'No pin'
	git checkout -q main
	git merge -q change
	git checkout -q change
	rm recipes/shops.yaml
	must_exit 1 "$GALLEY" review --base main
	says '<br/>REMOVED"]'
	says 'demand_corner, no effective form'
	whole_page
}

@test "formats at once, each where it was sent" {
	small
	limits 0.05 0.10 0.11
	must_exit 1 "$GALLEY" review --base main --format markdown=page.md --format json=review.json --format text --summary summary.md
	says '1 production run would now fail'
	says 'pass -> fail  model_demand/2026-01-05-train, production'
	[ "$(sed -n 2p review.json)" = '  "schema": "galley.review/1",' ]
	[ "$(head -n 1 page.md)" = '<!-- galley:review key=default format=1 -->' ]
	cmp page.md summary.md
	must_exit 1 "$GALLEY" review --base main --format markdown=page.md
	[ -z "$output" ]
	must_exit 1 "$GALLEY" review --base main --key prices_eu-2
	says '<!-- galley:review key=prices_eu-2 format=1 -->'
	must_exit 2 "$GALLEY" review --base main --key 'x --> <b>'
	must_exit 2 "$GALLEY" review --base main --format json --format text
	must_exit 2 "$GALLEY" review --base main --max-bytes 100
}

@test "a page never grows beyond its size, and is never cut" {
	small
	for i in $(seq 100 199); do
		printf 'metadata: {id: demand_%s, name: Nr %s, model_family: forecasting, level: client, parent: demand_shops, version: 1.0.0, status: draft}\npipeline: {stages: [{name: train, config: {own_%s: %s}}]}\n' \
			$i $i $i $i >recipes/c$i.yaml
	done
	commit 2026-01-02 'Many'
	git checkout -qB main
	git checkout -qb wide
	sed -i 's/own_\([0-9]*\): /own_\1: 7/' recipes/c*.yaml
	sed -i 's/lr: 0.1/lr: 0.2/; s/^  version: .*/  version: 1.1.0/' recipes/base.yaml
	limits 0.05 0.10 0.11
	must_exit 2 "$GALLEY" review --base main --max-bytes 499
	for size in 500 700 1000 1500 2000 3000 4096 4500 5000 6000 7000 9000 12000; do
		must_exit 1 "$GALLEY" review --base main --max-bytes $size
		[ "$(printf '%s\n' "$output" | wc -c)" -le $size ]
		whole_page
		says 'eft out for size'
		says '### ❌ 1 production run would now fail'
		printf '%s' "$output" | iconv -f UTF-8 -t UTF-8 >/dev/null
	done
	must_exit 1 "$GALLEY" review --base main --max-bytes 1000000
	says_not 'left out for size'
	says 'too many to draw'
	whole_page
}

# Everything that Markdown, HTML, Mermaid, a host, a terminal or a runner could take for more than text.
hostile='<img src=x onerror=alert(1)> </details> <!-- --> @everyone #1 [x](javascript:alert(1)) ![i](http://evil.example/x.png) | a | `b` ``` ~~~ $$x$$ {{7*7}} www.evil.example \x1b[31m\x1b]52;c;x\x07 ::error::x ##[error]y \u202e "] --> n9 end; click n0 "javascript:x"'

hostile_workspace() {
	small
	sed -i 's/^  name: .*/  name: "HOSTILE"/' recipes/corner.yaml
	printf '    - {name: "HOSTILE", config: {"HOSTILE": "HOSTILE"}}\n' >>recipes/corner.yaml
	sed -i 's/^  name: .*/  name: "HOSTILE"/' runs/model_demand/model.yaml
	printf '  - {key: "HOSTILE", direction: lower, thresholds: {fail: 3}}\n' >>packs/standard.yaml
	printf 'waivers:\n  - {gate: "HOSTILE", reason: "HOSTILE", approved_by: "HOSTILE", expires: 2030-01-01}\n' >>recipes/corner.yaml
	limits 0.05 0.10 0.11
	HOSTILE=$hostile perl -pi -e 'BEGIN { $h = $ENV{HOSTILE}; $h =~ s/"/\\"/g; } s/HOSTILE/$h/g' recipes/corner.yaml runs/model_demand/model.yaml packs/standard.yaml
}

@test "hostile names: Markdown and HTML" {
	hostile_workspace
	must_exit 1 "$GALLEY" review --base main
	whole_page
	# Outside fences nothing of it is left as it was written.
	plain=$(printf '%s\n' "$output" | awk '/^```/ { fence = !fence; next } !fence')
	output=$plain
	says 'onerror=alert(1)'
	says_not '<img'
	says_not '</details> '
	says_not '@everyone'
	says_not ' #1'
	says_not '[x](java'
	says_not '![i]'
	says_not 'http://'
	says_not 'www.evil'
	says_not '{{7'
	says_not '$$x'
	says_not '##['
	says_not '| a |'
	[ "$(printf '%s\n' "$plain" | grep -c '^<!--')" -eq 1 ]
	if command -v cmark-gfm >/dev/null; then
		output=$(printf '%s\n' "$plain" | cmark-gfm --unsafe -e table -e autolink -e strikethrough)
		says_not '<img'
		says_not '<a '
		says_not '<del>'
	fi
}

@test "hostile names: fences, the terminal and a runner's log" {
	hostile_workspace
	for format in markdown text json; do
		must_exit 1 "$GALLEY" review --base main --format $format
		says_not $'\e'
		says_not $'\a'
		says_not $'\u202e'
		! printf '%s\n' "$output" | grep -qE '^[[:space:]]*::'
		says_not '##[error]'
	done
	must_exit 1 "$GALLEY" review --base main
	[ "$(printf '%s\n' "$output" | grep -c '```')" -eq "$(printf '%s\n' "$output" | grep -cE '^```(text|mermaid)?$')" ]
}

@test "hostile names: the diagram" {
	hostile_workspace
	must_exit 1 "$GALLEY" review --base main
	diagram=$(printf '%s\n' "$output" | sed -n '/^```mermaid$/,/^```$/p')
	output=$diagram
	says 'flowchart LR'
	says_not 'click'
	says_not 'javascript'
	says_not 'n9'
}

@test "hostile revision names" {
	small
	git branch 'x$(touch${IFS}owned)`id`@me#1<b>'
	must_exit 0 "$GALLEY" review --base 'x$(touch${IFS}owned)`id`@me#1<b>'
	says "galley review --base $(git rev-parse main | cut -c 1-12)"
	says_not '<b>'
	says_not '@me'
	[ ! -e owned ]
}
