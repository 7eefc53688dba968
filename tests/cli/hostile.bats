#!/usr/bin/env bats
# What a pull request or a clumsy hand could make report and check do, and must not.

load helpers

setup() {
	clean_environment
}

unchanged_but() { # PATH...: nothing else differs from HEAD
	local rest
	rest=$(git status --porcelain -uall | cut -c4- | grep -v -x -F "$(printf '%s\n' "$@")" || true)
	[ -z "$rest" ] || { echo "changed: $rest"; return 1; }
}

@test "folders that overlap, lie outside or cannot be known: nothing is written" {
	example_workspace git
	cp galley.yaml ../whole.yaml
	mkdir -p runs/x
	for line in 'directories: {reports: recipes}' 'directories: {reports: runs/x}' 'directories: {reports: ../x}' \
	            'directories: {reports: .git/hooks}' 'directories: {reports: /tmp/x}' 'directories: [' ; do
		cp ../whole.yaml galley.yaml
		echo "$line" >>galley.yaml
		must_exit 1 "$GALLEY" report
		says 'nothing is written'
		unchanged_but galley.yaml
		git commit -qam "$line"
		before=$(git rev-parse HEAD)
		must_exit 1 "$GALLEY" report --commit
		says 'nothing is written'
		[ "$(git rev-parse HEAD)" = "$before" ]
	done
}

@test "folders whose names git keeps to itself are never written or committed" {
	example_workspace git
	cp galley.yaml ../whole.yaml
	for name in '.git::$INDEX_ALLOCATION' 'git~1' '.git ' $'.g\xe2\x80\x8cit' '.gitmodules' 'x/.GIT.'; do
		cp ../whole.yaml galley.yaml
		printf 'directories: {reports: "%s"}\n' "$name" >>galley.yaml
		must_exit 3 "$GALLEY" report
		unchanged_but galley.yaml
		git commit -qam "$name"
		must_exit 3 "$GALLEY" report --commit
		unchanged_but
	done
	git fsck --strict
	printf 'directories: {reports: .github/x}\n' >>../whole.yaml
	cp ../whole.yaml galley.yaml
	must_exit 0 "$GALLEY" report
}

@test "pages never land in a submodule, or in a repository inside ours" {
	example_workspace git
	git init -q inner
	echo 'directories: {reports: inner/reports}' >>galley.yaml
	must_exit 3 "$GALLEY" report
	says 'submodule'
	[ ! -e inner/reports ]
}

@test "a manifest that lists other files removes none of them" {
	example_workspace git
	mkdir -p reports/sub reports/folder.md ../outside
	echo mine >../outside/s.md
	echo mine >reports/folder.md/file
	echo mine >reports/.hidden.md
	ln -s ../../outside reports/link
	cat >reports/manifest.json <<-'END'
		{"schema": "galley.manifest/1", "as_of": "2026-09-22T06:00:00Z", "source": "", "pages": [
		{"path": "../galley.yaml"}, {"path": "../README.md"}, {"path": "/etc/passwd.md"}, {"path": "sub/../../recipes/x.md"},
		{"path": ".hidden.md"}, {"path": "./sub.md"}, {"path": "link/s.md"}, {"path": "folder.md"}, {"path": "a\u0000.md"}, {"path": ["x.md"]}]}
	END
	git add -A
	git commit -qm 'A manifest of somebody else'
	must_exit 0 "$GALLEY" report --commit
	must_exit 0 "$GALLEY" report --check
	for file in reports/.hidden.md reports/folder.md/file ../outside/s.md galley.yaml; do
		[ -f "$file" ]
	done
	[ -L reports/link ]
	[ -z "$(git status --porcelain)" ]
	git fsck --strict
}

@test "a time that is none is a usage error for every command, and no crash" {
	example_workspace git
	for command in check eval status 'list models' drift report 'report --check' 'report --commit' 'resolve x'; do
		for time in bogus '' 2026-13-45 99999-01-01T00:00:00Z 2026-02-30T00:00:00Z; do
			must_exit 2 "$GALLEY" $command --as-of "$time"
			says "--as-of"
		done
	done
	unchanged_but
}

@test "what is no commit is refused as a revision" {
	example_workspace git
	git tag -a -m t tree-tag 'HEAD^{tree}'
	for revision in : :galley.yaml :0:galley.yaml 'HEAD:' 'HEAD:galley.yaml' 'HEAD^{tree}' tree-tag '' .. -x 'HEAD^{' HEAD~9 \
	                "$(git rev-parse HEAD:galley.yaml)" $'a\n::error::b'; do
		must_exit 3 "$GALLEY" check --at "$revision"
		says_not 'unimplemented'
		[ "${#lines[@]}" -eq 1 ]
	done
	git tag -a -m t real
	must_exit 0 "$GALLEY" check --at real
}

