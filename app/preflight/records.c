/* DNS records of senders. */
#include "preflight/records.h"

#include <glib.h>
#include <string.h>

const char *const dmarc_policies[] = { "none", "quarantine", "reject" };

/* Does the record begin with this version, followed by one of `ends` or by nothing? */
static bool has_version(const char *text, const char *version, const char *ends) {
	size_t size = strlen(version);
	return g_ascii_strncasecmp(text, version, size) == 0 && (!text[size] || strchr(ends, text[size]));
}

static int find(const struct strings *texts, const char *version, const char *ends, const char **record) {
	int count = 0;
	for (int i = 0; i < texts->count; i++)
		if (has_version(texts->items[i], version, ends) && count++ == 0)
			*record = texts->items[i];
	return count;
}

int spf_find(const struct strings *texts, const char **record) {
	return find(texts, "v=spf1", " ", record);
}

int dmarc_find(const struct strings *texts, const char **record) {
	return find(texts, "v=DMARC1", " ;\t", record);
}

bool spf_is_name(const char *domain) {
	return *domain && !strchr(domain, '%');
}

static bool is_addresses(const char *name) {
	return g_ascii_strcasecmp(name, "ip4") == 0 || g_ascii_strcasecmp(name, "ip6") == 0;
}

/* "mx:acme.example/24" after its qualifier. False: no such term. */
static bool read_term(const char *term, char qualifier, struct arena *arena, struct spf *spf) {
	static const struct {
		const char *name;
		enum spf_kind kind;
		bool named; /* it must say a domain */
	} kinds[] = {
		{ "include", SPF_INCLUDE, true }, { "a", SPF_A, false },          { "mx", SPF_MX, false },
		{ "ptr", SPF_PTR, false },        { "exists", SPF_EXISTS, true }, { "redirect", SPF_REDIRECT, true }
	};
	size_t size = strcspn(term, ":=/");
	char sign = term[size];
	const char *name = arena_copy_bytes(arena, term, size), *rest = sign == ':' || sign == '=' ? term + size + 1 : "";
	const char *domain = arena_copy_bytes(arena, rest, strcspn(rest, "/"));
	if (g_ascii_strcasecmp(name, "all") == 0 && !sign) {
		spf->all = spf->all ? spf->all : qualifier;
		return true;
	}
	if (is_addresses(name))
		return sign == ':' && *rest;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_ascii_strcasecmp(name, kinds[i].name) != 0 || (sign == '=') != (kinds[i].kind == SPF_REDIRECT))
			continue;
		if (kinds[i].named && !*domain)
			return false;
		if (spf->lookup_count < SPF_TERMS_MAX)
			spf->lookups[spf->lookup_count++] = (struct spf_lookup){ kinds[i].kind, domain };
		return true;
	}
	return sign == '='; /* a modifier that we do not know is passed over (RFC 7208, 6) */
}

/* What follows "all" is never asked, and "redirect" only if there is no "all". */
static void drop_unasked(struct spf *spf, int asked) {
	int kept = 0;
	for (int i = 0; i < spf->lookup_count; i++) {
		bool redirect = spf->lookups[i].kind == SPF_REDIRECT;
		if (redirect ? !spf->all : i < asked)
			spf->lookups[kept++] = spf->lookups[i];
	}
	spf->lookup_count = kept;
}

void spf_read(const char *record, struct arena *arena, struct spf *spf) {
	int asked = -1;
	*spf = (struct spf){ 0 };
	if (!has_version(record, "v=spf1", " ")) {
		spf->problem = "it does not begin with “v=spf1”";
		return;
	}
	for (const char *at = record + strlen("v=spf1"); *at;) {
		at += strspn(at, " ");
		size_t size = strcspn(at, " ");
		bool qualified = size > 0 && strchr("+-~?", *at);
		const char *term = arena_copy_bytes(arena, at + qualified, size - qualified);
		if (size > 0 && !read_term(term, qualified ? *at : '+', arena, spf) && !spf->problem)
			spf->problem = arena_print(arena, "“%.60s” is not an SPF term", term);
		if (spf->all && asked < 0)
			asked = spf->lookup_count;
		at += size;
	}
	drop_unasked(spf, asked < 0 ? spf->lookup_count : asked);
}

