#!/usr/bin/env bats
# Snapshots over time: a past state is the state that was, and real data tells its seasons.
load helpers

setup() {
	clean_environment
}

# What monitor says as of a time, but for how many snapshots lie after it.
state_at() { # FOLDER TIME
	"$GALLEY" monitor -C "$1" --as-of "$2" --format json 2>/dev/null | grep -v '"future":'
}

@test "as of each snapshot of the example, the workspace says what one without the later snapshots says" {
	example_workspace
	cd ..
	cp -R ws cut
	for stamp in $(cd ws/runs && ls -d */snapshots/*.csv | sed 's|.*/||; s|\.csv$||' | grep -v reference | sort -ru); do
		for file in cut/runs/*/snapshots/2*; do
			name=${file##*/}
			if [ "${name%%.*}" \> "$stamp" ]; then rm "$file"; fi
		done
		state_at ws "${stamp}T12:00:00Z" >whole.json
		state_at cut "${stamp}T12:00:00Z" >cut.json
		[ -s whole.json ]
		cmp whole.json cut.json
	done
}

@test "a state is asked for again: the same bytes each time, and on one thread" {
	example_workspace
	"$GALLEY" monitor --as-of 2026-09-01 >../first || true
	"$GALLEY" monitor --as-of 2026-09-01 --jobs 1 >../second || true
	cmp ../first ../second
	grep -q 'as of 2026-09-01T00:00:00Z' ../first
}

@test "monitor exits with 1 for a model that is not healthy, and 0 for one that is" {
	example_workspace
	must_exit 1 "$GALLEY" monitor
	must_exit 0 "$GALLEY" monitor model_cafe_site_score
	must_exit 1 "$GALLEY" monitor model_kiosk_site_score
	must_exit 1 "$GALLEY" monitor model_nowhere
	must_exit 0 "$GALLEY" monitor model_markdown_pricing
	must_exit 0 "$GALLEY" list alerts --status firing
	[[ "$output" == *margin_risk* ]]
}

@test "bike sharing month by month tells its seasons" {
	data=$TOP/../shared/data/bike_hour/hour.csv
	[ -f "$data" ] || skip 'the bike sharing data is not in ../shared/data'
	mkdir -p ws/recipes ws/runs/model_bikes/snapshots
	cd ws
	cat >recipes/bikes.yaml <<'YAML'
metadata: {id: recipe_bikes, name: Bikes, model_family: forecasting, level: baseline, version: 1.0.0, status: approved, owner: bikes}
requirements: {grain: hour}
pipeline: {stages: [{name: train, type: training}]}
evaluation: {metrics: {MAPE: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}}}
monitoring:
  drift: {method: PSI, threshold: 0.5, features: [temp, windspeed, workingday], share: 0.3}
YAML
	cat >runs/model_bikes/model.yaml <<'YAML'
metadata: {id: model_bikes, name: Bikes}
recipe: recipe_bikes
status: staging
version: 1.0.0
reference: snapshots/reference.csv
YAML
	# The summer of 2011 is the reference; each later month a snapshot.
	awk -F, 'NR == 1 { head = $0; next }
		{
			month = substr($2, 1, 7)
			if (month < "2011-06") next
			file = "runs/model_bikes/snapshots/" (month <= "2011-08" ? "reference" : month "-28") ".csv"
			if (!(file in seen)) print head > file
			seen[file] = 1
			print > file
		}' "$data"
	must_exit 0 "$GALLEY" check
	must_exit 1 "$GALLEY" monitor model_bikes --as-of 2012-12-29
	[[ "$output" == *'history  drifting from 2011-09-28, healthy from 2012-06-28, drifting from 2012-09-28'* ]]
	[[ "$output" == *'until    temp PSI at most 0.5 (is 7.715)'* ]]
	must_exit 0 "$GALLEY" monitor model_bikes --as-of 2012-07-29
	must_exit 0 "$GALLEY" explain --eval model_bikes 'rising(-drift.temp.psi, 5) && drift.worst == "temp"' --as-of 2012-07-29
	[ "${lines[0]}" = true ]
	must_exit 0 "$GALLEY" explain --eval model_bikes 'rising(-drift.temp.psi, 5)' --as-of 2012-12-29
	[ "${lines[0]}" = false ]
	must_exit 0 "$GALLEY" explain --eval model_bikes 'previous(drift.temp.psi) < avg(drift.temp.psi, 12)' --as-of 2012-08-29
	[ "${lines[0]}" = true ]
}

