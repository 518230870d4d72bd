/* Composing by request. */
#include "composing/request_pages.h"

#include "composing/attached.h"
#include "composing/check.h"
#include "composing/wording.h"

enum { TRIES = 3 }; /* of a change without a revision, when another one comes in between */

struct composition composing_fresh(struct exchange *x, const char *id) {
	return composition_fresh(id, x->versions.zone, x->settings->smtp_from_name, x->settings->smtp_from, x->arena);
}

static bool check_attached(struct exchange *x, const struct composition *after, struct error *err) {
	struct rows files;
	if (attached_read(x->store, &after->attachment_ids, x->arena, &files, err))
		return true;
	if (err->kind == ERROR_INVALID)
		problems_add(&x->problems, x->arena, err);
	return false;
}

bool composing_say(struct exchange *x, const struct composition *before, const struct composition *request,
                   const struct strings *given, struct composition *after, struct error *err) {
	const struct composing composing = { *given, x->identity.user, x->now };
	struct composing_known known;
	*after = composition_say(before, request, &composing, x->arena);
	if (!known_read(x->store, x->arena, &known, err) ||
	    !known_read_template(x->store, after->template_id, x->arena, &known, err) ||
	    !composition_check(after, &known, before, x->now, x->arena, &x->problems, err) ||
	    !check_attached(x, after, err))
		return false;
	if (!request->copy_template)
		return true;
	if (!known.template) {
		(void)error_field(err, "template_id", "Choose the template whose content is to be copied");
		problems_add(&x->problems, x->arena, err);
		return false;
	}
	*after = wording_copy(after, &known, x->arena);
	return true;
}

bool composing_need(struct exchange *x, struct draft *draft, struct error *err) {
	return draft_find(x->store, x->values[0], x->arena, draft, err);
}

static bool change_once(struct exchange *x, const struct composition *request, const struct strings *given,
                        struct draft *before, struct error *err) {
	struct composition after;
	if (!composing_need(x, before, err) || !composing_say(x, &before->composition, request, given, &after, err))
		return false;
	if (after.rev == COUNT_NONE)
		after.rev = before->composition.rev;
	return draft_save(x->store, &before->campaign, &after, err);
}

bool composing_change(struct exchange *x, const struct composition *request, const struct strings *given,
                      struct draft *before, struct error *err) {
	for (int tries = TRIES; tries > 0; tries--) {
		if (change_once(x, request, given, before, err))
			return true;
		if (!store_is_stale(err) || request->rev != COUNT_NONE)
			break;
	}
	return store_is_stale(err) && composing_need(x, before, err) &&
	       exchange_stale(x, &composition_record, &before->composition, err);
}

bool composing_duplicate(struct exchange *x, const char **id, struct error *err) {
	struct draft draft;
	if (!composing_need(x, &draft, err))
		return false;
	*id = exchange_new_id(x);
	struct composition copy = draft_copy(&draft.composition, *id, x->arena);
	copy.updated_at = x->now;
	copy.updated_by = x->identity.user;
	return draft_create(x->store, &copy, x->identity.user, x->now, err);
}
