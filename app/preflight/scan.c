/* The walk through the HTML: a stack of open elements with the colours that hold in them. */
#include "preflight/scan.h"

#include <glib.h>
#include <string.h>

#include "content/blocks/theme.h"
#include "content/markup.h"
#include "content/reference.h"
#include "content/tag.h"
#include "preflight/colour.h"

enum {
	DEPTH_MAX = 200,
	LINKS_SEEN_MAX = 500,
	USUAL_SIZE = 16, /* of text, in pixels */
	LARGE_SIZE = 24,
	LARGE_BOLD_SIZE = 19,
	USUAL_IMAGE_WIDTH = 600,
	USUAL_IMAGE_HEIGHT = 200,
	DOT = 3, /* images of up to so many pixels are no content */
	SAMPLE_CHARACTERS = 40,
};

/* WCAG 2: text and large text. Below NO_CONTRAST nobody is meant to read it. */
static const double contrast_wanted = 4.5, contrast_large = 3, no_contrast = 1.3;

struct look {
	char element[MARKUP_NAME_MAX];
	unsigned colour, ground;
	bool unknown; /* a picture lies below, or a colour that we cannot read */
	bool hidden, bold, told;
	double size;
};

struct span {
	const char *from;
	size_t size;
};

struct walk {
	struct scan *scan;
	struct arena *arena;
	struct look stack[DEPTH_MAX];
	int depth, beyond; /* beyond: open elements for which the stack has no room */
	struct span style, colour, ground, alt, width, height, href, picture; /* of the tag that is being read */
	bool has_alt, hides;
	int link; /* the one that is open, or -1 */
	struct buf link_text;
};

static struct look *top(struct walk *walk) {
	return &walk->stack[walk->depth];
}

static void note(struct scan_spots *spots, size_t offset, const char *text) {
	if (spots->count < SCAN_SPOTS)
		spots->items[spots->count] = (struct scan_spot){ offset, text };
	spots->count++;
}

static bool is_one_of(const char *element, const char *all) {
	char wanted[MARKUP_NAME_MAX + 2];
	(void)g_snprintf(wanted, sizeof wanted, " %s ", element);
	return strstr(all, wanted);
}

static void on_named(void *context, const struct markup *markup) {
	struct walk *walk = context;
	if (strcmp(markup->place.attribute, "hidden") == 0)
		walk->hides = true;
	else if (strcmp(markup->place.attribute, "alt") == 0)
		walk->has_alt = true;
}

static void on_value(void *context, const struct markup *markup, const char *from, const char *to) {
	struct walk *walk = context;
	const struct {
		const char *name;
		struct span *span;
	} rows[] = { { "style", &walk->style }, { "color", &walk->colour },      { "bgcolor", &walk->ground },
		         { "alt", &walk->alt },     { "width", &walk->width },       { "height", &walk->height },
		         { "href", &walk->href },   { "background", &walk->picture } };
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].name, markup->place.attribute) == 0)
			*rows[i].span = (struct span){ from, (size_t)(to - from) };
}

static bool style_of(const struct walk *walk, const char *name, struct span *value) {
	return walk->style.from && css_property(walk->style.from, walk->style.size, name, &value->from, &value->size);
}

static bool says(const struct span *span, const char *word) {
	g_autofree char *text = g_ascii_strdown(span->from, (gssize)span->size);
	return strstr(text, word);
}

/* Pixels; 0 if it is none. */
static double pixels(const struct span *span) {
	char text[20] = "";
	if (!span->from || span->size >= sizeof text)
		return 0;
	memcpy(text, span->from, span->size);
	char *end;
	double number = g_ascii_strtod(text, &end);
	g_strstrip(end);
	if (g_ascii_strncasecmp(end, "pt", 2) == 0)
		number *= 4.0 / 3;
	else if (*end && *end != '!' && g_ascii_strncasecmp(end, "px", 2) != 0)
		return 0;
	return number > 0 && number < 10000 ? number : 0;
}

static void take_ground(struct walk *walk, struct look *look) {
	struct span value;
	bool given = style_of(walk, "background-color", &value) || style_of(walk, "background", &value);
	if (!given && walk->ground.from)
		value = walk->ground, given = true;
	if (given && css_colour(value.from, value.size, &look->ground))
		look->unknown = false;
	else if (given && !says(&value, "transparent") && !says(&value, "none") && !says(&value, "inherit"))
		look->unknown = true;
	if (walk->picture.from || style_of(walk, "background-image", &value))
		look->unknown = true;
}

