#!/usr/bin/python3
"""A mail server for the demo and the tests: it speaks SMTP as a real one does, keeps every mail that it accepts, and does
wrong on demand. Nothing leaves it.

  demo_mail.py [SMTP_PORT [CONTROL_PORT]] --folder FOLDER [--megabytes N] [--log N] [--names]

Without ports it takes two free ones that follow each other; the first line of its output is both. Mails are kept in FOLDER
over restarts, at most N MB (256): the oldest go first. The log has the newest N commands (400,000). --names: recipients with the
names of NAMES in demo_mail_rules.py have their fate.

Control, all of it JSON over HTTP on 127.0.0.1:CONTROL_PORT (no Origin, and no other Host, is let in):

GET /control       {"switches": {…}, "rules": [{…, "seen": n, "acted": n}], "sessions": {"open": n, "most": n, "all": n},
                    "accepted": n, "recipients": n, "forgotten": n, "certificate": path or null}
POST /control      {switch: value, …, "rules": [{…}, …]}: changes those named; "rules" replaces all rules. The answer is as of GET.
                   What is unknown or wrong is refused with 400 {"error": words}, and nothing is changed.
DELETE /control    all switches as at the start, no rules. Mails and log stay.
GET /messages      newest first: {"messages": [{"id", "at", "connection", "user", "from", "to": [address], "size", "answered",
                   "kept", "subject", "sender"}], "next": id or null, "matched": n}. Query: to, from (a part of the address), exact=1
                   (to is the whole address), limit (50, up to 1000), page (1 …), or before=ID (the "next" of the page before; a page
                   is not moved by what arrives), source=1 (each with "source": the mail as it came, unstuffed, bytes as Latin-1),
                   oldest=1 (oldest first; next page by after=ID).
GET /messages/ID   one mail, read: beside the above "headers": [[name, value]], "text", "html" (pictures by cid: are data: URLs),
                   "attachments": [{"name", "type", "size"}], "source", "longest_line", "bare_lines" (CR or LF alone), "eight_bit"
GET /messages/ID/source   the bytes
GET /counts        {"accepted": n, "recipients": n, "unanswered": n, "forgotten": n, "twice": {address: n}, "to": {address: n}}: how
                   many mails each recipient got; addresses in lower case. brief=1: without "to". Exact since the start of the
                   process; of before as far as mails are still kept (forgotten: dropped for lack of space; still counted).
DELETE /messages   forgets all mails, counts and the log.
GET /log           JSON lines: {"n", "at", "connection", "verb", "line", "code", "said_at"}: each command and the code of its reply (0:
                   none), and the verbs (connect), (close), (body) (a whole message; line: its size). Query: after=N, connection, verb,
                   has (a part of the line), limit. Passwords are ***.
DELETE /log        forgets it.

"answered" (and not "unanswered" of counts): the reply that accepts it has been written. Accepted without it are mails whose
connection ended between the end of the message and the reply.

Switches (GET /control shows them with their defaults)
  pipelining, size (bytes; 0: not announced), eight_bit, enhanced, smtputf8, starttls    announced by EHLO, and held to. enhanced
                 false takes the enhanced codes out of all replies. starttls: AUTH is offered only after it
  auth           methods offered, of "PLAIN", "LOGIN"; [] none     users   {name: password}
  auth_required  MAIL without AUTH is refused with 530
  connections    so many at once, further ones get 421 and the end; 0: any number
  lax_data       DATA after refused recipients only is answered 354 (and the message then by 554), as some servers do
  flushes        input that came before the reply is thrown away: a server that cannot pipeline
  strict         bare CR or LF in a message, and commands in a wrong order, are refused. false: taken as they come
  log            false: commands are not logged       keep   false: of mails only envelope and size are kept
  names          as --names

Rules: each is looked at in order at its stage; delays add up, the first one that says more than a delay ends the search.
  stage    connect ehlo starttls auth mail rcpt data body dot rset noop quit (body: while the message comes in)
 when it acts; all that are given must hold:
  to, from       address, pattern with * or list of both (to: data, body, dot: any recipient of the mail)
  session        number of a connection, or a list                   of_session n  the session has had n mails accepted
  after n        the first n that match are let by                   every n       each nth
  times n        so many in all                                      lasts s       for s seconds from the first that it acted on
  first n        the first n of each recipient (of each sender at mail)        greylist s    of each recipient until s s after its first try
  above n, per s n have been let by in the last s seconds (1)        chance p, seed  of so many of 1; the same recipients each time
  bytes n        body: from so many bytes on
 what it does:
  reply    "550 5.1.1 text", or a list of lines (all but the last without code get one: "250-"); 421 ends the session
  delay    seconds before the reply. The mail is kept before it; late true: after it, if the session is still there
  drop     true: the connection ends instead of the reply; "reset": by RST
  raw      this text instead of a reply (Latin-1, without CRLF of its own)     silent   true: no reply, ever
  endless  true: a reply of lines that never ends        split   seconds between the bytes of the reply
  close    true: the session ends after the reply
  accept   whether the command takes effect all the same (dot: whether the mail is kept). As a rule it does if the reply is positive
           or there is only a delay
Examples: {"stage": "dot", "delay": 0.2}, {"stage": "rcpt", "to": "u0003@t.example", "reply": "550 5.1.1 no such user"},
{"stage": "mail", "of_session": 50, "reply": "421 4.7.0 enough"}, {"stage": "dot", "to": "*7@*", "drop": true, "accept": true},
{"stage": "rcpt", "after": 60, "lasts": 60, "reply": "450 4.7.1 too much mail"}, {"stage": "dot", "above": 10, "reply": "454 4.7.0 throttling"},
{"stage": "rcpt", "greylist": 30, "reply": "451 4.7.1 greylisted"}.
"""
import argparse, asyncio, collections, json, pathlib, signal, socket, ssl, subprocess, time, urllib.parse

