#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	mkdir bin
	ln -s "$GALLEY" bin/galley
	export PATH=$PWD/bin:$PATH TOOLS=$TOP/.github/galley WAIT=0 PROPOSE=no
	unset GITHUB_STEP_SUMMARY SLACK_WEBHOOK_URL
}

# A server with the example's main branch, and a fresh checkout of it in ./ws.
checkout() {
	example_workspace git
	cd ..
	git clone -q --bare ws server.git
	rm -rf ws
	git clone -q server.git ws
	cd ws
}

@test "report: commits, pushes, and has nothing to do the second time" {
	checkout
	must_exit 0 "$TOOLS/report"
	[ "$(git -C ../server.git rev-parse main)" = "$(git rev-parse HEAD)" ]
	[ "$(git log --oneline | wc -l)" = 2 ]
	[ -n "$(git ls-tree HEAD reports/README.md)" ]
	must_exit 0 "$TOOLS/report"
	[ "$(git log --oneline | wc -l)" = 2 ]
}

@test "report: what is wrong in the workspace is pushed with the reports, and fails the job in the end" {
	checkout
	git rm -q runs/model_cafe_site_score/snapshots/reference.csv
	git commit -qm 'No reference'
	git push -q
	PROPOSE=yes must_exit 1 "$TOOLS/report"
	[ "$(git -C ../server.git rev-parse main)" = "$(git rev-parse HEAD)" ]
	git show HEAD:reports/README.md | grep -q 'reference.csv'
	git -C ../server.git rev-parse --verify galley/model_room_rate/rollback
	PROPOSE=yes must_exit 1 "$TOOLS/report"
	[ "$(git log --oneline | wc -l)" = 3 ]
}

@test "report: starts over when somebody else pushes first" {
	checkout
	git clone -q ../server.git ../other
	rm ../bin/galley
	cat >../bin/galley <<-'END'
		#!/bin/sh
		"$GALLEY" "$@" || exit
		[ ! -d ../other ] || (cd ../other && echo '# later' >>recipes/baseline/pricing.yaml && git commit -qam 'Somebody else' && git push -q) && mv ../other ../done 2>/dev/null
		exit 0
	END
	chmod +x ../bin/galley
	export GALLEY
	must_exit 0 "$TOOLS/report"
	[ "$(git -C ../server.git rev-parse main)" = "$(git rev-parse HEAD)" ]
	git log --format=%s | grep -qx 'Somebody else'
	[ "$(git log --oneline | wc -l)" = 3 ]
}

@test "report: gives up with 4 when the branch never rests, and touches no work of a person" {
	checkout
	rm ../bin/galley
	printf '#!/bin/sh\nexit 4\n' >../bin/galley
	chmod +x ../bin/galley
	must_exit 4 env ATTEMPTS=2 "$TOOLS/report"
	says 'moved 2 times'
	echo edited >>recipes/baseline/pricing.yaml
	must_exit 3 "$TOOLS/report"
	says 'no fresh checkout'
	git commit -qam 'Mine'
	must_exit 3 "$TOOLS/report"
	git log -1 --format=%s | grep -qx Mine
	git switch -q --detach
	must_exit 3 "$TOOLS/report"
}

# The branches of the server, with what stands on them.
on_server() { git -C "$BATS_TEST_TMPDIR/server.git" for-each-ref --format='%(refname:short) %(objectname)' refs/heads/galley; }

@test "report and propose: the whole loop with a server, from a proposal to its merge and away" {
	export PROPOSE=yes
	checkout
	must_exit 0 "$TOOLS/report"
	[ "$(on_server | cut -d' ' -f1)" = "$(printf 'galley/model_room_rate/rollback\ngalley/model_store_demand/retrain')" ]
	on_server >../first
	must_exit 0 "$TOOLS/report"
	on_server | diff ../first -
	# Another checkout, later: nothing new.
	git clone -q ../server.git ../later
	(cd ../later && must_exit 0 "$TOOLS/report")
	on_server | diff ../first -
	# A person merges on the server and leaves the branch there.
	git clone -q ../server.git ../person
	(cd ../person && git merge -q --no-ff -m 'Approve' origin/galley/model_room_rate/rollback && git push -q origin main)
	git pull -q --ff-only
	must_exit 0 "$TOOLS/report"
	[ "$(on_server | cut -d' ' -f1)" = "$(printf 'galley/model_room_rate/retrain\ngalley/model_store_demand/retrain')" ]
	grep -q 'production_run: 2026-06-10-train' runs/model_room_rate/model.yaml
	must_exit 0 galley log --activity model_room_rate
	says 'Approve'
}

@test "propose in the loop: what a person pushed to a branch stays, and a hold takes the other away" {
	export PROPOSE=yes
	checkout
	must_exit 0 "$TOOLS/report"
	git clone -q ../server.git ../person
	(
		cd ../person
		git switch -q galley/model_store_demand/retrain
		sed -i 's/^status: queued/&\ncode: 4f2a9c1/' runs/model_store_demand/2026-09-22-retrain/run.yaml
		git commit -qam 'With the newest code'
		git push -q
		git switch -q main
		echo 'hold: {action: rollback, until: 2026-10-01, reason: "rates are renegotiated"}' >>runs/model_room_rate/model.yaml
		git commit -qam 'No rollback this month'
		git push -q
	)
	git pull -q --ff-only
	must_exit 0 "$TOOLS/report"
	[ "$(on_server)" = "galley/model_store_demand/retrain $(git -C ../person rev-parse galley/model_store_demand/retrain)" ]
}

