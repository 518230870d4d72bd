/* Designs to begin with: sentences to be replaced, that show what a block can do. */
#include "templates/starters.h"

#include <string.h>

#include "content/blocks/blocks.h"

#define FOOTER(reason)                                                                                   \
	"{'type':'divider'},"                                                                                \
	"{'type':'footer','text':'" reason "','address':'Example Company, 12 Harbour Road, 12345 Lindenau'," \
	"'browser':'yes'}"

static const char newsletter
	[] = "{'theme':{'brand':'#0e4f47','background':'#f1f4f3'},'blocks':["
		 "{'type':'heading','band':'yes','kicker':'Example Company','text':'Three things from this month'},"
		 "{'type':'text','text':'Hello {{first_name|default:\"there\"}},\\n\\nit has been a good month. Here is what "
		 "we built, "
		 "what we learned, and one thing that we would like to ask you.'},"
		 "{'type':'heading','size':'medium','text':'What is new'},"
		 "{'type':'text','text':'The new overview shows your year on one page. It needs no setting: open it, and it is "
		 "there. "
		 "[See how it works](https://example.com/overview)'},"
		 "{'type':'columns','items':["
		 "{'title':'Learned','text':'Most of you read us on the phone, before nine. So we send earlier, and shorter.',"
		 "'label':'Read the story','href':'https://example.com/story'},"
		 "{'title':'Coming next','text':'Reminders that you can set yourself, from the middle of next month.',"
		 "'label':'Look at the plan','href':'https://example.com/plan'}]},"
		 "{'type':'heading','size':'medium','text':'One question'},"
		 "{'type':'text','text':'What should we build next? It takes a minute, and we read every answer.'},"
		 "{'type':'button','text':'Tell us','href':'https://example.com/survey'},"
		 "{'type':'social','items':[{'network':'linkedin','href':'https://linkedin.com/company/example'},"
		 "{'network':'mastodon','href':'https://example.social/@example'},"
		 "{'network':'website','href':'https://example.com'}]}," FOOTER(
			 "You receive this once a month because you subscribed to our newsletter.") "]}";

static const char announcement[] = "{'theme':{'brand':'#0b57b5'},'blocks':["
								   "{'type':'heading','kicker':'New','text':'Your bills, finally in one place'},"
								   "{'type':'text','text':'Hello {{first_name|default:\"there\"}},\\n\\nfrom today you "
								   "find every bill of the last five years in your "
								   "account, with what each of them is made of.'},"
								   "{'type':'text','text':'- Search by year, amount or meter\\n- Download one, or all "
								   "of them\\n- Share a bill with your "
								   "accountant by a link that ends after a week'},"
								   "{'type':'button','text':'Look at your bills','href':'https://example.com/bills'},"
								   "{'type':'text','size':'small','text':'Nothing changes about what you pay, or when. "
								   "If something looks wrong, answer this "
								   "email: a person reads it.'}," FOOTER(
									   "You receive this because you are a customer of Example Company.") "]}";

static const char offer[] =
	"{'theme':{'brand':'#8a3ffc','background':'#f6f2fd'},'blocks':["
	"{'type':'heading','band':'yes','align':'center','kicker':'For our customers','text':'15 % off, until Sunday'},"
	"{'type':'text','align':'center','text':'{% if first_name %}{{first_name}}, this{% else %}This{% endif %} one is "
	"for you: show "
	"the code in the shop, or type it at the checkout.'},"
	"{'type':'qr','title':'15 % off everything','text':'Valid once, until {{redeem_until|default:\"Sunday\"}}.'},"
	"{'type':'products','title':'What others liked','items':["
	"{'title':'Balcony set','text':'Two panels, one plug, ten minutes.','price':'€449','label':'Look at it',"
	"'href':'https://example.com/balcony'},"
	"{'title':'Storage, 2 kWh','text':'Keeps the noon sun for the evening.','price':'€990','label':'Look at it',"
	"'href':'https://example.com/storage'}]},"
	"{'type':'button','align':'center','text':'Go to the shop','href':'https://example.com/shop'}," FOOTER(
		"You receive offers because you agreed to when you ordered.") "]}";

