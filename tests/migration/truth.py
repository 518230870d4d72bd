#!/usr/bin/python3
"""Records what the version that made the dump says about it: loads the dump into a database (which must be empty), runs the
programs of a checkout over it with a frozen clock, and writes truth.json.gz. Of pages only the status is recorded; compare.py
compares them between two running versions."""
import argparse, collections, gzip, json, re

import pymongo
from load import HERE, documents, load
from pages import ID, Form, Reader, compare_sites, label_ids, moments_of, read_links, read_previews, read_site
from server import Server

TRUTH = HERE / "truth.json.gz"
OUR_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])")
SECRETS = json.loads((HERE / "secrets.json").read_text()) if (HERE / "secrets.json").exists() else {}
# Collections that a newer version has renamed or uses differently (None: not compared).
MOVED = {"schema_migrations": None, "leases": None, "rate_buckets": None, "versions": None}
# Members of documents that a newer version stores under another name, and those it stores in another form, which the answers
# verify. All others are unchanged.
STORED = {"campaigns": {"fallen": "decreased"}, "connections": {"kind": "provider"}, "campaign_metrics_snapshots": {"fallen": "decreased"}, "report_deliveries": {"handovers": "recipients"}}
CHANGED = {"campaigns": ("emailoctopus_id", "list_id", "list_ids", "partner_id", "summary_run", "seen_run", "listed_digest"),
           "lists": ("emailoctopus_id", "seen_run"), "contacts": ("list_ids", "customer_run", "email_norm"), "partners": ("list_ids",), "reports": ("list", "campaigns", "partner_id", "schedule_id", "file_id", "worker", "lease_until"),
           "report_deliveries": ("schedule_id", "report_id", "worker", "lease_until"),  # worker and lease have moved to jobs
           "campaign_growth": ("opened", "clicked", "read_at"),  # counted anew, each person once
           "campaign_curves": ("points",),  # drawn anew, their ages counted from the first point
           "report_files": ("file_id",), "report_links": ("report_id",), "report_downloads": ("link_id",), "notices": ("campaign",),
           "report_schedules": ("list", "partner"), "list_contacts": ("list_id", "emailoctopus_id", "email_norm", "seen_run"),
           "contact_events": ("campaign_id", "run_id", "email_norm", "address_found"), "raw_answers": ("key", "campaign_id", "run_id"),
           **dict.fromkeys(("customer_suggestions", "demographic_counts", "domain_counts", "tag_counts", "usage_counts"), ("run_id",)),
           **dict.fromkeys(("campaign_metrics_snapshots", "link_snapshots", "campaign_links"), ("campaign_id", "run_id")), "list_snapshots": ("list_id", "run_id")}


def counts(uri, database):
    with pymongo.MongoClient(uri) as client:
        db = client[database]
        return {name: db[name].count_documents({}) for name in sorted(db.list_collection_names())}


def replay(server):
    """What `telltale sync --replay` reports for each collection."""
    run = server.command("sync", "--replay", "--json")
    assert run.stdout.startswith("["), run.stdout + run.stderr
    return [{name: value for name, value in row.items() if name != "older"} for row in json.loads(run.stdout)]  # older is newer than the truth


def bare(answers):
    """Without the text of pages, which every version may reword."""
    return {name: {key: value for key, value in one.items() if key != "body" or one["type"] != "text/html"} for name, one in answers.items()}


def read(server, labels, moments, like=None):
    """All answers of a server over the dump: to a browser signed in at that time, with a token, and as a partner."""
    browser, script = Reader(server, cookie=SECRETS["cookies"]["admin"]), Reader(server, token=SECRETS["token"])
    answers = read_site(browser, labels, moments, each=1000, like=like)
    answers["views of the other user"] = Form(labels).of(Reader(server, cookie=SECRETS["cookies"]["desk"]).ask("/api/views"))
    answers.update(read_previews(script, labels))
    answers.update(read_links(server, SECRETS, script, labels))
    remembered = Reader(server, cookie=SECRETS["remembered"]).ask("/api/me")
    answers["who is remembered"] = {"status": remembered.status, "type": "text/plain", "body": json.loads(remembered.body).get("user")}
    return json.loads(json.dumps(bare(answers)))


def check(server, truth):
    """(name, difference) for every answer of a server over the dump that differs from the truth; additions are allowed. Only once
    per loading, because it makes downloads, which are counted."""
    return list(compare_sites(truth["answers"], read(server, truth["labels"], truth["moments"], truth["answers"]), more=True))


def check_counts(uri, database, truth):
    """The same for numbers of documents."""
    now = counts(uri, database)
    return [(name, f"{count} became {now.get(MOVED.get(name, name), 0)}") for name, count in truth["counts"].items()
            if MOVED.get(name, name) and now.get(MOVED.get(name, name), 0) != count]


# Members that refer to another document, or to the files of a report.
REFERENCES = {"campaign_links": ("_id", "campaign_id", "run_id"), "campaign_curves": ("_id",), "campaign_growth": ("_id",),
              "campaign_metrics_snapshots": ("campaign_id", "run_id"), "campaigns": ("external.connection_id", "list_id", "list_ids", "partner_id", "seen_run", "summary_run"),
              "contact_events": ("campaign_id", "contact_id", "run_id"), "contacts": ("list_ids", "customer_run"), "customer_suggestions": ("_id", "run_id"),
              **dict.fromkeys(("demographic_counts", "domain_counts", "tag_counts", "usage_counts"), ("run_id",)), "jobs": ("subject",),
              "link_snapshots": ("campaign_id", "run_id"), "list_contacts": ("contact_id", "external.connection_id", "list_id", "seen_run"),
              "list_snapshots": ("list_id", "run_id"), "list_weeks": ("_id",), "lists": ("external.connection_id", "seen_run"), "notices": ("campaign",),
              "partners": ("list_ids",), "raw_answers": ("campaign_id", "run_id"), "report_deliveries": ("report_id", "schedule_id"), "report_downloads": ("link_id",),
              "report_files": ("file_id",), "report_links": ("report_id",), "report_schedules": ("list", "partner"),
              "reports": ("campaigns", "file_id", "list", "partner_id", "schedule_id")}


