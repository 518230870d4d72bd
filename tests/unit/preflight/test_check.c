/* Each check: a mail in which all is well, and changes to it, each of which one check must remark. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/base/buf.h"
#include "preflight/check.h"

#define BEFORE                                                                                                       \
	"<html><head><title>Sun</title></head><body><p>Dear {{first_name|default:\"there\"}},</p>"                       \
	"<p>you use about 4,100 kWh a year. On a roof like yours, eight panels make more than that. We check yours for " \
	"free and tell "                                                                                                 \
	"you in a week what it could pay for.</p><a href=\"https://www.acme.example/roof\">Book my roof check</a>"
#define AFTER                                                                                      \
	"<p><a href=\"{{unsubscribe_url}}\">Unsubscribe</a></p><p>ACME Energy, 12 Harbour Road, 4321 " \
	"Lindenau</p></body></html>"
#define GOOD BEFORE AFTER

static const struct link_fact good_links[] = {
	{ .url = "https://www.acme.example/roof",
	  .state = LINK_WORKS,
	  .status = 200,
	  .took_ms = 120,
	  .checked_at = { 1000 } },
};
static const struct link_facts links_known = { good_links, 1 };
static const struct sender_facts good_sender = {
	.domain = "acme.example", .exists = true, .policy = "reject", .checked_at = { 1000 }
};
static const struct missing_value nobody[] = { { "first_name", "First name", 0, "there" } };
static const struct audience_facts good_audience = { nobody, 1, 5000, 5000, 48000 };
static const char *subjects[] = { "Your roof could pay for winter" };

static struct preflight_input good(void) {
	return (struct preflight_input){ .marketing = true,
		                             .email = true,
		                             .sms = true,
		                             .subjects = { subjects, 1 },
		                             .preheader = "A free check, and 45 off the plan until 31 January",
		                             .html = GOOD,
		                             .sms_text = "ACME: a free roof check. https://go.acme.example/x STOP to end",
		                             .from_name = "ACME Energy",
		                             .from_email = "news@acme.example",
		                             .reply_to = "service@acme.example",
		                             .names = &standard_names,
		                             .spam_check = true,
		                             .audience = &good_audience,
		                             .sender = &good_sender,
		                             .links = &links_known };
}

static const struct check *check_of(const struct preflight *preflight, const char *id) {
	const struct check *checks = preflight->checks.items;
	for (int i = 0; i < preflight->checks.count; i++)
		if (strcmp(checks[i].id, id) == 0)
			return &checks[i];
	return NULL;
}

Test(check, all_is_well) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	preflight_run(&input, arena, &result);
	const struct check *checks = result.checks.items;
	for (int i = 0; i < result.checks.count; i++)
		cr_expect(checks[i].level == CHECK_PASSED, "%s: %s (%s)", checks[i].id, checks[i].title, checks[i].detail);
	cr_expect(result.passed == result.checks.count && result.passed > 25);
	cr_expect(result.spam_score < 1, "%f", result.spam_score);
	cr_expect(result.lookups.count == 1);
	cr_expect_str_eq(result.lookups.items[0], "https://www.acme.example/roof");
}

struct change {
	const char *id;
	enum check_level level;
	char part; /* h: more HTML, H: all of it, s: subject, p: preheader, t: text, m: message, f: from, n: name, r: reply
	            */
	const char *value;
	const char *place; /* in the text of its first place; NULL: whatever */
};

#define KB "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde "

