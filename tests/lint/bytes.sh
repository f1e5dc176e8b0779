#!/bin/bash
# Untrusted bytes are read through the cursor only: no structure is laid over them.
. "${top_srcdir:-.}/tests/lint/lib.sh"

grep -rnP '(?<!sizeof)\((const )?struct [a-z0-9_]+ \*\)' src/dissect src/decode --include='*.[ch]' |
	rule "no cast to a structure in src/dissect and src/decode"
grep -rnE '\((const )?u?int(16|32|64)_t \*\)' src/capture src/decode src/flow src/dissect src/observe src/scan |
	rule "no cast to a wider integer pointer"
grep -rnE '\b(strcpy|strcat|sprintf|gets|strtok)\(' src/capture src/decode src/flow src/dissect src/observe |
	rule "no unbounded string function on the packet path"
grep -rnE '\b(printf|puts|fprintf|putchar|perror)\(' src/capture src/decode src/flow src/dissect src/observe \
	src/inventory src/store src/check src/score src/diff src/questionnaire --include='*.c' | rule "only the command line prints"
finish
