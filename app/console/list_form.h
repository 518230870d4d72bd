/* The form of a list of one's own: what it sends, and how it is shown. */
#ifndef CONSOLE_LIST_FORM_H
#define CONSOLE_LIST_FORM_H

#include "audience/lists/own_list.h"
#include "core/http/exchange.h"

/* What its rule finds is shown by this address, which gets the form. */
#define LIST_PREVIEW "/lists/preview"

/* A list as a form sends it: tags as one text, a rule as JSON. */
struct list_form {
	const char *name, *description, *public_name, *tags, *base_list_id;
	unsigned list_type, tracking;
	bool is_active, double_opt_in;
	int64_t rev;
};
extern const struct record_type list_form_record;

/* The members that a request has: those of its JSON object; of a form all that it shows. */
struct strings list_given(struct exchange *x);

/* The request of a form or of JSON, with tags in their stored form, and the base list by our id. */
bool list_read_request(struct exchange *x, const struct list *before, struct list_request *request,
                       struct error *err) MUST_CHECK;

/* Answers with the form: filled with what was sent, else with the list, whose id is NULL if it is a new one. */
bool list_show_form(struct exchange *x, const struct list *list, const char *title, struct error *err) MUST_CHECK;

#endif
