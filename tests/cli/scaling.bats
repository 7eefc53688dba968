#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
}

# Columns of few and of many distinct values, categories, numbers as categories, missing and infinite ones; made by arithmetic alone.
make_data() { # FILE ROWS SEED SHIFT
	awk -v rows="$2" -v seed="$3" -v shift="$4" 'BEGIN {
		print "wide,narrow,segment,code,when,empty"
		for (i = 0; i < rows; i++) {
			seed = (seed * 1103 + 12345) % 1048573; a = seed
			seed = (seed * 1103 + 12345) % 1048573; b = seed
			wide = a % 97 == 0 ? "" : a % 499 == 0 ? "inf" : sprintf("%.4f", (a * 1048573 + b) / 1e9 + shift)
			printf "%s,%d,%s,%02d,2026-01-%02dT00:00:00Z,\n", wide, b % 50 + int(shift), substr("aaabbcdd", a % 8 + 1, 1), a % 12, b % 28 + 1
		}
	}' >"$1"
}

# What both ways of comparing must say alike, in full: each column's counts, moments, and the methods that are named.
facts() { # FILE.json METHOD...
	node - "$@" <<'JS' 2>/dev/null || perl -MJSON::PP - "$@" <<'PL'
const fs = require('fs'), [file, ...methods] = process.argv.slice(2);
for (const c of JSON.parse(fs.readFileSync(file)).columns) {
	const s = c.summary || {}, side = x => x && [x.mean, x.std, x.min, x.max];
	console.log(JSON.stringify([c.name, c.kind, c.rows, c.missing, c.invalid, c.infinite, side(s.reference), side(s.current), c.new_categories]));
	for (const m of methods) if (c.methods && c.methods[m]) console.log(JSON.stringify([c.name, m, c.methods[m]]));
}
JS
my ($file, @methods) = @ARGV;
my $json = JSON::PP->new->canonical;
open my $in, '<', $file or die; local $/;
for my $c (@{$json->decode(<$in>)->{columns}}) {
	my $s = $c->{summary} || {};
	my @side = map { my $x = $s->{$_}; [$x ? @$x{qw(mean std min max)} : ()] } qw(reference current);
	print $json->encode([@$c{qw(name kind rows missing invalid infinite)}, @side, $c->{new_categories}]), "\n";
	for (@methods) { print $json->encode([$c->{name}, $_, $c->{methods}{$_}]), "\n" if $c->{methods}{$_} }
}
PL
}

@test "map and reduce in several processes give the answer of one machine" {
	make_data reference.csv 70000 1 0
	for part in 1 2 3 4; do
		make_data part-$part.csv $((20000 + part)) $((part + 10)) 3
	done
	(cat part-1.csv; tail -qn +2 part-2.csv part-3.csv part-4.csv) >current.csv
	"$GALLEY" -q profile reference.csv -o reference.profile
	for part in 1 2 3 4; do
		"$GALLEY" -q profile part-$part.csv --reference-profile reference.profile -o part-$part.profile &
	done
	wait
	"$GALLEY" -q profile --merge part-*.profile -o merged.profile
	"$GALLEY" -q profile --merge part-3.profile part-1.profile -o odd.profile
	"$GALLEY" -q profile --merge part-4.profile part-2.profile -o even.profile
	"$GALLEY" -q profile --merge even.profile odd.profile | cmp - merged.profile
	"$GALLEY" drift --reference reference.csv --current current.csv --method all --format json >one.json || true
	"$GALLEY" drift --reference-profile reference.profile --current-profile merged.profile --method all --format json >spread.json || true
	facts one.json psi js hellinger tvd kl welch_t chi_square g_test missing >one.txt
	facts spread.json psi js hellinger tvd kl welch_t chi_square g_test missing >spread.txt
	[ "$(wc -l <one.txt)" -gt 25 ]
	cmp one.txt spread.txt
	# Where few values are distinct, everything is the same.
	"$GALLEY" drift --reference reference.csv --current current.csv --column narrow --method all --format json |
		sed '/"reference": {"path"/d; /"current": {"path"/d' >one.json || true
	"$GALLEY" drift --reference-profile reference.profile --current-profile merged.profile --column narrow --method all --format json |
		sed '/"reference": {"path"/d; /"current": {"path"/d' >spread.json || true
	cmp one.json spread.json
}

