"""A database made by the last version without our own ids is migrated completely: documents, figures, the past, links, replay.
tests/migration/before.jsonl.gz was dumped by that version, truth.json.gz is what its own programs said about it."""
import collections, datetime, json, os, re, subprocess, sys, time

import pymongo
import pytest
from product import BUILD, ROOT, SETTINGS, cli, wait_until

sys.path.insert(0, f"{ROOT}/tests/migration")
import load, truth
from pages import Reader, compare_sites
from server import FAKETIME, Server, stop

NAME = f"telltale_carried_{os.getpid()}"
# Programs with a set clock are built without sanitizers, which must be loaded before anything else.
pytestmark = pytest.mark.skipif(not os.path.exists(FAKETIME), reason="faketime is not there")


def forget(client, name):
    for one in (name, f"{name}_before_012"):
        client.drop_database(one)


@pytest.fixture(scope="module")
def carried():
    """The dump in its own database, migrated by the command line."""
    uri = SETTINGS["MONGODB_URI"]
    client = pymongo.MongoClient(uri)
    forget(client, NAME)
    load.load(uri, NAME)
    migrate(NAME)
    yield uri
    forget(client, NAME)
    client.close()


def migrate(name, **more):
    return cli("db", "migrate", env={**SETTINGS, "MONGODB_DB": name, **more.pop("env", {})}, **more)


@pytest.fixture(scope="module")
def told():
    return truth.held()


def sign_in_again(uri):
    """In the dump, sessions and remembered browsers end in 2100, because the database ends them by its own clock, which is not set;
    ours accepts none that lasts for longer than it would give. So the database no longer ends any, and they end within the hour."""
    with pymongo.MongoClient(uri) as client:
        for name in ("sessions", "remembered"):
            rows = client[NAME][name]
            for index, about in rows.index_information().items():
                if "expireAfterSeconds" in about:
                    rows.drop_index(index)
            rows.update_many({}, {"$set": {"expires_at": datetime.datetime.fromisoformat(truth.SECRETS["clock"]) + datetime.timedelta(hours=1)}})


@pytest.fixture(scope="module")
def server(carried):
    with Server(f"{ROOT}/build-clang", ROOT, carried, NAME, truth.SECRETS["clock"]) as one:
        yield one


def test_every_document_is_there(carried, told):  # before any request: requests record when a token was used
    assert truth.check_counts(carried, NAME, told) == []
    assert truth.check_documents(carried, NAME) == []


def test_replay_equals(server, told):
    assert truth.replay(server) == told["replay"] and all(row["equal"] for row in told["replay"])


# A schedule stores the id of its partner, even where it was given by name.
PARTNERS = "|".join(re.escape(f'partner: "{one["name"]}" became "{one["_id"]}"') for name, one in load.documents() if name == "partners")


# What answers otherwise than before, by intent: addresses and differences.
NOT_KEPT = "synced_at|seen_run|summary_run|summary_read_at|report_gap|engagement_read/.*|links_clicked|contacts_read_at|contacts_full_at|engagement/.*"
MEANT = [(address, re.compile(difference)) for address, difference in (
    # Our id of a list is accepted where only the provider's was.
    (r"[?&]list=‹list \d+›$", ".*"),
    ("^/api/report-schedules", rf"/body(\[\d+\])?/({PARTNERS})"),
    # Addresses are stored only for contacts: before, a report that named a forgotten person brought the address back.
    ("", r'/body\[\d+\](/email|\[0\]): "[^"]+@[^"]+" became (null|"")'),
    # as_of shows nothing newer: neither what describes the newest reading nor figures that came later.
    (r"/api/(campaigns|lists).*[?&]as_of=", rf"/body(\[\d+\])?/({NOT_KEPT}): .* became null"),
    (r"/api/campaigns.*[?&]as_of=", r"/body(\[\d+\])?/(current_metrics/\w+: \d+ became null|(rates/)?\w+_rate: [\d.]+ became 0)"),
    # Unsubscribes are counted of those to whom was sent.
    ("", r"/body.*/unsubscribe_rate: [\d.]+ became [\d.]+"), (r"campaigns\.csv", r'/body\[\d+\]\[16\]: "[\d.]+" became "[\d.]+"'),
    (r"/dashboard\.csv\?.*metric=unsubscribe_rate", r"/body\[\d+\]\[\d\]: .*"),
    # Several tags in a cell can be parted again; a person on two lists is one; figures are as of their own reading.
    (r"\.csv", r'/body\[\d+\]\[3\]: "[^"]*" became "\[.*\]"'), ("^/api/stats$", r"/body/(total|active)_contacts: \d+ became \d+"),
    ("^/api/dashboard", r'/body/as_of: "[^"]+" became "[^"]+"'),
    # Figures at an age are exact, every event counts on its own day, and reports judge only rates, by their usual range.
    ("/api/compare", r"/body\[\d\]/ages\[\d+\]/(opened|clicked)_percent: .*"), (r"/compare\.csv", r"/body\[\d+\]\[[56]\]: .*"),
    (r"/analytics\?", "/body.*"), ("^preview of ", "/body/(parts.*|compared: .*|period: .*)"),
    # What is known of a person has columns of its own; campaigns without a rate are listed with the reason; an address is
    # known by its domain in ASCII.
    (r"/contacts\.csv", r"/body\[\d+\]: .*"), (r"/dashboard\.csv", r"/body(\[\d+\])?: .*"),
    ("", r'/body\[\d+\]/email_norm: "[^"]+" became "[^"]+@xn--[^"]+"'),
    (r"/campaigns/.*/non-(openers|clickers)\.csv", r"/body\[\d+\]: .*"),
    ("", r'/body\[\d+\](/email|\[0\]): "[^"]+" became "[^"]+@xn--[^"]+"'),
    # The lists of a contact are computed anew, in another order.
    ("", r"/body(\[\d+\])?/list_ids\[\d+\]: .*"),
    # Words.
    ("", r'/body(\[\d+\])?(/status|\[3\]|/campaign_status): "error" became "failed"'),
    ("", r'/body.*: "unique (clickers|opens) ÷ delivered" became "people who (clicked|opened) ÷ delivered"'),
    ("", r'/body/(error|fields/\w+): "this report is not ready yet" became "This report is not ready yet"'),
    # What is still collecting is in no grid of sending times.
    ("^/api/heatmap", r"/body\[\d+\]/.*"),
    # Wrong passwords of a link no longer lock it for everybody: the right one gets the file.
    ("^/r/… link 6, file$", r'/(status: 429 became 200|type: "text/html" became "application/pdf")'),
    ("/links after the downloads$", r'/body\[\d\]/(last_download_at: null became "[^"]+"|downloads: 0 became 1)'))]


