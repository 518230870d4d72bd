/* Blocks as rows of a table. Inline CSS is for clients that drop the style element; classes are for dark mode. Outlook
 * lays out by tables of its own, in comments that only it reads. */
#include "content/blocks/draw.h"

#include <stdio.h>
#include <string.h>

#include "content/blocks/prose.h"
#include "core/formats/url.h"

struct drawing {
	const struct look *look;
	const struct block_field *fields;
	int count;
	const struct block_item *item;
	struct buf *out;
};

static const char *get(const struct drawing *drawing, const char *name) {
	for (int i = 0; i < drawing->count; i++)
		if (strcmp(drawing->fields[i].name, name) == 0)
			return drawing->item->texts[i];
	return "";
}

static bool is(const struct drawing *drawing, const char *name, const char *word) {
	return strcmp(get(drawing, name), word) == 0;
}

static const char *align(const struct drawing *drawing) {
	return is(drawing, "align", "center") ? "center" : "left";
}

static void begin_row(const struct drawing *drawing, const char *style) {
	buf_print(drawing->out, "<tr><td align=\"%s\" style=\"text-align:%s;%s\">", align(drawing), align(drawing), style);
}

static void end_row(const struct drawing *drawing) {
	buf_text_add(drawing->out, "</td></tr>\n");
}

#define TABLE "<table role=\"presentation\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\""

static void write_prose(const struct drawing *drawing, const char *text, const char *size, bool is_muted) {
	const struct look *look = drawing->look;
	const char *ink = is_muted ? look->muted : look->text;
	char paragraph[160], list[200], link[100];
	(void)snprintf(paragraph, sizeof paragraph, "margin:0 0 12px;%s;color:%s", size, ink);
	(void)snprintf(list, sizeof list, "margin:0 0 12px;padding:0 0 0 24px;text-align:left;%s;color:%s", size, ink);
	(void)snprintf(link, sizeof link, "color:%s;text-decoration:underline", is_muted ? look->muted : look->link);
	const struct prose_style style = { paragraph, list, link };
	buf_print(drawing->out, "<div class=\"%s\" style=\"%s;color:%s\">\n", is_muted ? "m" : "t", size, ink);
	prose_html(text, &style, drawing->out);
	buf_text_add(drawing->out, "</div>");
}

#define NORMAL "font-size:16px;line-height:24px"
#define SMALL "font-size:14px;line-height:20px"
#define TINY "font-size:12px;line-height:18px"

static void draw_heading(const struct drawing *drawing) {
	static const char *const styles[] = { "font-size:28px;line-height:34px", "font-size:22px;line-height:28px",
		                                  "font-size:18px;line-height:24px" };
	const struct look *look = drawing->look;
	bool band = is(drawing, "band", "yes");
	int level = is(drawing, "size", "large") ? 1 : is(drawing, "size", "medium") ? 2 : 3;
	const char *ink = band ? look->on_brand : look->text;
	if (band)
		buf_print(drawing->out,
		          "<tr><td bgcolor=\"%s\" align=\"%s\" style=\"background-color:%s;text-align:%s;padding:28px %dpx "
		          "24px\">",
		          look->brand, align(drawing), look->brand, align(drawing), EDGE);
	else
		begin_row(drawing, "padding:20px 32px 4px");
	if (*get(drawing, "kicker")) {
		buf_print(drawing->out,
		          "<p class=\"%s\" style=\"margin:0 0 6px;font-size:13px;line-height:18px;font-weight:600;color:%s\">",
		          band ? "b" : "m", band ? ink : look->muted);
		prose_line(get(drawing, "kicker"), drawing->out);
		buf_text_add(drawing->out, "</p>");
	}
	buf_print(drawing->out, "<h%d class=\"%s\" style=\"margin:0 0 4px;%s;font-weight:600;color:%s\">", level,
	          band ? "b" : "t", styles[level - 1], ink);
	prose_line(get(drawing, "text"), drawing->out);
	buf_print(drawing->out, "</h%d>", level);
	end_row(drawing);
}

static void draw_text(const struct drawing *drawing) {
	begin_row(drawing, "padding:8px 32px 0");
	write_prose(drawing, get(drawing, "text"), is(drawing, "size", "small") ? SMALL : NORMAL, false);
	end_row(drawing);
}

static void write_attribute(struct buf *out, const char *name, const char *text) {
	buf_print(out, " %s=\"", name);
	html_escape(out, text);
	buf_char(out, '"');
}

