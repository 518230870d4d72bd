/* Lists: overview and one list, as pages and JSON. */
#include <string.h>

#include "core/formats/json.h"
#include "lists/list.h"

enum { HISTORY = 400, MONTH_DAYS = 30 };

static bool find_history(struct exchange *x, const struct list *list, struct list_snapshot **rows, int *count,
                         struct error *err) {
	bson_t *filter = BCON_NEW("list_id", BCON_UTF8(list->emailoctopus_id));
	bson_t *sort = BCON_NEW("snapshot_time", BCON_INT32(-1));
	bool fine = store_list(x->store, "list_snapshots", filter, sort, HISTORY, &list_snapshot_record, x->arena,
	                       (void **)rows, count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

/* Against the newest snapshot that is at least 30 days old, or the first one: "+12 since 3 Oct 2026". */
static const char *month_change(struct arena *arena, const struct list_snapshot *rows, int count, struct moment now) {
	char day[MOMENT_TEXT];
	if (count < 2)
		return "–";
	int i = 0;
	while (i < count - 1 && now.ms - rows[i].snapshot_time.ms < MONTH_DAYS * DAY_MS)
		i++;
	int64_t change = rows[0].counts.subscribed - rows[i].counts.subscribed;
	return arena_print(arena, "%s%s since %s", change >= 0 ? "+" : "−",
	                   text_of_count(arena, change < 0 ? -change : change),
	                   moment_format_human_day(rows[i].snapshot_time, day));
}

static struct value *row_view(const struct list *list, struct arena *arena) {
	struct value *row = value_map(arena);
	value_put_text(row, "id", list->id);
	value_put_text(row, "provider_id", list->emailoctopus_id);
	value_put_text(row, "name", text_is_empty(list->name) ? "(no name)" : list->name);
	value_put_bool(row, "double_opt_in", list->double_opt_in);
	value_put_text(row, "subscribed", count_text(arena, list->counts.subscribed));
	value_put_text(row, "pending", count_text(arena, list->counts.pending));
	value_put_text(row, "unsubscribed", count_text(arena, list->counts.unsubscribed));
	value_put_text(row, "synced", text_of_moment(arena, list->synced_at));
	value_put_text(row, "contacts_read", text_of_moment(arena, list->contacts_read_at));
	return row;
}

bool list_put_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) {
	struct list *lists;
	int count;
	if (!list_all(x->store, x->arena, &lists, &count, err))
		return false;
	struct value *choices = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++)
		put_choice(choices, lists[i].emailoctopus_id, lists[i].name, text_same(lists[i].emailoctopus_id, chosen));
	return true;
}

static bool show_lists(struct exchange *x, struct error *err) {
	struct list *lists;
	int count;
	if (!list_all(x->store, x->arena, &lists, &count, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct list_snapshot *history;
		int known;
		if (!find_history(x, &lists[i], &history, &known, err))
			return false;
		struct value *row = value_push(rows, row_view(&lists[i], x->arena));
		value_put_text(row, "change", month_change(x->arena, history, known, moment_now()));
	}
	value_put_bool(view, "none", count == 0);
	return reply_page(x, "lists", "Lists", "lists", view, err);
}

static bool need_list(struct exchange *x, struct list *list, struct error *err) {
	bool found;
	bson_t *filter = store_filter_id(x->values[0], "emailoctopus_id");
	bool fine = store_find(x->store, "lists", filter, NULL, &list_record, x->arena, list, &found, err);
	bson_destroy(filter);
	return fine && (found || error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]));
}

static void put_share(struct value *cards, const char *label, int64_t count, int64_t of, const char *note,
                      const char *filter) {
	struct arena *arena = cards->arena;
	struct value *card = value_push(cards, value_map(arena));
	value_put_text(card, "label", label);
	value_put_text(card, "value", text_of_count(arena, count));
	value_put_text(card, "share",
	               of > 0 ? arena_print(arena, "%.1f %% of %s contacts", 100.0 * (double)count / (double)of,
	                                    text_of_count(arena, of))
	                      : NULL);
	value_put_text(card, "note", note);
	value_put_text(card, "filter", filter);
}

/* What the people of the list did, as the newest run over the people counted it. */
static void put_engagement(struct value *row, const struct list_engagement *engagement) {
	struct value *cards = value_put(row, "engagement", value_list(row->arena));
	int64_t of = engagement->contacts;
	if (!moment_is_set(engagement->counted_at))
		return;
	value_put_text(row, "counted", text_of_moment(row->arena, engagement->counted_at));
	put_share(cards, "Opened at least once", engagement->opened, of, "incl. automated opens", "&engagement=opened");
	put_share(cards, "Clicked at least once", engagement->clicked, of, "", "&engagement=clicked");
	put_share(cards, "Never opened", engagement->never_opened, of, "as far as reports were read", "&engagement=never");
	put_share(cards, "Joined in 30 days", engagement->joined_30_days, of, "", "&period=30d");
}

