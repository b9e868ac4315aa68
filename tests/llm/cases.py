# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of a test, several at once: each in a process of its own, so that none sees another's server,
settings or answers. Most of their time is spent waiting."""
import contextlib
import io
import multiprocessing
import os
import re
import sys
import tempfile


class Skip(Exception):
    """why a case cannot be run here"""


class Runner:
    def __init__(self, cases, begin):
        self.cases, self.begin = cases, begin

    def one(self, number):
        """whether it failed, and its line of TAP after whatever it printed"""
        name, function = self.cases[number]
        said = io.StringIO()
        with tempfile.TemporaryDirectory(prefix="errata-case-", ignore_cleanup_errors=True) as scratch, \
                contextlib.redirect_stdout(said):
            try:
                if self.begin is not None:
                    self.begin(scratch)
                function()
                end = "ok", ""
            except Skip as skip:
                end = "ok", f" # SKIP {skip}"
            except Exception as problem:  # pylint: disable=broad-except
                end = "not ok", f"\n# {type(problem).__name__}: {problem!r}".replace("\\n", " ")
        name = re.sub(r"[#|\\]", "/", name)
        return end[0] != "ok", f"{said.getvalue()}{end[0]} {number + 1} {name}{end[1]}"


RUNNER = None


def work(number):
    return RUNNER.one(number)


def run(cases, begin=None, at_once=None, last=()):
    """runs all (name, function), begin(scratch folder) before each, and those of `last` when the others
    have ended; TAP in their order → exit status"""
    global RUNNER  # pylint: disable=global-statement  # what a fork takes along
    RUNNER = Runner([*cases, *last], begin)
    at_once = at_once or max(2, min(4, os.cpu_count() or 1))
    failures = 0
    print(f"1..{len(RUNNER.cases)}", flush=True)
    with multiprocessing.get_context("fork").Pool(at_once, maxtasksperchild=1) as pool:
        for part in range(len(cases)), range(len(cases), len(RUNNER.cases)):
            for failed, text in pool.imap(work, part, chunksize=1):
                failures += failed
                print(text, flush=True)
    return 1 if failures else 0

