/* A pre-fork master: keeps N workers on one listening socket.
 *
 * SIGTERM and SIGINT: stop accepting, let workers finish their request (10 s), exit. SIGHUP: start new workers, then
 * end the old ones (rolling). A worker that dies is replaced, after a pause that doubles up to 5 s if it lived less
 * than a second.
 */
#ifndef PROCESS_MASTER_H
#define PROCESS_MASTER_H

#include "core/base/error.h"

/* A worker returns its exit status. It polls master_should_stop between requests. */
typedef int master_worker(int listener, void *context);

int master_run(int listener, int workers, master_worker *work, void *context);

/* Listens on a Unix socket, mode 0660, replacing a stale file. The fd is non-blocking. */
bool master_listen(const char *path, int *listener, struct error *err) MUST_CHECK;

struct pollfd;

/* poll(2), during which SIGTERM and SIGINT are noticed; elsewhere they wait. */
int master_poll(struct pollfd *polls, int count, int timeout_ms);

/* For workers: waits until `listener` is readable or the process must stop; true to go on. */
bool master_wait(int listener);

/* Makes SIGTERM and SIGINT set a flag; also used by single processes. */
void master_catch_signals(void);
bool master_should_stop(void);

#endif
