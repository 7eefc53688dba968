/* What the formats of findings share.
 *
 * Ownership: the caller's buffers; texts point into inputs. Failure: none. */
#ifndef GALLEY_FINDINGS_PARTS_H
#define GALLEY_FINDINGS_PARTS_H

#include "findings.h"
#include "json.h"

#define DECLARE(name, is_log) void findings_##name(struct buffer *out, const struct findings *findings);
FINDINGS_FORMATS(DECLARE, DECLARE)
#undef DECLARE

/* Fills the fingerprints in; items are sorted and have their diags. */
void findings_mark(struct finding *items, size_t count, struct arena *arena);

struct text finding_path(const struct finding *finding);
/* Where a host that asks for a file shows it: what stands in none is the workspace's. */
struct text finding_host_path(const struct finding *finding);
const char *finding_rule(const struct finding *finding);
/* A file fails, or a test does, because of it. */
bool finding_fails(const struct findings *findings, const struct finding *finding);
bool finding_shown(const struct findings *findings, const struct finding *finding);

/* "2 errors, 1 warning", or nothing where all are 0. Says whether it added anything. */
bool add_counts(struct buffer *out, const size_t counts[static SEVERITY_ERROR + 1]);
/* "path:line:column", as far as there is one; escaped for a log. */
void add_place(struct buffer *out, struct place place);

/* Text for GitHub's runner: what would end a workflow command's message, or one of its properties, as %XX. */
void workflow_encode(struct buffer *out, struct text text, bool property);
void workflow_path(struct buffer *out, struct text path);
/* The same for a message, cut to what the runner keeps of one. */
void workflow_message(struct buffer *out, struct text message);

/* The line that a place stands on, without its line end; empty where it is not known. */
struct text place_line(struct place place);
/* Offset in line of the code point that is skip further than the byte at from. */
size_t skip_points(struct text line, size_t from, size_t skip);

/* One finding as text prints it, and as JSON does. */
void finding_text(struct buffer *out, const struct diag *diag, bool color);
struct json *finding_json(const struct finding *finding);

#endif
