/* The signature of a webhook. */
#include "webhooks/signature.h"

#include <glib.h>

void webhook_sign(const struct mac_key *key, const char *id, const char *timestamp, const char *body, size_t size,
                  struct buf *out) {
	unsigned char mac[MAC_BYTES];
	BUF_AUTO all = { 0 };
	buf_print(&all, "%s.%s.", id, timestamp);
	buf_add(&all, body, size);
	mac_sign(key, buf_text(&all), all.size, mac);
	g_autofree char *text = g_base64_encode(mac, sizeof mac);
	buf_text_add(out, text);
}
