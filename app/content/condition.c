/* Conditions: reading them. A number bounds how deep brackets nest, so the recursion is bounded. */
#include "content/condition.h"

#include <string.h>

#include "core/base/calendar.h"
#include "core/base/moment_text.h"
#include "core/base/text.h"

struct reader {
	const struct tag *tag;
	const struct condition_names *names;
	struct flaws *flaws;
	struct condition *condition;
	int at, depth;
};

static const struct token *token(const struct reader *reader) {
	return &reader->tag->tokens[reader->at];
}

static bool wrong(struct reader *reader, const char *what) {
	const struct token *here = token(reader);
	if (here->kind == TOKEN_END)
		flaw_error(reader->flaws, reader->tag->from, "This condition ends where %s should stand", what);
	else
		flaw_error(reader->flaws, here->offset, "In this condition, “%.60s” stands where %s should stand", here->text,
		           what);
	return false;
}

static bool take(struct reader *reader, enum token_kind kind, const char *text) {
	bool found = token_is(token(reader), kind, text);
	reader->at += found;
	return found;
}

static void add(struct reader *reader, struct condition_step step) {
	reader->condition->steps[reader->condition->count++] = step;
}

static bool read_today(struct reader *reader, struct operand *operand) {
	int sign = take(reader, TOKEN_SIGN, "+") ? 1 : take(reader, TOKEN_SIGN, "-") ? -1 : 0;
	*operand = (struct operand){ .kind = OPERAND_TODAY };
	if (!sign)
		return true;
	if (token(reader)->kind != TOKEN_NUMBER || token(reader)->number > 36500)
		return wrong(reader, "a number of days");
	operand->number = sign * token(reader)->number;
	reader->at++;
	if (!take(reader, TOKEN_WORD, "days"))
		(void)take(reader, TOKEN_WORD, "day");
	return true;
}

static bool read_named(struct reader *reader, struct operand *operand) {
	size_t offset = token(reader)->offset;
	const struct name *known = NULL;
	const char *name = tag_name(reader->tag, &reader->at, reader->flaws->arena);
	if (!name)
		return wrong(reader, "a name");
	*operand = (struct operand){ .kind = OPERAND_NAME };
	operand->name = reader->names->place(reader->names->context, name, offset, &known);
	operand->type = known ? known->type : NAME_TEXT;
	return operand->name >= 0;
}

static bool read_operand(struct reader *reader, struct operand *operand) {
	const struct token *here = token(reader);
	bool minus = take(reader, TOKEN_SIGN, "-");
	if (token(reader)->kind == TOKEN_NUMBER) {
		*operand = (struct operand){ .kind = OPERAND_NUMBER,
			                         .number = minus ? -token(reader)->number : token(reader)->number };
		reader->at++;
		return true;
	}
	if (minus)
		return wrong(reader, "a number");
	if (here->kind == TOKEN_TEXT) {
		*operand = (struct operand){ .kind = OPERAND_TEXT,
			                         .text = here->text,
			                         .fold = text_fold(reader->flaws->arena, here->text) };
		reader->at++;
		return true;
	}
	if (token_is(here, TOKEN_WORD, "true") || token_is(here, TOKEN_WORD, "false")) {
		*operand = (struct operand){ .kind = OPERAND_TRUTH, .truth = *here->text == 't' };
		reader->at++;
		return true;
	}
	return take(reader, TOKEN_WORD, "today") ? read_today(reader, operand) : read_named(reader, operand);
}

static bool is_of(const struct operand *operand, enum operand_kind kind, enum name_type type) {
	return operand->kind == kind || (operand->kind == OPERAND_NAME && operand->type == type);
}

/* A text in quotation marks that is compared with a day is one. */
static bool become_day(struct reader *reader, struct operand *operand, size_t offset) {
	if (operand->kind != OPERAND_TEXT && operand->kind != OPERAND_NUMBER && operand->kind != OPERAND_TRUTH)
		return true;
	if (operand->kind == OPERAND_TEXT && strlen(operand->text) == 10 && moment_parse(operand->text, &operand->day)) {
		operand->kind = OPERAND_DAY;
		return true;
	}
	flaw_error(reader->flaws, offset,
	           "A day is compared with a day, written “2026-11-27”, or with today, today + 14, today - 30");
	return false;
}