static const struct change changes[] = {
	{ "language", CHECK_ERROR, 'h', "{% if first_name %}", NULL },
	{ "language", CHECK_ERROR, 's', "Hello {{first_name", NULL },
	{ "unknown_fields", CHECK_ERROR, 'h', "{{frist_name}}", "first_name" },
	{ "unknown_fields", CHECK_ERROR, 's', "Hi {{nickname|default:\"you\"}}", "nickname" },
	{ "remarks", CHECK_WARNING, 'h', "<p>Hi {{first_name}},</p>", NULL },
	{ "subject", CHECK_ERROR, 's', "", NULL },
	{ "subject", CHECK_ERROR, 's', "  ", NULL },
	{ "subject_length", CHECK_WARNING, 's',
	  "This subject goes on and on until nobody can see on any phone what it is about", "78" },
	{ "shouting", CHECK_WARNING, 's', "YOUR ROOF COULD PAY", NULL },
	{ "shouting", CHECK_WARNING, 's', "Sun \xe2\x98\x80\xef\xb8\x8f \xf0\x9f\x9a\x80 \xf0\x9f\x8e\x89", "3 emoji" },
	{ "preheader", CHECK_WARNING, 'p', "", NULL },
	{ "preheader", CHECK_WARNING, 'p', "Short", NULL },
	{ "preheader", CHECK_WARNING, 'p', KB KB, NULL },
	{ "placeholders", CHECK_WARNING, 'h', "<p>Lorem ipsum dolor</p>", "lorem ipsum" },
	{ "placeholders", CHECK_WARNING, 'h', "<p>TODO: price</p>", "TODO" },
	{ "placeholders", CHECK_WARNING, 's', "Hello *|FNAME|*", NULL },
	{ "placeholders", CHECK_WARNING, 's', "Hello [First Name]", NULL },
	{ "placeholders", CHECK_WARNING, 'h', "<p>Write to me@example.com</p>", "example.com" },
	{ "text_version", CHECK_WARNING, 't',
	  "Read https://old.acme.example/roof {{unsubscribe_url}} ACME, 12 Road 4, Town", "old" },
	{ "text_version", CHECK_WARNING, 't', "Read this. {{unsubscribe_url}} ACME, 12 Road 4, Town", NULL },
	{ "body", CHECK_ERROR, 'H', "", NULL },
	{ "body", CHECK_ERROR, 'H', "<html><body><p> </p></body></html>", NULL },
	{ "unsubscribe", CHECK_ERROR, 'H', BEFORE "<p>ACME Energy, 12 Harbour Road, 4321 Lindenau</p></body></html>",
	  NULL },
	{ "unsubscribe", CHECK_ERROR, 't', "Read https://www.acme.example/roof", NULL },
	{ "postal_address", CHECK_ERROR, 'H', BEFORE "<a href=\"{{unsubscribe_url}}\">Unsubscribe</a></body></html>",
	  NULL },
	{ "alt_text", CHECK_WARNING, 'h', "<img src=\"https://www.acme.example/a.png\" width=\"100\" height=\"50\">",
	  NULL },
	{ "contrast", CHECK_WARNING, 'h', "<p style=\"color:#999\">Terms apply</p>", "Terms apply" },
	{ "contrast", CHECK_WARNING, 'h', "<table bgcolor=\"navy\"><tr><td>Black on navy</td></tr></table>", "navy" },
	{ "contrast", CHECK_WARNING, 'h',
	  "<div style=\"background-color: rgb(0, 0, 255)\"><a href=\"https://www.acme.example/roof\">On blue</a></div>",
	  "On blue" },
	{ "image_ratio", CHECK_WARNING, 'h',
	  "<img src=\"https://www.acme.example/a.png\" alt=\"All of it\" width=\"600\" height=\"1200\">", NULL },
	{ "active", CHECK_WARNING, 'h', "<form action=\"https://www.acme.example/x\"><input name=\"a\"></form>", "form" },
	{ "links_form", CHECK_ERROR, 'h', "<a href=\"/roof\">Roof</a>", "/roof" },
	{ "links_form", CHECK_ERROR, 'h', "<a href=\"\">Roof</a>", NULL },
	{ "links_private", CHECK_ERROR, 'h', "<a href=\"https://localhost/a\">Roof</a>", "localhost" },
	{ "links_private", CHECK_ERROR, 'h', "<a href=\"https://127.0.0.1/a\">Roof</a>", NULL },
	{ "links_private", CHECK_ERROR, 'h', "<a href=\"https://[::1]:8000/a\">Roof</a>", NULL },
	{ "links_private", CHECK_ERROR, 'h', "<a href=\"https://0x7f.1/a\">Roof</a>", NULL },
	{ "links_private", CHECK_ERROR, 'h', "<a href=\"https://user@10.0.0.7:80/a\">Roof</a>", "10.0.0.7" },
	{ "links_private", CHECK_ERROR, 'h', "<a href=\"https://wiki.acme.internal/a\">Roof</a>", "internal" },
	{ "links_private", CHECK_ERROR, 'h', "<a href=\"https://intranet/a\">Roof</a>", NULL },
	{ "links_private", CHECK_ERROR, 'm', "ACME: http://192.168.1.7/a STOP to end", NULL },
	{ "links_http", CHECK_WARNING, 'h', "<a href=\"http://www.acme.example/roof\">Roof</a>", "http://" },
	{ "links", CHECK_WAITING, 'h', "<a href=\"https://www.acme.example/other\">Roof</a>", NULL },
	{ "from", CHECK_ERROR, 'f', "", NULL },
	{ "from", CHECK_ERROR, 'f', "news at acme", NULL },
	{ "from", CHECK_WARNING, 'n', "", NULL },
	{ "free_mail", CHECK_ERROR, 'f', "acme.energy@gmail.com", NULL },
	{ "reply_to", CHECK_ERROR, 'r', "service", NULL },
	{ "reply_to", CHECK_WARNING, 'r', "no-reply@acme.example", NULL },
	{ "spam_score", CHECK_ERROR, 's', "RE: CONGRATULATIONS WINNER, FREE MONEY!!!", NULL },
	{ "spam_score", CHECK_WARNING, 's', "Re: you won a free gift!!", NULL },
	{ "sms", CHECK_ERROR, 'm', "  ", NULL },
	{ "sms_size", CHECK_WARNING, 'm', KB KB KB KB KB KB KB KB "STOP", NULL },
	{ "sms_size", CHECK_WARNING, 'm', KB KB "caf\xc3\xa9\xe2\x80\x99s STOP to end", NULL },
	{ "sms_stop", CHECK_ERROR, 'm', "ACME: a free roof check", NULL },
	{ "sms_links", CHECK_WARNING, 'm', "ACME: https://bit.ly/abc STOP to end", "bit.ly" },
};

