/* Conditions: asking them of a person's values. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "content/condition.h"
#include "content/program.h"
#include "core/base/calendar.h"
#include "core/base/local.h"
#include "core/base/moment_text.h"
#include "core/base/text.h"

bool value_is_empty(const struct value *value) {
	if (!value || value->kind == VALUE_NULL)
		return true;
	if (value->kind == VALUE_BOOL)
		return !value->boolean;
	if (value->kind == VALUE_LIST || value->kind == VALUE_MAP)
		return !value->first;
	if (value->kind != VALUE_TEXT)
		return false;
	const char *text = value->text;
	if (*text > ' ') /* most values */
		return false;
	while (*text && g_unichar_isspace(g_utf8_get_char(text)))
		text = g_utf8_next_char(text);
	return !*text;
}

/* A text "2026-11-27" is a day of the calendar; one with a time is a moment, and its day is that of the zone in use. */
struct moment value_day(const struct value *value) {
	struct moment at;
	if (!value || value->kind != VALUE_TEXT || !moment_parse(value->text, &at))
		return MOMENT_NONE;
	return day_start(strlen(value->text) > 10 ? local_wall(at) : at);
}

static double number_of(const struct operand *operand, const struct value *value) {
	if (operand->kind == OPERAND_NUMBER)
		return operand->number;
	if (operand->kind == OPERAND_TEXT || (value && value->kind == VALUE_TEXT)) {
		const char *text = operand->kind == OPERAND_TEXT ? operand->text : value->text;
		char *end;
		double number = g_ascii_strtod(text, &end);
		return end == text || *end || !isfinite(number) ? NAN : number;
	}
	if (value && value->kind == VALUE_INT)
		return (double)value->integer;
	return value && value->kind == VALUE_REAL ? value->real : NAN;
}

/* -1, 0, 1; false: one of them is no number. */
static bool order_numbers(double left, double right, int *order) {
	*order = left < right ? -1 : left > right;
	return !isnan(left) && !isnan(right);
}

static struct moment day_of(const struct operand *operand, const struct value *value, const struct asking *asking) {
	if (operand->kind == OPERAND_DAY)
		return operand->day;
	if (operand->kind == OPERAND_TODAY)
		return moment_add(asking->today, (int64_t)operand->number * DAY_MS);
	return value_day(value);
}

static bool order_days(struct moment left, struct moment right, int *order) {
	*order = left.ms < right.ms ? -1 : left.ms > right.ms;
	return moment_is_set(left) && moment_is_set(right);
}

static const char *text_of(const struct operand *operand, const struct value *value, struct arena *arena) {
	if (operand->kind == OPERAND_TEXT)
		return operand->fold;
	if (!value)
		return NULL;
	if (value->kind == VALUE_TEXT)
		return text_fold(arena, value->text);
	if (value->kind == VALUE_INT)
		return arena_print(arena, "%lld", (long long)value->integer);
	return value->kind == VALUE_REAL ? arena_print(arena, "%.15g", value->real) : NULL;
}

static bool order_texts(const char *left, const char *right, int *order) {
	*order = left && right ? strcmp(left, right) : 0;
	return left && right;
}

/* Most comparisons are of a field with a text, both in ASCII: these need no copies. */
static bool order_plain(const struct question *question, const struct value *left, int *order) {
	if (question->left.kind != OPERAND_NAME || question->right.kind != OPERAND_TEXT || !left ||
	    left->kind != VALUE_TEXT || !text_is_ascii(left->text) || !text_is_ascii(question->right.fold))
		return false;
	*order = g_ascii_strcasecmp(left->text, question->right.fold);
	return true;
}

static bool has_entry(const struct value *list, const char *fold, struct arena *arena) {
	for (const struct value *entry = list->first; entry; entry = entry->next)
		if (entry->kind == VALUE_TEXT && strcmp(text_fold(arena, entry->text), fold) == 0)
			return true;
	return false;
}

static bool contains(const struct question *question, const struct value *left, const struct value *right,
                     struct arena *arena) {
	const char *wanted = text_of(&question->right, right, arena), *whole;
	if (!wanted || !*wanted || !left)
		return false;
	if (left->kind == VALUE_LIST)
		return has_entry(left, wanted, arena);
	whole = text_of(&question->left, left, arena);
	return whole && strstr(whole, wanted);
}

static const struct value *value_of(const struct operand *operand, const struct asking *asking) {
	return operand->kind == OPERAND_NAME ? asking->values[operand->name] : NULL;
}

static bool truth_of(const struct operand *operand, const struct value *value) {
	return operand->kind == OPERAND_NAME ? !value_is_empty(value) : operand->truth;
}

/* False: they cannot be compared. */
static bool order_of(const struct question *question, const struct asking *asking, struct arena *arena, int *order) {
	const struct operand *a = &question->left, *b = &question->right;
	const struct value *left = value_of(a, asking), *right = value_of(b, asking);
	if (question->as == AS_TRUTH) {
		*order = truth_of(a, left) != truth_of(b, right);
		return true;
	}
	if ((a->kind == OPERAND_NAME && value_is_empty(left)) || (b->kind == OPERAND_NAME && value_is_empty(right)))
		return false;
	if (question->as == AS_DAY)
		return order_days(day_of(a, left, asking), day_of(b, right, asking), order);
	if (question->as == AS_NUMBER)
		return order_numbers(number_of(a, left), number_of(b, right), order);
	if (order_plain(question, left, order))
		return true;
	return order_texts(text_of(a, left, arena), text_of(b, right, arena), order);
}

static bool answer(const struct question *question, const struct asking *asking, struct arena *arena) {
	int order = 0;
	if (question->asked == ASKED_PRESENT)
		return truth_of(&question->left, value_of(&question->left, asking));
	if (question->asked == ASKED_CONTAINS)
		return contains(question, value_of(&question->left, asking), value_of(&question->right, asking), arena);
	if (!order_of(question, asking, arena, &order))
		return question->asked == ASKED_OTHER;
	const bool answers[] = { [ASKED_SAME] = order == 0,  [ASKED_OTHER] = order != 0, [ASKED_BELOW] = order < 0,
		                     [ASKED_UP_TO] = order <= 0, [ASKED_ABOVE] = order > 0,  [ASKED_FROM] = order >= 0 };
	return answers[question->asked];
}

bool condition_holds(const struct condition *condition, const struct asking *asking) {
	uint64_t stack = 0; /* the answers that wait to be joined, the newest lowest */
	for (int i = 0; i < condition->count; i++) {
		const struct condition_step *step = &condition->steps[i];
		if (step->join == JOIN_ASK) {
			stack = stack << 1 | answer(&step->question, asking, asking->arena);
		} else if (step->join == JOIN_NOT) {
			stack ^= 1;
		} else {
			uint64_t top = stack & 1, below = stack >> 1 & 1;
			uint64_t joined = step->join == JOIN_AND ? top & below : top | below;
			stack = (stack >> 2 << 1) | joined;
		}
	}
	return stack & 1;
}
