/* Tokens: a few bytes, their MAC, and both as text. */
#include "content/tokens/token.h"

#include <string.h>

#include "content/tokens/spelling.h"
#include "core/base/secret.h"

enum { ID_BYTES = 12, BYTES_MAX = 48 };

/* Sizes without a bit to spare in the last character, so each token has one spelling. */
static const struct shape {
	unsigned char letter; /* begins what the MAC covers */
	unsigned char said, mac, bits;
} shapes[TOKEN_KIND_COUNT] = {
	[TOKEN_PIXEL] = { 'p', 17, 10, BASE64_BITS },       [TOKEN_CLICK] = { 'c', 19, 11, BASE64_BITS },
	[TOKEN_RETURN] = { 'r', 17, 13, BASE32_BITS },      [TOKEN_VIEW] = { 'v', 17, 10, BASE64_BITS },
	[TOKEN_UNSUBSCRIBE] = { 'u', 37, 11, BASE64_BITS }, [TOKEN_CONFIRM] = { 'o', 13, 11, BASE64_BITS },
};

size_t token_size(enum token_kind kind) {
	const struct shape *shape = &shapes[kind];
	return spelled_size((size_t)shape->said + shape->mac, shape->bits);
}

static bool put_id(const char *id, unsigned char **at) {
	for (int i = 0; i < 2 * ID_BYTES; i++) {
		char c = id[i];
		bool is_letter = c >= 'a' && c <= 'f';
		if (!is_letter && (c < '0' || c > '9'))
			return false;
		unsigned value = (unsigned)(is_letter ? c - 'a' + 10 : c - '0');
		**at = (unsigned char)(i % 2 ? **at | value : value << 4);
		*at += i % 2;
	}
	return id[2 * ID_BYTES] == '\0';
}

static void take_id(const unsigned char **at, char id[TOKEN_ID]) {
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < ID_BYTES; i++, (*at)++) {
		*id++ = digits[**at >> 4];
		*id++ = digits[**at & 15];
	}
	*id = '\0';
}

static bool put_number(int number, int bound, unsigned char **at) {
	*(*at)++ = (unsigned char)(number >> 8);
	*(*at)++ = (unsigned char)number;
	return number >= 0 && number < bound;
}

static bool take_number(const unsigned char **at, int bound, int *number) {
	*number = (*at)[0] << 8 | (*at)[1];
	*at += 2;
	return *number < bound;
}

/* From everything: zeroes, which no list has as its id. */
static const unsigned char everything[ID_BYTES];

static bool put_list(const char *id, unsigned char **at) {
	if (*id)
		return put_id(id, at) && memcmp(*at - ID_BYTES, everything, ID_BYTES) != 0;
	memcpy(*at, everything, ID_BYTES);
	*at += ID_BYTES;
	return true;
}

static bool put(enum token_kind kind, const struct token *token, unsigned char *at) {
	if (kind == TOKEN_CONFIRM)
		return put_id(token->confirmation_id, &at);
	if (kind == TOKEN_UNSUBSCRIBE)
		return put_id(token->contact_id, &at) && put_list(token->list_id, &at) && put_id(token->campaign_id, &at);
	return put_id(token->campaign_id, &at) && put_number(token->block, TOKEN_BLOCKS, &at) &&
	       put_number(token->index, TOKEN_BLOCK_SIZE, &at) &&
	       (kind != TOKEN_CLICK || put_number(token->link, TOKEN_LINKS, &at));
}

static bool take(enum token_kind kind, const unsigned char *at, struct token *token) {
	*token = (struct token){ 0 };
	if (kind == TOKEN_CONFIRM) {
		take_id(&at, token->confirmation_id);
		return true;
	}
	if (kind == TOKEN_UNSUBSCRIBE) {
		take_id(&at, token->contact_id);
		if (memcmp(at, everything, ID_BYTES) != 0)
			take_id(&at, token->list_id);
		else
			at += ID_BYTES;
		take_id(&at, token->campaign_id);
		return true;
	}
	take_id(&at, token->campaign_id);
	return take_number(&at, TOKEN_BLOCKS, &token->block) && take_number(&at, TOKEN_BLOCK_SIZE, &token->index) &&
	       (kind != TOKEN_CLICK || take_number(&at, TOKEN_LINKS, &token->link));
}

static void sign(const struct mac_key *key, const struct shape *shape, const unsigned char *said,
                 unsigned char mac[MAC_BYTES]) {
	unsigned char covered[1 + BYTES_MAX] = { shape->letter };
	memcpy(covered + 1, said, shape->said);
	mac_sign(key, covered, (size_t)1 + shape->said, mac);
}

size_t token_write(const struct mac_ring *keys, enum token_kind kind, const struct token *token, char out[TOKEN_TEXT]) {
	const struct shape *shape = &shapes[kind];
	unsigned char bytes[BYTES_MAX], mac[MAC_BYTES];
	*out = '\0';
	if (keys->count == 0)
		return 0;
	bytes[0] = keys->ids[0];
	if (!put(kind, token, bytes + 1))
		return 0;
	sign(&keys->keys[0], shape, bytes, mac);
	memcpy(bytes + shape->said, mac, shape->mac);
	spell(bytes, (size_t)shape->said + shape->mac, shape->bits, out);
	return token_size(kind);
}

bool token_read(const struct mac_ring *keys, enum token_kind kind, const char *text, size_t size, struct token *token) {
	const struct shape *shape = &shapes[kind];
	unsigned char bytes[BYTES_MAX], mac[MAC_BYTES];
	struct token read;
	size_t got;
	if (size != token_size(kind) || !unspell(text, size, shape->bits, bytes, &got))
		return false;
	const struct mac_key *key = mac_ring_key(keys, bytes[0]);
	if (!key)
		return false;
	sign(key, shape, bytes, mac);
	if (!secret_equal_bytes(mac, bytes + shape->said, shape->mac) || !take(kind, bytes + 1, &read))
		return false;
	*token = read;
	return true;
}
