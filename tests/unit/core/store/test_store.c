/* Filters, updates and pages: as BSON and, if TEST_STORE_URI names a server, their effect. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>

#include "core/store/page.h"
#include "core/store/store.h"
#include "unit/store_support.h"

#define ID_A "0123456789abcdef01234567"
#define ID_B "0123456789abcdef01234568"

static void expect_json(bson_t *bson, const char *expected) {
	char *json = bson_as_relaxed_extended_json(bson, NULL);
	cr_expect_str_eq(json, expected);
	bson_free(json);
	bson_destroy(bson);
}

static void expect_filter(const struct filter *filter, const char *expected) {
	expect_json(filter_to_bson(filter), expected);
}

static void expect_update(const struct update *update, const char *expected) {
	expect_json(update_to_bson(update), expected);
}

static const char *const color_names[] = { "red", "green" };
static const struct choices colors = CHOICES(color_names);
enum { RED, GREEN };

struct size {
	int64_t width, height;
};
static const struct field size_fields[] = { FIELD(struct size, width), FIELD(struct size, height) };
static const struct record_type size_record = RECORD_TYPE("Size", struct size, size_fields);

struct thing {
	const char *id, *name, *note;
	unsigned color;
	int64_t weight;
	struct moment made_at;
	struct strings tags;
	struct size size;
	int64_t rev;
};
static const struct field thing_fields[] = {
	FIELD(struct thing, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct thing, name),
	FIELD(struct thing, note, .stored = "remark"),
	FIELD(struct thing, color, .choices = &colors),
	FIELD(struct thing, weight),
	FIELD(struct thing, made_at),
	FIELD(struct thing, tags),
	FIELD_RECORD(struct thing, size, size_record),
	FIELD(struct thing, rev, .flags = FIELD_REVISION),
};
static const struct record_type thing_record = RECORD_TYPE("Thing", struct thing, thing_fields);

static struct thing a_thing(const char *id, const char *name) {
	struct thing thing;
	record_clear(&thing_record, &thing);
	thing.id = id;
	thing.name = name;
	return thing;
}

Test(filter, equality) {
	expect_filter(&everything, "{ }");
	expect_filter(FILTER(eq_text("a", "x"), eq_bool("b", true), eq_count("c", 3)),
	              "{ \"a\" : \"x\", \"b\" : true, \"c\" : 3 }");
	expect_filter(FILTER(eq_choice("color", &colors, GREEN), eq_moment("at", (struct moment){ 0 })),
	              "{ \"color\" : \"green\", \"at\" : { \"$date\" : \"1970-01-01T00:00:00Z\" } }");
	expect_filter(FILTER(by_id(ID_A)), "{ \"_id\" : { \"$oid\" : \"" ID_A "\" } }");
	expect_filter(FILTER(by_id_or("summer", "name")), "{ \"name\" : \"summer\" }");
	expect_filter(FILTER(by_id_or(ID_A, "name")), "{ \"_id\" : { \"$oid\" : \"" ID_A "\" } }");
	expect_filter(FILTER(in_texts("a", TEXTS("x", "y")), in_ids("b", TEXTS(ID_A, "none"))),
	              "{ \"a\" : { \"$in\" : [ \"x\", \"y\" ] }, \"b\" : { \"$in\" : [ { \"$oid\" : \"" ID_A "\" } ] } }");
	expect_filter(FILTER(is_absent("a"), is_present("b")),
	              "{ \"a\" : { \"$eq\" : null }, \"b\" : { \"$ne\" : null } }");
}

/* A filter widened by mistake would delete too much. */
Test(filter, what_is_absent_meets_nothing) {
	expect_filter(FILTER(by_id("none")), "{ \"_id\" : { \"$in\" : [  ] } }");
	expect_filter(FILTER(eq_text("a", NULL)), "{ \"a\" : { \"$in\" : [  ] } }");
	expect_filter(FILTER(ne_text("a", NULL)), "{ \"a\" : { \"$in\" : [  ] } }");
	expect_filter(FILTER(lt_moment("a", MOMENT_NONE)), "{ \"a\" : { \"$in\" : [  ] } }");
	expect_filter(FILTER(in_texts("a", NULL)), "{ \"a\" : { \"$in\" : [  ] } }");
	expect_filter(FILTER(prefix_text("a", NULL), contains_text("b", NULL)),
	              "{ \"a\" : { \"$in\" : [  ] }, \"b\" : { \"$in\" : [  ] } }");
}

