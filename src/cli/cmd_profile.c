#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "csv_options.h"
#include "schema_suggest.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option profile_options[] = {
	{"merge", 0, OPTION_FLAG, AT(merge), NULL, NULL, "the files are profiles: join them into one, the same in any order"},
	{"reference-profile", 0, OPTION_WORD, AT(reference_profile), "R", NULL, "count in the cells of this reference, to be compared with it"},
	{"suggest-schema", 0, OPTION_FLAG, AT(suggest), NULL, NULL, "print what a recipe's requirements.schema could ask of such data, to be edited"},
	CSV_COLUMN_OPTIONS,
	CSV_READING_OPTIONS("", ""),
	CSV_MEMORY_OPTION,
};

int session_profile(struct profile *out, const char *path, const struct limits *limits, struct invocation *invocation)
{
	struct failure failure;
	struct text bytes, why;

	if (session_read(&bytes, path, limits, &invocation->arena, &failure) < 0)
		return session_fail(&failure);
	if (!profile_read(out, &why, bytes, limits, &invocation->arena)) {
		failure_set(&failure, EXIT_FINDINGS, "'%s' %.*s", path, TEXT_ARGS(why));
		return session_fail(&failure);
	}
	out->path = text_of(path);
	return EXIT_OK;
}

static double rank_error(const struct profile_column *column)
{
	uint64_t error = column->sketch->over > column->sketch->under ? column->sketch->over : column->sketch->under;

	return (double)error / (double)column->sum.count;
}

/* Merged columns whose ranks are no longer exact. */
static void note_sketches(const struct invocation *invocation, const struct profile *profile)
{
	const struct profile_column *worst = NULL;
	size_t count = 0;

	for (size_t i = 0; i < profile->column_count; i++) {
		const struct profile_column *column = &profile->columns[i];
		if (!column->sketch || column->has_cells)
			continue;
		count++;
		if (!worst || rank_error(column) > rank_error(worst))
			worst = column;
	}
	if (count)
		session_note(invocation, "%zu column%s sketched, as the parts have over %d distinct values and no cells in common: ranks are known within %.2g%% (%.*s)",
		             count, count == 1 ? " is" : "s are", PROFILE_RUN_MOST, 100 * rank_error(worst), TEXT_ARGS(worst->name));
}

static int write_profile(const struct invocation *invocation, const struct profile *profile)
{
	struct buffer out;

	if (!invocation->output && isatty(STDOUT_FILENO))
		return session_usage(invocation, "a profile is no text to look at: name a file with '-o'");
	buffer_init(&out);
	profile_write(&out, profile);
	int code = session_write(invocation, &out, EXIT_OK);
	if (code == EXIT_OK)
		session_note(invocation, "profile of %zu row%s and %zu column%s in %zu file%s, %zu bytes", profile->rows, profile->rows == 1 ? "" : "s",
		             profile->column_count, profile->column_count == 1 ? "" : "s", profile->files, profile->files == 1 ? "" : "s", out.len);
	if (code == EXIT_OK)
		note_sketches(invocation, profile);
	buffer_release(&out);
	return code;
}

static int merge_profiles(struct invocation *invocation, const struct limits *limits)
{
	size_t count = invocation->operands.count;
	struct profile *parts = arena_array(&invocation->arena, count, sizeof *parts), merged;
	struct failure failure;
	struct text why;

	for (size_t i = 0; i < count; i++) {
		int code = session_profile(&parts[i], invocation->operands.items[i].at, limits, invocation);
		if (code != EXIT_OK)
			return code;
	}
	if (!profile_merge(&merged, &why, parts, count, &invocation->arena)) {
		failure_set(&failure, EXIT_FINDINGS, "the profiles do not fit together: %.*s", TEXT_ARGS(why));
		return session_fail(&failure);
	}
	return write_profile(invocation, &merged);
}

static int write_schema(const struct invocation *invocation, const struct profile *profile)
{
	struct buffer out;

	buffer_init(&out);
	schema_suggest(&out, profile);
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

static int profile_files(struct invocation *invocation, const struct limits *limits)
{
	size_t count = invocation->operands.count;
	struct table_file *files = arena_array(&invocation->arena, count, sizeof *files);
	struct drift_request request = {
		.reference = files,
		.reference_count = count,
	};
	struct profile profile, like;
	struct failure failure;
	struct diags diags;
	bool ok;

	for (size_t i = 0; i < count; i++)
		files[i] = (struct table_file){NULL, invocation->operands.items[i]};
	int code = csv_request(&request, invocation);
	if (code == EXIT_OK && invocation->reference_profile)
		code = session_profile(&like, invocation->reference_profile, limits, invocation);
	if (code != EXIT_OK)
		return code;
	for (size_t i = 0; i < count; i++)
		csv_await(invocation, files[i].path);
	diags_init(&diags, &invocation->arena);
	int status = profile_make(&profile, &ok, &request, invocation->reference_profile ? &like : NULL, limits, &invocation->arena, &diags, &failure);
	progress_line_end(&invocation->line);
	if (status < 0)
		return session_fail(&failure);
	diags_sort(&diags);
	if (diags.count)
		session_findings(&diags, SEVERITY_NOTE, count, invocation);
	if (!ok)
		return EXIT_FINDINGS;
	return invocation->suggest ? write_schema(invocation, &profile) : write_profile(invocation, &profile);
}

static int run_profile(struct invocation *invocation)
{
	struct limits limits;
	size_t standard = 0;

	for (size_t i = 0; i < invocation->operands.count; i++)
		standard += text_is(invocation->operands.items[i], "-");
	if (standard > 1)
		return session_usage(invocation, "'-' is there more than once, but standard input can be read only once");
	if (invocation->merge && (invocation->suggest || invocation->reference_profile || invocation->columns.count || invocation->memory ||
	                          csv_reading_given(invocation)))
		return session_usage(invocation, "'--merge' takes profiles as they are; the other options go with CSV files");
	if (invocation->suggest && invocation->reference_profile)
		return session_usage(invocation, "'--suggest-schema' and '--reference-profile' exclude each other");
	if (invocation->reference_profile && invocation->kinds.count)
		return session_usage(invocation, "kinds are those of the reference profile; '--kind' does not go with '--reference-profile'");
	int code = session_limits(&limits, invocation);
	if (code != EXIT_OK)
		return code;
	return invocation->merge ? merge_profiles(invocation, &limits) : profile_files(invocation, &limits);
}

const struct command command_profile = {
	.name = "profile",
	.operands = "CSV...",
	.least = 1,
	.most = SIZE_MAX,
	.summary = "what drift needs of data, in a small file that can be merged: for data that is spread over machines",
	.details = "Profile the reference, then each part of the current data with --reference-profile, merge the parts, and compare with\n"
	           "galley drift --reference-profile R --current-profile C. PSI, JS, Hellinger, total variation, KL, chi-square, missing and moments are those\n"
	           "of one machine; Kolmogorov-Smirnov is, or its bounds are told. Where a column has at most 65,536 distinct values on both sides, every\n"
	           "method is. Where a reference with more is itself merged from parts, PSI and its kin have bounds too (docs/scaling.md).\n"
	           "\n"
	           "With --suggest-schema: the schema block of a recipe, from data, to be edited.",
	.examples = {"galley profile jan.csv -o jan.profile", "galley profile part-7.csv --reference-profile jan.profile -o part-7.profile",
	             "galley profile --merge part-*.profile -o feb.profile"},
	.options = profile_options,
	.option_count = sizeof profile_options / sizeof *profile_options,
	.run = run_profile,
};
