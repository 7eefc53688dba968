#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "buffer.h"
#include "failure.h"
#include "work.h"

/* --- arena --- */

static void memory_is_zeroed_aligned_and_apart(void **state)
{
	static const size_t sizes[] = {0, 1, 7, 8, 16, 17, 1000, 16 * 1024, 16 * 1024 + 1, 64 * 1024, 1 << 20, 3};
	enum { COUNT = sizeof sizes / sizeof *sizes, ROUNDS = 20 };
	unsigned char *items[ROUNDS][COUNT];
	struct arena arena;
	(void)state;

	arena_init(&arena);
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < COUNT; i++) {
			unsigned char *item = arena_alloc(&arena, sizes[i]);
			assert_non_null(item);
			assert_int_equal((uintptr_t)item % _Alignof(max_align_t), 0);
			for (size_t at = 0; at < sizes[i]; at++)
				assert_int_equal(item[at], 0);
			memset(item, (int)(1 + i + round), sizes[i]);
			items[round][i] = item;
		}
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < COUNT; i++)
			for (size_t at = 0; at < sizes[i]; at++)
				assert_int_equal(items[round][i][at], 1 + i + round);
	arena_release(&arena);
	assert_null(arena.blocks);
	/* It may be used again. */
	assert_string_equal(arena_copy(&arena, "again", 5), "again");
	arena_release(&arena);
}

static void copy_keeps_nul_and_ends_with_one(void **state)
{
	struct arena arena;
	(void)state;

	arena_init(&arena);
	assert_memory_equal(arena_copy(&arena, "a\0b!", 3), "a\0b", 4);
	assert_string_equal(arena_copy(&arena, NULL, 0), "");
	assert_string_equal(arena_format(&arena, "%s-%d", "x", 42), "x-42");
	assert_string_equal(arena_format(&arena, "%s", ""), "");
	char *wide = arena_format(&arena, "%*d", 100000, 7);
	assert_int_equal(strlen(wide), 100000);
	assert_int_equal(wide[99999], '7');
	arena_release(&arena);
}

static void growing_array_keeps_its_items(void **state)
{
	struct arena arena;
	size_t *items = NULL, count = 0;
	(void)state;

	arena_init(&arena);
	for (size_t i = 0; i < 10000; i++) {
		size_t *before = items;
		items = arena_grow(&arena, items, count, sizeof *items);
		if (count & (count - 1))
			assert_ptr_equal(items, before);
		items[count++] = i * i;
	}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(items[i], i * i);
	arena_release(&arena);
}

/* Runs what must end the process for want of memory; says with which status and line it ended. */
static int status_of(void (*action)(void), char message[64])
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		action();
		_exit(99);
	}
	close(ends[1]);
	size_t len = 0;
	for (ssize_t got; len < 63 && (got = read(ends[0], message + len, 63 - len)) > 0;)
		len += (size_t)got;
	message[len] = '\0';
	close(ends[0]);
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void array_whose_product_overflows(void)
{
	struct arena arena;

	arena_init(&arena);
	arena_array(&arena, SIZE_MAX / 2, 3);
}

static void size_that_rounds_up_over_the_end(void)
{
	struct arena arena;

	arena_init(&arena);
	arena_alloc(&arena, SIZE_MAX - 1);
}

static void copy_of_everything(void)
{
	struct arena arena;

	arena_init(&arena);
	arena_copy(&arena, "", SIZE_MAX);
}

static void array_that_cannot_double(void)
{
	struct arena arena;

	arena_init(&arena);
	arena_grow(&arena, NULL, (SIZE_MAX >> 1) + 1, 1);
}

static void running_out_of_memory_ends_with_3_and_a_line(void **state)
{
	void (*const actions[])(void) = {array_whose_product_overflows, size_that_rounds_up_over_the_end, copy_of_everything,
	                                 array_that_cannot_double};
	char message[64];
	(void)state;

	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		assert_int_equal(status_of(actions[i], message), EXIT_UNABLE);
		assert_string_equal(message, "galley: out of memory\n");
	}
}

/* --- buffer --- */

