"""The demo's mail server by itself: it does what RFC 5321 says, and what it is asked to do wrong, and it counts right."""
import smtplib, socket, ssl, time, urllib.error, urllib.request

import pytest
from mailserver import OwnMailServer

GREETING, FEATURES = b"220 demo.example ESMTP, nothing leaves here\r\n", ["250-demo.example", "250-PIPELINING", "250-SIZE 20971520", "250-8BITMIME", "250-ENHANCEDSTATUSCODES", "250 SMTPUTF8"]
ENVELOPE = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    server = OwnMailServer(tmp_path_factory.mktemp("mails"))
    yield server
    server.kill()


@pytest.fixture
def server(running):
    running.clean()
    yield running
    while Line.open:
        Line.open.pop().close()
    while running.state()["sessions"]["open"]:
        time.sleep(0.01)


class Line:
    """A connection that says and hears exactly what it is told."""

    open = []

    def __init__(self, server, hello=True):
        self.open.append(self)
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.file = self.socket.makefile("rb")
        if hello:
            assert self.hear() == GREETING.decode().strip()
            self.say(b"EHLO test\r\n")
            self.features = self.reply()

    def close(self):
        self.file.close()
        self.socket.close()

    def say(self, data):
        self.socket.sendall(data)

    def hear(self):
        try:
            return self.file.readline().decode().rstrip("\r\n")
        except ConnectionResetError:
            return "reset"

    def reply(self):
        """All lines of the next one."""
        lines = [self.hear()]
        while lines[-1][3:4] == "-":
            lines.append(self.hear())
        return lines

    def codes(self, count):
        return [self.reply()[-1][:3] for _ in range(count)]

    def mail(self, to, body=b"Subject: x\r\n\r\nx\r\n"):
        """The code of the last reply to one mail, "" if there is none."""
        self.say(b"MAIL FROM:<a@b.example>\r\n")
        if (code := self.codes(1)[0]) != "250":
            return code
        self.say(b"RCPT TO:<%s>\r\n" % to.encode())
        if (code := self.codes(1)[0]) != "250":
            self.say(b"RSET\r\n")
            self.codes(1)
            return code
        self.say(b"DATA\r\n")
        if (code := self.codes(1)[0]) != "354":
            return code
        self.say(body + b".\r\n")
        return self.codes(1)[0]


