/* The timeline on a contact's page. */
#ifndef CONSOLE_PERSON_TIMELINE_H
#define CONSOLE_PERSON_TIMELINE_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"
#include "events/event.h"

/* When the contact joined a list, or an email of a campaign of one's own was sent to them. */
struct person_joined {
	struct moment at;
	const char *list, *list_id;      /* its name, and its id if it is known */
	const char *email, *campaign_id; /* of an email: its name (dispatch/message.h), and its campaign; else NULL */
};

struct person_timeline {
	const struct event *events; /* newest first, those without a time at the end */
	int count;
	const struct person_joined *joined;
	int joined_count;
	bool is_whole; /* nothing older is left out */
};

/* The type of event in ?show=; EVENT_TYPE_COUNT for all of them. INVALID: there is no such type. */
bool person_timeline_read(const struct exchange *x, enum event_type *type, struct error *err) MUST_CHECK;

/* Adds "timeline" and its filter, "shown" and "shows". */
bool person_put_timeline(struct exchange *x, struct value *view, const struct person_timeline *timeline,
                         enum event_type type, struct error *err) MUST_CHECK;

/* Finds the campaigns of events one after another; those of one campaign are usually adjacent. Begins with { 0 }. */
struct person_naming {
	struct campaign campaign;
	const char *known;
	bool found;
};
bool person_name_campaign(struct exchange *x, struct person_naming *naming, const struct event *event,
                          struct error *err) MUST_CHECK;

#endif
