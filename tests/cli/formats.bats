#!/usr/bin/env bats
# Each format of galley check against the rules of who reads it: GitHub's runner and code scanning, GitLab, JUnit's and TAP's readers,
# reviewdog, and the log that all of it may end up in.
load helpers

setup() {
	person=$HOME
	clean_environment
	example_workspace
}

# Findings of all severities, on lines with characters of several bytes, and under names that try to be something else.
break_things() {
	bidi=$(printf '\342\200\256')
	later=$(printf 'TO%s' DO)
	hostile="$(printf 'a\033[31m\n::error::b%%0A,c:d##[error]')]]> <x> \"q\" 'r' # $later $bidi.yaml"
	printf 'x: 1\n' >"recipes/$hostile"
	cp "recipes/$hostile" "packs/$(printf 'caf\351').yaml"
	cp "recipes/$hostile" "recipes/x # $later.yaml"
	printf 'metadata: {id: A, "\303\251\360\237\230\200": 1, "%s": 2, "[a](http://x)": 3}\n' "::error::x ##[error]y%0A $bidi]]>" >recipes/names.yaml
	printf 'metadata: [\n' >recipes/syntax.yaml
}

formats='text json jsonl github gitlab sarif junit tap rdjson'

# ajv, its formats and the SARIF schema, in $modules; skips where they cannot be had.
need_ajv() {
	command -v node >/dev/null && command -v npm >/dev/null || skip 'node and npm are not here'
	modules=$(dirname "$GALLEY")/npm/formats/node_modules
	sarif=$modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json
	if [ ! -f "$sarif" ] || [ ! -f "$modules/ajv-formats/package.json" ]; then
		mkdir -p "$modules"
		HOME=$person timeout 120 npm install --prefix "$modules/.." --no-save --no-audit --no-fund --ignore-scripts ajv@8.17.1 ajv-formats@3.0.1 \
			ajv-draft-04@1.0.0 @microsoft/jest-sarif@1.0.0-beta.0 >npm.log 2>&1 || skip 'npm cannot install ajv here'
	fi
}

@test "several formats at once: those without a file go to stdout, the others to theirs" {
	break_things
	must_exit 1 "$GALLEY" check --format json --format sarif=out.sarif -f junit=out.xml --format=tap=out.tap --summary out.md
	says '"schema": "galley.check/1"'
	[ -s out.sarif ] && [ -s out.xml ] && [ -s out.md ]
	"$GALLEY" check --format tap >alone.tap || true
	cmp out.tap alone.tap
	must_exit 1 "$GALLEY" check --format gitlab=out.json
	says '[yaml/syntax]'
	must_exit 1 "$GALLEY" check --format gitlab=out.json --output out.txt
	[ -z "$output" ]
	grep -q '\[yaml/syntax\]' out.txt
	must_exit 1 "$GALLEY" check --format text --format github
	says '[yaml/syntax]'
	says '::error file=recipes/names.yaml,line=1,col=16,'
}

@test "two formats in one place, an unknown one, a file without a name and one that cannot be written" {
	must_exit 2 "$GALLEY" check --format json --format sarif
	says "'--format json' and '--format sarif' go to the same place"
	must_exit 2 "$GALLEY" check --format json=a --format sarif=a
	must_exit 2 "$GALLEY" check --format yaml=a
	says "'--format' is 'yaml', must be one of text|json|jsonl|github|gitlab|sarif|junit|tap|rdjson"
	must_exit 2 "$GALLEY" check --format sarif=
	must_exit 2 "$GALLEY" list recipes --format json=a
	[ ! -e a ]
	must_exit 3 "$GALLEY" check --format sarif=missing/a.sarif
	says "cannot write 'missing/a.sarif'"
	must_exit 3 "$GALLEY" check --summary missing/a.md
	must_exit 0 "$GALLEY" help check
	says 'Formats: text|json|jsonl|github|gitlab|sarif|junit|tap|rdjson'
}

