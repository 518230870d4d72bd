/* Writing the mail of a campaign. */
#include "dispatch/letter.h"

#include <stdio.h>
#include <string.h>

#include "content/complete.h"
#include "content/plain.h"
#include "content/tokens/mail_links.h"
#include "core/formats/json.h"
#include "core/formats/mail.h"
#include "dispatch/letter_code.h"

/* A compiled source, and where it finds the values of its names. */
struct source {
	const struct program *program; /* NULL: there is none */
	int *places;                   /* of each of its names: in the letter's names; below 0: ~place in `marked` */
};

/* One of those that take turns. */
struct turn {
	const char *from; /* in ASCII */
	struct source name;
};

/* Names whose values are made for each message. */
static const struct name marked[] = {
	{ "unsubscribe_url", NULL, NAME_OWN },
	{ "preferences_url", NULL, NAME_OWN },
	{ "view_url", NULL, NAME_OWN },
	{ "confirm_url", NULL, NAME_OWN },
	{ "unsubscribe_link_id", NULL, NAME_OWN },
	{ "tracking_pixel_id", NULL, NAME_OWN },
	{ "short_code", NULL, NAME_OWN },
	{ "short_link", NULL, NAME_OWN },
	{ "redeem_until", NULL, NAME_DAY },
	{ QR_ADDRESS, NULL, NAME_OWN },
};
enum { MARKED = sizeof marked / sizeof *marked };

struct letter {
	struct strings names;
	struct source html, text;
	struct source *subjects;
	struct turn *turns;
	struct message_plan **plans; /* of subject s and turn t: [s * turn_count + t] */
	int subject_count, turn_count;
	bool shows_code; /* its HTML has the picture of a code */
	struct links html_links, text_links;
	struct link_numbers numbers;
	const char *reply_to; /* in ASCII; NULL: none */
};

/* The sources of a composition as they are sent. */
struct sources {
	const char *html, *text;
	struct strings subjects, froms;
};

static struct sources sources_of(const struct composition *said, const struct letter_settings *settings,
                                 struct arena *arena) {
	const struct complete complete = { said->preheader, settings->postal_address, said->settings.unsubscribe_link };
	struct sources sources = { NULL, NULL, said->subjects, said->froms };
	if (!text_is_empty(said->html_content))
		sources.html = complete_html(said->html_content, &complete, arena);
	const char *text = said->text_content;
	if (text_is_empty(text) && sources.html)
		text = content_plain(sources.html, strlen(sources.html), true, arena);
	sources.text = complete_text(text ? text : "", &complete, arena);
	return sources;
}

static const char *const no_subject[] = { "" };

struct compiling {
	const struct names *known;
	struct arena *arena;
	struct error *err;
};

/* Without a text there is no program. Only errors count: a name that is not known is one here. */
static bool compile_to(const struct compiling *compiling, const char *field, const char *text, enum form form,
                       const struct program **program) {
	struct flaws flaws;
	*program = NULL;
	if (!text)
		return true;
	flaws_begin(&flaws, compiling->arena);
	*program = content_compile(text, strlen(text), form, compiling->known, &flaws);
	for (int i = 0; i < flaws.count; i++)
		if (flaws.items[i].is_error || flaws.items[i].unknown)
			return error_field(compiling->err, field, "Line %d: %s", flaws.items[i].line, flaws.items[i].text);
	return *program || error_field(compiling->err, field, "It cannot be read");
}

/* --- the names that are needed of each person --- */

struct gathering {
	const struct names *known;
	struct strings *names, *types;
	struct arena *arena;
};

/* Its place among them; -1: it is none. */
static int marked_place(const char *name) {
	for (int i = 0; i < MARKED; i++)
		if (strcmp(marked[i].name, name) == 0)
			return i;
	return -1;
}

static void gather(const struct gathering *gathering, const struct program *program) {
	struct strings names = program_names(program);
	for (int i = 0; i < names.count; i++) {
		const struct name *known = name_find(gathering->known, names.items[i]);
		if (!known || marked_place(names.items[i]) >= 0 || strings_have(gathering->names, names.items[i]))
			continue;
		gathering->names->items[gathering->names->count++] = names.items[i];
		gathering->types->items[gathering->types->count++] = arena_print(gathering->arena, "%d", (int)known->type);
	}
}

