/* What a request says of a composition. Pure. */
#include <string.h>

#include "composing/composition.h"

enum { RATE_EMAILS = 100, RATE_SMS = 10, QR_DAYS = 30 };

struct sender sender_read(const char *text, struct arena *arena) {
	char *copy = text_trim(arena, text ? text : ""), *open = strrchr(copy, '<');
	if (!open)
		return (struct sender){ NULL, *copy ? copy : NULL };
	*open++ = '\0';
	open[strcspn(open, ">")] = '\0';
	char *name = text_trim(arena, copy), *email = text_trim(arena, open);
	size_t size = strlen(name);
	if (size > 1 && name[0] == '"' && name[size - 1] == '"') {
		name[size - 1] = '\0';
		name++;
	}
	return (struct sender){ *name ? name : NULL, *email ? email : NULL };
}

const char *sender_text(const struct sender *sender, struct arena *arena) {
	return text_is_empty(sender->name)
	           ? sender->email ? sender->email : ""
	           : arena_print(arena, "%s <%s>", sender->name, sender->email ? sender->email : "");
}

bool composition_emails(const struct composition *composition) {
	return composition->channel != BY_SMS;
}

bool composition_texts(const struct composition *composition) {
	return composition->channel != BY_EMAIL;
}

/* The texts without empty ones and with their first replaced. */
static struct strings with_first(const struct strings *texts, const char *first, struct arena *arena) {
	struct strings changed = { arena_array(arena, const char *, texts->count + 2), 0 };
	if (!text_is_empty(first))
		changed.items[changed.count++] = first;
	for (int i = 1; i < texts->count; i++)
		changed.items[changed.count++] = texts->items[i];
	return changed;
}

/* Texts that stand in one, separated by any of `between`; empty ones go. */
static struct strings split(const struct strings *texts, const char *between, struct arena *arena) {
	int room = 1;
	for (int i = 0; i < texts->count; i++)
		room += (int)strlen(texts->items[i]) + 1;
	struct strings parts = { arena_array(arena, const char *, room), 0 };
	for (int i = 0; i < texts->count; i++) {
		char *rest = arena_copy(arena, texts->items[i]), *one;
		while ((one = strsep(&rest, between))) {
			one = text_trim(arena, one);
			if (*one)
				parts.items[parts.count++] = one;
		}
	}
	return strings_distinct(arena, &parts);
}

/* Several addresses on one line, but not a name with a comma. */
static struct strings split_senders(const struct strings *texts, struct arena *arena) {
	struct strings out = { arena_array(arena, const char *, 1), 0 };
	for (int i = 0; i < texts->count; i++) {
		const struct strings one = { &texts->items[i], 1 };
		const struct strings parts = split(&one, strchr(texts->items[i], '<') ? "\n" : ",;\n", arena);
		struct strings more = { arena_array(arena, const char *, out.count + parts.count + 1), out.count };
		if (out.count)
			memcpy(more.items, out.items, sizeof *out.items * (size_t)out.count);
		for (int k = 0; k < parts.count; k++)
			more.items[more.count++] = parts.items[k];
		out = more;
	}
	return out;
}

static void say_subjects(struct composition *after, const struct composition *request, const struct strings *given,
                         struct arena *arena) {
	if (strings_have(given, "subjects"))
		after->subjects = split(&after->subjects, "\n", arena);
	else if (strings_have(given, "subject"))
		after->subjects = with_first(&after->subjects, request->subject, arena);
}

static void say_senders(struct composition *after, const struct strings *given, struct arena *arena) {
	if (strings_have(given, "froms")) {
		after->froms = split_senders(&after->froms, arena);
		struct sender first = sender_read(after->froms.count ? after->froms.items[0] : NULL, arena);
		after->from_name = first.name;
		after->from_email = first.email;
	} else if (strings_have(given, "from_name") || strings_have(given, "from_email")) {
		const struct sender first = { after->from_name, after->from_email };
		after->froms = with_first(&after->froms, text_is_empty(first.email) ? NULL : sender_text(&first, arena), arena);
	}
}

static void say_people(struct composition *after, const struct composition *request, const struct strings *given,
                       struct arena *arena) {
	if (strings_have(given, "destinataires"))
		after->recipients = request->destinataires;
	after->recipients = split(&after->recipients, ",;\n\t ", arena);
	after->attachment_ids = split(&after->attachment_ids, ",\n ", arena);
	after->list_ids = split(&after->list_ids, ",\n", arena);
	after->target_segments = split(&after->target_segments, ",\n", arena);
	after->exclude.list_ids = split(&after->exclude.list_ids, ",\n", arena);
	after->exclude.segments = split(&after->exclude.segments, ",\n", arena);
	if (after->exclude.days == 0)
		after->exclude.days = COUNT_NONE;
}

/* Off is the same said in two ways: nothing tracked. */
static void say_tracking(struct composition_settings *settings, const struct strings *given) {
	bool said = strings_have(given, "settings.tracking");
	if (said && settings->tracking == COUNTING_OFF)
		settings->track_opens = settings->track_clicks = false;
	else if (!settings->track_opens && !settings->track_clicks)
		settings->tracking = COUNTING_OFF;
	else if (settings->tracking == COUNTING_OFF)
		settings->tracking = COUNTING_NAMED;
}

struct composition composition_fresh(const char *id, const char *zone, const char *from_name, const char *from_email,
                                     struct arena *arena) {
	struct composition fresh;
	record_clear(&composition_record, &fresh);
	fresh.id = id;
	fresh.settings = (struct composition_settings){ true, true, true, true, COUNTING_NAMED };
	fresh.exclude.days = COUNT_NONE;
	fresh.qr = (struct composition_qr){ false, QR_DAYS, 1, NULL, COUNT_NONE };
	fresh.send_rate_limit_emails = RATE_EMAILS;
	fresh.send_rate_limit_sms = RATE_SMS;
	fresh.time_zone = zone;
	const struct sender sender = { from_name, from_email };
	fresh.from_name = from_name;
	fresh.from_email = from_email;
	if (!text_is_empty(from_email))
		fresh.froms = with_first(&fresh.froms, sender_text(&sender, arena), arena);
	return fresh;
}

struct composition composition_say(const struct composition *before, const struct composition *request,
                                   const struct composing *composing, struct arena *arena) {
	const struct strings *given = &composing->given;
	struct composition after = *before;
	record_take(&composition_request_record, &after, request, given);
	if (strings_have(given, "email_content"))
		after.html_content = request->email_content;
	if (strings_have(given, "connection_id"))
		after.account_id = request->connection_id;
	if (strings_have(given, "qr_expiration_days"))
		after.qr.expiration_days = request->qr_expiration_days;
	say_subjects(&after, request, given, arena);
	say_senders(&after, given, arena);
	say_people(&after, request, given, arena);
	say_tracking(&after.settings, given);
	after.updated_by = composing->by;
	after.updated_at = composing->now;
	after.rev = request->rev;
	return after;
}
