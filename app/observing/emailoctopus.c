/* Parses EmailOctopus answers into structs. Any string may be null, any object absent or []. */
#include "observing/emailoctopus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audience/lists/list.h"
#include "campaigns/campaign.h"
#include "campaigns/links.h"
#include "core/base/checked.h"
#include "core/formats/json.h"
#include "events/event.h"
#include "metrics/metrics.h"

enum { SHORTEST_WAIT_S = 1, LONGEST_WAIT_S = 60, ID_MAX = 200 };

/* The header's unit is undocumented: a large number is taken for Unix time, a small one for seconds. */
static int64_t pause_of(int64_t header, struct moment now) {
	int64_t seconds = header < 0 ? 1 : header > 1000000000 ? header - now.ms / 1000 : header;
	if (seconds < SHORTEST_WAIT_S)
		seconds = SHORTEST_WAIT_S;
	return (seconds > LONGEST_WAIT_S ? LONGEST_WAIT_S : seconds) * 1000;
}

static bool looks_like_json(const struct http_answer *answer) {
	size_t at = strspn(answer->body, " \t\r\n");
	return answer->body[at] == '{' || answer->body[at] == '[';
}

enum verdict emailoctopus_judge(const struct http_answer *answer, struct moment now, int64_t *wait_ms, char why[160]) {
	int status = answer->status;
	*wait_ms = 0;
	(void)snprintf(why, 160, "EmailOctopus answered %d", status);
	if (status == 0) {
		(void)snprintf(why, 160, "no answer: %.120s", answer->problem);
		return answer->too_large ? VERDICT_REFUSED : VERDICT_AGAIN;
	}
	if (status == 200 && looks_like_json(answer))
		return VERDICT_GOOD;
	if (status == 200) {
		(void)snprintf(why, 160, "EmailOctopus answered with something that is no JSON");
		return VERDICT_AGAIN;
	}
	if (status == 429) {
		*wait_ms = pause_of(answer->retry_after, now);
		(void)snprintf(why, 160, "EmailOctopus asks to slow down (429)");
		return VERDICT_AGAIN;
	}
	if (status == 401) {
		(void)snprintf(why, 160, "EmailOctopus refuses the API key (401): it is wrong, or made before API v2");
		return VERDICT_STOP;
	}
	if (status >= 500)
		return VERDICT_AGAIN;
	if (status == 403)
		(void)snprintf(why, 160, "EmailOctopus denies this report (403): not sent yet, or not tracked");
	if (status == 404)
		(void)snprintf(why, 160, "EmailOctopus no longer has it (404)");
	return VERDICT_REFUSED;
}

/* Absent, null, {}, [] or "". */
static bool is_void(const struct value *value) {
	if (!value || value->kind == VALUE_NULL)
		return true;
	if (value->kind == VALUE_TEXT)
		return !*value->text;
	return (value->kind == VALUE_LIST || value->kind == VALUE_MAP) && !value->first;
}

static bool is_void_or_map(const struct value *value) {
	return is_void(value) || value->kind == VALUE_MAP;
}

/* *cursor is NULL on the last page. False if there is a next page, but not how to ask for it. */
static bool read_cursor(const struct value *root, const char **cursor) {
	const struct value *paging = value_get(root, "paging"), *next = value_get(paging, "next"),
					   *after = value_get(next, "starting_after");
	*cursor = NULL;
	if (is_void(after))
		return is_void_or_map(paging) && is_void_or_map(next);
	*cursor = after->kind == VALUE_TEXT ? after->text : NULL;
	return *cursor != NULL;
}

/* Something between us and the provider may mix up answers. */
static bool is_about(const struct value *root, const char *name, const char *about, struct error *err) {
	const char *told = value_get_text(root, name);
	return text_is_empty(told) || !about || strcasecmp(told, about) == 0 ||
	       error_set(err, ERROR_INVALID, "the answer is about something else: its %s is another one", name);
}

