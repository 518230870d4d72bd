/* Summing up mails. */
#include "content/weighing.h"

#include <string.h>

enum { SOURCES = 4 };

/* A source, and what one person's mail has from it. */
struct source {
	const struct program *program;
	const struct rendering *rendering;
};

static void list_sources(const struct message_sources *sources, const struct message *message,
                         struct source list[SOURCES]) {
	static const struct message nobody = { 0 };
	const struct message *of = message ? message : &nobody;
	const struct source all[SOURCES] = { { sources->subject, &of->subject },
		                                 { sources->from_name, &of->from_name },
		                                 { sources->text, &of->text },
		                                 { sources->html, &of->html } };
	memcpy(list, all, sizeof all);
}

static int place_of(struct weighing *weighing, const char *name) {
	for (int i = 0; i < weighing->name_count; i++)
		if (text_same(weighing->names[i].name, name))
			return i;
	weighing->names[weighing->name_count] = (struct weighing_name){ name, 0, 0 };
	return weighing->name_count++;
}

struct weighing *weighing_new(const struct message_sources *sources, struct arena *arena) {
	struct weighing *weighing = arena_new_of(arena, struct weighing);
	struct source list[SOURCES];
	*weighing = (struct weighing){ .html_of = -1, .mail_of = -1 };
	weighing->names = arena_array(arena, struct weighing_name, SOURCES * SOURCE_NAMES_MAX);
	list_sources(sources, NULL, list);
	for (int i = 0; i < SOURCES; i++) {
		struct strings names = list[i].program ? program_names(list[i].program) : (struct strings){ 0 };
		weighing->places[i] = arena_array(arena, int, names.count + 1);
		for (int k = 0; k < names.count; k++)
			weighing->places[i][k] = place_of(weighing, names.items[k]);
	}
	return weighing;
}

/* What is missing in any of the four counts once. */
static bool look(const struct source *source, const int *places, unsigned char *of_person, size_t *size,
                 struct error *err) {
	unsigned char seen[SOURCE_NAMES_MAX] = { 0 };
	BUF_AUTO out = { 0 };
	if (!program_render(source->program, source->rendering, seen, &out, err))
		return false;
	for (int i = 0; i < program_names(source->program).count; i++)
		of_person[places[i]] |= seen[i];
	*size = out.size;
	return true;
}

static void take_sizes(struct weighing *weighing, size_t html, size_t mail, int64_t place) {
	weighing->people++;
	weighing->large += html > HTML_BYTES_WARN;
	weighing->cut += html > HTML_BYTES_CUT;
	if (weighing->html_of < 0 || html > weighing->html) {
		weighing->html = html;
		weighing->html_of = place;
	}
	if (weighing->mail_of < 0 || mail > weighing->mail) {
		weighing->mail = mail;
		weighing->mail_of = place;
	}
}

bool weighing_add(struct weighing *weighing, const struct message_sources *sources, const struct message_plan *plan,
                  const struct message *message, int64_t place, struct error *err) {
	unsigned char of_person[SOURCES * SOURCE_NAMES_MAX] = { 0 };
	struct source list[SOURCES];
	size_t size = 0;
	BUF_AUTO mail = { 0 };
	list_sources(sources, message, list);
	for (int i = 0; i < SOURCES; i++)
		if (list[i].program && !look(&list[i], weighing->places[i], of_person, &size, err))
			return false;
	if (!message_write(plan, message, &mail, err))
		return false;
	for (int i = 0; i < weighing->name_count; i++) {
		weighing->names[i].empty += (of_person[i] & SEEN_EMPTY) != 0;
		weighing->names[i].bare += (of_person[i] & SEEN_BARE) != 0;
	}
	take_sizes(weighing, sources->html ? size : 0, mail.size, place);
	return true;
}
