/* Partners: all of them, what is known about one, its logo, and assignment of campaigns; as pages and JSON. */
#include "reports/partners/partner_pages.h"

#include <glib.h>

#include "audience/lists/list.h"
#include "audience/lists/list_lookup_pages.h"
#include "core/http/exchange.h"
#include "core/http/parts.h"
#include "core/paper/logo.h"
#include "reports/partners/partner_lookup_pages.h"
#include "reports/partners/suggest.h"

enum { UNMATCHED_SHOWN = 100 };

struct overview {
	struct partner *partners;
	struct campaign *campaigns;
	const struct partner **owners; /* of each campaign, or NULL */
	int partner_count, campaign_count;
};

static bool find_all(struct exchange *x, struct overview *all, struct error *err) {
	if (!partner_list(x->store, x->arena, &all->partners, &all->partner_count, err) ||
	    !campaign_select(x->store, &CAMPAIGN_EVERY, x->arena, &all->campaigns, &all->campaign_count, err))
		return false;
	all->owners = arena_array(x->arena, const struct partner *, all->campaign_count + 1);
	for (int i = 0; i < all->campaign_count; i++)
		all->owners[i] = partner_of(&all->campaigns[i], all->partners, all->partner_count);
	return true;
}

static int count_of(const struct overview *all, const struct partner *partner) {
	int count = 0;
	for (int i = 0; i < all->campaign_count; i++)
		count += all->owners[i] == partner;
	return count;
}

static void put_campaign(const struct exchange *x, struct value *rows, const struct campaign *campaign) {
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "id", campaign->id);
	value_put_text(row, "name", campaign_name(campaign));
	value_put_text(row, "sent", text_of_day_near(rows->arena, campaign->sent_at, x->now));
}

/* Values of the partner form: what was typed, else what is stored. */
static void put_typed(const struct exchange *x, struct value *view, const struct partner *partner) {
	char *prefix = partner ? strings_join(x->arena, &partner->prefixes, ", ") : NULL;
	part_field(x, view, "name", exchange_typed(x, "name", partner ? partner->name : NULL));
	part_field(x, view, "prefix", exchange_typed(x, "prefix", prefix));
	part_field(x, view, "contact", exchange_typed(x, "contact", partner ? partner->contact : NULL));
	part_field(x, view, "list_ids", NULL);
	part_field(x, view, "logo", NULL);
	if (!partner)
		return;
	value_put_text(view, "rev", exchange_revision(x, partner->rev));
	struct value *late = put_late(x, view);
	put_saved(late, "Name", partner->name, exchange_typed(x, "name", partner->name));
	put_saved(late, "Campaign names begin with", prefix, exchange_typed(x, "prefix", prefix));
	put_saved(late, "Contact person", partner->contact, exchange_typed(x, "contact", partner->contact));
}

static void put_suggestions(struct exchange *x, const struct overview *all, struct value *view) {
	struct suggestion *suggestions;
	int count;
	partner_suggest(all->campaigns, all->campaign_count, all->partners, all->partner_count, x->arena, &suggestions,
	                &count);
	struct value *rows = value_put(view, "suggestions", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "name", suggestions[i].name);
		value_put_text(row, "prefix", suggestions[i].prefix);
		value_put_int(row, "campaigns", suggestions[i].campaigns);
	}
	value_put_bool(view, "has_suggestions", count > 0);
}

static bool show_partners(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct overview all;
	if (!find_all(x, &all, err) || !list_put_choices(x, NULL, view, err))
		return false;
	struct value *rows = value_put(view, "partners", value_list(x->arena));
	for (int i = 0; i < all.partner_count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "id", all.partners[i].id);
		value_put_text(row, "name", all.partners[i].name);
		value_put_text(row, "prefixes", strings_join(x->arena, &all.partners[i].prefixes, ", "));
		value_put_int(row, "lists", all.partners[i].list_ids.count);
		value_put_int(row, "campaigns", count_of(&all, &all.partners[i]));
	}
	struct value *unmatched = value_put(view, "unmatched", value_list(x->arena));
	int left = 0;
	for (int i = 0; i < all.campaign_count; i++) {
		if (all.owners[i])
			continue;
		if (left++ < UNMATCHED_SHOWN)
			put_campaign(x, unmatched, &all.campaigns[i]);
	}
	value_put_int(view, "matched_count", all.campaign_count - left);
	value_put_int(view, "partner_count", all.partner_count);
	value_put_int(view, "unmatched_count", left);
	value_put_bool(view, "unmatched_cut", left > UNMATCHED_SHOWN);
	value_put_bool(view, "has_unmatched", left > 0);
	value_put_bool(view, "none", all.partner_count == 0);
	value_put_bool(view, "deleted", params_get(&x->query, "deleted") != NULL);
	put_suggestions(x, &all, view);
	put_typed(x, view, NULL);
	return reply_page(x, "reports/partners", "Partners", "partners", view, err);
}

