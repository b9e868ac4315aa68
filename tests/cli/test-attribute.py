#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-attribute.py ERRATA: score, attribute and explain against what can be worked out by hand. TAP."""
import csv
import hashlib
import itertools
import json
import math
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

ERRATA = os.path.abspath(sys.argv[1])
SCRATCH = tempfile.mkdtemp(prefix="errata-attribute-")
ENV = dict(os.environ, ERRATA_CONFIG_DIR=os.path.join(SCRATCH, "config"), LC_ALL="C.UTF-8")
TESTS = []

LOGISTIC = """<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
<DataField name="km" optype="continuous" dataType="double"/><DataField name="age" optype="continuous" dataType="double"/>
<DataField name="y" optype="categorical" dataType="string"><Value value="no"/><Value value="yes"/></DataField></DataDictionary>
<RegressionModel functionName="classification" normalizationMethod="logit"><MiningSchema><MiningField name="km"/>
<MiningField name="age"/><MiningField name="y" usageType="target"/></MiningSchema>
<Output><OutputField name="p_no" optype="continuous" dataType="double" feature="probability" value="no"/>
<OutputField name="p_yes" optype="continuous" dataType="double" feature="probability" value="yes"/></Output>
<RegressionTable intercept="0" targetCategory="yes"><NumericPredictor name="km" coefficient="0.1"/>
<NumericPredictor name="age" coefficient="-0.05"/></RegressionTable>
<RegressionTable intercept="0" targetCategory="no"/></RegressionModel></PMML>"""


def test(function):
    TESTS.append(function)
    return function


def errata(*args):
    return subprocess.run([ERRATA, *args], capture_output=True, text=True, env=ENV, cwd=SCRATCH, timeout=240, check=False)


def path(name, text):
    full = os.path.join(SCRATCH, name)
    with open(full, "w", encoding="utf-8") as out:
        out.write(text)
    return full


