/* Passwords. */
#include <criterion/criterion.h>

#include <sys/wait.h>
#include <unistd.h>

#include "access/password.h"
#include "core/base/moment.h"

Test(password, right_wrong_and_damaged) {
	ARENA_AUTO arena = arena_new();
	struct error err;
	const char *stored;
	bool right, outdated;
	cr_assert(password_hash(arena, "correct horse battery", &stored, &err));
	cr_expect(password_check("correct horse battery", stored, &right, &outdated, &err) && right && !outdated);
	cr_expect(password_check("correct horse batterz", stored, &right, &outdated, &err) && !right);
	cr_expect(password_check("correct horse battery", "scrypt:65536:8", &right, &outdated, &err) && !right);
	cr_expect(password_check("x", password_of_nobody(), &right, &outdated, &err) && !right);
	cr_expect(!password_acceptable("short", "anna", 12, &err) &&
	          !password_acceptable("aaaaaaaaaaaaaa", "anna", 12, &err));
	cr_expect(!password_acceptable("my name is anna!", "anna", 12, &err) &&
	          password_acceptable("a longer sentence", "anna", 12, &err));
}

static char lock_path[] = "/tmp/telltale-password-XXXXXX";

/* In a process of its own: takes a turn, holds it for so long, and exits. */
static pid_t hold_turn_of(enum password_asker asker, unsigned ms) {
	pid_t child = fork();
	struct error err;
	if (child)
		return child;
	if (!password_turn_begin(asker, &err))
		_exit(1);
	(void)usleep(ms * 1000);
	_exit(0); /* without password_turn_end: as if it were killed */
}

static pid_t hold_turn(unsigned ms) {
	return hold_turn_of(PASSWORD_OF_STRANGER, ms);
}

Test(password, one_has_its_turn_and_one_waits) {
	struct error err = ERROR_INIT;
	cr_assert_geq(mkstemp(lock_path), 0);
	password_lock(lock_path, 2);
	pid_t first = hold_turn(600);
	(void)usleep(200000);
	int64_t began = monotonic_ms();
	pid_t second = hold_turn(100);
	(void)usleep(200000);
	cr_expect(!password_turn_begin(PASSWORD_OF_STRANGER, &err) && err.kind == ERROR_BUSY && err.retry_ms == 1000);
	cr_expect_lt(monotonic_ms() - began, 350);
	int status;
	cr_expect(waitpid(second, &status, 0) == second && status == 0);
	cr_expect(waitpid(first, &status, 0) == first && status == 0);
	cr_expect(password_turn_begin(PASSWORD_OF_STRANGER, &err));
	password_turn_end();
	first = hold_turn(1500);
	(void)usleep(200000);
	began = monotonic_ms();
	cr_expect(!password_turn_begin(PASSWORD_OF_STRANGER, &err) && err.kind == ERROR_BUSY);
	cr_expect(monotonic_ms() - began >= 900 && monotonic_ms() - began < 1300);
	(void)waitpid(first, &status, 0);
	(void)unlink(lock_path);
}

Test(password, strangers_who_wait_give_way_to_who_is_known) {
	struct error err = ERROR_INIT;
	int status;
	cr_assert_geq(mkstemp(lock_path), 0);
	password_lock(lock_path, 2);
	pid_t first = hold_turn(500);
	(void)usleep(100000);
	pid_t second = hold_turn(100); /* every place is taken */
	(void)usleep(100000);
	pid_t known = hold_turn_of(PASSWORD_OF_KNOWN, 400);
	cr_expect(waitpid(second, &status, 0) == second && status != 0, "told to come again");
	cr_expect(waitpid(first, &status, 0) == first && status == 0);
	(void)usleep(100000);
	cr_expect(password_turn_begin(PASSWORD_OF_KNOWN, &err), "another one waits for it");
	password_turn_end();
	cr_expect(waitpid(known, &status, 0) == known && status == 0, "one at a time all the same");
	cr_expect(password_turn_begin(PASSWORD_OF_STRANGER, &err));
	password_turn_end();
	(void)unlink(lock_path);
}
