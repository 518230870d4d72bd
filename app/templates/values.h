/* What sources may name, and what they find of a person. */
#ifndef TEMPLATES_VALUES_H
#define TEMPLATES_VALUES_H

#include "audience/contacts/contact.h"
#include "content/names.h"
#include "core/formats/value.h"
#include "segments/names.h"

/* Standard names, and the custom fields that are defined. */
struct names names_of_customs(const struct rows *customs, struct arena *arena); /* pure; struct named_custom */
bool template_names(struct store *store, struct arena *arena, struct names *names, struct error *err) MUST_CHECK;

/* Somebody a template is shown to: a contact, or one who was made up to try it. */
enum reader_kind { READER_SAMPLE, READER_LONGEST, READER_EMPTIEST, READER_CONTACT, READER_KIND_COUNT };
extern const struct choices reader_kinds; /* "sample", "longest", "emptiest", "contact" */

struct reader {
	enum reader_kind kind;
	const char *name;     /* as people read it */
	struct value *values; /* by name; what is missing is absent */
};

/* Pure. Of the longest, every text is long; the emptiest has nothing but what each mail gets. */
struct reader reader_made_up(enum reader_kind kind, const struct names *names, struct moment now, struct arena *arena);

/* Reads what is asked of the contact, and what they did last. */
bool reader_of_contact(struct store *store, const struct contact *contact, struct moment now, struct arena *arena,
                       struct reader *reader, struct error *err) MUST_CHECK;

/* The same of many at once: readers[count]. `behaves`: what they did last is asked for, too. */
bool readers_of_contacts(struct store *store, const struct contact *contacts, int count, bool behaves,
                         struct moment now, struct arena *arena, struct reader *readers, struct error *err) MUST_CHECK;

/* In the order of a program's names. */
const struct value *const *reader_values(const struct reader *reader, const struct strings *names, struct arena *arena);

#endif
