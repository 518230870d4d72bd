/* What uses an image or attachment: `media_uses`. Whoever stores something with images in it (a template, say) tells
 * which, each time it is saved; while it does, they cannot be deleted. */
#ifndef MEDIA_USE_H
#define MEDIA_USE_H

#include "core/store/store.h"

/* Who uses them. */
struct media_user {
	const char *kind, *id; /* "template", its id */
	const char *name;      /* for people */
	const char *address;   /* its page: "/templates/…" */
};

struct media_use {
	const char *media_id;
	struct media_user user;
};
extern const struct record_type media_use_record;

/* Pure. The digests of the images whose addresses stand in the text ("/media/9f…e1.png", with whatever before it),
 * each once. */
struct strings media_named(const char *text, size_t size, struct arena *arena);

/* From now on it uses the images of these digests and the attachments of these ids, and no others. *missing: those of
 * them that are not there; they cannot be kept. */
bool media_set_uses(struct store *store, const struct media_user *user, const struct strings *digests,
                    const struct strings *ids, struct arena *arena, struct strings *missing,
                    struct error *err) MUST_CHECK;

/* The user itself is gone. */
bool media_drop_uses(struct store *store, const char *kind, const char *id, struct error *err) MUST_CHECK;
/* Those of users that were deleted by whoever was killed before it said so. */
bool media_drop_lost_uses(struct store *store, const char *media_id, struct moment now, struct error *err) MUST_CHECK;

/* Of one, by name, or of all (NULL): struct media_use. */
bool media_uses(struct store *store, const char *media_id, struct arena *arena, struct rows *uses,
                struct error *err) MUST_CHECK;

#endif
