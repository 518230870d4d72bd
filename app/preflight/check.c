/* The checks, made one after the other. */
#include "preflight/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "content/plain.h"
#include "preflight/checking.h"

static const char *const level_words[] = { "passed", "waiting", "warning", "error" };
const struct choices check_levels = CHOICES(level_words);
const char *const check_level_labels[CHECK_LEVEL_COUNT] = { "Passed", "Being checked", "Warning", "Blocks sending" };

static const struct field place_fields[] = {
	FIELD(struct check_place, part, .doc = "subject, preheader, from_name, html, text or sms"),
	FIELD(struct check_place, line, .doc = "From 1"),
	FIELD(struct check_place, column, .doc = "From 1, in characters"),
	FIELD(struct check_place, text),
};
const struct record_type check_place_record = RECORD_TYPE("CheckPlace", struct check_place, place_fields);

static const struct field check_fields[] = {
	FIELD(struct check, id),
	FIELD(struct check, level, .choices = &check_levels),
	FIELD(struct check, title),
	FIELD(struct check, detail),
	FIELD(struct check, fix, .doc = "What to do"),
	FIELD(struct check, part, .doc = "Where it is put right: a part of the content, sender, audience or settings"),
	FIELD(struct check, count, .doc = "Places, or people"),
	FIELD_LIST(struct check, places, check_place_record),
};
const struct record_type check_record = RECORD_TYPE("Check", struct check, check_fields);

static const struct field preflight_fields[] = {
	FIELD_LIST(struct preflight, checks, check_record),
	FIELD(struct preflight, errors, .doc = "Each keeps it from being sent"),
	FIELD(struct preflight, warnings),
	FIELD(struct preflight, waiting, .doc = "Checks of which nothing is known yet"),
	FIELD(struct preflight, passed),
	FIELD(struct preflight, spam_score, .doc = "5 or more keeps it from being sent"),
};
const struct record_type preflight_record = RECORD_TYPE("Preflight", struct preflight, preflight_fields);

void check_say(struct check *check, enum check_level level, const char *title, const char *detail) {
	check->level = level;
	check->title = title;
	check->detail = detail;
}

/* Line and column of a byte, both from 1; the column counts characters. */
static void locate(const char *text, int64_t offset, int64_t *line, int64_t *column) {
	*line = *column = 1;
	for (int64_t i = 0; i < offset && text[i]; i++) {
		if (text[i] == '\n')
			++*line, *column = 1;
		else if (((unsigned char)text[i + 1] & 0xC0) != 0x80)
			++*column;
	}
}

const struct checked_source *checking_source(const struct checking *checking, const char *part) {
	for (int i = 0; i < checking->source_count; i++)
		if (strcmp(checking->sources[i].part, part) == 0)
			return &checking->sources[i];
	return NULL;
}

void check_add(const struct checking *checking, struct check *check, const char *part, int64_t offset,
               const char *text) {
	struct check_place place = { part, COUNT_NONE, COUNT_NONE, text };
	const struct checked_source *source = part ? checking_source(checking, part) : NULL;
	check->count = check->count == COUNT_NONE ? 1 : check->count + 1;
	if (check->places.count == CHECK_PLACES_MAX)
		return;
	if (!check->places.items)
		check->places.items = arena_array(checking->arena, struct check_place, CHECK_PLACES_MAX);
	if (source && offset != NO_OFFSET)
		locate(source->text, offset, &place.line, &place.column);
	((struct check_place *)check->places.items)[check->places.count++] = place;
}

/* An empty one is none. */
static const struct checked_source *take(struct checking *checking, const char *part, const char *text,
                                         enum form form) {
	if (text_is_empty(text) || checking->source_count == CHECKED_SOURCES_MAX)
		return NULL;
	struct checked_source *source = &checking->sources[checking->source_count++];
	*source = (struct checked_source){ .part = part, .text = text, .size = strlen(text), .form = form };
	flaws_begin(&source->flaws, checking->arena);
	source->program = content_compile(source->text, source->size, form, checking->input->names, &source->flaws);
	return source;
}

static void take_all(struct checking *checking) {
	const struct preflight_input *input = checking->input;
	checking->sources = arena_array(checking->arena, struct checked_source, CHECKED_SOURCES_MAX);
	checking->subject = input->email && input->subjects.count && input->subjects.items[0] ? input->subjects.items[0]
	                                                                                      : "";
	if (input->email) {
		checking->html = take(checking, "html", input->html, FORM_HTML);
		checking->text = take(checking, "text", input->text, FORM_PLAIN);
		(void)take(checking, "preheader", input->preheader, FORM_HEADER);
		(void)take(checking, "from_name", input->from_name, FORM_HEADER);
	}
	if (input->sms)
		checking->sms = take(checking, "sms", input->sms_text, FORM_SMS);
	for (int i = 0; input->email && i < input->subjects.count; i++)
		(void)take(checking, "subject", input->subjects.items[i], FORM_HEADER);
}