# Where an id stands in a text all the same: keys, by which a second document of the same meaning is refused; addresses of
# pages; and the id that a request gave to what it made.
IDS_IN_TEXTS = {"jobs.key", "notices.address", "notices.key", "raw_answers.key", "saved_views.address", "idempotency_keys.object_id", "send_paces.key"}


def references_of_another_kind(db):
    """Those of them that are no ObjectIds."""
    return [f"{name}.{member} {one['_id']}" for name, members in REFERENCES.items() for member in members
            for one in db[name].find({"$nor": [{member: {"$exists": False}}, {member: []}, {member: {"$type": "objectId"}}]}, {"_id": 1})]


def ids_in_texts(db):
    """The members that hold the id of one of our documents as a text, or in one."""
    names = sorted(db.list_collection_names())
    ours = {str(one["_id"]) for name in names for one in db[name].find({"_id": {"$type": "objectId"}}, {"_id": 1})}
    return {f"{name}.{path}" for name in names for document in db[name].find() for path, text in texts_of(document)
            if any(one in ours for one in OUR_ID.findall(text))}


def texts_of(value, path=""):
    """(path, text) for every text in a document; positions in arrays are left out."""
    if isinstance(value, str):
        yield path, value
    for key, one in value.items() if isinstance(value, dict) else (("", one) for one in value) if isinstance(value, list) else ():
        yield from texts_of(one, f"{path}.{key}".strip("."))


def references(db):
    """How often each member of each collection holds an id of a campaign, a list or a person at the provider."""
    theirs = {row["emailoctopus_id"] for name, row in documents() if name in ("campaigns", "lists", "list_contacts")}
    theirs |= {row["contact_ref"] for name, row in documents() if name == "contact_events"}
    found = collections.Counter()
    for name in sorted(db.list_collection_names()):
        for document in db[name].find():
            for path, text in texts_of(document):
                found[f"{name}.{path}"] += any(one[1] in theirs for one in ID.finditer(text))
    return {path: count for path, count in found.items() if count}


def keep(truth):
    """Stores each body once: many addresses give the same one."""
    bodies = {}
    for answer in truth["answers"].values():
        if "body" in answer:
            answer["body"] = bodies.setdefault(json.dumps(answer["body"], ensure_ascii=False, separators=(",", ":")), len(bodies))
    with gzip.GzipFile(TRUTH, "wb", 9, mtime=0) as out:
        out.write(json.dumps({**truth, "bodies": list(bodies)}, ensure_ascii=False, separators=(",", ":")).encode())


def same(old, new):
    """Whether a value is unchanged; null members that were dropped count as unchanged."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(same(value, new.get(key)) for key, value in old.items())
    return old == new


def our_ids():
    """Our id of each campaign and list, by the provider's."""
    return {row["emailoctopus_id"]: row["_id"] for name, row in documents() if name in ("campaigns", "lists")}


def find_carried(rows, key, ours):
    """The document by its old id or, if that was the provider's, by ours, as an ObjectId or as text."""
    candidates = [key]
    if isinstance(key, str):
        candidates += [ours.get(key), ID.sub(lambda found: str(ours.get(found[1], found[0])), key)]
    return next((rows[one] for one in candidates if one in rows), None)


def check_documents(uri, database):
    """(collection and id, member) for every member of the dump's documents that is not unchanged in the database."""
    with pymongo.MongoClient(uri) as client:
        found, now, ours = [], {}, our_ids()
        for name, document in documents():
            place = MOVED.get(name, name)
            if not place:
                continue
            if place not in now:
                now[place] = {one["_id"]: one for one in client[database][place].find()}
            held, key = find_carried(now[place], document["_id"], ours), f"{name} {document['_id']}"
            if not held:
                found.append((key, "is lost"))
                continue
            names, left = STORED.get(name, {}), ("_id", *CHANGED.get(name, ()))
            found += [(key, member) for member, value in document.items() if member not in left and not same(value, held.get(names.get(member, member)))]
        return found


def held():
    with gzip.open(TRUTH, "rt", encoding="utf-8") as file:
        truth = json.load(file)
    for answer in truth["answers"].values():
        if "body" in answer:
            answer["body"] = json.loads(truth["bodies"][answer["body"]])
    return truth


def main(checkout, uri, database):
    load(uri, database)
    truth = {"counts": counts(uri, database)}
    with Server(f"{checkout}/build", checkout, uri, database, SECRETS["clock"]) as server:
        reader = Reader(server, token=SECRETS["token"])
        truth["labels"], truth["moments"] = label_ids(reader), moments_of(reader)
        truth["answers"] = read(server, truth["labels"], truth["moments"])
        truth["replay"] = replay(server)
    keep(truth)
    print(f"{len(truth['answers'])} answers, {sum(truth['counts'].values())} documents; replay: {[one['equal'] for one in truth['replay']]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("checkout", "uri", "database"):
        parser.add_argument(name)
    asked = parser.parse_args()
    main(asked.checkout, asked.uri, asked.database)
