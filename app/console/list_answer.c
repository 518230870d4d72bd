/* Lists as JSON. */
#include "console/list_answer.h"

#include "console/list_members.h"

bool list_answer(struct exchange *x, const struct list *list, int64_t *patience_ms, struct value **answer,
                 struct error *err) {
	struct list counted = *list;
	int64_t contacts;
	if (!list_count_now(x, &counted, patience_ms, &contacts, err))
		return false;
	*answer = record_to_value(&list_record, &counted, x->arena);
	if (contacts == COUNT_NONE)
		(void)value_put(*answer, "counts", value_null(x->arena));
	value_put_text(*answer, "emailoctopus_id", list->external.id);
	(void)value_put(*answer, "contact_count",
	                contacts == COUNT_NONE ? value_null(x->arena) : value_int(x->arena, contacts));
	return true;
}
