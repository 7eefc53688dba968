#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "instant.h"
#include "json.h"
#include "text_report.h"
#include "version_report.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option list_options[] = {
	{"family", 0, OPTION_WORD, AT(family), "F", NULL, "of this model family"},
	{"level", 0, OPTION_WORD, AT(level), "L", "baseline|industry|client", "recipes of this level"},
	{"status", 0, OPTION_WORD, AT(status), "S", NULL, "of this status"},
	{"tag", 0, OPTION_WORD, AT(tag), "T", NULL, "with this tag"},
	{"owner", 0, OPTION_WORD, AT(owner), "O", NULL, "of this owner"},
	{"sort", 0, OPTION_WORD, AT(sort), "COLUMN", NULL, "by this column of the table"},
	{"limit", 0, OPTION_NUMBER, AT(limit), "N", "1..", "at most N rows"},
};

/* One line of a list; what its kind does not have is empty. */
struct item {
	struct text id, name, family, level, status, model, type, version, owner, time, performance, date, author, commit, note, severity, condition;
	const struct value *tags;
};

enum column { COL_ID, COL_NAME, COL_FAMILY, COL_LEVEL, COL_STATUS, COL_MODEL, COL_TYPE, COL_VERSION, COL_OWNER, COL_TIME, COL_PERFORMANCE, COL_DATE,
              COL_AUTHOR, COL_COMMIT, COL_NOTE, COL_SEVERITY, COL_CONDITION, COL_COUNT };

static const struct {
	const char *name;
	size_t offset;
	bool in_json_always; /* the keys that are promised where the kind has them */
} columns[COL_COUNT] = {
	[COL_ID] = {"id", offsetof(struct item, id), true},
	[COL_NAME] = {"name", offsetof(struct item, name), false},
	[COL_FAMILY] = {"family", offsetof(struct item, family), true},
	[COL_LEVEL] = {"level", offsetof(struct item, level), true},
	[COL_STATUS] = {"status", offsetof(struct item, status), true},
	[COL_MODEL] = {"model", offsetof(struct item, model), true},
	[COL_TYPE] = {"type", offsetof(struct item, type), true},
	[COL_VERSION] = {"version", offsetof(struct item, version), false},
	[COL_OWNER] = {"owner", offsetof(struct item, owner), false},
	[COL_TIME] = {"time", offsetof(struct item, time), false},
	[COL_PERFORMANCE] = {"performance", offsetof(struct item, performance), true},
	[COL_DATE] = {"date", offsetof(struct item, date), false},
	[COL_AUTHOR] = {"author", offsetof(struct item, author), false},
	[COL_COMMIT] = {"commit", offsetof(struct item, commit), false},
	[COL_NOTE] = {"note", offsetof(struct item, note), false},
	[COL_SEVERITY] = {"severity", offsetof(struct item, severity), true},
	[COL_CONDITION] = {"condition", offsetof(struct item, condition), true},
};

struct list {
	struct item *items;
	size_t count;
	struct arena *arena;
};

static struct item *add_item(struct list *list)
{
	list->items = arena_grow(list->arena, list->items, list->count, sizeof *list->items);
	struct item *item = &list->items[list->count++];
	*item = (struct item){.tags = NULL};
	return item;
}

static struct text name_or_empty(const char *name)
{
	return name ? text_of(name) : TEXT("");
}

static void list_recipes(struct list *list, const struct workspace *workspace)
{
	for (size_t i = 0; i < workspace->catalog.recipe_count; i++) {
		const struct recipe *recipe = &workspace->catalog.recipes[i];
		const struct effective *effective = resolved_recipe(&workspace->resolved, recipe->record.id);
		struct item *item = add_item(list);
		item->id = recipe->record.id;
		item->name = recipe->record.name;
		item->family = recipe->family;
		item->level = name_or_empty(level_name(recipe->level));
		item->status = name_or_empty(record_status_name(recipe->status));
		item->version = recipe->version;
		item->owner = effective && effective->usable ? effective->owner : value_text(recipe->record.root, "metadata.owner");
		item->tags = value_at(effective && effective->usable ? effective->root : recipe->record.root, "metadata.tags");
	}
}

