/* The form of the composer. */
#include "composing/composer_view_pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/rollup.h"
#include "audience/lists/own_list.h"
#include "composing/attached.h"
#include "composing/check.h"
#include "composing/content_check.h"
#include "content/sms.h"
#include "core/base/currency.h"
#include "core/base/local.h"
#include "core/base/zones.h"
#include "core/http/parts.h"
#include "segments/builder_pages.h"

enum { OFFERED = 8, OFFERED_MORE = 100, EXCERPT = 60 };

static const char *typed_or(const struct exchange *x, const char *name, const char *stored) {
	const char *value = params_get(&x->form, name);
	return value ? value : stored;
}

static bool typed_box(const struct exchange *x, const char *name, bool stored) {
	return x->form.count ? params_get(&x->form, name) != NULL : stored;
}

/* Of a long text, the line in which it first differs from the other. */
static const char *excerpt(struct arena *arena, const char *text, const char *other) {
	int line = 1;
	const char *begin = text ? text : "";
	if (text_length(begin) <= EXCERPT && text_length(other ? other : "") <= EXCERPT)
		return begin;
	for (const char *a = begin, *b = other ? other : ""; *a && *a == *b; a++, b++) {
		if (*a == '\n') {
			begin = a + 1;
			line++;
		}
	}
	size_t size = strcspn(begin, "\r\n");
	while (size > EXCERPT && ((unsigned char)begin[size] & 0xC0) != 0x80)
		size = EXCERPT;
	while (size && ((unsigned char)begin[size] & 0xC0) == 0x80)
		size--;
	return arena_print(arena, "Line %d: %s", line, arena_copy_bytes(arena, begin, size));
}

/* One control, and its row in the comparison with what somebody else saved meanwhile. */
static void put_control(struct exchange *x, struct value *view, struct value *late, const char *name, const char *label,
                        const char *stored) {
	const char *typed = typed_or(x, name, stored);
	part_field(x, view, name, typed);
	if (!text_same(stored ? stored : "", typed ? typed : ""))
		put_saved(late, label, excerpt(x->arena, stored, typed), excerpt(x->arena, typed, stored));
}

/* All but the first, a line each. */
static const char *rest_of(struct arena *arena, const struct strings *texts) {
	const struct strings rest = { texts->items + 1, texts->count - 1 };
	return texts->count > 1 ? strings_join(arena, &rest, "\n") : "";
}

static const char *number(struct arena *arena, int64_t count) {
	return count == COUNT_NONE ? "" : arena_print(arena, "%" PRId64, count);
}

static void put_choices(struct exchange *x, struct value *view, struct value *late, const char *name, const char *label,
                        const struct choices *choices, const char *const *labels, unsigned stored) {
	const char *word = choice_name(choices, (int)stored), *typed = typed_or(x, name, word);
	struct value *options = part_select(x, view, name);
	for (int i = 0; i < choices->count; i++)
		put_choice(options, choices->names[i], labels[i], text_same(typed, choices->names[i]));
	put_saved(late, label, word, typed);
}

static void put_content(struct exchange *x, struct value *view, struct value *late, const struct composition *stored) {
	const struct strings *subjects = &stored->subjects;
	value_put_text(view, "field_example", "{{first_name|default:\"…\"}}");
	put_control(x, view, late, "campaign-name", "Name", stored->name);
	put_choices(x, view, late, "channel", "Send as", &channels, channel_labels, stored->channel);
	put_control(x, view, late, "campaign-subject", "Subject", subjects->count ? subjects->items[0] : "");
	put_control(x, view, late, "more_subjects", "More subjects", rest_of(x->arena, subjects));
	put_control(x, view, late, "preheader", "Preheader", stored->preheader);
	put_control(x, view, late, "campaign-from-name", "From name", stored->from_name);
	put_control(x, view, late, "campaign-from-email", "From address", stored->from_email);
	put_control(x, view, late, "more_froms", "More senders", rest_of(x->arena, &stored->froms));
	put_control(x, view, late, "campaign-reply-to", "Reply to", stored->reply_to);
	put_control(x, view, late, "html_content", "Email", stored->html_content);
	put_control(x, view, late, "text_content", "Plain text", stored->text_content);
	put_control(x, view, late, "sms_content", "SMS", stored->sms_content);
}

