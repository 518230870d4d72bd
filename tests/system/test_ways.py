"""Which way a campaign's mails go, and how fast: the limits of a connection, mailbox providers that want fewer, another connection that stands
in. X-15, X-56; mail.md section 8."""
import itertools, json, re, time

import pytest
from mailserver import OwnMailServer
from names import Names
from product import MAIL, SETTINGS, call, database, get, mail, start_service, stop_service, wait_for_health, wait_until
from sending import KILLED, Audience, clean_mail, post, read

NAMES = itertools.count(int(time.time()) % 100000)


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    yield
    clean_mail()


def restart():
    for name in ("web", "sender", "audience"):
        stop_service(name)
        start_service(name)
    wait_for_health()
    database("db.sender_checks.delete_many({})")  # what other name servers said


@pytest.fixture(scope="module", autouse=True)
def any_port():
    """On this machine a mail server of a connection has a usual port, unless more is allowed. The sender's domain is there."""
    old, names = dict(SETTINGS), Names()
    names.texts["acme.example"] = ["v=spf1 -all"]
    SETTINGS.update(CONNECTIONS_PRIVATE_HOSTS="true", DNS_SERVERS=names.address)
    restart()
    yield
    SETTINGS.clear()
    SETTINGS.update(old)
    restart()


@pytest.fixture
def other(tmp_path):
    one = OwnMailServer(tmp_path)
    yield one
    one.kill()


@pytest.fixture
def connection(token):
    made = []

    def make(port, **members):
        body = {"provider": "smtp", "name": f"Way {next(NAMES)}", "smtp": {"host": "127.0.0.1", "port": port, "tls": False}, "from_email": "news@acme.example", **members}
        status, answer, _ = post("/api/accounts", token, body)
        assert status == 200, answer
        made.append(json.loads(answer)["id"])
        return made[-1]

    yield make
    for one in made:
        call(f"/api/accounts/{one}", token, "DELETE")


@pytest.fixture
def sender_with():
    """The sender, started anew with other settings."""
    old = dict(SETTINGS)

    def change(**settings):
        stop_service("sender")
        SETTINGS.update(settings)
        start_service("sender")
    yield change
    stop_service("sender")
    SETTINGS.clear()
    SETTINGS.update(old)
    start_service("sender")


@pytest.fixture
def short_waits(sender_with):
    """A mail server has two seconds for each answer."""
    sender_with(EMAIL_SEND_TIMEOUT="2", SMTP_DOT_SECONDS="2")


def times(server, domain):
    return sorted(row["at"] for row in server.messages(f"@{domain}", limit=1000))


def said(campaign):
    return [row["text"] for row in get(f"/api/campaigns/{campaign.id}/logs", campaign.token)]


def test_a_connection_keeps_its_delay_and_pauses(token, connection):
    """B-093 … B-095: 1 s between two, 3 s after each batch of 2."""
    audience = Audience(token, 5)
    way = connection(MAIL.port, limits={"delay": 1, "batch_size": 2, "batch_delay": 3})
    assert audience.campaign(account_id=way).send().wait()["accepted"] == 5
    at = times(MAIL, audience.domains[0])
    gaps = [later - earlier for earlier, later in zip(at, at[1:])]
    assert len(gaps) == 4 and all(gap > least - 0.5 for gap, least in zip(gaps, (1, 3, 1, 3))), gaps


def test_a_provider_that_wants_fewer_gets_fewer_and_holds_up_nobody(token):
    audience = Audience(token, 400, domains=("s{}.example", "slow{}.example"))
    quick, slow = audience.domains
    mail({"stage": "rcpt", "to": f"*@{slow}", "reply": "421 4.7.28 too many emails"})
    campaign = audience.campaign().send()
    wait_until(lambda: campaign.progress()["accepted"] == 200, "all others to have theirs")
    asked = [line for line in MAIL.log(limit=400000, verb="RCPT") if slow in line["line"]]
    assert 6 <= len(asked) < 60, "as many as were on their way when the sixth was deferred"
    time.sleep(2)
    assert len([line for line in MAIL.log(limit=400000, verb="RCPT") if slow in line["line"]]) == len(asked), "a pause"
    assert any(f"{slow} wants fewer emails: a pause of 5 minutes" in text for text in said(campaign)), said(campaign)
    assert campaign.act("stop")[0] == 200
    campaign.wait("cancelled")