static void list_packs(struct list *list, const struct workspace *workspace)
{
	for (size_t i = 0; i < workspace->catalog.pack_count; i++) {
		const struct pack *pack = &workspace->catalog.packs[i];
		struct item *item = add_item(list);
		item->id = pack->record.id;
		item->name = pack->record.name;
		item->family = pack->family;
		item->status = name_or_empty(record_status_name(pack->status));
		item->version = pack->version;
		item->owner = value_text(pack->record.root, "metadata.owner");
		item->tags = value_at(pack->record.root, "metadata.tags");
	}
}

static struct text family_of(const struct workspace *workspace, const struct model *model)
{
	const struct recipe *recipe = catalog_recipe(&workspace->catalog, model->recipe.id);

	return recipe ? recipe->family : TEXT("");
}

static void list_models(struct list *list, const struct workspace *workspace)
{
	for (size_t i = 0; i < workspace->catalog.model_count; i++) {
		const struct model *model = &workspace->catalog.models[i];
		struct item *item = add_item(list);
		item->id = model->record.id;
		item->name = model->record.name;
		item->family = family_of(workspace, model);
		item->status = name_or_empty(model_status_name(model->status));
		item->version = model->version;
		item->owner = model->owner;
		item->tags = value_at(model->record.root, "metadata.tags");
	}
}

static struct text print_time(struct list *list, bool has, int64_t time)
{
	char out[32];

	return has ? text_copy(list->arena, (struct text){out, instant_print(out, time)}) : TEXT("");
}

static void list_runs(struct list *list, const struct workspace *workspace)
{
	for (size_t m = 0; m < workspace->catalog.model_count; m++) {
		const struct model *model = &workspace->catalog.models[m];
		for (size_t i = 0; i < model->run_count; i++) {
			const struct run *run = &model->runs[i];
			struct item *item = add_item(list);
			item->id = run->record.id;
			item->model = model->record.id;
			item->family = family_of(workspace, model);
			item->type = name_or_empty(run_type_name(run->type));
			item->status = name_or_empty(run_status_name(run->status));
			item->owner = model->owner;
			item->time = print_time(list, run->has_started, run->started);
		}
	}
}

static void list_snapshots(struct list *list, const struct workspace *workspace)
{
	for (size_t m = 0; m < workspace->catalog.model_count; m++) {
		const struct model *model = &workspace->catalog.models[m];
		for (size_t i = 0; i < model->snapshot_count; i++) {
			const struct snapshot *snapshot = &model->snapshots[i];
			/* What is stamped after the as-of does not exist yet. */
			if (snapshot->time > workspace->results.as_of)
				continue;
			struct item *item = add_item(list);
			item->id = snapshot->stamp;
			item->model = model->record.id;
			item->family = family_of(workspace, model);
			item->owner = model->owner;
			item->performance = snapshot->metrics ? TEXT("yes") : TEXT("no");
			item->time = print_time(list, true, snapshot->time);
		}
	}
}

enum { NOTE_BYTES = 100, COMMIT_DIGITS = 12 };

static void add_version(struct list *list, const struct workspace *workspace, const struct version_item *told)
{
	const struct history_version *version = told->version;
	bool is_recipe = version->kind == KIND_RECIPE;
	const struct recipe *recipe = is_recipe ? catalog_recipe(&workspace->catalog, version->id) : NULL;
	const struct effective *effective = is_recipe ? resolved_recipe(&workspace->resolved, version->id) : NULL;
	const struct pack *pack = is_recipe ? NULL : catalog_pack(&workspace->catalog, version->id);
	struct item *item = add_item(list);

	item->id = version->id;
	item->type = text_of(kind_name(version->kind));
	item->family = version->family;
	item->version = version->version;
	item->status = name_or_empty(record_status_name(version->status));
	if (version->made[0]) {
		item->date = print_time(list, true, told->made.time);
		item->author = told->made.author;
		item->commit = text_of(version->made);
		item->note = note_line(&told->made, NOTE_BYTES);
	}
	/* To choose by: what the record is today. */
	if (recipe)
		item->level = name_or_empty(level_name(recipe->level));
	if (effective && effective->usable) {
		item->owner = effective->owner;
		item->tags = value_at(effective->root, "metadata.tags");
	} else if (pack) {
		item->owner = value_text(pack->record.root, "metadata.owner");
		item->tags = value_at(pack->record.root, "metadata.tags");
	}
}

static int list_versions(struct list *list, struct workspace *workspace)
{
	struct version_log *logs;
	struct failure failure;
	size_t count;

	if (workspace_versions(&logs, &count, workspace, &failure) < 0)
		return session_fail(&failure);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < logs[i].count; k++)
			add_version(list, workspace, &logs[i].items[k]);
	return EXIT_OK;
}

