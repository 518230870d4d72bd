/* The state machine of an import. */
#include "audience/importing/state.h"

static const char *const state_names[IMPORT_STATE_COUNT] = { "mapping", "checking", "checked", "queued",
	                                                         "running", "done",     "failed",  "stopped",
	                                                         "dropped", "undoing",  "undone" };
const struct choices import_states = CHOICES(state_names);

static const struct {
	enum import_state from;
	enum import_step step;
	enum import_state to;
} rules[] = {
	{ IMPORT_MAPPING, STEP_CHECK, IMPORT_CHECKING },   { IMPORT_CHECKED, STEP_CHECK, IMPORT_CHECKING },
	{ IMPORT_CHECKING, STEP_CHECKED, IMPORT_CHECKED }, { IMPORT_CHECKING, STEP_REFUSE, IMPORT_MAPPING },
	{ IMPORT_MAPPING, STEP_START, IMPORT_QUEUED },     { IMPORT_CHECKED, STEP_START, IMPORT_QUEUED },
	{ IMPORT_QUEUED, STEP_RUN, IMPORT_RUNNING },       { IMPORT_RUNNING, STEP_RUN, IMPORT_RUNNING },
	{ IMPORT_RUNNING, STEP_FINISH, IMPORT_DONE },      { IMPORT_RUNNING, STEP_FAIL, IMPORT_FAILED },
	{ IMPORT_QUEUED, STEP_FAIL, IMPORT_FAILED },       { IMPORT_FAILED, STEP_RETRY, IMPORT_QUEUED },
	{ IMPORT_MAPPING, STEP_STOP, IMPORT_DROPPED },     { IMPORT_CHECKING, STEP_STOP, IMPORT_DROPPED },
	{ IMPORT_CHECKED, STEP_STOP, IMPORT_DROPPED },     { IMPORT_QUEUED, STEP_STOP, IMPORT_STOPPED },
	{ IMPORT_RUNNING, STEP_STOP, IMPORT_STOPPED },     { IMPORT_FAILED, STEP_STOP, IMPORT_STOPPED },
	{ IMPORT_DONE, STEP_UNDO, IMPORT_UNDOING },        { IMPORT_STOPPED, STEP_UNDO, IMPORT_UNDOING },
	{ IMPORT_FAILED, STEP_UNDO, IMPORT_UNDOING },      { IMPORT_UNDOING, STEP_RESTORED, IMPORT_UNDONE },
};
enum { RULES = sizeof rules / sizeof *rules };

enum import_state import_after(enum import_state from, enum import_step step) {
	for (int i = 0; i < RULES; i++)
		if (rules[i].from == from && rules[i].step == step)
			return rules[i].to;
	return IMPORT_STATE_COUNT;
}

struct strings import_before(enum import_step step, enum import_state to, struct arena *arena) {
	struct strings names = { arena_array(arena, const char *, RULES + 1), 0 };
	for (int i = 0; i < RULES; i++)
		if (rules[i].step == step && rules[i].to == to)
			names.items[names.count++] = state_names[rules[i].from];
	return names;
}

bool import_needs_file(enum import_state state) {
	return state <= IMPORT_RUNNING || state == IMPORT_FAILED;
}

bool import_is_worked(enum import_state state) {
	return state == IMPORT_CHECKING || state == IMPORT_QUEUED || state == IMPORT_RUNNING || state == IMPORT_UNDOING;
}

bool import_has_begun(enum import_state state) {
	return state >= IMPORT_RUNNING && state != IMPORT_DROPPED;
}
