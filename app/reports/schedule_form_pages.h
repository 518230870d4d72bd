/* What the pages of schedules show. */
#ifndef REPORTS_SCHEDULE_FORM_PAGES_H
#define REPORTS_SCHEDULE_FORM_PAGES_H

#include "core/http/exchange.h"
#include "reports/schedule.h"

/* The schedule that the form describes: what was typed, as far as it can be read, else `stored` (NULL: a new one). */
struct schedule schedule_typed(const struct exchange *x, const struct schedule *stored);

/* The form, its problems, the next three runs and the email, all for `typed`. */
bool schedule_put_form(struct exchange *x, struct value *view, const struct schedule *typed,
                       struct error *err) MUST_CHECK;

/* In the zone of the schedule: "1 Dec 2026, 08:00", with what its clock is called unless it is the account's; NULL for
 * MOMENT_NONE. */
const char *schedule_time(const struct exchange *x, const struct schedule *schedule, struct moment at);

/* Where the typed schedule differs from the stored one. */
void schedule_put_differences(const struct exchange *x, struct value *view, const struct schedule *stored,
                              const struct schedule *typed);

/* `deliveries`, the rows of a table, newest first. */
void schedule_put_deliveries(const struct exchange *x, struct value *view, const struct schedule *schedule,
                             const struct rows *deliveries);
/* State of a delivery: { state, state_label }. */
void schedule_put_state(struct value *row, const struct delivery *delivery);

#endif
