#include "data_check_json.h"
#include "page_model.h"

enum { OPEN_SNAPSHOTS = 6, FINDINGS_SHOWN = 20 };

static size_t checked(const struct model_result *result)
{
	size_t count = 0;

	for (size_t i = 0; i < result->snapshot_count; i++)
		count += result->snapshots[i].check != NULL;
	return count;
}

static void status_cell(struct page *page, enum check_status status)
{
	cell(&page->out);
	if (status == CHECK_SKIPPED)
		buffer_string(&page->out, "n/a");
	else
		word_verdict(&page->out, page->set, status == CHECK_PASS ? VERDICT_PASS : status == CHECK_FAIL ? VERDICT_FAIL : VERDICT_INCONCLUSIVE);
}

static void check_row(struct page *page, const struct snapshot_result *snapshot)
{
	cell(&page->out);
	show_date(&page->out, snapshot->snapshot->time);
	cell(&page->out);
	show_count(&page->out, (size_t)snapshot->check->rows);
	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++)
		status_cell(page, snapshot->check->checks[kind].status);
	row_end(&page->out);
}

static void check_table(struct page *page, const struct model_result *result)
{
	static const struct column columns[] = {{"Snapshot", 11, false}, {"Rows", 0, true},        {"Schema", 3, false},
	                                        {"Missing", 3, false},   {"Validity", 3, false},   {"Uniqueness", 0, false},
	                                        {"Volume", 3, false},    {"Freshness", 0, false},  {"Integrity", 3, false}};
	size_t shown = 0, count = checked(result);

	table_head(&page->out, columns, sizeof columns / sizeof *columns);
	for (size_t i = result->snapshot_count; i > 0 && shown < OPEN_SNAPSHOTS; i--)
		if (result->snapshots[i - 1].check) {
			check_row(page, &result->snapshots[i - 1]);
			shown++;
		}
	table_left_out(&page->out, count - shown, count - shown == 1 ? "older snapshot is" : "older snapshots are");
}

static void findings(struct page *page, const struct snapshot_result *snapshot)
{
	struct buffer *out = &page->out;
	const struct data_check *check = snapshot->check;

	if (!check->finding_count)
		return;
	buffer_string(out, "\nIn ");
	show_date(out, snapshot->snapshot->time);
	buffer_string(out, ":\n\n");
	for (size_t i = 0; i < check->finding_count && i < FINDINGS_SHOWN; i++) {
		const struct check_finding *finding = &check->findings[i];
		buffer_string(out, "- ");
		if (finding->column.len) {
			markdown_code(out, finding->column);
			buffer_string(out, ": ");
		}
		markdown_text(out, finding->words);
		for (size_t k = 0; k < finding->row_count; k++)
			buffer_format(out, "%s%llu", k ? ", " : finding->row_count == 1 ? "; row " : "; rows ", (unsigned long long)finding->rows[k].row);
		buffer_string(out, finding->count > finding->row_count && finding->row_count ? " and others\n" : "\n");
	}
	if (check->finding_count > FINDINGS_SHOWN)
		buffer_format(out, "- and %zu more\n", check->finding_count - FINDINGS_SHOWN);
}

void model_checks(struct page *page, const struct model_result *result)
{
	const struct snapshot_result *newest = NULL;

	for (size_t i = 0; i < result->snapshot_count; i++)
		newest = result->snapshots[i].check ? &result->snapshots[i] : newest;
	if (!newest)
		return;
	page_section(page, "Data checks");
	check_table(page, result);
	findings(page, newest);
}

struct json *model_checks_json(const struct model_result *result)
{
	struct json *list = json_array();

	for (size_t i = 0; i < result->snapshot_count; i++) {
		const struct snapshot_result *snapshot = &result->snapshots[i];
		if (!snapshot->check)
			continue;
		struct json *json = json_object();
		json_add_text(json, "snapshot", snapshot->snapshot->stamp);
		json_add_string(json, "status", check_status_name(snapshot->check->status));
		json_add_count(json, "rows", snapshot->check->rows);
		json_add(json, "checks", data_check_json(snapshot->check));
		json_push(list, json);
	}
	return list;
}
