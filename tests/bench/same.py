#!/usr/bin/python3
"""Tells whether two servers give the same answers."""
import argparse, json, math, urllib.request

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("ours", help="http://host:port")
parser.add_argument("theirs", help="http://host:port")
parser.add_argument("token_file")
options = parser.parse_args()
token = open(options.token_file).read().strip()


def get(base, path):
    return json.load(urllib.request.urlopen(urllib.request.Request(base + path, headers={"Authorization": f"Bearer {token}"})))


def differences(a, b, at=""):
    if isinstance(b, dict):
        return [d for k in b for d in differences(a.get(k) if isinstance(a, dict) else None, b[k], f"{at}/{k}")]
    if isinstance(b, list):
        return [d for i, v in enumerate(b) for d in differences(a[i] if i < len(a) else None, v, f"{at}/{i}")]
    if isinstance(b, float) and isinstance(a, (int, float)):
        return [] if math.isclose(a, b, rel_tol=1e-9) else [f"{at}: {a} != {b}"]
    return [] if a == b else [f"{at}: {a} != {b}"]


for path in ("/api/dashboard?period=90d", "/api/dashboard?period=all", "/api/campaigns"):
    found = differences(get(options.ours, path), get(options.theirs, path))
    print(f"{path}: {'same answers' if not found else 'DIFFERENT: ' + '; '.join(found[:5])}")
