#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scikit-learn models, trained here by Debian's scikit-learn and saved in every way it knows, scored by
the program and by the library.

usage: sklearn-models.py ERRATA
"""
import csv
import json
import pathlib
import pickle
import subprocess
import sys
import tempfile
import types
import warnings

import joblib
import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.covariance import EllipticEnvelope
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA, FactorAnalysis, FastICA, IncrementalPCA, KernelPCA
from sklearn.discriminant_analysis import (LinearDiscriminantAnalysis,
                                           QuadraticDiscriminantAnalysis)
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (AdaBoostClassifier, AdaBoostRegressor, BaggingClassifier,
                              BaggingRegressor, ExtraTreesClassifier, ExtraTreesRegressor,
                              GradientBoostingClassifier, GradientBoostingRegressor,
                              HistGradientBoostingClassifier, HistGradientBoostingRegressor,
                              IsolationForest, RandomForestClassifier, RandomForestRegressor,
                              StackingClassifier, StackingRegressor, VotingClassifier,
                              VotingRegressor)
from sklearn.feature_extraction.text import (CountVectorizer, HashingVectorizer, TfidfTransformer,
                                             TfidfVectorizer)
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 pylint: disable=unused-import
from sklearn.feature_selection import (RFE, GenericUnivariateSelect, SelectFdr, SelectFromModel, SelectKBest,
                                       SelectPercentile, SequentialFeatureSelector, VarianceThreshold)
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import (ElasticNet, GammaRegressor, Lasso, LinearRegression,
                                  LogisticRegression, LogisticRegressionCV, MultiTaskLasso, PoissonRegressor,
                                  QuantileRegressor, RANSACRegressor, Ridge, RidgeClassifier, SGDClassifier,
                                  SGDOneClassSVM, SGDRegressor, TweedieRegressor)
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, MultiOutputRegressor, RegressorChain
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.isotonic import IsotonicRegression
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor, LocalOutlierFactor, NearestCentroid,
                               NeighborhoodComponentsAnalysis, RadiusNeighborsClassifier,
                               RadiusNeighborsRegressor)
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (Binarizer, FunctionTransformer, KBinsDiscretizer, MaxAbsScaler,
                                   MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder,
                                   PolynomialFeatures, PowerTransformer, QuantileTransformer,
                                   RobustScaler, SplineTransformer, StandardScaler)
from sklearn.random_projection import GaussianRandomProjection
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC, SVR, LinearSVC, NuSVC, NuSVR, OneClassSVM
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeRegressor

try:
    import xgboost
except ImportError:
    xgboost = None

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
# towns that training does not hold, towns that are rare, missing ones
GAPS = np.column_stack([np.where(rng.random(size=(N, 3)) < 0.1, np.nan, X[:, :3]).astype(object),
                        np.where(np.arange(N) < 4, 'Bonn', np.where(np.arange(N) % 40 == 5, 'Rom', town))])
GAPS[rng.random(size=N) < 0.1, 3] = np.nan
FLAGS = np.column_stack([(X[:, 1] > 5).astype(object), town])  # of which training lacks none
FLAGS[:60:9, 0] = np.nan
CODED = np.column_stack([X[:, :3], rng.integers(0, 6, size=N), rng.integers(3, 9, size=N)])
HOLES = np.where(rng.random(size=(N, 5)) < 0.1, np.nan, CODED)
COUNTS = rng.poisson(3, size=(N, 5))
PAIR = np.column_stack([number, X[:, 1] - number ** 2])
LABELS = np.column_stack([two, X[:, 1] > 5]).astype(int)
WORDED = np.column_stack([three, np.where(X[:, 1] > 5, 'big', 'small')])
LEVEL = np.exp(number / 3)
SPARSE = np.where(np.random.default_rng(6).random(size=(N, 5)) < 0.1, np.nan, X)
FRAME = pd.DataFrame(X, columns=[f'x{i}' for i in range(5)])


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


def gaps(towns, numbers=None, **rest):
    return pipe(ColumnTransformer([('n', numbers or SimpleImputer(), [0, 2, 1]), ('t', towns, [3])], **rest),
                LogisticRegression(max_iter=500))


def named(towns):
    return pipe(SimpleImputer(strategy='constant', fill_value='none'), towns)


WIDE = X * np.where(np.arange(len(X)) < 60, 3, 1)[:, None]  # the rows that are scored lie beyond the others
APART = {  # fitted without the rows that are scored
    'towns-filled': (gaps(named(OneHotEncoder(handle_unknown='ignore'))), GAPS, two),
    'flags-filled': (pipe(named(OneHotEncoder(handle_unknown='ignore')), LogisticRegression()), FLAGS, two),
    'towns-usual': (gaps(pipe(SimpleImputer(strategy='most_frequent'),
                              OneHotEncoder(handle_unknown='ignore', drop='first'))), GAPS, two),
    'towns-rare': (gaps(OneHotEncoder(min_frequency=10, handle_unknown='infrequent_if_exist')), GAPS, two),
    'towns-few': (gaps(OneHotEncoder(max_categories=3, handle_unknown='ignore')), GAPS, two),
    'towns-coded': (gaps(OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-3,
                                        encoded_missing_value=9)), GAPS, two),
    'weights': (gaps(OneHotEncoder(handle_unknown='ignore'), transformer_weights={'n': 0.5, 't': 3}),
                GAPS, two),
    'indicator': (gaps(named(OneHotEncoder(handle_unknown='ignore')),
                       pipe(SimpleImputer(add_indicator=True), StandardScaler())), GAPS, two),
    'neighbors-even-table': (KNeighborsRegressor(3, algorithm='brute', weights='distance'), COUNTS * 1.0, number),
    'slice': (pipe(ColumnTransformer([('n', SimpleImputer(), slice(0, 2))]), Ridge()), GAPS, number),
    'selector': (pipe(ColumnTransformer([('n', StandardScaler(),
                                          make_column_selector(dtype_include=np.number))]), Ridge()),
                 FRAME, number),
    'union-weights': (pipe(FeatureUnion([('a', PCA(2)), ('b', StandardScaler())],
                                        transformer_weights={'b': 0.2}), LogisticRegression()), X, two),
    **{f'bins-ranked-{how}': (pipe(KBinsDiscretizer(4), QuantileTransformer(n_quantiles=30, output_distribution=how),
                                   Ridge()), X, number) for how in ('normal', 'uniform')},
    'percentile': (pipe(SelectPercentile(percentile=50), Ridge()), X, two),
    **{f'splines-{how}-{degree}': (pipe(SplineTransformer(4, degree=degree, extrapolation=how,
                                                          include_bias=degree != 2), Ridge()), WIDE, number)
       for how in ('constant', 'linear', 'continue', 'periodic') for degree in (1, 2, 3)},
    'centres-apart': (pipe(StandardScaler(), KMeans(4, n_init=2, random_state=0), Ridge()), X, number),
    'kernels-some': (pipe(Nystroem(n_components=20, random_state=0), LogisticRegression()), X, two),
    'kernels-some-poly': (pipe(Nystroem('poly', degree=2, coef0=.5, n_components=9, random_state=0), Ridge()), X,
                          number),
    'kernels-projected': (pipe(KernelPCA(3, kernel='rbf', gamma=0.2), LogisticRegression()), X, three),
    'kernels-cosine': (pipe(KernelPCA(2, kernel='cosine'), Ridge()), X, number),
    'waves': (pipe(RBFSampler(gamma=0.3, n_components=30, random_state=0), Ridge()), X, number),
    'factors': (pipe(FactorAnalysis(2), LogisticRegression()), X, two),
    **{f'mixture-{kind}': (pipe(StandardScaler(), GaussianMixture(3, covariance_type=kind, random_state=0)), X,
                           None)
       for kind in ('full', 'tied', 'diag', 'spherical')},
    'mixture-one': (GaussianMixture(), X, None),
    'mixture-expected': (BayesianGaussianMixture(n_components=3, random_state=0), X, None),
    'mixture-expected-weights': (BayesianGaussianMixture(
        n_components=4, random_state=0, covariance_type='diag',
        weight_concentration_prior_type='dirichlet_distribution'), X, None),
    'mixture-expected-tied': (BayesianGaussianMixture(n_components=3, random_state=0, covariance_type='tied'),
                              X, None),
    'local': (pipe(StandardScaler(), LocalOutlierFactor(7, novelty=True)), X, None),
    'local-tree': (LocalOutlierFactor(novelty=True, algorithm='kd_tree', contamination=.1), X, None),
    'isotonic-clipped': (IsotonicRegression(out_of_bounds='clip', increasing=False), X[:, 1:2], number),
    'ellipse': (pipe(StandardScaler(), EllipticEnvelope(random_state=0)), X, None),
    'splines-trees': (pipe(SplineTransformer(knots='quantile'), DecisionTreeRegressor(max_depth=5)), WIDE,
                      number),
}
MODELS = {
    'isotonic': (IsotonicRegression(), X[:, :1], number),
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
    'sgd-huber': (pipe(StandardScaler(), SGDClassifier(loss='modified_huber', random_state=0)), X, three),
    'sgd-huber-two': (SGDClassifier(loss='modified_huber', random_state=0), X, two),
    'svc': (pipe(RobustScaler(), LinearSVC(random_state=0)), X, three),
    'bayes': (GaussianNB(), X, three),
    'network': (pipe(MinMaxScaler(clip=True), MLPClassifier((6, 4), max_iter=50)), X, three),
    'network-two': (pipe(StandardScaler(), MLPClassifier((5,), 'tanh', max_iter=50)), X, two),
    'network-numbers': (pipe(MaxAbsScaler(), MLPRegressor((5,), 'logistic', max_iter=50)), X, number),
    'pca': (pipe(StandardScaler(), PCA(3, whiten=True), LogisticRegression()), X, two),
    'normalizer': (pipe(Normalizer(), LogisticRegression()), X, two),
    'imputer': (pipe(SimpleImputer(strategy='median'), Ridge()), X, number),
    'histograms': (HistGradientBoostingClassifier(max_iter=15), X, two),
    'histograms-three': (HistGradientBoostingClassifier(max_iter=6), HOLES, three),
    'histograms-coded': (HistGradientBoostingRegressor(max_iter=20, categorical_features=[3, 4],
                                                       min_samples_leaf=5), HOLES, number),
    'histograms-poisson': (HistGradientBoostingRegressor(max_iter=9, loss='poisson'), X, LEVEL),
    'svc-rbf': (SVC(probability=True, random_state=0), X, two),
    'svc-poly': (pipe(StandardScaler(), SVC(kernel='poly', degree=2, probability=True)), X, three),
    'svc-linear': (SVC(kernel='linear'), X[:, [0, 2]], three),
    'svc-pairs': (SVC(kernel='sigmoid', gamma=0.01, decision_function_shape='ovo'), X, three),
    'svc-ties': (SVC(break_ties=True), X, three),
    'nu-svc': (NuSVC(nu=0.2, probability=True, random_state=1), X, three),
    'svr': (SVR(C=3), X, number),
    'nu-svr': (pipe(StandardScaler(), NuSVR()), X, number),
    'one-class': (OneClassSVM(nu=0.2), X, None),
    'isolation': (IsolationForest(n_estimators=11, random_state=0), X, None),
    'isolation-some': (IsolationForest(n_estimators=9, max_features=3, contamination=0.1,
                                       max_samples=64, random_state=0), X, None),
    'neighbors': (KNeighborsClassifier(), X, three),
    'neighbors-weighed': (KNeighborsClassifier(7, weights='distance', p=1), X, two),
    'neighbors-numbers': (KNeighborsRegressor(4, weights='distance', p=3), X, number),
    'neighbors-largest': (KNeighborsRegressor(4, metric='chebyshev'), X, number),
    'neighbors-several': (KNeighborsRegressor(4, weights='distance', metric='l1'), X, PAIR),
    'neighbors-even': (KNeighborsClassifier(4), COUNTS, three),
    'neighbors-even-balls': (KNeighborsClassifier(6, algorithm='ball_tree', leaf_size=7, p=1), COUNTS, two),
    'neighbors-cosine': (KNeighborsClassifier(3, metric='cosine'), X, two),
    'machine-powers': (SVR(kernel='poly', C=1e4, degree=4, max_iter=20000), X, number),
    'neighbors-within': (pipe(StandardScaler(), RadiusNeighborsClassifier(1.2, outlier_label='mid')), X, three),
    'neighbors-within-usual': (RadiusNeighborsClassifier(1.5, weights='distance', outlier_label='most_frequent'),
                               X, two),
    'neighbors-within-numbers': (pipe(StandardScaler(), RadiusNeighborsRegressor(4, p=1)), X, number),
    'labels-neighbors': (KNeighborsClassifier(4, weights='distance'), COUNTS, WORDED),
    'bayes-categories': (CategoricalNB(), COUNTS, three),
    'dummy': (DummyClassifier(), X, three),
    'dummy-most': (DummyClassifier(strategy='most_frequent'), X, two),
    'dummy-constant': (pipe(StandardScaler(), DummyClassifier(strategy='constant', constant='mid')), X, three),
    'dummy-labels': (DummyClassifier(), X, WORDED),
    'dummy-numbers': (DummyRegressor(strategy='median'), X, number),
    'dummy-several': (DummyRegressor(), X, PAIR),
    'boosting-started': (GradientBoostingClassifier(n_estimators=8, init=LogisticRegression()), X, two),
    'boosting-started-three': (GradientBoostingClassifier(n_estimators=4, init=RandomForestClassifier(
        3, max_depth=3, random_state=0)), X, three),
    'boosting-started-most': (GradientBoostingClassifier(n_estimators=4, loss='exponential', init=DummyClassifier(
        strategy='most_frequent')), X, two),
    'boosting-started-numbers': (GradientBoostingRegressor(n_estimators=4, init=DecisionTreeRegressor(
        max_depth=2)), X, number),
    'logistic-newton': (LogisticRegression(solver='newton-cholesky'), X, three),
    'kernel-ridge': (pipe(StandardScaler(), KernelRidge(kernel='rbf', alpha=0.5)), X, number),
    'kernel-ridge-far': (pipe(StandardScaler(), KernelRidge(kernel='laplacian', gamma=0.3)), X, number),
    'least-squares-parts': (PLSRegression(2), X, number),
    'least-squares-parts-several': (PLSRegression(2), X, PAIR),
    'clusters': (pipe(StandardScaler(), KMeans(4, n_init=2, random_state=0)), X, None),
    'one-class-descent': (pipe(StandardScaler(), SGDOneClassSVM(random_state=0)), X, None),
    'independent': (pipe(FastICA(3, random_state=0), Ridge()), X, number),
    'bayes-counts': (MultinomialNB(), COUNTS, three),
    'centroid': (NearestCentroid(), X, three),
    'centroid-two': (NearestCentroid(metric='sqeuclidean'), X, two),
    'centroid-shrunk': (NearestCentroid(shrink_threshold=0.3), X, three),
    'bayes-complement': (ComplementNB(), COUNTS, three),
    'bayes-bernoulli': (BernoulliNB(binarize=0.5), X, two),
    'discriminant': (LinearDiscriminantAnalysis(), X, three),
    'discriminant-two': (LinearDiscriminantAnalysis(), X, two),
    'discriminant-quadratic': (QuadraticDiscriminantAnalysis(), X, three),
    'discriminant-quadratic-two': (QuadraticDiscriminantAnalysis(), X, two),
    'poisson': (pipe(StandardScaler(), PoissonRegressor()), X, LEVEL),
    'gamma': (pipe(StandardScaler(), GammaRegressor()), X, LEVEL),
    'tweedie': (pipe(StandardScaler(), TweedieRegressor(power=1.5)), X, LEVEL),
    'tweedie-normal': (TweedieRegressor(power=0), X, number),
    'quantile-lines': (QuantileRegressor(solver='highs'), X, number),
    'logistic-cv': (LogisticRegressionCV(Cs=3, max_iter=300), X, two),
    'search': (GridSearchCV(pipe(StandardScaler(), Ridge()), {'s1__alpha': [0.1, 1]}), X, number),
    'vote': (VotingClassifier([('a', GaussianNB()), ('b', DecisionTreeClassifier(max_depth=3)),
                               ('c', SVC())], weights=[1, 2, 1.5]), X, three),
    'vote-soft': (VotingClassifier([('a', GaussianNB()), ('b', LogisticRegression(max_iter=500))],
                                   voting='soft', weights=[1, 3]), X, three),
    'vote-numbers': (VotingRegressor([('a', Ridge()), ('b', DecisionTreeRegressor(max_depth=3))],
                                     weights=[2, 1]), X, number),
    'bag': (BaggingClassifier(n_estimators=5, max_features=0.6, random_state=0), X, three),
    'bag-votes': (BaggingClassifier(LinearSVC(random_state=0), 5, random_state=0), X, two),
    'bag-numbers': (BaggingRegressor(SVR(), 4, max_features=3, random_state=0), X, number),
    'ada': (AdaBoostClassifier(n_estimators=6, random_state=0), X, three),
    'ada-two': (AdaBoostClassifier(n_estimators=6, random_state=0), X, two),
    'ada-votes': (AdaBoostClassifier(n_estimators=6, algorithm='SAMME', random_state=0), X, three),
    'ada-votes-two': (AdaBoostClassifier(n_estimators=6, algorithm='SAMME', random_state=0), X, two),
    'ada-numbers': (AdaBoostRegressor(n_estimators=6, random_state=0), X, number),
    'stack': (StackingClassifier([('a', GaussianNB()), ('b', LinearSVC(random_state=0)),
                                  ('c', DecisionTreeClassifier(max_depth=2))]), X, three),
    'stack-through': (StackingClassifier([('a', GaussianNB()), ('b', SVC(random_state=0))],
                                         passthrough=True,
                                         final_estimator=RandomForestClassifier(5, random_state=0)),
                      X, two),
    'stack-prefit': (StackingClassifier([('a', GaussianNB().fit(X, three))], cv='prefit'), X, three),
    'stack-numbers': (StackingRegressor([('a', Ridge()), ('b', KNeighborsRegressor())]), X, number),
    'calibrated': (CalibratedClassifierCV(LinearSVC(random_state=0)), X, two),
    'calibrated-three': (CalibratedClassifierCV(RandomForestClassifier(5, random_state=0),
                                                method='isotonic', cv=3), X, three),
    'calibrated-whole': (CalibratedClassifierCV(GaussianNB(), ensemble=False), X, two),
    'calibrated-bag': (CalibratedClassifierCV(BaggingClassifier(LinearSVC(random_state=0), 4, max_features=3,
                                                                random_state=0), cv=2), X, three),
    'calibrated-bag-two': (CalibratedClassifierCV(pipe(StandardScaler(), BaggingClassifier(
        LogisticRegression(), 4, random_state=0)), cv=2), X, two),
    'calibrated-counts': (CalibratedClassifierCV(BernoulliNB(), cv=3), X, three),
    'calibrated-rest': (CalibratedClassifierCV(OneVsRestClassifier(DecisionTreeClassifier(max_depth=3)), cv=3),
                        X, three),
    'rest': (OneVsRestClassifier(LogisticRegression(max_iter=300)), X, three),
    'rest-margins': (OneVsRestClassifier(LinearSVC(random_state=0)), X, three),
    'rest-two': (OneVsRestClassifier(GaussianNB()), X, two),
    'pairs': (OneVsOneClassifier(LinearSVC(random_state=0)), X, three),
    'pairs-shares': (OneVsOneClassifier(DecisionTreeClassifier(max_depth=3)), X, three),
    'pairs-two': (OneVsOneClassifier(LogisticRegression(max_iter=300)), X, two),
    'near-filled': (pipe(KNNImputer(n_neighbors=3), Ridge()), SPARSE, number),
    'near-filled-weighed': (pipe(KNNImputer(weights='distance', add_indicator=True), Ridge()), SPARSE,
                            number),
    'turns-filled': (pipe(IterativeImputer(random_state=0), Ridge()), HOLES, number),
    'turns-filled-trees': (pipe(IterativeImputer(DecisionTreeRegressor(max_depth=4, random_state=0), max_iter=3,
                                                 random_state=0, add_indicator=True),
                                LogisticRegression(max_iter=500)), SPARSE, two),
    'eliminated-last': (RFE(LogisticRegression(max_iter=500), n_features_to_select=2), X, three),
    'in-turn': (pipe(SequentialFeatureSelector(Ridge(), cv=2), Ridge()), X, number),
    'chosen-rows': (pipe(StandardScaler(), RANSACRegressor(random_state=0)), X, number),
    'self-taught': (SelfTrainingClassifier(GaussianNB()), X, np.where(np.arange(N) % 3, two, -1)),
    'pca-parts': (pipe(IncrementalPCA(2), Ridge()), X, number),
    'at-random': (pipe(GaussianRandomProjection(3, random_state=0), Ridge()), X, number),
    'several': (pipe(StandardScaler(), LinearRegression()), X, PAIR),
    'several-lasso': (MultiTaskLasso(alpha=0.01), X, PAIR),
    'several-tree': (DecisionTreeRegressor(max_depth=5), X, PAIR),
    'several-forest': (RandomForestRegressor(n_estimators=7, random_state=0), X, PAIR),
    'several-network': (pipe(StandardScaler(), MLPRegressor((5,), max_iter=50)), X, PAIR),
    'several-models': (MultiOutputRegressor(GradientBoostingRegressor(n_estimators=5, random_state=0)), X, PAIR),
    'several-in-turn': (RegressorChain(Ridge(), order=[1, 0]), X, PAIR),
    'labels': (pipe(StandardScaler(), MultiOutputClassifier(LogisticRegression())), X, LABELS),
    'labels-words': (MultiOutputClassifier(RandomForestClassifier(3, random_state=0)), X, WORDED),
    'labels-in-turn': (ClassifierChain(LogisticRegression(max_iter=500), order=[1, 0]), X, LABELS),
    'labels-forest': (RandomForestClassifier(5, random_state=0), X, WORDED),
    'labels-tree': (DecisionTreeClassifier(max_depth=4), X, LABELS),
    'labels-network': (pipe(StandardScaler(), MLPClassifier((5,), max_iter=40, random_state=0)), X, LABELS),
    'labels-rest': (OneVsRestClassifier(LogisticRegression(max_iter=500)), X, LABELS),
    'polynomial': (pipe(PolynomialFeatures(3), StandardScaler(), Ridge()), X, number),
    'interactions': (pipe(PolynomialFeatures(interaction_only=True, include_bias=False),
                          StandardScaler(), Ridge()), X, number),
    'ranks': (pipe(QuantileTransformer(n_quantiles=40), Ridge()), X, number),
    'ranks-normal': (pipe(QuantileTransformer(n_quantiles=40, output_distribution='normal'),
                          Ridge()), X, number),
    'power': (pipe(PowerTransformer(), Ridge()), X, number),
    'power-positive': (pipe(FunctionTransformer(), PowerTransformer('box-cox', standardize=False),
                            Ridge()), np.abs(X) + 0.1, number),
    'function': (pipe(FunctionTransformer(np.log1p), Ridge()), np.abs(X), number),
    'target-log': (TransformedTargetRegressor(pipe(StandardScaler(), Ridge()), func=np.log1p,
                                              inverse_func=np.expm1), X, LEVEL),
    'target-range': (TransformedTargetRegressor(Ridge(), transformer=MinMaxScaler((-1, 2))), X, number),
    'target-robust': (TransformedTargetRegressor(Ridge(), transformer=RobustScaler()), X, number),
    'target-largest': (TransformedTargetRegressor(Ridge(), transformer=MaxAbsScaler()), X, number),
    'function-sign': (pipe(FunctionTransformer(np.sign), FunctionTransformer(np.arcsinh), Ridge()), X, number),
    'directions': (pipe(StandardScaler(), LinearDiscriminantAnalysis(n_components=1), GaussianNB()), X, three),
    'directions-eigen': (pipe(LinearDiscriminantAnalysis('eigen'), LogisticRegression()), X, three),
    'directions-near': (pipe(NeighborhoodComponentsAnalysis(2, max_iter=9, random_state=0), GaussianNB()), X,
                        three),
    **{f'target-undone-{i}': (TransformedTargetRegressor(Ridge(), transformer=way), X, LEVEL) for i, way in enumerate((
        PowerTransformer(), PowerTransformer('box-cox', standardize=False), QuantileTransformer(n_quantiles=30),
        QuantileTransformer(n_quantiles=30, output_distribution='normal'),
        pipe(FunctionTransformer(np.log1p, np.expm1), StandardScaler())))},
    'function-rint': (pipe(FunctionTransformer(np.rint), FunctionTransformer(np.floor), Ridge()), X, number),
    'imputed-zeros': (pipe(SimpleImputer(missing_values=0), Ridge()), np.nan_to_num(SPARSE), number),
    'target-scaled': (TransformedTargetRegressor(DecisionTreeRegressor(max_depth=4),
                                                 transformer=StandardScaler()), X, number),
    'bins': (pipe(KBinsDiscretizer(4), Ridge()), X, number),
    'bins-numbers': (pipe(KBinsDiscretizer(4, encode='ordinal', strategy='uniform'), Ridge()), X,
                     number),
    'binarizer': (pipe(Binarizer(threshold=0.3), Ridge()), X, number),
    'best': (pipe(SelectKBest(k=2), GaussianNB()), X, three),
    'variance': (pipe(VarianceThreshold(0.5), Ridge()), X, number),
    'by-forest': (pipe(SelectFromModel(RandomForestClassifier(5, random_state=0), threshold='0.9*mean'),
                       LogisticRegression(max_iter=500)), X, three),
    'by-boosting': (pipe(SelectFromModel(GradientBoostingRegressor(n_estimators=5, random_state=0),
                                         threshold='median', max_features=2), Ridge()), X, number),
    'by-coefficients': (pipe(StandardScaler(), SelectFromModel(LogisticRegression(), norm_order=2),
                             GaussianNB()), X, three),
    'by-lasso': (pipe(StandardScaler(), SelectFromModel(Lasso(0.05)), Ridge()), X, number),
    'discoveries': (pipe(SelectFdr(), GaussianNB()), X, three),
    'any-filter': (pipe(GenericUnivariateSelect(mode='fwe', param=0.01), GaussianNB()), X, three),
    'mask-of-columns': (pipe(ColumnTransformer([('a', StandardScaler(), [True, False, True, False, False]),
                                                ('b', MinMaxScaler(), [-1])]), Ridge()), X, number),
    'columns-of-columns': (pipe(ColumnTransformer([('a', ColumnTransformer(
        [('z', StandardScaler(), ['x0'])], remainder='passthrough'), ['x4', 'x0'])]).set_output(transform='pandas'),
                                Ridge()), FRAME, number),
    'eliminated': (pipe(RFE(Ridge(), n_features_to_select=2), Ridge()), X, number),
    'union': (pipe(FeatureUnion([('a', PCA(2)), ('b', pipe(StandardScaler(), SelectKBest(k=1)))]),
                   LogisticRegression()), X, two),
    'frame': (pipe(ColumnTransformer([('a', StandardScaler(), ['x3', 'x1'])],
                                     remainder=MinMaxScaler()), Ridge()), FRAME, number),
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
    'lzma': lambda m, p: joblib.dump(m, p, compress=('lzma', 3)),
    'xz': lambda m, p: joblib.dump(m, p, compress=('xz', 3)),
}


def outliers(model, rows, got):
    """what finds outliers tells its decision, and its score where it has one of its own"""
    wanted = {'margin': model.decision_function(rows)} if hasattr(model, 'decision_function') else {}
    if 'score_samples' in got[0]:
        wanted['score_samples'] = model.score_samples(rows)
    for name, values in wanted.items():
        worst = np.abs(np.array([float(line[name]) for line in got]) - values).max()
        if worst > 1e-12:
            return f'{name} is off by {worst}'
    return None


def margins(model, rows, got):
    """each margin that is given for classes"""
    wanted = np.asarray(model.decision_function(rows)).reshape(len(rows), -1)
    names = [n for n in got[0] if n.startswith('margin')]
    if len(names) != wanted.shape[1]:
        return f'margins {names}, expected {wanted.shape[1]}'
    for k, name in enumerate(names):
        ours = np.array([float(line[name]) for line in got])
        worst = (np.abs(ours - wanted[:, k]) / np.maximum(1, np.abs(wanted[:, k]))).max()
        if worst > 1e-12:
            return f'{name} is off by {worst}'
    return None


def several(model, rows, got, predicted):
    """classes of several targets, each with its probabilities where the library gives them"""
    for k in range(predicted.shape[1]):
        wrong = [line for line, wanted in zip(got, predicted[:, k])
                 if (float(line[f'prediction_{k}']) != wanted if predicted.dtype.kind in 'if' else
                     line[f'prediction_{k}'] != str(wanted))]
        if wrong:
            return f'{len(wrong)} predictions of target {k}'
    if not hasattr(model, 'predict_proba'):
        return None
    shares = model.predict_proba(rows)
    if not isinstance(shares, list):  # the probability of each label
        shares = [np.column_stack([1 - share, share]) for share in np.asarray(shares).T]
    for k, share in enumerate(shares):
        names = [name for name in got[0] if name.startswith(f'probability_{k}(')]
        ours = np.array([[float(line[name]) for name in names] for line in got])
        if ours.shape != share.shape or np.abs(ours - share).max() > 1e-12:
            return f'probabilities of target {k}'
    return None


def compare(model, rows, got):
    predicted = model.predict(rows)
    predicted = predicted[:, 0] if predicted.ndim == 2 and predicted.shape[1] == 1 else predicted
    if (isinstance(model, OneClassSVM) or 'score_samples' in got[0]) and outliers(model, rows, got):
        return outliers(model, rows, got)
    if 'margin' in ' '.join(got[0]) and hasattr(model, 'classes_') and \
            hasattr(model, 'decision_function') and margins(model, rows, got):
        return margins(model, rows, got)
    if predicted.ndim == 2 and (hasattr(model, 'predict_proba') or predicted.dtype.kind in 'OU'):
        return several(model, rows, got, predicted)
    if predicted.ndim == 2:
        ours = np.array([[float(line[f'prediction_{k}']) for k in range(predicted.shape[1])] for line in got])
        worst = (np.abs(ours - predicted) / np.maximum(1, np.abs(predicted))).max()
        return None if worst <= 1e-12 else f'predictions are off by {worst}'
    for line, wanted in zip(got, predicted):
        if isinstance(wanted, (float, np.floating)):
            if abs(float(line['prediction']) - wanted) > 1e-12 * max(1, abs(wanted)):
                return f"prediction {line['prediction']}, expected {wanted}"
        elif line['prediction'] != str(wanted):
            return f"prediction {line['prediction']}, expected {wanted}"
    if not hasattr(model, 'predict_proba'):
        return None
    shares = model.predict_proba(rows)
    for k, name in enumerate(getattr(model, 'classes_', range(shares.shape[1]))):
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
        writer.writerows([[v if isinstance(v, str) else '' if v != v else repr(float(v))
                           for v in r] for r in np.asarray(rows)])
    for way, save in WAYS.items():
        path = scratch / f'model-{way}.{"joblib" if way[0] != "p" else "pkl"}'
        save(model, path)
        done = subprocess.run([ERRATA, 'score', path, source, '-o', out], capture_output=True,
                              text=True, timeout=60, check=False)
        if done.returncode != 0:
            return f'{way}: {done.stderr.strip().splitlines()[-1]}'
        with open(out, encoding='utf-8') as file:
            wrong = compare(model, rows, list(csv.DictReader(file)))
        if wrong is not None:
            return f'{way}: {wrong}'
        if name not in ('tree', 'boosting-three', 'columns') and way == 'pickle4':
            break  # the ways of saving do not depend on the model
    return None


def attribute(scratch):
    """trees behind an encoder of words: shares of the two inputs by the definition of Shapley values"""
    rows = pd.DataFrame({'n': X[:, 0], 'town': town})
    model = pipe(ColumnTransformer([('n', StandardScaler(), ['n']), ('t', OneHotEncoder(), ['town'])]),
                 GradientBoostingClassifier(n_estimators=10, random_state=0))
    model.fit(rows, two)
    with open(scratch / 'shared.pkl', 'wb') as file:
        pickle.dump(model, file)
    rows[:20].to_csv(scratch / 'shared.csv', index=False)
    rows[100:140].to_csv(scratch / 'behind.csv', index=False)
    done = subprocess.run([ERRATA, 'attribute', scratch / 'shared.pkl', scratch / 'shared.csv',
                           '--background', scratch / 'behind.csv', '-o', scratch / 'shares.csv'],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1]
    ours = pd.read_csv(scratch / 'shares.csv')
    behind = rows[100:140]
    for i in range(20):
        def mean(n, t):
            mixed = behind.assign(**({'n': rows.n[i]} if n else {}), **({'town': rows.town[i]} if t else {}))
            return model.decision_function(mixed).mean()
        value = {(n, t): mean(n, t) for n in (0, 1) for t in (0, 1)}
        wanted = [(value[1, 0] - value[0, 0] + value[1, 1] - value[0, 1]) / 2,
                  (value[0, 1] - value[0, 0] + value[1, 1] - value[1, 0]) / 2, value[0, 0]]
        if np.abs(ours.iloc[i].to_numpy() - wanted).max() > 1e-12:
            return f'row {i}: {ours.iloc[i].to_numpy()}, expected {wanted}'
    return None


def attribute_each(scratch):
    """a model per target: shares are those of each model alone; forests of several classes: they add up"""
    FRAME[:20].to_csv(scratch / 'each.csv', index=False)

    def shares(model):
        with open(scratch / 'each.pkl', 'wb') as file:
            pickle.dump(model, file)
        subprocess.run([ERRATA, 'attribute', scratch / 'each.pkl', scratch / 'each.csv', '-o',
                        scratch / 'shares.csv'], capture_output=True, timeout=60, check=True)
        return pd.read_csv(scratch / 'shares.csv').to_numpy()

    each = MultiOutputClassifier(GradientBoostingClassifier(n_estimators=3, random_state=0)).fit(X, LABELS)
    if np.abs(shares(each) - np.hstack([shares(one) for one in each.estimators_])).max() > 1e-12:
        return 'shares of one model per target are not those of each'
    for model, wanted in ((RandomForestClassifier(5, random_state=0), WORDED), (LinearRegression(), PAIR)):
        model.fit(X, wanted)
        told = np.hstack(model.predict_proba(X[:20])) if wanted is WORDED else model.predict(X[:20])
        sums = shares(model).reshape(20, -1, 6).sum(axis=2)
        if sums.shape != told.shape or np.abs(sums - told).max() > 1e-12:
            return f'shares of {model} do not add up to what it says'
    return None


WORDS = ['Grüße aus Köln, the WEATHER is fine', 'the cat sat on the mat', 'A', '', 'fine cat; fine weather!',
         'naïve café x y z 12 3', 'mat mat mat on 12'] * 8


def linear(scratch):
    """an analysis shares out the margins of a linear pipeline exactly, of all rows and against all of them"""
    draw = np.random.default_rng(5)
    rows = pd.DataFrame(draw.normal(size=(450, 8)) * 3 + 1, columns=[f'f{i}' for i in range(8)])
    label = (rows.sum(axis=1) + draw.normal(size=450) * 6 > 8).astype(int)
    model = pipe(StandardScaler(), LogisticRegression()).fit(rows, label)
    with open(scratch / 'linear.pkl', 'wb') as file:
        pickle.dump(model, file)
    shares = model[0].transform(rows) * model[1].coef_[0]
    log = rows.assign(label=label, score=model.predict_proba(rows)[:, 1], prediction=model.predict(rows))
    log.to_csv(scratch / 'linear.csv', index=False)
    done = subprocess.run([ERRATA, 'analyze', scratch / 'linear.csv', '--model', scratch / 'linear.pkl',
                           '--format', 'json', '-o', scratch / 'linear'], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode != 0:
        return done.stderr
    told = json.loads((scratch / 'linear' / 'report.json').read_text())['attribution']
    means = np.abs(shares - shares.mean(axis=0)).mean(axis=0)
    worst = max(abs(one['mean_abs'] - means[int(one['feature'][1:])]) for one in told['global'])
    if told['n'] != 450 or len(told['global']) != 8 or worst > 1e-9:
        return f'{told["n"]} rows, off by {worst}: {told["method"]}'
    return None


def words(scratch):
    """counts of words before a model: every way to cut texts that the vectorizers know"""
    labels = np.tile([0, 1, 0, 1, 1, 0, 1], 8)
    frame = pd.DataFrame({'n': range(len(WORDS)), 'text': WORDS})
    frame.to_csv(scratch / 'words.csv', index=False, quoting=csv.QUOTE_ALL)
    ways = [CountVectorizer(), CountVectorizer(binary=True, ngram_range=(1, 2)),
            CountVectorizer(stop_words='english', strip_accents='ascii'),
            CountVectorizer(stop_words=['the', 'on'], ngram_range=(2, 3), token_pattern=r'\w+'),
            CountVectorizer(analyzer='char', ngram_range=(1, 3), strip_accents='unicode'),
            TfidfVectorizer(analyzer='char_wb', ngram_range=(2, 5), sublinear_tf=True),
            TfidfVectorizer(norm='l1', lowercase=False), TfidfVectorizer(use_idf=False),
            HashingVectorizer(n_features=64), HashingVectorizer(n_features=50, alternate_sign=False, norm=None)]
    for way in ways:
        for model in (pipe(way, LogisticRegression()), pipe(way, TfidfTransformer(), MultinomialNB()),
                      pipe(way, SVC(probability=True, random_state=0))):
            if isinstance(model.steps[-1][1], MultinomialNB) and way.get_params().get('alternate_sign', False):
                continue
            model.fit(frame.text, labels)
            with open(scratch / 'words.pkl', 'wb') as file:
                pickle.dump(model, file)
            done = subprocess.run([ERRATA, 'score', scratch / 'words.pkl', scratch / 'words.csv', '-o',
                                   scratch / 'counts.csv'], capture_output=True, text=True, timeout=60,
                                  check=False)
            if done.returncode != 0:
                return f'{way}: {done.stderr.strip().splitlines()[-1]}'
            ours = pd.read_csv(scratch / 'counts.csv')[['probability(0)', 'probability(1)']].to_numpy()
            full = frame.text != ''  # an empty cell is no text
            worst = np.abs(ours - model.predict_proba(frame.text))[full].max()
            if not worst <= 1e-12:
                return f'{model}: off by {worst}'
    return None


def inspect(path):
    """what the program tells of a file"""
    done = subprocess.run([ERRATA, 'inspect', '--json', path], capture_output=True, text=True, timeout=60,
                          check=False)
    told = json.loads(done.stdout)
    return (told[0] if isinstance(told, list) else told)['model']


def boosters(scratch):
    """XGBoost within pickles: at the end of a pipeline, and alone"""
    if xgboost is None:
        return None
    rows = pd.DataFrame({'n': np.where(X[:, 0] > 1, np.nan, X[:, 0]), 'town': town})
    rows.to_csv(scratch / 'boosted.csv', index=False)
    model = pipe(ColumnTransformer([('n', StandardScaler(), ['n']), ('t', OneHotEncoder(), ['town'])]),
                 xgboost.XGBClassifier(n_estimators=5, max_depth=3))
    model.fit(rows, two)
    alone = xgboost.XGBClassifier(n_estimators=5, max_depth=3).fit(rows[['n']], two)
    for what, wanted in ((model, model.predict_proba(rows)), (alone, alone.predict_proba(rows[['n']]))):
        with open(scratch / 'boosted.pkl', 'wb') as file:
            pickle.dump(what, file)
        done = subprocess.run([ERRATA, 'score', scratch / 'boosted.pkl', scratch / 'boosted.csv', '-o',
                               scratch / 'boosts.csv'], capture_output=True, text=True, timeout=60,
                              check=False)
        if done.returncode != 0:
            return done.stderr.strip().splitlines()[-1]
        ours = pd.read_csv(scratch / 'boosts.csv')[['probability(0)', 'probability(1)']].to_numpy()
        if np.abs(ours - wanted).max() > 1.2e-7:
            return f'probabilities are off by {np.abs(ours - wanted).max()}'
    alone = xgboost.XGBClassifier(n_estimators=5, max_depth=3, eval_metric='logloss')
    alone.fit(rows[['n']], two, eval_set=[(rows[['n']], two)], verbose=False)
    with open(scratch / 'boosted.pkl', 'wb') as file:
        pickle.dump(alone, file)
    model = inspect(scratch / 'boosted.pkl')
    facts = {f['name']: f['value'] for f in model['parameters'] + model['training']}
    if facts.get('max_depth') != '3' or not facts.get('validation_0-logloss', '').startswith('5 steps'):
        return f'the wrapper\'s parameters or its curve are not told: {facts}'
    return None


LIGHT = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=regression
feature_names=a b
feature_infos=[-5:5] [-5:5]
tree_sizes=300 300

""" + ''.join(f"""Tree={k}
num_leaves=2
num_cat=0
split_feature={k}
split_gain=1
threshold=0.5
decision_type=2
left_child=-1
right_child=-2
leaf_value={k + 1} 10
leaf_weight=3 3
leaf_count=3 3
internal_value=0
internal_weight=6
internal_count=6
is_linear=0
shrinkage=1


""" for k in range(2)) + 'end of trees\n'


