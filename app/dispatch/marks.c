/* Pixel, links and headers of one message. */
#include "dispatch/marks.h"

#include <stdio.h>

#include "codes/code.h"
#include "core/base/moment_text.h"

static bool targets_of(const struct letter *letter, const struct letter_to *to, struct moment day, struct arena *arena,
                       const char *const **out, int *count, struct error *err) {
	*count = letter_link_count(letter);
	const char **targets = arena_array(arena, const char *, *count + 1);
	*out = targets;
	for (int i = 0; i < *count; i++) {
		BUF_AUTO target = { 0 };
		if (!letter_target(letter, to, i, day, arena, &target, err))
			return false;
		targets[i] = arena_copy(arena, buf_text(&target));
	}
	return true;
}

static struct token whose(const struct dispatch *dispatch, const struct recipient *person, const struct letter_to *to) {
	struct token token = { .block = (int)to->block, .index = to->index };
	(void)snprintf(token.campaign_id, sizeof token.campaign_id, "%s", dispatch->id);
	(void)snprintf(token.contact_id, sizeof token.contact_id, "%s", person->contact_id);
	(void)snprintf(token.list_id, sizeof token.list_id, "%s", dispatch->list_id ? dispatch->list_id : "");
	return token;
}

static void put_headers(const struct mail_links *links, struct letter_marks *marks, struct arena *arena) {
	struct message_header *headers = arena_array(arena, struct message_header, 2);
	headers[0] = (struct message_header){ "List-Unsubscribe", links->list_unsubscribe };
	headers[1] = (struct message_header){ "List-Unsubscribe-Post", LIST_UNSUBSCRIBE_POST };
	marks->headers = headers;
	marks->header_count = 2;
}

static const struct letter_code *code_of(const struct marks_from *from, const struct dispatch *dispatch,
                                         const struct recipient *person, struct arena *arena) {
	char token[CODE_TOKEN], day[MOMENT_TEXT];
	if (!person->code)
		return NULL;
	struct letter_code *code = arena_new_of(arena, struct letter_code);
	code->token = arena_copy(arena, code_token(dispatch->id, person->contact_id, person->code, token));
	code->short_code = person->short_code;
	code->page = arena_print(arena, "%s/%s", from->bases->code, person->short_code);
	code->until = arena_copy(arena, dispatch_codes_last_day(dispatch, day));
	code->is_within_the_html = from->codes_within;
	return code;
}

bool marks_of(const struct marks_from *from, const struct dispatch *dispatch, const struct letter *letter,
              const struct recipient *person, const struct letter_to *to, struct arena *arena,
              struct letter_marks *marks, struct error *err) {
	const struct composition_settings *settings = &dispatch->said.settings;
	bool tracks = settings->tracking != COUNTING_OFF;
	struct mail_wishes wishes = { .pixel = tracks && settings->track_opens && !from->no_opens,
		                          .return_domain = from->return_domain };
	struct mail_links links;
	const struct token token = whose(dispatch, person, to);
	*marks = (struct letter_marks){ 0 };
	if (tracks && settings->track_clicks && !from->no_clicks &&
	    !targets_of(letter, to, dispatch->started_at, arena, &wishes.targets, &wishes.count, err))
		return false;
	if (!mail_links_make(from->keys, from->bases, &token, &wishes, arena, &links))
		return error_set(err, ERROR_CONFLICT, "The links of an email need LINK_KEYS");
	marks->pixel = links.pixel;
	marks->link_urls = links.urls;
	marks->unsubscribe_url = marks->preferences_url = links.unsubscribe;
	marks->view_url = links.view;
	marks->return_path = links.return_path;
	marks->unsubscribe_id = links.unsubscribe_id;
	marks->pixel_id = links.pixel_id;
	marks->code = code_of(from, dispatch, person, arena);
	if (settings->unsubscribe_link)
		put_headers(&links, marks, arena);
	return true;
}
