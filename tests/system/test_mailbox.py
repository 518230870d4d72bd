"""The demo mailbox: where the product's mail goes without a mail server of its own, and what is shown of it to whom."""
import os, re, signal, smtplib, time, urllib.error, urllib.request
from email.message import EmailMessage

import pytest
from product import MAIL, MAIL_PORT, SETTINGS, URL, Browser, call, first_user, get, mail, service_pid, service_row, start_service, stop_service, wait_until
from test_own_lists import new_contact, new_list
from test_own_lists import send as ask
from test_reports import post, raw, report_worker  # noqa: F401 (report_worker is a fixture)
from test_schedules import add, due, ended

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082")


@pytest.fixture(autouse=True)
def empty():
    MAIL.clean()
    yield
    MAIL.clean()


def send(to="ada@t.example", html=None, attach=None, sender="news@demo.example", **headers):
    message = EmailMessage()
    for name, value in {"Subject": "Hello Ada", "From": '"Care Team, Billing" <care@demo.example>', "To": to, **headers}.items():
        message[name] = value
    message.set_content("Hello as text\n")
    if html:
        message.add_alternative(html, subtype="html")
        message.get_payload()[1].add_related(PIXEL, "image", "png", cid="<dot@demo.example>")
    if attach:
        message.add_attachment(b"%PDF" * 1000, maintype="application", subtype="pdf", filename=attach)
    deliver(to, message.as_bytes(policy=message.policy.clone(linesep="\r\n")), sender)


def deliver(to, data, sender="a@b.example"):
    with smtplib.SMTP("127.0.0.1", MAIL_PORT, timeout=20) as connection:
        connection.sendmail(sender, to, data)


def newest(token):
    """The address of the newest mail's page."""
    return re.search(r'href="(/mailbox/\d+)"', call("/mailbox", token)[1])[1]


@pytest.fixture
def signed_in():
    browser = Browser()
    browser.sign_in(*first_user())
    return browser


def test_only_who_is_signed_in_may_look(token):
    send()
    address = newest(token)
    for path in ("/mailbox", address, address + "/frame", address + "/source"):
        stranger = Browser()
        status, page, where = stranger.open(path)
        assert "/login" in where and "Ada" not in page, path
        assert "Ada" not in call(path, "no-such-token")[1] and call(path, token)[0] == 200


