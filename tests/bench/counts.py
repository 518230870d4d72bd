#!/usr/bin/python3
"""Counts of rules, in turns with the bare query of the same database: medians and their ratio.

usage: counts.py URI DATABASE BASE TOKEN-FILE ROUNDS"""
import json, statistics, sys, time, urllib.parse, urllib.request

import bson, pymongo

uri, database, base, token, rounds = sys.argv[1:6]
token = open(token).read().strip()
contacts = pymongo.MongoClient(uri)[database].contacts
LIST = bson.ObjectId(f"{0x60000000:08x}{0:016x}")
RULES = [
    ("list of half", {"field": "list", "operator": "on", "value": str(LIST)}, {"list_ids": LIST}),
    ("tag", {"field": "tag", "operator": "has", "value": "vip"}, {"tags": "vip"}),
    ("name contains", {"field": "last_name", "operator": "contains", "value": "77"}, {"last_name_fold": {"$regex": "77"}}),
    ("opened at least 5", {"field": "opened", "operator": "at_least", "value": 5}, {"engagement.opened": {"$gte": 5}}),
    ("without the tag", {"field": "tag", "operator": "has_not", "value": "vip"}, {"$nor": [{"tags": "vip"}]}),
    ("custom number", {"field": "custom.visits", "operator": "more", "value": 90},
     {"attributes": {"$elemMatch": {"key": "visits", "number": {"$gt": 90.0}}}}),
]


def counted(rule, number):
    """Until the count is whole, as the page's script does; another n asks anew."""
    cursor, answers = None, 0
    while True:
        query = {"rule": json.dumps(rule), "reasons": "false", "n": number, **({"cursor": cursor} if cursor else {})}
        request = urllib.request.Request(f"{base}/api/segments/count?{urllib.parse.urlencode(query)}", headers={"Authorization": f"Bearer {token}"})
        answer = json.load(urllib.request.urlopen(request))
        answers += 1
        cursor = answer["next"]
        if not cursor:
            return answer["people"], answers


def timed(act):
    began = time.perf_counter()
    result = act()
    return (time.perf_counter() - began) * 1000, result


for name, rule, bare in RULES:
    ours, theirs = [], []
    for number in range(int(rounds)):
        took, (people, answers) = timed(lambda: counted(rule, number))
        ours.append(took)
        took, expected = timed(lambda: contacts.count_documents(bare))
        theirs.append(took)
        if people != expected:
            sys.exit(f"{name}: {people} people, the bare query finds {expected}")
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    for _ in range(20):  # each worker keeps its own
        counted(rule, 0)
    kept = statistics.median(timed(lambda: counted(rule, 0))[0] for _ in range(9))
    print(f"  {name:20s} {people:8,d} people  {ours:8.1f} ms, bare query {theirs:8.1f} ms, {ours / theirs:.2f} ×; kept {kept:.1f} ms; {answers} answers")
