#!/usr/bin/python3
"""Prints the newest run of GET /api/sync (on standard input) as one line, or all that have ended, oldest first, with "own".
With TOOK also the share of the allowed rate: calls ÷ (10 a second × that time); above 100 % if the bucket still held calls."""
import argparse, datetime, json, sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("took", nargs="?", help='milliseconds, or "own": from its start to its end')
options = parser.parse_args()


def seconds(run, key):
    return datetime.datetime.fromisoformat(run[key].replace("Z", "+00:00")).timestamp()


runs = [run for run in json.load(sys.stdin) if run["ended_at"]]
for run in reversed(runs) if options.took == "own" else runs[:1]:
    took, calls = seconds(run, "ended_at") - seconds(run, "started_at"), run["calls"]
    print(f"  ledger: {calls} calls, {run['snapshots']} snapshots, {run['unchanged']} unchanged, {took:.0f} s, "
          f"waited {run['waited_ms']} ms for the gate, {run['contacts']} contacts, {run['events']} events")
    if options.took:
        milliseconds = 1000 * took if options.took == "own" else int(options.took)
        print(f"  share of 10 calls a second: {100 * calls / (milliseconds / 100):.1f} %")
