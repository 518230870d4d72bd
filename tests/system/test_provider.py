"""Oddities of the real provider: what cannot be read, what moved, what is gone. With an account, a sync process and a database of
its own."""
import datetime, gzip, http.server, json, os, subprocess, threading, time, urllib.parse

import pymongo, pytest
from product import BUILD, SETTINGS, cli

KEY = "eo_" + "e" * 64


def person(n, **more):
    return {"id": f"r{n}", "email_address": f"p{n}@example.org", "fields": {"FirstName": f"Ann {n}"}, "tags": [], "status": "subscribed", "created_at": "2026-03-01T10:00:00+00:00",
            "last_updated_at": "2026-03-02T10:00:00+00:00", **more}


def campaign(n, **more):
    return {"id": f"c{n}", "status": "sent", "name": f"Campaign {n}", "subject": "Subject", "to": ["A"], "from": {"name": "Otto", "email_address": "otto@example.com"},
            "content": {"html": "<p>x</p>"}, "created_at": "2026-11-01T08:00:00+00:00", "sent_at": "2026-11-02T08:00:00+00:00", **more}


SUMMARY = {"sent": 1000, "bounced": {"hard": 3, "soft": 4}, "opened": {"total": 600, "unique": 0}, "clicked": {"total": 0, "unique": 0}, "complained": 0, "unsubscribed": 0}