@test "check of a path that is nowhere is no pass" {
	example_workspace git
	must_exit 1 "$GALLEY" check recipes/no_such.yaml
	says "no 'recipes/no_such.yaml'"
	must_exit 1 "$GALLEY" check packs ../elsewhere
	must_exit 0 "$GALLEY" check ./packs/ runs
	must_exit 0 "$GALLEY" check --at HEAD packs
	(cd recipes && must_exit 0 "$GALLEY" check recipes/baseline)
}

@test "--check knows the commit that the reports were made from" {
	example_workspace
	sed -i 's/history: false/history: true/' galley.yaml
	git init -q
	git add -A
	git commit -qm all
	source=$(git rev-parse HEAD)
	must_exit 0 "$GALLEY" report --commit
	grep -q "\"source\": \"$source\"" reports/manifest.json
	must_exit 0 "$GALLEY" report --check
	git commit -q --allow-empty -m 'Nothing'
	git clone -q --depth 1 "file://$PWD" ../shallow
	must_exit 3 "$GALLEY" -C ../shallow report --check
	says 'fetch-depth: 0'
	git -C ../shallow fetch -q --unshallow
	must_exit 0 "$GALLEY" -C ../shallow report --check
	for forged in 1234567890123456789012345678901234567890 "$(git rev-parse 'HEAD^{tree}')" ''; do
		sed -i "s/\"source\": \"[0-9a-f]*\"/\"source\": \"$forged\"/" reports/manifest.json
		must_exit 1 "$GALLEY" report --check
		says "would be:   \"source\": \"$source\""
		must_exit 0 "$GALLEY" report
		unchanged_but
	done
	must_exit 0 "$GALLEY" report --as-of 2026-09-22T06:00:01Z
	unchanged_but
}

@test "--commit: branch names that cannot be, and who commits by parts" {
	example_workspace git
	git branch a/b
	must_exit 3 "$GALLEY" report --commit --branch a
	must_exit 3 "$GALLEY" report --commit --branch refs/heads/x
	says 'short'
	must_exit 3 "$GALLEY" report --commit --branch HEAD
	[ "$(git branch --list | wc -l)" -eq 2 ]
	git config --global --unset user.name
	must_exit 0 env GIT_AUTHOR_NAME=robot "$GALLEY" report --commit
	[ "$(git log -1 --format='%cn %ce')" = 'robot person@example.invalid' ]
}

@test "--output replaces a whole file or leaves the old one, and writes through pipes and links" {
	example_workspace
	mkdir out
	echo old >out/kept
	chmod 640 out/kept
	must_exit 0 "$GALLEY" list models --output out/kept
	[ "$(stat -c %a out/kept)" = 640 ]
	grep -q model_store_demand out/kept
	ln -s kept out/link
	must_exit 0 "$GALLEY" list packs --output out/link
	[ -L out/link ]
	grep -q pack_ out/kept
	must_exit 3 "$GALLEY" list packs --output out
	[ "$(ls out | tr '\n' ' ')" = 'kept link ' ]
}

@test "JSON on standard output holds no command for a runner and no control character" {
	example_workspace
	printf 'id: x\n' >'recipes/##[group]x.yaml'
	printf 'id: x\n' >$'recipes/\xc2\x9b31m\xe2\x80\xae.yaml'
	"$GALLEY" check --format json >../out.json || true
	run grep -c '##' ../out.json
	[ "$output" = 0 ]
	run env LC_ALL=C grep -c $'\xc2\x9b\|\xe2\x80\xae' ../out.json
	[ "$output" = 0 ]
	grep -q '#\\u0023\[group\]x' ../out.json
}

@test "galley.yml is read where it stands alone, and two are one too many" {
	example_workspace
	git init -q
	mv galley.yaml galley.yml
	must_exit 0 "$GALLEY" check
	echo 'bogus: 1' >>galley.yml
	must_exit 1 "$GALLEY" check
	says 'galley.yml'
	echo 'version: 1' >galley.yaml
	must_exit 1 "$GALLEY" check
	says "'galley.yaml' is there too"
}

@test "the commit message is one line, whatever galley.yaml says" {
	example_workspace git
	printf 'version: 1\nreports: {history: false, message: "New pages\\n\\nSigned-off-by: boss <boss@example.invalid>"}\n' >galley.yaml
	git commit -qam 'A message with more in it'
	"$GALLEY" report --commit --as-of 2026-09-22T06:00:00Z || [ "$?" -eq 1 ]
	[ "$(git log -1 --format=%B)" = 'New pages' ]
}
