"""The machine's clock is set while everything runs, forward and back, by two hours and by a day: the database's and that of each program. The provider's
and the mail server's stay. test_clocks moves what is stored instead, with figures of both sides. The last of all files: ids are made by the programs' clocks, so what it
leaves is in no order."""
import datetime, json, os, pathlib, signal, struct, subprocess, time

import pytest
from product import BUILD, HOME, MAIL, ROOT, SETTINGS, Browser, call, database, equals_provider, first_user, get, mail, no_doubles, service_row, start_service, stop_service, wait_for_health, wait_until
from sending import KILLED, Audience, clean_mail, post
from test_answering import raw
from test_subscribing import link_of_confirmation, opened, sign_up
from test_ways import single
from test_clocks import history_is_in_order, no_run, set_clock, start_sync_worker
from test_import import undo
from test_reports import ALL
from test_webhooks import Receiver

PROGRAMS = ["web", "sync", "report", "audience", "sender"]
HOUR, STEPS = 3600, [2, -2, 24, -24]
pytestmark = pytest.mark.skipif(not service_row("postgres"), reason="the server of TEST_MONGODB_URI keeps its own clock")


class Clock:
    def __init__(self):
        self.library, self.inside, self.file = f"{HOME}/app/clock.so", f"{HOME}/database{HOME}/app/clock.so", f"{HOME}/database/srv/run/clock"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", self.library, f"{ROOT}/tests/clock.c"], check=True)
        subprocess.run(["install", "-D", self.library, self.inside], check=True)
        self.set(0)
        os.chmod(self.file, 0o644)

    def set(self, hours):
        """Written in place: the programs have mapped it."""
        new = struct.pack("q", int(hours * HOUR))
        if not os.path.exists(self.file):
            pathlib.Path(self.file).write_bytes(new)
        with open(self.file, "r+b") as file:
            file.write(new)
        self.hours = hours

    def now(self):
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=self.hours)


def restart_all():
    for name in [*PROGRAMS, "ferretdb", "postgres"]:
        stop_service(name)
    for name in ["postgres", "ferretdb", *PROGRAMS]:
        if "LD_PRELOAD" in SETTINGS:
            SETTINGS["TEST_CLOCK_FILE"] = "/srv/run/clock" if name == "postgres" else f"{HOME}/database/srv/run/clock"
        start_service(name)
    wait_for_health()


@pytest.fixture(scope="module")
def clock():
    stepped, before = Clock(), dict(SETTINGS)
    asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    SETTINGS.update(LD_PRELOAD=stepped.library, ASAN_OPTIONS=asan, MAX_EMAILS_PER_SECOND="40", CAMPAIGN_SCHEDULER_INTERVAL="1", WEBHOOKS_PRIVATE_HOSTS="true")
    restart_all()
    yield stepped
    stepped.set(0)
    wait_until(no_run, "the runs to end", 120)
    SETTINGS.clear()
    SETTINGS.update(before)
    restart_all()
    set_clock(52)  # whatever was stamped while it was ahead
    start_sync_worker()


@pytest.fixture(autouse=True)
def server(clock):
    clean_mail()
    yield
    clean_mail()
    clock.set(0)


@pytest.fixture
def signed_in(clock):
    person = Browser()
    person.sign_in(*first_user())
    return person


