/* Text: validation, trimming, case folding, numbers. */
#include "core/base/text.h"

#include "core/base/checked.h"
#include "core/base/local.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

bool text_is_utf8(const char *bytes, size_t size) {
	return g_utf8_validate(bytes, (gssize)size, NULL);
}

bool text_starts(const char *text, const char *prefix) {
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

const char *text_after(const char *text, const char *prefix) {
	return text && text_starts(text, prefix) ? text + strlen(prefix) : text;
}

bool text_is_ascii_to(const char *text, size_t size) {
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] > 127)
			return false;
	return true;
}

bool text_is_ascii(const char *text) {
	return text_is_ascii_to(text, strlen(text));
}

bool text_same(const char *a, const char *b) {
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool strings_have(const struct strings *strings, const char *text) {
	for (int i = 0; text && i < strings->count; i++)
		if (strcmp(strings->items[i], text) == 0)
			return true;
	return false;
}

static int by_bytes(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void strings_sort(struct strings *strings) {
	if (strings->count)
		qsort(strings->items, (size_t)strings->count, sizeof *strings->items, by_bytes);
}

bool strings_have_sorted(const struct strings *sorted, const char *text) {
	return text && sorted->count &&
	       bsearch(&text, sorted->items, (size_t)sorted->count, sizeof *sorted->items, by_bytes) != NULL;
}

char *strings_join(struct arena *arena, const struct strings *strings, const char *between) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < strings->count; i++)
		buf_print(&out, "%s%s", i ? between : "", strings->items[i]);
	return arena_copy(arena, buf_text(&out));
}

struct place {
	const char *text;
	int at;
};

