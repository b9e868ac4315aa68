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
import re
import struct
import subprocess
import sys
import tempfile

ERRATA = sys.argv[1]
F = 4
MODES = {'BRANCH_LEQ': lambda x, t: x <= t, 'BRANCH_LT': lambda x, t: x < t,
         'BRANCH_GTE': lambda x, t: x >= t, 'BRANCH_GT': lambda x, t: x > t,
         'BRANCH_EQ': lambda x, t: x == t, 'BRANCH_NEQ': lambda x, t: x != t}
TABULAR = ('ArrayFeatureExtractor', 'OneHotEncoder', 'LabelEncoder', 'Scaler', 'LinearRegressor')
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


class Tensor:
    """numbers of one type (1 float, 2 uint8, 7 int64, 11 double) or texts (8), as an attribute that is a tensor"""
    def __init__(self, kind, values):
        held = b''.join(block(6, v) for v in values) if kind == 8 else block(
            9, struct.pack(f'<{len(values)}{ {1: "f", 2: "B", 7: "q", 11: "d"}[kind]}', *values))
        self.data = number(1, len(values)) + number(2, kind) + held


def attribute(name, value):
    if isinstance(value, Tensor):
        return block(5, block(1, name) + block(5, value.data) + number(20, 4))
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


def model(op, attributes, outputs, kind=1):
    """a graph of one node that reads F columns of a type; outputs: (name, element type, width)"""
    def info(field, name, kind, width):
        shape = block(1, block(2, 'N')) + block(1, number(1, width))
        return block(field, block(1, name) + block(2, block(1, number(1, kind) + block(2, shape))))
    node = block(1, 'X') + b''.join(block(2, o[0]) for o in outputs) + block(4, op)
    node += b''.join(attribute(*a) for a in attributes.items()) + block(7, 'ai.onnx.ml')
    graph = block(1, node) + block(2, 'g') + info(11, 'X', kind, F)
    graph += b''.join(info(12, *o) for o in outputs)
    return number(1, 8) + block(7, graph) + block(8, block(1, 'ai.onnx.ml') + number(2, 3))


def graph_of(inputs, nodes, constants, outputs):
    """nodes: (operator, inputs, output, attributes); constants: name to numbers, or to their lengths and them"""
    def info(field, name, kind, width):
        shape = block(1, block(2, 'N')) + block(1, number(1, width))
        return block(field, block(1, name) + block(2, block(1, number(1, kind) + block(2, shape))))

    def of(op, names, out, attributes):
        domain = 'ai.onnx.ml' if op in TABULAR or op.startswith('TreeEnsemble') else ''
        return block(1, b''.join(block(1, n) for n in names) + block(2, out) + block(4, op) +
                     b''.join(attribute(*a) for a in attributes.items()) + block(7, domain))
    graph = b''.join(of(*n) for n in nodes) + block(2, 'g')
    for name, values in constants.items():
        lengths, values = values if isinstance(values, tuple) else ((len(values),), values)
        kind = {int: 7, float: 1, str: 8}[type(values[0])]
        held = b''.join(block(6, v) for v in values) if kind == 8 else block(
            9, struct.pack(f'<{len(values)}{"q" if kind == 7 else "f"}', *values))
        graph += block(5, b''.join(number(1, n) for n in lengths) + number(2, kind) + block(8, name) + held)
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


def erf_of(row):
    return [math.erf(x) for x in row]


def elu(alpha, gamma=1.0):
    return lambda row: [gamma * (x if x >= 0 else alpha * math.expm1(x)) for x in row]


def norm_of(row, scale, shift, mean, variance, epsilon):
    return [(x - m) / math.sqrt(v + epsilon) * s + b for x, s, b, m, v in zip(row, scale, shift, mean, variance)]


def layer(row):
    mean = sum(row) / len(row)
    variance = sum((x - mean) ** 2 for x in row) / len(row)
    return norm_of(row, [1.5] * F, [0.25] * F, [mean] * F, [variance] * F, 0.01)


def each(function):
    return lambda row: [function(x) for x in row]


def atanh(x):
    return math.nan if abs(x) > 1 else math.copysign(math.inf, x) if abs(x) == 1 else math.atanh(x)


def log_sum(row):
    return max(row) + math.log(sum(math.exp(x - max(row)) for x in row))


