/* Suppressions as template data. */
#include "console/suppression_view.h"

#include <string.h>

#include "audience/contacts/membership.h"
#include "audience/contacts/own.h"
#include "core/formats/mail.h"

/* Who says so, where no user does. */
static const char *const sources[SUPPRESSION_SOURCE_COUNT] = {
	[SUPPRESSED_HERE] = "By hand",
	[SUPPRESSED_BY_FILE] = "Import",
	[SUPPRESSED_BY_PROVIDER] = "EmailOctopus",
	[SUPPRESSED_BY_MAIL] = "Mail server",
	[SUPPRESSED_BY_THEM] = "The contact",
	[SUPPRESSED_BY_TEXT] = "Text message",
};

static const char *const dots[SUPPRESSION_REASON_COUNT] = {
	[SUPPRESSION_COMPLAINED] = "complained",
	[SUPPRESSION_BOUNCED] = "bounced",
	[SUPPRESSION_MANUAL] = "unknown",
	[SUPPRESSION_ERASED] = "unknown",
	[SUPPRESSION_UNSUBSCRIBED] = "unsubscribed",
};

static const char *who(unsigned source, const char *by) {
	return text_is_empty(by) ? sources[source] : by;
}

struct value *suppression_row_view(const struct exchange *x, const struct suppression *row) {
	struct value *view = value_map(x->arena);
	value_put_text(view, "id", row->id);
	value_put_text(view, "value", row->value ? row->value : "(erased)");
	value_put_text(view, "reason", dots[row->reason]);
	value_put_text(view, "reason_label", suppression_reason_labels[row->reason]);
	value_put_text(view, "evidence", row->evidence);
	value_put_text(view, "who", who(row->source, row->by));
	value_put_text(view, "day", text_of_day_cell(x->arena, row->at, x->now));
	value_put_text(view, "when", text_of_moment(x->arena, row->at));
	value_put_bool(view, "is_active", row->is_active);
	value_put_bool(view, "is_email", row->kind == SUPPRESSED_EMAIL);
	value_put_bool(view, "may_be_lifted", row->is_active && suppression_may_be_lifted(row->reason));
	return view;
}

void suppression_put_history(const struct exchange *x, struct value *view, const struct suppression *row) {
	const struct suppression_note *notes = row->history.items;
	struct value *history = value_put(view, "history", value_list(x->arena));
	for (int i = row->history.count - 1; i >= 0; i--) {
		struct value *one = value_push(history, value_map(x->arena));
		value_put_bool(one, "lifts", notes[i].lifts);
		value_put_text(one, "when", text_of_moment_near(x->arena, notes[i].at, x->now));
		value_put_text(one, "evidence", notes[i].evidence);
		value_put_text(one, "who", who(notes[i].source, notes[i].by));
	}
}

bool suppression_need(struct exchange *x, struct suppression *row, struct error *err) {
	bool found;
	return suppression_find_one(x->store, x->values[0], x->arena, row, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no suppression %.60s", x->values[0]));
}

bool suppression_read_key(const char *typed, const char *field, struct arena *arena, const char **key,
                          struct error *err) {
	typed = text_trim(arena, typed ? typed : "");
	if (!*typed)
		return error_field(err, field, "Give an email address or a phone number");
	if (!strchr(typed, '@'))
		return own_phone(typed, field, arena, key, err);
	*key = contact_norm(arena, typed);
	return mail_check_address(typed, field, err);
}

void suppression_put_reasons(struct value *choices, const char *chosen, bool all) {
	for (int i = 0; i < SUPPRESSION_REASON_COUNT; i++)
		if (all || i != SUPPRESSION_ERASED)
			put_choice(choices, choice_name(&suppression_reasons, i), suppression_reason_labels[i],
			           text_same(choice_name(&suppression_reasons, i), chosen));
}
