#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-ask.py ERRATA SAMPLES QUESTIONS PLAN_SCHEMA SHARED: questions about our samples and about logs of
others, where they are there, as plans and in plain words. Right answers are worked out here from the rows
themselves; wrong plans must be refused. TAP."""
import csv
import json
import math
import os
import re
import subprocess
import sys
import tempfile

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "llm"))
from cases import Skip, run  # noqa: E402  pylint: disable=wrong-import-position

ERRATA, SAMPLES, QUESTIONS, SCHEMA, SHARED = (os.path.abspath(argument) for argument in sys.argv[1:6])
SCRATCH = tempfile.TemporaryDirectory(prefix="errata-ask-")
ENV = dict(os.environ, ERRATA_CONFIG_DIR=SCRATCH.name, LC_ALL="C.UTF-8")
LOGS, PATHS, LEAST = {}, {}, {}  # by name: rows, file, the first value of each column


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def num(row, name):
    return float(row[name]) if row[name] != "" else math.nan


def path_of(name):
    if name == "tickets":
        return os.path.join(SAMPLES, name + ".jsonl")
    path = os.path.join(SAMPLES, name + ".csv")
    return path if os.path.exists(path) else os.path.join(SHARED, "data", "public", "logs", name + ".csv")


def thin(name):
    """every fourth row of a long log, so that its questions take a quarter of the time"""
    out = os.path.join(SCRATCH.name, os.path.basename(path_of(name)))
    with open(path_of(name), encoding="utf-8", newline="") as whole, \
            open(out, "w", encoding="utf-8", newline="") as part:
        part.writelines(line for number, line in enumerate(whole) if number % 4 == 0)  # 0: the head
    return out


def read(name):
    PATHS[name] = thin(name) if name in ("credit", "adult_binary", "delivery") else path_of(name)
    with open(PATHS[name], encoding="utf-8", newline="") as handle:
        LOGS[name] = list(csv.DictReader(handle, delimiter=";" if name == "delivery" else ",")) \
            if name != "tickets" else [{**row, **row["features"]} for row in map(json.loads, handle)]
    LEAST[name] = {column: min(str(row[column]) for row in LOGS[name]) for column in LOGS[name][0]}


def report():
    """of the whole log, made once"""
    out = os.path.join(SCRATCH.name, "report")
    subprocess.run([ERRATA, "analyze", path_of("credit"), "--format", "json", "--llm", "none", "-o", out],
                   capture_output=True, env=ENV, timeout=300, check=True)
    return os.path.join(out, "report.json")


def where(entry):
    """what is asked: the answers that are written out are of the whole log or of its report"""
    if "text" not in entry or entry["log"] != "credit":
        return PATHS[entry["log"]]
    of_report = re.match("explain|finding|advice|features|count F", entry.get("plan", ""))
    return REPORT if of_report and entry["plan"] not in ("findings", "explain 0") else path_of("credit")


def ask(*arguments):
    done = subprocess.run([ERRATA, "ask", "--json", *arguments], capture_output=True, text=True, env=ENV,
                          timeout=300, check=False)
    assert done.returncode in (0, 1, 2) and done.stdout, (done.returncode, done.stderr)
    answer = json.loads(done.stdout)
    assert answer["answered"] == (done.returncode == 0), answer
    assert answer["malformed"] == (done.returncode == 2), answer
    return answer


def cited(answer):
    """each figure that was worked out is cited, and what is cited is there"""
    inside = set(re.findall(r"\[(A\d+)\]", answer["text"]))
    assert inside <= set(answer["evidence"]), answer
    return inside


def check(entry, answer):
    if "why" in entry:
        assert not answer["answered"] and entry["why"] in answer["why"], answer
        return
    assert answer["answered"], answer
    cited(answer)
    if "text" in entry:
        assert entry["text"] in answer["text"].replace("\u00a0", " "), answer["text"]
        return
    names = {"mean": mean, "num": num, "rows": LOGS[entry["log"]], "first": LEAST[entry["log"]].get}
    expected = eval(entry["expect"], names)  # our own file
    found = [e["value"] for e in answer["evidence"].values() if e["key"] == entry["key"]]
    assert found and math.isclose(found[0], expected, rel_tol=1e-9, abs_tol=1e-12), (found, expected)
    assert cited(answer), answer["text"]


def one(entry):
    asked = ["--report", where(entry)]
    if "plan" in entry:
        answer = ask(*asked, "--plan", entry["plan"])
        check(entry, answer)
        if entry["plan"].startswith("{") and answer["answered"]:
            with open(SCHEMA, encoding="utf-8") as handle:
                jsonschema.validate(json.loads(entry["plan"]), json.load(handle))
    if "ask" in entry:
        answer = ask(*asked, entry["ask"])
        if "plan" in entry:
            assert answer["plan"] is not None, answer
        check(entry, answer)


def case(entry):
    if not os.path.exists(path_of(entry["log"])):
        raise Skip(f"no log {entry['log']}")
    one(entry)


with open(QUESTIONS, encoding="utf-8") as handle:
    ENTRIES = json.load(handle)
for known in {entry["log"] for entry in ENTRIES}:
    if os.path.exists(path_of(known)):
        read(known)
REPORT = report()
sys.exit(run([(entry.get("plan") or entry.get("ask"), lambda entry=entry: case(entry)) for entry in ENTRIES]))