Test(filter, ranges_of_one_field_stand_together) {
	expect_filter(FILTER(gte_count("a", 1), eq_text("b", "x"), lt_count("a", 9)),
	              "{ \"a\" : { \"$gte\" : 1, \"$lt\" : 9 }, \"b\" : \"x\" }");
	expect_filter(FILTER(eq_text("a", "x"), ne_text("a", "y")), "{ \"a\" : { \"$eq\" : \"x\", \"$ne\" : \"y\" } }");
	expect_filter(FILTER(ne_text("a", "x"), ne_text("a", "y")),
	              "{ \"a\" : { \"$ne\" : \"x\" }, \"$and\" : [ { \"a\" : { \"$ne\" : \"y\" } } ] }");
}

Test(filter, texts_stand_for_themselves) {
	expect_filter(FILTER(contains_text("a", "x.y+(z)")),
	              "{ \"a\" : { \"$regex\" : { \"$regularExpression\" : { \"pattern\" : \"x\\\\.y\\\\+\\\\(z\\\\)\", "
	              "\"options\" : \"\" } } } }");
	expect_filter(FILTER(suffix_text("a", "x.")), "{ \"a\" : { \"$regex\" : { \"$regularExpression\" : { \"pattern\" : "
	                                              "\"x\\\\.\\\\z\", \"options\" : \"\" } } } }");
	expect_filter(FILTER(prefix_text("a", "x.")),
	              "{ \"a\" : { \"$gte\" : \"x.\", \"$lt\" : \"x.\xF4\x8F\xBF\xBF\" } }");
}

/* A rule of somebody's may have more conditions than anybody writes here. */
Test(filter, any_number_of_conditions) {
	struct condition many[300];
	for (int i = 0; i < 300; i++)
		many[i] = ne_count("a", i);
	bson_t *bson = filter_to_bson(&(struct filter){ many, 300 });
	bson_iter_t iter, rest;
	cr_assert(bson_iter_init_find(&iter, bson, "$and") && bson_iter_recurse(&iter, &rest));
	int count = 0;
	while (bson_iter_next(&rest))
		count++;
	cr_expect_eq(count, 299);
	bson_destroy(bson);
}

Test(filter, groups) {
	expect_filter(FILTER(ANY_OF(eq_text("a", "x"), ALL_OF(eq_text("a", "y"), eq_count("b", 1)))),
	              "{ \"$or\" : [ { \"a\" : \"x\" }, { \"a\" : \"y\", \"b\" : 1 } ] }");
	expect_filter(FILTER(NONE_OF(eq_text("a", "x"), is_absent("b")), eq_count("c", 1)),
	              "{ \"$nor\" : [ { \"a\" : \"x\" }, { \"b\" : { \"$eq\" : null } } ], \"c\" : 1 }");
	expect_filter(FILTER(ANY_OF(eq_count("a", 1), eq_count("b", 1)), ANY_OF(eq_count("c", 1), eq_count("d", 1))),
	              "{ \"$or\" : [ { \"a\" : 1 }, { \"b\" : 1 } ], "
	              "\"$and\" : [ { \"$or\" : [ { \"c\" : 1 }, { \"d\" : 1 } ] } ] }");
	expect_filter(FILTER(ELEMENT_OF("rows", eq_text("kind", "x"), gt_count("n", 2))),
	              "{ \"rows\" : { \"$elemMatch\" : { \"kind\" : \"x\", \"n\" : { \"$gt\" : 2 } } } }");
}

