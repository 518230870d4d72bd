# The web server's configuration: deploy/nginx.conf.in, filled in. Needs common.sh and locate_home.

# How many descriptors it may have open: each connection takes one, and a request that is passed on takes a second connection.
nginx_descriptors() {
	local most
	most=$(ulimit -Hn)
	[ "$most" != unlimited ] && [ "$most" -lt 17408 ] || most=17408
	echo "$most"
}

# trusted_proxies SCHEME: a line for each address or network in PROXY_ADDRESSES, which alone may say whom they speak for. What is
# https and listens on this machine only has its proxy here.
trusted_proxies() {
	local address proxies=${PROXY_ADDRESSES-}
	[ -n "$proxies" ] || [ "$1 $HOST" != "https 127.0.0.1" ] || proxies=127.0.0.1
	for address in $proxies; do
		[[ $address =~ ^[0-9a-fA-F.:]+(/[0-9]+)?$ ]] || die "PROXY_ADDRESSES holds '$address'" "It lists IP addresses or networks, such as 10.0.0.1 or 10.0.0.0/8."
		printf '\tset_real_ip_from %s;\n' "$address"
	done
}

nginx_configuration() { # FILE
	local rate=${REQUESTS_PER_SECOND:-100} descriptors scheme=${PUBLIC_BASE_URL-http} proxies line
	descriptors=$(nginx_descriptors)
	scheme=${scheme%%:*}
	proxies=$(trusted_proxies "$scheme") || exit 1
	while IFS= read -r line; do
		[ "$line" = "@PROXIES@" ] && printf '%s\n' "$proxies" || printf '%s\n' "$line"
	done <"$ROOT/deploy/$1" |
		sed -e "s,@RATE@,$rate,g; s,@BURST@,$((rate * 4)),g; s,@LOGINS@,${LOGIN_BURST:-30},g; s,@LINKS@,${LINK_BURST:-30},g" \
			-e "s,@LIVE_BURST@,${LIVE_BURST:-40},g; s,@LIVE_PAGES@,${LIVE_PAGES:-200},g; s,@LIVE_ALL@,${MAX_WEBSOCKET_CONNECTIONS:-1000},g" \
			-e "s,@HEARTBEAT@,${WEBSOCKET_HEARTBEAT_INTERVAL:-30}s,g; s,@MODULES@,/usr/lib/nginx/modules,g" \
			-e "s,@DESCRIPTORS@,$descriptors,g; s,@CONNECTIONS@,$((descriptors * 15 / 16)),g; s,@SCHEME@,$scheme,g" \
			-e "s,@RUN@,$RUN,g; s,@LOG@,$LOG,g; s,@APP@,$TELLTALE_HOME/app,g; s,@HOST@,$HOST,g; s,@PORT@,$PORT,g"
}
