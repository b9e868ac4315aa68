# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers as a good model gives them: by the rules of the prompts, from what the prompt holds and nothing
else. Each role is known by its schema."""
import json
import random
import re

from scripted import instance, schema_of

JOINTS = "\u02c6\u00a6\u00ac\u00a7\u00b6\u2020\u2021\u00a4"


def parts(body):
    """(role, facts, items) of a request"""
    schema = schema_of(body)
    user = body["messages"][-1]["content"]
    facts = user.split("Between the two lines with ")[0]
    items = [re.sub(f"[{JOINTS}]", " ", text) for _, text in
             re.findall(r"^\[(\d+)\][ " + JOINTS + r"](.*)$", user, re.M)]
    return tuple(sorted(schema["properties"])), facts, items


def table(facts, heading):
    """rows of the table that begins with a heading"""
    rows = []
    for line in facts.split(heading, 1)[1].split("\n")[1:]:
        cells = [cell.strip() for cell in line.split(" | ")]
        if len(cells) < 2:
            break
        rows.append(cells)
    return rows


def freer(dice, known):
    """a slice's facts as people put them, sentence by sentence; [] where it has not all of them"""
    fact = {what: (number, direction.split()[0]) for number, what, direction, _ in known}
    names = ("error rate in the slice", "error rate elsewhere", "share of all rows", "share of all errors")
    if any(name not in fact for name in names):
        return []
    rate, rest, rows, errors = (fact[name][0] for name in names)
    more = [("At {}, the error rate in the slice is higher than elsewhere.", [rate], "higher"),
            ("The slice has an error rate of {}, higher than elsewhere.", [rate], "higher"),
            ("Predictions in the slice are wrong {} of the time, more often than the rest.", [rate], "higher"),
            ("The error rate in the slice ({}) is higher than elsewhere ({}).", [rate, rest], "higher")] \
        if fact[names[0]][1] == "higher" else []
    first = dice.choice(more + [
        ("Predictions in the slice are wrong {} of the time; the rest, {}.", [rate, rest], "none"),
        ("Predictions in the slice are wrong {} of the time, against {} elsewhere.", [rate, rest], "none"),
        ("{} of the predictions in the slice are wrong, compared with {} elsewhere.", [rate, rest], "none"),
        ("In the slice the error rate is {}, elsewhere it is {}.", [rate, rest], "none"),
        ("Elsewhere, the error rate is {}, but in the slice it is {}.", [rest, rate], "none")])
    second = dice.choice([("These rows are {} of the traffic and make {} of the errors.", [rows, errors], "none"),
                          ("{} of all errors lie in {} of the traffic.", [errors, rows], "none"),
                          ("The slice accounts for {} of all errors.", [errors], "none"),
                          ("They are {} of the log.", [rows], "none")])
    third = [("Perhaps the labels there are noisy; the error rate in the slice is {}.", [rate], "hypothesis")] \
        if dice.random() < 0.5 else []
    return [{"text": text, "evidence": ids, "claim": claim} for text, ids, claim in [first, second, *third]]


def fact_sentence(dice, fact, rates):
    """one fact, in one of the ways that people say it; None of one that has no plain sentence"""
    _, what, direction, unit = fact
    direction, other = direction.split()[0], dice.choice(("elsewhere", "in the rest", "outside"))
    if unit == "ratio":
        return (dice.choice(("Errors in the slice are {} as frequent as elsewhere.",
                             "The error rate in the slice is {} that elsewhere.")), "none") \
            if what == "slice over elsewhere" and rates else None
    if what == "error rate in the slice" and direction in ("higher", "lower"):
        return (f"The {what} is {{}}, {direction} than {other}.", direction)
    if re.search(r"[\d:]|, those ", what) or re.match(r"when |the |expected |likewise|of ", what):
        return None
    if what.endswith(", at most"):
        verb = "are" if what.startswith("rows ") else "is"
        return (f"The {what.removesuffix(', at most')} {verb} at most {{}}.", "none")
    if unit == "count":
        return (dice.choice((f"There are {{}} {what}.", f"The {what} are {{}}.")), "none")
    if what in ("share of all rows", "share of all errors") and dice.random() < 0.5:
        return (f"These rows make up {{}} of {what.removeprefix('share of ')}.", "none")
    if what.endswith(" in the slice") and dice.random() < 0.5:
        return (f"In the slice, the {what.removesuffix(' in the slice')} is {{}}.", "none")
    return (dice.choice((f"The {what} is {{}}.", f"The {what} stands at {{}}.", f"{{}} is the {what}.")), "none")


def rationale(facts):
    dice = random.Random(facts)
    known = table(facts, "Facts: id | what | direction | unit")
    sentences, wanted = freer(dice, known) if dice.random() < 0.6 else [], dice.randint(2, 4)
    if sentences:
        return {"sentences": sentences}
    for fact in known:
        said = fact_sentence(dice, fact, any(row[1].startswith("error rate ") for row in known))
        if said and len(sentences) < wanted:
            sentences.append({"text": said[0], "evidence": [fact[0]], "claim": said[1]})
    return {"sentences": sentences}


