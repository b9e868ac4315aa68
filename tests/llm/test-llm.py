#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-llm.py ERRATA SAMPLES SHARED: servers of every bad habit, and a report all the same. TAP."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from scripted import Handler, Server

ERRATA, SAMPLES, SHARED = (os.path.abspath(argument) for argument in sys.argv[1:4])
SCRATCH = tempfile.mkdtemp(prefix="errata-llm-")
CONFIG = os.path.join(SCRATCH, "config")
ENV = {key: value for key, value in os.environ.items()
       if key not in ("OPENAI_API_KEY", "ERRATA_LLM_API_KEY", "CREDENTIALS_DIRECTORY")}
ENV.update(ERRATA_CONFIG_DIR=CONFIG, ERRATA_CACHE_DIR=os.path.join(SCRATCH, "cache"),
           LC_ALL="C.UTF-8")
SERVER = Server()
TESTS = []


class Skip(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


def configure(text):
    os.makedirs(CONFIG, exist_ok=True)
    with open(os.path.join(CONFIG, "errata.conf"), "w", encoding="utf-8") as file:
        file.write(text)


def errata(*args, env=None, timeout=60):
    return subprocess.run([ERRATA, *args], capture_output=True, text=True, env={**ENV, **(env or {})},
                          cwd=SCRATCH, timeout=timeout, check=False)


def forget():
    shutil.rmtree(ENV["ERRATA_CACHE_DIR"], ignore_errors=True)
    SERVER.seen.clear()


def ask(how, timeout="3s", env=None, more=""):
    """errata llm test against that server → (seconds, result)"""
    forget()
    configure(f"[llm]\nurl={SERVER.url(how) if '://' not in how else how}\ntimeout={timeout}\n{more}")
    start = time.monotonic()
    done = errata("llm", "test", "--json", env=env)
    return time.monotonic() - start, done


def answered(how, **rest):
    seconds, done = ask(how, **rest)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["fits"], answer
    return answer


def failed(how, words, limit=5.0, **rest):
    seconds, done = ask(how, **rest)
    assert done.returncode in (1, 4), (done.returncode, done.stderr)
    assert words in done.stderr, done.stderr
    assert seconds < limit, (how, seconds)
    return done


@test
def good_servers():
    """streams with and without [DONE], CRLF, whole answers, fences and thoughts"""
    for how in "good", "crlf", "whole", "fenced":
        answered(how)
    assert SERVER.asked("fenced")[0]["body"]["stream"] is True


@test
def the_ladder_is_climbed_down():
    assert answered("object-only")["structure"] == "json_object"
    assert len(SERVER.asked("object-only")) == 2
    assert answered("text-only")["structure"] == "text"
    last = SERVER.asked("text-only")[-1]["body"]
    assert "stream_options" not in last and last["max_completion_tokens"] > 0


@test
def retries():
    answered("busy-once", timeout="10s")
    first, second = SERVER.asked("busy-once")
    assert second["time"] - first["time"] >= 1.0, "Retry-After is the least"
    failed("busy", "slow down", timeout="3s")
    assert len(SERVER.asked("busy")) > 1
    failed("500", "it broke", timeout="3s")
    assert 1 < len(SERVER.asked("500")) <= 4
    for how, words in ("quota", "no money"), ("401", "Invalid API Key"):
        failed(how, words)
        assert len(SERVER.asked(how)) == 1, "waiting does not help"


@test
def faults():
    """each ends within the time that is configured, and says why"""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failed(f"http://127.0.0.1:{port}/v1", "refused", limit=2.0)
    for how, words in (("reset", "closed"), ("short", "ended before"),
                       ("html", "neither"), ("html-502", "HTTP 502"), ("utf8", "UTF-8"),
                       ("broken", "broken JSON"), ("stream-error", "out of [31m memory")):
        failed(how, words)
    for how in "silence", "drip":
        failed(how, "timeout", limit=4.0, timeout="2s")


@test
def floods():
    """whatever it sends is not read to its end, and not kept"""
    for how, words in (("big", "more than"), ("big-error", "more than"), ("endless", "more than"),
                       ("pings", "more than"), ("long-line", "more than")):
        failed(how, words, timeout="20s", limit=10.0)
        time.sleep(0.1)
        sent = max(seen["sent"] for seen in SERVER.asked(how))
        assert sent < 32 << 20, (how, sent)


@test
def a_closed_connection_is_how_it_is_cancelled():
    forget()
    configure(f"[llm]\nurl={SERVER.url('silence')}\ntimeout=30s\n")
    with subprocess.Popen([ERRATA, "llm", "test"], env=ENV, stderr=subprocess.DEVNULL) as child:
        for _ in range(100):
            time.sleep(0.05)
            if SERVER.asked("silence"):
                break
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=5)
    time.sleep(0.2)
    assert "closed" in SERVER.asked("silence")[0]


