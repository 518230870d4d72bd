/* Parsing a command line and printing its result. */
#include "core/cli/invocation.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/formats/json.h"

const struct command_option invocation_json = { "json", OPTION_FLAG, NULL, "answers with JSON" };

/* "-" alone and negative numbers are arguments. */
static bool is_option(const char *word) {
	return word[0] == '-' && word[1] != '\0' && !isdigit((unsigned char)word[1]);
}

static int option_count(const struct command *command) {
	int count = 0;
	while (command->options && command->options[count].name)
		count++;
	return count;
}

/* Index of the option in the table, or -1. The name ends at `length`. */
static int option_index(const struct command *command, const char *name, size_t length) {
	for (int i = 0; i < option_count(command); i++)
		if (strlen(command->options[i].name) == length && strncmp(command->options[i].name, name, length) == 0)
			return i;
	return -1;
}

static bool unknown(const struct command *command, const char *word, struct error *err) {
	return error_set(err, ERROR_INVALID, "'%s' has no option %.*s; see telltale %s --help", command->name,
	                 (int)strcspn(word, "="), word, command->name);
}

static bool take_number(const struct command_option *option, struct option_value *value, struct error *err) {
	return text_to_int(value->text, option->min, option->max, &value->number) ||
	       error_set(err, ERROR_INVALID, "--%s must be a whole number from %lld to %lld, not '%s'", option->name,
	                 (long long)option->min, (long long)option->max, value->text);
}

static bool take_value(const struct command_option *option, struct option_value *value, const char *text,
                       struct error *err) {
	if (!text)
		return error_set(err, ERROR_INVALID, "--%s needs a value", option->name);
	if (value->text)
		return error_set(err, ERROR_INVALID, "--%s is given twice", option->name);
	value->text = text;
	return option->kind == OPTION_TEXT || take_number(option, value, err);
}

/* Parses the option at *at, consuming the next word if it is its value. */
static bool take_option(struct invocation *invocation, int *at, int count, char *const *words, struct error *err) {
	const char *name = words[*at] + 2, *after = *at + 1 < count ? words[*at + 1] : NULL;
	size_t length = strcspn(name, "=");
	const char *text = name[length] ? name + length + 1 : NULL;
	if (text_same(words[*at], "--json")) {
		invocation->json = true;
		return true;
	}
	int index = option_index(invocation->command, name, length);
	if (!text_starts(words[*at], "--") || index < 0)
		return unknown(invocation->command, words[*at], err);
	const struct command_option *option = &invocation->command->options[index];
	if (option->kind == OPTION_FLAG) {
		invocation->values[index].text = option->name;
		return !text || error_set(err, ERROR_INVALID, "--%s takes no value", option->name);
	}
	if (!text && after && !is_option(after)) {
		text = after;
		++*at;
	}
	return take_value(option, &invocation->values[index], text, err);
}

static bool take_word(struct invocation *invocation, const char *word, struct error *err) {
	const struct command *command = invocation->command;
	for (int i = 0; i < COMMAND_WORDS && command->words[i]; i++) {
		if (invocation->words[i])
			continue;
		invocation->words[i] = word;
		return true;
	}
	return error_set(err, ERROR_INVALID, "'%s' takes no word '%s'; see telltale %s --help", command->name, word,
	                 command->name);
}

static bool is_given(const struct invocation *invocation, const char *name) {
	int index = option_index(invocation->command, name, strlen(name));
	assert(index >= 0);
	return invocation->values[index].text;
}

static bool check_whole(const struct invocation *invocation, struct error *err) {
	const struct command *command = invocation->command;
	for (int i = 0; i < COMMAND_WORDS && command->words[i]; i++)
		if (!invocation->words[i])
			return error_set(err, ERROR_INVALID, "%s is missing; see telltale %s --help", command->words[i],
			                 command->name);
	for (int i = 0; i < option_count(command); i++) {
		const struct command_option *option = &command->options[i];
		bool given = invocation->values[i].text;
		if (option->required && !given)
			return error_set(err, ERROR_INVALID, "--%s is missing; see telltale %s --help", option->name,
			                 command->name);
		if (given && option->with && !is_given(invocation, option->with))
			return error_set(err, ERROR_INVALID, "--%s says nothing without --%s", option->name, option->with);
	}
	return true;
}