void partner_put_tabs(struct value *view, const char *id, bool about) {
	part_tab(view, "Overview", arena_print(view->arena, "/partners/%s", id), NULL, !about);
	part_tab(view, "About the partner", arena_print(view->arena, "/partners/%s/about", id), NULL, about);
}

static const char *const done_words[][2] = { { "logo", "Logo saved" }, { "no-logo", "Logo removed" }, { NULL } };

static bool show_about(struct exchange *x, struct error *err) {
	const struct partner_request *typed = x->input;
	struct value *view = value_map(x->arena);
	struct partner partner;
	struct overview all;
	struct list *lists;
	int list_count;
	if (!partner_of_address(x, &partner, err) || !find_all(x, &all, err) ||
	    !list_all_ever(x->store, x->arena, &lists, &list_count, err))
		return false;
	value_put_text(view, "id", partner.id);
	value_put_text(view, "name", partner.name);
	value_put_bool(view, "has_logo", partner.has_logo);
	partner_put_tabs(view, partner.id, true);
	value_put_text(view, "done", exchange_done(x, done_words));
	put_typed(x, view, &partner);
	const struct strings *chosen = typed ? &typed->list_ids : &partner.list_ids;
	struct value *choices = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < list_count; i++)
		list_put_choice(choices, &lists[i], strings_have(chosen, lists[i].id));
	struct value *rows = value_put(view, "campaigns", value_list(x->arena));
	for (int i = 0; i < all.campaign_count; i++) {
		if (partner_has(partner.id, &all.campaigns[i], all.partners, all.partner_count))
			put_campaign(x, rows, &all.campaigns[i]);
	}
	value_put_int(view, "count", rows->count);
	return reply_page(x, "reports/partner_about", arena_print(x->arena, "About %s", partner.name), "partners", view,
	                  err);
}

