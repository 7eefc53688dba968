#include "edit.h"

#include <string.h>

#include "arena.h"
#include "layout.h"

enum { NAMES_MAX = 8 };

/* One edit of one file. */
struct job {
	const struct input *file;
	const struct edit *edit;
	bool json;
	struct text names[NAMES_MAX]; /* of the path */
	size_t name_count;
	struct text bytes; /* without a byte order mark */
	const struct value *root, *holder; /* holder: the mapping of the last name */
	struct layout layout;
	struct arena *arena;
	struct refusal *refusal;
};

/* What takes the place of from..to. */
struct splice {
	size_t from, to;
	struct buffer text;
};

static struct text last_name(const struct job *job)
{
	return job->names[job->name_count - 1];
}

/* --- Refusing --- */

static int refuse(struct job *job, struct place place, const char *help, const char *format, ...) __attribute__((format(printf, 4, 5)));

static int refuse(struct job *job, struct place place, const char *help, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct text why = text_format_list(job->arena, format, arguments);
	va_end(arguments);
	refusal_set(job->refusal, place, job->arena, "cannot change '%.*s' in place: %.*s", TEXT_ARGS(job->edit->path), TEXT_ARGS(why));
	refusal_help(job->refusal, job->arena, "%s", help);
	return -1;
}

static struct place place_of_slot(const struct job *job, const struct slot *slot)
{
	const struct member *member = value_member(job->holder, slot->name);

	return member ? member->place : job->holder->place;
}

static const char *form_name(enum form form)
{
	return form == FORM_MAP ? "a mapping" : form == FORM_LIST ? "a list" : form == FORM_ALIAS ? "an alias" : "a single value";
}

/* --- Texts --- */

static bool has_control(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < 0x20 || (unsigned char)text.at[i] >= 0x7f)
			return true;
	return false;
}

static void write_value(struct buffer *out, const struct job *job, enum form form)
{
	struct text value = job->edit->value;

	if (job->edit->action == EDIT_WORD) {
		buffer_add(out, value);
	} else if (form == FORM_SINGLE && !has_control(value)) {
		buffer_char(out, '\'');
		for (size_t i = 0; i < value.len; i++)
			buffer_repeat(out, value.at[i], value.at[i] == '\'' ? 2 : 1);
		buffer_char(out, '\'');
	} else if (job->json || form == FORM_SINGLE || form == FORM_DOUBLE) {
		buffer_json(out, value);
	} else {
		edit_write_text(out, value, job->layout.flow);
	}
}

static void write_member(struct buffer *out, const struct job *job)
{
	if (job->json)
		buffer_json(out, last_name(job));
	else
		edit_write_text(out, last_name(job), true);
	buffer_string(out, ": ");
	write_value(out, job, FORM_PLAIN);
}

/* --- Lines --- */

static size_t line_start(struct text bytes, size_t at)
{
	while (at && bytes.at[at - 1] != '\n')
		at--;
	return at;
}

/* Behind the line end, or at the end of the file. */
static size_t line_end(struct text bytes, size_t at)
{
	at += text_find(text_cut(bytes, at, bytes.len), '\n');
	return at < bytes.len ? at + 1 : at;
}

static struct text blanks_before(struct text bytes, size_t at)
{
	size_t from = line_start(bytes, at), to = from;

	while (to < at && (bytes.at[to] == ' ' || bytes.at[to] == '\t'))
		to++;
	return text_cut(bytes, from, to);
}

static bool begins_line(struct text bytes, size_t at)
{
	return line_start(bytes, at) + blanks_before(bytes, at).len == at;
}

/* The line end of the line before or at this place, as the file writes them. */
static struct text eol_near(struct text bytes, size_t at)
{
	size_t end = line_end(bytes, at);

	if (end > 1 && bytes.at[end - 1] == '\n')
		return bytes.at[end - 2] == '\r' ? TEXT("\r\n") : TEXT("\n");
	size_t first = text_find(bytes, '\n');
	return first && first < bytes.len && bytes.at[first - 1] == '\r' ? TEXT("\r\n") : TEXT("\n");
}

