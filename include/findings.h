/* Findings: what `galley check` reports, in each format that a person, an editor or a CI host reads. One model feeds all: findings in
 * final order, each with its rank and a fingerprint that outlives moves, and the files they stand in. A renderer gets that and a
 * buffer, nothing else.
 *
 * Ownership: what findings_init() makes is in its arena and points at diags, which must outlive it. Buffers are the caller's.
 * Failure: none. What comes from the user's files is escaped for its format and for the CI log that it may be printed to. */
#ifndef GALLEY_FINDINGS_H
#define GALLEY_FINDINGS_H

#include <stdint.h>

#include "buffer.h"
#include "diag.h"
#include "refusal.h"

/* The one list of formats: FIRST or NEXT(name, is_log). Two that make lines of a log may share a stream. */
#define FINDINGS_FORMATS(FIRST, NEXT) \
	FIRST(text, true) NEXT(json, false) NEXT(jsonl, false) NEXT(github, true) NEXT(gitlab, false) NEXT(sarif, false) NEXT(junit, false) \
	NEXT(tap, false) NEXT(rdjson, false)

struct finding {
	const struct diag *diag;
	size_t rank;          /* 0 is the worst: by severity, then in order */
	char fingerprint[65]; /* of rule, path, the keys that lead to the place, and which of several alike it is; no line number, no value */
};

/* A file that was read, or that findings stand in. */
struct findings_file {
	struct text path; /* empty: findings that stand in no file */
	size_t first, count; /* its items */
};

struct findings {
	struct finding *items; /* sorted as diags are; none is off */
	size_t count;
	const struct finding **ranked; /* the same, the worst first */
	struct findings_file *files;   /* by path */
	size_t file_count;
	size_t counts[SEVERITY_ERROR + 1];
	size_t suppressed; /* by comments; not among the items */
	/* May be set after findings_init(). */
	size_t most;            /* --max-findings: those of this rank and beyond are counted, not shown; default SIZE_MAX */
	size_t files_read;      /* default file_count */
	enum severity at_least; /* of what text shows; default note */
	enum severity fail_on;  /* from here on a file, or a test, fails; default error */
	bool color;             /* of text; default no */
};

/* diags: sorted. files: those that were read, by path; NULL and 0 where no format asks for them. */
void findings_init(struct findings *findings, const struct diags *diags, const struct input *const *files, size_t file_count,
                   struct arena *arena);

struct findings_format {
	const char *name;
	void (*render)(struct buffer *out, const struct findings *findings);
	bool is_log;
};

/* NULL where there is no such format. */
const struct findings_format *findings_format(struct text name);

/* A job summary in Markdown of at most max bytes: a table, worst first, whole rows, then how many more there are. */
enum { FINDINGS_SUMMARY_MAX = 1024 * 1024 };
void findings_summary(struct buffer *out, const struct findings *findings, size_t max);

/* A refusal as text shows a finding, without a code. */
void findings_refusal(struct buffer *out, const struct refusal *refusal, enum severity severity, bool color);

/* How many are shown nowhere because of most. */
size_t findings_left_out(const struct findings *findings);

#endif
