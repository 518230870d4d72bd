/* The wording of a campaign: what it says itself, and where it says nothing, what its template says. All that checks,
 * shows or sends a campaign reads its wording. Pure. */
#ifndef COMPOSING_WORDING_H
#define COMPOSING_WORDING_H

#include "composing/composition.h"
#include "composing/known.h"

struct wording {
	struct composition said; /* template_id: a provider's template, which has the content; else NULL */
	bool is_drawn;           /* the HTML was drawn from a design: the preheader stands in it */
	bool is_gone;            /* it names a template that was deleted */
	bool marketing;          /* else transactional, as its template is: no unsubscribe link is wanted */
};

/* `known` has the template that the composition names (known_read_template). HTML of one's own has its own plain text,
 * too: the template's would say something else. */
struct wording wording_of(const struct composition *composition, const struct composing_known *known,
                          struct arena *arena);

/* A composition that says itself what its template says, and names none of ours any more. */
struct composition wording_copy(const struct composition *composition, const struct composing_known *known,
                                struct arena *arena);

/* With what every email gets that lacks it (content/complete.h), so that what is checked and shown is what is sent. */
struct wording wording_complete(const struct wording *wording, const char *postal_address, struct arena *arena);

/* The wording as a template, for what renders one (templates/parts.h); with the first of several subjects. */
struct template wording_template(const struct wording *wording);

#endif
