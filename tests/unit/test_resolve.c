#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "buffer.h"
#include "digest.h"
#include "instant.h"
#include "resolve.h"
#include "text_report.h"

/* A handful of recipes read from texts, as the catalog would have them. */
enum { RECIPES_MAX = 80 };

struct world {
	struct arena arena;
	struct diags diags;
	struct catalog catalog;
	struct recipe recipes[RECIPES_MAX];
	struct resolved resolved;
	int64_t as_of;
};

static void world_init(struct world *world)
{
	memset(world, 0, sizeof *world);
	arena_init(&world->arena);
	diags_init(&world->diags, &world->arena);
	world->catalog.recipes = world->recipes;
	assert_true(instant_parse(&world->as_of, TEXT("2026-06-15T12:00:00Z")));
}

static enum level level_of(struct text name)
{
	return text_is(name, "baseline") ? LEVEL_BASELINE : text_is(name, "industry") ? LEVEL_INDUSTRY :
	       text_is(name, "client")   ? LEVEL_CLIENT : LEVEL_NONE;
}

static enum record_status status_of(struct text name)
{
	return text_is(name, "draft") ? STATUS_DRAFT : text_is(name, "approved") ? STATUS_APPROVED :
	       text_is(name, "archived") ? STATUS_ARCHIVED : STATUS_NONE;
}

static void add_text(struct world *world, struct text path, struct text bytes)
{
	static const struct text families[] = {{"pricing", 7}, {"forecasting", 11}};
	const struct schema_context context = {families, 2, &limits_default};
	struct input *file = arena_alloc(&world->arena, sizeof *file);
	size_t before = world->diags.count;

	*file = (struct input){.path = path, .bytes = bytes};
	const struct value *root = document_read(file, DOCUMENT_MANIFEST, &limits_default, &world->arena, &world->diags);
	if (!root)
		fail_msg("%.*s: %.*s", TEXT_ARGS(path), TEXT_ARGS(world->diags.items[before].message));
	schema_check(KIND_RECIPE, root, &context, &world->diags);
	struct recipe *recipe = &world->recipes[world->catalog.recipe_count++];
	const struct value *id = value_at(root, "metadata.id"), *parent = value_at(root, "metadata.parent");
	*recipe = (struct recipe){.record = {.kind = KIND_RECIPE, .id = id->text, .place = id->place, .file = file, .root = root},
	                          .family = value_text(root, "metadata.model_family"),
	                          .level = level_of(value_text(root, "metadata.level")),
	                          .version = value_text(root, "metadata.version"),
	                          .status = status_of(value_text(root, "metadata.status"))};
	if (parent)
		recipe->parent = reference_of(parent);
	for (size_t i = before; i < world->diags.count; i++)
		recipe->record.broken |= world->diags.items[i].severity == SEVERITY_ERROR;
}

/* A recipe "name.yaml" of name, with metadata of one line, then the body from line 2 on. */
static void add(struct world *world, const char *name, const char *level, const char *parent, const char *more, const char *body)
{
	struct text path = text_format(&world->arena, "%s.yaml", name);
	struct text text = text_format(&world->arena,
	                               "metadata: {id: %s, name: N, model_family: pricing, level: %s, version: 1.2.0, status: approved%s%s%s}\n%s",
	                               name, level, parent ? ", parent: " : "", parent ? parent : "", more, body);

	add_text(world, path, text);
}

static int order_recipes(const void *left, const void *right)
{
	return text_compare(((const struct recipe *)left)->record.id, ((const struct recipe *)right)->record.id);
}

static void resolve(struct world *world)
{
	qsort(world->recipes, world->catalog.recipe_count, sizeof *world->recipes, order_recipes);
	resolve_all(&world->resolved, &world->catalog, world->as_of, &world->arena, &world->diags);
	diags_sort(&world->diags);
}

static const struct effective *effective(struct world *world, const char *id)
{
	const struct effective *found = resolved_recipe(&world->resolved, text_of(id));

	assert_non_null(found);
	return found;
}

/* "path:line:col code message < related path:line; ..." */
static void findings(struct buffer *out, const struct world *world)
{
	for (size_t i = 0; i < world->diags.count; i++) {
		const struct diag *diag = &world->diags.items[i];
		buffer_format(out, "%s%.*s:%u:%u %s %.*s", i ? "\n" : "", TEXT_ARGS(diag->place.file->path), diag->place.line,
		              diag->place.column, code_list[diag->code].id, TEXT_ARGS(diag->message));
		for (size_t r = 0; r < diag->related_count; r++)
			buffer_format(out, " < %.*s:%u:%u", TEXT_ARGS(diag->related[r].place.file->path), diag->related[r].place.line,
			              diag->related[r].place.column);
	}
}

static void check_findings(const struct world *world, const char *wanted)
{
	struct buffer out;

	buffer_init(&out);
	buffer_string(&out, "");
	findings(&out, world);
	struct text given = buffer_text(&out);
	if (!text_is(given, wanted))
		fail_msg("findings\n%.*s\nwanted\n%s", TEXT_ARGS(given), wanted);
	buffer_release(&out);
}

static bool has_finding(const struct world *world, const char *wanted)
{
	struct buffer out;

	buffer_init(&out);
	findings(&out, world);
	buffer_char(&out, '\0');
	bool has = strstr(out.data, wanted) != NULL;
	if (!has)
		print_message("%s\n", out.data);
	buffer_release(&out);
	return has;
}

static void draw(struct buffer *out, const struct value *value)
{
	if (value->kind == VALUE_SCALAR) {
		buffer_format(out, value->quoted ? "\"%.*s\"" : "%.*s", TEXT_ARGS(value->text));
		return;
	}
	buffer_char(out, value->kind == VALUE_MAP ? '{' : '[');
	for (size_t i = 0; i < value->count; i++) {
		buffer_string(out, i ? ", " : "");
		if (value->kind == VALUE_MAP)
			buffer_format(out, "%.*s: ", TEXT_ARGS(value->members[i].name));
		draw(out, value->kind == VALUE_MAP ? value->members[i].value : value->items[i]);
	}
	buffer_char(out, value->kind == VALUE_MAP ? '}' : ']');
}

static void check_value(struct world *world, const char *id, const char *path, const char *wanted)
{
	const struct effective *recipe = effective(world, id);
	struct buffer out;

	if (!recipe->usable)
		check_findings(world, "(usable)");
	const struct value *value = *path ? value_at(recipe->root, path) : recipe->root;
	buffer_init(&out);
	if (value)
		draw(&out, value);
	else
		buffer_string(&out, "(none)");
	if (!text_is(buffer_text(&out), wanted))
		fail_msg("'%s' of '%s' is\n%.*s\nwanted\n%s", path, id, TEXT_ARGS(buffer_text(&out)), wanted);
	buffer_release(&out);
}

#define REST "requirements: {grain: day}\nevaluation: {packs: [pack_a]}\n"
#define STAGE "pipeline: {stages: [{name: t, type: training, config: "

/* The config of the one stage of base.yaml and of child.yaml below it; line 4 holds both. */
static void meet(struct world *world, const char *parent, const char *child)
{
	world_init(world);
	struct text base = text_format(&world->arena, REST STAGE "%s}]}\n", parent);
	struct text own = text_format(&world->arena, "\n\npipeline:\n  stages:\n    - name: t\n      config:\n%s", child);
	add(world, "base", "baseline", NULL, "", base.at);
	add(world, "child", "client", "base", "", own.at);
	resolve(world);
}

