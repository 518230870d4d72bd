/* The report builder: three questions in one form, beside a preview. */
#include "reports/builder_pages.h"

#include <string.h>

#include "audience/lists/list_lookup_pages.h"
#include "core/base/choice.h"
#include "core/http/parts.h"
#include "core/paper/picture.h"
#include "reports/builder.h"
#include "reports/partners/partner_lookup_pages.h"

enum { TICKS_SHOWN = 200 };
static const double PICTURE_SCALE = 1.4;

bool report_preview(struct exchange *x, const struct report_request *asked, struct report *report,
                    struct document **document, struct error *err) {
	struct report_request request = *asked;
	request.organisation = x->settings->organisation;
	return report_of(x->store, &request, x->identity.user, x->now, x->arena, report, err) &&
	       report_compose(x->store, report, x->arena, x->now, document, err);
}

/* The builder's input: the query, or the form that was refused. */
static const struct params *typed_of(const struct exchange *x) {
	return exchange_is_write(x) ? &x->form : &x->query;
}

/* Chosen ones first, in their order. */
static void put_blocks(struct value *view, const struct report_request *request) {
	struct value *blocks = value_put(view, "blocks", value_list(view->arena));
	for (int i = 0; i < request->blocks.count; i++) {
		int block;
		if (!choice_find(&block_names, request->blocks.items[i], &block))
			continue;
		put_choice(blocks, block_names.names[block], block_labels[block], true);
		value_put_bool(blocks->last, "may_rise", i > 0);
		value_put_bool(blocks->last, "may_sink", i < request->blocks.count - 1);
	}
	for (int block = 0; block < BLOCK_COUNT; block++) {
		if (strings_have(&request->blocks, block_names.names[block]))
			continue;
		put_choice(blocks, block_names.names[block], block_labels[block], false);
		value_put_bool(blocks->last, "may_rise", false);
		value_put_bool(blocks->last, "may_sink", false);
	}
}

static void put_templates(struct value *view, const struct report_request *request) {
	static const char *const labels[TEMPLATE_COUNT] = { "Campaign summary", "List performance", "Engagement",
		                                                "Custom" };
	static const char *const hints[TEMPLATE_COUNT] = { "Figures, charts, table, each campaign",
		                                               "Growth, activity, mailbox providers", "Times, links, activity",
		                                               "The blocks you select" };
	struct value *list = value_put(view, "templates", value_list(view->arena));
	for (int i = 0; i < TEMPLATE_COUNT; i++) {
		put_choice(list, report_templates.names[i], labels[i], i == (int)request->template);
		value_put_text(list->last, "hint", hints[i]);
	}
	value_put_text(view, "shown", report_templates.names[request->template]);
}

/* The named period that applies, if it is one; else the days do. */
static void put_periods(struct exchange *x, struct value *view, const struct builder *builder) {
	const char *chosen = builder->request.period_name;
	bool days = !text_is_empty(params_get(typed_of(x), "from")) || !text_is_empty(params_get(typed_of(x), "to")) ||
	            text_same(chosen, "custom");
	struct value *list = value_put(view, "periods", value_list(x->arena));
	put_choice(list, "", "The dates below", days);
	for (const struct period_name *name = period_names; name->key; name++)
		put_choice(list, name->key, name->label, !days && text_same(name->key, chosen ? chosen : "lastmonth"));
}

static void put_days(struct exchange *x, struct value *view, const struct builder *builder) {
	const struct report_period *period = &builder->request.period;
	bool suggested = builder->suggests && text_same(builder->request.period_name, "custom");
	const struct params *typed = typed_of(x);
	part_field(x, view, "from", suggested ? text_of_iso_day(x->arena, period->from) : params_get(typed, "from"));
	part_field(x, view, "to",
	           suggested ? text_of_iso_day(x->arena, moment_add(period->to, -1)) : params_get(typed, "to"));
}

