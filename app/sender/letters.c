/* Compiled mails of campaigns. */
#include "sender/letters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "composing/attached.h"
#include "composing/warmed_domain.h"
#include "connections/secrets.h"
#include "core/formats/mail.h"

enum { KEPT = 8, READ_MS = SECOND_MS };

void letters_open(struct letters *letters, struct store *store, const struct settings *settings) {
	*letters = (struct letters){ store, settings, NULL };
}

static void free_campaign(struct sent_campaign *campaign) {
	arena_free(campaign->arena);
	free(campaign);
}

void letters_close(struct letters *letters) {
	for (struct sent_campaign *campaign; (campaign = letters->first);) {
		letters->first = campaign->next;
		free_campaign(campaign);
	}
}

const struct dkim_signer *letters_signer(const struct sent_campaign *campaign, const char *from) {
	static const struct dkim_signer nobody = { 0 };
	for (int i = 0; i < campaign->signer_count; i++)
		if (strcmp(campaign->signers[i].domain, mail_domain_part(from)) == 0)
			return &campaign->signers[i].signer;
	return &nobody;
}

static bool open_signer(struct letters *letters, const struct keyring *ring, struct sent_campaign *campaign,
                        const char *from, struct error *err) {
	struct sent_signer *signer = &campaign->signers[campaign->signer_count];
	bool found;
	if (letters_signer(campaign, from)->count > 0)
		return true;
	signer->domain = mail_domain_part(from);
	if (!sending_domain_open(letters->store, ring, signer->domain, campaign->arena, &signer->signer, &found, err))
		return false;
	campaign->signer_count += signer->signer.count > 0;
	return true;
}

/* A key that does not open keeps the campaign back: its mails would arrive as somebody else's. */
static bool open_signers(struct letters *letters, struct sent_campaign *campaign, struct error *err) {
	const struct strings *froms = &campaign->dispatch.said.froms;
	struct keyring ring = secrets_ring(letters->settings);
	bool fine = true;
	campaign->signers = arena_array(campaign->arena, struct sent_signer, froms->count + 1);
	for (int i = 0; i < froms->count && fine; i++) {
		const struct sender sender = sender_read(froms->items[i], campaign->arena);
		fine = open_signer(letters, &ring, campaign, mail_ascii_address(sender.email, campaign->arena), err);
	}
	keyring_wipe(&ring);
	return fine;
}

static bool read_warming(struct letters *letters, struct sent_campaign *campaign, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *id;
	if (!warmed_domain(letters->store, &campaign->dispatch.said.froms, arena, &id, err))
		return false;
	(void)snprintf(campaign->warming, sizeof campaign->warming, "%s", id ? id : "");
	return true;
}

static bool read_campaign(struct letters *letters, const char *id, struct sent_campaign **out, struct error *err) {
	struct letter_settings settings = { .postal_address = settings_text("POSTAL_ADDRESS") };
	struct sent_campaign *campaign = calloc(1, sizeof *campaign);
	if (!campaign)
		abort();
	campaign->arena = arena_new();
	campaign->read_ms = monotonic_ms();
	campaign->takes = 1;
	if (!dispatch_need(letters->store, id, campaign->arena, &campaign->dispatch, err) ||
	    !attached_open(letters->store, &campaign->dispatch.said.attachment_ids, campaign->arena, &settings.attachments,
	                   err) ||
	    !letter_compile(&campaign->dispatch, &settings, campaign->arena, &campaign->letter, err) ||
	    !open_signers(letters, campaign, err) || !read_warming(letters, campaign, err)) {
		free_campaign(campaign);
		return false;
	}
	campaign->next = letters->first;
	letters->first = campaign;
	*out = campaign;
	return true;
}

/* The least recently used goes. */
static void drop_old(struct letters *letters) {
	struct sent_campaign **oldest = NULL;
	int count = 0;
	for (struct sent_campaign **at = &letters->first; *at; at = &(*at)->next) {
		count++;
		if ((*at)->holds == 0 && (!oldest || (*at)->used_ms < (*oldest)->used_ms))
			oldest = at;
	}
	if (count <= KEPT || !oldest)
		return;
	struct sent_campaign *campaign = *oldest;
	*oldest = campaign->next;
	free_campaign(campaign);
}

/* What may change while it is sent: how fast. */
static bool read_rate(struct letters *letters, struct sent_campaign *campaign, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct dispatch now;
	if (monotonic_ms() - campaign->read_ms < READ_MS)
		return true;
	if (!dispatch_need_counts(letters->store, campaign->dispatch.id, arena, &now, err))
		return false;
	campaign->read_ms = monotonic_ms();
	campaign->dispatch.rate = now.rate;
	return read_warming(letters, campaign, err);
}

bool letters_take(struct letters *letters, const char *campaign_id, struct sent_campaign **out, struct error *err) {
	struct sent_campaign *campaign = letters->first;
	while (campaign && !text_same(campaign->dispatch.id, campaign_id))
		campaign = campaign->next;
	if (campaign ? !read_rate(letters, campaign, err) : !read_campaign(letters, campaign_id, &campaign, err))
		return false;
	campaign->holds++;
	campaign->used_ms = monotonic_ms();
	drop_old(letters);
	*out = campaign;
	return true;
}

void letters_leave(struct letters *letters, struct sent_campaign *campaign) {
	(void)letters;
	campaign->holds--;
}

bool signer_open(struct store *store, const struct settings *settings, const char *from, struct arena *arena,
                 struct dkim_signer *signer, struct error *err) {
	const char *at = strrchr(from, '@');
	struct keyring ring = secrets_ring(settings);
	bool found;
	*signer = (struct dkim_signer){ 0 };
	bool fine = !at || sending_domain_open(store, &ring, at + 1, arena, signer, &found, err);
	keyring_wipe(&ring);
	return fine;
}

bool signer_write(const struct dkim_signer *signer, const struct buf *draft, struct moment now, struct buf *out,
                  struct error *err) {
	if (signer->count > 0 && !dkim_sign(signer, buf_text(draft), draft->size, now, out, err))
		return false;
	buf_add(out, buf_text(draft), draft->size);
	return true;
}
