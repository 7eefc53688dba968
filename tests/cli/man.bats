#!/usr/bin/env bats
# Manual pages, and what an installation consists of.

load helpers

setup() {
	clean_environment
}

@test "every command has a manual page that says what its help says, without a complaint of groff" {
	must_exit 0 "$GALLEY" help --format man
	says '.TH "GALLEY" 1 ""'
	for command in $("$GALLEY" help --format man | sed -n 's/^\.BR galley\\-\(.*\) (1)$/\1/p'); do
		"$GALLEY" help "$command" --format man >"$command.1"
		# Each option of the help, and each example.
		"$GALLEY" help "$command" | sed -n 's/^ .* \(--[a-z-]*\).*/\1/p; s/^  \(galley .*\)/\1/p' | while read -r words; do
			sed 's/\\-/-/g; s/\\e/\\/g' "$command.1" | grep -qF -- "$words" || { echo "$command.1 lacks: $words"; exit 1; }
		done
		if command -v groff >/dev/null; then
			groff -man -Tutf8 -ww -z "$command.1" 2>complaints || true
			[ ! -s complaints ] || { cat complaints; return 1; }
		fi
	done
	[ "$(ls -- *.1 | wc -l)" -eq "$(grep -c '^COMMAND' "$TOP/src/cli/commands.h")" ]
}

@test "make install puts the program, its pages and its completions below DESTDIR" {
	command -v make >/dev/null || skip 'make is not here'
	# The program as it was built for the tests, with whatever flags.
	make -s -C "$TOP" -o "$GALLEY" install BUILD="$(dirname "$GALLEY")" DESTDIR="$PWD/root" PREFIX=/usr
	[ "$(root/usr/bin/galley --version)" = "$("$GALLEY" --version)" ]
	[ -s root/usr/share/man/man1/galley.1 ]
	[ "$(ls root/usr/share/man/man1 | wc -l)" -eq $(($(grep -c '^COMMAND' "$TOP/src/cli/commands.h") + 1)) ]
	for file in bash-completion/completions/galley zsh/site-functions/_galley fish/vendor_completions.d/galley.fish; do
		[ -s root/usr/share/$file ]
	done
}
