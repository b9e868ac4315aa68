#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores change points and unfair groups of a report against what was planted.

    check-changes.py ERRATA LOG TRUTH.json

Exit status 0 when the planted drift is dated within 1 % of the log's time (a gradual one: its start
within a tenth of it), its columns are named, nothing else is reported as a lasting change, and every
planted group is in a finding of its attribute; 77 when a file is absent.
"""
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime


def instant(text):
    text = text.replace("Z", "+00:00").replace(" ", "T")
    head, _, tail = text.partition(".")
    zone = tail[-6:] if tail else ""
    return datetime.fromisoformat(head + zone if tail else text).timestamp()


def analyse(errata, log, role):
    with tempfile.TemporaryDirectory() as folder:
        command = [errata, "analyze", log, "--llm", "none", "--format", "json", "-o", folder, "--quiet"]
        if role:
            command += ["--role", role + "=group"]
        subprocess.run(command, check=True)
        with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
            return json.load(file)


def span(report):
    windows = report["performance"]["windows"]
    return instant(windows[-1]["to"]) - instant(windows[0]["from"])


def score_drift(report, drift):
    found = [f for f in report["findings"] if f["kind"] == "change-point"]
    start = instant(drift["start"])
    slack = (0.1 if drift["kind"] == "gradual" else 0.01) * span(report)
    good = True
    named = set()
    for finding in found:
        late = instant(finding["subject"]["at"]) - start
        near = abs(late) <= slack
        good = good and near
        words = " ".join(report["evidence"][e]["what"] for e in finding["evidence"])
        named |= {c["column"] for c in drift["columns"] if near and c["column"] in words.split()}
        print(f"# {finding['severity']:6} {late:+9.0f} s  {finding['title']}")
    missed = [c["column"] for c in drift["columns"] if c["column"] not in named]
    print(f"drift: {len(found)} changes, columns missed: {', '.join(missed) or 'none'}")
    return good and bool(found) and not missed


def score_fairness(report, plants):
    good = True
    for plant in plants:
        found = [f for f in report["findings"]
                 if f["kind"] == "fairness" and f["subject"]["column"] == plant["attribute"]]
        for finding in found:
            print(f"# {finding['severity']:6} {finding['title']}")
        hit = any(plant["group"] in finding["title"] for finding in found)
        print(f"{plant['attribute']} = {plant['group']}: {'found' if hit else 'missed'}")
        good = good and hit
    return good


def main():
    errata, log, truth = (os.path.abspath(path) for path in sys.argv[1:4])
    if not (os.path.exists(log) and os.path.exists(truth)):
        print("absent: skipped")
        return 77
    with open(truth, encoding="utf-8") as file:
        planted = json.load(file)
    unfair = planted["plants"].get("unfairness") or []
    unfair = [unfair] if isinstance(unfair, dict) else unfair
    report = analyse(errata, log, unfair[0]["attribute"] if unfair else None)
    drift = score_drift(report, planted["plants"]["drift"]) if "drift" in planted["plants"] else True
    return 0 if score_fairness(report, unfair) and drift else 1


if __name__ == "__main__":
    sys.exit(main())
