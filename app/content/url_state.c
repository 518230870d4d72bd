/* How far an address has been read, and what may be written there. */
#include <glib.h>
#include <string.h>

#include "content/place.h"
#include "core/base/text.h"

static enum url_part part_of_scheme(const struct url_state *state) {
	static const char *const slashed[] = { "http", "https" }, *const opaque[] = { "mailto", "tel", "sms" };
	const struct strings with = { (const char **)(uintptr_t)slashed, 2 },
						 without = { (const char **)(uintptr_t)opaque, 3 };
	if (strings_have(&with, state->scheme))
		return URL_SLASHES;
	return strings_have(&without, state->scheme) ? URL_OPAQUE : URL_FOREIGN;
}

static bool ends_host(char c) {
	return c == '/' || c == '\\' || c == '?' || c == '#';
}

static void read_scheme(struct url_state *state, char c) {
	if (c == ':') {
		state->part = part_of_scheme(state);
	} else if (ends_host(c)) {
		state->part = URL_REST;
	} else if (state->size + 1 < (int)sizeof state->scheme) {
		state->scheme[state->size++] = g_ascii_tolower(c);
	} else {
		state->scheme[0] = '?'; /* longer than any that we know */
	}
}

static void read_start(struct url_state *state, char c) {
	if (c == '/' || c == '\\') {
		state->part = URL_SLASH;
	} else if (c == '#' || c == '?') {
		state->part = URL_REST;
	} else {
		state->part = URL_SCHEME;
		read_scheme(state, c);
	}
}

static void read_slashes(struct url_state *state, char c) {
	if (c == '/' || c == '\\')
		state->slashes++;
	if (!(c == '/' || c == '\\') || state->slashes == 2)
		state->part = URL_HOST;
}

/* Browsers drop line ends and tabs anywhere in an address, and blanks before it. */
static bool is_dropped(const struct url_state *state, char c) {
	return c == '\t' || c == '\n' || c == '\r' || (state->part == URL_START && (unsigned char)c <= ' ');
}

static void read_byte(struct url_state *state, char c) {
	if (is_dropped(state, c))
		return;
	if (state->part == URL_START)
		read_start(state, c);
	else if (state->part == URL_SCHEME)
		read_scheme(state, c);
	else if (state->part == URL_SLASHES)
		read_slashes(state, c);
	else if (state->part == URL_SLASH)
		state->part = c == '/' || c == '\\' ? URL_HOST : URL_REST;
	else if (state->part == URL_HOST && ends_host(c))
		state->part = URL_REST;
}

void url_state_read(struct url_state *state, const char *bytes, size_t size) {
	for (size_t i = 0; i < size; i++)
		read_byte(state, bytes[i]);
	if (state->part != URL_SCHEME) {
		/* what has been decided does not depend on how it was spelled */
		memset(state->scheme, 0, sizeof state->scheme);
		state->size = 0;
		state->slashes = state->part == URL_SLASHES ? state->slashes : 0;
	}
}

void url_state_pass(struct url_state *state) {
	*state = (struct url_state){ .part = state->part == URL_OPAQUE ? URL_OPAQUE : URL_REST };
}

enum place url_state_place(const struct url_state *state, const char **why) {
	static const struct {
		enum place place;
		const char *why;
	} places[] = {
		[URL_START] = { PLACE_URL, NULL },
		[URL_SCHEME] = { PLACE_NONE, "in the first part of an address, before “://”" },
		[URL_SLASHES] = { PLACE_NONE, "in the first part of an address, before “://”" },
		[URL_SLASH] = { PLACE_URL_PART, NULL },
		[URL_HOST] = { PLACE_NONE, "in the host of an address: write the host out, a value may follow after its “/”" },
		[URL_REST] = { PLACE_URL_PART, NULL },
		[URL_OPAQUE] = { PLACE_URL_OPAQUE, NULL },
		[URL_FOREIGN] = { PLACE_NONE, "in an address that is not http, https, mailto, tel or sms" },
		[URL_MIXED] = { PLACE_NONE, "in an address whose beginning depends on a condition" },
	};
	*why = places[state->part].why;
	return places[state->part].place;
}
