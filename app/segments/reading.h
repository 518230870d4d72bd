/* The parser's parts, private to this folder. Each adds its problems to the reading and is false if there were any. */
#ifndef SEGMENTS_READING_H
#define SEGMENTS_READING_H

#include "segments/rule.h"

/* A segment whose rule is being read, and the one that names it. */
struct segment_read {
	const char *name;
	const struct segment_read *outer;
};

struct rule_parser {
	struct arena *arena;
	const struct rule_names *names;
	struct rule_reading *reading;
	int conditions; /* so far */
	const struct segment_read *segments;
};

/* Adds it and returns false. */
bool rule_problem(struct rule_parser *parser, const char *path, const char *text);

/* "rules[2]" and "value": "rules[2].value". */
const char *rule_path(struct rule_parser *parser, const char *path, const char *member);

/* A text that is JSON or a name; a JSON value; a name; the members of a condition; its value, after field and op. */
bool rule_read_text(struct rule_parser *parser, const char *text, const char *path, int depth, struct rule *rule);
bool rule_read_value(struct rule_parser *parser, const struct value *json, const char *path, int depth,
                     struct rule *rule);
bool rule_read_name(struct rule_parser *parser, const char *text, const char *path, int depth, struct rule *rule);
bool rule_read_condition(struct rule_parser *parser, const struct value *json, const char *path, int depth,
                         struct rule *rule);
bool rule_read_operand(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule);

/* The types as which a custom field can be asked: that of its definition, or several. */
unsigned rule_custom_types(const struct rule_names *names, const char *key);

#endif
