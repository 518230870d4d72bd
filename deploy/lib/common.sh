# Shared by all set-up scripts: paths, messages, failures.
# Sourced, never run. Sets: ROOT, TELLTALE_HOME, CACHE, RUN, LOG, PORT, HOST.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() {
	printf '\ntelltale: %s\n' "$1" >&2
	[ -n "${2:-}" ] && printf '          %s\n' "$2" >&2
	exit 1
}

# usage: prints the comment at the head of the running script.
usage() { sed -n '2,${/^#/!q; s/^# \{0,1\}//; p;}' "$0"; }

# refuse WORD: rejects an unknown option or word, before anything has been done.
refuse() {
	say "$0: unknown option or word '$1'; see $0 --help"
	exit 2
}

# only_options "KNOWN…" "$@": for scripts that take only options: handles --help, rejects unknown ones.
only_options() {
	local known=" $1 " word
	shift
	for word in "$@"; do
		case $word in
		--help | -h) usage && exit 0 ;;
		*) [[ $word != *' '* && $known == *" $word "* ]] || refuse "$word" ;;
		esac
	done
}

# step "what" command…: runs it and reports how long it took, or the end of its output if it fails.
step() {
	local what=$1 began=$SECONDS log
	shift
	log=$(mktemp)
	printf '  %-46s' "$what" >&2
	if "$@" >"$log" 2>&1; then
		printf ' ok  %4d s\n' "$((SECONDS - began))" >&2
		rm -f "$log"
		return 0
	fi
	printf ' FAILED after %d s\n' "$((SECONDS - began))" >&2
	tail -n 25 "$log" | sed 's/^/    | /' >&2
	rm -f "$log"
	return 1
}

# load_values FILE: exports NAME=value lines unless the variable is set already, so the caller always wins. Values are never
# evaluated by the shell.
load_values() {
	local line name
	[ -f "$1" ] || return 0
	while IFS= read -r line || [ -n "$line" ]; do
		[[ $line =~ ^[[:space:]]*([A-Za-z_][A-Za-z0-9_]*)= ]] || continue
		name=${BASH_REMATCH[1]}
		[ -n "${!name+x}" ] && continue
		line=${line#*=}
		line=${line%$'\r'}
		if [[ $line =~ ^\"(.*)\"$ || $line =~ ^\'(.*)\'$ ]]; then line=${BASH_REMATCH[1]}; fi
		export "$name=$line"
	done <"$1"
}

load_dotenv() { load_values "$ROOT/.env"; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

need_root() {
	[ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null ||
		die "this step needs root: $1" "Run as root, or give this user password-less sudo."
}

locate_home() {
	if [ "$(id -u)" = 0 ]; then
		TELLTALE_HOME=${TELLTALE_HOME:-/var/lib/telltale}
		CACHE=${TELLTALE_CACHE:-/var/cache/telltale}
	else
		TELLTALE_HOME=${TELLTALE_HOME:-$HOME/.local/share/telltale}
		CACHE=${TELLTALE_CACHE:-$HOME/.cache/telltale}
	fi
	case $TELLTALE_HOME in
	/*) ;;
	*) die "TELLTALE_HOME must be an absolute path, not '$TELLTALE_HOME'" ;;
	esac
	# sockaddr_un holds 107 bytes; the longest name below it is database/srv/run/.s.PGSQL.5432
	[ ${#TELLTALE_HOME} -le 70 ] ||
		die "TELLTALE_HOME is ${#TELLTALE_HOME} bytes long; at most 70 fit" \
			"Unix socket names end at 107 bytes: choose a shorter folder."
	RUN=$TELLTALE_HOME/run
	LOG=$TELLTALE_HOME/log
	export TELLTALE_HOME
}

# The unprivileged user that owns the database and runs all our processes.
service_user() {
	if [ "$(id -u)" = 0 ]; then echo telltale; else id -un; fi
}

ensure_user() {
	id telltale >/dev/null 2>&1 && return 0
	[ "$(id -u)" = 0 ] || return 0
	useradd --system --no-create-home --home-dir "$TELLTALE_HOME" --shell /usr/sbin/nologin telltale
}

as_service() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=telltale --regid=telltale --clear-groups --no-new-privs "$@"
	else
		"$@"
	fi
}

alive() { # pid-file [name]: true while that process is running (and is the expected program)
	local pid
	[ -s "$1" ] || return 1
	pid=$(cat "$1") || return 1
	[ -d "/proc/$pid" ] || return 1
	[ -z "${2:-}" ] || tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q -- "$2"
}

# stop_process pid-file name [signal [seconds]]: sends the signal, waits, and finally kills.
stop_process() {
	local file=$1 name=$2 signal=${3:-TERM} limit=${4:-20} pid tries
	alive "$file" "$name" || {
		rm -f "$file"
		return 0
	}
	pid=$(cat "$file")
	as_root kill "-$signal" "$pid" 2>/dev/null || true
	for ((tries = 0; tries < limit * 10; tries++)); do
		[ -d "/proc/$pid" ] || break
		sleep 0.1
	done
	[ -d "/proc/$pid" ] && as_root kill -KILL "$pid" 2>/dev/null
	rm -f "$file"
}

wait_for() { # seconds what command…: until the command succeeds
	local limit=$1 what=$2 tries
	shift 2
	for ((tries = 0; tries < limit * 10; tries++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	say "    waited $limit s for $what"
	return 1
}

free_kilobytes() { df -Pk "$1" | awk 'NR == 2 { print $4 }'; }

need_space() { # folder megabytes purpose
	local have
	mkdir -p "$1"
	have=$(($(free_kilobytes "$1") / 1024))
	[ "$have" -ge "$2" ] ||
		die "not enough disk for $3: $1 has $have MB free, $2 MB are needed" \
			"Free some space, or point TELLTALE_HOME and TELLTALE_CACHE at a larger disk."
}

# close_inherited: in a subshell, closes all descriptors but the standard three. Background processes outlive the caller, whose
# pipes (and the copies that bash keeps while redirecting) would otherwise stay open: `deploy/up | cat` would never end.
close_inherited() {
	local fd
	for fd in "/proc/$BASHPID/fd"/*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || exec {fd}>&-
	done
}

# background name command…: as the service user, in a session of its own, with output to LOG/name.log, in RUN, where it may
# leave a core.
background() {
	local name=$1
	shift
	(
		exec </dev/null >>"$LOG/$name.log" 2>&1
		close_inherited
		cd "$RUN" || exit 1
		as_service sh -c 'echo $$ >"$1"; shift; exec setsid "$@"' - "$RUN/$name.pid" "$@"
	) &
}