static void check_config(struct world *world, const char *wanted)
{
	struct text all = text_format(&world->arena, "[{name: t, type: training, config: %s}]", wanted);

	check_value(world, "child", "pipeline.stages", all.at);
	arena_release(&world->arena);
}

/* --- the fourteen worked cases --- */

static void case_01_scalar_is_replaced(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{lr: 0.1}", "        lr: 1\n");
	check_findings(&world, "");
	check_config(&world, "{lr: 1}");
}

static void case_02_other_class_is_an_error_with_both_positions(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{lr: 0.1}", "        lr: \"0.1\"\n");
	check_findings(&world, "child.yaml:8:13 merge/type-clash another type than inherited: 'pipeline.stages.t.config.lr' is text, "
	                       "inherited a number < base.yaml:4:60");
	assert_false(effective(&world, "child")->usable);
	assert_null(effective(&world, "child")->root);
	assert_true(effective(&world, "base")->usable);
	arena_release(&world.arena);
}

static void case_03_mapping_is_merged(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{o: {a: 1, b: 2}}", "        o: {b: 3}\n");
	check_findings(&world, "");
	check_config(&world, "{o: {a: 1, b: 3}}");
}

static void case_04_patch_replace_drops_what_is_inherited(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{o: {a: 1}}", "        o: {$patch: replace, c: 2}\n");
	check_findings(&world, "");
	check_config(&world, "{o: {c: 2}}");
}

static void case_05_null_is_an_error_with_a_hint(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{o: {a: 1}}", "        o:\n");
	check_findings(&world, "child.yaml:8:9 merge/null empty value over an inherited one: 'pipeline.stages.t.config.o' < base.yaml:4:59");
	assert_true(strstr(world.diags.items[0].help.at, "$unset: [o]") != NULL);
	arena_release(&world.arena);
}

static void case_06_unset_removes_and_why_tells_who(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{a: 1}", "        $unset: [a]\n");
	check_findings(&world, "");
	const struct effective *child = effective(&world, "child");
	const struct origin *origin = effective_origin(child, TEXT("pipeline.stages.t.config.a"));
	assert_non_null(origin);
	assert_null(origin->value);
	assert_ptr_equal(origin->recipe, child->recipe);
	assert_int_equal(origin->place.line, 8);
	assert_int_equal(origin->place.column, 18);
	assert_int_equal(origin->shadow_count, 1);
	assert_true(text_is(origin->shadowed[0].value->text, "1"));
	assert_true(text_is(origin->shadowed[0].recipe->record.id, "base"));
	check_config(&world, "{}");
}

static void case_07_unset_of_what_is_not_inherited(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{alpha: 1, b: 2}", "        $unset: [alpa]\n");
	check_findings(&world, "child.yaml:8:18 merge/unset nothing to remove: 'alpa' is not inherited");
	assert_true(text_is(world.diags.items[0].help, "did you mean 'alpha'?"));
	arena_release(&world.arena);
}

static void case_08_unset_and_set(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{a: 1}", "        $unset: [a]\n        a: 2\n");
	check_findings(&world, "child.yaml:8:18 merge/unset 'a' is removed and set in the same mapping < child.yaml:9:9");
	arena_release(&world.arena);
}

/* Stages x and y in base.yaml; the child's stages begin in line 3. */
static void meet_stages(struct world *world, const char *child)
{
	world_init(world);
	struct text own = text_format(&world->arena, "pipeline:\n%s", child);
	add(world, "base", "baseline", NULL, "",
	    REST "pipeline: {stages: [{name: x, type: quality}, {name: y, type: training, config: {lr: 1}}]}\n");
	add(world, "child", "client", "base", "", own.at);
	resolve(world);
}

static void case_09_items_merge_in_the_parents_place(void **state)
{
	struct world world;

	(void)state;
	meet_stages(&world, "  stages: [{name: z, type: evaluation}, {name: y, config: {lr: 2}}]\n");
	check_findings(&world, "");
	check_value(&world, "child", "pipeline.stages",
	            "[{name: x, type: quality}, {name: y, type: training, config: {lr: 2}}, {name: z, type: evaluation}]");
	arena_release(&world.arena);
}

static void case_10_item_is_deleted(void **state)
{
	struct world world;

	(void)state;
	meet_stages(&world, "  stages: [{name: x, $patch: delete}]\n");
	check_findings(&world, "");
	check_value(&world, "child", "pipeline.stages", "[{name: y, type: training, config: {lr: 1}}]");
	const struct origin *origin = effective_origin(effective(&world, "child"), TEXT("pipeline.stages.x"));
	assert_non_null(origin);
	assert_null(origin->value);
	arena_release(&world.arena);
}

static void case_11_list_is_dropped_by_its_first_item(void **state)
{
	struct world world;

	(void)state;
	meet_stages(&world, "  stages: [{$patch: replace}, {name: z, type: quality}]\n");
	check_findings(&world, "");
	check_value(&world, "child", "pipeline.stages", "[{name: z, type: quality}]");
	arena_release(&world.arena);
}

static void case_12_two_items_of_one_name(void **state)
{
	struct world world;

	(void)state;
	meet_stages(&world, "  stages:\n    - {name: x, type: training}\n    - {name: x, type: deployment}\n");
	check_findings(&world, "child.yaml:5:14 merge/duplicate-item two items named 'x' in 'pipeline.stages' < child.yaml:4:14");
	arena_release(&world.arena);
}

static void case_13_sets_are_united(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, ", tags: [a, b]", REST STAGE "{}}]}\n");
	add(&world, "child", "client", "base", ", tags: [b, c]", "");
	resolve(&world);
	check_findings(&world, "");
	check_value(&world, "child", "metadata.tags", "[a, b, c]");
	arena_release(&world.arena);
}

static void case_14_other_lists_are_replaced(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{layers: [64, 32]}", "        layers: [128]\n");
	check_findings(&world, "");
	check_config(&world, "{layers: [128]}");
}

/* --- how values meet, beyond the worked cases --- */

static void inherited_order_comes_first(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{z: 1, a: 2}", "        n: 3\n        z: 4\n");
	check_findings(&world, "");
	check_config(&world, "{z: 4, a: 2, n: 3}");
}

static void restating_is_a_note(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{lr: 0.10, on: true, l: [1, 2]}", "        lr: 0.1\n        on: true\n        l: [1.0, 2]\n        x: 1\n");
	check_findings(&world, "child.yaml:8:13 merge/restated same as inherited: 'pipeline.stages.t.config.lr' is 0.1 < base.yaml:4:60\n"
	                       "child.yaml:9:13 merge/restated same as inherited: 'pipeline.stages.t.config.on' is true < base.yaml:4:70\n"
	                       "child.yaml:10:12 merge/restated same as inherited: 'pipeline.stages.t.config.l' is [1.0, 2] < base.yaml:4:79");
	arena_release(&world.arena);
}

static void shapes_clash(void **state)
{
	struct world world;

	(void)state;
	meet(&world, "{a: 1, b: {c: 1}, d: [1], e: true}", "        a: {x: 1}\n        b: 2\n        d: 3\n        e: 1\n");
	check_findings(&world, "child.yaml:8:12 merge/type-clash another type than inherited: 'pipeline.stages.t.config.a' is a mapping, inherited a number < base.yaml:4:59\n"
	                       "child.yaml:9:12 merge/type-clash another type than inherited: 'pipeline.stages.t.config.b' is a number, inherited a mapping < base.yaml:4:65\n"
	                       "child.yaml:10:12 merge/type-clash another type than inherited: 'pipeline.stages.t.config.d' is a number, inherited a list < base.yaml:4:76\n"
	                       "child.yaml:11:12 merge/type-clash another type than inherited: 'pipeline.stages.t.config.e' is a number, inherited a boolean < base.yaml:4:84");
	arena_release(&world.arena);
}

