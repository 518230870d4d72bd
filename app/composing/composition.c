/* Compositions: their records and storage. */
#include "composing/composition.h"

static const char COMPOSITIONS[] = "compositions";

static const char *const channel_names[] = { "email", "sms", "both" };
_Static_assert(sizeof channel_names / sizeof *channel_names == CHANNEL_COUNT, "a name a channel");
const struct choices channels = CHOICES(channel_names);
const char *const channel_labels[CHANNEL_COUNT] = { "Email", "SMS", "Both" };

static const char *const counting_names[] = { "named", "counted", "off" };
_Static_assert(sizeof counting_names / sizeof *counting_names == COUNTING_COUNT, "a name a way");
const struct choices countings = CHOICES(counting_names);
const char *const counting_labels[COUNTING_COUNT] = { "By person", "Counted, without names", "Off" };

static const struct field exclusion_fields[] = {
	FIELD(struct exclusion, list_ids, .flags = FIELD_ID, .max = COMPOSITION_LISTS_MAX),
	FIELD(struct exclusion, segments, .flags = FIELD_LINES, .max = COMPOSITION_LISTS_MAX),
	FIELD(struct exclusion, days, .max = EXCLUDE_DAYS_MAX,
	      .doc = "Those on a list to which a campaign was sent in so many days"),
};
static const struct record_type exclusion_record = RECORD_TYPE("CampaignExclusion", struct exclusion, exclusion_fields);

static const struct field exclusion_request_fields[] = {
	FIELD(struct exclusion, list_ids, .flags = FIELD_LINES, .max = COMPOSITION_LISTS_MAX),
	FIELD(struct exclusion, segments, .flags = FIELD_LINES, .max = COMPOSITION_LISTS_MAX),
	FIELD(struct exclusion, days, .max = EXCLUDE_DAYS_MAX,
	      .doc = "Those on a list to which a campaign was sent in so many days"),
};
static const struct record_type exclusion_request_record = RECORD_TYPE("CampaignExclusionRequest", struct exclusion,
                                                                       exclusion_request_fields);

static const struct field settings_fields[] = {
	FIELD(struct composition_settings, track_opens),
	FIELD(struct composition_settings, track_clicks),
	FIELD(struct composition_settings, unsubscribe_link, .doc = "Marketing emails have it whatever this says"),
	FIELD(struct composition_settings, suppress_duplicates, .doc = "One email a person, even if in several lists"),
	FIELD(struct composition_settings, tracking, .choices = &countings,
	      .doc = "named: who opened and clicked; counted: without names; off"),
};
static const struct record_type settings_record = RECORD_TYPE("CampaignSettings", struct composition_settings,
                                                              settings_fields);

static const struct field qr_fields[] = {
	FIELD(struct composition_qr, enabled),
	FIELD(struct composition_qr, expiration_days, .max = QR_DAYS_MAX),
	FIELD(struct composition_qr, max_usage, .max = QR_USES_MAX),
	FIELD(struct composition_qr, deal, .max = 200),
	FIELD(struct composition_qr, deal_value, .doc = "In minor units (cents) of the account's currency"),
};
static const struct record_type qr_record = RECORD_TYPE("CampaignQr", struct composition_qr, qr_fields);

static const struct field fields[] = {
	FIELD(struct composition, id, .stored = "_id", .flags = FIELD_ID | FIELD_PRIVATE),
	FIELD(struct composition, name),
	FIELD(struct composition, channel, .choices = &channels),
	FIELD(struct composition, subjects, .doc = "They take turns"),
	FIELD(struct composition, froms, .doc = "Name <address>; they take turns"),
	FIELD(struct composition, from_name),
	FIELD(struct composition, from_email),
	FIELD(struct composition, reply_to),
	FIELD(struct composition, preheader),
	FIELD(struct composition, template_id),
	FIELD(struct composition, account_id),
	FIELD(struct composition, html_content),
	FIELD(struct composition, text_content),
	FIELD(struct composition, sms_content),
	FIELD(struct composition, attachment_ids, .flags = FIELD_ID),
	FIELD(struct composition, list_ids, .flags = FIELD_ID),
	FIELD(struct composition, target_segments),
	FIELD(struct composition, recipients),
	FIELD(struct composition, rule, .flags = FIELD_OBJECT),
	FIELD_RECORD(struct composition, exclude, exclusion_record),
	FIELD_RECORD(struct composition, settings, settings_record),
	FIELD_RECORD(struct composition, qr, qr_record),
	FIELD(struct composition, send_rate_limit_emails, .unit = "emails a minute"),
	FIELD(struct composition, send_rate_limit_sms, .unit = "SMS a minute"),
	FIELD(struct composition, scheduled_time),
	FIELD(struct composition, time_zone),
	FIELD(struct composition, recipient_zones),
	FIELD(struct composition, updated_by),
	FIELD(struct composition, updated_at),
	FIELD(struct composition, rev, .flags = FIELD_REVISION),
};
const struct record_type composition_record = RECORD_TYPE("Composition", struct composition, fields);

static const struct field answer_fields[] = {
	FIELD(struct composition, channel, .choices = &channels),
	FIELD(struct composition, subjects),
	FIELD(struct composition, froms),
	FIELD(struct composition, reply_to),
	FIELD(struct composition, preheader),
	FIELD(struct composition, template_id),
	FIELD(struct composition, account_id),
	FIELD(struct composition, html_content),
	FIELD(struct composition, text_content),
	FIELD(struct composition, sms_content),
	FIELD(struct composition, attachment_ids, .flags = FIELD_ID),
	FIELD(struct composition, target_segments),
	FIELD(struct composition, recipients),
	FIELD(struct composition, rule, .flags = FIELD_OBJECT),
	FIELD_RECORD(struct composition, exclude, exclusion_record),
	FIELD_RECORD(struct composition, settings, settings_record),
	FIELD_RECORD(struct composition, qr, qr_record),
	FIELD(struct composition, send_rate_limit_emails),
	FIELD(struct composition, send_rate_limit_sms),
	FIELD(struct composition, time_zone),
	FIELD(struct composition, recipient_zones,
	      .doc = "Each contact gets it when clocks in their own zone (custom field time_zone) show that time"),
	FIELD(struct composition, updated_by),
	FIELD(struct composition, rev),
};
const struct record_type composition_answer_record = RECORD_TYPE("CompositionAnswer", struct composition,
                                                                 answer_fields);

