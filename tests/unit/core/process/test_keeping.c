/* Unit tests of the keeper's rules. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "core/process/keeping.h"

static struct service wanted_service(void) {
	struct service service = { .name = "sync", .stop_signal = SIGTERM, .patience_ms = 20000, .end = KEEPING_NEVER };
	service_want(&service, true, 0);
	return service;
}

Test(keeping, a_wanted_service_starts_at_once_and_stays) {
	struct service service = wanted_service();
	cr_expect_eq(service_next(&service, 0), SERVICE_START);
	service_started(&service, 77, 1, 0);
	cr_expect_eq(service_next(&service, 1000000), SERVICE_STAY);
}

/* How long it pauses after it has lived so long. */
static int64_t pause_after(struct service *service, int64_t lived_ms, int64_t *now_ms) {
	service_started(service, 77, 1, *now_ms);
	*now_ms += lived_ms;
	service_ended(service, KEEPING_SIGNAL + SIGKILL, *now_ms);
	int64_t pause_ms = service->due_ms - *now_ms;
	cr_expect_eq(service_next(service, service->due_ms), SERVICE_START);
	if (pause_ms)
		cr_expect_eq(service_next(service, service->due_ms - 1), SERVICE_STAY);
	*now_ms = service->due_ms;
	return pause_ms;
}

Test(keeping, pauses_double_up_to_the_longest_and_begin_anew_after_it_lived) {
	static const int64_t pauses[] = { 250, 500, 1000, 2000, 4000, 8000, 10000, 10000, 10000 };
	struct service service = wanted_service();
	int64_t now_ms = 5000;
	for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++)
		cr_expect_eq(pause_after(&service, 10, &now_ms), pauses[i], "death %zu", i);
	cr_expect_eq(pause_after(&service, KEEPING_LIVED_MS, &now_ms), 0);
	cr_expect_eq(pause_after(&service, 10, &now_ms), KEEPING_PAUSE_MS);
	cr_expect_eq(service.restarts, 11);
}

/* Nobody can reach a server whose socket was removed, and it does not make it again. */
Test(keeping, one_that_lost_its_socket_is_started_again) {
	struct service service = wanted_service();
	service_started(&service, 77, 1, 1000);
	service_socket_is(&service, false, 1000);
	service_socket_is(&service, false, 1000 + KEEPING_FIRST_MS - 1);
	cr_expect_eq(service_next(&service, 60000), SERVICE_STAY, "it may take long to start");
	service_socket_is(&service, true, 61000);
	service_socket_is(&service, false, 62000);
	service_socket_is(&service, true, 64000);
	service_socket_is(&service, false, 70000);
	service_socket_is(&service, false, 70000 + KEEPING_LOST_MS - 1);
	cr_expect_eq(service_next(&service, 73000), SERVICE_STAY);
	service_socket_is(&service, false, 70000 + KEEPING_LOST_MS);
	cr_expect_eq(service_next(&service, 73000), SERVICE_STOP);
	service_signalled(&service, 73000);
	service_ended(&service, 0, 73100);
	cr_expect(service.restarts == 1 && service.end == KEEPING_LOST && service.due_ms == 73100);
	service_started(&service, 78, 2, 73100);
	cr_expect_eq(service_next(&service, 73100), SERVICE_STAY);
	service_socket_is(&service, false, 74000);
	service_socket_is(&service, false, 74000 + KEEPING_FIRST_MS);
	cr_expect_eq(service_next(&service, 200000), SERVICE_STOP, "it does not start");
}

Test(keeping, one_that_is_not_wanted_gets_its_signal_then_is_killed) {
	struct service service = wanted_service();
	service_started(&service, 77, 1, 0);
	service_want(&service, false, 100);
	cr_expect_eq(service_next(&service, 100), SERVICE_STOP);
	service_signalled(&service, 100);
	cr_expect_eq(service_next(&service, 20099), SERVICE_STAY);
	cr_expect_eq(service_next(&service, 20100), SERVICE_KILL);
	service_signalled(&service, 20100);
	cr_expect_eq(service_next(&service, 20101), SERVICE_STAY);
	service_ended(&service, KEEPING_SIGNAL + SIGKILL, 20200);
	cr_expect_eq(service_next(&service, 1000000), SERVICE_STAY);
	cr_expect_eq(service.restarts, 0);
}

Test(keeping, one_that_is_wanted_again_while_it_stops_starts_when_it_has_stopped) {
	struct service service = wanted_service();
	service_started(&service, 77, 1, 0);
	service_want(&service, false, 100);
	service_signalled(&service, 100);
	service_want(&service, true, 200);
	cr_expect_eq(service_next(&service, 200), SERVICE_STAY);
	service_ended(&service, 0, 300);
	cr_expect_eq(service_next(&service, 300), SERVICE_START);
}

Test(keeping, who_asks_for_it_again_sits_out_no_pause) {
	struct service service = wanted_service();
	int64_t now_ms = 0;
	for (int i = 0; i < 8; i++)
		(void)pause_after(&service, 10, &now_ms);
	service_started(&service, 77, 1, now_ms);
	service_ended(&service, 1, now_ms);
	service_want(&service, false, now_ms);
	service_want(&service, true, now_ms);
	cr_expect_eq(service_next(&service, now_ms), SERVICE_START);
}