def end(campaign):
    """What waits for another try would be in the way of the next test. It may be sent just as it is stopped."""
    wait_until(lambda: campaign.act("stop")[0] == 200 or campaign.progress()["status"] in ("sent", "cancelled"), "its end")


def test_another_connection_stands_in(token, connection, other):
    """The campaign's own is away: those of the same sender's domain, by priority."""
    audience = Audience(token, 30)
    mail({"stage": "connect", "reply": "421 4.3.2 away"})
    worse, foreign = connection(other.port, priority=5), connection(other.port, priority=2, from_email="news@other.example")
    campaign = audience.campaign().send()
    assert campaign.wait()["accepted"] == 30
    assert other.counts()["to"] == dict.fromkeys(audience.addresses, 1) and not campaign.arrived()
    name = get(f"/api/accounts/{worse}", token)["name"]
    assert any(f"sending goes on through “{name}”" in text for text in said(campaign)), said(campaign)
    assert not get(f"/api/accounts/{foreign}", token).get("last_used_at")


def test_five_dead_mail_servers_hold_up_nobody(token, connection, other):
    """old: they held all of MAX_CONCURRENT_CAMPAIGNS for as long as their servers were away, whatever way the others went."""
    dead = [connection(other.port, from_email=f"news@dead{number}.example") for number in range(6)]
    other.kill()
    held = [Audience(token, 3).campaign(account_id=way).send() for way in dead]
    database("db.rate_buckets.delete_many({'_id': {'$regex': '^campaign_start'}})")
    for campaign in held:
        campaign.wait("sending")  # the sixth is not held up by the five either
    assert Audience(token, 40).campaign().send().wait()["accepted"] == 40
    assert all(campaign.progress()["accepted"] == campaign.progress()["failed"] == 0 for campaign in held)
    other.start()
    for campaign in held:
        assert campaign.wait()["accepted"] == 3
    assert sorted(other.counts()["to"].values()) == [1] * 18


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_mail_server_that_falls_silent_in_the_middle_of_mails_holds_up_nobody(token, connection, other, short_waits, stage):
    """old: each of its recipients was waited for three times, and all turns and hands of the sender were held meanwhile."""
    other.set({"stage": stage, "silent": True})
    way = connection(other.port)
    held = [Audience(token, 60).campaign(account_id=way).send() for _ in range(5)]
    for campaign in held:
        campaign.wait("sending")
    goes_through(token)
    now = [campaign.progress() for campaign in held]
    assert all(one["accepted"] == one["failed"] == one["uncertain"] == 0 for one in now) and sum(one["pending"] for one in now) > 200, now
    assert "stopped answering" in get(f"/api/accounts/{way}", token)["last_error"] or "(at" in get(f"/api/accounts/{way}", token)["last_error"]
    other.set()
    for campaign in held:
        wait_until(lambda campaign=campaign: campaign.progress()["pending"] + campaign.progress()["handing"] == 0, "those who were not tried", 120)
        assert campaign.progress()["failed"] == 0
        end(campaign)
    assert set(other.counts()["to"].values()) == {1}


@pytest.mark.parametrize("rule", [{"drop": True}, {"raw": "what?\r\n", "accept": True}, {"silent": True}])
def test_a_campaign_pauses_before_all_of_it_is_uncertain(token, connection, other, short_waits, rule):
    """old: of a mail server that ended the session after each mail, a whole campaign was "sent" within a minute: everybody uncertain."""
    audience, way = Audience(token, 200), connection(other.port)
    other.set({"stage": "dot", **rule})
    campaign = audience.campaign(account_id=way).send()
    now = campaign.wait("paused", 60)
    assert now["accepted"] == now["failed"] == 0, now
    wait_until(lambda: any("They may have arrived" in text for text in said(campaign)), "the reason in the log")
    wait_until(lambda: campaign.progress()["handing"] == 0, "those that were on their way")
    doubtful = campaign.progress()["uncertain"]
    assert 16 <= doubtful <= 32, campaign.progress()
    other.set()
    assert campaign.act("resume")[0] == 200
    assert campaign.wait()["accepted"] == 200 - doubtful and set(other.counts()["to"].values()) == {1}


@pytest.fixture
def resting():
    yield
    stop_service("sender")  # nobody waits for ten minutes
    start_service("sender")


