#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
}

state() { # everything of the user's that report must not touch
	git status --porcelain | grep -v '^.. reports/' || true
	git diff --cached
	git diff -- . ':!reports'
}

@test "report writes pages; --check agrees, and names a page that was edited" {
	example_workspace
	must_exit 0 "$GALLEY" report
	[ -f reports/README.md ]
	[ -f reports/index.json ]
	for model in runs/*/; do
		[ -f "reports/models/$(basename "$model")/README.md" ]
	done
	must_exit 0 "$GALLEY" report --check
	echo edited >>reports/README.md
	must_exit 1 "$GALLEY" report --check
	says 'stale: reports/README.md'
	must_exit 0 "$GALLEY" report
	must_exit 0 "$GALLEY" report --check
	sed -i 's/threshold_critical: -0.02/threshold_critical: -0.01/' recipes/baseline/pricing.yaml
	must_exit 1 "$GALLEY" report --check
}

@test "every link and picture of every page leads to a file, every JSON page is JSON" {
	example_workspace
	must_exit 0 "$GALLEY" report
	find reports -name '*.md' | while read -r page; do
		grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//; s/#.*//' | sort -u | while read -r link; do
			[ -z "$link" ] || [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"
		done
	done >broken
	cat broken
	[ ! -s broken ]
	find reports -name '*.json' | while read -r page; do
		perl -MJSON::PP -0777 -ne 'decode_json($_)' "$page" || echo "$page" >>bad
	done
	[ ! -e bad ]
	! grep -rlE 'NaN|nan,|-nan|/tmp/|inf[, ]' reports --include='*.md' --include='*.svg'
}

@test "the same bytes under any time zone, locale, umask, number of jobs and folder" {
	example_workspace
	must_exit 0 "$GALLEY" report
	cp -R . ../other
	rm -rf ../other/reports
	cd ../other
	must_exit 0 env TZ=Asia/Kathmandu LC_ALL=de_DE.UTF-8 LANG=tr_TR.UTF-8 sh -c "umask 077; '$GALLEY' report --jobs 1"
	diff -r ../ws/reports reports
	cd ../ws
	git init -q && git add -A && git commit -qm all
	must_exit 0 "$GALLEY" report --at HEAD --as-of 2026-09-22T06:00:00Z --jobs 7
	[ -z "$(git status --porcelain)" ]
}

@test "stale pages of the last report are removed, other files under reports/ stay" {
	example_workspace
	must_exit 0 "$GALLEY" report
	echo mine >reports/notes.txt
	rm -r runs/model_kiosk_site_score
	must_exit 0 "$GALLEY" report
	[ ! -e reports/models/model_kiosk_site_score/README.md ]
	[ -f reports/notes.txt ]
}

@test "--commit makes one commit of reports/ alone, then none, and fsck is clean" {
	example_workspace git
	before=$(git rev-parse HEAD)
	must_exit 0 "$GALLEY" report --commit
	says committed
	[ "$(git rev-parse HEAD^)" = "$before" ]
	[ -z "$(git diff-tree -r --name-only HEAD^ HEAD | grep -v '^reports/')" ]
	[ -z "$(git status --porcelain)" ]
	git fsck --strict
	after=$(git rev-parse HEAD)
	must_exit 0 "$GALLEY" report --commit
	says unchanged
	[ "$(git rev-parse HEAD)" = "$after" ]
	must_exit 0 "$GALLEY" report --check
}

@test "--commit leaves staged and edited files of the user as they are, and reads the commit" {
	example_workspace git
	echo '# staged' >>recipes/client/pricing_harbor.yaml
	git add recipes/client/pricing_harbor.yaml
	echo '# edited' >>recipes/client/pricing_harbor.yaml
	echo '}{ not yaml' >>packs/nba_standard.yaml
	echo new >untracked
	state >../before
	must_exit 0 "$GALLEY" report --commit
	state >../after
	cmp ../before ../after
	[ "$(git log --format=%s -1)" = 'Update model reports' ]
	[ -f reports/README.md ]
	[ -z "$(git status --porcelain reports)" ]
}

@test "--commit keeps a report page that the user has edited, and says so" {
	example_workspace git
	must_exit 0 "$GALLEY" report --commit
	sed -i 's/threshold_critical: -0.02/threshold_critical: -0.01/' recipes/baseline/pricing.yaml
	git commit -qam 'Tighter margin'
	echo mine >reports/README.md
	must_exit 0 "$GALLEY" report --commit
	says 'reports/README.md'
	[ "$(cat reports/README.md)" = mine ]
	git show HEAD:reports/README.md | grep -q '^#'
}

@test "--branch commits to another branch and leaves the current one and its files alone" {
	example_workspace git
	before=$(git rev-parse HEAD)
	must_exit 0 "$GALLEY" report --commit --branch galley-reports
	[ "$(git rev-parse HEAD)" = "$before" ]
	[ -z "$(git status --porcelain)" ]
	[ ! -e reports ]
	git cat-file -e galley-reports:reports/README.md
	[ "$(git rev-parse galley-reports^)" = "$before" ]
	must_exit 0 "$GALLEY" report --commit --branch galley-reports
	says unchanged
	git fsck --strict
}

@test "a bare repository gets its reports by a commit" {
	example_workspace git
	git clone -q --bare . ../bare.git
	cd ../bare.git
	must_exit 0 "$GALLEY" report --commit
	git cat-file -e main:reports/README.md
	must_exit 2 "$GALLEY" report
	git fsck --strict
}

@test "refused before any work: no commit, detached HEAD, a merge under way, a locked index, nobody to commit" {
	example_workspace
	git init -q
	must_exit 3 "$GALLEY" report --commit
	says 'commit'
	git add -A
	git commit -qm all
	git checkout -q --detach
	must_exit 3 "$GALLEY" report --commit
	says 'detached'
	must_exit 0 "$GALLEY" report --commit --branch elsewhere
	git checkout -q main
	touch .git/index.lock
	must_exit 3 "$GALLEY" report --commit
	says 'index.lock'
	rm .git/index.lock
	git checkout -qb other
	echo a >a && git add a && git commit -qm a
	git checkout -q main
	echo b >a && git add a && git commit -qm b
	git merge -q other || true
	must_exit 3 "$GALLEY" report --commit
	says 'merge'
	git merge --abort
	git config --global --unset user.name
	git config --global --unset user.email
	before=$(git rev-parse HEAD)
	must_exit 3 "$GALLEY" report --commit
	says 'user.name'
	[ "$(git rev-parse HEAD)" = "$before" ]
	must_exit 0 env GIT_COMMITTER_NAME=robot GIT_COMMITTER_EMAIL=robot@example.invalid "$GALLEY" report --commit
	[ "$(git log -1 --format=%cn)" = robot ]
}

@test "a branch that another worktree has checked out is refused by name" {
	example_workspace git
	git worktree add -q -b side ../side
	must_exit 3 "$GALLEY" report --commit --branch side
	says side
	[ -z "$(git -C ../side status --porcelain)" ]
	cd ../side
	must_exit 0 "$GALLEY" report --commit
	[ -z "$(git status --porcelain)" ]
}

@test "two at once: every commit that was reported is there, others say 4" {
	example_workspace git
	for i in 1 2 3 4; do
		"$GALLEY" report --commit --as-of "2026-09-2${i}T00:00:00Z" >"../out.$i" 2>&1 &
		pids="${pids:-} $!"
	done
	for pid in $pids; do
		code=0
		wait "$pid" || code=$?
		[ "$code" -eq 0 ] || [ "$code" -eq 4 ]
	done
	committed=$(cat ../out.* | grep -c '^committed')
	[ "$(git rev-list --count HEAD)" -eq $((committed + 1)) ]
	git fsck --strict
}

@test "unborn, detached and shallow repositories are read all the same" {
	example_workspace git
	git commit -q --allow-empty -m 'Nothing'
	git clone -q --depth 1 "file://$PWD" ../shallow
	cd ../shallow
	must_exit 0 "$GALLEY" report --commit
	says committed
	git checkout -q --detach
	must_exit 0 "$GALLEY" check
}

@test "the repository's own reports are what would be generated" {
	must_exit 0 "$GALLEY" -C "$TOP" report --check
}
