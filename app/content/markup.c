/* HTML: the reader. Each step reads at least a byte and returns where to go on. */
#include "content/markup.h"

#include <glib.h>
#include <string.h>

#include "content/markup_table.h"
#include "content/reference.h"

enum gap { GAP_NONE, GAP_EQUALS, GAP_NAME }; /* GAP_EQUALS: no "=" may follow; GAP_NAME: a blank, "/" or ">" must */

void markup_begin(struct markup *markup, const char *source, const struct markup_events *events, void *context,
                  struct flaws *flaws) {
	*markup = (struct markup){ .events = events, .context = context, .flaws = flaws, .source = source };
}

static bool is_blank(char c) {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static void tell_text(struct markup *markup, const char *from, const char *to) {
	if (markup->events->text && from < to)
		markup->events->text(markup->context, markup, from, to);
}

static void name_add(char name[MARKUP_NAME_MAX], char c) {
	size_t size = strlen(name);
	if (size + 1 < MARKUP_NAME_MAX)
		name[size] = g_ascii_tolower(c);
}

static void clear_attribute(struct markup *markup) {
	memset(markup->place.attribute, 0, MARKUP_NAME_MAX);
	markup->place.url = (struct url_state){ 0 };
}

static void enter_text(struct markup *markup) {
	markup->place = (struct markup_place){ .state = MARKUP_TEXT };
	markup->gap = GAP_NONE;
}

/* Just after the ">" of a tag. */
static const char *end_tag(struct markup *markup, const char *after) {
	enum markup_state next = markup->place.closing ? MARKUP_TEXT : markup_content_state(markup->place.element);
	void (*tell)(void *, const struct markup *, const char *) = markup->place.closing ? markup->events->closed
	                                                                                  : markup->events->opened;
	if (tell)
		tell(markup->context, markup, after);
	if (next == MARKUP_TEXT) {
		enter_text(markup);
	} else {
		clear_attribute(markup);
		markup->place.state = next;
		markup->gap = GAP_NONE;
	}
	return after;
}

static const char *begin_element(struct markup *markup, const char *at, bool closing) {
	enter_text(markup);
	markup->place.state = MARKUP_TAG_NAME;
	markup->place.closing = closing;
	return at;
}

static bool begins(const char *at, const char *end, const char *what) {
	return (size_t)(end - at) >= strlen(what) && memcmp(at, what, strlen(what)) == 0;
}

/* Does what is left of the run begin `what`, so that the rest of it might follow? */
static bool is_cut(const char *at, const char *end, const char *what) {
	return (size_t)(end - at) < strlen(what) && memcmp(at, what, (size_t)(end - at)) == 0;
}

/* "<!-->" and "<!--->" are whole comments. */
static const char *begin_comment(struct markup *markup, const char *at, const char *end) {
	size_t over = begins(at, end, ">") ? 1 : begins(at, end, "->") ? 2 : 0;
	markup->for_outlook = markup->for_outlook && !over;
	markup->place.state = over ? MARKUP_TEXT : MARKUP_COMMENT;
	return at + over;
}

/* At a "<" in text. */
static const char *read_less(struct markup *markup, const char *at, const char *end) {
	if (is_cut(at, end, "</") || is_cut(at, end, "<!--")) {
		markup->place.state = MARKUP_CUT;
		return end;
	}
	if (begins(at, end, "<!--[if")) {
		markup->for_outlook = true;
		markup->place.state = MARKUP_BOGUS; /* up to its ">": what follows is for Outlook */
		return at + 4;
	}
	if (begins(at, end, "<!--"))
		return begin_comment(markup, at + 4, end);
	if (at[1] == '!' || at[1] == '?') {
		markup->for_outlook = markup->for_outlook && !begins(at, end, "<![endif]");
		markup->place.state = MARKUP_BOGUS;
		return at + 2;
	}
	bool closing = at[1] == '/';
	if (closing && at + 2 == end) {
		markup->place.state = MARKUP_CUT;
		return end;
	}
	if (g_ascii_isalpha(at[1 + closing]))
		return begin_element(markup, at + 1 + closing, closing);
	if (closing) { /* "</>" is nothing, and "</3>" a comment */
		markup->place.state = MARKUP_BOGUS;
		return at + 2;
	}
	tell_text(markup, at, at + 1);
	return at + 1;
}

static const char *read_text(struct markup *markup, const char *at, const char *end) {
	const char *less = memchr(at, '<', (size_t)(end - at));
	tell_text(markup, at, less ? less : end);
	return less ? read_less(markup, less, end) : end;
}

static const char *read_tag_name(struct markup *markup, const char *at, const char *end) {
	while (at < end && !is_blank(*at) && *at != '/' && *at != '>')
		name_add(markup->place.element, *at++);
	if (at < end)
		markup->place.state = MARKUP_TAG;
	return at;
}

static const char *begin_name(struct markup *markup, const char *at) {
	clear_attribute(markup);
	markup->place.state = MARKUP_NAME;
	name_add(markup->place.attribute, *at); /* "=" too, if it comes first */
	return at + 1;
}

static void check_gap(struct markup *markup, const char *at) {
	bool blank = is_blank(*at), ends = *at == '/' || *at == '>';
	if ((markup->gap == GAP_NAME && !blank && !ends) || (markup->gap && *at == '='))
		flaw_error(markup->flaws, (size_t)(at - markup->source),
		           "Write a space between a condition and the name of an attribute or element");
	markup->gap = blank && markup->gap ? GAP_EQUALS : GAP_NONE;
}

static const char *read_tag(struct markup *markup, const char *at, const char *end) {
	(void)end;
	check_gap(markup, at);
	if (*at == '>')
		return end_tag(markup, at + 1);
	return is_blank(*at) || *at == '/' ? at + 1 : begin_name(markup, at);
}

static void tell_name(const struct markup *markup) {
	if (markup->events->named)
		markup->events->named(markup->context, markup);
}

static const char *read_name(struct markup *markup, const char *at, const char *end) {
	while (at < end && !is_blank(*at) && !strchr("/>=", *at))
		name_add(markup->place.attribute, *at++);
	if (at == end)
		return at;
	tell_name(markup);
	markup->place.state = *at == '=' ? MARKUP_BEFORE_VALUE : is_blank(*at) ? MARKUP_AFTER_NAME : MARKUP_TAG;
	return *at == '=' ? at + 1 : at;
}

static const char *read_after_name(struct markup *markup, const char *at, const char *end) {
	(void)end;
	if (is_blank(*at))
		return at + 1;
	markup->place.state = *at == '=' ? MARKUP_BEFORE_VALUE : MARKUP_TAG;
	return *at == '=' ? at + 1 : at;
}

static void begin_value(struct markup *markup, enum markup_state state, const char *from) {
	markup->place.state = state;
	markup->place.url = (struct url_state){ 0 };
	markup->value_from = from;
	if (markup->events->value_begins)
		markup->events->value_begins(markup->context, markup, from);
}

static const char *read_before_value(struct markup *markup, const char *at, const char *end) {
	(void)end;
	if (is_blank(*at))
		return at + 1;
	if (*at == '>')
		return end_tag(markup, at + 1);
	bool quoted = *at == '"' || *at == '\'';
	begin_value(markup, *at == '"' ? MARKUP_DOUBLE : quoted ? MARKUP_SINGLE : MARKUP_BARE, at + quoted);
	return at + quoted;
}

static void read_address(struct markup *markup, const char *from, const char *to) {
	char bytes[REFERENCE_BYTES];
	while (from < to) {
		size_t size = *from == '&' ? reference_read(from, to, true, bytes) : 0;
		if (size)
			url_state_read(&markup->place.url, bytes, strlen(bytes));
		else
			url_state_read(&markup->place.url, from, 1);
		from += size ? size : 1;
	}
}

static void end_value(struct markup *markup, const char *to) {
	if (markup->events->value)
		markup->events->value(markup->context, markup, markup->value_from, to);
	clear_attribute(markup);
	markup->place.state = MARKUP_TAG;
	markup->gap = GAP_NONE;
}

static const char *read_quoted(struct markup *markup, const char *at, const char *end) {
	const char *quote = memchr(at, markup->place.state == MARKUP_DOUBLE ? '"' : '\'', (size_t)(end - at));
	if (markup_is_address(markup))
		read_address(markup, at, quote ? quote : end);
	if (!quote)
		return end;
	end_value(markup, quote);
	return quote + 1;
}

static const char *read_bare(struct markup *markup, const char *at, const char *end) {
	const char *to = at;
	while (to < end && !is_blank(*to) && *to != '>')
		to++;
	if (to < end)
		end_value(markup, to);
	return to;
}

/* Ends with "-->" or "--!>". */
static const char *read_comment(struct markup *markup, const char *at, const char *end) {
	for (; (at = memmem(at, (size_t)(end - at), "--", 2)); at++) {
		size_t size = begins(at, end, "-->") ? 3 : begins(at, end, "--!>") ? 4 : 0;
		if (!size)
			continue;
		markup->place.state = MARKUP_TEXT;
		return at + size;
	}
	return end;
}

static const char *read_bogus(struct markup *markup, const char *at, const char *end) {
	const char *close = memchr(at, '>', (size_t)(end - at));
	if (close)
		markup->place.state = MARKUP_TEXT;
	return close ? close + 1 : end;
}

/* The end tag of the element, or NULL. */
static const char *find_end(const char *element, const char *at, const char *end) {
	size_t size = strlen(element);
	for (; (at = memchr(at, '<', (size_t)(end - at))); at++)
		if ((size_t)(end - at) > size + 2 && at[1] == '/' && g_ascii_strncasecmp(at + 2, element, size) == 0 &&
		    (is_blank(at[2 + size]) || at[2 + size] == '/' || at[2 + size] == '>'))
			return at;
	return NULL;
}

/* Raw text ends with the end tag of its element alone. A script in a comment in a script is read in another way. */
static const char *read_raw(struct markup *markup, const char *at, const char *end) {
	const char *close = find_end(markup->place.element, at, end);
	const char *nested = memmem(at, (size_t)((close ? close : end) - at), "<!--", 4);
	if (markup->place.state == MARKUP_TITLE)
		tell_text(markup, at, close ? close : end);
	else if (nested && strcmp(markup->place.element, "script") == 0)
		flaw_error(markup->flaws, (size_t)(nested - markup->source), "A script must not contain “<!--”");
	return close ? begin_element(markup, close + 2, true) : end;
}

/* Template tags after "<" have been refused: it is text. */
static const char *read_cut(struct markup *markup, const char *at, const char *end) {
	(void)end;
	enter_text(markup);
	return at;
}

void markup_read(struct markup *markup, const char *from, const char *to) {
	static const char *(*const steps[MARKUP_STATE_COUNT])(struct markup *, const char *, const char *) = {
		[MARKUP_TEXT] = read_text,
		[MARKUP_CUT] = read_cut,
		[MARKUP_TAG_NAME] = read_tag_name,
		[MARKUP_TAG] = read_tag,
		[MARKUP_NAME] = read_name,
		[MARKUP_AFTER_NAME] = read_after_name,
		[MARKUP_BEFORE_VALUE] = read_before_value,
		[MARKUP_DOUBLE] = read_quoted,
		[MARKUP_SINGLE] = read_quoted,
		[MARKUP_BARE] = read_bare,
		[MARKUP_COMMENT] = read_comment,
		[MARKUP_BOGUS] = read_bogus,
		[MARKUP_RAW] = read_raw,
		[MARKUP_TITLE] = read_raw,
	};
	while (from < to)
		from = steps[markup->place.state](markup, from, to);
}

void markup_split(struct markup *markup, size_t offset) {
	static const char *const refused[MARKUP_STATE_COUNT] = {
		[MARKUP_CUT] = "right after “<”",
		[MARKUP_BEFORE_VALUE] = "before the value of an attribute: put the value in quotation marks",
		[MARKUP_BARE] = "in a value without quotation marks: put the value in quotation marks",
	};
	enum markup_state state = markup->place.state;
	if (refused[state])
		flaw_error(markup->flaws, offset, "A condition cannot stand %s", refused[state]);
	if (state == MARKUP_NAME)
		tell_name(markup);
	if (state == MARKUP_TAG_NAME || state == MARKUP_NAME)
		markup->gap = GAP_NAME;
	else if (state == MARKUP_AFTER_NAME)
		markup->gap = GAP_EQUALS;
	if (state == MARKUP_TAG_NAME || state == MARKUP_NAME || state == MARKUP_AFTER_NAME) {
		clear_attribute(markup);
		markup->place.state = MARKUP_TAG;
	}
}

enum place markup_value_place(const struct markup *markup, const char **why) {
	static const struct {
		enum place place;
		const char *why;
	} places[MARKUP_STATE_COUNT] = {
		[MARKUP_TEXT] = { PLACE_TEXT, NULL },
		[MARKUP_CUT] = { PLACE_NONE, "right after “<”" },
		[MARKUP_TAG_NAME] = { PLACE_NONE, "in the name of an element" },
		[MARKUP_TAG] = { PLACE_NONE, "between the attributes of an element" },
		[MARKUP_NAME] = { PLACE_NONE, "in the name of an attribute" },
		[MARKUP_AFTER_NAME] = { PLACE_NONE, "between the attributes of an element" },
		[MARKUP_BEFORE_VALUE] = { PLACE_NONE,
		                          "in an attribute without quotation marks: put the value in quotation marks" },
		[MARKUP_DOUBLE] = { PLACE_ATTRIBUTE, NULL },
		[MARKUP_SINGLE] = { PLACE_ATTRIBUTE, NULL },
		[MARKUP_BARE] = { PLACE_NONE, "in an attribute without quotation marks: put the value in quotation marks" },
		[MARKUP_COMMENT] = { PLACE_NONE, "in a comment" },
		[MARKUP_BOGUS] = { PLACE_NONE, "in a declaration" },
		[MARKUP_RAW] = { PLACE_NONE, "in a style sheet, script or frame" },
		[MARKUP_TITLE] = { PLACE_TITLE, NULL },
	};
	enum markup_state state = markup->place.state;
	*why = places[state].why;
	if (state != MARKUP_DOUBLE && state != MARKUP_SINGLE)
		return places[state].place;
	if (markup_is_address(markup))
		return url_state_place(&markup->place.url, why);
	*why = markup_refused_attribute(markup->place.element, markup->place.attribute);
	return *why ? PLACE_NONE : PLACE_ATTRIBUTE;
}

void markup_pass(struct markup *markup) {
	if (markup_is_address(markup))
		url_state_pass(&markup->place.url);
}

bool markup_is_address(const struct markup *markup) {
	return markup_attribute_is_address(markup->place.attribute);
}

bool markup_join(struct markup *markup, const struct markup_place *other, int other_gap) {
	const struct markup_place *here = &markup->place;
	if (here->state != other->state || here->closing != other->closing || strcmp(here->element, other->element) != 0 ||
	    strcmp(here->attribute, other->attribute) != 0)
		return false;
	markup->gap = markup->gap > other_gap ? markup->gap : other_gap;
	if (memcmp(&here->url, &other->url, sizeof here->url) != 0)
		markup->place.url = (struct url_state){ .part = URL_MIXED };
	return true;
}
