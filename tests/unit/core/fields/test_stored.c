/* Records from the database: unknown words in choices. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/fields/field.h"

enum color { RED, BLUE };
static const char *const color_names[] = { "red", "blue" };
static const struct choices colors = CHOICES(color_names);

enum mood { MOOD_UNKNOWN, GLAD };
static const char *const mood_names[] = { "unknown", "glad" };
static const struct choices moods = CHOICES(mood_names);

struct part {
	unsigned color;
};
static const struct field part_fields[] = { FIELD(struct part, color, .choices = &colors) };
static const struct record_type part_record = RECORD_TYPE("Part", struct part, part_fields);

struct toy {
	const char *name;
	unsigned color, mood;
	struct part lid;
	struct rows parts;
	int64_t weight; /* in no row */
	bool whole;
};
static const struct field toy_fields[] = {
	FIELD(struct toy, color, .stored = "c", .choices = &colors),
	FIELD(struct toy, mood, .choices = &moods, .flags = FIELD_FOREIGN),
	FIELD_RECORD(struct toy, lid, part_record),
	FIELD_LIST(struct toy, parts, part_record),
	FIELD(struct toy, name),
	FIELD(struct toy, whole, .flags = FIELD_TRUE),
};
static const struct record_type toy_record = RECORD_TYPE("Toy", struct toy, toy_fields);

static bool reads(struct arena *arena, const char *json, struct toy *toy, struct error *err) {
	bson_t bson;
	cr_assert(bson_init_from_json(&bson, json, -1, NULL), "%s", json);
	*err = (struct error)ERROR_INIT;
	bool fine = record_from_bson(&toy_record, &bson, arena, toy, err);
	bson_destroy(&bson);
	return fine;
}

struct shelf {
	struct strings marks;
	struct rows toys;
	int64_t height;
};
static const struct field named_fields[] = { FIELD(struct toy, name), FIELD(struct toy, mood, .choices = &moods) };
static const struct record_type named_record = RECORD_TYPE("Named", struct toy, named_fields);
static const struct field shelf_fields[] = { FIELD(struct shelf, marks), FIELD_LIST(struct shelf, toys, named_record),
	                                         FIELD(struct shelf, height) };
static const struct record_type shelf_record = RECORD_TYPE("Shelf", struct shelf, shelf_fields);

Test(stored, what_could_not_be_read_stays_beside_what_could) {
	ARENA_AUTO arena = arena_new();
	const char *old[] = { "a", "b" }, *read[] = { "c", "b" }, *all[] = { "marks", "toys", "height" };
	struct toy had[] = { { "ball", .mood = GLAD }, { "kite" } }, has[] = { { "kite", .mood = GLAD }, { "top" } };
	struct shelf before = { { old, 2 }, { had, 2 }, 7 }, now = { { read, 2 }, { has, 2 }, COUNT_NONE };
	record_keep(&shelf_record, &now, &before, &(struct strings){ all, 3 }, arena);
	const struct toy *toys = now.toys.items;
	cr_expect(now.height == 7 && now.marks.count == 3 && now.toys.count == 3);
	cr_expect_str_eq(now.marks.items[0], "c");
	cr_expect_str_eq(now.marks.items[2], "a");
	cr_expect(strcmp(toys[0].name, "kite") == 0 && toys[0].mood == GLAD && strcmp(toys[2].name, "ball") == 0);
	struct shelf whole = { { NULL, 0 }, { NULL, 0 }, 1 };
	record_keep(&shelf_record, &whole, &before, &(struct strings){ all, 2 }, arena);
	cr_expect(whole.height == 1 && whole.marks.count == 2 && whole.toys.count == 2);
}

Test(stored, words_of_ours_are_read) {
	ARENA_AUTO arena = arena_new();
	struct toy toy;
	struct error err;
	cr_assert(
		reads(arena, "{\"c\":\"blue\",\"mood\":\"glad\",\"parts\":[{\"color\":\"blue\"}],\"name\":\"x\"}", &toy, &err));
	cr_expect(toy.color == BLUE && toy.mood == GLAD && toy.parts.count == 1);
	cr_expect_eq(((const struct part *)toy.parts.items)->color, BLUE);
	cr_assert(reads(arena, "{\"c\":null}", &toy, &err)); /* absent */
	cr_expect(toy.color == RED && toy.mood == MOOD_UNKNOWN && !toy.name);
}

Test(stored, what_is_true_unless_said_otherwise) {
	ARENA_AUTO arena = arena_new();
	struct toy toy;
	struct error err;
	record_clear(&toy_record, &toy);
	cr_expect(toy.whole);
	cr_expect(reads(arena, "{}", &toy, &err) && toy.whole);
	cr_expect(reads(arena, "{\"whole\": null}", &toy, &err) && toy.whole);
	cr_expect(reads(arena, "{\"whole\": false}", &toy, &err) && !toy.whole);
}

Test(stored, a_member_without_a_row_is_never_left_as_it_was) {
	ARENA_AUTO arena = arena_new();
	struct toy toy;
	struct error err;
	memset(&toy, 0x5a, sizeof toy);
	cr_assert(reads(arena, "{\"name\":\"x\"}", &toy, &err));
	cr_expect_eq(toy.weight, 0);
	memset(&toy, 0x5a, sizeof toy);
	record_clear(&toy_record, &toy);
	cr_expect_eq(toy.weight, 0);
}

Test(stored, a_word_that_is_none_of_ours_is_a_fault_that_names_it) {
	static const char *const bad[][3] = {
		{ "{\"c\":\"green\",\"name\":\"x\"}", "the member c", "'green'" },
		{ "{\"c\":7,\"name\":\"x\"}", "the member c", "no text" },
		{ "{\"lid\":{\"color\":\"gold\"},\"name\":\"x\"}", "the member color", "'gold'" },
		{ "{\"parts\":[{\"color\":\"red\"},{\"color\":\"\"}],\"name\":\"x\"}", "the member color", "''" },
		{ "{\"c\":\"green\",\"lid\":{\"color\":\"gold\"},\"name\":\"x\"}", "the member c", "'green'" },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct toy toy;
		struct error err;
		cr_expect_not(reads(arena, bad[i][0], &toy, &err), "%s", bad[i][0]);
		cr_expect_eq(err.kind, ERROR_FAULT);
		cr_expect(strstr(err.text, bad[i][1]) && strstr(err.text, bad[i][2]), "%s", err.text);
		cr_expect_str_eq(toy.name, "x");
	}
}

Test(stored, a_foreign_word_is_unknown) {
	ARENA_AUTO arena = arena_new();
	struct toy toy;
	struct error err;
	cr_expect(reads(arena, "{\"mood\":\"sleepy\"}", &toy, &err) && toy.mood == MOOD_UNKNOWN);
	cr_expect(reads(arena, "{\"mood\":[]}", &toy, &err) && toy.mood == MOOD_UNKNOWN);
}
