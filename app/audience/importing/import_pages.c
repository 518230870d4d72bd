/* Imports: their list, the steps of one, and its state by API. */
#include "audience/importing/import_pages.h"

#include <string.h>

#include "audience/import/charset.h"
#include "audience/import/undo.h"
#include "audience/importing/asking.h"
#include "audience/importing/file.h"
#include "audience/importing/import_view_pages.h"
#include "audience/lists/list.h"
#include "core/http/parts.h"
#include "core/store/version.h"

enum { IMPORTS_SHOWN = 100 };

static const char *address_of(const struct exchange *x, const struct import *import) {
	return arena_print(x->arena, "/contacts/imports/%s", import->id);
}

static bool show_list(struct exchange *x, struct error *err) {
	struct import *imports;
	int count;
	struct value *view = value_map(x->arena), *rows = value_put(view, "imports", value_list(x->arena));
	if (!import_list(x->store, IMPORTS_SHOWN, x->arena, &imports, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		import_put(x, value_push(rows, value_map(x->arena)), &imports[i]);
	value_put_bool(view, "none", count == 0);
	return reply_page(x, "audience/imports", "Imports", "contacts", view, err);
}

/* What the state calls for. */
static const struct {
	const char *view;
	void (*put)(const struct exchange *x, struct value *view, const struct import *import);
} pages[IMPORT_STATE_COUNT] = {
	[IMPORT_MAPPING] = { "audience/import_map", import_put_columns },
	[IMPORT_CHECKING] = { "audience/import_progress", import_put_progress },
	[IMPORT_CHECKED] = { "audience/import_preview", import_put_preview },
	[IMPORT_QUEUED] = { "audience/import_progress", import_put_progress },
	[IMPORT_RUNNING] = { "audience/import_progress", import_put_progress },
	[IMPORT_DONE] = { "audience/import_result", import_put_result },
	[IMPORT_FAILED] = { "audience/import_result", import_put_result },
	[IMPORT_STOPPED] = { "audience/import_result", import_put_result },
	[IMPORT_DROPPED] = { "audience/import_result", import_put_result },
	[IMPORT_UNDOING] = { "audience/import_progress", import_put_progress },
	[IMPORT_UNDONE] = { "audience/import_result", import_put_result },
};

/* A list that was deleted since is named, but has no page. */
static bool put_import(struct exchange *x, struct value *view, const struct import *import, struct error *err) {
	struct import shown = *import;
	struct list list;
	bool found = false;
	if (!text_is_empty(import->list_id) && !list_find(x->store, import->list_id, x->arena, &list, &found, err))
		return false;
	if (!found)
		shown.list_id = NULL;
	import_put(x, value_put(view, "import", value_map(x->arena)), &shown);
	return true;
}

static bool page_as(struct exchange *x, const struct import *import, enum import_state as, struct error *err) {
	struct value *view = value_map(x->arena);
	const char *same = NULL;
	if (as == IMPORT_MAPPING &&
	    (!import_same(x->store, import, x->arena, &same, err) || !import_put_fields(x, view, err)))
		return false;
	if (!put_import(x, view, import, err))
		return false;
	value_put_text(view, "same", same);
	pages[as].put(x, view, import);
	return reply_page(x, pages[as].view, "Import contacts", "contacts", view, err);
}

static bool show(struct exchange *x, struct error *err) {
	struct import import;
	return import_of_address(x, &import, err) && page_as(x, &import, (enum import_state)import.state, err);
}

/* The columns again, after the check. */
static bool show_columns(struct exchange *x, struct error *err) {
	struct import import;
	if (!import_of_address(x, &import, err))
		return false;
	if (import.state != IMPORT_MAPPING && import.state != IMPORT_CHECKED)
		return reply_redirect(x, address_of(x, &import));
	return page_as(x, &import, IMPORT_MAPPING, err);
}

static bool ask_step(struct exchange *x, struct import *import, enum import_step step, const struct members *with,
                     struct error *err) {
	enum import_state to = import_after((enum import_state)import->state, step);
	if (!import_step(x->store, import, step, with, x->arena, err))
		return false;
	return to == IMPORT_STATE_COUNT || !import_is_worked(to) || import_ask_job(x->store, import->id, to, x->arena, err);
}

static bool save_columns(struct exchange *x, struct error *err) {
	struct import import;
	struct import_field *fields;
	int count;
	if (!import_of_address(x, &import, err) || !import_take_form(&import, &x->form, x->arena, err) ||
	    (params_get(&x->form, "country") &&
	     !import_take_country(&import, params_get(&x->form, "country"), x->arena, err)) ||
	    !import_check(&import, err) || !import_fields(x->store, x->arena, &fields, &count, err))
		return false;
	import_set_types(&import, fields, count);
	import.problem = NULL;
	return ask_step(x, &import, STEP_CHECK, ONLY("columns", "problem", "country"), err) &&
	       reply_redirect(x, address_of(x, &import));
}

static bool save_reading(struct exchange *x, struct error *err) {
	struct import import;
	const char *bytes;
	size_t size;
	struct import_field *fields;
	int count;
	if (!import_of_address(x, &import, err) || !import_fields(x->store, x->arena, &fields, &count, err))
		return false;
	struct pieces *file = import_file_open(x->store, x->arena, import.id, import.bytes);
	return pieces_read(file, &bytes, &size, err) &&
	       import_ask_again(&import, x->input, bytes, size, (int64_t)size == import.bytes, fields, count, x->now,
	                        x->arena, err) &&
	       import_save_reading(x->store, &import, err) && reply_redirect(x, address_of(x, &import));
}

static bool start(struct exchange *x, struct error *err) {
	struct import import;
	return import_of_address(x, &import, err) && ask_step(x, &import, STEP_START, NULL, err) &&
	       reply_redirect(x, address_of(x, &import));
}

static bool retry(struct exchange *x, struct error *err) {
	struct import import;
	if (!import_of_address(x, &import, err))
		return false;
	import.problem = NULL;
	return ask_step(x, &import, STEP_RETRY, ONLY("problem"), err) && reply_redirect(x, address_of(x, &import));
}

static bool stop(struct exchange *x, struct error *err) {
	struct import import;
	if (!import_of_address(x, &import, err))
		return false;
	import.ended_at = x->now;
	import_clear_people(&import);
	return ask_step(x, &import, STEP_STOP, ONLY("ended_at", "columns", "shown"), err) &&
	       version_bump(x->store, REALM_PEOPLE, err) && reply_redirect(x, address_of(x, &import));
}

static bool undo(struct exchange *x, struct error *err) {
	struct import import;
	if (!import_of_address(x, &import, err))
		return false;
	if (!undo_is_open(import.ended_at, x->now))
		return error_set(err, ERROR_CONFLICT, "An import can be undone for %d days. This one is older",
		                 IMPORT_UNDO_DAYS);
	import.undo_row = import.removed = import.restored = import.kept = 0;
	return ask_step(x, &import, STEP_UNDO, ONLY("undo_row", "removed", "restored", "kept"), err) &&
	       reply_redirect(x, address_of(x, &import));
}

/* For programs, whoever waits for a person is queued, and what was ended before its time has failed. */
static const char *api_state(enum import_state state) {
	static const char *const states[IMPORT_STATE_COUNT] = {
		[IMPORT_MAPPING] = "queued",  [IMPORT_CHECKING] = "queued", [IMPORT_CHECKED] = "queued",
		[IMPORT_QUEUED] = "queued",   [IMPORT_RUNNING] = "running", [IMPORT_DONE] = "done",
		[IMPORT_FAILED] = "failed",   [IMPORT_STOPPED] = "failed",  [IMPORT_DROPPED] = "failed",
		[IMPORT_UNDOING] = "running", [IMPORT_UNDONE] = "done",
	};
	return states[state];
}

static bool show_api(struct exchange *x, struct error *err) {
	struct import import;
	if (!import_of_address(x, &import, err))
		return false;
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "id", import.id);
	value_put_text(answer, "state", api_state((enum import_state)import.state));
	import_put_counts(answer, &import);
	value_put_text(answer, "problem", import.problem);
	return reply_json(x, answer);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct import *imports;
	int count, limit;
	if (!exchange_limit(x, 50, IMPORTS_SHOWN, &limit, err) ||
	    !import_list(x->store, limit, x->arena, &imports, &count, err))
		return false;
	struct value *answer = value_list(x->arena);
	for (int i = 0; i < count; i++) {
		struct value *one = value_push(answer, value_map(x->arena));
		value_put_text(one, "id", imports[i].id);
		value_put_text(one, "name", imports[i].name);
		value_put_text(one, "state", api_state((enum import_state)imports[i].state));
		import_put_counts(one, &imports[i]);
	}
	return reply_json(x, answer);
}

#define COUNTS_SHAPE \
	"rows:count looked_at:count created:count updated:count unchanged:count skipped:count rejected:count"

const struct route import_routes[] = {
	{ "GET", "/contacts/imports", GUARD_SIGNED_IN, show_list },
	{ "GET", "/contacts/imports/:import_id", GUARD_SIGNED_IN, show },
	{ "GET", "/contacts/imports/:import_id/columns", GUARD_SIGNED_IN, show_columns },
	{ "POST", "/contacts/imports/:import_id/columns", GUARD_SIGNED_IN, save_columns, .form = show_columns },
	{ "POST", "/contacts/imports/:import_id/reading", GUARD_SIGNED_IN, save_reading, .input = &import_request_record,
	  .form = show_columns },
	{ "POST", "/contacts/imports/:import_id/start", GUARD_SIGNED_IN, start },
	{ "POST", "/contacts/imports/:import_id/retry", GUARD_SIGNED_IN, retry },
	{ "POST", "/contacts/imports/:import_id/stop", GUARD_SIGNED_IN, stop },
	{ "POST", "/contacts/imports/:import_id/undo", GUARD_SIGNED_IN, undo },
	{ "GET", "/api/contacts/imports", GUARD_SIGNED_IN, list_api, .summary = "Imports, newest first", .list = true,
	  .parameters = "limit", .shape = "id:text name:text state:text " COUNTS_SHAPE },
	{ "GET", "/api/contacts/import/:import_id", GUARD_SIGNED_IN, show_api, .summary = "One import and its state",
	  .shape = "id:text state:text problem:text " COUNTS_SHAPE },
	{ 0 },
};
