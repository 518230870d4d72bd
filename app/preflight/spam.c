/* The rules. Points are of the size that SpamAssassin gives to the like; docs/definitions.md has the list for people.
 */
#include "preflight/spam.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/client/address.h"
#include "core/formats/mail.h"

static int count_of(const char *text, const char *what) {
	int count = 0;
	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		count++;
	return count;
}

int text_emoji_count(const char *text) {
	int count = 0;
	bool joined = false; /* what follows a joiner is part of the same picture */
	for (; *text; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		bool picture = (c >= 0x1F300 && c <= 0x1FAFF && !(c >= 0x1F3FB && c <= 0x1F3FF)) ||
		               (c >= 0x2600 && c <= 0x27BF) || (c >= 0x1F1E6 && c <= 0x1F1FF) || c == 0x2B50 || c == 0x2B55 ||
		               c == 0x231A || c == 0x23F0;
		count += picture && !joined;
		joined = c == 0x200D;
	}
	return count;
}

bool text_shouts(const char *text) {
	int letters = 0, capitals = 0, words = 0;
	bool within = false;
	for (; *text; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		letters += g_unichar_isupper(c) || g_unichar_islower(c);
		capitals += g_unichar_isupper(c) != 0;
		words += !within && g_unichar_isalpha(c);
		within = g_unichar_isalpha(c);
	}
	return words >= 2 && letters >= 8 && capitals * 10 >= letters * 7;
}

static bool has_word(const char *const *words, size_t count, const char *word) {
	for (size_t i = 0; i < count; i++)
		if (g_ascii_strcasecmp(words[i], word) == 0)
			return true;
	return false;
}

bool domain_is_free_mail(const char *domain) {
	static const char *const domains[] = {
		"gmail.com", "googlemail.com", "yahoo.com",  "yahoo.co.uk",    "yahoo.de",    "yahoo.fr",       "ymail.com",
		"aol.com",   "outlook.com",    "outlook.de", "hotmail.com",    "hotmail.de",  "hotmail.co.uk",  "hotmail.fr",
		"live.com",  "msn.com",        "icloud.com", "me.com",         "mac.com",     "gmx.de",         "gmx.net",
		"gmx.com",   "gmx.at",         "gmx.ch",     "web.de",         "t-online.de", "freenet.de",     "mail.ru",
		"yandex.ru", "yandex.com",     "proton.me",  "protonmail.com", "orange.fr",   "laposte.net",    "free.fr",
		"libero.it", "virgilio.it",    "wp.pl",      "o2.pl",          "seznam.cz",   "qq.com",         "163.com",
		"126.com",   "zoho.com",       "mail.com",   "comcast.net",    "verizon.net", "btinternet.com",
	};
	return has_word(domains, G_N_ELEMENTS(domains), domain);
}

bool host_is_shortener(const char *host) {
	static const char *const hosts[] = { "bit.ly",      "tinyurl.com", "t.co",  "goo.gl",  "ow.ly",
		                                 "is.gd",       "buff.ly",     "rb.gy", "cutt.ly", "tiny.cc",
		                                 "shorturl.at", "rebrand.ly",  "t.ly",  "bl.ink" };
	return has_word(hosts, G_N_ELEMENTS(hosts), host);
}

const char *link_host(const char *target, struct arena *arena) {
	const char *from = g_ascii_strncasecmp(target, "https://", 8) == 0  ? target + 8
	                   : g_ascii_strncasecmp(target, "http://", 7) == 0 ? target + 7
	                                                                    : NULL;
	if (!from)
		return NULL;
	char *host = arena_copy_bytes(arena, from, strcspn(from, "/?#\\"));
	char *user = strrchr(host, '@');
	host = user ? user + 1 : host;
	char *port = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');
	if (port)
		port[host[0] == '['] = '\0';
	for (char *at = host; *at; at++)
		*at = g_ascii_tolower(*at);
	return *host && !strchr(host, '{') ? host : NULL;
}

