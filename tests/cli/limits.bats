#!/usr/bin/env bats
# For each limit: at it is accepted, beyond it refused with the limit's name, its value and the flag, and the flag helps.
load helpers

setup() {
	clean_environment
	mkdir -p recipes runs/m/snapshots
	recipe
}

recipe() { # [LINE...]: a whole recipe, with these lines more
	printf '%s\n' 'metadata: {id: base, name: Base, model_family: pricing, level: baseline, version: 1.0.0, status: draft}' \
		'requirements: {grain: day}' 'pipeline: {stages: [{name: s0, type: training}]}' 'evaluation: {metrics: {MAPE: {target: 0.1, threshold_critical: 0.3}}}' >recipes/base.yaml
	[ $# -eq 0 ] || printf '%s\n' "$@" >>recipes/base.yaml
}

stages() { # COUNT: a recipe of so many
	recipe
	sed -i "s/{name: s0, type: training}/$(seq -f '{name: s%g, type: training},' -s ' ' "$1")/" recipes/base.yaml
}

repeat() { # COUNT TEXT
	printf "%0$1d" 0 | sed "s/0/$2/g"
}

# refused NAME VALUE FLAG COMMAND...: the message says which limit, its value and the flag
refused() {
	local name=$1 value=$2 flag=$3
	shift 3
	must_exit 1 "$@"
	says "$value (limit '$name'; raise it with --limit $name=$flag)"
}

accepted() {
	must_exit 0 "$@"
	says_not "limit '"
}

lowered() { # NAME VALUE
	printf 'limits: {%s: %s}\n' "$1" "$2" >galley.yaml
}

@test "manifest_bytes" {
	lowered manifest_bytes 400
	while [ "$(wc -c <recipes/base.yaml)" -lt 400 ]; do echo >>recipes/base.yaml; done
	accepted "$GALLEY" check
	echo >>recipes/base.yaml
	refused manifest_bytes '400 bytes' 800 "$GALLEY" check
	accepted "$GALLEY" check --limit manifest_bytes=1KiB
}

@test "metrics_bytes" {
	printf 'metadata: {id: m, name: M}\nrecipe: base\nstatus: draft\n' >runs/m/model.yaml
	lowered metrics_bytes 20
	printf '{"MAPE": 0.1234567 }' >runs/m/snapshots/2026-01-01.json
	must_exit 0 "$GALLEY" check --format json
	says_not metrics_bytes
	printf '{"MAPE": 0.12345678 }' >runs/m/snapshots/2026-01-01.json
	refused metrics_bytes '20 bytes' 40 "$GALLEY" check
	must_exit 0 "$GALLEY" check --limit metrics_bytes=21
}

@test "depth, in YAML and in JSON" {
	recipe "x-deep: $(repeat 63 '[')$(repeat 63 ']')"
	accepted "$GALLEY" check
	recipe "x-deep: $(repeat 64 '[')$(repeat 64 ']')"
	refused depth 64 128 "$GALLEY" check
	accepted "$GALLEY" check --limit depth=65
	accepted "$GALLEY" --limit depth=128 check
	recipe "x-deep: [[]]"
	lowered depth 2
	refused depth 2 4 "$GALLEY" check
	rm recipes/base.yaml
	printf '{"metadata": {"x-deep": [[]]}}' >recipes/base.json
	lowered depth 3
	refused depth 3 6 "$GALLEY" check
}

@test "yaml_nodes" {
	recipe "x-many: [$(repeat 200 '1,')]"
	lowered yaml_nodes 100
	must_exit 1 "$GALLEY" check
	says "more than 100 values, aliases expanded (limit 'yaml_nodes'; raise it with --limit yaml_nodes=200)"
	accepted "$GALLEY" check --limit yaml_nodes=1000
}

@test "yaml_aliases" {
	recipe 'x-a: [&a 1, *a, *a]'
	lowered yaml_aliases 2
	accepted "$GALLEY" check
	lowered yaml_aliases 1
	refused yaml_aliases '1 aliases' 2 "$GALLEY" check
	accepted "$GALLEY" check --limit yaml_aliases=2
	recipe 'x-a: [&a 1, &b 2]'
	refused yaml_aliases '1 anchors' 2 "$GALLEY" check
}

@test "scalar_bytes and key_bytes" {
	recipe "x-a: $(repeat 40 x)"
	lowered scalar_bytes 40
	accepted "$GALLEY" check
	lowered scalar_bytes 39
	refused scalar_bytes 39 78 "$GALLEY" check
	accepted "$GALLEY" check --limit scalar_bytes=40
	recipe "x-$(repeat 40 x): 1"
	lowered key_bytes 42
	accepted "$GALLEY" check
	lowered key_bytes 41
	refused key_bytes 41 82 "$GALLEY" check
	accepted "$GALLEY" check --limit key_bytes=42
}

@test "stages" {
	stages 3
	lowered stages 3
	accepted "$GALLEY" check
	lowered stages 2
	refused stages 2 4 "$GALLEY" check
	accepted "$GALLEY" check --limit stages=3
}

@test "alert conditions: bytes, nodes, depth" {
	alert() {
		recipe "monitoring: {alerts: {a: {condition: \"$1\", severity: warning}}}"
	}
	alert "performance.MAPE>1"
	lowered expression_bytes 18
	accepted "$GALLEY" check
	lowered expression_bytes 17
	refused expression_bytes 17 34 "$GALLEY" check
	accepted "$GALLEY" check --limit expression_bytes=18
	lowered expression_nodes 3
	accepted "$GALLEY" check
	lowered expression_nodes 2
	must_exit 1 "$GALLEY" check
	says "more than 2 parts in one condition (limit 'expression_nodes'; raise it with --limit expression_nodes=4)"
	accepted "$GALLEY" check --limit expression_nodes=3
	alert "((performance.MAPE>1))"
	lowered expression_depth 2
	accepted "$GALLEY" check
	lowered expression_depth 1
	refused expression_depth 1 2 "$GALLEY" check
	accepted "$GALLEY" check --limit expression_depth=2
	alert "$(repeat 65 '(')performance.MAPE>1$(repeat 65 ')')"
	rm galley.yaml
	refused expression_depth 64 128 "$GALLEY" check
	accepted "$GALLEY" check --limit expression_depth=65
}

@test "cron_bytes" {
	recipe 'deployment: {mode: batch, schedule: "0 6 * * 1"}'
	lowered cron_bytes 9
	accepted "$GALLEY" check
	lowered cron_bytes 8
	refused cron_bytes 8 16 "$GALLEY" check
	accepted "$GALLEY" check --limit cron_bytes=9
	recipe "deployment: {mode: batch, schedule: \"0$(repeat 120 ,0) 6 * * 1\"}"
	rm galley.yaml
	refused cron_bytes 128 256 "$GALLEY" check
	accepted "$GALLEY" check --limit cron_bytes=1KiB
}

@test "findings" {
	recipe 'oops1: 1' 'oops2: 1' 'oops3: 1'
	lowered findings 3
	must_exit 1 "$GALLEY" check
	says_not 'more of this kind'
	lowered findings 2
	must_exit 1 "$GALLEY" check
	says '(and 1 more of this kind in this file, beyond 2; --limit findings=3 shows all)'
	must_exit 1 "$GALLEY" check --limit findings=3
	says_not 'more of this kind'
	says oops3
}

@test "CSV: fields, lines, columns" {
	printf 'aaaa,b\n1,2\n' >a.csv
	for limit in csv_field=4 csv_line=6 csv_columns=2; do
		run "$GALLEY" drift --reference a.csv --current a.csv --limit "$limit"
		says_not "limit '"
	done
	refused csv_field '3 bytes' 6 "$GALLEY" drift --reference a.csv --current a.csv --limit csv_field=3
	refused csv_line '5 bytes' 10 "$GALLEY" drift --reference a.csv --current a.csv --limit csv_line=5
	refused csv_columns 1 2 "$GALLEY" drift --reference a.csv --current a.csv --limit csv_columns=1
}

@test "files that are read from git" {
	lowered blob_bytes 400
	git init -q
	git add -A
	git commit -qm one
	accepted "$GALLEY" check --at HEAD
	recipe "# $(repeat 300 x)"
	git add -A
	refused blob_bytes '400 bytes' 800 "$GALLEY" check --staged
	accepted "$GALLEY" check --staged --limit blob_bytes=1KiB
}

@test "walks: files, folders, commits" {
	lowered walk_files 1
	accepted "$GALLEY" check
	cp recipes/base.yaml recipes/notes.md
	must_exit 3 "$GALLEY" check
	says "(limit 'walk_files'; raise it with --limit walk_files=2)"
	accepted "$GALLEY" check --limit walk_files=2
	mkdir -p recipes/a/b
	mv recipes/base.yaml recipes/a/b/
	lowered walk_depth 3
	accepted "$GALLEY" check
	lowered walk_depth 2
	refused walk_depth 'folders deeper than 2 levels are not read' 4 "$GALLEY" check
	accepted "$GALLEY" check --limit walk_depth=3
	git init -q
	git add -A
	git commit -qm one
	accepted "$GALLEY" check --at HEAD --limit walk_depth=3
	must_exit 1 "$GALLEY" check --at HEAD
	says "limit 'walk_depth'"
	for i in 1 2 3; do
		echo "$i" >other
		git add -A
		git commit -qm "other $i"
	done
	lowered walk_commits 3
	must_exit 3 "$GALLEY" report
	says "no change among the newest 3 commits (limit 'walk_commits'; raise it with --limit walk_commits=6)"
	must_exit 0 "$GALLEY" report --limit walk_commits=4
}

@test "galley.yaml cannot raise a limit, nor take back what the command line gives" {
	lowered depth 65
	must_exit 1 "$GALLEY" check
	says "galley.yaml:1:17: error: limit 'depth' 65 is above 64"
	says 'to raise it use --limit depth=65'
	lowered depth 3
	recipe 'x-deep: [[[[]]]]'
	refused depth 3 6 "$GALLEY" check
	accepted "$GALLEY" check --limit depth=5
	lowered weight 3
	must_exit 1 "$GALLEY" check
	says weight
}

@test "a limit that cannot be read is a usage error" {
	must_exit 2 "$GALLEY" check --limit depth
	says 'NAME=VALUE'
	must_exit 2 "$GALLEY" check --limit dept=3
	says "did you mean 'depth'?"
	must_exit 2 "$GALLEY" check --limit depth=513
	says "'depth' is 513, cannot be more than 512"
	must_exit 2 "$GALLEY" drift --reference a --current b --limit csv_field=0
	says "must be a whole number from 1"
}

@test "list counts rows with the same word" {
	must_exit 0 "$GALLEY" list recipes --limit 1
	must_exit 0 "$GALLEY" list recipes --limit depth=3
	must_exit 0 "$GALLEY" list recipes --limit depth=1
	says "limit 'depth'"
	must_exit 2 "$GALLEY" list recipes --limit many
}
