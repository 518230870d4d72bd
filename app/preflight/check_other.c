/* Checks of the audience's values and of text messages. */
#include <glib.h>
#include <string.h>

#include "content/sms.h"
#include "preflight/checking.h"

enum { SMS_SEGMENTS = 3 };

/* "12 people have no first name", each with what they read instead. */
static void check_missing(const struct checking *checking, struct check *check) {
	const struct audience_facts *facts = checking->input->audience;
	struct arena *arena = checking->arena;
	int64_t most = 0;
	bool any_bare = false;
	const char *title = NULL, *detail = NULL;
	if (!facts) {
		check_say(check, CHECK_WAITING, "The people's values have not been counted", NULL);
		return;
	}
	for (int i = 0; i < facts->count; i++) {
		const struct missing_value *value = &facts->missing[i];
		bool is_bare = !value->instead;
		if (value->people == 0)
			continue;
		const char *text = arena_print(arena, "%s no %s",
		                               text_of_counted(arena, value->people, "person has", "people have"),
		                               text_fold(arena, value->label));
		check_add(checking, check, "audience", NO_OFFSET, text);
		if (title && (is_bare < any_bare || (is_bare == any_bare && value->people <= most)))
			continue;
		most = value->people;
		any_bare = is_bare;
		title = text;
		detail = is_bare ? "Nothing is written there" : arena_print(arena, "They read “%s”", value->instead);
	}
	const char *of = facts->looked < facts->of
	                     ? arena_print(arena, "Of the first %s of %s", text_of_count(arena, facts->looked),
	                                   text_of_counted(arena, facts->of, "person", "people"))
	                     : NULL;
	if (title) /* what stands for a value was written for those without it */
		check_say(check, any_bare ? CHECK_WARNING : CHECK_PASSED, title,
		          of ? arena_print(arena, "%s. %s", of, detail) : detail);
	else
		check->detail = of;
}

static void check_sms(const struct checking *checking, struct check *check) {
	if (!checking->sms || !*text_trim(checking->arena, checking->sms->text))
		check_say(check, CHECK_ERROR, "The text message is empty", NULL);
}

static void check_sms_size(const struct checking *checking, struct check *check) {
	struct arena *arena = checking->arena;
	const char *text = checking->sms ? sms_text(arena, checking->sms->text) : "";
	struct sms_size size = sms_size(text);
	struct sms_hints hints = sms_hints(arena, text);
	for (int i = 0; i < hints.count && hints.segments < size.segments; i++)
		check_add(checking, check, "sms", NO_OFFSET,
		          hints.items[i].instead
		              ? arena_print(arena, "“%s”: write “%s”", hints.items[i].character, hints.items[i].instead)
		              : arena_print(arena, "“%s”", hints.items[i].character));
	check->title = arena_print(arena, "The text message is %s",
	                           text_of_counted(arena, size.segments, "segment", "segments"));
	if (hints.segments < size.segments)
		check_say(check, CHECK_WARNING,
		          arena_print(arena, "A few characters turn the text message into %s instead of %d",
		                      text_of_counted(arena, size.segments, "segment", "segments"), hints.segments),
		          "Each segment costs money");
	else if (size.segments > SMS_SEGMENTS)
		check_say(check, CHECK_WARNING, check->title, "Each segment costs money");
}

static void check_sms_stop(const struct checking *checking, struct check *check) {
	const char *text = checking->sms ? checking->sms->text : "";
	if (!strstr(text, "STOP") && !strstr(text, "unsubscribe_url"))
		check_say(check, CHECK_ERROR, "The text message does not say how to unsubscribe",
		          "Carriers block marketing that does not");
}

static void check_sms_links(const struct checking *checking, struct check *check) {
	const struct links links = checking_links(checking, checking->sms);
	for (int i = 0; i < links.count; i++) {
		const char *host = links.items[i].kind == LINK_TRACKED ? link_host(links.items[i].target, checking->arena)
		                                                       : NULL;
		if (host && host_is_shortener(host))
			check_add(checking, check, "sms", (int64_t)links.items[i].offset, host);
	}
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING, "A public shortener in the text message", "Carriers filter them");
}

static bool shows_code(const struct checked_source *source) {
	static const char *const names[] = { "short_code", "short_link" };
	if (!source)
		return false;
	const struct strings written = source->program ? program_names(source->program) : (struct strings){ 0 };
	bool shows = strstr(source->text, "cid:qr") != NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		shows = shows || strings_have(&written, names[i]);
	return shows;
}

/* A code that nobody sees, or a place for one that nobody gets. */
static void check_codes(const struct checking *checking, struct check *check) {
	const struct preflight_input *input = checking->input;
	bool in_email = shows_code(checking->html) || shows_code(checking->text), in_sms = shows_code(checking->sms);
	if (input->codes == CODES_OFF && in_email)
		check_add(checking, check, checking->html ? "html" : "text", NO_OFFSET, "The email shows a code");
	if (input->codes == CODES_OFF && in_sms)
		check_add(checking, check, "sms", NO_OFFSET, "The text message shows a code");
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_ERROR, "A code is shown, but none is created", "Nothing would appear there");
	else if (input->codes == CODES_ON && ((input->email && !in_email) || (input->sms && !in_sms)))
		check_say(check, CHECK_WARNING, "Each recipient gets a code that nothing shows",
		          input->email && !in_email ? "The email has neither QR code nor short link"
		                                    : "The text message has no short link");
}

const struct check_kind other_checks[] = {
	{ "codes", "settings", WANTS_CODES, check_codes, "Codes are shown where they are created",
	  "Add a QR block or {{short_link}}, and switch QR codes on in the settings" },
	{ "missing_values", "audience", 0, check_missing, "Nobody lacks a value the email uses",
	  "Write a fallback, {{first_name|default:\"there\"}}, or leave these people out" },
	{ "sms", "sms", WANTS_SMS, check_sms, "There is a text message", "Write it" },
	{ "sms_size", "sms", WANTS_SMS, check_sms_size, "Length of the text message",
	  "Shorten it, or replace the characters named" },
	{ "sms_stop", "sms", WANTS_SMS | WANTS_MARKETING, check_sms_stop, "The text message says how to unsubscribe",
	  "Add “STOP to end”" },
	{ "sms_links", "sms", WANTS_SMS, check_sms_links, "No public shorteners in the text message",
	  "Use {{short_link}}, or a domain of your own" },
	{ 0 },
};
