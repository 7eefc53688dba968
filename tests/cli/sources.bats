#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
}

everything() { # ARGUMENTS...: what every reading command prints for a source
	for command in 'check --format json' 'resolve recipe_pricing_harbor --why --format json' 'eval --format json' 'status --format json' \
		'drift --format json' 'list runs --format json' 'list snapshots'; do
		"$GALLEY" $command "$@" 2>&1 || echo "exit $?"
	done
}

@test "working tree, index, commit, bare repository and plain folder give the same answers" {
	example_workspace git
	everything >../worktree.txt
	grep -q recipe_pricing_hospitality ../worktree.txt
	everything --staged >../index.txt
	everything --at HEAD >../commit.txt
	git clone -q --bare . ../bare.git
	everything --git-dir ../bare.git >../bare.txt
	(cd ../bare.git && everything) >../inbare.txt
	everything -C ../bare.git --at main >../bareat.txt
	cp -R . ../plain
	rm -rf ../plain/.git
	(cd ../plain && everything) >../plain.txt
	for other in index commit bare inbare bareat plain; do
		cmp ../worktree.txt ../$other.txt
	done
}

@test "each source sees its own state, and paths start at the top" {
	example_workspace git
	sed -i 's/^  version: 1.4.2/  version: 1.5.0/' recipes/industry/forecasting_grocery.yaml
	git add -A
	sed -i 's/^  version: 1.5.0/  version: 1.6.0/' recipes/industry/forecasting_grocery.yaml
	must_exit 0 "$GALLEY" list recipes forecasting_grocery
	says 1.6.0
	must_exit 0 "$GALLEY" list recipes forecasting_grocery --staged
	says 1.5.0
	must_exit 0 "$GALLEY" list recipes forecasting_grocery --at HEAD
	says 1.4.2
	cd recipes/client
	must_exit 0 "$GALLEY" resolve recipe_forecasting_northfield --why
	says recipes/industry/forecasting_grocery.yaml:
}

@test "the workspace is the folder of the nearest galley.yaml; paths are still from the top" {
	example_workspace
	mkdir -p ../repo/models
	cp -R . ../repo/models
	cd ../repo
	git init -q
	git add -A
	git commit -qm 'A workspace in a folder'
	must_exit 0 "$GALLEY" -C models check
	must_exit 0 "$GALLEY" -C models/recipes resolve recipe_pricing_harbor --why
	says models/recipes/client/pricing_harbor.yaml:
	must_exit 0 "$GALLEY" -C models --at HEAD list models
	says model_room_rate
	must_exit 0 "$GALLEY" -C models report --commit
	[ "$(git show --stat --format= HEAD | grep -c ' models/reports/')" -gt 10 ]
}

@test "without a repository, a revision or the index, the failure says so" {
	example_workspace
	must_exit 3 "$GALLEY" check --at HEAD
	must_exit 3 "$GALLEY" check --staged
	must_exit 3 "$GALLEY" report --commit
	must_exit 3 "$GALLEY" -C missing check
	git init -q
	must_exit 3 "$GALLEY" check --at HEAD
	must_exit 3 "$GALLEY" check --at no-such-branch
	must_exit 0 "$GALLEY" check
}

@test "a folder without a workspace is told, and nothing is written there" {
	mkdir nothing
	for command in check eval status drift report 'list models'; do
		must_exit 3 "$GALLEY" -C nothing $command
		says "no workspace in"
	done
	[ -z "$(ls nothing)" ]
	mkdir nothing/recipes
	must_exit 0 "$GALLEY" -C nothing check
}
