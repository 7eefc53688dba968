#include "sandbox.h"

#include "buffer.h"
#include "instant.h"
#include "limits.h"
#include "tracker.h"

#define RUN "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"
#define META(id, rest) "run_id: " id "\nrun_uuid: " id "\nexperiment_id: '1'\nlifecycle_stage: active\nrun_name: a\n" rest
#define DONE "status: 3\nstart_time: 1769911200999\nend_time: 1769914800000\n"

static struct tracker_request request_of(struct sandbox *sandbox, enum tracker tracker)
{
	return (struct tracker_request){.tracker = tracker, .folder = sandbox->path, .limits = &limits_default};
}

/* Without what is the machine's. */
static void add_bare(struct buffer *out, struct sandbox *sandbox, struct text text)
{
	size_t len = strlen(sandbox->path);

	for (size_t i = 0; i < text.len; i++) {
		if (text.len - i > len && memcmp(text.at + i, sandbox->path, len) == 0)
			i += len + 1;
		if (i < text.len)
			buffer_char(out, text.at[i]);
	}
}

static void add_pairs(struct buffer *out, const char *title, const struct tracked_pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_format(out, "%s %.*s=%s%.*s%s;", title, TEXT_ARGS(pairs[i].name), pairs[i].quoted ? "\"" : "", TEXT_ARGS(pairs[i].value),
		              pairs[i].quoted ? "\"" : "");
}

/* "ID status started finished: name=value name=value; !path:line message", a run a line. */
static void draw(struct buffer *out, struct sandbox *sandbox, const struct tracked *tracked)
{
	char time[32];

	for (size_t i = 0; i < tracked->count; i++) {
		const struct tracked_run *run = &tracked->runs[i];
		const char *status = run_status_name(run->status);
		buffer_format(out, "%.*s %s", TEXT_ARGS(run->id), *status ? status : "-");
		if (run->has_started) {
			instant_print(time, run->started);
			buffer_format(out, " %s", time);
		}
		if (run->has_finished) {
			instant_print(time, run->finished);
			buffer_format(out, " %s", time);
		}
		buffer_char(out, ':');
		for (size_t k = 0; k < run->metric_count; k++)
			buffer_format(out, " %.*s=%.*s", TEXT_ARGS(run->metrics[k].name), TEXT_ARGS(run->metrics[k].value));
		add_pairs(out, " param", run->params, run->param_count);
		add_pairs(out, " data", run->data, run->data_count);
		if (run->code.len)
			buffer_format(out, " code %.*s", TEXT_ARGS(run->code));
		if (run->artifacts.len)
			buffer_format(out, " at %.*s", TEXT_ARGS(run->artifacts));
		if (run->not_numbers)
			buffer_format(out, " (%zu no numbers)", run->not_numbers);
		for (size_t k = 0; k < run->trouble_count; k++) {
			buffer_string(out, " !");
			if (run->troubles[k].place.file)
				add_bare(out, sandbox, run->troubles[k].place.file->path);
			buffer_format(out, ":%u ", run->troubles[k].place.line);
			add_bare(out, sandbox, run->troubles[k].message);
			assert_true(run->troubles[k].help.len > 0);
		}
		buffer_char(out, '\n');
	}
}

static void reads(struct sandbox *sandbox, const struct tracker_request *request, const char *wanted)
{
	struct tracked tracked;
	struct buffer out;

	if (tracker_read(&tracked, request, &sandbox->arena, &sandbox->failure) < 0)
		fail_msg("%s", sandbox->failure.message);
	buffer_init(&out);
	draw(&out, sandbox, &tracked);
	if (strcmp(out.len ? out.data : "", wanted) != 0)
		fail_msg("\n  gives  %s\n  wanted %s", out.len ? out.data : "", wanted);
	buffer_release(&out);
}

static void refuses(struct sandbox *sandbox, const struct tracker_request *request, enum exit_code code, const char *words)
{
	struct tracked tracked;

	assert_int_equal(tracker_read(&tracked, request, &sandbox->arena, &sandbox->failure), -1);
	if (sandbox->failure.code != code || !strstr(sandbox->failure.message, words))
		fail_msg("%d %s", (int)sandbox->failure.code, sandbox->failure.message);
}

