/* Parses EmailOctopus answers into structs. Any string may be null, any object absent or []. */
#include "observing/emailoctopus.h"

#include <stdio.h>
#include <string.h>

#include "audience/lists/list.h"
#include "campaigns/campaign.h"
#include "campaigns/links.h"
#include "core/formats/json.h"
#include "events/event.h"
#include "metrics/metrics.h"

/* The state of reading one answer. */
struct reading {
	struct arena *arena;
	struct unreadable *unreadable;
	const struct value *data; /* the rows; NULL in a summary */
	const char *row;          /* the id of the row that is being read; or NULL */
	struct strings *unread;   /* its members that could not be read; or NULL */
};

enum { UNREAD_MAX = 16 };

static void add_unreadable(struct reading *reading, const char *row, const char *name, const char *why) {
	struct unreadable *told = reading->unreadable;
	if (told->count++ < UNREADABLE_TOLD)
		told->items[told->count - 1] = arena_print(reading->arena, "%s%s%s: %s", row ? row : "", row ? " " : "", name,
		                                           why);
}

/* The row keeps what was stored before under the name of our member. */
static void note_unread(struct reading *reading, const char *member) {
	struct strings *unread = reading->unread;
	if (!unread || !member)
		return;
	if (!unread->items)
		unread->items = arena_array(reading->arena, const char *, UNREAD_MAX);
	if (unread->count < UNREAD_MAX && !strings_have(unread, member))
		unread->items[unread->count++] = member;
}

/* The provider's member `name`, ours `member`, has a value of the wrong kind. One that is no JSON was told before. */
static void lose(struct reading *reading, const struct value *value, const char *name, const char *member,
                 const char *why) {
	if (!value || !value->unreadable)
		add_unreadable(reading, reading->row, name, why);
	note_unread(reading, member);
}

/* Absent, null, {}, [] or "". */
static bool is_void(const struct value *value) {
	if (!value || value->kind == VALUE_NULL)
		return !value || !value->unreadable;
	if (value->kind == VALUE_TEXT)
		return !*value->text;
	return (value->kind == VALUE_LIST || value->kind == VALUE_MAP) && !value->first;
}

/* A list, or the map with numbers for names that PHP makes of a list with holes. */
static bool is_list(const struct value *value) {
	return value && (value->kind == VALUE_LIST || value->kind == VALUE_MAP);
}

static void read_following(const struct value *root, struct following *next, struct arena *arena) {
	const struct value *paging = value_get(root, "paging"), *following = value_get(paging, "next"),
					   *after = value_get(following, "starting_after"), *url = value_get(following, "url");
	*next = (struct following){ 0 };
	if (following && following->kind == VALUE_TEXT)
		url = following;
	if (after && after->kind == VALUE_INT)
		next->cursor = arena_print(arena, "%lld", (long long)after->integer);
	else if (after && after->kind == VALUE_TEXT && *after->text)
		next->cursor = after->text;
	else if (url && url->kind == VALUE_TEXT && *url->text)
		next->url = url->text;
	else
		next->unread = !(is_void(paging) || paging->kind == VALUE_MAP) ||
		               !(is_void(following) || following->kind == VALUE_MAP) || !is_void(after) || !is_void(url);
}

static const char *id_of(const struct value *row) {
	static const char *const names[] = { "id", "contact_id", "url" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!text_is_empty(value_get_text(row, names[i])))
			return value_get_text(row, names[i]);
	return NULL;
}

/* "data[3].name" becomes the id of that row and "name". */
static void tell_fault(struct reading *reading, const struct json_fault *fault) {
	int index = -1, length = 0;
	const struct value *row = reading->data ? reading->data->first : NULL;
	if (sscanf(fault->path, "data[%d].%n", &index, &length) == 1 && length > 0)
		while (row && index-- > 0)
			row = row->next;
	const char *id = length > 0 ? id_of(row) : NULL;
	add_unreadable(reading, id ? text_clean(reading->arena, id) : NULL, fault->path + (id ? length : 0),
	               arena_print(reading->arena, "it has %s", fault->why));
}

