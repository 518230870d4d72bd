/* The mailbox to which bounces and complaints come, read by IMAP every few minutes: each mail goes the way of one that
 * came by a mail server's pipe (receiving.h). Which were taken in is kept here, so nothing depends on what the server
 * says was read; nothing there is deleted. */
#ifndef INBOUND_FETCHING_H
#define INBOUND_FETCHING_H

#include "core/formats/mime.h"
#include "core/jobs/jobs.h"

/* Of telltale-audience. */
extern const struct job_kind mailbox_job;

/* What is known of the mailbox of the settings. */
struct mailbox_state {
	const char *mailbox;   /* a digest of server, user and folder: another mailbox begins anew */
	int64_t validity, uid; /* of the newest mail that was taken in or passed over */
	int64_t tries;         /* of the mail after that */
	int64_t taken;         /* mails, since this mailbox is read */
	const char *problem;   /* NULL: the newest look went well */
	struct moment looked_at;
};
extern const struct record_type mailbox_state_record;

/* *found false: it has not been looked into yet. */
bool mailbox_look(struct store *store, struct arena *arena, struct mailbox_state *look, bool *found,
                  struct error *err) MUST_CHECK;

/* Pure. Of the addresses that a mail's headers say it came to, the first that names a message of ours; "" if none does.
 */
const char *mailbox_address(const struct strings *addresses, struct arena *arena);

#endif
