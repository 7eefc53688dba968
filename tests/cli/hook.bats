#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	mkdir bin
	ln -s "$GALLEY" bin/galley
	PATH=$PWD/bin:$PATH
	example_workspace git
}

server() { # [HOOK OPTION...]: a bare repository with the hook, which holds main
	git clone -q --bare . ../server.git
	git remote add origin ../server.git
	must_exit 0 galley --git-dir ../server.git hook install --server
	if [ $# -gt 0 ]; then
		sed -i "s/^exec .*/& $*/" ../server.git/hooks/pre-receive
	fi
}

change() { # a version of an approved recipe changes without a new number
	sed -i 's/threshold_critical: -0.02/threshold_critical: -0.01/; s/^  name: .*/&, changed/' recipes/baseline/pricing.yaml
}

commit() { # MESSAGE
	git commit -qam "$1"
}

@test "pre-commit: a commit that breaks a rule is not made, a good one is" {
	must_exit 0 galley hook install
	says 'wrote '
	must_exit 0 galley hook install
	says 'is there already'
	change
	run git commit -qam 'Other words'
	[ "$status" -ne 0 ]
	says 'version/changed'
	says 'not committed'
	[ "$(git log --oneline | wc -l)" = 1 ]
	git checkout -q .
	echo '# a comment' >>recipes/baseline/pricing.yaml
	git commit -qam 'A comment'
	[ "$(git log --oneline | wc -l)" = 2 ]
}

@test "pre-commit: the index counts, also git's own of a partial commit" {
	galley hook install
	change
	git commit -q --allow-empty -m 'Nothing of it'
	echo '# a comment' >>recipes/baseline/forecasting.yaml
	git commit -qm 'One file' recipes/baseline/forecasting.yaml
	run git commit -qm 'The other' recipes/baseline/pricing.yaml
	[ "$status" -ne 0 ]
}

@test "pre-commit: first commit, shallow clone, no workspace at all" {
	git clone -q --depth 1 "file://$PWD" ../shallow
	cd ../shallow
	galley hook install
	echo '# a comment' >>recipes/baseline/forecasting.yaml
	git commit -qam 'In a shallow clone'
	mkdir ../fresh && cd ../fresh
	git init -q
	galley hook install
	echo x >notes.txt
	git add .
	git commit -qm 'No workspace'
	cp -R "$TOP/recipes" "$TOP/packs" "$TOP/runs" "$TOP/galley.yaml" .
	git add .
	git commit -qm 'A workspace'
	git rm -rqf recipes packs runs galley.yaml
	run git commit -qm 'Gone'
	[ "$status" -ne 0 ]
	says 'remove the whole workspace'
}

@test "a workspace in a folder: pre-commit finds it when it is installed from there, pre-receive is told" {
	mkdir -p "../mono/teams/x y's"
	cp -R . "../mono/teams/x y's"
	cd ../mono
	rm -rf "teams/x y's/.git"
	git init -q
	must_exit 0 galley hook install
	says 'there is no workspace here'
	rm .git/hooks/pre-commit
	must_exit 0 galley -C "teams/x y's" hook install
	says_not 'no workspace'
	git add -A
	git commit -qm 'First'
	git clone -q --bare . ../mono.git
	must_exit 0 galley --git-dir ../mono.git hook install --server --workspace "teams/x y's/"
	echo x: >>"teams/x y's/recipes/baseline/pricing.yaml"
	must_exit 1 git commit -qam 'Bad'
	says "unknown field 'x'"
	must_exit 1 git -C teams commit -qam 'Bad'
	git commit -qnam 'Bad'
	must_exit 1 git push -q ../mono.git main
	says "unknown field 'x'"
	git reset -q --hard HEAD~1
	git rm -rq teams
	must_exit 1 git commit -qm 'Gone'
	says 'remove the whole workspace'
	git reset -q --hard
	git commit -q --allow-empty -m 'Nothing'
	must_exit 0 git push -q ../mono.git main
	for folder in .. /x a/../b ''; do
		must_exit 2 galley hook pre-commit --workspace "$folder"
	done
}

@test "a workspace that moves away from the folder that a hook names: refused until it names both" {
	mkdir -p ../mono/ml
	cp -R recipes packs runs galley.yaml ../mono/ml/
	cd ../mono
	git init -q
	git add -A
	git commit -qm 'First'
	git clone -q --bare . ../mono.git
	must_exit 0 galley --git-dir ../mono.git hook install --server --workspace ml
	must_exit 0 galley -C ml hook install
	mkdir models
	git mv ml models/ml
	run git commit -qm 'Moved'
	[ "$status" -ne 0 ]
	says "galley: the commit would move the workspace from ml/ to 'models/ml/', which this hook does not judge: add --workspace 'models/ml' to its script"
	sed -i "s/ --workspace .*/& --workspace 'models\/ml'/" .git/hooks/pre-commit
	sed -i 's/threshold_critical: -0.02/threshold_critical: -0.01/' models/ml/recipes/baseline/pricing.yaml
	git add -A
	run git commit -qm 'Moved and edited'
	[ "$status" -ne 0 ]
	says 'version/changed'
	git commit -qnm 'Moved and edited'
	run git push -q ../mono.git main
	[ "$status" -ne 0 ]
	says "galley: the push would move the workspace from ml/ to 'models/ml/'"
	sed -i "s/ --workspace .*/& --workspace 'models\/ml'/" ../mono.git/hooks/pre-receive
	run git push -q ../mono.git main
	[ "$status" -ne 0 ]
	says 'version/changed'
	git reset -q --soft HEAD~1
	git checkout -q HEAD -- ml
	git rm -rqf models
	mkdir models
	git mv ml models/ml
	git commit -qm 'Moved'
	git push -q ../mono.git main
	# Another branch may be there still.
	git checkout -qb late HEAD~1
	echo x: >>ml/recipes/baseline/pricing.yaml
	git commit -qnam 'Bad'
	run git push -q ../mono.git late
	[ "$status" -ne 0 ]
	says "unknown field 'x'"
	git checkout -q main
	git rm -rq models
	run git commit -qm 'Gone'
	[ "$status" -ne 0 ]
	says 'remove the whole workspace'
}

@test "install: what is there is kept" {
	echo 'exit 0' >.git/hooks/pre-commit
	must_exit 3 galley hook install
	says "add the line 'galley hook pre-commit || exit' to it by hand"
	[ "$(cat .git/hooks/pre-commit)" = 'exit 0' ]
	rm .git/hooks/pre-commit
	git config core.hooksPath ../hooks
	must_exit 3 galley hook install
	says 'core.hooksPath'
	mkdir ../plain
	must_exit 3 galley -C ../plain hook install
	must_exit 2 galley hook post-commit
}

@test "pre-receive: a push is refused, then accepted" {
	server
	change
	commit 'Other words'
	run git push -q origin main
	[ "$status" -ne 0 ]
	says 'version/changed'
	says 'nothing of the push was taken'
	[ "$(git -C ../server.git rev-parse main)" = "$(git rev-parse main~)" ]
	sed -i '0,/^  version: .*/s//  version: 9.0.0/' recipes/baseline/pricing.yaml
	commit 'A new number'
	git reset -q --soft HEAD~2
	git commit -qm 'Other words under a new number'
	git push -q origin main
	[ "$(git -C ../server.git rev-parse main)" = "$(git rev-parse main)" ]
}

@test "pre-receive: one bad branch refuses all of a push; tags and deletions pass" {
	server
	git branch good
	git switch -qc bad
	change
	commit 'Other words'
	run git push -q origin good bad
	[ "$status" -ne 0 ]
	[ -z "$(git -C ../server.git branch --list good bad)" ]
	git push -q origin good
	git tag -am 'A tag' v1 bad
	git push -q origin v1
	git push -q origin :good
	[ -z "$(git -C ../server.git branch --list good)" ]
}

@test "pre-receive: a new branch is compared with HEAD, and one without a workspace is none of ours" {
	server
	git switch -qc topic
	change
	commit 'Other words'
	run git push -q origin topic
	[ "$status" -ne 0 ]
	says 'version/changed'
	git switch -q --orphan pages
	echo hello >index.html
	git add index.html
	git commit -qm 'Pages'
	git push -q origin pages
}

@test "pre-receive: what a rewritten branch leaves out counts as removed" {
	server
	sed -i 's/status: running/status: failed/' runs/*/*/run.yaml
	mkdir runs/model_room_rate/2026-09-20-train
	cp runs/model_room_rate/2026-07-30-train/* runs/model_room_rate/2026-09-20-train/
	git add .
	git commit -qm 'A run that has finished'
	git push -q origin main
	git reset -q --hard HEAD~
	git commit -q --allow-empty -m 'Another past'
	run git push -q --force origin main
	[ "$status" -ne 0 ]
	says 'run/evidence'
	git push -q --force origin main:refs/heads/other
}

@test "pre-receive: into the first, empty repository" {
	git init -q --bare ../new.git
	galley --git-dir ../new.git hook install --server
	git push -q ../new.git main
	[ "$(git -C ../new.git rev-parse main)" = "$(git rev-parse main)" ]
}

@test "pre-receive: push options ask for more, or give a reason where that is allowed" {
	server
	git -C ../server.git config receive.advertisePushOptions true
	git commit -q --allow-empty -m 'Nothing'
	run git push -q -o galley.fail-on=warning origin main
	[ "$status" -ne 0 ]
	says 'gate/waived'
	run git push -q -o galley.fail=x origin main
	[ "$status" -ne 0 ]
	says 'is none of galley.allow, galley.fail-on'
	git push -q -o other origin main
	mkdir recipes/other
	sed 's/^  id: .*/  id: recipe_no_more/; s/^  model_family: .*/  model_family: prices/; s/^  status: .*/  status: draft/' recipes/baseline/pricing.yaml >recipes/other/x.yaml
	git add .
	git commit -qm 'An unknown family'
	run git push -q origin main
	[ "$status" -ne 0 ]
	says 'schema/value'
	run git push -q -o "galley.allow=schema/value: soon" origin main
	[ "$status" -ne 0 ]
	says 'takes no such options'
	sed -i 's/^exec .*/& --allow-waivers/' ../server.git/hooks/pre-receive
	run git push -q -o 'galley.allow=gate/loosened: soon' origin main
	[ "$status" -ne 0 ]
	says 'cannot be let through'
	run git push -q -o "galley.allow=schema/value:" origin main
	[ "$status" -ne 0 ]
	says 'a reason is needed'
	git push -q -o 'galley.allow=schema/value: the family is added next week' origin main
	[ "$(git -C ../server.git rev-parse main)" = "$(git rev-parse main)" ]
}

@test "pre-receive: garbage instead of refs" {
	run bash -c 'echo hello | galley hook pre-receive'
	[ "$status" = 3 ]
	says 'no list of refs'
	run bash -c 'echo "0000000000000000000000000000000000000000 1234567890123456789012345678901234567890 refs/heads/x" | galley hook pre-receive'
	[ "$status" = 3 ]
}
