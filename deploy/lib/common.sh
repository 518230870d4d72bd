# Shared by all set-up scripts: paths, messages, failures.
# Sourced, never run. Sets: ROOT, TELLTALE_HOME, CACHE, RUN, LOG, KEEPER, PORT, HOST.

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

# load_values FILE: sets variables from NAME=value lines unless they are set already, so the caller always wins. Values are never
# evaluated by the shell, and not exported: what a script runs gets no secret that it does not need.
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
		printf -v "$name" '%s' "$line"
	done <"$1"
}

SECRETS=(EMAILOCTOPUS_API_KEY EMAILOCTOPUS_WEBHOOK_SECRET TWILIO_AUTH_TOKEN SECRET_KEY SUPPRESSION_KEY LINK_KEYS BOUNCE_HOOK_KEYS INBOUND_IMAP_PASSWORD CREDENTIALS_KEY CREDENTIALS_KEYS_OLD DEFAULT_SMTP_PASSWORD SMTP_PASSWORD MONGODB_URI)

load_dotenv() {
	load_values "$ROOT/.env"
	export -n "${SECRETS[@]}"
}

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
	KEEPER=$TELLTALE_HOME/keeper
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

# alone: one deploy/up at a time in this checkout, as it writes the build and copies it to the home. The lock ends with this shell;
# what goes on in the background closes it before (close_inherited).
alone() {
	exec {ALONE}<"$ROOT/deploy/up" || return 0
	flock --nonblock "$ALONE" && return 0
	say "  another deploy/up is at work in $ROOT: waiting for it"
	flock --timeout 600 "$ALONE" || die "another deploy/up has been at work in $ROOT for ten minutes" "pgrep -af deploy/up finds it."
}

# The home belongs to whoever runs deploy/up (root, as a rule), and so does everything directly in it but the folders in which the
# service user writes. Root writes nothing in those: a link there could lead anywhere.
SERVICE_FOLDERS=(run log ferretdb)

belongs_to() { # path user-id: the path itself, not what a link leads to
	[ "$(stat -c %u -- "$1" 2>/dev/null)" = "$2" ]
}

