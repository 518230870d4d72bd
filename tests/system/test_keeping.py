"""Raw answers and their replay, deleted people, growth by cause, tags, notifications."""
import collections, datetime, html, json, os, re, signal, subprocess, time

import bson, pytest
from product import SETTINGS, Browser, call, cli, database, demo, everything, first_user, get, kill_sync_worker, start_sync_worker
from test_contacts import people, sent, reported_contacts  # noqa: F401 (people is a fixture)

@pytest.fixture
def browser():
    one = Browser()
    one.sign_in(*first_user())
    return one


COLLECTIONS = ["campaign_metrics_snapshots", "link_snapshots", "contact_events", "campaign_curves", "campaign_growth", "contacts"]


def replay(*words, check=True):
    run = cli("sync", "--replay", *words, "--json", check=check)
    return {row["collection"]: row for row in json.loads(run.stdout)}, run


def answers_without_snapshot():
    """What a replay would add: summaries that were stored, with what became of the run that read them."""
    return database("""
stored = {(row["campaign_id"], row["run_id"]) for row in db.campaign_metrics_snapshots.find()}
for answer in db.raw_answers.find({"call": "summary"}, {"body": 0}):
    if (answer["campaign_id"], answer["run_id"]) not in stored:
        print(answer, db.sync_runs.find_one({"_id": answer["run_id"]}))""")


def test_replay_equals_the_original_also_after_kills(people):
    for turn in range(2):
        demo(grow=30 + 4 * turn)
        cli("sync")
        cli("sync", "--contacts")
    for turn in range(int(os.environ.get("TEST_KILLS", "1"))):
        demo(grow=60 + turn)
        for kind in ([], ["--contacts"]):
            cli("sync", *kind, "--no-wait")
            time.sleep(0.7)
            kill_sync_worker(signal.SIGKILL)
            start_sync_worker()
            cli("sync", *kind)
    rows, _ = replay(check=False)
    assert list(rows) == COLLECTIONS
    for row in rows.values():
        assert row["equal"] and row["present"] == row["rebuilt"] > 0, (row, answers_without_snapshot())


def test_an_answer_that_was_kept_is_processed_whatever_comes_then(people, db):
    """old: a sync killed between keeping a summary and its snapshot left the snapshot out if the provider then answered as before."""
    demo(grow=90)
    cli("sync")
    kept = db.raw_answers.find({"call": "summary"}).sort("at", -1)[0]
    demo(grow=0)
    cli("sync")
    kill_sync_worker(signal.SIGTERM)
    run = bson.ObjectId(json.loads(cli("sync", "--no-wait", "--json").stdout)["id"].removeprefix("sync_run_"))
    now = datetime.datetime.utcnow()
    begun = db.sync_runs.update_one({"_id": run}, {"$set": {"state": "running", "started_at": now, "history_at": now}})
    db.raw_answers.insert_one({**kept, "_id": bson.ObjectId(), "key": f"summary|{kept['campaign_id']}|{run}", "run_id": run, "at": now, "taken": False})
    assert begun.matched_count == 1
    start_sync_worker()
    cli("sync")
    assert db.campaign_metrics_snapshots.count_documents({"campaign_id": kept["campaign_id"], "run_id": run}) == 1


def test_replay_puts_back_what_is_missing(people):
    victim = sent(people)[0]["id"]
    lost = int(database(f"""
import bson
print(sum(db[name].delete_many({{'campaign_id': bson.ObjectId('{victim}')}}).deleted_count for name in ('campaign_metrics_snapshots', 'link_snapshots', 'contact_events')))"""))
    assert lost > 10
    rows, run = replay("--repair", check=False)
    assert run.returncode == 1 and "collections differ" in run.stderr and not rows["contact_events"]["equal"]
    rows, _ = replay()
    assert all(row["equal"] for row in rows.values()), rows


def test_replay_refuses_a_database_in_use(people):
    run = cli("sync", "--replay", "--into", SETTINGS.get("MONGODB_DB", "emailoctopus_db"), check=False)
    assert run.returncode == 1 and "not empty" in run.stderr


def test_people_who_are_gone_are_forgotten(people):
    before, events = everything("/api/contacts", people), database("print(db.contact_events.count_documents({}))")
    demo(erased=True)
    cli("sync")
    out = cli("sync", "--contacts", "--full").stdout
    assert "contacts complete" in out
    after, truth = everything("/api/contacts", people), reported_contacts(people)
    gone = {row["email"] for row in before} - {row["email"] for row in after}
    assert gone and len(after) == len(truth) and {row["email"].casefold() for row in after} == set(truth)
    assert database("print(db.contact_events.count_documents({}))") == events  # counts stay
    # no trace of the address is left in events, memberships or raw answers
    name = sorted({e.casefold() for e in gone} - {row['email'].casefold() for row in after})[0]
    was = next(row["id"] for row in before if row["email"].casefold() == name)
    assert database(f"""
import bson, zlib
was = bson.ObjectId('{was}')
print(db.contact_events.count_documents({{'contact_id': was}}), db.list_contacts.count_documents({{'$or': [{{'contact_id': was}}, {{'email': {{'$regex': '^{re.escape(name)}$', '$options': 'i'}}}}]}}), sum('"{name}"' in zlib.decompress(r['body']).decode().lower() for r in db.raw_answers.find({{'call': 'events'}})))""").split() == ["0", "0", "0"]
    for row in sent(people)[:5]:
        assert len(everything(f"/api/campaigns/{row['id']}/contacts?status=opened", people)) >= row["current_metrics"]["opened"]
    rows, _ = replay()
    assert all(row["equal"] for row in rows.values()), rows


