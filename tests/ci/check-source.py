#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-source.py SOURCE: sizes, layers and format of the C code, as CONTRIBUTING says. TAP."""
import json
import os
import re
import subprocess
import sys

SOURCE = os.path.abspath(sys.argv[1])
LAYERS = {  # folder: those it may include from
    "analyzers/base": [],
    "analyzers/stats": ["analyzers/base"],
    "analyzers/attribute": ["analyzers/base", "analyzers/stats"],
    "analyzers/interpret": ["analyzers/base"],
    "analyzers": ["analyzers/base", "analyzers/stats", "analyzers/attribute", "analyzers/interpret"],
    "plugins": ["analyzers/base"],
    "reports": ["analyzers/base"],
}


def files():
    found = []
    for top in ("analyzers", "daemon", "plugins", "reports", "samples", "tests"):
        for folder, _, names in os.walk(os.path.join(SOURCE, top)):
            found += [os.path.relpath(os.path.join(folder, n), SOURCE) for n in names if n.endswith((".c", ".h"))]
    return sorted(found)


def lines(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as handle:
        return handle.read().splitlines()


def file_sizes():
    long = [(len(lines(path)), path) for path in files() if len(lines(path)) > 800]
    assert not long, long


def function_sizes():
    done = subprocess.run(["ctags", "-f", "-", "--fields=+ne", "--kinds-C=f", "--output-format=json",
                           *[p for p in files() if p.endswith(".c")]],
                          cwd=SOURCE, capture_output=True, text=True, check=True)
    tags = [json.loads(line) for line in done.stdout.splitlines()]
    long = [(t["path"], t["name"]) for t in tags if "end" in t and t["end"] - t["line"] + 1 > 80]
    assert tags and not long, long


def layer(path):
    return max((name for name in LAYERS if path.startswith(name + "/")), key=len, default=None)


def includes():
    home = {}
    for path in files():
        if path.endswith(".h"):
            home.setdefault(os.path.basename(path), []).append(path)
    wrong = []
    for path in files():
        own = layer(path)
        if own is None:
            continue
        for name in re.findall(r'^#include "(?:[^"]*/)?([^"/]+)"', "\n".join(lines(path)), re.M):
            others = {layer(target) or os.path.dirname(target) for target in home.get(name, [])}
            if others and own not in others and not others & set(LAYERS[own]):
                wrong.append((path, name))
    assert not wrong, wrong


def licence():
    bare = [path for path in files() if "SPDX-License-Identifier: GPL-3.0-or-later" not in lines(path)[0]]
    assert not bare, bare


def formatted():
    done = subprocess.run(["clang-format-14", "--dry-run", "-Werror", *files()], cwd=SOURCE, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]


def comment_columns():
    """comments on lines of their own; clang-format does not break any"""
    wide = []
    for path in files():
        inside = False
        for number, line in enumerate(lines(path), 1):
            if (inside or line.lstrip().startswith("/*")) and len(line) > 100:
                wide.append(f"{path}:{number}")
            for mark in re.findall(r"/\*|\*/", re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)):
                inside = mark == "/*"
    assert not wide, wide


def main():
    tests = [file_sizes, function_sizes, includes, licence, formatted, comment_columns]
    failed = 0
    print(f"1..{len(tests)}")
    for number, function in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} {function.__name__}")
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {function.__name__}\n# {problem!r}"[:3000])
    sys.exit(1 if failed else 0)


main()
