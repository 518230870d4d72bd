/* Which values people lack. */
#include "composing/lacking.h"

#include <string.h>

#include "content/tag.h"
#include "templates/parts.h"
#include "templates/values.h"

enum { COUNTED_MAX = 20 };

const char *lacking_default(const char *source, const char *name, struct arena *arena) {
	size_t size = source ? strlen(source) : 0, from = 0;
	struct flaws ignored;
	flaws_begin(&ignored, arena);
	while (from < size) {
		struct tag tag = { .to = size };
		if (tag_find(source, size, from, SOURCE_HTML, &tag, &ignored) && tag.kind == TAG_WRITE) {
			int at = 0;
			const char *named = tag_name(&tag, &at, arena);
			if (text_same(named, name) && at + 3 < tag.count && token_is(&tag.tokens[at], TOKEN_SIGN, "|") &&
			    token_is(&tag.tokens[at + 1], TOKEN_WORD, "default") && tag.tokens[at + 3].kind == TOKEN_TEXT)
				return tag.tokens[at + 3].text;
		}
		from = tag.to > from ? tag.to : size;
	}
	return NULL;
}

/* What the emptiest reader lacks in one part: adds to the names, and marks those for which nothing stands. */
static bool look(const struct part_source *part, const struct reader *reader, struct moment now, struct arena *arena,
                 struct audience_facts *facts, struct missing_value *missing, struct error *err) {
	if (!part->program)
		return true;
	const struct strings names = program_names(part->program);
	unsigned char *seen = arena_array(arena, unsigned char, names.count + 1);
	const struct rendering rendering = { .values = reader_values(reader, &names, arena), .now = now };
	BUF_AUTO out = { 0 };
	memset(seen, 0, (size_t)names.count + 1);
	if (!program_render(part->program, &rendering, seen, &out, err))
		return false;
	for (int i = 0; i < names.count; i++) {
		int at = 0;
		if (!(seen[i] & SEEN_EMPTY))
			continue;
		while (at < facts->count && !text_same(missing[at].name, names.items[i]))
			at++;
		if (at == COUNTED_MAX)
			continue;
		if (at == facts->count)
			missing[facts->count++] = (struct missing_value){ names.items[i], names.items[i], 0,
				                                              lacking_default(part->text, names.items[i], arena) };
		if (seen[i] & SEEN_BARE)
			missing[at].instead = NULL;
	}
	return true;
}

/* The rule of those who lack it; *rule is NULL if rules cannot ask. */
static bool lack_rule(const char *name, const struct rule_names *names, struct arena *arena, const struct rule **rule) {
	static const char *const fields[] = { "first_name", "last_name", "phone", "company", "job_title", "location" };
	struct rule_reading reading;
	struct error ignored = ERROR_INIT;
	const char *field = names_custom(names, name) ? arena_print(arena, RULE_CUSTOM "%s", name) : NULL;
	for (size_t i = 0; i < sizeof fields / sizeof *fields && !field; i++)
		field = text_same(fields[i], name) ? name : NULL;
	*rule = NULL;
	if (field && rule_read(arena_print(arena, "{\"field\":\"%s\",\"operator\":\"empty\"}", field), names, arena,
	                       &reading, &ignored))
		*rule = reading.rule;
	return *rule != NULL;
}

static bool count(struct store *store, struct missing_value *value, const struct rule_names *names,
                  const struct people_query *query, int64_t until, struct arena *arena, struct audience_facts *facts,
                  struct error *err) {
	struct people_query asked = *query;
	const struct rule *lack;
	struct people_count found;
	int64_t left = until - monotonic_ms();
	if (!lack_rule(value->name, names, arena, &lack))
		return true;
	asked.rule = rule_both(query->rule, lack, arena);
	asked.patience_ms = left > 1 ? (int)left : 1;
	if (!people_count(store, &asked, arena, &found, err))
		return false;
	value->people = found.people == COUNT_NONE ? 0 : found.people;
	if (found.progress.next && found.progress.looked != COUNT_NONE &&
	    (facts->of == 0 || found.progress.looked < facts->looked))
		facts->looked = found.progress.looked, facts->of = found.progress.of;
	return true;
}

bool lacking_count(struct store *store, const struct wording *wording, const struct rule_names *names,
                   const struct people_query *query, struct arena *arena, struct audience_facts *facts,
                   struct error *err) {
	const struct names known = names_of_customs(&names->customs, arena);
	const struct reader emptiest = reader_made_up(READER_EMPTIEST, &known, query->clock.now, arena);
	const struct template said = wording_template(wording);
	struct missing_value *missing = arena_array(arena, struct missing_value, COUNTED_MAX);
	struct parts *parts = arena_new_of(arena, struct parts);
	int64_t until = monotonic_ms() + query->patience_ms;
	*facts = (struct audience_facts){ .missing = missing, .largest_bytes = COUNT_NONE };
	parts_compile(&said, &known, arena, parts);
	for (int i = 0; i < PART_COUNT; i++) {
		bool sent = i == PART_SMS ? composition_texts(&wording->said) : composition_emails(&wording->said);
		if (sent && !look(&parts->items[i], &emptiest, query->clock.now, arena, facts, missing, err))
			return false;
	}
	for (int i = 0; i < facts->count; i++) {
		const struct name *name = name_find(&known, missing[i].name);
		missing[i].label = name ? name->label : missing[i].name;
		if (query->rule && !count(store, &missing[i], names, query, until, arena, facts, err))
			return false;
	}
	return true;
}
