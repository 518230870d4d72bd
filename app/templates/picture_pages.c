/* Uploaded images in the block editor. */
#include "templates/picture_pages.h"

#include <string.h>

#include "media/media.h"

enum { PICTURES_SHOWN = 24 };

bool pictures_put(struct exchange *x, struct value *view, struct error *err) {
	struct value *list = value_put(view, "pictures", value_list(x->arena));
	struct rows all;
	if (!media_list(x->store, MEDIA_IMAGE, x->arena, &all, err))
		return false;
	const struct media *items = all.items;
	for (int i = 0; i < all.count && i < PICTURES_SHOWN; i++) {
		struct value *one = value_push(list, value_map(x->arena));
		value_put_text(one, "address", media_url(x->arena, x->settings->public_url, &items[i]));
		value_put_text(one, "src", media_url(x->arena, "", &items[i]));
		value_put_text(one, "words", text_is_empty(items[i].alt) ? items[i].name : items[i].alt);
	}
	value_put_bool(view, "has_pictures", all.count > 0);
	return true;
}

static struct param *control(struct exchange *x, const char *name) {
	for (int i = 0; i < x->form.count; i++)
		if (text_same(x->form.items[i].name, name))
			return &x->form.items[i];
	return NULL;
}

/* "b_src" and "i0_image" have theirs beside them, the logo one of its own. */
static const char *name_of_alt(struct exchange *x, const char *name) {
	const char *end = strrchr(name, '_');
	if (text_same(name, "t_logo"))
		return "t_logo_alt";
	return arena_print(x->arena, "%.*s_alt", end ? (int)(end - name) : 0, name);
}

bool picture_use(struct exchange *x, const char *what, struct error *err) {
	const char *asked = what ? text_after(what, "use:") : NULL, *colon = asked ? strchr(asked, ':') : NULL;
	if (!colon || !text_starts(what, "use:"))
		return true;
	const char *name = arena_copy_bytes(x->arena, asked, (size_t)(colon - asked)), *address = colon + 1;
	struct param *image = control(x, name), *alt = control(x, name_of_alt(x, name));
	struct rows all;
	if (!image)
		return true;
	image->value = arena_copy(x->arena, address);
	if (!alt || !text_is_empty(alt->value))
		return true;
	if (!media_list(x->store, MEDIA_IMAGE, x->arena, &all, err))
		return false;
	const struct media *items = all.items;
	for (int i = 0; i < all.count; i++)
		if (items[i].alt && text_same(media_url(x->arena, x->settings->public_url, &items[i]), address))
			alt->value = arena_copy(x->arena, items[i].alt);
	return true;
}
