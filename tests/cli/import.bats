#!/usr/bin/env bats
load helpers

# The folders of tests/data/trackers are laid out as each tracker lays them out; none of the trackers is needed.
TRACKERS=$TOP/tests/data/trackers
FULL=0123456789abcdef0123456789abcdef

setup() {
	clean_environment
	cp -R "$TOP/tests/cases/base/small" ws
	cp -R "$TRACKERS" trackers
	cd ws
	git init -q
	git add -A
	git commit -qm 'A workspace'
}

# Whatever was asked for, nothing has changed.
unchanged() {
	[ -z "$(git status --porcelain)" ]
	[ "$(git rev-list --count HEAD)" -eq 1 ]
}

mlflow() {
	"$GALLEY" import mlflow ../trackers/mlflow --model model_demand "$@"
}

store=../trackers/mlflow/mlruns/316264920483751

@test "import mlflow: what is written" {
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	says 'left out 1 run: deleted in MLflow'
	says 'left out 1 run: queued or running; --unfinished takes them too'
	diff - runs/model_demand/2026-02-01-train-01234567/metrics.json <<-'END'
		{
		  "MAPE": 0.25,
		  "bias": 0.01,
		  "samples": 1200,
		  "val/deep/loss": NaN,
		  "val/rmse": 36.9
		}
	END
	sed -i 's/^recipe_digest: [0-9a-f]\{64\}$/recipe_digest: DIGEST/' runs/model_demand/2026-02-01-train-01234567/run.yaml
	diff - runs/model_demand/2026-02-01-train-01234567/run.yaml <<-'END'
		type: train
		recipe_digest: DIGEST
		status: succeeded
		recipe: demand_corner@1.0.0
		started_at: 2026-02-01T02:00:00Z
		finished_at: 2026-02-01T03:00:00Z
		metrics: metrics.json
		artifacts:
		  mlflow: s3://bucket/mlruns/0123456789abcdef0123456789abcdef/artifacts
		code: 4f2a9c1d8e7b6a5f4e3d2c1b0a9f8e7d6c5b4a39
		params:
		  empty: ""
		  max_depth: 6
		  notes: "two lines:\n - one # no comment\n"
		  optimizer/lr: 0.1
		x-import:
		  from: mlflow
		  run: 0123456789abcdef0123456789abcdef
		  name: gallant-horse-12
		  experiment: demand forecast
		  data:
		    sales: 8a1bc2d3
	END
	grep -q '^status: failed$' runs/model_demand/2026-02-02-train-*/run.yaml
	grep -q '^status: cancelled$' runs/model_demand/2026-02-03-train-*/run.yaml
	must_exit 0 "$GALLEY" check
	must_exit 0 "$GALLEY" eval model_demand/2026-02-01-train-01234567
	says 'pass MAPE 25.0%'
}

@test "import: the digest is that of the effective recipe, as galley new run writes it" {
	mlflow --run $FULL >/dev/null
	"$GALLEY" new run model_demand/2026-02-01-other --type train >/dev/null
	diff <(grep recipe_digest runs/model_demand/2026-02-01-train-01234567/run.yaml) <(grep recipe_digest runs/model_demand/2026-02-01-other/run.yaml)
}

