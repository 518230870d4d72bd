/* The sign-up form of a list: its public page, and the page on which it is opened. */
#ifndef SUBSCRIBING_SIGNUP_PAGES_H
#define SUBSCRIBING_SIGNUP_PAGES_H

#include "core/http/exchange.h"

extern const struct route signup_routes[], signup_edit_routes[];

#endif
