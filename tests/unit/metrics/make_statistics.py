#!/usr/bin/python3
"""Prints the expected numbers of tests/unit/metrics/test_statistics.c, computed with NumPy and SciPy (Debian: python3-numpy,
python3-scipy): make_statistics.py > statistics.inc"""
import argparse

argparse.ArgumentParser(description=__doc__).parse_args()
import numpy as np
from scipy import stats

rng = np.random.default_rng(20261121)
print("/* Made by make_statistics.py with NumPy %s and SciPy. Do not edit. */" % np.__version__)
print("static const struct { int count; double values[40]; double mean, median, deviation, q10, q25, q90, mad, low, high, sum; } samples[] = {")
for count in (1, 2, 7, 12, 40):
    values = np.round(rng.gamma(2.0, 1.5, count), 6)
    q10, q25, q90 = np.percentile(values, [10, 25, 90])
    low, high = np.percentile(values, [10, 90], method="weibull")
    of_four = stats.t.ppf(0.975, count - 1) * values.std(ddof=1) * np.sqrt(4 + 16 / count) if count > 5 else -1
    numbers = ", ".join(repr(float(v)) for v in values)
    rest = ", ".join(repr(float(v)) for v in (values.mean(), np.median(values), values.std(), q10, q25, q90, stats.median_abs_deviation(values), low, high, of_four))
    print(f"\t{{ {count}, {{ {numbers} }}, {rest} }},")
print("};")
print("static const struct { int64_t part, whole; double low, high; } intervals[] = {")
for part, whole in ((0, 10), (1, 10), (5, 10), (10, 10), (33, 1893), (715, 1873), (0, 1), (1, 1), (123456, 1000000)):
    ci = stats.binomtest(part, whole).proportion_ci(0.95, method="wilson")
    print(f"\t{{ {part}, {whole}, {float(100 * ci.low)!r}, {float(100 * ci.high)!r} }},")
print("};")
