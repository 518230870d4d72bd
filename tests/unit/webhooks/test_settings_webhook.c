/* Events as the setting names them. */
#include <criterion/criterion.h>

#include "webhooks/settings_webhook.h"

Test(settings_webhook, events_are_named_and_checked) {
	ARENA_AUTO arena = arena_new();
	struct strings events;
	struct error err = ERROR_INIT;
	cr_assert(settings_webhook_events("campaign_sent, email_opened,email_clicked,campaign_sent", arena, &events, &err));
	cr_expect(events.count == 3 && strings_have(&events, "email_clicked"));
	cr_assert(settings_webhook_events("", arena, &events, &err));
	cr_expect(events.count == 6 && strings_have(&events, "campaign_failed"), "those about campaigns");
	cr_expect(!settings_webhook_events("email_read", arena, &events, &err));
	cr_expect_str_eq(err.field, "WEBHOOK_EVENTS");
	cr_expect(!settings_webhook_events("webhook_test", arena, &events, &err), "nobody subscribes to it");
}