def five_campaigns(token, connection, server, name):
    """Sent by five connections of their own, to 510 people each: the connections, and the campaigns."""
    ways = [connection(server.port, from_email=f"news@{name}{number}.example") for number in range(5)]
    return ways, [Audience(token, 510).campaign(account_id=way).send() for way in ways]


def goes_through(token):
    assert Audience(token, 40).campaign().send().wait(seconds=60)["accepted"] == 40


def test_five_mail_servers_silent_after_messages_hold_up_no_campaign(token, connection, other, resting):
    """old: they held all turns and hands of the sender for ten minutes, twice, as long as an answer to the end of a message may take."""
    other.set({"stage": "dot", "silent": True})
    ways, held = five_campaigns(token, connection, other, "quiet")
    wait_until(lambda: all(campaign.progress()["handing"] for campaign in held), "all of them to wait for an answer")
    goes_through(token)
    now = [campaign.progress() for campaign in held]
    assert all(one["status"] == "sending" and one["handing"] and one["accepted"] == one["failed"] == 0 for one in now), now
    late = Audience(token, 3).campaign(account_id=ways[0]).send()
    late.wait("sending")  # nor do those that go by a silent one take the hands of others
    for campaign in [*held, late]:
        assert campaign.act("stop")[0] == 200
    assert set(other.counts()["to"].values()) <= {1}


def test_five_mail_servers_that_take_their_time_hold_up_no_campaign(token, connection, other):
    """old: whoever answers is not silent; five that took ten seconds over each mail held all turns and hands until all of theirs was sent."""
    other.set(*[{"stage": "dot", "to": [f"*{digit}@*"], "delay": 5 + digit % 4} for digit in range(10)])
    _, slow = five_campaigns(token, connection, other, "slow")
    wait_until(lambda: all(campaign.progress()["accepted"] for campaign in slow), "some emails of each")
    goes_through(token)
    before = [campaign.progress() for campaign in slow]
    assert all(one["status"] == "sending" and one["pending"] and one["failed"] == one["uncertain"] == 0 for one in before), before
    for campaign, now in zip(slow, before):  # and they go on
        campaign.wait_accepted(now["accepted"] + 8, 60)
        assert campaign.act("stop")[0] == 200
    assert set(other.counts()["to"].values()) == {1}


def test_silent_mail_servers_hold_up_no_single_emails(token, connection, other, resting):
    """old: three of them held all that the sender waits for at a time, for ten minutes."""
    other.set({"stage": "dot", "silent": True})
    held = [single(token, to=f"h{number}@quiet.example", account_id=way)[1] for way in [connection(other.port) for _ in range(4)] for number in range(6)]
    wait_until(lambda: other.state()["sessions"]["open"] >= 12, "the servers to be asked")
    one = single(token, to=f"eva{next(NAMES)}@one.example")[1]
    wait_until(lambda: state(token, one)["status"] == "sent", "the email", 60)
    assert state(token, held[0])["status"] == "pending"
    database("db.single_mails.delete_many({'to': {'$regex': '@quiet.example$'}})")


def test_mails_that_are_too_big_for_the_server_are_sent_once_it_takes_them(token, connection, other):
    """old: whoever was tried before the campaign was paused had failed for good."""
    other.set(size=1)
    campaign = Audience(token, 12).campaign(account_id=connection(other.port)).send()
    now = campaign.wait("paused", 60)
    assert now["failed"] == 0 and now["pending"] + now["deferred"] == 12, now
    other.kill()  # its sessions end, and the next ones are told another size
    other.start()
    assert campaign.act("resume")[0] == 200
    assert campaign.wait()["accepted"] == 12


@pytest.mark.parametrize("rule", [{"drop": True}, {"reply": "530 5.7.0 sign in first"}, {"raw": "what?\r\n"}, {"reply": "452 4.3.1 no room"}])
def test_a_mail_server_that_breaks_off_at_MAIL_rests(token, connection, other, rule):
    """old: nobody was refused, so it was asked again at once: some hundred sessions a second, for ever."""
    audience, way = Audience(token, 30), connection(other.port)
    other.set({"stage": "mail", **rule})
    campaign = audience.campaign(account_id=way).send()
    wait_until(lambda: get(f"/api/accounts/{way}", token).get("last_error"), "the connection to say why", 60)
    assert other.state()["sessions"]["all"] < 100, other.state()["sessions"]
    now = campaign.progress()
    assert (now["status"], now["accepted"], now["failed"], now["deferred"]) == ("sending", 0, 0, 0), now
    other.set()
    assert campaign.wait()["accepted"] == 30
    assert other.counts()["to"] == dict.fromkeys(audience.addresses, 1)


