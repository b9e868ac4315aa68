#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""count.py BROKEN LOG...: adds up meson's test logs; a build that broke counts as a failure.

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


passed, failed, skipped = 0, int(sys.argv[1]), 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            if test["result"] in ("OK", "EXPECTEDFAIL"):
                passed += 1
                continue
            skip = test["result"] == "SKIP"
            skipped += skip
            failed += not skip
            print("skipped:" if skip else "failed:", path.split("/")[-3], test["name"], test["result"])
            for reason in reasons(test):
                print("   ", reason)
if passed == 0:
    failed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
