/* What mails would be like for the people who get them, summed over each: how large, and whose values are missing. */
#ifndef CONTENT_WEIGHING_H
#define CONTENT_WEIGHING_H

#include "content/message.h"

/* Gmail shows no more than about 102 kB of the HTML and hides the rest, with the unsubscribe link. Google names no
 * figure, and 99 kB has been seen cut (hteumeuleu/email-bugs, issue 41), so a kB is 1,000 bytes here and everywhere. */
enum { HTML_BYTES_WARN = 90000, HTML_BYTES_CUT = 102000 };

/* Of one name: for how many people nothing is known where it stands, and for how many nothing stands for that. */
struct weighing_name {
	const char *name;
	int64_t empty, bare;
};

struct weighing {
	int64_t people, large, cut; /* large: above HTML_BYTES_WARN; cut: above HTML_BYTES_CUT */
	size_t html, mail;          /* bytes of the largest, the HTML as it is read and the whole mail as it is sent */
	int64_t html_of, mail_of;   /* whose: the `place` given for it; -1: nobody */
	struct weighing_name *names;
	int name_count;
	int *places[4]; /* private: for each name of each source, which of `names` */
};

/* Of nobody yet. The sources are those of the plan. */
struct weighing *weighing_new(const struct message_sources *sources, struct arena *arena);

/* Adds a person's mail, rendered as it would be sent, with its links and pixel. The same errors as message_write. */
bool weighing_add(struct weighing *weighing, const struct message_sources *sources, const struct message_plan *plan,
                  const struct message *message, int64_t place, struct error *err) MUST_CHECK;

#endif
