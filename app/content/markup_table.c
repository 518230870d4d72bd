/* Elements and attributes that differ from others. */
#include "content/markup_table.h"

#include <string.h>

#include "core/base/text.h"

enum markup_state markup_content_state(const char *element) {
	static const struct {
		const char *element;
		enum markup_state state;
	} rows[] = { { "title", MARKUP_TITLE }, { "textarea", MARKUP_TITLE }, { "style", MARKUP_RAW },
		         { "script", MARKUP_RAW },  { "iframe", MARKUP_RAW },     { "xmp", MARKUP_RAW },
		         { "noembed", MARKUP_RAW }, { "noframes", MARKUP_RAW },   { "plaintext", MARKUP_RAW } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].element, element) == 0)
			return rows[i].state;
	return MARKUP_TEXT;
}

bool markup_attribute_is_address(const char *attribute) {
	static const char *const addresses[] = { "href",   "src",    "action",     "formaction",  "background",
		                                     "poster", "cite",   "data",       "ping",        "longdesc",
		                                     "usemap", "srcset", "xlink:href", "imagesrcset", "manifest" };
	const struct strings all = { (const char **)(uintptr_t)addresses, sizeof addresses / sizeof *addresses };
	return strings_have(&all, attribute);
}

const char *markup_refused_attribute(const char *element, const char *attribute) {
	if (strcmp(attribute, "style") == 0)
		return "in a style";
	if (text_starts(attribute, "on"))
		return "in an attribute that is a script";
	if (strcmp(attribute, "srcdoc") == 0 || (strcmp(element, "meta") == 0 && strcmp(attribute, "content") == 0))
		return "in this attribute";
	return NULL;
}
