#include "inside.h"

/* One mapping over another, while it is merged. */
struct meeting {
	struct merge *merge;
	const struct field *field;
	const struct trail *trail;
	const struct value *inherited, *own; /* inherited may be NULL */
	bool *removed;                       /* of the inherited members, which $unset takes out */
	struct value *out;
	const char *identity;                /* the member that names the item of a keyed list; NULL */
};

bool merge_is_policy(const struct field *field)
{
	return field && text_starts(text_of(field->path), "metadata.policy");
}

void merge_removed(struct merge *merge, const struct trail *trail, struct text name, struct place place, const struct value *value)
{
	struct trail step = {trail, name};

	merge->removals = arena_grow(merge->arena, merge->removals, merge->removal_count, sizeof *merge->removals);
	merge->removals[merge->removal_count++] = (struct removal){trail_text(&step, merge->arena), place, value};
}

static bool is_operator(struct text name)
{
	return text_starts(name, "$");
}

static bool is_inherited(const struct meeting *meeting, struct text name)
{
	return field_below(meeting->field, name)->merge != MERGE_NEVER;
}

static struct member *inherited_member(struct meeting *meeting, struct text name)
{
	struct member *member = value_member(meeting->inherited, name);

	return member && is_inherited(meeting, name) ? member : NULL;
}

static void complain_policy(struct merge *merge, struct place place, struct text name)
{
	diag_add(merge->diags, CODE_MERGE_UNSET, place, "policy cannot be taken out: '%.*s' holds for all below it", TEXT_ARGS(name));
	merge->failed = true;
}

struct text *merge_names(struct merge *merge, size_t count)
{
	/* Looking for near names takes time, and no more findings of one kind than these are shown. */
	return merge->suggested++ < DIAGS_PER_FILE ? arena_array(merge->arena, count, sizeof(struct text)) : NULL;
}

void merge_complain_unset(struct merge *merge, struct place place, struct text name, const struct text *known, size_t count)
{
	struct text near = known ? text_nearest(name, known, count) : (struct text){0};

	diag_add(merge->diags, CODE_MERGE_UNSET, place, "nothing to remove: '%.*s' is not inherited", TEXT_ARGS(name));
	if (near.len)
		diag_help(merge->diags, "did you mean '%.*s'?", TEXT_ARGS(near));
	merge->failed = true;
}

static void complain_not_inherited(struct meeting *meeting, const struct value *item)
{
	const struct value *inherited = meeting->inherited;
	size_t count = 0;
	struct text *names = merge_names(meeting->merge, inherited ? inherited->count : 0);

	for (size_t i = 0; names && inherited && i < inherited->count; i++)
		if (is_inherited(meeting, inherited->members[i].name))
			names[count++] = inherited->members[i].name;
	merge_complain_unset(meeting->merge, item->place, item->text, names, count);
}

static void unset_one(struct meeting *meeting, const struct value *item)
{
	struct merge *merge = meeting->merge;
	struct member *gone = inherited_member(meeting, item->text);
	struct member *set = value_member(meeting->own, item->text);

	if (set) {
		diag_add(merge->diags, CODE_MERGE_UNSET, item->place, "'%.*s' is removed and set in the same mapping",
		         TEXT_ARGS(item->text));
		diag_relate(merge->diags, set->place, "set here");
		diag_help(merge->diags, "keep one of the two");
		merge->failed = true;
	} else if (!gone) {
		complain_not_inherited(meeting, item);
	} else if (merge_is_policy(field_below(meeting->field, item->text))) {
		complain_policy(merge, item->place, item->text);
	} else if (!meeting->removed[gone - meeting->inherited->members]) {
		meeting->removed[gone - meeting->inherited->members] = true;
		merge_removed(merge, meeting->trail, item->text, item->place, gone->value);
	}
}

static void read_unset(struct meeting *meeting)
{
	const struct value *unset = value_get(meeting->own, "$unset");

	meeting->removed = arena_array(meeting->merge->arena, meeting->inherited ? meeting->inherited->count : 0, sizeof(bool));
	if (unset && unset->kind == VALUE_LIST)
		for (size_t i = 0; i < unset->count; i++)
			if (unset->items[i]->kind == VALUE_SCALAR)
				unset_one(meeting, unset->items[i]);
}

