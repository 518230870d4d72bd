/* Reading the people of each list, and forgetting those who are gone. Private to this folder. */
#ifndef OBSERVING_LIST_READING_H
#define OBSERVING_LIST_READING_H

#include "observing/engine.h"

struct list_reading {
	struct list list;
	bool full, incomplete;
	bool is_cut;    /* it ended with a full page, before as many as the list was said to have */
	int64_t came;   /* rows of all statuses */
	bool was_gone;  /* a run before this one no longer found it */
	bool is_gone;   /* the provider has said so when asked by this run */
	int64_t erased; /* contacts that came and were erased here: they are left out */
	int64_t told;   /* how many contacts it had after the reading; COUNT_NONE if that was not asked or is unknown */
};

/* Queues the pages of all lists, whole or only what has changed. */
bool list_readings_plan(struct work *work, struct list_reading **readings, int *count);

/* Queues questions about lists of which contacts were not seen, and about lists that are gone. */
void list_readings_check(struct work *work, struct list_reading *readings, int count);

/* Forgets who is gone, and notes up to when each list has been read. */
void list_readings_end(struct work *work, struct list_reading *readings, int count);

#endif
