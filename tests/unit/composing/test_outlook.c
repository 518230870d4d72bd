/* How sending a campaign will go, and what stands for values that people lack. */
#include <criterion/criterion.h>
#include <string.h>

#include "composing/lacking.h"
#include "composing/outlook.h"

enum { NONE = COUNT_NONE };

static struct arena *arena;
static struct composition campaign;
static struct connection accounts[3];
static struct composing_known known;
static struct pace_limits system_limits;
static struct moment last_hour;
static struct pace connection_used;
static struct forecast_destination *places;
static int place_count;

static void begin(void) {
	arena = arena_new();
	campaign = composition_fresh("6748d0c1a2b3c4d5e6f70809", "UTC", "Acme", "news@acme.example", arena);
	const struct connection_limits none = { NONE, NONE, NONE, NONE, NONE, NONE, NONE };
	accounts[0] = (struct connection){ .id = "mail", .name = "Mail", .provider = PROVIDER_SMTP, .priority = 2 };
	accounts[1] = (struct connection){ .id = "fast", .name = "Fast", .provider = PROVIDER_SENDGRID, .priority = 1 };
	accounts[2] = (struct connection){ .id = "text", .name = "Text", .provider = PROVIDER_TWILIO, .priority = 9 };
	for (int i = 0; i < 3; i++) {
		accounts[i].is_active = true;
		accounts[i].limits = none;
	}
	known = (struct composing_known){ .connections = { accounts, 3 } };
	system_limits = (struct pace_limits){ { 0 } };
	last_hour = MOMENT_NONE;
	connection_used = PACE_UNUSED;
	places = NULL;
}

static void end(void) {
	arena_free(arena);
}

static struct outlook look(int64_t recipients, struct moment now) {
	const struct outlook_query query = { .composition = &campaign,
		                                 .known = &known,
		                                 .system = &system_limits,
		                                 .recipients = recipients,
		                                 .now = now,
		                                 .first = campaign.scheduled_time,
		                                 .last = last_hour,
		                                 .used = connection_used,
		                                 .system_used = PACE_UNUSED,
		                                 .places = places,
		                                 .place_count = place_count };
	return outlook_of(&query, arena);
}

TestSuite(outlook, .init = begin, .fini = end);

Test(outlook, the_connection_is_the_chosen_one_or_that_of_the_settings_or_the_first) {
	cr_expect_str_eq(outlook_connection(&known, NULL, false)->name, "Mail", "SendGrid cannot send yet");
	accounts[1].provider = PROVIDER_SMTP;
	cr_expect_str_eq(outlook_connection(&known, NULL, false)->name, "Fast", "it has the smaller priority");
	accounts[1].is_active = false;
	cr_expect_str_eq(outlook_connection(&known, NULL, false)->name, "Mail");
	accounts[1].is_active = true;
	accounts[0].from_settings = true;
	cr_expect_str_eq(outlook_connection(&known, NULL, false)->name, "Mail");
	cr_expect_str_eq(outlook_connection(&known, "fast", false)->name, "Fast");
	cr_expect_str_eq(outlook_connection(&known, "mail", false)->name, "Mail");
	cr_expect_str_eq(outlook_connection(&known, "mail", true)->name, "Text", "a mail server sends no SMS");
	accounts[0].is_active = false;
	cr_expect_null(outlook_connection(&known, NULL, false));
	known.connections.count = 0;
	cr_expect_null(outlook_connection(&known, NULL, false));
	cr_expect_not_null(look(5, (struct moment){ 0 }).problem);
}

Test(outlook, pauses_are_messages_a_minute) {
	struct connection_limits limits = { NONE, NONE, NONE, NONE, 2, 10, 5 };
	cr_expect_eq(outlook_limits(&limits).per[PACE_MINUTE], 24);
	limits = (struct connection_limits){ NONE, 10, NONE, NONE, 2, 10, 5 };
	cr_expect_eq(outlook_limits(&limits).per[PACE_MINUTE], 10, "the tighter one counts");
	limits = (struct connection_limits){ 3, NONE, 100, 1000, NONE, 100, NONE };
	const struct pace_limits pace = outlook_limits(&limits);
	cr_expect(pace.per[PACE_SECOND] == 3 && pace.per[PACE_MINUTE] == 0 && pace.per[PACE_HOUR] == 100 &&
	          pace.per[PACE_DAY] == 1000);
	limits = (struct connection_limits){ NONE, NONE, NONE, NONE, 120, NONE, NONE };
	cr_expect_eq(outlook_limits(&limits).per[PACE_HOUR], 30);
}

Test(outlook, it_begins_at_the_chosen_time_and_says_what_binds) {
	const struct moment now = { 1000 * DAY_MS };
	campaign.scheduled_time = moment_add(now, HOUR_MS);
	campaign.account_id = "fast";
	accounts[1].limits.per_day = 150;
	struct outlook outlook = look(250, now);
	cr_assert_null(outlook.problem);
	cr_expect_eq(outlook.forecast.begins.ms, campaign.scheduled_time.ms);
	cr_expect_eq(outlook.forecast.days.count, 2);
	cr_expect(strstr(outlook.forecast.limit, "a day of Fast"), "%s", outlook.forecast.limit);
	campaign.scheduled_time = moment_add(now, -HOUR_MS);
	accounts[1].limits.per_day = NONE;
	outlook = look(250, now);
	cr_expect_eq(outlook.forecast.begins.ms, now.ms, "a time that has passed is now");
	cr_expect(strstr(outlook.forecast.limit, "100 a minute of the campaign"), "%s", outlook.forecast.limit);
	system_limits.per[PACE_HOUR] = 200;
	outlook = look(250, now);
	cr_expect(strstr(outlook.forecast.limit, "200 an hour of the whole system"), "%s", outlook.forecast.limit);
	cr_expect_not_null(look(COUNT_NONE, now).problem);
}

Test(outlook, what_stands_for_a_value_is_found_in_the_source) {
	const char *source = "<p>{{ last_name }} {% if x %} {{first_name | default: \"there\"}}, "
						 "{{company|default:&quot;you&quot;}}";
	cr_expect_str_eq(lacking_default(source, "first_name", arena), "there");
	cr_expect_str_eq(lacking_default(source, "company", arena), "you");
	cr_expect_null(lacking_default(source, "last_name", arena));
	cr_expect_null(lacking_default("{{", "first_name", arena));
	cr_expect_null(lacking_default(NULL, "first_name", arena));
}