def test_what_arrived_is_shown(token, signed_in):
    send(html='<h1>Hi</h1><img src="cid:dot@demo.example"><script>alert(1)</script>', attach="Größe.pdf", sender="b-1@bounce.example")
    page = call("/mailbox", token)[1]
    assert "Hello Ada" in page and "Care Team, Billing" in page and "1–1 of 1 email" in page
    address = newest(token)
    status, page, _ = signed_in.open(address)
    assert status == 200 and "Hello as text" in page and "Größe.pdf" in page and "4\u00a0kB" in page and "b-1@bounce.example" in page and "MIME-Version" in page
    assert f'<iframe src="{address}/frame"' in page and 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    status, frame, headers = call(address + "/frame", token)
    assert status == 200 and "<h1>Hi</h1>" in frame and "data:image/png;base64," in frame and "cid:" not in frame
    assert "sandbox" in headers["Content-Security-Policy"] and "script-src" not in headers["Content-Security-Policy"] and "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    status, source, headers = call(address + "/source", token)
    assert status == 200 and source.encode() == MAIL.source(MAIL.messages()[0]["id"]) and headers["Content-Type"] == "text/plain; charset=utf-8" and headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("data, words", [
    (b"Subject: <script>alert(1)</script>\r\nFrom: \"<b>\" <x@y.example>\r\n\r\n</pre><script>alert(2)</script>\r\n", ["&lt;script&gt;alert(1)", "&lt;script&gt;alert(2)"]),
    (b"Subject: a\xff\x00b\r\nContent-Type: text/plain; charset=no-such\r\n\r\nx\x00\xffy\r\n", ["y"]), (b"no header at all\r\n", ["Without a subject"]), (b"", ["Nothing to read"]),
    ("Subject: safe \u202efdp.exe\r\n\r\nx\r\n".encode(), ["safe \ufffdfdp.exe"]), (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n--x--\r\n", []),
    (b"Subject: " + b"x" * 5000 + b"\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx\r\n", []), (b"Content-Disposition: attachment; filename*=utf-8''%FF%FE\r\n\r\nx\r\n", []),
    (b"Subject: =?utf-8?q?=F0=9F=9A=80?=\r\nContent-Type: text/html\r\n\r\n<p>only HTML\r\n", ["🚀", "<iframe"])])
def test_whatever_somebody_sends_is_shown_as_text(token, data, words):
    deliver("x@t.example", data)
    status, page, _ = call("/mailbox", token)
    address = newest(token)
    one = call(address, token)[1]
    assert status == 200 and call(address + "/frame", token)[0] == 200 and raw(address + "/source", token)[1] == MAIL.source(MAIL.messages()[0]["id"])
    shown = page + one
    assert all(word in shown for word in words) and "<script>alert" not in shown and "\u202e" not in shown


@pytest.mark.parametrize("head", [b'From: g:' + b'"\\"' * 20000 + b";", b"To: " + b"a@b.c, " * 50000, b"Content-Type: " + b";a*0*=utf-8''%ff" * 20000, b"X: y\r\n" * 100000 + b"Y: z",
                                  b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20000 + b"--b--"], ids=["quoted", "addresses", "parameters", "headers", "parts"])
def test_a_mail_that_is_work_to_read_holds_nothing_up(token, head):
    """old: taking its header apart took the mail server 20 s and more; it answered nobody meanwhile."""
    deliver("work@t.example", head + b"\r\n\r\nx\r\n")
    began = time.monotonic()
    assert call("/mailbox", token)[0] == 200 and call(newest(token), token)[0] == 200
    assert time.monotonic() - began < 5


def test_pages_and_search(token):
    for n in range(53):
        send(f"u{n}@t.example", Subject=f"Number {n}.")
    first, second = call("/mailbox", token)[1], call("/mailbox?page=2", token)[1]
    assert "1–50 of 53 emails" in first and first.index("Number 52.") < first.index("Number 3.") and "Number 2." not in first
    assert "51–53 of 53 emails" in second and "Number 2." in second
    found = call("/mailbox?to=U2%40", token)[1]
    assert "Number 2." in found and "1–1 of 1 email" in found
    assert "No email to “nobody&amp;co”" in call("/mailbox?to=nobody%26co", token)[1] and call("/mailbox?page=x", token)[0] == 400


def test_an_empty_one_says_so(token):
    assert "No email yet" in call("/mailbox", token)[1] and 'href="/mailbox"' in call("/dashboard", token)[1]


@pytest.mark.parametrize("path", ["/mailbox/999999", "/mailbox/x", "/mailbox/-1", "/mailbox/1%2Fsource", "/mailbox/999999/frame", "/mailbox/999999/source", "/mailbox/..%2Fcontrol/source"])
def test_what_is_not_there(token, path):
    assert call(path, token)[0] == 404


def test_mails_outlive_the_server(token):
    send()
    before = MAIL.counts()
    os.kill(service_pid("mail"), signal.SIGKILL)
    wait_until(lambda: service_row("mail")["restarts"] > 0 and service_row("mail")["state"] == "up", "the keeper to start it again", 30)
    def answers():
        try:
            return MAIL.counts() == before
        except (urllib.error.URLError, ConnectionError):
            return False
    wait_until(answers, "the mail server", 30)
    assert "Hello Ada" in call("/mailbox", token)[1]


def test_while_the_server_is_down(token):
    stop_service("mail")
    try:
        status, page, _ = call("/mailbox", token)
        assert status == 409 and "mail server does not answer" in page and call("/dashboard", token)[0] == 200
    finally:
        start_service("mail")
        wait_until(lambda: call("/mailbox", token)[0] == 200, "the mail server", 30)


def test_while_the_server_stands_still(token):
    """old: a worker waited 10 s for it; three of them, and nobody got a page."""
    os.kill(service_pid("mail"), signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert call("/mailbox", token)[0] == 409 and time.monotonic() - began < 4
    finally:
        os.kill(service_pid("mail"), signal.SIGCONT)


def test_the_connection_default_leads_here(token):
    def default():
        return next((row for row in get("/api/accounts", token) if row["name"] == "default"), None)
    wait_until(default, "the connection", 60)
    row = default()
    assert row["from_settings"] and row["is_active"] and row["smtp"]["port"] == MAIL_PORT and row["smtp"]["host"] == "127.0.0.1"
    assert "nowhere else" in call("/connections", token)[1]
    assert "goes to the <a href=\"/mailbox\">demo mailbox</a> and nowhere else" in call(f"/connections/{row['id']}", token)[1]
    assert post(f"/api/accounts/{row['id']}/test", token, {})[0] == 202
    wait_until(lambda: get(f"/api/accounts/{row['id']}", token)["last_test"]["state"] == "passed", "the test", 60)


def test_a_report_arrives(token):
    schedule = add(token, name="Demo", recipients="one@partner.example bounce+two@partner.example")
    due(schedule)
    row = ended(schedule, token, 180)[0]
    assert {one["address"]: one["state"] for one in row["recipients"]} == {"one@partner.example": "sent", "bounce+two@partner.example": "refused"}
    assert MAIL.counts()["to"] == {"one@partner.example": 1}
    message = MAIL.message(MAIL.messages()[0]["id"])
    assert "/r/" in message["text"] and message["longest_line"] < 1000 and message["bare_lines"] == 0 and not message["eight_bit"]
    assert message["sender"].endswith("hello@demo.example>") or message["sender"] == "hello@demo.example"


def test_a_campaign_arrives(token):
    """From a draft to the mailbox, with nothing set up; one recipient's mailbox does not exist."""
    names = ["ann", "bob", "bounce+eve"]
    made = new_list(token, "Demo mailbox")
    for name in names:
        person = new_contact(token, email=f"{name}@mailbox.example", first_name=name.title())
        assert ask(f"/api/lists/{made['id']}/contacts/{person['id']}", token, "POST")[0] == 200
    html = '<p>Hello {{first_name}}</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p><p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>'
    status, draft = ask("/api/campaigns", token, "POST", {"name": "To the mailbox", "subject": "Grüße {{first_name}}", "from_name": "Desk", "html_content": html, "list_ids": [made["id"]]})
    assert status == 200 and draft["from_email"] == "hello@demo.example", draft
    status, answer = ask(f"/api/campaigns/{draft['id']}/send", token, "POST")
    assert status == 200, answer
    wait_until(lambda: get(f"/api/campaigns/{draft['id']}", token)["status"] == "sent", "it to be sent", 120)
    MAIL.each_once([f"{name}@mailbox.example" for name in names[:2]])
    message, = MAIL.parsed("ann@mailbox.example")
    assert message["Subject"] == "Grüße Ann" and message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Grüße Ann" in call("/mailbox?to=ann", token)[1] and "Hello Ann" in message.get_body(("html",)).get_content()


def test_with_a_mail_server_there_is_none(token):
    old = dict(SETTINGS)
    SETTINGS.update(SMTP_HOST="127.0.0.1", SMTP_FROM="a@b.example")
    stop_service("web")
    start_service("web")
    try:
        wait_until(lambda: call("/readyz")[0] == 200, "the web workers", 30)
        assert call("/mailbox", token)[0] == 404 and call("/mailbox/1/frame", token)[0] == 404 and 'href="/mailbox"' not in call("/dashboard", token)[1]
    finally:
        SETTINGS.clear()
        SETTINGS.update(old)
        stop_service("web")
        start_service("web")
        wait_until(lambda: call("/readyz")[0] == 200 and call("/mailbox", token)[0] == 200, "the web workers", 30)


def test_rules_hold_for_the_product(token):
    mail({"stage": "rcpt", "to": "no@t.example", "reply": "550 5.1.1 no"})
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send("no@t.example")
    mail()
    send("no@t.example")
    MAIL.each_once(["no@t.example"])
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(f"{URL}/control", method="DELETE"))
