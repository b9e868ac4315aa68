#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-docs.py ERRATA ERRATAD SOURCE: man pages, --help, completion and settings agree. TAP."""
import os
import re
import subprocess
import sys
import tempfile

ERRATA, ERRATAD, SOURCE = (os.path.abspath(argument) for argument in sys.argv[1:4])
DATA = os.path.join(SOURCE, "daemon", "data")


def read(path):
    with open(path, encoding="utf-8") as handle:
        return handle.read()


def helped(*command):
    return subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout


def verbs():
    return re.findall(r"^  ([a-z]+) +\S", helped(ERRATA).split("Options")[0], re.M)


def options(text):
    return sorted(set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", text.split("Application Options:")[1], re.M)))


def plain(roff):
    return roff.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "")


def man_sections(roff):
    """verb → the options its section of errata.1 lists"""
    sections = {}
    for part in plain(roff).split("\n.SS errata ")[1:]:
        body = part.split("\n.SH ")[0]
        sections[part.split()[0]] = sorted(set(re.findall(r"^(?:-\w, )?(--[a-z-]+)", body, re.M)))
    return sections


def completion():
    text = read(os.path.join(DATA, "errata.bash-completion"))
    listed = re.search(r'verbs="([^"]*)"', text)[1].split()
    found = {verb: sorted(set(words.split()) - {"--help"})
             for verb, words in re.findall(r'^ +(\w+)\) options="([^"]*)"', text, re.M)}
    return listed, found


def man_page():
    sections = man_sections(read(os.path.join(DATA, "errata.1")))
    assert sorted(sections) == sorted(verbs()), (sorted(sections), verbs())
    for verb in verbs():
        assert sections[verb] == options(helped(ERRATA, verb)), verb


def bash_completion():
    listed, found = completion()
    assert listed == verbs(), listed
    for verb in verbs():
        assert found[verb] == options(helped(ERRATA, verb)), verb


def completed(*words):
    """what is offered for the last of the words; files and folders by name only"""
    script = f'''_init_completion() {{ words=("${{COMP_WORDS[@]}}"); cword=$COMP_CWORD; cur=${{words[cword]}}
                                     prev=${{words[cword-1]}}; }}
               _filedir() {{ COMPREPLY=("file$1"); }}
               source {DATA}/errata.bash-completion
               COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _errata; echo "${{COMPREPLY[@]}}"'''
    return subprocess.run(["bash", "-c", script, "-", *words], capture_output=True, text=True, check=True).stdout.split()


def completion_of_values():
    assert completed("errata", "ana") == ["analyze"]
    assert completed("errata", "analyze", "-o", "") == ["file-d"]
    assert completed("errata", "score", "-o", "") == ["file"]
    assert completed("errata", "export", "--output", "") == ["file"]
    assert completed("errata", "attribute", "--output", "") == ["margin", "probability", "loss"]
    assert completed("errata", "attribute", "-o", "") == ["file"]
    assert completed("errata", "ask", "--report", "") == ["file"]
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log.csv")
        with open(log, "w", encoding="utf-8") as handle:
            handle.write('\ufeffid;"my amount";country\r\n1;2;3\n')
        assert completed("errata", "analyze", log, "--role", "") == ["id=", "my\\", "amount=", "country="]
        assert completed("errata", "analyze", log, "--role", "co") == ["country="]
    assert completed("errata", "analyze", "--role", "country=g") == ["country=group"]
    roles = re.search(r"role_nicks\[.*?\{(.*?)\}", read(os.path.join(SOURCE, "analyzers", "base", "schema.c")), re.S)
    assert completed("errata", "analyze", "--role", "x=") == ["x=" + role for role in re.findall(r'"(\w+)"', roles[1])]


def code():
    table = read(os.path.join(SOURCE, "daemon", "errata.c"))
    assert re.findall(r"&errata_verb_(\w+)", table) == verbs()


def daemon_page():
    page = plain(read(os.path.join(DATA, "erratad.8")))
    assert sorted(set(re.findall(r"^(?:-\w, )?(--[a-z-]+)", page.split(".SH OPTIONS")[1], re.M))) == \
        options(helped(ERRATAD))
    bus = page.split(".SH D-BUS")[1].split("\n.SH ")[0]
    for member in re.findall(r'<(?:method|signal) name="(\w+)"', read(os.path.join(DATA, "org.errata.Errata1.xml"))):
        assert re.search(rf"\b{member}\b", bus), member


def settings_page():
    keys = re.findall(r'\{"(\w+)", (?:"([\w-]+)"|NULL), ERRATA_SETTINGS_',
                      read(os.path.join(SOURCE, "analyzers", "base", "settings-key.c")))
    page = plain(read(os.path.join(DATA, "errata.conf.5")))
    groups = {part.split("]")[0]: part for part in page.split("\n.SH [")[1:]}
    assert sorted(groups) == sorted({group for group, _ in keys})
    for group, key in keys:
        assert not key or f"\n.B {key}\n" in groups[group], (group, key)


def settings_in_use():
    """what the code does is not said to come later, and pages name each other"""
    page = plain(read(os.path.join(DATA, "errata.conf.5")))
    assert "ERRATA_TITLE" in page.split("\n.B command\n")[1]
    for name in ("errata-filter.7", "errata.1", "erratad.8", "errata.conf.5"):
        also = plain(read(os.path.join(DATA, name))).split(".SH SEE ALSO")[1]
        for other in ("errata (1)", "errata-filter (7)", "erratad (8)", "errata.conf (5)"):
            assert other.split(" ")[0] == name[:-2] or other in also, (name, other)
    assert "score" in plain(read(os.path.join(DATA, "errata.1"))).split("The tables have")[1].split(".TP")[0]


def pages_are_sound():
    for name in ("errata-filter.7", "errata.1", "erratad.8", "errata.conf.5"):
        done = subprocess.run(["man", "--warnings", "-l", os.path.join(DATA, name)], capture_output=True, text=True,
                              env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8"), check=True)
        assert done.stderr == "", (name, done.stderr)


def main():
    tests = [man_page, bash_completion, completion_of_values, code, daemon_page, settings_page, settings_in_use,
             pages_are_sound]
    failed = 0
    print(f"1..{len(tests)}")
    for number, function in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} {function.__name__}")
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {function.__name__}\n# {problem!r}")
    sys.exit(1 if failed else 0)


main()
