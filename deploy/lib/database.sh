# The embedded database: PostgreSQL + DocumentDB in a small Debian root of its own, FerretDB in front.
# Unix sockets only. Used if MONGODB_URI is empty. Needs common.sh and keeper.sh.

DATABASE_RECIPE=1 # raise when the recipe below changes: older caches are then rebuilt
FERRETDB=v2.7.0

database_cache() { echo "$CACHE/database-$DATABASE_RECIPE"; }

# The Debian mirror that this machine uses.
debian_mirror() {
	local found
	found=$(sed -n 's/^URIs:[[:space:]]*\([^ ]*\).*/\1/p; s/^deb[[:space:]]\(\[[^]]*\][[:space:]]\)\?\([^ ]*\).*/\2/p' \
		/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
		grep -E '/debian/?$' | head -n 1)
	echo "${found%/}"
}

# Copies what a fresh root needs to reach the network as the host does.
lend_network() {
	cat <<'HOOK'
set -e
cp -L /etc/resolv.conf "$1/etc/resolv.conf" || true
mkdir -p "$1/usr/local/share/ca-certificates"
cp -L /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/" 2>/dev/null || true
chroot "$1" update-ca-certificates >/dev/null 2>&1 || true
HOOK
}

# One at a time on a machine: whoever comes second waits, and then finds it complete.
database_build() {
	[ -e "$(database_cache)/complete" ] && return 0
	as_root mkdir -p "$CACHE" && as_root touch "$CACHE/lock" || return 1
	(flock --timeout 1800 9 && database_build_alone) 9<"$CACHE/lock"
}

database_build_alone() {
	local cache mirror work hooks
	cache=$(database_cache)
	[ -e "$cache/complete" ] && return 0
	mirror=$(debian_mirror)
	[ -n "$mirror" ] || {
		echo "no Debian mirror found in /etc/apt: cannot fetch the database"
		return 1
	}
	# A killed build leaves a folder with another name, so it is never taken for a complete one.
	as_root rm -rf "$CACHE"/database-*.building.*
	as_root rm -rf "$cache"
	work=$cache.building.$$
	hooks=$(mktemp -d)
	{
		echo '#!/bin/sh'
		lend_network
		cat <<HOOK
chroot "\$1" env CGO_ENABLED=0 HOME=/tmp GOPATH=/tmp/go GOCACHE=/tmp/gocache GOFLAGS=-buildvcs=false GOTOOLCHAIN=auto \\
	go install -ldflags=-s github.com/FerretDB/FerretDB/v2/cmd/ferretdb@$FERRETDB
mv "\$1/tmp/go/bin/ferretdb" "\$1/usr/local/bin/ferretdb"
chmod -R u+w "\$1/tmp/go" "\$1/tmp/gocache"
rm -rf "\$1/tmp/go" "\$1/tmp/gocache"
rm -rf "\$1"/usr/lib/go-* "\$1"/usr/share/go-* "\$1"/usr/lib/go "\$1"/usr/share/go
rm -rf "\$1/var/cache/apt" "\$1/var/lib/apt/lists" "\$1/usr/share/doc" "\$1/usr/share/man" "\$1/usr/share/locale"
mkdir -p "\$1/var/lib/apt/lists" "\$1/srv"
HOOK
	} >"$hooks/build"
	chmod 0755 "$hooks" "$hooks/build"
	as_root mmdebstrap --quiet --mode=root --variant=minbase \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--include=postgresql-18-documentdb,golang-go,ca-certificates \
		--customize-hook="$hooks/build \"\$1\"" \
		forky "$work" "$mirror" || {
		rm -rf "$hooks"
		as_root rm -rf "$work"
		return 1
	}
	rm -rf "$hooks"
	as_root touch "$work/complete"
	as_root mv "$work" "$cache"
}

database_dir() { echo "$TELLTALE_HOME/database"; }
database_socket() { echo "$RUN/mongo.sock"; }
database_uri() { printf 'mongodb://%s/' "$(database_socket | sed 's,/,%2F,g')"; }

# Set by the caller, or the embedded server's?
is_embedded() { [ -z "${MONGODB_URI:-}" ] || [ "$MONGODB_URI" = "$(database_uri)" ]; }

in_database() { # command…: inside the instance, as the service user
	local user uid gid
	user=$(service_user)
	uid=$(id -u "$user") gid=$(id -g "$user")
	as_root chroot --userspec="$uid:$gid" "$(database_dir)" "$@"
}

# as the service user, which owns the folder
database_write() { as_service sh -c 'umask 077 && rm -f "$1" && cat >"$1"' - "$(database_dir)/srv/data/$1"; }

# Written before each start, so that old instances get today's settings.
database_configure() {
	echo 'local all telltale peer map=telltale' | database_write pg_hba.conf &&
		echo "telltale $(service_user) telltale" | database_write pg_ident.conf &&
		database_write postgresql.conf <<CONF
shared_preload_libraries='pg_cron, pg_documentdb_core, pg_documentdb, pg_documentdb_extended_rum'
cron.database_name='postgres'
cron.use_background_workers=on
cron.log_run=off
cron.log_statement=off
listen_addresses=''
unix_socket_directories='/srv/run'
dynamic_shared_memory_type=sysv
documentdb.localhost_connection_string='host=/srv/run'
documentdb.rum_library_load_option='require_documentdb_extended_rum'
documentdb.alternate_index_handler_name='extended_rum'
documentdb.enableBackgroundWorker=off
autovacuum_naptime=10s
deadlock_timeout=50ms
max_connections=60
shared_buffers=${DATABASE_BUFFERS:-128MB}
fsync=${DATABASE_FSYNC:-on}
CONF
}

