/* Mails, read by two readers that are not ours. */
#include "content_support.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <unistd.h>

#include "content/message.h"

/* Numbers that are the same in every run. */
static unsigned next_random(unsigned *state) {
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static const char *const fragments[] = {
	"Hello",
	" ",
	"  ",
	"\n",
	"\n\n",
	".",
	"\n.\n",
	"From me ",
	"\nFrom us",
	"=",
	"=3D",
	"=?utf-8?Q?x?=",
	"ü",
	"日本語の文章",
	"🎉",
	"👨‍👩‍👧",
	"e\u0301",
	"&amp;",
	"<b>",
	"</b>",
	"\"quoted\"",
	"(a, b; c)",
	"\\",
	"\t",
	"--",
	"--=_x",
	"Привет",
	"a long run of words that goes on and on until the line is full, and then some more",
	"https://x.example/?a=1&b=2",
};

static const char *random_text(struct arena *arena, unsigned *state, int most) {
	BUF_AUTO text = { 0 };
	for (int i = (int)(next_random(state) % (unsigned)most); i >= 0; i--)
		buf_text_add(&text, fragments[next_random(state) % (sizeof fragments / sizeof *fragments)]);
	return arena_copy(arena, buf_text(&text));
}

struct mail {
	const char *subject, *name, *text, *html; /* as rendered, lines end with LF */
	struct buf bytes;
};

/* A source with fields among random text; what stands around them is quoted, so that it is no tag or broken HTML. */
static const char *random_source(struct arena *arena, unsigned *state) {
	return arena_print(arena, "%s{{city}}%s{%% if company %%}%s{{company}}{%% endif %%}%s",
	                   random_text(arena, state, 12), random_text(arena, state, 4), random_text(arena, state, 6),
	                   random_text(arena, state, 30));
}

static const char *rendered_from(struct arena *arena, const struct program *program,
                                 const struct rendering *rendering) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	cr_assert(program_render(program, rendering, NULL, &out, &err));
	return arena_copy(arena, buf_text(&out));
}

static const struct rendering *random_rendering(struct arena *arena, const struct program *program,
                                                const struct value *data) {
	struct rendering *rendering = arena_new_of(arena, struct rendering);
	struct strings names = program_names(program);
	const struct value **values = arena_array(arena, const struct value *, names.count);
	for (int i = 0; i < names.count; i++)
		values[i] = value_get(data, names.items[i]);
	*rendering = (struct rendering){ values, at("2026-11-27T10:00:00Z"), NULL, NULL };
	return rendering;
}

static void make_mail(struct arena *arena, unsigned seed, struct mail *mail) {
	unsigned state = seed;
	struct flaws flaws;
	struct error err = ERROR_INIT;
	struct value *data = value_map(arena);
	value_put_text(data, "city", random_text(arena, &state, 5));
	value_put_text(data, "company", next_random(&state) % 2 ? random_text(arena, &state, 5) : NULL);
	struct message_sources sources = {
		.subject = compile(arena, FORM_HEADER, arena_print(arena, "S%s", random_source(arena, &state)), &flaws),
		.from_name = compile(arena, FORM_HEADER, random_text(arena, &state, 4), &flaws),
		.text = compile(arena, FORM_PLAIN, random_source(arena, &state), &flaws),
	};
	while (!sources.html)
		sources.html = compile(arena, FORM_HTML, random_source(arena, &state), &flaws);
	const struct rendering *subject = random_rendering(arena, sources.subject, data),
						   *name = random_rendering(arena, sources.from_name, data);
	const struct rendering *text = random_rendering(arena, sources.text, data),
						   *html = random_rendering(arena, sources.html, data);
	static const struct message_header more[] = { { "List-Unsubscribe",
		                                            "<https://u.example/0123456789>, <mailto:u@x.example>" } };
	struct message message = { *subject,
		                       *name,
		                       *text,
		                       *html,
		                       "a@b.example",
		                       "c@d.example",
		                       arena_print(arena, "id%u", seed),
		                       at("2026-11-27T10:00:00Z"),
		                       more,
		                       1 };
	cr_assert(message_write(message_plan(&sources, arena), &message, &mail->bytes, &err), "%s", err.text);
	mail->subject = rendered_from(arena, sources.subject, subject);
	mail->name = rendered_from(arena, sources.from_name, name);
	mail->text = rendered_from(arena, sources.text, text);
	mail->html = rendered_from(arena, sources.html, html);
}

