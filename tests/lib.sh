# What the test scripts share; sourced with top_srcdir set, or from the top of the sources.
genba=${genba:-./genba}
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-.}
passed=0 failed=0 skipped=0
ok() { # ok NAME COMMAND...
	if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
status() { # status WANTED COMMAND...
	"${@:2}" >/dev/null 2>&1
	[ $? -eq "$1" ]
}
says() { # says TEXT COMMAND...: reads to the end, so that no command is cut off
	"${@:2}" 2>&1 | grep -F -- "$1" >/dev/null
}
# The last line, which script/test adds up; 1 where something failed.
finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}