def unheld(scratch):
    """XGBoost behind a sparse matrix, whose zeros it takes for missing; behind a dense one it does not"""
    if xgboost is None:
        return None
    draw = np.random.default_rng(9)
    rows = pd.DataFrame({'n': np.where(X[:, 0] > 1, 0, X[:, 0]), 'a': draw.choice(list('pqrstuvw'), N),
                         'b': draw.choice(list('klmno'), N)})
    rows.to_csv(scratch / 'sparse.csv', index=False)
    towns, booster = OneHotEncoder(handle_unknown='ignore'), xgboost.XGBClassifier(n_estimators=8, max_depth=4)
    only = ColumnTransformer([('t', towns, ['a', 'b'])])
    mixed = ColumnTransformer([('t', towns, ['a', 'b'])], remainder='passthrough')
    dense = ColumnTransformer([('t', towns, ['a', 'b'])], remainder='passthrough', sparse_threshold=0)
    label = (X[:, 0] + (rows.a < 's') * draw.normal(size=N) > 0).astype(int)
    models = [pipe(mixed, booster), pipe(dense, booster), pipe(only, StandardScaler(with_mean=False), booster),
              pipe(FeatureUnion([('a', only), ('b', pipe(mixed, SelectPercentile(percentile=70)))]), booster),
              pipe(mixed, StackingClassifier([('a', booster), ('b', LogisticRegression())], booster, cv=2)),
              pipe(only, StackingClassifier([('a', LogisticRegression())], booster, cv=2, passthrough=True))]
    for model in models:
        model.fit(rows, label)
        with open(scratch / 'sparse.pkl', 'wb') as file:
            pickle.dump(model, file)
        done = subprocess.run([ERRATA, 'score', scratch / 'sparse.pkl', scratch / 'sparse.csv', '-o', scratch / 'out.csv'],
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            return f'{model}: {done.stderr}'
        worst = np.abs(pd.read_csv(scratch / 'out.csv')['probability(1)'] - model.predict_proba(rows)[:, 1]).max()
        if not worst <= 1.2e-7:
            return f'{model}: off by {worst}'
    with open(scratch / 'sparse.pkl', 'wb') as file:
        pickle.dump(pipe(HashingVectorizer(n_features=8), booster).fit(rows.a + ' ' + rows.b, label), file)
    done = subprocess.run([ERRATA, 'score', scratch / 'sparse.pkl', scratch / 'sparse.csv'], capture_output=True, text=True,
                          timeout=60, check=False)
    return None if 'XGBoost takes the others for missing' in done.stderr else f'expected a refusal, found {done.stderr}'


def edges(scratch):
    """rows that the library raises an error on get no output, and no others"""
    rows = pd.DataFrame({'a': [0.5, 1e39, 1e200, 1e-40, 0, 3, -2], 'b': [1, 1, 1, 0, 2, np.nan, 1]})
    rows.to_csv(scratch / 'edges.csv', index=False)
    train = X[:, [0, 2]]
    with np.errstate(all='ignore'):
        models = [pipe(SimpleImputer(), PolynomialFeatures(2), Ridge()), pipe(SimpleImputer(), RandomForestRegressor(3)),
                  pipe(PCA(1), HistGradientBoostingRegressor(max_iter=3)), pipe(Binarizer(), DummyRegressor()),
                  pipe(SimpleImputer(), Normalizer(), DecisionTreeRegressor()), HistGradientBoostingRegressor(max_iter=3),
                  pipe(FunctionTransformer(np.log), HistGradientBoostingRegressor(max_iter=3)),
                  pipe(FunctionTransformer(np.log), StandardScaler(), HistGradientBoostingRegressor(max_iter=3)),
                  pipe(ColumnTransformer([('a', IterativeImputer(), [0]), ('b', IterativeImputer(max_iter=0), [0, 1])]), Ridge()),
                  pipe(StandardScaler(with_mean=np.bool_(False)), LinearRegression(), )]
        for model in models:
            model.fit(np.abs(train) + 0.1, number)
            with open(scratch / 'edges.pkl', 'wb') as file:
                pickle.dump(model, file)
            subprocess.run([ERRATA, 'score', scratch / 'edges.pkl', scratch / 'edges.csv', '-o', scratch / 'out.csv'],
                           capture_output=True, timeout=60, check=True)
            ours = pd.read_csv(scratch / 'out.csv', skip_blank_lines=False).prediction.to_numpy()
            for i, one in enumerate(ours):
                try:
                    wanted = float(model.predict(rows.iloc[[i]].to_numpy())[0])
                except ValueError:
                    wanted = np.nan
                if not (np.isnan(wanted) and np.isnan(one)) and not abs(one - wanted) <= 1e-9 * max(1, abs(wanted)):
                    return f'{model}, row {i}: {one}, expected {wanted}'
    return None


def light(scratch):
    """LightGBM within pickles, as its classes store it: the text of the model, and the best round"""
    classes = {}
    for module, name in (('lightgbm', ''), ('lightgbm.basic', 'Booster'), ('lightgbm.sklearn', 'LGBMRegressor')):
        sys.modules[module] = types.ModuleType(module)
        if name:
            classes[name] = type(name, (), {'__module__': module})
            setattr(sys.modules[module], name, classes[name])
    rows = pd.DataFrame({'a': [0.0, 1, 0], 'b': [0.0, 0, 1]})
    rows.to_csv(scratch / 'light.csv', index=False)
    scaler = StandardScaler(with_mean=False, with_std=False).fit(rows)
    for best, text, wanted in ((-1, LIGHT, [3, 12, 11]), (1, LIGHT, [1, 10, 1]), (0, None, None)):
        booster, wrapper = classes['Booster'](), classes['LGBMRegressor']()
        vars(booster).update(_handle=text, best_iteration=best, params={'verbose': -1}, train_set=None)
        vars(wrapper).update(_Booster=booster, n_estimators=2, _n_features=2, _best_iteration=best)
        for model in (booster, wrapper, pipe(scaler, wrapper)):
            with open(scratch / 'light.pkl', 'wb') as file:
                pickle.dump(model, file)
            done = subprocess.run([ERRATA, 'score', scratch / 'light.pkl', scratch / 'light.csv'],
                                  capture_output=True, text=True, timeout=60, check=False)
            if wanted is None and 'save_model("model.txt")' not in done.stderr:
                return f'expected what to do, found {done.stderr}'
            if wanted is not None and [float(x.split(',')[0]) for x in done.stdout.split()[1:]] != wanted:
                return f'expected {wanted}, found {done.stdout} {done.stderr}'
    return None


def refused(scratch):
    """a row that one of the models within cannot take gets no output, whatever the others say"""
    rows = X[:6].copy()
    rows[1, 0] = np.nan
    pd.DataFrame(rows, columns=FRAME.columns).to_csv(scratch / 'gaps.csv', index=False)
    members = [('a', HistGradientBoostingClassifier(max_iter=2)), ('b', LogisticRegression(max_iter=500)),
               ('c', pipe(SimpleImputer(), LogisticRegression(max_iter=500)))]
    for model in (VotingClassifier(members), StackingClassifier(members, cv=2)):
        with open(scratch / 'gaps.pkl', 'wb') as file:
            pickle.dump(model.fit(X, two), file)
        done = subprocess.run([ERRATA, 'score', scratch / 'gaps.pkl', scratch / 'gaps.csv'], capture_output=True,
                              text=True, timeout=60, check=False)
        told = [line.split(',')[0] for line in done.stdout.splitlines()[1:]]
        if told != ['' if i == 1 else str(model.predict(rows[[i]])[0]) for i in range(6)]:
            return f'{model}: {told}'
    done = subprocess.run([ERRATA, 'attribute', scratch / 'gaps.pkl', scratch / 'gaps.csv', '--output=probability',
                           f'--background={scratch / "gaps.csv"}'], capture_output=True, text=True, timeout=60, check=False)
    return None if 'against 5 background rows' in done.stderr else f'expected five rows, found {done.stderr}'


def blank(scratch):
    """an empty cell is the category "" of an encoder that knows one, and no missing value"""
    towns = np.array(['', 'Ulm', 'Bonn', ''] * 30, dtype=object)
    frame = pd.DataFrame({'town': towns, 'size': X[:120, 0]})
    frame[:9].to_csv(scratch / 'blank.csv', index=False)
    for encoder in (OneHotEncoder(handle_unknown='ignore'), OneHotEncoder(), OrdinalEncoder()):
        model = pipe(ColumnTransformer([('t', encoder, ['town'])], remainder='passthrough'), LogisticRegression())
        with open(scratch / 'blank.pkl', 'wb') as file:
            pickle.dump(model.fit(frame, (towns == '') ^ (X[:120, 0] > 1)), file)
        done = subprocess.run([ERRATA, 'score', scratch / 'blank.pkl', scratch / 'blank.csv', '-o', scratch / 'blanks.csv'],
                              capture_output=True, text=True, timeout=60, check=False)
        ours = pd.read_csv(scratch / 'blanks.csv').iloc[:, -1] if done.returncode == 0 else np.nan
        if not np.abs(ours - model.predict_proba(frame[:9])[:, 1]).max() <= 1e-12:
            return f'{encoder}: {done.stderr}'
    return None


def chance(scratch):
    """neighbours behind a kernel's components, of rows on a grid: where the last digits decide who they are there is
    no answer, elsewhere the library's"""
    draw = np.random.default_rng(4)
    grid = pd.DataFrame(draw.integers(-3, 4, size=(160, 3)) / 2, columns=list('abc'))
    grid[120:] += draw.normal(size=(40, 3)) / 9
    labels = np.digitize(grid @ [1, -1, 0.5] + draw.normal(size=160), [-1, 1])
    grid.to_csv(scratch / 'grid.csv', index=False)
    n_told = 0
    for last in (RadiusNeighborsClassifier(1, outlier_label='most_frequent'), KNeighborsClassifier(5), KNeighborsClassifier(4, weights='distance'),
                 OneVsRestClassifier(RadiusNeighborsClassifier(1, outlier_label='most_frequent'))):
        for first in (KernelPCA(3, kernel='linear'), Nystroem('linear', n_components=20, random_state=0)):
            model = pipe(first, last).fit(grid[:120], labels[:120])
            with open(scratch / 'grid.pkl', 'wb') as file:
                pickle.dump(model, file)
            subprocess.run([ERRATA, 'score', scratch / 'grid.pkl', scratch / 'grid.csv', '-o', scratch / 'grids.csv'],
                           capture_output=True, timeout=60, check=True)
            ours = pd.read_csv(scratch / 'grids.csv').iloc[:, -3:].to_numpy()
            told = ~np.isnan(ours).any(axis=1)
            worst = np.abs(ours - model.predict_proba(grid))[told].max()
            n_told += told[120:].sum()
            if not worst <= 1e-6:
                return f'{model}: off by {worst}'
    return None if n_told > 8 * 30 else f'only {n_told} of {8 * 40} rows between the places are told'


def weighed(scratch):
    """neighbours that count by a cosine distance, asked of rows of the training: how much the nearest one weighs is open;
    there is no answer where that shows beside the answer, as where targets are of many sizes"""
    draw = np.random.default_rng(8)
    rows = draw.normal(size=(120, 3)).round(3)
    targets = draw.normal(size=120)
    asked = np.r_[rows, draw.normal(size=(30, 3)).round(3), rows[:5] * 2]
    pd.DataFrame(asked, columns=list('abc')).to_csv(scratch / 'asked.csv', index=False)
    sizes = np.where(draw.random(120) < 0.5, targets, targets * 1e10)
    for model, told, least in ((KNeighborsRegressor, targets, 145), (KNeighborsRegressor, sizes, 80), (KNeighborsClassifier, targets > 0, 30)):
        model = model(4, metric='cosine', weights='distance').fit(rows, told)
        joblib.dump(model, scratch / 'weighed.joblib')
        subprocess.run([ERRATA, 'score', scratch / 'weighed.joblib', scratch / 'asked.csv', '-o', scratch / 'weighed.csv'],
                       capture_output=True, timeout=60, check=True)
        ours = pd.read_csv(scratch / 'weighed.csv').iloc[:, -1].to_numpy()
        theirs = model.predict_proba(asked)[:, 1] if hasattr(model, 'predict_proba') else model.predict(asked)
        off = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-300)
        if not np.nanmax(off) <= 1e-10 or np.isfinite(off).sum() < least:
            return f'{model} of {told.dtype}: off by {np.nanmax(off)}, {np.isfinite(off).sum()} told'
    return None


