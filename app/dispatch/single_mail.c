/* Single emails: what was asked for, and what became of it. */
#include "dispatch/single_mail.h"

#include <string.h>

#include "audience/contacts/membership.h"
#include "audience/suppression/suppression.h"
#include "connections/connection.h"
#include "core/formats/json.h"
#include "core/formats/mail.h"
#include "core/jobs/queue.h"
#include "core/store/clock.h"
#include "core/store/rate_limit.h"
#include "dispatch/freeze.h"
#include "dispatch/letter.h"
#include "templates/template.h"
#include "templates/values.h"

enum {
	A_MINUTE = 600,
	KEPT_DAYS = 30,
	VARIABLES_MAX = 100,
	CONTENT_MAX = 500000,
	WORDS_MAX = 500,
	ADOPTED_AT_ONCE = 200
};
#define ADOPTED_MS DAY_MS /* how far back those without a job are looked for */

static const char MAILS[] = "single_mails";

static const char *const state_names[] = { "pending", "sent", "failed", "suppressed" };
_Static_assert(sizeof state_names / sizeof *state_names == SINGLE_MAIL_STATES, "a name a state");
const struct choices single_mail_states = CHOICES(state_names);
const char *const single_mail_state_labels[SINGLE_MAIL_STATES] = { "Waiting", "Sent", "Failed", "Not sent" };

#define ANSWERED                                                                                            \
	FIELD(struct single_mail, id, .stored = "_id", .flags = FIELD_ID), FIELD(struct single_mail, to),       \
		FIELD(struct single_mail, contact_id, .flags = FIELD_ID), FIELD(struct single_mail, account_id),    \
		FIELD(struct single_mail, from), FIELD(struct single_mail, status, .choices = &single_mail_states), \
		FIELD(struct single_mail, attempts, .doc = "How often it was handed over, or tried to be"),         \
		FIELD(struct single_mail, error, .doc = "What went wrong last; null: nothing"),                     \
		FIELD(struct single_mail, created_by), FIELD(struct single_mail, created_at),                       \
		FIELD(struct single_mail, sent_at, .doc = "When a mail server took it"),                            \
		FIELD(struct single_mail, expires_at, .doc = "When it is deleted")

static const struct field answer_fields[] = { ANSWERED };
const struct record_type single_mail_answer = RECORD_TYPE("SingleEmail", struct single_mail, answer_fields);

static const struct field fields[] = {
	ANSWERED,
	FIELD(struct single_mail, reply_to),
	FIELD(struct single_mail, subject),
	FIELD(struct single_mail, html_content),
	FIELD(struct single_mail, text_content),
	FIELD(struct single_mail, names),
	FIELD(struct single_mail, types),
	FIELD(struct single_mail, values),
};
const struct record_type single_mail_record = RECORD_TYPE("StoredSingleEmail", struct single_mail, fields);

static const struct field request_fields[] = {
	FIELD(struct single_request, to, .max = 254, .doc = "One address", .flags = FIELD_REQUIRED),
	FIELD(struct single_request, template_id, .doc = "Whose subject and content are taken where the request has none"),
	FIELD(struct single_request, subject, .max = TEMPLATE_SUBJECT_MAX),
	FIELD(struct single_request, html_content, .max = CONTENT_MAX),
	FIELD(struct single_request, text_content, .max = TEMPLATE_TEXT_MAX, .doc = "Without it, made from the HTML"),
	FIELD(struct single_request, from_email, .max = 254, .doc = "Without it, the connection's"),
	FIELD(struct single_request, from_name, .max = 100),
	FIELD(struct single_request, reply_to, .max = 254),
	FIELD(struct single_request, account_id,
	      .doc = "The connection; without it, the mail server of the settings, or the first one"),
	FIELD(struct single_request, variables, .flags = FIELD_OBJECT,
	      .doc = "What its tags name, before what is known of the person"),
};
const struct record_type single_request_record = RECORD_TYPE("SingleEmailRequest", struct single_request,
                                                             request_fields);

