"""Fixtures of the product's tests."""
import datetime, math, os, signal, subprocess, time

import pymongo, pytest
from product import CLEAN, ROOT, SETTINGS, cli, database, demo, kill_sync_worker, restart_database, start_sync_worker, wait_for_health


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    item.failed = getattr(item, "failed", False) or report.failed


@pytest.fixture(scope="session")
def token():
    return cli("token", "create", "--name", "tests", "--scope", "write").stdout.strip()


@pytest.fixture(autouse=True, scope="module")
def unhurried():
    """Ten campaigns a minute may be started: those of the file before do not count."""
    database("db.rate_buckets.delete_many({'_id': {'$regex': '^campaign_start'}})")


@pytest.fixture(autouse=True)
def clean(request):
    demo(**CLEAN)
    yield
    demo(**CLEAN)
    if request.node.failed and "TEST_MONGODB_URI" not in os.environ:  # a failing test must not affect others
        restart_database()
        wait_for_health()


OWN = """
mine = [row["_id"] for row in db.contacts.find({"own.created_at": {"$exists": True}}, {"_id": 1})]
listed = set(db.list_contacts.distinct("contact_id", {"contact_id": {"$in": mine}, "external": {"$exists": True}}))
gone = [one for one in mine if one not in listed]
lists = [row["_id"] for row in db.lists.find({"external": {"$exists": False}}, {"_id": 1})]
for rows, member, ids in ((db.list_contacts, "list_id", lists), (db.list_contacts, "contact_id", gone), (db.lists, "_id", lists), (db.contacts, "_id", gone)):
    rows.delete_many({member: {"$in": ids}})
db.contacts.update_many({"list_ids": {"$in": lists}}, {"$pullAll": {"list_ids": lists, "subscribed_ids": lists, "unsubscribed_ids": lists}})
drafts = [row["_id"] for row in db.campaigns.find({"origin": "own"}, {"_id": 1})]
for rows in (db.campaigns, db.compositions, db.dispatches):
    rows.delete_many({"_id": {"$in": drafts}})
for rows in (db.campaign_logs, db.dispatch_blocks, db.dispatch_states, db.test_mails, db.block_messages):
    rows.delete_many({"campaign_id": {"$in": drafts}})
db.send_journal.delete_many({})
db.single_mails.delete_many({})
db.confirmations.delete_many({})
db.signup_forms.delete_many({})
db.send_destinations.delete_many({})
db.recommendations.delete_many({})
db.message_requests.delete_many({})
for rows in (db.inbound_mails, db.message_returns, db.qr_codes, db.redemptions, db.hits, db.answer_blocks, db.answer_sums):
    rows.delete_many({})
for rows in (db.campaign_metrics_snapshots, db.campaign_curves, db.campaign_logs, db.link_snapshots, db.contact_events):
    rows.delete_many({"campaign_id": {"$in": drafts}})
for rows in (db.campaign_curves, db.campaign_growth, db.campaign_links):
    rows.delete_many({"_id": {"$in": drafts}})
# What senders and folds that were under way have written since.
known = db.campaigns.distinct("_id")
for rows in (db.campaign_metrics_snapshots, db.link_snapshots, db.contact_events):
    rows.delete_many({"campaign_id": {"$nin": known}})
for rows in (db.campaign_curves, db.campaign_growth, db.campaign_links):
    rows.delete_many({"_id": {"$nin": known}})
db.connections.delete_many({"from_settings": {"$ne": True}})
db.sending_domains.delete_many({})
db.warm_ups.delete_many({})
db.suppression_imports.delete_many({})
db.webhooks.delete_many({})
db.webhook_deliveries.delete_many({})
db.versions.update_one({}, {"$inc": {"version": 1, "people": 1, "settings": 1, "campaigns": 1}})
"""


@pytest.fixture(autouse=True, scope="module")
def only_the_account():
    """A file of tests leaves neither people nor lists nor campaigns that the demo account does not have: other files compare the two."""
    database(OWN)  # what clients and browsers have left
    yield
    database(OWN)


@pytest.fixture(scope="module")
def db():
    return pymongo.MongoClient(SETTINGS["MONGODB_URI"])[SETTINGS["MONGODB_DB"]]


@pytest.fixture
def without_worker():
    """The command line then executes its run itself, with the environment of the test."""
    kill_sync_worker(signal.SIGTERM)
    yield
    start_sync_worker()


@pytest.fixture(scope="session")
def clock(tmp_path_factory):
    """The environment that makes a program see another time, or one so many days from now, and time pass so many times as fast."""
    library = tmp_path_factory.mktemp("clock") / "clock.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, f"{ROOT}/tests/clock.c"], check=True)
    moved = int(os.environ.get("TEST_CLOCK_SECONDS", "0"))

    def at(when, rate=1):
        seconds = moved + when * 86400 if isinstance(when, int) else datetime.datetime.fromisoformat(when + "+00:00").timestamp() - (time.time() - moved)
        return {"LD_PRELOAD": str(library), "TEST_CLOCK_SECONDS": str(math.ceil(seconds)), "TEST_CLOCK_RATE": str(rate), "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
    return at
