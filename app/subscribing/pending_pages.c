/* Asking whoever is pending. */
#include "subscribing/pending_pages.h"

#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/own_list.h"
#include "core/http/parts.h"
#include "dispatch/acting_pages.h"
#include "subscribing/pending.h"

const char *const confirmation_done[][2] = { { "asked", "A confirmation was sent" }, { NULL } };

enum { SHOWN_MAX = 100, TOLD_MAX = 500 };
#define JUST_NOW_MS (10 * MINUTE_MS)

static bool need_list(struct exchange *x, struct list *list, struct error *err) {
	return list_need_static(x, list, "Only on lists to which contacts are added one by one is anybody pending here",
	                        err);
}

static bool read_all(struct exchange *x, struct list *list, struct pending_people *people, struct error *err) {
	const struct acting acting = acting_of(x);
	return need_list(x, list, err) && pending_read(&acting, list->id, people, err);
}

/* --- the page --- */

static void put_left_out(struct exchange *x, struct value *view, const struct pending_people *people) {
	struct value *counts = value_put(view, "counts", value_list(x->arena)),
				 *rows = value_put(view, "people", value_list(x->arena));
	for (int i = PENDING_MAY + 1; i < PENDING_VERDICTS; i++) {
		if (people->counts[i] == 0)
			continue;
		struct value *row = value_push(counts, value_map(x->arena));
		value_put_text(row, "label", pending_verdict_labels[i]);
		value_put_text(row, "count", text_of_count(x->arena, people->counts[i]));
	}
	for (int i = 0; i < people->count && rows->count < SHOWN_MAX; i++) {
		const struct pending_person *one = &people->items[i];
		if (one->verdict == PENDING_MAY)
			continue;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "id", one->contact_id);
		value_put_text(row, "email", text_is_empty(one->email) ? "(no address)" : one->email);
		value_put_text(row, "why", pending_verdict_labels[one->verdict]);
		value_put_text(row, "asked",
		               moment_is_set(one->asked_at) ? text_of_moment_near(x->arena, one->asked_at, x->now) : NULL);
	}
	const int64_t left = people->count - people->counts[PENDING_MAY];
	value_put_bool(view, "has_people", left > 0);
	value_put_text(view, "left_count", text_of_count(x->arena, left));
	value_put_text(view, "cut", left > SHOWN_MAX ? text_of_count(x->arena, SHOWN_MAX) : NULL);
}

static int64_t asked_just_now(const struct exchange *x, const struct pending_people *people) {
	int64_t asked = 0;
	for (int i = 0; i < people->count; i++)
		asked += people->items[i].verdict == PENDING_WAITS && x->now.ms - people->items[i].asked_at.ms < JUST_NOW_MS;
	return asked;
}

static bool show(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct pending_people people;
	struct list list;
	bool can;
	if (!read_all(x, &list, &people, err) || !confirmation_can_send(x->store, x->settings, x->arena, &can, err))
		return false;
	const int64_t ready = people.counts[PENDING_MAY];
	const bool is_done = params_get(&x->query, "done") != NULL;
	value_put_text(view, "list_id", list.id);
	value_put_text(view, "list_name", list.name);
	value_put_bool(view, "can_send", can);
	value_put_bool(view, "has_ready", ready > 0);
	value_put_int(view, "ready", ready);
	value_put_int(view, "turn", ready < PENDING_AT_ONCE ? ready : PENDING_AT_ONCE);
	value_put_bool(view, "takes_turns", ready > PENDING_AT_ONCE);
	value_put_text(view, "looked", people.is_part ? text_of_count(x->arena, PENDING_LOOK) : NULL);
	value_put_int(view, "days", CONFIRMATION_DAYS);
	value_put_bool(view, "done", is_done);
	value_put_int(view, "just_asked", asked_just_now(x, &people));
	put_left_out(x, view, &people);
	return reply_page(x, "subscribing/pending", "Ask to confirm", "lists", view, err);
}