/* Where what belongs to a member of a block mapping ends: behind the line of its value, with the comment on it. */
static size_t block_end(const struct job *job, const struct slot *slot)
{
	size_t at = slot->value.to;

	return at && slot->value.to > slot->value.from && job->bytes.at[at - 1] == '\n' ? at : line_end(job->bytes, at);
}

/* --- The three changes --- */

static int replace(struct splice *out, struct job *job, const struct slot *slot)
{
	struct place place = place_of_slot(job, slot);

	if (slot->form == FORM_MAP || slot->form == FORM_LIST)
		return refuse(job, place, "change it by hand", "it is %s, not a single value", form_name(slot->form));
	if (slot->form == FORM_BLOCK)
		return refuse(job, place, "write it on one line first, in quotes", "it is a block of several lines");
	out->from = slot->value.from;
	out->to = slot->value.to;
	if (slot->form == FORM_EMPTY)
		buffer_char(&out->text, ' ');
	write_value(&out->text, job, slot->form);
	return 0;
}

/* The slot behind which the new key goes, or NULL for an empty mapping. */
static const struct slot *choose_sibling(const struct job *job)
{
	const struct layout *layout = &job->layout;
	const struct slot *chosen = NULL;

	for (size_t i = 0; job->edit->after && i < layout->count; i++) {
		const char *names = job->edit->after;
		while (*names) {
			size_t len = strcspn(names, "|");
			if (text_equal(layout->slots[i].name, (struct text){names, len}))
				chosen = &layout->slots[i];
			names += len + (names[len] == '|');
		}
	}
	return chosen || !layout->count ? chosen : &layout->slots[layout->count - 1];
}

static void insert_flow(struct splice *out, const struct job *job, const struct slot *sibling)
{
	const struct layout *layout = &job->layout;
	const struct slot *next = sibling && sibling + 1 < layout->slots + layout->count ? sibling + 1 : NULL;
	const struct slot *like = next ? next : sibling;
	bool own_line = like && begins_line(job->bytes, like->key.from);

	out->from = out->to = next ? next->key.from : sibling ? sibling->value.to : layout->whole.from + 1;
	if (!next && sibling)
		buffer_char(&out->text, ',');
	for (int before = 1; before >= 0; before--) {
		bool here = before ? !next && sibling : next != NULL;
		if (!before)
			write_member(&out->text, job);
		if (!before && next)
			buffer_char(&out->text, ',');
		if (here && own_line) {
			buffer_add(&out->text, eol_near(job->bytes, like->key.from));
			buffer_add(&out->text, blanks_before(job->bytes, like->key.from));
		} else if (here) {
			buffer_char(&out->text, ' ');
		}
	}
}

static void insert_block(struct splice *out, const struct job *job, const struct slot *sibling)
{
	struct text bytes = job->bytes, eol = eol_near(bytes, sibling->value.to);
	size_t start = line_start(bytes, sibling->key.from);
	struct text before = text_cut(bytes, start, sibling->key.from);
	bool whole;

	out->from = out->to = block_end(job, sibling);
	whole = out->from && bytes.at[out->from - 1] == '\n';
	if (!whole)
		buffer_add(&out->text, eol);
	if (begins_line(bytes, sibling->key.from))
		buffer_add(&out->text, before);
	else
		buffer_repeat(&out->text, ' ', utf8_count(before));
	write_member(&out->text, job);
	if (whole)
		buffer_add(&out->text, eol);
}

static int cut_out(struct splice *out, struct job *job, const struct slot *slot)
{
	const struct layout *layout = &job->layout;
	size_t i = (size_t)(slot - layout->slots);

	out->from = slot->key.from;
	out->to = slot->value.to;
	if (layout->flow) {
		if (i + 1 < layout->count)
			out->to = layout->slots[i + 1].key.from;
		else if (i)
			out->from = layout->slots[i - 1].value.to;
		return 0;
	}
	if (layout->count == 1)
		return refuse(job, place_of_slot(job, slot), "remove the mapping by hand", "it is the only key of its mapping");
	if (!begins_line(job->bytes, slot->key.from))
		return refuse(job, place_of_slot(job, slot), "remove it by hand", "something else stands on its line");
	out->from = line_start(job->bytes, slot->key.from);
	out->to = block_end(job, slot);
	/* The file did not end with a line end, and will not. */
	if (job->bytes.at[out->to - 1] != '\n' && out->from) {
		out->from--;
		out->from -= out->from && job->bytes.at[out->from - 1] == '\r';
	}
	return 0;
}