static int by_text_then_place(const void *a, const void *b) {
	const struct place *x = a, *y = b;
	int order = strcmp(x->text, y->text);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Sorted, as the number of texts is often somebody else's choice. */
struct strings strings_distinct(struct arena *arena, const struct strings *strings) {
	struct strings once = { arena_array(arena, const char *, strings->count + 1), 0 };
	struct place *places = arena_array(arena, struct place, strings->count + 1);
	bool *again = arena_array(arena, bool, strings->count + 1);
	for (int i = 0; i < strings->count; i++)
		places[i] = (struct place){ strings->items[i], i };
	qsort(places, (size_t)strings->count, sizeof *places, by_text_then_place);
	for (int i = 1; i < strings->count; i++)
		again[places[i].at] = strcmp(places[i].text, places[i - 1].text) == 0;
	for (int i = 0; i < strings->count; i++)
		if (!again[i])
			once.items[once.count++] = strings->items[i];
	return once;
}

bool strings_meet(const struct strings *a, const struct strings *b) {
	for (int i = 0; i < a->count; i++)
		if (strings_have(b, a->items[i]))
			return true;
	return false;
}

bool strings_same(const struct strings *a, const struct strings *b) {
	bool same = a->count == b->count;
	for (int i = 0; same && i < a->count; i++)
		same = text_same(a->items[i], b->items[i]);
	return same;
}

size_t text_length(const char *text) {
	return (size_t)g_utf8_strlen(text, -1);
}

char *text_trim(struct arena *arena, const char *text) {
	size_t size = strlen(text), start = 0;
	while (start < size && g_ascii_isspace(text[start]))
		start++;
	while (size > start && g_ascii_isspace(text[size - 1]))
		size--;
	return arena_copy_bytes(arena, text + start, size - start);
}

static bool is_outer(gunichar c) {
	return g_unichar_isspace(c) || g_unichar_iszerowidth(c) || c == 0xa0 || c == 0x2007 || c == 0x202f || c == 0x2060 ||
	       c == 0xfeff || (c >= 0x200b && c <= 0x200f);
}

static const char *outer_trim(struct arena *arena, const char *text) {
	const char *end = text + strlen(text);
	while (*text && is_outer(g_utf8_get_char(text)))
		text = g_utf8_next_char(text);
	while (end > text) {
		const char *last = g_utf8_prev_char(end);
		gunichar c = g_utf8_get_char(last);
		if (!is_outer(c) || g_unichar_ismark(c)) /* an accent belongs to its letter */
			break;
		end = last;
	}
	return arena_copy_bytes(arena, text, (size_t)(end - text));
}

const char *text_tidy(struct arena *arena, const char *text) {
	text = outer_trim(arena, text);
	if (text_is_ascii(text))
		return text;
	g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
	return composed ? arena_copy(arena, composed) : text;
}

char *text_fold(struct arena *arena, const char *text) {
	if (!text)
		return arena_copy(arena, "");
	g_autofree char *folded = g_utf8_casefold(text, -1);
	return arena_copy(arena, folded);
}

static bool is_noncharacter(gunichar point) {
	return (point >= 0xfdd0 && point <= 0xfdef) || (point & 0xfffe) == 0xfffe;
}

static bool is_control(gunichar c) {
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* `kept` are control characters to keep; the others become `control`. */
static char *replaced(struct arena *arena, const char *text, const char *kept, gunichar control) {
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	BUF_AUTO out = { 0 };
	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		char bytes[6];
		if (is_control(c) && !(c < 0x20 && strchr(kept, (int)c)))
			c = control;
		else if (is_noncharacter(c))
			c = 0xfffd;
		buf_add(&out, bytes, (size_t)g_unichar_to_utf8(c, bytes));
	}
	return arena_copy(arena, buf_text(&out));
}

char *text_clean(struct arena *arena, const char *text) {
	return text ? replaced(arena, text, "", ' ') : NULL;
}

bool text_is_drawable(const char *text) {
	while (*text >= ' ' && *text < 0x7f) /* quick for ASCII */
		text++;
	if (!g_utf8_validate(text, -1, NULL))
		return false;
	for (const char *at = text; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (is_noncharacter(c) || (is_control(c) && !strchr("\t\n\r", (int)c)))
			return false;
	}
	return true;
}

const char *text_drawable(struct arena *arena, const char *text) {
	return !text || text_is_drawable(text) ? text : replaced(arena, text, "\t\n\r", 0xfffd);
}

const char *text_straight(struct arena *arena, const char *text) {
	const char *at = text;
	while (at && *at && !text_turns(at))
		at++;
	if (!at || !*at)
		return text;
	char *straight = arena_copy(arena, text);
	for (char *turn = straight + (at - text); *turn; turn++)
		if (text_turns(turn))
			memcpy(turn, "\uFFFD", TEXT_TURN_BYTES);
	return straight;
}

bool text_to_int(const char *text, int64_t min, int64_t max, int64_t *number) {
	char *end;
	if (text_is_empty(text) || !(g_ascii_isdigit(*text) || *text == '-'))
		return false;
	errno = 0;
	intmax_t value = strtoimax(text, &end, 10);
	if (errno || *end || value < min || value > max)
		return false;
	*number = (int64_t)value;
	return true;
}

bool text_has_words(const char *text, const char *words) {
	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		size_t size = strcspn(words, " ");
		if (!memmem(text, strlen(text), words, size))
			return false;
		words += size;
	}
	return true;
}

char *text_of_count(struct arena *arena, int64_t number) {
	char digits[32], out[48];
	if (number == CHECKED_UNKNOWN)
		return arena_copy(arena, "–");
	int size = g_snprintf(digits, sizeof digits, "%" PRIu64,
	                      number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number);
	char *to = out;
	if (number < 0)
		*to++ = '-';
	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return arena_copy(arena, out);
}

char *text_of_date(struct arena *arena, struct moment wall) {
	char text[MOMENT_TEXT];
	return arena_copy(arena, moment_format_human_day(wall, text));
}

char *text_of_day(struct arena *arena, struct moment at) {
	return text_of_date(arena, local_wall(at));
}

static char *with_clock(struct arena *arena, const char *day, struct moment wall) {
	int minutes = (int)((wall.ms - day_start(wall).ms) / MINUTE_MS);
	return arena_print(arena, "%s, %02d:%02d", day, minutes / 60, minutes % 60);
}

char *text_of_moment(struct arena *arena, struct moment at) {
	return moment_is_set(at) ? with_clock(arena, text_of_day(arena, at), local_wall(at)) : arena_copy(arena, "");
}

char *text_of_moment_zone(struct arena *arena, struct moment at) {
	return moment_is_set(at) ? arena_print(arena, "%s %s", text_of_moment(arena, at), local_clock(at))
	                         : arena_copy(arena, "");
}

