/* What to do after an answer of EmailOctopus. */
#include <stdio.h>
#include <string.h>

#include "core/formats/json.h"
#include "observing/emailoctopus.h"

enum { SHORTEST_WAIT_S = 1, USUAL_WAIT_S = 60, LONGEST_WAIT_S = 600, ABSURD_WAIT_S = 3600 };

/* The unit of X-RateLimit-Retry-After is undocumented: a large number is taken for Unix time, a small one for seconds.
 */
static int64_t pause_of(int64_t header, struct moment now) {
	int64_t seconds = header < 0 ? 1 : header > 1000000000 ? header - now.ms / 1000 : header;
	if (seconds < SHORTEST_WAIT_S)
		seconds = SHORTEST_WAIT_S;
	if (seconds > ABSURD_WAIT_S)
		seconds = USUAL_WAIT_S;
	return (seconds > LONGEST_WAIT_S ? LONGEST_WAIT_S : seconds) * 1000;
}

static bool looks_like_json(const struct http_answer *answer) {
	ARENA_AUTO arena = arena_new();
	size_t size = answer->size;
	const char *text = json_in_utf8(arena, answer->body, &size, answer->charset);
	for (size_t i = 0; i < size; i++)
		if (!strchr(" \t\r\n", text[i]))
			return text[i] == '{' || text[i] == '[';
	return false;
}

static bool is_redirect(int status) {
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* A success that holds no JSON, or an error that did not come from the API itself but from something in front of it. */
static bool may_pass(int status, bool is_json) {
	static const int passing[] = { 408, 421, 425 };
	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
		if (status == passing[i])
			return true;
	return status >= 500 || status < 400 || !is_json;
}

static enum verdict judge_failure(int status, bool is_json, char why[160]) {
	if (status == 401) {
		(void)snprintf(why, 160, "EmailOctopus rejected the API key (401): it is wrong, or older than API v2");
		return VERDICT_STOP;
	}
	if (is_redirect(status)) {
		(void)snprintf(why, 160, "EmailOctopus redirects (%d) to where the API key may not go", status);
		return VERDICT_MOVED;
	}
	if (may_pass(status, is_json)) {
		(void)snprintf(why, 160, "EmailOctopus answered %d%s", status,
		               is_json || status >= 500 ? "" : " with something that is not JSON");
		return VERDICT_AGAIN;
	}
	if (status == 403)
		(void)snprintf(why, 160, "EmailOctopus denies this report (403): not sent yet, or not tracked");
	if (status == 404)
		(void)snprintf(why, 160, "EmailOctopus no longer has it (404)");
	return status == 404 ? VERDICT_GONE : VERDICT_REFUSED;
}

enum verdict emailoctopus_judge(const struct http_answer *answer, struct moment now, int64_t *wait_ms, char why[160]) {
	int status = answer->status;
	bool is_json = status && looks_like_json(answer);
	*wait_ms = 0;
	(void)snprintf(why, 160, "EmailOctopus answered %d", status);
	if (status == 0) {
		(void)snprintf(why, 160, "no answer: %.120s", answer->problem);
		return answer->too_large ? VERDICT_REFUSED : VERDICT_AGAIN;
	}
	if ((status == 200 || status == 203) && is_json)
		return VERDICT_GOOD;
	if (status == 429 || (status >= 500 && answer->retry_after >= 0)) {
		*wait_ms = pause_of(answer->retry_after, now);
		(void)snprintf(why, 160, "EmailOctopus asked us to slow down (%d)", status);
		return VERDICT_AGAIN;
	}
	return judge_failure(status, is_json, why);
}
