/* Saved segments: rules and storage. */
#include "segments/segment.h"

#include <string.h>
#include <strings.h>

#include "core/formats/json.h"
#include "core/store/kept.h"

static const char SEGMENTS[] = "segments";

static const struct field segment_fields[] = {
	FIELD(struct segment, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct segment, name),
	FIELD(struct segment, description),
	FIELD(struct segment, rule, .flags = FIELD_OBJECT, .max = RULE_BYTES),
	FIELD(struct segment, created_by),
	FIELD(struct segment, created_at),
	FIELD(struct segment, updated_at),
	FIELD(struct segment, rev, .flags = FIELD_REVISION),
};
const struct record_type segment_record = RECORD_TYPE("Segment", struct segment, segment_fields);

static const struct field request_fields[] = {
	FIELD(struct segment_request, name, .flags = FIELD_REQUIRED, .max = 64,
	      .doc = "Small letters, digits, spaces, _ and -"),
	FIELD(struct segment_request, description, .max = SEGMENT_DESCRIPTION_MAX),
	FIELD(struct segment_request, rule, .flags = FIELD_OBJECT, .max = RULE_BYTES,
	      .doc = "{match: all, any or not, rules} or {field, operator, value}"),
	FIELD(struct segment_request, rev, .doc = "Of the segment as it was read; a stale one is refused"),
};
const struct record_type segment_request_record = RECORD_TYPE("SegmentRequest", struct segment_request, request_fields);

static bool read_by_name(struct store *store, const char *of, struct arena *arena, struct rows *rows,
                         struct error *err) {
	(void)of;
	return store_list(store, SEGMENTS, &everything, SORT(asc("name")), SEGMENTS_MAX, &segment_record, arena,
	                  &rows->items, &rows->count, err);
}

bool segment_list(struct store *store, struct arena *arena, struct rows *segments, struct error *err) {
	static struct kept kept = { .realms = REALM_PEOPLE, .size = sizeof(struct segment), .read = read_by_name };
	return kept_rows(&kept, store, NULL, arena, &segments->items, &segments->count, err);
}

bool segment_find(struct store *store, const char *id, struct arena *arena, struct segment *segment, bool *found,
                  struct error *err) {
	const char *bare = text_starts(id, "segment_") ? id + strlen("segment_") : id;
	struct rows all;
	*found = false;
	if (!segment_list(store, arena, &all, err))
		return false;
	const struct segment *items = all.items;
	for (int i = 0; i < all.count && !*found; i++) {
		*found = text_same(items[i].id, bare) || text_same(items[i].name, id);
		if (*found)
			*segment = items[i];
	}
	return true;
}

/* The first problem is also the error. */
static void refuse(struct problems *problems, const char *field, const char *text, struct arena *arena, bool *fine,
                   struct error *err) {
	struct error problem = ERROR_INIT;
	(void)error_field(&problem, field, "%s", text);
	problems_add(problems, arena, &problem);
	if (*fine)
		*err = problem;
	*fine = false;
}

static void refuse_remarks(struct problems *problems, const struct remarks *remarks, struct arena *arena, bool *fine,
                           struct error *err) {
	for (int i = 0; i < remarks->count && i < REMARKS_MAX; i++) {
		const struct remark *remark = &remarks->items[i];
		char *text = arena_copy(arena, remark->text);
		text_capitalize(text);
		refuse(problems, *remark->path ? arena_print(arena, "rule.%s", remark->path) : "rule", text, arena, fine, err);
	}
}

/* The names, with this segment as it would be. */
static struct rule_names names_with(const struct rule_names *names, const struct segment_request *request,
                                    struct arena *arena) {
	struct rule_names with = *names;
	struct named_segment *all = arena_array(arena, struct named_segment, names->segments.count + 1);
	const struct named_segment *known = names->segments.items;
	int count = 0;
	for (int i = 0; i < names->segments.count; i++)
		if (!text_same(known[i].name, request->name))
			all[count++] = known[i];
	all[count++] = (struct named_segment){ request->name, request->rule };
	with.segments = (struct rows){ all, count };
	return with;
}

bool segment_check(const struct segment_request *request, const struct rule_names *names, struct arena *arena,
                   struct problems *problems, struct error *err) {
	struct rule_reading reading;
	struct error ignored;
	bool fine = true;
	if (segment_is_all(request->name))
		refuse(problems, "name", "“all” stands for all contacts. Choose another name", arena, &fine, err);
	else if (!segment_name_is_valid(request->name))
		refuse(problems, "name",
		       arena_print(arena,
		                   "“%.64s” cannot be a name. Begin with a small letter or digit, then use small letters, "
		                   "digits, spaces, “_” and “-”, at most 64",
		                   request->name),
		       arena, &fine, err);
	if (text_is_empty(request->rule)) {
		refuse(problems, "rule", "Say who belongs to the segment", arena, &fine, err);
		return false;
	}
	struct rule_names with = names_with(names, request, arena);
	/* By its name, so that one that contains itself is noticed. */
	const char *text = fine ? request->name : request->rule;
	if (!rule_read(text, &with, arena, &reading, &ignored))
		refuse_remarks(problems, &reading.problems, arena, &fine, err);
	refuse_remarks(problems, &reading.gone, arena, &fine, err);
	return fine;
}

