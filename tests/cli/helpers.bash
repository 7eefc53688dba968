# Shared by the bats files: a clean environment, a scratch folder, and a small workspace to start from.

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
export GALLEY=${GALLEY:-$TOP/build/galley}

clean_environment() {
	cd "$BATS_TEST_TMPDIR"
	export HOME="$BATS_TEST_TMPDIR/home" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C TZ=UTC
	export GIT_AUTHOR_DATE='2026-09-01T00:00:00Z' GIT_COMMITTER_DATE='2026-09-01T00:00:00Z'
	unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL NO_COLOR CLICOLOR_FORCE
	mkdir -p "$HOME"
	git config --global user.name 'A. Person'
	git config --global user.email person@example.invalid
	git config --global init.defaultBranch main
}

# The example workspace in ./ws, without its reports; a repository with one commit where "git" is given.
example_workspace() {
	mkdir ws
	cp -R "$TOP/recipes" "$TOP/packs" "$TOP/runs" "$TOP/galley.yaml" ws/
	cd ws
	if [ "${1:-}" = git ]; then
		git init -q
		git add -A
		git commit -qm 'Recipes, packs and runs'
	fi
}

# Exactly this exit status, and never a signal or a time-out.
must_exit() { # CODE COMMAND...
	local wanted=$1
	shift
	run timeout 60 "$@"
	if [ "$status" -ne "$wanted" ]; then
		echo "exit $status, wanted $wanted: $*"
		echo "$output"
		return 1
	fi
}

says() { # TEXT: the output of the last run holds it
	case $output in
	*"$1"*) ;;
	*)
		echo "missing: $1"
		echo "$output"
		return 1
		;;
	esac
}

says_not() {
	case $output in
	*"$1"*)
		echo "should not be there: $1"
		echo "$output"
		return 1
		;;
	esac
}
