/* Checking compositions. Pure. */
#include "composing/check.h"

#include <inttypes.h>

#include "audience/contacts/contact.h"
#include "core/base/zones.h"
#include "core/formats/mail.h"
#include "segments/rule.h"

enum { SENDER_MAX = 500 };

struct checking {
	struct composition *composition;
	const struct composing_known *known;
	const struct composition *before;
	struct moment now;
	struct arena *arena;
	struct problems *problems;
	struct error first;
	bool fine;
};

static void refuse(struct checking *checking, const struct error *problem) {
	problems_add(checking->problems, checking->arena, problem);
	if (checking->fine)
		checking->first = *problem;
	checking->fine = false;
}

#define REFUSE(checking, field, ...)                     \
	do {                                                 \
		struct error refusal;                            \
		(void)error_field(&refusal, field, __VA_ARGS__); \
		refuse(checking, &refusal);                      \
	} while (0)

static void check_address(struct checking *checking, const char *address, const char *field) {
	struct error problem;
	if (!text_is_empty(address) && !mail_check_address(address, field, &problem))
		refuse(checking, &problem);
}

static void check_words(struct checking *checking) {
	const struct composition *composition = checking->composition;
	if (text_is_empty(composition->name))
		REFUSE(checking, "name", "Give the campaign a name");
	if (text_length(composition->name ? composition->name : "") > COMPOSITION_NAME_MAX)
		REFUSE(checking, "name", "A name can have at most %d characters", COMPOSITION_NAME_MAX);
	if (composition->subjects.count > SUBJECTS_MAX)
		REFUSE(checking, "subjects", "At most %d subjects can take turns", SUBJECTS_MAX);
	for (int i = 0; i < composition->subjects.count; i++)
		if (text_length(composition->subjects.items[i]) > SUBJECT_MAX)
			REFUSE(checking, i ? "subjects" : "subject", "A subject can have at most %d characters", SUBJECT_MAX);
}

static void check_senders(struct checking *checking) {
	const struct composition *composition = checking->composition;
	check_address(checking, composition->from_email, "from_email");
	check_address(checking, composition->reply_to, "reply_to");
	if (text_is_empty(composition->from_email) && !text_is_empty(composition->from_name))
		REFUSE(checking, "from_email", "Write the address from which %.60s sends", composition->from_name);
	if (composition->froms.count > SUBJECTS_MAX)
		REFUSE(checking, "froms", "At most %d senders can take turns", SUBJECTS_MAX);
	for (int i = 1; i < composition->froms.count; i++) {
		const struct sender sender = sender_read(composition->froms.items[i], checking->arena);
		check_address(checking, sender.email, "froms");
		if (text_is_empty(sender.email))
			REFUSE(checking, "froms", "“%.60s” has no address: write senders as Name <name@acme.example>",
			       composition->froms.items[i]);
	}
	for (int i = 0; i < composition->froms.count; i++)
		if (text_length(composition->froms.items[i]) > SENDER_MAX)
			REFUSE(checking, "froms", "A sender can have at most %d characters", SENDER_MAX);
}

/* A text that is split may hold any number; beyond the limit nothing is looked up. */
static bool check_count(struct checking *checking, const struct strings *items, int most, const char *field,
                        const char *what) {
	if (items->count > most)
		REFUSE(checking, field, "At most %d %s", most, what);
	return items->count <= most;
}

/* Ids of lists instead of their names, of which a comma may make several parts. */
static void check_lists(struct checking *checking, struct strings *lists, const char *field) {
	enum { PARTS_MAX = 2 * COMPOSITION_LISTS_MAX };
	if (!check_count(checking, lists, PARTS_MAX, field, "lists"))
		return;
	const struct strings parts = known_lists_split(checking->known, lists, checking->arena);
	struct strings ids = { arena_array(checking->arena, const char *, parts.count + 1), 0 };
	for (int i = 0; i < parts.count; i++) {
		const struct list *list = known_list(checking->known, parts.items[i]);
		if (!list)
			REFUSE(checking, field, "There is no list “%.80s”", parts.items[i]);
		else if (!strings_have(&ids, list->id))
			ids.items[ids.count++] = list->id;
	}
	if (check_count(checking, &ids, COMPOSITION_LISTS_MAX, field, "lists"))
		*lists = ids;
}

static void check_segments(struct checking *checking, struct strings *segments, const char *field) {
	if (!check_count(checking, segments, COMPOSITION_LISTS_MAX, field, "segments"))
		return;
	for (int i = 0; i < segments->count; i++) {
		struct rule_reading reading;
		struct error problem;
		if (segment_is_all(segments->items[i]))
			segments->items[i] = "ALL";
		else if (segments->items[i][0] == '{' ||
		         !rule_read(segments->items[i], &checking->known->names, checking->arena, &reading, &problem))
			REFUSE(checking, field, "“%.80s” is not the name of a segment or tag", segments->items[i]);
	}
}

