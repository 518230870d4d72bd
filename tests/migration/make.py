#!/usr/bin/python3
"""Makes before.jsonl.gz and secrets.json: plays a month of a small installation with the programs of a checkout (built in its
build/), then dumps all collections. The database must not exist. Everybody in it is invented, and the secrets in secrets.json
open nothing else. Clocks are set, so everything happens in October and November 2026, whenever this runs."""
import argparse, base64, contextlib, datetime, gzip, io, json, os, pathlib, re, socket, subprocess, tempfile, time, urllib.parse

import pymongo
from bson import ObjectId, json_util
from load import CANONICAL, DUMP, HERE
from server import Server, stop

CLOCK = "2026-11-20 12:00:00"  # when the dump is read: just after the last thing that happened
PASSWORDS = {"admin": "old mill by the water", "desk": "green door, second floor", "left": "nobody here any more"}
REAL = ObjectId.from_datetime(datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1))
ALL = {"from": "2020-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
ACCOUNT = [('BEGAN = datetime.now(timezone.utc).replace(microsecond=0)', 'BEGAN = datetime(2026, 10, 20, 6, tzinfo=timezone.utc)'),
           ('("Partners: Solar Owners", 820)', '("Partners: Solar Owners", 130)'), ('("Bought addresses (old)", 640)', '("Bought addresses (old)", 36)'),
           ('été 🌞", 240)', 'été 🌞", 30)'), ('"audience": 800', '"audience": 90'),
           ('0.011 if bad else 0.002', '0.06 if bad else 0.03'), ('0.004 if bad else 0.0004', '0.04 if bad else 0.02'),
           ('None if is_erased(n) else', 'None if is_erased(n) or (SWITCHES["erased"] and n % 10 == 8) else'),
           ('grow = SWITCHES["grow"]', 'grow = SWITCHES["grow"] * (CAMPAIGNS.index(c) + 1) // 8')]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SOLAR = "Partners: Solar Owners"


class Account:
    """The checkout's demo account, smaller and with a fixed start. Some erased people stay on their list, so that the address
    missing from a report is found there; each campaign grows by a different number, so that no table has ties."""

    def __init__(self, checkout):
        text = pathlib.Path(checkout, "deploy/demo_server.py").read_text()
        for old, new in ACCOUNT:
            assert old in text, old
            text = text.replace(old, new)
        self.file = tempfile.NamedTemporaryFile("w", suffix=".py")
        self.file.write(text)
        self.file.flush()
        more = {"DEMO_CAMPAIGNS": "12", "DEMO_LIST_SIZE": "60", "DEMO_STILL": "1", "DEMO_HTML_BYTES": "200"}
        self.process = subprocess.Popen(["/usr/bin/python3", self.file.name], env={**os.environ, **more}, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def set(self, **switches):
        import urllib.request
        urllib.request.urlopen(urllib.request.Request(self.url + "/_demo", json.dumps(switches).encode(), method="POST")).read()


@contextlib.contextmanager
def mail_server(checkout):
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        server = subprocess.Popen(["/usr/bin/python3", f"{checkout}/tests/system/sink.py", str(port), folder], stdout=subprocess.PIPE, text=True)
        assert server.stdout.readline() == "ready\n"
        yield {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_FROM": "desk@console.example", "SMTP_TLS": "off"}
        stop(server)


class Installation:
    def __init__(self, checkout, uri, database):
        self.checkout, self.uri, self.database = checkout, uri, database
        self.account = Account(checkout)
        self.settings = {"EMAILOCTOPUS_API_KEY": "eo_" + "d" * 64, "EMAILOCTOPUS_BASE_URL": self.account.url,
                         "EMAILOCTOPUS_CALLS_PER_SECOND": "500", "SYNC_CONTACTS": "off"}
        self.token = None

    def server(self, clock, **more):
        return Server(f"{self.checkout}/build", self.checkout, self.uri, self.database, clock, moves=True, **{**self.settings, **more})

    def run(self, clock, *words, check=True, **more):
        """A command line whose clock starts at `clock`."""
        run = self.server(clock).command(*words, **more)
        print(f"{clock}  telltale {' '.join(words)}: {(run.stdout + run.stderr).strip()[:200]}")
        assert not check or run.returncode == 0, run.stderr
        return run.stdout.strip()

    def look(self, clock, contacts=True, full=False, **switches):
        """A figures run, then a contacts run."""
        self.account.set(limit=False, **switches)
        self.run(clock, "sync", check=False)
        self.date(clock)
        if contacts:
            self.run(clock[:-5] + "20:00", "sync", "--contacts", *(["--full"] if full else []))
            self.date(clock[:-5] + "20:00")

    def date(self, clock):
        """The server puts the time of its own clock into new ids, and a campaign counts as first seen then: replaces that by the
        time of the scene."""
        began = datetime.datetime.fromisoformat(clock)
        for name in ("campaigns", "lists", "contacts", "list_contacts"):
            for row in self.db[name].find({"_id": {"$gt": REAL}}).sort("_id", 1):
                old, new = row["_id"], ObjectId(int(began.replace(tzinfo=datetime.timezone.utc).timestamp()).to_bytes(4, "big") + row["_id"].binary[4:])
                self.db[name].delete_one({"_id": old})
                self.db[name].insert_one({**row, "_id": new})
                for notice in self.db.notices.find({"campaign": str(old)}):
                    told = {key: value.replace(str(old), str(new)) for key, value in notice.items() if isinstance(value, str)}
                    self.db.notices.update_one({"_id": notice["_id"]}, {"$set": told})

    @property
    def db(self):
        return pymongo.MongoClient(self.uri)[self.database]


def tell(site, token, path, body=None, method="POST"):
    answer = site.send_json(path, body or {}, method, token=token)
    assert answer.status < 300, (path, answer.status, answer.text)
    return json.loads(answer.text)


def read(site, token, path):
    answer = site.ask(path, token)
    assert answer.status == 200, (path, answer.text)
    return json.loads(answer.text)


def form(site, cookie, path, **fields):
    answer = site.send_form(path, fields, cookie=cookie)
    assert answer.status in (200, 303), (path, answer.status, answer.text)
    return answer


def csrf(site, cookie):
    return json.loads(site.ask("/api/me", cookie=cookie).text)["csrf"]


def wait(condition, what):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"waited for {what}")


def make_reports(site, token, asked):
    """A report requested, made by a worker with the site's clock, and finished."""
    ids = [tell(site, token, "/api/reports", one)["id"] for one in asked]
    worker = site.start("telltale-report")
    wait(lambda: all(read(site, token, f"/api/reports/{one}")["state"] in ("ready", "failed") for one in ids), "the reports")
    stop(worker)
    return ids


def logo():
    from PIL import Image
    file = io.BytesIO()
    Image.new("RGB", (24, 8), (32, 96, 160)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def begin(old):
    old.run("2026-10-20 06:50:00", "db", "migrate")
    for name, password in PASSWORDS.items():
        old.run("2026-10-20 06:51:00", "user", "create", name, TELLTALE_PASSWORD=password)
    old.token = old.run("2026-10-20 06:52:00", "token", "create", "--name", "dump", "--scope", "write")
    reader = old.run("2026-10-20 06:53:00", "token", "create", "--name", "a reader's", "--scope", "read")
    old.look("2026-10-20 07:00:00", sending=True)
    old.run("2026-10-20 08:00:00", "user", "disable", "left")
    old.look("2026-10-22 08:00:00", full=True, sending=False, grow=2)
    return {"token": old.token, "reader": reader, "passwords": PASSWORDS}


def partners_and_views(old):
    """Partners by every rule, overrides by hand, benchmarks, and views whose addresses name objects in every way."""
    with old.server("2026-10-27 09:00:00") as site:
        ask = lambda path, body, method="POST": tell(site, old.token, path, body, method)
        lists = {one["name"]: one for one in read(site, old.token, "/api/lists")}
        rows = read(site, old.token, "/api/campaigns?limit=50")
        sent = [row for row in rows if row["status"] == "sent"]
        acme = ask("/api/partners", {"name": "ACME & <Söhne>", "prefixes": ["acme_", "ac"], "contact": "desk@acme.example"})
        ask(f"/api/partners/{acme['id']}/logo", {"picture": logo()}, "PUT")
        solar = ask("/api/partners", {"name": "Solar Owners", "list_ids": [lists[SOLAR]["emailoctopus_id"]]})
        hand = ask("/api/partners", {"name": "By hand", "contact": "hand@partner.example"})
        ask(f"/api/campaigns/{sent[2]['id']}/project", {"partner_id": hand["id"], "project_id": "energy_1"}, "PUT")
        ask(f"/api/campaigns/{sent[3]['emailoctopus_id']}/project", {"project_id": "energy_2"}, "PUT")
        ask("/api/benchmarks", {"metric": "click_rate", "percent": "2.62", "name": "all users", "source": "a page of a provider", "dated": "2021"}, "PUT")
        ask("/api/benchmarks", {"metric": "open_rate", "percent": "35.6", "source": "another page"}, "PUT")
        views(site, "admin", lists, sent, solar)
        views(site, "desk", lists, sent[4:], acme)
    return {"partners": [acme["id"], solar["id"], hand["id"]]}


def views(site, user, lists, sent, partner):
    cookie = "sid=" + site.sign_in(user, PASSWORDS[user], user_agent=FIREFOX)["sid"]
    at, one, two, theirs = lists[SOLAR]["emailoctopus_id"], sent[0], sent[1], sent[0]["emailoctopus_id"]
    addresses = {"Newsletter": f"/campaigns?list={at}&status=sent&sort=-click_rate", "One campaign": f"/campaigns/campaign_{theirs}",
                 "One campaign, our id": f"/campaigns/{one['id']}", "Its people": f"/campaigns/{theirs}/contacts?status=clicked",
                 "Who clicked": f"/contacts?list={at}&engagement=clicked", "One list": f"/lists/{at}",
                 "Figures of a list": f"/dashboard?list={at}&period=all", "Two beside each other": f"/compare?id={theirs}&id={two['id']}",
                 "A report": f"/reports/new?template=list_performance&period=all&list={at}&partner={partner['id']}",
                 "Since October": "/changes?since=2026-10-21", "Links": f"/links?period=all&list={at}"}
    for name, address in addresses.items():
        form(site, cookie, "/views", csrf=csrf(site, cookie), name=name, address=address)
    form(site, cookie, "/logout", csrf=csrf(site, cookie))


def growth(old):
    """Counters that increase and decrease, answers that fail, and people who are deleted and forgotten."""
    old.look("2026-10-27 10:00:00", contacts=False, grow=4)
    old.look("2026-11-03 08:00:00", contacts=False, grow=6, fault={"kind": "404", "times": 1, "path": "/reports/summary"})
    old.look("2026-11-10 08:00:00", erased=True, grow=9)
    old.look("2026-11-12 08:00:00", contacts=False, grow=7)
    old.run("2026-11-13 08:00:00", "sync", check=False, EMAILOCTOPUS_API_KEY="eo_" + "e" * 64)


def customers(old):
    old.run("2026-11-14 08:00:00", "demo", "customers")
    with old.server("2026-11-14 09:00:00") as site:
        people = read(site, old.token, "/api/contacts?limit=200")
        linked = [one for one in people if one["customer_id"]]
        free = next(one for one in people if not one["customer_id"])
        tell(site, old.token, f"/api/contacts/{free['id']}/customer", {"customer_id": linked[0]["customer_id"]}, "PUT")
        tell(site, old.token, f"/api/contacts/{linked[1]['id']}/customer", {"customer_id": linked[5]["customer_id"]}, "PUT")
    old.look("2026-11-14 10:00:00", contacts=False)


def reports(old, made):
    with old.server("2026-11-16 09:00:00") as site:
        at = {one["name"]: one["emailoctopus_id"] for one in read(site, old.token, "/api/lists")}[SOLAR]
        rows = [row for row in read(site, old.token, "/api/campaigns?limit=50") if row["status"] == "sent" and at in row["list_ids"]]
        picked = [rows[0]["id"], "campaign_" + rows[1]["id"], rows[2]["emailoctopus_id"]]
        october = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}
        ids = make_reports(site, old.token, [
            {"template": "custom", "blocks": ["summary", "campaigns"], "partner": made["partners"][0], "period": ALL, "title": "For ACME"},
            {"template": "list_performance", "compare": "none", "period": october, "list": at},
            {"template": "engagement_analysis", "partner": "Solar Owners", "list": at, "compare": "year", "period": october},
            {"template": "custom", "blocks": ["summary", "campaigns", "links"], "campaigns": picked, "list": at, "period": ALL,
             "title": "Picked by hand", "note": "Zeile eins\nline two", "paper": "letter"},
            {"template": "campaign_summary", "period": {"from": "2026-09-15T00:00:00Z", "to": "2026-10-01T00:00:00Z"}, "compare": "none",
             "as_of": "2026-10-22T12:00:00Z", "title": "As it was"}])
        far = "2028-10-01T00:00:00Z"
        links = [tell(site, old.token, f"/api/reports/{ids[one]}/links", asked) for one, asked in (
            (0, {"note": "open"}), (0, {"expires_at": far, "max_downloads": 3}), (3, {"password": "correct horse", "expires_at": far}),
            (1, {"max_downloads": 1}), (1, {"note": "taken back"}), (2, {"expires_at": "2026-11-17T00:00:00Z"}))]
        paths = [urllib.parse.urlsplit(link["url"]).path for link in links]
        for path in (paths[0], paths[1], paths[1], paths[3]):
            assert site.ask(path + "/pdf", user_agent="curl/8.5.0").body[:4] == b"%PDF"
        assert site.send_form(paths[2] + "/pdf", {"password": "wrong"}).status == 403
        tell(site, old.token, f"/api/report-links/{links[4]['id']}", method="DELETE")
    old.db.reports.update_one({"_id": ObjectId(ids[4])}, {"$set": {"attempts": 1}})  # as if its first worker had died
    return {**made, "reports": ids, "report_links": paths, "report_passwords": {paths[2]: "correct horse"}}


def deliveries(site, old, schedule):
    return read(site, old.token, f"/api/report-schedules/{schedule}/deliveries")


def schedules(old, made):
    """One sent (and refused by one recipient), one waiting for fresh figures, one paused."""
    with old.server("2026-11-17 08:00:00") as site:
        at = {one["name"]: one["emailoctopus_id"] for one in read(site, old.token, "/api/lists")}[SOLAR]
        usual = {"zone": "Europe/Berlin", "template": "custom", "blocks": ["summary", "lists"], "period": "lastmonth"}
        ask = lambda **more: tell(site, old.token, "/api/report-schedules", {**usual, **more})["id"]
        ids = [ask(name="Monthly", cron="0 10 * * *", partner=made["partners"][1], list=at, title="Monthly für Solar", fresh_hours=72,
                   recipients="one@partner.example, gone@refuse.example"),
               ask(name="Stale", cron="30 9 18 11 *", partner="ACME & <Söhne>", fresh_hours=1, template="list_performance",
                   recipients="stale@partner.example"),
               ask(name="Paused", cron="weekly", list=at, recipients="paused@partner.example", attach=True, paused=True)]
    with mail_server(old.checkout) as mail, old.server("2026-11-17 08:59:50", **mail) as site:  # ten o'clock in Berlin
        old.account.set(erased=True)
        old.run("2026-11-17 08:30:00", "sync")
        worker = site.start("telltale-report")
        wait(lambda: any(one["state"] in ("sent", "failed") for one in deliveries(site, old, ids[0])), "the delivery")
        stop(worker)
    with old.server("2026-11-18 08:29:57") as site:
        worker = site.start("telltale-report")
        wait(lambda: any("waiting for figures" in (one["problem"] or "") for one in deliveries(site, old, ids[1])), "the delivery that waits")
        stop(worker)
    return {**made, "schedules": ids}


def sign_in_for_good(old):
    """The database expires sessions by its own clock, which is not set: these must still exist in ten years."""
    with old.server("2026-11-20 11:59:30") as site:
        browsers = {user: site.sign_in(user, PASSWORDS[user], user_agent=agent) for user, agent in (("admin", FIREFOX), ("desk", "curl/8.5.0"))}
        for name in ("sessions", "remembered"):
            kept = old.db[name].update_many({}, {"$set": {"expires_at": datetime.datetime(2100, 1, 1)}})
            assert kept.matched_count >= 2, f"the database has ended {name} already: try again"
    return browsers


def last_day(old, made):
    """What is pending on the day of the dump: a report not begun, a waiting run, sessions, a locked link."""
    old.look("2026-11-19 08:00:00", grow=15)
    with old.server("2026-11-20 11:50:00") as site:
        notices = read(site, old.token, "/api/notifications")
        tell(site, old.token, f"/api/notifications/{notices[-1]['id']}/read")
        at = read(site, old.token, "/api/lists")[2]["emailoctopus_id"]
        asked = {"template": "list_performance", "title": "Nobody has begun", "period": ALL, "list": at}
        queued = tell(site, old.token, "/api/reports", asked)["id"]
        link = tell(site, old.token, f"/api/reports/{made['reports'][2]}/links", {"password": "battery staple", "expires_at": "2028-10-01"})
        locked = urllib.parse.urlsplit(link["url"]).path
    with old.server("2026-11-20 11:58:30") as site:
        wrong = [site.send_form(locked + "/pdf", {"password": "wrong"}).status for _ in range(6)]
        assert wrong == [403] * 5 + [429], wrong
    old.run("2026-11-20 11:59:00", "sync", "--no-wait")
    browsers = sign_in_for_good(old)
    made["report_links"].append(locked)
    made["report_passwords"][locked] = "battery staple"
    return {**made, "queued": queued, "cookies": {user: f"sid={one['sid']}" for user, one in browsers.items()},
            "remembered": f"remember={browsers['desk']['remember']}"}


def dump(db):
    with gzip.GzipFile(DUMP, "wb", 9, mtime=0) as out:
        for name in sorted(db.list_collection_names()):
            for document in db[name].find():
                row = {"collection": name, "document": document}
                out.write((json_util.dumps(row, json_options=CANONICAL, ensure_ascii=False, separators=(",", ":")) + "\n").encode())


def main(checkout, uri, database):
    old = Installation(checkout, uri, database)
    try:
        made = begin(old)
        made.update(partners_and_views(old))
        growth(old)
        customers(old)
        made = last_day(old, schedules(old, reports(old, made)))
    finally:
        stop(old.account.process)
    dump(old.db)
    (HERE / "secrets.json").write_text(json.dumps({"clock": CLOCK, **made}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("checkout", "uri", "database"):
        parser.add_argument(name)
    asked = parser.parse_args()
    main(asked.checkout, asked.uri, asked.database)
