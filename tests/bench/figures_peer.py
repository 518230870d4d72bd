"""The same figures computed with pandas, for comparison in the same run."""
import argparse, subprocess, tempfile, time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("program", help="build/tests/bench_figures")
parser.add_argument("rows", type=int)
options = parser.parse_args()

import numpy as np
import pandas as pd

program, n = options.program, options.rows
rng = np.random.default_rng(7)
ms = rng.integers(1_600_000_000_000, 1_760_000_000_000, n)
rate = rng.integers(0, 300, n) / 1000.0
with tempfile.NamedTemporaryFile() as file:
    np.rec.fromarrays([ms, rate], names="ms,rate").tofile(file.name)
    lines = subprocess.run([program, file.name], capture_output=True, text=True, check=True).stdout.splitlines()
ours = {name: (float(value), int(took)) for name, value, took in (line.split() for line in lines)}
frame = pd.DataFrame({"at": pd.to_datetime(ms, unit="ms"), "rate": rate})
counters = {name: np.zeros(n, "int64") for name in ("opened", "bounced", "unsubscribed", "spam_complaints", "opened_total", "clicked_total", "bounced_hard", "bounced_soft")}
reports = pd.DataFrame({"sent": np.full(n, 1000), "clicked": (rate * 1000).astype("int64"), **counters})


def heat():
    """As on the page: the ten counters of each cell, from which every rate is computed."""
    grid = reports.groupby([frame["at"].dt.weekday, frame["at"].dt.hour]).sum().loc[(2, 9)]
    return 100 * grid["clicked"] / (grid["sent"] - grid["bounced"])


def rolled():
    return frame["rate"].rolling(7).mean().iloc[-1]


figures = {"mean": lambda: frame["rate"].mean(), "median": lambda: frame["rate"].median(), "deviation": lambda: frame["rate"].std(ddof=0), "moving_average": rolled, "heatmap": heat}
total = [0.0, 0.0]
for name, compute in figures.items():
    began = time.monotonic()
    value = compute()
    took = (time.monotonic() - began) * 1000
    assert abs(value - ours[name][0]) < 1e-9 * max(1, abs(value)), (name, value, ours[name])
    total[0] += ours[name][1]
    total[1] += took
    print(f"{name:<16} Telltale {ours[name][1]:>5} ms   pandas {took:8.1f} ms")
print(f"{'all':<16} Telltale {total[0]:>5.0f} ms   pandas {total[1]:8.1f} ms   ratio {total[1] / max(1, total[0]):.1f}   (same values)")
