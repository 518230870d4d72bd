/* Lists as JSON. */
#include "console/list_answer.h"

#include "audience/contacts/contact.h"

bool list_count_now(struct exchange *x, struct list *list, struct error *err) {
	return list->list_type != LIST_STATIC || contact_count_list(x->store, list->id, &list->counts, err);
}

bool list_answer(struct exchange *x, const struct list *list, struct value **answer, struct error *err) {
	struct list counted = *list;
	bool is_counted = list->list_type == LIST_OBSERVED || list->list_type == LIST_STATIC;
	if (!list_count_now(x, &counted, err))
		return false;
	*answer = record_to_value(&list_record, &counted, x->arena);
	value_put_text(*answer, "emailoctopus_id", list->external.id);
	if (is_counted)
		value_put_int(*answer, "contact_count", list_total(&counted.counts));
	else
		(void)value_put(*answer, "contact_count", value_null(x->arena));
	return true;
}
