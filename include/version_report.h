/* Version report: what `log` and `show` print of records and their versions.
 *
 * Ownership: the caller's buffer. Failure: none. */
#ifndef GALLEY_VERSION_REPORT_H
#define GALLEY_VERSION_REPORT_H

#include "activity.h"
#include "buffer.h"
#include "history.h"

/* One record whole. */
struct shown_record {
	enum kind kind;
	struct text id;                   /* of a run with its model's: "model/run" */
	const struct version_item *item;  /* of a recipe or pack; NULL */
	const struct input *file;
	const struct value *root;         /* NULL: the file cannot be parsed */
};

void log_text(struct buffer *out, const struct version_log *log, bool color);
void log_json(struct buffer *out, const struct version_log *log);
/* The file as it is, below what git knows of it, as comments; what a terminal must not see is escaped. */
void show_text(struct buffer *out, const struct shown_record *record);
void show_json(struct buffer *out, const struct shown_record *record, struct arena *arena);

/* all: how many there are, of which count are shown. cut: not all history is there. */
void activity_text(struct buffer *out, const struct activity *items, size_t count, size_t all, bool cut, struct arena *arena);
void activity_json(struct buffer *out, const struct activity *items, size_t count, size_t all, bool cut);

/* The first line of a commit's message, at most `most` bytes of it. */
struct text note_line(const struct commit_note *note, size_t most);

#endif
