#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "target.h"

struct patience patience_for(unsigned seconds)
{
	struct patience patience = {.turn = 0};

	clock_gettime(CLOCK_MONOTONIC, &patience.until);
	patience.until.tv_sec += (time_t)seconds;
	return patience;
}

/* The signals are blocked while we wait, but nothing has changed yet: let them through soon. */
static bool is_stop_pending(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
	                                     sigismember(&pending, SIGHUP) == 1);
}

bool patience_wait(struct patience *patience)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec > patience->until.tv_sec ||
	    (now.tv_sec == patience->until.tv_sec && now.tv_nsec >= patience->until.tv_nsec) || is_stop_pending())
		return false;
	unsigned noise = (unsigned)now.tv_nsec / 1000 ^ (unsigned)getpid() * 2654435761u ^ patience->turn++ * 40503u;
	struct timespec moment = {0, 1000000 + (long)(noise % 29000) * 1000};
	nanosleep(&moment, NULL);
	return true;
}

/* Seconds since the file changed, by the clock that stamped it; no page ever shows this. */
static long file_age(const struct stat *status)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (long)(now.tv_sec - status->st_mtim.tv_sec);
}

bool lock_is_old(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && file_age(&status) > PATIENCE_SECONDS;
}

static const char *lock_age(const char *path, struct arena *arena)
{
	static const struct {
		long seconds;
		const char *name;
	} units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
	struct stat status;

	if (lstat(path, &status) != 0)
		return "0 seconds";
	long age = file_age(&status), count = 0;
	size_t unit = 0;
	while (unit < 3 && age < units[unit].seconds)
		unit++;
	count = age > 0 ? age / units[unit].seconds : 0;
	return arena_format(arena, "%ld %s%s", count, units[unit].name, count == 1 ? "" : "s");
}

int lock_fail(struct failure *failure, enum exit_code code, const char *path, struct arena *arena)
{
	return failure_set(failure, code,
	                   "'%s' is there, %s old: another git command is at work, or one died; once none is running: rm %s", path,
	                   lock_age(path, arena), shell_word(text_of(path), arena));
}

const char *shell_word(struct text path, struct arena *arena)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=@,";
	size_t len = 0, quotes = 0;

	for (size_t i = 0; i < path.len; i++) {
		len += path.at[i] != '\0' && strchr(plain, path.at[i]) != NULL;
		quotes += path.at[i] == '\'';
	}
	if (path.len && len == path.len && path.at[0] != '-')
		return arena_copy(arena, path.at, path.len);
	char *word = arena_alloc(arena, path.len + 3 * quotes + 3), *to = word;
	*to++ = '\'';
	for (size_t i = 0; i < path.len; i++) {
		if (path.at[i] != '\'') {
			*to++ = path.at[i];
			continue;
		}
		memcpy(to, "'\\''", 4);
		to += 4;
	}
	*to++ = '\'';
	return word;
}