@test "import: again with the same values changes nothing, with others it is refused" {
	mlflow >/dev/null
	git add -A
	git commit -qm 'Imported'
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	says 'nothing to import: 3 runs with these values are there already'
	[ -z "$(git status --porcelain)" ]
	# By the tracker's id, whatever the run is called here; a recipe that has changed since, and layout, are not the run's.
	git mv runs/model_demand/2026-02-01-train-01234567 runs/model_demand/renamed
	sed -i 's/max_depth: 6/max_depth:   6.0 # deep/' runs/model_demand/renamed/run.yaml
	sed -i 's/lr: 0.05/lr: 0.06/; s/version: 1.0.0/version: 1.0.1/' recipes/corner.yaml
	sed -i 's/@1.0.0/@1.0.1/' runs/model_demand/model.yaml
	run "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	says 'nothing to import: 3 runs'
	[ ! -e runs/model_demand/2026-02-01-train-01234567 ]
	# Other values, one at a time: each is refused, and nothing is written.
	git stash -q
	for change in metrics/MAPE params/max_depth params/new tags/mlflow.source.git.commit metrics/new meta.yaml; do
		rm -rf ../trackers && cp -R "$TRACKERS" ../trackers
		case $change in
		metrics/*) echo '1769914900000 0.26 9' >>$store/$FULL/$change ;;
		params/*) printf 7 >$store/$FULL/$change ;;
		tags/*) printf aaaaaaaaaaaa >$store/$FULL/$change ;;
		meta.yaml) sed -i 's/end_time: .*/end_time: 1769914900999/' $store/$FULL/$change ;;
		esac
		must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --skip-incomplete
		says 'a finished run is evidence, and stays as it is'
		says 'refused: 1 of 3 runs cannot be imported; nothing was changed'
		[ -z "$(git status --porcelain)" ]
	done
	# A metric that is gone is another value too.
	rm -rf ../trackers && cp -R "$TRACKERS" ../trackers
	rm $store/$FULL/metrics/bias
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	says "has 0.01 as 'bias', and MLflow has nothing"
}