/* `done`: what was just done to it, for its page. */
static bool reply_partner(struct exchange *x, const char *id, const char *done, struct error *err) {
	struct partner partner;
	bool found;
	return partner_find(x->store, id, x->arena, &partner, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no partner %.60s", id)) &&
	       reply_saved(x, arena_print(x->arena, "/partners/%s?done=%s", id, done), &partner_record, &partner);
}

static bool reply_late(struct exchange *x, struct error *err) {
	struct partner partner;
	return partner_of_address(x, &partner, err) && exchange_stale(x, &partner_record, &partner, err);
}

static bool create(struct exchange *x, struct error *err) {
	const char *id = exchange_new_id(x);
	return partner_create(x->store, x->input, id, x->identity.user, x->now, x->arena, err) &&
	       reply_partner(x, id, "created", err);
}

static bool change(struct exchange *x, struct error *err) {
	if (partner_change(x->store, x->input, x->values[0], x->now, x->arena, err))
		return reply_partner(x, x->values[0], "saved", err);
	return store_is_stale(err) && reply_late(x, err);
}

static bool drop(struct exchange *x, struct error *err) {
	bool found;
	return partner_drop(x->store, x->values[0], &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no partner %.60s", x->values[0])) &&
	       reply_deleted(x, "/partners?deleted=1");
}

static bool ask_remove_logo(struct exchange *x, struct error *err) {
	struct partner partner;
	if (!partner_of_address(x, &partner, err))
		return false;
	const char *about = arena_print(x->arena, "/partners/%s/about", partner.id);
	return reply_confirm(x,
	                     &(struct confirm){
							 .question = arena_print(x->arena, "Remove the logo of %s?", partner.name),
							 .lines = { "New reports are without it; those that exist keep it.",
	                                    "The picture is not kept here. To have it back, upload it again." },
							 .button = "Remove logo",
							 .action = arena_print(x->arena, "/partners/%s/logo", partner.id),
							 .name = "remove",
							 .value = "1",
							 .back = about,
							 .place = arena_print(x->arena, "About %s", partner.name),
							 .active = "partners",
						 },
	                     err);
}

/* NULL removes the logo. */
static bool keep_logo(struct exchange *x, const struct bytes *png, struct error *err) {
	bool found;
	return partner_save_logo(x->store, x->values[0], png, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no partner %.60s", x->values[0]));
}

static bool save_logo(struct exchange *x, const char *bytes, size_t size, struct error *err) {
	BUF_AUTO png = { 0 };
	return logo_read(bytes, size, &png, err) && keep_logo(x, &(struct bytes){ png.bytes, png.size }, err);
}

struct logo_request {
	const char *picture;
};
static const struct field logo_fields[] = { FIELD(struct logo_request, picture, .max = 2 * LOGO_BYTES,
	                                              .doc = "Base64 of a PNG or JPEG; empty takes the logo away") };
static const struct record_type logo_record = RECORD_TYPE("PartnerLogo", struct logo_request, logo_fields);

static bool take_picture(struct exchange *x, const struct logo_request *request, bool *has_logo, struct error *err) {
	gsize size = 0;
	g_autofree guchar *bytes = text_is_empty(request->picture) ? NULL : g_base64_decode(request->picture, &size);
	*has_logo = bytes != NULL;
	return bytes ? save_logo(x, (const char *)bytes, size, err) : keep_logo(x, NULL, err);
}

static bool take_upload(struct exchange *x, bool *has_logo, struct error *err) {
	const struct upload *upload = uploads_get(&x->uploads, "logo");
	*has_logo = !params_get(&x->form, "remove");
	if (!*has_logo)
		return keep_logo(x, NULL, err);
	return upload ? save_logo(x, upload->bytes, upload->size, err)
	              : error_field(err, "logo", "Choose a PNG or JPEG file first");
}

static bool set_logo(struct exchange *x, struct error *err) {
	bool has_logo;
	if (!(x->wants_json ? take_picture(x, x->input, &has_logo, err) : take_upload(x, &has_logo, err)))
		return false;
	struct value *answer = value_map(x->arena);
	value_put_bool(answer, "has_logo", has_logo);
	return reply_done(x,
	                  arena_print(x->arena, "/partners/%s/about?done=%s", x->values[0], has_logo ? "logo" : "no-logo"),
	                  answer);
}

static bool show_logo(struct exchange *x, struct error *err) {
	struct partner partner;
	if (!partner_of_address(x, &partner, err))
		return false;
	return partner.logo.data ? reply_bytes(x, "image/png", partner.logo.data, partner.logo.size)
	                         : error_set(err, ERROR_MISSING, "This partner has no logo");
}

static bool list_api(struct exchange *x, struct error *err) {
	struct partner *partners;
	int count;
	return partner_list(x->store, x->arena, &partners, &count, err) &&
	       reply_rows(x, &partner_record, (struct rows){ partners, count });
}

static bool show_api(struct exchange *x, struct error *err) {
	return reply_partner(x, x->values[0], "", err);
}

struct ownership {
	const char *partner_id, *project_id;
};
static const struct field ownership_fields[] = {
	FIELD(struct ownership, partner_id, .max = 60, .doc = "A partner's id; null: automatic"),
	FIELD(struct ownership, project_id, .max = 100, .doc = "Of the project that the campaign belongs to"),
};
static const struct record_type ownership_record = RECORD_TYPE("CampaignOwnership", struct ownership, ownership_fields);

/* NULL means "Automatic". INVALID if there is no such partner. */
static bool check_partner(struct exchange *x, const char **id, struct error *err) {
	struct partner partner;
	bool found;
	if (text_is_empty(*id)) {
		*id = NULL;
		return true;
	}
	if (!partner_find(x->store, *id, x->arena, &partner, &found, err))
		return false;
	*id = found ? partner.id : NULL;
	return found || error_field(err, "partner_id", "There is no such partner");
}

static bool own(struct exchange *x, struct error *err) {
	struct ownership ownership = *(const struct ownership *)x->input;
	bool found;
	if (!check_partner(x, &ownership.partner_id, err) ||
	    !campaign_save_partner(x->store, x->values[0], ownership.partner_id, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no campaign %.60s", x->values[0]);
	const char *project = text_is_empty(ownership.project_id) ? NULL : ownership.project_id;
	return campaign_save_project(x->store, x->values[0], project, &found, err) &&
	       reply_saved(x, arena_print(x->arena, "/campaigns/%s", x->values[0]), &ownership_record, &ownership);
}

static bool show_owner(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct partner *partners;
	int count;
	bool found;
	if (!campaign_find(x->store, x->values[0], x->arena, &campaign, &found, err) ||
	    !partner_list(x->store, x->arena, &partners, &count, err))
		return false;
	if (!found || !campaign_counts(&campaign))
		return error_set(err, ERROR_MISSING, "no campaign %.60s", x->values[0]);
	const struct partner *owner = partner_of(&campaign, partners, count);
	struct value *view = value_map(x->arena);
	value_put_text(view, "id", campaign.id);
	value_put_text(view, "name", campaign_name(&campaign));
	value_put_text(view, "owner", owner ? owner->name : NULL);
	part_field(x, view, "partner_id", NULL);
	part_field(x, view, "project_id", exchange_typed(x, "project_id", campaign.project_id));
	const char *chosen = exchange_typed(x, "partner_id", campaign.partner_id);
	struct value *choices = value_put(view, "partners", value_list(x->arena));
	for (int i = 0; i < count; i++)
		put_choice(choices, partners[i].id, partners[i].name, text_same(partners[i].id, chosen));
	return reply_page(x, "reports/campaign_partner", arena_print(x->arena, "Partner of %s", campaign_name(&campaign)),
	                  "campaigns", view, err);
}

const struct route partner_routes[] = {
	{ "GET", "/partners", GUARD_SIGNED_IN, show_partners },
	{ "POST", "/partners", GUARD_SIGNED_IN, create, .input = &partner_request_record, .form = show_partners,
	  .creates = true },
	{ "GET", "/partners/:partner_id/about", GUARD_SIGNED_IN, show_about },
	{ "POST", "/partners/:partner_id", GUARD_SIGNED_IN, change, .input = &partner_request_record, .form = show_about },
	{ "POST", "/partners/:partner_id/delete", GUARD_SIGNED_IN, drop },
	{ "POST", "/partners/:partner_id/logo", GUARD_SIGNED_IN, set_logo, .form = show_about },
	{ "GET", "/partners/:partner_id/logo/remove", GUARD_SIGNED_IN, ask_remove_logo },
	{ "GET", "/partners/:partner_id/logo", GUARD_SIGNED_IN, show_logo },
	{ "GET", "/campaigns/:campaign_id/partner", GUARD_SIGNED_IN, show_owner },
	{ "POST", "/campaigns/:campaign_id/partner", GUARD_SIGNED_IN, own, .input = &ownership_record, .form = show_owner },
	{ "GET", "/api/partners", GUARD_SIGNED_IN, list_api, .summary = "Partners by name", .output = &partner_record,
	  .list = true },
	{ "POST", "/api/partners", GUARD_SIGNED_IN, create, .summary = "Add a partner", .output = &partner_record,
	  .input = &partner_request_record, .creates = true },
	{ "GET", "/api/partners/:partner_id", GUARD_SIGNED_IN, show_api, .summary = "One partner",
	  .output = &partner_record },
	{ "PUT", "/api/partners/:partner_id", GUARD_SIGNED_IN, change, .summary = "Change a partner",
	  .output = &partner_record, .input = &partner_request_record },
	{ "PUT", "/api/partners/:partner_id/logo", GUARD_SIGNED_IN, set_logo, .summary = "Set a partner's logo",
	  .input = &logo_record, .shape = "has_logo:bool" },
	{ "DELETE", "/api/partners/:partner_id", GUARD_SIGNED_IN, drop, .summary = "Delete a partner",
	  .shape = "deleted:bool" },
	{ "PUT", "/api/campaigns/:campaign_id/project", GUARD_SIGNED_IN, own,
	  .summary = "Assign a campaign to a partner and a project", .output = &ownership_record,
	  .input = &ownership_record },
	{ 0 },
};
