#include "checker.h"

static bool is_operator_value(const struct value *value, const char *word)
{
	return value && value->kind == VALUE_SCALAR && text_is(value->text, word);
}

bool is_replace_item(const struct value *item)
{
	return item && item->kind == VALUE_MAP && item->count == 1 &&
	       is_operator_value(value_get(item, "$patch"), "replace");
}

bool has_patch_delete(const struct value *map)
{
	return is_operator_value(value_get(map, "$patch"), "delete");
}

static void check_unset(struct checker *checker, const struct value *value)
{
	bool names = value->kind == VALUE_LIST;

	for (size_t i = 0; names && i < value->count; i++)
		names = value->items[i]->kind == VALUE_SCALAR && value->items[i]->text.len;
	if (!names || !value->count) {
		diag_add(checker->diags, CODE_MERGE_OPERATOR, value->place, "'$unset' must be a list of the keys to remove");
		diag_help(checker->diags, "write $unset: [key]");
	}
}

static void check_patch(struct checker *checker, const struct value *value, bool keyed_item)
{
	if (is_operator_value(value, "replace") || (keyed_item && is_operator_value(value, "delete")))
		return;
	if (is_operator_value(value, "delete")) {
		diag_add(checker->diags, CODE_MERGE_OPERATOR, value->place,
		         "'$patch: delete' stands outside an item of a list that is merged by name");
		diag_help(checker->diags, "to remove a key write $unset: [key] in the mapping that holds it");
		return;
	}
	const char *wanted = keyed_item ? "delete or replace" : "replace";
	if (value->kind == VALUE_SCALAR)
		diag_add(checker->diags, CODE_MERGE_OPERATOR, value->place, "'$patch' must be %s, found '%.*s'", wanted,
		         TEXT_ARGS(excerpt(value->text, checker->diags->arena)));
	else
		diag_add(checker->diags, CODE_MERGE_OPERATOR, value->place, "'$patch' must be %s", wanted);
}

bool operator_check(struct checker *checker, const struct member *member, bool keyed_item)
{
	static const struct text operators[] = {{"$unset", 6}, {"$patch", 6}};

	if (!text_starts(member->name, "$"))
		return false;
	if (checker->kind != KIND_RECIPE) {
		diag_add(checker->diags, CODE_MERGE_OPERATOR, member->place,
		         "'%.*s' stands in a %s, where nothing is inherited",
		         TEXT_ARGS(excerpt(member->name, checker->diags->arena)), kind_name(checker->kind));
		diag_help(checker->diags, "merge operators belong into recipes");
	} else if (text_is(member->name, "$unset")) {
		check_unset(checker, member->value);
	} else if (text_is(member->name, "$patch")) {
		check_patch(checker, member->value, keyed_item);
	} else {
		diag_add(checker->diags, CODE_MERGE_OPERATOR, member->place, "unknown operator '%.*s'",
		         TEXT_ARGS(excerpt(member->name, checker->diags->arena)));
		if (!suggest(checker->diags, member->name, operators, 2))
			diag_help(checker->diags, "keys with '$' are $unset: [key] and $patch: delete or replace");
	}
	return true;
}

void free_check(struct checker *checker, const struct value *value, unsigned depth)
{
	if (checker->kind != KIND_RECIPE || depth >= CHECK_DEPTH_MAX)
		return;
	for (size_t i = 0; value->kind == VALUE_LIST && i < value->count; i++)
		if (!(i == 0 && is_replace_item(value->items[i])))
			free_check(checker, value->items[i], depth + 1);
	for (size_t i = 0; value->kind == VALUE_MAP && i < value->count; i++)
		if (!operator_check(checker, &value->members[i], false))
			free_check(checker, value->members[i].value, depth + 1);
}
