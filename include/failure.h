/* Failure: the tool could not do its work. The other kind of bad news, the user's files being wrong, is a diag.
 *
 * A function that can fail returns -1 after failure_set(), else 0; the message says what was tried, on which path in single
 * quotes, and the library's reason. Nobody prints it but the command line.
 * Ownership: the caller's struct, no allocation. */
#ifndef GALLEY_FAILURE_H
#define GALLEY_FAILURE_H

enum exit_code {
	EXIT_OK = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_UNABLE = 3,
	EXIT_LOST_RACE = 4,
};

struct failure {
	enum exit_code code;
	char message[2048];
};

/* Fills failure in with the code and message, and returns -1. */
int failure_set(struct failure *failure, enum exit_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