static void operators_need_something_inherited(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, "",
	    REST "pipeline:\n  $patch: replace\n  stages:\n    - {name: t, $patch: delete}\n    - {name: u, type: training, config: {$unset: [a], l: [{$unset: [b]}]}}\n");
	resolve(&world);
	check_findings(&world, "base.yaml:5:3 merge/unset nothing to replace: 'pipeline' is not inherited\n"
	                       "base.yaml:7:14 merge/unset nothing to remove: 't' is not inherited\n"
	                       "base.yaml:8:51 merge/unset nothing to remove: 'a' is not inherited\n"
	                       "base.yaml:8:69 merge/unset nothing to remove: 'b' is not inherited");
	arena_release(&world.arena);
}

static void deleted_items_say_nothing_else(void **state)
{
	struct world world;

	(void)state;
	meet_stages(&world, "  stages: [{name: x, $patch: delete, type: training}]\n");
	check_findings(&world, "child.yaml:3:30 merge/unset 'x' is removed and set in the same item < child.yaml:3:38");
	arena_release(&world.arena);
}

static void features_are_merged_by_name(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, "",
	    REST STAGE "{}}]}\nmonitoring: {drift: {features: [price, {name: segment, method: chi_square, p: 0.01}, old]}}\n");
	add(&world, "child", "client", "base", "",
	    "monitoring: {drift: {features: [{name: price, threshold: 0.1}, {name: old, $patch: delete}, new]}}\n");
	resolve(&world);
	check_findings(&world, "child.yaml:2:64 gate/loosened looser than its parent: 'monitoring.drift.features.old' removed, parent old "
	                       "< base.yaml:5:86");
	check_value(&world, "child", "monitoring.drift.features",
	            "[{name: price, threshold: 0.1}, {name: segment, method: chi_square, p: 0.01}, new]");
	assert_non_null(effective_origin(effective(&world, "child"), TEXT("monitoring.drift.features.new")));
	assert_non_null(effective_origin(effective(&world, "child"), TEXT("monitoring.drift.features.price.threshold")));
	arena_release(&world.arena);
}

static void packs_are_merged_by_id(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, "",
	    "requirements: {grain: day}\n" STAGE "{}}]}\nevaluation: {packs: [a@1.0.0, b, c]}\n");
	add(&world, "child", "client", "base", "", "evaluation: {packs: [d, {id: c, $patch: delete}, a@2.0.0]}\n");
	resolve(&world);
	check_findings(&world, "child.yaml:2:25 gate/loosened looser than its parent: 'evaluation.packs.c' removed, parent c < base.yaml:4:34");
	check_value(&world, "child", "evaluation.packs", "[a@2.0.0, b, d]");
	const struct effective *child = effective(&world, "child");
	assert_int_equal(child->pack_count, 3);
	assert_true(text_is(child->packs[0].id, "a"));
	assert_true(text_is(child->packs[0].pin, "2.0.0"));
	arena_release(&world.arena);
}

static void metadata_is_the_recipes_own(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add_text(&world, TEXT("base.yaml"),
	         TEXT("metadata: {id: base, name: B, description: D, model_family: pricing, level: baseline, version: 1.0.0, status: approved, "
	              "owner: us, tags: [t], policy: {locked: [lineage]}}\n" REST STAGE "{}}]}\n"));
	add(&world, "child", "client", "base", ", policy: {locked: [deployment]}", "");
	resolve(&world);
	check_findings(&world, "");
	check_value(&world, "child", "metadata",
	            "{id: child, name: N, model_family: pricing, level: client, version: 1.2.0, status: approved, parent: base, "
	            "policy: {locked: [lineage, deployment]}, owner: us, tags: [t]}");
	assert_true(text_is(effective(&world, "child")->owner, "us"));
	arena_release(&world.arena);
}

static void policy_cannot_be_taken_out(void **state)
{
	static const char *const attempts[] = {
	    ", $unset: [policy]", ", policy: {$unset: [locked]}", ", policy: {$patch: replace}",
	    ", policy: {locked: [{$patch: replace}, lineage]}", NULL};

	(void)state;
	for (size_t i = 0; attempts[i]; i++) {
		struct world world;
		world_init(&world);
		add(&world, "base", "baseline", NULL, ", policy: {locked: [deployment]}", REST STAGE "{}}]}\n");
		add(&world, "child", "client", "base", attempts[i], "deployment: {mode: batch}\n");
		resolve(&world);
		assert_true(has_finding(&world, "merge/unset policy cannot be taken out"));
		assert_true(has_finding(&world, "gate/policy locked field changed: 'deployment.mode' batch"));
		arena_release(&world.arena);
	}
	/* Dropping the whole of metadata, or of the document, keeps policy too. */
	for (size_t i = 0; i < 2; i++) {
		struct world world;
		world_init(&world);
		add(&world, "base", "baseline", NULL, ", owner: us, policy: {locked: [deployment]}", REST STAGE "{}}]}\n");
		add(&world, "child", "client", "base", i ? ", $patch: replace" : "",
		    i ? "deployment: {mode: batch}\n" : "$patch: replace\n" REST STAGE "{}}]}\ndeployment: {mode: batch}\n");
		resolve(&world);
		assert_true(has_finding(&world, "gate/policy locked field changed: 'deployment.mode' batch"));
		arena_release(&world.arena);
	}
}

static void three_levels_keep_their_origins(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, "", REST STAGE "{a: 1, b: 1, c: 1}}]}\n");
	add(&world, "mid", "industry", "base", "", "pipeline: {stages: [{name: t, config: {a: 2, $unset: [c]}}]}\n");
	add(&world, "child", "client", "mid", "", "pipeline: {stages: [{name: t, config: {a: 3, c: 3}}]}\n");
	resolve(&world);
	check_findings(&world, "");
	const struct effective *child = effective(&world, "child");
	assert_int_equal(child->chain_count, 3);
	assert_true(text_is(child->chain[0]->record.id, "base"));
	const struct origin *a = effective_origin(child, TEXT("pipeline.stages.t.config.a"));
	assert_int_equal(a->shadow_count, 2);
	assert_true(text_is(a->shadowed[0].value->text, "2"));
	assert_true(text_is(a->shadowed[1].recipe->record.id, "base"));
	const struct origin *b = effective_origin(child, TEXT("pipeline.stages.t.config.b"));
	assert_true(text_is(b->recipe->record.id, "base"));
	assert_int_equal(b->shadow_count, 0);
	const struct origin *c = effective_origin(child, TEXT("pipeline.stages.t.config.c"));
	assert_true(text_is(c->recipe->record.id, "child"));
	assert_int_equal(c->shadow_count, 1);
	/* In mid it is gone, and stands where it stood. */
	const struct effective *mid = effective(&world, "mid");
	const struct origin *gone = effective_origin(mid, TEXT("pipeline.stages.t.config.c"));
	assert_null(gone->value);
	assert_true(text_is((gone - 1)->field, "pipeline.stages.t.config.b"));
	arena_release(&world.arena);
}