SELU = single(1.67326319217681884765625), single(1.05070102214813232421875)
OTHER, STATS = [0.5, -0.5, 2.0, 1.0], ([1.0, 2.0, 0.5, -1.0], [0.1, 0.2, 0.3, 0.4], [0.5, 0.0, -1.0, 2.0], [1.0, 4.0, 0.25, 2.0])
# operator, further inputs, attributes, what comes of a row; a list of lists stands for several nodes
PLAIN = [
    ('Reciprocal', [], {}, each(lambda x: 1 / x)), ('Floor', [], {}, each(math.floor)), ('Ceil', [], {}, each(math.ceil)),
    ('Round', [], {}, each(round)), ('Sign', [], {}, each(lambda x: (x > 0) - (x < 0))), ('Sin', [], {}, each(math.sin)),
    ('Cos', [], {}, each(math.cos)), ('Tan', [], {}, each(math.tan)), ('Asinh', [], {}, each(math.asinh)), ('Sinh', [], {}, each(math.sinh)),
    ('Cosh', [], {}, each(math.cosh)), ('Mish', [], {}, each(lambda x: x * math.tanh(math.log1p(math.exp(x))))),
    ('Asin', [], {}, each(lambda x: math.asin(x) if abs(x) <= 1 else math.nan)), ('Acos', [], {}, each(lambda x: math.acos(x) if abs(x) <= 1 else math.nan)),
    ('Acosh', [], {}, each(lambda x: math.acosh(x) if x >= 1 else math.nan)), ('Atanh', [], {}, each(atanh)),
    ('Gelu', [], {}, each(lambda x: x / 2 * (1 + math.erf(x / math.sqrt(2))))), ('Gelu', [], {'approximate': 'none'}, each(
        lambda x: x / 2 * (1 + math.erf(x / math.sqrt(2))))), ('Gelu', [], {'approximate': 'tanh'}, each(
            lambda x: x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3))))),
    ('Shrink', [], {}, each(lambda x: x if abs(x) > 0.5 else 0)), ('Shrink', [], {'lambd': 1.0, 'bias': 0.25}, each(
        lambda x: math.copysign(abs(x) - 0.25, x) if abs(x) > 1 else 0)), ('Atan', [], {}, each(math.atan)), ('Erf', [], {}, erf_of),
    ('Softplus', [], {}, each(lambda x: math.log1p(math.exp(x)))), ('Softsign', [], {}, each(lambda x: x / (1 + abs(x)))),
    ('LeakyRelu', [], {}, each(lambda x: x if x >= 0 else 0.01 * x)), ('LeakyRelu', [], {'alpha': 0.25}, each(lambda x: x if x >= 0 else x / 4)),
    ('Elu', [], {}, elu(1.0)), ('Elu', [], {'alpha': 0.5}, elu(0.5)), ('Selu', [], {}, elu(*SELU)),
    ('Celu', [], {'alpha': 2.0}, each(lambda x: max(0, x) + min(0, 2 * math.expm1(x / 2)))),
    ('HardSigmoid', [], {}, each(lambda x: max(0, min(1, 0.2 * x + 0.5)))),
    ('HardSigmoid', [], {'alpha': 0.5, 'beta': 0.25}, each(lambda x: max(0, min(1, x / 2 + 0.25)))),
    ('HardSwish', [], {}, each(lambda x: x * max(0, min(1, x / 6 + 0.5)))),
    ('ThresholdedRelu', [], {'alpha': 0.5}, each(lambda x: x if x > 0.5 else 0)), ('IsNaN', [], {}, each(lambda x: 0)),
    ('Clip', [[-0.5], [0.75]], {}, each(lambda x: min(max(x, -0.5), 0.75))), ('Clip', [None, [0.75]], {}, each(lambda x: min(x, 0.75))),
    ('Clip', [[-0.5]], {}, each(lambda x: max(x, -0.5))), ('Clip', [], {'min': 0.0, 'max': 6.0}, each(lambda x: min(max(x, 0), 6))),
    ('Pow', [[2.0]], {}, each(lambda x: x * x)), ('Pow', [[3]], {}, each(lambda x: x ** 3)),
    ('Max', [OTHER], {}, lambda r: [max(p) for p in zip(r, OTHER)]), ('Min', [OTHER, [0.75]], {}, lambda r: [min(*p, 0.75) for p in zip(r, OTHER)]),
    ('Sum', [OTHER, [1.0]], {}, lambda r: [a + b + 1 for a, b in zip(r, OTHER)]), ('Mean', [OTHER, [1.0]], {}, lambda r: [(a + b + 1) / 3 for a, b in zip(r, OTHER)]),
    ('PRelu', [OTHER], {}, lambda r: [a if a >= 0 else a * b for a, b in zip(r, OTHER)]),
    ('Greater', [OTHER], {}, lambda r: [a > b for a, b in zip(r, OTHER)]), ('Less', [OTHER], {}, lambda r: [a < b for a, b in zip(r, OTHER)]),
    ('GreaterOrEqual', [[0.5]], {}, each(lambda x: x >= 0.5)), ('LessOrEqual', [[0.5]], {}, each(lambda x: x <= 0.5)),
    ('Equal', [[0.5]], {}, each(lambda x: x == 0.5)), ('ArgMin', [], {'axis': 1}, lambda r: [r.index(min(r))]),
    ('LogSoftmax', [], {'axis': 1}, lambda r: [x - log_sum(r) for x in r]), ('Gather', [[2, 0, -1]], {'axis': 1}, lambda r: [r[2], r[0], r[3]]),
    ('BatchNormalization', list(STATS), {'epsilon': 0.125}, lambda r: norm_of(r, *STATS, 0.125)),
    ('LayerNormalization', [[1.5] * F, [0.25] * F], {'axis': -1, 'epsilon': single(0.01)}, layer), ('Dropout', [], {}, list),
    ('ReduceSum', [], {'axes': [1]}, lambda r: [sum(r)]), ('ReduceSum', [[-1]], {}, lambda r: [sum(r)]), ('ReduceMean', [], {'axes': [1]}, lambda r: [sum(r) / F]),
    ('ReduceMax', [], {'axes': [1]}, lambda r: [max(r)]), ('ReduceMin', [], {'axes': [-1]}, lambda r: [min(r)]),
    ('ReduceProd', [], {'axes': [1]}, lambda r: [math.prod(r)]), ('ReduceL1', [], {'axes': [1]}, lambda r: [sum(map(abs, r))]),
    ('ReduceL2', [], {'axes': [1]}, lambda r: [math.hypot(*r)]), ('ReduceSumSquare', [], {'axes': [1]}, lambda r: [sum(x * x for x in r)]),
    ('ReduceLogSumExp', [], {'axes': [1]}, lambda r: [log_sum(r)]), ('Reshape', [[-1, 4]], {}, list), ('Reshape', [[0, 2, 2]], {}, list),
    ('Unsqueeze', [[1]], {}, list), ('Flatten', [], {}, list),
]
# what works along the rows, or makes rows out of columns
MIXING = [('ArgMax', [], {}), ('ArgMax', [], {'axis': 0}), ('ArgMin', [], {}), ('Softmax', [], {'axis': 0}), ('ReduceSum', [], {}),
          ('ReduceMean', [], {'axes': [0]}), ('ReduceMax', [[0]], {}), ('Flatten', [], {'axis': 0}), ('Gather', [[0]], {}),
          ('Reshape', [[-1, 1]], {}), ('Reshape', [[1, -1]], {}), ('Reshape', [[4, -1]], {}), ('Squeeze', [[0]], {}), ('Unsqueeze', [[0]], {}),
          ('Concat', [[1.0]], {'axis': 0}), ('TopK', [[2]], {'axis': 1})]


