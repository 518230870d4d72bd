/* Passwords that an attacker tries first. */
#ifndef ACCESS_COMMON_PASSWORD_H
#define ACCESS_COMMON_PASSWORD_H

#include <stdbool.h>

/* Pure; upper and lower case are the same. True for a password of the list (common_passwords.inc) or of our own words,
 * for one with at most four characters before and after it, and for a repetition of one or of up to four characters.
 * `password` has at most PASSWORD_MAX bytes. */
bool password_is_common(const char *password);

#endif
