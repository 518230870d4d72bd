/* Messages of a block as they are stored, where TEST_STORE_URI names a server: found by person and reason, and two who
 * are erased at the same time both disappear. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dispatch/ledger.h"
#include "dispatch/message_list.h"
#include "dispatch/reasons.h"
#include "sending/refusal.h"
#include "unit/store_fixture.h"

enum { PEOPLE = 60, REFUSED = 20 }; /* every third is refused, in words that name them */

static const struct moment now = { 1760000000000 };
static const char *campaign_id;
static struct block block;
static struct recipient people[PEOPLE];
static const char *ids[PEOPLE];

static void append_all(void) {
	struct journal_append append = { .sequence = 1, .fence = 1, .kind = APPEND_CLAIM };
	bool taken;
	cr_assert(ledger_append(store, block.id, &append, NULL, &taken, &err), "%s", err.text);
	for (int i = 0; i < PEOPLE; i++) {
		struct ledger_words words[2] = { { NULL }, { NULL } };
		bool is_refused = i % 3 == 0;
		append = (struct journal_append){ .sequence = i + 2, .fence = 1, .kind = APPEND_ENTRIES, .count = 2 };
		append.entries[0] = (struct message_entry){ .index = i, .event = MESSAGE_HAND, .at = now };
		append.entries[1] = (struct message_entry){ .index = i,
			                                        .event = is_refused ? MESSAGE_FAIL : MESSAGE_ACCEPT,
			                                        .code = is_refused ? 550 : 250,
			                                        .reason = is_refused ? REFUSAL_NO_MAILBOX : 0,
			                                        .at = now };
		words[1].text = is_refused ? arena_print(arena, "550 %s", people[i].email) : NULL;
		cr_assert(ledger_append(store, block.id, &append, words, &taken, &err) && !taken, "%s", err.text);
	}
}

static void add_block(void) {
	struct sent_message *written;
	bool was_there;
	open_all();
	if (!store)
		return;
	campaign_id = store_new_id(arena);
	record_clear(&block_record, &block);
	block.id = store_new_id(arena);
	block.campaign_id = campaign_id;
	block.number = 0;
	block.is_last = true;
	block.left_out = (struct left_out){ 0 };
	for (int i = 0; i < PEOPLE; i++) {
		ids[i] = store_new_id(arena);
		people[i] = (struct recipient){ .contact_id = ids[i],
			                            .email = arena_print(arena, "p%d@m.example", i),
			                            .values = "[]" };
	}
	block.people = (struct rows){ people, PEOPLE };
	block.contact_ids = (struct strings){ ids, PEOPLE };
	cr_assert(block_create(store, &block, now, arena, &was_there, &err), "%s", err.text);
	append_all();
	cr_assert(messages_write(store, &block, arena, &written, &err), "%s", err.text);
}

TestSuite(message, .init = add_block, .fini = close_all, .timeout = 240);

Test(message, are_found_by_person_and_reason) {
	struct sent_message *messages;
	struct rows reasons;
	int64_t accepted;
	int count;
	bool found;
	cr_assert(messages_stored(store, campaign_id, 0, arena, &messages, &count, &found, &err), "%s", err.text);
	cr_assert(found && count == PEOPLE);
	for (int i = 0; i < PEOPLE; i++) {
		cr_expect_eq(messages[i].index, i);
		cr_expect_str_eq(messages[i].to_email, people[i].email);
		cr_expect_eq(messages[i].status, i % 3 == 0 ? MESSAGE_FAILED : MESSAGE_ACCEPTED);
		cr_expect_eq(moment_is_set(messages[i].sent_at), i % 3 != 0);
		cr_expect_not(moment_is_set(messages[i].due_at));
	}
	cr_assert(failures_by_reason(store, campaign_id, arena, &reasons, &err), "%s", err.text);
	const struct failure_count *failures = reasons.items;
	cr_assert(reasons.count == 1 && failures[0].reason == REFUSAL_NO_MAILBOX && failures[0].count == REFUSED);
	const struct strings asked = { ids + 3, 3 };
	cr_assert(messages_of_contacts(store, &asked, 10, arena, &messages, &count, &err), "%s", err.text);
	cr_assert(count == 2 && messages[0].index == 4 && messages[1].index == 5);
	cr_expect_str_eq(messages[0].campaign_id, campaign_id);
	cr_assert(messages_count_accepted(store, ids[3], &accepted, &err) && accepted == 0);
	cr_assert(messages_count_accepted(store, ids[4], &accepted, &err) && accepted == 1);
}

/* In a process of its own: everybody whose number is odd, or even. */
static pid_t erase(int from) {
	char name[64];
	(void)snprintf(name, sizeof name, "telltale_unit_%d", (int)getpid());
	pid_t child = fork();
	if (child > 0)
		return child;
	struct error why = ERROR_INIT;
	struct store *own = store_open(getenv("TEST_STORE_URI"), name, "telltale-unit", 10000, &why);
	bool fine = own != NULL;
	for (int i = from; fine && i < PEOPLE; i += 2) {
		ARENA_AUTO in = arena_new();
		const struct strings one = { ids + i, 1 };
		fine = messages_forget(own, &one, in, &why);
	}
	_exit(fine ? 0 : 1);
}

Test(message, two_who_are_erased_at_once_both_disappear) {
	pid_t children[] = { erase(0), erase(1) };
	struct sent_message *messages;
	int status, count;
	bool found;
	for (int i = 0; i < 2; i++)
		cr_assert(waitpid(children[i], &status, 0) == children[i] && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	struct block stored;
	cr_assert(block_find(store, campaign_id, 0, arena, &stored, &found, &err) && found, "%s", err.text);
	cr_expect_eq(stored.contact_ids.count, 0);
	const struct recipient *left = stored.people.items;
	for (int i = 0; i < PEOPLE; i++)
		cr_expect(!left[i].contact_id && !left[i].email && !left[i].values && left[i].is_counted, "place %d", i);
	cr_assert(messages_stored(store, campaign_id, 0, arena, &messages, &count, &found, &err) && count == PEOPLE);
	for (int i = 0; i < PEOPLE; i++) {
		cr_expect(!messages[i].contact_id && !messages[i].to_email && !messages[i].words, "message %d", i);
		cr_expect_eq(messages[i].status, i % 3 == 0 ? MESSAGE_FAILED : MESSAGE_ACCEPTED);
	}
	cr_assert(messages_of_block(store, &stored, arena, &messages, &err), "%s", err.text);
	for (int i = 0; i < PEOPLE; i++)
		cr_expect_null(messages[i].words, "words of %d", i);
}
