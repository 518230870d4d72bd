/* What has been read of a campaign's contact reports, and when each is read again.
 *
 * The provider may count somebody in the summary before the report names them, and may leave out people or their times:
 * for a while by mistake, for ever of those whom it has erased. So a report that falls short of the summary is read
 * once more by the next run. If it still names nobody new, it counts as read, and is read again after a day, then after
 * 2, 4, 8, 16 and every 32 days, while it names fewer people than the summary counts or some without a time; and
 * whenever the summary's counter changes, or somebody asks for all. */
#ifndef CAMPAIGNS_CONTACT_REPORT_H
#define CAMPAIGNS_CONTACT_REPORT_H

#include "campaigns/growth.h"

/* One reading of it to its end. */
struct contact_reading {
	int64_t counter;        /* the summary's count that prompted it */
	int64_t named, undated; /* people it has named so far; of them, without any time */
	struct moment at;
};

/* Pure. Is it to be read now? `all`: also what is waited for. */
bool contact_report_is_due(const struct campaign *campaign, enum response response, bool all, struct moment now);

/* Pure. How many people its newest reading named; COUNT_NONE if there is none. */
int64_t contact_report_named(const struct campaign *campaign, enum response response);

/* Pure. How many people the summary counts beyond those whom the report names; and how many it names without a time. 0
 * if it has not been read. */
int64_t contact_report_unnamed(const struct campaign *campaign, enum response response);
int64_t contact_report_undated(const struct campaign *campaign, enum response response);

/* Pure. Has it told all that it will for now? `before`: whom it named at the reading before. */
bool contact_report_settles(const struct contact_reading *reading, int64_t before);

/* Records a reading without a gap; `campaign` is as it was before. *settles: contact_report_settles. */
bool contact_report_save(struct store *store, const struct campaign *campaign, enum response response,
                         const struct contact_reading *reading, bool *settles, struct error *err) MUST_CHECK;

#endif
