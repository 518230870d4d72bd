/* Passwords. */
#include <criterion/criterion.h>

#include "access/password.h"

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