/* What must not be remarked. */
static const struct change fine[] = {
	{ "alt_text", CHECK_PASSED, 'h',
	  "<img src=\"https://www.acme.example/a.png\" alt=\"\" width=\"100\" height=\"50\">", NULL },
	{ "alt_text", CHECK_PASSED, 'h', "<img src=\"https://www.acme.example/a.png\" alt=\"Roof\">", NULL },
	{ "alt_text", CHECK_PASSED, 'h', "<img src=\"https://www.acme.example/dot.gif\" width=\"1\" height=\"1\">", NULL },
	{ "alt_text", CHECK_PASSED, 'h', "<div style=\"display:none\"><img src=\"https://www.acme.example/a.png\"></div>",
	  NULL },
	{ "contrast", CHECK_PASSED, 'h', "<p style=\"color:#fff;background:#0b57b8\">Book</p>", NULL },
	{ "contrast", CHECK_PASSED, 'h', "<p style=\"color:#777;font-size:28px\">Large</p>", NULL },
	{ "contrast", CHECK_PASSED, 'h',
	  "<td style=\"background-image:url(x.png)\"><p style=\"color:white\">Over a picture</p></td>", NULL },
	{ "contrast", CHECK_PASSED, 'h', "<div style=\"display:none;color:#fff\">Preheader</div>", NULL },
	{ "contrast", CHECK_PASSED, 'h',
	  "<div style=\"background:#111\"><p style=\"color:#eee\">Light <b>on</b> dark</p></div>", NULL },
	{ "placeholders", CHECK_PASSED, 's', "Todo list for {{first_name|default:\"you\"}}", NULL },
	{ "placeholders", CHECK_PASSED, 'h', "<p>XXXL shirts, TODOS</p>", NULL },
	{ "shouting", CHECK_PASSED, 's', "ACME: your roof", NULL },
	{ "shouting", CHECK_PASSED, 's',
	  "NEU \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 im Herbst", NULL },
	{ "preheader", CHECK_PASSED, 'p', "For {{first_name}}", NULL },
	{ "links_form", CHECK_PASSED, 'h',
	  "<a href=\"mailto:a@acme.example\">Write</a> <a href=\"#top\">Up</a> <a href=\"tel:+491\">Call</a>", NULL },
	{ "links_private", CHECK_PASSED, 'h', "<a href=\"https://1.1.1.1/\">DNS</a>", NULL },
	{ "links_private", CHECK_PASSED, 'h', "<a href=\"https://{{company}}.acme.example/\">DNS</a>", NULL },
	{ "unsubscribe", CHECK_PASSED, 't', "https://www.acme.example/roof {{unsubscribe_url}}", NULL },
	{ "sms_stop", CHECK_PASSED, 'm', "ACME: roof. Leave: {{unsubscribe_url}}", NULL },
	{ "sms_size", CHECK_PASSED, 'm', "ACME: 5 \xe2\x82\xac STOP", NULL },
	{ "spam_score", CHECK_PASSED, 's', "Your free roof check: last chance", NULL },
};

