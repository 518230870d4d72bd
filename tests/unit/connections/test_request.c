/* What may be asked of a connection, and that its secrets come back only from where they belong. */
#include <criterion/criterion.h>
#include <string.h>

#include "connections/request.h"
#include "connections/secrets.h"

#define KEY_A "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY_B "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="

static struct arena *in;

static void begin(void) {
	in = arena_new();
}
static void end(void) {
	arena_free(in);
}
TestSuite(request, .init = begin, .fini = end);

static const struct settings settings = { .credentials_key = KEY_A,
	                                      .credentials_old = "",
	                                      .zoho_url = "http://127.0.0.1:9/crm/v7",
	                                      .sendgrid_url = "https://api.sendgrid.com",
	                                      .twilio_url = "https://api.twilio.com" };

static struct connection_request smtp_request(void) {
	struct connection_request request;
	record_clear(&connection_request_record, &request);
	request.provider = "smtp";
	request.name = "Main";
	request.from_email = "news@acme.example";
	request.smtp = (struct connection_smtp){ "smtp.acme.example", "desk", 587, true };
	request.password = "hush";
	return request;
}

static struct connection blank(enum provider provider, const char *id) {
	struct connection connection;
	record_clear(&connection_record, &connection);
	connection.id = id;
	connection.provider = (unsigned)provider;
	return connection;
}

static bool apply(const struct connection_request *request, const struct settings *with, struct connection *connection,
                  struct problems *problems) {
	struct error err = ERROR_INIT;
	struct keyring ring = secrets_ring(with);
	*problems = (struct problems){ 0 };
	return request_apply(request, with, &ring, (struct moment){ 1 }, in, connection, problems, &err);
}

static void expect(const struct connection_request *request, enum provider provider, const char *field,
                   const char *words) {
	struct problems problems;
	struct connection connection = blank(provider, "0123456789abcdef01234567");
	bool fine = apply(request, &settings, &connection, &problems);
	cr_expect_eq(fine, field == NULL, "%s: %s", field ? field : "fine", problems_text(&problems, in));
	if (field)
		cr_expect(problems_of(&problems, field) && strstr(problems_of(&problems, field), words), "%s: %s", field,
		          problems_text(&problems, in));
}

Test(request, a_mail_server) {
	struct connection_request request = smtp_request();
	expect(&request, PROVIDER_SMTP, NULL, NULL);
	request.smtp.host = "";
	expect(&request, PROVIDER_SMTP, "smtp.host", "Name the mail server");
	request.smtp.host = "smtp acme\r\nEHLO x";
	expect(&request, PROVIDER_SMTP, "smtp.host", "not the name of a server");
	request.smtp.host = "smtp.acme.example/path";
	expect(&request, PROVIDER_SMTP, "smtp.host", "not the name of a server");
	request = smtp_request();
	request.smtp.tls = false;
	expect(&request, PROVIDER_SMTP, "smtp.tls", "others could read along");
	request.smtp.host = "localhost";
	expect(&request, PROVIDER_SMTP, NULL, NULL);
	request.smtp.port = 465;
	expect(&request, PROVIDER_SMTP, "smtp.tls", "465");
	request = smtp_request();
	request.smtp.port = 25;
	expect(&request, PROVIDER_SMTP, "smtp.port", "between servers");
	request.smtp.host = "127.0.0.1";
	expect(&request, PROVIDER_SMTP, NULL, NULL);
	request = smtp_request();
	request.from_email = "no address";
	expect(&request, PROVIDER_SMTP, "from_email", "");
	request.from_email = NULL;
	expect(&request, PROVIDER_SMTP, "from_email", "from which address");
	request = smtp_request();
	request.from_name = "ACME\r\nBcc: all@acme.example";
	expect(&request, PROVIDER_SMTP, "from_name", "line break");
	request = smtp_request();
	request.password = NULL;
	expect(&request, PROVIDER_SMTP, "password", "missing");
	request.smtp.username = NULL;
	expect(&request, PROVIDER_SMTP, NULL, NULL);
	request = smtp_request();
	request.api_key = "SG.x";
	expect(&request, PROVIDER_SMTP, "api_key", "has no API key");
	request = smtp_request();
	request.name = "default";
	expect(&request, PROVIDER_SMTP, "name", "of the settings");
}

