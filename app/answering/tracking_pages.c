/* The pixel of a mail and its links. No session is read and none is begun; nginx forbids to store, to index, and to
 * tell other sites (deploy/nginx.conf.in). */
#include "answering/tracking_pages.h"

#include <string.h>

#include "answering/link_keys.h"
#include "answering/recording.h"
#include "content/tokens/target.h"
#include "dispatch/letter.h"

struct visitor exchange_visitor(struct exchange *x) {
	return (struct visitor){ .is_head = exchange_is_head(x),
		                     .is_prefetch = visitor_prefetches(request_header(x, "Sec-Purpose"),
		                                                       request_header(x, "Purpose"),
		                                                       request_header(x, "X-Moz")),
		                     .agent = agent_of(x->agent),
		                     .network = visitor_network(x->remote, x->settings->secret_key, x->now, x->arena) };
}

static void record(struct exchange *x, enum hit_kind kind, const struct token *token) {
	const struct visitor visitor = exchange_visitor(x);
	struct hit hit = hit_of(kind, token, &visitor, x->now, x->arena);
	hit_record_it(x->store, &hit, x->settings, x->arena);
}

/* One transparent pixel (GIF89a). */
static const unsigned char image[] = { 'G', 'I', 'F', '8', '9',  'a',  1, 0, 1, 0,    0x80, 0, 0,    0, 0,
	                                   0,   0,   0,   0,   0x21, 0xF9, 4, 1, 0, 0,    0,    0, 0x2C, 0, 0,
	                                   0,   0,   1,   0,   1,    0,    0, 2, 2, 0x44, 1,    0, 0x3B };

/* Always the image: a mail with a broken one looks broken. */
static bool give_pixel(struct exchange *x, struct error *err) {
	struct token token;
	struct error ignored = ERROR_INIT;
	(void)err;
	if (x->settings->track_opens && link_token(x->settings, TOKEN_PIXEL, x->values[0], &token, &ignored))
		record(x, HIT_OPEN, &token);
	reply_header(x, "Cross-Origin-Resource-Policy", "cross-origin");
	return reply_bytes(x, "image/gif", (const char *)image, sizeof image);
}

/* Written as the mail was: of the frozen content, with what was known of the person then. */
static bool find_target(struct exchange *x, const struct token *token, struct buf *out, struct error *err) {
	const struct letter_settings settings = { .postal_address = settings_text("POSTAL_ADDRESS") };
	struct dispatch dispatch;
	struct recipient recipient;
	const struct letter *letter;
	bool found;
	if (!dispatch_need(x->store, token->campaign_id, x->arena, &dispatch, err) ||
	    !letter_compile(&dispatch, &settings, x->arena, &letter, err) ||
	    !block_find_recipient(x->store, token->campaign_id, token->block, token->index, x->arena, &recipient, &found,
	                          err))
		return false;
	if (!found)
		recipient = (struct recipient){ .email = "", .values = "[]" };
	const struct letter_to to = { token->block, token->index, recipient.email, recipient.values };
	return letter_target(letter, &to, token->link, dispatch.started_at, x->arena, out, err);
}

/* What the address carries, if we have sealed it; else what is stored. */
static bool read_target(struct exchange *x, const struct token *token, const char **target, struct error *err) {
	const char *sealed = params_get(&x->query, "to");
	char carried[TARGET_CARRIED_MAX + 1];
	BUF_AUTO stored = { 0 };
	if (sealed && target_open(link_keys(x->settings), x->values[0], sealed, carried)) {
		*target = arena_copy(x->arena, carried);
		return true;
	}
	if (!find_target(x, token, &stored, err))
		return false;
	*target = arena_copy(x->arena, buf_text(&stored));
	return true;
}

static bool follow(struct exchange *x, struct error *err) {
	struct token token;
	const char *target;
	if (!link_token(x->settings, TOKEN_CLICK, x->values[0], &token, err) || !read_target(x, &token, &target, err))
		return false;
	if (!target_is_safe(target))
		return error_set(err, ERROR_MISSING, "this link leads nowhere");
	if (x->settings->track_clicks)
		record(x, HIT_CLICK, &token);
	reply_header(x, "Location", target);
	x->status = 302;
	return true;
}

const struct route tracking_routes[] = {
	{ "GET", "/track/:token", GUARD_LINK, give_pixel, .lenient = true },
	{ "GET", "/click/:token", GUARD_LINK, follow, .lenient = true },
	{ 0 },
};
