#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/cli/progress_line.h"
#include "arena.h"
#include "scan.h"

static uint64_t now;

static uint64_t clock_here(void)
{
	return now;
}

/* What was written since the last time. */
static const char *written(int fd)
{
	static char bytes[1024];
	ssize_t got = read(fd, bytes, sizeof bytes - 1);

	bytes[got > 0 ? got : 0] = '\0';
	return bytes;
}

/* Nothing in the first second, ten lines a second, and gone at the end. */
static void test_line(void **state)
{
	struct progress_line line;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	now = 5000;
	progress_line_begin(&line, fds[1], 40, clock_here);
	progress_tell(&line.progress, PROGRESS_MODELS, TEXT("model_a"), 0, 3);
	now = 5999;
	progress_tell(&line.progress, PROGRESS_BYTES, TEXT("a.csv"), 10, 100);
	now = 6000;
	progress_tell(&line.progress, PROGRESS_BYTES, TEXT("a.csv"), 20, 100);
	assert_string_equal(written(fds[0]), "\r\033[Kmodel 1 of 3, model_a: a.csv 20%");
	now = 6099;
	progress_tell(&line.progress, PROGRESS_MODELS, TEXT("model_b\033[2J"), 1, 3);
	now = 6100;
	progress_tell(&line.progress, PROGRESS_BYTES, TEXT("pipe"), 2500000, 0);
	assert_string_equal(written(fds[0]), "\r\033[Kmodel 2 of 3, model_b\\x1b[2J: pipe 2 MB");
	/* Never as wide as the terminal, and not cut inside a character. */
	now = 9000;
	progress_tell(&line.progress, PROGRESS_BYTES, TEXT("ä-very-long-name-of-a-file-ää.csv"), 1, 2);
	assert_string_equal(written(fds[0]), "\r\033[Kmodel 2 of 3, model_b\\x1b[2J: ä-very-lo");
	progress_line_end(&line);
	assert_string_equal(written(fds[0]), "\r\033[K");
	progress_line_end(&line);
	progress_line_begin(&line, -1, 80, clock_here);
	assert_null(line.progress.tell);
	progress_line_end(&line);
	write(fds[1], "x", 1);
	assert_string_equal(written(fds[0]), "x");
	close(fds[0]);
	close(fds[1]);
}

struct heard { uint64_t calls, last, all; bool fell; };

static void hear(void *context, enum progress_kind kind, struct text name, uint64_t done, uint64_t all)
{
	struct heard *heard = context;

	assert_int_equal(kind, PROGRESS_BYTES);
	assert_true(text_ends(name, "progress.csv"));
	heard->calls++;
	heard->fell = heard->fell || done < heard->last;
	heard->last = done;
	heard->all = all;
}

static int nothing(void *context, unsigned worker, const struct scan_batch *batch)
{
	(void)context;
	(void)worker;
	(void)batch;
	return 0;
}

/* A pass tells of each block, in their order, up to the whole file. */
static void test_scan(void **state)
{
	struct heard heard = {0};
	const struct progress progress = {hear, &heard};
	const struct scan_options options = {.limits = &limits_default, .progress = &progress, .block_bytes = 4096};
	const struct scan_consumer consumer = {nothing, NULL};
	const struct scan_column column = {0, SCAN_NUMBERS};
	struct failure failure;
	struct arena arena;
	struct diags diags;
	struct scan *scan;
	char path[] = "/tmp/galley-progress.csv-XXXXXX", name[64];

	(void)state;
	arena_init(&arena);
	diags_init(&diags, &arena);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	snprintf(name, sizeof name, "%s.progress.csv", path);
	FILE *file = fopen(name, "w");
	assert_non_null(file);
	for (int i = 0; i < 20000; i++)
		fprintf(file, i ? "%d.5\n" : "x\n", i);
	long size = ftell(file);
	fclose(file);
	const struct table_file table = {NULL, text_of(name)};
	assert_int_equal(scan_open(&scan, &table, &options, &arena, &diags, &failure), 0);
	assert_non_null(scan);
	assert_int_equal(scan_run(scan, &column, 1, 3, &consumer, &failure), 0);
	assert_true(heard.calls > 10 && !heard.fell);
	assert_int_equal(heard.last, size);
	assert_int_equal(heard.all, size);
	scan_close(scan);
	unlink(name);
	unlink(path);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_line), cmocka_unit_test(test_scan)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