@test "nothing depends on the environment: commands and summaries come only when asked for" {
	break_things
	"$GALLEY" check >plain || true
	export CI=true GITHUB_ACTIONS=true GITLAB_CI=true TF_BUILD=True GITHUB_STEP_SUMMARY="$PWD/step.md" GITHUB_OUTPUT="$PWD/step.out"
	"$GALLEY" check >ci || true
	cmp plain ci
	[ ! -e step.md ] && [ ! -e step.out ]
}

@test "the exit code is the same in every format, with and without a limit" {
	for format in $formats; do
		must_exit 0 "$GALLEY" check --format $format
		must_exit 1 "$GALLEY" check --format $format --fail-on warning
		must_exit 1 "$GALLEY" check --format $format --fail-on note --max-findings 0
	done
	break_things
	for format in $formats; do
		must_exit 1 "$GALLEY" check --format $format
		must_exit 1 "$GALLEY" check --format $format --max-findings 0
		must_exit 0 "$GALLEY" check --format $format recipes/baseline
	done
}

@test "--max-findings shows the worst and counts the rest" {
	break_things
	all=$("$GALLEY" check --format jsonl | wc -l)
	errors=$("$GALLEY" check --format jsonl | grep -c '"severity":"error"')
	[ "$errors" -lt "$all" ]
	must_exit 1 "$GALLEY" check --format jsonl --max-findings "$errors" -q
	[ "${#lines[@]}" -eq "$errors" ]
	says_not '"severity":"warning"'
	must_exit 1 "$GALLEY" check --max-findings 1
	says ", $((all - 1)) not shown"
	says "$((all - 1)) of $all findings left out by --max-findings"
	must_exit 1 "$GALLEY" check --format json --max-findings 1 -q
	says "\"left_out\": $((all - 1))"
	must_exit 2 "$GALLEY" check --max-findings few
}

@test "hostile names and values come out inert in every format" {
	break_things
	for format in $formats summary; do
		if [ $format = summary ]; then
			"$GALLEY" check --summary out -q >text || true
		else
			"$GALLEY" check --format $format >out || true
		fi
		# Valid UTF-8; no control character but line ends, no bidirectional mark; none but our commands for a runner.
		perl -CS -Mutf8 -we '
			my $format = shift;
			open(my $in, "<:raw", "out") or die;
			my $bytes = do { local $/; <$in> };
			utf8::decode($bytes) or die "$format: not UTF-8\n";
			die "$format: begins with a byte order mark\n" if $bytes =~ /^\x{feff}/;
			die "$format: no line end\n" unless $bytes =~ /\n\z/;
			for (split /\n/, $bytes) {
				die "$format: control or bidirectional character: $_\n" if /[\x00-\x08\x0b-\x1f\x7f-\x9f\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]/;
				die "$format: a command: $_\n" if /##\[/ || /^\s*##vso/;
				die "$format: a command: $_\n" if /^\s*::/ && $format ne "github";
				die "$format: not our command: $_\n" if $format eq "github" && !/^::(error|warning|notice) (file=[^:,]*,(line=\d+,col=\d+,endColumn=\d+,)?)?title=[a-z\/-]+::/;
			}' $format
	done
}

