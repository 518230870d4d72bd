/* What the files of the checks share; private to the room. */
#ifndef PREFLIGHT_CHECKING_H
#define PREFLIGHT_CHECKING_H

#include "content/program.h"
#include "preflight/check.h"
#include "preflight/scan.h"
#include "preflight/spam.h"

/* One of the sources, compiled. */
struct checked_source {
	const char *part, *text;
	size_t size;
	enum form form;
	struct program *program; /* NULL: it has errors */
	struct flaws flaws;
};

enum { CHECKED_SOURCES_MAX = 24, NO_OFFSET = -1 };

struct checking {
	const struct preflight_input *input;
	struct arena *arena;
	struct checked_source *sources;
	int source_count;
	const struct checked_source *html, *text, *sms; /* NULL: there is none */
	const char *subject;                            /* the first one; "" if there is none */
	const char *plain;                              /* the text of the HTML, or that written by hand */
	struct scan scan;
	struct links links; /* of the HTML, or of the text if there is no HTML */
	struct spam_result spam;
};

/* The rest of a check is what its row of the table says. */
void check_say(struct check *check, enum check_level level, const char *title, const char *detail);

/* Counts it, and adds it if there is room. `offset` in bytes; NO_OFFSET: the whole part. */
void check_add(const struct checking *checking, struct check *check, const char *part, int64_t offset,
               const char *text);

const struct checked_source *checking_source(const struct checking *checking, const char *part);

/* None if it is NULL or has errors. */
struct links checking_links(const struct checking *checking, const struct checked_source *source);

typedef void check_function(const struct checking *checking, struct check *check);

/* When a check is made: all of these hold. */
enum {
	WANTS_EMAIL = 1,
	WANTS_HTML = 2,
	WANTS_SMS = 4,
	WANTS_MARKETING = 8,
	WANTS_SPAM = 16,
	WANTS_TEXT = 32,
	WANTS_SENDER = 64,
	WANTS_CODES = 128
};

struct check_kind {
	const char *id, *part;
	unsigned wants;
	check_function *run;
	const char *passed; /* its title if nothing is wrong; a check may say it better */
	const char *fix;    /* what to do if something is */
};

/* The kinds, by the file that has them; each table ends with a row without id. */
extern const struct check_kind text_checks[], body_checks[], link_checks[], sender_checks[], other_checks[];

#endif
