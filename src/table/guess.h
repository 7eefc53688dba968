/* Guess: what a file that should be CSV is instead, and its delimiter, from its first bytes.
 *
 * Ownership: none. Failure: none. */
#ifndef GALLEY_GUESS_H
#define GALLEY_GUESS_H

#include "text.h"

/* What the file is when it is no CSV, in words that follow "is ", and the remedy; NULL when nothing speaks against CSV. */
struct foreign { const char *what, *remedy; };
struct foreign guess_foreign(struct text start);

/* The delimiter of a header line: the most frequent of , ; tab | outside quotes, in that order on a tie. */
char guess_delimiter(struct text line);
/* Whether a line is a spreadsheet's "sep=X", and X. */
bool guess_is_declaration(char *delimiter, struct text line);

#endif
