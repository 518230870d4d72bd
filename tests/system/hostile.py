"""A mail server that treats mails badly, each as its recipient's address says (the part before the @):

  close, silent, rubbish, empty, endless, torn, twice
                                                  what comes after the end of the message: nothing and the connection ends; nothing;
                                                  no reply; an empty line; the lines of a reply without its last one; a reply that
                                                  accepts and then defers; 354 again
  leave                                           the connection ends after RCPT, the first time
  slow                                            the reply to the end of the message takes a while
  rcpt-550, data-451, dot-554 …                   this code at this stage
  first-rcpt-451 …                                the same the first time
  quote                                           the message is refused because of the link in it, which the reply quotes
  anything else                                   is taken

FOLDER/control.json may hold mail (the reply to MAIL), mails (so many a session, then 421), slow (seconds), features (of EHLO),
after_starttls (plain text that comes together with the reply to STARTTLS).
FOLDER/log.jsonl gets a line for each session, for each recipient and for each message that was there as a whole."""
import argparse, base64, collections, json, pathlib, re, socketserver, ssl, threading, time

LOCK, TRIES = threading.Lock(), collections.Counter()
AFTER = {"rubbish": b"what?\r\n", "empty": b"\r\n", "endless": b"250-a\r\n250-b\r\n250-c\r\n", "torn": b"250-fine\r\n450 not\r\n", "twice": b"354 go on\r\n"}


class Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def control(self, name, otherwise):
        path = options.folder / "control.json"
        return json.loads(path.read_text()).get(name, otherwise) if path.exists() else otherwise

    def note(self, **what):
        with LOCK, open(options.folder / "log.jsonl", "a") as log:
            log.write(json.dumps({"at": time.time(), **what}) + "\n")

    def say(self, words):
        self.wfile.write(words.encode() + b"\r\n")

    def handle(self):
        self.mails, self.to, self.user = 0, "", None
        self.note(what="session")
        self.say("220 hostile.example")
        try:
            while (line := self.rfile.readline(4096)) and self.command(line.decode("latin-1").strip()) is not False:
                pass
        except (ConnectionError, ssl.SSLError):
            pass

    def command(self, line):
        verb = line.split(" ")[0].split(":")[0].upper()
        return getattr(self, "do_" + verb.lower(), self.unknown)(line)

    def unknown(self, line):
        self.say("500 what?")

    def do_ehlo(self, line):
        self.note(what="ehlo", name=line[5:])
        features = self.control("features", ["PIPELINING", "SIZE 1000000"])
        if options.tls and not isinstance(self.connection, ssl.SSLSocket):
            features = [*features, "STARTTLS"]
        elif options.tls:
            features = [*features, "AUTH PLAIN"]
        for feature in features:
            self.say("250-" + feature)
        self.say("250 ENHANCEDSTATUSCODES")

    def do_starttls(self, line):
        self.wfile.write(("220 go on\r\n" + self.control("after_starttls", "")).encode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.tls)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def do_auth(self, line):
        self.say("334 ") if len(line.split(" ")) < 3 else None
        words = line.split(" ")[2] if len(line.split(" ")) > 2 else self.rfile.readline().decode().strip()
        self.note(what="sign-in")
        self.user = base64.b64decode(words).decode().split("\0")[1]
        self.say("235 2.7.0 signed in" if base64.b64decode(words).decode().endswith("\0right") else "535 5.7.8 no")

    def do_mail(self, line):
        self.mails += 1
        if self.mails > self.control("mails", 10**9):
            self.say("421 4.7.0 enough")
            return False
        self.say(self.control("mail", "250 OK"))

    def asked(self, stage):
        """The reply that the recipient's address asks for."""
        found = re.match(rf"(first-)?{stage}-(\d+)", self.to)
        if not found:
            return None
        with LOCK:
            TRIES[stage, self.to] += 1
            return f"{found[2]} {found[2][0]}.7.1 as {self.to} asks" if not found[1] or TRIES[stage, self.to] == 1 else None

    def do_rcpt(self, line):
        self.to = re.search("<(.*)@", line)[1]
        self.note(what="rcpt", to=self.to)
        with LOCK:
            TRIES["leave", self.to] += 1
        if self.to == "leave" and TRIES["leave", self.to] == 1:
            return False
        self.say(self.asked("rcpt") or "250 OK")

    def do_data(self, line):
        if refusal := self.asked("data"):
            return self.say(refusal)
        self.say("354 go on")
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            block = self.rfile.readline()
            if not block:
                return False
            body += block
        self.note(what="message", to=self.to, user=self.user, size=len(body), text=body.decode("latin-1"))
        return self.after(body.decode("latin-1").replace("=\r\n", ""))

    def after(self, text):
        if self.to == "quote":
            return self.say("554 5.7.1 no such links: " + re.search(r"http\S+/r/\w+", text)[0])
        if self.to == "close":
            return False
        if self.to == "silent":
            time.sleep(3600)
        if self.to == "slow":
            time.sleep(self.control("slow", 2))
        if self.to in AFTER:
            self.wfile.write(AFTER[self.to])
        else:
            self.say(self.asked("dot") or "250 2.0.0 kept")

    def do_rset(self, line):
        self.say("250 OK")

    def do_quit(self, line):
        self.say("221 bye")
        return False


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 64


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tls", help="a file with key and certificate: STARTTLS, then AUTH, is offered")
    options = parser.parse_args()
    with Server(("127.0.0.1", 0), Session) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
