/* Checking the content of compositions. Pure. */
#include "composing/content_check.h"

#include <string.h>

#include "content/program.h"
#include "templates/values.h"

static const struct field remark_fields[] = {
	FIELD(struct content_remark, field),  FIELD(struct content_remark, is_error), FIELD(struct content_remark, line),
	FIELD(struct content_remark, column), FIELD(struct content_remark, text),
};
const struct record_type content_remark_record = RECORD_TYPE("ContentRemark", struct content_remark, remark_fields);

struct checking {
	const struct names *names;
	struct arena *arena;
	struct rows *remarks;
	int room, errors;
};

static void check(struct checking *checking, const char *field, enum form form, const char *source) {
	struct flaws flaws;
	if (text_is_empty(source))
		return;
	flaws_begin(&flaws, checking->arena);
	(void)!content_compile(source, strlen(source), form, checking->names, &flaws);
	checking->errors += flaws.errors;
	struct content_remark *items = checking->remarks->items;
	for (int i = 0; i < flaws.count && checking->remarks->count < checking->room; i++)
		items[checking->remarks->count++] = (struct content_remark){ field, flaws.items[i].is_error,
			                                                         flaws.items[i].line, flaws.items[i].column,
			                                                         flaws.items[i].text };
}

int content_check(const struct composition *composition, const struct rule_names *names, struct arena *arena,
                  struct rows *remarks) {
	const struct names known = names_of_customs(&names->customs, arena);
	struct checking checking = { &known, arena, remarks, REMARKED_MAX, 0 };
	*remarks = (struct rows){ arena_array(arena, struct content_remark, REMARKED_MAX), 0 };
	if (composition_emails(composition)) {
		for (int i = 0; i < composition->subjects.count; i++)
			check(&checking, i ? "subjects" : "subject", FORM_HEADER, composition->subjects.items[i]);
		check(&checking, "preheader", FORM_HEADER, composition->preheader);
		check(&checking, "from_name", FORM_HEADER, composition->from_name);
		check(&checking, "html_content", FORM_HTML, composition->html_content);
		check(&checking, "text_content", FORM_PLAIN, composition->text_content);
	}
	if (composition_texts(composition))
		check(&checking, "sms_content", FORM_SMS, composition->sms_content);
	return checking.errors;
}
