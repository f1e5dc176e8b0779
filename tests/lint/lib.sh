# What the lint scripts share: each is one rule of the house, over the sources.
shopt -s lastpipe
cd "${top_srcdir:-.}" || exit 99
passed=0 failed=0
# rule NAME: standard input holds the offences; none is a pass.
rule() {
	local offences
	offences=$(cat)
	if [ -z "$offences" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s\n%s\n' "$1" "$offences"
	fi
}
finish() {
	echo "$passed passed, $failed failed, 0 skipped"
	[ "$failed" -eq 0 ]
}