char *text_of_iso_day(struct arena *arena, struct moment at) {
	char text[MOMENT_TEXT];
	return arena_copy(arena, moment_format_day(local_wall(at), text));
}

const char *text_of_month(struct arena *arena, struct moment at) {
	const char *day = text_of_day(arena, at), *space = strchr(day, ' ');
	return space ? space + 1 : day;
}

char *text_of_day_near(struct arena *arena, struct moment at, struct moment now) {
	char text[MOMENT_TEXT];
	if (!moment_is_set(at))
		return arena_copy(arena, "");
	struct moment then = local_wall(at), today = local_wall(now);
	int64_t days = (day_start(today).ms - day_start(then).ms) / DAY_MS;
	if (days == 0 || days == 1)
		return arena_copy(arena, days ? "yesterday" : "today");
	(void)moment_format_human_day(then, text);
	if (date_of(then).year == date_of(today).year)
		*strrchr(text, ' ') = '\0';
	return arena_copy(arena, text);
}

char *text_of_dates(struct arena *arena, struct moment first, struct moment last) {
	char from[MOMENT_TEXT];
	struct date begin = date_of(first), end = date_of(last);
	bool year = begin.year == end.year, month = year && begin.month == end.month;
	(void)moment_format_human_day(first, from);
	if (month && begin.day == end.day)
		return arena_copy(arena, from);
	if (year)
		*strrchr(from, ' ') = '\0';
	if (month)
		*strchr(from, ' ') = '\0';
	return arena_print(arena, "%s – %s", from, text_of_date(arena, last));
}

char *text_of_days(struct arena *arena, struct moment first, struct moment last) {
	return text_of_dates(arena, local_wall(first), local_wall(last));
}

char *text_of_moment_near(struct arena *arena, struct moment at, struct moment now) {
	return moment_is_set(at) ? with_clock(arena, text_of_day_near(arena, at, now), local_wall(at))
	                         : arena_copy(arena, "");
}

char *text_of_author(struct arena *arena, const char *by) {
	bool nobody = !by || !*by || strcmp(by, "system") == 0;
	return nobody ? arena_copy(arena, "automatically") : arena_print(arena, "by %s", by);
}

char *text_of_counted(struct arena *arena, int64_t number, const char *one, const char *many) {
	return arena_print(arena, "%s %s", text_of_count(arena, number), number == 1 ? one : many);
}

char *text_of_hours(struct arena *arena, int64_t hours) {
	return hours < 48 ? text_of_counted(arena, hours, "hour", "hours")
	                  : text_of_counted(arena, hours / 24, "day", "days");
}

char *text_of_half(struct arena *arena, int64_t number, const char *one, const char *many) {
	return number == 1 ? arena_print(arena, "the only %s", one)
	                   : arena_print(arena, "half of the %s %s", text_of_count(arena, number), many);
}

char *text_of_change(struct arena *arena, int64_t change) {
	if (change == CHECKED_UNKNOWN)
		return arena_copy(arena, "–");
	return arena_print(arena, "%s%s", change >= 0 ? "+" : "−", text_of_count(arena, checked_distance(change, 0)));
}

/* The letter that begins at a byte, or "". */
static char *letter_at(struct arena *arena, const char *text) {
	size_t size = 0;
	if (*text)
		for (size = 1; ((unsigned char)text[size] & 0xC0) == 0x80;)
			size++;
	return arena_copy_bytes(arena, text, size);
}

void text_capitalize(char *text) {
	if (*text >= 'a' && *text <= 'z')
		*text = (char)(*text - 'a' + 'A');
}

char *text_of_day_cell(struct arena *arena, struct moment at, struct moment now) {
	char *text = arena_copy(arena, text_of_day_near(arena, at, now));
	text_capitalize(text);
	return text;
}

char *text_initials(struct arena *arena, const char *name) {
	const char *trimmed = text_trim(arena, name ? name : "");
	const char *last = strrchr(trimmed, ' ');
	return arena_print(arena, "%s%s", letter_at(arena, trimmed), last ? letter_at(arena, last + 1) : "");
}
