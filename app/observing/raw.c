/* Raw answers. */
#include "observing/raw.h"

#include <string.h>

#include "audience/contacts/contact.h"
#include "core/base/secret.h"
#include "core/formats/json.h"
#include "core/formats/zlib.h"

enum { BODY_MAX = 32 * 1024 * 1024, ROWS = 100 };

static const struct field raw_fields[] = {
	FIELD(struct raw_answer, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct raw_answer, key),
	FIELD(struct raw_answer, call),
	FIELD(struct raw_answer, run_id),
	FIELD(struct raw_answer, campaign_id),
	FIELD(struct raw_answer, word),
	FIELD(struct raw_answer, counter),
	FIELD(struct raw_answer, at),
	FIELD(struct raw_answer, taken),
	FIELD(struct raw_answer, body, .flags = FIELD_PRIVATE),
};
static const struct record_type raw_record = RECORD_TYPE("RawAnswer", struct raw_answer, raw_fields);

static char *key_of(const char *run_id, const struct task *task, const struct http_answer *answer,
                    struct arena *arena) {
	char digest[SECRET_HEX];
	if (!task->word)
		return arena_print(arena, "%s|%s|%s", task->kind->kept_as, task->id, run_id);
	secret_digest(answer->body, digest);
	return arena_print(arena, "%s|%s|%s|%s", task->kind->kept_as, task->id, task->word, digest);
}

static bool unpack(const struct raw_answer *raw, struct arena *arena, struct http_answer *answer, struct error *err) {
	BUF_AUTO body = { 0 };
	if (!zlib_unpack(&body, raw->body.data ? raw->body.data : "", raw->body.size, BODY_MAX, err))
		return error_note(err, "raw answer %s", raw->id);
	*answer = (struct http_answer){ .status = 200, .problem = "", .remaining = -1, .retry_after = -1 };
	answer->size = body.size;
	answer->body = arena_copy_bytes(arena, buf_text(&body), body.size);
	return true;
}

static bool find_kept(struct store *store, const char *key, struct http_answer *answer, struct raw_answer *raw,
                      struct arena *arena, struct error *err) {
	bool found;
	bson_t *filter = BCON_NEW("key", BCON_UTF8(key));
	bool fine = store_find(store, "raw_answers", filter, NULL, &raw_record, arena, raw, &found, err);
	bson_destroy(filter);
	return fine && (!found || unpack(raw, arena, answer, err));
}

bool raw_keep(struct store *store, const char *run_id, const struct task *task, struct moment at,
              struct http_answer *answer, struct raw_answer *raw, struct arena *arena, struct error *err) {
	BUF_AUTO body = { 0 };
	bson_t document = BSON_INITIALIZER;
	zlib_pack(&body, answer->body, answer->size);
	*raw = (struct raw_answer){ .id = store_new_id(arena),
		                        .key = key_of(run_id, task, answer, arena),
		                        .call = task->kind->kept_as,
		                        .run_id = run_id,
		                        .campaign_id = task->id,
		                        .word = task->word,
		                        .counter = task->counter,
		                        .at = at,
		                        .body = { body.bytes, body.size } };
	record_to_bson(&raw_record, raw, &document);
	bool fine = store_insert(store, "raw_answers", &document, err);
	bson_destroy(&document);
	raw->body = (struct bytes){ 0 };
	return fine || (err->kind == ERROR_CONFLICT && find_kept(store, raw->key, answer, raw, arena, err));
}

