/* Tags: finding them, and their tokens. */
#include "content/tag.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "content/reference.h"
#include "core/base/text.h"

struct lexer {
	const char *at, *end;
	const char *text; /* the content, decoded */
	size_t offset;    /* of its first byte in the source, or of the tag */
	bool exact;       /* nothing was decoded: places in it are places in the source */
	struct token *tokens;
	int count;
	struct flaws *flaws;
};

struct opening {
	const char *open, *close;
	enum tag_kind kind;
	bool html; /* only there */
	bool encoded;
};

static const struct opening openings[] = {
	{ "{{", "}}", TAG_WRITE, false, false },
	{ "{%", "%}", TAG_CONDITION, false, false },
	{ "%7B%7B", "%7D%7D", TAG_WRITE, true, true },
};

static bool begins(const char *at, const char *end, const char *what) {
	return (size_t)(end - at) >= strlen(what) && g_ascii_strncasecmp(at, what, strlen(what)) == 0;
}

static const struct opening *opening_at(const char *at, const char *end, enum tag_source kind) {
	for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
		if ((!openings[i].html || kind == SOURCE_HTML) && begins(at, end, openings[i].open))
			return &openings[i];
	return NULL;
}

static const char *find_opening(const char *at, const char *end, enum tag_source kind, const struct opening **opening) {
	for (*opening = NULL; at < end && kind != SOURCE_NONE; at++) {
		if (*at != '{' && *at != '%')
			continue;
		*opening = opening_at(at, end, kind);
		if (*opening)
			return at;
	}
	return end;
}

/* A quotation mark, plain or not, and its bytes. */
static size_t quote_at(const char *at, const char *end, char *which) {
	static const struct {
		const char *mark;
		char which;
	} marks[] = { { "\"", '"' },  { "'", '\'' },      { "“", '"' },      { "”", '"' },     { "„", '"' },
		          { "‘", '\'' },  { "’", '\'' },      { "&quot;", '"' }, { "&#34;", '"' }, { "&#39;", '\'' },
		          { "%22", '"' }, { "&ldquo;", '"' }, { "&rdquo;", '"' } };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (begins(at, end, marks[i].mark)) {
			*which = marks[i].which;
			return strlen(marks[i].mark);
		}
	}
	return 0;
}

/* The closing braces outside of quotation marks, else the first ones, else NULL. */
static const char *find_close(const char *at, const char *end, const char *close) {
	const char *first = NULL;
	char inside = '\0', which;
	if (!memmem(at, (size_t)(end - at), close, strlen(close))) /* quickly, as openings may follow each other */
		return NULL;
	for (; at < end; at++) {
		size_t quote = quote_at(at, end, &which);
		if (quote && (!inside || inside == which)) {
			inside = inside ? '\0' : which;
			at += quote - 1;
		} else if (begins(at, end, close)) {
			if (!inside)
				return at;
			first = first ? first : at;
		}
	}
	return first;
}

void tag_decode(struct buf *out, const char *at, const char *end) {
	for (; at < end; at++) {
		if (*at == '%' && end - at > 2 && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
			buf_char(out, (char)(g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2])));
			at += 2;
		} else {
			buf_char(out, *at);
		}
	}
}

static void lexer_begin(struct lexer *lexer, const char *from, const char *to, const struct opening *opening,
                        enum tag_source kind, struct arena *arena) {
	BUF_AUTO once = { 0 };
	BUF_AUTO twice = { 0 };
	if (opening->encoded)
		tag_decode(&once, from, to);
	else
		buf_add(&once, from, (size_t)(to - from));
	if (kind == SOURCE_HTML)
		references_decode(&twice, buf_text(&once), buf_text(&once) + once.size, false);
	else
		buf_add(&twice, buf_text(&once), once.size);
	lexer->exact = !opening->encoded && twice.size == (size_t)(to - from);
	lexer->at = lexer->text = arena_copy_bytes(arena, buf_text(&twice), twice.size);
	lexer->end = lexer->at + twice.size;
}

static bool is_word_start(char c) {
	return g_ascii_isalpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c) {
	return is_word_start(c) || g_ascii_isdigit(c) || c == '-' || c == '.';
}

/* Blanks, also those that editors write: U+00A0, U+200B, U+FEFF. */
static size_t blank_at(const char *at, const char *end) {
	static const char *const blanks[] = { "\u00a0", "\u200b", "\ufeff", "\u202f" };
	if (g_ascii_isspace(*at))
		return 1;
	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
		if (begins(at, end, blanks[i]))
			return strlen(blanks[i]);
	return 0;
}

/* In the source. */
static size_t place_of(const struct lexer *lexer, const char *at) {
	return lexer->offset + (lexer->exact ? (size_t)(at - lexer->text) : 0);
}

static void add_token(struct lexer *lexer, enum token_kind kind, const char *from, const char *to) {
	struct token *token = &lexer->tokens[lexer->count++];
	token->kind = kind;
	token->text = arena_copy_bytes(lexer->flaws->arena, from, (size_t)(to - from));
	token->offset = place_of(lexer, from);
	if (kind == TOKEN_NUMBER)
		token->number = g_ascii_strtod(token->text, NULL);
}

static bool read_quoted(struct lexer *lexer, size_t mark, char which) {
	const char *from = lexer->at + mark;
	for (const char *at = from; at < lexer->end; at++) {
		char other;
		size_t size = quote_at(at, lexer->end, &other);
		if (size && other == which) {
			add_token(lexer, TOKEN_TEXT, from, at);
			lexer->at = at + size;
			return true;
		}
	}
	flaw_error(lexer->flaws, lexer->offset, "A text in this tag has no closing quotation mark");
	return false;
}