/* --- asking --- */

struct asking {
	const struct acting *acting;
	const struct single_request *request;
	struct single_mail *mail;
	struct value *variables; /* NULL: none */
};

static bool take_address(struct asking *asking, struct error *err) {
	const char *norm = contact_norm(asking->acting->arena, asking->request->to);
	struct error ignored;
	if (!norm || !mail_check_address(asking->request->to, "to", &ignored))
		return error_field(err, "to", "“%.80s” is not an email address. Write it in full, like bob@acme.example",
		                   asking->request->to);
	asking->mail->to = norm;
	return true;
}

static const char *first_of(const char *said, const char *otherwise) {
	return text_is_empty(said) ? otherwise : said;
}

static bool take_content(struct asking *asking, struct error *err) {
	const struct single_request *request = asking->request;
	struct single_mail *mail = asking->mail;
	struct template template = { 0 };
	if (!text_is_empty(request->template_id)) {
		struct error why = ERROR_INIT;
		if (!template_need(asking->acting->store, request->template_id, asking->acting->arena, &template, &why))
			return why.kind == ERROR_MISSING ? error_field(err, "template_id", "%s", why.text) : (*err = why, false);
	}
	bool own = !text_is_empty(request->html_content) || !text_is_empty(request->text_content);
	mail->subject = first_of(request->subject, template.subject);
	mail->html_content = own ? request->html_content : template.html_content;
	mail->text_content = own ? request->text_content : template.text_content;
	if (text_is_empty(mail->subject))
		return error_field(err, "subject", "Write a subject");
	return !text_is_empty(mail->html_content) || !text_is_empty(mail->text_content) ||
	       error_field(err, "html_content", "Write html_content or text_content, or name a template that has some");
}

static bool find_usual(const struct acting *acting, struct connection *connection, struct error *err) {
	struct rows connections;
	if (!connection_list(acting->store, acting->arena, &connections, err))
		return false;
	const struct connection *usual = connection_for_email(&connections);
	if (!usual)
		return error_field(err, "account_id", "No mail server is set up: add a connection");
	*connection = *usual;
	return true;
}

static bool find_named(const struct acting *acting, const char *name, struct connection *connection,
                       struct error *err) {
	bool found;
	return connection_find(acting->store, name, acting->arena, connection, &found, err) &&
	       (found || error_field(err, "account_id", "There is no connection “%.60s”", name));
}

/* It must be one that can be sent through; else nobody would hear of it. */
static bool find_account(struct asking *asking, struct connection *connection, struct error *err) {
	const struct acting *acting = asking->acting;
	const char *name = asking->request->account_id;
	bool is_usual = text_is_empty(name);
	if (!(is_usual ? find_usual(acting, connection, err) : find_named(acting, name, connection, err)))
		return false;
	asking->mail->account_id = is_usual && connection->from_settings ? NULL : connection->id;
	return (connection->is_active && connection->provider == PROVIDER_SMTP) ||
	       error_field(err, "account_id", "The connection “%s” is %s", connection->name,
	                   connection->is_active ? "no mail server, and others cannot send yet" : "switched off");
}

static bool take_sender(struct asking *asking, struct error *err) {
	struct arena *arena = asking->acting->arena;
	const struct settings *settings = asking->acting->settings;
	const struct single_request *request = asking->request;
	struct connection connection;
	if (!find_account(asking, &connection, err))
		return false;
	const char *own = first_of(connection.from_email, settings->smtp_from);
	const struct sender sender = {
		.name = first_of(request->from_name, first_of(connection.from_name, settings->smtp_from_name)),
		.email = first_of(request->from_email, own),
	};
	asking->mail->from = sender_text(&sender, arena);
	asking->mail->reply_to = text_is_empty(request->reply_to) ? NULL : request->reply_to;
	if (text_is_empty(sender.email))
		return error_field(err, "from_email", "There is no sender: write from_email");
	return mail_check_address(sender.email, "from_email", err) &&
	       (!asking->mail->reply_to || mail_check_address(request->reply_to, "reply_to", err));
}