Test(filter, a_condition_may_be_left_out) {
	const char *list = NULL;
	expect_filter(FILTER(list ? eq_text("list", list) : anything(), eq_count("a", 1)), "{ \"a\" : 1 }");
}

Test(store, ids) {
	ARENA_AUTO own = arena_new();
	const char *id = store_new_id(own);
	int64_t age = moment_now().ms - store_id_moment(id).ms;
	cr_expect(store_is_id(id) && !store_is_id(NULL) && !store_is_id("summer"));
	cr_expect(age >= 0 && age < 60 * SECOND_MS);
	cr_expect(!moment_is_set(store_id_moment("summer")));
}

Test(update, named_members) {
	expect_update(UPDATE(set_text("a", "x"), unset("b"), add_count("c", 2), no_edit()),
	              "{ \"$set\" : { \"a\" : \"x\" }, \"$unset\" : { \"b\" : \"\" }, \"$inc\" : { \"c\" : 2 } }");
	expect_update(UPDATE(set_now("a"), set_count("b", 1)),
	              "{ \"$set\" : { \"b\" : 1 }, \"$currentDate\" : { \"a\" : true } }");
	expect_update(UPDATE(set_text("a", NULL), set_moment("b", MOMENT_NONE), set_count("c", COUNT_NONE),
	                     set_bool("d", false)),
	              "{ \"$set\" : { \"d\" : false }, \"$unset\" : { \"a\" : \"\", \"b\" : \"\", \"c\" : \"\" } }");
}

Test(update, what_a_record_lacks_is_taken_out) {
	struct thing thing = a_thing(ID_A, "lamp");
	thing.weight = 7;
	thing.rev = 3;
	expect_update(UPDATE(set_record(&thing_record, &thing, NULL)),
	              "{ \"$set\" : { \"name\" : \"lamp\", \"color\" : \"red\", \"weight\" : 7, \"tags\" : [  ], \"size\" "
	              ": {  "
	              "} }, \"$unset\" : { \"remark\" : \"\", \"made_at\" : \"\" } }");
	expect_update(UPDATE(set_record(&thing_record, &thing, ONLY("note", "weight"))),
	              "{ \"$set\" : { \"weight\" : 7 }, \"$unset\" : { \"remark\" : \"\" } }");
	expect_update(UPDATE(set_record(&thing_record, &thing, EXCEPT("tags", "size", "color", "made_at"))),
	              "{ \"$set\" : { \"name\" : \"lamp\", \"weight\" : 7 }, \"$unset\" : { \"remark\" : \"\" } }");
	expect_update(UPDATE(set_nested("size", &size_record, &(struct size){ 3, COUNT_NONE }),
	                     set_when_new(&thing_record, &thing, ONLY("color"))),
	              "{ \"$set\" : { \"size\" : { \"width\" : 3 } }, \"$setOnInsert\" : { \"color\" : \"red\" } }");
}

/* The tests below need a server. */
static struct store *store;
static struct arena *arena;
static struct error err;

static void open_store(void) {
	arena = arena_new();
	err = ERROR_INIT;
	store = open_test_store();
}

static void close_store(void) {
	drop_test_store(store);
	arena_free(arena);
}

static const char THINGS[] = "things";

struct picture {
	const char *id, *name;
	struct bytes data;
};
static const struct field picture_fields[] = {
	FIELD(struct picture, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct picture, name),
	FIELD(struct picture, data, .flags = FIELD_PRIVATE | FIELD_LARGE),
};
static const struct record_type picture_record = RECORD_TYPE("Picture", struct picture, picture_fields);

static struct thing read_thing(const char *id) {
	struct thing thing;
	bool found;
	cr_assert(store_find(store, THINGS, FILTER(by_id(id)), NULL, &thing_record, arena, &thing, &found, &err), "%s",
	          err.text);
	cr_assert(found);
	return thing;
}

static void add_thing(const struct thing *thing) {
	cr_assert(store_insert(store, THINGS, &thing_record, thing, &err), "%s", err.text);
}

TestSuite(stored, .init = open_store, .fini = close_store);

