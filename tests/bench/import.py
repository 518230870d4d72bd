#!/usr/bin/python3
"""Imports people by API and writes the same documents bare, in bulk and with the same indexes, in the same run: rows a second of both for
people who are new and who are known, memory of the program, and how long pages take meanwhile."""
import argparse, http.client, json, os, pathlib, random, threading, time, uuid

import bson, pymongo
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("uri")
parser.add_argument("database")
parser.add_argument("port", type=int)
parser.add_argument("token", help="file with a token that may write")
parser.add_argument("rows", type=int)
parser.add_argument("app", help="folder of the programs")
options = parser.parse_args()

BATCH = 1000
TOKEN = open(options.token).read().strip()
client = pymongo.MongoClient(options.uri)
product, bare = client[options.database], client[f"bare_{uuid.uuid4().hex[:8]}"]
COLLECTIONS = ("contacts", "list_contacts", "import_rows")


def request(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=300)
    connection.request(method, path, body, {"Authorization": f"Bearer {TOKEN}", **(headers or {})})
    answer = connection.getresponse()
    return answer.status, answer.read()


def file_of(change):
    dice = random.Random(7)
    rows = ["email,first_name,last_name,phone,company,job_title,location,tags,usage,member_since"]
    for n in range(options.rows):
        rows.append(f"person{n:07}@bench-{RUN}.example,Ann{change},Example {n % 997},+4930{10**7 + n},Company {n % 5000},Manager{change},City {n % 300},"
                    f"\"tag{n % 50}, tag{n % 7}\",{dice.randint(600, 9000)},2025-{n % 12 + 1:02}-{n % 28 + 1:02}")
    return "\r\n".join(rows).encode()


RUN = uuid.uuid4().hex[:6]
MAPPING = json.dumps({**{name: name for name in ("email", "first_name", "last_name", "phone", "company", "job_title", "location", "tags")},
                      "usage": "field:usage", "member_since": "field:member_since"})


def upload(content, **fields):
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in {"mapping": MAPPING, **fields}.items()]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode())
    status, text = request("POST", "/api/contacts/import", b"".join([*parts, content, f"\r\n--{boundary}--\r\n".encode()]),
                           {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    assert status == 200, text
    return json.loads(text)["id"]


class Visitor(threading.Thread):
    """Somebody who opens pages while it runs."""

    def __init__(self):
        super().__init__()
        self.times, self.over = [], False
        self.start()

    def run(self):
        n = 0
        while not self.over:
            for path in ("/dashboard", "/contacts", "/campaigns", "/lists"):
                n += 1
                began = time.monotonic()
                status, _ = request("GET", f"{path}?n={n}")
                assert status == 200
                self.times.append(time.monotonic() - began)
                time.sleep(0.05)

    def end(self):
        self.over = True
        self.join()
        self.times.sort()
        return [1000 * self.times[min(len(self.times) - 1, int(len(self.times) * share))] for share in (0.5, 0.99)]


def imported(change, **fields):
    id, visitor = upload(file_of(change), **fields), Visitor()
    while True:
        answer = json.loads(request("GET", f"/api/contacts/import/{id}")[1])
        if answer["state"] in ("done", "failed"):
            break
        time.sleep(0.2)
    assert answer["state"] == "done", answer
    stored = product.imports.find_one({"_id": bson.ObjectId(id)})
    seconds = (stored["ended_at"] - stored["started_at"]).total_seconds()
    return id, answer, seconds, visitor.end()


def raw(collection, **filter):
    return product[collection].with_options(CodecOptions(document_class=RawBSONDocument)).find(filter)


def batches(cursor):
    batch = []
    for document in cursor:
        batch.append(document)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def same_indexes():
    for name in COLLECTIONS:
        for index, about in product[name].index_information().items():
            if index != "_id_":
                more = {word: about[word] for word in ("unique", "sparse", "partialFilterExpression") if word in about}
                bare[name].create_index(about["key"], name=index, **more)


def of_import(id, collection):
    first, last = bson.ObjectId(id[:8] + "0" * 16), bson.ObjectId(id[:8] + "f" * 16)
    if collection == "import_rows":
        return {"_id": {"$gte": first, "$lte": last}}
    return {"own.import_id": bson.ObjectId(id)} if collection == "contacts" else {"import_id": bson.ObjectId(id)}


def bare_writes(id, known):
    """Seconds of the writes alone: people, memberships and undo rows, 1,000 of each at a time."""
    seconds = 0
    feeds = {name: batches(raw(name, **of_import(id, name))) for name in COLLECTIONS}
    while feeds:
        for name in list(feeds):
            batch = next(feeds[name], None)
            if batch is None:
                del feeds[name]
                continue
            if known and name == "contacts":
                work = []
                for document in batch:
                    values = {key: value for key, value in bson.decode(document.raw).items() if key != "_id"}
                    work.append(pymongo.UpdateOne({"_id": document["_id"], "rev": values["rev"] - 1}, {"$set": values}))
                began = time.monotonic()
                result = bare[name].bulk_write(work, ordered=False)
                assert result.matched_count == len(work), result.matched_count
            else:
                began = time.monotonic()
                bare[name].insert_many(batch, ordered=False)
            seconds += time.monotonic() - began
    return seconds


def peak():
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            if (status.parent / "exe").readlink() == pathlib.Path(options.app) / "telltale-audience":
                return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
        except OSError:
            pass


status, text = request("POST", "/api/lists", json.dumps({"name": f"Bench {RUN}"}), {"Content-Type": "application/json"})
assert status == 200, text
LIST = json.loads(text)["id"]
same_indexes()
for known in (False, True):
    id, answer, seconds, (median, p99) = imported("a" if known else "", policy="overwrite", list=LIST)
    alone = bare_writes(id, known)
    print(f"  {'known' if known else 'new':5} people: {options.rows / seconds:7.0f} rows/s imported, {options.rows / alone:7.0f} rows/s bare = {100 * alone / seconds:.0f} %; "
          f"pages meanwhile {median:.0f} ms, p99 {p99:.0f} ms")
    assert answer["updated" if known else "created"] == options.rows, answer
print(f"  telltale-audience: {peak():.1f} MiB resident at most")
client.drop_database(bare.name)
