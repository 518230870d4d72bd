/* Templates of emails and text messages: `templates`, and what they were before each change, `template_revisions`. What
 * is designed in blocks also has its HTML, so whoever uses a template reads one kind. */
#ifndef TEMPLATES_TEMPLATE_H
#define TEMPLATES_TEMPLATE_H

#include "content/names.h"
#include "core/store/page.h"

enum template_type { TEMPLATE_MARKETING, TEMPLATE_TRANSACTIONAL, TEMPLATE_TYPE_COUNT };
extern const struct choices template_types;                         /* "marketing", "transactional" */
extern const char *const template_type_labels[TEMPLATE_TYPE_COUNT]; /* "Marketing" */

enum {
	TEMPLATE_NAME_MAX = 200,
	TEMPLATE_SUBJECT_MAX = 500,
	TEMPLATE_PREHEADER_MAX = 300,
	TEMPLATE_HTML_MAX = 500000, /* characters */
	TEMPLATE_TEXT_MAX = 200000,
	TEMPLATE_SMS_MAX = 1600,
	TEMPLATE_CATEGORY_MAX = 80,
	TEMPLATE_TAGS_MAX = 50,
	TEMPLATE_PROVIDER_ID_MAX = 50,
	TEMPLATE_REVISIONS_MAX = 100, /* older ones are forgotten */
};

struct template {
	const char *id, *name, *subject, *preheader;
	const char *design; /* a JSON object (content/blocks/blocks.h); NULL: the HTML was written by hand */
	const char *html_content;
	const char *text_content; /* NULL: made from the HTML */
	const char *sms_content;
	unsigned template_type;
	const char *category;
	struct strings tags;
	struct strings variables; /* names that its sources have */
	const char *provider, *provider_template_id;
	bool is_active;
	bool is_listed; /* false: the content of one campaign, shown in no list */
	const char *created_by, *updated_by;
	const char *search; /* name, subject and category, to be found by */
	struct moment created_at, updated_at;
	int64_t rev; /* also the number of this version */
};
extern const struct record_type template_record;

struct template_request {
	const char *name, *subject, *preheader, *design, *html_content, *text_content, *sms_content;
	unsigned template_type;
	const char *category;
	struct strings tags;
	const char *provider, *provider_template_id;
	bool is_active;
	int64_t rev;
};
extern const struct record_type template_request_record;

/* Who asks, and when. `given`: the members that the request has; the others stay as they are. */
struct template_saying {
	struct strings given;
	const char *by; /* user */
	struct moment now;
};

struct template template_fresh(const char *id, const struct template_saying *saying);

/* Pure. The template after the request, with its HTML, if it is designed, and its variables. INVALID: *problems has all
 * that must be corrected, by member, and of a design by path ("design.blocks[2].href"); *warnings what should be. */
bool template_say(const struct template *before, const struct template_request *request,
                  const struct template_saying *saying, const struct names *names, struct arena *arena,
                  struct template *after, struct problems *problems, struct problems *warnings,
                  struct error *err) MUST_CHECK;

/* By "template_" and an id, or by the id alone. MISSING. */
bool template_need(struct store *store, const char *id, struct arena *arena, struct template *template,
                   struct error *err) MUST_CHECK;

struct template_query {
	const struct choices *types; /* NULL: all types */
	unsigned type;
	const char *category, *words; /* NULL: all */
	int active;                   /* 1: active ones, 0: others, -1: all */
	const char *cursor;
	int limit;
};
/* The listed ones, those changed last first. */
bool template_page(struct store *store, const struct template_query *query, struct arena *arena, struct page *page,
                   struct error *err) MUST_CHECK;

/* Those that a campaign can be made from: listed and active, changed last first. */
struct template_offer {
	const char *id, *name, *subject;
};
/* *offers: struct template_offer. `words`: of name, subject and category; NULL or "": all. */
bool template_offers(struct store *store, const char *words, int limit, struct arena *arena, struct rows *offers,
                     struct error *err) MUST_CHECK;

/* The categories in use, by name. */
bool template_categories(struct store *store, struct arena *arena, struct strings *categories,
                         struct error *err) MUST_CHECK;

bool template_create(struct store *store, const struct template *template, struct arena *arena,
                     struct error *err) MUST_CHECK;

/* Keeps what it was before. CONFLICT (store_is_stale): it was saved meanwhile. */
bool template_save(struct store *store, const struct template *before, const struct template *after,
                   struct arena *arena, struct error *err) MUST_CHECK;

/* Where a template is used: something that has not been sent. */
struct template_use {
	const char *kind, *name; /* "campaign" */
};
enum { TEMPLATE_USES_MAX = 20 };
struct template_uses {
	struct template_use items[TEMPLATE_USES_MAX];
	int count; /* of all, also of those for which there is no room */
};
void template_use_add(struct template_uses *uses, const char *kind, const char *name);
/* Other rooms tell by a function that adds theirs. */
typedef bool template_users(struct store *store, const char *id, struct arena *arena, struct template_uses *uses,
                            struct error *err);
void template_ask_users(template_users *function); /* at the start of a program */

/* Deletes it with its versions. CONFLICT, saying where, if it is used. */
bool template_drop(struct store *store, const struct template *template, struct arena *arena,
                   struct error *err) MUST_CHECK;

/* A version that was. */
struct template_revision {
	const char *id, *template_id;
	int64_t number;
	const char *name, *subject, *preheader, *design, *html_content, *text_content, *sms_content;
	const char *saved_by;
	struct moment saved_at;
};
extern const struct record_type template_revision_record;

/* Newest first; *revisions: struct template_revision without design, HTML and text. */
bool template_revisions(struct store *store, const char *template_id, struct arena *arena, struct rows *revisions,
                        struct error *err) MUST_CHECK;

/* The template as it was in that version: its content, with all else as it is. MISSING. */
bool template_at(struct store *store, const struct template *template, int64_t number, struct arena *arena,
                 struct template *then, struct error *err) MUST_CHECK;

#endif
