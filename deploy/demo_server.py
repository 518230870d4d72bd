#!/usr/bin/python3
"""A realistic EmailOctopus account for the demo and the tests: a year of campaigns whose figures grow with
time, the real API's paging, errors and token bucket, and faults on demand.

Without a port it takes a free one; the first line of its output is the port.

Switches (POST /_demo with a JSON object; GET /_demo shows them):
  end        how the last page ends: "null", "absent", "array"
  counts     "object" or "array"
  retry      form of X-RateLimit-Retry-After: "seconds", "epoch", "absent"
  fault      {"path": substring, "kind": "500"|"502html"|"cut"|"slow"|"garbage"|"huge"|"nulls"|"empty"|"end"|"untimed"|"uncounted"|"holes"|"counts"|"404"|"403"|"429", "times": n}
             end: a page says that it is the last one, and has at most "rows" rows; untimed: events have no time; uncounted: links have no number; holes: the first "rows" rows (50) have no id; counts: the summary's openers are "number"
  grow       added to every opened/clicked counter (negative: counters fall)
  loop       true: the campaign list repeats its cursor forever
  foreign    true: paging.next.url points at another host
  sending    true: reports of a campaign in state "sending" are refused
  still      true: figures stay as they were when the server started
  limit      false switches the token bucket off
  gzip       true: bodies are compressed if the client accepts it
  date       seconds that the header Date is ahead of the clock (negative: behind)
  lists      how many lists the account has; the others are gone
  gone       how many of the oldest campaigns are gone
  edited     true: names, subjects, sending times and states of campaigns, names, tags and opt-in of lists are others
  erased     true: every tenth contact is gone from its list and has a null address in reports
  at         a moment (ISO 8601): campaigns, figures and counts are those of then, and the header Date is

With DEMO_BEGAN (ISO 8601) it is the same account after every start: it was a year old then and goes on since, with new
campaigns, and what people do has the times that the growing figures tell. Without it the account was made at the start.
"""
import argparse, base64, functools, gzip, hashlib, json, math, os, random, sys, threading, time, uuid
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = os.environ.get("DEMO_API_KEY", "eo_" + "d" * 64)
COUNT = int(os.environ.get("DEMO_CAMPAIGNS", "69"))
HTML_BYTES = int(os.environ.get("DEMO_HTML_BYTES", "20000"))
LIVES = bool(os.environ.get("DEMO_BEGAN"))
BEGAN = (datetime.fromisoformat(os.environ["DEMO_BEGAN"].replace("Z", "+00:00")) if LIVES else datetime.now(timezone.utc)).replace(microsecond=0)
SWITCHES = {"end": "null", "counts": "object", "retry": "seconds", "fault": None, "grow": 0, "loop": False,
            "foreign": False, "sending": False, "limit": True, "gzip": False, "erased": False, "edited": False, "date": 0, "lists": 9, "gone": 0, "at": None,
            "still": os.environ.get("DEMO_STILL") == "1"}
LIST_SIZE = int(os.environ.get("DEMO_LIST_SIZE", "1900"))  # subscribed contacts of the first list
LOCK = threading.Lock()
BUCKET = {"tokens": 100.0, "at": time.monotonic()}
CALLS = {"all": 0, "limited": 0}


def clock():
    """The moment as which the account answers."""
    if SWITCHES["at"]:
        return datetime.fromisoformat(SWITCHES["at"].replace("Z", "+00:00"))
    return BEGAN if SWITCHES["still"] else datetime.now(timezone.utc)


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00") if at else None


def ident(kind, n):
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"telltale-demo-{kind}-{n}"))


def make_lists():
    names = [("Newsletter", LIST_SIZE), ("Partners: Solar Owners", 820), ("Bought addresses (old)", 640), ("Événements – été 🌞", 240)]
    return [{"id": ident("list", i), "name": name, "double_opt_in": i != 2, "size": size}
            for i, (name, size) in enumerate(names)]


LISTS = make_lists()
THEMES = ["Energy tips", "Heat pump offer", "Monthly news", "Solar webinar", "Member survey", "Price change", "Year in review"]
ODD = ['<b>Half</b> price & "more"', "مرحبا بالربيع", "Grüße 🎄 aus der Werkstatt"]