/* Words and phrases that filters count. */
static const struct {
	const char *phrase;
	double subject, body; /* points there; 0: none */
} phrases[] = {
	{ "100% free", 1.5, 0.5 },
	{ "act now", 1.0, 0.4 },
	{ "as seen on", 0.8, 0.3 },
	{ "bitcoin", 0.8, 0.3 },
	{ "buy now", 0.6, 0 },
	{ "cash bonus", 1.2, 0.6 },
	{ "casino", 1.5, 0.8 },
	{ "cheap", 0.6, 0 },
	{ "click here", 0.8, 0.3 },
	{ "congratulations", 0.8, 0.2 },
	{ "dear friend", 0.8, 0.8 },
	{ "double your", 1.2, 0.6 },
	{ "earn money", 1.5, 0.8 },
	{ "extra income", 1.5, 0.8 },
	{ "free gift", 1.0, 0.4 },
	{ "free money", 2.0, 1.2 },
	{ "gratis", 0.4, 0 },
	{ "guaranteed", 0.8, 0.3 },
	{ "incredible deal", 1.2, 0.5 },
	{ "last chance", 0.6, 0.2 },
	{ "lose weight", 1.5, 0.8 },
	{ "lottery", 1.5, 1.0 },
	{ "make money", 1.5, 0.8 },
	{ "million dollars", 2.0, 1.2 },
	{ "miracle", 1.0, 0.4 },
	{ "no obligation", 0.8, 0.3 },
	{ "no risk", 0.8, 0.4 },
	{ "once in a lifetime", 1.0, 0.5 },
	{ "order now", 0.8, 0.3 },
	{ "risk-free", 0.8, 0.4 },
	{ "this is not spam", 2.0, 2.0 },
	{ "urgent", 0.8, 0.2 },
	{ "viagra", 3.0, 2.5 },
	{ "winner", 1.0, 0.4 },
	{ "you have been selected", 1.5, 1.0 },
	{ "you won", 1.5, 0.8 },
	{ "100% kostenlos", 1.5, 0.5 },
	{ "geld verdienen", 1.5, 0.8 },
	{ "gewonnen", 1.0, 0.4 },
	{ "jetzt zuschlagen", 0.8, 0.3 },
	{ "nur heute", 0.6, 0.2 },
	{ "risikofrei", 0.8, 0.4 },
};

struct judging {
	const struct spam_input *input;
	struct arena *arena;
	struct spam_result *result;
};

static void hit(struct judging *judging, double points, const char *text) {
	struct spam_result *result = judging->result;
	result->score += points;
	if (result->count < SPAM_HITS_MAX)
		result->hits[result->count++] = (struct spam_hit){ points, text };
}

/* At word borders. */
static bool has_phrase(const char *text, const char *phrase) {
	size_t size = strlen(phrase);
	for (const char *at = text; (at = strstr(at, phrase)); at++) {
		bool begins = at == text || !g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(at)));
		if (begins && !g_unichar_isalnum(g_utf8_get_char(at + size)))
			return true;
	}
	return false;
}

static void judge_phrases(struct judging *judging) {
	const char *subject = text_fold(judging->arena, judging->input->subject);
	const char *body = text_fold(judging->arena, judging->input->text);
	for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++) {
		if (phrases[i].subject > 0 && has_phrase(subject, phrases[i].phrase))
			hit(judging, phrases[i].subject, arena_print(judging->arena, "“%s” in the subject", phrases[i].phrase));
		if (phrases[i].body > 0 && has_phrase(body, phrases[i].phrase))
			hit(judging, phrases[i].body, arena_print(judging->arena, "“%s” in the text", phrases[i].phrase));
	}
}

/* "F R E E": single letters with blanks between. */
static bool is_spaced_out(const char *text) {
	int row = 0;
	for (const char *at = text; *at; at++) {
		bool alone = g_ascii_isalpha(*at) && (at == text || at[-1] == ' ') && (at[1] == ' ' || !at[1]);
		row = alone ? row + 1 : *at == ' ' ? row : 0;
		if (row == 4)
			return true;
	}
	return false;
}

static void judge_subject(struct judging *judging) {
	const char *subject = judging->input->subject;
	if (text_shouts(subject))
		hit(judging, 1.5, "The subject is in capital letters");
	if (count_of(subject, "!") >= 2 || strstr(subject, "?!"))
		hit(judging, 0.8, "Several exclamation marks in the subject");
	if (count_of(subject, "$$") || count_of(subject, "€€"))
		hit(judging, 1.0, "Currency signs in a row in the subject");
	if (g_ascii_strncasecmp(subject, "re:", 3) == 0 || g_ascii_strncasecmp(subject, "fwd:", 4) == 0 ||
	    g_ascii_strncasecmp(subject, "fw:", 3) == 0 || g_ascii_strncasecmp(subject, "aw:", 3) == 0)
		hit(judging, 1.5, "The subject looks like an answer or a forwarded email, which it is not");
	if (text_emoji_count(subject) > 2)
		hit(judging, 0.7, "More than two emoji in the subject");
	if (is_spaced_out(subject))
		hit(judging, 1.5, "Letters with spaces between them in the subject");
}

static int shouted_words(const char *text) {
	int count = 0, letters = 0, capitals = 0;
	for (;; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		if (c && g_unichar_isalpha(c)) {
			letters++;
			capitals += g_unichar_isupper(c) != 0;
			continue;
		}
		count += letters >= 4 && capitals == letters;
		letters = capitals = 0;
		if (!c)
			return count;
	}
}

