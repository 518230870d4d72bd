/* Checks of what is written: the language of fields, subject, preheader, placeholders. */
#include <glib.h>
#include <string.h>

#include "content/tag.h"
#include "preflight/checking.h"

enum { SUBJECT_CHARACTERS = 70, PREHEADER_CHARACTERS = 100, PREHEADER_LEAST = 20, EMOJI_MAX = 2, NAMES_SAID = 5 };

static void check_language(const struct checking *checking, struct check *check) {
	for (int i = 0; i < checking->source_count; i++) {
		const struct checked_source *source = &checking->sources[i];
		for (int j = 0; j < source->flaws.count; j++)
			if (source->flaws.items[j].is_error)
				check_add(checking, check, source->part, (int64_t)source->flaws.items[j].offset,
				          source->flaws.items[j].text);
	}
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_ERROR,
		          text_of_counted(checking->arena, check->count, "mistake in fields or conditions",
		                          "mistakes in fields or conditions"),
		          "The email cannot be created for anyone");
}

/* "{{nme}}, {{compny}} and 3 more": each once. */
static const char *unknown_names(const struct checking *checking) {
	struct strings names = { arena_array(checking->arena, const char *, NAMES_SAID), 0 };
	int more = 0;
	BUF_AUTO said = { 0 };
	for (int i = 0; i < checking->source_count; i++)
		for (int j = 0; j < checking->sources[i].flaws.count; j++) {
			const char *name = checking->sources[i].flaws.items[j].unknown;
			if (!name || strings_have(&names, name))
				continue;
			if (names.count == NAMES_SAID)
				more++;
			else
				names.items[names.count++] = name;
		}
	for (int i = 0; i < names.count; i++)
		buf_print(&said, "%s{{%.60s}}", i ? ", " : "", names.items[i]);
	if (more)
		buf_print(&said, " and %d more", more);
	return arena_copy(checking->arena, buf_text(&said));
}

static void check_unknown(const struct checking *checking, struct check *check) {
	for (int i = 0; i < checking->source_count; i++) {
		const struct checked_source *source = &checking->sources[i];
		for (int j = 0; j < source->flaws.count; j++)
			if (source->flaws.items[j].unknown)
				check_add(checking, check, source->part, (int64_t)source->flaws.items[j].offset,
				          source->flaws.items[j].text);
	}
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_ERROR,
		          arena_print(checking->arena, "%s: %s",
		                      text_of_counted(checking->arena, check->count, "field that does not exist",
		                                      "fields that do not exist"),
		                      unknown_names(checking)),
		          "Nothing would appear there");
}

/* What compiling remarks without being sure, such as a field before a comma with nothing in its place. */
static void check_remarks(const struct checking *checking, struct check *check) {
	for (int i = 0; i < checking->source_count; i++) {
		const struct checked_source *source = &checking->sources[i];
		for (int j = 0; j < source->flaws.count; j++)
			if (!source->flaws.items[j].is_error && !source->flaws.items[j].unknown)
				check_add(checking, check, source->part, (int64_t)source->flaws.items[j].offset,
				          source->flaws.items[j].text);
	}
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING,
		          text_of_counted(checking->arena, check->count, "place to check", "places to check"),
		          ((const struct check_place *)check->places.items)->text);
}

static void check_subject(const struct checking *checking, struct check *check) {
	const struct strings *subjects = &checking->input->subjects;
	for (int i = 0; i < subjects->count; i++)
		if (text_is_empty(text_trim(checking->arena, subjects->items[i] ? subjects->items[i] : "")))
			check_add(checking, check, "subject", NO_OFFSET, NULL);
	if (subjects->count == 0)
		check_add(checking, check, "subject", NO_OFFSET, NULL);
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_ERROR, "The subject is empty", NULL);
}

/* Without the tags of fields: what is written for them is not known. */
static size_t written_length(const struct checking *checking, const struct checked_source *source) {
	struct flaws ignored;
	struct tag tag;
	size_t length = 0;
	flaws_begin(&ignored, checking->arena);
	for (size_t from = 0; from < source->size;) {
		bool found = tag_find(source->text, source->size, from, SOURCE_PLAIN, &tag, &ignored);
		size_t to = found ? tag.from : source->size;
		length += text_length(arena_copy_bytes(checking->arena, source->text + from, to - from));
		from = found ? tag.to : source->size;
	}
	return length;
}

static void check_subject_length(const struct checking *checking, struct check *check) {
	for (int i = 0; i < checking->source_count; i++) {
		const struct checked_source *source = &checking->sources[i];
		size_t length = strcmp(source->part, "subject") == 0 ? written_length(checking, source) : 0;
		if (length > SUBJECT_CHARACTERS)
			check_add(checking, check, "subject", NO_OFFSET, arena_print(checking->arena, "%zu characters", length));
	}
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING, "The subject is long",
		          "Inboxes show about 70 characters, phones about 40: the rest is cut");
}

static void check_style(const struct checking *checking, struct check *check) {
	for (int i = 0; i < checking->source_count; i++) {
		const struct checked_source *source = &checking->sources[i];
		bool head = strcmp(source->part, "subject") == 0 || strcmp(source->part, "preheader") == 0;
		if (head && text_shouts(source->text))
			check_add(checking, check, source->part, NO_OFFSET, "It is in capital letters");
		if (head && text_emoji_count(source->text) > EMOJI_MAX)
			check_add(checking, check, source->part, NO_OFFSET,
			          text_of_counted(checking->arena, text_emoji_count(source->text), "emoji", "emoji"));
	}
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING, "The subject or preheader shouts",
		          ((const struct check_place *)check->places.items)->text);
}