static void write_image(const struct drawing *drawing, const char *src, int width, const char *style) {
	const char *href = get(drawing, "href");
	struct buf *out = drawing->out;
	if (*href) {
		buf_text_add(out, "<a");
		write_attribute(out, "href", href);
		buf_text_add(out, ">");
	}
	buf_text_add(out, "<img");
	write_attribute(out, "src", src);
	write_attribute(out, "alt", get(drawing, "alt"));
	buf_print(out, " width=\"%d\" style=\"%s;width:100%%;max-width:%dpx;height:auto;border:0\">", width, style, width);
	buf_text_add(out, *href ? "</a>" : "");
}

static void draw_image(const struct drawing *drawing) {
	bool wide = is(drawing, "width", "wide");
	const struct look *look = drawing->look;
	int width = wide ? look->width : is(drawing, "width", "half") ? look->inner / 2 : look->inner;
	begin_row(drawing, wide ? "padding:0" : "padding:12px 32px");
	write_image(drawing, get(drawing, "src"), width,
	            is(drawing, "align", "center") ? "display:block;margin:0 auto" : "display:block");
	end_row(drawing);
}

/* Its padding is the cell's in Outlook, the link's elsewhere, so that all of it can be clicked. */
static void write_button(const struct drawing *drawing, const char *label, bool filled) {
	const struct look *look = drawing->look;
	struct buf *out = drawing->out;
	buf_print(out, TABLE " align=\"%s\" style=\"border-collapse:separate%s\"><tr><td align=\"center\"", align(drawing),
	          is(drawing, "align", "center") ? ";margin:0 auto" : "");
	if (filled)
		buf_print(out, " bgcolor=\"%s\"", look->brand);
	buf_print(out, " class=\"%s\" style=\"mso-padding-alt:13px 24px;border-radius:6px;%s%s\"><a class=\"%s\"",
	          filled ? "bt" : "ol", filled ? "background-color:" : "border:1px solid ",
	          filled ? look->brand : look->link, filled ? "b" : "l");
	write_attribute(out, "href", get(drawing, "href"));
	buf_print(out,
	          " style=\"display:inline-block;padding:13px "
	          "24px;font-size:16px;line-height:20px;font-weight:600;color:%s;text-decoration:none\">",
	          filled ? look->on_brand : look->link);
	prose_line(label, out);
	buf_text_add(out, "</a></td></tr></table>");
}

static void draw_button(const struct drawing *drawing) {
	begin_row(drawing, "padding:8px 32px 16px");
	write_button(drawing, get(drawing, "text"), is(drawing, "style", "filled"));
	end_row(drawing);
}

/* What a column or a product has below its image. */
static void write_words(const struct drawing *drawing) {
	struct buf *out = drawing->out;
	if (*get(drawing, "title")) {
		buf_print(out, "<p class=\"t\" style=\"margin:0 0 4px;" NORMAL ";font-weight:600;color:%s\">",
		          drawing->look->text);
		prose_line(get(drawing, "title"), out);
		buf_text_add(out, "</p>");
	}
	if (*get(drawing, "text"))
		write_prose(drawing, get(drawing, "text"), SMALL, false);
	if (!*get(drawing, "href") || !*get(drawing, "label"))
		return;
	buf_text_add(out, "<p style=\"margin:0 0 8px;" SMALL "\"><a class=\"l\"");
	write_attribute(out, "href", get(drawing, "href"));
	buf_print(out, " style=\"color:%s;font-weight:600;text-decoration:underline\">", drawing->look->link);
	prose_line(get(drawing, "label"), out);
	buf_text_add(out, "</a></p>");
}

static struct drawing item_of(const struct drawing *drawing, const struct block *block, int index) {
	const struct block_kind *kind = &block_kinds[block->type];
	return (struct drawing){ drawing->look, kind->item_fields, kind->item_field_count, &block->items[index],
		                     drawing->out };
}

/* Boxes beside each other where there is room, below each other where there is none; cells of a table in Outlook. */
static void begin_box(struct buf *out, int width, bool first) {
	buf_print(out,
	          "%s<td width=\"%d\" valign=\"top\"><![endif]-->\n"
	          "<div class=\"c\" style=\"display:inline-block;width:100%%;max-width:%dpx;vertical-align:top\">",
	          first ? "<!--[if mso]>" TABLE " width=\"100%\"><tr>" : "<!--[if mso]></td>", width, width);
}
static void end_boxes(struct buf *out) {
	buf_text_add(out, "<!--[if mso]></td></tr></table><![endif]-->");
}

