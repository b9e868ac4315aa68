#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-shap-peer.py BENCH-SHAP DIR [ROUNDS]: XGBoost's pred_contribs beside bench-shap, in turn.

DIR/data has the models a_500x6.json, b_100x12.json and c_10x100x6.json and their rows, shapX.npy. Both
attribute the same rows on one thread; what is compared are CPU seconds per row, medians over the
rounds, and the shares themselves against those of bench-shap.
"""
import csv
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import xgboost

MODELS = {"a_500x6": (300, 20), "b_100x12": (30, 40), "c_10x100x6": (100, 20)}
N_ROWS = 10000


def theirs(booster, rows):
    data = xgboost.DMatrix(rows, nthread=1)
    begin = time.process_time()
    phi = booster.predict(data, pred_contribs=True)
    return (time.process_time() - begin) / len(rows), phi


def ours(program, model, path, threads, *more):
    text = subprocess.run([program, model, path, str(threads), "auto", *more],
                          check=True, capture_output=True, text=True).stdout
    runs = [(float(cpu), float(wall), int(n)) for n, cpu, wall in
            re.findall(r"attribute (\d+) rows: ([\d.]+) s CPU, ([\d.]+) s wall", text)]
    return min(cpu / n for cpu, wall, n in runs), min(wall / n for cpu, wall, n in runs), text


def read_shares(path, shape):
    return np.fromfile(path).reshape(shape)


def main():
    program, folder = sys.argv[1:3]
    n_rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    rows = np.load(os.path.join(folder, "data", "shapX.npy"))[:N_ROWS]
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "rows.csv")
        with open(path, "w", newline="", encoding="ascii") as out:
            writer = csv.writer(out)
            writer.writerow(f"f{i}" for i in range(rows.shape[1]))
            writer.writerows([repr(float(x)) for x in row] for row in rows)
        for name, (n_theirs, goal) in MODELS.items():
            model = os.path.join(folder, "data", name + ".json")
            booster = xgboost.Booster({"nthread": 1})
            booster.load_model(model)
            peer, mine, gaps, scaling = [], [], [], []
            shares = os.path.join(scratch, "shares")
            for _ in range(n_rounds):
                seconds, phi = theirs(booster, rows[:n_theirs])
                peer.append(seconds)
                cpu, wall, _ = ours(program, model, path, 1, shares)
                mine.append(cpu)
                scaling.append(wall / ours(program, model, path, 2)[1])
                own = read_shares(shares, (N_ROWS, -1, rows.shape[1] + 1))
                phi = phi.reshape(n_theirs, -1, rows.shape[1] + 1)
                gaps.append(np.abs(phi - own[:n_theirs]).max())
            ratios = [p / m for p, m in zip(peer, mine)]
            print(f"{name}: XGBoost {statistics.median(peer) * 1e4:.1f} s, Errata "
                  f"{statistics.median(mine) * 1e4:.2f} s of CPU per 10,000 rows, "
                  f"{statistics.median(ratios):.1f} times less (goal {goal}); "
                  f"2 threads {statistics.median(scaling):.2f} times as fast; "
                  f"shares differ by {max(gaps):.1g} at most", flush=True)


main()
