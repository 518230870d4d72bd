# Packages, build and processes. Needs common.sh and database.sh.
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

check_port() {
	[[ $PORT =~ ^[0-9]+$ ]] || die "PORT must be a number, not '$PORT'"
	alive "$RUN/nginx.pid" nginx && return 0
	(exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null &&
		die "port $PORT is taken by another program" "Choose another one: PORT=8001 ./deploy/up"
	return 0
}

prepare_home() {
	mkdir -p "$TELLTALE_HOME" "$RUN" "$LOG" "$RUN/nginx" || return 1
	[ "$(id -u)" != 0 ] || chown telltale:telltale "$TELLTALE_HOME" "$RUN" "$LOG" "$RUN/nginx"
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
	cp "$work/node_modules/@tabler/core/dist/css/tabler.min.css" "$work/node_modules/chart.js/dist/chart.umd.min.js" "$vendor/" || return 1
	rm -rf "$work"
	chmod -R a+rX "$vendor"
	echo "$want" >"$vendor/.lock"
}

PROGRAMS=(telltale telltale-web telltale-sync telltale-report)

compile() { # [target…]: all if none is named
	local name
	# shellcheck disable=SC2086
	[ -e "$BUILD/build.ninja" ] || meson setup $BUILD_OPTIONS "$BUILD" "$ROOT" || return 1
	ninja -C "$BUILD" "$@" || return 1
	for name in create_user init_db manual_sync; do ln -sfn telltale "$BUILD/$name"; done
}

build_programs() {
	local app=$TELLTALE_HOME/app
	compile "${PROGRAMS[@]}" || return 1
	rm -rf "$app.new"
	mkdir -p "$app.new" && cp -r "$ROOT/views" "$ROOT/public" "$ROOT/migrations" "$app.new/" &&
		cp "${PROGRAMS[@]/#/$BUILD/}" "$ROOT/deploy/demo_server.py" "$app.new/" || return 1
	find "$app.new" -name '.*' -delete # nothing hidden is served
	chmod -R a+rX "$app.new"
	rm -rf "$app" && mv "$app.new" "$app"
}

start_demo() {
	local port
	if ! alive "$RUN/demo.pid" demo_server; then
		: >"$LOG/demo.log"
		[ "$(id -u)" != 0 ] || chown telltale "$LOG/demo.log"
		background demo /usr/bin/python3 "$TELLTALE_HOME/app/demo_server.py"
		wait_for 20 "the demo account" grep -q '^[0-9]' "$LOG/demo.log" || return 1
	fi
	port=$(head -n 1 "$LOG/demo.log")
	EMAILOCTOPUS_API_KEY=eo_$(printf 'd%.0s' {1..64})
	EMAILOCTOPUS_BASE_URL=http://127.0.0.1:$port
}

# All settings of this home, for the programs and for later command lines.
write_settings() {
	local file=$TELLTALE_HOME/settings.env name
	[ -s "$TELLTALE_HOME/secret" ] || (umask 077 && openssl rand -hex 32 >"$TELLTALE_HOME/secret")
	TELLTALE_ROOT=$TELLTALE_HOME/app
	FCGI_SOCKET=$RUN/web.sock
	MONGODB_DB=${MONGODB_DB:-emailoctopus_db}
	EMAILOCTOPUS_BASE_URL=${EMAILOCTOPUS_BASE_URL:-https://api.emailoctopus.com}
	PUBLIC_BASE_URL=${PUBLIC_BASE_URL:-http://127.0.0.1:$PORT}
	SECRET_KEY=${SECRET_KEY:-$(cat "$TELLTALE_HOME/secret")}
	(
		umask 077
		for name in TELLTALE_HOME TELLTALE_ROOT FCGI_SOCKET $(sed -n 's/^#\([A-Z_]*\)=.*/\1/p' "$ROOT/.env.example"); do
			case ${!name-} in
			*$'\n'*) die "$name holds a line break" ;;
			'') ;;
			*) printf '%s=%s\n' "$name" "${!name}" ;;
			esac
		done | awk -F= '!seen[$1]++' >"$file"
	)
	[ "$(id -u)" != 0 ] || chown telltale:telltale "$file"
	export MONGODB_URI MONGODB_DB EMAILOCTOPUS_API_KEY EMAILOCTOPUS_BASE_URL PUBLIC_BASE_URL SECRET_KEY TELLTALE_ROOT FCGI_SOCKET
}

first_users() {
	local name
	[ -n "$("$BUILD/telltale" user list)" ] && return 0
	rm -f "$TELLTALE_HOME/first-passwords"
	for name in admin partner-desk; do
		(umask 077 && "$BUILD/telltale" user create $name --generate | sed 's/user \(.*\) created, password \(.*\)/\1  \2/' >>"$TELLTALE_HOME/first-passwords")
	done
}

stop_programs() {
	stop_process "$RUN/nginx.pid" nginx QUIT
	stop_process "$RUN/web.pid" telltale-web
	stop_process "$RUN/sync.pid" telltale-sync
	stop_process "$RUN/report.pid" telltale-report
}

# The previous version's programs must not run while data is rewritten. That may take minutes and shows its progress.
migrate_database() {
	local began=$SECONDS
	if ! "$BUILD/telltale" db status >/dev/null 2>&1; then
		stop_programs
		"$BUILD/telltale" db migrate >/dev/null || return 1
	fi
	printf '  %-46s ok  %4d s\n' "schema" "$((SECONDS - began))" >&2
}

start_programs() {
	stop_programs
	nginx_configuration >"$RUN/nginx.conf"
	background web "$TELLTALE_HOME/app/telltale-web"
	background sync "$TELLTALE_HOME/app/telltale-sync"
	background report "$TELLTALE_HOME/app/telltale-report"
	wait_for 20 "the web workers" test -S "$RUN/web.sock" || { tail -n 5 "$LOG/web.log"; return 1; }
	touch "$LOG/nginx.log"
	[ "$(id -u)" != 0 ] || chown telltale:telltale "$LOG/nginx.log" "$RUN/nginx.conf"
	(close_inherited && as_service nginx -e "$LOG/nginx.log" -c "$RUN/nginx.conf" </dev/null)
}
