/* Words in cells. */
#include "audience/import/words.h"

#include <glib.h>
#include <string.h>

#include "audience/import/clean.h"

static const char *const status_names[IMPORT_STATUS_COUNT] = { "untold",  "subscribed", "pending", "unsubscribed",
	                                                           "bounced", "complained", "blocked" };
const struct choices import_statuses = CHOICES(status_names);

struct word {
	const char *key; /* as clean_key writes it */
	int meaning;
};

static bool find_word(struct arena *arena, const struct word *words, size_t count, const char *cell, int *meaning) {
	const char *key = clean_key(arena, cell);
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].key, key) == 0) {
			*meaning = words[i].meaning;
			return true;
		}
	return false;
}

#define FIND(arena, table, cell, meaning) find_word(arena, table, sizeof(table) / sizeof *(table), cell, meaning)

/* Of Mailchimp (subscribed, unsubscribed, cleaned, nonsubscribed, archived), listmonk (enabled, disabled, blocklisted,
 * confirmed, unconfirmed), EmailOctopus (SUBSCRIBED, PENDING …) and people. Who has never agreed or is put away must
 * not be mailed, so is unsubscribed. */
static const struct word statuses[] = {
	{ "", IMPORT_STATUS_UNTOLD },
	{ "subscribed", IMPORT_SUBSCRIBED },
	{ "active", IMPORT_SUBSCRIBED },
	{ "enabled", IMPORT_SUBSCRIBED },
	{ "confirmed", IMPORT_SUBSCRIBED },
	{ "optedin", IMPORT_SUBSCRIBED },
	{ "optin", IMPORT_SUBSCRIBED },
	{ "yes", IMPORT_SUBSCRIBED },
	{ "true", IMPORT_SUBSCRIBED },
	{ "1", IMPORT_SUBSCRIBED },
	{ "angemeldet", IMPORT_SUBSCRIBED },
	{ "aktiv", IMPORT_SUBSCRIBED },
	{ "ja", IMPORT_SUBSCRIBED },
	{ "abonne", IMPORT_SUBSCRIBED },
	{ "inscrit", IMPORT_SUBSCRIBED },
	{ "actif", IMPORT_SUBSCRIBED },
	{ "oui", IMPORT_SUBSCRIBED },
	{ "suscrito", IMPORT_SUBSCRIBED },
	{ "activo", IMPORT_SUBSCRIBED },
	{ "si", IMPORT_SUBSCRIBED },
	{ "iscritto", IMPORT_SUBSCRIBED },
	{ "attivo", IMPORT_SUBSCRIBED },
	{ "ingeschreven", IMPORT_SUBSCRIBED },
	{ "aangemeld", IMPORT_SUBSCRIBED },
	{ "actief", IMPORT_SUBSCRIBED },
	{ "pending", IMPORT_PENDING },
	{ "unconfirmed", IMPORT_PENDING },
	{ "ausstehend", IMPORT_PENDING },
	{ "unbestatigt", IMPORT_PENDING },
	{ "enattente", IMPORT_PENDING },
	{ "pendiente", IMPORT_PENDING },
	{ "inattesa", IMPORT_PENDING },
	{ "inafwachting", IMPORT_PENDING },
	{ "unsubscribed", IMPORT_UNSUBSCRIBED },
	{ "nonsubscribed", IMPORT_UNSUBSCRIBED },
	{ "notsubscribed", IMPORT_UNSUBSCRIBED },
	{ "optedout", IMPORT_UNSUBSCRIBED },
	{ "optout", IMPORT_UNSUBSCRIBED },
	{ "inactive", IMPORT_UNSUBSCRIBED },
	{ "disabled", IMPORT_UNSUBSCRIBED },
	{ "archived", IMPORT_UNSUBSCRIBED },
	{ "no", IMPORT_UNSUBSCRIBED },
	{ "false", IMPORT_UNSUBSCRIBED },
	{ "0", IMPORT_UNSUBSCRIBED },
	{ "abgemeldet", IMPORT_UNSUBSCRIBED },
	{ "inaktiv", IMPORT_UNSUBSCRIBED },
	{ "nein", IMPORT_UNSUBSCRIBED },
	{ "desabonne", IMPORT_UNSUBSCRIBED },
	{ "desinscrit", IMPORT_UNSUBSCRIBED },
	{ "non", IMPORT_UNSUBSCRIBED },
	{ "dadodebaja", IMPORT_UNSUBSCRIBED },
	{ "nosuscrito", IMPORT_UNSUBSCRIBED },
	{ "disiscritto", IMPORT_UNSUBSCRIBED },
	{ "uitgeschreven", IMPORT_UNSUBSCRIBED },
	{ "afgemeld", IMPORT_UNSUBSCRIBED },
	{ "nee", IMPORT_UNSUBSCRIBED },
	{ "bounced", IMPORT_BOUNCED },
	{ "hardbounced", IMPORT_BOUNCED },
	{ "hardbounce", IMPORT_BOUNCED },
	{ "cleaned", IMPORT_BOUNCED },
	{ "complained", IMPORT_COMPLAINED },
	{ "complaint", IMPORT_COMPLAINED },
	{ "spam", IMPORT_COMPLAINED },
	{ "markedasspam", IMPORT_COMPLAINED },
	{ "blocked", IMPORT_BLOCKED },
	{ "blocklisted", IMPORT_BLOCKED },
	{ "blacklisted", IMPORT_BLOCKED },
	{ "suppressed", IMPORT_BLOCKED },
	{ "gesperrt", IMPORT_BLOCKED },
};

