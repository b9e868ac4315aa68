#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models of scikit-learn and XGBoost, saved in the ways of ten years, scored by the program and by the
library: skops, every protocol of pickle, Python 2's strings, arrays of other orders and widths, XGBoost's old
binary format.

usage: sklearn-saved.py ERRATA
"""
import copy
import io
import json
import pathlib
import pickle
import struct
import subprocess
import sys
import tempfile
import zlib
import warnings
import zipfile

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.gaussian_process import GaussianProcessRegressor, kernels
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (FunctionTransformer, KBinsDiscretizer, MinMaxScaler, OneHotEncoder, OrdinalEncoder,
                                   StandardScaler)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

try:
    import xgboost
except ImportError:
    xgboost = None

warnings.filterwarnings('ignore')
ERRATA = sys.argv[1]
rng = np.random.default_rng(8)
N = 200
FRAME = pd.DataFrame(rng.normal(size=(N, 3)), columns=['größe', 'a [b]', '"q",\\n'])
FRAME['town'] = rng.choice(['Köln', 'Ulm', 'Łódź'], size=N)
LABEL = (FRAME['größe'] + (FRAME.town == 'Ulm') > 0.3).astype(int)
NUMBERS = FRAME.iloc[:, :3]


class Python2(pickle._Pickler):  # pylint: disable=protected-access
    """bytes as Python 2 wrote them: strings"""
    dispatch = dict(pickle._Pickler.dispatch)  # pylint: disable=protected-access

    def save_string(self, data):
        if self.bin and len(data) < 256:
            self.write(b'U' + bytes([len(data)]) + data)
        elif self.bin:
            self.write(b'T' + struct.pack('<i', len(data)) + data)
        else:
            text = repr(data)[1:].encode('ascii')
            self.write(b'S' + text + b'\n')
        self.memoize(data)
    dispatch[bytes] = save_string


def python2(model, protocol):
    out = io.BytesIO()
    Python2(out, protocol).dump(model)
    return out.getvalue()


def arrays(model, change):
    """a copy of the model whose arrays of numbers are stored otherwise"""
    model = copy.deepcopy(model)
    for step in [one for _, one in getattr(model, 'steps', [(None, model)])]:
        for name, value in list(vars(step).items()):
            if isinstance(value, np.ndarray) and value.dtype.kind == 'f':
                setattr(step, name, change(value))
    return model


def score(data, rows, scratch):
    (scratch / 'model.pkl').write_bytes(data)
    rows.to_csv(scratch / 'rows.csv', index=False)
    done = subprocess.run([ERRATA, 'score', scratch / 'model.pkl', scratch / 'rows.csv', '-o',
                           scratch / 'out.csv'], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1]
    return pd.read_csv(scratch / 'out.csv')


def differs(data, rows, wanted, scratch, most=1e-12):
    """what the program gives for a binary model, against the probabilities of its library"""
    got = score(data, rows, scratch)
    if isinstance(got, str):
        return got
    worst = np.abs(got[['probability(0)', 'probability(1)']].to_numpy() - wanted).max()
    return None if worst <= most else f'probabilities are off by {worst}'


def protocols(scratch):
    """names and categories that are not ASCII, arrays and scalars"""
    columns = ColumnTransformer([('n', StandardScaler(), list(FRAME.columns[:3])),
                                 ('t', OneHotEncoder(), ['town'])])
    for last in (LogisticRegression(), DecisionTreeClassifier(max_depth=4)):
        model = make_pipeline(columns, last).fit(FRAME, LABEL)
        for protocol in range(6):
            for save in (pickle.dumps, python2):
                if save is python2 and protocol > 2:
                    continue
                wrong = differs(save(model, protocol), FRAME[:50], model.predict_proba(FRAME[:50]), scratch)
                if wrong is not None:
                    return f'{save.__name__} {protocol}, {last}: {wrong}'
    return None


def words(scratch):
    """what a search over arrays leaves as parameters: texts of numpy"""
    word = np.str_
    for model in (GradientBoostingClassifier(loss=word('exponential'), n_estimators=5), KNeighborsClassifier(weights=word('distance')),
                  MLPClassifier((3,), activation=word('tanh'), max_iter=20), SVC(kernel=word('poly'), gamma=word('scale'), probability=True),
                  make_pipeline(SimpleImputer(strategy=word('median')), StandardScaler(), LogisticRegression(solver=word('liblinear')))):
        model.fit(NUMBERS, LABEL)
        for protocol in (0, 2, 5):
            wrong = differs(pickle.dumps(model, protocol), NUMBERS[:60], model.predict_proba(NUMBERS[:60]), scratch, 1e-9)
            if wrong is not None:
                return f'{protocol}, {model}: {wrong}'
    return None


def widths(scratch):
    """byte orders, strides and numbers of 10 and of 2 bytes"""
    ways = {'fortran': np.asfortranarray, 'big': lambda a: a.astype('>f8'),
            'strided': lambda a: np.repeat(a, 2, axis=0)[::2], 'long': lambda a: a.astype(np.longdouble)}
    for model in (GaussianNB(), make_pipeline(StandardScaler(), LogisticRegression())):
        model.fit(NUMBERS, LABEL)
        for name, change in ways.items():
            for protocol in (0, 2, 5):
                wrong = differs(pickle.dumps(arrays(model, change), protocol), NUMBERS[:50],
                                model.predict_proba(NUMBERS[:50]), scratch)
                if wrong is not None:
                    return f'{name}, {protocol}, {model}: {wrong}'
    half = arrays(LogisticRegression().fit(NUMBERS, LABEL), lambda a: a.astype(np.float16))
    wide = arrays(half, lambda a: a.astype(float))
    return differs(pickle.dumps(half), NUMBERS[:50], wide.predict_proba(NUMBERS[:50]), scratch)


def binary(scratch):
    """XGBoost's old format, as a file and within pickles, which may keep it with its configuration"""
    if xgboost is None:
        return None
    rows = NUMBERS.astype(np.float32).astype(float).rename(columns=dict(zip(NUMBERS, 'abc')))
    rows.iloc[::7, 1] = np.nan
    matrix = xgboost.DMatrix(rows, label=LABEL)
    for settings in ({'booster': 'gbtree', 'num_parallel_tree': 2, 'subsample': 0.7},
                     {'booster': 'dart', 'rate_drop': 0.5}, {'booster': 'gblinear'}):
        model = xgboost.train({'objective': 'binary:logistic', 'base_score': 0.3, **settings}, matrix, 6)
        wanted = model.predict(matrix)[:50]
        file = bytes(model.save_raw('deprecated'))
        old = xgboost.Booster()
        state = {'handle': bytearray(file[4:]), 'feature_names': ['a', 'b', 'c'], 'feature_types': None}
        old.__class__.__getstate__, real = lambda self, state=state: state, old.__class__.__getstate__
        pickles = [pickle.dumps(old, protocol) for protocol in range(6)]
        state['handle'] = bytearray(b'CONFIG-offset:' + struct.pack('<q', len(file)) + file + b'{"version":[1,0,2]}')
        pickles.append(pickle.dumps(old))
        old.__class__.__getstate__ = real
        pickles += [pickle.dumps(model, protocol) for protocol in range(6)]
        for way, data in enumerate([file, file[4:], *pickles]):
            shown = rows if way < 2 else rows[['c', 'a', 'b']]  # only the file has no names
            wrong = differs(data, shown[:50], np.column_stack([1 - wanted, wanted]), scratch, 1.2e-7)
            if wrong is not None:
                return f'{settings}, {way}: {wrong}'
    return None


