#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX models of ai.onnx.ml, written here byte by byte, scored by the program and by what onnxruntime does
with them (its tree_ensemble_aggregator.h, ml_common.h and svmclassifier.cc), in double precision.

usage: onnx-models.py ERRATA
"""
import csv
import math
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

ERRATA = sys.argv[1]
F = 4
MODES = {'BRANCH_LEQ': lambda x, t: x <= t, 'BRANCH_LT': lambda x, t: x < t,
         'BRANCH_GTE': lambda x, t: x >= t, 'BRANCH_GT': lambda x, t: x > t,
         'BRANCH_EQ': lambda x, t: x == t, 'BRANCH_NEQ': lambda x, t: x != t}
rng = random.Random(3)


def single(x):
    return struct.unpack('<f', struct.pack('<f', x))[0]


def gauss():
    return single(rng.gauss(0, 1))


def varint(n):
    out = b''
    n &= (1 << 64) - 1
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def number(field, n):
    return varint(field << 3) + varint(n)


def block(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def attribute(name, value):
    one = value[0] if isinstance(value, list) else value
    many = isinstance(value, list)
    data = block(1, name)
    for item in value if many else [value]:
        if isinstance(one, float):
            data += varint((7 if many else 2) << 3 | 5) + struct.pack('<f', item)
        elif isinstance(one, int):
            data += number(8 if many else 3, item)
        else:
            data += block(9 if many else 4, item)
    return block(5, data + number(20, {float: 1, int: 2, str: 3}[type(one)] + (5 if many else 0)))


def model(op, attributes, outputs):
    """a graph of one node that reads F columns; outputs: (name, element type, width)"""
    def info(field, name, kind, width):
        shape = block(1, block(2, 'N')) + block(1, number(1, width))
        return block(field, block(1, name) + block(2, block(1, number(1, kind) + block(2, shape))))
    node = block(1, 'X') + b''.join(block(2, o[0]) for o in outputs) + block(4, op)
    node += b''.join(attribute(*a) for a in attributes.items()) + block(7, 'ai.onnx.ml')
    graph = block(1, node) + block(2, 'g') + info(11, 'X', 1, F)
    graph += b''.join(info(12, *o) for o in outputs)
    return number(1, 8) + block(7, graph) + block(8, block(1, 'ai.onnx.ml') + number(2, 3))


def graph_of(inputs, nodes, constants, outputs):
    """nodes: (operator, inputs, output, attributes); constants: name to whole numbers"""
    def info(field, name, kind, width):
        shape = block(1, block(2, 'N')) + block(1, number(1, width))
        return block(field, block(1, name) + block(2, block(1, number(1, kind) + block(2, shape))))

    def of(op, names, out, attributes):
        domain = '' if op in ('Concat', 'Identity', 'Cast', 'MatMul', 'Add', 'Softmax', 'ArgMax', 'Relu') else 'ai.onnx.ml'
        return block(1, b''.join(block(1, n) for n in names) + block(2, out) + block(4, op) +
                     b''.join(attribute(*a) for a in attributes.items()) + block(7, domain))
    graph = b''.join(of(*n) for n in nodes) + block(2, 'g')
    for name, values in constants.items():
        kind = {int: 7, float: 1, str: 8}[type(values[0])]
        held = b''.join(block(6, v) for v in values) if kind == 8 else block(
            9, struct.pack(f'<{len(values)}{"q" if kind == 7 else "f"}', *values))
        graph += block(5, number(1, len(values)) + number(2, kind) + block(8, name) + held)
    graph += b''.join(info(11, *i) for i in inputs) + b''.join(info(12, *o) for o in outputs)
    return number(1, 8) + block(7, graph) + block(8, block(1, 'ai.onnx.ml') + number(2, 3))


def texts(folder):
    """an input per column, of numbers and of texts, as exporters write a ColumnTransformer"""
    towns, plans = ['Ham', 'Köln', 'Ulm'], {'free': 0.5, 'paid': 2.0}
    rows = [(31.0, 'Ham', 'paid'), (-2.5, 'Ulm', 'free'), (8.0, 'Rom', 'none'), (4.0, 'Köln', ''), (1.0, '', 'paid')]
    with open(folder / 'rows.csv', 'w', encoding='utf-8') as file:
        csv.writer(file).writerows([('plan', 'age', 'town'), *((p, a, t) for a, t, p in rows)])
    for zeros in (1, 0):
        for last, attributes in (
                ('LinearRegressor', {'coefficients': [1.5, 10.0, 20.0, 40.0, -3.0], 'intercepts': [0.25]}),
                ('Identity', {})):
            data = graph_of(
                [('age', 1, 1), ('town', 8, 1), ('plan', 8, 1)],
                [('Concat', ['town', 'plan'], 'both', {'axis': 1}),
                 ('Cast', ['both'], 'cast', {'to': 8}),
                 ('ArrayFeatureExtractor', ['cast', 'first'], 'of_town', {}),
                 ('ArrayFeatureExtractor', ['both', 'second'], 'of_plan', {}),
                 ('OneHotEncoder', ['of_town'], 'marks', {'cats_strings': towns, 'zeros': zeros}),
                 ('LabelEncoder', ['of_plan'], 'level', {'keys_strings': list(plans), 'default_float': -1.0,
                                                         'values_floats': list(plans.values())}),
                 ('Scaler', ['age'], 'scaled', {'offset': [1.0], 'scale': [0.5]}),
                 ('Concat', ['scaled', 'marks', 'level'], 'all', {'axis': 1}),
                 (last, ['all'], 'y', attributes)],
                {'first': [0], 'second': [1]}, [('y', 1, 1 if attributes else 5)])
            (folder / 'model.onnx').write_bytes(data)
            done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o',
                                   folder / 'out.csv'], capture_output=True, text=True, timeout=60, check=False)
            if done.returncode != 0:
                return done.stderr.strip()
            with open(folder / 'out.csv', encoding='utf-8') as file:
                found = list(csv.reader(file))[1:]
            for got, (age, town, plan) in zip(found, rows):
                seen = [(age - 1) / 2, *(float(town == t) for t in towns), plans.get(plan, -1.0)]
                if attributes:
                    seen = [sum(a * b for a, b in zip(seen, attributes['coefficients'])) + 0.25]
                if zeros == 0 and town not in towns:
                    seen = [math.nan] * len(seen)
                if len(got) != len(seen) or not all(near(a, b) for a, b in zip(got, seen)):
                    return f'{age} {town} {plan}: {got}, expected {seen}'
    return None


def network(folder):
    """classes of a graph without a classifier: ArgMax of probabilities, then a label from a constant list"""
    rows = [[1.0, 2.0], [-1.5, 0.5], [0.25, -3.0], [4.0, 4.0]]
    matrix, bias = [1.0, -0.5, 0.25, 0.5, 1.5, -1.0], [0.1, -0.2, 0.3]
    with open(folder / 'rows.csv', 'w', encoding='utf-8') as file:
        csv.writer(file).writerows([('x0', 'x1'), *rows])
    for labels, kind in ((['low', 'mid', 'high'], 8), ([10, 20, 40], 7)):
        middle = [] if kind == 8 else [('Cast', ['picked'], 'number', {'to': 1})]
        data = graph_of(
            [('X', 1, 2)],
            [('MatMul', ['X', 'matrix'], 'product', {}), ('Add', ['product', 'bias'], 'sum', {}),
             ('Softmax', ['sum'], 'probabilities', {'axis': 1}), ('ArgMax', ['probabilities'], 'at', {'axis': 1}),
             ('ArrayFeatureExtractor', ['classes', 'at'], 'picked', {}), *middle,
             *([('Identity', ['picked'], 'label', {})] if kind == 8 else [('Cast', ['number'], 'label', {'to': 7})])],
            {'matrix': matrix, 'bias': bias, 'classes': labels}, [('label', kind, 1), ('probabilities', 1, 3)])
        (folder / 'model.onnx').write_bytes(data)
        done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o',
                               folder / 'out.csv'], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            return done.stderr.strip()
        with open(folder / 'out.csv', encoding='utf-8') as file:
            found = list(csv.DictReader(file))
        for got, row in zip(found, rows):
            shares = transform('SOFTMAX', [sum(x * matrix[i * 3 + k] for i, x in enumerate(row)) + bias[k]
                                           for k in range(3)])
            wanted = {'prediction': str(labels[shares.index(max(shares))]),
                      **{f'probability({c})': s for c, s in zip(labels, shares)}}
            if list(got) != list(wanted) or got['prediction'] != wanted['prediction'] or \
                    not all(near(got[k], wanted[k]) for k in list(wanted)[1:]):
                return f'{row}: {got}, expected {wanted}'
    return None


def probit(p):
    if not 0 <= p <= 1:
        return math.nan
    x = 2 * p - 1
    rest = math.log((1 - x) * (1 + x)) if 0 < p < 1 else -math.inf
    v = 2 / (3.14159 * 0.147) + 0.5 * rest
    return math.copysign(math.sqrt(2 * (math.sqrt(v * v - rest / 0.147) - v)), x)


def logistic(x):
    return 1 / (1 + math.exp(-x))


def transform(name, scores):
    if name == 'PROBIT':
        return [probit(s) for s in scores]
    if name == 'LOGISTIC':
        return [logistic(s) for s in scores]
    if name in ('SOFTMAX', 'SOFTMAX_ZERO'):
        raised = [0.0 if name == 'SOFTMAX_ZERO' and abs(s) <= 1e-7 else math.exp(s - max(scores))
                  for s in scores]
        return [r / sum(raised) for r in raised]
    return scores


class Ensemble:
    def __init__(self, modes, ids, weight, tracks):
        self.trees = [self.grow(3, modes, ids, weight, tracks) for _ in range(4)]

    def grow(self, depth, modes, ids, weight, tracks):
        if depth == 0 or (depth < 3 and rng.random() < 0.2):
            return {i: single(weight()) for i in ids}
        return (rng.randrange(F), rng.choice(modes), rng.choice([0.0, 0.5, 1.0, -1.0, gauss()]),
                int(tracks and rng.random() < 0.5), self.grow(depth - 1, modes, ids, weight, tracks),
                self.grow(depth - 1, modes, ids, weight, tracks))

    def leaf(self, tree, row):
        while isinstance(tree, tuple):
            feature, mode, threshold, tracks, yes, no = tree
            x = row[feature]
            tree = yes if MODES[mode](x, threshold) or (tracks and math.isnan(x)) else no
        return tree

    def sums(self, row, n, aggregate, base):
        leaves = [self.leaf(t, row) for t in self.trees]
        how = {'SUM': sum, 'AVERAGE': lambda v: sum(v) / len(leaves), 'MIN': min, 'MAX': max}[aggregate]
        return [how([leaf.get(k, 0.0) for leaf in leaves]) + b for k, b in zip(range(n), base)]

    def attributes(self, prefix):
        nodes = {k: [] for k in ('treeids', 'nodeids', 'featureids', 'truenodeids', 'falsenodeids',
                                 'modes', 'values', 'missing_value_tracks_true')}
        leaves = {k: [] for k in ('treeids', 'nodeids', 'ids', 'weights')}

        def put(tree, node):
            at = nodes['treeids'].count(tree)
            split = node if isinstance(node, tuple) else (0, 'LEAF', 0.0, 0)
            place = len(nodes['treeids'])
            for key, value in zip(nodes, (tree, at, split[0], 0, 0, split[1], split[2], split[3])):
                nodes[key].append(value)
            if isinstance(node, tuple):
                nodes['truenodeids'][place] = put(tree, node[4])
                nodes['falsenodeids'][place] = put(tree, node[5])
            else:
                for i, weight in node.items():
                    for key, value in zip(leaves, (tree, at, i, weight)):
                        leaves[key].append(value)
            return at
        for t, tree in enumerate(self.trees):
            put(t, tree)
        return {f'nodes_{k}': v for k, v in nodes.items()} | {f'{prefix}_{k}': v
                                                              for k, v in leaves.items()}


def regressor(n, modes, tracks=False, aggregate='SUM', post='NONE', base=None):
    trees = Ensemble(modes, range(n), gauss, tracks)
    more = {'n_targets': n, 'aggregate_function': aggregate, 'post_transform': post}
    more |= {'base_values': base} if base else {}

    def expected(row):
        sums = trees.sums(row, n, aggregate, base or [0.0] * n)
        # of one target nothing but PROBIT is computed
        return None, transform(post if n > 1 or post == 'PROBIT' else 'NONE', sums)
    return model('TreeEnsembleRegressor', trees.attributes('target') | more, [('y', 1, n)]), expected


def classifier(n, ids, weight, post, base=None):
    trees = Ensemble(list(MODES), ids, weight, True)
    more = {'classlabels_int64s': list(range(n)), 'post_transform': post}
    more |= {'base_values': base} if base else {}
    positive = all(w >= 0 for w in trees.attributes('class')['class_weights'])

    def expected(row):
        if n > 2:
            scores = trees.sums(row, n, 'SUM', base or [0.0] * n)
            return scores.index(max(scores)), transform(post, scores)
        if len(ids) == 2:
            scores = trees.sums(row, 2, 'SUM', [0.0, 0.0])
            if base:
                scores = [-scores[0] - base[1], scores[0] + base[1]]
            return int(scores[1] > 0), transform(post, scores)
        score = trees.sums(row, 2, 'SUM', [(base or [0.0])[0]] * 2)[ids[0]]
        label = int(score > (0.5 if positive else 0))
        if ids[0] == 1:
            return label, transform(post, [0.0, score])
        if post == 'LOGISTIC':
            return label, [logistic(-score), logistic(score)]
        return label, [1 - score if positive else -score, score]
    return model('TreeEnsembleClassifier', trees.attributes('class') | more,
                 [('label', 7, 1), ('scores', 1, n)]), expected


def one_row_of_two(post):
    factors, shift = [gauss() for _ in range(F)], gauss()

    def expected(row):
        score = shift + sum(f * x for f, x in zip(factors, row))
        pair = [logistic(-score), logistic(score)] if post == 'LOGISTIC' else [1 - score, score]
        return int(score > 0), pair
    return model('LinearClassifier', {'coefficients': factors, 'intercepts': [shift],
                                      'classlabels_ints': [0, 1], 'post_transform': post},
                 [('label', 7, 1), ('scores', 1, 2)]), expected


def step(op, attributes, function):
    return model(op, attributes, [('y', 1, F)]), lambda row: (None, function(row))


def kernel(kind, x, vector):
    gamma, start, degree = single(0.3), 0.5, 3.0
    if kind == 'RBF':
        return math.exp(-gamma * sum((a - b) ** 2 for a, b in zip(x, vector)))
    product = sum(a * b for a, b in zip(x, vector))
    return {'LINEAR': product, 'POLY': (gamma * product + start) ** degree,
            'SIGMOID': math.tanh(gamma * product + start)}[kind]


def coupled(r, n):
    """Wu, Lin, Weng 2004: the shares that fit the pairs best, by solving their equations to the end"""
    p = [1 / n] * n
    q = [[sum(r[k][i] ** 2 for k in range(n) if k != i) if i == j else -r[j][i] * r[i][j]
          for j in range(n)] for i in range(n)]
    for _ in range(100):
        qp = [sum(q[i][j] * p[j] for j in range(n)) for i in range(n)]
        total = sum(a * b for a, b in zip(p, qp))
        if max(abs(v - total) for v in qp) < 0.005 / n:
            break
        for i in range(n):
            change = (total - qp[i]) / q[i][i]
            p[i] += change
            total = (total + change * (change * q[i][i] + 2 * qp[i])) / (1 + change) ** 2
            qp = [(qp[j] + change * q[i][j]) / (1 + change) for j in range(n)]
            p = [v / (1 + change) for v in p]
    return p


def machine(kind, counts, shares, post):
    n, total = len(counts), sum(counts)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    vectors = [[gauss() for _ in range(F)] for _ in range(total)]
    dual = [[gauss() for _ in range(total)] for _ in range(n - 1)]
    rho, slope, shift = [gauss() for _ in pairs], [single(-1.3)] * len(pairs), [single(0.2)] * len(pairs)
    owner = [c for c, k in enumerate(counts) for _ in range(k)]
    given = {'kernel_type': kind, 'kernel_params': [single(0.3), 0.5, 3.0],
             'support_vectors': sum(vectors, []), 'coefficients': sum(dual, []),
             'vectors_per_class': list(counts), 'rho': rho, 'classlabels_ints': list(range(n)),
             'post_transform': post} | ({'prob_a': slope, 'prob_b': shift} if shares else {})

    def expected(row):
        k = [kernel(kind, row, v) for v in vectors]
        votes, margin, r = [0] * n, [], [[0.0] * n for _ in range(n)]
        for at, (i, j) in enumerate(pairs):
            m = rho[at] + sum(k[v] * dual[j - 1 if owner[v] == i else i][v] for v in range(total)
                              if owner[v] in (i, j))
            votes[i if m > 0 else j] += 1
            margin.append(m)
            r[i][j] = min(max(logistic(-(m * slope[at] + shift[at])), 1e-7), 1 - 1e-7)
            r[j][i] = 1 - r[i][j]
        label = votes.index(max(votes))
        if shares:
            return label, transform(post, coupled(r, n))
        if post == 'LOGISTIC':
            return label, [logistic(-margin[0]), logistic(margin[0])]
        return label, [-margin[0] if post == 'NONE' else 1 - margin[0], margin[0]]
    return model('SVMClassifier', given, [('label', 7, 1), ('scores', 1, n)]), expected


def machine_of_numbers(kind, is_outlier):
    vectors = [[gauss() for _ in range(F)] for _ in range(5)]
    dual, rho = [gauss() for _ in range(5)], gauss()

    def expected(row):
        y = rho + sum(d * kernel(kind, row, v) for d, v in zip(dual, vectors))
        return None, [(1 if y > 0 else -1) if is_outlier else y]
    return model('SVMRegressor', {'kernel_type': kind, 'kernel_params': [single(0.3), 0.5, 3.0],
                                  'support_vectors': sum(vectors, []), 'coefficients': dual,
                                  'n_supports': 5, 'rho': [rho], 'one_class': int(is_outlier)},
                 [('y', 1, 1)]), expected


def cases():
    for mode in MODES:
        for tracks in (False, True):
            yield f'{mode} {tracks}', *regressor(1, [mode], tracks)
    for aggregate in ('SUM', 'AVERAGE', 'MIN', 'MAX'):
        yield f'{aggregate} of two', *regressor(2, ['BRANCH_LT'], False, aggregate, 'NONE', [0.75, -3.0])
    for post in ('NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'):
        yield f'one target {post}', *regressor(1, list(MODES), True, post=post)
        yield f'three targets {post}', *regressor(3, list(MODES), True, post=post)
        for name, weight in (('mixed', gauss), ('positive', lambda: rng.random() / 4)):
            yield f'{name} three {post}', *classifier(3, [0, 1, 2], weight, post, [0.5, 0.25, -0.5])
            yield f'{name} both {post}', *classifier(2, [0, 1], weight, post)
            yield f'{name} both and base {post}', *classifier(2, [0, 1], weight, post, [0.25, -0.25])
            yield f'{name} second {post}', *classifier(2, [1], weight, post)
            if post != 'PROBIT':
                yield f'{name} first {post}', *classifier(2, [0], weight, post)
                yield f'{name} first and base {post}', *classifier(2, [0], weight, post, [0.25])
        if post != 'PROBIT':
            yield f'one row of two {post}', *one_row_of_two(post)
    yield 'Imputer, zero by default', *step('Imputer', {'imputed_value_floats': [1.0, 2.0, 3.0, 4.0]},
                                            lambda r: [i + 1 if x == 0 else x for i, x in enumerate(r)])
    yield 'Normalizer MAX', *step('Normalizer', {'norm': 'MAX'}, lambda r: [x / max(r) if max(r) != 0
                                                                           else x for x in r])
    yield 'LabelEncoder', *step('LabelEncoder', {'keys_floats': [0.0, 1.0], 'values_floats': [0.5, 1.5],
                                                 'default_float': -9.0},
                                lambda r: [{0.0: 0.5, 1.0: 1.5}.get(x, -9.0) for x in r])
    for kind in ('LINEAR', 'RBF', 'POLY', 'SIGMOID'):
        for is_outlier in (False, True):
            yield f'SVMRegressor {kind}', *machine_of_numbers(kind, is_outlier)
        for post in ('NONE', 'LOGISTIC', 'SOFTMAX'):
            yield f'SVMClassifier {kind} {post}', *machine(kind, (3, 2), False, post)
            yield f'SVMClassifier shares {kind} {post}', *machine(kind, (2, 2, 1), True, post)


def near(got, want):
    got = float(got or 'nan')
    if math.isnan(want) or math.isinf(want) or math.isinf(got):
        return math.isnan(want) == math.isnan(got) or math.isinf(want)
    return abs(got - want) <= 2e-5 * max(1, abs(want))


def check(data, expected, missing, folder):
    (folder / 'model.onnx').write_bytes(data)
    choice = [0.0, 0.5, 1.0, -1.0] + ([math.nan] if missing else [])
    rows = [[rng.choice(choice + [gauss(), gauss()]) for _ in range(F)] for _ in range(50)]
    rows.append([-1.0, -2.0, -3.0, -0.5])
    with open(folder / 'rows.csv', 'w', encoding='utf-8') as file:
        out = csv.writer(file)
        out.writerow([f'x{k}' for k in range(F)])
        out.writerows([['' if math.isnan(x) else repr(x) for x in row] for row in rows])
    done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o',
                           folder / 'out.csv'], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return done.stderr.strip()
    with open(folder / 'out.csv', encoding='utf-8') as file:
        found = list(csv.DictReader(file))
    for n, (ours, row) in enumerate(zip(found, rows)):
        label, scores = expected(row)
        got = [v for k, v in ours.items() if label is None or k != 'prediction']
        if len(got) != len(scores) or not all(near(a, b) for a, b in zip(got, scores)):
            return f'row {n}: {got}, expected {scores}'
        if label is not None and float(ours['prediction']) != label:
            return f'row {n}: the class {ours["prediction"]}, expected {label}'
    return None


def main():
    made = list(cases())
    print(f'1..{len(made) + 2}')
    with tempfile.TemporaryDirectory() as scratch:
        for n, (name, data, expected) in enumerate(made, 1):
            trees = b'TreeEnsemble' in data
            wrong = check(data, expected, trees, pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {n} {name}')
            if wrong is not None:
                print('# ' + wrong.replace('\n', ' '))
        for n, (what, function) in enumerate((('columns of texts', texts), ('labels by ArgMax', network)), 1):
            wrong = function(pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {len(made) + n} {what}')
            if wrong is not None:
                print('# ' + wrong.replace('\n', ' '))


main()