# graphs of several operators: those whose rows hold more than columns, with what comes of a row, and None where
# that is not computed; constants: name to lengths and numbers
CUBE = ('Reshape', ['X', 'cube'], 'r', {})
BACK = ('Reshape', ['q', 'back'], 'y', {})
SHAPES = {'cube': ((3,), [-1, 2, 2]), 'back': ((2,), [-1, 4]), 'axis1': ((1,), [1]), 'axis2': ((1,), [2]), 'both': ((2,), [1, 2]),
          'pair': ((2, 1), [10.0, 100.0]), 'four': ((4,), OTHER), 'column': ((4, 1), OTHER), 'square': ((2, 2), OTHER), 'at': ((), [1]),
          'two': ((1,), [2]), 'one': ((4,), [1.0] * 4), 'ten': ((1,), [10.0]), 'rows': ((2,), [0, -1])}
DEEP = [
    ('sums within', [CUBE, ('ReduceSum', ['r', 'axis2'], 'y', {'keepdims': 0})], 2, None),
    ('sums across', [CUBE, ('ReduceSum', ['r', 'axis1'], 'y', {'keepdims': 0})], 2, None),
    ('means across', [CUBE, ('ReduceMean', ['r'], 'y', {'axes': [1], 'keepdims': 0})], 2, None),
    ('most within', [CUBE, ('ReduceMax', ['r'], 'y', {'axes': [-1], 'keepdims': 0})], 2, None),
    ('sum of all', [CUBE, ('ReduceSum', ['r', 'both'], 'y', {'keepdims': 0})], 1, lambda r: [sum(r)]),
    ('sum of one', [('Unsqueeze', ['X', 'axis1'], 'r', {}), ('ReduceSum', ['r', 'axis1'], 'y', {'keepdims': 0})], 4, None),
    ('sum of the last', [('Unsqueeze', ['X', 'axis1'], 'r', {}), ('ReduceSum', ['r', 'axis2'], 'y', {'keepdims': 0})], 1, lambda r: [sum(r)]),
    ('sum over rows', [('ReduceSum', ['X'], 'y', {'axes': [-2]})], 4, None),
    ('shares within', [CUBE, ('Softmax', ['r'], 'q', {'axis': -1}), BACK], 4, None),
    ('shares by default', [CUBE, ('Softmax', ['r'], 'q', {}), BACK], 4, None),
    ('the largest across', [CUBE, ('ArgMax', ['r'], 'y', {'axis': 1, 'keepdims': 0})], 2, None),
    ('one of two', [CUBE, ('Gather', ['r', 'at'], 'y', {'axis': 1})], 2, None),
    ('one of four', [('Gather', ['X', 'at'], 'y', {'axis': -1})], 1, lambda r: [r[1]]),
    ('side by side within', [CUBE, ('Concat', ['r', 'r'], 'q', {'axis': -1}), ('Flatten', ['q'], 'y', {})], 8, None),
    ('side by side across', [CUBE, ('Concat', ['r', 'r'], 'q', {'axis': 1}), ('Flatten', ['q'], 'y', {})], 8, lambda r: r + r),
    ('side by side', [('Concat', ['X', 'X'], 'y', {'axis': -1})], 8, lambda r: r + r),
    ('over all rows', [('LayerNormalization', ['X', 'one'], 'y', {'axis': 0})], 4, None),
    ('there and back', [CUBE, ('Relu', ['r'], 'q', {}), BACK], 4, each(lambda x: max(x, 0.0))),
    ('there and flat', [CUBE, ('Mul', ['r', 'ten'], 'q', {}), ('Flatten', ['q'], 'y', {})], 4, each(lambda x: 10 * x)),
    ('squares', [CUBE, ('Mul', ['r', 'square'], 'q', {}), ('Reshape', ['q', 'rows'], 'y', {})], 4, lambda r: [a * b for a, b in zip(r, OTHER)]),
    ('a pair for each', [CUBE, ('Mul', ['r', 'pair'], 'q', {}), BACK], 4, None),
    ('a pair turned', [CUBE, ('Add', ['r', 'four'], 'q', {}), BACK], 4, None),
    ('a column', [('Add', ['X', 'column'], 'y', {})], 4, None),
    ('rows beside columns', [('ReduceSum', ['X'], 's', {'axes': [1], 'keepdims': 0}), ('Add', ['X', 's'], 'y', {})], 4, None),
    ('a sum beside columns', [('ReduceSum', ['X'], 's', {'axes': [1]}), ('Add', ['X', 's'], 'y', {})], 4, lambda r: [x + sum(r) for x in r]),
    ('a vector', [('MatMul', ['X', 'four'], 'y', {})], 1, lambda r: [sum(a * b for a, b in zip(r, OTHER))]),
    ('a matrix that does not fit', [('MatMul', ['X', 'square'], 'y', {})], 1, None),
    ('a matrix within', [CUBE, ('MatMul', ['r', 'square'], 'q', {}), BACK], 4, None),
    ('fewer than declared', [('Gather', ['X', 'at'], 'y', {'axis': 1})], 4, None),
    ('more than declared', [('Relu', ['X'], 'y', {})], 1, None),
    ('the last of the least', [('Relu', ['X'], 'r', {}), ('ArgMin', ['r'], 'y', {'axis': 1, 'select_last_index': 1})], 1,
     lambda r: [max(k for k in range(F) if max(r[k], 0) == max(min(r), 0))]),
    ('the last of the largest', [('Neg', ['X'], 'n', {}), ('Relu', ['n'], 'r', {}), ('ArgMax', ['r'], 'y', {'axis': 1, 'select_last_index': 1})], 1,
     lambda r: [max(k for k in range(F) if max(-r[k], 0) == max(-min(r), 0))]),
    ('whole halves', [('Cast', ['X'], 'w', {'to': 7}), ('Div', ['w', 'two'], 'q', {}), ('Cast', ['q'], 'y', {'to': 1})], 4,
     each(lambda x: math.trunc(math.trunc(x) / 2))),
    ('a mean of whole numbers', [('Cast', ['X'], 'w', {'to': 7}), ('ReduceMean', ['w'], 'y', {'axes': [1]})], 1, None),
]


