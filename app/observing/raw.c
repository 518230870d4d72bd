/* Raw answers. */
#include "observing/raw.h"

#include <string.h>

#include "audience/contacts/contact.h"
#include "audience/suppression/hashed.h"
#include "audience/suppression/suppression.h"
#include "core/base/secret.h"
#include "core/formats/json.h"
#include "core/formats/zlib.h"
#include "core/store/page.h"

enum { BODY_MAX = 32 * 1024 * 1024, ROWS = 100, CURSOR_TEXT = 80 };

static const char ANSWERS[] = "raw_answers";

static const struct field raw_fields[] = {
	FIELD(struct raw_answer, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct raw_answer, key),
	FIELD(struct raw_answer, call),
	FIELD(struct raw_answer, run_id, .flags = FIELD_ID),
	FIELD(struct raw_answer, campaign_id, .flags = FIELD_ID),
	FIELD(struct raw_answer, word),
	FIELD(struct raw_answer, counter),
	FIELD(struct raw_answer, at),
	FIELD(struct raw_answer, date),
	FIELD(struct raw_answer, taken),
	FIELD(struct raw_answer, body, .flags = FIELD_PRIVATE),
};
static const struct record_type raw_record = RECORD_TYPE("RawAnswer", struct raw_answer, raw_fields);

static char *key_of(const char *run_id, const struct task *task, const struct http_answer *answer, bool passes,
                    struct arena *arena) {
	char digest[SECRET_HEX];
	if (!task->word)
		return arena_print(arena, "%s|%s|%s", task->kind->kept_as, task->id, run_id);
	secret_digest(answer->body, digest);
	return arena_print(arena, "%s|%s|%s|%s%s%s", task->kind->kept_as, task->id, task->word, digest, passes ? "|" : "",
	                   passes ? run_id : "");
}

static bool unpack(const struct raw_answer *raw, struct arena *arena, struct http_answer *answer, struct error *err) {
	BUF_AUTO body = { 0 };
	if (!zlib_unpack(&body, raw->body.data ? raw->body.data : "", raw->body.size, BODY_MAX, err))
		return error_note(err, "raw answer %s", raw->id);
	*answer = (struct http_answer){ .status = 200, .problem = "", .remaining = -1, .retry_after = -1 };
	answer->date = raw->date;
	answer->size = body.size;
	answer->body = arena_copy_bytes(arena, buf_text(&body), body.size);
	return true;
}

static bool find_kept(struct store *store, const char *key, struct http_answer *answer, struct raw_answer *raw,
                      bool *found, struct arena *arena, struct error *err) {
	return store_find(store, ANSWERS, FILTER(eq_text("key", key)), NULL, &raw_record, arena, raw, found, err) &&
	       (!*found || unpack(raw, arena, answer, err));
}

struct forgetting {
	const struct strings *norms, *refs;
};

/* Sets their addresses to null in a page and returns how many. The tree is our own, fresh from json_read_lenient. */
static int null_addresses(const struct value *page, const struct forgetting *those, struct arena *arena) {
	const struct value *data = value_get(page, "data");
	int found = 0;
	for (struct value *row = data ? data->first : NULL; row; row = row->next) {
		struct value *address = (struct value *)(uintptr_t)value_get(row, "contact_email_address");
		if (!address || address->kind != VALUE_TEXT ||
		    !(strings_have(those->norms, contact_norm(arena, address->text)) ||
		      strings_have(those->refs, value_get_text(row, "contact_id"))))
			continue;
		address->kind = VALUE_NULL;
		found++;
	}
	return found;
}

/* The addresses of a page of a contact report. */
static struct strings addresses_in(const struct value *page, struct arena *arena) {
	const struct value *data = value_get(page, "data");
	struct strings norms = { arena_array(arena, const char *, data ? data->count + 1 : 1), 0 };
	for (const struct value *row = data ? data->first : NULL; row; row = row->next) {
		const char *norm = contact_norm(arena, value_get_text(row, "contact_email_address"));
		if (norm)
			norms.items[norms.count++] = norm;
	}
	return norms;
}

/* A report that names somebody who was erased here is kept without the address. */
static bool without_erased(struct store *store, const struct task *task, const struct http_answer *answer,
                           struct arena *arena, struct buf *text, struct error *err) {
	enum hashed_state state;
	struct value *page;
	struct json_faults faults;
	struct strings norms, erased, none = { 0 };
	struct error ignored;
	buf_add(text, answer->body, answer->size);
	if (!task->word || !hashed_read_state(store, &state, err))
		return !task->word;
	if (state == HASHED_NONE || !json_read_lenient(arena, answer->body, answer->size, &page, &faults, &ignored))
		return true;
	norms = addresses_in(page, arena);
	if (!suppression_find_erased(store, &norms, arena, &erased, err))
		return false;
	if (!null_addresses(page, &(struct forgetting){ &erased, &none }, arena))
		return true;
	buf_reset(text);
	json_write(text, page);
	return true;
}

bool raw_keep(struct store *store, const char *run_id, const struct task *task, struct moment at, bool passes,
              struct http_answer *answer, struct raw_answer *raw, struct arena *arena, struct error *err) {
	BUF_AUTO body = { 0 };
	BUF_AUTO text = { 0 };
	bool was_there, found;
	if (!without_erased(store, task, answer, arena, &text, err))
		return false;
	zlib_pack(&body, buf_text(&text), text.size);
	*raw = (struct raw_answer){ .id = store_new_id(arena),
		                        .key = key_of(run_id, task, answer, passes, arena),
		                        .call = task->kind->kept_as,
		                        .run_id = run_id,
		                        .campaign_id = task->id,
		                        .word = task->word,
		                        .counter = task->counter,
		                        .at = at,
		                        .date = answer->date,
		                        .body = { body.bytes, body.size } };
	const char *key = raw->key;
	if (!store_insert_once(store, ANSWERS, &raw_record, raw, &was_there, err))
		return false;
	raw->body = (struct bytes){ 0 };
	return !was_there || find_kept(store, key, answer, raw, &found, arena, err);
}

