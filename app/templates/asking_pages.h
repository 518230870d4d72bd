/* What the pages of templates have in common; private to the room. */
#ifndef TEMPLATES_ASKING_PAGES_H
#define TEMPLATES_ASKING_PAGES_H

#include "core/http/exchange.h"
#include "templates/template.h"

/* Body of a form or of JSON: a template may have much text, which a form writes at up to three times its size. */
enum { TEMPLATE_BODY = 8 * 1024 * 1024 };

/* The members that a request in JSON has. */
struct strings json_given(const struct exchange *x);

/* The template that the path names. */
bool template_of_path(struct exchange *x, struct template *template, struct error *err) MUST_CHECK;

/* Under `problems` and `warnings`: { field, text }. */
void put_remarks(struct value *view, const char *name, const struct problems *list);

/* For views/templates/head: its name, state, version, and the tabs of its pages; `current` is edit, preview or
 * versions. */
void template_tabs(struct exchange *x, struct value *view, const struct template *template, const char *current);

/* Text of a form: with LF line ends. */
const char *form_text(struct exchange *x, const char *name);

#endif
