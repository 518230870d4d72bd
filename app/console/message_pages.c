/* The messages of a campaign that was sent, as JSON and CSV. */
#include "console/message_pages.h"

#include <string.h>

#include "answering/answered.h"
#include "campaigns/campaign.h"
#include "console/campaign_address.h"
#include "console/message_listing.h"
#include "core/formats/url.h"
#include "dispatch/message_words.h"
#include "dispatch/returned.h"
#include "dispatch/single_mail.h"

enum { EMAILS_MAX = 100, ERRORS_MAX = 1000, CONTENT_MAX = 8 * 1000 * 1000 };

/* Another email platform's members, and ours behind them. */
struct email {
	const char *id, *campaign_id, *contact_id, *to_email, *from_email, *subject, *html_content, *text_content, *status;
	struct moment created_at, updated_at, sent_time, delivered_time, opened_time, clicked_time, bounced_time,
		unsubscribed_time;
	const char *error_message, *tracking_pixel_id, *unsubscribe_link_id;
	unsigned state;
	const char *failure_code;
	int64_t server_code, attempts;
	struct moment next_attempt_at, complained_time;
	bool is_erased;
};
static const struct field email_fields[] = {
	FIELD(struct email, id),
	FIELD(struct email, campaign_id, .flags = FIELD_ID),
	FIELD(struct email, contact_id, .flags = FIELD_ID, .doc = "null: the person was erased since"),
	FIELD(struct email, to_email),
	FIELD(struct email, from_email),
	FIELD(struct email, subject, .doc = "As it was for this person"),
	FIELD(struct email, html_content, .doc = "As it was for this person, with its pixel and links"),
	FIELD(struct email, text_content),
	FIELD(struct email, status,
	      .doc = "pending, sent, failed, suppressed or cancelled; of one that was sent opened, clicked, bounced, "
	             "unsubscribed or complained, once it is known"),
	FIELD(struct email, created_at, .doc = "When the campaign was started"),
	FIELD(struct email, updated_at),
	FIELD(struct email, sent_time, .doc = "When a mail server took it"),
	FIELD(struct email, delivered_time, .doc = "null: mail servers do not tell"),
	FIELD(struct email, opened_time),
	FIELD(struct email, clicked_time),
	FIELD(struct email, bounced_time, .doc = "When it came back, hard or soft"),
	FIELD(struct email, unsubscribed_time),
	FIELD(struct email, error_message),
	FIELD(struct email, tracking_pixel_id),
	FIELD(struct email, unsubscribe_link_id),
	FIELD(struct email, state, .choices = &message_states),
	FIELD(struct email, failure_code,
	      .doc = "handoff_unknown: handed over, and no answer came; else the class of the refusal, or why it was not "
	             "sent"),
	FIELD(struct email, server_code, .doc = "SMTP reply"),
	FIELD(struct email, attempts),
	FIELD(struct email, next_attempt_at),
	FIELD(struct email, complained_time),
	FIELD(struct email, is_erased),
};
static const struct record_type email_record = RECORD_TYPE("Email", struct email, email_fields);

/* What is known of one that was sent, in a word; NULL: nothing. */
static const char *answered_word(const struct email *email) {
	return moment_is_set(email->complained_time)     ? "complained"
	       : moment_is_set(email->unsubscribed_time) ? "unsubscribed"
	       : moment_is_set(email->bounced_time)      ? "bounced"
	       : moment_is_set(email->clicked_time)      ? "clicked"
	       : moment_is_set(email->opened_time)       ? "opened"
	                                                 : NULL;
}

static void put_answer(struct email *email, const struct answer *answer, const struct came_back *back) {
	if (answer) {
		email->opened_time = answer->opened_at;
		email->clicked_time = answer->clicked_at;
		email->unsubscribed_time = answer->unsubscribed_at;
	}
	email->bounced_time = back->bounced_at;
	email->complained_time = back->complained_at;
	const char *word = answered_word(email);
	if (word && email->state == MESSAGE_ACCEPTED)
		email->status = word;
}

static struct moment later(struct moment at, struct moment else_at) {
	return moment_is_set(at) ? at : else_at;
}

static struct email email_of(const struct sent_message *message, const struct dispatch *dispatch,
                             const struct mail_copy *copy, struct arena *arena) {
	char name[MESSAGE_NAME];
	struct email email;
	record_clear(&email_record, &email);
	email.id = arena_copy(arena, message_name(message->campaign_id, message->block, message->index, name));
	email.campaign_id = message->campaign_id;
	email.contact_id = message->contact_id;
	email.to_email = message->to_email;
	email.from_email = copy->from_email;
	email.subject = copy->subject;
	email.html_content = copy->html;
	email.text_content = copy->text;
	email.tracking_pixel_id = copy->pixel_id;
	email.unsubscribe_link_id = copy->unsubscribe_id;
	email.state = message->status;
	email.status = message_status_word((enum message_state)message->status);
	email.created_at = dispatch->started_at;
	email.updated_at = later(message->settled_at, dispatch->started_at);
	email.sent_time = message->sent_at;
	email.error_message = message_error(message, arena);
	email.failure_code = message_failure_code(message);
	email.server_code = message->code;
	email.attempts = message->attempts;
	email.next_attempt_at = message->due_at;
	email.is_erased = !message->contact_id;
	return email;
}