static void tell_faults(struct reading *reading, const struct json_faults *faults) {
	for (int i = 0; i < faults->count && i < JSON_FAULTS_TOLD; i++)
		tell_fault(reading, &faults->items[i]);
	if (faults->count > JSON_FAULTS_TOLD)
		reading->unreadable->count += faults->count - JSON_FAULTS_TOLD;
}

static bool read_page(struct reading *reading, const struct http_answer *answer, struct following *next,
                      struct error *err) {
	struct value *root;
	struct json_faults faults;
	if (!json_read_lenient(reading->arena, answer->body, answer->size, &root, &faults, err))
		return false;
	reading->data = value_get(root, "data");
	if (!is_list(reading->data))
		return error_set(err, ERROR_INVALID, "the answer has no list 'data'");
	tell_faults(reading, &faults);
	read_following(root, next, reading->arena);
	return true;
}

static const char *read_text(struct reading *reading, const struct value *map, const char *name, const char *member) {
	const struct value *value = value_get(map, name);
	if (is_void(value))
		return value && value->kind == VALUE_TEXT ? "" : NULL;
	if (value->kind == VALUE_TEXT)
		return text_clean(reading->arena, value->text);
	lose(reading, value, name, member, "it is no text");
	return NULL;
}

static struct moment read_time(struct reading *reading, const struct value *map, const char *name, const char *member) {
	const struct value *value = value_get(map, name);
	struct moment at = MOMENT_NONE;
	if (is_void(value))
		return MOMENT_NONE;
	if (value->kind != VALUE_TEXT || !moment_parse(value->text, &at)) {
		lose(reading, value, name, member, "it is no time");
		return MOMENT_NONE;
	}
	return at;
}

static bool read_bool(struct reading *reading, const struct value *map, const char *name) {
	const struct value *value = value_get(map, name);
	if (!is_void(value) && value->kind != VALUE_BOOL)
		lose(reading, value, name, name, "it is neither true nor false");
	return value_get_bool(map, name, false);
}

/* A list of texts, or of objects that have one as "tag" (GET /lists/{id}/tags has those). */
static struct strings read_texts(struct reading *reading, const struct value *map, const char *name,
                                 const char *member) {
	const struct value *list = value_get(map, name);
	struct strings texts = { 0 };
	if (is_void(list))
		return texts;
	if (!is_list(list)) {
		lose(reading, list, name, member, "it is no list");
		return texts;
	}
	texts.items = arena_array(reading->arena, const char *, list->count);
	for (const struct value *item = list->first; item; item = item->next) {
		const char *text = item->kind == VALUE_TEXT ? item->text : value_get_text(item, "tag");
		if (text)
			texts.items[texts.count++] = text_clean(reading->arena, text);
		else
			lose(reading, item, name, member, "an item of it is no text");
	}
	return texts;
}

/* COUNT_NONE if there is no such count; `otherwise` if the member is absent. */
static int64_t read_count(struct reading *reading, const struct value *map, const char *name, const char *path,
                          int64_t otherwise) {
	const struct value *value = value_get(map, name);
	int64_t count = value_get_int(map, name, -1);
	if (!value && otherwise != COUNT_NONE)
		return otherwise;
	if (count >= 0 && count <= COUNT_MAX)
		return count;
	lose(reading, value, path, NULL, "it is no count");
	return COUNT_NONE;
}

/* Begins a row; false if it cannot be identified. */
static bool begin_row(struct reading *reading, const struct value *from, const char *name, struct strings *unread,
                      const char **id) {
	const char *text = value_get_text(from, name);
	reading->row = *id = text_is_empty(text) ? NULL : text_clean(reading->arena, text);
	reading->unread = unread;
	return *id != NULL;
}

