/* Rules: whatever is accepted is written and read back as the same, and can be said, compiled and asked of a person. */
#include <stdlib.h>
#include <string.h>

#include "segments/check.h"
#include "segments/compile.h"
#include "segments/contradict.h"
#include "segments/words.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static const struct rule_names *names(void) {
	static struct named_list lists[] = { { "aaaaaaaaaaaaaaaaaaaaaaa1", "Newsletter" } };
	static const char *ids[] = { "aaaaaaaaaaaaaaaaaaaaaaa1" };
	static struct named_campaign campaigns[] = { { "cccccccccccccccccccccc01", "Autumn", { ids, 1 }, { 0 } } };
	static struct named_segment segments[] = {
		{ "good", "{\"match\":\"not\",\"rules\":[{\"field\":\"segment\",\"operator\":\"in\",\"value\":\"bad\"}]}" },
		{ "bad", "{\"field\":\"segment\",\"operator\":\"not_in\",\"value\":\"vip\"}" },
		{ "looped", "{\"field\":\"segment\",\"operator\":\"in\",\"value\":\"looped\"}" },
	};
	static const struct rule_names all = { { lists, 1 }, { campaigns, 1 }, { NULL, 0 }, { segments, 3 } };
	return &all;
}

static void use(const struct rule *rule, struct arena *arena) {
	const struct rule_clock clock = { { 1793000000000 }, NULL };
	struct compiled_rule compiled;
	struct remarks remarks;
	struct facts facts;
	bool meets;
	record_clear(&facts_record, &facts);
	(void)rule_words(rule, arena);
	rule_contradictions(rule, &clock, arena, &remarks);
	rule_compile(rule, &clock, arena, &compiled);
	bson_destroy(filter_to_bson(compiled.filter));
	(void)rule_reasons(rule, &facts, &clock, arena, &meets);
	if (meets != rule_meets(rule, &facts, &clock))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO once = { 0 };
	BUF_AUTO twice = { 0 };
	struct error err = ERROR_INIT;
	struct rule_reading reading, again;
	const char *text = arena_copy_bytes(arena, (const char *)bytes, size);
	if (!rule_read(text, names(), arena, &reading, &err))
		return 0;
	use(reading.rule, arena);
	rule_write(reading.rule, &once);
	if (!rule_read(buf_text(&once), names(), arena, &again, &err))
		abort();
	rule_write(again.rule, &twice);
	if (strcmp(buf_text(&once), buf_text(&twice)) != 0)
		abort();
	return 0;
}
