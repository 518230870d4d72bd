/* Demo customers, for trying out the pages. */
#include <stdio.h>
#include <unistd.h>

#include "audience/contacts/contact_link.h"
#include "audience/customers/customer.h"
#include "core/cli/invocation.h"
#include "core/jobs/jobs.h"
#include "core/store/version.h"

enum { DEMO_CUSTOMERS = 2000, LANE_MS = 10 * MINUTE_MS, WAIT_SECONDS = 600 };

static const struct job_kind demo_job = { .name = "demo customers", .lane = CONTACTS_LANE, .lease_ms = LANE_MS };

/* A document of the other system, with the default member names. */
struct demo_customer {
	const char *id, *email, *number, *region, *household;
	int64_t annual_kwh;
};
static const struct field demo_customer_fields[] = {
	FIELD(struct demo_customer, id, .stored = "_id"),
	FIELD(struct demo_customer, email),
	FIELD(struct demo_customer, number, .stored = "customer_number"),
	FIELD(struct demo_customer, annual_kwh),
	FIELD(struct demo_customer, region),
	FIELD(struct demo_customer, household),
};
static const struct record_type demo_customer_record = RECORD_TYPE("DemoCustomer", struct demo_customer,
                                                                   demo_customer_fields);

struct demo_age {
	const char *customer_id, *age_group;
};
static const struct field demo_age_fields[] = {
	FIELD(struct demo_age, customer_id),
	FIELD(struct demo_age, age_group),
};
static const struct record_type demo_age_record = RECORD_TYPE("DemoAge", struct demo_age, demo_age_fields);

struct demo_project {
	const char *id, *name;
};
static const struct field demo_project_fields[] = {
	FIELD(struct demo_project, id, .stored = "_id"),
	FIELD(struct demo_project, name),
};
static const struct record_type demo_project_record = RECORD_TYPE("DemoProject", struct demo_project,
                                                                  demo_project_fields);

/* Only some contacts are customers. */
static bool is_demo_customer(const struct contact *contact, int i) {
	return i % 4 != 3 && contact->email;
}

static const char *demo_number(struct arena *arena, int i) {
	return arena_print(arena, "K%05d", i);
}

static struct demo_customer demo_customer(const struct contact *contact, const char *number) {
	static const char *const regions[] = { "North", "South", "East", "West" };
	static const char *const households[] = { "1", "2", "3", "4+" };
	unsigned seed = 0;
	for (const char *c = contact->email_norm; *c; c++)
		seed = seed * 31 + (unsigned char)*c;
	return (struct demo_customer){ .id = number,
		                           .email = contact->email,
		                           .number = number,
		                           .region = regions[seed / 7 % 4],
		                           .household = households[seed / 11 % 4],
		                           .annual_kwh = 900 + seed % 6000 };
}

static bool insert_demo(struct invocation *invocation, const struct contact *contacts, int count, struct error *err) {
	struct bulk *bulk = bulk_open(invocation->store, invocation->settings->customers_collection);
	for (int i = 0; i < count; i++) {
		if (!is_demo_customer(&contacts[i], i))
			continue;
		struct demo_customer customer = demo_customer(&contacts[i], demo_number(invocation->arena, i));
		bulk_insert(bulk, &demo_customer_record, &customer);
	}
	return bulk_run(bulk, NULL, err);
}

static bool insert_demo_ages(struct invocation *invocation, const struct contact *contacts, int count,
                             struct error *err) {
	static const char *const ages[] = { "under 30", "30 to 59", "60 and more" };
	struct bulk *bulk = bulk_open(invocation->store, invocation->settings->demographics_collection);
	for (int i = 0; i < count; i++)
		if (is_demo_customer(&contacts[i], i)) {
			const struct demo_age age = { demo_number(invocation->arena, i), ages[i / 5 % 3] };
			bulk_insert(bulk, &demo_age_record, &age);
		}
	return bulk_run(bulk, NULL, err);
}

static bool insert_demo_projects(struct invocation *invocation, struct error *err) {
	static const struct demo_project projects[] = { { "energy_1", "Heat pumps 2026" },
		                                            { "energy_2", "Solar roofs" },
		                                            { "energy_3", "Old boilers" } };
	struct bulk *bulk = bulk_open(invocation->store, invocation->settings->energy_collection);
	for (size_t i = 0; i < sizeof projects / sizeof *projects; i++)
		bulk_insert(bulk, &demo_project_record, &projects[i]);
	return bulk_run(bulk, NULL, err);
}

/* Waits for a sync to end. */
static bool hold_lane(struct jobs *jobs, struct job_run *held, struct error *err) {
	for (int waited = 0; !jobs_hold(jobs, &demo_job, held, err); waited++) {
		if (err->kind != ERROR_CONFLICT || waited == WAIT_SECONDS)
			return false;
		if (waited == 0)
			(void)fprintf(stderr, "waiting for a sync to end\n");
		(void)sleep(1);
	}
	return true;
}

static bool fill_and_link(struct invocation *invocation, struct error *err) {
	struct contact *contacts;
	int64_t existing;
	int count;
	if (!store_count(invocation->store, invocation->settings->customers_collection, &everything, &existing, err) ||
	    !store_list(invocation->store, "contacts", &everything, SORT(asc("email_norm")), DEMO_CUSTOMERS,
	                &contact_record, invocation->arena, (void **)&contacts, &count, err))
		return false;
	if (existing > 0)
		return error_set(err, ERROR_CONFLICT, "%s holds customers already: nothing was changed",
		                 invocation->settings->customers_collection);
	if (count == 0)
		return error_set(err, ERROR_CONFLICT, "no contacts have been synced yet: run 'telltale sync --contacts' first");
	if (!insert_demo(invocation, contacts, count, err) || !insert_demo_ages(invocation, contacts, count, err) ||
	    !insert_demo_projects(invocation, err) ||
	    !customers_link(invocation->store, invocation->settings, store_new_id(invocation->arena), err) ||
	    !version_bump(invocation->store, REALM_CUSTOMERS, err))
		return false;
	struct value *map = value_map(invocation->arena);
	value_put_int(map, "contacts", count);
	invocation_say(invocation, map, "fictional customers for three in four of %d contacts", count);
	return true;
}

static bool demo_customers(struct invocation *invocation, struct error *err) {
	struct error ignored = ERROR_INIT;
	struct jobs jobs;
	struct job_run held = { .arena = invocation->arena };
	jobs_open(&jobs, invocation->store, NULL, 0, NULL);
	if (!hold_lane(&jobs, &held, err))
		return false;
	bool fine = fill_and_link(invocation, err);
	return jobs_let_go(&held, fine ? err : &ignored) && fine;
}

const struct command customer_commands[] = {
	{ "demo customers",
	  { 0 },
	  NULL,
	  "Fills the empty customers collection with fictional customers, to try the pages.",
	  "They are created for existing contacts, in CUSTOMERS_COLLECTION, with three energy projects. Refused if the\n"
	  "collection has any. Waits for a sync that is under way.",
	  demo_customers },
	{ 0 },
};
