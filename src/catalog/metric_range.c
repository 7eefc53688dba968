/* Ranges of metrics that everybody defines alike, so that a percentage among shares or a slipped sign shows. */
#include <math.h>
#include <string.h>

#include "number.h"
#include "parts.h"

static const struct {
	const char *name;
	double low, high;
} ranges[] = {
    {"rmse", 0, INFINITY},          {"mse", 0, INFINITY},          {"mae", 0, INFINITY},           {"mape", 0, INFINITY},
    {"smape", 0, INFINITY},         {"wape", 0, INFINITY},         {"mase", 0, INFINITY},          {"rmsle", 0, INFINITY},
    {"pinball_loss", 0, INFINITY},  {"log_loss", 0, INFINITY},     {"logloss", 0, INFINITY},       {"cross_entropy", 0, INFINITY},
    {"lift", 0, INFINITY},          {"decile_lift", 0, INFINITY},  {"lift_top_decile", 0, INFINITY},
    {"coverage", 0, 1},             {"auc", 0, 1},                 {"roc_auc", 0, 1},              {"auc_roc", 0, 1},
    {"auroc", 0, 1},                {"pr_auc", 0, 1},              {"auc_pr", 0, 1},               {"auprc", 0, 1},
    {"average_precision", 0, 1},    {"precision", 0, 1},           {"recall", 0, 1},               {"sensitivity", 0, 1},
    {"specificity", 0, 1},          {"f1", 0, 1},                  {"f1_score", 0, 1},             {"accuracy", 0, 1},
    {"balanced_accuracy", 0, 1},    {"hit_rate", 0, 1},            {"ndcg", 0, 1},                 {"brier", 0, 1},
    {"brier_score", 0, 1},          {"calibration_error", 0, 1},   {"ece", 0, 1},
    {"spearman", -1, 1},            {"kendall", -1, 1},            {"kendall_tau", -1, 1},         {"pearson", -1, 1},
    {"correlation", -1, 1},         {"rank_correlation", -1, 1},   {"mcc", -1, 1},
    {"r2", -INFINITY, 1},           {"r2_score", -INFINITY, 1},
};

enum { NAME_MAX_BYTES = 32 };

/* Lower case, words joined by '_', without what says where it was measured or how far down a ranking: "val-AUC", "precision@10". */
static struct text plain_name(char out[static NAME_MAX_BYTES], struct text key)
{
	static const char *const prefixes[] = {"train_", "val_", "valid_", "validation_", "test_", "holdout_", "cv_", "live_", "mean_",
	                                       "macro_", "micro_", "weighted_"};
	size_t start = key.len, digits;

	while (start && key.at[start - 1] != '.')
		start--;
	struct text name = text_cut(key, start, key.len);
	name = text_cut(name, 0, text_find(name, '@'));
	if (!name.len || name.len > NAME_MAX_BYTES)
		return TEXT("");
	for (size_t i = 0; i < name.len; i++)
		out[i] = name.at[i] >= 'A' && name.at[i] <= 'Z' ? (char)(name.at[i] - 'A' + 'a') : strchr("- ", name.at[i]) ? '_' : name.at[i];
	name.at = out;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (text_starts(name, prefixes[i])) {
			name = text_cut(name, strlen(prefixes[i]), name.len);
			break;
		}
	for (digits = name.len; digits && name.at[digits - 1] >= '0' && name.at[digits - 1] <= '9';)
		digits--;
	if (digits < name.len && digits && name.at[digits - 1] == '_')
		name.len = digits - 1;
	if (text_ends(name, "_at"))
		name.len -= 3;
	return name;
}

bool metric_range_of(struct metric_range *out, struct text key)
{
	char bytes[NAME_MAX_BYTES];
	struct text name = plain_name(bytes, key);

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (text_is(name, ranges[i].name)) {
			*out = (struct metric_range){ranges[i].low, ranges[i].high};
			return true;
		}
	return false;
}

static struct text words_of(const struct metric_range *range, struct arena *arena)
{
	if (isinf(range->high))
		return text_format(arena, "at least %.0f", range->low);
	if (isinf(range->low))
		return text_format(arena, "at most %.0f", range->high);
	return text_format(arena, "from %.0f to %.0f", range->low, range->high);
}

void metric_range_check(const struct metric_range *range, struct text key, const char *name, const struct value *value, bool distance,
                        struct diags *diags)
{
	double low = distance ? 0 : range->low, high = distance ? range->high - range->low : range->high, number;

	if (!value || number_parse(&number, value->text) != NUMBER_FINITE || (number >= low && number <= high))
		return;
	struct text words = words_of(range, diags->arena);
	diag_add(diags, CODE_METRIC_RANGE, value->place, "'%s' %.*s of '%.*s' is %s, which is %.*s", name, TEXT_ARGS(value->text),
	         TEXT_ARGS(key), distance ? "a wider distance than the range of the metric" : "out of the range of the metric", TEXT_ARGS(words));
	if (range->low >= 0 && range->high <= 1 && fabs(number) > 1 && fabs(number) <= 100)
		diag_help(diags, "write a share, not a percentage: 0.8 for 80 %%");
	else
		diag_help(diags, "a limit out of range is always or never reached; where the metric is another than its name says, rename it");
}