static bool check_text(const struct command *command, int count, char *const *words, struct error *err) {
	for (int i = 0; i < count; i++)
		if (!text_is_utf8(words[i], strlen(words[i])))
			return error_set(err, ERROR_INVALID, "word %d after '%s' is not UTF-8", i + 1, command->name);
	return true;
}

bool invocation_read(struct invocation *invocation, const struct command *command, struct arena *arena, int count,
                     char *const *words, struct error *err) {
	bool words_only = false;
	*invocation = (struct invocation){ .command = command, .arena = arena };
	invocation->values = arena_array(arena, struct option_value, option_count(command));
	if (!check_text(command, count, words, err))
		return false;
	for (int i = 0; i < count; i++) {
		if (!words_only && text_same(words[i], "--")) {
			words_only = true;
			continue;
		}
		bool fine = words_only || !is_option(words[i]) ? take_word(invocation, words[i], err)
		                                               : take_option(invocation, &i, count, words, err);
		if (!fine)
			return false;
	}
	return check_whole(invocation, err);
}

/* The accessors accept only what the command declares. */
static const struct option_value *value_of(const struct invocation *invocation, enum option_kind kind,
                                           const char *name) {
	int index = option_index(invocation->command, name, strlen(name));
	assert(index >= 0 && invocation->command->options[index].kind == kind);
	return &invocation->values[index];
}

bool invocation_flag(const struct invocation *invocation, const char *name) {
	return value_of(invocation, OPTION_FLAG, name)->text != NULL;
}

const char *invocation_text(const struct invocation *invocation, const char *name, const char *otherwise) {
	const char *text = value_of(invocation, OPTION_TEXT, name)->text;
	return text ? text : otherwise;
}

int64_t invocation_number(const struct invocation *invocation, const char *name, int64_t otherwise) {
	const struct option_value *value = value_of(invocation, OPTION_NUMBER, name);
	return value->text ? value->number : otherwise;
}

const char *invocation_word(const struct invocation *invocation, const char *what) {
	for (int i = 0; i < COMMAND_WORDS && invocation->command->words[i]; i++)
		if (text_same(invocation->command->words[i], what))
			return invocation->words[i];
	abort();
}

void invocation_say(const struct invocation *invocation, const struct value *object, const char *sentence, ...) {
	BUF_AUTO json = { 0 };
	va_list rest;
	if (invocation->json) {
		json_write(&json, object);
		puts(buf_text(&json));
		return;
	}
	va_start(rest, sentence);
	(void)vprintf(sentence, rest);
	va_end(rest);
	putchar('\n');
}

static void print_cell(const struct value *value) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO text = { 0 };
	if (value->kind == VALUE_TEXT)
		(void)fputs(text_straight(arena, value->text), stdout);
	else if (value->kind != VALUE_NULL) {
		json_write(&text, value);
		(void)fputs(buf_text(&text), stdout);
	} else {
		putchar('-');
	}
}

static void print_row(const struct value *row) {
	for (const struct value *cell = row->first; cell; cell = cell->next) {
		if (cell != row->first)
			putchar('\t');
		print_cell(cell);
	}
	putchar('\n');
}

void invocation_rows(const struct invocation *invocation, const struct record_type *type, const struct rows *rows) {
	BUF_AUTO json = { 0 };
	if (invocation->json) {
		rows_to_json(type, rows, &json);
		puts(buf_text(&json));
		return;
	}
	for (int i = 0; i < rows->count; i++)
		print_row(record_to_value(type, (const char *)rows->items + type->size * (size_t)i, invocation->arena));
}