class Account(http.server.ThreadingHTTPServer):
    """Lists, people and campaigns as given; `odd` has answers for a path: (times, status, headers, body)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.clear()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def clear(self):
        self.lists, self.people, self.campaigns, self.summaries, self.openers, self.odd, self.seen = [], {}, [], {}, {}, {}, []

    def add_list(self, id, people):
        self.lists.append(id)
        self.people[id] = people

    def answer(self, path, query):
        words = path.strip("/").split("/")
        if words == ["lists"]:
            return [self.list(id) for id in self.lists]
        if words == ["campaigns"]:
            return self.campaigns
        if words[0] == "lists" and words[1] in self.lists:
            return [one for one in self.people[words[1]] if one["status"] == query["status"][0]] if words[2:] else self.list(words[1])
        if words[0] == "campaigns" and words[1] in [one["id"] for one in self.campaigns]:
            if words[-1] == "summary":
                return {"id": words[1], **self.summaries.get(words[1], SUMMARY)}
            return self.report(words[1], query["status"][0]) if "status" in query else []
        return None

    def report(self, id, status):
        """As many rows as the summary counts: strangers beside those who are given."""
        summary = {**SUMMARY, **{key: value for key, value in self.summaries.get(id, {}).items() if value}}
        wanted = summary["opened"]["unique"] if status == "opened" else sum(summary["bounced"].values()) if status == "bounced" else 0
        given = self.openers.get(id, []) if status == "opened" else []
        return given + [{"contact_id": f"x{n}", "contact_email_address": None, "occurred_at": "2026-11-02T09:00:00+00:00"} for n in range(min(wanted, 5000) - len(given))]

    def list(self, id):
        states = [one["status"] for one in self.people[id]]
        return {"id": id, "name": "List " + id, "double_opt_in": False, "fields": [], "tags": [], "counts": {name: states.count(name) for name in ("subscribed", "unsubscribed", "pending")},
                "created_at": "2026-01-01T00:00:00+00:00"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        self.server.seen.append((time.monotonic(), self.path, self.headers.get("Authorization")))
        odd = self.server.odd.get(self.path) or self.server.odd.get(parts.path)
        if odd and odd[0] > 0:
            self.server.odd[self.path if self.path in self.server.odd else parts.path] = (odd[0] - 1, *odd[1:])
            return self.reply(*odd[1:])
        answer = self.server.answer(parts.path, urllib.parse.parse_qs(parts.query))
        if answer is None:
            return self.reply(404, {}, {"title": "An error occurred.", "status": 404})
        self.reply(200, {}, {"data": answer, "paging": {"next": None}} if isinstance(answer, list) else answer)

    def reply(self, status, headers, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class Product:
    """A database and a sync process of its own that read this account."""

    def __init__(self, account, name):
        self.account, self.env = account, {**os.environ, **SETTINGS, "MONGODB_DB": name, "EMAILOCTOPUS_BASE_URL": account.url, "EMAILOCTOPUS_API_KEY": KEY}
        self.db = pymongo.MongoClient(SETTINGS["MONGODB_URI"])[name]
        cli("db", "migrate", env=self.env)
        self.worker = subprocess.Popen([f"{BUILD}/telltale-sync"], env=self.env, stdin=subprocess.DEVNULL)

    def close(self):
        self.worker.terminate()
        assert self.worker.wait(60) == 0
        self.db.client.drop_database(self.db.name)
        self.account.shutdown()

    def forget_all(self):
        self.account.clear()
        for name in set(self.db.list_collection_names()) - {"schema_migrations", "schema_rewrites", "versions", "connections", "rate_buckets"}:
            self.db[name].delete_many({})

    def sync(self, *words):
        return cli("sync", *words, env=self.env).stdout

    def run(self):
        return self.db.sync_runs.find_one(sort=[("number", -1)])

    def emails(self):
        return sorted(one["email"] for one in self.db.contacts.find())


@pytest.fixture(scope="module")
def started():
    one = Product(Account(), f"provider_{os.getpid()}")
    yield one
    one.close()


@pytest.fixture
def product(started):
    started.forget_all()
    return started


def test_what_cannot_be_read_costs_itself(product):
    """old: a NUL in one text cost its page and all pages after it; a counter of another shape cost the summary."""
    account = product.account
    account.add_list("A", [])
    account.campaigns = [campaign(1), campaign(2), campaign(3)]
    account.people["A"] = [person(1), person(2), person(3)]
    product.sync()
    product.sync("--contacts")
    names = {one["external"]["id"]: one["name"] for one in product.db.campaigns.find()}
    account.summaries["c1"] = {**SUMMARY, "bounced": [], "opened": {"total": 700, "unique": 2}}
    nul = json.dumps({"data": [campaign(1, name="Renamed"), campaign(2, name="a\0b"), campaign(3, content={"html": "\0"})], "paging": {"next": None}}).encode()
    account.odd["/campaigns"] = (99, 200, {}, b"\xef\xbb\xbf" + nul)
    out = product.sync()
    assert "sync complete" in out and "c2 name" in out and "c3 content.html" in out and "bounced.hard" in out, out
    one, two = (product.db.campaigns.find_one({"external.id": id}) for id in ("c1", "c2"))
    assert one["name"] == "Renamed" and two["name"] == names["c2"] and one["current_metrics"]["bounced"] == 7 and one["current_metrics"]["opened"] == 2
    run = product.run()
    assert run["unreadable_count"] == 4 and run["gap_count"] == 0 and run["state"] == "complete"
    page = {"data": [person(1, fields=[]), person(2, fields={"FirstName": "Bo\0b"}), person(3, email_address="p\0@example.org")], "paging": {"next": {"url": "/lists/A/contacts?page=2"}}}
    account.odd["/lists/A/contacts?limit=100&status=subscribed"] = (99, 200, {"Content-Encoding": "gzip"}, gzip.compress(json.dumps(page).encode()))
    account.odd["/lists/A/contacts?page=2"] = (99, 200, {"Content-Type": "application/json; charset=utf-16"}, json.dumps({"data": [person(4)], "paging": []}).encode("utf-16"))
    account.people["A"].append(person(4))
    out = product.sync("--contacts", "--full")
    assert "contacts complete" in out and "r2 fields.FirstName" in out and "r3 email_address" in out, out
    assert product.emails() == [f"p{n}@example.org" for n in (1, 2, 3, 4)]
    members = {one["external"]["id"]: one for one in product.db.list_contacts.find()}
    assert "fields" not in members["r1"] and json.loads(members["r2"]["fields"]) == {"FirstName": None} and members["r3"]["email"] == "p3@example.org"


def test_one_unreadable_item_costs_that_item(product):
    """old: one unreadable tag, field or list kept the whole old array, so what was new beside it never came."""
    account = product.account
    account.add_list("A", [])
    account.add_list("B", [])
    account.add_list("C", [])
    account.people["A"] = [person(1, tags=["old", "kept"])]
    account.campaigns = [campaign(1, to=["A", "B"])]
    field = dict(type="text", fallback="")
    listed = {"id": "A", "name": "List A", "double_opt_in": False, "counts": {"subscribed": 1}, "created_at": "2026-01-01T00:00:00+00:00"}
    account.odd["/lists"] = (99, 200, {}, {"data": [{**listed, "tags": ["old"], "fields": [dict(field, tag="X", label="Ex")]}, account.list("B"), account.list("C")], "paging": []})
    product.sync()
    product.sync("--contacts")
    told = [{**listed, "tags": [5, "new"], "fields": [dict(field, tag="Y", label="Why"), dict(field, tag="X", label="\0")]}, account.list("B"), account.list("C")]
    account.odd["/lists"] = (99, 200, {}, {"data": told, "paging": []})
    account.campaigns = [campaign(1, to=["C", None])]
    out = product.sync()
    assert "A tags: one of its items is not text" in out and "fields[1].label" in out and "c1 to: one of its items" in out and "sync complete" in out, out
    one = product.db.lists.find_one({"external.id": "A"})
    assert one["tags"] == ["new", "old"] and [(row["tag"], row["label"]) for row in one["fields"]] == [("Y", "Why"), ("X", "Ex")]
    ids = {one["external"]["id"]: one["_id"] for one in product.db.lists.find()}
    assert product.db.campaigns.find_one()["list_ids"] == [ids["C"], ids["A"], ids["B"]]
    account.people["A"] = [person(1, tags=["new", "a\0b"])]
    out = product.sync("--contacts", "--full")
    assert "r1 tags[1]" in out and "contacts complete" in out, out
    assert product.db.list_contacts.find_one()["tags"] == ["new", "old", "kept"] and sorted(product.db.contacts.find_one()["tags"]) == ["kept", "new", "old"]
    account.people["A"] = [person(1, tags=["new"])]
    product.sync("--contacts", "--full")
    assert product.db.list_contacts.find_one()["tags"] == ["new"] == product.db.contacts.find_one()["tags"]


def test_a_replay_after_somebody_with_two_ids_is_forgotten(product):
    """old: it counted the person twice, and so differed for ever."""
    account = product.account
    account.add_list("A", [person(1, id="a1"), person(3, id="a3")])
    account.add_list("B", [person(1, id="b1"), person(4, id="b4")])
    account.campaigns = [campaign(1)]
    account.summaries["c1"] = {**SUMMARY, "bounced": {"hard": 0, "soft": 0}, "opened": {"total": 9, "unique": 2}}
    when = lambda id, at: {"contact_id": id, "contact_email_address": None, "occurred_at": at and f"2026-11-02T{at}:00+00:00"}
    account.openers["c1"] = [when("b1", "13:00"), when("a1", "12:00"), when("a1", "14:00"), when("a3", "09:00"), when("a3", None)]
    product.sync()
    product.sync("--contacts")
    opened = lambda: product.db.campaign_growth.find_one()["opened"]
    for list in "AB":
        account.people[list] = account.people[list][1:]
        product.sync("--contacts", "--full")
        run = cli("sync", "--replay", env=product.env, check=False)
        assert run.returncode == 0, (list, run.stdout)
    before = opened()
    assert product.emails() == ["p3@example.org", "p4@example.org"]
    assert cli("sync", "--replay", "--repair", env=product.env).returncode == 0 and opened()["days"] == before["days"]


def test_a_replay_names_the_rule_by_which_an_older_version_differs(product):
    """old: a database from before a bound on figures differed from its replay, and nothing said why."""
    account = product.account
    account.add_list("A", [])
    account.campaigns = [campaign(1), campaign(2)]
    account.summaries["c1"] = {**SUMMARY, "opened": {"total": 4000, "unique": 3000}}
    account.summaries["c2"] = SUMMARY
    product.sync()
    product.sync("--contacts")

    def rows(code):
        run = cli("sync", "--replay", "--json", env=product.env, check=False)
        assert run.returncode == code, (run.stdout, run.stderr)
        return {row["collection"]: row for row in json.loads(run.stdout)}

    assert all(row["equal"] and row["older"] is None for row in rows(0).values())
    one, two = (product.db.campaigns.find_one({"external.id": id})["_id"] for id in ("c1", "c2"))
    product.db.campaign_metrics_snapshots.update_one({"campaign_id": one}, {"$set": {"metrics.opened": 3000}})  # as before there was that rule
    row = rows(0)["campaign_metrics_snapshots"]
    assert not row["equal"] and "1 campaign" in row["older"] and "c1: opened.unique: it is more than was delivered" in row["older"], row
    kept = product.db.campaign_metrics_snapshots.find_one_and_delete({"campaign_id": one})  # an older version lost nothing
    assert rows(1)["campaign_metrics_snapshots"]["older"] is None
    product.db.campaign_metrics_snapshots.insert_one(kept)
    product.db.campaign_metrics_snapshots.update_one({"campaign_id": two}, {"$set": {"metrics.opened": 5}})  # no rule explains that
    row = rows(1)["campaign_metrics_snapshots"]
    assert not row["equal"] and row["older"] is None, row


def test_redirects_and_next_pages_on_the_same_server(product):
    """old: a redirect cost the whole sync, a next page without a cursor everything after the first."""
    account, other = product.account, Account()
    account.add_list("A", [])
    account.campaigns = [campaign(1), campaign(2)]
    account.odd["/campaigns?limit=25"] = (9, 308, {"Location": "/campaigns?limit=25&moved=1"}, b"")
    account.odd["/campaigns?limit=25&moved=1"] = (9, 200, {}, {"data": [campaign(1)], "paging": {"next": {"url": account.url + "/campaigns?b"}}})
    account.odd["/campaigns?b"] = (9, 200, {}, {"data": [campaign(2)], "paging": {"next": {"starting_after": "X"}}})
    account.odd["/campaigns?limit=25&starting_after=X"] = (9, 302, {"Location": other.url + "/campaigns?c"}, b"")
    account.odd["/lists"] = (2, 503, {"Retry-After": "2", "Content-Type": "text/html"}, b"<html>maintenance")
    began = time.monotonic()
    out = product.sync()
    assert "sync partial" in out and "2 campaigns" in out and "may not go" in out and " 1 gaps" in out, out
    times = [at for at, path, _ in account.seen if path.startswith("/lists")]
    assert len(times) >= 3 and times[1] - times[0] >= 1.9 and times[2] - times[1] >= 1.9, times
    assert not other.seen and all(key == "Bearer " + KEY for _, _, key in account.seen) and time.monotonic() - began < 30
    account.odd = {"/campaigns": (9, 301, {"Location": "/campaigns"}, b""), "/lists?limit=100": (9, 200, {}, {"data": [], "paging": {"next": {"url": other.url}}})}
    out = product.sync()
    assert "redirects in circles" in out and "another server" in out and not other.seen, out
    page, account.seen, after = "/campaigns?limit=25", [], {"": "X", "&starting_after=X": "Y", "&starting_after=Y": "X"}
    account.odd = {page + which: (99, 200, {}, {"data": [campaign(1)], "paging": {"next": {"starting_after": following}}}) for which, following in after.items()}
    out = product.sync()
    assert "repeat themselves" in out and sum(path.startswith(page) for _, path, _ in account.seen) < 20, out
    other.shutdown()


def test_absent_once_is_not_erased(product):
    """old: who came in none of three answers, because the status changed meanwhile, lost all opens for ever."""
    account = product.account
    account.add_list("A", [person(n) for n in range(1, 11)])
    account.campaigns = [campaign(1)]
    account.summaries["c1"] = {**SUMMARY, "opened": {"total": 1, "unique": 1}}
    account.openers["c1"] = [{"contact_id": "r7", "contact_email_address": "p7@example.org", "occurred_at": "2026-11-02T09:00:00+00:00"}]
    product.sync()
    product.sync("--contacts")
    who = product.db.contacts.find_one({"email": "p7@example.org"})["_id"]
    without = {"data": [one for one in account.people["A"] if one["id"] != "r7"], "paging": []}
    path = "/lists/A/contacts?limit=100&status=subscribed"
    account.odd[path] = (99, 200, {}, without)  # the list still counts ten
    assert "contacts complete" in product.sync("--contacts", "--full")
    assert len(product.emails()) == 10
    account.odd = {}
    account.people["A"][6]["last_updated_at"] = "2026-11-26T13:10:00+00:00"
    product.sync("--contacts", "--full")
    one = product.db.contacts.find_one({"email": "p7@example.org"})
    assert one["_id"] == who and one["engagement"]["opened"] == 1 and not product.db.list_contacts.find_one({"missing_run": {"$exists": True}})
    account.odd[path] = (99, 200, {}, without)
    for turn in range(2):  # twice in a row, although it is counted: gone
        product.sync("--contacts", "--full")
        assert len(product.emails()) == 10 - turn
    account.odd = {}
    account.people["A"].pop(0)
    product.sync("--contacts", "--full")
    assert len(product.emails()) == 9 and "p1@example.org" not in product.emails()


def test_what_is_gone_at_the_provider(product):
    """old: the run ended partial for ever, and nobody was forgotten; campaigns that were deleted counted for ever."""
    account = product.account
    account.add_list("A", [person(n) for n in range(20)])
    account.add_list("B", [person(n) for n in range(100, 107)])
    account.campaigns = [campaign(1), campaign(2)]
    account.summaries["c2"] = {**SUMMARY, "opened": {"total": 1, "unique": 1}}
    account.openers["c2"] = [{"contact_id": "r7", "contact_email_address": "p7@example.org", "occurred_at": "2026-11-02T09:00:00+00:00"}]
    product.sync()
    product.sync("--contacts")
    assert len(product.emails()) == 27
    lost, account.people["A"] = account.people["A"][:5], account.people["A"][5:]
    account.lists.remove("B")  # after the lists were read: its people answer 404
    out = product.sync("--contacts", "--full")
    assert "contacts complete" in out and " 0 gaps" in out, out
    gone = product.db.lists.find_one({"external.id": "B"})
    assert gone["gone_at"] and len(product.emails()) == 15 + 7
    account.campaigns.pop()
    assert "sync complete" in product.sync()
    assert product.db.campaigns.find_one({"external.id": "c2"})["gone_at"] and "gone_at" not in product.db.campaigns.find_one({"external.id": "c1"})
    assert product.db.lists.find_one({"external.id": "B"})["gone_at"] == gone["gone_at"]
    out = product.sync("--contacts", "--full")
    who = product.db.contacts.find_one({"email": "p7@example.org"})  # who opened a campaign that is gone did open
    kept = product.db.lists.find_one({"external.id": "A"})["engagement"]
    assert who["engagement"]["opened"] == 1 == kept["opened"] and kept["never_opened"] == 14
    assert product.db.domain_counts.find_one({"_id": "example.org"})["opened"] == 1
    assert "contacts complete" in out and len(product.emails()) == 15 and product.db.list_snapshots.count_documents({"list_id": gone["_id"]}) > 0, out
    account.campaigns.append(campaign(2))
    account.lists.append("B")
    product.sync()
    assert not product.db.lists.find_one({"gone_at": {"$exists": True}}) and not product.db.campaigns.find_one({"gone_at": {"$exists": True}})


def test_a_listing_cut_short(product):
    """old: what a listing left out was gone until the next one, in all sums and reports."""
    account = product.account
    for name in "ABCD":
        account.add_list(name, [person(ord(name))])
    account.campaigns = [campaign(n) for n in range(33)]
    assert "sync complete" in product.sync()
    gone = lambda name: product.db[name].count_documents({"gone_at": {"$exists": True}})
    for path, name, rows, total in (("/campaigns", "campaigns", account.campaigns[:5], 33), ("/lists", "lists", [account.list("A"), account.list("B")], 4)):
        account.odd[path] = (1, 200, {}, {"data": rows, "paging": {"next": None}})
        product.sync()
        run = product.run()
        assert run["state"] == "partial" and run["gap_count"] == 1 and f"{total - len(rows)} of {total} did not come" in run["gaps"][0], run["gaps"]
        assert gone(name) == 0 and product.db[name].count_documents({"missing_run": {"$exists": True}}) == total - len(rows)
        assert "sync complete" in product.sync() and not product.db[name].find_one({"missing_run": {"$exists": True}})
        account.odd[path] = (2, 200, {}, {"data": rows, "paging": {"next": None}})
        product.sync()
        assert gone(name) == 0 and "sync complete" in product.sync() and gone(name) == total - len(rows), name
        assert "sync complete" in product.sync() and gone(name) == 0 and not product.db[name].find_one({"missing_run": {"$exists": True}})


def test_listings_that_leave_out_one_thing_and_another(product):
    """old: what two of them in a row left out was gone, although each had been cut at another place."""
    account = product.account
    for name in "ABCDEFGH":
        account.add_list(name, [person(ord(name))])
    account.campaigns = [campaign(n) for n in range(24)]
    assert "sync complete" in product.sync()
    gone = lambda name: product.db[name].count_documents({"gone_at": {"$exists": True}})
    for path, name, rows in (("/campaigns", "campaigns", list(account.campaigns)), ("/lists", "lists", [account.list(name) for name in "ABCDEFGH"])):
        some = len(rows) // 4
        for came in (rows[:some], rows[:some + 1], rows[:some - 1], rows[some:2 * some], rows[:some]):
            account.odd[path] = (1, 200, {}, {"data": came, "paging": {"next": None}})
            assert f"{len(rows) - len(came)} of {len(rows)} did not come" in product.sync() and gone(name) == 0, (name, len(came))
        account.odd[path] = (1, 200, {}, {"data": rows[:some], "paging": {"next": None}})
        assert "sync complete" in product.sync() and gone(name) == len(rows) - some
        assert "sync complete" in product.sync() and gone(name) == 0 and not product.db[name].find_one({"missing_with": {"$exists": True}})


def test_what_ends_with_a_full_page_may_be_whole(product):
    """old: with exactly 25 campaigns left, what they are now was not read and each sync was partial for two days; a report that named exactly 100 of 103 people was read by each run for ever."""
    account = product.account
    account.add_list("A", [])
    account.campaigns = [campaign(n) for n in range(27)]
    account.summaries["c1"] = {**SUMMARY, "opened": {"total": 200, "unique": 100}}
    assert "sync complete" in product.sync()
    account.campaigns = [campaign(n, name="Now") for n in range(25)]
    gone = lambda: product.db.campaigns.count_documents({"gone_at": {"$exists": True}})
    assert "2 of 27 did not come" in product.sync() and gone() == 0 and product.db.campaigns.count_documents({"name": "Now"}) == 25
    assert "sync complete" in product.sync() and gone() == 2
    account.summaries["c1"]["opened"]["unique"] = 103
    rows = [{"contact_id": f"x{n}", "contact_email_address": None, "occurred_at": "2026-11-02T09:00:00+00:00"} for n in range(100)]
    path = "/campaigns/c1/reports?status=opened&limit=100"
    account.odd[path] = (99, 200, {}, {"data": rows, "paging": []})
    product.sync()
    out = product.sync("--contacts")
    assert "contacts partial" in out and "it ends after 100 of 103 rows" in out and product.db.contact_events.count_documents({"type": "opened"}) == 100, out
    out = product.sync("--contacts")
    assert "contacts complete" in out and "3 people are counted by summaries" in out, out
    asked = len(account.seen)
    assert "contacts complete" in product.sync("--contacts") and path not in [one for _, one, _ in account.seen[asked:]]


def test_people_who_end_with_a_full_page_may_be_all(product):
    """old: with exactly 100 left of the 103 whom the figures run had been told, the list was a gap at each reading."""
    account = product.account
    account.add_list("A", [person(n) for n in range(103)])
    account.campaigns = [campaign(1)]
    path = "/lists/A/contacts?limit=100&status=subscribed"
    product.sync()
    account.people["A"] = account.people["A"][:100]
    out = product.sync("--contacts", "--full")
    assert "contacts complete" in out and "it ends after" not in out and product.db.contacts.count_documents({}) == 100, out
    account.people["A"] = [person(n) for n in range(103)]
    product.sync()
    account.odd[path] = (99, 200, {}, {"data": account.people["A"][:100], "paging": {"next": None}})
    out = product.sync("--contacts", "--full")
    assert "it ends after 100 of 103 rows" in out, out


def test_links_that_an_answer_leaves_out_stay(product):
    """old: of an old campaign the short list stayed until its clicks changed."""
    account, path = product.account, "/campaigns/c1/reports/links"
    account.add_list("A", [])
    account.campaigns = [campaign(1)]
    link = lambda n, clicks: {"url": f"https://example.com/{n}", "clicked_total": clicks, "clicked_unique": clicks // 2}
    answer = lambda *links: (99, 200, {}, {"data": list(links), "paging": {"next": None}})
    stored = lambda: {one["url"][-1]: one["clicked_total"] for one in product.db.campaign_links.find_one()["links"]}
    clicks = lambda total: account.summaries.update(c1={**SUMMARY, "opened": {"total": 600, "unique": 500}, "clicked": {"total": total, "unique": total // 2}})
    clicks(100)
    account.odd[path] = answer(link(1, 60), link(2, 40), link(3, 0))
    product.sync()
    clicks(102)
    account.odd[path] = answer(link(1, 62))
    for _ in range(2):
        out = product.sync()
        assert "sync complete" in out and "https://example.com/2: its clicks were counted before" in out and "com/3" not in out, out
        assert stored() == {"1": 62, "2": 40} and "links_clicked" not in product.db.campaigns.find_one()
    account.odd[path] = answer(link(1, 62), link(2, 40))
    out = product.sync()
    assert "not readable" not in out and product.db.campaigns.find_one()["links_clicked"] == 102 and stored() == {"1": 62, "2": 40}
    clicks(104)
    account.odd[path] = answer(link(1, 62), link("b", 42))  # the same link at another address
    assert "not readable" not in product.sync() and stored() == {"1": 62, "b": 42}
    assert "different" not in product.sync("--replay")


def opened(n, at):
    return {"contact_id": f"r{n}", "contact_email_address": f"p{n}@example.org", "occurred_at": at}


def test_a_report_that_lacks_people_or_times_is_read_again(product):
    """old: after two readings it was read no more until its counter changed, and the run said no word about whom it lacked."""
    account = product.account
    account.add_list("A", [person(n) for n in range(1, 5)])
    account.campaigns = [campaign(1)]
    account.summaries["c1"] = {**SUMMARY, "bounced": {"hard": 0, "soft": 0}, "opened": {"total": 9, "unique": 4}}
    ahead = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + 3 * 86400))
    path, time_of = "/campaigns/c1/reports?status=opened&limit=100", "2026-11-02T09:00:00+00:00"
    account.odd[path] = (99, 200, {}, {"data": [opened(1, time_of), opened(2, "soon"), opened(3, ahead)], "paging": []})
    product.sync()
    for _ in range(2):
        out = product.sync("--contacts")
        assert "contacts complete" in out and "r2 occurred_at" in out and "r3 occurred_at: it is in the future" in out, out
        assert "1 person is counted by summaries" in out and "2 people are named" in out, out
    asked = len(account.seen)
    assert "1 person is counted by summaries" in product.sync("--contacts") and path not in [one for _, one, _ in account.seen[asked:]]
    assert product.run()["unnamed"] == 1 and product.run()["undated"] == 2
    account.odd[path] = (99, 200, {}, {"data": [opened(n, time_of) for n in (1, 2, 3, 4)], "paging": []})
    day = datetime.timedelta(days=1)
    product.db.campaigns.update_one({}, [{"$set": {"engagement_lacks.opened.read_at": {"$subtract": ["$engagement_lacks.opened.read_at", int(day.total_seconds() * 1000)]}}}])
    out = product.sync("--contacts")
    assert " 1 new events" in out and "read again" not in out and product.run()["unnamed"] == 0 and product.run()["undated"] == 0, out
    events = list(product.db.contact_events.find())
    assert sorted(one["contact_ref"] for one in events) == ["r1", "r2", "r3", "r4"] and all(one["occurred_at"] == datetime.datetime(2026, 11, 2, 9) for one in events)
    growth = product.db.campaign_growth.find_one()["opened"]
    assert growth["people"] == 4 and growth["undated"] == 0 and [day["n"] for day in growth["days"]] == [4]
    assert all(one["engagement"]["opened"] == 1 and one["engagement"]["last_opened_at"] for one in product.db.contacts.find())
    assert "different" not in product.sync("--replay")


def test_what_contradicts_itself_is_no_figure(product):
    """old: 10^12 bounced of 635 sent, so that -999,999,999,365 were delivered; the year 1; of a campaign that came twice the second counted, each time anew."""
    account = product.account
    account.add_list("A", [person(1), person(1, email_address="other@example.org")])
    account.campaigns = [campaign(1), campaign(2, sent_at="0001-01-01T00:00:00+00:00"), campaign(1, name="Another"), campaign(3, sent_at="9998-01-01T00:00:00+00:00")]
    account.lists.append("A")
    account.summaries["c1"] = {**SUMMARY, "sent": 635, "bounced": {"hard": 10**12, "soft": 4}, "unsubscribed": 636, "opened": {"total": 900, "unique": 700}}
    for turn in range(2):
        out = product.sync()
        assert "sync complete" in out, out
        for words in ("bounced.hard: it is more than was sent", "unsubscribed: it is more", "opened.unique: it is more", "c2 sent_at: it is not a possible time",
                      "c3 sent_at: it is not a possible time", "c1: it comes twice", "A: it comes twice"):
            assert words in out, (words, out)
    one = product.db.campaigns.find_one({"external.id": "c1"})
    figures = one["current_metrics"]
    assert figures["sent"] == 635 and not {"bounced", "bounced_hard", "opened", "unsubscribed"} & set(figures) and one["name"] == "Campaign 1"
    assert product.db.campaign_states.count_documents({"campaign_id": one["_id"]}) == 1
    assert not product.db.campaigns.find_one({"sent_at": {"$lt": datetime.datetime(2000, 1, 1)}}) and not product.db.campaigns.find_one({"sent_at": {"$gt": datetime.datetime(2100, 1, 1)}})
    account.summaries["c1"] = {**SUMMARY, "sent": 635, "bounced": {"hard": 1, "soft": 4}, "opened": {"total": 900, "unique": 300}}
    product.sync()
    account.summaries["c1"] = {**SUMMARY, "sent": 5, "bounced": {"hard": 1, "soft": 4}, "opened": {"total": 900, "unique": 10**12}}
    out = product.sync()
    assert "sent: it is less than the people" in out and "opened.unique" in out, out
    figures = product.db.campaigns.find_one({"external.id": "c1"})["current_metrics"]
    assert figures["sent"] == 635 and figures["opened"] == 300 and figures["bounced"] == 5
    account.summaries["c1"] = {**SUMMARY, "sent": 635, "opened": {"total": 900, "unique": 300}}
    out = product.sync("--contacts")
    assert "r1: it comes twice" in out and product.emails() == ["p1@example.org"], out
