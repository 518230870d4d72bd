/* A design as an HTML document. */
#include "content/blocks/draw.h"

#include <string.h>

#include "content/blocks/prose.h"
#include "core/base/text.h"
#include "core/formats/url.h"

struct look look_of(const struct theme *theme) {
	struct look look = { .font = font_stacks[theme->font], .width = theme->width, .inner = theme->width - 2 * EDGE };
	colour line = colour_mix(theme->text, theme->surface, 0.15), soft = colour_mix(theme->brand, theme->surface, 0.07);
	colour muted = colour_readable(colour_mix(theme->text, theme->surface, 0.68), theme->surface);
	(void)colour_css(theme->background, look.page);
	(void)colour_css(theme->surface, look.card);
	(void)colour_css(theme->text, look.text);
	(void)colour_css(muted, look.muted);
	(void)colour_css(line, look.line);
	(void)colour_css(soft, look.soft);
	(void)colour_css(colour_readable(theme->brand, theme->surface), look.link);
	(void)colour_css(theme->brand, look.brand);
	(void)colour_css(colour_on(theme->brand), look.on_brand);
	(void)colour_css(colour_readable(theme->brand, DARK_CARD), look.dark_link);
	look.logo = theme->logo;
	look.logo_alt = theme->logo_alt;
	return look;
}

/* The rules of dark mode, each with this before it. */
static void write_dark(const struct look *look, const char *before, struct buf *out) {
	char page[COLOUR_TEXT], card[COLOUR_TEXT];
	(void)colour_css(DARK_PAGE, page);
	(void)colour_css(DARK_CARD, card);
	buf_print(out, "%s.bg { background-color: %s !important; }\n", before, page);
	buf_print(out, "%s.cd { background-color: %s !important; }\n", before, card);
	buf_print(out, "%s.t { color: " DARK_TEXT " !important; }\n", before);
	buf_print(out, "%s.t p, %s.t li { color: " DARK_TEXT " !important; }\n", before, before);
	buf_print(out, "%s.m, %s.m p, %s.m li, %s.m a { color: " DARK_MUTED " !important; }\n", before, before, before,
	          before);
	buf_print(out, "%s.l { color: %s !important; }\n", before, look->dark_link);
	buf_print(out, "%s.ol { border-color: %s !important; }\n", before, look->dark_link);
	buf_print(out, "%s.ln { border-color: " DARK_LINE " !important; }\n", before);
	buf_print(out, "%s.sf { background-color: " DARK_SOFT " !important; }\n", before);
}

static void write_head(const struct look *look, const char *subject, struct buf *out) {
	buf_text_add(out,
	             "<!doctype html>\n"
	             "<html lang=\"en\" xmlns:o=\"urn:schemas-microsoft-com:office:office\">\n<head>\n<meta "
	             "charset=\"utf-8\">\n"
	             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	             "<meta name=\"color-scheme\" content=\"light dark\">\n"
	             "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
	             "<meta name=\"x-apple-disable-message-reformatting\">\n"
	             "<meta name=\"format-detection\" content=\"telephone=no, date=no, address=no, email=no\">\n<title>");
	prose_line(text_is_empty(subject) ? "Email" : subject, out);
	buf_text_add(out, "</title>\n"
	                  "<!--[if mso]><noscript><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch>"
	                  "</o:OfficeDocumentSettings></xml></noscript>"
	                  "<style>table { border-collapse: collapse; } td, p, a, li, h1, h2, h3 { font-family: Arial, "
	                  "sans-serif; }</style>"
	                  "<![endif]-->\n<style>\n"
	                  ":root { color-scheme: light dark; supported-color-schemes: light dark; }\n"
	                  "body { margin: 0; padding: 0; -webkit-text-size-adjust: 100%; }\n"
	                  "table { mso-table-lspace: 0; mso-table-rspace: 0; }\n"
	                  "@media (max-width: 480px) {\n.c { max-width: 100% !important; }\n}\n"
	                  "@media (prefers-color-scheme: dark) {\n");
	write_dark(look, "", out);
	buf_text_add(out, "}\n");
	write_dark(look, "[data-ogsc] ", out);
	buf_text_add(out, "</style>\n</head>\n");
}

void preheader_html(const char *preheader, struct buf *out) {
	if (text_is_empty(preheader))
		return;
	buf_text_add(out, "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">");
	html_escape(out, preheader);
	for (int i = 0; i < 60; i++)
		buf_text_add(out, "&#847;&zwnj;&nbsp;");
	buf_text_add(out, "</div>\n");
}

static void write_logo(const struct look *look, struct buf *out) {
	if (!*look->logo)
		return;
	buf_text_add(out, "<tr><td style=\"padding:24px 32px 8px\"><img src=\"");
	html_escape(out, look->logo);
	buf_text_add(out, "\" alt=\"");
	html_escape(out, look->logo_alt);
	buf_print(out,
	          "\" width=\"140\" "
	          "style=\"display:block;width:140px;height:auto;border:0;font-size:18px;font-weight:600;color:%s\"></td></"
	          "tr>\n",
	          look->text);
}

/* What reaches the card's edge: anything else begins below a space. */
static bool is_edge(const struct block *block) {
	if (block->type == BLOCK_HEADING)
		return strcmp(block->own.texts[3], "yes") == 0;
	return block->type == BLOCK_IMAGE && strcmp(block->own.texts[3], "wide") == 0;
}

static void write_space(struct buf *out) {
	buf_text_add(out, "<tr><td height=\"16\" style=\"height:16px;font-size:0;line-height:16px\">&nbsp;</td></tr>\n");
}

#define TABLE "<table role=\"presentation\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\""

void design_html(const struct design *design, const char *subject, const char *preheader, struct buf *out) {
	const struct look look = look_of(&design->theme);
	write_head(&look, subject, out);
	buf_print(out, "<body class=\"bg\" style=\"margin:0;padding:0;background-color:%s\">\n", look.page);
	preheader_html(preheader, out);
	buf_print(out,
	          TABLE
	          " width=\"100%%\" class=\"bg\" bgcolor=\"%s\" style=\"background-color:%s\"><tr><td "
	          "align=\"center\" style=\"padding:24px 8px\">\n"
	          "<!--[if mso]>" TABLE " width=\"%d\"><tr><td><![endif]-->\n" TABLE
	          " width=\"100%%\" class=\"cd\" bgcolor=\"%s\" "
	          "style=\"max-width:%dpx;background-color:%s;border-radius:8px;overflow:hidden;word-break:break-word;"
	          "overflow-wrap:anywhere;font-family:%s\">\n",
	          look.page, look.page, look.width, look.card, look.width, look.card, look.font);
	write_logo(&look, out);
	if (!*look.logo && design->count && !is_edge(&design->blocks[0]))
		write_space(out);
	for (int i = 0; i < design->count; i++) {
		block_draw(&design->blocks[i], &look, out);
		if (is_edge(&design->blocks[i]) && i + 1 < design->count && !is_edge(&design->blocks[i + 1]))
			write_space(out);
	}
	if (!design->count)
		buf_text_add(out, "<tr><td style=\"padding:24px\">&nbsp;</td></tr>\n");
	buf_text_add(out, "</table>\n<!--[if mso]></td></tr></table><![endif]-->\n</td></tr></table>\n</body>\n</html>\n");
}
