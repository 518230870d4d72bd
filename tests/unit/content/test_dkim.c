/* DKIM: the vectors of the standards, dkimpy verifies what is signed and refuses what was changed. */
#include <criterion/criterion.h>
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "content/dkim_parts.h"
#include "content/message.h"

#include "content_support.h"
#include "dkim_support.h"

enum { MAILS = 500, ARGUMENTS = 8 };

static const struct moment WHEN = { 1793000000000 };

static struct signature_key *key_of(const char *base64) {
	struct signature_key *key;
	struct error err = ERROR_INIT;
	gsize size;
	g_autofree guchar *bytes = g_base64_decode(base64, &size);
	cr_assert(signature_key_read((const char *)bytes, size, &key, &err), "%s", err.text);
	return key;
}

static char *base64_of(const unsigned char *bytes, size_t size) {
	static char text[1000];
	g_autofree char *encoded = g_base64_encode(bytes, size);
	(void)snprintf(text, sizeof text, "%s", encoded);
	return text;
}

static const char rfc_message[] = "From: Joe SixPack <joe@football.example.com>\r\n"
								  "To: Suzie Q <suzie@shopping.example.net>\r\n"
								  "Subject: Is dinner ready?\r\n"
								  "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
								  "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n"
								  "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

static void vector(const char *key_text, const char *header, const char *expected) {
	static const char *const names[] = { "from", "to", "subject", "date", "message-id", "from", "subject", "date" };
	struct dkim_message split;
	struct digest fields;
	struct error err = ERROR_INIT;
	unsigned char digest[DIGEST_BYTES], signature[SIGNATURE_MAX];
	struct signature_key *key = key_of(key_text);
	cr_assert(dkim_split(rfc_message, strlen(rfc_message), &split, &err), "%s", err.text);
	dkim_body_digest(split.body, split.body_size, digest);
	cr_expect_str_eq(base64_of(digest, sizeof digest), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
	digest_begin(&fields);
	dkim_add_fields(&fields, &split, names, sizeof names / sizeof *names);
	dkim_header_digest(&fields, header, strlen(header), digest);
	size_t size = signature_sign(key, digest, signature);
	cr_expect_str_eq(base64_of(signature, size), expected);
	signature_key_free(key);
}

/* RFC 8463, appendix A: both kinds sign alike each time, so the signatures are those printed there. */
Test(dkim, signatures_of_the_standard) {
	vector(rfc_ed25519,
	       "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; "
	       "i=@football.example.com;\r\n q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : "
	       "message-id : from : subject : date;\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=",
	       "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==");
	vector(rfc_rsa,
	       "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=football.example.com; "
	       "i=@football.example.com;\r\n q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n date : "
	       "message-id "
	       ": from : subject : date;\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=",
	       "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgee"
	       "fOsk2JzdA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=");
}

/* The digest of a body is that of the text which RFC 6376, 3.4.4 and 3.4.5, says it is. */
Test(dkim, bodies_relaxed) {
	static const char *const rows[][2] = {
		{ "", "" },
		{ "\r\n\r\n", "" },
		{ " \t\r\n \r\n", "" },
		{ " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n" },
		{ "no end", "no end\r\n" },
		{ "blanks at the end \t", "blanks at the end\r\n" },
		{ "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n" },
		{ "\r\n\r\na\r\n", "\r\n\r\na\r\n" },
		{ "a\r\n \t\r\nb\r\n", "a\r\n\r\nb\r\n" },
		{ "\t a\r\n \ta  b \r\n", " a\r\n a b\r\n" },
		{ " a\v b \f\r\n", " a\v b \f\r\n" },
		{ "half\rof\nit\r\r\n", "half\rof\nit\r\r\n" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned char ours[DIGEST_BYTES], theirs[DIGEST_BYTES];
		struct digest digest;
		dkim_body_digest(rows[i][0], strlen(rows[i][0]), ours);
		digest_begin(&digest);
		digest_add(&digest, rows[i][1], strlen(rows[i][1]));
		digest_end(&digest, theirs);
		cr_expect(memcmp(ours, theirs, sizeof ours) == 0, "row %zu", i);
	}
}

/* The example of RFC 6376, 3.4.5; the lowest of several comes first. */
Test(dkim, headers_relaxed) {
	static const char mail[] = "C: upper\r\nA: X\r\nB : Y\t\r\n\tZ  \r\nc:\t lower \r\nD:\r\n\r\n";
	static const char *const names[] = { "a", "B", "c", "C", "c", "missing", "d" };
	static const char expected[] = "a:X\r\nb:Y Z\r\nc:lower\r\nc:upper\r\nd:\r\n";
	struct dkim_message split;
	struct digest digest;
	struct error err = ERROR_INIT;
	unsigned char ours[DIGEST_BYTES], theirs[DIGEST_BYTES];
	cr_assert(dkim_split(mail, strlen(mail), &split, &err) && split.count == 5 && split.body_size == 0);
	digest_begin(&digest);
	dkim_add_fields(&digest, &split, names, sizeof names / sizeof *names);
	digest_end(&digest, ours);
	digest_begin(&digest);
	digest_add(&digest, expected, strlen(expected));
	digest_end(&digest, theirs);
	cr_expect(memcmp(ours, theirs, sizeof ours) == 0);
}

static uint64_t state = 20261127;
static unsigned below(unsigned bound) {
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(state >> 33) % bound;
}

static void add_words(struct buf *out, unsigned count, bool folds) {
	static const char *const between[] = { " ", "  ", "\t", " \t ", "\r\n ", "\r\n\t \t" };
	static const char *const words[] = { "offer", "=?utf-8?B?w7w=?=", "a:b", "..", "From", "x=3D", "b=", ";", "Zz" };
	for (unsigned i = 0; i < count; i++) {
		buf_text_add(out, i ? between[below(folds ? 6 : 4)] : "");
		buf_text_add(out, words[below(sizeof words / sizeof *words)]);
	}
}

static void add_header(struct buf *out, const char *name) {
	buf_print(out, "%s:%s", name, below(4) ? " " : below(2) ? "" : " \t");
	add_words(out, 1 + below(6), true);
	buf_text_add(out, below(4) ? "\r\n" : " \t\r\n");
}

/* Heads and bodies with blanks, folds and empty lines wherever they may be. */
static void add_mail(struct buf *out) {
	static const char *const some[] = { "Reply-To", "List-Unsubscribe", "List-ID",      "X-More",     "Feedback-ID",
		                                "received", "content-type",     "mime-version", "Precedence", "cc" };
	buf_text_add(out, "From: Ana <a@example.org>\r\n");
	add_header(out, "To");
	add_header(out, below(2) ? "Subject" : "SUBJECT");
	buf_text_add(out, "Date: Fri, 27 Nov 2026 10:00:00 +0000\r\n");
	for (unsigned i = below(8); i > 0; i--)
		add_header(out, some[below(sizeof some / sizeof *some)]);
	buf_text_add(out, "\r\n");
	for (unsigned i = below(12); i > 0; i--) {
		buf_text_add(out, below(4) || i == 1 ? "" : " ");
		add_words(out, below(5), false);
		if (i > 1 || below(2)) /* a last line without its end is sent with one: dkimpy takes blanks there for text */
			buf_text_add(out, below(3) ? "\r\n" : " \t\r\n");
	}
}

static void write_line(FILE *file, const char *bytes, size_t size, int signatures, bool good) {
	g_autofree char *encoded = g_base64_encode((const guchar *)bytes, size);
	(void)fprintf(file, "%s %d %d\n", encoded, signatures, good);
}

struct signed_by {
	struct dkim_signer signer;
	char records[DKIM_KEYS_MAX][600];
};

static void new_keys(struct signed_by *by) {
	static const char *const selectors[] = { "one", "two" };
	by->signer = (struct dkim_signer){ .domain = "example.org", .count = DKIM_KEYS_MAX };
	for (int i = 0; i < DKIM_KEYS_MAX; i++) {
		BUF_AUTO secret = { 0 };
		BUF_AUTO published = { 0 };
		struct error err = ERROR_INIT;
		signature_make(i ? SIGNATURE_ED25519 : SIGNATURE_RSA, &secret);
		cr_assert(signature_key_read(secret.bytes, secret.size, &by->signer.keys[i].key, &err));
		by->signer.keys[i].selector = selectors[i];
		signature_public(by->signer.keys[i].key, &published);
		(void)snprintf(by->records[i], sizeof by->records[i], "%s=v=DKIM1; k=%s; p=%s", selectors[i],
		               i ? "ed25519" : "rsa", base64_of((const unsigned char *)published.bytes, published.size));
	}
}

static void free_keys(struct signed_by *by) {
	for (int i = 0; i < DKIM_KEYS_MAX; i++)
		signature_key_free(by->signer.keys[i].key);
}

static void check_by_dkimpy(const char *path, const struct signed_by *by) {
	int status;
	pid_t child = fork();
	if (child == 0) {
		execl("/usr/bin/python3", "python3", "-c", dkimpy, path, by->records[0], by->records[1], (char *)NULL);
		_exit(127);
	}
	cr_assert(waitpid(child, &status, 0) == child && WIFEXITED(status));
	cr_expect_eq(WEXITSTATUS(status), 0);
	(void)unlink(path);
}

static void sign_mail(const struct signed_by *by, const struct buf *mail, struct buf *out) {
	struct error err = ERROR_INIT;
	cr_assert(dkim_sign(&by->signer, buf_text(mail), mail->size, WHEN, out, &err), "%s", err.text);
	for (const char *line = out->bytes, *end; (end = strstr(line, "\r\n")); line = end + 2)
		cr_assert(end - line <= 76, "%.*s", (int)(end - line), line);
	buf_add(out, buf_text(mail), mail->size);
}

/* As they are sent: from a plan, with HTML, encoded words and an attachment. */
static void add_real_mail(struct arena *arena, struct buf *out) {
	struct flaws flaws;
	struct error err = ERROR_INIT;
	BUF_AUTO body = { 0 };
	add_words(&body, 20 + below(200), false);
	const struct message_file file = { "Größe.bin", "application/octet-stream", NULL, buf_text(&body), body.size };
	const struct message_header more[] = { { "List-Unsubscribe", "<https://mail.example.org/u/1>" },
		                                   { "List-Unsubscribe-Post", "List-Unsubscribe=One-Click" } };
	g_autofree char *html = g_strdup_printf("<html><body><p>%s</p>\r\n  \r\n</body></html>\r\n\r\n", buf_text(&body));
	struct message_sources sources = { .subject = compile(arena, FORM_HEADER, "Grüße aus der Straße", &flaws),
		                               .text = compile(arena, FORM_PLAIN, buf_text(&body), &flaws),
		                               .html = compile(arena, FORM_HTML, html, &flaws) };
	if (below(2))
		sources.attachments = (struct message_files){ &file, 1 };
	const struct message message = {
		.from = "a@example.org", .to = "c@d.example", .id = "x1", .date = WHEN, .headers = more, .header_count = 2
	};
	cr_assert(message_write(message_plan(&sources, arena), &message, out, &err), "%s", err.text);
}

Test(dkim, dkimpy_verifies_random_mails, .timeout = 250) {
	ARENA_AUTO arena = arena_new();
	struct signed_by by;
	char path[] = "/tmp/tt-dkim-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	new_keys(&by);
	for (int i = 0; i < MAILS; i++) {
		BUF_AUTO mail = { 0 };
		BUF_AUTO whole = { 0 };
		if (i % 5)
			add_mail(&mail);
		else
			add_real_mail(arena, &mail);
		sign_mail(&by, &mail, &whole);
		write_line(file, whole.bytes, whole.size, DKIM_KEYS_MAX, true);
	}
	(void)fclose(file);
	check_by_dkimpy(path, &by);
	free_keys(&by);
}

/* After `at`, or in the place of it. */
static void write_changed(FILE *file, const struct buf *whole, const char *at, const char *instead, size_t gone) {
	BUF_AUTO changed = { 0 };
	size_t before = (size_t)(at - whole->bytes);
	buf_add(&changed, whole->bytes, before);
	buf_text_add(&changed, instead);
	buf_add(&changed, at + gone, whole->size - before - gone);
	write_line(file, changed.bytes, changed.size, DKIM_KEYS_MAX, false);
}

Test(dkim, whatever_is_added_or_changed_is_noticed, .timeout = 250) {
	static const char *const added[] = { "From: m@evil.example",
		                                 "Subject: Free",
		                                 "To: m@evil.example",
		                                 "Reply-To: m@evil.example",
		                                 "Cc: m@evil.example",
		                                 "Sender: m@evil.example",
		                                 "Content-Type: text/html",
		                                 "List-Unsubscribe: <x>",
		                                 "MIME-Version: 1.0",
		                                 "List-Unsubscribe-Post: x=y",
		                                 "Feedback-ID: a:b:c:d",
		                                 "Message-ID: <x@y>",
		                                 "Date: now",
		                                 "List-Id: <x.y>",
		                                 "content-transfer-encoding: 8bit" };
	struct signed_by by;
	char path[] = "/tmp/tt-dkim-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	BUF_AUTO mail = { 0 };
	BUF_AUTO whole = { 0 };
	new_keys(&by);
	buf_text_add(&mail, "From: Ana <a@example.org>\r\nTo: b@example.net\r\nSubject: One two\r\nDate: Fri, 27 Nov 2026 "
	                    "10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nX-Free: 1\r\n\r\nHello  there\r\n");
	sign_mail(&by, &mail, &whole);
	write_line(file, whole.bytes, whole.size, DKIM_KEYS_MAX, true);
	for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
		g_autofree char *line = g_strdup_printf("%s\r\n", added[i]);
		write_changed(file, &whole, strstr(whole.bytes, "From: Ana"), line, 0);
		write_changed(file, &whole, strstr(whole.bytes, "X-Free"), line, 0);
	}
	write_changed(file, &whole, strstr(whole.bytes, "One"), "on", 2);
	write_changed(file, &whole, strstr(whole.bytes, "Subject: One two\r\n"), "", strlen("Subject: One two\r\n"));
	write_changed(file, &whole, strstr(whole.bytes, "Hello"), "h", 1);
	write_changed(file, &whole, strstr(whole.bytes, "Hello"), "", 1);
	write_changed(file, &whole, strstr(whole.bytes, "Hello"), "\r\n", 0);
	write_changed(file, &whole, whole.bytes + whole.size, "more\r\n", 0);
	(void)fclose(file);
	check_by_dkimpy(path, &by);
	free_keys(&by);
}

static void refused(const char *mail, const char *why) {
	struct dkim_signer signer = { .domain = "example.org" };
	struct error err = ERROR_INIT;
	BUF_AUTO out = { 0 };
	cr_expect(!dkim_sign(&signer, mail, strlen(mail), WHEN, &out, &err), "%s", mail);
	cr_expect(err.kind == ERROR_INVALID && strstr(err.text, why) && out.size == 0, "%s", err.text);
}

Test(dkim, what_is_no_mail_is_not_signed) {
	char many[4000] = "";
	for (int i = 0; i <= DKIM_FIELDS_MAX; i++)
		(void)snprintf(many + strlen(many), sizeof many - strlen(many), "X: %d\r\n", i);
	refused("", "Line 1");
	refused("From: a@b.example\r\n", "Line 2");
	refused("From: a@b.example", "Line 1");
	refused("From: a@b.example\n\nbody", "Line 1");
	refused("From: a@b.example\r\n folded", "Line 1");
	refused("From: a@b.example\r\nno header\r\n\r\n", "Line 2");
	refused(" From: a@b.example\r\n\r\n", "Line 1");
	refused("To: a@b.example\r\n\r\nbody", "0 senders");
	refused("From: a@b.example\r\nFROM: c@d.example\r\n\r\nbody", "2 senders");
	refused(many, "more than 100");
}

Test(dkim, without_keys_nothing_is_signed) {
	struct dkim_signer signer = { .domain = "example.org" };
	struct error err = ERROR_INIT;
	BUF_AUTO out = { 0 };
	cr_expect(dkim_sign(&signer, rfc_message, strlen(rfc_message), WHEN, &out, &err) && out.size == 0);
}
