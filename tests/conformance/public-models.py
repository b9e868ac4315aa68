#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scikit-learn models of the test data, as pickle, joblib and ONNX, against the library's probabilities;
CatBoost and H2O models against what the index of the data has for them.

usage: public-models.py ERRATA SOURCE_ROOT
"""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

ERRATA, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
DATA = pathlib.Path(os.environ.get('ERRATA_TEST_DATA', ROOT / '../shared/data/public')) / 'models'
# double precision for the library's own files, single for what was exported
FILES = {'model.pkl.MUST_NEVER_BE_EXECUTED': 1e-12, 'model.joblib.MUST_NEVER_BE_EXECUTED': 1e-12,
         'model.onnx': 1.2e-7}


def check(folder, name, tolerance, out):
    done = subprocess.run([ERRATA, 'score', folder / name, folder / 'input.csv', '-o', out],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return done.stderr.strip()
    with open(out, encoding='utf-8') as got, open(folder / 'expected.csv', encoding='utf-8') as want:
        for n, (ours, theirs) in enumerate(zip(csv.DictReader(got), csv.DictReader(want))):
            for k in ('0', '1'):
                a, b = float(ours[f'probability({k})']), float(theirs[f'p_{k}'])
                if abs(a - b) > tolerance:
                    return f'row {n}: {a}, expected {b}'
    return None


def close(ours, theirs):
    """double precision, or the same word"""
    try:
        a, b = float(ours), float(theirs)
    except ValueError:
        return ours == theirs
    return abs(a - b) <= 1e-12 * max(1, abs(b))


def check_listed(row, out):
    """a row of the index: the model's outputs against the file of expected ones, name by name; one that
    has a column of its own is the prediction"""
    done = subprocess.run([ERRATA, 'score', DATA / row['model_files'], DATA / row['input_file'], '-o',
                           out], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return done.stderr.strip()
    with open(out, encoding='utf-8') as got, \
            open(DATA / row['expected_files'], encoding='utf-8') as want:
        for n, (ours, theirs) in enumerate(zip(csv.DictReader(got), csv.DictReader(want))):
            for name, value in theirs.items():
                found = ours.get(name, ours['prediction'])
                if not close(found, value):
                    return f'row {n}: {name} is {found}, expected {value}'
    return None


def main():
    folders = sorted(DATA.glob('sk_*'))
    if not folders:
        print('1..0 # SKIP the test data is not here')
        return
    cases = [(f, name) for f in folders for name in FILES]
    with open(DATA / 'INDEX_ext.tsv', encoding='utf-8') as file:
        listed = [r for r in csv.DictReader(file, delimiter='\t')
                  if r['family'].startswith(('catboost', 'h2o')) and r['expected_files']]
    print(f'1..{len(cases) + len(listed)}')
    with tempfile.TemporaryDirectory() as scratch:
        for n, (folder, name) in enumerate(cases, 1):
            wrong = check(folder, name, FILES[name], pathlib.Path(scratch) / 'out.csv')
            print(f'{"ok" if wrong is None else "not ok"} {n} {folder.name} {name.split(".")[1]}')
            if wrong is not None:
                print(f'# {wrong}')
        for n, row in enumerate(listed, len(cases) + 1):
            wrong = check_listed(row, pathlib.Path(scratch) / 'out.csv')
            print(f'{"ok" if wrong is None else "not ok"} {n} {row["family"]} {row["name"]}')
            if wrong is not None:
                print(f'# {wrong}')


main()
