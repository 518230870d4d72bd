"""A connection with the mail server of demo_mail.py."""
import asyncio, base64, binascii, re, socket, ssl, struct, time

LINE, COMMAND = 4096, 1 << 16  # of a command, and of what has no end of line


class Session(asyncio.Protocol):
    """One connection. Commands that come while an answer is delayed wait for it."""

    def __init__(self, server):
        self.server, self.number, self.accepted, self.transport = server, 0, 0, None
        self.buffer, self.out, self.busy, self.over, self.entry, self.looked, self.pending = bytearray(), [], False, False, None, [], None
        self.hello, self.user, self.secure, self.expects = None, None, False, None
        self.clear()

    def clear(self):
        self.sender, self.recipients, self.refused, self.in_mail, self.in_data, self.body_bytes, self.searched = "", [], 0, False, False, 0, 0

    # the connection

    def connection_made(self, transport):
        if self.transport:  # now over TLS
            self.transport, self.secure = transport, True
            return
        server, self.transport = self.server, transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.all += 1
        server.open += 1
        server.most = max(server.most, server.open)
        self.number = server.all
        self.entry = server.note(self, "(connect)", "")
        limit = server.switches["connections"]
        if limit and server.open > limit:
            self.reply("421 4.7.0 too many connections")
            self.flush()
            return
        self.answer("connect", "220 demo.example ESMTP, nothing leaves here", [])
        self.flush()

    def connection_lost(self, error):
        self.over = True
        self.server.open -= 1
        self.server.note(self, "(close)", "")

    def data_received(self, data):
        self.buffer += data
        if len(self.buffer) > (self.server.switches["size"] or 1 << 30) + (8 << 20):
            self.end()
        self.work()

    def work(self):
        while not self.busy and not self.over and (self.take_body() if self.in_data else self.take_line()):
            pass
        self.flush()

    def take_line(self):
        end = self.buffer.find(b"\n")
        if end < 0:
            if len(self.buffer) > COMMAND:
                self.end()
            return False
        line = bytes(self.buffer[:end]).rstrip(b"\r")
        del self.buffer[:end + 1]
        if self.server.switches["flushes"]:
            self.buffer.clear()
        if len(line) > LINE:
            self.entry = self.server.note(self, "?", "too long")
            self.reply("500 5.5.2 line too long")
        elif self.expects:
            self.expects(line)
        else:
            self.command(line.decode("utf-8", "surrogateescape"))
        return True

    # replies

    def reply(self, *lines):
        if not self.server.switches["enhanced"]:
            lines = [re.sub(r"^(\d{3}[- ])\d\.\d{1,3}\.\d{1,3} ", r"\1", line) for line in lines]
        self.out.append("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n")
        if self.entry:
            self.entry[5], self.entry[6] = int(lines[-1][:3]), time.time()
        if lines[-1][:3] in ("221", "421"):
            self.end()

    def flush(self):
        if self.out and self.transport and not self.transport.is_closing():
            self.transport.write(b"".join(self.out))
        self.out.clear()
        if self.over and self.transport:
            self.transport.close()

    def end(self, how=True):
        """The connection ends once what has been said is written, or by RST."""
        self.over = True
        if how == "reset":
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

    def answer(self, stage, usual, about, effect=None):
        """The usual reply, after whose decision the command takes effect; or what rules say instead."""
        rules = self.server.by_stage.get(stage)
        if not rules:
            if effect:
                usual = effect(True) or usual
            return self.reply(*usual) if isinstance(usual, list) else self.reply(usual)
        delay, late, chosen = 0, False, None
        for rule in rules:
            if rule.acts(self, about):
                delay, late = delay + rule.given.get("delay", 0), late or rule.given.get("late", False)
                if rule.ends:
                    chosen = rule
                    break
        if not delay:
            return self.carry_out(stage, chosen, usual, effect, True)
        if effect and stage == "dot" and not late:
            usual, effect = self.take_effect(chosen, usual, effect, False), None
        self.busy = True
        asyncio.get_running_loop().call_later(delay, self.resume, stage, chosen, usual, effect)

    def take_effect(self, rule, usual, effect, soon):
        positive = not rule or not (rule.given.get("drop") or rule.given.get("silent") or rule.given.get("endless") or "raw" in rule.given) and \
            (not rule.lines or rule.lines[-1][0] in "23")
        wanted = rule.given.get("accept", positive) if rule else True
        return (effect(soon and positive) if wanted else None) or usual

    def resume(self, stage, rule, usual, effect):
        self.busy = False
        if self.over:
            return
        self.carry_out(stage, rule, usual, effect, True)
        if stage == "dot" and self.pending and self.entry[5] and self.entry[5] < 300:
            self.server.store.say_answered(self.pending)
        self.work()

    def carry_out(self, stage, rule, usual, effect, soon):
        usual = self.take_effect(rule, usual, effect, soon) if effect else usual
        lines = rule.lines if rule and rule.lines else usual if isinstance(usual, list) else [usual]
        if not rule:
            return self.reply(*lines)
        given = rule.given
        if given.get("drop"):
            return self.end(given["drop"])
        if given.get("silent"):
            self.busy = True
        elif given.get("endless"):
            self.busy = True
            self.flush()
            self.pour(lines[-1][:3])
        elif "raw" in given:
            self.out.append(given["raw"].encode("latin-1", "replace"))
        elif given.get("split"):
            self.busy = True
            self.flush()
            self.drip("\r\n".join(lines).encode() + b"\r\n", given["split"], given.get("close", False) or lines[-1].startswith("421"))
        else:
            self.reply(*lines)
        if given.get("close") or stage == "connect" and lines[-1][0] in "45":
            self.end()

    def pour(self, code):
        if not self.over:
            if self.transport.get_write_buffer_size() < 1 << 16:
                self.transport.write(f"{code}-and on it goes\r\n".encode() * 200)
            asyncio.get_running_loop().call_later(0.01, self.pour, code)

    def drip(self, rest, pause, close):
        if self.over:
            return
        self.transport.write(rest[:1])
        if len(rest) > 1:
            asyncio.get_running_loop().call_later(pause, self.drip, rest[1:], pause, close)
            return
        self.busy = False
        if close:
            self.end()
        self.work()

    # commands

    def command(self, line):
        verb = line.split(" ", 1)[0].upper()
        self.entry = self.server.note(self, verb, re.sub(r"(?i)^(AUTH \S+ ).+", r"\1***", line))
        does = COMMANDS.get(verb)
        if not does:
            self.reply("500 5.5.2 command not recognized")
        else:
            does(self, line[len(verb):].strip())

    def do_ehlo(self, words):
        if not words:
            return self.reply("501 5.5.4 EHLO needs a name")
        said = self.server.switches

        def effect(_):
            self.hello = words
            self.clear()
        offers = ["PIPELINING"] * said["pipelining"] + [f"SIZE {said['size']}"] * bool(said["size"]) + ["8BITMIME"] * said["eight_bit"] + \
            ["ENHANCEDSTATUSCODES"] * said["enhanced"] + ["SMTPUTF8"] * said["smtputf8"] + ["STARTTLS"] * (said["starttls"] and not self.secure)
        if said["auth"] and (self.secure or not said["starttls"]):
            offers.append("AUTH " + " ".join(said["auth"]))
        lines = ["demo.example", *offers]
        self.answer("ehlo", [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"], [], effect)

    def do_helo(self, words):
        self.hello = words or "?"
        self.clear()
        self.reply("250 demo.example")

    def do_starttls(self, words):
        if not self.server.switches["starttls"] or self.secure:
            return self.reply("503 5.5.1 no TLS to start")

        def effect(_):
            if self.buffer:
                return "501 5.5.4 something came behind STARTTLS"
            self.busy = True
            self.transport.pause_reading()  # what comes next is TLS
            asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(self.start_tls()))
        self.answer("starttls", "220 2.0.0 go on", [], effect)

    async def start_tls(self):
        self.hello = self.user = None
        self.clear()
        try:
            self.transport = await asyncio.get_running_loop().start_tls(self.transport, self, self.server.tls, server_side=True)
            self.secure = True
        except (OSError, ssl.SSLError) as error:
            self.server.note(self, "(tls)", str(error))
            return self.end()
        self.busy = False
        self.work()

    def do_auth(self, words):
        method, _, rest = words.partition(" ")
        said = self.server.switches
        if not self.hello or self.user or self.in_mail or not said["auth"] or (said["starttls"] and not self.secure):
            return self.reply("503 5.5.1 not now")
        if method.upper() not in said["auth"]:
            return self.reply("504 5.5.4 no such method")
        if method.upper() == "LOGIN":
            return self.ask_login(rest)
        if rest:
            return self.plain(rest.encode())
        self.expects = self.plain
        self.reply("334 ")

    def decoded(self, words):
        self.expects = None
        try:
            return base64.b64decode(b"" if words == b"=" else words, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            self.reply("501 5.5.2 that is no base64")
            return None

    def plain(self, words):
        parts = (self.decoded(words) or "").split("\0")
        if self.entry[5] != 501:
            self.sign_in(parts[1], parts[2]) if len(parts) == 3 else self.reply("501 5.5.2 three parts are needed")

    def ask_login(self, rest):
        def name_given(words):
            name = self.decoded(words)
            if name is not None:
                self.expects = lambda more: self.sign_in(name, self.decoded(more))
                self.reply("334 UGFzc3dvcmQ6")
        if rest:
            return name_given(rest.encode())
        self.expects = name_given
        self.reply("334 VXNlcm5hbWU6")

    def sign_in(self, name, password):
        if password is None:
            return
        if self.server.switches["users"].get(name) != password:
            return self.answer("auth", "535 5.7.8 wrong name or password", [])
        self.answer("auth", "235 2.7.0 signed in", [], lambda _: setattr(self, "user", name))

    def path(self, words, verb):
        """The address and the parameters, or None after a reply that says what is wrong."""
        found = re.fullmatch(r"(?i)(?:FROM|TO):\s?<([^<>\s]*)>((?: [^ ]+)*) ?", words)
        if not found or words[:4].upper() != ("FROM" if verb == "MAIL" else words[:4].upper()):
            return self.reply("501 5.5.4 this is no path")
        address, more = found[1], dict((word.partition("=")[::2]) for word in found[2].upper().split())
        if (address or verb == "RCPT") and not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,255}", address):
            return self.reply("501 5.1.3 this is no address" if verb == "RCPT" else "501 5.1.7 this is no address")
        if not address.isascii() and not (self.server.switches["smtputf8"] and ("SMTPUTF8" in more or verb == "RCPT")):
            return self.reply("553 5.6.7 SMTPUTF8 is needed for this address")
        return address, more

    def do_mail(self, words):
        said = self.server.switches
        if said["strict"] and not self.hello:
            return self.reply("503 5.5.1 send EHLO first")
        if said["strict"] and self.in_mail:
            return self.reply("503 5.5.1 sender already specified")
        if said["auth_required"] and not self.user:
            return self.reply("530 5.7.0 sign in first")
        path = self.path(words, "MAIL")
        if not path:
            return
        address, more = path
        known = {"SIZE"} if said["size"] else set()
        known |= ({"BODY"} if said["eight_bit"] else set()) | ({"SMTPUTF8"} if said["smtputf8"] else set()) | ({"AUTH"} if said["auth"] else set())
        if set(more) - known:
            return self.reply("555 5.5.4 unknown parameter")
        if said["size"] and more.get("SIZE", "0").isdigit() and int(more.get("SIZE") or 0) > said["size"]:
            return self.reply("552 5.3.4 too large")

        def effect(_):
            self.clear()
            self.sender, self.in_mail = address, True
        self.sender = address
        self.answer("mail", "250 2.1.0 ok", [address.lower()], effect)

    def do_rcpt(self, words):
        if not self.in_mail:
            return self.reply("503 5.5.1 MAIL first")
        path = self.path(words, "RCPT")
        if not path:
            self.refused += 1
            return
        if len(self.recipients) >= 100:
            return self.reply("452 4.5.3 too many recipients")

        def effect(_):
            self.recipients.append(path[0])
            self.refused -= 1
        self.refused += 1
        self.answer("rcpt", "250 2.1.5 ok", [path[0].lower()], effect)

    def do_data(self, words):
        lax = self.server.switches["lax_data"] and self.refused
        if not self.in_mail or not (self.recipients or self.refused):
            return self.reply("503 5.5.1 MAIL and RCPT first")
        if not self.recipients and not lax:
            return self.reply("554 5.5.1 no valid recipients")

        def effect(_):
            self.in_data, self.body_bytes, self.searched, self.looked = True, 0, 0, []
        self.answer("data", "354 go on", [address.lower() for address in self.recipients], effect)

    def take_body(self):
        self.body_bytes = len(self.buffer)
        if self.body_stopped():
            return False
        if self.buffer.startswith(b".\r\n"):
            end, rest = 0, 3
        else:
            end = self.buffer.find(b"\r\n.\r\n", max(0, self.searched - 4))
            if end < 0:
                self.searched = len(self.buffer)
                return False
            end, rest = end + 2, end + 5
        body = bytes(self.buffer[:end])
        del self.buffer[:rest]
        if self.server.switches["flushes"]:
            self.buffer.clear()
        self.in_data = False
        self.take_message(body[1:].replace(b"\r\n..", b"\r\n.") if body.startswith(b".") else body.replace(b"\r\n..", b"\r\n."))
        return True

    def body_stopped(self):
        """Whether a rule ends the connection while the message comes in, or holds it up."""
        for rule in self.server.by_stage.get("body", ()):
            if rule in self.looked or self.body_bytes < rule.given.get("bytes", 0):
                continue
            self.looked.append(rule)
            if rule.acts(self, [address.lower() for address in self.recipients]):
                if rule.given.get("drop"):
                    self.end(rule.given["drop"])
                    return True
                self.busy = True
                self.transport.pause_reading()
                asyncio.get_running_loop().call_later(rule.given.get("delay", 0), self.go_on)
                return True
        return False

    def go_on(self):
        self.busy = False
        if not self.over:
            self.transport.resume_reading()
            self.work()

    def take_message(self, body):
        self.entry = self.server.note(self, "(body)", str(len(body)))
        said, about, self.pending = self.server.switches, [address.lower() for address in self.recipients], None
        sender, recipients = self.sender, self.recipients
        wrong = None
        if said["strict"] and body.count(b"\r\n") != body.count(b"\n"):
            wrong = "550 5.6.0 bare line feed in the message"
        elif said["strict"] and body.count(b"\r\n") != body.count(b"\r"):
            wrong = "550 5.6.0 bare carriage return in the message"
        elif said["size"] and len(body) > said["size"]:
            wrong = "552 5.3.4 too large"
        elif not recipients:
            wrong = "554 5.5.1 no valid recipients"

        def effect(answered):
            kept = body if said["keep"] else b""
            head = {"at": time.time(), "connection": self.number, "user": self.user, "from": sender, "to": recipients, "size": len(body), "length": len(kept),
                    "answered": answered}
            try:
                number = self.server.store.add(head, kept)
            except OSError:
                return "452 4.3.1 there is no space"
            self.accepted += 1
            self.pending = None if answered else number
            return f"250 2.0.0 kept as {number}"
        if wrong:
            self.clear()
            return self.reply(wrong)
        self.answer("dot", "250 2.0.0 kept", about, effect)
        self.clear()

    def do_rset(self, words):
        self.answer("rset", "250 2.0.0 ok", [], lambda _: self.clear())

    def do_quit(self, words):
        self.answer("quit", "221 2.0.0 bye", [])


COMMANDS = {"EHLO": Session.do_ehlo, "HELO": Session.do_helo, "STARTTLS": Session.do_starttls, "AUTH": Session.do_auth, "MAIL": Session.do_mail,
            "RCPT": Session.do_rcpt, "DATA": Session.do_data, "RSET": Session.do_rset, "QUIT": Session.do_quit,
            "NOOP": lambda self, words: self.answer("noop", "250 2.0.0 ok", []), "VRFY": lambda self, words: self.reply("252 2.5.2 send it and see"),
            "HELP": lambda self, words: self.reply("214 2.0.0 RFC 5321")}
