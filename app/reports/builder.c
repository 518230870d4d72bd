/* Reading the report builder's form. */
#include "reports/builder.h"

#include <string.h>

#include "core/base/local.h"

static bool is_ticked(const struct params *typed) {
	const char *pick = params_get(typed, "pick");
	return text_is_empty(pick) ? params_get(typed, "campaigns") || params_get(typed, "id")
	                           : strcmp(pick, "ticked") == 0;
}

static struct strings names_of(enum report_template template, struct arena *arena) {
	enum block blocks[BLOCKS_MAX];
	int count = block_list(template, &(struct strings){ NULL, 0 }, blocks, BLOCKS_MAX);
	struct strings names = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		names.items[names.count++] = block_names.names[blocks[i]];
	return names;
}

/* Another template than the one shown brings its own blocks, and those ticked count for nothing. */
static void choose_blocks(const struct params *typed, struct arena *arena, struct report_request *request) {
	const char *shown = params_get(typed, "shown");
	struct strings usual = names_of((enum report_template)request->template, arena);
	bool stays = shown && text_same(shown, report_templates.names[request->template]);
	if (request->template != TEMPLATE_CUSTOM && stays) {
		block_move(&request->blocks, params_get(typed, "move"));
		if (request->blocks.count && !strings_same(&usual, &request->blocks))
			request->template = TEMPLATE_CUSTOM;
	} else if (request->template == TEMPLATE_CUSTOM) {
		block_move(&request->blocks, params_get(typed, "move"));
	}
	if (request->template != TEMPLATE_CUSTOM)
		request->blocks = usual;
}

void builder_choose(const struct params *typed, struct arena *arena, struct report_request *request, bool *picking) {
	choose_blocks(typed, arena, request);
	*picking = is_ticked(typed);
	if (!*picking)
		request->campaigns.count = 0;
	else if (request->campaigns.count == 0)
		request->campaigns = params_all(typed, "id", arena);
	*picking = *picking && request->campaigns.count > 0;
}

static void set_days(struct builder *builder, struct moment first, struct moment last) {
	struct moment after = local_moment(moment_add(local_wall(local_day_start(last)), DAY_MS));
	builder->request.period = (struct report_period){ local_day_start(first), after };
	builder->request.period_name = "custom";
}

/* The partner that all of them have, or NULL. */
static const struct partner *common_partner(const struct campaign *campaigns, int count, const struct strings *ids,
                                            const struct partner *partners, int partner_count) {
	const struct partner *common = NULL;
	for (int i = 0; i < count; i++) {
		if (!strings_have(ids, campaigns[i].id))
			continue;
		const struct partner *one = partner_of(&campaigns[i], partners, partner_count);
		if (!one || (common && common != one))
			return NULL;
		common = one;
	}
	return common;
}

static bool is_sent_in(const struct campaign *campaign, const struct report_period *period) {
	return !moment_is_set(period->from) ||
	       (campaign->sent_at.ms >= period->from.ms && campaign->sent_at.ms < period->to.ms);
}

static bool suggest_named(struct builder *builder) {
	const struct strings *ids = &builder->request.campaigns;
	const struct campaign *newest = NULL, *oldest = NULL;
	for (int i = 0; builder->picking && i < builder->count; i++) {
		if (!strings_have(ids, builder->campaigns[i].id) || !moment_is_set(builder->campaigns[i].sent_at))
			continue;
		newest = newest ? newest : &builder->campaigns[i];
		oldest = &builder->campaigns[i];
	}
	if (newest)
		set_days(builder, oldest->sent_at, newest->sent_at);
	return newest != NULL;
}

static bool suggest(struct builder *builder, struct moment now, struct error *err) {
	static const char *const names[] = { "lastmonth", "90d", "12m", "all" };
	builder->suggests = true;
	if (suggest_named(builder))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct period period;
		if (!period_read(&(struct params){ NULL, 0 }, now, names[i], &period, err))
			return false;
		builder->request.period = (struct report_period){ period.from, period.to };
		builder->request.period_name = period.name;
		for (int k = 0; k < builder->count; k++)
			if (is_sent_in(&builder->campaigns[k], &builder->request.period))
				return true;
	}
	return true;
}