/* As they stand at the present; time: since when one fires. */
static void list_alerts(struct list *list, const struct workspace *workspace)
{
	static const char *const names[] = {"ok", "firing", "inconclusive"};

	for (size_t m = 0; m < workspace->results.model_count; m++) {
		const struct model_result *model = &workspace->results.models[m];
		for (size_t i = 0; i < model->alert_count; i++) {
			const struct alert_result *alert = &model->alerts[i];
			struct item *item = add_item(list);
			item->id = alert->name;
			item->model = model->model->record.id;
			item->family = family_of(workspace, model->model);
			item->owner = model->model->owner;
			item->status = text_of(names[alert->status]);
			item->severity = alert->critical ? TEXT("critical") : TEXT("warning");
			item->condition = alert->condition;
			item->time = print_time(list, alert->status == ALERT_FIRING && alert->has_since, alert->since);
		}
	}
}

static const struct {
	const char *name;
	void (*fill)(struct list *list, const struct workspace *workspace); /* NULL: list_versions(), which may fail */
	unsigned columns; /* bits of enum column */
} kinds[] = {
	{"recipes", list_recipes, 1u << COL_ID | 1u << COL_NAME | 1u << COL_FAMILY | 1u << COL_LEVEL | 1u << COL_STATUS | 1u << COL_VERSION | 1u << COL_OWNER},
	{"packs", list_packs, 1u << COL_ID | 1u << COL_NAME | 1u << COL_FAMILY | 1u << COL_STATUS | 1u << COL_VERSION},
	{"models", list_models, 1u << COL_ID | 1u << COL_NAME | 1u << COL_FAMILY | 1u << COL_STATUS | 1u << COL_VERSION | 1u << COL_OWNER},
	{"runs", list_runs, 1u << COL_ID | 1u << COL_MODEL | 1u << COL_FAMILY | 1u << COL_TYPE | 1u << COL_STATUS | 1u << COL_TIME},
	{"versions", NULL, 1u << COL_ID | 1u << COL_TYPE | 1u << COL_FAMILY | 1u << COL_VERSION | 1u << COL_STATUS | 1u << COL_DATE | 1u << COL_AUTHOR | 1u << COL_COMMIT | 1u << COL_NOTE},
	{"snapshots", list_snapshots, 1u << COL_ID | 1u << COL_MODEL | 1u << COL_FAMILY | 1u << COL_PERFORMANCE | 1u << COL_TIME},
	{"alerts", list_alerts, 1u << COL_ID | 1u << COL_MODEL | 1u << COL_FAMILY | 1u << COL_STATUS | 1u << COL_TIME | 1u << COL_SEVERITY | 1u << COL_CONDITION},
};
enum { KIND_NAMES = sizeof kinds / sizeof *kinds };

static struct text cell(const struct item *item, enum column column)
{
	struct text text;

	memcpy(&text, (const char *)item + columns[column].offset, sizeof text);
	return text;
}

static bool has_tag(const struct item *item, const char *tag)
{
	for (size_t i = 0; item->tags && item->tags->kind == VALUE_LIST && i < item->tags->count; i++)
		if (text_is(item->tags->items[i]->text, tag))
			return true;
	return false;
}

static bool contains_nocase(struct text text, struct text part)
{
	char small[256];

	if (part.len >= sizeof small)
		return false;
	memcpy(small, part.at, part.len);
	small[part.len] = '\0';
	for (size_t i = 0; i + part.len <= text.len; i++)
		if (text_is_nocase(text_cut(text, i, i + part.len), small))
			return true;
	return false;
}

static bool is_wanted(const struct item *item, const struct invocation *invocation)
{
	if ((invocation->family && !text_is(item->family, invocation->family)) || (invocation->level && !text_is(item->level, invocation->level)) ||
	    (invocation->status && !text_is(item->status, invocation->status)) || (invocation->owner && !text_is(item->owner, invocation->owner)) ||
	    (invocation->tag && !has_tag(item, invocation->tag)))
		return false;
	for (size_t i = 1; i < invocation->operands.count; i++) {
		bool found = false;
		for (enum column column = 0; column < COL_COUNT && !found; column++)
			found = contains_nocase(cell(item, column), invocation->operands.items[i]);
		if (!found)
			return false;
	}
	return true;
}

