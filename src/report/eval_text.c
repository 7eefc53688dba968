#include "text_report.h"

#include <stdlib.h>

#include "arena.h"
#include "json.h"
#include "number.h"
#include "words.h"

/* Per run: the answer, then what made it so with the place of the limit, the failing first, then what passed on as few lines as fit. */

enum { INDENT = 2, LINE = 110, SEGMENTS = 5 };

static const char *paint(enum verdict verdict, bool color)
{
	static const char *const codes[] = {"\x1b[32m", "\x1b[1;33m", "\x1b[1;35m", "\x1b[1;31m"};

	return color ? codes[verdict] : "";
}

static void add_verdict(struct buffer *out, enum verdict verdict, bool color)
{
	buffer_format(out, "%s%s%s", paint(verdict, color), verdict_name(verdict), color ? "\x1b[0m" : "");
}

static void add_place(struct buffer *out, struct place place, const char *word)
{
	if (!place.file)
		return;
	buffer_repeat(out, ' ', 3 * INDENT);
	buffer_format(out, "%s ", word);
	buffer_safe(out, place.file->path);
	if (place.line)
		buffer_format(out, ":%u:%u", place.line, place.column);
	buffer_char(out, '\n');
}

/* The limit that decided. */
static struct place limit_place(const struct gate_result *gate)
{
	const struct metric *metric = gate->metric;

	if (gate->status == VERDICT_WARN && metric->warn_place.file)
		return metric->warn_place;
	if (gate->status == VERDICT_WARN && metric->promote_place.file)
		return metric->promote_place;
	if (gate->status == VERDICT_FAIL && gate->has_value && metric->fail_place.file)
		return metric->fail_place;
	return metric->place;
}

/* The segments beside the worst, which the reason names. */
static void add_slices(struct buffer *out, const struct pack_result *pack, const struct metric *metric)
{
	size_t seen = 0;

	for (size_t i = 0; i < pack->slice_count; i++) {
		const struct slice_result *slice = &pack->slices[i];
		if (!text_equal(slice->metric, metric->key) || !seen++ || seen > SEGMENTS)
			continue;
		buffer_repeat(out, ' ', 3 * INDENT);
		buffer_format(out, "%s in ", verdict_name(slice->status));
		buffer_safe(out, slice->by);
		buffer_string(out, " = ");
		buffer_safe(out, slice->segment);
		buffer_string(out, ": ");
		buffer_safe(out, slice->reason);
		buffer_char(out, '\n');
	}
	if (seen > SEGMENTS) {
		buffer_repeat(out, ' ', 3 * INDENT);
		buffer_format(out, "and in %zu more\n", seen - SEGMENTS);
	}
}

static void add_gate(struct buffer *out, const struct run_result *run, const struct pack_result *pack, const struct gate_result *gate,
                     bool color)
{
	const struct metric *metric = gate->metric;

	buffer_repeat(out, ' ', 2 * INDENT);
	add_verdict(out, gate->status, color);
	buffer_char(out, ' ');
	buffer_safe(out, metric->key);
	buffer_string(out, ": ");
	buffer_safe(out, gate->reason);
	buffer_char(out, '\n');
	add_place(out, limit_place(gate), "limit:");
	if (!gate->has_value && run->run->metrics_file)
		add_place(out, (struct place){.file = run->run->metrics_file}, "expected in:");
	add_slices(out, pack, metric);
}

static void add_passed_item(struct buffer *out, struct buffer *line, struct arena *arena, const struct gate_result *gate)
{
	struct buffer item;

	buffer_init(&item);
	buffer_safe(&item, gate->metric->key);
	buffer_char(&item, ' ');
	buffer_safe(&item, metric_show(gate->metric, gate->value, arena));
	if (!gate->promotable)
		buffer_string(&item, " (short of promote)");
	if (line->len && line->len + item.len > LINE) {
		buffer_add(out, buffer_text(line));
		buffer_string(out, ",\n");
		buffer_clear(line);
	}
	if (line->len)
		buffer_string(line, ", ");
	else
		buffer_repeat(line, ' ', 2 * INDENT + 5);
	buffer_add(line, buffer_text(&item));
	buffer_release(&item);
}

