#include "refusal.h"

#include "arena.h"

int refusal_set(struct refusal *refusal, struct place place, struct arena *arena, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	*refusal = (struct refusal){.place = place, .message = text_format_list(arena, format, arguments)};
	va_end(arguments);
	return -1;
}

int refusal_help(struct refusal *refusal, struct arena *arena, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	refusal->help = text_format_list(arena, format, arguments);
	va_end(arguments);
	return -1;
}

int refusal_because(struct refusal *refusal, struct place place, struct arena *arena, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	refusal->because = place;
	refusal->reason = text_format_list(arena, format, arguments);
	va_end(arguments);
	return -1;
}
