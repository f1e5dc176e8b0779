#!/bin/bash
# Three typical factories, their first six actions and the grade after each: docs/METHOD.md shows and defends them.
# Also what genba actions does with a budget and with a site's own figures.
# typical.sh --update writes tests/typical/NAME.txt anew; look at the difference.
. "${top_srcdir:-.}/tests/lib.sh"
build=$top_builddir
unset LANGUAGE GENBA_SITE
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1715600000 TZ=UTC
dir=$(mktemp -d "${TMPDIR:-/tmp}/genba-typical.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT

# first_six SITE: "lane id grade S" of the first six rows of the plan; an interim measure has no grade of its own.
first_six() {
	"$genba" -s "$1" --lang en actions --format csv |
		awk -F, 'NR > 1 && n < 6 { n++; print $1, ($3 == 1 ? "(until then) " : "") $2 }' > "$dir/order"
	"$genba" -s "$1" --lang en actions --format json |
		awk '/"s_after"/ { s = $2 } /"grade_after"/ { g = $2 } /"interim": true/ { i = 1 } /"interim": false/ { i = 0 }
		     /^    }/ && n < 6 && !done { n++; gsub(/[",]/, "", s); gsub(/[",]/, "", g); print i ? "-" : "S " s " " g }
		     /"data_actions"/ { done = 1 }' > "$dir/after"
	paste -d ' ' "$dir/order" "$dir/after"
}
cp "$top_srcdir"/tests/typical/*.answers.yaml "$dir"
"$build/tests/gen/factory" -o "$dir/factory.pcap" || exit 99
for name in machining-20 parts-80 plant-200; do
	site=$dir/$name.genba expected=$top_srcdir/tests/typical/$name.txt
	ok "$name: answers" status 0 "$genba" -s "$site" ask --answers "$dir/$name.answers.yaml"
	if [ "$name" = parts-80 ]; then
		ok "$name: scan" status 0 "$genba" -s "$site" scan "$dir/factory.pcap"
	fi
	first_six "$site" > "$dir/$name.txt"
	[ "${1:-}" = --update ] && cp "$dir/$name.txt" "$expected"
	ok "$name: the first six (typical.sh --update writes them anew)" diff -u "$expected" "$dir/$name.txt"
	ok "$name: six" [ "$(grep -c . "$dir/$name.txt")" -eq 6 ]
	# The page shows the same, in the same words.
	while read -r line; do
		ok "$name: docs/METHOD.md has \"$line\"" grep -qF -- "    $line" "$top_srcdir/docs/METHOD.md"
	done < "$dir/$name.txt"
	"$genba" -s "$site" actions --yen 0 --format csv | awk -F, 'NR > 1 && $1 == 1 && $3 != ""' > "$dir/free"
	ok "$name: without money something can be done" test -s "$dir/free"
	ok "$name: the plan without money costs nothing" [ "$("$genba" -s "$site" --lang en actions --yen 0 --format json |
		awk '/"does_not_fit"/ { rest = 1 } /"yen": \[/ && !rest { getline; getline; if ($1 != 0) print }' | wc -l)" -eq 0 ]
done

# A budget: what is left, what does not fit and why.
site=$dir/machining-20.genba
plan() { "$genba" -s "$site" --lang en actions "$@"; }
ok "a budget" says "With a budget of 500,000 yen, 40 hours" plan --yen 500000 --hours 40
ok "what is left" says "; left: 400,000 yen" plan --yen 500000
ok "what does not fit, and why" says "takes up to 1,700,000 yen" plan --yen 500000
ok "what has to come first" says "with what comes first: Draw the network" plan --yen 300000
ok "the same in CSV" says "does_not_fit" plan --yen 500000 --format json
ok "a limit that is none" status 64 plan --yen -1
ok "hours that are none" status 64 plan --hours many

# A site's own figures: checked, kept, used, taken back.
printf 'backup-offline:\n  yen: {min: 0, max: 30000}\n  who: 佐藤\nlog-collection: {not_here: "somebody else does"}\nname-responsible: {done: true}\n' > "$dir/own.yaml"
wrong() { # wrong TEXT YAML
	printf "$2" > "$dir/wrong.yaml"
	plan --adapt "$dir/wrong.yaml" > "$dir/out" 2>&1
	[ $? -eq 2 ] && grep -qF -- "$1" "$dir/out" && grep -q 'wrong\.yaml:[0-9]' "$dir/out"
}
plan > "$dir/before.txt"
ok "an action that there is not" wrong "no such action" 'backup: {done: true}\n'
ok "a key that there is not" wrong "unknown key" 'backup-offline:\n  price: 3\n'
ok "… with its line" grep -q 'wrong\.yaml:2' "$dir/out"
ok "a range upside down" wrong "0 ≤ min ≤ max" 'backup-offline: {yen: {min: 2, max: 1}}\n'
ok "not here, without a reason" wrong "expected a reason" 'backup-offline: {not_here: ""}\n'
ok "no map" wrong "expected a map" '[backup-offline]\n'
ok "a file that is not there" status 2 plan --adapt "$dir/none.yaml"
ok "nothing of that was kept" diff -q "$dir/before.txt" <(plan)
ok "own figures" status 0 plan --adapt "$dir/own.yaml"
ok "… in the list" says "0–30,000 yen, 8–24 hours, no stop (this site's figures)" plan
ok "… in the roadmap" says "left: 470,000 yen" plan --yen 500000
ok "… in JSON" says '"adapted": true' plan --format json
ok "… in the report" says "(own figure)" "$genba" -s "$site" --lang en report
ok "… who" says "佐藤" "$genba" -s "$site" --lang en report
ok "not here" says "somebody else does" plan
ok "… is no action any more" [ "$(plan --format csv | grep -c log-collection)" -eq 0 ]
ok "done is no action any more" [ "$(plan --format csv | grep -c name-responsible)" -eq 0 ]
ok "the report says what was taken out" says "Not in the plan" "$genba" -s "$site" --lang en report
ok "taken back" status 0 plan --adapt ''
ok "… as before" diff -q "$dir/before.txt" <(plan)
plan --adapt "$dir/own.yaml" > /dev/null
printf '{}\n' > "$dir/empty.yaml"
ok "an empty map takes it back too" status 0 plan --adapt "$dir/empty.yaml"
ok "… as before" diff -q "$dir/before.txt" <(plan)

# Done, it says, but the wire shows otherwise: it stays.
printf 'control-remote-maintenance: {done: true}\n' > "$dir/done.yaml"
site=$dir/parts-80.genba
plan --adapt "$dir/done.yaml" > /dev/null
ok "done against the wire" says "the network shows otherwise" plan

# The budget of the profile in the report; cases beside the data actions.
printf 'profile: {budget: "500000"}\nanswers: {}\n' > "$dir/budget.yaml"
ok "budget" status 0 "$genba" -s "$site" ask --answers "$dir/budget.yaml"
for format in html md text; do
	"$genba" -s "$site" --lang ja report --format $format > "$dir/report" 2>/dev/null
	ok "$format: the plan without money" grep -q お金をかけない計画 "$dir/report"
	ok "$format: the plan of the budget" grep -q 予算50万円の計画 "$dir/report"
	ok "$format: a case" grep -q 日進工業 "$dir/report"
done
ok "a case in the list" says "Nisshin Kogyo" plan
ok "a case in JSON" says '"company": "Nisshin Kogyo' plan --format json
"$genba" -s "$site" --lang ja report --format html --for president > "$dir/president.html"
ok "the president reads a case" grep -q 日進工業 "$dir/president.html"
"$genba" -s "$site" --lang ja report --format html --for customer > "$dir/customer.html"
ok "a customer sees no budget" [ "$(grep -c 予算50万円 "$dir/customer.html")" -eq 0 ]

finish
