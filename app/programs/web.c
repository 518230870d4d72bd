/* telltale-web: a master and its FastCGI workers. */
#include <stdio.h>

#include "access/password.h"
#include "access/user.h"
#include "access/user_pages.h"
#include "access/zone_pages.h"
#include "answering/tracking_pages.h"
#include "answering/view_pages.h"
#include "audience/contacts/contact_pages.h"
#include "audience/contacts/rollup_pages.h"
#include "audience/customers/customer_pages.h"
#include "audience/fields/definition_pages.h"
#include "audience/importing/import_pages.h"
#include "audience/importing/upload_pages.h"
#include "audience/lists/list_growth_pages.h"
#include "audience/lists/list_pages.h"
#include "composing/composing_pages.h"
#include "composing/review_pages.h"
#include "composing/uses.h"
#include "connections/connection_pages.h"
#include "console/analytics_pages.h"
#include "console/audience_list_pages.h"
#include "console/campaign_pages.h"
#include "console/dashboard_pages.h"
#include "console/first_steps.h"
#include "console/frame.h"
#include "console/list_change_pages.h"
#include "console/list_member_pages.h"
#include "console/list_overview_pages.h"
#include "console/merge_pages.h"
#include "console/message_pages.h"
#include "console/own_list_pages.h"
#include "console/own_results.h"
#include "console/partner_pages.h"
#include "console/permission_pages.h"
#include "console/person_change_pages.h"
#include "console/person_export_pages.h"
#include "console/person_pages.h"
#include "console/redeem_pages.h"
#include "console/responder_pages.h"
#include "console/saved_view_pages.h"
#include "console/search_pages.h"
#include "console/single_mail_view_pages.h"
#include "console/suppression_pages.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/cli/program.h"
#include "core/http/openapi.h"
#include "core/process/master.h"
#include "core/process/turns.h"
#include "core/store/migrate.h"
#include "core/store/version.h"
#include "dispatch/acting_pages.h"
#include "dispatch/single_mail_pages.h"
#include "inbound/hook_pages.h"
#include "inbound/octopus_pages.h"
#include "inbound/provider_pages.h"
#include "inbound/returned_mail_pages.h"
#include "live/listen_pages.h"
#include "live/monitor_pages.h"
#include "mailbox/mailbox.h"
#include "mailbox/mailbox_pages.h"
#include "media/media_pages.h"
#include "metrics/benchmark_pages.h"
#include "notices/notice_pages.h"
#include "observing/sync_pages.h"
#include "preflight/preflight_pages.h"
#include "reports/builder_pages.h"
#include "reports/link_pages.h"
#include "reports/partners/partner_pages.h"
#include "reports/report_pages.h"
#include "reports/schedule_pages.h"
#include "segments/people_pages.h"
#include "segments/segment_pages.h"
#include "senders/sender_pages.h"
#include "senders/warm_up_pages.h"
#include "subscribing/confirm_pages.h"
#include "subscribing/pending_pages.h"
#include "subscribing/signup_pages.h"
#include "subscribing/unsubscribe_pages.h"
#include "templates/recommendation_pages.h"
#include "templates/template_pages.h"
#include "webhooks/webhook_pages.h"

static const struct route probe_routes[];

/* One table per room, a line each. */
/* clang-format off */
static const struct route *const tables[] = {
	acting_api_routes,
	acting_routes,
	analytics_routes,
	audience_list_routes,
	benchmark_routes,
	builder_routes,
	campaign_routes,
	connection_change_routes,
	connection_routes,
	composer_routes,
	composer_files_routes,
	composing_api_routes,
	contact_routes,
	customer_routes,
	dashboard_routes,
	definition_routes,
	first_steps_routes,
	import_csv_routes,
	import_routes,
	link_routes,
	listen_routes,
	list_change_routes,
	list_growth_routes,
	list_member_routes,
	list_overview_routes,
	list_routes,
	mailbox_routes,
	media_copy_routes,
	media_routes,
	merge_routes,
	message_routes,
	own_results_routes,
	message_view_routes,
	monitor_routes,
	notice_routes,
	own_list_routes,
	partner_overview_routes,
	partner_routes,
	people_routes,
	preflight_routes,
	permission_routes,
	person_change_routes,
	person_export_routes,
	person_routes,
	recommendation_routes,
	report_routes,
	redeem_routes,
	code_routes,
	responder_routes,
	review_routes,
	rollup_routes,
	schedule_routes,
	search_routes,
	segment_routes,
	sender_routes,
	warm_up_routes,
	suppression_change_routes,
	suppression_import_routes,
	suppression_routes,
	sync_routes,
	template_editor_routes,
	template_preview_routes,
	template_routes,
	test_mail_routes,
	single_mail_routes,
	single_mail_view_routes,
	tracking_routes,
	unsubscribe_routes,
	confirm_routes,
	pending_routes,
	hook_routes,
	returned_mail_routes,
	octopus_routes,
	provider_hook_routes,
	signup_routes,
	signup_edit_routes,
	mail_view_routes,
	upload_routes,
	user_routes,
	view_routes,
	webhook_delivery_routes,
	webhook_routes,
	zone_routes,
	probe_routes,
};
/* clang-format on */

