/* telltale-keeper: starts the processes of a home and restarts what ends. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/jobs/owner.h"
#include "core/process/keeper.h"

static const char
	usage[] = "usage: telltale-keeper HOME [--clear]\n\n"
			  "Starts the processes that HOME/keeper/services lists and restarts what ends; deploy/up starts it,\n"
			  "deploy/service talks to it.\n"
			  "  --clear   ends what a keeper that was killed has left running\n";

/* HOME and nothing else, or --clear after it. */
static bool words_are_right(int count, char **words) {
	return (count == 2 || (count == 3 && text_same(words[2], "--clear"))) && *words[1] == '/';
}

int main(int count, char **words) {
	char owner[OWNER_TEXT];
	struct error err = ERROR_INIT;
	if (count > 1 && (text_same(words[1], "--help") || text_same(words[1], "-h"))) {
		(void)fputs(usage, stdout);
		return 0;
	}
	if (!words_are_right(count, words)) {
		(void)fprintf(stderr,
		              "telltale-keeper: it takes a home, an absolute path, not '%s'; see telltale-keeper --help\n",
		              count > 1 ? words[count - 1] : "");
		return 2;
	}
	(void)owner_self(owner);
	bool done = count == 3 ? keeper_clear(words[1], owner, &err) : keeper_run(words[1], owner, words, &err);
	if (!done)
		(void)fprintf(stderr, "telltale-keeper: %s\n", err.text);
	return done ? 0 : 1;
}
