/* What is known of a person here, and what it makes together with lists' fields. */
#include "audience/contacts/own.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audience/contacts/phone.h"
#include "audience/contacts/tag.h"
#include "audience/fields/definition.h"
#include "core/formats/json.h"

static const char *const source_names[] = {
	[SOURCE_OBSERVED] = "observed", [SOURCE_TYPED] = "typed", [SOURCE_IMPORTED] = "imported",
	[SOURCE_API] = "api",           [SOURCE_FORM] = "form",
};
_Static_assert(sizeof source_names / sizeof *source_names == SOURCE_COUNT, "a name a source");
const struct choices contact_sources = CHOICES(source_names);

static const struct field own_fields[] = {
	FIELD(struct own, source, .choices = &contact_sources),
	FIELD(struct own, email),
	FIELD(struct own, first_name),
	FIELD(struct own, last_name),
	FIELD(struct own, company),
	FIELD(struct own, job_title),
	FIELD(struct own, location),
	FIELD(struct own, phone),
	FIELD(struct own, fields, .flags = FIELD_OBJECT),
	FIELD(struct own, tags),
	FIELD(struct own, dropped),
	FIELD(struct own, unsubscribed_at),
	FIELD(struct own, left, .flags = FIELD_ID),
	FIELD(struct own, fewer_at),
	FIELD_RECORD(struct own, consent, consent_record),
	FIELD_RECORD(struct own, tracking, tracking_record),
	FIELD_LIST(struct own, permissions, permission_note_record),
	FIELD(struct own, created_at),
	FIELD(struct own, updated_at),
	FIELD(struct own, created_by),
	FIELD(struct own, import_id, .flags = FIELD_ID),
};
const struct record_type own_record = RECORD_TYPE("OwnValues", struct own, own_fields);

static const struct field attribute_fields[] = {
	FIELD(struct attribute, key),    FIELD(struct attribute, text), FIELD(struct attribute, fold),
	FIELD(struct attribute, number), FIELD(struct attribute, at),
};
const struct record_type attribute_record = RECORD_TYPE("Attribute", struct attribute, attribute_fields);

