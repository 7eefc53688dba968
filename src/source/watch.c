#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "repository.h"

static void expire(int number)
{
	static const char message[] = "galley: repository is damaged: an object could not be read to its end in time; run git fsck\n";

	(void)number;
	/* Nothing can be done about a failing write here. */
	if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
		_exit(EXIT_UNABLE);
	_exit(EXIT_UNABLE);
}

void watch_install(void)
{
	struct sigaction action;

	if (sigaction(SIGALRM, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
		return;
	memset(&action, 0, sizeof action);
	action.sa_handler = expire;
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
}

void watch_start(unsigned seconds)
{
	if (seconds)
		alarm(seconds);
}

void watch_stop(void)
{
	alarm(0);
}
