/* The addresses of one mail. */
#include "content/tokens/mail_links.h"

#include <string.h>

#include "content/tokens/target.h"

struct link_numbers link_numbers_of(const struct links *html, const struct links *text, struct arena *arena) {
	static const struct links none = { 0 };
	int *places = arena_array(arena, int, text->tracked + 1);
	struct link_numbers numbers = { .text = places };
	numbers.html = html ? html->tracked : 0;
	numbers.count = numbers.html;
	links_same(text, html ? html : &none, places);
	for (int i = 0; i < text->tracked; i++)
		if (places[i] < 0)
			places[i] = numbers.count++;
	return numbers;
}

static const struct link *tracked_link(const struct links *links, int tracked) {
	for (int i = 0; i < links->count; i++)
		if (links->items[i].tracked == tracked)
			return &links->items[i];
	return NULL;
}

const struct link *link_numbered(const struct links *html, const struct links *text, const struct link_numbers *numbers,
                                 int number) {
	if (number < 0 || number >= numbers->count)
		return NULL;
	if (number < numbers->html)
		return tracked_link(html, number);
	for (int i = 0; i < text->tracked; i++)
		if (numbers->text[i] == number)
			return tracked_link(text, i);
	return NULL;
}

enum { PIECES = 5 };

/* The texts one after the other; the first NULL ends them. */
static char *join(struct arena *arena, const char *const pieces[PIECES]) {
	size_t sizes[PIECES], whole = 0;
	int count = 0;
	for (; count < PIECES && pieces[count]; count++)
		whole += sizes[count] = strlen(pieces[count]);
	char *text = arena_alloc(arena, whole + 1), *at = text;
	for (int i = 0; i < count; i++) {
		memcpy(at, pieces[i], sizes[i]);
		at += sizes[i];
	}
	return text;
}
#define JOIN(arena, ...) join(arena, (const char *const[PIECES]){ __VA_ARGS__ })

static const char *base_of(const char *set, const char *public_url, const char *path, struct arena *arena) {
	bool is_set = set && *set;
	const char *base = is_set ? set : public_url;
	size_t size = strlen(base);
	while (size && base[size - 1] == '/')
		size--;
	return JOIN(arena, arena_copy_bytes(arena, base, size), is_set ? "" : path);
}

struct mail_bases mail_bases_of(const char *public_url, const char *pixel, const char *click, const char *unsubscribe,
                                struct arena *arena) {
	return (struct mail_bases){ .pixel = base_of(pixel, public_url, "/track", arena),
		                        .click = base_of(click, public_url, "/click", arena),
		                        .unsubscribe = base_of(unsubscribe, public_url, "/unsubscribe", arena),
		                        .view = base_of(NULL, public_url, "/view", arena),
		                        .code = base_of(NULL, public_url, "/q", arena) };
}

/* False as token_write. */
static bool make_url(const struct mac_ring *keys, const char *base, const struct token *click, const char *target,
                     struct arena *arena, const char **url) {
	char token[TOKEN_TEXT], sealed[TARGET_SEALED];
	if (!target_is_safe(target)) {
		*url = target;
		return true;
	}
	if (!token_write(keys, TOKEN_CLICK, click, token))
		return false;
	*url = target_seal(keys, token, target, sealed) ? JOIN(arena, base, "/", token, "?to=", sealed)
	                                                : JOIN(arena, base, "/", token);
	return true;
}

static bool make_urls(const struct mac_ring *keys, const char *base, const struct token *whose,
                      const struct mail_wishes *wishes, struct arena *arena, const char *const **urls) {
	const char **made = arena_array(arena, const char *, wishes->count + 1);
	struct token click = *whose;
	*urls = made;
	for (click.link = 0; click.link < wishes->count; click.link++)
		if (!make_url(keys, base, &click, wishes->targets[click.link], arena, &made[click.link]))
			return false;
	return true;
}

static bool make_pixel(const struct mac_ring *keys, const char *base, const struct token *whose, bool wanted,
                       struct arena *arena, struct mail_links *links) {
	char token[TOKEN_TEXT];
	if (!token_write(keys, TOKEN_PIXEL, whose, token))
		return false;
	links->pixel_id = arena_copy(arena, token);
	if (wanted)
		links->pixel = JOIN(arena, "<img src=\"", base, "/", token,
		                    "\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0\">");
	return true;
}

static bool make_leaving(const struct mac_ring *keys, const char *base, const struct token *whose, const char *mailto,
                         struct arena *arena, struct mail_links *links) {
	char token[TOKEN_TEXT];
	if (!token_write(keys, TOKEN_UNSUBSCRIBE, whose, token))
		return false;
	links->unsubscribe = JOIN(arena, base, "/", token);
	links->unsubscribe_id = links->unsubscribe + strlen(base) + 1;
	links->list_unsubscribe = mailto ? JOIN(arena, "<", links->unsubscribe, ">, <mailto:", mailto, ">")
	                                 : JOIN(arena, "<", links->unsubscribe, ">");
	return true;
}

static bool make_view(const struct mac_ring *keys, const char *base, const struct token *whose, struct arena *arena,
                      struct mail_links *links) {
	char token[TOKEN_TEXT];
	if (!token_write(keys, TOKEN_VIEW, whose, token))
		return false;
	links->view = JOIN(arena, base, "/", token);
	return true;
}

static bool make_return(const struct mac_ring *keys, const char *domain, const struct token *whose, struct arena *arena,
                        struct mail_links *links) {
	char token[TOKEN_TEXT];
	if (!domain || !*domain)
		return true;
	if (!token_write(keys, TOKEN_RETURN, whose, token))
		return false;
	links->return_path = JOIN(arena, "b-", token, "@", domain);
	return true;
}

bool mail_links_make(const struct mac_ring *keys, const struct mail_bases *bases, const struct token *whose,
                     const struct mail_wishes *wishes, struct arena *arena, struct mail_links *links) {
	*links = (struct mail_links){ 0 };
	return make_pixel(keys, bases->pixel, whose, wishes->pixel, arena, links) &&
	       make_leaving(keys, bases->unsubscribe, whose, wishes->mailto, arena, links) &&
	       make_view(keys, bases->view, whose, arena, links) &&
	       make_return(keys, wishes->return_domain, whose, arena, links) &&
	       (!wishes->targets || make_urls(keys, bases->click, whose, wishes, arena, &links->urls));
}
