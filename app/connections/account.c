/* Accounts at mail servers. */
#include "connections/account.h"

#include "core/formats/mail.h"

struct smtp_account connection_account(const struct connection *connection, const struct settings *settings,
                                       const char *from, const char *password, struct arena *arena) {
	const char *domain = mail_domain_part(mail_ascii_address(from ? from : "", arena));
	return (struct smtp_account){
		.host = connection->smtp.host ? connection->smtp.host : "",
		.user = connection->smtp.username ? connection->smtp.username : "",
		.password = password,
		.hello = *domain ? domain : "localhost",
		.authorities = settings->smtp_authorities,
		.port = (int)connection->smtp.port,
		.tls = connection->smtp.tls,
		.reach = connection->from_settings ? REACH_ANYWHERE
		         : settings->private_hosts ? REACH_PRIVATE
		                                   : REACH_PUBLIC,
	};
}