/* --- parents --- */

static void parent_rules(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add(&world, "a_base", "baseline", NULL, "", REST STAGE "{}}]}\n");
	add(&world, "b_base", "baseline", "a_base", "", REST STAGE "{}}]}\n");
	add(&world, "c_alone", "client", NULL, "", REST STAGE "{}}]}\n");
	add(&world, "d_lost", "client", "a_bse", "", "");
	add(&world, "e_mid", "industry", "a_base", "", "");
	add(&world, "f_level", "industry", "e_mid", "", "");
	add(&world, "g_below", "client", "d_lost", "", "");
	add_text(&world, TEXT("h_family.yaml"),
	         TEXT("metadata:\n  {id: h_family, name: N, model_family: forecasting, level: client, parent: a_base, version: 1.0.0, status: draft}\n"));
	add_text(&world, TEXT("i_draft.yaml"), TEXT("metadata:\n  {id: i_draft, name: N, model_family: pricing, level: industry, parent: a_base, "
	                                            "version: 1.0.0, status: draft}\n"));
	add(&world, "j_onto_draft", "client", "i_draft", "", "");
	add(&world, "k_pin", "client", "a_base@^1.3", "", "");
	add(&world, "l_pin", "client", "a_base@^1.1", "", "");
	resolve(&world);
	check_findings(&world, "b_base.yaml:1:115 parent/required a baseline has no parent, but 'parent' is 'a_base'\n"
	                       "c_alone.yaml:1:11 parent/required missing field 'parent' in 'metadata': a recipe of level client inherits from an industry recipe or a baseline\n"
	                       "d_lost.yaml:1:113 parent/unknown unknown parent 'a_bse'\n"
	                       "f_level.yaml:1:116 parent/level parent 'e_mid' is of level industry: a recipe of level industry needs a baseline < e_mid.yaml:1:62\n"
	                       "g_below.yaml:1:114 parent/level parent 'd_lost' is of level client: a recipe of level client needs an industry recipe or a baseline < d_lost.yaml:1:63\n"
	                       "h_family.yaml:2:77 parent/family parent 'a_base' is of family 'pricing', not 'forecasting' < a_base.yaml:1:47\n"
	                       "j_onto_draft.yaml:1:119 parent/status parent 'i_draft' is draft, but 'j_onto_draft' is approved < i_draft.yaml:2:106\n"
	                       "k_pin.yaml:1:112 parent/pin pin '^1.3' is not satisfied: parent 'a_base' is at 1.2.0 < a_base.yaml:1:82");
	assert_true(effective(&world, "l_pin")->usable);
	assert_false(effective(&world, "g_below")->usable);
	assert_false(effective(&world, "k_pin")->usable);
	arena_release(&world.arena);
}

static void cycles_are_told_once_and_whole(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add(&world, "a", "client", "c", "", "");
	add(&world, "b", "client", "a", "", "");
	add(&world, "c", "client", "b", "", "");
	add(&world, "d", "client", "c", "", "");
	add(&world, "self", "client", "self", "", "");
	resolve(&world);
	check_findings(&world, "a.yaml:1:108 parent/cycle 'a' inherits from itself: a -> c -> b -> a < c.yaml:1:108 < b.yaml:1:108\n"
	                       "d.yaml:1:108 parent/level parent 'c' is of level client: a recipe of level client needs an industry recipe or a baseline < c.yaml:1:58\n"
	                       "self.yaml:1:111 parent/cycle 'self' inherits from itself: self -> self");
	for (size_t i = 0; i < world.resolved.count; i++)
		assert_false(world.resolved.recipes[i].usable);
	arena_release(&world.arena);
}

static void long_chains_end(void **state)
{
	struct world world;
	char name[8], parent[8];

	(void)state;
	world_init(&world);
	for (int i = 0; i < 70; i++) {
		snprintf(name, sizeof name, "r%02d", i);
		snprintf(parent, sizeof parent, "r%02d", i - 1);
		add(&world, arena_copy(&world.arena, name, 3), "client", i ? arena_copy(&world.arena, parent, 3) : NULL, "", "");
	}
	resolve(&world);
	/* There are three levels: every link beyond is told, and nothing is resolved. */
	size_t found = 0;
	for (size_t i = 0; i < world.diags.count; i++)
		found += world.diags.items[i].code == CODE_PARENT_LEVEL;
	assert_int_equal(found, 69);
	assert_false(effective(&world, "r69")->usable);
	arena_release(&world.arena);
}

/* --- gates --- */

/* Monitoring and metrics of a baseline with a policy, and a child's own from line 2 on. */
static void meet_gates(struct world *world, const char *policy, const char *base, const char *child)
{
	world_init(world);
	struct text rest = text_format(&world->arena, "%s%s" STAGE "{}}]}\n%s", strstr(base, "requirements:") ? "" : "requirements: {grain: day}\n",
	                               strstr(base, "evaluation:") ? "" : "evaluation: {packs: [pack_a]}\n", base);
	add(world, "base", "baseline", NULL, policy, rest.at);
	add(world, "child", "client", "base", "", child);
	resolve(world);
}

static void check_move(const char *base, const char *child, const char *wanted)
{
	struct world world;
	struct buffer out;

	meet_gates(&world, "", base, child);
	for (size_t i = 0; i < world.diags.count; i++)
		if (world.diags.items[i].severity == SEVERITY_ERROR)
			check_findings(&world, "(no error)");
	const struct effective *recipe = effective(&world, "child");
	buffer_init(&out);
	buffer_string(&out, "");
	for (size_t i = 0; i < recipe->change_count; i++) {
		const struct gate_change *change = &recipe->changes[i];
		buffer_format(&out, "%s%s %.*s: %.*s -> %.*s", i ? "; " : "", change->move == GATE_LOOSER ? "looser" : "tighter",
		              TEXT_ARGS(change->field), TEXT_ARGS(change->before), TEXT_ARGS(change->after));
	}
	if (!text_is(buffer_text(&out), wanted))
		fail_msg("%s over %s gives\n%.*s\nwanted\n%s", child, base, TEXT_ARGS(buffer_text(&out)), wanted);
	buffer_release(&out);
	arena_release(&world.arena);
}

#define COLUMN(text) "requirements: {schema: {columns: {c: {" text "}}}}\n"
#define COLUMN_PATH "requirements.schema.columns.c."
#define DRIFT(text) "monitoring: {drift: {" text "}}\n"
#define METRIC(text) "evaluation: {metrics: {M: {" text "}}}\n"
#define METRIC_PATH "evaluation.metrics.M."

