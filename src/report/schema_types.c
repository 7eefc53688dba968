#include "schema_types.h"

#include <string.h>

#include "buffer.h"
#include "limits.h"

/* As is_plain_number() reads it, without a sign. */
#define DECIMAL "(?:(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
#define ID_PATTERN "[a-z][a-z0-9_-]{0,63}"
/* As instant_parse() reads dates; leap years are beyond a pattern of this size. */
#define DATE_PATTERN \
	"(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))"
#define CLOCK_PATTERN \
	"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\\.[0-9]+)?)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?"
#define WHOLE "(?:0|[1-9][0-9]*)"
#define LABELS "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*"
#define PRERELEASE "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
#define VERSION_LABELS "(?:-" PRERELEASE "(?:\\." PRERELEASE ")*)?(?:\\+" LABELS ")?"
/* Ranges as semver_range_valid() reads them. */
#define PARTIAL "v?(?:" WHOLE "|[xX*])(?:\\.(?:" WHOLE "|[xX*])){0,2}" VERSION_LABELS
#define COMPARATOR "(?:>=|<=|~>|[><=~^])?[ \\t]*" PARTIAL
#define ALTERNATIVE \
	"[ \\t]*(?:" PARTIAL "[ \\t]+-[ \\t]+" PARTIAL "[ \\t]*|(?:" COMPARATOR "(?:[ \\t]+" COMPARATOR ")*)?[ \\t]*)"
#define RANGE "(?=[^\\r\\n])" ALTERNATIVE "(?:\\|\\|" ALTERNATIVE ")*"
#define NAME_OF_FILE "[^/\\\\\\u0000-\\u001f\\u007f]+"

static const char *const patterns[] = {
	[FIELD_ID] = "^" ID_PATTERN "$",
	[FIELD_FAMILY] = "^" ID_PATTERN "$",
	[FIELD_RUN_ID] = "^(?!snapshots$)[a-z0-9][a-z0-9_-]{0,63}$",
	[FIELD_VERSION] = "^" WHOLE "\\." WHOLE "\\." WHOLE VERSION_LABELS "$",
	[FIELD_REFERENCE] = "^" ID_PATTERN "(?:@" RANGE ")?$",
	[FIELD_PACK_ITEM] = "^" ID_PATTERN "(?:@" RANGE ")?$",
	[FIELD_DATE] = "^" DATE_PATTERN "$",
	[FIELD_TIME] = "^" DATE_PATTERN "(?:[Tt ]" CLOCK_PATTERN ")?$",
	[FIELD_DURATION] = "^" DECIMAL "(?:mo|h|d|w|y)$",
	[FIELD_SPAN] = "^" DECIMAL "(?:mo|h|d|w|y)$",
	[FIELD_PATH] = "^(?!(?:.*/)?(?:\\.\\.?|\\.[gG][iI][tT])(?:/|$))" NAME_OF_FILE "(?:/" NAME_OF_FILE ")*$",
	[FIELD_ALLOWANCE] = "^\\+?" DECIMAL "%$",
	[FIELD_SIZE] = "^0*[1-9][0-9]*(?:[ \\t]*(?:KiB|MiB|GiB))?$",
	[FIELD_CHARACTER] = "^[\\t !#-&(-/:-@\\[-`{-~]$",
	[FIELD_EXPRESSION] = NULL,
};

struct json *schema_ref(const char *name)
{
	struct json *ref = json_object();
	struct buffer path;

	buffer_init(&path);
	buffer_format(&path, "#/$defs/%s", name);
	json_add_string(ref, "$ref", path.data);
	buffer_release(&path);
	return ref;
}

static struct json *typed(const char *type)
{
	struct json *schema = json_object();

	json_add_string(schema, "type", type);
	return schema;
}

static struct json *string_of(const char *pattern)
{
	struct json *schema = typed("string");

	json_add_count(schema, "minLength", 1);
	if (pattern)
		json_add_string(schema, "pattern", pattern);
	return schema;
}

static struct json *any_of(struct json *first, struct json *second, struct json *third)
{
	struct json *schema = json_object(), *list = json_array();

	json_push(list, first);
	json_push(list, second);
	if (third)
		json_push(list, third);
	json_add(schema, "anyOf", list);
	return schema;
}