Test(request, where_a_mail_server_may_be) {
	static const char *const refused[] = { "10.0.0.5",  "192.168.1.1",     "169.254.169.254", "0.0.0.0",  "fd00::1",
		                                   "[fe80::1]", "::ffff:10.0.0.5", "0x0a000005",      "167772165" };
	struct settings private = settings;
	struct problems problems;
	private.private_hosts = true;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct connection_request request = smtp_request();
		request.smtp.host = refused[i];
		expect(&request, PROVIDER_SMTP, "smtp.host", "");
	}
	struct connection_request request = smtp_request();
	request.smtp.host = "10.0.0.5";
	struct connection connection = blank(PROVIDER_SMTP, "0123456789abcdef01234567");
	cr_expect(apply(&request, &private, &connection, &problems), "%s", problems_text(&problems, in));
	request.smtp.host = "169.254.169.254";
	cr_expect_not(apply(&request, &private, &connection, &problems));
	request.smtp = (struct connection_smtp){ "127.0.0.1", NULL, 27017, false };
	expect(&request, PROVIDER_SMTP, "smtp.host", "25, 465 or 587");
}

Test(request, keys_go_to_the_provider_only) {
	static const char *const refused[] = { "https://evil.example",
		                                   "http://api.sendgrid.com",
		                                   "https://api.sendgrid.com.evil.example",
		                                   "https://api.sendgrid.com@evil.example",
		                                   "https://user@api.sendgrid.com",
		                                   "https://api.sendgrid.com:8443",
		                                   "https://api.sendgrid.com/?a=b",
		                                   "file:///etc/passwd",
		                                   "https://api.twilio.com" };
	struct connection_request request = { .name = "SG", .api_key = "SG.x", .from_email = "a@b.example" };
	expect(&request, PROVIDER_SENDGRID, NULL, NULL);
	request.base_url = "https://api.eu.sendgrid.com";
	expect(&request, PROVIDER_SENDGRID, NULL, NULL);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		request.base_url = refused[i];
		expect(&request, PROVIDER_SENDGRID, "base_url", "none of SendGrid");
	}
}

Test(request, a_text_message_service) {
	struct connection_request request = { .name = "T",
		                                  .account_sid = "AC0123456789abcdef0123456789abcdef",
		                                  .auth_token = "t",
		                                  .from_phone = "+15551234567" };
	expect(&request, PROVIDER_TWILIO, NULL, NULL);
	request.from_phone = "MG0123456789abcdef0123456789abcdef";
	expect(&request, PROVIDER_TWILIO, NULL, NULL);
	request.from_phone = "5551234567";
	expect(&request, PROVIDER_TWILIO, "from_phone", "with its country");
	request.from_phone = "+15551234567";
	request.account_sid = "AC123/../../x";
	expect(&request, PROVIDER_TWILIO, "account_sid", "AC and 32");
}

Test(request, the_old_body_of_an_account) {
	enum provider provider;
	struct error err = ERROR_INIT;
	struct connection_request request = { .name = "Test Account", .org_id = "123" };
	cr_expect(request_provider(&request, &provider, &err));
	cr_expect_eq(provider, PROVIDER_ZOHO);
	expect(&request, PROVIDER_ZOHO, NULL, NULL);
	request.cookies = "{\"a\":\"1\"}";
	request.headers = "{\"X-ZCSRF-TOKEN\":\"crmcsrfparam=x\"}";
	expect(&request, PROVIDER_ZOHO, NULL, NULL);
	request.headers = "{\"Host\":\"evil.example\"}";
	expect(&request, PROVIDER_ZOHO, "headers", "leave it out");
	request.headers = "{\"X-A\":\"1\\r\\nHost: evil.example\"}";
	expect(&request, PROVIDER_ZOHO, "headers", "one line");
	request.headers = "{\"X A\":\"1\"}";
	expect(&request, PROVIDER_ZOHO, "headers", "letters, digits");
	request.provider = "emailoctopus";
	cr_expect_not(request_provider(&request, &provider, &err));
	request.provider = "gmail";
	cr_expect_not(request_provider(&request, &provider, &err));
}

