#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validates what test-case-json writes against the published schema, and that the schema sees defects.

Usage: check-report-schema.py SCHEMA PROGRAM
"""
import copy
import json
import subprocess
import sys

import jsonschema  # missing: the test fails, since nothing would be checked


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    text = subprocess.run([sys.argv[2], "--print"], check=True, stdout=subprocess.PIPE).stdout
    report = json.loads(text, parse_constant=refuse_constant)
    errors = sorted(validator.iter_errors(report), key=lambda e: list(e.absolute_path))
    for error in errors:
        print(list(error.absolute_path), error.message[:200])

    breaks = [
        ("a finding without evidence", lambda r: r["findings"][0]["evidence"].clear()),
        ("an unknown kind", lambda r: r["findings"][0].update(kind="other")),
        ("an undefined metric without a reason", lambda r: [m.pop("why", None) for m in r["metrics"]]),
        ("a missing run", lambda r: r.pop("run")),
        ("a subject of another kind",
         lambda r: [f.update(subject={"column": "a"}) for f in r["findings"] if f["kind"] == "slice"]),
        ("an unknown action", lambda r: r["findings"][0]["suggestions"][0].update(action="pray")),
        ("text for a number", lambda r: r["metrics"][0].update(value="0.5")),
    ]
    unseen = []
    for what, change in breaks:
        broken = copy.deepcopy(report)
        change(broken)
        if validator.is_valid(broken):
            unseen.append(what)
            print("the schema accepts", what)
    return 1 if errors or unseen else 0


sys.exit(main())