def make_campaign(i):
    rnd = random.Random(i * 7919 + 11)
    days = (COUNT - 1 - i) * 365.0 / COUNT
    sent = (BEGAN - timedelta(days=days)).replace(hour=rnd.choice([7, 9, 9, 10, 14, 17]), minute=rnd.choice([0, 15, 30]), second=0)
    if sent > BEGAN and i < COUNT:
        sent -= timedelta(days=1)
    which = 2 if i % 17 == 5 else rnd.choice([0, 0, 0, 1, 1, 3])
    audience = int(LISTS[which]["size"] * min(1, 0.75 + 0.25 * i / max(1, COUNT)))
    bad = which == 2
    hard = int(audience * (0.06 if bad else 0.004) * rnd.uniform(.7, 1.3))
    soft = int(audience * (0.03 if bad else 0.006) * rnd.uniform(.7, 1.3))
    name = f"{['ACME', 'NORDWIND', 'STADTWERK'][i % 3]}_{THEMES[i % 7]}_{sent:%Y-%m}"
    if i % 13 == 7:
        name = ODD[(i // 13) % 3]
    return {"id": ident("campaign", i), "name": name, "subject": f"{THEMES[i % 7]} for {{{{FirstName}}}}",
                "status": "sent", "to": [LISTS[which]["id"]], "sent_at": sent, "created_at": sent - timedelta(days=2),
                "audience": audience, "hard": hard, "soft": soft,
                "open": (0.14 if bad else 0.40) * rnd.uniform(.8, 1.2) * (0.85 if sent.month in (7, 8) else 1),
                "click": (0.004 if bad else 0.031) * rnd.uniform(.6, 1.5),
                "unsub": (0.011 if bad else 0.002) * rnd.uniform(.6, 1.5), "spam": 0.004 if bad else 0.0004}


def make_campaigns():
    out = [make_campaign(i) for i in range(COUNT)]
    extras = [("draft", "Autumn draft", None, None), ("error", "Stopped by the provider", "Oops", None),
              ("sending", "Going out now", "Hello", BEGAN - timedelta(minutes=20))]
    for k, (status, name, subject, sent) in enumerate(extras):
        out.insert(len(out) // 2, {"id": ident("extra", k), "name": name, "subject": subject, "status": status,
                                   "to": [LISTS[0]["id"]], "sent_at": sent, "created_at": BEGAN - timedelta(days=k + 1),
                                   "audience": 800, "hard": 3, "soft": 5, "open": .3, "click": .02, "unsub": .001, "spam": 0})
    return out + [make_campaign(i) for i in range(COUNT, 2 * COUNT) if LIVES]


CAMPAIGNS = make_campaigns()
BY_ID = {c["id"]: c for c in CAMPAIGNS}


def campaigns_now():
    """Those that the account has, oldest first."""
    now = clock()
    return [c for c in CAMPAIGNS[SWITCHES["gone"]:] if not (LIVES or SWITCHES["at"]) or (c["sent_at"] or c["created_at"]) <= now]


def status_of(c):
    """What is being sent is sent after two hours, if there is time for that."""
    done = LIVES and c["status"] == "sending" and clock() - c["sent_at"] > timedelta(hours=2)
    return "sent" if done else c["status"]


def figures(c):
    return figures_at(c, max(0.0, (clock() - c["sent_at"]).total_seconds() / 3600))


def figures_at(c, hours):
    delivered = c["audience"] - c["hard"] - c["soft"]
    ripe = 1 - math.exp(-hours / 9.0)
    grow = SWITCHES["grow"]
    opened = max(0, min(delivered, int(delivered * c["open"] * ripe) + grow))
    clicked = max(0, min(opened, int(delivered * c["click"] * (1 - math.exp(-hours / 12.0))) + grow))
    return {"id": c["id"], "sent": c["audience"], "bounced": {"soft": c["soft"], "hard": c["hard"]},
            "opened": {"total": int(opened * 1.6), "unique": opened}, "clicked": {"total": int(clicked * 1.3), "unique": clicked},
            "complained": int(delivered * c["spam"] * ripe), "unsubscribed": int(delivered * c["unsub"] * ripe)}


def links(c):
    clicked = figures(c)["clicked"]
    shares = [("https://example.com/offer?ref=mail", .6), ("https://example.com/blog/heat", .3), ("https://example.com/<odd>&\"q\"", .1)]
    return [{"url": u, "clicked_total": int(clicked["total"] * s), "clicked_unique": int(clicked["unique"] * s)} for u, s in shares]


# Contacts: number n of a list is subscribed below its size, then unsubscribed, then pending. Some people are on two
# lists with the same address in different case.
STATUSES = ("subscribed", "unsubscribed", "pending")
FIRST = ["Ada", "Björn", "Chen", "Dilek", "Émile", "Fatima", "Grete", "Hiro", "Ines", "Jan"]


def share(*words):
    """A number in [0, 1) determined by the words."""
    return int.from_bytes(hashlib.blake2b(repr(words).encode(), digest_size=6).digest(), "big") / 2.0**48


def sizes(entry):
    return entry["size"], entry["size"] // 12, entry["size"] // 90


def contact_id(which, n):
    return ident("contact", f"{which}-{n}")


def address(which, n):
    person = n if which == 0 or n % 7 else n // 7
    if which == 0 and n == 3:
        return "<b>half</b>&co@example.net"
    if which == 0 and n == 4:
        return "x" * 242 + "@example.net"
    if which == 3 and n == 5:
        return "büro@exämple.net"
    text = f"person{person if which == 0 or n % 7 == 0 else f'{which}x{n}'}@{['example.com', 'example.org', 'example.net'][person % 3]}"
    return text.title() if which and n % 7 == 0 else text


def is_erased(n):
    return SWITCHES["erased"] and n % 10 == 9


def contact_json(which, n):
    entry, joined = LISTS[which], BEGAN - timedelta(days=700 * share("joined", which, n))
    big, gone, waiting = sizes(entry)
    status = STATUSES[0 if n < big else 1 if n < big + gone else 2]
    first = FIRST[n % len(FIRST)]
    return {"id": contact_id(which, n), "email_address": address(which, n), "fields": {"FirstName": first, "Pets": n % 4} if n % 5 else [],
            "tags": ["vip"] if n % 11 == 0 else [], "status": status, "created_at": stamp(joined),
            "last_updated_at": stamp(updated_at(which, n))}


class Rows:
    """Rows generated on demand, page by page: a list may have 100,000."""

    def __init__(self, numbers, make):
        self.numbers, self.make = numbers, make

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, part):
        return [self.make(n) for n in self.numbers[part]]


