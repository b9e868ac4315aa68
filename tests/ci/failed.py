#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""failed.py LOG: names of the tests of a meson log that failed, where there are few: those that a busy
machine may have failed, to be run once more and alone."""
import json
import sys

FEW = 4

with open(sys.argv[1], encoding="utf-8") as log:
    tests = [json.loads(line) for line in log]
names = [t["name"].split(" / ")[-1] for t in tests if t["result"] not in ("OK", "EXPECTEDFAIL", "SKIP")]
for name in names if len(names) <= FEW else []:
    print(name)
