/* What a request makes of a template, and what is wrong with it. */
#include <string.h>

#include "content/blocks/blocks.h"
#include "templates/parts.h"
#include "templates/template.h"

static const struct field request_fields[] = {
	FIELD(struct template_request, name, .max = TEMPLATE_NAME_MAX),
	FIELD(struct template_request, subject, .max = TEMPLATE_SUBJECT_MAX),
	FIELD(struct template_request, preheader, .max = TEMPLATE_PREHEADER_MAX),
	FIELD(struct template_request, design, .flags = FIELD_OBJECT, .max = DESIGN_BYTES,
	      .doc = "{theme, blocks}: the HTML is made from it; instead of html_content"),
	FIELD(struct template_request, html_content, .max = TEMPLATE_HTML_MAX),
	FIELD(struct template_request, text_content, .max = TEMPLATE_TEXT_MAX, .doc = "Empty: made from the HTML"),
	FIELD(struct template_request, sms_content, .max = TEMPLATE_SMS_MAX),
	FIELD(struct template_request, template_type, .choices = &template_types),
	FIELD(struct template_request, category, .max = TEMPLATE_CATEGORY_MAX),
	FIELD(struct template_request, tags, .max = TEMPLATE_TAGS_MAX),
	FIELD(struct template_request, provider, .max = TEMPLATE_CATEGORY_MAX),
	FIELD(struct template_request, provider_template_id, .max = TEMPLATE_PROVIDER_ID_MAX),
	FIELD(struct template_request, is_active),
	FIELD(struct template_request, rev, .doc = "Of the template as it was read; a stale one is refused"),
};
const struct record_type template_request_record = RECORD_TYPE("TemplateRequest", struct template_request,
                                                               request_fields);

struct template template_fresh(const char *id, const struct template_saying *saying) {
	struct template template;
	record_clear(&template_record, &template);
	template.id = id;
	template.is_active = template.is_listed = true;
	template.created_at = saying->now;
	template.created_by = saying->by;
	return template;
}

struct saying {
	const struct template_saying *asked;
	const struct names *names;
	struct arena *arena;
	struct problems *problems, *warnings;
	bool fine;
};

static void say(struct saying *saying, bool refused, const char *member, const char *text) {
	struct error problem = ERROR_INIT;
	(void)error_field(&problem, member, "%s", text);
	problems_add(refused ? saying->problems : saying->warnings, saying->arena, &problem);
	saying->fine = saying->fine && !refused;
}

/* Sets the text if it was given; an empty one is none. */
static void take(const struct saying *saying, const char *member, const char **text, const char *given) {
	if (strings_have(&saying->asked->given, member))
		*text = text_is_empty(given) ? NULL : given;
}

static void take_all(struct saying *saying, const struct template_request *request, struct template *after) {
	const struct strings *given = &saying->asked->given;
	take(saying, "name", &after->name, request->name);
	take(saying, "subject", &after->subject, request->subject);
	take(saying, "preheader", &after->preheader, request->preheader);
	take(saying, "text_content", &after->text_content, request->text_content);
	take(saying, "sms_content", &after->sms_content, request->sms_content);
	take(saying, "category", &after->category, request->category);
	take(saying, "provider", &after->provider, request->provider);
	take(saying, "provider_template_id", &after->provider_template_id, request->provider_template_id);
	if (strings_have(given, "html_content") && request->html_content) {
		after->html_content = text_is_empty(request->html_content) ? NULL : request->html_content;
		after->design = NULL;
	}
	if (strings_have(given, "design") && request->design)
		after->design = request->design;
	if (strings_have(given, "template_type"))
		after->template_type = request->template_type;
	if (strings_have(given, "tags"))
		after->tags = strings_distinct(saying->arena, &request->tags);
	if (strings_have(given, "is_active"))
		after->is_active = request->is_active;
	after->rev = request->rev;
	after->updated_at = saying->asked->now;
	after->updated_by = saying->asked->by;
}

