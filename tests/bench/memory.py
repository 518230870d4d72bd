#!/usr/bin/python3
"""Private memory of each process of the given names, and what they share counted once. KiB."""
import pathlib, sys

total, shared = 0, 0
for process in sorted(pathlib.Path("/proc").glob("[0-9]*"), key=lambda p: int(p.name)):
    try:
        name = (process / "comm").read_text().strip()
        rows = dict(line.split(":", 1) for line in (process / "smaps_rollup").read_text().splitlines()[1:])
    except OSError:
        continue
    if name not in sys.argv[1:]:
        continue
    kib = lambda key: int(rows[key].split()[0])
    private = kib("Private_Clean") + kib("Private_Dirty")
    print(f"{name:16} pid {process.name:>7}  private {private:7} KiB  shared {kib('Rss') - private:7} KiB")
    total, shared = total + private, max(shared, kib("Rss") - private)
print(f"in sum: {total} KiB private + {shared} KiB shared once = {(total + shared) / 1024:.1f} MiB")
