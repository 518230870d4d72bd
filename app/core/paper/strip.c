/* The strip of figures; findings, emails and funnels, which may stand side by side. */
#include <math.h>

#include "core/base/text.h"
#include "core/paper/sheet.h"

enum { CARDS_A_ROW = 3, LINE_LINES = 4, MAIL_LINES = 3, FINDING_LINES = 6 };

static const struct face face_figure = { 15, true, HEX(0x1a2330) }, face_line = { 8.5, false, HEX(0x57606a) },
						 face_sender = { 8.5, true, HEX(0x1a2330) }, face_subject = { 9, false, HEX(0x1a2330) };
static const struct colour better = HEX(0x0b57b5), worse = HEX(0x944013), bar_back = HEX(0xedf1f5);
static const double MAIL_WIDTH = 165, GAP = 22;

static const char *change_of(const struct sheet *sheet, const struct card *card) {
	if (text_is_empty(card->change.text))
		return card->than;
	return card->than ? arena_print(sheet->document->arena, "%s %s", card->change.text, card->than) : card->change.text;
}

static const char *line_of(const struct sheet *sheet, const struct card *card) {
	return card->verdict && card->line ? arena_print(sheet->document->arena, "%s: %s", card->verdict, card->line)
	                                   : card->line;
}

static double line_height(struct sheet *sheet, const char *text, double width) {
	return text_is_empty(text) ? 0 : text_height(sheet, text, &face_line, width, LINE_LINES);
}

static double card_height(struct sheet *sheet, const struct card *card, double width) {
	return 16 + text_height(sheet, card->label, &face_label, width - 18, 1) +
	       text_height(sheet, card->value.text, &face_figure, width - 18, 1) +
	       line_height(sheet, change_of(sheet, card), width - 18) +
	       line_height(sheet, line_of(sheet, card), width - 18);
}