def test_a_mail_is_kept_as_it_was_meant(server):
    line = Line(server)
    assert line.features == FEATURES
    line.say(ENVELOPE + b"DATA\r\n")
    assert line.codes(3) == ["250", "250", "354"]
    line.say(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n..dot\r\nx..\r\n....\r\n.\r\nNOOP\r\n")
    assert line.codes(2) == ["250", "250"]
    row, = server.messages(source=True)
    assert row["source"] == "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n.dot\r\nx..\r\n...\r\n" and row["subject"] == "Grüße"
    assert row["from"] == "a@b.example" and row["to"] == ["c@d.example"] and row["answered"]
    assert server.source(row["id"]) == row["source"].encode() and server.message(row["id"])["text"].startswith(".dot")


def test_the_dot_may_come_in_pieces(server):
    line = Line(server)
    line.say(ENVELOPE + b"DATA\r\n")
    line.codes(3)
    for piece in b"Subject: x\r\n\r\nx\r\n", b".", b"\r", b"\n":
        line.say(piece)
        time.sleep(0.02)
    assert line.codes(1) == ["250"] and server.counts()["to"] == {"c@d.example": 1}


@pytest.mark.parametrize("said, codes", [
    (b"MAIL FROM:<a@b.example>\r\nMAIL FROM:<a@b.example>\r\n", ["250", "503"]), (b"RCPT TO:<c@d.example>\r\n", ["503"]), (b"DATA\r\n", ["503"]),
    (b"MAIL FROM:<a@b.example>\r\nDATA\r\n", ["250", "503"]), (ENVELOPE + b"RSET\r\nDATA\r\n", ["250", "250", "250", "503"]), (b"WHAT\r\n", ["500"]),
    (b"MAIL FROM:<a b@c.example>\r\n", ["501"]), (b"MAIL FROM:<>\r\nRCPT TO:<x>\r\n", ["250", "501"]), (b"MAIL FROM:<a@b.example> SIZE=99999999\r\n", ["552"]),
    (b"MAIL FROM:<a@b.example> RET=HDRS\r\n", ["555"]), ("MAIL FROM:<ü@b.example>\r\n".encode(), ["553"]), ("MAIL FROM:<ü@b.example> SMTPUTF8\r\n".encode(), ["250"]),
    (b"X" * 5000 + b"\r\nNOOP\r\n", ["500", "250"]), (b"STARTTLS\r\nAUTH PLAIN AA==\r\nVRFY x\r\nHELP\r\n", ["503", "503", "252", "214"])])
def test_the_order_is_held_to(server, said, codes):
    line = Line(server)
    line.say(said)
    assert line.codes(len(codes)) == codes


def test_without_ehlo_there_is_no_mail(server):
    line = Line(server, hello=False)
    line.hear()
    line.say(b"MAIL FROM:<a@b.example>\r\n")
    assert line.codes(1) == ["503"]


@pytest.mark.parametrize("body", [b"a\nb\r\n", b"a\rb\r\n"])
def test_bare_line_ends_are_refused(server, body):
    assert Line(server).mail("c@d.example", body) == "550" and not server.counts()["accepted"]
    server.set(strict=False)
    assert Line(server).mail("c@d.example", body) == "250" and server.message(server.messages()[0]["id"])["bare_lines"] == 1


SMUGGLED = b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<victim@d.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n"
ENDS = [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n", b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\n. \r\n", b"\r\n..\r\n", b"\r\r\n.\r\r\n", b"\xe2\x80\xa8.\xe2\x80\xa8"]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("end", ENDS)
def test_nothing_but_one_end_ends_a_message(server, end, strict):
    """SMTP smuggling (CVE-2023-51764 and its kin): what one server takes for the end and another does not."""
    server.set(strict=strict)
    line = Line(server)
    code = line.mail("c@d.example", b"Subject: x\r\n\r\nx" + end + SMUGGLED)
    assert code in ("250", "550") and "victim@d.example" not in server.counts()["to"]
    assert server.counts()["accepted"] == (code == "250") and line.mail("next@d.example") == "250"


def test_nothing_behind_starttls_is_believed(server):
    """Commands that somebody on the way adds in clear are forgotten, with all that was said before (RFC 3207)."""
    state = server.set(starttls=True, auth=["PLAIN"])
    line = Line(server)
    line.say(b"STARTTLS\r\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<victim@d.example>\r\n")
    assert line.codes(1) == ["501"]
    line = Line(server)
    line.say(b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<victim@d.example>\r\n")
    assert line.codes(2) == ["250", "250"]
    line.say(b"STARTTLS\r\n")
    assert line.codes(1) == ["220"]
    secure = ssl.create_default_context(cafile=state["certificate"]).wrap_socket(line.socket, server_hostname="127.0.0.1")
    secure.sendall(b"DATA\r\n")
    assert secure.recv(100).startswith(b"503")
    line = Line(server)
    line.say(b"STARTTLS\r\n")
    assert line.codes(1) == ["220"]
    line.say(b"MAIL FROM:<evil@b.example>\r\n")  # in clear, where TLS is to begin
    line.hear()
    assert not server.counts()["accepted"] and Line(server).features


@pytest.mark.parametrize("switch, value, gone", [("pipelining", False, "PIPELINING"), ("size", 0, "SIZE"), ("eight_bit", False, "8BITMIME"), ("smtputf8", False, "SMTPUTF8"),
                                                 ("enhanced", False, "ENHANCEDSTATUSCODES")])
def test_features_can_be_switched_off(server, switch, value, gone):
    server.set(**{switch: value})
    line = Line(server)
    assert len(line.features) == 5 and not any(gone in feature for feature in line.features)
    line.say(b"NOOP\r\n")
    assert line.hear() == ("250 ok" if switch == "enhanced" else "250 2.0.0 ok")


@pytest.mark.parametrize("stage, code", [("connect", "554"), ("ehlo", "502"), ("mail", "550"), ("rcpt", "450"), ("data", "451"), ("dot", "552"), ("rset", "500")])
def test_a_reply_at_each_stage(server, stage, code):
    server.set({"stage": stage, "reply": ["one", f"{code} {code[0]}.7.1 two"]})
    line = Line(server, hello=False)
    heard = line.reply()
    for said in b"EHLO x\r\n", b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\n", b"Subject: x\r\n\r\n.\r\n", b"RSET\r\n":
        if heard[0].startswith(code + "-"):
            break
        line.say(said)
        heard = line.reply()
    assert heard == [f"{code}-one", f"{code} {code[0]}.7.1 two"] and not (server.counts()["accepted"] and stage != "rset")


@pytest.mark.parametrize("how, kept, heard", [({"drop": True}, 0, ""), ({"drop": True, "accept": True}, 1, ""), ({"drop": "reset", "accept": True}, 1, "reset"), ({"raw": "what?\r\n"}, 0, "what?"),
                                              ({"reply": "451 4.3.0 later", "accept": True}, 1, "451 4.3.0 later"), ({"reply": "421 4.3.2 down"}, 0, "421 4.3.2 down"),
                                              ({"split": 0.001}, 1, None), ({"delay": 0.2}, 1, None), ({"delay": 0.2, "late": True}, 1, None)])
def test_what_can_come_after_the_dot(server, how, kept, heard):
    server.set({"stage": "dot", **how})
    line = Line(server)
    line.say(ENVELOPE + b"DATA\r\n")
    line.codes(3)
    line.say(b"Subject: x\r\n\r\n.\r\n")
    words = line.hear()
    assert words == heard if heard is not None else words.startswith("250 2.0.0 kept")
    counts = server.counts()
    assert counts["accepted"] == kept and counts["unanswered"] == (kept if heard is not None else 0)


def test_silent_and_endless(server):
    server.set({"stage": "dot", "to": "silent@*", "silent": True}, {"stage": "dot", "to": "endless@*", "endless": True})
    line = Line(server)
    line.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        line.mail("silent@t.example")
    line = Line(server)
    line.say(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<endless@t.example>\r\nDATA\r\n")
    line.codes(3)
    line.say(b".\r\n")
    assert all(line.hear().startswith("250-") for _ in range(5000))


def test_a_session_that_ends_while_its_answer_is_delayed(server):
    """Kept as a real server would, and counted as unanswered; late: not kept."""
    for late in False, True:
        server.set({"stage": "dot", "delay": 0.5, "late": late})
        line = Line(server)
        line.say(ENVELOPE + b"DATA\r\n")
        line.codes(3)
        line.say(b"Subject: x\r\n\r\n.\r\n")
        while not server.log(verb="(body)", after=10 * late):
            time.sleep(0.01)
        line.close()
    time.sleep(0.7)
    assert (server.counts()["accepted"], server.counts()["unanswered"]) == (1, 1)


def test_a_message_broken_off(server):
    server.set({"stage": "body", "bytes": 5000, "drop": True})
    line = Line(server)
    line.say(ENVELOPE + b"DATA\r\n")
    line.codes(3)
    line.say(b"x" * 9000)
    assert line.hear() in ("", "reset") and not server.counts()["accepted"]


def test_when_a_rule_acts(server):
    line = Line(server)
    for rule, codes in [({"to": ["u1@t.example", "U2@T.example"]}, "455222"), ({"every": 3}, "225225"), ({"after": 2, "times": 3}, "225552"), ({"to": "u[0-2]@*", "first": 1}, "555222"),
                        ({"of_session": 3}, "222555")]:
        server.clean()
        server.set({"stage": "mail" if "of_session" in rule else "rcpt", "reply": "550 5.1.1 no", **rule})
        line = Line(server)
        wanted = codes.replace("4", "2")
        assert "".join(line.mail(f"u{n}@t.example")[0] for n in range(6)) == wanted, rule
        assert server.state()["rules"][0]["acted"] == wanted.count("5") and server.counts()["accepted"] == wanted.count("2")


def test_what_tests_ask_of_it(server):
    line = Line(server)
    for n in range(5):
        assert line.mail("a@t.example", b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= %d\r\n\r\nx\r\n" % n) == "250"
    assert [str(mail["Subject"]) for mail in server.parsed("A@t.example")] == [f"Grüße {n}" for n in range(5)] and not server.parsed("a@t.exampl")
    assert server.most_within(3600) == 5 and server.most_within(1e-6) == 1 and server.most_within(3600, "QUIT") == 0
    assert server.wait(5)["to"] == {"a@t.example": 5}
    with pytest.raises(AssertionError, match="a@t.example"):
        server.each_once(["a@t.example"])


def test_chance_is_the_same_each_time(server):
    server.set({"stage": "rcpt", "chance": 0.3, "seed": 7, "reply": "450 4.2.1 busy"})
    line = Line(server)
    first = [line.mail(f"u{n}@t.example") for n in range(100)]
    assert first == [line.mail(f"u{n}@t.example") for n in range(100)] and 15 < first.count("450") < 45


def test_greylisting_and_rates(server):
    server.set({"stage": "rcpt", "greylist": 0.4, "reply": "450 4.7.1 greylisted"}, {"stage": "dot", "above": 2, "per": 3600, "reply": "454 4.7.0 throttled"})
    line = Line(server)
    assert [line.mail("a@t.example"), line.mail("b@t.example")] == ["450", "450"]
    while line.mail("a@t.example") == "450":
        time.sleep(0.05)
    assert line.mail("b@t.example") in ("250", "450")
    time.sleep(0.5)
    line.mail("b@t.example")
    assert line.mail("a@t.example") == "454" and server.counts()["accepted"] == 2


def test_so_many_connections(server):
    server.set(connections=2)
    lines = [Line(server), Line(server)]
    assert Line(server, hello=False).reply() == ["421 4.7.0 too many connections"] and server.state()["sessions"]["most"] >= 2
    lines[0].say(b"QUIT\r\n")
    assert lines[0].codes(1) == ["221"] and lines[0].hear() == ""


def test_after_a_refused_recipient(server):
    server.set({"stage": "rcpt", "reply": "550 5.1.1 no"})
    line = Line(server)
    line.say(ENVELOPE + b"DATA\r\n")
    assert line.codes(3) == ["250", "550", "554"]
    server.set({"stage": "rcpt", "reply": "550 5.1.1 no"}, lax_data=True)
    line.say(b"RSET\r\n" + ENVELOPE + b"DATA\r\n")
    assert line.codes(4) == ["250", "250", "550", "354"]
    line.say(b".\r\n")
    assert line.codes(1) == ["554"] and not server.counts()["accepted"]


def test_a_server_that_cannot_pipeline(server):
    server.set(pipelining=False, flushes=True)
    line = Line(server)
    line.say(ENVELOPE)
    assert line.codes(1) == ["250"]
    line.say(b"NOOP\r\n")
    assert line.codes(1) == ["250"] and [row["verb"] for row in server.log()][-2:] == ["MAIL", "NOOP"]


def test_tls_and_signing_in(server):
    state = server.set(starttls=True, auth=["PLAIN", "LOGIN"], auth_required=True)
    trusted = ssl.create_default_context(cafile=state["certificate"])
    with smtplib.SMTP("127.0.0.1", server.port) as mail:
        mail.ehlo()
        assert "auth" not in mail.esmtp_features and mail.mail("a@b.example")[0] == 530
        mail.starttls(context=trusted)
        mail.login("me", "right")
        mail.sendmail("a@b.example", "c@d.example", "Subject: x\r\n\r\nx")
    assert server.messages()[0]["user"] == "me"
    for method in "PLAIN", "LOGIN":
        with smtplib.SMTP("127.0.0.1", server.port) as mail:
            mail.starttls(context=trusted)
            mail.ehlo()
            mail.user, mail.password = "me", "wrong"
            with pytest.raises(smtplib.SMTPAuthenticationError):
                mail.auth(method, getattr(mail, f"auth_{method.lower()}"))
    assert all(row["line"].endswith("***") for row in server.log(verb="AUTH"))


def test_the_log_has_all(server):
    line = Line(server)
    line.mail("c@d.example")
    rows = server.log()
    assert [row["verb"] for row in rows] == ["(connect)", "EHLO", "MAIL", "RCPT", "DATA", "(body)"] and [row["code"] for row in rows] == [220, 250, 250, 250, 354, 250]
    assert len({row["connection"] for row in rows}) == 1 and [row["n"] for row in rows] == sorted(row["n"] for row in rows) and rows[0]["at"] <= rows[-1]["at"]
    assert [row["line"] for row in server.log(has="c@d.example")] == ["RCPT TO:<c@d.example>"]


@pytest.mark.parametrize("asked, words", [({"rules": [{"stage": "dot", "dealy": 1}]}, "dealy"), ({"rules": [{"stage": "end"}]}, "stage"), ({"rules": [{"stage": "dot", "reply": "no"}]}, "reply"),
                                          ({"pipelining": 1}, "pipelining"), ({"nonsense": True}, "nonsense")])
def test_what_cannot_be_asked_is_said(server, asked, words):
    with pytest.raises(AssertionError, match=f"400.*{words}"):
        server.read("/control", "POST", asked)
    assert not server.state()["rules"] and server.state()["switches"]["pipelining"] is True


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
def test_no_page_may_ask_it(server, headers):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(server.control + "/messages", headers=headers))
    assert refused.value.code == 403


def test_what_was_accepted_outlives_it(tmp_path):
    server = OwnMailServer(tmp_path / "kept")
    line = Line(server)
    for n in range(50):
        assert line.mail(f"u{n % 40}@t.example") == "250"
    server.set({"stage": "dot", "drop": True, "accept": True})
    line.mail("lost@t.example")
    counts, newest = server.counts(), server.messages(source=True)
    server.kill()
    with open(sorted((tmp_path / "kept").glob("mails.*"))[-1], "ab") as file:
        file.write(b'{"id": 99, "torn')
    server.start()
    assert server.counts() == counts and server.messages(source=True) == newest and len(counts["twice"]) == 10
    assert Line(server).mail("next@t.example") == "250" and server.messages()[0]["id"] == 52
    server.kill()


def test_the_oldest_go_when_there_are_too_many(tmp_path):
    server = OwnMailServer(tmp_path / "few", "--megabytes", "1")
    line = Line(server)
    for n in range(60):
        assert line.mail(f"u{n}@t.example", b"Subject: x\r\n\r\n" + b"x" * 60 + b"\r\n" * 20000) == "250"
    counts = server.counts()
    assert counts["accepted"] == counts["recipients"] == 60 and counts["forgotten"] > 20
    assert sum(path.stat().st_size for path in (tmp_path / "few").glob("mails.*")) < 1 << 20 and server.messages()[0]["to"] == ["u59@t.example"]
    server.kill()


def test_names_of_the_demo(tmp_path):
    server = OwnMailServer(tmp_path / "named", "--names")
    line = Line(server)
    assert [line.mail(f"{name}+ada@t.example") for name in ("bounce", "full", "defer", "spam", "other")] == ["550", "452", "450", "554", "250"]
    assert line.mail("lost+ada@t.example") == "" and server.counts()["unanswered"] == 1
    server.kill()
