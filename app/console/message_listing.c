/* Finding the emails that a request asks for. */
#include "console/message_listing.h"

#include "answering/answered.h"
#include "dispatch/message_words.h"
#include "dispatch/returned.h"

/* What is known of emails that were sent: by what people did, or by what came back. */
enum known { KNOWN_OPENED, KNOWN_CLICKED, KNOWN_UNSUBSCRIBED, KNOWN_BOUNCED, KNOWN_COMPLAINED, KNOWN_COUNT };
static const char *const known_words[KNOWN_COUNT] = { "opened", "clicked", "unsubscribed", "bounced", "complained" };
static const struct choices knowns = CHOICES(known_words);
_Static_assert((int)KNOWN_UNSUBSCRIBED == (int)HIT_KIND_COUNT - 1, "what people do comes first, in the order of hits");

struct asking {
	unsigned states; /* 0: `known` is asked for */
	int known;
};

static bool read_asking(const struct exchange *x, struct asking *asking, struct error *err) {
	const char *word = params_get(&x->query, "status"), *own = params_get(&x->query, "state");
	int state;
	*asking = (struct asking){ MESSAGES_ALL, -1 };
	if (text_is_empty(word) && text_is_empty(own))
		return true;
	asking->states = 0;
	if (choice_find(&knowns, text_is_empty(own) ? word : own, &asking->known))
		return true;
	if (!text_is_empty(own)) {
		bool fine = choice_find(&message_states, own, &state);
		asking->states = fine ? 1U << state : 0;
		return fine || error_field(err, "state", "“%.40s” is not a state of an email", own);
	}
	asking->states = message_states_of_word(word);
	return asking->states || error_field(err, "status", "“%.40s” is not a status of a message", word) ||
	       error_codes(err, ". Use pending, sent, failed, suppressed, cancelled, deferred, uncertain, opened, clicked, "
	                        "unsubscribed, bounced or complained");
}

bool message_listing_asked(const struct exchange *x, struct error *err) {
	struct asking asking;
	return read_asking(x, &asking, err);
}

/* The number of a message. */
struct number {
	int64_t block, index;
};

/* The message with this number: the first one behind the one before it. */
static bool find_numbered(struct exchange *x, const char *campaign_id, struct number number,
                          struct sent_message *message, struct error *err) {
	struct sent_message before = { .block = number.block, .index = number.index - 1 };
	if (number.index == 0)
		before = (struct sent_message){ .block = number.block - 1, .index = BLOCK_PEOPLE };
	const struct messages_query query = { .campaign_id = campaign_id,
		                                  .states = MESSAGES_ALL,
		                                  .cursor = before.block < 0 ? NULL : messages_cursor(&before, x->arena),
		                                  .limit = 1 };
	struct messages_page page;
	if (!messages_list(x->store, &query, x->arena, &page, err))
		return false;
	if (page.count == 0)
		return error_set(err, ERROR_FAULT, "message %lld.%lld of campaign %s is known of and is not there",
		                 (long long)number.block, (long long)number.index, campaign_id);
	*message = page.rows[0];
	return true;
}

/* Of those whose people did it. */
static bool find_answered(struct exchange *x, const struct messages_query *query, enum hit_kind kind,
                          struct number after, struct number *numbers, int *count, struct error *err) {
	const struct answered behind = { .block = after.block, .index = after.index };
	struct rows found;
	if (!answered_list(x->store, query->campaign_id, kind, &behind, query->limit + 1, x->arena, &found, err))
		return false;
	const struct answered *rows = found.items;
	for (*count = 0; *count < found.count; ++*count)
		numbers[*count] = (struct number){ rows[*count].block, rows[*count].index };
	return true;
}

/* Of those that came back so. */
static bool find_returned(struct exchange *x, const struct messages_query *query, bool complained, struct number after,
                          struct number *numbers, int *count, struct error *err) {
	struct rows found;
	*count = 0;
	if (!returned_list(x->store, query->campaign_id, complained, after.block, after.index, query->limit + 1, x->arena,
	                   &found, err))
		return false;
	const struct returned *rows = found.items;
	for (int i = 0; i < found.count; i++)
		if (returned_message(&rows[i], &numbers[*count].block, &numbers[*count].index))
			++*count;
	return true;
}

static bool list_known(struct exchange *x, const struct messages_query *query, enum known known,
                       struct messages_page *page, struct error *err) {
	struct number after = { -1, -1 }, *numbers = arena_array(x->arena, struct number, query->limit + 2);
	int count;
	*page = (struct messages_page){ arena_array(x->arena, struct sent_message, query->limit + 1), 0, NULL };
	if (!messages_cursor_read(query->cursor, &after.block, &after.index, err) ||
	    (known <= KNOWN_UNSUBSCRIBED
	         ? !find_answered(x, query, (enum hit_kind)known, after, numbers, &count, err)
	         : !find_returned(x, query, known == KNOWN_COMPLAINED, after, numbers, &count, err)))
		return false;
	for (; page->count < count && page->count < query->limit; page->count++)
		if (!find_numbered(x, query->campaign_id, numbers[page->count], &page->rows[page->count], err))
			return false;
	if (count > query->limit)
		page->next = messages_cursor(&page->rows[page->count - 1], x->arena);
	return true;
}

/* Is it known of this one? */
static bool is_known(struct exchange *x, const struct sent_message *message, enum known known, bool *is,
                     struct error *err) {
	struct answer_reader reader = { .block = -1 };
	const struct answer *answer;
	struct came_back *back;
	if (!answer_read(x->store, message->campaign_id, message->block, message->index, x->arena, &reader, &answer, err) ||
	    !returned_of(x->store, message, 1, x->arena, &back, err))
		return false;
	const struct moment at[KNOWN_COUNT] = {
		[KNOWN_OPENED] = answer ? answer->opened_at : MOMENT_NONE,
		[KNOWN_CLICKED] = answer ? answer->clicked_at : MOMENT_NONE,
		[KNOWN_UNSUBSCRIBED] = answer ? answer->unsubscribed_at : MOMENT_NONE,
		[KNOWN_BOUNCED] = back->bounced_at,
		[KNOWN_COMPLAINED] = back->complained_at,
	};
	*is = moment_is_set(at[known]);
	return true;
}

/* One person has few emails of a campaign: they are looked at one by one. */
static bool list_known_of_contact(struct exchange *x, const struct messages_query *query, enum known known,
                                  struct messages_page *page, struct error *err) {
	int kept = 0;
	if (!messages_list(x->store, query, x->arena, page, err))
		return false;
	for (int i = 0; i < page->count; i++) {
		bool is;
		if (!is_known(x, &page->rows[i], known, &is, err))
			return false;
		if (is)
			page->rows[kept++] = page->rows[i];
	}
	page->count = kept;
	return true;
}

bool message_listing(struct exchange *x, const struct messages_query *query, struct messages_page *page,
                     struct error *err) {
	struct messages_query by_state = *query;
	struct asking asking;
	if (!read_asking(x, &asking, err))
		return false;
	bool by_known = asking.states == 0;
	by_state.states = by_known ? MESSAGES_ALL : asking.states;
	if (!by_known)
		return messages_list(x->store, &by_state, x->arena, page, err);
	return query->contact_id ? list_known_of_contact(x, &by_state, (enum known)asking.known, page, err)
	                         : list_known(x, query, (enum known)asking.known, page, err);
}
