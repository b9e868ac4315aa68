#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-cli.py ERRATA SAMPLES SCHEMA: the command line as a user meets it, bad input first. TAP."""
import contextlib
import csv
import ctypes
import gzip
import json
import math
import os
import pty
import random
import re
import resource
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import time

import jsonschema

ERRATA, SAMPLES, SCHEMA = (os.path.abspath(argument) for argument in sys.argv[1:4])
SCRATCH = tempfile.mkdtemp(prefix="errata-cli-")
ENV = dict(os.environ, ERRATA_CONFIG_DIR=os.path.join(SCRATCH, "config"), LC_ALL="C.UTF-8")
TESTS = []
PR_CAPBSET_DROP = 24


def test(function):
    TESTS.append(function)
    return function


def errata(*args, env=None, preexec=None, cwd=SCRATCH, timeout=120):
    return subprocess.run([ERRATA, *args], capture_output=True, text=True, env=env or ENV, cwd=cwd,
                          preexec_fn=preexec, timeout=timeout, check=False)


class Skip(Exception):
    pass


@contextlib.contextmanager
def mounted(target, options):
    """a tmpfs there; a container without the right to mount, and no sudo, has none"""
    os.makedirs(target, exist_ok=True)
    for prefix in [], ["sudo", "-n"]:
        if prefix and not shutil.which("sudo"):
            continue
        done = subprocess.run([*prefix, "mount", "-t", "tmpfs", "-o", options, "none", target],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            try:
                yield
            finally:
                subprocess.run([*prefix, "umount", target], check=True)
            return
    raise Skip("mount: " + " ".join(done.stderr.split()))


def path(name, data=None):
    full = os.path.join(SCRATCH, name)
    if data is not None:
        with open(full, "wb") as out:
            out.write(data if isinstance(data, bytes) else data.encode())
    return full


def table(rows, label=True, prediction=True, constant=False, seed=1):
    rng = random.Random(seed)
    head = ["id", "age", "region"] + ["prediction"] * prediction + ["score"] * prediction + ["label"] * label
    lines = [",".join(head)]
    for i in range(rows):
        score = rng.random()
        cells = [f"r{i}", str(rng.randrange(18, 80)), rng.choice("abc")]
        if prediction:
            cells += [str(int(score > 0.5)), f"{score:.4f}"]
        if label:
            cells.append("1" if constant else str(int(rng.random() < score)))
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def no_nan(value, where=""):
    """JSON has no NaN; python's reader would let it through"""
    if isinstance(value, float):
        assert value == value and abs(value) != float("inf"), where
    elif isinstance(value, dict):
        for key, item in value.items():
            no_nan(item, f"{where}.{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            no_nan(item, f"{where}[{i}]")


def report(folder):
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as handle:
        document = json.load(handle, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
    with open(SCHEMA, encoding="utf-8") as handle:
        jsonschema.validate(document, json.load(handle))
    no_nan(document)
    return document


def whole(name, data, *flags, code=0):
    """analyses data, expects a whole report, returns it"""
    out = path(name + "-out")
    shutil.rmtree(out, ignore_errors=True)
    done = errata("analyze", path(name, data), "-o", out, *flags)
    assert done.returncode == code, (done.returncode, done.stderr)
    for entry in ("report.pdf", "report.json", "svg"):
        assert os.path.exists(os.path.join(out, entry)), entry
    assert not [entry for entry in os.listdir(out) if entry.startswith(".")], os.listdir(out)
    return report(out)


def refused(name, data, *words, code=4, flags=()):
    """analyses data, expects exit code, words in the message, and nothing left behind"""
    out = path(name + "-out")
    shutil.rmtree(out, ignore_errors=True)
    done = errata("analyze", path(name, data), "-o", out, *flags)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    for word in words:
        assert word.lower() in done.stderr.lower(), (word, done.stderr)
    assert not os.path.exists(out), os.listdir(out)
    assert done.stderr.isprintable() or "\n" in done.stderr


@test
def empty_file():
    refused("empty.csv", "", "empty.csv", "it is an empty file")


@test
def header_only():
    refused("header.csv", "id,label,prediction\n", "header.csv", "no rows")


@test
def only_newlines():
    refused("newlines.csv", "\n\n\n\n", "newlines.csv")


@test
def binary_rubbish():
    refused("rubbish.csv", random.Random(3).randbytes(50000), "rubbish.csv")
    refused("model.pmml", '<?xml version="1.0"?><PMML version="4.3" xmlns="http://www.dmg.org/PMML-4_3"><Header/></PMML>',
            "it is a model file", "--model")


@test
def truncated_gzip():
    full = gzip.compress(table(5000).encode(), mtime=0)
    out = path("trunc-out")
    done = errata("analyze", path("trunc.csv.gz", full[:len(full) // 2]), "-o", out)
    assert done.returncode in (0, 4), done.stderr
    if done.returncode == 0:
        assert any("truncated" in w or "ends" in w for w in report(out)["run"].get("warnings", [])
                   + [done.stdout, done.stderr]), done.stdout
    else:
        assert "trunc.csv.gz" in done.stderr, done.stderr


@test
def folder():
    os.makedirs(path("folder"), exist_ok=True)
    done = errata("analyze", path("folder"), "-o", path("folder-out"))
    assert done.returncode == 4 and "folder" in done.stderr, done.stderr


@test
def where_selects_rows():
    log = path("where.csv", table(400))
    with open(log, encoding="utf-8") as handle:
        head, *rows = [line.split(",") for line in handle.read().split()]
    column, value = head[0], rows[0][0]
    out = path("where-out")
    done = errata("analyze", log, "--where", f"not {column} = {value}", "-o", out)
    assert done.returncode == 0, done.stderr
    run = report(out)["run"]
    assert run["where"] == {"filter": f"not ({column} = {value})", "cohort": None, "rows": 399, "of": 400}, run
    assert "399 of 400 rows" in done.stdout, done.stdout
    assert f"--where 'not {column} = {value}'" in run["command"], run


@test
def where_counts_the_rows_that_it_chose():
    rng = random.Random(5)
    lines = ["region,device,label,prediction"]
    for i in range(6000):
        device, label = "kiosk" if i % 5 == 0 else "phone", rng.randrange(2)
        wrong = rng.random() < (0.55 if device == "kiosk" and i >= 3000 else 0.08)
        lines.append(f"{'north' if i < 3000 else 'south'},{device},{label},{label ^ wrong}")
    log = path("where-group.csv", "\n".join(lines) + "\n")
    out = path("where-group-out")
    done = errata("analyze", log, "--where", "region = south", "-o", out)
    assert done.returncode == 0, done.stderr
    assert "One group, a fifth of the rows" in " ".join(done.stdout.split()), done.stdout
    done = errata("ask", "--report", out, "--log", log, "what is the accuracy?")
    assert "of the rows where region = south; this answer is of all" in " ".join(done.stdout.split()), done.stdout
    for words in ([out, "top 2 findings"], ["top 2 findings", out], [out, "--plan", "findings 2"]):
        done = errata("ask", *words)
        assert done.returncode == 0 and "The report has" in done.stdout, (words, done.stderr)
    done = errata("ask", log, "how many rows?")
    assert done.returncode == 0 and "6,000" in done.stdout, done.stderr
    for words in ([out], [out, "accuracy", "please"]):
        assert errata("ask", *words).returncode == 2, words
    for words in (["show", "99999"], ["show", out, "F99"], ["ask", "9999", "accuracy"],
                  ["ask", "--report", "9999", "accuracy"]):
        done = errata(*words)
        assert done.returncode == 1 and words[-1 if words[0] == "show" else -2] in done.stderr, (words, done.stderr)
        assert len(done.stderr.splitlines()) == 1, done.stderr


@test
def a_column_called_month_is_asked_by_months():
    lines = ["month,label,prediction"] + [f"2025-{1 + i // 50:02d}-01,{i % 2},{i // 3 % 2}" for i in range(600)]
    done = errata("ask", "--log", path("month.csv", "\n".join(lines) + "\n"), "how many rows per month")
    assert done.returncode == 0 and "2025-12" in done.stdout and "12 groups" in done.stdout, done.stdout + done.stderr


@test
def where_that_cannot_be():
    log = path("where.csv", table(400))
    for condition, code, message in (("age >", 2, "--where “age >”: character 6: expected a value after >"),
                                     ("no_such = 1", 2, "there is no column “no_such”"),
                                     ("label = prediction", 2, "prediction is a column"),
                                     ("row > 400", 4, "row > 400 holds for none of the 400 rows"),
                                     ("age > 1e6", 4, "age > 1000000 holds for none of the 400 rows; age reaches from "),
                                     ("score > 50", 4, "score reaches from 0."),
                                     ("region = “EU”", 2, "character 10: expected a quote as keyboards have it")):
        done = errata("analyze", log, "--where", condition, "-o", path("where-none"))
        assert done.returncode == code and message in done.stderr, (done.returncode, done.stderr)
        assert not os.path.exists(path("where-none")), condition


@test
def of_weights_only_the_proportions_matter():
    rng = random.Random(8)
    rows = {"binary": [], "numbers": []}
    for i in range(3000):
        x, weight = rng.random(), rng.choice((0.25, 1, 3))
        rows["binary"].append((f"{x:.3f},{int(x > 0.5)},{x * x:.4f},{int(rng.random() < x)}", weight))
        rows["numbers"].append((f"{x:.3f},{10 * x:.4f},{10 * x + rng.gauss(0, 1):.4f}", weight))
    for name, head in (("binary", "x,prediction,score,label"), ("numbers", "x,prediction,label")):
        found = []
        for scale in 1, 1024:
            log = "\n".join([f"{head},w", *(f"{cells},{weight * scale:g}" for cells, weight in rows[name])]) + "\n"
            document = whole(f"weights-{name}", log, "--role", "w=weight")
            sums = [entry for entry in document["metrics"] if entry["name"] not in ("n_positive", "support")]
            assert all(entry["n"] <= 3000 for entry in sums), sums
            found.append((sums, document["evidence"], document["performance"]))
        assert found[0] == found[1], name


@test
def saved_cohorts():
    log = path("where.csv", table(400))
    config = path("cohorts.conf", "[cohorts]\nfirst=row < 200\nlast=row >= 390\n")
    out = path("cohorts-out")
    done = errata("analyze", log, "--config", config, "-o", out)
    assert done.returncode == 0, done.stderr
    found = report(out)["performance"]["cohorts"]
    assert [(cohort["name"], cohort["n"]) for cohort in found] == [("first", 200), ("last", 10)], found
    done = errata("analyze", log, "--config", config, "--cohort", "first", "-o", path("cohort-out"))
    assert done.returncode == 0 and report(path("cohort-out"))["run"]["where"]["cohort"] == "first", done.stderr
    done = errata("analyze", log, "--config", config, "--cohort", "frist", "-o", path("cohort-none"))
    assert done.returncode == 2 and "saved are first, last" in done.stderr, done.stderr


@test
def static_embedding():
    """read by the worker from what the host opened; what cannot be read is a warning"""
    words = ["good", "bad", "late", "slow", "kind", "warm"]
    folder = path("embedding")
    os.makedirs(folder)
    vectors = struct.pack("<12f", *range(12))
    header = json.dumps({"embeddings": {"dtype": "F32", "shape": [6, 2], "data_offsets": [0, 48]}}).encode()
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + vectors)
    model = {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {word: i for i, word in enumerate(words)}}
    path(os.path.join("embedding", "tokenizer.json"),
         json.dumps({"normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"},
                     "model": model}))
    rows = ["%s %s,%d,%d" % (words[i % 6], words[i // 6 % 6], i % 2, (i + (i % 7 == 0)) % 2) for i in range(600)]
    log = path("said.csv", "said,label,prediction\n" + "\n".join(rows) + "\n")
    for i, (where, warning) in enumerate(((folder, None), (folder + "/tokenizer.json", "header claims"),
                                          (path("nowhere"), "No such file"), ("none", None))):
        out = path("embedding-out-%d" % i)
        config = path("embedding-%d.conf" % i, "[analysis]\nembedding=%s\n" % where)
        done = errata("analyze", log, "--role", "said=text", "--config", config, "-o", out)
        assert done.returncode == 0, done.stderr
        found = report(out)
        used = any("static embedding %s (6 vectors of 2 numbers" % where in note for note in found["method"]["notes"])
        assert used == (i == 0), found["method"]["notes"]
        warnings = [text for text in found["run"]["warnings"] if "embedding" in text]
        assert len(warnings) == (warning is not None) and all(warning in text for text in warnings), warnings
    done = errata("analyze", log, "--config", path("embedding.conf", "[analysis]\nembedding=mine\n"))
    assert done.returncode == 2 and "accepted: none, an absolute path" in done.stderr, done.stderr


@test
def sliceline_lists_slices():
    out = path("sliceline-out")
    done = errata("analyze", path("sliceline.csv", table(3000)), "--slices", "sliceline", "-o", out)
    assert done.returncode == 0, done.stderr
    found = report(out)["performance"]["sliceline"]
    assert found["alpha"] == 0.95 and found["k"] == 10 and 2900 < found["n"] <= 3000, found
    scores = [entry["score"] for entry in found["slices"]]
    assert scores == sorted(scores, reverse=True) and all(score > 0 for score in scores), scores
    assert found["max_level"] == 3 and found["loss"] == "zero-one", found
    settings = path("sliceline.conf", "[analysis]\nmax-level=4\nloss=log-loss\n")
    done = errata("analyze", path("sliceline.csv"), "--slices", "sliceline", "--config", settings, "-o", out)
    assert done.returncode == 0, done.stderr
    found = report(out)["performance"]["sliceline"]
    assert found["max_level"] == 4 and found["loss"] == "log-loss", found
    mean = next(m["value"] for m in report(out)["metrics"] if m["name"] == "log_loss" and "class" not in m)
    assert abs(found["mean"] - mean) < 1e-9, (found["mean"], mean)
    done = errata("analyze", path("sliceline.csv"), "--slices", "divexplorer", "-o", path("sliceline-none"))
    assert done.returncode == 2 and "expected, sliceline" in done.stderr, done.stderr


@test
def missing_file():
    done = errata("analyze", path("nowhere.csv"), "-o", path("nowhere-out"))
    assert done.returncode == 4 and "nowhere.csv" in done.stderr, (done.returncode, done.stderr)


@test
def folders_of_a_failure_go():
    done = errata("analyze", path("header.csv", "id,prediction,label\n"), "-o", path("no/such/header-out"))
    assert done.returncode == 4 and not os.path.exists(path("no")), done.stderr


@test
def unreadable_file():
    secret = path("secret.csv", table(100))
    os.chmod(secret, 0)

    def bear_no_override():
        # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH; another user might not reach a build below /root
        for capability in (1, 2):
            assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0

    done = errata("analyze", secret, "-o", path("secret-out"),
                  preexec=bear_no_override if os.getuid() == 0 else None)
    assert done.returncode == 4 and "secret.csv" in done.stderr and "Permission denied" in done.stderr, \
        (done.returncode, done.stderr)


@test
def one_row():
    document = whole("one.csv", table(1))
    assert document["run"]["inputs"][0]["rows"] == 1


@test
def three_rows():
    whole("three.csv", table(3))


@test
def no_label():
    document = whole("nolabel.csv", table(3000, label=False))
    accuracy = [m for m in document["metrics"] if m["name"] == "accuracy"]
    assert all(m["value"] is None and m["why"] for m in accuracy), accuracy


@test
def no_prediction():
    whole("noprediction.csv", table(3000, prediction=False))


@test
def constant_label():
    schema = whole("constant.csv", table(3000, constant=True))["schema"]
    assert schema["task_reason"] == "label: it has one value", schema["task_reason"]


@test
def wrong_flag():
    done = errata("analyze", path("a.csv", table(10)), "--no-such-flag")
    assert done.returncode == 2 and "--help" in done.stderr, done.stderr
    log = path("a.csv")
    for flags, meant in ((("--refrence", log), "--reference"), (("--ref=" + log,), "--reference"),
                         (("--name", "--refrence", "--jsn"), "--json"), (("--no-such-flag",), None),
                         (("--", "--jsn"), None)):
        done = errata("analyze", log, *flags)
        assert done.returncode == 2 or flags[0] == "--", done.stderr
        assert ("did you mean " + meant + "?" in done.stderr) if meant else "did you mean" not in done.stderr, done.stderr
    assert errata("no-such-verb").returncode == 2
    assert "did you mean errata analyze?" in errata("anlyze").stderr
    assert "did you mean errata analyze?" in errata("anaylze").stderr
    assert "did you mean errata analyze /etc/passwd?" in errata("/etc/passwd").stderr
    assert errata("analyze").returncode == 2


@test
def unknown_role_column():
    refused("role.csv", table(100), "nosuch", "age", code=2, flags=("--role", "nosuch=label"))
    refused("role.csv", table(100), "age", "label", code=2, flags=("--role", "age=nonsense"))
    refused("role.csv", table(100), "COLUMN=ROLE", code=2, flags=("--role", "age"))


@test
def roles_that_do_not_go_together():
    rows = "".join(f"{'de fr it es uk pt'.split()[i % 6]},{18 + i % 50},{i % 3 % 2},{i % 7 % 2}\n" for i in range(600))
    log = "country,age,label,prediction\n" + rows
    for flags in (("--role", "country=label"), ("--role", "label=ignore", "--role", "country=label"),
                  ("--role", "country=label", "--role", "prediction=prediction")):
        refused("apart.csv", log, "'country' has the values", "de", "'prediction' has 0 and 1", "COLUMN=label",
                code=2, flags=flags)
    refused("apart.csv", log, "prediction 'country' has de", "'label' has the values 0 and 1", "COLUMN=prediction", code=2,
            flags=("--role", "country=prediction"))
    refused("apart.csv", log, "'age' has the values", "more", code=2,
            flags=("--role", "age=label"))
    assert errata("analyze", path("apart.csv", log), "-o", path("apart"), "--role", "label=label").returncode == 0


@test
def bad_config():
    conf = path("bad.conf", "[analysis]\nseed=1\nsede=2\n")
    done = errata("analyze", path("a.csv", table(10)), "--config", conf)
    assert done.returncode == 2 and "bad.conf" in done.stderr and "3" in done.stderr and "sede" in done.stderr, done.stderr


@test
def html_says_so():
    refused("html.csv", table(100), "html", code=2, flags=("--format", "html"))


@test
def read_only_folder():
    target = path("readonly")
    with mounted(target, "ro,size=64k"):
        done = errata("analyze", path("a.csv", table(500)), "-o", os.path.join(target, "out"))
        assert done.returncode == 1 and "Read-only" in done.stderr, (done.returncode, done.stderr)


@test
def disk_full():
    target = path("full")
    with mounted(target, "size=48k"):
        done = errata("analyze", path("b.csv", table(5000)), "-o", os.path.join(target, "out"))
        assert done.returncode == 1 and "No space left" in done.stderr, (done.returncode, done.stderr)
        assert os.listdir(target) == [], os.listdir(target)


@test
def interrupt():
    big = path("big.csv", table(400000))
    out = path("interrupt-out")
    process = subprocess.Popen([ERRATA, "analyze", big, "-o", out], env=ENV, cwd=SCRATCH,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.4)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130, process.returncode
    assert time.monotonic() - asked < 5
    assert not os.path.exists(out), os.listdir(out)


@test
def json_alone():
    done = errata("analyze", path("c.csv", table(3000)), "-o", path("json-out"), "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert list(document)[:2] == ["errata", "run"] and "findings" in document, list(document)


@test
def quiet():
    done = errata("analyze", path("c.csv", table(3000)), "-o", path("quiet-out"), "--quiet")
    assert done.returncode == 0 and done.stdout == "" and done.stderr == "", (done.stdout, done.stderr)


@test
def same_bytes():
    """same input, same seed: the same bytes outside run, whatever the threads and the locale"""
    log = path("same.csv", table(6000))
    documents = []
    for threads, locale in (("1", "C.UTF-8"), ("2", "de_DE.UTF-8"), ("4", "C.UTF-8")):
        out = path(f"same-{threads}")
        done = errata("analyze", log, "-o", out, "--threads", threads, env=dict(ENV, LC_ALL=locale))
        assert done.returncode == 0, done.stderr
        document = report(out)
        del document["run"]
        documents.append(json.dumps(document))
    assert documents[0] == documents[1] == documents[2]


@test
def without_landlock():
    out = path("nolandlock-out")
    done = errata("analyze", path("c.csv", table(3000)), "-o", out, env=dict(ENV, ERRATA_JAIL="no-landlock"))
    assert done.returncode == 0, done.stderr
    report(out)


@test
def fail_on():
    whole("credit.csv", open(os.path.join(SAMPLES, "credit.csv"), "rb").read(), "--fail-on", "medium", code=3)
    whole("noise.csv", table(3000), "--fail-on", "critical")


@test
def foreign_files_stay():
    out = path("mine")
    os.makedirs(out, exist_ok=True)
    path("mine/notes.txt", "keep me")
    log = path("c.csv", table(3000))
    for _ in range(2):
        assert errata("analyze", log, "-o", out).returncode == 0
    assert sorted(os.listdir(out))[0:2] == ["notes.txt", "report.json"], os.listdir(out)


@test
def inspect():
    done = errata("inspect", path("c.csv", table(3000)))
    assert done.returncode == 0 and "label" in done.stdout and "binary" in done.stdout, done.stdout
    done = errata("inspect", "--json", path("c.csv"))
    assert json.loads(done.stdout)["schema"]["task"] == "binary", (done.returncode, done.stderr)
    done = errata("inspect", path("empty.csv", ""))
    assert done.returncode == 4, (done.returncode, done.stderr)


def sample_report(name, log):
    """a report of one of the samples, on a copy of its log"""
    copy = path(f"{name}-copy" + os.path.basename(log)[len(name):])
    shutil.copy(os.path.join(SAMPLES, log), copy)
    done = errata("analyze", copy, "-o", path(name + "-report"), "--format", "json", "--quiet")
    assert done.returncode == 0, done.stderr
    return copy, path(name + "-report")


def lines(file):
    with open(file, encoding="utf-8") as handle:
        return handle.read().splitlines()


# every way in which a time may stand in a log, by a column's name; {} is a number from 1 to 28
TIMES = {
    "month": lambda i: f"2023-{1 + i % 12:02}",
    "day": lambda i: f"2023-07-{i:02}",
    "iso": lambda i: f"2023-07-{i:02}T03:04:05",
    "space": lambda i: f"2023-07-{i:02} 03:04",
    "utc": lambda i: f"2023-07-{i:02}T03:04:05Z",
    "zone": lambda i: f"2023-07-{i:02}T03:04:05.120+02:00",
    "micro": lambda i: f"2023-07-{i:02}T03:04:05.123400Z",
    "basic": lambda i: f"202307{i:02}T030405",
    "dotted": lambda i: f"{i:02}.07.2023",
    "slashed": lambda i: f"7/{i}/23 5:07 PM",
    "named": lambda i: f"{i} Jul 2023",
    "american": lambda i: f"Jul {i}, 2023 5:07 PM",
    "mail": lambda i: f"Sat, {i:02} Jul 2023 00:20:11 GMT",
    "mixed": lambda i: f"2023-07-{i:02}" if i % 2 else f"{i} Jul 2023 01:02:03",
    "epoch": lambda i: str(1690000000 + i),
    "gaps": lambda i: f"{i:02}.07.2023 05:06" if i % 3 else "",
}


@test
def exports_keep_times_as_written():
    rows = []
    for i in range(400):
        label = int((i * 7919) % 13 > 6)
        rows.append({"id": str(i), "label": str(label), "prediction": str(int(i * 31 % 17 > 8)),
                     "score": f"{(i * 31 % 17 + 0.5) / 18:.3f}",
                     **{name: write(1 + i % 28) for name, write in TIMES.items()}})
    for ending in "csv", "jsonl":
        log = path(f"times.{ending}")
        with open(log, "w", encoding="utf-8", newline="") as file:
            if ending == "csv":
                table = csv.DictWriter(file, rows[0])
                table.writeheader()
                table.writerows(rows)
            else:
                for row in rows:
                    file.write(json.dumps(row | {"label": int(row["label"])}) + "\n")
        done = errata("analyze", log, "-o", path("times"), "--format", "json", "--quiet")
        assert done.returncode == 0, done.stderr
        kinds = {c["name"]: c["type"] for c in report(path("times"))["schema"]["columns"]}
        assert sum(kind == "time" for kind in kinds.values()) >= 10, kinds
        out = path(f"times-{ending}-export")
        done = errata("export", path("times"), "--what", "hard-examples", "-o", out)
        assert done.returncode == 0, done.stderr
        with open(os.path.join(out, "hard-examples.csv"), encoding="utf-8", newline="") as file:
            exported = list(csv.DictReader(file))
        assert len(exported) > 100
        for cells in exported:
            for name in TIMES:
                assert cells[name] == rows[int(cells["row"])][name], (ending, name, cells)
        assert "Times stand as they were written" in "\n".join(lines(os.path.join(out, "README.md")))


@test
def settings_without_effect_are_told():
    write_log = path("unused.csv")
    with open(write_log, "w", encoding="utf-8") as file:
        file.write("id,label,prediction\n" + "".join(f"{i},{i % 2},{i % 3 % 2}\n" for i in range(60)))
    for slices, told in ("", ["style", "language", "loss"]), ("slices=sliceline\n", ["style", "language"]):
        with open(path("unused.conf"), "w", encoding="utf-8") as file:
            file.write(f"[report]\nstyle=plain\nlanguage=de\n[analysis]\nloss=zero-one\n{slices}")
        out = path("unused-" + str(len(told)))
        done = errata("analyze", write_log, "--config", path("unused.conf"), "-o", out, "--format", "json")
        assert done.returncode == 0, done.stderr
        said = [w for w in report(out)["run"]["warnings"] if "not used in this release" in w]
        assert [w.split("] ")[1].split()[0] for w in said] == told, said
        assert all(w in errata("show", out).stdout.replace("\n", " ") or w in done.stdout for w in said), done.stdout


@test
def rows_of_a_finding_are_named_by_their_ids():
    rng = random.Random(8)
    rows = []
    for row in range(3000):
        country = rng.choice(["de", "fr", "it"])
        label = int(rng.random() < 0.4)
        wrong = rng.random() < (0.5 if country == "it" else 0.05)
        rows.append([f"tx-{7 * row:06d}" if row % 50 else "", country, label, label ^ wrong])
    for name, first in ("ids", 0), ("no-ids", 1):
        with open(path(name + ".csv"), "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "country", "label", "prediction"][first:])
            writer.writerows(row[first:] for row in rows)
        done = errata("analyze", path(name + ".csv"), "-o", path(name), "--format", "json")
        assert done.returncode == 0, done.stderr
        named = [f for f in report(path(name))["findings"] if f["rows"]["count"] > 0]
        assert named, "nothing was found"
        for finding in named:
            with open(os.path.join(path(name), "tables", finding["id"] + ".csv"), encoding="utf-8",
                      newline="") as file:
                table = list(csv.DictReader(file))[:min(20, finding["rows"]["count"])]
            assert finding["rows"]["sample"] == [c["id"] or c["row"] for c in table], finding["rows"]
        if first == 0:
            shown = errata("show", path(name), named[0]["id"], "--json")
            assert json.loads(shown.stdout)["rows"] == named[0]["rows"], shown.stdout
            done = errata("export", path(name), "--what", "slice-rows", "-o", path("ids-rows.csv"))
            assert done.returncode == 0 and len(lines(path("ids-rows.csv"))) > 100, done.stderr


@test
def exports_leave_out_what_does_better():
    numbers, lines_of = random.Random(5), ["id,site,x,prediction,label"]
    for i in range(8000):
        site = "good" if i % 5 == 0 else "bad" if i % 5 == 1 else "rest"
        truth = numbers.random() < 0.5
        wrong = numbers.random() < {"good": 0.02, "bad": 0.5, "rest": 0.2}[site]
        lines_of.append(f"{i},{site},{numbers.random():.3f},{int(truth != wrong)},{int(truth)}")
    out = path("does-better")
    done = errata("analyze", path("does-better.csv", "\n".join(lines_of) + "\n"), "-o", out, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = {f["id"]: f["title"] for f in report(out)["findings"] if f["kind"] == "slice"}
    assert any("good" in title for title in told.values()) and any("bad" in title for title in told.values()), told
    assert errata("export", out, "--what", "slice-rows", "-o", path("worse.csv")).returncode == 0
    sites = {row.split(",")[4] for row in lines(path("worse.csv"))[1:]}
    assert sites == {"bad"}, sites
    assert errata("export", out, "--what", "hard-examples", "-o", path("hard-bad.csv")).returncode == 0
    hard = [row.split(",") for row in lines(path("hard-bad.csv"))[1:]]
    assert hard and all(row[1] == "" for row in hard), hard[:3]
    assert {row[4] for row in hard if row[2] != "0"} == {"bad"}, hard[:3]


@test
def exports_of_a_table():
    log, folder = sample_report("credit", "credit.csv")
    n_rows = len(lines(log)) - 1
    scores = [row.split(",")[2] for row in lines(os.path.join(folder, "tables", "F1.csv"))[1:]]
    assert len(scores) > 100 and max(map(len, scores)) <= 11, max(scores, key=len)
    assert sorted(map(float, scores), reverse=True) == list(map(float, scores))
    for what, first in ("slice-rows", "finding,row,loss,"), ("hard-examples", "row,uncertainty,slices,"):
        done = errata("export", folder, "--what", what, "-o", path(what) + ".csv", "--json")
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        rows = lines(path(what) + ".csv")
        assert rows[0].startswith(first), rows[0]
        assert len(rows) - 1 == answer["rows"] > 0
        assert "How the rows were chosen" in "\n".join(lines(path(what) + ".csv.README.md"))
    hard = [int(row.split(",")[0]) for row in lines(path("hard-examples.csv"))[1:]]
    assert len(set(hard)) == len(hard) and max(hard) < n_rows
    assert errata("export", folder, "--what", "finetune", "-o", path("sets")).returncode == 0
    assert all(isinstance(json.loads(row), dict) for row in lines(path("sets/finetune.jsonl")))
    assert sorted(os.listdir(path("sets"))) == ["README.md", "finetune.jsonl"]
    for what in "slice-rows", "finetune", "slice-rows":
        assert errata("export", folder, "--what", what, "-o", path("sets")).returncode == 0
    assert sorted(os.listdir(path("sets"))) == \
        ["README.md", "finetune.jsonl", "slice-rows.csv", "slice-rows.csv.README.md"]
    assert "`finetune.jsonl`" in "".join(lines(path("sets/README.md")))
    done = errata("export", folder, "--what", "challenge-set", "-o", path("none"))
    assert done.returncode == 4 and "text" in done.stderr, done.stderr
    assert not os.path.exists(path("none"))
    done = errata("export", folder, "--what", "challenge-set", "-o", path("new/none"))
    assert done.returncode == 4 and not os.path.exists(path("new")), done.stderr
    done = errata("export", folder, "--what", "hard-examples", "-o", path("new/folder/hard.csv"))
    assert done.returncode == 0, done.stderr
    assert sorted(os.listdir(path("new/folder"))) == ["hard.csv", "hard.csv.README.md"]
    assert errata("export", folder, "--what", "everything").returncode == 2
    with open(log, "a", encoding="utf-8") as handle:
        handle.write("\n")
    done = errata("export", folder, "--what", "slice-rows", "-o", path("changed.csv"))
    assert done.returncode == 1 and "has changed" in done.stderr, done.stderr
    with open(log, "rb") as handle:
        whole = handle.read()
    os.unlink(log)
    done = errata("export", folder, "--what", "slice-rows", "-o", path("gone.csv"))
    assert done.returncode == 1 and "is gone" in done.stderr, done.stderr
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as handle:
        beside = os.path.join(os.path.dirname(folder), "inbox", json.load(handle)["run"]["inputs"][0]["path"].lstrip("/"))
    os.makedirs(os.path.dirname(beside), exist_ok=True)
    with open(beside, "wb") as handle:
        handle.write(whole[:-1])
    done = errata("export", folder, "--what", "slice-rows", "-o", path("beside.csv"))
    os.unlink(beside)
    assert done.returncode == 0, done.stderr
    assert [name for name in os.listdir(SCRATCH) if name.startswith(".errata")] == []


@test
def where_by_properties_of_texts():
    rows = []
    for i in range(900):
        words = " ".join("alpha beta gamma delta omega".split()[(i * 31 + k * k * 7) % 5] for k in range(i % 40)) + \
            f" end {i * 7919 % 901} of it"
        rows.append({"id": f"m{i}", "message": words, "label": "ab"[i * 7919 % 13 // 7],
                     "prediction": "ab"[i * 31 % 17 // 9], "confidence": 0.5 + i % 50 / 100})
    log = path("texts.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    where = ["--where", '"message: words" >= 20 and not error']
    want = [row["id"] for row in rows if len(row["message"].split()) >= 20 and row["label"] == row["prediction"]]
    done = errata("analyze", log, "-o", path("texts"), "--format", "json", "--quiet", *where)
    assert done.returncode == 0, done.stderr
    assert report(path("texts"))["run"]["where"]["rows"] == len(want) > 100, report(path("texts"))["run"]["where"]
    done = errata("export", path("texts"), "--what", "finetune", "-o", path("texts-tune.jsonl"),
                  "--where", '"message: words" >= 40')
    assert done.returncode == 0, done.stderr
    chats = [json.loads(row)["messages"][0]["content"] for row in lines(path("texts-tune.jsonl"))]
    assert chats and all(len(chat.split()) >= 40 for chat in chats), chats
    done = errata("analyze", log, "-o", path("texts-none"), "--where", '"message: wrods" >= 20')
    assert done.returncode == 2 and "no column “message: wrods”" in done.stderr, done.stderr


def condition_of(predicate):
    column, op, value = '"' + predicate["column"] + '"', predicate["op"], predicate["value"]
    if op == "is_missing":
        return f"{column} is missing"
    if op == "between":
        return f"{column} between {value[0]} and {value[1]}"
    return f"{column} {op} {value}"


@test
def codes_for_no_value():
    # income is −999 in a third of the rows, where the model, which takes that for a number, misses much; in the
    # second log it is empty in as many
    for name, empty in ("code", False), ("both", True):
        rng, rows = random.Random(7), []
        for i in range(9000):
            income, age = round(rng.lognormvariate(10.3, 0.5)), rng.randrange(18, 80)
            says = (income / 40000 - 1) * 1.5 + (age - 45) / 14
            label = int(rng.random() < 1 / (1 + math.exp(-says)))
            if i % 6 == 0:
                income, says = -999, (-999 / 40000 - 1) * 4 + (age - 45) / 14
            elif empty and i % 6 == 3:
                income, says = "", says - 4
            score = 1 / (1 + math.exp(-says))
            rows.append({"id": i, "income": income, "age": age, "label": label, "score": f"{score:.4f}",
                         "prediction": int(score >= 0.5)})
        text = "\n".join(",".join(map(str, row.values())) for row in rows)
        log = path(f"{name}-999.csv", ",".join(rows[0]) + "\n" + text + "\n")
        folder = path(f"{name}-999")
        done = errata("analyze", log, "-o", folder, "--format", "json", "--quiet")
        assert done.returncode == 0, done.stderr
        findings = report(folder)["findings"]
        code = [f for f in findings if f["kind"] == "anomaly" and f["subject"]["columns"] == ["income"]]
        assert len(code) == 1 and code[0]["rows"]["count"] == 1500, findings
        slices = [f for f in findings if f["kind"] == "slice" and not f["subject"].get("time")
                  and not f["subject"].get("given")]
        named = [f for f in slices if any(p["column"] == "income" for p in f["subject"]["predicates"])]
        assert named, findings
        for finding in named:  # what a finding says of its rows finds just these
            where = " and ".join(map(condition_of, finding["subject"]["predicates"]))
            done = errata("analyze", log, "-o", path("of"), "--format", "json", "--quiet", "--where", where)
            assert done.returncode == 0, done.stderr
            assert report(path("of"))["run"]["where"]["rows"] == finding["rows"]["count"], where
            done = errata("ask", folder, "--plan", f"filter {where} | count", "--json")
            assert f'{finding["rows"]["count"]:,}' in json.loads(done.stdout)["text"], done.stdout
        whole = [f for f in named if len(f["subject"]["predicates"]) == 1 and not f["subject"].get("errors")
                 and f["subject"]["predicates"][0]["op"] in ("==", "is_missing")]
        if not empty:  # one cause, one finding; and the log has no empty cell
            assert all(f["severity"] in ("low", "info") and "−999" in f["title"] for f in whole), findings
            assert code[0]["severity"] == "critical" and findings[0] == code[0], code[0]
            said = code[0]["rationale"]["text"]  # what a model that is not there does with a code is not known
            assert "not for a quantity" in said and "the model takes" not in said, said
            assert not any("missing" in f["title"] for f in findings), [f["title"] for f in findings]
        for where, n in ("income = -999", 1500), ("income is missing", 3000 if empty else 1500), \
                ("income in (-999)", 1500), ("not income is missing", 6000 if empty else 7500):
            done = errata("analyze", log, "-o", path("of"), "--format", "json", "--quiet", "--where", where)
            assert done.returncode == 0 and report(path("of"))["run"]["where"]["rows"] == n, (where, done.stderr)
        done = errata("analyze", log, "-o", path("of"), "--format", "json", "--where", "income < 0")
        assert done.returncode != 0 and "-999 in income stands for no value" in done.stderr, done.stderr
        short = path(f"{name}-e.csv", ",".join(rows[0]).replace("income", "e") + "\n" + text + "\n")
        done = errata("analyze", short, "-o", path("of"), "--format", "json", "--where", "age < 0")
        assert done.returncode != 0 and "stands for no value" not in done.stderr, done.stderr
        done = errata("export", folder, "--what", "finetune", "-o", path("codes-tune.jsonl"))
        assert done.returncode == 0, done.stderr
        told = [json.loads(row)["income"] for row in lines(path("codes-tune.jsonl"))]
        assert None in told and all(value is None or value > 0 for value in told), "a code is no income"
        readme = "\n".join(lines(path("codes-tune.jsonl.README.md")))
        assert "`income` is null where the log has -999" in readme, readme


@test
def exports_to_learn_from():
    # of the labels 4 % are turned, which the features tell; the model errs in more rows than these
    rng, rows, turned = random.Random(3), [], []
    for i in range(12000):
        a, b, c = rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1)
        true = int(a + b + c > 0)
        said = a + b + 0.3 * rng.gauss(0, 1)
        if rng.random() < 0.04:
            turned.append(i)
        rows.append(f"{i},{a:.4f},{b:.4f},{c:.4f},{true ^ int(turned[-1:] == [i])},{int(said > 0)},"
                    f"{1 / (1 + math.exp(-1.5 * said)):.4f}")
    log = path("turned.csv", "id,a,b,c,label,prediction,score\n" + "\n".join(rows) + "\n")
    done = errata("analyze", log, "-o", path("turned"), "--format", "json", "--quiet")
    assert done.returncode == 0, done.stderr
    done = errata("export", path("turned"), "--what", "finetune", "-o", path("turned-tune.jsonl"))
    assert done.returncode == 0, done.stderr
    place = {tuple(row.split(",")[1:4]): i for i, row in enumerate(rows)}
    told = [place[tuple(f"{json.loads(row)[k]:.4f}" for k in "abc")] for row in lines(path("turned-tune.jsonl"))]
    wrong = {i for i, row in enumerate(rows) if row.split(",")[4] != row.split(",")[5]}
    hard = wrong - set(turned)
    assert len(hard & set(told)) >= 0.9 * len(hard), (len(hard & set(told)), len(hard))
    kept = len(set(told) & set(turned))
    assert kept <= 0.45 * len(turned), (kept, len(turned))
    readme = "\n".join(lines(path("turned-tune.jsonl.README.md")))
    assert "whose label is wrong for all that is known" in readme, readme
    # b is taken for c by the model: its errors are no wrong labels
    rng, rows = random.Random(4), []
    for i in range(6000):
        shares = [rng.gammavariate(0.4, 1) + 1e-6 for _ in "abcd"]
        true = rng.choices(range(4), shares)[0]
        if true == 1 and rng.random() < 0.35:
            shares[1], shares[2] = shares[2], shares[1]
        said = [f"{share / sum(shares):.6f}" for share in shares]
        rows.append(["abcd"[true], "abcd"[shares.index(max(shares))], *said])
    log = path("swap.csv", "label,prediction,prob_a,prob_b,prob_c,prob_d\n" + "\n".join(map(",".join, rows)) + "\n")
    done = errata("analyze", log, "-o", path("swap"), "--format", "json", "--quiet")
    assert done.returncode == 0, done.stderr
    swap = [f["subject"] for f in report(path("swap"))["findings"] if f["kind"] == "label-issue"]
    assert any(subject.get("direction") == "one-way" for subject in swap), swap
    assert errata("export", path("swap"), "--what", "finetune", "-o", path("swap.jsonl")).returncode == 0
    n_wrong = len([row for row in rows if row[0] != row[1]])
    assert f"Of {n_wrong} wrong predictions" in "\n".join(lines(path("swap.jsonl.README.md"))), n_wrong


@test
def exports_no_labels_of_a_topic():
    # bills that speak of vouchers are taken for refunds: their labels are right, none is suggested
    rng, rows = random.Random(5), []
    classes = {"billing": "invoice amount statement tax", "refund": "return money cancel credit",
               "delivery": "parcel courier late door"}
    for _ in range(5000):
        true = rng.choice(list(classes))
        topic = true == "billing" and rng.random() < 0.2
        words = [rng.choice(classes[true].split()) for _ in range(1 if topic else 4)]
        words += rng.sample("voucher gift balance redeem".split(), 3) if topic else []
        words += [rng.choice("please help hello thanks today again still".split()) for _ in range(6)]
        rng.shuffle(words)
        odds = {name: math.exp(rng.gauss(0, 1) + 4 * (name == true) + 6 * (topic and name == "refund"))
                for name in classes}
        said = max(odds, key=odds.get)
        shares = [f"{odds[name] / sum(odds.values()):.4f}" for name in classes]
        rows.append([" ".join(words), said, true, *shares])
    log = path("topic.csv", "text,prediction,label,p_billing,p_refund,p_delivery\n"
               + "\n".join(map(",".join, rows)) + "\n")
    done = errata("analyze", log, "-o", path("topic"), "--format", "json", "--quiet")
    assert done.returncode == 0, done.stderr
    findings = report(path("topic"))["findings"]
    assert findings[0]["kind"] in ("cluster", "slice") and findings[0]["severity"] == "critical", findings[0]["title"]
    pairs = [f for f in findings if f["kind"] == "label-issue" and f["subject"].get("direction") == "one-way"]
    assert [f["severity"] for f in pairs] == ["low"], [f["title"] for f in findings]
    assert all(s["action"] != "relabel" for s in pairs[0]["suggestions"]), pairs[0]["suggestions"]
    others = [f for f in findings if f["kind"] == "label-issue" and f not in pairs]
    done = errata("export", path("topic"), "--what", "label-issues", "-o", path("topic-labels.csv"))
    assert others or (done.returncode != 0 and "does not tell that the labels are wrong" in done.stderr), done.stderr


@test
def exports_of_some_rows():
    rows = "".join(f"r{i},{i * 37 % 91},{'EU US UK'.split()[i % 3]},{i * 7919 % 13 // 7},"
                   f"{i * 31 % 17 // 9},{(i * 31 % 17 + 0.5) / 18:.3f}\n" for i in range(3000))
    log = path("some.csv", "id,age,region,label,prediction,score\n" + rows)
    folder = path("some")
    done = errata("analyze", log, "-o", folder, "--format", "json", "--quiet", "--where", "region in (EU, UK)")
    assert done.returncode == 0, done.stderr
    for extra, want in ([], lambda row: True), (["--where", "age < 40"], lambda row: int(row["age"]) < 40):
        done = errata("export", folder, "--what", "hard-examples", "-o", path("hard-some.csv"), *extra)
        assert done.returncode == 0, done.stderr
        with open(path("hard-some.csv"), newline="") as file:
            chosen = list(csv.DictReader(file))
        assert len(chosen) == 500 and all(row["region"] != "US" and want(row) for row in chosen), extra
        assert max(len(row["uncertainty"]) for row in chosen) <= 5, "three digits in the log"
        readme = "\n".join(lines(path("hard-some.csv.README.md")))
        assert "holds were taken" in readme and ("age < 40" in readme) == bool(extra), readme
        done = errata("export", folder, "--what", "finetune", "-o", path("tune-some.jsonl"), *extra)
        assert done.returncode == 0, done.stderr
        chosen = [json.loads(row) for row in lines(path("tune-some.jsonl"))]
        assert chosen and all(row["region"] != "US" and want(row) for row in chosen), extra
    done = errata("export", folder, "--what", "hard-examples", "-o", path("none.csv"), "--where", "agee < 40")
    assert done.returncode == 2 and "character 1: there is no column “agee”" in done.stderr, done.stderr
    done = errata("export", folder, "--what", "hard-examples", "-o", path("none.csv"), "--where", "age <")
    assert done.returncode == 2 and "character 6" in done.stderr, done.stderr
    done = errata("export", folder, "--what", "hard-examples", "-o", path("none.csv"), "--where", "age > 900")
    assert done.returncode == 1 and "among the rows for which this holds: region in (EU, UK) and age > 900" in done.stderr, done
    assert not os.path.exists(path("none.csv"))
    done = errata("export", folder, "--what", "hard-examples", "-o", log)
    assert done.returncode == 2 and "is what is read, and would be lost" in done.stderr, done.stderr
    assert open(log).read().endswith(rows)


@test
def gains_have_their_metric():
    rng = random.Random(5)
    rows = ["id,created,parcels,zone,actual_minutes,predicted_minutes"]
    for row in range(9000):
        fault = row >= 6000 and rng.random() < 0.4
        wrong = rng.gauss(0, 9 if fault else 3)
        rows.append(f"{row},2026-03-{1 + row // 400:02d}T{row % 24:02d}:00:00,"
                    f"{'' if fault else rng.randrange(9)},{rng.choice('abc')},"
                    f"{60 + wrong:.2f},60")
    done = errata("analyze", path("gains.csv", "\n".join(rows) + "\n"), "-o", path("gains"), "--json")
    assert done.returncode == 0, done.stderr
    with open(path("gains/report.json")) as file:
        bugs = [finding["impact"] for finding in json.load(file)["findings"] if finding["kind"] == "data-bug"]
    assert any(impact["delta"] is not None for impact in bugs), bugs
    assert all(impact["metric"] == "mae" for impact in bugs if impact["delta"] is not None), bugs


@test
def exports_of_texts():
    _, folder = sample_report("tickets", "tickets.jsonl")
    with open(os.path.join(folder, "report.json")) as file:
        titles = [finding["title"] for finding in json.load(file)["findings"]]
    assert any("text has a negation" in title for title in titles), titles
    done = errata("export", folder, "--what", "challenge-set", "-o", path("challenge.jsonl"))
    assert done.returncode == 0 and done.stderr == "", done.stderr
    cases = [json.loads(row) for row in lines(path("challenge.jsonl"))]
    assert {case["rule"] for case in cases} >= {"transpose", "upper-case", "swap-words"}
    assert len({case["text"] for case in cases}) == len(cases)
    assert all((case["label"] is None) == (case["expect"] == "look") for case in cases)
    again = errata("export", folder, "--what", "challenge-set", "-o", path("again.jsonl"))
    assert again.returncode == 0 and lines(path("again.jsonl")) == lines(path("challenge.jsonl"))
    assert errata("export", folder, "--what", "finetune", "-o", path("chat.jsonl")).returncode == 0
    roles = [message["role"] for message in json.loads(lines(path("chat.jsonl"))[0])["messages"]]
    assert roles == ["user", "assistant"]


@test
def compare():
    reports = [path(f"compare-{seed}") for seed in (1, 2)]
    for seed, out in zip((1, 2), reports):
        assert errata("analyze", path("c.csv", table(3000, seed=seed)), "-o", out).returncode == 0
    done = errata("compare", *reports)
    assert done.returncode == 0, done.stderr
    first = " ".join(done.stdout.split("\n\n")[0].split())
    assert re.fullmatch(r"Headline, each value with its 95 % interval Accuracy: \S+ % \(.*\) → \S+ % \(.*\): .+, "
                        r"\S+ pt \(.* – .*, 99 % sure\)",
                        first), first
    done = errata("compare", *reports, "--json", "-o", path("compared"))
    told = json.loads(done.stdout)
    assert told["headline"]["change"] in ("same", "better", "worse") and told["notes"] == [], told
    with open(path("compared/comparison.json")) as file:
        assert json.load(file) == told
    with open(path("compared/comparison.txt")) as file:
        assert "Accuracy" in file.read()
    other = path("compare-3")
    assert errata("analyze", path("d.csv", table(3000)), "-o", other).returncode == 0
    done = errata("compare", reports[0], other)
    assert done.returncode == 0 and done.stdout.startswith("Note: the reports are of two models, c and d"), done.stdout
    numbers = "".join(f"{i},{i % 7 * 1.5},{i % 7 * 1.4 + i % 3}\n" for i in range(2000))
    assert errata("analyze", path("r.csv", "id,prediction,label\n" + numbers), "-o", other).returncode == 0
    done = errata("compare", reports[0], other)
    assert done.returncode == 2 and "different tasks, binary and regression" in done.stderr, done.stderr
    assert errata("compare", reports[0]).returncode == 2


@test
def compare_says_what_the_report_says():
    """the later report's page 1 and the comparison of the two are one measurement, row by row or not"""
    rows = table(4000).splitlines()
    flip = [f"{','.join(row.split(',')[:-1])},{1 - int(row.split(',')[-1])}" if i % 40 == 0 else row
            for i, row in enumerate(rows[1:])]
    other = ["x" + row for row in rows[1:]]
    logs = {"same-rows": flip, "other-rows": other, "few-shared": rows[1:101] + other[100:], "worse": [
        "x" + row if i % 4 else "x" + row[:-1] + str(1 - int(row[-1])) for i, row in enumerate(rows[1:])]}
    assert errata("analyze", path("told.csv", "\n".join(rows)), "-o", path("told-0")).returncode == 0
    changes = set()
    for name, log in logs.items():
        later = path("told-" + name)
        os.makedirs(path("told/" + name))
        text = "\n".join([rows[0]] + log)
        assert errata("analyze", path(f"told/{name}/told.csv", text), "--baseline", path("told-0"), "-o",
                      later).returncode == 0
        with open(os.path.join(later, "report.json")) as file:
            since = json.load(file)["performance"]["since"]
        told = json.loads(errata("compare", path("told-0"), later, "--json").stdout)["headline"]
        assert (told["delta"], told["delta-lo"], told["delta-hi"], told["delta-level"]) == (
            since["difference"], *since["ci"], 0.99), (name, told, since)
        assert since["changed"] == (told["change"] != "same"), (name, told, since)
        assert ("two samples" not in since["test"]) == (name == "same-rows"), (name, since)
        changes.add(told["change"])
    assert changes == {"same", "worse"}, changes
    with open(path("told-worse/report.json")) as file:
        evidence = json.load(file)["evidence"]
    assert all((one["ci"] is None) == (one["interval"] is None) for one in evidence.values()), evidence
    rise = next(one for one in evidence.values() if one["key"] == "rise")
    assert rise["interval"] == "99 %" and any(one["interval"] == "95 %" for one in evidence.values()), rise
    fell = next(finding for finding in json.load(open(path("told-worse/report.json")))["findings"]
                if finding["kind"] == "performance")
    shown = errata("show", path("told-worse"), fell["id"]).stdout.replace("\u00a0", " ")
    assert "95\u202f% interval" in shown and "(99\u202f%)" in shown, shown


@test
def tiles_say_what_compare_says():
    """every metric of a later report, of numbers and of classes, is judged as the comparison judges it"""
    rng, made = random.Random(8), {"numbers": [], "classes": []}
    for worse in False, True:
        numbers = [(x := rng.gauss(20, 3), x + rng.gauss(0, 1.07 if worse else 1)) for _ in range(4000)]
        classes = [(y := int(rng.random() < 0.2), y ^ int(rng.random() < (0.1 if worse and y else 0.03)))
                   for _ in range(4000)]
        for name, rows in ("numbers", numbers), ("classes", classes):
            os.makedirs(path(f"tile/{name}{worse:d}"))
            made[name].append(path(f"tile/{name}{worse:d}/log.csv", "id,x,label,prediction\n" + "".join(
                f"{worse:d}-{i},{i * 37 % 91},{a:.4g},{b:.4g}\n" for i, (a, b) in enumerate(rows))))
    for name, (before, now) in made.items():
        assert errata("analyze", before, "-o", path(name + "-0"), "--format", "json").returncode == 0
        assert errata("analyze", now, "--baseline", path(name + "-0"), "-o", path(name + "-1"), "--format",
                      "json").returncode == 0
        told = json.loads(errata("compare", path(name + "-0"), path(name + "-1"), "--json").stdout)["metrics"]
        key = lambda one: (one["name"], one.get("class") or "")
        kept = {key(one): one["changed"] for one in report(path(name + "-1"))["metrics"] if "changed" in one}
        want = {key(one): one["change"] != "same" for one in told if one["change"]}
        assert kept == want and set(want.values()) == {False, True}, (name, kept, want)
        if name == "numbers":
            assert kept[("rmse", "")] and kept[("mae", "")], kept
            shown = next(line for line in errata("show", path(name + "-1")).stdout.splitlines() if "RMSE" in line)
            assert "unchanged" not in shown, shown


@test
def unrelated_logs():
    log = table(600)
    other = "id,size,city,prediction,label\n" + "".join(
        f"r{i},{i % 50},{'ab'[i % 2]},{i % 7 * 1.5},{i % 7 * 1.4 + i % 3}\n" for i in range(600))
    first, second = path("one-log.csv", log), path("other-log.csv", other)
    out = path("unrelated-out")
    done = errata("analyze", first, second, "-o", out)
    assert done.returncode == 4 and "are not one log" in done.stderr and "city" in done.stderr, done.stderr
    assert not os.path.exists(out)
    done = errata("analyze", first, "--reference", second, "-o", out)
    assert done.returncode == 4 and "no feature of the log" in done.stderr, done.stderr
    assert errata("analyze", second, "-o", path("unrelated-2")).returncode == 0
    done = errata("analyze", first, "--baseline", path("unrelated-2"), "-o", out)
    assert done.returncode == 4 and "of another task, regression" in done.stderr, done.stderr
    done = errata("analyze", first, path("unrelated-2/report.json"), "-o", out)
    assert done.returncode == 4 and "is a report that errata wrote" in done.stderr, done.stderr
    done = errata("analyze", first, first, "-o", out)
    assert done.returncode == 0 and report(out)["run"]["inputs"][0]["rows"] == 600, done.stderr
    assert "given twice and read once" in done.stdout, done.stdout
    done = errata("score", first, first)
    assert done.returncode == 4 and "is a log, not a model" in done.stderr, done.stderr
    done = errata("show", first)
    assert done.returncode == 4 and "not a report" in done.stderr, done.stderr
    done = errata("analyze", second, "--positive", "yes", "-o", path("unrelated-3"))
    assert done.returncode == 2 and "--positive" in done.stderr, done.stderr


def probabilities(n):
    rows = []
    for i in range(n):
        score = (i * 37 % 1000 + 0.5) / 1000
        rows.append((f"r{i}", i % 41, score, int(score > 0.5), int(i * 7919 % 1009 < score * 1009)))
    return rows


@test
def late_labels_score_the_estimate():
    rows = probabilities(3000)
    log = path("early.csv", "id,size,score,prediction\n" + "".join(f"{i},{x},{s},{p}\n" for i, x, s, p, _ in rows))
    labels = path("late.csv", "id,label\n" + "".join(f"{i},{y}\n" for i, _, _, _, y in rows))
    out = path("late-out")
    done = errata("analyze", log, "-o", out)
    assert done.returncode == 0, done.stderr
    before = report(out)
    assert before["performance"]["estimate"]["track_record"]["n_windows"] == 0, before["performance"]["estimate"]
    done = errata("analyze", log, labels, "-o", out)
    assert done.returncode == 0, done.stderr
    estimate = report(out)["performance"]["estimate"]
    right = sum(p == y for _, _, _, p, y in rows) / len(rows)
    value = {m["name"]: m["value"] for m in report(out)["metrics"] if m.get("class") is None}
    old = {m["name"]: m["value"] for m in before["metrics"] if m.get("class") is None}
    assert abs(value["accuracy"] - right) < 1e-12 and value["cbpe_accuracy"] == old["cbpe_accuracy"], value
    assert estimate["track_record"]["n_windows"] == 30 and abs(estimate["track_record"]["bias"]) < 0.02, estimate
    assert "before the labels came" in estimate["assumes"], estimate


@test
def questions_of_a_report_with_late_labels():
    """the log's ids have another name than those of the labels; both files are read as they were"""
    rows = probabilities(600)
    log = path("customers.csv", "customer_id,size,score,prediction\n" +
               "".join(f"C{i},{x},{s},{p}\n" for i, x, s, p, _ in rows))
    labels = path("outcomes.csv", "id,label\n" + "".join(f"C{i},{y}\n" for i, _, _, _, y in rows[:400]))
    out = path("customers-out")
    for roles in ((), ("--role", "label=label")):
        done = errata("analyze", log, labels, "-o", out, *roles)
        assert done.returncode == 0, done.stderr
    right = sum(p == y for _, _, _, p, y in rows[:400]) / 400
    done = errata("ask", "--report", out, "--plan", "metric accuracy", "--json")
    assert done.returncode == 0, done.stderr
    cells = json.loads(done.stdout)["evidence"]
    assert any(cell.get("n") == 400 and abs(cell["value"] - right) < 1e-9 for cell in cells.values()), cells


@test
def short_texts_that_the_model_is_unsure_of():
    """are wrong as often as its scores say: hard ground, and nothing to mend"""
    draw = random.Random(7)
    classes = {name: [f"{name}{k}" for k in range(4)] for name in ("bill", "ship", "login", "plan")}
    usual = [f"word{k}" for k in range(40)]
    table_of = "id,message,pred," + ",".join(f"p_{name}" for name in classes) + ",label\n"
    for i in range(4000):
        of = draw.choice(list(classes))
        words = [draw.choice(classes[of]) if draw.random() < 0.2 else
                 draw.choice(classes[draw.choice(list(classes))] if draw.random() < 0.15 else usual)
                 for _ in range(draw.randint(4, 29))]
        odds = [math.exp(1.1 * sum(word in own for word in words)) for own in classes.values()]
        chance = [odd / sum(odds) for odd in odds]
        predicted = max(zip(chance, classes))[1]
        cells = ",".join("" if i % 20 == 3 else f"{p:.5f}" for p in chance)  # some were not logged
        table_of += f"{i},{' '.join(words)},{predicted},{cells},{draw.choices(list(classes), chance)[0]}\n"
    done = errata("analyze", path("unsure.csv", table_of), "-o", path("unsure-out"))
    assert done.returncode == 0, done.stderr
    found = [(f["kind"], f["severity"], f["title"]) for f in report(path("unsure-out"))["findings"]]
    assert not [f for f in found if f[1] in ("medium", "high", "critical")], found
    assert [f for f in found if f[0] == "cluster" and f[1] == "low" and "hard ground" in f[2]], found


@test
def confidence_of_several_classes_without_labels():
    """what is estimated of them is how often they are right; also of labels that come late"""
    draw = random.Random(3)
    rows = [(i, draw.choice("abc"), draw.random() / 2 + 0.5) for i in range(600)]
    log = path("sure.csv", "id,prediction,confidence\n" + "".join(f"{i},{p},{c:.3f}\n" for i, p, c in rows))
    labels = path("sure-labels.csv", "id,label\n" + "".join(
        f"{i},{p if draw.random() < c else draw.choice('abc')}\n" for i, p, c in rows))
    for given in ((log,), (log, labels)):
        done = errata("analyze", *given, "-o", path("sure-out"))
        assert done.returncode == 0, done.stderr
        value = {m["name"]: m["value"] for m in report(path("sure-out"))["metrics"] if m.get("class") is None}
        assert 0.7 < value["cbpe_accuracy"] < 0.8 and "cbpe_roc_auc" not in value, value


@test
def labels_that_are_not_known():
    rows = probabilities(900)
    told = "id,size,score,prediction,label\n" + "".join(
        f"{i},{x},{s},{p},{y if k % 3 else 'unknown'}\n" for k, (i, x, s, p, y) in enumerate(rows))
    out = path("unknown-out")
    done = errata("analyze", path("unknown.csv", told), "-o", out)
    assert done.returncode == 0, done.stderr
    value = {m["name"]: m for m in report(out)["metrics"] if m.get("class") is None}
    assert report(out)["schema"]["classes"] == ["0", "1"] and value["accuracy"]["n"] == 600, value["accuracy"]
    warnings = report(out)["run"]["warnings"]
    assert any("300 rows are read as not labelled" in w for w in warnings), warnings
    log = path("not-yet.csv", "id,size,score,prediction\n" + "".join(f"{i},{x},{s},{p}\n" for i, x, s, p, _ in rows))
    late = path("not-yet-labels.csv", "id,label\n" + "".join(
        f"{i},{y if k % 3 else 'pending'}\n" for k, (i, _, _, _, y) in enumerate(rows)))
    done = errata("analyze", log, late, "-o", out)
    assert done.returncode == 0, done.stderr
    value = {m["name"]: m for m in report(out)["metrics"] if m.get("class") is None}
    assert report(out)["schema"]["classes"] == ["0", "1"] and value["accuracy"]["n"] == 600, value["accuracy"]


@test
def labels_beside_a_log():
    rows = [line.split(",") for line in table(600).splitlines()[1:]]
    one = "id,target\n" + "".join(f"r{i},{i % 7 / 7:.3f}\n" for i in range(len(rows)))
    other = "id,target\n" + "".join(f"r{i},{i % 2}\n" for i in range(len(rows)))
    out = path("two-labels-out")
    done = errata("analyze", path("submission.csv", one), path("solution.csv", other), "-o", out)
    assert done.returncode == 4 and "call that column prediction" in done.stderr, done.stderr
    packed = path("log-and-labels.zip")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("log.csv", table(600, label=False))
        archive.writestr("labels.csv", other)
    done = errata("inspect", packed)
    assert "labels.csv" in done.stdout and "joined by id" in " ".join(done.stdout.split()), done.stdout


@test
def answers_that_the_log_judges():
    """is_correct and no label: errors, their groups and their course, and nothing that needs labels"""
    for said, seed in (("", 1), ("confidence", 2), ("prediction", 3)):
        rng = random.Random(seed)
        lines = ["question_id,ts,subject,language,tokens," + (said + "," if said else "") + "is_correct"]
        for i in range(6000):
            subject, language = rng.choice(["math", "law", "bio"]), rng.choice(["en", "de", "fr"])
            right = rng.random() < (0.4 if (subject, language) == ("law", "de") else 0.87)
            cell = {"": "", "confidence": f"{rng.uniform(0.6, 1):.3f},", "prediction": rng.choice("ABCD") + ","}[said]
            lines.append(f"q{i},2026-03-{1 + i // 250:02}T{i // 11 % 24:02}:00:00Z,{subject},{language},"
                         f"{rng.randrange(900)},{cell}{right}")
        document = whole(f"judged-{said}.csv", "\n".join(lines) + "\n", "--role", "is_correct=correct")
        why = {m["note"] for m in document["metrics"] if m["value"] is None and m.get("note")}
        assert "the log has no labels" not in why, why
        metrics = {m["name"]: m for m in document["metrics"]}
        right = sum(line.endswith("True") for line in lines) / 6000
        assert abs(metrics["accuracy"]["value"] - right) < 1e-12, metrics["accuracy"]
        assert metrics["accuracy"]["ci"][0] < right < metrics["accuracy"]["ci"][1], metrics["accuracy"]
        assert metrics["f1_macro"]["value"] is None and metrics["roc_auc"]["value"] is None, metrics
        assert document["schema"]["task"] in (None, "none"), document["schema"]
        found = {c["name"]: c["role"] for c in document["schema"]["columns"]}
        assert found["is_correct"] == "correct", found
        first = document["findings"][0]
        assert first["kind"] == "slice" and first["severity"] in ("critical", "high"), first
        assert {(p["column"], str(p["value"])) for p in first["subject"]["predicates"]} == {
            ("subject", "law"), ("language", "de")}, first["subject"]
        assert not [f["kind"] for f in document["findings"] if f["kind"] in ("label-issue", "leakage", "calibration")]


@test
def missing_roles():
    labels = "id,age,label\n" + "".join(f"r{i},{i % 70},{'ab'[i * 7 % 3 % 2]}\n" for i in range(300))
    out = path("labels-only-out")
    done = errata("analyze", path("labels-only.csv", labels), "-o", out)
    assert done.returncode == 0 and "predictions and no labels" not in done.stdout, done.stdout
    assert "no column is a prediction or score" in " ".join(done.stdout.split()), done.stdout
    alone = "id,label\n" + "".join(f"r{i},{'ab'[i * 7 % 3 % 2]}\n" for i in range(300))
    done = errata("analyze", path("alone.csv", alone), "-o", out)
    assert done.returncode == 0 and "errata analyze LOG LABELS" in " ".join(done.stdout.split()), done.stdout
    done = errata("analyze", path("alone.csv"), "--baseline", path("alone.csv"), "-o", out)
    assert done.returncode != 0 and "no report.json" in done.stderr, done.stderr
    some = "id,age,prediction\n" + "".join(f"r{i},{i % 41},{i * 7 % 3 % 2 if i % 6 else ''}\n" for i in range(300))
    done = errata("analyze", path("some.csv", some), "-o", out)
    assert done.returncode == 0 and "250 predictions and no labels" in " ".join(done.stdout.split()), done.stdout
    bare = "city,size\n" + "".join(f"{'xyz'[i % 3]},{i % 41}\n" for i in range(300))
    done = errata("analyze", path("bare.csv", bare), "-o", out)
    assert done.returncode == 0, done.stderr
    assert any("no column is a label, a prediction or a score" in w for w in report(out)["run"]["warnings"]), done.stdout
    for last, role in ((28, "time"), (12, "feature")):
        dates = "when,prediction,label\n" + "".join(
            f"{i % last + 1:02}/{i % 5 + 3:02}/2026,{i % 2},{i % 3 % 2}\n" for i in range(300))
        done = errata("analyze", path("dates.csv", dates), "-o", out)
        found = {c["name"]: c["role"] for c in report(out)["schema"]["columns"]}
        assert done.returncode == 0 and found["when"] == role, found
        assert ("cannot be told apart" in " ".join(done.stdout.split())) == (last == 12), done.stdout


@test
def spellings_of_a_label():
    rng = random.Random(3)
    rows = "".join(f"{i},{rng.randrange(9)},{p},{rng.choice([p, p, p.upper()])}\n"
                   for i, p in enumerate(rng.choice(["yes", "no"]) for _ in range(1200)))
    out = path("spelling-out")
    assert errata("analyze", path("spelling.csv", "id,x,prediction,label\n" + rows), "-o", out).returncode == 0
    document = report(out)
    found = [f for f in document["findings"] if f["subject"].get("bug") == "spelling"]
    assert len(found) == 1 and found[0]["title"].startswith("label is written in two ways"), found
    assert found[0]["severity"] in ("high", "critical"), found
    inspected = json.loads(errata("inspect", path("spelling.csv"), "--json").stdout)
    assert inspected["schema"]["task"] == document["schema"]["task"], inspected["schema"]


@test
def rejected_rows_are_told():
    done = errata("analyze", path("short.csv", table(300) + "1,2\n"), "-o", path("not/yet/short-out"))
    assert done.returncode == 0 and "Rejected rows: 1; the first: " in done.stdout, done.stdout
    assert "line 302: 2 fields, expected 6, in “1,2”\n" in done.stdout, done.stdout
    assert done.stdout.rstrip().endswith("short-out/report.pdf"), done.stdout


@test
def plain_locale():
    out = path("plain-out")
    assert errata("analyze", path("plain.csv", table(3000)), "-o", out).returncode == 0
    bare = {"PATH": os.environ["PATH"], "ERRATA_CONFIG_DIR": ENV["ERRATA_CONFIG_DIR"]}
    text = subprocess.run([ERRATA, "show", out], capture_output=True, env=bare, check=False).stdout
    assert text.isascii() and b"?" not in text and b"(+/-" in text, text
    wide = subprocess.run([ERRATA, "show", out], capture_output=True, env=dict(bare, COLUMNS="50"), check=False).stdout
    assert max(map(len, wide.split(b"\n"))) <= 52, wide
    first = errata("show", out, "F1").stdout  # as the pages number it, too
    assert "F1" in first and errata("show", out, "1").stdout == errata("show", out, "f1").stdout == first, first


@test
def output_that_does_not_fit_is_a_failure():
    log, out = path("full.csv", table(300)), path("full-report")
    assert errata("analyze", log, "-o", out).returncode == 0
    for verb in ("show", out), ("show", out, "--json"), ("inspect", log, "--json"), ("--help",), ("ask", out, "how many rows?"):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([ERRATA, *verb], stdout=full, stderr=subprocess.PIPE, env=ENV, text=True, check=False)
        assert done.returncode == 1 and "standard output could not be written" in done.stderr, (verb, done)


@test
def reader_that_has_seen_enough_is_no_failure():
    model = path("enough.json", xgboost_pairs(4))
    rows = path("enough.csv", numbers_table(6000, 4, 1))
    done = subprocess.run(["bash", "-c", '"$0" score "$1" "$2" | head -1; exit ${PIPESTATUS[0]}', ERRATA, model, rows],
                          capture_output=True, text=True, env=ENV, check=False)
    assert done.stdout.startswith("prediction,") and done.stdout.count("\n") == 1, done
    assert done.returncode == 0 and done.stderr == "", done


@test
def arguments_beyond_are_refused():
    log, out = path("beyond.csv", table(300)), path("beyond-report")
    assert errata("analyze", log, "-o", out).returncode == 0
    for verb in (("show", out, "F1", "more"), ("open", out, "more"), ("status", "more"), ("jobs", "a", "more"),
                 ("reports", "a", "more"), ("models", "more"), ("patterns", "a", "more"), ("watch", "more")):
        done = errata(*verb)
        assert done.returncode == 2 and f"{verb[0]}: “more” is one argument too many" in done.stderr, done
    done = errata("--quiet", "analyze", log)
    assert done.returncode == 2 and "unknown option --quiet" in done.stderr and "verb comes first" in done.stderr, done


@test
def help_fits_the_terminal():
    for columns in 60, 80:
        lines = errata("--help", env=dict(ENV, COLUMNS=str(columns))).stdout.split("\n")
        verbs = lines[lines.index("Verbs"):lines.index("Options")]
        assert len(verbs) > 20 and max(map(len, verbs)) <= columns, verbs


@test
def rows_are_counted_for_people():
    assert errata("inspect", path("counted.csv", table(8000))).stdout.split("\n")[0].endswith("csv, 8,000 rows")
    assert errata("inspect", path("counted1.csv", table(1))).stdout.split("\n")[0].endswith("csv, 1 row")


@test
def long_values_of_a_model_are_seen_to_be_cut():
    model = json.loads(xgboost_pairs(4))
    model["learner"]["attributes"] = {"note": "é" * 300, "short": "é" * 200}
    lines = errata("inspect", path("attributes.json", json.dumps(model))).stdout.split("\n")
    assert any(line.endswith(" " + "é" * 199 + "…") for line in lines), lines
    assert any(line.endswith(" " + "é" * 200) for line in lines), lines


@test
def a_category_that_a_model_knows_by_codes_is_no_number():
    model = json.loads(xgboost_pairs(3))
    tree = model["learner"]["gradient_booster"]["model"]["trees"][0]
    tree |= {"split_type": [1, 0, 0, 0, 0], "categories": [2, 4], "categories_nodes": [0], "categories_segments": [0],
             "categories_sizes": [2]}
    lines = errata("inspect", path("codes.json", json.dumps(model))).stdout.split("\n")
    assert [" ".join(line.split()) for line in lines if line.startswith("  x")] == \
        ["x0 category by its code, 0 … 4", "x1 number", "x2 number"], lines


def on_terminal(*args, columns=80, **env):
    """what a terminal of so many columns gets"""
    master, slave = pty.openpty()
    process = subprocess.Popen([ERRATA, *args], stdout=slave, stderr=subprocess.DEVNULL, cwd=SCRATCH,
                               env=dict(ENV, COLUMNS=str(columns), TERM="xterm", **env))
    os.close(slave)
    said = b""
    with contextlib.suppress(OSError):  # the terminal's end
        while part := os.read(master, 65536):
            said += part
    os.close(master)
    process.wait()
    return said.decode().replace("\r\n", "\n")


@test
def long_lines_are_broken_on_a_terminal_only():
    log, out, later = path("long.csv", table(3000)), path("long-report"), path("long-later")
    named = path("long-named.csv", "\n".join(",".join(row.split(",")[::-1]) for row in table(3000).split("\n")))
    assert errata("analyze", log, "-o", out).returncode == 0
    assert errata("analyze", named, "-o", later).returncode == 0
    odd = path("long-odd.csv", "x\n" + "\n".join(str(i) for i in range(50)) + "\n")
    for words in ("compare", out, later), ("ask", out, "which cat is it?"), ("inspect", odd):
        piped = errata(*words).stdout
        assert max(map(len, piped.split("\n"))) > 80, piped
        for columns in 60, 80:
            shown = on_terminal(*words, columns=columns)
            assert max(map(len, shown.split("\n"))) <= columns, shown
            assert shown.split() == piped.split(), (shown, piped)


@test
def colour_is_for_those_who_want_it():
    out = path("colour")
    assert errata("analyze", path("colour.csv", table(3000)), "-o", out, "--quiet").returncode == 0
    assert "\x1b[" in on_terminal("show", out)
    assert "\x1b[" not in on_terminal("show", out, NO_COLOR="1")


@test
def tensors_are_a_table():
    header = json.dumps({name: {"dtype": "F32", "shape": shape, "data_offsets": [16 * k, 16 * k + 16]}
                         for k, (name, shape) in enumerate((("w", [2, 2]), ("encoder.layers.0.attention.weight", [4])))}).encode()
    numbers = struct.pack("<8f", 1, 2, 3, math.nan, 0, 0, 0, 0)
    with open(path("table.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + numbers)
    shown = on_terminal("inspect", path("table.safetensors"))
    assert max(map(len, shown.split("\n"))) <= 80, shown
    rows = [line for line in shown.split("\n") if " tensor " in line]
    assert len({line.index(" float32") for line in rows}) == 1, rows
    assert rows[0].endswith("float32 1 NaN or infinite") and rows[1].endswith("float32 all zero"), rows


@test
def bad_flags_are_named():
    log = path("flags.csv", table(300))
    for flags, words in ((("--seed", "x"), "--seed “x”"), (("--format", "docx"), "--format “docx”: expected a list of pdf, svg"),
                         (("--format", "html"), "later release")):
        done = errata("analyze", log, "-o", path("flags-out"), *flags)
        assert done.returncode == 2 and words in done.stderr, done.stderr
    assert errata("ask", "--report", log, "--plan", "metric nonsense").returncode == 2
    assert errata("ask", "--report", log, "--plan", "foo").returncode == 2
    assert errata("analyze", SCRATCH, "-o", path("flags-out")).returncode == 4
    out = path("flags-ok")
    assert errata("analyze", log, "-o", out, "--seed", "3", "--name", "a b", "--role", "age=ignore").returncode == 0
    command = report(out)["run"]["command"]
    assert command == f"errata analyze {log} --name 'a b' --role age=ignore --seed 3", command


@test
def standard_input():
    with subprocess.Popen(["cat", path("c.csv", table(3000))], stdout=subprocess.PIPE) as cat:
        done = subprocess.run([ERRATA, "analyze", "-", "-o", path("pipe-out")], stdin=cat.stdout, env=ENV, cwd=SCRATCH,
                              capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with open(path("c.csv", table(3000)), "rb") as log:
        done = subprocess.run([ERRATA, "analyze", "-", "-o", path("stdin-out")], stdin=log, env=ENV, cwd=SCRATCH,
                              capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@test
def inspect_folder():
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    weights = len(header).to_bytes(8, "little") + header + bytes(6) + b"\xc0\x7f"
    long = os.path.join("hub", "f" * 80, "g" * 80)
    os.makedirs(path(long))
    path(os.path.join(long, "config.json"), '{"hidden_size": 2}')
    path(os.path.join(long, "model.safetensors"), weights)
    os.symlink("/etc/passwd", path("hub/passwd"))
    done = errata("inspect", "--json", path("hub"))
    assert done.returncode == 0, done.stderr
    model = json.loads(done.stdout)["model"]
    assert model["format"] == "safetensors" and model["tensors"]["nan"] == 1, model
    assert "root:" not in done.stdout, done.stdout
    again = json.loads(errata("inspect", "--json", path("hub")).stdout)["model"]
    assert again["sha256"] == model["sha256"], again
    done = errata("analyze", path("hub"))
    assert done.returncode == 4 and "is a folder" in done.stderr, done


COLOURS = """<PMML xmlns='http://www.dmg.org/PMML-4_4' version='4.4'><Header/><DataDictionary>
<DataField name='x' optype='continuous' dataType='double'/>
<DataField name='colour' optype='categorical' dataType='string'/>
<DataField name='label' optype='categorical' dataType='string'><Value value='no'/><Value value='yes'/></DataField>
</DataDictionary><TreeModel functionName='classification'><MiningSchema>
<MiningField name='label' usageType='target'/><MiningField name='x'/>
<MiningField name='colour' invalidValueTreatment='asIs'/></MiningSchema><Output>
<OutputField name='p no' feature='probability' value='no'/>
<OutputField name='p yes' feature='probability' value='yes'/></Output><Node score='no'><True/>
<Node score='yes'><SimpleSetPredicate field='colour' booleanOperator='isIn'><Array type='string'>red green</Array>
</SimpleSetPredicate><ScoreDistribution value='no' recordCount='5'/><ScoreDistribution value='yes' recordCount='45'/></Node>
<Node score='no'><True/><ScoreDistribution value='no' recordCount='45'/><ScoreDistribution value='yes' recordCount='5'/>
</Node></Node></TreeModel></PMML>"""


@test
def values_written_otherwise_are_mapped_back():
    numbers = random.Random(5)
    rows = ["id,x,colour,score,prediction,label"]
    for i in range(4000):
        colour = numbers.choice(["red", "green", "blue", "grey"])
        good = (colour in ("red", "green")) != (numbers.random() < 0.05)
        written = "shade_" + colour.upper() if 2000 <= i < 2150 else colour
        score = 0.9 if written in ("red", "green") else 0.1
        rows.append(f"r{i},{numbers.random():.4f},{written},{score},{'yes' if score > 0.5 else 'no'},"
                    f"{'yes' if good else 'no'}")
    document = whole("colours.csv", "\n".join(rows) + "\n", "--model", path("colours.pmml", COLOURS))
    assert document["attribution"]["method"] == "exact path-dependent Shapley values of the probability"
    assert document["attribution"]["additivity"] < 1e-9
    bug, = [f for f in document["findings"] if f["subject"].get("bug") == "encoding-change"]
    gain, = [s["gain"] for s in bug["suggestions"] if s["action"] == "fix-pipeline"]
    assert gain["method"].startswith("replayed") and 0.01 < gain["to"] - gain["from"] < 0.03, gain


@test
def values_in_two_spellings_are_scored_again_in_one():
    numbers = random.Random(6)
    rows, before, after = ["id,x,colour,score,prediction,label"], 0, 0
    for i in range(4000):
        colour = numbers.choice(["red", "green", "blue", "grey"])
        good = (colour in ("red", "green")) != (numbers.random() < 0.05)
        written = colour.title() if numbers.random() < 0.1 else colour
        score = 0.9 if written in ("red", "green") else 0.1
        before += (score > 0.5) == good
        after += (colour in ("red", "green")) == good
        rows.append(f"r{i},{numbers.random():.4f},{written},{score},{'yes' if score > 0.5 else 'no'},"
                    f"{'yes' if good else 'no'}")
    document = whole("spelt.csv", "\n".join(rows) + "\n", "--model", path("colours.pmml", COLOURS))
    bug, = [f for f in document["findings"] if f["subject"].get("bug") == "spelling"]
    gain, = [s["gain"] for s in bug["suggestions"] if s["action"] == "fix-pipeline"]
    assert gain["method"].startswith("replayed") and not gain["upper_bound"], gain
    assert abs(gain["to"] - gain["from"] - (after - before) / 4000) < 1e-9, (gain, before, after)


SLOPE = """<PMML xmlns='http://www.dmg.org/PMML-4_4' version='4.4'><Header/><DataDictionary>
<DataField name='km' optype='continuous' dataType='double'/><DataField name='age' optype='continuous' dataType='double'/>
<DataField name='cost' optype='continuous' dataType='double'/></DataDictionary>
<RegressionModel functionName='regression' normalizationMethod='exp'><MiningSchema>
<MiningField name='cost' usageType='target'/><MiningField name='km'/><MiningField name='age'/></MiningSchema>
<RegressionTable intercept='1'><NumericPredictor name='km' coefficient='0.05'/>
<NumericPredictor name='age' coefficient='-0.01'/></RegressionTable></RegressionModel></PMML>"""


@test
def a_unit_that_changed_is_undone_for_numbers_too():
    numbers = random.Random(9)
    rows, before, after = ["id,time,km,age,prediction,label"], 0.0, 0.0
    for i in range(3000):
        km, age = round(numbers.gammavariate(4, 5), 2), numbers.randrange(18, 80)
        came = round(km / 1000, 5) if 1200 <= i < 1700 else km
        said, right = (math.exp(1 + 0.05 * v - 0.01 * age) for v in (came, km))
        label = right * math.exp(numbers.gauss(0, 0.2))
        before, after = before + abs(said - label) / 3000, after + abs(right - label) / 3000
        stamp = f"2026-03-{1 + i // 120:02d}T{i // 5 % 24:02d}:{i % 5 * 12:02d}:00Z"
        rows.append(f"r{i},{stamp},{came},{age},{said:.8f},{label:.8f}")
    document = whole("slope.csv", "\n".join(rows) + "\n", "--model", path("slope.pmml", SLOPE))
    bug, = [f for f in document["findings"] if f["subject"].get("bug") == "unit-change"]
    gain, = [s["gain"] for s in bug["suggestions"] if s["action"] == "fix-pipeline"]
    assert gain["metric"] == "mae" and gain["method"].startswith("replayed"), gain
    assert abs(gain["from"] - before) < 1e-6 and abs(gain["to"] - after) < 1e-6, (gain, before, after)


@test
def times_are_told_by_the_clock_of_the_log():
    numbers = random.Random(5)
    rows = {"+02:00": 2, "Z": 0, "mixed": 0}
    for zone in rows:
        numbers.seed(5)
        lines = ["id,ts,x,prediction,label"]
        for i in range(6000):
            at = i * 180  # seconds since midnight UTC of 2 June
            good = numbers.random() > (0.7 if at // 3600 % 24 == 6 else 0.1)
            ahead = {"+02:00": 2, "Z": 0}.get(zone, 2 if i < 3000 else 1)
            clock = at + 3600 * ahead
            stamp = f"2025-06-{2 + clock // 86400:02d}T{clock // 3600 % 24:02d}:{clock // 60 % 60:02d}:00"
            stamp += "Z" if zone == "Z" else f"+{ahead:02d}:00"
            lines.append(f"r{i},{stamp},{numbers.random():.4f},yes,{'yes' if good else 'no'}")
        document = whole("clock.csv", "\n".join(lines) + "\n")
        offset = "+02:00" if zone == "+02:00" else "Z"
        assert document["schema"]["time"]["from"] == f"2025-06-02T{rows[zone]:02d}:00:00{offset}", document["schema"]["time"]
        assert document["schema"]["time"].get("utc_offset", "Z") == offset, document["schema"]["time"]
        said = [note for note in document["method"]["notes"] if note.startswith("Times: ")]
        assert len(said) == 1 and ("UTC+02:00" in said[0]) == (zone == "+02:00"), said
        assert ("different" in said[0]) == (zone == "mixed"), said
        hour = 6 + rows[zone]
        slices = [f["title"] for f in document["findings"] if f["kind"] == "slice"]
        assert any(f"hour is {hour}" in title or f"hour from {hour} " in title for title in slices), slices


@test
def what_is_predicted_and_never_a_label():
    for declined, told in ((10, False), (60, True)):
        lines = ["id,x,prediction,label"]
        numbers = random.Random(7)
        for i in range(900):
            truth = "yes" if i % 2 else "no"
            said = "don't \"know\"" if i < declined else truth if numbers.random() < 0.8 else "no"
            lines.append(f"{i},{numbers.random():.3f},{json.dumps(said).replace(chr(92), chr(34))},{truth}")
        text = "\n".join(lines) + "\n"
        said = [w for w in whole("declined.csv", text)["run"]["warnings"] if "is the label of none" in w]
        assert len(said) == told, (declined, said)
        if told:
            assert said[0].startswith("don't \"know\" is predicted in 60 rows"), said
            where = shlex.split(said[0].split("leave them out (")[1][:-1])[1]
            left = whole("declined.csv", text, "--where", where)
            assert left["run"]["where"]["rows"] == 840, left["run"]["where"]
            assert not [w for w in left["run"]["warnings"] if "is the label of none" in w], left["run"]["warnings"]


@test
def a_log_without_predictions_is_judged_by_what_the_model_says():
    numbers = random.Random(3)
    rows, right = ["id,x,colour,label"], 0
    for i in range(1000):
        colour = numbers.choice(["red", "green", "blue", "grey"])
        good = (colour in ("red", "green")) != (numbers.random() < 0.1)
        right += (colour in ("red", "green")) == good
        rows.append(f"r{i},{numbers.random():.4f},{colour},{'yes' if good else 'no'}")
    document = whole("unasked.csv", "\n".join(rows) + "\n", "--model", path("colours.pmml", COLOURS))
    metric = {m["name"]: m["value"] for m in document["metrics"]}
    assert abs(metric["accuracy"] - right / 1000) < 1e-12, (metric["accuracy"], right)
    assert any("holds no predictions" in w for w in document["run"]["warnings"]), document["run"]["warnings"]
    assert document["attribution"]["source"] == "model", document["attribution"]
    assert document["attribution"]["agreement"] is None, document["attribution"]  # with itself
    assert "logged scores" not in document["attribution"]["rationale"]["text"], document["attribution"]
    # without a column that the model reads, nothing is judged
    rows = [",".join(row.split(",")[:2] + row.split(",")[3:]) for row in rows]
    document = whole("unasked.csv", "\n".join(rows) + "\n", "--model", path("colours.pmml", COLOURS))
    assert "accuracy" not in {m["name"] for m in document["metrics"] if m["value"] is not None}, document["metrics"]
    rows, apart = ["id,km,age,label"], 0.0
    for i in range(500):
        km, age = round(numbers.gammavariate(4, 5), 2), numbers.randrange(18, 80)
        said = math.exp(1 + 0.05 * km - 0.01 * age)
        label = said + numbers.gauss(0, 1)
        apart += abs(said - label) / 500
        rows.append(f"r{i},{km},{age},{label:.8f}")
    document = whole("unasked.csv", "\n".join(rows) + "\n", "--model", path("slope.pmml", SLOPE))
    metric = {m["name"]: m["value"] for m in document["metrics"]}
    assert abs(metric["mae"] - apart) < 1e-6, (metric["mae"], apart)


@test
def a_log_alone_is_explained_by_a_surrogate():
    numbers = random.Random(7)
    rows = ["id,x,colour,score,label"]
    for i in range(2000):
        x, colour = numbers.random(), numbers.choice(["red", "green"])
        score = 0.1 + 0.6 * x + (0.2 if colour == "red" else 0.0)
        rows.append(f"r{i},{x:.4f},{colour},{score:.4f},{int(numbers.random() < score)}")
    log = path("alone.csv", "\n".join(rows) + "\n")
    done = errata("attribute", log)
    assert done.returncode == 0 and "R² 0.9" in done.stderr, done.stderr
    assert done.stdout.splitlines()[0] == "x,colour,__bias__" and len(done.stdout.splitlines()) == 2001
    done = errata("explain", log, "--id", "r17")
    assert done.returncode == 0 and "surrogate" in done.stderr + done.stdout, done
    assert "another version" not in done.stderr, done.stderr
    said = done.stdout.splitlines()
    assert said[0].startswith("The log says: score 0.") and ", label " in said[0], said[0]
    assert said[1].startswith("The surrogate says: "), said[1]
    assert any("−" in line for line in said) and not any(" -0" in line for line in said), said
    done = errata("explain", log, "--row", '{"x": 0.5, "color": "red"}')
    assert done.returncode == 0 and "no column color" in done.stderr, done.stderr
    done = errata("explain", log, "--row", '{"color": "red", "y": 2}')
    assert done.returncode == 2 and done.stdout == "", done
    assert "--row has a value for no column of the log; the columns are id, x, colour" in done.stderr, done.stderr


@test
def a_row_that_the_model_cannot_judge_is_not_explained():
    model = path("silent.pmml", SLOPE)
    log = path("silent.csv", "id,km,age,label\n" + "".join(f"r{i},{i % 50}.5,{20 + i % 60},{i % 7}.25\n" for i in range(300)))
    done = errata("explain", model, log, "--row", '{"km": 3}')
    assert done.returncode == 4 and done.stdout == "", done
    assert "the model says nothing of this row: it lacks age; give --row all of its inputs" in done.stderr, done.stderr
    assert errata("explain", model, log, "--row", '{"km": 3, "age": 40}').returncode == 0


def xgboost_pairs(n_features):
    """a model in which every feature meets its two neighbours: a tree of two tests each"""
    trees = []
    for i in range(2 * n_features):
        first, second = i % n_features, (i + 1 + i // n_features) % n_features
        trees.append({"tree_param": {"num_nodes": "5", "size_leaf_vector": "1"},
                      "left_children": [1, 3, -1, -1, -1], "right_children": [2, 4, -1, -1, -1],
                      "split_indices": [first, second, 0, 0, 0], "default_left": [1, 0, 0, 0, 0],
                      "split_conditions": [0.5, 0.4, 0.1 + 0.01 * i, -0.3, 0.25],
                      "sum_hessian": [10.0, 6.0, 4.0, 2.0, 4.0], "base_weights": [0.0] * 5})
    model = {"gbtree_model_param": {"num_trees": str(len(trees)), "num_parallel_tree": "1"},
             "tree_info": [0] * len(trees), "trees": trees}
    learner = {"feature_names": [f"x{i}" for i in range(n_features)], "feature_types": ["float"] * n_features,
               "attributes": {}, "gradient_booster": {"name": "gbtree", "model": model},
               "learner_model_param": {"base_score": "5E-1", "num_class": "0", "num_target": "1",
                                       "num_feature": str(n_features)},
               "objective": {"name": "reg:squarederror", "reg_loss_param": {"scale_pos_weight": "1"}}}
    return json.dumps({"learner": learner, "version": [1, 7, 4]})


def numbers_table(rows, columns, seed):
    numbers = random.Random(seed)
    lines = [",".join(f"x{i}" for i in range(columns))]
    lines += [",".join(f"{numbers.random():.4f}" for _ in range(columns)) for _ in range(rows)]
    return "\n".join(lines) + "\n"


@test
def interactions_add_up_to_shares_with_and_without_a_background():
    model = path("pairs.json", xgboost_pairs(6))
    rows = path("pairs.csv", numbers_table(40, 6, 1))
    behind = ["--background", path("behind.csv", numbers_table(30, 6, 2))]
    for flags in [], behind:
        done = errata("attribute", model, rows, *flags)
        assert done.returncode == 0, done.stderr
        shares = [[float(cell) for cell in line.split(",")] for line in done.stdout.splitlines()[1:]]
        done = errata("attribute", model, rows, "--interactions", *flags)
        assert done.returncode == 0, done.stderr
        assert ("interventional interactions of the margin against 30 background rows" if flags
                else "path-dependent interactions of the margin") in done.stderr, done.stderr
        sums = [[0.0] * 7 for _ in shares]
        for line in done.stdout.splitlines()[1:]:
            row, _, i, j, value = line.split(",")
            for k in {int(i), int(j)}:
                sums[int(row)][k] += float(value)
        assert all(abs(a - b) < 1e-9 for x, y in zip(shares, sums) for a, b in zip(x, y))
    done = errata("attribute", model, rows, "--interactions", "--output", "loss")
    assert done.returncode == 2 and "margin" in done.stderr, done.stderr


@test
def a_surrogate_follows_what_is_measured_of_texts():
    numbers = random.Random(8)
    words = "the train was late again and nobody told us why it stood there for an hour".split()
    rows = ["id,x,text,score,label"]
    for i in range(1500):
        text = " ".join(numbers.choice(words) for _ in range(numbers.randrange(3, 30)))
        score = 0.1 + 0.025 * len(text.split())
        rows.append(f"r{i},{numbers.random():.3f},{text},{score:.4f},{int(numbers.random() < score)}")
    log = path("texts.csv", "\n".join(rows) + "\n")
    done = errata("attribute", log)
    assert done.returncode == 0 and ("R² 0.9" in done.stderr or "R² 1.0" in done.stderr), done.stderr
    assert "not by their words" in done.stderr, done.stderr
    head = done.stdout.splitlines()[0].split(",")
    shares = [[abs(float(cell)) for cell in line.split(",")] for line in done.stdout.splitlines()[1:]]
    means = {name: sum(row[i] for row in shares) / len(shares) for i, name in enumerate(head)}
    del means["__bias__"]
    assert max(means, key=means.get).startswith("text: "), means
    assert means["x"] < 0.05 * sum(means.values()), means
    done = errata("explain", log, "--row", json.dumps({"x": 0.5, "text": " ".join(words)}))
    assert done.returncode == 0 and "text: " in done.stdout, done


@test
def a_model_beside_links_runs_and_no_link_is_followed():
    with open(path("linked.json"), "w", encoding="utf-8") as out:
        out.write(xgboost_pairs(4))
    with open(path("secret.json"), "w", encoding="utf-8") as out:
        out.write(xgboost_pairs(3))
    for kind in "w:gz", "w":
        packed = path("linked.tar" + (".gz" if kind == "w:gz" else ""))
        with tarfile.open(packed, kind) as archive:
            for name, link in ("a.json", path("secret.json")), ("hard", "/etc/passwd"):
                entry = tarfile.TarInfo(name)
                entry.type = tarfile.SYMTYPE if name == "a.json" else tarfile.LNKTYPE
                entry.linkname = link
                archive.addfile(entry)
            archive.add(path("linked.json"), "model.json")
        rows = path("linked.csv", numbers_table(5, 4, 4))
        inside, alone = (errata("score", model, rows) for model in (packed, path("linked.json")))
        assert inside.returncode == alone.returncode == 0, inside.stderr
        assert inside.stdout == alone.stdout and len(inside.stdout.splitlines()) == 6
        assert "a.json is a link" in inside.stderr and "hard is a link" in inside.stderr, inside.stderr
        done = errata("inspect", "--json", packed)
        assert done.returncode == 0, done.stderr
        links = [risk for risk in json.loads(done.stdout)["model"]["risks"] if risk["problem"] == "archive-member"]
        assert [risk["severity"] for risk in links] == ["high", "high"], links
        assert "/etc/passwd" in links[1]["what"] and "secret.json" in links[0]["what"]
    done = errata("analyze", packed, "-o", path("linked-out"))
    assert done.returncode == 4 and "link" in done.stderr, done.stderr


def worker_has_sanitizer():
    with open(os.path.join(os.path.dirname(ERRATA), "errata-worker"), "rb") as program:
        return b"__asan_init" in program.read()


@test
def attribution_holds_no_table_in_memory():
    if worker_has_sanitizer():
        raise Skip("freed memory is kept by the sanitizer")
    peaks = []
    model = path("pairs40.json", xgboost_pairs(40))
    for rows in 200, 8000:
        log = path("pairs40.csv", numbers_table(rows, 40, 3))
        out = path("pairs40.out")
        worker = subprocess.Popen([ERRATA, "attribute", model, log, "--interactions", "--quiet", "-o", out],
                                  env=ENV, cwd=SCRATCH)
        _, status, used = os.wait4(worker.pid, 0)
        assert status == 0
        peaks.append(used.ru_maxrss)
    assert os.path.getsize(out) > 20e6
    # the rows are 2.6 MB as numbers, twice that while they are read; of the table only a part is held
    assert peaks[1] - peaks[0] < 12000, peaks


@test
def memory_is_limited():
    log = path("memory.csv", table(200))
    for size in "1", "127M":
        done = errata("analyze", log, "--memory", size, "-o", path("memory-out"))
        assert done.returncode == 2, done
        assert f"'{size}'" in done.stderr and "128M at least" in done.stderr, done.stderr
    done = errata("analyze", log, "--memory", "128M", "-o", path("memory-out"))
    assert done.returncode == 0, done.stderr
    if worker_has_sanitizer():
        raise Skip("the sanitizer needs more memory than any limit leaves")
    columns = 1000  # 160 MB as numbers
    lines = [",".join([f"0.{digit}5"] * columns) for digit in range(10)]
    wide = path("memory-wide.csv", "\n".join([",".join(f"x{i}" for i in range(columns))] + lines * 2000) + "\n")
    done = errata("analyze", wide, "--memory", "128M", "-o", path("memory-wide-out"))
    assert done.returncode == 4, done
    assert "ran out of memory" in done.stderr and "--memory" in done.stderr, done.stderr
    assert not os.path.exists(path("memory-wide-out")), "half a report"


def main():
    failed = 0
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.makedirs(ENV["ERRATA_CONFIG_DIR"], exist_ok=True)
    wanted = os.environ.get("ERRATA_TEST_ONLY")
    tests = [t for t in TESTS if wanted is None or t.__name__ == wanted]
    print(f"1..{len(tests)}")
    for number, function in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} {function.__name__}")
        except Skip as why:
            print(f"ok {number} {function.__name__} # SKIP {why}")
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {function.__name__}")
            print("# " + repr(problem).replace("\n", "\n# ")[:2000])
        sys.stdout.flush()
    shutil.rmtree(SCRATCH, ignore_errors=True)
    sys.exit(1 if failed else 0)


main()
