/* Diagnostics: what is wrong in the user's files. Collected, never printed here; work goes on after each.
 *
 * Ownership: diags and their texts live in the arena given to diags_init(). Threads: one struct diags a thread; diags_append()
 * joins them, and diags_sort() gives the one final order (path, line, column, code, message).
 * Failure: none; at most DIAGS_PER_FILE (or diags.most) of one code per file are kept, the rest are counted. */
#ifndef GALLEY_DIAG_H
#define GALLEY_DIAG_H

#include "input.h"

struct arena;

enum severity { SEVERITY_OFF, SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

enum code {
#define CODE(name, id, severity, doc) CODE_##name,
#include "codes.h"
#undef CODE
	CODE_COUNT
};

struct code_info {
	const char *id; /* family/name */
	enum severity severity;
	const char *doc;
};

/* The one list, indexed by enum code. */
extern const struct code_info code_list[CODE_COUNT];

struct diag_related {
	struct place place;
	struct text message;
};

struct diag {
	enum code code;
	enum severity severity;
	struct place place;
	struct text message; /* lower case, no full stop, the failure first, the subject in single quotes */
	struct text help;    /* the remedy; empty for none */
	struct diag_related *related;
	size_t related_count;
	/* A comment `# galley: allow CODE -- reason` covers it: severity is then SEVERITY_OFF, so that whoever does not ask for suppressed
	 * findings never meets one; the severity it would have had, the reason and the comment are kept for who does. */
	bool suppressed;
	enum severity suppressed_severity;
	struct text suppressed_reason;
	struct place suppressed_by;
};

enum { DIAGS_PER_FILE = 20 };

struct diags {
	struct arena *arena;
	struct diag *items;
	size_t count;
	size_t most; /* of one code in one file that are kept; 0: DIAGS_PER_FILE */
};

void diags_init(struct diags *diags, struct arena *arena);

/* Adds a finding with its code's severity. The pointer is valid until the next diag_add(). */
struct diag *diag_add(struct diags *diags, enum code code, struct place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Sets the remedy of the finding that was added last. */
void diag_help(struct diags *diags, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds another place to the finding that was added last. */
void diag_relate(struct diags *diags, struct place place, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Copies what from found to the end of diags; from's arena must outlive diags. */
void diags_append(struct diags *diags, const struct diags *from);
/* Final order; equal findings become one, and beyond the most of one code in one file the last kept says how many more. */
void diags_sort(struct diags *diags);
size_t diags_count(const struct diags *diags, enum severity at_least);
size_t diags_count_suppressed(const struct diags *diags);

const char *severity_name(enum severity severity);

#endif