static bool take_period(const struct params *typed, struct moment now, struct builder *builder, struct error *err) {
	struct period period;
	const char *const names[] = { "period", "from", "to" };
	bool chosen = false;
	builder->request.zone = local_zone() ? local_name() : NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		chosen = chosen || !text_is_empty(params_get(typed, names[i]));
	if (!chosen)
		return suggest(builder, now, err);
	if (!period_read(typed, now, "lastmonth", &period, err))
		return false;
	builder->request.period = (struct report_period){ period.from, period.to };
	builder->request.period_name = period.name;
	return true;
}

/* The campaigns that the report could be about. */
static bool find_campaigns(struct store *store, struct moment now, struct arena *arena, struct builder *builder,
                           struct error *err) {
	struct report_request ever = builder->request;
	struct report report;
	struct partner *partners;
	int count;
	ever.period = (struct report_period){ MOMENT_NONE, MOMENT_NONE };
	ever.template = TEMPLATE_CAMPAIGNS;
	if (!report_of(store, &ever, NULL, now, arena, &report, err) ||
	    !report_match(store, &report, arena, &builder->campaigns, &builder->count, err) ||
	    !partner_list(store, arena, &partners, &count, err))
		return false;
	builder->request.campaigns = report.campaigns;
	const struct partner *common = builder->picking && text_is_empty(builder->request.partner)
	                                   ? common_partner(builder->campaigns, builder->count, &report.campaigns, partners,
	                                                    count)
	                                   : NULL;
	if (!common)
		return true;
	builder->request.partner = ever.partner = common->id;
	return report_of(store, &ever, NULL, now, arena, &report, err) &&
	       report_match(store, &report, arena, &builder->campaigns, &builder->count, err);
}

bool builder_read(struct store *store, const struct params *typed, struct moment now, struct arena *arena,
                  struct problems *problems, struct builder *builder, struct error *err) {
	struct param named = { "as_of", params_get(typed, "as_of") };
	*builder = (struct builder){ 0 };
	bool fine = record_from_form(&report_request_record, typed, arena, &builder->request, problems, err);
	builder_choose(typed, arena, &builder->request, &builder->picking);
	return fine && period_as_of(&(struct params){ &named, 1 }, now, &builder->request.as_of, err) &&
	       find_campaigns(store, now, arena, builder, err) && take_period(typed, now, builder, err);
}

int builder_in_period(const struct builder *builder, struct arena *arena, const struct campaign ***campaigns) {
	int count = 0;
	*campaigns = arena_array(arena, const struct campaign *, builder->count + 1);
	for (int i = 0; i < builder->count; i++)
		if (is_sent_in(&builder->campaigns[i], &builder->request.period))
			(*campaigns)[count++] = &builder->campaigns[i];
	return count;
}

static void add_param(struct buf *address, const char *name, const char *value) {
	buf_char(address, strchr(buf_text(address), '?') ? '&' : '?');
	url_encode(address, name);
	buf_char(address, '=');
	url_encode(address, value);
}

void builder_address(const struct params *form, struct arena *arena, struct buf *address) {
	static const char *const left_out[] = { "csrf", "shown", "move", "blocks", "pick", "campaigns" };
	struct report_request request;
	struct error ignored;
	bool picking;
	/* What is wrong, the page that the address leads to says. */
	bool fine = record_from_form(&report_request_record, form, arena, &request, NULL, &ignored);
	builder_choose(form, arena, &request, &picking);
	picking = picking && fine;
	buf_text_add(address, "/reports/new");
	for (int i = 0; i < form->count; i++) {
		const struct param *one = &form->items[i];
		bool skipped = !*one->value;
		for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++)
			skipped = skipped || strcmp(one->name, left_out[k]) == 0;
		if (!skipped)
			add_param(address, one->name,
			          strcmp(one->name, "template") == 0 ? report_templates.names[request.template] : one->value);
	}
	for (int i = 0; request.template == TEMPLATE_CUSTOM && i < request.blocks.count; i++)
		add_param(address, "blocks", request.blocks.items[i]);
	for (int i = 0; picking && i < request.campaigns.count; i++)
		add_param(address, "campaigns", request.campaigns.items[i]);
}