static void add_passed(struct buffer *out, const struct pack_result *pack, bool color)
{
	struct arena arena;
	struct buffer line, all;

	if (!pack->passed)
		return;
	arena_init(&arena);
	buffer_init(&line);
	buffer_init(&all);
	for (size_t i = 0; i < pack->gate_count; i++)
		if (pack->gates[i].status == VERDICT_PASS)
			add_passed_item(&all, &line, &arena, &pack->gates[i]);
	buffer_add(&all, buffer_text(&line));
	buffer_char(&all, '\n');
	buffer_repeat(out, ' ', 2 * INDENT);
	add_verdict(out, VERDICT_PASS, color);
	/* The first line's indent has room for the word that was just printed. */
	buffer_add(out, text_cut(buffer_text(&all), 2 * INDENT + 4, all.len));
	buffer_release(&all);
	buffer_release(&line);
	arena_release(&arena);
}

static void add_pack(struct buffer *out, const struct run_result *run, const struct pack_result *pack, bool color)
{
	static const enum verdict order[] = {VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_WARN};

	buffer_repeat(out, ' ', INDENT);
	buffer_safe(out, pack->pack);
	if (pack->version.len) {
		buffer_char(out, '@');
		buffer_safe(out, pack->version);
	}
	buffer_string(out, ": ");
	buffer_safe(out, pack->reason.len ? pack->reason : pack->summary);
	buffer_char(out, '\n');
	for (size_t k = 0; k < sizeof order / sizeof *order; k++)
		for (size_t i = 0; i < pack->gate_count; i++)
			if (pack->gates[i].status == order[k])
				add_gate(out, run, pack, &pack->gates[i], color);
	add_passed(out, pack, color);
}

/* What the gates above are only by leave, from the recipe itself up to its baseline. */
static void add_waivers(struct buffer *out, const struct run_result *run)
{
	for (const struct effective *at = run->pack_count ? run->recipe : NULL; at; at = at->above)
		for (size_t i = 0; i < at->waiver_count; i++) {
			const struct waiver *waiver = &at->waivers[i];
			if (!waiver->used)
				continue;
			buffer_repeat(out, ' ', INDENT);
			buffer_string(out, waiver->in_force ? "waived to " : "waiver expired ");
			buffer_safe(out, waiver->expires);
			buffer_string(out, ": ");
			buffer_safe(out, waiver->gate);
			buffer_string(out, " of ");
			buffer_safe(out, at->recipe->record.id);
			buffer_string(out, ", approved by ");
			buffer_safe(out, waiver->approved_by);
			buffer_char(out, '\n');
		}
}

static struct json *waivers_json(const struct run_result *run)
{
	struct json *list = json_array();

	for (const struct effective *at = run->pack_count ? run->recipe : NULL; at; at = at->above)
		for (size_t i = 0; i < at->waiver_count; i++) {
			const struct waiver *waiver = &at->waivers[i];
			if (!waiver->used)
				continue;
			struct json *json = json_object();
			json_add_text(json, "gate", waiver->gate);
			json_add_text(json, "recipe", at->recipe->record.id);
			json_add_bool(json, "in_force", waiver->in_force);
			json_add_text(json, "expires", waiver->expires);
			json_add_text(json, "approved_by", waiver->approved_by);
			json_add_text(json, "reason", waiver->reason);
			json_push(list, json);
		}
	return list;
}

static void add_run(struct buffer *out, const struct run_result *run, bool color)
{
	add_verdict(out, run->status, color);
	buffer_char(out, ' ');
	buffer_safe(out, run->model->record.id);
	buffer_char(out, '/');
	buffer_safe(out, run->run->record.id);
	buffer_string(out, ": ");
	buffer_safe(out, run->pack_count || !run->reason.len ? run->summary : run->reason);
	buffer_string(out, run->promotable ? "; promotable\n" : "; not promotable\n");
	if (!run->pack_count)
		add_place(out, run->run->recipe.place.file && !run->recipe ? run->run->recipe.place : run->run->record.place, "see");
	for (size_t i = 0; i < run->pack_count; i++)
		add_pack(out, run, &run->packs[i], color);
	add_waivers(out, run);
	buffer_char(out, '\n');
}

static void add_part(struct buffer *out, bool *any, size_t count, const char *word, const char *before)
{
	if (count)
		buffer_format(out, "%s%zu %s", *any ? ", " : before, count, word);
	*any = *any || count;
}

