#!/usr/bin/python3
"""Fills a database with campaigns and snapshots as a sync would have left them."""
import argparse, datetime, math, multiprocessing, random, sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("uri")
parser.add_argument("database")
parser.add_argument("campaigns", type=int)
parser.add_argument("each", type=int, help="snapshots a campaign")
parser.add_argument("contacts", type=int, nargs="?", default=0, help="people, with ten events each")
options = parser.parse_args()

import bson, pymongo

BATCH = 2000
NAMES = ["sent", "opened", "clicked", "bounced", "unsubscribed", "spam_complaints", "opened_total", "clicked_total",
         "bounced_hard", "bounced_soft"]
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)


def grown(final, share):
    """The counters once `share` of the final opens have come in."""
    moving = {"opened", "clicked", "opened_total", "clicked_total", "unsubscribed", "spam_complaints"}
    return {name: int(final[name] * share) if name in moving else final[name] for name in NAMES}


def id_of(kind, number):
    """An ObjectId of today, the same in each process."""
    return bson.ObjectId(f"{int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp()):08x}{kind:02x}{number:014x}")


CONNECTION, LIST, CAMPAIGN, RUN, CONTACT = range(5)


def external(text):
    return {"connection_id": id_of(CONNECTION, 0), "id": text}


def campaign_of(number, count):
    dice = random.Random(number)
    sent = 500 + dice.randrange(4500)
    opened = int(sent * dice.uniform(.2, .5))
    clicked = int(opened * dice.uniform(.03, .15))
    hard, soft = int(sent * .004), int(sent * .006)
    final = dict(sent=sent, opened=opened, clicked=clicked, bounced=hard + soft, unsubscribed=int(sent * .002),
                 spam_complaints=0, opened_total=int(opened * 1.4), clicked_total=int(clicked * 1.3),
                 bounced_hard=hard, bounced_soft=soft)
    sent_at = NOW - datetime.timedelta(hours=2 + number * 24 * 365 * 2 / count)
    name = f"PARTNER{number % 9}_Bench campaign {number}"
    return final, {
        "_id": id_of(CAMPAIGN, number), "external": external(f"bench-{number:08d}"), "name": name, "subject": f"Subject {number}", "provider_status": "sent",
        "status": "sent", "from_name": "Bench", "from_email": "bench@example.org", "list_ids": [id_of(LIST, number % 3)],
        "list_id": id_of(LIST, number % 3), "created_at": sent_at, "sent_at": sent_at, "synced_at": NOW,
        "current_metrics": {k: bson.Int64(v) for k, v in final.items()}, "has_report": True, "last_updated": NOW,
        "summary_run": id_of(RUN, 0), "seen_run": id_of(RUN, 0), "summary_read_at": NOW, "links_clicked": bson.Int64(final["clicked_total"]),
        "content_bytes": bson.Int64(4000), "created_by": "system", "search": f"{name}\nsubject {number}".lower(),
        "sort_sent": bson.Int64(sent_at.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)}


def snapshots_of(final, campaign, each):
    before = None
    for i in range(each):
        metrics = grown(final, 1 - math.exp(-5 * (i + 1) / each))
        rates = {k + "_rate": metrics[v] / metrics["sent"] for k, v in (("open", "opened"), ("click", "clicked"), ("bounce", "bounced"))}
        row = {"campaign_id": campaign["_id"], "run_id": id_of(RUN, i),
               "source": f"GET /campaigns/{campaign['external']['id']}/reports/summary",
               "snapshot_time": campaign["sent_at"] + (NOW - campaign["sent_at"]) * ((i + 1) / each),
               "metrics": {k: bson.Int64(v) for k, v in metrics.items()}, "rates": rates}
        if before:
            row["opened_change"] = bson.Int64(metrics["opened"] - before["opened"])
            row["clicked_change"] = bson.Int64(metrics["clicked"] - before["clicked"])
        before = metrics
        yield row


