#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every PMML document of the test data, scored by the program, against the answers beside it.

usage: pmml.py ERRATA SOURCE_ROOT
"""
import csv
import gzip
import io
import os
import pathlib
import subprocess
import sys
import tempfile

ERRATA, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
DATA = pathlib.Path(os.environ.get('ERRATA_TEST_DATA', ROOT / '../shared/data/public')) / 'pmml'

# the index names an input without the model's columns
OTHER_INPUT = {'jpmml1-rattle_GeneralRegressionOzone': 'inputs/jpmml1-rattle_Ozone.csv'}
# R's nnet takes a neuron below -15 for 0 and above 15 for 1; the standard's logistic does not
TOLERANCE = {'jev-rattle_NeuralNetworkAudit': 1.2e-6}
# expected columns that the document does not name: copies of the input, or of other programs
FOREIGN = {
    'jev-sas_LogisticRegressionIris': {
        'Petal_Length', 'Petal_Width', 'Species', '_WARN_', 'F_Species', 'R_Speciesvirginica',
        'R_Speciesversicolor', 'R_Speciessetosa', 'EM_EVENTPROBABILITY', 'EM_PROBABILITY',
        'EM_CLASSIFICATION', 'EM_CLASSTARGET'},
    'jpmml1-rapidminer_RuleSetAudit': {'confidence(0)', 'confidence(1)'},
}
# no model at all, only rows to verify one
NOT_A_MODEL = {'jev-unit_ModelVerificationShopping'}


def find(name):
    path = DATA / name
    return path if path.exists() else pathlib.Path(str(path) + '.gz')


def table(path, separator=','):
    data = path.read_bytes()
    if path.suffix == '.gz':
        data = gzip.decompress(data)
    return list(csv.reader(io.StringIO(data.decode('utf-8-sig')), delimiter=separator))


def equal(got, wanted, tolerance):
    if got == wanted or (got == '' and wanted in ('NA', 'N/A', '?')):
        return True
    try:
        a, b = float(got), float(wanted)
    except ValueError:
        return False
    return abs(a - b) <= max(tolerance * abs(b), 1e-12)


def run(*command):
    return subprocess.run([ERRATA, *map(str, command)], capture_output=True, text=True, timeout=120,
                          check=False)


def score(row, scratch):
    """None, or what is wrong"""
    name = row['name']
    source = find(OTHER_INPUT.get(name, row['input_file']))
    out = scratch / 'out.csv'
    done = run('score', find(row['model_file']), source, '-o', out)
    if done.returncode != 0:
        return done.stderr.strip()
    got = table(out)
    if row['style'] == 'combined':
        separator = {'semicolon': ';', 'tab': '\t'}.get(row['input_sep'], ',')
        wanted = table(source, separator)
        at = wanted[0].index('prediction')
        wanted = [[got[0][0]]] + [[cells[at]] for cells in wanted[1:]]
    else:
        wanted = table(find(row['expected_file']))
    if len(got) != len(wanted):
        return f'{len(got) - 1} rows for {len(wanted) - 1}'
    foreign = FOREIGN.get(name, set())
    lost = [c for c in wanted[0] if c not in got[0] and c not in foreign]
    if lost:
        return f'not written: {", ".join(lost)}'
    tolerance = TOLERANCE.get(name, 1e-6)
    for column in wanted[0]:
        if column in foreign:
            continue
        i, k = got[0].index(column), wanted[0].index(column)
        for n, (ours, theirs) in enumerate(zip(got[1:], wanted[1:])):
            if not equal(ours[i], theirs[k], tolerance):
                return f'row {n}, {column}: {ours[i]}, expected {theirs[k]}'
    return None


def inspect(row):
    done = run('inspect', find(row['model_file']))
    if row['name'] in NOT_A_MODEL:
        return None if done.returncode == 4 and 'expected a PMML document' in done.stderr else done.stderr
    if done.returncode != 0:
        return done.stderr.strip()
    if 'come out otherwise' in done.stdout:
        return 'its own verification rows come out otherwise'
    return None


def main():
    if not (DATA / 'INDEX.tsv').exists():
        print('1..0 # SKIP the test data is not here')
        return
    with open(DATA / 'INDEX.tsv', encoding='utf-8') as index:
        rows = list(csv.DictReader(index, delimiter='\t'))
    print(f'1..{len(rows)}')
    with tempfile.TemporaryDirectory() as scratch:
        for n, row in enumerate(rows, 1):
            wrong = inspect(row)
            if wrong is None and row['style'] in ('pair', 'combined'):
                wrong = score(row, pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {n} {row["name"]}')
            if wrong is not None:
                print(f'# {wrong}')


main()
