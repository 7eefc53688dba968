#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "instant.h"
#include "number.h"

void word_mark(struct buffer *out, const struct pages *set, const char *emoji)
{
	if (set->config->emoji)
		buffer_format(out, "%s ", emoji);
}

void mark_verdict(struct buffer *out, const struct pages *set, enum verdict verdict)
{
	static const char *const marks[] = {"✅", "⚠️", "❔", "❌"};

	word_mark(out, set, marks[verdict]);
}

void word_verdict(struct buffer *out, const struct pages *set, enum verdict verdict)
{
	mark_verdict(out, set, verdict);
	buffer_string(out, verdict_name(verdict));
}

void mark_drift(struct buffer *out, const struct pages *set, enum drift_status status)
{
	static const char *const marks[] = {NULL, "✅", "⚠️", "❔", "❌"};

	if (marks[status])
		word_mark(out, set, marks[status]);
}

void word_drift(struct buffer *out, const struct pages *set, enum drift_status status)
{
	const char *name = drift_status_name(status);

	mark_drift(out, set, status);
	buffer_string(out, name ? name : "not judged");
}

void mark_state(struct buffer *out, const struct pages *set, enum model_state state)
{
	static const char *const marks[] = {NULL, "✅", "❔", "🕒", "⚠️", "⚠️", "❌"};

	if (marks[state])
		word_mark(out, set, marks[state]);
}

void word_state(struct buffer *out, const struct pages *set, enum model_state state)
{
	const char *name = model_state_name(state);

	mark_state(out, set, state);
	buffer_string(out, name ? name : "not watched");
}

void word_move(struct buffer *out, const struct pages *set, enum gate_move move)
{
	word_mark(out, set, move == GATE_LOOSER ? "⚠️" : "🔒");
	buffer_string(out, move == GATE_LOOSER ? "looser" : "tighter");
}

void gate_fraction(struct buffer *out, const struct run_result *run)
{
	buffer_format(out, "%zu/%zu", run->passed, run->passed + run->warned + run->inconclusive + run->failed);
}

void word_run(struct buffer *out, const struct pages *set, const struct run_result *run)
{
	if (run->judged) {
		mark_verdict(out, set, run->status);
		if (!set->config->emoji)
			buffer_format(out, "%s ", verdict_name(run->status));
		gate_fraction(out, run);
		return;
	}
	buffer_format(out, "run %s", run_status_name(run->run->status));
}

void show_date(struct buffer *out, int64_t time)
{
	char date[32];

	instant_print_date(date, time);
	buffer_string(out, date);
}

void show_date_or(struct buffer *out, bool has, int64_t time, const char *none)
{
	if (has)
		show_date(out, time);
	else
		buffer_string(out, none);
}

void show_count(struct buffer *out, size_t count)
{
	char digits[32];
	size_t len = 0;

	do {
		digits[len++] = (char)('0' + count % 10);
		count /= 10;
	} while (count);
	for (size_t i = len; i > 0; i--) {
		buffer_char(out, digits[i - 1]);
		if (i > 1 && (i - 1) % 3 == 0)
			buffer_char(out, ',');
	}
}

void show_counted(struct buffer *out, size_t count, const char *one)
{
	show_count(out, count);
	buffer_format(out, " %s%s", one, count == 1 ? "" : "s");
}

static int order_of(double a, double b)
{
	return (a > b) - (a < b);
}

void show_beside(struct buffer *out, double value, int decimals, const double *limits, size_t count)
{
	char text[512];
	double rounded;

	for (int more = decimals; more <= decimals + 7; more++) {
		size_t len = number_print_fixed(text, value, more);
		bool agrees = number_parse(&rounded, (struct text){text, len}) == NUMBER_FINITE;
		for (size_t i = 0; i < count && agrees; i++)
			agrees = !isfinite(limits[i]) || order_of(value, limits[i]) == order_of(rounded, limits[i]);
		if (agrees)
			break;
	}
	buffer_string(out, text);
}

void show_effect(struct buffer *out, double effect, const struct drift_limit *limit)
{
	double limits[] = {limit->warn, limit->drift};

	if (isfinite(effect) && fabs(effect) >= 1e6)
		show_figure(out, effect);
	else if (isfinite(effect))
		show_beside(out, effect, 3, limits, limit->given && !limit->on_p ? 2 : 0);
	else
		buffer_string(out, "n/a");
}