static void put_connections(struct exchange *x, struct value *view, struct value *late,
                            const struct composition *stored, const struct composing_known *known) {
	const struct connection *all = known->connections.items;
	const char *chosen = typed_or(x, "account_id", stored->account_id);
	struct value *options = part_select(x, view, "account_id");
	for (int i = 0; i < known->connections.count; i++)
		if (all[i].provider != PROVIDER_EMAILOCTOPUS && (all[i].is_active || text_same(all[i].id, chosen)))
			put_choice(options, all[i].id, all[i].name, text_same(all[i].id, chosen));
	put_saved(late, "Send through", stored->account_id, chosen);
	const struct connection *usual = connection_for_email(&known->connections);
	value_put_text(view, "usual_connection",
	               !usual                 ? "No mail server is set up"
	               : usual->from_settings ? "The mail server of the settings"
	                                      : arena_print(x->arena, "The first mail server (now %s)", usual->name));
}

static void offer_segment(struct value *segments, const struct composition *said, const char *name) {
	if (segments->count == OFFERED || strings_have(&said->target_segments, name))
		return;
	struct value *one = value_push(segments, value_map(segments->arena));
	value_put_text(one, "name", name);
	value_put_text(one, "label", segment_is_all(name) ? "All contacts" : name);
}

/* Segments first, then the tags that most contacts have. */
static bool put_segment_offers(struct exchange *x, struct value *view, const struct composing_known *known,
                               const struct composition *said, struct error *err) {
	const struct named_segment *named = known->names.segments.items;
	struct value *segments = value_put(view, "offered_segments", value_list(x->arena));
	struct rows tags;
	offer_segment(segments, said, "ALL");
	for (int i = 0; i < known->names.segments.count; i++)
		offer_segment(segments, said, named[i].name);
	if (segments->count == OFFERED)
		return true;
	if (!rollup_find_tags(x->store, x->arena, &tags, err))
		return false;
	const struct tag_count *counts = tags.items;
	for (int i = 0; i < tags.count; i++)
		if (!names_segment(&known->names, counts[i].tag))
			offer_segment(segments, said, counts[i].tag);
	return true;
}

/* Lists of one's own, the newest first, then those of providers, the largest first. */
static int offered_first(const void *a, const void *b) {
	const struct list *one = *(const struct list *const *)a, *other = *(const struct list *const *)b;
	bool is_own = list_is_own(one), is_other_own = list_is_own(other);
	int64_t first = is_own ? one->created_at.ms : one->counts.subscribed;
	int64_t second = is_other_own ? other->created_at.ms : other->counts.subscribed;
	if (is_own != is_other_own)
		return is_own ? -1 : 1;
	return first != second ? (first > second ? -1 : 1) : strcmp(one->id, other->id);
}

static void put_list_offers(struct exchange *x, struct value *view, const struct composing_known *known,
                            const struct composition *said) {
	const struct list **offers = arena_array(x->arena, const struct list *, known->list_count + 1);
	struct value *lists = value_put(view, "offered_lists", value_list(x->arena));
	struct value *more = value_put(view, "more_lists", value_list(x->arena));
	int count = 0;
	for (int i = 0; i < known->list_count; i++) {
		const struct list *list = &known->lists[i];
		if (list->is_active && !text_is_empty(list->name) && !strings_have(&said->list_ids, list->id))
			offers[count++] = list;
	}
	qsort(offers, (size_t)count, sizeof *offers, offered_first);
	for (int i = 0; i < count && i < OFFERED + OFFERED_MORE; i++) {
		struct value *one = value_push(i < OFFERED ? lists : more, value_map(x->arena));
		value_put_text(one, "name", offers[i]->name);
		value_put_text(one, "count",
		               offers[i]->counts.subscribed == COUNT_NONE
		                   ? NULL
		                   : text_of_count(x->arena, offers[i]->counts.subscribed));
	}
	value_put_bool(view, "offers_lists", lists->count > 0);
	value_put_text(view, "more_count", more->count ? text_of_count(x->arena, more->count) : NULL);
}

static void put_audience(struct exchange *x, struct value *view, struct value *late, const struct composition *stored,
                         const struct composing_known *known) {
	struct arena *arena = x->arena;
	put_control(x, view, late, "campaign-lists", "Lists", known_lists_text(known, &stored->list_ids, arena));
	put_control(x, view, late, "target_segments", "Segments", strings_join(arena, &stored->target_segments, ", "));
	put_control(x, view, late, "recipients", "People", strings_join(arena, &stored->recipients, "\n"));
	put_control(x, view, late, "exclude_list_ids", "Excluded lists",
	            known_lists_text(known, &stored->exclude.list_ids, arena));
	put_control(x, view, late, "exclude_segments", "Excluded segments",
	            strings_join(arena, &stored->exclude.segments, ", "));
	put_control(x, view, late, "exclude_days", "Excluded days", number(arena, stored->exclude.days));
	const char *rule = x->form.count ? composer_rule(x, &known->names) : stored->rule;
	put_saved(late, "Rule", stored->rule, rule);
	rule_builder_put(x, view, x->form.count ? rule_builder_read(x, &known->names) : rule, &known->names,
	                 COMPOSER_PREVIEW);
	value_put_bool(view, "has_rule", rule || rule_builder_was_edited(x));
}