from demo_mail_rules import NAMES, Rule, Wrong
from demo_mail_session import Session
from demo_mail_store import Store, heading, reading

DEFAULTS = {"pipelining": True, "size": 20 << 20, "eight_bit": True, "enhanced": True, "smtputf8": True, "starttls": False, "auth": [],
            "users": {"me": "right"}, "auth_required": False, "connections": 0, "lax_data": False, "flushes": False, "strict": True,
            "log": True, "keep": True, "names": False}


class Server:
    """What all sessions share."""

    def __init__(self, store, names, log):
        self.store, self.start = store, {**DEFAULTS, "names": names}
        self.log, self.logged = collections.deque(maxlen=log), 0
        self.open, self.most, self.all, self.certificate, self.tls = 0, 0, 0, None, None
        self.reset()

    def reset(self):
        self.switches = dict(self.start)
        self.rules = []
        self.sort_rules()

    def sort_rules(self):
        self.by_stage = collections.defaultdict(list)
        for rule in self.rules + ([Rule(given) for given in NAMES] if self.switches["names"] else []):
            self.by_stage[rule.given["stage"]].append(rule)

    def change(self, asked):
        if not isinstance(asked, dict):
            raise Wrong("an object is needed")
        rules = [Rule(given) for given in asked["rules"]] if "rules" in asked else self.rules
        switches = {name: value for name, value in asked.items() if name != "rules"}
        for name, value in switches.items():
            if name not in DEFAULTS or type(value) is not type(DEFAULTS[name]):
                raise Wrong(f"{name} is no switch, or has a wrong value")
        if switches.get("starttls"):
            self.make_certificate()
        self.switches.update(switches)
        self.rules = rules
        self.sort_rules()

    def make_certificate(self):
        """The standard library cannot make one. It is new for each start and stands for 127.0.0.1 and localhost."""
        if self.tls:
            return
        path = self.store.folder / "certificate.pem"
        key = self.store.folder / "certificate.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "9000", "-subj",
                        "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", path], check=True, capture_output=True)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(path, key)
        path.chmod(0o644)
        self.certificate = str(path)

    def note(self, session, verb, line):
        """A row of the log, to which the reply is added."""
        self.logged += 1
        row = [self.logged, time.time(), session.number, verb, line, 0, None]
        if self.switches["log"]:
            self.log.append(row)
        return row

    def state(self):
        return {"switches": self.switches, "rules": [{**rule.given, "seen": rule.seen, "acted": rule.acted} for rule in self.rules],
                "sessions": {"open": self.open, "most": self.most, "all": self.all}, "accepted": self.store.accepted,
                "recipients": len(self.store.counts), "forgotten": self.store.forgotten, "certificate": self.certificate}