Test(request, cookies_and_headers_as_a_browser_shows_them) {
	const char *json;
	struct error err = ERROR_INIT;
	cr_expect(cookies_of("Cookie: a=1; b=x=y;  c=", "cookies", in, &json, &err), "%s", err.text);
	cr_expect_str_eq(json, "{\"a\":\"1\",\"b\":\"x=y\",\"c\":\"\"}");
	cr_expect(headers_of("X-CRM-ORG: 5\r\n\r\nX-ZCSRF-TOKEN: crmcsrfparam=z\n", "headers", in, &json, &err), "%s",
	          err.text);
	cr_expect_str_eq(json, "{\"X-CRM-ORG\":\"5\",\"X-ZCSRF-TOKEN\":\"crmcsrfparam=z\"}");
	cr_expect_not(cookies_of("a=1; b=2; a=3", "cookies", in, &json, &err), "it could not be read again");
	cr_expect_not(headers_of("geheim", "headers", in, &json, &err));
	cr_expect(!strstr(err.text, "geheim"), "a problem quotes nothing: %s", err.text);
	cr_expect_not(cookies_of("{\"a\": geheim", "cookies", in, &json, &err));
	cr_expect(!strstr(err.text, "geheim"), "%s", err.text);
}

static enum error_kind opens(const struct settings *with, const struct connection *connection, const char *name,
                             const char *value) {
	struct error err = ERROR_INIT;
	struct keyring ring = secrets_ring(with);
	BUF_AUTO out = { 0 };
	if (!secret_get(&ring, connection, name, &out, &err))
		return err.kind;
	cr_expect_str_eq(buf_text(&out), value);
	return ERROR_NONE;
}

Test(request, secrets_stay_unless_asked_otherwise) {
	struct problems problems;
	struct connection one = blank(PROVIDER_SMTP, "0123456789abcdef01234567");
	struct connection other = blank(PROVIDER_SMTP, "aaaaaaaaaaaaaaaaaaaaaaaa");
	struct connection_request request = smtp_request();
	struct settings later = settings, none = settings;
	later.credentials_key = KEY_B;
	none.credentials_key = "";
	cr_assert(apply(&request, &settings, &one, &problems));
	cr_expect_eq(opens(&settings, &one, "password", "hush"), ERROR_NONE);
	cr_expect_eq(opens(&later, &one, "password", ""), ERROR_CONFLICT, "another key");
	later.credentials_old = KEY_A;
	cr_expect_eq(opens(&later, &one, "password", "hush"), ERROR_NONE);
	request.password = "";
	cr_assert(apply(&request, &none, &one, &problems), "nothing new to seal, so no key is needed");
	cr_expect_eq(opens(&settings, &one, "password", "hush"), ERROR_NONE);
	other.secrets = one.secrets;
	cr_expect_eq(opens(&settings, &other, "password", ""), ERROR_CONFLICT, "moved to another connection");
	((struct connection_secret *)other.secrets.items)[0].name = "api_key";
	one.secrets = other.secrets;
	cr_expect_eq(opens(&settings, &one, "api_key", ""), ERROR_CONFLICT, "moved to another name");
	request.password = "new";
	cr_expect_not(apply(&request, &none, &other, &problems));
	cr_expect(strstr(problems_of(&problems, "password"), "CREDENTIALS_KEY"));
}
