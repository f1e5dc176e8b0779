"""A Telnet server for the lab: what inetd and telnetd do together. telnetd.py ADDRESS [TELNETD]

With a telnetd (inetutils, busybox) each connection is its standard input and output. Debian's package of one turns
Telnet on for the whole machine, so that nobody is asked to install it: without, this negotiates and asks for a name
and a password, as one would.
"""
import socketserver
import subprocess
import sys

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, GO_AHEAD, TERMINAL, SPEED, WINDOW = 1, 3, 24, 32, 31


class Login(socketserver.StreamRequestHandler):
    def line(self):
        """One line of text; of the options only so much is understood that they are left out."""
        text = b""
        while True:
            c = self.rfile.read(1)
            if c == b"" or c in b"\r\n":
                return text
            if c[0] != IAC:
                text += c
                continue
            what = self.rfile.read(1)
            if what == b"":
                return text
            if DONT >= what[0] >= WILL:
                self.rfile.read(1)
            while what[0] == SB and not text.endswith(bytes([IAC, SE])):
                text += self.rfile.read(1) or bytes([IAC, SE])
            if what[0] == SB:
                text = b""

    def handle(self):
        self.wfile.write(bytes([IAC, DO, TERMINAL, IAC, DO, SPEED, IAC, WILL, GO_AHEAD, IAC, WILL, ECHO,
                                IAC, DO, WINDOW]))
        self.wfile.write(b"press-3 login: ")
        self.line()
        self.wfile.write(b"Password: ")
        self.line()
        self.wfile.write(b"\r\nLogin incorrect\r\n")


class Given(socketserver.BaseRequestHandler):
    def handle(self):
        subprocess.run([sys.argv[2]], stdin=self.request, stdout=self.request, stderr=subprocess.DEVNULL, check=False)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server((sys.argv[1], 23), Given if len(sys.argv) > 2 else Login) as server:
    server.serve_forever()