def single(scratch):
    """trained on numbers of single precision, or asked of rows next to those of a table that is looked at row by row:
    the digits that the library's own way of summing up leaves count; where nothing else does there is no answer"""
    frame = pd.DataFrame(X[:, :4], columns=list('abcd')).assign(town=town)
    same = pd.DataFrame(COUNTS[:, :4] / 10, columns=list('abcd'))
    table = ColumnTransformer([('town', OneHotEncoder(), ['town'])], remainder='passthrough', sparse_threshold=1)
    for model, rows in ((pipe(PCA(2, whiten=True), LogisticRegression()), frame[list('abcd')].astype(np.float32)),
                        (pipe(table, KNeighborsRegressor(4, weights='distance')), frame),
                        (pipe(PCA(3), KNeighborsRegressor(4, weights='distance', algorithm='brute')), same)):
        model.fit(rows, two)
        asked = rows[:60].astype({c: float for c in 'abcd'})
        asked[list('abcd')] *= 1 if rows is same else 1 + 1e-9
        asked.to_csv(scratch / 'single.csv', index=False)
        joblib.dump(model, scratch / 'single.joblib')
        subprocess.run([ERRATA, 'score', scratch / 'single.joblib', scratch / 'single.csv', '-o', scratch / 'singles.csv'],
                       capture_output=True, timeout=60, check=True)
        ours = pd.read_csv(scratch / 'singles.csv').iloc[:, -1].to_numpy()
        theirs = model.predict_proba(asked)[:, 1] if hasattr(model, 'predict_proba') else model.predict(asked)
        off = np.abs(ours - theirs)
        if not np.nanmax(off) <= (1e-6 if rows is same else 1e-12) or np.isnan(off).sum() > (30 if rows is same else 0):
            return f'{model}: off by {off}'
    return None


