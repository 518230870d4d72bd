/* Tags and mailbox providers: as pages, JSON and CSV. */
#include "contacts/pages.h"
#include "contacts/rollup.h"

enum { DOMAINS_SHOWN = 200 };

/* "41.2 %", "–" of nobody. */
static char *share_text(struct arena *arena, int64_t part, int64_t whole) {
	return whole > 0 ? arena_print(arena, "%.1f %%", 100.0 * (double)part / (double)whole) : arena_copy(arena, "–");
}

bool tags_page(struct exchange *x, struct error *err) {
	struct records tags;
	if (!rollup_find_tags(x->store, x->arena, &tags, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "tags", value_list(x->arena));
	const struct tag_count *items = tags.items;
	for (int i = 0; i < tags.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "tag", items[i].tag);
		value_put_text(row, "query", url_encoded(x->arena, items[i].tag));
		value_put_text(row, "contacts", text_of_count(x->arena, items[i].contacts));
		value_put_text(row, "subscribed", text_of_count(x->arena, items[i].subscribed));
		value_put_text(row, "opened", text_of_count(x->arena, items[i].opened));
		value_put_text(row, "clicked", text_of_count(x->arena, items[i].clicked));
		value_put_text(row, "share", share_text(x->arena, items[i].clicked, items[i].contacts));
	}
	value_put_int(view, "count", tags.count);
	value_put_bool(view, "none", tags.count == 0);
	return reply_page(x, "tags", "Tags", "contacts", view, err);
}

bool tags_api(struct exchange *x, struct error *err) {
	struct records tags;
	return rollup_find_tags(x->store, x->arena, &tags, err) && reply_records(x, &tag_count_record, tags);
}

bool tags_csv(struct exchange *x, struct error *err) {
	struct records tags;
	if (!rollup_find_tags(x->store, x->arena, &tags, err))
		return false;
	const struct tag_count *items = tags.items;
	record_to_csv_head(&tag_count_record, &x->body);
	for (int i = 0; i < tags.count; i++)
		record_to_csv(&tag_count_record, &items[i], &x->body);
	return reply_csv(x, "tags.csv");
}

bool domains_page(struct exchange *x, struct error *err) {
	struct records domains;
	if (!rollup_find_domains(x->store, x->arena, &domains, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "domains", value_list(x->arena));
	const struct domain_count *items = domains.items;
	for (int i = 0; i < domains.count && i < DOMAINS_SHOWN; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "domain", items[i].domain);
		value_put_text(row, "query", url_encoded(x->arena, items[i].domain));
		value_put_text(row, "contacts", text_of_count(x->arena, items[i].contacts));
		value_put_text(row, "opened", share_text(x->arena, items[i].opened, items[i].contacts));
		value_put_text(row, "clicked", share_text(x->arena, items[i].clicked, items[i].contacts));
		value_put_text(row, "bounced", share_text(x->arena, items[i].bounced, items[i].contacts));
	}
	value_put_text(view, "count", text_of_count(x->arena, domains.count));
	value_put_bool(view, "none", domains.count == 0);
	value_put_bool(view, "cut", domains.count > DOMAINS_SHOWN);
	return reply_page(x, "domains", "Mailbox providers", "contacts", view, err);
}

bool domains_api(struct exchange *x, struct error *err) {
	struct records domains;
	return rollup_find_domains(x->store, x->arena, &domains, err) && reply_records(x, &domain_count_record, domains);
}

bool domains_csv(struct exchange *x, struct error *err) {
	struct records domains;
	if (!rollup_find_domains(x->store, x->arena, &domains, err))
		return false;
	const struct domain_count *items = domains.items;
	record_to_csv_head(&domain_count_record, &x->body);
	for (int i = 0; i < domains.count; i++)
		record_to_csv(&domain_count_record, &items[i], &x->body);
	return reply_csv(x, "mailbox-providers.csv");
}
