/* Members of EmailOctopus's answers. */
#include "observing/emailoctopus_reading.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/formats/json.h"

/* ROWS_MAX: a row takes up to 1 kB; at most 100 are asked for. */
enum { UNREAD_MAX = 16, ID_MAX = 200, ROWS_MAX = 10000 };

static const struct moment earliest = { INT64_C(946684800000) }, latest = { INT64_C(4102444800000) }; /* 2000, 2100 */
#define AHEAD_MS (10 * INT64_C(366) * DAY_MS)

static void add_unreadable(struct reading *reading, const char *row, const char *name, const char *why) {
	struct unreadable *told = reading->unreadable;
	if (told->count++ < UNREADABLE_TOLD)
		told->items[told->count - 1] = arena_print(reading->arena, "%s%s%s: %s", row ? row : "", row ? " " : "", name,
		                                           why);
}

void reading_note(struct reading *reading, const char *member) {
	struct strings *unread = reading->unread;
	if (!unread || !member)
		return;
	if (!unread->items)
		unread->items = arena_array(reading->arena, const char *, UNREAD_MAX);
	if (unread->count < UNREAD_MAX && !strings_have(unread, member))
		unread->items[unread->count++] = member;
}

void reading_lose(struct reading *reading, const struct value *value, const char *name, const char *member,
                  const char *why) {
	if (!value || !value->unreadable)
		add_unreadable(reading, reading->row, name, why);
	reading_note(reading, member);
}

bool reading_is_void(const struct value *value) {
	if (!value || value->kind == VALUE_NULL)
		return !value || !value->unreadable;
	if (value->kind == VALUE_TEXT)
		return !*value->text;
	return (value->kind == VALUE_LIST || value->kind == VALUE_MAP) && !value->first;
}

bool reading_is_list(const struct value *value) {
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
		next->unread = !(reading_is_void(paging) || paging->kind == VALUE_MAP) ||
		               !(reading_is_void(following) || following->kind == VALUE_MAP) || !reading_is_void(after) ||
		               !reading_is_void(url);
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

/* Something between us and the provider may mix up answers. */
static bool is_about(const struct reading *reading, const struct value *root, const char *name, struct error *err) {
	const char *told = value_get_text(root, name);
	return text_is_empty(told) || !reading->about || strcasecmp(told, reading->about) == 0 ||
	       error_set(err, ERROR_INVALID, "the answer is about something else: its %s is another one", name);
}

/* A clock that shows a time before 2000 is none. */
static struct moment clock_of(const struct http_answer *answer) {
	return moment_is_set(answer->date) && answer->date.ms >= earliest.ms ? answer->date : MOMENT_NONE;
}

bool reading_page(struct reading *reading, const struct http_answer *answer, struct following *next,
                  struct error *err) {
	struct value *root;
	struct json_faults faults;
	reading->now = clock_of(answer);
	if (!json_read_lenient(reading->arena, answer->body, answer->size, &root, &faults, err) ||
	    !is_about(reading, root, "status", err))
		return false;
	reading->data = value_get(root, "data");
	if (!reading_is_list(reading->data))
		return error_set(err, ERROR_INVALID, "the answer has no list 'data'");
	if (reading->data->count > ROWS_MAX)
		return error_set(err, ERROR_INVALID, "the answer has %d rows, far more than were asked for",
		                 reading->data->count);
	tell_faults(reading, &faults);
	read_following(root, next, reading->arena);
	return true;
}

bool reading_object(struct reading *reading, const struct http_answer *answer, struct value **root, struct error *err) {
	struct json_faults faults;
	*reading->unreadable = (struct unreadable){ 0 };
	reading->now = clock_of(answer);
	if (!json_read_lenient(reading->arena, answer->body, answer->size, root, &faults, err) ||
	    !is_about(reading, *root, "id", err))
		return false;
	tell_faults(reading, &faults);
	return true;
}

const char *reading_text(struct reading *reading, const struct value *map, const char *name, const char *member) {
	const struct value *value = value_get(map, name);
	if (reading_is_void(value))
		return value && value->kind == VALUE_TEXT ? "" : NULL;
	if (value->kind == VALUE_TEXT)
		return text_clean(reading->arena, value->text);
	reading_lose(reading, value, name, member, "it is not text");
	return NULL;
}

static bool can_be(const struct reading *reading, struct moment at) {
	return at.ms >= earliest.ms && at.ms < latest.ms &&
	       (!moment_is_set(reading->now) || at.ms - reading->now.ms <= AHEAD_MS);
}

struct moment reading_time(struct reading *reading, const struct value *map, const char *name, const char *member) {
	const struct value *value = value_get(map, name);
	struct moment at = MOMENT_NONE;
	if (reading_is_void(value))
		return MOMENT_NONE;
	if (value->kind != VALUE_TEXT || !moment_parse(value->text, &at)) {
		reading_lose(reading, value, name, member, "it is no time");
		return MOMENT_NONE;
	}
	if (can_be(reading, at))
		return at;
	reading_lose(reading, value, name, member, "it is not a possible time");
	return MOMENT_NONE;
}

bool reading_bool(struct reading *reading, const struct value *map, const char *name) {
	const struct value *value = value_get(map, name);
	if (!reading_is_void(value) && value->kind != VALUE_BOOL)
		reading_lose(reading, value, name, name, "it is neither true nor false");
	return value_get_bool(map, name, false);
}

struct strings reading_texts(struct reading *reading, const struct value *map, const char *name, const char *member) {
	const struct value *list = value_get(map, name);
	struct strings texts = { 0 };
	if (reading_is_void(list))
		return texts;
	if (!reading_is_list(list)) {
		reading_lose(reading, list, name, member, "it is no list");
		return texts;
	}
	texts.items = arena_array(reading->arena, const char *, list->count);
	for (const struct value *item = list->first; item; item = item->next) {
		const char *text = item->kind == VALUE_TEXT ? item->text : value_get_text(item, "tag");
		if (text)
			texts.items[texts.count++] = text_clean(reading->arena, text);
		else
			reading_lose(reading, item, name, member, "one of its items is not text");
	}
	return texts;
}

int64_t reading_count(struct reading *reading, const struct value *map, const char *name, const char *path,
                      int64_t otherwise) {
	const struct value *value = value_get(map, name);
	int64_t count = value_get_int(map, name, -1);
	if (!value && otherwise != COUNT_NONE)
		return otherwise;
	if (count >= 0 && count <= COUNT_MAX)
		return count;
	reading_lose(reading, value, path, NULL, "it is not a count");
	return COUNT_NONE;
}

static bool identifies(const char *name, const char *text) {
	return !text_is_empty(text) && (text_same(name, "url") || strlen(text) <= ID_MAX);
}

bool reading_begin(struct reading *reading, const struct value *from, const char *name, struct strings *unread,
                   const char **id) {
	const char *text = value_get_text(from, name);
	reading->row = *id = identifies(name, text) ? text_clean(reading->arena, text) : NULL;
	reading->unread = unread;
	return *id != NULL;
}
