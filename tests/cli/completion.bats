#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	example_workspace
	mkdir bin
	ln -s "$GALLEY" bin/galley
	PATH=$PWD/bin:$PATH
}

# What bash would offer for a line with the cursor at its end, as readline calls the function.
offered() {
	COMP_LINE=$1
	COMP_POINT=${#COMP_LINE}
	COMPREPLY=()
	asked=()
	compopt() { asked+=("$*"); }
	_galley
	output="${COMPREPLY[*]}"
}

offers() {
	offered "$1"
	[ "$output" = "$2" ] || { echo "'$1' offers '$output', not '$2'"; return 1; }
}

@test "bash: commands, options and their values" {
	. <(galley completion bash)
	[ "$(complete -p galley)" = 'complete -F _galley galley' ]
	offers 'galley che' check
	offers 'galley help expl' explain
	offered 'galley '
	says 'check'
	says_not '__complete'
	offers 'galley check --form' --format
	offers 'galley check --format sar' sarif
	offers 'galley check --format=sar' sarif
	offers 'galley list models --format c' csv
	offers 'galley --fail-on n' note
	offers 'galley -q sta' status
	offers 'galley list mod' models
	offers 'galley list models --level cl' client
	offers 'galley completion f' fish
	offers 'galley check --nothing=' ''
	offers 'galley nothing x' ''
}

@test "bash: ids of the workspace" {
	. <(galley completion bash)
	offers 'galley eval model_store' model_store_demand
	offers 'galley eval model_store_demand/2026-09-14' model_store_demand/2026-09-14-train
	offers 'galley resolve recipe_forecasting_b' recipe_forecasting_base
	offers 'galley list models --family next' next_best_action
	cd ..
	offers 'galley resolve recipe_forecasting_b' ''
	offers 'galley -C ws resolve recipe_forecasting_b' recipe_forecasting_base
	offers 'galley resolve --directory=ws recipe_forecasting_b' recipe_forecasting_base
}

@test "bash: fields, codes and methods" {
	. <(galley completion bash)
	offers 'galley explain gate/loo' gate/loosened
	offers 'galley explain monitoring.freshness.m' monitoring.freshness.max_age_hours
	offers 'galley explain evaluation.metrics.\*.ta' 'evaluation.metrics.\*.target'
	offers 'galley explain wass' wasserstein
	offers 'galley schema sn' snapshot
	offers 'galley check --limit yaml_n' 'yaml_nodes='
	[[ " ${asked[*]} " == *' -o nospace '* ]]
}

@test "bash: files and folders are left to the shell" {
	. <(galley completion bash)
	offers 'galley check re' ''
	[ "${asked[*]}" = '-o default' ]
	offers 'galley -C re' ''
	[ "${asked[*]}" = '-o dirnames' ]
	offers 'galley drift --reference ' ''
	[ "${asked[*]}" = '-o default' ]
}

@test "every command and option is offered" {
	for command in $(galley __complete -- '' | cut -f 1); do
		galley help "$command" | grep -o '^  \(-., \)\?--[a-z-]*' | grep -o -- '--.*' | sort -u >helped
		galley __complete -- "$command" -- | cut -f 1 | sort -u | diff helped - || return 1
	done
}

@test "scripts of the other shells are read by them" {
	for shell in zsh fish; do
		must_exit 0 galley completion $shell
		if command -v $shell >/dev/null; then
			galley completion $shell >script
			$shell -n script
		fi
	done
	must_exit 2 galley completion csh
	says "unknown shell 'csh'"
	must_exit 2 galley completion
}
