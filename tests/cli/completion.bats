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
	offers 'galley bump recipe_pricing_harbor mi' minor
	offers 'galley approve pack_n' pack_nba_standard
	offers 'galley promote model_k' model_kiosk_site_score
	offers 'galley list models --level cl' client
	offers 'galley completion f' fish
	offers 'galley check --nothing=' ''
	offers 'galley nothing x' ''
}

@test "bash: ids of the workspace" {
	. <(galley completion bash)
	offers 'galley eval model_store' model_store_demand
	offers 'galley eval model_store_demand/2026-09-14' model_store_demand/2026-09-14-train
	offers 'galley compare model_store_demand/2026-08-24-eval model_store_demand/2026-09-14' model_store_demand/2026-09-14-train
	offers 'galley compare model_sto' model_store_demand
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

@test "fish: what is offered, with what it is" {
	command -v fish >/dev/null || skip 'fish is not here'
	run fish --no-config -c 'galley completion fish | source; complete -C "galley reso"; complete -C "galley check --format sar"; complete -C "galley list models --format c"'
	[ "$output" = "$(printf '%s\n' $'resolve\ta recipe as it is in effect, with all that it inherits' sarif csv)" ]
	run fish --no-config -c 'galley completion fish | source; complete -C "galley check rec"'
	says 'recipes/'
}

# zsh offers only on a terminal: the lines are typed on one, each followed by a tab, with lists instead of menus.
@test "zsh: what is offered, with what it is" {
	command -v zsh >/dev/null || skip 'zsh is not here'
	galley completion zsh >script
	cat >typed <<-'END'
		zmodload zsh/zpty
		zpty z zsh -f -i
		until_read() {
			local part text=
			repeat 100; do
				while zpty -r -t z part; do text+=$part; done
				[[ $text == *$1* ]] && break
				sleep 0.1
			done
			print -r -- $text
		}
		zpty -w z 'stty cols 140 rows 60 -echo; autoload -U compinit; compinit -u -D; source ./script; bindkey "^I" list-choices; print REA""DY'
		until_read READY
		zpty -w -n z $'galley check --format \t'
		until_read text
		zpty -w -n z $'\x15galley reso\t'
		until_read inherits
	END
	run timeout 60 zsh -f typed
	says 'sarif'
	says 'rdjson'
	says 'resolve  -- a recipe as it is in effect, with all that it inherits'
}

@test "a shell that galley does not know" {
	must_exit 2 galley completion csh
	says "unknown shell 'csh'"
	must_exit 2 galley completion
}
