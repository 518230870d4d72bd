/* Connections: the accounts at providers through which figures are read and messages are sent. Two of them come from
 * the settings and cannot be changed here: EmailOctopus, and the mail server "default", by which reports are mailed.
 *
 * Secrets are stored encrypted (secrets.h) and leave this room only for the provider that they are for. */
#ifndef CONNECTIONS_CONNECTION_H
#define CONNECTIONS_CONNECTION_H

#include "connections/provider.h"
#include "core/store/store.h"

enum { CONNECTIONS_MAX = 100, CONNECTION_NAME_MAX = 100, ORG_ID_MAX = 50 };

struct connection_smtp {
	const char *host, *username;
	int64_t port; /* 465: TLS from the start; otherwise STARTTLS */
	bool tls;     /* false: for a server on this machine only */
};
extern const struct record_type connection_smtp_record;

/* A secret that is set. */
struct connection_secret {
	const char *name;
	struct bytes sealed;
	struct moment set_at;
};

enum trial_state { TRIAL_NONE, TRIAL_WAITING, TRIAL_PASSED, TRIAL_FAILED };
enum step_state { STEP_PASSED, STEP_FAILED, STEP_SKIPPED };
extern const struct choices trial_states, step_states;

struct trial_step {
	const char *name; /* "resolve", "connect", "tls", "sign_in" … */
	unsigned state;   /* enum step_state */
	const char *words;
};
/* The newest test. */
struct trial {
	unsigned state; /* enum trial_state */
	struct moment asked_at, ended_at;
	const char *asked_by;
	struct rows steps; /* struct trial_step, up to the one that failed */
};

struct connection {
	const char *id, *name;
	unsigned provider; /* enum provider */
	const char *org_id, *base_url, *client_id, *account_sid, *from_phone, *from_email, *from_name;
	struct connection_smtp smtp;
	struct connection_limits limits;
	struct strings sms_rates; /* what a segment costs, "+49 0.0748" (rate.h) */
	int64_t priority;         /* of several the one with the smallest is used first */
	bool is_active, from_settings;
	struct rows secrets; /* struct connection_secret */
	struct trial last_test;
	const char *last_error; /* of its newest use or test; NULL: that worked */
	struct moment last_error_at, last_used_at;
	const char *created_by;
	struct moment created_at, updated_at;
	int64_t rev;
};
extern const struct record_type connection_record;

/* By name. *connections: struct connection. */
bool connection_list(struct store *store, struct arena *arena, struct rows *connections, struct error *err) MUST_CHECK;

/* Pure. What emails go through if nothing else is chosen: the mail server of the settings; if there is none, of those
 * that are switched on the one with the smallest priority. NULL: none. `connections`: struct connection. */
const struct connection *connection_for_email(const struct rows *connections);

/* By "connection_" or "account_" and an id, the id alone, or the name. */
bool connection_find(struct store *store, const char *id, struct arena *arena, struct connection *connection,
                     bool *found, struct error *err) MUST_CHECK;

/* CONFLICT: the name is taken, it was changed meanwhile (store_is_stale), or it comes from the settings. */
bool connection_insert(struct store *store, const struct connection *connection, struct error *err) MUST_CHECK;
bool connection_save(struct store *store, const struct connection *connection, struct error *err) MUST_CHECK;

bool connection_activate(struct store *store, const struct connection *connection, bool active, struct moment now,
                         struct error *err) MUST_CHECK;

/* What uses a connection; a connection that is used is not deleted. Other rooms tell by a function that adds theirs. */
struct connection_use {
	const char *what, *name; /* "campaign", its name */
};
enum { CONNECTION_USES_MAX = 20 };
struct connection_uses {
	struct connection_use items[CONNECTION_USES_MAX];
	int count; /* of all, also of those for which there is no room */
};
void connection_use_add(struct connection_uses *uses, const char *what, const char *name);
typedef bool connection_users(struct store *store, const char *id, struct arena *arena, struct connection_uses *uses,
                              struct error *err);
void connection_ask_users(connection_users *function); /* at the start of a program */
bool connection_read_uses(struct store *store, const char *id, struct arena *arena, struct connection_uses *uses,
                          struct error *err) MUST_CHECK;

/* CONFLICT, saying where, if it is used, or comes from the settings. */
bool connection_drop(struct store *store, const struct connection *connection, struct arena *arena,
                     struct error *err) MUST_CHECK;

/* It was used: `problem` tells what went wrong, NULL that nothing did. */
bool connection_note_use(struct store *store, const char *id, const char *problem, struct moment now,
                         struct error *err) MUST_CHECK;

/* The newest test, and what it says of the connection's state. */
bool connection_note_trial(struct store *store, const char *id, const struct trial *trial,
                           struct error *err) MUST_CHECK;

/* Those of the settings: created if missing, and made to be as the settings are. Only the program that has the secret
 * calls it. */
bool connection_observed(struct store *store, const struct settings *settings, struct moment now, struct arena *arena,
                         struct connection *connection, struct error *err) MUST_CHECK;
/* *found: false if no mail server is set; one that was is then inactive. */
bool connection_default(struct store *store, const struct settings *settings, struct moment now, struct arena *arena,
                        struct connection *connection, bool *found, struct error *err) MUST_CHECK;

/* Pure. Does what is sent through it stay on this machine, in the demo's mailbox? */
bool connection_is_demo(const struct connection *connection, const struct settings *settings);

/* Pure. How it is doing, in a word or two, what kind of status that is on pages, and why, if there is more to say. */
struct connection_health {
	const char *label, *kind, *why;
};
struct connection_health connection_health(const struct connection *connection);

/* Pure. Does it have the secret? */
bool connection_has(const struct connection *connection, const char *secret);

#endif
