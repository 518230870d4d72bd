/* What {{recommendations}} proposes: things with a link, each for whoever has one of its interests: `recommendations`.
 * A contact's interests are the custom field `interests`, "solar, heat pumps". */
#ifndef TEMPLATES_RECOMMENDATION_H
#define TEMPLATES_RECOMMENDATION_H

#include "core/formats/value.h"
#include "core/store/store.h"

#define INTERESTS "interests" /* the custom field */

enum {
	RECOMMENDATIONS_MAX = 200,
	RECOMMENDATIONS_SHOWN = 3, /* in a mail */
	RECOMMENDATION_TITLE_MAX = 120,
	RECOMMENDATION_TEXT_MAX = 300,
	RECOMMENDATION_URL_MAX = 500,
	RECOMMENDATION_INTERESTS_MAX = 20,
	INTEREST_MAX = 64, /* characters of one */
};

struct recommendation {
	const char *id, *title, *text, *url; /* text: NULL: none */
	struct strings interests;
	bool is_paused; /* shown to nobody */
	const char *created_by;
	struct moment created_at, updated_at;
	int64_t rev;
};
extern const struct record_type recommendation_record;

struct recommendation_request {
	const char *title, *text, *url;
	struct strings interests;
	const char *interests_text; /* of a form: separated with commas */
	bool is_paused;             /* shown to nobody */
	int64_t rev;
};
extern const struct record_type recommendation_request_record;

/* Pure. A text with commas, semicolons or line ends between them, or a list of texts: each once, in small letters. */
struct strings interests_of(const struct value *value, struct arena *arena);

/* Pure. HTML of the first RECOMMENDATIONS_SHOWN that are not paused and share an interest, those that share more before
 * others; NULL if none does. */
const char *recommendations_html(const struct rows *recommendations, const struct strings *interests,
                                 struct arena *arena);

/* By title; struct recommendation. */
bool recommendation_list(struct store *store, struct arena *arena, struct rows *rows, struct error *err) MUST_CHECK;

/* MISSING. */
bool recommendation_need(struct store *store, const char *id, struct arena *arena,
                         struct recommendation *recommendation, struct error *err) MUST_CHECK;

/* INVALID names the member, or RECOMMENDATIONS_MAX exist. */
bool recommendation_create(struct store *store, const struct recommendation_request *request, const char *id,
                           const char *by, struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* MISSING; CONFLICT (store_is_stale). Mails that were started before say what they said. */
bool recommendation_change(struct store *store, const struct recommendation_request *request, const char *id,
                           struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* MISSING. */
bool recommendation_drop(struct store *store, const char *id, struct error *err) MUST_CHECK;

#endif
