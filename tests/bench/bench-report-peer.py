#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-report-peer.py ERRATA LOG MODEL PEER [ROUNDS]: a whole report beside PEER, in turn.

ERRATA is the command, LOG a log of predictions, MODEL what made them, or "none". PEER is a Python
program that makes a report of the same two files (PEER LOG MODEL REPORT.pdf), such as
bench/baseline_report.py of the shared material. CPU seconds, wall seconds and the most memory of
all processes of each run; medians, and the medians of the ratios round by round. The peer has as
many threads as there are processors.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time


def measure(command):
    """CPU and wall seconds of the command and all it starts, and their largest memory in MB"""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ends with {process.returncode}: {said.decode(errors='replace')[-600:]}")
    return used.ru_utime + used.ru_stime, time.monotonic() - begin, used.ru_maxrss / 1024


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    errata, log, model, peer = sys.argv[1:5]
    n_rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 3
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count()))
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(n_rounds):
            own = [errata, "analyze", log, "-o", os.path.join(scratch, f"out-{number}"), "--quiet",
                   "--llm=none", *([] if model == "none" else ["--model", model])]
            mine.append(measure(own))
            theirs.append(measure([sys.executable, peer, log, model, os.path.join(scratch, "peer.pdf")]))
    for at, (name, unit) in enumerate((("CPU", "s"), ("wall", "s"), ("memory", "MB"))):
        ratio = statistics.median(t[at] / m[at] for m, t in zip(mine, theirs))
        print(f"{name}: Errata {statistics.median(m[at] for m in mine):.2f} {unit}, the peer "
              f"{statistics.median(t[at] for t in theirs):.2f} {unit}, {ratio:.1f} times as much")


main()
