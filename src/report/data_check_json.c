#include "data_check_json.h"

static struct json *rows_json(const struct check_finding *finding)
{
	struct json *rows = json_array();

	for (size_t i = 0; i < finding->row_count; i++) {
		struct json *row = json_object();
		json_add_count(row, "row", finding->rows[i].row);
		if (finding->rows[i].same_as)
			json_add_count(row, "same_as", finding->rows[i].same_as);
		else
			json_add_text(row, "value", finding->rows[i].value);
		json_push(rows, row);
	}
	return rows;
}

static struct json *findings_json(const struct data_check *check, enum check_kind kind)
{
	struct json *findings = json_array();

	for (size_t i = 0; i < check->finding_count; i++) {
		const struct check_finding *finding = &check->findings[i];
		if (finding->kind != kind)
			continue;
		struct json *json = json_object();
		if (finding->column.len)
			json_add_text(json, "column", finding->column);
		else
			json_add_null(json, "column");
		json_add_string(json, "status", check_status_name(finding->status));
		json_add_text(json, "message", finding->words);
		json_add_count(json, "count", finding->count);
		json_add_count(json, "of", finding->of);
		json_add(json, "rows", rows_json(finding));
		json_push(findings, json);
	}
	return findings;
}

struct json *data_check_json(const struct data_check *check)
{
	struct json *checks = json_array();

	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++) {
		struct json *json = json_object();
		json_add_string(json, "check", check_kind_name(kind));
		json_add_string(json, "status", check_status_name(check->checks[kind].status));
		json_add_text(json, "summary", check->checks[kind].words);
		json_add(json, "findings", findings_json(check, kind));
		json_push(checks, json);
	}
	return checks;
}

void data_check_print_json(struct buffer *out, const struct data_check *check, struct text path, const struct recipe *recipe)
{
	struct json *json = json_object();

	json_add_string(json, "schema", "galley.validate/1");
	json_add_text(json, "file", path);
	if (check->blob[0])
		json_add_string(json, "blob", check->blob);
	else
		json_add_null(json, "blob");
	json_add_text(json, "recipe", recipe->record.id);
	json_add_text(json, "version", recipe->version);
	json_add_string(json, "status", check_status_name(check->status));
	json_add_count(json, "rows", check->rows);
	json_add_count(json, "bad_rows", check->bad_rows);
	json_add(json, "checks", data_check_json(check));
	json_print(out, json, true);
	json_release(json);
}
