# The keeper (telltale-keeper) starts the processes and restarts what dies; this writes its table and talks to it.
# Needs common.sh, and database.sh for is_embedded.

PROGRAM_SERVICES=(web sync report audience sender live nginx)

# It is root if it runs the embedded database, which has a root folder of its own.
as_keeper() { if belongs_to "$KEEPER/pid" 0; then as_root "$@"; else "$@"; fi; }

keeper_runs() { home_is_ours && [ -e "$KEEPER/lock" ] && ! as_keeper flock --nonblock "$KEEPER/lock" true; }
keeper_is_gone() { ! keeper_runs; }
keeper_signal() { as_keeper kill "-$1" "$(cat "$KEEPER/pid")"; }

service_row() { awk -v name="$1" 'NR > 1 && $1 == name' "$KEEPER/state" 2>/dev/null; }
service_pid() { service_row "$1" | cut -d' ' -f3; }
service_is() { [ "$(service_row "$1" | cut -d' ' -f2)" = "$2" ]; }
service_is_not() { ! service_is "$@"; }
service_rests() { [ -z "$(service_row "$1")" ] || service_is "$1" down; }

# service name level signal seconds word…: adds it to the table (app/core/process/keeper.h)
service() {
	printf '%s %d %d %d\n' "$1" "$2" "$(kill -l "$3")" "$4"
	printf '\t%s\n' "${@:5}"
} >>"$KEEPER/services.new"

# The same, run by the service user in RUN, where it may leave a core, with output to LOG/name.log and its process id in
# RUN/name.pid; what is there and is no file that it can write is replaced. On a full disk it starts without the two.
service_of_user() {
	local user=()
	if is_embedded || [ "$(id -u)" = 0 ]; then
		user=(setpriv "--reuid=$(id -u "$(service_user)")" "--regid=$(id -g "$(service_user)")" --clear-groups --no-new-privs)
	fi
	# shellcheck disable=SC2016
	service "${@:1:4}" "${user[@]}" sh -c 'cd "$0" && for file in "$1.pid" "$2/$1.log"; do [ -f "$file" ] && [ -w "$file" ] || rm -rf "$file"; done; (echo $$ >"$1.pid"); log=$2/$1.log; (true >>"$log") || log=/dev/null; exec >>"$log" 2>&1 && shift 2 && exec "$@"' \
		"$RUN" "$1" "$LOG" "${@:5}"
}

# service_socket path: on which the service added last listens. The keeper starts it again when that is gone.
service_socket() { printf '=%s\n' "$1" >>"$KEEPER/services.new"; }

# What every process gets: no secret, and what the tests set for all programs.
PASSED_ON=(LANG LC_ALL TZ LD_PRELOAD TEST_CLOCK_SECONDS ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS)

assignments() { # variable…: NAME=value lines of those that are set
	local name
	for name in "$@"; do
		case ${!name-} in
		*$'\n'*) die "$name holds a line break" ;;
		'') ;;
		*) printf '%s=%s\n' "$name" "${!name}" ;;
		esac
	done | awk -F= '!seen[$1]++'
}

common_environment() {
	echo PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	assignments "${PASSED_ON[@]}"
}

# environment name variable…: the service's whole environment
environment() {
	(umask 077 && { common_environment && assignments "${@:2}"; } >"$KEEPER/$1.env.new") && mv -f "$KEEPER/$1.env.new" "$KEEPER/$1.env"
}

# Ends what an older version has left, or a keeper that was killed. Nothing is executed from a home that is not ours.
clear_home() {
	local name
	if home_is_ours && [ -e "$KEEPER/state" ]; then
		as_keeper "$TELLTALE_HOME/app/telltale-keeper" "$TELLTALE_HOME" --clear
	fi
	stop_process "$RUN/nginx.pid" QUIT
	stop_process "$RUN/live.pid" QUIT
	for name in web sync report audience sender demo mail ferretdb; do stop_process "$RUN/$name.pid" TERM; done
	[ ! -d "$(database_dir)/srv/data" ] || postgres_clear
}

# Services that the new table no longer has are stopped first: what is not in the table is killed.
keeper_start() {
	local name elevate=() common
	if keeper_runs; then
		for name in $(awk 'NR > 1 { print $1 }' "$KEEPER/state"); do
			grep -q "^$name " "$KEEPER/services.new" || stop_services "$name"
		done
		mv -f "$KEEPER/services.new" "$KEEPER/services"
		keeper_signal HUP
		return
	fi
	clear_home
	mv -f "$KEEPER/services.new" "$KEEPER/services"
	rm -f "$KEEPER/state" "$KEEPER/pid"
	[ -w "$KEEPER/lock" ] || rm -f "$KEEPER/lock"
	for name in $(sed -n 's/^\([a-z]\{1,\}\) .*/\1/p' "$KEEPER/services"); do : >"$KEEPER/$name.down"; done
	[ "$(id -u)" = 0 ] || ! is_embedded || elevate=(sudo -n)
	mapfile -t common < <(common_environment)
	(
		exec </dev/null >>"$KEEPER/keeper.log" 2>&1
		close_inherited
		cd / || exit 1
		exec "${elevate[@]}" env -i "${common[@]}" setsid --fork "$TELLTALE_HOME/app/telltale-keeper" "$TELLTALE_HOME"
	)
	wait_for 20 "the keeper" test -e "$KEEPER/state"
}

keeper_stop() {
	if keeper_runs; then
		keeper_signal TERM
		wait_for 150 "the processes to end" keeper_is_gone
	else
		clear_home
	fi
}

stop_services() { # name…
	local name
	for name in "$@"; do : >"$KEEPER/$name.down"; done
	keeper_runs || return 0
	keeper_signal USR1
	for name in "$@"; do wait_for 80 "$name to stop" service_rests "$name" || return 1; done
}

start_services() { # name…: they may still be busy starting when this returns
	local name
	keeper_runs || {
		echo "the keeper does not run: run deploy/up"
		return 1
	}
	for name in "$@"; do rm -f "$KEEPER/$name.down"; done
	keeper_signal USR1
	for name in "$@"; do wait_for 20 "$name to start" service_is "$name" up || return 1; done
}
