#!/bin/bash
# The fuzz targets over seeds of our own, damaged copies of them, and old crashes.
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-.}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-fuzz.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
shopt -s nullglob
passed=0 failed=0
run() { # run NAME TARGET ARGUMENT...
	if "$top_builddir/tests/fuzz/$2" "${@:3}" > "$work/log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
		tail -n 40 "$work/log"
	fi
}
"$top_builddir/tests/gen/factory" --hours 0.1 --pieces 40 -o "$work/piece" || exit 99
seeds=("$work"/piece*)
run "frames, whole and damaged" frames -m "${FUZZ_MUTATIONS:-20}" "${seeds[@]}"
run "capture files, whole and damaged" capture -m "${FUZZ_MUTATIONS:-20}" "${seeds[@]}"
"$top_builddir/tests/fuzz/seeds" "$work/made-" || exit 99
run "hand-made frames, whole and damaged" frames -m "$((${FUZZ_MUTATIONS:-20} * 20))" "$work"/made-*
run "hand-made files, whole and damaged" capture -m "$((${FUZZ_MUTATIONS:-20} * 5))" "$work"/made-*
for script in "$top_srcdir"/tests/protocols/*.frames; do
	"$top_builddir/tests/gen/frames" "$script" "$work/example-$(basename "$script" .frames)" || exit 99
done
run "the protocols' examples, whole and damaged" frames -m "${FUZZ_MUTATIONS:-20}" "$work"/example-*
printf '\0\1\2\3' > "$work/bytes"
head -c 2000 "${seeds[0]}" > "$work/more"
run "records of a child, damaged" records -m 300 "$work/bytes" "$work/more"
yaml=("$top_srcdir"/checks/*.yaml)
[ ${#yaml[@]} -gt 0 ] && run "YAML, whole and damaged" yaml -m 20 "${yaml[@]}"
for target in frames records yaml capture; do
	for crash in "$top_srcdir"/tests/fuzz/crashes/$target/*; do
		run "crash $target/${crash##*/}" $target "$crash"
	done
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