/* "2026-12-01T10:00" by the clocks of the draft's zone. */
static const char *wall_text(struct arena *arena, const struct composition *stored) {
	char text[MOMENT_TEXT];
	ZONE_AUTO zone = zone_open(stored->time_zone);
	struct moment wall = zone_wall(zone, stored->scheduled_time);
	return moment_is_set(wall) ? arena_print(arena, "%.16s", moment_format(wall, text)) : "";
}

static void put_settings(struct exchange *x, struct value *view, struct value *late, const struct composition *stored) {
	struct arena *arena = x->arena;
	const struct composition_settings *settings = &stored->settings;
	unsigned tracking = settings->tracking == COUNTING_OFF ? COUNTING_NAMED : settings->tracking;
	const struct {
		const char *name, *label;
		bool stored;
	} boxes[] = {
		{ "track-opens", "Opens", settings->track_opens },
		{ "track-clicks", "Clicks", settings->track_clicks },
		{ "unsubscribe-link", "Unsubscribe link", settings->unsubscribe_link },
		{ "suppress-duplicates", "One email per person", settings->suppress_duplicates },
		{ "qr_enabled", "QR code", stored->qr.enabled },
		{ "recipient_zones", "In each contact’s time zone", stored->recipient_zones },
	};
	for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
		bool typed = typed_box(x, boxes[i].name, boxes[i].stored);
		value_put_bool(view, boxes[i].name, typed);
		put_saved(late, boxes[i].label, boxes[i].stored ? "On" : "Off", typed ? "On" : "Off");
	}
	const char *word = choice_name(&countings, (int)tracking);
	struct value *options = part_select(x, view, "tracking");
	for (int i = 0; i < COUNTING_OFF; i++)
		put_choice(options, countings.names[i], counting_labels[i],
		           text_same(typed_or(x, "tracking", word), countings.names[i]));
	put_control(x, view, late, "qr_deal", "Deal", stored->qr.deal);
	put_control(x, view, late, "qr_deal_value", "Value",
	            stored->qr.deal_value == COUNT_NONE
	                ? ""
	                : currency_text(stored->qr.deal_value, x->settings->currency, arena));
	put_control(x, view, late, "qr_expiration_days", "Valid for", number(arena, stored->qr.expiration_days));
	put_control(x, view, late, "qr_max_usage", "Uses per code", number(arena, stored->qr.max_usage));
	put_control(x, view, late, "send_rate_limit_emails", "Emails a minute",
	            number(arena, stored->send_rate_limit_emails));
	put_control(x, view, late, "send_rate_limit_sms", "SMS a minute", number(arena, stored->send_rate_limit_sms));
	put_control(x, view, late, "scheduled_time", "Time", wall_text(arena, stored));
	part_zones(x, view, "time_zone", typed_or(x, "time_zone", stored->time_zone));
	value_put_text(view, "currency", x->settings->currency);
}

/* What is shown of it beside the form. */
void composer_put_inbox(struct exchange *x, struct value *view, const struct composition *said) {
	value_put_bool(view, "emails", composition_emails(said));
	value_put_bool(view, "texts", composition_texts(said));
	value_put_text(view, "inbox_from",
	               !text_is_empty(said->from_name)    ? said->from_name
	               : !text_is_empty(said->from_email) ? said->from_email
	                                                  : "No sender yet");
	value_put_text(view, "inbox_subject", said->subjects.count ? said->subjects.items[0] : "No subject yet");
	value_put_text(view, "inbox_pre", text_is_empty(said->preheader) ? NULL : said->preheader);
	value_put_text(view, "turns",
	               said->subjects.count > 1 ? text_of_counted(x->arena, said->subjects.count, "subject takes its turn",
	                                                          "subjects take turns")
	                                        : NULL);
	const char *sms = text_is_empty(said->sms_content) ? NULL : sms_text(x->arena, said->sms_content);
	const struct sms_size size = sms_size(sms ? sms : "");
	value_put_text(view, "sms_size",
	               sms ? arena_print(x->arena, "%s as written, %s each; fields can change both",
	                                 text_of_counted(x->arena, size.units, "character", "characters"),
	                                 text_of_counted(x->arena, size.segments, "SMS", "SMS"))
	                   : NULL);
}

static const char *field_label(const char *field) {
	static const char *const labels[][2] = {
		{ "subject", "Subject" },     { "subjects", "More subjects" }, { "preheader", "Preheader" },
		{ "from_name", "From name" }, { "html_content", "Email" },     { "text_content", "Plain text" },
		{ "sms_content", "SMS" },
	};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (text_same(labels[i][0], field))
			return labels[i][1];
	return field;
}