/* Checks it, and sets the rule as it is stored: numbers as numbers, texts trimmed. */
static bool check_names(struct store *store, struct segment_request *request, struct rule_names *names,
                        struct arena *arena, struct problems *problems, struct error *err) {
	struct rule_reading reading;
	BUF_AUTO text = { 0 };
	if (!names_read(store, arena, names, err) || !segment_check(request, names, arena, problems, err) ||
	    !rule_read(request->rule, names, arena, &reading, err))
		return false;
	rule_write(reading.rule, &text);
	request->rule = arena_copy(arena, buf_text(&text));
	return true;
}

/* Says that the name is taken, if that is why the write failed. */
static bool end_write(struct store *store, bool fine, const char *name, struct error *err) {
	if (fine)
		return version_bump(store, REALM_PEOPLE, err);
	if (err->kind == ERROR_CONFLICT && !store_is_stale(err)) {
		(void)error_field(err, "name", "A segment named “%.64s” exists already. Choose another name", name);
		err->kind = ERROR_CONFLICT;
	}
	return false;
}

static bool is_named(const struct rows *segments, const char *name) {
	const struct segment *items = segments->items;
	for (int i = 0; i < segments->count; i++)
		if (text_same(items[i].name, name))
			return true;
	return false;
}

/* Does it contain itself, or name one that was there before (`names`) and is gone? */
static bool is_broken(const struct segment_request *request, const struct rule_names *names, const struct rows *now,
                      struct arena *arena) {
	struct rule_reading reading;
	struct error ignored;
	struct rule_names with = *names;
	const struct segment *items = now->items;
	const struct named_segment *before = names->segments.items;
	struct named_segment *named = arena_array(arena, struct named_segment, now->count + 1);
	for (int i = 0; i < now->count; i++)
		named[i] = (struct named_segment){ items[i].name, items[i].rule };
	with.segments = (struct rows){ named, now->count };
	for (int i = 0; i < names->segments.count; i++)
		if (!is_named(now, before[i].name) && rule_text_names(request->rule, before[i].name, arena))
			return true;
	return is_named(now, request->name) && !rule_read(request->name, &with, arena, &reading, &ignored);
}

/* As it was before: gone, or with the rule that it had. Nothing if somebody else has changed it since. */
static bool take_back(struct store *store, const struct segment *written, const struct segment *before,
                      struct error *err) {
	struct segment back = before ? *before : *written;
	int64_t deleted;
	bool found;
	back.rev = written->rev;
	if (!before)
		return store_delete(store, SEGMENTS, FILTER(by_id(written->id), eq_count("rev", written->rev)), &deleted, err);
	return store_save(store, SEGMENTS, FILTER(by_id(written->id)), &segment_record, &back,
	                  EXCEPT("id", "created_at", "created_by"), &found, err) ||
	       store_is_stale(err);
}

/* Two that are saved at once may each contain the other, and one that is named may go, which nobody sees before: of
 * those who look after they have written, at least one does, and takes its own back. `before`: NULL if it is new. */
static bool look_again(struct store *store, const struct segment_request *request, const char *id,
                       const struct rule_names *names, const struct segment *before, struct arena *arena,
                       struct problems *problems, struct error *err) {
	struct rows now;
	bool fine = true;
	if (!read_by_name(store, NULL, arena, &now, err))
		return false;
	const struct segment *items = now.items;
	if (!is_broken(request, names, &now, arena))
		return true;
	for (int i = 0; i < now.count; i++)
		if (text_same(items[i].id, id) && text_same(items[i].name, request->name) &&
		    (!take_back(store, &items[i], before, err) || !version_bump(store, REALM_PEOPLE, err)))
			return false;
	refuse(problems, "rule",
	       "A segment that this one names was changed or deleted at the same moment, so it was not saved. Look at both",
	       arena, &fine, err);
	err->kind = ERROR_CONFLICT;
	return fine;
}

static struct segment segment_of(const struct segment_request *request, struct moment now, struct arena *arena) {
	struct segment segment;
	record_clear(&segment_record, &segment);
	segment.name = request->name;
	segment.description = text_is_empty(request->description) ? NULL : text_clean(arena, request->description);
	segment.rule = request->rule;
	segment.updated_at = now;
	segment.rev = request->rev;
	return segment;
}

bool segment_create(struct store *store, const struct segment_request *request, const char *id, const char *by,
                    struct moment now, struct arena *arena, struct problems *problems, struct error *err) {
	struct segment_request checked = *request;
	struct rule_names names;
	int64_t others;
	bool was_there;
	if (!check_names(store, &checked, &names, arena, problems, err) ||
	    !store_count(store, SEGMENTS, FILTER(ne_id("_id", id)), &others, err))
		return false;
	if (others >= SEGMENTS_MAX)
		return error_set(err, ERROR_INVALID, "There are %d segments, the most there can be. Delete one first",
		                 SEGMENTS_MAX);
	struct segment segment = segment_of(&checked, now, arena);
	segment.id = id;
	segment.created_at = now;
	segment.created_by = by;
	return end_write(store, store_create(store, SEGMENTS, &segment_record, &segment, id, &was_there, err),
	                 request->name, err) &&
	       look_again(store, &checked, id, &names, NULL, arena, problems, err);
}

