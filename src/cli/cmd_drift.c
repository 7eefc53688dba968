#include <stdint.h>
#include <string.h>

#include "command.h"
#include "csv_options.h"
#include "drift_json.h"
#include "drift_text.h"
#include "json.h"
#include "number.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option drift_options[] = {
	{"reference", 0, OPTION_WORD, AT(reference), "A.csv", NULL, "compare two files: what is expected"},
	{"current", 0, OPTION_WORD, AT(current), "B.csv", NULL, "compare two files: what came ('-' is standard input)"},
	{"reference-profile", 0, OPTION_WORD, AT(reference_profile), "R", NULL, "compare two profiles (galley help profile): what is expected"},
	{"current-profile", 0, OPTION_WORD, AT(current_profile), "C", NULL, "compare two profiles: what came"},
	{"method", 0, OPTION_WORDS, AT(methods), "KEY,...", NULL, "auto (default: PSI and missing values), all, or methods; a single one decides"},
	CSV_COLUMN_OPTIONS,
	CSV_READING_OPTIONS("", ""),
	CSV_MEMORY_OPTION,
};

static enum exit_code drift_code(enum drift_status status, enum severity fail_on)
{
	enum severity weight = status == DRIFT_DRIFT || status == DRIFT_INCONCLUSIVE ? SEVERITY_ERROR
	                       : status == DRIFT_WARN                                ? SEVERITY_WARNING
	                                                                             : SEVERITY_OFF;

	return weight >= fail_on ? EXIT_FINDINGS : EXIT_OK;
}

static int unknown_method(struct invocation *invocation, struct text key)
{
	struct text list = {0};

	for (enum drift_method method = 0; method < METHOD_COUNT; method++)
		list = text_format(&invocation->arena, "%.*s, %s", TEXT_ARGS(list), drift_methods[method].key);
	return session_usage(invocation, "unknown drift method '%.*s', must be auto, all%.*s", TEXT_ARGS(key), TEXT_ARGS(list));
}

/* --method KEY,...: methods to show; a single one decides too. */
static int read_methods(struct drift_request *request, struct invocation *invocation)
{
	bool automatic = false;
	size_t count = 0;

	request->decide = METHOD_NONE;
	for (size_t i = 0; i < invocation->methods.count; i++) {
		struct text rest = invocation->methods.items[i];
		do {
			size_t comma = text_find(rest, ',');
			struct text key = text_cut(rest, 0, comma);
			rest = text_cut(rest, comma + 1, rest.len);
			bool all = text_is_nocase(key, "all");
			enum drift_method method = drift_method_of(key);
			if (text_is_nocase(key, "auto"))
				automatic = true;
			else if (!all && method == METHOD_NONE)
				return unknown_method(invocation, key);
			for (enum drift_method m = 0; m < METHOD_COUNT; m++)
				request->show[m] = request->show[m] || all || m == method;
		} while (rest.len);
	}
	for (enum drift_method m = 0; m < METHOD_COUNT; m++) {
		count += request->show[m];
		if (request->show[m])
			request->decide = m;
	}
	if (count > 1 || automatic)
		request->decide = METHOD_NONE;
	return EXIT_OK;
}

static bool has_name(const struct text *names, size_t count, struct text name)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(names[i], name))
			return true;
	return false;
}

/* A name that is mistyped would leave its column to be judged as if nothing had been said. */
static void note_kinds(const struct drift_result *result, const struct drift_request *request, const struct invocation *invocation)
{
	for (size_t i = 0; i < request->feature_count; i++) {
		struct text name = request->features[i].name;
		bool known = request->only_count || request->features[i].kind == COLUMN_IGNORE ||
		             has_name(result->only_in_reference, result->only_in_reference_count, name) ||
		             has_name(result->only_in_current, result->only_in_current_count, name);
		for (size_t k = 0; k < result->column_count && !known; k++)
			known = text_equal(result->columns[k].name, name);
		if (!known)
			session_note(invocation, "galley: '--kind' names '%.*s', which is a column of neither file", TEXT_ARGS(name));
	}
}

static int print_result(const struct drift_result *result, const struct invocation *invocation)
{
	struct buffer out;

	buffer_init(&out);
	if (session_is(invocation, "json")) {
		struct json *json = drift_json(result, false);
		json_print(&out, json, true);
		json_release(json);
	} else {
		drift_text(&out, result);
	}
	int code = session_write(invocation, &out, (int)drift_code(result->status, session_fail_on(invocation, SEVERITY_ERROR)));
	buffer_release(&out);
	return code;
}