@pytest.mark.parametrize("stage, reply", [("mail", "550 5.1.1 <news@acme.example>: User unknown"), ("mail", "553 sorry, not allowed"),
                                          ("rcpt", "550 5.1.0 <news@acme.example>: Sender address rejected: User unknown in virtual mailbox table"), ("rcpt", "554 5.7.1 <u@a.example>: Relay access denied")])
def test_a_sender_that_is_refused_costs_nobody_anything(token, connection, other, stage, reply):
    """old: what a server says of the sender was taken for the recipients': everybody failed, and was suppressed."""
    audience, way = Audience(token, 30), connection(other.port)
    other.set({"stage": stage, "reply": reply})
    campaign = audience.campaign(account_id=way).send()
    now = campaign.wait("paused", 60)
    assert now["failed"] == 0 and now["pending"] + now["deferred"] == 30, now
    wait_until(lambda: any("takes no emails from this sender" in text for text in said(campaign)), "the reason in the log")
    assert get(f"/api/suppressions?q={audience.domains[0]}", token) == []
    other.set()
    assert campaign.act("resume")[0] == 200
    wait_until(lambda: campaign.progress()["pending"] + campaign.progress()["handing"] == 0, "those who were not tried", 60)
    now = campaign.progress()
    assert now["failed"] == 0 and now["accepted"] + now["deferred"] == 30, now
    assert set(other.counts()["to"].values()) <= {1}
    end(campaign)


def test_a_campaign_that_was_resumed_is_not_paused_by_what_was_refused_before(token, connection, other):
    """old: refusals that were on their way when somebody resumed it paused it again."""
    audience, way, refused = Audience(token, 30), connection(other.port), {"stage": "mail", "reply": "550 5.1.1 <news@acme.example>: User unknown"}
    other.set({**refused, "times": 1}, {**refused, "delay": 4})
    campaign = audience.campaign(account_id=way).send()
    campaign.wait("paused", 60)
    other.set()
    assert campaign.act("resume")[0] == 200
    wait_until(lambda: campaign.progress()["pending"] + campaign.progress()["handing"] == 0, "those who were not tried", 60)
    assert campaign.progress()["status"] == "sending" and campaign.progress()["deferred"] == 1, campaign.progress()
    assert campaign.act("stop")[0] == 200


def test_a_silent_server_is_waited_for_as_long_as_is_set(token, sender_with):
    """D-106: then the session ends, and the email, which was not handed over, goes by another one."""
    sender_with(EMAIL_SEND_TIMEOUT="2")
    audience = Audience(token, 20)
    mail({"stage": "rcpt", "to": audience.addresses[7], "silent": True, "times": 1})
    assert audience.campaign().send().wait()["accepted"] == 20
    asked = [row for row in MAIL.log(limit=1000, verb="RCPT") if audience.addresses[7] in row["line"]]
    closed = next(row for row in MAIL.log(limit=1000, verb="(close)") if row["connection"] == asked[0]["connection"])
    assert len(asked) == 2 and 1.5 < closed["at"] - asked[0]["at"] < 25, (asked, closed)


def test_nothing_is_tried_again_where_that_is_switched_off(token, sender_with):
    """D-107."""
    sender_with(RETRY_FAILED_EMAILS="false")
    audience = Audience(token, 10)
    mail({"stage": "rcpt", "to": audience.addresses[3], "reply": "451 4.3.0 not now"})
    now = audience.campaign().send().wait()
    assert (now["accepted"], now["failed"], now["deferred"]) == (9, 1, 0), now
    assert len([row for row in MAIL.log(limit=1000, verb="RCPT") if audience.addresses[3] in row["line"]]) == 1


