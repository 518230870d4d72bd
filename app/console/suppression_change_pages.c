/* Adding and lifting suppressions: forms and API. */
#include <string.h>

#include "audience/contacts/suppressing.h"
#include "console/suppression_pages.h"
#include "console/suppression_view.h"
#include "core/http/parts.h"

struct suppression_request {
	const char *address, *phone, *evidence;
	unsigned reason;
};
static const struct field request_fields[] = {
	FIELD(struct suppression_request, address, .max = 254, .doc = "An email address, or a phone number"),
	FIELD(struct suppression_request, phone, .max = 40, .doc = "With country code: +49 170 1234567"),
	FIELD(struct suppression_request, reason, .choices = &suppression_reasons, .doc = "By default manual"),
	FIELD(struct suppression_request, evidence, .max = SUPPRESSION_EVIDENCE_MAX, .doc = "Why: who said so, and when"),
};
static const struct record_type request_record = RECORD_TYPE("SuppressionRequest", struct suppression_request,
                                                             request_fields);

struct lift_request {
	const char *reason;
};
static const struct field lift_fields[] = {
	FIELD(struct lift_request, reason, .flags = FIELD_REQUIRED, .max = SUPPRESSION_EVIDENCE_MAX,
	      .doc = "Why it may be lifted"),
};
static const struct record_type lift_record = RECORD_TYPE("SuppressionLift", struct lift_request, lift_fields);

static bool find_row(struct exchange *x, const char *key, unsigned reason, struct suppression *row, struct error *err) {
	struct suppression *rows;
	int count;
	if (!suppression_find(x->store, &(struct strings){ &key, 1 }, x->arena, &rows, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (rows[i].reason == reason) {
			*row = rows[i];
			return true;
		}
	return error_set(err, ERROR_CONFLICT, "It was lifted by somebody else");
}

static bool is_given(const struct exchange *x, const char *name) {
	return x->json ? value_get(x->json, name) != NULL : params_get(&x->form, name) != NULL;
}

/* A contact may have an address by which nobody could be mailed, as a provider gave it: that one can be suppressed,
 * too. */
static bool read_key(struct exchange *x, const char *typed, const char *field, const char **key, struct error *err) {
	struct contact *contacts;
	struct error other = ERROR_INIT;
	const char *norm = contact_norm(x->arena, typed);
	int count = 0;
	if (suppression_read_key(typed, field, x->arena, key, err))
		return true;
	*key = norm;
	return norm &&
	       contact_find_by_addresses(x->store, &(struct strings){ &norm, 1 }, x->arena, &contacts, &count, &other) &&
	       count > 0;
}

static bool add(struct exchange *x, struct error *err) {
	const struct suppression_request *request = x->input;
	struct suppression_entry entry = { .reason = is_given(x, "reason") ? request->reason : SUPPRESSION_MANUAL,
		                               .evidence = text_is_empty(request->evidence) ? NULL : request->evidence,
		                               .source = SUPPRESSED_HERE,
		                               .by = x->identity.user,
		                               .at = x->now };
	bool by_phone = text_is_empty(request->address) && !text_is_empty(request->phone);
	struct suppression row;
	if (entry.reason == SUPPRESSION_ERASED)
		return error_field(err, "reason", "Erase the contact instead");
	if (!read_key(x, by_phone ? request->phone : request->address, by_phone ? "phone" : "address", &entry.key, err) ||
	    !contact_suppress(x->store, &entry, 1, x->arena, err) || !find_row(x, entry.key, entry.reason, &row, err))
		return false;
	return reply_saved(x, arena_print(x->arena, "/suppressions/%s", row.id), &suppression_record, &row);
}

static bool show_new(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	const char *address = params_get(&x->query, "address");
	part_field(x, view, "address", exchange_typed(x, "address", address));
	part_field(x, view, "evidence", exchange_typed(x, "evidence", NULL));
	suppression_put_reasons(part_select(x, view, "reason"), exchange_typed(x, "reason", "manual"), false);
	return reply_page(x, "console/suppression_form", "Suppress an address", "suppressions", view, err);
}

/* The people with the address or number. */
static bool put_people(struct exchange *x, struct value *view, const struct suppression *row, struct error *err) {
	enum { SHOWN = 10 };
	struct contact *contacts;
	int count = 0;
	if (row->value && !store_list(x->store, "contacts",
	                              FILTER(eq_text(row->kind == SUPPRESSED_EMAIL ? "email_norm" : "phone", row->value)),
	                              NULL, SHOWN, &contact_record, x->arena, (void **)&contacts, &count, err))
		return false;
	struct value *people = value_put(view, "people", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct value *one = value_push(people, value_map(x->arena));
		value_put_text(one, "id", contacts[i].id);
		value_put_text(one, "name", contacts[i].email ? contacts[i].email : contacts[i].profile.phone);
	}
	value_put_bool(view, "has_people", count > 0);
	return true;
}

static bool show_one(struct exchange *x, struct error *err) {
	struct suppression row;
	if (!suppression_need(x, &row, err))
		return false;
	struct value *view = value_map(x->arena);
	const char *title = row.value ? row.value : "An erased contact";
	(void)value_put(view, "row", suppression_row_view(x, &row));
	value_put_text(view, "title", title);
	value_put_bool(view, "is_complaint", row.reason == SUPPRESSION_COMPLAINED);
	suppression_put_history(x, view, &row);
	part_field(x, view, "reason", exchange_typed(x, "reason", NULL));
	return put_people(x, view, &row, err) && reply_page(x, "console/suppression", title, "suppressions", view, err);
}

static bool lift_because(struct exchange *x, const char *reason, struct error *err) {
	const struct suppression_note why = { x->now, true, text_trim(x->arena, reason ? reason : ""), SUPPRESSED_HERE,
		                                  x->identity.user };
	struct suppression row;
	return contact_lift_suppression(x->store, x->values[0], &why, x->arena, &row, err) &&
	       reply_saved(x, arena_print(x->arena, "/suppressions/%s", row.id), &suppression_record, &row);
}

static bool lift(struct exchange *x, struct error *err) {
	return lift_because(x, ((const struct lift_request *)x->input)->reason, err);
}

/* A DELETE has no body: the reason is a parameter. */
static bool drop(struct exchange *x, struct error *err) {
	return lift_because(x, params_get(&x->query, "reason"), err);
}

const struct route suppression_change_routes[] = {
	{ "GET", "/suppressions/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/suppressions/:suppression_id", GUARD_SIGNED_IN, show_one },
	{ "POST", "/suppressions", GUARD_SIGNED_IN, add, .input = &request_record, .form = show_new, .creates = true },
	{ "POST", "/suppressions/:suppression_id/lift", GUARD_SIGNED_IN, lift, .input = &lift_record, .form = show_one },
	{ "POST", "/api/suppressions", GUARD_SIGNED_IN, add, .summary = "Suppress an address or phone number",
	  .output = &suppression_record, .input = &request_record, .creates = true },
	{ "POST", "/api/suppressions/:suppression_id/lift", GUARD_SIGNED_IN, lift, .summary = "Lift a suppression",
	  .output = &suppression_record, .input = &lift_record },
	{ "DELETE", "/api/suppressions/:suppression_id", GUARD_SIGNED_IN, drop,
	  .summary = "Lift a suppression: it stays in the history", .output = &suppression_record, .parameters = "reason" },
	{ 0 },
};