static bool settle(struct reader *reader, struct question *question, size_t offset) {
	const struct operand *left = &question->left, *right = &question->right;
	if (question->asked == ASKED_CONTAINS) {
		if (left->kind == OPERAND_NAME && (right->kind == OPERAND_TEXT || right->kind == OPERAND_NAME))
			return true;
		flaw_error(reader->flaws, offset, "Before “contains” stands a name, after it a text in quotation marks");
		return false;
	}
	if (is_of(left, OPERAND_TODAY, NAME_DAY) || is_of(right, OPERAND_TODAY, NAME_DAY)) {
		question->as = AS_DAY;
		return become_day(reader, &question->left, offset) && become_day(reader, &question->right, offset);
	}
	if (is_of(left, OPERAND_TRUTH, NAME_TRUTH) || is_of(right, OPERAND_TRUTH, NAME_TRUTH))
		question->as = AS_TRUTH;
	else if (is_of(left, OPERAND_NUMBER, NAME_NUMBER) || is_of(right, OPERAND_NUMBER, NAME_NUMBER))
		question->as = AS_NUMBER;
	if (question->as == AS_TRUTH && question->asked != ASKED_SAME && question->asked != ASKED_OTHER) {
		flaw_error(reader->flaws, offset, "Yes and no are compared with == and != only");
		return false;
	}
	return true;
}

static bool read_question(struct reader *reader) {
	static const struct {
		enum token_kind kind;
		const char *text;
		enum asked asked;
	} signs[] = { { TOKEN_SIGN, "==", ASKED_SAME },          { TOKEN_SIGN, "!=", ASKED_OTHER },
		          { TOKEN_SIGN, "<=", ASKED_UP_TO },         { TOKEN_SIGN, ">=", ASKED_FROM },
		          { TOKEN_SIGN, "<", ASKED_BELOW },          { TOKEN_SIGN, ">", ASKED_ABOVE },
		          { TOKEN_WORD, "contains", ASKED_CONTAINS } };
	struct question question = { .asked = ASKED_PRESENT };
	size_t offset = token(reader)->offset;
	if (!read_operand(reader, &question.left))
		return false;
	if (token_is(token(reader), TOKEN_SIGN, "="))
		return wrong(reader, "“==”");
	for (size_t i = 0; i < sizeof signs / sizeof *signs && question.asked == ASKED_PRESENT; i++)
		if (take(reader, signs[i].kind, signs[i].text))
			question.asked = signs[i].asked;
	if (question.asked != ASKED_PRESENT) {
		if (!read_operand(reader, &question.right) || !settle(reader, &question, offset))
			return false;
	} else if (question.left.kind != OPERAND_NAME && question.left.kind != OPERAND_TRUTH) {
		return wrong(reader, "a comparison");
	}
	add(reader, (struct condition_step){ JOIN_ASK, question });
	return true;
}

static bool read_any(struct reader *reader);

static bool read_one(struct reader *reader) {
	bool negated = false, fine;
	while (take(reader, TOKEN_WORD, "not"))
		negated = !negated;
	if (take(reader, TOKEN_SIGN, "(")) {
		if (++reader->depth > CONDITION_DEPTH_MAX) {
			flaw_error(reader->flaws, reader->tag->from, "Brackets are nested more than %d deep", CONDITION_DEPTH_MAX);
			return false;
		}
		fine = read_any(reader) && (take(reader, TOKEN_SIGN, ")") || wrong(reader, "“)”"));
		reader->depth--;
	} else {
		fine = read_question(reader);
	}
	if (fine && negated)
		add(reader, (struct condition_step){ .join = JOIN_NOT });
	return fine;
}

static bool read_all(struct reader *reader) {
	if (!read_one(reader))
		return false;
	while (take(reader, TOKEN_WORD, "and")) {
		if (!read_one(reader))
			return false;
		add(reader, (struct condition_step){ .join = JOIN_AND });
	}
	return true;
}

static bool read_any(struct reader *reader) {
	if (!read_all(reader))
		return false;
	while (take(reader, TOKEN_WORD, "or")) {
		if (!read_all(reader))
			return false;
		add(reader, (struct condition_step){ .join = JOIN_OR });
	}
	return true;
}

bool condition_read(const struct tag *tag, int first, const struct condition_names *names, struct flaws *flaws,
                    struct condition *condition) {
	struct reader reader = { .tag = tag, .names = names, .flaws = flaws, .condition = condition, .at = first };
	*condition = (struct condition){ arena_array(flaws->arena, struct condition_step, tag->count + 1), 0 };
	if (!read_any(&reader))
		return false;
	return token(&reader)->kind == TOKEN_END || wrong(&reader, "“and”, “or” or the end");
}
