#!/usr/bin/python3
"""Private memory of each process whose program is in the given folder, and their shared memory, counted once."""
import argparse, pathlib

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder")
folder = parser.parse_args().folder

total, shared = 0, 0
for process in sorted(pathlib.Path("/proc").glob("[0-9]*"), key=lambda p: int(p.name)):
    try:
        program = (process / "exe").readlink()
        rows = dict(line.split(":", 1) for line in (process / "smaps_rollup").read_text().splitlines()[1:])
    except OSError:
        continue
    if not program.is_relative_to(folder):
        continue
    kib = lambda key: int(rows[key].split()[0])
    private = kib("Private_Clean") + kib("Private_Dirty")
    print(f"{program.name:16} pid {process.name:>7}  private {private:7} KiB  shared {kib('Rss') - private:7} KiB")
    total, shared = total + private, max(shared, kib("Rss") - private)
print(f"in sum: {total} KiB private + {shared} KiB shared once = {(total + shared) / 1024:.1f} MiB")
