#include "trailer.h"

#include <string.h>

struct text trailer_get(struct text message, const char *key, size_t at)
{
	struct text rest = message;

	while (rest.len) {
		size_t end = text_find(rest, '\n');
		struct text line = text_cut(rest, 0, end);
		if (text_starts(line, "Galley-") && text_starts(text_cut(line, 7, line.len), key)) {
			struct text tail = text_cut(line, 7 + strlen(key), line.len);
			if (text_starts(tail, ": ") && at-- == 0)
				return text_cut(tail, 2, tail.len);
		}
		rest = text_cut(rest, end + 1, rest.len);
	}
	return TEXT("");
}
