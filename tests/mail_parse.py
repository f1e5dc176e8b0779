#!/usr/bin/env python3
"""Messages that tests/mail_drive makes, read by Python's email package: mail_parse.py MAIL_DRIVE FOLDER

Prints "N passed, N failed, 0 skipped".
"""
import email
import email.header
import email.policy
import email.utils
import os
import random
import re
import subprocess
import sys

drive, folder = sys.argv[1:]
passed = failed = 0
chance = random.Random(20240501)
ALPHABET = "abcdef gh.,;:\"\\<>()@=?_-" + "現場診断結果ラインー工場（高）①髙﨑" + "é😀𠮷"


def ok(what, good):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAILED:", what)


def write(name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def squeezed(s):
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", s).strip(" ")


def lines(s):
    s = re.sub(r"\r\n|\r|\n", "\n", s)
    return s if not s or s.endswith("\n") else s + "\n"


def build(case):
    words = ["from", case["from"][0], "from-name", case["from"][1], "subject", case["subject"], "id", "1.2@example.com",
             "date", "1715600000", "text-file", write("text", case["text"])]
    for address, name in case["to"]:
        words += ["to", address, "to-name", name]
    if case["html"] is not None:
        words += ["html-file", write("html", case["html"])]
    for i, (name, kind, data) in enumerate(case["attachments"]):
        words += ["attach", name, kind, write("attached.%d" % i, data)]
    return subprocess.run([drive, "message"] + words, stdout=subprocess.PIPE, check=False, timeout=20).stdout


def text_of(part):
    return part.get_payload(decode=True).decode("utf-8").replace("\r\n", "\n")


def compare(name, case):
    data = build(case)
    ok(name + ": the same again", data and data == build(case))
    ok(name + ": CRLF only", b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b""))
    long = [l for l in data.split(b"\r\n") if len(l) > 76]
    ok(name + ": lines of 76 characters at most %r" % long[:1], not long)
    ok(name + ": ASCII", all(b < 128 for b in data))
    head = data.split(b"\r\n\r\n")[0].decode("ascii")
    for word in re.findall(r"=\?UTF-8\?B\?[^?]*\?=", head):
        whole = True
        try:
            email.header.decode_header(word)[0][0].decode("utf-8")
        except UnicodeDecodeError:
            whole = False
        ok(name + ": characters whole in " + word, whole and len(word) <= 75)
    m = email.message_from_bytes(data, policy=email.policy.default)
    ok(name + ": no defects %r" % [p.defects for p in m.walk()], not any(p.defects for p in m.walk()))
    ok(name + ": headers", sorted(k.lower() for k in m.keys() if not k.lower().startswith("content-")) ==
       ["auto-submitted", "date", "from", "message-id", "mime-version", "subject", "to"])
    ok(name + ": subject %r" % m["subject"], str(m["subject"]) == squeezed(case["subject"]))
    for header, wanted in (("from", [case["from"]]), ("to", case["to"])):
        # Not .addresses: Python before 3.13 leaves the blanks between the encoded words of a name.
        raw = email.message_from_bytes(data).get_all(header)
        got = [(a, str(email.header.make_header(email.header.decode_header(n)))) for n, a in email.utils.getaddresses(raw)]
        ok(name + ": %s %r" % (header, got), got == [(a, squeezed(n)) for a, n in wanted])
    ok(name + ": date", m["date"].datetime.timestamp() == 1715600000)
    ok(name + ": id", m["message-id"] == "<1.2@example.com>")
    ok(name + ": text", text_of(m.get_body(("plain",))) == lines(case["text"]))
    html = m.get_body(("html",))
    if case["html"] is None:
        ok(name + ": no HTML", html is None)
    else:
        ok(name + ": HTML", text_of(html) == lines(case["html"]))
    got = [(p.get_filename(), p.get_content_type(), p.get_payload(decode=True)) for p in m.iter_attachments()]
    wanted = [(re.sub(r"[/\\]", "_", squeezed(n)) or "attachment", t or "application/octet-stream", d)
              for n, t, d in case["attachments"]]
    ok(name + ": attachments %r" % [g[:2] for g in got], got == wanted)


def made_up(most):
    return "".join(chance.choice(ALPHABET) for _ in range(chance.randint(0, most)))


BASE = {"from": ("genba@example.com", ""), "to": [("owner@example.com", "")], "subject": "", "text": "", "html": None,
        "attachments": []}
CASES = {
    "plain": {"subject": "Scan of Monday", "text": "one\ntwo\n"},
    "Japanese": {"from": ("genba@example.co.jp", "現場診断"), "to": [("owner@example.co.jp", "山田 太郎"),
                 ("b@example.com", "Smith, \"Bob\" <x>")], "subject": "【重要】診断結果：新しい指摘が３件あります（第２工場）" * 3,
                 "text": "本日の診断結果です。\r\n詳しくは添付をご覧ください。\r\n" * 20, "html": "<p>本日の<b>診断結果</b></p>",
                 "attachments": [("診断報告書（第２工場・2024年5月）最終版.pdf", "application/pdf", bytes(range(256)) * 300),
                                 ("a.csv", "text/csv", "é,\n".encode())]},
    "injection": {"subject": "hello\r\nBcc: x@evil.example\r\n\r\nbody\x00"[:-1],
                  "from": ("genba@example.com", "a\r\nBcc: x@evil.example"), "to": [("o@example.com", "\n\n x\u2028y\x85z")],
                  "attachments": [("../../etc/pass\r\nX-Evil: 1\"wd", "", b"")]},
    "already encoded": {"subject": "=?UTF-8?B?5bGx?= =?x", "to": [("o@example.com", "=?UTF-8?Q?=41?=")]},
    "dots and From": {"text": ".\n..\n.hidden\nFrom here\n=\n=41 \ntrailing \t\n" + "x" * 300 + "\n" + ". " * 200,
                      "html": "." * 400},
    "no line end": {"text": "a\rb\n\rc"},
    "long words": {"subject": "x" * 300, "to": [("a" * 40 + "@" + "b" * 20 + ".example", "y" * 200)],
                   "attachments": [("z" * 200, "text/plain; charset=utf-8"[:10], b"1")]},
    "many": {"to": [("p%d@example.com" % i, "担当者%d" % i) for i in range(40)], "subject": "word " * 60},
}
for name, case in CASES.items():
    compare(name, {**BASE, **case})
for i in range(40):
    compare("made up %d" % i, {
        "from": ("g%d@example.com" % i, made_up(60)), "to": [("t%d@example.com" % k, made_up(90)) for k in range(1 + i % 3)],
        "subject": made_up(200), "text": "\n".join(made_up(200) for _ in range(i % 9)),
        "html": made_up(2000) if i % 2 else None,
        "attachments": [(made_up(120), "application/x-test", chance.randbytes(i * 37)) for _ in range(i % 4)]})
print("%d passed, %d failed, 0 skipped" % (passed, failed))
sys.exit(failed != 0)
