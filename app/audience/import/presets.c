/* Exports of other tools, recognised by their headings. What is not listed stays as the heading alone tells, or is left
 * out.
 *
 * - Mailchimp: an audience's export; headings as in public copies of such files: "Email Address", "First Name", "Last
 *   Name", merge fields by their label, MEMBER_RATING, OPTIN_TIME, OPTIN_IP, CONFIRM_TIME, CONFIRM_IP, LATITUDE,
 *   LONGITUDE, GMTOFF, DSTOFF, TIMEZONE, CC, REGION, LAST_CHANGED, LEID, EUID, NOTES, TAGS (the specs of the Ruby gem
 *   HoneyFormat have one whole). Its three files, subscribed, unsubscribed and cleaned, have no status; OPTIN_TIME is
 *   when somebody signed up, CONFIRM_TIME when they agreed.
 * - listmonk: handleExportSubscribers in cmd/subscribers.go writes uuid, email, name, attributes, status, created_at,
 *   updated_at.
 * - EmailOctopus: Identifier, Email address, First name, Last name, Tags, Created, Last changed, and the list's own
 *   fields, as observed by people who moved away from it; no status, either.
 * - Zoho CRM: the export of contacts: Record Id (or Contact Id), Contact Owner.id, Contact Owner, Lead Source, First
 *   Name, Last Name, Account Name.id, Account Name, Title, Email, Phone, Mobile, Created Time, Modified Time, Mailing
 *   City, Email Opt Out, Tag, Unsubscribed Mode, Unsubscribed Time, as in public importers of it.
 */
#include <string.h>

#include "audience/import/mapping.h"

enum { MARKS = 4, MEANINGS = 12 };

static const struct preset {
	const char *name;
	const char *marks[MARKS]; /* keys of headings that are all there */
	struct {
		const char *key;
		enum import_target target;
	} meanings[MEANINGS];
} presets[] = {
	{ "Mailchimp",
	  { "memberrating", "optintime", "lastchanged" },
	  { { "emailaddress", TARGET_EMAIL },
	    { "optintime", TARGET_CREATED },
	    { "confirmtime", TARGET_CONSENT_TIME },
	    { "tags", TARGET_TAGS },
	    { "region", TARGET_IGNORE } } },
	{ "listmonk",
	  { "uuid", "email", "attributes", "updatedat" },
	  { { "email", TARGET_EMAIL },
	    { "name", TARGET_FULL_NAME },
	    { "status", TARGET_STATUS },
	    { "createdat", TARGET_CREATED } } },
	{ "EmailOctopus",
	  { "identifier", "emailaddress", "lastchanged" },
	  { { "emailaddress", TARGET_EMAIL },
	    { "firstname", TARGET_FIRST_NAME },
	    { "lastname", TARGET_LAST_NAME },
	    { "tags", TARGET_TAGS },
	    { "created", TARGET_CREATED } } },
	{ "Zoho CRM",
	  { "contactowner", "lastname", "email", "createdtime" },
	  { { "email", TARGET_EMAIL },
	    { "firstname", TARGET_FIRST_NAME },
	    { "lastname", TARGET_LAST_NAME },
	    { "contactname", TARGET_IGNORE },
	    { "accountname", TARGET_COMPANY },
	    { "title", TARGET_JOB_TITLE },
	    { "mobile", TARGET_PHONE },
	    { "phone", TARGET_PHONE },
	    { "mailingcity", TARGET_LOCATION },
	    { "tag", TARGET_TAGS },
	    { "emailoptout", TARGET_OPT_OUT },
	    { "createdtime", TARGET_CREATED } } },
};

static bool has_marks(const struct preset *preset, const struct header *header) {
	for (int i = 0; i < MARKS && preset->marks[i]; i++)
		if (!strings_have(&header->keys, preset->marks[i]))
			return false;
	return true;
}

static int column_with(const struct header *header, const char *key) {
	for (int i = 0; i < header->keys.count; i++)
		if (strcmp(header->keys.items[i], key) == 0)
			return i;
	return -1;
}

static void apply(const struct preset *preset, const struct header *header, enum import_target *targets) {
	for (int i = 0; i < MEANINGS && preset->meanings[i].key; i++) {
		int column = column_with(header, preset->meanings[i].key);
		if (column >= 0)
			targets[column] = preset->meanings[i].target;
	}
}

const char *mapping_by_preset(const struct header *header, enum import_target *targets) {
	for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
		if (has_marks(&presets[i], header)) {
			apply(&presets[i], header, targets);
			return presets[i].name;
		}
	return NULL;
}
