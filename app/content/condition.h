/* What a condition asks. `{% if city == "Rome" and not (tags contains "vip" or inactive_days > 30) %}`
 *
 *   name                     has a value
 *   == != < <= > >=          compares it with a number, a text in quotation marks, true, false, a day ("2026-11-27"),
 *                            today, today + 14, or another name
 *   contains                 a text has the other in it; a list has it as an entry
 *   not, and, or, ( )        in the usual order
 *
 * Texts are compared regardless of case. A value that is missing, or is none of the kind that is asked for, is unlike
 * every other: only != is true of it.
 */
#ifndef CONTENT_CONDITION_H
#define CONTENT_CONDITION_H

#include "content/names.h"
#include "content/tag.h"
#include "core/base/moment.h"
#include "core/formats/value.h"

enum operand_kind { OPERAND_NAME, OPERAND_NUMBER, OPERAND_TEXT, OPERAND_TRUTH, OPERAND_DAY, OPERAND_TODAY };

struct operand {
	enum operand_kind kind;
	int name; /* its place among the names of the program */
	enum name_type type;
	const char *text, *fold;
	double number; /* also the days that are added to today */
	struct moment day;
	bool truth;
};

enum asked {
	ASKED_PRESENT,
	ASKED_SAME,
	ASKED_OTHER,
	ASKED_BELOW,
	ASKED_UP_TO,
	ASKED_ABOVE,
	ASKED_FROM,
	ASKED_CONTAINS
};
enum asked_as { AS_TEXT, AS_NUMBER, AS_DAY, AS_TRUTH };

struct question {
	enum asked asked;
	enum asked_as as;
	struct operand left, right;
};

enum { CONDITION_DEPTH_MAX = 30 };

/* Questions and what joins them, each after what it joins. */
struct condition {
	struct condition_step {
		enum condition_join { JOIN_ASK, JOIN_NOT, JOIN_AND, JOIN_OR } join;
		struct question question; /* of JOIN_ASK */
	} *steps;
	int count;
};

/* Gives a name its place in the program; known says what it is, or NULL. -1: there are too many. */
struct condition_names {
	int (*place)(void *context, const char *name, size_t offset, const struct name **known);
	void *context;
};

/* Reads the tokens from `first` to the end. False: an error was said. */
bool condition_read(const struct tag *tag, int first, const struct condition_names *names, struct flaws *flaws,
                    struct condition *condition);

struct asking {
	const struct value *const *values;
	struct moment today; /* 00:00 of the wall time */
	struct arena *arena; /* for folded texts */
};

bool condition_holds(const struct condition *condition, const struct asking *asking);

/* The day of a value, as a wall time at 00:00; MOMENT_NONE: it is none. */
struct moment value_day(const struct value *value);

#endif
