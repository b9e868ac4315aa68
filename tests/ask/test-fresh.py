#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-fresh.py ERRATA SAMPLES [--count]: what is left out, ranges, times, and what people ask for of three samples.
Right answers are worked out here from the rows. No question is answered wrongly, and only those that say so may be
refused. With --count: how many are right, refused and wrong. TAP."""
import collections
import datetime
import os
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "llm"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import run  # noqa: E402  pylint: disable=wrong-import-position
from asked import (REFUSED, accuracy, ask, error_rate, groups, mae, mean, most, num, read_credit,  # noqa: E402
                   read_delivery, read_tickets, right, rmse, verdict, wrong)  # pylint: disable=wrong-import-position

ERRATA, SAMPLES = (os.path.abspath(argument) for argument in sys.argv[1:3])
PATHS = {name: os.path.join(SAMPLES, name + end)
         for name, end in (("credit", ".csv"), ("delivery", ".csv"), ("tickets", ".jsonl"))}
LOGS = {"credit": read_credit(PATHS["credit"]), "delivery": read_delivery(PATHS["delivery"]),
        "tickets": read_tickets(PATHS["tickets"])}
CR, DE, TI = LOGS["credit"], LOGS["delivery"], LOGS["tickets"]
DAY = datetime.datetime


def acc(test, rows=None):
    return accuracy([r for r in (rows or CR) if test(r)])


def err(test, rows=None):
    return error_rate([r for r in (rows or CR) if test(r)])


def n(test, rows=None):
    return sum(1 for r in (rows or CR) if test(r))


def emp(*values):
    return lambda r: r["employment"] in values


def no_emp(*values):
    return lambda r: r["employment"] not in values


def day(r):
    return r["at"].date()


def d(month, of_month):
    return datetime.date(2026, month, of_month)


# (log, question, answer) — several figures: a list; REFUSED: it is not to be answered
LEFT_OUT = [
    ("credit", "accuracy excluding retired and the north", acc(lambda r: r["employment"] != "retired" and r["region"] != "north")),
    ("credit", "accuracy without the self-employed and the retired", acc(no_emp("self-employed", "retired"))),
    ("credit", "accuracy without north and south", acc(lambda r: r["region"] not in ("north", "south"))),
    ("credit", "error rate except for retired and students", err(no_emp("retired", "student"))),
    ("credit", "how many are neither employee nor retired", n(no_emp("employee", "retired"))),
    ("credit", "how many rows are neither in the north nor in the south", n(lambda r: r["region"] not in ("north", "south"))),
    ("credit", "accuracy for regions other than north or south", acc(lambda r: r["region"] not in ("north", "south"))),
    ("credit", "error rate for anyone other than students", err(no_emp("student"))),
    ("credit", "accuracy for anyone but the retired", acc(no_emp("retired"))),
    ("credit", "accuracy for everyone but students", acc(no_emp("student"))),
    ("credit", "accuracy except in March", acc(lambda r: r["at"].month != 3)),
    ("credit", "error rate excluding March", err(lambda r: r["at"].month != 3)),
    ("credit", "accuracy not counting brokers", acc(lambda r: r["channel"] != "broker")),
    ("credit", "accuracy with no late payments", acc(lambda r: num(r, "late_payments") == 0)),
    ("credit", "how many people have no late payments", n(lambda r: num(r, "late_payments") == 0)),
    ("credit", "how many rows without late payments", n(lambda r: num(r, "late_payments") == 0)),
    ("credit", "error rate for people with late payments", err(lambda r: num(r, "late_payments") > 0)),
    ("credit", "error rate for those not retired and not in the north", err(lambda r: r["employment"] != "retired" and r["region"] != "north")),
    ("credit", "how many rows are not wrong and not in the south", n(lambda r: right(r) and r["region"] != "south")),
    ("credit", "accuracy if age is not over 30", acc(lambda r: not num(r, "age") > 30)),
    ("credit", "how many rows are not from the west", n(lambda r: r["region"] != "west")),
    ("credit", "how many errors outside the north", n(lambda r: wrong(r) and r["region"] != "north")),
    ("credit", "how many errors are not in the app", n(lambda r: wrong(r) and r["channel"] != "app")),
    ("credit", "accuracy apart from the islands", acc(lambda r: r["region"] != "islands")),
    ("credit", "accuracy besides the islands", acc(lambda r: r["region"] != "islands")),
    ("credit", "error rate ignoring students", err(no_emp("student"))),
    ("credit", "error rate leaving out students and retired", err(no_emp("student", "retired"))),
    ("credit", "accuracy for non-retired people", acc(no_emp("retired"))),
    ("credit", "how many loans are not for debt", n(lambda r: r["purpose"] != "debt")),
    ("credit", "recall without brokers", mean(r["p"] == "default" for r in CR if r["y"] == "default" and r["channel"] != "broker")),
    ("credit", "how many rows where region is not north and employment is not retired", n(lambda r: r["region"] != "north" and r["employment"] != "retired")),
    ("credit", "how many rows where region is neither north nor south", n(lambda r: r["region"] not in ("north", "south"))),
    ("credit", "accuracy for all regions but the north", acc(lambda r: r["region"] != "north")),
    ("credit", "accuracy for retired except in the north", acc(lambda r: r["employment"] == "retired" and r["region"] != "north")),
    ("credit", "accuracy for students not from the south", acc(lambda r: r["employment"] == "student" and r["region"] != "south")),
    ("credit", "how many retired people are not in the north or south", n(lambda r: r["employment"] == "retired" and r["region"] not in ("north", "south"))),
    ("credit", "how many rows have no missing utilisation", n(lambda r: r["utilisation"] != "")),
    ("credit", "accuracy excluding rows with missing utilisation", acc(lambda r: r["utilisation"] != "")),
    ("credit", "accuracy excluding people under 30", acc(lambda r: not num(r, "age") < 30)),
    ("credit", "error rate excluding weekends", err(lambda r: r["at"].weekday() < 5)),
    ("delivery", "rmse outside Lille and Lyon", rmse([r for r in DE if r["city"] not in ("Lille", "Lyon")])),
    ("delivery", "mae when it does not rain", mae([r for r in DE if r["weather"] != "rain"])),
    ("delivery", "mae without snow", mae([r for r in DE if r["weather"] != "snow"])),
    ("delivery", "mae for everything except bicycles in the rain", REFUSED),
    ("tickets", "accuracy excluding chat and mail", acc(lambda r: r["channel"] not in ("chat", "mail"), TI)),
    ("tickets", "how many tickets do not mention refund", n(lambda r: "refund" not in r["text"].lower(), TI)),
    ("tickets", "how many tickets without the word refund", n(lambda r: "refund" not in r["text"].lower(), TI)),
]
RANGES = [
    ("credit", "accuracy for ages between 30 and 40", acc(lambda r: 30 <= num(r, "age") <= 40)),
    ("credit", "how many people are between 30 and 40", n(lambda r: 30 <= num(r, "age") <= 40)),
    ("credit", "how many people are between 30 and 40 years old", n(lambda r: 30 <= num(r, "age") <= 40)),
    ("credit", "accuracy for people aged 30 to 40", acc(lambda r: 30 <= num(r, "age") <= 40)),
    ("credit", "accuracy for people aged between 30 and 40", acc(lambda r: 30 <= num(r, "age") <= 40)),
    ("credit", "accuracy for age 30-40", acc(lambda r: 30 <= num(r, "age") <= 40)),
    ("credit", "accuracy for age from 30 to 40", acc(lambda r: 30 <= num(r, "age") <= 40)),
    ("credit", "error rate where age is between 30 and 40", err(lambda r: 30 <= num(r, "age") <= 40)),
    ("credit", "how many errors between ages 30 and 40 in the north", n(lambda r: wrong(r) and 30 <= num(r, "age") <= 40 and r["region"] == "north")),
    ("credit", "accuracy for scores between 0.4 and 0.6", acc(lambda r: .4 <= r["s"] <= .6)),
    ("credit", "how many rows have a score from 0.9 to 1", n(lambda r: .9 <= r["s"] <= 1)),
    ("credit", "how many rows with age 30 or less", n(lambda r: num(r, "age") <= 30)),
    ("credit", "how many rows with age 60 or more", n(lambda r: num(r, "age") >= 60)),
    ("credit", "how many people aged 60 and over", n(lambda r: num(r, "age") >= 60)),
    ("credit", "how many people are 60 or older", n(lambda r: num(r, "age") >= 60)),
    ("credit", "error rate for people 25 or younger", err(lambda r: num(r, "age") <= 25)),
    ("credit", "accuracy for people at least 50 years old", acc(lambda r: num(r, "age") >= 50)),
    ("credit", "accuracy for people no older than 30", acc(lambda r: num(r, "age") <= 30)),
    ("credit", "how many people are 18", 0),
    ("credit", "how many people are 30 years old", n(lambda r: num(r, "age") == 30)),
    ("credit", "how many people are exactly 30", n(lambda r: num(r, "age") == 30)),
    ("credit", "accuracy for amount under 5000 or over 20000", acc(lambda r: num(r, "amount_eur") < 5000 or num(r, "amount_eur") > 20000)),
    ("credit", "accuracy for age over 60 or under 25", acc(lambda r: num(r, "age") > 60 or num(r, "age") < 25)),
    ("credit", "accuracy for age over 30 but under 50", acc(lambda r: 30 < num(r, "age") < 50)),
    ("credit", "accuracy for age over 30 and under 50", acc(lambda r: 30 < num(r, "age") < 50)),
    ("credit", "accuracy for amount 10-20k", acc(lambda r: 10000 <= num(r, "amount_eur") <= 20000)),
    ("credit", "accuracy for amounts between 10k and 20k", acc(lambda r: 10000 <= num(r, "amount_eur") <= 20000)),
    ("credit", "how many have an income below 2,000", n(lambda r: num(r, "income_eur") < 2000)),
    ("credit", "how many loans have an amount of at least 20,000 euros", n(lambda r: num(r, "amount_eur") >= 20000)),
    ("credit", "error rate for income up to 1500", err(lambda r: num(r, "income_eur") <= 1500)),
    ("credit", "error rate for a bureau score of 700 or higher", err(lambda r: num(r, "bureau_score") >= 700)),
    ("credit", "error rate for bureau scores above 700", err(lambda r: num(r, "bureau_score") > 700)),
    ("credit", "how many have a bureau score below 500 and late payments over 1", n(lambda r: num(r, "bureau_score") < 500 and num(r, "late_payments") > 1)),
    ("credit", "accuracy for people with more than 2 late payments", acc(lambda r: num(r, "late_payments") > 2)),
    ("credit", "accuracy for people with at least one late payment", acc(lambda r: num(r, "late_payments") >= 1)),
    ("credit", "accuracy for people with exactly 1 late payment", acc(lambda r: num(r, "late_payments") == 1)),
    ("credit", "how many loans run 60 months or longer", n(lambda r: num(r, "months") >= 60)),
    ("credit", "how many rows have months of 12", n(lambda r: num(r, "months") == 12)),
    ("credit", "how many have utilisation over 50%", n(lambda r: num(r, "utilisation") > .5)),
    ("credit", "how many have utilisation between 20% and 40%", n(lambda r: .2 <= num(r, "utilisation") <= .4)),
    ("credit", "accuracy for people in their thirties", acc(lambda r: 30 <= num(r, "age") < 40)),
    ("credit", "accuracy for people in their 40s", acc(lambda r: 40 <= num(r, "age") < 50)),
    ("credit", "how many rows have a score above 0.9 but are wrong", n(lambda r: r["s"] > .9 and wrong(r))),
    ("credit", "how many rows are wrong with a score under 0.1", n(lambda r: r["s"] < .1 and wrong(r))),
    ("delivery", "mae for distances between 2 and 4 km", mae([r for r in DE if 2 <= num(r, "distance_km") <= 4])),
    ("delivery", "mae for deliveries longer than 5 km", mae([r for r in DE if num(r, "distance_km") > 5])),
    ("delivery", "how many deliveries have 3 items", n(lambda r: num(r, "items") == 3, DE)),
    ("delivery", "how many deliveries with more than 4 items", n(lambda r: num(r, "items") > 4, DE)),
    ("delivery", "mae for 5 or more items", mae([r for r in DE if num(r, "items") >= 5])),
    ("delivery", "how many deliveries were off by more than 10 minutes", n(lambda r: abs(r["e"]) > 10, DE)),
    ("delivery", "how many deliveries were more than 10 minutes off", n(lambda r: abs(r["e"]) > 10, DE)),
]
TIMES = [
    ("credit", "How many applications were made in March 2026?", n(lambda r: r["at"].month == 3)),
    ("credit", "accuracy in April", acc(lambda r: r["at"].month == 4)),
    ("credit", "accuracy in March and April", acc(lambda r: r["at"].month in (3, 4))),
    ("credit", "error rate in Q1 2026", err(lambda r: r["at"].month <= 3)),
    ("credit", "error rate in the second quarter of 2026", err(lambda r: r["at"].month in (4, 5, 6))),
    ("credit", "error rate in Q2", err(lambda r: r["at"].month in (4, 5, 6))),
    ("credit", "how many rows in the first quarter", n(lambda r: r["at"].month <= 3)),
    ("credit", "accuracy last week", acc(lambda r: day(r) >= d(4, 23))),
    ("credit", "accuracy in the last two weeks", acc(lambda r: day(r) >= d(4, 16))),
    ("credit", "accuracy in the last 3 days", acc(lambda r: day(r) >= d(4, 27))),
    ("credit", "accuracy in the first week", acc(lambda r: day(r) < d(3, 9))),
    ("credit", "accuracy in the first 3 days", acc(lambda r: day(r) < d(3, 5))),
    ("credit", "error rate since April", err(lambda r: r["at"].month >= 4)),
    ("credit", "error rate since 20 March", err(lambda r: day(r) >= d(3, 20))),
    ("credit", "error rate before 5 April", err(lambda r: day(r) < d(4, 5))),
    ("credit", "error rate up to 5 April", err(lambda r: day(r) <= d(4, 5))),
    ("credit", "error rate until March 10", err(lambda r: day(r) <= d(3, 10))),
    ("credit", "error rate after April 20th", err(lambda r: day(r) > d(4, 20))),
    ("credit", "accuracy between 10 and 12 March", acc(lambda r: d(3, 10) <= day(r) <= d(3, 12))),
    ("credit", "accuracy between March 10 and March 12", acc(lambda r: d(3, 10) <= day(r) <= d(3, 12))),
    ("credit", "accuracy from 10 March to 12 March", acc(lambda r: d(3, 10) <= day(r) <= d(3, 12))),
    ("credit", "accuracy between 2026-03-10 and 2026-03-12", acc(lambda r: d(3, 10) <= day(r) <= d(3, 12))),
    ("credit", "accuracy from 2026-03-10 until 2026-03-12", acc(lambda r: d(3, 10) <= day(r) <= d(3, 12))),
    ("credit", "how many errors on 15 March", n(lambda r: wrong(r) and day(r) == d(3, 15))),
    ("credit", "how many errors on the 15th of March", n(lambda r: wrong(r) and day(r) == d(3, 15))),
    ("credit", "accuracy on weekends", acc(lambda r: r["at"].weekday() >= 5)),
    ("credit", "accuracy at the weekend", acc(lambda r: r["at"].weekday() >= 5)),
    ("credit", "accuracy on weekdays", acc(lambda r: r["at"].weekday() < 5)),
    ("credit", "accuracy on Mondays and Tuesdays", acc(lambda r: r["at"].weekday() in (0, 1))),
    ("credit", "accuracy on Mondays in March", acc(lambda r: r["at"].weekday() == 0 and r["at"].month == 3)),
    ("credit", "accuracy in the morning", acc(lambda r: 6 <= r["at"].hour < 12)),
    ("credit", "accuracy in the afternoon", acc(lambda r: 12 <= r["at"].hour < 18)),
    ("credit", "accuracy in the evening", acc(lambda r: 18 <= r["at"].hour < 24)),
    ("credit", "accuracy at night", acc(lambda r: r["at"].hour < 6)),
    ("credit", "accuracy between 9am and 5pm", acc(lambda r: 9 <= r["at"].hour < 17)),
    ("credit", "how many rows after 6pm", n(lambda r: r["at"].hour >= 18)),
    ("credit", "how many rows before 8 am", n(lambda r: r["at"].hour < 8)),
    ("credit", "error rate at 3pm", err(lambda r: r["at"].hour == 15)),
    ("credit", "error rate between 08:00 and 12:00", err(lambda r: 8 <= r["at"].hour < 12)),
    ("credit", "how many errors in week 12", n(lambda r: wrong(r) and r["at"].isocalendar()[1] == 12)),
    ("credit", "accuracy in the week of 16 March", acc(lambda r: d(3, 16) <= day(r) <= d(3, 22))),
    ("credit", "accuracy in early March", REFUSED),
    ("credit", "accuracy yesterday", REFUSED),
    ("credit", "accuracy in January", REFUSED),
    ("credit", "accuracy in the last hour", REFUSED),
    ("credit", "accuracy since Easter", REFUSED),
    ("delivery", "mae on weekends", mae([r for r in DE if r["at"].weekday() >= 5])),
    ("delivery", "mae since 15 April", mae([r for r in DE if day(r) >= d(4, 15)])),
    ("delivery", "mae in the mornings in Lyon", mae([r for r in DE if 6 <= r["at"].hour < 12 and r["city"] == "Lyon"])),
    ("tickets", "error rate in June", err(lambda r: r["at"].month == 6, TI)),
    ("tickets", "error rate in May without weekends", err(lambda r: r["at"].month == 5 and r["at"].weekday() < 5, TI)),
]
BANDS = sorted(num(r, "age") for r in CR)[len(CR) // 5]  # five bands of about as many rows each
FN = n(lambda r: r["y"] == "default" and r["p"] == "repaid")
PAIRS = collections.Counter((r["y"], r["p"]) for r in TI if wrong(r))
NEWCOMER = [
    ("credit", "how many defaults were missed", FN),
    ("credit", "How many defaults did it miss?", FN),
    ("credit", "how many missed defaults", FN),
    ("credit", "how many defaults did we not catch", FN),
    ("credit", "how many defaults were caught", n(lambda r: r["y"] == "default" and right(r))),
    ("credit", "how many missed defaults in the north", n(lambda r: r["y"] == "default" and wrong(r) and r["region"] == "north")),
    ("credit", "what share of defaults were missed", FN / n(lambda r: r["y"] == "default")),
    ("credit", "what percent of predicted defaults actually repaid", mean(r["y"] == "repaid" for r in CR if r["p"] == "default")),
    ("credit", "how many of the defaults are from the north or the west?", n(lambda r: r["y"] == "default" and r["region"] in ("north", "west"))),
    ("credit", "Compare accuracy of brokers with everybody else", [error_rate([r for r in CR if r["channel"] == "broker"]), error_rate([r for r in CR if r["channel"] != "broker"])]),
    ("tickets", "which classes are confused most", PAIRS.most_common(1)[0][1]),
    ("tickets", "which classes are most often confused", PAIRS.most_common(1)[0][1]),
    ("tickets", "most confused pairs of classes", PAIRS.most_common(1)[0][1]),
    ("tickets", "what gets mixed up most often", PAIRS.most_common(1)[0][1]),
    ("tickets", "how many tickets were filed as billing but are other", PAIRS[("other", "billing")]),
    ("tickets", "how many other tickets were predicted as billing", REFUSED),
    ("credit", "error rate by age band", err(lambda r: num(r, "age") < BANDS)),
    ("credit", "error rate by tens of age", err(lambda r: 30 <= num(r, "age") < 40)),
    ("credit", "error rate by age in tens", err(lambda r: 30 <= num(r, "age") < 40)),
    ("credit", "error rate by decade of age", err(lambda r: 40 <= num(r, "age") < 50)),
    ("credit", "error rate by 5000 of amount", err(lambda r: 5000 <= num(r, "amount_eur") < 10000)),
    ("credit", "which hour of the day is worst", most(CR, lambda r: r["at"].hour, error_rate)),
    ("credit", "which hour of the day has the highest error rate", most(CR, lambda r: r["at"].hour, error_rate)),
    ("credit", "what is the worst hour", most(CR, lambda r: r["at"].hour, error_rate)),
    ("credit", "which weekday is worst", most(CR, lambda r: r["at"].weekday(), error_rate)),
    ("credit", "worst 5 values of purpose", most(CR, lambda r: r["purpose"], error_rate)),
    ("credit", "worst 3 regions", most(CR, lambda r: r["region"], error_rate)),
    ("credit", "top 3 worst regions", most(CR, lambda r: r["region"], error_rate)),
    ("credit", "best 2 channels", min(error_rate(g) for g in groups(CR, lambda r: r["channel"]).values())),
    ("credit", "what share of errors is in the north", n(lambda r: wrong(r) and r["region"] == "north") / n(wrong)),
    ("credit", "what share of errors are from self-employed people", n(lambda r: wrong(r) and r["employment"] == "self-employed") / n(wrong)),
    ("credit", "average income of the wrong rows against the right ones", [mean(num(r, "income_eur") for r in CR if wrong(r)), mean(num(r, "income_eur") for r in CR if right(r))]),
    ("credit", "average age of errors vs correct rows", [mean(num(r, "age") for r in CR if wrong(r)), mean(num(r, "age") for r in CR if right(r))]),
    ("credit", "mean amount of wrong versus right predictions", [mean(num(r, "amount_eur") for r in CR if wrong(r)), mean(num(r, "amount_eur") for r in CR if right(r))]),
    ("credit", "was April worse than March", [err(lambda r: r["at"].month == 4), err(lambda r: r["at"].month == 3)]),
    ("credit", "was March better than April?", [err(lambda r: r["at"].month == 4), err(lambda r: r["at"].month == 3)]),
    ("credit", "did accuracy drop in April", [err(lambda r: r["at"].month == 4), err(lambda r: r["at"].month == 3)]),
    ("credit", "what changed in the last week", [err(lambda r: day(r) >= d(4, 23)), err(lambda r: day(r) < d(4, 23))]),
    ("credit", "how many late payments in total", REFUSED),
    ("credit", "How does accuracy differ between the first and second half?", REFUSED),
    ("delivery", "in which city is the error largest", most(DE, lambda r: r["city"], mae)),
    ("delivery", "which city is worst", most(DE, lambda r: r["city"], mae)),
    ("delivery", "worst 3 cities", most(DE, lambda r: r["city"], mae)),
    ("delivery", "was it worse in the rain", [mae([r for r in DE if r["weather"] == "rain"]), mae([r for r in DE if r["weather"] != "rain"])]),
    ("tickets", "how many billing tickets are wrong", n(lambda r: r["y"] == "billing" and wrong(r), TI)),
]
USERS = [
    # on call
    ("credit", "how many errors yesterday", REFUSED),
    ("credit", "error rate in the last 24 hours", REFUSED),
    ("credit", "which day was the worst", most(CR, day, error_rate)),
    ("credit", "which week had the highest error rate", most(CR, lambda r: r["at"].isocalendar()[:2], error_rate)),
    ("credit", "is it worse at night", [err(lambda r: r["at"].hour < 6), err(lambda r: r["at"].hour >= 6)]),
    ("credit", "is it worse on weekends than on weekdays", [err(lambda r: r["at"].weekday() >= 5), err(lambda r: r["at"].weekday() < 5)]),
    ("credit", "how many rows came in on 1 April", n(lambda r: day(r) == d(4, 1))),
    ("credit", "how many rows per day since 25 April", n(lambda r: day(r) == d(4, 26))),
    ("credit", "how many errors since 25 April", n(lambda r: wrong(r) and day(r) >= d(4, 25))),
    ("credit", "error rate between 1 and 5 April", err(lambda r: d(4, 1) <= day(r) <= d(4, 5))),
    ("credit", "did the error rate change after 17 April", [err(lambda r: day(r) > d(4, 17)), err(lambda r: day(r) <= d(4, 17))]),
    ("credit", "average score since 17 April", mean(r["s"] for r in CR if day(r) >= d(4, 17))),
    ("delivery", "mae per day", mae([r for r in DE if day(r) == d(4, 3)])),
    ("delivery", "mae after 6pm in Lille", mae([r for r in DE if r["at"].hour >= 18 and r["city"] == "Lille"])),
    ("delivery", "how many deliveries in snow since 10 April", n(lambda r: r["weather"] == "snow" and day(r) >= d(4, 10), DE)),
    ("tickets", "how many tickets came in on weekends", n(lambda r: r["at"].weekday() >= 5, TI)),
    # data scientist
    ("credit", "recall for age 60+", mean(r["p"] == "default" for r in CR if r["y"] == "default" and num(r, "age") >= 60)),
    ("credit", "precision at scores above 0.8", mean(r["y"] == "default" for r in CR if r["p"] == "default" and r["s"] > .8)),
    ("credit", "fpr by region", mean(r["p"] == "default" for r in CR if r["y"] == "repaid" and r["region"] == "north")),
    ("credit", "recall by employment without students", mean(r["p"] == "default" for r in CR if r["y"] == "default" and r["employment"] == "retired")),
    ("credit", "error rate by late_payments", err(lambda r: num(r, "late_payments") == 2)),
    ("credit", "error rate by income by 1000", err(lambda r: 2000 <= num(r, "income_eur") < 3000)),
    ("credit", "count of rows with confidence below 0.6", n(lambda r: max(r["s"], 1 - r["s"]) < .6)),
    ("credit", "error rate where utilisation is missing", err(lambda r: r["utilisation"] == "")),
    ("credit", "accuracy for utilisation >= 0.9", acc(lambda r: num(r, "utilisation") >= .9)),
    ("credit", "median income of false positives", statistics.median(num(r, "income_eur") for r in CR if r["y"] == "repaid" and r["p"] == "default")),
    ("credit", "mean bureau score of defaults vs repaid", REFUSED),
    ("tickets", "recall of other", mean(r["p"] == "other" for r in TI if r["y"] == "other")),
    ("tickets", "precision of billing by channel", mean(r["y"] == "billing" for r in TI if r["p"] == "billing" and r["channel"] == "chat")),
    ("tickets", "how many technical tickets were predicted as billing", PAIRS[("technical", "billing")]),
    ("delivery", "rmse for distance between 1 and 2", rmse([r for r in DE if 1 <= num(r, "distance_km") <= 2])),
    ("delivery", "bias by vehicle", mean(r["e"] for r in DE if r["vehicle"] == "car")),
    # auditor
    ("credit", "how many rows have no label", 0),
    ("credit", "how many rows are missing utilisation", n(lambda r: r["utilisation"] == "")),
    ("credit", "approval rate by age", REFUSED),
    ("credit", "selection rate for retired", mean(r["p"] == "default" for r in CR if r["employment"] == "retired")),
    ("credit", "false positive rate for students against retired", [mean(r["p"] == "default" for r in CR if r["y"] == "repaid" and r["employment"] == e) for e in ("student", "retired")]),
    ("credit", "what share of the false negatives are retired", n(lambda r: r["y"] == "default" and wrong(r) and r["employment"] == "retired") / FN),
    ("credit", "how many people under 25 were predicted default", n(lambda r: num(r, "age") < 25 and r["p"] == "default")),
    ("credit", "how many people over 60 were wrongly predicted to default", n(lambda r: num(r, "age") > 60 and r["p"] == "default" and r["y"] == "repaid")),
    ("credit", "is the model worse for people over 60 than for people under 30", [err(lambda r: num(r, "age") > 60), err(lambda r: num(r, "age") < 30)]),
    ("credit", "default rate excluding brokers", mean(r["y"] == "default" for r in CR if r["channel"] != "broker")),
    ("credit", "default rate for people 65 and older", mean(r["y"] == "default" for r in CR if num(r, "age") >= 65)),
    ("credit", "predicted default rate of students", mean(r["p"] == "default" for r in CR if r["employment"] == "student")),
    ("credit", "how many civil servants or retired", n(emp("civil-servant", "retired"))),
    ("credit", "how many rows are from men", REFUSED),
    ("tickets", "how many tickets are neither billing nor delivery", n(lambda r: r["y"] not in ("billing", "delivery"), TI)),
    ("tickets", "error rate of business customers not on chat", err(lambda r: r["product"] == "business" and r["channel"] != "chat", TI)),
    # product manager
    ("credit", "how often are we wrong about students", err(emp("student"))),
    ("credit", "what percentage of loans default", mean(r["y"] == "default" for r in CR)),
    ("credit", "what percentage of students default", mean(r["y"] == "default" for r in CR if r["employment"] == "student")),
    ("credit", "which channel brings the most defaults", REFUSED),
    ("credit", "how much do we lose", REFUSED),
    ("credit", "average loan amount by purpose", mean(num(r, "amount_eur") for r in CR if r["purpose"] == "car")),
    ("credit", "how many loans for cars or homes", n(lambda r: r["purpose"] in ("car", "home"))),
    ("credit", "are big loans worse", REFUSED),
    ("delivery", "how far off are we on average in Paris", REFUSED),
    ("delivery", "how far off are we in Lyon when it snows", mae([r for r in DE if r["city"] == "Lyon" and r["weather"] == "snow"])),
    ("delivery", "how far off are we in Lyon with snow", mae([r for r in DE if r["city"] == "Lyon" and r["weather"] == "snow"])),
    ("delivery", "how many deliveries took more than 60 minutes", REFUSED),
    ("delivery", "which vehicle is worst in the rain", most([r for r in DE if r["weather"] == "rain"], lambda r: r["vehicle"], mae)),
    ("delivery", "do we underestimate bicycles", mean(r["e"] for r in DE if r["vehicle"] == "bicycle")),
    ("tickets", "how many tickets mention refund but were not billing", n(lambda r: "refund" in r["text"].lower() and r["y"] != "billing", TI)),
    ("tickets", "which product has the most errors", most(TI, lambda r: r["product"], lambda g: sum(map(wrong, g)))),
]
SETS = {"left out": LEFT_OUT, "range": RANGES, "time": TIMES, "newcomer": NEWCOMER, "user": USERS}


def held(entry):
    log, question, expected = entry
    answer = ask(ERRATA, PATHS[log], question)
    return verdict(answer, expected), answer


def check(entry):
    found, answer = held(entry)
    assert found == ("refused" if entry[2] == REFUSED else "right"), (found, entry[2], answer["plan"], answer["why"], answer["text"])


if "--count" in sys.argv:
    for name, entries in SETS.items():
        with ThreadPoolExecutor(2) as pool:
            results = list(zip(entries, pool.map(held, entries)))
        print(name, dict(collections.Counter("right" if e[2] == REFUSED and v == "refused" else v for e, (v, _) in results)))
        for entry, (found, answer) in results:
            if found == "wrong" or (found == "refused" and entry[2] != REFUSED):
                print(f"  {found}: {entry[0]}: {entry[1]}\n     plan {answer['plan']} expected {entry[2]} | "
                      f"{(answer['why'] or answer['text'] or '')[:150]}")
    sys.exit(0)
sys.exit(run([(f"{name}: {entry[1]}", lambda entry=entry: check(entry))
              for name, entries in SETS.items() for entry in entries]))
