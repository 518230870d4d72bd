/* A code that one redeems while others redeem it and take that back, where TEST_STORE_URI names a server. */
#include <criterion/criterion.h>

#include <signal.h>
#include <sys/wait.h>

#include "codes/redeeming.h"
#include "unit/store_fixture.h"

TestSuite(taken_back, .init = open_all, .fini = close_all, .timeout = 120);

static const struct moment now = { 1760000000000 };
static const char CODE[] = "aaaaaaaaaaaaaaaaaaaaaaaa";

static bool find(struct store *of, struct arena *own, struct stored_code *code) {
	struct error why = ERROR_INIT;
	bool found;
	return store_find(of, "qr_codes", FILTER(by_id(CODE)), NULL, &stored_code_record, own, code, &found, &why) && found;
}

/* One use, and back. */
static bool use_and_undo(struct store *of, const char *by, struct error *why) {
	ARENA_AUTO own = arena_new();
	const struct redeeming use = { .id = store_new_id(own), .by = by, .now = now, .sent_at = MOMENT_NONE };
	const struct redeeming back = { .id = store_new_id(own), .by = by, .now = now, .sent_at = MOMENT_NONE };
	struct stored_code code;
	enum redeeming_result result;
	bool undone;
	return find(of, own, &code) && redeeming_use(of, &use, own, &code, &result, why) &&
	       (result != REDEEM_FINE || redeeming_undo(of, &back, own, &code, &undone, why));
}

static void go_on_for_ever(void) {
	char name[64];
	struct error why = ERROR_INIT;
	(void)snprintf(name, sizeof name, "telltale_unit_%d", (int)getppid());
	struct store *own = store_open(getenv("TEST_STORE_URI"), name, "telltale-unit", 10000, &why);
	while (own)
		(void)!use_and_undo(own, "tom", &why);
	_exit(1);
}

Test(taken_back, at_the_same_time_is_no_fault_of_ours) {
	enum { TIMES = 400 };
	struct stored_code code;
	record_clear(&stored_code_record, &code);
	code.id = code.campaign_id = code.customer_id = CODE;
	code.expires_at = moment_add(now, DAY_MS);
	code.usage_count = 0;
	code.max_usage = 1;
	cr_assert(store_insert(store, "qr_codes", &stored_code_record, &code, &err), "%s", err.text);
	pid_t child = fork();
	if (child == 0)
		go_on_for_ever();
	for (int i = 0; i < TIMES; i++) {
		struct error why = ERROR_INIT;
		cr_expect(use_and_undo(store, "mara", &why) || why.kind == ERROR_CONFLICT, "%s", why.text);
	}
	cr_assert_eq(kill(child, SIGKILL), 0);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	cr_assert(find(store, arena, &code));
	cr_expect(code.usage_count >= 0 && code.usage_count <= 1);
}
