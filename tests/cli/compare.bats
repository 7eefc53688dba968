#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	example_workspace git
}

run_of() { # MODEL RUN METRICS: a run that succeeded
	mkdir -p "runs/$1/$2"
	cat >"runs/$1/$2/run.yaml" <<-END
		type: train
		status: succeeded
		recipe: $(sed -n 's/^recipe: //p' "runs/$1/model.yaml")
		started_at: 2026-06-01T00:00:00Z
		finished_at: 2026-06-01T01:00:00Z
		metrics: metrics.json
	END
	echo "$3" >"runs/$1/$2/metrics.json"
}

cafe=model_cafe_site_score

@test "compare: the same from a working tree, the index, a commit and a bare repository" {
	"$GALLEY" compare $cafe/2026-06-20-train model_kiosk_site_score/2026-09-12-train >tree
	"$GALLEY" compare $cafe/2026-06-20-train model_kiosk_site_score/2026-09-12-train --staged >index
	"$GALLEY" compare $cafe/2026-06-20-train model_kiosk_site_score/2026-09-12-train --at HEAD >commit
	git clone -q --bare . ../bare.git
	"$GALLEY" --git-dir ../bare.git compare $cafe/2026-06-20-train model_kiosk_site_score/2026-09-12-train >bare
	cmp tree index
	cmp tree commit
	cmp tree bare
	grep -q '^metric ' tree
}

