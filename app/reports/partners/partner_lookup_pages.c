/* Finding the partner that a URL names. */
#include "reports/partners/partner_lookup_pages.h"

bool partner_of_address(struct exchange *x, struct partner *partner, struct error *err) {
	bool found;
	return partner_find(x->store, x->values[0], x->arena, partner, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no partner %.60s", x->values[0]));
}

bool partner_of_query(struct exchange *x, const char **id, struct error *err) {
	const char *named = params_get(&x->query, "partner");
	struct partner partner;
	bool found;
	*id = NULL;
	if (text_is_empty(named))
		return true;
	if (!partner_find(x->store, named, x->arena, &partner, &found, err))
		return false;
	*id = found ? partner.id : NULL;
	return found || error_field(err, "partner", "There is no partner “%.60s”", named);
}

bool partner_put_options(struct exchange *x, struct value *options, const char *chosen, const char **name,
                         struct error *err) {
	struct partner *partners;
	int count;
	*name = NULL;
	if (!partner_list(x->store, x->arena, &partners, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool is_it = chosen && (text_same(partners[i].id, chosen) || text_same(partners[i].name, chosen));
		put_choice(options, partners[i].id, partners[i].name, is_it);
		*name = is_it ? partners[i].name : *name;
	}
	return true;
}
