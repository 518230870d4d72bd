/* A rule as rows of a form. Pure; private to this folder, for builder_pages.c. */
#ifndef SEGMENTS_BUILDER_H
#define SEGMENTS_BUILDER_H

#include "core/formats/url.h"
#include "segments/rule.h"

enum {
	BUILDER_ROWS = 30, /* conditions of a form, which can have 100 values (PARAMS_LIMIT) */
	BUILDER_GROUPS = 6,
	BUILDER_VALUES = 2, /* controls of a row */
};

struct builder_row {
	const char *field, *op;
	const char *values[BUILDER_VALUES]; /* as they stand in the controls */
	int group;                          /* 0: none */
};

struct builder {
	const char *match;                      /* "all", "any" or "not" */
	struct builder_row rows[BUILDER_ROWS];  /* those of no group first, then group by group */
	const char *groups[BUILDER_GROUPS + 1]; /* what the groups 1 to group_count match */
	int count, group_count;
	const char *json; /* the rule as text, if rows cannot show it or the form says so; else NULL */
};

/* The controls of a form, in their order: match; field, op and value of each condition; group begins one. "do" is the
 * button: add, add-GROUP, add-group, remove-ROW, remove-group-GROUP. */
void builder_from_form(struct builder *builder, const struct params *form, struct arena *arena);

/* A stored rule. */
void builder_from_text(struct builder *builder, const char *text, struct arena *arena);

/* The rule; "" without a condition. */
const char *builder_text(const struct builder *builder, struct arena *arena);

/* Where the row's condition stands in that text: "rules[2]". */
const char *builder_path(const struct builder *builder, int row, struct arena *arena);

/* The operator of the row: that which was chosen, if the field takes it, else the field's first; NULL without a field.
 * *types: of the field. */
const struct rule_operator *builder_operator(const struct builder_row *row, const struct rule_names *names,
                                             unsigned *types);

#endif
