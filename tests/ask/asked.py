# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples as rows, and a question held against what they say. For tests of questions in words."""
import collections
import csv
import datetime
import json
import math
import os
import subprocess
import tempfile

SCRATCH = tempfile.TemporaryDirectory(prefix="errata-asked-")
ENV = dict(os.environ, ERRATA_CONFIG_DIR=SCRATCH.name, LC_ALL="C.UTF-8")
REFUSED = "refused"  # a question that need not be answered, and never wrongly


def num(row, name):
    return float(row[name]) if row[name] not in ("", "unknown") else math.nan


def read_credit(path):
    with open(path, encoding="utf-8", newline="") as handle:
        return [{**row, "y": row["label"], "p": row["prediction"], "s": float(row["score"]),
                 "at": datetime.datetime.fromisoformat(row["timestamp"][:-1])} for row in csv.DictReader(handle)]


def read_delivery(path):
    with open(path, encoding="utf-8", newline="") as handle:
        return [{**row, "at": datetime.datetime.fromisoformat(row["created_at"][:-1]),
                 "e": float(row["predicted_minutes"]) - float(row["actual_minutes"])}
                for row in csv.DictReader(handle, delimiter=";")]


def read_tickets(path):
    with open(path, encoding="utf-8") as handle:
        return [{**row["features"], "y": row["label"], "p": row["prediction"], "s": max(row["probs"].values()),
                 "at": datetime.datetime.fromisoformat(row["time"][:-1])} for row in map(json.loads, handle)]


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else math.nan


def wrong(row):
    return row["y"] != row["p"]


def right(row):
    return row["y"] == row["p"]


def accuracy(rows):
    return mean(right(r) for r in rows)


def error_rate(rows):
    return mean(wrong(r) for r in rows)


def mae(rows):
    return mean(abs(r["e"]) for r in rows)


def rmse(rows):
    return math.sqrt(mean(r["e"] ** 2 for r in rows))


def groups(rows, key):
    """rows by what @key makes of them"""
    found = collections.defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def most(rows, key, what):
    """what of the group that has most of it"""
    return max(what(group) for group in groups(rows, key).values())


def ask(errata, path, question):
    done = subprocess.run([errata, "ask", "--json", path, question], capture_output=True, text=True, env=ENV,
                          timeout=300, check=False)
    assert done.stdout, (done.returncode, done.stderr)
    return json.loads(done.stdout)


def verdict(answer, expected, text=None):
    """right, refused or wrong: all expected figures are in the answer's evidence"""
    if not answer["answered"]:
        return "refused"
    if expected == REFUSED:
        return "wrong"
    values = [evidence["value"] for evidence in answer["evidence"].values()]
    told = all(any(math.isclose(value, figure, rel_tol=1e-9, abs_tol=1e-12) for value in values)
               for figure in (expected if isinstance(expected, list) else [expected]))
    return "right" if told and (text is None or text in answer["text"].replace("\u00a0", " ")) else "wrong"
