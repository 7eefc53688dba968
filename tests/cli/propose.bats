#!/usr/bin/env bats
load helpers

ROLLBACK=galley/model_room_rate/rollback RETRAIN=galley/model_store_demand/retrain

setup() {
	clean_environment
	export GIT_CONFIG_GLOBAL=$HOME/.gitconfig
}

# What no proposal may touch.
state() {
	git symbolic-ref -q HEAD || true
	git rev-parse HEAD main
	git status --porcelain
	git ls-files --stage | sha256sum
}

tip() { git rev-parse --quiet --verify "refs/heads/$1" || echo none; }

commit_all() { # MESSAGE
	git add -A
	git commit -qm "$1"
}

@test "the example: a rollback and a retraining, one commit each on what was read, nothing else touched" {
	example_workspace git
	echo '# mine' >>recipes/baseline/pricing.yaml
	state >../before
	must_exit 0 "$GALLEY" propose
	says "proposed      $ROLLBACK"
	says "proposed      $RETRAIN"
	says 'model_nba_retention, alert'
	state | diff ../before -
	[ "$(git for-each-ref refs/heads | wc -l)" = 3 ]
	for branch in $ROLLBACK $RETRAIN; do
		[ "$(git rev-parse "$branch^")" = "$(git rev-parse main)" ]
		[ "$(git log -1 --format='%an %ae %cn %ct' "$branch")" = "A. Person person@example.invalid A. Person $(date -d 2026-09-22T06:00:00Z +%s)" ]
	done
	# One field, where it stands; comments stay.
	git diff --stat=200 main $ROLLBACK | grep -q '1 file changed, 1 insertion(+), 1 deletion(-)'
	git show $ROLLBACK:runs/model_room_rate/model.yaml | grep -qx 'production_run: 2026-06-10-train'
	git show $ROLLBACK:runs/model_room_rate/model.yaml | grep -q '# newest last; the run before is where a rollback goes'
	git diff --name-only main $RETRAIN | grep -qx runs/model_store_demand/2026-09-22-retrain/run.yaml
	git show $RETRAIN:runs/model_store_demand/2026-09-22-retrain/run.yaml >../run.yaml
	grep -qx 'type: train' ../run.yaml
	grep -qx 'status: queued' ../run.yaml
	grep -qx 'recipe: recipe_forecasting_northfield@3.3.0' ../run.yaml
	grep -qx 'params: {data_from: 2026-07-27, data_until: 2026-09-21, snapshots: 9}' ../run.yaml
	grep -qx "recipe_digest: $("$GALLEY" resolve recipe_forecasting_northfield --format json | sed -n 's/^  "digest": "\(.*\)",/\1/p')" ../run.yaml
	# Both pass the check that a pull request has to pass.
	for branch in $ROLLBACK $RETRAIN; do
		must_exit 0 "$GALLEY" check --at $branch --base main
	done
	git fsck --strict
}

@test "the message: reasons in words, and trailers that git reads" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	git log -1 --format=%B $ROLLBACK >../message
	[ "$(head -1 ../message)" = 'Roll back model_room_rate to 2026-06-10-train' ]
	grep -q '^model_room_rate is failed since 2026-09-21: margin_impact -3.1% is past its fail limit -2.0%' ../message
	git interpret-trailers --parse ../message >../trailers
	grep -qx 'Galley-Model: model_room_rate' ../trailers
	grep -qx 'Galley-Action: rollback' ../trailers
	grep -qx 'Galley-State: failed' ../trailers
	grep -qx 'Galley-Since: 2026-09-21T00:00:00Z' ../trailers
	grep -qx 'Galley-As-Of: 2026-09-22T06:00:00Z' ../trailers
	[ "$(grep -c '^Galley-Reason: ' ../trailers)" = 2 ]
	grep -qE '^Galley-Cause: [0-9a-f]{20}$' ../trailers
}