static void write_experiment(struct sandbox *sandbox)
{
	sandbox_write(sandbox, "1/meta.yaml", "experiment_id: '1'\nlifecycle_stage: active\nname: demand\n");
}

/* A finished run with one metric file of these bytes, and what becomes of it. */
static void metric(struct sandbox *sandbox, const char *bytes, const char *wanted)
{
	struct tracker_request request = request_of(sandbox, TRACKER_MLFLOW);

	write_experiment(sandbox);
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", META(RUN, DONE));
	sandbox_write(sandbox, "1/" RUN "/metrics/m", bytes);
	reads(sandbox, &request, arena_format(&sandbox->arena, RUN " succeeded 2026-02-01T02:00:00Z 2026-02-01T03:00:00Z:%s\n", wanted));
}

/* --- MLflow --- */

static void test_metric_lines(void **state)
{
	struct sandbox *sandbox = *state;

	/* The greatest by step, time, value; not the last line. */
	metric(sandbox, "100 0.5 0\n200 0.25 3\n300 0.125 2\n", " m=0.25");
	metric(sandbox, "100 1 0\n300 2 0\n200 3 0\n", " m=2");
	metric(sandbox, "100 1 0\n100 3 0\n100 2 0\n", " m=3");
	metric(sandbox, "100 5 -1\n100 4 -2\n", " m=5");
	/* Two fields are of step 0. */
	metric(sandbox, "100 1\n50 2 1\n", " m=2");
	metric(sandbox, "100 1 -1\n50 2\n", " m=2");
	/* NaN counts as 0 for the order alone. */
	metric(sandbox, "100 nan 0\n100 -1 0\n", " m=NaN");
	metric(sandbox, "100 nan 0\n100 1 0\n", " m=1");
	metric(sandbox, "100 1 0\n200 nan 0\n", " m=NaN");
	metric(sandbox, "100 inf 0\n100 1e308 0\n", " m=Infinity");
	metric(sandbox, "100 -inf 0\n", " m=-Infinity");
	/* Python's and Java's numbers, as they are where JSON has them so. */
	metric(sandbox, "100 1e-05 0\n", " m=1e-05");
	metric(sandbox, "100 0.30000000000000004 0\n", " m=0.30000000000000004");
	metric(sandbox, "100 1.0E-5 0\n", " m=1.0E-5");
	metric(sandbox, "100 +.5 0\n", " m=0.5");
	metric(sandbox, "100 1e999 0\n", " m=Infinity");
	metric(sandbox, "100 0.5 0\r\n", " m=0.5");
	metric(sandbox, "100 0.5 7", " m=0.5");
}

static void test_metric_damage(void **state)
{
	static const char *const wrong[] = {"100\n", "100 1 2 3\n", "100 1 2 3 4 5\n", "a 1 0\n", "100 x 0\n", "100 1 b\n", "1.5 1 0\n", "\n",
	                                    "100  1 0\n", "100 0x10 0\n", "100 1_000 0\n", "100 1 99999999999999999999\n", "100 1,5 0\n"};
	struct sandbox *sandbox = *state;

	metric(sandbox, "", " !1/" RUN "/metrics/m:0 metric 'm' is an empty file: it is incomplete");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		metric(sandbox, arena_format(&sandbox->arena, "100 1 0\n%s", wrong[i]),
		       " !1/" RUN "/metrics/m:2 no line of a metric: TIME VALUE or TIME VALUE STEP is wanted");
}

/* Lines over blocks of reading, and one that has no end. */
static void test_metric_long(void **state)
{
	struct sandbox *sandbox = *state;
	struct buffer bytes;

	buffer_init(&bytes);
	for (int i = 0; i < 20000; i++)
		buffer_format(&bytes, "%d %d.5 %d\n", 1000000 + i, i, (i * 7919) % 20000);
	metric(sandbox, bytes.data, " m=2321.5"); /* 2321 * 7919 is 19999 more than a multiple of 20000 */
	buffer_clear(&bytes);
	buffer_string(&bytes, "100 1 0\n100 ");
	buffer_repeat(&bytes, '1', 300000);
	buffer_string(&bytes, " 0\n");
	metric(sandbox, bytes.data, " !1/" RUN "/metrics/m:2 no line of a metric: TIME VALUE or TIME VALUE STEP is wanted");
	buffer_release(&bytes);
}

