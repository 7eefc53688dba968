#include "review_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- What was wrong before --- */

/* With its path as seen from the workspace, which may have moved. */
struct seen {
	struct text path;
	const struct diag *diag;
};

static struct seen see(const struct catalog *catalog, const struct diag *diag)
{
	return (struct seen){diag->place.file ? catalog_inner(catalog, diag->place.file->path) : TEXT(""), diag};
}

static int order_seen(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;
	int order = text_compare(a->path, b->path);

	if (!order)
		order = (int)a->diag->code - (int)b->diag->code;
	return order ? order : text_compare(a->diag->message, b->diag->message);
}

static void mark_new(struct review *review, const struct diags *earlier, struct arena *arena)
{
	struct seen *known = arena_array(arena, earlier->count, sizeof *known);

	for (size_t i = 0; i < earlier->count; i++)
		known[i] = see(review->before->catalog, &earlier->items[i]);
	if (earlier->count)
		qsort(known, earlier->count, sizeof *known, order_seen);
	review->is_new = arena_array(arena, review->findings->count, sizeof *review->is_new);
	for (size_t i = 0; i < review->findings->count; i++) {
		const struct diag *diag = review->findings->items[i].diag;
		struct seen wanted = see(review->now->catalog, diag);
		review->is_new[i] = !earlier->count || !bsearch(&wanted, known, earlier->count, sizeof *known, order_seen);
		review->new_counts[diag->severity] += review->is_new[i];
	}
}

/* --- Files --- */

static size_t count_edited(const struct catalog *before, const struct catalog *now)
{
	size_t count = 0, i = 0, k = 0;

	while (i < before->input_count || k < now->input_count) {
		int order = i == before->input_count ? 1
		            : k == now->input_count  ? -1
		                                     : text_compare(catalog_inner(before, before->inputs[i]->path), catalog_inner(now, now->inputs[k]->path));
		if (order == 0)
			count += !text_equal(before->inputs[i]->bytes, now->inputs[k]->bytes);
		else
			count++;
		i += order <= 0;
		k += order >= 0;
	}
	return count;
}

/* --- Fields --- */

static bool is_below(const struct effective *effective, const struct record *cause)
{
	for (size_t i = 0; cause && i + 1 < effective->chain_count; i++)
		if (text_equal(effective->chain[i]->record.id, cause->id))
			return true;
	return false;
}

const struct origin *review_keeps(const struct effective *effective, const struct field_group *group)
{
	const struct record *cause = group->field->cause.record;
	const struct origin *origin =
		effective->usable && is_below(effective, cause) ? effective_origin(effective, group->field->field) : NULL;

	return origin && origin->value && !text_equal(origin->recipe->record.id, cause->id) ? origin : NULL;
}

static bool changes_field(const struct record_change *change, struct text field)
{
	for (size_t i = 0; change && i < change->field_count; i++)
		if (text_equal(change->fields[i].field, field))
			return true;
	return false;
}

static void count_fields(struct review *review, struct arena *arena)
{
	enum { GROUPS_MAX = 200 };
	const struct differences *differences = review->view.differences;
	size_t count;
	const struct field_group *groups = diff_fields(&count, differences, arena);

	for (size_t i = 0; i < differences->count; i++) {
		if (differences->items[i].kind != KIND_RECIPE)
			continue;
		review->field_count += differences->items[i].field_count;
		review->field_recipes += differences->items[i].field_count > 0;
	}
	for (size_t i = 0; i < review->now->resolved->count; i++) {
		const struct effective *effective = &review->now->resolved->recipes[i];
		bool keeps = false;
		for (size_t k = 0; k < count && k < GROUPS_MAX && !keeps; k++)
			/* Its chain is there before it is resolved. */
			keeps = is_below(effective, groups[k].field->cause.record) &&
			        review_keeps(resolved_item(review->now->resolved, i), &groups[k]) &&
			        !changes_field(differences_of(differences, KIND_RECIPE, effective->recipe->record.id), groups[k].field->field);
		review->keepers += keeps;
	}
}