def updated_at(which, n):
    return (BEGAN + timedelta(days=30 * share("updated", which, n) - 700 * share("joined", which, n))).replace(microsecond=0)


def contacts_of(which, query):
    """As in the API: subscribed unless another status is requested; time filters are inclusive."""
    status = query.get("status", ["subscribed"])[0]
    if status not in STATUSES:
        return None, "status"
    since = query.get("last_updated_at.gte", [None])[0]
    try:
        since = datetime.fromisoformat(since.replace("Z", "+00:00")) if since else None
    except ValueError:
        return None, "last_updated_at.gte"
    big, gone, waiting = sizes(LISTS[which])
    first = {"subscribed": 0, "unsubscribed": big, "pending": big + gone}[status]
    count = {"subscribed": big, "unsubscribed": gone, "pending": waiting}[status]
    numbers = range(first, first + count)
    if since or SWITCHES["erased"]:
        numbers = [n for n in numbers if not is_erased(n) and (not since or updated_at(which, n) >= since)]
    return Rows(numbers, functools.partial(contact_json, which)), None


FINAL = {"opened": 9, "clicked": 12, "unsubscribed": 9, "complained": 9}  # hours, as in figures_at
REPORTS = ("bounced", "clicked", "complained", "opened", "sent", "unsubscribed", "not-opened", "not-clicked")


@functools.lru_cache(None)
def audience_of(campaign_id):
    """The numbers of the list's contacts in the order in which they open; bounced ones last."""
    c = BY_ID[campaign_id]
    which = next(i for i, entry in enumerate(LISTS) if entry["id"] == c["to"][0])
    size = max(c["audience"], LISTS[which]["size"])
    return which, sorted(range(size), key=lambda n: share(c["id"], n))[:c["audience"]]


