/* Events of mail providers: kept, then acted on once, whatever their order and however often they come. */
#ifndef INBOUND_HOOKING_H
#define INBOUND_HOOKING_H

#include "inbound/hook_event.h"
#include "inbound/receiving.h"

struct hook_result {
	int64_t received, repeated; /* of one request; repeated: had come before */
};

/* Keeps them all, durably, then acts on as many as about a second allows; `telltale-audience` acts on the rest. A
 * return path counts only with a MAC under one of `keys`. */
bool hook_take(struct store *store, const struct mac_ring *keys, const struct rows *events, struct moment now,
               struct arena *arena, struct hook_result *result, struct error *err) MUST_CHECK;

/* A provider has delivered these emails of ours: what was uncertain of them is not any more. Of them only the email is
 * read; nothing is kept. May be repeated. */
bool hook_arrived(struct store *store, const struct mac_ring *keys, const struct rows *events, struct moment now,
                  struct arena *arena, struct error *err) MUST_CHECK;

/* Of telltale-audience: acts on what waits. */
extern const struct job_kind hook_job;

#endif
