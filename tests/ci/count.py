#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""count.py BROKEN LOG...: adds up meson's test logs, first.json of a build before its second run; a
build that broke counts as a failure.

In CI a test may be skipped only because the shared test data are absent."""
import json
import sys


def reasons(test):
    """the lines of a test's TAP that say why it failed or was skipped"""
    failing = False
    for line in test.get("stdout", "").splitlines():
        failing = line.startswith("not ok") or failing and line.startswith("# ")
        if failing or "# SKIP" in line:
            yield line[:300]


def results(paths):
    """the last result of each test of each build, and whether it was another at first"""
    last = {}
    for path in paths:
        build = path.split("/")[-2 if path.endswith("first.json") else -3]
        with open(path, encoding="utf-8") as log:
            for line in log:
                test = json.loads(line)
                before = last.get((build, test["name"]))
                last[build, test["name"]] = (test, before is not None)
    return last


passed, failed, skipped = 0, int(sys.argv[1]), 0
for (build, name), (test, again) in results(sys.argv[2:]).items():
    if test["result"] in ("OK", "EXPECTEDFAIL"):
        passed += 1
        if again:
            print("passed only when run alone:", build, name)
        continue
    skip = test["result"] == "SKIP"
    skipped += skip
    failed += not skip
    print("skipped:" if skip else "failed:", build, name, test["result"])
    for reason in reasons(test):
        print("   ", reason)
if passed == 0:
    failed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
