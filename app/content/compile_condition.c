/* Compiling conditions: which branch is rendered, and that all of them leave the HTML in the same place. */
#include <string.h>

#include "content/compile.h"

static void open_branch(struct compiler *compiler, struct branch *branch, const struct tag *tag) {
	struct condition_names names = compile_names(compiler);
	struct condition *condition = arena_new_of(compiler->flaws->arena, struct condition);
	if (!condition_read(tag, 1, &names, compiler->flaws, condition))
		condition->count = 0;
	branch->skip = compiler->program->count;
	compile_step(compiler, STEP_UNLESS)->condition = condition;
}

/* The present branch ends: after it, rendering goes on behind {% endif %}. */
static void close_branch(struct compiler *compiler, struct branch *branch, size_t offset) {
	struct program *program = compiler->program;
	if (compiler->form == FORM_HTML)
		markup_split(&compiler->markup, offset);
	if (!branch->has_end) {
		branch->end = compiler->markup.place;
		branch->end_gap = compiler->markup.gap;
		branch->has_end = true;
	} else if (!markup_join(&compiler->markup, &branch->end, branch->end_gap)) {
		flaw_error(compiler->flaws, branch->offset,
		           "The branches of this condition end in different places of the HTML: each must close the elements, "
		           "attributes "
		           "and quotation marks that it opens");
	} else {
		branch->end = compiler->markup.place;
		branch->end_gap = compiler->markup.gap;
	}
	struct step *go = compile_step(compiler, STEP_GO);
	go->target = branch->ends;
	branch->ends = program->count - 1;
	if (branch->skip >= 0)
		program->steps[branch->skip].target = program->count;
	branch->skip = -1;
}

static void next_branch(struct compiler *compiler, struct branch *branch, const struct tag *tag) {
	close_branch(compiler, branch, tag->from);
	compiler->markup.place = branch->begin;
	compiler->markup.gap = branch->begin_gap;
	if (compiler->link != branch->begun_link) {
		flaw_error(compiler->flaws, tag->from, "A link begins before this condition's branch ends, and ends after it");
		compiler->link = branch->begun_link;
	}
}

static struct branch *innermost(struct compiler *compiler, const struct tag *tag, const char *word) {
	if (!compiler->open) {
		flaw_error(compiler->flaws, tag->from, "{%% %s %%} stands without {%% if … %%} before it", word);
		return NULL;
	}
	struct branch *branch = &compiler->branches[compiler->open - 1];
	if (branch->otherwise && strcmp(word, "endif") != 0) {
		flaw_error(compiler->flaws, tag->from, "{%% %s %%} stands after {%% else %%}", word);
		return NULL;
	}
	return branch;
}

static bool read_if(struct compiler *compiler, const struct tag *tag) {
	if (compiler->open == SOURCE_DEPTH_MAX) {
		flaw_error(compiler->flaws, tag->from, "Conditions are nested more than %d deep", SOURCE_DEPTH_MAX);
		return false;
	}
	struct branch *branch = &compiler->branches[compiler->open++];
	*branch = (struct branch){ .offset = tag->from, .ends = -1 };
	if (compiler->form == FORM_HTML)
		markup_split(&compiler->markup, tag->from);
	branch->begin = compiler->markup.place;
	branch->begin_gap = compiler->markup.gap;
	branch->begun_link = compiler->link;
	open_branch(compiler, branch, tag);
	return true;
}

static bool read_elsif(struct compiler *compiler, const struct tag *tag) {
	struct branch *branch = innermost(compiler, tag, "elsif");
	if (branch) {
		next_branch(compiler, branch, tag);
		open_branch(compiler, branch, tag);
	}
	return true;
}

static bool read_else(struct compiler *compiler, const struct tag *tag) {
	struct branch *branch = innermost(compiler, tag, "else");
	if (tag->count > 1)
		flaw_error(compiler->flaws, tag->tokens[1].offset, "Nothing can stand after else: {%% elsif … %%} asks again");
	if (branch) {
		next_branch(compiler, branch, tag);
		branch->otherwise = true;
	}
	return true;
}

static bool read_endif(struct compiler *compiler, const struct tag *tag) {
	struct branch *branch = innermost(compiler, tag, "endif");
	if (!branch)
		return true;
	if (!branch->otherwise) /* the branch in which nothing is written */
		next_branch(compiler, branch, tag);
	close_branch(compiler, branch, tag->from);
	if (compiler->link != branch->begun_link)
		flaw_error(compiler->flaws, branch->offset, "A link begins in this condition and ends after it");
	for (int go = branch->ends, next; go >= 0; go = next) {
		next = compiler->program->steps[go].target;
		compiler->program->steps[go].target = compiler->program->count;
	}
	compiler->open--;
	return true;
}

bool compile_condition(struct compiler *compiler, const struct tag *tag) {
	static const struct {
		const char *word;
		bool (*read)(struct compiler *, const struct tag *);
	} words[] = { { "if", read_if },        { "elsif", read_elsif }, { "elif", read_elsif },
		          { "elseif", read_elsif }, { "else", read_else },   { "endif", read_endif } };
	compile_link_cancel(compiler);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (token_is(&tag->tokens[0], TOKEN_WORD, words[i].word))
			return words[i].read(compiler, tag);
	flaw_error(compiler->flaws, tag->from,
	           "“%.60s” is no condition: {%% if … %%}, {%% elsif … %%}, {%% else %%} and {%% endif %%} are",
	           tag->tokens[0].text);
	return true;
}

void compile_conditions_end(struct compiler *compiler) {
	for (int i = 0; i < compiler->open && compiler->flaws->errors < FLAWS_MAX; i++)
		flaw_error(compiler->flaws, compiler->branches[i].offset,
		           "This condition is not closed: {%% endif %%} is missing");
}
