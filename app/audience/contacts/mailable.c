/* Who may be mailed. */
#include "audience/contacts/mailable.h"

#include "audience/contacts/fewer.h"

static const char *const names[] = {
	[MAILABLE] = "mailable",
	[MAILABLE_NO_ADDRESS] = "no_address",
	[MAILABLE_INACTIVE] = "inactive",
	[MAILABLE_SUPPRESSED] = "suppressed",
	[MAILABLE_UNSUBSCRIBED] = "unsubscribed",
	[MAILABLE_PENDING] = "pending",
	[MAILABLE_UNPROVEN] = "unproven",
	[MAILABLE_BAD_DOMAIN] = "bad_domain",
	[MAILABLE_FEWER] = "fewer_emails",
};
_Static_assert(sizeof names / sizeof *names == MAILABLE_COUNT, "a name a verdict");
const struct choices mailables = CHOICES(names);
const char *const mailable_labels[MAILABLE_COUNT] = {
	[MAILABLE] = "Can be sent to",
	[MAILABLE_NO_ADDRESS] = "No address",
	[MAILABLE_INACTIVE] = "Not active",
	[MAILABLE_SUPPRESSED] = "Suppressed",
	[MAILABLE_UNSUBSCRIBED] = "Unsubscribed",
	[MAILABLE_PENDING] = "Not confirmed",
	[MAILABLE_UNPROVEN] = "No consent known",
	[MAILABLE_BAD_DOMAIN] = "Domain takes no email",
	[MAILABLE_FEWER] = "Want fewer emails",
};

/* Somebody without a membership of the list, as everybody on a list with a rule, is judged by all their lists. */
static bool is_member(const struct contact *contact, const char *list_id) {
	return list_id && strings_have(&contact->list_ids, list_id);
}

static bool has_left(const struct contact *contact, const char *list_id) {
	return list_id && strings_have(&contact->unsubscribed_ids, list_id);
}

static bool is_unsubscribed(const struct contact *contact, const struct mailable_question *question) {
	return moment_is_set(contact->unsubscribed_at) || has_left(contact, question->list_id) ||
	       has_left(contact, question->base_list_id) ||
	       (!is_member(contact, question->list_id) && contact->status == CONTACT_UNSUBSCRIBED);
}

static bool is_pending(const struct contact *contact, const char *list_id) {
	if (is_member(contact, list_id))
		return !strings_have(&contact->subscribed_ids, list_id);
	return contact->status == CONTACT_PENDING || (contact->status == CONTACT_UNKNOWN && contact->list_ids.count > 0);
}

enum mailable contact_mailable(const struct contact *contact, const struct mailable_question *question) {
	const char *to = question->by_sms ? contact->profile.phone : contact->email,
			   *suppressed = question->by_sms ? contact->phone_suppressed : contact->suppressed;
	return text_is_empty(to)                                                                 ? MAILABLE_NO_ADDRESS
	       : !contact->is_active                                                             ? MAILABLE_INACTIVE
	       : question->suppression_list && suppressed                                        ? MAILABLE_SUPPRESSED
	       : is_unsubscribed(contact, question)                                              ? MAILABLE_UNSUBSCRIBED
	       : is_pending(contact, question->list_id)                                          ? MAILABLE_PENDING
	       : question->require_consent && contact->unproven                                  ? MAILABLE_UNPROVEN
	       : !question->by_sms && question->validate_domains && contact->bad_domain          ? MAILABLE_BAD_DOMAIN
	       : !question->by_sms && fewer_holds(contact, question->campaign_id, question->now) ? MAILABLE_FEWER
	                                                                                         : MAILABLE;
}

/* Conditions that outlive the block in which they are written. */
static struct condition group(struct arena *arena, enum filter_operator op, const struct condition *conditions,
                              int count) {
	struct condition *kept = arena_array(arena, struct condition, count);
	struct filter *filter = arena_new_of(arena, struct filter);
	for (int i = 0; i < count; i++)
		kept[i] = conditions[i];
	*filter = (struct filter){ kept, count };
	return (struct condition){ .op = op, .nested = filter };
}
#define GROUP(arena, op, ...) \
	group(arena, op, CONDITIONS(__VA_ARGS__), (int)(sizeof CONDITIONS(__VA_ARGS__) / sizeof(struct condition)))

