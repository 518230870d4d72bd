#!/usr/bin/python3
"""Fills a database with people as rules find them, for `tests/bench/run rules`: lists, tags, companies, custom fields,
engagement and what they did in 40 campaigns. Indexes come after the documents."""
import argparse, datetime, multiprocessing, random, sys, time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("uri")
parser.add_argument("database")
parser.add_argument("people", type=int)
options = parser.parse_args()

import bson, pymongo

BATCH = 2000
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
LISTS = [.5, .2, .05, .01, .3]
TAGS = [("vip", .05), ("new-customer", .2), ("inactive-6months", .03), ("rare", .0005)]
PROVIDERS = ["gmail.com", "outlook.com", "web.de", "gmx.de", "yahoo.com"]


def id_of(kind, number):
    return bson.ObjectId(f"{kind:08x}{number:016x}")


LIST, CAMPAIGN, PERSON = range(0x60000000, 0x60000003)


def person(n, count):
    dice = random.Random(n)
    domain = PROVIDERS[min(4, int(dice.expovariate(.8)))] if dice.random() < .8 else f"company{dice.randrange(count // 50 + 1)}.example"
    email = "".join(dice.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(6)) + f"{n}@{domain}"
    lists = [id_of(LIST, i) for i, share in enumerate(LISTS) if dice.random() < share]
    subscribed = [one for one in lists if dice.random() < .9]
    left = [one for one in lists if one not in subscribed]
    opened = dice.randrange(12) if dice.random() < .6 else 0
    clicked = dice.randrange(opened // 3 + 1)
    joined = NOW - datetime.timedelta(minutes=dice.randrange(60 * 24 * 1000))
    last = NOW - datetime.timedelta(minutes=dice.randrange(60 * 24 * 700))
    document = {
        "_id": id_of(PERSON, n), "email": email, "email_norm": email, "search": email, "domain": domain, "source": "observed", "is_active": dice.random() < .99,
        "status": "subscribed" if subscribed else "unsubscribed" if left else "unknown", "list_ids": lists, "subscribed_ids": subscribed,
        "unsubscribed_ids": left, "tags": [tag for tag, share in TAGS if dice.random() < share], "created_at": joined, "last_updated_at": joined,
        "first_name": "Ann", "first_name_fold": "ann", "last_name": f"Lee {n % 977}", "last_name_fold": f"lee {n % 977}",
        "custom_fields": '{"size":"L","visits":%d}' % (n % 100),
        "attributes": [{"key": "size", "fold": dice.choice("sml")}, {"key": "visits", "fold": str(n % 100), "number": float(n % 100)}],
        "engagement": {"opened": bson.Int64(opened), "clicked": bson.Int64(clicked), "bounced": bson.Int64(dice.random() < .01),
                       "unsubscribed": bson.Int64(0), "complained": bson.Int64(0), **({"last_opened_at": last, "last_event_at": last} if opened else {})}}
    if dice.random() < .6:
        document["company"] = f"Company {dice.randrange(count // 20 + 1)}"
        document["company_fold"] = document["company"].lower()
    events = [{"campaign_id": id_of(CAMPAIGN, one), "contact_id": document["_id"], "contact_ref": f"ref-{n}", "type": "opened", "occurred_at": last, "seen_at": NOW}
              for one in dice.sample(range(40), min(opened, 3))]
    return document, events


def fill(part, of):
    db = pymongo.MongoClient(options.uri)[options.database]
    people, events = [], []
    for n in range(part, options.people, of):
        document, done = person(n, options.people)
        people.append(document)
        events += done
        if len(people) == BATCH or n + of >= options.people:
            db.contacts.insert_many(people, ordered=False)
            if events:
                db.contact_events.insert_many(events, ordered=False)
            people, events = [], []


def main():
    db = pymongo.MongoClient(options.uri)[options.database]
    kept = {name: [index for index in db[name].list_indexes() if index["name"] != "_id_"] for name in ("contacts", "contact_events")}
    for name in kept:
        db[name].drop_indexes()
    workers = [multiprocessing.Process(target=fill, args=(part, 2)) for part in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        sys.exit("the load failed")
    for name, indexes in kept.items():
        wanted = [{key: value for key, value in index.items() if key not in ("v", "ns")} for index in indexes]
        db.command("createIndexes", name, indexes=wanted)
    db.lists.insert_many([{"_id": id_of(LIST, i), "name": f"List {i}", "synced_at": NOW} for i in range(len(LISTS))])
    db.campaigns.insert_many([{"_id": id_of(CAMPAIGN, i), "name": f"Campaign {i}", "status": "sent", "list_ids": [id_of(LIST, 0)], "list_id": id_of(LIST, 0),
                               "sent_at": NOW - datetime.timedelta(days=i), "created_at": NOW - datetime.timedelta(days=i), "search": f"campaign {i}",
                               "sort_sent": bson.Int64(i), "changed_at": NOW} for i in range(40)])
    db.versions.update_one({"_id": "data"}, {"$inc": {"figures": bson.Int64(1)}}, upsert=True)
    for _ in range(60):  # without fresh statistics the server sorts in memory
        began = time.monotonic()
        list(db.contacts.find({"list_ids": id_of(LIST, 0)}).sort("email_norm", 1).limit(50))
        if time.monotonic() - began < .01:
            break
        time.sleep(3)


main()
