/* Sending to a webhook. */
#include "webhooks/posting.h"

#include <string.h>

#include "connections/secrets.h"
#include "core/base/secret.h"
#include "core/client/dns.h"
#include "core/client/http.h"
#include "webhooks/signature.h"
#include "webhooks/target.h"

enum { ANSWER_BYTES = 64 * 1024, TIMEOUT_MS = 10 * SECOND_MS, KEYS = 2 };

struct flight {
	struct posting *posting;
	const char *id, *body, *timestamp;
	struct posted posted;
	bool waits; /* for the address */
};

struct posting {
	struct arena *arena;
	const char *url, *problem;
	bool inside, is_resolved, leads_inside, is_unanswered;
	int asked; /* look-ups under way */
	const char *address;
	struct mac_key keys[KEYS];
	int key_count;
	struct dns_pool *dns;
	struct http_pool *http;
	struct flight flights[POSTING_MAX];
};

static bool add_key(struct posting *posting, const struct keyring *ring, const struct webhook *webhook,
                    const struct bytes *sealed, struct error *err) {
	BUF_AUTO plain = { 0 };
	bool fine = webhook_open_secret(ring, webhook, sealed, &plain, err);
	if (fine)
		mac_key_set(&posting->keys[posting->key_count++], plain.bytes, plain.size);
	if (plain.bytes)
		secret_wipe(plain.bytes, plain.room);
	return fine;
}

/* The one before signs, too, for a day; if it does not open, nobody misses it. */
static void open_keys(struct posting *posting, const struct webhook *webhook, const struct settings *settings,
                      struct moment now) {
	struct error err = ERROR_INIT;
	struct keyring ring = secrets_ring(settings);
	if (!add_key(posting, &ring, webhook, &webhook->secret, &err))
		posting->problem = arena_copy(posting->arena, err.text);
	if (webhook->before.data && moment_is_set(webhook->before_until) && now.ms < webhook->before_until.ms)
		(void)!add_key(posting, &ring, webhook, &webhook->before, &err);
	keyring_wipe(&ring);
}

static void on_address(void *context, const struct dns_answer *answer) {
	struct posting *posting = context;
	posting->is_unanswered = posting->is_unanswered || answer->result == DNS_FAILED;
	for (int i = 0; i < answer->count; i++) {
		const char *text = answer->records[i].text;
		if (!target_may_reach(text, posting->inside))
			posting->leads_inside = true;
		else if (!posting->address || !strchr(text, ':')) /* IPv4 if there is one */
			posting->address = arena_copy(posting->arena, text);
	}
	if (--posting->asked > 0)
		return;
	posting->is_resolved = true;
	if (posting->leads_inside)
		posting->problem = "Its name leads into a private network";
	else if (!posting->address)
		posting->problem = posting->is_unanswered ? "No name server answered" : "There is no server of this name";
}

static void close_pools(void *object) {
	struct posting *posting = object;
	dns_pool_free(posting->dns);
	http_pool_free(posting->http);
	secret_wipe(posting->keys, sizeof posting->keys);
}

static void resolve(struct posting *posting, const struct settings *settings) {
	struct target target;
	struct error err = ERROR_INIT;
	posting->is_resolved = true;
	if (!target_read(posting->url, posting->inside, posting->arena, &target, &err)) {
		posting->problem = arena_copy(posting->arena, err.text);
		return;
	}
	if (target.is_address) {
		posting->address = target.host;
		return;
	}
	posting->dns = dns_pool_new(settings->dns_servers);
	if (!posting->dns) {
		posting->problem = "DNS_SERVERS cannot be read";
		return;
	}
	posting->is_resolved = false;
	posting->asked = 2;
	dns_start(posting->dns, &(struct dns_query){ target.host, DNS_A, on_address, posting });
	dns_start(posting->dns, &(struct dns_query){ target.host, DNS_AAAA, on_address, posting });
}

