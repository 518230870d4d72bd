/* What a source may name. */
#include "content/names.h"

#include <string.h>

#include "core/base/text.h"
#include "segments/field.h"

static const struct name standard[] = {
	{ "first_name", "First name", NAME_TEXT },
	{ "last_name", "Last name", NAME_TEXT },
	{ "email", "Email address", NAME_TEXT },
	{ "phone", "Phone", NAME_TEXT },
	{ "company", "Company", NAME_TEXT },
	{ "job_title", "Job title", NAME_TEXT },
	{ "location", "Location", NAME_TEXT },
	{ "tags", "Tags", NAME_LIST },
	{ "date_added", "Date added", NAME_DAY },
	{ "today", "Today", NAME_DAY },
	{ "opened_last", "Opened the last campaign", NAME_TRUTH },
	{ "clicked_last", "Clicked in the last campaign", NAME_TRUTH },
	{ "inactive_days", "Days without an open or click", NAME_NUMBER },
	{ "recommendations", "Recommendations", NAME_MARKUP },
	{ "unsubscribe_url", "Unsubscribe link", NAME_OWN },
	{ "preferences_url", "Preferences link", NAME_OWN },
	{ "confirm_url", "Confirmation link", NAME_OWN },
	{ "view_url", "View in browser", NAME_OWN },
	{ "short_code", "Code to redeem", NAME_OWN },
	{ "short_link", "Short link to redeem", NAME_OWN },
	{ "redeem_until", "Last day to redeem", NAME_DAY },
	{ "unsubscribe_link_id", "Id of the unsubscribe link", NAME_OWN },
	{ "tracking_pixel_id", "Id of the tracking pixel", NAME_OWN },
};
const struct names standard_names = { standard, sizeof standard / sizeof *standard };

const struct name *name_find(const struct names *names, const char *name) {
	for (int i = 0; i < names->count; i++)
		if (strcmp(names->items[i].name, name) == 0)
			return &names->items[i];
	return NULL;
}

const char *name_nearest(const struct names *names, const char *name, struct arena *arena) {
	struct strings words = { arena_array(arena, const char *, names->count), names->count };
	for (int i = 0; i < names->count; i++)
		words.items[i] = names->items[i].name;
	return rule_nearest(name, &words, arena);
}
