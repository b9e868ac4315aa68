#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a log of a classifier with planted problems, its reference and its truth.

    make-log.py SEED ROWS LOG.csv REFERENCE.csv TRUTH.json

Everything is drawn from the seed: which columns there are and how they are distributed, how they
depend on each other (a Gaussian copula), what the label depends on, and what is planted: groups of
rows with errors, a column that only goes with one of them (a decoy), a miscalibrated group, an
unfairly treated one, drift, a unit and an encoding change for some hours, swapped labels, a column
that knows the label, codes and impossible records, far values, copies, and a column that the
reference holds on another scale. score.py holds a report against the truth, made.py those of
several logs against what must at least be found.
"""
import json
import sys
from datetime import datetime, timezone

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit

N_REFERENCE = 20000
GAP = 13.0  # seconds from row to row, 30 days in 200,000: windows hold as many rows in any log
FAR = 12  # values far beyond the others that a column gets
NAMES = ("income tenure distance_km load_kw age_days n_items humidity basket_eur rpm vibration "
         "latency_ms balance premium wait_s visits weight_kg").split()
GROUPS = "channel zone plan device vendor segment".split()
FACTORS = (0.01, 1000.0, 2.54, 60.0, 0.4536, 1.609344, 100.0, 3.2808, 1 / 60.0, 2.2046)
ENCODINGS = {
    "prefix": lambda v, _: "v2:" + v,
    "suffix": lambda v, _: v + "_new",
    "upper": lambda v, _: v.upper(),
    "title": lambda v, _: v.title(),
    "space": lambda v, _: v.replace("_", " "),
    "code": lambda v, values: str(values.index(v)),
}
SKEWS = {
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "factor_0.01": lambda x: x * 0.01,
    "zscore": lambda x: (x - x.mean()) / x.std(),
}


def iso(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f+00:00")


def draw_law(rng):
    """A distribution of values of at least 0, the decimals they are logged with."""
    kind = rng.choice(["lognormal", "gamma", "normal", "beta", "exponential", "count"])
    if kind == "lognormal":
        return stats.lognorm(rng.uniform(0.5, 1.1), scale=np.exp(rng.uniform(2, 7))), 2
    if kind == "gamma":
        return stats.gamma(rng.uniform(1.5, 5), scale=rng.uniform(1, 40)), 1
    if kind == "normal":
        spread = rng.uniform(2, 30)
        return stats.norm(rng.uniform(7, 20) * spread, spread), 1
    if kind == "beta":
        return stats.beta(rng.uniform(1.5, 6), rng.uniform(1.5, 8)), 3
    if kind == "exponential":
        return stats.expon(scale=rng.uniform(5, 80)), 1
    return stats.poisson(rng.uniform(1.2, 6)), 0


class World:
    """What the rows of the log and of its reference are drawn from."""

    def __init__(self, seed, n):
        self.rng = rng = np.random.default_rng([seed, 20261123])
        self.numeric = [str(c) for c in rng.permutation(NAMES)[:rng.integers(8, 11)]]
        self.laws = [draw_law(rng) for _ in self.numeric]
        self.categories = [str(c) for c in rng.permutation(GROUPS)]
        self.values = [[f"{c[:3]}_{chr(97 + i)}" for i in range(rng.integers(4, 13))]
                       for c in self.categories]
        self.shares = [0.9 * np.sort(rng.dirichlet(np.full(len(v), 2.0)))[::-1] + 0.1 / len(v)
                       for v in self.values]
        self.attribute = "age_band"
        self.bands = ["18_30", "31_50", "51_65", "over_65"][:rng.integers(3, 5)]
        self.band_shares = rng.dirichlet(np.full(len(self.bands), 4.0))
        k = len(self.numeric)
        self.loadings = rng.normal(size=(k, 3)) * 0.45
        self.weights = rng.normal(size=k) * 0.7
        self.effects = [rng.normal(size=len(v)) * 0.45 for v in self.values]
        self.base, self.sharp = rng.uniform(-0.6, 0.1), rng.uniform(5.0, 7.0)
        self.start = 1.7e9 + rng.uniform(0, 5e7)
        self.span = GAP * n
        self.draw_drift()

    def draw_drift(self):
        rng = self.rng
        self.drift_kind = str(rng.choice(["abrupt", "gradual"]))
        self.drift_at = self.start + self.span * rng.uniform(0.45, 0.65)
        self.ramp = 0.0 if self.drift_kind == "abrupt" else self.span * rng.uniform(0.1, 0.25)
        free = [i for i, (_, decimals) in enumerate(self.laws) if decimals > 0]
        self.shifted, self.spread = (int(i) for i in rng.choice(free, 2, replace=False))
        self.shift = float(rng.choice([-1, 1]) * rng.uniform(0.45, 0.65))
        self.scale = float(rng.uniform(1.6, 1.95))
        self.mixed = int(rng.integers(2, 6))

    def drifted(self, at):
        if self.ramp == 0:
            return (at >= self.drift_at).astype(float)
        return np.clip((at - self.drift_at) / self.ramp, 0, 1)

    def draw(self, n, at=None):
        """n rows; with times at, drifted. Returns numbers, categories, bands, margin, label, score."""
        rng = self.rng
        z = rng.normal(size=(n, 3)) @ self.loadings.T + rng.normal(size=(n, len(self.numeric)))
        z /= np.sqrt((self.loadings ** 2).sum(axis=1) + 1)
        codes = [rng.choice(len(p), size=n, p=p) for p in self.shares]
        # the second category mostly goes with the first: a decoy for slices of that
        codes[1] = np.where(rng.random(n) < 0.75, codes[0] % len(self.values[1]), codes[1])
        if at is not None:
            on = self.drifted(at)
            z[:, self.shifted] += self.shift * on
            z[:, self.spread] *= 1 + (self.scale - 1) * on
            p = self.shares[self.mixed]
            moved = rng.choice(len(p), size=n, p=0.5 * p + 0.5 * np.roll(p, 1 + len(p) // 3))
            codes[self.mixed] = np.where(rng.random(n) < on, moved, codes[self.mixed])
        bands = rng.choice(len(self.bands), size=n, p=self.band_shares)
        u = np.clip(stats.norm.cdf(z), 1e-16, 1 - 1.2e-16)
        x = np.column_stack([np.round(law.ppf(u[:, i]), decimals)
                             for i, (law, decimals) in enumerate(self.laws)])
        margin = z @ self.weights + sum(e[c] for e, c in zip(self.effects, codes))
        margin = (margin / margin.std() + self.base) * self.sharp
        label = (rng.random(n) < expit(margin)).astype(int)
        score = margin * rng.uniform(0.8, 1.25) + rng.normal(size=n) * 0.7 + 0.2
        return x, codes, bands, label, score

    def frame(self, x, codes, bands):
        columns = {name: x[:, i] for i, name in enumerate(self.numeric)}
        for name, values, code in zip(self.categories, self.values, codes):
            columns[name] = np.array(values, dtype=object)[code]
        columns[self.attribute] = np.array(self.bands, dtype=object)[bands]
        return pd.DataFrame(columns)


def draw_value(rng, codes, values, low, high):
    """A value whose share of the rows lies between low and high, or comes nearest."""
    shares = np.bincount(codes, minlength=len(values)) / len(codes)
    fit = np.flatnonzero((shares >= low) & (shares <= high))
    return int(rng.choice(fit)) if len(fit) else int(np.argmin(np.abs(shares - (low + high) / 2)))


def draw_slices(world, x, codes):
    """Groups of one to three conditions and a range, as (conditions, rows, share of rows flipped)."""
    rng = world.rng
    numbers = [int(i) for i in rng.permutation(len(world.numeric))[:4]]

    def equal(j, low, high):
        v = draw_value(rng, codes[j], world.values[j], low, high)
        return {"column": world.categories[j], "op": "==", "value": world.values[j][v]}, codes[j] == v

    def cut(i, op, share):
        end = float(np.round(np.quantile(x[:, i], share), world.laws[i][1]))
        rows = x[:, i] >= end if op == ">=" else x[:, i] < end
        return {"column": world.numeric[i], "op": op, "value": end}, rows

    def between(i):
        share, decimals = rng.uniform(0.3, 0.7), world.laws[i][1]
        low, high = (float(np.round(np.quantile(x[:, i], s), decimals)) for s in (share, share + 0.09))
        high = high if high > low else low + 1
        return {"column": world.numeric[i], "op": "in_range", "value": [low, high]}, \
            (x[:, i] >= low) & (x[:, i] < high)

    drawn = [
        ([equal(0, 0.06, 0.15)], rng.uniform(0.20, 0.26)),
        ([equal(2, 0.12, 0.4), cut(numbers[0], ">=", rng.uniform(0.6, 0.75))], rng.uniform(0.28, 0.31)),
        ([equal(3, 0.2, 0.6), cut(numbers[1], ">=", 0.6), cut(numbers[2], "<", 0.38)], rng.uniform(0.43, 0.49)),
        ([between(numbers[3])], rng.uniform(0.20, 0.23)),
    ]
    slices = []
    for parts, flipped in drawn:
        rows = np.logical_and.reduce([rows for _, rows in parts])
        if 0.012 < rows.mean() < 0.25:  # ties of counts can make a range empty or everything
            slices.append(([condition for condition, _ in parts], rows, flipped))
    return slices


def plant_scores(world, codes, bands, slices, score):
    """Flips the scores of the slices, miscalibrates a group and treats another unfairly."""
    rng, truth = world.rng, {}
    for _, rows, flipped in slices:
        score = np.where(rows & (rng.random(len(score)) < flipped), -score, score)
    truth["error_slices"] = [{"conditions": c, "flip_probability": f, "support_fraction": float(r.mean())}
                             for c, r, f in slices]
    taken = slices[0][0][0]["value"]
    value = next(v for v in range(len(world.values[0])) if world.values[0][v] != taken)
    kind = str(rng.choice(["overconfident", "shift"]))
    wrong = score * 1.8 if kind == "overconfident" else score + 0.8
    score = np.where(codes[0] == value, wrong, score)
    truth["miscalibration"] = {"segment": {"column": world.categories[0], "value": world.values[0][value]},
                               "kind": kind}
    band, push = int(rng.integers(len(world.bands))), 1.5 * float(rng.choice([-1, 1]))
    truth["unfairness"] = {"attribute": world.attribute, "group": world.bands[band], "logit_shift": push}
    return score + push * (bands == band), truth


def plant_labels(world, label):
    rng = world.rng
    rate = rng.uniform(0.02, 0.04)
    odds = np.where(label == 0, rate * rng.uniform(0.6, 1.2), rate * rng.uniform(0.9, 1.8))
    swapped = rng.random(len(label)) < odds
    label = np.where(swapped, 1 - label, label)
    known = np.where(rng.random(len(label)) < 0.97, label, 1 - label)
    return label, known, {"label_noise": {"rate": rate, "ids": np.flatnonzero(swapped).tolist()},
                          "leakage": {"column": "follow_up"}}


def plant_faults(world, log, at, free):
    """A column in another unit for two hours, another with other names for some; free: the columns."""
    rng = world.rng
    column = str(rng.choice(free))
    factor = float(rng.choice(FACTORS))
    begin = world.start + world.span * rng.uniform(0.1, 0.35)
    rows = (at >= begin) & (at < begin + 7200)
    cells = log[column].to_numpy(dtype=float, copy=True)
    cells[rows] = np.round(cells[rows] * factor, 6 if factor < 1 else 3)
    log[column] = cells
    faults = [{"column": column, "kind": "unit_change", "factor": factor, "start": iso(begin),
               "end": iso(begin + 7200), "rows": int(rows.sum())}]
    j = int(rng.choice([j for j in range(1, 6) if j != world.mixed]))
    name = str(rng.choice(list(ENCODINGS)))
    begin = world.start + world.span * rng.uniform(0.75, 0.9)
    end = begin + 3600 * int(rng.integers(4, 7))
    rows = (at >= begin) & (at < end)
    cells = log[world.categories[j]].to_numpy(dtype=object, copy=True)
    cells[rows] = [ENCODINGS[name](v, world.values[j]) for v in cells[rows]]
    log[world.categories[j]] = cells
    faults.append({"column": world.categories[j], "kind": "category_encoding", "encoding": name,
                   "start": iso(begin), "end": iso(end), "rows": int(rows.sum())})
    return {"pipeline_bug": faults}


def plant_anomalies(world, log, x, free):
    """A code in one column, one record many times over, and values far beyond the others."""
    rng = world.rng
    rows = rng.permutation(len(log))
    coded, record, far = np.split(rows[:3 * (len(log) // 3000)], 3)
    index = {c: i for i, c in enumerate(world.numeric)}
    column = str(rng.choice(free))
    log.loc[coded, column] = float(rng.choice([-999, -9999, 99999, -1e6]))
    for c in rng.choice([c for c in free if c != column], 3, replace=False):
        lowest = x[:, index[c]].min()
        rare = rng.random() < 0.5 and lowest != 0 and np.mean(x[:, index[c]] == lowest) < 1e-4
        log.loc[record, c] = round(0.99 * float(lowest if rare else x[:, index[c]].max()), 2)
    wide = [c for c in free if c != column and world.laws[index[c]][1] > 0]
    wide = rng.permutation(wide)[:max(len(far) // FAR, 1)]
    for row in far:
        c = str(rng.choice(wide))
        log.loc[row, c] = round(float(np.quantile(x[:, index[c]], 0.999)) * rng.uniform(1.5, 6), 2)
    kinds = (("stuck_sentinel", coded), ("impossible_combination", record), ("extreme_value", far))
    return {"anomalies": [{"id": log.event_id[int(row)], "kind": kind} for kind, part in kinds for row in part]}


def plant_reference(world, free):
    """The rows before the log, one column of it on another scale."""
    rng = world.rng
    x, codes, bands, label, score = world.draw(N_REFERENCE)
    reference = world.frame(x, codes, bands)
    column, name = str(rng.choice(free)), str(rng.choice(list(SKEWS)))
    reference[column] = np.round(SKEWS[name](np.maximum(reference[column], 0)), 4)
    reference.insert(0, "event_id", [f"ref-{i:06d}" for i in range(N_REFERENCE)])
    reference["score"] = np.round(expit(score), 4)
    reference["prediction"] = (reference.score >= 0.5).astype(int)
    reference["outcome"] = label
    return reference, {"train_serve_skew": {"column": column, "reference_transform": name}}


def make(seed, n):
    world = World(seed, n)
    rng = world.rng
    gaps = rng.exponential(1, n)
    at = world.start + np.cumsum(gaps) / gaps.sum() * world.span
    x, codes, bands, label, score = world.draw(n, at)
    score, plants = plant_scores(world, codes, bands, draw_slices(world, x, codes), score)
    label, known, more = plant_labels(world, label)
    plants.update(more)
    drifting = {world.numeric[world.shifted], world.numeric[world.spread]}
    steady = [c for c in world.numeric if c not in drifting]
    log = world.frame(x, codes, bands)
    log.insert(0, "event_id", [f"e{seed}-{i:07d}" for i in range(n)])
    log.insert(1, "ts", at)
    log["follow_up"] = known
    log["score"] = np.round(expit(score), 4)
    log["prediction"] = (log.score >= 0.5).astype(int)
    log["outcome"] = label
    reference, more = plant_reference(world, steady[:1])
    plants.update(more)
    plants.update(plant_faults(world, log, at, steady[1:2]))
    plants.update(plant_anomalies(world, log, x, steady[2:]))
    for column in rng.choice(world.numeric + world.categories, 3, replace=False):
        log.loc[rng.random(n) < rng.uniform(0.005, 0.018), column] = np.nan
    renamed = log.iloc[rng.choice(n, n // 200, replace=False)].copy()
    renamed["event_id"] += "-r"
    again = log.iloc[rng.choice(n, n // 500, replace=False)]
    plants["duplicates"] = {"same_row_new_id": len(renamed), "same_row_same_id": len(again)}
    plants["decoys"] = [{"column": world.categories[1]}]
    plants["drift"] = {"start": iso(world.drift_at), "kind": world.drift_kind, "ramp_seconds": world.ramp,
                       "columns": [{"column": world.numeric[world.shifted], "type": "mean_shift_sd"},
                                   {"column": world.numeric[world.spread], "type": "variance_scale"},
                                   {"column": world.categories[world.mixed], "type": "category_proportions"}]}
    log = pd.concat([log, renamed, again]).sort_values("ts", kind="stable")
    log["ts"] = np.round(log.ts * 1000).astype("int64")
    truth = {"columns": {"id": "event_id", "time": "ts", "numeric": world.numeric,
                         "categorical": world.categories}, "plants": plants}
    return log, reference, truth


def main():
    seed, n, log_path, reference_path, truth_path = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:6]
    log, reference, truth = make(seed, n)
    log.to_csv(log_path, index=False)
    reference.to_csv(reference_path, index=False)
    with open(truth_path, "w", encoding="utf-8") as file:
        json.dump(truth, file)


if __name__ == "__main__":
    main()
