/* The people that a request asks for. */
#include "segments/asked_pages.h"

static void close_zone(void *zone) {
	zone_close(zone);
}

struct rule_clock asked_clock(struct exchange *x) {
	struct zone *zone = text_is_empty(x->versions.zone) || text_same(x->versions.zone, "UTC")
	                        ? NULL
	                        : zone_open(x->versions.zone);
	if (zone)
		arena_defer(x->arena, close_zone, zone);
	return (struct rule_clock){ x->now, zone };
}

struct mailable_question asked_question(const struct exchange *x) {
	return (struct mailable_question){ .suppression_list = x->settings->suppression_list,
		                               .require_consent = x->settings->require_consent,
		                               .validate_domains = x->settings->validate_domains,
		                               .now = x->now };
}

static bool find_segment(struct exchange *x, const char *id, struct asked *asked, struct error *err) {
	bool found;
	if (!segment_find(x->store, id, x->arena, &asked->segment, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no segment %.80s", id);
	asked->text = asked->segment.rule;
	asked->query = arena_print(x->arena, "segment=%s", asked->segment.id);
	return true;
}

static bool read_reason(struct exchange *x, struct asked *asked, struct error *err) {
	const char *reason = params_get(&x->query, "reason");
	asked->reason = -1;
	return text_is_empty(reason) || choice_find(&mailables, reason, &asked->reason) ||
	       error_field(err, "reason", "“%.40s” is not a reason", reason) ||
	       error_codes(err, ". Use no_address, inactive, suppressed, unsubscribed, pending, unproven, bad_domain or "
	                        "fewer_emails");
}

const char *segment_of_path(const struct exchange *x) {
	struct params params;
	struct error err;
	const char *id = x->values[0];
	return id && params_read(x->arena, arena_print(x->arena, "id=%s", id), &params, &err) && params.count == 1
	           ? params.items[0].value
	           : id;
}

bool asked_read(struct exchange *x, struct asked *asked, struct error *err) {
	const char *id = x->values[0] ? segment_of_path(x) : params_get(&x->query, "segment");
	*asked = (struct asked){ .people = { .clock = asked_clock(x) }, .question = asked_question(x) };
	asked->text = params_get(&x->query, "rule");
	if (!text_is_empty(id) && !find_segment(x, id, asked, err))
		return false;
	if (text_is_empty(asked->text))
		return error_field(err, "rule", "Say whose people: rule=, or segment=");
	if (!asked->query)
		asked->query = arena_print(x->arena, "rule=%s", url_encoded(x->arena, asked->text));
	if (!names_read(x->store, x->arena, &asked->names, err) || !read_reason(x, asked, err))
		return false;
	if (!rule_read(asked->text, &asked->names, x->arena, &asked->reading, err)) {
		if (!*err->field)
			(void)error_field(err, "rule", "%s", arena_copy(x->arena, err->text));
		return false;
	}
	asked->people.rule = asked->reading.rule;
	if (asked->reason >= 0)
		asked->people.also = contact_mailable_filter(x->arena, &asked->question, (enum mailable)asked->reason);
	return true;
}