def triage(facts):
    """the plainest of the checks that hold, as the table has them"""
    cause, column, _ = table(facts, "Checks that hold: cause | column | how far apart")[0]
    return {"cause": "unknown" if cause == "none" else cause, "column": "" if column == "-" else column}


def fixes(facts):
    known = table(facts, "Findings: id | kind | severity | names | already suggested")
    made = []
    for number, kind, _, _, done in [row for row in known if len(row) == 5]:
        action = {"slice": "abstain-route", "cluster": "abstain-route", "drift": "monitor",
                  "data-bug": "monitor", "anomaly": "monitor"}.get(kind, "retrain")
        if action not in done.split():
            made.append({"finding": number, "action": action, "column": ""})
    return {"fixes": made[:8]}


def features(_facts, _items):
    """what anybody sees; a question mark, a denial, good manners"""
    return {"features": [{"name": "form", "values": ["question", "statement"]},
                         {"name": "denial", "values": ["yes", "no"]}]}


def feature_values(_facts, items):
    return {"texts": [["question" if "?" in item else "statement",
                       "yes" if words(item) & {"not", "never", "nothing", "don", "didn"} else "no"]
                      for item in items]}


def hypotheses(facts):
    """what often goes wrong: values that are not there, values that cannot be"""
    numbers = [row[0] for row in table(facts, "Columns: name | holds | meaning") if row[1] == "numbers"]
    return {"hypotheses": [{"where": f'"{name}" is missing or "{name}" < 0'} for name in numbers[:2]]}


def words(text):
    return set(re.findall(r"[^\W\d_]{3,}", text.lower()))


class Good:
    """what is asked of a model of one report; it remembers nothing but its own descriptions"""

    def __init__(self):
        self.asked = []
        self.wrote = {}

    def name(self, facts, items):
        """what the errors say and the others do not, in the words of the items"""
        n = int(re.search(r"Items 1 to (\d+)", facts).group(1))
        inside, outside = [words(item) for item in items[:n]], [words(item) for item in items[n:]]
        common = {word for word in set().union(*inside) if sum(word in item for item in inside) > 1}
        score = {}
        for word in sorted(common):
            score[word] = sum(word in item for item in inside) / max(len(inside), 1) - \
                sum(word in item for item in outside) / max(len(outside), 1)
        best = sorted(score, key=lambda word: (-score[word], word))[:5]
        return {"name": f"texts with “{best[0]}”" if best else "texts of a kind", "description": "Texts with words such as "
                + ", ".join(f"“{word}”" for word in best) + "."}

    @staticmethod
    def members(facts, items):
        wanted = words(facts.split("—", 1)[1]) - words("texts with words such as")
        return {"members": [i + 1 for i, item in enumerate(items) if wanted & words(item)]}

    @staticmethod
    def kinds(facts):
        rows = table(facts, "To be sorted: finding | what | names")
        return {"kinds": [{"finding": row[0], "coarse": "wording" if "text" in row[1] else "conditions",
                           "fine": "groups of rows"} for row in rows]}

    def cases(self, facts, items):
        """each text with a few words more; it knows again what it wrote"""
        labels = [row[1] for row in table(facts, "Classes: item | class")]
        made = [{"item": i + 1, "kind": "paraphrase", "text": " ".join(["Once again then:", *item.split()])}
                for i, item in enumerate(items) if not words(item) & {"http", "www"}]
        self.wrote.update((" ".join(case["text"].split()), labels[case["item"] - 1]) for case in made)
        return {"cases": made}

    def labels(self, _facts, items):
        """of what it wrote; the rest it would have to guess"""
        return {"labels": [self.wrote.get(" ".join(item.split()), "unsure") for item in items]}

    def __call__(self, body):
        role, facts, items = parts(body)
        answers = {("sentences",): lambda: rationale(facts), ("description", "name"): lambda:
                   self.name(facts, items), ("members",): lambda: self.members(facts, items),
                   ("cause", "column"): lambda: triage(facts), ("fixes",): lambda: fixes(facts),
                   ("kinds",): lambda: self.kinds(facts),
                   ("hypotheses",): lambda: hypotheses(facts),
                   ("cases",): lambda: self.cases(facts, items),
                   ("labels",): lambda: self.labels(facts, items),
                   ("features",): lambda: features(facts, items),
                   ("texts",): lambda: feature_values(facts, items),
                   ("readings",): lambda: {"readings": []}}
        if role not in answers: # nothing to add
            return json.dumps(instance(body["response_format"]["json_schema"]["schema"]))
        answer = answers[role]()
        self.asked.append((role[0], "was refused" in facts, answer, facts))
        return json.dumps(answer)
