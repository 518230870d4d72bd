/* A compiled source; private to the room. Steps only lead forward, so rendering ends. */
#ifndef CONTENT_STEPS_H
#define CONTENT_STEPS_H

#include "content/condition.h"
#include "content/place.h"
#include "content/program.h"

enum step_kind {
	STEP_LITERAL,
	STEP_WRITE,
	STEP_UNLESS, /* the condition does not hold: go to `target` */
	STEP_GO,     /* go to `target` */
	STEP_LINK,   /* if links are tracked, write the link's address instead and go to `target` */
	STEP_PIXEL,
};

struct step {
	enum step_kind kind;
	int target; /* a later step */
	union {
		struct {
			const char *text;
			size_t size;
		} literal;
		struct {
			int name;
			enum place place;
			enum name_type type;
			const char *otherwise; /* escaped; NULL: nothing */
			size_t size;
		} write;
		const struct condition *condition;
		int link; /* which of the tracked ones */
	};
};

struct program {
	const char *source;
	size_t size;
	enum form form;
	struct step *steps;
	int count;
	struct strings names;
	int today; /* its place among the names; -1: it is none */
	struct links links;
	bool quoted; /* literals are quoted-printable, and what is written is made so */
};

/* The same, to be rendered in quoted-printable: its literals are encoded here, once. */
struct program *program_quoted(const struct program *program, struct arena *arena);

#endif
