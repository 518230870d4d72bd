/* A pre-fork master: keeps N workers on one listening socket.
 *
 * SIGTERM and SIGINT: stop accepting, let workers end their request (10 s), leave. SIGHUP: start new
 * workers, then end the old ones (rolling). A worker that dies is replaced, with a pause that doubles up to
 * 5 s when it lived shorter than a second.
 */
#ifndef PROCESS_MASTER_H
#define PROCESS_MASTER_H

#include "core/base/error.h"

/* A worker returns its exit status. It polls master_should_stop between requests. */
typedef int master_worker(int listener, void *context);

int master_run(int listener, int workers, master_worker *work, void *context);

/* A unix socket, mode 0660; replaces a stale file. The fd is non-blocking. */
bool master_listen(const char *path, int *listener, struct error *err) MUST_CHECK;

/* In a worker: waits until `listener` can be read or the process is to stop; true to go on. */
bool master_wait(int listener);

/* Makes SIGTERM and SIGINT set a flag; used by single processes as well. */
void master_catch_signals(void);
bool master_should_stop(void);

#endif
