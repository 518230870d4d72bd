/* Events of mail providers. */
#include "inbound/hook_event.h"

#include <stdint.h>
#include <string.h>

#include "audience/contacts/membership.h"
#include "core/base/text.h"
#include "core/formats/json.h"
#include "core/formats/mail.h"

enum { ID_MAX = 200, SHORT_MAX = 320 };

static const struct {
	const char *name;
	enum inbound_kind kind;
	bool by_status; /* hard only if the status, if there is one, says so */
} types[] = {
	{ "bounce", INBOUND_SOFT, true },          { "bounced", INBOUND_SOFT, true },
	{ "hard_bounce", INBOUND_HARD, false },    { "soft_bounce", INBOUND_SOFT, false },
	{ "complaint", INBOUND_COMPLAINT, false }, { "complained", INBOUND_COMPLAINT, false },
	{ "delayed", INBOUND_DELAYED, false },     { "deferred", INBOUND_DELAYED, false },
};

struct reading {
	struct arena *arena;
	const struct value *event;
	int place; /* in the array; -1: it is alone */
};

static const char *member(const struct reading *reading, const char *name) {
	return reading->place < 0 ? name : arena_print(reading->arena, "[%d].%s", reading->place, name);
}

/* A text of at most so many bytes; NULL if it is absent, null or empty. */
static bool text_of(const struct reading *reading, const char *name, size_t most, const char **text,
                    struct error *err) {
	const struct value *value = value_get(reading->event, name);
	*text = NULL;
	if (!value || value->kind == VALUE_NULL)
		return true;
	if (value->kind != VALUE_TEXT)
		return error_field(err, member(reading, name), "It must be a text");
	if (strlen(value->text) > most)
		return error_field(err, member(reading, name), "It is longer than %zu bytes", most);
	*text = *value->text ? value->text : NULL;
	return true;
}

static bool read_id(const struct reading *reading, const char *otherwise, struct hook_event *event, struct error *err) {
	if (!text_of(reading, "id", ID_MAX, &event->id, err))
		return false;
	if (!event->id && reading->place < 0)
		event->id = otherwise;
	return event->id || error_field(err, member(reading, "id"), "Each event needs an id, so that it counts once");
}

/* A bounce without a status may be anything: it is not for good. */
static bool read_kind(const struct reading *reading, struct hook_event *event, struct error *err) {
	const char *type, *status, *words;
	if (!text_of(reading, "type", SHORT_MAX, &type, err) || !text_of(reading, "status", SHORT_MAX, &status, err) ||
	    !text_of(reading, "reason", SIZE_MAX, &words, err))
		return false;
	if (!type)
		return error_field(err, member(reading, "type"), "Say what became of the email: bounce, complaint, delayed …");
	event->kind = INBOUND_OTHER;
	event->status = inbound_status(status, reading->arena);
	event->words = words ? inbound_cut(text_clean(reading->arena, words), reading->arena) : NULL;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (text_same(type, types[i].name))
			event->kind = types[i].by_status && event->status ? inbound_bounce(event->status, event->words)
			                                                  : types[i].kind;
	return true;
}

static bool read_time(const struct reading *reading, struct hook_event *event, struct error *err) {
	const struct value *value = value_get(reading->event, "occurred_at");
	event->occurred_at = MOMENT_NONE;
	if (!value || value->kind == VALUE_NULL)
		return true;
	if (value->kind == VALUE_INT && value->integer >= 0 && value->integer < 253402300800) {
		event->occurred_at = (struct moment){ value->integer * SECOND_MS };
		return true;
	}
	return (value->kind == VALUE_TEXT && moment_parse(value->text, &event->occurred_at)) ||
	       error_field(err, member(reading, "occurred_at"),
	                   "It must be a time like 2026-11-28T09:00:00Z, or seconds since 1970");
}

static bool read_whom(const struct reading *reading, struct hook_event *event, struct error *err) {
	const char *email;
	struct error ignored;
	if (!text_of(reading, "email", SHORT_MAX, &email, err) ||
	    !text_of(reading, "return_path", SHORT_MAX, &event->return_path, err) ||
	    !text_of(reading, "email_id", SHORT_MAX, &event->email_id, err))
		return false;
	event->recipient = contact_norm(reading->arena, email);
	if (email && (!event->recipient || !mail_check_address(event->recipient, "email", &ignored)))
		return error_field(err, member(reading, "email"), "“%.80s” is not an email address", email);
	return event->recipient || event->return_path || event->email_id ||
	       error_field(err, member(reading, "email"),
	                   "Say which address, or which email: email, return_path or "
	                   "email_id");
}

static void keep(const struct reading *reading, struct hook_event *event) {
	BUF_AUTO out = { 0 };
	json_write(&out, reading->event);
	event->source = (struct bytes){ arena_copy_bytes(reading->arena, buf_text(&out), out.size), out.size };
}

static bool read_event(const struct reading *reading, const char *id, struct hook_event *event, struct error *err) {
	*event = (struct hook_event){ 0 };
	if (reading->event->kind != VALUE_MAP)
		return error_field(err, reading->place < 0 ? "body" : arena_print(reading->arena, "[%d]", reading->place),
		                   "An event is an object");
	if (!read_id(reading, id, event, err) || !read_kind(reading, event, err) || !read_time(reading, event, err) ||
	    !read_whom(reading, event, err))
		return false;
	keep(reading, event);
	return true;
}

bool hook_events_read(const char *bytes, size_t size, const char *id, struct arena *arena, struct rows *events,
                      struct error *err) {
	struct value *all;
	int count = 0;
	if (!json_read(arena, bytes, size, &all, err))
		return false;
	const bool is_list = all->kind == VALUE_LIST;
	if (is_list && all->count > HOOK_EVENTS_MAX)
		return error_field(err, "body", "There are more than %d events: send them in several requests",
		                   HOOK_EVENTS_MAX);
	struct hook_event *items = arena_array(arena, struct hook_event, (size_t)(is_list ? all->count : 1) + 1);
	for (const struct value *one = is_list ? all->first : all; one; one = is_list ? one->next : NULL) {
		const struct reading reading = { arena, one, is_list ? count : -1 };
		if (!read_event(&reading, id, &items[count++], err))
			return false;
	}
	*events = (struct rows){ items, count };
	return true;
}