class Control:
    """The control, over HTTP."""

    def __init__(self, server):
        self.server, self.store = server, server.store

    async def serve(self, reader, writer):
        try:
            status, kind, body = await asyncio.wait_for(self.request(reader), 30)
        except (Wrong, ValueError, UnicodeError, asyncio.TimeoutError) as error:
            status, kind, body = 400, "application/json", json.dumps({"error": str(error) or "that is no request"}).encode()
        except (asyncio.IncompleteReadError, ConnectionError):
            return writer.close()
        writer.write(f"HTTP/1.1 {status} .\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        try:
            await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    async def request(self, reader):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        if headers.get("host", "").rpartition(":")[0] not in ("127.0.0.1", "localhost") or "origin" in headers:
            return 403, "application/json", b'{"error": "only programs of this machine may ask"}'
        length = int(headers.get("content-length") or 0)
        if length > 64 << 20:
            raise Wrong("that is too much")
        body = await reader.readexactly(length) if length else b""
        parts = urllib.parse.urlsplit(target)
        query = {name: values[-1] for name, values in urllib.parse.parse_qs(parts.query).items()}
        found = self.find(method, parts.path.strip("/").split("/"), query, body)
        if callable(found):  # beside the sessions, which must not wait for it
            found = await asyncio.get_running_loop().run_in_executor(None, found)
        if found is None:
            return 404, "application/json", b'{"error": "there is no such thing"}'
        if isinstance(found, tuple):
            return 200, *found
        return 200, "application/json", json.dumps(found).encode()

    def find(self, method, words, query, body):
        asked = (method, words[0], len(words))
        if asked == ("POST", "control", 1):
            self.server.change(json.loads(body))
        if asked == ("DELETE", "control", 1):
            self.server.reset()
        if asked == ("DELETE", "messages", 1):
            self.store.forget()
        if asked in (("DELETE", "messages", 1), ("DELETE", "log", 1)):
            self.server.log.clear()
        if words[0] == "control" and len(words) == 1 or method == "DELETE":
            return self.server.state()
        if method != "GET":
            return None
        if words[0] == "messages" and len(words) > 1:
            return self.one(words[1:])
        return {"messages": self.messages, "counts": self.counts, "log": self.log}.get(words[0], lambda _: None)(query)

    def one(self, words):
        head = self.store.heads.get(int(words[0])) if words[0].isdigit() else None
        if not head or len(words) > 2 or len(words) == 2 and words[1] != "source":
            return None
        return ("message/rfc822", self.store.body(head)) if len(words) == 2 else lambda: reading(head, self.store)

    def messages(self, query):
        to, sender, limit = query.get("to", "").lower(), query.get("from", "").lower(), min(1000, int(query.get("limit", 50)))
        before, after, skipped = int(query.get("before", 1 << 60)), int(query.get("after", 0)), (max(1, int(query.get("page", 1))) - 1) * limit
        heads, found = self.store.heads, []
        fits = (lambda address: address == to) if query.get("exact") == "1" else (lambda address: to in address)
        for number in heads if query.get("oldest") == "1" else reversed(heads):
            head = heads[number]
            if after < number < before and (not to or any(fits(one.lower()) for one in head["to"])) and (not sender or sender in head["from"].lower()):
                found.append(head)
        rows = found[skipped:skipped + limit]
        following = rows[-1]["id"] if len(found) > skipped + limit else None
        return {"messages": [heading(head, self.store, query.get("source") == "1") for head in rows], "next": following, "matched": len(found)}

    def counts(self, query):
        store = self.store
        found = {"accepted": store.accepted, "recipients": len(store.counts), "unanswered": store.unanswered, "forgotten": store.forgotten,
                 "twice": {address: count for address, count in store.counts.items() if count > 1}}
        return found if query.get("brief") == "1" else {**found, "to": store.counts}

    def log(self, query):
        names, rows = ("n", "at", "connection", "verb", "line", "code", "said_at"), []
        after, limit = int(query.get("after", 0)), int(query.get("limit", 1 << 60))
        for row in self.server.log:
            if row[0] > after and query.get("connection", str(row[2])) == str(row[2]) and query.get("verb", row[3]) == row[3] and query.get("has", "") in row[4]:
                rows.append(json.dumps(dict(zip(names, row))))
                if len(rows) >= limit:
                    break
        return "application/x-ndjson", "".join(row + "\n" for row in rows).encode()


def listen(ports):
    """Two sockets, for SMTP and the control."""
    sockets = []
    for port in ports:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", port))
        one.listen(1024)
        sockets.append(one)
    return sockets


def chosen(smtp, control):
    if smtp:
        return listen([smtp, control or smtp + 1])
    for _ in range(100):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        try:
            return listen([port, port + 1])
        except (OSError, OverflowError):
            continue
    raise SystemExit("there are no free ports")


async def main(options):
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    server = Server(Store(options.folder, options.megabytes << 20), options.names, options.log)
    smtp, control = chosen(options.smtp, options.control)
    await loop.create_server(lambda: Session(server), sock=smtp)
    await asyncio.start_server(Control(server).serve, sock=control, limit=1 << 16)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    print(smtp.getsockname()[1], control.getsockname()[1], flush=True)
    await ended.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("smtp", nargs="?", type=int, default=0)
    parser.add_argument("control", nargs="?", type=int, default=0)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--log", type=int, default=400000)
    parser.add_argument("--names", action="store_true")
    asyncio.run(main(parser.parse_args()))
