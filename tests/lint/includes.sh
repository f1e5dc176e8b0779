#!/bin/bash
# Who may include what: left of the store a folder sees only what stands to its right.
. "${top_srcdir:-.}/tests/lint/lib.sh"

# only FOLDER ALLOWED...: its files include our headers from these folders only.
only() {
	local folder=$1 allowed
	allowed=$(IFS='|'; echo "$*")
	[ -d "src/$folder" ] || return
	grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"[^"]*/' -r "src/$folder" --include='*.[ch]' |
		grep -vE "include[[:space:]]+\"($allowed|base)/" | rule "src/$folder includes only: $* base"
}
only base
only capture decode flow dissect observe
only decode flow dissect observe
only flow dissect observe
only dissect observe
only observe
only inventory observe
only zone
only mail

# library HEADER FOLDER-OR-FILE...: only these may include it.
library() {
	grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]+(<([a-z]+/)?$1>|\"$1\")" src |
		grep -vE "^($(IFS='|'; echo "${*:2}"))" | rule "$1 only in ${*:2}"
}
library 'sqlite3\.h' src/store/
library 'ndpi[a-z_]*\.h' src/flow/ndpi.c
library 'pcap[a-z/]*\.h' src/capture/
library 'yaml\.h' src/base/
library 'n?curses[w]?\.h' src/tui/
library 'xlsxwriter\.h' src/report/format_xlsx.c
library 'curl\.h' src/mail/
library 'seccomp\.h' src/scan/
finish