static void test_mlflow_run(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_MLFLOW);

	write_experiment(sandbox);
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", META(RUN, DONE "artifact_uri: s3://b/a\n"));
	sandbox_write(sandbox, "1/" RUN "/metrics/val/rmse", "1 2 0\n");
	sandbox_write(sandbox, "1/" RUN "/metrics/val/deep/er", "1 3 0\n");
	sandbox_write(sandbox, "1/" RUN "/params/opt/lr", "0.1");
	sandbox_write(sandbox, "1/" RUN "/params/empty", "");
	sandbox_write(sandbox, "1/" RUN "/params/lines", "a\nb");
	sandbox_write(sandbox, "1/" RUN "/tags/mlflow.source.git.commit", "0123456789abcdef");
	sandbox_write(sandbox, "1/" RUN "/tags/mlflow.note.content", "not read");
	sandbox_write(sandbox, "1/" RUN "/inputs/i/meta.yaml", "source_id: d1\nsource_type: DATASET\n");
	sandbox_write(sandbox, "1/" RUN "/inputs/d2/meta.yaml", "tags: {}\n");
	sandbox_write(sandbox, "1/" RUN "/inputs/model/meta.yaml", "source_id: d1\nsource_type: MODEL_INPUT\n");
	sandbox_write(sandbox, "1/" RUN "/inputs/out/meta.yaml", "source_id: ../../x\nsource_type: DATASET\n");
	sandbox_write(sandbox, "1/datasets/d1/meta.yaml", "name: sales\ndigest: aa\n");
	sandbox_write(sandbox, "1/datasets/d2/meta.yaml", "name: sales\ndigest: bb\n");
	reads(sandbox, &request,
	      RUN " succeeded 2026-02-01T02:00:00Z 2026-02-01T03:00:00Z: val/deep/er=3 val/rmse=2 param empty=; param lines=a\nb; param opt/lr=0.1; "
	          "data sales=\"aa\"; data sales 2=\"bb\"; code 0123456789abcdef at s3://b/a\n");
}

static void test_mlflow_states(void **state)
{
	static const char *const words[] = {NULL, "running", "queued", "succeeded", "failed", "cancelled"};
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_MLFLOW);

	request.unfinished = true;
	write_experiment(sandbox);
	for (int status = 1; status <= 5; status++) {
		/* Old files have the experiment's id as a number and one id alone. */
		sandbox_write(sandbox, "1/" RUN "/meta.yaml",
		              arena_format(&sandbox->arena, "run_uuid: " RUN "\nexperiment_id: 1\nstatus: %d\nstart_time: 1000\nend_time: null\n", status));
		reads(sandbox, &request, arena_format(&sandbox->arena, RUN " %s 1970-01-01T00:00:01Z:\n", words[status]));
	}
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", META(RUN, "status: 6\nstart_time: 1000\n"));
	reads(sandbox, &request, RUN " - 1970-01-01T00:00:01Z: !1/" RUN "/meta.yaml:6 'status' is 6, must be a number from 1 to 5\n");
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", META(RUN, "status: FINISHED\nstart_time: -1\nend_time: 1e99\n"));
	reads(sandbox, &request,
	      RUN " -: !1/" RUN "/meta.yaml:6 'status' is FINISHED, must be a number from 1 to 5 !1/" RUN
	          "/meta.yaml:7 'start_time' is no time in milliseconds !1/" RUN "/meta.yaml:8 'end_time' is no time in milliseconds\n");
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", META(OTHER, DONE));
	reads(sandbox, &request,
	      RUN " succeeded 2026-02-01T02:00:00Z 2026-02-01T03:00:00Z: !1/" RUN "/meta.yaml:1 'run_id' is '" OTHER "', and its folder is '" RUN
	          "' !1/" RUN "/meta.yaml:2 'run_uuid' is '" OTHER "', and its folder is '" RUN "'\n");
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", "");
	reads(sandbox, &request, RUN " -: !1/" RUN "/meta.yaml:0 '1/" RUN "/meta.yaml' is empty: it is incomplete\n");
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", "status: 3\nstatus: 4\n");
	reads(sandbox, &request, RUN " -: !1/" RUN "/meta.yaml:2 key 'status' stands twice in one mapping\n");
}

