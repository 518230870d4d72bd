/* Checks of links: how they are written, and whether they lead somewhere. */
#include <glib.h>
#include <string.h>

#include "core/client/address.h"
#include "preflight/checking.h"

/* Every link of the mail with the part in which it stands. */
typedef const char *judge_link(const struct checking *checking, const struct link *link);

static void judge_part(const struct checking *checking, struct check *check, const struct checked_source *source,
                       judge_link *judge) {
	const struct links links = checking_links(checking, source);
	for (int i = 0; i < links.count; i++) {
		const char *wrong = judge(checking, &links.items[i]);
		if (wrong)
			check_add(checking, check, source->part, (int64_t)links.items[i].offset, wrong);
	}
}

static void judge_all(const struct checking *checking, struct check *check, judge_link *judge) {
	judge_part(checking, check, checking->html, judge);
	judge_part(checking, check, checking->text, judge);
	judge_part(checking, check, checking->sms, judge);
}

static const char *first_text(const struct check *check) {
	return ((const struct check_place *)check->places.items)->text;
}

static const char *nowhere(const struct checking *checking, const struct link *link) {
	if (link->kind == LINK_RELATIVE)
		return arena_print(checking->arena, "“%.100s” has no https:// and host", link->target);
	if (link->kind == LINK_UNSAFE)
		return arena_print(checking->arena, "“%.100s” is not a link that mail apps follow", link->target);
	return link->kind == LINK_EMPTY ? "A link without an address" : NULL;
}

static void check_form(const struct checking *checking, struct check *check) {
	judge_all(checking, check, nowhere);
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_ERROR,
		          text_of_counted(checking->arena, check->count, "link leads nowhere", "links lead nowhere"),
		          first_text(check));
}

static bool ends_in(const char *host, const char *domain) {
	size_t size = strlen(host), length = strlen(domain);
	return size >= length && strcmp(host + size - length, domain) == 0;
}

/* Names that only somebody's own network knows (RFC 6761, 6762, 8375), and addresses that not everybody reaches. */
static bool is_private(const char *host) {
	static const char *const domains[] = { ".local",   ".localhost", ".internal",  ".intranet",
		                                   ".lan",     ".home",      ".home.arpa", ".corp",
		                                   ".private", ".test",      ".invalid",   ".localdomain" };
	if (address_is_host(host)) {
		size_t size = strlen(host);
		char inner[80];
		if (host[0] != '[')
			return !address_text_is_public(host);
		(void)g_snprintf(inner, sizeof inner, "%.*s", size > 1 ? (int)(size - 2) : 0, host + 1);
		return !address_text_is_public(inner);
	}
	if (!strchr(host, '.'))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(domains); i++)
		if (ends_in(host, domains[i]))
			return true;
	return false;
}

static const char *inside(const struct checking *checking, const struct link *link) {
	const char *host = link->kind == LINK_TRACKED ? link_host(link->target, checking->arena) : NULL;
	return host && is_private(host) ? arena_print(checking->arena, "“%s”", host) : NULL;
}

static void check_private(const struct checking *checking, struct check *check) {
	judge_all(checking, check, inside);
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_ERROR,
		          text_of_counted(checking->arena, check->count, "link leads into a private network",
		                          "links lead into a private network"),
		          arena_print(checking->arena, "Nobody outside can reach %s", first_text(check)));
}

static const char *unencrypted(const struct checking *checking, const struct link *link) {
	(void)checking;
	return g_ascii_strncasecmp(link->target, "http://", 7) == 0 ? link->target : NULL;
}

static void check_http(const struct checking *checking, struct check *check) {
	judge_all(checking, check, unencrypted);
	if (check->count != COUNT_NONE)
		check_say(check, CHECK_WARNING,
		          text_of_counted(checking->arena, check->count, "link is not encrypted", "links are not encrypted"),
		          arena_print(checking->arena, "%.200s: browsers warn about http", first_text(check)));
}

static const struct link_fact *fact_of(const struct link_facts *facts, const char *url) {
	for (int i = 0; facts && i < facts->count; i++)
		if (strcmp(facts->items[i].url, url) == 0)
			return &facts->items[i];
	return NULL;
}