static void buffer_grows_and_clears(void **state)
{
	struct buffer buffer;
	(void)state;

	buffer_init(&buffer);
	assert_int_equal(buffer_text(&buffer).len, 0);
	assert_non_null(buffer_text(&buffer).at);
	buffer_add(&buffer, (struct text){NULL, 0});
	assert_string_equal(buffer.data, "");
	buffer_string(&buffer, "ab");
	buffer_char(&buffer, '\0');
	buffer_add(&buffer, TEXT("c"));
	assert_int_equal(buffer.len, 4);
	assert_memory_equal(buffer.data, "ab\0c", 5);
	buffer_clear(&buffer);
	assert_string_equal(buffer.data, "");

	/* Every length round the first room, so that the NUL never falls outside. */
	for (size_t len = 250; len < 260; len++) {
		buffer_release(&buffer);
		buffer_repeat(&buffer, 'x', len);
		assert_int_equal(strlen(buffer.data), len);
		buffer_release(&buffer);
		buffer_format(&buffer, "%*s", (int)len, "");
		assert_int_equal(strlen(buffer.data), len);
	}
	buffer_release(&buffer);
	for (int i = 0; i < 20000; i++)
		buffer_format(&buffer, "%05d", i);
	assert_int_equal(buffer.len, 100000);
	assert_memory_equal(buffer.data + 5 * 12345, "12345", 5);
	buffer_clear(&buffer);
	buffer_number(&buffer, 0.1 + 0.2);
	assert_string_equal(buffer.data, "0.30000000000000004");
	buffer_release(&buffer);
}

struct pair {
	struct text in;
	const char *out;
};

static void check_pairs(void (*add)(struct buffer *, struct text), const struct pair *pairs, size_t count)
{
	struct buffer buffer;

	buffer_init(&buffer);
	for (size_t i = 0; i < count; i++) {
		buffer_clear(&buffer);
		add(&buffer, pairs[i].in);
		assert_string_equal(buffer.data ? buffer.data : "", pairs[i].out);
	}
	buffer_release(&buffer);
}

static void safe_text_escapes_what_a_terminal_obeys(void **state)
{
	static const struct pair pairs[] = {
	    {{"", 0}, ""},
	    {{"plain\tA~", 8}, "plain\tA~"},
	    {{"Gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", 15}, "Gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"},
	    {{"a\nb\r\0c", 6}, "a\\x0ab\\x0d\\x00c"},
	    {{"\x1b[31m\x7f\x08", 7}, "\\x1b[31m\\x7f\\x08"},
	    {{"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", 8}, "\\x80\\x9b\\x9f\xc2\xa0"},       /* C1; a no-break space is harmless */
	    {{"\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9", 9}, "\\u202e\\u2066\\u2069"},     /* bidirectional controls */
	    {{"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", 8}, "\\u200e\\u200f\\u061c"},
	    {{"\xe2\x80\xa8\xe2\x80\xa9", 6}, "\\u2028\\u2029"},                       /* line and paragraph separator */
	    {{"\xf3\xa0\x80\x81\xf3\xa0\x81\x81", 8}, "\\U000e0001\\U000e0041"},       /* tags */
	    {{"\xff\xc3(\xe2\x82", 5}, "\\xff\\xc3(\\xe2\\x82"},                       /* no UTF-8 */
	    {{"\xed\xa0\x80\xc0\xaf", 5}, "\\xed\\xa0\\x80\\xc0\\xaf"},                /* surrogate, overlong */
	    {{"\xef\xbf\xbd", 3}, "\xef\xbf\xbd"},                                     /* U+FFFD itself is text */
	};
	(void)state;

	check_pairs(buffer_safe, pairs, sizeof pairs / sizeof *pairs);
}

static void safe_text_is_no_command_of_a_ci_runner(void **state)
{
	static const char *const inputs[] = {"::error::x", ":::::", "a ::set-output name=b::c", "##[error]",
	                                     "x ##vso[task]", "##teamcity[a]", "####[a]"};
	struct buffer buffer;
	(void)state;

	buffer_init(&buffer);
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
		buffer_clear(&buffer);
		buffer_safe(&buffer, text_of(inputs[i]));
		assert_null(strstr(buffer.data, "::"));
		assert_null(strstr(buffer.data, "##"));
	}
	buffer_clear(&buffer);
	buffer_safe(&buffer, TEXT("a:b #1 c: #[x]"));
	assert_string_equal(buffer.data, "a:b #1 c: #[x]");
	buffer_clear(&buffer);
	buffer_safe(&buffer, TEXT("::a ##[b"));
	assert_string_equal(buffer.data, ":\\:a #\\#[b");
	/* Two calls next to each other are one text to a runner. */
	buffer_clear(&buffer);
	buffer_safe(&buffer, TEXT("a:"));
	buffer_safe(&buffer, TEXT(":b#"));
	buffer_safe(&buffer, TEXT("#[c"));
	assert_null(strstr(buffer.data, "::"));
	assert_null(strstr(buffer.data, "##"));
	buffer_release(&buffer);
}