@test "the same input gives the same commits, and running again makes nothing" {
	example_workspace git
	git clone -q . ../other
	must_exit 0 "$GALLEY" propose
	git for-each-ref refs/heads/galley >../first
	(cd ../other && git config user.name 'A. Person' && "$GALLEY" propose >/dev/null && git for-each-ref refs/heads/galley) | diff ../first -
	must_exit 0 "$GALLEY" propose
	says "stands        $ROLLBACK"
	says_not 'proposed      galley'
	git for-each-ref refs/heads/galley | diff ../first -
	# Later, on another base, with other numbers: the cause is the same.
	echo '# later' >>recipes/baseline/pricing.yaml
	commit_all 'Something else'
	must_exit 0 "$GALLEY" propose --as-of 2026-09-23T00:00:00Z
	git for-each-ref refs/heads/galley | diff ../first -
	git reflog $ROLLBACK | grep -q 'galley propose'
}

@test "who commits: galley.yaml's committer, else git's; nobody is a failure before anything is made" {
	example_workspace git
	echo 'committer: {name: galley, email: galley@example.invalid}' >>galley.yaml
	commit_all 'A committer'
	must_exit 0 "$GALLEY" propose
	[ "$(git log -1 --format='%an %ae' $ROLLBACK)" = 'galley galley@example.invalid' ]
	git branch -qD $ROLLBACK $RETRAIN
	git reset -q --hard HEAD^
	rm "$HOME/.gitconfig"
	must_exit 3 "$GALLEY" propose
	says 'who commits is not known'
	[ -z "$(git for-each-ref refs/heads/galley)" ]
}

@test "--dry-run shows the patches and changes nothing; json" {
	example_workspace git
	must_exit 0 "$GALLEY" propose --dry-run
	says '+production_run: 2026-06-10-train'
	says '+status: queued'
	[ -z "$(git for-each-ref refs/heads/galley)" ]
	must_exit 0 "$GALLEY" propose --format json
	echo "$output" | perl -MJSON::PP -e 'my $j = decode_json(join "", <STDIN>); my @p = @{$j->{proposals}};
		die unless $j->{schema} eq "galley.propose/1" && @p == 3 && $p[1]{outcome} eq "proposed" && $p[1]{branch} eq "galley/model_room_rate/rollback" && length $p[1]{commit} == 40'
}

@test "--list: the queue, read from the branches, also a remote's" {
	example_workspace git
	must_exit 0 "$GALLEY" propose --list
	says 'no proposal waits'
	must_exit 0 "$GALLEY" propose
	must_exit 0 "$GALLEY" propose --list --as-of 2026-09-25T06:00:00Z
	says '2 proposals wait for approval'
	says 'for 3 days, since 2026-09-22'
	says 'production_run: 2026-07-30-train -> 2026-06-10-train'
	says 'critical alert margin_risk'
	must_exit 0 "$GALLEY" propose --list --dry-run
	says '+production_run: 2026-06-10-train'
	must_exit 0 "$GALLEY" propose --list --format json
	echo "$output" | perl -MJSON::PP -e 'my @p = @{decode_json(join "", <STDIN>)->{proposals}};
		die unless @p == 2 && $p[0]{model} eq "model_room_rate" && $p[0]{action} eq "rollback" && $p[0]{branch} eq "galley/model_room_rate/rollback" && $p[0]{applies} && !$p[0]{touched}'
	git clone -q . ../clone
	cd ../clone
	must_exit 0 "$GALLEY" propose --list
	says "origin/$ROLLBACK"
	# What a remote has for the same cause is not proposed a second time.
	must_exit 0 "$GALLEY" propose
	says "stands        origin/$ROLLBACK"
	[ -z "$(git for-each-ref refs/heads/galley)" ]
}

@test "a hold or a queued run covers it: none is made, one that stands is withdrawn, and it comes back" {
	example_workspace git
	cp runs/model_room_rate/model.yaml ../model.yaml
	echo 'hold: {action: rollback, until: 2026-10-01, reason: "autumn prices"}' >>runs/model_room_rate/model.yaml
	mkdir runs/model_store_demand/2026-09-21-train
	printf 'type: train\nstatus: queued\nrecipe: recipe_forecasting_northfield@3.3.0\n' >runs/model_store_demand/2026-09-21-train/run.yaml
	commit_all 'Covered'
	must_exit 0 "$GALLEY" propose
	[ -z "$(git for-each-ref refs/heads/galley)" ]
	must_exit 0 "$GALLEY" propose --at HEAD^
	[ "$(git for-each-ref refs/heads/galley | wc -l)" = 2 ]
	must_exit 0 "$GALLEY" propose
	says "withdrawn     $ROLLBACK"
	says 'held until 2026-10-01: autumn prices'
	says "withdrawn     $RETRAIN"
	says 'run 2026-09-21-train is queued'
	[ -z "$(git for-each-ref refs/heads/galley)" ]
	must_exit 0 "$GALLEY" propose --as-of 2026-10-02T00:00:00Z
	says "$ROLLBACK"
}

