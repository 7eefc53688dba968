#include "parts.h"

/* Each in the order of its enum; the first stands for what could not be read. */
static const char *const levels[] = {"", "baseline", "industry", "client"};
static const char *const record_statuses[] = {"", "draft", "approved", "archived"};
static const char *const model_statuses[] = {"", "draft", "staging", "production", "retired"};
static const char *const run_types[] = {"", "train", "eval", "backtest"};
static const char *const run_statuses[] = {"", "queued", "running", "succeeded", "failed", "cancelled"};
static const char *const directions[] = {"", "lower", "higher", "target"};

#define NAME_OF(list, value) ((size_t)(value) < sizeof list / sizeof *list ? list[value] : "")
#define VALUE_OF(list, name) find(list, sizeof list / sizeof *list, name)

static int find(const char *const *names, size_t count, struct text name)
{
	for (size_t i = 1; i < count; i++)
		if (text_is(name, names[i]))
			return (int)i;
	return 0;
}

const char *level_name(enum level level)
{
	return NAME_OF(levels, level);
}

const char *record_status_name(enum record_status status)
{
	return NAME_OF(record_statuses, status);
}

const char *model_status_name(enum model_status status)
{
	return NAME_OF(model_statuses, status);
}

const char *run_type_name(enum run_type type)
{
	return NAME_OF(run_types, type);
}

const char *run_status_name(enum run_status status)
{
	return NAME_OF(run_statuses, status);
}

const char *direction_name(enum direction direction)
{
	return NAME_OF(directions, direction);
}

enum level level_of(struct text name)
{
	return (enum level)VALUE_OF(levels, name);
}

enum record_status record_status_of(struct text name)
{
	return (enum record_status)VALUE_OF(record_statuses, name);
}

enum model_status model_status_of(struct text name)
{
	return (enum model_status)VALUE_OF(model_statuses, name);
}

enum run_type run_type_of(struct text name)
{
	return (enum run_type)VALUE_OF(run_types, name);
}

enum run_status run_status_of(struct text name)
{
	return (enum run_status)VALUE_OF(run_statuses, name);
}

enum direction direction_of(struct text name)
{
	return (enum direction)VALUE_OF(directions, name);
}