static void json_text_is_one_string_of_rfc_8259(void **state)
{
	static const struct pair pairs[] = {
	    {{"", 0}, "\"\""},
	    {{"a\"b\\c/", 6}, "\"a\\\"b\\\\c/\""},
	    {{"\n\t\r\b\f\x1f\x7f", 7}, "\"\\n\\t\\u000d\\u0008\\u000c\\u001f\\u007f\""},
	    {{"a\0b", 3}, "\"a\\u0000b\""},
	    {{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9}, "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
	    {{"\xe2\x80\xa8\xe2\x80\xa9", 6}, "\"\\u2028\\u2029\""},
	    {{"\xff" "a\xe2\x82", 4}, "\"\xef\xbf\xbd" "a\xef\xbf\xbd\xef\xbf\xbd\""},
	    {{"\xef\xbf\xbd", 3}, "\"\xef\xbf\xbd\""},
	};
	(void)state;

	check_pairs(buffer_json, pairs, sizeof pairs / sizeof *pairs);
}

static void json_text_can_be_inert_in_a_log(void **state)
{
	static const struct pair pairs[] = {
	    {{"::error::#", 10}, "\":\\u003aerror:\\u003a#\""},
	    {{"###[x]", 6}, "\"#\\u0023\\u0023[x]\""},
	    {{"\x1b\xc2\x9b\xe2\x80\xae", 6}, "\"\\u001b\\u009b\\u202e\""},
	    {{"\xf3\xa0\x80\x81\xf0\x9f\x98\x80", 8}, "\"\\udb40\\udc01\xf0\x9f\x98\x80\""},
	};
	(void)state;
	check_pairs(buffer_json_safe, pairs, sizeof pairs / sizeof *pairs);
}

/* --- work --- */

enum { ITEMS = 5000 };

struct tally {
	unsigned calls[ITEMS];
	unsigned worker[ITEMS];
};

static void note(void *context, size_t i, unsigned worker)
{
	struct tally *tally = context;

	tally->calls[i]++;
	tally->worker[i] = worker;
}

static void work_calls_each_item_once(void **state)
{
	static const unsigned jobs[] = {0, 1, 2, 7, 64, 1000};
	static const size_t counts[] = {0, 1, 2, ITEMS};
	struct tally *tally = memory_get(sizeof *tally);
	(void)state;

	for (size_t j = 0; j < sizeof jobs / sizeof *jobs; j++)
		for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
			*tally = (struct tally){{0}, {0}};
			work_each(counts[c], jobs[j], note, tally);
			for (size_t i = 0; i < ITEMS; i++) {
				assert_int_equal(tally->calls[i], i < counts[c]);
				assert_true(tally->worker[i] < (jobs[j] ? jobs[j] : 1));
			}
		}
	free(tally);
}

struct meeting {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned present;
};

/* Returns only once both items are being worked on. */
static void meet(void *context, size_t i, unsigned worker)
{
	struct meeting *meeting = context;
	(void)i;
	(void)worker;

	pthread_mutex_lock(&meeting->lock);
	meeting->present++;
	pthread_cond_broadcast(&meeting->changed);
	while (meeting->present < 2)
		pthread_cond_wait(&meeting->changed, &meeting->lock);
	pthread_mutex_unlock(&meeting->lock);
}

static void work_runs_at_the_same_time(void **state)
{
	struct meeting meeting = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
	(void)state;

	alarm(30);
	work_each(2, 2, meet, &meeting);
	alarm(0);
	assert_int_equal(meeting.present, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
	    cmocka_unit_test(copy_keeps_nul_and_ends_with_one),
	    cmocka_unit_test(growing_array_keeps_its_items),
	    cmocka_unit_test(running_out_of_memory_ends_with_3_and_a_line),
	    cmocka_unit_test(buffer_grows_and_clears),
	    cmocka_unit_test(safe_text_escapes_what_a_terminal_obeys),
	    cmocka_unit_test(safe_text_is_no_command_of_a_ci_runner),
	    cmocka_unit_test(json_text_is_one_string_of_rfc_8259),
	    cmocka_unit_test(json_text_can_be_inert_in_a_log),
	    cmocka_unit_test(work_calls_each_item_once),
	    cmocka_unit_test(work_runs_at_the_same_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