def curve_of(rows):
    """Thinned roughly as by the sync worker (campaigns/curve.h); close enough for reading."""
    step = max(1, len(rows) // 300)
    return {"points": [{"t": r["snapshot_time"], "o": r["metrics"]["opened"], "c": r["metrics"]["clicked"],
                        "u": r["metrics"]["unsubscribed"]} for r in rows[::step]]}


def fill(uri, database, numbers, count, each):
    db = pymongo.MongoClient(uri)[database]
    waiting = []
    for number in numbers:
        final, campaign = campaign_of(number, count)
        db.campaigns.insert_one(campaign)
        rows = list(snapshots_of(final, campaign, each))
        db.campaign_curves.insert_one({"_id": campaign["_id"], **curve_of(rows)})
        db.link_snapshots.insert_one({"campaign_id": campaign["_id"], "run_id": id_of(RUN, 0), "snapshot_time": NOW,
                                      "links": [{"url": f"https://example.org/{i}", "clicked_total": bson.Int64(10 - i),
                                                 "clicked_unique": bson.Int64(9 - i)} for i in range(8)]})
        waiting += rows
        while len(waiting) >= BATCH:
            db.campaign_metrics_snapshots.insert_many(waiting[:BATCH], ordered=False)
            del waiting[:BATCH]
    if waiting:
        db.campaign_metrics_snapshots.insert_many(waiting, ordered=False)


def people(uri, database, numbers, count):
    """Contacts with one membership each, and ten events each in the newest campaigns."""
    db = pymongo.MongoClient(uri)[database]
    contacts, memberships, events = [], [], []

    def flush():
        for name, rows in (("contacts", contacts), ("list_contacts", memberships), ("contact_events", events)):
            for at in range(0, len(rows), BATCH):
                db[name].insert_many(rows[at:at + BATCH], ordered=False)
            rows.clear()
    for n in numbers:
        email, which, joined = f"person{n:07d}@example.org", id_of(LIST, n % 3), NOW - datetime.timedelta(hours=n % 17000)
        seen = [{"campaign_id": id_of(CAMPAIGN, (n * 7 + k * 13) % count), "contact_id": id_of(CONTACT, n), "contact_ref": f"ref-{n}",
                 "type": "clicked" if k % 5 == 4 else "opened", "occurred_at": NOW - datetime.timedelta(minutes=(n + 97 * k) % 90000),
                 "seen_at": NOW, "run_id": id_of(RUN, 0)} for k in range(10)]
        contacts.append({"_id": id_of(CONTACT, n), "email": email, "email_norm": email, "status": "subscribed" if n % 12 else "unsubscribed", "list_ids": [which],
                         "tags": ["vip"] if n % 11 == 0 else [], "created_at": joined, "last_updated_at": joined,
                         "engagement": {"opened": bson.Int64(8), "clicked": bson.Int64(2), "bounced": bson.Int64(0), "unsubscribed": bson.Int64(0),
                                        "complained": bson.Int64(0), "last_event_at": max(e["occurred_at"] for e in seen)}})
        memberships.append({"list_id": which, "contact_id": id_of(CONTACT, n), "external": external(f"ref-{n}"), "email": email, "status": "subscribed",
                            "tags": [], "created_at": joined, "last_updated_at": joined, "seen_run": id_of(RUN, 0)})
        events += seen
        if len(events) >= 10 * BATCH:
            flush()
    flush()


def main():
    uri, database, count, each = options.uri, options.database, options.campaigns, options.each
    workers = [multiprocessing.Process(target=fill, args=(uri, database, range(part, count, 2), count, each)) for part in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if options.contacts:
        crowd = options.contacts
        more = [multiprocessing.Process(target=people, args=(uri, database, range(part, crowd, 2), count)) for part in (0, 1)]
        for worker in more:
            worker.start()
        for worker in more:
            worker.join()
        workers += more
    if any(worker.exitcode for worker in workers):
        sys.exit("the load failed")
    db = pymongo.MongoClient(uri)[database]
    db.connections.delete_many({})  # the schema begins with one
    db.connections.insert_one({"_id": id_of(CONNECTION, 0), "provider": "emailoctopus", "name": "EmailOctopus", "from_settings": True, "created_at": NOW})
    db.lists.insert_many([{"_id": id_of(LIST, i), "external": external(f"list-{i}"), "name": f"List {i}", "synced_at": NOW,
                           "counts": {"subscribed": bson.Int64(5000), "unsubscribed": bson.Int64(70), "pending": bson.Int64(3)}}
                          for i in range(3)])
    db.sync_runs.insert_one({"trigger": "schedule", "requested_by": "system", "phase": "ended", "state": "complete",
                             "requested_at": NOW, "started_at": NOW, "ended_at": NOW, "campaigns": bson.Int64(count)})
    db.versions.update_one({"_id": "data"}, {"$inc": {"version": bson.Int64(1)}, "$set": {"at": NOW}}, upsert=True)


main()