static const char
	event[] = "{'theme':{'brand':'#b3261e','background':'#faf4f3','font':'georgia'},'blocks':["
			  "{'type':'heading','align':'center','kicker':'Invitation','text':'An evening among builders'},"
			  "{'type':'text','align':'center','text':'**Thursday, 18 March, 18:30**\\nHarbour Road 12, Lindenau'},"
			  "{'type':'divider','style':'thick'},"
			  "{'type':'text','text':'Dear {{first_name|default:\"friend\"}},\\n\\nonce a year we open our workshop. "
			  "There is soup, there are "
			  "three short talks, and much time to talk with those who build what you use.'},"
			  "{'type':'text','text':'1. Doors open, with soup\\n2. Three talks of ten minutes\\n3. The workshop, "
			  "until the last train'},"
			  "{'type':'button','align':'center','text':'Save my seat','href':'https://example.com/evening'},"
			  "{'type':'text','only_if':'location contains \"Lindenau\"','size':'small','align':'center',"
			  "'text':'You are nearly neighbours: bicycles can stay in the yard.'},"
			  "{'type':'text','size':'small','align':'center','text':'There are 80 seats. [Add it to your "
			  "calendar](https://example.com/"
			  "evening.ics)'}," FOOTER("You receive invitations because you came to one of our evenings.") "]}";

static const char letter[] = "{'theme':{'brand':'#1a2330','background':'#ffffff','font':'georgia'},'blocks':["
							 "{'type':'text','text':'Dear {{first_name|default:\"reader\"}},\\n\\nthis is a letter, "
							 "not a leaflet. It has no pictures, because what I "
							 "would like to say fits into a few lines.\\n\\nWe made a mistake in March: for two days, "
							 "some of you were shown the wrong "
							 "balance. Nobody paid too much, and it is corrected. How it came about is [written down "
							 "here](https://example.com/march), in "
							 "full.\\n\\nIf you want to talk about it, answer this email. It reaches me.'},"
							 "{'type':'text','text':'Mara Lindqvist\\nExample Company'}," FOOTER(
								 "You receive this because you have an account with us.") "]}";

static const char receipt[] =
	"{'theme':{'brand':'#0e4f47','background':'#f3f5f8'},'blocks':["
	"{'type':'heading','size':'medium','kicker':'Example Company','text':'Thank you, we have received your order'},"
	"{'type':'text','text':'Hello {{first_name|default:\"there\"}},\\n\\nthis is your receipt. We send what you "
	"ordered within two "
	"working days, and tell you when it is on its way.'},"
	"{'type':'products','title':'Your order','items':["
	"{'title':'Balcony set','text':'1 piece','price':'€449.00'},{'title':'Delivery','text':'Within two working "
	"days','price':'€0.00'}]},"
	"{'type':'divider'},"
	"{'type':'text','text':'**Total: €449.00**, VAT included.'},"
	"{'type':'button','style':'outline','text':'See your order','href':'https://example.com/orders'},"
	"{'type':'divider'},"
	"{'type':'footer','text':'Keep this email for your records. Questions? Answer it.','unsubscribe':'no',"
	"'address':'Example Company, 12 Harbour Road, 12345 Lindenau'}]}";

const struct starter starters[] = {
	{ "newsletter", "Newsletter", "Several topics, two columns, a question at the end", TEMPLATE_MARKETING,
	  "Three things from this month", "What we built, what we learned, and a question", newsletter },
	{ "announcement", "Announcement", "One piece of news, and one button", TEMPLATE_MARKETING,
	  "Your bills, finally in one place", "Five years, searchable, from today", announcement },
	{ "offer", "Offer with QR code", "A personal code to redeem, and products", TEMPLATE_MARKETING,
	  "{{first_name|default:\"For you\"}}: 15 % off, until Sunday",
	  "Show your code in the shop or type it at the checkout", offer },
	{ "event", "Event", "When, where, what happens, and a seat to save", TEMPLATE_MARKETING,
	  "An evening among builders", "Thursday, 18 March: soup, three talks, and the workshop", event },
	{ "letter", "Plain letter", "Only words, as from one person to another", TEMPLATE_MARKETING, "A word about March",
	  "We made a mistake, and this is how it came about", letter },
	{ "receipt", "Receipt", "What was ordered and paid; transactional", TEMPLATE_TRANSACTIONAL,
	  "Your order at Example Company", "Thank you: your receipt, and what happens next", receipt },
};
const int starter_count = sizeof starters / sizeof *starters;

const struct starter *starter_find(const char *key) {
	for (int i = 0; key && i < starter_count; i++)
		if (strcmp(starters[i].key, key) == 0)
			return &starters[i];
	return NULL;
}

/* A ' becomes a quotation mark, and one in a text, \". */
struct template starter_template(const struct starter *starter, struct arena *arena) {
	struct template template;
	BUF_AUTO json = { 0 };
	for (const char *at = starter->design; *at; at++)
		buf_text_add(&json, *at == '\'' ? "\"" : *at == '"' ? "\\\"" : (const char[]){ *at, 0 });
	record_clear(&template_record, &template);
	template.name = starter->name;
	template.subject = starter->subject;
	template.preheader = starter->preheader;
	template.template_type = starter->type;
	template.design = arena_copy_bytes(arena, buf_text(&json), json.size);
	template.is_active = template.is_listed = true;
	return template;
}
