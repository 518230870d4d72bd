/* Links that give a partner a report: 256 random bits in the URL, of which only the SHA-256 is stored; with an expiry,
 * a number of downloads, a password, and revocation. */
#ifndef REPORTS_LINK_H
#define REPORTS_LINK_H

#include "reports/report.h"

enum { LINK_DAYS = 30, LINK_DAYS_MAX = 730, LINK_DOWNLOADS_MAX = 100000, LINK_PASSWORD_MIN = 8 };

struct link_request {
	struct moment expires_at; /* default: in LINK_DAYS days */
	int64_t max_downloads;    /* absent: unlimited */
	const char *password, *note;
};
extern const struct record_type link_request_record;

struct report_link {
	const char *id, *report_id, *token_hash, *password_hash, *note, *created_by;
	struct moment created_at, expires_at, revoked_at, last_download_at;
	int64_t max_downloads, downloads;
	bool has_password;
	int64_t rev;
};
extern const struct record_type report_link_record;

/* Why a link does not give its report. Only those who have the token are told; to others every token is unknown. */
enum link_verdict { LINK_GOOD, LINK_EXPIRED, LINK_REVOKED, LINK_EXHAUSTED };

/* Pure. */
enum link_verdict link_judge(const struct report_link *link, struct moment now);

/* INVALID: it expires in the past or too far ahead, or the password is too short. CONFLICT: the report has failed. The
 * report need not be ready: until then the link says so.
 * The token is shown only here. `id` must be unused; if a link of this id exists, from a request whose answer was lost
 * or for a mail that was not sent, it is replaced, but stays revoked if it is. */
bool link_create(struct store *store, const struct report *report, const struct link_request *request, const char *id,
                 const char *by, struct moment now, struct arena *arena, struct report_link *link, const char **token,
                 struct error *err) MUST_CHECK;

/* MISSING, with the same text for every unknown token. */
bool link_find(struct store *store, const char *token, struct arena *arena, struct report_link *link,
               struct report *report, struct error *err) MUST_CHECK;

/* DENIED for a wrong password. `remote` is the address that asks: after a few wrong ones it must wait, LIMITED, and
 * nobody else (access/attempts.h). BUSY while others' passwords are compared. A link without a password accepts any. */
bool link_open(struct store *store, const struct report_link *link, const char *password, const char *remote,
               struct error *err) MUST_CHECK;

/* Pure. Whoever gave the password gets a ticket with the page, so that its buttons need not hold the password: it opens
 * the link without one for LINK_TICKET_MS, as long as the password stays the same. `key` is a secret of this site. */
enum { LINK_TICKET_MS = 30 * 60 * 1000 };
char *link_ticket(const struct report_link *link, const char *key, struct moment now, struct arena *arena);
bool link_takes_ticket(const struct report_link *link, const char *key, const char *ticket, struct moment now);

/* Counts a download; CONFLICT if none is left. */
bool link_count(struct store *store, const struct report_link *link, const char *remote, const char *agent,
                struct moment now, struct error *err) MUST_CHECK;

/* The links of a report, oldest first. */
bool link_list(struct store *store, const char *report_id, struct arena *arena, struct rows *links,
               struct error *err) MUST_CHECK;

/* The links of these reports, newest first. */
bool link_list_of(struct store *store, const struct strings *report_ids, int limit, struct arena *arena,
                  struct rows *links, struct error *err) MUST_CHECK;
bool link_revoke(struct store *store, const char *id, struct moment now, bool *found, struct error *err) MUST_CHECK;

/* An entry of a link's log. */
struct download {
	const char *link_id, *remote, *agent;
	struct moment at;
};
extern const struct record_type download_record;

/* What is kept of the name that a browser gives: 200 characters of clean text; NULL if it gives none. */
const char *link_agent(struct arena *arena, const char *agent);

/* The downloads of all links of a report, newest first. */
bool link_downloads(struct store *store, const struct rows *links, struct arena *arena, struct rows *downloads,
                    struct error *err) MUST_CHECK;

/* Deletes the links of a deleted report. */
bool link_drop_all(struct store *store, const char *report_id, struct error *err) MUST_CHECK;

#endif
