/* The command line: reads arguments, environment and clock, runs one command, and gives the exit code.
 *
 * Ownership: everything is released before it returns. Failure: printed on stderr here and nowhere else; the exit code says which kind. */
#ifndef GALLEY_CLI_H
#define GALLEY_CLI_H

int cli_run(int argc, char **argv);

#endif