static int drift_files(struct invocation *invocation)
{
	struct table_file reference = {NULL, text_of(invocation->reference)}, current = {NULL, text_of(invocation->current)};
	struct drift_request request = {
		.reference = &reference,
		.current = &current,
		.reference_count = 1,
		.current_count = 1,
	};
	struct drift_result result;
	struct limits limits;
	struct diags diags;
	struct failure failure;
	bool ok;

	int code = read_methods(&request, invocation);
	if (code == EXIT_OK)
		code = csv_request(&request, invocation);
	if (code == EXIT_OK)
		code = session_limits(&limits, invocation);
	if (code != EXIT_OK)
		return code;
	if (strcmp(invocation->reference, "-") == 0 && strcmp(invocation->current, "-") == 0)
		return session_usage(invocation, "'-' is both '--reference' and '--current', but standard input can only be one of them");
	csv_await(invocation, reference.path);
	csv_await(invocation, current.path);
	diags_init(&diags, &invocation->arena);
	int status = drift_compare(&result, &ok, &request, &limits, &invocation->arena, &diags, &failure);
	progress_line_end(&invocation->line);
	if (status < 0)
		return session_fail(&failure);
	diags_sort(&diags);
	if (diags.count)
		session_findings(&diags, SEVERITY_NOTE, 2, invocation);
	if (!ok)
		return EXIT_FINDINGS;
	note_kinds(&result, &request, invocation);
	return print_result(&result, invocation);
}

static int drift_profiles(struct invocation *invocation)
{
	struct drift_request request = {.only = invocation->columns.items, .only_count = invocation->columns.count};
	struct profile reference, current;
	struct drift_result result;
	struct failure failure;
	struct limits limits;
	struct text why;

	int code = read_methods(&request, invocation);
	if (code == EXIT_OK)
		code = session_limits(&limits, invocation);
	if (code == EXIT_OK)
		code = session_profile(&reference, invocation->reference_profile, &limits, invocation);
	if (code == EXIT_OK)
		code = session_profile(&current, invocation->current_profile, &limits, invocation);
	if (code != EXIT_OK)
		return code;
	if (profile_compare(&result, &why, &reference, &current, &request, &invocation->arena))
		return print_result(&result, invocation);
	failure_set(&failure, EXIT_FINDINGS, "the profiles cannot be compared: %.*s", TEXT_ARGS(why));
	return session_fail(&failure);
}

/* The newest snapshot with data; NULL. One that could not be used must not hide behind an older one. */
static const struct snapshot_result *judged_snapshot(const struct model_result *model)
{
	for (size_t i = model->snapshot_count; i > 0; i--)
		if (model->snapshots[i - 1].snapshot->csv.len)
			return &model->snapshots[i - 1];
	return NULL;
}

/* A model drifts by its share of drifting features; what could not be judged weighs as much. A model without data is inconclusive
 * where it was named. */
static enum drift_status model_status(const struct model_result *model, bool named)
{
	const struct snapshot_result *snapshot = judged_snapshot(model);

	if (!snapshot)
		return named ? DRIFT_INCONCLUSIVE : DRIFT_UNJUDGED;
	if (snapshot->has_drift && snapshot->drifting)
		return DRIFT_DRIFT;
	if (!snapshot->has_drift || snapshot->undecided)
		return DRIFT_INCONCLUSIVE;
	return snapshot->drift.drifting || snapshot->drift.status == DRIFT_WARN ? DRIFT_WARN : DRIFT_STABLE;
}

static struct text why_not(const struct model_result *model, const struct snapshot_result *snapshot)
{
	if (model->state == STATE_NONE)
		return TEXT("only models in staging and production are watched");
	if (!snapshot)
		return TEXT("no snapshot with data up to the as-of");
	if (!model->recipe)
		return model->recipe_reason;
	return snapshot->undecided ? snapshot->undecided_reason : TEXT("the model has no reference");
}

static void add_model_json(struct json *models, const struct model_result *model, bool named)
{
	const struct snapshot_result *snapshot = judged_snapshot(model);
	struct json *item = json_object();

	json_add_text(item, "model", model->model->record.id);
	json_add_string(item, "status", drift_status_name(model_status(model, named)));
	if (snapshot)
		json_add_text(item, "snapshot", snapshot->snapshot->stamp);
	if (snapshot && snapshot->has_drift) {
		json_add_number(item, "share", snapshot->share);
		json_add_number(item, "share_limit", model->share_limit);
	} else {
		json_add_text(item, "reason", why_not(model, snapshot));
	}
	json_add(item, "columns", snapshot && snapshot->has_drift ? drift_columns_json(&snapshot->drift, false) : json_array());
	json_push(models, item);
}

/* The answer in one line, then the features. */
static void add_model_text(struct buffer *out, const struct model_result *model, bool named)
{
	const struct snapshot_result *snapshot = judged_snapshot(model);
	enum drift_status status = model_status(model, named);
	char share[512];

	buffer_safe(out, model->model->record.id);
	if (!snapshot || !snapshot->has_drift) {
		buffer_string(out, status == DRIFT_INCONCLUSIVE ? ": inconclusive: " : ": not judged: ");
		buffer_safe(out, why_not(model, snapshot));
		buffer_char(out, '\n');
		return;
	}
	buffer_string(out, status == DRIFT_DRIFT ? ": drifting: " : status == DRIFT_INCONCLUSIVE ? ": inconclusive: " : ": not drifting: ");
	buffer_format(out, "%zu of %zu features, share ", snapshot->drift.drifting, snapshot->drift.judged);
	number_print_fixed(share, snapshot->share, 3);
	buffer_format(out, "%s, limit ", share);
	buffer_number(out, model->share_limit);
	buffer_string(out, "; snapshot ");
	buffer_safe(out, snapshot->snapshot->stamp);
	buffer_char(out, '\n');
	drift_text(out, &snapshot->drift);
}

