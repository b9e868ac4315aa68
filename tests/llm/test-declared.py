#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-declared.py ERRATA: columns that the user declared to say who somebody is. No byte of their names and values
goes out in any request, whatever else may; and what a good model says of them is used. TAP."""
import csv
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "quality"))
from cases import run  # pylint: disable=wrong-import-position
from good import Good  # pylint: disable=wrong-import-position
from scripted import Server  # pylint: disable=wrong-import-position

ERRATA = os.path.abspath(sys.argv[1])
ENV = {key: value for key, value in os.environ.items()
       if key not in ("OPENAI_API_KEY", "ERRATA_LLM_API_KEY", "CREDENTIALS_DIRECTORY")}
ROLES = {"visitor": "id", "kept species": "group", "xregion": "group", "yage": "group"}
MEANING = "what lives in the household"
PRIVATE = ("visitor", "kept species", "xregion", "yage", MEANING, "axolotl", "quokka", "zebrafish", "wombatland",
           "north zuluton", "o'kea isle", "k0")
SCRATCH, SERVER = "", None


def begin(scratch):
    global SCRATCH, SERVER  # pylint: disable=global-statement
    SCRATCH, SERVER = scratch, Server()
    ENV.update(ERRATA_CONFIG_DIR=os.path.join(scratch, "config"), ERRATA_CACHE_DIR=os.path.join(scratch, "cache"),
               LC_ALL="C.UTF-8")
    os.makedirs(ENV["ERRATA_CONFIG_DIR"])


def make_log():
    """errors go with declared columns, alone and with others, and texts speak of their values"""
    dice, path = random.Random(5), os.path.join(SCRATCH, "log.csv")
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["visitor", "kept species", "xregion", "yage", "amount", "channel", "notes", "label", "prediction",
                         "score"])
        for i in range(6000):
            species = dice.choice(("zebrafish", "quokka", "axolotl", "F", "7"))
            region, age = dice.choice(("wombatland", "north zuluton", "o'kea isle")), dice.randint(18, 90)
            channel = dice.choice(("web", "shop", "phone"))
            said = dice.choice(("please refund broken thing", "hello thanks nice", "order late again"))
            said += dice.choice(("", " for Quokka owner", f" from {region.title()}", f" says K{i:05d}X"))
            odds = 0.08 + 0.35 * (species == "quokka" and channel == "web") + 0.12 * (region == "north zuluton") + \
                0.2 * (age > 74) + 0.25 * ("broken" in said)
            label = dice.choice(("yes", "no"))
            wrong = {"yes": "no", "no": "yes"}[label]
            writer.writerow([f"K{i:05d}X", species, region, age, round(dice.expovariate(1 / 80), 2), channel, said, label,
                             wrong if dice.random() < odds else label, round(dice.random(), 3)])
    return path


def configure(sending, declares=True):
    declared = "[roles]\n" + "".join(f"{name}={role}\n" for name, role in ROLES.items()) + \
        f"[dictionary]\nkept species={MEANING}\n"
    with open(os.path.join(ENV["ERRATA_CONFIG_DIR"], "errata.conf"), "w", encoding="utf-8") as handle:
        handle.write(f"[llm]\nurl={SERVER.url('good')}\ntimeout=60s\nsend-rows={sending}\n" + declared * declares)


def errata(*arguments):
    return subprocess.run([ERRATA, *arguments], capture_output=True, text=True, env=ENV, cwd=SCRATCH, timeout=300,
                          check=False)


def requests():
    return ["\n".join(message["content"] for message in seen["body"]["messages"]) for seen in SERVER.asked("good")]


def nothing_private():
    assert requests(), "nothing was asked"
    for text in requests():
        for word in PRIVATE:
            at = text.casefold().find(word)
            assert at < 0, (word, text[max(at - 80, 0):at + 80])


def analyzed(sending):
    good = SERVER.answers = Good()
    configure(sending)
    done = errata("analyze", make_log(), "-o", "out", "--seed", "1", "--format", "json", "--quiet")
    assert done.returncode == 0, done.stderr
    nothing_private()
    with open(os.path.join(SCRATCH, "out", "report.json"), encoding="utf-8") as handle:
        report = json.load(handle)
    use = report["run"]["llm"]
    assert use["accepted"] == use["tried"] > 5 and not use["failure"], use
    assert any("[column-1]" in facts and "[value-1]" in facts for _, _, _, facts in good.asked)
    written = [finding["rationale"]["text"] for finding in report["findings"]
               if finding["rationale"]["writer"] == "llm"]
    assert not any("[column-" in text or "[value-" in text for text in written), written
    assert "[column-" not in json.dumps(report["proposals"]) + json.dumps(report["findings"])
    assert any("yage" in json.dumps(proposal) for proposal in report["proposals"]), report["proposals"]


def questions():
    """who asks may name them; the model gives a plan in its words, and it is carried out"""
    def answer(body):
        user = body["messages"][-1]["content"]
        line = next(line for line in user.split("\n") if line.startswith("Question: "))
        assert "[value-1]" in line and "[column-1]" in line, line
        return json.dumps({"steps": [{"op": "filter", "where": "[column-1] = [value-1] or [column-1] = '[value-2]'"},
                                     {"op": "count"}]})
    SERVER.answers = answer
    for sending in "none", "redacted":
        configure(sending)
        done = errata("ask", make_log(), "pray tell how the kept species quokka and also F fare hereabouts", "--json")
        nothing_private()
        said = json.loads(done.stdout)
        assert done.returncode == 0 and "quokka" in json.dumps(said), (done.stdout, done.stderr)


CLERKS = ("Ingrid Nakamura", "Tomasz Okonkwo", "Fatima Vandenberghe", "Aoife Szczepanski")


def people_log():
    """persons in a column that nobody declared, and short texts; errors go with one of each"""
    dice, path = random.Random(8), os.path.join(SCRATCH, "people.csv")
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["when", "clerk", "desk", "note", "label", "prediction", "score"])
        for i in range(5000):
            clerk, desk = dice.choice(CLERKS), dice.choice(("W1", "S2", "P3"))
            note = dice.choice(("quarrelled again", "paid at once", "never came"))
            odds = 0.06 + 0.4 * (clerk == CLERKS[0] and desk != "W1") + 0.3 * (note == "quarrelled again")
            label = dice.choice(("yes", "no"))
            wrong = {"yes": "no", "no": "yes"}[label]
            writer.writerow([f"2026-{1 + i // 450:02d}-{1 + i % 28:02d}", clerk, desk, note, label,
                             wrong if dice.random() < odds else label, round(dice.random(), 3)])
    return path


def no_rows_no_values():
    """where rows do not go out, no value of one does, whoever's column it is; a good model's texts have it again"""
    SERVER.answers = Good()
    configure("none", declares=False)
    done = errata("analyze", people_log(), "-o", "people", "--seed", "1", "--format", "json", "--quiet")
    assert done.returncode == 0, done.stderr
    assert requests(), "nothing was asked"
    for text in requests():
        for word in (*CLERKS, "Nakamura", "quarrelled", "paid at once", "never came", "“W1”", "desk is"):
            at = text.find(word)
            assert at < 0, (word, text[max(at - 80, 0):at + 80])
    with open(os.path.join(SCRATCH, "people", "report.json"), encoding="utf-8") as handle:
        report = json.load(handle)
    use = report["run"]["llm"]
    assert use["accepted"] == use["tried"] > 3 and not use["failure"], use
    assert "clerk" in "".join(requests()) and any("[value-1]" in text for text in requests())
    assert any(CLERKS[0] in finding["title"] for finding in report["findings"]), report["findings"]
    assert "[value-" not in json.dumps(report["findings"]) + json.dumps(report["proposals"])


def shown_first():
    """what is shown before it is sent has the stand-ins, too"""
    configure("redacted")
    done = errata("llm", "test", "--show")
    assert done.returncode == 0, done.stderr
    for word in PRIVATE:
        assert word not in done.stderr.casefold(), (word, done.stderr)
    assert "[column-1]" in done.stderr and "[value-1]" in done.stderr, done.stderr
    nothing_private()


def whole_rows():
    """only who lets rows out as they are lets these out"""
    SERVER.answers = Good()
    configure("full")
    done = errata("analyze", make_log(), "-o", "out", "--seed", "1", "--format", "json", "--quiet")
    assert done.returncode == 0, done.stderr
    assert any("quokka" in text for text in requests())


sys.exit(run([("nothing of them, without rows", lambda: analyzed("none")),
              ("nothing of them, with rows", lambda: analyzed("redacted")),
              ("no rows, no values", no_rows_no_values), ("questions", questions), ("shown first", shown_first),
              ("whole rows", whole_rows)], begin))
