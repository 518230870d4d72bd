"""Runs last: what the other tests left in the logs and in the database."""
import os, re, sys

import pymongo
from product import HOME, ROOT, SETTINGS

sys.path.insert(0, f"{ROOT}/tests/migration")
import truth


def test_no_secret_and_no_sanitizer_report_in_the_logs():
    for name in os.listdir(f"{HOME}/log"):
        text = open(f"{HOME}/log/{name}", errors="replace").read()
        assert "Sanitizer" not in text and "runtime error" not in text, name
        assert not re.search(r"died of signal (?!9\b)", text), name  # the tests themselves send 9
        assert SETTINGS["EMAILOCTOPUS_API_KEY"] not in text and SETTINGS["SECRET_KEY"] not in text, name


def test_documents_refer_by_object_ids():
    with pymongo.MongoClient(SETTINGS["MONGODB_URI"]) as client:
        db = client[SETTINGS["MONGODB_DB"]]
        assert truth.references_of_another_kind(db) == [] and truth.ids_in_texts(db) <= truth.IDS_IN_TEXTS