static size_t digits_at(struct text text, size_t from)
{
	size_t at = from;

	while (at < text.len && text.at[at] >= '0' && text.at[at] <= '9')
		at++;
	return at - from;
}

/* As SemVer orders versions without leading zeros: 10.0.0 comes after 9.0.0, and 1.0.0-rc before 1.0.0. */
static int order_versions(struct text a, struct text b)
{
	size_t at = 0;

	while (at < a.len && at < b.len) {
		size_t first = digits_at(a, at), second = digits_at(b, at);
		if (first && second && first != second)
			return first > second ? 1 : -1;
		if (a.at[at] != b.at[at])
			return (unsigned char)a.at[at] > (unsigned char)b.at[at] ? 1 : -1;
		at++;
	}
	if (at < a.len || at < b.len) {
		bool pre = at < a.len ? a.at[at] == '-' : b.at[at] == '-';
		return (at < a.len) != pre ? 1 : -1;
	}
	return 0;
}

static int order_cells(const struct item *a, const struct item *b, enum column column)
{
	struct text left = cell(a, column), right = cell(b, column);

	return column == COL_VERSION ? order_versions(left, right) : text_compare(left, right);
}

/* Insertion by binary search keeps equal keys in the order of the workspace; qsort() has no context to carry the column. */
static void sort_items(struct list *list, enum column column)
{
	for (size_t i = 1; i < list->count; i++) {
		struct item item = list->items[i];
		size_t low = 0, high = i;
		while (low < high) {
			size_t middle = (low + high) / 2;
			if (order_cells(&list->items[middle], &item, column) <= 0)
				low = middle + 1;
			else
				high = middle;
		}
		memmove(&list->items[low + 1], &list->items[low], (i - low) * sizeof item);
		list->items[low] = item;
	}
}

/* A table is looked at in a terminal too: C0, DEL and C1 become \\x1b and the like, all else stays as it is. */
static struct text without_controls(struct text text, struct arena *arena)
{
	struct buffer out;
	size_t from = 0;

	buffer_init(&out);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i], next = i + 1 < text.len ? (unsigned char)text.at[i + 1] : 0;
		bool wide = c == 0xc2 && next >= 0x80 && next < 0xa0;
		if (c >= 0x20 && c != 0x7f && !wide)
			continue;
		buffer_add(&out, text_cut(text, from, i));
		buffer_format(&out, "\\x%02x", wide ? next : c);
		i += wide;
		from = i + 1;
	}
	buffer_add(&out, text_cut(text, from, text.len));
	struct text clean = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return clean;
}

static void add_csv_cell(struct buffer *out, struct text text)
{
	bool formula = text.len && strchr("=+-@", text.at[0]);
	bool quote = text_find(text, ',') < text.len || text_find(text, '"') < text.len;

	if (quote)
		buffer_char(out, '"');
	if (formula)
		buffer_char(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			buffer_char(out, '"');
		buffer_char(out, text.at[i]);
	}
	if (quote)
		buffer_char(out, '"');
}

static void print_csv(struct buffer *out, const struct list *list, unsigned shown, struct arena *arena)
{
	for (size_t row = 0; row <= list->count; row++) {
		const char *separator = "";
		for (enum column column = 0; column < COL_COUNT; column++) {
			if (!(shown & 1u << column))
				continue;
			buffer_string(out, separator);
			separator = ",";
			if (row == 0)
				buffer_string(out, columns[column].name);
			else
				add_csv_cell(out, without_controls(cell(&list->items[row - 1], column), arena));
		}
		buffer_char(out, '\n');
	}
}

static void print_json(struct buffer *out, const struct list *list, unsigned shown)
{
	struct json *json = json_object(), *items = json_array();

	json_add_string(json, "schema", "galley.list/1");
	for (size_t i = 0; i < list->count; i++) {
		struct json *object = json_object();
		for (enum column column = 0; column < COL_COUNT; column++) {
			struct text text = cell(&list->items[i], column);
			if (!(shown & 1u << column))
				continue;
			if (column == COL_PERFORMANCE)
				json_add_bool(object, columns[column].name, text_is(text, "yes"));
			else if (text.len || columns[column].in_json_always)
				json_add_text(object, columns[column].name, text);
		}
		json_push(items, object);
	}
	json_add(json, "items", items);
	json_print(out, json, true);
	json_release(json);
}

