/* What is wrong with the content of a composition, and where. Pure. */
#ifndef COMPOSING_CONTENT_CHECK_H
#define COMPOSING_CONTENT_CHECK_H

#include "composing/composition.h"
#include "content/names.h"
#include "segments/names.h"

enum { REMARKED_MAX = 100 };

struct content_remark {
	const char
		*field;    /* "subject", "subjects", "preheader", "from_name", "html_content", "text_content", "sms_content" */
	bool is_error; /* else a warning */
	int64_t line, column;
	const char *text;
};
extern const struct record_type content_remark_record;

/* *remarks: struct content_remark, the first REMARKED_MAX of each part, part by part. Returns how many are errors. */
int content_check(const struct composition *composition, const struct rule_names *names, struct arena *arena,
                  struct rows *remarks);

#endif