@test "github: the runner reads back place, title and message, ten of each level" {
	break_things
	for i in $(seq 10 40); do printf 'metadata: {id: "%%0A,:%s"}\n' $i >recipes/many$i.yaml; done
	"$GALLEY" check --format github >out || true
	"$GALLEY" check --format jsonl >all || true
	# The rules of actions/runner: a command's name up to the blank, properties split at ',' and '=', '%25' decoded last.
	perl -MJSON::PP -we '
		sub decode { my ($value, $property) = @_; my %is = ("%0D" => "\r", "%0A" => "\n"); %is = (%is, "%3A" => ":", "%2C" => ",") if $property;
			for my $code (keys %is) { $value =~ s/$code/$is{$code}/g } $value =~ s/%25/%/g; $value }
		my (%level, %known, $notice, $total);
		open(my $all, "<", "all") or die;
		while (<$all>) { my $f = decode_json($_); $total++; utf8::encode($f->{path}); $known{join "|", $f->{path}, $f->{line}, $f->{column}, $f->{rule}}++ }
		open(my $in, "<", "out") or die;
		while (my $line = <$in>) {
			chomp $line;
			$line =~ s/^\s+//;
			my ($head, $data) = $line =~ /^::(.*?)::(.*)$/ or die "no command: $line\n";
			my ($name, $rest) = split / /, $head, 2;
			my %p = map { my ($k, $v) = split /=/, $_, 2; ($k => decode($v, 1)) } split /,/, $rest;
			my $message = decode($data, 0);
			$level{$name}++;
			die "long\n" if length $message > 4096;
			if ($p{title} eq "galley") { $notice = $message; die "not last\n" unless eof $in; next }
			die "empty\n" unless $message =~ /\S/;
			die "columns\n" if $p{line} && $p{endColumn} <= $p{col};
			(my $file = $p{file}) =~ s/\\x1b/\x1b/g;
			$file =~ s/#\\#/##/; $file =~ s/\\u202e/\xe2\x80\xae/; $file =~ s/\\xe9/\xef\xbf\xbd/;
			my $key = join "|", $file, $p{line} // 0, $p{col} // 0, $p{title};
			die "not a finding: $key\n" unless $known{$key};
		}
		for (keys %level) { die "$_: $level{$_}\n" if $level{$_} > 10 }
		die "errors: $level{error}\n" unless $level{error} == 10;
		my $shown = $level{error} + ($level{warning} // 0) + $level{notice} - 1;
		my $more = $total - $shown;
		die "count: $notice, wanted $more\n" unless $notice =~ /^$more more findings not annotated/;
	'
}

@test "gitlab: an array with unique fingerprints, relative paths and known severities" {
	break_things
	"$GALLEY" check --format gitlab >out || true
	perl -MJSON::PP -we '
		local $/; my $list = decode_json(<>); my %seen;
		die "no array\n" unless ref $list eq "ARRAY" && @$list > 5;
		for (@$list) {
			die "twice\n" if $seen{$_->{fingerprint}}++;
			die "severity\n" unless $_->{severity} =~ /^(info|minor|critical)$/;
			die "path\n" if $_->{location}{path} =~ m{^(\./|/|$)};
			die "line\n" unless $_->{location}{lines}{begin} >= 1;
			die "field\n" unless length $_->{description} && $_->{check_name} =~ m{^[a-z]+/[a-z-]+$};
		}
		die "map\n" unless grep { $_->{check_name} eq "gate/waived" && $_->{severity} eq "minor" } @$list;
	' out
	rm -r recipes/* packs/* runs/*
	must_exit 0 "$GALLEY" check --format gitlab
	[ "$output" = '[]' ]
}

@test "fingerprints survive a move by five lines and a changed value" {
	sed -i 's/^    model_family:.*/&\n    nonsense: 1/; s/^  model_family:.*/&\n  nonsense: 1/' recipes/industry/*.yaml
	prints() {
		"$GALLEY" check --format sarif | perl -MJSON::PP -we 'local $/; for (@{decode_json(<>)->{runs}[0]{results}}) {
			print "$_->{partialFingerprints}{primaryLocationLineHash} $_->{ruleId} $_->{locations}[0]{physicalLocation}{artifactLocation}{uri}\n" }'
	}
	prints >before
	grep -q schema/unknown-field before
	sed -i '1i # 1\n# 2\n# 3\n# 4\n# 5' recipes/*/*.yaml
	sed -i 's/nonsense: 1/nonsense: 22/' recipes/industry/*.yaml
	prints >after
	cmp before after
	[ -z "$(cut -d ' ' -f 1 before | sort | uniq -d)" ]
}

@test "sarif: what code scanning asks for, columns in code points" {
	break_things
	"$GALLEY" check --format sarif >out || true
	perl -MJSON::PP -we '
		local $/; my $log = decode_json(<>); my $run = $log->{runs}[0]; my (%rules, %prints);
		die "version\n" unless $log->{version} eq "2.1.0" && $run->{automationDetails}{id} eq "galley/" && $run->{columnKind} eq "unicodeCodePoints";
		for (@{$run->{tool}{driver}{rules}}) {
			die "rule\n" unless length $_->{shortDescription}{text} && length $_->{fullDescription}{text} && length $_->{help}{text};
			die "long\n" if length $_->{fullDescription}{text} > 1024;
			die "level\n" unless $_->{defaultConfiguration}{level} =~ /^(error|warning|note|none)$/;
			$rules{$_->{id}}++ and die "twice\n";
		}
		for (@{$run->{results}}) {
			my ($place, $region) = ($_->{locations}[0]{physicalLocation}, $_->{locations}[0]{physicalLocation}{region});
			die "rule of result\n" unless $rules{$_->{ruleId}} && $run->{tool}{driver}{rules}[$_->{ruleIndex}]{id} eq $_->{ruleId};
			die "print\n" if $prints{$_->{partialFingerprints}{primaryLocationLineHash}}++;
			die "region\n" unless $region->{startLine} >= 1 && $region->{startColumn} >= 1 && $region->{endColumn} >= $region->{startColumn} && $region->{endLine} == $region->{startLine};
			die "uri $place->{artifactLocation}{uri}\n" unless $place->{artifactLocation}{uri} =~ m{^[A-Za-z0-9._~%/-]+$};
			die "link\n" if $_->{message}{text} =~ /[^\\]\]\(/;
		}
		my ($wide) = grep { $_->{locations}[0]{physicalLocation}{artifactLocation}{uri} eq "recipes/names.yaml" && $_->{message}{text} =~ /\x{1f600}/ } @{$run->{results}};
		my $region = $wide->{locations}[0]{physicalLocation}{region};
		die "columns: $region->{startColumn} to $region->{endColumn}\n" unless $region->{startColumn} == 19 && $region->{endColumn} == 23;
	' out
}

@test "rdjson: columns in bytes" {
	break_things
	"$GALLEY" check --format rdjson >out || true
	perl -MJSON::PP -we '
		local $/; my $log = decode_json(<>);
		my ($wide) = grep { $_->{location}{path} eq "recipes/names.yaml" && $_->{message} =~ /\x{1f600}/ } @{$log->{diagnostics}};
		my $range = $wide->{location}{range};
		die "$range->{start}{column} to $range->{end}{column}\n" unless $range->{start}{column} == 19 && $range->{end}{column} == 27;
		my ($after) = grep { $_->{location}{path} eq "recipes/names.yaml" && $_->{message} =~ /\[a\]/ } @{$log->{diagnostics}};
		open(my $in, "<:raw", "recipes/names.yaml") or die; my $line = <$in>;
		die "next\n" unless substr($line, $after->{location}{range}{start}{column} - 1, 4) eq "\"[a]";
	' out
}

@test "sarif and rdjson are what their JSON Schemas allow" {
	break_things
	need_ajv
	"$GALLEY" check --format sarif=all.sarif --format rdjson=all.rdjson >text || true
	"$GALLEY" check --format sarif=few.sarif --format rdjson=few.rdjson --max-findings 2 -q >text || true
	"$GALLEY" check --format sarif=none.sarif --format rdjson=none.rdjson packs/nba_standard.yaml >text
	node "$TOP/tests/cli/validate.js" "$modules" "$sarif" all.sarif few.sarif none.sarif
	node "$TOP/tests/cli/validate.js" "$modules" "$TOP/tests/data/rdjson.schema.json" all.rdjson few.rdjson none.rdjson
	sed 's/"runs"/"rans"/' all.sarif >wrong.sarif
	must_exit 1 node "$TOP/tests/cli/validate.js" "$modules" "$sarif" wrong.sarif
	says "must have required property 'runs'"
}

@test "junit: well-formed, counts that add up, failures as the exit code has them, no times" {
	command -v xmllint >/dev/null || perl -MXML::Parser -e 1 2>/dev/null || skip 'neither xmllint nor XML::Parser is here'
	break_things
	for options in '' '--max-findings 3' '--fail-on warning' 'packs/nba_standard.yaml'; do
		"$GALLEY" check --format junit -q $options >out || true
		if command -v xmllint >/dev/null; then xmllint --noout out; else perl -MXML::Parser -e 'XML::Parser->new->parsefile("out")'; fi
		perl -we '
			local $/; $_ = <>; my ($tests, $failures, $errors) = /<testsuites name="galley check" tests="(\d+)" failures="(\d+)" errors="(\d+)" time="0">/ or die "head\n";
			my ($cases, $failed, $broken) = (scalar(() = /<testcase /g), scalar(() = /<failure[ >]/g), scalar(() = /<error[ >]/g));
			die "$tests/$cases $failures/$failed $errors/$broken\n" unless $tests == $cases && $failures == $failed && $errors == $broken;
			my @sums = (0, 0, 0);
			while (/<testsuite name="[^"]*" tests="(\d+)" failures="(\d+)" errors="(\d+)" time="0">/g) { $sums[0] += $1; $sums[1] += $2; $sums[2] += $3 }
			die "suites\n" unless "@sums" eq "$tests $failures $errors";
			die "time\n" if / time="(?!0")/;
			my %names;
			while (/<testcase (classname="[^"]*" name="[^"]*")/g) { die "alike: $1\n" if $names{$1}++ }
		' out
	done
	"$GALLEY" check --format junit --fail-on warning | grep -q '<failure type="gate/waived"'
	"$GALLEY" check --format junit | grep -q '<error type="yaml/syntax"'
	"$GALLEY" check --format junit | grep -A1 'name="gate/waived' | grep -q '<system-out>'
}

@test "tap: prove agrees with the exit code, and reads the diagnostics" {
	"$GALLEY" check --format tap >good.tap
	must_exit 0 prove -e cat good.tap
	break_things
	"$GALLEY" check --format tap >bad.tap || true
	must_exit 1 prove -e cat bad.tap
	says 'Failed: 5)'
	"$GALLEY" check --format tap --max-findings 0 -q >few.tap || true
	must_exit 1 prove -e cat few.tap
	says 'Failed: 5)'
	perl -MTAP::Parser -we '
		local $/; my $parser = TAP::Parser->new({tap => scalar <>}); my ($blocks, $message) = (0, 0);
		while (my $result = $parser->next) {
			die "unknown: " . $result->raw if $result->is_unknown;
			die "directive: " . $result->raw if $result->is_test && $result->directive;
			next unless $result->is_yaml;
			for (@{$result->data->{findings}}) { $blocks++; $message++ if $_->{message} =~ /^unknown field/ && $_->{line} == 1 }
		}
		die join "; ", $parser->parse_errors if $parser->parse_errors;
		die "$blocks $message\n" unless $blocks > 5 && $message > 2;
	' bad.tap
}

@test "a summary of very many findings stays within 1 MiB, in whole rows, and says how many it lacks" {
	perl -we 'for my $i (1 .. 900) { open(my $out, ">", sprintf "recipes/f%04d.yaml", $i) or die; print $out "metadata:\n  id: f$i\n";
		print $out "  ", "k" x 200, "$_: 1\n" for 1 .. 18 }'
	"$GALLEY" check --summary out.md -q >text || true
	"$GALLEY" check --format jsonl >all || true
	[ "$(wc -c <out.md)" -le 1048576 ]
	[ "$(wc -c <out.md)" -gt 1000000 ]
	rows=$(grep -c '^| error |' out.md)
	[ "$(grep -c '^| ' out.md)" -eq $((rows + 2)) ]
	[ "$(grep -c ' |$' out.md)" -eq $((rows + 2)) ]
	grep -q "^$(($(wc -l <all) - rows)) more findings are not in this table" out.md
}