def contact_report(c, status):
    told, (which, people) = figures(c), audience_of(c["id"])
    opened, clicked = told["opened"]["unique"], told["clicked"]["unique"]
    bounced = told["bounced"]["hard"] + told["bounced"]["soft"]
    chosen = {"opened": people[:opened], "clicked": people[:clicked], "bounced": people[len(people) - bounced:],
              "unsubscribed": people[:told["unsubscribed"]], "complained": people[:told["complained"]], "sent": people,
              "not-opened": people[opened:], "not-clicked": people[clicked:]}[status]
    late = FINAL[status] if LIVES and status in FINAL else {"opened": 9, "clicked": 12, "bounced": .2, "unsubscribed": 15, "complained": 20}.get(status, 0)
    timed = status not in ("not-opened", "not-clicked")

    final = figures_at(c, 1e6)  # the counters once all is in
    whole = {kind: final[kind]["unique"] if kind in ("opened", "clicked") else final.get(kind) for kind in FINAL}
    place = {n: i for i, n in enumerate(chosen)} if LIVES and status in FINAL else {}

    def row(n):
        passed = (place[n] + 1) / (whole[status] + 1) if n in place else share(status, c["id"], n)
        hours = -late * math.log(1 - passed) if late else 0
        at = c["sent_at"] + timedelta(hours=hours)
        at = at if LIVES else min(at, BEGAN)
        return {"contact_id": contact_id(which, n), "contact_email_address": None if is_erased(n) else address(which, n),
                "occurred_at": stamp(at.replace(microsecond=0)) if timed else None}
    return Rows(chosen, row)


def is_uuid(text):
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def edited(row):
    """What somebody else would have made of a campaign or list."""
    if not SWITCHES["edited"]:
        return row
    changes = {"name": f"{row['name']} (edited)"}
    if "subject" in row:
        sent_at = row["sent_at"] and stamp(datetime.fromisoformat(row["sent_at"]) - timedelta(days=40))
        changes |= {"subject": "Edited", "sent_at": sent_at, "to": [LISTS[1]["id"]], "status": "sending" if row["status"] == "draft" else row["status"]}
    else:
        changes |= {"tags": ["edited"], "double_opt_in": not row["double_opt_in"]}
    return row | changes