/* All are ticked until somebody picks some. */
static void put_ticks(struct exchange *x, struct value *view, const struct builder *builder) {
	const struct campaign **campaigns;
	int count = builder_in_period(builder, x->arena, &campaigns), ticked = 0;
	struct value *list = value_put(view, "ticks", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		bool chosen = !builder->picking || strings_have(&builder->request.campaigns, campaigns[i]->id);
		ticked += chosen;
		if (i >= TICKS_SHOWN)
			continue;
		put_choice(list, campaigns[i]->id, campaign_name(campaigns[i]), chosen);
		value_put_text(list->last, "day", text_of_day_near(x->arena, campaigns[i]->sent_at, x->now));
	}
	value_put_int(view, "matching", count);
	value_put_bool(view, "picking", builder->picking);
	value_put_bool(view, "has_ticks", count > 0);
	value_put_text(view, "ticked",
	               builder->picking ? arena_print(x->arena, "%d of %s", ticked,
	                                              text_of_counted(x->arena, count, "campaign", "campaigns"))
	                                : NULL);
}

static void put_answers(struct exchange *x, struct value *view, const struct builder *builder, const char *partner,
                        const struct document *document) {
	const struct report_request *request = &builder->request;
	BUF_AUTO what = { 0 };
	for (int i = 0; i < request->blocks.count && i < 3; i++) {
		int block;
		if (choice_find(&block_names, request->blocks.items[i], &block))
			buf_print(&what, "%s%s", i ? ", " : "", block_labels[block]);
	}
	if (request->blocks.count > 3)
		buf_print(&what, " and %d more", request->blocks.count - 3);
	value_put_text(view, "who_answer", partner ? partner : "No partner: all campaigns");
	char *when = arena_copy(x->arena,
	                        document ? document->lead : report_span(&request->period, request->zone, x->arena));
	text_capitalize(when);
	value_put_text(view, "when_answer", when);
	value_put_text(view, "what_answer", arena_copy(x->arena, buf_text(&what)));
	value_put_bool(view, "suggests", builder->suggests);
}

static bool is_wrong(const struct exchange *x, const char *const *fields) {
	for (int i = 0; i < x->problems.count; i++)
		for (const char *const *field = fields; *field; field++)
			if (text_same(x->problems.items[i].field, *field))
				return true;
	return false;
}

/* One step is open: the first with a mistake, else the first question of a new form, else the last. */
static void put_steps(struct exchange *x, struct value *view) {
	static const char *const fields[3][9] = {
		{ "partner", NULL },
		{ "period", "from", "to", "compare", "campaigns", NULL },
		{ "template", "blocks", "title", "note", "paper", "list", "as_of", NULL },
	};
	static const char *const names[3] = { "who", "when", "what" };
	bool wrong[3];
	int open = typed_of(x)->count > 0 ? 2 : 0;
	for (int i = 2; i >= 0; i--) {
		wrong[i] = x->problem && is_wrong(x, fields[i]);
		open = wrong[i] ? i : open;
	}
	for (int i = 0; i < 3; i++) {
		value_put_bool(view, arena_print(x->arena, "%s_open", names[i]), i == open);
		value_put_bool(view, arena_print(x->arena, "%s_wrong", names[i]), wrong[i]);
	}
}

/* Drawing takes longer than all of the page, so it is left to a request of its own; a form that fits in no address has
 * the picture itself. */
static bool put_picture(struct exchange *x, struct value *preview, const struct document *document, struct error *err) {
	BUF_AUTO png = { 0 };
	if (!exchange_is_write(x)) {
		value_put_text(preview, "picture", exchange_address(x, "/reports/new/picture", "as", NULL));
		return true;
	}
	if (!picture_write(document, PICTURE_SCALE, &png, err))
		return false;
	value_put_text(preview, "picture", picture_address(&png, x->arena));
	return true;
}

static bool put_preview(struct exchange *x, struct value *view, const struct document *document,
                        const struct report *report, struct error *err) {
	struct value *preview = value_put(view, "preview", document ? value_map(x->arena) : value_null(x->arena));
	const char *as = params_get(typed_of(x), "as");
	bool web = as && strcmp(as, "web") == 0, is_form = exchange_is_write(x);
	value_put_bool(view, "is_web", web);
	if (!document)
		return true;
	value_put_text(preview, "as_pdf", is_form ? NULL : exchange_address(x, "/reports/new", "as", NULL));
	value_put_text(preview, "as_web", is_form ? NULL : exchange_address(x, "/reports/new", "as", "web"));
	value_put_text(preview, "title", document->title);
	value_put_text(preview, "scope", document->scope);
	value_put_int(preview, "campaigns", report->campaign_count);
	value_put_text(preview, "data_at", text_of_moment_near(x->arena, report->data_at, x->now));
	if (!web) {
		value_put_text(preview, "head", NULL);
		return put_picture(x, preview, document, err);
	}
	value_put_text(preview, "picture", NULL);
	(void)value_put(preview, "head", document_head_value(document, x->arena));
	document_view(value_put(preview, "parts", document_to_value(document, x->arena)));
	return true;
}

