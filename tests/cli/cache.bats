#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	example_workspace git
	results=.git/galley/results
}

answers() { # FILE [ARGUMENTS...]: drift as JSON and all pages
	local out=$1
	shift
	rm -rf reports
	"$GALLEY" drift --format json "$@" >"$out" 2>&1 || echo "exit $?" >>"$out"
	"$GALLEY" report "$@" >>"$out" 2>&1 || echo "exit $?" >>"$out"
	find reports -type f | sort | xargs cat >>"$out"
}

results_of() { # how many results are kept
	find $results -type f 2>/dev/null | wc -l
}

@test "without, cold, warm, damaged, truncated and foreign caches give the same bytes" {
	answers ../without.txt --no-cache
	[ ! -e .git/galley/results ]
	answers ../cold.txt
	[ "$(results_of)" -gt 50 ]
	answers ../warm.txt
	for file in $results/*; do
		printf 'XX' | dd of="$file" bs=1 seek=200 conv=notrunc status=none
	done
	answers ../damaged.txt
	for file in $results/*; do
		truncate -s 100 "$file"
	done
	answers ../truncated.txt
	first=$(ls $results | head -1)
	for file in $results/*; do
		[ "${file##*/}" = "$first" ] || cp $results/"$first" "$file"
	done
	answers ../swapped.txt
	for file in $results/*; do
		echo 'something else' >"$file"
	done
	answers ../foreign.txt
	for other in cold warm damaged truncated swapped foreign; do
		cmp ../without.txt ../$other.txt
	done
}

@test "what is damaged is kept anew, and one snapshot that is touched is one that is looked at" {
	"$GALLEY" drift >/dev/null || true
	before=$(results_of)
	"$GALLEY" drift >/dev/null || true
	[ "$(results_of)" -eq "$before" ]
	file=$(ls $results/* | head -1)
	sum=$(cksum <"$file")
	echo x >"$file"
	"$GALLEY" drift >/dev/null || true
	[ "$(cksum <"$file")" = "$sum" ]
	snapshot=runs/model_store_demand/snapshots/2026-09-21.csv
	head -n -1 $snapshot >../shorter.csv
	cp ../shorter.csv $snapshot
	"$GALLEY" drift --format json >../kept.json || true
	after=$(results_of)
	[ "$after" -gt "$before" ] && [ "$after" -le $((before + 2)) ]
	"$GALLEY" drift --no-cache --format json >../without.json || true
	cmp ../kept.json ../without.json
}

@test "a file of the same size and time is still another file" {
	snapshot=runs/model_store_demand/snapshots/2026-09-21.csv
	touch -d '2026-08-01T00:00:00Z' $snapshot
	git update-index --refresh >/dev/null
	"$GALLEY" drift model_store_demand >/dev/null || true
	sed -i '2,40s/[0-9]\.\([0-9]\)/9.\1/g' $snapshot
	touch -d '2026-08-01T00:00:00Z' $snapshot
	"$GALLEY" drift model_store_demand --format json >../kept.json || true
	"$GALLEY" drift model_store_demand --no-cache --format json >../without.json || true
	cmp ../kept.json ../without.json
}

@test "what git or others convert is read each time" {
	printf 'runs/**/*.csv text eol=lf\n' >.gitattributes
	sed -i 's/$/\r/' runs/model_store_demand/snapshots/*.csv
	git add -A 2>/dev/null
	answers ../cold.txt
	answers ../warm.txt
	answers ../without.txt --no-cache
	cmp ../cold.txt ../warm.txt
	cmp ../cold.txt ../without.txt
	rm -rf $results
	printf '*.csv filter=other\n' >.gitattributes
	"$GALLEY" drift >/dev/null || true
	[ "$(results_of)" -eq 0 ]
}

@test "index, commit and bare repository share what is kept" {
	"$GALLEY" drift >../worktree.txt || true
	before=$(results_of)
	"$GALLEY" drift --at HEAD >../commit.txt || true
	"$GALLEY" drift --staged >../index.txt || true
	cmp ../worktree.txt ../commit.txt
	cmp ../worktree.txt ../index.txt
	[ "$(results_of)" -eq "$before" ]
	git clone -q --bare . ../bare.git
	"$GALLEY" drift --git-dir ../bare.git >../bare.txt || true
	cmp ../worktree.txt ../bare.txt
	[ "$(ls ../bare.git/galley/results | wc -l)" -eq "$before" ]
}

@test "where nothing can be kept there is no complaint" {
	"$GALLEY" drift >../kept.txt 2>&1 || true
	rm -rf .git/galley
	echo 'a file in its place' >.git/galley
	"$GALLEY" drift >../blocked.txt 2>&1 || true
	cmp ../kept.txt ../blocked.txt
	rm .git/galley
	mkdir ../elsewhere .git/galley
	ln -s "$PWD/../elsewhere" $results
	"$GALLEY" drift >../link.txt 2>&1 || true
	cmp ../kept.txt ../link.txt
	[ -z "$(ls ../elsewhere)" ]
	rm -rf .git
	"$GALLEY" drift >../plain.txt 2>&1 || true
	cmp ../kept.txt ../plain.txt
	must_exit 0 "$GALLEY" cache
	says 'not in a git repository'
}

@test "what is moved behind a link is not there, kept or not" {
	sed -i 's|^reference: .*|reference: data/reference.csv|' runs/model_store_demand/model.yaml
	mkdir runs/model_store_demand/data
	cp runs/model_store_demand/snapshots/reference.csv runs/model_store_demand/data/
	sleep 1.1
	git add -A
	git commit -qm 'Data in a folder'
	"$GALLEY" drift model_store_demand >../kept.txt 2>&1 || true
	mv runs/model_store_demand/data ../data
	ln -s "$PWD/../data" runs/model_store_demand/data
	"$GALLEY" drift model_store_demand >../kept.txt 2>&1 || true
	"$GALLEY" drift model_store_demand --no-cache >../without.txt 2>&1 || true
	cmp ../kept.txt ../without.txt
}

@test "the oldest goes beyond the limit" {
	must_exit 0 "$GALLEY" report --limit cache_bytes=64KiB
	[ "$(cat $results/* | wc -c)" -le 65536 ]
	[ "$(results_of)" -gt 0 ]
}

@test "cache shows and clears" {
	must_exit 0 "$GALLEY" cache
	says '0 results'
	"$GALLEY" report >/dev/null 2>&1
	must_exit 0 "$GALLEY" cache --show --format json
	says '"schema": "galley.cache/1"'
	says_not '"results": 0,'
	must_exit 0 "$GALLEY" cache --clear
	says 'removed '
	[ "$(results_of)" -eq 0 ]
	must_exit 0 "$GALLEY" cache
	says '0 results of drift, data checks, freshness and whole reports, 0 bytes'
	must_exit 2 "$GALLEY" cache --show --clear
}
