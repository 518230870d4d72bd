/* The sources of a template. */
#include "templates/parts.h"

#include <string.h>
#include <strings.h>

#include "content/blocks/blocks.h"
#include "content/plain.h"

/* On the line below it, as a design draws it. */
static const char *after_body(const char *html) {
	for (const char *at = html; (at = strchr(at, '<')); at++)
		if (strncasecmp(at, "<body", 5) == 0 && strchr(" \t\r\n>", at[5])) {
			const char *end = strchr(at, '>');
			if (!end)
				return html;
			end += end[1] == '\r' && end[2] == '\n';
			return end + 1 + (end[1] == '\n');
		}
	return html;
}

const char *html_with_preheader(const char *html, const char *preheader, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (text_is_empty(preheader))
		return html;
	const char *at = after_body(html);
	buf_add(&out, html, (size_t)(at - html));
	preheader_html(preheader, &out);
	buf_text_add(&out, at);
	return arena_copy_bytes(arena, buf_text(&out), out.size);
}

static void compile(struct part_source *part, enum form form, const char *text, const struct names *names,
                    struct arena *arena) {
	flaws_begin(&part->flaws, arena);
	part->text = text_is_empty(text) ? NULL : text;
	if (part->text)
		part->program = content_compile(part->text, strlen(part->text), form, names, &part->flaws);
}

/* What is found in it is said of what was written by hand. */
static void compile_html(struct part_source *part, const struct template *template, const struct names *names,
                         struct arena *arena) {
	const char *written = template->html_content;
	compile(part, FORM_HTML, written, names, arena);
	if (!part->program || template->design || text_is_empty(template->preheader))
		return;
	struct part_source whole = { 0 };
	compile(&whole, FORM_HTML, html_with_preheader(written, template->preheader, arena), names, arena);
	part->text = whole.text;
	part->program = whole.program;
}

void parts_compile(const struct template *template, const struct names *names, struct arena *arena,
                   struct parts *parts) {
	static const char *const members[PART_COUNT] = { [PART_SUBJECT] = "subject",
		                                             [PART_PREHEADER] = "preheader",
		                                             [PART_HTML] = "html_content",
		                                             [PART_TEXT] = "text_content",
		                                             [PART_SMS] = "sms_content" };
	struct part_source *items = parts->items;
	memset(parts, 0, sizeof *parts);
	for (int i = 0; i < PART_COUNT; i++)
		items[i].member = members[i];
	compile(&items[PART_SUBJECT], FORM_HEADER, template->subject, names, arena);
	compile(&items[PART_PREHEADER], FORM_HEADER, template->preheader, names, arena);
	compile_html(&items[PART_HTML], template, names, arena);
	const char *text = template->text_content, *html = items[PART_HTML].text;
	if (text_is_empty(text) && items[PART_HTML].program)
		text = content_plain(html, strlen(html), true, arena);
	compile(&items[PART_TEXT], FORM_PLAIN, text, names, arena);
	compile(&items[PART_SMS], FORM_SMS, template->sms_content, names, arena);
}

struct strings parts_names(const struct parts *parts, struct arena *arena) {
	struct strings all = { arena_array(arena, const char *, PART_COUNT *SOURCE_NAMES_MAX), 0 };
	for (int i = 0; i < PART_COUNT; i++) {
		if (!parts->items[i].program)
			continue;
		struct strings names = program_names(parts->items[i].program);
		for (int j = 0; j < names.count; j++)
			all.items[all.count++] = names.items[j];
	}
	return strings_distinct(arena, &all);
}