static void put_choices(struct exchange *x, struct value *view, const struct builder *builder) {
	static const char *const kept[] = { "title", "note", "as_of" };
	const struct report_request *request = &builder->request;
	static const char *const compares[REPORT_COMPARE_COUNT] = { "The period before", "A year before", "Nothing" };
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		part_field(x, view, kept[i], params_get(typed_of(x), kept[i]));
	part_field(x, view, "partner", NULL);
	part_field(x, view, "blocks", NULL);
	part_field(x, view, "period", NULL);
	part_field(x, view, "list", NULL);
	part_field(x, view, "compare", NULL);
	part_field(x, view, "paper", NULL);
	put_periods(x, view, builder);
	put_days(x, view, builder);
	put_templates(view, request);
	report_put_options(view, "compares", &report_compares, compares, (int)request->compare);
	report_put_options(view, "papers", &paper_names, paper_labels, (int)request->paper);
	put_blocks(view, request);
	put_ticks(x, view, builder);
	put_steps(x, view);
}

bool builder_page(struct exchange *x, struct error *err) {
	struct builder builder;
	struct report report;
	struct document *document = NULL;
	struct error problem;
	const char *list, *partner = NULL;
	const struct params *typed = typed_of(x);
	struct value *view = value_map(x->arena);
	bool fine = builder_read(x->store, typed, x->now, x->arena, &x->problems, &builder, &problem) &&
	            report_preview(x, &builder.request, &report, &document, &problem);
	if (!fine && !exchange_show_problem(x, &problem, err))
		return false;
	if (!fine)
		document = NULL;
	if (!put_preview(x, view, document, &report, err) ||
	    !partner_put_options(x, value_put(view, "partners", value_list(x->arena)), builder.request.partner, &partner,
	                         err))
		return false;
	put_choices(x, view, &builder);
	put_answers(x, view, &builder, partner, document);
	value_put_bool(view, "who_done", document && typed->count > 0);
	return list_resolve(x->store, params_get(typed, "list"), x->arena, &list, err) &&
	       list_put_choices(x, list, view, err) &&
	       reply_page(x, "reports/report_builder", "New report", "reports", view, err);
}

/* The first page, of what the address of the builder asks for. */
static bool builder_picture(struct exchange *x, struct error *err) {
	struct builder builder;
	struct report report;
	struct document *document;
	BUF_AUTO png = { 0 };
	return builder_read(x->store, &x->query, x->now, x->arena, &x->problems, &builder, err) &&
	       report_preview(x, &builder.request, &report, &document, err) &&
	       picture_write(document, PICTURE_SCALE, &png, err) && reply_bytes(x, "image/png", png.bytes, png.size);
}

/* The address can be saved as a view, sent to somebody and opened again. A long note fits in none: the preview is then
 * the answer itself. */
static bool preview(struct exchange *x, struct error *err) {
	BUF_AUTO address = { 0 };
	builder_address(&x->form, x->arena, &address);
	return address.size > OUR_ADDRESS_MAX ? builder_page(x, err)
	                                      : reply_redirect(x, arena_copy(x->arena, buf_text(&address)));
}

const struct route builder_routes[] = {
	{ "GET", "/reports/new", GUARD_SIGNED_IN, builder_page,
	  .realms = REALM_FIGURES | REALM_SETTINGS | REALM_PARTNERS | REALM_REPORTS, .goes_back = true },
	{ "GET", "/reports/new/picture", GUARD_SIGNED_IN, builder_picture,
	  .realms = REALM_FIGURES | REALM_SETTINGS | REALM_PARTNERS | REALM_REPORTS, .goes_back = true },
	{ "POST", "/reports/new", GUARD_SIGNED_IN, preview },
	{ 0 },
};