def test_a_short_answer_forgets_nobody(people):
    before = len(everything("/api/contacts", people))
    demo(erased=False)
    cli("sync")
    cli("sync", "--contacts", "--full")
    held = len(everything("/api/contacts", people))
    assert held > before
    # who comes back under the same id has the events again
    assert database("""
refs = [row["external"]["id"] for row in db.list_contacts.find({}, {"external": 1})]
print(db.contact_events.count_documents({"contact_id": {"$exists": False}, "contact_ref": {"$in": refs}}))""").strip() == "0"
    rows, _ = replay()
    assert all(row["equal"] for row in rows.values()), rows
    largest = max(get("/api/lists", people), key=lambda row: row["counts"]["subscribed"])
    provider_id = database(f"import bson; print(db.lists.find_one({{'_id': bson.ObjectId('{largest['id']}')}})['external']['id'])").strip()
    demo(fault={"kind": "end", "rows": 50, "times": 3, "path": f"/lists/{provider_id}/contacts"})
    out = cli("sync", "--contacts", "--full").stdout
    assert "contacts partial" in out and "nobody is forgotten" in out
    assert len(everything("/api/contacts", people)) == held
    assert "contacts complete" in cli("sync", "--contacts", "--full").stdout


def test_growth_by_cause_adds_up(people):
    for entry in get("/api/lists", people):
        weeks = get(f"/api/lists/{entry['id']}/growth", people)
        left = sum(w["unsubscribed"] + w["complained"] + w["bounced"] + w["otherwise"] for w in weeks)
        assert left == entry["counts"]["unsubscribed"]
        assert sum(w["joined"] for w in weeks) == entry["counts"]["subscribed"] + entry["counts"]["unsubscribed"]
        assert all(b["week"] > a["week"] for a, b in zip(weeks, weeks[1:]))
        page = call(f"/lists/{entry['id']}", people)[1]
        assert 'id="weeks"' in page and f"net {'+' if entry['counts']['subscribed'] >= 0 else ''}" in page
        lines = call(f"/lists/{entry['id']}/weeks.csv", people)[1].splitlines()
        assert len(lines) == len(weeks) + 1


def test_tags_count_people(people):
    mine = everything("/api/contacts", people)
    count = collections.Counter(tag for row in mine for tag in row["tags"])
    tags = get("/api/tags", people)
    assert {t["tag"]: t["contacts"] for t in tags} == dict(count)
    vip = next(t for t in tags if t["tag"] == "vip")
    assert vip["clicked"] == sum(row["engagement"]["clicked"] > 0 and "vip" in row["tags"] for row in mine)
    assert f"{vip['contacts']:,}" in call("/tags", people)[1] and call("/tags.csv", people)[1].startswith("tag,contacts")


def test_lists_as_they_were(people):
    entry = get("/api/lists", people)[0]
    history = get(f"/api/lists/{entry['id']}/snapshots", people)
    assert len(history) >= 2  # the counts changed when people were deleted
    for snapshot in history[:3]:
        then = get(f"/api/lists/{entry['id']}?as_of={snapshot['snapshot_time']}", people)
        assert then["counts"] == snapshot["counts"]
        page = call(f"/lists/{entry['id']}?as_of={snapshot['snapshot_time']}", people)[1]
        assert f"{snapshot['counts']['subscribed']:,}" in page and "Figures as of" in page
    assert call("/lists?as_of=never", people)[0] == 400 and call("/api/lists?as_of=2999-01-01", people)[0] == 400


def test_notifications_are_told_once(people, browser):
    first = get("/api/notifications", people)
    database("db.notices.delete_many({'kind': 'sync'})")
    assert len({(n["kind"], n["campaign"], n["words"].split(":")[0], n["at"][:10]) for n in first}) == len(first)
    demo(fault={"kind": "404", "times": 1, "path": "/reports/summary"})
    cli("sync", check=False)
    partial = [n for n in get("/api/notifications", people) if n["kind"] == "sync"]
    assert partial and any("partial" in n["words"] for n in partial)
    cli("sync")
    assert len([n for n in get("/api/notifications", people) if n["kind"] == "sync"]) == len(partial)
    one = next(n for n in partial if "partial" in n["words"])
    page = browser.open("/notifications")[1]
    assert html.escape(one["words"]).replace("&#x27;", "&#39;") in page and re.search(r"Notifications, \d+ unread", page)
    read = cli("token", "create", "--name", "notices", "--scope", "read").stdout.strip()
    assert call(f"/api/notifications/{one['id']}/read", read, method="POST")[0] == 403
    assert call(f"/api/notifications/{one['id']}/read", people, method="POST")[0] == 200
    assert not next(n for n in get("/api/notifications", people) if n["id"] == one["id"])["unread"]
    assert call("/api/notifications/" + "0" * 24 + "/read", people, method="POST")[0] == 404
    proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
    assert browser.open("/notifications/read", csrf=proof)[0] == 200
    assert not any(n["unread"] for n in get("/api/notifications", people)) and not re.search(r"Notifications, \d+ unread", browser.open("/dashboard")[1])


def test_what_the_provider_empties_is_empty_here(people):
    planted = database("row = db.list_contacts.find_one({'fields': {'$exists': False}})\ndb.list_contacts.update_one({'_id': row['_id']}, {'$set': {'fields': '{\"FirstName\":\"Gone\"}'}})\nprint(row['_id'])").strip()
    assert "contacts complete" in cli("sync", "--contacts", "--full").stdout
    assert database(f"import bson\nprint('fields' in db.list_contacts.find_one({{'_id': bson.ObjectId('{planted}')}}))").strip() == "False"
