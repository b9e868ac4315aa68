#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-face.py ERRATA: what the command line says of rows that a model cannot judge, of slips in --row, of folders
with several files, and of reports on other rows. TAP."""
import json
import os
import pty
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "llm"))
from cases import run  # noqa: E402  pylint: disable=wrong-import-position

ERRATA = os.path.abspath(sys.argv[1])
SCRATCH, ENV = "", {}
SLOPE = """<PMML xmlns='http://www.dmg.org/PMML-4_4' version='4.4'><Header/><DataDictionary>
<DataField name='km' optype='continuous' dataType='double'/><DataField name='age' optype='continuous' dataType='double'/>
<DataField name='y' optype='continuous' dataType='double'/></DataDictionary>
<RegressionModel functionName='regression'><MiningSchema><MiningField name='km'/><MiningField name='age'/>
<MiningField name='y' usageType='target'/></MiningSchema>
<RegressionTable intercept='1'><NumericPredictor name='km' coefficient='0.5'/>
<NumericPredictor name='age' coefficient='0.1'/></RegressionTable></RegressionModel></PMML>"""
TESTS = []


def begin(scratch):
    """a folder of its own for each test: several run at once, and write files of the same name"""
    global SCRATCH, ENV  # pylint: disable=global-statement
    SCRATCH, ENV = scratch, dict(os.environ, ERRATA_CONFIG_DIR=scratch, LC_ALL="C.UTF-8")


def test(function):
    TESTS.append((function.__name__, function))
    return function


def errata(*arguments, columns=None):
    env = dict(ENV, COLUMNS=str(columns)) if columns else ENV
    return subprocess.run([ERRATA, *arguments], capture_output=True, text=True, env=env, timeout=120, check=False)


def on_terminal(columns, *arguments):
    """what a terminal of that width shows, as lines"""
    main, other = pty.openpty()
    env = dict(ENV, COLUMNS=str(columns), TERM="xterm", NO_COLOR="1")
    with subprocess.Popen([ERRATA, *arguments], stdout=other, stderr=subprocess.DEVNULL, env=env) as process:
        os.close(other)
        text = b""
        while True:
            try:
                some = os.read(main, 65536)
            except OSError:
                break
            if not some:
                break
            text += some
        assert process.wait(timeout=120) == 0, (arguments, text)
    os.close(main)
    return text.decode().replace("\r", "").splitlines()


def path(name, text=None):
    full = os.path.join(SCRATCH, name)
    if text is not None:
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
    return full


def log(rows, seed=1):
    """a binary log in which night shifts of one plant are often wrong"""
    draw = random.Random(seed)
    text = "id,plant,shift,load,label,prediction,score\n"
    for i in range(rows):
        plant, shift, load = draw.choice("ABCD"), draw.choice(("day", "night")), draw.uniform(0, 10)
        label = draw.random() < 0.4
        wrong = draw.random() < (0.6 if plant == "A" and shift == "night" else 0.1)
        score = draw.uniform(0.5, 1.0) if label != wrong else draw.uniform(0.0, 0.5)
        text += f"i{i},{plant},{shift},{load:.2f},{int(label)},{int(score >= 0.5)},{score:.4f}\n"
    return text


@test
def rows_without_a_score_are_told():
    model = path("slope.pmml", SLOPE)
    done = errata("score", model, path("some.csv", "km,age\n3,40\n,20\n5,\n1,1\n"))
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 5, done
    assert "the model says nothing of two rows of four, whose lines are left empty; the first is row 1" in done.stderr, done.stderr
    done = errata("score", model, path("none.csv", "km,age\nfar,40\nnear,20\n"))
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 3, done
    assert "the model says nothing of any of two rows" in done.stderr and "“far”" in done.stderr, done.stderr


@test
def logged_row_that_the_model_cannot_judge():
    rows = "".join(f"r{i},{i % 50}.5,{'' if i == 7 else 20 + i % 60},{i % 7}.25\n" for i in range(300))
    done = errata("explain", path("slope.pmml", SLOPE), path("gap.csv", "id,km,age,label\n" + rows), "--id", "r7")
    assert done.returncode == 4 and done.stdout == "", done
    assert "the model says nothing of this row: it lacks age; explain another row" in done.stderr, done.stderr


@test
def narrow_terminals():
    rows = "".join(f"r{i},{i % 50}.5,{20 + i % 60},{1 + (i % 50 + 0.5) * 0.5 + (20 + i % 60) * 0.1 + i % 7:.2f}\n"
                   for i in range(300))
    plain = path("plain.csv", "id,km,age,label\n" + rows)
    for columns in (40, 60, 80):
        for arguments in (("inspect", plain), ("explain", path("slope.pmml", SLOPE), plain, "--id", "r7")):
            lines = on_terminal(columns, *arguments)
            wide = [line for line in lines if len(line) > columns and len(line.split()) > 1]
            assert not wide, (columns, wide)
            broken = [line for line in lines if line.startswith("    ") and len(line.split()) == 1]
            assert len(broken) < 3, (columns, broken)


@test
def inspect_takes_roles():
    file = path("roles.csv", "a,b,c\n" + "".join(f"{i % 2},{i % 3 % 2},{i}\n" for i in range(50)))
    done = errata("inspect", file, "--role", "a=label", "--role", "b=prediction")
    assert done.returncode == 0 and "task: binary" in done.stdout, done
    assert [line.split()[:2] for line in done.stdout.splitlines() if line.startswith("  a ")] == [["a", "label"]], done.stdout
    done = errata("inspect", file, "--role", "d=label")
    assert done.returncode == 2 and "the columns are a, b, c" in done.stderr, done


@test
def slips_of_a_row():
    done = errata("explain", path("slope.pmml", SLOPE), "--row", '{"km": 3, "age" 4}')
    assert done.returncode == 2 and "--row is no JSON object (there is a slip before its character 1" in done.stderr, done
    assert "Parse error" not in done.stderr and "<data>" not in done.stderr, done.stderr


@test
def files_of_a_folder_are_named():
    for name, rows in (("plants/a.csv", 200), ("plants/b.csv", 100)):
        path(name, log(rows))
    told = " ".join(errata("inspect", path("plants")).stdout.split())
    assert ("2 files are counted as one log: a.csv (200 rows), b.csv (100 rows); name one "
            "of them to see it alone") in told, told
    assert "counted as one log" not in errata("inspect", path("plants/a.csv")).stdout


@test
def files_of_what_was_asked_and_answered_are_one_log():
    ids = list(range(400))
    asked = path("halves/asked.csv", "request_id,ts,age,city\n" + "".join(
        f"r{i},2026-03-01T00:{i // 60:02}:{i % 60:02}Z,{20 + i % 50},{'AB'[i % 2]}\n" for i in ids))
    answers = [f"r{i},{i % 3 % 2},{i % 2}\n" for i in reversed(ids[:-20])]
    answered = path("halves/answered.csv", "request_id,prediction,truth\n" + "".join(answers))
    for number, files in enumerate(((asked, answered), (answered, asked))):
        done = errata("analyze", *files, "-o", path(f"halves-{number}"), "--json", "--llm", "none")
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        accuracy = sum(i % 3 % 2 == i % 2 for i in ids[:-20]) / 380
        assert any(abs(m["value"] - accuracy) < 1e-9 for m in report["metrics"] if m["name"] == "accuracy"), report["metrics"]
        assert "20 of 400 rows have one half only: what else has their id was not found" in str(report), report["run"]
    foreign = path("halves/foreign.csv", "request_id,prediction,truth\n" + "".join(f"q{i},1,1\n" for i in ids))
    done = errata("analyze", asked, foreign, "-o", path("halves-foreign"))
    assert done.returncode != 0 and "nor are they halves of one: no id is in both" in done.stderr, done
    assert not os.path.exists(path("halves-foreign"))
    path("pair/asked.csv", "id,age,city,sum\n" + "".join(f"r{i},{20 + i % 50},{'AB'[i % 2]},{i}\n" for i in ids))
    path("pair/answered.csv", "id,prediction\n" + "".join(f"r{i},{i % 2}\n" for i in ids))
    told = errata("inspect", path("pair")).stdout
    assert "800 rows were read and joined by id to 400" in " ".join(told.split()), told
    whole = "id,age,city,prediction,label\n" + "".join(f"r{i},{20 + i % 50},{'AB'[i % 2]},{i % 2},1\n" for i in ids)
    path("whole/log.csv", whole)
    path("whole/answered.csv", "id,prediction\n" + "".join(f"r{i},{i % 2}\n" for i in ids))
    told = errata("inspect", path("whole")).stdout
    assert "400 rows" in told and "read and joined" not in told and "800 rows" not in told, told


@test
def many_classes_are_judged_and_too_many_are_called_so():
    for n, told in ((2000, "Right 90.0 % of the time"), (3000, "label has 3,000 values, and at most 2,500 classes are told apart")):
        rows = "".join(f"{i},k{i % n},k{(i + (i % 10 == 0)) % n}\n" for i in range(2 * n))
        done = errata("analyze", path(f"classes-{n}.csv", "x,label,prediction\n" + rows), "-o", path(f"classes-{n}"),
                      "--format", "json", "--llm", "none")
        assert done.returncode == 0 and told in " ".join(done.stdout.split()), done
    answer = json.loads(errata("ask", "recall by class", "--report", path("classes-2000"), "--json").stdout)
    assert len(answer["table"]["rows"]) == 2000, answer["text"]
    printed = errata("ask", "recall by class", "--report", path("classes-2000")).stdout
    assert "… and 1600 more: --json has all" in printed, printed[-300:]
    refused = errata("ask", "error rate by class", "--report", path("classes-2000"))
    assert "there are 2000 classes, too many groups" in " ".join((refused.stdout + refused.stderr).split()), refused


@test
def other_rows_are_not_compared_by_their_shares():
    rows = path("plants.csv", log(6000))
    for name, where in (("all", ()), ("some", ("--where", "plant in (A, B)"))):
        done = errata("analyze", rows, *where, "-o", path(name), "--format", "json", "--quiet")
        assert done.returncode == 0, done.stderr
    done = errata("compare", path("all"), path("some"))
    assert "shares of the errors and of the rows are shares of other wholes" in " ".join(done.stdout.split()), done.stdout
    both = done.stdout.split("In both (")[1]
    assert "Unchanged" not in done.stdout and not re.search(r"→.* of the (errors|rows)\)", both), both
    told = json.loads(errata("compare", path("all"), path("some"), "--json").stdout)
    assert told["same-rows"] is False and told["same"] and all("from" not in f for f in told["same"]), told
    assert "Unchanged" in errata("compare", path("all"), path("all")).stdout


@test
def rows_alike_of_numbers_are_among_the_worst():
    """a prediction of a number is not wrong now and then"""
    draw = random.Random(5)
    usual = "the parcel arrived on time and the staff was kind and helpful today thank everybody again".split()
    kinds = ["garden", "kitchen", "window", "corner"], ["invoice", "tariff", "meter", "contract"]
    text = "id,label,prediction,text\n"
    for i in range(5000):
        odd = draw.random() < 0.05
        words = draw.sample(usual, 6) + draw.sample(kinds[odd], 2)
        value = draw.gauss(50, 10)
        text += f"{i},{value - 40 * odd:.2f},{value + draw.gauss(0, 3):.2f},{' '.join(words)}\n"
    result = errata("analyze", path("far.csv", text), "--json", "--llm", "none", "-o", path("far"))
    report = json.loads(result.stdout)
    alike = [f for f in report["findings"] if f["kind"] == "cluster"]
    assert alike, [f["title"] for f in report["findings"]]
    for finding in alike:
        said = finding["rationale"]["text"]
        assert "among the worst tenth" in finding["title"] and "among the worst tenth" in said, finding["title"]
        assert "wrong" not in finding["title"] + said, said


@test
def one_class_of_a_group_has_its_own_figures():
    """what is told of the predictions of one class has their errors, and no part in the groups' rows"""
    draw = random.Random(21)
    classes = ["bug", "billing", "sales", "other"]
    text, wrong, own = "region,x,confidence,prediction,label\n", 0, 0
    for _ in range(24000):
        region, said, sure = draw.choice("ABCDE"), draw.randrange(4), 0.3 + 0.6 * draw.random()
        odd = region == "C" and said == 1
        right = draw.random() < (0.55 * sure if odd else sure)
        label = said if right else (said + draw.randrange(1, 4)) % 4
        wrong += not right
        own += odd and not right
        text += f"{region},{draw.random():.3f},{sure:.3f},{classes[said]},{classes[label]}\n"
    out = path("class")
    shown = errata("analyze", path("class.csv", text), "--llm", "none", "-o", out).stdout
    with open(os.path.join(out, "report.json"), encoding="utf-8") as file:
        found = json.load(file)["findings"][0]
    assert found["title"].startswith("region is C: predictions of billing wrong "), found["title"]
    assert abs(found["impact"]["share_of_errors"] - own / wrong) < 1e-9, found["impact"]
    assert "predictions of billing are" in shown and "One group" not in shown, shown
    assert "Predictions of billing where region is C are wrong " in found["rationale"]["text"]


@test
def one_name_of_a_kind():
    """the list, the finding and the answer call it the same, and say what their intervals hold"""
    out = path("named")
    assert errata("analyze", path("named.csv", log(6000)), "-o", out, "--format", "json", "--quiet").returncode == 0
    with open(os.path.join(out, "report.json"), encoding="utf-8") as file:
        findings = json.load(file)["findings"]
    listed = errata("show", out).stdout
    for finding in findings:
        name = f"{finding['severity']} · {finding['kind'].replace('-', ' ')} · "
        assert name in listed and name in errata("show", out, finding["id"]).stdout, (name, listed)
    assert " · labels · " not in listed and " · abstention · " not in listed, listed


sys.exit(run(TESTS, begin))