static void show_p(struct buffer *out, double p, int bound, const double *limits, size_t count)
{
	if (bound)
		buffer_format(out, "%s %.3g", bound < 0 ? "≤" : "≥", p);
	else if (p > 0 && p < 0.001)
		buffer_format(out, "%.1e", p);
	else
		show_beside(out, p, p > 0 ? 3 : 0, limits, count);
}

void show_score(struct buffer *out, const struct drift_score *score)
{
	double limits[] = {score->limit.warn, score->limit.drift};

	show_effect(out, score->has_value ? score->effect : (double)NAN, &score->limit);
	if (!score->has_value || !score->has_p)
		return;
	buffer_string(out, ", p ");
	show_p(out, score->p, score->p_bound, limits, score->limit.given && score->limit.on_p ? 2 : 0);
}

void show_adjusted(struct buffer *out, const struct drift_score *score)
{
	if (!score->has_adjusted)
		return;
	buffer_string(out, " (BH ");
	show_p(out, score->adjusted, score->p_bound, NULL, 0);
	buffer_char(out, ')');
}

void show_share(struct buffer *out, size_t part, size_t whole)
{
	char text[512];

	if (!whole) {
		buffer_string(out, "n/a");
		return;
	}
	number_print_fixed(text, (double)part * 100 / (double)whole, 1);
	buffer_format(out, "%s%%", text);
}