static bool read_sign(struct lexer *lexer) {
	static const char *const signs[] = { "==", "!=", "<=", ">=", "<", ">", "=", "|", ":", "(", ")", "+", "-", "," };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (begins(lexer->at, lexer->end, signs[i])) {
			add_token(lexer, TOKEN_SIGN, lexer->at, lexer->at + strlen(signs[i]));
			lexer->at += strlen(signs[i]);
			return true;
		}
	}
	const char *next = g_utf8_find_next_char(lexer->at, lexer->end);
	flaw_error(lexer->flaws, place_of(lexer, lexer->at), "“%.*s” means nothing in a tag",
	           (int)((next ? next : lexer->end) - lexer->at), lexer->at);
	return false;
}

/* A number, or a part of a name that begins with a digit: "2025", "2nd". */
static void read_number(struct lexer *lexer) {
	const char *from = lexer->at, *to = from;
	int dots = 0;
	bool number = true;
	while (to < lexer->end && is_word(*to) && !blank_at(to, lexer->end)) {
		dots += *to == '.';
		number = number && (g_ascii_isdigit(*to) || *to == '.') && dots < 2;
		to++;
	}
	add_token(lexer, number ? TOKEN_NUMBER : TOKEN_WORD, from, to);
	lexer->at = to;
}

static void read_word(struct lexer *lexer) {
	const char *to = lexer->at;
	char which;
	while (to < lexer->end && is_word(*to) && !blank_at(to, lexer->end) && !quote_at(to, lexer->end, &which))
		to++;
	add_token(lexer, TOKEN_WORD, lexer->at, to);
	lexer->at = to;
}

static bool read_token(struct lexer *lexer) {
	char which;
	size_t quote = quote_at(lexer->at, lexer->end, &which);
	if (lexer->count == TOKENS_MAX) {
		flaw_error(lexer->flaws, lexer->offset, "This tag is too long");
		return false;
	}
	if (quote)
		return read_quoted(lexer, quote, which);
	if (g_ascii_isdigit(*lexer->at)) {
		read_number(lexer);
		return true;
	}
	if (!is_word_start(*lexer->at))
		return read_sign(lexer);
	read_word(lexer);
	return true;
}

static bool read_tokens(struct lexer *lexer) {
	while (lexer->at < lexer->end) {
		size_t blank = blank_at(lexer->at, lexer->end);
		if (blank)
			lexer->at += blank;
		else if (!read_token(lexer))
			return false;
	}
	lexer->tokens[lexer->count] = (struct token){ TOKEN_END, "", 0, lexer->offset };
	return true;
}

bool tag_find(const char *source, size_t size, size_t from, enum tag_source kind, struct tag *tag,
              struct flaws *flaws) {
	const char *end = source + size;
	const struct opening *opening;
	if (flaws->errors >= FLAWS_MAX) { /* nobody reads more of them, and each costs a search */
		*tag = (struct tag){ .from = size, .to = size };
		return false;
	}
	const char *at = find_opening(source + from, end, kind, &opening);
	*tag = (struct tag){ .from = (size_t)(at - source), .to = size };
	if (!opening)
		return false;
	const char *content = at + strlen(opening->open);
	const char *limit = end - content > TAG_BYTES_MAX ? content + TAG_BYTES_MAX : end;
	const char *close = find_close(content, limit, opening->close);
	if (!close) {
		tag->to = (size_t)(content - source);
		flaw_error(flaws, tag->from, "“%s” is not closed: “%s” is missing", opening->open, opening->close);
		return false;
	}
	tag->kind = opening->kind;
	tag->to = (size_t)(close - source) + strlen(opening->close);
	struct lexer lexer = { .offset = (size_t)(content - source), .flaws = flaws };
	lexer_begin(&lexer, content, close, opening, kind, flaws->arena);
	if (!lexer.exact)
		lexer.offset = tag->from;
	struct token tokens[TOKENS_MAX + 1];
	lexer.tokens = tokens;
	if (!read_tokens(&lexer))
		return false;
	struct token *kept = arena_array(flaws->arena, struct token, lexer.count + 1);
	memcpy(kept, tokens, sizeof *kept * (size_t)(lexer.count + 1));
	tag->tokens = kept;
	tag->count = lexer.count;
	return true;
}

bool token_is(const struct token *token, enum token_kind kind, const char *text) {
	return token->kind == kind && strcmp(token->text, text) == 0;
}

bool token_is_keyword(const struct token *token) {
	static const char *const keywords[] = { "and", "or", "not", "contains", "true", "false" };
	const struct strings all = { (const char **)(uintptr_t)keywords, sizeof keywords / sizeof *keywords };
	return token->kind == TOKEN_WORD && strings_have(&all, token->text);
}

const char *tag_name(const struct tag *tag, int *at, struct arena *arena) {
	BUF_AUTO name = { 0 };
	int first = *at;
	if (tag->tokens[first].kind != TOKEN_WORD)
		return NULL;
	while (*at < tag->count &&
	       (tag->tokens[*at].kind == TOKEN_NUMBER ? *at > first : tag->tokens[*at].kind == TOKEN_WORD) &&
	       !token_is_keyword(&tag->tokens[*at])) {
		buf_print(&name, "%s%s", name.size ? " " : "", tag->tokens[*at].text);
		++*at;
	}
	return name.size ? arena_copy(arena, buf_text(&name)) : NULL;
}
