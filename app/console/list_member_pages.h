/* Who is on a list: adding, removing, subscribing and unsubscribing people, by form and by API. */
#ifndef CONSOLE_LIST_MEMBER_PAGES_H
#define CONSOLE_LIST_MEMBER_PAGES_H

#include "core/http/route.h"

extern const struct route list_member_routes[];

#endif