@test "import: a run that is running goes on, and not back" {
	rm $store/*d0d/metrics/MAPE
	mlflow --unfinished >/dev/null
	grep -q '^status: running$' runs/model_demand/2026-02-04-train-*/run.yaml
	git add -A && git commit -qm 'Imported'
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --unfinished
	says 'nothing to import: 4 runs'
	sed -i 's/status: 1/status: 3/; s/end_time: null/end_time: 1770170460000/' $store/*d0d/meta.yaml
	mkdir -p $store/00000000000000000000000000000d0d/metrics
	printf '1 0.2 0\n' >$store/00000000000000000000000000000d0d/metrics/MAPE
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --metric bias=MAPE --run 00000000000000000000000000000d0d --dry-run
	says 'updated  model_demand/2026-02-04-train-00000000'
	says '-status: running'
	says '+status: succeeded'
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	grep -q '^status: succeeded$' runs/model_demand/2026-02-04-train-*/run.yaml
	git add -A && git commit -qm 'It has ended'
	sed -i 's/status: 3/status: 1/; s/end_time: .*/end_time: null/' $store/*d0d/meta.yaml
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --unfinished
	says 'a finished run is evidence'
}

@test "import: all runs or none" {
	: >$store/$FULL/metrics/bias
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	says "metric 'bias' is an empty file: it is incomplete"
	says 'refused: 1 of 3 runs cannot be imported; nothing was changed'
	unchanged
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --skip-incomplete
	says 'left out 1 run: incomplete, see above'
	[ ! -e runs/model_demand/2026-02-01-train-01234567 ]
	[ -e runs/model_demand/2026-02-02-train-00000000/run.yaml ]
}

@test "import: what would not pass the check is not written" {
	# Beyond what a key may be; the limit is the workspace's.
	printf 'limits: {key_bytes: 20}\n' >>galley.yaml
	git commit -qam 'A limit'
	printf x >$store/$FULL/params/a_parameter_whose_name_is_too_long
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	says 'nothing was changed'
	[ -z "$(git status --porcelain)" ]
}

@test "import: a file that cannot be written takes those before it along" {
	# No file may be larger than a KiB: only the last one is.
	head -c 2000 /dev/zero | tr '\0' x >$store/00000000000000000000000000000c0c/long
	mkdir -p $store/00000000000000000000000000000c0c/params
	mv $store/00000000000000000000000000000c0c/long $store/00000000000000000000000000000c0c/params/
	must_exit 3 bash -c "trap '' XFSZ; ulimit -f 1; '$GALLEY' import mlflow ../trackers/mlflow --model model_demand"
	says 'cannot write'
	unchanged
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
}

@test "import: names of metrics" {
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run gallant-horse-12 --metric RMSE=val/rmse --dry-run
	says '"RMSE": 36.9'
	says_not '"val/rmse"'
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --metric bias=MAPE
	says "two metrics would be called 'bias'"
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --metric RMSE=val/rmsee
	says "it has no metric 'val/rmsee', which is to be 'RMSE'"
	says "did you mean 'val/rmse'?"
	must_exit 2 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --metric RMSE
	says "must be OURS=THEIRS"
	mv $store/$FULL/metrics/MAPE $store/$FULL/metrics/val/mape
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run $FULL --dry-run
	says "has no 'MAPE', which its packs require; if it has another name: --metric MAPE=val/mape"
	# A short name is near to many that mean something else.
	mv $store/$FULL/metrics/val/mape $store/$FULL/metrics/MASE
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run $FULL --dry-run
	says "if it has another name: --metric MAPE=NAME"
	mv $store/$FULL/metrics/MASE $store/$FULL/metrics/slices
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run $FULL
	says "give it another name: --metric NAME=slices"
	unchanged
}

@test "import: one commit, on a branch, with a note; a bare repository" {
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --commit -m 'From the lab'
	says 'Import 3 runs of model_demand from MLflow'
	[ "$(git log -1 --format=%s)" = 'Import 3 runs of model_demand from MLflow' ]
	[ "$(git log -1 --format=%b | head -1)" = 'From the lab' ]
	[ "$(git show --name-only --format= | wc -l)" -eq 5 ]
	[ -z "$(git status --porcelain)" ]
	git reset -q --hard HEAD~
	git clone -q --bare . ../bare.git
	git -C ../bare.git config user.name A && git -C ../bare.git config user.email a@example.invalid
	must_exit 2 "$GALLEY" --git-dir ../bare.git import mlflow ../trackers/mlflow --model model_demand
	must_exit 0 "$GALLEY" --git-dir ../bare.git import mlflow ../trackers/mlflow --model model_demand --commit
	[ "$(git -C ../bare.git show --name-only --format= | wc -l)" -eq 5 ]
}

@test "import: --dry-run shows every file, and changes nothing" {
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --dry-run
	[ "$(grep -c '^+++ b/runs/' <<<"$output")" -eq 5 ]
	unchanged
}

@test "import: two runs of one id here, and an id that is taken" {
	sed -i 's/start_time: .*/start_time: 1769997600000/' $store/*c0c/meta.yaml
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	says "two runs would be called '2026-02-02-train-00000000'"
	says 'import one of them by itself: --run 00000000000000000000000000000c0c --as ID'
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run 00000000000000000000000000000c0c --as killed
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand
	[ -e runs/model_demand/killed/run.yaml ]
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run 00000000000000000000000000000e0e --as 2026-01-05-train
	says 'it is deleted in MLflow'
	sed -i 's/lifecycle_stage: deleted/lifecycle_stage: active/' $store/*e0e/meta.yaml
	printf '1 0.2\n' | (mkdir $store/00000000000000000000000000000e0e/metrics && cat >$store/00000000000000000000000000000e0e/metrics/MAPE)
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run 00000000000000000000000000000e0e --as 2026-01-05-train
	says "model 'model_demand' has another run '2026-01-05-train' already"
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run 00000000000000000000000000000e0e --as ../../x
	says "'../../x' is no id of a run"
	must_exit 2 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --as one
	says "'--as' names one run"
}

@test "import wandb: runs with a summary; how they ended is said" {
	must_exit 1 "$GALLEY" import wandb ../trackers/wandb --model model_demand --run 1a2b3c4d
	says 'W&B does not say how the run ended'
	unchanged
	must_exit 1 "$GALLEY" import wandb ../trackers/wandb --model model_demand --status succeeded
	says 'W&B writes none for a run that was made offline'
	says 'the run ended before W&B wrote one'
	unchanged
	must_exit 0 "$GALLEY" import wandb ../trackers/wandb --model model_demand --status succeeded --skip-incomplete --metric bias=bias.last
	says 'left out 2 runs: incomplete, see above'
	says 'left out 4 values that are no numbers'
	diff - runs/model_demand/2026-02-01-train-1a2b3c4d/metrics.json <<-'END'
		{
		  "MAPE": 0.125,
		  "bias": 0.01,
		  "bias.max": 0.03,
		  "bias.mean": 0.005,
		  "bias.min": -0.02,
		  "epoch": 1e2,
		  "samples": 1200,
		  "val.nested.loss": NaN,
		  "val.rmse": 36.9,
		  "worst": -Infinity
		}
	END
	grep -q '^finished_at: 2026-02-01T03:00:00Z$' runs/model_demand/2026-02-01-train-1a2b3c4d/run.yaml
	# A run that was resumed is what it came to last.
	grep -q '"MAPE": 0.2' runs/model_demand/2026-02-03-train-resumed1/metrics.json
	must_exit 0 "$GALLEY" check
	must_exit 0 "$GALLEY" import wandb ../trackers/wandb --model model_demand --status succeeded --skip-incomplete --metric bias=bias.last
	says 'nothing to import: 2 runs'
	git clean -qfd
	must_exit 0 "$GALLEY" import wandb ../trackers/wandb --model model_demand --run 1a2b3c4d --status failed --error 'out of memory' --as one
	grep -q '^error: out of memory$' runs/model_demand/one/run.yaml
}

@test "import dvc: one state is one run" {
	times='--started-at 2026-02-01T02:00:00Z --finished-at 2026-02-01T03:00:00Z'
	must_exit 1 "$GALLEY" import dvc ../trackers/dvc --model model_demand
	says 'DVC does not say when the run began'
	unchanged
	must_exit 0 "$GALLEY" import dvc ../trackers/dvc --model model_demand $times
	diff - runs/model_demand/2026-02-01-train/metrics.json <<-'END'
		{
		  "MAPE": 0.125,
		  "bias": 0.01,
		  "samples": 1200,
		  "train.deep.loss": Infinity,
		  "train.rmse": 30.5,
		  "slices": {"region": {"north": {"MAPE": 0.2}, "south": {"MAPE": 0.1}}}
		}
	END
	grep -q '^    data/sales.csv: a304afb96060aad90176268345e10355$' runs/model_demand/2026-02-01-train/run.yaml
	must_exit 0 "$GALLEY" check
	must_exit 0 "$GALLEY" import dvc ../trackers/dvc --model model_demand $times
	says 'nothing to import: 1 run with these values is there already'
	# The lock says what the stage made.
	echo >>../trackers/dvc/report/summary.yaml
	must_exit 1 "$GALLEY" import dvc ../trackers/dvc --model model_demand $times --as other
	says "'../trackers/dvc/report/summary.yaml' is not what its stage made"
	must_exit 1 "$GALLEY" import dvc ../trackers/dvclive --model model_demand $times --as live
	says 'DVC does not say how the run ended'
	must_exit 0 "$GALLEY" import dvc ../trackers/dvclive --model model_demand $times --as live --status succeeded
	grep -q '"train.loss": 0.1' runs/model_demand/live/metrics.json
}

@test "import: usage" {
	must_exit 2 "$GALLEY" import
	must_exit 2 "$GALLEY" import mlflow
	must_exit 2 "$GALLEY" import mlfow ../trackers/mlflow --model model_demand
	says "'mlfow' is no tracker that is known, must be one of mlflow|wandb|dvc"
	must_exit 2 "$GALLEY" import mlflow ../trackers/mlflow
	says '--model MODEL'
	must_exit 2 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --status failed
	must_exit 2 "$GALLEY" import wandb ../trackers/wandb --model model_demand --experiment x
	must_exit 2 "$GALLEY" import wandb ../trackers/wandb --model model_demand --unfinished
	must_exit 2 "$GALLEY" import wandb ../trackers/wandb --model model_demand --file x
	must_exit 2 "$GALLEY" import dvc ../trackers/dvc --model model_demand --run x
	must_exit 2 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --at HEAD
	must_exit 2 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand -m note
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demend
	says "did you mean 'model_demand'?"
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run gallant-horse-11
	says "did you mean 'gallant-horse-12'?"
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --recipe demand_cornr
	must_exit 3 "$GALLEY" import mlflow ../trackers/gone --model model_demand
	must_exit 3 "$GALLEY" import mlflow ../trackers/dvc/dvc.yaml --model model_demand
	must_exit 1 "$GALLEY" import mlflow ../trackers/dvc --model model_demand
	must_exit 1 "$GALLEY" import wandb ../trackers/dvc --model model_demand
	must_exit 1 "$GALLEY" import dvc ../trackers/wandb --model model_demand
	unchanged
}

@test "import: hostile stores" {
	# Names that a path or a terminal could take for something else: they are never a path, and are shown harmless.
	evil=../trackers/mlflow/mlruns/316264920483751/$FULL
	sed -i 's|run_name: .*|run_name: "../../../\\e[2J::error::x\\n##[error]"|' $evil/meta.yaml
	printf '1 1 0\n' >"$evil/metrics/..a"
	printf '1 1 0\n' >"$evil/metrics/$(printf 'x\033]0;t\007')"
	printf '::error::\033[2J' >"$evil/params/$(printf 'p\n::error::')"
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run $FULL --dry-run
	says_not $'\033'
	! grep -qE '^ *::error' <<<"$output"
	says_not '##[error]'
	must_exit 0 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run $FULL
	[ "$(git status --porcelain -uall | wc -l)" -eq 2 ]
	must_exit 0 "$GALLEY" check
	git clean -qfd
	# Not UTF-8, too large, deep, binary.
	printf '1 1 0\n' >"$evil/metrics/$(printf '\377')"
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run $FULL
	says 'is not UTF-8'
	rm "$evil/metrics/$(printf '\377')"
	head -c 200000 /dev/zero >$evil/params/zeros
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run $FULL
	says 'is larger than 65536 bytes'
	head -c 100 /dev/zero >$evil/params/zeros
	must_exit 1 "$GALLEY" import mlflow ../trackers/mlflow --model model_demand --run $FULL
	says "parameter 'zeros' is no text in UTF-8"
	rm $evil/params/zeros
	summary=../trackers/wandb/wandb/run-20260201_030000-1a2b3c4d/files/wandb-summary.json
	for bad in '{"a": 1, "a": 2}' '{"a": 1e400}' '{"a\u0000b": 1}' '[1]' '{"a": 01}' '{"a": 1} x' 'version https://git-lfs.github.com/spec/v1' \
		"$(printf '%.0s{"a":' $(seq 1 2000))1$(printf '%.0s}' $(seq 1 2000))"; do
		printf '%s' "$bad" >$summary
		must_exit 1 "$GALLEY" import wandb ../trackers/wandb --model model_demand --status succeeded --run 1a2b3c4d
		says 'nothing was changed'
	done
	rm -rf ../trackers/wandb/wandb/run-20260201_030000-1a2b3c4d/files
	ln -s /etc ../trackers/wandb/wandb/run-20260201_030000-1a2b3c4d/files
	must_exit 1 "$GALLEY" import wandb ../trackers/wandb --model model_demand --status succeeded --run 1a2b3c4d
	# An id of theirs becomes no path.
	mv ../trackers/wandb/wandb/run-20260203_030000-resumed1 "../trackers/wandb/wandb/run-20260203_030000-..A b"
	must_exit 0 "$GALLEY" import wandb ../trackers/wandb --model model_demand --status succeeded --run '..A b'
	ls runs/model_demand | grep -qE '^2026-02-03-train-[0-9a-f]{8}$'
	unset summary
	git clean -qfd
	unchanged
}

@test "import: DIR is only read" {
	chmod -R a-w ../trackers
	before=$(find ../trackers -type f -exec md5sum {} + | sort | md5sum)
	mlflow >/dev/null
	chmod -R u+w ../trackers
	[ "$before" = "$(find ../trackers -type f -exec md5sum {} + | sort | md5sum)" ]
}
