# Packages, build and programs. Needs common.sh, keeper.sh and database.sh.
. "$ROOT/deploy/lib/nginx.sh"

# The tests build elsewhere and with sanitizers.
BUILD=${TELLTALE_BUILD:-$ROOT/build}
BUILD_OPTIONS=${TELLTALE_BUILD_OPTIONS:-}

install_packages() {
	local missing=() name
	while read -r name; do
		dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
	done < <(cat "$ROOT/deploy/packages" "$@")
	command -v nginx >/dev/null && mapfile -t missing < <(printf '%s\n' "${missing[@]}" | grep -vx nginx-light)
	command -v npm >/dev/null || missing+=(npm)
	[ -z "${missing[*]}" ] && return 0
	need_root "packages are missing: ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	step "package lists" as_root apt-get update -q || return 1
	# shellcheck disable=SC2068
	step "packages" as_root apt-get install -y -q --no-install-recommends ${missing[@]}
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A location of nchan's has nginx make the folders it was compiled with, too, whatever the configuration says. As the service user it
# could not, and Debian's own service, which would have made them, may never have been started.
make_unused_folders() {
	[ "$(id -u)" != 0 ] || mkdir -p /var/lib/nginx/body /var/lib/nginx/proxy /var/lib/nginx/fastcgi /var/lib/nginx/uwsgi /var/lib/nginx/scgi
}

# Also if nginx's master was killed, and its workers still listen.
check_port() {
	[[ $PORT =~ ^[0-9]+$ ]] || die "PORT must be a number, not '$PORT'"
	port_is_taken "$PORT" || return 0
	! service_is nginx up && ! alive "$RUN/nginx.pid" || return 0
	[ ! -e "$KEEPER/state" ] || clear_home
	! port_is_taken "$PORT" ||
		die "port $PORT is taken by another program" "Choose another one: PORT=8001 ./deploy/up"
}

fetch_front_end() {
	local vendor=$ROOT/public/vendor work
	local want
	want=$(sha256sum "$ROOT/package-lock.json" | cut -c1-64)
	[ "$(cat "$vendor/.lock" 2>/dev/null)" = "$want" ] && return 0
	work=$(mktemp -d)
	cp "$ROOT/package.json" "$ROOT/package-lock.json" "$ROOT/.npmrc" "$work/"
	(cd "$work" && npm ci --ignore-scripts --omit=dev) || {
		rm -rf "$work"
		return 1
	}
	mkdir -p "$vendor"
	cp "$work/node_modules/@tabler/core/dist/css/tabler.min.css" "$work/node_modules/chart.js/dist/chart.umd.min.js" "$vendor/" &&
		cp "$work"/node_modules/@fontsource/inter/files/inter-latin-{400,500,600}-normal.woff2 "$vendor/" &&
		cp "$work"/node_modules/@fontsource/inter/files/inter-latin-ext-{400,600}-normal.woff2 "$vendor/" || return 1
	rm -rf "$work"
	chmod -R a+rX "$vendor"
	echo "$want" >"$vendor/.lock"
}

PROGRAMS=(telltale telltale-web telltale-sync telltale-report telltale-audience telltale-sender telltale-keeper)

compile() { # [target…]: all if none is named
	local name
	# shellcheck disable=SC2086
	[ -e "$BUILD/build.ninja" ] || meson setup $BUILD_OPTIONS "$BUILD" "$ROOT" || return 1
	ninja -C "$BUILD" "$@" || return 1
	for name in create_user init_db manual_sync; do ln -sfn telltale "$BUILD/$name"; done
}

# All of the css, for one request; at its end the rules of the dark theme again, for a dark system and no chosen theme.
join_css() { # folder
	cat "$1"/*.css && cat "$1"/*.css | awk '
		BEGIN { print "@media screen and (prefers-color-scheme: dark) {" }
		sub(/^\t:root\[data-bs-theme=dark\]/, "\t:root:not([data-bs-theme])") { dark = 1 }
		dark { print }
		/^\t[^\t].*}$|^\t}/ { dark = 0 }
		END { print "}" }'
}

build_programs() {
	local app=$TELLTALE_HOME/app
	compile "${PROGRAMS[@]}" || return 1
	rm -rf "$app.new"
	mkdir -p "$app.new" && cp -r "$ROOT/views" "$ROOT/public" "$ROOT/migrations" "$app.new/" &&
		cp "${PROGRAMS[@]/#/$BUILD/}" "$ROOT"/deploy/demo_*.py "$app.new/" || return 1
	join_css "$app.new"/public/css >"$app.new/public/app.css"
	rm -r "$app.new/public/css"
	find "$app.new" -name '.*' -delete # nothing hidden is served
	find "$app.new/public" -type f -regex '.*\.\(css\|js\|svg\)' -exec gzip -9 --keep --no-name {} + || return 1
	chmod -R a+rX "$app.new"
	rm -rf "$app" && mv "$app.new" "$app"
}

# Below those that Linux gives to outgoing connections, which may take one of theirs before the program listens.
free_port() {
	local port tries
	for ((tries = 0; tries < 200; tries++)); do
		port=$((20000 + SRANDOM % 12000))
		port_is_taken "$port" || { echo "$port" && return 0; }
	done
	return 1
}

# The demo account keeps its port, because the programs are told its address when they start.
choose_demo() {
	local port
	port=$(cat "$KEEPER/demo.port" 2>/dev/null)
	if service_is_not demo up && { [ -z "$port" ] || port_is_taken "$port"; }; then
		port=$(free_port) || return 1
		echo "$port" >"$KEEPER/demo.port"
	fi
	[ -n "${DEMO_STILL:-}" ] || { [ -s "$KEEPER/demo.began" ] || date -u +%Y-%m-%dT%H:%M:%SZ >"$KEEPER/demo.began"; } || return 1
	[ -n "${DEMO_STILL:-}" ] || export DEMO_BEGAN=${DEMO_BEGAN:-$(cat "$KEEPER/demo.began")}
	EMAILOCTOPUS_API_KEY=eo_$(printf 'd%.0s' {1..64})
	EMAILOCTOPUS_BASE_URL=http://127.0.0.1:$port
	ENABLE_EMAIL_VALIDATION=${ENABLE_EMAIL_VALIDATION:-false} # the domains of its contacts do not exist
	DEMO=1
}

# Mail of the demo account goes to its own server, unless another one is set. With a real account it would seem to be sent, and
# nobody would get it. Two ports that follow each other near PORT, kept like that of the account.
choose_mail() {
	[ -n "${DEMO:-}" ] && [ -z "${DEFAULT_SMTP_HOST:-}${SMTP_HOST:-}" ] || { unset DEMO_MAIL_PORT && return 0; }
	DEMO_MAIL_PORT=$(cat "$KEEPER/mail.port" 2>/dev/null)
	if service_is_not mail up && { [ -z "$DEMO_MAIL_PORT" ] || port_is_taken "$DEMO_MAIL_PORT" || port_is_taken $((DEMO_MAIL_PORT + 1)); }; then
		choose_mail_from $((PORT + 10))
	fi
}
choose_mail_from() { # port: the first two that are free
	local port
	for ((port = $1; port < PORT + 50 && port <= 65534; port += 2)); do
		port_is_taken "$port" || port_is_taken $((port + 1)) || break
	done
	[ "$port" -lt $((PORT + 50)) ] && [ "$port" -le 65534 ] || return 1
	echo "$port" >"$KEEPER/mail.port"
	DEMO_MAIL_PORT=$port
}
mail_answers() { curl -fsS "http://127.0.0.1:$((DEMO_MAIL_PORT + 1))/control" >/dev/null; }
mail_start() { stop_services mail && start_services mail && wait_for 20 "the demo's mail server" mail_answers; }
# Somebody else may have taken its ports since they were chosen.
mail_start_elsewhere() { stop_services mail && choose_mail_from $((DEMO_MAIL_PORT + 2)) && write_settings && write_services && keeper_start && mail_start; }

demo_answers() { port_is_taken "${EMAILOCTOPUS_BASE_URL##*:}"; }
# Sixty days of syncs, as fast as they go; then partners, reports and customers. Never for a real account, and not for
# tests that hold the account still.
demo_past() {
	touch "$KEEPER/demo.past" && EMAILOCTOPUS_CALLS_PER_SECOND=1000 "$BUILD/telltale" demo history &&
		"$BUILD/telltale" demo customers
}
demo_needs_past() {
	[ -n "${DEMO:-}" ] && [ -z "${DEMO_STILL:-}" ] && is_embedded && [ ! -e "$TELLTALE_HOME/synced" ] && [ ! -e "$KEEPER/demo.past" ]
}
# Interrupted while it had a past made, it would stay there.
demo_present() { curl -fsS -d '{"at": null}' "$EMAILOCTOPUS_BASE_URL/_demo" >/dev/null; }
demo_start() { start_services demo && wait_for 20 "the demo account" demo_answers && demo_present; }

# The key of the hashes under which erased people stay suppressed: made from SECRET_KEY once and then kept, because SECRET_KEY
# may change and this one must not.
suppression_key() {
	local file=$TELLTALE_HOME/suppression-key
	[ -s "$file" ] || (umask 077 && printf 'suppressions %s' "$SECRET_KEY" | openssl dgst -sha256 -r | cut -c 1-64 >"$file")
	SUPPRESSION_KEY=${SUPPRESSION_KEY:-$(cat "$file")}
}

# The keys that sign the links of mails: with others, links in mails already sent no longer work.
link_keys() {
	local file=$TELLTALE_HOME/link-keys
	[ -s "$file" ] || (umask 077 && openssl rand -hex 32 >"$file")
	LINK_KEYS=${LINK_KEYS:-$(cat "$file")}
}

# The key of the passwords and keys of connections.
credentials_key() {
	local file=$TELLTALE_HOME/credentials-key
	[ -s "$file" ] || (umask 077 && openssl rand -base64 32 >"$file")
	CREDENTIALS_KEY=${CREDENTIALS_KEY:-$(cat "$file")}
}

# All settings of this home, for later command lines; the programs get theirs from the keeper.
write_settings() {
	local file=$TELLTALE_HOME/settings.env
	[ -s "$TELLTALE_HOME/secret" ] || (umask 077 && openssl rand -hex 32 >"$TELLTALE_HOME/secret")
	TELLTALE_ROOT=$TELLTALE_HOME/app
	FCGI_SOCKET=$RUN/web.sock
	MONGODB_DB=${MONGODB_DB:-emailoctopus_db}
	EMAILOCTOPUS_BASE_URL=${EMAILOCTOPUS_BASE_URL:-https://api.emailoctopus.com}
	PUBLIC_BASE_URL=${PUBLIC_BASE_URL:-http://127.0.0.1:$PORT}
	SECRET_KEY=${SECRET_KEY:-$(cat "$TELLTALE_HOME/secret")}
	suppression_key
	link_keys
	credentials_key
	mapfile -t SETTINGS < <(sed -n 's/^#\([A-Z_]*\)=.*/\1/p' "$ROOT/.env.example")
	(umask 077 && assignments TELLTALE_HOME TELLTALE_ROOT FCGI_SOCKET "${SETTINGS[@]}" >"$file.new") &&
		mv -f "$file.new" "$file"
}

# The keeper's table. Each program gets the settings that are no secret and those secrets that it needs.
write_services() {
	local open
	mapfile -t open < <(printf '%s\n' TELLTALE_HOME TELLTALE_ROOT FCGI_SOCKET "${SETTINGS[@]}" | grep -vxF "$(printf '%s\n' "${SECRETS[@]}")")
	: >"$KEEPER/services.new"
	is_embedded && database_services
	[ -z "${DEMO:-}" ] || service_of_user demo 3 TERM 20 /usr/bin/python3 "$TELLTALE_HOME/app/demo_server.py" "${EMAILOCTOPUS_BASE_URL##*:}"
	[ -z "${DEMO_MAIL_PORT:-}" ] || service_of_user mail 3 TERM 20 /usr/bin/python3 "$TELLTALE_HOME/app/demo_mail.py" "$DEMO_MAIL_PORT" --folder "$RUN/mail" --log 150000 --names
	service_of_user web 4 TERM 20 "$TELLTALE_HOME/app/telltale-web"
	service_socket "$FCGI_SOCKET"
	service_of_user sync 4 TERM 20 "$TELLTALE_HOME/app/telltale-sync"
	service_of_user report 4 TERM 20 "$TELLTALE_HOME/app/telltale-report"
	service_of_user audience 4 TERM 20 "$TELLTALE_HOME/app/telltale-audience"
	service_of_user sender 4 TERM 20 "$TELLTALE_HOME/app/telltale-sender"
	make_unused_folders || return 1
	# shellcheck disable=SC2016
	service_of_user live 4 QUIT 20 sh -c 'ulimit -v 1048576; rm -rf "$0/live" && mkdir -m 700 "$0/live" && exec nginx -e "$1/live.log" -c "$2/live.conf"' "$RUN" "$LOG" "$KEEPER"
	service_socket "$RUN/live/listen.sock"
	service_of_user nginx 5 QUIT 20 nginx -e "$LOG/nginx.log" -c "$KEEPER/nginx.conf"
	# shellcheck disable=SC2046
	environment demo $(compgen -v DEMO_)
	environment mail
	environment web "${open[@]}" MONGODB_URI SECRET_KEY SUPPRESSION_KEY LINK_KEYS BOUNCE_HOOK_KEYS EMAILOCTOPUS_WEBHOOK_SECRET TWILIO_AUTH_TOKEN CREDENTIALS_KEY CREDENTIALS_KEYS_OLD
	environment sync "${open[@]}" MONGODB_URI EMAILOCTOPUS_API_KEY SUPPRESSION_KEY
	environment report "${open[@]}" MONGODB_URI DEFAULT_SMTP_PASSWORD SMTP_PASSWORD CREDENTIALS_KEY CREDENTIALS_KEYS_OLD
	environment audience "${open[@]}" MONGODB_URI SUPPRESSION_KEY LINK_KEYS INBOUND_IMAP_PASSWORD
	environment sender "${open[@]}" MONGODB_URI DEFAULT_SMTP_PASSWORD SMTP_PASSWORD SUPPRESSION_KEY LINK_KEYS CREDENTIALS_KEY CREDENTIALS_KEYS_OLD
	environment live
	environment nginx
	nginx_configuration live.conf.in >"$KEEPER/live.conf"
	nginx_configuration nginx.conf.in >"$KEEPER/nginx.conf"
}

first_users() {
	local name
	[ -n "$("$BUILD/telltale" user list)" ] && return 0
	rm -f "$TELLTALE_HOME/first-passwords"
	for name in admin partner-desk; do
		(umask 077 && "$BUILD/telltale" user create $name --generate | sed 's/user \(.*\) created, password \(.*\)/\1  \2/' >>"$TELLTALE_HOME/first-passwords")
	done
}

# The previous version's programs must not run while data is rewritten. That may take minutes and shows its progress.
migrate_database() {
	local began=$SECONDS
	if ! "$BUILD/telltale" db status >/dev/null 2>&1; then
		stop_services "${PROGRAM_SERVICES[@]}" || return 1
		"$BUILD/telltale" db migrate >/dev/null || return 1
	fi
	printf '  %-46s ok  %4d s\n' "schema" "$((SECONDS - began))" >&2
}

start_programs() {
	stop_services "${PROGRAM_SERVICES[@]}" || return 1
	as_service rm -rf "$RUN/media" # copies of images: they come again as they are asked for
	start_services web sync report audience sender live || return 1
	wait_for 20 "the web workers" test -S "$RUN/web.sock" || {
		as_service tail -n 5 "$LOG/web.log"
		return 1
	}
	start_services nginx
}
