#include "data_check_inner.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "instant.h"
#include "number.h"

const char *check_kind_name(enum check_kind kind)
{
	static const char *const names[CHECK_COUNT] = {"schema", "missingness", "validity", "uniqueness", "volume", "freshness", "integrity"};

	return names[kind];
}

const char *check_status_name(enum check_status status)
{
	static const char *const names[] = {"skipped", "pass", "inconclusive", "fail"};

	return names[status];
}

struct check_finding *checking_find(struct checking *checking, enum check_kind kind, enum check_status status, struct text column,
                                    struct text words)
{
	struct data_check *out = checking->out;

	out->findings = arena_grow(checking->arena, out->findings, out->finding_count, sizeof *out->findings);
	struct check_finding *finding = &out->findings[out->finding_count++];
	*finding = (struct check_finding){.kind = kind, .status = status, .column = column, .words = words};
	if (status > out->checks[kind].status)
		out->checks[kind].status = status;
	return finding;
}

static void ask(struct checking *checking, enum check_kind kind)
{
	if (checking->out->checks[kind].status == CHECK_SKIPPED)
		checking->out->checks[kind].status = CHECK_PASS;
}

/* --- The recipe's rules --- */

static const struct value *schema_of(const struct checking *checking)
{
	return value_at(checking->request->recipe->root, "requirements.schema");
}

static bool is_fresh_feature(const struct checking *checking, struct text name)
{
	const struct value *list = value_at(checking->request->recipe->root, "monitoring.freshness.features");

	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++)
		if (text_equal(list->items[i]->text, name))
			return true;
	return false;
}

static void read_allowed(struct rule *rule, struct arena *arena)
{
	const struct value *list = value_get(rule->spec, "allowed");

	if (!list || list->kind != VALUE_LIST)
		return;
	struct text *texts = arena_array(arena, list->count + 1, sizeof *texts);
	double *numbers = arena_array(arena, list->count + 1, sizeof *numbers);
	for (size_t i = 0; i < list->count; i++) {
		texts[rule->allowed_count] = list->items[i]->text;
		if (rule->type == TYPE_NUMBER && number_parse(&numbers[rule->allowed_count], list->items[i]->text) != NUMBER_FINITE)
			continue;
		if (rule->type == TYPE_CATEGORY_NUM && number_parse(&numbers[rule->allowed_count], list->items[i]->text) != NUMBER_FINITE)
			numbers[rule->allowed_count] = HUGE_VAL; /* equal to no value that is finite */
		rule->allowed_count++;
	}
	rule->allowed = texts;
	rule->allowed_numbers = numbers;
}

static bool is_judged(const struct rule *rule)
{
	return rule->type != TYPE_TEXT || rule->has_min || rule->has_max || rule->allowed;
}

static void read_rule(struct rule *rule, struct checking *checking)
{
	struct text type = value_text(rule->spec, "type");

	rule->type = text_is(type, "number")         ? TYPE_NUMBER
	             : text_is(type, "category_num") ? TYPE_CATEGORY_NUM
	             : text_is(type, "timestamp")    ? TYPE_TIME
	                                             : TYPE_TEXT;
	rule->has_max_missing = value_number(&rule->max_missing, rule->spec, "max_missing");
	rule->has_min = rule->type != TYPE_TIME && value_number(&rule->min, rule->spec, "min");
	rule->has_max = rule->type != TYPE_TIME && value_number(&rule->max, rule->spec, "max");
	rule->unique = value_flag(rule->spec, "unique", false);
	rule->fresh = is_fresh_feature(checking, rule->name);
	read_allowed(rule, checking->arena);
	if (rule->has_max_missing)
		ask(checking, CHECK_MISSINGNESS);
	if (is_judged(rule))
		ask(checking, CHECK_VALIDITY);
	if (rule->unique)
		ask(checking, CHECK_UNIQUENESS);
}

/* Which checks the recipe asks for; the rules of the columns are read where the file is open. */
static void read_asked(struct checking *checking)
{
	const struct value *schema = schema_of(checking), *columns = value_get(schema, "columns");
	const struct value *monitoring = value_get(checking->request->recipe->root, "monitoring");
	double number;

	ask(checking, CHECK_INTEGRITY);
	if (columns && columns->kind == VALUE_MAP && columns->count)
		ask(checking, CHECK_SCHEMA);
	for (size_t i = 0; columns && columns->kind == VALUE_MAP && i < columns->count; i++) {
		struct rule rule = {.name = columns->members[i].name, .spec = columns->members[i].value};
		read_rule(&rule, checking);
	}
	if (value_get(schema, "key") || value_get(schema, "max_duplicate_rows"))
		ask(checking, CHECK_UNIQUENESS);
	if (value_get(schema, "min_rows"))
		ask(checking, CHECK_VOLUME);
	if (value_number(&number, monitoring, "freshness.max_age_hours") && value_at(monitoring, "freshness.features"))
		ask(checking, CHECK_FRESHNESS);
}