static const char *said(const struct checking *checking, const struct link_fact *fact) {
	static const char *const words[LINK_STATE_COUNT] = {
		[LINK_IS_GONE] = "the page does not exist",
		[LINK_REFUSES] = "the server refuses, perhaps only us",
		[LINK_FAILS] = "the server fails or does not answer",
		[LINK_HAS_NO_HOST] = "there is no such host",
		[LINK_IS_PRIVATE] = "it leads into a private network",
		[LINK_REDIRECTS_ON] = "it is redirected too often, or to something that is not a page",
	};
	if (fact->state == LINK_IS_SLOW)
		return arena_print(checking->arena, "%.150s takes %.1f s", fact->url, (double)fact->took_ms / 1000);
	const char *status = fact->status > 0 && fact->state != LINK_HAS_NO_HOST
	                         ? arena_print(checking->arena, " (%lld)", (long long)fact->status)
	                         : "";
	return arena_print(checking->arena, "%.150s: %s%s", fact->url, words[fact->state], status);
}

struct probe_counts {
	int works, wrong, slow, waiting, inside, whole;
	struct moment oldest;
};

static void count_probe(const struct checking *checking, struct check *check, const struct link *link,
                        struct probe_counts *counts) {
	const struct link_fact *fact = fact_of(checking->input->links, link->target);
	counts->whole++;
	if (!fact || fact->state == LINK_IS_WAITING) {
		counts->waiting++;
		return;
	}
	if (!moment_is_set(counts->oldest) || fact->checked_at.ms < counts->oldest.ms)
		counts->oldest = fact->checked_at;
	counts->works += fact->state == LINK_WORKS;
	counts->slow += fact->state == LINK_IS_SLOW;
	counts->inside += fact->state == LINK_IS_PRIVATE;
	counts->wrong += fact->state > LINK_IS_SLOW;
	if (fact->state != LINK_WORKS)
		check_add(checking, check, checking->html ? "html" : "text", (int64_t)link->offset, said(checking, fact));
}

/* A page may be put there later, and some servers refuse only us: so a broken link is a warning. */
static void check_probes(const struct checking *checking, struct check *check) {
	struct probe_counts counts = { .oldest = MOMENT_NONE };
	for (int i = 0; i < checking->links.count; i++) {
		const struct link *link = &checking->links.items[i];
		if (link->kind == LINK_TRACKED && !link->program && link->url == i)
			count_probe(checking, check, link, &counts);
	}
	struct arena *arena = checking->arena;
	const char *when = moment_is_set(counts.oldest)
	                       ? arena_print(arena, "Checked %s", text_of_moment(arena, counts.oldest))
	                       : NULL;
	if (counts.inside)
		check_say(check, CHECK_ERROR,
		          text_of_counted(arena, counts.inside, "link leads into a private network",
		                          "links lead into a private network"),
		          first_text(check));
	else if (counts.wrong)
		check_say(check, CHECK_WARNING, text_of_counted(arena, counts.wrong, "link does not work", "links do not work"),
		          first_text(check));
	else if (counts.slow)
		check_say(check, CHECK_WARNING, text_of_counted(arena, counts.slow, "link is slow", "links are slow"),
		          first_text(check));
	else if (counts.waiting)
		check_say(check, CHECK_WAITING,
		          text_of_counted(arena, counts.waiting, "link is being checked", "links are being checked"), NULL);
	else if (counts.works)
		check_say(check, CHECK_PASSED,
		          counts.works == 1 ? "The link works" : arena_print(arena, "All %d links work", counts.works), when);
}

const struct check_kind link_checks[] = {
	{ "links_form", "html", 0, check_form, "All links lead somewhere", "Write the whole address, with https://" },
	{ "links_private", "html", 0, check_private, "No link leads into a private network",
	  "Use an address that everyone can reach" },
	{ "links_http", "html", 0, check_http, "All links are encrypted", "Write https:// if the site has it" },
	{ "links", "html", WANTS_EMAIL, check_probes, "No links to check", "Open the link and correct its address" },
	{ 0 },
};
