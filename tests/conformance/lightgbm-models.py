#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""LightGBM models of every kind, written here as its text, scored by the program and by what tree.h,
tree.cpp and the objectives' ConvertOutput say, and shared out with sums checked.

usage: lightgbm-models.py ERRATA
"""
import csv
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

ERRATA = sys.argv[1]
NUMBERS, CODES = 4, 2
N = NUMBERS + CODES
ZERO = 1.0000000180025095e-35  # 1e-35 in single precision


def grow(rng, depth, kinds):
    """a node: a leaf's number, or (feature, threshold or set, decision type, left, right)"""
    if depth == 0 or rng.random() < 0.15:
        return None
    feature = rng.randrange(N if 'sets' in kinds else NUMBERS)
    if feature >= NUMBERS:
        split = {c for c in range(70) if rng.random() < 0.4} or {3}
        decision = 1 | rng.choice([0, 2]) << 2
        if 'stand-in' in kinds:
            split, decision = {rng.randrange(5)}, 1
    else:
        split = rng.choice([0.0, 0.5, -1.25, ZERO, 2.0, rng.gauss(0, 1)])
        decision = 0 if 'stand-in' in kinds else rng.choice([0, 2]) | rng.choice(kinds['missing']) << 2
    return (feature, split, decision, grow(rng, depth - 1, kinds), grow(rng, depth - 1, kinds))


class Tree:
    """the arrays of one tree"""
    def __init__(self, rng, kinds):
        self.splits, self.leaves, self.linear = [], [], None
        root = None
        while root is None and 'stump' not in kinds:
            root = grow(rng, 4, kinds)
        self.place(root, rng)
        self.stand_in = None
        if 'stand-in' in kinds:
            self.stand_in = [float(rng.randrange(5)) if s[2] & 1 else rng.choice([-100.0, 100.0, s[1]])
                             for s in self.splits]
        if 'linear' in kinds:
            self.linear = [(rng.gauss(0, 1), {f: rng.gauss(0, 1) for f in
                                              sorted(rng.sample(range(NUMBERS), rng.randrange(3)))})
                           for _ in self.leaves]

    def place(self, node, rng):
        if node is None:
            self.leaves.append((rng.gauss(0, 0.5), rng.randrange(1, 50)))
            return ~(len(self.leaves) - 1), self.leaves[-1][1]
        at = len(self.splits)
        self.splits.append(None)
        left, n_left = self.place(node[3], rng)
        right, n_right = self.place(node[4], rng)
        self.splits[at] = (*node[:3], left, right, n_left + n_right)
        return at, n_left + n_right

    def leaf(self, row):
        at = 0 if self.splits else ~0
        while at >= 0:
            feature, split, decision, left, right, _ = self.splits[at]
            x, missing = row[feature], decision >> 2
            if self.stand_in is not None:  # tree.h before there were sets of categories
                x = self.stand_in[at] if math.isnan(x) or abs(x) < 1e-20 else x
                yes = int(x) in split if decision & 1 else x <= split
            elif decision & 1:
                yes = not math.isnan(x) and int(x) >= 0 and int(x) in split
            else:
                if math.isnan(x) and missing != 2:
                    x = 0.0
                if (missing == 1 and -ZERO <= x <= ZERO) or (missing == 2 and math.isnan(x)):
                    yes = bool(decision & 2)
                else:
                    yes = x <= split
            at = left if yes else right
        return ~at

    def value(self, row):
        leaf = self.leaf(row)
        if self.linear is None:
            return self.leaves[leaf][0]
        constant, terms = self.linear[leaf]
        if any(math.isnan(row[f]) for f in terms):
            return self.leaves[leaf][0]
        for f, factor in terms.items():
            constant += factor * row[f]
        return constant

    def text(self, number, version):
        sets = [s[1] for s in self.splits if s[2] & 1 and self.stand_in is None]
        boundaries, words, at = [0], [], 0
        for one in sets:
            n = max(one) // 32 + 1
            words += [sum(1 << b for b in range(32) if w * 32 + b in one) for w in range(n)]
            boundaries.append(len(words))
        lines = {'num_leaves': [len(self.leaves)]} | ({} if version is None else {'num_cat': [len(sets)]})
        if self.splits:
            thresholds = []
            for s in self.splits:
                if s[2] & 1 and self.stand_in is not None:
                    thresholds += s[1]
                    continue
                thresholds.append(at if s[2] & 1 else repr(s[1]))
                at += s[2] & 1
            lines |= {'split_feature': [s[0] for s in self.splits],
                      'split_gain': [1] * len(self.splits), 'threshold': thresholds,
                      'decision_type': [s[2] for s in self.splits],
                      **({'default_value': map(repr, self.stand_in)} if self.stand_in else {}),
                      'left_child': [s[3] for s in self.splits],
                      'right_child': [s[4] for s in self.splits]}
        lines['leaf_value'] = [repr(v) for v, _ in self.leaves]
        if self.splits:
            if version not in (None, 'v2'):
                lines['leaf_weight'] = [n for _, n in self.leaves]
            lines |= {'leaf_count': [n for _, n in self.leaves],
                      'internal_value': [0] * len(self.splits),
                      'internal_count': [s[5] for s in self.splits]}
        if sets:
            lines |= {'cat_boundaries': boundaries, 'cat_threshold': words}
        if version not in (None, 'v2'):
            lines['is_linear'] = [int(self.linear is not None)]
        if self.linear is not None:
            lines |= {'leaf_const': [repr(c) for c, _ in self.linear],
                      'num_features': [len(t) for _, t in self.linear],
                      'leaf_features': [' '.join(map(str, t)) + ' ' for _, t in self.linear],
                      'leaf_coeff': [' '.join(map(repr, t.values())) + ' ' for _, t in self.linear]}
        lines['shrinkage'] = [0.1]
        body = '\n'.join(f'{k}={" ".join(map(str, v))}' for k, v in lines.items())
        return f'Tree={number}\n{body}\n\n\n'


