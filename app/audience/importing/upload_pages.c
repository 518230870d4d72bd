/* Uploading a file to be imported. */
#include "audience/importing/upload_pages.h"

#include <inttypes.h>

#include "audience/importing/asking.h"
#include "audience/importing/file.h"
#include "audience/lists/own_list.h"
#include "core/http/parts.h"
#include "core/store/version.h"

/* A form's other parts are small (PARTS_BYTES). */
enum { UPLOAD_LIMIT = IMPORT_FILE_MAX + 1024 * 1024 };

static bool is_static(const struct list *list) {
	return list->list_type == LIST_STATIC && !moment_is_set(list->gone_at);
}

/* Lists that people can be put on. */
static bool put_lists(struct exchange *x, struct value *view, struct error *err) {
	struct list *lists;
	int count;
	const char *chosen = exchange_typed(x, "list", params_get(&x->query, "list"));
	struct value *options = part_select(x, view, "list");
	if (!list_all_own(x->store, x->arena, &lists, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (is_static(&lists[i]))
			put_choice(options, lists[i].id, lists[i].name, text_same(lists[i].id, chosen));
	value_put_bool(view, "has_lists", options->count > 0);
	return true;
}

/* INVALID unless it is a static list of one's own. */
static bool find_list(struct exchange *x, const char *asked, struct import *import, struct error *err) {
	struct list list;
	bool found = false;
	if (text_is_empty(asked))
		return true;
	if (!list_find(x->store, asked, x->arena, &list, &found, err))
		return false;
	if (!found || !is_static(&list))
		return error_field(err, "list",
		                   "Choose a list of your own without rules. A provider’s list takes nobody from here");
	import->list_id = list.id;
	import->list_name = list.name;
	return true;
}

static bool upload_page(struct exchange *x, struct error *err) {
	static const char *const labels[KNOWN_COUNT][2] = {
		{ "Only fill empty fields", "Existing values stay as they are" },
		{ "Overwrite with the file", "An empty cell never erases anything" },
		{ "Skip them", "Only new contacts are added" },
	};
	struct value *view = value_map(x->arena), *knowns = value_put(view, "policies", value_list(x->arena));
	const char *policy = exchange_typed(x, "policy", "fill");
	for (int i = 0; i < KNOWN_COUNT; i++) {
		struct value *one = value_push(knowns, value_map(x->arena));
		value_put_text(one, "key", import_knowns.names[i]);
		value_put_text(one, "label", labels[i][0]);
		value_put_text(one, "hint", labels[i][1]);
		value_put_bool(one, "chosen", text_same(policy, import_knowns.names[i]));
	}
	const char *tag = arena_print(x->arena, "import-%s", text_of_iso_day(x->arena, x->now));
	part_field(x, view, "file", NULL);
	part_field(x, view, "tags", exchange_typed(x, "tags", tag));
	part_field(x, view, "consent_source", exchange_typed(x, "consent_source", NULL));
	part_field(x, view, "country", exchange_typed(x, "country", NULL));
	value_put_bool(view, "resubscribe", !text_is_empty(exchange_typed(x, "resubscribe", NULL)));
	return put_lists(x, view, err) && reply_page(x, "audience/import_upload", "Import contacts", "contacts", view, err);
}

static struct import_upload upload_of(struct exchange *x) {
	return (struct import_upload){ exchange_new_id(x),
		                           x->file ? x->file->name : NULL,
		                           x->file ? x->file->bytes : "",
		                           x->file ? x->file->size : 0,
		                           x->identity.user,
		                           x->now };
}

static bool store_upload(struct exchange *x, const struct import *import, struct error *err) {
	return import_file_save(x->store, import->id, x->file->bytes, x->file->size, x->now, err) &&
	       import_insert(x->store, import, err);
}

static bool upload(struct exchange *x, struct error *err) {
	const struct import_upload upload = upload_of(x);
	struct import import;
	struct import_field *fields;
	int count;
	const struct import_request *request = x->input;
	return import_fields(x->store, x->arena, &fields, &count, err) &&
	       import_ask(&upload, request, fields, count, x->arena, &import, err) &&
	       find_list(x, request->list, &import, err) && store_upload(x, &import, err) &&
	       reply_redirect(x, arena_print(x->arena, "/contacts/imports/%s", import.id));
}

static bool upload_api(struct exchange *x, struct error *err) {
	const struct import_upload upload = upload_of(x);
	struct import import;
	struct import_field *fields;
	int count;
	const struct import_request *request = x->input;
	if (!import_fields(x->store, x->arena, &fields, &count, err) ||
	    !import_ask(&upload, request, fields, count, x->arena, &import, err) ||
	    !find_list(x, request->list, &import, err) || !import_check(&import, err))
		return false;
	import.state = IMPORT_QUEUED;
	if (!store_upload(x, &import, err) || !import_ask_job(x->store, import.id, IMPORT_QUEUED, x->arena, err))
		return false;
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "id", import.id);
	return reply_json(x, answer);
}

static bool give_example(struct exchange *x, struct error *err) {
	(void)err;
	buf_text_add(&x->body, "email,first_name,last_name,phone,company,tags\r\n"
	                       "ana@example.com,Ana,López,+49 30 5550142,,tenant\r\n"
	                       "bo@example.com,Bo,Christensen,,Acme,\"solar, vip\"\r\n");
	return reply_csv(x, "contacts-example.csv");
}

const struct route upload_routes[] = {
	{ "GET", "/contacts/import", GUARD_SIGNED_IN, upload_page },
	{ "GET", "/contacts/import/example.csv", GUARD_SIGNED_IN, give_example, .download = true },
	{ "POST", "/contacts/import", GUARD_SIGNED_IN, upload, .input = &import_request_record, .form = upload_page,
	  .creates = true, .body = BODY_FILE, .body_limit = UPLOAD_LIMIT },
	{ "POST", "/api/contacts/import", GUARD_SIGNED_IN, upload_api,
	  .summary = "Import a CSV file of contacts; it is done as a job", .input = &import_request_record, .creates = true,
	  .body = BODY_FILE, .body_limit = UPLOAD_LIMIT, .shape = "id:text" },
	{ 0 },
};
