"""Reports handed over to a server that treats mails badly (hostile.py): nobody gets one twice, nobody waits for another one,
and what nobody can know is said. Named "old:" is what libcurl's own transfer, one mail after the other, did."""
import collections, contextlib, json, pathlib, re, shutil, signal, subprocess, tempfile

import pytest
from product import ROOT, SETTINGS, call, cli, get, start_service, stop_service, wait_until
from test_reports import ALL, post, report_worker  # noqa: F401 (report_worker is a fixture)
from sending import Audience
from test_schedules import add, due, ended


class Hostile:
    def __init__(self, folder, *options):
        self.folder = folder
        self.process = subprocess.Popen(["/usr/bin/python3", f"{ROOT}/tests/system/hostile.py", str(folder), *options], stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()
        assert self.port

    def control(self, **how):
        path = self.folder / "control.part"
        path.write_text(json.dumps(how))
        path.rename(self.folder / "control.json")

    def log(self, what):
        path = self.folder / "log.jsonl"
        return [row for row in map(json.loads, path.read_text().splitlines()) if row["what"] == what] if path.exists() else []

    def messages(self):
        """How often each message was there as a whole."""
        return collections.Counter(row["to"] for row in self.log("message"))


@pytest.fixture
def server(tmp_path, request):
    """A server, and the worker with it as its mail server; parametrized by the server's options and the worker's settings."""
    options, settings = getattr(request, "param", ((), {}))
    hostile = Hostile(tmp_path, *options)
    old = dict(SETTINGS)
    stop_service("report", signal.SIGKILL)
    SETTINGS.update({"SMTP_HOST": "127.0.0.1", "SMTP_PORT": hostile.port, "SMTP_FROM": "desk@console.example", "SMTP_TLS": "off", "SMTP_REPLY_SECONDS": "8",
                     "SMTP_DOT_SECONDS": "4", **settings})
    start_service("report")
    yield hostile
    stop_service("report", signal.SIGKILL)
    SETTINGS.clear()
    SETTINGS.update(old)
    start_service("report")
    hostile.process.kill()


@pytest.fixture(scope="module", autouse=True)
def figures():
    cli("sync")


def deliver(token, *names, **asked):
    """A schedule for these recipients that is due now."""
    schedule = add(token, name="Hostile " + names[0], addresses=[f"{name}@partner.example" for name in names], **asked)
    due(schedule)
    return schedule


def delivery(schedule, token):
    rows = get(f"/api/report-schedules/{schedule['id']}/deliveries", token)
    return rows[0] if rows else {"recipients": []}


def recipients(schedule, token):
    return {row["address"].split("@")[0]: row for row in delivery(schedule, token)["recipients"]}


def states(schedule, token):
    return {name: row["state"] for name, row in recipients(schedule, token).items()}


def drop(schedule, token):
    assert post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")[0] == 200


UNCERTAIN = ["close", "silent", "rubbish", "empty", "endless", "torn", "twice"]
REFUSED = {"rcpt-550": "RCPT", "data-554": "DATA", "dot-552": "end of the message"}
LATER = ["first-rcpt-450", "first-data-451", "first-dot-452"]


def test_each_treatment_has_its_end(server, token):
    """old: those of UNCERTAIN got the mail up to six times, and each waited for all before it."""
    schedule = deliver(token, *UNCERTAIN, *REFUSED, *LATER, "leave", "good", "fine")
    row = ended(schedule, token, 180)[0]
    found = recipients(schedule, token)
    for name in UNCERTAIN:
        assert found[name]["state"] == "uncertain" and "It may have arrived, so it is not sent again" in found[name]["problem"] and found[name]["tries"] == 1, found[name]
    for name, stage in REFUSED.items():
        assert found[name]["state"] == "refused" and found[name]["problem"] == f"{name[-3:]} {name[-3]}.7.1 as {name} asks (at {stage})", found[name]
    for name in LATER:
        assert found[name]["state"] == "sent" and found[name]["tries"] == 2, found[name]
    assert found["leave"]["state"] == found["good"]["state"] == found["fine"]["state"] == "sent" and row["state"] == "sent"
    assert row["problem"] == f"{len(UNCERTAIN) + len(REFUSED)} of 16 recipients may not have got it"
    taken = server.messages()
    assert {name: taken[name] for name in found} == {
        **dict.fromkeys(UNCERTAIN, 1), "rcpt-550": 0, "data-554": 0, "dot-552": 1, "first-rcpt-450": 1, "first-data-451": 1, "first-dot-452": 2, "leave": 1, "good": 1, "fine": 1}
    page = call(f"/reports/schedules/{schedule['id']}", token)[1]
    assert "close@partner.example: may have it (it was handed over, but " in page
    assert all(ehlo["name"] == "console.example" for ehlo in server.log("ehlo"))


def test_uncertain_ones_are_never_tried_again(server, token):
    """Neither by the next worker."""
    schedule = deliver(token, *UNCERTAIN, "first-rcpt-451")
    wait_until(lambda: list(states(schedule, token).values()) == ["uncertain"] * len(UNCERTAIN) + ["deferred"], "all but one to have their end")
    stop_service("report", signal.SIGKILL)
    start_service("report")
    assert ended(schedule, token)[0]["state"] == "sent"
    assert server.messages() == {**dict.fromkeys(UNCERTAIN, 1), "first-rcpt-451": 1}


def test_a_retry_makes_no_further_link(server, token):
    """old: each try made one, valid for 30 days."""
    schedule = deliver(token, "first-dot-451", "first-rcpt-450", "good")
    row = ended(schedule, token)[0]
    assert row["state"] == "sent" and not row["problem"]
    links = get(f"/api/reports/{row['report_id']}/links", token)
    assert sorted(link["note"].split("@")[0] for link in links) == ["first-dot-451", "first-rcpt-450", "good"]
    for message in server.log("message")[-3:]:
        status = call("/r/" + re.search("/r/([0-9a-f]{64})", message["text"].replace("=\r\n", ""))[1])[0]
        assert status == 200 or message["to"] == "first-dot-451"  # that of the try that failed leads nowhere any more
    assert call("/r/" + re.search("/r/([0-9a-f]{64})", server.log("message")[-1]["text"].replace("=\r\n", ""))[1])[0] == 200


def test_a_server_that_quotes_the_link(server, token):
    """old: whoever may read the console could read the address of a report that was for the recipient alone."""
    schedule = deliver(token, "quote")
    ended(schedule, token)
    problem = recipients(schedule, token)["quote"]["problem"]
    assert re.fullmatch(r"554 5\.7\.1 no such links: http\S+/r/\*\*\* \(at end of the message\)", problem), problem


def test_a_link_that_was_revoked_between_tries_stays_revoked(server, token):
    schedule = deliver(token, "first-rcpt-450")
    wait_until(lambda: states(schedule, token) == {"first-rcpt-450": "deferred"}, "it to be put off", 60)
    links = f"/api/reports/{delivery(schedule, token)['report_id']}/links"
    assert post(f"/api/report-links/{get(links, token)[0]['id']}", token, method="DELETE")[0] == 200
    assert ended(schedule, token)[0]["state"] == "sent"
    link, = get(links, token)
    address = re.search("/r/([0-9a-f]{64})", server.log("message")[0]["text"].replace("=\r\n", ""))[0]
    assert link["revoked_at"] and call(address)[0] != 200


@pytest.mark.parametrize("server", [((), {"SMTP_DOT_SECONDS": "600"})], indirect=True)
def test_a_silent_server_holds_up_neither_the_others_nor_the_process(server, token):
    """old: a mail waited 120 s, and meanwhile the process made no report and sent no other mail."""
    schedule = deliver(token, "silent", "good", "fine")
    wait_until(lambda: list(states(schedule, token).values()) == ["begun", "sent", "sent"], "the others to get theirs", 60)
    other = deliver(token, "elsewhere")
    asked = post("/api/reports", token, {"period": ALL, "title": "Meanwhile"})[1]["id"]
    assert ended(other, token, 60)[0]["state"] == "sent"
    wait_until(lambda: get(f"/api/reports/{asked}", token)["state"] == "ready", "a report to be made meanwhile", 60)
    assert states(schedule, token)["silent"] == "begun"
    stop_service("report", signal.SIGKILL)
    start_service("report")
    ended(schedule, token)
    assert states(schedule, token) == {"silent": "uncertain", "good": "sent", "fine": "sent"} and server.messages()["silent"] == 1


def test_slow_ones_beside_quick_ones(server, token):
    """old: the sum of all waits; now about the longest one."""
    server.control(slow=3)
    schedule = deliver(token, *[f"q{n}" for n in range(20)], "slow")
    assert ended(schedule, token)[0]["state"] == "sent"
    began = {row["to"]: row["at"] for row in server.log("rcpt")}
    assert max(began.values()) - min(began.values()) < 3 and len(server.log("session")) <= 8
    assert set(server.messages().values()) == {1}


def test_a_worker_that_is_asked_to_stop_finishes_what_it_has_begun(server, token):
    server.control(slow=2)
    schedule = deliver(token, "slow")
    wait_until(lambda: states(schedule, token) == {"slow": "begun"}, "it to be begun", 60)
    stop_service("report")
    assert states(schedule, token) == {"slow": "sent"} and server.messages() == {"slow": 1}
    start_service("report")
    assert ended(schedule, token)[0]["state"] == "sent" and server.messages() == {"slow": 1}


def test_a_session_that_the_server_ends_costs_no_try(server, token):
    """old: one session a mail, so it could not happen; a sender that keeps sessions meets it all the time."""
    server.control(mails=1)
    schedule = deliver(token, *[f"n{n}" for n in range(30)])
    row = ended(schedule, token)[0]
    assert row["state"] == "sent" and {r["tries"] for r in row["recipients"]} == {1}
    assert set(server.messages().values()) == {1} and len(server.messages()) == 30


@pytest.mark.parametrize("reply, state", [("550 5.7.1 not you", "refused"), ("451 4.3.0 later", "deferred"), ("530 5.7.0 sign in first", "deferred"), ("what?", "deferred")])
def test_what_is_said_to_mail(server, token, reply, state):
    server.control(mail=reply)
    schedule = deliver(token, "one", "two")
    wait_until(lambda: list(states(schedule, token).values()) == [state, state], "both to be " + state, 30)
    assert not server.messages()
    drop(schedule, token)


@pytest.mark.parametrize("server", [((), {"SMTP_TLS": "on"})], indirect=True)
def test_without_starttls_nothing_is_sent(server, token):
    schedule = deliver(token, "one")
    wait_until(lambda: states(schedule, token).get("one") == "deferred", "it to be put off", 30)
    assert "no session with the mail server" in recipients(schedule, token)["one"]["problem"] and not server.log("rcpt")
    drop(schedule, token)


@pytest.mark.parametrize("server", [((), {"SMTP_USER": "me", "SMTP_PASSWORD": "right"})], indirect=True)
def test_without_auth_nothing_is_sent(server, token):
    """old: libcurl went on without signing in."""
    schedule = deliver(token, "one")
    wait_until(lambda: states(schedule, token).get("one") == "deferred", "it to be put off", 30)
    assert "no sign-in" in recipients(schedule, token)["one"]["problem"] and not server.log("rcpt")
    drop(schedule, token)


@pytest.fixture(scope="module")
def certificate():
    """In a folder that the service user can enter, other than those of pytest."""
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    path = folder / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9000", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + open(f"{path}.crt").read())
    path.chmod(0o644)
    yield path
    shutil.rmtree(folder)


@contextlib.contextmanager
def over_tls(folder, certificate, password="right", trusted=True, services=("report",)):
    """A server that offers STARTTLS and AUTH, and the worker with it as its mail server."""
    hostile = Hostile(folder, "--tls", str(certificate))
    old = dict(SETTINGS)
    for one in services:
        stop_service(one, signal.SIGKILL)
    SETTINGS.update(SMTP_HOST="127.0.0.1", SMTP_PORT=hostile.port, SMTP_FROM="desk@console.example", SMTP_USER="me", SMTP_PASSWORD=password, SMTP_TLS="on",
                    SMTP_REPLY_SECONDS="20")
    if trusted:
        SETTINGS["SMTP_CA_FILE"] = str(certificate)
    for one in services:
        start_service(one)
    try:
        yield hostile
    finally:
        for one in services:
            stop_service(one, signal.SIGKILL)
        SETTINGS.clear()
        SETTINGS.update(old)
        for one in services:
            start_service(one)
        hostile.process.kill()


@pytest.mark.parametrize("trusted, password, state", [(True, "right", "sent"), (True, "wrong", "deferred"), (False, "right", "deferred")])
def test_over_tls_with_a_sign_in(tmp_path, certificate, token, trusted, password, state):
    with over_tls(tmp_path, certificate, password, trusted) as hostile:
        schedule = deliver(token, *[f"t{n}" for n in range(12)], attach=True)
        wait_until(lambda: set(states(schedule, token).values()) == {state}, "all to be " + state)
        why = {row.get("problem") or "" for row in recipients(schedule, token).values()}
        assert password == "right" or len(hostile.log("sign-in")) == 1 and all("does not accept the user name and password" in words for words in why), why
        assert all(("535" if trusted else "self-signed") in words for words in why) or state == "sent", why
        assert len(hostile.messages()) == (12 if state == "sent" else 0)
        assert all(row["user"] == "me" and row["size"] > 20000 for row in hostile.log("message"))
        drop(schedule, token)


INJECTED = ["250-evil.example\r\n250 AUTH PLAIN\r\n", "250-evil.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n235 signed in\r\n250 ok\r\n250 ok\r\n354 go\r\n250 kept\r\n", "2"]


@pytest.mark.parametrize("injected", INJECTED)
def test_plain_text_behind_the_reply_to_starttls(tmp_path, certificate, token, injected):
    """What somebody on the way adds before TLS begins is no answer of the server's (RFC 3207, CVE-2021-22947)."""
    with over_tls(tmp_path, certificate) as hostile:
        hostile.control(after_starttls=injected)
        schedule = deliver(token, "one")
        wait_until(lambda: states(schedule, token).get("one") == "deferred", "it to be put off", 40)
        assert "no session with the mail server" in recipients(schedule, token)["one"]["problem"]
        assert not hostile.log("sign-in") and not hostile.log("rcpt") and not hostile.messages()
        drop(schedule, token)


def test_plain_text_behind_the_reply_to_starttls_reaches_no_campaign(tmp_path, certificate, token):
    """The sender's sessions, of a campaign and of a single email; once nobody is in the way any more, each gets theirs once."""
    with over_tls(tmp_path, certificate, services=("report", "sender")) as hostile:
        hostile.control(after_starttls=INJECTED[1])
        audience = Audience(token, 3)
        campaign = audience.campaign().send()
        status, one, _ = post("/api/emails", token, {"to": "single@singles.example", "subject": "x", "text_content": "x", "from_email": "news@acme.example"})
        assert status == 202, one
        wait_until(lambda: len(hostile.log("session")) >= 2, "sessions", 90)
        assert not hostile.log("sign-in") and not hostile.log("rcpt") and not hostile.messages()
        hostile.control()
        assert campaign.wait(seconds=150)["accepted"] == 3
        wait_until(lambda: get(f"/api/emails/{one['id']}", token)["status"] == "sent", "the single email", 150)
        names = [address.split("@")[0] for address in audience.addresses] + ["single"]
        assert hostile.messages() == dict.fromkeys(names, 1) and all(row["user"] == "me" for row in hostile.log("message"))
