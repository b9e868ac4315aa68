#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-models.py ERRATA FOLDER: models that are broken or mean harm, as inspect, score and analyze --model meet
them: no crash, no hang, nothing of them is run, and an error that names the file. The files are made here; those of
FOLDER (its INDEX.tsv says what is expected) are read too where they are. TAP."""
import csv
import io
import json
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
import types
import zipfile
import zlib

ERRATA, FOLDER = os.path.abspath(sys.argv[1]), sys.argv[2]
SECONDS = 60  # sanitizers are slow
SCRATCH = tempfile.TemporaryDirectory(prefix="errata-hostile-")
MARKER = os.path.join(SCRATCH.name, "RUN")
ROWS = os.path.join(SCRATCH.name, "rows.csv")


class Payload:
    def __init__(self, call, *arguments):
        self.call = (call, arguments)

    def __reduce__(self):
        return self.call


def packed(pack, *members):
    out = io.BytesIO()
    with pack(out) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def zipped(*members):
    return packed(lambda out: zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED), *members)


def tarred(name, kind=tarfile.REGTYPE, link="", data=b""):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for entry, entry_kind in ((name, kind), ("model.json", tarfile.REGTYPE)):
            info = tarfile.TarInfo(entry)
            info.type, info.linkname, info.size = entry_kind, link if entry == name else "", len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def made():
    """name → bytes, exit code of inspect, exit code of analyze --model"""
    touch = Payload(os.system, f"touch {MARKER}")
    files = {}
    for protocol in range(6):
        files[f"system-p{protocol}.pkl"] = pickle.dumps(touch, protocol), 4, 0
    files["eval.pkl"] = pickle.dumps([1, {"a": Payload(eval, f"open('{MARKER}', 'w')")}]), 4, 0
    files["popen.pkl"] = pickle.dumps(Payload(subprocess.Popen, ["touch", MARKER])), 4, 0
    files["packed.joblib"] = zlib.compress(pickle.dumps(touch)), 4, 0
    files["pickle.zip"] = zipped(("model.pkl", pickle.dumps(touch))), 4, 0
    files["torch.pt"] = zipped(("m/data.pkl", pickle.dumps(touch, 2)), ("m/version", "3\n")), 4, 0
    mlmodel = "flavors:\n  sklearn:\n    pickled_model: model.pkl\n"
    files["mlflow.zip"] = zipped(("MLmodel", mlmodel), ("model.pkl", pickle.dumps(touch))), 4, 0
    files["tag.zip"] = zipped(("MLmodel", f"a: !!python/object/apply:os.system ['touch {MARKER}']\n")), 4, 0
    files["laughs.zip"] = zipped(("MLmodel", "a: &a [x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefghi", "bcdefghij")))), 0, 0
    files["deep.zip"] = zipped(("MLmodel", "[" * 1000000)), 4, 4
    files["handler.mar"] = zipped(("MAR-INF/MANIFEST.json", '{"model": {"handler": "h.py", "serializedFile": "m"}}'),
                                  ("h.py", f"import os\nos.system('touch {MARKER}')\n"), ("m", "\0\1\2")), 0, 0
    files["manifest.mar"] = zipped(("MAR-INF/MANIFEST.json", '{"model": '), ("m", "x")), 4, 4
    files["slip.zip"] = zipped(("../../RUN", "x"), ("model.json", "{}")), 4, 4
    files["absolute.tar"] = tarred(MARKER, data=b"x"), 4, 4
    files["symlink.tar"] = tarred("link", tarfile.SYMTYPE, MARKER), 4, 4
    files["hardlink.tar"] = tarred("link", tarfile.LNKTYPE, "/etc/passwd"), 4, 4
    files["device.tar"] = tarred("zero", tarfile.CHRTYPE), 4, 4
    files["nested.json"] = b'{"learner":' * 1000000, 4, 4
    files["cut.json"] = b'{"learner":{"attributes":{},"gradient_booster":{"model":{', 4, 4
    files["huge.safetensors"] = (b'\x40\0\0\0\0\0\0\0{"a":{"dtype":"F32","shape":[1152921504606846976],'
                                 b'"data_offsets":[0,8]}}      \0\0\0\0\0\0\0\0'), 4, 4
    files["xxe.pmml"] = (b'<?xml version="1.0"?><!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                         b'<PMML version="4.4"><Header>&x;</Header></PMML>'), 4, 4
    files["elements.pmml"] = b'<PMML version="4.4">' + b"<Extension>" * 1000000, 4, 4
    files["empty.zip"] = zipped(), 4, None
    files["words.txt"] = b"no model at all\n" * 50, None, 4
    return files


def doubled():
    """pipelines, without scikit-learn: forty that each hold the one before twice, with 2^40 ways through them"""
    module = types.ModuleType("sklearn.pipeline")
    kind = type("Pipeline", (), {"__module__": "sklearn.pipeline"})
    module.Pipeline = kind
    sys.modules.setdefault("sklearn", types.ModuleType("sklearn"))
    sys.modules["sklearn.pipeline"] = module
    it = None
    for _ in range(40):
        outer = kind()
        vars(outer).update({"n_features_in_": 2, "steps": [("a", it), ("b", it)]})
        it = outer
    return pickle.dumps(it)


def pmml(fields, body, rest=""):
    return (f'<PMML version="4.4"><DataDictionary>{fields}<DataField name="y" optype="categorical" '
            f'dataType="string"/></DataDictionary>{rest}{body}</PMML>').encode()


def replaced():
    """a text that grows tenfold in each of thirty fields"""
    fields = "".join(
        f'<DerivedField name="d{i}" optype="categorical" dataType="string"><Apply function="replace">'
        f'<FieldRef field="{f"d{i - 1}" if i else "a"}"/><Constant>.</Constant><Constant>xxxxxxxxxx</Constant>'
        '</Apply></DerivedField>' for i in range(30))
    return pmml('<DataField name="a" optype="categorical" dataType="string"/>',
                '<RegressionModel functionName="regression"><MiningSchema><MiningField name="a"/></MiningSchema>'
                '<RegressionTable intercept="1"><CategoricalPredictor name="d29" value="q" coefficient="1"/>'
                '</RegressionTable></RegressionModel>',
                f'<TransformationDictionary>{fields}</TransformationDictionary>')


def neighbours(n):
    names = [f"x{i}" for i in range(n)]
    def each(form):
        return "".join(form % name for name in names)
    number = '<DataField name="%s" optype="continuous" dataType="double"/>'
    return pmml(each(number),
                '<NearestNeighborModel numberOfNeighbors="1" functionName="regression"><MiningSchema>' +
                each('<MiningField name="%s"/>') + '<MiningField name="y" usageType="target"/></MiningSchema>'
                '<ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><KNNInputs>' +
                each('<KNNInput field="%s"/>') + '</KNNInputs><TrainingInstances><InstanceFields>' +
                each('<InstanceField field="%s"/>') + '<InstanceField field="y"/></InstanceFields><InlineTable>' +
                "<row><y>1</y></row>" * 200 + "</InlineTable></TrainingInstances></NearestNeighborModel>")


def overlapping(n):
    """an XGBoost tree whose splits all read the same long list of categories"""
    inner, none = list(range(n)), [-1] * (n + 1)
    tree = {"categories": list(range(1000)) * 50, "categories_nodes": inner, "categories_segments": [0] * n,
            "categories_sizes": [50000] * n, "default_left": [0] * (2 * n + 1), "base_weights": [0] * (2 * n + 1),
            "left_children": [2 * i + 1 for i in inner] + none, "right_children": [2 * i + 2 for i in inner] + none,
            "split_conditions": [1] * (2 * n + 1), "split_indices": [0] * (2 * n + 1), "sum_hessian": [1] * (2 * n + 1),
            "split_type": [1] * n + [0] * (n + 1), "parents": [2147483647] + [0] * 2 * n,
            "tree_param": {"num_nodes": str(2 * n + 1), "size_leaf_vector": "1", "num_feature": "1"}}
    booster = {"name": "gbtree", "model": {"gbtree_model_param": {"num_trees": "1"}, "tree_info": [0], "trees": [tree]}}
    return json.dumps({"learner": {
        "attributes": {}, "feature_names": [], "feature_types": [], "gradient_booster": booster,
        "learner_model_param": {"base_score": "5E-1", "num_class": "0", "num_feature": "1"},
        "objective": {"name": "reg:squarederror"}}, "version": [2, 0, 3]}).encode()


def hardest():
    """files that are small for what a reader might make of them: name → bytes, verb, exit code"""
    rules = "".join(f'<SimpleRule score="s{i}"><True/></SimpleRule>' for i in range(400000))
    return {
        "steps.pkl": (doubled(), "inspect", 4),
        "attributes.pmml": (b'<PMML version="4.4" ' + b" ".join(b'a%d="1"' % i for i in range(400000)) + b"/>",
                            "inspect", 4),
        "pieces.pmml": (b'<PMML version="4.4"><Header>' + b"a<b/>" * 400000 + b"</Header></PMML>", "inspect", 4),
        "labels.pmml": (pmml('<DataField name="a" optype="continuous" dataType="double"/>',
                             '<RuleSetModel functionName="classification"><MiningSchema><MiningField name="a"/>'
                             '<MiningField name="y" usageType="target"/></MiningSchema><RuleSet defaultScore="s">'
                             f'<RuleSelectionMethod criterion="firstHit"/>{rules}</RuleSet></RuleSetModel>'),
                        "inspect", 0),
        "neighbours.pmml": (neighbours(30000), "inspect", 0),
        "categories.json": (overlapping(60000), "inspect", 4),
        "replaced.pmml": (replaced(), "score", 4),
    }


def run(verb, path, *rest):
    done = subprocess.run([ERRATA, verb, *rest], capture_output=True, timeout=SECONDS, check=False)
    said = done.stderr.decode("utf-8")
    assert done.returncode in (0, 4), (verb, path, done.returncode, said)
    assert "root:" not in said + done.stdout.decode("utf-8"), (verb, path)
    assert not os.path.exists(MARKER) and not os.path.exists("/tmp/PWNED"), (verb, path)
    assert not [c for c in said if ord(c) < 32 and c != "\n"], (verb, path, said)
    if done.returncode:
        named = os.path.basename(path) in said or (verb == "score" and os.path.basename(ROWS) in said)
        assert named and len(said) > len(path) + 20, (verb, path, said)
    return done.returncode


def own(path, data, inspect, analyze):
    with open(path, "wb") as handle:
        handle.write(data)
    assert inspect is None or run("inspect", path, path) == inspect, "inspect"
    assert run("score", path, path, ROWS, "-o", os.path.join(SCRATCH.name, "out.csv")) == 4, "score"
    if analyze is not None:
        code = run("analyze", path, ROWS, "--model", path, "--quiet", "--format", "json", "-o",
                   os.path.join(SCRATCH.name, "report"))
        assert code == analyze, f"analyze {code}"


def hard(path, data, verb, expected):
    with open(path, "wb") as handle:
        handle.write(data)
    rest = (ROWS, "-o", os.path.join(SCRATCH.name, "out.csv")) if verb == "score" else ()
    code = run(verb, path, path, *rest)
    assert code == expected, code


def shared(path, expected):
    code = run("inspect", path, path)
    run("score", path, path, ROWS, "-o", os.path.join(SCRATCH.name, "out.csv"))
    assert expected != "reject" or code == 4, code
    assert not expected.startswith("accept") or expected.endswith("reject") or code == 0, code


def cases():
    for name, (data, inspect, analyze) in made().items():
        yield name, lambda n=name, d=data, i=inspect, a=analyze: own(os.path.join(SCRATCH.name, n), d, i, a)
    for name, (data, verb, code) in hardest().items():
        yield name, lambda n=name, d=data, v=verb, c=code: hard(os.path.join(SCRATCH.name, n), d, v, c)
    index = os.path.join(FOLDER, "INDEX.tsv")
    if not os.path.exists(index):
        return
    with open(index, encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            if row["category"] in ("model", "pickle", "pmml") and row["expected"] != "reference":
                yield row["file"], lambda r=row: shared(os.path.join(FOLDER, r["file"]), r["expected"])


def main():
    with open(ROWS, "w", encoding="utf-8") as handle:
        handle.write("id,a,b,label,prediction,score\n")
        handle.writelines(f"r{i},{i % 7},{i % 5},{i % 2},{i * 7 % 2},0.{i % 9}\n" for i in range(60))
    tests = list(cases())
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} {name}", flush=True)
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {name}\n# {problem!r}"[:2000], flush=True)
    sys.exit(1 if failed else 0)


main()