Test(stored, a_saved_record_loses_what_it_lacks) {
	struct thing thing = a_thing(ID_A, "lamp");
	bool found;
	thing.note = "to be cleared";
	thing.weight = 4;
	add_thing(&thing);
	thing.note = NULL;
	cr_assert(store_save(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &thing, EXCEPT("weight"), &found, &err));
	cr_expect(found);
	thing = read_thing(ID_A);
	cr_expect_null(thing.note);
	cr_expect_eq(thing.weight, 4);
	cr_assert(store_save(store, THINGS, FILTER(by_id(ID_B)), &thing_record, &thing, NULL, &found, &err));
	cr_expect(!found);
}

Test(stored, a_stale_save_is_a_conflict) {
	struct thing thing = a_thing(ID_A, "lamp");
	bool found;
	add_thing(&thing);
	struct thing mine = read_thing(ID_A), theirs = mine;
	cr_expect_eq(mine.rev, 1);
	theirs.name = "theirs";
	cr_assert(store_save(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &theirs, NULL, &found, &err) && found);
	mine.name = "mine";
	cr_expect(!store_save(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &mine, NULL, &found, &err));
	cr_expect(store_is_stale(&err));
	cr_expect_str_eq(read_thing(ID_A).name, "theirs");
	cr_expect_eq(read_thing(ID_A).rev, 2);
	mine.rev = COUNT_NONE;
	cr_assert(store_save(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &mine, NULL, &found, &err) && found);
	cr_expect_str_eq(read_thing(ID_A).name, "mine");
	cr_expect_eq(read_thing(ID_A).rev, 3);
}

Test(stored, a_stale_removal_is_a_conflict) {
	struct thing thing = a_thing(ID_A, "lamp");
	bool found;
	add_thing(&thing);
	struct thing mine = read_thing(ID_A);
	cr_assert(store_save(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &mine, NULL, &found, &err) && found);
	cr_expect(!store_remove(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &mine, &found, &err));
	cr_expect(store_is_stale(&err) && !found);
	mine = read_thing(ID_A);
	cr_assert(store_remove(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &mine, &found, &err) && found);
	cr_assert(store_remove(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &mine, &found, &err) && !found);
}

Test(stored, a_repeated_creation_leaves_what_is_there) {
	struct thing thing = a_thing(ID_A, "lamp");
	bool was_there;
	cr_assert(store_create(store, THINGS, &thing_record, &thing, ID_A, &was_there, &err) && !was_there);
	thing.weight = 99;
	cr_assert(store_create(store, THINGS, &thing_record, &thing, ID_A, &was_there, &err) && was_there);
	cr_expect_neq(read_thing(ID_A).weight, 99);
}

/* Documents stored before revisions existed. */
Test(stored, a_document_without_revision_has_0) {
	struct thing thing = a_thing(ID_A, "lamp");
	bool found;
	cr_assert(store_upsert(store, THINGS, FILTER(by_id(ID_A)), UPDATE(set_record(&thing_record, &thing, NULL)), &err));
	thing = read_thing(ID_A);
	cr_expect_eq(thing.rev, 0);
	cr_assert(store_save(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &thing, NULL, &found, &err) && found);
	cr_expect(!store_save(store, THINGS, FILTER(by_id(ID_A)), &thing_record, &thing, NULL, &found, &err));
	cr_expect_eq(read_thing(ID_A).rev, 1);
}

static void expect_unreadable(bool fine) {
	char words[1200];
	error_describe(&err, words, sizeof words);
	cr_expect_not(fine);
	cr_expect_eq(err.kind, ERROR_FAULT);
	cr_expect(strstr(words, "color") && strstr(words, "'pink'") && strstr(words, THINGS), "%s", words);
	err = ERROR_INIT;
}

static void count_thing(void *context, const void *object) {
	(void)object;
	++*(int *)context;
}

Test(stored, a_list_of_nothing_can_be_sorted) {
	struct rows rows;
	cr_assert(store_list(store, THINGS, &everything, NULL, 10, &thing_record, arena, &rows.items, &rows.count, &err));
	cr_expect_eq(rows.count, 0);
	cr_expect_not_null(rows.items);
}

