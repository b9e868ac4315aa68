#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scikit-learn models, trained here by Debian's scikit-learn and saved in every way it knows, scored by
the program and by the library.

usage: sklearn-models.py ERRATA
"""
import csv
import pathlib
import pickle
import subprocess
import sys
import tempfile
import warnings

import joblib
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (ExtraTreesClassifier, ExtraTreesRegressor,
                              GradientBoostingClassifier, GradientBoostingRegressor,
                              RandomForestClassifier, RandomForestRegressor)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge,
                                  RidgeClassifier, SGDClassifier, SGDRegressor)
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder,
                                   OrdinalEncoder, RobustScaler, StandardScaler)
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeRegressor

warnings.filterwarnings('ignore')
ERRATA = sys.argv[1]
N = 300
rng = np.random.default_rng(5)
X = rng.normal(size=(N, 5)) * [1, 10, 0.1, 3, 1] + [0, 5, 0, 0, 2]
number = X[:, 0] * 2 + np.sin(X[:, 3]) + rng.normal(size=N) * 0.1
two = (number > 0).astype(int)
three = np.where(number > 1.5, 'high', np.where(number > -1, 'mid', 'low'))
town = rng.choice(['Ham', 'Köln', 'Ulm'], size=N)
MIXED = np.column_stack([X[:, :3].astype(object), town])


def pipe(*steps):
    return Pipeline([(f's{i}', s) for i, s in enumerate(steps)])


def columns():
    return pipe(ColumnTransformer([('scale', StandardScaler(), [0, 2]),
                                   ('town', OneHotEncoder(handle_unknown='ignore'), [3])],
                                  remainder='passthrough'),
                LogisticRegression())


def coded():
    return pipe(ColumnTransformer([('town', OrdinalEncoder(), [3]), ('rest', 'passthrough', [1, 0])]),
                RandomForestRegressor(n_estimators=7, random_state=0))


MODELS = {
    'tree': (DecisionTreeClassifier(max_depth=5), X, three),
    'tree-numbers': (DecisionTreeRegressor(max_depth=6), X, number),
    'extra-tree': (ExtraTreeRegressor(max_depth=6, random_state=1), X, number),
    'forest': (RandomForestClassifier(n_estimators=9, random_state=0), X, two),
    'forest-three': (RandomForestClassifier(n_estimators=9, random_state=0), X, three),
    'forest-numbers': (RandomForestRegressor(n_estimators=9, random_state=0), X, number),
    'extra-trees': (ExtraTreesClassifier(n_estimators=9, random_state=0), X, three),
    'extra-trees-numbers': (ExtraTreesRegressor(n_estimators=9, random_state=0), X, number),
    'boosting': (GradientBoostingClassifier(n_estimators=12), X, two),
    'boosting-three': (GradientBoostingClassifier(n_estimators=8), X, three),
    'boosting-exponential': (GradientBoostingClassifier(n_estimators=8, loss='exponential'), X, two),
    'boosting-zero': (GradientBoostingClassifier(n_estimators=8, init='zero'), X, two),
    'boosting-numbers': (GradientBoostingRegressor(n_estimators=12), X, number),
    'boosting-huber': (GradientBoostingRegressor(n_estimators=12, loss='huber'), X, number),
    'linear': (LinearRegression(), X, number),
    'ridge': (Ridge(), X, number),
    'lasso': (Lasso(alpha=0.01), X, number),
    'elastic': (ElasticNet(alpha=0.01), X, number),
    'sgd-numbers': (pipe(StandardScaler(), SGDRegressor()), X, number),
    'logistic': (LogisticRegression(max_iter=500), X, two),
    'logistic-three': (LogisticRegression(max_iter=500), X, three),
    'logistic-ovr': (LogisticRegression(multi_class='ovr', max_iter=500), X, three),
    'logistic-liblinear': (LogisticRegression(solver='liblinear'), X, three),
    'logistic-multinomial': (LogisticRegression(multi_class='multinomial', max_iter=500), X, two),
    'logistic-no-intercept': (LogisticRegression(fit_intercept=False), X, two),
    'ridge-classes': (RidgeClassifier(), X, three),
    'sgd': (pipe(StandardScaler(), SGDClassifier(loss='log_loss', random_state=0)), X, three),
    'svc': (pipe(RobustScaler(), LinearSVC(random_state=0)), X, three),
    'bayes': (GaussianNB(), X, three),
    'network': (pipe(MinMaxScaler(clip=True), MLPClassifier((6, 4), max_iter=50)), X, three),
    'network-two': (pipe(StandardScaler(), MLPClassifier((5,), 'tanh', max_iter=50)), X, two),
    'network-numbers': (pipe(MaxAbsScaler(), MLPRegressor((5,), 'logistic', max_iter=50)), X, number),
    'pca': (pipe(StandardScaler(), PCA(3, whiten=True), LogisticRegression()), X, two),
    'normalizer': (pipe(Normalizer(), LogisticRegression()), X, two),
    'imputer': (pipe(SimpleImputer(strategy='median'), Ridge()), X, number),
    'columns': (columns(), MIXED, two),
    'coded': (coded(), MIXED, number),
}
WAYS = {
    'pickle2': lambda m, p: p.write_bytes(pickle.dumps(m, 2)),
    'pickle3': lambda m, p: p.write_bytes(pickle.dumps(m, 3)),
    'pickle4': lambda m, p: p.write_bytes(pickle.dumps(m, 4)),
    'pickle5': lambda m, p: p.write_bytes(pickle.dumps(m, 5)),
    'joblib': lambda m, p: joblib.dump(m, p),
    'zlib': lambda m, p: joblib.dump(m, p, compress=3),
    'gzip': lambda m, p: joblib.dump(m, p, compress=('gzip', 3)),
    'xz': lambda m, p: joblib.dump(m, p, compress=('xz', 3)),
}


def compare(model, rows, got):
    predicted = model.predict(rows)
    for line, wanted in zip(got, predicted):
        if isinstance(wanted, (float, np.floating)):
            if abs(float(line['prediction']) - wanted) > 1e-12 * max(1, abs(wanted)):
                return f"prediction {line['prediction']}, expected {wanted}"
        elif line['prediction'] != str(wanted):
            return f"prediction {line['prediction']}, expected {wanted}"
    if not hasattr(model, 'predict_proba'):
        return None
    shares = model.predict_proba(rows)
    for k, name in enumerate(model.classes_):
        ours = np.array([float(line[f'probability({name})']) for line in got])
        worst = np.abs(ours - shares[:, k]).max()
        if worst > 1e-12:
            return f'probability({name}) is off by {worst}'
    return None


def check(name, model, rows, scratch):
    source, out = scratch / 'rows.csv', scratch / 'out.csv'
    with open(source, 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file)
        writer.writerow([f'x{i}' for i in range(rows.shape[1])])
        writer.writerows([[v if isinstance(v, str) else repr(float(v)) for v in r] for r in rows])
    for way, save in WAYS.items():
        path = scratch / f'model-{way}.{"joblib" if way[0] != "p" else "pkl"}'
        save(model, path)
        done = subprocess.run([ERRATA, 'score', path, source, '-o', out], capture_output=True,
                              text=True, timeout=60, check=False)
        if done.returncode != 0:
            return f'{way}: {done.stderr.strip()}'
        with open(out, encoding='utf-8') as file:
            wrong = compare(model, rows, list(csv.DictReader(file)))
        if wrong is not None:
            return f'{way}: {wrong}'
        if name not in ('tree', 'boosting-three', 'columns') and way == 'pickle4':
            break  # the ways of saving do not depend on the model
    return None


def main():
    print(f'1..{len(MODELS)}')
    with tempfile.TemporaryDirectory() as scratch:
        for n, (name, (model, rows, labels)) in enumerate(MODELS.items(), 1):
            model.fit(rows, labels)
            wrong = check(name, model, rows[:60], pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {n} {name}')
            if wrong is not None:
                print(f'# {wrong}')


main()