/* The blocks of a page, one after another. */
struct reading {
	struct block block;
	int64_t number;
	bool found;
	struct answer_reader answers;
};

static bool read_recipient(struct exchange *x, const struct sent_message *message, struct reading *reading,
                           struct recipient *person, struct error *err) {
	if (reading->number != message->block &&
	    !block_find(x->store, message->campaign_id, message->block, x->arena, &reading->block, &reading->found, err))
		return false;
	reading->number = message->block;
	const struct recipient *people = reading->block.people.items;
	*person = reading->found && message->index < reading->block.people.count ? people[message->index]
	                                                                         : (struct recipient){ .is_counted = true };
	return true;
}

/* A page ends early once what its emails say is large. */
static bool read_emails(struct exchange *x, const struct copier *copier, struct messages_page *page,
                        struct email *emails, struct error *err) {
	struct reading reading = { .number = -1, .answers = { .block = -1 } };
	struct came_back *back;
	size_t size = 0;
	if (!returned_of(x->store, page->rows, page->count, x->arena, &back, err))
		return false;
	for (int i = 0; i < page->count; i++) {
		struct recipient person;
		struct mail_copy copy;
		const struct answer *answer;
		if (!read_recipient(x, &page->rows[i], &reading, &person, err) ||
		    !answer_read(x->store, page->rows[i].campaign_id, page->rows[i].block, page->rows[i].index, x->arena,
		                 &reading.answers, &answer, err) ||
		    !copy_read(copier, &person, &page->rows[i], COPY_AS_SENT, x->arena, &copy, err))
			return false;
		emails[i] = email_of(&page->rows[i], &copier->dispatch, &copy, x->arena);
		put_answer(&emails[i], answer, &back[i]);
		size += (copy.html ? strlen(copy.html) : 0) + (copy.text ? strlen(copy.text) : 0);
		if (size > CONTENT_MAX && i + 1 < page->count) {
			page->count = i + 1;
			page->next = messages_cursor(&page->rows[i], x->arena);
		}
	}
	return true;
}

static bool emails_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct messages_page page;
	struct copier copier;
	bool started;
	int limit;
	struct messages_query query = { .cursor = params_get(&x->query, "cursor") };
	if (!campaign_of_path(x, &campaign, err) || !exchange_limit(x, EMAILS_MAX, EMAILS_MAX, &limit, err) ||
	    !dispatch_find(x->store, campaign.id, x->arena, &copier.dispatch, &started, err))
		return false;
	query.campaign_id = campaign.id;
	query.limit = limit;
	if (!started)
		return reply_rows(x, &email_record, (struct rows){ arena_array(x->arena, struct email, 1), 0 });
	struct email *emails = arena_array(x->arena, struct email, limit + 1);
	if (!message_listing(x, &query, &page, err) ||
	    !message_copier(x->settings, x->store, campaign.id, x->arena, &copier, err) ||
	    !read_emails(x, &copier, &page, emails, err))
		return false;
	if (page.next)
		reply_header(x, "X-Next-Cursor", page.next);
	return reply_rows(x, &email_record, (struct rows){ emails, page.count });
}

static bool email_of_campaign(struct exchange *x, struct error *err) {
	struct message_found found;
	struct mail_copy copy;
	struct copier copier;
	if (!message_find(x->store, x->values[0], x->arena, &found, err) ||
	    !message_copier(x->settings, x->store, found.message.campaign_id, x->arena, &copier, err))
		return false;
	const struct recipient *people = found.block.people.items;
	if (!copy_read(&copier, &people[found.message.index], &found.message, COPY_AS_SENT, x->arena, &copy, err))
		return false;
	struct email email = email_of(&found.message, &copier.dispatch, &copy, x->arena);
	struct answer_reader reader = { .block = -1 };
	const struct answer *answer;
	struct came_back *back;
	if (!answer_read(x->store, found.message.campaign_id, found.message.block, found.message.index, x->arena, &reader,
	                 &answer, err) ||
	    !returned_of(x->store, &found.message, 1, x->arena, &back, err))
		return false;
	put_answer(&email, answer, back);
	return reply_record(x, &email_record, &email);
}

/* One of a campaign, or one that was sent by itself. */
static bool email_api(struct exchange *x, struct error *err) {
	struct single_mail single;
	bool is_single;
	if (!single_mail_find(x->store, x->values[0], x->arena, &single, &is_single, err))
		return false;
	return is_single ? reply_record(x, &single_mail_answer, &single) : email_of_campaign(x, err);
}