/* Stored by a later version, or by hand. */
Test(stored, a_word_that_no_choice_has_is_a_fault) {
	struct thing thing = a_thing(ID_A, "lamp");
	struct rows rows;
	bool matched, found;
	int seen = 0;
	add_thing(&thing);
	cr_assert(store_update(store, THINGS, FILTER(by_id(ID_A)), UPDATE(set_text("color", "pink")), &matched, &err));
	expect_unreadable(store_find(store, THINGS, FILTER(by_id(ID_A)), NULL, &thing_record, arena, &thing, &found, &err));
	expect_unreadable(
		store_list(store, THINGS, &everything, NULL, 10, &thing_record, arena, &rows.items, &rows.count, &err));
	expect_unreadable(store_each(store, THINGS, &everything, &thing_record, count_thing, &seen, &err));
	cr_expect_eq(seen, 0);
}

Test(stored, two_writers_of_two_members_keep_both) {
	struct thing thing = a_thing(ID_A, "lamp");
	bool matched;
	add_thing(&thing);
	cr_assert(store_update(store, THINGS, FILTER(by_id(ID_A)), UPDATE(set_text("remark", "one")), &matched, &err));
	cr_assert(store_update(store, THINGS, FILTER(by_id(ID_A)), UPDATE(add_count("weight", 2)), &matched, &err));
	cr_expect_str_eq(read_thing(ID_A).note, "one");
	cr_expect_eq(read_thing(ID_A).weight, 2);
}

Test(stored, lists_leave_out_what_is_large) {
	const struct picture picture = { ID_A, "sunrise", { "\1\2\3", 3 } };
	struct picture found, *listed;
	bool exists;
	int count;
	cr_assert(store_insert(store, THINGS, &picture_record, &picture, &err), "%s", err.text);
	cr_assert(store_list(store, THINGS, &everything, NULL, 9, &picture_record, arena, (void **)&listed, &count, &err));
	cr_expect(count == 1 && !listed->data.data);
	cr_expect_str_eq(listed->name, "sunrise");
	cr_assert(store_find(store, THINGS, FILTER(by_id(ID_A)), NULL, &picture_record, arena, &found, &exists, &err));
	cr_expect(exists && found.data.size == 3);
}

Test(stored, insert_once_leaves_no_error_behind) {
	struct thing thing = a_thing(ID_A, "lamp");
	bool was_there;
	cr_assert(store_insert_once(store, THINGS, &thing_record, &thing, &was_there, &err) && !was_there);
	cr_assert(store_insert_once(store, THINGS, &thing_record, &thing, &was_there, &err) && was_there);
	cr_expect_eq(err.kind, ERROR_NONE);
	cr_expect(!store_insert(store, THINGS, &thing_record, &thing, &err));
	cr_expect_eq(err.kind, ERROR_CONFLICT);
}

static void add_things(int count) {
	struct bulk *bulk = bulk_open(store, THINGS);
	int64_t inserted;
	for (int i = 0; i < count; i++) {
		struct thing thing = a_thing(store_new_id(arena), arena_print(arena, "thing %02d", i));
		thing.color = i % 2 ? GREEN : RED;
		thing.weight = i;
		thing.made_at = (struct moment){ 1000 * (int64_t)(i / 3) }; /* three with the same time */
		bulk_insert(bulk, &thing_record, &thing);
	}
	cr_assert(bulk_run(bulk, &inserted, &err) && inserted == count);
}

/* Walks all pages and returns the number of rows, checking that each is after the one before. */
static int walk(struct page_query query, int (*compare)(const struct thing *, const struct thing *)) {
	struct page page;
	struct thing last;
	int seen = 0;
	do {
		cr_assert(store_page(store, THINGS, &query, &thing_record, arena, &page, &err), "%s", err.text);
		const struct thing *rows = page.rows.items;
		for (int i = 0; i < page.rows.count; i++, seen++) {
			cr_expect(!seen || compare(&last, &rows[i]) < 0, "%s before %s", last.name, rows[i].name);
			last = rows[i];
		}
		query.cursor = page.next;
	} while (page.next);
	return seen;
}

