/* Programs without arguments, configured only by the environment. */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <stdbool.h>

/* Returns false if main is to return *status: help was requested and printed (0), or there were arguments (2). `about`
 * is a sentence on what the program does. */
bool program_begins(int count, char *const *words, const char *about, int *status);

#endif
