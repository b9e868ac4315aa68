#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""count.py BROKEN LOG...: adds up meson's test logs; a build that broke counts as a failure.

In CI a test may be skipped only because the shared test data are absent."""
import json
import sys

passed, failed, skipped = 0, int(sys.argv[1]), 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            if test["result"] in ("OK", "EXPECTEDFAIL"):
                passed += 1
            elif test["result"] == "SKIP":
                skipped += 1
                print("skipped:", test["name"])
            else:
                failed += 1
                print("failed:", path.split("/")[-3], test["name"], test["result"])
if passed == 0:
    failed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