Test(keeping, all_end_level_by_level) {
	struct service services[] = { { .name = "database", .level = 1, .wanted = true, .pid = 1 },
		                          { .name = "web", .level = 2, .wanted = true, .pid = 2 },
		                          { .name = "sync", .level = 2, .wanted = true, .pid = 3 },
		                          { .name = "broken", .level = 3, .wanted = true } };
	cr_expect(services_wind_down(services, 4));
	cr_expect(services[0].wanted && !services[1].wanted && !services[2].wanted && !services[3].wanted);
	service_ended(&services[1], 0, 1);
	cr_expect(services_wind_down(services, 4) && services[0].wanted);
	service_ended(&services[2], 0, 2);
	cr_expect(services_wind_down(services, 4) && !services[0].wanted);
	service_ended(&services[0], 0, 3);
	cr_expect_not(services_wind_down(services, 4));
}

Test(keeping, the_table_is_read) {
	struct service services[KEEPING_SERVICES];
	struct error err = ERROR_INIT;
	int count;
	char text[] = "postgres 1 2 60\n\tchroot\n\t/a home/database\n\t\nweb 3 15 20\n\t/a home/app/telltale-web\n";
	cr_assert(services_parse(text, services, &count, &err), "%s", err.text);
	cr_assert_eq(count, 2);
	cr_expect_str_eq(services[0].name, "postgres");
	cr_expect(services[0].level == 1 && services[0].stop_signal == SIGINT && services[0].patience_ms == 60000);
	cr_expect_str_eq(services[0].words[1], "/a home/database");
	cr_expect_str_eq(services[0].words[2], "");
	cr_expect_null(services[0].words[3]);
	cr_expect_str_eq(services[1].words[0], "/a home/app/telltale-web");
}

Test(keeping, a_wrong_table_is_refused) {
	static const char *const wrong[] = {
		"\tword\n", "web\n", "web 1 15\n\tx\n", "web 1 0 20\n\tx\n", "../web 1 15 20\n\tx\n", "web 1 15 20\n"
	};
	struct service services[KEEPING_SERVICES];
	int count;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error err = ERROR_INIT;
		char text[64];
		(void)snprintf(text, sizeof text, "%s", wrong[i]);
		cr_expect_not(services_parse(text, services, &count, &err), "%s", wrong[i]);
	}
}

Test(keeping, a_row_is_read_as_it_was_written) {
	struct service service = wanted_service();
	struct service_row row;
	char line[KEEPING_ROW];
	service_started(&service, 77, 12345, 1000);
	service_ended(&service, KEEPING_SIGNAL + SIGKILL, 2000);
	struct service_row told = service_row(&service, 1700000000000);
	service_row_write(&told, line);
	cr_assert(service_row_read(line, &row));
	cr_expect_str_eq(row.state, "waiting");
	cr_expect(row.since_s == 1700000002 && row.next_s == 1700000002 && row.restarts == 1 && row.pid == 0);
	cr_expect_eq(row.end, KEEPING_SIGNAL + SIGKILL);
	cr_expect_not(service_row_read("web up 7", &row));
	cr_expect_not(service_row_read("web up -7 12345 1700000000 0 0 -1", &row));
	cr_expect_not(service_row_read("web up 1 12345 1700000000 0 0 -1", &row), "kill(-1) is everybody");
}

/* old: a keeper that was executed anew waited a minute for the lost socket of a service that was younger than that. */
Test(keeping, what_a_keeper_executed_anew_knows) {
	struct service before = wanted_service(), after = wanted_service();
	struct service_row row;
	char line[KEEPING_ROW];
	service_started(&before, 77, 12345, 10000);
	service_socket_is(&before, true, 11000);
	row = service_row(&before, 1700000000000);
	service_row_write(&row, line);
	cr_assert(service_row_read(line, &row));
	service_adopted(&after, &row, 1700000000000, 15000);
	cr_expect(after.pid == 77 && after.start == 12345 && after.since_ms == 10000 && after.listened);
	service_socket_is(&after, false, 16000);
	service_socket_is(&after, false, 16000 + KEEPING_LOST_MS);
	cr_expect_eq(service_next(&after, 16000 + KEEPING_LOST_MS), SERVICE_STOP);
	service_adopted(&after, &row, 1600000000000, 15000);
	cr_expect_eq(after.since_ms, 15000, "the clock was set back: it is not up since a time to come");
}

Test(keeping, a_row_of_an_older_keeper) {
	struct service_row row;
	cr_assert(service_row_read("web up 7 12345 1700000000 0 0 -1", &row));
	cr_expect(row.pid == 7 && row.end == KEEPING_NEVER && !row.listened);
}

Test(keeping, ends_are_told_in_words) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(keeping_end(arena, 1), "ended with status 1");
	cr_expect_str_eq(keeping_end(arena, KEEPING_SIGNAL + 9), "killed by signal 9");
	cr_expect_str_eq(keeping_end(arena, KEEPING_NEVER), "has not ended yet");
}
