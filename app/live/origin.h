/* From which site a request with a session's cookie comes. Pure. */
#ifndef LIVE_ORIGIN_H
#define LIVE_ORIGIN_H

#include <stdbool.h>

struct origin {
	const char *origin; /* the header Origin; NULL: none */
	const char *site;   /* Sec-Fetch-Site; NULL: none */
	const char *host;   /* Host: what the browser connected to; NULL: none */
	const char *public_url;
};

/* Browsers send Origin with each WebSocket, and no page can forge it: it must name the host that was asked, or that of
 * public_url, with https only if public_url has it. They leave it out of a GET to the same origin, such as an
 * EventSource, and then say so in Sec-Fetch-Site. */
bool origin_is_ours(const struct origin *request);

#endif
