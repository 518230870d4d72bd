/* What sources find of a person. */
#include "templates/values.h"

#include <string.h>

#include "audience/fields/definition.h"
#include "core/base/local.h"
#include "core/formats/json.h"
#include "segments/facts.h"
#include "templates/recommendation.h"

static const char *const kind_names[] = { [READER_SAMPLE] = "sample",
	                                      [READER_LONGEST] = "longest",
	                                      [READER_EMPTIEST] = "emptiest",
	                                      [READER_CONTACT] = "contact" };
const struct choices reader_kinds = CHOICES(kind_names);

struct names names_of_customs(const struct rows *customs, struct arena *arena) {
	static const enum name_type types[CUSTOM_TYPE_COUNT] = { [CUSTOM_TEXT] = NAME_TEXT,
		                                                     [CUSTOM_NUMBER] = NAME_NUMBER,
		                                                     [CUSTOM_DATE] = NAME_DAY,
		                                                     [CUSTOM_BOOLEAN] = NAME_TRUTH,
		                                                     [CUSTOM_CHOICE] = NAME_TEXT };
	const struct named_custom *named = customs->items;
	struct name *items = arena_array(arena, struct name, standard_names.count + customs->count);
	struct names names = { items, standard_names.count };
	memcpy(items, standard_names.items, sizeof *items * (size_t)standard_names.count);
	for (int i = 0; i < customs->count; i++)
		if (!name_find(&standard_names, named[i].key))
			items[names.count++] = (struct name){ named[i].key, named[i].label, types[named[i].type] };
	return names;
}

bool template_names(struct store *store, struct arena *arena, struct names *names, struct error *err) {
	struct rows customs;
	if (!names_customs(store, arena, &customs, err))
		return false;
	*names = names_of_customs(&customs, arena);
	return true;
}

/* What each mail gets; in a preview these lead nowhere. */
static void put_own(struct value *values) {
	static const char *const own[][2] = {
		{ "unsubscribe_url", "https://example.com/unsubscribe" },
		{ "preferences_url", "https://example.com/preferences" },
		{ "confirm_url", "https://example.com/confirm" },
		{ "view_url", "https://example.com/view" },
		{ "short_link", "https://example.com/q/SUN58KQ2" },
		{ "short_code", "SUN5-8KQ2" },
		{ "unsubscribe_link_id", "u1234567890" },
		{ "tracking_pixel_id", "p1234567890" },
	};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		value_put_text(values, own[i][0], own[i][1]);
}

static void put_day(struct value *values, const char *name, struct moment at) {
	if (moment_is_set(at))
		value_put_text(values, name, text_of_iso_day(values->arena, at));
}