static void add_counts(struct buffer *out, const size_t counts[static 4], size_t count, const struct eval_left_out *left_out)
{
	bool any = false;

	buffer_format(out, "%zu run%s", count, count == 1 ? "" : "s");
	for (enum verdict verdict = VERDICT_FAIL;; verdict--) {
		add_part(out, &any, counts[verdict], verdict_name(verdict), ": ");
		if (verdict == VERDICT_PASS)
			break;
	}
	if (left_out && left_out->queued + left_out->running + left_out->failed + left_out->cancelled) {
		any = false;
		buffer_format(out, "; %zu left out", left_out->queued + left_out->running + left_out->failed + left_out->cancelled);
		add_part(out, &any, left_out->failed, "failed", ": ");
		add_part(out, &any, left_out->cancelled, "cancelled", ": ");
		add_part(out, &any, left_out->running, "running", ": ");
		add_part(out, &any, left_out->queued, "queued", ": ");
	}
	buffer_char(out, '\n');
}

void eval_text(struct buffer *out, const struct run_result *runs, size_t count, const struct eval_left_out *left_out, bool color)
{
	size_t counts[VERDICT_FAIL + 1] = {0};

	for (enum verdict verdict = VERDICT_FAIL;; verdict--) {
		for (size_t i = 0; i < count; i++)
			if (runs[i].status == verdict) {
				counts[verdict]++;
				add_run(out, &runs[i], color);
			}
		if (verdict == VERDICT_PASS)
			break;
	}
	add_counts(out, counts, count, left_out);
}

static void json_add_reason(struct json *object, struct text reason)
{
	if (reason.len)
		json_add_text(object, "reason", reason);
}

static struct json *gate_json(const struct gate_result *gate)
{
	struct json *out = json_object();
	double number;

	json_add_text(out, "key", gate->metric->key);
	json_add_measured(out, "value", gate->has_value, gate->is_text, gate->value);
	json_add_string(out, "status", verdict_name(gate->status));
	json_add_bool(out, "promotable", gate->promotable);
	json_add_bool(out, "required", gate->metric->required);
	if (gate->has_baseline && number_parse(&number, gate->baseline) == NUMBER_FINITE)
		json_add_number(out, "production", number);
	json_add_reason(out, gate->reason);
	return out;
}

static struct json *slices_json(const struct pack_result *pack)
{
	struct json *out = json_array();

	for (size_t i = 0; i < pack->slice_count; i++) {
		const struct slice_result *slice = &pack->slices[i];
		struct json *item = json_object();
		json_add_text(item, "by", slice->by);
		json_add_text(item, "segment", slice->segment);
		json_add_text(item, "key", slice->metric);
		json_add_string(item, "status", verdict_name(slice->status));
		json_add_reason(item, slice->reason);
		json_push(out, item);
	}
	return out;
}

static struct json *pack_json(const struct pack_result *pack)
{
	struct json *out = json_object(), *metrics = json_array();

	json_add_text(out, "pack", pack->pack);
	if (pack->version.len)
		json_add_text(out, "version", pack->version);
	json_add_string(out, "status", verdict_name(pack->status));
	json_add_bool(out, "promotable", pack->promotable);
	json_add_text(out, "summary", pack->summary);
	json_add_reason(out, pack->reason);
	for (size_t i = 0; i < pack->gate_count; i++)
		json_push(metrics, gate_json(&pack->gates[i]));
	json_add(out, "metrics", metrics);
	if (pack->slice_count)
		json_add(out, "slices", slices_json(pack));
	return out;
}

static struct json *left_out_json(const struct eval_left_out *left_out)
{
	struct json *out = json_object();

	json_add_count(out, "queued", left_out->queued);
	json_add_count(out, "running", left_out->running);
	json_add_count(out, "failed", left_out->failed);
	json_add_count(out, "cancelled", left_out->cancelled);
	return out;
}

void eval_json(struct buffer *out, const struct run_result *runs, size_t count, const struct eval_left_out *left_out)
{
	struct json *top = json_object(), *list = json_array();

	json_add_string(top, "schema", "galley.eval/1");
	for (size_t i = 0; i < count; i++) {
		const struct run_result *run = &runs[i];
		struct json *item = json_object(), *packs = json_array();
		json_add_text(item, "model", run->model->record.id);
		json_add_text(item, "run", run->run->record.id);
		json_add_string(item, "status", verdict_name(run->status));
		json_add_bool(item, "promotable", run->promotable);
		json_add_text(item, "summary", run->summary);
		json_add_reason(item, run->reason);
		for (size_t k = 0; k < run->pack_count; k++)
			json_push(packs, pack_json(&run->packs[k]));
		json_add(item, "packs", packs);
		json_add(item, "waivers", waivers_json(run));
		json_push(list, item);
	}
	json_add(top, "runs", list);
	json_add(top, "left_out", left_out_json(left_out));
	json_print(out, top, true);
	json_release(top);
}