static int select_models(const struct model ***only, size_t *count, struct workspace *workspace, const struct invocation *invocation)
{
	const struct catalog *catalog = &workspace->catalog;

	*only = arena_array(&workspace->arena, catalog->model_count + invocation->operands.count, sizeof **only);
	*count = 0;
	for (size_t i = 0; i < invocation->operands.count; i++) {
		const struct model *model = catalog_model(catalog, invocation->operands.items[i]);
		if (!model) {
			struct text *names = arena_array(&workspace->arena, catalog->model_count, sizeof *names);
			for (size_t m = 0; m < catalog->model_count; m++)
				names[m] = catalog->models[m].record.id;
			return session_unknown("model", invocation->operands.items[i], names, catalog->model_count);
		}
		(*only)[(*count)++] = model;
	}
	for (size_t i = 0; !invocation->operands.count && i < catalog->model_count; i++)
		if (catalog->models[i].status == MODEL_STAGING || catalog->models[i].status == MODEL_PRODUCTION)
			(*only)[(*count)++] = &catalog->models[i];
	return EXIT_OK;
}

static int print_models(struct workspace *workspace, const struct invocation *invocation)
{
	struct json *json = json_object(), *models = json_array();
	const struct results *results = &workspace->results;
	int code = session_errors(workspace, invocation);
	bool as_json = session_is(invocation, "json"), named = invocation->operands.count > 0;
	struct buffer out;

	buffer_init(&out);
	json_add_string(json, "schema", "galley.drift/1");
	for (size_t i = 0; i < results->model_count; i++) {
		const struct model_result *model = &results->models[i];
		add_model_json(models, model, named);
		if (!as_json && i)
			buffer_char(&out, '\n');
		if (!as_json)
			add_model_text(&out, model, named);
		if (drift_code(model_status(model, named), session_fail_on(invocation, SEVERITY_ERROR)) != EXIT_OK)
			code = EXIT_FINDINGS;
	}
	json_add(json, "models", models);
	if (as_json)
		json_print(&out, json, true);
	json_release(json);
	code = session_write(invocation, &out, code);
	buffer_release(&out);
	return code;
}

static int drift_models(struct invocation *invocation)
{
	struct workspace workspace;
	const struct model **only;
	size_t count;
	int code = session_open(&workspace, invocation);

	if (code == EXIT_OK)
		code = select_models(&only, &count, &workspace, invocation);
	if (code == EXIT_OK && count)
		code = session_measure(&workspace, true, only, count);
	if (code == EXIT_OK)
		code = print_models(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

static int run_drift(struct invocation *invocation)
{
	bool files = invocation->reference || invocation->current;
	bool profiles = invocation->reference_profile || invocation->current_profile;

	if (profiles && (!invocation->reference_profile || !invocation->current_profile))
		return session_usage(invocation, "'--reference-profile' and '--current-profile' belong together");
	if (profiles && (files || invocation->operands.count))
		return session_usage(invocation, "either two profiles, or two files, or models");
	if (profiles && csv_reading_given(invocation))
		return session_usage(invocation, "how data is read was settled when it was profiled; '--kind', '--na', '--delimiter' and '--max-bad-rows' go with files");
	if (profiles)
		return drift_profiles(invocation);
	if (files && (!invocation->reference || !invocation->current))
		return session_usage(invocation, "'--reference' and '--current' belong together");
	if (files && invocation->operands.count)
		return session_usage(invocation, "either models or '--reference' and '--current', not both");
	if (!files && (invocation->methods.count || invocation->columns.count || csv_reading_given(invocation)))
		return session_usage(invocation, "a model's methods, kinds and missing values are its recipe's; these options go with '--reference' and '--current'");
	return files ? drift_files(invocation) : drift_models(invocation);
}

const struct command command_drift = {
	.name = "drift",
	.operands = "[MODEL...]",
	.most = SIZE_MAX,
	.summary = "has live data moved away from the reference, feature by feature?",
	.details = "With models (default: all in staging and production): the newest snapshots against the reference, by the recipe's methods and\n"
	           "limits. With --reference and --current: two CSV files. Every number comes with its definition in JSON. Exit 1 on drift, or\n"
	           "when a feature could not be judged. Under auto a column drifts by its PSI or by a change of its missing values; 'galley explain METHOD'\n"
	           "tells what a method is.",
	.examples = {"galley drift model_store_demand", "galley drift --reference jan.csv --current feb.csv --method all --format json",
	             "galley drift --reference jan.csv --current - --na '?' --kind zip=category"},
	.formats = "text|json",
	.options = drift_options,
	.option_count = sizeof drift_options / sizeof *drift_options,
	.run = run_drift,
};
