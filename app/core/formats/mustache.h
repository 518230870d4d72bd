/* Mustache templates (mustache(5), specification 1.4: core, inheritance and dynamic names; no lambdas).
 *
 * Templates are parsed once and cached. `{{x}}` escapes HTML, `{{{x}}}` and `{{&x}}` do not. A missing value or partial
 * renders as nothing, as the spec says.
 *
 * `{{x}}` marks what turns the direction of text around (text_straight), except where a browser sends the value back:
 * in an attribute value, href, src, action or formaction, and in a textarea.
 *
 * One addition: `{{n|# campaign|# campaigns}}` writes the words for one or for another number, with n in the place of
 * #. Another: `{{x|/}}` writes an address whose lines may end between its parts.
 */
#ifndef FORMATS_MUSTACHE_H
#define FORMATS_MUSTACHE_H

#include "core/base/buf.h"
#include "core/formats/value.h"

struct templates;

/* Returns the source of a template, allocated in `arena`, or NULL. */
typedef const char *template_loader(void *context, struct arena *arena, const char *name);

struct templates *templates_new(template_loader *load, void *context);

/* Strict mode, for tests: a name that the data does not contain, or a partial that does not exist, is a FAULT with
 * template, line and name. Data must then state absence by null or false; a member of null is null. */
void templates_set_strict(struct templates *templates);

void templates_free(struct templates *templates);

/* Renders the named template over `data` (a map) into `out`. MISSING: no such template. INVALID: a tag is
 * not closed, a section is closed by another name, templates nest more than 64 deep, or they multiply beyond what 64 MB
 * of output cost. FAULT: see templates_set_strict. */
bool templates_render(struct templates *templates, const char *name, const struct value *data, struct buf *out,
                      struct error *err) MUST_CHECK;

#endif