static bool read_campaign(struct reading *reading, const struct value *from, struct campaign *campaign) {
	int status = CAMPAIGN_UNKNOWN;
	const struct value *sender = value_get(from, "from"), *content = value_get(from, "content");
	const char *html = value_get_text(content, "html");
	record_clear(&campaign_record, campaign);
	if (!begin_row(reading, from, "id", &campaign->unread, &campaign->external.id))
		return false;
	campaign->name = read_text(reading, from, "name", "name");
	campaign->subject = read_text(reading, from, "subject", "subject");
	campaign->provider_status = read_text(reading, from, "status", "provider_status");
	if (campaign->provider_status)
		(void)choice_find(&campaign_statuses, campaign->provider_status, &status);
	if (strings_have(&campaign->unread, "provider_status"))
		note_unread(reading, "status");
	campaign->status = (unsigned)status;
	if (!is_void(sender) && sender->kind != VALUE_MAP) {
		lose(reading, sender, "from", "from_name", "it is no object");
		note_unread(reading, "from_email");
	}
	campaign->from_name = read_text(reading, sender, "name", "from_name");
	campaign->from_email = read_text(reading, sender, "email_address", "from_email");
	campaign->created_at = read_time(reading, from, "created_at", "created_at");
	campaign->sent_at = read_time(reading, from, "sent_at", "sent_at");
	campaign->content_bytes = html ? (int64_t)strlen(html) : 0;
	if (!is_void(content) && !is_void(value_get(content, "html")) && !html)
		lose(reading, value_get(content, "html"), "content.html", "content_bytes", "it is no text");
	campaign->list_ids = read_texts(reading, from, "to", "list_ids");
	return true;
}

bool emailoctopus_campaigns(struct arena *arena, const struct http_answer *answer, struct campaign_page *page,
                            struct error *err) {
	*page = (struct campaign_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!read_page(&reading, answer, &page->next, err))
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
	if (is_void(fields))
		return records;
	if (!is_list(fields)) {
		lose(reading, fields, "fields", "fields", "it is no list");
		return records;
	}
	struct list_field *items = records.items = arena_array(reading->arena, struct list_field, fields->count);
	for (const struct value *field = fields->first; field; field = field->next) {
		const char *tag = read_text(reading, field, "tag", "fields");
		if (tag)
			items[records.count++] = (struct list_field){ tag, read_text(reading, field, "label", "fields"),
				                                          read_text(reading, field, "type", "fields"),
				                                          read_text(reading, field, "fallback", "fields") };
	}
	return records;
}

/* A number that is absent is 0; null is not. */
static void read_list_counts(struct reading *reading, const struct value *item, struct list_counts *counts) {
	const struct value *given = value_get(item, "counts"), *from = counts_of(item);
	int64_t otherwise = from && from->kind == VALUE_MAP ? 0 : COUNT_NONE;
	if (otherwise == COUNT_NONE && !is_list(given)) {
		lose(reading, given, "counts", NULL, "it is no object");
		*counts = (struct list_counts){ COUNT_NONE, COUNT_NONE, COUNT_NONE };
		return;
	}
	if (otherwise == COUNT_NONE)
		from = given, otherwise = 0; /* [] */
	counts->subscribed = read_count(reading, from, "subscribed", "counts.subscribed", otherwise);
	counts->unsubscribed = read_count(reading, from, "unsubscribed", "counts.unsubscribed", otherwise);
	counts->pending = read_count(reading, from, "pending", "counts.pending", otherwise);
}

static bool read_list(struct reading *reading, const struct value *from, struct list *list) {
	record_clear(&list_record, list);
	if (!begin_row(reading, from, "id", &list->unread, &list->external.id))
		return false;
	list->name = read_text(reading, from, "name", "name");
	list->double_opt_in = read_bool(reading, from, "double_opt_in");
	list->fields = list_fields_of(reading, from);
	list->created_at = read_time(reading, from, "created_at", "created_at");
	list->tags = read_texts(reading, from, "tags", "tags");
	read_list_counts(reading, from, &list->counts);
	return true;
}