def campaign_json(c):
    filler = ("<p>Hello {{FirstName}}, 🌞 news.</p>\n" * (HTML_BYTES // 36 + 1))[:HTML_BYTES]
    return edited({"id": c["id"], "status": status_of(c), "name": c["name"], "subject": c["subject"], "to": c["to"],
                   "from": {"name": "Otto", "email_address": "otto@example.com"}, "content": {"html": filler},
                   "created_at": stamp(c["created_at"]), "sent_at": stamp(c["sent_at"])})


def counts_then(which):
    """Who had joined by then; who left later was still subscribed."""
    big, gone, waiting = sizes(LISTS[which])
    before = (BEGAN - clock()).total_seconds() / 86400 / 700  # in the unit of share("joined")
    counts = {"subscribed": 0, "unsubscribed": 0, "pending": 0}
    for n in range(big + gone + waiting):
        if share("joined", which, n) < before:
            continue
        left = big <= n < big + gone and updated_at(which, n) <= clock()
        counts["unsubscribed" if left else "pending" if n >= big + gone else "subscribed"] += 1
    return counts


def list_json(entry):
    first, held = 0, []
    for count in sizes(entry):
        held.append(sum(not is_erased(n) for n in range(first, first + count)) if SWITCHES["erased"] else count)
        first += count
    counts = counts_then(LISTS.index(entry)) if SWITCHES["at"] else dict(zip(STATUSES, held))
    return edited({"id": entry["id"], "name": entry["name"], "double_opt_in": entry["double_opt_in"],
                   "fields": [{"label": "First name", "tag": "FirstName", "type": "text", "fallback": "friend"}], "tags": ["vip"],
                   "counts": [counts] if SWITCHES["counts"] == "array" else counts,
                   "created_at": stamp(BEGAN - timedelta(days=700)), "last_updated_at": stamp(BEGAN)})


PROBLEMS = {400: ("bad-request", "Bad request."), 401: ("unauthorized", "Invalid key."), 403: ("access-denied", "Access denied."),
            404: ("not-found", "Resource not found."), 429: ("too-many-requests", "Too many requests."), 500: ("internal-error", "Internal error.")}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp=None):
        return super().date_time_string((clock().timestamp() if SWITCHES["at"] else time.time()) + SWITCHES["date"])

    def log_message(self, *args):
        pass

    def send(self, status, body, kind="application/json", headers=None, cut=False):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if (SWITCHES["gzip"] or len(data) > 30 << 20) and "gzip" in self.headers.get("Accept-Encoding", ""):
            data, headers = gzip.compress(data, 1), dict(headers or {}, **{"Content-Encoding": "gzip"})
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-RateLimiting-Remaining", str(int(BUCKET["tokens"])))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[:len(data) // 2] if cut else data)
        if cut:
            self.wfile.flush()
            self.connection.close()

    def problem(self, status, errors=None, headers=None):
        fragment, detail = PROBLEMS[status]
        body = {"title": "An error occurred.", "detail": detail, "status": status,
                "type": "https://emailoctopus.com/api-documentation/v2#" + fragment}
        if errors:
            body["errors"] = errors
        self.send(status, body, headers=headers)

    def take_token(self):
        with LOCK:
            now = time.monotonic()
            BUCKET["tokens"] = min(100.0, BUCKET["tokens"] + (now - BUCKET["at"]) * 10)
            BUCKET["at"] = now
            CALLS["all"] += 1
            if not SWITCHES["limit"] or BUCKET["tokens"] >= 1:
                BUCKET["tokens"] -= 1 if SWITCHES["limit"] else 0
                return True
            CALLS["limited"] += 1
            return False

    def slow_down(self):
        headers = {"seconds": {"X-RateLimit-Retry-After": "1"}, "absent": {},
                   "epoch": {"X-RateLimit-Retry-After": str(int(time.time()) + 1)}}[SWITCHES["retry"]]
        self.problem(429, headers=headers)

    def fault(self, path):
        fault = SWITCHES["fault"]
        if not fault or fault.get("path", "") not in path or fault.get("times", 1) <= 0:
            return False
        fault["times"] = fault.get("times", 1) - 1
        kind = fault["kind"]
        if kind == "502html":
            self.send(502, b"<html><h1>Bad gateway</h1></html>", "text/html")
        elif kind == "html":
            self.send(200, b"<html>please wait</html>", "text/html")
        elif kind == "cut":
            self.send(200, {"data": ["x" * 5000]}, cut=True)
        elif kind == "garbage":
            self.send(200, b'{"data": [{"id": "x"')
        elif kind == "huge":
            self.send(200, b'{"data": ["' + b"x" * (40 << 20) + b'"]}')
        elif kind == "nulls":
            self.send(200, {"id": None, "sent": None, "bounced": None, "opened": None, "clicked": None, "complained": None,
                            "unsubscribed": None, "data": [{"id": None, "name": None, "counts": None}], "paging": None})
        elif kind == "empty":
            self.send(200, {"data": [], "paging": None})
        elif kind == "end":
            self.ends = fault.get("rows", 100)
            return False
        elif kind == "untimed":
            self.untimed = 1
            return False
        elif kind == "uncounted":
            self.uncounted = 1
            return False
        elif kind == "holes":
            self.holes = fault.get("rows", 50)
            return False
        elif kind == "counts":
            self.count = fault["number"]
            return False
        elif kind == "slow":
            time.sleep(fault.get("seconds", 3))
            return False
        elif kind == "429":
            self.slow_down()
        else:
            self.problem(int(kind))
        return True

    def with_holes(self, rows):
        """The first rows without their ids, or all without their times or numbers, if these faults are on."""
        if self.uncounted:
            rows = [dict(row, clicked_unique=None) for row in rows]
        if self.untimed:
            rows = [dict(row, occurred_at=None) for row in rows]
        return [{name: None if name in ("id", "contact_id", "url") else value for name, value in row.items()}
                for row in rows[:self.holes]] + rows[self.holes:]

    def page(self, path, query, rows, more=None):
        limit = int(query.get("limit", ["100"])[0]) if query.get("limit", ["100"])[0].isdigit() else 0
        if not 1 <= limit <= 100:
            return self.problem(400, [{"detail": "This value should be between 1 and 100.", "parameter": "limit"}])
        start = 0
        if "starting_after" in query:
            try:
                token = query["starting_after"][0]
                start = json.loads(base64.b64decode(token + "=" * (-len(token) % 4)))[0]
            except ValueError:
                return self.problem(400, [{"detail": "This value is not valid.", "parameter": "starting_after"}])
        data = rows[start:start + limit]
        end = start + limit
        following = None
        if self.ends:
            data = data[:self.ends]
        if not self.ends and (end < len(rows) or (SWITCHES["loop"] and "campaigns" in path)):
            token = base64.b64encode(json.dumps([min(end, len(rows) - 1) if not SWITCHES["loop"] else start, "x"]).encode()).decode().rstrip("=")
            host = "evil.example" if SWITCHES["foreign"] else self.headers.get("Host")
            following = {"url": f"http://{host}{path}?limit={limit}&starting_after={token}", "starting_after": token}
        body = dict(more or {}, data=self.with_holes(data), paging={"next": following})
        if following is None and SWITCHES["end"] == "absent":
            body["paging"] = {}
        elif following is None and SWITCHES["end"] == "array":
            body["paging"] = []
        self.send(200, body)

    def report(self, c, what):
        if c["status"] in ("draft", "error") or (c["status"] == "sending" and SWITCHES["sending"]):
            return self.problem(403)
        if what == "summary":
            return self.send(200, dict(figures(c), **({"opened": {"unique": self.count, "total": self.count}} if self.count else {})))
        self.send(200, {"data": self.with_holes(links(c))})

    def contact_report(self, c, path, query):
        status = query.get("status", [""])[0]
        if status not in REPORTS:
            return self.problem(400, [{"detail": "This value is not valid.", "parameter": "status"}])
        if c["status"] in ("draft", "error") or (c["status"] == "sending" and SWITCHES["sending"]):
            return self.problem(403)
        self.page(path, query, contact_report(c, status), {"status": status})

    def contacts(self, which, path, query):
        rows, wrong = contacts_of(which, query)
        if wrong:
            return self.problem(400, [{"detail": "This value is not valid.", "parameter": wrong}])
        self.page(path, query, rows)

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size) or b"{}")
        if self.path == "/_demo":
            SWITCHES.update(body)
            return self.send(200, SWITCHES)
        self.problem(404)

    def do_GET(self):
        self.holes = self.count = 0
        self.ends = self.untimed = self.uncounted = 0
        parts = urlsplit(self.path)
        query, path = parse_qs(parts.query), parts.path
        if path == "/_demo":
            return self.send(200, {"switches": SWITCHES, "calls": CALLS, "key": KEY,
                                   "campaigns": [dict(figures(c), status=c["status"], name=c["name"]) for c in CAMPAIGNS if c["sent_at"] and c["sent_at"] <= clock()]})
        if self.headers.get("Authorization") != "Bearer " + KEY:
            return self.problem(401)
        if not self.take_token():
            return self.slow_down()
        if self.fault(path):
            return None
        words = [w for w in path.split("/") if w]
        if words == ["campaigns"]:
            return self.page(path, query, [campaign_json(c) for c in campaigns_now()])
        if words == ["lists"]:
            return self.page(path, query, [list_json(entry) for entry in LISTS[:SWITCHES["lists"]]])
        if len(words) >= 2 and words[0] == "campaigns":
            c = BY_ID.get(words[1])
            if not is_uuid(words[1]):
                return self.problem(400, [{"detail": "This value is not a valid UUID.", "parameter": "campaign_id"}])
            if not c:
                return self.problem(404)
            if len(words) == 2:
                return self.send(200, campaign_json(c))
            if words[2:] in (["reports", "summary"], ["reports", "links"]):
                return self.report(c, words[3])
            if words[2:] == ["reports"]:
                return self.contact_report(c, path, query)
        if len(words) >= 2 and words[0] == "lists":
            if not is_uuid(words[1]):
                return self.problem(400, [{"detail": "This value is not a valid UUID.", "parameter": "list_id"}])
            for which, entry in enumerate(LISTS[:SWITCHES["lists"]]):
                if entry["id"] == words[1] and len(words) == 2:
                    return self.send(200, list_json(entry))
                if entry["id"] == words[1] and words[2:] == ["contacts"]:
                    return self.contacts(which, path, query)
        self.problem(404)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", nargs="?", type=int, default=0)
    server = Server(("127.0.0.1", parser.parse_args().port), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