static struct json *number_from(const char *type, double min)
{
	struct json *schema = typed(type);

	json_add_number(schema, "minimum", min);
	return schema;
}

/* Letters of either case. */
static void add_nocase(struct buffer *out, const char *word)
{
	for (; *word; word++) {
		if (*word >= 'a' && *word <= 'z')
			buffer_format(out, "[%c%c]", *word, *word - 'a' + 'A');
		else
			buffer_char(out, *word);
	}
}

static struct json *method_type(void)
{
	struct json *schema = json_object(), *keys = json_array(), *type;
	struct buffer pattern;

	buffer_init(&pattern);
	buffer_string(&pattern, "^(?:");
	for (size_t i = 0; i < schema_method_count; i++) {
		json_push_text(keys, text_of(schema_methods[i].key));
		add_nocase(&pattern, schema_methods[i].key);
		buffer_char(&pattern, '|');
	}
	json_push_text(keys, TEXT("auto"));
	add_nocase(&pattern, "auto");
	buffer_string(&pattern, ")$");
	json_add(schema, "enum", keys);
	type = any_of(schema, string_of(pattern.data), NULL);
	buffer_release(&pattern);
	return type;
}

/* One field of a schedule as cron_check() reads it: a list of *, A, A-B, the first and last with a step. */
static void add_cron_field(struct buffer *out, const char *value, const char *step)
{
	struct buffer item;

	buffer_init(&item);
	buffer_format(&item, "(?:(?:\\*|%s-%s)(?:/%s)?|%s)", value, value, step, value);
	buffer_format(out, "%s(?:,%s)*", item.data, item.data);
	buffer_release(&item);
}

static struct json *cron_type(void)
{
	static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
	static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
	static const char *const blanks = "[ \\t]+";
	struct buffer pattern, month, day;

	buffer_init(&month);
	buffer_init(&day);
	buffer_init(&pattern);
	buffer_string(&month, "(?:0*(?:[1-9]|1[0-2])");
	for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
		buffer_char(&month, '|');
		add_nocase(&month, months[i]);
	}
	buffer_string(&month, ")");
	buffer_string(&day, "(?:0*[0-7]");
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		buffer_char(&day, '|');
		add_nocase(&day, days[i]);
	}
	buffer_string(&day, ")");
	buffer_string(&pattern, "^[ \\t]*");
	add_cron_field(&pattern, "0*[0-5]?[0-9]", "0*(?:[1-9]|[1-5][0-9])");
	buffer_string(&pattern, blanks);
	add_cron_field(&pattern, "0*(?:[01]?[0-9]|2[0-3])", "0*(?:[1-9]|1[0-9]|2[0-3])");
	buffer_string(&pattern, blanks);
	add_cron_field(&pattern, "0*(?:[1-9]|[12][0-9]|3[01])", "0*(?:[1-9]|[12][0-9]|3[01])");
	buffer_string(&pattern, blanks);
	add_cron_field(&pattern, month.data, "0*(?:[1-9]|1[0-2])");
	buffer_string(&pattern, blanks);
	add_cron_field(&pattern, day.data, "0*[1-7]");
	buffer_string(&pattern, "[ \\t]*$");
	struct json *schema = string_of(pattern.data);
	json_add_count(schema, "maxLength", limits_default.cron_bytes);
	buffer_release(&month);
	buffer_release(&day);
	buffer_release(&pattern);
	return schema;
}

static struct json *share_type(void)
{
	struct json *schema = number_from("number", 0);

	json_add_count(schema, "maximum", 1);
	return schema;
}

const char *shared_type_name(enum field_type type)
{
	static const char *const names[] = {
		[FIELD_TEXT] = "text",           [FIELD_ID] = "id",
		[FIELD_RUN_ID] = "runId",        [FIELD_FAMILY] = "family",
		[FIELD_VERSION] = "version",     [FIELD_REFERENCE] = "reference",
		[FIELD_TIME] = "time",           [FIELD_DATE] = "date",
		[FIELD_DURATION] = "duration",   [FIELD_CRON] = "schedule",
		[FIELD_PATH] = "path",           [FIELD_METHOD] = "driftMethod",
		[FIELD_EXPRESSION] = "condition", [FIELD_ALLOWANCE] = "allowance",
		[FIELD_SIZE] = "size",           [FIELD_SPAN] = "span",
		[FIELD_CHARACTER] = "character", [FIELD_RULE] = NULL,
	};

	return (size_t)type < sizeof names / sizeof *names ? names[type] : NULL;
}

