/* What a mail provider reports of mails by a web request: one event, or up to HOOK_EVENTS_MAX in an array. Pure.
 *
 *   {"id": "evt_1", "type": "bounce", "email": "ada@a.example", "return_path": "b-…@bounce.example",
 *    "status": "5.1.1", "reason": "550 5.1.1 no such user", "occurred_at": "2026-11-28T09:00:00Z"}
 *
 * Members that are not known are ignored. */
#ifndef INBOUND_HOOK_EVENT_H
#define INBOUND_HOOK_EVENT_H

#include "core/fields/field.h"
#include "inbound/report.h"

enum { HOOK_EVENTS_MAX = 1000 };

struct hook_event {
	const char *id;                     /* unique for its sender: the same again is the same event */
	enum inbound_kind kind;             /* of a type that is not known OTHER: kept, and nothing follows */
	const char *recipient;              /* in small letters, or a number in E.164; NULL: not named */
	const char *return_path, *email_id; /* either names the message; NULL: not given */
	const char *message_id;             /* so does our Message-ID, "<…@…>"; NULL: not given */
	const char *status, *words;         /* as of struct inbound_report */
	struct moment occurred_at;          /* MOMENT_NONE: not said */
	struct bytes source;                /* as JSON, for evidence */
};

/* *events: struct hook_event, in their order. An event alone may lack its id: it is then `id`, the request's. INVALID
 * names the member ("[3].email") and says what is wrong: then none of them counts. */
bool hook_events_read(const char *bytes, size_t size, const char *id, struct arena *arena, struct rows *events,
                      struct error *err) MUST_CHECK;

#endif
