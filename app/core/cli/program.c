/* Usage of programs without arguments. */
#include "core/cli/program.h"

#include <libgen.h>
#include <stdio.h>

#include "core/base/text.h"

bool program_begins(int count, char *const *words, const char *about, int *status) {
	if (count <= 1)
		return true;
	const char *name = basename(words[0]);
	bool help = text_same(words[1], "--help") || text_same(words[1], "-h");
	if (help)
		printf("usage: %s\n\n%s\nIts settings come from the environment; deploy/up starts it with those of a home.\n",
		       name, about);
	else
		fprintf(stderr, "%s: unknown option or word '%s'; see %s --help\n", name, words[1], name);
	*status = help ? 0 : 2;
	return false;
}
