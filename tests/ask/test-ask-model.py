#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-ask-model.py ERRATA SAMPLES MODEL_QUESTIONS PLAN_SCHEMA MODEL_SCHEMA: questions that keywords do not
understand, translated by a scripted server over HTTP: right plans, wrong ones and then right ones, wrong
ones only, nonsense, and servers that fail. TAP."""
import csv
import json
import math
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "llm"))
from cases import run  # noqa: E402  pylint: disable=wrong-import-position
from scripted import Server  # noqa: E402  pylint: disable=wrong-import-position

ERRATA, SAMPLES, QUESTIONS, SCHEMA, MODEL_SCHEMA = (os.path.abspath(a) for a in sys.argv[1:6])
ENV = {key: value for key, value in os.environ.items()
       if key not in ("OPENAI_API_KEY", "ERRATA_LLM_API_KEY", "CREDENTIALS_DIRECTORY")}
SCRATCH = tempfile.TemporaryDirectory(prefix="errata-ask-")
LOGS, PATHS = {}, {}
TESTS = []


def begin(scratch):
    """settings and a server for one case"""
    global CONFIG, SERVER  # pylint: disable=global-statement
    CONFIG, SERVER = os.path.join(scratch, "config"), Server()
    ENV.update(ERRATA_CONFIG_DIR=CONFIG, ERRATA_CACHE_DIR=os.path.join(scratch, "cache"), LC_ALL="C.UTF-8")


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def num(row, name):
    return float(row[name]) if row[name] != "" else math.nan


def read(name):
    """every fourth row, for each question reads the log anew"""
    path = os.path.join(SAMPLES, name + ".csv")
    PATHS[name] = os.path.join(SCRATCH.name, name + ".csv")
    with open(path, encoding="utf-8", newline="") as whole, \
            open(PATHS[name], "w", encoding="utf-8", newline="") as part:
        part.writelines(line for number, line in enumerate(whole) if number % 4 == 0)  # 0: the head
    with open(PATHS[name], encoding="utf-8", newline="") as handle:
        LOGS[name] = list(csv.DictReader(handle, delimiter=";" if name == "delivery" else ","))


def configure(how, more="", timeout="10s"):
    os.makedirs(CONFIG, exist_ok=True)
    with open(os.path.join(CONFIG, "errata.conf"), "w", encoding="utf-8") as handle:
        handle.write(f"[llm]\nurl={SERVER.url(how)}\ntimeout={timeout}\n{more}" if how else "")
    SERVER.seen.clear()


def ask(name, *arguments, path=None):
    done = subprocess.run([ERRATA, "ask", "--json", "--report", path or PATHS[name], *arguments],
                          capture_output=True, text=True, env=ENV, timeout=120, check=False)
    assert done.returncode in (0, 1) and done.stdout, (done.returncode, done.stderr)
    return json.loads(done.stdout)


def as_json(plan):
    """a plan as people type it → as a model answers (only what the questions here use)"""
    steps = []
    for step in plan.split(" | "):
        op, _, rest = step.partition(" ")
        if op == "metric":
            name, _, of = rest.partition(" of ")
            steps.append({"op": op, "name": name, "of": of or None})
        elif op == "order":
            steps.append({"op": op, "column": rest.replace(" descending", ""),
                          "descending": rest.endswith(" descending")})
        elif op == "what-if":
            steps.append({"op": op, "threshold": float(rest.split()[-1])})
        elif op == "rows":
            steps.append({"op": op, "limit": int(rest)})
        elif op in ("count", "advice"):
            steps.append({"op": op})
        else:
            key = {"filter": "where", "group": "column", "compare": "with", "findings": "which",
                   "explain": "row", "share": "where", "describe": "column"}[op]
            steps.append({"op": op, key: rest.strip('"') if op == "group" else rest})
    return {"steps": steps}


def script(answers):
    left = [answer if isinstance(answer, dict) else as_json(answer) for answer in answers]
    SERVER.answers = lambda body: json.dumps(left.pop(0))
    return left


def user_of(seen):
    return seen["body"]["messages"][1]["content"]


def question(entry):
    configure("crlf")
    left = script(entry["answers"])
    whole = os.path.join(SAMPLES, entry["log"] + ".csv") if "text" in entry else None  # written out from all of it
    answer = ask(entry["log"], entry["ask"], path=whole)
    asked = SERVER.asked("crlf")
    assert not left and len(asked) == len(entry["answers"]), (len(asked), left)
    assert entry["ask"] in user_of(asked[0])
    if "told" in entry:
        assert entry["told"] in user_of(asked[1]), user_of(asked[1])
    if "why" in entry:
        assert not answer["answered"] and entry["why"] in answer["why"], answer
        return
    assert answer["answered"] and answer["planner"] == "llm", answer
    inside = set(re.findall(r"\[(A\d+)\]", answer["text"]))
    assert inside <= set(answer["evidence"]), answer
    if "text" in entry:
        assert entry["text"] in answer["text"].replace("\u00a0", " "), answer["text"]
        return
    rows = LOGS[entry["log"]]
    least = {name: min(row[name] for row in rows) for name in rows[0]}
    expected = eval(entry["expect"], {"mean": mean, "num": num, "rows": rows, "first": least.get})  # our own
    found = [e["value"] for e in answer["evidence"].values() if e["key"] == entry["key"]]
    assert found and math.isclose(found[0], expected, rel_tol=1e-9), (found, expected)


def test(function):
    TESTS.append((function.__name__, function))
    return function


@test
def understood_words_ask_nobody():
    configure("crlf")
    answer = ask("credit", "What is the accuracy where age > 60?")
    assert answer["planner"] == "builtin" and not SERVER.seen, answer
    answer = ask("credit", "--plan", "metric accuracy")
    assert answer["planner"] == "user" and not SERVER.seen, answer


@test
def the_same_question_again():
    configure("crlf")
    script(["filter age > 61 | count"])
    first = ask("credit", "How many are past sixty-one?")
    assert ask("credit", "How many are past sixty-one?") == first and len(SERVER.asked("crlf")) == 1


@test
def values_go_out_only_where_rows_do():
    for more, there in (("", True), ("send-rows=none\n", False)):
        configure("crlf", more)
        script([{"steps": []}, {"steps": []}])
        ask("credit", "Is " + ("anything" if there else "something") + " odd about broker people?")
        text = user_of(SERVER.asked("crlf")[0])
        assert ("civil-servant" in text) == there, text
        assert "employment | texts" in text, text
    configure("crlf", "send-rows=none\n")
    script(["filter region = nrth | count", {"steps": []}])
    ask("credit", "How about those near the pole?")
    assert "“north”" not in user_of(SERVER.asked("crlf")[1]), "a reason names a value"


def server_that_fails(how):
    configure(how, timeout="1s")
    answer = ask("credit", f"Is {how} the right kind of thing?")
    assert not answer["answered"] and "the language model gave no answer" in answer["why"], answer


TESTS += [(f"fails: {way}", lambda way=way: server_that_fails(way))
          for way in ("500", "reset", "html", "broken", "silence")]


@test
def nonsense():
    SERVER.answers = lambda body: "nonsense without end"
    configure("crlf")
    answer = ask("credit", "Is nonsense the right kind of thing?")
    assert not answer["answered"], answer


@test
def one_language():
    """what a model may answer is what people may write"""
    def plain(part):
        if isinstance(part, dict):
            if set(part) == {"const"}:
                return {"type": "string", "enum": [part["const"]]}
            return {key: plain(value) for key, value in part.items()
                    if key not in ("$schema", "title", "minItems", "maxItems")
                    and not (key == "description" and isinstance(value, str))}
        return [plain(value) for value in part] if isinstance(part, list) else part
    with open(SCHEMA, encoding="utf-8") as published, open(MODEL_SCHEMA, encoding="utf-8") as asked:
        assert plain(json.load(published)) == json.load(asked)


with open(QUESTIONS, encoding="utf-8") as file:
    ENTRIES = json.load(file)
TESTS += [(entry["ask"], lambda entry=entry: question(entry)) for entry in ENTRIES]
for known in sorted({"credit"} | {entry["log"] for entry in ENTRIES}):
    read(known)
sys.exit(run(TESTS, begin))