static void gates_move_in_their_direction(void **state)
{
	(void)state;
	check_move(DRIFT("threshold: 0.2"), DRIFT("threshold: 0.3"), "looser monitoring.drift.threshold: 0.2 -> 0.3");
	check_move(DRIFT("threshold: 0.2"), DRIFT("threshold: 0.1"), "tighter monitoring.drift.threshold: 0.2 -> 0.1");
	check_move(DRIFT("threshold: 0.2"), DRIFT("threshold: 0.20"), "");
	check_move(DRIFT("share: 0.2"), DRIFT("$unset: [share]"), "looser monitoring.drift.share: 0.2 -> ");
	check_move("", DRIFT("share: 0.6"), "looser monitoring.drift.share: 0.5 -> 0.6");
	check_move("", DRIFT("share: 0.4"), "tighter monitoring.drift.share: 0.5 -> 0.4");
	check_move(DRIFT("method: PSI"), DRIFT("method: psi"), "");
	check_move(DRIFT("method: PSI"), DRIFT("method: ks"), "looser monitoring.drift.method: PSI -> ks");
	check_move("monitoring: {freshness: {max_age_hours: 24}}\n", "$unset: [monitoring]\n", "looser monitoring: {freshness: {max_age_hours: 24}} -> ");
	check_move("monitoring: {actions: {on_drift: alert}}\n", "$unset: [monitoring]\n", "");
	check_move("monitoring: {alerts: {a: {condition: \"drift.max > 1\", severity: critical}}}\n",
	           "monitoring: {alerts: {a: {severity: warning}, b: {condition: \"drift.max > 2\"}}}\n",
	           "looser monitoring.alerts.a.severity: critical -> warning; tighter monitoring.alerts.b.condition:  -> drift.max > 2");
	check_move("monitoring: {alerts: {a: {condition: \"drift.max > 1\"}}}\n",
	           "monitoring: {alerts: {a: {condition: \"drift.max > 0.5\"}}}\n",
	           "looser monitoring.alerts.a.condition: drift.max > 1 -> drift.max > 0.5");
}

static void data_requirements_move_in_their_direction(void **state)
{
	(void)state;
	check_move("", "", "");
	check_move(COLUMN("min: 0, max: 10"), COLUMN("min: -1, max: 9"),
	           "looser " COLUMN_PATH "min: 0 -> -1; tighter " COLUMN_PATH "max: 10 -> 9");
	check_move(COLUMN("max_missing: 0.010"), COLUMN("max_missing: 0.02"), "looser " COLUMN_PATH "max_missing: 0.010 -> 0.02");
	check_move(COLUMN("required: true"), COLUMN("required: false"), "looser " COLUMN_PATH "required: true -> false");
	check_move(COLUMN("type: number"), COLUMN("required: true"), "tighter " COLUMN_PATH "required: false -> true");
	check_move(COLUMN("allowed: [a, b]"), COLUMN("allowed: [b]"), "tighter " COLUMN_PATH "allowed: [a, b] -> [b]");
	check_move(COLUMN("allowed: [a, b]"), COLUMN("allowed: [b, c]"), "looser " COLUMN_PATH "allowed: [a, b] -> [b, c]");
	check_move("requirements: {min_history: 104w}\n", "requirements: {min_history: 1y}\n",
	           "looser requirements.min_history: 104w -> 1y");
	check_move("requirements: {min_history: 52w}\n", "requirements: {min_history: 2y}\n",
	           "tighter requirements.min_history: 52w -> 2y");
}

static void metrics_move_in_their_direction(void **state)
{
	(void)state;
	check_move(METRIC("target: 0.1, threshold_warning: 0.15, threshold_critical: 0.25"),
	           METRIC("target: 0.05, threshold_warning: 0.2, threshold_critical: 0.250"),
	           "tighter " METRIC_PATH "target: 0.1 -> 0.05; looser " METRIC_PATH "threshold_warning: 0.15 -> 0.2");
	check_move(METRIC("threshold_warning: 0.9, threshold_critical: 0.8"), METRIC("threshold_critical: 0.7"),
	           "looser " METRIC_PATH "threshold_critical: 0.8 -> 0.7");
	check_move(METRIC("threshold_warning: 0.9, threshold_critical: 0.8"), METRIC("threshold_critical: 0.85"),
	           "tighter " METRIC_PATH "threshold_critical: 0.8 -> 0.85");
	check_move(METRIC("threshold_warning: 0.9, threshold_critical: 0.8, direction: higher"), METRIC("$unset: [threshold_warning]"),
	           "looser " METRIC_PATH "threshold_warning: 0.9 -> ");
	check_move(METRIC("direction: target, target: 1, threshold_warning: 0.1, threshold_critical: 0.2"), METRIC("threshold_critical: 0.3"),
	           "looser " METRIC_PATH "threshold_critical: 0.2 -> 0.3");
	check_move(METRIC("direction: target, target: 1, threshold_warning: 0.1, threshold_critical: 0.2"), METRIC("target: 1.1"),
	           "looser " METRIC_PATH "target: 1 -> 1.1");
	/* 1.05 +- 0.05 and 1.05 +- 0.15 lie within 1 +- 0.1 and 1 +- 0.2, edges and all. */
	check_move(METRIC("direction: target, target: 1, threshold_warning: 0.1, threshold_critical: 0.2"),
	           METRIC("target: 1.05, threshold_warning: 0.05, threshold_critical: 0.15"),
	           "tighter " METRIC_PATH "threshold_warning: 0.1 -> 0.05; tighter " METRIC_PATH "threshold_critical: 0.2 -> 0.15");
	check_move(METRIC("direction: lower, threshold_critical: 0.2"), METRIC("direction: higher"),
	           "looser " METRIC_PATH "direction: lower -> higher");
	check_move(METRIC("threshold_critical: 0.2, direction: lower"), "evaluation: {metrics: {$unset: [M]}, packs: [p]}\n",
	           "looser evaluation.metrics.M: {threshold_critical: 0.2, direction: lower} -> ; tighter evaluation.packs.p:  -> p");
	check_move("", METRIC("threshold_critical: 0.2, direction: lower"),
	           "tighter evaluation.metrics.M:  -> {threshold_critical: 0.2, direction: lower}");
}