@pytest.mark.parametrize("hours", [-2, 24])
def test_work_goes_on(token, clock, signed_in, hours):
    """A sync, a report, an import and a session, begun before."""
    sync = subprocess.Popen([f"{BUILD}/telltale", "sync"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    asked = [json.loads(post("/api/reports", token, {"period": ALL, "title": f"Step {hours}"})[1])["id"] for _ in range(2)]
    wait_until(lambda: not no_run() or sync.poll() is not None, "the run to begin", 20)
    clock.set(hours)
    assert "sync complete" in sync.communicate(timeout=120)[0]
    wait_until(lambda: {get(f"/api/reports/{id}", token)["state"] for id in asked} == {"ready"}, "the reports", 60)
    assert len(Audience(token, 50).addresses) == 50
    if hours == -2:  # a day forward, nobody has used it for long; a day back, it would last for too long
        assert signed_in.open("/dashboard")[2].endswith("/dashboard")
    clock.set(0)
    assert "sync complete" in subprocess.run([f"{BUILD}/telltale", "sync"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120).stdout
    equals_provider(token)
    history_is_in_order(token)
    no_doubles(token)
    asked = json.loads(post("/api/reports", token, {"period": ALL, "title": "Right again"})[1])["id"]
    wait_until(lambda: get(f"/api/reports/{asked}", token)["state"] == "ready", "a report", 60)
    call(f"/api/reports/{asked}", token, "DELETE")


def keyed(token, name, key):
    status, answer, heads = call("/api/partners", token, "POST", json.dumps({"name": name}).encode(), {"Content-Type": "application/json", "Idempotency-Key": key})
    return status, json.loads(answer), heads["Idempotent-Replayed"]


@pytest.mark.parametrize("hours", [2, -2, 23, -24])  # a whole day forward, keys go: they are kept for so long
def test_a_key_makes_one_thing_on_both_sides_of_a_step(token, clock, hours):
    """Asked before, after and once the clock is right again; and after a worker was killed on the other side."""
    key, name = f"step {hours}".replace(" ", "-"), f"Step of {hours} h"
    first = keyed(token, name, key)
    assert first[0] == 200, first
    clock.set(hours)
    there = keyed(token, name, key)
    assert there[0] == 200 and there[1]["id"] == first[1]["id"] and there[2] == "true", there
    other, killed = keyed(token, name + " there", key + "-there"), keyed(token, name + " killed", key + "-killed")
    database(KILLED)
    clock.set(0)
    for _ in range(2):
        assert keyed(token, name, key)[1]["id"] == first[1]["id"]
        assert keyed(token, name + " there", key + "-there")[1]["id"] == other[1]["id"]
        assert keyed(token, name + " killed", key + "-killed")[1]["id"] == killed[1]["id"]
    assert sorted(row["name"] for row in get("/api/partners", token) if row["name"].startswith(name)) == [name, name + " killed", name + " there"]


@pytest.mark.parametrize("hours", STEPS)
def test_a_campaign_goes_on(token, clock, hours):
    """In the middle of a block, with somebody put off: everybody once, never faster than the limit."""
    audience = Audience(token, 120)
    put_off = audience.addresses[3]
    mail({"stage": "rcpt", "to": put_off, "reply": "451 4.7.1 greylisted"}, {"stage": "dot", "delay": 0.05})
    campaign = audience.campaign().send()
    campaign.wait_accepted(20)
    wait_until(lambda: campaign.progress()["deferred"] == 1, "somebody to be put off")
    clock.set(hours)
    campaign.wait_accepted(60, 30)
    if hours == -24:
        stop_service("sender", signal.SIGKILL)
        start_service("sender")
    mail({"stage": "dot", "delay": 0.02})
    now = campaign.wait(seconds=60)  # whoever was put off, too: their time has come, or lies too far ahead to be meant
    assert now["accepted"] + now["uncertain"] == 120 and now["uncertain"] <= (8 if hours == -24 else 0), now
    assert set(campaign.arrived().values()) == {1} and put_off in campaign.arrived()
    taken = sorted(row["at"] for row in MAIL.messages(f"@s{audience.number}.example", limit=1000))
    assert max(sum(1 for at in taken if first <= at < first + 1) for first in taken) <= 3 * 40
    clock.set(0)
    again = Audience(token, 30)
    assert again.campaign().send().wait(seconds=60)["accepted"] == 30, "nothing waits for what was stamped before"


def test_what_was_done_before_the_clock_was_set_back_is_worked_on_again(token, clock):
    """old: a document remembered the job of two hours ahead, and refused any other until then."""
    clock.set(2)
    audience = Audience(token, 20)
    one = json.loads(call("/api/contacts/import", token, "POST", b'--b\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n\r\nemail\nback@step.example\n\r\n--b--\r\n',
                          {"Content-Type": "multipart/form-data; boundary=b"})[1])["id"]
    wait_until(lambda: get(f"/api/contacts/import/{one}", token)["state"] == "done", "the import")
    mail({"stage": "dot", "to": audience.addresses[3], "drop": True, "accept": False})
    campaign = audience.campaign().send()
    assert campaign.wait()["uncertain"] == 1
    clock.set(0)
    mail()
    undo(one, token)


@pytest.mark.parametrize("hours", [2, 24])
def test_webhooks_are_tried_again_though_the_clock_was_set_back(token, clock, hours):
    """old: what was told, or put off, while it was ahead waited until the clock had come to that time again."""
    receiver = Receiver()
    clock.set(hours)
    made = json.loads(post("/api/webhooks", token, {"name": f"Ahead {hours}", "url": receiver.url, "events": ["campaign_sent"]})[1])
    try:
        receiver.statuses = [500]
        assert post(f"/api/webhooks/{made['id']}/test", token)[0] == 202
        wait_until(lambda: receiver.got, "the first try")
        stop_service("report")
        assert post(f"/api/webhooks/{made['id']}/test", token)[0] == 202
        clock.set(0)
        receiver.statuses = [204]
        start_service("report")
        wait_until(lambda: [row["state"] for row in get(f"/api/webhooks/{made['id']}/deliveries", token)] == ["delivered"] * 2, "both", 90)
    finally:
        call(f"/api/webhooks/{made['id']}", token, "DELETE")
        receiver.shutdown()
        receiver.server_close()


@pytest.mark.parametrize("hours", [2, -2, 24, -24])
def test_single_emails_hits_and_links_survive_a_step(db, token, clock, hours):
    """What was put off is sent, once; hits become figures; a link confirms."""
    clock.set(hours)
    to = f"late{hours + 100}@step.example"
    owner = Browser()
    owner.sign_in(*first_user())
    mail({"stage": "rcpt", "to": to, "first": 1, "reply": "451 4.7.1 later"})
    one = single(token, to=to)[1]
    audience = Audience(token, 2)
    audience.campaign(html_content="<html><body><p>Hi</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p></body></html>").send().wait()
    source = MAIL.parsed(audience.addresses[0])[0].get_body(("html",)).get_content()
    pixel = next(word.split('"')[0].split("//")[1] for word in source.split('src="')[1:] if "/track/" in word)
    assert raw("/" + pixel.split("/", 1)[1])[0] == 200
    _, way = opened(owner, token, name=f"Step {hours}")
    address = f"asks{hours + 100}@step.example"
    sign_up(way, address)
    link = link_of_confirmation(address)
    clock.set(0)
    wait_until(lambda: get(f"/api/emails/{one['id']}", token)["status"] == "sent", "the email", 90)
    assert len(MAIL.messages(to)) == 1
    assert raw("/" + pixel.split("/", 1)[1])[0] == 200
    wait_until(lambda: not db.hits.count_documents({"waits": True}), "hits to be folded", 90)
    assert b"You are" in raw(link, "POST", "", Content_Type="application/x-www-form-urlencoded")[1]


def scheduled(token, clock, minutes):
    campaign = Audience(token, 3).campaign()
    at = (clock.now() + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    status, answer, _ = campaign.act("schedule", {"scheduled_time": at})
    assert status == 200, answer
    return campaign


def status_of(campaign):
    return get(f"/api/campaigns/{campaign.id}", campaign.token)["status"]


def test_a_chosen_time_comes_once(token, clock):
    soon, later, tomorrow = (scheduled(token, clock, minutes) for minutes in (90, 180, 26 * 60))
    clock.set(2)
    soon.wait(seconds=60)
    assert status_of(later) == status_of(tomorrow) == "scheduled"
    clock.set(-24)
    time.sleep(3)
    assert status_of(later) == status_of(tomorrow) == "scheduled" and soon.arrived() == dict.fromkeys(soon.audience.addresses, 1)
    clock.set(24)  # more than an hour after its time: somebody is asked
    wait_until(lambda: later.audience.number and any(later.id.removeprefix("campaign_") in json.dumps(row) for row in get("/api/notifications", token)), "the question", 30)
    assert status_of(later) == "scheduled" and not later.arrived() and status_of(tomorrow) == "scheduled"
    clock.set(0)
    time.sleep(3)
    assert [status_of(one) for one in (soon, later, tomorrow)] == ["sent", "scheduled", "scheduled"]
    clock.set(3.5)
    later.wait(seconds=60)
    clock.set(0)
    assert soon.arrived() == dict.fromkeys(soon.audience.addresses, 1) and later.arrived() == dict.fromkeys(later.audience.addresses, 1)
    assert not tomorrow.arrived()


def test_one_machine_that_is_ahead_starts_nothing_early(token, clock):
    """old: campaigns started by the clock of whichever sender looked first."""
    later = scheduled(token, clock, 30)
    ahead = subprocess.Popen([f"{HOME}/app/telltale-sender"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env={**os.environ, **SETTINGS, "LD_PRELOAD": clock.library, "TEST_CLOCK_FILE": "", "TEST_CLOCK_SECONDS": "3000"})
    try:
        own = Audience(token, 3).campaign().send()
        assert own.wait(seconds=60)["accepted"] == 3
        time.sleep(3)
        assert ahead.poll() is None and status_of(later) == "scheduled" and not later.arrived()
    finally:
        ahead.terminate()
        ahead.wait()


def test_whoever_leaves_before_the_time_gets_nothing(token, clock):
    """H-T4: our scheduler holds it until then."""
    campaign = scheduled(token, clock, 2)
    gone, *others = campaign.audience.addresses
    clock.set(1 / 60)
    person = get(f"/api/contacts?q={gone}", token)[0]["id"]
    assert post("/api/suppressions", token, {"address": gone})[0] == 200 and person
    clock.set(3 / 60)
    campaign.wait(seconds=60)
    clock.set(0)
    assert campaign.arrived() == dict.fromkeys(others, 1)


def sender_with(**settings):
    stop_service("sender")
    SETTINGS.update(settings)
    start_service("sender")


def test_five_thousand_people_at_a_hundred_a_minute(token, clock):
    """C-041: fifty minutes, ten errors that are retried three times; the clock leaps to the next minute when nothing more is sent in this one."""
    audience = Audience(token, 5000)
    wrong = audience.addresses[::500]
    mail({"stage": "rcpt", "to": wrong, "reply": "451 4.3.0 try again"})
    sender_with(MAX_EMAILS_PER_SECOND="0")
    try:
        campaign = audience.campaign(send_rate_limit_emails=100).send()
        wait_until(lambda: campaign.progress()["total"] == 5000, "the recipients")
        minutes, last, since = 0, -1, time.monotonic()
        while (now := campaign.progress())["status"] != "sent" or now["deferred"]:
            assert now["accepted"] <= 100 * (minutes + 1), "a minute has more than allowed"
            if now["accepted"] != last:
                last, since = now["accepted"], time.monotonic()
            elif time.monotonic() - since > 0.6:
                minutes, since = minutes + 1, time.monotonic()
                clock.set(minutes / 60)
            assert minutes < 1000, now
            time.sleep(0.05)
    finally:
        clock.set(0)
        sender_with(MAX_EMAILS_PER_SECOND="40")
    assert (now["total"], now["accepted"], now["failed"]) == (5000, 4990, 10) and minutes >= 49, (minutes, now)
    row = get(f"/api/campaigns/{campaign.id}", token)
    assert (row["status"], row["delivered_count"]) == ("sent", 4990), row
    assert campaign.arrived() == dict.fromkeys(set(audience.addresses) - set(wrong), 1)
    tries = [line for line in MAIL.log(limit=400000, verb="RCPT") if wrong[0] in line["line"]]
    assert len(tries) == 4


def test_a_provider_that_takes_no_more_for_a_minute(token, clock):
    """H-S3: 60 are taken, then 450 for a minute; nobody's tries are used up, and the pause is told."""
    audience = Audience(token, 214)
    mail({"stage": "rcpt", "to": f"*@{audience.domains[0]}", "after": 60, "reply": "450 4.7.1 too much mail from you"})
    campaign = audience.campaign().send()
    wait_until(lambda: any("wants fewer emails" in row["text"] for row in get(f"/api/campaigns/{campaign.id}/logs", token)), "the pause", 60)
    assert campaign.progress()["accepted"] <= 60
    mail()
    minutes = 0
    while (now := campaign.progress())["status"] != "sent" or now["deferred"]:
        time.sleep(0.5)
        minutes += 1
        assert minutes < 300, now
        clock.set(minutes / 60)
    assert (now["accepted"], now["failed"], now["uncertain"]) == (214, 0, 0), now
    assert campaign.arrived() == dict.fromkeys(audience.addresses, 1)
