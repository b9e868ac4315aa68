#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-flags.py ERRATA: columns of 0 and 1 and of yes and no by their names alone, values with quotes and commas, rates
that are called by a noun, calibration and median errors by group, and a log that a report names by a path from where it
was made. Right answers are worked out from the rows. TAP."""
import csv
import math
import os
import random
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "llm"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import run  # noqa: E402  pylint: disable=wrong-import-position
from asked import ENV, SCRATCH, accuracy, ask, error_rate, groups  # noqa: E402  pylint: disable=wrong-import-position

ERRATA = os.path.abspath(sys.argv[1])
RANDOM = random.Random(21)
LOAN, HOME = (os.path.join(SCRATCH.name, name) for name in ("loan.csv", "home.csv"))
LOANS, HOMES = [], []
PRODUCTS = ('27" monitor', "plain mug", "cable, 2m", 'he said "wow", book')


def write(path, names, rows):
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(names)
        writer.writerows(rows)
    return [dict(zip(names, row)) for row in rows]


def make():
    rows = []
    for i in range(4000):
        score = round(RANDOM.random(), 4)
        product = RANDOM.choice(PRODUCTS)
        truth = RANDOM.random() < score * (0.7 if product == PRODUCTS[0] else 1.0)
        rows.append((f"a{i}", product, RANDOM.choice(("North", "South", "East")), int(RANDOM.random() < 0.2),
                     int(RANDOM.random() < 0.3), RANDOM.choice(("yes", "no")), RANDOM.choice((1, 2, 3)), score,
                     "approved" if score > 0.5 else "rejected", "approved" if truth else "rejected"))
    LOANS.extend(write(LOAN, ("id", "product", "region", "flagged", "is_student", "autopay", "children", "score",
                              "decision", "outcome"), rows))
    for row in LOANS:
        row.update(y=row["outcome"], p=row["decision"])
    rows = [(i, RANDOM.randint(1, 5), round(RANDOM.uniform(50, 100), 2)) for i in range(2000)]
    rows = [(i, rooms, price, round(price * RANDOM.uniform(0.8, 1.2), 2)) for i, rooms, price in rows]
    HOMES.extend(write(HOME, ("id", "rooms", "predicted_price", "actual_price"), rows))


make()


def loans(**of):
    return [row for row in LOANS if all(row[name] == value for name, value in of.items())]


def share(part, rows):
    return [len(part), len(part) / len(rows)]


def calibration(rows):
    gap = [0.0] * 10
    for row in rows:
        gap[min(int(row["score"] * 10), 9)] += (row["y"] == "approved") - row["score"]
    return sum(map(abs, gap)) / len(rows)


def of_groups(rows, key, what):
    found = groups(rows, lambda row: row[key])
    return sorted(what(found[value]) for value in found)


# a log, a question, and all figures of its answer, in any order
ASKED = [
    (LOAN, "accuracy of flagged", [accuracy(loans(flagged=1))]),
    (LOAN, "accuracy where flagged", [accuracy(loans(flagged=1))]),
    (LOAN, "accuracy where not flagged", [accuracy(loans(flagged=0))]),
    (LOAN, "how many were flagged", share(loans(flagged=1), LOANS)),
    (LOAN, "error rate of students", [error_rate(loans(is_student=1))]),
    (LOAN, "how many students in the South", share(loans(is_student=1, region="South"), LOANS)),
    (LOAN, "error rate with autopay", [error_rate(loans(autopay="yes"))]),
    (LOAN, "error rate where not autopay", [error_rate(loans(autopay="no"))]),
    (LOAN, "error rate of not autopay", [error_rate(loans(autopay="no"))]),
    (LOAN, "error rate where not region South", [error_rate(loans(region="North") + loans(region="East"))]),
    (LOAN, "error rate of students that are not flagged", [error_rate(loans(is_student=1, flagged=0))]),
    (LOAN, "how many students are not flagged", share(loans(is_student=1, flagged=0), LOANS)),
    (LOAN, "how many students are not autopay", share(loans(is_student=1, autopay="no"), LOANS)),
    (LOAN, "error rate of flagged but not autopay", [error_rate(loans(flagged=1, autopay="no"))]),
    (LOAN, "error rate where flagged is not 1", [error_rate(loans(flagged=0))]),
    (LOAN, "error rate without autopay", [error_rate(loans(autopay="no"))]),
    (LOAN, "what share of approved have no autopay", share(loans(outcome="approved", autopay="no"),
                                                           loans(outcome="approved"))),
    (LOAN, "error rate by flagged", of_groups(LOANS, "flagged", error_rate)),
    (LOAN, "error rate by student", of_groups(LOANS, "is_student", error_rate)),
    (LOAN, 'accuracy for 27" monitor', [accuracy(loans(product=PRODUCTS[0]))]),
    (LOAN, 'error rate where product is 27" monitor', [error_rate(loans(product=PRODUCTS[0]))]),
    (LOAN, 'accuracy for he said "wow", book', [accuracy(loans(product=PRODUCTS[3]))]),
    (LOAN, 'accuracy for cable, 2m and 27" monitor', [accuracy(loans(product=PRODUCTS[2]) + loans(product=PRODUCTS[0]))]),
    (LOAN, "accuracy between 2 and 3 children", [accuracy(loans(children=2) + loans(children=3))]),
    (LOAN, "how many wrong decisions in the East", share([row for row in loans(region="East") if row["y"] != row["p"]],
                                                         LOANS)),
    (LOAN, "accuracy with 2 children", [accuracy(loans(children=2))]),
    (LOAN, "approval rate in the South", share(loans(outcome="approved", region="South"), loans(region="South"))),
    (LOAN, "which region has the lowest approval rate", [
        figure for rows in groups(LOANS, lambda row: row["region"]).values()
        for figure in share([row for row in rows if row["y"] == "approved"], rows)]),
    (LOAN, "rejection rate", share(loans(outcome="rejected"), LOANS)),
    (LOAN, "predicted approval rate", share(loans(decision="approved"), LOANS)),
    (LOAN, "how many were approved", share(loans(outcome="approved"), LOANS)),
    (LOAN, "calibration by region", of_groups(LOANS, "region", calibration)),
    (LOAN, "expected calibration error", [calibration(LOANS)]),
    (HOME, "median error by rooms", of_groups(HOMES, "rooms", lambda rows: statistics.median(
        abs(row["predicted_price"] - row["actual_price"]) for row in rows))),
]


def answered(log, question, figures):
    answer = ask(ERRATA, log, question)
    assert answer["answered"], answer
    told = [evidence["value"] for evidence in answer["evidence"].values()]
    assert len(told) == len(figures) and all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) for a, b in zip(sorted(told), sorted(figures))), (told, figures)


def instead():
    """what is to be asked instead has a column with rows on both sides of a number of few digits"""
    log = os.path.join(SCRATCH.name, "hint.csv")
    write(log, ("id", "constant", "amount", "label", "prediction"),
          [(i, 7, 30 + i / 317, i % 2, i // 3 % 2) for i in range(2000)])
    answer = ask(ERRATA, log, "qwertz uiop")
    assert not answer["answered"] and "“error rate where amount > 33.2”" in answer["why"], answer


def turned():
    """a word that begins like a denial of yes and no is never answered with those that say yes"""
    answer = ask(ERRATA, LOAN, "error rate of non-autopay")
    assert not answer["answered"], answer


def elsewhere():
    """a log that was given by a path from some folder is found from any"""
    done = subprocess.run([ERRATA, "analyze", "home.csv", "-o", "out/home", "--quiet"], cwd=SCRATCH.name, env=ENV,
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done
    done = subprocess.run([ERRATA, "ask", "mae", "--report", os.path.join(SCRATCH.name, "out", "home")], cwd="/",
                          env=ENV, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 and "mean absolute error" in done.stdout, done


sys.exit(run([(question, lambda entry=(log, question, figures): answered(*entry)) for log, question, figures in ASKED] +
             [("what to ask instead", instead), ("a denial", turned), ("a log by a relative path", elsewhere)]))