static void test_mlflow_left_out(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_MLFLOW);
	struct text named = TEXT(OTHER);
	struct tracked tracked;

	write_experiment(sandbox);
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", META(RUN, "status: 1\nstart_time: 1000\nend_time: null\n"));
	/* It is being written: no trouble while nobody wants it. */
	sandbox_write(sandbox, "1/" RUN "/metrics/m", "");
	sandbox_write(sandbox, "1/" OTHER "/meta.yaml", "run_id: " OTHER "\nlifecycle_stage: deleted\n" DONE);
	sandbox_write(sandbox, "1/models/m-1/meta.yaml", "x: y\n");
	sandbox_write(sandbox, "1/tags/t", "x");
	sandbox_write(sandbox, "models/r/meta.yaml", "name: r\n");
	sandbox_write(sandbox, ".trash/9/meta.yaml", "name: old\n");
	sandbox_write(sandbox, ".trash/9/" RUN "/meta.yaml", META(RUN, DONE));
	assert_int_equal(tracker_read(&tracked, &request, &sandbox->arena, &sandbox->failure), 0);
	assert_int_equal(tracked.count, 0);
	assert_int_equal(tracked.deleted, 1);
	assert_int_equal(tracked.unfinished, 1);
	request.runs = &named;
	request.run_count = 1;
	reads(sandbox, &request, OTHER " succeeded 2026-02-01T02:00:00Z 2026-02-01T03:00:00Z: !1/" OTHER "/meta.yaml:2 it is deleted in MLflow\n");
	named = TEXT("fedcba9876543210fedcba9876543211");
	refuses(sandbox, &request, EXIT_FINDINGS, "did you mean '" OTHER "'?");
}

static void test_mlflow_experiments(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_MLFLOW);

	refuses(sandbox, &request, EXIT_FINDINGS, "no experiment of MLflow");
	sandbox_write(sandbox, "mlflow.db", "x");
	refuses(sandbox, &request, EXIT_FINDINGS, "only its file store is read");
	sandbox_write(sandbox, "mlruns/0/meta.yaml", "name: Default\nlifecycle_stage: active\n");
	refuses(sandbox, &request, EXIT_FINDINGS, "no experiment in");
	sandbox_write(sandbox, "mlruns/1/meta.yaml", "name: demand\nlifecycle_stage: active\n");
	sandbox_write(sandbox, "mlruns/1/" RUN "/meta.yaml", META(RUN, DONE));
	reads(sandbox, &request, RUN " succeeded 2026-02-01T02:00:00Z 2026-02-01T03:00:00Z:\n");
	sandbox_write(sandbox, "mlruns/2/meta.yaml", "name: price\nlifecycle_stage: active\n");
	sandbox_write(sandbox, "mlruns/2/" OTHER "/meta.yaml", "status: 3\n");
	refuses(sandbox, &request, EXIT_USAGE, "say which with --experiment, of 'demand', 'price'");
	request.experiment = TEXT("prise");
	refuses(sandbox, &request, EXIT_FINDINGS, "did you mean 'price'?");
	request.experiment = TEXT("price");
	reads(sandbox, &request, OTHER " succeeded:\n");
	request.experiment = TEXT("1");
	reads(sandbox, &request, RUN " succeeded 2026-02-01T02:00:00Z 2026-02-01T03:00:00Z:\n");
	sandbox_write(sandbox, "mlruns/2/meta.yaml", "name: price\nlifecycle_stage: deleted\n");
	request.experiment = TEXT("price");
	refuses(sandbox, &request, EXIT_FINDINGS, "is deleted in MLflow");
	sandbox_write(sandbox, "mlruns/1/meta.yaml", "");
	request.experiment = TEXT("1");
	reads(sandbox, &request, " -: !mlruns/1/meta.yaml:0 'mlruns/1/meta.yaml' is empty: it is incomplete\n");
}