@test "compare: no line is wider than 120 columns, however many runs and however long their names" {
	local runs=()
	for i in 1 2 3 4 5 6 7 8; do
		name=$(printf 'a-run-whose-name-is-as-long-as-it-may-be-%023d' $i)
		[ ${#name} -eq 64 ]
		run_of model_room_rate $name "{\"revenue_lift\": 0.0$i, \"margin_impact\": -1234567.8$i, \"elasticity_accuracy\": 0.8,
			\"calibration\": 1, \"constraint_violations\": $i, \"a.metric.with.a.name.that.is.much.longer.than.any.column.should.be\": $i}"
		runs+=(model_room_rate/$name)
	done
	must_exit 0 "$GALLEY" compare "${runs[@]}"
	awk '/^metric/ { on = 1 } on && length($0) > 120 { print; bad = 1 } END { exit bad }' <<<"$output"
	says 'a.metric.with.a.name.that.is.much.longer...'
	# Every run has its columns, and the first stands beside all of them.
	for i in 2 3 4 5 6 7 8; do
		grep -qE "^metric +wanted +1 .* $i - 1" <<<"$output" || grep -qE "^metric .* $i( |$)" <<<"$output"
	done
	must_exit 0 "$GALLEY" compare "${runs[@]}" --format markdown
	# A table has at most eight columns, and goes on in another.
	awk -F'|' '/^\|/ && NF > 10 { print; bad = 1 } END { exit bad }' <<<"$output"
	[ "$(grep -c '^| Metric | 1: ' <<<"$output")" -eq 4 ]
	must_exit 0 "$GALLEY" compare "${runs[@]}" --format json
	says '"schema": "galley.compare/1"'
	says '"a.metric.with.a.name.that.is.much.longer.than.any.column.should.be"'
	[ "$(grep -c '"run_status": "succeeded"' <<<"$output")" -eq 8 ]
}

@test "compare: the first is what the others are against; the order is the caller's" {
	"$GALLEY" compare model_room_rate/2026-06-10-train model_room_rate/2026-07-30-train >one
	"$GALLEY" compare model_room_rate/2026-07-30-train model_room_rate/2026-06-10-train >other
	grep -qE '^revenue_lift +higher +2.7% +3.4% +\+0.7 pp +better, best$' one
	grep -qE '^revenue_lift +higher +3.4% +best +2.7% +-0.7 pp +worse$' other
}

@test "compare: --exit-code says whether any run is worse" {
	must_exit 1 "$GALLEY" compare model_nba_retention/2026-08-02-train model_nba_retention/2026-08-30-train --exit-code
	run_of model_nba_retention better '{"uplift": 0.04, "precision_at_10": 0.4, "qini_coefficient": 0.2, "incremental_revenue": 2, "action_distribution": 0.710, "samples": 100000}'
	must_exit 0 "$GALLEY" compare model_nba_retention/2026-08-02-train model_nba_retention/better --exit-code
	must_exit 0 "$GALLEY" compare model_nba_retention/2026-08-02-train model_nba_retention/2026-08-30-train
	# What could not be compared is no "not worse".
	must_exit 1 "$GALLEY" compare model_nba_retention/2026-08-02-train model_nba_retention/2026-07-05-train --exit-code
}

@test "compare: verdicts are those of the packs as they are now" {
	must_exit 0 "$GALLEY" compare model_room_rate/2026-06-10-train model_room_rate/2026-07-30-train
	says_not ' fail: '
	sed -i 's/{promote: 0.80, warn: 0.70, fail: 0.60}/{promote: 0.95, warn: 0.90, fail: 0.85}/' packs/pricing_standard.yaml
	run "$GALLEY" compare model_room_rate/2026-06-10-train model_room_rate/2026-07-30-train
	grep -qE '^1 .* fail: 4/5 metrics passed, 1 failed$' <<<"$output"
	grep -qE '^2 .* warn: 4/5 metrics passed, 1 warning$' <<<"$output"
	grep -qE '^elasticity_accuracy +higher +0.840 +fail +0.860 +\+0.020 +better, best, warn$' <<<"$output"
}

@test "compare: another version of the recipe is told" {
	sed -i 's/^  version: .*/  version: 9.9.9/' recipes/client/*cafe*.yaml
	run_of $cafe later '{"rank_correlation": 0.7, "calibration": 1, "hit_rate_at_10": 0.9, "lift_top_decile": 2.5, "geographic_coverage": 0.95}'
	sed -i 's/@.*/@9.9.9/' runs/$cafe/later/run.yaml
	run "$GALLEY" compare $cafe/2026-06-20-train $cafe/later
	says "not like with like: they differ in the recipe's version: 1.2.0 (1); 9.9.9 (2)"
}

@test "compare: what names hold does not reach the terminal or the page" {
	run_of $cafe odd '{"rank_correlation": 0.6, "\u001b[2J::error::x|y": 1, "<b>": 2, "##[error]z": 3}'
	printf 'params: {"\\e]0;x\\a": "`|<script>"}\n' >>runs/$cafe/odd/run.yaml
	for format in text markdown json; do
		run "$GALLEY" compare $cafe/2026-06-20-train $cafe/odd --format $format
		says_not $'\033'
		says_not '##[error]'
		# A table's cell never begins a line, which is where a runner looks for this.
		if [ $format = markdown ]; then
			says_not '<script>'
			! grep -qE '^ *::' <<<"$output"
		else
			says_not '::error::'
		fi
	done
}

@test "compare: rows beyond what a table holds are counted, and in JSON" {
	{
		printf '{"rank_correlation": 0.6'
		for i in $(seq 1 300); do printf ', "m%03d": %d' $i $i; done
		echo '}'
	} >metrics
	run_of $cafe many "$(cat metrics)"
	run "$GALLEY" compare $cafe/2026-06-20-train $cafe/many
	says ' more: --format json has all'
	says 'm190'
	says_not 'm250'
	run "$GALLEY" compare $cafe/2026-06-20-train $cafe/many --format json
	says '"m300"'
}

@test "compare: imported runs of other data are not like with like; other inputs of a pipeline are a setting" {
	run_of $cafe one '{"rank_correlation": 0.6}'
	run_of $cafe two '{"rank_correlation": 0.7}'
	printf 'x-import: {from: mlflow, data: {sales: aa}, deps: {train.py: cc}}\n' >>runs/$cafe/one/run.yaml
	printf 'x-import: {from: mlflow, data: {sales: bb}, deps: {train.py: dd}}\n' >>runs/$cafe/two/run.yaml
	must_exit 0 "$GALLEY" compare $cafe/one $cafe/two
	says 'not like with like: they differ in data.sales: aa (1); bb (2)'
	grep -qE '^deps.train.py +cc +dd$' <<<"$output"
	# What one of them does not record is no difference.
	must_exit 0 "$GALLEY" compare $cafe/one $cafe/2026-06-20-train
	says_not 'data.sales'
}
