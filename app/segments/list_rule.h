/* Who is on a list, as a rule: of a list of any kind. */
#ifndef SEGMENTS_LIST_RULE_H
#define SEGMENTS_LIST_RULE_H

#include "audience/lists/own_list.h"
#include "segments/rule.h"

enum { LIST_BASES_MAX = 4 }; /* lists of which one after another is a part */

/* Who is on the list; `subscribed`: and may get what is sent to it, as neither unsubscribed nor still unconfirmed
 * contacts of a list may, nor those of the list that it is a part of. INVALID, naming the member of the list (rule,
 * base_list_id): the rule is none, its list is gone, or lists are parts of one another. */
bool list_rule(struct store *store, const struct list *list, bool subscribed, const struct rule_names *names,
               struct arena *arena, const struct rule **rule, struct error *err) MUST_CHECK;

/* Pure. The same of lists at hand. */
bool list_rule_of(const struct list *list, const struct list *all, int count, bool subscribed,
                  const struct rule_names *names, struct arena *arena, const struct rule **rule,
                  struct error *err) MUST_CHECK;

/* Pure. A rule's text: those who are `op` it, an operator of the field "list": "on", "subscribed", "unsubscribed" or
 * "pending". */
const char *list_rule_text(const char *op, const char *list_id, struct arena *arena);

/* Is it a part of itself, by way of the lists that it is a part of? */
bool list_is_in_itself(const struct list *list, const struct list *all, int count);

#endif
