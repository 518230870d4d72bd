#!/usr/bin/python3
"""The include order of docs/architecture.md: a room sees the floor and earlier rooms, never a later one;
and which folder may use which third-party header. Prints each break; exits 1 if there is one."""
import argparse, pathlib, re, sys

argparse.ArgumentParser(description=__doc__).parse_args()

FLOOR = {"core/base": [], "core/formats": ["core/base"], "core/fields": ["core/base", "core/formats"],
         "core/store": ["core/base", "core/fields", "core/formats"],
         "core/jobs": ["core/base", "core/fields", "core/formats", "core/store"], "core/client": ["core/base"],
         "core/paper": ["core/base", "core/formats"], "core/process": ["core/base"],
         "core/cli": ["core/base", "core/fields", "core/formats", "core/store", "core/process"],
         "core/http": ["core/base", "core/fields", "core/formats", "core/store", "core/process"]}
ROOMS = ["access", "notices", "metrics", "audience/lists", "audience/contacts", "campaigns", "events", "audience/customers", "insights",
         "observing", "reports/partners", "reports", "operate", "console"]
FOREIGN = {"mongoc/": ["core/store"], "curl/": ["core/client"], "fcgiapp": ["core/http"], "jansson": ["core/formats"], "zlib": ["core/formats"], "gmime/": ["core/formats"], "cairo": ["core/paper"], "turbojpeg": ["core/paper"], "pango": ["core/paper"],
           "libscrypt": ["access"], "openssl/": ["core/base"]}
root = pathlib.Path(__file__).parent.parent / "app"
bad = 0
for path in sorted(root.rglob("*.[ch]")):
    place = str(path.parent.relative_to(root))
    allowed = FLOOR.get(place)
    if allowed is None:
        order = ROOMS if place == "programs" else ROOMS[:ROOMS.index(place)]
        allowed = list(FLOOR) + order + ([place] if place == "programs" else [])
    for number, line in enumerate(path.read_text().splitlines(), 1):
        ours = re.match(r'#include "(.+)/[^/]+"', line)
        if ours and ours[1] != place and ours[1] not in allowed:
            print(f"{path.relative_to(root.parent)}:{number}: {place} may not include {ours[1]}")
            bad += 1
        if path.suffix == ".h" and not path.stem.endswith("_pages") and place != "console" and ours and ours[1] == "core/http" and place != "core/http":
            print(f"{path.relative_to(root.parent)}:{number}: a room's header includes no HTTP; routes are declared in <x>_pages.h")
            bad += 1
        theirs = re.match(r"#include <(.+)>", line)
        for prefix, places in FOREIGN.items():
            if theirs and theirs[1].startswith(prefix) and place not in places:
                print(f"{path.relative_to(root.parent)}:{number}: {place} may not include <{theirs[1]}>")
                bad += 1
        if re.search(r"\bgoto\b", line) and not line.lstrip().startswith(("*", "/*")):
            print(f"{path.relative_to(root.parent)}:{number}: goto")
            bad += 1
for path in sorted((root.parent / "tests/unit").rglob("test_*.c")):
    if not (root / path.parent.relative_to(root.parent / "tests/unit")).is_dir():
        print(f"{path.relative_to(root.parent)}: no folder of app/ has this name")
        bad += 1
sys.exit(1 if bad else 0)