/* $patch: replace drops everything but policy, which is kept wherever it is inherited. */
static void drop_inherited(struct meeting *meeting, const struct member *patch)
{
	struct merge *merge = meeting->merge;
	const char *keep = !meeting->field ? "metadata" : field_is(meeting->field, "metadata") ? "policy" : NULL;
	struct value *kept = value_new_map(merge->arena, meeting->own->place);
	size_t dropped = 0;

	if (merge_is_policy(meeting->field) && meeting->inherited) {
		complain_policy(merge, patch->place, trail_text(meeting->trail, merge->arena));
		return;
	}
	for (size_t i = 0; meeting->inherited && i < meeting->inherited->count; i++) {
		const struct member *member = &meeting->inherited->members[i];
		if (!is_inherited(meeting, member->name))
			continue;
		if (keep && text_is(member->name, keep)) {
			value_add_member(kept, *member, merge->arena);
			continue;
		}
		dropped++;
		if (!value_member(meeting->own, member->name))
			merge_removed(merge, meeting->trail, member->name, patch->place, member->value);
	}
	if (!dropped && !(meeting->inherited && !meeting->inherited->count)) {
		diag_add(merge->diags, CODE_MERGE_UNSET, patch->place, "nothing to replace: '%.*s' is not inherited",
		         TEXT_ARGS(trail_text(meeting->trail, merge->arena)));
		merge->failed = true;
	}
	meeting->inherited = kept;
}

static void put(struct meeting *meeting, const struct member *member, struct value *value)
{
	value_add_member(meeting->out, (struct member){member->name, member->place, value}, meeting->merge->arena);
}

static void put_own(struct meeting *meeting, const struct member *own)
{
	struct member *inherited = inherited_member(meeting, own->name);
	struct trail step = {meeting->trail, own->name};
	const struct field *field = field_below(meeting->field, own->name);

	if (is_operator(own->name))
		return;
	if (inherited && !(meeting->identity && text_is(own->name, meeting->identity)))
		put(meeting, own, merge_value(meeting->merge, field, &step, inherited->value, own));
	else
		put(meeting, own, merge_adopt(meeting->merge, field, &step, own->value));
}

static void put_inherited(struct meeting *meeting, const struct member *inherited, bool with_own)
{
	const struct member *own = value_member(meeting->own, inherited->name);

	if (own) {
		if (with_own)
			put_own(meeting, own);
	} else if (is_inherited(meeting, inherited->name) && !meeting->removed[inherited - meeting->inherited->members]) {
		put(meeting, inherited, inherited->value);
	}
}

struct value *merge_map(struct merge *merge, const struct field *field, const struct trail *trail, const struct value *inherited,
                        const struct value *own, const char *identity)
{
	struct meeting meeting = {.merge = merge, .field = field, .trail = trail, .inherited = inherited, .own = own,
	                          .out = value_new_map(merge->arena, own->place), .identity = identity};
	const struct member *patch = value_member(own, TEXT("$patch"));
	/* A recipe introduces itself: its own metadata come first. Everywhere else the parent's order holds. */
	bool own_first = field_is(field, "metadata");

	if (patch && patch->value->kind == VALUE_SCALAR && text_is(patch->value->text, "replace"))
		drop_inherited(&meeting, patch);
	read_unset(&meeting);
	value_reserve(meeting.out, own->count + (meeting.inherited ? meeting.inherited->count : 0), merge->arena);
	if (!own_first && meeting.inherited)
		for (size_t i = 0; i < meeting.inherited->count; i++)
			put_inherited(&meeting, &meeting.inherited->members[i], true);
	for (size_t i = 0; i < own->count; i++)
		if (own_first || !value_member(meeting.inherited, own->members[i].name))
			put_own(&meeting, &own->members[i]);
	if (own_first && meeting.inherited)
		for (size_t i = 0; i < meeting.inherited->count; i++)
			put_inherited(&meeting, &meeting.inherited->members[i], false);
	return meeting.out;
}

static const char *shape_word(const struct field *field, const struct value *value)
{
	static const char *const classes[] = {[SCALAR_TEXT] = "text", [SCALAR_NUMBER] = "a number", [SCALAR_BOOL] = "a boolean"};

	if (value->kind == VALUE_SCALAR)
		return classes[field_class(field, value)];
	return value->kind == VALUE_LIST ? "a list" : value->kind == VALUE_MAP ? "a mapping" : "empty";
}

/* A mapping is merged from several places; what it holds need not stand at its own. */
static void relate_inherited(struct merge *merge, const struct value *inherited)
{
	if (inherited->kind == VALUE_MAP)
		diag_relate(merge->diags, inherited->place, "set here");
	else
		diag_relate(merge->diags, inherited->place, "sets %.*s", TEXT_ARGS(value_brief(inherited, merge->arena)));
}

