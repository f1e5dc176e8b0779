#!/bin/bash
# genba ask: answers from files and back, the blanks, and a conversation on a terminal.
. "${top_srcdir:-.}/tests/lib.sh"
status() { # status WANTED COMMAND...
	"${@:2}" >/dev/null 2>&1 </dev/null
	[ $? -eq "$1" ]
}
says() { # says TEXT COMMAND...
	"${@:2}" 2>&1 </dev/null | grep -qF -- "$1"
}
unset LANGUAGE
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1700000000
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
sample=$top_srcdir/tests/data/sample-answers.yaml

# Answers in, answers out, and the same again.
ok "sample answers" says "25 of 25 questions answered" "$genba" ask -s "$dir/a.genba" --answers "$sample"
ok "export" status 0 "$genba" ask -s "$dir/a.genba" --export "$dir/a.yaml"
ok "export comes back" status 0 "$genba" ask -s "$dir/b.genba" --answers "$dir/a.yaml"
"$genba" ask -s "$dir/b.genba" --export - > "$dir/b.yaml"
ok "round trip" cmp "$dir/a.yaml" "$dir/b.yaml"
"$genba" ask -s "$dir/empty.genba" --answers <(printf 'answers: {}\n') --export "$dir/empty.yaml" > /dev/null
ok "an empty export comes back" status 0 "$genba" ask -s "$dir/empty.genba" --answers "$dir/empty.yaml"
ok "a level alone stays short" grep -qx '  G3: 0' "$dir/a.yaml"
ok "a note is kept" grep -q '2年前' "$dir/a.yaml"

# Several respondents: all are kept, the last one counts.
printf 'respondent: 社長\nwhen: 2024-01-02T00:00:00Z\nanswers: {Z1: 4}\n' > "$dir/boss.yaml"
ok "second respondent" status 0 "$genba" ask -s "$dir/b.genba" --answers "$dir/boss.yaml"
"$genba" ask -s "$dir/b.genba" --export "$dir/two.yaml" > /dev/null
ok "both respondents are there" [ "$(grep -c '^    - ' "$dir/two.yaml")" -eq 2 ]
ok "both come back" status 0 "$genba" ask -s "$dir/c.genba" --answers "$dir/two.yaml"
"$genba" ask -s "$dir/c.genba" --export "$dir/three.yaml" > /dev/null
ok "round trip of two respondents" cmp "$dir/two.yaml" "$dir/three.yaml"

# Whose answer counts: the last one, or the one that was chosen.
cat > "$dir/three-people.yaml" <<'END'
answers:
  Z1: [{level: 4, respondent: 社長, when: "2024-01-03T00:00:00Z"}, {level: 1, respondent: 工場長, when: "2024-01-02T00:00:00Z"},
       {level: unknown, when: "2024-01-01T00:00:00Z"}]
  H1: [{level: 2, respondent: 社長}, {level: 2, respondent: 工場長}]
  H5: [{level: 3, respondent: 社長}, {level: 2, respondent: 工場長}]
  G1: 3