/* --- The same tree but for the edit --- */

static bool is_same(const struct value *a, const struct value *b)
{
	bool same = a->kind == b->kind && a->quoted == b->quoted && a->count == b->count && text_equal(a->text, b->text);

	for (size_t i = 0; same && i < a->count; i++) {
		if (a->kind == VALUE_MAP)
			same = text_equal(a->members[i].name, b->members[i].name) && is_same(a->members[i].value, b->members[i].value);
		else if (a->kind == VALUE_LIST)
			same = is_same(a->items[i], b->items[i]);
	}
	return same;
}

static bool is_wanted(const struct value *value, const struct edit *edit)
{
	if (value->kind != VALUE_SCALAR || !text_equal(value->text, edit->value))
		return false;
	return edit->action == EDIT_WORD ? !value->quoted : value_class(value) == SCALAR_TEXT;
}

/* a and b hold the last name; the others are the same, in the same order. */
static bool holder_changed(const struct value *a, const struct value *b, struct text name, const struct edit *edit)
{
	size_t i = 0, j = 0;
	bool found = false;

	while (i < a->count || j < b->count) {
		bool left = i < a->count && text_equal(a->members[i].name, name), right = j < b->count && text_equal(b->members[j].name, name);
		if (left || right) {
			if (right && (edit->action == EDIT_REMOVE || !is_wanted(b->members[j].value, edit)))
				return false;
			found = found || right;
			i += left;
			j += right;
			continue;
		}
		if (i >= a->count || j >= b->count || !text_equal(a->members[i].name, b->members[j].name) ||
		    !is_same(a->members[i].value, b->members[j].value))
			return false;
		i++;
		j++;
	}
	return found == (edit->action != EDIT_REMOVE);
}

static bool tree_changed(const struct value *a, const struct value *b, const struct job *job, size_t depth)
{
	if (a->kind != VALUE_MAP || b->kind != VALUE_MAP)
		return false;
	if (depth + 1 == job->name_count)
		return holder_changed(a, b, job->names[depth], job->edit);
	bool same = a->count == b->count;
	for (size_t i = 0; same && i < a->count; i++) {
		const struct member *left = &a->members[i], *right = &b->members[i];
		same = text_equal(left->name, right->name) && (text_equal(left->name, job->names[depth])
		                                                   ? tree_changed(left->value, right->value, job, depth + 1)
		                                                   : is_same(left->value, right->value));
	}
	return same;
}

/* NULL where anything is wrong with it. */
static const struct value *read_tree(const struct input *file, const struct limits *limits, struct arena *arena, struct diags *diags)
{
	const struct value *root = document_read(file, DOCUMENT_MANIFEST, limits, arena, diags);

	return diags_count(diags, SEVERITY_ERROR) ? NULL : root;
}

/* --- One edit --- */

static bool take_path(struct job *job)
{
	for (struct text rest = job->edit->path; job->name_count < NAMES_MAX;) {
		size_t dot = text_find(rest, '.');
		job->names[job->name_count++] = text_cut(rest, 0, dot);
		if (dot == rest.len)
			return true;
		rest = text_cut(rest, dot + 1, rest.len);
	}
	return false;
}

static int find_holder(struct job *job)
{
	const struct layout *layout = &job->layout;
	const struct value *holder = job->root;

	for (size_t i = 0; holder && i + 1 < job->name_count; i++) {
		const struct member *member = value_member(holder, job->names[i]);
		holder = member ? member->value : NULL;
	}
	job->holder = holder;
	if (layout_find(&job->layout, job->bytes, job->json, job->names, job->name_count - 1, job->arena) && holder)
		return 0;
	struct text name = job->names[layout->reached ? layout->reached - 1 : 0];
	if (layout->reached == 0 || layout->met == FORM_MAP)
		return refuse(job, job->root->place, "add the mapping that holds it first", "there is no mapping to hold it");
	const struct member *member = value_member(job->root, name);
	return refuse(job, member ? member->place : job->root->place, "write the mapping out here first", "'%.*s' is %s, not a mapping",
	              TEXT_ARGS(name), form_name(layout->met));
}