def skops(model):
    """the model as skops 0.9 writes it (skops/io/_general.py, _numpy.py, _sklearn.py)"""
    files = {}

    def node(thing, loader, **rest):
        kind = type(thing)
        return {'__class__': kind.__name__, '__module__': kind.__module__, '__loader__': loader, **rest,
                '__id__': id(thing)}

    def state(thing):
        if isinstance(thing, np.random.RandomState):
            return node(thing, 'RandomStateNode', content={})
        if isinstance(thing, type):
            return {'__class__': thing.__name__, '__module__': thing.__module__, '__loader__': 'TypeNode',
                    '__id__': id(thing)}
        if isinstance(thing, np.ufunc):
            return node(thing, 'FunctionNode', content={'module_path': 'numpy', 'function': thing.__name__})
        if isinstance(thing, (np.ndarray, np.generic)):
            if thing.dtype == object:
                return node(thing, 'NdArrayNode', content=state(thing.tolist())['content'], type='json',
                            shape=state(thing.shape))
            buffer = io.BytesIO()
            np.save(buffer, thing, allow_pickle=False)
            files[f'{id(thing)}.npy'] = buffer.getvalue()
            kept.append(thing)
            return node(thing, 'NdArrayNode', type='numpy', file=f'{id(thing)}.npy')
        if isinstance(thing, dict):
            return node(thing, 'DictNode', content={str(k): state(v) for k, v in thing.items()},
                        key_types=state([type(k) for k in thing]))
        for kind, loader in ((list, 'ListNode'), (tuple, 'TupleNode'), (set, 'SetNode')):
            if type(thing) is kind:  # pylint: disable=unidiomatic-typecheck
                return node(thing, loader, content=[state(one) for one in thing])
        if isinstance(thing, slice):
            return node(thing, 'SliceNode', content={'start': thing.start, 'stop': thing.stop, 'step': thing.step})
        if thing is None or isinstance(thing, (str, int, float)):
            return {'__class__': 'str', '__module__': 'builtins', '__loader__': 'JsonNode',
                    'content': json.dumps(thing), 'is_json': True, '__id__': id(thing)}
        if type(thing).__name__ == 'Tree':
            maker, args, content = thing.__reduce__()
            kept.append((maker, args, content))
            return node(thing, 'TreeNode', __reduce__={'args': state(args)}, content=state(content))
        content = thing.__getstate__() if hasattr(thing, '__getstate__') else vars(thing)
        kept.append(content)
        return node(thing, 'ObjectNode', content=state(content))

    kept = []
    schema = {**state(model), 'protocol': 2, '_skops_version': '0.9.0'}
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr('schema.json', json.dumps(schema, indent=2))
    return out.getvalue()


