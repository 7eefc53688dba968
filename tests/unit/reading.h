/* What the tests of documents share: a text read as a file of some name, and what came of it. */
#ifndef GALLEY_TESTS_READING_H
#define GALLEY_TESTS_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "buffer.h"
#include "document.h"

struct reading {
	struct arena arena;
	struct diags diags;
	struct input file;
	struct value *root;
};

/* The bytes are copied into a block of exactly their size, so that the sanitizer sees a read behind them. */
static inline void reading_init(struct reading *reading, const char *path, struct text bytes, enum document_form form,
                                const struct limits *limits)
{
	arena_init(&reading->arena);
	diags_init(&reading->diags, &reading->arena);
	char *copy = memory_get(bytes.len);
	if (bytes.len)
		memcpy(copy, bytes.at, bytes.len);
	reading->file = (struct input){.path = text_of(path), .bytes = {copy, bytes.len}};
	reading->root = document_read(&reading->file, form, limits, &reading->arena, &reading->diags);
}

static inline void reading_release(struct reading *reading)
{
	free((char *)(uintptr_t)reading->file.bytes.at);
	arena_release(&reading->arena);
}

/* A tree in one line: text in quotes where it was quoted, null as ~, and with places the line:column+width of each. */
static inline void reading_draw(struct buffer *out, const struct value *value, bool places)
{
	if (places)
		buffer_format(out, "%u:%u+%u ", value->place.line, value->place.column, value->place.width);
	if (value->kind == VALUE_NULL) {
		buffer_char(out, '~');
	} else if (value->kind == VALUE_SCALAR) {
		buffer_string(out, value->quoted ? "\"" : "");
		buffer_add(out, value->text);
		buffer_string(out, value->quoted ? "\"" : "");
	} else if (value->kind == VALUE_LIST) {
		buffer_char(out, '[');
		for (size_t i = 0; i < value->count; i++) {
			buffer_string(out, i ? ", " : "");
			reading_draw(out, value->items[i], places);
		}
		buffer_char(out, ']');
	} else {
		buffer_char(out, '{');
		for (size_t i = 0; i < value->count; i++) {
			const struct member *member = &value->members[i];
			buffer_string(out, i ? ", " : "");
			if (places)
				buffer_format(out, "%u:%u+%u ", member->place.line, member->place.column, member->place.width);
			buffer_add(out, member->name);
			buffer_string(out, ": ");
			reading_draw(out, member->value, places);
		}
		buffer_char(out, '}');
	}
}

/* What was read as a drawing, or the findings as "code line:column message" joined by "; ". */
static inline void reading_result(struct buffer *out, const struct reading *reading, bool places)
{
	if (reading->root) {
		assert_int_equal(diags_count(&reading->diags, SEVERITY_ERROR), 0);
		reading_draw(out, reading->root, places);
		return;
	}
	assert_true(reading->diags.count > 0);
	for (size_t i = 0; i < reading->diags.count; i++) {
		const struct diag *diag = &reading->diags.items[i];
		buffer_format(out, "%s%s %u:%u ", i ? "; " : "", code_list[diag->code].id, diag->place.line, diag->place.column);
		buffer_add(out, diag->message);
	}
}

static inline void check_drawing(const char *path, enum document_form form, struct text bytes, bool places, const char *wanted)
{
	struct reading reading;
	struct buffer out;

	reading_init(&reading, path, bytes, form, &limits_default);
	buffer_init(&out);
	reading_result(&out, &reading, places);
	if (strcmp(out.data, wanted) != 0)
		fail_msg("%.*s\n  gives  %s\n  wanted %s", TEXT_ARGS(bytes), out.data, wanted);
	buffer_release(&out);
	reading_release(&reading);
}

/* Asks for a refusal whose findings begin as wanted. */
static inline void check_refusal(const char *path, enum document_form form, struct text bytes, const char *wanted)
{
	struct reading reading;
	struct buffer out;

	reading_init(&reading, path, bytes, form, &limits_default);
	buffer_init(&out);
	reading_result(&out, &reading, false);
	if (reading.root || strncmp(out.data, wanted, strlen(wanted)) != 0)
		fail_msg("%.*s\n  gives  %s\n  wanted %s", TEXT_ARGS(bytes), out.data, wanted);
	buffer_release(&out);
	reading_release(&reading);
}

#endif