static const struct field request_fields[] = {
	FIELD(struct composition, name, .max = COMPOSITION_NAME_MAX),
	FIELD(struct composition, channel, .choices = &channels),
	FIELD(struct composition, subject, .max = SUBJECT_MAX, .doc = "The first of subjects"),
	FIELD(struct composition, subjects, .flags = FIELD_LINES, .max = SUBJECTS_MAX, .doc = "They take turns"),
	FIELD(struct composition, froms, .flags = FIELD_LINES, .max = SUBJECTS_MAX, .doc = "They take turns"),
	FIELD(struct composition, from_name, .max = 200),
	FIELD(struct composition, from_email, .max = 254),
	FIELD(struct composition, reply_to, .max = 254),
	FIELD(struct composition, preheader, .max = SUBJECT_MAX),
	FIELD(struct composition, template_id, .max = 50,
	      .doc = "What the campaign does not say itself, it says as this template; or one of the connection's "
	             "provider"),
	FIELD(struct composition, copy_template,
	      .doc = "The template's content becomes the campaign's own, and none is named any more"),
	FIELD(struct composition, account_id, .max = 50, .doc = "The connection to send through"),
	FIELD(struct composition, connection_id, .max = 50, .doc = "The same as account_id"),
	FIELD(struct composition, html_content, .max = HTML_MAX),
	FIELD(struct composition, email_content, .max = HTML_MAX, .doc = "The same as html_content"),
	FIELD(struct composition, text_content, .max = PLAIN_MAX),
	FIELD(struct composition, sms_content, .max = SMS_MAX),
	FIELD(struct composition, attachment_ids, .flags = FIELD_LINES, .max = ATTACHED_MAX,
	      .doc = "Files uploaded as attachments (POST /api/media); together at most 5 MB"),
	FIELD(struct composition, list_ids, .flags = FIELD_LINES, .max = COMPOSITION_LISTS_MAX),
	FIELD(struct composition, target_segments, .flags = FIELD_LINES, .max = COMPOSITION_LISTS_MAX,
	      .doc = "Names of segments, or tags; ALL is all contacts"),
	FIELD(struct composition, recipients, .flags = FIELD_LINES, .max = RECIPIENTS_MAX, .doc = "Email addresses"),
	FIELD(struct composition, destinataires, .flags = FIELD_LINES, .max = RECIPIENTS_MAX,
	      .doc = "The same as recipients"),
	FIELD(struct composition, rule, .flags = FIELD_OBJECT, .doc = "Only people whom this rule meets"),
	FIELD_RECORD(struct composition, exclude, exclusion_request_record),
	FIELD_RECORD(struct composition, settings, settings_record),
	FIELD_RECORD(struct composition, qr, qr_record),
	FIELD(struct composition, qr_expiration_days, .max = QR_DAYS_MAX, .doc = "The same as qr.expiration_days"),
	FIELD(struct composition, send_rate_limit_emails, .max = RATE_MAX, .unit = "emails a minute"),
	FIELD(struct composition, send_rate_limit_sms, .max = RATE_MAX, .unit = "SMS a minute"),
	FIELD(struct composition, scheduled_time, .doc = "When it is to be sent: it counts once the campaign is scheduled"),
	FIELD(struct composition, time_zone, .max = 60),
	FIELD(struct composition, recipient_zones,
	      .doc = "Each contact gets it when clocks in their own zone (custom field time_zone) show that time"),
	FIELD(struct composition, rev, .doc = "Of the campaign as it was read; a stale one is refused"),
};
const struct record_type composition_request_record = RECORD_TYPE("CampaignRequest", struct composition,
                                                                  request_fields);

bool composition_find(struct store *store, const char *id, struct arena *arena, struct composition *composition,
                      struct error *err) {
	bool found;
	return store_find(store, COMPOSITIONS, FILTER(by_id(id)), NULL, &composition_record, arena, composition, &found,
	                  err) &&
	       (found || error_set(err, ERROR_MISSING, "no campaign %.60s", id));
}

bool composition_create(struct store *store, const struct composition *composition, struct error *err) {
	bool was_there;
	return store_create(store, COMPOSITIONS, &composition_record, composition, composition->id, &was_there, err);
}

bool composition_save(struct store *store, const struct composition *composition, struct error *err) {
	bool found;
	return store_save(store, COMPOSITIONS, FILTER(by_id(composition->id)), &composition_record, composition,
	                  EXCEPT("id"), &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no campaign %.60s", composition->id));
}

bool composition_keep_words(struct store *store, const struct composition *composition, struct error *err) {
	bool matched;
	return store_update(store, COMPOSITIONS, FILTER(by_id(composition->id)),
	                    UPDATE(set_record(&composition_record, composition,
	                                      ONLY("subjects", "preheader", "template_id", "html_content", "text_content",
	                                           "sms_content"))),
	                    &matched, err);
}

bool composition_delete(struct store *store, const char *id, struct error *err) {
	int64_t deleted;
	return store_delete(store, COMPOSITIONS, FILTER(by_id(id)), &deleted, err);
}
