/* How fast a campaign was sent. */
#include "live/speed.h"

#include <math.h>
#include <stddef.h>

static const int64_t step_minutes[] = { 1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440, 10080 };

enum { FEWEST_MINUTES = 2 };

static int64_t step_for(int64_t took_ms) {
	const size_t last = sizeof step_minutes / sizeof *step_minutes - 1;
	size_t i = 0;
	while (i < last && took_ms > step_minutes[i] * MINUTE_MS * SPEED_STEPS)
		i++;
	return step_minutes[i] * MINUTE_MS;
}

/* How many had been sent at this moment; *next only moves on. */
static double sent_by(struct moment started_at, const struct sent_at *known, int count, int *next, struct moment at) {
	while (*next < count && (known[*next].at.ms < at.ms || (*next + 1 < count && known[*next + 1].at.ms <= at.ms)))
		++*next; /* of several at the same moment the last one */
	if (*next == count)
		return (double)known[count - 1].sent;
	const struct sent_at first = { started_at, 0 };
	const struct sent_at *before = *next ? &known[*next - 1] : &first, *after = &known[*next];
	int64_t between = after->at.ms - before->at.ms;
	double part = between > 0 ? (double)(at.ms - before->at.ms) / (double)between : 1;
	return (double)before->sent + part * (double)(after->sent - before->sent);
}

struct speed speed_of(struct moment started_at, const struct sent_at *known, int count) {
	struct speed speed = { 0 };
	int64_t took_ms = count > 0 && moment_is_set(started_at) ? known[count - 1].at.ms - started_at.ms : 0;
	if (took_ms < FEWEST_MINUTES * MINUTE_MS)
		return speed;
	const struct moment begin = { started_at.ms / MINUTE_MS * MINUTE_MS };
	took_ms += started_at.ms - begin.ms;
	int next = 0;
	double before = 0;
	speed.step_ms = step_for(took_ms);
	speed.end = known[count - 1].at;
	for (int64_t from = 0, to; from < took_ms && speed.count < SPEED_STEPS; from = to) {
		to = from + speed.step_ms < took_ms ? from + speed.step_ms : took_ms;
		double sent = sent_by(started_at, known, count, &next, moment_add(begin, to));
		const int64_t minutes = (to - from + MINUTE_MS - 1) / MINUTE_MS;
		speed.steps[speed.count++] = (struct speed_step){ .from = moment_add(begin, from),
			                                              .sent = sent - before,
			                                              .per_minute = (sent - before) / (double)minutes };
		before = sent;
	}
	return speed;
}

double speed_recent(const struct speed *speed) {
	double sent = 0;
	int64_t took_ms = 0;
	for (int i = speed->count - 1; i >= 0 && took_ms < SPEED_RECENT_MS; i--) {
		sent += speed->steps[i].sent;
		took_ms = speed->end.ms - speed->steps[i].from.ms;
	}
	return took_ms > 0 ? sent * MINUTE_MS / (double)took_ms : NAN;
}

const struct speed_step *speed_peak(const struct speed *speed) {
	const struct speed_step *peak = NULL;
	for (int i = 0; i < speed->count; i++)
		if (!peak || speed->steps[i].per_minute > peak->per_minute)
			peak = &speed->steps[i];
	return peak;
}
