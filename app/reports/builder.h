/* What the form of the report builder asks for: whom it is for, the period and its campaigns, the blocks. */
#ifndef REPORTS_BUILDER_H
#define REPORTS_BUILDER_H

#include "core/formats/url.h"
#include "reports/compose.h"

struct builder {
	struct report_request request;
	bool picking;               /* only the ticked campaigns of the period */
	bool suggests;              /* the period was not chosen, but suggested */
	struct campaign *campaigns; /* of the partner and list, whenever they were sent, newest first */
	int count;
};

/* Reads the form, or the same as a query. Campaigns may be named by id=, too, as the list of campaigns does: without a
 * partner it is then theirs, if they have one in common. Without a period it is one in which campaigns were sent: that
 * of the named ones, or the last month, the last 90 days or 12 months, else all of time. INVALID names the field. */
bool builder_read(struct store *store, const struct params *typed, struct moment now, struct arena *arena,
                  struct problems *problems, struct builder *builder, struct error *err) MUST_CHECK;

/* Pure. As the form's controls say it, in place: blocks ticked otherwise than their template has them make it a custom
 * report, and only "pick=ticked" makes ticked campaigns count. `shown` is the template whose blocks the form showed. */
void builder_choose(const struct params *typed, struct arena *arena, struct report_request *request, bool *picking);

/* Pure. The campaigns of the request's period. */
int builder_in_period(const struct builder *builder, struct arena *arena, const struct campaign ***campaigns);

/* Pure. Appends the address of the builder with what was typed, as short as can be. */
void builder_address(const struct params *form, struct arena *arena, struct buf *address);

#endif
