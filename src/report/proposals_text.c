#include "text_report.h"

#include "instant.h"
#include "unified.h"

enum { COMMIT_DIGITS = 10, LINES_TOLD = 4, NAME_WIDTH = 14 };

/* --- A change on one line --- */

struct sides {
	struct text gone[LINES_TOLD], come[LINES_TOLD];
	size_t gone_count, come_count; /* also beyond what is kept */
};

static void take_line(struct sides *sides, struct text line)
{
	struct text rest = text_trim(text_cut(line, 1, line.len));

	if (text_starts(line, "+++") || text_starts(line, "---") || !line.len)
		return;
	if (line.at[0] == '-' && sides->gone_count++ < LINES_TOLD)
		sides->gone[sides->gone_count - 1] = rest;
	if (line.at[0] == '+' && sides->come_count++ < LINES_TOLD)
		sides->come[sides->come_count - 1] = rest;
}

/* "key: " where both lines have the same. */
static size_t shared_key(struct text a, struct text b)
{
	size_t colon = text_find(a, ':');

	return colon < a.len && text_equal(text_cut(a, 0, colon + 1), text_cut(b, 0, colon + 1)) ? colon + 1 : 0;
}

static void add_pairs(struct buffer *out, const struct sides *sides)
{
	for (size_t i = 0; i < sides->gone_count; i++) {
		size_t key = shared_key(sides->gone[i], sides->come[i]);
		buffer_string(out, i ? "; " : "");
		buffer_safe(out, sides->gone[i]);
		buffer_string(out, " -> ");
		buffer_safe(out, text_trim(text_cut(sides->come[i], key, sides->come[i].len)));
	}
}

void change_line(struct buffer *out, const struct proposal_change *change)
{
	struct sides sides = {.gone_count = 0};
	struct buffer patch;

	buffer_safe(out, change->path);
	if (change->is_new || change->is_gone) {
		buffer_string(out, change->is_new ? ": new file" : ": removed");
		return;
	}
	buffer_init(&patch);
	unified_diff(&patch, change->path, change->before, change->after, false, false);
	for (struct text rest = buffer_text(&patch); rest.len;) {
		size_t end = text_find(rest, '\n');
		take_line(&sides, text_cut(rest, 0, end));
		rest = text_cut(rest, end + 1, rest.len);
	}
	buffer_string(out, ": ");
	if (sides.gone_count == sides.come_count && sides.gone_count && sides.gone_count <= LINES_TOLD)
		add_pairs(out, &sides);
	else
		buffer_format(out, "%zu lines added, %zu removed", sides.come_count, sides.gone_count);
	buffer_release(&patch);
}

/* --- What was done --- */

static void paint(struct buffer *out, bool color, const char *code)
{
	if (color)
		buffer_string(out, code);
}

static void add_proposed(struct buffer *out, const struct proposed *item, bool dry_run, bool color)
{
	const char *name = proposal_outcome_name(item->outcome);
	bool would = dry_run && item->outcome != PROPOSAL_STANDS && item->outcome != PROPOSAL_LEFT && item->outcome != PROPOSAL_NONE;

	paint(out, color, "\x1b[1m");
	buffer_format(out, "%s%s", would ? "would be " : "", name);
	paint(out, color, "\x1b[0m");
	buffer_repeat(out, ' ', NAME_WIDTH - strlen(name));
	if (item->branch.len) {
		buffer_safe(out, item->branch);
	} else {
		buffer_safe(out, item->model);
		buffer_string(out, ", ");
		buffer_safe(out, item->action);
	}
	if (item->commit[0])
		buffer_format(out, "  %.*s", COMMIT_DIGITS, item->commit);
	if (item->subject.len) {
		buffer_string(out, "  ");
		buffer_safe(out, item->subject);
	}
	buffer_char(out, '\n');
	if (item->why.len) {
		buffer_string(out, "    ");
		buffer_safe(out, item->why);
		buffer_char(out, '\n');
	}
	if (dry_run && item->change.path.len)
		unified_diff(out, item->change.path, item->change.before, item->change.after, item->change.is_new, color);
}

void proposed_text(struct buffer *out, const struct proposed *items, size_t count, bool dry_run, bool color)
{
	if (!count)
		buffer_string(out, "nothing is due that would change files, and no proposal stands\n");
	for (size_t i = 0; i < count; i++)
		add_proposed(out, &items[i], dry_run, color);
}

/* --- The queue --- */

static void add_age(struct buffer *out, const struct proposal *item, int64_t as_of)
{
	char date[32];

	instant_print_date(date, item->as_of);
	int64_t age = as_of > item->as_of ? as_of - item->as_of : 0;
	int64_t count = age >= 2 * 86400 ? age / 86400 : age / 3600;
	if (count)
		buffer_format(out, "  for %lld %s%s", (long long)count, age >= 2 * 86400 ? "day" : "hour", count == 1 ? "" : "s");
	else
		buffer_string(out, "  for less than an hour");
	buffer_format(out, ", since %s", date);
}

static void add_field(struct buffer *out, const char *name, struct text value)
{
	buffer_format(out, "  %-9s", name);
	buffer_safe(out, value);
	buffer_char(out, '\n');
}

static void add_what(struct buffer *out, const struct proposal *item, bool patches, bool color)
{
	for (size_t i = 0; i < item->change_count; i++) {
		buffer_string(out, i ? "           " : "  change   ");
		change_line(out, &item->changes[i]);
		buffer_char(out, '\n');
	}
	if (item->changed > item->change_count)
		buffer_format(out, "           and %zu more files\n", item->changed - item->change_count);
	for (size_t i = 0; i < item->reason_count; i++)
		add_field(out, i ? "" : "why", item->reasons[i]);
	for (size_t i = 0; patches && i < item->change_count; i++)
		unified_diff(out, item->changes[i].path, item->changes[i].before, item->changes[i].after, item->changes[i].is_new, color);
}

static void add_queued(struct buffer *out, const struct proposal *item, bool patches, int64_t as_of, bool color)
{
	buffer_char(out, '\n');
	paint(out, color, "\x1b[1m");
	buffer_safe(out, item->branch);
	paint(out, color, "\x1b[0m");
	buffer_format(out, "  %.*s", COMMIT_DIGITS, item->tip);
	if (item->has_as_of)
		add_age(out, item, as_of);
	buffer_char(out, '\n');
	if (!item->commit[0]) {
		add_field(out, "note", TEXT("none of galley's: it holds no commit that galley has made for it"));
		return;
	}
	add_field(out, "", item->subject);
	add_what(out, item, patches, color);
	if (item->touched)
		add_field(out, "note", TEXT("a person has added to it"));
	if (item->merged)
		add_field(out, "note", TEXT("merged; the next galley propose withdraws it"));
	else if (!item->applies)
		add_field(out, "note", TEXT("it does not merge cleanly; the next galley propose says or mends it"));
	else
		add_field(out, "approve", TEXT("merge it, as a pull request or with git merge"));
}

void queue_text(struct buffer *out, const struct proposal *items, size_t count, bool patches, int64_t as_of, bool color)
{
	size_t open = 0;

	for (size_t i = 0; i < count; i++)
		open += items[i].commit[0] && !items[i].merged;
	if (!open)
		buffer_string(out, "no proposal waits for approval\n");
	else
		buffer_format(out, "%zu proposal%s for approval\n", open, open == 1 ? " waits" : "s wait");
	for (size_t i = 0; i < count; i++)
		add_queued(out, &items[i], patches, as_of, color);
}
