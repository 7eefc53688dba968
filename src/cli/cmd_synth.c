#include <stddef.h>

#include "command.h"

/* main() looks at the stream's state before it ends. */
static int to_stdout(void *context, struct text bytes)
{
	(void)context;
	return fwrite(bytes.at, 1, bytes.len, stdout) == bytes.len ? 0 : 1;
}

static int to_buffer(void *context, struct text bytes)
{
	buffer_add(context, bytes);
	return 0;
}

static int make(struct workspace *workspace, struct invocation *invocation)
{
	struct synth_request request = {
		.seed = invocation->seed,
		.drifts = invocation->drifts.items,
		.drift_count = invocation->drifts.count,
		.has_until = invocation->as_of != NULL,
		.until = workspace->results.as_of,
	};
	struct buffer out;
	struct text why;

	int code = session_recipe(&request.recipe, workspace, invocation->operands.items[0], invocation);
	if (code != EXIT_OK)
		return code;
	const struct synth *synth = synth_read(&why, &request, &workspace->arena);
	if (!synth)
		return session_usage(invocation, "%.*s", TEXT_ARGS(why));
	uint64_t rows = invocation->rows != SIZE_MAX ? invocation->rows : synth_rows(synth);
	if (!invocation->output) {
		synth_write(synth, rows, to_stdout, NULL);
		return EXIT_OK;
	}
	buffer_init(&out);
	synth_write(synth, rows, to_buffer, &out);
	code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

static int run_synth(struct invocation *invocation)
{
	struct workspace workspace;
	int code = session_open(&workspace, invocation);

	if (code == EXIT_OK)
		code = make(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

#define AT(field) offsetof(struct invocation, field)

static const struct option synth_options[] = {
	{"rows", 0, OPTION_NUMBER, AT(rows), "N", NULL, "so many rows (default: synthetic_example.rows of the recipe, else 100)"},
	{"seed", 0, OPTION_NUMBER, AT(seed), "S", NULL, "another seed, other rows (default 0)"},
	{"drift", 0, OPTION_WORDS, AT(drifts), "COL=SPEC", NULL, "drift: price=+0.5sd, price=*1.2, segment=a:0.2, price=missing:0.1"},
};

const struct command command_synth = {
	.name = "synth",
	.operands = "RECIPE",
	.least = 1,
	.most = 1,
	.summary = "a made-up snapshot from a recipe, the same bytes on every machine",
	.details = "Columns are those of the recipe's synthetic_example, then what only its requirements.schema names; its minima and maxima hold\n"
	           "for both, until drift is put in. A value depends on the seed, its column and its row alone, so that drift in one column leaves\n"
	           "the others as they were. Numbers have at most 6 significant digits. Times are spread over the day before --as-of, without one over\n"
	           "2000-01-01.",
	.examples = {"galley synth recipe_pricing_harbor --rows 500 --output reference.csv",
	             "galley synth recipe_pricing_harbor --rows 500 --seed 7 --drift room_rate=+0.5sd --drift segment=leisure:0.2"},
	.formats = "text",
	.options = synth_options,
	.option_count = sizeof synth_options / sizeof *synth_options,
	.run = run_synth,
};