struct json *shared_type(enum field_type type)
{
	const char *pattern = (size_t)type < sizeof patterns / sizeof *patterns ? patterns[type] : NULL;

	switch (type) {
	case FIELD_TEXT: return any_of(string_of(NULL), typed("number"), typed("boolean"));
	case FIELD_RUN_ID: return any_of(string_of(pattern), number_from("integer", 0), NULL);
	case FIELD_PATH: return any_of(string_of(pattern), typed("number"), NULL);
	case FIELD_METHOD: return method_type();
	case FIELD_CRON: return cron_type();
	case FIELD_ALLOWANCE: return any_of(number_from("number", 0), string_of(pattern), NULL);
	case FIELD_SIZE: return any_of(number_from("integer", 1), string_of(pattern), NULL);
	case FIELD_SPAN: return any_of(string_of(pattern), share_type(), NULL);
	case FIELD_VERSION: {
		struct json *schema = string_of(pattern);
		json_add_count(schema, "maxLength", 256);
		return schema;
	}
	default: return string_of(pattern);
	}
}

struct json *measures_type(void)
{
	struct json *schema = typed("object"), *free_keys = json_object();

	json_add_bool(free_keys, "^x-", true);
	json_add(schema, "patternProperties", free_keys);
	json_add(schema, "additionalProperties", schema_ref("measure"));
	return schema;
}

struct json *measure_type(void)
{
	return any_of(typed("number"), string_of("^[+-]?\\.?(?:[nN][aA][nN]|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?)$"),
	              schema_ref("measures"));
}

struct json *unset_type(void)
{
	struct json *schema = typed("array");

	json_add_string(schema, "description", "keys that are not inherited");
	json_add_count(schema, "minItems", 1);
	json_add(schema, "items", shared_type(FIELD_TEXT));
	return schema;
}

static struct json *patch_type(bool keyed_item)
{
	struct json *schema = json_object(), *words = json_array();

	json_add_string(schema, "description",
	                keyed_item ? "delete removes the inherited item, replace drops all that it inherits" : "drops all that is inherited here");
	if (keyed_item)
		json_push_text(words, TEXT("delete"));
	json_push_text(words, TEXT("replace"));
	json_add(schema, "enum", words);
	return schema;
}

struct json *drop_type(void)
{
	struct json *schema = typed("object"), *properties = json_object(), *required = json_array();

	json_add_string(schema, "description", "as the first item: drops all that is inherited");
	json_add(properties, "$patch", patch_type(false));
	json_push_text(required, TEXT("$patch"));
	json_add(schema, "properties", properties);
	json_add(schema, "required", required);
	json_add_bool(schema, "additionalProperties", false);
	return schema;
}

void add_operators(struct json *properties, struct json *key_patterns, bool recipe, bool keyed_item)
{
	if (!recipe) {
		json_add_bool(key_patterns, "^\\$", false);
		json_add_bool(key_patterns, "^x-", true);
		return;
	}
	json_add(properties, "$unset", schema_ref("unset"));
	json_add(properties, "$patch", patch_type(keyed_item));
	json_add_bool(key_patterns, "^\\$(?!(?:unset|patch)$)", false);
	json_add(key_patterns, "^x-", schema_ref("free"));
}

struct json *free_type(void)
{
	struct json *object = typed("object"), *array = typed("array"), *properties = json_object(), *key_patterns = json_object();
	struct json *list = json_array(), *schema = json_object();
	static const char *const plain[] = {"string", "number", "boolean", "null"};

	json_add(properties, "$unset", schema_ref("unset"));
	json_add(properties, "$patch", patch_type(false));
	json_add_bool(key_patterns, "^\\$(?!(?:unset|patch)$)", false);
	json_add(object, "properties", properties);
	json_add(object, "patternProperties", key_patterns);
	json_add(object, "additionalProperties", schema_ref("free"));
	json_add(array, "items", schema_ref("free"));
	json_push(list, object);
	json_push(list, array);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		json_push(list, typed(plain[i]));
	json_add(schema, "anyOf", list);
	return schema;
}