static bool read_page_about(struct arena *arena, const struct http_answer *answer, const char *about,
                            const struct value **data, const char **cursor, struct error *err) {
	struct value *root;
	if (!json_read(arena, answer->body, answer->size, &root, err) || !is_about(root, "status", about, err))
		return false;
	*data = value_get(root, "data");
	if (!*data || (*data)->kind != VALUE_LIST)
		return error_set(err, ERROR_INVALID, "the answer has no list 'data'");
	return read_cursor(root, cursor) || error_set(err, ERROR_INVALID, "the answer has a cursor that is no text");
}

static bool read_page(struct arena *arena, const struct http_answer *answer, const struct value **data,
                      const char **cursor, struct error *err) {
	return read_page_about(arena, answer, NULL, data, cursor, err);
}

static const char *clean(struct arena *arena, const struct value *map, const char *name) {
	return text_clean(arena, value_get_text(map, name));
}

static struct moment read_time(const struct value *map, const char *name) {
	const char *text = value_get_text(map, name);
	struct moment at = MOMENT_NONE;
	return text && moment_parse(text, &at) ? at : MOMENT_NONE;
}

/* False if one of them is not text. */
static bool read_ids(struct arena *arena, const struct value *list, struct strings *ids) {
	*ids = (struct strings){ 0 };
	if (!list || list->kind != VALUE_LIST)
		return true;
	ids->items = arena_array(arena, const char *, list->count);
	for (const struct value *item = list->first; item; item = item->next)
		if (item->kind == VALUE_TEXT)
			ids->items[ids->count++] = item->text;
	return ids->count == list->count;
}

static bool read_id(struct arena *arena, const struct value *row, const char *name, const char **id) {
	const char *text = value_get_text(row, name);
	*id = text_is_empty(text) || strlen(text) > ID_MAX ? NULL : clean(arena, row, name);
	return *id != NULL;
}

static bool read_url(struct arena *arena, const struct value *row, const char **url) {
	*url = text_is_empty(value_get_text(row, "url")) ? NULL : clean(arena, row, "url");
	return *url != NULL;
}

static bool read_count(const struct value *map, const char *name, int64_t *count) {
	*count = value_get_int(map, name, -1);
	return *count >= 0 && *count <= COUNT_MAX;
}

static bool read_campaign(struct arena *arena, const struct value *from, struct campaign *campaign) {
	int status = CAMPAIGN_UNKNOWN;
	const struct value *sender = value_get(from, "from");
	const char *html = value_get_text(value_get(from, "content"), "html");
	record_clear(&campaign_record, campaign);
	campaign->name = clean(arena, from, "name");
	campaign->subject = clean(arena, from, "subject");
	campaign->provider_status = clean(arena, from, "status");
	if (campaign->provider_status)
		(void)choice_find(&campaign_statuses, campaign->provider_status, &status);
	campaign->status = (unsigned)status;
	campaign->from_name = clean(arena, sender, "name");
	campaign->from_email = clean(arena, sender, "email_address");
	campaign->created_at = read_time(from, "created_at");
	campaign->sent_at = read_time(from, "sent_at");
	campaign->content_bytes = html ? (int64_t)strlen(html) : 0;
	return read_id(arena, from, "id", &campaign->external.id) &&
	       read_ids(arena, value_get(from, "to"), &campaign->list_ids);
}

bool emailoctopus_campaigns(struct arena *arena, const struct http_answer *answer, struct campaign_page *page,
                            struct error *err) {
	const struct value *data;
	if (!read_page(arena, answer, &data, &page->cursor, err))
		return false;
	page->campaigns = arena_array(arena, struct campaign, data->count);
	page->count = 0;
	for (const struct value *item = data->first; item; item = item->next)
		page->count += read_campaign(arena, item, &page->campaigns[page->count]);
	page->unread = data->count - page->count;
	return true;
}

