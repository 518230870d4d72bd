/* What keeps a campaign from being sent. */
#include "dispatch/ready.h"

#include "audience/contacts/mailable.h"
#include "composing/addressees.h"
#include "composing/content_check.h"
#include "core/formats/mail.h"
#include "preflight/check.h"
#include "preflight/lookups.h"
#include "preflight/spam.h"
#include "segments/people.h"
#include "templates/values.h"

struct readying {
	struct store *store;
	const struct settings *settings;
	const struct composition *said; /* with its template's words */
	struct composing_known known;
	struct wording wording;
	struct moment now;
	struct arena *arena;
	struct missing *items;
	int count;
};

static void add(struct readying *readying, enum composer_step step, const char *field, const char *text) {
	if (readying->count < HINDRANCES_MAX)
		readying->items[readying->count++] = (struct missing){ choice_name(&steps, (int)step), field, text };
}

static void check_missing(struct readying *readying) {
	struct missing missing[MISSING_MAX];
	int count = composition_missing(&readying->wording, missing);
	for (int i = 0; i < count && readying->count < HINDRANCES_MAX; i++)
		readying->items[readying->count++] = missing[i];
	if (readying->said->channel != BY_EMAIL)
		add(readying, STEP_CONTENT, "channel", "Text messages cannot be sent yet: choose email");
}

/* Returns how many mistakes the content has. */
static int check_content(struct readying *readying) {
	struct rows remarks;
	int errors = content_check(readying->said, &readying->known.names, readying->arena, &remarks);
	const struct content_remark *all = remarks.items;
	for (int i = 0; i < remarks.count; i++)
		if (all[i].is_error)
			add(readying, STEP_CONTENT, all[i].field,
			    arena_print(readying->arena, "%s (line %lld)", all[i].text, (long long)all[i].line));
	return errors;
}

static void check_lists(struct readying *readying) {
	const struct strings *named[] = { &readying->said->list_ids, &readying->said->exclude.list_ids };
	for (int which = 0; which < 2; which++)
		for (int i = 0; i < named[which]->count; i++)
			if (!known_list(&readying->known, named[which]->items[i]))
				add(readying, STEP_AUDIENCE, which ? "exclude.list_ids" : "list_ids",
				    which ? "A list that is excluded was deleted: remove it" : "A list was deleted: remove it");
}

static const struct connection *connection_of(const struct readying *readying) {
	if (!text_is_empty(readying->said->account_id))
		return known_connection(&readying->known, readying->said->account_id);
	return connection_for_email(&readying->known.connections);
}

static void check_connection(struct readying *readying) {
	const struct connection *connection = connection_of(readying);
	bool chosen = !text_is_empty(readying->said->account_id);
	if (!connection)
		add(readying, STEP_SETTINGS, "account_id",
		    chosen ? "The connection was deleted: choose what it is sent through"
		           : "No mail server is set up: choose what it is sent through");
	else if (connection->provider != PROVIDER_SMTP)
		add(readying, STEP_SETTINGS, "account_id",
		    arena_print(readying->arena, "%s cannot send campaigns yet: choose a mail server",
		                provider_rows[connection->provider].label));
	else if (!connection->is_active)
		add(readying, STEP_SETTINGS, "account_id",
		    arena_print(readying->arena, "The connection “%s” is off: switch it on, or choose another one",
		                connection->name));
}

/* Where it is put right. */
static enum composer_step step_of(const char *part) {
	return text_same(part, "audience") ? STEP_AUDIENCE : text_same(part, "settings") ? STEP_SETTINGS : STEP_CONTENT;
}

static const char *field_of(const char *part) {
	static const char *const fields[][2] = { { "html", "html_content" }, { "text", "text_content" },
		                                     { "sms", "sms_content" },   { "sender", "from_email" },
		                                     { "audience", "list_ids" }, { "settings", "account_id" } };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (text_same(fields[i][0], part))
			return fields[i][1];
	return part;
}

