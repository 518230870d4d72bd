/* Partners: for whom campaigns were sent. A campaign belongs to the partner that it was given to by hand, else to the
 * one whose prefix begins its name (the longest wins), else to the one that has its list. */
#ifndef REPORTS_PARTNERS_PARTNER_H
#define REPORTS_PARTNERS_PARTNER_H

#include "campaigns/campaign.h"

enum { PARTNERS_MAX = 500, PREFIXES_MAX = 20 };

struct partner {
	const char *id, *name;
	struct strings prefixes, list_ids; /* prefixes compare without case */
	const char *contact;               /* whom a partner may ask, on the page of a link */
	struct bytes logo;                 /* PNG, checked by logo_check; PRIVATE */
	bool has_logo;
	struct moment created_at, updated_at;
	const char *created_by;
	int64_t rev;
};
extern const struct record_type partner_record;

/* What is asked for, as form or JSON. In a form `prefix` holds the prefixes, parted by commas. */
struct partner_request {
	const char *name, *prefix, *contact;
	struct strings prefixes, list_ids;
	int64_t rev; /* the one that the form shows; absent: whatever is stored is replaced */
};
extern const struct record_type partner_request_record;

/* Pure. NULL: nobody's. */
const struct partner *partner_of(const struct campaign *campaign, const struct partner *partners, int count);

/* By name, without logos. */
bool partner_list(struct store *store, struct arena *arena, struct partner **partners, int *count,
                  struct error *err) MUST_CHECK;

/* By "partner_" and an id, by the id, or by the name. */
bool partner_find(struct store *store, const char *id, struct arena *arena, struct partner *partner, bool *found,
                  struct error *err) MUST_CHECK;

/* Both INVALID: a prefix that is too short to mean anything, or a name that is taken. */

/* Under an id that was used for nothing else; when the partner is there already, a repeated request has made it. */
bool partner_create(struct store *store, const struct partner_request *request, const char *id, const char *by,
                    struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* MISSING; CONFLICT where it is stale (store_save). */
bool partner_change(struct store *store, const struct partner_request *request, const char *id, struct moment now,
                    struct arena *arena, struct error *err) MUST_CHECK;

/* Campaigns that were given to it by hand belong to nobody then. */
bool partner_drop(struct store *store, const char *id, bool *found, struct error *err) MUST_CHECK;

/* NULL takes the logo away. */
bool partner_save_logo(struct store *store, const char *id, const struct bytes *png, bool *found,
                       struct error *err) MUST_CHECK;

#endif
