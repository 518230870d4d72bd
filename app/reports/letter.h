/* The email that brings a report: subject, first line and text. Pure. */
#ifndef REPORTS_LETTER_H
#define REPORTS_LETTER_H

#include "insights/figures.h"
#include "reports/request.h"

struct letter {
	const char *title;   /* of the schedule; NULL or "": the subject names partner and period */
	const char *partner; /* its name, or NULL */
	const char *zone;    /* of the period and of times; NULL is UTC */
	struct report_period period;
	int64_t campaigns;                      /* COUNT_NONE: not known */
	const char *click_rate;                 /* as text; NULL: unknown */
	bool is_test, attached;                 /* attached: the PDF comes with it */
	const char *url;                        /* of the report; NULL if attached */
	const char *schedule, *verify, *sha256; /* its name; where a file is checked; the file's check code */
	struct moment data_at;
};

/* Sets campaigns and click_rate. */
void letter_count(struct letter *letter, const struct figures *figures, struct arena *arena);

/* "ACME Energy: your report for November 2026", or the title; "Test: " comes before that of a test. */
char *letter_subject(const struct letter *letter, struct arena *arena);

/* "8 campaigns, click rate 2.89 %. Open the report or download the PDF." */
char *letter_first_line(const struct letter *letter, struct arena *arena);

char *letter_text(const struct letter *letter, struct arena *arena);
char *letter_html(const struct letter *letter, struct arena *arena); /* letter_html.c */

/* The days alone: "1 – 30 Nov 2026". */
char *letter_days(const struct report_period *period, const char *zone, struct arena *arena);

/* "November 2026", "October – December 2026", "2026", "1 – 7 Nov 2026", "all of time". */
char *letter_period(const struct report_period *period, const char *zone, struct arena *arena);

#endif
