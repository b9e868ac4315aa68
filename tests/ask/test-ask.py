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

ERRATA, SAMPLES, QUESTIONS, SCHEMA, SHARED = (os.path.abspath(argument) for argument in sys.argv[1:6])
ENV = dict(os.environ, ERRATA_CONFIG_DIR=tempfile.mkdtemp(prefix="errata-ask-"), LC_ALL="C.UTF-8")
LOGS = {}


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


def log(name):
    if name not in LOGS:
        with open(path_of(name), encoding="utf-8", newline="") as handle:
            LOGS[name] = list(csv.DictReader(handle, delimiter=";" if name == "delivery" else ",")) \
                if name != "tickets" else [{**row, **row["features"]} for row in map(json.loads, handle)]
    return LOGS[name]


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
    rows = log(entry["log"])
    least = {name: min(str(row[name]) for row in rows) for name in rows[0]}  # the first group
    expected = eval(entry["expect"], {"mean": mean, "num": num, "rows": rows, "first": least.get})  # our own file
    found = [e["value"] for e in answer["evidence"].values() if e["key"] == entry["key"]]
    assert found and math.isclose(found[0], expected, rel_tol=1e-9, abs_tol=1e-12), (found, expected)
    assert cited(answer), answer["text"]


def one(entry):
    where = ["--report", path_of(entry["log"])]
    if "plan" in entry:
        answer = ask(*where, "--plan", entry["plan"])
        check(entry, answer)
        if entry["plan"].startswith("{") and answer["answered"]:
            with open(SCHEMA, encoding="utf-8") as handle:
                jsonschema.validate(json.loads(entry["plan"]), json.load(handle))
    if "ask" in entry:
        answer = ask(*where, entry["ask"])
        if "plan" in entry:
            assert answer["plan"] is not None, answer
        check(entry, answer)


def main():
    with open(QUESTIONS, encoding="utf-8") as handle:
        entries = json.load(handle)
    failed = 0
    print(f"1..{len(entries)}", flush=True)
    for number, entry in enumerate(entries, 1):
        name = re.sub(r"[#|\\]", "/", entry.get("plan") or entry.get("ask"))
        if not os.path.exists(path_of(entry["log"])):
            print(f"ok {number} {name} # SKIP no log {entry['log']}", flush=True)
            continue
        try:
            one(entry)
            print(f"ok {number} {name}", flush=True)
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {name}\n# {problem!r}", flush=True)
    sys.exit(1 if failed else 0)


main()