# untrusted_folder path: the first folder above it, or link on the way to it, that somebody but root and us could replace by a
# link to elsewhere, with the reason; nothing if there is none. What does not exist yet is ours to make.
untrusted_folder() {
	local at=/ rest=${1#/} name owner mode group links=0 us
	us=$(id -u)
	while [ -n "$rest" ]; do
		read -r owner group mode < <(stat -c '%u %g %a' -- "$at")
		[ "$owner" = 0 ] || [ "$owner" = "$us" ] || { echo "$at belongs to $(id -un "$owner" 2>/dev/null || echo "$owner")" && return; }
		mode=$((8#$mode))
		((mode & 8#1000)) || ! ((mode & 8#002)) || { echo "everybody may write to $at" && return; }
		((mode & 8#1000)) || ! ((mode & 8#020)) || [ "$group" = 0 ] || { [ "$us" != 0 ] && [ "$group" = "$(id -g)" ]; } ||
			{ echo "a group may write to $at" && return; }
		name=${rest%%/*} rest=${rest#"$name"}
		rest=${rest#/}
		case $name in
		'' | .) continue ;;
		..) at=$(dirname "$at") && continue ;;
		esac
		if [ -L "${at%/}/$name" ]; then
			owner=$(stat -c %u -- "${at%/}/$name")
			[ "$owner" = 0 ] || [ "$owner" = "$us" ] || { echo "${at%/}/$name is a link of another user" && return; }
			((++links <= 40)) || { echo "${at%/}/$name leads in circles" && return; }
			name=$(readlink -- "${at%/}/$name")
			rest=$name/$rest
			[ "${name#/}" = "$name" ] || at=/ rest=${rest#/}
		else
			at=${at%/}/$name
			[ -d "$at" ] || return 0
		fi
	done
}

# trust_folders_above path setting: what is executed or written there must not be somebody else's choice.
trust_folders_above() {
	local why
	why=$(untrusted_folder "$1")
	[ -z "$why" ] || die "$2 is not safe here: $why, so somebody else could put another folder in its place" \
		"Choose one below folders that belong to root and that nobody else may write to."
}

home_belongs_to_us() { [ -d "$TELLTALE_HOME" ] && belongs_to "$TELLTALE_HOME/." "$(id -u)"; }

foreign_entries() { # what lies in the home, belongs to another user and is none of the folders given to the service user
	local entry
	while IFS= read -r entry; do
		[[ " ${SERVICE_FOLDERS[*]} " == *" ${entry##*/} "* && -d $entry && ! -L $entry ]] || printf '%s\n' "$entry"
	done < <(find "$TELLTALE_HOME/" -mindepth 1 -maxdepth 1 ! -user "$(id -u)" ! -user 0)
}

# Only what is in such a home may be executed or believed. One that was taken over and then refused is not ours yet.
home_is_ours() { home_belongs_to_us && [ -z "$(untrusted_folder "$TELLTALE_HOME")$(foreign_entries)" ]; }

# An older version gave the home to the service user, which may have put anything there since.
take_over_home() {
	belongs_to "$TELLTALE_HOME" "$(id -u)" && home_belongs_to_us && return 0
	[ ! -L "$TELLTALE_HOME" ] && belongs_to "$TELLTALE_HOME" "$(id -u "$(service_user)")" ||
		die "$TELLTALE_HOME belongs to another user" "Choose another folder as TELLTALE_HOME."
	chown -h "$(id -u):$(id -g)" "$TELLTALE_HOME"
	[ ! -L "$TELLTALE_HOME" ] && home_belongs_to_us || die "$TELLTALE_HOME cannot be taken over"
	rm -f "$TELLTALE_HOME/settings.env" # written anew; an older version gave it to the service user
}

refuse_foreign() {
	local entry
	entry=$(foreign_entries | head -n 1)
	[ -z "$entry" ] || die "$entry belongs to another user and is not to be trusted" "Look at it and remove it; then run this again."
}

service_folder() { # name: made and given to the service user; its parent is ours
	local folder=$TELLTALE_HOME/$1 user
	user=$(id -u "$(service_user)")
	[ -L "$folder" ] || [ -d "$folder" ] || mkdir -m 0755 "$folder" || return 1
	belongs_to "$folder/." "$user" && return 0
	[ ! -L "$folder" ] || die "$folder leads to a folder that does not belong to $(service_user)"
	chown -h "$user:$(id -g "$(service_user)")" "$folder"
}

prepare_home() {
	local name
	mkdir -p "$TELLTALE_HOME" && take_over_home && refuse_foreign || return 1
	chmod go-w "$TELLTALE_HOME"
	for name in "${SERVICE_FOLDERS[@]}"; do service_folder "$name" || return 1; done
	mkdir -p "$KEEPER" && chmod 0755 "$KEEPER"
}

pid_in() { # pid-file: read as the service user, which wrote it, and may have put a pipe there that never ends
	local pid
	pid=$(as_service timeout 2 head -c 12 "$1" 2>/dev/null) && [[ ${pid%%$'\n'*} =~ ^[0-9]+$ ]] && echo "${pid%%$'\n'*}"
}

alive() { # pid-file: is that a running process of this home?
	local pid
	pid=$(pid_in "$1") || return 1
	tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "$TELLTALE_HOME/"
}

# stop_process pid-file signal: as the service user, which cannot hit the processes of others; after 20 s it is killed.
stop_process() {
	local file=$1 pid tries
	alive "$file" || return 0
	pid=$(pid_in "$file")
	as_service kill "-$2" "$pid" 2>/dev/null || return 0
	for ((tries = 0; tries < 200; tries++)); do
		[ -d "/proc/$pid" ] || return 0
		sleep 0.1
	done
	as_service kill -KILL "$pid" 2>/dev/null
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
