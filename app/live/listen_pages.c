/* Who may listen to live messages: nginx asks here before it lets anybody in (deploy/nginx.conf.in). 204: may. It takes
 * no other refusal than 401 and 403, so the header X-Listening says which one it is. */
#include "live/listen_pages.h"

#include <string.h>

#include "campaigns/campaign.h"
#include "core/process/push.h"
#include "dispatch/live.h"
#include "live/origin.h"
#include "notices/listeners.h"

/* A browser sends the cookie from any site's page; a token nobody sends by accident. */
static bool comes_from_here(const struct exchange *x) {
	return !x->identity.session ||
	       origin_is_ours(&(struct origin){ request_header(x, "Origin"), x->origin_site,
	                                        request_header(x, "X-Asked-Host"), x->settings->public_url });
}

static bool refuse(struct exchange *x, const char *why) {
	x->status = 403;
	reply_header(x, "X-Listening", why);
	return reply_bytes(x, "text/plain", "", 0);
}

static bool admit(struct exchange *x) {
	x->status = 204;
	return reply_bytes(x, "text/plain", "", 0);
}

static bool listen_to_notifications(struct exchange *x, struct error *err) {
	(void)err;
	if (!comes_from_here(x))
		return refuse(x, "foreign");
	(void)listeners_renew(x->store, PUSH_NOTIFICATIONS, x->now);
	return admit(x);
}

static bool listen_to_campaign(struct exchange *x, struct error *err) {
	static struct live live; /* of this worker */
	struct campaign campaign;
	bool found;
	if (!comes_from_here(x))
		return refuse(x, "foreign");
	if (!store_is_id(text_after(x->values[0], "campaign_")))
		return refuse(x, "missing");
	if (!campaign_find(x->store, x->values[0], x->arena, &campaign, &found, err))
		return false;
	if (!found)
		return refuse(x, "missing");
	(void)listeners_renew(x->store, campaign.id, x->now);
	/* So that there is something to be told at once, however long ago the last message was sent. */
	if (campaign.origin == CAMPAIGN_OWN)
		live_progress(&live, x->store, campaign.id, x->now);
	return admit(x);
}

const struct route listen_routes[] = {
	{ "GET", "/ws/notifications", GUARD_SIGNED_IN, listen_to_notifications },
	{ "GET", "/ws/:campaign_id", GUARD_SIGNED_IN, listen_to_campaign },
	{ 0 },
};
