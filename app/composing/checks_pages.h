/* The checks of a draft, as JSON and as a card; private to this folder. */
#ifndef COMPOSING_CHECKS_PAGES_H
#define COMPOSING_CHECKS_PAGES_H

#include "composing/draft.h"
#include "composing/known.h"
#include "composing/wording.h"
#include "core/http/exchange.h"
#include "preflight/preflight_pages.h"
#include "segments/rule.h"

struct checked {
	struct preflight preflight;
	struct value *answer; /* as JSON */
	bool is_looking;      /* links or the sender's domain are being looked up */
};

/* `rule`: whom it means; NULL: nobody yet. */
bool checks_run(struct exchange *x, const struct wording *wording, const struct composing_known *known,
                const struct rule *rule, struct checked *checked, struct error *err) MUST_CHECK;

/* For views/composing/checks. */
void checks_put(struct exchange *x, struct value *view, const struct draft *draft, const struct wording *wording,
                const struct checked *checked);

#endif
