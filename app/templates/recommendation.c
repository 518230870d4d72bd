/* Recommendations: rules and storage. */
#include "templates/recommendation.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/collate.h"
#include "core/base/text.h"
#include "core/formats/url.h"
#include "core/store/kept.h"

static const char RECOMMENDATIONS[] = "recommendations";

static const struct field recommendation_fields[] = {
	FIELD(struct recommendation, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct recommendation, title),
	FIELD(struct recommendation, text),
	FIELD(struct recommendation, url),
	FIELD(struct recommendation, interests, .doc = "It is shown to whoever has one of them"),
	FIELD(struct recommendation, is_paused, .doc = "Shown to nobody"),
	FIELD(struct recommendation, created_by),
	FIELD(struct recommendation, created_at),
	FIELD(struct recommendation, updated_at),
	FIELD(struct recommendation, rev, .flags = FIELD_REVISION),
};
const struct record_type recommendation_record = RECORD_TYPE("Recommendation", struct recommendation,
                                                             recommendation_fields);

static const struct field request_fields[] = {
	FIELD(struct recommendation_request, title, .flags = FIELD_REQUIRED, .max = RECOMMENDATION_TITLE_MAX),
	FIELD(struct recommendation_request, text, .max = RECOMMENDATION_TEXT_MAX),
	FIELD(struct recommendation_request, url, .flags = FIELD_REQUIRED, .max = RECOMMENDATION_URL_MAX),
	FIELD(struct recommendation_request, interests, .max = RECOMMENDATION_INTERESTS_MAX),
	FIELD(struct recommendation_request, interests_text, .max = RECOMMENDATION_INTERESTS_MAX * (INTEREST_MAX + 2),
	      .doc = "The same as one text, separated with commas"),
	FIELD(struct recommendation_request, is_paused),
	FIELD(struct recommendation_request, rev, .doc = "Of the recommendation as it was read; a stale one is refused"),
};
const struct record_type recommendation_request_record = RECORD_TYPE("RecommendationRequest",
                                                                     struct recommendation_request, request_fields);

static void take(struct strings *all, const char *text, struct arena *arena) {
	char *rest = arena_copy(arena, text), *part;
	const char **items = arena_array(arena, const char *, (size_t)all->count + strlen(rest) + 1);
	for (int i = 0; i < all->count; i++)
		items[i] = all->items[i];
	all->items = items;
	while ((part = strsep(&rest, ",;\n"))) {
		const char *clean = text_clean(arena, text_trim(arena, part));
		const char *interest = clean ? text_fold(arena, clean) : "";
		if (*interest && !strings_have(all, interest))
			items[all->count++] = interest;
	}
}

struct strings interests_of(const struct value *value, struct arena *arena) {
	struct strings all = { 0 };
	if (value && value->kind == VALUE_TEXT && value->text)
		take(&all, value->text, arena);
	for (const struct value *one = value && value->kind == VALUE_LIST ? value->first : NULL; one; one = one->next)
		if (one->kind == VALUE_TEXT && one->text)
			take(&all, one->text, arena);
	return all;
}

static int shared(const struct recommendation *recommendation, const struct strings *interests) {
	int count = 0;
	for (int i = 0; i < interests->count; i++)
		count += strings_have(&recommendation->interests, interests->items[i]);
	return count;
}

static void write_one(const struct recommendation *one, struct buf *out) {
	buf_text_add(out, "<p style=\"margin:0 0 12px\"><a href=\"");
	html_escape(out, one->url);
	buf_text_add(out, "\"><b>");
	html_escape(out, one->title);
	buf_text_add(out, "</b></a>");
	if (!text_is_empty(one->text)) {
		buf_text_add(out, "<br>");
		html_escape(out, one->text);
	}
	buf_text_add(out, "</p>");
}

const char *recommendations_html(const struct rows *recommendations, const struct strings *interests,
                                 struct arena *arena) {
	const struct recommendation *items = recommendations->items;
	BUF_AUTO out = { 0 };
	int shown = 0;
	for (int level = interests->count; level > 0; level--)
		for (int i = 0; i < recommendations->count && shown < RECOMMENDATIONS_SHOWN; i++)
			if (!items[i].is_paused && shared(&items[i], interests) == level) {
				write_one(&items[i], &out);
				shown++;
			}
	return shown ? arena_copy_bytes(arena, buf_text(&out), out.size) : NULL;
}

static bool read_by_title(struct store *store, const char *of, struct arena *arena, struct rows *rows,
                          struct error *err) {
	(void)of;
	if (!store_list(store, RECOMMENDATIONS, &everything, SORT(asc("_id")), RECOMMENDATIONS_MAX, &recommendation_record,
	                arena, &rows->items, &rows->count, err))
		return false;
	COLLATE(rows->items, rows->count, struct recommendation, title);
	return true;
}

