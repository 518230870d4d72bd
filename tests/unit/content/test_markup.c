/* HTML, read by ours and by the reader of html5lib, which follows the standard: the same tags, attributes and texts. */
#include "content_support.h"

#include <glib.h>
#include <stdlib.h>
#include <unistd.h>

#include "content/markup.h"
#include "content/reference.h"

/* What one source is made of, a thing a line: "<name", "@attribute", "=value", "/name", and texts in between, with
 * their references decoded. Line ends are escaped. */
struct heard {
	struct buf lines, text;
};

static void add_line(struct buf *lines, char kind, const char *text, size_t size) {
	buf_char(lines, kind);
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\n' || text[i] == '\\')
			buf_text_add(lines, text[i] == '\n' ? "\\n" : "\\\\");
		else
			buf_char(lines, text[i]);
	buf_char(lines, '\n');
}

static void end_text(struct heard *heard) {
	if (heard->text.size)
		add_line(&heard->lines, ' ', heard->text.bytes, heard->text.size);
	buf_reset(&heard->text);
}

/* No reference goes on behind a "<". */
static void hear_text(void *context, const struct markup *markup, const char *from, const char *to) {
	(void)markup;
	references_decode(&((struct heard *)context)->text, from, to, false);
}

/* Attributes are told before the element that has them, which is whole only then. */
static void hear_name(void *context, const struct markup *markup) {
	struct heard *heard = context;
	end_text(heard);
	if (!markup->place.closing)
		add_line(&heard->lines, '@', markup->place.attribute, strlen(markup->place.attribute));
}

static void hear_value(void *context, const struct markup *markup, const char *from, const char *to) {
	struct heard *heard = context;
	BUF_AUTO decoded = { 0 };
	references_decode(&decoded, from, to, true);
	if (!markup->place.closing && decoded.size)
		add_line(&heard->lines, '=', decoded.bytes, decoded.size);
}

static void hear_opened(void *context, const struct markup *markup, const char *after) {
	struct heard *heard = context;
	(void)after;
	end_text(heard);
	add_line(&heard->lines, '<', markup->place.element, strlen(markup->place.element));
}

static void hear_closed(void *context, const struct markup *markup, const char *after) {
	struct heard *heard = context;
	(void)after;
	end_text(heard);
	add_line(&heard->lines, '/', markup->place.element, strlen(markup->place.element));
}

/* False: it is refused, as a script in a comment in a script is. */
static bool hear(struct heard *heard, const char *source, struct arena *arena) {
	static const struct markup_events events = { hear_text, hear_opened, hear_closed, hear_name, NULL, hear_value };
	struct flaws flaws;
	struct markup markup;
	flaws_begin(&flaws, arena);
	markup_begin(&markup, source, &events, heard, &flaws);
	markup_read(&markup, source, source + strlen(source));
	end_text(heard);
	return !flaws.errors;
}

static const char *const awkward[] = {
	"<p>a<b>c</p>d",
	"<br/><img src=a/><hr / >",
	"<a href=x y='z' W=\"v\" q>",
	"<a a=1 A=2 a='3'>",
	"<a =x>",
	"<a / b / =c>",
	"<a b = c>",
	"<a b\n=\t'c'd>",
	"<a b='c'd=\"e\"f=g>",
	"<a \"b\" 'c' <d>",
	"<a href=a?b&c=d&copy=1&copy;2&amp;amp;>",
	"<a href='&notit; &not; &#x41;&#65;&#0;&#x110000;&#128;'>",
	"a < b, a <3, 1<2>3, <>, </>, </ p>, </3>, <!x>, <?y>, <!-->z-->",
	"<!doctype html><HTML><BoDy>x",
	"<!DOCTYPE a '>'>b",
	"<!-- a -- b --!> c --> d",
	"<!---> e",
	"<!----> f",
	"<!--a--!> g",
	"<!--->h-->",
	"<!-- --- >i--->j",
	"<!--x",
	"<![CDATA[x]]>y",
	"<title>a <b> &amp; </titles></TITLE >b",
	"<textarea><a href=x></textarea\n>c",
	"<style>a>b{} </styles> </style/>d",
	"<script>if (a<b) '</scr'+'ipt>'</script>e",
	"<iframe src=x><a href=y></iframe>f",
	"<xmp><b></xmp>g",
	"<noembed></noembed><noframes><a></noframes>h",
	"<p a=&quot;b&quot; c='&#39;'>",
	"&lt;b&gt; &nbsp;&euro;&hellip; &bogus; &ampx &amp&lt",
	"&#xZ; &#; & &&amp;",
	"<p\na='1'\n>",
	"<P/a=b>",
	"<a href='x\ny'>",
	"<tag-with-dashes x:y='z' _a=1>",
	"<",
	"<a",
	"<a ",
	"<a b",
	"<a b=",
	"<a b='c",
	"</",
	"</a",
	"<!",
	"<!-",
	"<!--",
	"&",
	"&a",
	"&amp",
	"<title>",
	"<style>x",
	"<script></script",
	"x<y z",
};

