/* The live messages of a campaign, to the letter. */
#include <criterion/criterion.h>
#include <string.h>

#include "dispatch/live_message.h"

static const struct moment at = { INT64_C(1705314000000) };

static struct campaign campaign_in(enum campaign_status status) {
	struct campaign campaign;
	record_clear(&campaign_record, &campaign);
	campaign.id = "0123456789abcdef01234567";
	campaign.name = "Summer \"Sale\" </script>";
	campaign.status = status;
	return campaign;
}

static struct progress three_quarters(void) {
	return (struct progress){ .total = 2000, .written = 2000, .accepted = 1500, .pending = 500, .percent = 75 };
}

static void expect(const struct buf *message, const char *text) {
	cr_expect_str_eq(message->size ? buf_text(message) : "", text);
}

Test(live_message, of_a_campaign_that_is_sent) {
	struct campaign campaign = campaign_in(CAMPAIGN_SENDING);
	struct progress progress = three_quarters();
	struct live_messages messages;
	live_messages_of(&campaign, &progress, at, &messages);
	expect(&messages.email_progress, "{\"type\":\"email_progress\",\"campaign_id\":\"0123456789abcdef01234567\","
	                                 "\"sent\":1500,\"total\":2000,\"timestamp\":\"2024-01-15T10:20:00Z\"}");
	expect(&messages.progress, "{\"type\":\"campaign_progress\",\"campaign_id\":\"0123456789abcdef01234567\","
	                           "\"sent_count\":1500,\"total_recipients\":2000,\"progress\":75.0,"
	                           "\"timestamp\":\"2024-01-15T10:20:00Z\"}");
	cr_expect(strstr(buf_text(&messages.status), "\"status\":\"sending\",\"progress\":75.0}"));
	cr_expect(!strstr(buf_text(&messages.status), "</script>"));
	expect(&messages.completed, "");
	live_messages_free(&messages);
}

Test(live_message, of_one_that_has_ended) {
	struct campaign campaign = campaign_in(CAMPAIGN_SENT);
	struct progress progress = three_quarters();
	struct live_messages messages;
	progress.accepted = 1000;
	campaign.current_metrics = (struct metrics){
		.sent = 1000, .opened = 390, .clicked = 78, .bounced = 25, .unsubscribed = 5, .spam_complaints = 0
	};
	live_messages_of(&campaign, &progress, at, &messages);
	expect(&messages.completed, "{\"type\":\"campaign_completed\",\"campaign_id\":\"0123456789abcdef01234567\","
	                            "\"final_stats\":{\"open_rate\":40.0,\"click_rate\":8.00,\"bounce_rate\":2.50,"
	                            "\"unsubscribe_rate\":0.50},\"timestamp\":\"2024-01-15T10:20:00Z\"}");
	live_messages_free(&messages);
}

Test(live_message, of_one_that_was_never_started_or_is_being_written_down) {
	struct campaign campaign = campaign_in(CAMPAIGN_QUEUED);
	struct progress progress = { .total = COUNT_NONE, .written = 500 };
	struct live_messages messages;
	live_messages_of(&campaign, NULL, at, &messages);
	cr_expect(messages.status.size > 0 && !messages.progress.size && !messages.email_progress.size);
	live_messages_free(&messages);
	live_messages_of(&campaign, &progress, at, &messages);
	cr_expect(strstr(buf_text(&messages.progress), "\"total_recipients\":500,"));
	live_messages_free(&messages);
}
