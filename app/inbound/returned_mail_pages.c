/* Bounces and complaints as a page. What a mail says of other people is not shown: only what its report says. */
#include "inbound/returned_mail_pages.h"

#include <string.h>

#include "audience/contacts/contact.h"
#include "campaigns/campaign.h"
#include "core/http/parts.h"
#include "core/process/settings.h"
#include "core/store/page.h"
#include "inbound/fetching.h"
#include "inbound/receiving.h"

enum { ROWS = 50 };

/* --- how it gets here --- */

static const struct way {
	const char *name, *note;
	const char *setting; /* it is there if this is set */
} ways[] = {
	{ "Mail server’s pipe", "Each bounce as it comes, by telltale inbound", "BOUNCE_DOMAIN" },
	{ "Web requests", "To /hooks/bounce, signed", "BOUNCE_HOOK_KEYS" },
	{ "SendGrid", "To /hooks/sendgrid, signed by SendGrid", "SENDGRID_WEBHOOK_KEY" },
	{ "Twilio", "STOP, START and failures of text messages", "TWILIO_AUTH_TOKEN" },
	{ "EmailOctopus", "To /hooks/emailoctopus; complaints suppress", "EMAILOCTOPUS_WEBHOOK_SECRET" },
};

static void put_way(struct value *rows, const char *name, const char *note, bool is_set, const char *state,
                    const char *problem) {
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "name", name);
	value_put_text(row, "note", note);
	value_put_text(row, "class", problem ? "error" : is_set ? "sent" : "draft");
	value_put_text(row, "state", state);
	value_put_text(row, "problem", problem);
}

static bool put_mailbox(struct exchange *x, struct value *view, struct value *rows, struct error *err) {
	static const char name[] = "Mailbox by IMAP";
	const bool is_set = !text_is_empty(x->settings->imap_url);
	struct mailbox_state look;
	bool found = false;
	if (is_set && !mailbox_look(x->store, x->arena, &look, &found, err))
		return false;
	const char *note = !is_set  ? "Looked into every few minutes"
	                   : !found ? "Not looked into yet"
	                            : arena_print(x->arena, "Looked into %s, %s so far",
	                                          text_of_moment_near(x->arena, look.looked_at, x->now),
	                                          text_of_counted(x->arena, look.taken, "email", "emails"));
	put_way(rows, name, note, is_set,
	        !is_set                 ? "Not set up"
	        : found && look.problem ? "Failing"
	                                : "On",
	        found ? look.problem : NULL);
	value_put_text(view, "mailbox_problem", found ? look.problem : NULL);
	return true;
}

static bool put_ways(struct exchange *x, struct value *view, struct error *err) {
	struct value *rows = value_put(view, "ways", value_list(x->arena));
	if (!put_mailbox(x, view, rows, err))
		return false;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const bool is_set = !text_is_empty(settings_text(ways[i].setting));
		put_way(rows, ways[i].name, ways[i].note, is_set, is_set ? "On" : "Not set up", NULL);
	}
	return true;
}

/* --- what came --- */

static const struct {
	const char *label, *class;
} kinds[INBOUND_KIND_COUNT] = {
	[INBOUND_HARD] = { "Hard bounce", "error" },
	[INBOUND_SOFT] = { "Soft bounce", "draft" },
	[INBOUND_DELAYED] = { "Delayed", "draft" },
	[INBOUND_COMPLAINT] = { "Complaint", "error" },
	[INBOUND_AUTOMATIC] = { "Automatic answer", "draft" },
	[INBOUND_OTHER] = { "Something else", "draft" },
	[INBOUND_UNSUBSCRIBED] = { "Unsubscribed", "draft" },
	[INBOUND_STOP] = { "STOP", "draft" },
	[INBOUND_START] = { "START", "draft" },
};

/* *known: that of the row before, as bounces come campaign by campaign. */
static bool put_campaign(struct exchange *x, struct value *row, const char *id, struct campaign *known,
                         struct error *err) {
	bool found = id && text_same(known->id, id);
	if (id && !found && !campaign_find(x->store, id, x->arena, known, &found, err))
		return false;
	value_put_text(row, "campaign_id", found ? known->id : NULL);
	value_put_text(row, "campaign", found ? campaign_name(known) : NULL);
	return true;
}

static bool put_mails(struct exchange *x, struct value *view, const struct rows *rows, struct error *err) {
	const struct inbound_mail *mails = rows->items;
	struct strings ids = { arena_array(x->arena, const char *, rows->count + 1), 0 };
	struct value *list = value_put(view, "mails", value_list(x->arena));
	struct campaign campaign = { 0 };
	struct contact *people;
	int count;
	for (int i = 0; i < rows->count; i++)
		if (mails[i].contact_id)
			ids.items[ids.count++] = mails[i].contact_id;
	if (!contact_find_names(x->store, &ids, x->arena, &people, &count, err))
		return false;
	for (int i = 0; i < rows->count; i++) {
		struct value *row = value_push(list, value_map(x->arena));
		const struct contact *person = contact_with_id(people, count, mails[i].contact_id);
		const char *said = mails[i].words ? mails[i].words : "";
		value_put_text(row, "kind", kinds[mails[i].kind].label);
		value_put_text(row, "class", kinds[mails[i].kind].class);
		value_put_text(row, "contact_id", person ? person->id : NULL);
		value_put_text(row, "email", person ? person->email : mails[i].recipient);
		value_put_text(row, "status", mails[i].status && !strstr(said, mails[i].status) ? mails[i].status : NULL);
		value_put_text(row, "said", *said ? text_straight(x->arena, text_clean(x->arena, said)) : NULL);
		value_put_bool(row, "is_forwarded", mails[i].is_forwarded);
		value_put_bool(row, "waits", mails[i].waits);
		value_put_text(row, "when", text_of_moment_near(x->arena, mails[i].at, x->now));
		if (!put_campaign(x, row, mails[i].campaign_id, &campaign, err))
			return false;
	}
	value_put_bool(view, "none", rows->count == 0);
	return true;
}

static bool show(struct exchange *x, struct error *err) {
	const char *cursor = params_get(&x->query, "cursor");
	struct value *view = value_map(x->arena);
	struct page page;
	if (!inbound_page(x->store, cursor, ROWS, x->arena, &page, err) || !put_ways(x, view, err) ||
	    !put_mails(x, view, &page.rows, err))
		return false;
	value_put_text(view, "days", text_of_count(x->arena, INBOUND_KEPT_DAYS));
	value_put_bool(view, "has_pages", page.next || !text_is_empty(cursor));
	value_put_text(view, "first", text_is_empty(cursor) ? NULL : "/bounces");
	value_put_text(view, "next", page.next ? exchange_address(x, "/bounces", "cursor", page.next) : NULL);
	return reply_page(x, "inbound/returned", "Bounces and complaints", "suppressions", view, err);
}

const struct route returned_mail_routes[] = {
	{ "GET", "/bounces", GUARD_SIGNED_IN, show },
	{ 0 },
};
