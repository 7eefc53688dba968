#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
}

@test "--version and --help answer on stdout with 0" {
	must_exit 0 "$GALLEY" --version
	[[ $output =~ ^galley\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	must_exit 0 "$GALLEY" --help
	says 'Usage: galley'
	says '--as-of TIME'
	must_exit 0 "$GALLEY" -h
}

@test "every command has help, the same three ways, with examples" {
	for command in check resolve eval drift report status list init new clone approve bump promote run explain schema completion; do
		must_exit 0 "$GALLEY" help $command
		says "Usage: galley $command"
		says 'Examples:'
		first=$output
		must_exit 0 "$GALLEY" $command --help
		[ "$output" = "$first" ]
		must_exit 0 "$GALLEY" $command -h
		[ "$output" = "$first" ]
	done
}

@test "every example of help runs on the example workspace" {
	example_workspace git
	git tag v1.0
	git branch galley-base
	sed -i 's/max_iter: 800/max_iter: 900/; s/version: 2.1.0/version: 2.2.0/' recipes/baseline/forecasting.yaml
	git commit -qam 'More iterations'
	git tag v2.0
	git branch feature
	git update-ref refs/remotes/origin/main galley-base
	# What the examples speak of: data, and records that earlier examples of the same page have made.
	"$GALLEY" synth recipe_pricing_harbor --rows 200 --output new.csv
	cp new.csv jan.csv
	"$GALLEY" synth recipe_pricing_harbor --rows 200 --seed 1 --output feb.csv
	cp feb.csv part-7.csv
	git init -q --bare "$BATS_TEST_TMPDIR/models.git"
	"$GALLEY" new recipe recipe_pricing_kiosk --family pricing --level client --parent recipe_pricing_hospitality --owner pricing-ops
	"$GALLEY" new pack pack_demand_strict --family forecasting --metric MAPE=0.10,0.15,0.25
	git add -A
	git commit -qm 'Drafts'
	local ran=0
	for command in $("$GALLEY" __complete -- '' | cut -f 1); do
		git clean -qfdx
		git checkout -q .
		for name in new jan feb part-7; do [ -f $name.csv ] || git show HEAD:$name.csv >$name.csv; done
		[ "$command" != profile ] || rm -f ./*.profile
		[ "$command" != run ] || "$GALLEY" -q new run model_store_demand/2026-10-01-train --type train
		if [ "$command" = import ]; then
			cp -R "$TOP/tests/data/trackers/mlflow/mlruns" "$TOP/tests/data/trackers/wandb/wandb" .
			cp -R "$TOP/tests/data/trackers/dvc" forecast
		fi
		"$GALLEY" help "$command" | sed -n '/^Examples:/,/^$/p' | sed -n 's/^  //p' >"$BATS_TEST_TMPDIR/examples"
		while read -r example; do
			case $example in
			*bash-completion* | *'| source' | 'galley init'*) continue ;;
			# The two that write what was written above, and a run that is finished once.
			'galley new recipe'*) rm recipes/client/pricing_kiosk.yaml ;;
			'galley new pack'*) rm packs/demand_strict.yaml ;;
			'galley clone recipe_pricing_hospitality'*) rm recipes/client/pricing_kiosk.yaml ;;
			'galley run set'*finished-at*) printf '{"MAPE": 0.1}\n' >runs/model_store_demand/2026-10-01-train/metrics.json ;;
			esac
			case $example in *'--status succeeded'*) cp -R runs "$BATS_TEST_TMPDIR/runs" ;; esac
			run timeout 60 bash -c "galley() { '$GALLEY' \"\$@\"; }; ${example//\/srv/$BATS_TEST_TMPDIR}" <feb.csv
			echo "[$status] $example"
			echo "$output" | head -5
			[ "$status" -le 1 ]
			says_not 'galley: unknown'
			says_not 'refused'
			says_not 'galley: no '
			case $example in *'--status succeeded'*) rm -rf runs && mv "$BATS_TEST_TMPDIR/runs" runs ;; esac
			ran=$((ran + 1))
		done <"$BATS_TEST_TMPDIR/examples"
	done
	[ "$ran" -gt 60 ]
}

@test "who names what is not there is told the nearest, or what there is" {
	example_workspace git
	local models='there is model_cafe_site_score, model_kiosk_site_score, model_markdown_pricing, model_nba_retention, model_room_rate, model_store_demand'
	for command in drift monitor eval 'promote --to staging'; do
		must_exit 1 "$GALLEY" $command nothing
		says "unknown model 'nothing'; $models"
	done
	must_exit 1 "$GALLEY" drift model_rom_rate
	says "unknown model 'model_rom_rate'; did you mean 'model_room_rate'?"
	must_exit 1 "$GALLEY" eval model_room_rate/nothing
	says "unknown run 'nothing'; there is 2026-06-10-train, 2026-07-30-train, 2026-09-14-train"
	must_exit 1 "$GALLEY" run set model_room_rate/nothing --status running
	says "has no run 'nothing'; there is 2026-06-10-train, 2026-07-30-train, 2026-09-14-train"
	must_exit 1 "$GALLEY" approve nothing
	says 'recipe_nba_lumen and 9 more'
	must_exit 1 "$GALLEY" new recipe recipe_x --family nothing --level client
	says "unknown model family 'nothing'; there is forecasting, pricing, next_best_action, location_scoring"
	must_exit 1 "$GALLEY" explain nothing_of_it
	says 'galley explain lists all findings'
	must_exit 2 "$GALLEY" schema nothing
	says 'there is recipe, pack, model, run, snapshot, config'
	must_exit 2 "$GALLEY" list models --sort nothing
	says 'must be a column of the table: id|name|family|status|version|owner'
	must_exit 2 "$GALLEY" synth recipe_pricing_harbor --drift nothing=+1
	says "no column 'nothing' is made; there is captured_at, segment, room_rate, competitor_rate, occupancy, lead_time_days"
	must_exit 3 "$GALLEY" check --base origin/main
	says "revision 'origin/main' is not there; a branch of a remote has to be fetched first: git fetch"
}

@test "usage errors give 2, name what was wrong, and the nearest name" {
	must_exit 2 "$GALLEY"
	says 'a command is needed'
	must_exit 2 "$GALLEY" chek
	says "unknown command 'chek'; did you mean 'check'?"
	must_exit 2 "$GALLEY" check --formt json
	says "unknown option '--formt'; did you mean '--format'?"
	must_exit 2 "$GALLEY" check --format yaml
	says "'--format' is 'yaml', must be one of text|json"
	must_exit 2 "$GALLEY" resolve
	says "'resolve' needs ID"
	must_exit 2 "$GALLEY" status now
	must_exit 2 "$GALLEY" check --as-of yesterday
	must_exit 2 "$GALLEY" check --at HEAD --staged
	must_exit 2 "$GALLEY" check --jobs many
	must_exit 2 "$GALLEY" check --quiet=yes
	must_exit 2 "$GALLEY" drift --reference a.csv
	must_exit 2 "$GALLEY" drift --reference a.csv --current b.csv --method pssi
	must_exit 2 "$GALLEY" drift --reference a.csv --current b.csv --kind a=colour
	must_exit 2 "$GALLEY" report --commit --check
	must_exit 2 "$GALLEY" report --branch b
	must_exit 2 "$GALLEY" list nothing
	must_exit 2 "$GALLEY" help nothing
}

@test "numbers and sizes that are none, or that nothing can be done with, are usage errors in every command" {
	local seen=0
	for command in $("$GALLEY" __complete -- '' | cut -f 1); do
		for option in $("$GALLEY" help "$command" | sed -n 's/^  \(-., \)\?\(--[a-z-]*\) \(N\|SIZE\) .*/\2/p'); do
			# Of all commands, and read in one place.
			[ "$option" != --jobs ] || [ "$command" = check ] || continue
			seen=$((seen + 1))
			for value in -1 '' x 1.5 1e3 0x10 +1 ' 1' '1 ' 1000000000000000000000 5KB 5M; do
				must_exit 2 "$GALLEY" "$command" a.csv "$option" "$value"
				says "'$option' is '$value', must be a"
			done
		done
	done
	[ "$seen" -ge 15 ]
	must_exit 2 "$GALLEY" check --jobs 0
	says "'--jobs' is '0', must be a whole number from 1 to 1024"
	must_exit 2 "$GALLEY" check -j1025
	must_exit 2 "$GALLEY" list models --limit 0
	must_exit 2 "$GALLEY" log some --limit 0
	must_exit 2 "$GALLEY" review --base main --max-bytes 499
	says "'--max-bytes' is '499', must be a whole number from 500 to 1000000000"
	for command in drift profile validate report status monitor; do
		for size in 0 0MiB 1 1023KiB 1048575; do
			must_exit 2 "$GALLEY" $command --memory "$size"
			says "'--memory' is '$size', must be at least 1MiB"
		done
		must_exit 2 "$GALLEY" $command --memory 99999999999GiB
	done
}

@test "options that commands share have the same words in all of them" {
	for option in kind column na delimiter max-bad-rows memory; do
		for command in drift profile validate report status monitor; do
			"$GALLEY" help $command | grep -e "^  --$option " | sed "s/ and the recipe's//; s/the recipe's, else //" || true
		done | sort | uniq -c >seen
		[ "$(wc -l <seen)" -eq 1 ]
		[ "$(awk '{ print $1 }' seen)" -ge 2 ]
	done
}

@test "options stand before or after the command, joined or apart" {
	example_workspace
	cd ..
	must_exit 0 "$GALLEY" -C ws check -q
	must_exit 0 "$GALLEY" check -Cws -q
	must_exit 0 "$GALLEY" --directory=ws check --format=json
	says '"schema": "galley.check/1"'
	must_exit 0 "$GALLEY" -qC ws check
	must_exit 0 "$GALLEY" -C ws check -- recipes
}

@test "a hostile argument is echoed without its control characters" {
	must_exit 2 "$GALLEY" "$(printf 'x\033]52;c;aGk=\007::error::y')"
	says_not $'\033'
	says_not '::error::'
}

@test "results go to stdout or --output, a full disk and a closed pipe are told" {
	example_workspace
	must_exit 0 "$GALLEY" list recipes --output out.txt
	[ -z "$output" ]
	grep -q recipe_forecasting_base out.txt
	must_exit 3 "$GALLEY" list recipes --output missing/out.txt
	says "cannot write 'missing/out.txt'"
	if [ -e /dev/full ]; then
		must_exit 3 sh -c "'$GALLEY' list recipes >/dev/full"
		says 'cannot write to standard output'
	fi
	run bash -c "'$GALLEY' list recipes | true"
	[ "$status" -eq 0 ]
}

@test "colours only when asked, or on a terminal" {
	example_workspace
	must_exit 0 "$GALLEY" status
	says_not $'\033'
	must_exit 0 "$GALLEY" status --color always
	says $'\033['
}

@test "--json is short for --format json, and what prints in one way says so" {
	example_workspace
	"$GALLEY" status --format json >long.json
	"$GALLEY" status --json >short.json
	cmp long.json short.json
	"$GALLEY" --json check >short.json || true
	"$GALLEY" check --format json | cmp - short.json
	must_exit 2 "$GALLEY" diff --json --format text
	says "'--json' and '--format text' exclude each other"
	must_exit 2 "$GALLEY" report --json
	says "'report' prints in one way; '--format' and '--json' do not go with it"
	[ ! -e reports ]
}

@test "who is waited for at a terminal is told so" {
	command -v script >/dev/null || skip 'script is not here'
	run script -qec "timeout 5 '$GALLEY' profile --suggest-schema -" /dev/null < <(printf 'a\n1\n\004')
	says 'reading a CSV from standard input, up to its end (Ctrl-D)'
}
