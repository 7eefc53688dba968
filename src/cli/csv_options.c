#include <unistd.h>

#include "csv_options.h"

#include <string.h>

int csv_delimiter(char *delimiter, const struct invocation *invocation)
{
	const char *word = invocation->delimiter;

	if (!word)
		return EXIT_OK;
	if (strcmp(word, "\\t") == 0 || strcmp(word, "tab") == 0)
		*delimiter = '\t';
	else if (strlen(word) == 1 && strchr(",;|\t", word[0]))
		*delimiter = word[0];
	else
		return session_usage(invocation, "'--delimiter' is '%s', must be a comma, a semicolon, tab or |", word);
	return EXIT_OK;
}

/* --kind COL=KIND, as features of the request. */
static int read_kinds(struct drift_request *request, struct invocation *invocation)
{
	struct drift_feature *features = arena_array(&invocation->arena, invocation->kinds.count, sizeof *features);

	for (size_t i = 0; i < invocation->kinds.count; i++) {
		struct text word = invocation->kinds.items[i];
		size_t equals = word.len;
		/* The last '=', as a column's name may hold one. */
		while (equals > 0 && word.at[equals - 1] != '=')
			equals--;
		struct text kind = text_cut(word, equals, word.len);
		features[i] = (struct drift_feature){.name = text_cut(word, 0, equals ? equals - 1 : 0), .kind = column_kind_of(kind), .method = METHOD_NONE};
		if (!equals || features[i].kind == COLUMN_AUTO || features[i].kind == COLUMN_IDENTIFIER)
			return session_usage(invocation, "'--kind' is '%.*s', must be COLUMN=number, category, category_num, timestamp or ignore", TEXT_ARGS(word));
	}
	request->features = features;
	request->feature_count = invocation->kinds.count;
	return EXIT_OK;
}

int csv_request(struct drift_request *request, struct invocation *invocation)
{
	request->na = invocation->na.items;
	request->na_count = invocation->na.count;
	request->only = invocation->columns.items;
	request->only_count = invocation->columns.count;
	request->max_bad_rows = invocation->max_bad_rows;
	request->jobs = session_jobs(invocation);
	request->memory = invocation->memory;
	request->progress = session_progress(invocation);
	int code = csv_delimiter(&request->delimiter, invocation);
	return code == EXIT_OK ? read_kinds(request, invocation) : code;
}

void csv_await(const struct invocation *invocation, struct text path)
{
	if (text_is(path, "-") && isatty(STDIN_FILENO))
		session_note(invocation, "reading a CSV from standard input, up to its end (Ctrl-D)");
}

bool csv_reading_given(const struct invocation *invocation)
{
	return invocation->kinds.count || invocation->na.count || invocation->delimiter || invocation->max_bad_rows;
}
