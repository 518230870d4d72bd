/* Templates: storage and versions. */
#include "templates/template.h"

#include <string.h>

#include "content/blocks/blocks.h"
#include "media/use.h"

static const char TEMPLATES[] = "templates";
static const char REVISIONS[] = "template_revisions";

static const char *const type_names[] = {
	[TEMPLATE_MARKETING] = "marketing", [TEMPLATE_TRANSACTIONAL] = "transactional"
};
const struct choices template_types = CHOICES(type_names);
const char *const template_type_labels[TEMPLATE_TYPE_COUNT] = {
	[TEMPLATE_MARKETING] = "Marketing", [TEMPLATE_TRANSACTIONAL] = "Transactional"
};

static const struct field template_fields[] = {
	FIELD(struct template, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct template, name),
	FIELD(struct template, subject),
	FIELD(struct template, preheader, .doc = "What inboxes show after the subject"),
	FIELD(struct template, design, .flags = FIELD_OBJECT, .max = DESIGN_BYTES,
	      .doc = "{theme, blocks}; null if the HTML was written by hand"),
	FIELD(struct template, html_content),
	FIELD(struct template, text_content, .doc = "null: made from the HTML"),
	FIELD(struct template, sms_content),
	FIELD(struct template, template_type, .choices = &template_types),
	FIELD(struct template, category),
	FIELD(struct template, tags),
	FIELD(struct template, variables, .doc = "The names in its subject and content"),
	FIELD(struct template, provider),
	FIELD(struct template, provider_template_id),
	FIELD(struct template, is_active, .flags = FIELD_TRUE),
	FIELD(struct template, is_listed, .flags = FIELD_TRUE, .doc = "false: the content of one campaign"),
	FIELD(struct template, created_by),
	FIELD(struct template, updated_by),
	FIELD(struct template, search, .flags = FIELD_PRIVATE),
	FIELD(struct template, created_at),
	FIELD(struct template, updated_at),
	FIELD(struct template, rev, .flags = FIELD_REVISION),
};
const struct record_type template_record = RECORD_TYPE("Template", struct template, template_fields);

static const struct field revision_fields[] = {
	FIELD(struct template_revision, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct template_revision, template_id, .flags = FIELD_ID),
	FIELD(struct template_revision, number),
	FIELD(struct template_revision, name),
	FIELD(struct template_revision, subject),
	FIELD(struct template_revision, preheader),
	FIELD(struct template_revision, design, .flags = FIELD_OBJECT | FIELD_LARGE, .max = DESIGN_BYTES),
	FIELD(struct template_revision, html_content, .flags = FIELD_LARGE),
	FIELD(struct template_revision, text_content, .flags = FIELD_LARGE),
	FIELD(struct template_revision, sms_content, .flags = FIELD_LARGE),
	FIELD(struct template_revision, saved_by),
	FIELD(struct template_revision, saved_at),
};
const struct record_type template_revision_record = RECORD_TYPE("TemplateRevision", struct template_revision,
                                                                revision_fields);

bool template_need(struct store *store, const char *id, struct arena *arena, struct template *template,
                   struct error *err) {
	bool found;
	return store_find(store, TEMPLATES, FILTER(by_id(text_after(id, "template_"))), NULL, &template_record, arena,
	                  template, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no template %.80s", id));
}

bool template_page(struct store *store, const struct template_query *query, struct arena *arena, struct page *page,
                   struct error *err) {
	const struct filter *filter = FILTER(ne_bool("is_listed", false),
	                                     query->types ? eq_choice("template_type", query->types, query->type)
	                                                  : anything(),
	                                     query->category ? eq_text("category", query->category) : anything(),
	                                     query->active < 0 ? anything()
	                                     : query->active   ? ne_bool("is_active", false)
	                                                       : eq_bool("is_active", false),
	                                     text_is_empty(query->words)
	                                         ? anything()
	                                         : contains_text("search", text_fold(arena, query->words)));
	const struct page_query asked = { .filter = filter,
		                              .by = "updated_at",
		                              .descending = true,
		                              .cursor = query->cursor,
		                              .limit = query->limit,
		                              .count = true,
		                              .count_most = 10000 };
	return store_page(store, TEMPLATES, &asked, &template_record, arena, page, err);
}

static const struct field offer_fields[] = {
	FIELD(struct template_offer, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct template_offer, name),
	FIELD(struct template_offer, subject),
};
static const struct record_type offer_record = RECORD_TYPE("TemplateOffer", struct template_offer, offer_fields);

bool template_offers(struct store *store, const char *words, int limit, struct arena *arena, struct rows *offers,
                     struct error *err) {
	return store_list(store, TEMPLATES,
	                  FILTER(ne_bool("is_listed", false), ne_bool("is_active", false),
	                         text_is_empty(words) ? anything() : contains_text("search", text_fold(arena, words))),
	                  SORT(desc("updated_at"), desc("_id")), limit, &offer_record, arena, &offers->items,
	                  &offers->count, err);
}

struct category {
	const char *id; /* the category */
};
static const struct field category_fields[] = { FIELD(struct category, id, .stored = "_id") };
static const struct record_type category_record = RECORD_TYPE("TemplateCategory", struct category, category_fields);

bool template_categories(struct store *store, struct arena *arena, struct strings *categories, struct error *err) {
	struct rows rows;
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", "$category", "}", "}", "1", "{", "$sort", "{", "_id",
	                            BCON_INT32(1), "}", "}", "2", "{", "$limit", BCON_INT32(200), "}");
	if (!store_aggregate_rows(store, TEMPLATES, FILTER(is_present("category"), ne_bool("is_listed", false)), stages,
	                          &category_record, arena, &rows, err))
		return false;
	const struct category *items = rows.items;
	*categories = (struct strings){ arena_array(arena, const char *, rows.count + 1), 0 };
	for (int i = 0; i < rows.count; i++)
		categories->items[categories->count++] = items[i].id;
	return true;
}