static int newest_first(const struct thing *a, const struct thing *b) {
	return a->made_at.ms != b->made_at.ms ? (a->made_at.ms > b->made_at.ms ? -1 : 1) : strcmp(b->id, a->id);
}

static int by_name(const struct thing *a, const struct thing *b) {
	return strcmp(a->name, b->name);
}

static int in_order_of_id(const struct thing *a, const struct thing *b) {
	return strcmp(a->id, b->id);
}

Test(stored, pages) {
	struct page page;
	add_things(20);
	struct page_query query = { .filter = &everything, .by = "made_at", .descending = true, .limit = 4 };
	cr_expect_eq(walk(query, newest_first), 20);
	query.filter = FILTER(ANY_OF(eq_choice("color", &colors, RED), gt_count("weight", 15)));
	cr_expect_eq(walk(query, newest_first), 12);
	query = (struct page_query){ .filter = &everything, .by = "name", .unique = true, .limit = 7, .count = true };
	cr_expect_eq(walk(query, by_name), 20);
	cr_assert(store_page(store, THINGS, &query, &thing_record, arena, &page, &err));
	cr_expect_eq(page.total, 20);
	cr_expect_str_eq(page.next, "thing 06");
	cr_expect_eq(walk((struct page_query){ .filter = &everything, .limit = 6 }, in_order_of_id), 20);
	query = (struct page_query){ .filter = &everything, .by = "made_at", .limit = 4, .cursor = "nonsense" };
	cr_expect(!store_page(store, THINGS, &query, &thing_record, arena, &page, &err));
	cr_expect_eq(err.kind, ERROR_INVALID);
	cr_expect_str_eq(err.field, "cursor");
}

static void count_document(void *context, const bson_t *document) {
	*(int *)context += bson_has_field(document, "weight");
}

Test(stored, aggregations_give_records) {
	struct sum {
		const char *color;
		int64_t weight;
	};
	static const struct field fields[] = { FIELD(struct sum, color, .stored = "_id"), FIELD(struct sum, weight) };
	static const struct record_type record = RECORD_TYPE("Sum", struct sum, fields);
	struct rows rows;
	int seen = 0;
	add_things(20);
	bson_t *stages = BCON_NEW("0", "{", "$group", "{", "_id", BCON_UTF8("$color"), "weight", "{", "$sum",
	                          BCON_UTF8("$weight"), "}", "}", "}", "1", "{", "$sort", "{", "_id", BCON_INT32(1), "}",
	                          "}");
	cr_assert(store_aggregate_rows(store, THINGS, FILTER(lt_count("weight", 6)), stages, &record, arena, &rows, &err));
	const struct sum *sums = rows.items;
	cr_assert_eq(rows.count, 2);
	cr_expect_str_eq(sums[0].color, "green");
	cr_expect(sums[0].weight == 1 + 3 + 5 && sums[1].weight == 0 + 2 + 4);
	bson_destroy(stages);
	cr_assert(store_each_document(store, THINGS, FILTER(in_any_form("weight", TEXTS("3", "4", "x"))), 0, count_document,
	                              &seen, &err));
	cr_expect_eq(seen, 2);
	cr_assert(store_each_document(store, THINGS, &everything, 7, count_document, &seen, &err));
	cr_expect_eq(seen, 9);
}

static void add_weight(void *context, const void *object) {
	*(int64_t *)context += ((const struct size *)object)->width;
}

