/* Work of which a machine does one piece at a time, in whatever process: hashing a password, decoding an image. */
#ifndef PROCESS_TURNS_H
#define PROCESS_TURNS_H

#include <stdbool.h>

#include "core/base/error.h"

/* `path`: a lock file, the same for all. One has its turn, and at most `places` - 1 others wait for it, so that workers
 * remain for what is quick. If the file cannot be opened there is no limit. Begin with `file` = -1. */
struct turns {
	const char *path;
	int places;
	int file; /* -1: it is not our turn */
};

/* BUSY, with these words, at once if all places are taken, after a second if the turn does not come. A turn ends with
 * its process, too. */
bool turns_begin(struct turns *turns, const char *words, struct error *err) MUST_CHECK;
/* The same for one whom the others must not keep away: there is a place more for it, it has the next turn, and who else
 * waits is told BUSY. There is one such at a time; a second one is as all others. */
bool turns_begin_first(struct turns *turns, const char *words, struct error *err) MUST_CHECK;
void turns_end(struct turns *turns);

/* Pure. Of so many workers one always remains for what is quick. */
int turns_places(int64_t workers);

#endif