# A model with metrics for each of six days, and no other data.
metrics_alone() {
	mkdir -p ws/recipes ws/runs/model_m/snapshots
	cd ws
	cat >recipes/r.yaml <<'YAML'
metadata: {id: recipe_r, name: R, model_family: forecasting, level: baseline, version: 1.0.0, status: approved, owner: o}
requirements: {grain: day}
pipeline: {stages: [{name: t, type: training}]}
evaluation: {metrics: {MAPE: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}}}
monitoring:
  metrics: [MAPE]
  freshness: {max_age_hours: 48}
YAML
	cat >runs/model_m/model.yaml <<'YAML'
metadata: {id: model_m, name: M, owner: o}
recipe: recipe_r
status: staging
version: 1.0.0
YAML
	for day in 1 2 3 4 5 6; do echo '{"MAPE": 0.1}' >runs/model_m/snapshots/2025-01-0$day.json; done
}

@test "ages of earlier snapshots are known where no snapshot has data" {
	metrics_alone
	must_exit 0 "$GALLEY" explain --eval model_m 'avg(freshness.age_hours, 6)' --as-of 2025-01-07
	[ "${lines[0]}" = 0 ]
	must_exit 0 "$GALLEY" explain --eval model_m 'avg(freshness.age_hours, 7)' --as-of 2025-01-07
	says 'freshness.age_hours has 6 snapshots to look into, and 7 are needed'
}

@test "metrics that go on arriving do not hide that the data has ended" {
	metrics_alone
	must_exit 0 "$GALLEY" monitor model_m --as-of 2025-01-07
	printf 'a\n1\n' >runs/model_m/snapshots/2025-01-02.csv
	must_exit 0 "$GALLEY" monitor model_m --as-of 2025-01-04
	must_exit 1 "$GALLEY" monitor model_m --as-of 2025-01-07
	says 'Stale  model_m, staging, since 2025-01-04'
	says 'newest snapshot 2025-01-02 is older than 48 hours'
	must_exit 0 "$GALLEY" explain --eval model_m 'freshness.age_hours' --as-of 2025-01-07
	[ "${lines[0]}" = 120 ]
}

@test "a change point names the alarm, by its snapshot and its index, and when the change began" {
	metrics_alone
	day=10
	for value in 10 11 10 11 10 11 10 11 10 11 10 11 11 12 11 11 12 12 12; do
		echo "{\"MAPE\": 0.$value}" >runs/model_m/snapshots/2025-01-$day.json
		day=$((day + 1))
	done
	rm runs/model_m/snapshots/2025-01-0*
	"$GALLEY" monitor --as-of 2025-02-01 --format json >m.json || true
	# mean 0.105, standard deviation 0.00522: z is 0.957 or 2.87, and z - 0.5 sums to 0.46, 2.83, 3.29, 3.74, 6.12
	perl -MJSON::PP -e 'local $/; my $c = decode_json(<STDIN>)->{models}[0]{metrics}[0]{changes}; die scalar @$c if @$c != 1;
		my %c = %{$c->[0]}; die "$c{start} $c{alarm} $c{alarm_index}" unless "$c{start} $c{alarm} $c{alarm_index} $c{direction}" eq "2025-01-22 2025-01-26 16 up"' <m.json
}

@test "without its reference a model is unknown until there is something to compare" {
	example_workspace
	rm runs/model_cafe_site_score/snapshots/reference.csv
	must_exit 1 "$GALLEY" monitor model_cafe_site_score --as-of 2026-09-22
	says 'why      runs/model_cafe_site_score/snapshots/reference.csv cannot be used: the file is not there'
	says 'until    files that can be compared'
}