bool raw_save_taken(struct store *store, const struct raw_answer *raw, struct error *err) {
	bool matched;
	bson_t *filter = store_filter_id(raw->id, NULL);
	bson_t *change = BCON_NEW("$set", "{", "taken", BCON_BOOL(true), "}");
	bool fine = store_update(store, "raw_answers", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

/* The page of answers after `last`, by time and id. */
static bool next_rows(struct store *store, const struct raw_answer *last, struct arena *arena, struct raw_answer **rows,
                      int *count, struct error *err) {
	bson_t *filter = bson_new(), *sort = BCON_NEW("at", BCON_INT32(1), "_id", BCON_INT32(1));
	if (last) {
		bson_oid_t oid;
		bson_oid_init_from_string(&oid, last->id);
		bson_destroy(filter);
		filter = BCON_NEW("at", "{", "$gte", BCON_DATE_TIME(last->at.ms), "}", "$or", "[", "{", "at", "{", "$gt",
		                  BCON_DATE_TIME(last->at.ms), "}", "}", "{", "_id", "{", "$gt", BCON_OID(&oid), "}", "}", "]");
	}
	bool fine = store_list(store, "raw_answers", filter, sort, ROWS, &raw_record, arena, (void **)rows, count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

bool raw_each(struct store *store,
              bool (*each)(void *context, const struct raw_answer *raw, const struct http_answer *answer,
                           struct error *err),
              void *context, struct error *err) {
	struct raw_answer last;
	char last_id[25];
	int count = ROWS;
	for (bool first = true; count == ROWS; first = false) {
		ARENA_AUTO arena = arena_new();
		struct raw_answer *rows;
		if (!next_rows(store, first ? NULL : &last, arena, &rows, &count, err))
			return false;
		for (int i = 0; i < count; i++) {
			struct http_answer answer;
			if (!unpack(&rows[i], arena, &answer, err) || !each(context, &rows[i], &answer, err))
				return false;
		}
		if (count) {
			last = rows[count - 1];
			(void)memcpy(last_id, last.id, sizeof last_id);
			last.id = last_id;
		}
	}
	return true;
}

int64_t raw_count(struct store *store, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	int64_t count;
	return store_count(store, "raw_answers", &all, &count, err) ? count : -1;
}

/* Nulls the addresses in a page; how many. The tree is our own, fresh from json_read. */
static int null_addresses(const struct value *page, const struct strings *norms, struct arena *arena) {
	const struct value *data = value_get(page, "data");
	int found = 0;
	for (struct value *row = data ? data->first : NULL; row; row = row->next) {
		struct value *address = (struct value *)(uintptr_t)value_get(row, "contact_email_address");
		if (!address || address->kind != VALUE_TEXT || !strings_have(norms, contact_norm(arena, address->text)))
			continue;
		address->kind = VALUE_NULL;
		found++;
	}
	return found;
}

static bool forget_in(struct store *store, const struct raw_answer *raw, const struct strings *norms,
                      struct arena *arena, struct error *err) {
	struct http_answer answer;
	struct value *page;
	bool matched;
	if (!unpack(raw, arena, &answer, err) || !json_read(arena, answer.body, answer.size, &page, err))
		return false;
	if (!null_addresses(page, norms, arena))
		return true;
	BUF_AUTO text = { 0 };
	BUF_AUTO body = { 0 };
	json_write(&text, page);
	zlib_pack(&body, buf_text(&text), text.size);
	bson_t *filter = store_filter_id(raw->id, NULL);
	bson_t *change = BCON_NEW("$set", "{", "body",
	                          BCON_BIN(BSON_SUBTYPE_BINARY, (const uint8_t *)body.bytes, (uint32_t)body.size), "}");
	bool fine = store_update(store, "raw_answers", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

static bool forget_in_campaign(struct store *store, const char *campaign_id, const struct strings *norms,
                               struct error *err) {
	bson_oid_t after;
	int count = ROWS;
	(void)memset(&after, 0, sizeof after);
	while (count == ROWS) {
		ARENA_AUTO arena = arena_new();
		struct raw_answer *rows;
		bson_t *filter = BCON_NEW("campaign_id", BCON_UTF8(campaign_id), "call", BCON_UTF8("events"), "_id", "{", "$gt",
		                          BCON_OID(&after), "}");
		bson_t *sort = BCON_NEW("_id", BCON_INT32(1));
		bool fine = store_list(store, "raw_answers", filter, sort, ROWS, &raw_record, arena, (void **)&rows, &count,
		                       err);
		bson_destroy(filter);
		bson_destroy(sort);
		for (int i = 0; fine && i < count; i++)
			fine = forget_in(store, &rows[i], norms, arena, err);
		if (!fine)
			return false;
		if (count)
			bson_oid_init_from_string(&after, rows[count - 1].id);
	}
	return true;
}

bool raw_forget(struct store *store, const struct strings *campaign_ids, const struct strings *norms,
                struct error *err) {
	for (int i = 0; i < campaign_ids->count; i++)
		if (!forget_in_campaign(store, campaign_ids->items[i], norms, err))
			return false;
	return true;
}