def deep(folder, rows):
    wrong = []
    for name, nodes, width, function in DEEP:
        used = {one for node in nodes for one in node[1]}
        data = graph_of([('X', 1, F)], nodes, {k: v for k, v in SHAPES.items() if k in used}, [('y', 1, width)])
        if function is not None:
            wrong += scored(folder, data, rows, function, name)
            continue
        (folder / 'model.onnx').write_bytes(data)
        done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o', folder / 'out.csv'],
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode == 0 or 'cannot be run' not in done.stderr:
            wrong.append(f'{name} is not refused: {done.stderr}')
    return wrong


def plain_graph(op, more, attributes, width):
    """the further inputs are constants, by turns of the graph and of nodes"""
    names = ['X'] + ['' if values is None else f'c{k}' for k, values in enumerate(more)]
    constants = {f'c{k}': values for k, values in enumerate(more) if values is not None}
    nodes = [('Constant', [], name, {f'value_{"int" if isinstance(values[0], int) else "float"}s': values})
             for k, (name, values) in enumerate(constants.items()) if k % 2]
    kept = {name: values for k, (name, values) in enumerate(constants.items()) if k % 2 == 0}
    return graph_of([('X', 1, F)], nodes + [(op, names, 'y', attributes)], kept, [('y', 1, width)])


def gate(folder, rows):
    """truth values and what they choose: x where it is above 0 or below −1 but not both, −x elsewhere"""
    nodes = [('Greater', ['X', 'zero'], 'above', {}), ('Less', ['X', 'low'], 'below', {}), ('Or', ['above', 'below'], 'any', {}),
             ('And', ['above', 'below'], 'both', {}), ('Xor', ['above', 'below'], 'one', {}), ('Not', ['both'], 'not_both', {}),
             ('And', ['any', 'not_both'], 'also_one', {}), ('Equal', ['one', 'also_one'], 'same', {}), ('And', ['same', 'one'], 'yes', {}),
             ('Neg', ['X'], 'turned', {}), ('Where', ['yes', 'X', 'turned'], 'y', {})]
    data = graph_of([('X', 1, F)], nodes, {'zero': [0.0], 'low': [-1.0]}, [('y', 1, F)])
    return scored(folder, data, rows, each(lambda x: x if x > 0 or x < -1 else -x), 'Where')


def write_rows(folder, rows):
    with open(folder / 'rows.csv', 'w', encoding='utf-8') as file:
        csv.writer(file).writerows([[f'x{k}' for k in range(len(rows[0]))], *(['' if math.isnan(x) else repr(x) for x in row] for row in rows)])


def scored(folder, data, rows, function, name, far=2e-5):
    (folder / 'model.onnx').write_bytes(data)
    done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o', folder / 'out.csv'],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return [f'{name}: {done.stderr.strip().splitlines()[-1]}']
    with open(folder / 'out.csv', encoding='utf-8') as file:
        found = list(csv.reader(file))[1:]
    return [f'{name} of {row}: {got}, expected {function(row)}' for got, row in zip(found, rows)
            if len(got) != len(function(row)) or not all(near(a, float(b), far) for a, b in zip(got, function(row)))][:1]


