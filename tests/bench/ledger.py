#!/usr/bin/python3
"""The newest run of GET /api/sync in a line. With the milliseconds it took as argument (or "own": from its start to its
end) also the share of the allowed rate: calls ÷ (10 a second × that time); above 100 % where the bucket still held calls."""
import datetime, json, sys

run = json.load(sys.stdin)[0]
seconds = lambda key: datetime.datetime.fromisoformat(run[key].replace("Z", "+00:00")).timestamp()
took, calls = seconds("ended_at") - seconds("started_at"), run["calls"]
print(f"  ledger: {calls} calls, {run['snapshots']} snapshots, {run['unchanged']} unchanged, {took:.0f} s, "
      f"waited {run['waited_ms']} ms for the gate, {run['contacts']} contacts, {run['events']} events")
if len(sys.argv) > 1:
    milliseconds = 1000 * took if sys.argv[1] == "own" else int(sys.argv[1])
    print(f"  share of 10 calls a second: {100 * calls / (milliseconds / 100):.1f} %")