struct sample {
	const char *name, *usual, *longest;
};
static const struct sample samples[] = {
	{ "first_name", "Ines", "Maximiliana-Alexandrina Theodora" },
	{ "last_name", "Kowalski", "Freifrau von Schwarzenberg-Hohenstaufen" },
	{ "email", "ines.kowalski@example.com",
	  "maximiliana-alexandrina.theodora@customer-relations.department.example.com" },
	{ "phone", "+4917012345678", "+491701234567890" },
	{ "company", "Kowalski Solar",
	  "Vereinigte Norddeutsche Stromerzeugungs- und Netzbetriebsgesellschaft mbH & Co. KG" },
	{ "job_title", "Owner", "Deputy Vice President of International Customer Relations and Sustainability" },
	{ "location", "Lindenau", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" },
};

static void put_recommended(struct value *values, const char *name, bool longest) {
	static const char *const long_text = "A sentence below it, which has as many words as there is room for in a "
										 "recommendation that somebody wrote without thinking of phones";
	struct recommendation items[RECOMMENDATIONS_SHOWN] = { { .title = "A balcony set for two panels",
		                                                     .text = "One plug" },
		                                                   { .title = "Storage, 2 kWh", .text = NULL },
		                                                   { .title = "How others heat", .text = NULL } };
	const char *interest = "sample";
	const struct strings interests = { &interest, 1 };
	for (int i = 0; i < RECOMMENDATIONS_SHOWN; i++) {
		items[i].url = "https://example.com/recommended";
		items[i].interests = interests;
		items[i].text = longest ? long_text : items[i].text;
	}
	const struct rows some = { items, longest ? RECOMMENDATIONS_SHOWN : RECOMMENDATIONS_SHOWN - 1 };
	value_put_text(values, name, recommendations_html(&some, &interests, values->arena));
}

static void put_sample(struct value *values, const struct name *name, bool longest, struct moment now) {
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		if (strcmp(samples[i].name, name->name) == 0) {
			value_put_text(values, name->name, longest ? samples[i].longest : samples[i].usual);
			return;
		}
	if (name->type == NAME_TEXT)
		value_put_text(values, name->name,
		               longest ? arena_print(values->arena, "%s, and some more words so that it is long", name->label)
		                       : name->label);
	else if (name->type == NAME_NUMBER)
		value_put_int(values, name->name, longest ? 1234567 : 12);
	else if (name->type == NAME_DAY)
		put_day(values, name->name, now);
	else if (name->type == NAME_TRUTH)
		value_put_bool(values, name->name, true);
	else if (name->type == NAME_MARKUP)
		put_recommended(values, name->name, longest);
	else if (name->type == NAME_LIST) {
		struct value *list = value_put(values, name->name, value_list(values->arena));
		for (int i = 0; i < (longest ? 12 : 2); i++)
			(void)value_push(list, value_text(values->arena, i % 2 ? "newsletter" : "vip"));
	}
}

struct reader reader_made_up(enum reader_kind kind, const struct names *names, struct moment now, struct arena *arena) {
	static const char *const labels[READER_KIND_COUNT] = { [READER_SAMPLE] = "Sample contact",
		                                                   [READER_LONGEST] = "Longest values",
		                                                   [READER_EMPTIEST] = "Nothing known",
		                                                   [READER_CONTACT] = "" };
	struct reader reader = { kind, labels[kind], value_map(arena) };
	for (int i = 0; i < names->count && kind != READER_EMPTIEST; i++)
		put_sample(reader.values, &names->items[i], kind == READER_LONGEST, now);
	if (kind == READER_EMPTIEST)
		value_put_text(reader.values, "email", "a@b.example");
	put_own(reader.values);
	return reader;
}

static void put_known(struct value *values, const char *name, const char *text) {
	if (!text_is_empty(text))
		value_put_text(values, name, text);
}

static void put_profile(struct value *values, const struct contact *contact) {
	const struct profile *profile = &contact->profile;
	struct error ignored;
	struct value *custom;
	put_known(values, "first_name", profile->first_name);
	put_known(values, "last_name", profile->last_name);
	put_known(values, "email", contact->email);
	put_known(values, "phone", profile->phone);
	put_known(values, "company", profile->company);
	put_known(values, "job_title", profile->job_title);
	put_known(values, "location", profile->location);
	put_day(values, "date_added", contact->created_at);
	struct value *tags = value_put(values, "tags", value_list(values->arena));
	for (int i = 0; i < contact->tags.count; i++)
		(void)value_push(tags, value_text(values->arena, contact->tags.items[i]));
	if (!profile->custom_fields ||
	    !json_read(values->arena, profile->custom_fields, strlen(profile->custom_fields), &custom, &ignored))
		return;
	for (struct value *one = custom->first, *next; one; one = next) {
		next = one->next;
		if (!name_find(&standard_names, one->name)) {
			struct value *copy = arena_new_of(values->arena, struct value);
			*copy = *one;
			copy->next = NULL;
			(void)value_put(values, one->name, copy);
		}
	}
}

/* The campaign that was sent last to one of the contact's lists; NULL if none was. */
static const struct named_campaign *last_campaign(const struct rule_names *names, const struct contact *contact) {
	const struct named_campaign *items = names->campaigns.items;
	for (int i = 0; i < names->campaigns.count; i++)
		if (moment_is_set(items[i].sent_at) && strings_meet(&items[i].list_ids, &contact->list_ids))
			return &items[i];
	return NULL;
}

/* What people did lately; the campaigns that were sent last to their lists are looked up once for all. */
struct behaviour {
	struct rule_names names;
	struct facts *facts; /* of each contact: deeds in the campaigns below */
};

static bool read_behaviour(struct store *store, const struct contact *contacts, int count, struct arena *arena,
                           struct behaviour *behaviour, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
	if (!names_read(store, arena, &behaviour->names, err))
		return false;
	behaviour->facts = arena_array(arena, struct facts, count + 1);
	for (int i = 0; i < count; i++) {
		const struct named_campaign *campaign = last_campaign(&behaviour->names, &contacts[i]);
		behaviour->facts[i].id = contacts[i].id;
		if (campaign && !strings_have(&ids, campaign->id))
			ids.items[ids.count++] = campaign->id;
	}
	return !ids.count || facts_read_deeds(store, &ids, behaviour->facts, count, arena, err);
}

static void put_behaviour(const struct behaviour *behaviour, const struct contact *contact, const struct facts *facts,
                          struct moment now, struct value *values) {
	const struct engagement *engagement = &contact->engagement;
	struct moment last = engagement->last_opened_at;
	if (!moment_is_set(last) ||
	    (moment_is_set(engagement->last_clicked_at) && engagement->last_clicked_at.ms > last.ms))
		last = engagement->last_clicked_at;
	if (!moment_is_set(last))
		last = contact->created_at;
	if (moment_is_set(last))
		value_put_int(values, "inactive_days", (now.ms - last.ms) / DAY_MS);
	const struct named_campaign *campaign = last_campaign(&behaviour->names, contact);
	if (!campaign)
		return;
	value_put_bool(values, "opened_last", strings_have(&facts->deeds.campaign_ids[EVENT_OPENED], campaign->id));
	value_put_bool(values, "clicked_last", strings_have(&facts->deeds.campaign_ids[EVENT_CLICKED], campaign->id));
}

static bool has_interests(const struct reader *readers, int count) {
	for (int i = 0; i < count; i++)
		if (value_get(readers[i].values, INTERESTS))
			return true;
	return false;
}

/* By their interests; nothing is asked where nobody has any. */
static bool put_recommendations(struct store *store, struct reader *readers, int count, struct arena *arena,
                                struct error *err) {
	struct rows all;
	if (!has_interests(readers, count))
		return true;
	if (!recommendation_list(store, arena, &all, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct strings interests = interests_of(value_get(readers[i].values, INTERESTS), arena);
		const char *html = recommendations_html(&all, &interests, arena);
		if (html)
			value_put_text(readers[i].values, "recommendations", html);
	}
	return true;
}

bool readers_of_contacts(struct store *store, const struct contact *contacts, int count, bool behaves,
                         struct moment now, struct arena *arena, struct reader *readers, struct error *err) {
	struct behaviour behaviour = { 0 };
	if (behaves && !read_behaviour(store, contacts, count, arena, &behaviour, err))
		return false;
	for (int i = 0; i < count; i++) {
		readers[i] = (struct reader){ READER_CONTACT, contacts[i].email ? contacts[i].email : contacts[i].profile.phone,
			                          value_map(arena) };
		put_profile(readers[i].values, &contacts[i]);
		put_own(readers[i].values);
		if (behaves)
			put_behaviour(&behaviour, &contacts[i], &behaviour.facts[i], now, readers[i].values);
	}
	return put_recommendations(store, readers, count, arena, err);
}

bool reader_of_contact(struct store *store, const struct contact *contact, struct moment now, struct arena *arena,
                       struct reader *reader, struct error *err) {
	return readers_of_contacts(store, contact, 1, true, now, arena, reader, err);
}

const struct value *const *reader_values(const struct reader *reader, const struct strings *names,
                                         struct arena *arena) {
	const struct value **values = arena_array(arena, const struct value *, names->count + 1);
	for (int i = 0; i < names->count; i++)
		values[i] = value_get(reader->values, names->items[i]);
	return values;
}
