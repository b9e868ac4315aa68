#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-metrics-peer.py BENCH-METRICS FILE: scikit-learn and pandas beside bench-metrics, in turn.

Both measure the same 1,000,000 rows three times; the values are compared, the CPU seconds are medians.
"""
import statistics
import subprocess
import sys
import time

import numpy as np
import pandas as pd
from sklearn import metrics

N_ROWS = 1000000
N_ROUNDS = 3
SAME = ("accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc", "log_loss", "brier", "ece",
        "group_accuracy", "region_auc")


def ours(program, path):
    lines = subprocess.run([program, path], check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in map(str.split, lines.splitlines()) if value != "null"}


def calibration(label, score):
    rows = pd.DataFrame({"bin": np.minimum((score * 10).astype(int), 9), "y": label, "s": score})
    bins = rows.groupby("bin").agg(n=("y", "size"), y=("y", "mean"), s=("s", "mean"))
    return float((bins.n * (bins.y - bins.s).abs()).sum() / len(rows))


def peers(label, score, group, region):
    predicted = (score >= 0.5).astype(int)
    (tn, fp), (fn, tp) = metrics.confusion_matrix(label, predicted)
    metrics.classification_report(label, predicted)
    metrics.matthews_corrcoef(label, predicted)
    metrics.roc_curve(label, score)
    metrics.precision_recall_curve(label, score)
    rows = pd.DataFrame({"g": group, "r": region, "hit": label == predicted, "y": label, "s": score})
    groups = rows.groupby("g").hit.agg(["mean", "size"])
    regions = rows.groupby("r").apply(lambda part: metrics.roc_auc_score(part.y, part.s))
    return {
        "accuracy": (tp + tn) / len(label),
        "precision": tp / (tp + fp),
        "recall": tp / (tp + fn),
        "f1": 2 * tp / (2 * tp + fp + fn),
        "roc_auc": metrics.roc_auc_score(label, score),
        "pr_auc": metrics.average_precision_score(label, score),
        "log_loss": metrics.log_loss(label, score),
        "brier": metrics.brier_score_loss(label, score),
        "ece": calibration(label, score),
        "group_accuracy": groups["mean"].mean(),
        "region_auc": regions.mean(),
    }


def main():
    program, path = sys.argv[1:3]
    theirs, mine = [], []
    for _ in range(N_ROUNDS):
        values = ours(program, path)
        mine.append(values["seconds"])
        data = np.fromfile(path, dtype=np.uint8)
        score = data[:8 * N_ROWS].view(np.float64)
        label, group, region = data[8 * N_ROWS:].reshape(3, N_ROWS)
        start = time.process_time()
        expected = peers(label.astype(int), score, group, region)
        theirs.append(time.process_time() - start)
        for name in SAME:
            if abs(values[name] - expected[name]) > 1e-9 * max(abs(expected[name]), 1e-9):
                sys.exit(f"{name}: {values[name]} here, {expected[name]} there")
    ratio = statistics.median(theirs) / statistics.median(mine)
    print(f"scikit-learn {statistics.median(theirs):.3f} s CPU, errata {statistics.median(mine):.3f} s, "
          f"ratio {ratio:.1f}; {len(SAME)} values agree")


if __name__ == "__main__":
    main()