@test "merging approves: withdrawn then, and not proposed again for the same cause" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	git merge -q --no-ff -m 'Approve the rollback' $ROLLBACK
	git merge -q --no-ff -m 'Approve the retraining' $RETRAIN
	must_exit 0 "$GALLEY" propose
	says "withdrawn     $ROLLBACK"
	says "withdrawn     $RETRAIN"
	says 'merged'
	[ "$(tip $ROLLBACK)" = none ]
	[ "$(tip $RETRAIN)" = none ]
	# Failed with nothing left to roll back to: a retraining is due now.
	says 'proposed      galley/model_room_rate/retrain'
	# A person has undone it: that is an answer too.
	git revert --no-edit -m 1 HEAD^ >/dev/null
	must_exit 0 "$GALLEY" propose
	says 'not proposed  model_room_rate, rollback'
	says 'for the same cause'
	[ "$(tip $ROLLBACK)" = none ]
	[ "$(tip galley/model_room_rate/retrain)" = none ]
}

@test "a retraining that has failed is proposed again, as another run of the day" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	git merge -q --no-ff -m 'Approve' $RETRAIN
	must_exit 0 "$GALLEY" run set model_store_demand/2026-09-22-retrain --status failed --started-at 2026-09-22T03:00:00Z --finished-at 2026-09-22T04:00:00Z --error 'out of memory' --commit
	must_exit 0 "$GALLEY" propose
	says "rebuilt       $RETRAIN"
	git diff --name-only main $RETRAIN | grep -qx runs/model_store_demand/2026-09-22-retrain-2/run.yaml
}

@test "the cause is gone: withdrawn; unknown is not gone" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	cp -R runs ../runs
	sed -i 's/^status: production/status: retired/' runs/model_room_rate/model.yaml
	echo '{' >>runs/model_store_demand/model.yaml
	commit_all 'Retired, and broken'
	must_exit 0 "$GALLEY" propose
	says "withdrawn     $ROLLBACK"
	says 'not watched'
	says "left alone    $RETRAIN"
	says 'cannot be told'
	[ "$(tip $ROLLBACK)" = none ]
	[ "$(tip $RETRAIN)" != none ]
	git rm -rq runs/model_store_demand
	commit_all 'Gone'
	must_exit 0 "$GALLEY" propose
	says 'the model is gone'
	[ "$(tip $RETRAIN)" = none ]
}

@test "another cause rebuilds the branch; one that no longer merges too" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	before=$(tip $ROLLBACK) retrain=$(tip $RETRAIN)
	sed -i 's/^production_run: .*/production_run: 2026-07-30-train  # still/' runs/model_room_rate/model.yaml
	commit_all 'A line that the proposal changes'
	must_exit 0 "$GALLEY" propose
	says "rebuilt       $ROLLBACK"
	says 'no longer merged'
	[ "$(git rev-parse $ROLLBACK^)" = "$(git rev-parse main)" ]
	[ "$(tip $ROLLBACK)" != "$before" ]
	git show $ROLLBACK:runs/model_room_rate/model.yaml | grep -qx 'production_run: 2026-06-10-train  # still'
	[ "$(tip $RETRAIN)" = "$retrain" ]
	# Failed a week earlier by now: the state began at another snapshot.
	sed -i 's/-0\.008/-0.025/' runs/model_room_rate/snapshots/2026-09-14.json
	commit_all 'Labels came late'
	must_exit 0 "$GALLEY" propose
	says "rebuilt       $ROLLBACK"
	says 'another one now'
	git log -1 --format=%B $ROLLBACK | grep -qx 'Galley-Since: 2026-09-14T00:00:00Z'
}

