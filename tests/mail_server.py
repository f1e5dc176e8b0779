#!/usr/bin/env python3
"""An SMTP server on loopback that behaves as the file DIR/mode says, for tests/mail.sh.

Writes its port to DIR/port, and to DIR/closed one that refuses connections. A mail that it takes is a line
"Message-ID recipient" in DIR/taken and a file DIR/mail.N.
"""
import os
import socket
import socketserver
import sys
import threading
import time

folder = sys.argv[1]
lock = threading.Lock()
taken = 0


def mode():
    with open(os.path.join(folder, "mode"), encoding="ascii") as f:
        return f.read().strip()


def take(recipients, data):
    global taken
    name = next((l[12:].strip() for l in data.decode("latin-1").split("\r\n") if l.startswith("Message-ID: ")), "?")
    with lock:
        with open(os.path.join(folder, "mail.%d" % taken), "wb") as f:
            f.write(data)
        taken += 1
        with open(os.path.join(folder, "taken"), "a", encoding="latin-1") as f:
            for r in recipients:
                f.write("%s %s\n" % (name, r))


class Hangup(Exception):
    pass


class Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def say(self, line):
        self.wfile.write(line.encode("latin-1") + b"\r\n")

    def hang(self):
        """Say nothing until the other side has had enough."""
        self.connection.settimeout(20)
        while self.rfile.read(1):
            pass
        raise Hangup

    def data(self):
        """The lines up to the final dot, dots taken out."""
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                raise Hangup
            if self.mode == "die-in-data" and len(lines) == 3:
                raise Hangup
            if line == b".\r\n":
                return b"".join(lines)
            if b"\r" not in line[-2:]:
                take(["BARE-LF"], b"")
            lines.append(line[1:] if line.startswith(b".") else line)

    def end(self, recipients, data):
        m = self.mode
        if m == "hang-at-dot":
            self.hang()
        if m == "die-at-dot":
            raise Hangup
        if m in ("4xx-at-dot", "5xx-at-dot"):
            self.say({"4": "451 4.3.0 later please", "5": "554 5.6.0 no such content here"}[m[0]])
            return
        take(recipients, data)
        if m == "die-after-taking":
            raise Hangup
        if m == "slow":
            time.sleep(0.004)
        self.say("250 2.0.0 taken")

    def command(self, verb, line):
        m = self.mode
        if verb in ("EHLO", "HELO"):
            self.say("250-localhost")
            if m.startswith("auth"):
                self.say("250-AUTH PLAIN")
            self.say("250 8BITMIME")
        elif verb == "AUTH":
            if m == "auth-4xx":
                self.say("454 4.7.0 the table of users is away")
            else:
                self.say("535 5.7.8 wrong: " + line)
        elif verb == "MAIL":
            self.recipients = []
            self.say({"4xx-at-from": "451 4.3.0 later please", "5xx-at-from": "550 5.1.8 who are you",
                      "552-at-from": "552 5.3.4 too large"}.get(m, "250 2.1.0 sender"))
        elif verb == "RCPT":
            who = line[line.index("<") + 1:line.index(">")]
            if m == "4xx-at-to" or who.startswith("grey"):
                self.say("450 4.2.0 greylisted")
            elif m == "5xx-at-to" or who.startswith("nobody"):
                self.say("550-5.1.1 no such\x1b[31m user\r\n550 5.1.1 really")
            elif m == "policy":
                self.say("550 5.7.1 relaying denied")
            else:
                self.recipients.append(who)
                self.say("250 2.1.5 recipient")
        elif verb == "DATA":
            if not self.recipients:
                self.say("503 5.5.1 recipients first")
                return
            self.say("354 go on")
            self.end(self.recipients, self.data())
        elif verb == "QUIT":
            if m == "hang-at-quit":
                self.hang()
            self.say("221 2.0.0 bye")
            raise Hangup
        else:
            self.say("250 2.0.0 fine")

    def handle(self):
        self.mode = mode()
        self.recipients = []
        try:
            if self.mode == "hang":
                self.hang()
            if self.mode == "4xx" or self.mode == "5xx":
                self.say(self.mode[0] + "21 4.3.2 not today")
                return
            if self.mode == "hang-up":
                return
            if self.mode == "garbage":
                self.wfile.write(bytes(range(128, 256)) * 40 + b"\r\n")
                return
            self.say("220 localhost ESMTP")
            while True:
                line = self.rfile.readline().decode("latin-1").rstrip("\r\n")
                if not line:
                    return
                self.mode = mode()
                self.command(line[:4].upper(), line)
        except (Hangup, OSError):
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


with Server(("127.0.0.1", 0), Session) as server:
    closed = socket.socket()         # bound, but never listening
    closed.bind(("127.0.0.1", 0))
    for name, port in (("closed", closed.getsockname()[1]), ("port", server.server_address[1])):
        with open(os.path.join(folder, name + ".new"), "w", encoding="ascii") as f:
            f.write("%d\n" % port)
        os.rename(os.path.join(folder, name + ".new"), os.path.join(folder, name))
    threading.Timer(300, lambda: os._exit(0)).start()
    server.serve_forever()