bool emailoctopus_lists(struct arena *arena, const struct http_answer *answer, struct list_page *page,
                        struct error *err) {
	*page = (struct list_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!read_page(&reading, answer, &page->next, err))
		return false;
	page->lists = arena_array(arena, struct list, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_list(&reading, item, &page->lists[page->count]);
	page->unread = reading.data->count - page->count;
	return true;
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
	int64_t number = read_count(reading, group, counter->name, path, COUNT_NONE);
	*(int64_t *)(void *)((char *)metrics + counter->offset) = number;
	return number != COUNT_NONE;
}

bool emailoctopus_summary(struct arena *arena, const struct http_answer *answer, struct metrics *metrics,
                          struct unreadable *unreadable, struct error *err) {
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
	struct json_faults faults;
	struct reading reading = { arena, unreadable };
	int known = 0;
	*unreadable = (struct unreadable){ 0 };
	if (!json_read_lenient(arena, answer->body, answer->size, &root, &faults, err))
		return false;
	tell_faults(&reading, &faults);
	record_clear(&metrics_record, metrics);
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
		known += read_counter(&reading, root, &counters[i], metrics);
	metrics_complete(metrics, NULL);
	return known || error_set(err, ERROR_INVALID, "the summary has no count");
}

static bool read_link(struct reading *reading, const struct value *from, struct link *link) {
	if (!begin_row(reading, from, "url", NULL, &link->url))
		return false;
	link->clicked_total = read_count(reading, from, "clicked_total", "clicked_total", COUNT_NONE);
	link->clicked_unique = read_count(reading, from, "clicked_unique", "clicked_unique", COUNT_NONE);
	return true;
}

bool emailoctopus_links(struct arena *arena, const struct http_answer *answer, struct link_page *page,
                        struct error *err) {
	*page = (struct link_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!read_page(&reading, answer, &page->next, err))
		return false;
	page->links = arena_array(arena, struct link, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_link(&reading, item, &page->links[page->count]);
	page->unread = reading.data->count - page->count;
	return true;
}

/* The list's own fields, unparsed, for display; [] means none. */
static const char *fields_of(struct reading *reading, const struct value *item) {
	const struct value *fields = value_get(item, "fields");
	BUF_AUTO text = { 0 };
	if (is_void(fields))
		return NULL;
	if (fields->kind != VALUE_MAP) {
		lose(reading, fields, "fields", "fields", "it is no object");
		return NULL;
	}
	json_write(&text, fields);
	return arena_copy(reading->arena, buf_text(&text));
}

static bool read_contact(struct reading *reading, const struct value *from, struct membership *row) {
	int status = CONTACT_UNKNOWN;
	record_clear(&membership_record, row);
	if (!begin_row(reading, from, "id", &row->unread, &row->external.id))
		return false;
	const char *word = read_text(reading, from, "status", "status");
	if (word)
		(void)choice_find(&contact_statuses, word, &status);
	row->provider_status = word && status == CONTACT_UNKNOWN ? word : NULL;
	row->email = read_text(reading, from, "email_address", "email");
	row->status = (unsigned)status;
	row->fields = fields_of(reading, from);
	row->created_at = read_time(reading, from, "created_at", "created_at");
	row->last_updated_at = read_time(reading, from, "last_updated_at", "last_updated_at");
	row->tags = read_texts(reading, from, "tags", "tags");
	return true;
}

bool emailoctopus_contacts(struct arena *arena, const struct http_answer *answer, struct contact_page *page,
                           struct error *err) {
	*page = (struct contact_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!read_page(&reading, answer, &page->next, err))
		return false;
	page->contacts = arena_array(arena, struct membership, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_contact(&reading, item, &page->contacts[page->count]);
	page->unread = reading.data->count - page->count;
	return true;
}

static bool read_event(struct reading *reading, const struct value *from, struct event *event) {
	record_clear(&event_record, event);
	if (!begin_row(reading, from, "contact_id", NULL, &event->contact_ref))
		return false;
	event->address = contact_norm(reading->arena, read_text(reading, from, "contact_email_address", NULL));
	event->occurred_at = read_time(reading, from, "occurred_at", NULL);
	return true;
}

bool emailoctopus_events(struct arena *arena, const struct http_answer *answer, struct event_page *page,
                         struct error *err) {
	*page = (struct event_page){ 0 };
	struct reading reading = { arena, &page->unreadable };
	if (!read_page(&reading, answer, &page->next, err))
		return false;
	page->events = arena_array(arena, struct event, reading.data->count);
	for (const struct value *item = reading.data->first; item; item = item->next)
		page->count += read_event(&reading, item, &page->events[page->count]);
	page->unread = reading.data->count - page->count;
	return true;
}
