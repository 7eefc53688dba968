#include "version_report.h"

#include "arena.h"
#include "instant.h"
#include "json.h"
#include "text_report.h"

enum { COLUMNS = 5, COMMIT_DIGITS = 10, WHY_BYTES = 160 };

static struct text cut(struct text text, size_t most, struct arena *arena)
{
	size_t end = text.len < most ? text.len : most;

	while (end < text.len && end && ((unsigned char)text.at[end] & 0xc0) == 0x80)
		end--;
	return end < text.len ? text_format(arena, "%.*s...", TEXT_ARGS(text_cut(text, 0, end))) : text;
}

static struct text time_of(const struct activity *item, struct arena *arena)
{
	char time[32];

	instant_print(time, item->time);
	return text_format(arena, "%.10s %.5s", time, time + 11);
}

static void add_rows(struct buffer *out, const struct activity *items, size_t count, struct arena *arena)
{
	static const char *const header[COLUMNS] = {"WHEN", "EVENT", "RECORD", "COMMIT", "WHO"};
	struct table_text table = {header, NULL, COLUMNS, arena_array(arena, count * COLUMNS + 1, sizeof(struct text)), count};
	struct buffer lines;

	for (size_t i = 0; i < count; i++) {
		struct text *cells = table.cells + i * COLUMNS;
		cells[0] = time_of(&items[i], arena);
		cells[1] = text_of(activity_kind_name(items[i].kind));
		cells[2] = items[i].id;
		cells[3] = (struct text){items[i].commit, COMMIT_DIGITS};
		cells[4] = items[i].who.len ? items[i].who : TEXT("-");
	}
	buffer_init(&lines);
	table_print(&lines, &table);
	struct text rest = buffer_text(&lines);
	size_t end = text_find(rest, '\n');
	buffer_add(out, text_cut(rest, 0, end + 1));
	rest = text_cut(rest, end + 1, rest.len);
	for (size_t i = 0; i < count; i++) {
		end = text_find(rest, '\n');
		buffer_add(out, text_cut(rest, 0, end + 1));
		rest = text_cut(rest, end + 1, rest.len);
		buffer_string(out, "    ");
		buffer_safe(out, items[i].what);
		if (items[i].why.len && !text_equal(items[i].why, items[i].what)) {
			buffer_string(out, " - ");
			buffer_safe(out, cut(items[i].why, WHY_BYTES, arena));
		}
		buffer_char(out, '\n');
	}
	buffer_release(&lines);
}

void activity_text(struct buffer *out, const struct activity *items, size_t count, size_t all, bool is_cut, struct arena *arena)
{
	if (count)
		add_rows(out, items, count, arena);
	else
		buffer_string(out, "no activity\n");
	if (count < all)
		buffer_format(out, "and %zu older\n", all - count);
	if (is_cut)
		buffer_string(out, "this clone is shallow: what is older is not in it; git fetch --unshallow\n");
}

void activity_json(struct buffer *out, const struct activity *items, size_t count, size_t all, bool is_cut)
{
	struct json *json = json_object(), *list = json_array();
	char time[32];

	json_add_string(json, "schema", "galley.activity/1");
	json_add_count(json, "events", all);
	json_add_bool(json, "complete", !is_cut);
	for (size_t i = 0; i < count; i++) {
		struct json *item = json_object();
		json_add_text(item, "time", (struct text){time, instant_print(time, items[i].time)});
		json_add_string(item, "event", activity_kind_name(items[i].kind));
		json_add_text(item, "record", items[i].id);
		json_add_text(item, "what", items[i].what);
		json_add_text(item, "why", items[i].why);
		if (items[i].who.len)
			json_add_text(item, "who", items[i].who);
		else
			json_add_null(item, "who");
		json_add_string(item, "commit", items[i].commit);
		json_add_string(item, "proposal", items[i].proposal[0] ? items[i].proposal : NULL);
		json_push(list, item);
	}
	json_add(json, "activity", list);
	json_print(out, json, true);
	json_release(json);
}
