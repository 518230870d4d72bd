"""The database's clock is set back or forward. For every program that is the same as moving all that it has stamped by so much the other way."""
import datetime, hashlib, json, os, signal, subprocess, time, urllib.request, uuid

import bson
import pymongo
import pytest
from product import HOME, SETTINGS, URL, Browser, campaigns, cli, demo, equals_provider, first_user, get, kill_sync_worker, no_doubles, start_sync_worker, wait_until

HOURS = 2
# What our programs stamp; the provider's own times stay.
STAMPED = {
    "sync_runs": ["requested_at", "started_at", "ended_at", "progress_at", "history_at"], "jobs": ["asked_at", "due_at", "lease_until", "ended_at"],
    "rate_buckets": ["at", "blocked_until"], "campaigns": ["synced_at", "last_updated", "summary_read_at", "changed_at"],
    "campaign_metrics_snapshots": ["snapshot_time"], "link_snapshots": ["snapshot_time"], "campaign_links": ["snapshot_time"],
    "lists": ["synced_at", "contacts_full_at"], "list_snapshots": ["snapshot_time"], "raw_answers": ["at"], "contact_events": ["seen_at"], "versions": ["at"]}


def stored():
    return pymongo.MongoClient(SETTINGS["MONGODB_URI"])[SETTINGS["MONGODB_DB"]]


def no_run():
    return not stored().sync_runs.count_documents({"active": {"$exists": True}})


def set_clock(hours):
    ms = -hours * 3600 * 1000
    kill_sync_worker(signal.SIGTERM)
    for name, fields in STAMPED.items():
        for field in fields:
            stored()[name].update_many({field: {"$type": "date"}}, [{"$set": {field: {"$add": ["$" + field, ms]}}}])
    points = {"$map": {"input": "$points", "as": "p", "in": {"$mergeObjects": ["$$p", {"t": {"$add": ["$$p.t", ms]}}]}}}
    stored().campaign_curves.update_many({}, [{"$set": {"points": points}}])


def in_order(times):
    return all(a < b for a, b in zip(times, times[1:]))


def history_is_in_order(token):
    for row in [row for row in campaigns(token) if row["has_report"]][:8]:
        id = bson.ObjectId(row["id"].removeprefix("campaign_"))
        snapshots = list(stored().campaign_metrics_snapshots.find({"campaign_id": id}).sort("snapshot_time"))
        figures = {key: value for key, value in row["current_metrics"].items() if key != "last_updated"}
        assert in_order([snapshot["snapshot_time"] for snapshot in snapshots]) and snapshots[-1]["metrics"] == figures, snapshots
        points = stored().campaign_curves.find_one({"_id": id})["points"]
        assert in_order([point["t"] for point in points]) and points[-1]["o"] == row["current_metrics"]["opened"], points
        assert in_order([report["snapshot_time"] for report in stored().link_snapshots.find({"campaign_id": id}).sort("snapshot_time")])
        answers = list(stored().raw_answers.find({"campaign_id": id, "call": "summary"}, {"at": 1}).sort("at"))
        assert in_order([answer["at"] for answer in answers])


@pytest.fixture(autouse=True)
def past():
    """Later tests ask for what was known at times that have been stamped: these must not lie in the future."""
    yield
    if stored().sync_runs.count_documents({"history_at": {"$gt": datetime.datetime.utcnow()}}):
        set_clock(HOURS)
        start_sync_worker()


@pytest.mark.parametrize("hours", [-HOURS, HOURS])
def test_figures_go_on_in_order(token, hours):
    demo(grow=31)
    cli("sync")
    set_clock(hours)
    start_sync_worker()
    for grow in (32, 33):
        demo(grow=grow)
        assert "sync complete" in cli("sync").stdout
    equals_provider(token)
    history_is_in_order(token)
    no_doubles(token)


def test_a_corrected_time_of_sending_changes_no_curve(token):
    """old: how far apart a curve's points are kept followed the time of sending, as it was told when they were added."""
    def an_hour_later(**switches):
        set_clock(1)
        start_sync_worker()
        demo(**switches)
        cli("sync")
    for grow in (41, 42, 43):
        an_hour_later(grow=grow, edited=True)
    an_hour_later(grow=43, edited=False)
    wait_until(no_run, "the runs to end")
    rows = json.loads(cli("sync", "--replay", "--json", check=False).stdout)
    assert [row for row in rows if row["collection"] == "campaign_curves" and not row["equal"]] == []


def test_contacts_are_read_once_after_a_sync(token):
    cli("sync")
    wait_until(no_run, "the runs to end", 120)
    set_clock(-HOURS)
    contacts = {"kind": "contacts"}
    before = stored().sync_runs.count_documents(contacts)
    worker = subprocess.Popen([f"{HOME}/app/telltale-sync"], env={**os.environ, **SETTINGS, "SYNC_CONTACTS": "on"}, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        cli("sync")
        wait_until(lambda: stored().sync_runs.count_documents(contacts) > before and no_run(), "the contacts run", 120)
        time.sleep(4)
        assert stored().sync_runs.count_documents(contacts) <= before + 2, "once for the sync before, once for this one"
    finally:
        worker.terminate()
        worker.wait()
        start_sync_worker()


def test_what_changed_is_asked_by_the_providers_clock(token):
    """Else a clock that is ahead leaves out what changes until the real time has caught up."""
    demo(date=-HOURS * 3600)
    cli("sync")
    assert "contacts complete" in cli("sync", "--contacts").stdout
    for entry in get("/api/lists", token):
        read = datetime.datetime.fromisoformat(entry["contacts_read_at"].replace("Z", "+00:00")).timestamp()
        assert abs(read - time.time() + HOURS * 3600) < 120, entry


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *any):
        return None


@pytest.mark.parametrize("days, signed_in", [(0, True), (3650, False)])
def test_what_was_given_out_while_the_clock_was_ahead_ends(days, signed_in):
    """old: a session that began while the clock stood ten years ahead lasted for ten years after it was set right."""
    person = Browser()
    person.sign_in(*first_user())
    cookie = next(one.value for one in person.jar if one.name.endswith("sid"))
    name = lambda secret: hashlib.sha256(secret.encode()).hexdigest()
    session, other = stored().sessions.find_one({"_id": name(cookie)}), uuid.uuid4().hex
    step = datetime.timedelta(days=days)
    stored().sessions.insert_one({**session, "_id": name(other), **{field: session[field] + step for field in ("created_at", "last_seen_at", "expires_at")}})
    request = urllib.request.Request(URL + "/dashboard", headers={"Cookie": f"sid={other}"})
    try:
        status = urllib.request.build_opener(Unfollowed).open(request, timeout=60).status
    except urllib.error.HTTPError as error:
        status = error.code
    stored().sessions.delete_one({"_id": name(other)})
    assert (status == 200) == signed_in, status
