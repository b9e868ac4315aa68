#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-users.py ERRATA SAMPLES: questions as a data scientist, a product manager, somebody on call and a
newcomer type them, of a nested log, of one with years as numbers, and of two samples. Right answers are worked
out here from the rows. A question may be refused where REFUSED says so, and is never answered wrongly. TAP."""
import collections
import csv
import datetime
import json
import math
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "llm"))
from cases import run  # noqa: E402  pylint: disable=wrong-import-position

ERRATA, SAMPLES = (os.path.abspath(argument) for argument in sys.argv[1:3])
SCRATCH = tempfile.TemporaryDirectory(prefix="errata-users-")
ENV = dict(os.environ, ERRATA_CONFIG_DIR=SCRATCH.name, LC_ALL="C.UTF-8")
RANDOM = random.Random(3)
START = datetime.datetime(2026, 3, 1)
PATHS = {name: os.path.join(SCRATCH.name, name) for name in ("churn", "shops", "houses")}


def make_churn(rows=3000):
    """nested, yes or no; errors of tablets; in a second log two columns end alike"""
    made = []
    with open(PATHS["churn"], "w", encoding="utf-8") as churn, open(PATHS["shops"], "w", encoding="utf-8") as shops:
        for i in range(rows):
            country, device = RANDOM.choice(("UK", "DE", "FR", "ES")), RANDOM.choice(("phone", "desktop", "tablet"))
            left = RANDOM.random() < (0.35 if country == "DE" else 0.2)
            wrong = RANDOM.random() < (0.25 if device == "tablet" else 0.08)
            score = round(RANDOM.uniform(0.5, 0.95) if left != wrong else RANDOM.uniform(0.05, 0.49), 4)
            at = START + datetime.timedelta(minutes=20 * i)
            row = {"id": f"u{i}", "ts": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                   "user": {"country": country, "age": RANDOM.randint(18, 80), "tenure_months": RANDOM.randint(1, 72)},
                   "session": {"device": device, "pages": RANDOM.randint(1, 30)},
                   "churned": "yes" if left else "no", "prediction": "yes" if score >= 0.5 else "no", "score": score}
            churn.write(json.dumps(row) + "\n")
            shops.write(json.dumps({**row, "shop": {"country": RANDOM.choice(("UK", "DE"))}}) + "\n")
            made.append({**row["user"], **row["session"], "at": at, "y": left, "p": score >= 0.5, "s": score})
    return made


def make_houses(rows=2500):
    made = []
    with open(PATHS["houses"], "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "sold_at", "year_built", "area_m2", "district", "predicted_price", "price"])
        for i in range(rows):
            built, area = RANDOM.randint(1890, 2022), round(RANDOM.uniform(40, 250), 1)
            price = round(area * 3000 + (built - 1900) * 800 + RANDOM.gauss(0, 20000))
            said = round(price + RANDOM.gauss(0, 30000 if built < 1950 else 12000))
            at = START + datetime.timedelta(hours=i)
            district = RANDOM.choice(("north", "south", "harbour"))
            writer.writerow([i, at.strftime("%Y-%m-%d %H:%M:%S"), built, area, district, said, price])
            made.append({"at": at, "built": built, "area": area, "district": district, "e": said - price})
    return made


def read_delivery():
    with open(os.path.join(SAMPLES, "delivery.csv"), encoding="utf-8", newline="") as handle:
        return [{**row, "at": datetime.datetime.fromisoformat(row["created_at"][:-1]),
                 "e": float(row["predicted_minutes"]) - float(row["actual_minutes"])}
                for row in csv.DictReader(handle, delimiter=";")]


def read_tickets():
    with open(os.path.join(SAMPLES, "tickets.jsonl"), encoding="utf-8") as handle:
        return [{**row["features"], "y": row["label"], "p": row["prediction"],
                 "at": datetime.datetime.fromisoformat(row["time"][:-1])} for row in map(json.loads, handle)]


LOGS = {"churn": make_churn(), "houses": make_houses(), "delivery": read_delivery(), "tickets": read_tickets()}
LOGS["shops"] = LOGS["churn"]
PATHS.update(delivery=os.path.join(SAMPLES, "delivery.csv"), tickets=os.path.join(SAMPLES, "tickets.jsonl"))


# ---- what is asked for ----
def mean(values):
    values = list(values)
    return sum(values) / len(values)


def right(rows):
    return mean(r["y"] == r["p"] for r in rows)


def wrong(rows):
    return 1.0 - right(rows)


def n_wrong(rows):
    return sum(r["y"] != r["p"] for r in rows)


def recall(rows, c=True):
    return mean(r["p"] == c for r in rows if r["y"] == c)


def precision(rows, c=True):
    return mean(r["y"] == c for r in rows if r["p"] == c)


def mae(rows):
    return mean(abs(r["e"]) for r in rows)


def rmse(rows):
    return math.sqrt(mean(r["e"] ** 2 for r in rows))


def share(name):
    return lambda rows: mean(r[name] == True for r in rows)  # noqa: E712  pylint: disable=singleton-comparison


def num(row, name):
    return float(row[name]) if row[name] not in ("", "unknown") else math.nan


def most(rows, key, what):
    """what of the group that has most of it"""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return max(what(group) for group in groups.values())


DAY = datetime.datetime(2026, 3, 20)
APRIL = datetime.datetime(2026, 4, 8)
REFUSED = "refused"

# (log, question, which rows, what of them); a dictionary of rows: one figure each; REFUSED: a reason it gives
SCIENTIST = [
    ("churn", "recall before and after 2026-03-20", [lambda r: r["at"] < DAY, lambda r: r["at"] >= DAY], recall),
    ("churn", "precision for DE vs FR", [lambda r: r["country"] == "DE", lambda r: r["country"] == "FR"], precision),
    ("churn", "acc by device", [lambda r, d=d: r["device"] == d for d in ("desktop", "phone", "tablet")], right),
    ("churn", "error rate by country and device",
     [lambda r: r["country"] == "DE" and r["device"] == "tablet"], wrong),
    ("churn", "fnr for tablet", [lambda r: r["device"] == "tablet"], lambda rows: 1.0 - recall(rows)),
    ("churn", "accuracy where pages > 20 and country = UK", [lambda r: r["pages"] > 20 and r["country"] == "UK"], right),
    ("churn", "precision at a threshold of 0.7", None,
     lambda rows: mean(r["y"] for r in rows if r["s"] >= 0.7)),
    ("churn", "recall with a threshold of thirty percent", None,
     lambda rows: mean(r["s"] >= 0.3 for r in rows if r["y"])),
    ("churn", "base rate by country", [lambda r: r["country"] == "DE"], share("y")),
    ("churn", "error rate for tenure between 12 and 24", [lambda r: 12 <= r["tenure_months"] <= 24], wrong),
    ("tickets", "recall of billing vs technical", [lambda r: True], lambda rows: recall(rows, "billing")),
    ("tickets", "precision for delivery", [lambda r: True], lambda rows: precision(rows, "delivery")),
    ("tickets", "error rate by channel", [lambda r: r["channel"] == "chat"], wrong),
    ("houses", "rmse for harbour vs north",
     [lambda r: r["district"] == "harbour", lambda r: r["district"] == "north"], rmse),
    ("delivery", "mae by vehicle", [lambda r: r["vehicle"] == "bicycle"], mae),
    ("shops", "accuracy by country", REFUSED, "user.country or shop.country"),
]
MANAGER = [
    ("churn", "What is our churn rate?", None, share("y")),
    ("churn", "What is the predicted churn rate?", None, share("p")),
    ("churn", "What's the churn rate in Germany?", REFUSED, "Germany"),
    ("churn", "churn rate by device", [lambda r: r["device"] == "phone"], share("y")),
    ("churn", "How does the churn rate in DE compare with FR?",
     [lambda r: r["country"] == "DE", lambda r: r["country"] == "FR"], share("y")),
    ("churn", "How many customers churned?", None, lambda rows: sum(r["y"] for r in rows)),
    ("churn", "Is the model more accurate on phone or on tablet?", None,
     lambda rows: wrong([r for r in rows if r["device"] == "tablet"])),
    ("churn", "What share of the errors comes from tablets?", None,
     lambda rows: mean(r["device"] == "tablet" for r in rows if r["y"] != r["p"])),
    ("churn", "how many users are over sixty", [lambda r: r["age"] > 60], len),
    ("churn", "predicted churn rate before and after March 20",
     [lambda r: r["at"] < DAY, lambda r: r["at"] >= DAY], share("p")),
    ("houses", "How far off are we for houses built before 1950?", [lambda r: r["built"] < 1950], mae),
    ("houses", "mae for houses built between 1950 and 1980", [lambda r: 1950 <= r["built"] <= 1980], mae),
    ("houses", "How many houses were built after 2000?", [lambda r: r["built"] > 2000], len),
    ("houses", "average error by district", [lambda r: r["district"] == "south"], mae),
    ("delivery", "How late are deliveries in Lille when it rains?", REFUSED, "late"),
    ("delivery", "mae in Lille with rain", [lambda r: r["city"] == "Lille" and r["weather"] == "rain"], mae),
]
ON_CALL = [
    ("churn", "which day had the most errors", None, lambda rows: most(rows, lambda r: r["at"].date(), n_wrong)),
    ("churn", "how many errors on 2026-03-15",
     [lambda r: r["at"].date() == datetime.date(2026, 3, 15) and r["y"] != r["p"]], len),
    ("churn", "errors on Saturdays", [lambda r: r["at"].weekday() == 5 and r["y"] != r["p"]], len),
    ("churn", "error rate since 2026-03-20", [lambda r: r["at"] >= DAY], wrong),
    ("churn", "error rate by hour", [lambda r: r["at"].hour == 0], wrong),
    ("churn", "did it get worse since 2026-03-20", [lambda r: r["at"] >= DAY, lambda r: r["at"] < DAY], wrong),
    ("churn", "compare before and after 2026-03-20", [lambda r: r["at"] < DAY, lambda r: r["at"] >= DAY], wrong),
    ("churn", "error rate yesterday", REFUSED, "say which days"),
    ("churn", "which hour has the most errors", None, lambda rows: most(rows, lambda r: r["at"].hour, n_wrong)),
    ("delivery", "mae before and after 2026-04-08", [lambda r: r["at"] < APRIL, lambda r: r["at"] >= APRIL], mae),
    ("delivery", "how many rows per day", [lambda r: r["at"].date() == datetime.date(2026, 4, 2)], len),
    ("delivery", "which city has the worst mae", None, lambda rows: most(rows, lambda r: r["city"], mae)),
    ("delivery", "mae for distance over five km", [lambda r: num(r, "distance_km") > 5], mae),
    ("tickets", "how many errors by product", [lambda r: r["product"] == "basic"], n_wrong),
    ("tickets", "errors about refunds", REFUSED, "refunds"),
    ("tickets", "which channel has the most errors", None, lambda rows: most(rows, lambda r: r["channel"], n_wrong)),
]
NEWCOMER = [
    ("churn", "how good is it", None, right),
    ("churn", "how often is the model wrong for people from ES", [lambda r: r["country"] == "ES"], wrong),
    ("churn", "how many people from UK have more than ten pages",
     [lambda r: r["country"] == "UK" and r["pages"] > 10], len),
    ("churn", "is it worse for old people", REFUSED, "old"),
    ("churn", "accuracy for people between twenty and thirty", [lambda r: 20 <= r["age"] <= 30], right),
    ("churn", "how many predictions are yes", [lambda r: r["p"]], len),
    ("churn", "show 3 errors in DE", "text", "The first three of"),
    ("churn", "top 5 worst groups", "text", "The report has"),
    ("churn", "average age", None, lambda rows: mean(r["age"] for r in rows)),
    ("churn", "what is the mean age of DE", [lambda r: r["country"] == "DE"], lambda rows: mean(r["age"] for r in rows)),
    ("churn", "what about the weather", REFUSED, ""),
    ("houses", "mae for houses with an area over two hundred", [lambda r: r["area"] > 200], mae),
    ("houses", "mae for big houses", REFUSED, "big"),
    ("delivery", "how many deliveries with bicycle", [lambda r: r["vehicle"] == "bicycle"], len),
    ("tickets", "how many tickets mention parcel", [lambda r: "parcel" in r["text"].lower()], len),
    ("tickets", "What is billing most often confused with?", None, lambda rows: (
        lambda told: max(collections.Counter(told).values()) / len(told))(
            [r["p"] for r in rows if r["y"] == "billing" != r["p"]])),
    ("tickets", "What is most often confused with billing?", None, lambda rows: (
        lambda told: max(collections.Counter(told).values()) / len(told))(
            [r["y"] for r in rows if r["p"] == "billing" != r["y"]])),
    ("tickets", "What is mistaken for billing?", None, lambda rows: most(
        [r for r in rows if r["p"] == "billing" != r["y"]], lambda r: r["y"], len)),
    ("tickets", "What does the model confuse billing with?", None, lambda rows: most(
        [r for r in rows if r["y"] == "billing" != r["p"]], lambda r: r["p"], len)),
    ("tickets", "what is billing confused with", "text", "labelled billing that are predicted as another class"),
    ("tickets", "what is confused with billing", "text", "of other labels that are predicted as billing"),
    ("tickets", "Are billing and delivery confused?", None, lambda rows: sum(
        (r["y"], r["p"]) == ("delivery", "billing") for r in rows)),
    ("tickets", "what is confused with billing or delivery", REFUSED, ""),
    ("tickets", "accuracy for deliveries", [lambda r: r["y"] == "delivery"], right),
    ("tickets", "how often is billing predicted as delivery", [lambda r: r["y"] == "billing"],
     lambda rows: mean(r["p"] == "delivery" for r in rows)),
    ("delivery", "how often is the vehicle a bicycle in the rain", [lambda r: r["weather"] == "rain"],
     lambda rows: mean(r["vehicle"] == "bicycle" for r in rows)),
]


def ask(log, question):
    done = subprocess.run([ERRATA, "ask", "--json", PATHS[log], question], capture_output=True, text=True, env=ENV,
                          timeout=300, check=False)
    assert done.stdout, (done.returncode, done.stderr)
    return json.loads(done.stdout)


def check(log, question, which, what):
    answer = ask(log, question)
    if which == REFUSED:
        assert not answer["answered"] and what in answer["why"], answer
        return
    assert answer["answered"], answer["why"]
    if which == "text":
        assert what in answer["text"].replace("\u00a0", " "), answer["text"]
        return
    values = [evidence["value"] for evidence in answer["evidence"].values()]
    for part in which or [lambda row: True]:
        expected = what([row for row in LOGS[log] if part(row)])
        assert any(math.isclose(value, expected, rel_tol=1e-9) for value in values), (answer["plan"], expected, values)


# who knows no terms, and is in a hurry
HURRIED = [
    ("churn", "why is precision low for country = DE", [lambda r: r["country"] == "DE"], precision),
    ("churn", "why is precision so low in DE?", "text", "whether it is so, not why"),
    ("churn", "why are there so many errors on tablet", [lambda r: r["device"] == "tablet"], wrong),
    ("churn", "why so many false positives in ES", [lambda r: r["country"] == "ES"], lambda rows: mean(
        r["p"] for r in rows if not r["y"])),
    ("churn", "why is recall bad for age over 60", [lambda r: r["age"] > 60], recall),
    ("churn", "why is the precision so low", "text", "The report has"),
    ("churn", "what about tablet", [lambda r: r["device"] == "tablet"], wrong),
    ("churn", "whats up with DE", [lambda r: r["country"] == "DE"], wrong),
    ("churn", "is the model biased against ES?", [lambda r: r["country"] == "ES"], wrong),
    ("churn", "does device matter?", None, lambda rows: wrong([r for r in rows if r["device"] == "tablet"])),
    ("churn", "effect of country on recall", None, lambda rows: recall([r for r in rows if r["country"] == "FR"])),
    ("churn", "acuracy by contry", None, lambda rows: right([r for r in rows if r["country"] == "UK"])),
    ("churn", "top 3 countries by recall", None, lambda rows: recall([r for r in rows if r["country"] == "FR"])),
    ("churn", "wich device has the most false positives", None, lambda rows: most(
        [r for r in rows if r["p"] and not r["y"]], lambda r: r["device"], len)),
    ("churn", "top 5 errors", "text", "The first five of"),
    ("churn", "the 10 worst predictions", None, n_wrong),
    ("churn", "which users should I look at", "text", "The first 10 of"),
    ("churn", "what does pages mean", None, lambda rows: mean(r["pages"] for r in rows)),
    ("churn", "is anything broken?", "text", "The report has"),
    ("churn", "how many columns", "text", "10 columns"),
    ("churn", "how many errors are there in X", REFUSED, "X"),
    ("churn", "what can you do", REFUSED, "ask for a metric"),
    ("houses", "does district matter", None, lambda rows: mae([r for r in rows if r["district"] == "north"])),
    ("houses", "why is the error so high in the harbour", [lambda r: r["district"] == "harbour"], mae),
]

USERS = {"scientist": SCIENTIST, "manager": MANAGER, "on call": ON_CALL, "newcomer": NEWCOMER, "hurried": HURRIED}
sys.exit(run([(f"{user}: {entry[1]}", lambda entry=entry: check(*entry))
              for user, entries in USERS.items() for entry in entries]))