def test_view_in_browser(token):
    """A page for whoever has the link: as the mail was, without scripts, until the person is erased."""
    audience = Audience(token, 2, first_name=lambda at: f"Ann <b>{at}</b>")
    html = '<html><body><p>Hi {{first_name}}</p><a href="{{view_url}}">View in browser</a><script>alert(1)</script><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p></body></html>'
    audience.campaign(html_content=html).send().wait()
    page = read(MAIL.messages(audience.addresses[1], exact=1)[0]["id"]).get_body(("html",)).get_content()
    path = re.search(r'href="https?://[^/]+(/view/[^"?]+)"', page)[1]
    status, text, headers = call(path)
    assert status == 200 and "Hi Ann &lt;b&gt;1&lt;/b&gt;" in text, text
    assert headers["Content-Security-Policy"].startswith("sandbox ") and "script" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Robots-Tag"] == "noindex"
    assert call(path[:-1] + ("A" if path[-1] != "A" else "B"))[0] == 404
    person = get(f"/api/contacts?q={audience.addresses[1]}", token)[0]["id"]
    assert call(f"/api/contacts/{person}", token, "DELETE")[0] in (200, 202, 204)
    wait_until(lambda: call(path)[0] == 404, "the page to be gone")


def test_undeliverable_mails_come_back_to_an_address_that_names_the_message(token, sender_with):
    """VERP: mail.md section 3."""
    sender_with(BOUNCE_DOMAIN="bounce.acme.example")
    audience = Audience(token, 2)
    audience.campaign().send().wait()
    envelopes = [MAIL.messages(address, exact=1)[0]["from"] for address in audience.addresses]
    assert all(re.fullmatch(r"b-[a-z2-7]{48}@bounce\.acme\.example", one) for one in envelopes) and len(set(envelopes)) == 2, envelopes
    assert read(MAIL.messages(audience.addresses[0], exact=1)[0]["id"])["From"] == "Acme <news@acme.example>"


def single(token, **members):
    status, answer, _ = post("/api/emails", token, {"to": "eva@one.example", "subject": "Your order {{order}}", "html_content": "<p>Hi {{first_name|default:\"there\"}}, order {{order}}</p>",
                                                    "from_email": "shop@acme.example", "variables": {"order": "<17>"}, **members})
    return status, json.loads(answer)


def state(token, one):
    return get(f"/api/emails/{one['id']}", token)


def test_one_email_at_once(token):
    """D-143: a lane of its own, whatever campaigns are being sent."""
    to = f"eva{next(NAMES)}@one.example"
    status, one = single(token, to=to)
    assert status == 202 and one["status"] == "pending", one
    wait_until(lambda: state(token, one)["status"] == "sent", "the email")
    message = read(MAIL.messages(to, exact=1)[0]["id"])
    assert message["Subject"] == "Your order <17>" and message["To"] == to and message["Auto-Submitted"] == "auto-generated" and not message["List-Unsubscribe"]
    page = message.get_body(("html",)).get_content()
    assert "Hi there, order &lt;17&gt;" in page and "unsubscribe" not in page.lower()


def test_one_email_is_tried_again_with_the_same_id(token):
    """At least once: without an answer to its end it is handed over again."""
    to = f"eva{next(NAMES)}@one.example"
    mail({"stage": "dot", "to": to, "drop": True, "accept": True, "times": 1})
    one = single(token, to=to)[1]
    wait_until(lambda: state(token, one)["error"], "the first try")
    assert state(token, one)["status"] == "pending"
    wait_until(lambda: state(token, one)["status"] == "sent", "the second try", 90)
    ids = {read(row["id"])["Message-ID"] for row in MAIL.messages(to, exact=1)}
    assert MAIL.counts()["to"][to] == 2 and len(ids) == 1


def test_a_mail_server_that_does_not_answer_holds_up_no_single_emails_through_others(token, connection, other):
    """old: four of them were waited for at a time, a minute each, and all others waited behind."""
    other.set({"stage": "connect", "silent": True})
    way = connection(other.port)
    held = [single(token, to=f"held{number}@silent.example", account_id=way)[1] for number in range(30)]
    wait_until(lambda: other.state()["sessions"]["open"] >= 4, "the server to be asked")
    one = single(token, to=f"eva{next(NAMES)}@one.example")[1]
    wait_until(lambda: state(token, one)["status"] == "sent", "the email", 20)
    assert state(token, held[0])["status"] == "pending"
    database("db.single_mails.delete_many({'to': {'$regex': '@silent.example$'}})")
    other.kill()
    wait_until(lambda: database("print(db.jobs.count_documents({'kind': 'single_mail', 'state': {'$in': ['queued', 'held']}}))").strip() == "0", "their jobs to end", 60)


