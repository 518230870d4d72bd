/* Asks the control of the demo's mail server. */
#include "mailbox/mailbox.h"

#include "core/base/text.h"
#include "core/client/http.h"
#include "core/formats/json.h"
#include "core/formats/url.h"

enum { ANSWER_BYTES = 64 * 1024 * 1024, CALL_MS = 3000, TURN_MS = 200 };

bool mailbox_is_there(const struct settings *settings) {
	return settings->mail_is_demo;
}

struct told {
	struct arena *arena;
	bool done;
	int status;
	const char *body;
	size_t size;
};

static void on_answer(void *context, const struct http_answer *answer) {
	struct told *told = context;
	told->done = true;
	told->status = answer->status;
	told->size = answer->size;
	told->body = arena_copy_bytes(told->arena, answer->body, answer->size);
}

/* GET of an address of the control. */
static bool ask(const struct settings *settings, const char *address, struct told *told, struct error *err) {
	if (!mailbox_is_there(settings))
		return error_set(err, ERROR_MISSING, "There is no demo mailbox: email goes to the mail server of the settings");
	struct http_pool *pool = http_pool_new("Telltale/0.1 (demo)");
	http_start(pool, &(struct http_call){ .url = arena_print(told->arena, "http://127.0.0.1:%lld/%s",
	                                                         (long long)settings->demo_mail_port + 1, address),
	                                      .max_bytes = ANSWER_BYTES,
	                                      .timeout_ms = CALL_MS,
	                                      .done = on_answer,
	                                      .context = told });
	while (!told->done)
		http_turn(pool, TURN_MS);
	http_pool_free(pool);
	if (told->status == 404)
		return error_set(err, ERROR_MISSING, "There is no such email in the demo mailbox; the oldest are dropped");
	return told->status == 200 ||
	       error_set(err, ERROR_CONFLICT, "The demo’s mail server does not answer. Try again in a moment");
}

static bool ask_json(const struct settings *settings, const char *address, struct arena *arena, struct value **answer,
                     struct error *err) {
	struct told told = { .arena = arena };
	struct json_faults faults = { 0 };
	return ask(settings, address, &told, err) && json_read_lenient(arena, told.body, told.size, answer, &faults, err);
}

static const char *text_or_none(const struct value *map, const char *name) {
	const char *text = value_get_text(map, name);
	return text ? text : "";
}

static struct moment moment_of(const struct value *seconds) {
	if (seconds && seconds->kind == VALUE_INT && seconds->integer >= 0 && seconds->integer < INT64_MAX / SECOND_MS)
		return (struct moment){ seconds->integer * SECOND_MS };
	if (seconds && seconds->kind == VALUE_REAL && seconds->real >= 0 && seconds->real < 1e11)
		return (struct moment){ (int64_t)(seconds->real * SECOND_MS) };
	return MOMENT_NONE;
}

static const char *joined(const struct value *list, struct arena *arena) {
	struct strings all = { 0 };
	if (!list || list->kind != VALUE_LIST)
		return "";
	all.items = arena_array(arena, const char *, list->count + 1);
	for (const struct value *one = list->first; one; one = one->next)
		if (one->kind == VALUE_TEXT)
			all.items[all.count++] = one->text;
	return strings_join(arena, &all, ", ");
}

static const struct value *list_or_none(const struct value *list, struct arena *arena) {
	return list && list->kind == VALUE_LIST ? list : value_list(arena);
}

void mailbox_read_mail(const struct value *answer, struct arena *arena, struct mailbox_mail *mail) {
	const struct value *headers = value_get(answer, "headers"), *attachments = value_get(answer, "attachments");
	*mail = (struct mailbox_mail){ .id = value_get_int(answer, "id", 0),
		                           .at = moment_of(value_get(answer, "at")),
		                           .from = text_or_none(answer, "from"),
		                           .to = joined(value_get(answer, "to"), arena),
		                           .subject = text_or_none(answer, "subject"),
		                           .sender = text_or_none(answer, "sender"),
		                           .size = value_get_int(answer, "size", 0),
		                           .answered = value_get_bool(answer, "answered", false),
		                           .kept = value_get_bool(answer, "kept", false),
		                           .text = value_get_text(answer, "text"),
		                           .html = value_get_text(answer, "html"),
		                           .headers = list_or_none(headers, arena),
		                           .attachments = list_or_none(attachments, arena) };
}

bool mailbox_read_page(const struct value *answer, struct arena *arena, struct mailbox_page *found, struct error *err) {
	const struct value *rows = value_get(answer, "messages");
	if (!rows || rows->kind != VALUE_LIST)
		return error_set(err, ERROR_INVALID, "the demo's mail server answers something else");
	*found = (struct mailbox_page){ .matched = value_get_int(answer, "matched", rows->count) };
	found->items = arena_array(arena, struct mailbox_mail, rows->count + 1);
	for (const struct value *row = rows->first; row; row = row->next)
		mailbox_read_mail(row, arena, &found->items[found->count++]);
	return true;
}

bool mailbox_list(const struct settings *settings, const char *to, int page, struct arena *arena,
                  struct mailbox_page *found, struct error *err) {
	struct value *answer;
	const char *address = arena_print(arena, "messages?limit=%d&page=%d&to=%s", (int)MAILBOX_ROWS, page,
	                                  url_encoded(arena, to ? to : ""));
	return ask_json(settings, address, arena, &answer, err) && mailbox_read_page(answer, arena, found, err);
}

/* An id is a number; nothing else gets into an address. */
static bool is_number(const char *id) {
	int64_t number;
	return text_to_int(id, 1, INT64_C(1) << 53, &number);
}

bool mailbox_find(const struct settings *settings, const char *id, struct arena *arena, struct mailbox_mail *mail,
                  struct error *err) {
	struct value *answer;
	if (!is_number(id))
		return error_set(err, ERROR_MISSING, "There is no such email in the demo mailbox");
	if (!ask_json(settings, arena_print(arena, "messages/%s", id), arena, &answer, err))
		return false;
	mailbox_read_mail(answer, arena, mail);
	return true;
}

bool mailbox_source(const struct settings *settings, const char *id, struct arena *arena, struct bytes *source,
                    struct error *err) {
	struct told told = { .arena = arena };
	if (!is_number(id))
		return error_set(err, ERROR_MISSING, "There is no such email in the demo mailbox");
	if (!ask(settings, arena_print(arena, "messages/%s/source", id), &told, err))
		return false;
	*source = (struct bytes){ told.body, told.size };
	return true;
}
