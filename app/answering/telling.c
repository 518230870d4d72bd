/* Telling figures. */
#include "answering/telling.h"

#include "answering/told.h"
#include "campaigns/contact_report.h"
#include "campaigns/links.h"
#include "core/store/version.h"
#include "dispatch/figures.h"
#include "events/event.h"

/* Its people by age and day. */
static bool tell_growth(const struct folding *folding, const struct campaign *campaign, enum response response,
                        struct error *err) {
	struct contact_reading reading = { .counter = campaign_counted(campaign, response), .at = folding->now };
	bool settles;
	if (reading.counter == COUNT_NONE || reading.counter == campaign_count_read(campaign, response))
		return true;
	return event_save_growth(folding->store, campaign->id, (enum event_type)response, campaign->sent_at, &reading,
	                         err) &&
	       contact_report_save(folding->store, campaign, response, &reading, &settles, err);
}

static struct rows links_of(const struct folding *folding, const struct rows *clicked, struct arena *arena) {
	const struct tracked_links *links = &folding->links;
	const struct link_answer *answers = clicked->items;
	struct link *rows = arena_array(arena, struct link, (size_t)links->count + 1);
	int count = 0;
	for (int i = 0; i < links->count; i++) {
		if (links->same_as[i] != i)
			continue;
		rows[count] = (struct link){ links->targets[i], 0, 0 };
		for (int k = 0; k < clicked->count; k++)
			if (answers[k].link == i) {
				rows[count].clicked_total = answers[k].clicks;
				rows[count].clicked_unique = answers[k].people;
			}
		count++;
	}
	return (struct rows){ rows, count };
}

static bool tell_links(const struct folding *folding, const struct campaign *campaign, struct arena *arena,
                       struct error *err) {
	struct rows clicked;
	if (campaign->current_metrics.clicked_total == campaign->links_clicked)
		return true;
	if (!answers_links(folding->store, campaign->id, true, arena, &clicked, err))
		return false;
	const struct link_report report = { .id = store_new_id(arena),
		                                .campaign_id = campaign->id,
		                                .run_id = store_new_id(arena),
		                                .source = "telltale-audience",
		                                .snapshot_time = folding->now,
		                                .links = links_of(folding, &clicked, arena),
		                                .unread = COUNT_NONE };
	return campaign_save_links(folding->store, &report, campaign->current_metrics.clicked_total, err);
}

bool fold_tell(const struct folding *folding, struct error *err) {
	static const enum response told[] = { RESPONSE_OPENED, RESPONSE_CLICKED, RESPONSE_UNSUBSCRIBED };
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	int64_t dues;
	bool found;
	if (!answers_read_dues(folding->store, folding->campaign_id, &dues, err) ||
	    !figures_save(folding->store, folding->campaign_id, true, folding->now, arena, err) ||
	    !campaign_find(folding->store, folding->campaign_id, arena, &campaign, &found, err))
		return false;
	for (size_t i = 0; found && i < sizeof told / sizeof *told; i++)
		if (!tell_growth(folding, &campaign, told[i], err))
			return false;
	return (!found || tell_links(folding, &campaign, arena, err)) &&
	       answers_told_keep(folding->store, folding->campaign_id, arena, err) &&
	       version_bump(folding->store, REALM_FIGURES, err) &&
	       answers_note_told(folding->store, folding->campaign_id, dues, folding->now, err);
}
