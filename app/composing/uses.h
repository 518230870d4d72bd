/* What campaigns that are not sent use: it cannot be deleted (connection_ask_users, template_ask_users). */
#ifndef COMPOSING_USES_H
#define COMPOSING_USES_H

#include "connections/connection.h"
#include "templates/template.h"

connection_users composing_connection_users;
template_users composing_template_users;

#endif
