/* Programs that take no words: all they need comes from the environment. */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <stdbool.h>

/* False: the words asked for help, which was printed (*status 0), or are refused (*status 2), and main returns *status.
 * `about` is a sentence on what the program does. */
bool program_begins(int count, char *const *words, const char *about, int *status);

#endif