bool raw_find_kept(struct store *store, const char *run_id, const struct task *task, struct http_answer *answer,
                   struct raw_answer *raw, bool *found, struct arena *arena, struct error *err) {
	return find_kept(store, key_of(run_id, task, answer, false, arena), answer, raw, found, arena, err);
}

bool raw_save_taken(struct store *store, const struct raw_answer *raw, struct error *err) {
	bool matched;
	return store_update(store, ANSWERS, FILTER(by_id(raw->id)), UPDATE(set_bool("taken", true)), &matched, err);
}

typedef bool take_answer(void *context, const struct raw_answer *raw, const struct http_answer *answer,
                         struct error *err);

/* Calls take() for every answer that matches, in the order of `by` (NULL: of their ids), page by page. */
static bool walk(struct store *store, const struct filter *filter, const char *by, take_answer *take, void *context,
                 struct error *err) {
	char cursor[CURSOR_TEXT] = "";
	bool more = true;
	while (more) {
		ARENA_AUTO arena = arena_new();
		struct page_query query = { .filter = filter, .by = by, .cursor = cursor, .limit = ROWS };
		struct page page;
		if (!store_page(store, ANSWERS, &query, &raw_record, arena, &page, err))
			return false;
		const struct raw_answer *rows = page.rows.items;
		for (int i = 0; i < page.rows.count; i++) {
			struct http_answer answer;
			if (!unpack(&rows[i], arena, &answer, err) || !take(context, &rows[i], &answer, err))
				return false;
		}
		more = page.next != NULL;
		(void)snprintf(cursor, sizeof cursor, "%s", more ? page.next : "");
	}
	return true;
}

bool raw_each(struct store *store,
              bool (*each)(void *context, const struct raw_answer *raw, const struct http_answer *answer,
                           struct error *err),
              void *context, struct error *err) {
	return walk(store, &everything, "at", each, context, err);
}

int64_t raw_count(struct store *store, struct error *err) {
	int64_t count;
	return store_count(store, ANSWERS, &everything, &count, err) ? count : -1;
}

typedef bool take_report(struct store *store, void *context, const struct raw_answer *raw, struct value *page,
                         struct arena *arena, struct error *err);

struct reports {
	struct store *store;
	take_report *take;
	void *context;
};

static bool read_report(void *context, const struct raw_answer *raw, const struct http_answer *answer,
                        struct error *err) {
	const struct reports *reports = context;
	ARENA_AUTO arena = arena_new();
	struct value *page;
	struct json_faults faults;
	return json_read_lenient(arena, answer->body, answer->size, &page, &faults, err) &&
	       reports->take(reports->store, reports->context, raw, page, arena, err);
}

/* Calls take() for every page of a campaign's contact reports. */
static bool each_report(struct store *store, const char *campaign_id, take_report *take, void *context,
                        struct error *err) {
	struct reports reports = { store, take, context };
	return walk(store, FILTER(eq_id("campaign_id", campaign_id), eq_text("call", "events")), NULL, read_report,
	            &reports, err);
}

static bool forget_in(struct store *store, void *context, const struct raw_answer *raw, struct value *page,
                      struct arena *arena, struct error *err) {
	bool matched;
	if (!null_addresses(page, context, arena))
		return true;
	BUF_AUTO text = { 0 };
	BUF_AUTO body = { 0 };
	json_write(&text, page);
	zlib_pack(&body, buf_text(&text), text.size);
	return store_update(store, ANSWERS, FILTER(by_id(raw->id)),
	                    UPDATE(set_bytes("body", &(struct bytes){ body.bytes, body.size })), &matched, err);
}

bool raw_forget(struct store *store, const struct strings *campaign_ids, const struct strings *norms,
                const struct strings *refs, struct error *err) {
	struct forgetting those = { norms, refs };
	for (int i = 0; i < campaign_ids->count; i++)
		if (!each_report(store, campaign_ids->items[i], forget_in, &those, err))
			return false;
	return true;
}

struct asking {
	const struct strings *refs;
	struct arena *arena;
	const char **addresses;
};

static bool take_addresses(struct store *store, void *context, const struct raw_answer *raw, struct value *page,
                           struct arena *arena, struct error *err) {
	struct asking *asking = context;
	const struct value *data = value_get(page, "data");
	(void)store, (void)raw, (void)arena, (void)err;
	for (const struct value *row = data ? data->first : NULL; row; row = row->next) {
		const char *ref = value_get_text(row, "contact_id");
		for (int i = 0; ref && i < asking->refs->count; i++)
			if (!asking->addresses[i] && strcmp(asking->refs->items[i], ref) == 0)
				asking->addresses[i] = arena_copy(asking->arena, value_get_text(row, "contact_email_address"));
	}
	return true;
}

bool raw_find_addresses(struct store *store, const char *campaign_id, const struct strings *refs, struct arena *arena,
                        const char **addresses, struct error *err) {
	struct asking asking = { refs, arena, addresses };
	return each_report(store, campaign_id, take_addresses, &asking, err);
}
