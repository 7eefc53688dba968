#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

/* Milliseconds that never go back. */
static uint64_t clock_now(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void begin_line(struct invocation *invocation)
{
	const char *terminal = getenv("TERM");
	struct winsize size = {0};
	bool seen = !invocation->quiet && isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;

	if (seen && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
		size.ws_col = 0;
	progress_line_begin(&invocation->line, seen ? STDERR_FILENO : -1, size.ws_col ? size.ws_col : 80, clock_now);
}

int cli_run(int argc, char **argv)
{
	struct invocation invocation = {.max_findings = SIZE_MAX, .max_bytes = SIZE_MAX, .rows = SIZE_MAX};
	struct buffer out;

	arena_init(&invocation.arena);
	int code = command_parse(&invocation, argc, argv);
	if (code == EXIT_OK && (invocation.help || invocation.version)) {
		buffer_init(&out);
		if (invocation.version)
			buffer_string(&out, "galley " GALLEY_VERSION "\n");
		else
			help_print(&out, invocation.command == &command_help ? NULL : invocation.command);
		code = session_write(&invocation, &out, EXIT_OK);
		buffer_release(&out);
	} else if (code == EXIT_OK) {
		begin_line(&invocation);
		code = invocation.command->run(&invocation);
	}
	arena_release(&invocation.arena);
	return code;
}
