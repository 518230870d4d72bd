/* Accounts at mail servers. */
#include "connections/account.h"

#include <string.h>

#include "core/formats/mail.h"

struct smtp_account connection_account(const struct connection *connection, const struct settings *settings,
                                       const char *from, const char *password, struct arena *arena) {
	const char *ascii = mail_ascii_address(from ? from : "", arena);
	const char *at = strrchr(ascii, '@');
	return (struct smtp_account){
		.host = connection->smtp.host ? connection->smtp.host : "",
		.user = connection->smtp.username ? connection->smtp.username : "",
		.password = password,
		.hello = at ? at + 1 : "localhost",
		.authorities = settings->smtp_authorities,
		.port = (int)connection->smtp.port,
		.tls = connection->smtp.tls,
		.reach = connection->from_settings ? REACH_ANYWHERE
		         : settings->private_hosts ? REACH_PRIVATE
		                                   : REACH_PUBLIC,
	};
}