def test_one_email_that_may_have_arrived_is_not_sent_for_ever(token):
    """old: up to twelve copies in some hours."""
    to = f"eva{next(NAMES)}@one.example"
    mail({"stage": "dot", "to": to, "drop": True, "accept": True})
    one = single(token, to=to)[1]
    wait_until(lambda: state(token, one)["status"] == "failed", "it to be given up", 150)
    assert MAIL.counts()["to"][to] == 3 and state(token, one)["attempts"] == 3 and "may have arrived" in state(token, one)["error"]


def test_one_email_is_sent_though_its_asker_was_killed(token):
    """Between the email and its job nobody knows of it but its document."""
    to = f"eva{next(NAMES)}@one.example"
    stop_service("sender")
    one = single(token, to=to)[1]
    database("db.jobs.delete_many({'kind': 'single_mail'})")
    start_service("sender")
    wait_until(lambda: state(token, one)["status"] == "sent", "the email", 60)
    assert MAIL.counts()["to"][to] == 1


def test_one_email_is_one_though_its_answer_was_lost(token):
    """The worker is killed after the email was stored: the repeated request finds it."""
    to, key = f"eva{next(NAMES)}@one.example", {"Content-Type": "application/json", "Idempotency-Key": f"single {next(NAMES)}".replace(" ", "-")}
    body = json.dumps({"to": to, "subject": "Once", "text_content": "Once", "from_email": "shop@acme.example"}).encode()
    first = json.loads(call("/api/emails", token, "POST", body, key)[1])
    wait_until(lambda: state(token, first)["status"] == "sent", "the email")
    database(KILLED)
    status, answer, headers = call("/api/emails", token, "POST", body, key)
    again = json.loads(answer)
    assert status == 202 and again["id"] == first["id"] and not headers["Idempotent-Replayed"], answer
    wait_until(lambda: database("print(db.jobs.count_documents({'kind': 'single_mail', 'state': {'$in': ['queued', 'held']}}))").strip() == "0", "its job")
    assert MAIL.counts()["to"][to] == 1


def test_single_emails_are_listed_and_what_they_say_is_not_shown(token):
    at = next(NAMES)
    at = next(NAMES)
    made = [single(token, to=f"{name}@listed{at}.example", subject="Your word: zanzibar", html_content="<p>zanzibar</p>")[1] for name in ("ann", "bob", "ann")]
    for one in made:
        wait_until(lambda: get(f"/api/emails/{one['id']}", token)["status"] == "sent", "the emails")
    of_ann = f"to=ANN%40listed{at}.example"
    rows, headers = json.loads(call(f"/api/emails?{of_ann}&limit=1", token)[1]), call(f"/api/emails?{of_ann}&limit=1", token)[2]
    assert [row["id"] for row in rows] == [made[2]["id"]] and rows[0]["to"] == f"ann@listed{at}.example"
    older = json.loads(call(f"/api/emails?{of_ann}&limit=1&cursor={headers['X-Next-Cursor']}", token)[1])
    assert [row["id"] for row in older] == [made[0]["id"]]
    assert {row["id"] for row in get("/api/emails?status=sent&limit=200", token)} >= {one["id"] for one in made}
    assert get(f"/api/emails?status=failed&{of_ann}", token) == [] == get("/api/emails?to=nobody", token)
    assert call("/api/emails?status=lost", token)[0] == 400 == call("/api/emails?cursor=x", token)[0]
    page, one = call(f"/emails?{of_ann}", token)[1], call(f"/emails/{made[0]['id']}", token)[1]
    assert page.count(f">ann@listed{at}.example</a>") == 2 and "bob@" not in page
    assert f"Email to ann@listed{at}.example" in one and "zanzibar" not in page + one
    assert call(f"/emails?to=carl@listed{at}.example", token)[1].count("No single emails here") == 1
    assert 'href="/emails">Single emails</a>' in call("/campaigns?origin=own", token)[1]