/* The value of a tag in "name=value; name=value", without blanks around it; NULL: it has none. */
static const char *tag_of(const char *record, const char *name, struct arena *arena) {
	for (const char *at = record; *at;) {
		size_t size = strcspn(at, ";");
		const char *pair = text_trim(arena, arena_copy_bytes(arena, at, size)), *equals = strchr(pair, '=');
		if (equals) {
			const char *its = text_trim(arena, arena_copy_bytes(arena, pair, (size_t)(equals - pair)));
			if (g_ascii_strcasecmp(its, name) == 0)
				return text_trim(arena, equals + 1);
		}
		at += size + (at[size] == ';');
	}
	return NULL;
}

static enum dmarc_policy policy_of(const char *word) {
	for (int i = 0; word && i < DMARC_NO_POLICY; i++)
		if (g_ascii_strcasecmp(word, dmarc_policies[i]) == 0)
			return (enum dmarc_policy)i;
	return DMARC_NO_POLICY;
}

static bool is_strict(const char *word) {
	return word && g_ascii_strcasecmp(word, "s") == 0;
}

/* Without a policy, or with one that is none, but with an address for reports, it is as "none" (RFC 9989, 4.7). */
void dmarc_read(const char *record, struct arena *arena, struct dmarc *dmarc) {
	static const char *const gone[] = { "pct", "rf", "ri" };
	*dmarc = (struct dmarc){ .policy = DMARC_NO_POLICY, .subdomains = DMARC_NO_POLICY };
	if (!has_version(record, "v=DMARC1", " ;\t")) {
		dmarc->problem = "it does not begin with “v=DMARC1”";
		return;
	}
	const char *policy = tag_of(record, "p", arena), *below = tag_of(record, "sp", arena);
	dmarc->has_reports = !text_is_empty(tag_of(record, "rua", arena));
	dmarc->policy = policy_of(policy);
	if (dmarc->policy == DMARC_NO_POLICY && dmarc->has_reports)
		dmarc->policy = DMARC_NONE;
	else if (dmarc->policy == DMARC_NO_POLICY)
		dmarc->problem = policy ? arena_print(arena, "“p=%.40s” is not a policy", policy) : "it says no policy (p=)";
	dmarc->subdomains = below ? policy_of(below) : dmarc->policy;
	if (dmarc->subdomains == DMARC_NO_POLICY)
		dmarc->subdomains = dmarc->policy;
	dmarc->strict_spf = is_strict(tag_of(record, "aspf", arena));
	dmarc->strict_dkim = is_strict(tag_of(record, "adkim", arena));
	for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
		if (tag_of(record, gone[i], arena))
			dmarc->ignored = gone[i];
}

/* Of RSA, in bits, as near as its length in base64 tells: 0 if it is no base64. */
static size_t key_bits(const char *key) {
	size_t letters = 0;
	for (; *key; key++) {
		if (g_ascii_isspace(*key) || *key == '=')
			continue;
		if (!g_ascii_isalnum(*key) && *key != '+' && *key != '/')
			return 0;
		letters++;
	}
	return letters * 6;
}

const char *dkim_problem(const char *record, struct arena *arena) {
	enum { LEAST_RSA = 1024 };
	const char *version = tag_of(record, "v", arena), *type = tag_of(record, "k", arena),
			   *key = tag_of(record, "p", arena);
	bool ed25519 = type && g_ascii_strcasecmp(type, "ed25519") == 0;
	if (version && strcmp(version, "DKIM1") != 0)
		return "its version is not DKIM1";
	if (type && !ed25519 && g_ascii_strcasecmp(type, "rsa") != 0)
		return arena_print(arena, "receivers do not know keys of the type “%.20s”", type);
	if (!key)
		return "it has no key (p=)";
	if (!*key)
		return "the key was revoked";
	if (key_bits(key) == 0)
		return "the key is damaged";
	if (!ed25519 && key_bits(key) < LEAST_RSA)
		return "the key is shorter than 1024 bits: receivers ignore it";
	return NULL;
}

const char *dkim_key_of(const char *record, struct arena *arena) {
	const char *key = tag_of(record, "p", arena);
	char *bare = key ? arena_copy(arena, key) : NULL, *out = bare;
	for (const char *at = key; at && *at; at++)
		if (!g_ascii_isspace(*at))
			*out++ = *at;
	if (out)
		*out = '\0';
	return bare;
}

const char *domain_above(const char *domain) {
	const char *dot = strchr(domain, '.');
	return dot && strchr(dot + 1, '.') ? dot + 1 : NULL;
}
