#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	example_workspace
}

@test "validate: a good snapshot, a bad one, standard input, JSON" {
	must_exit 0 "$GALLEY" validate runs/model_room_rate/snapshots/2026-09-21.csv --recipe recipe_pricing_harbor
	says 'pass: 4 checks; runs/model_room_rate/snapshots/2026-09-21.csv, 480 rows, against recipe_pricing_harbor@'
	sed '3s/leisure\|business\|group/LEISURE/; 5,$d' runs/model_room_rate/snapshots/2026-09-21.csv >bad.csv
	must_exit 1 "$GALLEY" validate bad.csv --recipe recipe_pricing_harbor
	says 'fail: 2 of 4 checks failed; bad.csv, 3 rows'
	says 'segment: 1 of 3 values is none of those allowed [validity]'
	says '  row 3: LEISURE'
	says '3 rows, at least 200 are needed [volume]'
	run bash -c '"$GALLEY" validate - --recipe recipe_pricing_harbor --format json <bad.csv'
	[ "$status" = 1 ]
	perl -MJSON::PP -e 'local $/; my $j = decode_json(<STDIN>); die unless $j->{schema} eq "galley.validate/1" && $j->{rows} == 3;
		my ($v) = grep { $_->{check} eq "validity" } @{$j->{checks}}; die unless $v->{findings}[0]{rows}[0]{value} eq "LEISURE" && $v->{findings}[0]{count} == 1' <<<"$output"
}

@test "validate: what cannot be read passes nothing, and says where" {
	printf 'captured_at,room_rate\n2026-09-01,50\n2026-09-01\n' >ragged.csv
	must_exit 1 "$GALLEY" validate ragged.csv --recipe recipe_pricing_harbor
	says 'ragged.csv:3'
	says 'integrity'
	says 'inconclusive'
	must_exit 1 "$GALLEY" validate ragged.csv --recipe recipe_pricing_harbor --max-bad-rows 1
	says '1 row'
	must_exit 1 "$GALLEY" validate ragged.csv --recipe recipe_pricing_harbour
	says "did you mean 'recipe_pricing_harbor'"
	must_exit 2 "$GALLEY" validate ragged.csv
	says "'--recipe ID' is needed"
	must_exit 3 "$GALLEY" validate nowhere.csv --recipe recipe_pricing_harbor
}

@test "validate: a hostile file cannot write to the terminal" {
	printf 'captured_at,room_rate,segment\n2026-09-01,50,\x1b[2J\xe2\x80\xae::error::x\n' >bad.csv
	must_exit 1 "$GALLEY" validate bad.csv --recipe recipe_pricing_harbor
	says_not $'\x1b'
	says_not '::error::'
}
