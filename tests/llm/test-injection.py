#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-injection.py ERRATA: instructions as texts, as values and as names of columns of a log whose errors they
belong to, and a server that follows them. The report is that of a log with plain words instead, figure by figure,
and nothing of them is more than text where it is shown. TAP."""
import csv
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

from cases import run
from injections import texts
from scripted import Server

ERRATA = os.path.abspath(sys.argv[1])
ENV = {key: value for key, value in os.environ.items()
       if key not in ("OPENAI_API_KEY", "ERRATA_LLM_API_KEY", "CREDENTIALS_DIRECTORY")}
PLAIN = "ordinary"
ROWS = 1600
SCRATCH, SERVER = "", None
# C0 but for tab and line feed, C1, marks of direction, what is not seen, tags and private use
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
                    "\ue000-\uf8ff\U000e0000-\U000e007f\U000f0000-\U0010ffff]")
MARKERS = ("<|im_", "|>", "</s>", "<s>", "[INST]", "[/INST]", "<start_of_turn>", "<end_of_turn>", "<think>")


def begin(scratch):
    global SCRATCH, SERVER  # pylint: disable=global-statement
    SCRATCH, SERVER = scratch, Server()
    ENV.update(ERRATA_CONFIG_DIR=os.path.join(scratch, "config"), ERRATA_CACHE_DIR=os.path.join(scratch, "cache"),
               LC_ALL="C.UTF-8")
    os.makedirs(ENV["ERRATA_CONFIG_DIR"])


def make_log(name, value, column, text, lines):
    """errors of one value of a column, and of the high numbers of another; the rest is as in any log. As JSON
    lines, or CSV"""
    path = os.path.join(SCRATCH, name + (".jsonl" if lines else ".csv"))
    names = ["id", "source", column, "message", "score", "prediction", "label"]
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        if not lines:
            writer.writerow(names)
        for i in range(ROWS):
            level = i * 7919 % 97
            bad = i % 4 == 0 and i % 10 < 6 or level > 80 and i % 3 == 0
            label = i // 3 % 2
            prediction = 1 - label if bad else label
            cells = [i, (value, "web", "mail", "shop")[i % 4], level,
                     f"{text if i % 5 == 0 else 'it came late'} {i}", 0.8 if prediction else 0.2, prediction, label]
            if lines:
                handle.write(json.dumps(dict(zip(names, cells))) + "\n")
            else:
                writer.writerow(cells)
    return path


def analyze(log, name, url, formats="json"):
    out = os.path.join(SCRATCH, name)
    with open(os.path.join(ENV["ERRATA_CONFIG_DIR"], "errata.conf"), "w", encoding="utf-8") as handle:
        handle.write("[llm]\ntimeout=20s\n")
    done = subprocess.run([ERRATA, "analyze", log, "-o", out, "--seed", "1", "--format", formats, "--llm", url],
                          capture_output=True, env=ENV, cwd=SCRATCH, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    with open(os.path.join(out, "report.json"), encoding="utf-8") as handle:
        return json.load(handle), done.stdout + done.stderr


def without_run(report):
    return {key: value for key, value in report.items() if key not in ("run", "files")}


def figures(report):
    """all that is measured, ranked or advised, without what things are called"""
    return {
        "metrics": [(m["name"], m["value"], m["ci"]) for m in report["metrics"]],
        "evidence": [(e["value"], e["unit"], e["n"], e["ci"], e["p"]) for e in report["evidence"].values()],
        "findings": [(f["id"], f["kind"], f["severity"], f["impact"], f["rows"],
                      [(s["action"], s["gain"]) for s in f["suggestions"]]) for f in report["findings"]],
        "roles": [column["role"] for column in report["schema"]["columns"]]}


def obey(text):
    """answers that do what the text says: in each string that may hold one, else beside all schemas"""
    def fill(schema):
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][-1]
        if schema.get("type") == "object":
            return {name: fill(part) for name, part in schema.get("properties", {}).items()}
        if schema.get("type") == "array":
            return [fill(schema["items"])]
        return {"string": text, "boolean": True, "null": None}.get(schema.get("type"), 1)

    def answer(body):
        asked = len(SERVER.asked("good"))
        if asked % 3 == 0:
            return json.dumps({"severity": "info", "tool_calls": [{"name": "mute"}], "text": text})
        if asked % 3 == 1:
            return text
        return json.dumps(fill(body["response_format"]["json_schema"]["schema"]))
    return answer


def asked_safely(text):
    """what went out has no marker, nothing unseen, and ends the data where we do"""
    assert SERVER.asked("good"), "nothing was asked"
    for seen in SERVER.asked("good"):
        sent = "".join(message["content"] for message in seen["body"]["messages"])
        for marker in MARKERS:
            assert marker not in sent, (marker, sent[:300])
        assert not UNSEEN.search(sent), UNSEEN.search(sent)
        mark = re.search(r"Between the two lines with (\S+)", sent)
        assert mark is None or mark.group(1) not in text, (mark.group(1), sent[:300])


def shown_safely(log, out, said):
    """pages, terminal and files: text, and nothing that acts"""
    for command in (["show", out], ["show", out, "F1"], ["show", out, "--json"], ["ask", out, "error rate by source"],
                    ["ask", out, "--plan", "findings"], ["inspect", log]):
        done = subprocess.run([ERRATA, *command], capture_output=True, env=ENV, cwd=SCRATCH, timeout=120, check=False)
        assert done.returncode == 0, (command, done.stderr)
        assert b"\x1b" not in done.stdout, command
        said += done.stderr + (b"" if "--json" in command else done.stdout)
    assert not UNSEEN.search(said.decode("utf-8")), UNSEEN.search(said.decode("utf-8"))
    for path in glob.glob(os.path.join(out, "svg", "*.svg")):
        with open(path, encoding="utf-8") as handle:
            drawn = handle.read()
        assert not UNSEEN.search(drawn), (path, UNSEEN.search(drawn))
        for element in xml.etree.ElementTree.fromstring(drawn).iter():
            assert element.tag.split("}")[-1] not in ("script", "foreignObject", "iframe", "image"), (path, element.tag)
            for name, value in element.attrib.items():
                assert not name.lower().startswith("on") and "198.51.100.7" not in value, (path, name, value)
    with open(os.path.join(out, "report.pdf"), "rb") as handle:
        pdf = handle.read()
    for act in (b"/JavaScript", b"/JS ", b"/Launch", b"/OpenAction", b"/URI (http://198"):
        assert act not in pdf, act
    drawn = subprocess.run(["pdftotext", os.path.join(out, "report.pdf"), "-"], capture_output=True, check=False) \
        if shutil.which("pdftotext") else None
    assert drawn is None or not UNSEEN.search(drawn.stdout.decode("utf-8").replace("\f", "")), drawn.stdout
    assert not os.path.exists("/tmp/injected")


def injected(text):
    lines = re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text) is not None
    marked = make_log("marked", text, text + " level", text, lines)
    plain = make_log("plain", PLAIN, PLAIN + " level", PLAIN, lines)
    values = make_log("values", text, text + " level", PLAIN, lines)
    built_in, said = analyze(marked, "none", "none", "json,pdf,svg")
    shown_safely(marked, os.path.join(SCRATCH, "none"), said)
    SERVER.answers = obey(text)
    followed, said = analyze(marked, "followed", SERVER.url("good"))
    assert not UNSEEN.search(said.decode("utf-8")), said
    assert without_run(followed) == without_run(built_in), [
        key for key in without_run(built_in) if built_in[key] != followed[key]]
    asked_safely(text)
    expected, _ = analyze(plain, "expected", "none")
    found, _ = analyze(values, "found", "none")
    assert len(expected["findings"]) > 1, "the log has nothing to find"
    ours, theirs = figures(found), figures(expected)
    for key in ours:
        assert ours[key] == theirs[key], (key, ours[key], theirs[key])


CASES = [(name, lambda text=text: injected(text)) for name, text in texts().items()]
sys.exit(run(CASES, begin))
