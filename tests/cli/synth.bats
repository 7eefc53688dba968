#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	example_workspace
}

@test "synth: what it makes meets the recipe's schema, and drifts where it was told to" {
	"$GALLEY" synth recipe_pricing_harbor --rows 600 --seed 1 --output a.csv
	"$GALLEY" synth recipe_pricing_harbor --rows 600 --seed 1 >b.csv
	cmp a.csv b.csv
	"$GALLEY" synth recipe_pricing_harbor --rows 600 --seed 2 --drift room_rate=+0.8sd --drift segment=leisure:0.7 --output c.csv
	must_exit 0 "$GALLEY" validate a.csv --recipe recipe_pricing_harbor
	must_exit 1 "$GALLEY" drift --reference a.csv --current c.csv
	[ "$(grep -c '^drift ' <<<"$output")" = 2 ]
	says 'drift       room_rate'
	says 'drift       segment'
	must_exit 0 "$GALLEY" synth recipe_pricing_harbor --rows 2 --as-of 2026-09-02T00:00:00Z
	says '2026-09-01T00:00:00Z'
	says '2026-09-01T12:00:00Z'
}

@test "synth: every recipe that is in effect makes something, or says why not" {
	for id in $("$GALLEY" list recipes --format csv | tail -n +2 | cut -d, -f1); do
		run "$GALLEY" synth "$id" --rows 3
		[ "$status" -eq 0 ] || says 'the recipe has neither'
	done
	must_exit 2 "$GALLEY" synth recipe_pricing_harbor --drift room=+1sd
	says "no column 'room' is made"
	must_exit 1 "$GALLEY" synth recipe_pricing_harbour
	must_exit 3 "$GALLEY" synth recipe_pricing_harbor --output /dev/full --rows 3
}

@test "synth: no value lies outside what the schema allows, and identifiers that are numbers are numbers" {
	cat >recipes/s.yaml <<'YAML'
metadata: {id: recipe_s, name: S, model_family: forecasting, level: baseline, version: 1.0.0, status: approved, owner: o}
requirements:
  grain: x
  schema:
    columns:
      n: {type: number, min: -1, max: 2}
      seg: {type: category, allowed: [x, y]}
      id: {type: number, unique: true, min: 10.5}
      low: {type: number, max: -100}
pipeline: {stages: [{name: t, type: training}]}
evaluation: {metrics: {MAPE: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}}}
synthetic_example:
  columns: {n: {distribution: normal, mean: 0.5, sd: 1}, seg: {}}
YAML
	"$GALLEY" synth recipe_s --rows 2000 --output a.csv
	must_exit 0 "$GALLEY" validate a.csv --recipe recipe_s
	[ "$(tail -n +2 a.csv | cut -d, -f4 | sort -u | wc -l)" -gt 1500 ]
	must_exit 0 "$GALLEY" synth recipe_s --rows 0
	[ "$output" = n,seg,id,low ]
	must_exit 2 "$GALLEY" synth recipe_s --rows 2000000000
	says 'up to 1000000000'
}