def model(rng, version, objective, per_round, rounds, kinds):
    trees = [Tree(rng, kinds) for _ in range(rounds * per_round)]
    names = [f'f{i}' for i in range(N)]
    head = ['tree', *([f'version={version}'] if version else []), f'num_class={per_round}',
            f'num_tree_per_iteration={per_round}', 'label_index=0', f'max_feature_idx={N - 1}']
    head += [f'objective={objective}'] if objective else []
    head += ['average_output'] if 'average' in kinds else []
    infos = ['[-5:5]'] * NUMBERS + [':'.join(map(str, range(70)))] * CODES
    texts = [t.text(i, version) for i, t in enumerate(trees)]
    head += ['feature_names=' + ' '.join(names), 'feature_infos=' + ' '.join(infos),
             'tree_sizes=' + ' '.join(str(len(t)) for t in texts), '', '']
    tail = ('end of trees\n\nfeature_importances:\nf0=1\n\nparameters:\n[boosting: gbdt]\n'
            'end of parameters\n\npandas_categorical:null\n')
    return trees, '\n'.join(head) + ''.join(texts) + tail


def convert(objective, margin):
    """what predict() of the library gives for the margins of a row"""
    word = objective.split(' ')[0]
    if word in ('binary', 'cross_entropy', 'xentropy', 'multiclassova'):
        slope = float(objective.rpartition('sigmoid:')[2]) if 'sigmoid:' in objective else 1.0
        return [1 / (1 + math.exp(-slope * m)) for m in margin]
    if word in ('poisson', 'gamma', 'tweedie'):
        return [math.exp(m) for m in margin]
    if word == 'cross_entropy_lambda':
        return [math.log1p(math.exp(m)) for m in margin]
    if word == 'multiclass':
        most = [math.exp(m - max(margin)) for m in margin]
        return [m / sum(most) for m in most]
    if objective.endswith('sqrt'):
        return [math.copysign(m * m, m) for m in margin]
    return margin


def rows_of(rng):
    def number():
        return rng.choice([math.nan, 0.0, -0.0, 1e-36, -1e-36, ZERO, 0.5, 2.0, rng.gauss(0, 2),
                           rng.gauss(0, 2), 1e-34, -1e-25, 9e-21, 1.1e-20])

    def code():
        return rng.choice([math.nan, -1.0, 1e6, rng.randrange(70), rng.randrange(70),
                           rng.randrange(70) + 0.5])
    return [[number() for _ in range(NUMBERS)] + [code() for _ in range(CODES)] for _ in range(150)]


def read(path):
    with open(path, encoding='utf-8') as file:
        return list(csv.DictReader(file))


def run(verb, path, rows, out, *more):
    done = subprocess.run([ERRATA, verb, path, rows, '-o', out, *more], capture_output=True,
                          text=True, timeout=60, check=False)
    return None if done.returncode == 0 else done.stderr.strip()


def far(a, b):
    return not abs(float(a) - b) <= 1e-12 * max(1, abs(b))


