/* Parses EmailOctopus answers into structs. Any string may be null, any object absent or []. */
#include "observing/emailoctopus.h"

#include <stdlib.h>
#include <string.h>

#include "audience/lists/list.h"
#include "campaigns/campaign.h"
#include "campaigns/links.h"
#include "core/formats/json.h"
#include "events/event.h"
#include "metrics/metrics.h"
#include "observing/emailoctopus_reading.h"

/* The servers of a provider need not agree to the second. */
#define EVENT_AHEAD_MS HOUR_MS

static bool read_campaign(struct reading *reading, const struct value *from, struct campaign *campaign) {
	int status = CAMPAIGN_UNKNOWN;
	const struct value *sender = value_get(from, "from"), *content = value_get(from, "content");
	const char *html = value_get_text(content, "html");
	record_clear(&campaign_record, campaign);
	if (!reading_begin(reading, from, "id", &campaign->unread, &campaign->external.id))
		return false;
	campaign->name = reading_text(reading, from, "name", "name");
	campaign->subject = reading_text(reading, from, "subject", "subject");
	campaign->provider_status = reading_text(reading, from, "status", "provider_status");
	if (campaign->provider_status)
		(void)choice_find(&campaign_statuses, campaign->provider_status, &status);
	if (strings_have(&campaign->unread, "provider_status"))
		reading_note(reading, "status");
	campaign->status = (unsigned)status;
	if (!reading_is_void(sender) && sender->kind != VALUE_MAP) {
		reading_lose(reading, sender, "from", "from_name", "it is no object");
		reading_note(reading, "from_email");
	}
	campaign->from_name = reading_text(reading, sender, "name", "from_name");
	campaign->from_email = reading_text(reading, sender, "email_address", "from_email");
	campaign->created_at = reading_time(reading, from, "created_at", "created_at");
	campaign->sent_at = reading_time(reading, from, "sent_at", "sent_at");
	campaign->content_bytes = html ? (int64_t)strlen(html) : 0;
	if (!reading_is_void(content) && !reading_is_void(value_get(content, "html")) && !html)
		reading_lose(reading, value_get(content, "html"), "content.html", "content_bytes", "it is not text");
	campaign->list_ids = reading_texts(reading, from, "to", "list_ids");
	return true;
}

