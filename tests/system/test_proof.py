"""Faults at random moments while campaigns are being sent, by several senders: nobody is lost, nobody gets it twice. Small here; PROOF_KILLS makes
a campaign of it (docs/proof.md), PROOF_SEED repeats one. The faults of reliability.md section 6."""
import concurrent.futures, contextlib, os, pathlib, random, signal, subprocess, time

import pytest
from product import HOME, MAIL, SETTINGS, mail, restart_database, service_pid, service_row, start_service, stop_service, wait_for_health, wait_until
from sending import Audience, clean_mail, kill_senders

KILLS, SEED = int(os.environ.get("PROOF_KILLS", "60")), int(os.environ.get("PROOF_SEED", "7"))
SESSIONS = 8
A_KILL = 2 * SESSIONS  # of two blocks: one whose answers are not stored yet, and one that has the sessions now


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    yield
    clean_mail()


class Senders:
    """Further senders beside the one that the keeper keeps, as on other machines."""

    def __init__(self, count, **settings):
        self.environment = {**os.environ, **SETTINGS, **settings}
        self.running = [self.start() for _ in range(count)]
        self.killed = 0

    def start(self):
        return subprocess.Popen([f"{HOME}/app/telltale-sender"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=self.environment)

    def kill(self, at):
        one = self.running[at]
        one.kill()
        text = one.communicate()[1].decode(errors="replace")
        assert "Sanitizer" not in text and "runtime error" not in text, text
        self.running[at] = self.start()
        self.killed += 1

    def end(self):
        for one in self.running:
            one.kill()
            one.communicate()
        self.running = []


@pytest.fixture
def senders():
    several = Senders(3)
    yield several
    several.end()


def under_way(token, people, accepted):
    """A campaign to so many people, slow enough to be met, of which so many have been sent."""
    audience = Audience(token, people)
    mail({"stage": "dot", "delay": 0.03})
    campaign = audience.campaign().send()
    campaign.wait_accepted(accepted)
    return audience, campaign


def settled(campaign, audience, most_uncertain):
    now, arrived = campaign.wait(seconds=300), campaign.arrived()
    total = len(audience.addresses)
    assert now["total"] == total and now["accepted"] + now["uncertain"] == total, now
    assert set(arrived.values()) <= {1}, "somebody got it twice"
    assert now["accepted"] <= len(arrived) <= total, "somebody who counts as sent to got nothing"
    assert now["uncertain"] <= most_uncertain, now
    return now["uncertain"], len(arrived) - now["accepted"]


def test_senders_are_killed_at_random_moments(token, senders):
    chance, kills, campaigns, uncertain, arrived = random.Random(SEED), 0, 0, 0, 0
    began = time.monotonic()
    while kills < KILLS:
        mail({"stage": "dot", "delay": 0.02})
        audience = Audience(token, 2000)
        campaign, before = audience.campaign().send(), kills
        while campaign.progress()["status"] != "sent" and kills < KILLS:
            time.sleep(chance.uniform(0.05, 0.6))
            at = chance.randrange(4)
            if at == 3:
                kills += kill_senders()
            else:
                senders.kill(at)
                kills += 1
        doubt, came = settled(campaign, audience, A_KILL * (kills - before))
        campaigns, uncertain, arrived = campaigns + 1, uncertain + doubt, arrived + came
        clean_mail()
    print(f"{kills} kills in {campaigns} campaigns of 2,000, {time.monotonic() - began:.0f} s, seed {SEED}: 0 lost, 0 doubled, {uncertain} uncertain ({uncertain / kills:.2f} a kill), of which {arrived} arrived")


def test_four_senders_share_one_limit(token, senders):
    """H-S2: 10 a second for all of them; the server says 454 above it, and nobody is dropped."""
    audience, old = Audience(token, 120), dict(SETTINGS)
    limited = Senders(3, MAX_EMAILS_PER_SECOND="10")
    senders.end()
    stop_service("sender")
    SETTINGS.update(MAX_EMAILS_PER_SECOND="10")
    start_service("sender")
    try:
        mail({"stage": "dot", "above": 20, "reply": "454 4.7.0 throttling failure"})
        now = audience.campaign().send().wait()
    finally:
        limited.end()
        stop_service("sender")
        SETTINGS.clear()
        SETTINGS.update(old)
        start_service("sender")
    assert (now["accepted"], now["failed"]) == (120, 0)
    taken = [int(row["at"]) for row in MAIL.messages(f"@{audience.domains[0]}", limit=1000)]
    assert len(taken) == 120 and max(taken.count(second) + taken.count(second + 1) for second in taken) <= 30, "two seconds hold the tokens of three windows at most"


def test_everything_is_killed_at_once(token):
    """The power fails: the keeper and all of its services."""
    audience, campaign = under_way(token, 1500, 200)
    victims = [name for name in ("sender", "web", "audience", "ferretdb", "postgres") if service_row(name)]
    for name in victims:
        pid = service_pid(name)
        if pid:
            os.kill(pid, signal.SIGKILL)
    wait_for_health()
    settled(campaign, audience, A_KILL)


@pytest.mark.skipif(not service_row("postgres"), reason="the server of TEST_MONGODB_URI is nobody's to stop")
def test_the_database_stands_still(token):
    """SIGSTOP for longer than a sender trusts its lease (40 s)."""
    audience, campaign = under_way(token, 800, 100)
    pid = service_pid("ferretdb")
    os.kill(pid, signal.SIGSTOP)
    time.sleep(45)
    os.kill(pid, signal.SIGCONT)
    wait_for_health()
    settled(campaign, audience, A_KILL)


@pytest.mark.skipif(not service_row("postgres"), reason="the server of TEST_MONGODB_URI is nobody's to stop")
def test_the_database_is_away_for_a_while(token):
    audience, campaign = under_way(token, 800, 100)
    for name in ("ferretdb", "postgres"):
        stop_service(name, signal.SIGKILL)
    time.sleep(10)
    for name in ("postgres", "ferretdb"):
        start_service(name)
    wait_for_health()
    settled(campaign, audience, A_KILL)


def stop_database():
    for name in ("ferretdb", "postgres"):
        stop_service(name, signal.SIGINT)


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def copy_folder(source, target):
    run("find", target, "-mindepth", "1", "-delete")
    run("cp", "-a", f"{source}/.", target)


@contextlib.contextmanager
def database_on_a_small_disk(folder, spare):
    """The database's files on a disk of their size and so many bytes; it yields the path of a file that is to fill it."""
    data = f"{HOME}/database/srv/data"
    stop_database()
    size = int(run("du", "-sb", data).split()[0]) * 11 // 10
    run("mount", "-t", "tmpfs", "-o", f"size={size + spare}", "tmpfs", folder)
    copy_folder(data, folder)
    run("mount", "--bind", folder, data)
    restart_database()
    wait_for_health()
    try:
        yield pathlib.Path(folder, "filler")
    finally:
        stop_database()
        run("umount", data)
        copy_folder(folder, data)
        run("umount", folder)
        restart_database()
        wait_for_health()


def fill(path):
    """Until there is no room for another byte."""
    with contextlib.suppress(OSError), open(path, "ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def stands(campaign, seconds=5):
    """Has no mail gone out for so long?"""
    before = sum(campaign.arrived().values())
    time.sleep(seconds)
    return sum(campaign.arrived().values()) == before


@pytest.mark.skipif(os.getuid() != 0 or not service_row("postgres"), reason="mounting a small disk under the database needs root")
def test_the_disk_of_the_database_is_full_for_a_while(token, tmp_path):
    with database_on_a_small_disk(str(tmp_path), 64 << 20) as filler:
        audience, campaign = under_way(token, 4000, 100)
        wait_until(lambda: fill(filler) or stands(campaign), "the campaign to stand still")
        assert sum(campaign.arrived().values()) < 4000, "it ended before the disk was full"
        filler.unlink()
        wait_for_health()
        settled(campaign, audience, A_KILL)


def test_it_is_paused_and_resumed_a_hundred_times(token):
    audience = Audience(token, 1500)
    mail({"stage": "dot", "delay": 0.02})
    campaign, times = audience.campaign().send(), 0
    while campaign.progress()["status"] != "sent" and times < 100:
        paused = campaign.act("pause")[0]
        resumed = campaign.act("resume")[0]
        times += paused == resumed == 200
        assert {paused, resumed} <= {200, 409}
    assert campaign.progress()["status"] in ("sent", "sending", "paused")
    if campaign.progress()["status"] == "paused":
        campaign.act("resume")
    settled(campaign, audience, 0)


def test_of_two_starts_at_once_one_is_one(token):
    audience = Audience(token, 50)
    campaign = audience.campaign()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = sorted(status for status, *_ in pool.map(lambda _: campaign.act("send"), range(8)))
    assert answers == [200] + [409] * 7, answers
    settled(campaign, audience, 0)


@pytest.mark.parametrize("rule", [{"stage": "ehlo", "times": 10, "drop": True}, {"stage": "connect", "times": 30, "reply": "421 4.3.2 busy"},
                                  {"stage": "mail", "times": 3, "reply": "452 4.3.1 quota"}])
def test_the_mail_server_fails_for_a_while(token, rule):
    audience = Audience(token, 60)
    mail(rule)
    campaign = audience.campaign().send()
    time.sleep(3)
    mail()
    settled(campaign, audience, A_KILL)
