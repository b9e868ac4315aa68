#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-named.py ERRATA: names with accents typed without, words for people, groups at one end, months that are a
column or a span of time, and what is to be asked instead, of a log made here. Right answers are worked out from its
rows. TAP."""
import csv
import datetime
import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "llm"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import run  # noqa: E402  pylint: disable=wrong-import-position
from asked import SCRATCH, accuracy, ask, error_rate, groups, mean, wrong  # noqa: E402  pylint: disable=wrong-import-position

ERRATA = os.path.abspath(sys.argv[1])
RANDOM = random.Random(14)
LOG = os.path.join(SCRATCH.name, "werke.csv")
ROWS = []


def make(rows=4000):
    names = ["id", "zeit", "werk", "modèle", "masse_kg", "months", "y_true", "y_pred", "score", "gender", "age", "plan"]
    with open(LOG, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(names)
        for i in range(rows):
            y = RANDOM.random() < 0.3
            werk = RANDOM.choice(("Köln", "Ulm", "Saint-Étienne", "Bern", "Graz"))
            slip = RANDOM.random() < {"Köln": 0.3, "Graz": 0.2, "Bern": 0.15}.get(werk, 0.08)
            score = RANDOM.uniform(0.5, 0.99) if y != slip else RANDOM.uniform(0.01, 0.49)
            at = datetime.datetime(2026, 1, 5) + datetime.timedelta(minutes=30 * i)
            row = [f"m{i}", at.isoformat(), werk, RANDOM.choice("abc"), round(RANDOM.lognormvariate(1, 0.7), 2),
                   RANDOM.choice((12, 24, 36, 60)), int(y), int(score >= 0.5), round(score, 4),
                   RANDOM.choice("FM"), RANDOM.randint(18, 90), RANDOM.choice(("none", "basic", "full"))]
            writer.writerow(row)
            made = dict(zip(names, row))
            ROWS.append({**made, "at": at, "y": made["y_true"], "p": made["y_pred"]})


make()
BY = sorted((error_rate(g) for g in groups(ROWS, lambda r: r["werk"]).values()), reverse=True)
ACCURATE = sorted((accuracy(g) for g in groups(ROWS, lambda r: r["werk"]).values()), reverse=True)


def of(test, what=error_rate):
    return [what([r for r in ROWS if test(r)])]


def share(count):
    return [count, count / len(ROWS)]


# a question, and all figures of its answer in their order
ASKED = [
    ("error rate in Koeln", of(lambda r: r["werk"] == "Köln")),
    ("error rate in koln", of(lambda r: r["werk"] == "Köln")),
    ("accuracy in Saint Etienne", of(lambda r: r["werk"] == "Saint-Étienne", accuracy)),
    ("error rate by modele", [error_rate([r for r in ROWS if r["modèle"] == m]) for m in "abc"]),
    ("top 2 worst werk", BY[:2]),
    ("three worst werk", BY[:3]),
    ("worst 1 werk", BY[:1]),
    ("which 2 werk have the lowest error rate", BY[:-3:-1]),
    ("best 2 werk by accuracy", ACCURATE[:2]),
    ("top 2 werk by accuracy", ACCURATE[:2]),
    ("bottom 2 werk by accuracy", ACCURATE[:-3:-1]),
    ("error rate per month", [error_rate(g) for _, g in sorted(groups(ROWS, lambda r: r["at"].month).items())]),
    ("error rate by months", [error_rate(g) for _, g in sorted(groups(ROWS, lambda r: r["months"]).items())]),
    ("accuracy of rows with 60 months", of(lambda r: r["months"] == 60, accuracy)),
    ("how many rows heavier than 5 kg", share(sum(r["masse_kg"] > 5 for r in ROWS))),
    ("how sure are you about the accuracy", of(lambda r: True, accuracy)),
    ("what percentage of rows come from Ulm", share(sum(r["werk"] == "Ulm" for r in ROWS))),
    ("how much worse is Koeln than Ulm", of(lambda r: r["werk"] == "Köln") + of(lambda r: r["werk"] == "Ulm")),
    ("error rate for women over 70", of(lambda r: r["gender"] == "F" and r["age"] > 70)),
    ("accuracy of men", of(lambda r: r["gender"] == "M", accuracy)),
    ("how many men under 30", share(sum(r["gender"] == "M" and r["age"] < 30 for r in ROWS))),
    ("plan is none", share(sum(r["plan"] == "none" for r in ROWS))),
    ("error rate where plan is none", of(lambda r: r["plan"] == "none")),
    ("average masse_kg of the wrong ones", [mean(r["masse_kg"] for r in ROWS if wrong(r))]),
]
# a question that is not answered, and what is said instead
INSTEAD = [
    ("how sure is the model when it is wrong", "ask “is it overconfident”"),
    ("will accuracy get worse next month", "the log tells what was, not what will be"),
]


def answered(question, figures):
    answer = ask(ERRATA, LOG, question)
    assert answer["answered"], answer
    told = [evidence["value"] for evidence in answer["evidence"].values()]
    assert all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(told, figures)), (told, figures, answer["plan"])
    if "group" in answer["plan"]:
        assert len(told) == len(figures), (told, figures, answer["plan"])


def instead(question, why):
    answer = ask(ERRATA, LOG, question)
    assert not answer["answered"] and why in answer["why"] and "; try" not in answer["why"], answer


def fairness():
    answer = ask(ERRATA, LOG, "is the model fair?")
    assert "Ask “is it fair by gender”" in answer["text"] and "--role gender=group" in answer["text"], answer
    assert ask(ERRATA, LOG, "is it fair by werk")["answered"]


def tested():
    """whether a fall is real is for what was found, and tested, to say; of a group it is not known"""
    for question in ("how sure is it that accuracy fell", "is the drop in accuracy significant?"):
        assert ask(ERRATA, LOG, question)["plan"].startswith("findings performance"), question
    assert "findings" not in (ask(ERRATA, LOG, "how sure is it that accuracy fell in Ulm")["plan"] or "")


def letters():
    """columns of one letter are those that are named, and no others"""
    log = os.path.join(SCRATCH.name, "letters.csv")
    with open(log, "w", encoding="utf-8") as handle:
        handle.write("visits,s,label,prediction\n")
        handle.writelines(f"{i % 5},{'ab'[i // 30]},{i % 2},{i // 3 % 2}\n" for i in range(60))
    for question, plan in (("median visits", "describe visits"),
                           ("error rate by visits", "group visits | metric error_rate"),
                           ("error rate by s", "group s | metric error_rate")):
        assert ask(ERRATA, log, question)["plan"] == plan, question


def biased():
    """numbers that are predicted too high or too low are biased; classes may be unfair"""
    log = os.path.join(SCRATCH.name, "numbers.csv")
    with open(log, "w", encoding="utf-8") as handle:
        handle.write("kind,label,prediction\n")
        handle.writelines(f"{'ab'[i % 2]},{i % 37 + 0.5},{i % 37 + 2.25 + i % 3}\n" for i in range(600))
    assert "bias_mean_error" in ask(ERRATA, log, "Is the model biased?")["plan"]
    assert ask(ERRATA, LOG, "is the model biased?")["plan"] == "findings fairness"


def gaps():
    """a share says of which rows it is: none without label, and how many lack the value that is asked for, a code for
    no value among them"""
    log = os.path.join(SCRATCH.name, "gaps.csv")
    rows = []
    with open(log, "w", encoding="utf-8") as handle:
        handle.write("age,income,label,prediction\n")
        for i in range(3000):
            rows.append((18 + i % 61, -999 if i % 5 == 0 else 1000 + RANDOM.randrange(9000), "yn"[i // 7 % 2],
                         "yn"[i // (7 if i % 8 else 5) % 2], i % 3 > 0))
            handle.write("%d,%d,%s,%s\n" % (*rows[-1][:2], rows[-1][2] if rows[-1][4] else "", rows[-1][3]))
    judged = [row for row in rows if row[4]]
    n_wrong = sum(row[2] != row[3] for row in judged)
    rich = sum(row[1] > 5000 for row in rows)
    for question, figures, said in (
            ("how many errors", [n_wrong, n_wrong / len(judged)], "of the 2,000 rows with a label and a prediction"),
            ("how many rows have an income over 5000", [rich, rich / 3000, 600], "600 [A3] have no income"),
            ("what share of rows has an income over 5000", [rich, rich / 3000, 600], "600 [A3] have no income"),
            ("what share of rows has no income", [600, 0.2], "of all 3,000 rows")):
        answer = ask(ERRATA, log, question)
        assert [evidence["value"] for evidence in answer["evidence"].values()] == figures, answer
        assert said in answer["text"].replace("\u00a0", " "), answer


def small(name, values, questions):
    """small words that are values: those that stand as values are, those that stand as words are none, and where it
    cannot be told the answer is none"""
    log = os.path.join(SCRATCH.name, f"small-{name}.csv")
    with open(log, "w", encoding="utf-8") as handle:
        handle.write(f"{name},verified,label,prediction\n")
        handle.writelines(f"{values[i % len(values)]},{'yes' if i % 3 else 'no'},{i % 2},{i // 7 % 2}\n"
                          for i in range(800))
    for question, plan in questions:
        answer = ask(ERRATA, log, question)
        if plan is None:
            assert not answer["answered"] and f"is a value of {name}" in answer["why"], (question, answer)
        else:
            assert answer["answered"] and answer["plan"] == plan, (question, answer)


SMALL = [
    ("market", ("us", "uk", "de", "jp"), [
        *((q, "filter market = us | metric accuracy") for q in (
            "accuracy in the us", "accuracy in us", "accuracy us", "us accuracy", "accuracy for US")),
        ("in us", "filter market = us | count"),
        ("how many errors in the us?", "filter market = us and error | count"),
        ("accuracy of us and uk", "filter market in (us, uk) | metric accuracy"),
        ("accuracy in the uk and in the us", "filter market in (uk, us) | metric accuracy"),
        ("us vs uk", "filter market = us | compare market = uk"),
        ("accuracy in the us compared with uk", "filter market = us | compare market = uk"),
        ("error rate for verified in us", "filter verified = yes and market = us | metric error_rate"),
        ("tell us the accuracy", "metric accuracy"),
        ("give us the accuracy in uk", "filter market = uk | metric accuracy"),
        ("how is it doing in uk", "filter market = uk | metric accuracy")]),
    ("grade", ("a", "b", "c", "d"), [
        *((q, "filter grade = b | compare grade = a") for q in (
            "is b worse than a", "is grade b worse than grade a", "error rate of b compared with a", "compare b with a", "b vs a")),
        ("is a better than b", "filter grade = a | compare grade = b"),
        ("a vs b", "filter grade = a | compare grade = b"), ("accuracy of a", "filter grade = a | metric accuracy"),
        ("how many rows are a", "filter grade = a | count"),
        ("accuracy of a and b", "filter grade in (a, b) | metric accuracy"),
        ("is there a finding", "findings"), ("accuracy where grade is a", "filter grade = a | metric accuracy")]),
    ("place", ("US", "UK", "DE"), [("accuracy in the us", "filter place = US | metric accuracy")]),
    ("dept", ("it", "hr", "us", "so"), [
        ("accuracy for us and it", "filter dept in (us, it) | metric accuracy"),
        ("accuracy of hr, us, so", "filter dept in (hr, us, so) | metric accuracy"),
        ("how many errors in hr and it", "filter dept in (hr, it) and error | count"),
        ("how good is it", "metric accuracy"), ("is it any good", "metric accuracy"),
        ("so what is the accuracy", "metric accuracy"), ("it accuracy", None)]),
    ("land", ("it", "at", "be", "no", "de"), [
        ("accuracy in it", "filter land = it | metric accuracy"), ("in at", "filter land = at | count"),
        ("error rate of at and be", "filter land in (at, be) | metric error_rate"),
        ("error rate in it, at, be and no", "filter land in (it, at, be, no) | metric error_rate"),
        ("how accurate is it", "metric accuracy"), ("accuracy at de", "filter land = de | metric accuracy"),
        ("what would be the accuracy in de", "filter land = de | metric accuracy"), ("at accuracy", None)]),
]


def unlabelled():
    """groups are counted, and said to be, of the rows with a label and a prediction"""
    log = os.path.join(SCRATCH.name, "unlabelled.csv")
    with open(log, "w", encoding="utf-8") as handle:
        handle.write("kind,label,prediction\n")
        handle.writelines(f"{'ab'[i % 2]},{'' if i % 9 == 0 else i // 2 % 2},{i // 7 % 2}\n" for i in range(900))
    answer = ask(ERRATA, log, "accuracy by kind")
    assert "of the 800 rows with a label and a prediction" in answer["text"], answer
    assert [row[1] for row in answer["table"]["rows"]] == ["400", "400"], answer
    answer = ask(ERRATA, log, "is kind b worse than the rest")
    assert "of the 400 rows with a label and a prediction where kind is b" in answer["text"], answer


def lost():
    """a number of groups that no plan has is not dropped"""
    answer = ask(ERRATA, LOG, "compare the 2 worst werk")
    assert not answer["answered"] or " 2" in answer["plan"], answer


sys.exit(run([(question, lambda entry=(question, figures): answered(*entry)) for question, figures in ASKED] +
             [(question, lambda entry=(question, why): instead(*entry)) for question, why in INSTEAD] +
             [("fairness", fairness), ("tested", tested), ("biased", biased), ("columns of one letter", letters),
              ("a number is not lost", lost), ("rows without a value", gaps),
              ("groups of unlabelled rows", unlabelled)] +
             [(f"small words of {made[0]}", lambda made=made: small(*made)) for made in SMALL]))