void show_figure(struct buffer *out, double value)
{
	char text[512];
	double size = fabs(value);

	if (!isfinite(value)) {
		buffer_string(out, "n/a");
		return;
	}
	if (size >= 1000 && size < 1e15) {
		number_print_fixed(text, size, 0);
		if (value < 0)
			buffer_char(out, '-');
		show_count(out, (size_t)strtod(text, NULL));
		return;
	}
	if (size != 0 && (size < 1e-4 || size >= 1e15)) {
		buffer_format(out, "%.3g", value);
		return;
	}
	if (size == 0) {
		buffer_char(out, '0');
		return;
	}
	number_print_fixed(text, value, size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
	buffer_string(out, text);
}

void show_plain(struct buffer *out, double value)
{
	char text[512];

	if (!isfinite(value)) {
		buffer_string(out, "n/a");
		return;
	}
	size_t len = number_print_fixed(text, value, 4);
	while (len && text[len - 1] == '0')
		len--;
	if (len && text[len - 1] == '.')
		len--;
	text[len] = '\0';
	buffer_string(out, text);
}

void show_limit(struct buffer *out, double value)
{
	char text[512];

	if (!isfinite(value)) {
		buffer_string(out, "n/a");
		return;
	}
	size_t len = number_print_fixed(text, value, 4);
	while (len > 2 && text[len - 1] == '0' && text[len - 3] != '.')
		len--;
	text[len] = '\0';
	buffer_string(out, text);
}

void field_code(struct buffer *out, struct text field)
{
	size_t common = sizeof "evaluation.metrics." - 1;

	markdown_code(out, text_starts(field, "evaluation.metrics.") ? text_cut(field, common, field.len) : field);
}

static void add_limit(struct buffer *out, const struct metric *metric, struct text limit, const char *sign, struct arena *arena)
{
	if (!limit.len) {
		buffer_string(out, "not set");
		return;
	}
	buffer_string(out, sign);
	markdown_text(out, metric_show_limit(metric, limit, arena));
}

void cells_of_limits(struct buffer *out, const struct metric *metric, struct arena *arena)
{
	bool higher = metric->direction == DIRECTION_HIGHER, target = metric->direction == DIRECTION_TARGET;

	cell(out);
	if (target && metric->promote.len) {
		markdown_text(out, metric->target);
		buffer_char(out, ' ');
	}
	add_limit(out, metric, metric->promote, target ? "± " : higher ? "≥ " : "≤ ", arena);
	cell(out);
	add_limit(out, metric, metric->warn, target ? "± " : higher ? "< " : "> ", arena);
	cell(out);
	add_limit(out, metric, metric->fail, target ? "± " : higher ? "≤ " : "≥ ", arena);
}

void show_value(struct buffer *out, const struct metric *metric, struct text value, struct arena *arena)
{
	double number;

	if (!value.len)
		buffer_string(out, "n/a");
	else if (metric && number_parse(&number, value) == NUMBER_FINITE)
		markdown_text(out, metric_show(metric, value, arena));
	else if (number_parse(&number, value) == NUMBER_FINITE && value.len > 10)
		show_figure(out, number);
	else
		markdown_text_cut(out, value, 40);
}

/* Places after the point of a number as it is shown, whatever unit follows it. */
static int decimals_of(struct text shown)
{
	size_t point = text_find(shown, '.');
	int count = 0;

	for (size_t i = point + 1; i < shown.len && shown.at[i] >= '0' && shown.at[i] <= '9'; i++)
		count++;
	return count;
}

/* Rounded to decimals places, or as many more as it takes to see that it is not 0. */
static void show_rounded(struct buffer *out, double difference, int decimals)
{
	char text[512];

	number_print_fixed(text, difference, decimals);
	for (int more = decimals + 1; difference != 0 && !strpbrk(text, "123456789") && more <= decimals + 7; more++)
		number_print_fixed(text, difference, more);
	if (difference != 0 && !strpbrk(text, "123456789"))
		buffer_format(out, "%+.1e", difference);
	else
		buffer_format(out, "%s%s", text[0] == '-' || difference == 0 ? "" : "+", text);
}

bool show_difference(struct buffer *out, const struct metric *metric, struct text value, struct text other, struct arena *arena)
{
	struct decimal a, b;

	if (!decimal_parse(&a, value, arena) || !decimal_parse(&b, other, arena))
		return false;
	double difference = decimal_value(decimal_subtract(a, b, arena), arena);
	if (!metric) {
		buffer_string(out, difference > 0 ? "+" : "");
		show_plain(out, difference);
		return true;
	}
	bool percent = text_is(metric->unit, "%");
	show_rounded(out, percent ? difference * 100 : difference, decimals_of(metric_show(metric, value, arena)));
	buffer_string(out, percent ? " pp" : "");
	return true;
}

void show_change(struct buffer *out, const struct metric *metric, struct text value, struct text other, struct arena *arena)
{
	if (!show_difference(out, metric, value, other, arena)) {
		buffer_string(out, "n/a");
		return;
	}
	if (!metric || metric->direction == DIRECTION_NONE)
		return;
	int order = metric_compare(metric, value, other, arena);
	buffer_string(out, order < 0 ? " better" : order > 0 ? " worse" : " same");
}

/* The numbers that are none are written ".nan" and "-.inf" in YAML, "NaN" and "-Infinity" in JSON. */
static bool read_any_number(double *out, struct text value)
{
	bool sign = value.len && (value.at[0] == '-' || value.at[0] == '+');
	struct text bare = text_cut(value, sign, value.len);

	if (text_is_nocase(bare, ".nan") || text_is_nocase(bare, "nan"))
		*out = NAN;
	else if (text_is_nocase(bare, ".inf"))
		*out = sign && value.at[0] == '-' ? -INFINITY : INFINITY;
	else
		return number_parse(out, value) != NUMBER_NONE;
	return true;
}

void json_add_measured(struct json *object, const char *key, bool has, bool is_text, struct text value)
{
	double number;

	if (!has)
		json_add_null(object, key);
	else if (!is_text && read_any_number(&number, value))
		json_add_number(object, key, number);
	else
		json_add_text(object, key, value);
}

void json_add_value(struct json *object, const char *key, bool has, struct text value)
{
	double number;

	if (!has)
		json_add_null(object, key);
	else if (number_is_json(value))
		json_add_raw(object, key, value);
	else if (number_parse(&number, value) == NUMBER_FINITE)
		json_add_number(object, key, number);
	else
		json_add_text(object, key, value);
}

void json_add_date(struct json *object, const char *key, bool has, int64_t time)
{
	char text[32];

	if (!has) {
		json_add_null(object, key);
		return;
	}
	instant_print(text, time);
	json_add_string(object, key, text);
}

void json_add_computed(struct json *object, const char *key, bool has, double value)
{
	if (has)
		json_add_number(object, key, number_round10(value));
	else
		json_add_null(object, key);
}
