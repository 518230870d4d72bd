#!/usr/bin/python3
"""Says whether two servers answer alike. same.py BASE BASE TOKEN-FILE"""
import json, math, sys, urllib.request

token = open(sys.argv[3]).read().strip()


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
    found = differences(get(sys.argv[1], path), get(sys.argv[2], path))
    print(f"{path}: {'same answers' if not found else 'DIFFERENT: ' + '; '.join(found[:5])}")