static void take_colour(struct walk *walk, struct look *look, const char *element) {
	struct span value;
	if (strcmp(element, "a") == 0 && walk->href.from)
		look->colour = COLOUR_OF_LINKS;
	if (style_of(walk, "color", &value)) {
		if (!css_colour(value.from, value.size, &look->colour) && !says(&value, "inherit"))
			look->unknown = true;
	} else if (walk->colour.from && strcmp(element, "font") == 0) {
		(void)css_colour(walk->colour.from, walk->colour.size, &look->colour);
	}
}

static void take_shape(struct walk *walk, struct look *look, const char *element) {
	struct span value;
	static const struct {
		const char *element;
		double size;
	} headings[] = { { "h1", 32 }, { "h2", 24 }, { "h3", 18.72 }, { "small", 13.3 } };
	for (size_t i = 0; i < G_N_ELEMENTS(headings); i++)
		if (strcmp(headings[i].element, element) == 0)
			look->size = headings[i].size;
	if (is_one_of(element, " b strong h1 h2 h3 h4 h5 h6 th "))
		look->bold = true;
	if (style_of(walk, "font-size", &value)) {
		look->hidden = look->hidden ||
		               (value.size < 6 && strspn(value.from + strspn(value.from, " "), "0") == 1 && !says(&value, "."));
		look->size = pixels(&value) > 0 ? pixels(&value) : look->size;
	}
	if (style_of(walk, "font-weight", &value))
		look->bold = says(&value, "bold") || says(&value, "700") || says(&value, "800") || says(&value, "900");
	if ((style_of(walk, "display", &value) && says(&value, "none")) ||
	    (style_of(walk, "visibility", &value) && says(&value, "hidden")) || walk->hides)
		look->hidden = true;
}

static void see_image(struct walk *walk, const struct look *look, size_t offset) {
	struct span value;
	double width = pixels(&walk->width), height = pixels(&walk->height);
	if (width == 0 && style_of(walk, "width", &value))
		width = pixels(&value);
	if (height == 0 && style_of(walk, "height", &value))
		height = pixels(&value);
	if (look->hidden || (width > 0 && width <= DOT) || (height > 0 && height <= DOT))
		return;
	walk->scan->images++;
	walk->scan->image_area += (width > 0 ? width : USUAL_IMAGE_WIDTH) * (height > 0 ? height : USUAL_IMAGE_HEIGHT);
	if (!walk->has_alt)
		note(&walk->scan->without_alt, offset, NULL);
}

static void begin_link(struct walk *walk, const struct markup *markup) {
	struct scan *scan = walk->scan;
	if (!walk->href.from || scan->link_count == LINKS_SEEN_MAX)
		return;
	if (!scan->links)
		scan->links = arena_array(walk->arena, struct scan_link, LINKS_SEEN_MAX);
	scan->links[scan->link_count] = (struct scan_link){ (size_t)(walk->href.from - markup->source), "" };
	walk->link = scan->link_count++;
	buf_reset(&walk->link_text);
}

static void forget_tag(struct walk *walk) {
	walk->style = walk->colour = walk->ground = walk->alt = walk->width = walk->height = walk->href = walk->picture =
		(struct span){ NULL, 0 };
	walk->has_alt = walk->hides = false;
}

/* Where the tag begins that ends at `after`. */
static size_t tag_offset(const struct markup *markup, const char *after) {
	const char *at = after - 1;
	while (at > markup->source && *at != '<')
		at--;
	return (size_t)(at - markup->source);
}

static void on_opened(void *context, const struct markup *markup, const char *after) {
	static const char alone[] = " area base br col embed hr img input link meta source track wbr ";
	static const char active[] = " applet audio canvas embed form iframe input object script select textarea video ";
	struct walk *walk = context;
	const char *element = markup->place.element;
	struct look look = *top(walk);
	(void)g_strlcpy(look.element, element, sizeof look.element);
	look.told = false;
	take_ground(walk, &look);
	take_colour(walk, &look, element);
	take_shape(walk, &look, element);
	if (is_one_of(element, " head title style script "))
		look.hidden = true;
	size_t offset = tag_offset(markup, after);
	if (!markup->for_outlook && is_one_of(element, active))
		note(&walk->scan->active, offset, arena_print(walk->arena, "<%s>", element));
	if (!markup->for_outlook && strcmp(element, "img") == 0)
		see_image(walk, &look, offset);
	if (!markup->for_outlook && strcmp(element, "a") == 0)
		begin_link(walk, markup);
	if (!markup->for_outlook && strcmp(element, "img") == 0 && walk->link >= 0 && walk->alt.from)
		references_decode(&walk->link_text, walk->alt.from, walk->alt.from + walk->alt.size, true);
	forget_tag(walk);
	if (markup->for_outlook || is_one_of(element, alone))
		return;
	if (walk->depth + 1 == DEPTH_MAX)
		walk->beyond++;
	else
		walk->stack[++walk->depth] = look;
}

