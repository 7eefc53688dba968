#include <string.h>

#include "repository.h"

enum { NAME_BYTES = 255 };

static bool is_plain_name(struct text name)
{
	return name.len > 0 && name.len <= NAME_BYTES && !text_is(name, ".") && !text_is(name, "..") &&
	       !text_is_nocase(name, ".git");
}

bool path_is_plain(struct text path)
{
	if (path.len == 0 || memchr(path.at, '\0', path.len))
		return false;
	for (;;) {
		size_t end = text_find(path, '/');
		if (!is_plain_name(text_cut(path, 0, end)))
			return false;
		if (end == path.len)
			return true;
		path = text_cut(path, end + 1, path.len);
	}
}
