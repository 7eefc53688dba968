#include "reading.h"

#include "explain.h"

static const struct text families[] = {{"forecasting", 11}, {"pricing", 7}, {"classification", 14}};
static const struct schema_context context = {families, 3, &limits_default};

static void find(struct explanation *out, const char *asked, const char *kind, struct arena *arena)
{
	explain_find(out, text_of(asked), kind ? explain_kind_of(text_of(kind)) : KIND_COUNT, arena);
}

/* The fields that are found, or what is near, as "kind path, ..." */
static void check_found(const char *asked, const char *kind, const char *wanted)
{
	struct explanation explanation;
	struct arena arena;
	struct buffer out;

	arena_init(&arena);
	buffer_init(&out);
	find(&explanation, asked, kind, &arena);
	for (size_t i = 0; i < explanation.field_count; i++)
		buffer_format(&out, "%s%s %s", i ? ", " : "", kind_name(explanation.fields[i]->kind), explanation.fields[i]->path);
	if (explanation.has_code)
		buffer_format(&out, "code %s", code_list[explanation.code].id);
	if (explanation.automatic)
		buffer_string(&out, "auto");
	if (explanation.method)
		buffer_format(&out, "method %s", explanation.method->key);
	for (size_t i = 0; i < explanation.near_count; i++)
		buffer_format(&out, "%s%.*s", i ? " " : "near ", TEXT_ARGS(explanation.near[i]));
	if (strcmp(out.len ? out.data : "", wanted) != 0)
		fail_msg("%s\n  gives  %s\n  wanted %s", asked, out.len ? out.data : "", wanted);
	buffer_release(&out);
	arena_release(&arena);
}

static void test_paths(void **state)
{
	(void)state;
	check_found("evaluation.metrics.*.target", NULL, "recipe evaluation.metrics.*.target");
	check_found("evaluation.metrics.MAPE.target", NULL, "recipe evaluation.metrics.*.target");
	check_found("evaluation.metrics.slices.north.MAPE.target", NULL, "recipe evaluation.metrics.*.target");
	check_found("pipeline.stages.train.type", NULL, "recipe pipeline.stages[].type");
	check_found("pipeline.stages[0].type", NULL, "recipe pipeline.stages[].type");
	check_found("monitoring.drift.features[].p", NULL, "recipe monitoring.drift.features[].p");
	check_found("synthetic_example.columns.price.weights.a", NULL, "recipe synthetic_example.columns.*.weights.*");
	check_found("columns.price.max_missing", NULL, "recipe requirements.schema.columns.*.max_missing");
	check_found("drift.threshold", NULL, "recipe monitoring.drift.threshold");
	check_found("max_missing", NULL, "recipe requirements.schema.columns.*.max_missing");
	check_found("metadata.id", NULL, "recipe metadata.id, pack metadata.id, model metadata.id");
	check_found("metadata.id", "pack", "pack metadata.id");
	check_found("version", "galley.yaml", "galley.yaml version");
	check_found("MAPE", "snapshot", "snapshot *");
	check_found("KS", NULL, "method ks");
	check_found("Auto", NULL, "auto");
	check_found("gate/loosened", NULL, "code gate/loosened");
	check_found("loosened", NULL, "code gate/loosened");
}

static void test_unknown(void **state)
{
	(void)state;
	check_found("evaluation.metrics.MAPE.taget", NULL, "near evaluation.metrics.MAPE.target");
	check_found("evaluation.metrics.MAPE.target", "pack", "");
	check_found("pipeline.stags[].type", NULL, "near pipeline.stages[].type");
	check_found("treshold", NULL, "near threshold thresholds");
	check_found("gate/losened", NULL, "near gate/loosened");
	check_found("", NULL, "");
	check_found(".", NULL, "");
	check_found("a..b", NULL, "");
	check_found("pipeline.stages[", NULL, "near pipeline.stages pipeline.stages[]");
	check_found("entirely-else", NULL, "");
	check_found("a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a", NULL, "");
}

/* What explain shows as an example must be what the checker takes, but for what else the file needs. */
static void check_example(const struct field *field, const struct value *json, struct arena *arena)
{
	struct diags diags;
	struct input file = {.path = TEXT("example.yaml"), .bytes = value_get(json, "example")->text};

	diags_init(&diags, arena);
	struct value *root = document_read(&file, DOCUMENT_MANIFEST, &limits_default, arena, &diags);
	if (root)
		schema_check(field->kind, root, &context, &diags);
	for (size_t i = 0; i < diags.count; i++)
		if (diags.items[i].code != CODE_SCHEMA_MISSING_FIELD)
			fail_msg("%s %s\n%.*s%.*s", kind_name(field->kind), field->path, TEXT_ARGS(file.bytes), TEXT_ARGS(diags.items[i].message));
	assert_non_null(root);
}

static void test_every_field(void **state)
{
	struct explanation explanation;

	(void)state;
	for (size_t i = 0; i < schema_field_count; i++) {
		const struct field *field = &schema_fields[i];
		struct buffer out;
		struct arena arena;
		struct diags diags;
		arena_init(&arena);
		buffer_init(&out);
		find(&explanation, field->path, kind_name(field->kind), &arena);
		assert_int_equal(explanation.field_count, 1);
		assert_ptr_equal(explanation.fields[0], field);
		explain_text(&out, &explanation, &arena);
		assert_non_null(strstr(out.data, field->doc));
		buffer_clear(&out);
		explain_json(&out, &explanation, &arena);
		diags_init(&diags, &arena);
		struct input file = {.path = TEXT("explain.json"), .bytes = buffer_text(&out)};
		struct value *root = document_read(&file, DOCUMENT_MANIFEST, &limits_default, &arena, &diags);
		assert_non_null(root);
		const struct value *json = value_get(root, "fields")->items[0];
		assert_true(text_is(value_get(json, "path")->text, field->path));
		check_example(field, json, &arena);
		buffer_release(&out);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_unknown),
	    cmocka_unit_test(test_every_field),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
