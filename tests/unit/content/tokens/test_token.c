/* Tokens: what was written is read, in one spelling, with its keys alone; Python makes the same ones. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "content/tokens/token.h"

#define A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define B "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"

enum { ROUNDS = 2000, MADE = 500 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .";

static struct mac_ring ring_of(const char *text) {
	struct mac_ring ring;
	struct error err = ERROR_INIT;
	cr_assert(mac_ring_read(text, "LINK_KEYS", &ring, &err), "%s", err.text);
	return ring;
}

static uint64_t state = 20261127;
static unsigned below(unsigned bound) {
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(state >> 33) % bound;
}

static void any_id(char id[TOKEN_ID]) {
	for (int i = 0; i < TOKEN_ID - 1; i++)
		id[i] = "0123456789abcdef"[below(16)];
	id[TOKEN_ID - 1] = '\0';
}

/* Its bounds come up often. */
static int any_number(int bound) {
	unsigned dice = below(4);
	return dice == 0 ? 0 : dice == 1 ? bound - 1 : (int)below((unsigned)bound);
}

static struct token any(enum token_kind kind) {
	struct token token = { 0 };
	if (kind == TOKEN_CONFIRM) {
		any_id(token.confirmation_id);
		return token;
	}
	any_id(token.campaign_id);
	if (kind == TOKEN_UNSUBSCRIBE) {
		any_id(token.contact_id);
		if (below(2))
			any_id(token.list_id);
		return token;
	}
	token.block = any_number(TOKEN_BLOCKS);
	token.index = any_number(TOKEN_BLOCK_SIZE);
	token.link = kind == TOKEN_CLICK ? any_number(TOKEN_LINKS) : 0;
	return token;
}

static bool same(const struct token *a, const struct token *b) {
	return strcmp(a->campaign_id, b->campaign_id) == 0 && strcmp(a->contact_id, b->contact_id) == 0 &&
	       strcmp(a->list_id, b->list_id) == 0 && strcmp(a->confirmation_id, b->confirmation_id) == 0 &&
	       a->block == b->block && a->index == b->index && a->link == b->link;
}

Test(token, what_was_written_is_read) {
	const struct mac_ring a = ring_of(A), b = ring_of(B), both = ring_of(B "," A);
	char text[TOKEN_TEXT];
	for (int i = 0; i < ROUNDS; i++) {
		enum token_kind kind = (enum token_kind)(i % TOKEN_KIND_COUNT);
		struct token token = any(kind), read;
		size_t size = token_write(&a, kind, &token, text);
		cr_assert(size == token_size(kind) && size == strlen(text) && size < TOKEN_TEXT);
		cr_assert(token_read(&a, kind, text, size, &read) && same(&token, &read), "%s", text);
		cr_assert(token_read(&both, kind, text, size, &read), "an old key still verifies");
		cr_assert(!token_read(&b, kind, text, size, &read));
		for (enum token_kind other = 0; other < TOKEN_KIND_COUNT; other++)
			cr_assert(other == kind || !token_read(&a, other, text, size, &read), "%s as %d", text, (int)other);
		(void)token_write(&both, kind, &token, text);
		cr_assert(token_read(&b, kind, text, size, &read), "the first key signs");
	}
}

Test(token, any_other_spelling_is_refused_and_changes_nothing) {
	const struct mac_ring ring = ring_of(A);
	char text[TOKEN_TEXT + 2];
	for (int i = 0; i < 20 * TOKEN_KIND_COUNT; i++) {
		enum token_kind kind = (enum token_kind)(i % TOKEN_KIND_COUNT);
		struct token token = any(kind), read = any(TOKEN_CLICK), before = read;
		size_t size = token_write(&ring, kind, &token, text);
		for (size_t at = 0; at < size; at++) {
			char kept = text[at];
			for (const char *c = alphabet; *c; c++) {
				text[at] = *c;
				cr_assert(*c == kept || !token_read(&ring, kind, text, size, &read), "%s, character %zu", text, at);
			}
			text[at] = kept;
		}
		cr_assert(!token_read(&ring, kind, text, size - 1, &read) && !token_read(&ring, kind, text, 0, &read));
		text[size] = '=';
		cr_assert(!token_read(&ring, kind, text, size + 1, &read));
		cr_assert(same(&read, &before));
	}
}

