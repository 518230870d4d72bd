/* A mail as a page, for whoever has its link. What people wrote is shown without scripts, in no other page's frame, and
 * to no search engine (deploy/nginx.conf.in). */
#include "answering/view_pages.h"

#include <string.h>

#include "answering/copier.h"
#include "answering/link_keys.h"
#include "dispatch/message_list.h"

static bool read_mail(struct exchange *x, const struct token *token, struct mail_copy *copy, struct error *err) {
	struct message_found *found = arena_new_of(x->arena, struct message_found);
	struct copier copier;
	char name[MESSAGE_NAME];
	message_name(token->campaign_id, token->block, token->index, name);
	if (!message_find(x->store, name, x->arena, found, err) ||
	    !message_copier(x->settings, x->store, found->message.campaign_id, x->arena, &copier, err))
		return false;
	const struct recipient *people = found->block.people.items;
	return copy_read(&copier, &people[found->message.index], &found->message, COPY_AS_SENT, x->arena, copy, err);
}

static bool show(struct exchange *x, struct error *err) {
	struct token token;
	struct mail_copy copy;
	if (!link_token(x->settings, TOKEN_VIEW, x->values[0], &token, err) || !read_mail(x, &token, &copy, err))
		return false;
	if (!copy.html && !copy.text)
		return error_set(err, ERROR_MISSING, "this email is no longer there");
	if (!copy.html)
		return reply_bytes(x, "text/plain; charset=utf-8", copy.text, strlen(copy.text));
	return reply_bytes(x, "text/html; charset=utf-8", copy.html, strlen(copy.html));
}

const struct route mail_view_routes[] = {
	{ "GET", "/view/:token", GUARD_LINK, show, .lenient = true },
	{ 0 },
};