# operators that give nothing of nothing: numpy's minimum and maximum hand NaN on, as the operators' reference does
HOLLOW = [
    ('Relu', [], {}, each(lambda x: max(x, 0.0))), ('Celu', [], {'alpha': 2.0}, each(lambda x: max(0, x) + min(0, 2 * math.expm1(x / 2)))),
    ('HardSigmoid', [], {}, each(lambda x: max(0, min(1, 0.2 * x + 0.5)))), ('HardSwish', [], {}, each(lambda x: x * max(0, min(1, x / 6 + 0.5)))),
    ('Clip', [[-0.5], [0.75]], {}, each(lambda x: min(max(x, -0.5), 0.75))), ('Max', [OTHER], {}, lambda r: [max(p) for p in zip(r, OTHER)]),
    ('Min', [OTHER, [0.75]], {}, lambda r: [min(*p, 0.75) for p in zip(r, OTHER)]), ('Sigmoid', [], {}, each(lambda x: 1 / (1 + math.exp(-x)))),
    ('Elu', [], {}, elu(1.0)), ('Softplus', [], {}, each(lambda x: math.log1p(math.exp(x)))), ('Sign', [], {}, each(lambda x: (x > 0) - (x < 0))),
    ('LeakyRelu', [], {}, each(lambda x: x if x >= 0 else 0.01 * x)), ('Sum', [OTHER], {}, lambda r: [a + b for a, b in zip(r, OTHER)]),
]
# and those of whose row nothing is left
HOLLOW_ROWS = [
    ('Softmax', {'axis': 1}, F), ('LogSoftmax', {'axis': 1}, F), ('ReduceMax', {'axes': [1]}, 1), ('ReduceMin', {'axes': [1]}, 1),
    ('ReduceSum', {'axes': [1]}, 1), ('ReduceLogSumExp', {'axes': [1]}, 1), ('ReduceMean', {'axes': [1]}, 1), ('ReduceL2', {'axes': [1]}, 1),
]


def hollow(folder):
    """rows with missing cells, at each place, and one without"""
    rows = [[math.nan, 0.5, -2.0, 1.0], [1.5, math.nan, 0.25, -1.0], [0.5, 2.0, -0.5, math.nan], [math.nan] * F, [1.0, -3.0, 0.5, 2.0]]
    write_rows(folder, rows)
    wrong = []
    for op, more, attributes, function in HOLLOW:
        def kept(row, function=function):
            return [math.nan if math.isnan(x) else y for x, y in zip(row, function([0.0 if math.isnan(x) else x for x in row]))]
        wrong += scored(folder, plain_graph(op, more, attributes, F), rows, kept, f'{op} of nothing')
    whole = {'Softmax': lambda r: transform('SOFTMAX', r), 'LogSoftmax': lambda r: [x - log_sum(r) for x in r], 'ReduceMax': lambda r: [max(r)],
             'ReduceMin': lambda r: [min(r)], 'ReduceSum': lambda r: [sum(r)], 'ReduceLogSumExp': lambda r: [log_sum(r)],
             'ReduceMean': lambda r: [sum(r) / F], 'ReduceL2': lambda r: [math.hypot(*r)]}
    for op, attributes, n in HOLLOW_ROWS:
        def left(row, op=op, n=n):
            return [math.nan] * n if any(map(math.isnan, row)) else whole[op](row)
        wrong += scored(folder, plain_graph(op, [], attributes, n), rows, left, f'{op} of nothing')
    for norm, of in (('L1', lambda r: sum(map(abs, r))), ('L2', lambda r: math.hypot(*r))):
        def normed(row, of=of):
            return [math.nan] * F if any(map(math.isnan, row)) else [x / of(row) for x in row]
        wrong += scored(folder, model('Normalizer', {'norm': norm}, [('y', 1, F)]), rows, normed, f'Normalizer {norm} of nothing')
    return ' | '.join(wrong) or None


def plain(folder):
    rows = [[gauss() * 2 for _ in range(F)] for _ in range(20)] + [[0.5, -0.5, 2.5, -1.5], [1.0, -1.0, 1.0, 8.0]]
    write_rows(folder, rows)
    wrong = gate(folder, rows) + deep(folder, rows)
    for op, more, attributes, function in PLAIN:
        data = plain_graph(op, more, attributes, len(function(rows[0])))
        wrong += scored(folder, data, rows, function, f'{op} {attributes}')
    for op, more, attributes in MIXING:
        (folder / 'model.onnx').write_bytes(plain_graph(op, more, attributes, F))
        done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o', folder / 'out.csv'],
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode == 0 or op not in done.stderr:
            wrong.append(f'{op} {more} {attributes} is not refused: {done.stderr}')
    return ' | '.join(wrong) or None


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


