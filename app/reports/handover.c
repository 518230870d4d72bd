/* Sending reports to recipients. */
#include "reports/handover.h"

#include <string.h>

#include "connections/connection.h"
#include "core/base/choice.h"
#include "core/base/local.h"
#include "core/base/log.h"
#include "core/formats/mail.h"
#include "reports/compose.h"
#include "reports/file.h"
#include "reports/letter.h"
#include "reports/link.h"

enum { AT_ONCE = 8 };

/* A mail being sent. */
struct hand {
	struct handover *handover;
	struct recipient *recipient; /* NULL: free */
	struct buf message;
};

struct handover {
	struct step step;
	const char *from; /* in ASCII */
	struct letter letter;
	struct smtp_account account;
	struct smtp_times times;
	struct smtp_limits limits;
	struct smtp_pool *pool;
	struct buf file; /* the attachment, once read */
	struct hand hands[AT_ONCE];
	bool changed; /* some outcomes are not stored yet */
	bool worked;  /* the mail server has accepted one; or trouble: it opens no session, and why */
	const char *trouble;
	bool failed;
	struct error error; /* if failed */
};

static void release(void *object) {
	struct handover *handover = object;
	smtp_pool_free(handover->pool);
	for (int i = 0; i < AT_ONCE; i++)
		buf_finish(&handover->hands[i].message);
	buf_finish(&handover->file);
}

struct handover *handover_new(const struct step *step) {
	const struct settings *settings = step->settings;
	struct handover *handover = arena_new_of(step->arena, struct handover);
	handover->from = mail_ascii_address(settings->smtp_from, step->arena);
	const char *domain = mail_domain_part(handover->from);
	handover->step = *step;
	handover->account = (struct smtp_account){ .host = settings->smtp_host,
		                                       .user = settings->smtp_user,
		                                       .password = settings->smtp_password,
		                                       .hello = *domain ? domain : "localhost",
		                                       .authorities = settings->smtp_authorities,
		                                       .port = (int)settings->smtp_port,
		                                       .tls = settings->smtp_tls };
	handover->times = smtp_times_of(settings->smtp_reply_seconds * SECOND_MS, settings->smtp_dot_seconds * SECOND_MS);
	handover->limits = (struct smtp_limits){ .sessions = AT_ONCE, .mails = smtp_limits.mails };
	handover->pool = smtp_pool_new(&handover->account, &handover->times, &handover->limits);
	arena_defer(step->arena, release, handover);
	return handover;
}

struct step *handover_step(struct handover *handover) {
	return &handover->step;
}

/* The letter to everybody, still without the address of the report: with the figures that the report has. */
static bool read_letter(struct handover *handover, struct error *err) {
	const struct step *step = &handover->step;
	const struct report *report = &step->report;
	struct report then = *report;
	struct figures figures;
	then.as_of = moment_is_set(report->as_of) ? report->as_of : report->data_at;
	if (handover->letter.schedule)
		return true;
	if (!report_figures(step->store, &then, step->arena, &figures, err))
		return false;
	handover->letter = (struct letter){
		.title = step->schedule.title,
		.partner = report->partner,
		.zone = report->zone,
		.period = report->period,
		.is_test = step->delivery.cause == CAUSE_TEST,
		.attached = step->schedule.attach,
		.schedule = step->schedule.name,
		.verify = arena_print(step->arena, "%s/verify", step->settings->public_url),
		.sha256 = report->sha256,
		.data_at = report->data_at,
	};
	letter_count(&handover->letter, &figures, step->arena);
	return true;
}

/* Deliveries that an older version created have no link ids. */
static bool make_link(struct step *step, struct recipient *recipient, const char **url, struct error *err) {
	struct link_request asked = { MOMENT_NONE, COUNT_NONE, NULL, recipient->address };
	struct report_link link;
	const char *token;
	if (!recipient->link_id)
		recipient->link_id = store_new_id(step->arena);
	if (!link_create(step->store, &step->report, &asked, recipient->link_id, "schedule", step->run->now, step->arena,
	                 &link, &token, err))
		return false;
	*url = arena_print(step->arena, "%s/r/%s", step->settings->public_url, token);
	return true;
}

static bool read_file(struct handover *handover, struct error *err) {
	struct step *step = &handover->step;
	return handover->file.size > 0 || file_read(step->store, &step->report, FILE_PDF, &handover->file, err);
}

/* The message to one recipient, with a link of its own or with the file attached. */
static bool compose(struct handover *handover, struct recipient *recipient, struct buf *out, struct error *err) {
	struct step *step = &handover->step;
	const struct recipient *first = step->delivery.recipients.items;
	const char *url = NULL;
	local_use(step->report.zone);
	if (!read_letter(handover, err))
		return false;
	if (step->schedule.attach ? !read_file(handover, err) : !make_link(step, recipient, &url, err))
		return false;
	struct letter letter = handover->letter;
	letter.url = url;
	struct mail mail = { .from = handover->from,
		                 .from_name = *step->settings->smtp_from_name ? step->settings->smtp_from_name
		                                                              : step->settings->organisation,
		                 .to = mail_ascii_address(recipient->address, step->arena),
		                 .subject = letter_subject(&letter, step->arena),
		                 .text = letter_text(&letter, step->arena),
		                 .html = letter_html(&letter, step->arena),
		                 .id = arena_print(step->arena, "report-%s-%d", step->delivery.id, (int)(recipient - first)),
		                 .date = step->run->now };
	if (step->schedule.attach) {
		mail.file_name = file_name(&step->report, FILE_PDF, step->arena);
		mail.file_type = "application/pdf";
		mail.file = handover->file.bytes;
		mail.file_size = handover->file.size;
	}
	mail_write(&mail, out);
	return true;
}