static void draw_columns(const struct drawing *drawing, const struct block *block) {
	int width = (drawing->look->width - 64) /
	            block->item_count; /* they stand side by side in a window as wide as the email */
	begin_row(drawing, "padding:8px 24px;font-size:0");
	for (int i = 0; i < block->item_count; i++) {
		const struct drawing one = item_of(drawing, block, i);
		begin_box(drawing->out, width, i == 0);
		buf_text_add(drawing->out,
		             TABLE " width=\"100%\"><tr><td align=\"left\" style=\"padding:8px;text-align:left\">");
		if (*get(&one, "image"))
			write_image(&one, get(&one, "image"), width - 16, "display:block;margin:0 0 12px;border-radius:6px");
		write_words(&one);
		buf_text_add(drawing->out, "</td></tr></table></div>\n");
	}
	end_boxes(drawing->out);
	end_row(drawing);
}

static void write_price(const struct drawing *drawing) {
	buf_print(drawing->out,
	          "<td class=\"t\" valign=\"top\" align=\"right\" style=\"padding:8px 0 8px "
	          "16px;text-align:right;white-space:nowrap;" NORMAL ";font-weight:600;color:%s\">",
	          drawing->look->text);
	prose_line(get(drawing, "price"), drawing->out);
	buf_text_add(drawing->out, "</td>");
}

static void draw_products(const struct drawing *drawing, const struct block *block) {
	struct buf *out = drawing->out;
	begin_row(drawing, "padding:12px 32px");
	if (*get(drawing, "title")) {
		buf_print(out,
		          "<h2 class=\"t\" style=\"margin:0 0 12px;font-size:18px;line-height:24px;font-weight:600;color:%s\">",
		          drawing->look->text);
		prose_line(get(drawing, "title"), out);
		buf_text_add(out, "</h2>");
	}
	for (int i = 0; i < block->item_count; i++) {
		const struct drawing one = item_of(drawing, block, i);
		buf_text_add(out, TABLE " width=\"100%\"><tr>");
		if (*get(&one, "image")) {
			buf_text_add(out, "<td width=\"120\" valign=\"top\" style=\"padding:8px 16px 8px 0\">");
			write_image(&one, get(&one, "image"), 104, "display:block;border-radius:6px");
			buf_text_add(out, "</td>");
		}
		buf_text_add(out, "<td valign=\"top\" align=\"left\" style=\"padding:8px 0;text-align:left\">");
		write_words(&one);
		buf_text_add(out, "</td>");
		if (*get(&one, "price"))
			write_price(&one);
		buf_text_add(out, "</tr></table>\n");
	}
	end_row(drawing);
}

static void draw_divider(const struct drawing *drawing) {
	const char *style = is(drawing, "style", "dashed")  ? "1px dashed"
	                    : is(drawing, "style", "thick") ? "3px solid"
	                                                    : "1px solid";
	begin_row(drawing, "padding:16px 32px");
	buf_print(drawing->out,
	          TABLE " width=\"100%%\"><tr><td class=\"ln\" style=\"border-top:%s "
	                "%s;font-size:0;line-height:0\">&nbsp;</td></tr></table>",
	          style, drawing->look->line);
	end_row(drawing);
}

static void draw_spacer(const struct drawing *drawing) {
	const char *height = get(drawing, "height");
	buf_print(drawing->out,
	          "<tr><td height=\"%s\" style=\"height:%spx;font-size:0;line-height:%spx\">&nbsp;</td></tr>\n", height,
	          height, height);
}

/* The picture is a part of the email, with a white edge of its own, since some clients invert what is around it. */
static void draw_qr(const struct drawing *drawing) {
	const struct look *look = drawing->look;
	struct buf *out = drawing->out;
	begin_row(drawing, "padding:12px 32px");
	buf_print(out,
	          TABLE " width=\"100%%\" class=\"sf\" bgcolor=\"%s\" "
	                "style=\"background-color:%s;border-radius:6px;border-collapse:separate\"><tr>"
	                "<td style=\"padding:8px;font-size:0\">",
	          look->soft, look->soft);
	begin_box(out, 136, true);
	buf_text_add(out, TABLE "><tr><td style=\"padding:8px\"><img src=\"cid:qr\"");
	write_attribute(out, "alt", get(drawing, "alt"));
	buf_text_add(out, " width=\"120\" height=\"120\" "
	                  "style=\"display:block;width:120px;height:120px;border:0;background-color:#ffffff\"></td></tr></"
	                  "table></div>\n");
	begin_box(out, look->inner - 168, false);
	buf_text_add(out, TABLE " width=\"100%\"><tr><td align=\"left\" style=\"padding:8px;text-align:left\">");
	write_words(drawing);
	buf_print(out,
	          "<p class=\"t\" style=\"margin:0;" NORMAL
	          ";font-weight:600;color:%s\">{{short_code}}</p></td></tr></table></div>\n",
	          look->text);
	end_boxes(out);
	buf_text_add(out, "</td></tr></table>");
	end_row(drawing);
}

