#!/usr/bin/python3
"""What comes back: unsubscribing by one click, done before the answer, beside as many bare updates; and a burst of events of a mail provider, in
order and shuffled with a tenth of them twice: stored and acted on a second, and whether both come to the same."""
import argparse, base64, concurrent.futures, datetime, hashlib, hmac, http.client, json, os, random, time
from urllib.parse import urlsplit

import bson, pymongo

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("url", help="of an instance that is up and does nothing else")
parser.add_argument("uri")
parser.add_argument("database")
parser.add_argument("link_key", help="the first of LINK_KEYS")
parser.add_argument("hook_key", help="of BOUNCE_HOOK_KEYS")
parser.add_argument("events", type=int, nargs="?", default=100000)
parser.add_argument("people", type=int, nargs="?", default=1000)
options = parser.parse_args()
where, db = urlsplit(options.url), pymongo.MongoClient(options.uri)[options.database]
CLIENTS, BATCH = 4, 1000


def link_to(number):
    """From an address of its own, as nginx limits each."""
    return http.client.HTTPConnection(where.hostname, where.port, timeout=120, source_address=(f"127.2.{number // 250}.{number % 250 + 1}", 0))


def sign(text):
    return hmac.new(bytes.fromhex(options.link_key), text, hashlib.sha256).digest()


def leaving(campaign, contact):
    said = sign(b"id")[:1] + contact.binary + bytes(12) + campaign.binary
    return base64.urlsafe_b64encode(said + sign(b"u" + said)[:11]).rstrip(b"=").decode()


def slowest(times, of=100):
    return sorted(times)[len(times) * (of - 1) // of] * 1000


def one_click(clients):
    now = datetime.datetime.now(datetime.timezone.utc)
    name = lambda number: f"leaves{number}-{clients}@bench.example"
    people = [{"_id": bson.ObjectId(), "email_norm": name(number), "own": {"email": name(number), "created_at": now}, "email": name(number), "rev": 1} for number in range(options.people // 2)]
    db.contacts.insert_many(people)
    campaign = bson.ObjectId()

    def leave(at):
        times = []
        for number, person in enumerate(people[at::clients]):
            if number % 90 == 0:  # another address: of each nginx lets through a hundred at once
                link = link_to(clients * 100 + at * 20 + number // 90)
            begun = time.perf_counter()
            link.request("POST", f"/unsubscribe/{leaving(campaign, person['_id'])}", "List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"})
            answer = link.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            times.append(time.perf_counter() - begun)
        return times

    def write(at):
        times = []
        for person in people[at::clients]:
            begun = time.perf_counter()
            db.bench_leaving.insert_one({"_id": person["_id"], "value": person["email"], "reason": "unsubscribed", "at": now})
            times.append(time.perf_counter() - begun)
        return times

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        bare = [second for times in pool.map(write, range(clients)) for second in times]
        took = [second for times in pool.map(leave, range(clients)) for second in times]
    done = db.suppressions.count_documents({"value": {"$in": [person["email"] for person in people]}, "is_active": True})
    print(f"one click, {clients} at once: median {slowest(took, 2):.1f} ms, p99 {slowest(took):.1f} ms; one bare insert: median {slowest(bare, 2):.1f}, p99 {slowest(bare):.1f} ms; {done} of {len(people)} suppressed")
    db.bench_leaving.drop()


def events_of(run):
    rows = []
    for number in range(options.events // 4):
        kinds = ("delayed", "soft_bounce", "hard_bounce", "complaint") if number % 2 else ("delayed", "soft_bounce", "soft_bounce", "hard_bounce")
        rows += [{"id": f"{run}-{number}-{place}", "type": kind, "email": f"p{number}@{run}.example", "occurred_at": 1764320000 + number * 10 + place, "reason": f"{kind} {number}"}
                 for place, kind in enumerate(kinds)]
    if run == "shuffled":
        rows += random.Random(1).sample(rows, len(rows) // 10)
        random.Random(2).shuffle(rows)
    return rows


def report(batch):
    number, rows = batch
    body, stamp = json.dumps(rows).encode(), str(int(time.time()))
    mac = hmac.new(bytes.fromhex(options.hook_key), f"msg_{number}.{stamp}.".encode() + body, hashlib.sha256).digest()
    link = link_to(100 + number % 100)
    link.request("POST", "/hooks/bounce", body, {"Content-Type": "application/json", "webhook-id": f"msg_{number}", "webhook-timestamp": stamp, "webhook-signature": "v1," + base64.b64encode(mac).decode()})
    answer = link.getresponse()
    told = json.loads(answer.read())
    assert answer.status == 200, (answer.status, told)
    return told["received"] - told["repeated"]


def burst(run):
    rows = events_of(run)
    batches = [(at // BATCH, rows[at:at + BATCH]) for at in range(0, len(rows), BATCH)]
    begun = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        stored = sum(pool.map(report, batches))
    took = time.perf_counter() - begun
    while db.inbound_mails.find_one({"waits": True}):
        time.sleep(0.2)
    applied = time.perf_counter() - begun
    print(f"{run}: {len(rows)} events, {stored} new ones: {len(rows) / took:.0f} stored a second, {stored / applied:.0f} acted on a second, load {os.getloadavg()[0]:.1f}")
    assert stored == options.events // 4 * 4, "each once"
    pattern = {"value": {"$regex": f"@{run}.example$"}}
    return sorted((row["value"].replace(run, ""), row["reason"], row["is_active"]) for row in db.suppressions.find(pattern))


print(f"load {os.getloadavg()[0]:.1f}")
for clients in (1, CLIENTS):
    one_click(clients)
print("the same end state" if burst("ordered") == burst("shuffled") else "ANOTHER END STATE")