static bool store(struct handover *handover) {
	struct error err = ERROR_INIT;
	if (step_save(&handover->step, &err)) {
		handover->changed = false;
		return true;
	}
	handover->error = err;
	handover->failed = true;
	return false;
}

/* The server is waiting for the body. If "begun" cannot be stored, the mail must not be sent. */
static bool begin(void *context) {
	struct hand *hand = context;
	unsigned before = hand->recipient->state;
	hand->recipient->state = RECIPIENT_BEGUN;
	hand->recipient->at = job_now(hand->handover->step.run);
	if (hand->handover->failed || !store(hand->handover))
		hand->recipient->state = before;
	return hand->recipient->state == RECIPIENT_BEGUN;
}

static void done(void *context, const struct smtp_outcome *outcome) {
	struct hand *hand = context;
	struct step *step = &hand->handover->step;
	const struct recipient *first = step->delivery.recipients.items;
	recipient_judge(hand->recipient, outcome, job_now(step->run), step->arena);
	log_info("report %s to recipient %d: %s, %d at %s", step->report.id, (int)(hand->recipient - first),
	         choice_name(&recipient_states, (int)hand->recipient->state), outcome->reply.code,
	         smtp_stage_name(outcome->stage));
	hand->handover->worked |= outcome->result == SMTP_ACCEPTED;
	if (outcome->result == SMTP_NOT_SENT && outcome->stage == SMTP_AT_SESSION)
		hand->handover->trouble = arena_copy(step->arena, outcome->reply.text);
	hand->handover->changed = true;
	hand->recipient = NULL;
	buf_finish(&hand->message);
}

static bool hand_over(struct hand *hand, struct recipient *recipient, struct error *err) {
	if (!compose(hand->handover, recipient, &hand->message, err))
		return false;
	hand->recipient = recipient;
	recipient->tries++;
	smtp_start(hand->handover->pool,
	           &(struct smtp_mail){
				   .envelope = { .from = hand->handover->from,
	                             .to = mail_ascii_address(recipient->address, hand->handover->step.arena),
	                             .message = hand->message.bytes,
	                             .size = hand->message.size },
				   .begin = begin,
				   .done = done,
				   .context = hand });
	return true;
}

static bool is_in_hand(const struct handover *handover, const struct recipient *recipient) {
	for (int i = 0; i < AT_ONCE; i++)
		if (handover->hands[i].recipient == recipient)
			return true;
	return false;
}

static struct recipient *next_due(struct handover *handover, struct moment now) {
	struct recipient *recipients = handover->step.delivery.recipients.items;
	for (int i = 0; i < handover->step.delivery.recipients.count; i++)
		if (recipient_is_due(&recipients[i], now) && !is_in_hand(handover, &recipients[i]))
			return &recipients[i];
	return NULL;
}

static bool may_start(const struct handover *handover) {
	return !handover->step.run->jobs->closing && !handover->step.run->cancelled;
}

/* Starts due recipients in free hands. */
static bool start_due(struct handover *handover, struct error *err) {
	struct moment now = job_now(handover->step.run);
	for (int i = 0; i < AT_ONCE && may_start(handover); i++) {
		struct hand *hand = &handover->hands[i];
		struct recipient *recipient = hand->recipient ? NULL : next_due(handover, now);
		hand->handover = handover;
		if (recipient && !hand_over(hand, recipient, err))
			return false;
	}
	return true;
}

/* -1 while there is something to do; otherwise how long until the first recipient is to be tried. */
static int64_t wait_of_all(const struct handover *handover) {
	const struct recipient *recipients = handover->step.delivery.recipients.items;
	struct moment now = job_now(handover->step.run);
	int64_t least = HANDOVER_OVER;
	if (smtp_in_flight(handover->pool) > 0)
		return -1;
	for (int i = 0; i < handover->step.delivery.recipients.count; i++) {
		int64_t wait = recipient_wait(&recipients[i], now);
		if (wait >= 0 && wait < least)
			least = wait;
	}
	return least == 0 && may_start(handover) ? -1 : least;
}

static bool move(struct handover *handover, int64_t ms, struct error *err) {
	if (!start_due(handover, err))
		return false;
	smtp_turn(handover->pool, (int)ms);
	if (handover->failed || (handover->changed && !store(handover))) {
		*err = handover->error;
		return false;
	}
	return true;
}

bool handover_turn(struct handover *handover, int64_t ms, int64_t *wait_ms, struct error *err) {
	int64_t until = monotonic_ms() + ms, left = ms;
	do {
		if (!move(handover, left, err))
			return false;
		*wait_ms = wait_of_all(handover);
		left = until - monotonic_ms();
	} while (left > 0 && *wait_ms < 0);
	return job_beat(handover->step.run, NULL, err);
}

bool handover_note(const struct handover *handover, struct error *err) {
	const struct step *step = &handover->step;
	struct connection connection;
	bool found;
	if (!handover->worked && !handover->trouble)
		return true;
	return connection_default(step->store, step->settings, job_now(step->run), step->arena, &connection, &found, err) &&
	       (!found || connection_note_use(step->store, connection.id, handover->worked ? NULL : handover->trouble,
	                                      job_now(step->run), err));
}