def explain(*args):
    done = errata("explain", *args, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def logistic_log(n, cut=0.5, seed=1):
    """rows of the model above that is right three times out of four; predicted from @cut on"""
    numbers = random.Random(seed)
    rows = []
    for i in range(n):
        km, age = round(numbers.uniform(0, 60), 3), round(numbers.uniform(20, 80), 3)
        score = 1 / (1 + math.exp(-(0.1 * km - 0.05 * age)))
        said = "yes" if score >= cut else "no"
        was = said if numbers.random() < 0.75 else {"yes": "no", "no": "yes"}[said]
        rows.append({"id": f"r{i}", "km": km, "age": age, "score": score, "prediction": said, "label": was})
    return rows


def write(name, rows):
    head = list(rows[0])
    return path(name, "\n".join([",".join(head)] + [",".join(str(row[c]) for c in head) for row in rows]) + "\n")


@test
def the_nearest_errors_are_those_of_the_whole_log():
    rows = logistic_log(30000)
    near = explain(path("logit.pmml", LOGISTIC), write("long.csv", rows), "--id", "r29990")["nearest_errors"]
    row, wrong = rows[29990], [r for r in rows if r["prediction"] != r["label"] and r["id"] != "r29990"]
    assert len(wrong) > 6000
    # both columns are spread alike, so that the order hardly depends on which rows tell how far
    scale = {"km": 15.0, "age": 15.0}
    wrong.sort(key=lambda r: sum(abs(r[c] - row[c]) / scale[c] for c in scale))
    assert len({e["id"] for e in near} & {r["id"] for r in wrong[:6]}) >= 4, (near, wrong[:6])


@test
def a_change_takes_the_row_across_the_cut_of_the_log():
    rows = logistic_log(3000, cut=0.2)
    model, log = path("logit.pmml", LOGISTIC), write("cut.csv", rows)
    for i in range(5, 60, 9):
        row = rows[i]
        found = explain(model, log, "--id", row["id"])["counterfactual"]
        changed = dict(row)
        for change in found["changes"]:
            changed[change["feature"]] = float(change["to"])
        score = 1 / (1 + math.exp(-(0.1 * changed["km"] - 0.05 * changed["age"])))
        assert (score >= 0.2) != (row["score"] >= 0.2), (row, found)


def loss_game(formula, row, others, columns, truth):
    """Shapley values of the log-loss by their definition: mixtures of a row with each of the others"""
    def value(known):
        p = [formula([row[c] if c in known else other[c] for c in columns]) for other in others]
        return sum(-math.log(x if truth else 1 - x) for x in p) / len(p)
    shares = {}
    for column in columns:
        rest = [c for c in columns if c != column]
        shares[column] = sum(
            math.factorial(k) * math.factorial(len(rest) - k) / math.factorial(len(columns)) *
            (value(set(some) | {column}) - value(set(some)))
            for k in range(len(rest) + 1) for some in itertools.combinations(rest, k))
    return value(set()), shares


@test
def the_loss_of_a_row_is_shared_out_exactly():
    rows = logistic_log(90, seed=4)  # fewer than are drawn of a log: all of them are the background
    model, log = path("logit.pmml", LOGISTIC), write("loss.csv", rows)
    for row in rows[3:8]:
        loss = explain(model, log, "--id", row["id"])["loss"]
        bias, shares = loss_game(lambda x: 1 / (1 + math.exp(-(0.1 * x[0] - 0.05 * x[1]))), row, rows,
                                 ["km", "age"], row["label"] == "yes")
        assert loss["exact"] and loss["name"] == "log-loss" and loss["label"] == row["label"], loss
        assert abs(loss["bias"] - bias) < 1e-9 and loss["additivity"] < 1e-9, (loss, bias)
        p = row["score"] if row["label"] == "yes" else 1 - row["score"]
        assert abs(loss["loss"] + math.log(p)) < 1e-9, (loss, row)
        for feature in loss["features"]:
            assert abs(feature["share"] - shares[feature["feature"]]) < 1e-9, (loss, shares)
    text = errata("explain", model, log, "--id", "r3").stdout
    assert "What its log-loss comes from, the label being" in text and "exact, by all combinations" in text, text
    bare = errata("explain", model, log, "--row", '{"km": 3, "age": 40}').stdout
    assert "What its loss comes from is not known: the row has no label" in bare, bare


@test
def splits_of_no_training_row_are_weighed_by_the_log():
    """an oblivious tree has the same split on both sides of another, and on one of them no row may have been"""
    borders, leaves, weights = [0.5, -0.25], [1.0, -2.0, 4.0, 0.5], [13, 30, 0, 0]
    model = {"features_info": {"float_features": [{"feature_index": i, "flat_feature_index": i, "feature_id": name, "borders": [borders[i]],
                                                   "has_nans": False, "nan_value_treatment": "AsIs"} for i, name in enumerate("ab")]},
             "oblivious_trees": [{"leaf_values": leaves, "leaf_weights": weights, "splits": [
                 {"split_type": "FloatFeature", "float_feature_index": i, "border": borders[i]} for i in (1, 0)]}],
             "scale_and_bias": [1, [0.25]], "model_info": {"params": {"loss_function": {"type": "Logloss"}}}}

    def margin(row):
        return 0.25 + leaves[(row[1] > borders[1]) + 2 * (row[0] > borders[0])]

    numbers = random.Random(3)
    rows = [(round(numbers.uniform(-1, 2), 3), round(numbers.uniform(-2, 2), 3)) for _ in range(12)]
    model = path("empty.json", json.dumps(model))
    log = write("empty.csv", [{"a": a, "b": b} for a, b in rows])
    out = os.path.join(SCRATCH, "empty.out")
    done = errata("attribute", model, log, "-o", out)
    assert done.returncode == 0, done.stderr
    with open(out, encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    for row, got in zip(rows, told):
        shares = [0.0, 0.0]
        for other in rows:
            both, none = margin(row), margin(other)
            first, second = margin((row[0], other[1])), margin((other[0], row[1]))
            shares[0] += ((first - none) + (both - second)) / 2 / len(rows)
            shares[1] += ((second - none) + (both - first)) / 2 / len(rows)
        assert all(abs(float(got[name]) - share) < 1e-12 for name, share in zip("ab", shares)), (got, shares)
    done = errata("attribute", model, log, "--interactions", "-o", out)
    assert done.returncode == 0, done.stderr
    many = [(round(numbers.uniform(-1, 2), 3), round(numbers.uniform(-2, 2), 3)) for _ in range(400)]
    scores = [1 / (1 + math.exp(-margin(row))) for row in many]
    log = write("empty-log.csv", [{"a": a, "b": b, "score": p, "prediction": int(p > 0.5), "label": int(numbers.random() < p)}
                                  for (a, b), p in zip(many, scores)])
    shares = report(log, model, "empty")["attribution"]
    assert shares["source"] == "model" and "background rows" in shares["method"], shares


@test
def a_sum_over_features_is_compared_with_a_thousand_rows():
    rows = logistic_log(700, seed=5)  # more than are drawn where each costs time
    model, log = path("logit.pmml", LOGISTIC), write("sum.csv", rows)
    done = errata("attribute", model, log)
    assert done.returncode == 0, done.stderr
    assert "700 of the 700 rows" in done.stderr, done.stderr
    for row, share in zip(rows, csv.DictReader(done.stdout.splitlines())):
        for name, weight in (("km", -0.1), ("age", 0.05)):  # of "no"
            exact = weight * (row[name] - sum(r[name] for r in rows) / len(rows))
            assert abs(float(share[name]) - exact) < 1e-9, (name, share, exact)


def report(log, model, name, *options):
    done = errata("analyze", log, *options, "--model", model, "-o", os.path.join(SCRATCH, name), "--quiet", "--format", "json")
    assert done.returncode == 0, done.stderr
    with open(os.path.join(SCRATCH, name, "report.json"), encoding="utf-8") as source:
        return json.load(source)


def two_driven_forest(n_features, n_trees):
    """trees that ask for the first two features only"""
    trees = []
    for i in range(n_trees):
        at = [0.1 + 0.8 * (i % 17) / 17, 0.1 + 0.8 * (i % 13) / 13]
        trees.append({"tree_param": {"num_nodes": "5", "size_leaf_vector": "1"},
                      "left_children": [1, 3, -1, -1, -1], "right_children": [2, 4, -1, -1, -1],
                      "split_indices": [0, 1, 0, 0, 0], "default_left": [1, 0, 0, 0, 0],
                      "split_conditions": [at[0], at[1], 6.0 / n_trees, -6.0 / n_trees, 3.0 / n_trees],
                      "sum_hessian": [10.0, 6.0, 4.0, 2.0, 4.0], "base_weights": [0.0] * 5})
    model = {"gbtree_model_param": {"num_trees": str(n_trees), "num_parallel_tree": "1"},
             "tree_info": [0] * n_trees, "trees": trees}
    learner = {"feature_names": [f"x{i}" for i in range(n_features)], "feature_types": ["float"] * n_features,
               "attributes": {}, "gradient_booster": {"name": "gbtree", "model": model},
               "learner_model_param": {"base_score": "5E-1", "num_class": "0", "num_target": "1",
                                       "num_feature": str(n_features)},
               "objective": {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}}}
    return json.dumps({"learner": learner, "version": [1, 7, 4]})


def forest_log(name, model, n, columns, wrong, change=None):
    """rows that @model scores, of which about @wrong are mislabelled by chance"""
    numbers = random.Random(5)
    rows = [{f"x{c}": f"{numbers.random():.4f}" for c in range(columns)} for _ in range(n)]
    for i, row in enumerate(rows):
        if change is not None:
            change(i, row)
    done = errata("score", model, write("inputs.csv", rows))
    assert done.returncode == 0, done.stderr
    head = done.stdout.splitlines()[0].split(",")
    for i, line in enumerate(done.stdout.splitlines()[1:]):
        score = float(line.split(",")[head.index("probability(1)")])
        rows[i].update(id=f"r{i}", score=score, prediction=int(score >= 0.5))
        rows[i]["label"] = rows[i]["prediction"] ^ (numbers.random() < wrong)
    return write(name, rows)


@test
def rows_are_exchanged_for_what_the_model_asks_for_only():
    model = path("forest.json", two_driven_forest(200, 500))
    attribution = report(forest_log("forest.csv", model, 1500, 200, 0.2), model, "out-forest")["attribution"]
    assert attribution["source"] == "model" and attribution["permuted"] >= 800, attribution["permuted"]
    for feature in attribution["global"]:
        driven = feature["feature"] in ("x0", "x1")
        assert (feature["permutation"] > 0) == driven and (driven or feature["permutation_ci"] == [0, 0]), feature


@test
def a_loss_that_is_not_shared_out_says_why():
    model = path("forest.json", two_driven_forest(4, 60))
    got = report(forest_log("right.csv", model, 1500, 4, 0.003), model, "out-right")
    assert got["attribution"]["source"] == "model", got["attribution"]
    assert "loss of errors was not shared out: the log has too few errors" in json.dumps(got["method"]), got["method"]


@test
def what_adds_to_the_loss_is_tested_by_sign_flips():
    """errors are those of rows with a high x0 only: a p out of drawn signs is never below one over their number"""
    model = path("forest.json", two_driven_forest(3, 60))
    rows = list(csv.DictReader(open(forest_log("pushed.csv", model, 2500, 3, 0.0), encoding="utf-8")))
    numbers = random.Random(9)
    for row in rows:
        row["label"] = int(row["prediction"]) ^ (numbers.random() < (0.4 if float(row["x0"]) > 0.6 else 0.05))
    got = report(write("pushed.csv", rows), model, "out-pushed")
    cited = [e for e in got["evidence"].values() if "adds to the loss" in e["what"]]
    assert cited, sorted(e["what"] for e in got["evidence"].values())
    for evidence in cited:
        drawn = re.fullmatch(r"sign flips, (all )?([0-9,]+)", evidence["test"])
        assert drawn, evidence
        n = int(drawn[2].replace(",", ""))
        assert (drawn[1] and n <= 2**15) or n >= 9999, evidence
        assert 1 / (n + 1) - 1e-12 <= evidence["p"] <= evidence["q"] < 0.01, evidence
    assert "flipping which of a pair is the error" in json.dumps(got["method"]), got["method"]


@test
def errors_of_one_entity_are_flipped_together():
    """each row ten times over: as rows of one user they say no more than one row does"""
    model = path("forest.json", two_driven_forest(3, 60))
    with open(forest_log("users.csv", model, 300, 3, 0.25), encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    rows = [dict(r, id=f"{r['id']}-{k}", user=f"u{r['id']}") for k in range(10) for r in rows]
    config = path("users.conf", "[analysis]\nentity=user\n")
    wide = report(write("users.csv", rows), model, "out-users", "--config", config)["attribution"]["global"]
    for row in rows:
        del row["user"]
    narrow = report(write("nobody.csv", rows), model, "out-nobody")["attribution"]["global"]
    for feature in wide[:2]:
        low, high = feature["loss_on_errors_ci"]
        apart = next(f for f in narrow if f["feature"] == feature["feature"])["loss_on_errors_ci"]
        assert high - low > 2 * (apart[1] - apart[0]) > 0, (feature, apart)


@test
def accumulated_effects_are_those_of_all_the_log():
    """x0 is worth 12 below the low x1 of the first 600 rows, and 3 below the high one of the others"""
    model = path("forest.json", two_driven_forest(4, 60))
    log = forest_log("halves.csv", model, 1100, 4, 0.2, lambda i, row: row.update(x1="0.01" if i < 600 else "0.99"))
    figures = report(log, model, "out-halves")["attribution"]["figures"]
    figure = next(f for f in figures if f["id"].startswith("dependence") and f["title"] == "x0")
    effect = next(s for s in figure["series"] if "ALE" in s["label"])["y"]
    assert 7.4 < max(effect) - min(effect) < 8.4, effect


@test
def sizes_have_intervals_and_rows_their_weights():
    """mean sizes and losses against what attribute says of each row, weighted, and the interval of a mean"""
    model = path("forest.json", two_driven_forest(3, 60))
    log = forest_log("weighted.csv", model, 900, 3, 0.2, lambda i, row: row.update(weight=str(1 + 9 * (i % 3 == 0))))
    got = report(log, model, "out-weighted", "--role", "weight=weight")
    done = errata("attribute", model, log)
    assert done.returncode == 0, done.stderr
    with open(log, encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    shares = list(csv.DictReader(done.stdout.splitlines()))
    assert got["attribution"]["n"] == len(rows) == len(shares)
    for feature in got["attribution"]["global"]:
        for key, keep in (("mean_abs", lambda r: True), ("mean_abs_errors", lambda r: r["label"] != r["prediction"]),
                          ("mean_abs_correct", lambda r: r["label"] == r["prediction"])):
            size = [(float(r["weight"]), abs(float(s[feature["feature"]]))) for r, s in zip(rows, shares) if keep(r)]
            whole = sum(w for w, _ in size)
            mean = sum(w * s for w, s in size) / whole
            error = math.sqrt(sum((w * (s - mean)) ** 2 for w, s in size)) / whole
            assert abs(feature[key] - mean) <= 1e-5 * mean, (feature, key, mean)
            low, high = feature[key + "_ci"]
            if mean == 0:
                assert (low, high) == (0, 0), (feature, key)
                continue
            half = 1.96 * error / mean
            assert abs(math.log(high / low) - 2 * half) <= 0.01 * 2 * half, (feature, key, error)
    if got["attribution"]["permuted"] == len(rows):
        loss = [(float(r["weight"]), -math.log(float(r["score"]) if r["label"] == "1" else 1 - float(r["score"])))
                for r in rows]
        mean = sum(w * s for w, s in loss) / sum(w for w, _ in loss)
        assert abs(got["attribution"]["mean_loss"] - mean) < 1e-4, (got["attribution"]["mean_loss"], mean)
    method = json.dumps(got["method"])
    assert "weighted by the declared row weights" in method and "900 rows 5 times" in method, method
    assert got["attribution"]["loss_additivity"] < 1e-9 and "add up to its loss within" in method, method


@test
def accumulated_effects_have_forty_bins_and_are_centred():
    model = path("forest.json", two_driven_forest(4, 60))
    figures = report(forest_log("forty.csv", model, 1600, 4, 0.2), model, "out-forty")["attribution"]["figures"]
    figure = next(f for f in figures if f["id"].startswith("dependence") and f["title"] == "x0")
    effect = next(s for s in figure["series"] if "ALE" in s["label"])["y"]
    assert len(effect) == 41, len(effect)
    assert abs(sum(a + b for a, b in zip(effect, effect[1:])) / 80) < 0.02 * (max(effect) - min(effect)), effect


CITIES = {"rome": 1.0, "oslo": -0.5, "lima": 0.25, "bern": 2.0}


def city_log(n):
    """the model above with a city in place of the age; people of some cities drive more"""
    numbers = random.Random(8)
    rows = []
    for i in range(n):
        city = numbers.choice(list(CITIES))
        km = round(numbers.uniform(0, 20) + 5 * list(CITIES).index(city), 3)
        score = 1 / (1 + math.exp(-(0.1 * km + CITIES[city] - 3)))
        rows.append({"id": f"r{i}", "km": km, "city": city, "score": score, "prediction": "yes" if score >= 0.5 else "no",
                     "label": "yes" if numbers.random() < score else "no"})
    return rows


@test
def what_a_name_alone_does_is_drawn():
    """of a sum over features it is the coefficient of the name, less the mean over the rows"""
    tables = "".join(f'<CategoricalPredictor name="city" value="{c}" coefficient="{w}"/>' for c, w in CITIES.items())
    model = LOGISTIC.replace('<NumericPredictor name="age" coefficient="-0.05"/>', tables).replace(
        'intercept="0" targetCategory="yes"', 'intercept="-3" targetCategory="yes"').replace(
        '<DataField name="age" optype="continuous" dataType="double"/>',
        '<DataField name="city" optype="categorical" dataType="string"/>').replace("age", "city")
    rows = city_log(1800)
    got = report(write("cities.csv", rows), path("cities.pmml", model), "out-cities")["attribution"]
    figure = next(f for f in got["figures"] if f["id"].startswith("effect-"))
    assert figure["title"] == "city" and "ALE" in figure["note"], figure
    assert figure["y_label"] == "share of the log odds of no", figure  # the model's second class
    mean = sum(CITIES[r["city"]] for r in rows) / len(rows)
    assert [s["label"] for s in figure["series"]] == sorted(CITIES, key=CITIES.get), figure
    for series in figure["series"]:
        assert abs(series["y"][0] - (mean - CITIES[series["label"]])) < 1e-6, (series, mean)
        assert series["lo"][0] < series["y"][0] < series["hi"][0] < series["y"][0] + 0.2, series


COMPLAINTS = ["refund never arrived", "card was charged twice", "app is slow today", "love the new app", "great help thanks",
              "charged twice no refund", "thanks for the quick refund", "slow slow app", "new card works great", "never again"]


def complaint_log(n, wrong):
    """texts of two or three of the above, with what a linear model behind tf-idf says of them; or None without sklearn"""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer  # pylint: disable=import-outside-toplevel
        from sklearn.linear_model import LogisticRegression  # pylint: disable=import-outside-toplevel
        from sklearn.pipeline import make_pipeline  # pylint: disable=import-outside-toplevel
    except ImportError:
        return None, None
    numbers = random.Random(12)
    texts = [" ".join(numbers.choice(COMPLAINTS) for _ in range(numbers.choice([2, 3]))) for _ in range(n)]
    bad = [int(t.count("refund") + t.count("charged") + t.count("never") + t.count("slow") + numbers.random() > 1.9) for t in texts]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, bad)
    rows = []
    for i, (text, p) in enumerate(zip(texts, model.predict_proba(texts)[:, 1])):
        said = int(p >= 0.5)
        rows.append({"id": f"r{i}", "text": text, "score": p, "prediction": said, "label": said ^ wrong(text, numbers)})
    return model, rows


def save(name, model):
    with open(os.path.join(SCRATCH, name), "wb") as out:
        pickle.dump(model, out)
    return os.path.join(SCRATCH, name)


@test
def the_words_of_a_text_add_up_to_its_share():
    """weight times tf-idf, less the mean of that over the background, which here is the whole log"""
    model, rows = complaint_log(95, lambda text, numbers: numbers.random() < 0.1)
    if model is None:
        return
    values = model[0].transform([r["text"] for r in rows]).toarray()
    mean = values.mean(axis=0)
    column = model[0].vocabulary_
    file, log = save("words.pkl", model), write("words.csv", rows)
    for i in range(3, 90, 17):
        group = explain(file, log, "--id", f"r{i}")["attribution"][0]
        told = group["words"][0]
        shares = model[1].coef_[0] * (values[i] - mean)
        assert abs(told["share"] - shares.sum()) < 1e-9 and abs(group["features"][0]["share"] - shares.sum()) < 1e-9, told
        assert {w["word"] for w in told["words"]} == {w for w in column if values[i][column[w]] > 0}, told
        for word in told["words"]:
            assert abs(word["share"] - shares[column[word["word"]]]) < 1e-9, (word, shares[column[word["word"]]])
        assert abs(told["absent"] - shares[values[i] == 0].sum()) < 1e-9 and told["n_others"] == 0, told
    assert "The words of text, which its share is made of" in errata("explain", file, log, "--id", "r3").stdout


@test
def probabilities_are_shared_out_as_log_odds_and_called_so():
    from sklearn.ensemble import VotingClassifier  # pylint: disable=import-outside-toplevel
    from sklearn.linear_model import LogisticRegression  # pylint: disable=import-outside-toplevel
    numbers = random.Random(5)
    rows = [[numbers.gauss(0, 1), numbers.gauss(0, 1)] for _ in range(60)]
    vote = VotingClassifier([("one", LogisticRegression()), ("other", LogisticRegression(C=0.1))], voting="soft")
    model = save("vote.pkl", vote.fit(rows, [int(a > 0.3 * b) for a, b in rows]))
    done = errata("attribute", model, write("vote.csv", [{"a": a, "b": b} for a, b in rows]), "-o", os.path.join(SCRATCH, "vote.out"))
    assert done.returncode == 0 and "of the log odds" in done.stderr and "margin" not in done.stderr, done.stderr


@test
def the_words_of_a_naive_model_have_a_share_of_each_class():
    model, rows = complaint_log(95, lambda text, numbers: numbers.random() < 0.1)
    if model is None:
        return
    from sklearn.feature_extraction.text import CountVectorizer  # pylint: disable=import-outside-toplevel
    from sklearn.naive_bayes import MultinomialNB  # pylint: disable=import-outside-toplevel
    from sklearn.pipeline import make_pipeline  # pylint: disable=import-outside-toplevel
    texts = [r["text"] for r in rows]
    model = make_pipeline(CountVectorizer(), MultinomialNB()).fit(texts, [r["label"] for r in rows])
    values = model[0].transform(texts).toarray()
    groups = explain(save("naive.pkl", model), write("naive.csv", rows), "--id", "r9")["attribution"]
    assert len(groups) == 2, groups
    for group, weight in zip(groups, model[1].feature_log_prob_):
        shares = weight * (values[9] - values.mean(axis=0))
        told = group["words"][0]
        assert abs(told["share"] - shares.sum()) < 1e-9 and told["words"], told
        for word in told["words"]:
            assert abs(word["share"] - shares[model[0].vocabulary_[word["word"]]]) < 1e-9, word


@test
def the_words_that_errors_lose_by_are_told():
    """good texts with “help” in them are labelled bad: the model is wrong there through words that speak for good"""
    model, rows = complaint_log(2500, lambda text, numbers: "help" in text and numbers.random() < 0.7 and
                                not any(bad in text for bad in ("refund", "charged", "never", "slow")))
    if model is None:
        return
    got = report(write("help.csv", rows), save("help.pkl", model), "out-help")
    figure = next(f for f in got["attribution"]["figures"] if f["id"] == "loss-words")
    words = [s["label"] for s in figure["series"]]
    weight = dict(zip(sorted(model[0].vocabulary_, key=model[0].vocabulary_.get), model[1].coef_[0]))
    assert words and all(s["lo"][0] > 0 for s in figure["series"]), figure
    assert "help" in words[:3] and all(weight[w] < 0 for w in words), (words, weight)
    evidence = [e for e in got["evidence"].values() if "first of these words" in e["what"]]
    assert len(evidence) == 1 and evidence[0]["q"] < 0.01 and "sign flips" in evidence[0]["test"], evidence
    text = got["attribution"]["rationale"]["text"]
    assert re.search("Of the words in the texts of errors, .*“help”.* cost most", text), text


@test
def a_model_in_an_archive_has_a_digest_of_its_own():
    log, model = write("packed.csv", logistic_log(900)), path("packed.pmml", LOGISTIC)
    archive = os.path.join(SCRATCH, "packed.zip")
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(log, "packed.csv")
        packed.write(model, "packed.pmml")
    done = errata("analyze", archive, "-o", os.path.join(SCRATCH, "out-packed"), "--quiet", "--format", "json")
    assert done.returncode == 0, done.stderr
    with open(os.path.join(SCRATCH, "out-packed", "report.json"), encoding="utf-8") as source:
        run = json.load(source)["run"]
    digests = []
    for file in archive, model:
        with open(file, "rb") as source:
            digests.append(hashlib.sha256(source.read()).hexdigest())
    assert run["model"]["path"].endswith("packed.zip/packed.pmml"), run["model"]
    assert [run["inputs"][0]["sha256"], run["model"]["sha256"]] == digests, run


@test
def a_logged_base_value_is_held_against_the_sums():
    model = path("forest.json", two_driven_forest(4, 60))
    done = errata("score", model, forest_log("shared.csv", model, 900, 4, 0.2))
    head = done.stdout.splitlines()[0].split(",")
    margins = [float(line.split(",")[head.index("margin")]) for line in done.stdout.splitlines()[1:]]
    with open(os.path.join(SCRATCH, "shared.csv"), encoding="utf-8") as source:
        lines = source.read().splitlines()
    for base in 0.25, 1.25:
        told = path("told.csv", "\n".join([lines[0] + ",shap_x0,shap_x1,shap_base_value"] + [
            f"{line},{m - 0.35:.6f},0.1,{base}" for line, m in zip(lines[1:], margins)]) + "\n")
        done = errata("analyze", told, "-o", os.path.join(SCRATCH, "out-told"), "--format", "json")
        assert done.returncode == 0, done.stderr
        with open(os.path.join(SCRATCH, "out-told", "report.json"), encoding="utf-8") as source:
            got = source.read()
        assert ("from a base value of 0.25 on, and not from that of the log: shap_base_value is 1.25" in got) == (base > 1), base


def dated(rows):
    for i, row in enumerate(rows):
        row.update(day=f"2026-01-{1 + i * 7 % 28:02d}", share=f"{i * 13 % 100}%")
    return rows


def table_of(*args):
    done = errata(*args)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr


@test
def a_condition_chooses_the_rows_that_a_model_runs_over():
    """the lines of a condition are those of the whole table, whatever types it needs"""
    rows = dated(logistic_log(40000))
    model, log = path("logit.pmml", LOGISTIC), write("dated.csv", rows)
    by_hand = (("day < 2026-01-03 and not error", lambda i, r: r["day"] < "2026-01-03" and r["prediction"] == r["label"]),
               ("row in (0, 16383, 16384, 39999)", lambda i, r: i in (0, 16383, 16384, 39999)),
               ("share >= 50% or km > 59.9", lambda i, r: int(r["share"][:-1]) >= 50 or r["km"] > 59.9))
    for verb in ["score", model, log], ["attribute", model, log], ["attribute", model, log, "--output", "probability"]:
        everything, _ = table_of(*verb)
        assert len(everything) == 40001
        for where, want in by_hand:
            chosen, told = table_of(*verb, "--where", where)
            assert chosen[0] == "row,id," + everything[0], (verb, where)
            assert chosen[1:] == [f"{i},{r['id']}," + everything[1 + i] for i, r in enumerate(rows) if want(i, r)], (verb, where)
            assert f"holds for {len(chosen) - 1:,} of the 40,000 rows" in told, told
    forest = path("forest.json", two_driven_forest(3, 60))
    log = forest_log("pairs.csv", forest, 900, 3, 0.2)
    everything, _ = table_of("attribute", forest, log, "--interactions")
    chosen, _ = table_of("attribute", forest, log, "--interactions", "--where", "x0 > 0.9 and error")
    numbers = {line.split(",")[0] for line in chosen[1:]}
    assert 2 < len(numbers) < 100 and chosen == [l for l in everything if l.split(",")[0] in numbers | {"row"}], numbers
    log = write("alone.csv", rows[:3000])
    everything, _ = table_of("attribute", log)
    chosen, _ = table_of("attribute", log, "--where", "km < 3")
    assert chosen[1:] == [f"{i},{r['id']}," + everything[1 + i] for i, r in enumerate(rows[:3000]) if r["km"] < 3]


@test
def a_condition_chooses_the_row_that_is_explained():
    rows = dated(logistic_log(3000))
    model, log = path("logit.pmml", LOGISTIC), write("few.csv", rows)
    first = next(r["id"] for r in rows if r["prediction"] != r["label"] and r["km"] > 40)
    for given in [model, log], [log]:
        assert explain(*given, "--where", "error and km > 40") == explain(*given, "--id", first)
    done = errata("explain", model, log, "--where", "error and km > 40")
    assert f"the first of them is explained: row {first[1:]}" in done.stderr, done.stderr
    assert explain(model, log, "--where", "id = r17")["row"] == 17
    done = errata("explain", model, "--where", "km > 40")
    assert done.returncode == 2 and "looked up in a log" in done.stderr, done.stderr
    done = errata("explain", model, log, "--id", "r17", "--where", "km > 40")
    assert done.returncode == 2 and "needs one of --row, --id and --where" in done.stderr, done.stderr


@test
def a_condition_that_cannot_be_is_told_with_its_place():
    model, log = path("logit.pmml", LOGISTIC), write("none.csv", logistic_log(300))
    for verb in "score", "attribute", "explain":
        for where, code, message in (("km >", 2, "--where “km >”: character 5: expected a value after >"),
                                     ("kn > 3", 2, "--where “kn > 3”: character 1: there is no column “kn”; did you mean “km”"),
                                     ("km > 99", 4, "km > 99 holds for none of the 300 rows")):
            out = os.path.join(SCRATCH, "none-out.csv")
            done = errata(verb, model, log, "--where", where, *(["-o", out] if verb != "explain" else []))
            assert done.returncode == code and message in done.stderr and done.stdout == "", (verb, where, done)
            assert not os.path.exists(out)


@test
def what_is_read_is_not_written_over():
    model, log = path("kept.pmml", LOGISTIC), write("kept.csv", logistic_log(300))
    link = os.path.join(SCRATCH, "kept-link.csv")
    os.link(log, link)
    for verb in "score", "attribute":
        for out in model, log, link:
            before = open(out, "rb").read()
            done = errata(verb, model, log, "-o", out)
            assert done.returncode == 2 and f"-o {out}: is what is read, and would be lost" in done.stderr, done
            assert open(out, "rb").read() == before


@test
def the_condition_of_analyses_is_not_that_of_a_model():
    model, log = path("logit.pmml", LOGISTIC), write("conf.csv", logistic_log(300))
    conf = os.path.join(ENV["ERRATA_CONFIG_DIR"], "errata.conf")
    with open(conf, "w", encoding="utf-8") as out:
        out.write("[analysis]\nwhere=km > 50\n")
    try:
        assert len(table_of("score", model, log)[0]) == 301
        assert 1 < len(table_of("score", model, log, "--where", "km > 10")[0]) == 1 + sum(
            r["km"] > 10 for r in logistic_log(300)) < 301
    finally:
        os.unlink(conf)


@test
def explain_leaves_what_a_given_configuration_calls_immutable():
    rows = logistic_log(300)
    model, log = path("immutable.pmml", LOGISTIC), write("immutable.csv", rows)

    def changed(*more):
        got = explain(model, log, "--id", "r3", *more)
        return {change["feature"] for change in (got["counterfactual"] or {"changes": []})["changes"]}

    free = changed()
    assert free, "nothing would change it"
    conf = path("immutable.conf", f"[analysis]\nimmutable={';'.join(free)}\n")
    assert not free & changed("--config", conf), free
    assert errata("explain", model, log, "--id", "r3", "--config", conf + ".none").returncode == 2


def main():
    failed = 0
    os.makedirs(ENV["ERRATA_CONFIG_DIR"], exist_ok=True)
    print(f"1..{len(TESTS)}")
    for number, function in enumerate(TESTS, 1):
        try:
            function()
            print(f"ok {number} {function.__name__}")
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {function.__name__}")
            print("# " + repr(problem).replace("\n", "\n# ")[:2000])
        sys.stdout.flush()
    shutil.rmtree(SCRATCH, ignore_errors=True)
    sys.exit(1 if failed else 0)


main()