static bool check_preflight(struct readying *readying, struct error *err) {
	const struct wording complete = wording_complete(&readying->wording, readying->settings->postal_address,
	                                                 readying->arena);
	const struct composition *said = &complete.said;
	const struct connection *connection = connection_of(readying);
	const struct names names = names_of_customs(&readying->known.names.customs, readying->arena);
	struct preflight_input input = { .marketing = readying->wording.marketing,
		                             .email = true,
		                             .subjects = said->subjects,
		                             .preheader = said->preheader,
		                             .html = said->html_content,
		                             .text = said->text_content,
		                             .from_name = said->from_name,
		                             .from_email = said->from_email,
		                             .reply_to = said->reply_to,
		                             .postal_address = readying->settings->postal_address,
		                             .server = connection ? connection->smtp.host : NULL,
		                             .to_demo = connection && connection_is_demo(connection, readying->settings),
		                             .names = &names,
		                             .spam_check = readying->settings->spam_check };
	struct preflight preflight;
	struct lookups known;
	preflight_run(&input, readying->arena, &preflight);
	const struct lookups_request request = { preflight.lookups, mail_domain_part(input.from_email), NULL, false,
		                                     readying->now };
	if (!lookups_read(readying->store, &request, readying->arena, &known, err))
		return false;
	input.links = &known.links;
	input.sender = known.sender;
	preflight_run(&input, readying->arena, &preflight);
	const struct check *checks = preflight.checks.items;
	for (int i = 0; i < preflight.checks.count; i++)
		if (checks[i].level == CHECK_ERROR)
			add(readying, step_of(checks[i].part), field_of(checks[i].part), checks[i].title);
	return true;
}

/* Is there anybody? One is enough: how many there are is counted as they are written down. */
static bool check_people(struct readying *readying, struct error *err) {
	const struct settings *settings = readying->settings;
	const struct mailable_question question = { .list_id = addressees_list(readying->said),
		                                        .suppression_list = settings->suppression_list,
		                                        .require_consent = settings->require_consent,
		                                        .validate_domains = settings->validate_domains };
	struct people_query query = { .clock = { readying->now, NULL },
		                          .patience_ms = PEOPLE_PAGE_MS,
		                          .also = contact_mailable_filter(readying->arena, &question, MAILABLE) };
	struct people_page page;
	struct error broken = ERROR_INIT;
	if (!addressees_rule(readying->said, &readying->known, readying->now, readying->arena, &query.rule, &broken)) {
		*err = broken;
		if (broken.kind == ERROR_INVALID)
			add(readying, STEP_AUDIENCE, "list_ids", arena_copy(readying->arena, broken.text));
		return broken.kind == ERROR_INVALID;
	}
	if (!query.rule)
		return true;
	if (!people_page(readying->store, &query, 1, readying->arena, &page, err))
		return false;
	if (page.count == 0 && !page.progress.next)
		add(readying, STEP_AUDIENCE, "list_ids", "Nobody of those who are chosen can be emailed");
	return true;
}

bool ready_check(struct store *store, const struct settings *settings, const struct composition *said, bool by_time,
                 struct moment now, struct arena *arena, struct rows *hindrances, struct error *err) {
	struct readying readying = { .store = store, .settings = settings, .now = now, .arena = arena };
	readying.items = arena_array(arena, struct missing, HINDRANCES_MAX);
	if (!known_read(store, arena, &readying.known, err) ||
	    !known_read_template(store, said->template_id, arena, &readying.known, err))
		return false;
	readying.wording = wording_of(said, &readying.known, arena);
	readying.said = &readying.wording.said;
	check_missing(&readying);
	check_lists(&readying);
	check_connection(&readying);
	bool is_whole = readying.count == 0;
	if (check_content(&readying) == 0 && is_whole && !check_preflight(&readying, err))
		return false;
	if (!by_time && is_whole && !check_people(&readying, err))
		return false;
	*hindrances = (struct rows){ readying.items, readying.count };
	return true;
}

bool ready_refuse(const struct rows *hindrances, struct arena *arena, struct problems *problems, struct error *err) {
	const struct missing *items = hindrances->items;
	for (int i = hindrances->count - 1; i >= 0; i--) {
		int step = STEP_REVIEW;
		(void)choice_find(&steps, items[i].step, &step);
		(void)error_field(err, items[i].field, "%s: %s", step_labels[step], items[i].text);
	}
	for (int i = 0; i < hindrances->count; i++) {
		struct error one = ERROR_INIT;
		int step = STEP_REVIEW;
		(void)choice_find(&steps, items[i].step, &step);
		(void)error_field(&one, items[i].field, "%s: %s", step_labels[step], items[i].text);
		problems_add(problems, arena, &one);
	}
	return hindrances->count == 0;
}
