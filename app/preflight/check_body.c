/* Checks of the body: images, weight, contrast, what the law wants in it, and the spam score. */
#include <glib.h>
#include <string.h>

#include "content/weighing.h"
#include "preflight/checking.h"

enum { KILOBYTE = 1000, FOOTER_CHARACTERS = 700 };

static void check_body(const struct checking *checking, struct check *check) {
	if (!checking->html && !checking->text)
		check_say(check, CHECK_ERROR, "The email is empty", NULL);
	else if (!*text_trim(checking->arena, checking->plain) && checking->scan.images == 0)
		check_say(check, CHECK_ERROR, "Nothing can be read in the email", NULL);
}

static void add_spots(const struct checking *checking, struct check *check, const struct scan_spots *spots) {
	for (int i = 0; i < spots->count && i < SCAN_SPOTS; i++)
		check_add(checking, check, "html", (int64_t)spots->items[i].offset, spots->items[i].text);
	if (spots->count)
		check->count = spots->count;
}

static void check_alt(const struct checking *checking, struct check *check) {
	add_spots(checking, check, &checking->scan.without_alt);
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING,
		          check->count == 1 ? "One image has no alt text"
		                            : text_of_counted(checking->arena, check->count, "", "images have no alt text"),
		          "Screen readers and people who block images miss it");
}

static void check_contrast(const struct checking *checking, struct check *check) {
	add_spots(checking, check, &checking->scan.faint);
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING,
		          text_of_counted(checking->arena, check->count, "text is hard to read", "texts are hard to read"),
		          ((const struct check_place *)check->places.items)->text);
}

static void check_active(const struct checking *checking, struct check *check) {
	add_spots(checking, check, &checking->scan.active);
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING,
		          text_of_counted(checking->arena, check->count, "element works in no inbox",
		                          "elements work in no inbox"),
		          "Mail apps remove forms, scripts, videos and frames, and filters distrust them");
}

/* In tenths: shares are no rates of people. */
static void check_ratio(const struct checking *checking, struct check *check) {
	const struct scan *scan = &checking->scan;
	double whole = scan->image_area + scan->text_area;
	int tenths = whole > 0 ? (int)(scan->image_area * 10 / whole + 0.5) : 0;
	if (scan->images > 0 && tenths > 6)
		check_say(check, CHECK_WARNING, "Mostly images",
		          arena_print(checking->arena,
		                      "About %d tenths of the email are images: many inboxes hide them at first, and filters "
		                      "distrust emails with little text",
		                      tenths));
}

static void check_weight(const struct checking *checking, struct check *check) {
	const struct audience_facts *audience = checking->input->audience;
	bool measured = audience && audience->largest_bytes != COUNT_NONE;
	int64_t bytes = measured ? audience->largest_bytes : (int64_t)checking->html->size;
	const char *size = text_of_count(checking->arena, (bytes + KILOBYTE - 1) / KILOBYTE);
	const char *whose = measured ? "The largest email" : "The HTML";
	if (bytes > HTML_BYTES_CUT)
		check_say(check, CHECK_WARNING, arena_print(checking->arena, "%s is too large: %s of 102 kB", whose, size),
		          "Gmail cuts it off there, along with the unsubscribe link and the tracking pixel");
	else if (bytes > HTML_BYTES_WARN)
		check_say(check, CHECK_WARNING, arena_print(checking->arena, "%s is large: %s of 102 kB", whose, size),
		          "Gmail cuts emails near 102 kB; links for counting clicks make it larger");
	else
		check->title = arena_print(checking->arena, "Size %s of 102 kB", size);
}

static bool leads_to(const struct links *links, const char *name) {
	for (int i = 0; i < links->count; i++)
		if (links->items[i].kind == LINK_OWN && strstr(links->items[i].target, name))
			return true;
	return false;
}

static bool names_it(const struct checked_source *source, const char *name) {
	const struct strings names = source->program ? program_names(source->program) : (struct strings){ 0 };
	return strings_have(&names, name);
}

/* A text part written by hand stands beside the HTML, and somebody reads only that. */
static void check_unsubscribe(const struct checking *checking, struct check *check) {
	if (checking->html && !leads_to(&checking->links, "unsubscribe_url"))
		check_add(checking, check, "html", NO_OFFSET, NULL);
	if (checking->text && !names_it(checking->text, "unsubscribe_url"))
		check_add(checking, check, "text", NO_OFFSET, NULL);
	if (check->count == COUNT_NONE)
		return;
	const char *part = ((const struct check_place *)check->places.items)->part;
	check_say(check, CHECK_ERROR,
	          strcmp(part, "html") == 0 ? "No unsubscribe link" : "No unsubscribe link in the text version",
	          "Marketing emails must have one by law, and inboxes reject emails without one");
}

/* Letters and digits only, in small letters: however it is parted into lines. */
static const char *tight(struct arena *arena, const char *text) {
	BUF_AUTO out = { 0 };
	const char *fold = text_fold(arena, text);
	for (const char *at = fold; *at; at = g_utf8_next_char(at))
		if (g_unichar_isalnum(g_utf8_get_char(at)))
			buf_add(&out, at, (size_t)(g_utf8_next_char(at) - at));
	return arena_copy(arena, buf_text(&out));
}