static struct condition nobody(void) {
	return by_id("");
}

static struct condition not_on(const char *list_id) {
	return list_id ? ne_id("list_ids", list_id) : anything();
}

static struct condition left(const char *list_id) {
	return list_id ? eq_id("unsubscribed_ids", list_id) : nobody();
}

static struct condition unsubscribed(struct arena *arena, const struct mailable_question *question) {
	return GROUP(arena, FILTER_ANY_OF, is_present("unsubscribed_at"), left(question->list_id),
	             left(question->base_list_id),
	             GROUP(arena, FILTER_ALL_OF, not_on(question->list_id),
	                   eq_choice("status", &contact_statuses, CONTACT_UNSUBSCRIBED)));
}

static struct condition pending_anywhere(struct arena *arena) {
	return GROUP(arena, FILTER_ANY_OF, eq_choice("status", &contact_statuses, CONTACT_PENDING),
	             GROUP(arena, FILTER_ALL_OF, eq_choice("status", &contact_statuses, CONTACT_UNKNOWN),
	                   gt_id("list_ids", "000000000000000000000000")) /* on any list */);
}

static struct condition pending(struct arena *arena, const char *list_id) {
	if (!list_id)
		return pending_anywhere(arena);
	return GROUP(arena, FILTER_ANY_OF,
	             GROUP(arena, FILTER_ALL_OF, eq_id("list_ids", list_id), ne_id("subscribed_ids", list_id)),
	             GROUP(arena, FILTER_ALL_OF, not_on(list_id), pending_anywhere(arena)));
}

static struct condition fewer(struct arena *arena, const struct mailable_question *question) {
	const struct moment week_ago = fewer_begins(question->now);
	const char *campaign_id = question->campaign_id;
	return GROUP(arena, FILTER_ALL_OF, is_present("fewer_at"),
	             GROUP(arena, FILTER_ANY_OF, gt_moment("fewer_at", week_ago),
	                   GROUP(arena, FILTER_ALL_OF, gt_moment("fewer_last_at", week_ago),
	                         campaign_id ? ne_id("fewer_campaign_id", campaign_id) : anything())));
}

/* The same conditions as in contact_mailable, each by itself. */
static struct condition holds(struct arena *arena, const struct mailable_question *question, enum mailable reason) {
	const char *to = question->by_sms ? "phone" : "email",
			   *suppressed = question->by_sms ? "phone_suppressed" : "suppressed";
	switch (reason) {
	case MAILABLE_NO_ADDRESS:
		return GROUP(arena, FILTER_ANY_OF, is_absent(to), eq_text(to, ""));
	case MAILABLE_INACTIVE:
		return eq_bool("is_active", false);
	case MAILABLE_SUPPRESSED:
		return question->suppression_list ? is_present(suppressed) : nobody();
	case MAILABLE_UNSUBSCRIBED:
		return unsubscribed(arena, question);
	case MAILABLE_PENDING:
		return pending(arena, question->list_id);
	case MAILABLE_UNPROVEN:
		return question->require_consent ? eq_bool("unproven", true) : nobody();
	case MAILABLE_BAD_DOMAIN:
		return question->by_sms || !question->validate_domains ? nobody() : eq_bool("bad_domain", true);
	case MAILABLE_FEWER:
		return question->by_sms ? nobody() : fewer(arena, question);
	case MAILABLE:
	case MAILABLE_COUNT:
		break;
	}
	return anything();
}

const struct filter *contact_mailable_filter(struct arena *arena, const struct mailable_question *question,
                                             enum mailable verdict) {
	struct condition conditions[MAILABLE_COUNT], both[2];
	struct filter *filter = arena_new_of(arena, struct filter);
	int count = 0, last = verdict == MAILABLE ? MAILABLE_COUNT : (int)verdict;
	for (int reason = MAILABLE + 1; reason < last; reason++)
		conditions[count++] = holds(arena, question, (enum mailable)reason);
	both[0] = holds(arena, question, verdict);
	both[1] = count ? group(arena, FILTER_NONE_OF, conditions, count) : anything();
	struct condition *kept = arena_array(arena, struct condition, 2);
	kept[0] = both[0], kept[1] = both[1];
	*filter = (struct filter){ kept, 2 };
	return filter;
}