/* The members of a profile: what lists call them (letters only, small), and where both stand. */
static const struct member {
	const char *listed;
	size_t own, profile, fold;
} members[] = {
#define MEMBER(listed, its) \
	{ listed, offsetof(struct own, its), offsetof(struct profile, its), offsetof(struct profile, its##_fold) }
	MEMBER("firstname", first_name),
	MEMBER("lastname", last_name),
	MEMBER("company", company),
	MEMBER("jobtitle", job_title),
	MEMBER("location", location),
#undef MEMBER
	{ "phone", offsetof(struct own, phone), offsetof(struct profile, phone), 0 }, /* digits need no folding */
};
enum { MEMBERS = sizeof members / sizeof *members, FOLDED = MEMBERS - 1 };

static const char *own_text(const struct own *own, size_t offset) {
	return *(const char *const *)((const char *)own + offset);
}

static const char **profile_text(struct profile *profile, size_t offset) {
	return (const char **)((char *)profile + offset);
}

bool own_is_any(const struct own *own) {
	return own->source != SOURCE_OBSERVED || moment_is_set(own->created_at);
}

bool own_tag(const char *typed, const char *field, struct arena *arena, const char **tag, struct error *err) {
	const char *form = tag_form(arena, typed);
	*tag = tag_norm(arena, typed);
	if (*tag)
		return true;
	if (!*form)
		return error_field(err, field, "A tag is empty");
	if (text_length(form) > TAG_MAX)
		return error_field(err, field, "The tag “%.40s…” is too long. Use at most %d characters", form, TAG_MAX);
	return error_field(err, field, "“%.70s” is not a tag. Leave out commas and line breaks", form);
}

bool own_phone(const char *typed, const char *field, struct arena *arena, const char **phone, struct error *err) {
	char *number = arena_array(arena, char, PHONE_SIZE);
	if (phone_read(text_trim(arena, typed), "", number) != PHONE_READ)
		return error_field(err, field,
		                   "“%.40s” is not a phone number with its country code. Write it like +49 170 1234567", typed);
	*phone = number;
	return true;
}

bool own_check_fields(const struct value *fields, const char *field, struct error *err) {
	if (fields->count > OWN_FIELDS_MAX)
		return error_field(err, field, "A contact can have at most %d custom fields", OWN_FIELDS_MAX);
	for (const struct value *one = fields->first; one; one = one->next) {
		if (!custom_key_is_valid(one->name))
			return error_field(err, field,
			                   "“%.60s” is not a name for a field. Begin with a letter, then use letters, digits, “_”, "
			                   "“-”, “.” and spaces, at most %d",
			                   one->name, CUSTOM_KEY_MAX);
		if (one->kind == VALUE_LIST || one->kind == VALUE_MAP)
			return error_field(err, field, "The field “%.60s” must be a text, a number, true or false", one->name);
		if (one->kind == VALUE_TEXT && text_length(one->text) > CUSTOM_VALUE_MAX)
			return error_field(err, field, "The field “%.60s” can have at most %d characters", one->name,
			                   CUSTOM_VALUE_MAX);
	}
	return true;
}

/* An object; an empty one for NULL and what is none. */
static const struct value *object_of(const char *text, struct arena *arena) {
	struct value *object;
	struct error ignored;
	bool is_object = text && json_read(arena, text, strlen(text), &object, &ignored) && object->kind == VALUE_MAP;
	return is_object ? object : value_map(arena);
}

static void put_copy(struct value *map, const struct value *one) {
	struct value *copy = arena_new_of(map->arena, struct value);
	*copy = *one;
	copy->next = NULL;
	(void)value_put(map, one->name, copy);
}

const char *own_merge_fields(const char *fields, const char *change, bool keeps_null, struct arena *arena) {
	const struct value *before = object_of(fields, arena), *changes = object_of(change, arena);
	struct value *all = value_map(arena);
	BUF_AUTO text = { 0 };
	for (const struct value *one = before->first; one; one = one->next)
		if (!value_get(changes, one->name))
			put_copy(all, one);
	for (const struct value *one = changes->first; one; one = one->next)
		if (keeps_null || one->kind != VALUE_NULL)
			put_copy(all, one);
	json_write(&text, all);
	return all->count ? arena_copy(arena, buf_text(&text)) : NULL;
}

/* "First name", "first_name" and "FirstName" as "firstname". */
static const struct member *member_listed(const char *name) {
	char letters[16];
	size_t count = 0;
	for (const char *at = name; *at; at++) {
		char small = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
		if (*at == '_' || *at == ' ' || *at == '-')
			continue;
		if (count == sizeof letters - 1)
			return NULL;
		letters[count++] = small;
	}
	letters[count] = '\0';
	for (int i = 0; i < MEMBERS; i++)
		if (strcmp(members[i].listed, letters) == 0)
			return &members[i];
	return NULL;
}

static const char *text_of_value(const struct value *value, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (value->kind == VALUE_TEXT)
		return text_trim(arena, value->text);
	if (value->kind == VALUE_NULL || value->kind == VALUE_LIST || value->kind == VALUE_MAP)
		return NULL;
	json_write(&out, value);
	return arena_copy(arena, buf_text(&out));
}

/* A number as JSON writes it, and nothing else. */
static double number_of_value(const struct value *value, const char *text) {
	double number = NAN;
	int end = -1;
	if (value->kind == VALUE_INT || value->kind == VALUE_REAL)
		return value->kind == VALUE_INT ? (double)value->integer : value->real;
	if (!text || strspn(text, "-0123456789.") != strlen(text) || sscanf(text, "%lf%n", &number, &end) != 1)
		return NAN;
	return text[end] ? NAN : number;
}

/* "2026-11-27", or a whole time. */
static struct moment moment_of_text(const char *text, struct arena *arena) {
	struct moment at;
	if (text && strlen(text) == strlen("2026-11-27") && moment_parse(arena_print(arena, "%sT00:00:00Z", text), &at))
		return at;
	return text && moment_parse(text, &at) ? at : MOMENT_NONE;
}

/* The custom fields while they are collected. */
struct gathering {
	const struct value *items[2 * OWN_FIELDS_MAX];
	int count;
};

static bool has_key(const struct gathering *all, const char *key) {
	for (int i = 0; i < all->count; i++)
		if (text_same(all->items[i]->name, key))
			return true;
	return false;
}

/* A null keeps its key, so that nobody's value after it counts. */
static void add_attribute(struct gathering *all, const struct value *value) {
	if (!has_key(all, value->name) && all->count < 2 * OWN_FIELDS_MAX)
		all->items[all->count++] = value;
}

/* What one list says, where nothing else has said anything. */
static void add_listed(struct gathering *all, struct profile *profile, const char *fields, struct arena *arena) {
	for (const struct value *one = object_of(fields, arena)->first; one; one = one->next) {
		const struct member *member = member_listed(one->name);
		const char *text = member ? text_of_value(one, arena) : NULL;
		const char **place = member ? profile_text(profile, member->profile) : NULL;
		struct error ignored;
		if (member && place == &profile->phone && text && !own_phone(text, "phone", arena, &text, &ignored))
			member = NULL; /* no number that can be dialled: shown as it stands */
		if (!member)
			add_attribute(all, one);
		else if (!*place && !text_is_empty(text))
			*place = text;
	}
}

static void set_attributes(const struct gathering *all, struct profile *profile, struct arena *arena) {
	struct attribute *items = arena_array(arena, struct attribute, (size_t)all->count + 1);
	struct value *map = value_map(arena);
	BUF_AUTO json = { 0 };
	for (int i = 0; i < all->count; i++) {
		const struct value *one = all->items[i];
		const char *text = text_of_value(one, arena);
		if (text_is_empty(text))
			continue;
		items[map->count] = (struct attribute){ one->name, text, text_fold(arena, text), number_of_value(one, text),
			                                    moment_of_text(text, arena) };
		put_copy(map, one);
	}
	json_write(&json, map);
	profile->attributes = (struct rows){ items, map->count };
	profile->custom_fields = arena_copy(arena, buf_text(&json)); /* "{}" without any */
}

struct profile own_apply(const struct own *own, const struct strings *list_fields, struct arena *arena) {
	struct gathering *all = arena_new_of(arena, struct gathering);
	struct profile profile = { 0 };
	for (const struct value *one = object_of(own->fields, arena)->first; one; one = one->next)
		add_attribute(all, one);
	for (int i = 0; i < MEMBERS; i++) /* "" counts as said, until the lists have been asked */
		*profile_text(&profile, members[i].profile) = own_text(own, members[i].own);
	for (int i = 0; i < list_fields->count; i++)
		add_listed(all, &profile, list_fields->items[i], arena);
	for (int i = 0; i < MEMBERS; i++)
		if (text_is_empty(*profile_text(&profile, members[i].profile)))
			*profile_text(&profile, members[i].profile) = NULL;
	for (int i = 0; i < FOLDED; i++) {
		const char *text = *profile_text(&profile, members[i].profile);
		*profile_text(&profile, members[i].fold) = text ? text_fold(arena, text) : NULL;
	}
	set_attributes(all, &profile, arena);
	return profile;
}

struct strings own_apply_tags(const struct own *own, const struct strings *list_tags, struct arena *arena) {
	struct strings all = { arena_array(arena, const char *, list_tags->count + own->tags.count + 1), 0 };
	for (int i = 0; i < list_tags->count; i++) {
		const char *tag = tag_form(arena, list_tags->items[i]);
		if (!strings_have(&all, tag) && !strings_have(&own->dropped, tag))
			all.items[all.count++] = tag;
	}
	for (int i = 0; i < own->tags.count; i++)
		if (!strings_have(&all, own->tags.items[i]))
			all.items[all.count++] = own->tags.items[i];
	return all;
}

static struct strings joined(const struct strings *a, const struct strings *b, struct arena *arena) {
	struct strings all = { arena_array(arena, const char *, a->count + b->count + 1), 0 };
	for (int i = 0; i < a->count; i++)
		all.items[all.count++] = a->items[i];
	for (int i = 0; i < b->count; i++)
		all.items[all.count++] = b->items[i];
	return strings_distinct(arena, &all);
}

static struct moment earlier(struct moment a, struct moment b) {
	return !moment_is_set(b) || (moment_is_set(a) && a.ms < b.ms) ? a : b;
}

struct own own_merge(const struct own *winner, const struct own *other, struct arena *arena) {
	struct own both = *winner;
	for (int i = 0; i < MEMBERS; i++)
		if (!own_text(winner, members[i].own))
			*(const char **)((char *)&both + members[i].own) = own_text(other, members[i].own);
	both.email = winner->email ? winner->email : other->email;
	both.source = winner->source ? winner->source : other->source;
	both.fields = own_merge_fields(other->fields, winner->fields, true, arena);
	both.tags = joined(&winner->tags, &other->tags, arena);
	both.dropped = joined(&winner->dropped, &other->dropped, arena);
	both.left = joined(&winner->left, &other->left, arena);
	both.fewer_at = winner->fewer_at.ms > other->fewer_at.ms ? winner->fewer_at : other->fewer_at;
	both.unsubscribed_at = earlier(winner->unsubscribed_at, other->unsubscribed_at);
	if (!winner->consent.source || (other->consent.source && other->consent.at.ms > winner->consent.at.ms))
		both.consent = other->consent;
	if (!winner->tracking.state || (other->tracking.state && other->tracking.at.ms > winner->tracking.at.ms))
		both.tracking = other->tracking;
	for (int i = 0; i < other->permissions.count; i++)
		both.permissions = permission_noted(&both.permissions,
		                                    (const struct permission_note *)other->permissions.items + i, arena);
	both.created_at = earlier(winner->created_at, other->created_at);
	both.created_by = winner->created_by ? winner->created_by : other->created_by;
	return both;
}