def compare(found, rows, trees, objective, per_round, average):
    for n, (ours, row) in enumerate(zip(found, rows)):
        margin = [0.0] * per_round
        for i, tree in enumerate(trees):
            margin[i % per_round] += tree.value(row)
        if average:
            margin = [m / (len(trees) // per_round) for m in margin]
        wanted = convert(objective, margin)
        names = ['margin'] if per_round == 1 else [f'margin_{k}' for k in range(per_round)]
        want = dict(zip(names, margin))
        if objective.split(' ')[0] in ('binary', 'cross_entropy', 'xentropy'):
            want |= {'probability(1)': wanted[0], 'prediction': float(wanted[0] > 0.5)}
        elif per_round == 1:
            want |= {'prediction': wanted[0]}
        elif objective:
            want |= {f'probability({k})': p for k, p in enumerate(wanted)}
        elif any(name.startswith('probability') for name in ours):
            return 'a model of its own objective gives no probabilities'
        for name, value in want.items():
            if far(ours[name], value):
                return f'row {n}: {name} is {ours[name]}, expected {value}'
    return None


def additive(found, shares, per_round):
    for n, (ours, row) in enumerate(zip(found, shares)):
        for k in range(per_round):
            prefix, name = ('', 'margin') if per_round == 1 else (f'c{k}:', f'margin_{k}')
            total = math.fsum(float(v) for c, v in row.items() if c.startswith(prefix) and
                              (per_round > 1 or ':' not in c))
            if abs(total - float(ours[name])) > 1e-9 * max(1, abs(total)):
                return f'row {n}: the shares of {name} sum to {total}, not {ours[name]}'
    return None


CASES = [(version, objective, per_round, kinds)
         for version in ('v2', 'v3', 'v4')
         for objective, per_round, kinds in [
             ('regression', 1, {'missing': [0, 1, 2], 'sets': 1}),
             ('regression sqrt', 1, {'missing': [0]}),
             ('binary sigmoid:0.7', 1, {'missing': [1]}),
             ('binary sigmoid:1', 1, {'missing': [2], 'sets': 1, 'average': 1}),
             ('cross_entropy', 1, {'missing': [2]}),
             ('cross_entropy_lambda', 1, {'missing': [2]}),
             ('poisson', 1, {'missing': [0, 2]}),
             ('tweedie tweedie_variance_power:1.5', 1, {'missing': [0, 2]}),
             ('quantile alpha:0.9', 1, {'missing': [2], 'average': 1}),
             ('lambdarank', 1, {'missing': [2]}),
             ('multiclass num_class:3', 3, {'missing': [0, 1, 2], 'sets': 1}),
             ('multiclass num_class:3', 3, {'missing': [2], 'average': 1}),
             ('multiclassova num_class:3 sigmoid:0.7', 3, {'missing': [2]}),
             ('', 3, {'missing': [2]}),
             ('', 1, {'missing': [2], 'sets': 1}),
             ('regression', 1, {'missing': [2], 'stump': 1}),
             ('regression', 1, {'missing': [0, 1, 2], 'sets': 1, 'linear': 1}),
             ('multiclass num_class:2', 2, {'missing': [2], 'linear': 1})]
         if version != 'v2' or 'linear' not in kinds] + [
             (None, 'regression', 1, {'missing': [0], 'sets': 1, 'stand-in': 1}),
             (None, 'binary sigmoid:1', 1, {'missing': [0], 'stand-in': 1})]


def check(case, number, folder):
    version, objective, per_round, kinds = case
    rng = random.Random(number)
    trees, text = model(rng, version, objective, per_round, 5, kinds)
    (folder / 'model.txt').write_text(text, encoding='utf-8')
    rows = rows_of(rng)
    with open(folder / 'rows.csv', 'w', encoding='utf-8') as file:
        out = csv.writer(file)
        out.writerow([f'f{i}' for i in range(N)])
        out.writerows([['' if math.isnan(x) else repr(x) for x in row] for row in rows])
    wrong = run('score', folder / 'model.txt', folder / 'rows.csv', folder / 'out.csv')
    if wrong is not None:
        return wrong
    found = read(folder / 'out.csv')
    wrong = compare(found, rows, trees, objective, per_round, 'average' in kinds)
    if wrong is not None or 'linear' in kinds:
        return wrong
    wrong = run('attribute', folder / 'model.txt', folder / 'rows.csv', folder / 'shares.csv')
    return wrong or additive(found, read(folder / 'shares.csv'), per_round)


def main():
    print(f'1..{len(CASES)}')
    with tempfile.TemporaryDirectory() as scratch:
        for n, case in enumerate(CASES, 1):
            wrong = check(case, n, pathlib.Path(scratch))
            what = json.dumps(case[3])
            print(f'{"ok" if wrong is None else "not ok"} {n} {case[0]} {case[1]} {what}')
            if wrong is not None:
                print(f'# {wrong}')


main()