static void apply(struct preflight_input *input, const struct change *change, struct arena *arena) {
	const char *const html = arena_print(arena, "%s%s%s", BEFORE, change->value, AFTER);
	const struct {
		char part;
		const char **member, *value;
	} rows[] = { { 'h', &input->html, html },
		         { 'H', &input->html, change->value },
		         { 'p', &input->preheader, change->value },
		         { 't', &input->text, change->value },
		         { 'm', &input->sms_text, change->value },
		         { 'f', &input->from_email, change->value },
		         { 'n', &input->from_name, change->value },
		         { 'r', &input->reply_to, change->value } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].part == change->part)
			*rows[i].member = rows[i].value;
	if (change->part == 's') {
		input->subjects.items = arena_array(arena, const char *, 1);
		input->subjects.items[0] = change->value;
	}
}

static void try(const struct change *change) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	apply(&input, change, arena);
	preflight_run(&input, arena, &result);
	const struct check *check = check_of(&result, change->id);
	cr_assert(check, "%s", change->id);
	const struct check_place *places = check->places.items;
	cr_expect(check->level == change->level, "%s of “%.80s”: %u, %s (%s, score %.1f)", change->id, change->value,
	          check->level, check->title, check->places.count ? places->text : "", result.spam_score);
	bool wrong = check->level == CHECK_WARNING || check->level == CHECK_ERROR;
	cr_expect((check->fix != NULL) == wrong, "%s", change->id);
	cr_expect(check->title && *check->title, "%s", change->id);
	if (change->place && check->places.count)
		cr_expect(places->text && strstr(places->text, change->place), "%s: %s", change->id, places->text);
	if (change->place)
		cr_expect(check->places.count > 0, "%s", change->id);
}

Test(check, each_says_what_is_wrong) {
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		try(&changes[i]);
}

Test(check, and_nothing_of_what_is_right) {
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		try(&fine[i]);
}

Test(check, places_have_line_and_column) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	input.html = arena_print(arena,
	                         "<p>\xc3\xa9t\xc3\xa9</p>\n<p>\xc3\xa9 <img src=\"https://a.acme.example/a.png\" "
	                         "width=\"9\" height=\"9\"></p>%s",
	                         AFTER);
	preflight_run(&input, arena, &result);
	const struct check *check = check_of(&result, "alt_text");
	const struct check_place *place = check->places.items;
	cr_expect(check->count == 1 && place->line == 2 && place->column == 6, "%d:%d", (int)place->line,
	          (int)place->column);
	cr_expect_str_eq(place->part, "html");
}

Test(check, transactional_mail_needs_neither_link_nor_address_nor_stop) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	input.marketing = false;
	input.html = "<p>Your receipt for {{first_name|default:\"you\"}}</p>";
	preflight_run(&input, arena, &result);
	cr_expect(!check_of(&result, "unsubscribe") && !check_of(&result, "postal_address") &&
	          !check_of(&result, "sms_stop"));
	cr_expect(result.errors == 0);
}

