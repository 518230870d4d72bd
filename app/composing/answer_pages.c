/* Own campaigns as JSON. */
#include "composing/answer_pages.h"

#include "composing/content_check.h"
#include "composing/missing.h"

/* Copies the members of one object into another. */
static void put_members(struct value *answer, const struct value *members) {
	for (const struct value *one = members->first, *next; one; one = next) {
		next = one->next;
		(void)value_put(answer, one->name, (struct value *)(uintptr_t)one);
	}
}

static void put_rows(struct value *answer, const char *name, const struct record_type *record, const void *items,
                     int count) {
	struct value *list = value_put(answer, name, value_list(answer->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(list, record_to_value(record, (const char *)items + record->size * (size_t)i, answer->arena));
}

void composition_put(struct exchange *x, struct value *answer, const struct composition *composition,
                     const struct composing_known *known) {
	const struct wording wording = wording_of(composition, known, x->arena);
	struct missing missing[MISSING_MAX];
	struct rows remarks;
	put_members(answer, record_to_value(&composition_answer_record, composition, x->arena));
	value_put_text(answer, "currency", x->settings->currency);
	put_rows(answer, "missing", &missing_record, missing, composition_missing(&wording, missing));
	(void)content_check(&wording.said, &known->names, x->arena, &remarks);
	put_rows(answer, "problems", &content_remark_record, remarks.items, remarks.count);
}

bool composition_put_of(struct exchange *x, struct value *answer, const char *id, struct error *err) {
	struct composition composition;
	struct composing_known known;
	if (!composition_find(x->store, id, x->arena, &composition, err) || !known_read(x->store, x->arena, &known, err) ||
	    !known_read_template(x->store, composition.template_id, x->arena, &known, err))
		return false;
	composition_put(x, answer, &composition, &known);
	return true;
}
