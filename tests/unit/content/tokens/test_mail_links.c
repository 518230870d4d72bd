/* The addresses of a mail: each reads back as what it is of. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "content/program.h"
#include "content/tokens/mail_links.h"
#include "content/tokens/target.h"
#include "core/base/text.h"

#define A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct mac_ring keys_of(const char *text) {
	struct mac_ring ring;
	struct error err = ERROR_INIT;
	cr_assert(mac_ring_read(text, "LINK_KEYS", &ring, &err), "%s", err.text);
	return ring;
}

static const struct token whose = { .campaign_id = "65a000000000000000000001",
	                                .block = 3,
	                                .index = 499,
	                                .contact_id = "65a000000000000000000002",
	                                .list_id = "65a000000000000000000003" };

Test(mail_links, each_address_says_whose_it_is) {
	static const char *const targets[] = { "https://example.org/?a=1&b=2", "ftp://example.org/",
		                                   "https://example.org/" };
	const struct mail_wishes wishes = { .pixel = true, .targets = targets, .count = 3, .mailto = "leave@example.org" };
	const struct mac_ring keys = keys_of(A);
	struct arena *arena = arena_new();
	struct mail_bases bases = mail_bases_of("https://mail.example.org/", "", "", "", arena);
	struct mail_links links;
	struct token read;
	char token[TOKEN_TEXT], target[TARGET_CARRIED_MAX + 1];
	cr_assert(mail_links_make(&keys, &bases, &whose, &wishes, arena, &links));
	cr_expect(text_starts(links.pixel, "<img src=\"https://mail.example.org/track/"), "%s", links.pixel);
	cr_expect(strstr(links.pixel, links.pixel_id) != NULL);
	cr_expect(token_read(&keys, TOKEN_PIXEL, links.pixel_id, strlen(links.pixel_id), &read) && read.index == 499);
	cr_expect_str_eq(links.urls[1], targets[1], "what is no web address stays as it is");
	for (int i = 0; i < 3; i += 2) {
		const char *at = text_after(links.urls[i], "https://mail.example.org/click/");
		(void)snprintf(token, sizeof token, "%.*s", (int)strcspn(at, "?"), at);
		cr_assert(token_read(&keys, TOKEN_CLICK, token, strlen(token), &read) && read.link == i, "%s", links.urls[i]);
		cr_expect(target_open(&keys, token, strchr(at, '=') + 1, target) && strcmp(target, targets[i]) == 0);
	}
	cr_expect(token_read(&keys, TOKEN_UNSUBSCRIBE, links.unsubscribe_id, strlen(links.unsubscribe_id), &read));
	cr_expect_str_eq(read.contact_id, whose.contact_id);
	cr_expect_str_eq(read.list_id, whose.list_id);
	cr_expect_str_eq(links.list_unsubscribe,
	                 arena_print(arena, "<https://mail.example.org/unsubscribe/%s>, <mailto:leave@example.org>",
	                             links.unsubscribe_id));
	arena_free(arena);
}

Test(mail_links, what_is_not_wanted_is_not_made) {
	const struct mail_wishes wishes = { .mailto = NULL };
	const struct mac_ring keys = keys_of(A), none = keys_of("");
	struct arena *arena = arena_new();
	struct mail_bases bases = mail_bases_of("http://127.0.0.1:8000", "https://p.example/o", "https://c.example/c/",
	                                        "https://u.example", arena);
	struct mail_links links;
	struct token wrong = whose;
	cr_expect_str_eq(bases.pixel, "https://p.example/o");
	cr_expect_str_eq(bases.click, "https://c.example/c");
	cr_assert(mail_links_make(&keys, &bases, &whose, &wishes, arena, &links));
	cr_expect(!links.pixel && !links.urls && links.pixel_id);
	cr_expect(text_starts(links.list_unsubscribe, "<https://u.example/") && !strchr(links.list_unsubscribe, ','));
	cr_expect(!mail_links_make(&none, &bases, &whose, &wishes, arena, &links), "no key");
	wrong.index = TOKEN_BLOCK_SIZE;
	cr_expect(!mail_links_make(&keys, &bases, &wrong, &wishes, arena, &links));
	arena_free(arena);
}

static struct program *compiled(const char *source, enum form form, struct arena *arena) {
	struct flaws flaws = { .arena = arena };
	struct program *program = content_compile(source, strlen(source), form, &standard_names, &flaws);
	cr_assert(program, "%s", source);
	return program;
}

Test(mail_links, links_of_both_parts_are_numbered_once) {
	struct arena *arena = arena_new();
	const struct links html = program_links(compiled("<p><a href=\"https://a.example/\">a</a> <a href=\"#top\">t</a> "
	                                                 "<a href=\"https://b.example/{{first_name}}\">b</a></p>",
	                                                 FORM_HTML, arena));
	const struct links text = program_links(
		compiled("https://c.example/ and https://b.example/{{first_name}} and https://a.example/", FORM_PLAIN, arena));
	struct link_numbers both = link_numbers_of(&html, &text, arena), alone = link_numbers_of(NULL, &text, arena);
	cr_assert(both.count == 3 && both.html == 2 && alone.count == 3 && alone.html == 0, "%d %d", both.count,
	          alone.count);
	cr_expect(both.text[0] == 2 && both.text[1] == 1 && both.text[2] == 0);
	cr_expect_str_eq(link_numbered(&html, &text, &both, 0)->target, "https://a.example/");
	cr_expect(link_numbered(&html, &text, &both, 1)->program != NULL);
	cr_expect_str_eq(link_numbered(&html, &text, &both, 2)->target, "https://c.example/");
	cr_expect(!link_numbered(&html, &text, &both, 3) && !link_numbered(&html, &text, &both, -1));
	arena_free(arena);
}
