/* Partners, for whom campaigns were sent. A campaign belongs to the partner it was assigned to by hand, else to the one
 * with the longest prefix that matches its name, else to the one that has its list. */
#ifndef REPORTS_PARTNERS_PARTNER_H
#define REPORTS_PARTNERS_PARTNER_H

#include "campaigns/campaign.h"

enum { PARTNERS_MAX = 500, PREFIXES_MAX = 20 };

struct partner {
	const char *id, *name;
	struct strings prefixes, list_ids; /* prefixes ignore case */
	const char *contact;               /* contact shown to the partner on the page of a link */
	struct bytes logo;                 /* PNG, checked by logo_read; PRIVATE */
	bool has_logo;
	struct moment created_at, updated_at;
	const char *created_by;
	int64_t rev;
};
extern const struct record_type partner_record;

/* A request, from a form or JSON. In a form, `prefix` holds the prefixes, comma-separated. */
struct partner_request {
	const char *name, *prefix, *contact;
	struct strings prefixes, list_ids;
	int64_t rev; /* the revision shown in the form; absent: overwrite whatever is stored */
};
extern const struct record_type partner_request_record;

/* Pure. NULL if it belongs to none. */
const struct partner *partner_of(const struct campaign *campaign, const struct partner *partners, int count);

/* Pure. Whether it belongs to the partner with this id; to none in particular (NULL) it always does. */
bool partner_has(const char *id, const struct campaign *campaign, const struct partner *partners, int count);

/* Sorted by name, without logos. */
bool partner_list(struct store *store, struct arena *arena, struct partner **partners, int *count,
                  struct error *err) MUST_CHECK;

/* Finds a partner by "partner_" and an id, by the id alone, or by name. */
bool partner_find(struct store *store, const char *id, struct arena *arena, struct partner *partner, bool *found,
                  struct error *err) MUST_CHECK;

/* *address: the email address in what is said of the partner's contact person; "" if there is none, or no such partner
 * (`partner_id` may be NULL). */
bool partner_find_address(struct store *store, const char *partner_id, struct arena *arena, const char **address,
                          struct error *err) MUST_CHECK;

/* Both: INVALID if a prefix is too short or the name is taken. */

/* INVALID if there are PARTNERS_MAX. `id` must be unused; if the partner already exists, a repeated request has created
 * it. */
bool partner_create(struct store *store, const struct partner_request *request, const char *id, const char *by,
                    struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* MISSING; CONFLICT if stale (store_save). */
bool partner_change(struct store *store, const struct partner_request *request, const char *id, struct moment now,
                    struct arena *arena, struct error *err) MUST_CHECK;

/* Deletes it; campaigns assigned to it by hand then belong to none. */
bool partner_drop(struct store *store, const char *id, bool *found, struct error *err) MUST_CHECK;

/* NULL removes the logo. */
bool partner_save_logo(struct store *store, const char *id, const struct bytes *png, bool *found,
                       struct error *err) MUST_CHECK;

#endif