@test "propose in the loop: a pull request a branch, none where one is open or was closed for the same commit" {
	export PROPOSE=yes
	checkout
	cat >../bin/gh <<-'END'
		#!/bin/bash
		echo "$*" >>"$GH_LOG"
		case "$*" in
		*'--state open'*model_room_rate* | *model_room_rate*'--state open'*) echo 7 ;;
		*'--state all'*) cat "$GH_CLOSED" ;;
		esac
	END
	chmod +x ../bin/gh
	export GH_LOG=$PWD/../log GH_CLOSED=$PWD/../closed
	: >../closed
	must_exit 0 "$TOOLS/report"
	[ "$(grep -c '^pr create' ../log)" = 1 ]
	grep -q '^pr create --head galley/model_store_demand/retrain --base main --title Retrain model_store_demand --body model_store_demand is drifting since 2026-08-31' ../log
	git rev-parse galley/model_store_demand/retrain >../closed
	: >../log
	must_exit 0 "$TOOLS/report"
	[ "$(grep -c '^pr create' ../log)" = 0 ]
}

# A gh that answers from files and says what it was asked to do.
stand_in_gh() {
	cat >bin/gh <<-'END'
		#!/bin/bash
		echo "$*" >>"$GH_LOG"
		case "$*" in
		*/pulls/*) cat "$GH_HEAD" ;;
		*--jq*comments* | *comments*--jq*) cat "$GH_COMMENTS" ;;
		esac
	END
	chmod +x bin/gh
	export GH_LOG=$PWD/log GH_HEAD=$PWD/head GH_COMMENTS=$PWD/comments GITHUB_REPOSITORY=o/r HEAD_SHA=abc
	echo abc >head
	: >comments
	mkdir -p review
	echo 7 >review/number
	printf '<!-- galley:review key=default format=1 -->\n### fine\n' >review/review.md
}

@test "comment: one comment, made once and updated from then on" {
	stand_in_gh
	must_exit 0 "$TOOLS/comment" review
	grep -qx 'api --silent --method POST repos/o/r/issues/7/comments --field body=@review/review.md' log
	printf '11\n12\n' >comments
	must_exit 0 "$TOOLS/comment" review
	grep -qx 'api --silent --method PATCH repos/o/r/issues/comments/11 --field body=@review/review.md' log
	[ "$(grep -c POST log)" = 1 ]
}

@test "comment: what a stranger's artifact may hold" {
	stand_in_gh
	echo def >head
	must_exit 0 "$TOOLS/comment" review
	says 'is at def by now'
	echo abc >head
	for number in '' 0 '7 8' '7/../8' '$(touch x)' 99999999999; do
		printf '%s\n' "$number" >review/number
		must_exit 1 "$TOOLS/comment" review
	done
	[ ! -e x ]
	echo 7 >review/number
	echo 'hello' >review/review.md
	must_exit 1 "$TOOLS/comment" review
	(printf '<!-- galley:review key=default format=1 -->\n'; head -c 70000 /dev/zero | tr '\0' x) >review/review.md
	must_exit 1 "$TOOLS/comment" review
	ln -sf /etc/passwd review/review.md
	must_exit 0 "$TOOLS/comment" review
	[ "$(grep -c 'POST\|PATCH' log)" = 0 ]
}

@test "check: findings as annotations, SARIF and a summary, and the review whatever it says" {
	example_workspace git
	export OUTPUT=../out BASE= NUMBER=7 GITHUB_STEP_SUMMARY=../summary.md
	must_exit 0 "$TOOLS/check"
	[ -s ../out/galley.sarif ]
	[ -s ../summary.md ]
	[ "$(cat ../out/number)" = 7 ]
	sed -i 's/^  level: .*/  level: basic/' recipes/baseline/pricing.yaml
	must_exit 1 "$TOOLS/check"
	says '::error file=recipes/baseline/pricing.yaml'
	git checkout -q recipes
	# Every file is right, but what serves would fail.
	sed -i 's/promote: 0.12, warn: 0.15, fail: 0.20/promote: 0.03, warn: 0.04, fail: 0.05/; s/  version: .*/  version: 9.0.0/' packs/forecasting_standard.yaml
	export BASE=HEAD
	must_exit 0 "$GALLEY" check --base HEAD
	must_exit 1 "$TOOLS/check"
	grep -q 'production run would now fail' ../out/review.md
	grep -q '"schema": "galley.review/1"' ../out/review.json
	grep -q 'production run would now fail' ../summary.md
}

@test "workflows and the action are YAML, and no text of an event is pasted into a script" {
	for file in "$TOP"/.github/workflows/*.yml "$TOP"/action.yml; do
		run awk '/run: \|/ { match($0, /^ */); depth = RLENGTH; inside = 1; next }
			inside && /^ *[^ ]/ { match($0, /^ */); if (RLENGTH <= depth) inside = 0 }
			(inside || /run: /) && /\$\{\{ *(github|inputs|secrets|steps|needs)/ { print FILENAME ": " $0; bad = 1 }
			END { exit bad }' "$file"
		[ "$status" -eq 0 ] || { echo "$output"; return 1; }
		! grep -n 'pull_request_target' "$file"
		[ "$(grep -c '^permissions:' "$file")" = 1 ] || [ "$(basename "$file")" = action.yml ]
	done
}
