/* Progress line: one line on a terminal that says how far long work has come, from its second second on and at most ten times a second, and
 * is gone before anything else is printed. Nothing where standard error is no terminal.
 *
 * Ownership: the caller's; progress_line_end() as often as liked. Failure: none. Threads: any may tell; begin and end belong to one, while
 * no other tells. */
#ifndef GALLEY_PROGRESS_LINE_H
#define GALLEY_PROGRESS_LINE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "progress.h"

enum { PROGRESS_MODEL_NAME = 80 };

struct progress_line {
	struct progress progress; /* hand this to who works */
	int fd;                   /* -1: nothing is shown */
	uint64_t (*clock)(void);  /* milliseconds */
	size_t width;             /* of the terminal, in columns */
	uint64_t next;            /* when the line may be written again */
	bool shown;
	atomic_flag busy;
	char model[PROGRESS_MODEL_NAME];
	uint64_t models_done, models;
};

/* fd -1: shows nothing. */
void progress_line_begin(struct progress_line *line, int fd, size_t width, uint64_t (*clock)(void));
void progress_line_end(struct progress_line *line);

#endif