static void draw_social(const struct drawing *drawing, const struct block *block) {
	begin_row(drawing, "padding:8px 32px 12px;" SMALL);
	buf_print(drawing->out, "<p class=\"m\" style=\"margin:0;" SMALL ";color:%s\">", drawing->look->muted);
	for (int i = 0; i < block->item_count; i++) {
		const struct drawing one = item_of(drawing, block, i);
		const char *label = get(&one, "network");
		for (int j = 0; one.fields[0].choices[j][0]; j++)
			label = is(&one, "network", one.fields[0].choices[j][0]) ? one.fields[0].choices[j][1] : label;
		buf_text_add(drawing->out, i ? " &middot; <a class=\"l\"" : "<a class=\"l\"");
		write_attribute(drawing->out, "href", get(&one, "href"));
		buf_print(drawing->out, " style=\"color:%s;text-decoration:underline\">%s</a>", drawing->look->link, label);
	}
	buf_text_add(drawing->out, "</p>");
	end_row(drawing);
}

static void draw_footer(const struct drawing *drawing) {
	static const char *const links[][3] = { { "unsubscribe", "unsubscribe_url", "Unsubscribe" },
		                                    { "preferences", "preferences_url", "Preferences" },
		                                    { "browser", "view_url", "View in browser" } };
	const struct look *look = drawing->look;
	struct buf *out = drawing->out;
	bool any = false;
	begin_row(drawing, "padding:16px 32px 24px");
	if (*get(drawing, "text"))
		write_prose(drawing, get(drawing, "text"), TINY, true);
	if (*get(drawing, "address")) {
		buf_print(out, "<p class=\"m\" style=\"margin:0 0 8px;" TINY ";color:%s\">", look->muted);
		prose_line(get(drawing, "address"), out);
		buf_text_add(out, "</p>");
	}
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		if (!is(drawing, links[i][0], "yes"))
			continue;
		if (!any)
			buf_print(out, "<p class=\"m\" style=\"margin:0;" TINY ";color:%s\">", look->muted);
		buf_print(out, "%s<a class=\"m\" href=\"{{%s}}\" style=\"color:%s;text-decoration:underline\">%s</a>",
		          any ? " &middot; " : "", links[i][1], look->muted, links[i][2]);
		any = true;
	}
	buf_text_add(out, any ? "</p>" : "");
	end_row(drawing);
}

static void draw(const struct drawing *drawing, const struct block *block) {
	static void (*const plain[BLOCK_TYPE_COUNT])(const struct drawing *) = {
		[BLOCK_HEADING] = draw_heading, [BLOCK_TEXT] = draw_text,       [BLOCK_IMAGE] = draw_image,
		[BLOCK_BUTTON] = draw_button,   [BLOCK_DIVIDER] = draw_divider, [BLOCK_SPACER] = draw_spacer,
		[BLOCK_QR] = draw_qr,           [BLOCK_FOOTER] = draw_footer,
	};
	static void (*const with_items[BLOCK_TYPE_COUNT])(const struct drawing *, const struct block *) = {
		[BLOCK_COLUMNS] = draw_columns,
		[BLOCK_SOCIAL] = draw_social,
		[BLOCK_PRODUCTS] = draw_products,
	};
	if (with_items[block->type])
		with_items[block->type](drawing, block);
	else
		plain[block->type](drawing);
}

void block_draw(const struct block *block, const struct look *look, struct buf *out) {
	const struct block_kind *kind = &block_kinds[block->type];
	const struct drawing drawing = { look, kind->fields, kind->field_count, &block->own, out };
	if (*block->only_if) {
		buf_text_add(out, "{% if ");
		html_escape(out, block->only_if);
		buf_text_add(out, " %}");
	}
	draw(&drawing, block);
	buf_text_add(out, *block->only_if ? "{% endif %}\n" : "");
}
