/* Sources: the first byte picks the form, the rest is the source. Whatever compiles is rendered, and whatever a value
 * holds, the HTML has the same elements, attributes and links as with a plain one. */
#include <stdlib.h>
#include <string.h>

#include "content/markup.h"
#include "content/plain.h"
#include "content/program.h"
#include "content/sms.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static const struct name rows[] = {
	{ "a", "A", NAME_TEXT }, { "n", "N", NAME_NUMBER }, { "d", "D", NAME_DAY }, { "t", "T", NAME_TRUTH },
	{ "l", "L", NAME_LIST }, { "u", "U", NAME_URL },    { "o", "O", NAME_OWN }, { "today", "Today", NAME_DAY },
};
static const struct names names = { rows, sizeof rows / sizeof *rows };

/* What the HTML is made of. */
static void shape_add(struct buf *shape, const struct markup *markup, char kind) {
	buf_print(shape, "%c%s %s;", kind, markup->place.element, markup->place.attribute);
}
static void opened(void *context, const struct markup *markup, const char *after) {
	(void)after;
	if (strcmp(markup->place.element, "bdi") != 0)
		shape_add(context, markup, '<');
}
static void closed(void *context, const struct markup *markup, const char *after) {
	(void)after;
	if (strcmp(markup->place.element, "bdi") != 0)
		shape_add(context, markup, '/');
}
static void named(void *context, const struct markup *markup) {
	shape_add(context, markup, '@');
}

static void shape_of(const char *html, struct arena *arena, struct buf *shape) {
	static const struct markup_events events = { .opened = opened, .closed = closed, .named = named };
	struct markup markup;
	struct flaws ignored;
	flaws_begin(&ignored, arena);
	markup_begin(&markup, html, &events, shape, &ignored);
	markup_read(&markup, html, html + strlen(html));
	buf_print(shape, "%d", markup.place.state);
}

static bool render(const struct program *program, const char *text, struct arena *arena, struct buf *out) {
	struct error err = ERROR_INIT;
	struct strings wanted = program_names(program);
	struct links links = program_links(program);
	const struct value **values = arena_array(arena, const struct value *, wanted.count);
	const char **urls = arena_array(arena, const char *, links.tracked + 1);
	for (int i = 0; i < wanted.count; i++)
		values[i] = value_text(arena, text);
	for (int i = 0; i < links.tracked; i++)
		urls[i] = "https://t.example/x";
	struct rendering rendering = { values, { 1793000000000 }, links.tracked % 2 ? urls : NULL, "" };
	for (int i = 0; i < links.count; i++) {
		BUF_AUTO target = { 0 };
		if (links.items[i].program) {
			struct strings inner = program_names(links.items[i].program);
			const struct value **ones = arena_array(arena, const struct value *, inner.count);
			for (int v = 0; v < inner.count; v++)
				ones[v] = value_text(arena, text);
			struct rendering one = { ones, { 1793000000000 }, NULL, NULL };
			(void)program_render(links.items[i].program, &one, NULL, &target, &err);
		}
	}
	return program_render(program, &rendering, NULL, out, &err);
}

static void check(const struct program *program, enum form form, const char *source, struct arena *arena) {
	static const char *const evil[] = { "\"'><script x=y>&amp;</title></style>-->", "https://x/\"'><b>",
		                                "\r\nBcc: x\r\n\r\n{{a}}{% if a %}", "שלום=`" };
	BUF_AUTO plain = { 0 };
	BUF_AUTO plain_shape = { 0 };
	if (!render(program, "https://zqz/", arena, &plain))
		return;
	shape_of(buf_text(&plain), arena, &plain_shape);
	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		BUF_AUTO out = { 0 };
		BUF_AUTO shape = { 0 };
		if (!render(program, evil[i], arena, &out))
			continue;
		if (form == FORM_HEADER && strpbrk(buf_text(&out), "\r\n"))
			abort();
		shape_of(buf_text(&out), arena, &shape);
		/* a condition may compare values, so only sources without one must look alike */
		if (form == FORM_HTML && !strstr(source, "{%") && strcmp(buf_text(&shape), buf_text(&plain_shape)) != 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	if (size < 1 || size > 4096)
		return 0;
	enum form form = bytes[0] % 5;
	const char *source = arena_copy_bytes(arena, (const char *)bytes + 1, size - 1);
	flaws_begin(&flaws, arena);
	const struct program *program = content_compile(source, size - 1, form, &names, &flaws);
	if (!program != (flaws.errors > 0))
		abort();
	const char *text = content_plain(source, size - 1, form % 2, arena);
	(void)sms_hints(arena, sms_text(arena, text));
	if (!program)
		return 0;
	check(program, form, source, arena);
	if (form == FORM_HTML) { /* its text part compiles, too */
		text = content_plain(source, size - 1, true, arena);
		flaws_begin(&flaws, arena);
		if (!content_compile(text, strlen(text), FORM_PLAIN, &names, &flaws) && strlen(text) < 2000)
			abort();
	}
	return 0;
}