static bool read_variables(struct asking *asking, struct error *err) {
	const char *json = asking->request->variables;
	struct error ignored;
	int count = 0;
	if (text_is_empty(json))
		return true;
	if (!json_read(asking->acting->arena, json, strlen(json), &asking->variables, &ignored))
		return error_field(err, "variables", "It must be an object of names and values");
	for (const struct value *one = asking->variables->first; one; one = one->next) {
		bool is_name = one->name && *one->name && strlen(one->name) <= 64 &&
		               strspn(one->name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(one->name);
		if (++count > VARIABLES_MAX)
			return error_field(err, "variables", "There are more than %d", VARIABLES_MAX);
		if (!is_name)
			return error_field(err, "variables", "“%.40s” is no name: use small letters, digits and _", one->name);
		if (one->kind == VALUE_MAP || one->kind == VALUE_LIST)
			return error_field(err, "variables", "“%s” must be a text, a number, or true or false", one->name);
	}
	return true;
}

static enum name_type type_of(const struct value *value) {
	return value->kind == VALUE_BOOL                                ? NAME_TRUTH
	       : value->kind == VALUE_TEXT || value->kind == VALUE_NULL ? NAME_TEXT
	                                                                : NAME_NUMBER;
}

/* What the tags may name: the variables, then what everybody has. */
static bool read_names(struct asking *asking, struct names *known, struct error *err) {
	struct arena *arena = asking->acting->arena;
	struct names usual;
	int count = 0;
	if (!template_names(asking->acting->store, arena, &usual, err))
		return false;
	struct name *items = arena_array(arena, struct name, (size_t)usual.count + VARIABLES_MAX + 1);
	for (const struct value *one = asking->variables ? asking->variables->first : NULL; one; one = one->next)
		items[count++] = (struct name){ one->name, one->name, type_of(one) };
	for (int i = 0; i < usual.count; i++)
		if (!asking->variables || !value_get(asking->variables, usual.items[i].name))
			items[count++] = usual.items[i];
	*known = (struct names){ items, count };
	return true;
}

/* Nothing that is known of the person is asked for. */
static bool is_all_said(const struct asking *asking) {
	for (int i = 0; i < asking->mail->names.count; i++)
		if (!asking->variables || !value_get(asking->variables, asking->mail->names.items[i]))
			return false;
	return true;
}

static bool read_person(struct asking *asking, struct reader *reader, struct error *err) {
	const struct acting *acting = asking->acting;
	const struct strings one = { (const char *[]){ asking->mail->to }, 1 };
	struct contact *contacts;
	int count;
	if (!contact_find_by_addresses(acting->store, &one, acting->arena, &contacts, &count, err))
		return false;
	asking->mail->contact_id = count ? contacts[0].id : NULL;
	if (count == 0 || is_all_said(asking)) {
		*reader = reader_made_up(READER_EMPTIEST, &standard_names, acting->now, acting->arena);
		return true;
	}
	return reader_of_contact(acting->store, &contacts[0], acting->now, acting->arena, reader, err);
}

static void put_all(struct value *map, const struct value *more, struct arena *arena) {
	for (const struct value *one = more ? more->first : NULL; one; one = one->next) {
		if (value_get(map, one->name))
			continue;
		struct value *copy = arena_new_of(arena, struct value);
		*copy = *one;
		copy->next = NULL;
		(void)value_put(map, one->name, copy);
	}
}

/* What was said of the mail comes before what is known of the person. */
static struct value *both(const struct value *variables, const struct value *person, struct arena *arena) {
	struct value *map = value_map(arena);
	put_all(map, variables, arena);
	put_all(map, person, arena);
	return map;
}

static bool freeze(struct asking *asking, struct error *err) {
	struct arena *arena = asking->acting->arena;
	static const struct letter_settings none = { 0 };
	struct single_mail *mail = asking->mail;
	struct dispatch dispatch = single_mail_dispatch(mail, arena);
	struct names known;
	struct reader reader;
	if (!read_variables(asking, err) || !read_names(asking, &known, err) ||
	    !letter_names(&dispatch.said, &none, &known, arena, &mail->names, &mail->types, err) ||
	    !read_person(asking, &reader, err))
		return false;
	reader.values = both(asking->variables, reader.values, arena);
	mail->values = freeze_values(&mail->names, &reader, arena);
	return true;
}

bool single_mail_check(struct store *store, const char *to, struct arena *arena, const char **why, struct error *err) {
	const struct strings keys = { (const char *[]){ to }, 1 };
	struct suppression *rows;
	int count;
	*why = NULL;
	if (!suppression_find(store, &keys, arena, &rows, &count, err))
		return false;
	for (int i = 0; i < count && !*why; i++)
		if (rows[i].reason != SUPPRESSION_UNSUBSCRIBED)
			*why = suppression_reason_labels[rows[i].reason];
	return true;
}

static bool take_turn(const struct acting *acting, struct error *err) {
	const struct rate_limit limit = { arena_print(acting->arena, "single_mail:%.80s", acting->by), A_MINUTE,
		                              (double)A_MINUTE / 60 };
	int taken;
	int64_t wait_ms;
	return rate_limit_take(acting->store, &limit, 1, &taken, &wait_ms, err) &&
	       (taken || error_limited(err, wait_ms, "More than %d single emails a minute: wait a moment", A_MINUTE));
}

static bool ask_job(struct store *store, const char *mail_id, struct arena *arena, struct error *err) {
	const struct job_request request = { SINGLE_MAIL_JOB, arena_print(arena, "single:%s", mail_id), mail_id, 0 };
	const char *id;
	bool already;
	return queue_ask(store, &request, arena, &id, &already, err);
}

static bool keep(struct asking *asking, struct error *err) {
	const struct acting *acting = asking->acting;
	struct single_mail *mail = asking->mail;
	bool was_there;
	mail->created_by = acting->by;
	mail->created_at = acting->now;
	mail->sent_at = MOMENT_NONE;
	mail->expires_at = moment_add(acting->now, KEPT_DAYS * DAY_MS);
	return store_create(acting->store, MAILS, &single_mail_record, mail, mail->id, &was_there, err) &&
	       ask_job(acting->store, mail->id, acting->arena, err);
}

static bool prepare(struct asking *asking, struct error *err) {
	return take_address(asking, err) && take_content(asking, err) && take_sender(asking, err) && freeze(asking, err);
}

/* The statements of single_mail_ask, one for one. */
bool single_mail_rehearse(const struct acting *acting, const struct single_request *request, const char *id,
                          struct error *err) {
	struct single_mail mail;
	struct asking asking = { acting, request, &mail, NULL };
	const char *why;
	bool is_there;
	if (!single_mail_find(acting->store, id, acting->arena, &mail, &is_there, err))
		return false;
	if (is_there)
		return ask_job(acting->store, id, acting->arena, err);
	mail = (struct single_mail){ .id = id };
	if (!prepare(&asking, err) || !single_mail_check(acting->store, mail.to, acting->arena, &why, err))
		return false;
	mail.to = mail.contact_id = mail.values = NULL;
	mail.status = SINGLE_MAIL_SUPPRESSED;
	return take_turn(acting, err) && keep(&asking, err);
}

bool single_mail_ask(const struct acting *acting, const struct single_request *request, const char *id,
                     struct single_mail *mail, struct error *err) {
	struct asking asking = { acting, request, mail, NULL };
	const char *why;
	bool is_there; /* whoever asked for it was killed before the answer */
	if (!single_mail_find(acting->store, id, acting->arena, mail, &is_there, err))
		return false;
	if (is_there)
		return ask_job(acting->store, mail->id, acting->arena, err);
	*mail = (struct single_mail){ .id = id };
	if (!prepare(&asking, err) || !single_mail_check(acting->store, mail->to, acting->arena, &why, err))
		return false;
	if (why)
		return error_set(err, ERROR_CONFLICT, "%.100s is suppressed (%s): nothing is sent there", mail->to, why);
	return take_turn(acting, err) && keep(&asking, err);
}

/* --- afterwards --- */

bool single_mail_find(struct store *store, const char *name, struct arena *arena, struct single_mail *mail, bool *found,
                      struct error *err) {
	const char *id = text_after(name, "email_");
	*found = false;
	return strlen(id) != 24 ||
	       store_find(store, MAILS, FILTER(by_id(id)), NULL, &single_mail_record, arena, mail, found, err);
}

/* Those that were only rehearsed are to nobody. */
bool single_mails_page(struct store *store, const struct single_mails_query *query, struct arena *arena,
                       struct page *page, struct error *err) {
	const struct page_query asked = {
		.filter = FILTER(query->to ? eq_text("to", query->to) : is_present("to"),
		                 query->state < SINGLE_MAIL_STATES
		                     ? eq_choice("status", &single_mail_states, (unsigned)query->state)
		                     : anything()),
		.by = "created_at",
		.descending = true,
		.cursor = query->cursor,
		.limit = query->limit,
	};
	return store_page(store, MAILS, &asked, &single_mail_answer, arena, page, err);
}

bool single_mails_count(struct store *store, enum single_mail_state state, int64_t most, int64_t *count,
                        struct error *err) {
	const struct filter *filter = FILTER(eq_choice("status", &single_mail_states, state), is_present("to"));
	return store_count_most(store, MAILS, filter, most, count, err);
}

bool single_mails_adopt(struct store *store, void *context, struct error *err) {
	static struct moment from; /* the rest of what was looked at last */
	ARENA_AUTO arena = arena_new();
	struct single_mail *pending;
	struct moment now;
	int count;
	(void)context;
	if (!store_now(store, &now, err))
		return false;
	if (!moment_is_set(from) || now.ms - from.ms > ADOPTED_MS || from.ms > now.ms)
		from = moment_add(now, -ADOPTED_MS);
	if (!store_list(store, MAILS,
	                FILTER(gte_moment("created_at", from),
	                       eq_choice("status", &single_mail_states, SINGLE_MAIL_PENDING)),
	                SORT(asc("created_at"), asc("_id")), ADOPTED_AT_ONCE, &single_mail_answer, arena, (void **)&pending,
	                &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!ask_job(store, pending[i].id, arena, err))
			return false;
	from = count == ADOPTED_AT_ONCE ? pending[count - 1].created_at : MOMENT_NONE;
	return true;
}

bool single_mail_save(struct store *store, const struct single_mail *mail, struct error *err) {
	bool found;
	return store_save(store, MAILS, FILTER(by_id(mail->id)), &single_mail_record, mail,
	                  ONLY("status", "attempts", "error", "sent_at"), &found, err);
}

struct dispatch single_mail_dispatch(const struct single_mail *mail, struct arena *arena) {
	const char **texts = arena_array(arena, const char *, 2);
	struct dispatch dispatch;
	record_clear(&dispatch_record, &dispatch);
	texts[0] = mail->subject;
	texts[1] = mail->from;
	dispatch.id = mail->id;
	dispatch.said.subjects = (struct strings){ &texts[0], 1 };
	dispatch.said.froms = (struct strings){ &texts[1], 1 };
	dispatch.said.reply_to = mail->reply_to;
	dispatch.said.html_content = mail->html_content;
	dispatch.said.text_content = mail->text_content;
	dispatch.names = mail->names;
	dispatch.types = mail->types;
	dispatch.connection_id = mail->account_id;
	dispatch.started_at = mail->created_at;
	return dispatch;
}

bool single_mails_forget(struct store *store, const struct strings *contact_ids, struct error *err) {
	int64_t deleted;
	return store_delete(store, MAILS, FILTER(in_ids("contact_id", contact_ids)), &deleted, err);
}