bool words_status(struct arena *arena, const char *cell, enum import_status *status) {
	int meaning;
	if (!FIND(arena, statuses, cell, &meaning))
		return false;
	*status = (enum import_status)meaning;
	return true;
}

bool words_truth(struct arena *arena, const char *cell, bool *truth) {
	static const struct word truths[] = {
		{ "true", 1 },  { "yes", 1 },  { "1", 1 },     { "y", 1 },   { "on", 1 },        { "x", 1 },    { "ja", 1 },
		{ "wahr", 1 },  { "oui", 1 },  { "vrai", 1 },  { "si", 1 },  { "verdadero", 1 }, { "vero", 1 }, { "waar", 1 },
		{ "false", 0 }, { "no", 0 },   { "0", 0 },     { "n", 0 },   { "off", 0 },       { "nein", 0 }, { "falsch", 0 },
		{ "non", 0 },   { "faux", 0 }, { "falso", 0 }, { "nee", 0 }, { "onwaar", 0 },
	};
	int meaning;
	if (!FIND(arena, truths, cell, &meaning))
		return false;
	*truth = meaning;
	return true;
}

static bool is_particle(const char *word, size_t size) {
	static const char *const particles[] = { "von", "van", "vom", "zu",  "zur",   "der", "den",
		                                     "de",  "da",  "di",  "del", "della", "dos", "du",
		                                     "la",  "le",  "des", "ten", "ter",   "bin", "al" };
	for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
		if (strlen(particles[i]) == size && strncmp(particles[i], word, size) == 0)
			return true;
	return false;
}

static const char *copy_trimmed(struct arena *arena, const char *text, size_t size) {
	return text_tidy(arena, arena_copy_bytes(arena, text, size));
}

/* The last word, and the particles before it. The first word is never one of the last name's. */
static const char *last_name_in(const char *name) {
	const char *last = strrchr(name, ' ');
	last = last ? last + 1 : name + strlen(name);
	while (last > name + 1) {
		const char *end = last - 1, *start = end;
		while (start > name && start[-1] != ' ')
			start--;
		if (start == name || !is_particle(start, (size_t)(end - start)))
			break;
		last = start;
	}
	return last;
}

void words_split_name(struct arena *arena, const char *name, const char **first, const char **last) {
	name = text_tidy(arena, name);
	const char *comma = strchr(name, ',');
	if (comma) {
		*last = copy_trimmed(arena, name, (size_t)(comma - name));
		*first = text_tidy(arena, comma + 1);
		return;
	}
	*last = last_name_in(name);
	*first = copy_trimmed(arena, name, (size_t)(*last - name));
}