bool emailoctopus_campaigns(struct arena *arena, const struct http_answer *answer, struct campaign_page *page,
                            struct error *err) {
	*page = (struct campaign_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!reading_page(&reading, answer, &page->next, err))
		return false;
	page->campaigns = arena_array(arena, struct campaign, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_campaign(&reading, item, &page->campaigns[page->count]);
	page->unread = reading.data->count - page->count;
	return true;
}

/* `counts` is an object in practice and an array of objects in the published schema. */
static const struct value *counts_of(const struct value *list) {
	const struct value *counts = value_get(list, "counts");
	return counts && counts->kind == VALUE_LIST ? counts->first : counts;
}

static struct rows list_fields_of(struct reading *reading, const struct value *list) {
	const struct value *fields = value_get(list, "fields");
	struct rows records = { 0 };
	if (reading_is_void(fields))
		return records;
	if (!reading_is_list(fields)) {
		reading_lose(reading, fields, "fields", "fields", "it is no list");
		return records;
	}
	struct list_field *items = records.items = arena_array(reading->arena, struct list_field, fields->count);
	for (const struct value *field = fields->first; field; field = field->next) {
		const char *tag = reading_text(reading, field, "tag", "fields");
		if (tag)
			items[records.count++] = (struct list_field){ tag, reading_text(reading, field, "label", "fields"),
				                                          reading_text(reading, field, "type", "fields"),
				                                          reading_text(reading, field, "fallback", "fields") };
	}
	return records;
}

/* A number that is absent is 0; null is not. */
static void read_list_counts(struct reading *reading, const struct value *item, struct list_counts *counts) {
	const struct value *given = value_get(item, "counts"), *from = counts_of(item);
	int64_t otherwise = from && from->kind == VALUE_MAP ? 0 : COUNT_NONE;
	if (otherwise == COUNT_NONE && !reading_is_list(given)) {
		reading_lose(reading, given, "counts", NULL, "it is no object");
		*counts = (struct list_counts){ COUNT_NONE, COUNT_NONE, COUNT_NONE };
		return;
	}
	if (otherwise == COUNT_NONE)
		from = given, otherwise = 0; /* [] */
	counts->subscribed = reading_count(reading, from, "subscribed", "counts.subscribed", otherwise);
	counts->unsubscribed = reading_count(reading, from, "unsubscribed", "counts.unsubscribed", otherwise);
	counts->pending = reading_count(reading, from, "pending", "counts.pending", otherwise);
}

static bool read_list(struct reading *reading, const struct value *from, struct list *list) {
	record_clear(&list_record, list);
	if (!reading_begin(reading, from, "id", &list->unread, &list->external.id))
		return false;
	list->name = reading_text(reading, from, "name", "name");
	list->double_opt_in = reading_bool(reading, from, "double_opt_in");
	list->fields = list_fields_of(reading, from);
	list->created_at = reading_time(reading, from, "created_at", "created_at");
	list->tags = reading_texts(reading, from, "tags", "tags");
	read_list_counts(reading, from, &list->counts);
	return true;
}

bool emailoctopus_lists(struct arena *arena, const struct http_answer *answer, struct list_page *page,
                        struct error *err) {
	*page = (struct list_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!reading_page(&reading, answer, &page->next, err))
		return false;
	page->lists = arena_array(arena, struct list, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_list(&reading, item, &page->lists[page->count]);
	page->unread = reading.data->count - page->count;
	return true;
}

bool emailoctopus_list(struct arena *arena, const struct http_answer *answer, const char *about, struct list *list,
                       struct unreadable *unreadable, struct error *err) {
	struct value *root;
	struct reading reading = { arena, unreadable, .about = about };
	return reading_object(&reading, answer, &root, err) &&
	       (read_list(&reading, root, list) || error_set(err, ERROR_INVALID, "the list has no id"));
}

struct counter {
	const char *group, *name; /* position in the summary */
	size_t offset;
};

static bool read_counter(struct reading *reading, const struct value *root, const struct counter *counter,
                         struct metrics *metrics) {
	const struct value *group = counter->group ? value_get(root, counter->group) : root;
	const char *path = arena_print(reading->arena, "%s%s%s", counter->group ? counter->group : "",
	                               counter->group ? "." : "", counter->name);
	int64_t number = reading_count(reading, group, counter->name, path, COUNT_NONE);
	*(int64_t *)(void *)((char *)metrics + counter->offset) = number;
	return number != COUNT_NONE;
}

bool emailoctopus_summary(struct arena *arena, const struct http_answer *answer, const char *about,
                          struct metrics *metrics, struct unreadable *unreadable, struct error *err) {
	static const struct counter counters[] = {
		{ NULL, "sent", offsetof(struct metrics, sent) },
		{ "opened", "unique", offsetof(struct metrics, opened) },
		{ "opened", "total", offsetof(struct metrics, opened_total) },
		{ "clicked", "unique", offsetof(struct metrics, clicked) },
		{ "clicked", "total", offsetof(struct metrics, clicked_total) },
		{ "bounced", "hard", offsetof(struct metrics, bounced_hard) },
		{ "bounced", "soft", offsetof(struct metrics, bounced_soft) },
		{ NULL, "unsubscribed", offsetof(struct metrics, unsubscribed) },
		{ NULL, "complained", offsetof(struct metrics, spam_complaints) },
	};
	struct value *root;
	struct reading reading = { arena, unreadable, .about = about };
	int known = 0;
	if (!reading_object(&reading, answer, &root, err))
		return false;
	record_clear(&metrics_record, metrics);
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
		known += read_counter(&reading, root, &counters[i], metrics);
	metrics_complete(metrics, NULL);
	return known || error_set(err, ERROR_INVALID, "the summary has no count");
}

static bool read_link(struct reading *reading, const struct value *from, struct link *link) {
	if (!reading_begin(reading, from, "url", NULL, &link->url))
		return false;
	link->clicked_total = reading_count(reading, from, "clicked_total", "clicked_total", COUNT_NONE);
	link->clicked_unique = reading_count(reading, from, "clicked_unique", "clicked_unique", COUNT_NONE);
	if (link->clicked_total != COUNT_NONE && link->clicked_unique > link->clicked_total) {
		reading_lose(reading, NULL, "clicked_unique", NULL, "it is more than all clicks");
		link->clicked_unique = COUNT_NONE;
	}
	return true;
}

static int compare_counts(int64_t a, int64_t b) {
	return (a > b) - (a < b);
}

static int compare_links(const void *a, const void *b) {
	const struct link *x = *(const struct link *const *)a, *y = *(const struct link *const *)b;
	int order = strcmp(x->url, y->url);
	if (order == 0)
		order = compare_counts(x->clicked_total, y->clicked_total);
	if (order == 0)
		order = compare_counts(x->clicked_unique, y->clicked_unique);
	return order ? order : (x > y) - (x < y);
}

static bool are_same(const struct link *x, const struct link *y) {
	return strcmp(x->url, y->url) == 0 && x->clicked_total == y->clicked_total &&
	       x->clicked_unique == y->clicked_unique;
}

/* Pages add up the rows of an address, so a row that is repeated would count twice. Keeps the first of each. */
static void drop_repeats(struct arena *arena, struct link_page *page) {
	struct link **sorted = arena_array(arena, struct link *, page->count + 1);
	bool *repeats = arena_array(arena, bool, page->count + 1);
	int kept = 0;
	for (int i = 0; i < page->count; i++)
		sorted[i] = &page->links[i];
	qsort(sorted, (size_t)page->count, sizeof(struct link *), compare_links);
	for (int i = 1; i < page->count; i++)
		repeats[sorted[i] - page->links] = are_same(sorted[i], sorted[i - 1]);
	for (int i = 0; i < page->count; i++)
		if (!repeats[i])
			page->links[kept++] = page->links[i];
	page->count = kept;
}

bool emailoctopus_links(struct arena *arena, const struct http_answer *answer, struct link_page *page,
                        struct error *err) {
	*page = (struct link_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!reading_page(&reading, answer, &page->next, err))
		return false;
	page->links = arena_array(arena, struct link, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_link(&reading, item, &page->links[page->count]);
	page->unread = reading.data->count - page->count;
	drop_repeats(arena, page);
	return true;
}

/* As reading_text cleans single texts. */
static struct value *cleaned(struct arena *arena, const struct value *from) {
	struct value *copy = arena_new_of(arena, struct value);
	*copy = *from;
	copy->first = copy->last = copy->next = NULL;
	copy->count = 0;
	if (copy->kind == VALUE_TEXT)
		copy->text = text_clean(arena, from->text);
	for (const struct value *child = from->first; child; child = child->next)
		(void)value_put(copy, text_clean(arena, child->name), cleaned(arena, child));
	return copy;
}

/* The list's own fields, unparsed, for display; [] means none. */
static const char *fields_of(struct reading *reading, const struct value *item) {
	const struct value *fields = value_get(item, "fields");
	BUF_AUTO text = { 0 };
	if (reading_is_void(fields))
		return NULL;
	if (fields->kind != VALUE_MAP) {
		reading_lose(reading, fields, "fields", "fields", "it is no object");
		return NULL;
	}
	json_write(&text, cleaned(reading->arena, fields));
	return arena_copy(reading->arena, buf_text(&text));
}

static bool read_contact(struct reading *reading, const struct value *from, struct membership *row) {
	int status = CONTACT_UNKNOWN;
	record_clear(&membership_record, row);
	if (!reading_begin(reading, from, "id", &row->unread, &row->external.id))
		return false;
	const char *word = reading_text(reading, from, "status", "status");
	if (word)
		(void)choice_find(&contact_statuses, word, &status);
	row->provider_status = word && status == CONTACT_UNKNOWN ? word : NULL;
	row->email = reading_text(reading, from, "email_address", "email");
	row->status = (unsigned)status;
	row->fields = fields_of(reading, from);
	row->created_at = reading_time(reading, from, "created_at", "created_at");
	row->last_updated_at = reading_time(reading, from, "last_updated_at", "last_updated_at");
	row->tags = reading_texts(reading, from, "tags", "tags");
	return true;
}

bool emailoctopus_contacts(struct arena *arena, const struct http_answer *answer, struct contact_page *page,
                           struct error *err) {
	*page = (struct contact_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!reading_page(&reading, answer, &page->next, err))
		return false;
	page->contacts = arena_array(arena, struct membership, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_contact(&reading, item, &page->contacts[page->count]);
	page->unread = reading.data->count - page->count;
	return true;
}

/* MOMENT_NONE if it has none, as old events may, or one that cannot be. */
static struct moment event_time(struct reading *reading, const struct value *from, int *ahead) {
	struct moment at = reading_time(reading, from, "occurred_at", NULL);
	if (!moment_is_set(at) || !moment_is_set(reading->now) || at.ms - reading->now.ms <= EVENT_AHEAD_MS)
		return at;
	reading_lose(reading, value_get(from, "occurred_at"), "occurred_at", NULL, "it is in the future");
	++*ahead;
	return MOMENT_NONE;
}

static bool read_event(struct reading *reading, const struct value *from, struct event *event, int *ahead) {
	record_clear(&event_record, event);
	if (!reading_begin(reading, from, "contact_id", NULL, &event->contact_ref))
		return false;
	event->address = contact_norm(reading->arena, reading_text(reading, from, "contact_email_address", NULL));
	event->occurred_at = event_time(reading, from, ahead);
	return true;
}

bool emailoctopus_events(struct arena *arena, const struct http_answer *answer, const char *about,
                         struct event_page *page, struct error *err) {
	*page = (struct event_page){ 0 };
	struct reading reading = { arena, &page->unreadable, .about = about };
	if (!reading_page(&reading, answer, &page->next, err))
		return false;
	page->events = arena_array(arena, struct event, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_event(&reading, item, &page->events[page->count], &page->ahead);
	page->unread = reading.data->count - page->count;
	return true;
}