/* "the list “News” and the segment “best”" */
static const char *uses_words(const struct rows *uses, struct arena *arena) {
	const struct segment_use *items = uses->items;
	BUF_AUTO out = { 0 };
	for (int i = 0; i < uses->count; i++)
		buf_print(&out, "%sthe %s “%.60s”",
		          i == 0                 ? ""
		          : i == uses->count - 1 ? " and "
		                                 : ", ",
		          items[i].kind, items[i].name);
	return arena_copy(arena, buf_text(&out));
}

/* CONFLICT if it is used by its name. */
static bool check_unused(struct store *store, const char *name, const char *what, struct arena *arena,
                         struct error *err) {
	struct rows uses;
	if (!segment_uses(store, name, arena, &uses, err))
		return false;
	return uses.count == 0 ||
	       error_set(err, ERROR_CONFLICT, "“%.64s” is used by %.240s: %s", name, uses_words(&uses, arena), what);
}

bool segment_change(struct store *store, const struct segment_request *request, const struct segment *before,
                    struct moment now, struct arena *arena, struct problems *problems, struct error *err) {
	struct segment_request checked = *request;
	struct rule_names names;
	bool found, keeps_name = text_same(request->name, before->name);
	if (!check_names(store, &checked, &names, arena, problems, err) ||
	    (!keeps_name && !check_unused(store, before->name, "its name stays", arena, err)))
		return false;
	const struct segment segment = segment_of(&checked, now, arena);
	bool fine = store_save(store, SEGMENTS, FILTER(by_id(before->id)), &segment_record, &segment,
	                       EXCEPT("id", "created_at", "created_by"), &found, err);
	return end_write(store, fine, request->name, err) &&
	       (found || error_set(err, ERROR_MISSING, "This segment was deleted meanwhile")) &&
	       look_again(store, &checked, before->id, &names, before, arena, problems, err);
}

static bool value_names(const struct value *value, const char *name) {
	const char *field = value_get_text(value, "field");
	const char *named = value_get_text(value, "value");
	if (text_same(field, "segment") && named && strcasecmp(named, name) == 0)
		return true;
	if (value->kind == VALUE_LIST || value->kind == VALUE_MAP)
		for (const struct value *one = value->first; one; one = one->next)
			if (value_names(one, name))
				return true;
	return false;
}

bool rule_text_names(const char *text, const char *name, struct arena *arena) {
	struct error ignored;
	struct value *json;
	text = text_trim(arena, text ? text : "");
	if (*text != '{')
		return strcasecmp(text, name) == 0;
	return json_read(arena, text, strlen(text), &json, &ignored) && value_names(json, name);
}

/* A list whose people a rule finds. */
struct ruled_list {
	const char *id, *name, *rule;
};
static const struct field ruled_fields[] = {
	FIELD(struct ruled_list, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct ruled_list, name),
	FIELD(struct ruled_list, rule),
};
static const struct record_type ruled_record = RECORD_TYPE("RuledList", struct ruled_list, ruled_fields);

enum { LISTS_MAX = 1000 };

bool segment_uses(struct store *store, const char *name, struct arena *arena, struct rows *uses, struct error *err) {
	struct rows all;
	struct ruled_list *lists;
	int list_count;
	if (!read_by_name(store, NULL, arena, &all, err) ||
	    !store_list(store, "lists", FILTER(is_present("rule"), is_absent("gone_at")), SORT(asc("name"), asc("_id")),
	                LISTS_MAX, &ruled_record, arena, (void **)&lists, &list_count, err))
		return false;
	const struct segment *segments = all.items;
	struct segment_use *items = arena_array(arena, struct segment_use, all.count + list_count + 1);
	*uses = (struct rows){ items, 0 };
	for (int i = 0; i < list_count; i++)
		if (rule_text_names(lists[i].rule, name, arena))
			items[uses->count++] = (struct segment_use){ "list", lists[i].id, lists[i].name };
	for (int i = 0; i < all.count; i++)
		if (!text_same(segments[i].name, name) && rule_text_names(segments[i].rule, name, arena))
			items[uses->count++] = (struct segment_use){ "segment", segments[i].id, segments[i].name };
	return true;
}

bool segment_drop(struct store *store, const struct segment *segment, struct arena *arena, struct error *err) {
	int64_t deleted;
	bool was_there;
	struct error ignored = ERROR_INIT;
	if (!check_unused(store, segment->name, "change those first", arena, err) ||
	    !store_delete(store, SEGMENTS, FILTER(by_id(segment->id)), &deleted, err))
		return false;
	bool fine = check_unused(store, segment->name, "change those first", arena, err); /* saved at the same moment */
	if (!fine && !store_create(store, SEGMENTS, &segment_record, segment, segment->id, &was_there, &ignored))
		*err = ignored;
	return version_bump(store, REALM_PEOPLE, fine ? err : &ignored) && fine;
}
