#!/usr/bin/python3
"""Loads the dump of an older version, or a copy of its database, into an empty database: first the schema, from the files of
migrations/ named in its own ledger; then every document unchanged."""
import argparse, gzip, itertools, pathlib

import pymongo
from bson import json_util

HERE = pathlib.Path(__file__).resolve().parent
DUMP = HERE / "before.jsonl.gz"
BATCH = 500
CANONICAL = json_util.CANONICAL_JSON_OPTIONS


def documents(dump=DUMP):
    """(collection, document) in the order in which they were written."""
    with gzip.open(dump, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json_util.loads(line, json_options=json_util.JSONOptions(tz_aware=False))
            yield row["collection"], row["document"]


def create_schema(db, names):
    for name in sorted(names):
        for command in json_util.loads((HERE.parents[1] / "migrations" / name).read_text())["commands"]:
            db.command(command)


def documents_of(db):
    """The same for an existing database."""
    return ((name, document) for name in sorted(db.list_collection_names()) for document in db[name].find())


def load(uri, database, rows=None):
    """Number of documents loaded into each collection; loads the dump unless others are given."""
    with pymongo.MongoClient(uri) as client:
        db, counts = client[database], {}
        if any(db[name].find_one() for name in db.list_collection_names()):
            raise SystemExit(f"{database} is not empty: nothing was loaded")
        rows = list(rows or documents())
        create_schema(db, [document["_id"] for name, document in rows if name == "schema_migrations"])
        for name, group in itertools.groupby(rows, lambda row: row[0]):
            held = [document for _, document in group]
            for at in range(0, len(held), BATCH):
                db[name].insert_many(held[at:at + BATCH], ordered=True)
            counts[name] = counts.get(name, 0) + len(held)
        return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("uri", help="of the server, like mongodb://%%2Fvar%%2Flib%%2Ftelltale%%2Frun%%2Fmongo.sock/")
    parser.add_argument("database")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--dump", default=DUMP)
    source.add_argument("--copy", metavar="DATABASE", help="of the same server, instead of a dump")
    asked = parser.parse_args()
    with pymongo.MongoClient(asked.uri) as client:
        for name, count in load(asked.uri, asked.database, documents_of(client[asked.copy]) if asked.copy else documents(asked.dump)).items():
            print(f"{count:7} {name}")


if __name__ == "__main__":
    main()
