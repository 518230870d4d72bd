#!/usr/bin/python3
"""Hits through nginx, each durable before its answer, beside as many bare inserts of the same documents: hits a second, the slowest of
a hundred, and how long folding takes."""
import argparse, base64, datetime, hashlib, hmac, multiprocessing, os, socket, time
from urllib.parse import urlsplit

import bson, pymongo

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("url", help="of an instance that is up and does nothing else")
parser.add_argument("uri")
parser.add_argument("database")
parser.add_argument("key", help="the first of LINK_KEYS")
parser.add_argument("hits", type=int, nargs="?", default=20000)
parser.add_argument("--connections", type=int, default=16)
options = parser.parse_args()
url, uri, name, key, HITS = options.url, options.uri, options.database, options.key, options.hits
PROCESSES, CONNECTIONS, BLOCKS = 2, options.connections, 20
KEY = bytes.fromhex(key)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign(text):
    return hmac.new(KEY, text, hashlib.sha256).digest()


def pixel(campaign, block, index):
    said = sign(b"id")[:1] + campaign.binary + block.to_bytes(2, "big") + index.to_bytes(2, "big")
    return base64.urlsafe_b64encode(said + sign(b"p" + said)[:10]).rstrip(b"=").decode()


def ask(campaign, worker, count, took):
    """Kept connections from addresses of their own (nginx limits each), one request in flight on each."""
    where, times, links, each = urlsplit(url), [], [], CONNECTIONS // PROCESSES
    for turn, at in enumerate(range(0, count, each)):
        if turn % 900 == 0:  # nginx ends a connection after a thousand requests
            links = [socket.create_connection((where.hostname, where.port), source_address=(f"127.0.{worker + 1}.{number + 1}", 0)) for number in range(each)]
        begun = []
        for number, link in enumerate(links):
            mail = at + number + worker * count
            begun.append(time.perf_counter())
            link.sendall(f"GET /track/{pixel(campaign, mail // 500 % BLOCKS, mail % 500)} HTTP/1.1\r\nHost: {where.netloc}\r\nUser-Agent: {AGENT}\r\n\r\n".encode())
        for number, link in enumerate(links):
            data = b""
            while b"GIF89a" not in data or len(data.split(b"GIF89a", 1)[1]) < 37:
                data += link.recv(65536)
                assert data.startswith(b"HTTP/1.1 200"), data[:200]
            times.append(time.perf_counter() - begun[number])
    took.put(times)


def insert(campaign, worker, count, took):
    rows, times = pymongo.MongoClient(uri, w="majority", journal=True)[name].bench_hits, []
    for number in range(count):
        row = {"_id": bson.ObjectId(), "campaign_id": campaign, "block": number % BLOCKS, "index": number % 500, "kind": "open", "at": datetime.datetime.now(datetime.timezone.utc),
               "is_head": False, "is_prefetch": False, "agent": "browser", "network": "0123abcd", "waits": True, "judged_as": "unknown", "because": "none"}
        begun = time.perf_counter()
        rows.insert_one(row)
        times.append(time.perf_counter() - begun)
    took.put(times)


def measure(what, campaign, workers, count):
    took = multiprocessing.Queue()
    began = time.perf_counter()
    all_of_them = [multiprocessing.Process(target=what, args=(campaign, worker, count // workers, took)) for worker in range(workers)]
    for one in all_of_them:
        one.start()
    times = sorted(second for _ in all_of_them for second in took.get())
    for one in all_of_them:
        one.join()
    seconds = time.perf_counter() - began
    return len(times) / seconds, times[len(times) * 99 // 100] * 1000


db = pymongo.MongoClient(uri)[name]
campaign = bson.ObjectId()
bare, bare_slow = measure(insert, campaign, 4, HITS // 4)
db.bench_hits.drop()
rate, slow = measure(ask, campaign, PROCESSES, HITS)
print(f"load {os.getloadavg()[0]:.1f}")
print(f"hits through nginx over {CONNECTIONS} connections: {rate:.0f} a second, p99 {slow:.1f} ms; bare inserts of 4 clients: {bare:.0f} a second, p99 {bare_slow:.1f} ms; ratio {rate / bare:.2f}")
began, left = time.perf_counter(), 1
while left and time.perf_counter() - began < 300:
    left = db.hits.count_documents({"campaign_id": campaign, "waits": True})
    time.sleep(0.2)
kept = db.hits.count_documents({"campaign_id": campaign})
print(f"stored {kept} of {HITS}; folded {time.perf_counter() - began:.1f} s after the last one")
for rows in (db.hits, db.answer_blocks):
    rows.delete_many({"campaign_id": campaign})
db.answer_sums.delete_one({"_id": campaign})