def even(scratch):
    """equally near rows of different targets where all rows are looked at: in several threads, or with numpy choosing,
    there is no answer where that choice counts, elsewhere the library's; a few rows, and trees, have one choice"""
    draw = np.random.default_rng(9)
    wide = pd.DataFrame(draw.integers(0, 4, size=(600, 4)), columns=list('abcd')).astype(float)
    wide.loc[300:] += draw.normal(size=(300, 4)) / 50
    target = wide @ [1, 2, -1, 0.5] + draw.normal(size=600)
    asked = wide[::9]
    asked.to_csv(scratch / 'even.csv', index=False)
    brute = {'algorithm': 'brute'}
    for is_open, rows, last in (
            (False, 600, KNeighborsRegressor(4, algorithm='kd_tree', leaf_size=3)), (False, 256, KNeighborsRegressor(4, **brute)),
            (True, 600, KNeighborsRegressor(4, **brute)), (True, 600, KNeighborsRegressor(3, metric='canberra', weights='distance', **brute)),
            (True, 256, KNeighborsRegressor(3, metric='cosine')), (True, 600, LocalOutlierFactor(4, novelty=True, **brute)),
            (True, np.float32, KNeighborsRegressor(4, **brute)), (True, np.float32, KNeighborsRegressor(4, metric='braycurtis', **brute)),
            (True, np.float32, pipe(PCA(3), KNeighborsRegressor(4, weights='distance', **brute)))):  # asked of itself
        train = wide.astype(rows) if rows is np.float32 else wide[:rows]
        model = last.fit(train, target[train.index])
        joblib.dump(model, scratch / 'even.joblib')
        done = subprocess.run([ERRATA, 'score', scratch / 'even.joblib', scratch / 'even.csv', '-o', scratch / 'evens.csv'],
                              capture_output=True, text=True, timeout=60, check=True)
        ours = pd.read_csv(scratch / 'evens.csv', skip_blank_lines=False).iloc[:, -1].to_numpy()
        theirs = model.score_samples(asked) if isinstance(last, LocalOutlierFactor) else model.predict(asked)
        empty = np.isnan(ours).sum()
        worst = np.nanmax(np.abs(ours - theirs), initial=0)
        if not worst <= 1e-12 or (empty > 0) != is_open or empty > (67 if isinstance(last, Pipeline) else 60):
            return f'{model}: off by {worst}, {empty} of {len(ours)} empty'
        if ('is not told by the file' in done.stderr) != is_open:
            return f'{model}: says {done.stderr}'
    return None


