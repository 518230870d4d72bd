/* What text messages will cost. */
#include "composing/sms_cost.h"

#include "connections/rate.h"
#include "core/base/currency.h"
#include "sending/forecast.h"
#include "templates/preview.h"

enum { MESSAGES_MAX = 50000000 }; /* for more the product below would not fit */

static bool read_segments(const struct wording *wording, const struct composing_known *known, struct moment now,
                          struct arena *arena, struct sms_cost *cost, struct error *err) {
	const struct names names = names_of_customs(&known->names.customs, arena);
	struct template said = wording_template(wording);
	struct parts *parts = arena_new_of(arena, struct parts);
	said.html_content = said.text_content = NULL; /* only the text message is looked at */
	parts_compile(&said, &names, arena, parts);
	for (int kind = READER_SAMPLE; kind <= READER_EMPTIEST; kind++) {
		const struct reader reader = reader_made_up((enum reader_kind)kind, &names, now, arena);
		struct preview preview;
		if (!preview_render(parts, &reader, now, arena, &preview, err))
			return false;
		int segments = preview.sms.segments;
		if (segments > 0 && (!cost->least_segments || segments < cost->least_segments))
			cost->least_segments = segments;
		if (segments > cost->most_segments)
			cost->most_segments = segments;
	}
	return true;
}

/* False: there are none. */
static bool read_prices(const struct connection *connection, struct arena *arena, int64_t *least, int64_t *most) {
	bool any = false;
	for (int i = 0; connection && i < connection->sms_rates.count; i++) {
		struct error ignored = ERROR_INIT;
		const char *prefix;
		int64_t micros;
		if (!rate_read(connection->sms_rates.items[i], "sms_rates", arena, &prefix, &micros, &ignored))
			continue;
		*least = any && *least < micros ? *least : micros;
		*most = any && *most > micros ? *most : micros;
		any = true;
	}
	return any;
}

bool sms_cost_of(const struct wording *wording, const struct composing_known *known,
                 const struct connection *connection, int64_t messages, int digits, struct moment now,
                 struct arena *arena, struct sms_cost *cost, struct error *err) {
	int64_t least, most;
	*cost = (struct sms_cost){ COUNT_NONE, COUNT_NONE, 0, 0 };
	if (messages <= 0 || messages > MESSAGES_MAX)
		return true;
	if (!read_segments(wording, known, now, arena, cost, err))
		return false;
	if (cost->least_segments && read_prices(connection, arena, &least, &most)) {
		cost->least = sms_minor_units(messages * cost->least_segments * least, digits);
		cost->most = sms_minor_units(messages * cost->most_segments * most, digits);
	}
	return true;
}

const char *sms_cost_words(const struct sms_cost *cost, const char *currency, struct arena *arena) {
	if (!cost->least_segments)
		return NULL;
	const char *segments = cost->least_segments == cost->most_segments
	                           ? text_of_counted(arena, cost->least_segments, "segment", "segments")
	                           : arena_print(arena, "%d to %s", cost->least_segments,
	                                         text_of_counted(arena, cost->most_segments, "segment", "segments"));
	if (cost->least == COUNT_NONE)
		return arena_print(arena, "%s each", segments);
	const char *least = currency_full(cost->least, currency, arena), *most = currency_full(cost->most, currency, arena);
	return cost->least == cost->most ? arena_print(arena, "%s each, %s", segments, most)
	                                 : arena_print(arena, "%s each, %s to %s", segments, least, most);
}