void review_init(struct review *review, const struct diags *earlier, struct arena *arena)
{
	diff_count(&review->counts, review->view.differences, arena);
	mark_new(review, earlier, arena);
	review->files_edited = count_edited(review->before->catalog, review->now->catalog);
	count_fields(review, arena);
}

/* --- What it comes to --- */

static size_t gates_laxer(const struct review *review)
{
	return review->counts.gates[GATE_IS_LOOSER] + review->counts.gates[GATE_IS_REMOVED] - review->counts.waived;
}

enum severity review_weight(const struct review *review)
{
	const struct run_moves *runs = review->runs;

	if (runs->worst_served)
		return SEVERITY_ERROR;
	if (runs->worse[ROLE_PRODUCTION] || runs->worse[ROLE_NEWEST] || runs->worse[ROLE_OLDER] || runs->gate_moved || gates_laxer(review))
		return SEVERITY_WARNING;
	return SEVERITY_OFF;
}

enum severity review_sign(const struct review *review)
{
	enum severity sign = review_weight(review);

	for (size_t i = 0; i < review->findings->count; i++) {
		enum severity severity = review->findings->items[i].diag->severity;
		/* What stood there before is not this change's. */
		if (severity > sign && (review->is_new[i] || severity == SEVERITY_ERROR))
			sign = severity;
	}
	return sign == SEVERITY_NOTE && !review->view.differences->count ? SEVERITY_OFF : sign;
}

/* --- Headline --- */

static void part(struct buffer *out, bool *any)
{
	buffer_string(out, *any ? " · " : "");
	*any = true;
}

static void add_runs(struct buffer *out, const struct review *review, bool *any)
{
	static const char *const verbs[] = {"would now pass", "would now warn", "would now be inconclusive", "would now fail"};
	size_t counts[VERDICT_FAIL + 1] = {0};

	for (size_t i = 0; i < review->runs->count; i++)
		if (review->runs->items[i].role == ROLE_PRODUCTION && review->runs->items[i].move == VERDICT_WORSE)
			counts[review->runs->items[i].after]++;
	for (int verdict = VERDICT_FAIL; verdict > VERDICT_PASS; verdict--) {
		if (!counts[verdict])
			continue;
		part(out, any);
		buffer_format(out, "%zu production run%s %s", counts[verdict], counts[verdict] == 1 ? "" : "s", verbs[verdict]);
	}
	size_t others = review->runs->worse[ROLE_NEWEST] + review->runs->worse[ROLE_OLDER];
	if (others) {
		part(out, any);
		buffer_format(out, "%zu other run%s judged worse", others, others == 1 ? "" : "s");
	}
}

void review_headline(struct buffer *out, const struct review *review)
{
	size_t errors = review->findings->counts[SEVERITY_ERROR], recipes = review->counts.records[KIND_RECIPE];
	bool any = false;

	add_runs(out, review, &any);
	if (errors) {
		part(out, &any);
		buffer_format(out, "%zu error%s", errors, errors == 1 ? "" : "s");
	}
	for (int word = GATE_IS_LOOSER; word <= GATE_IS_TIGHTER; word++) {
		size_t count = review->counts.gates[word];
		if (!count)
			continue;
		part(out, &any);
		buffer_format(out, "%zu gate%s %s", count, count == 1 ? "" : "s", gate_word_name((enum gate_word)word));
	}
	if (recipes) {
		part(out, &any);
		buffer_format(out, "%zu recipe%s %s in effect", recipes, recipes == 1 ? "" : "s", recipes == 1 ? "changes" : "change");
	} else if (review->view.differences->count) {
		part(out, &any);
		buffer_string(out, "no recipe changes in effect");
	}
	if (!any)
		buffer_string(out, "nothing changes in effect");
}

struct text model_name(const struct run_move *move)
{
	return move->model->record.name;
}

bool is_shown(const struct run_move *move)
{
	return move->role != ROLE_OLDER;
}