static const char *part_text(struct arena *arena, GMimeObject *part) {
	GMimeStream *stream = g_mime_stream_mem_new();
	(void)g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	BUF_AUTO text = { 0 };
	for (guint i = 0; i < bytes->len; i++)
		if (bytes->data[i] != '\r')
			buf_char(&text, (char)bytes->data[i]);
	g_object_unref(stream);
	return arena_copy(arena, buf_text(&text));
}

static void check_with_gmime(struct arena *arena, const struct mail *mail) {
	g_mime_init();
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail->bytes.bytes, mail->bytes.size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	cr_assert(message);
	InternetAddress *from = internet_address_list_get_address(g_mime_message_get_from(message), 0);
	const char *name = internet_address_get_name(from);
	GMimeMultipart *both = GMIME_MULTIPART(g_mime_message_get_mime_part(message));
	cr_expect_str_eq(g_mime_message_get_subject(message), mail->subject);
	cr_expect_str_eq(name ? name : "", mail->name);
	cr_expect_str_eq(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(from)), "a@b.example");
	cr_expect_str_eq(part_text(arena, g_mime_multipart_get_part(both, 0)), mail->text);
	cr_expect_str_eq(part_text(arena, g_mime_multipart_get_part(both, 1)), mail->html);
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

static void check_lines(const struct mail *mail) {
	size_t column = 0;
	for (size_t i = 0; i < mail->bytes.size; i++) {
		unsigned char c = (unsigned char)mail->bytes.bytes[i];
		cr_assert(c < 0x80 && c, "7 bits");
		cr_assert_eq(c == '\n', i && mail->bytes.bytes[i - 1] == '\r', "CR and LF only together");
		column = c == '\n' ? 0 : column + 1;
		cr_assert(column <= 78, "lines are short: %.80s", mail->bytes.bytes + i - column + 1);
	}
}

/* Reads "SUBJECT NAME TEXT HTML MAIL" in base64, a mail a line, and compares. Names of several words are read by the
 * older functions: those of the policy keep the blanks between words, which RFC 2047 drops. */
static const char reader
	[] = "import sys, base64, email, email.policy, email.header, email.utils\n"
		 "wrong = 0\n"
		 "for line in open(sys.argv[1]):\n"
		 "    subject, name, text, html, mail = (base64.b64decode(one) for one in line.rstrip('\\n').split(' '))\n"
		 "    got = email.message_from_bytes(mail, policy=email.policy.default)\n"
		 "    parts = [part.get_payload(decode=True).replace(b'\\r\\n', b'\\n') for part in got.iter_parts()]\n"
		 "    shown, address = email.utils.parseaddr(email.message_from_bytes(mail)['from'].replace('\\r\\n', ''))\n"
		 "    shown = str(email.header.make_header(email.header.decode_header(shown)))\n"
		 "    ours = [subject, name, b'a@b.example', text, html]\n"
		 "    theirs = [str(got['subject']).encode(), shown.encode(), address.encode(), *parts]\n"
		 "    if ours != theirs or got.defects or any(part.defects for part in got.iter_parts()):\n"
		 "        wrong += 1\n"
		 "        if wrong < 4: print(*[pair for pair in zip(ours, theirs) if pair[0] != pair[1]], got.defects, "
		 "sep='\\n', file=sys.stderr)\n"
		 "sys.exit(wrong > 0)\n";