static void check_preheader(const struct checking *checking, struct check *check) {
	const struct checked_source *source = checking_source(checking, "preheader");
	size_t length = source ? written_length(checking, source) : 0;
	bool has_tag = source && strstr(source->text, "{{");
	if (!source)
		check_say(check, CHECK_WARNING, "No preheader",
		          "Inboxes show the beginning of the text after the subject instead, often “View in browser”");
	else if (length > PREHEADER_CHARACTERS)
		check_say(check, CHECK_WARNING, "The preheader is long", "Inboxes show at most about 100 characters of it");
	else if (length < PREHEADER_LEAST && !has_tag)
		check_say(check, CHECK_WARNING, "The preheader is short",
		          "Inboxes fill the line with the beginning of the text");
}

/* What is left of a draft, or of another tool's language of fields. */
static const struct {
	const char *text; /* in small letters */
	bool whole;       /* only as a word of its own, as it is written here in capitals */
} leftovers[] = {
	{ "lorem ipsum", false },
	{ "dolor sit amet", false },
	{ "TODO", true },
	{ "TBD", true },
	{ "FIXME", true },
	{ "XXX", true },
	{ "your text here", false },
	{ "your company", false },
	{ "insert text", false },
	{ "[name]", false },
	{ "[first name]", false },
	{ "[company]", false },
	{ "[date]", false },
	{ "[link]", false },
	{ "*|", false },
	{ "|*", false },
	{ "%%first", false },
	{ "%first", false },
	{ "<<", false },
	{ "${", false },
	{ "[[", false },
	{ "{first", false },
	{ "{name", false },
	{ "[firstname]", false },
	{ "example.com", false },
	{ "example.org", false },
	{ "example.net", false },
};

static const char *ascii_lower(struct arena *arena, const char *text) {
	char *lower = arena_copy_bytes(arena, text, strlen(text));
	for (char *at = lower; *at; at++)
		*at = g_ascii_tolower(*at);
	return lower;
}

static const char *find_leftover(const char *text, const char *lower, size_t row) {
	const char *wanted = leftovers[row].text, *from = leftovers[row].whole ? text : lower;
	for (const char *at = from; (at = strstr(at, wanted)); at++) {
		bool inside = at > from && (g_ascii_isalnum(at[-1]) || (at[-1] == '{' && wanted[0] == '{'));
		if (!leftovers[row].whole)
			return inside && wanted[0] == '{' ? NULL : text + (at - from);
		if (!inside && !g_ascii_isalnum(at[strlen(wanted)]))
			return at;
	}
	return NULL;
}

/* Of the HTML, what is read: its offsets are those of the text made from it, so they are not told. */
static void find_leftovers(const struct checking *checking, struct check *check, const char *part, const char *text,
                           bool located) {
	const char *lower = ascii_lower(checking->arena, text);
	for (size_t i = 0; i < G_N_ELEMENTS(leftovers); i++) {
		const char *at = find_leftover(text, lower, i);
		if (at)
			check_add(checking, check, part, located ? at - text : NO_OFFSET,
			          arena_print(checking->arena, "“%s”", leftovers[i].text));
	}
}

static void check_placeholders(const struct checking *checking, struct check *check) {
	for (int i = 0; i < checking->source_count; i++) {
		const struct checked_source *source = &checking->sources[i];
		if (source->form != FORM_HTML)
			find_leftovers(checking, check, source->part, source->text, true);
	}
	if (checking->html)
		find_leftovers(checking, check, "html", checking->plain, false);
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING,
		          text_of_counted(checking->arena, check->count, "placeholder is left", "placeholders are left"),
		          arena_print(checking->arena, "%s", ((const struct check_place *)check->places.items)->text));
}

/* A text part of one's own that has another address than the HTML: it was not changed with it. */
static void check_twin(const struct checking *checking, struct check *check) {
	const struct links text = checking_links(checking, checking->text);
	for (int i = 0; i < text.count; i++) {
		bool found = text.items[i].kind != LINK_TRACKED && text.items[i].kind != LINK_OWN;
		for (int j = 0; j < checking->links.count && !found; j++)
			found = strcmp(checking->links.items[j].target, text.items[i].target) == 0;
		if (!found)
			check_add(checking, check, "text", (int64_t)text.items[i].offset, text.items[i].target);
	}
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING, "The text version has links that the HTML does not have",
		          "Perhaps it was not updated");
	else if (checking->links.tracked > 0 && text.tracked == 0)
		check_say(check, CHECK_WARNING, "The text version has none of the links", "Whoever reads it cannot follow any");
}

const struct check_kind text_checks[] = {
	{ "language", "html", 0, check_language, "Fields and conditions are written correctly", "Correct these places" },
	{ "unknown_fields", "html", 0, check_unknown, "All fields exist", "Correct the names, or define the fields" },
	{ "remarks", "html", 0, check_remarks, "Nothing odd in fields and conditions",
	  "Write a fallback for missing values: {{first_name|default:\"there\"}}" },
	{ "subject", "subject", WANTS_EMAIL, check_subject, "There is a subject", "Write a subject" },
	{ "subject_length", "subject", WANTS_EMAIL, check_subject_length, "The subject is short enough",
	  "Say what matters in the first 40 characters" },
	{ "shouting", "subject", WANTS_EMAIL, check_style, "The subject does not shout",
	  "Use small letters, and at most two emoji" },
	{ "preheader", "preheader", WANTS_EMAIL | WANTS_HTML, check_preheader, "There is a preheader",
	  "Write a preheader of 40 to 100 characters that continues the subject" },
	{ "placeholders", "html", 0, check_placeholders, "No placeholders are left", "Replace them" },
	{ "text_version", "text", WANTS_EMAIL | WANTS_HTML | WANTS_TEXT, check_twin, "The text version has the same links",
	  "Rewrite it, or leave it empty: then it is created from the HTML" },
	{ 0 },
};
