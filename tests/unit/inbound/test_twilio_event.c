/* What Twilio reports: the signature of examples that were made for this, and what it means. */
#include <criterion/criterion.h>

#include <string.h>

#include "inbound/twilio_event.h"

#define TOKEN "0123456789abcdef0123456789abcdef"
#define ACCOUNT "AC00000000000000000000000000000001"
#define STATUS_URL "https://telltale.example/hooks/twilio/status?m=email_0003"
#define STATUS                                                                                                      \
	"RawDlrDoneDate=2701150801&ErrorCode=30003&SmsSid=SM00000000000000000000000000000001&SmsStatus=undelivered&"    \
	"MessageStatus=undelivered&To=%2B14155550100&MessageSid=SM00000000000000000000000000000001&AccountSid=" ACCOUNT \
	"&From=%2B14155550111&ApiVersion=2010-04-01"
#define SIGNED_STATUS "OnX/oCua18EFyLgrI+nHDchgqtw="
#define INBOUND_URL "https://telltale.example/hooks/twilio/inbound"
#define BEFORE_CITY "ToCountry=US&ToState=CA&SmsMessageSid=SM00000000000000000000000000000002&NumMedia=0&"
#define AFTER_CITY                                                                                                    \
	"SmsSid=SM00000000000000000000000000000002&OptOutType=STOP&SmsStatus=received&Body=Stop+%C3%A9%21&FromCountry=US" \
	"&To=%2B14155550111&MessagingServiceSid=MG00000000000000000000000000000001&NumSegments=1&MessageSid="             \
	"SM00000000000000000000000000000002&AccountSid=" ACCOUNT "&From=%2B14155550100&ApiVersion=2010-04-01"
#define INBOUND_BODY BEFORE_CITY "ToCity=&" AFTER_CITY
#define SIGNED_INBOUND "JFF7lCmTadD5ObCddOieVIIscbM="

static bool verified_of(const char *account, const char *url, const char *body, const char *signature) {
	ARENA_AUTO arena = arena_new();
	const struct twilio_claim claim = { TOKEN, account, url, body, signature, false };
	struct params form;
	struct error err = ERROR_INIT;
	bool fine = twilio_verify(&claim, arena, &form, &err);
	cr_expect(fine || (err.kind == ERROR_DENIED && *err.text), "%s", err.text);
	return fine;
}

static bool verified(const char *url, const char *body, const char *signature) {
	return verified_of(ACCOUNT, url, body, signature);
}

Test(twilio_event, the_signature_is_of_the_address_and_every_member) {
	cr_expect(verified(STATUS_URL, STATUS, SIGNED_STATUS));
	cr_expect(verified(INBOUND_URL, INBOUND_BODY, SIGNED_INBOUND));
	cr_expect(verified(INBOUND_URL, INBOUND_BODY, "qqnxsGCnY7Wzx8oCxuCKXuwXh20="), "with the port");
	cr_expect(!verified(INBOUND_URL, INBOUND_BODY, "A0Eh7luUDoZX/WFTZe4oueEmTZE="), "of http");
	cr_expect(!verified(INBOUND_URL, BEFORE_CITY AFTER_CITY, SIGNED_INBOUND), "an empty member left out");
	cr_expect(!verified(INBOUND_URL, INBOUND_BODY, "NOgVwzJd/88ipAtG4GatGF4qgpI="));
	cr_expect(!verified(INBOUND_URL, INBOUND_BODY "&More=1", SIGNED_INBOUND));
	cr_expect(verified(INBOUND_URL, INBOUND_BODY "&NumMedia=0", SIGNED_INBOUND), "the same value twice is one");
	cr_expect(!verified(INBOUND_URL, INBOUND_BODY "&NumMedia=1", SIGNED_INBOUND));
	cr_expect(!verified(INBOUND_URL "?m=1", INBOUND_BODY, SIGNED_INBOUND));
	cr_expect(!verified(STATUS_URL, STATUS, NULL) && !verified(STATUS_URL, STATUS, "") &&
	          !verified(STATUS_URL, STATUS, "OnX/oCua18EFyLgrI+nHDchgqtw"));
	cr_expect(!verified(STATUS_URL, STATUS "&a=%zz", SIGNED_STATUS), "a form that cannot be read");
	cr_expect(!verified_of("AC00000000000000000000000000000002", STATUS_URL, STATUS, SIGNED_STATUS));
	ARENA_AUTO arena = arena_new();
	const struct twilio_claim newer = { TOKEN, ACCOUNT, STATUS_URL, STATUS, SIGNED_STATUS, true };
	struct params form;
	struct error err = ERROR_INIT;
	cr_expect(!twilio_verify(&newer, arena, &form, &err), "another kind of signature is announced");
}

