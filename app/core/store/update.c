/* Edits to MongoDB update documents. */
#include "core/store/update.h"

#include <assert.h>
#include <string.h>

struct edit no_edit(void) {
	return (struct edit){ .kind = EDIT_NOTHING };
}

struct edit unset(const char *field) {
	return (struct edit){ .kind = EDIT_SET, field };
}

static struct edit set(const char *field, struct datum value) {
	return (struct edit){ .kind = EDIT_SET, field, value };
}

struct edit set_text(const char *field, const char *text) {
	return set(field, datum_text(text));
}

struct edit set_id(const char *field, const char *id) {
	return set(field, datum_id(id));
}

struct edit set_bool(const char *field, bool truth) {
	return set(field, datum_bool(truth));
}

struct edit set_count(const char *field, int64_t count) {
	return set(field, datum_count(count));
}

struct edit set_real(const char *field, double real) {
	return set(field, datum_real(real));
}

struct edit set_moment(const char *field, struct moment at) {
	return set(field, datum_moment(at));
}

struct edit set_choice(const char *field, const struct choices *choices, unsigned value) {
	return set(field, datum_choice(choices, value));
}

struct edit set_bytes(const char *field, const struct bytes *bytes) {
	return set(field, datum_bytes(bytes));
}

struct edit set_strings(const char *field, const struct strings *strings) {
	return set(field, datum_strings(strings));
}

struct edit set_now(const char *field) {
	return (struct edit){ .kind = EDIT_NOW, field };
}

struct edit add_count(const char *field, int64_t by) {
	return (struct edit){ .kind = EDIT_ADD, field, datum_count(by) };
}

struct edit remove_id(const char *field, const char *id) {
	return (struct edit){ .kind = EDIT_PULL, field, datum_id(id) };
}

struct edit set_record(const struct record_type *record, const void *object, const struct members *members) {
	return (struct edit){ .kind = EDIT_RECORD, .record = record, .object = object, .members = members };
}

struct edit set_nested(const char *field, const struct record_type *record, const void *object) {
	return (struct edit){ .kind = EDIT_NESTED, field, .record = record, .object = object };
}

struct edit set_when_new(const struct record_type *record, const void *object, const struct members *members) {
	return (struct edit){ .kind = EDIT_NEW, .record = record, .object = object, .members = members };
}

/* The parts of an update document. */
struct parts {
	bson_t set, unset, add, pull, now, fresh;
};

static void take_out(struct parts *parts, const char *field) {
	BSON_APPEND_UTF8(&parts->unset, field, "");
}

static void check_names(const struct record_type *record, const struct members *members) {
	for (int i = 0; i < members->count; i++)
		assert(record_field(record, members->names[i]));
}

static bool has_member(const struct members *members, const char *name) {
	if (!members)
		return true;
	for (int i = 0; i < members->count; i++)
		if (strcmp(members->names[i], name) == 0)
			return !members->except;
	return members->except;
}

static void append_record(struct parts *parts, const struct edit *edit) {
	const struct record_type *record = edit->record;
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		if (!has_member(edit->members, field->name))
			continue;
		if (edit->kind == EDIT_NEW)
			(void)field_to_bson(field, edit->object, &parts->fresh);
		else if (field->flags & FIELD_REVISION || strcmp(field_stored_name(field), "_id") == 0)
			continue;
		else if (!field_to_bson(field, edit->object, &parts->set))
			take_out(parts, field_stored_name(field));
	}
}

static void append_edit(struct parts *parts, const struct edit *edit) {
	bson_t nested;
	switch (edit->kind) {
	case EDIT_NOTHING:
		break;
	case EDIT_SET:
		if (edit->value.kind == DATUM_NONE)
			take_out(parts, edit->field);
		else
			datum_append(&parts->set, edit->field, &edit->value);
		break;
	case EDIT_NOW:
		BSON_APPEND_BOOL(&parts->now, edit->field, true);
		break;
	case EDIT_ADD:
		datum_append(&parts->add, edit->field, &edit->value);
		break;
	case EDIT_PULL:
		if (edit->value.kind != DATUM_NONE)
			datum_append(&parts->pull, edit->field, &edit->value);
		break;
	case EDIT_NESTED:
		BSON_APPEND_DOCUMENT_BEGIN(&parts->set, edit->field, &nested);
		record_to_bson(edit->record, edit->object, &nested);
		bson_append_document_end(&parts->set, &nested);
		break;
	case EDIT_RECORD:
	case EDIT_NEW:
		if (edit->members)
			check_names(edit->record, edit->members);
		append_record(parts, edit);
		break;
	}
}

static void append_part(bson_t *bson, const char *name, bson_t *part) {
	if (!bson_empty(part))
		BSON_APPEND_DOCUMENT(bson, name, part);
	bson_destroy(part);
}

bson_t *update_to_bson(const struct update *update) {
	struct parts parts = { BSON_INITIALIZER, BSON_INITIALIZER, BSON_INITIALIZER,
		                   BSON_INITIALIZER, BSON_INITIALIZER, BSON_INITIALIZER };
	bson_t *bson = bson_new();
	for (int i = 0; i < update->count; i++)
		append_edit(&parts, &update->edits[i]);
	append_part(bson, "$set", &parts.set);
	append_part(bson, "$unset", &parts.unset);
	append_part(bson, "$inc", &parts.add);
	append_part(bson, "$pull", &parts.pull);
	append_part(bson, "$currentDate", &parts.now);
	append_part(bson, "$setOnInsert", &parts.fresh);
	return bson;
}