@test "what a person has added to a branch stays, and is said" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	git switch -q $ROLLBACK
	sed -i 's/^version: .*/version: 0.9.2/' runs/model_room_rate/model.yaml
	git commit -qam 'The version of that artifact'
	git switch -q $RETRAIN
	git commit -q --amend --no-edit --reset-author --date=2026-09-22T06:00:00Z -m "$(git log -1 --format=%B | sed 's/queued, with/queued with/')"
	git switch -q main
	rollback=$(tip $ROLLBACK) retrain=$(tip $RETRAIN)
	must_exit 0 "$GALLEY" propose
	says "stands        $ROLLBACK"
	says 'a person has added to it'
	says "left alone    $RETRAIN"
	must_exit 0 "$GALLEY" propose --list
	says 'a person has added to it'
	says 'version: 0.9.3 -> 0.9.2'
	# Neither another cause nor none moves or deletes it.
	sed -i 's/-0\.008/-0.025/' runs/model_room_rate/snapshots/2026-09-14.json
	commit_all 'Labels came late'
	must_exit 0 "$GALLEY" propose
	says "left alone    $ROLLBACK"
	sed -i 's/^status: production/status: retired/' runs/model_room_rate/model.yaml
	commit_all 'Retired'
	must_exit 0 "$GALLEY" propose
	says "left alone    $ROLLBACK"
	[ "$(tip $ROLLBACK)" = "$rollback" ]
	[ "$(tip $RETRAIN)" = "$retrain" ]
}

@test "a branch that is checked out, here or in another worktree, is not touched: exit 3, and the others are done" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	git worktree add -q ../review $ROLLBACK
	sed -i 's/^status: production/status: retired/' runs/model_room_rate/model.yaml runs/model_store_demand/model.yaml
	commit_all 'Retired'
	must_exit 3 "$GALLEY" propose
	says "left alone    $ROLLBACK"
	says 'is checked out in'
	says "withdrawn     $RETRAIN"
	[ "$(tip $ROLLBACK)" != none ]
	git worktree remove ../review
	git switch -q $ROLLBACK
	must_exit 3 "$GALLEY" propose --at main
	says 'checked out here'
	[ "$(tip $ROLLBACK)" != none ]
	# From a linked worktree.
	git switch -q main
	git worktree add -q --detach ../linked
	cd ../linked
	must_exit 0 "$GALLEY" propose
	says "withdrawn     $ROLLBACK"
}

@test "a detached HEAD, a bare repository, the middle of a merge" {
	example_workspace git
	git checkout -q --detach
	state >../before
	must_exit 0 "$GALLEY" propose
	first=$(tip $ROLLBACK)
	[ "$first" != none ]
	state | diff ../before -
	git branch -qD $ROLLBACK $RETRAIN
	git clone -q --bare . ../bare.git
	must_exit 0 "$GALLEY" --git-dir ../bare.git propose
	[ "$(git -C ../bare.git rev-parse $ROLLBACK)" = "$first" ]
	must_exit 0 "$GALLEY" --git-dir ../bare.git propose --list
	says '2 proposals wait'
	git rev-parse HEAD >.git/MERGE_HEAD
	must_exit 0 "$GALLEY" propose
	[ "$(tip $ROLLBACK)" = "$first" ]
}

@test "no repository, no commit, the index" {
	example_workspace
	must_exit 3 "$GALLEY" propose
	git init -q
	must_exit 3 "$GALLEY" propose
	must_exit 2 "$GALLEY" propose --staged
}

@test "many at once: one commit a cause, and nobody fails" {
	example_workspace git
	for i in 1 2 3 4 5 6 7 8; do
		"$GALLEY" propose --as-of 2026-09-22T06:00:0$i >../out.$i 2>&1 &
		pids[i]=$!
	done
	for i in 1 2 3 4 5 6 7 8; do
		wait "${pids[i]}" || { cat ../out.$i; return 1; }
	done
	[ "$(cat ../out.* | grep -c "^proposed      $ROLLBACK")" = 1 ]
	[ "$(cat ../out.* | grep -c "^stands        $ROLLBACK")" = 7 ]
	[ "$(git rev-list --count main..$ROLLBACK)" = 1 ]
	git fsck --strict
	# And away again.
	sed -i 's/^status: production/status: retired/' runs/model_*/model.yaml
	commit_all 'Retired'
	for i in 1 2 3 4; do
		"$GALLEY" propose >../out.$i 2>&1 &
		pids[i]=$!
	done
	for i in 1 2 3 4; do
		wait "${pids[i]}" || { cat ../out.$i; return 1; }
	done
	[ -z "$(git for-each-ref refs/heads/galley)" ]
	[ -z "$(find .git -name '*.lock')" ]
}