static void print_table(struct buffer *out, const struct list *list, unsigned shown)
{
	const char *header[COL_COUNT];
	bool right[COL_COUNT] = {false};
	struct text *cells = arena_array(list->arena, list->count * COL_COUNT, sizeof *cells);
	size_t count = 0, used = 0;

	for (enum column column = 0; column < COL_COUNT; column++)
		if (shown & 1u << column)
			header[count++] = columns[column].name;
	for (size_t i = 0; i < list->count; i++)
		for (enum column column = 0; column < COL_COUNT; column++)
			if (shown & 1u << column)
				cells[used++] = column == COL_COMMIT ? text_cut(cell(&list->items[i], column), 0, COMMIT_DIGITS) : cell(&list->items[i], column);
	table_print(out, &(struct table_text){header, right, count, cells, list->count});
}

static int unknown_column(struct invocation *invocation, unsigned shown)
{
	struct text names = TEXT("");

	for (enum column column = 0; column < COL_COUNT; column++)
		if (shown & 1u << column)
			names = text_format(&invocation->arena, "%.*s%s%s", TEXT_ARGS(names), names.len ? "|" : "", columns[column].name);
	return session_usage(invocation, "'--sort' is '%s', must be a column of the table: %.*s", invocation->sort, TEXT_ARGS(names));
}

static int print_list(struct workspace *workspace, struct invocation *invocation, size_t kind)
{
	struct list list = {.arena = &workspace->arena};
	unsigned shown = kinds[kind].columns;
	size_t kept = 0;
	struct buffer out;

	if (kinds[kind].fill)
		kinds[kind].fill(&list, workspace);
	int listed = kinds[kind].fill ? EXIT_OK : list_versions(&list, workspace);
	if (listed != EXIT_OK)
		return listed;
	for (size_t i = 0; i < list.count; i++)
		if (is_wanted(&list.items[i], invocation))
			list.items[kept++] = list.items[i];
	list.count = kept;
	if (invocation->sort) {
		enum column column = 0;
		while (column < COL_COUNT && !(shown & 1u << column && strcmp(columns[column].name, invocation->sort) == 0))
			column++;
		if (column == COL_COUNT)
			return unknown_column(invocation, shown);
		sort_items(&list, column);
	}
	if (invocation->limit && list.count > invocation->limit)
		list.count = invocation->limit;
	int errors = session_errors(workspace, invocation);
	buffer_init(&out);
	if (session_is(invocation, "json"))
		print_json(&out, &list, shown);
	else if (session_is(invocation, "csv"))
		print_csv(&out, &list, shown, &invocation->arena);
	else
		print_table(&out, &list, shown);
	int code = session_write(invocation, &out, invocation->fail_on ? errors : EXIT_OK);
	buffer_release(&out);
	return code;
}

static int run_list(struct invocation *invocation)
{
	struct workspace workspace;
	struct text names[KIND_NAMES];
	size_t kind = 0;

	while (kind < KIND_NAMES && !text_is(invocation->operands.items[0], kinds[kind].name))
		kind++;
	if (kind == KIND_NAMES) {
		for (size_t i = 0; i < KIND_NAMES; i++)
			names[i] = text_of(kinds[i].name);
		struct text near = text_nearest(invocation->operands.items[0], names, KIND_NAMES);
		if (near.at)
			return session_usage(invocation, "unknown kind '%.*s'; did you mean '%.*s'?", TEXT_ARGS(invocation->operands.items[0]), TEXT_ARGS(near));
		return session_usage(invocation, "unknown kind '%.*s', must be one of recipes, packs, models, runs, versions, snapshots, alerts",
		                     TEXT_ARGS(invocation->operands.items[0]));
	}
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK && kinds[kind].fill == list_alerts)
		code = session_measure(&workspace, false, NULL, 0);
	if (code == EXIT_OK)
		code = print_list(&workspace, invocation, kind);
	workspace_close(&workspace);
	return code;
}

const struct command command_list = {
	.name = "list",
	.operands = "recipes|packs|models|runs|versions|snapshots|alerts [TEXT...]",
	.least = 1,
	.most = 32,
	.summary = "what there is: recipes, packs, models, runs, versions, snapshots, alerts",
	.details = "TEXT keeps the rows in which every TEXT occurs somewhere (upper and lower case alike).",
	.examples = {"galley list models", "galley list versions --status approved --sort date", "galley list runs --status failed --format json"},
	.formats = "text|json|csv",
	.options = list_options,
	.option_count = sizeof list_options / sizeof *list_options,
	.run = run_list,
};