Test(token, nothing_is_written_of_what_is_out_of_bounds) {
	const struct mac_ring ring = ring_of(A), none = ring_of("");
	char text[TOKEN_TEXT] = "x";
	struct token fine = any(TOKEN_CLICK), wrong;
	const struct token bad[] = {
		{ .block = -1 },         { .block = TOKEN_BLOCKS },
		{ .index = -1 },         { .index = TOKEN_BLOCK_SIZE },
		{ .link = TOKEN_LINKS }, { .link = -1 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		wrong = bad[i];
		memcpy(wrong.campaign_id, fine.campaign_id, TOKEN_ID);
		cr_expect(token_write(&ring, TOKEN_CLICK, &wrong, text) == 0 && !*text, "%zu", i);
	}
	static const char *const ids[] = { "", "0123", "0123456789ABCDEF01234567", "0123456789abcdeg01234567" };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		wrong = fine;
		(void)snprintf(wrong.campaign_id, TOKEN_ID, "%s", ids[i]);
		cr_expect(token_write(&ring, TOKEN_PIXEL, &wrong, text) == 0, "%s", ids[i]);
	}
	struct token leaving = any(TOKEN_UNSUBSCRIBE);
	memset(leaving.list_id, '0', TOKEN_ID - 1);
	cr_expect(token_write(&ring, TOKEN_UNSUBSCRIBE, &leaving, text) == 0, "no list has this id");
	cr_expect(token_write(&none, TOKEN_CLICK, &fine, text) == 0 && !*text, "no key");
}

Test(token, a_return_path_is_a_local_part_in_small_letters) {
	const struct mac_ring ring = ring_of(A);
	char text[TOKEN_TEXT];
	cr_expect(strlen("b-") + token_size(TOKEN_RETURN) <= 64);
	for (int i = 0; i < MADE; i++) {
		struct token token = any(TOKEN_RETURN);
		size_t size = token_write(&ring, TOKEN_RETURN, &token, text);
		cr_assert_eq(strspn(text, "abcdefghijklmnopqrstuvwxyz234567"), size);
	}
}

/* Makes each line's token anew: kind, campaign, block, index, link, contact (or confirmation), list, token. */
static const char maker[] =
	"import base64, hmac, struct, sys\n"
	"key = bytes(range(32))\n"
	"sign = lambda text: hmac.new(key, text, 'sha256').digest()\n"
	"wrong = lines = 0\n"
	"for line in open(sys.argv[1]):\n"
	"    kind, campaign, block, index, link, contact, target, token = line.rstrip('\\n').split(' ')\n"
	"    said = sign(b'id')[:1]\n"
	"    if kind == 'u': said += bytes.fromhex(contact + (target or '0' * 24) + campaign)\n"
	"    elif kind == 'o': said += bytes.fromhex(contact)\n"
	"    else: said += bytes.fromhex(campaign) + struct.pack('>HH', int(block), int(index))\n"
	"    if kind == 'c': said += struct.pack('>H', int(link))\n"
	"    made = said + sign(kind.encode() + said)[:{'p': 10, 'v': 10, 'r': 13}.get(kind, 11)]\n"
	"    made = base64.b32encode(made).decode().lower() if kind == 'r' else base64.urlsafe_b64encode(made).decode()\n"
	"    lines += 1\n"
	"    if made != token:\n"
	"        wrong += 1\n"
	"        print(line, made, file=sys.stderr)\n"
	"sys.exit(wrong > 0 or lines != 500)\n";

Test(token, python_makes_the_same_ones) {
	const struct mac_ring ring = ring_of(A "," B);
	char path[] = "/tmp/tt-tokens-XXXXXX", text[TOKEN_TEXT];
	FILE *file = fdopen(mkstemp(path), "w");
	int status;
	cr_assert_not_null(file);
	for (int i = 0; i < MADE; i++) {
		enum token_kind kind = (enum token_kind)(i % TOKEN_KIND_COUNT);
		struct token token = any(kind);
		(void)token_write(&ring, kind, &token, text);
		(void)fprintf(file, "%c %s %d %d %d %s %s %s\n", "pcrvuo"[kind], token.campaign_id, token.block, token.index,
		              token.link, kind == TOKEN_CONFIRM ? token.confirmation_id : token.contact_id, token.list_id,
		              text);
	}
	cr_assert_eq(fclose(file), 0);
	pid_t child = fork();
	if (child == 0) {
		execl("/usr/bin/python3", "python3", "-c", maker, path, (char *)NULL);
		_exit(127);
	}
	cr_assert(waitpid(child, &status, 0) == child && WIFEXITED(status));
	cr_expect_eq(WEXITSTATUS(status), 0);
	(void)unlink(path);
}