static void pins_move(void **state)
{
	static const struct { const char *before, *after; bool looser, tighter; } cases[] = {
	    {"p", "p@1.0.0", false, true},      {"p@1.0.0", "p", true, false},        {"p@1.0.0", "p@^1.0.0", true, false},
	    {"p@^1.0.0", "p@1.4.0", false, true}, {"p@^1.0.0", "p@2.0.0", true, false}, {"p@1.0.0", "p@0.9.0", true, false},
	    {"p@1.0.0", "p@1.1.0", false, true}, {"p@^1.0.0", "p@^1.0.0", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world world;
		world_init(&world);
		add(&world, "base", "baseline", NULL, "",
		    text_format(&world.arena, "requirements: {grain: day}\n" STAGE "{}}]}\nevaluation: {packs: [\"%s\"]}\n", cases[i].before).at);
		add(&world, "child", "client", "base", "", text_format(&world.arena, "evaluation: {packs: [\"%s\"]}\n", cases[i].after).at);
		resolve(&world);
		const struct effective *child = effective(&world, "child");
		assert_int_equal(child->change_count, cases[i].looser || cases[i].tighter);
		if (child->change_count)
			assert_int_equal(child->changes[0].move, cases[i].looser ? GATE_LOOSER : GATE_TIGHTER);
		arena_release(&world.arena);
	}
}

#define WAIVER(until) "waivers:\n  - {gate: monitoring.drift.share, reason: r, approved_by: risk, expires: " until "}\n"

static void looser_is_a_warning_and_policy_makes_it_an_error(void **state)
{
	struct world world;

	(void)state;
	meet_gates(&world, "", DRIFT("share: 0.2"), DRIFT("share: 0.3"));
	check_findings(&world, "child.yaml:2:29 gate/loosened looser than its parent: 'monitoring.drift.share' 0.3, parent 0.2 < base.yaml:5:29");
	assert_int_equal(world.diags.items[0].severity, SEVERITY_WARNING);
	arena_release(&world.arena);
	meet_gates(&world, ", policy: {tighten_only: [\"monitoring.*\"]}", DRIFT("share: 0.2"), DRIFT("share: 0.3"));
	check_findings(&world, "child.yaml:2:29 gate/policy looser than its parent, which policy forbids: 'monitoring.drift.share' 0.3, parent 0.2 "
	                       "< base.yaml:5:29 < base.yaml:1:129");
	assert_true(effective(&world, "child")->usable);
	arena_release(&world.arena);
	meet_gates(&world, ", policy: {tighten_only: [\"monitoring.*\"]}", DRIFT("share: 0.2"), DRIFT("share: 0.1"));
	check_findings(&world, "");
	arena_release(&world.arena);
	/* Taking the block out takes its gates along. */
	meet_gates(&world, ", policy: {tighten_only: [monitoring.drift.share]}", DRIFT("share: 0.2"), "$unset: [monitoring]\n");
	assert_true(has_finding(&world, "child.yaml:2:10 gate/policy looser than its parent, which policy forbids: 'monitoring' removed"));
	arena_release(&world.arena);
}

static void patterns_cover_all_below(void **state)
{
	static const struct { const char *pattern; bool covers; } cases[] = {
	    {"monitoring", true}, {"monitoring.drift", true}, {"monitoring.drift.share", true}, {"monitoring.*.share", true}, {"*", true},
	    {"\"*.*.*\"", true}, {"\"*.*.*.*\"", false}, {"monitoring.dri", false}, {"monitoring.drift.share.x", false}, {"drift", false},
	    {"\"*.freshness\"", false}, {"monitoring.drift-a, monitoring.drift.window, \"*.drift.share\"", true},
	    {"monitoring.drift-a, monitoring.drift.window, monitoring.drift.sharing, \"*.drift.other\"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world world;
		const char *pattern = text_is(text_of(cases[i].pattern), "*") ? "\"*\"" : cases[i].pattern;
		world_init(&world);
		add(&world, "base", "baseline", NULL, text_format(&world.arena, ", policy: {locked: [%s]}", pattern).at,
		    REST STAGE "{}}]}\n" DRIFT("share: 0.2"));
		add(&world, "child", "client", "base", "", DRIFT("share: 0.1"));
		resolve(&world);
		if ((world.diags.count == 1) != cases[i].covers)
			check_findings(&world, cases[i].pattern);
		arena_release(&world.arena);
	}
}

static void locks_hold_in_both_directions(void **state)
{
	struct world world;

	(void)state;
	meet_gates(&world, ", policy: {locked: [monitoring.drift, deployment.mode]}", DRIFT("share: 0.2") "deployment: {mode: batch}\n",
	           DRIFT("share: 0.1") "deployment: {mode: realtime, schedule: \"0 6 * * 1\"}\n");
	check_findings(&world, "child.yaml:2:29 gate/policy locked field changed: 'monitoring.drift.share' 0.1, parent 0.2 < base.yaml:5:29 < base.yaml:1:123\n"
	                       "child.yaml:3:20 gate/policy locked field changed: 'deployment.mode' realtime, parent batch < base.yaml:6:20 < base.yaml:1:141");
	arena_release(&world.arena);
	meet_gates(&world, ", policy: {locked: [monitoring.drift]}", DRIFT("share: 0.2"), DRIFT("share: 0.3, window: 1"));
	check_findings(&world, "child.yaml:2:29 gate/policy locked field changed: 'monitoring.drift.share' 0.3, parent 0.2 < base.yaml:5:29 < base.yaml:1:123\n"
	                       "child.yaml:2:42 gate/policy locked field changed: 'monitoring.drift.window' 1, not set by its parent < base.yaml:1:123");
	arena_release(&world.arena);
	/* A lock set above the parent holds. */
	world_init(&world);
	add(&world, "base", "baseline", NULL, ", policy: {locked: [deployment]}", REST STAGE "{}}]}\n");
	add(&world, "mid", "industry", "base", "", "");
	add(&world, "child", "client", "mid", "", "deployment: {mode: batch}\n");
	resolve(&world);
	check_findings(&world, "child.yaml:2:20 gate/policy locked field changed: 'deployment.mode' batch, not set by its parent < base.yaml:1:123");
	arena_release(&world.arena);
}

static void waivers_last_to_the_end_of_their_day(void **state)
{
	struct world world;

	(void)state;
	meet_gates(&world, ", policy: {tighten_only: [monitoring.drift]}", DRIFT("share: 0.2"), DRIFT("share: 0.3") WAIVER("2026-06-15"));
	check_findings(&world, "child.yaml:2:29 gate/waived looser than its parent under a waiver: 'monitoring.drift.share' 0.3, parent 0.2 "
	                       "< base.yaml:5:29 < base.yaml:1:129 < child.yaml:4:5");
	assert_true(effective(&world, "child")->changes[0].waived);
	assert_true(effective(&world, "child")->waivers[0].used);
	arena_release(&world.arena);
	meet_gates(&world, ", policy: {tighten_only: [monitoring.drift]}", DRIFT("share: 0.2"), DRIFT("share: 0.3") WAIVER("2026-06-14"));
	/* The finding on the gate tells of the waiver. */
	check_findings(&world, "child.yaml:2:29 gate/policy looser than its parent, which policy forbids: 'monitoring.drift.share' 0.3, parent 0.2 "
	                       "< base.yaml:5:29 < base.yaml:1:129 < child.yaml:4:5");
	arena_release(&world.arena);
	meet_gates(&world, "", DRIFT("share: 0.2"), DRIFT("share: 0.1") WAIVER("2026-06-15"));
	check_findings(&world, "child.yaml:4:12 waiver/unused waiver covers nothing: 'monitoring.drift.share' is not looser than its parent");
	arena_release(&world.arena);
	/* A lock may be waived as well. */
	meet_gates(&world, ", policy: {locked: [monitoring.drift]}", DRIFT("share: 0.2"), DRIFT("share: 0.1") WAIVER("2026-07-01"));
	assert_int_equal(world.diags.count, 1);
	assert_true(has_finding(&world, "gate/waived locked field changed under a waiver: 'monitoring.drift.share' 0.1, parent 0.2"));
	arena_release(&world.arena);
}

static void waivers_need_a_reason(void **state)
{
	struct world world;

	(void)state;
	meet_gates(&world, ", policy: {tighten_only: [monitoring.drift]}", DRIFT("share: 0.2"),
	           DRIFT("share: 0.3") "waivers: [{gate: monitoring.drift.share, approved_by: risk, expires: 2026-12-31}]\n");
	assert_true(has_finding(&world, "schema/missing-field"));
	assert_true(has_finding(&world, "gate/policy"));
	arena_release(&world.arena);
}

/* --- the whole --- */

static void what_is_missing_is_told_once(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, "", STAGE "{}}]}\n");
	add(&world, "child", "client", "base", "", "evaluation: {packs: [p]}\n");
	resolve(&world);
	for (size_t i = 0; i < world.diags.count; i++)
		assert_true(text_is(world.diags.items[i].place.file->path, "base.yaml"));
	assert_int_equal(world.diags.count, 2);
	assert_true(has_finding(&world, "base.yaml:1:1 recipe/incomplete"));
	arena_release(&world.arena);
}

static void limits_that_contradict_by_inheritance(void **state)
{
	struct world world;

	(void)state;
	meet_gates(&world, "", METRIC("threshold_warning: 0.1, threshold_critical: 0.2, direction: lower"), METRIC("threshold_critical: 0.05"));
	assert_true(has_finding(&world, "child.yaml:2:48 gate/thresholds direction 'lower' of 'M' contradicts its thresholds, which fall from good to bad "
	                                "< base.yaml:4:47 < base.yaml:4:88"));
	assert_int_equal(effective(&world, "child")->metric_count, 1);
	assert_int_equal(effective(&world, "child")->metrics[0].direction, DIRECTION_LOWER);
	arena_release(&world.arena);
}

static void digest_of(char out[65], const char *metadata, const char *body)
{
	struct world world;

	world_init(&world);
	add_text(&world, TEXT("a.yaml"), text_format(&world.arena, "%s\n%s", metadata, body));
	resolve(&world);
	const struct effective *recipe = effective(&world, "a");
	if (!recipe->usable)
		check_findings(&world, "(usable)");
	char again[65];
	digest_sha256(again, recipe->canonical);
	assert_string_equal(again, recipe->digest);
	memcpy(out, recipe->digest, 65);
	arena_release(&world.arena);
}

#define META(version, status) "metadata: {id: a, name: N, model_family: pricing, level: baseline, version: " version ", status: " status "}"
#define BODY STAGE "{lr: 0.1, on: true, s: \"1\"}}]}\nrequirements: {grain: day}\nevaluation: {packs: [p]}\n"

static void digest_moves_with_meaning_alone(void **state)
{
	static const struct { const char *metadata, *body; bool same; } cases[] = {
	    {META("1.0.1", "approved"), BODY, true},
	    {META("1.0.0", "draft"), BODY, true},
	    {META("1.0.0", "approved"), "# note\nevaluation:\n  packs:\n    - p\nrequirements: {grain: \"day\"}\n"
	                                STAGE "{s: '1', on: true, lr: 1.0e-1}}]}\nx-note: hello\n", true},
	    {META("1.0.0", "approved"), STAGE "{lr: 0.1, on: true, s: 1}}]}\nrequirements: {grain: day}\nevaluation: {packs: [p]}\n", false},
	    {META("1.0.0", "approved"), STAGE "{lr: 0.1, on: \"true\", s: \"1\"}}]}\nrequirements: {grain: day}\nevaluation: {packs: [p]}\n", false},
	    {META("1.0.0", "approved"), BODY "deployment: {mode: batch}\n", false},
	    {"metadata: {id: a, name: M, model_family: pricing, level: baseline, version: 1.0.0, status: draft}", BODY, false},
	};
	char first[65], other[65];

	(void)state;
	digest_of(first, META("1.0.0", "approved"), BODY);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		digest_of(other, cases[i].metadata, cases[i].body);
		if ((strcmp(first, other) == 0) != cases[i].same)
			fail_msg("case %zu: %s %s", i, first, other);
	}
	digest_of(first, META("1.0.0", "draft"), BODY "monitoring: {drift: {features: [price]}}\n");
	digest_of(other, META("1.0.0", "draft"), BODY "monitoring: {drift: {features: [{name: price}]}}\n");
	assert_string_equal(first, other);
}