static void check_recipients(struct checking *checking) {
	struct strings *recipients = &checking->composition->recipients;
	struct strings norms = { arena_array(checking->arena, const char *, recipients->count + 1), 0 };
	if (!check_count(checking, recipients, RECIPIENTS_MAX, "recipients",
	                 "addresses can be typed; import more into a list"))
		return;
	for (int i = 0; i < recipients->count; i++) {
		const char *typed = recipients->items[i], *norm = contact_norm(checking->arena, typed);
		struct error ignored;
		if (!norm || !mail_check_address(typed, "recipients", &ignored))
			REFUSE(checking, "recipients", "“%.80s” is not an email address. Write it in full, like bob@acme.example",
			       typed);
		else
			norms.items[norms.count++] = norm;
	}
	*recipients = strings_distinct(checking->arena, &norms);
}

static void check_people(struct checking *checking) {
	struct composition *composition = checking->composition;
	check_lists(checking, &composition->list_ids, "list_ids");
	check_lists(checking, &composition->exclude.list_ids, "exclude.list_ids");
	check_segments(checking, &composition->target_segments, "target_segments");
	check_segments(checking, &composition->exclude.segments, "exclude.segments");
	check_recipients(checking);
}

static void check_rule(struct checking *checking) {
	struct rule_reading reading;
	struct error problem;
	if (text_is_empty(checking->composition->rule)) {
		checking->composition->rule = NULL;
		return;
	}
	if (!rule_read(checking->composition->rule, &checking->known->names, checking->arena, &reading, &problem))
		REFUSE(checking, "rule", "%s", problem.text);
	else if (reading.gone.count)
		REFUSE(checking, "rule", "%s", reading.gone.items[0].text);
}

/* The id of the connection instead of its name. */
static void check_connection(struct checking *checking) {
	struct composition *composition = checking->composition;
	if (text_is_empty(composition->account_id)) {
		composition->account_id = NULL;
		return;
	}
	const struct connection *connection = known_connection(checking->known, composition->account_id);
	if (connection)
		composition->account_id = connection->id;
	else
		REFUSE(checking, "account_id", "There is no connection “%.50s”. Choose another one", composition->account_id);
}

/* One that was deleted under the draft stays, and is said to be missing. */
static void check_template(struct checking *checking) {
	struct composition *composition = checking->composition;
	const struct template *template = checking->known->template;
	if (text_is_empty(composition->template_id))
		composition->template_id = NULL;
	else if (template)
		composition->template_id = template->id;
	else if (!known_keeps_templates(checking->known, composition->account_id) &&
	         !text_same(composition->template_id, checking->before->template_id))
		REFUSE(checking, "template_id", "There is no template “%.50s”. Choose another one, or none",
		       composition->template_id);
}

static void check_number(struct checking *checking, int64_t number, int64_t max, const char *field, const char *what) {
	if (number < 1 || number > max)
		REFUSE(checking, field, "%s must be a number from 1 to %" PRId64, what, max);
}

static void check_settings(struct checking *checking) {
	const struct composition *composition = checking->composition;
	struct error problem;
	check_number(checking, composition->send_rate_limit_emails, RATE_MAX, "send_rate_limit_emails", "Emails a minute");
	check_number(checking, composition->send_rate_limit_sms, RATE_MAX, "send_rate_limit_sms", "SMS a minute");
	check_number(checking, composition->qr.expiration_days, QR_DAYS_MAX, "qr.expiration_days", "Days");
	check_number(checking, composition->qr.max_usage, QR_USES_MAX, "qr.max_usage", "Uses");
	if (!text_is_empty(composition->time_zone) && !zones_check(composition->time_zone, "time_zone", &problem))
		refuse(checking, &problem);
	bool is_new = composition->scheduled_time.ms != checking->before->scheduled_time.ms;
	if (moment_is_set(composition->scheduled_time) && is_new && composition->scheduled_time.ms <= checking->now.ms)
		REFUSE(checking, "scheduled_time", "That time has passed: choose a later one");
}

bool composition_check(struct composition *composition, const struct composing_known *known,
                       const struct composition *before, struct moment now, struct arena *arena,
                       struct problems *problems, struct error *err) {
	struct checking checking = { composition, known, before, now, arena, problems, ERROR_INIT, true };
	check_words(&checking);
	check_senders(&checking);
	check_people(&checking);
	check_rule(&checking);
	check_connection(&checking);
	check_template(&checking);
	check_settings(&checking);
	if (!checking.fine)
		*err = checking.first;
	return checking.fine;
}

bool composition_check_account(const struct composition *composition, struct arena *arena, struct problems *problems,
                               struct error *err) {
	struct checking checking = { .arena = arena, .problems = problems, .first = ERROR_INIT, .fine = true };
	bool has_content = store_is_id(composition->template_id) || !text_is_empty(composition->html_content) ||
	                   !text_is_empty(composition->text_content) || !text_is_empty(composition->sms_content);
	if (text_is_empty(composition->account_id) || has_content)
		return true;
	if (text_is_empty(composition->template_id))
		REFUSE(&checking, "template_id", "Name the provider's template");
	if (!composition->recipients.count)
		REFUSE(&checking, "destinataires", "Write to whom it is sent");
	if (!composition->subjects.count)
		REFUSE(&checking, "subjects", "Write a subject");
	if (!composition->froms.count)
		REFUSE(&checking, "froms", "Write a sender");
	if (!checking.fine)
		*err = checking.first;
	return checking.fine;
}
