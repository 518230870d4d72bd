/* Saved segments as pages, forms and JSON. */
#include "segments/segment_pages.h"

#include "core/http/parts.h"
#include "core/store/version.h"
#include "segments/asked_pages.h"
#include "segments/builder_pages.h"
#include "segments/contradict.h"
#include "segments/people_pages.h"
#include "segments/words.h"

#define PREVIEW "/segments/preview"

static bool need_segment(struct exchange *x, const char *id, struct segment *segment, struct error *err) {
	bool found;
	return segment_find(x->store, id, x->arena, segment, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no segment %.80s", id));
}

static bool show_all(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct rule_names names;
	struct rows all;
	if (!segment_list(x->store, x->arena, &all, err) || !names_read(x->store, x->arena, &names, err))
		return false;
	const struct segment *items = all.items;
	struct value *rows = value_put(view, "segments", value_list(x->arena));
	for (int i = 0; i < all.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		struct rule_reading reading;
		struct error problem;
		bool fine = rule_read(items[i].rule, &names, x->arena, &reading, &problem);
		value_put_text(row, "id", items[i].id);
		value_put_text(row, "name", items[i].name);
		value_put_text(row, "words", fine ? rule_words(reading.rule, x->arena) : problem.text);
		value_put_bool(row, "is_broken", !fine || reading.gone.count > 0);
		value_put_text(row, "changed", text_of_day_cell(x->arena, items[i].updated_at, x->now));
		audience_put_later(x, row, arena_print(x->arena, "segment=%s&reasons=false", items[i].id));
	}
	value_put_bool(view, "none", all.count == 0);
	return reply_page(x, "segments/segments", "Segments", "segments", view, err);
}

/* The form. */

/* As it was typed, if a form was sent; else as it is stored. */
static const char *typed(const struct exchange *x, const char *name, const char *stored) {
	const char *value = params_get(&x->form, name);
	return value ? value : stored;
}

static void put_remarks(struct value *view, const char *name, const struct remarks *remarks) {
	struct value *list = value_put(view, name, value_list(view->arena));
	for (int i = 0; i < remarks->count && i < REMARKS_MAX; i++) {
		char *text = arena_copy(view->arena, remarks->items[i].text);
		text_capitalize(text);
		(void)value_push(list, value_text(view->arena, text));
	}
}

bool rule_preview_put(struct exchange *x, struct value *view, const char *text, const struct rule_names *names,
                      struct error *err) {
	struct rule_reading reading;
	struct remarks odd = { 0 };
	struct audience found;
	struct error problem;
	const struct people_query query = { .clock = asked_clock(x), .patience_ms = PEOPLE_COUNT_MS };
	bool fine = !text_is_empty(text) && rule_read(text, names, x->arena, &reading, &problem);
	value_put_bool(view, "is_ready", fine);
	value_put_text(view, "words", fine ? rule_words(reading.rule, x->arena) : NULL);
	if (fine)
		rule_contradictions(reading.rule, &query.clock, x->arena, &odd);
	put_remarks(view, "odd", &odd);
	put_remarks(view, "gone", fine ? &reading.gone : &odd);
	if (!fine) {
		value_put_bool(view, "audience", false);
		return true;
	}
	struct people_query asked = query;
	asked.rule = reading.rule;
	const struct mailable_question question = asked_question(x);
	if (!audience_count(x->store, &asked, &question, x->arena, &found, err))
		return false;
	BUF_AUTO short_text = { 0 };
	rule_write(reading.rule, &short_text);
	audience_put(x, view, &found, arena_print(x->arena, "rule=%s", url_encoded(x->arena, buf_text(&short_text))));
	return true;
}

static bool show_form(struct exchange *x, const struct segment *segment, const char *text, struct error *err) {
	struct value *view = value_map(x->arena);
	struct rule_names names;
	struct value *late = put_late(x, view);
	const char *name = typed(x, "name", segment->name), *description = typed(x, "description", segment->description);
	if (!names_read(x->store, x->arena, &names, err))
		return false;
	if (x->form.count)
		text = rule_builder_read(x, &names);
	rule_builder_put(x, view, text, &names, PREVIEW);
	part_field(x, view, "name", name);
	part_field(x, view, "description", description);
	if (segment->id) {
		put_saved(late, "Name", segment->name, name);
		put_saved(late, "Description", segment->description, description);
		put_saved(late, "Rule", segment->rule, text);
	}
	value_put_text(view, "id", segment->id);
	value_put_text(view, "title", segment->id ? segment->name : NULL);
	value_put_text(view, "rev",
	               segment->id ? x->problem ? exchange_revision(x, segment->rev)
	                                        : typed(x, "rev", arena_print(x->arena, "%lld", (long long)segment->rev))
	                           : NULL);
	return rule_preview_put(x, view, text, &names, err) &&
	       reply_page(x, "segments/form", segment->id ? segment->name : "New segment", "segments", view, err);
}

static bool show_new(struct exchange *x, struct error *err) {
	const char *id = params_get(&x->query, "segment");
	struct segment none = { .name = params_get(&x->query, "name") }, from;
	const char *text = params_get(&x->query, "rule");
	if (!text_is_empty(id)) {
		if (!need_segment(x, id, &from, err))
			return false;
		text = from.rule;
	}
	return show_form(x, &none, text, err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct segment segment;
	return need_segment(x, segment_of_path(x), &segment, err) && show_form(x, &segment, segment.rule, err);
}

/* The form as it would be after a button of its builder, or to be counted. */
static bool preview(struct exchange *x, struct error *err) {
	const char *id = params_get(&x->form, "segment_id");
	struct segment segment = { 0 };
	return (text_is_empty(id) || need_segment(x, id, &segment, err)) && show_form(x, &segment, NULL, err);
}

/* Saving. */

/* As it is sent by API, or by the rows of the form. */
static bool read_request(struct exchange *x, struct segment_request *request, struct error *err) {
	struct rule_names names;
	*request = *(const struct segment_request *)x->input;
	if (x->wants_json)
		return true;
	if (!names_read(x->store, x->arena, &names, err))
		return false;
	request->rule = rule_builder_read(x, &names);
	return true;
}

static bool reply_segment(struct exchange *x, const char *id, struct error *err) {
	struct segment segment;
	return need_segment(x, id, &segment, err) &&
	       reply_saved(x, arena_print(x->arena, "/segments/%s", segment.id), &segment_record, &segment);
}

static bool create(struct exchange *x, struct error *err) {
	const char *id = exchange_new_id(x);
	struct segment_request request;
	return read_request(x, &request, err) &&
	       segment_create(x->store, &request, id, x->identity.user, x->now, x->arena, &x->problems, err) &&
	       reply_segment(x, id, err);
}

static bool change(struct exchange *x, struct error *err) {
	struct segment before;
	struct segment_request request;
	if (!need_segment(x, segment_of_path(x), &before, err) || !read_request(x, &request, err))
		return false;
	if (segment_change(x->store, &request, &before, x->now, x->arena, &x->problems, err))
		return reply_segment(x, before.id, err);
	return store_is_stale(err) && need_segment(x, before.id, &before, err) &&
	       exchange_stale(x, &segment_record, &before, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct segment segment;
	if (!need_segment(x, segment_of_path(x), &segment, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the segment “%s”?", segment.name),
		.lines = { "Its contacts stay. A segment that a list or another segment uses cannot be deleted." },
		.button = "Delete segment",
		.back = arena_print(x->arena, "/segments/%s/edit", segment.id),
		.place = segment.name,
		.active = "segments",
	};
	return reply_confirm(x, &confirm, err);
}

static bool drop(struct exchange *x, struct error *err) {
	struct segment segment;
	return need_segment(x, segment_of_path(x), &segment, err) && segment_drop(x->store, &segment, x->arena, err) &&
	       reply_deleted(x, "/segments");
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows all;
	return segment_list(x->store, x->arena, &all, err) && reply_rows(x, &segment_record, all);
}

static bool show_api(struct exchange *x, struct error *err) {
	return reply_segment(x, segment_of_path(x), err);
}

const struct route segment_routes[] = {
	{ "GET", "/segments", GUARD_SIGNED_IN, show_all, .realms = ASKED_REALMS },
	{ "GET", "/segments/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/segments/:segment_id/edit", GUARD_SIGNED_IN, show_edit },
	{ "POST", PREVIEW, GUARD_SIGNED_IN, preview },
	{ "POST", "/segments", GUARD_SIGNED_IN, create, .input = &segment_request_record, .form = show_new,
	  .creates = true },
	{ "POST", "/segments/:segment_id", GUARD_SIGNED_IN, change, .input = &segment_request_record, .form = show_edit },
	{ "GET", "/segments/:segment_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/segments/:segment_id/delete", GUARD_SIGNED_IN, drop, .form = ask_drop },
	{ "GET", "/api/segments", GUARD_SIGNED_IN, list_api, .summary = "Saved segments", .output = &segment_record,
	  .list = true, .realms = REALM_PEOPLE },
	{ "POST", "/api/segments", GUARD_SIGNED_IN, create, .summary = "Save a segment", .output = &segment_record,
	  .input = &segment_request_record, .creates = true },
	{ "GET", "/api/segments/:segment_id", GUARD_SIGNED_IN, show_api, .summary = "One segment, by id or name",
	  .output = &segment_record, .realms = REALM_PEOPLE },
	{ "PUT", "/api/segments/:segment_id", GUARD_SIGNED_IN, change, .summary = "Change a segment",
	  .output = &segment_record, .input = &segment_request_record },
	{ "DELETE", "/api/segments/:segment_id", GUARD_SIGNED_IN, drop,
	  .summary = "Delete a segment; refused while a list or segment uses it", .shape = "deleted:bool" },
	{ 0 },
};