@test "what cells cannot tell is bounded or inconclusive" {
	make_data reference.csv 70000 1 0
	make_data current.csv 80000 2 40
	"$GALLEY" -q profile reference.csv -o reference.profile
	"$GALLEY" -q profile current.csv --reference-profile reference.profile -o current.profile
	run "$GALLEY" drift --reference-profile reference.profile --current-profile current.profile --column wide --method all --format json
	says '"at_most": '
	says '"p_is": "at most"'
	says 'the profiles hold no values to compute it from, as too many are distinct'
	# Cells of another reference bound it as well, if not as closely.
	"$GALLEY" -q profile current.csv -o alone.profile
	run "$GALLEY" drift --reference-profile reference.profile --current-profile alone.profile --column wide --format json
	says '"at_least": '
	exact=$("$GALLEY" drift --reference reference.csv --current current.csv --column wide --method ks --format json | sed -n '/"ks"/,$s/^ *"value": \(.*\),$/\1/p')
	bound=$("$GALLEY" drift --reference-profile reference.profile --current-profile current.profile --column wide --method ks --format json |
		sed -n '/"ks"/,$s/^ *"value": \(.*\),$/\1/p; /"ks"/,$s/^ *"at_most": \(.*\),$/\1/p')
	awk -v exact="$exact" -v bound="$(echo $bound)" 'BEGIN { split(bound, b, " "); exit !(exact > 0 && b[1] <= exact && exact <= b[2] && b[2] - b[1] < 0.001) }'
}

# The value of a method, and between what it lies.
bounds() { # METHOD REFERENCE CURRENT
	"$GALLEY" drift --reference-profile "$2" --current-profile "$3" --column wide --method "$1" --format json |
		sed -n '/"methods"/,/"threshold"/s/^ *"\(value\|at_least\|at_most\)": \(.*\),$/\1 \2/p'
}

@test "profiles of parts that nobody saw together are sketched, and what follows has a bound that holds" {
	# Parts with all their values, and one with too many for that.
	for part in 1 2 3 4; do
		make_data reference-$part.csv $((part == 4 ? 70000 : 20000 + part)) $part 0
		make_data current-$part.csv $((part == 4 ? 70000 : 15000 + part)) $((part + 10)) 60
		"$GALLEY" -q profile reference-$part.csv -o reference-$part.profile
		"$GALLEY" -q profile current-$part.csv -o current-$part.profile
	done
	for side in reference current; do
		(cat $side-1.csv; tail -qn +2 $side-[234].csv) >$side.csv
		"$GALLEY" -q profile --merge $side-[1234].profile -o $side.profile
		"$GALLEY" -q profile --merge $side-4.profile $side-2.profile $side-1.profile $side-3.profile | cmp - $side.profile
		"$GALLEY" -q profile --merge $side-1.profile $side-2.profile -o $side-12.profile
		"$GALLEY" -q profile --merge $side-12.profile $side-3.profile $side-4.profile -o $side-tree.profile
	done
	run "$GALLEY" profile --merge reference-[1234].profile -o again.profile
	says '1 column is sketched, as the parts have over 65536 distinct values and no cells in common: ranks are known within 0.0'
	"$GALLEY" -q profile current.csv --reference-profile reference.profile -o counted.profile
	for method in psi js hellinger tvd kl ks; do
		exact=$("$GALLEY" drift --reference reference.csv --current current.csv --column wide --method $method --format json |
			sed -n '/"methods"/,$s/^ *"value": \(.*\),$/\1/p')
		for pair in 'reference.profile current.profile' 'reference-tree.profile current-tree.profile' 'reference.profile counted.profile' \
			'reference-4.profile current.profile'; do
			set -- $pair
			bounds $method $1 $2 >bounds.txt
			# The last pair has another reference: its bounds are its own.
			[ $1 = reference-4.profile ] || awk -v exact="$exact" '{ of[$1] = $2 }
				END { low = "at_least" in of ? of["at_least"] : of["value"]; high = of["at_most"]
					print exact, low, high; exit !(exact > 0 && low <= exact && exact <= high && high - low < 0.02) }' bounds.txt
		done
	done
	run "$GALLEY" drift --reference-profile reference.profile --current-profile current.profile --column wide
	says 'between 0.'
	"$GALLEY" drift --reference-profile reference.profile --current-profile current.profile --method all --format json | grep -q '"reference_sketch_rank_error": 0.000'
}

@test "the memory limit, threads and pipes change no byte of a profile" {
	make_data reference.csv 70000 1 0
	"$GALLEY" -q profile reference.csv -o whole.profile
	"$GALLEY" -q profile reference.csv --memory 1MiB --jobs 1 | cmp - whole.profile
	cat reference.csv | "$GALLEY" -q profile - --jobs 3 | cmp - whole.profile
}