class Forest:
    """TreeEnsemble of opset 5: a split is (feature, mode, threshold or set, tracks, yes, no), a leaf (target, weight)"""
    MODES = [*MODES, 'MEMBER']
    POSTS = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT']
    AGGREGATES = ['AVERAGE', 'SUM', 'MIN', 'MAX']

    def __init__(self, kind, n, modes, tracks, one_target):
        self.kind, self.n, self.tracks = kind, n, tracks
        self.trees = [self.grow(3, modes, t % n if one_target else None) for t in range(6)]

    def value(self):
        x = rng.choice([0.0, 0.5, 1.0, -1.0, rng.gauss(0, 1), 1 / 3])
        return x if self.kind == 11 else single(x)

    def grow(self, depth, modes, target):
        if depth < 3 and (depth == 0 or rng.random() < 0.2):
            weight = rng.gauss(0, 1)
            return rng.randrange(self.n) if target is None else target, weight if self.kind == 11 else single(weight)
        mode = rng.choice(modes)
        split = [self.value() for _ in range(rng.randrange(1, 5))] if mode == 'MEMBER' else self.value()
        return (rng.randrange(F), mode, split, int(self.tracks and rng.random() < 0.5), self.grow(depth - 1, modes, target),
                self.grow(depth - 1, modes, target))

    def expected(self, row, how, post):
        scores = [[] for _ in range(self.n)]
        for tree in self.trees:
            while len(tree) > 2:
                feature, mode, split, tracks, yes, no = tree
                x = row[feature] if self.kind == 11 else single(row[feature])
                goes = x in split if mode == 'MEMBER' else MODES[mode](x, split)
                tree = yes if goes or (tracks and math.isnan(x)) else no
            scores[tree[0]].append(tree[1])
        of = {'AVERAGE': lambda v: sum(v) / len(self.trees), 'SUM': sum, 'MIN': min, 'MAX': max}[how]
        return transform(post if self.n > 1 or post == 'PROBIT' else 'NONE', [of(v) if v else 0.0 for v in scores])

    def attributes(self, how, post):
        nodes = {k: [] for k in ('featureids', 'truenodeids', 'falsenodeids', 'trueleafs', 'falseleafs', 'missing_value_tracks_true')}
        modes, splits, members, leaves, roots = [], [], [], [], []

        def put(tree):
            if len(tree) == 2:
                leaves.append(tree)
                return len(leaves) - 1
            at, is_set = len(modes), tree[1] == 'MEMBER'
            modes.append(self.MODES.index(tree[1]))
            splits.append(math.nan if is_set else tree[2])
            members.extend([*tree[2], math.nan] if is_set else [])
            for key, value in zip(nodes, (tree[0], 0, 0, len(tree[4]) == 2, len(tree[5]) == 2, tree[3])):
                nodes[key].append(int(value))
            nodes['truenodeids'][at] = put(tree[4])
            nodes['falsenodeids'][at] = put(tree[5])
            return at
        for tree in self.trees:
            roots.append(put(tree))
        more = {'membership_values': Tensor(self.kind, members)} if members else {}
        return {f'nodes_{k}': v for k, v in nodes.items()} | more | {
            'nodes_modes': Tensor(2, modes), 'nodes_splits': Tensor(self.kind, splits), 'tree_roots': roots,
            'leaf_targetids': [leaf[0] for leaf in leaves], 'leaf_weights': Tensor(self.kind, [leaf[1] for leaf in leaves]),
            'n_targets': self.n, 'aggregate_function': self.AGGREGATES.index(how), 'post_transform': self.POSTS.index(post)}


def forest(kind, n, modes, tracks, how='SUM', post='NONE', one_target=False):
    trees = Forest(kind, n, modes, tracks, one_target)
    return (model('TreeEnsemble', trees.attributes(how, post), [('y', kind, n)], kind),
            lambda row: (None, trees.expected(row, how, post)))


def forests():
    for kind, name in ((1, 'floats'), (11, 'doubles')):
        for mode in Forest.MODES:
            yield f'TreeEnsemble of {name}, {mode}', *forest(kind, 1, [mode], mode != 'BRANCH_LT')
        for how in Forest.AGGREGATES:
            yield f'TreeEnsemble of {name}, {how}', *forest(kind, 1, Forest.MODES, True, how)
        for how in ('AVERAGE', 'SUM'):
            yield f'TreeEnsemble of {name}, {how} of three', *forest(kind, 3, Forest.MODES, True, how)
        for post in Forest.POSTS:
            yield f'TreeEnsemble of {name}, three {post}', *forest(kind, 3, Forest.MODES, True, 'SUM', post, True)
            yield f'TreeEnsemble of {name}, one {post}', *forest(kind, 1, Forest.MODES, True, 'SUM', post)


def of_doubles(folder):
    """columns of doubles beside thresholds that differ from them only in double precision"""
    rows, wrong = [[1 / 3 + k * 1e-12, 0.0, 0.0, 0.0] for k in (-1, 0, 1)], []
    write_rows(folder, rows)
    tree = {'nodes_treeids': [0, 0, 0], 'nodes_nodeids': [0, 1, 2], 'nodes_featureids': [0, 0, 0], 'nodes_truenodeids': [1, 0, 0],
            'nodes_falsenodeids': [2, 0, 0], 'nodes_modes': ['BRANCH_LT', 'LEAF', 'LEAF'], 'target_treeids': [0, 0],
            'target_nodeids': [1, 2], 'target_ids': [0, 0], 'n_targets': 1, 'target_weights': [1.0, 2.0],
            'nodes_values_as_tensor': Tensor(11, [1 / 3, 0.0, 0.0])}
    wrong += scored(folder, model('TreeEnsembleRegressor', tree, [('y', 1, 1)], 11), rows, lambda r: [1.0 if r[0] < 1 / 3 else 2.0], 'trees')
    wrong += scored(folder, graph_of([('X', 11, F)], [('Identity', ['X'], 'y', {})], {}, [('y', 11, F)]), rows, list, 'numbers', 0)
    return ' | '.join(wrong) or None