/* `counts` is an object in practice and an array of objects in the published schema. */
static const struct value *counts_of(const struct value *list) {
	const struct value *counts = value_get(list, "counts");
	return counts && counts->kind == VALUE_LIST ? counts->first : counts;
}

static struct rows list_fields_of(struct arena *arena, const struct value *list) {
	const struct value *fields = value_get(list, "fields");
	struct rows records = { 0 };
	if (!fields || fields->kind != VALUE_LIST)
		return records;
	struct list_field *items = records.items = arena_array(arena, struct list_field, fields->count);
	for (const struct value *field = fields->first; field; field = field->next)
		if (value_get_text(field, "tag"))
			items[records.count++] = (struct list_field){ clean(arena, field, "tag"), clean(arena, field, "label"),
				                                          clean(arena, field, "type"),
				                                          clean(arena, field, "fallback") };
	return records;
}

/* A number that is absent is 0; null is not. */
static bool read_list_count(const struct value *counts, const char *name, int64_t *count) {
	*count = 0;
	return !value_get(counts, name) || read_count(counts, name, count);
}

static bool read_list_counts(const struct value *item, struct list_counts *counts) {
	const struct value *given = value_get(item, "counts"), *from = counts_of(item);
	return given && (given->kind == VALUE_MAP || given->kind == VALUE_LIST) &&
	       read_list_count(from, "subscribed", &counts->subscribed) &&
	       read_list_count(from, "unsubscribed", &counts->unsubscribed) &&
	       read_list_count(from, "pending", &counts->pending);
}

static bool read_list(struct arena *arena, const struct value *from, struct list *list) {
	record_clear(&list_record, list);
	list->name = clean(arena, from, "name");
	list->double_opt_in = value_get_bool(from, "double_opt_in", false);
	list->fields = list_fields_of(arena, from);
	list->created_at = read_time(from, "created_at");
	return read_id(arena, from, "id", &list->external.id) && read_ids(arena, value_get(from, "tags"), &list->tags) &&
	       read_list_counts(from, &list->counts);
}

bool emailoctopus_lists(struct arena *arena, const struct http_answer *answer, struct list_page *page,
                        struct error *err) {
	const struct value *data;
	if (!read_page(arena, answer, &data, &page->cursor, err))
		return false;
	page->lists = arena_array(arena, struct list, data->count);
	page->count = 0;
	for (const struct value *item = data->first; item; item = item->next)
		page->count += read_list(arena, item, &page->lists[page->count]);
	page->unread = data->count - page->count;
	return true;
}

struct counter {
	const char *group, *name; /* position in the summary */
	size_t offset;
};

/* A counter that is null, missing, negative or beyond COUNT_MAX is unknown, never 0, which would look like a decrease.
 */
static bool read_counter(const struct value *root, const struct counter *counter, struct metrics *metrics,
                         struct error *err) {
	const struct value *group = counter->group ? value_get(root, counter->group) : root;
	int64_t number;
	if (!read_count(group, counter->name, &number))
		return error_set(err, ERROR_INVALID, "the summary has no count '%s%s%s'", counter->group ? counter->group : "",
		                 counter->group ? "." : "", counter->name);
	*(int64_t *)(void *)((char *)metrics + counter->offset) = number;
	return true;
}

bool emailoctopus_summary(struct arena *arena, const struct http_answer *answer, const char *about,
                          struct metrics *metrics, struct error *err) {
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
	if (!json_read(arena, answer->body, answer->size, &root, err) || !is_about(root, "id", about, err))
		return false;
	*metrics = (struct metrics){ 0 };
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
		if (!read_counter(root, &counters[i], metrics, err))
			return false;
	metrics->bounced = checked_sum(metrics->bounced_hard, metrics->bounced_soft);
	return true;
}

static bool read_link(struct arena *arena, const struct value *from, struct link *link) {
	return read_url(arena, from, &link->url) && read_count(from, "clicked_total", &link->clicked_total) &&
	       read_count(from, "clicked_unique", &link->clicked_unique);
}