@test "parts that do not fit, other files and damage are refused" {
	printf 'a,b\n1,x\n2,y\n' >one.csv
	printf 'a,b\nred,x\nblue,y\n' >two.csv
	"$GALLEY" -q profile one.csv -o one.profile
	"$GALLEY" -q profile two.csv -o two.profile
	must_exit 1 "$GALLEY" profile --merge one.profile two.profile -o out.profile
	says "column 'a' is number in one part and category in another"
	[ ! -e out.profile ]
	must_exit 1 "$GALLEY" drift --reference-profile one.profile --current-profile two.profile
	says "column 'a' is compared as number, but the current profile has it as category"
	must_exit 1 "$GALLEY" profile --merge one.csv -o out.profile
	says "'one.csv' is not a profile"
	head -c 60 one.profile >short.profile
	must_exit 1 "$GALLEY" profile --merge short.profile -o out.profile
	says "is damaged or cut off"
	must_exit 3 "$GALLEY" profile --merge none.profile -o out.profile
	must_exit 2 "$GALLEY" profile --merge one.profile --na x
	must_exit 2 "$GALLEY" drift --reference-profile one.profile
	must_exit 2 "$GALLEY" drift --reference-profile one.profile --current-profile one.profile --kind a=category
	printf 'a,b\n1,"x\n' >broken.csv
	must_exit 1 "$GALLEY" profile broken.csv -o out.profile
	says 'broken.csv:2'
	[ ! -e out.profile ]
}

@test "a suggested schema is one that the data meets" {
	example_workspace
	snapshot=runs/model_room_rate/snapshots/reference.csv
	recipe=recipes/client/pricing_harbor.yaml
	must_exit 0 "$GALLEY" profile --suggest-schema $snapshot
	says 'requirements:'
	says 'room_rate: {type: number, required: true, min: '
	says 'segment: {type: category, required: true, allowed: ['
	"$GALLEY" profile --suggest-schema $snapshot | sed -n '/^  schema:/,$p' >../schema.yaml
	sed -i -e '/^  schema:/,/^    min_rows:/d' $recipe
	sed -i -e '/^requirements:/r ../schema.yaml' $recipe
	must_exit 0 "$GALLEY" validate $snapshot --recipe recipe_pricing_harbor --as-of 2026-01-01T00:00:00Z
}

# A controller and a node of Slurm on this machine, for this test alone.
start_slurm() {
	local host port
	host=$(hostname -s)
	port=$((20000 + $$ % 20000))
	mkdir -p slurm/state slurm/spool
	cat >slurm/slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$PWD/slurm/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$PWD/slurm/state
SlurmdSpoolDir=$PWD/slurm/spool
SlurmctldPidFile=$PWD/slurm/ctld.pid
SlurmdPidFile=$PWD/slurm/d.pid
SlurmctldLogFile=$PWD/slurm/ctld.log
SlurmdLogFile=$PWD/slurm/d.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=10 State=UP
CONF
	dd if=/dev/urandom of=slurm/munge.key bs=1024 count=1 status=none
	chmod 600 slurm/munge.key
	export SLURM_CONF=$PWD/slurm/slurm.conf
	munged --force --foreground --key-file="$PWD/slurm/munge.key" --socket="$PWD/slurm/munge.socket" --pid-file="$PWD/slurm/munge.pid" \
		--log-file="$PWD/slurm/munge.log" --seed-file="$PWD/slurm/munge.seed" >/dev/null 2>&1 3>&- &
	slurm_pids=$!
	sleep 1
	slurmctld -D -i >/dev/null 2>&1 3>&- &
	slurm_pids="$slurm_pids $!"
	slurmd -D -N "$host" >/dev/null 2>&1 3>&- &
	slurm_pids="$slurm_pids $!"
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		[ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && return 0
		sleep 1
	done
	return 1
}

teardown() {
	[ -z "${slurm_pids:-}" ] || kill $slurm_pids 2>/dev/null || true
}

@test "the job array of docs/scaling.md under Slurm on this machine" {
	for command in sbatch slurmctld slurmd munged sinfo; do
		command -v "$command" >/dev/null || skip "$command is not here (Debian: slurmctld, slurmd, slurm-client, munge)"
	done
	start_slurm || skip 'Slurm does not start here'
	awk '/^# drift.sh/ { found = 1; print "#!/bin/sh" } found && /^```/ { exit } found' "$TOP/docs/scaling.md" >drift.sh
	chmod +x drift.sh
	make_data reference.csv 3000 1 0
	for part in 1 2 3; do
		make_data part-$part.csv 2000 $((part + 10)) 9
		echo "$PWD/part-$part.csv" >>parts.txt
	done
	(cat part-1.csv; tail -qn +2 part-2.csv part-3.csv) >current.csv
	mkdir bin
	ln -s "$GALLEY" bin/galley
	"$GALLEY" -q profile reference.csv -o reference.profile
	PATH="$PWD/bin:$PATH" timeout 60 ./drift.sh parts.txt reference.profile || true
	cat map-*.log reduce.log
	"$GALLEY" drift --reference reference.csv --current current.csv --format json >one.json || true
	facts one.json psi missing >one.txt
	facts drift.json psi missing >spread.txt
	cmp one.txt spread.txt
}
