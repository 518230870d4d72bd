/* What a mail server's log says it has taken responsibility for. Pure. Two formats are known: Postfix's, where a line
 * of cleanup names the Message-ID of a queue id and a line of qmgr, with the queue id, says that it is queued (before
 * that the mail may still be dropped); and Exim's, where one line with "<=" has both. Anything before a program's name,
 * as syslog and journald put it there, is skipped. Sources: www.postfix.org/OVERVIEW.html, and the chapter "Log files"
 * of Exim's specification.
 */
#ifndef DISPATCH_SERVER_LOG_H
#define DISPATCH_SERVER_LOG_H

#include <stdbool.h>
#include <stdint.h>

struct server_log;

/* For the messages of one campaign, known by their Message-ID (dispatch/letter.h). To be freed. */
struct server_log *server_log_new(const char *campaign_id);
void server_log_free(struct server_log *log);

/* True: with this line the server has taken the message *block, *index of the campaign. Lines come in their order. */
bool server_log_read(struct server_log *log, const char *line, int64_t *block, int64_t *index);

#endif
