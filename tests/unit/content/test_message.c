/* Mails, read by three readers that are not ours. */
#include "content_support.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <unistd.h>

#include "content/message.h"
#include "mail_readers.h"

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
	"שלום עולם",
	"مرحبا\u200f",
	"a\u202eb\u202c",
	"𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
	"🇩🇪🇫🇷",
	"Jr., Dr. (retired)",
	"a@b.example",
	"=?utf-8?B?eA?=",
	"a long run of words that goes on and on until the line is full, and then some more",
	"https://x.example/?a=1&b=2",
};

static const char *random_text(struct arena *arena, unsigned *state, int most) {
	BUF_AUTO text = { 0 };
	for (int i = (int)(next_random(state) % (unsigned)most); i >= 0; i--)
		buf_text_add(&text, fragments[next_random(state) % (sizeof fragments / sizeof *fragments)]);
	return arena_copy(arena, buf_text(&text));
}

/* A part of a mail without parts of its own. */
struct leaf {
	const char *facts; /* the multiparts around it, its type, disposition, id and name of its file */
	const char *bytes; /* of a text as rendered, lines end with LF */
	size_t size;
};
enum { FILES_MOST = 3, LEAVES_MOST = 2 + 3 * FILES_MOST };

struct mail {
	const char *subject, *name;
	struct leaf leaves[LEAVES_MOST];
	int leaf_count;
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

static const char *const file_names[] = {
	"qr.png",
	"Terms & conditions (2026), final.pdf",
	"Übersicht.pdf",
	"a \"quoted\" name\\.txt",
	"100%.csv",
	"报告 2026.xlsx",
	"תמונה.jpg",
	"🎉🎉🎉 party.ics",
	"a name of a file that is far longer than a line of an email may be, and then some more of it.zip",
	"очень длинное имя файла, которое не помещается ни в одну строку письма.docx",
	"semi;colon='x'.txt",
	"=?utf-8?Q?x?=.bin",
};
static const char *const file_types[] = { "image/png", "application/pdf", "text/csv", "application/octet-stream" };

/* Bytes of all kinds, also such as look like boundaries. */
static struct message_files random_files(struct arena *arena, unsigned *state, const char *prefix) {
	int count = (int)(next_random(state) % (FILES_MOST + 1));
	struct message_file *files = arena_array(arena, struct message_file, FILES_MOST);
	for (int i = 0; i < count; i++) {
		size_t size = next_random(state) % 300;
		char *bytes = arena_alloc(arena, size + 40);
		for (size_t k = 0; k < size; k++)
			bytes[k] = (char)next_random(state);
		if (next_random(state) % 4 == 0)
			size = (size_t)sprintf(bytes, "\r\n--=_mid%u--\r\n.\r\n", *state % 1000);
		files[i] = (struct message_file){ file_names[next_random(state) % (sizeof file_names / sizeof *file_names)],
			                              file_types[next_random(state) % 4],
			                              prefix ? arena_print(arena, "%s%d@b.example", prefix, i) : NULL, bytes,
			                              size };
	}
	return (struct message_files){ files, count };
}

static void expect_leaf(struct mail *mail, const char *facts, const char *bytes, size_t size) {
	mail->leaves[mail->leaf_count++] = (struct leaf){ facts, bytes, size };
}

static void expect_files(struct arena *arena, struct mail *mail, const char *around,
                         const struct message_files *files) {
	for (int i = 0; i < files->count; i++) {
		const struct message_file *file = &files->items[i];
		const char *id = file->content_id;
		expect_leaf(mail,
		            arena_print(arena, "%s|%s|%s|%s|%s", around, file->type, id ? "inline" : "attachment", id ? id : "",
		                        file->name),
		            file->bytes, file->size);
	}
}

/* What readers shall find, in order. */
static void expect_parts(struct arena *arena, struct mail *mail, const struct message_sources *sources,
                         const struct message *message, const char *text, const char *html) {
	const char *mixed = sources->attachments.count ? "mixed/" : "";
	bool related = sources->inlines.count || message->inlines.count;
	const char *beside = arena_print(arena, "%salternative/related/", mixed);
	expect_leaf(mail, arena_print(arena, "%s%s|text/plain|||", mixed, html ? "alternative/" : ""), text, strlen(text));
	if (html) {
		expect_leaf(mail, arena_print(arena, "%salternative/%s|text/html|||", mixed, related ? "related/" : ""), html,
		            strlen(html));
		expect_files(arena, mail, beside, &sources->inlines);
		expect_files(arena, mail, beside, &message->inlines);
	}
	expect_files(arena, mail, mixed, &sources->attachments);
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
	bool has_html = seed % 10;
	if (next_random(&state) % 2) {
		sources.inlines = random_files(arena, &state, "all");
		sources.attachments = random_files(arena, &state, NULL);
	}
	while (!sources.html && has_html)
		sources.html = compile(arena, FORM_HTML, random_source(arena, &state), &flaws);
	const struct rendering *subject = random_rendering(arena, sources.subject, data),
						   *name = random_rendering(arena, sources.from_name, data);
	const struct rendering *text = random_rendering(arena, sources.text, data),
						   *html = has_html ? random_rendering(arena, sources.html, data) : text;
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
		                       1,
		                       { 0 } };
	if (next_random(&state) % 2)
		message.inlines = random_files(arena, &state, "own");
	cr_assert(message_check_files(&sources.inlines, &err) && message_check_files(&sources.attachments, &err) &&
	          message_check_files(&message.inlines, &err));
	cr_assert(message_write(message_plan(&sources, arena), &message, &mail->bytes, &err), "%s", err.text);
	mail->subject = rendered_from(arena, sources.subject, subject);
	mail->name = rendered_from(arena, sources.from_name, name);
	expect_parts(arena, mail, &sources, &message, rendered_from(arena, sources.text, text),
	             has_html ? rendered_from(arena, sources.html, html) : NULL);
}

