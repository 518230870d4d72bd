/* The steps of the composer: what each says when it is closed, and which one is open. */
#include <string.h>

#include "composing/composer_view_pages.h"

static const char *segments_words(const struct strings *names, struct arena *arena) {
	struct strings words = { arena_array(arena, const char *, names->count + 1), 0 };
	for (int i = 0; i < names->count; i++)
		words.items[words.count++] = segment_is_all(names->items[i]) ? "All contacts" : names->items[i];
	return strings_join(arena, &words, ", ");
}

/* What a closed step says. */
const char *composer_answer(struct exchange *x, enum composer_step step, const struct composition *said,
                            const struct composing_known *known) {
	struct arena *arena = x->arena;
	if (step == STEP_CONTENT)
		return arena_print(arena, "%s%s%s", said->channel == BY_BOTH ? "Email and SMS" : channel_labels[said->channel],
		                   said->subjects.count ? ", " : "", said->subjects.count ? said->subjects.items[0] : "");
	if (step == STEP_SETTINGS)
		return arena_print(arena, "%s%s",
		                   said->settings.tracking == COUNTING_OFF       ? "No tracking"
		                   : said->settings.tracking == COUNTING_COUNTED ? "Tracking without names"
		                                                                 : "Tracking by person",
		                   said->qr.enabled ? ", QR code" : "");
	struct strings parts = { arena_array(arena, const char *, 4), 0 };
	if (said->list_ids.count)
		parts.items[parts.count++] = known_lists_text(known, &said->list_ids, arena);
	if (said->target_segments.count)
		parts.items[parts.count++] = segments_words(&said->target_segments, arena);
	if (said->rule)
		parts.items[parts.count++] = "by a rule";
	if (said->recipients.count)
		parts.items[parts.count++] = text_of_counted(arena, said->recipients.count, "typed address", "typed addresses");
	return parts.count ? strings_join(arena, &parts, "; ") : "Who gets it";
}

static bool lacks(const struct missing *missing, int count, enum composer_step step) {
	for (int i = 0; i < count; i++)
		if (text_same(missing[i].step, choice_name(&steps, step)))
			return true;
	return false;
}

void composer_put_steps(struct exchange *x, struct value *view, const struct wording *wording, const char *id,
                        enum composer_step open) {
	struct missing missing[MISSING_MAX];
	int count = composition_missing(wording, missing);
	struct value *rows = value_put(view, "steps", value_list(x->arena));
	for (int i = 0; i < STEP_COUNT; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "label", step_labels[i]);
		value_put_bool(row, "current", i == (int)open);
		value_put_bool(row, "done", i < (int)open && !lacks(missing, count, (enum composer_step)i));
		value_put_text(row, "address",
		               !id                ? NULL
		               : i == STEP_REVIEW ? arena_print(x->arena, "/campaigns/%s/review", id)
		                                  : arena_print(x->arena, "/campaigns/%s/edit?step=%s", id, steps.names[i]));
	}
}

/* The cards of the form. */
void composer_put_cards(struct exchange *x, struct value *view, const struct wording *wording,
                        const struct composing_known *known, enum composer_step open) {
	struct missing missing[MISSING_MAX];
	int count = composition_missing(wording, missing);
	struct value *cards = value_put(view, "card", value_map(x->arena));
	for (int i = 0; i < STEP_REVIEW; i++) {
		struct value *card = value_put(cards, steps.names[i], value_map(x->arena));
		bool done = i < (int)open && !lacks(missing, count, (enum composer_step)i);
		value_put_bool(card, "open", i == (int)open);
		value_put_bool(card, "done", done);
		value_put_text(card, "answer", composer_answer(x, (enum composer_step)i, &wording->said, known));
	}
}

/* Which step is open: that which is asked for, or of which something is wrong. */
enum composer_step composer_open(const struct exchange *x) {
	static const char *const of_audience[] = { "campaign-lists",   "target_segments", "recipients", "exclude_list_ids",
		                                       "exclude_segments", "exclude_days",    "rule" };
	static const char *const of_settings[] = { "qr_deal",
		                                       "qr_deal_value",
		                                       "qr_expiration_days",
		                                       "qr_max_usage",
		                                       "send_rate_limit_emails",
		                                       "send_rate_limit_sms",
		                                       "scheduled_time",
		                                       "time_zone" };
	const char *asked = params_get(&x->query, "step");
	int step = STEP_CONTENT;
	if (x->form.count)
		asked = params_get(&x->form, "do") ? "audience" : params_get(&x->form, "step");
	if (asked)
		(void)choice_find(&steps, asked, &step);
	const char *wrong = x->problems.count ? x->problems.items[0].field : NULL;
	if (x->problem && wrong) {
		step = STEP_CONTENT;
		for (size_t i = 0; i < sizeof of_audience / sizeof *of_audience; i++)
			step = text_starts(wrong, of_audience[i]) ? STEP_AUDIENCE : step;
		for (size_t i = 0; i < sizeof of_settings / sizeof *of_settings; i++)
			step = text_same(wrong, of_settings[i]) ? STEP_SETTINGS : step;
	}
	return step == STEP_REVIEW ? STEP_SETTINGS : (enum composer_step)step;
}