static size_t column_at(const struct checking *checking, struct text name)
{
	const struct table_info *info = scan_get_info(checking->scan);
	size_t at = 0;

	while (at < info->columns && !text_equal(info->names[at], name))
		at++;
	return at;
}

/* --- Schema: rules of the columns that are there --- */

static void check_schema(struct checking *checking)
{
	const struct table_info *info = scan_get_info(checking->scan);
	const struct value *columns = value_get(schema_of(checking), "columns");
	size_t count = columns && columns->kind == VALUE_MAP ? columns->count : 0;

	const struct value *fresh = value_at(checking->request->recipe->root, "monitoring.freshness.features");
	size_t fresh_count = fresh && fresh->kind == VALUE_LIST ? fresh->count : 0;

	checking->rules = arena_array(checking->arena, count + fresh_count + 1, sizeof *checking->rules);
	for (size_t i = 0; i < count; i++) {
		struct rule rule = {.name = columns->members[i].name, .spec = columns->members[i].value};
		rule.at = column_at(checking, rule.name);
		if (rule.at < info->columns) {
			read_rule(&rule, checking);
			checking->rules[checking->rule_count++] = rule;
		} else if (value_flag(rule.spec, "required", false)) {
			checking_find(checking, CHECK_SCHEMA, CHECK_FAIL, rule.name, TEXT("a required column is not there"))->count = 1;
		}
	}
	for (size_t i = 0; i < fresh_count; i++) {
		struct rule rule = {.name = fresh->items[i]->text, .fresh = true};
		rule.at = column_at(checking, rule.name);
		if (rule.at < info->columns && !(count && value_member(columns, rule.name)))
			checking->rules[checking->rule_count++] = rule;
	}
	if (value_flag(schema_of(checking), "allow_extra_columns", true))
		return;
	ask(checking, CHECK_SCHEMA);
	for (size_t i = 0; i < info->columns; i++)
		if (!count || !value_member(columns, info->names[i]))
			checking_find(checking, CHECK_SCHEMA, CHECK_FAIL, info->names[i], TEXT("a column that the recipe does not name"))->count = 1;
}

/* --- What the values came to --- */

static void add_rows(struct check_finding *finding, const struct checking *checking, const struct tally *tally, uint64_t of)
{
	finding->count = tally->count;
	finding->of = of;
	finding->rows = arena_array(checking->arena, OFFENCES_SHOWN, sizeof *finding->rows);
	for (size_t i = 0; i < tally->kept; i++)
		finding->rows[finding->row_count++] =
		    (struct offence){.row = row_number(checking, tally->first[i].batch, tally->first[i].row), .value = tally->first[i].value};
}

/* With as many decimals as it takes to lie beyond the limit as the number itself does. */
static struct text share_words(uint64_t part, uint64_t whole, double limit, struct arena *arena)
{
	double share = 100 * (double)part / (double)whole, shown;
	char percent[512];

	for (int decimals = 2; decimals <= 12; decimals++) {
		number_print_fixed(percent, share, decimals);
		if (number_parse(&shown, text_of(percent)) == NUMBER_FINITE && shown > 100 * limit)
			break;
	}
	return text_format(arena, "%s%%", percent);
}

static void judge_missing(struct checking *checking, const struct rule *rule, const struct tally *tally)
{
	uint64_t rows = checking->out->rows;

	if (!rule->has_max_missing)
		return;
	if (!rows) {
		checking_find(checking, CHECK_MISSINGNESS, CHECK_INCONCLUSIVE, rule->name, TEXT("there are no rows"));
		return;
	}
	if ((double)tally->count <= rule->max_missing * (double)rows)
		return;
	struct text words = text_format(checking->arena, "%llu of %llu values are missing (%.*s), at most a share of %.*s may be",
	                                (unsigned long long)tally->count, (unsigned long long)rows,
	                                TEXT_ARGS(share_words(tally->count, rows, rule->max_missing, checking->arena)), TEXT_ARGS(value_text(rule->spec, "max_missing")));
	add_rows(checking_find(checking, CHECK_MISSINGNESS, CHECK_FAIL, rule->name, words), checking, tally, rows);
}

