#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authoring.h"

enum { SHOWN = 12, TRIES = 5 };

bool can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

void choices_add(struct choices *choices, struct text choice, struct arena *arena)
{
	for (size_t i = 0; i < choices->count; i++)
		if (text_equal(choices->items[i], choice))
			return;
	choices->items = arena_grow(arena, choices->items, choices->count, sizeof *choices->items);
	choices->items[choices->count++] = choice;
}

static void add_choices(struct buffer *out, const struct question *question)
{
	for (size_t i = 0; i < question->count && i < SHOWN; i++) {
		buffer_string(out, i ? ", " : "");
		buffer_safe(out, question->choices[i]);
	}
	if (question->count > SHOWN)
		buffer_format(out, " and %zu more", question->count - SHOWN);
}

static void prompt(const struct question *question)
{
	struct buffer line;

	buffer_init(&line);
	buffer_string(&line, question->what);
	if (question->count) {
		buffer_string(&line, " (");
		add_choices(&line, question);
		buffer_char(&line, ')');
	}
	if (question->fallback.len) {
		buffer_string(&line, " [");
		buffer_safe(&line, question->fallback);
		buffer_char(&line, ']');
	} else if (question->optional) {
		buffer_string(&line, " [none]");
	}
	buffer_string(&line, ": ");
	fwrite(line.data, 1, line.len, stderr);
	fflush(stderr);
	buffer_release(&line);
}

/* False at the end of input. */
static bool read_line(struct text *line, struct arena *arena)
{
	char *bytes = NULL;
	size_t room = 0;
	ssize_t len = getline(&bytes, &room, stdin);

	if (len >= 0) {
		struct text whole = {bytes, (size_t)len};
		while (whole.len && (whole.at[whole.len - 1] == '\n' || whole.at[whole.len - 1] == '\r'))
			whole.len--;
		*line = text_copy(arena, text_trim(whole));
	}
	free(bytes);
	return len >= 0;
}

static bool is_choice(const struct question *question, struct text answer)
{
	for (size_t i = 0; i < question->count; i++)
		if (text_equal(question->choices[i], answer))
			return true;
	return false;
}

static void say_none(const struct question *question, struct text answer)
{
	struct text near = text_nearest(answer, question->choices, question->count);
	struct buffer line;

	buffer_init(&line);
	if (answer.len)
		buffer_char(&line, '\'');
	buffer_safe(&line, answer);
	buffer_string(&line, answer.len ? "' is none of them" : "an answer is needed");
	if (near.at) {
		buffer_string(&line, "; did you mean '");
		buffer_safe(&line, near);
		buffer_string(&line, "'?");
	}
	buffer_char(&line, '\n');
	fwrite(line.data, 1, line.len, stderr);
	buffer_release(&line);
}

static int refuse_silence(struct invocation *invocation, const struct question *question)
{
	struct buffer known;

	buffer_init(&known);
	add_choices(&known, question);
	struct text list = text_copy(&invocation->arena, buffer_text(&known));
	buffer_release(&known);
	return session_usage(invocation, "%s is needed: give %s%s%.*s", question->what, question->flag, list.len ? "; there is " : "", TEXT_ARGS(list));
}

int ask(struct text *answer, struct invocation *invocation, const struct question *question)
{
	struct text line;

	if (answer->len)
		return EXIT_OK;
	if (!can_ask()) {
		*answer = question->fallback;
		return answer->len || question->optional ? EXIT_OK : refuse_silence(invocation, question);
	}
	for (int i = 0; i < TRIES; i++) {
		prompt(question);
		if (!read_line(&line, &invocation->arena)) {
			fputs("\n", stderr);
			break;
		}
		if (!line.len)
			line = question->fallback;
		if (!line.len && question->optional)
			return EXIT_OK;
		if (line.len && (!question->closed || is_choice(question, line))) {
			*answer = line;
			return EXIT_OK;
		}
		say_none(question, line);
	}
	return refuse_silence(invocation, question);
}
