"""Two running versions with the same data, asked in turns, so that both meet the same machine: ratios of medians.

usage: beside.py LOAD ROUNDS REQUESTS OLD-PORT OLD-HOME PORT HOME
LOAD is the program load.c; each HOME has a file "token". An address above 1.10 is marked.
"""
import json, pathlib, statistics, subprocess, sys, urllib.request

load, rounds, requests = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sides = [(int(sys.argv[i]), pathlib.Path(sys.argv[i + 1])) for i in (4, 6)]


def newest(side, kind):
    request = urllib.request.Request(f"http://127.0.0.1:{side[0]}/api/{kind}?limit=10", headers={"Authorization": "Bearer " + (side[1] / "token").read_text().strip()})
    return json.load(urllib.request.urlopen(request))


def addresses(side):
    campaigns = [row["id"] for row in newest(side, "campaigns") if row["status"] == "sent"]
    campaign, contact, mailing = campaigns[0], newest(side, "contacts")[0]["id"], newest(side, "lists")[0]["id"]
    return ["/dashboard", "/dashboard?period=all", "/campaigns", "/campaigns?sort=-click_rate", f"/campaigns/{campaign}", f"/campaigns/{campaign}/contacts?status=opened",
            f"/campaigns/{campaign}/non-openers", "/changes", f"/compare?id={campaign}&id={campaigns[1]}", "/lists", f"/lists/{mailing}", "/contacts",
            "/contacts?engagement=clicked", f"/contacts/{contact}", "/links?period=90d", "/domains", "/partners", "/reports/new?period=90d", "/sync", "/settings"]


def median(side, address):
    out = subprocess.run([load, str(side[1] / "run/web.sock"), "4", requests, str(side[1] / "token"), address], capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"{address} at port {side[0]} is not answered: {out.stdout}")
    return float(out.stdout.split("p50")[1].split()[0])


def compare(title, pairs):
    print(f"- {title}")
    seen = {pair: ([], []) for pair in pairs}
    for turn in range(rounds):
        for pair, times in seen.items():
            for i in ((0, 1) if turn % 2 else (1, 0)):
                times[i].append(median(sides[i], pair[i].replace("@", f"{turn}-")))
    ratios = []
    for pair, (old, new) in seen.items():
        before, after = statistics.median(old), statistics.median(new)
        ratios.append(after / before)
        print(f"  {pair[1].split('?n=')[0]:<66} {before:8.2f} {after:8.2f} ms  {after / before:5.2f}{'  slower' if after > 1.1 * before else ''}")
    print(f"  median of the ratios {statistics.median(ratios):.2f}, {sum(r <= 1.1 for r in ratios)} of {len(ratios)} at most 1.10")


# "#" is the number of the request and "@" the round: no answer is kept from an earlier request.
pairs = list(zip(*map(addresses, sides)))
fresh = [tuple(path + ("&" if "?" in path else "?") + "n=@#" for path in pair) for pair in pairs]
compare("kept answers", pairs)
compare("answers computed anew", fresh)