def trusted(scratch):
    """models that skops saved"""
    both = ColumnTransformer([('n', make_pipeline(SimpleImputer(), StandardScaler()), list(FRAME.columns[:3])),
                              ('t', OneHotEncoder(handle_unknown='ignore'), ['town'])])
    for model, rows in (
            (make_pipeline(both, LogisticRegression()), FRAME), (RandomForestClassifier(5, random_state=0), NUMBERS),
            (make_pipeline(both, GradientBoostingClassifier(n_estimators=4)), FRAME),
            (make_pipeline(ColumnTransformer([('o', OrdinalEncoder(), ['town'])], remainder='passthrough'),
                           DecisionTreeClassifier(max_depth=4)), FRAME),
            (make_pipeline(FunctionTransformer(np.abs), MinMaxScaler(), MLPClassifier((4,), max_iter=20)), NUMBERS),
            (make_pipeline(StandardScaler(), SVC(probability=True, random_state=0)), NUMBERS),
            (KNeighborsClassifier(algorithm='brute'), NUMBERS), (GaussianNB(), NUMBERS),
            (CalibratedClassifierCV(LogisticRegression(), cv=2), NUMBERS),
            (GridSearchCV(VotingClassifier([('a', GaussianNB()), ('b', LogisticRegression())], voting='soft'),
                          {'b__C': [0.1, 1]}, cv=2), NUMBERS),
            (LogisticRegression(class_weight={0: 1, 1: 2}), NUMBERS)):
        model.fit(rows, LABEL)
        wrong = differs(skops(model), rows[:50], model.predict_proba(rows[:50]), scratch)
        if wrong is not None:
            return f'{model}: {wrong}'
    return None


