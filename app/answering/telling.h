/* What was folded becomes figures of the campaign: its snapshots, growth and links. Private to this folder. */
#ifndef ANSWERING_TELLING_H
#define ANSWERING_TELLING_H

#include "answering/fold_block.h"

/* It reads all events of the campaign, so it takes seconds for a large one. Sets told_at. */
bool fold_tell(const struct folding *folding, struct error *err) MUST_CHECK;

#endif