Test(check, the_score_can_be_switched_off) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	input.spam_check = false;
	subjects[0] = "FREE MONEY!!! YOU WON!!! CASINO";
	preflight_run(&input, arena, &result);
	cr_expect(!check_of(&result, "spam_score") && isnan(result.spam_score));
}

Test(check, an_address_beside_a_condition_is_one) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	input.html = "<html><body><p>Hi</p>{% if first_name %}<p>You are known</p>{% endif %}"
				 "<p>ACME Energy, 12 Harbour Road, 4321 Lindenau</p></body></html>";
	preflight_run(&input, arena, &result);
	cr_expect(check_of(&result, "postal_address")->level == CHECK_PASSED);
}

Test(check, the_postal_address_that_is_known_must_stand_there) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	input.postal_address = "ACME Energy\n12 Harbour Road\n4321 Lindenau";
	preflight_run(&input, arena, &result);
	cr_expect(check_of(&result, "postal_address")->level == CHECK_PASSED);
	input.postal_address = "ACME Energy, 13 Harbour Road";
	preflight_run(&input, arena, &result);
	cr_expect(check_of(&result, "postal_address")->level == CHECK_ERROR);
}

Test(check, weight_is_that_of_the_largest_mail) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	struct audience_facts facts = good_audience;
	input.audience = &facts;
	static const struct {
		int64_t bytes;
		enum check_level level;
	} rows[] = { { 90000, CHECK_PASSED }, { 90001, CHECK_WARNING }, { 120000, CHECK_WARNING } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		facts.largest_bytes = rows[i].bytes;
		preflight_run(&input, arena, &result);
		cr_expect(check_of(&result, "weight")->level == rows[i].level, "%d", (int)rows[i].bytes);
	}
	facts.largest_bytes = COUNT_NONE;
	BUF_AUTO large = { 0 };
	for (int i = 0; i < 1600; i++)
		buf_text_add(&large, KB);
	input.html = arena_print(arena, "%s<p>%s</p>%s", BEFORE, buf_text(&large), AFTER);
	preflight_run(&input, arena, &result);
	cr_expect(check_of(&result, "weight")->level == CHECK_WARNING);
}

Test(check, missing_values_are_counted_and_the_bound_is_told) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	struct missing_value missing[] = { { "first_name", "First name", 312, "there" },
		                               { "company", "Company", 1, NULL } };
	struct audience_facts facts = { missing, 2, 2000, 5000, COUNT_NONE };
	input.audience = &facts;
	preflight_run(&input, arena, &result);
	const struct check *check = check_of(&result, "missing_values");
	cr_expect_str_eq(check->title, "1 person has no company"); /* nothing stands for it */
	cr_expect_str_eq(check->detail, "Of the first 2,000 of 5,000 people. Nothing is written there");
	cr_expect(check->level == CHECK_WARNING && check->count == 2);
	cr_expect_str_eq(((const struct check_place *)check->places.items)[1].text, "1 person has no company");
	facts.count = 1;
	preflight_run(&input, arena, &result);
	check = check_of(&result, "missing_values");
	cr_expect_str_eq(check->title, "312 people have no first name");
	cr_expect_str_eq(check->detail, "Of the first 2,000 of 5,000 people. They read “there”");
	cr_expect(check->level == CHECK_PASSED && !check->fix);
	input.audience = NULL;
	preflight_run(&input, arena, &result);
	cr_expect(check_of(&result, "missing_values")->level == CHECK_WAITING);
}

Test(check, what_was_found_of_links) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	struct link_fact fact = good_links[0];
	struct link_facts facts = { &fact, 1 };
	input.links = &facts;
	for (fact.state = 0; fact.state < LINK_STATE_COUNT; fact.state++) {
		static const enum check_level levels[LINK_STATE_COUNT] = {
			[LINK_IS_WAITING] = CHECK_WAITING,  [LINK_WORKS] = CHECK_PASSED,     [LINK_IS_SLOW] = CHECK_WARNING,
			[LINK_IS_GONE] = CHECK_WARNING,     [LINK_REFUSES] = CHECK_WARNING,  [LINK_FAILS] = CHECK_WARNING,
			[LINK_HAS_NO_HOST] = CHECK_WARNING, [LINK_IS_PRIVATE] = CHECK_ERROR, [LINK_REDIRECTS_ON] = CHECK_WARNING,
		};
		preflight_run(&input, arena, &result);
		cr_expect(check_of(&result, "links")->level == levels[fact.state], "%u", fact.state);
	}
}

