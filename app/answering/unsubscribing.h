/* Unsubscribing by the link of a mail: from a list, or from everything. Its token names the person, so it works for
 * years, also when campaign, list or person are gone. */
#ifndef ANSWERING_UNSUBSCRIBING_H
#define ANSWERING_UNSUBSCRIBING_H

#include "answering/visitor.h"
#include "audience/contacts/contact.h"
#include "content/tokens/token.h"

/* Whom and what a token is about, and how things stand. */
struct leaver {
	const char *campaign_id;
	const char *contact_id;        /* NULL: there is no such person any more, so they get nothing */
	const struct contact *contact; /* as they were when it was looked; NULL as contact_id is */
	const char *email;             /* as it may be shown to whoever has the link: "m***@example.org"; NULL: none */
	/* The list that they may leave; NULL: the link is about everything, or about a list that cannot be left alone: an
	 * observed one, or one whose members follow from a rule. */
	const char *list_id, *list_name;
	bool is_list_gone; /* the link's list was deleted: it sends nothing more */
	bool has_left_list, has_left_all;
	bool has_fewer;  /* they asked for fewer emails (audience/contacts/fewer.h) */
	bool is_blocked; /* nothing is sent to them for another reason, too: a bounce, a complaint */
};

bool leaver_look(struct store *store, const struct token *token, struct arena *arena, struct leaver *leaver,
                 struct error *err) MUST_CHECK;

/* Pure. Would leaving the list (`all`: everything) change anything? */
bool leaver_is_to_leave(const struct leaver *leaver, bool all);

/* Before they leave: the hit of it, for the campaign's count; one for a person and campaign, however often, so whoever
 * was killed before they had left has it counted right once they ask again. `key`: for its id, a secret. */
bool leaver_note(struct store *store, const struct leaver *leaver, const struct visitor *visitor, const char *key,
                 struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* Each may be repeated, changes `leaver` to what holds afterwards, and returns when every sender sees it (core/store/
 * version.h, REALM_PEOPLE). *changed: it was not so before. */
bool leaver_leave_list(struct store *store, struct leaver *leaver, struct moment now, struct arena *arena,
                       bool *changed, struct error *err) MUST_CHECK;
bool leaver_leave_all(struct store *store, struct leaver *leaver, struct moment now, struct arena *arena, bool *changed,
                      struct error *err) MUST_CHECK;

/* Pure. An address that tells its owner which one is meant, and nobody else what it is. */
const char *leaver_masked(const char *email, struct arena *arena);

#endif