static void write_line(FILE *file, const struct mail *mail) {
	const char *const texts[] = { mail->subject, mail->name, mail->text, mail->html, mail->bytes.bytes };
	for (int i = 0; i < 5; i++) {
		g_autofree char *encoded = g_base64_encode((const guchar *)texts[i], strlen(texts[i]));
		fprintf(file, "%s%c", encoded, i < 4 ? ' ' : '\n');
	}
}

Test(message, two_readers_read_a_thousand_mails_as_they_were_written, .timeout = 120) {
	char path[] = "/tmp/mails.XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	cr_assert(file);
	for (unsigned seed = 1; seed <= 1000; seed++) {
		ARENA_AUTO arena = arena_new();
		struct mail mail = { 0 };
		make_mail(arena, seed, &mail);
		check_lines(&mail);
		check_with_gmime(arena, &mail);
		write_line(file, &mail);
		buf_finish(&mail.bytes);
	}
	(void)fclose(file);
	char *words[] = { (char *)(uintptr_t)"/usr/bin/python3", (char *)(uintptr_t)"-c", (char *)(uintptr_t)reader, path,
		              NULL };
	int status = 0;
	cr_assert(g_spawn_sync(NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, NULL));
	cr_expect(g_spawn_check_wait_status(status, NULL));
	(void)unlink(path);
}

Test(message, one_long_line_of_html) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO html = { 0 };
	struct mail mail = { 0 };
	struct error err = ERROR_INIT;
	struct flaws flaws;
	for (int i = 0; i < 50; i++) {
		buf_print(&html, "<p><a href=\"https://x.example/%d\">link</a>", i);
		for (int k = 0; k < 100; k++)
			buf_text_add(&html, "words and so ");
	}
	struct message_sources sources = { compile(arena, FORM_HEADER, "Hi", &flaws), NULL,
		                               compile(arena, FORM_PLAIN, "t", &flaws),
		                               compile(arena, FORM_HTML, buf_text(&html), &flaws) };
	struct message message = {
		.from = "a@b.example", .to = "c@d.example", .id = "x", .date = at("2026-11-27T10:00:00Z")
	};
	cr_assert(message_write(message_plan(&sources, arena), &message, &mail.bytes, &err), "%s", err.text);
	mail.subject = "Hi";
	mail.name = "";
	mail.text = "t";
	mail.html = buf_text(&html);
	check_lines(&mail);
	check_with_gmime(arena, &mail);
	buf_finish(&mail.bytes);
}

Test(message, refuses) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct flaws flaws;
	static const struct message_header bad[] = { { "X-A", "a\r\nBcc: x" }, { "X A", "b" }, { "", "c" } };
	struct message_sources sources = { compile(arena, FORM_HEADER, " ", &flaws), NULL,
		                               compile(arena, FORM_PLAIN, "t", &flaws), NULL };
	struct message message = {
		.from = "a@b.example", .to = "c@d.example", .id = "x", .date = at("2026-11-27T10:00:00Z")
	};
	cr_expect_not(message_write(message_plan(&sources, arena), &message, &out, &err));
	cr_expect_str_eq(err.field, "subject");
	sources.subject = compile(arena, FORM_HEADER, "Hi", &flaws);
	message.header_count = 1;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		message.headers = &bad[i];
		cr_expect_not(message_write(message_plan(&sources, arena), &message, &out, &err));
	}
	message.header_count = 0;
	buf_reset(&out);
	cr_assert(message_write(message_plan(&sources, arena), &message, &out, &err));
	cr_expect_str_eq(buf_text(&out), "From: <a@b.example>\r\nTo: <c@d.example>\r\nSubject: Hi\r\nDate: Fri, 27 Nov "
	                                 "2026 10:00:00 +0000\r\nMessage-ID: <x@b.example>\r\n"
	                                 "MIME-Version: 1.0\r\nContent-Type: text/plain; "
	                                 "charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nt=\r\n");
}
