#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores a report against what was planted in its log, kind by kind, in one table.

    score.py ERRATA LOG TRUTH.json [--reference FILE] [--sample ROWS] [--seed N] [--report FOLDER]

A finding matches at severity medium or above (drift: at any): a slice by the same columns and rows
that overlap with Jaccard 0.7 or more, among the ten first slices; a unit or encoding change by column,
factor and ends; a change by its date; the rest by column and kind. With --sample only the slices
are scored, on that many rows drawn at random. With --report an existing report is scored.

Exit status 0 when every goal is met, 1 when not, 77 when a file is absent.
"""
import argparse
import csv
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import datetime

LOUD = ("medium", "high", "critical")
SUFFIX = "-r"  # of ids that were given to copies


def instant(text):
    text = text.replace("Z", "+00:00").replace(" ", "T")
    head, _, tail = text.partition(".")
    zone = tail[-6:] if tail[-6:-5] in "+-" and tail else ""
    moment = datetime.fromisoformat(head + zone if tail else text).timestamp()
    return moment + float("0." + tail[:len(tail) - len(zone)]) if tail else moment


def read_log(path):
    if path.endswith(".gz"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            text = file.read()
    elif path.endswith(".zst"):
        text = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout.decode()
    else:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    if ".jsonl" in path:
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text)))


def number(cell):
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def holds(condition, row):
    cell = row.get(condition["column"])
    value = condition.get("value")
    op = condition["op"]
    if op == "is_missing" or cell in (None, ""):
        return op == "is_missing" and cell in (None, "")
    if op in ("==", "in", "not in"):
        values = value if isinstance(value, list) else [value]
        equal = any(str(cell) == str(v) or (number(cell) is not None and number(cell) == number(v))
                    for v in values)
        return equal != (op == "not in")
    x = number(cell)
    if x is None:
        return False
    return {"<": lambda: x < value, "<=": lambda: x <= value, ">": lambda: x > value,
            ">=": lambda: x >= value, "between": lambda: value[0] <= x < value[1],
            "in_range": lambda: value[0] <= x < value[1]}[op]()


def rows_of(conditions, log):
    return {i for i, row in enumerate(log) if all(holds(c, row) for c in conditions)}


class Score:
    """The findings, the truth, and the lines of the table."""

    def __init__(self, report, folder, truth, log):
        self.report, self.folder, self.truth, self.log = report, folder, truth, log
        self.plants = truth["plants"]
        self.lines = []
        self.id = truth["columns"]["id"]

    def kind(self, kind, severities=LOUD):
        return [f for f in self.report["findings"]
                if f["kind"] == kind and (severities is None or f["severity"] in severities)]

    def bugs(self, bug):
        return [f for f in self.kind("data-bug") if f["subject"]["bug"] == bug]

    def table(self, finding):
        for entry in self.report["files"]["tables"]:
            if entry["finding"] == finding["id"] and entry["path"]:
                with open(os.path.join(self.folder, entry["path"]), encoding="utf-8") as file:
                    return list(csv.DictReader(file))
        return []

    def add(self, what, found, planted, false, least, most_false, note=""):
        """A line: met when found >= least of planted and false <= most_false."""
        share = found / planted if planted else 1.0
        met = share >= least and (most_false is None or false <= most_false)
        self.lines.append((what, found, planted, share, false, least, most_false, met, note))

    def slices(self, least):
        ranked = self.kind("slice")[:10]
        truth = [(c["conditions"], rows_of(c["conditions"], self.log))
                 for c in self.plants.get("error_slices", [])]
        decoys = {d["column"] for d in self.plants.get("decoys", [])}
        found, above, n_decoys, others = set(), 0, 0, 0
        for finding in ranked:
            predicates = finding["subject"]["predicates"]
            columns = sorted(p["column"] for p in predicates)
            hit = None
            for k, (conditions, rows) in enumerate(truth):
                if sorted(c["column"] for c in conditions) != columns:
                    continue
                mine = rows_of(predicates, self.log)
                if len(mine & rows) >= 0.7 * len(mine | rows):
                    hit = k
            if hit is not None:
                found.add(hit)
                above += n_decoys
                n_decoys = 0
            else:
                others += 1
                n_decoys += any(c in decoys for c in columns)
        self.add("slices", len(found), len(truth), others, least, None, "other slices are not planted errors")
        self.add("decoys above a slice", 0, 0, above, 0.0, 0)
        self.add("decoys at all", 0, 0, n_decoys + above, 0.0, 1)

    def windows(self, kind, bug, slack):
        planted = [p for p in self.plants.get("pipeline_bug", []) if p["kind"] == kind]
        mine = self.bugs(bug)
        hits = set()
        notes = []
        for plant in planted:
            for finding in mine:
                subject = finding["subject"]
                if subject["column"] != plant["column"] or not subject["time"] or (
                        "factor" in plant and not (
                            subject["factor"] and abs(subject["factor"] / plant["factor"] - 1) < 1e-3)):
                    continue
                late = [instant(subject["time"]["from"]) - instant(plant["start"]),
                        instant(subject["time"]["to"]) - instant(plant["end"])]
                notes.append("ends off by %.0f s and %.0f s" % tuple(late))
                if max(map(abs, late)) <= slack:
                    hits.add(finding["id"])
        self.add(bug, len(hits), len(planted), len(mine) - len(hits), 1.0, 0, "; ".join(notes))

    def drift(self):
        plant = self.plants.get("drift")
        columns = {c["column"] for c in plant["columns"]} if plant else set()
        skewed = {(self.plants.get("train_serve_skew") or {}).get("column")}
        mine = {f["subject"]["column"] for f in self.kind("drift", None)} - skewed
        self.add("drift columns", len(columns & mine), len(columns), len(mine - columns), 0.95, 1)
        if not plant:
            return
        start = instant(plant["start"])
        end = start + plant.get("ramp_seconds", 0)
        slack = 7200 if plant["kind"] == "abrupt" else 0
        late = [instant(f["subject"]["at"]) - start for f in self.kind("change-point", None)]
        hits = [x for x in late if -slack <= x <= end - start + slack]
        self.add("change dated", min(len(hits), 1), 1, len(late) - len(hits), 1.0, 1,
                 ", ".join("%+.0f s" % x for x in late))

    def columns(self, what, findings, planted):
        planted = set(filter(None, planted))
        mine = {f["subject"]["column"] for f in findings}
        self.add(what, len(planted & mine), len(planted), len(mine - planted), 0.95, 1)

    def calibration(self):
        plant = self.plants.get("miscalibration")
        if not plant:
            return
        segment = plant["segment"]
        ranked = [f for f in self.kind("calibration") if f["subject"]["predicates"]][:3]
        hit = any([(p["column"], p["value"]) for p in f["subject"]["predicates"]] ==
                  [(segment["column"], segment["value"])] for f in ranked)
        self.add("miscalibrated segment", int(hit), 1, 0, 1.0, None, "%d segments in all" % len(ranked))

    def fairness(self):
        plant = self.plants.get("unfairness")
        if not plant:
            return
        mine = self.kind("fairness")
        hit = bool(mine) and mine[0]["subject"]["column"] == plant["attribute"] and \
            plant["group"] in mine[0]["title"]
        self.add("unfair group first", int(hit), 1, 0, 1.0, None)

    def label_noise(self, least):
        planted = self.noise_ids()
        if not planted:
            return
        precision, n, hits = 0.0, 0, 0
        for finding in self.kind("label-issue")[:1]:
            for row in self.table(finding):
                if row["id"].endswith(SUFFIX):
                    continue
                n += 1
                if self.noise_key(row["id"]) in planted:
                    hits += 1
                    precision += hits / n
        value = precision / len(planted)
        self.lines.append(("label noise, AP", hits, len(planted), value, n - hits, least, None,
                           round(value, 2) >= least, "average precision of the listed rows"))

    def noise_ids(self):
        noise = self.plants.get("label_noise") or {}
        return {str(i) for i in noise.get("ids", [])}

    @staticmethod
    def noise_key(text):
        digits = text.rsplit("-", 1)[-1]
        return str(int(digits)) if digits.isdigit() else text

    def anomalies(self):
        planted = {a["id"]: a["kind"] for a in self.plants.get("anomalies", [])}
        mine = set()
        for finding in self.kind("anomaly"):
            mine |= {row["id"] for row in self.table(finding)}
        natural = self.natural_ids(planted)
        for kind, what, least in (("stuck_sentinel", "sentinels", 0.95),
                                  ("impossible_combination", "repeated records", 0.9),
                                  ("extreme_value", "extremes", 0.9)):
            ids = {i for i, k in planted.items() if k == kind} - (natural if kind == "extreme_value" else set())
            self.add(what, len(ids & mine), len(ids), 0, least, None,
                     "beyond every natural row" if kind == "extreme_value" else "")
        false = {i for i in mine if i.removesuffix(SUFFIX) not in planted}
        self.add("anomalous rows, precision", len(mine) - len(false), len(mine), len(false), 0.95, None)

    def natural_ids(self, planted):
        """Planted extremes that lie within what natural rows hold in every column."""
        windows = [(p["column"], instant(p["start"]) - 600, instant(p["end"]) + 600)
                   for p in self.plants.get("pipeline_bug", [])]
        time = self.truth["columns"]["time"]
        ends = {}
        extremes = []
        for row in self.log:
            kind = planted.get(row[self.id].removesuffix(SUFFIX))
            if kind == "extreme_value":
                extremes.append(row)
            elif kind is None:
                at = number(row[time])
                at = at / 1000 if at is not None else instant(str(row[time]) + "+00:00")
                for column in self.truth["columns"]["numeric"]:
                    x = number(row.get(column))
                    if x is None or any(c == column and b <= at <= e for c, b, e in windows):
                        continue
                    low, high = ends.get(column, (x, x))
                    ends[column] = (min(low, x), max(high, x))
        return {row[self.id] for row in extremes
                if not any(number(row.get(c)) is not None and not low <= number(row[c]) <= high
                           for c, (low, high) in ends.items())}

    def duplicates(self):
        plant = self.plants.get("duplicates")
        if not plant:
            return
        planted = sum(v for v in plant.values() if isinstance(v, int))
        mine = self.bugs("duplicate-rows")
        count = sum(f["rows"]["count"] for f in mine)
        self.add("copies of rows", min(count, planted), planted, max(count - planted, 0), 0.95,
                 planted // 20)

    def all(self, has_reference):
        self.slices(0.95)
        self.windows("unit_change", "unit-change", 300)
        self.windows("category_encoding", "encoding-change", 300)
        self.drift()
        self.columns("leakage", self.kind("leakage"), [(self.plants.get("leakage") or {}).get("column")])
        if has_reference:
            self.columns("train/serve skew", self.bugs("train-serve-skew"),
                         [(self.plants.get("train_serve_skew") or {}).get("column")])
        self.calibration()
        self.fairness()
        self.label_noise(0.55)
        self.anomalies()
        self.duplicates()

    def print(self):
        print("%-28s %13s %7s %6s  %-9s %s" % ("what", "found", "share", "false", "goal", ""))
        for what, found, planted, share, false, least, most_false, met, note in self.lines:
            goal = "≥ %.2f" % least + ("" if most_false is None else ", ≤ %d" % most_false)
            print("%-28s %6d of %4d %7.3f %6d  %-9s %s%s" % (
                what, found, planted, share, false, goal, "met" if met else "MISSED",
                "  (" + note + ")" if note else ""))
        skipped = [s["analyzer"] for s in self.report["run"]["skipped"]]
        print("# skipped: %s; sampled: %s" % (", ".join(skipped) or "nothing",
                                               self.report["method"]["sampled"] or "nothing"))
        return all(line[7] for line in self.lines)


def analyse(errata, log, folder, reference, group):
    command = [errata, "analyze", log, "--llm", "none", "--format", "json", "-o", folder, "--quiet"]
    if reference:
        command += ["--reference", reference]
    if group:
        command += ["--role", group + "=group"]
    subprocess.run(command, check=True)


def score_of(errata, log, truth, folder, reference=None, analysed=False):
    """The score of a log's report, which is made in the folder unless it is there already."""
    with open(truth, encoding="utf-8") as file:
        planted = json.load(file)
    if not analysed:
        analyse(errata, log, folder, reference, (planted["plants"].get("unfairness") or {}).get("attribute"))
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
        report = json.load(file)
    return Score(report, folder, planted, read_log(log))


def draw(log, n, seed, path):
    """Writes a random part of the log, in its order."""
    rows = [log[i] for i in sorted(random.Random(seed).sample(range(len(log)), n))]
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(log[0]))
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("errata")
    parser.add_argument("log")
    parser.add_argument("truth")
    parser.add_argument("--reference")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--report")
    arguments = parser.parse_args()
    if not all(os.path.exists(p) for p in (arguments.log, arguments.truth, arguments.reference or "/")):
        print("absent: skipped")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        log = arguments.log
        if arguments.sample:
            log = os.path.join(folder, "part.csv")
            draw(read_log(arguments.log), arguments.sample, arguments.seed, log)
        score = score_of(arguments.errata, log, arguments.truth, arguments.report or folder,
                         arguments.reference, arguments.report is not None)
        if arguments.sample:
            score.slices(0.85)
        else:
            score.all(arguments.reference is not None)
        return 0 if score.print() else 1


if __name__ == "__main__":
    sys.exit(main())