static struct text breach_words(const struct rule *rule, int breach, struct arena *arena)
{
	struct text limit = value_text(rule->spec, breach == BREACH_MIN ? "min" : "max");

	switch (breach) {
	case BREACH_TYPE:
		return rule->type == TYPE_TIME ? TEXT("no time in ISO 8601") : TEXT("no number");
	case BREACH_INFINITE:
		return TEXT("infinite");
	case BREACH_MIN:
		return text_format(arena, "below the minimum %.*s", TEXT_ARGS(limit));
	case BREACH_MAX:
		return text_format(arena, "above the maximum %.*s", TEXT_ARGS(limit));
	default:
		return TEXT("none of those allowed");
	}
}

static void judge_values(struct checking *checking)
{
	for (size_t i = 0; i < checking->rule_count; i++) {
		const struct rule *rule = &checking->rules[i];
		const struct tally *tallies = &checking->tallies[i * BREACH_COUNT];
		uint64_t values = checking->out->rows - tallies[BREACH_MISSING].count;
		judge_missing(checking, rule, &tallies[BREACH_MISSING]);
		for (int breach = BREACH_TYPE; breach < BREACH_COUNT; breach++) {
			uint64_t count = tallies[breach].count;
			if (!count)
				continue;
			struct text words = text_format(checking->arena, "%llu of %llu values %s %.*s", (unsigned long long)count, (unsigned long long)values,
			                                count == 1 ? "is" : "are", TEXT_ARGS(breach_words(rule, breach, checking->arena)));
			add_rows(checking_find(checking, CHECK_VALIDITY, CHECK_FAIL, rule->name, words), checking, &tallies[breach], values);
		}
	}
}

static void judge_volume(struct checking *checking)
{
	double least;

	if (!value_number(&least, schema_of(checking), "min_rows") || (double)checking->out->rows >= least)
		return;
	checking_find(checking, CHECK_VOLUME, CHECK_FAIL, TEXT(""),
	              text_format(checking->arena, "%llu rows, at least %.*s are needed", (unsigned long long)checking->out->rows,
	                          TEXT_ARGS(value_text(schema_of(checking), "min_rows"))));
}

static void judge_age(struct checking *checking, struct text feature, double hours, struct text hours_text)
{
	size_t at = 0;
	char newest[32];

	while (at < checking->rule_count && !text_equal(checking->rules[at].name, feature))
		at++;
	if (at == checking->rule_count || !checking->has_newest[at]) {
		checking_find(checking, CHECK_FRESHNESS, CHECK_INCONCLUSIVE, feature,
		              at == checking->rule_count ? TEXT("no such column in the file") : TEXT("no time in it could be read"));
		return;
	}
	if ((double)(checking->request->as_of - checking->newest[at]) <= hours * 3600)
		return;
	instant_print(newest, checking->newest[at]);
	checking_find(checking, CHECK_FRESHNESS, CHECK_FAIL, feature,
	              text_format(checking->arena, "the newest value %s is older than %.*s hours", newest, TEXT_ARGS(hours_text)));
}

static void judge_freshness(struct checking *checking)
{
	const struct value *freshness = value_at(checking->request->recipe->root, "monitoring.freshness");
	const struct value *features = value_get(freshness, "features");
	double hours;

	if (!value_number(&hours, freshness, "max_age_hours") || !features || features->kind != VALUE_LIST)
		return;
	for (size_t i = 0; i < features->count; i++)
		judge_age(checking, features->items[i]->text, hours, value_text(freshness, "max_age_hours"));
}

/* --- The whole --- */

static struct text default_words(const struct checking *checking, enum check_kind kind)
{
	static const char *const skipped[CHECK_COUNT] = {
	    "the recipe names no columns",        "no column has a max_missing", "no column has a type, min, max or allowed",
	    "no column must be unique, and there is no key", "the recipe sets no min_rows", "the recipe names no freshness features",
	    "",
	};
	static const char *const passed[CHECK_COUNT] = {
	    "all columns that are required are there", "no column lacks more than it may", "all values are valid", "nothing comes twice that may not",
	    "enough rows", "new enough", "every row could be read",
	};
	const struct data_check *out = checking->out;

	if (out->checks[kind].status == CHECK_SKIPPED)
		return text_of(skipped[kind]);
	if (kind == CHECK_VOLUME)
		return text_format(checking->arena, "%llu row%s", (unsigned long long)out->rows, out->rows == 1 ? "" : "s");
	if (kind == CHECK_INTEGRITY && out->bad_rows)
		return text_format(checking->arena, out->bad_rows == 1 ? "%llu row could not be read and was left out" : "%llu rows could not be read and were left out",
		                   (unsigned long long)out->bad_rows);
	return text_of(passed[kind]);
}