static void test_links(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_MLFLOW);

	write_experiment(sandbox);
	sandbox_write(sandbox, "secret", "100 42 0\n");
	sandbox_write(sandbox, "1/" RUN "/meta.yaml", META(RUN, DONE));
	sandbox_write(sandbox, "1/" RUN "/metrics/a", "100 1 0\n");
	assert_int_equal(symlink("../../../secret", sandbox_path(sandbox, "1/" RUN "/metrics/b")), 0);
	assert_int_equal(symlink("/dev/zero", sandbox_path(sandbox, "1/" RUN "/metrics/c")), 0);
	assert_int_equal(mkfifo(sandbox_path(sandbox, "1/" RUN "/metrics/d"), 0666), 0);
	assert_int_equal(symlink("../..", sandbox_path(sandbox, "1/" RUN "/params")), 0);
	assert_int_equal(symlink(RUN, sandbox_path(sandbox, "1/" OTHER)), 0);
	reads(sandbox, &request,
	      RUN " succeeded 2026-02-01T02:00:00Z 2026-02-01T03:00:00Z: a=1"
	          " !1/" RUN "/metrics/b:0 '1/" RUN "/metrics/b' is no regular file: links and the like are not followed"
	          " !1/" RUN "/metrics/c:0 '1/" RUN "/metrics/c' is no regular file: links and the like are not followed"
	          " !1/" RUN "/metrics/d:0 '1/" RUN "/metrics/d' is no regular file: links and the like are not followed"
	          " !1/" RUN "/params:0 '1/" RUN "/params' is no folder of its own: links are not followed\n" OTHER
	          " -: !1/" OTHER ":0 '1/" OTHER "' is no folder of its own: links are not followed\n");
}

/* --- W&B --- */

#define WRUN "run-20260201_030000-abc"

static void summary(struct sandbox *sandbox, const char *json, const char *wanted)
{
	struct tracker_request request = request_of(sandbox, TRACKER_WANDB);

	sandbox_write(sandbox, WRUN "/files/wandb-summary.json", json);
	reads(sandbox, &request, arena_format(&sandbox->arena, "abc -%s\n", wanted));
}

static void test_wandb_summary(void **state)
{
	struct sandbox *sandbox = *state;

	summary(sandbox, "{\"a\": 1, \"b\": {\"c\": -2.5e3}}", ": a=1 b.c=-2.5e3");
	/* Extended JSON. */
	summary(sandbox, "{\"a\": NaN, \"b\": Infinity, \"c\": -Infinity, \"d\": \"NaN\"}", ": a=NaN b=Infinity c=-Infinity d=NaN");
	summary(sandbox, "{\"loss\": {\"last\": 1, \"min\": 0.5, \"max\": 2, \"mean\": 1.1, \"first\": 2}}",
	        ": loss.first=2 loss.last=1 loss.max=2 loss.mean=1.1 loss.min=0.5");
	/* Housekeeping, at the top alone; things that are no numbers. */
	summary(sandbox, "{\"_step\": 1, \"_runtime\": 2, \"_wandb\": {\"runtime\": 3}, \"x\": {\"_step\": 4}}", ": x._step=4");
	summary(sandbox, "{\"img\": {\"_type\": \"image-file\", \"width\": 32}, \"s\": \"1\", \"t\": true, \"l\": [1], \"n\": null, \"m\": 1}",
	        ": m=1 (5 no numbers)");
	summary(sandbox, "", ": !" WRUN "/files/wandb-summary.json:0 '" WRUN "/files/wandb-summary.json' is empty: it is incomplete");
	summary(sandbox, "{\"a\": 1, \"a\": 2}", ": !" WRUN "/files/wandb-summary.json:1 key 'a' stands twice in one object");
	summary(sandbox, "{\"a\": 1", ": !" WRUN "/files/wandb-summary.json:1 found the end of the file where ',' or '}' is needed");
}

static void test_wandb_times(void **state)
{
	struct sandbox *sandbox = *state;

	/* The start is the last time less how long it ran. */
	summary(sandbox, "{\"a\": 1, \"_timestamp\": 1769914799.9, \"_runtime\": 3599.5}", " 2026-02-01T02:00:00Z 2026-02-01T02:59:59Z: a=1");
	summary(sandbox, "{\"a\": 1, \"_timestamp\": 1.7699148e+09}", " 2026-02-01T03:00:00Z: a=1");
	sandbox_write(sandbox, WRUN "/files/wandb-metadata.json",
	              "{\"startedAt\": \"2026-02-01T02:00:00.930428Z\", \"git\": {\"commit\": \"4f2a9c1\"}, \"args\": []}");
	summary(sandbox, "{\"a\": 1, \"_runtime\": 60, \"_wandb\": {\"runtime\": 90}}", " 2026-02-01T02:00:00Z 2026-02-01T02:01:30Z: a=1 code 4f2a9c1");
	/* Older clients write UTC without saying so. */
	sandbox_write(sandbox, WRUN "/files/wandb-metadata.json", "{\"startedAt\": \"2026-02-01T02:00:00.930428\"}");
	summary(sandbox, "{\"a\": 1}", " 2026-02-01T02:00:00Z: a=1");
	summary(sandbox, "{\"a\": 1, \"_timestamp\": -1e300, \"_runtime\": NaN}", " 2026-02-01T02:00:00Z: a=1");
}