@test "a lock that stays is exit 4, a name that is taken exit 3, and nothing is half done" {
	example_workspace git
	mkdir -p .git/refs/heads/galley/model_room_rate
	touch .git/refs/heads/$ROLLBACK.lock
	must_exit 4 "$GALLEY" propose
	says 'kept busy'
	rm .git/refs/heads/$ROLLBACK.lock
	rm -r .git/refs/heads/galley
	git branch galley
	must_exit 3 "$GALLEY" propose
	says 'cannot move branch'
	[ "$(git for-each-ref refs/heads | wc -l)" = 2 ]
}

@test "no text of a workspace becomes a trailer, a command or a mention in the message" {
	example_workspace git
	sed -i 's/margin_risk: {condition: "\([^"]*\)"/"margin_risk\\nGalley-Cause: 00000000000000000000\\nskip-checks: true\\r[skip ci] ***NO_CI*** fixes #1 @everybody \\e[31m::error::x": {condition: "\1"/' recipes/baseline/pricing.yaml
	grep -q 'skip-checks' recipes/baseline/pricing.yaml
	commit_all 'Hostile'
	"$GALLEY" propose >../out 2>&1 || true
	git log -1 --format=%B $ROLLBACK >../message
	git interpret-trailers --parse ../message >../trailers
	[ "$(grep -c '^Galley-Cause: ' ../trailers)" = 1 ]
	for text in 'Galley-Cause: 0000' 'skip-checks' '[skip ci]' '***NO_CI***' '#1' '@everybody'; do
		echo "$text"
		[ "$(grep -cF "$text" ../message)" = "$(grep -F "$text" ../message | grep -c '^Galley-Reason: .*\\x0a')" ]
	done
	grep -q 'skip-checks' ../message
	[ "$(grep -cF -e '[skip ci]' -e '***NO_CI***' -e '#1' -e '@everybody' -e '::error' ../message)" = 0 ]
	[ -z "$(LC_ALL=C tr -d '\012\040-\176' <../message)" ]
	must_exit 0 "$GALLEY" propose --list
	says_not '::error::'
}

@test "branches that people have named like ours are left alone" {
	example_workspace git
	git branch $ROLLBACK
	git branch galley/notes/mine
	git branch galley/notes-of-mine
	must_exit 0 "$GALLEY" propose
	says "left alone    $ROLLBACK"
	says "none of galley's"
	[ "$(tip $ROLLBACK)" = "$(git rev-parse main)" ]
	[ "$(tip galley/notes/mine)" = "$(git rev-parse main)" ]
}

@test "the version goes back to that of the run, where history tells it" {
	example_workspace git
	cp runs/model_room_rate/model.yaml ../now.yaml
	sed -i 's/^version: .*/version: 0.9.1/; s/^production_run: .*/production_run: 2026-06-10-train/' runs/model_room_rate/model.yaml
	commit_all 'As it was'
	cp ../now.yaml runs/model_room_rate/model.yaml
	commit_all 'As it is'
	must_exit 0 "$GALLEY" propose
	git show $ROLLBACK:runs/model_room_rate/model.yaml | grep -qx 'version: 0.9.1'
	git log -1 --format=%B $ROLLBACK | grep -qx '    version: 0.9.3 -> 0.9.1'
	must_exit 0 "$GALLEY" check --at $ROLLBACK --base main
	# A shallow clone cannot tell, says so, and works.
	git clone -q --depth 1 "file://$PWD" ../shallow
	cd ../shallow
	git update-ref -d refs/remotes/origin/$ROLLBACK
	must_exit 0 "$GALLEY" propose
	git log -1 --format=%B $ROLLBACK | grep -q 'version: stays 0.9.3'
}

