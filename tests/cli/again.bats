#!/usr/bin/env bats
# report again: what a kept run says and leaves must be what a whole one does.
load helpers

setup() {
	clean_environment
	example_workspace
	rm -r runs/model_[ckmn]* recipes/*/[ln]* recipes/*/*bright* packs/[ln]*
	git init -q
	git add -A
	git commit -qm 'Two models'
	results=.git/galley/results
}

told() { # FILE ARGUMENTS...: all that a run says, and what it leaves
	local out=$1
	shift
	"$GALLEY" "$@" >"$out" 2>"$out.err" && echo "exit 0" >>"$out" || echo "exit $?" >>"$out"
	cat "$out.err" >>"$out"
	rm "$out.err"
	git rev-parse HEAD >>"$out" 2>/dev/null || true
	git status --porcelain 2>/dev/null >>"$out" || true
}

same() { # ARGUMENTS: a run here, with all that is kept, is one without it in a copy
	rm -rf ../copy
	cp -a . ../copy
	told ../here.txt "$@"
	(cd ../copy && told ../there.txt "$@" --no-cache)
	if ! cmp ../here.txt ../there.txt; then
		diff ../here.txt ../there.txt
		return 1
	fi
	if [ -e reports ] || [ -e ../copy/reports ]; then
		diff -r --no-dereference reports ../copy/reports
	fi
}

short() { # ARGUMENTS: this run needs nothing but the one that was kept
	for file in $results/*; do
		grep -qa galley.yaml "$file" || rm "$file"
	done
	"$GALLEY" "$@" >../short.txt 2>&1 || true
	for file in $results/*; do
		grep -qa galley.yaml "$file" || { echo "this was a whole run: $*"; return 1; }
	done
}

whole() { # ARGUMENTS: this one is made anew
	! short "$@"
}

page=reports/models/model_store_demand/README.md
snapshot=runs/model_store_demand/snapshots/2026-09-21.csv

@test "nothing changed: the same words and bytes, at once" {
	same report
	same report
	short report
	same report
	same report -q
	same report --check
	short report --check
	same report --check
	same report --jobs 1
	same report -v
}

@test "a page that was edited, removed or replaced is written again" {
	"$GALLEY" report
	echo x >>$page
	same report
	rm $page
	same report
	short report
	rm $page
	ln -s README.md $page
	same report
	rm $page
	mv reports/models ../models
	ln -s "$PWD/../models" reports/models
	same report
	rm reports/models
	mv ../models reports/models
	"$GALLEY" report
	short report
	mv reports/models/model_store_demand ../moved
	same report
	git init -q reports/models/model_room_rate
	same report
}

@test "an input that was edited, added, moved or removed is seen" {
	"$GALLEY" report
	sed -i '$d' $snapshot
	same report
	short report
	mv $snapshot runs/model_store_demand/snapshots/2026-09-22.csv
	same report
	same report
	cp -R runs/model_store_demand/2026-08-24-eval runs/model_store_demand/2026-09-20-eval
	same report
	rm -r runs/model_store_demand/2026-09-20-eval
	same report
	mkdir runs/model_store_demand/empty
	same report
	same report
	rmdir runs/model_store_demand/empty
	mv galley.yaml galley.yml
	same report
	rm -r packs
	same report
	git checkout -q -f
	rm galley.yml
	same report
	git init -q runs/model_room_rate
	same report
	same report
	rm -rf runs/model_room_rate/.git
	same report
	sed -i 's/^as_of:.*/as_of: 2026-11-01T00:00:00Z/' galley.yaml
	same report
}

