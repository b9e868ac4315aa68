#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a made language with planted clusters of errors, and whether they are found:

  texts.py PLANTED-CLUSTERS LANGUAGE [SEED]

Writes a log of reviews and its truth file into a temporary folder and hands both to
planted-clusters, whose exit status is this one's. One text in ten is of a kind that the model errs
on; as many are of a kind that it does not, which must be no cluster.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

ROWS = 6000
BASE = 0.02  # rate of errors of plain texts, and of decoys

# thing, good, bad, plain sentences; kinds by name: sentences, or what is done to a plain one
LANGUAGES = {
    "english": {
        "thing": "kettle blender toaster charger mattress umbrella headset router kayak tent",
        "good": "lovely solid gorgeous sturdy comfortable reliable tidy superb",
        "bad": "flimsy ugly faulty miserable scratched dull leaky crooked",
        "plain": ["The {a} was {b} after a month.", "We got the {a} and it is {b}.",
                  "{B} {a}, {c} {d}.", "My new {a}: {b} and {d}."],
        "kinds": {"denied": ["I wouldn't call the {a} {b} at all.",
                             "Neither {b} nor {d}, that {a}."],
                  "shouted": str.upper,
                  "foreign": "german"},
        "decoy": ["Warranty claim for the {a}: {b} handling, invoice attached."],
    },
    "german": {
        "thing": "Heizung Lieferung Rechnung Beratung Wohnung Küche Maschine Lampe Leitung",
        "good": "hervorragend zuverlässig freundlich sauber tadellos prima wunderbar gründlich",
        "bad": "schlecht laut kaputt unfreundlich schmutzig teuer furchtbar mangelhaft",
        "plain": ["Die {a} ist {b} seit Montag.", "Unsere {a} finde ich {b}, die {c} {d}.",
                  "Wir hatten die {a} und sie war {b}.", "Also die {a} wirkt {b} und {d}."],
        "kinds": {"turned": ["Die {a} war {b}, die {c} {d}, doch unterm Strich geht alles zurück."],
                  "shouted": str.upper,
                  "foreign": "english"},
        "decoy": ["Weiß jemand, ob die {a} so {b} sein soll?"],
    },
    "chinese": {
        "thing": "服务 房间 食物 快递 手机 屏幕 电池 价格 客服 包装",
        "good": "很好 不错 非常棒 完美 满意 漂亮 舒适 干净",
        "bad": "很差 糟糕 太慢 难吃 很脏 失望 破损 太贵",
        "plain": ["上周{a}{b}。", "我觉得{a}{b}，{c}{d}。", "这家的{a}{b}！", "总的来说{a}{b}，{c}也{d}。"],
        "kinds": {"turned": ["虽然{a}{b}，{c}也{d}，但是最后还是退货了。"],
                  "denied": ["我的{a}一点也不{b}。"],
                  "foreign": "english"},
        "decoy": ["请问{a}{b}吗？"],
    },
}


def sentence(rng, language, form, good):
    """One sentence of a form, with things of the language and what is said of them."""
    words = LANGUAGES[language]
    said = words["good" if good else "bad"].split()
    things = words["thing"].split()
    b = rng.choice(said)
    return form.format(a=rng.choice(things), b=b, B=b.capitalize(), c=rng.choice(things),
                       d=rng.choice(said))


def write(rng, language, kind, good):
    """A text of a kind, None for a plain one."""
    words = LANGUAGES[language]
    form = words["decoy"] if kind == "decoy" else words["kinds"].get(kind)
    if isinstance(form, list):
        return sentence(rng, language, rng.choice(form), good)
    tongue = form if isinstance(form, str) else language
    text = sentence(rng, tongue, rng.choice(LANGUAGES[tongue]["plain"]), good)
    return form(text) if callable(form) else text


def make(language, seed, log, truth):
    """Writes the log and its truth."""
    rng = random.Random(seed)
    kinds = list(LANGUAGES[language]["kinds"])
    clusters = {kind: [] for kind in kinds}
    n_errors = 0
    wrong = {kind: 0 for kind in kinds}
    for i in range(ROWS):
        drawn = rng.random()
        kind = rng.choice(kinds) if drawn < 0.1 else "decoy" if drawn < 0.2 else None
        good = rng.random() < 0.5
        error = rng.random() < (0.6 if kind in clusters else BASE)
        score = rng.uniform(0.6, 0.99) if kind in clusters else rng.uniform(0.9, 0.999)
        names = ("good", "bad") if good else ("bad", "good")
        row = {"id": f"t{i}", "text": write(rng, language, kind, good), "label": names[0],
               "prediction": names[error], "confidence": round(score, 4)}
        log.write(json.dumps(row, ensure_ascii=False) + "\n")
        n_errors += error
        if kind in clusters:
            clusters[kind].append(row["id"])
            wrong[kind] += error
    json.dump({"clusters": {kind: {"planted": True, "ids": ids,
                                   "lift": wrong[kind] / len(ids) / (n_errors / ROWS)}
                            for kind, ids in clusters.items()}}, truth)


def main():
    program, language = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("texts.jsonl", "truth.json")]
        with open(paths[0], "w", encoding="utf-8") as log, \
                open(paths[1], "w", encoding="utf-8") as truth:
            make(language, seed, log, truth)
        return subprocess.run([program] + paths, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
