/* Tags and mailbox providers as pages, JSON and CSV. */
#include "audience/contacts/rollup_pages.h"

#include "audience/contacts/rollup.h"
#include "core/formats/mail.h"
#include "core/store/version.h"
#include "metrics/share.h"

enum { DOMAINS_SHOWN = 200 };

static struct value *tag_view(struct arena *arena, const struct tag_count *tag) {
	struct value *row = value_map(arena);
	value_put_text(row, "tag", tag->tag);
	value_put_text(row, "query", tag->tag ? url_encoded(arena, tag->tag) : NULL);
	value_put_text(row, "contacts", count_text(arena, tag->contacts));
	value_put_text(row, "subscribed", count_text(arena, tag->subscribed));
	value_put_text(row, "opened", count_text(arena, tag->opened));
	value_put_text(row, "clicked", count_text(arena, tag->clicked));
	value_put_text(row, "share", share_text(arena, tag->clicked, tag->contacts));
	return row;
}

static bool tags_page(struct exchange *x, struct error *err) {
	struct rows tags;
	struct domain_count everybody;
	bool counted;
	if (!rollup_find_tags(x->store, x->arena, &tags, err) || !rollup_everybody(x->store, &everybody, &counted, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "tags", value_list(x->arena));
	const struct tag_count *items = tags.items;
	for (int i = 0; i < tags.count; i++)
		(void)value_push(rows, tag_view(x->arena, &items[i]));
	(void)value_put(view, "everybody",
	                tag_view(x->arena, &(struct tag_count){ .contacts = everybody.contacts,
	                                                        .subscribed = everybody.subscribed,
	                                                        .opened = everybody.opened,
	                                                        .clicked = everybody.clicked }));
	value_put_int(view, "count", tags.count);
	value_put_bool(view, "none", tags.count == 0);
	exchange_put_data_at(x, view, x->versions.people_at);
	return reply_page(x, "audience/tags", "Tags", "contacts", view, err);
}

static bool tags_api(struct exchange *x, struct error *err) {
	struct rows tags;
	return rollup_find_tags(x->store, x->arena, &tags, err) && reply_rows(x, &tag_count_record, tags);
}

static bool tags_csv(struct exchange *x, struct error *err) {
	struct rows tags;
	if (!rollup_find_tags(x->store, x->arena, &tags, err))
		return false;
	const struct tag_count *items = tags.items;
	record_to_csv_head(&tag_count_record, &x->body);
	for (int i = 0; i < tags.count; i++)
		record_to_csv(&tag_count_record, &items[i], &x->body);
	return reply_csv(x, "tags.csv");
}

static struct value *domain_view(struct arena *arena, const struct domain_count *domain) {
	struct value *row = value_map(arena);
	const char *shown = domain->domain ? mail_shown_domain(domain->domain, arena) : NULL;
	value_put_text(row, "domain", shown);
	value_put_text(row, "query", shown ? url_encoded(arena, shown) : NULL);
	value_put_text(row, "contacts", text_of_count(arena, domain->contacts));
	value_put_text(row, "opened", share_text(arena, domain->opened, domain->contacts));
	value_put_text(row, "clicked", share_text(arena, domain->clicked, domain->contacts));
	value_put_text(row, "bounced", share_text(arena, domain->bounced, domain->contacts));
	return row;
}

static bool domains_page(struct exchange *x, struct error *err) {
	struct rows domains;
	struct domain_count everybody;
	int64_t count;
	if (!rollup_find_domains(x->store, x->arena, &domains, err) || !rollup_addressed(x->store, &everybody, &count, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "domains", value_list(x->arena));
	const struct domain_count *items = domains.items;
	for (int i = 0; i < domains.count && i < DOMAINS_SHOWN; i++)
		(void)value_push(rows, domain_view(x->arena, &items[i]));
	(void)value_put(view, "everybody", domain_view(x->arena, &everybody));
	value_put_text(view, "count", text_of_count(x->arena, count));
	value_put_bool(view, "none", count == 0);
	value_put_bool(view, "cut", count > DOMAINS_SHOWN);
	exchange_put_data_at(x, view, x->versions.people_at);
	return reply_page(x, "audience/domains", "Mailbox providers", "contacts", view, err);
}

static bool domains_api(struct exchange *x, struct error *err) {
	struct rows domains;
	return rollup_find_domains(x->store, x->arena, &domains, err) && reply_rows(x, &domain_count_record, domains);
}

static bool domains_csv(struct exchange *x, struct error *err) {
	struct rows domains;
	if (!rollup_find_domains(x->store, x->arena, &domains, err))
		return false;
	const struct domain_count *items = domains.items;
	record_to_csv_head(&domain_count_record, &x->body);
	for (int i = 0; i < domains.count; i++)
		record_to_csv(&domain_count_record, &items[i], &x->body);
	return reply_csv(x, "mailbox-providers.csv");
}

const struct route rollup_routes[] = {
	{ "GET", "/domains", GUARD_SIGNED_IN, domains_page, .realms = REALM_FIGURES | REALM_COUNTS },
	{ "GET", "/domains.csv", GUARD_SIGNED_IN, domains_csv, .realms = REALM_FIGURES | REALM_COUNTS, .download = true },
	{ "GET", "/api/domains", GUARD_SIGNED_IN, domains_api, .summary = "Contacts by mailbox provider",
	  .output = &domain_count_record, .list = true, .realms = REALM_FIGURES | REALM_COUNTS },
	{ "GET", "/tags", GUARD_SIGNED_IN, tags_page, .realms = REALM_FIGURES | REALM_COUNTS },
	{ "GET", "/tags.csv", GUARD_SIGNED_IN, tags_csv, .realms = REALM_FIGURES | REALM_COUNTS, .download = true },
	{ "GET", "/api/tags", GUARD_SIGNED_IN, tags_api, .summary = "Tags with the people who carry them",
	  .output = &tag_count_record, .list = true, .realms = REALM_FIGURES | REALM_COUNTS },
	{ 0 },
};
