#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	example_workspace git
	git config core.quotePath false
}

@test "an empty file" {
	: >recipes/client/empty.yaml
	printf '# nothing\n' >packs/empty.yaml
	must_exit 1 "$GALLEY" check
	says 'recipes/client/empty.yaml'
	says 'packs/empty.yaml'
	says '[file/empty]'
}

@test "a directory, a symbolic link and a FIFO where a file is expected" {
	mkdir -p recipes/folder.yaml packs/link
	ln -s /etc/passwd recipes/passwd.yaml
	ln -s ../../../outside packs/link/up.yaml
	mkfifo packs/pipe.yaml
	mkdir runs/model_room_rate/snapshots/2026-09-22.csv
	must_exit 1 "$GALLEY" check
	says 'recipes/passwd.yaml'
	says 'packs/pipe.yaml'
	says '[file/kind]'
	says_not root:
}

@test "a binary file and invalid UTF-8" {
	head -c 3000 /dev/urandom >recipes/random.yaml
	printf '\177ELF\002\001\001\000\000' >packs/binary.yaml
	printf 'metadata:\n  id: x\n  name: caf\351\n' >recipes/latin1.yaml
	printf '\377\376m\000e\000' >recipes/utf16.yaml
	must_exit 1 "$GALLEY" check
	says packs/binary.yaml
	says recipes/latin1.yaml:3:
	says recipes/utf16.yaml
}

@test "10,000 levels of nesting and an alias bomb are refused fast" {
	perl -e 'print "metadata: ", "[" x 10000, "]" x 10000, "\n"' >recipes/deep.yaml
	perl -e 'print "a: ", "{a: " x 10000, "1", "}" x 10000, "\n"' >packs/deep.yaml
	perl -e 'print "[" x 10000, "]" x 10000' >runs/model_room_rate/2026-07-30-train/metrics.json
	{
		echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
		for i in 1 2 3 4 5 6 7 8 9; do echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"; done
	} >recipes/bomb.yaml
	echo 'a: &a [*a]' >recipes/self.yaml
	must_exit 1 timeout 5 "$GALLEY" check
	says recipes/deep.yaml
	says packs/deep.yaml
	says metrics.json
	says recipes/bomb.yaml
	says recipes/self.yaml
}

@test "file names that try to command the terminal or the runner" {
	printf 'x: 1\n' >"recipes/$(printf 'a\033[31m\n::error::b.yaml')"
	must_exit 1 "$GALLEY" check
	says_not $'\033'
	says_not '::error::'
	[ -z "$("$GALLEY" check --format json | grep -a $'\033')" ]
}

@test "every finding of every file is reported in one run, sorted" {
	printf 'metadata: {id: A, nam: x}\nmetadata: {}\n' >recipes/one.yaml
	printf 'metadata: {id: p, name: P, model_family: nope, version: 1, status: done}\nmetrics: 3\n' >packs/two.yaml
	printf 'type: trian\nstatus: succeeded\n' >runs/model_room_rate/2026-07-30-train/run.yaml
	must_exit 1 "$GALLEY" check
	says recipes/one.yaml:2:1:
	says packs/two.yaml:1:
	says "runs/model_room_rate/2026-07-30-train/run.yaml:1:7:"
	says "'train'"
	lines=$(printf '%s\n' "$output" | grep -E '^(packs|recipes|runs)/.*\[[a-z]+/[a-z-]+\]$' | sed 's/:.*//')
	[ "$lines" = "$(printf '%s\n' "$lines" | sort)" ]
}

@test "a CSV with ragged rows, an open quote, no rows, no header, other formats" {
	reference=runs/model_room_rate/snapshots/reference.csv
	printf 'a,b\n1,2\n3\n4,5,6\n' >ragged.csv
	printf 'a,b\n1,2\n3,"open\n4,5\n' >open.csv
	printf 'a,b\n' >header.csv
	: >empty.csv
	printf 'a,a\n1,2\n' >twice.csv
	printf '\037\213\010\000' >gzip.csv
	printf 'a,b\n1,\000\n' >nul.csv
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' >lfs.csv
	must_exit 1 "$GALLEY" drift --reference $reference --current ragged.csv
	says ragged.csv:3
	says '[csv/ragged]'
	must_exit 1 "$GALLEY" drift --reference $reference --current open.csv
	says open.csv:3
	says '[csv/syntax]'
	for file in empty twice gzip nul lfs; do
		must_exit 1 "$GALLEY" drift --reference $file.csv --current $reference
		says $file.csv
	done
	must_exit 1 "$GALLEY" drift --reference header.csv --current header.csv --format json
	says '"inconclusive"'
	must_exit 3 "$GALLEY" drift --reference missing.csv --current $reference
	says missing.csv
	must_exit 3 "$GALLEY" drift --reference runs --current $reference
	must_exit 0 "$GALLEY" drift --reference $reference --current $reference
	must_exit 1 "$GALLEY" drift --reference $reference --current - </dev/null
}

