#!/bin/bash
# The interview under a real terminal (tmux): a whole one by its keys, and one that is killed at 20 random moments:
# what its screen had confirmed is in the site file.
. "${top_srcdir:-.}/tests/lib.sh"
case $genba in /*) ;; *) genba=$PWD/$genba ;; esac
export GENBA_DATA=${GENBA_DATA:-$(cd "$top_srcdir" && pwd)}
command -v tmux >/dev/null && command -v timeout >/dev/null && [ -r /proc/self/stat ] || { echo "tmux is not installed: skipped"; exit 77; }
if [ -z "${tui_kill_bounded:-}" ]; then
	tui_kill_bounded=1 exec timeout -k 5 300 "$BASH" "$0" "$@"
fi
unset LANGUAGE GENBA_SITE TMUX NO_COLOR
export LC_ALL=C.UTF-8 TZ=UTC
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-kill.XXXXXX") || exit 99
socket=0
t() { timeout 2 tmux -S "$work/tmux$socket" -f /dev/null "$@" 2>/dev/null; }
trap 't kill-server; rm -rf "$work"' EXIT
trap 'exit 1' TERM INT
cd "$work" || exit 99

# One pane that holds genba itself; what it drew stays to be seen when it is dead. A server of its own each time: the
# old one may take a while to go.
start() { # start SITE
	t kill-server
	socket=$((socket + 1))
	t new-session -d -x 80 -y 30 "exec sleep 60" \; set -g remain-on-exit on \; set -g default-terminal screen \; \
		set -g status off \; respawn-pane -k "exec '$genba' --lang en -s '$work/$1'" || { echo "tmux does not start here: skipped"; exit 77; }
	pane=$(t display-message -p '#{pane_pid}')
}
# Is this process there, and more than a corpse? (kill -0 takes both for alive.)
alive() {
	local state
	{ read -r _ _ state _ <"/proc/$1/stat"; } 2>/dev/null && [ "$state" != Z ]
}
keys() { t send-keys "$@"; }
look() { t capture-pane -p; }
# The question that the screen shows, its answer as the screen has it.
parse() {
	id=$(sed -n '3s/^ \([GAZHRCD][0-9]*\)  .*/\1/p' <<<"$1")
	level=$(sed -n 's/^[ >]*(\*) \([0-4]\)  .*/\1/p' <<<"$1")
}
# A screen that stands still: two looks alike, so no half of it is from the one before.
still() {
	local before=
	screen=$(look)
	while alive "$pane" && [ "$screen" != "$before" ]; do
		before=$screen
		sleep 0.01
		screen=$(look)
	done
	alive "$pane" && parse "$screen"
}
# until COMMAND...: look again until it is so; false where genba is gone or it never comes.
until_so() {
	local i
	for i in $(seq 300); do
		still || return 1
		"$@" && return 0
	done
	return 1
}
shows() { grep -qF -- "$1" <<<"$screen"; }
fails() { ! "$@"; }
is_answered() { [ "$level" = "$1" ]; }
another() { [ -n "$id" ] && [ "$id" != "$1" ]; }

# ---- a whole interview ----
start whole.genba
until_so shows "questions" || { look; echo "FAILED: the first screen"; exit 1; }
keys a
until_so shows "name of the firm"
ok "the interview opens with the first question" shows "name of the firm"
keys Enter
until_so shows "Esc: give up"
keys -l '現場'
keys Enter
until_so fails shows "Esc: give up"
for i in $(seq 20); do
	place=$(sed -n 2p <<<"$screen")
	[ -n "$id" ] && break
	case $screen in
	*"Which networks"*)
		keys Enter
		until_so shows "Esc: give up"
		keys -l 192.168.1.0/24
		keys Enter ;;
	*) keys 2 ;;
	esac
	until_so fails shows "$place"
done
n=0
: >want
while [ -n "$id" ] && [ "$n" -lt 60 ]; do
	now=$id
	echo "$id $((n % 5))" >>want
	keys $((n % 5))
	until_so is_answered $((n % 5)) || break
	keys Enter
	n=$((n + 1))
	until_so fails shows " $now  " || break
done
ok "it asked 25 questions" [ "$n" -eq 25 ]
"$genba" ask -s whole.genba --export - >whole.yaml
sed -nE 's/^  ([GAZHRCD][0-9]+): (\{level: )?([0-4]).*/\1 \3/p' whole.yaml >have
ok "each answer is in the file" cmp want have
ok "the profile is in the file" grep -q 'name: .*現場' whole.yaml
ok "the networks are in the file" grep -q '192.168.1.0/24' whole.yaml

# ---- killed ----
"$genba" ask -s whole.genba --export profile.yaml >/dev/null
sed -n '/^answers:/q;p' profile.yaml >only.yaml
echo 'answers: {}' >>only.yaml
"$genba" ask -s kill.genba --answers only.yaml >/dev/null || exit 99
declare -A confirmed sent
RANDOM=4711
total=0 killed=0
for round in $(seq 20); do
	start kill.genba
	victim=$pane
	after=$((RANDOM % 1200 + 100))
	{ sleep "$((after / 1000)).$(printf %03d $((after % 1000)))"; kill -9 "$victim"; } 2>/dev/null &
	killer=$!
	while still; do
		if [ -z "$id" ]; then
			keys a
			sleep 0.02
			continue
		fi
		now=$id value=$((RANDOM % 5))
		sent[$now]=$value
		keys $value
		until_so is_answered $value || break
		[ "$id" = "$now" ] || break
		confirmed[$now]=$value
		total=$((total + 1))
		keys Enter
		until_so another "$now" || break
	done
	wait $killer
	while alive "$victim"; do sleep 0.01; done
	killed=$((killed + 1))
	# The one that was on its way may be there as well; nothing that was confirmed may be gone.
	"$genba" ask -s kill.genba --export - >now.yaml || { failed=$((failed + 1)); echo "FAILED: round $round: the file cannot be read"; }
	for q in "${!confirmed[@]}"; do
		have=$(sed -nE "s/^  $q: (\{level: )?([0-4]).*/\2/p" now.yaml)
		if [ "$have" != "${confirmed[$q]}" ] && [ "$have" != "${sent[$q]}" ]; then
			failed=$((failed + 1))
			echo "FAILED: round $round: $q was shown as ${confirmed[$q]}, the file has '$have'"
		fi
	done
done
ok "it was killed 20 times" [ "$killed" -eq 20 ]
ok "answers were confirmed in between ($total)" [ "$total" -gt 0 ]
finish