static void put_remarks(struct exchange *x, struct value *view, const struct composition *said,
                        const struct composing_known *known) {
	struct rows remarks;
	int errors = content_check(said, &known->names, x->arena, &remarks);
	const struct content_remark *items = remarks.items;
	struct value *rows = value_put(view, "remarks", value_list(x->arena));
	for (int i = 0; i < remarks.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "where",
		               arena_print(x->arena, "%s, line %" PRId64 ", column %" PRId64, field_label(items[i].field),
		                           items[i].line, items[i].column));
		value_put_text(row, "text", items[i].text);
		value_put_bool(row, "is_error", items[i].is_error);
	}
	value_put_bool(view, "has_remarks", remarks.count > 0);
	value_put_text(view, "remarks_title",
	               errors
	                   ? text_of_counted(x->arena, errors, "mistake in the content", "mistakes in the content")
	                   : text_of_counted(x->arena, remarks.count, "remark on the content", "remarks on the content"));
	value_put_bool(view, "has_mistakes", errors > 0);
}

/* What is in the form now, as far as it can be read: what is stored, or what was typed. */
static bool read_said(struct exchange *x, const struct composition *stored, struct composing_known *known,
                      struct composition *said, struct error *err) {
	struct problems problems = x->problems;
	struct composition request;
	*said = *stored;
	if (!x->form.count)
		return known_read_template(x->store, said->template_id, x->arena, known, err);
	if (!composer_read(x, &request, err) && err->kind != ERROR_INVALID)
		return false;
	const struct composing composing = { composer_given, x->identity.user, x->now };
	struct error ignored;
	*said = composition_say(stored, &request, &composing, x->arena);
	if (!known_read_template(x->store, said->template_id, x->arena, known, err))
		return false;
	(void)!composition_check(said, known, stored, x->now, x->arena, NULL, &ignored);
	x->problems = problems;
	return true;
}

bool composer_put_attached(struct exchange *x, struct value *view, const struct composition *said, struct error *err) {
	struct rows files;
	struct error why = ERROR_INIT;
	bool fine = attached_read(x->store, &said->attachment_ids, x->arena, &files, &why);
	value_put_text(view, "attached", fine ? attached_words(&files, x->arena) : why.text);
	if (!fine && why.kind != ERROR_INVALID)
		*err = why;
	return fine || why.kind == ERROR_INVALID;
}

void composer_put_head(struct exchange *x, struct value *view, const struct draft *draft) {
	const struct composition *stored = &draft->composition;
	const char *id = draft->campaign.id;
	value_put_text(view, "id", id);
	value_put_text(view, "campaign_name", id ? campaign_name(&draft->campaign) : NULL);
	value_put_text(view, "saved_at",
	               id ? arena_print(x->arena, "Saved %s %s", text_of_moment_near(x->arena, stored->updated_at, x->now),
	                                text_of_author(x->arena, stored->updated_by))
	                  : NULL);
	value_put_text(view, "rev",
	               !id          ? NULL
	               : x->problem ? exchange_revision(x, stored->rev)
	                            : typed_or(x, "rev", arena_print(x->arena, "%" PRId64, stored->rev)));
}

bool composer_show(struct exchange *x, const struct draft *draft, struct error *err) {
	struct value *view = value_map(x->arena);
	const struct composition *stored = &draft->composition;
	struct composing_known known;
	struct composition said;
	struct composer_people people;
	struct value *late = put_late(x, view);
	if (!known_read(x->store, x->arena, &known, err) || !read_said(x, stored, &known, &said, err))
		return false;
	const struct wording wording = wording_of(&said, &known, x->arena);
	enum composer_step open = composer_open(x);
	composer_put_head(x, view, draft);
	put_content(x, view, late, stored);
	put_audience(x, view, late, stored, &known);
	put_list_offers(x, view, &known, &said);
	put_settings(x, view, late, stored);
	put_connections(x, view, late, stored, &known);
	composer_put_inbox(x, view, &wording.said);
	put_remarks(x, view, &wording.said, &known);
	composer_put_cards(x, view, &wording, &known, open);
	composer_put_steps(x, view, &wording, draft->campaign.id, open);
	value_put_text(view, "step", choice_name(&steps, (int)open));
	return put_segment_offers(x, view, &known, &said, err) && composer_put_attached(x, view, &said, err) &&
	       composer_put_template(x, view, late, stored, &said, &known, err) &&
	       composer_put_people(x, view, &said, &known, &people, err) &&
	       reply_page(x, "composing/edit", draft->campaign.id ? campaign_name(&draft->campaign) : "New campaign",
	                  "outbox", view, err);
}