static void test_wandb_folders(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_WANDB);

	refuses(sandbox, &request, EXIT_FINDINGS, "no run of W&B");
	sandbox_write(sandbox, "files/wandb-summary.json", "{}");
	refuses(sandbox, &request, EXIT_FINDINGS, "is one run of W&B; name the folder above it");
	sandbox_write(sandbox, "wandb/run-20260201_030000-a-b.C/files/wandb-summary.json", "{\"m\": 1}");
	sandbox_write(sandbox, "wandb/run-20260202_030000-twice/files/wandb-summary.json", "{\"m\": 2}");
	sandbox_write(sandbox, "wandb/run-20260203_030000-twice/files/wandb-summary.json", "{\"m\": 3}");
	sandbox_write(sandbox, "wandb/offline-run-20260204_030000-off/files/config.yaml", "lr: {value: 0.1}\n");
	sandbox_write(sandbox, "wandb/latest-run/files/wandb-summary.json", "{\"m\": 4}");
	sandbox_write(sandbox, "wandb/run-2026-x/files/wandb-summary.json", "{\"m\": 5}");
	reads(sandbox, &request,
	      "a-b.C -: m=1\noff -: param lr=0.1; !wandb/offline-run-20260204_030000-off/files/wandb-summary.json:0 no wandb-summary.json: W&B writes none "
	      "for a run that was made offline\ntwice -: m=3\n");
}

static void test_wandb_config(void **state)
{
	struct sandbox *sandbox = *state;

	sandbox_write(sandbox, WRUN "/files/config.yaml",
	              "_wandb:\n  value: {cli_version: 1.0}\nlr:\n  desc: null\n  value: 0.1\nn:\n  value: {a: {b: 'x'}}\nl:\n  value: [1, [2, {c: d}]]\n"
	              "none:\n  value: null\nwandb_version: 1\n");
	summary(sandbox, "{\"a\": 1}", ": a=1 param l=\"[1, [2, {c: d}]]\"; param lr=0.1; param n.a.b=\"x\";");
}

/* --- DVC --- */

static void test_dvc(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_DVC);
	struct text file = TEXT("b/other.yaml");

	refuses(sandbox, &request, EXIT_FINDINGS, "neither dvc.yaml nor DVCLive's metrics.json");
	sandbox_write(sandbox, "dvc.yaml", "stages: {}\n");
	refuses(sandbox, &request, EXIT_FINDINGS, "declares no metrics");
	sandbox_write(sandbox, "dvc.yaml", "metrics:\n- a.json\nstages:\n  s:\n    wdir: b\n    cmd: x\n    metrics:\n    - ../c.json:\n        cache: false\n    - other.yaml\n");
	sandbox_write(sandbox, "a.json", "{\"x\": 1, \"n\": {\"m\": 2}, \"t\": \"text\"}");
	sandbox_write(sandbox, "c.json", "{\"x\": 1, \"y\": NaN}");
	sandbox_write(sandbox, "b/other.yaml", "z: .inf\nw: 1e-3\nv: .nan\n");
	reads(sandbox, &request, " -: n.m=2 v=NaN w=1e-3 x=1 y=NaN z=Infinity (1 no numbers)\n");
	request.files = &file;
	request.file_count = 1;
	reads(sandbox, &request, " -: v=NaN w=1e-3 z=Infinity\n");
	request.file_count = 0;
	sandbox_write(sandbox, "c.json", "{\"x\": 2}");
	reads(sandbox, &request, " -: n.m=2 v=NaN w=1e-3 x=1 z=Infinity (1 no numbers) !c.json:1 metric 'x' stands in two files, with other values\n");
}

