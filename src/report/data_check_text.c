#include "arena.h"
#include "data_check_text.h"
#include "text_report.h"

static void add_rows(struct buffer *out, const struct check_finding *finding)
{
	for (size_t i = 0; i < finding->row_count; i++) {
		const struct offence *offence = &finding->rows[i];
		buffer_format(out, "  row %llu", (unsigned long long)offence->row);
		if (offence->same_as)
			buffer_format(out, ", as row %llu", (unsigned long long)offence->same_as);
		if (offence->value.len) {
			buffer_string(out, ": ");
			buffer_safe(out, offence->value);
		}
		buffer_char(out, '\n');
	}
	if (finding->row_count && finding->count > finding->row_count)
		buffer_format(out, "  and %llu more\n", (unsigned long long)(finding->count - finding->row_count));
}

static void add_table(struct buffer *out, const struct data_check *check)
{
	static const char *const header[] = {"CHECK", "STATUS", "WHAT"};
	struct text cells[CHECK_COUNT * 3];
	struct table_text table = {.header = header, .columns = 3, .cells = cells, .rows = CHECK_COUNT};

	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++) {
		cells[kind * 3] = text_of(check_kind_name(kind));
		cells[kind * 3 + 1] = text_of(check_status_name(check->checks[kind].status));
		cells[kind * 3 + 2] = check->checks[kind].words;
	}
	table_print(out, &table);
}

void data_check_text(struct buffer *out, const struct data_check *check, struct text path, const struct recipe *recipe)
{
	size_t failed = 0, unknown = 0, asked = 0;

	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++) {
		failed += check->checks[kind].status == CHECK_FAIL;
		unknown += check->checks[kind].status == CHECK_INCONCLUSIVE;
		asked += check->checks[kind].status != CHECK_SKIPPED;
	}
	buffer_format(out, "%s: ", check_status_name(check->status));
	if (failed)
		buffer_format(out, "%zu of %zu checks failed", failed, asked);
	else if (unknown)
		buffer_format(out, "%zu of %zu checks could not be made", unknown, asked);
	else
		buffer_format(out, "%zu checks", asked);
	buffer_string(out, "; ");
	buffer_safe(out, path);
	buffer_format(out, ", %llu rows, against ", (unsigned long long)check->rows);
	buffer_safe(out, recipe->record.id);
	buffer_char(out, '@');
	buffer_safe(out, recipe->version);
	buffer_string(out, "\n\n");
	add_table(out, check);
	for (size_t i = 0; i < check->finding_count; i++) {
		const struct check_finding *finding = &check->findings[i];
		buffer_string(out, i ? "" : "\n");
		buffer_safe(out, finding->column);
		buffer_string(out, finding->column.len ? ": " : "");
		buffer_safe(out, finding->words);
		buffer_format(out, " [%s]\n", check_kind_name(finding->kind));
		add_rows(out, finding);
	}
}
