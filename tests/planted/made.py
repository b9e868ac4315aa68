#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds reports of made logs against what was planted in them, all logs together.

    made.py ERRATA ROWS SEED...

make-log.py draws each log from its seed, score.py scores its report. One log may hold what no rule
can find, such as far values in a tail that reaches as far by itself; so each kind is judged by its
mean over the logs, below the goals of score.py by more than what one log changes.

Exit status 0 when as much is found as must at least be, 1 when not, 77 without pandas and SciPy.
"""
import importlib.util
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # no folder beside the sources
import score  # noqa: E402

# of each kind: the least mean share over the logs, and false ones in all at most
LEAST = {
    "slices": (0.8, None),
    "decoys above a slice": (0.0, 0),
    "decoys at all": (0.0, 1),
    "unit-change": (0.5, 1),
    "encoding-change": (0.7, 1),
    "drift columns": (0.9, 1),
    "change dated": (0.7, 1),
    "leakage": (1.0, 0),
    "train/serve skew": (0.7, 1),
    "miscalibrated segment": (0.5, None),
    "unfair group first": (0.7, None),
    "label noise, AP": (0.55, None),
    "sentinels": (0.95, None),
    "repeated records": (0.7, None),
    "extremes": (0.3, None),
    "anomalous rows, precision": (0.95, None),
    "copies of rows": (0.95, 20),
}
MANY = 50000  # rows that these take
OF_MANY = {"change dated", "label noise, AP", "extremes"}


def scored(errata, rows, seed, folder):
    """The lines of score.py for one log."""
    log, reference, truth = (os.path.join(folder, name) for name in ("log.csv", "reference.csv", "truth.json"))
    make = os.path.join(os.path.dirname(os.path.abspath(__file__)), "make-log.py")
    subprocess.run([sys.executable, make, seed, rows, log, reference, truth], check=True)
    made = score.score_of(errata, log, truth, folder, reference)
    made.all(True)
    print("# seed %s" % seed)
    made.print()
    return made.lines


def main():
    errata, rows, *seeds = sys.argv[1:]
    if not all(importlib.util.find_spec(module) for module in ("pandas", "scipy")):
        print("pandas or SciPy absent: skipped")
        return 77
    shares, false = {}, {}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            for what, _, _, share, wrong, *_ in scored(errata, rows, seed, folder):
                shares[what] = shares.get(what, 0.0) + share / len(seeds)
                false[what] = false.get(what, 0) + wrong
    held = {what: goal for what, goal in LEAST.items() if int(rows) >= MANY or what not in OF_MANY}
    missed = [what for what, (least, most) in held.items()
              if shares[what] < least or (most is not None and false[what] > most)]
    print("# seeds %s" % ", ".join(seeds))
    for what in held:
        print("%-28s %7.3f %6d%s" % (what, shares[what], false[what], "  MISSED" if what in missed else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
