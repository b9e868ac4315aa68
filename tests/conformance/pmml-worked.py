#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""PMML documents of kinds that the test data lacks, with answers worked out by hand from the standard:
strategies for missing values, targets, treatments, expressions, links, neurons, segments, reasons; and
what has to be refused, with the element and its line.

usage: pmml-worked.py ERRATA
"""
import csv
import datetime
import math
import pathlib
import subprocess
import sys
import tempfile

ERRATA = sys.argv[1]
FIELDS = {'x': 'continuous', 'z': 'continuous', 's': 'categorical', 'y': 'continuous', 'c': 'categorical'}
DICTIONARY = '<DataDictionary>' + ''.join(
    f"<DataField name='{name}' optype='{kind}' dataType='{'double' if kind == 'continuous' else 'string'}'>"
    + ("<Value value='a'/><Value value='b'/>" if name == 'c' else '') + '</DataField>'
    for name, kind in FIELDS.items()) + '</DataDictionary>'
DOUBLE = "dataType='double' optype='continuous'"
STRING = "dataType='string' optype='categorical'"


def schema(target, x=''):
    return (f"<MiningSchema><MiningField name='{target}' usageType='target'/><MiningField name='x' {x}/>"
            "<MiningField name='z'/><MiningField name='s' invalidValueTreatment='asIs'/></MiningSchema>")


def document(model, target, within, function='regression', more='', output='', x='', dictionary=DICTIONARY):
    output = f'<Output>{output}</Output>' if output else ''
    return ("<PMML xmlns='http://www.dmg.org/PMML-4_4' version='4.4'><Header/>" + dictionary +
            f"<{model} functionName='{function}' {more}>" + schema(target, x) + output + within +
            f'</{model}></PMML>')


def line(within='', extra='', **rest):
    """y = x"""
    return document('RegressionModel', 'y', within + "<RegressionTable intercept='0'><NumericPredictor name='x' "
                    f"coefficient='1'/>{extra}</RegressionTable>", **rest)


def value(expression, kind=DOUBLE):
    return line(output=f"<OutputField name='v' feature='transformedValue' {kind}>{expression}</OutputField>")


def derived(expression):
    return line(f"<LocalTransformations><DerivedField name='g' {DOUBLE}>\n{expression}</DerivedField></LocalTransformations>"
                ).replace("name='x' coefficient", "name='g' coefficient")


def test(field, operator, number=None):
    number = '' if number is None else f"value='{number}'"
    return f"<SimplePredicate field='{field}' operator='{operator}' {number}/>"


def apply(function, *arguments):
    return f"<Apply function='{function}'>{''.join(arguments)}</Apply>"


def constant(text, kind='double'):
    return f"<Constant dataType='{kind}'>{text}</Constant>"


def logistic(number):
    return 1 / (1 + math.exp(-number))


def normal(number):
    return (1 + math.erf(number / math.sqrt(2))) / 2


X, Z, S = ("<FieldRef field='x'/>", "<FieldRef field='z'/>", "<FieldRef field='s'/>")


# trees: what becomes of a row whose predicates cannot be told
def node(name, score, rows, predicate, within='', more=''):
    shares = ''.join(f"<ScoreDistribution value='{k}' recordCount='{n}'/>" for k, n in zip('ab', rows))
    return (f"<Node id='{name}' score='{score}' recordCount='{sum(rows)}' {more}>{predicate}{shares}"
            f'{within}</Node>')


def tree(more, within=None, lower=''):
    within = within or node('1', 'a', (60, 40), '<True/>', node(
        '2', 'a', (56, 14), test('x', 'lessThan', 5),
        node('4', 'a', (36, 4), test('z', 'lessThan', 1)) +
        node('5', 'b', (12, 18), test('z', 'greaterOrEqual', 1)), lower) +
        node('3', 'b', (6, 24), test('x', 'greaterOrEqual', 5)), "defaultChild='3'")
    return document('TreeModel', 'c', within, 'classification', more,
                    f"<OutputField name='p' feature='probability' value='a' {DOUBLE}/>"
                    "<OutputField name='id' feature='entityId'/>"
                    f"<OutputField name='sure' feature='confidence' value='a' {DOUBLE}/>")


XOR = ("<CompoundPredicate booleanOperator='xor'>" + test('x', 'greaterThan', 0) + test('z', 'greaterThan', 0) +
       test('s', 'equal', 'q') + '</CompoundPredicate>')
SETS = ("<Node id='1' score='a'><True/><Node id='2' score='b'>" + XOR + "</Node><Node id='3' score='a'>"
        "<SimpleSetPredicate field='s' booleanOperator='isIn'><Array n='3' type='string'>\"a b\" c \"q\\\"r\""
        "</Array></SimpleSetPredicate></Node><Node id='4' score='a'><SimpleSetPredicate field='s' "
        "booleanOperator='isNotIn'><Array type='string'>g h</Array></SimpleSetPredicate></Node></Node>")
SURROGATE = ("<Node id='1' score='a'><True/><Node id='2' score='a'><CompoundPredicate booleanOperator='surrogate'>"
             + test('x', 'lessThan', 5) + test('z', 'lessThan', 2) + "<False/></CompoundPredicate></Node>"
             "<Node id='3' score='b'><True/></Node></Node>")
TREES = {
    'weightedConfidence': (tree("missingValueStrategy='weightedConfidence'"), [
        ({'x': 1}, {'c': 'a', 'p': (40 * .9 + 30 * .4) / 70}), ({'z': 0}, {'p': .7 * .9 + .3 * .2}), ({}, {'c': 'a'})]),
    'aggregateNodes': (tree("missingValueStrategy='aggregateNodes'"), [
        ({'x': 1}, {'c': 'a', 'p': 48 / 70}), ({'z': 0}, {'p': 42 / 70}), ({}, {'p': 54 / 100})]),
    'defaultChild': (tree("missingValueStrategy='defaultChild' missingValuePenalty='0.5'", lower="defaultChild='4'"), [
        ({'z': 0}, {'c': 'b', 'id': '3', 'p': .2, 'sure': .1}), ({'x': 1}, {'id': '4', 'p': .9, 'sure': .45}),
        ({'x': 1, 'z': 0}, {'sure': .9})]),
    'nullPrediction': (tree("missingValueStrategy='nullPrediction'"), [
        ({'z': 0}, {'c': ''}), ({'x': 7}, {'c': 'b', 'p': .2})]),
    'lastPrediction': (tree("missingValueStrategy='lastPrediction'"), [
        ({'z': 0}, {'c': 'a', 'id': '1', 'p': .6}), ({'x': 1}, {'id': '2', 'p': .8})]),
    'none': (tree("noTrueChildStrategy='returnLastPrediction'"), [({'z': 0}, {'id': '1'}), ({'x': 1}, {'id': '2'})]),
    'no true child': (tree("noTrueChildStrategy='returnNullPrediction'"), [
        ({'z': 0}, {'c': ''}), ({'x': 7}, {'c': 'b', 'p': .2})]),
    'surrogate': (tree('', SURROGATE), [({'x': 1, 'z': 9}, {'id': '2'}), ({'z': 1}, {'id': '2'}),
                                        ({'z': 3}, {'id': '3'}), ({}, {'id': '3'})]),
    'xor and sets': (tree("noTrueChildStrategy='returnLastPrediction'", SETS), [
        ({'x': 1, 'z': 1, 's': 'q'}, {'id': '2'}), ({'x': 1, 'z': 1, 's': 'a b'}, {'id': '3'}),
        ({'x': 1, 'z': -1, 's': 'c'}, {'id': '2'}), ({'x': -1, 'z': -1, 's': 'q"r'}, {'id': '3'}),
        ({'x': -1, 'z': -1, 's': 'g'}, {'id': '1'}), ({'z': 1, 's': 'c'}, {'id': '3'})]),
}

# regressions: terms, links, targets, treatments of values
TERMS = ("<RegressionTable intercept='2'><NumericPredictor name='x' exponent='2' coefficient='3'/>"
         "<CategoricalPredictor name='s' value='u' coefficient='7'/><PredictorTerm coefficient='0.5'>" + X + Z +
         '</PredictorTerm></RegressionTable>')
THREE = DICTIONARY.replace("<Value value='a'/><Value value='b'/>", "<Value value='a'/><Value value='b'/>"
                           "<Value value='d'/>")


def classes(method, tables, kind='categorical'):
    dictionary = THREE.replace("name='c' optype='categorical'", f"name='c' optype='{kind}'")
    return document('RegressionModel', 'c', ''.join(
        f"<RegressionTable targetCategory='{k}' intercept='{intercept}'><NumericPredictor name='x' coefficient='{slope}'"
        '/></RegressionTable>' for k, intercept, slope in tables), 'classification', f"normalizationMethod='{method}'",
        ''.join(f"<OutputField name='p{k}' feature='probability' value='{k}' {DOUBLE}/>" for k in 'abd'),
        dictionary=dictionary)


def target(more, within=''):
    return line(f"<Targets><Target field='y' {more}>{within}</Target></Targets>")


VALID = DICTIONARY.replace(
    "name='x' optype='continuous' dataType='double'>", "name='x' optype='continuous' dataType='double'>"
    "<Interval closure='openClosed' leftMargin='0' rightMargin='5'/><Interval closure='closedOpen' leftMargin='8' "
    "rightMargin='9'/><Value value='-99' property='missing'/>")
LINKS = {'exp': math.exp, 'logit': logistic, 'probit': normal, 'none': float,
         'cloglog': lambda v: 1 - math.exp(-math.exp(v)), 'loglog': lambda v: math.exp(-math.exp(-v)),
         'cauchit': lambda v: .5 + math.atan(v) / math.pi}
REGRESSIONS = {
    'terms': (document('RegressionModel', 'y', TERMS), [
        ({'x': 2, 'z': 4, 's': 'u'}, {'y': 25}), ({'x': 2, 'z': 4, 's': 'v'}, {'y': 18}), ({'x': 2, 'z': 4}, {'y': 18}),
        ({'z': 4, 's': 'u'}, {'y': ''}), ({'x': 2, 's': 'u'}, {'y': ''})]),
    'simplemax': (classes('simplemax', [('a', 1, 1), ('b', 2, 0), ('d', 5, 0)]), [
        ({'x': 2}, {'pa': .3, 'pb': .2, 'pd': .5, 'c': 'd'})]),
    'ordinal logit': (classes('logit', [('a', -1, 1), ('b', 1, 1), ('d', 0, 0)], 'ordinal'), [
        ({'x': .5}, {'pa': logistic(-.5), 'pb': logistic(1.5) - logistic(-.5), 'pd': 1 - logistic(1.5)})]),
    'rescaled': (target("min='-10' max='10' rescaleFactor='3' rescaleConstant='0.5' castInteger='round'"), [
        ({'x': 20}, {'y': 31}), ({'x': 1.1}, {'y': 4}), ({'x': -50}, {'y': -29})]),
    'ceiling': (target("castInteger='ceiling'"), [({'x': 1.2}, {'y': 2}), ({'x': -1.2}, {'y': -1})]),
    'floor': (target("castInteger='floor'"), [({'x': 1.8}, {'y': 1}), ({'x': -1.2}, {'y': -2})]),
    'default': (target('', "<TargetValue defaultValue='12.5'/>"), [({}, {'y': 12.5}), ({'x': 3}, {'y': 3})]),
    'outliers missing': (line(x="outliers='asMissingValues' lowValue='0' highValue='10' missingValueReplacement='4'"), [
        ({'x': 11}, {'y': 4}), ({'x': 10}, {'y': 10}), ({}, {'y': 4})]),
    'outliers extreme': (line(x="outliers='asExtremeValues' lowValue='0' highValue='10'"), [
        ({'x': 11}, {'y': 10}), ({'x': -3}, {'y': 0}), ({}, {'y': ''})]),
    'invalid as missing': (line(x="invalidValueTreatment='asMissing' missingValueReplacement='1.5'", dictionary=VALID), [
        ({'x': 5}, {'y': 5}), ({'x': 0}, {'y': 1.5}), ({'x': 8}, {'y': 8}), ({'x': 9}, {'y': 1.5}),
        ({'x': -99}, {'y': 1.5})]),
    'invalid as value': (line(x="invalidValueTreatment='asValue' invalidValueReplacement='2.5'", dictionary=VALID), [
        ({'x': 6}, {'y': 2.5}), ({'x': 5}, {'y': 5}), ({'x': -99}, {'y': ''})]),
    'invalid returned': (line(x="invalidValueTreatment='returnInvalid'", dictionary=VALID), [
        ({'x': 5}, {'y': 5}), ({'x': 6}, {'y': ''})]),
    **{f'link {name}': (line(more=f"normalizationMethod='{name}'"), [({'x': x}, {'y': link(x)}) for x in (-1.5, .25)])
       for name, link in LINKS.items()},
}

# expressions, by the row that they see and what comes of it
NORM = ("<NormContinuous field='x' mapMissingTo='0.25' {}><LinearNorm orig='0' norm='0'/><LinearNorm orig='10' "
        "norm='1'/><LinearNorm orig='20' norm='5'/></NormContinuous>")
BINS = ("<Discretize field='x' defaultValue='9' mapMissingTo='8'><DiscretizeBin binValue='1'><Interval "
        "closure='openClosed' leftMargin='0' rightMargin='1'/></DiscretizeBin></Discretize>")
MAP = ("<MapValues outputColumn='o' defaultValue='-1' mapMissingTo='-2'><FieldColumnPair field='s' column='a'/>"
       "<FieldColumnPair field='x' column='b'/><InlineTable><row><a>u</a><b>1</b><o>10</o></row><row><a>u</a><b>2</b>"
       '<o>20</o></row></InlineTable></MapValues>')
DATE, NOON = constant('2003-04-01', 'date'), constant('1960-01-03T03:30:03', 'dateTime')
EXPRESSIONS = [
    (apply('min', X, Z, constant(3)), {'x': 5, 'z': 4}, 3), (apply('max', X, Z), {'x': 5}, 5),
    (apply('avg', X, Z, constant(3)), {'x': 5}, 4), (apply('median', X, Z, constant(3)), {'x': 5, 'z': 4}, 4),
    (apply('product', X, Z), {'x': 5, 'z': 4}, 20), (apply('sum', X, Z), {'x': 5}, 5),
    (apply('pow', X, Z), {'x': 2, 'z': -1}, .5), (apply('threshold', X, Z), {'x': 2, 'z': 2}, 0),
    (apply('round', X), {'x': 2.5}, 3), (apply('round', X), {'x': -2.5}, -2), (apply('rint', X), {'x': 2.5}, 2),
    (apply('modulo', X, Z), {'x': -11, 'z': 4}, 1), (apply('modulo', X, Z), {'x': 11, 'z': -4}, -1),
    (apply('hypot', X, Z), {'x': 3, 'z': 4}, 5), (apply('erf', X), {'x': .5}, math.erf(.5)),
    (apply('stdNormalCDF', X), {'x': 1}, normal(1)), (apply('normalCDF', X, constant(1), constant(2)), {'x': 3}, normal(1)),
    (apply('normalIDF', constant(.5), X, constant(2)), {'x': 3}, 3), (apply('normalIDF', X, constant(0), constant(1)), {'x': 1.5}, ''),
    (apply('stdNormalIDF', X), {'x': 1.5}, ''), (apply('normalCDF', X, constant(1), constant(-2)), {'x': 3}, ''), (apply('/', X, Z), {'x': 1, 'z': 0}, ''),
    (apply('if', apply('isMissing', X), constant(1), constant(2)), {}, 1), (apply('-', X, Z), {'x': 1}, ''),
    (apply('if', apply('isNotIn', S, constant('a', 'string')), constant(1)), {'s': 'a', 'x': 1}, ''),
    (f"<Apply function='+' mapMissingTo='-7'>{X}{Z}</Apply>", {'x': 1}, -7),
    (f"<Apply function='+' defaultValue='9'>{X}{Z}</Apply>", {'x': 1}, 9),
    (apply('stringLength', S), {'s': 'Größe'}, 5), (apply('dateDaysSinceYear', DATE, constant(1960, 'integer')), {}, 15796),
    (apply('dateSecondsSinceYear', NOON, constant(1960, 'integer')), {}, 185403),
    (apply('dateSecondsSinceMidnight', NOON), {}, 12603),
    (apply('*', X, BINS.replace("binValue='1'", "binValue='2.5'")), {'x': 1}, 2.5), (apply('+', MAP, constant(1)), {'s': 'u', 'x': 2}, 21),
    *((apply('dateDaysSinceYear', constant(day, 'date'), constant(year, 'integer')), {}, (
        datetime.date.fromisoformat(day) - datetime.date(year, 1, 1)).days) for day, year in (
            ('9999-12-31', 1960), ('2262-04-12', 1970), ('1582-10-15', 1970), ('0001-01-01', 1960), ('2200-02-28', 1), ('1799-12-31', 2000))),
    (apply('dateSecondsSinceYear', constant('2500-01-02T00:00:05', 'dateTime'), constant(1970, 'integer')), {}, 16725312005),
    (NORM.format(''), {'x': 15}, 3), (NORM.format(''), {'x': 25}, 7), (NORM.format(''), {'x': -5}, -.5),
    (NORM.format("outliers='asExtremeValues'"), {'x': 25}, 5), (NORM.format(''), {}, .25),
    ("<NormDiscrete field='s' value='u' mapMissingTo='0.5'/>", {}, .5), ("<NormDiscrete field='s' value='u'/>", {'s': 'u'}, 1),
    (BINS, {'x': 1}, 1), (BINS, {'x': 0}, 9), (BINS, {}, 8),
    (MAP, {'s': 'u', 'x': 2}, 20), (MAP, {'s': 'u', 'x': 3}, -1), (MAP, {'s': 'u'}, -2),
]
TEXTS = [
    (apply('uppercase', S), 'aé', 'AÉ'), (apply('trimBlanks', S), '  a b ', 'a b'),
    (apply('substring', S, constant(2, 'integer'), constant(3, 'integer')), 'aBc9x', 'Bc9'),
    (apply('concat', S, constant('-', 'string'), constant(2, 'integer')), 'q', 'q-2'),
    (apply('replace', S, constant(r'(\w)(\d)', 'string'), constant('$2$1', 'string')), 'a1b2', '1a2b'),
    (apply('formatNumber', constant(2, 'integer'), constant('%3d', 'string')), 'q', '  2'),
    (apply('formatDatetime', DATE, constant('%m/%d/%y', 'string')), 'q', '04/01/03'),
    (apply('concat', constant('01:02:30', 'time'), '<Constant dataType="string">|</Constant>', "<MapValues outputColumn='o'><FieldColumnPair field='s' "
           "column='a'/><InlineTable><row><a>q</a><o>007</o></row></InlineTable></MapValues>"), 'q', '01:02:30|007'),
    (apply('concat', constant('9999-12-31', 'date'), constant('0044-03-15T09:05:00', 'dateTime')), 'q', '9999-12-310044-03-15T09:05:00'),
    (apply('if', apply('matches', S, constant('ar?y', 'string')), constant('yes', 'string'), constant('no', 'string')),
     'January', 'yes'),
]


# neurons, by what they make of 0.5 + x − 2 z
def network(activation, more='', neuron='', back="<FieldRef field='y'/>"):
    inputs = ''.join(f"<NeuralInput id='{f}'><DerivedField {DOUBLE}><FieldRef field='{f}'/></DerivedField></NeuralInput>"
                     for f in 'xz')
    return document('NeuralNetwork', 'y', f"<NeuralInputs>{inputs}</NeuralInputs><NeuralLayer><Neuron id='n' bias='0.5' "
                    f"{neuron}><Con from='x' weight='1'/><Con from='z' weight='-2'/></Neuron></NeuralLayer><NeuralOutputs>"
                    f"<NeuralOutput outputNeuron='n'><DerivedField {DOUBLE}>{back}</DerivedField></NeuralOutput>"
                    '</NeuralOutputs>', more=f"activationFunction='{activation}' {more}")


NEURONS = {'tanh': math.tanh, 'identity': float, 'exponential': math.exp, 'reciprocal': lambda v: 1 / v,
           'square': lambda v: v * v, 'Gauss': lambda v: math.exp(-v * v), 'sine': math.sin, 'cosine': math.cos,
           'Elliott': lambda v: v / (1 + abs(v)), 'arctan': lambda v: 2 * math.atan(v) / math.pi,
           'rectifier': lambda v: max(0, v), 'logistic': logistic}
ROW = {'x': 1, 'z': .3}
BACK = "<NormContinuous field='y'><LinearNorm orig='10' norm='0'/><LinearNorm orig='30' norm='1'/></NormContinuous>"
NETWORKS = {
    **{f'neuron {name}': (network(name), [(ROW, {'y': function(.9)})]) for name, function in NEURONS.items()},
    'neuron threshold': (network('threshold', "threshold='0.95'"), [(ROW, {'y': 0}), ({'x': 1.1, 'z': .3}, {'y': 1})]),
    'neuron radialBasis': (network('radialBasis', neuron="width='2' altitude='3'"), [
        (ROW, {'y': math.exp(2 * math.log(3) - 2.3 ** 2 / 8)})]),
    'neuron scaled back': (network('identity', back=BACK), [(ROW, {'y': 28}), ({'z': .3}, {'y': ''})]),
}


# models of models
def segment(name, predicate, score, weight, when='<True/>'):
    return (f"<Segment id='{name}' weight='{weight}'>{predicate}<TreeModel functionName='regression' noTrueChildStrategy="
            f"'returnNullPrediction'>{schema('y')}<Node><True/><Node score='{score}'>{when}</Node></Node></TreeModel></Segment>")


def many(method, segments, more='', target='y'):
    return document('MiningModel', target, f"<Segmentation multipleModelMethod='{method}' {more}>{segments}</Segmentation>")


PARTS = (segment('1', '<True/>', 1, 1) + segment('2', '<True/>', 5, 2, test('z', 'greaterThan', 0)) +
         segment('3', test('x', 'greaterThan', 0), 9, 5))
CHAIN = ("<Segment id='1'><True/><RegressionModel functionName='regression'>" + schema('y') + "<Output><OutputField "
         f"name='first' feature='predictedValue' {DOUBLE}/></Output><RegressionTable intercept='1'><NumericPredictor name='x' "
         "coefficient='1'/></RegressionTable></RegressionModel></Segment><Segment id='2'>" + test('first', 'greaterThan', 3) +
         "<RegressionModel functionName='regression'><MiningSchema><MiningField name='y' usageType='target'/><MiningField "
         "name='first'/></MiningSchema><RegressionTable intercept='100'><NumericPredictor name='first' coefficient='2'/>"
         '</RegressionTable></RegressionModel></Segment>')
CARD = ("<Characteristics><Characteristic name='cx' reasonCode='RX' baselineScore='20'><Attribute partialScore='5'>" +
        test('x', 'lessThan', 1) + "</Attribute><Attribute partialScore='15' reasonCode='RX2'>" +
        test('x', 'greaterOrEqual', 1) + "</Attribute><Attribute partialScore='0' reasonCode='RXM'>" +
        test('x', 'isMissing') + "</Attribute></Characteristic><Characteristic name='cz' reasonCode='RZ' "
        "baselineScore='10'><Attribute><True/><ComplexPartialScore>" + apply('*', Z, constant(2)) +
        '</ComplexPartialScore></Attribute></Characteristic></Characteristics>')


def card(algorithm):
    return document('Scorecard', 'y', CARD, more=f"initialScore='100' reasonCodeAlgorithm='{algorithm}'", output=''.join(
        f"<OutputField name='r{k}' feature='reasonCode' rank='{k}' {STRING}/>" for k in (1, 2)))


def general(more, factor="<Predictor name='s'/>"):
    cells = ''.join(f"<PCell parameterName='{p}' beta='{b}'/>" for p, b in (('p0', 1), ('p1', .5), ('p2', 3)))
    return document('GeneralRegressionModel', 'y', "<ParameterList><Parameter name='p0'/><Parameter name='p1'/><Parameter "
                    f"name='p2'/></ParameterList><FactorList>{factor}</FactorList><CovariateList><Predictor name='x'/>"
                    "</CovariateList><PPMatrix><PPCell value='2' predictorName='x' parameterName='p1'/><PPCell value='1' "
                    "predictorName='x' parameterName='p2'/><PPCell value='u' predictorName='s' parameterName='p2'/></PPMatrix>"
                    f'<ParamMatrix>{cells}</ParamMatrix>', more=more)


CONTRAST = ("<Predictor name='s' contrastMatrixType='own'><Categories><Category value='u'/><Category value='w'/></Categories>"
            "<Matrix nbRows='2' nbCols='1'><Array type='real' n='1'>2</Array><Array type='real' n='1'>-1</Array></Matrix>"
            '</Predictor>')


def counts(a, b):
    return (f"<TargetValueCounts><TargetValueCount value='a' count='{a}'/><TargetValueCount value='b' count='{b}'/>"
            '</TargetValueCounts>')


BAYES = ("<BayesInputs><BayesInput fieldName='s'><PairCounts value='u'>" + counts(6, 0) + "</PairCounts><PairCounts value='v'>" +
         counts(4, 5) + "</PairCounts></BayesInput><BayesInput fieldName='x'><TargetValueStats><TargetValueStat value='a'>"
         "<UniformDistribution lower='0' upper='4'/></TargetValueStat><TargetValueStat value='b'><UniformDistribution lower='0' "
         "upper='8'/></TargetValueStat></TargetValueStats></BayesInput></BayesInputs><BayesOutput fieldName='c'>" +
         counts(10, 5) + '</BayesOutput>')
MACHINE = ("{}<VectorDictionary><VectorFields><FieldRef field='x'/><FieldRef field='z'/><CategoricalPredictor name='s' value='u' "
           "coefficient='1'/></VectorFields></VectorDictionary><SupportVectorMachine><Coefficients absoluteValue='1.5'>"
           "<Coefficient value='2'/><Coefficient value='-1'/><Coefficient value='10'/></Coefficients></SupportVectorMachine>")
BY_WEIGHTS = {'function': 'regression', 'more': "svmRepresentation='Coefficients'"}
OTHERS = {
    'weightedSum': (many('weightedSum', PARTS), [({'x': 1, 'z': 1}, {'y': 56}), ({'x': -1, 'z': 1}, {'y': 11})]),
    'segments skipped': (many('sum', PARTS, "missingPredictionTreatment='skipSegment'"), [({'x': 1, 'z': -1}, {'y': 10})]),
    'too many skipped': (many('weightedAverage', PARTS, "missingPredictionTreatment='skipSegment' missingThreshold='0.2'"), [
        ({'x': 1, 'z': -1}, {'y': ''}), ({'x': 1, 'z': 1}, {'y': 7})]),
    'missing returned': (many('median', PARTS, "missingPredictionTreatment='returnMissing'"), [
        ({'x': 1, 'z': -1}, {'y': ''}), ({'x': -1, 'z': 1}, {'y': 3})]),
    'chain': (many('modelChain', CHAIN), [({'x': 5}, {'y': 112}), ({'x': 1}, {'y': 2})]),
    'points below': (card('pointsBelow'), [
        ({'x': 0, 'z': 2}, {'y': 109, 'r1': 'RX', 'r2': 'RZ'}), ({'x': 3, 'z': 0}, {'y': 115, 'r1': 'RZ', 'r2': 'RX2'}),
        ({'z': 4}, {'y': 108, 'r1': 'RXM', 'r2': 'RZ'}), ({'x': 1}, {'y': ''})]),
    'points above': (card('pointsAbove'), [({'x': 0, 'z': 12}, {'y': 129, 'r1': 'RZ', 'r2': 'RX'})]),
    'interaction': (general("modelType='generalLinear'"), [
        ({'x': 2, 's': 'u'}, {'y': 9}), ({'x': 2, 's': 'w'}, {'y': 3})]),
    'contrasts': (general("modelType='regression'", CONTRAST), [
        ({'x': 2, 's': 'u'}, {'y': 15}), ({'x': 2, 's': 'w'}, {'y': -3})]),
    'offset and trials': (general("modelType='generalizedLinear' linkFunction='logit' offsetVariable='z' trialsValue='4'"), [
        ({'x': 1, 'z': -1.5, 's': 'w'}, {'y': 2})]),
    'bayes': (document('NaiveBayesModel', 'c', BAYES, 'classification', "threshold='0.01'",
                       f"<OutputField name='p' feature='probability' value='a' {DOUBLE}/>"), [
        ({'s': 'u'}, {'p': 6 / 6.05}), ({'s': 'v', 'x': 2}, {'p': 1 / 1.625}), ({'x': 6}, {'p': .1 / (.1 + .625)})]),
    'machine by coefficients': (document('SupportVectorMachineModel', 'y', MACHINE.format('<LinearKernelType/>'), **BY_WEIGHTS), [
        ({'x': 3, 'z': 4, 's': 'u'}, {'y': 13.5}), ({'x': 3, 'z': 4, 's': 'w'}, {'y': 3.5})]),
}



# less usual: what follows from a sentence of the standard that most documents never need
def stump(target, score, function='regression', predicate='<True/>', output='', within=''):
    return (f"<TreeModel functionName='{function}' noTrueChildStrategy='returnNullPrediction'>{schema(target)}"
            f"{f'<Output>{output}</Output>' if output else ''}<Node score='{score}'>{predicate}{within}</Node></TreeModel>")


def voter(name, score, weight, predicate='<True/>'):
    return (f"<Segment id='{name}' weight='{weight}'><True/>" +
            stump('c', score, 'classification', predicate) + '</Segment>')


VOTES = (voter('1', 'a', 1) + voter('2', 'b', 2, test('z', 'greaterThan', 0)) +
         voter('3', 'b', 2, test('z', 'greaterThan', 0)))
TWO_TARGETS = document('MiningModel', 'y', "<Segmentation multipleModelMethod='modelChain'><Segment><True/>" +
                       stump('c', 'b', 'classification') + '</Segment><Segment>' + test('x', 'greaterThan', 0) +
                       stump('y', 7.5) + '</Segment></Segmentation>').replace(
                           "<MiningField name='x' />", "<MiningField name='c' usageType='target'/><MiningField name='x' />", 1)
UNLISTED = document('MiningModel', 'y', "<Segmentation multipleModelMethod='sum'><Segment><True/>" +
                    stump('y', 1, predicate=test('z', 'greaterThan', 0)) + '</Segment></Segmentation>').replace(
                        "<MiningField name='z'/>", '', 1)
TREATED_WITHIN = line().replace('</DataDictionary>', f"</DataDictionary><TransformationDictionary><DerivedField name='sq' {DOUBLE}>"
                                + apply('*', X, X) + f"</DerivedField><DerivedField name='cube' {DOUBLE}>" +
                                apply('*', X, "<FieldRef field='sq'/>") + '</DerivedField></TransformationDictionary>')
TREATED_WITHIN = TREATED_WITHIN[:TREATED_WITHIN.index('<RegressionModel')] + (
    "<MiningModel functionName='regression'>" + schema('y') + "<Segmentation multipleModelMethod='modelChain'><Segment><True/>"
    "<RegressionModel functionName='regression'><MiningSchema><MiningField name='x' missingValueReplacement='3'/></MiningSchema>"
    f"<Output><OutputField name='inner' feature='predictedValue' {DOUBLE}/></Output><RegressionTable intercept='0'>"
    "<NumericPredictor name='cube' coefficient='1'/></RegressionTable></RegressionModel></Segment><Segment><True/>"
    "<RegressionModel functionName='regression'><MiningSchema><MiningField name='y' usageType='target'/><MiningField name='inner' "
    "outliers='asExtremeValues' lowValue='0' highValue='20'/></MiningSchema><RegressionTable intercept='0'><NumericPredictor "
    "name='inner' coefficient='1'/></RegressionTable></RegressionModel></Segment></Segmentation></MiningModel></PMML>")


def machine(more, alternate, weights=(2, -1, 10)):
    """1.5 + 2 x − z + 10 (s is u)"""
    cells = ''.join(f"<Coefficient value='{w}'/>" for w in weights)
    return document('SupportVectorMachineModel', 'c', "<LinearKernelType/><VectorDictionary><VectorFields><FieldRef field='x'/>"
                    "<FieldRef field='z'/><CategoricalPredictor name='s' value='u' coefficient='1'/></VectorFields>"
                    f"</VectorDictionary><SupportVectorMachine targetCategory='a' {alternate}><Coefficients absoluteValue='1.5'>{cells}"
                    '</Coefficients></SupportVectorMachine>', 'classification', f"svmRepresentation='Coefficients' {more}")


def neighbors(rows, targets="<InstanceField field='c' column='c'/>", more="numberOfNeighbors='2'", inputs="<KNNInput field='x'/>",
              function='classification', within='', target='c', output=''):
    return document('NearestNeighborModel', target, within + "<TrainingInstances isTransformed='false'><InstanceFields><InstanceField "
                    f"field='x' column='x'/>{targets}</InstanceFields><InlineTable>{rows}</InlineTable></TrainingInstances>"
                    f"<ComparisonMeasure kind='distance'><squaredEuclidean/></ComparisonMeasure><KNNInputs>{inputs}</KNNInputs>",
                    function, more, output)


def instances(*pairs):
    return ''.join(f'<row><x>{x}</x><c>{c}</c></row>' for x, c in pairs)


def cumulative(more, order='abd', cells=(('a', -1), ('b', 1))):
    dictionary = DICTIONARY.replace("<Value value='a'/><Value value='b'/>", ''.join(f"<Value value='{k}'/>" for k in order))
    return document('GeneralRegressionModel', 'c', "<ParameterList><Parameter name='p0'/><Parameter name='p1'/></ParameterList>"
                    "<CovariateList><Predictor name='x'/></CovariateList><PPMatrix><PPCell value='1' predictorName='x' "
                    "parameterName='p1'/></PPMatrix><ParamMatrix>" + ''.join(
                        f"<PCell targetCategory='{k}' parameterName='p0' beta='{b}'/>" for k, b in cells) +
                    "<PCell parameterName='p1' beta='0.5'/></ParamMatrix>", 'classification',
                    f"modelType='ordinalMultinomial' {more}", ''.join(
                        f"<OutputField name='p{k}' feature='probability' value='{k}' {DOUBLE}/>" for k in 'abd'),
                    dictionary=dictionary)


def binomial(more):
    return document('GeneralRegressionModel', 'c', "<ParameterList><Parameter name='p0'/></ParameterList><CovariateList><Predictor "
                    "name='x'/></CovariateList><PPMatrix><PPCell value='1' predictorName='x' parameterName='p0'/></PPMatrix>"
                    "<ParamMatrix><PCell parameterName='p0' beta='2'/></ParamMatrix>", 'classification',
                    f"modelType='generalizedLinear' {more}", f"<OutputField name='p' feature='probability' value='b' {DOUBLE}/>")


NUMBER_CONTRAST = general("modelType='regression'", CONTRAST.replace("name='s'", "name='z'").replace("'u'", "'1'").replace("'w'", "'2'")
                          ).replace("value='u' predictorName='s'", "value='1' predictorName='z'")
FUNCTION = ("</DataDictionary><TransformationDictionary><DefineFunction name='half' optype='continuous' dataType='double'>"
            "<ParameterField name='v' optype='continuous' dataType='double'/>" + apply('/', "<FieldRef field='v'/>", constant(2, 'integer')) +
            "</DefineFunction></TransformationDictionary>")
RULES = ("<RuleSet {}><RuleSelectionMethod criterion='{}'/><SimpleRule score='a' weight='0.5' confidence='0.9'>" + test('x', 'greaterThan', 0) +
         "</SimpleRule><CompoundRule>" + test('z', 'greaterThan', 0) + "<SimpleRule id='two' score='b' weight='1' confidence='0.6'>" +
         test('x', 'greaterThan', 1) + "</SimpleRule></CompoundRule><SimpleRule score='a' weight='0.5' confidence='0.7'><ScoreDistribution "
         "value='a' recordCount='3'/><ScoreDistribution value='b' recordCount='1'/>" + test('x', 'greaterThan', 2) + '</SimpleRule></RuleSet>')


def rules(criterion, more=''):
    return document('RuleSetModel', 'c', RULES.format(more, criterion), 'classification', output="<OutputField name='id' "
                    f"feature='entityId'/><OutputField name='sure' feature='confidence' {DOUBLE}/><OutputField name='p' "
                    f"feature='probability' value='a' {DOUBLE}/>")


def clusters(measure, fields="<ClusteringField field='x'/><ClusteringField field='z'/>", kind='distance', more=''):
    return document('ClusteringModel', 'y', f"<ComparisonMeasure kind='{kind}'>{measure}</ComparisonMeasure>{fields}{more}"
                    "<Cluster id='one'><Array n='2' type='real'>0 1</Array></Cluster><Cluster id='two'><Array n='2' type='real'>1 3</Array>"
                    '</Cluster>', 'clustering', "modelClass='centerBased' numberOfClusters='2'", "<OutputField name='v' "
                    "feature='predictedValue'/><OutputField name='d' feature='affinity' dataType='double'/><OutputField name='e' "
                    "feature='affinity' value='two' dataType='double'/><OutputField name='second' feature='entityId' rank='2'/>"
                    ).replace("<MiningField name='y' usageType='target'/>", '')


SCALED = "<ClusteringField field='x' compareFunction='gaussSim' similarityScale='2'/><ClusteringField field='z' fieldWeight='3'/>"
NO_IDS = ("<Node score='a'><True/><Node score='a'>" + test('x', 'lessThan', 0) + "</Node><Node score='b'><True/><Node score='b'>" +
          test('z', 'greaterThan', 5) + '</Node></Node></Node>')
RADIUS = network('radialBasis', neuron="width='2'")
HIDDEN = network('tanh').replace('<DataDictionary>', '<DataDictionary>', 1).replace(
    '</DataDictionary>', f"</DataDictionary><TransformationDictionary><DerivedField name='scaled' {DOUBLE}>{BACK}</DerivedField>"
    '</TransformationDictionary>').replace("<FieldRef field='y'/>", "<FieldRef field='scaled'/>")
ONE_OF_TWO = network('logistic').replace("<FieldRef field='y'/>", "<NormDiscrete field='c' value='b'/>").replace(
    "functionName='regression'", "functionName='classification'").replace("<MiningField name='y'", "<MiningField name='c'").replace(
        '</MiningSchema>', f"</MiningSchema><Output><OutputField name='p' feature='probability' value='a' {DOUBLE}/><OutputField name='id' "
        "feature='entityId'/></Output>")
CLUSTERED = clusters('<squaredEuclidean/>').replace("id='one'", "id='one' name='first'")
CLUSTERED = CLUSTERED[:CLUSTERED.index('<ClusteringModel')] + (
    "<MiningModel functionName='clustering'>" + schema('y').replace("<MiningField name='y' usageType='target'/>", '') +
    "<Output><OutputField name='w' feature='predictedDisplayValue'/><OutputField name='id' feature='entityId'/></Output>"
    "<Segmentation multipleModelMethod='selectFirst'><Segment id='7'><True/>" +
    CLUSTERED[CLUSTERED.index('<ClusteringModel'):].replace('</PMML>', '') + '</Segment></Segmentation></MiningModel></PMML>')
ORDER = {name: DICTIONARY.replace(f"name='{name}' optype='{FIELDS[name]}' dataType='{'double' if name == 'z' else 'string'}'>",
                                  f"name='{name}' optype='ordinal' dataType='{kind}'>" + ''.join(f"<Value value='{v}'/>" for v in values))
         for name, kind, values in (('z', 'integer', (3, 1, 2)), ('s', 'string', ('low', 'mid', 'high')))}


def ordered(predicate, name):
    return document('TreeModel', 'c', f"<Node score='a'><True/><Node score='b'>{predicate}</Node><Node score='a'><True/></Node></Node>",
                    'classification', dictionary=ORDER[name])


def shared(method):
    return document('MiningModel', 'c', f"<Segmentation multipleModelMethod='{method}'>" + ''.join(
        f"<Segment weight='{w}'><True/>" + stump('c', 'a', 'classification', within=f"<ScoreDistribution value='a' recordCount='{n}'/>"
                                                 f"<ScoreDistribution value='b' recordCount='{10 - n}'/>") + '</Segment>'
        for n, w in ((6, 1), (2, 3))) + '</Segmentation>', 'classification',
        output=f"<OutputField name='p' feature='probability' value='a' {DOUBLE}/><OutputField name='second' feature='predictedValue' rank='2'/>")


TOKENS = "<TextIndex textField='s' {}>" + "{}</TextIndex>"
def telling(predicate, intercept, output):
    """a part that tells by names that other parts have too"""
    return (f"<Segment>{predicate}<RegressionModel functionName='classification' normalizationMethod='logit'>" + schema('c') +
            f"<Output><OutputField name='p' feature='probability' value='b' {DOUBLE}/>{output}</Output>"
            f"<RegressionTable targetCategory='b' intercept='{intercept}'/><RegressionTable targetCategory='a' intercept='0'/>"
            '</RegressionModel></Segment>')


def part(name, expression):
    return f"<OutputField name='{name}' feature='transformedValue' {DOUBLE}>{expression}</OutputField>"


def parts(method):
    return document('MiningModel', 'c', f"<Segmentation multipleModelMethod='{method}'>" + telling(
        test('z', 'greaterThan', 0), 1, part('q', constant(7)) + part('r', X)) + telling(
            '<True/>' if method == 'selectFirst' else test('x', 'lessThan', 5), -2, part('q', constant(8))) + '</Segmentation>',
                    'classification')


# the weight of a part is what its own model tells, by its node
WEIGHED = many('weightedAverage', ''.join(
    f"<Segment id='{name}'><True/><TreeModel functionName='regression'>{schema('y')}<Output><OutputField name='n{name}' feature='entityId' "
    f"{STRING}/><OutputField name='w{name}' feature='transformedValue' isFinalResult='false' {DOUBLE}><MapValues outputColumn='w' "
    f"defaultValue='1' dataType='double'><FieldColumnPair field='n{name}' column='n'/><InlineTable><row><n>low</n><w>{weight}</w></row>"
    f"</InlineTable></MapValues></OutputField></Output><Node id='root'><True/><Node id='low' score='{weight * 10}'>"
    + test('x', 'lessThan', weight) + f"</Node><Node id='high' score='{name}'><True/></Node></Node></TreeModel>"
    f"<VariableWeight field='w{name}'/></Segment>" for name, weight in ((1, 3), (2, 5))))


# a parameter in a Constant, as SAS Enterprise Miner writes functions
SHORTENED = value("<Apply function='short'><Constant>3</Constant><FieldRef field='s'/></Apply>", STRING).replace(
    '</DataDictionary>', "</DataDictionary><TransformationDictionary><DefineFunction name='short' optype='categorical' dataType='string'>"
    "<ParameterField name='WIDTH' optype='continuous'/><ParameterField name='text' optype='categorical'/>" +
    apply('uppercase', apply('substring', "<FieldRef field='text'/>", '<Constant>1</Constant>', '<Constant>WIDTH</Constant>')) +
    '</DefineFunction></TransformationDictionary>')

UNSCORED = line().replace('<RegressionModel', "<RegressionModel isScorable='false'", 1)
UNSCORED = UNSCORED.replace('</PMML>', line("", "<NumericPredictor name='z' coefficient='5'/>").partition('</DataDictionary>')[2])

UNUSUAL = {
    'the model that may be scored': (UNSCORED, [({'x': 1, 'z': 2}, {'y': 11})]),
    'a vendor’s elements': (line("<X-Vendor a='1'><b><c/></b></X-Vendor>"), [({'x': 1}, {'y': 1})]),
    'what the first part tells, or the second': (parts('selectFirst'), [
        ({'x': 3, 'z': 1}, {'c': 'b', 'p': logistic(1), 'q': 7, 'r': 3}), ({'x': 3, 'z': -1}, {'c': 'a', 'p': logistic(-2), 'q': 8, 'r': ''})]),
    'what the last part of a chain tells': (parts('modelChain'), [
        ({'x': 3, 'z': 1}, {'c': 'a', 'p': logistic(-2), 'q': 8, 'r': 3}), ({'x': 6, 'z': 1}, {'c': 'b', 'p': logistic(1), 'q': 7}),
        ({'x': 6, 'z': -1}, {'c': '', 'p': '', 'q': '', 'r': ''})]),
    'weights that the parts tell': (WEIGHED, [({'x': 0}, {'y': (3 * 30 + 5 * 50) / 8, 'n1': 'low'}), ({'x': 4}, {'y': (1 + 5 * 50) / 6}),
                                              ({'x': 9}, {'y': 1.5, 'n2': 'high'})]),
    'true and false split at a half': (tree("missingValueStrategy='defaultChild'", node('1', 'a', (3, 2), '<True/>', node(
        '2', 'b', (0, 2), test('s', 'lessThan', 0.5)) + node('3', 'a', (3, 0), test('s', 'greaterOrEqual', 0.5)), "defaultChild='3'")).replace(
            "name='s' optype='categorical' dataType='string'", "name='s' optype='categorical' dataType='boolean'"), [
                ({'s': 'true'}, {'c': 'a', 'id': '3'}), ({'s': 'false'}, {'c': 'b', 'id': '2'}), ({}, {'c': 'a', 'id': '3'})]),
    'a chain tells of its parts': (many('modelChain', CHAIN).replace('<Segmentation', '<Output>' + part(
        'w', apply('*', "<FieldRef field='first'/>", constant(10))) + '</Output><Segmentation', 1), [
            ({'x': 5}, {'y': 112, 'first': 6, 'w': 60}), ({'x': 1}, {'y': 2, 'w': 20}), ({}, {'w': ''})]),
    'fields called so': (line(extra="<CategoricalPredictor name='s' value='u' coefficient='7'/>").replace("Predictor name=", "Predictor field="), [
        ({'x': 2, 's': 'u'}, {'y': 9})]),
    'predictors called fields': (NUMBER_CONTRAST.replace('<Predictor name=', '<Predictor field=').replace('predictorName=', 'field='), [
        ({'x': 2, 'z': 1}, {'y': 15})]),
    'a parameter written as a constant': (SHORTENED, [({'s': 'elephant'}, {'v': 'ELE'}), ({'s': 'ox'}, {'v': 'OX'})]),
    'votes for none': (many('majorityVote', VOTES, target='c').replace("'regression'", "'classification'", 1), [
        ({'z': 1}, {'c': 'b'}), ({'z': -1}, {'c': ''})]),
    'votes for none, skipped': (many('weightedMajorityVote', VOTES, "missingPredictionTreatment='skipSegment'", 'c').replace(
        "'regression'", "'classification'", 1), [({'z': -1}, {'c': 'a'})]),
    'votes for none, few enough': (many('majorityVote', VOTES, "x-missingPredictionTreatment='skipSegment' x-missingThreshold='0.5'", 'c'
                                        ).replace("'regression'", "'classification'", 1), [({'z': 1}, {'c': 'b'}), ({'z': -1}, {'c': ''})]),
    'a missing number in a sum': (many('sum', PARTS), [({'x': 1, 'z': 1}, {'y': 15}), ({'x': 1, 'z': -1}, {'y': ''})]),
    'a missing number in a mean': (many('weightedAverage', PARTS), [({'x': 1, 'z': -1}, {'y': ''}), ({'x': -1, 'z': 1}, {'y': 11 / 3})]),
    'a chain that ends early': (many('modelChain', segment('1', '<True/>', 4, 1, test('z', 'greaterThan', 0)) + segment('2', '<True/>', 9, 1),
                                     "missingPredictionTreatment='returnMissing'"), [({'z': 1}, {'y': 9}), ({'z': -1}, {'y': ''})]),
    'the first that is missing': (many('selectFirst', segment('1', '<True/>', 4, 1, test('z', 'greaterThan', 0)) +
                                       segment('2', '<True/>', 9, 1), "missingPredictionTreatment='returnMissing'"), [
                                           ({'z': 1}, {'y': 4}), ({'z': -1}, {'y': ''})]),
    'two targets': (TWO_TARGETS, [({'x': 1}, {'y': 7.5, 'c': 'b'}), ({'x': -1}, {'y': '', 'c': 'b'})]),
    'a field that only a part lists': (UNLISTED, [({'z': 1}, {'y': 1}), ({'z': -1}, {'y': ''})]),
    'derived anew within': (TREATED_WITHIN, [({}, {'y': 20}), ({'x': 2}, {'y': 8})]),
    'machine above its threshold': (machine("maxWins='true' threshold='2'", "alternateTargetCategory='b'"), [
        ({'x': 1, 'z': 0}, {'c': 'a'}), ({'x': 0, 'z': 0}, {'c': 'b'})]),
    'machine below its threshold': (machine("threshold='2'", "alternateTargetCategory='b'"), [
        ({'x': 1, 'z': 0}, {'c': 'b'}), ({'x': 0, 'z': 0}, {'c': 'a'})]),
    'machine that rounds': (machine("alternateBinaryTargetCategory='b'", ''), [
        ({'x': -.5, 'z': 0}, {'c': 'a'}), ({'x': -.6, 'z': 0}, {'c': 'b'}), ({'x': 3, 'z': 0}, {'c': ''})]),
    'neighbours that tie': (neighbors(instances((1, 'b'), (3, 'a'), (9, 'a'))), [({'x': 1.9}, {'c': 'a'})]),
    'neighbours that tie twice': (neighbors(instances((1, 'b'), (3, 'a'))), [({'x': 1.9}, {'c': 'a'})]),
    'neighbours that weigh': (neighbors(instances((1, 'b'), (3, 'a'), (9, 'a')), more="numberOfNeighbors='2' categoricalScoringMethod="
                                        "'weightedMajorityVote' threshold='0.5'"), [({'x': 1.5}, {'c': 'b'})]),
    'neighbours of derived inputs': (neighbors(
        instances((1, 'b'), (2, 'b'), (-3, 'a')), inputs="<KNNInput field='g'/>", more="numberOfNeighbors='1'",
        within=f"<LocalTransformations><DerivedField name='g' {DOUBLE}>{apply('*', X, X)}</DerivedField></LocalTransformations>"), [
            ({'x': 3}, {'c': 'a'}), ({'x': -1}, {'c': 'b'})]),
    'neighbours of two kinds': (neighbors(
        '<row><x>1</x><y>1</y></row><row><x>2</x><y>2</y></row><row><x>3</x><y>2</y></row>', "<InstanceField field='y' column='y'/>",
        "numberOfNeighbors='3'", function='mixed', target='y').replace("name='y' optype='continuous'", "name='y' optype='categorical'"), [
            ({'x': 1}, {'y': 2})]),
    'cumulative logit': (cumulative("cumulativeLink='logit'"), [({'x': 1}, {
        'pa': logistic(-.5), 'pb': logistic(1.5) - logistic(-.5), 'pd': 1 - logistic(1.5), 'c': 'b'})]),
    'cumulative in the order of values': (cumulative("cumulativeLink='cloglog' offsetValue='0.25'", cells=(('b', 1), ('a', -1))), [
        ({'x': 1}, {'pa': LINKS['cloglog'](-.25), 'pb': LINKS['cloglog'](1.75) - LINKS['cloglog'](-.25)})]),
    'one category without a name': (binomial("linkFunction='logit' targetReferenceCategory='a'"), [
        ({'x': 1}, {'p': logistic(2), 'c': 'b'})]),
    'no category without coefficients': (cumulative('', cells=(('a', -1), ('b', 1), ('d', 0.5))).replace('ordinalMultinomial', 'multinomialLogistic'), [
        ({'x': 1}, {'pa': math.exp(-1) / (math.exp(-1) + math.exp(1) + math.exp(.5))})]),
    'contrasts of numbers': (NUMBER_CONTRAST, [({'x': 2, 'z': 1}, {'y': 15}), ({'x': 2, 'z': 2}, {'y': -3})]),
    'ordinal shares': (classes('none', [('a', .1, .1), ('b', .5, .1), ('d', 0, 0)], 'ordinal'), [
        ({'x': 1}, {'pa': .2, 'pb': .4, 'pd': .4})]),
    'a parameter of another type': (value("<Apply function='half'><FieldRef field='n'/></Apply>").replace('</DataDictionary>', FUNCTION).replace(
        '<DataDictionary>', "<DataDictionary><DataField name='n' optype='continuous' dataType='integer'/>").replace(
            "<MiningField name='z'/>", "<MiningField name='z'/><MiningField name='n'/>"), [({}, {'v': 0}), ({}, {'v': .5}), ({}, {'v': 1})]),
    'division by nothing': (derived(apply('/', X, Z)), [({'x': 1, 'z': 2}, {'y': .5}), ({'x': 1, 'z': 0}, {'y': ''})]),
    'division by nothing is missing': (value(apply('if', apply('isMissing', f"<Apply function='/' invalidValueTreatment='asMissing'>{X}{Z}"
                                                               '</Apply>'), constant(4), constant(5))), [({'x': 1, 'z': 0}, {'v': 4})]),
    'first hit': (rules('firstHit'), [({'x': 3, 'z': 1}, {'c': 'a', 'id': '1', 'sure': .9})]),
    'weighted rules': (rules('weightedSum'), [({'x': 3, 'z': 1}, {'c': 'a', 'id': '1', 'sure': 1 / 3}), (
        {'x': 2, 'z': 1}, {'c': 'b', 'id': 'two', 'sure': .5})]),
    'heaviest rule': (rules('weightedMax'), [({'x': 3, 'z': 1}, {'c': 'b', 'id': 'two', 'sure': .6}), (
        {'x': 3, 'z': 0}, {'c': 'a', 'id': '1', 'sure': .9}), ({'x': -1}, {'c': ''})]),
    'no rule': (rules('firstHit', "defaultScore='b' defaultConfidence='0.25'"), [({'x': -1}, {'c': 'b', 'sure': .25})]),
    'shares of a rule': (document('RuleSetModel', 'c', "<RuleSet><RuleSelectionMethod criterion='firstHit'/><SimpleRule score='a' "
                                  "confidence='0.7'><True/><ScoreDistribution value='a' recordCount='3'/><ScoreDistribution value='b' "
                                  "recordCount='1'/></SimpleRule></RuleSet>", 'classification',
                                  output=f"<OutputField name='sure' feature='confidence' {DOUBLE}/><OutputField name='p' feature='probability' "
                                  f"value='a' {DOUBLE}/>"), [({}, {'sure': .7, 'p': .75})]),
    'nodes without ids': (tree("noTrueChildStrategy='returnLastPrediction'", NO_IDS), [
        ({'x': -1}, {'id': '2'}), ({'x': 1, 'z': 6}, {'id': '4'}), ({'x': 1, 'z': 1}, {'id': '3'})]),
    'euclidean': (clusters('<euclidean/>'), [({'x': 1, 'z': 1}, {'v': 'one', 'd': 1, 'e': 2, 'second': 'two'}), (
        {'x': 1}, {'v': 'two', 'd': 0, 'e': 0})]),
    'chebychev': (clusters('<chebychev/>'), [({'x': 3, 'z': 4}, {'v': 'two', 'd': 2})]),
    'cityBlock': (clusters('<cityBlock/>', SCALED), [({'x': 2, 'z': 3}, {'v': 'two', 'd': math.exp(-math.log(2) / 4)})]),
    'minkowski': (clusters("<minkowski p-parameter='3'/>"), [({'x': 2, 'z': 2}, {'v': 'two', 'd': 2 ** (1 / 3)})]),
    'weights of what is missing': (clusters('<squaredEuclidean/>', more="<MissingValueWeights><Array n='2' type='real'>1 3</Array>"
                                            '</MissingValueWeights>'), [({'x': 3}, {'v': 'two', 'd': 16}), ({'z': 1.5}, {'v': 'one', 'd': 1 / 3})]),
    'likeness': (clusters('<cityBlock/>', SCALED.replace("fieldWeight='3'", "compareFunction='equal'"), 'similarity'), [
        ({'x': 1, 'z': 3}, {'v': 'two', 'd': 2}), ({'x': 0, 'z': 1}, {'v': 'one', 'd': 2})]),
    'jaccard': (clusters('<jaccard/>', kind='similarity'), [({'x': 0, 'z': 1}, {'v': 'one', 'd': 1, 'e': .5})]),
    'tanimoto': (clusters('<tanimoto/>', kind='similarity'), [({'x': 0, 'z': 1}, {'v': 'one', 'd': 1, 'e': 1 / 3})]),
    'neuron back through a derived field': (HIDDEN, [(ROW, {'y': 10 + 20 * math.tanh(.9)})]),
    'neuron of one class of two': (ONE_OF_TWO, [(ROW, {'c': 'b', 'p': 1 - logistic(.9), 'id': 'n'}), ({'x': -9, 'z': 0}, {'c': 'a'})]),
    'scorecard without reasons': (document('Scorecard', 'y', CARD.replace("reasonCode='RX' baselineScore='20'", '').replace(
        "reasonCode='RZ' baselineScore='10'", '')), [({'x': 0, 'z': 2}, {'y': 9})]),
    'names of their own': (line(x="invalidValueTreatment='asValue' x-invalidValueReplacement='2.5'", dictionary=VALID), [({'x': 6}, {'y': 2.5})]),
    'functions before their time': (value(apply('x-atan2', X, Z)), [({'x': 1, 'z': -1}, {'v': 3 * math.pi / 4})]),
    'sines before their time': (value(apply('x-sin', X)), [({'x': 1}, {'v': math.sin(1)})]),
    'a constant that is missing': (value(apply('if', apply('isMissing', "<Constant dataType='double' x-missing='true'/>"), constant(1),
                                               constant(2))), [({}, {'v': 1})]),
    'order of numbers': (ordered(test('z', 'lessThan', 1), 'z'), [({'z': 3}, {'c': 'b'}), ({'z': 2}, {'c': 'a'})]),
    'order of texts': (ordered(test('s', 'lessThan', 'high'), 's'), [({'s': 'mid'}, {'c': 'b'}), ({'s': 'high'}, {'c': 'a'})]),
    'order in expressions': (value(apply('if', apply('lessThan', S, constant('high', 'string')), constant(1), constant(2))).replace(
        DICTIONARY, ORDER['s']), [({'s': 'low'}, {'v': 1}), ({'s': 'high'}, {'v': 2})]),
    'what a cluster is called': (CLUSTERED, [({'x': 0, 'z': 2}, {'w': 'first', 'id': '7'})]),
    'the surest of classes': (shared('max'), [({}, {'c': 'b', 'p': .2, 'second': 'a'})]),
    'weighted shares': (shared('weightedAverage'), [({}, {'c': 'b', 'p': .3, 'second': 'a'})]),
    'middle of shares': (shared('median'), [({}, {'c': 'b', 'p': .4, 'second': 'a'})]),
    'blanks alone': (value(apply('concat', S, constant(' ', 'string'), S), STRING), [({'s': 'a'}, {'v': 'a a'})]),
    'symbols in words': (value(TOKENS.format('', constant('c++', 'string'))), [({'s': 'c++ or c, (C++).'}, {'v': 2})]),
    'mapMissingTo of a test': (value(f"<Apply function='isMissing' mapMissingTo='7'>{X}</Apply>"), [({}, {'v': 7})]),
    'mapMissingTo of a condition': (value("<Apply function='if' mapMissingTo='8'>" + apply('greaterThan', X, constant(0)) + Z + constant(1) +
                                          '</Apply>'), [({'x': 1}, {'v': 8}), ({'x': 1, 'z': 3}, {'v': 3}), ({'z': 3}, {'v': 8})]),
    'mapMissingTo of logic': (value("<Apply function='or' mapMissingTo='true'>" + apply('greaterThan', X, constant(0)) +
                                    apply('greaterThan', Z, constant(0)) + '</Apply>', "dataType='boolean' optype='categorical'"), [
                                        ({'z': -1}, {'v': 'true'}), ({'x': -1, 'z': -1}, {'v': 'false'})]),
}

UNTYPED = DICTIONARY.replace(" dataType='double'", '').replace(" dataType='string'", '')
HALVES = "<Node score='a'><True/><Node score='b' id='low'>" + test('g', 'lessThan', 5) + "</Node><Node id='high' score='a'>" + test(
    'g', 'greaterOrEqual', 5) + '</Node></Node>'


def halves(optype, expression):
    """a tree that splits what is derived, without a data type, at 5"""
    return tree('', HALVES).replace('</MiningSchema>', f"</MiningSchema><LocalTransformations><DerivedField name='g' {optype}>{expression}"
                                    '</DerivedField></LocalTransformations>', 1)


UNUSUAL |= {
    'numbers without a type': (tree('').replace(DICTIONARY, UNTYPED), [({'x': 10, 'z': 0}, {'id': '3'}), ({'x': 1, 'z': 0}, {'id': '4'})]),
    'a sum without a type': (line(dictionary=UNTYPED), [({'x': 10}, {'y': 10})]),
    **{f'derived without a type {optype} {n}': (halves(optype, expression), [({'x': 10}, {'id': 'high'}), ({'x': 1}, {'id': 'low'})])
       for optype in ("optype='continuous'", '') for n, expression in enumerate((apply('*', X, constant(2)), X, "<NormContinuous field='x'>"
       "<LinearNorm orig='0' norm='0'/><LinearNorm orig='1' norm='1'/></NormContinuous>"))},
    'a set without a type': (halves('', X).replace(test('g', 'lessThan', 5), "<SimpleSetPredicate field='g' booleanOperator='isIn'><Array n='2' "
                             "type='real'>1 2.5</Array></SimpleSetPredicate>"), [({'x': 10}, {'id': 'high'}), ({'x': 2.5}, {'id': 'low'})]),
    'a part’s number without a type': (many('modelChain', CHAIN.replace(f"feature='predictedValue' {DOUBLE}", "feature='predictedValue'")), [
        ({'x': 12}, {'y': 126}), ({'x': 1}, {'y': 2})]),
}
UNUSUAL |= {f'no date for {name}': (value(apply(name, S, *more)), [({'s': '1970-01-03T00:00:09'}, {'v': wanted}), ({'s': 'soon'}, {'v': ''}), (
    {'s': '1970-01-02T00:01:00'}, {'v': later})]) for name, more, wanted, later in (
        ('dateDaysSinceYear', [constant(1970, 'integer')], 2, 1), ('dateSecondsSinceYear', [constant(1970, 'integer')], 172809, 86460),
        ('dateSecondsSinceMidnight', [], 9, 60))}
UNUSUAL |= {
    'no date to be written': (value(apply('formatDatetime', S, constant('%d.%m.%Y', 'string')), STRING), [
        ({'s': '2024-02-29'}, {'v': '29.02.2024'}), ({'s': 'soon'}, {'v': ''})]),
    'no place in a text': (value(apply('substring', S, X, constant(2, 'integer')), STRING), [
        ({'s': 'abc', 'x': 2}, {'v': 'bc'}), ({'s': 'abc', 'x': 0}, {'v': ''}), ({'s': 'abc', 'x': 1}, {'v': 'ab'})]),
}


def untold(attributes, model, within, target='y', more='', function='regression'):
    """a model of g = x + 0, whose data type is as @attributes tell"""
    return document(model, target, f"<LocalTransformations><DerivedField name='g' {attributes}>{apply('+', X, constant(0, 'integer'))}"
                    f'</DerivedField></LocalTransformations>{within}', function, more)


OF_TEXT = {
    'category': untold('{}', 'RegressionModel', "<RegressionTable intercept='0'><CategoricalPredictor name='g' value='1' coefficient='5'/>"
                       '</RegressionTable>'),
    'factor': untold('{}', 'GeneralRegressionModel', "<ParameterList><Parameter name='p0'/><Parameter name='p1'/></ParameterList><FactorList>"
                     "<Predictor name='g'/></FactorList><CovariateList/><PPMatrix><PPCell value='1' predictorName='g' parameterName='p1'/>"
                     "</PPMatrix><ParamMatrix><PCell parameterName='p0' beta='0'/><PCell parameterName='p1' beta='5'/></ParamMatrix>",
                     more="modelType='regression'"),
    'vector': untold('{}', 'SupportVectorMachineModel', "<LinearKernelType/><VectorDictionary><VectorFields><CategoricalPredictor name='g' "
                     "value='1' coefficient='1'/></VectorFields></VectorDictionary><SupportVectorMachine><Coefficients absoluteValue='0'>"
                     "<Coefficient value='5'/></Coefficients></SupportVectorMachine>", more="svmRepresentation='Coefficients'"),
    'neighbour': untold('{}', 'NearestNeighborModel', "<TrainingInstances isTransformed='true'><InstanceFields><InstanceField field='g' "
                        "column='g'/><InstanceField field='y' column='y'/></InstanceFields><InlineTable><row><g>1</g><y>5</y></row><row>"
                        "<g>2</g><y>0</y></row></InlineTable></TrainingInstances><ComparisonMeasure kind='distance'><squaredEuclidean/>"
                        "</ComparisonMeasure><KNNInputs><KNNInput field='g'/></KNNInputs>", more="numberOfNeighbors='1'"),
}
COUNTED = untold('{}', 'NaiveBayesModel', "<BayesInputs><BayesInput fieldName='g'><PairCounts value='1'>" + counts(9, 1) +
                 "</PairCounts><PairCounts value='2'>" + counts(1, 9) + "</PairCounts></BayesInput></BayesInputs><BayesOutput fieldName='c'>" +
                 counts(10, 10) + '</BayesOutput>', 'c', "threshold='0.001'", 'classification')
STEP = ("<DerivedField name='m'><MapValues outputColumn='o'><FieldColumnPair field='s' column='i'/><InlineTable><row><i>u</i><o>3</o></row>"
        "<row><i>v</i><o>4.5</o></row></InlineTable></MapValues></DerivedField>")
SURE = DICTIONARY.replace("<DataField name='z' optype='continuous' dataType='double'>", "<DataField name='z'>")
for told in ('', "optype='categorical'", "optype='categorical' dataType='integer'"):
    UNUSUAL |= {f'{name} of a number {told}': (text.replace('{}', told), [({'x': 1}, {'y': 5}), ({'x': 2}, {'y': 0})])
                for name, text in OF_TEXT.items()}
    UNUSUAL[f'counts of a number {told}'] = (COUNTED.replace('{}', told), [({'x': 1}, {'c': 'a'}), ({'x': 2}, {'c': 'b'})])
UNUSUAL |= {
    'a table’s number one step away': (derived(apply('*', "<FieldRef field='m'/>", constant(2))).replace(
        '<LocalTransformations>', '<LocalTransformations>' + STEP), [({'s': 'u'}, {'y': 6}), ({'s': 'v'}, {'y': 9}), ({'s': 'w'}, {'y': ''})]),
    'a text for a number': (derived(S), [({'s': 'u'}, {'y': ''}), ({'s': '3'}, {'y': 3})]),
    'no type, but known for a category': (document('TreeModel', 'y', "<Node score='1'><True/><Node score='2'>" + test('z', 'equal', '7') +
                                                   '</Node></Node>', more="noTrueChildStrategy='returnLastPrediction'", dictionary=SURE).replace(
        "<MiningField name='z'/>", "<MiningField name='z' optype='categorical'/>"), [({'z': 7}, {'y': 2}), ({'z': 8}, {'y': 1})]),
    'no type, but not used': (line(dictionary=SURE), [({'x': 2, 'z': 'a'}, {'y': 2})]),
    'no type, but multiplied': (line(dictionary=SURE, extra="<NumericPredictor name='z' coefficient='10'/>"), [
        ({'x': 2, 'z': 3}, {'y': 32}), ({'x': 2, 'z': 0.5}, {'y': 7})]),
    'rounded': (value(apply('round', X)), [({'x': 0.49999999999999994}, {'v': 0}), ({'x': -2.5}, {'v': -2}), ({'x': 2.5}, {'v': 3}), (
        {'x': 4503599627370497}, {'v': 4503599627370497})]),
}
WHOLE = DICTIONARY.replace("name='x' optype='continuous' dataType='double'", "name='x' optype='continuous' dataType='integer'")
UNUSUAL |= {
    'no whole number': (line(dictionary=WHOLE), [({'x': 2}, {'y': 2}), ({'x': 1.5}, {'y': ''})]),
    'no whole number is missing': (line(x="invalidValueTreatment='asMissing' missingValueReplacement='7'", dictionary=WHOLE), [
        ({'x': 2}, {'y': 2}), ({'x': 1.5}, {'y': 7})]),
    'no whole number is taken': (line(x="invalidValueTreatment='asIs'", dictionary=WHOLE), [({'x': 1.5}, {'y': 1.5})]),
    'cumulative in the order of coefficients': (cumulative("cumulativeLink='logit' targetReferenceCategory='d'", order='', cells=(
        ('b', -1), ('a', 1))), [({'x': 1}, {'pb': logistic(-.5), 'pa': logistic(1.5) - logistic(-.5), 'pd': 1 - logistic(1.5), 'c': 'a'})]),
}

# what stands in for what is missing, or for what a file leaves out
STAND_IN = tree("missingValuePenalty='0.5'", node('1', 'a', (60, 40), '<True/>', node(
    '2', 'a', (56, 14), "<CompoundPredicate booleanOperator='surrogate'>" + test('x', 'lessThan', 5) + test('z', 'lessThan', 2) +
    '</CompoundPredicate>') + node('3', 'b', (6, 24), "<CompoundPredicate booleanOperator='surrogate'>" + test('x', 'greaterOrEqual', 5) +
                                   test('z', 'greaterOrEqual', 2) + '</CompoundPredicate>')))
BARE = ("<Node id='1'><True/><Node id='2' score='a' recordCount='30'>" + test('x', 'lessThan', 5) + "</Node><Node id='3' score='b' "
        "recordCount='10'>" + test('x', 'greaterOrEqual', 5) + '</Node></Node>')
SPARSE = ("<LinearKernelType/><VectorDictionary><VectorFields><FieldRef field='x'/><FieldRef field='z'/></VectorFields><VectorInstance "
          "id='v'><REAL-SparseArray n='2' defaultValue='3'><Indices>1</Indices><REAL-Entries>2</REAL-Entries></REAL-SparseArray>"
          "</VectorInstance></VectorDictionary><SupportVectorMachine><SupportVectors><SupportVector vectorId='v'/></SupportVectors>"
          "<Coefficients absoluteValue='1'><Coefficient value='10'/></Coefficients></SupportVectorMachine>")
LATER = ("<Segment id='2'><True/><RegressionModel functionName='regression'>" + schema('y') + "<RegressionTable intercept='0'>"
         "<NumericPredictor name='x' coefficient='3'/></RegressionTable></RegressionModel></Segment>")
LOCAL = (f"<LocalTransformations><DerivedField name='g' {DOUBLE}>{apply('*', X, Z)}</DerivedField></LocalTransformations>"
         "<Segment><True/><RegressionModel functionName='regression'><MiningSchema><MiningField name='y' usageType='target'/><MiningField "
         "name='g'/></MiningSchema><RegressionTable intercept='1'><NumericPredictor name='g' coefficient='1'/></RegressionTable>"
         '</RegressionModel></Segment>')
MACHINES = ''.join(f"<SupportVectorMachine targetCategory='{k}'><SupportVectors><SupportVector vectorId='v'/></SupportVectors><Coefficients>"
                   f"<Coefficient value='{k == 'a':d}'/></Coefficients></SupportVectorMachine>" for k in 'ab')
ONLY_NAMES = ("<Segment><True/>\n<SupportVectorMachineModel functionName='classification' classificationMethod='OneAgainstAll'>" + schema('c') +
              SPARSE[:SPARSE.index('<SupportVectorMachine>')] + MACHINES + '</SupportVectorMachineModel></Segment>')
STANDS_IN = {
    'a surrogate costs': (STAND_IN, [({'x': 1, 'z': 9}, {'id': '2', 'sure': .8}), ({'z': 1}, {'id': '2', 'p': .8, 'sure': .4}),
                                     ({'z': 3}, {'id': '3', 'sure': .1})]),
    'the last node costs nothing': (tree("missingValueStrategy='lastPrediction' missingValuePenalty='0.5'"), [({'x': 1}, {'id': '2', 'sure': .8})]),
    'leaves without shares weigh': (tree("missingValueStrategy='weightedConfidence'", BARE), [
        ({}, {'c': 'a', 'p': .75}), ({'x': 7}, {'c': 'b', 'p': 0})]),
    'leaves without shares are counted': (tree("missingValueStrategy='aggregateNodes'", BARE), [({}, {'c': 'a', 'p': .75})]),
    'elsewhere in a sparse array': (document('SupportVectorMachineModel', 'y', SPARSE), [({'x': 1, 'z': 1}, {'y': 51})]),
    'a chain that goes on': (many('modelChain', segment('1', '<True/>', 4, 1) + LATER, "missingPredictionTreatment='skipSegment'"), [
        ({'x': 2}, {'y': 6}), ({}, {'y': 4})]),
    'derived among the segments': (many('sum', LOCAL), [({'x': 2, 'z': 3}, {'y': 7})]),
    'order of derived texts': (tree('', "<Node score='a'><True/><Node score='b'>" + test('g', 'lessThan', 'high') + "</Node><Node score='a'>" +
                                    test('g', 'greaterOrEqual', 'high') + '</Node></Node>').replace(
        '</MiningSchema>', "</MiningSchema><LocalTransformations><DerivedField name='g' dataType='string' optype='ordinal'><MapValues "
        "outputColumn='o'><FieldColumnPair field='s' column='i'/><InlineTable><row><i>l</i><o>low</o></row><row><i>m</i><o>mid</o></row>"
        "<row><i>h</i><o>high</o></row></InlineTable></MapValues><Value value='low'/><Value value='mid'/><Value value='high'/></DerivedField>"
        '</LocalTransformations>', 1), [({'s': 'l'}, {'c': 'b'}), ({'s': 'm'}, {'c': 'b'}), ({'s': 'h'}, {'c': 'a'})]),
    'invalid as it is but replaced': (line(x="invalidValueTreatment='asIs' x-invalidValueReplacement='2.5'", dictionary=VALID), [
        ({'x': 6}, {'y': 2.5}), ({'x': 5}, {'y': 5})]),
}

# refused: a document, and the line and the word that the message names
REFUSED = {
    'a field of no type': (document('TreeModel', 'y', "<Node score='1'><True/><Node score='2'>" + test('z', 'equal', '7') + '</Node></Node>',
                                    more="noTrueChildStrategy='returnLastPrediction'", dictionary=SURE).replace(
        "<MiningField name='z'", "\n<MiningField name='z'"), 2, 'dataType'),
    'derived twice': (derived(X).replace('</LocalTransformations>', f"\n<DerivedField name='g' {DOUBLE}>{Z}</DerivedField></LocalTransformations>"),
                      3, 'derived twice'),
    'Lag': (derived("<Lag field='x'/>"), 2, 'Lag'),
    'Aggregate': (derived("<Aggregate field='x' function='sum'/>"), 2, 'Aggregate'),
    'function': (derived(apply('frob', X)), 2, 'frob'),
    'table elsewhere': (derived("<MapValues outputColumn='o'><FieldColumnPair field='s' column='a'/><TableLocator/></MapValues>"),
                        2, 'MapValues'),
    'not to be scored': (tree("isScorable='false'"), 1, 'TreeModel'),
    'items of no field': ("\n" + document('AssociationModel', 'y', "<Item id='1' value='beer'/><Itemset id='1'><ItemRef itemRef='1'/></Itemset>",
                                          'associationRules'), 2, 'AssociationModel'),
    'link left out': ("\n" + general("modelType='generalizedLinear'"), 2, 'linkFunction'),
    'matrix in cells': (general("modelType='regression'", CONTRAST.replace("<Matrix", "\n<Matrix").replace("nbCols='1'", "nbCols='1' kind='diagonal'")),
                        2, 'Matrix'),
    'e to the power of a class': ("\n" + classes('exp', [('a', 1, 1), ('b', 2, 0), ('d', 5, 0)]), 2, 'exp'),
    'thermometer': (value("\n<NormDiscrete field='s' value='u' method='thermometer'/>"), 2, 'thermometer'),
    'cast': (target("castInteger='truncate'").replace('<Target ', '\n<Target '), 2, 'truncate'),
    'nothing for what is invalid': (line(x="invalidValueTreatment='asValue'").replace("<MiningField name='x'", "\n<MiningField name='x'"), 2,
                                    'invalidValueReplacement'),
    'network of two fields': (network('tanh').replace('</NeuralOutputs>', "\n<NeuralOutput outputNeuron='n'><DerivedField " + DOUBLE +
                                                      "><FieldRef field='z'/></DerivedField></NeuralOutput></NeuralOutputs>"), 2, 'DerivedField'),
    'radius left out': (RADIUS.replace("width='2'", '').replace('<NeuralLayer>', '\n<NeuralLayer>'), 2, 'width'),
    'kernel': (document('SupportVectorMachineModel', 'y', MACHINE.format('\n<WaveKernelType/>'), **BY_WEIGHTS), 2, 'WaveKernelType'),
    'method': (many('blend', PARTS), 1, 'blend'),
    'field': (line(extra="\n<NumericPredictor name='nope' coefficient='1'/>"), 2, 'nope'),
    'activation': (network('swish'), 1, 'swish'),
    'operator': (tree('', "<Node score='a'>\n" + test('x', 'like', 3) + '</Node>'), 2, 'like'),
    'a strategy where no child is true': ('\n' + tree("noTrueChildStrategy='returnFirst'"), 2, 'returnFirst'),
    'rows that are not counted': (tree("missingValueStrategy='weightedConfidence'", '\n' + node('1', 'a', (6, 4), '<True/>', BARE.replace(
        " recordCount='30'", ''))).replace("dataType='double'>", "dataType='double'><Value value='1' property='missing'/>", 1), 2, 'recordCount'),
    'closure': (line(dictionary=VALID.replace('<Interval', '\n<Interval', 1).replace('openClosed', 'openclosed')), 2, 'openclosed'),
    'property': (line(dictionary=VALID.replace('<Value', '\n<Value', 1).replace("'missing'", "'absent'")), 2, 'absent'),
    'outliers without bounds': (line(x="outliers='asExtremeValues'").replace("<MiningField name='x'", "\n<MiningField name='x'"), 2, 'lowValue'),
    'reasons': ('\n' + card('pointsBeside'), 2, 'pointsBeside'),
    'invalid result': (derived("<Apply function='ln' invalidValueTreatment='asIs'>" + X + '</Apply>'), 2, 'asIs'),
    'tables of one class': ('\n' + classes('softmax', [('a', 1, 1)]), 2, 'RegressionModel'),
    'radius of the second': (RADIUS.replace('</Neuron>', "</Neuron>\n<Neuron id='m'><Con from='x' weight='1'/></Neuron>"), 2, 'width'),
    'names without shares': (many('average', ONLY_NAMES, target='c').replace("'regression'", "'classification'", 1), 2, 'probabilities'),
    'rules by size': (document('AssociationModel', 'y', "<Output>\n<OutputField name='r' feature='ruleValue' rankBasis='size'/></Output>",
                               'associationRules'), 2, 'size'),
    'Gaussian process': ('\n' + document('GaussianProcessModel', 'y', ''), 2, 'GaussianProcessModel'),
    'time series': ('\n' + document('TimeSeriesModel', 'y', '', 'timeSeries'), 2, 'TimeSeriesModel'),
    'Bayesian network': ('\n' + document('BayesianNetworkModel', 'c', '', 'classification'), 2, 'BayesianNetworkModel'),
}
# an element that the standard does not have, somewhere in the document
WITHIN = [(document_, mark) for document_, marks in (
    (TREES['defaultChild'][0], ('<Output>', "<True/>", "<MiningSchema>")),
    (REGRESSIONS['terms'][0], ("<RegressionTable intercept='2'>", '</PredictorTerm>', '<DataDictionary>')),
    (network('tanh'), ('<NeuralInputs>', "<NeuralLayer>", '<NeuralOutputs>')),
    (OTHERS['points below'][0], ('<Characteristics>', '<ComplexPartialScore>')),
    (OTHERS['interaction'][0], ('<PPMatrix>', '<ParamMatrix>', '<CovariateList>')),
    (OTHERS['bayes'][0], ('<BayesInputs>', '<TargetValueStats>')),
    (REGRESSIONS['rescaled'][0], ('<Targets>',))) for mark in marks]


def equal(told, wanted):
    if isinstance(wanted, str) or told is None:
        return told == wanted
    try:
        return abs(float(told) - wanted) <= 1e-9 * max(1, abs(wanted))
    except ValueError:
        return False


def score(text, rows, scratch):
    (scratch / 'model.pmml').write_text(text, encoding='utf-8')
    with open(scratch / 'rows.csv', 'w', newline='', encoding='utf-8') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(['x', 'z', 's', 'n'])
        writer.writerows([[row.get(name, '') for name in 'xzs'] + [n] for n, row in enumerate(rows)])
    return subprocess.run([ERRATA, 'score', scratch / 'model.pmml', scratch / 'rows.csv', '-o', scratch / 'out.csv'],
                          capture_output=True, text=True, timeout=60, check=False)


def check(text, answers, scratch):
    done = score(text, [row for row, _ in answers], scratch)
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1]
    with open(scratch / 'out.csv', encoding='utf-8') as file:
        for (row, wanted), told in zip(answers, csv.DictReader(file)):
            for name, one in wanted.items():
                if not equal(told.get(name), one):
                    return f'{row}: {name} is {told.get(name)}, expected {one}'
    return None


def check_refused(text, where, what, scratch):
    done = score(text, [{'x': 1, 'z': 1, 's': 'u'}], scratch)
    if done.returncode != 4 or f'line {where}: ' not in done.stderr or what not in done.stderr:
        return f'expected “line {where}” and {what}, found {done.returncode}: {done.stderr.strip()}{done.stdout}'
    return None


def check_shared(name, text, scratch):
    """shares of the number that is predicted, of rows where some are missing, add up to it"""
    values = (('', -1.5, 0, 1, 2.5, 6), ('', -1, 0.5, 3), 'uvq')
    rows = [{'x': x, 'z': z, 's': s} for x in values[0] for z in values[1] for s in values[2]]
    if name == 'neuron reciprocal':  # a mixture of the first two is 1 / 0
        rows = [{'x': 0.5, 'z': 0}, {'x': 1, 'z': 0.5}, {'x': 1, 'z': 0.5}, {'x': 1, 'z': 0.25}, {'x': 2, 'z': 0}]
    done = score(text, rows, scratch)
    shared = subprocess.run([ERRATA, 'attribute', scratch / 'model.pmml', scratch / 'rows.csv', '-o', scratch / 'shares.csv'],
                            capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0 or shared.returncode != 0:
        return (done.stderr + shared.stderr).strip().splitlines()[-1]
    with open(scratch / 'out.csv', encoding='utf-8') as out, open(scratch / 'shares.csv', encoding='utf-8') as shares:
        told = [row.get('y', row.get('prediction')) for row in csv.DictReader(out)]
        parts = [list(row.values()) for row in csv.DictReader(shares)]
    numbers = [float(one) if one else 0 for one in told]
    scale = max(map(abs, numbers), default=1)
    for row, one, number, part in zip(rows, told, numbers, parts):
        if 'null' in part:
            return f'{row}: {part} are no numbers'
        if '' not in part and (one == '' or abs(sum(map(float, part)) - number) > 1e-9 * max(1, scale)):
            return f'{row}: {part} add up to no {one}'
        if '' in part and set(part) != {''}:
            return f'{row}: some of {part} are missing'
    return None if any('' not in part for part in parts) or name == 'neuron reciprocal' else 'no row has shares'


SHARED = {name: document for cases in (REGRESSIONS, NETWORKS, OTHERS, UNUSUAL) for name, (document, _) in cases.items() if name in (
    'terms', 'rescaled', 'default', 'outliers extreme', 'invalid as missing', 'link probit', 'neuron tanh', 'neuron reciprocal',
    'neuron radialBasis', 'weightedSum', 'chain', 'points above', 'interaction', 'contrasts', 'machine by coefficients', 'two targets',
    'a missing number in a sum', 'derived anew within', 'neighbours of two kinds')}
SHARED['large numbers'] = general("modelType='generalizedLinear' linkFunction='log'")


def main():
    cases = {**TREES, **REGRESSIONS, **NETWORKS, **OTHERS, **UNUSUAL, **STANDS_IN}
    for n, (expression, row, wanted) in enumerate(EXPRESSIONS):
        cases[f'expression {n}'] = (value(expression), [(row, {'v': wanted})])
    for n, (expression, text, wanted) in enumerate(TEXTS):
        cases[f'text {n}'] = (value(expression, STRING), [({'s': text}, {'v': wanted})])
    refused = dict(REFUSED)
    for text, mark in WITHIN:
        refused[f'an unknown element at {mark}'] = (text.replace(mark, mark + '\n<Frob/>', 1), 2, 'Frob')
    print(f'1..{len(cases) + len(refused) + len(SHARED)}')
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        for n, (name, what) in enumerate([*cases.items(), *refused.items()], 1):
            wrong = check_refused(*what, scratch) if name in refused else check(*what, scratch)
            print(f'{"ok" if wrong is None else "not ok"} {n} {name}')
            if wrong is not None:
                print(f'# {wrong}')
        for n, (name, text) in enumerate(SHARED.items(), len(cases) + len(refused) + 1):
            wrong = check_shared(name, text, scratch)
            print(f'{"ok" if wrong is None else "not ok"} {n} shares of {name}')
            if wrong is not None:
                print(f'# {wrong}')


main()
