/* The files that go with a campaign's email. They are kept by the campaign (media/use.h), so that they are there as
 * long as it is. */
#ifndef COMPOSING_ATTACHED_H
#define COMPOSING_ATTACHED_H

#include "composing/composition.h"
#include "content/message.h"
#include "media/media.h"

/* struct media of each, in order. INVALID with the field "attachment_ids": one is not there, or is an image, or
 * together they are too large. */
bool attached_read(struct store *store, const struct strings *ids, struct arena *arena, struct rows *files,
                   struct error *err) MUST_CHECK;

/* With their bytes. A file that is not there any more is left out. */
bool attached_open(struct store *store, const struct strings *ids, struct arena *arena, struct message_files *files,
                   struct error *err) MUST_CHECK;

/* From now on the campaign keeps its files and the images of its email, and no others. */
bool attached_keep(struct store *store, const struct composition *composition, struct error *err) MUST_CHECK;
bool attached_let_go(struct store *store, const char *campaign_id, struct error *err) MUST_CHECK;

/* Pure. How many bytes they have together. */
int64_t attached_bytes(const struct rows *files);

/* Pure. "price-list.pdf and 2 more, 1.2 MB"; NULL: none. */
const char *attached_words(const struct rows *files, struct arena *arena);

#endif