bool recommendation_list(struct store *store, struct arena *arena, struct rows *rows, struct error *err) {
	static struct kept kept = { .realms = REALM_SETTINGS,
		                        .size = sizeof(struct recommendation),
		                        .read = read_by_title };
	return kept_rows(&kept, store, NULL, arena, &rows->items, &rows->count, err);
}

bool recommendation_need(struct store *store, const char *id, struct arena *arena,
                         struct recommendation *recommendation, struct error *err) {
	bool found = false;
	if (store_is_id(id) && !store_find(store, RECOMMENDATIONS, FILTER(eq_id("_id", id)), NULL, &recommendation_record,
	                                   arena, recommendation, &found, err))
		return false;
	return found || error_set(err, ERROR_MISSING, "no recommendation %.64s", id);
}

static bool check(const struct recommendation *one, struct error *err) {
	bool is_web = text_starts(one->url, "https://") || text_starts(one->url, "http://");
	if (!*one->title)
		return error_field(err, "title", "Write what is recommended");
	if (!is_web || strpbrk(one->url, " \t\r\n\"<>{}"))
		return error_field(err, "url", "“%.60s” is no address. Write it in full, like https://example.com/offer",
		                   one->url);
	if (one->interests.count == 0)
		return error_field(err, "interests_text", "Write for which interests, like solar, heat pumps");
	if (one->interests.count > RECOMMENDATION_INTERESTS_MAX)
		return error_field(err, "interests_text", "At most %d interests", RECOMMENDATION_INTERESTS_MAX);
	for (int i = 0; i < one->interests.count; i++)
		if (text_length(one->interests.items[i]) > INTEREST_MAX)
			return error_field(err, "interests_text", "“%.40s…” is too long. Use at most %d characters",
			                   one->interests.items[i], INTEREST_MAX);
	return true;
}

/* In one line; "" if nothing is left of it. */
static const char *line(const char *text, struct arena *arena) {
	const char *clean = text ? text_clean(arena, text) : NULL;
	return clean ? text_trim(arena, clean) : "";
}

static bool read_request(const struct recommendation_request *request, struct moment now, struct arena *arena,
                         struct recommendation *one, struct error *err) {
	record_clear(&recommendation_record, one);
	const char *text = line(request->text, arena);
	one->title = line(request->title, arena);
	one->text = *text ? text : NULL;
	one->url = line(request->url, arena);
	one->is_paused = request->is_paused;
	one->updated_at = now;
	one->rev = request->rev;
	for (int i = 0; i < request->interests.count; i++)
		take(&one->interests, request->interests.items[i], arena);
	take(&one->interests, request->interests_text ? request->interests_text : "", arena);
	return check(one, err);
}

bool recommendation_create(struct store *store, const struct recommendation_request *request, const char *id,
                           const char *by, struct moment now, struct arena *arena, struct error *err) {
	struct recommendation one;
	int64_t others;
	bool was_there;
	if (!read_request(request, now, arena, &one, err) ||
	    !store_count(store, RECOMMENDATIONS, FILTER(ne_id("_id", id)), &others, err))
		return false;
	if (others >= RECOMMENDATIONS_MAX)
		return error_set(err, ERROR_INVALID, "There are %d recommendations, the most there can be. Delete one first",
		                 RECOMMENDATIONS_MAX);
	one.id = id;
	one.created_at = now;
	one.created_by = by;
	return store_create(store, RECOMMENDATIONS, &recommendation_record, &one, id, &was_there, err) &&
	       version_bump(store, REALM_SETTINGS, err);
}

bool recommendation_change(struct store *store, const struct recommendation_request *request, const char *id,
                           struct moment now, struct arena *arena, struct error *err) {
	struct recommendation one;
	bool found = false;
	if (!read_request(request, now, arena, &one, err) ||
	    (store_is_id(id) && !store_save(store, RECOMMENDATIONS, FILTER(eq_id("_id", id)), &recommendation_record, &one,
	                                    EXCEPT("id", "created_at", "created_by"), &found, err)))
		return false;
	return found ? version_bump(store, REALM_SETTINGS, err)
	             : error_set(err, ERROR_MISSING, "no recommendation %.64s", id);
}

bool recommendation_drop(struct store *store, const char *id, struct error *err) {
	int64_t deleted = 0;
	if (store_is_id(id) && !store_delete(store, RECOMMENDATIONS, FILTER(eq_id("_id", id)), &deleted, err))
		return false;
	return deleted ? version_bump(store, REALM_SETTINGS, err)
	               : error_set(err, ERROR_MISSING, "no recommendation %.64s", id);
}
