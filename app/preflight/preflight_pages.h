/* Checks of content by API. */
#ifndef PREFLIGHT_PREFLIGHT_PAGES_H
#define PREFLIGHT_PREFLIGHT_PAGES_H

#include "core/http/exchange.h"
#include "preflight/check.h"

extern const struct route preflight_routes[];

#define PREFLIGHT_SHAPE                                                                             \
	"ready:bool links[]{url:text state:text status:count took_ms:count problem:text leads_to:text " \
	"redirects:count checked_at:time} sender:any"

/* Runs the checks with what is known of links and sender, and asks for the rest. `input->links` and `sender` are filled
 * here. `again`: look everything up anew. */
bool preflight_answer(struct exchange *x, struct preflight_input *input, const char *selector, bool again,
                      struct preflight *preflight, struct value **answer, struct error *err) MUST_CHECK;

#endif
