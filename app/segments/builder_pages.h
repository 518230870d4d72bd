/* The builder of rules: rows of conditions on a form, for segments, lists and audiences. It works without scripts:
 * buttons that add and remove rows post the form to its preview, which shows it again (views/segments/builder).
 *
 *   put: rule_builder_put(x, view, text, &names) gives the view `builder`
 *   read: text = rule_builder_read(x, &names), in the handlers of the form and of its preview
 *
 * Problems stand beside their row if they are in x->problems under "rule." and the path (rule_builder_problems). */
#ifndef SEGMENTS_BUILDER_PAGES_H
#define SEGMENTS_BUILDER_PAGES_H

#include "core/http/exchange.h"
#include "segments/rule.h"

/* The rule of the form as text, after what its button has added or removed; "" without a condition. */
const char *rule_builder_read(struct exchange *x, const struct rule_names *names);

/* Was the form sent by a button of the builder, or to be counted, rather than to be saved? */
bool rule_builder_was_edited(const struct exchange *x);

/* view.builder. `text`: the rule, as rule_builder_read gives it or as it is stored; NULL or "": one empty row. A rule
 * that rows cannot show is shown as JSON. `preview`: the address to which its buttons post. */
void rule_builder_put(struct exchange *x, struct value *view, const char *text, const struct rule_names *names,
                      const char *preview);

/* Adds the remarks to x->problems. */
void rule_builder_problems(struct exchange *x, const struct remarks *remarks);

#endif