static void canonical_form_is_rfc_8785(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add_text(&world, TEXT("a.yaml"),
	         TEXT(META("1.0.0", "draft") "\nrequirements: {grain: \"\\b\\f\\r\\n\\t\\x1b\\x7f\\u2028/\\\"\\\\\"}\nevaluation: {packs: [p@1.0.0]}\n"
	              "pipeline: {stages: [{name: t, type: training, config: {\"\\uFB33\": 1e21, \"\\U0001F600\": 1E-7, \"\\xf6\": -0, \"1\": 4.50}}]}\n"
	              "monitoring: {drift: {features: [price, {name: q, p: 0.010, method: KS}]}}\n"));
	resolve(&world);
	const struct effective *recipe = effective(&world, "a");
	if (!recipe->usable)
		check_findings(&world, "(usable)");
	const char *wanted =
	    "{\"evaluation\":{\"packs\":[\"p@1.0.0\"]},"
	    "\"metadata\":{\"id\":\"a\",\"level\":\"baseline\",\"model_family\":\"pricing\",\"name\":\"N\"},"
	    "\"monitoring\":{\"drift\":{\"features\":[{\"name\":\"price\"},{\"method\":\"KS\",\"name\":\"q\",\"p\":0.01}]}},"
	    "\"pipeline\":{\"stages\":[{\"config\":{\"1\":4.5,\"\xc3\xb6\":0,\"\xf0\x9f\x98\x80\":1e-7,\"\xef\xac\xb3\":1e+21},"
	    "\"name\":\"t\",\"type\":\"training\"}]},"
	    "\"requirements\":{\"grain\":\"\\b\\f\\r\\n\\t\\u001b\x7f\xe2\x80\xa8/\\\"\\\\\"}}";
	if (!text_is(recipe->canonical, wanted))
		fail_msg("canonical\n%.*s\nwanted\n%s", TEXT_ARGS(recipe->canonical), wanted);
	arena_release(&world.arena);
}

/* --- printed --- */

static void yaml_reads_back(void **state)
{
	struct world world, again;
	struct buffer out;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, "",
	    "requirements: {grain: \"007\", labels: [\"a, b\", 'it''s', \"# x\", \"\\u202e::error::##[x]\\n\", \"null\", \"true\", \" s\", \"a: b\", -x]}\n"
	    "evaluation: {packs: [p@1.0.0], validation: {method: \"\\\"q\\\"\"}}\n"
	    "pipeline:\n  stages:\n    - name: t\n      type: training\n      config:\n        n: 1e3\n        q: \"1e3\"\n        b: true\n        qb: \"true\"\n"
	    "        deep: [[1, 2], {a: [{b: c}]}, [], {}, [[x, y], [z]]]\n        \"odd: key\": -0.5\n        \"\": {}\n        text: >-\n          folded\n          text\n"
	    "        u: http://a/b#c\n        t: a::b\n        none: []\n");
	resolve(&world);
	check_findings(&world, "");
	buffer_init(&out);
	for (int why = 0; why < 2; why++) {
		buffer_clear(&out);
		resolve_yaml(&out, effective(&world, "base"), why);
		world_init(&again);
		add_text(&again, TEXT("again.yaml"), buffer_text(&out));
		resolve(&again);
		const struct effective *recipe = effective(&again, "base");
		if (!recipe->usable || !text_equal(recipe->canonical, effective(&world, "base")->canonical) ||
		    !value_same(recipe->root, effective(&world, "base")->root))
			fail_msg("\n%.*s\n%.*s\n%.*s", TEXT_ARGS(buffer_text(&out)), TEXT_ARGS(recipe->canonical),
			         TEXT_ARGS(effective(&world, "base")->canonical));
		assert_true(strstr(out.data, "::error") == NULL && strstr(out.data, "##[") == NULL && strstr(out.data, "\xe2\x80\xae") == NULL);
		arena_release(&again.arena);
	}
	buffer_release(&out);
	arena_release(&world.arena);
}