/* Does a line look like an address: a number of up to six digits, a comma or the like, and a few words, many of which
 * begin with a capital? */
static bool looks_like_address(const char *line) {
	int words = 0, capitals = 0, numbers = 0, parts = 0;
	for (const char *at = line; *at;) {
		size_t digits = strspn(at, "0123456789");
		gunichar c = g_utf8_get_char(at);
		if (digits) {
			numbers += digits <= 6 &&
			           (at[digits] == ' ' || at[digits] == ',' || !at[digits] || g_ascii_isalpha(at[digits]));
			at += digits;
		} else if (g_unichar_isalpha(c)) {
			bool begins = at == line || !g_unichar_isalpha(g_utf8_get_char(g_utf8_prev_char(at)));
			words += begins;
			capitals += begins && g_unichar_isupper(c);
			at = g_utf8_next_char(at);
		} else {
			parts += c == ',' || c == '|' || c == 0xB7 || c == 0x2022;
			at = g_utf8_next_char(at);
		}
	}
	return words >= 3 && words <= 20 && capitals >= 2 && capitals * 3 >= words && numbers >= 1 &&
	       (parts >= 1 || numbers >= 2) && !strchr(line, '%') && !strstr(line, "€");
}

/* What stands between "{%" and "%}" is no text of the email. */
static const char *without_code(struct arena *arena, const char *text) {
	BUF_AUTO out = { 0 };
	for (const char *begin; (begin = strstr(text, "{%"));) {
		const char *end = strstr(begin, "%}");
		if (!end)
			break;
		buf_add(&out, text, (size_t)(begin - text));
		text = end + 2;
	}
	buf_text_add(&out, text);
	return arena_copy(arena, buf_text(&out));
}

static const char *find_address(const struct checking *checking) {
	const char *text = without_code(checking->arena, checking->plain);
	size_t size = strlen(text);
	const char *from = size > FOOTER_CHARACTERS ? text + size - FOOTER_CHARACTERS : text;
	while (((unsigned char)*from & 0xC0) == 0x80)
		from++;
	g_auto(GStrv) lines = g_strsplit(from, "\n", -1);
	for (char **line = lines; *line; line++) {
		/* an address is often wrapped into two lines */
		g_autofree char *both = line[1] ? g_strdup_printf("%s, %s", *line, line[1]) : g_strdup(*line);
		if (looks_like_address(*line))
			return arena_copy(checking->arena, g_strstrip(*line));
		if (line[1] && *g_strstrip(*line) && *line[1] && looks_like_address(both) && !strstr(both, "http"))
			return arena_copy(checking->arena, both);
	}
	return NULL;
}

static void check_postal(const struct checking *checking, struct check *check) {
	const char *given = checking->input->postal_address;
	if (!text_is_empty(given)) {
		if (!strstr(tight(checking->arena, checking->plain), tight(checking->arena, given)))
			check_say(check, CHECK_ERROR, "The postal address is missing",
			          arena_print(checking->arena, "The email does not contain “%s”", given));
		return;
	}
	const char *found = find_address(checking);
	if (found)
		check->detail = arena_print(checking->arena, "“%s”", found);
	else
		check_say(check, CHECK_ERROR, "The postal address is missing",
		          "Nothing at the end of the email looks like one");
}

static void check_spam(const struct checking *checking, struct check *check) {
	const struct spam_result *spam = &checking->spam;
	const char *title = arena_print(checking->arena, "Spam score %.1f of 5", spam->score);
	for (int i = 0; i < spam->count; i++)
		check_add(checking, check, NULL, NO_OFFSET,
		          arena_print(checking->arena, "%s: %.1f", spam->hits[i].text, spam->hits[i].points));
	check->title = title;
	if (spam->score >= SPAM_LIMIT)
		check_say(check, CHECK_ERROR, title, "Filters would treat it as spam");
	else if (spam->score >= SPAM_WARNING)
		check_say(check, CHECK_WARNING, title, "Some filters may treat it as spam");
}

const struct check_kind body_checks[] = {
	{ "body", "html", WANTS_EMAIL, check_body, "The email has a body", "Write it" },
	{ "unsubscribe", "html", WANTS_EMAIL | WANTS_MARKETING, check_unsubscribe, "Unsubscribe link",
	  "Add a footer, or a link to {{unsubscribe_url}}" },
	{ "postal_address", "html", WANTS_EMAIL | WANTS_MARKETING, check_postal, "Postal address",
	  "Write the sender's postal address into the footer" },
	{ "alt_text", "html", WANTS_HTML, check_alt, "All images have alt text",
	  "Say in a few words what each image shows; alt=\"\" if it is only decoration" },
	{ "contrast", "html", WANTS_HTML, check_contrast, "All texts can be read on their background",
	  "Use a darker text or a lighter background: 4.5 to 1, large text 3 to 1" },
	{ "image_ratio", "html", WANTS_HTML, check_ratio, "Enough text beside the images",
	  "Write what matters as text instead of in an image" },
	{ "active", "html", WANTS_HTML, check_active, "Nothing in it that inboxes remove", "Link to a page that has them" },
	{ "weight", "html", WANTS_HTML, check_weight, "Size", "Shorten it, or link to the rest" },
	{ "spam_score", "html", WANTS_EMAIL | WANTS_SPAM, check_spam, "Spam score", "Change what has the most points" },
	{ 0 },
};