/* By kind, each kind in the order it was found. */
static void sort_findings(struct checking *checking)
{
	struct data_check *out = checking->out;
	struct check_finding *sorted = arena_array(checking->arena, out->finding_count + 1, sizeof *sorted);
	size_t count = 0;

	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++)
		for (size_t i = 0; i < out->finding_count; i++)
			if (out->findings[i].kind == kind)
				sorted[count++] = out->findings[i];
	out->findings = sorted;
}

static void sum_up(struct checking *checking)
{
	struct data_check *out = checking->out;

	sort_findings(checking);
	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++) {
		size_t count = 0;
		const struct check_finding *first = NULL;
		for (size_t i = 0; i < out->finding_count; i++)
			if (out->findings[i].kind == kind && count++ == 0)
				first = &out->findings[i];
		if (out->checks[kind].words.len)
			continue;
		if (!first)
			out->checks[kind].words = default_words(checking, kind);
		else
			out->checks[kind].words =
			    text_format(checking->arena, "%.*s%s%.*s%.*s", TEXT_ARGS(first->column), first->column.len ? ": " : "", TEXT_ARGS(first->words),
			                TEXT_ARGS(count > 1 ? text_format(checking->arena, "; and %zu more", count - 1) : TEXT("")));
	}
	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++)
		out->status = out->checks[kind].status > out->status ? out->checks[kind].status : out->status;
}

/* What could not be looked at passes nothing. */
static void give_up(struct checking *checking, const struct diags *diags, size_t said)
{
	struct text why = TEXT("it could not be read");

	for (size_t i = said; i < diags->count; i++)
		if (diags->items[i].severity == SEVERITY_ERROR) {
			why = diags->items[i].message;
			break;
		}
	checking->out->finding_count = 0;
	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++)
		if (kind != CHECK_INTEGRITY && checking->out->checks[kind].status != CHECK_SKIPPED) {
			checking->out->checks[kind].status = CHECK_INCONCLUSIVE;
			checking->out->checks[kind].words = TEXT("the file could not be read");
		}
	checking_find(checking, CHECK_INTEGRITY, CHECK_FAIL, TEXT(""), why);
}

static int check_file(struct checking *checking, struct diags *diags, size_t said)
{
	struct data_check *out = checking->out;
	const struct table_info *info = scan_get_info(checking->scan);

	check_schema(checking);
	if (check_values(checking) < 0)
		return -1;
	out->rows = info->rows;
	out->bad_rows = info->bad_rows;
	memcpy(out->blob, info->blob, sizeof out->blob);
	if (!info->ok) {
		give_up(checking, diags, said);
		return 0;
	}
	judge_values(checking);
	judge_volume(checking);
	judge_freshness(checking);
	return check_unique(checking);
}

int data_check(struct data_check *out, const struct data_check_request *request, struct arena *arena, struct diags *diags,
               struct failure *failure)
{
	struct checking checking = {.request = request, .out = out, .arena = arena, .failure = failure};
	struct scan_options options = {.delimiter = request->delimiter, .max_bad_rows = request->max_bad_rows, .limits = request->limits, .progress = request->progress};
	const struct value *na = value_at(request->recipe->root, "requirements.schema.na");
	struct text delimiter = value_text(request->recipe->root, "requirements.schema.delimiter");
	size_t said = diags->count, na_count = 0;

	*out = (struct data_check){.status = CHECK_SKIPPED};
	struct text *spellings = arena_array(arena, request->na_count + (na && na->kind == VALUE_LIST ? na->count : 0) + 1, sizeof *spellings);
	for (size_t i = 0; i < request->na_count; i++)
		spellings[na_count++] = request->na[i];
	for (size_t i = 0; na && na->kind == VALUE_LIST && i < na->count; i++)
		spellings[na_count++] = na->items[i]->text;
	options.na = spellings;
	options.na_count = na_count;
	if (!options.delimiter && delimiter.len == 1)
		options.delimiter = delimiter.at[0];
	missing_init(&checking.missing, spellings, na_count);
	read_asked(&checking);
	if (scan_open(&checking.scan, request->file, &options, arena, diags, failure) < 0)
		return -1;
	int status = 0;
	if (checking.scan)
		status = check_file(&checking, diags, said);
	else
		give_up(&checking, diags, said);
	if (checking.scan)
		scan_close(checking.scan);
	sum_up(&checking);
	return status;
}
