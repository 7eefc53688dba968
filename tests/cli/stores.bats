#!/usr/bin/env bats
load helpers

setup() {
	clean_environment
	command -v gzip >/dev/null || skip 'gzip is not here'
	example_workspace git
	folder=runs/model_room_rate/snapshots
	name=$(ls $folder/*.csv | grep -v reference | tail -1)
	name=${name##*/}
	"$GALLEY" drift model_room_rate --format json >../plain.json || :
}

# The same figures as with the plain file, from the work tree and from the commit alone.
same_answer() { # NAME
	"$GALLEY" drift model_room_rate --format json >../now.json || :
	sed "s/${1//./\\.}/$name/" ../now.json | sed 's/"blob": "[0-9a-f]*"//' >../now.same
	sed 's/"blob": "[0-9a-f]*"//' ../plain.json | cmp - ../now.same
	git add -A
	git commit -qm 'Data moved'
	"$GALLEY" drift model_room_rate --at HEAD --format json >../commit.json || :
	cmp ../now.json ../commit.json
}

# The page names what git holds.
page_names() { # PATH
	"$GALLEY" report >/dev/null || :
	blob=$(git rev-parse "HEAD:$1")
	grep -F "${1##*/}" reports/models/model_room_rate/README.md | grep -q "${blob:0:10}"
}

@test "a snapshot that is compressed by gzip or zstd" {
	gzip -n $folder/$name
	same_answer $name.gz
	page_names $folder/$name.gz
	command -v zstd >/dev/null || skip 'zstd is not here'
	gunzip $folder/$name.gz
	zstd -q --rm $folder/$name
	same_answer $name.zst
}

@test "a snapshot that is a Git LFS pointer" {
	id=$(sha256sum $folder/$name | cut -d' ' -f1)
	size=$(wc -c <$folder/$name)
	object=.git/lfs/objects/${id:0:2}/${id:2:2}
	mkdir -p $object
	mv $folder/$name $object/$id
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n' $id $size >$folder/$name
	same_answer $name
	page_names $folder/$name
	git worktree add -q ../linked
	(cd ../linked && "$GALLEY" drift model_room_rate --format json) >../linked.json || :
	cmp ../now.json ../linked.json
	rm -r .git/lfs
	must_exit 1 "$GALLEY" drift model_room_rate
	says 'git lfs pull'
}

@test "a snapshot that a .dvc file stands for" {
	id=$(md5sum $folder/$name | cut -d' ' -f1)
	size=$(wc -c <$folder/$name)
	mkdir -p .dvc/cache/files/md5/${id:0:2}
	mv $folder/$name .dvc/cache/files/md5/${id:0:2}/${id:2}
	printf '/cache\n' >.dvc/.gitignore
	printf 'outs:\n- md5: %s\n  size: %d\n  hash: md5\n  path: %s\n' $id $size $name >$folder/$name.dvc
	same_answer $name.dvc
	page_names $folder/$name.dvc
	must_exit 0 "$GALLEY" list snapshots
	cp .dvc/cache/files/md5/${id:0:2}/${id:2} data.csv
	cp $folder/$name.dvc data.csv.dvc
	must_exit 0 "$GALLEY" drift --reference data.csv --current data.csv.dvc
	rm -r .dvc/cache data.csv
	must_exit 1 "$GALLEY" drift model_room_rate
	says 'dvc pull'
}

@test "what standard input gives may be compressed, and need not be" {
	gzip -nc $folder/reference.csv >../packed
	must_exit 0 "$GALLEY" drift --reference $folder/reference.csv --current - <../packed
	must_exit 0 "$GALLEY" drift --reference $folder/reference.csv --current - <$folder/reference.csv
	gzip -nc $folder/reference.csv | "$GALLEY" drift --reference $folder/reference.csv --current - >../out
	grep -q 'standard input' ../out || grep -q '^current' ../out
}