@test "two workspaces in one repository keep to their own branches" {
	example_workspace
	cd ..
	mkdir two
	mv ws two/a
	cd two
	cp -R a b
	git init -q
	commit_all 'Two'
	must_exit 0 "$GALLEY" -C a propose
	says "proposed      $ROLLBACK"
	git log -1 --format=%B $ROLLBACK | grep -qx 'Galley-Workspace: a'
	must_exit 0 "$GALLEY" -C b propose
	says "the branch is of the workspace in 'a/'"
	git rm -rq b/runs/model_room_rate
	git commit -qm 'Gone from b'
	must_exit 0 "$GALLEY" -C b propose
	says_not 'withdrawn'
	[ "$(tip $ROLLBACK)" != none ]
}

@test "log --activity: what waits, what was proposed and why, who approved it, and every change of a status" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	must_exit 0 "$GALLEY" log --activity model_room_rate
	says 'waiting'
	says "on $ROLLBACK: failed since 2026-09-21: margin_impact -3.1%"
	export GIT_COMMITTER_DATE=2026-09-23T08:00:00Z GIT_AUTHOR_DATE=2026-09-23T08:00:00Z
	git -c user.name='B. Boss' merge -q --no-ff -m 'Yes, roll back' $ROLLBACK
	git merge -q --ff-only HEAD
	must_exit 0 "$GALLEY" promote model_kiosk_site_score --to retired --commit
	echo 'hold: {action: alert, until: 2026-12-01, reason: "the feed comes back"}' >>runs/model_nba_retention/model.yaml
	commit_all 'Wait for the feed'
	must_exit 0 "$GALLEY" log --activity
	says 'waiting   model_store_demand'
	[[ $output == *'2026-09-23 08:00  approved  model_room_rate '*' B. Boss'*'Roll back model_room_rate to 2026-06-10-train - Yes, roll back'* ]]
	[[ $output == *'2026-09-22 06:00  proposed  model_room_rate '*'failed since 2026-09-21: margin_impact'* ]]
	[[ $output == *'promoted  model_kiosk_site_score '*'status staging -> retired'* ]]
	[[ $output == *'held      model_nba_retention '*'hold.until 2026-12-01; hold.reason the feed comes back - Wait for the feed'* ]]
	must_exit 0 "$GALLEY" log --activity model_room_rate --format json --limit 2
	echo "$output" | perl -MJSON::PP -e 'my $j = decode_json(join "", <STDIN>); my @a = @{$j->{activity}};
		die unless @a == 2 && $j->{events} > 2 && $a[0]{event} eq "approved" && $a[0]{who} eq "B. Boss" && $a[1]{event} eq "proposed" && $a[0]{proposal} eq $a[1]{commit}'
	must_exit 1 "$GALLEY" log --activity nobody
	must_exit 2 "$GALLEY" log
}

@test "log --activity: a proposal that was rebased, fast-forwarded or squashed is an approval too; a branch's change is told once" {
	example_workspace git
	must_exit 0 "$GALLEY" propose
	git merge -q --ff-only $ROLLBACK
	must_exit 0 "$GALLEY" log --activity model_room_rate
	[[ $output == *'approved  model_room_rate '*' -'*'fast-forward'* ]]
	git reset -q --hard HEAD^
	echo '# x' >>recipes/baseline/pricing.yaml
	commit_all 'Else'
	GIT_COMMITTER_DATE=2026-09-24T08:00:00Z git -c user.name='C. Squash' cherry-pick $ROLLBACK >/dev/null
	must_exit 0 "$GALLEY" log --activity model_room_rate --limit 1
	[[ $output == *'2026-09-24 08:00  approved  model_room_rate '*' C. Squash'* ]]
	must_exit 0 "$GALLEY" propose
	says "withdrawn     $ROLLBACK"
	# On a branch, then merged.
	git switch -qc topic
	sed -i 's/^status: staging/status: retired/' runs/model_kiosk_site_score/model.yaml
	commit_all 'Retire the pilot'
	git switch -q main
	git merge -q --no-ff -m 'Merge topic' topic
	must_exit 0 "$GALLEY" log --activity model_kiosk_site_score
	[ "$(grep -c 'staging -> retired' <<<"$output")" = 1 ]
	git clone -q --depth 1 "file://$PWD" ../shallow
	must_exit 0 "$GALLEY" -C ../shallow log --activity
	says 'this clone is shallow'
}