def not_meant(name, lines):
    mine = [difference for address, difference in MEANT if re.search(address, name)]
    return [line for line in lines if not any(one.fullmatch(line) for one in mine)]


def test_every_answer_is_the_same(server, carried, told):
    """Figures, curves, people, as_of answers at three moments, reports and their files, partner links, saved views."""
    sign_in_again(carried)
    found = [(name, left) for name, lines in truth.check(server, told) if (left := not_meant(name, lines))]
    assert not found, f"{len(found)} of {len(told['answers'])} answers differ: " + "; ".join(f"{name}: {lines[:3]}" for name, lines in found[:20])


def test_migrating_again_does_nothing(carried):
    assert "0 migrations" in migrate(NAME).stdout


def test_the_comparison_sees_each_change(told):
    """Exactly the changes made in a copy of the truth are found."""
    name = "/api/campaigns/‹campaign 3›/snapshots?limit=500"
    for change in (lambda one: one.update(status=404), lambda one: one["body"].pop(), lambda one: one["body"][0]["metrics"].update(opened=-1),
                   lambda one: one["body"][0].pop("run_id"), lambda one: one["body"].reverse()):
        other = {**told["answers"], name: json.loads(json.dumps(told["answers"][name]))}
        change(other[name])
        assert [found for found, _ in compare_sites(told["answers"], other, more=True)] == [name]
    assert [found for found, _ in compare_sites(told["answers"], {key: one for key, one in told["answers"].items() if key != name}, more=True)] == [name]
    assert list(compare_sites(told["answers"], told["answers"])) == []


def test_open_work_goes_on(carried):
    """What was pending on the day of the dump: a report, a waiting delivery, a sync run. No provider and no mail server can be
    reached."""
    asked, (_, stale, _) = truth.SECRETS["queued"], truth.SECRETS["schedules"]
    settings = {"EMAILOCTOPUS_BASE_URL": "http://127.0.0.1:1", "EMAILOCTOPUS_API_KEY": "none", "SYNC_CONTACTS": "off"}
    with Server(f"{ROOT}/build-clang", ROOT, carried, NAME, truth.SECRETS["clock"], moves=True, **settings) as server:
        reader = Reader(server, token=truth.SECRETS["token"])
        delivery = lambda: reader.json(f"/api/report-schedules/{stale}/deliveries")[0]
        waiting = next(run["id"] for run in reader.json("/api/sync") if run["state"] == "queued")
        workers = [server.start(f"telltale-{name}") for name in ("report", "sync")]
        try:
            wait_until(lambda: reader.json(f"/api/reports/{asked}")["state"] == "ready", "the report")
            wait_until(lambda: delivery()["state"] == "failed", "the delivery")
            wait_until(lambda: reader.json(f"/api/sync/{waiting}")["ended_at"], "the run")
        finally:
            for worker in workers:
                stop(worker)
        assert delivery()["report_id"] and "SMTP_HOST" in delivery()["problem"]
        assert reader.ask(f"/api/reports/{asked}/pdf").body[:4] == b"%PDF"


