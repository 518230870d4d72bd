/* What a composition may name: lists, segments, custom fields, connections, its template. Read once a request, so that
 * all checks are pure. */
#ifndef COMPOSING_KNOWN_H
#define COMPOSING_KNOWN_H

#include "audience/lists/own_list.h"
#include "connections/connection.h"
#include "segments/names.h"
#include "templates/template.h"

struct composing_known {
	struct rule_names names;
	struct list *lists; /* of all kinds, by name */
	int list_count;
	struct rows connections;         /* struct connection, by name */
	const struct template *template; /* that a composition names (known_read_template); NULL: none of ours */
};

bool known_read(struct store *store, struct arena *arena, struct composing_known *known, struct error *err) MUST_CHECK;

/* Of this template_id: a composition's or a request's; NULL or "": none. */
bool known_read_template(struct store *store, const char *template_id, struct arena *arena,
                         struct composing_known *known, struct error *err) MUST_CHECK;

/* Pure. By id, with or without its prefix, or by name; NULL if there is none. */
const struct list *known_list(const struct composing_known *known, const char *id_or_name);

/* Pure. By id, with or without a prefix, or by name; NULL if there is none. */
const struct connection *known_connection(const struct composing_known *known, const char *id_or_name);

/* Pure. Does the connection's provider keep templates of its own, named by ids that only it knows? */
bool known_keeps_templates(const struct composing_known *known, const char *account_id);

/* Pure. The names of these lists, "Newsletter, Members": a name may have a comma. */
const char *known_lists_text(const struct composing_known *known, const struct strings *ids, struct arena *arena);

/* Pure. Parts of such a text that were separated at commas are joined again where they make the name of a list: up to
 * 20 of them. */
struct strings known_lists_split(const struct composing_known *known, const struct strings *parts, struct arena *arena);

#endif
