#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	example_workspace
}

# Each family's help and type come first and once, each series once, and what is no comment is a series with a number.
metrics_grammar() { # FILE
	perl -ne '
		chomp;
		if (/^# EOF$/) { $end = $.; next }
		die "after the end: $_" if $end;
		if (/^# (HELP|TYPE) (\w+) (.+)/) { die "again: $_" if $seen{"$1 $2"}++; die "type: $_" if $1 eq "TYPE" && $3 ne "gauge"; $family = $2; next }
		/^(\w+)(\{(?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?[0-9.]+(?:e[-+]?[0-9]+)?)$/ or die "no sample: $_";
		die "outside its family: $_" if $1 ne $family;
		die "twice: $_" if $series{"$1$2"}++;
		END { die "no end" unless $end; print scalar(keys %series), " series\n" }' "$1"
}

@test "openmetrics: families, series, labels" {
	must_exit 0 "$GALLEY" status --format openmetrics --output m.prom
	metrics_grammar m.prom
	grep -qx 'galley_model_state{model="model_room_rate",state="failed"} 1' m.prom
	grep -qx 'galley_model_state{model="model_room_rate",state="healthy"} 0' m.prom
	grep -qx 'galley_model_action_due{model="model_room_rate",action="rollback"} 1' m.prom
	grep -qx 'galley_model_state_since_timestamp_seconds{model="model_room_rate"} 1789948800' m.prom
	grep -q '^galley_feature_drift{model="model_store_demand",feature="competitor_price_idx",method="psi",judged_by="value"} 0\.303' m.prom
	grep -qx 'galley_alert_status{model="model_room_rate",alert="margin_risk",severity="critical",status="firing"} 1' m.prom
	# what is not known has no sample
	run grep -c '^galley_model_newest_data_timestamp_seconds{model="model_kiosk_site_score"}' m.prom
	[ "$output" = 0 ]
}

@test "openmetrics: promtool takes it" {
	command -v promtool >/dev/null || skip 'promtool is not here'
	must_exit 0 "$GALLEY" status --format openmetrics --output m.prom
	promtool check metrics <m.prom
}

@test "openmetrics: names cannot end a label or a line" {
	sed -i 's/name: Harbor room rate,/name: "a\\"} 7\\n\\\\b\\u0001",/' runs/model_room_rate/model.yaml
	must_exit 0 "$GALLEY" status --format openmetrics --output m.prom
	metrics_grammar m.prom
	grep -qF 'name="a\"} 7\n\\b'$'\xef\xbf\xbd''"' m.prom
}

# Sixty models that were never watched before, one recipe.
many_models() {
	for i in $(seq 60); do
		mkdir "runs/model_m$i"
		sed "s/^  id: .*/  id: model_m$i/; s/^  name: .*/  name: m$i/" runs/model_kiosk_site_score/model.yaml >"runs/model_m$i/model.yaml"
	done
}

@test "slack: blocks within Slack's limits, nothing becomes a link or a mention" {
	many_models
	sed -i 's/margin_risk:/"<!channel> *x*":/' recipes/*/pricing*.yaml
	must_exit 0 "$GALLEY" status --format slack --output s.json
	perl -MJSON::PP -e '
		local $/; my $m = decode_json(<STDIN>); my @b = @{$m->{blocks}};
		die "keys" if join(",", sort keys %$m) ne "blocks,text";
		die scalar(@b) . " blocks" if @b > 50;
		die "header" unless $b[0]{type} eq "header" && length $b[0]{text}{text} <= 150;
		for my $b (@b) {
			for my $t ($b->{text} || (), @{$b->{elements} || []}) {
				die "text" if !length $t->{text} || length $t->{text} > 3000;
				die "markup: $t->{text}" if $t->{type} eq "mrkdwn" && $t->{text} =~ /[<>]|&(?!amp;|lt;|gt;)/;
			}
		}' <s.json
	grep -q 'galley status shows all of them' s.json
	grep -q 'critical alert <!channel> \*x\*' s.json
}

@test "github: an annotation a model, ten a level" {
	must_exit 0 "$GALLEY" status --format github
	says '::error file=runs/model_room_rate/model.yaml,line=1,title=model_room_rate is failed::margin_impact -3.1%25 is past its fail limit'
	says '::notice title=galley::4 of 6 models need attention'
	for i in 1 2 3 4 5 6; do
		sed -i "/margin_risk:/a\\    \"$i$(printf '%0900d' 0)\": {condition: \"drift.max > 0\", severity: critical}" recipes/baseline/pricing.yaml
	done
	must_exit 0 "$GALLEY" status --format github
	[ "$(grep '^::error' <<<"$output" | wc -c)" -lt 4400 ]
	grep -q '^::error.*[.][.][.]$' <<<"$output"
	cp "$TOP/recipes/baseline/pricing.yaml" recipes/baseline/
	many_models
	must_exit 0 "$GALLEY" status --format github
	[ "$(grep -c '^::warning' <<<"$output")" = 10 ]
	says '64 of 66 models need attention; 53 not annotated'
}

@test "history.jsonl: a snapshot adds lines and leaves the old ones alone" {
	"$GALLEY" report --as-of 2026-09-15
	cp reports/history.jsonl before
	"$GALLEY" report --as-of 2026-09-22
	[ "$(wc -l <before)" -lt "$(wc -l <reports/history.jsonl)" ]
	head -n "$(wc -l <before)" reports/history.jsonl >kept
	cmp before kept
	perl -MJSON::PP -ne 'my $l = decode_json($_); die $_ unless $l->{schema} eq "galley.history/1" && $l->{at} ge $last; $last = $l->{at}' reports/history.jsonl
}

@test "metrics.prom is what status prints, and stands still while nothing happens" {
	"$GALLEY" report --as-of 2026-09-22T06:00:00Z
	"$GALLEY" status --as-of 2026-09-22T06:00:00Z --format openmetrics --output m.prom
	cmp m.prom reports/metrics.prom
	cp -R reports before
	"$GALLEY" report --as-of 2026-09-22T07:00:00Z
	diff -r before reports
}