static void complain_clash(struct merge *merge, const struct field *field, const struct trail *trail, const struct value *inherited,
                           const struct value *own)
{
	merge->failed = true;
	if (said_at(merge->said, own->place) || said_at(merge->said, inherited->place))
		return;
	struct value bare = *own;
	bare.quoted = false;
	diag_add(merge->diags, CODE_MERGE_TYPE_CLASH, own->place, "another type than inherited: '%.*s' is %s, inherited %s",
	         TEXT_ARGS(trail_text(trail, merge->arena)), shape_word(field, own), shape_word(field, inherited));
	if (own->kind == VALUE_SCALAR && own->quoted && field_class(field, &bare) != SCALAR_TEXT)
		diag_help(merge->diags, "write %.*s without quotes", TEXT_ARGS(own->text));
	else if (inherited->kind == VALUE_SCALAR && inherited->quoted && own->kind == VALUE_SCALAR)
		diag_help(merge->diags, "write it in quotes");
	relate_inherited(merge, inherited);
}

bool merge_tells_restated(const struct field *field)
{
	return !field || (field->requirement != REQUIRED && !text_starts(text_of(field->path), "metadata"));
}

void merge_restated(struct merge *merge, const struct field *field, const struct trail *trail, const struct value *inherited,
                    const struct value *own)
{
	if (!merge_tells_restated(field))
		return;
	diag_add(merge->diags, CODE_MERGE_RESTATED, own->place, "same as inherited: '%.*s' is %.*s",
	         TEXT_ARGS(trail_text(trail, merge->arena)), TEXT_ARGS(value_brief(own, merge->arena)));
	diag_help(merge->diags, "it holds without being written again");
	relate_inherited(merge, inherited);
}

static struct value *complain_null(struct merge *merge, const struct trail *trail, struct value *inherited, const struct member *own)
{
	struct text field = trail_text(trail, merge->arena);

	merge->failed = true;
	diag_add(merge->diags, CODE_MERGE_NULL, own->place, "empty value over an inherited one: '%.*s'", TEXT_ARGS(field));
	diag_help(merge->diags, "to remove it write '$unset: [%.*s]' in the same mapping; to keep it remove the line",
	          TEXT_ARGS(own->name));
	relate_inherited(merge, inherited);
	return inherited;
}

bool merge_takes_both(const struct field *field)
{
	return field->type == FIELD_ALLOWANCE || field->type == FIELD_SPAN;
}

struct value *merge_value(struct merge *merge, const struct field *field, const struct trail *trail, struct value *inherited,
                          const struct member *own)
{
	struct value *value = own->value;

	if (value->kind == VALUE_NULL && inherited->kind != VALUE_NULL)
		return complain_null(merge, trail, inherited, own);
	if (inherited->kind == VALUE_NULL)
		return merge_adopt(merge, field, trail, value);
	if (value->kind != inherited->kind || (!merge_takes_both(field) && field_class(field, value) != field_class(field, inherited))) {
		complain_clash(merge, field, trail, inherited, value);
		return inherited;
	}
	if (value->kind == VALUE_MAP)
		return merge_map(merge, field, trail, inherited, value, NULL);
	if (value->kind == VALUE_LIST)
		return merge_list(merge, field, trail, inherited, value);
	if (canonical_same(field, inherited, value, merge->arena))
		merge_restated(merge, field, trail, inherited, value);
	return value;
}

/* A mapping of nothing but values and such mappings: there is nothing in it to merge, and it stands as it was read. */
static bool is_plain_map(const struct value *own)
{
	for (size_t i = 0; i < own->count; i++) {
		const struct member *member = &own->members[i];
		if (is_operator(member->name) || member->value->kind == VALUE_LIST ||
		    (member->value->kind == VALUE_MAP && !is_plain_map(member->value)))
			return false;
	}
	return true;
}

struct value *merge_adopt(struct merge *merge, const struct field *field, const struct trail *trail, struct value *own)
{
	if (own->kind == VALUE_MAP)
		return is_plain_map(own) ? own : merge_map(merge, field, trail, NULL, own, NULL);
	if (own->kind == VALUE_LIST)
		return merge_list(merge, field, trail, NULL, own);
	return own;
}

struct value *merge_tree(struct merge *merge, struct value *inherited, const struct value *own)
{
	return merge_map(merge, NULL, NULL, inherited, own, NULL);
}