def processes(scratch):
    """Gaussian processes, whose sums are as exact as their kernels are well conditioned"""
    rows = NUMBERS.rename(columns=dict(zip(NUMBERS, 'abc')))
    target = np.sin(rows.a) + rows.b + rng.normal(size=N) * 0.3
    noise = kernels.WhiteKernel(0.1)
    for kernel in (kernels.RBF([1, 2, 3]) + noise, 2.0 * kernels.RBF() + noise, kernels.Matern(nu=0.5) + noise,
                   kernels.Matern([1, 2, 1], nu=1.5) + noise, kernels.Matern(nu=2.5) + noise,
                   kernels.Matern(nu=np.inf) + noise, kernels.RationalQuadratic(alpha=0.7) + noise,
                   kernels.ExpSineSquared(1.5, 3.0) * kernels.RBF() + noise,
                   kernels.DotProduct(0.5) ** 2 + kernels.ConstantKernel(0.3) + noise):
        for scaled in (False, True):
            model = GaussianProcessRegressor(kernel, normalize_y=scaled, optimizer=None, alpha=1e-3)
            model = make_pipeline(StandardScaler(), model).fit(rows[60:], target[60:])
            got = score(pickle.dumps(model), rows[:60], scratch)
            if isinstance(got, str):
                return f'{kernel}: {got}'
            worst = np.abs(got.prediction - model.predict(rows[:60])).max()
            if not worst <= 1e-12:
                return f'{kernel}: off by {worst}'
    model = GaussianProcessRegressor(kernels.Matern(nu=1.0)).fit(rows, target)
    got = score(pickle.dumps(model), rows, scratch)
    return None if 'Matern with nu = 1 is not computed' in str(got) else f'{got}'


def sparse(scratch):
    """training rows that were kept as a sparse matrix"""
    rows = NUMBERS.rename(columns=dict(zip(NUMBERS, 'abc')))
    bins = KBinsDiscretizer(5, encode='onehot', strategy='uniform')
    for last in (KNeighborsClassifier(7), make_pipeline(Nystroem(n_components=9, random_state=0), LogisticRegression()),
                 TransformedTargetRegressor(KernelRidge(kernel='rbf', gamma=0.3)), SVC(probability=True, random_state=0)):
        model = make_pipeline(bins, last).fit(rows[60:], LABEL[60:])
        if hasattr(model, 'predict_proba'):
            wrong = differs(pickle.dumps(model), rows[:60], model.predict_proba(rows[:60]), scratch, 1e-9)
        else:
            got = score(pickle.dumps(model), rows[:60], scratch)
            wrong = got if isinstance(got, str) else None
            if wrong is None and not np.abs(got.prediction - model.predict(rows[:60])).max() <= 1e-12:
                wrong = 'predictions are off'
        if wrong is not None:
            return f'{last}: {wrong}'
    return None


def packed(scratch):
    """a compressed pickle that is damaged, cut, or unpacks to far more than a model holds"""
    model = LogisticRegression().fit(NUMBERS[60:], LABEL[60:])
    data = zlib.compress(pickle.dumps(model))
    bomb = zlib.compress(pickle.dumps({'model': model, 'rest': bytes(80 << 20)}), 9)
    for name, file, said in (('cut', data[:-60], 'damaged or cut: only the first'), ('bomb', bomb, 'bytes unpack to more than'),
                             ('damaged', data[:30] + b'\xff' * 8 + data[38:], 'damaged or cut: only the first')):
        (scratch / 'packed.joblib').write_bytes(file)
        done = subprocess.run([ERRATA, 'inspect', scratch / 'packed.joblib'], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 4 or said not in done.stderr:
            return f'{name}: {done.returncode}, {done.stderr}'
    return differs(data, NUMBERS[:60], model.predict_proba(NUMBERS[:60]), scratch)


def main():
    tests = {'compressed pickles': packed, 'sparse training rows': sparse, 'Gaussian processes': processes, 'skops': trusted, 'protocols of pickle': protocols, 'texts of numpy': words,
             'orders and widths of arrays': widths, 'the binary format of XGBoost': binary}
    print(f'1..{len(tests)}')
    with tempfile.TemporaryDirectory() as scratch:
        for n, (name, test) in enumerate(tests.items(), 1):
            wrong = test(pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {n} {name}')
            if wrong is not None:
                print(f'# {wrong}')


main()