END
who="$genba -s $dir/who.genba"
counts() { # counts QUESTION RESPONDENT HOW
	$who ask --compare --format csv | grep -qE "^\"?$1\"?,\"?$2\"?,.*,\"?$3\"?.?$"
}
score() {
	$who score --format json | grep -m1 '"m":'
}
ok "three people" status 0 $who ask --answers "$dir/three-people.yaml"
ok "compare: the last one counts" counts Z1 社長 last
ok "compare: of the full set too" counts H5 社長 last
ok "compare: who agree are left out" [ -z "$($who ask --compare --format csv | grep -E '^"?(H1|G1)')" ]
ok "compare: everybody is there" [ "$($who ask --compare --format csv | grep -cE '^"?Z1')" -eq 3 ]
ok "compare: who gave no name" says '(no name)' $who ask --compare
ok "compare: don't know" says "don't know" $who ask --compare
ok "compare: JSON" says '"schema": "genba.respondents/1"' $who ask --compare --format json
before=$(score)
ok "choose" status 0 $who ask --choose Z1=工場長
ok "choose: counts" counts Z1 工場長 chosen
ok "choose: the score follows" [ "$before" != "$(score)" ]
$who ask --export "$dir/chosen.yaml" > /dev/null
ok "choose: in the export" grep -q 'level: 1, chosen: true, respondent: "工場長"' "$dir/chosen.yaml"
"$genba" ask -s "$dir/who2.genba" --answers "$dir/chosen.yaml" --export "$dir/chosen2.yaml" > /dev/null
ok "choose: export and back" cmp "$dir/chosen.yaml" "$dir/chosen2.yaml"
printf 'respondent: 社長\nwhen: 2024-02-01T00:00:00Z\nanswers: {Z1: 3}\n' > "$dir/later.yaml"
ok "choose: a later answer of another" status 0 $who ask --answers "$dir/later.yaml"
ok "choose: stays" counts Z1 工場長 chosen
ok "choose: in the report" says 'Where the answers differ' $who report --format text --lang en
ok "choose: in the report, Japanese" says '工場長（選択）' $who report --format md --lang ja
ok "choose: in the model" says '"chosen": true' $who report --format json
ok "customers do not see it" [ -z "$($who report --format text --for customer --lang en | grep 'answers differ')" ]
ok "choose: the one without a name" status 0 $who ask --choose Z1=
ok "choose: no name counts" counts Z1 '' chosen
ok "choose: the last one again" status 0 $who ask --choose Z1
ok "choose: last" counts Z1 社長 last
ok "choose: nobody of this name" says '"客" gave no answer' $who ask --choose Z1=客
ok "choose: no such question" says 'no question X1' $who ask --choose X1=社長
ok "choose: no site" status 2 "$genba" ask -s "$dir/missing.genba" --choose Z1=社長
ok "choose: no site is made" [ ! -e "$dir/missing.genba" ]
ok "compare: nobody differs" says 'No question was answered by several people' "$genba" ask -s "$dir/a.genba" --compare
ok "report of one person: no such chapter" [ -z "$("$genba" -s "$dir/a.genba" report --format text --lang en | grep 'answers differ')" ]

# What is wrong is named by file and line, and nothing is stored.
printf 'answers: {Z1: 5}\n' > "$dir/bad.yaml"
ok "a wrong file" status 2 "$genba" ask -s "$dir/fresh.genba" --answers "$dir/bad.yaml"
wrong() { # wrong TEXT YAML
	printf "$2" > "$dir/wrong.yaml"
	"$genba" ask -s "$dir/none.genba" --answers "$dir/wrong.yaml" > "$dir/out" 2>&1
	[ $? -eq 2 ] && grep -qF -- "$1" "$dir/out" && grep -q 'wrong\.yaml:[0-9]' "$dir/out"
}
ok "level 5" wrong "expected a level from 0 to 4" 'answers:\n  Z1: 2\n  Z2: 5\n'
ok "line of the level" wrong "wrong.yaml:3" 'answers:\n  Z1: 2\n  Z2: 5\n'
ok "no such question" wrong "no question Z99" 'answers: {Z99: 1}\n'
ok "not applicable without a reason" wrong "needs a reason" 'answers: {Z1: not_applicable}\n'
ok "unknown key" wrong "lvel" 'answers: {Z1: {lvel: 1}}\n'
ok "unknown choice" wrong "expected 1-20" 'profile: {employees: 12}\n'
ok "time" wrong "expected a time" 'when: yesterday\nanswers: {Z1: 1}\n'
ok "two answers of one person" wrong "same respondent" 'answers: {Z1: [1, 2]}\n'
ok "no YAML at all" wrong "expected" 'hello\n'
ok "networks" says "is no network" "$genba" ask -s "$dir/none.genba" --answers <(printf 'profile: {subnets: home}\nanswers: {G1: 1}\n')
ok "nothing was stored" says "0 of 25 questions answered" "$genba" ask -s "$dir/none.genba" \
	--answers <(printf 'answers: {}\n')
ok "no trace of a wrong file" [ ! -e "$dir/fresh.genba" ]
ok "no such file" status 2 "$genba" ask -s "$dir/none.genba" --answers "$dir/no.yaml"

# A shop without a network: what needs one is left out, and said so.
printf 'profile: {networked: none}\nanswers: {G1: 1}\n' > "$dir/alone.yaml"
ok "stand-alone shop" says "R2: left out" "$genba" ask -s "$dir/alone.genba" --answers "$dir/alone.yaml"

# The table: filled in, saved by spreadsheets in their ways, read back.
filled() { # filled LANG: every open answer gets 2 and a note
	"$genba" ask --sheet csv --lang "$1" | sed '/^subnets,/!s/,,,,,,\r$/,2,,=要確認,,,工場長\r/'
}
ok "the table begins with a byte order mark" [ "$("$genba" ask --sheet csv 2>/dev/null | head -c 3 | od -An -tx1 | tr -d ' ')" = efbbbf ]
ok "the table has 25 questions" [ "$("$genba" ask --sheet csv | grep -cE '^[GAZHRCD][0-9],')" -eq 25 ]
ok "the full table has more" [ "$("$genba" ask --sheet csv --set full | grep -cE '^[GAZHRCD][0-9],')" -gt 25 ]
filled ja > "$dir/ja.csv"
filled en | sed '1s/^\xef\xbb\xbf//' > "$dir/en.csv"
filled ja | sed '1s/^\xef\xbb\xbf//' | iconv -f UTF-8 -t CP932 > "$dir/cp932.csv"
filled ja | tr ',' ';' > "$dir/semicolon.csv"
for table in ja en cp932; do
	ok "table $table" says "25 of 25 questions answered" "$genba" ask -s "$dir/$table.genba" --answers "$dir/$table.csv"
	"$genba" ask -s "$dir/$table.genba" --export "$dir/$table.yaml" > /dev/null
	ok "table $table gives the same answers" cmp "$dir/ja.yaml" "$dir/$table.yaml"
done
ok "a note from the table" grep -qF 'Z1: {level: 2, note: "=要確認"}' "$dir/ja.yaml"
ok "full-width digits and words" says "3 of 25 questions answered; don't know: 1, not applicable: 1" \
	"$genba" ask -s "$dir/words.genba" --answers <(printf '番号,回答（x）,理由\nG1,２,\nG2,わからない,\nG3,該当しない,一人会社\nG4,,\n,,\n')
ok "columns in another order, semicolons" says "1 of 25" \
	"$genba" ask -s "$dir/order.genba" --answers <(printf 'answer;note;id\n3;"a;b";G1\n')
table_wrong() { # table_wrong TEXT CSV
	printf "$2" > "$dir/wrong.csv"
	"$genba" ask -s "$dir/none.genba" --answers "$dir/wrong.csv" > "$dir/out" 2>&1
	[ $? -eq 2 ] && grep -qF -- "$1" "$dir/out"
}
ok "table: wrong answer" table_wrong 'wrong.csv:3: G2: expected 0 to 4' 'id,answer\nG1,1\nG2,5\n'
ok "table: line behind a long cell" table_wrong 'wrong.csv:4: G2' 'id,question,answer\nG1,"a\nb",1\nG2,,x\n'
ok "table: unknown question" table_wrong 'no question X1' 'id,answer\nX1,1\n'
ok "table: no reason" table_wrong 'needs a reason' 'id,answer,reason\nG1,該当しない,\n'
ok "table: a note without an answer" table_wrong 'a note, but no answer' 'id,answer,note\nG1,,hello\n'
ok "table: no heads" table_wrong 'expected the heads' 'G1,1\n'
ok "table: open quote" table_wrong 'never closed' 'id,answer\nG1,"1\n'
ok "UTF-16" table_wrong 'UTF-16' '\xff\xfei\x00d\x00'

# The page to print.
"$genba" ask --sheet html --lang ja -o "$dir/ja.html"
"$genba" ask --sheet html --lang en > "$dir/en.html"
ok "page: 25 questions" [ "$(grep -c '<h3><b>' "$dir/ja.html")" -eq 25 ]
ok "page: all descriptors" [ "$(grep -c '<li><span class="box">' "$dir/ja.html")" -eq 125 ]
ok "page in English holds no Japanese" [ -z "$(grep -P '[\p{Hiragana}\p{Katakana}\p{Han}]' "$dir/en.html" | grep -v 'font:')" ]
ok "page loads nothing" [ -z "$(grep -iE 'src=|href=|url\(|@import|<script' "$dir/ja.html")" ]

# How it is called.
ok "no terminal" status 64 "$genba" ask -s "$dir/a.genba"
ok "no terminal: what to do" says "--answers FILE" "$genba" ask -s "$dir/a.genba"
ok "unknown set" status 64 "$genba" ask --set half
ok "unknown sheet" status 64 "$genba" ask --sheet pdf
ok "an argument" status 64 "$genba" ask answers.yaml
ok "blank and answers" status 64 "$genba" ask --sheet csv --answers "$sample"
ok "compare and answers" status 64 "$genba" ask --compare --answers "$sample"
ok "choose and blank" status 64 "$genba" ask --choose Z1 --sheet csv
ok "format without compare" status 64 "$genba" ask --export - --format json
ok "unknown format" status 64 "$genba" ask -s "$dir/a.genba" --compare --format xml
ok "output without a blank" status 64 "$genba" ask -o x.html
ok "export of no site" status 2 "$genba" ask -s "$dir/missing.genba" --export -
if [ -w /dev/full ]; then
	ok "full disk" status 2 "$genba" ask --sheet html -o /dev/full
fi

# A conversation: back, a note, don't know, not applicable, stop; going on another day.
if command -v script >/dev/null; then
	talk() { # talk SITE LINES
		printf "$2" | script -qec "$genba ask -s $dir/$1 --respondent 工場長" /dev/null > "$dir/talk" 2>&1
	}
	talk talk.genba '\n\n\n\n\n\n\n\n\n\n\n\n3 議事録あり\n?\nb\n9\n1\nn\n\nn\n一人会社\nq\n'
	"$genba" ask -s "$dir/talk.genba" --export "$dir/talk.yaml" > /dev/null
	ok "conversation: level with a note" grep -qF 'G1: {level: 3, note: "議事録あり"' "$dir/talk.yaml"
	ok "conversation: back and again" grep -qE 'G2: 1|G2: \{level: 1' "$dir/talk.yaml"
	ok "conversation: not applicable" grep -qF 'G3: {level: not_applicable, reason: "一人会社"' "$dir/talk.yaml"
	ok "conversation: summary" grep -q '3 of 25 questions answered' "$dir/talk"
	talk talk.genba '\n\n\n\n\n\n\n\n\n\n\n\n２　全角\nｑ\n'
	"$genba" ask -s "$dir/talk.genba" --export "$dir/talk.yaml" > /dev/null
	ok "conversation: goes on where it stopped" grep -qF 'G4: {level: 2, note: "全角"' "$dir/talk.yaml"
	ok "conversation: the rest is kept" grep -qF '議事録あり' "$dir/talk.yaml"
else
	skipped=$((skipped + 1))
fi
finish
