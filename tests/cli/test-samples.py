#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-samples.py ERRATA SOURCE BUILD: every sample's report holds what its expected.json lists. TAP."""
import json
import os
import subprocess
import sys
import tempfile

ERRATA, SOURCE, BUILD = sys.argv[1:4]
LEVELS = ["info", "low", "medium", "high", "critical"]


def columns_of(finding):
    subject = finding["subject"]
    if "predicates" in subject:
        return sorted(p["column"] for p in subject["predicates"])
    return sorted(subject.get("columns") or [subject.get("column")])


def matches(finding, wanted):
    if finding["kind"] != wanted["kind"]:
        return False
    if LEVELS.index(finding["severity"]) < LEVELS.index(wanted.get("min_severity", "info")):
        return False
    if "bug" in wanted and finding["subject"].get("bug") != wanted["bug"]:
        return False
    if "column" in wanted and wanted["column"] not in columns_of(finding):
        return False
    return "columns" not in wanted or columns_of(finding) == sorted(wanted["columns"])


def check(name, scratch):
    with open(os.path.join(SOURCE, name, "expected.json"), encoding="utf-8") as handle:
        expected = json.load(handle)
    out = os.path.join(scratch, name)
    command = [ERRATA, "analyze", os.path.join(BUILD, expected["log"]), "-o", out, "--quiet"]
    if "reference" in expected:
        command += ["--reference", os.path.join(BUILD, expected["reference"])]
    subprocess.run(command, check=True)
    with open(os.path.join(out, "report.json"), encoding="utf-8") as handle:
        report = json.load(handle)
    problems = []
    seen = [(f["kind"], f["severity"], f["title"]) for f in report["findings"]]
    if report["schema"]["task"] != expected["task"]:
        problems.append(f"task {report['schema']['task']}, expected {expected['task']}")
    if report["run"]["inputs"][0]["rows"] != expected["rows"]:
        problems.append(f"rows {report['run']['inputs'][0]['rows']}, expected {expected['rows']}")
    for wanted in expected["findings"]:
        if not any(matches(f, wanted) for f in report["findings"]):
            problems.append(f"not found: {wanted}; seen: {seen}")
    for finding in report["findings"]:
        loud = LEVELS.index(finding["severity"]) >= LEVELS.index("medium")
        for column in expected["none_above_low"]:
            if loud and columns_of(finding) == [column]:
                problems.append(f"should be quiet: {finding['title']}")
        planted = any(matches(finding, wanted) for wanted in expected["findings"])
        if loud and finding["kind"] in expected.get("none_else_above_low", []) and not planted:
            problems.append(f"was not planted: {finding['title']}")
    if "metrics_file" in expected:
        with open(os.path.join(BUILD, expected["metrics_file"]), encoding="utf-8") as handle:
            for metric, value in json.load(handle).items():
                got = [m["value"] for m in report["metrics"] if m["name"] == metric and "class" not in m]
                if not got or abs(got[0] - value) > 1e-9 * abs(value):
                    problems.append(f"{metric} is {got}, scikit-learn says {value}")
    for finding in report["findings"]:
        rationale = finding["rationale"]
        if not rationale["text"] or not rationale["citations"]:
            problems.append(f"no rationale: {finding['title']}")
        for citation in rationale["citations"]:
            if citation not in report["evidence"]:
                problems.append(f"{finding['id']} cites {citation}, which is not there")
    return problems


def main():
    names = sorted(d for d in os.listdir(SOURCE) if os.path.exists(os.path.join(SOURCE, d, "expected.json")))
    failed = 0
    print(f"1..{len(names)}")
    with tempfile.TemporaryDirectory() as scratch:
        for number, name in enumerate(names, 1):
            problems = check(name, scratch)
            failed += bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} {name}")
            for problem in problems:
                print("#", problem)
            sys.stdout.flush()
    sys.exit(1 if failed else 0)


main()
