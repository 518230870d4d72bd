/* What mails would be like, summed. */
#include "content_support.h"

#include "content/weighing.h"

struct person {
	const char *city, *note;
};

static const struct rendering *of_person(struct arena *arena, const struct program *program, const struct value *data) {
	struct rendering *rendering = arena_new_of(arena, struct rendering);
	struct strings names = program_names(program);
	const struct value **values = arena_array(arena, const struct value *, names.count + 1);
	for (int i = 0; i < names.count; i++)
		values[i] = value_get(data, names.items[i]);
	*rendering = (struct rendering){ values, at("2026-11-27T10:00:00Z"), NULL, NULL };
	return rendering;
}

static void add(struct weighing *weighing, const struct message_sources *sources, const struct message_plan *plan,
                const struct person *person, int64_t place) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct value *data = value_map(arena);
	value_put_text(data, "city", person->city);
	value_put_text(data, "company", person->note);
	struct message message = { .subject = *of_person(arena, sources->subject, data),
		                       .text = *of_person(arena, sources->text, data),
		                       .html = *of_person(arena, sources->html, data),
		                       .from = "a@b.example",
		                       .to = "c@d.example",
		                       .id = "x",
		                       .date = at("2026-11-27T10:00:00Z") };
	cr_assert(weighing_add(weighing, sources, plan, &message, place, &err), "%s", err.text);
}

static const struct weighing_name *named(const struct weighing *weighing, const char *name) {
	for (int i = 0; i < weighing->name_count; i++)
		if (strcmp(weighing->names[i].name, name) == 0)
			return &weighing->names[i];
	cr_assert_fail("%s", name);
	return NULL;
}

Test(weighing, finds_the_largest_and_what_is_missing) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	char *large = arena_alloc(arena, HTML_BYTES_CUT + 1);
	memset(large, 'x', HTML_BYTES_CUT);
	large[HTML_BYTES_CUT] = '\0';
	const char *html = arena_print(arena,
	                               "<p>{{city}} {{company}}</p>{%% if city == \"Chur\" %%}%s{%% elsif city == "
	                               "\"Davos\" %%}%s{%% endif %%}",
	                               large, large + HTML_BYTES_CUT - HTML_BYTES_WARN);
	struct message_sources sources = {
		.subject = compile(arena, FORM_HEADER, "Hello {{city|default:\"you\"}}", &flaws),
		.text = compile(arena, FORM_PLAIN, "{{company}}", &flaws),
		.html = compile(arena, FORM_HTML, html, &flaws),
	};
	struct message_plan *plan = message_plan(&sources, arena);
	struct weighing *weighing = weighing_new(&sources, arena);
	cr_expect(weighing->html_of == -1 && weighing->people == 0 && weighing->name_count == 2);
	const struct person people[] = {
		{ "Bern", "Acme" }, { NULL, "Acme" }, { "Basel", NULL }, { "Chur", "B" }, { "Davos", "B" }, { NULL, NULL },
	};
	for (int i = 0; i < 6; i++)
		add(weighing, &sources, plan, &people[i], 100 + i);
	cr_expect(weighing->people == 6 && weighing->large == 2 && weighing->cut == 1);
	cr_expect(weighing->html_of == 103 && weighing->html == strlen("<p>Chur B</p>") + HTML_BYTES_CUT, "%d %zu",
	          (int)weighing->html_of, weighing->html);
	cr_expect(weighing->mail_of == 103 && weighing->mail > HTML_BYTES_CUT, "%d %zu", (int)weighing->mail_of,
	          weighing->mail);
	cr_expect(named(weighing, "city")->empty == 2 && named(weighing, "city")->bare == 2);
	cr_expect(named(weighing, "company")->empty == 2 && named(weighing, "company")->bare == 2);
}

Test(weighing, says_what_cannot_be_written) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	struct error err = ERROR_INIT;
	struct message_sources sources = { .subject = compile(arena, FORM_HEADER, "{{city}}", &flaws),
		                               .text = compile(arena, FORM_PLAIN, "t", &flaws) };
	struct weighing *weighing = weighing_new(&sources, arena);
	struct value *nobody = value_map(arena);
	struct message message = { .subject = *of_person(arena, sources.subject, nobody),
		                       .from = "a@b.example",
		                       .to = "c@d.example",
		                       .id = "x",
		                       .date = at("2026-11-27T10:00:00Z") };
	cr_expect_not(weighing_add(weighing, &sources, message_plan(&sources, arena), &message, 0, &err));
	cr_expect_str_eq(err.field, "subject");
	cr_expect(weighing->people == 0 && weighing->names[0].empty == 0);
}