static void why_tells_origins(void **state)
{
	struct world world;
	struct buffer out;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, ", tags: [a]", REST STAGE "{lr: 0.1, b: 1}}]}\n");
	add(&world, "child", "client", "base", ", tags: [b]",
	    "pipeline:\n  stages:\n    - name: t\n      config:\n        lr: 1\n        $unset: [b]\n    - {name: u, type: quality}\n");
	resolve(&world);
	check_findings(&world, "");
	buffer_init(&out);
	resolve_yaml(&out, effective(&world, "child"), true);
	const char *wanted = "# in effect: base 1.2.0 <- child 1.2.0\n"
	                     "# comments of these files are not carried over; those below name the line that set each value\n"
	                     "metadata:\n"
	                     "  id: child                                    # child.yaml:1 (client), set\n"
	                     "  name: N                                      # child.yaml:1 (client), set\n"
	                     "  model_family: pricing                        # child.yaml:1 (client), replaced  was pricing base.yaml:1 (baseline)\n"
	                     "  level: client                                # child.yaml:1 (client), set\n"
	                     "  version: 1.2.0                               # child.yaml:1 (client), set\n"
	                     "  status: approved                             # child.yaml:1 (client), set\n"
	                     "  parent: base                                 # child.yaml:1 (client), set\n"
	                     "  tags: [a, b]                                 # child.yaml:1 (client), merged  was [a] base.yaml:1 (baseline)\n"
	                     "requirements:\n"
	                     "  grain: day                                   # base.yaml:2 (baseline), kept\n"
	                     "evaluation:\n"
	                     "  packs:\n"
	                     "    - pack_a                                   # base.yaml:3 (baseline), kept\n"
	                     "pipeline:\n"
	                     "  stages:\n"
	                     "    - name: t\n"
	                     "      type: training                           # base.yaml:4 (baseline), kept\n"
	                     "      config:\n"
	                     "        lr: 1                                  # child.yaml:6 (client), replaced  was 0.1 base.yaml:4 (baseline)\n"
	                     "        # removed: pipeline.stages.t.config.b  # child.yaml:7 (client)  was 1 base.yaml:4 (baseline)\n"
	                     "    - name: u\n"
	                     "      type: quality                            # child.yaml:8 (client), appended\n";
	if (!text_is(buffer_text(&out), wanted))
		fail_msg("\n%.*s\nwanted\n%s", TEXT_ARGS(buffer_text(&out)), wanted);
	buffer_release(&out);
	arena_release(&world.arena);
}

static void why_of_one_field(void **state)
{
	struct world world;
	struct buffer out;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, "", REST STAGE "{lr: 0.1, b: 1}}]}\n");
	add(&world, "child", "client", "base", "", "pipeline: {stages: [{name: t, config: {lr: 1, $unset: [b]}}]}\n");
	resolve(&world);
	buffer_init(&out);
	assert_int_equal(resolve_field_yaml(&out, effective(&world, "child"), TEXT("pipeline.stages.t.config")), 2);
	assert_string_equal(buffer_text(&out).at, "pipeline.stages.t.config.lr: 1\n"
	                                          "  # replaced: child.yaml:2 (client) of child 1.2.0\n"
	                                          "  # was 0.1: base.yaml:4 (baseline) of base 1.2.0\n"
	                                          "pipeline.stages.t.config.b: null\n"
	                                          "  # removed: child.yaml:2 (client) of child 1.2.0\n"
	                                          "  # was 1: base.yaml:4 (baseline) of base 1.2.0\n");
	assert_int_equal(resolve_field_yaml(&out, effective(&world, "child"), TEXT("pipeline.stages.t.conf")), 0);
	buffer_release(&out);
	arena_release(&world.arena);
}

static void json_is_typed(void **state)
{
	struct world world;
	struct buffer out;

	(void)state;
	world_init(&world);
	add(&world, "base", "baseline", NULL, "", "requirements: {grain: 007}\nevaluation: {packs: [p]}\n" STAGE "{lr: 0.10, q: \"1\", b: false, l: [1, x]}}]}\n");
	add(&world, "child", "client", "base", "", "pipeline: {stages: [{name: t, config: {lr: 1}}]}\n");
	resolve(&world);
	buffer_init(&out);
	resolve_json(&out, effective(&world, "child"), true, TEXT(""));
	assert_true(text_starts(buffer_text(&out), "{\n  \"schema\": \"galley.resolve/1\",\n  \"id\": \"child\",\n  \"version\": \"1.2.0\",\n  \"digest\": \""));
	assert_non_null(strstr(out.data, "\"grain\": \"007\""));
	assert_non_null(strstr(out.data, "\"lr\": 1,"));
	assert_non_null(strstr(out.data, "\"q\": \"1\""));
	assert_non_null(strstr(out.data, "\"b\": false"));
	assert_non_null(strstr(out.data, "\"l\": [1, \"x\"]"));
	assert_non_null(strstr(out.data, "\"field\": \"pipeline.stages.t.config.lr\",\n      \"path\": \"child.yaml\",\n      \"line\": 2,"));
	assert_non_null(strstr(out.data, effective(&world, "child")->digest));
	buffer_release(&out);
	arena_release(&world.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(case_01_scalar_is_replaced),
	    cmocka_unit_test(case_02_other_class_is_an_error_with_both_positions),
	    cmocka_unit_test(case_03_mapping_is_merged),
	    cmocka_unit_test(case_04_patch_replace_drops_what_is_inherited),
	    cmocka_unit_test(case_05_null_is_an_error_with_a_hint),
	    cmocka_unit_test(case_06_unset_removes_and_why_tells_who),
	    cmocka_unit_test(case_07_unset_of_what_is_not_inherited),
	    cmocka_unit_test(case_08_unset_and_set),
	    cmocka_unit_test(case_09_items_merge_in_the_parents_place),
	    cmocka_unit_test(case_10_item_is_deleted),
	    cmocka_unit_test(case_11_list_is_dropped_by_its_first_item),
	    cmocka_unit_test(case_12_two_items_of_one_name),
	    cmocka_unit_test(case_13_sets_are_united),
	    cmocka_unit_test(case_14_other_lists_are_replaced),
	    cmocka_unit_test(inherited_order_comes_first),
	    cmocka_unit_test(restating_is_a_note),
	    cmocka_unit_test(shapes_clash),
	    cmocka_unit_test(operators_need_something_inherited),
	    cmocka_unit_test(deleted_items_say_nothing_else),
	    cmocka_unit_test(features_are_merged_by_name),
	    cmocka_unit_test(packs_are_merged_by_id),
	    cmocka_unit_test(metadata_is_the_recipes_own),
	    cmocka_unit_test(policy_cannot_be_taken_out),
	    cmocka_unit_test(three_levels_keep_their_origins),
	    cmocka_unit_test(parent_rules),
	    cmocka_unit_test(cycles_are_told_once_and_whole),
	    cmocka_unit_test(long_chains_end),
	    cmocka_unit_test(gates_move_in_their_direction),
	    cmocka_unit_test(data_requirements_move_in_their_direction),
	    cmocka_unit_test(metrics_move_in_their_direction),
	    cmocka_unit_test(pins_move),
	    cmocka_unit_test(looser_is_a_warning_and_policy_makes_it_an_error),
	    cmocka_unit_test(patterns_cover_all_below),
	    cmocka_unit_test(locks_hold_in_both_directions),
	    cmocka_unit_test(waivers_last_to_the_end_of_their_day),
	    cmocka_unit_test(waivers_need_a_reason),
	    cmocka_unit_test(what_is_missing_is_told_once),
	    cmocka_unit_test(limits_that_contradict_by_inheritance),
	    cmocka_unit_test(digest_moves_with_meaning_alone),
	    cmocka_unit_test(canonical_form_is_rfc_8785),
	    cmocka_unit_test(yaml_reads_back),
	    cmocka_unit_test(why_of_one_field),
		cmocka_unit_test(why_tells_origins),
	    cmocka_unit_test(json_is_typed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