bool letter_names(const struct composition *said, const struct letter_settings *settings, const struct names *known,
                  struct arena *arena, struct strings *names, struct strings *types, struct error *err) {
	const struct sources sources = sources_of(said, settings, arena);
	const struct compiling compiling = { known, arena, err };
	const struct gathering gathering = { known, names, types, arena };
	const struct program *html, *text, *one;
	*names = (struct strings){ arena_array(arena, const char *, (size_t)known->count + 1), 0 };
	*types = (struct strings){ arena_array(arena, const char *, (size_t)known->count + 1), 0 };
	if (!compile_to(&compiling, "html_content", sources.html, FORM_HTML, &html) ||
	    !compile_to(&compiling, "text_content", sources.text, FORM_PLAIN, &text))
		return false;
	if (html)
		gather(&gathering, html);
	gather(&gathering, text);
	for (int i = 0; i < sources.subjects.count; i++) {
		if (!compile_to(&compiling, "subject", sources.subjects.items[i], FORM_HEADER, &one))
			return false;
		gather(&gathering, one);
	}
	for (int i = 0; i < sources.froms.count; i++) {
		struct sender sender = sender_read(sources.froms.items[i], arena);
		if (!compile_to(&compiling, "from_name", sender.name ? sender.name : "", FORM_HEADER, &one))
			return false;
		gather(&gathering, one);
	}
	return true;
}

/* --- compiling --- */

static struct names names_of(const struct dispatch *dispatch, struct arena *arena) {
	struct name *items = arena_array(arena, struct name, (size_t)dispatch->names.count + MARKED + 1);
	int count = 0;
	for (int i = 0; i < dispatch->names.count && i < dispatch->types.count; i++)
		items[count++] = (struct name){ dispatch->names.items[i], dispatch->names.items[i],
			                            (enum name_type)(dispatch->types.items[i][0] - '0') };
	for (int i = 0; i < MARKED; i++)
		items[count++] = marked[i];
	return (struct names){ items, count };
}

