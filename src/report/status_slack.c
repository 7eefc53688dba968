#include <string.h>

#include "arena.h"
#include "instant.h"
#include "json.h"
#include "text_report.h"
#include "words.h"

/* Slack's Block Kit takes 50 blocks a message, 150 characters a header, 3000 a text. Two blocks a model, and three around them. */
enum { MODELS = 23, HEADER = 150, TEXT_MOST = 3000, REASONS = 8 };

/* Cut after so many code points, with a sign that it was. */
static struct text shorten(struct text text, size_t most, struct arena *arena)
{
	size_t end = 0, count = 0, kept = 0;

	while (end < text.len) {
		if (count == most - 1)
			kept = end;
		utf8_next(text, &end);
		count++;
	}
	return count <= most ? text : text_format(arena, "%.*s\xe2\x80\xa6", (int)kept, text.at);
}

/* A text object without markup: nothing in it can become a link, a mention or an emoji. */
static struct json *plain(struct text text, size_t most, struct arena *arena)
{
	struct json *json = json_object();

	json_add_string(json, "type", "plain_text");
	json_add_text(json, "text", shorten(text, most, arena));
	json_add_bool(json, "emoji", false);
	return json;
}

static void push_context(struct json *blocks, struct text text, struct arena *arena)
{
	struct json *block = json_object(), *elements = json_array();

	json_add_string(block, "type", "context");
	json_push(elements, plain(text, TEXT_MOST, arena));
	json_add(block, "elements", elements);
	json_push(blocks, block);
}

/* Inside a code span of mrkdwn: &, < and > stand for Slack's own, a backtick would end it. */
static void add_code(struct buffer *out, struct text text)
{
	buffer_char(out, '`');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		if (c == '&')
			buffer_string(out, "&amp;");
		else if (c == '<')
			buffer_string(out, "&lt;");
		else if (c == '>')
			buffer_string(out, "&gt;");
		else
			buffer_char(out, c == '`' || c == '\n' || c == '\r' ? '\'' : c);
	}
	buffer_char(out, '`');
}

static const char *sign_of(enum model_state state)
{
	return state == STATE_FAILED ? ":x:" : state == STATE_HEALTHY ? ":white_check_mark:" : state == STATE_UNKNOWN ? ":grey_question:" : ":warning:";
}

static void push_model(struct json *blocks, const struct model_result *result, struct arena *arena)
{
	struct json *block = json_object(), *words = json_object();
	struct buffer line;
	char date[32];

	buffer_init(&line);
	buffer_format(&line, "%s *%s* ", sign_of(result->state), model_state_name(result->state));
	add_code(&line, result->model->record.id);
	if (result->has_since) {
		instant_print_date(date, result->since);
		buffer_format(&line, " since %s", date);
	}
	if (result->due) {
		buffer_format(&line, ", *%s due*", action_name(result->action));
		if (result->rollback_run.len) {
			buffer_string(&line, " to ");
			add_code(&line, result->rollback_run);
		}
	}
	json_add_string(words, "type", "mrkdwn");
	json_add_text(words, "text", shorten(buffer_text(&line), TEXT_MOST, arena));
	json_add_string(block, "type", "section");
	json_add(block, "text", words);
	json_push(blocks, block);
	buffer_clear(&line);
	for (size_t i = 0; i < result->reason_count && i < REASONS; i++) {
		buffer_string(&line, i ? "\n" : "");
		buffer_safe(&line, result->reasons[i].words);
	}
	if (line.len)
		push_context(blocks, buffer_text(&line), arena);
	buffer_release(&line);
}

void status_slack(struct buffer *out, const struct results *results)
{
	struct arena arena;
	struct json *top = json_object(), *blocks = json_array(), *header = json_object();
	char date[32];
	size_t bad = 0, failed = 0;

	arena_init(&arena);
	const struct model_result **models = models_by_state(results, &arena);
	for (size_t i = 0; i < results->model_count; i++) {
		bad += models[i]->state > STATE_HEALTHY;
		failed += models[i]->state == STATE_FAILED;
	}
	struct text line = bad ? text_format(&arena, "%zu of %zu model%s need%s attention, %zu failed", bad, results->model_count,
	                                     results->model_count == 1 ? "" : "s", bad == 1 ? "s" : "", failed)
	                       : text_format(&arena, "%zu model%s, none needs attention", results->model_count, results->model_count == 1 ? "" : "s");
	json_add_string(header, "type", "header");
	json_add(header, "text", plain(line, HEADER, &arena));
	json_push(blocks, header);
	for (size_t i = 0; i < bad && i < MODELS; i++)
		push_model(blocks, models[i], &arena);
	if (bad > MODELS)
		push_context(blocks, text_format(&arena, "and %zu more; galley status shows all of them", bad - MODELS), &arena);
	instant_print(date, results->as_of);
	push_context(blocks, text_format(&arena, "as of %s", date), &arena);
	json_add_text(top, "text", line);
	json_add(top, "blocks", blocks);
	json_print(out, top, true);
	json_release(top);
	arena_release(&arena);
}