def test_one_email_that_is_refused(token):
    to, gone = f"eva{next(NAMES)}@one.example", f"gone{next(NAMES)}@one.example"
    mail({"stage": "rcpt", "to": to, "reply": "550 5.1.1 no such user"})
    one = single(token, to=to)[1]
    wait_until(lambda: state(token, one)["status"] == "failed", "the refusal")
    assert "no such user" in state(token, one)["error"]
    assert post("/api/suppressions", token, {"address": gone})[0] == 200
    status, answer = single(token, to=gone)
    assert status == 409 and "suppressed" in json.dumps(answer)


@pytest.mark.parametrize("wrong,field", [({"to": "nobody"}, "to"), ({"to": ""}, "to"), ({"subject": None}, "subject"), ({"html_content": None}, "html_content"), ({"html_content": "<p>{{nobodys}}</p>"}, "html_content"),
                                         ({"from_email": "a@b\r\nBcc: c@d.example"}, "from_email"), ({"subject": "a\r\nBcc: c@d.example{{order}}"}, None), ({"account_id": "none"}, "account_id"),
                                         ({"template_id": "0" * 24}, "template_id"), ({"variables": {"Order Nr": 1}}, "variables"), ({"variables": {"order": {"a": 1}}}, "variables"), ({"extra": 1}, None)])
def test_one_email_that_is_asked_for_wrongly(token, wrong, field):
    before = MAIL.counts(True)["accepted"]
    status, answer = single(token, **wrong)
    if field is None and status == 202:  # it is one line all the same
        wait_until(lambda: state(token, answer)["status"] == "sent", "the email")
        message = read(MAIL.messages("eva@one.example", exact=1)[0]["id"])
        assert message["Bcc"] is None
        return
    assert status in (400, 422) and MAIL.counts(True)["accepted"] == before, answer
    assert field is None or field in json.dumps(answer), answer


A_DAY_AGO = """
import datetime
day = datetime.timedelta(days=1)
for row in db.warm_ups.find(): db.warm_ups.update_one({'_id': row['_id']}, {'$set': {'began_at': row['began_at'] - day}})
for row in db.send_paces.find({'key': {'$regex': '^warm_up'}}): db.send_paces.update_one({'_id': row['_id']}, {'$set': {'day': row['day'] - day}})
db.jobs.update_many({'kind': 'send_block', 'state': 'queued'}, {'$set': {'wait_ms': 0, 'due_at': datetime.datetime.utcnow()}, '$inc': {'rev': 1}})
"""


@pytest.fixture
def domain(token):
    status, answer, _ = post("/api/sending-domains", token, {"domain": "acme.example"})
    assert status in (200, 201), answer
    one = json.loads(answer)["id"]
    yield one
    call(f"/api/sending-domains/{one}", token, "DELETE")


def test_a_domain_that_is_warmed_up_sends_each_provider_what_its_plan_allows(token, domain):
    """mail.md section 8: 50 on the first day; the rest waits for the next one; a complaint of 0.3 % takes the plan back."""
    audience = Audience(token, 140, domains=("s{}.example", "warm{}.example"))
    where = f"/api/sending-domains/{domain}/warm-up"
    assert get(where, token) == {"is_warming": False, "began_at": None, "providers": []}
    assert post(where, token)[0] == 200 and post(where, token)[0] == 409
    campaign = audience.campaign().send()
    wait_until(lambda: campaign.progress()["accepted"] == 100, "50 for each provider", 60)
    wait_until(lambda: [row["taken"] for row in get(where, token)["providers"]] == [50, 50], "the plan to know", 30)
    time.sleep(2)
    assert campaign.progress()["accepted"] == 100 and campaign.progress()["pending"] == 40
    assert [(row["day"], row["cap"], row["is_over"]) for row in get(where, token)["providers"]] == [(1, 50, False)] * 2
    page = call(f"/sending-domains/{domain}", token)[1]
    assert page.count('of 50</span>') == 2 and audience.domains[1] in page and "End the warm-up" in page
    assert len([text for text in said(campaign) if "is being warmed up" in text]) == 1, said(campaign)
    database(A_DAY_AGO)
    assert campaign.wait()["accepted"] == 140
    wait_until(lambda: [(row["day"], row["taken"], row["cap"]) for row in get(where, token)["providers"]] == [(2, 20, 100)] * 2, "the second day", 30)
    assert call(where, token, "DELETE")[0] == 200 and get(where, token)["providers"] == []
    again = Audience(token, 60)
    assert again.campaign().send().wait()["accepted"] == 60, "nothing limits it any more"