/* The content, of a text with LF at the ends of lines. */
static GByteArray *part_bytes(GMimeObject *part, bool is_text) {
	GMimeStream *stream = g_mime_stream_mem_new();
	(void)g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), stream);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	guint kept = 0;
	for (guint i = 0; i < bytes->len; i++)
		if (!is_text || bytes->data[i] != '\r')
			bytes->data[kept++] = bytes->data[i];
	g_byte_array_set_size(bytes, kept);
	g_object_unref(stream);
	return bytes;
}

static void check_leaf(struct arena *arena, const struct leaf *leaf, GMimeObject *part, const char *around) {
	const char *disposition = g_mime_object_get_disposition(part), *id = g_mime_object_get_content_id(part);
	const char *name = g_mime_part_get_filename(GMIME_PART(part));
	g_autofree char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
	GByteArray *bytes = part_bytes(part, !disposition);
	cr_expect_str_eq(arena_print(arena, "%s|%s|%s|%s|%s", around, type, disposition ? disposition : "", id ? id : "",
	                             name ? name : ""),
	                 leaf->facts);
	cr_expect(bytes->len == leaf->size && (!leaf->size || memcmp(bytes->data, leaf->bytes, leaf->size) == 0), "%s",
	          leaf->facts);
	g_byte_array_unref(bytes);
}

static int check_parts(struct arena *arena, const struct mail *mail, GMimeObject *part, const char *around, int at) {
	if (!GMIME_IS_MULTIPART(part)) {
		cr_assert(at < mail->leaf_count);
		check_leaf(arena, &mail->leaves[at], part, around);
		return at + 1;
	}
	GMimeContentType *type = g_mime_object_get_content_type(part);
	const char *inside = arena_print(arena, "%s%s/", around, g_mime_content_type_get_media_subtype(type));
	for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(part)); i++)
		at = check_parts(arena, mail, g_mime_multipart_get_part(GMIME_MULTIPART(part), i), inside, at);
	return at;
}

static void check_with_gmime(struct arena *arena, const struct mail *mail) {
	g_mime_init();
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail->bytes.bytes, mail->bytes.size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	cr_assert(message);
	InternetAddress *from = internet_address_list_get_address(g_mime_message_get_from(message), 0);
	const char *name = internet_address_get_name(from);
	cr_expect_str_eq(g_mime_message_get_subject(message), mail->subject);
	cr_expect_str_eq(name ? name : "", mail->name);
	cr_expect_str_eq(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(from)), "a@b.example");
	cr_expect_eq(check_parts(arena, mail, g_mime_message_get_mime_part(message), "", 0), mail->leaf_count);
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

