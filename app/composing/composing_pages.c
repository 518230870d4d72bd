/* Own campaigns by API. */
#include "composing/composing_pages.h"
#include "composing/answer_pages.h"
#include "composing/check.h"
#include "composing/request_pages.h"

#define ANSWER .output = &campaign_record, .shape = CAMPAIGN_SHAPE " " COMPOSITION_SHAPE

/* The members that the JSON object has, those of an object in it as "settings.track_opens". */
static struct strings given_of(const struct exchange *x) {
	struct strings given = { NULL, 0 };
	int room = 1;
	for (const struct value *one = x->json ? x->json->first : NULL; one; one = one->next)
		room += 1 + one->count;
	given.items = arena_array(x->arena, const char *, room);
	for (const struct value *one = x->json ? x->json->first : NULL; one; one = one->next) {
		given.items[given.count++] = one->name;
		for (const struct value *inner = one->kind == VALUE_MAP ? one->first : NULL; inner; inner = inner->next)
			given.items[given.count++] = arena_print(x->arena, "%s.%s", one->name, inner->name);
	}
	return given;
}

static bool reply_draft(struct exchange *x, const char *id, struct error *err) {
	struct draft draft;
	struct composing_known known;
	if (!draft_find(x->store, id, x->arena, &draft, err) || !known_read(x->store, x->arena, &known, err) ||
	    !known_read_template(x->store, draft.composition.template_id, x->arena, &known, err))
		return false;
	struct value *answer = campaign_to_json(&draft.campaign, x->arena);
	composition_put(x, answer, &draft.composition, &known);
	return reply_json(x, answer);
}

static bool create(struct exchange *x, struct error *err) {
	const struct composition fresh = composing_fresh(x, exchange_new_id(x));
	const struct strings given = given_of(x);
	struct composition composition;
	if (!composing_say(x, &fresh, x->input, &given, &composition, err) ||
	    !composition_check_account(&composition, x->arena, &x->problems, err))
		return false;
	composition.rev = 0;
	return draft_create(x->store, &composition, x->identity.user, x->now, err) && reply_draft(x, composition.id, err);
}

static bool change(struct exchange *x, struct error *err) {
	const struct strings given = given_of(x);
	struct draft before;
	return composing_change(x, x->input, &given, &before, err) && reply_draft(x, before.campaign.id, err);
}

static bool drop(struct exchange *x, struct error *err) {
	struct draft draft;
	return composing_need(x, &draft, err) && draft_delete(x->store, draft.campaign.id, err) &&
	       reply_deleted(x, "/campaigns");
}

static bool duplicate(struct exchange *x, struct error *err) {
	const char *id;
	return composing_duplicate(x, &id, err) && reply_draft(x, id, err);
}

enum { COMPOSER_BODY = 4 * 1024 * 1024 };

const struct route composing_api_routes[] = {
	{ "POST", "/api/campaigns", GUARD_SIGNED_IN, create, .summary = "Create a campaign: a draft", ANSWER,
	  .input = &composition_request_record, .creates = true, .body_limit = COMPOSER_BODY },
	{ "PUT", "/api/campaigns/:campaign_id", GUARD_SIGNED_IN, change,
	  .summary = "Change a draft: members that are not given stay as they are", ANSWER,
	  .input = &composition_request_record, .body_limit = COMPOSER_BODY },
	{ "DELETE", "/api/campaigns/:campaign_id", GUARD_SIGNED_IN, drop, .summary = "Delete a draft",
	  .shape = "deleted:bool" },
	{ "POST", "/api/campaigns/:campaign_id/duplicate", GUARD_SIGNED_IN, duplicate,
	  .summary = "Create a draft with the same content, audience and settings", ANSWER, .creates = true },
	{ 0 },
};
