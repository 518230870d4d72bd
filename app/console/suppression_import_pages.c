/* Importing suppressions: the form, and what came of it; the same for programs. */
#include "console/suppression_import.h"
#include "console/suppression_pages.h"
#include "console/suppression_view.h"
#include "core/http/parts.h"

static bool show_form(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	suppression_put_reasons(part_select(x, view, "reason"), exchange_typed(x, "reason", "manual"), false);
	part_field(x, view, "file", NULL);
	return reply_page(x, "console/suppression_import", "Import suppressions", "suppressions", view, err);
}

static bool import(struct exchange *x, struct error *err) {
	const char *chosen = params_get(&x->form, "reason");
	struct suppression_import import = { 0 };
	int reason = SUPPRESSION_MANUAL;
	if (!text_is_empty(chosen) && (!choice_find(&suppression_reasons, chosen, &reason) || reason == SUPPRESSION_ERASED))
		return error_field(err, "reason", "“%.40s” is not a reason", chosen);
	import.id = exchange_new_id(x);
	import.name = x->file->name;
	import.reason = (unsigned)reason;
	import.created_by = x->identity.user;
	import.created_at = x->now;
	import.file = (struct bytes){ x->file->bytes, (size_t)x->file->size };
	return suppression_import_ask(x->store, &import, x->arena, err) &&
	       reply_saved(x, arena_print(x->arena, "/suppressions/imports/%s", import.id), &suppression_import_record,
	                   &import);
}

static bool show(struct exchange *x, struct error *err) {
	struct suppression_import import;
	struct value *view = value_map(x->arena);
	if (!suppression_import_need(x->store, x->values[0], x->arena, &import, err))
		return false;
	(void)value_put(view, "import", record_to_value(&suppression_import_record, &import, x->arena));
	value_put_bool(view, "waits", import.state == SUPPRESSIONS_QUEUED);
	value_put_bool(view, "works", import.state == SUPPRESSIONS_QUEUED || import.state == SUPPRESSIONS_RUNNING);
	value_put_bool(view, "is_done", import.state == SUPPRESSIONS_DONE);
	value_put_bool(view, "was_stopped", import.state == SUPPRESSIONS_STOPPED);
	value_put_bool(view, "has_failed", import.state == SUPPRESSIONS_FAILED);
	value_put_bool(view, "has_problems", import.problems.count > 0);
	value_put_bool(view, "is_cut", import.rejected > import.problems.count);
	return reply_page(x, "console/suppression_imported", "Import suppressions", "suppressions", view, err);
}

static bool stop(struct exchange *x, struct error *err) {
	struct suppression_import import;
	return suppression_import_stop(x->store, x->values[0], x->now, x->arena, &import, err) &&
	       reply_saved(x, arena_print(x->arena, "/suppressions/imports/%s", import.id), &suppression_import_record,
	                   &import);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct suppression_import import;
	return suppression_import_need(x->store, x->values[0], x->arena, &import, err) &&
	       reply_record(x, &suppression_import_record, &import);
}

const struct route suppression_import_routes[] = {
	{ "GET", "/suppressions/import", GUARD_SIGNED_IN, show_form },
	{ "GET", "/suppressions/imports/:suppression_import_id", GUARD_SIGNED_IN, show },
	{ "POST", "/suppressions/imports/:suppression_import_id/stop", GUARD_SIGNED_IN, stop, .form = show },
	{ "POST", "/api/suppressions/imports/:suppression_import_id/stop", GUARD_SIGNED_IN, stop,
	  .summary = "Stop an import of suppressions; what it has suppressed stays", .output = &suppression_import_record },
	{ "POST", "/suppressions/import", GUARD_SIGNED_IN, import, .form = show_form, .creates = true, .body = BODY_FILE,
	  .body_limit = BODY_LIMIT },
	{ "POST", "/api/suppressions/import", GUARD_SIGNED_IN, import,
	  .summary = "Suppress all addresses and phone numbers of a CSV file; it is done as a job",
	  .output = &suppression_import_record, .status = 202, .creates = true, .body = BODY_FILE,
	  .body_limit = BODY_LIMIT },
	{ "GET", "/api/suppressions/imports/:suppression_import_id", GUARD_SIGNED_IN, show_api,
	  .summary = "One import of suppressions: state and counts", .output = &suppression_import_record },
	{ 0 },
};