static const char *const fragments[] = {
	"<",
	">",
	"/",
	"=",
	" ",
	"\n",
	"\t",
	"'",
	"\"",
	"a",
	"b",
	"<p",
	"</p>",
	"<a href=",
	"<img src='",
	"alt=\"",
	"x",
	"&",
	"&amp;",
	"&amp",
	"&#65;",
	"&#x41",
	"&copy",
	"&notit;",
	";",
	"<!--",
	"-->",
	"--!>",
	"-",
	"!",
	"?",
	"<br/>",
	"<td class='a b'>",
	"<TITLE>",
	"</title>",
	"<style>",
	"</style>",
	"<script>",
	"</script>",
	"text",
	"ü",
	"日本",
	"<textarea>",
	"</textarea >",
	"</",
	"<!doctype html>",
	"https://x.example/?a=1&b=2",
	"<b>",
	"</b>",
	"`",
	"<3",
};

static unsigned next_random(unsigned *state) {
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static const char *random_html(struct arena *arena, unsigned seed) {
	BUF_AUTO html = { 0 };
	unsigned state = seed;
	for (int i = (int)(next_random(&state) % 40); i >= 0; i--)
		buf_text_add(&html, fragments[next_random(&state) % (sizeof fragments / sizeof *fragments)]);
	return arena_copy(arena, buf_text(&html));
}

/* Only its tokenizer, told what its parser would tell it of elements whose content is text; such text ours does not
 * tell, but of a title. Of a name ours keeps 23 bytes, and it tells an attribute that comes twice twice. */
static const char tokenizer[] =
	"import sys, base64\n"
	"from html5lib._tokenizer import HTMLTokenizer\n"
	"from html5lib.constants import tokenTypes as kinds\n"
	"line = lambda kind, text: kind + text.replace('\\\\', '\\\\\\\\').replace('\\n', '\\\\n')\n"
	"cut = lambda name: name.encode()[:23].decode(errors='replace')\n"
	"raw = {'title': 'rcdata', 'textarea': 'rcdata', 'style': 'rawtext', 'iframe': 'rawtext', 'xmp': 'rawtext', "
	"'noembed': 'rawtext', 'noframes': 'rawtext', 'script': 'scriptData'}\n"
	"def read(source):\n"
	"    reader, text, unheard = HTMLTokenizer(source), '', False\n"
	"    for token in reader:\n"
	"        kind, name = token['type'], token.get('name')\n"
	"        if kind in (kinds['Characters'], kinds['SpaceCharacters']):\n"
	"            if not unheard: text += token['data']\n"
	"            continue\n"
	"        if kind not in (kinds['StartTag'], kinds['EndTag']): continue\n"
	"        if text: yield line(' ', text)\n"
	"        text, unheard = '', False\n"
	"        if kind == kinds['EndTag']:\n"
	"            yield line('/', cut(name))\n"
	"            continue\n"
	"        for attribute, value in token['data'].items() if hasattr(token['data'], 'items') else token['data']:\n"
	"            yield line('@', cut(attribute))\n"
	"            if value: yield line('=', value)\n"
	"        yield line('<', cut(name))\n"
	"        if name in raw: reader.state = getattr(reader, raw[name] + 'State')\n"
	"        unheard = raw.get(name, 'rcdata') != 'rcdata'\n"
	"    if text: yield line(' ', text)\n"
	"def once(lines):\n"
	"    seen, doubled = set(), False\n"
	"    for one in lines:\n"
	"        if one[0] == '@': doubled = one in seen; seen.add(one)\n"
	"        if one[0] in '</': seen, doubled = set(), False\n"
	"        if not (doubled and one[0] in '@='): yield one\n"
	"wrong = 0\n"
	"for row in open(sys.argv[1]):\n"
	"    source, ours = (base64.b64decode(one).decode(errors='replace') for one in row.rstrip('\\n').split(' '))\n"
	"    ours, theirs = list(once(ours.split('\\n')[:-1])), list(read(source))\n"
	"    while ours and ours[-1][0] in '@=': ours.pop()\n"
	"    if ours != theirs:\n"
	"        wrong += 1\n"
	"        if wrong < 9: print(repr(source), *ours, '--', *theirs, sep='\\n', file=sys.stderr)\n"
	"if wrong: print(wrong, 'differ', file=sys.stderr)\n"
	"sys.exit(wrong > 0)\n";

static int write_row(FILE *file, const char *source, struct arena *arena) {
	struct heard heard = { 0 };
	bool fine = hear(&heard, source, arena);
	g_autofree char *one = g_base64_encode((const guchar *)source, strlen(source));
	g_autofree char *other = g_base64_encode((const guchar *)buf_text(&heard.lines), heard.lines.size);
	if (fine)
		fprintf(file, "%s %s\n", one, other);
	buf_finish(&heard.lines);
	buf_finish(&heard.text);
	return fine;
}

Test(markup, reads_html_as_the_standard_says, .timeout = 120) {
	char path[] = "/tmp/markup.XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	int status = 0, rows = 0;
	cr_assert(file);
	for (unsigned seed = 0; seed < sizeof awkward / sizeof *awkward + 5000; seed++) {
		ARENA_AUTO arena = arena_new();
		bool made = seed >= sizeof awkward / sizeof *awkward;
		const char *source = made ? random_html(arena, seed) : awkward[seed];
		rows += write_row(file, arena_print(arena, "%s.", source), arena); /* a "<" at the end waits for more */
	}
	(void)fclose(file);
	cr_expect(rows > 4500, "%d", rows);
	char *words[] = { (char *)(uintptr_t)"/usr/bin/python3", (char *)(uintptr_t)"-c", (char *)(uintptr_t)tokenizer,
		              path, NULL };
	cr_assert(g_spawn_sync(NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, NULL));
	cr_expect(g_spawn_check_wait_status(status, NULL));
	(void)unlink(path);
}
