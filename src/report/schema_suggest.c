#include "schema_suggest.h"

#include <math.h>

#include "buffer.h"
#include "edit.h"
#include "number.h"

enum { ALLOWED_MOST = 20, SEEN_OFTEN = 10, UNIQUE_LEAST = 100 };

/* Outward to a tenth of the range's power of ten, but not past 0, nor past 1 for shares. */
static double round_end(double value, double range, bool up)
{
	double size = range > 0 ? range : fabs(value), step = size > 0 ? pow(10, floor(log10(size)) - 1) : 1;
	double end = (up ? ceil(value / step) : floor(value / step)) * step;

	if (!isfinite(end))
		end = value;
	end = number_round10(end);
	return (up ? end < value : end > value) ? value : end;
}

static void add_range(struct buffer *out, const struct exact_sum *sum)
{
	double range = sum->max - sum->min, low, high;

	if (!sum->count || !isfinite(range))
		return;
	low = round_end(sum->min, range, false);
	high = round_end(sum->max, range, true);
	if (sum->min >= 0 && (low < 0 || sum->min <= range))
		low = 0;
	if (sum->max <= 0 && high > 0)
		high = 0;
	if (sum->min >= 0 && sum->max <= 1 && range > 0)
		high = 1;
	buffer_string(out, ", min: ");
	buffer_number(out, low);
	buffer_string(out, ", max: ");
	buffer_number(out, high);
}

static void add_allowed(struct buffer *out, const struct profile_column *column)
{
	size_t count = column->category_count;

	if (column->too_many || !count || count > ALLOWED_MOST || column->counts.n < SEEN_OFTEN * count)
		return;
	buffer_string(out, ", allowed: [");
	for (size_t i = 0; i < count; i++) {
		buffer_string(out, i ? ", " : "");
		edit_write_text(out, column->categories[i].label, true);
	}
	buffer_char(out, ']');
}

/* Only where all values are known. */
static bool is_unique(const struct profile_column *column)
{
	if (column->counts.n < UNIQUE_LEAST || column->too_many)
		return false;
	return column->kind == COLUMN_NUMBER ? column->has_run && column->run_count == column->counts.n && !column->counts.infinite && !column->counts.invalid
	                                     : column->category_count == column->counts.n;
}

static void add_missing(struct buffer *out, const struct drift_counts *counts)
{
	double share = counts->rows ? (double)counts->missing / (double)counts->rows : 0;

	buffer_string(out, ", max_missing: ");
	buffer_number(out, number_round10(ceil(share * 100) / 100));
}

static const char *type_of(const struct profile_column *column)
{
	switch (column->kind) {
	case COLUMN_NUMBER: return "number";
	case COLUMN_CATEGORY_NUM: return "category_num";
	case COLUMN_TIMESTAMP: return "timestamp";
	default: return "category";
	}
}

static void add_column(struct buffer *out, const struct profile_column *column)
{
	buffer_string(out, "      ");
	edit_write_text(out, column->name, false);
	buffer_string(out, ": {");
	if (column->kind != COLUMN_AUTO)
		buffer_format(out, "type: %s, ", type_of(column));
	buffer_string(out, "required: true");
	if (column->kind == COLUMN_NUMBER)
		add_range(out, &column->sum);
	else
		add_allowed(out, column);
	if (column->counts.rows)
		add_missing(out, &column->counts);
	if (is_unique(column))
		buffer_string(out, ", unique: true");
	buffer_string(out, column->kind == COLUMN_AUTO ? "} # no values to tell its type by\n" : "}\n");
}

/* Half of what was seen, to one digit. */
static size_t fewest_rows(const struct profile *profile)
{
	size_t rows = profile->files ? profile->rows / profile->files / 2 : 0, power = 1;

	while (rows / power >= 10)
		power *= 10;
	return rows / power * power;
}

void schema_suggest(struct buffer *out, const struct profile *profile)
{
	buffer_format(out, "# Suggested from %zu row%s: what was there, not what must be. Edit it before it is relied on.\n", profile->rows,
	              profile->rows == 1 ? "" : "s");
	buffer_string(out, "requirements:\n  schema:\n    columns:\n");
	for (size_t i = 0; i < profile->column_count; i++)
		add_column(out, &profile->columns[i]);
	if (fewest_rows(profile))
		buffer_format(out, "    min_rows: %zu\n", fewest_rows(profile));
	buffer_string(out, "    allow_extra_columns: true\n");
}