@test "a snapshot that cannot be used makes the model unknown, never healthy, and the rest goes on" {
	printf 'captured_at,footfall_daily\n2026-09-01T00:00:00Z,"open\n' >runs/model_cafe_site_score/snapshots/2026-09-01.csv
	must_exit 0 "$GALLEY" status --format json
	says '"model_cafe_site_score"'
	printf '%s\n' "$output" | perl -MJSON::PP -0777 -ne '/(\{.*\})\s*$/s; for (@{decode_json($1)->{models}}) { print "$_->{model} $_->{state}\n" }' >states
	grep -q 'model_cafe_site_score unknown' states
	grep -q 'model_room_rate failed' states
	must_exit 1 "$GALLEY" drift model_cafe_site_score
	must_exit 1 "$GALLEY" report
	[ -f reports/models/model_cafe_site_score/README.md ]
}

@test "a metric that is missing, NaN, text or huge fails its gate, and never passes" {
	metrics=runs/model_cafe_site_score/2026-06-20-train/metrics.json
	printf '{"rank_correlation": NaN, "calibration": 1, "hit_rate_at_10": 0.8, "lift_top_decile": 2, "samples": 9}\n' >$metrics
	must_exit 1 "$GALLEY" eval model_cafe_site_score/2026-06-20-train
	says rank_correlation
	says geographic_coverage
	printf '{"rank_correlation": "0.9", "calibration": 1, "hit_rate_at_10": 0.8, "lift_top_decile": 2, "geographic_coverage": 0.94}\n' >$metrics
	must_exit 1 "$GALLEY" eval model_cafe_site_score/2026-06-20-train
	printf '{"rank_correlation": 1e400, "calibration": 1, "hit_rate_at_10": 0.8, "lift_top_decile": 2, "geographic_coverage": 0.94}\n' >$metrics
	must_exit 1 "$GALLEY" eval model_cafe_site_score/2026-06-20-train
	rm $metrics
	must_exit 1 "$GALLEY" eval model_cafe_site_score/2026-06-20-train
	must_exit 1 "$GALLEY" check
	says '[ref/file]'
}

@test "a run that did not succeed is left out with a count, and inconclusive where it is named" {
	must_exit 0 "$GALLEY" eval model_store_demand
	says '2 failed'
	must_exit 1 "$GALLEY" eval model_store_demand/2026-09-14-train --format json
	says '"inconclusive"'
	must_exit 1 "$GALLEY" eval model_store_deman
	says "did you mean 'model_store_demand'?"
	must_exit 1 "$GALLEY" eval model_store_demand/2026-08-24-evil
	says "did you mean '2026-08-24-eval'?"
}

@test "files that may not be read are failures with the path" {
	[ "$(id -u)" -ne 0 ] || skip 'root reads everything'
	chmod 000 packs/nba_standard.yaml
	must_exit 3 "$GALLEY" check
	says packs/nba_standard.yaml
}

@test "a damaged object is told, and does not hang" {
	blob=$(git rev-parse HEAD:galley.yaml)
	file=.git/objects/${blob:0:2}/${blob:2}
	chmod u+w "$file"
	truncate -s 20 "$file"
	must_exit 3 timeout 55 "$GALLEY" check --at HEAD
	says fsck
}

@test "nothing that failed has changed anything" {
	before=$(git status --porcelain; git rev-parse HEAD; ls -lR --time-style=+ . | cksum)
	printf 'metadata: [' >recipes/broken.yaml
	"$GALLEY" check >/dev/null || true
	"$GALLEY" status >/dev/null 2>&1 || true
	"$GALLEY" eval >/dev/null 2>&1 || true
	"$GALLEY" drift >/dev/null 2>&1 || true
	rm recipes/broken.yaml
	[ "$before" = "$(git status --porcelain; git rev-parse HEAD; ls -lR --time-style=+ . | cksum)" ]
}
