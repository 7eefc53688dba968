#!/usr/bin/env bats
# Data that does not fit: the address space is capped by ulimit -v, and every byte of the answer is the same. MEMORY_TEST_MB says how much
# is read (default 24); MEMORY_TEST_MB=2000 takes minutes.
load helpers

CAP=300000 # KiB of address space

setup() {
	clean_environment
	(ulimit -v $CAP && ASAN_OPTIONS= "$GALLEY" --version >/dev/null 2>&1) || skip 'the program does not start in so little address space (a sanitizer?)'
}

# A megabyte of rows that differ, repeated.
rows() { # SEED MEGABYTES
	awk -v seed="$1" 'BEGIN {
		for (s = seed; n < 1e6; n += length(line) + 1) {
			line = ""
			for (i = 0; i < 6; i++) {
				s = (s * 16807) % 2147483647
				line = line sprintf(i < 4 ? "%.6f," : "%d,", i < 4 ? s / 2147483647 * (i + 1) : s % 40)
			}
			print line (s % 3 ? "a" : "b")
		}
	}' >megabyte
	echo 'u,v,w,x,age,visits,group'
	for i in $(seq "$2"); do cat megabyte; done
}

capped() { # SIZE JOBS METHODS
	(
		ulimit -v $CAP
		timeout 600 "$GALLEY" drift --reference reference.csv --current current.csv --memory "$1" --jobs "$2" --method "$3" --format json >answer
	) || [ $? -eq 1 ] || return 1
	sha256sum <answer
}

@test "more data than memory, under a cap on the address space: the same answer to the last byte" {
	local megabytes=${MEMORY_TEST_MB:-24} some all
	rows 7 $((megabytes / 4)) >reference.csv
	rows 9 $((megabytes - megabytes / 4)) >current.csv
	# So many passes are made as what must be looked at is larger than the memory: little memory is for little data.
	local sizes='8MiB 1MiB' least=16MiB size
	[ "$megabytes" -le 200 ] || sizes='96MiB' least=128MiB
	some=$(capped 160MiB 2 psi,ks)
	grep -q '"status"' answer
	for size in $sizes; do [ "$(capped $size 3 psi,ks)" = "$some" ]; done
	all=$(capped 160MiB 2 all)
	[ "$(capped $least 1 all)" = "$all" ]
	must_exit 2 "$GALLEY" drift --reference reference.csv --current current.csv --memory little
	says "'--memory' is 'little', must be a size such as 256MiB"
}
