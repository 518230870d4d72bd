/* An email address in a cell. */
#include "audience/import/address.h"

#include <glib.h>
#include <string.h>

#include "audience/contacts/membership.h"
#include "audience/import/clean.h"
#include "core/formats/mail.h"

static const char *without_mailto(struct arena *arena, const char *text) {
	return g_ascii_strncasecmp(text, "mailto:", 7) == 0 ? text_tidy(arena, text + 7) : text;
}

/* "Ann Example <ann@example.com>" and "'ann@example.com'". */
static const char *inner(struct arena *arena, const char *text, const char **name) {
	size_t size = strlen(text);
	const char *open = strrchr(text, '<');
	*name = "";
	if (open && text[size - 1] == '>') {
		const char *before = text_tidy(arena, arena_copy_bytes(arena, text, (size_t)(open - text)));
		size_t length = strlen(before);
		bool quoted = length > 1 && *before == '"' && before[length - 1] == '"';
		*name = quoted ? arena_copy_bytes(arena, before + 1, length - 2) : before;
		return text_tidy(arena, arena_copy_bytes(arena, open + 1, (size_t)(text + size - 1 - open - 1)));
	}
	if (size > 2 && (*text == '\'' || *text == '"') && text[size - 1] == *text)
		return text_tidy(arena, arena_copy_bytes(arena, text + 1, size - 2));
	return text;
}

/* Zero-width characters come along when an address is copied from a page; none belongs to it. */
static const char *without_unseen(struct arena *arena, const char *text) {
	char *out = arena_copy(arena, text), *to = out;
	for (const char *at = text; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		size_t size = (size_t)(g_utf8_next_char(at) - at);
		if ((c >= 0x200b && c <= 0x200f) || c == 0x2060 || c == 0xfeff || c == 0xad)
			continue;
		memmove(to, at, size);
		to += size;
	}
	*to = '\0';
	return out;
}

static bool has_space(const char *text) {
	for (; *text; text = g_utf8_next_char(text))
		if (g_unichar_isspace(g_utf8_get_char(text)))
			return true;
	return false;
}

/* NULL if none of these is what is wrong. */
static const char *known_reason(const char *text, const char *at) {
	size_t local = (size_t)(at - text);
	if (strpbrk(text, ",;") && strchr(text, '@') != strrchr(text, '@'))
		return "are several addresses: one row is one person";
	if (strchr(text, '@') != strrchr(text, '@'))
		return "has more than one @";
	if (local == 0)
		return "has nothing before the @";
	if (!at[1])
		return "has nothing after the @";
	if (has_space(text))
		return "has a space inside";
	if (strchr(at, ','))
		return "has a comma instead of a dot after the @";
	if (!text_is_ascii_to(text, local))
		return "cannot receive email here: the part before the @ has letters with accents";
	if (!strchr(at, '.'))
		return "is incomplete: the part after the @ has no dot";
	if (strstr(text, "..") || *text == '.' || at[-1] == '.' || at[1] == '.' || text[strlen(text) - 1] == '.')
		return "has a dot too many";
	return NULL;
}

static const char *reason(struct arena *arena, const char *text) {
	const char *at = strrchr(text, '@');
	const char *known = at ? known_reason(text, at) : "is not an email address: it has no @";
	struct error err = ERROR_INIT;
	if (known)
		return arena_print(arena, "“%s” %s", clean_short(arena, text), known);
	if (mail_check_address(text, "email", &err))
		return NULL;
	return arena_print(arena, "“%s” is not an email address", clean_short(arena, text));
}

/* Small letters for A to Z, which is all that a domain in ASCII has. */
static const char *with_small_domain(struct arena *arena, const char *text) {
	char *small = arena_copy(arena, text);
	for (char *at = strrchr(small, '@'); at && *at; at++)
		*at = g_ascii_tolower(*at);
	return small;
}

const char *address_read(struct arena *arena, const char *cell, struct address *address) {
	const char *text = without_mailto(arena, text_tidy(arena, cell));
	text = without_mailto(arena, inner(arena, text, &address->name));
	text = without_unseen(arena, text);
	address->typed = text;
	const char *wrong = reason(arena, text);
	if (wrong)
		return wrong;
	address->ascii = with_small_domain(arena, mail_ascii_address(text, arena));
	address->key = contact_norm(arena, text);
	return NULL;
}

static bool is_blank(const char *from, const char *to) {
	while (from < to && g_ascii_isspace(*from))
		from++;
	return from == to;
}

/* A sentence that speaks of an address is none. */
bool address_is_likely(const char *cell) {
	const char *at = strchr(cell, '@'), *start = at, *end = at;
	if (!at)
		return false;
	while (start > cell && !g_ascii_isspace(start[-1]) && start[-1] != '<')
		start--;
	while (*end && !g_ascii_isspace(*end) && *end != '>')
		end++;
	bool is_alone = (start > cell && start[-1] == '<') || (is_blank(cell, start) && is_blank(end, end + strlen(end)));
	return is_alone && start < at && end > at + 1 && memchr(at, '.', (size_t)(end - at));
}