static bool show_list(struct exchange *x, struct error *err) {
	struct list list;
	struct list_snapshot *history;
	int count;
	if (!need_list(x, &list, err) || !find_history(x, &list, &history, &count, err))
		return false;
	struct value *view = value_map(x->arena);
	struct value *row = value_put(view, "list", row_view(&list, x->arena));
	value_put_text(row, "change", month_change(x->arena, history, count, moment_now()));
	put_engagement(row, &list.engagement);
	struct value *rows = value_put(view, "history", value_list(x->arena));
	for (int i = count - 1; i >= 0; i--) {
		struct value *one = value_push(rows, value_map(x->arena));
		value_put_text(one, "time", text_of_moment(x->arena, history[i].snapshot_time));
		value_put_int(one, "subscribed", history[i].counts.subscribed);
		value_put_int(one, "pending", history[i].counts.pending);
		value_put_int(one, "unsubscribed", history[i].counts.unsubscribed);
		value_put_text(one, "run", history[i].run_id);
	}
	struct value *fields = value_put(view, "fields", value_list(x->arena));
	const struct list_field *items = list.fields.items;
	for (int i = 0; i < list.fields.count; i++)
		(void)value_push(fields, record_to_value(&list_field_record, &items[i], x->arena));
	struct value *tags = value_put(view, "tags", value_list(x->arena));
	for (int i = 0; i < list.tags.count; i++)
		(void)value_push(tags, value_text(x->arena, list.tags.items[i]));
	return reply_page(x, "list", text_is_empty(list.name) ? "(no name)" : list.name, "lists", view, err);
}

struct list_line {
	const char *id, *name;
	bool double_opt_in;
	int64_t subscribed, pending, unsubscribed;
	struct moment synced_at;
};
static const struct field line_fields[] = {
	FIELD(struct list_line, id),         FIELD(struct list_line, name),    FIELD(struct list_line, double_opt_in),
	FIELD(struct list_line, subscribed), FIELD(struct list_line, pending), FIELD(struct list_line, unsubscribed),
	FIELD(struct list_line, synced_at),
};
static const struct record line_record = RECORD("ListLine", struct list_line, line_fields);

static bool lists_csv(struct exchange *x, struct error *err) {
	struct list *lists;
	int count;
	if (!list_all(x->store, x->arena, &lists, &count, err))
		return false;
	record_to_csv_head(&line_record, &x->body);
	for (const struct list *list = lists; list < lists + count; list++) {
		struct list_line line = { arena_print(x->arena, "list_%s", list->id),
			                      list->name,
			                      list->double_opt_in,
			                      list->counts.subscribed,
			                      list->counts.pending,
			                      list->counts.unsubscribed,
			                      list->synced_at };
		record_to_csv(&line_record, &line, &x->body);
	}
	return reply_csv(x, "lists.csv");
}

struct history_line {
	struct moment time;
	int64_t subscribed, pending, unsubscribed;
	const char *run_id, *source;
};
static const struct field history_fields[] = {
	FIELD(struct history_line, time),    FIELD(struct history_line, subscribed),
	FIELD(struct history_line, pending), FIELD(struct history_line, unsubscribed),
	FIELD(struct history_line, run_id),  FIELD(struct history_line, source),
};
static const struct record history_record = RECORD("ListHistoryLine", struct history_line, history_fields);

static bool history_csv(struct exchange *x, struct error *err) {
	struct list list;
	struct list_snapshot *rows;
	int count;
	if (!need_list(x, &list, err) || !find_history(x, &list, &rows, &count, err))
		return false;
	record_to_csv_head(&history_record, &x->body);
	for (int i = count - 1; i >= 0; i--) {
		struct history_line line = { rows[i].snapshot_time,  rows[i].counts.subscribed,
			                         rows[i].counts.pending, rows[i].counts.unsubscribed,
			                         rows[i].run_id,         rows[i].source };
		record_to_csv(&history_record, &line, &x->body);
	}
	return reply_csv(x, "list-history.csv");
}

static bool lists_api(struct exchange *x, struct error *err) {
	struct list *lists;
	int count;
	return list_all(x->store, x->arena, &lists, &count, err) &&
	       reply_records(x, &list_record, (struct records){ lists, count });
}

static bool list_api(struct exchange *x, struct error *err) {
	struct list list;
	return need_list(x, &list, err) && reply_record(x, &list_record, &list);
}

static bool snapshots_api(struct exchange *x, struct error *err) {
	struct list list;
	struct list_snapshot *rows;
	int count;
	return need_list(x, &list, err) && find_history(x, &list, &rows, &count, err) &&
	       reply_records(x, &list_snapshot_record, (struct records){ rows, count });
}

const struct route list_routes[] = {
	{ "GET", "/lists", GUARD_SIGNED_IN, show_lists, .observed = true },
	{ "GET", "/lists/:list_id", GUARD_SIGNED_IN, show_list, .observed = true },
	{ "GET", "/lists.csv", GUARD_SIGNED_IN, lists_csv, .observed = true, .download = true },
	{ "GET", "/lists/:list_id/history.csv", GUARD_SIGNED_IN, history_csv, .observed = true, .download = true },
	{ "GET", "/api/lists", GUARD_SIGNED_IN, lists_api, .summary = "All lists with their counts", .output = &list_record,
	  .list = true, .observed = true },
	{ "GET", "/api/lists/:list_id", GUARD_SIGNED_IN, list_api, .summary = "One list", .output = &list_record,
	  .observed = true },
	{ "GET", "/api/lists/:list_id/snapshots", GUARD_SIGNED_IN, snapshots_api,
	  .summary = "The history of its counts, newest first", .output = &list_snapshot_record, .list = true,
	  .observed = true },
	{ 0 },
};