/* Addresses in a text message, as phones find them. */
static struct links links_of_text(const struct checking *checking, const char *text) {
	enum { FOUND_MAX = 20 };
	struct link *found = arena_array(checking->arena, struct link, FOUND_MAX);
	int count = 0;
	for (const char *at = text; (at = strstr(at, "http")) && count < FOUND_MAX;) {
		size_t size = strcspn(at, " \t\r\n<>\"");
		while (size > 0 && strchr(".,;:!?)", at[size - 1]))
			size--;
		char *target = arena_copy_bytes(checking->arena, at, size);
		if (text_starts(target, "http://") || text_starts(target, "https://"))
			found[count] = (struct link){ link_kind_of(target), (size_t)(at - text), size, target, -1, count, NULL },
			count++;
		at += size > 4 ? size : 4;
	}
	return (struct links){ found, count, 0 };
}

struct links checking_links(const struct checking *checking, const struct checked_source *source) {
	if (!source || !source->program)
		return (struct links){ 0 };
	return source->form == FORM_SMS ? links_of_text(checking, source->text) : program_links(source->program);
}

static bool have_unsubscribe(const struct checking *checking) {
	for (int i = 0; i < checking->links.count; i++)
		if (checking->links.items[i].kind == LINK_OWN && strstr(checking->links.items[i].target, "unsubscribe_url"))
			return true;
	return false;
}

static void look_at_body(struct checking *checking) {
	const struct preflight_input *input = checking->input;
	const struct checked_source *html = checking->html, *body = html ? html : checking->text;
	checking->plain = html             ? content_plain(html->text, html->size, true, checking->arena)
	                  : checking->text ? checking->text->text
	                                   : "";
	if (html)
		scan_html(html->text, html->size, checking->arena, &checking->scan);
	checking->links = checking_links(checking, body);
	const struct spam_input spam = { checking->subject, input->from_name, input->from_email,
		                             input->reply_to,   checking->plain,  &checking->scan,
		                             &checking->links,  input->marketing, have_unsubscribe(checking) };
	if (input->email && input->spam_check)
		spam_judge(&spam, checking->arena, &checking->spam);
}

static bool applies(const struct checking *checking, const struct check_kind *kind) {
	const unsigned have = (checking->input->email ? WANTS_EMAIL : 0U) | (checking->html ? WANTS_HTML : 0U) |
	                      (checking->input->sms ? WANTS_SMS : 0U) |
	                      (checking->input->marketing ? WANTS_MARKETING : 0U) |
	                      (checking->input->spam_check ? WANTS_SPAM : 0U) |
	                      (checking->input->without_sender ? 0U : WANTS_SENDER) | (checking->text ? WANTS_TEXT : 0U) |
	                      (checking->input->codes == CODES_UNKNOWN ? 0U : WANTS_CODES);
	return (kind->wants & ~have) == 0;
}

static void run(const struct checking *checking, const struct check_kind *kinds, struct rows *checks) {
	for (const struct check_kind *kind = kinds; kind->id; kind++) {
		if (!applies(checking, kind))
			continue;
		struct check *check = (struct check *)checks->items + checks->count++;
		*check = (struct check){ .id = kind->id, .part = kind->part, .title = kind->passed, .count = COUNT_NONE };
		kind->run(checking, check);
		check->fix = check->level == CHECK_WARNING || check->level == CHECK_ERROR ? kind->fix : NULL;
	}
}

static void count(struct preflight *preflight) {
	const struct check *checks = preflight->checks.items;
	int64_t *const counts[CHECK_LEVEL_COUNT] = { &preflight->passed, &preflight->waiting, &preflight->warnings,
		                                         &preflight->errors };
	for (int i = 0; i < preflight->checks.count; i++)
		++*counts[checks[i].level];
}

/* Errors first; within a level in the order of the tables. */
static void sort(struct rows *checks, struct arena *arena) {
	static const enum check_level order[] = { CHECK_ERROR, CHECK_WARNING, CHECK_WAITING, CHECK_PASSED };
	const struct check *all = checks->items;
	struct check *sorted = arena_array(arena, struct check, checks->count);
	int placed = 0;
	for (size_t level = 0; level < CHECK_LEVEL_COUNT; level++)
		for (int i = 0; i < checks->count; i++)
			if (all[i].level == order[level])
				sorted[placed++] = all[i];
	checks->items = sorted;
}

/* Whole addresses only: what a person's values make of the others is not known here. */
static struct strings lookups(const struct checking *checking) {
	struct strings all = { arena_array(checking->arena, const char *, checking->links.count), 0 };
	for (int i = 0; i < checking->links.count; i++) {
		const struct link *link = &checking->links.items[i];
		if (link->kind == LINK_TRACKED && !link->program)
			all.items[all.count++] = link->target;
	}
	return strings_distinct(checking->arena, &all);
}

void preflight_run(const struct preflight_input *input, struct arena *arena, struct preflight *preflight) {
	enum { CHECKS_MAX = 64 };
	static const struct check_kind *const tables[] = { text_checks, body_checks, link_checks, sender_checks,
		                                               other_checks };
	struct checking *checking = arena_new_of(arena, struct checking);
	*checking = (struct checking){ .input = input, .arena = arena };
	take_all(checking);
	look_at_body(checking);
	*preflight = (struct preflight){ .checks = { arena_array(arena, struct check, CHECKS_MAX), 0 } };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		run(checking, tables[i], &preflight->checks);
	count(preflight);
	sort(&preflight->checks, arena);
	preflight->spam_score = input->email && input->spam_check ? checking->spam.score : NAN;
	preflight->lookups = lookups(checking);
}
