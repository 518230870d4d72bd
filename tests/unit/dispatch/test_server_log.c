/* What the logs of mail servers say was taken. */
#include "unit/support.h"

#include <stdio.h>

#include "dispatch/server_log.h"

#define CAMPAIGN "64b000000000000000000001"

struct taken {
	int64_t block, index;
	int count;
};

static struct taken read_lines(const char *const *lines) {
	struct server_log *log = server_log_new(CAMPAIGN);
	struct taken taken = { -1, -1, 0 };
	for (; *lines; lines++) {
		int64_t block, index;
		if (!server_log_read(log, *lines, &block, &index))
			continue;
		taken.count++;
		taken.block = block;
		taken.index = index;
	}
	server_log_free(log);
	return taken;
}

#define EXPECT(expected_count, expected_block, expected_index, ...)                  \
	do {                                                                             \
		struct taken taken = read_lines((const char *const[]){ __VA_ARGS__, NULL }); \
		cr_expect_eq(taken.count, expected_count);                                   \
		cr_expect_eq(taken.block, expected_block);                                   \
		cr_expect_eq(taken.index, expected_index);                                   \
	} while (0)

Test(server_log, postfix_has_taken_what_it_has_queued) {
	static const char named[] = "Nov 28 09:00:00 mx postfix/cleanup[812]: 4F2A91C0: message-id=<" CAMPAIGN
								".1f.2a@acme.example>";
	static const char queued
		[] = "Nov 28 09:00:00 mx postfix/qmgr[77]: 4F2A91C0: from=<b-x@acme.example>, size=901, nrcpt=1 (queue active)";
	EXPECT(1, 0x1f, 0x2a, named, queued);
	EXPECT(1, 0x1f, 0x2a,
	       "2026-11-28T09:00:00.1+00:00 mx postfix/cleanup[8]: 3kPxyZ2v1: message-id=<" CAMPAIGN ".1f.2a@acme.example>",
	       "2026-11-28T09:00:00.2+00:00 mx postfix/qmgr[7]: 3kPxyZ2v1: from=<>, size=901, nrcpt=1 (queue active)");
	EXPECT(0, -1, -1, named);
	EXPECT(0, -1, -1, queued, named);
	EXPECT(0, -1, -1, named,
	       "Nov 28 09:00:00 mx postfix/qmgr[77]: 4F2A91C1: from=<a@b.example>, size=901, nrcpt=1 (queue active)");
	EXPECT(0, -1, -1, named, "Nov 28 09:00:01 mx postfix/smtpd[9]: 4F2A91C0: client=unknown[192.0.2.1]",
	       "Nov 28 09:00:01 mx postfix/smtpd[9]: lost connection after DATA");
	EXPECT(1, 0x1f, 0x2a, named, queued, queued);
}

Test(server_log, exim_says_it_in_one_line) {
	EXPECT(1, 0, 3,
	       "2026-11-28 09:00:00 1tGabc-0000AB-1x <= news@acme.example H=(mail) [192.0.2.1] P=esmtps S=901 id=" CAMPAIGN
	       ".0.3@acme.example");
	EXPECT(0, -1, -1,
	       "2026-11-28 09:00:00 1tGabc-0000AB-1x => ann@t.example R=dnslookup T=remote_smtp id=" CAMPAIGN
	       ".0.3@acme.example");
}

Test(server_log, what_is_of_another_campaign_or_no_message_is_none) {
	static const char *const ids[] = { "64b000000000000000000002.1.2@a.example",
		                               CAMPAIGN ".1@a.example",
		                               CAMPAIGN ".1.2",
		                               CAMPAIGN "1.2@a.example",
		                               CAMPAIGN ".1.1f4@a.example",
		                               CAMPAIGN ".-1.2@a.example",
		                               CAMPAIGN ".1.@a.example",
		                               CAMPAIGN ".123456789.1@a.example",
		                               CAMPAIGN ".G.1@a.example",
		                               "" };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		char line[256];
		(void)snprintf(line, sizeof line, "2026-11-28 09:00:00 1tGabc-0000AB-1x <= news@acme.example S=901 id=%s",
		               ids[i]);
		EXPECT(0, -1, -1, line);
	}
	EXPECT(0, -1, -1, "", "]: ", "]: : ", "]: A: ", " <= ", " <=  id=");
}
