/* The campaigns that a comparison is of. Private to this folder. */
#ifndef CONSOLE_COMPARE_PARTY_H
#define CONSOLE_COMPARE_PARTY_H

#include "campaigns/growth.h"
#include "core/http/exchange.h"
#include "insights/comparison.h"

enum { COMPARE_MIN = 2, AGE_TO_DATE = 0 };

struct party {
	struct campaign campaigns[COMPARED_MAX];
	const struct growth *growths[COMPARED_MAX]; /* NULL if its contact reports have not been read */
	struct share_of
		redeemed[COMPARED_MAX]; /* for the page: people of recipients, to date; COUNT_NONE: it has no codes */
	int count;
	struct moment now;
};

/* The ages at which growth is shown, in hours. */
enum { COMPARE_AGES = 15 };
extern const int compare_ages[COMPARE_AGES];

/* Those that the parameters id= name, each once; INVALID if there is no such campaign, or there are too many. */
bool party_find(struct exchange *x, struct party *party, struct error *err) MUST_CHECK;

/* Percent of delivered that had responded at an age; NaN if unknown or not reached yet. */
double party_share(const struct party *party, int i, int hours, enum response response);

/* What is compared of a rate at an age, or AGE_TO_DATE. */
struct compared party_compared(const struct party *party, enum metric metric, int hours);

/* Adds all that the page shows of them. `hours`: the age, or AGE_TO_DATE. */
void compare_put(struct exchange *x, struct value *view, const struct party *party, int hours);

/* The latest campaigns to choose from; of those that the parameters id= name, what is known, whether they can be
 * compared or not. `party`: those that are compared, or NULL. */
bool compare_put_choices(struct exchange *x, struct value *view, const struct party *party,
                         struct error *err) MUST_CHECK;

#endif
