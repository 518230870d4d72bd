/* Rules in English, for people. */
#ifndef SEGMENTS_WORDS_H
#define SEGMENTS_WORDS_H

#include "segments/rule.h"

/* A sentence without a full stop: "Company is Acme, and opened in the last 30 days". "Everybody" for ALL. */
const char *rule_words(const struct rule *rule, struct arena *arena);

/* The same of a part, beginning with a small letter. */
const char *rule_words_inside(const struct rule *rule, struct arena *arena);

#endif