static void draw_card(struct sheet *sheet, const struct card *card, double x, double width) {
	struct face line = face_line;
	double y = sheet->y + 8, inner = width - 18;
	const char *change = change_of(sheet, card), *third = line_of(sheet, card);
	sheet_tag(sheet, "P");
	y += text_draw(sheet, card->label, &face_label, x + 9, y, inner, 1, PANGO_ALIGN_LEFT);
	y += text_draw(sheet, card->value.text, &face_figure, x + 9, y, inner, 1, PANGO_ALIGN_LEFT);
	if (!text_is_empty(change))
		y += text_draw(sheet, change, &line, x + 9, y, inner, LINE_LINES, PANGO_ALIGN_LEFT);
	if (card->verdict)
		line.colour = text_same(card->side, "good") ? better : text_same(card->side, "bad") ? worse : face_line.colour;
	if (!text_is_empty(third))
		(void)text_draw(sheet, third, &line, x + 9, y, inner, LINE_LINES, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
}

static void draw_box(struct sheet *sheet, double x, double y, double width, double height) {
	if (!sheet_draws(sheet))
		return;
	sheet_colour(sheet, &colour_line);
	cairo_set_dash(sheet->cr, NULL, 0, 0);
	cairo_set_line_width(sheet->cr, 0.75);
	cairo_rectangle(sheet->cr, x, y, width, height);
	cairo_stroke(sheet->cr);
}

void cards_draw(struct sheet *sheet, const struct card *cards, int count) {
	double width = sheet->width / CARDS_A_ROW;
	for (int first = 0; first < count; first += CARDS_A_ROW) {
		int last = first + CARDS_A_ROW < count ? first + CARDS_A_ROW : count;
		double height = 0;
		for (int i = first; i < last; i++)
			height = fmax(height, card_height(sheet, &cards[i], width));
		sheet_need(sheet, height);
		for (int i = first; i < last; i++) {
			draw_box(sheet, sheet->left + (i - first) * width, sheet->y, width, height);
			draw_card(sheet, &cards[i], sheet->left + (i - first) * width, width);
		}
		sheet->y += height;
	}
	sheet->y += 16;
}

static double head_height(struct sheet *sheet, const char *title, double width) {
	return text_is_empty(title) ? 0 : text_height(sheet, title, &face_heading, width, 2) + 4;
}

static double draw_head(struct sheet *sheet, const char *title, double x, double width) {
	if (text_is_empty(title))
		return 0;
	sheet_tag(sheet, "H2");
	double height = text_draw(sheet, title, &face_heading, x, sheet->y, width, 2, PANGO_ALIGN_LEFT) + 4;
	sheet_end(sheet, "H2");
	return height;
}

static double findings_height(struct sheet *sheet, const struct part *part, double width) {
	double height = head_height(sheet, part->text, width);
	for (int i = 0; i < part->findings.count; i++)
		height += 5 + text_height(sheet, part->findings.items[i], &face_body, width - 12, FINDING_LINES);
	return height;
}

static void draw_findings(struct sheet *sheet, const struct part *part, double width) {
	double y = sheet->y + draw_head(sheet, part->text, sheet->left, width);
	for (int i = 0; i < part->findings.count; i++) {
		sheet_tag(sheet, "P");
		(void)text_draw(sheet, "•", &face_body, sheet->left, y, 10, 1, PANGO_ALIGN_LEFT);
		y += 5 + text_draw(sheet, part->findings.items[i], &face_body, sheet->left + 12, y, width - 12, FINDING_LINES,
		                   PANGO_ALIGN_LEFT);
		sheet_end(sheet, "P");
	}
}

static double mail_box_height(struct sheet *sheet, const struct mail_view *mail) {
	return 16 + text_height(sheet, mail->from, &face_sender, MAIL_WIDTH - 20, 1) +
	       text_height(sheet, mail->subject, &face_subject, MAIL_WIDTH - 20, MAIL_LINES);
}

static double mail_height(struct sheet *sheet, const struct mail_view *mail) {
	return head_height(sheet, mail->title, MAIL_WIDTH) + mail_box_height(sheet, mail) + 4 +
	       line_height(sheet, mail->figure, MAIL_WIDTH);
}

/* As it looks in an inbox: sender, day, subject. */
static void draw_mail(struct sheet *sheet, const struct mail_view *mail, double x) {
	double y = sheet->y + draw_head(sheet, mail->title, x, MAIL_WIDTH), height = mail_box_height(sheet, mail);
	double day = text_width(sheet, mail->day, &face_line);
	draw_box(sheet, x, y, MAIL_WIDTH, height);
	sheet_tag(sheet, "P");
	(void)text_draw(sheet, mail->day, &face_line, x + MAIL_WIDTH - 10 - day, y + 8, day + 1, 1, PANGO_ALIGN_LEFT);
	double sender = text_draw(sheet, mail->from, &face_sender, x + 10, y + 8, MAIL_WIDTH - 24 - day, 1,
	                          PANGO_ALIGN_LEFT);
	(void)text_draw(sheet, mail->subject, &face_subject, x + 10, y + 8 + sender, MAIL_WIDTH - 20, MAIL_LINES,
	                PANGO_ALIGN_LEFT);
	if (!text_is_empty(mail->figure))
		(void)text_draw(sheet, mail->figure, &face_line, x, y + height + 4, MAIL_WIDTH, LINE_LINES, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
}

enum { STAGE_HEIGHT = 20 };

static void draw_stage(struct sheet *sheet, const struct stage *stage, double y, double width) {
	double count = text_width(sheet, stage->count.text, &face_strong);
	double share = text_is_empty(stage->share.text) ? 0 : text_width(sheet, stage->share.text, &face_line) + 6;
	double x = sheet->left + width - count - share;
	sheet_tag(sheet, "P");
	(void)text_draw(sheet, stage->label, &face_label, sheet->left, y, width / 2, 1, PANGO_ALIGN_LEFT);
	(void)text_draw(sheet, stage->count.text, &face_strong, x, y, count + 2, 1, PANGO_ALIGN_LEFT);
	if (share > 0)
		(void)text_draw(sheet, stage->share.text, &face_line, x + count + 6, y, share, 1, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
	if (!sheet_draws(sheet))
		return;
	sheet_colour(sheet, &bar_back);
	cairo_rectangle(sheet->cr, sheet->left, y + 12.5, width, 4);
	cairo_fill(sheet->cr);
	sheet_colour(sheet, role_colour(stage->role));
	cairo_rectangle(sheet->cr, sheet->left, y + 12.5, width * stage->part, 4);
	cairo_fill(sheet->cr);
}

static double main_width(const struct sheet *sheet, const struct part *part) {
	return part->next && part->next->kind == PART_MAIL ? sheet->width - MAIL_WIDTH - GAP : sheet->width;
}

double beside_height(struct sheet *sheet, const struct part *part) {
	double width = main_width(sheet, part), height = 0;
	if (part->kind == PART_MAIL)
		return mail_height(sheet, part->mail);
	height = part->kind == PART_FINDINGS ? findings_height(sheet, part, width)
	                                     : head_height(sheet, part->text, width) + part->stage_count * STAGE_HEIGHT;
	return width < sheet->width ? fmax(height, mail_height(sheet, part->next->mail)) : height;
}

int beside_draw(struct sheet *sheet, const struct part *part) {
	double width = main_width(sheet, part), height = beside_height(sheet, part);
	sheet_need(sheet, height);
	if (part->kind == PART_MAIL) {
		draw_mail(sheet, part->mail, sheet->left);
	} else if (part->kind == PART_FINDINGS) {
		draw_findings(sheet, part, width);
	} else {
		double y = sheet->y + draw_head(sheet, part->text, sheet->left, width);
		for (int i = 0; i < part->stage_count; i++)
			draw_stage(sheet, &part->stages[i], y + i * STAGE_HEIGHT, width);
	}
	if (width < sheet->width)
		draw_mail(sheet, part->next->mail, sheet->left + width + GAP);
	sheet->y += height + 10;
	return width < sheet->width ? 2 : 1;
}
