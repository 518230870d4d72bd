/* The people of a list, page by page. */
#ifndef CONSOLE_LIST_MEMBERS_H
#define CONSOLE_LIST_MEMBERS_H

#include "audience/contacts/joining.h"
#include "core/http/exchange.h"
#include "segments/rule.h"

struct list_members {
	struct contact *contacts; /* by address */
	int count;
	const char *next;   /* cursor of the next page, or to look further; NULL on the last */
	int64_t looked, of; /* a rule that no index answers has looked at so many people until now; else COUNT_NONE */
};

/* Have its members a rule rather than memberships? */
bool list_has_rule(const struct list *list);

/* Its people as a rule (segments/list_rule.h), by today's clock of the account. */
bool list_find_rule(struct exchange *x, const struct list *list, bool subscribed, const struct rule **rule,
                    struct rule_clock *clock, struct error *err) MUST_CHECK;

/* What an own list has now: how many people, and of a static one counts by what its members are on it. All are
 * COUNT_NONE if counting takes longer than *patience_ms, from which it is taken. */
bool list_count_now(struct exchange *x, struct list *list, int64_t *patience_ms, int64_t *contacts,
                    struct error *err) MUST_CHECK;

/* Where a count is fetched from beside a page (part_count) if it is COUNT_NONE: of a static list those who are `op` it
 * (list_rule_text), of others all. NULL: it is there, or the list's rule is broken. */
bool list_count_more(struct exchange *x, const struct list *list, const char *op, int64_t count, const char **address,
                     struct error *err) MUST_CHECK;

/* A page of them, after cursor=, with status= only those who are so on this list. */
bool list_read_members(struct exchange *x, const struct list *list, int limit, struct list_members *members,
                       struct error *err) MUST_CHECK;

/* Adding people to this list by hand, now. */
struct joining list_joining(const struct exchange *x, const struct list *list);

/* What the person is on this list; on one with a rule, unless they left it, what they are altogether. */
enum contact_status list_status_of(const struct list *list, const struct contact *contact);

#endif