static int compare_links(const void *a, const void *b) {
	const struct link *x = *(const struct link *const *)a, *y = *(const struct link *const *)b;
	int order = strcmp(x->url, y->url);
	if (order == 0)
		order = (x->clicked_total > y->clicked_total) - (x->clicked_total < y->clicked_total);
	if (order == 0)
		order = (x->clicked_unique > y->clicked_unique) - (x->clicked_unique < y->clicked_unique);
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
	const struct value *data;
	const char *cursor;
	if (!read_page(arena, answer, &data, &cursor, err))
		return false;
	page->links = arena_array(arena, struct link, data->count);
	page->count = 0;
	for (const struct value *item = data->first; item; item = item->next)
		page->count += read_link(arena, item, &page->links[page->count]);
	page->unread = data->count - page->count;
	drop_repeats(arena, page);
	return true;
}

/* The list's own fields, unparsed, for display; [] means none. */
static const char *fields_of(struct arena *arena, const struct value *item) {
	const struct value *fields = value_get(item, "fields");
	BUF_AUTO text = { 0 };
	if (!fields || fields->kind != VALUE_MAP || !fields->first)
		return NULL;
	json_write(&text, fields);
	return arena_copy(arena, buf_text(&text));
}

static bool read_contact(struct arena *arena, const struct value *from, struct membership *row) {
	int status = CONTACT_UNKNOWN;
	const char *word = value_get_text(from, "status");
	record_clear(&membership_record, row);
	if (word)
		(void)choice_find(&contact_statuses, word, &status);
	row->provider_status = word && status == CONTACT_UNKNOWN ? clean(arena, from, "status") : NULL;
	row->email = value_get_text(from, "email_address") ? clean(arena, from, "email_address") : NULL;
	row->status = (unsigned)status;
	row->fields = fields_of(arena, from);
	row->created_at = read_time(from, "created_at");
	row->last_updated_at = read_time(from, "last_updated_at");
	return read_id(arena, from, "id", &row->external.id) && read_ids(arena, value_get(from, "tags"), &row->tags);
}

bool emailoctopus_contacts(struct arena *arena, const struct http_answer *answer, struct contact_page *page,
                           struct error *err) {
	const struct value *data;
	if (!read_page(arena, answer, &data, &page->cursor, err))
		return false;
	page->contacts = arena_array(arena, struct membership, data->count);
	page->count = 0;
	for (const struct value *item = data->first; item; item = item->next)
		page->count += read_contact(arena, item, &page->contacts[page->count]);
	page->unread = data->count - page->count;
	return true;
}

/* False if there is a time that cannot be read or cannot be. Old events may have none. */
static bool read_event_time(const struct value *from, struct moment *at) {
	static const struct moment earliest = { INT64_C(946684800000) },
							   latest = { INT64_C(4102444800000) }; /* 2000, 2100 */
	*at = read_time(from, "occurred_at");
	return moment_is_set(*at) ? at->ms >= earliest.ms && at->ms < latest.ms : is_void(value_get(from, "occurred_at"));
}

static bool read_event(struct arena *arena, const struct value *from, struct event *event) {
	*event = (struct event){ 0 };
	record_clear(&event_record, event);
	event->address = contact_norm(arena, value_get_text(from, "contact_email_address")
	                                         ? clean(arena, from, "contact_email_address")
	                                         : NULL);
	return read_event_time(from, &event->occurred_at) && read_id(arena, from, "contact_id", &event->contact_ref);
}

bool emailoctopus_events(struct arena *arena, const struct http_answer *answer, const char *about,
                         struct event_page *page, struct error *err) {
	const struct value *data;
	if (!read_page_about(arena, answer, about, &data, &page->cursor, err))
		return false;
	page->events = arena_array(arena, struct event, data->count);
	page->count = 0;
	for (const struct value *item = data->first; item; item = item->next)
		page->count += read_event(arena, item, &page->events[page->count]);
	page->unread = data->count - page->count;
	return true;
}
