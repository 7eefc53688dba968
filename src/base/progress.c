#include "progress.h"

void progress_tell(const struct progress *progress, enum progress_kind kind, struct text name, uint64_t done, uint64_t all)
{
	if (progress)
		progress->tell(progress->context, kind, name, done, all);
}
