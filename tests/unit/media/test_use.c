/* Which images a text names, and the names of copies. */
#include <criterion/criterion.h>

#include "media/copy.h"
#include "media/use.h"

#define ONE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TWO "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

Test(use, finds_addresses_in_a_text) {
	ARENA_AUTO arena = arena_new();
	static const char text[] = "<img src='https://x.example/media/" ONE ".png'><td background=/media/" TWO
							   ".gif><img src=/media/" ONE ".png>/media/abc.png /media/";
	struct strings found = media_named(text, sizeof text - 1, arena);
	cr_assert(found.count == 2);
	cr_expect_str_eq(found.items[0], ONE);
	cr_expect_str_eq(found.items[1], TWO);
	cr_expect(media_named("/media/" ONE, 70, arena).count == 0);
	cr_expect(media_named("", 0, arena).count == 0);
}

Test(use, a_copy_has_the_name_of_its_bytes) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(copy_digest(arena, ONE ".png"), ONE);
	cr_expect(copy_digest(arena, ONE ".svg") == NULL);
	cr_expect(copy_digest(arena, ONE) == NULL);
	cr_expect(copy_digest(arena, "../" ONE ".png") == NULL);
	cr_expect(copy_digest(arena, "F" ONE ".png") == NULL);
}