def test_references_are_our_own_ids(carried):
    """The provider's ids occur only in `external`, in texts about a call, and in saved addresses."""
    kept = {"campaigns.external.id", "lists.external.id", "list_contacts.external.id", "contact_events.contact_ref", "sync_runs.gaps",
            "campaign_links.source", "campaign_metrics_snapshots.source", "link_snapshots.source", "saved_views.address"}
    with pymongo.MongoClient(carried) as client:
        assert set(truth.references(client[NAME])) <= kept
        assert truth.references_of_another_kind(client[NAME]) == [] and truth.ids_in_texts(client[NAME]) <= truth.IDS_IN_TEXTS
        assert all(client[NAME][name].count_documents({member: {"$exists": True}}) for name, member in
                   [("reports", "partner_id"), ("reports", "schedule_id"), ("reports", "file_id"), ("report_schedules", "partner"), ("report_links", "report_id"),
                    ("report_downloads", "link_id"), ("report_deliveries", "report_id"), ("notices", "campaign"), ("contacts", "customer_run"), ("list_snapshots", "run_id")])


def test_the_copy_is_the_database_before(carried):
    """The previous version starts on the copy made before the first write: identical documents, indexes and ledger."""
    with pymongo.MongoClient(carried) as client:
        copy = client[f"{NAME}_before_012"]
        held = collections.defaultdict(list)
        for name, document in load.documents():
            held[name].append(document)
        for name, documents in held.items():
            assert sorted(copy[name].find(), key=lambda one: str(one["_id"])) == sorted(documents, key=lambda one: str(one["_id"])), name
        assert copy.campaigns.index_information()["emailoctopus_id"]["unique"] and copy.contact_events.index_information()["event"]["unique"]


@pytest.fixture
def second(told):
    """Another one, not yet migrated."""
    uri, name = SETTINGS["MONGODB_URI"], f"{NAME}_2"
    with pymongo.MongoClient(uri) as client:
        forget(client, name)
        load.load(uri, name)
        yield uri, name, client[name]
        forget(client, name)


def test_killed_in_between_it_goes_on(second, told):
    """kill -9 repeatedly, each time a little later, then run to the end: the same truth."""
    uri, name, _ = second
    kills, patience = 0, 0.05
    while patience:
        run = subprocess.Popen([f"{BUILD}/telltale", "db", "migrate"], env={**os.environ, **SETTINGS, "MONGODB_DB": name}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            complaint = run.communicate(timeout=patience)[1]
            assert run.returncode == 0, complaint
            patience = 0
        except subprocess.TimeoutExpired:
            run.kill()
            run.communicate()
            kills, patience = kills + 1, patience * 1.15
    assert kills > 5 and "0 migrations" in migrate(name).stdout
    assert truth.check_counts(uri, name, told) == [] and truth.check_documents(uri, name) == []
    with Server(f"{ROOT}/build-clang", ROOT, uri, name, truth.SECRETS["clock"]) as server:
        assert truth.replay(server) == told["replay"]


def test_it_refuses_while_a_program_of_before_lives(second, tmp_path):
    uri, name, db = second
    (tmp_path / "run").mkdir()
    there = {"env": {"TELLTALE_HOME": str(tmp_path)}}
    with subprocess.Popen(["bash", "-c", "exec -a telltale-sync sleep 60"], env={**os.environ, "MONGODB_DB": name}) as program:
        (tmp_path / "run" / "sync.pid").write_text(f"{program.pid}\n")
        time.sleep(0.2)
        run = migrate(name, check=False, **there)
        program.kill()
    assert run.returncode == 1 and f"telltale-sync (process {program.pid}) is using this database" in run.stderr and "deploy/down" in run.stderr
    db.leases.insert_one({"_id": "sync", "owner": "another-machine:77", "until": datetime.datetime.utcnow() + datetime.timedelta(minutes=5)})
    run = migrate(name, check=False, **there)
    assert run.returncode == 1 and "another-machine:77 is using this database" in run.stderr
    assert db.schema_migrations.count_documents({}) == 10 and db.campaigns.count_documents({"emailoctopus_id": {"$exists": True}}) == 15
    db.leases.delete_one({"_id": "sync"})
    with subprocess.Popen(["bash", "-c", "exec -a telltale-web sleep 60"], env={**os.environ, "MONGODB_DB": "another"}) as program:
        (tmp_path / "run" / "web.pid").write_text(f"{program.pid}\n")  # using another database
        time.sleep(0.2)
        assert re.search(r"^\d+ migrations", migrate(name, **there).stdout)
        program.kill()


def test_a_database_that_only_has_the_name_of_a_copy_is_left_alone(second):
    uri, name, db = second
    db.client[f"{name}_before_012"].precious.insert_one({"_id": 1})
    run = migrate(name, check=False)
    assert run.returncode == 1 and "not a copy that a migration made" in run.stderr
    assert db.client[f"{name}_before_012"].precious.count_documents({}) == 1 and db.schema_migrations.count_documents({}) == 10