static void test_dvc_refused(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_DVC);

	sandbox_write(sandbox, "m.toml", "x = 1\n");
	sandbox_write(sandbox, "m.py", "x = 1\n");
	sandbox_write(sandbox, "dvc.yaml", "metrics: [m.toml, m.py, ../out.json, /etc/passwd, '${item}.json', gone.json, 'a/../../b.json']\n");
	reads(sandbox, &request,
	      " -: !dvc.yaml:1 '../out.json' is no path below the project !dvc.yaml:1 '/etc/passwd' is no path below the project"
	      " !dvc.yaml:1 '${item}.json' is a template, which DVC alone fills in !dvc.yaml:1 'a/../../b.json' is no path below the project"
	      " !m.toml:0 'm.toml' is TOML, which galley does not read !m.py:0 'm.py' is Python code, which galley does not run"
	      " !gone.json:0 metric file 'gone.json' is not there\n");
}

/* The lock, with this in the place of the metric file's MD5. */
static void write_lock(struct sandbox *sandbox, const char *md5)
{
	sandbox_write(sandbox, "dvc.lock",
	              arena_format(&sandbox->arena,
	                           "schema: '2.0'\nstages:\n  p:\n    cmd: p\n    deps:\n    - {path: raw.csv, md5: aa, size: 1}\n    outs:\n"
	                           "    - {path: data, md5: bb.dir, size: 1}\n  t:\n    cmd: t\n    deps:\n    - {path: data, md5: bb.dir, size: 1}\n"
	                           "    params: {params.yaml: {t.lr: 0.1, t.l: [1, 2]}, o.yaml: {k: v}}\n    outs:\n    - {path: a.json, %s, size: 9}\n",
	                           md5));
}

static void test_dvc_lock(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_DVC);
	const char *const rest = "x=1 param o.yaml.k=v; param t.l=\"[1, 2]\"; param t.lr=0.1; data raw.csv=\"aa\";";

	sandbox_write(sandbox, "dvc.yaml", "metrics: [a.json]\n");
	/* The MD5 are md5sum's, of both files. */
	sandbox_write(sandbox, "a.json", "{\"x\": 1}\n");
	write_lock(sandbox, "hash: md5, md5: 15058b6e28ee0b319e87b24f005b9187");
	reads(sandbox, &request, arena_format(&sandbox->arena, " succeeded: %s\n", rest));
	write_lock(sandbox, "hash: md5, md5: 15058b6e28ee0b319e87b24f005b9188");
	reads(sandbox, &request, arena_format(&sandbox->arena, " succeeded: %s !a.json:0 'a.json' is not what its stage made\n", rest));
	/* Older versions counted CRLF as LF. */
	sandbox_write(sandbox, "a.json", "{\"x\": 1}\r\n");
	write_lock(sandbox, "md5: 15058b6e28ee0b319e87b24f005b9187");
	reads(sandbox, &request, arena_format(&sandbox->arena, " succeeded: %s\n", rest));
	write_lock(sandbox, "hash: md5, md5: 15058b6e28ee0b319e87b24f005b9187");
	reads(sandbox, &request, arena_format(&sandbox->arena, " succeeded: %s !a.json:0 'a.json' is not what its stage made\n", rest));
	sandbox_write(sandbox, "dvc.lock", "train:\n  cmd: t\n");
	reads(sandbox, &request, " -: x=1 !dvc.lock:1 dvc.lock has schema 'none', must be 2.0\n");
}

static void test_dvclive(void **state)
{
	struct sandbox *sandbox = *state;
	struct tracker_request request = request_of(sandbox, TRACKER_DVC);

	sandbox_write(sandbox, "metrics.json", "{\"train\": {\"loss\": 0.1}, \"step\": 3}");
	sandbox_write(sandbox, "params.yaml", "lr: 0.1\n");
	reads(sandbox, &request, " -: step=3 train.loss=0.1 param lr=0.1;\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_metric_lines, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_metric_damage, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_metric_long, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_mlflow_run, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_mlflow_states, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_mlflow_left_out, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_mlflow_experiments, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_links, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_wandb_summary, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_wandb_times, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_wandb_folders, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_wandb_config, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_dvc, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_dvc_refused, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_dvc_lock, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_dvclive, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