/* What went wrong, without the emails themselves; also the lines of the CSV. */
struct email_line {
	const char *id, *to_email, *contact_id, *status, *failure_code, *error_message;
	int64_t server_code, attempts;
	struct moment handed_at, sent_time, settled_at, opened_time, clicked_time, unsubscribed_time, bounced_time,
		complained_time;
};
static const struct field line_fields[] = {
	FIELD(struct email_line, id),
	FIELD(struct email_line, to_email),
	FIELD(struct email_line, contact_id, .flags = FIELD_ID),
	FIELD(struct email_line, status),
	FIELD(struct email_line, failure_code),
	FIELD(struct email_line, error_message),
	FIELD(struct email_line, server_code),
	FIELD(struct email_line, attempts),
	FIELD(struct email_line, handed_at),
	FIELD(struct email_line, sent_time),
	FIELD(struct email_line, settled_at),
	FIELD(struct email_line, opened_time),
	FIELD(struct email_line, clicked_time),
	FIELD(struct email_line, unsubscribed_time),
	FIELD(struct email_line, bounced_time),
	FIELD(struct email_line, complained_time),
};
static const struct record_type line_record = RECORD_TYPE("EmailLine", struct email_line, line_fields);

static struct email_line line_of(const struct sent_message *message, const struct answer *answer,
                                 const struct came_back *back, struct arena *arena) {
	char name[MESSAGE_NAME];
	const struct moment never = MOMENT_NONE;
	return (struct email_line){
		.id = arena_copy(arena, message_name(message->campaign_id, message->block, message->index, name)),
		.to_email = message->to_email,
		.contact_id = message->contact_id,
		.status = message_status_word((enum message_state)message->status),
		.failure_code = message_failure_code(message),
		.error_message = message_error(message, arena),
		.server_code = message->code,
		.attempts = message->attempts,
		.handed_at = message->handed_at,
		.sent_time = message->sent_at,
		.settled_at = message->settled_at,
		.opened_time = answer ? answer->opened_at : never,
		.clicked_time = answer ? answer->clicked_at : never,
		.unsubscribed_time = answer ? answer->unsubscribed_at : never,
		.bounced_time = back->bounced_at,
		.complained_time = back->complained_at,
	};
}

static bool errors_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct messages_page page;
	struct messages_query query = { .states = 1U << MESSAGE_FAILED | 1U << MESSAGE_UNCERTAIN,
		                            .cursor = params_get(&x->query, "cursor") };
	if (!campaign_of_path(x, &campaign, err) || !exchange_limit(x, EMAILS_MAX, ERRORS_MAX, &query.limit, err))
		return false;
	query.campaign_id = campaign.id;
	if (!messages_list(x->store, &query, x->arena, &page, err))
		return false;
	struct email_line *lines = arena_array(x->arena, struct email_line, page.count + 1);
	for (int i = 0; i < page.count; i++)
		lines[i] = line_of(&page.rows[i], NULL, &NOTHING_CAME_BACK, x->arena);
	if (page.next)
		reply_header(x, "X-Next-Cursor", page.next);
	return reply_rows(x, &line_record, (struct rows){ lines, page.count });
}

static bool emails_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                         struct error *err) {
	struct messages_query query = *(const struct messages_query *)state;
	struct messages_page page;
	struct came_back *back;
	query.cursor = cursor;
	if (!message_listing(x, &query, &page, err) || !returned_of(x->store, page.rows, page.count, x->arena, &back, err))
		return false;
	*next = page.next;
	struct answer_reader reader = { .block = -1 };
	for (int i = 0; i < page.count; i++) {
		const struct answer *answer;
		if (!answer_read(x->store, query.campaign_id, page.rows[i].block, page.rows[i].index, x->arena, &reader,
		                 &answer, err))
			return false;
		const struct email_line line = line_of(&page.rows[i], answer, &back[i], x->arena);
		record_to_csv(&line_record, &line, &x->body);
	}
	return true;
}

static bool emails_csv(struct exchange *x, struct error *err) {
	struct messages_query *query = arena_new_of(x->arena, struct messages_query);
	struct campaign campaign;
	if (!campaign_of_path(x, &campaign, err) || !message_listing_asked(x, err))
		return false;
	query->campaign_id = campaign.id;
	query->limit = CSV_PIECE_ROWS;
	record_to_csv_head(&line_record, &x->body);
	return reply_csv_stream(x, "emails.csv", emails_piece, query, err);
}

const struct route message_routes[] = {
	{ "GET", "/api/campaigns/:campaign_id/emails", GUARD_SIGNED_IN, emails_api,
	  .summary = "The emails of a campaign of one's own, each written again as it was; none of an observed one. A page "
	             "ends early if its emails are large",
	  .output = &email_record, .list = true, .parameters = "status,limit,cursor" },
	{ "GET", "/api/campaigns/:campaign_id/errors", GUARD_SIGNED_IN, errors_api,
	  .summary = "Emails that failed, and those of which nobody knows whether they arrived", .output = &line_record,
	  .list = true, .parameters = "limit,cursor" },
	{ "GET", "/api/campaigns/:campaign_id/emails.csv", GUARD_SIGNED_IN, emails_csv, .download = true },
	{ "GET", "/campaigns/:campaign_id/messages.csv", GUARD_SIGNED_IN, emails_csv, .download = true },
	{ "GET", "/api/emails/:email_id", GUARD_SIGNED_IN, email_api, .summary = "One email, written again as it was",
	  .output = &email_record },
	{ 0 },
};
