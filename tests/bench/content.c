/* Renders a source for many people repeatedly: content TEMPLATE PEOPLE ROUNDS OUT. PEOPLE has a JSON object a line.
 * Prints how long compiling took and how many mails a second of processor time were rendered; those of the first round
 * go to OUT. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "content/message.h"
#include "core/base/moment.h"
#include "core/formats/json.h"

enum { FILE_BYTES = 64 << 20, PEOPLE_MAX = 10000 };

static char *read_file(const char *path, size_t *size) {
	FILE *file = fopen(path, "re");
	char *bytes = malloc(FILE_BYTES);
	if (!file || !bytes)
		exit(1);
	*size = fread(bytes, 1, FILE_BYTES - 1, file);
	bytes[*size] = '\0';
	(void)fclose(file);
	return bytes;
}

static int read_people(struct arena *arena, char *text, struct value **people) {
	struct error err = ERROR_INIT;
	int count = 0;
	for (char *line = strtok(text, "\n"); line && count < PEOPLE_MAX; line = strtok(NULL, "\n"))
		if (!json_read(arena, line, strlen(line), &people[count++], &err))
			exit(1);
	return count;
}

static struct program *compile(struct arena *arena, const char *source, size_t size, const struct value *person) {
	struct flaws flaws;
	struct name rows[200];
	struct names names = { rows, 0 };
	for (const struct value *member = person->first; member && names.count < 200; member = member->next)
		rows[names.count++] = (struct name){ member->name, member->name,
			                                 member->kind == VALUE_INT ? NAME_NUMBER : NAME_TEXT };
	flaws_begin(&flaws, arena);
	struct program *program = content_compile(source, size, FORM_HTML, &names, &flaws);
	if (!program)
		fprintf(stderr, "%d:%d %s\n", flaws.items[0].line, flaws.items[0].column, flaws.items[0].text);
	return program;
}

/* Headers, a short text part and the HTML, from the plan: mails a second. */
static double whole_mails(struct arena *arena, const struct program *html, const struct value *const *values, int names,
                          int people, int rounds) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct flaws flaws;
	static const char subject[] = "Your offers this week", text[] = "Read this email in your browser.";
	flaws_begin(&flaws, arena);
	struct message_sources sources = {
		.subject = content_compile(subject, strlen(subject), FORM_HEADER, &standard_names, &flaws),
		.text = content_compile(text, strlen(text), FORM_PLAIN, &standard_names, &flaws),
		.html = html,
	};
	const struct message_plan *plan = message_plan(&sources, arena);
	clock_t began = clock();
	for (int i = 0; i < people * rounds; i++) {
		struct rendering rendering = { values + (size_t)(i % people) * (size_t)names, { 1793000000000 }, NULL, NULL };
		struct message message = { .html = rendering,
			                       .from = "news@shop.example",
			                       .to = "ana@people.example",
			                       .id = "0123456789abcdef",
			                       .date = { 1793000000000 } };
		buf_reset(&out);
		if (!message_write(plan, &message, &out, &err))
			exit(1);
	}
	return (double)CLOCKS_PER_SEC * people * rounds / (double)(clock() - began + 1);
}

int main(int count, char **words) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	size_t size, people_size;
	if (count < 5)
		return 1;
	char *source = read_file(words[1], &size), *text = read_file(words[2], &people_size);
	struct value **people = arena_array(arena, struct value *, PEOPLE_MAX);
	int people_count = read_people(arena, text, people), rounds = atoi(words[3]);
	FILE *file = fopen(words[4], "we");
	int64_t began = monotonic_ms();
	struct program *program = compile(arena, source, size, people[0]);
	if (!program || !file)
		return 1;
	printf("compiled in %lld ms\n", (long long)(monotonic_ms() - began));
	struct strings names = program_names(program);
	const struct value **values = arena_array(arena, const struct value *, names.count *people_count);
	for (int p = 0; p < people_count; p++)
		for (int n = 0; n < names.count; n++)
			values[p * names.count + n] = value_get(people[p], names.items[n]);
	size_t bytes = 0;
	clock_t ticks = 0;
	for (int round = 0; round <= rounds; round++) {
		clock_t start = clock();
		for (int p = 0; p < people_count; p++) {
			struct rendering rendering = { &values[p * names.count], { 1793000000000 }, NULL, NULL };
			buf_reset(&out);
			if (!program_render(program, &rendering, NULL, &out, &err))
				return 1;
			bytes += out.size;
			if (round == 0)
				(void)fwrite(out.bytes, 1, out.size, file);
		}
		ticks += round ? clock() - start : 0;
	}
	(void)fclose(file);
	printf("whole mails: %.0f a second\n", whole_mails(arena, program, values, names.count, people_count, rounds));
	printf("%.0f\n", (double)CLOCKS_PER_SEC * people_count * rounds / (double)(ticks ? ticks : 1));
	return bytes ? 0 : 1;
}
