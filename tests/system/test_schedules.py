"""Scheduled reports: made when due, mailed once, at the right local time, only with fresh figures."""
import email, email.policy, hashlib, json, os, pathlib, re, signal, subprocess, time

import pytest
from ports import free_port
from product import BUILD, HOME, ROOT, SETTINGS, call, cli, get, start_service, stop_service, wait_until
from test_keeping import database
from test_reports import post, raw, report_worker  # noqa: F401 (report_worker is a fixture)


@pytest.fixture(scope="module")
def sink(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mail")
    port = free_port()
    server = subprocess.Popen(["/usr/bin/python3", f"{ROOT}/tests/system/sink.py", str(port), str(folder)], stdout=subprocess.PIPE, text=True)
    assert server.stdout.readline() == "ready\n"
    stop_service("report", signal.SIGKILL)
    old = dict(SETTINGS)
    SETTINGS.update(SMTP_HOST="127.0.0.1", SMTP_PORT=str(port), SMTP_FROM="desk@console.example", SMTP_TLS="off")
    start_service("report")
    yield folder
    stop_service("report", signal.SIGKILL)
    SETTINGS.clear()
    SETTINGS.update(old)
    start_service("report")
    server.kill()


def mails(folder, to):
    return [email.message_from_bytes(path.with_suffix(".eml").read_bytes(), policy=email.policy.default)
            for path in sorted(folder.glob("*.to")) if path.read_text() == to and path.with_suffix(".eml").exists()]


def add(token, **asked):
    asked = {"cron": "0 8 1 1 *", "zone": "Europe/Berlin", "period": "all", "template": "list_performance", **asked}
    status, answer, _ = post("/api/report-schedules", token, asked)
    assert status == 200, answer
    return answer


def due(schedule, when="datetime.datetime.utcnow() - datetime.timedelta(seconds=1)"):
    database(f"import bson, datetime\ndb.report_schedules.update_one({{'_id': bson.ObjectId('{schedule['id']}')}}, {{'$set': {{'next_run_at': {when}}}}})")


def ended(schedule, token, seconds=120):
    def look():
        rows = get(f"/api/report-schedules/{schedule['id']}/deliveries", token)
        return rows and rows[0]["state"] in ("sent", "failed")
    wait_until(look, "the delivery to end", seconds)
    return get(f"/api/report-schedules/{schedule['id']}/deliveries", token)


def test_a_due_report_is_mailed_as_a_link(token, sink):
    cli("sync")
    schedule = add(token, name="Links", recipients="one@partner.example, two@partner.example, info@müller.example info@XN--MLLER-kva.example ONE@Partner.example", title="Monthly für ACME")
    due(schedule)
    rows = ended(schedule, token)
    assert len(rows) == 1 and rows[0]["state"] == "sent" and [h["state"] for h in rows[0]["recipients"]] == ["sent"] * 3
    assert rows[0]["recipients"][2]["address"] == "info@müller.example"  # as it was typed; the mail server gets it in ASCII
    addresses = []
    for to in ("one@partner.example", "two@partner.example", "info@xn--mller-kva.example"):
        message, = mails(sink, to)
        assert message["Subject"] == "Monthly für ACME" and message["From"] == "desk@console.example" and message["To"] == to
        assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"] and message["Date"]
        text = message.get_body(("plain",)).get_content()
        addresses.append(re.search(r"/r/([0-9a-f]{64})", text)[0])
        report = get(f"/api/reports/{rows[0]['report_id']}", token)
        assert report["sha256"] in text and hashlib.sha256(raw(addresses[-1] + "/pdf")[1]).hexdigest() == report["sha256"]
    assert len(set(addresses)) == 3  # each recipient has their own link
    again = next(s for s in get("/api/report-schedules", token) if s["id"] == schedule["id"])
    assert again["next_run_at"][4:] == "-01-01T07:00:00Z"
    assert "Sent by" not in text and "The link works for 30 days" in text and "campaigns, click rate" in text
    assert "one@partner.example: sent" in call(f"/reports/schedules/{schedule['id']}", token)[1]


def test_a_partner_may_be_renamed(token, sink):
    status, partner, _ = post("/api/partners", token, {"name": "Before", "prefixes": ["acme_"]})
    assert status == 200, partner
    schedule = add(token, name="Renamed", recipients="renamed@partner.example", partner="Before")
    assert schedule["partner"] == partner["id"]
    status, answer, _ = post(f"/api/partners/{partner['id']}", token, {"name": "After", "prefixes": ["acme_"]}, "PUT")
    assert status == 200, answer
    due(schedule)
    row, = ended(schedule, token)
    report = get(f"/api/reports/{row['report_id']}", token)
    assert row["state"] == "sent" and report["partner_id"] == partner["id"] and report["partner"] == "After"
    assert post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")[0] == 200
    assert post(f"/api/partners/{partner['id']}", token, method="DELETE")[0] == 200


def test_as_attachment(token, sink):
    schedule = add(token, name="Files", recipients="file@partner.example", attach=True)
    due(schedule)
    row = ended(schedule, token)[0]
    message, = mails(sink, "file@partner.example")
    file, = message.iter_attachments()
    report = get(f"/api/reports/{row['report_id']}", token)
    assert file.get_content_type() == "application/pdf" and hashlib.sha256(file.get_content()).hexdigest() == report["sha256"]
    assert "/r/" not in message.get_body(("plain",)).get_content()


def test_what_was_missed_happens_once(token, sink):
    half_an_hour_away = (time.gmtime().tm_min + 30) % 60  # nothing new is due while the test runs
    schedule = add(token, name="Missed", recipients="missed@partner.example", cron=f"{half_an_hour_away} * * * *")
    stop_service("report", signal.SIGKILL)
    due(schedule, "datetime.datetime.utcnow() - datetime.timedelta(hours=9)")
    start_service("report")
    assert len(ended(schedule, token)) == 1
    time.sleep(2)
    assert len(get(f"/api/report-schedules/{schedule['id']}/deliveries", token)) == 1 and len(mails(sink, "missed@partner.example")) == 1


def test_last_month_is_that_of_the_local_date(token, sink):
    """At midnight in Berlin it is still the previous day in UTC; the month is Berlin's, too."""
    schedule = add(token, name="Local", recipients="local@partner.example", cron="0 0 1 * *", period="lastmonth")
    due(schedule, "datetime.datetime(2026, 2, 28, 23)")
    row = ended(schedule, token)[0]
    assert row["due_at"] == "2026-02-28T23:00:00Z" and row["state"] == "sent"
    report = get(f"/api/reports/{row['report_id']}", token)
    assert report["period"] == {"from": "2026-01-31T23:00:00Z", "to": "2026-02-28T23:00:00Z"} and report["zone"] == "Europe/Berlin"
    assert "1 – 28 Feb 2026 (Europe/Berlin)" in call(f"/reports/{row['report_id']}", token)[1]
    secret = re.search(r"/r/([0-9a-f]{64})", mails(sink, "local@partner.example")[0].get_body(("plain",)).get_content())[0]
    ends = re.search(r"This page works until ([^·<]*)", raw(secret)[1].decode())[1].strip()  # by the report's clock, and it says so
    assert ends.endswith((" CET", " CEST")), ends
    post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")


def test_a_delivery_that_another_worker_began_is_no_fault(token, sink):
    """As if two workers had begun it at once, or one had died before computing the next time."""
    schedule = add(token, name="Begun", recipients="begun@partner.example")
    stop_service("report", signal.SIGKILL)
    database(f"""
import bson, datetime
when = datetime.datetime(2026, 1, 1)
db.report_deliveries.insert_one({{'schedule_id': bson.ObjectId('{schedule['id']}'), 'due_at': when, 'next_try_at': when, 'state': 'sent', 'recipients': []}})
db.report_schedules.update_one({{'_id': bson.ObjectId('{schedule['id']}')}}, {{'$set': {{'next_run_at': when}}}})""")
    log = pathlib.Path(f"{HOME}/log/report.log")
    before = log.stat().st_size
    start_service("report")
    wait_until(lambda: next(s for s in get("/api/report-schedules", token) if s["id"] == schedule["id"])["next_run_at"] > "2026-01-02", "the next time")
    time.sleep(1)
    assert "ERROR" not in log.read_text()[before:], log.read_text()[before:]
    assert len(get(f"/api/report-schedules/{schedule['id']}/deliveries", token)) == 1


def test_refused_later_and_uncertain(token, sink):
    schedule = add(token, name="Trouble", recipients="gone@refuse.example good@partner.example slow@later.example")
    due(schedule)
    row = ended(schedule, token, 180)[0]
    states = {h["address"]: h for h in row["recipients"]}
    assert states["gone@refuse.example"]["state"] == "refused" and "550" in states["gone@refuse.example"]["problem"]
    assert states["good@partner.example"]["state"] == "sent" and states["slow@later.example"]["state"] == "sent"
    assert states["slow@later.example"]["tries"] == 3 and len(mails(sink, "slow@later.example")) == 1
    assert row["problem"] == "1 of 3 recipients may not have got it"
    assert any(n["kind"] == "report" and "1 of 3" in n["words"] for n in get("/api/notifications", token))


def test_killed_while_handing_over_sends_nothing_twice(token, sink):
    schedule = add(token, name="Killed", recipients="stuck@hang.example after@partner.example")
    due(schedule)
    wait_until(lambda: mails(sink, "stuck@hang.example"), "the mail that hangs")
    stop_service("report", signal.SIGKILL)
    start_service("report")
    row = ended(schedule, token)[0]
    states = {h["address"]: h["state"] for h in row["recipients"]}
    assert states == {"stuck@hang.example": "uncertain", "after@partner.example": "sent"}
    assert len(mails(sink, "stuck@hang.example")) == 1 and len(mails(sink, "after@partner.example")) == 1


def test_old_figures_are_not_sent(token, sink):
    schedule = add(token, name="Stale", recipients="stale@partner.example", fresh_hours=1)
    database("import datetime\ndb.sync_runs.update_many({'kind': {'$ne': 'contacts'}}, {'$set': {'started_at': datetime.datetime.utcnow() - datetime.timedelta(hours=3)}})")
    due(schedule)
    wait_until(lambda: get(f"/api/report-schedules/{schedule['id']}/deliveries", token), "the delivery")
    wait_until(lambda: "waiting for figures newer than 1 hour" in (get(f"/api/report-schedules/{schedule['id']}/deliveries", token)[0]["problem"] or ""), "it to say why it waits")
    assert not mails(sink, "stale@partner.example")
    cli("sync")
    assert ended(schedule, token)[0]["state"] == "sent" and len(mails(sink, "stale@partner.example")) == 1


def test_without_a_mail_server(token, sink):
    host, demo = SETTINGS["SMTP_HOST"], SETTINGS.get("DEMO_MAIL_PORT", "")
    SETTINGS.update(SMTP_HOST="", DEMO_MAIL_PORT="")
    stop_service("report", signal.SIGKILL)
    start_service("report")
    schedule = add(token, name="No mail", recipients="none@partner.example")
    due(schedule)
    row = ended(schedule, token)[0]
    assert row["state"] == "failed" and "SMTP_HOST" in row["problem"] and row["report_id"]
    # killed after that was stored, and before anybody was told
    database(f"""
import bson, datetime
key = 'delivery|{row['id']}'
assert db.notices.delete_many({{'key': key}}).deleted_count == 1
db.jobs.insert_one({{'kind': 'delivery', 'key': 'delivery:{row['id']}', 'subject': bson.ObjectId('{row['id']}'), 'state': 'queued', 'rev': 1, 'fence': 0, 'attempts': 0, 'wait_ms': 0,
                    'asked_at': datetime.datetime.utcnow(), 'due_at': datetime.datetime.utcnow()}})""")
    wait_until(lambda: any(n["kind"] == "report" and "SMTP_HOST" in n["words"] for n in get("/api/notifications", token)), "the notification", 30)
    SETTINGS.update(SMTP_HOST=host, DEMO_MAIL_PORT=demo)
    stop_service("report", signal.SIGKILL)
    start_service("report")


def test_a_clock_set_back_misses_no_time_and_repeats_none(token, sink):
    schedule = add(token, name="Set back", recipients="back@partner.example", cron="0 0 1 * *")
    right = schedule["next_run_at"]

    def comes_right():
        return next(s for s in get("/api/report-schedules", token) if s["id"] == schedule["id"])["next_run_at"] == right

    stop_service("report", signal.SIGKILL)
    due(schedule, f"datetime.datetime.fromisoformat('{right[:-1]}') + datetime.timedelta(days=365)")  # computed by a clock a year ahead
    start_service("report")
    wait_until(comes_right, "its right time", 20)
    database(f"""import bson, datetime
when = datetime.datetime.utcnow().replace(microsecond=0) - datetime.timedelta(minutes=1)
db.report_deliveries.insert_one({{'schedule_id': bson.ObjectId('{schedule['id']}'), 'due_at': when, 'state': 'sent', 'recipients': []}})
db.report_schedules.update_one({{'_id': bson.ObjectId('{schedule['id']}')}}, {{'$set': {{'next_run_at': when}}}})""")
    wait_until(comes_right, "the next time", 20)
    assert len(get(f"/api/report-schedules/{schedule['id']}/deliveries", token)) == 1 and not mails(sink, "back@partner.example")
    post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")


@pytest.mark.parametrize("begins, cron, expected", [
    ("2026-10-24 23:59:50", "30 2 * * *", "2026-10-25T01:30:00Z"), ("2026-03-28 23:59:50", "0 8 * * *", "2026-03-29T06:00:00Z")])
def test_the_right_local_time_across_the_change(token, sink, clock, begins, cron, expected):
    """The worker's clock starts before the night of the DST change and runs a thousand times as fast."""
    to = f"dst-{begins[:10]}@partner.example"
    schedule = add(token, name=f"DST {begins}", recipients=to, cron=cron)
    stop_service("report", signal.SIGKILL)
    due(schedule, f"datetime.datetime.fromisoformat('{expected[:-1]}')")
    worker = subprocess.Popen([f"{ROOT}/build-clang/telltale-report"], env={**os.environ, **SETTINGS, "TZ": "UTC", **clock(begins, 1000)},
                              stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        rows = ended(schedule, token, 240)
        assert rows[-1]["due_at"] == expected
        time.sleep(1)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        start_service("report")
    dues = [row["due_at"] for row in get(f"/api/report-schedules/{schedule['id']}/deliveries", token)]
    assert len(dues) == len(set(dues)) and sum(d[:10] == expected[:10] for d in dues) == 1
    assert len([m for m in mails(sink, to) if m["Message-ID"]]) >= 1, rows
    post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")


@pytest.mark.parametrize("asked, field", [
    ({"cron": "often"}, "cron"), ({"cron": "0 0 30 2 *"}, "cron"), ({"zone": "Mars/Base"}, "zone"), ({"recipients": "nobody"}, "recipients"), ({"recipients": "müller@b.example"}, "recipients"),
    ({"recipients": "a@b.example\r\nRCPT TO:<evil@x.example>"}, "recipients"), ({"recipients": ""}, "recipients"), ({"addresses": ["a@b.example"] * 51}, "addresses"),
    ({"period": "fortnight"}, "period"), ({"partner": "nobody"}, "partner"), ({"template": "custom"}, "blocks"), ({"fresh_hours": -1}, "fresh_hours"), ({"cron": ""}, "time"), ({"cron": "", "time": "8 am"}, "time"), ({"cron": "", "time": "08:00", "day": "31"}, "day"),
    ({"zone": "+02:00"}, "zone"), ({"colour": 1}, "colour")])
def test_wrong_schedules_name_the_field(token, asked, field):
    status, answer, _ = post("/api/report-schedules", token, {"name": "x", "cron": "daily", "recipients": "a@b.example", **asked})
    assert status == 400 and field in answer["fields"], answer


def test_a_schedule_without_a_name_is_named_after_partner_and_rhythm(token):
    partner = post("/api/partners", token, {"name": "Rhythm", "prefixes": ["rhythm_"]})[1]
    names = []
    # A partner without one is a press away from the form with its name and its contact person.
    link = f'href="/reports/schedules/new?partner={partner["id"].removeprefix("partner_")}"'
    shown = lambda: link in call("/reports/schedules?partners=all", token)[1]
    assert shown()
    for asked in {"cron": "monthly", "partner": partner["id"]}, {"cron": "weekly"}, {"cron": "5 4 3 2 *", "name": ""}:
        status, schedule, _ = post("/api/report-schedules", token, {"recipients": "a@b.example", **asked})
        assert status == 200
        names.append(schedule["name"])
        assert shown() == ("partner" not in asked)
        post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")
    assert names == ["Rhythm monthly", "All campaigns weekly", "All campaigns report"]
    post(f"/api/partners/{partner['id']}", token, method="DELETE")


def test_of_many_partners_without_a_schedule_the_first_are_shown_and_their_number(token):
    made = [post("/api/partners", token, {"name": f"Zz without {n:02}", "prefixes": [f"zzwithout{n:02}_"]})[1]["id"] for n in range(11)]
    links = lambda page: page.count("/reports/schedules/new?partner=")
    every, first = (call("/reports/schedules" + asked, token)[1] for asked in ("?partners=all", ""))
    assert links(every) >= 11 and links(first) == 10
    assert f"The first 10 of {links(every)}." in first and f"Show all {links(every)}</a>" in first
    assert "The first 10 of" not in every and "Zz without 10" in every
    for one in made:
        assert post(f"/api/partners/{one}", token, method="DELETE")[0] == 200


def test_changed_paused_and_deleted(token, sink):
    schedule = add(token, name="Paused", recipients="paused@partner.example", paused=True)
    due(schedule)
    time.sleep(2)
    assert not get(f"/api/report-schedules/{schedule['id']}/deliveries", token)
    status, answer, _ = post(f"/api/report-schedules/{schedule['id']}", token, {"name": "Renamed", "cron": "weekly", "zone": "UTC", "recipients": "b@partner.example"}, "PUT")
    assert status == 200 and answer["name"] == "Renamed" and answer["addresses"] == ["b@partner.example"] and answer["next_run_at"].endswith("T08:00:00Z")
    assert post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")[0] == 200
    assert call(f"/api/report-schedules/{schedule['id']}", token)[0] == 404


def test_it_is_said_in_words(token, sink):
    """Days, weeks, months, quarters and the last day, in the words of the form; a cron expression counts instead if there is one."""
    for said, cron in (({"every": "month", "day": "last", "time": "08:00"}, "0 8 L * *"), ({"every": "week", "weekday": "friday", "time": "7:30"}, "30 7 * * 5"),
                       ({"every": "day", "time": "23:59"}, "59 23 * * *"), ({"every": "quarter", "day": "15", "time": "00:00"}, "0 0 15 1,4,7,10 *"),
                       ({"every": "day", "time": "08:00", "cron": "monthly"}, "monthly")):
        schedule = add(token, name="Said", recipients="said@partner.example", **{"cron": "", **said})
        assert schedule["cron"] == cron, (said, schedule)
        post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")


def test_run_now_and_a_test(token, sink):
    schedule = add(token, name="Asked", recipients="all@partner.example", paused=True, title="Asked for")
    status, answer, _ = post(f"/api/report-schedules/{schedule['id']}/test", token, {"test_to": "me@console.example"})
    assert status == 200, answer
    row, = ended(schedule, token)
    assert row["cause"] == "test" and row["asked_by"] and [h["address"] for h in row["recipients"]] == ["me@console.example"]
    message, = mails(sink, "me@console.example")
    assert message["Subject"] == "Test: Asked for" and "This is a test" in message.get_body(("plain",)).get_content() and not mails(sink, "all@partner.example")
    assert post(f"/api/report-schedules/{schedule['id']}/test", token, {"test_to": "nobody"})[0] == 400
    assert post(f"/api/report-schedules/{schedule['id']}/run", token)[0] == 200
    assert len(ended(schedule, token)) == 2
    wait_until(lambda: mails(sink, "all@partner.example"), "the report", 60)
    assert [row["cause"] for row in get(f"/api/report-schedules/{schedule['id']}/deliveries", token)] == ["asked", "test"]
    assert get(f"/api/report-schedules/{schedule['id']}", token)["next_run_at"] == schedule["next_run_at"]
    post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")


def test_nothing_was_sent(token, sink):
    """January 2001 had no campaigns: a run is skipped only if the schedule says so, and a test never is."""
    for skip, state in ((True, "skipped"), (False, "sent")):
        schedule = add(token, name="Empty", recipients=f"empty-{skip}@partner.example", period="lastmonth", skip_empty=skip, fresh_hours=0)
        due(schedule, "datetime.datetime(2001, 2, 1, 8)")
        wait_until(lambda: [r["state"] for r in get(f"/api/report-schedules/{schedule['id']}/deliveries", token)] == [state], "it to be " + state, 60)
        assert bool(mails(sink, f"empty-{skip}@partner.example")) != skip
        post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")
