/* May a campaign be sent as it is now? All that keeps it from that, each with its field and the step of the composer in
 * which it is put right (composing/missing.h). Asked again at the time of a campaign that was scheduled: lists, fields
 * and connections may have gone meanwhile. */
#ifndef DISPATCH_READY_H
#define DISPATCH_READY_H

#include "composing/missing.h"
#include "core/process/settings.h"

enum { HINDRANCES_MAX = 40 };

/* *hindrances: struct missing; none: it may be sent. Links and the sender's domain count as they were looked up last;
 * what was not looked up yet keeps nothing from being sent. `by_time`: it is to be sent later, so that there is nobody
 * to send it to does not matter yet. */
bool ready_check(struct store *store, const struct settings *settings, const struct composition *said, bool by_time,
                 struct moment now, struct arena *arena, struct rows *hindrances, struct error *err) MUST_CHECK;

/* INVALID, with the first of them and its field; all are among `problems`, which may be NULL. True if there is none. */
bool ready_refuse(const struct rows *hindrances, struct arena *arena, struct problems *problems,
                  struct error *err) MUST_CHECK;

#endif
