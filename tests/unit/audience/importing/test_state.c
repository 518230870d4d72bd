/* The state machine of an import: every rule, and what no sequence of steps can come to. */
#include "audience/importing/state.h"
#include "unit/support.h"

Test(import_state, the_usual_way_leads_to_the_end) {
	static const enum import_step way[] = { STEP_CHECK,  STEP_CHECKED, STEP_START,   STEP_RUN,
		                                    STEP_FINISH, STEP_UNDO,    STEP_RESTORED };
	static const enum import_state states[] = { IMPORT_CHECKING, IMPORT_CHECKED, IMPORT_QUEUED, IMPORT_RUNNING,
		                                        IMPORT_DONE,     IMPORT_UNDOING, IMPORT_UNDONE };
	enum import_state at = IMPORT_MAPPING;
	for (int i = 0; i < 7; i++) {
		at = import_after(at, way[i]);
		cr_expect_eq(at, states[i]);
	}
}

Test(import_state, what_is_not_listed_cannot_happen) {
	cr_expect_eq(import_after(IMPORT_DONE, STEP_RUN), IMPORT_STATE_COUNT);
	cr_expect_eq(import_after(IMPORT_DONE, STEP_RETRY), IMPORT_STATE_COUNT);
	cr_expect_eq(import_after(IMPORT_UNDONE, STEP_UNDO), IMPORT_STATE_COUNT);
	cr_expect_eq(import_after(IMPORT_CHECKING, STEP_START), IMPORT_STATE_COUNT);
	cr_expect_eq(import_after(IMPORT_DROPPED, STEP_START), IMPORT_STATE_COUNT);
}

/* Whatever is done to it: what has run never looks as if it had not, and nothing leaves the ends. */
Test(import_state, no_sequence_forgets_that_people_were_changed) {
	ARENA_AUTO arena = arena_new();
	for (unsigned seed = 0; seed < 2000; seed++) {
		enum import_state at = IMPORT_MAPPING;
		bool ran = false;
		unsigned dice = seed * 2654435761U + 1;
		for (int i = 0; i < 30; i++) {
			dice = dice * 1664525U + 1013904223U;
			enum import_step step = (enum import_step)((dice >> 16) % STEP_COUNT);
			enum import_state to = import_after(at, step);
			if (to == IMPORT_STATE_COUNT)
				continue;
			cr_assert(at != IMPORT_UNDONE && at != IMPORT_DROPPED, "seed %u leaves an end", seed);
			struct strings before = import_before(step, to, arena);
			cr_assert(strings_have(&before, import_states.names[at]));
			ran = ran || to == IMPORT_RUNNING;
			cr_assert(!ran || to == IMPORT_QUEUED || import_has_begun(to), "seed %u forgets its run", seed);
			cr_assert(to != IMPORT_UNDOING || !import_needs_file(to));
			at = to;
		}
	}
}
