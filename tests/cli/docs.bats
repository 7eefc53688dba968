#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
}

# Pages that galley prints: `make docs` writes them.
@test "docs/reference.md is what galley prints" {
	"$GALLEY" schema --format markdown >printed
	diff "$TOP/docs/reference.md" printed
}

@test "docs/codes.md is what galley prints" {
	"$GALLEY" explain --format markdown >printed
	diff "$TOP/docs/codes.md" printed
}

@test "explain: all codes, one, a page of one" {
	must_exit 0 "$GALLEY" explain
	says 'gate/loosened'
	must_exit 0 "$GALLEY" explain --format json
	says '"schema": "galley.codes/1"'
	must_exit 0 "$GALLEY" explain gate/loosened
	says 'a waiver in the recipe'
	must_exit 0 "$GALLEY" explain merge/restated
	says '# galley: allow merge/restated -- '
	must_exit 1 "$GALLEY" explain gate/losened
	says "did you mean 'gate/loosened'?"
	must_exit 2 "$GALLEY" explain gate/loosened --format markdown
}

@test "schema: kinds, formats, usage" {
	for kind in recipe pack model run snapshot config galley.yaml; do
		must_exit 0 "$GALLEY" schema $kind
		says '"$schema": "https://json-schema.org/draft/2020-12/schema"'
		must_exit 0 "$GALLEY" schema $kind --format markdown
		says '| field | what it is |'
	done
	must_exit 2 "$GALLEY" schema
	says "'schema' needs KIND"
	must_exit 2 "$GALLEY" schema recipes
	says "unknown kind of file 'recipes'; did you mean 'recipe'?"
	must_exit 2 "$GALLEY" schema recipe pack
}

@test "explain: a field, several, none" {
	must_exit 0 "$GALLEY" explain evaluation.metrics.MAPE.target
	says 'evaluation.metrics.*.target (in a recipe)'
	says '        MAPE:'
	must_exit 0 "$GALLEY" explain metadata.id
	says '3 fields are called'
	must_exit 0 "$GALLEY" explain metadata.id --kind pack --format json
	says '"path": "metadata.id"'
	says_not '"kind": "model"'
	must_exit 1 "$GALLEY" explain monitoring.drift.treshold
	says "did you mean 'monitoring.drift.threshold'?"
	must_exit 1 "$GALLEY" explain "$(printf 'x\033[2J')"
	says_not $'\033'
	must_exit 2 "$GALLEY" explain metadata.id --kind recipes
}