static const struct moment now = { 1800000000000 };

static struct twilio_said said_by(const char *body, struct arena *arena) {
	struct params form;
	struct twilio_said said;
	struct error err = ERROR_INIT;
	cr_assert(params_read(arena, body, &form, &err), "%s", err.text);
	twilio_read(&form, now, arena, &said);
	return said;
}

Test(twilio_event, who_answers_stop_wants_nothing_more_until_they_answer_start) {
	static const struct {
		const char *body;
		enum inbound_kind kind; /* INBOUND_OTHER: nothing follows */
	} rows[] = {
		{ "STOP", INBOUND_STOP },
		{ "stop.", INBOUND_STOP },
		{ "+Stop!+", INBOUND_STOP },
		{ "unsubscribe", INBOUND_STOP },
		{ "CANCEL", INBOUND_STOP },
		{ "Quit", INBOUND_STOP },
		{ "STOP+please", INBOUND_STOP },
		{ "%22Stop%22", INBOUND_STOP },
		{ "Stop+%C3%A9", INBOUND_STOP },
		{ "end+of+month%3F", INBOUND_OTHER },
		{ "cancel+my+order", INBOUND_OTHER },
		{ "STOPPED", INBOUND_OTHER },
		{ "please+stop", INBOUND_OTHER },
		{ "START", INBOUND_START },
		{ "Yes!", INBOUND_START },
		{ "unstop", INBOUND_START },
		{ "yes+please", INBOUND_OTHER },
		{ "start+now", INBOUND_OTHER },
		{ "HELP", INBOUND_OTHER },
		{ "", INBOUND_OTHER },
		{ "Stop+it+at+once", INBOUND_STOP },
		{ "%F0%9F%98%80", INBOUND_OTHER },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct twilio_said
			said = said_by(arena_print(arena, "SmsStatus=received&MessageSid=SM1&From=%%2B14155550100&Body=%s",
		                               rows[i].body),
		                   arena);
		cr_expect(said.is_inbound && said.has_event == (rows[i].kind != INBOUND_OTHER), "%s", rows[i].body);
		if (said.has_event)
			cr_expect(said.event.kind == rows[i].kind && strcmp(said.event.recipient, "+14155550100") == 0 &&
			          strcmp(said.event.id, "twilio:SM1:received") == 0);
	}
	const struct twilio_said
		by_service = said_by("SmsStatus=received&MessageSid=SM1&From=%2B14155550100&Body=Arret&OptOutType=STOP", arena);
	cr_expect(by_service.event.kind == INBOUND_STOP, "Twilio knows words of other languages");
	const struct twilio_said
		back = said_by("SmsStatus=received&MessageSid=SM1&From=%2B14155550100&Body=Oui&OptOutType=START", arena);
	cr_expect(back.has_event && back.event.kind == INBOUND_START);
	cr_expect(!said_by("SmsStatus=received&MessageSid=SM1&From=12345&Body=STOP", arena).has_event, "a short code");
	cr_expect(!said_by("SmsStatus=received&From=%2B14155550100&Body=STOP", arena).has_event, "nothing names it");
}

Test(twilio_event, which_failures_say_something_of_the_number) {
	static const struct {
		const char *status, *code;
		int kind;
	} rows[] = {
		{ "undelivered", "30005", INBOUND_HARD },
		{ "failed", "21211", INBOUND_HARD },
		{ "failed", "21610", INBOUND_STOP },
		{ "undelivered", "30003", -1 },
		{ "undelivered", "30008", -1 },
		{ "undelivered", "", -1 },
		{ "sent", "30005", -1 },
		{ "delivered", "30005", -1 },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct twilio_said
			said = said_by(arena_print(arena,
		                               "MessageStatus=%s&SmsStatus=%s&ErrorCode=%s&MessageSid=SM1&To=%%2B14155550100",
		                               rows[i].status, rows[i].status, rows[i].code),
		                   arena);
		cr_expect(!said.is_inbound && said.has_event == (rows[i].kind >= 0), "%s %s", rows[i].status, rows[i].code);
		if (said.has_event)
			cr_expect(said.event.kind == (enum inbound_kind)rows[i].kind &&
			          strcmp(said.event.recipient, "+14155550100") == 0 && strstr(said.event.id, rows[i].status));
	}
}
