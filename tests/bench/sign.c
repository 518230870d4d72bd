/* How many mails and tokens a second of processor time are signed: sign [BYTES] [ROUNDS]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "content/dkim.h"
#include "content/tokens/token.h"

enum { TOKENS = 1000000 };

static double a_second(int count, clock_t began) {
	return (double)CLOCKS_PER_SEC * count / (double)(clock() - began + 1);
}

static void new_key(enum signature_kind kind, struct dkim_key *key) {
	struct error err = ERROR_INIT;
	BUF_AUTO secret = { 0 };
	signature_make(kind, &secret);
	if (!signature_key_read(secret.bytes, secret.size, &key->key, &err))
		exit(1);
	key->selector = kind == SIGNATURE_RSA ? "one" : "two";
}

static void add_mail(struct buf *mail, size_t size) {
	buf_text_add(mail,
	             "From: Ana <a@example.org>\r\nTo: b@example.net\r\nSubject: Your offers this week\r\nDate: Fri, 27 "
	             "Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nList-Unsubscribe: "
	             "<https://mail.example.org/unsubscribe/0123456789>\r\nMIME-Version: 1.0\r\n\r\n");
	while (mail->size < size)
		buf_text_add(mail, "  <td style=3D\"padding:0 24px\">Some words of an offer, and then some more</td>\r\n");
}

static void sign_mails(const char *name, const struct dkim_signer *signer, const struct buf *mail, int rounds) {
	struct error err = ERROR_INIT;
	BUF_AUTO out = { 0 };
	clock_t began = clock();
	for (int i = 0; i < rounds; i++) {
		buf_reset(&out);
		if (!dkim_sign(signer, mail->bytes, mail->size, (struct moment){ 1793000000000 }, &out, &err))
			exit(1);
	}
	printf("%-22s %9.0f/s\n", name, a_second(rounds, began));
}

static void write_tokens(void) {
	struct mac_ring ring;
	struct error err = ERROR_INIT;
	struct token token = { .campaign_id = "0123456789abcdef01234567" };
	char text[TOKEN_TEXT];
	if (!mac_ring_read("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "KEY", &ring, &err))
		exit(1);
	clock_t began = clock();
	for (int i = 0; i < TOKENS; i++) {
		token.index = i % TOKEN_BLOCK_SIZE;
		if (!token_write(&ring, TOKEN_CLICK, &token, text))
			exit(1);
	}
	printf("%-22s %9.0f/s\n", "click tokens", a_second(TOKENS, began));
}

int main(int count, char **words) {
	size_t size = count > 1 ? (size_t)atoi(words[1]) : 50000;
	int rounds = count > 2 ? atoi(words[2]) : 2000;
	struct dkim_signer both = { .domain = "example.org", .count = 2 };
	BUF_AUTO mail = { 0 };
	add_mail(&mail, size);
	new_key(SIGNATURE_RSA, &both.keys[0]);
	new_key(SIGNATURE_ED25519, &both.keys[1]);
	struct dkim_signer rsa = { "example.org", { both.keys[0] }, 1 }, small = { "example.org", { both.keys[1] }, 1 };
	sign_mails("DKIM, RSA-2048", &rsa, &mail, rounds);
	sign_mails("DKIM, Ed25519", &small, &mail, rounds);
	sign_mails("DKIM, both", &both, &mail, rounds);
	write_tokens();
	signature_key_free(both.keys[0].key);
	signature_key_free(both.keys[1].key);
	return 0;
}
