/* The state machine of an import. Pure.
 *
 *   mapping ──check──> checking ──checked──> checked ──start──> queued ──run──> running ──finish──> done
 *     ^ │                  │                    │                 ^                │                  │
 *     │ └──────start───────│────────────────────│─────────────────┤                ├──fail──> failed ─┤
 *     └───── refuse ───────┘<──── check ────────┘                 └──── retry ─────│────────────┘     │
 *                                                                                  └─stop──> stopped ┤
 *   mapping, checking, checked and queued ──stop──> dropped                                           │
 *                                                    undone <──restored── undoing <────── undo ───────┘
 */
#ifndef AUDIENCE_IMPORTING_STATE_H
#define AUDIENCE_IMPORTING_STATE_H

#include "core/base/choice.h"
#include "core/base/text.h"

enum import_state {
	IMPORT_MAPPING,  /* the file is here; a person says which column is what */
	IMPORT_CHECKING, /* all of it is read, nothing is changed */
	IMPORT_CHECKED,  /* waits for the word */
	IMPORT_QUEUED,
	IMPORT_RUNNING,
	IMPORT_DONE,
	IMPORT_FAILED,
	IMPORT_STOPPED, /* by a person, in the middle: what was imported stays */
	IMPORT_DROPPED, /* before anything was imported */
	IMPORT_UNDOING,
	IMPORT_UNDONE,
	IMPORT_STATE_COUNT,
};
extern const struct choices import_states;

enum import_step {
	STEP_CHECK,
	STEP_CHECKED,
	STEP_REFUSE, /* the file cannot be imported as it is mapped */
	STEP_START,
	STEP_RUN,
	STEP_FINISH,
	STEP_FAIL,
	STEP_RETRY,
	STEP_STOP,
	STEP_UNDO,
	STEP_RESTORED,
	STEP_COUNT,
};

/* The state after the step; IMPORT_STATE_COUNT if it cannot be taken from here. */
enum import_state import_after(enum import_state from, enum import_step step);

/* The names of the states from which the step leads to `to`. */
struct strings import_before(enum import_step step, enum import_state to, struct arena *arena);

/* Is its file still needed? */
bool import_needs_file(enum import_state state);

/* Is it the turn of a program? */
bool import_is_worked(enum import_state state);

/* Has it changed people, or may it have? */
bool import_has_begun(enum import_state state);

#endif
