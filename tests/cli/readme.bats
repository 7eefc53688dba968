#!/usr/bin/env bats
# The README shows what galley says: each console block is run in the example workspace and compared.
# README_UPDATE=1 writes the blocks anew.
load helpers

setup() {
	clean_environment
	example_workspace git
	mkdir ../bin
	ln -s "$GALLEY" ../bin/galley
	export PATH="$BATS_TEST_TMPDIR/bin:$PATH"
}

# Copies a Markdown file with the output of each "$ command" in its console blocks replaced by what it prints.
run_blocks() {
	local line inside=
	while IFS= read -r line; do
		case $inside$line in
		'```console') inside=yes ;;
		'yes```') inside= ;;
		'yes$ '*)
			printf '%s\n' "$line"
			eval "${line#\$ }" 2>&1 | sed 's/[[:blank:]]*$//'
			continue
			;;
		yes*) continue ;;
		esac
		printf '%s\n' "$line"
	done
}

@test "every console block of the README is what galley prints" {
	run_blocks <"$TOP/README.md" >../README.md
	if [ -n "${README_UPDATE:-}" ]; then
		cp ../README.md "$TOP/README.md"
	fi
	diff "$TOP/README.md" ../README.md
}

@test "every file that the README and the documents lead to is there" {
	for page in README.md docs/example.md docs/architecture.md; do
		grep -oE '\]\([^)#]+' "$TOP/$page" | sed 's/^](//' | while read -r link; do
			[ -e "$TOP/$(dirname "$page")/$link" ] || echo "$page: $link"
		done
	done >broken
	cat broken
	[ ! -s broken ]
}