@test "years of snapshots and conditions that look back a thousand of them take seconds" {
	metrics_alone
	for year in 2001 2002 2003 2004 2005 2006; do
		for month in 01 02 03 04 05 06 07 08 09 10 11 12; do
			for day in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28; do
				echo '{"MAPE": 0.1}' >runs/model_m/snapshots/$year-$month-$day.json
			done
		done
	done
	echo '  alerts:' >>recipes/r.yaml
	for k in 0 1 2 3 4 5 6 7 8 9; do
		echo "    a$k: {condition: \"performance.MAPE > $k + avg(performance.MAPE, 1000)\"}" >>recipes/r.yaml
	done
	run timeout 20 "$GALLEY" monitor --as-of 2007-01-01
	[ "$status" -eq 1 ] # stale, and no time-out
	says 'a9     warning   ok'
}

@test "as of a day on which it was running, a run that has ended since covers the action" {
	metrics_alone
	echo '{"MAPE": 0.4}' >runs/model_m/snapshots/2025-01-06.json
	mkdir runs/model_m/again
	printf 'type: train\nstatus: failed\nerror: no memory\nrecipe: recipe_r\nstarted_at: 2025-01-06T08:00:00Z\nfinished_at: 2025-01-06T20:00:00Z\n' >runs/model_m/again/run.yaml
	must_exit 1 "$GALLEY" monitor --as-of 2025-01-06T07:00:00Z
	says 'do       retrain, due'
	must_exit 1 "$GALLEY" monitor --as-of 2025-01-06T19:59:59Z
	says 'do       retrain, not due'
	says 'run again is running'
	must_exit 1 "$GALLEY" monitor --as-of 2025-01-06T20:00:00Z
	says 'do       retrain, due'
}

@test "values that go missing: told where the PSI decides, drift where auto does, and where a method gives way to it" {
	example_workspace
	local recipe=recipes/baseline/forecasting.yaml page=reports/models/model_store_demand/README.md
	local snapshot=runs/model_store_demand/snapshots/2026-09-21.csv
	# Every second temperature goes, the others stay.
	awk -F, -v OFS=, 'NR > 1 && NR % 2 { $7 = "" } 1' $snapshot >half
	mv half $snapshot
	must_exit 1 "$GALLEY" drift model_store_demand
	[[ "$output" =~ stable\ +temperature_c\ +number\ +PSI.*'missing 0.4% -> 50.0% (on its own drift)' ]]
	"$GALLEY" -q report
	grep -qF '✅ stable | temperature_c' $page
	grep -F '| temperature_c |' $page | grep -qF '❌ **0.4% → 50.0%** |'
	sed -i 's/method: PSI/method: auto/' $recipe
	must_exit 1 "$GALLEY" drift model_store_demand
	[[ "$output" =~ drift\ +temperature_c\ +number\ +missing\ rate\ change ]]
	says 'drifting: 2 of 6 features'
	"$GALLEY" -q report
	grep -F '| [temperature_c](#worst-features) |' $page | grep -qF 'missing rate change **0.496'
	grep -qF 'PSI, warn 0.10, drift 0.20 (auto: missing values decide too)' $page
	must_exit 1 "$GALLEY" monitor model_store_demand
	says 'temperature_c missing rate change at most 0.1 (is 0.496)'
	# Its PSI is low, and charts as well as drift.max are of that.
	must_exit 0 "$GALLEY" explain --eval model_store_demand 'drift.worst == "competitor_price_idx" && drift.temperature_c.missing > 0.4'
	says 'true'
	sed -i 's/method: auto/method: chi_square/' $recipe
	must_exit 1 "$GALLEY" drift model_store_demand
	says 'chi_square is for categories: unit_price, competitor_price_idx, promo_depth, footfall_7d_avg, temperature_c are judged by auto'
	"$GALLEY" -q report
	grep -qF "Judged by auto (PSI and missing values), as Cramer's V is for categories: \`unit_price\`" $page
	# Set for the feature itself it stays, and nothing is judged by something else.
	sed -i 's/method: chi_square/method: PSI/; ' $recipe
	sed -i 's/temperature_c, region\]/{name: temperature_c, method: chi_square}, region]/' recipes/client/forecasting_northfield.yaml
	must_exit 1 "$GALLEY" drift model_store_demand
	[[ "$output" =~ inconclusive\ +temperature_c\ +number.*chi_square\ does\ not\ apply\ to\ a\ number\ column ]]
}
