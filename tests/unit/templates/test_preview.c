/* Templates as those who were made up read them. */
#include <criterion/criterion.h>

#include <string.h>

#include "templates/preview.h"
#include "templates/starters.h"
#include "unit/support.h"

static struct preview read_by(enum reader_kind kind, const struct template *template, struct arena *arena) {
	struct parts parts;
	struct preview preview;
	struct error err = ERROR_INIT;
	struct moment now = at("2026-11-27T10:00:00Z");
	const struct reader reader = reader_made_up(kind, &standard_names, now, arena);
	parts_compile(template, &standard_names, arena, &parts);
	cr_assert(preview_render(&parts, &reader, now, arena, &preview, &err), "%s", err.text);
	return preview;
}

Test(preview, the_emptiest_and_the_longest_read_the_same_parts) {
	ARENA_AUTO arena = arena_new();
	const struct template template = { .subject = "{{first_name|default:\"you\"}}",
		                               .html_content = "<p>{{first_name}} {{company|default:\"-\"}} {{view_url}}</p>",
		                               .sms_content = "{{first_name}} 🚀 and more words: {{short_link}}" };
	const struct preview empty = read_by(READER_EMPTIEST, &template, arena),
						 longest = read_by(READER_LONGEST, &template, arena);
	cr_assert_str_eq(empty.parts[PART_SUBJECT], "you");
	cr_assert_str_eq(strings_join(arena, &empty.missing, " "), "first_name");
	cr_assert(strstr(empty.parts[PART_HTML], " - https://example.com/view") && longest.html_bytes > empty.html_bytes);
	cr_assert(longest.missing.count == 0 && strstr(longest.parts[PART_TEXT], "Maximiliana"));
	cr_assert(longest.sms.encoding == SMS_UCS2 && longest.sms.segments == longest.sms_texts.count &&
	          longest.sms.segments > 1);
	cr_assert_null(empty.parts[PART_PREHEADER]);
}

Test(preview, a_theme_is_shown_whatever_the_device_prefers) {
	ARENA_AUTO arena = arena_new();
	const char *css = "@media (prefers-color-scheme: dark){a}@media (Prefers-Color-Scheme:light "
					  "){b}(prefers-color-scheme:darker)\"cid:qr\"";
	cr_assert_str_eq(preview_frame(css, true, "/q", arena),
	                 "@media (min-width:0){a}@media (max-width:0){b}(prefers-color-scheme:darker)\"/q\"");
	cr_assert_str_eq(preview_frame(css, false, "/q", arena),
	                 "@media (max-width:0){a}@media (min-width:0){b}(prefers-color-scheme:darker)\"/q\"");
}