static void add_under(struct saying *saying, const struct problems *from, bool refused) {
	for (int i = 0; i < from->count; i++)
		say(saying, refused, arena_print(saying->arena, "design.%s", from->items[i].field), from->items[i].text);
}

/* Sets the HTML of a design, and the design as it is stored. */
static void draw(struct saying *saying, struct template *after) {
	struct design design;
	struct problems problems = { 0 }, warnings = { 0 };
	struct error err = ERROR_INIT;
	BUF_AUTO html = { 0 };
	BUF_AUTO text = { 0 };
	if (!design_read(after->design, strlen(after->design), saying->arena, &design, &problems, &err) &&
	    !problems.count) {
		say(saying, true, "design", err.text);
		return;
	}
	design_check(&design, saying->names, saying->arena, &problems, &warnings);
	add_under(saying, &problems, true);
	add_under(saying, &warnings, false);
	design_write(&design, &text);
	design_html(&design, after->subject, after->preheader, &html);
	after->design = arena_copy_bytes(saying->arena, buf_text(&text), text.size);
	after->html_content = arena_copy_bytes(saying->arena, buf_text(&html), html.size);
}

/* "Line 3, column 5: …", and how many more there are. */
static void say_flaws(struct saying *saying, const struct part_source *part, bool errors) {
	const struct flaw *first = NULL;
	int more = -1;
	for (int i = 0; i < part->flaws.count; i++)
		if (part->flaws.items[i].is_error == errors) {
			first = first ? first : &part->flaws.items[i];
			more++;
		}
	if (!first)
		return;
	bool one_line = part->text && !strchr(part->text, '\n');
	const char *place = one_line ? "" : arena_print(saying->arena, "Line %d, column %d: ", first->line, first->column);
	const char *others = more ? arena_print(saying->arena, " (and %d more)", more) : "";
	say(saying, errors, part->member, arena_print(saying->arena, "%s%s%s", place, first->text, others));
}

static void check_content(struct saying *saying, const struct template *template) {
	if (text_is_empty(template->name))
		say(saying, true, "name", "Give the template a name");
	if (!template->design && !template->html_content && !template->text_content && !template->sms_content &&
	    !template->provider_template_id)
		say(saying, true, "html_content",
		    "A template needs some content: HTML, a design, plain text or a text message");
	if ((template->html_content || template->design) && !template->subject)
		say(saying, false, "subject", "Without a subject, an email cannot be sent");
}

static void check_unsubscribe(struct saying *saying, const struct template *template) {
	if (template->html_content && template->template_type == TEMPLATE_MARKETING &&
	    !strings_have(&template->variables, "unsubscribe_url"))
		say(saying, false, "html_content", "A marketing email needs a link to unsubscribe: {{unsubscribe_url}}");
}

bool template_say(const struct template *before, const struct template_request *request,
                  const struct template_saying *asked, const struct names *names, struct arena *arena,
                  struct template *after, struct problems *problems, struct problems *warnings, struct error *err) {
	struct saying saying = { asked, names, arena, problems, warnings, true };
	struct parts parts;
	*after = *before;
	take_all(&saying, request, after);
	check_content(&saying, after);
	if (after->design)
		draw(&saying, after);
	parts_compile(after, names, arena, &parts);
	after->variables = parts_names(&parts, arena);
	for (int i = 0; i < PART_COUNT; i++) {
		const struct part_source *part = &parts.items[i];
		bool said = i == PART_HTML ? after->design != NULL : i == PART_TEXT && !after->text_content;
		if (said && saying.fine && part->flaws.errors) /* of what we wrote ourselves */
			say(&saying, true, after->design ? "design" : part->member, part->flaws.items[0].text);
		if (said)
			continue;
		say_flaws(&saying, part, true);
		say_flaws(&saying, part, false);
	}
	check_unsubscribe(&saying, after);
	if (saying.fine)
		return true;
	(void)error_field(err, problems->items[0].field, "%s", problems->items[0].text);
	return false;
}