static int plan(struct splice *splice, struct job *job)
{
	const struct slot *slot = NULL;

	for (size_t i = 0; i < job->layout.count; i++)
		if (text_equal(job->layout.slots[i].name, last_name(job)))
			slot = &job->layout.slots[i];
	if (job->edit->action == EDIT_REMOVE)
		return slot ? cut_out(splice, job, slot) : 0;
	if (slot)
		return replace(splice, job, slot);
	slot = choose_sibling(job);
	if (job->layout.flow)
		insert_flow(splice, job, slot);
	else
		insert_block(splice, job, slot);
	return 0;
}

static int carry_out(struct text *out, struct job *job, const struct splice *splice, const struct limits *limits)
{
	size_t mark = job->file->bytes.len - job->bytes.len;
	struct text before = text_cut(job->file->bytes, 0, mark + splice->from), after = text_cut(job->bytes, splice->to, job->bytes.len);
	struct input edited = {.path = job->file->path};
	struct diags diags;
	struct buffer all;

	buffer_init(&all);
	buffer_add(&all, before);
	buffer_add(&all, buffer_text(&splice->text));
	buffer_add(&all, after);
	edited.bytes = text_copy(job->arena, buffer_text(&all));
	buffer_release(&all);
	diags_init(&diags, job->arena);
	const struct value *root = read_tree(&edited, limits, job->arena, &diags);
	if (!root)
		return refuse(job, job->holder->place, "change it by hand", "the file could not be read afterwards (%.*s)",
		              TEXT_ARGS(diags.count ? diags.items[0].message : TEXT("it would be empty")));
	if (!tree_changed(job->root, root, job, 0))
		return refuse(job, job->holder->place, "change it by hand, or write out what is shared",
		              "something else would change with it (an anchor that others refer to, or an unusual layout)");
	*out = edited.bytes;
	return 0;
}

static bool is_done(const struct job *job)
{
	const struct member *member = value_member(job->holder, last_name(job));

	return job->edit->action == EDIT_REMOVE ? !member : member && is_wanted(member->value, job->edit);
}

static int edit_once(struct text *bytes, const struct input *file, const struct edit *edit, const struct limits *limits,
                     struct arena *arena, struct refusal *refusal)
{
	struct job job = {.file = file, .edit = edit, .json = text_ends(file->path, ".json"), .bytes = file->bytes, .arena = arena,
	                  .refusal = refusal};
	struct splice splice = {0};
	struct diags own;
	struct place whole = {.file = file};

	*bytes = file->bytes;
	if (text_starts(job.bytes, "\xef\xbb\xbf"))
		job.bytes = text_cut(job.bytes, 3, job.bytes.len);
	if (!take_path(&job))
		return refuse(&job, whole, "name a field of a manifest", "the path has too many names");
	diags_init(&own, arena);
	job.root = read_tree(file, limits, arena, &own);
	if (!job.root)
		return refuse(&job, own.count ? own.items[0].place : whole, "mend the file first: galley check", "%.*s",
		              TEXT_ARGS(own.count ? own.items[0].message : TEXT("the file holds nothing")));
	if (find_holder(&job) < 0)
		return -1;
	if (is_done(&job))
		return 0;
	buffer_init(&splice.text);
	int result = plan(&splice, &job);
	if (result == 0)
		result = carry_out(bytes, &job, &splice, limits);
	buffer_release(&splice.text);
	return result;
}

int document_edit(struct text *bytes, const struct input *file, const struct edit *edits, size_t count, const struct limits *limits,
                  struct arena *arena, struct refusal *refusal)
{
	struct input *now = arena_alloc(arena, sizeof *now);

	*now = *file;
	for (size_t i = 0; i < count; i++) {
		/* A refusal points at the file as it was read; the first edit sees that very file. */
		struct text next;
		if (edit_once(&next, i ? now : file, &edits[i], limits, arena, refusal) < 0)
			return -1;
		struct input *edited = arena_alloc(arena, sizeof *edited);
		*edited = (struct input){.path = file->path, .bytes = next};
		now = edited;
	}
	*bytes = now->bytes;
	return 0;
}