struct posting *posting_begin(const struct webhook *webhook, const struct settings *settings, struct moment now,
                              struct arena *arena) {
	struct posting *posting = arena_new_of(arena, struct posting);
	*posting = (struct posting){ .arena = arena, .url = webhook->url, .inside = settings->webhooks_inside };
	posting->http = http_pool_new("Telltale webhooks");
	arena_defer(arena, close_pools, posting);
	open_keys(posting, webhook, settings, now);
	if (posting->problem)
		posting->is_resolved = true;
	else
		resolve(posting, settings);
	return posting;
}

static const char *words_of(const struct posting *posting, const struct http_answer *answer) {
	if (answer->status >= 200 && answer->status < 300)
		return NULL;
	if (answer->status >= 300 && answer->status < 400)
		return "It answered with a redirect, which is not followed";
	if (answer->status)
		return arena_print(posting->arena, "It answered %d", answer->status);
	return answer->too_large ? "Its answer is too large" : text_clean(posting->arena, answer->problem);
}

static void on_answer(void *context, const struct http_answer *answer) {
	struct flight *flight = context;
	int status = answer->status ? answer->status : answer->broken_status;
	flight->posted.problem = words_of(flight->posting, answer);
	flight->posted.status = status ? status : COUNT_NONE;
	flight->posted.took_ms = answer->took_ms;
	flight->posted.retry_ms = answer->retry_after > 0 && answer->retry_after < DAY_MS / SECOND_MS
	                              ? answer->retry_after * SECOND_MS
	                              : 0;
}

static void post(struct posting *posting, struct flight *flight) {
	struct arena *arena = posting->arena;
	BUF_AUTO signatures = { 0 };
	for (int i = 0; i < posting->key_count; i++) {
		buf_text_add(&signatures, i ? " v1," : "v1,");
		webhook_sign(&posting->keys[i], flight->id, flight->timestamp, flight->body, strlen(flight->body), &signatures);
	}
	const char *headers[] = { arena_print(arena, "webhook-id: %s", flight->id),
		                      arena_print(arena, "webhook-timestamp: %s", flight->timestamp),
		                      arena_print(arena, "webhook-signature: %s", buf_text(&signatures)), NULL };
	const struct http_call call = {
		.url = posting->url,
		.max_bytes = ANSWER_BYTES,
		.timeout_ms = TIMEOUT_MS,
		.done = on_answer,
		.context = flight,
		.method = "POST",
		.headers = headers,
		.accept = "*/*",
		.type = "application/json; charset=utf-8",
		.body = flight->body,
		.size = strlen(flight->body),
		.address = posting->address,
		.may_connect = posting->inside ? target_may_connect_inside : target_may_connect,
	};
	http_start(posting->http, &call);
}

static void go(struct posting *posting, struct flight *flight) {
	flight->waits = !posting->is_resolved;
	if (flight->waits)
		return;
	if (posting->problem)
		flight->posted.problem = posting->problem;
	else
		post(posting, flight);
}

void posting_start(struct posting *posting, int place, const char *id, const char *body, struct moment now) {
	struct flight *flight = &posting->flights[place];
	*flight = (struct flight){ .posting = posting,
		                       .id = id,
		                       .body = body,
		                       .timestamp = arena_print(posting->arena, "%lld", (long long)(now.ms / SECOND_MS)),
		                       .posted = { NULL, COUNT_NONE, 0, 0 } };
	go(posting, flight);
}

static bool any_waits(const struct posting *posting) {
	for (int i = 0; i < POSTING_MAX; i++)
		if (posting->flights[i].waits)
			return true;
	return false;
}

bool posting_turn(struct posting *posting, int ms) {
	if (!posting->is_resolved)
		dns_turn(posting->dns, ms);
	else if (http_in_flight(posting->http))
		http_turn(posting->http, ms);
	for (int i = 0; posting->is_resolved && i < POSTING_MAX; i++)
		if (posting->flights[i].waits)
			go(posting, &posting->flights[i]);
	return posting->is_resolved && !any_waits(posting) && http_in_flight(posting->http) == 0;
}

const struct posted *posting_result(const struct posting *posting, int place) {
	return &posting->flights[place].posted;
}
