/* Lists and memberships that are changed by processes that are killed at any point, where TEST_STORE_URI names a
 * server: a list is there with all of its people, or, at last, gone without a trace of it with anybody; a membership
 * and its person say the same. */
#include "audience/contacts/list_removal.h"

#include "audience/contacts/change.h"
#include "audience/contacts/gathering.h"
#include "audience/contacts/joining.h"
#include "audience/lists/own_list.h"
#include "unit/jobs_support.h"
#include "unit/killed.h"
#include "unit/store_fixture.h"

enum { PEOPLE = 3, MESSAGES_MAX = 200 };

static const struct moment now = { 1760000000000 };

static void open_schema(void) {
	open_all();
	if (store)
		mark_migrated(store);
}

TestSuite(list_removal, .init = open_schema, .fini = close_all, .timeout = 120);

static void add_person(struct strings *ids, int round) {
	const char *id = store_new_id(arena), *email = arena_print(arena, "p%d@l%d.example", ids->count, round);
	const struct contact_request request = { .email = email, .rev = COUNT_NONE };
	const struct contact_saying saying = { .given = *TEXTS("email"), .source = SOURCE_API, .by = "mara", .now = now };
	cr_assert(contact_create(store, id, &request, &saying, arena, &err), "%s", err.text);
	ids->items[ids->count++] = id;
}

static const char *list_of(struct strings *people, int round) {
	const struct list_saying saying = { *TEXTS("name"), "mara", now };
	struct list list = list_fresh(store_new_id(arena), &saying);
	int64_t added;
	list.name = arena_print(arena, "List %d", round);
	list.list_type = LIST_STATIC;
	cr_assert(list_create(store, &list, &err), "%s", err.text);
	for (int i = 0; i < PEOPLE; i++)
		add_person(people, round);
	const struct joining joining = { list.id, CONTACT_SUBSCRIBED, "mara", NULL, now };
	cr_assert(joining_add(store, &joining, people, arena, &added, &err) && added == PEOPLE, "%s", err.text);
	return list.id;
}

static void look_around(struct store *of) {
	static const struct job_kind *const kinds[] = { &list_removal_job, &gathering_job };
	work_off(of, kinds, 2, true, NULL);
}

static void remove_it(struct store *of, void *list_id) {
	ARENA_AUTO own = arena_new();
	struct error why = ERROR_INIT;
	if (list_remove(of, list_id, now, own, &why))
		look_around(of);
}

static int64_t count_of(const char *collection, const struct filter *filter) {
	int64_t count;
	cr_assert(store_count(store, collection, filter, &count, &err), "%s", err.text);
	return count;
}

Test(list_removal, killed_after_each_statement) {
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		struct strings people = { arena_array(arena, const char *, PEOPLE), 0 };
		const char *id = list_of(&people, count);
		killed = killed_after(count, remove_it, (void *)(uintptr_t)id);
		int64_t stays = count_of("lists", FILTER(by_id(id), is_absent("deleted_at")));
		look_around(store);
		cr_expect_eq(count_of("lists", FILTER(by_id(id))), stays, "after %d messages", count);
		cr_expect_eq(count_of("list_contacts", FILTER(eq_id("list_id", id))), stays * PEOPLE, "after %d", count);
		cr_expect_eq(count_of("contacts", FILTER(eq_id("list_ids", id))), stays * PEOPLE, "after %d", count);
		cr_expect_eq(count_of("contacts", FILTER(in_ids("_id", &people))), PEOPLE, "after %d messages", count);
	}
	cr_expect(!killed && count > 5, "%d messages", count);
}

enum doing { ADDING, LEAVING, COMING_BACK, REMOVING, DOING_COUNT };

struct task {
	enum doing doing;
	const char *list_id;
	struct strings people;
};

static void carry_out(struct store *of, void *context) {
	ARENA_AUTO own = arena_new();
	const struct task *task = context;
	const struct joining joining = { task->list_id, CONTACT_SUBSCRIBED, "mara", NULL, now };
	struct error why = ERROR_INIT;
	int64_t changed;
	bool fine = true;
	if (task->doing == ADDING)
		fine = joining_add(of, &joining, &task->people, own, &changed, &why);
	else if (task->doing == REMOVING)
		fine = joining_remove(of, &joining, &task->people, own, &changed, &why);
	for (int i = 0; i < task->people.count && (task->doing == LEAVING || task->doing == COMING_BACK); i++)
		fine = fine &&
		       joining_set_status(of, task->list_id, task->people.items[i],
		                          task->doing == LEAVING ? CONTACT_UNSUBSCRIBED : CONTACT_SUBSCRIBED, now, own, &why);
	cr_expect(fine, "%s", why.text);
}

static void expect_agreement(const struct task *task, int count) {
	const struct strings *all = &task->people;
	for (int i = 0; i < all->count; i++) {
		struct membership row;
		struct contact contact;
		bool found, known;
		cr_assert(joining_find(store, task->list_id, all->items[i], arena, &row, &found, &err) &&
		              contact_find(store, all->items[i], arena, &contact, &known, &err) && known,
		          "%s", err.text);
		bool is_on = found && membership_is_there(&row), has_left = is_on && row.status == CONTACT_UNSUBSCRIBED;
		cr_expect_eq(strings_have(&contact.list_ids, task->list_id), is_on, "%d, after %d", task->doing, count);
		cr_expect_eq(strings_have(&contact.unsubscribed_ids, task->list_id), has_left, "%d, after %d", task->doing,
		             count);
	}
}

/* The last one ends by itself, and did all of it. */
static void kill_all_along(struct task *task) {
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		struct task before = *task;
		killed = killed_after(count, carry_out, task);
		look_around(store);
		expect_agreement(task, count);
		before.doing = task->doing == ADDING ? REMOVING : task->doing == REMOVING ? ADDING : COMING_BACK;
		if (task->doing == COMING_BACK)
			before.doing = LEAVING;
		if (killed)
			carry_out(store, &before);
	}
	cr_expect(!killed && count > 5, "%d messages", count);
	cr_expect_eq(count_of("contacts", FILTER(is_present("gather_at"))), 0);
}

Test(list_removal, memberships_killed_after_each_statement) {
	struct task task = { .people = { arena_array(arena, const char *, PEOPLE), 0 } };
	task.list_id = list_of(&task.people, 0);
	task.doing = REMOVING;
	kill_all_along(&task);
	task.doing = ADDING;
	kill_all_along(&task);
	task.doing = LEAVING;
	kill_all_along(&task);
	task.doing = COMING_BACK;
	kill_all_along(&task);
}
