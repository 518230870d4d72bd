/* A connection in words. */
#include <criterion/criterion.h>
#include <string.h>

#include "connections/connection.h"
#include "connections/trying.h"
#include "connections/words.h"

static struct connection blank(enum provider provider) {
	struct connection connection;
	record_clear(&connection_record, &connection);
	connection.provider = (unsigned)provider;
	connection.is_active = true;
	connection.limits = provider_rows[provider].limits;
	return connection;
}

Test(connection, health_in_a_word) {
	struct connection one = blank(PROVIDER_SMTP), zoho = blank(PROVIDER_ZOHO);
	cr_expect_str_eq(connection_health(&one).label, "Not tested");
	one.last_test.state = TRIAL_WAITING;
	cr_expect_str_eq(connection_health(&one).label, "Being tested");
	one.last_test.state = TRIAL_PASSED;
	cr_expect_str_eq(connection_health(&one).label, "Connected");
	one.last_error = "535 wrong";
	cr_expect_str_eq(connection_health(&one).label, "Disconnected");
	cr_expect_str_eq(connection_health(&one).why, "535 wrong");
	one.is_active = false;
	cr_expect_str_eq(connection_health(&one).label, "Off");
	cr_expect_null(connection_health(&one).why);
	cr_expect_str_eq(connection_health(&zoho).label, "Not set up");
}

Test(connection, limits_in_words) {
	ARENA_AUTO in = arena_new();
	struct connection_limits none = blank(PROVIDER_SMTP).limits;
	none.per_second = none.batch_size = COUNT_NONE;
	cr_expect_str_eq(limits_words(&none, false, in), "no limit of its own");
	cr_expect_str_eq(limits_words(&provider_rows[PROVIDER_ZOHO].limits, false, in),
	                 "2 s between emails, 10 at once, then 5 s of pause");
	cr_expect_str_eq(limits_words(&provider_rows[PROVIDER_TWILIO].limits, true, in), "10 a minute");
	none.per_hour = 6000;
	cr_expect_str_eq(limits_words(&none, false, in), "6,000 an hour");
}

Test(connection, each_provider_has_its_row) {
	for (int i = 0; i < PROVIDERS; i++) {
		const struct provider_row *row = &provider_rows[i];
		cr_expect(row->label && row->mark && row->channel && row->about);
		cr_expect(row->given || row->channels != 0);
		for (int k = 0; row->secrets[k]; k++)
			cr_expect_str_neq(secret_label(row->secrets[k]), row->secrets[k], "it has a name for people");
	}
}

static bool by_a_campaign(struct store *store, const char *id, struct arena *arena, struct connection_uses *uses,
                          struct error *err) {
	(void)store, (void)arena, (void)err;
	if (text_same(id, "used"))
		for (int i = 0; i < CONNECTION_USES_MAX + 2; i++)
			connection_use_add(uses, "campaign", "Spring");
	return true;
}

Test(connection, what_is_used_is_not_deleted) {
	ARENA_AUTO in = arena_new();
	struct error err = ERROR_INIT;
	struct connection_uses uses;
	struct connection used = blank(PROVIDER_SMTP), given = blank(PROVIDER_SMTP);
	used.id = "used";
	given.from_settings = true;
	given.name = "default";
	connection_ask_users(by_a_campaign);
	cr_expect(connection_read_uses(NULL, "used", in, &uses, &err));
	cr_expect_eq(uses.count, CONNECTION_USES_MAX + 2);
	cr_expect_not(connection_drop(NULL, &used, in, &err));
	cr_expect(err.kind == ERROR_CONFLICT && strstr(err.text, "campaign “Spring” uses this connection, and 21 more"),
	          "%s", err.text);
	cr_expect_not(connection_drop(NULL, &given, in, &err));
	cr_expect(strstr(err.text, "comes from the settings"));
}