static int place_of(const struct strings *names, const char *name) {
	int mark = marked_place(name);
	if (mark >= 0)
		return ~mark;
	for (int i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return i;
	return names->count;
}

static struct source source_of(const struct program *program, const struct strings *names, struct arena *arena) {
	struct source source = { program, NULL };
	if (!program)
		return source;
	struct strings own = program_names(program);
	source.places = arena_array(arena, int, own.count + 1);
	for (int i = 0; i < own.count; i++)
		source.places[i] = place_of(names, own.items[i]);
	return source;
}

static void number_links(struct letter *letter, struct arena *arena) {
	static const struct links none = { NULL, 0, 0 };
	letter->html_links = letter->html.program ? program_links(letter->html.program) : none;
	letter->text_links = program_links(letter->text.program);
	letter->numbers = link_numbers_of(&letter->html_links, &letter->text_links, arena);
}

static bool compile_turns(const struct compiling *compiling, const struct sources *sources, struct letter *letter) {
	struct arena *arena = compiling->arena;
	const struct strings subjects = sources->subjects.count ? sources->subjects
	                                                        : (struct strings){ (const char **)no_subject, 1 };
	letter->subject_count = subjects.count;
	letter->subjects = arena_array(arena, struct source, subjects.count);
	letter->turn_count = sources->froms.count;
	letter->turns = arena_array(arena, struct turn, sources->froms.count + 1);
	for (int i = 0; i < subjects.count; i++) {
		const struct program *program;
		if (!compile_to(compiling, "subject", subjects.items[i], FORM_HEADER, &program))
			return false;
		letter->subjects[i] = source_of(program, &letter->names, arena);
	}
	for (int i = 0; i < sources->froms.count; i++) {
		struct sender sender = sender_read(sources->froms.items[i], arena);
		const struct program *program;
		if (!compile_to(compiling, "from_name", sender.name ? sender.name : "", FORM_HEADER, &program))
			return false;
		if (text_is_empty(sender.email))
			return error_field(compiling->err, "from_email", "The sender “%.60s” has no address",
			                   sources->froms.items[i]);
		letter->turns[i] = (struct turn){ mail_ascii_address(sender.email, arena),
			                              source_of(program, &letter->names, arena) };
	}
	return letter->turn_count > 0 || error_field(compiling->err, "from_email", "There is no sender");
}

static void plan(struct letter *letter, const struct message_files *attachments, struct arena *arena) {
	letter->plans = arena_array(arena, struct message_plan *, letter->subject_count * letter->turn_count);
	for (int s = 0; s < letter->subject_count; s++)
		for (int t = 0; t < letter->turn_count; t++) {
			const struct message_sources sources = { .subject = letter->subjects[s].program,
				                                     .from_name = letter->turns[t].name.program,
				                                     .text = letter->text.program,
				                                     .html = letter->html.program,
				                                     .attachments = *attachments,
				                                     .like = s || t ? letter->plans[0] : NULL };
			letter->plans[s * letter->turn_count + t] = message_plan(&sources, arena);
		}
}

bool letter_compile(const struct dispatch *dispatch, const struct letter_settings *settings, struct arena *arena,
                    const struct letter **compiled, struct error *err) {
	struct sources sources = sources_of(&dispatch->said, settings, arena);
	const struct names known = names_of(dispatch, arena);
	const struct compiling compiling = { &known, arena, err };
	struct letter *letter = arena_new_of(arena, struct letter);
	const struct program *html, *text;
	letter->names = dispatch->names;
	letter->shows_code = letter_code_mark(&sources.html, arena);
	if (!compile_to(&compiling, "html_content", sources.html, FORM_HTML, &html) ||
	    !compile_to(&compiling, "text_content", sources.text, FORM_PLAIN, &text) ||
	    !compile_turns(&compiling, &sources, letter))
		return false;
	letter->html = source_of(html, &letter->names, arena);
	letter->text = source_of(text, &letter->names, arena);
	if (!text_is_empty(dispatch->said.reply_to))
		letter->reply_to = mail_ascii_address(dispatch->said.reply_to, arena);
	number_links(letter, arena);
	plan(letter, &settings->attachments, arena);
	*compiled = letter;
	return true;
}

int letter_link_count(const struct letter *letter) {
	return letter->numbers.count;
}

size_t letter_attached_bytes(const struct letter *letter) {
	return message_attached_bytes(letter->plans[0]);
}

/* --- one mail --- */

struct person {
	const char *qr_address;      /* of the picture of their code, given; NULL: it is not shown */
	const struct value **values; /* by place in the letter's names, and one more that is NULL */
	struct value marks[MARKED];
};

static struct value text_value(const char *text) {
	return text ? (struct value){ .kind = VALUE_TEXT, .text = text } : (struct value){ .kind = VALUE_NULL };
}

static bool read_person(const struct letter *letter, const struct letter_to *to, const struct letter_marks *marks,
                        struct arena *arena, struct person *person, struct error *err) {
	static const struct letter_marks none = { 0 };
	static const struct letter_code no_code = { 0 };
	const struct letter_marks *of = marks ? marks : &none;
	const struct letter_code *code = of->code ? of->code : &no_code;
	const char *const texts[MARKED] = { of->unsubscribe_url, of->preferences_url, of->view_url,     NULL,
		                                of->unsubscribe_id,  of->pixel_id,        code->short_code, code->page,
		                                code->until,         person->qr_address };
	struct value *list = NULL;
	person->values = arena_array(arena, const struct value *, letter->names.count + 1);
	for (int i = 0; i < MARKED; i++)
		person->marks[i] = text_value(texts[i]);
	if (to->values && !json_read(arena, to->values, strlen(to->values), &list, err))
		return false;
	const struct value *one = list ? list->first : NULL;
	for (int i = 0; i < letter->names.count && one; i++, one = one->next)
		person->values[i] = one;
	return true;
}

static struct rendering render(const struct source *source, const struct person *person, struct moment now,
                               struct arena *arena) {
	struct rendering rendering = { .now = now };
	if (!source->program)
		return rendering;
	int count = program_names(source->program).count;
	const struct value **values = arena_array(arena, const struct value *, count + 1);
	for (int i = 0; i < count; i++)
		values[i] = source->places[i] < 0 ? &person->marks[~source->places[i]] : person->values[source->places[i]];
	rendering.values = values;
	return rendering;
}

/* The addresses of the text's links, in their order. */
static const char *const *text_urls(const struct letter *letter, const char *const *urls, struct arena *arena) {
	const char **own = arena_array(arena, const char *, letter->text_links.tracked + 1);
	for (int i = 0; urls && i < letter->text_links.tracked; i++)
		own[i] = urls[letter->numbers.text[i]];
	return urls ? own : NULL;
}

/* Which of those that take turns: all pairs, before one comes again. */
static void turn_of(const struct letter *letter, const struct letter_to *to, int *subject, int *turn) {
	int64_t number = to->block * BLOCK_PEOPLE + to->index;
	*subject = (int)(number % letter->subject_count);
	*turn = (int)(number % letter->turn_count);
}

const char *letter_from(const struct letter *letter, const struct letter_to *to) {
	int subject, turn;
	turn_of(letter, to, &subject, &turn);
	return letter->turns[turn].from;
}

static struct message message_of(const struct letter *letter, const struct letter_to *to,
                                 const struct letter_marks *marks, struct moment date, const struct person *person,
                                 struct arena *arena) {
	int subject, turn;
	turn_of(letter, to, &subject, &turn);
	struct message message = { .from = letter->turns[turn].from, .to = to->email, .date = date };
	message.subject = render(&letter->subjects[subject], person, date, arena);
	message.from_name = render(&letter->turns[turn].name, person, date, arena);
	message.html = render(&letter->html, person, date, arena);
	message.text = render(&letter->text, person, date, arena);
	message.html.link_urls = marks ? marks->link_urls : NULL;
	message.html.pixel = marks ? marks->pixel : NULL;
	message.text.link_urls = text_urls(letter, marks ? marks->link_urls : NULL, arena);
	return message;
}

static void put_headers(const struct letter *letter, const struct letter_marks *marks, struct message *message,
                        struct arena *arena) {
	int count = marks ? marks->header_count : 0;
	struct message_header *headers = arena_array(arena, struct message_header, count + 1);
	for (int i = 0; i < count; i++)
		headers[i] = marks->headers[i];
	if (letter->reply_to)
		headers[count++] = (struct message_header){ "Reply-To", letter->reply_to };
	message->headers = headers;
	message->header_count = count;
}

bool letter_write(const struct letter *letter, const struct letter_to *to, const struct letter_marks *marks,
                  const char *id, struct moment date, struct arena *arena, struct buf *out, struct error *err) {
	struct person person = { 0 };
	struct letter_picture picture = { 0 };
	int subject, turn;
	if (letter->shows_code && marks && marks->code)
		letter_code_draw(marks->code, letter_from(letter, to), marks->code->is_within_the_html, arena, &picture);
	person.qr_address = picture.address;
	if (!read_person(letter, to, marks, arena, &person, err))
		return false;
	struct message message = message_of(letter, to, marks, date, &person, arena);
	message.id = id;
	message.inlines = (struct message_files){ &picture.file, picture.file.bytes ? 1 : 0 };
	put_headers(letter, marks, &message, arena);
	turn_of(letter, to, &subject, &turn);
	return message_write(letter->plans[subject * letter->turn_count + turn], &message, out, err);
}

bool letter_read(const struct letter *letter, const struct letter_to *to, const struct letter_marks *marks,
                 struct moment date, struct arena *arena, struct buf *subject, struct buf *html, struct buf *text,
                 struct error *err) {
	struct person person = { 0 };
	struct letter_picture picture = { 0 };
	int s, t;
	if (letter->shows_code && marks && marks->code && html)
		letter_code_draw(marks->code, letter_from(letter, to), true, arena, &picture);
	person.qr_address = picture.address;
	if (!read_person(letter, to, marks, arena, &person, err))
		return false;
	const struct message message = message_of(letter, to, marks, date, &person, arena);
	turn_of(letter, to, &s, &t);
	return (!subject || program_render(letter->subjects[s].program, &message.subject, NULL, subject, err)) &&
	       (!html || !letter->html.program || program_render(letter->html.program, &message.html, NULL, html, err)) &&
	       (!text || program_render(letter->text.program, &message.text, NULL, text, err));
}

bool letter_target(const struct letter *letter, const struct letter_to *to, int number, struct moment day,
                   struct arena *arena, struct buf *out, struct error *err) {
	const struct link *link = link_numbered(&letter->html_links, &letter->text_links, &letter->numbers, number);
	struct person person = { 0 };
	if (!link)
		return error_set(err, ERROR_MISSING, "There is no such link");
	if (!link->program) {
		buf_text_add(out, link->target);
		return true;
	}
	if (!read_person(letter, to, NULL, arena, &person, err))
		return false;
	const struct source inner = source_of(link->program, &letter->names, arena);
	const struct rendering rendering = render(&inner, &person, day, arena);
	return program_render(link->program, &rendering, NULL, out, err);
}

char *letter_id(const char *campaign_id, int64_t block, int index, char out[LETTER_ID]) {
	(void)snprintf(out, LETTER_ID, "%s.%llx.%x", campaign_id, (unsigned long long)block, (unsigned)index);
	return out;
}