/* A mail a line: "MAIL SUBJECT NAME", then facts and content of each leaf, all in base64. */
static void write_line(FILE *file, const struct mail *mail) {
	static const char blank[] = " ";
	g_autofree char *bytes = g_base64_encode((const guchar *)mail->bytes.bytes, mail->bytes.size);
	g_autofree char *subject = g_base64_encode((const guchar *)mail->subject, strlen(mail->subject));
	g_autofree char *name = g_base64_encode((const guchar *)mail->name, strlen(mail->name));
	fprintf(file, "%s %s %s", bytes, subject, name);
	for (int i = 0; i < mail->leaf_count; i++) {
		const struct leaf *leaf = &mail->leaves[i];
		g_autofree char *facts = g_base64_encode((const guchar *)leaf->facts, strlen(leaf->facts));
		g_autofree char *content = g_base64_encode((const guchar *)leaf->bytes, leaf->size);
		fprintf(file, "%s%s%s%s", blank, facts, blank, content);
	}
	fputc('\n', file);
}

static void check_with_reader(const char *const *words) {
	int status = 0;
	cr_assert(g_spawn_sync(NULL, (char **)(uintptr_t)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
	                       NULL));
	cr_expect(g_spawn_check_wait_status(status, NULL), "%s reads other things", words[0]);
}

Test(message, three_readers_read_a_thousand_mails_as_they_were_written, .timeout = 180) {
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
	check_with_reader((const char *const[]){ "/usr/bin/python3", "-c", python_reader, path, NULL });
	check_with_reader((const char *const[]){ "/usr/bin/perl", "-e", perl_reader, path, NULL });
	(void)unlink(path);
}

Test(message, a_file_is_encoded_once) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	struct error err = ERROR_INIT;
	char bytes[5000];
	memset(bytes, 'x', sizeof bytes);
	const struct message_file file = { "a.bin", "application/octet-stream", NULL, bytes, sizeof bytes };
	struct message_sources sources = { .subject = compile(arena, FORM_HEADER, "Hi", &flaws),
		                               .text = compile(arena, FORM_PLAIN, "t", &flaws),
		                               .attachments = { &file, 1 } };
	struct message_plan *plan = message_plan(&sources, arena);
	BUF_AUTO before = { 0 };
	BUF_AUTO after = { 0 };
	struct message message = {
		.from = "a@b.example", .to = "c@d.example", .id = "x", .date = at("2026-11-27T10:00:00Z")
	};
	cr_assert(message_write(plan, &message, &before, &err));
	memset(bytes, 'y', sizeof bytes); /* the plan has its own */
	cr_assert(message_write(plan, &message, &after, &err));
	cr_expect(before.size == after.size && memcmp(before.bytes, after.bytes, after.size) == 0);
}

Test(message, files_that_cannot_be_sent) {
	struct error err = ERROR_INIT;
	struct message_file files[MESSAGE_FILES_MAX + 1];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		files[i] = (struct message_file){ "a", "image/png", NULL, "", 0 };
	cr_expect_not(message_check_files(&(struct message_files){ files, MESSAGE_FILES_MAX + 1 }, &err));
	cr_expect_str_eq(err.field, "attachments");
	static const char *const types[] = {
		"image", "image/", "/png", "image/png\r\nBcc: x", "a/b/c", "text/html; charset=x", ""
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		files[0].type = types[i];
		cr_expect_not(message_check_files(&(struct message_files){ files, 1 }, &err), "%s", types[i]);
	}
	static const char *const ids[] = { "", "a b", "a>\r\nBcc: x", "qr@x.example" };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		files[0] = (struct message_file){ "a", "image/png", ids[i], "", 0 };
		files[1] = (struct message_file){ "a", "image/png", "qr@x.example", "", 0 };
		cr_expect_not(message_check_files(&(struct message_files){ files, 2 }, &err), "%s", ids[i]);
		cr_expect_str_eq(err.field, "inlines");
	}
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
	struct message_sources sources = {
		compile(arena, FORM_HEADER, "Hi", &flaws),          NULL,  compile(arena, FORM_PLAIN, "t", &flaws),
		compile(arena, FORM_HTML, buf_text(&html), &flaws), { 0 }, { 0 }
	};
	struct message message = {
		.from = "a@b.example", .to = "c@d.example", .id = "x", .date = at("2026-11-27T10:00:00Z")
	};
	cr_assert(message_write(message_plan(&sources, arena), &message, &mail.bytes, &err), "%s", err.text);
	mail.subject = "Hi";
	mail.name = "";
	expect_parts(arena, &mail, &sources, &message, "t", buf_text(&html));
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
	struct message_sources sources = {
		compile(arena, FORM_HEADER, " ", &flaws), NULL, compile(arena, FORM_PLAIN, "t", &flaws), NULL, { 0 }, { 0 }
	};
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
