/* Redeeming a code: what stands in the way, and the codes that are stored. A code is used by one conditional update,
 * so of any number of people who redeem it at once only as many succeed as it has uses. */
#ifndef CODES_REDEEMING_H
#define CODES_REDEEMING_H

#include "codes/code.h"
#include "core/store/store.h"

struct stored_code {
	const char *id;
	const char *campaign_id;
	const char *customer_id; /* the contact; NULL: erased since */
	const char *token, *short_code;
	int64_t block, index; /* the message that it was sent with */
	const char *deal;
	int64_t deal_value; /* minor units of the currency; COUNT_NONE: not said */
	struct moment created_at, expires_at;
	int64_t usage_count, max_usage;
	struct moment redeemed_at; /* first; MOMENT_NONE: never */
	const char *redeemed_by;   /* user or token, of the last time */
	/* Sums: */
	int64_t revenue;           /* deal_value, each time */
	int64_t delay_ms;          /* from the mail to the first time; COUNT_NONE: not known when it was sent */
	int64_t delayed;           /* 1: delay_ms is known */
	const char *redemption_id; /* the last one that used it; NULL: none */
};
extern const struct record_type stored_code_record;

/* Stores the codes of recipients who have none of this campaign yet. */
bool codes_store(struct store *store, const struct stored_code *codes, int count, struct error *err) MUST_CHECK;

enum redeeming_result {
	REDEEM_FINE,    /* valid, or redeemed just now */
	REDEEM_UNKNOWN, /* there is no such code */
	REDEEM_USED,
	REDEEM_EXPIRED,
	REDEEM_UNDONE, /* of a use, soon after it */
	REDEEM_RESULT_COUNT,
};
extern const struct choices redeeming_results; /* "redeemed" … */

enum { REDEEM_UNDO_MINUTES = 5 };

/* Pure. Could it be redeemed at this moment? A code that is used up and expired is used. */
enum redeeming_result redeeming_judge(const struct stored_code *code, struct moment now);

/* Finds what was asked for: a token by its two ids, and its random part is compared in constant time. *code is empty
 * unless something was found. */
bool redeeming_look(struct store *store, const char *text, struct moment now, struct arena *arena,
                    struct stored_code *code, enum redeeming_result *result, struct error *err) MUST_CHECK;

/* A try to redeem: by whom, and where if they say so. */
struct redeeming {
	const char *id; /* the same if the request comes again: it is then one use and one redemption */
	const char *by;
	const char *place; /* a shop, a till; NULL: not said */
	struct moment now;
	struct moment sent_at; /* of its mail; MOMENT_NONE: not known */
};

/* Uses a code that was found. *result: REDEEM_FINE exactly if it was used by this redeeming; *code is how it stands
 * afterwards. */
bool redeeming_use(struct store *store, const struct redeeming *redeeming, struct arena *arena,
                   struct stored_code *code, enum redeeming_result *result, struct error *err) MUST_CHECK;

/* One try, also one that was refused; append-only. */
struct redemption {
	const char *id;
	const char *qr_code_id, *campaign_id; /* NULL: of a code that is not known */
	const char *asked;                    /* the beginning of what was asked for, of a code that is not known */
	unsigned result;                      /* enum redeeming_result */
	const char *by, *place;
	struct moment at;
};
extern const struct record_type redemption_record;

bool redemption_note(struct store *store, const struct redeeming *redeeming, const struct stored_code *code,
                     const char *asked, enum redeeming_result result, struct error *err) MUST_CHECK;

/* The last use of a code; *found is false of one that was not used, or whose last use was undone. */
bool redemption_last(struct store *store, const struct stored_code *code, struct arena *arena,
                     struct redemption *redemption, bool *found, struct error *err) MUST_CHECK;

/* Pure. May this use be undone? By whoever redeemed, for REDEEM_UNDO_MINUTES. */
bool redemption_is_undoable(const struct redemption *redemption, const char *by, struct moment now);

/* Takes back the last use of a code, as it was found. *undone: false if somebody else was faster. Of an update that
 * comes again with the same id it is true. *code is how it stands afterwards. */
bool redeeming_undo(struct store *store, const struct redeeming *redeeming, struct arena *arena,
                    struct stored_code *code, bool *undone, struct error *err) MUST_CHECK;

/* How many uses, without those that were undone, somebody has taken since a moment; at most 10,000. */
bool redemptions_since(struct store *store, const char *by, struct moment since, int64_t *count,
                       struct error *err) MUST_CHECK;

/* The newest tries of a campaign, or, if that is NULL, of one who redeems. */
bool redemptions_newest(struct store *store, const char *campaign_id, const char *by, int limit, struct arena *arena,
                        struct redemption **redemptions, int *count, struct error *err) MUST_CHECK;

enum { CONVERSION_DAYS = 7 };

/* What a campaign's codes came to. */
struct redeemed {
	bool has_codes;
	int64_t redeemed;  /* codes that were redeemed at least once: people, as each has one */
	int64_t converted; /* of these, so many within CONVERSION_DAYS after the email */
	int64_t uses, revenue, delay_ms, delayed;
};
bool redeemed_of(struct store *store, const char *campaign_id, struct redeemed *redeemed, struct error *err) MUST_CHECK;

/* Which messages of a campaign had the codes that were redeemed, without those of people who were erased since: by
 * block and index, at most REDEEMED_PLACES. */
struct code_place {
	int64_t block, index;
};
enum { REDEEMED_PLACES = 1000000 };
bool redeemed_places(struct store *store, const char *campaign_id, struct arena *arena, struct code_place **places,
                     int *count, struct error *err) MUST_CHECK;

/* When the first code of a campaign was redeemed; MOMENT_NONE: none was. */
bool redeemed_first(struct store *store, const char *campaign_id, struct moment *first, struct error *err) MUST_CHECK;

/* How many were redeemed for the first time from one moment until before another. */
bool redeemed_between(struct store *store, const char *campaign_id, struct moment from, struct moment to,
                      int64_t *count, struct error *err) MUST_CHECK;

/* What was redeemed stays counted, without a name; the other codes of these people go. */
bool codes_forget(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

/* The codes of these people, the newest first. */
bool codes_of_contacts(struct store *store, const struct strings *contact_ids, int limit, struct arena *arena,
                       struct stored_code **codes, int *count, struct error *err) MUST_CHECK;

#endif
