/* Problems of one input. */
#include "core/fields/problems.h"

#include "core/base/buf.h"
#include "core/base/text.h"

const char *problems_of(const struct problems *problems, const char *field) {
	for (int i = 0; i < problems->count; i++)
		if (text_same(problems->items[i].field, field))
			return problems->items[i].text;
	return NULL;
}

void problems_add(struct problems *problems, struct arena *arena, const struct error *problem) {
	if (!problems || !problem->field[0] || problems->count == PROBLEMS_MAX || problems_of(problems, problem->field))
		return;
	problems->items[problems->count++] = (struct problem){ arena_copy(arena, problem->field),
		                                                   arena_copy(arena, problem->text) };
}

char *problems_text(const struct problems *problems, struct arena *arena) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < problems->count; i++)
		buf_print(&out, "%s%s", i ? "; " : "", problems->items[i].text);
	return arena_copy(arena, buf_text(&out));
}
