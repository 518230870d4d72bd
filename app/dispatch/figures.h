/* The figures of an own campaign, as an observed one has them (campaigns/history.h): snapshots, appended while it is
 * sent, and once it has been. sent: accepted by a server, or refused because nobody has the address (a hard bounce).
 * What else failed, and what is uncertain, is in no rate; dispatch/progress.h has it. Opens, clicks and unsubscribes
 * are people of whom nothing says that a machine did it (dispatch/answers.h); unknown where they are not tracked. */
#ifndef DISPATCH_FIGURES_H
#define DISPATCH_FIGURES_H

#include "dispatch/answers.h"
#include "dispatch/block.h"
#include "dispatch/returned.h"

enum { FIGURES_EVERY_MS = 60 * 1000 };

/* Pure. Of the sum of all blocks' states, and of what came back. */
struct metrics own_figures_of(const struct block_state *sum, const struct answers *answers,
                              const struct returned_counts *returned, bool tracks_opens, bool tracks_clicks);

/* Appends a snapshot if a figure changed, and the newest is FIGURES_EVERY_MS old; `is_over`: however old. */
bool figures_save(struct store *store, const char *campaign_id, bool is_over, struct moment now, struct arena *arena,
                  struct error *err) MUST_CHECK;

#endif
