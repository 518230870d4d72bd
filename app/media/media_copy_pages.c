/* An image at its public address, for the first time on this machine: nginx has no copy yet and asks here. */
#include "core/base/log.h"
#include "media/copy.h"
#include "media/media_pages.h"

static bool serve(struct exchange *x, struct error *err) {
	const char *digest = copy_digest(x->arena, x->values[0]);
	struct media media;
	struct error unwritten = ERROR_INIT;
	bool found = false;
	if (digest && !media_find_image(x->store, digest, x->arena, &media, &found, err))
		return false;
	if (!found || !text_same(media_url(x->arena, "", &media) + sizeof "/media/" - 1, x->values[0]))
		return error_set(err, ERROR_MISSING, "There is no such image");
	if (!media_read(x->store, &media, &x->body, err))
		return false;
	x->type = media.type;
	/* without a copy it is as good, only slower */
	if (!copy_write(x->settings->home, x->values[0], &x->body, &unwritten))
		log_error("image %s: %s", media.id, unwritten.text);
	return true;
}

const struct route media_copy_routes[] = {
	{ "GET", "/media/:name", GUARD_PUBLIC, serve, .download = true },
	{ 0 },
};
