/* The account's time zone: part of the settings page, and JSON. */
#include "access/zone_pages.h"

#include "core/base/zones.h"
#include "core/http/parts.h"
#include "core/jobs/queue.h"

static const char COUNTING[] = "days"; /* key of the job that counts stored days anew (observing/days.h) */

struct zone_setting {
	const char *zone;
};
static const struct field zone_fields[] = { FIELD(struct zone_setting, zone, .flags = FIELD_REQUIRED,
	                                              .max = ZONE_NAME_MAX, .doc = "Like Europe/Berlin, or UTC") };
const struct record_type zone_record = RECORD_TYPE("AccountZone", struct zone_setting, zone_fields);

static bool find_progress(struct exchange *x, const char **progress, struct error *err) {
	struct moment now;
	struct job job;
	bool found = false;
	bool pending = !text_same(x->versions.zone, x->versions.counted_zone);
	*progress = pending ? "waiting" : NULL;
	if (pending && !queue_find_key(x->store, COUNTING, x->arena, &job, &found, &now, err))
		return false;
	if (found && job.progress)
		*progress = job.progress;
	return true;
}

bool zone_put(struct exchange *x, struct value *view, struct error *err) {
	const char *progress;
	if (!find_progress(x, &progress, err))
		return false;
	part_zones(x, view, "zone", exchange_typed(x, "zone", x->versions.zone));
	value_put_text(view, "zone_clock", zones_full(x->versions.zone, x->now, x->arena));
	value_put_text(view, "counting", progress);
	value_put_bool(view, "zone_saved", params_get(&x->query, "zone") != NULL);
	return true;
}

static bool reply_zone(struct exchange *x, struct error *err) {
	struct value *answer = value_map(x->arena);
	const char *progress;
	if (!find_progress(x, &progress, err))
		return false;
	value_put_text(answer, "zone", x->versions.zone);
	value_put_text(answer, "counting", progress);
	return reply_done(x, "/settings?zone=1", answer);
}

bool zone_save(struct exchange *x, struct error *err) {
	const struct zone_setting *asked = x->input;
	return zones_check(asked->zone, "zone", err) && version_set_zone(x->store, asked->zone, err) &&
	       versions_read(x->store, &x->versions, err) && reply_zone(x, err);
}

#define ZONE_SHAPE "zone:text counting:text"

const struct route zone_routes[] = {
	{ "GET", "/api/settings/zone", GUARD_SIGNED_IN, reply_zone, .summary = "The account's time zone",
	  .shape = ZONE_SHAPE },
	{ "PUT", "/api/settings/zone", GUARD_SIGNED_IN, zone_save, .summary = "Set the account's time zone",
	  .shape = ZONE_SHAPE, .input = &zone_record },
	{ 0 },
};
