/* One look-up of a job, with what it needs; private to the room. Ends with its arena. */
#ifndef PREFLIGHT_LOOKING_H
#define PREFLIGHT_LOOKING_H

#include "core/process/settings.h"
#include "preflight/facts.h"

struct looking;

/* NULL, with *err: the setting DNS_SERVERS cannot be read. */
struct looking *looking_begin_link(const char *url, const struct settings *settings, struct arena *arena,
                                   struct error *err);
struct looking *looking_begin_sender(const char *domain, const char *selector, const struct settings *settings,
                                     struct arena *arena, struct error *err);

/* Waits up to `ms` for something to happen; NULL: not over yet. */
const struct link_fact *looking_at_link(struct looking *looking, int ms);
const struct sender_facts *looking_at_sender(struct looking *looking, int ms);

#endif
