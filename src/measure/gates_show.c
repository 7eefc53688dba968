#include "gates_inner.h"

#include <string.h>

#include "arena.h"

enum {
	RATIO_PLACES = 3,
	ERROR_PLACES = 1,
	MORE_PLACES = 12,  /* beyond the default, before a value is shown as it was written */
	MOST_PLACES = 60,
	WHOLE_DIGITS = 15, /* longer numbers are shown as they were written */
	WRITTEN_MOST = 40, /* or, when that is longer, */
	FIRST_DIGITS = 9,  /* by so many digits */
};

/* One more on a run of digits; the first of them is a spare zero, so that it cannot overflow. */
static void round_up(char *digits, size_t count)
{
	while (count > 0 && digits[count - 1] == '9')
		digits[--count] = '0';
	if (count > 0)
		digits[count - 1]++;
}

struct text decimal_fixed(struct decimal value, long places, bool commas, struct arena *arena)
{
	long first = value.sign ? value.exponent + (long)value.digits.len : 1; /* digits before the point */
	size_t whole = first > 1 ? (size_t)first + 1 : 2, len = whole + (size_t)places, at = 0;
	char *digits = arena_alloc(arena, len + 1);
	char *out = arena_alloc(arena, 2 * len + 8);

	for (size_t i = 0; i <= len; i++) {
		long place = (long)i - ((long)whole - first);
		bool inside = value.sign && place >= 0 && place < (long)value.digits.len;
		char digit = inside ? value.digits.at[place] : '0';
		if (i < len)
			digits[i] = digit;
		else if (digit >= '5')
			round_up(digits, len);
	}
	size_t start = strspn(digits, "0");
	if (value.sign < 0 && start < len)
		out[at++] = '-';
	if (start > whole - 1)
		start = whole - 1;
	for (size_t i = start; i < len; i++) {
		if (i == whole)
			out[at++] = '.';
		else if (commas && i < whole && i > start && (whole - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	return (struct text){out, at};
}

static long places_of(struct decimal value)
{
	return value.sign && value.exponent < 0 ? -value.exponent : 0;
}

static bool is_readable(struct decimal value)
{
	return !value.sign || (value.exponent + (long)value.digits.len <= WHOLE_DIGITS && value.exponent >= -4 * WHOLE_DIGITS);
}

struct text decimal_plain(struct decimal value, struct arena *arena)
{
	if (!is_readable(value))
		return text_format(arena, "%s%.*se%ld", value.sign < 0 ? "-" : "", TEXT_ARGS(value.digits), value.exponent);
	return decimal_fixed(value, places_of(value), false, arena);
}

/* Places of a metric's values, before any percent. *whole: all limits are whole numbers. */
static long metric_places(bool *whole, const struct metric *metric, struct arena *arena)
{
	const struct text limits[] = {metric->target, metric->promote, metric->warn, metric->fail};
	long written = 0;
	bool ratio = true;
	struct decimal one, limit;

	decimal_parse(&one, TEXT("1"), arena);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		if (!limits[i].len || !decimal_parse(&limit, limits[i], arena))
			continue;
		if (places_of(limit) > written)
			written = places_of(limit);
		ratio = ratio && decimal_compare(decimal_absolute(limit), one) <= 0;
	}
	*whole = written == 0 && metric->decimals < 0;
	if (metric->decimals >= 0)
		return metric->decimals < MOST_PLACES ? metric->decimals : MOST_PLACES;
	long base = ratio && written ? RATIO_PLACES : ERROR_PLACES;
	if (written > MOST_PLACES)
		written = MOST_PLACES;
	return written > base ? written : base;
}

static bool is_percent(const struct metric *metric)
{
	return text_is(metric->unit, "%");
}

static struct text with_unit(const struct metric *metric, struct text number, struct arena *arena)
{
	if (!metric->unit.len)
		return number;
	return text_format(arena, "%.*s%s%.*s", TEXT_ARGS(number), is_percent(metric) ? "" : " ", TEXT_ARGS(metric->unit));
}

static struct text fixed_with_unit(const struct metric *metric, struct decimal value, long places, bool commas, struct arena *arena)
{
	if (is_percent(metric)) {
		value.exponent += 2;
		places = places > 2 ? places - 2 : 0;
	}
	return with_unit(metric, decimal_fixed(value, places, commas, arena), arena);
}

/* A number that is too long, too large or too small for plain digits. */
static struct text unreadable(const struct metric *metric, struct decimal value, struct text written, struct arena *arena)
{
	size_t shown = value.digits.len < FIRST_DIGITS ? value.digits.len : FIRST_DIGITS;
	long exponent = value.exponent + (long)value.digits.len - 1 + (is_percent(metric) ? 2 : 0);

	if (written.len <= WRITTEN_MOST && !is_percent(metric))
		return with_unit(metric, written, arena);
	return with_unit(metric,
	                 text_format(arena, "%s%.1s%s%.*s%se%ld", value.sign < 0 ? "-" : "", value.digits.at, shown > 1 ? "." : "",
	                             (int)shown - 1, value.digits.at + 1, shown < value.digits.len ? "..." : "", exponent),
	                 arena);
}

/* The value rounded to the places that will be shown. */
static struct decimal rounded(struct decimal value, long places, struct arena *arena)
{
	struct decimal out = {0};

	decimal_parse(&out, decimal_fixed(value, places, false, arena), arena);
	return out;
}

struct text metric_show(const struct metric *metric, struct text value, struct arena *arena)
{
	struct scale scale = scale_of(metric, arena);
	struct decimal number;
	bool whole, promotable, shown_promotable;

	if (!decimal_parse(&number, value, arena))
		return value;
	long places = metric_places(&whole, metric, arena), most = places + MORE_PLACES;
	if (!is_readable(number))
		return unreadable(metric, number, value, arena);
	if (whole && number.exponent >= 0)
		places = 0;
	if (is_percent(metric) && places < 2)
		places = 2;
	enum verdict verdict = scale_judge(&promotable, &scale, scale_place(&scale, number, arena));
	for (; places <= most; places++) {
		struct decimal shown = rounded(number, places, arena);
		if (scale_judge(&shown_promotable, &scale, scale_place(&scale, shown, arena)) == verdict && shown_promotable == promotable)
			return fixed_with_unit(metric, number, places, true, arena);
	}
	return fixed_with_unit(metric, number, places_of(number), true, arena);
}

struct text metric_show_size(const struct metric *metric, struct text size, struct arena *arena)
{
	struct decimal number;
	bool whole;

	if (!decimal_parse(&number, size, arena))
		return size;
	long places = metric_places(&whole, metric, arena);
	if (!is_readable(number))
		return unreadable(metric, number, size, arena);
	if (whole && number.exponent >= 0)
		places = 0;
	/* A difference that is there is not shown as none. */
	for (long most = places + MORE_PLACES; places < most && number.sign && !rounded(number, places, arena).sign;)
		places++;
	return fixed_with_unit(metric, number, places, true, arena);
}

struct text show_beyond(const struct metric *metric, struct decimal value, struct decimal limit, struct arena *arena)
{
	bool whole;
	long places = metric_places(&whole, metric, arena);

	if (!is_readable(value))
		return unreadable(metric, value, decimal_plain(value, arena), arena);
	for (long most = places + MORE_PLACES; places < most && decimal_compare(rounded(value, places, arena), limit) <= 0;)
		places++;
	if (decimal_compare(rounded(value, places, arena), limit) <= 0)
		places = places_of(value);
	return fixed_with_unit(metric, value, places, true, arena);
}

struct text metric_show_limit(const struct metric *metric, struct text limit, struct arena *arena)
{
	struct decimal number;
	bool whole;

	if (!decimal_parse(&number, limit, arena))
		return limit;
	if (!is_readable(number))
		return unreadable(metric, number, limit, arena);
	long places = metric_places(&whole, metric, arena), written = places_of(number);
	if (places < written)
		places = written;
	/* A limit that is a whole number stays as short as it was written. */
	if (!written && text_find(limit, '.') == limit.len)
		places = is_percent(metric) ? 2 : 0;
	return fixed_with_unit(metric, number, places, false, arena);
}
