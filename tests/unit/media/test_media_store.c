/* Images in the database: once each, kept while they are used. */
#include <criterion/criterion.h>

#include "unit/store_fixture.h"

#include "core/base/secret.h"
#include "core/store/pieces.h"
#include "media/media.h"
#include "media/use.h"

static const struct moment now = { 1795774800000 };

/* The index that keeps a use from being there twice (migrations/). */
static void open_with_index(void) {
	open_all();
	BSON_AUTO command = BCON_NEW("createIndexes", "media_uses", "indexes", "[", "{", "key", "{", "media_id",
	                             BCON_INT32(1), "kind", BCON_INT32(1), "user_id", BCON_INT32(1), "}", "name",
	                             "media_user", "unique", BCON_BOOL(true), "}", "]");
	cr_assert(store_command(store, command, &err), "%s", err.text);
}

static struct media add(const char *text, const char *name) {
	struct media media;
	const struct media_upload upload = { store_new_id(arena), name, text, (int64_t)strlen(text), "ada", now, NULL };
	const struct media_request request = { MEDIA_ATTACHMENT, NULL, COUNT_NONE };
	cr_assert(media_add(store, &upload, &request, arena, &media, &err), "%s", err.text);
	return media;
}

static struct strings missing_of(const char *user, const struct strings *ids) {
	static const struct strings none = { 0 };
	struct strings missing;
	const struct media_user by = { "template", user, "Solar check", "/templates/1" };
	cr_assert(media_set_uses(store, &by, &none, ids, arena, &missing, &err), "%s", err.text);
	return missing;
}

static int uses_of(const char *id) {
	struct rows uses;
	cr_assert(media_uses(store, id, arena, &uses, &err));
	return uses.count;
}

Test(media, the_same_bytes_are_there_once, .init = open_all, .fini = close_all) {
	struct media one = add("one", "a.pdf"), again = add("one", "b.pdf"), other = add("other", "a.pdf");
	cr_expect_str_eq(again.id, one.id);
	cr_expect_str_eq(again.name, "a.pdf");
	cr_expect(strcmp(other.id, one.id) != 0 && one.rev == 1);
	BUF_AUTO bytes = { 0 };
	buf_text_add(&bytes, "before ");
	cr_assert(media_read(store, &other, &bytes, &err), "%s", err.text);
	cr_expect_str_eq(buf_text(&bytes), "before other");
}

Test(media, what_is_used_stays, .init = open_with_index, .fini = close_all) {
	struct media one = add("one", "a.pdf"), two = add("two", "b.pdf"), found;
	bool is_there;
	cr_expect(missing_of("1", TEXTS(one.id, two.id)).count == 0);
	cr_expect(missing_of("2", TEXTS(one.id)).count == 0);
	cr_expect(missing_of("1", TEXTS(one.id, two.id)).count == 0 && uses_of(one.id) == 2 && uses_of(two.id) == 1);
	cr_expect(!media_drop(store, one.id, now, &err) && err.kind == ERROR_CONFLICT);
	cr_expect_str_eq(err.text, "It is used by template “Solar check”, template “Solar check”. Take it out there first");
	cr_expect(media_find(store, one.id, arena, &found, &is_there, &err) && is_there);
	cr_expect(missing_of("1", TEXTS(two.id)).count == 0 && uses_of(one.id) == 1);
	cr_expect(media_drop_uses(store, "template", "2", &err) && media_drop(store, one.id, now, &err));
	cr_expect(media_find(store, one.id, arena, &found, &is_there, &err) && !is_there);
	cr_expect(!media_drop(store, one.id, now, &err) && err.kind == ERROR_MISSING);
	struct strings missing = missing_of("1", TEXTS(one.id, two.id));
	cr_assert(missing.count == 1);
	cr_expect_str_eq(missing.items[0], one.id);
}

/* Its user was deleted by whoever was killed before it said so: nobody could take it out there. */
Test(media, what_nobody_uses_any_more_can_be_deleted, .init = open_all, .fini = close_all) {
	struct media one = add("one", "a.pdf"), two = add("two", "b.pdf");
	const char *gone = "000000010000000000000000", *stands = "000000020000000000000000";
	cr_assert(store_upsert(store, "templates", FILTER(by_id(stands)), UPDATE(set_count("rev", 1)), &err));
	cr_expect(missing_of(gone, TEXTS(one.id)).count == 0 && missing_of(stands, TEXTS(two.id)).count == 0);
	cr_expect(media_drop(store, one.id, now, &err), "%s", err.text);
	cr_expect(!media_drop(store, two.id, now, &err) && err.kind == ERROR_CONFLICT);
}

/* Somebody marks it as going after the use was stored, or before: one of the two notices. */
Test(media, nobody_uses_what_is_going, .init = open_all, .fini = close_all) {
	struct media one = add("one", "a.pdf"), again;
	bool matched;
	cr_assert(store_update(store, "media", FILTER(by_id(one.id)), UPDATE(set_moment("going_at", now)), &matched, &err));
	cr_expect(missing_of("1", TEXTS(one.id)).count == 1);
	const struct media_upload upload = {
		store_new_id(arena), "a.pdf", "one", 3, "ada", moment_add(now, 2 * MINUTE_MS), NULL
	};
	const struct media_request request = { MEDIA_ATTACHMENT, NULL, COUNT_NONE };
	cr_assert(media_add(store, &upload, &request, arena, &again, &err), "%s", err.text); /* what a crash left is gone */
	cr_expect(strcmp(again.id, one.id) != 0);
}

Test(media, bytes_that_were_never_listed_go, .init = open_all, .fini = close_all) {
	const char *lost = store_new_id(arena);
	const struct piece_owner owner = { "media_id", lost };
	struct strings ids;
	cr_assert(pieces_save(store, "media_files", owner, "lost", 4, moment_add(now, -2 * DAY_MS), &err));
	struct media one = add("one", "a.pdf");
	cr_assert(pieces_owners(store, "media_files", "media_id", moment_add(now, DAY_MS), 10, arena, &ids, &err));
	cr_assert(ids.count == 1);
	cr_expect_str_eq(ids.items[0], one.id);
}
