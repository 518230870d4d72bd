/* What people decide of what is noted of them. */
#include "subscribing/own_data.h"

#include "audience/contacts/change.h"
#include "core/store/version.h"

bool tracking_say(const struct acting *acting, const char *contact_id, const struct tracking *tracking,
                  struct error *err) {
	const struct contact_request request = { .tracking = *tracking, .rev = COUNT_NONE };
	const struct contact_saying saying = { .given = *TEXTS("tracking"), .source = SOURCE_FORM, .now = acting->now };
	return contact_change(acting->store, contact_id, &request, &saying, acting->arena, err) &&
	       version_bump(acting->store, REALM_PEOPLE, err);
}

enum tracking_state tracking_refused(enum tracking_state before, bool *changes) {
	*changes = before != TRACKING_REFUSED && before != TRACKING_WITHDRAWN;
	return *changes ? before == TRACKING_GRANTED ? TRACKING_WITHDRAWN : TRACKING_REFUSED : before;
}

bool tracking_refuse(const struct acting *acting, const struct contact *contact, const char *source, const char *text,
                     struct error *err) {
	bool changes;
	const struct tracking tracking = { tracking_refused((enum tracking_state)contact->tracking.state, &changes), source,
		                               text, acting->now };
	return !changes || tracking_say(acting, contact->id, &tracking, err);
}
