/* Live messages to whoever is connected, through the private socket of the nginx that keeps their connections
 * (deploy/live.conf.in): HOME/run/live/publish.sock. A message may be lost, so the next one says all that is to be
 * known. Nothing here waits: without room in the socket, or without nginx, a message is dropped. One connection a
 * process. */
#ifndef PROCESS_PUSH_H
#define PROCESS_PUSH_H

#include <stdbool.h>
#include <stddef.h>

/* Is nginx there? It is not on machines that only send. */
bool push_is_open(void);

/* `channel`: 24 hex digits of a campaign, or PUSH_NOTIFICATIONS. `json`: at most PUSH_MAX bytes, else it is dropped. */
#define PUSH_NOTIFICATIONS "notifications"
enum { PUSH_MAX = 16 * 1024 };
void push_send(const char *channel, const char *json, size_t size);

/* Disconnects whoever listens to the channel now. */
void push_close(const char *channel);

#endif