/* --- by API --- */

/* `asked`: how many were asked just now; they are not among those left out. */
static bool reply_people(struct exchange *x, const struct list *list, const struct pending_people *people,
                         int64_t asked, struct error *err) {
	struct value *answer = value_map(x->arena);
	(void)err;
	value_put_int(answer, "asked", asked);
	value_put_int(answer, "may_be_asked", people->counts[PENDING_MAY]);
	struct value *counts = value_put(answer, "left_out", value_map(x->arena)),
				 *rows = value_put(answer, "people", value_list(x->arena));
	for (int i = PENDING_MAY + 1; i < PENDING_VERDICTS; i++)
		value_put_int(counts, pending_verdicts.names[i], people->counts[i] - (i == PENDING_WAITS ? asked : 0));
	for (int i = 0; i < people->count && rows->count < TOLD_MAX; i++) {
		const struct pending_person *one = &people->items[i];
		if (one->verdict == PENDING_MAY || (asked && one->asked_at.ms == x->now.ms))
			continue;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "contact_id", arena_print(x->arena, "contact_%s", one->contact_id));
		value_put_text(row, "email", one->email);
		value_put_text(row, "why", pending_verdicts.names[one->verdict]);
		value_put_moment(row, "asked_at", one->asked_at);
	}
	value_put_bool(answer, "is_part", people->is_part);
	return reply_done(x, arena_print(x->arena, "/lists/%s/confirmations?done=asked", list->id), answer);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct pending_people people;
	struct list list;
	return read_all(x, &list, &people, err) && reply_people(x, &list, &people, 0, err);
}

static bool ask_all(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	struct pending_people people;
	struct list list;
	int64_t asked;
	return read_all(x, &list, &people, err) && pending_ask(&acting, &list, &people, &asked, err) &&
	       reply_people(x, &list, &people, asked, err);
}

static bool ask_one(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	struct contact contact;
	struct list list;
	struct value *answer = value_map(x->arena);
	if (!need_list(x, &list, err) || !contact_need(x->store, x->values[1], x->arena, &contact, err) ||
	    !pending_ask_one(&acting, &list, &contact, err))
		return false;
	value_put_int(answer, "asked", 1);
	const bool from_list = text_same(params_get(&x->form, "from"), "list");
	return reply_done(x,
	                  from_list ? arena_print(x->arena, "/lists/%s?done=asked", list.id)
	                            : arena_print(x->arena, "/contacts/%s?done=asked", contact.id),
	                  answer);
}

#define PEOPLE_SHAPE                                                                                                \
	"asked:count may_be_asked:count left_out{*:count} people[]{contact_id:text email:text why:text asked_at:time} " \
	"is_part:bool"

const struct route pending_routes[] = {
	{ "GET", "/lists/:list_id/confirmations", GUARD_SIGNED_IN, show },
	{ "POST", "/lists/:list_id/confirmations", GUARD_SIGNED_IN, ask_all, .form = show, .creates = true },
	{ "POST", "/lists/:list_id/contacts/:contact_id/confirmation", GUARD_SIGNED_IN, ask_one },
	{ "GET", "/api/lists/:list_id/confirmations", GUARD_SIGNED_IN, show_api,
	  .summary = "Who is pending on a list: how many may be asked to confirm, who is left out and why",
	  .shape = PEOPLE_SHAPE },
	{ "POST", "/api/lists/:list_id/confirmations", GUARD_SIGNED_IN, ask_all,
	  .summary = "Ask those who are pending on a list to confirm, up to 200 at a time: again while may_be_asked is not "
	             "0",
	  .shape = PEOPLE_SHAPE, .creates = true },
	{ "POST", "/api/lists/:list_id/contacts/:contact_id/confirmation", GUARD_SIGNED_IN, ask_one,
	  .summary = "Ask one who is pending on a list to confirm, also once more", .shape = "asked:count",
	  .creates = true },
	{ 0 },
};