/* Characters without width between letters hide words from filters. */
static bool has_broken_words(const char *text) {
	static const char *const hiders[] = { "\u200b", "\u2060", "\ufeff" };
	for (size_t i = 0; i < G_N_ELEMENTS(hiders); i++)
		for (const char *at = text; (at = strstr(at, hiders[i])); at += strlen(hiders[i]))
			if (at > text && g_ascii_isalpha(at[-1]) && g_ascii_isalpha(at[strlen(hiders[i])]))
				return true;
	return false;
}

static void judge_text(struct judging *judging) {
	const char *text = judging->input->text;
	int64_t letters = (int64_t)text_length(text);
	if (letters < 60)
		hit(judging, 0.8, "Hardly any text");
	if (shouted_words(text) > 15)
		hit(judging, 1.0, "Many words in capital letters");
	if (count_of(text, "!") > 5)
		hit(judging, 0.5, "More than five exclamation marks in the text");
	if (count_of(text, "!!!"))
		hit(judging, 0.8, "“!!!” in the text");
	if (has_broken_words(text))
		hit(judging, 2.0, "Invisible characters within words");
}

static void judge_markup(struct judging *judging) {
	const struct scan *scan = judging->input->scan;
	if (scan->hidden.count)
		hit(judging, 2.5, "Text in the colour of its background");
	if (scan->active.count)
		hit(judging, 2.5, "Forms, scripts or frames");
	if (scan->images > 0 && scan->image_area > 4 * (scan->text_area + 1))
		hit(judging, 1.5, "Almost only images");
}

/* Does the text of a link show an address on another host than it leads to? */
static bool misleads(const char *text, const char *host, struct arena *arena) {
	const char *shown = link_host(text_trim(arena, text), arena);
	if (!shown && g_ascii_strncasecmp(text, "www.", 4) == 0)
		shown = link_host(arena_print(arena, "https://%s", text_trim(arena, text)), arena);
	if (!shown || strchr(shown, ' '))
		return false;
	shown = text_after(shown, "www."), host = text_after(host, "www.");
	return strcmp(shown, host) != 0 && !g_str_has_suffix(host, arena_print(arena, ".%s", shown)) &&
	       !g_str_has_suffix(shown, arena_print(arena, ".%s", host));
}

static void judge_links(struct judging *judging) {
	const struct spam_input *input = judging->input;
	bool bare = false, shortened = false, misleading = false;
	for (int i = 0; i < input->links->count; i++) {
		const struct link *link = &input->links->items[i];
		const char *host = link->kind == LINK_TRACKED ? link_host(link->target, judging->arena) : NULL;
		if (!host)
			continue;
		bare = bare || address_is_host(host);
		shortened = shortened || host_is_shortener(host);
		for (int j = 0; j < input->scan->link_count; j++)
			if (input->scan->links[j].offset == link->offset)
				misleading = misleading || misleads(input->scan->links[j].text, host, judging->arena);
	}
	if (bare)
		hit(judging, 2.0, "A link to a machine by its number instead of a name");
	if (shortened)
		hit(judging, 1.2, "A link by a public shortener hides where it leads");
	if (misleading)
		hit(judging, 3.0, "A link shows another address than the one it leads to");
	if (input->links->tracked > 40)
		hit(judging, 0.7, "More than 40 links");
}

static void judge_sender(struct judging *judging) {
	const struct spam_input *input = judging->input;
	const char *from = mail_domain_part(input->from_email), *reply = mail_domain_part(input->reply_to);
	if (input->from_email && text_is_empty(input->from_name))
		hit(judging, 0.5, "The sender has no name");
	if (domain_is_free_mail(from))
		hit(judging, 1.5, "The sender's address is of a provider where anybody has one");
	if (*reply && domain_is_free_mail(reply) && g_ascii_strcasecmp(reply, from) != 0)
		hit(judging, 1.0, "Replies go to an address where anybody has one");
	if (input->marketing && !input->has_unsubscribe)
		hit(judging, 1.5, "No unsubscribe link");
}

static int by_points(const void *a, const void *b) {
	double one = ((const struct spam_hit *)a)->points, two = ((const struct spam_hit *)b)->points;
	return one < two   ? 1
	       : one > two ? -1
	                   : strcmp(((const struct spam_hit *)a)->text, ((const struct spam_hit *)b)->text);
}

void spam_judge(const struct spam_input *input, struct arena *arena, struct spam_result *result) {
	static void (*const rules[])(struct judging *) = { judge_phrases, judge_subject, judge_text,
		                                               judge_markup,  judge_links,   judge_sender };
	struct judging judging = { input, arena, result };
	*result = (struct spam_result){ 0 };
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
		rules[i](&judging);
	qsort(result->hits, (size_t)result->count, sizeof *result->hits, by_points);
}
