#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""labels.py ERRATA DATA: a log whose labels come later, against recorded answers. TAP.

The estimate's values are those of isotonic regression on the reference and CBPE's formulas, worked
out by a separate program; the metrics after the join are the data's own answers."""
import json
import os
import subprocess
import sys
import tempfile

ERRATA, DATA = sys.argv[1:3]
LOGS = os.path.join(os.environ.get('ERRATA_TEST_DATA', DATA), 'logs', 'nannyml_california_housing_')
ANSWER = os.path.join(os.environ.get('ERRATA_TEST_DATA', DATA), 'reference',
                      'nannyml_california_analysis.json')
ESTIMATES = {'cbpe_accuracy': 0.6481714002667228, 'cbpe_precision': 0.9684026197665573,
             'cbpe_recall': 0.245128226512688, 'cbpe_f1': 0.3912266712650055,
             'cbpe_specificity': 0.9931540437472652, 'cbpe_roc_auc': 0.8628426266455652}


def analyze(*logs):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([ERRATA, 'analyze', *[LOGS + log for log in logs], '--reference',
                        LOGS + 'reference.csv', '-o', folder, '--format', 'json', '--quiet'],
                       check=True)
        with open(os.path.join(folder, 'report.json')) as file:
            report = json.load(file)
    return report, {m['name']: m['value'] for m in report['metrics'] if 'class' not in m}


def near(value, answer):
    return value is not None and abs(value - answer) <= 1e-9 * max(abs(answer), 1e-3)


def main():
    if not os.path.exists(ANSWER):
        print('1..0 # SKIP no test data')
        return 0
    with open(ANSWER) as file:
        answers = json.load(file)['performance']
    report, metrics = analyze('analysis.csv')
    joined, truth = analyze('analysis.csv', 'analysis_gt.csv')
    checks = {
        'estimated': all(near(metrics[k], v) for k, v in ESTIMATES.items()),
        'not measured': metrics['accuracy'] is None,
        'joined': all(near(truth[k], v) for k, v in answers.items()
                      if isinstance(v, float) and k in truth),
        'scored': joined['performance']['estimate']['track_record']['n_windows'] == 40,
    }
    print('1..%d' % len(checks))
    for number, (what, good) in enumerate(checks.items(), 1):
        print('%s %d %s' % ('ok' if good else 'not ok', number, what))
    return 0


sys.exit(main())
