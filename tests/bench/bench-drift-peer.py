#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-drift-peer.py BENCH-DRIFT FILE.csv: SciPy's tests beside bench-drift, in turn, on the same log.

KS, Wasserstein, PSI of ten bins and Jensen-Shannon of thirty for each numeric column, chi-square for the
others. The KS statistics and the chi-squares of both are compared, except for numbers of few values, which
Errata compares as categories; CPU seconds are medians of two.
"""
import statistics
import subprocess
import sys
import time

import numpy as np
import pandas as pd
from scipy import spatial, stats

N_ROUNDS = 2


def ours(program, path):
    lines = subprocess.run([program, path], check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[0]: float(line.split()[1]) for line in lines}


def psi(before, now):
    edges = np.unique(np.quantile(before, np.linspace(0, 1, 11)))
    p = np.histogram(before, edges)[0] / len(before) + 1e-6
    q = np.histogram(np.clip(now, edges[0], edges[-1]), edges)[0] / len(now) + 1e-6
    return ((p - q) * np.log(p / q)).sum()


def jensen_shannon(before, now):
    edges = np.histogram_bin_edges(np.concatenate([before, now]), 30)
    return spatial.distance.jensenshannon(np.histogram(before, edges)[0], np.histogram(now, edges)[0], 2)


def number(before, now):
    statistic = stats.ks_2samp(before, now, mode="asymp").statistic
    stats.wasserstein_distance(before, now)
    psi(before, now)
    jensen_shannon(before, now)
    return statistic


def category(before, now):
    table = pd.concat([before.value_counts(), now.value_counts()], axis=1).fillna(0).values
    return stats.chi2_contingency(table.T, correction=False)[0]


def peers(log):
    half = len(log) // 2
    found = {}
    for name in log.columns:
        column = log[name]
        before, now = column.iloc[:half].dropna(), column.iloc[half:].dropna()
        if name.startswith("c") or name == "label":
            found[name] = category(before, now)
        elif name.startswith("f") or name == "score" or (name.startswith("i") and name != "id"):
            found[name] = number(before.values, now.values)
    return found


def main():
    program, path = sys.argv[1:3]
    log = pd.read_csv(path)
    theirs, mine, off = [], [], []
    for _ in range(N_ROUNDS):
        values = ours(program, path)
        mine.append(values.pop("seconds"))
        start = time.process_time()
        expected = peers(log)
        theirs.append(time.process_time() - start)
        off = [name for name in expected if abs(values[name] - expected[name]) > 1e-9 * abs(expected[name])]
    ratio = statistics.median(theirs) / statistics.median(mine)
    print(f"SciPy {statistics.median(theirs):.3f} s CPU, errata {statistics.median(mine):.3f} s, ratio {ratio:.1f}; "
          f"{len(expected)} columns, compared by another test: {', '.join(off) or 'none'}")


if __name__ == "__main__":
    main()
