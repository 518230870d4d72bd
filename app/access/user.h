/* The people who may sign in, and how they prove it. Nobody registers: the command line makes users. */
#ifndef ACCESS_USER_H
#define ACCESS_USER_H

#include "core/cli/command.h"
#include "core/fields/field.h"
#include "core/process/settings.h"
#include "core/store/store.h"

struct exchange;

struct user {
	const char *id, *username, *email, *password_hash, *role, *created_by;
	bool is_active, one_time; /* one_time: the password was made by the command line */
	struct moment last_login, created_at;
	int64_t rev;
};

extern const struct record_type user_record;

/* telltale user …, telltale token … */
extern const struct command user_commands[];

/* CONFLICT: the name is taken, or MAX_USERS exist. INVALID: a bad name or password. */
bool user_create(struct store *store, const struct settings *settings, const char *username, const char *email,
                 const char *password, bool one_time, struct moment now, struct error *err) MUST_CHECK;
bool user_list(struct store *store, struct arena *arena, struct rows *users, struct error *err) MUST_CHECK;
bool user_set_password(struct store *store, const struct settings *settings, const char *username, const char *password,
                       bool one_time, struct error *err) MUST_CHECK;
bool user_set_active(struct store *store, const char *username, bool active, struct error *err) MUST_CHECK;

/* Checks name and password in the same time whoever is asked for, one at a time on this machine (each check takes
 * 64 MiB). DENIED with one text for every reason;
 * LIMITED after five failures in a row, for 1 s doubling up to 15 min. */
bool user_sign_in(struct store *store, const char *username, const char *password, struct moment now,
                  struct arena *arena, struct user *user, struct error *err) MUST_CHECK;

/* Finds out who asks: by bearer token or session cookie. Leaves x->identity empty for nobody. */
bool user_identify(struct exchange *x, struct error *err) MUST_CHECK;

#endif
