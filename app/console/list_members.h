/* The people of a list, page by page. */
#ifndef CONSOLE_LIST_MEMBERS_H
#define CONSOLE_LIST_MEMBERS_H

#include "audience/contacts/joining.h"
#include "core/http/exchange.h"

struct list_members {
	struct contact *contacts; /* by address */
	int count;
	const char *next; /* cursor of the next page; NULL on the last */
};

/* A page of them, after cursor=, with status= only those who are so on this list. */
bool list_read_members(struct exchange *x, const struct list *list, int limit, struct list_members *members,
                       struct error *err) MUST_CHECK;

/* Adding people to this list by hand, now. */
struct joining list_joining(const struct exchange *x, const struct list *list);

/* What the person is on this list. */
enum contact_status list_status_of(const struct list *list, const struct contact *contact);

#endif