def forest_wrong(folder):
    """what does not go together is said, and nothing is made of it"""
    write_rows(folder, [[1.0] * F])
    good = Forest(1, 2, ['BRANCH_LT', 'MEMBER'], False, False)
    while good.trees[0][1] != 'MEMBER' or len(good.trees[0][4]) == 2:
        good = Forest(1, 2, ['BRANCH_LT', 'MEMBER'], False, False)
    given, wrong = good.attributes('SUM', 'NONE'), []
    n, leaves = len(given['nodes_featureids']), len(given['leaf_targetids'])
    for name, what, said in (
            *((name, None, f'{name}, found 0') for name in ('nodes_splits', 'nodes_truenodeids', 'nodes_falseleafs', 'leaf_weights')),
            ('nodes_trueleafs', given['nodes_trueleafs'][:-1], 'nodes_trueleafs, found'), ('tree_roots', [n], 'tree 0: .*leads nowhere'),
            ('leaf_targetids', [2] * leaves, 'leaf 0'), ('nodes_truenodeids', [0] * n, 'tree 0: a cycle'),
            ('nodes_falsenodeids', [leaves + n] * n, 'tree 0: .*leads nowhere'), ('nodes_featureids', [-1] * n, 'tree 0, node 0'),
            ('nodes_modes', Tensor(2, [7] * n), 'mode 7'), ('nodes_modes', Tensor(2, [6] * n), 'no membership_values of node'),
            ('nodes_modes', Tensor(2, [0] * n), 'left over'), ('n_targets', 0, 'n_targets'), ('n_targets', 1 << 60, 'n_targets'),
            ('aggregate_function', 4, 'aggregate_function 4'), ('aggregate_function', 2, 'MIN of leaves'), ('post_transform', 5, 'post_transform is none'),
            ('post_transform', 'SOFTMAX', 'post_transform is none'), ('leaf_weights', Tensor(11, [1.0] * leaves), 'type 11'),
            ('leaf_weights', Tensor(1, [math.nan] * leaves), 'tree 0, node [0-9]+: its leaf')):
        changed = {k: v for k, v in {**given, 'nodes_missing_value_tracks_true': None, name: what}.items() if v is not None}
        (folder / 'model.onnx').write_bytes(model('TreeEnsemble', changed, [('y', 1, 2)]))
        done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o', folder / 'out.csv'],
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 4 or not re.search(said, done.stderr):
            wrong.append(f'{name}: {done.returncode} {done.stderr}')
    return ' | '.join(wrong) or None


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


# what is not known must not be taken for something else
UNKNOWN = [
    ('post_transform', model('LinearRegressor', {'coefficients': [1.0] * F, 'targets': 1, 'post_transform': 'SOFTPLUS'}, [('y', 1, 1)]), 'SOFTPLUS'),
    ('trees', model('TreeEnsembleRegressor', Ensemble(['BRANCH_LT'], [0, 1], gauss, False).attributes('target') | {
        'n_targets': 2, 'post_transform': 'TANH'}, [('y', 1, 2)]), 'TANH'),
    ('norm', model('Normalizer', {'norm': 'L3'}, [('y', 1, F)]), 'L3'),
    ('domain', model('Scaler', {'offset': [1.0], 'scale': [2.0]}, [('y', 1, F)]).replace(b'ai.onnx.ml', b'ai.onnx.xl'), 'ai.onnx.xl'),
    ('a word of another kind', model('Normalizer', {'norm': 2}, [('y', 1, F)]), 'norm is no word'),
    ('kernel', model('SVMRegressor', {'coefficients': [1.0], 'rho': [0.5], 'support_vectors': [1.0] * F, 'n_supports': 1,
                                      'kernel_params': [1.0, 0.0, 3.0], 'kernel_type': 'WAVE'}, [('y', 1, 1)]), 'WAVE'),
    ('approximation', plain_graph('Gelu', [], {'approximate': 'sigmoid'}, F), 'sigmoid'),
    ('dropping', plain_graph('Dropout', [[0.5], [1]], {}, F), 'training_mode'),
]


def unknown(folder):
    (folder / 'rows.csv').write_text(','.join(f'x{k}' for k in range(F)) + '\n' + ','.join('1' * F) + '\n', encoding='utf-8')
    wrong = []
    for name, data, what in UNKNOWN:
        (folder / 'model.onnx').write_bytes(data)
        done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o', folder / 'out.csv'],
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode == 0 or what not in done.stderr:
            wrong.append(f'{name} is not refused: {done.stderr}')
    return ' | '.join(wrong) or None


def marks(folder):
    """categories that are numbers: numbers are made whole first, and without zeros others leave no row"""
    rows = [[1.0, 2.0, 7.0, 1.0], [1.75, 2.0, -7.5, 2.0], [3.0, 1.0, 2.0, 7.0], [math.nan, 1.0, 2.0, 7.0]]
    write_rows(folder, rows)
    kinds, wrong = [1, 2, 7, -7], []
    for zeros in (1, 0):
        def function(row, zeros=zeros):
            found = [[float(not math.isnan(x) and math.trunc(x) == k) for k in kinds] for x in row]
            lost = zeros == 0 and not all(map(any, found))
            return [math.nan if lost else one for of_x in found for one in of_x]
        wrong += scored(folder, model('OneHotEncoder', {'cats_int64s': kinds, 'zeros': zeros}, [('y', 1, F * len(kinds))]), rows, function,
                        f'OneHotEncoder, zeros {zeros}')
    return ' | '.join(wrong) or None