static void on_closed(void *context, const struct markup *markup, const char *after) {
	struct walk *walk = context;
	(void)after;
	forget_tag(walk);
	if (markup->for_outlook)
		return;
	if (strcmp(markup->place.element, "a") == 0 && walk->link >= 0) {
		walk->scan->links[walk->link].text = arena_copy(walk->arena, buf_text(&walk->link_text));
		walk->link = -1;
	}
	if (walk->beyond > 0) {
		walk->beyond--;
		return;
	}
	for (int i = walk->depth; i > 0; i--) {
		if (strcmp(walk->stack[i].element, markup->place.element) == 0) {
			walk->depth = i - 1;
			return;
		}
	}
}

/* At most SAMPLE_CHARACTERS of it. */
static const char *sample(struct walk *walk, const char *text) {
	const char *tidy = text_tidy(walk->arena, text);
	if (g_utf8_strlen(tidy, -1) <= SAMPLE_CHARACTERS)
		return tidy;
	size_t size = (size_t)(g_utf8_offset_to_pointer(tidy, SAMPLE_CHARACTERS) - tidy);
	return arena_print(walk->arena, "%.*s…", (int)size, tidy);
}

static void judge_contrast(struct walk *walk, size_t offset, const char *text) {
	struct look *look = top(walk);
	bool large = look->size >= LARGE_SIZE || (look->bold && look->size >= LARGE_BOLD_SIZE);
	double contrast = colour_contrast(look->colour, look->ground);
	if (look->unknown || look->told || contrast >= (large ? contrast_large : contrast_wanted))
		return;
	look->told = true;
	if (contrast < no_contrast)
		note(&walk->scan->hidden, offset, sample(walk, text));
	note(&walk->scan->faint, offset,
	     arena_print(walk->arena, "“%s”: #%06x on #%06x, %.1f to 1", sample(walk, text), look->colour, look->ground,
	                 contrast));
}

static void on_text(void *context, const struct markup *markup, const char *from, const char *to) {
	struct walk *walk = context;
	const struct look *look = top(walk);
	BUF_AUTO text = { 0 };
	if (markup->for_outlook || look->hidden || markup->place.state == MARKUP_TITLE)
		return;
	references_decode(&text, from, to, false);
	const char *shown = text_tidy(walk->arena, buf_text(&text));
	if (walk->link >= 0)
		buf_text_add(&walk->link_text, buf_text(&text));
	if (!*shown)
		return;
	int64_t letters = (int64_t)text_length(shown);
	walk->scan->letters += letters;
	walk->scan->text_area += (double)letters * look->size * look->size * 0.75;
	const char *first = from;
	while (first < to && g_ascii_isspace(*first))
		first++;
	judge_contrast(walk, (size_t)(first - markup->source), shown);
}

void scan_html(const char *html, size_t size, struct arena *arena, struct scan *scan) {
	static const struct markup_events events = {
		.text = on_text, .opened = on_opened, .closed = on_closed, .named = on_named, .value = on_value
	};
	*scan = (struct scan){ 0 };
	struct walk *walk = arena_new_of(arena, struct walk);
	*walk = (struct walk){ .scan = scan, .arena = arena, .link = -1 };
	walk->stack[0] = (struct look){ .colour = COLOUR_BLACK, .ground = COLOUR_WHITE, .size = USUAL_SIZE };
	struct markup markup;
	struct flaws ignored;
	flaws_begin(&ignored, arena);
	markup_begin(&markup, html, &events, walk, &ignored);
	for (size_t from = 0; from < size;) {
		struct tag tag = { .from = size, .to = size };
		bool found = tag_find(html, size, from, SOURCE_HTML, &tag, &ignored);
		markup_read(&markup, html + from, html + tag.from);
		if (found && tag.kind == TAG_CONDITION)
			markup_split(&markup, tag.from);
		else if (found && walk->link >= 0 && markup.place.state == MARKUP_TEXT)
			buf_char(&walk->link_text, '*');
		from = tag.to;
	}
	buf_finish(&walk->link_text);
}
