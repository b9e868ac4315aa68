#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-plans.py ERRATA [SEED [PLANS]]: made-up plans over a log with names that are hard to quote, missing
cells, dates and few or many values. What each condition means is worked out here, row by row. TAP."""
import csv
import datetime
import json
import math
import os
import random
import subprocess
import sys
import tempfile

ERRATA = os.path.abspath(sys.argv[1])
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 7
PLANS = int(sys.argv[3]) if len(sys.argv) > 3 else 60
SCRATCH = tempfile.TemporaryDirectory(prefix="errata-plans-")
LOG = os.path.join(SCRATCH.name, "log.csv")
ENV = dict(os.environ, ERRATA_CONFIG_DIR=SCRATCH.name, LC_ALL="C.UTF-8")
RANDOM = random.Random(SEED)
TEXTS = {"region of sale": ["north", "south-west", "O'Brien's", "a \"b\"", "x|y", "not", "Ünder"],
         "device.kind": ["phone", "tablet", "desk top"]}
NUMBERS = {"age": (18, 90), "price, net": (0.0, 1.0), "n|late": (0, 6)}


def make_row(number):
    row = {"id": f"r-{number}", "when": (datetime.datetime(2026, 1, 1) + datetime.timedelta(
        minutes=37 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    for name, values in TEXTS.items():
        row[name] = "" if RANDOM.random() < 0.05 else RANDOM.choice(values)
    for name, (low, high) in NUMBERS.items():
        value = RANDOM.randint(low, high) if isinstance(low, int) else round(RANDOM.uniform(low, high), 3)
        row[name] = "" if RANDOM.random() < 0.05 else str(value)
    row["label"] = "bad" if RANDOM.random() < 0.3 else "good one"
    score = min(max(RANDOM.gauss(0.65 if row["label"] == "bad" else 0.35, 0.2), 0.001), 0.999)
    row["score"] = f"{score:.4f}"
    row["prediction"] = "bad" if float(row["score"]) >= 0.5 else "good one"
    return row


ROWS = [make_row(number) for number in range(2000)]


def quote(text, mark):
    return mark + text.replace(mark, mark * 2) + mark


def name_of(name):
    return quote(name, RANDOM.choice('"`'))


def number_of(row, name):
    return math.nan if row[name] == "" else float(row[name])


def a_number(name):
    return float(RANDOM.choice([row[name] for row in ROWS if row[name]]))


def test_number():
    name = RANDOM.choice([*NUMBERS, "score"])
    value = a_number(name)
    form = RANDOM.choice(["<", "<=", ">", ">=", "=", "!=", "between", "percent"])
    if form == "between":
        low, high = sorted([value, a_number(name)])
        return f"{name_of(name)} between {low:g} and {high:g}", lambda row: low <= number_of(row, name) < high
    if form == "percent":
        sign = RANDOM.choice(["%", " %"])
        value = round(a_number("price, net"), 2)
        return (f"{name_of('price, net')} >= {value * 100:g}{sign}",
                lambda row: number_of(row, "price, net") >= round(value * 100, 6) / 100)
    compare = {"<": lambda a: a < value, "<=": lambda a: a <= value, ">": lambda a: a > value,
               ">=": lambda a: a >= value, "=": lambda a: a == value,
               "!=": lambda a: not math.isnan(a) and a != value}[form]
    return f"{name_of(name)} {form} {value:g}", lambda row: compare(number_of(row, name))


def test_text():
    name = RANDOM.choice(list(TEXTS))
    some = RANDOM.sample(TEXTS[name], 2)
    words = ", ".join(quote(text, "'") for text in some)
    form = RANDOM.choice(["=", "is", "!=", "in", "not in", "is missing", "is not missing", "contains"])
    if form in ("=", "is"):
        return f"{name_of(name)} {form} {quote(some[0], chr(39))}", lambda row: row[name] == some[0]
    if form == "!=":
        return f"{name_of(name)} != {quote(some[0], chr(39))}", lambda row: row[name] not in ("", some[0])
    if form == "in":
        return f"{name_of(name)} in ({words})", lambda row: row[name] in some
    if form == "not in":
        return f"{name_of(name)} not in ({words})", lambda row: row[name] not in ("", *some)
    if form == "contains":
        part = some[0][:3].upper()
        return (f"{name_of(name)} contains {quote(part, chr(39))}",
                lambda row: part.casefold() in row[name].casefold())
    return f"{name_of(name)} {form}", lambda row: (row[name] == "") == (form == "is missing")


def test_time():
    day = f"2026-01-{RANDOM.randint(2, 28):02}"
    form = RANDOM.choice(["<", ">=", "=", "hour", "weekday"])
    if form == "hour":
        hour = RANDOM.randint(1, 23)
        return f'"when hour" < {hour}', lambda row: int(row["when"][11:13]) < hour
    if form == "weekday":
        return '"when weekday" in (Saturday, Sunday)', \
            lambda row: datetime.date.fromisoformat(row["when"][:10]).weekday() >= 5
    return f"when {form} {day}", {"<": lambda row: row["when"] < day, ">=": lambda row: row["when"] >= day,
                                  "=": lambda row: row["when"][:10] == day}[form]


def test_outcome():
    return RANDOM.choice([("error", lambda row: row["label"] != row["prediction"]),
                          ("@correct", lambda row: row["label"] == row["prediction"]),
                          ("label = 'good one'", lambda row: row["label"] == "good one"),
                          ("prediction != bad", lambda row: row["prediction"] != "bad")])


def condition(depth=0):
    kind = RANDOM.random()
    if depth < 3 and kind < 0.45:
        (text_a, a), (text_b, b) = condition(depth + 1), condition(depth + 1)
        if RANDOM.random() < 0.5:
            return f"({text_a}) and ({text_b})", lambda row: a(row) and b(row)
        return f"({text_a} or {text_b})", lambda row: a(row) or b(row)
    if depth < 3 and kind < 0.6:
        text, inner = condition(depth + 1)
        return f"not ({text})", lambda row: not inner(row)
    return RANDOM.choice([test_number, test_text, test_text, test_time, test_outcome])()


def rate(rows):
    return sum(row["label"] != row["prediction"] for row in rows) / len(rows)


def ranges(rows, name):
    """the lower ends of all groups but the first, of about as many rows each"""
    values = sorted(number_of(row, name) for row in rows if row[name])
    edges = []
    for i in range(1, 5):
        edge = values[len(values) * i // 5] if values else math.nan
        if values and edge > (edges[-1] if edges else values[0]):
            edges.append(edge)
    return edges


def grouped(rows, name):
    """name of the group → its rows, in the order of the table"""
    found = {}
    if name == "age":
        edges = ranges(rows, name)
        for low, high in zip([-math.inf, *edges], [*edges, math.inf]):
            label = "any number" if not edges else f"under {high:g}" if low == -math.inf else \
                f"{low:g} or more" if high == math.inf else f"{low:g} to under {high:g}"
            found[label] = [row for row in rows if low <= number_of(row, name) < high]
    else:
        values = {row[name] for row in rows if row[name]}
        key = float if name in NUMBERS else lambda text: text.encode()
        for value in sorted(values, key=key):
            found[value] = [row for row in rows if row[name] == value]
    found["(missing)"] = [row for row in rows if row[name] == ""]
    return {label: members for label, members in found.items() if members}


def ask(plan):
    done = subprocess.run([ERRATA, "ask", "--json", "--report", LOG, "--plan", plan], capture_output=True,
                          text=True, env=ENV, timeout=60, check=False)
    assert done.returncode in (0, 1) and done.stdout, (done.returncode, done.stderr, done.stdout)
    return json.loads(done.stdout)


def values_of(answer, key):
    return [e["value"] for e in answer["evidence"].values() if e["key"] == key]


def near(found, expected):
    assert len(found) == len(expected), (found, expected)
    for a, b in zip(found, expected):
        assert math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12), (found, expected)


def steps_of(text, last):
    """the same plan, written out or as JSON"""
    if RANDOM.random() < 0.5:
        return f"filter {text} | " + last[0]
    return json.dumps({"steps": [{"op": "filter", "where": text}, *last[1]]})


def check_count(text, rows):
    answer = ask(steps_of(text, ("count", [{"op": "count"}])))
    assert answer["answered"], answer
    near(values_of(answer, "rows"), [len(rows)])
    return answer


def check_metric(text, rows):
    answer = ask(steps_of(text, ("metric Error-Rate", [{"op": "metric", "name": "error_rate", "of": None}])))
    if not rows:
        assert not answer["answered"] and "no row is left" in answer["why"], answer
    else:
        near(values_of(answer, "error_rate"), [rate(rows)])
    return answer


def check_group(text, rows):
    name = RANDOM.choice(["region of sale", "device.kind", "n|late", "age"])
    answer = ask(steps_of(text, (f"group by {name_of(name)} | metric error rate",
                                 [{"op": "group", "column": name},
                                  {"op": "metric", "name": "error rate", "of": None}])))
    if not rows:
        assert not answer["answered"], answer
        return answer
    groups = grouped(rows, name)
    assert [row[0] for row in answer["table"]["rows"]] == list(groups), (answer["table"], list(groups))
    assert [row[1].replace(",", "") for row in answer["table"]["rows"] if row[1][0].isdigit()] == \
        [str(len(group)) for group in groups.values() if len(group) > 9]
    near(values_of(answer, "group"), [rate(group) for group in groups.values()])
    return answer


def check_compare(text, rows):
    other, holds = condition(1)
    others = [row for row in ROWS if holds(row) and row not in rows]
    answer = ask(steps_of(text, ("compare with " + other, [{"op": "compare", "with": other}])))
    if len(rows) < 30 or len(others) < 30:
        assert not answer["answered"], answer
    else:
        near(values_of(answer, "difference"), [rate(rows) - rate(others)])
    return answer


def check_rows(text, rows):
    answer = ask(steps_of(text, ("order by score desc | rows 7", [
        {"op": "order", "column": "score", "descending": True}, {"op": "rows", "limit": 7}])))
    if not rows:
        assert not answer["answered"], answer
        return answer
    best = sorted(rows, key=lambda row: (-float(row["score"]), ROWS.index(row)))[:7]
    assert [row[1] for row in answer["table"]["rows"]] == [row["id"] for row in best], answer["table"]
    return answer


def check_what_if(text, rows):
    cut = round(RANDOM.uniform(0.1, 0.9), 2)
    answer = ask(f"what-if {cut:g} | filter {text} | metric recall of bad")
    supposed = [dict(row, prediction="bad" if float(row["score"]) >= cut else "good one") for row in ROWS]
    bad = [row for row in supposed if holds_now(row) and row["label"] == "bad"]
    if not bad:
        assert not answer["answered"], answer
    else:
        near(values_of(answer, "recall"), [sum(row["prediction"] == "bad" for row in bad) / len(bad)])
    return answer


holds_now = None


def one():
    global holds_now  # pylint: disable=global-statement
    text, holds_now = condition()
    rows = [row for row in ROWS if holds_now(row)]
    check = RANDOM.choice([check_count, check_metric, check_group, check_compare, check_rows, check_what_if])
    answer = check(text, rows)
    if answer["answered"]:
        again = ask(answer["plan"])
        for key in "plan", "text", "evidence":
            assert again[key] == answer[key], ("read back otherwise", answer["plan"], again)
    return f"{check.__name__[6:]} {text}"


def main():
    with open(LOG, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    failed = 0
    print(f"1..{PLANS}", flush=True)
    for number in range(1, PLANS + 1):
        try:
            name = "".join("/" if c in "#|\\" else c for c in one())
            print(f"ok {number} {name}", flush=True)
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} plan\n# {problem!r}", flush=True)
    return 1 if failed else 0


sys.exit(main())