Test(stored, filters_find_what_they_say) {
	static const struct field weights[] = { FIELD(struct size, width, .stored = "weight") };
	static const struct record_type weight_record = RECORD_TYPE("Weight", struct size, weights);
	struct size sum;
	int64_t count, whole = 0, deleted;
	add_things(20);
	cr_assert(store_count(store, THINGS, FILTER(gte_count("weight", 5), lt_count("weight", 9)), &count, &err));
	cr_expect_eq(count, 4);
	cr_assert(store_count_most(store, THINGS, FILTER(gte_count("weight", 5), lt_count("weight", 9)), 2, &count, &err));
	cr_expect_eq(count, 2);
	cr_assert(store_count(store, THINGS, FILTER(prefix_text("name", "thing 1")), &count, &err));
	cr_expect_eq(count, 10);
	cr_assert(
		store_count(store, THINGS, FILTER(contains_text("name", "g 0"), ne_text("name", "thing 00")), &count, &err));
	cr_expect_eq(count, 9);
	cr_assert(store_count(store, THINGS, FILTER(NONE_OF(lt_count("weight", 3), gt_count("weight", 4))), &count, &err));
	cr_expect_eq(count, 2);
	cr_assert(store_count(store, THINGS, FILTER(is_absent("remark"), is_present("weight")), &count, &err));
	cr_expect_eq(count, 20);
	cr_assert(store_sum(store, THINGS, FILTER(lt_count("weight", 4)), &weight_record, &sum, &count, &err));
	cr_expect(sum.width == 6 && count == 4);
	cr_assert(store_each(store, THINGS, &everything, &weight_record, add_weight, &whole, &err));
	cr_expect_eq(whole, 190);
	cr_assert(store_delete(store, THINGS, FILTER(by_id("none")), &deleted, &err) && deleted == 0);
	cr_assert(store_delete(store, THINGS, FILTER(eq_choice("color", &colors, RED)), &deleted, &err));
	cr_expect_eq(deleted, 10);
}

Test(stored, what_is_dropped_may_be_dropped_again) {
	BSON_AUTO create = BCON_NEW("createIndexes", THINGS, "indexes", "[", "{", "key", "{", "weight", BCON_INT32(1), "}",
	                            "name", "weight", "}", "]");
	BSON_AUTO drop = BCON_NEW("dropIndexes", THINGS, "index", "[", "weight", "]");
	cr_assert(store_command(store, create, &err), "%s", err.text);
	for (int i = 0; i < 2; i++)
		cr_expect(store_command(store, drop, &err), "%s", err.text);
	BSON_AUTO gone = BCON_NEW("drop", BCON_UTF8(THINGS));
	for (int i = 0; i < 2; i++)
		cr_expect(store_command(store, gone, &err), "%s", err.text);
}

/* Alone in a process of its own: 0 if each collection was created. */
static int create_again_and_again(void) {
	enum { ROUNDS = 10, COLLECTIONS = 5 };
	struct store *own = open_test_store();
	struct error why = ERROR_INIT;
	for (int round = 0; round < ROUNDS; round++) {
		if (!store_drop_database(own, &why))
			return 2;
		for (int i = 0; i < COLLECTIONS; i++) {
			char name[8];
			(void)snprintf(name, sizeof name, "c%d", i);
			bson_t *index = BCON_NEW("createIndexes", BCON_UTF8(name), "indexes", "[", "{", "key", "{", "a",
			                         BCON_INT32(1), "}", "name", "a", "}", "]");
			bool fine = store_command(own, index, &why);
			bson_destroy(index);
			if (!fine)
				return 1;
			(void)!store_upsert(own, name, FILTER(eq_text("_id", "1")), UPDATE(set_count("a", i)), &why);
		}
	}
	drop_test_store(own);
	return 0;
}

/* old: the embedded server lost about one in a hundred collections when databases were created at once. Few rounds, as
 * each takes long: most often this passed before, too. */
Test(creating, collections_are_created_while_others_are_dropped, .timeout = 240) {
	enum { AT_ONCE = 3 };
	if (!getenv("TEST_STORE_URI"))
		cr_skip_test("TEST_STORE_URI names no server");
	for (int i = 0; i < AT_ONCE; i++)
		if (fork() == 0)
			_exit(create_again_and_again());
	for (int i = 0; i < AT_ONCE; i++) {
		int status = -1;
		cr_assert(wait(&status) > 0);
		cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%d", status);
	}
}
