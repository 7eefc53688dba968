#include "findings_parts.h"
#include "text_report.h"
#include "words.h"

/* The runner keeps so many annotations of a level; the last notice is kept free for the count of the others. */
enum { PER_LEVEL = 10 };

static void add_title(struct buffer *out, const struct model_result *result)
{
	struct buffer title;

	buffer_init(&title);
	buffer_safe(&title, result->model->record.id);
	buffer_format(&title, " is %s", model_state_name(result->state));
	workflow_encode(out, buffer_text(&title), true);
	buffer_release(&title);
}

static void add_words(struct buffer *out, const struct model_result *result)
{
	struct buffer words;

	buffer_init(&words);
	for (size_t i = 0; i < result->reason_count; i++) {
		buffer_string(&words, i ? "\n" : "");
		buffer_safe(&words, result->reasons[i].words);
	}
	if (result->due) {
		buffer_format(&words, "%s%s is due", words.len ? "\n" : "", action_name(result->action));
		if (result->rollback_run.len) {
			buffer_string(&words, ", to ");
			buffer_safe(&words, result->rollback_run);
		}
	}
	workflow_message(out, buffer_text(&words));
	buffer_release(&words);
}

void status_github(struct buffer *out, const struct results *results)
{
	size_t counts[2] = {0}, bad = 0;
	struct arena arena;

	arena_init(&arena);
	const struct model_result **models = models_by_state(results, &arena);
	for (size_t i = 0; i < results->model_count && models[i]->state > STATE_HEALTHY; i++, bad++) {
		bool failed = models[i]->state == STATE_FAILED;
		if (counts[failed]++ >= PER_LEVEL)
			continue;
		buffer_string(out, failed ? "::error " : "::warning ");
		if (models[i]->model->record.file) {
			buffer_string(out, "file=");
			workflow_path(out, models[i]->model->record.file->path);
			buffer_string(out, ",line=1,");
		}
		buffer_string(out, "title=");
		add_title(out, models[i]);
		buffer_string(out, "::");
		add_words(out, models[i]);
		buffer_char(out, '\n');
	}
	size_t left_out = (counts[0] > PER_LEVEL ? counts[0] - PER_LEVEL : 0) + (counts[1] > PER_LEVEL ? counts[1] - PER_LEVEL : 0);
	buffer_format(out, "::notice title=galley::%zu of %zu model%s need%s attention", bad, results->model_count, results->model_count == 1 ? "" : "s",
	              bad == 1 ? "s" : "");
	if (left_out)
		buffer_format(out, "; %zu not annotated, 'galley status' shows all of them", left_out);
	buffer_char(out, '\n');
	arena_release(&arena);
}