/* What is searched: its name, subject and category. */
static const char *search_of(const struct template *template, struct arena *arena) {
	return text_fold(arena, arena_print(arena, "%s %s %s", template->name, template->subject ? template->subject : "",
	                                    template->category ? template->category : ""));
}

/* While it shows them, they cannot be deleted. What it names that is not there is shown by its preview. */
static bool tell_images(struct store *store, const struct template *template, struct arena *arena, struct error *err) {
	static const struct strings none = { 0 };
	const char *html = template->html_content ? template->html_content : "";
	const struct strings digests = media_named(html, strlen(html), arena);
	const struct media_user user = { "template", template->id, template->name,
		                             arena_print(arena, "/templates/%s", template->id) };
	struct strings missing;
	return media_set_uses(store, &user, &digests, &none, arena, &missing, err);
}

bool template_create(struct store *store, const struct template *template, struct arena *arena, struct error *err) {
	struct template created = *template;
	bool was_there;
	created.search = search_of(template, arena);
	return store_create(store, TEMPLATES, &template_record, &created, template->id, &was_there, err) &&
	       tell_images(store, template, arena, err);
}

/* A version never changes, so it may be there already. */
static bool keep_revision(struct store *store, const struct template *template, struct arena *arena,
                          struct error *err) {
	bool was_there;
	const struct template_revision revision = {
		.id = store_new_id(arena),
		.template_id = template->id,
		.number = template->rev,
		.name = template->name,
		.subject = template->subject,
		.preheader = template->preheader,
		.design = template->design,
		.html_content = template->html_content,
		.text_content = template->text_content,
		.sms_content = template->sms_content,
		.saved_by = template->updated_by,
		.saved_at = template->updated_at,
	};
	int64_t deleted;
	return store_insert_once(store, REVISIONS, &template_revision_record, &revision, &was_there, err) &&
	       store_delete(store, REVISIONS,
	                    FILTER(eq_id("template_id", template->id),
	                           lte_count("number", template->rev - TEMPLATE_REVISIONS_MAX)),
	                    &deleted, err);
}

bool template_save(struct store *store, const struct template *before, const struct template *after,
                   struct arena *arena, struct error *err) {
	bool found;
	struct template saved = *after;
	if (saved.rev == COUNT_NONE)
		saved.rev = before->rev;
	if (saved.rev != before->rev)
		return store_raise_stale(err);
	saved.search = search_of(after, arena);
	return keep_revision(store, before, arena, err) &&
	       store_save(store, TEMPLATES, FILTER(by_id(before->id)), &template_record, &saved,
	                  EXCEPT("id", "created_at", "created_by", "is_listed"), &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "This template was deleted meanwhile")) &&
	       tell_images(store, after, arena, err);
}

/* Uses. */

enum { USERS_MAX = 8, USES_NAMED = 3 };
static template_users *users[USERS_MAX];
static int user_count;

void template_ask_users(template_users *function) {
	if (user_count < USERS_MAX)
		users[user_count++] = function;
}

void template_use_add(struct template_uses *uses, const char *kind, const char *name) {
	if (uses->count < TEMPLATE_USES_MAX)
		uses->items[uses->count] = (struct template_use){ kind, name };
	uses->count++;
}

static const char *uses_words(const struct template_uses *uses, struct arena *arena) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < uses->count && i < USES_NAMED; i++)
		buf_print(&out, "%sthe %s “%.60s”", i ? ", " : "", uses->items[i].kind, uses->items[i].name);
	if (uses->count > USES_NAMED)
		buf_print(&out, " and %d more", uses->count - USES_NAMED);
	return arena_copy(arena, buf_text(&out));
}

bool template_drop(struct store *store, const struct template *template, struct arena *arena, struct error *err) {
	struct template_uses uses = { 0 };
	int64_t deleted;
	for (int i = 0; i < user_count; i++)
		if (!users[i](store, template->id, arena, &uses, err))
			return false;
	if (uses.count)
		return error_set(err, ERROR_CONFLICT,
		                 "“%.100s” is used by %.240s, not sent yet: choose another template there first",
		                 template->name, uses_words(&uses, arena));
	return store_delete(store, TEMPLATES, FILTER(by_id(template->id)), &deleted, err) &&
	       store_delete(store, REVISIONS, FILTER(eq_id("template_id", template->id)), &deleted, err) &&
	       media_drop_uses(store, "template", template->id, err);
}

bool template_revisions(struct store *store, const char *template_id, struct arena *arena, struct rows *revisions,
                        struct error *err) {
	return store_list(store, REVISIONS, FILTER(eq_id("template_id", template_id)), SORT(desc("number"), desc("_id")),
	                  TEMPLATE_REVISIONS_MAX, &template_revision_record, arena, &revisions->items, &revisions->count,
	                  err);
}

bool template_at(struct store *store, const struct template *template, int64_t number, struct arena *arena,
                 struct template *then, struct error *err) {
	struct template_revision revision;
	bool found;
	if (!store_find(store, REVISIONS, FILTER(eq_id("template_id", template->id), eq_count("number", number)), NULL,
	                &template_revision_record, arena, &revision, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no version %lld of this template", (long long)number);
	*then = *template;
	then->name = revision.name;
	then->subject = revision.subject;
	then->preheader = revision.preheader;
	then->design = revision.design;
	then->html_content = revision.html_content;
	then->text_content = revision.text_content;
	then->sms_content = revision.sms_content;
	return true;
}
