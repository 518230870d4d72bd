/* Compiling: what its files share; private to the room. */
#ifndef CONTENT_COMPILE_H
#define CONTENT_COMPILE_H

#include "content/markup.h"
#include "content/steps.h"
#include "content/tag.h"

/* A condition that is open. */
struct branch {
	size_t offset;             /* of its first tag */
	int skip;                  /* the STEP_UNLESS that skips the present branch; -1: it is the last one */
	int ends, end_count;       /* the STEP_GO of each branch, chained by target; -1 ends the chain */
	bool otherwise;            /* {% else %} was read */
	struct markup_place begin; /* where the reader stood before it */
	int begin_gap;
	struct markup_place end; /* where the first branch has ended */
	int end_gap, begun_link;
	bool has_end;
};

struct compiler {
	const char *source;
	size_t size;
	enum form form;
	const struct names *names;
	const struct name **found; /* by place in the program */
	struct flaws *flaws;
	struct program *program;
	struct markup markup;
	const char *literal; /* where the literal begins that is being read */
	struct branch branches[SOURCE_DEPTH_MAX];
	int open;
	int link; /* the link that is being read, or -1 */
	int link_step;
	bool link_own; /* it leads to what we make for each mail */
	struct link *links;
	int link_count;
	bool pixel; /* its step is there */
};

struct step *compile_step(struct compiler *compiler, enum step_kind kind);
void compile_literal(struct compiler *compiler, const char *to); /* adds the literal up to there */
void compile_write(struct compiler *compiler, const struct tag *tag);
struct condition_names compile_names(struct compiler *compiler);

/* False: conditions are nested too deep, which was said; the rest is not read. */
bool compile_condition(struct compiler *compiler, const struct tag *tag);
void compile_conditions_end(struct compiler *compiler);

void compile_opened(void *context, const struct markup *markup, const char *after);
void compile_pixel_first(struct compiler *compiler);
void compile_link_begins(void *context, const struct markup *markup, const char *from);
void compile_link_ends(void *context, const struct markup *markup, const char *from, const char *to);
void compile_link_tag(struct compiler *compiler, const struct name *known); /* a value stands in it */
void compile_bare_links(struct compiler *compiler, size_t from, size_t to);
/* A condition touches a bare address: it stays as it is written. */
void compile_link_cancel(struct compiler *compiler);
void compile_links_end(struct compiler *compiler);

#endif