Test(check, what_was_found_of_the_domain) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	static const struct {
		struct sender_facts facts;
		enum check_level level;
	} rows[] = {
		{ { .exists = true, .checked_at = { 1 } }, CHECK_PASSED },
		{ { .exists = true, .dkim = RECORD_NOT_ASKED, .checked_at = { 1 } }, CHECK_PASSED },
		{ { .exists = false, .checked_at = { 1 } }, CHECK_ERROR },
		{ { .exists = true, .spf = RECORD_ABSENT, .checked_at = { 1 } }, CHECK_WARNING },
		{ { .exists = true, .spf = RECORD_WRONG, .spf_problem = "12 look-ups", .checked_at = { 1 } }, CHECK_WARNING },
		{ { .exists = true, .dmarc = RECORD_ABSENT, .checked_at = { 1 } }, CHECK_WARNING },
		{ { .exists = true, .dmarc = RECORD_UNKNOWN, .checked_at = { 1 } }, CHECK_WARNING },
		{ { .exists = true, .mx = RECORD_ABSENT, .checked_at = { 1 } }, CHECK_WARNING },
		{ { .exists = true, .spf = RECORD_ABSENT, .dkim = RECORD_ABSENT, .policy = "reject", .checked_at = { 1 } },
		  CHECK_ERROR },
		{ { .exists = true, .spf = RECORD_ABSENT, .dkim = RECORD_ABSENT, .policy = "none", .checked_at = { 1 } },
		  CHECK_WARNING },
		{ { .checked_at = MOMENT_NONE }, CHECK_WAITING },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		input.sender = &rows[i].facts;
		preflight_run(&input, arena, &result);
		cr_expect(check_of(&result, "domain")->level == rows[i].level, "%zu", i);
	}
	input.sender = NULL;
	preflight_run(&input, arena, &result);
	cr_expect(check_of(&result, "domain")->level == CHECK_WAITING);
	input.sender = &(struct sender_facts){ .exists = false, .checked_at = { 1 } }, input.to_demo = true;
	preflight_run(&input, arena, &result);
	cr_expect(check_of(&result, "domain")->level == CHECK_PASSED);
	input.from_email = "acme@gmail.com", input.server = "smtp.gmail.com";
	preflight_run(&input, arena, &result);
	cr_expect(check_of(&result, "free_mail")->level == CHECK_PASSED);
}

Test(check, codes_are_shown_where_they_are_created) {
	ARENA_AUTO arena = arena_new();
	struct preflight_input input = good();
	struct preflight result;
	preflight_run(&input, arena, &result);
	cr_expect_null(check_of(&result, "codes"), "nothing is known of them");
	input.codes = CODES_OFF;
	preflight_run(&input, arena, &result);
	cr_expect_eq(check_of(&result, "codes")->level, CHECK_PASSED);
	input.codes = CODES_ON;
	preflight_run(&input, arena, &result);
	cr_expect_eq(check_of(&result, "codes")->level, CHECK_WARNING);
	input.html = BEFORE "<img src=\"cid:qr\" alt=\"Your code\">" AFTER;
	preflight_run(&input, arena, &result);
	cr_expect_eq(check_of(&result, "codes")->level, CHECK_WARNING, "the text message has none");
	input.sms_text = "ACME: a free roof check, {{short_link}}. STOP to end";
	preflight_run(&input, arena, &result);
	cr_expect_eq(check_of(&result, "codes")->level, CHECK_PASSED);
	input.codes = CODES_OFF;
	preflight_run(&input, arena, &result);
	cr_expect_eq(check_of(&result, "codes")->level, CHECK_ERROR);
	cr_expect_eq(check_of(&result, "codes")->count, 2);
}