@test
def captures():
    """what a real server sent, byte for byte"""
    folder = os.path.join(SHARED, "llm", "api-shapes")
    if not os.path.isdir(folder):
        raise Skip("no captures")
    for name, words in (("err-context-overflow", "exceeds the available context"),
                        ("key-wrong", "Invalid API Key"), ("err-404", "File Not Found"),
                        ("stream", None), ("stream-usage", None), ("chat-json-schema", None)):
        with open(os.path.join(folder, name + ".txt"), "rb") as file:
            response = file.read().split(b"# ---- response\n", 1)[1]
        head, body = response.split(b"\r\n\r\n", 1)
        status = int(head.split()[1])
        kind = next(line.split(b":", 1)[1].strip() for line in head.split(b"\n")
                    if line.lower().startswith(b"content-type"))

        def replay(self, request, status=status, kind=kind, body=body):
            self.plain(status, body, kind.decode())
        Handler.do_replay = replay
        _, done = ask("replay")
        if words is None:
            assert done.returncode == 0, (name, done.stderr)
            assert json.loads(done.stdout)["tokens_out"] > 0
        else:
            assert words in done.stderr, (name, done.stderr)


@test
def keys():
    """sent where they belong, and shown nowhere"""
    secret = "sk-test-0123456789abcdef"
    answered("good", env={"ERRATA_LLM_API_KEY": secret})
    assert SERVER.asked("good")[0]["headers"]["Authorization"] == "Bearer " + secret
    done = failed("redirect", "HTTP 307", env={"ERRATA_LLM_API_KEY": secret})
    assert not SERVER.asked("good"), "no redirect is followed"
    done = errata("llm", "test", "--show", env={"ERRATA_LLM_API_KEY": secret})
    assert secret not in done.stdout + done.stderr and "(the key)" in done.stderr
    path = os.path.join(SCRATCH, "key")
    with open(path, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
    os.chmod(path, 0o644)
    _, done = ask("good", more=f"api-key-credential={path}\n")
    assert done.returncode == 2 and "chmod 600" in done.stderr and not SERVER.seen, done.stderr
    os.chmod(path, 0o600)
    answered("good", more=f"api-key-credential={path}\n")
    assert SERVER.asked("good")[0]["headers"]["Authorization"] == "Bearer " + secret
    credentials = os.path.join(SCRATCH, "credentials")
    os.makedirs(credentials, exist_ok=True)
    with open(os.path.join(credentials, "llm-api-key"), "w", encoding="utf-8") as file:
        file.write("from-systemd")
    answered("good", env={"CREDENTIALS_DIRECTORY": credentials, "OPENAI_API_KEY": "weaker"})
    assert SERVER.asked("good")[0]["headers"]["Authorization"] == "Bearer from-systemd"


@test
def other_machines():
    """nothing goes there unless it is allowed, and no key in the clear"""
    _, done = ask("https://192.0.2.1/v1", timeout="1s")
    assert done.returncode == 2 and "allow-remote" in done.stderr, done.stderr
    _, done = ask("http://192.0.2.1/v1", timeout="1s", more="allow-remote=true\n",
                  env={"OPENAI_API_KEY": "secret"})
    assert done.returncode == 2 and "plain http" in done.stderr, done.stderr
    configure("[llm]\nurl=https://192.0.2.1/v1\n")
    done = errata("llm", "test", "--show")
    assert "POST https://192.0.2.1/v1/chat/completions" in done.stderr
    assert "nothing was sent" in done.stderr and done.returncode == 1
    assert "data from a log" not in done.stderr, "no texts of logs to other machines by default"


@test
def what_goes_out():
    forget()
    configure(f"[llm]\nurl={SERVER.url('good')}\n")
    done = errata("llm", "test", "--show")
    assert done.returncode == 0, done.stderr
    user = SERVER.asked("good")[0]["body"]["messages"][1]["content"]
    for gone in "ann@example.org", "1234567", "4111", "hunter2", "<|im_end|>":
        assert gone not in user and gone not in done.stderr, gone
    for kept in "[mail]", "[phone]", "[card]", "[masked]":
        assert kept in user, user
    configure(f"[llm]\nurl={SERVER.url('good')}\nsend-rows=none\n")
    assert errata("llm", "test").returncode == 0
    assert "[mail]" not in SERVER.asked("good")[-1]["body"]["messages"][1]["content"]


@test
def the_cache():
    answered("good")
    done = errata("llm", "test", "--json")
    assert json.loads(done.stdout)["cached"] and len(SERVER.asked("good")) == 1
    known = json.loads(errata("llm", "cache", "--json").stdout)
    assert known["answers"] == 1, known
    status = json.loads(errata("llm", "--json").stdout)
    assert status["asked"][0]["calls"] == 2 and status["asked"][0]["cached"] == 1, status
    assert status["asked"][0]["tokens_in"] == 120 and status["asked"][0]["tokens_out"] == 9
    assert errata("llm", "cache", "--clear").returncode == 0
    errata("llm", "test")
    assert len(SERVER.asked("good")) == 2


@test
def budgets():
    _, done = ask("good", more="max-tokens-per-report=10\n")
    assert "max-tokens-per-report" in done.stderr and not SERVER.asked("good"), done.stderr
    answered("good")
    configure(f"[llm]\nurl={SERVER.url('good')}\nmax-tokens-per-day=300\nmodel=other\n")
    done = errata("llm", "test")
    assert "max-tokens-per-day" in done.stderr and len(SERVER.asked("good")) == 1, done.stderr


@test
def models():
    configure(f"[llm]\nurl={SERVER.url('good')}\n")
    assert json.loads(errata("llm", "models", "--json").stdout) == ["scripted"]
    configure("")
    done = errata("llm", "models")
    assert done.returncode == 2 and "no language model is configured" in done.stderr


def analyze(how, name, *flags, timeout="3s"):
    out = os.path.join(SCRATCH, name)
    shutil.rmtree(out, ignore_errors=True)
    url = how if "://" in how or how in ("none", "auto") else SERVER.url(how)
    configure(f"[llm]\ntimeout={timeout}\n")
    start = time.monotonic()
    done = errata("analyze", os.path.join(SAMPLES, "tickets.jsonl"), "--llm", url, "-o", out, "--seed",
                  "1", "--format", "json", *flags)
    seconds = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    with open(os.path.join(out, "report.json"), encoding="utf-8") as file:
        return seconds, json.load(file), done.stdout


def without_run(report):
    return {key: value for key, value in report.items() if key != "run"}


@test
def a_report_in_any_case():
    forget()
    plain, built_in, _ = analyze("none", "plain")
    assert built_in["run"]["llm"]["backend"] == "none"
    for how in "reset", "500", "html", "broken", "utf8", "401":
        forget()
        _, report, text = analyze(how, how)
        if not report["run"]["llm"].get("failure"):
            assert not SERVER.asked(how), "asked, failed and not told"
            continue
        assert without_run(report) == without_run(built_in), how
        assert "given up" in text, text
    forget()
    seconds, report, text = analyze("silence", "silence", timeout="2s")
    assert seconds < plain + 2.0 + 1.5, (seconds, plain)
    if SERVER.asked("silence"):
        assert "timeout" in report["run"]["llm"]["failure"], report["run"]["llm"]
        assert without_run(report) == without_run(built_in)


@test
def a_report_again():
    """the same log again: every answer is known"""
    forget()
    _, first, _ = analyze("good", "first", timeout="20s")
    asked = len(SERVER.asked("good"))
    _, second, _ = analyze("good", "second", timeout="20s")
    assert len(SERVER.asked("good")) == asked
    assert second["run"]["llm"]["cached"] == second["run"]["llm"]["calls"] == \
        first["run"]["llm"]["calls"]
    assert without_run(first) == without_run(second)


@test
def auto_without_a_server():
    """nothing listens: as if none had been asked for"""
    for port in 9931, 8080, 11434, 1234, 8000:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise Skip(f"something listens at {port}")
    _, report, _ = analyze("auto", "auto")
    assert report["run"]["llm"]["backend"] == "none"


def main():
    failures = 0
    print(f"1..{len(TESTS)}", flush=True)
    for number, function in enumerate(TESTS, 1):
        try:
            function()
            print(f"ok {number} {function.__name__}", flush=True)
        except Skip as skip:
            print(f"ok {number} {function.__name__} # SKIP {skip}", flush=True)
        except Exception as problem: # pylint: disable=broad-except
            failures += 1
            print(f"not ok {number} {function.__name__}: {type(problem).__name__}: {problem}"
                  .replace("\n", " "), flush=True)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