def beside(scratch):
    """a model in a dictionary, tuple or list with the names of its columns; two of them are refused"""
    names = ['age', 'town', 'size', 'rate', 'debt']
    frame = pd.DataFrame(X[:20], columns=names)
    frame[names[::-1]].to_csv(scratch / 'beside.csv', index=False)
    model = LogisticRegression(max_iter=500).fit(X, two)
    for what in ({'model': model, 'features': names, 'version': '1.2'}, (model, names), [names, model],
                 {'clf': model, 'columns': np.array(names, dtype=object), 'auc': 0.9}):
        with open(scratch / 'beside.pkl', 'wb') as file:
            pickle.dump(what, file)
        done = subprocess.run([ERRATA, 'score', scratch / 'beside.pkl', scratch / 'beside.csv', '-o',
                               scratch / 'besides.csv'], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            return f'{type(what).__name__}: {done.stderr.strip().splitlines()[-1]}'
        ours = pd.read_csv(scratch / 'besides.csv')['probability(1)']
        if np.abs(ours - model.predict_proba(X[:20])[:, 1]).max() > 1e-12:
            return f'{type(what).__name__}: other probabilities'
    with open(scratch / 'beside.pkl', 'wb') as file:
        pickle.dump({'model': model, 'scaler': StandardScaler().fit(X)}, file)
    done = subprocess.run([ERRATA, 'score', scratch / 'beside.pkl', scratch / 'beside.csv'],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 0 or '“model” (LogisticRegression), “scaler” (StandardScaler)' not in done.stderr:
        return f'expected both to be named, found {done.stderr}'
    return None


def main():
    cases = {**MODELS, **APART}
    print(f'1..{len(cases) + 15}')
    with tempfile.TemporaryDirectory() as scratch:
        for n, (name, (model, rows, labels)) in enumerate(cases.items(), 1):
            first = 60 if name in APART else 0
            model.fit(rows[first:], labels[first:] if labels is not None else None)
            wrong = check(name, model, rows[:60], pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {n} {name}')
            if wrong is not None:
                print(f'# {wrong}')
        wrong = attribute(pathlib.Path(scratch))
        print(f'{"ok" if wrong is None else "not ok"} {len(cases) + 1} attribution behind an encoder')
        if wrong is not None:
            print(f'# {wrong}')
        for n, (what, function) in enumerate((('boosters in pickles', boosters), ('zeros that a sparse matrix leaves out', unheld), ('rows at the edge', edges), ('words', words),
                                             ('attribution of several targets', attribute_each),
                                             ('LightGBM in pickles', light), ('rows that are refused', refused), ('empty categories', blank),
                                             ('neighbours by chance', chance),
                                             ('neighbours weighed by chance', weighed),
                                             ('rounding of the library', single),
                                             ('equally near rows', even),
                                             ('models beside other things', beside),
                                             ('attribution of linear pipelines', linear)), 2):
            wrong = function(pathlib.Path(scratch))
            print(f'{"ok" if wrong is None else "not ok"} {len(cases) + n} {what}')
            if wrong is not None:
                print(f'# {wrong}')


main()
