/* Designs as JSON: what can be read is written and read again the same; what is checked without a problem is HTML that
 * compiles, with the same names. */
#include <stdlib.h>
#include <string.h>

#include "content/blocks/blocks.h"
#include "content/plain.h"
#include "content/program.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static void check_html(const struct design *design, struct arena *arena) {
	BUF_AUTO html = { 0 };
	struct problems problems = { 0 }, warnings = { 0 };
	struct flaws flaws;
	design_check(design, &standard_names, arena, &problems, &warnings);
	design_html(design, "S", "P {{first_name}}", &html);
	flaws_begin(&flaws, arena);
	if (!content_compile(buf_text(&html), html.size, FORM_HTML, &standard_names, &flaws) && problems.count == 0)
		abort();
	(void)content_plain(buf_text(&html), html.size, true, arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct design design, again;
	struct problems problems = { 0 };
	struct error err = ERROR_INIT;
	BUF_AUTO once = { 0 };
	BUF_AUTO twice = { 0 };
	if (!design_read((const char *)bytes, size, arena, &design, &problems, &err))
		return 0;
	design_write(&design, &once);
	if (!design_read(buf_text(&once), once.size, arena, &again, &problems, &err))
		abort();
	design_write(&again, &twice);
	if (strcmp(buf_text(&once), buf_text(&twice)) != 0)
		abort();
	check_html(&again, arena);
	return 0;
}
