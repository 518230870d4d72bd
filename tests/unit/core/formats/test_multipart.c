/* Multipart forms. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/formats/multipart.h"

Test(multipart, reads_fields_and_files_byte_by_byte) {
	static const char type[] = "multipart/form-data; boundary=\"a b\"";
	static const char body[] = "--a b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n\r\n"
							   "--a b\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"\"\r\n\r\n\r\n"
							   "--a b\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a.jpg\"\r\n"
							   "Content-Type: image/jpeg\r\n\r\n\xff\xd8\0\r\n\n--\r\xff\r\n"
							   "--a b--\r\n";
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct params fields;
	struct uploads uploads;
	cr_assert(multipart_read(arena, type, body, sizeof body - 1, &fields, &uploads, &err), "%s", err.text);
	cr_expect_str_eq(params_get(&fields, "csrf"), "abc\r\n");
	cr_expect_eq(uploads.count, 2);
	const struct upload *logo = uploads_get(&uploads, "logo"); /* the chosen file */
	cr_assert_not_null(logo);
	cr_expect_eq(logo->size, 10);
	cr_expect_eq(memcmp(logo->bytes, "\xff\xd8\0\r\n\n--\r\xff", 10), 0);
	cr_expect_null(uploads_get(&uploads, "other"));
}

Test(multipart, refuses_what_is_no_form) {
	static const char *const bodies[] = {
		"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n",
		"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--x--\r\n",
		"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n--y--\r\n--x--\r\n",
	};
	ARENA_AUTO arena = arena_new();
	struct params fields;
	struct uploads uploads;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct error err = ERROR_INIT;
		cr_expect_not(multipart_read(arena, "multipart/form-data; boundary=x", bodies[i], strlen(bodies[i]), &fields,
		                             &uploads, &err),
		              "%zu", i);
	}
	BUF_AUTO many = { 0 };
	for (int i = 0; i <= PARAMS_LIMIT; i++)
		buf_text_add(&many, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n");
	buf_text_add(&many, "--x--\r\n");
	struct error err = ERROR_INIT;
	cr_expect_not(
		multipart_read(arena, "multipart/form-data; boundary=x", many.bytes, many.size, &fields, &uploads, &err));
	cr_expect(strstr(err.text, "parameters") != NULL);
}