static const struct menu_item menu[] = {
	{ "dashboard", "/dashboard", "Dashboard", "layout-dashboard", .group = "Analyse" },
	{ "campaigns", "/campaigns", "Campaigns", "mail" },
	{ "compare", "/compare", "Compare", "arrows-left-right" },
	{ "links", "/links", "Links", "link" },
	{ "outbox", "/campaigns?origin=own", "Outbox", "send", .group = "Send", .has_count = true },
	{ "templates", "/templates", "Templates", "template" },
	{ "images", "/images", "Images", "photo" },
	{ "redeem", "/redeem", "Redeem", "qrcode" },
	{ "contacts", "/contacts", "Contacts", "user", .group = "Audience" },
	{ "lists", "/lists", "Lists", "list-details" },
	{ "segments", "/segments", "Segments", "users-group" },
	{ "suppressions", "/suppressions", "Suppressions", "ban" },
	{ "customers", "/customers", "Customers", "building" },
	{ "partners", "/partners", "Partners", "affiliate", .group = "Partners" },
	{ "reports", "/reports", "Reports", "file-analytics" },
	{ "schedules", "/reports/schedules", "Schedules", "calendar-repeat" },
	{ "sync", "/sync", "Sync", "refresh", .group = "Operate" },
	{ "connections", "/connections", "Connections", "plug-connected" },
	{ "mailbox", "/mailbox", "Demo mailbox", "mail-opened", .is_there = mailbox_is_there },
	{ "settings", "/settings", "Settings", "settings" },
	{ 0 },
};

static char instance[SECRET_HEX];
static struct http_service service = { .identify = user_identify,
	                                   .frame = console_frame,
	                                   .frame_realms = REALM_NOTICES | REALM_LEDGER | REALM_VIEWS | REALM_CAMPAIGNS,
	                                   .menu = menu,
	                                   .instance = instance };

static bool say_alive(struct exchange *x, struct error *err) {
	(void)err;
	return reply_bytes(x, "application/json; charset=utf-8", "{\"ok\":true}", 11);
}

static bool say_ready(struct exchange *x, struct error *err) {
	return store_ping(x->store, err) && say_alive(x, err);
}

static bool show_openapi(struct exchange *x, struct error *err) {
	(void)err;
	return reply_json(x, openapi_document(service.router, x->arena));
}

static const struct route probe_routes[] = {
	{ "GET", "/healthz", GUARD_PUBLIC, say_alive },
	{ "GET", "/readyz", GUARD_PUBLIC, say_ready },
	{ "GET", "/api/openapi.json", GUARD_SIGNED_IN, show_openapi },
	{ 0 },
};

static int work(int listener, void *context) {
	return fcgi_worker_loop(listener, context, &service);
}

static bool check_schema(const struct settings *settings, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct store *store = store_open(settings->mongodb_uri, settings->mongodb_db, "telltale-web", 10000, err);
	bool fine = store && migrate_check(store, arena_print(arena, "%s/migrations", settings->root), err);
	store_close(store);
	return fine;
}

int main(int count, char **words) {
	int status;
	if (!program_begins(count, words, "Answers requests over FastCGI: a master and its workers.", &status))
		return status;
	struct settings settings;
	struct error err = ERROR_INIT;
	int listener;
	char lock[512];
	struct router *router = router_new(tables, sizeof tables / sizeof *tables, &err);
	if (!router || !settings_read(&settings, &err) || !check_schema(&settings, &err) ||
	    !master_listen(settings.socket, &listener, &err)) {
		error_print("telltale-web", &err);
		router_free(router);
		return 1;
	}
	connection_ask_users(composing_connection_users);
	template_ask_users(composing_template_users);
	confirm_use(&person_deeds);
	service.router = router;
	secret_random(instance);
	(void)snprintf(lock, sizeof lock, "%s/run/password.lock", settings.home);
	password_lock(lock, turns_places(settings.workers));
	return master_run(listener, (int)settings.workers, work, &settings);
}
