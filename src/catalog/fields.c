#include <stdint.h>

#include "instant.h"
#include "number.h"
#include "parts.h"
#include "semver.h"

static const struct value *scalar_at(const struct value *map, const char *path)
{
	const struct value *value = value_at(map, path);

	return value && value->kind == VALUE_SCALAR ? value : NULL;
}

struct text value_text(const struct value *map, const char *path)
{
	const struct value *value = scalar_at(map, path);

	return value ? value->text : (struct text){0};
}

bool value_number(double *out, const struct value *map, const char *path)
{
	const struct value *value = scalar_at(map, path);

	return value && !value->quoted && is_plain_number(out, value->text);
}

bool value_flag(const struct value *map, const char *path, bool fallback)
{
	const struct value *value = scalar_at(map, path);

	if (!value || value->quoted)
		return fallback;
	return text_is(value->text, "true") || (fallback && !text_is(value->text, "false"));
}

bool value_time(int64_t *out, const struct value *map, const char *path)
{
	const struct value *value = scalar_at(map, path);

	return value && instant_parse(out, value->text);
}

size_t value_count(const struct value *map, const char *path, size_t fallback)
{
	const struct value *value = scalar_at(map, path);
	uint64_t count;

	return value && !value->quoted && number_parse_count(&count, value->text, SIZE_MAX) ? (size_t)count : fallback;
}

struct place value_place(const struct value *map, const char *path)
{
	const struct value *value = value_at(map, path);

	return value ? value->place : (struct place){0};
}

bool duration_hours(double *out, struct text text)
{
	static const struct {
		const char *unit;
		double hours;
	} units[] = {{"mo", 730.5}, {"h", 1}, {"d", 24}, {"w", 168}, {"y", 8766}};
	double number;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!text_ends(text, units[i].unit))
			continue;
		struct text digits = text_cut(text, 0, text.len - text_of(units[i].unit).len);
		if (!digits.len || digits.at[0] == '+' || !is_plain_number(&number, digits) || number < 0)
			return false;
		*out = number * units[i].hours;
		return true;
	}
	return false;
}

bool is_id(struct text text, bool run)
{
	if (!text.len || text.len > 64 || (run && text_is(text, "snapshots")))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'z';
		if (!letter && !(digit && (run || i > 0)) && !((c == '_' || c == '-') && i > 0))
			return false;
	}
	return true;
}

bool is_inner_path(struct text path)
{
	if (!path.len)
		return false;
	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] == '\\' || (unsigned char)path.at[i] < ' ' || path.at[i] == 127)
			return false;
	for (;;) {
		size_t at = text_find(path, '/');
		struct text name = text_cut(path, 0, at);
		if (!name.len || text_is(name, ".") || text_is(name, "..") || text_is_nocase(name, ".git"))
			return false;
		if (at == path.len)
			return true;
		path = text_cut(path, at + 1, path.len);
	}
}

struct reference reference_of(const struct value *scalar)
{
	struct reference out = {0};

	if (scalar && scalar->kind == VALUE_MAP)
		scalar = value_get(scalar, "id");
	if (!scalar || scalar->kind != VALUE_SCALAR)
		return out;
	size_t at = text_find(scalar->text, '@');
	out.id = text_cut(scalar->text, 0, at);
	if (at < scalar->text.len)
		out.pin = text_cut(scalar->text, at + 1, scalar->text.len);
	out.place = scalar->place;
	return out;
}

bool reference_matches(const struct reference *reference, struct text version)
{
	struct semver parsed;

	if (!reference->pin.len)
		return true;
	return semver_parse(&parsed, version) && semver_satisfies(&parsed, reference->pin);
}