def encoders(folder):
    """LabelEncoder as each version writes it, of texts and of numbers; whole numbers that are filled in"""
    rows, texts_of = [[1.0, 2.0, 7.0, 1.5], [-7.0, math.nan, 2.0, 0.0]], ['Ham', '', 'Ulm', 'Rom']
    write_rows(folder, rows)
    wrong = []
    places = {1: 0.1, 2: -4.0, 7: 2.5}
    for name, attributes in (
            ('doubles', {'keys_tensor': Tensor(11, list(map(float, places))), 'values_tensor': Tensor(11, list(places.values())),
                         'default_tensor': Tensor(11, [-9.25])}),
            ('wholes', {'keys_tensor': Tensor(7, list(places)), 'values_tensor': Tensor(1, list(places.values())), 'default_tensor': Tensor(1, [-9.25])}),
            ('lists', {'keys_int64s': list(places), 'values_floats': list(places.values()), 'default_float': -9.25})):
        wrong += scored(folder, model('LabelEncoder', attributes, [('y', 1, F)]), rows, each(lambda x: places.get(x, -9.25)), name)
    marked = graph_of([('X', 1, F)], [('LabelEncoder', ['X'], 'town', {'keys_floats': [1.0, 2.0], 'values_strings': ['Ham', 'Ulm'],
                                                                       'default_string': 'Rom'}),
                                      ('OneHotEncoder', ['town'], 'y', {'cats_strings': ['Rom', 'Ham']})], {}, [('y', 1, 2 * F)])
    wrong += scored(folder, marked, rows, lambda r: [float(one) for x in r for one in (x not in (1, 2), x == 1)], 'numbers to texts')
    whole = [[1, 2, 0, 4], [0, -1, 5, 0]]
    write_rows(folder, whole)
    for fill in ([9], [9, 8, 7, 6]):
        data = model('Imputer', {'imputed_value_int64s': fill}, [('y', 7, F)], 7)
        wrong += scored(folder, data, whole, lambda r, fill=fill: [x or fill[k % len(fill)] for k, x in enumerate(r)], f'filled {fill}')
    with open(folder / 'rows.csv', 'w', encoding='utf-8') as file:
        csv.writer(file).writerows([('town', 'level'), *((t, 1) for t in texts_of)])
    for name, attributes, want in (
            ('texts in a tensor', {'keys_tensor': Tensor(8, ['Ulm', 'Ham']), 'values_tensor': Tensor(1, [0.5, 4.0]),
                                   'default_tensor': Tensor(1, [-2.0])}, {'Ulm': 0.5, 'Ham': 4.0, None: -2.0}),
            ('texts to wholes', {'keys_strings': ['Ulm', 'Ham'], 'values_int64s': [3, 5]}, {'Ulm': 3, 'Ham': 5, None: -1}),
            ('classes', {'classes_strings': ['Ham', 'Ulm', 'Bonn'], 'default_int64': -5}, {'Ham': 0, 'Ulm': 1, None: -5})):
        data = graph_of([('town', 8, 1)], [('LabelEncoder', ['town'], 'code', attributes), ('Cast', ['code'], 'y', {'to': 1})], {}, [('y', 1, 1)])
        (folder / 'model.onnx').write_bytes(data)
        done = subprocess.run([ERRATA, 'score', folder / 'model.onnx', folder / 'rows.csv', '-o', folder / 'out.csv'],
                              capture_output=True, text=True, timeout=60, check=False)
        found = [float(row[0]) for row in list(csv.reader(open(folder / 'out.csv', encoding='utf-8')))[1:]] if done.returncode == 0 else done.stderr
        if found != [want.get(t, want[None]) for t in texts_of]:
            wrong.append(f'{name}: {found}')
    return ' | '.join(wrong) or None


def near(got, want, far=2e-5):
    got = float(got or 'nan')
    if math.isnan(want) or math.isinf(want) or math.isinf(got):
        return math.isnan(want) == math.isnan(got) or math.isinf(want)
    return abs(got - want) <= far * max(1, abs(want))


def check(data, expected, missing, folder):
    (folder / 'model.onnx').write_bytes(data)
    choice = [0.0, 0.5, 1.0, -1.0] + ([math.nan] if missing else [])
    rows = [[rng.choice(choice + [gauss(), gauss()]) for _ in range(F)] for _ in range(50)]
    rows.append([-1.0, -2.0, -3.0, -0.5])
    write_rows(folder, rows)
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


def one_leaf(folder):
    """a tree that is a leaf has a root whose branches both lead to it; runtimes differ where their numbers do"""
    rows = [[1.0] * F, [-1.0] * F]
    write_rows(folder, rows)
    given = {f'nodes_{k}': [0, 0] for k in ('featureids', 'truenodeids', 'falsenodeids')} | {
        'nodes_trueleafs': [1, 1], 'nodes_falseleafs': [1, 1], 'nodes_modes': Tensor(2, [0, 0]), 'nodes_splits': Tensor(1, [0.0, 0.0]),
        'leaf_targetids': [0, 0], 'leaf_weights': Tensor(1, [0.5, 4.0]), 'tree_roots': [0, 1], 'n_targets': 1}
    known = {**given, 'nodes_truenodeids': [0, 1], 'nodes_falsenodeids': [0, 0]}
    wrong = scored(folder, model('TreeEnsemble', known, [('y', 1, 1)]), rows, lambda r: [4.5 if r[0] <= 0 else 1.0], 'one leaf')
    refused = scored(folder, model('TreeEnsemble', given, [('y', 1, 1)]), rows, list, 'another leaf')
    return ' | '.join(wrong) or (None if 'tree 1: one leaf' in refused[0] else refused[0])


GROUPS = [('columns of texts', texts), ('labels by ArgMax', network), ('plain operators', plain), ('missing cells', hollow),
          ('unknown words', unknown), ('marks of numbers', marks), ('encoders', encoders), ('columns of doubles', of_doubles),
          ('trees of one leaf', one_leaf), ('what is no ensemble', forest_wrong)]


def main():
    made = list(cases()) + list(forests())
    print(f'1..{len(made) + len(GROUPS)}')
    with tempfile.TemporaryDirectory() as scratch:
        for n, (name, data, expected) in enumerate(made, 1):
            trees = b'TreeEnsemble' in data
            wrong = check(data, expected, trees, pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {n} {name}')
            if wrong is not None:
                print('# ' + wrong.replace('\n', ' '))
        for n, (what, function) in enumerate(GROUPS, 1):
            wrong = function(pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {len(made) + n} {what}')
            if wrong is not None:
                print('# ' + wrong.replace('\n', ' '))


main()
