/* Own campaigns as JSON: as any campaign, and what is composed of it. */
#ifndef COMPOSING_ANSWER_PAGES_H
#define COMPOSING_ANSWER_PAGES_H

#include "composing/composition.h"
#include "composing/known.h"
#include "core/http/exchange.h"

#define COMPOSITION_SHAPE                                                                               \
	"channel:text subjects[]:text froms[]:text reply_to:text preheader:text template_id:text "          \
	"account_id:text html_content:text text_content:text sms_content:text target_segments[]:text "      \
	"recipients[]:text rule:any exclude{list_ids[]:text segments[]:text days:count} "                   \
	"settings{track_opens:bool track_clicks:bool unsubscribe_link:bool suppress_duplicates:bool "       \
	"tracking:text} qr{enabled:bool expiration_days:count max_usage:count deal:text deal_value:count} " \
	"send_rate_limit_emails:count send_rate_limit_sms:count time_zone:text recipient_zones:bool "       \
	"updated_by:text rev:count "                                                                        \
	"currency:text missing[]{step:text field:text text:text} "                                          \
	"problems[]{field:text is_error:bool line:count column:count text:text}"

/* `known` has its template. Adds that to a campaign's answer. */
void composition_put(struct exchange *x, struct value *answer, const struct composition *composition,
                     const struct composing_known *known);

/* The same, read by the campaign's id. */
bool composition_put_of(struct exchange *x, struct value *answer, const char *id, struct error *err) MUST_CHECK;

#endif
