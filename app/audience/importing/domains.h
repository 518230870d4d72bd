/* The domains of the addresses in a file: looked up (audience/domains) before its rows are decided, as far as that goes
 * in a few seconds, so that preview and report name the addresses at which nobody takes mail. Private to this folder.
 */
#ifndef AUDIENCE_IMPORTING_DOMAINS_H
#define AUDIENCE_IMPORTING_DOMAINS_H

#include "audience/importing/read.h"

struct import_domains;

struct import_domains *import_domains_new(struct arena *arena);

/* While all of the file is read: a row of it. */
void import_domains_add(struct import_domains *domains, const struct import_mapping *mapping,
                        const struct rows_row *row);

/* After that: has them looked up. *waits: some have not been yet, and it is worth waiting. */
bool import_domains_ask(struct import_domains *domains, struct store *store, struct moment now,
                        struct error *err) MUST_CHECK;
bool import_domains_wait(struct import_domains *domains, struct store *store, bool *waits,
                         struct error *err) MUST_CHECK;

/* Flags the rows of a batch whose address is at a domain that takes no mail. */
bool import_domains_flag(const struct import_work *work, struct batch *batch, struct error *err) MUST_CHECK;

#endif
