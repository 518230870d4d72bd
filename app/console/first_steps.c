/* The checklist for whoever begins. */
#include "console/first_steps.h"

#include "audience/contacts/rollup.h"
#include "campaigns/campaign.h"
#include "connections/connection.h"
#include "core/http/parts.h"
#include "reports/partners/partner.h"
#include "reports/report.h"

enum { HIDDEN_SECONDS = 365 * 86400 };
static const char HIDDEN_COOKIE[] = "hidden", HIDDEN_STEPS[] = "first-steps";

struct step {
	bool done;
	const char *title;
	const char *before, *after; /* the second line, until it is done and then */
	const char *minutes, *address, *action;
	bool starts; /* the action is a form that starts the sync */
};
enum { STEPS = 6 };

static const char *what_was_found(struct arena *arena, int campaigns, int lists) {
	return arena_print(arena, "%s and %s found", text_of_counted(arena, campaigns, "campaign", "campaigns"),
	                   text_of_counted(arena, lists, "list", "lists"));
}

/* What is there by now. */
struct known {
	int campaigns, lists, partners, reports;
	int64_t contacts;
	const char *mail_server; /* NULL: none */
};

static bool find_known(struct exchange *x, struct known *known, struct error *err) {
	struct campaign *campaigns;
	struct list *lists;
	struct partner *partners;
	struct rows reports, connections;
	struct domain_count everybody;
	bool counted;
	if (!campaign_select(x->store, &CAMPAIGN_EVERY, x->arena, &campaigns, &known->campaigns, err) ||
	    !list_all(x->store, x->arena, &lists, &known->lists, err) ||
	    !rollup_everybody(x->store, &everybody, &counted, err) ||
	    !partner_list(x->store, x->arena, &partners, &known->partners, err) ||
	    !report_list(x->store, 1, x->arena, &reports, err) || !connection_list(x->store, x->arena, &connections, err))
		return false;
	const struct connection *server = connection_for_email(&connections);
	known->mail_server = server ? server->name : NULL;
	known->reports = reports.count;
	known->contacts = everybody.contacts;
	return true;
}

static void tell_steps(const struct exchange *x, const struct known *known, struct step steps[STEPS]) {
	struct arena *arena = x->arena;
	steps[0] = (struct step){ !x->identity.one_time,
		                      "Choose your own password",
		                      "The one-time password then stops working. Delete the file that holds it",
		                      "The one-time password no longer works",
		                      "1 min",
		                      "/settings#password",
		                      "Choose a password",
		                      false };
	steps[1] = (struct step){ moment_is_set(x->versions.data_at),
		                      "Run the first sync",
		                      "All campaigns and lists from EmailOctopus; goes on if you leave this page",
		                      what_was_found(arena, known->campaigns, known->lists),
		                      "2 min",
		                      "/sync",
		                      "Start the sync",
		                      true };
	steps[2] = (struct step){ moment_is_set(x->versions.people_at),
		                      "Sync the contacts",
		                      "Who is on the lists, and who opened and clicked; runs in the background",
		                      text_of_counted(arena, known->contacts, "contact", "contacts"),
		                      "5 min",
		                      "/sync",
		                      "Go to sync",
		                      false };
}

/* What comes once there is something to report on. */
static void tell_later_steps(const struct exchange *x, const struct known *known, struct step steps[STEPS]) {
	struct arena *arena = x->arena;
	steps[3] = (struct step){ known->partners > 0,
		                      "Add your partners",
		                      "Tell Telltale how their campaign names start; the rest is automatic",
		                      text_of_counted(arena, known->partners, "partner", "partners"),
		                      "1 min",
		                      "/partners#new",
		                      "Add a partner",
		                      false };
	steps[4] = (struct step){ known->reports > 0,
		                      "Create the first report",
		                      "Choose a partner and a period, check the preview, share the link",
		                      "See Reports for all of them",
		                      "3 min",
		                      "/reports/new",
		                      "New report",
		                      false };
	steps[5] = (struct step){ known->mail_server != NULL,
		                      "Connect a mail server",
		                      "To send scheduled reports and campaigns of your own",
		                      known->mail_server ? arena_print(arena, "Emails go through “%s”", known->mail_server)
		                                         : NULL,
		                      "5 min",
		                      "/connections",
		                      "Connect",
		                      false };
}

static void put_step(struct value *items, const struct step *step, int number, bool primary) {
	struct value *one = value_push(items, value_map(items->arena));
	value_put_int(one, "number", number);
	value_put_text(one, "title", step->title);
	value_put_text(one, "detail", step->done ? step->after : step->before);
	value_put_bool(one, "is_done", step->done);
	value_put_text(one, "minutes", step->minutes);
	value_put_text(one, "address", step->address);
	value_put_text(one, "action", step->action);
	value_put_bool(one, "starts", step->starts);
	value_put_bool(one, "primary", primary);
}

bool first_steps_put(struct exchange *x, struct value *view, bool may_hide, struct error *err) {
	struct step steps[STEPS];
	struct known known;
	int done = 0, next = -1;
	if (may_hide && text_same(exchange_cookie(x, HIDDEN_COOKIE), HIDDEN_STEPS)) {
		(void)value_put(view, "steps", value_null(x->arena));
		return true;
	}
	if (!find_known(x, &known, err))
		return false;
	tell_steps(x, &known, steps);
	tell_later_steps(x, &known, steps);
	for (int i = 0; i < STEPS; i++) {
		done += steps[i].done;
		if (!steps[i].done && next < 0)
			next = i;
	}
	value_put_bool(view, "asks_password", !steps[0].done); /* instead of the notice on all pages */
	struct value *list = value_put(view, "steps", done < STEPS ? value_map(x->arena) : value_null(x->arena));
	if (done == STEPS)
		return true;
	value_put_text(list, "words", arena_print(x->arena, "%d of %d done", done, STEPS));
	value_put_text(list, "next", steps[next].title);
	value_put_text(list, "width", part_width(x->arena, done, STEPS));
	struct value *items = value_put(list, "items", value_list(x->arena));
	for (int i = 0; i < STEPS; i++)
		put_step(items, &steps[i], i + 1, !may_hide && i == next);
	return true;
}

static bool hide(struct exchange *x, struct error *err) {
	(void)err;
	reply_cookie(x, HIDDEN_COOKIE, HIDDEN_STEPS, HIDDEN_SECONDS);
	return reply_redirect(x, "/dashboard");
}

const struct route first_steps_routes[] = {
	{ "POST", "/first-steps/hide", GUARD_SIGNED_IN, hide },
	{ 0 },
};
