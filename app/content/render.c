/* Rendering a program for one person. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "content/plain.h"
#include "content/quoted.h"
#include "content/steps.h"
#include "core/base/calendar.h"
#include "core/base/local.h"
#include "core/base/moment_text.h"
#include "core/base/text.h"

struct renderer {
	const struct program *program;
	const struct rendering *rendering;
	struct asking asking;
	unsigned char *seen;
	struct buf *out;
};

static bool write_text(const struct renderer *renderer, const struct step *step, const char *text) {
	if (step->write.type == NAME_MARKUP && step->write.place == PLACE_TEXT) {
		buf_text_add(renderer->out, text);
		return true;
	}
	if (step->write.type == NAME_MARKUP && step->write.place == PLACE_PLAIN) {
		ARENA_AUTO arena = arena_new();
		buf_text_add(renderer->out, text_trim(arena, content_plain(text, strlen(text), false, arena)));
		return true;
	}
	return place_write(step->write.place, text, strlen(text), renderer->out);
}

static bool write_list(const struct renderer *renderer, const struct step *step, const struct value *list) {
	BUF_AUTO joined = { 0 };
	for (const struct value *entry = list->first; entry; entry = entry->next)
		if (entry->kind == VALUE_TEXT)
			buf_print(&joined, "%s%s", joined.size ? ", " : "", entry->text);
	return joined.size && write_text(renderer, step, buf_text(&joined));
}

static bool write_day(const struct renderer *renderer, const struct step *step, struct moment day) {
	char text[MOMENT_TEXT];
	return write_text(renderer, step, moment_format_human_day(day, text));
}

/* False: nothing was written. */
static bool write_value(const struct renderer *renderer, const struct step *step, const struct value *value) {
	char number[40];
	struct moment day = step->write.type == NAME_DAY ? value_day(value) : MOMENT_NONE;
	if (!value || value_is_empty(value))
		return false;
	if (moment_is_set(day))
		return write_day(renderer, step, day);
	if (value->kind == VALUE_TEXT)
		return write_text(renderer, step, value->text);
	if (value->kind == VALUE_LIST)
		return write_list(renderer, step, value);
	if (value->kind == VALUE_BOOL)
		return write_text(renderer, step, "yes");
	if (value->kind == VALUE_INT)
		(void)snprintf(number, sizeof number, "%lld", (long long)value->integer);
	else
		(void)snprintf(number, sizeof number, "%.15g", value->real);
	return value->kind != VALUE_MAP && write_text(renderer, step, number);
}

static void write_step(const struct renderer *renderer, const struct step *step) {
	int name = step->write.name;
	const struct value *value = renderer->rendering->values[name];
	if (!value && name == renderer->program->today) {
		(void)write_day(renderer, step, renderer->asking.today);
		return;
	}
	if (write_value(renderer, step, value))
		return;
	if (renderer->seen)
		renderer->seen[name] |= SEEN_EMPTY | (step->write.otherwise ? 0 : SEEN_BARE);
	if (step->write.otherwise)
		buf_add(renderer->out, step->write.otherwise, step->write.size);
}

static void write_link(const struct renderer *renderer, const struct step *step) {
	const char *url = renderer->rendering->link_urls[step->link];
	if (renderer->program->form == FORM_HTML)
		(void)place_write(PLACE_ATTRIBUTE, url, strlen(url), renderer->out);
	else
		buf_text_add(renderer->out, url);
}

/* Takes a step; returns the place of the next one. */
static int take(struct renderer *renderer, const struct step *step, int next) {
	switch (step->kind) {
	case STEP_LITERAL:
		buf_add(renderer->out, step->literal.text, step->literal.size);
		return next;
	case STEP_WRITE:
		write_step(renderer, step);
		return next;
	case STEP_UNLESS:
		return condition_holds(step->condition, &renderer->asking) ? next : step->target;
	case STEP_GO:
		return step->target;
	case STEP_LINK:
		if (!renderer->rendering->link_urls)
			return next;
		write_link(renderer, step);
		return step->target;
	case STEP_PIXEL:
		buf_text_add(renderer->out, renderer->rendering->pixel ? renderer->rendering->pixel : "");
		return next;
	}
	return next;
}

/* A header is one line: runs of blanks and controls, whoever wrote them, become a space, and none is at an end. */
static void squeeze(struct buf *out, size_t from) {
	size_t to = from;
	bool gap = false;
	for (size_t at = from; at < out->size; at++) {
		unsigned char c = (unsigned char)out->bytes[at];
		if (c <= ' ' || c == 0x7f) {
			gap = true;
			continue;
		}
		if (gap && to > from)
			out->bytes[to++] = ' ';
		gap = false;
		out->bytes[to++] = (char)c;
	}
	out->size = to;
	if (out->bytes)
		out->bytes[to] = '\0';
}

/* Takes a step of a program that is rendered in quoted-printable: what is written stands in `plain` first. */
static int take_quoted(struct renderer *renderer, const struct step *step, int next, struct buf *plain) {
	struct buf *out = renderer->out;
	if (step->kind == STEP_LITERAL)
		return take(renderer, step, next);
	buf_reset(plain);
	renderer->out = plain;
	next = take(renderer, step, next);
	renderer->out = out;
	if (plain->size)
		quoted_add(out, plain->bytes, plain->size);
	return next;
}

struct program *program_quoted(const struct program *program, struct arena *arena) {
	struct program *quoted = arena_new_of(arena, struct program);
	*quoted = *program;
	quoted->quoted = true;
	quoted->steps = arena_array(arena, struct step, program->count);
	for (int i = 0; i < program->count; i++) {
		struct step *step = &quoted->steps[i];
		BUF_AUTO encoded = { 0 };
		*step = program->steps[i];
		if (step->kind != STEP_LITERAL)
			continue;
		quoted_add(&encoded, step->literal.text, step->literal.size);
		step->literal.text = arena_copy_bytes(arena, buf_text(&encoded), encoded.size);
		step->literal.size = encoded.size;
	}
	return quoted;
}

bool program_render(const struct program *program, const struct rendering *rendering, unsigned char *seen,
                    struct buf *out, struct error *err) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO plain = { 0 };
	struct renderer renderer = { .program = program, .rendering = rendering, .seen = seen, .out = out };
	renderer.asking = (struct asking){ rendering->values, day_start(local_wall(rendering->now)), arena };
	size_t before = out->size;
	for (int at = 0; at < program->count;) {
		const struct step *step = &program->steps[at];
		at = program->quoted ? take_quoted(&renderer, step, at + 1, &plain) : take(&renderer, step, at + 1);
		if (out->size - before > RENDERED_BYTES_MAX)
			return error_set(err, ERROR_TOO_LARGE, "The email would be larger than %d MB",
			                 RENDERED_BYTES_MAX / 1024 / 1024);
	}
	if (program->form == FORM_HEADER)
		squeeze(out, before);
	return true;
}
