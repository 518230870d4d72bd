/* Suppressions and the people whom they concern. A contact says itself why nothing is sent to its address or phone, so
 * that counts and rules are plain queries; that is a copy: what is sent asks for the suppression itself
 * (audience/suppression). */
#ifndef AUDIENCE_CONTACTS_SUPPRESSING_H
#define AUDIENCE_CONTACTS_SUPPRESSING_H

#include "audience/contacts/contact.h"
#include "audience/suppression/suppression.h"

/* suppression_add, and everybody with these addresses and phones says so. */
bool contact_suppress(struct store *store, const struct suppression_entry *entries, int count, struct arena *arena,
                      struct error *err) MUST_CHECK;

/* suppression_lift, and the people; who had unsubscribed here is then as their lists say. */
bool contact_lift_suppression(struct store *store, const char *id, const struct suppression_note *why,
                              struct arena *arena, struct suppression *row, struct error *err) MUST_CHECK;

/* This person wants nothing any more: address and phone are suppressed, and the person says since when. Nothing that a
 * list says later lifts it. */
bool contact_unsubscribe(struct store *store, const struct contact *contact, const struct suppression_note *why,
                         struct arena *arena, struct error *err) MUST_CHECK;

/* Makes up at once for what was interrupted of this person. If nothing was, nothing is written. */
bool contact_tell_suppressed(struct store *store, const struct contact *contact, struct arena *arena,
                             struct error *err) MUST_CHECK;

/* They asked again and confirmed it, or somebody says so by hand with a reason: lifts what they themselves had said
 * (suppression_lift_confirmed), and they are as their lists say. May be repeated. */
bool contact_resubscribe(struct store *store, const char *id, const struct suppression_note *why, struct arena *arena,
                         struct error *err) MUST_CHECK;

/* STOP came from this phone: it is everybody's who has it. */
bool contact_stop(struct store *store, const char *phone, const struct suppression_note *why, struct arena *arena,
                  struct error *err) MUST_CHECK;

/* START came from this phone: what STOP from it had suppressed is lifted, and nothing else. May be repeated. */
bool contact_start(struct store *store, const char *phone, const struct suppression_note *why, struct arena *arena,
                   struct error *err) MUST_CHECK;

/* Makes up for those of these deeds that were interrupted so long ago: the suppression is written first, and people
 * follow. *count: of how many suppressions, at most `limit`. */
bool contact_finish_suppressed(struct store *store, int64_t patience_ms, int limit, struct moment now, int *count,
                               struct error *err) MUST_CHECK;

/* Drops from a page of a list's contacts those who were erased here: the provider does not bring them back. *count
 * becomes how many are left; *erased is how many were dropped. */
bool contact_leave_erased(struct store *store, struct membership *rows, int *count, struct arena *arena, int *erased,
                          struct error *err) MUST_CHECK;

/* Private to this folder: whom a provider's list has as bounced or complained is suppressed. */
bool contact_suppress_reported(struct store *store, const struct membership *rows, int count, struct arena *arena,
                               struct error *err) MUST_CHECK;

/* Private to this folder: fills `suppressed` and `phone_suppressed` of contacts as they will be stored. */
bool contact_fill_suppressed(struct store *store, struct contact *contacts, int count, struct arena *arena,
                             struct error *err) MUST_CHECK;

/* Private to this folder, after those were stored: stores again what was suppressed or lifted meanwhile. */
bool contact_check_suppressed(struct store *store, struct contact *contacts, int count, struct arena *arena,
                              struct error *err) MUST_CHECK;

#endif
