/* Documents to records: damaged ones give absent members, never a crash; what was read can be stored and reads back as
 * the same JSON. */
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/contact.h"
#include "audience/lists/list.h"
#include "campaigns/curve.h"
#include "campaigns/links.h"
#include "observing/sync.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static void check(const struct record_type *record, const bson_t *bson, struct arena *arena) {
	BUF_AUTO once = { 0 };
	BUF_AUTO twice = { 0 };
	bson_t stored = BSON_INITIALIZER;
	void *object = arena_alloc(arena, record->size), *again = arena_alloc(arena, record->size);
	struct error err = ERROR_INIT;
	bool fine = record_from_bson(record, bson, arena, object, &err);
	if (!fine && err.kind != ERROR_FAULT)
		abort();
	record_to_json(record, object, &once);
	record_to_bson(record, object, &stored);
	if (!record_from_bson(record, &stored, arena, again, &err))
		abort();
	record_to_json(record, again, &twice);
	if (strcmp(buf_text(&once), buf_text(&twice)) != 0)
		abort();
	bson_destroy(&stored);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	bson_t bson;
	if (!bson_init_static(&bson, bytes, size) || !bson_validate(&bson, BSON_VALIDATE_UTF8, NULL))
		return 0;
	check(&campaign_record, &bson, arena);
	check(&snapshot_record, &bson, arena);
	check(&link_report_record, &bson, arena);
	check(&sync_run_record, &bson, arena);
	check(&contact_record, &bson, arena);
	check(&membership_record, &bson, arena);
	check(&list_record, &bson, arena);
	return 0;
}