@test "of the same size and time it is still another file" {
	touch -d '2026-08-01T00:00:00Z' $snapshot
	"$GALLEY" report
	sed -i '2,40s/[0-9]\.\([0-9]\)/9.\1/g' $snapshot
	touch -d '2026-08-01T00:00:00Z' $snapshot
	same report
	# Written while the run that is kept has hardly ended.
	for digit in 1 2 3 4; do
		"$GALLEY" report || true
		printf 'type: eval\nstatus: succeeded\nrecipe: recipe_forecasting_northfield@3.3.0\nparams: {folds: %d}\n' $digit >runs/model_store_demand/2026-08-24-eval/run.yaml
		same report
	done
}

@test "what only looks otherwise is read and found to be the same" {
	"$GALLEY" report
	touch $snapshot $page
	cp -a runs ../runs
	rm -r runs
	mv ../runs runs
	short report
	same report
	touch galley.yaml
	short report
	git add -A
	git commit -qm 'Pages'
	short report
	git rm -rq .
	git reset -q --hard
	short report
	same report
	same report --check
}

@test "damaged, foreign and cleared records are none" {
	"$GALLEY" report
	"$GALLEY" report --check
	record=$(grep -la galley.yaml $results/* | head -1)
	other=$(grep -la galley.yaml $results/* | tail -1)
	[ "$record" != "$other" ]
	cp "$record" ../kept
	size=$(wc -c <../kept)
	for at in 3 20 200 $((size - 1)); do
		cp ../kept "$record"
		printf 'XX' | dd of="$record" bs=1 seek=$at conv=notrunc status=none
		same report
		same report --check
	done
	head -c 300 ../kept >"$record"
	same report
	same report --check
	cp "$record" ../kept
	cp "$other" "$record"
	same report
	same report --check
	cp ../kept "$other"
	same report
	same report --check
	"$GALLEY" cache --clear
	whole report
	same report
}

@test "findings, colours and exit codes are kept too" {
	sed -i 's/level: client/level: clint/' recipes/client/pricing_harbor.yaml
	same report --color never
	must_exit 1 "$GALLEY" report
	says clint
	same report --color never
	short report
	same report --color always
	same report --color always
	same report --color never
	same report --check --color always
	same report --check --color always
	echo '{' >>galley.yaml
	same report
	same report
}

@test "stale pages are told twice alike" {
	"$GALLEY" report
	echo x >>$page
	rm reports/packs/README.md
	same report --check
	same report --check
	short report --check
	must_exit 1 "$GALLEY" report --check
	says 'stale: '
	says 'missing: '
	same report --check --output ../stale.txt
	"$GALLEY" report
	same report --check
	rm -r reports
	same report --check
	same report --check
}

@test "the present moves on, and a run stays what it is until something turns" {
	sed -i '/^as_of/d' galley.yaml
	"$GALLEY" report --as-of 2026-09-22T06:00:00Z
	short report --as-of 2026-09-22T06:00:01Z
	same report --as-of 2026-09-22T06:00:01Z
	for day in 2026-09-22T12 2026-09-23T00 2026-09-27T03 2026-09-29T00 2026-09-30T23 2026-10-05T00 2027-01-01T00 2026-08-01T00 2026-09-22T06; do
		same report --as-of $day:00:00Z
		same report --as-of $day:00:00Z
	done
	same report --check
	same report --check
	same report --check --as-of 2026-09-01T00:00:00Z
	"$GALLEY" report
	short report
	same report
}

@test "a commit, a branch and a rewritten history" {
	sed -i 's/history: false/history: true/' galley.yaml
	git add -A
	git commit -qm 'History'
	"$GALLEY" report
	short report
	git add -A
	git commit -qm 'Pages'
	same report
	short report
	same report --check
	short report --check
	echo >readme.txt
	git add -A
	git commit -qm 'Something else'
	short report
	short report --check
	same report
	same report --check
	sed -i '$d' $snapshot
	git commit -qam 'Data'
	same report
	same report
	git add -A
	git commit -qm 'Pages'
	same report --check
	same report --check
	# The commit that pages name is gone.
	git checkout -q --orphan fresh
	git commit -qm 'All again'
	git branch -qD main
	git reflog expire --expire=now --all
	git gc -q --prune=now
	same report --check
	same report
	same report
}

@test "versions that history holds go with the commit" {
	sed -i 's/recipe_forecasting_northfield@3.3.0/recipe_forecasting_northfield@3.2.9/' runs/model_store_demand/model.yaml
	same report
	same report
	sed -i 's/version: 3.3.0/version: 3.2.9/' recipes/client/forecasting_northfield.yaml
	git commit -qam 'An older one'
	sed -i 's/version: 3.2.9/version: 3.4.0/' recipes/client/forecasting_northfield.yaml
	git commit -qam 'A newer one'
	same report
	same report
	short report
	git reset -q --soft HEAD~2
	same report
}

@test "commits: nothing to commit is told at once, and by the same rules" {
	same report --commit
	same report --commit
	short report --commit
	same report --commit
	says_nothing=$(cat ../short.txt)
	[[ "$says_nothing" == "unchanged: no page differs, no commit on main" ]]
	git config --global --unset user.name
	git config --global --unset user.email
	same report --commit
	git config --global user.name A
	git config --global user.email a@example.invalid
	same report --commit --branch pages
	sed -i '$d' $snapshot
	same report --commit
	git commit -qam 'Data'
	same report --commit
	same report --commit
	touch .git/MERGE_HEAD
	same report --commit
	rm .git/MERGE_HEAD
	git checkout -q --detach
	same report --commit
	same report --commit --branch main
}

@test "index, commits and bare repositories" {
	"$GALLEY" report
	git add -A
	git commit -qm 'Pages'
	for how in '--staged' '--at HEAD' '--at HEAD~1'; do
		same report --check $how
		same report --check $how
		short report --check $how
	done
	echo x >>$page
	git add -A
	same report --check --staged
	short report --check --at HEAD
	git reset -q --hard
	same report --at HEAD
	git clone -q --bare . ../bare.git
	told ../one.txt report --check --git-dir ../bare.git
	told ../two.txt report --check --git-dir ../bare.git
	told ../whole.txt report --check --git-dir ../bare.git --no-cache
	cmp ../one.txt ../whole.txt
	cmp ../two.txt ../whole.txt
}

@test "what git converts, or keeps in a store, is asked for again" {
	sed -i 's/$/\r/' runs/model_store_demand/snapshots/*.csv
	"$GALLEY" report
	same report
	printf '*.csv text eol=lf\n' >.gitattributes
	same report
	git config core.autocrlf input
	rm .gitattributes
	same report
	same report
	id=$(sha256sum <$snapshot | cut -d ' ' -f 1)
	mkdir -p .git/lfs/objects/${id:0:2}/${id:2:2}
	mv $snapshot .git/lfs/objects/${id:0:2}/${id:2:2}/$id
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n' $id "$(wc -c <.git/lfs/objects/${id:0:2}/${id:2:2}/$id)" >$snapshot
	same report
	same report
	echo x >>.git/lfs/objects/${id:0:2}/${id:2:2}/$id
	same report
	rm .git/lfs/objects/${id:0:2}/${id:2:2}/$id
	same report
	same report
}

@test "a folder that is a submodule in the index alone" {
	mkdir runs/extra
	"$GALLEY" report
	same report
	git update-index --add --cacheinfo 160000,"$(git rev-parse HEAD)",runs/extra
	same report
	same report
	git rm -q --cached runs/extra
	same report
}

@test "several at once, and where nothing can be kept" {
	for i in 1 2 3 4 5 6; do
		"$GALLEY" report -q &
	done
	wait
	same report
	short report
	[ -z "$(ls $results | grep tmp)" ]
	same report --no-cache
	rm -rf .git/galley
	echo 'a file in its place' >.git/galley
	same report
	same report
	rm -rf .git
	mkdir ../first
	told ../one.txt report
	told ../two.txt report
	cmp ../one.txt ../two.txt
}
