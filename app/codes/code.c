/* How codes are written. */
#include "codes/code.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "core/base/calendar.h"
#include "core/base/secret.h"

enum { ID = 24, HALF = 5 };

/* Without what looks alike: 0 and O, 1 and I. */
static const char typed[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static const char scanned[] = "abcdefghijklmnopqrstuvwxyz234567";

/* 32 letters each, so every one is as likely as the others. */
static void draw(const char *letters, int count, char *out) {
	unsigned char bytes[CODE_RANDOM];
	secret_random_bytes(bytes, (size_t)count);
	for (int i = 0; i < count; i++)
		out[i] = letters[bytes[i] & 31];
	secret_wipe(bytes, sizeof bytes);
}

void code_new(char random[CODE_RANDOM], char short_code[CODE_SHORT]) {
	draw(scanned, CODE_RANDOM - 1, random);
	random[CODE_RANDOM - 1] = 0;
	draw(typed, HALF, short_code);
	short_code[HALF] = '-';
	draw(typed, HALF, short_code + HALF + 1);
	short_code[CODE_SHORT - 1] = 0;
}

char *code_token(const char *campaign_id, const char *contact_id, const char *random, char out[CODE_TOKEN]) {
	(void)snprintf(out, CODE_TOKEN, "%.24s-%.24s-%.26s", campaign_id, contact_id, random);
	return out;
}

static bool take_id(const char **at, char out[ID + 1]) {
	for (int i = 0; i < ID; i++, ++*at) {
		if (!g_ascii_isxdigit(**at))
			return false;
		out[i] = g_ascii_tolower(**at);
	}
	out[ID] = 0;
	return *(*at)++ == '-';
}

static bool read_token(const char *at, struct code_asked *asked) {
	if (!take_id(&at, asked->campaign_id) || !take_id(&at, asked->contact_id) || strlen(at) != CODE_RANDOM - 1)
		return false;
	for (int i = 0; at[i]; i++) {
		asked->random[i] = g_ascii_tolower(at[i]);
		if (!strchr(scanned, asked->random[i]))
			return false;
	}
	return true;
}

static bool read_short(const char *at, struct code_asked *asked) {
	char *out = asked->short_code;
	int count = 0;
	for (; *at; at++) {
		char c = g_ascii_toupper(*at);
		if (c == '-' || c == ' ')
			continue;
		if (!strchr(typed, c) || count == CODE_SHORT - 1)
			return false;
		if (count == HALF)
			out[count++] = '-';
		out[count++] = c;
	}
	return count == CODE_SHORT - 1;
}

bool code_read(const char *text, struct code_asked *asked) {
	char bare[CODE_TOKEN] = "";
	const char *slash = strrchr(text, '/');
	text = slash ? slash + 1 : text;
	while (*text && g_ascii_isspace(*text))
		text++;
	size_t size = strlen(text);
	while (size && g_ascii_isspace(text[size - 1]))
		size--;
	*asked = (struct code_asked){ 0 };
	if (size >= sizeof bare)
		return false;
	memcpy(bare, text, size);
	bare[size] = 0;
	if (read_token(bare, asked))
		return true;
	*asked = (struct code_asked){ 0 };
	if (read_short(bare, asked))
		return true;
	*asked = (struct code_asked){ 0 };
	return false;
}

struct moment code_expiry(struct moment started_at, int64_t days, const struct zone *zone) {
	struct moment first = day_start(zone_wall(zone, started_at));
	return moment_add(zone_moment(zone, moment_add(first, (days + 1) * DAY_MS)), DAY_MS / 2);
}

struct moment code_last_day(struct moment expires_at) {
	return moment_add(expires_at, -DAY_MS / 2 - 1);
}
