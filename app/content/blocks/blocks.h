/* The design of an email: a theme and blocks, one below the other. Read strictly from JSON, checked with what is wrong
 * by block and field, and written as HTML. Pure.
 *
 * Texts of blocks are sources (content/program.h): `{{name}}` and `{% if … %}` stay in the HTML, which is itself a
 * source. In what is written in paragraphs, also **bold**, *italic*, [a link](https://…), lines that begin with "- " or
 * "1. ", and a line of its own for a condition's tag.
 */
#ifndef CONTENT_BLOCKS_BLOCKS_H
#define CONTENT_BLOCKS_BLOCKS_H

#include "content/blocks/theme.h"
#include "content/names.h"
#include "core/base/buf.h"
#include "core/base/choice.h"
#include "core/fields/problems.h"
#include "core/formats/value.h"

enum {
	BLOCKS_MAX = 60,
	BLOCK_FIELDS = 8, /* of a block, or of an item of it */
	BLOCK_ITEMS = 8,
	BLOCK_IF_MAX = 500, /* characters of a condition */
	DESIGN_BYTES = 256 * 1024,
};

enum block_type {
	BLOCK_HEADING,
	BLOCK_TEXT,
	BLOCK_IMAGE,
	BLOCK_BUTTON,
	BLOCK_COLUMNS,
	BLOCK_DIVIDER,
	BLOCK_SPACER,
	BLOCK_QR,
	BLOCK_SOCIAL,
	BLOCK_PRODUCTS,
	BLOCK_FOOTER,
	BLOCK_TYPE_COUNT,
};
extern const struct choices block_types; /* "heading" … */

enum block_input { INPUT_LINE, INPUT_PARAGRAPHS, INPUT_ADDRESS, INPUT_IMAGE, INPUT_CHOICE, INPUT_NUMBER };

struct block_field {
	const char *name, *label;
	enum block_input input;
	bool required;
	int min, max;                    /* of a number; max: characters of a text */
	const char *usual;               /* what stands for nothing; of a choice and a number always there */
	const char *const (*choices)[2]; /* word and label, ended by NULL */
	const char *hint;
};

/* What a type of block has: its fields, and those of each of its items. */
struct block_kind {
	const char *label, *icon;
	const struct block_field *fields, *item_fields;
	int field_count, item_field_count;
	int item_min, item_max;
	const char *item; /* "column", "product" */
};
extern const struct block_kind block_kinds[BLOCK_TYPE_COUNT];

struct block_item {
	const char *texts[BLOCK_FIELDS]; /* in the order of the kind's fields; never NULL */
};

struct block {
	enum block_type type;
	const char *only_if; /* a condition (content/condition.h); "": always shown */
	struct block_item own;
	struct block_item items[BLOCK_ITEMS];
	int item_count;
};

struct design {
	struct theme theme;
	struct block *blocks;
	int count;
};

/* A block as it is when it is added. */
struct block block_fresh(enum block_type type);

/* INVALID: *problems has all that is wrong with the form of it, by path: "blocks[2].items[0].href". What could be read
 * is in *design. */
bool design_read(const char *json, size_t size, struct arena *arena, struct design *design, struct problems *problems,
                 struct error *err) MUST_CHECK;
void design_write(const struct design *design, struct buf *out);

/* What must be corrected, and in `warnings` what should be. */
void design_check(const struct design *design, const struct names *names, struct arena *arena,
                  struct problems *problems, struct problems *warnings);

/* The whole document. `subject` and `preheader` are sources; NULL or "": none. */
void design_html(const struct design *design, const char *subject, const char *preheader, struct buf *out);

/* The hidden beginning of an email that inboxes show after the subject, padded so that nothing else follows it. */
void preheader_html(const char *preheader, struct buf *out);

#endif
