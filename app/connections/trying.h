/* Trying a connection: by step, with the reason in words where it ends. A mail server is asked for a session and for
 * its opinion of the sender; the others for the cheapest thing that needs the key. Nothing is sent. Never blocks. */
#ifndef CONNECTIONS_TRYING_H
#define CONNECTIONS_TRYING_H

#include "connections/connection.h"

struct trying;

/* Ends with the arena. What the arguments point to must outlive it. */
struct trying *trying_begin(const struct settings *settings, const struct connection *connection, struct arena *arena);

/* Waits up to `ms` for something to happen, and handles it. True: it is over. */
bool trying_turn(struct trying *trying, int ms);

/* Adds the steps and the state to the trial. */
void trying_finish(const struct trying *trying, struct moment now, struct trial *trial);

/* "Sign in" of the step "sign_in". */
const char *trial_step_label(const char *name);

/* Asks a program that has the secret to try it; while a test is waiting, that one stands. LIMITED: it was tried just
 * now, as it is. */
bool connection_ask_test(struct store *store, const struct connection *connection, const char *by, struct moment now,
                         struct arena *arena, struct error *err) MUST_CHECK;

#endif
