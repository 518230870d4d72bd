/* telltale reconcile. */
#include "dispatch/reconcile_commands.h"

#include <stdio.h>
#include <string.h>

#include "campaigns/own_campaign.h"
#include "core/cli/invocation.h"
#include "dispatch/again.h"
#include "dispatch/reconcile.h"

enum { LINE_MAX_BYTES = 8192 };

/* Of a longer line only the beginning is read: what matters stands there. */
static bool next_line(void *context, const char **line) {
	char *text = context;
	if (!fgets(text, LINE_MAX_BYTES, stdin))
		return false;
	bool whole = strchr(text, '\n') != NULL;
	for (int byte = 0; !whole && byte != EOF && byte != '\n';)
		byte = fgetc(stdin);
	*line = text;
	return true;
}

static bool send_missing(struct invocation *invocation, const struct campaign *campaign, int64_t *count,
                         struct error *err) {
	const struct again again = { invocation->store, invocation->arena, NULL, invocation->now };
	bool more = true;
	*count = 0;
	while (more) {
		int64_t asked;
		if (!again_all(&again, campaign->id, AGAIN_UNCERTAIN, &asked, &more, err))
			return false;
		*count += asked;
		more = more && asked > 0;
	}
	return true;
}

static bool reconcile(struct invocation *invocation, struct error *err) {
	const char *name = invocation_word(invocation, "CAMPAIGN");
	char line[LINE_MAX_BYTES];
	struct campaign campaign;
	struct reconciled result;
	int64_t sent = 0;
	bool found;
	if (!campaign_find(invocation->store, name, invocation->arena, &campaign, &found, err))
		return false;
	if (!found || campaign.origin != CAMPAIGN_OWN)
		return error_set(err, ERROR_MISSING, "no campaign of one's own %.60s", name);
	if (!reconcile_log(invocation->store, campaign.id, next_line, line, NULL, invocation->now, &result, err))
		return false;
	int64_t missing = result.uncertain - result.found;
	if (invocation_flag(invocation, "send-missing") && missing > 0 && !send_missing(invocation, &campaign, &sent, err))
		return false;
	struct value *map = value_map(invocation->arena);
	value_put_int(map, "uncertain", result.uncertain);
	value_put_int(map, "found", result.found);
	value_put_int(map, "sent_again", sent);
	invocation_say(invocation, map, "%s: %lld in the log, %lld not; %lld sent again",
	               text_of_counted(invocation->arena, result.uncertain, "uncertain email", "uncertain emails"),
	               (long long)result.found, (long long)missing, (long long)sent);
	return true;
}

static const struct command_option options[] = {
	{ "send-missing", OPTION_FLAG, NULL, "sends the others again: only with a log that is complete" },
	{ 0 },
};

const struct command reconcile_commands[] = {
	{ "reconcile",
	  { "CAMPAIGN" },
	  options,
	  "Looks in a mail server’s log, from standard input, for the uncertain emails of a campaign.",
	  "Reads logs of Postfix and Exim. Emails that are found count as accepted from then on; the others stay\n"
	  "uncertain.",
	  reconcile },
	{ 0 },
};
