#include "inside.h"
#include "number.h"
#include "semver.h"

static enum gate_order order_sign(int sign, bool greater_is_laxer)
{
	if (!sign)
		return GATE_SAME;
	return (sign > 0) == greater_is_laxer ? GATE_LAXER : GATE_STRICTER;
}

static struct text without_percent(struct text text)
{
	return text_ends(text, "%") ? text_cut(text, 0, text.len - 1) : text;
}

/* Numbers, percentages and durations. What is no number was told by the schema. */
static enum gate_order order_numbers(const struct field *field, struct text before, struct text after, struct arena *arena)
{
	bool greater = field->looser == LOOSER_GREATER;
	struct decimal a, b;
	double x, y;

	if (field->type == FIELD_DURATION) {
		if (!duration_hours(&x, before) || !duration_hours(&y, after))
			return GATE_SAME;
		return order_sign((y > x) - (y < x), greater);
	}
	if (text_ends(before, "%") != text_ends(after, "%"))
		return GATE_LAXER;
	if (!decimal_parse(&a, without_percent(before), arena) || !decimal_parse(&b, without_percent(after), arena))
		return GATE_SAME;
	return order_sign(decimal_compare(b, a), greater);
}

static enum gate_order order_flags(struct text before, struct text after, bool true_is_laxer)
{
	bool now = text_is(after, "true");

	if (now == text_is(before, "true"))
		return GATE_SAME;
	return now == true_is_laxer ? GATE_LAXER : GATE_STRICTER;
}

/* Position of a choice in "a|b|c"; -1: not among them. */
static int rank_of(const char *allowed, struct text choice)
{
	struct text rest = text_of(allowed);

	for (int rank = 0;; rank++) {
		size_t bar = text_find(rest, '|');
		if (text_equal(text_cut(rest, 0, bar), choice))
			return rank;
		if (bar == rest.len)
			return -1;
		rest = text_cut(rest, bar + 1, rest.len);
	}
}

static enum gate_order order_ranks(const struct field *field, struct text before, struct text after)
{
	int old = rank_of(field->allowed ? field->allowed : "", before), new = rank_of(field->allowed ? field->allowed : "", after);

	return old < 0 || new < 0 ? GATE_SAME : order_sign(new - old, false);
}

static bool has_all(const struct value *list, const struct value *wanted, struct arena *arena)
{
	struct name_set names = {0};

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind == VALUE_SCALAR)
			name_set_add(&names, list->items[i]->text, arena);
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->items[i]->kind == VALUE_SCALAR && name_set_find(&names, wanted->items[i]->text) == NO_NAME)
			return false;
	return true;
}

static enum gate_order order_lists(enum looser looser, const struct value *before, const struct value *after, struct arena *arena)
{
	bool nothing_lost = has_all(after, before, arena), nothing_new = has_all(before, after, arena);

	if (nothing_lost && nothing_new)
		return GATE_SAME;
	if (looser == LOOSER_SUPERSET)
		return nothing_new ? GATE_STRICTER : GATE_LAXER;
	return nothing_lost ? GATE_STRICTER : GATE_LAXER;
}


/* Stricter: fewer versions, or a newer one in place of one that was exact. What cannot be compared is laxer. */
enum gate_order gate_order_pins(struct text before, struct text after)
{
	struct semver old, new;

	if (text_equal(before, after))
		return GATE_SAME;
	if (!after.len)
		return GATE_LAXER;
	if (!before.len)
		return GATE_STRICTER;
	if (!semver_parse(&new, after))
		return GATE_LAXER;
	if (semver_parse(&old, before)) {
		int order = semver_compare(&new, &old);
		return order == 0 ? GATE_SAME : order > 0 ? GATE_STRICTER : GATE_LAXER;
	}
	return semver_satisfies(&new, before) ? GATE_STRICTER : GATE_LAXER;
}

static struct text pin_of(const struct value *item)
{
	size_t at = text_find(item->text, '@');

	return text_cut(item->text, at + 1, item->text.len);
}

static enum gate_order order_scalars(const struct field *field, const struct value *before, const struct value *after,
                                     struct arena *arena)
{
	switch (field->looser) {
	case LOOSER_GREATER:
	case LOOSER_LESS:
		return order_numbers(field, before->text, after->text, arena);
	case LOOSER_TRUE:
	case LOOSER_FALSE:
		return order_flags(before->text, after->text, field->looser == LOOSER_TRUE);
	case LOOSER_LOWER_RANK:
		return order_ranks(field, before->text, after->text);
	case LOOSER_PIN:
		return gate_order_pins(pin_of(before), pin_of(after));
	default:
		if (field->type == FIELD_METHOD && before->text.len == after->text.len &&
		    text_is_nocase(before->text, arena_copy(arena, after->text.at, after->text.len)))
			return GATE_SAME;
		return canonical_same(field, before, after, arena) ? GATE_SAME : GATE_LAXER;
	}
}

enum gate_order gate_order_values(const struct field *field, const struct value *before, const struct value *after,
                                  struct arena *arena)
{
	if (before->kind == VALUE_SCALAR && after->kind == VALUE_SCALAR)
		return order_scalars(field, before, after, arena);
	if (before->kind == VALUE_LIST && after->kind == VALUE_LIST &&
	    (field->looser == LOOSER_SUBSET || field->looser == LOOSER_SUPERSET))
		return order_lists(field->looser, before, after, arena);
	return canonical_same(field, before, after, arena) ? GATE_SAME : GATE_LAXER;
}