# A fresh instance from the cache: hard links where possible, and a folder for the data.
database_create() {
	local dir user uid gid hold
	dir=$(database_dir) user=$(service_user)
	[ -e "$dir/created" ] || [ -e "$dir/initialised" ] && return 0
	uid=$(id -u "$user") gid=$(id -g "$user")
	as_root rm -rf "$dir"
	as_root cp -al "$(database_cache)" "$dir" 2>/dev/null || {
		as_root rm -rf "$dir"
		as_root cp -a "$(database_cache)" "$dir" || return 1
	}
	# The copy shares its files with the cache: replace files, never modify them in place.
	hold=$(mktemp -d)
	{
		grep -v "^$user:" "$dir/etc/passwd"
		echo "$user:x:$uid:$gid::/srv:/usr/sbin/nologin"
	} >"$hold/passwd"
	chmod 0644 "$hold/passwd"
	as_root rm -f "$dir/etc/passwd" "$dir/complete"
	as_root cp "$hold/passwd" "$dir/etc/passwd"
	as_root rm -rf "$dir/srv"
	as_root install -d -m 0755 "$dir/srv"
	as_root install -d -m 0700 -o "$uid" -g "$gid" "$dir/srv/data"
	as_root install -d -m 0755 -o "$uid" -g "$gid" "$dir/srv/run"
	in_database /usr/lib/postgresql/18/bin/initdb -D /srv/data -U telltale --auth=peer --auth-host=reject -E UTF8 --locale=C.UTF-8 || return 1
	rm -rf "$hold"
	as_root touch "$dir/initialised"
}

# What can only be done while the server runs.
database_complete() {
	[ -e "$(database_dir)/created" ] && return 0
	in_database /usr/lib/postgresql/18/bin/psql -q -v ON_ERROR_STOP=1 -h /srv/run -U telltale -d postgres \
		-c 'create extension if not exists documentdb cascade' -c 'create extension if not exists documentdb_extended_rum' || return 1
	as_root touch "$(database_dir)/created"
}

# Recognized by their root, which only this instance has. Looked up as their own user: in some containers root may not.
postgres_processes() {
	local dir
	dir=$(realpath -e "$(database_dir)" 2>/dev/null) || return 0
	as_service find /proc -mindepth 2 -maxdepth 2 -name root -printf '%l %h\n' 2>/dev/null |
		while read -r root process; do
			[ "$root" = "$dir" ] && [ "$(cat "$process/comm" 2>/dev/null)" = postgres ] && echo "${process##*/}"
		done
}

postgres_gone() { [ -z "$(postgres_processes)" ]; }

postmaster() { pid_in "$(database_dir)/srv/data/postmaster.pid"; }

# Started by an older version, or left by a keeper that was killed. If a process's root cannot be read, its command line has to
# do; a zombie has none.
postgres_alive() {
	local pid root
	pid=$(postmaster) || return 1
	tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q postgres || return 1
	root=$(as_service readlink "/proc/$pid/root")
	[ -z "$root" ] || [ "$root" = "$(realpath "$(database_dir)")" ]
}

postgres_is_down() { ! postgres_alive; }

# A server process that outlives its postmaster holds the shared memory and keeps a new postmaster from starting. Asked by signal
# (INT: PostgreSQL's fast shutdown), since root executes nothing in a home that may be another's.
postgres_clear() {
	if postgres_alive; then as_service kill -INT "$(postmaster)" 2>/dev/null && wait_for 60 "the database to end" postgres_is_down; fi
	# shellcheck disable=SC2046
	postgres_gone || as_service kill -KILL $(postgres_processes) 2>/dev/null
	wait_for 30 "what is left of the database to end" postgres_gone
}

postgres_answers() { in_database /usr/lib/postgresql/18/bin/pg_isready -q -h /srv/run; }
ferretdb_answers() { [ -S "$(database_socket)" ] && service_is ferretdb up; }

# The keeper starts a server only after the one before and its processes are gone, so a lock file that is there means nothing: its
# process id may belong to another process by now.
database_services() {
	local uid gid
	uid=$(id -u "$(service_user)") gid=$(id -g "$(service_user)")
	# shellcheck disable=SC2016
	service postgres 1 INT 60 chroot "--userspec=$uid:$gid" "$(database_dir)" sh -c \
		'cd /srv/run; rm -f /srv/data/postmaster.pid .s.PGSQL.*.lock; [ -f postgres.log ] && [ -w postgres.log ] || rm -rf postgres.log; exec /usr/lib/postgresql/18/bin/postgres -D /srv/data >>postgres.log 2>&1'
	service_socket "$(database_dir)/srv/run/.s.PGSQL.5432"
	# shellcheck disable=SC2016
	service_of_user ferretdb 2 TERM 20 sh -c 'rm -f "$0"; exec "$@"' "$(database_socket)" "$(database_dir)/usr/local/bin/ferretdb" \
		--postgresql-url="postgres://telltale@/postgres?host=$(database_dir)/srv/run&pool_max_conns=${DATABASE_CONNECTIONS:-20}" \
		--listen-addr=- --listen-unix="$(database_socket)" --no-auth --state-dir="$TELLTALE_HOME/ferretdb" \
		--telemetry=disable --debug-addr=- --log-level=warn
	service_socket "$(database_socket)"
	environment postgres
	environment ferretdb
}

database_start() {
	start_services postgres && wait_for 120 "the database server" postgres_answers && database_complete || {
		as_service tail -n 20 "$(database_dir)/srv/run/postgres.log"
		return 1
	}
	start_services ferretdb && wait_for 60 "the database's socket" ferretdb_answers # its end may take 20 s, the pause before its start 10 s
}
