/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of PMML models by small documents whose answers are worked out by hand: what each method,
 * measure, kernel, link and output that the standard names comes to. */
#include <math.h>

#include "error.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_pmml;

#define HEAD                                                                            \
    "<PMML xmlns='http://www.dmg.org/PMML-4_4' version='4.4'><Header/><DataDictionary>" \
    "<DataField name='x' optype='continuous' dataType='double'/>"                       \
    "<DataField name='z' optype='continuous' dataType='double'/>"                       \
    "<DataField name='s' optype='categorical' dataType='string'/>"                      \
    "<DataField name='y' optype='continuous' dataType='double'/>"                       \
    "<DataField name='c' optype='categorical' dataType='string'/>"                      \
    "<DataField name='o' optype='ordinal' dataType='string'><Value value='lo'/>"        \
    "<Value value='mid'/><Value value='hi'/></DataField>"                               \
    "<DataField name='b' optype='categorical' dataType='string'><Value value='no'/>"    \
    "<Value value='yes'/></DataField></DataDictionary>"
#define SCHEMA(target)                                                  \
    "<MiningSchema><MiningField name='" target "' usageType='target'/>" \
    "<MiningField name='x'/><MiningField name='z'/><MiningField name='s'/></MiningSchema>"
#define END "</PMML>"

/* what a document says of one row, output by output: numbers with 15 digits, "" where there is
 * none */
static char *
answer(const char *document, const char *name, double x, double z, const char *s)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(document, strlen(document));
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("test.pmml");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    GStringChunk *strings = g_string_chunk_new(64);
    const double *numbers[8] = {NULL};
    const char *const *texts[8] = {NULL};
    double cells[16], *to_number[16] = {NULL};
    const char *words[16] = {NULL}, **to_text[16] = {NULL};
    char *found = NULL;
    gboolean ok;

    errata_model_parts_add(parts, "test.pmml", bytes, strlen(document));
    model = errata_plugin_pmml.models[0]->load(parts, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(model->why_not, ==, NULL);
    for (guint i = 0; i < model->inputs->len; i++) {
        const ErrataModelInput *input = errata_model_input(model, i);

        if (input->type == ERRATA_MODEL_TEXT)
            texts[i] = &s;
        else
            numbers[i] = input->name[0] == 'x' ? &x : &z;
    }
    for (guint i = 0; i < model->outputs->len; i++) {
        cells[i] = (double)NAN;
        if (errata_model_output(model, i)->type == ERRATA_MODEL_TEXT)
            to_text[i] = &words[i];
        else
            to_number[i] = &cells[i];
    }
    ErrataModelRows rows = {.n_rows = 1, .number = numbers, .text = texts};
    ErrataModelScores scores = {1, to_number, to_text, strings};
    ok = model->klass->predict(model, model->body, &rows, &scores, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    for (guint i = 0; i < model->outputs->len; i++)
        if (g_str_equal(errata_model_output(model, i)->name, name))
            found = to_text[i] != NULL ? g_strdup(words[i] != NULL ? words[i] : "")
                    : isnan(cells[i])  ? g_strdup("")
                                       : g_strdup_printf("%.12g", cells[i]);
    g_string_chunk_free(strings);
    g_assert_nonnull(found);
    return found;
}

typedef struct {
    const char *document;
    const char *output;
    double x;
    double z;
    const char *s;
    const char *expected;
} Case;

static void
check(const Case *cases, guint n)
{
    for (guint i = 0; i < n; i++) {
        const Case *one = &cases[i];
        g_autofree char *got = answer(one->document, one->output, one->x, one->z, one->s);

        g_test_message("case %u, %s", i, one->output);
        g_assert_cmpstr(got, ==, one->expected);
    }
}

#define VOTE(v, w)                                                                 \
    "<Segment weight='" w "'><True/><TreeModel functionName='regression'>" SCHEMA( \
        "y") "<Node score='" v "'><True/></Node></TreeModel></Segment>"
#define CHOICE(v, w, a, b)                                                                   \
    "<Segment weight='" w "'><True/><TreeModel functionName='classification'>" SCHEMA(       \
        "c") "<Node score='" v "'><True/><ScoreDistribution value='a' recordCount='" a "'/>" \
             "<ScoreDistribution value='b' recordCount='" b "'/></Node></TreeModel></Segment>"
#define MANY(method, body)                                          \
    HEAD "<MiningModel functionName='regression'>" SCHEMA(          \
        "y") "<Segmentation multipleModelMethod='" method "'>" body \
             "</Segmentation></MiningModel>" END
#define CLASSES(method, body)                                                           \
    HEAD "<MiningModel functionName='classification'>" SCHEMA(                          \
        "c") "<Output><OutputField name='p' feature='probability' value='a'/></Output>" \
             "<Segmentation multipleModelMethod='" method "'>" body                     \
             "</Segmentation></MiningModel>" END
#define FOUR  VOTE("1", "1") VOTE("2", "5") VOTE("4", "1") VOTE("9", "1")
#define THREE CHOICE("a", "1", "6", "4") CHOICE("b", "3", "1", "9") CHOICE("a", "1", "8", "2")

static void
test_segments(void)
{
    static const Case cases[] = {
        {MANY("sum", FOUR), "y", 0, 0, "", "16"},
        {MANY("x-weightedSum", FOUR), "y", 0, 0, "", "24"},
        {MANY("average", FOUR), "y", 0, 0, "", "4"},
        {MANY("weightedAverage", FOUR), "y", 0, 0, "", "3"},
        {MANY("median", FOUR), "y", 0, 0, "", "3"},
        {MANY("weightedMedian", FOUR), "y", 0, 0, "", "2"},
        {MANY("max", FOUR), "y", 0, 0, "", "9"},
        {MANY("selectFirst", FOUR), "y", 0, 0, "", "1"},
        {MANY("modelChain", FOUR), "y", 0, 0, "", "9"},
        {CLASSES("majorityVote", THREE), "c", 0, 0, "", "a"},
        {CLASSES("majorityVote", THREE), "p", 0, 0, "", "0.666666666667"},
        {CLASSES("weightedMajorityVote", THREE), "c", 0, 0, "", "b"},
        {CLASSES("weightedMajorityVote", THREE), "p", 0, 0, "", "0.4"},
        {CLASSES("average", THREE), "p", 0, 0, "", "0.5"},
        {CLASSES("weightedAverage", THREE), "p", 0, 0, "", "0.34"},
        {CLASSES("median", THREE), "p", 0, 0, "", "0.6"},
        {CLASSES("max", THREE), "p", 0, 0, "", "0.1"}, /* 0.9 for b is the surest */
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define NEAREST(function, target, method, measure, outputs)                                                      \
    HEAD                                                                                                         \
        "<NearestNeighborModel functionName='" function "' numberOfNeighbors='3' " method                        \
        " instanceIdVariable='id'>" SCHEMA(                                                                      \
            target) "<Output>" outputs "</Output><TrainingInstances>"                                            \
                    "<InstanceFields><InstanceField field='x' column='x'/><InstanceField field='z' column='z'/>" \
                    "<InstanceField field='" target                                                              \
                    "' column='t'/><InstanceField field='id' column='id'/>"                                      \
                    "</InstanceFields><InlineTable>"                                                             \
                    "<row><id>one</id><x>0</x><z>0</z><t>1</t></row>"                                            \
                    "<row><id>two</id><x>3</x><z>4</z><t>2</t></row>"                                            \
                    "<row><id>six</id><x>6</x><z>8</z><t>2</t></row>"                                            \
                    "<row><id>far</id><x>60</x><z>80</z><t>9</t></row></InlineTable></TrainingInstances>"        \
                    "<ComparisonMeasure kind='distance'>" measure                                                \
                    "</ComparisonMeasure><KNNInputs>"                                                            \
                    "<KNNInput field='x'/><KNNInput field='z'/></KNNInputs></NearestNeighborModel>" END
#define IDS                                                \
    "<OutputField name='n1' feature='entityId' rank='1'/>" \
    "<OutputField name='n2' feature='entityId' rank='2'/>" \
    "<OutputField name='n4' feature='entityId' rank='4'/>" \
    "<OutputField name='d2' feature='affinity' rank='2' dataType='double'/>"

static void
test_neighbors(void)
{
    static const char average[] = NEAREST("regression", "y", "", "<euclidean/>", IDS);
    static const char median[] =
        NEAREST("regression", "y", "continuousScoringMethod='median'", "<cityBlock/>", IDS);
    static const char weighted[] = NEAREST("regression",
                                           "y",
                                           "threshold='1' "
                                           "continuousScoringMethod='weightedAverage'",
                                           "<chebychev/>",
                                           IDS);
    static const char votes[] = NEAREST("classification", "c", "", "<squaredEuclidean/>", IDS);
    static const char heavy[] = NEAREST("classification",
                                        "c",
                                        "threshold='1' "
                                        "categoricalScoringMethod='weightedMajorityVote'",
                                        "<minkowski p-parameter='2'/>",
                                        "<OutputField name='p' feature='probability' value='1'/>");
    static const Case cases[] = {
        {average, "y", 0, 0, "", "1.66666666667"},
        {average, "n1", 3, 4, "", "two"},
        {average, "n2", 0, 0, "", "two"},
        {average, "n4", 0, 0, "", ""}, /* there are three */
        {average, "d2", 0, 0, "", "5"},
        {median, "y", 0, 0, "", "2"},
        {median, "d2", 0, 0, "", "7"},
        {weighted, "d2", 0, 0, "", "4"},
        {weighted, "y", 0, 0, "", "1.23728813559"}, /* (1 + 2/5 + 2/9) / (1 + 1/5 + 1/9) */
        {votes, "c", 0, 0, "", "2"},
        {votes, "d2", 0, 0, "", "25"},
        {heavy, "c", 0, 0, "", "1"}, /* 1 against 1/6 + 1/11 */
        {heavy, "p", 0, 0, "", "0.795180722892"},
        {average, "y", (double)NAN, 4, "", "1.66666666667"},
        {average, "n1", (double)NAN, 4, "", "two"}, /* by the other field alone */
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define CLUSTERS(kind, measure, fields)                                                     \
    HEAD                                                                                    \
        "<ClusteringModel functionName='clustering' modelClass='centerBased' "              \
        "numberOfClusters='2'><MiningSchema><MiningField name='x'/><MiningField name='z'/>" \
        "</MiningSchema><Output><OutputField name='id' feature='predictedValue'/>"          \
        "<OutputField name='name' feature='predictedDisplayValue'/>"                        \
        "<OutputField name='d' feature='affinity' dataType='double'/>"                      \
        "<OutputField name='d1' feature='affinity' value='1' dataType='double'/>"           \
        "<OutputField name='d2' feature='affinity' value='2' dataType='double'/></Output>"  \
        "<ComparisonMeasure kind='" kind "'>" measure "</ComparisonMeasure>" fields         \
        "<Cluster name='low'><Array n='2' type='real'>0 0</Array></Cluster>"                \
        "<Cluster name='high'><Array n='2' type='real'>1 1</Array></Cluster></ClusteringModel>" END
#define FIELDS "<ClusteringField field='x'/><ClusteringField field='z'/>"

static void
test_clusters(void)
{
    static const char euclid[] = CLUSTERS("distance", "<euclidean/>", FIELDS);
    static const char gauss[] =
        CLUSTERS("distance",
                 "<cityBlock/>",
                 "<ClusteringField field='x' compareFunction='gaussSim' similarityScale='2'/>"
                 "<ClusteringField field='z' compareFunction='delta' fieldWeight='3'/>");
    static const char equal[] = CLUSTERS("distance",
                                         "<squaredEuclidean/>",
                                         "<ClusteringField field='x' compareFunction='equal'/>"
                                         "<ClusteringField field='z' fieldWeight='2'/>");
    static const char missing[] = CLUSTERS(
        "distance",
        "<squaredEuclidean/>",
        FIELDS "<MissingValueWeights><Array n='2' type='real'>1 3</Array></MissingValueWeights>");
#define ALIKE(measure) CLUSTERS("similarity", measure, FIELDS)
    static const Case cases[] = {
        {euclid, "id", 3, 4, "", "2"},
        {euclid, "name", 0, 0.2, "", "low"},
        {euclid, "d1", 3, 4, "", "5"},
        {euclid, "d", 3, 4, "", "3.60555127546"},
        {gauss, "d1", 2, 1, "", "3.5"},            /* 2^-1 + 3 × 1 */
        {equal, "d2", 1, 3, "", "9"},              /* 1² + 2 × 2² */
        {missing, "d1", 3, (double)NAN, "", "36"}, /* 9 × 4 / 1 */
        {missing, "d1", (double)NAN, 3, "", "12"},
        {missing, "id", (double)NAN, (double)NAN, "", ""},
        {ALIKE("<simpleMatching/>"), "d1", 1, 0, "", "0.5"},
        {ALIKE("<jaccard/>"), "d2", 1, 0, "", "0.5"},
        {ALIKE("<tanimoto/>"), "d1", 1, 0, "", "0.333333333333"},
        {ALIKE("<tanimoto/>"), "id", 1, 1, "", "2"},
        {ALIKE("<binarySimilarity c00-parameter='1' c01-parameter='0' c10-parameter='0' "
               "c11-parameter='2' d00-parameter='1' d01-parameter='1' d10-parameter='1' "
               "d11-parameter='1'/>"),
         "d2",
         1,
         0,
         "",
         "1"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define MACHINE(target, kernel, more, machines)                                               \
    HEAD "<SupportVectorMachineModel " more ">" SCHEMA(target) kernel                         \
        "<VectorDictionary>"                                                                  \
        "<VectorFields><FieldRef field='x'/><FieldRef field='z'/></VectorFields>"             \
        "<VectorInstance id='u'><REAL-SparseArray n='2'><Indices>1 2</Indices><REAL-Entries>" \
        "1 2</REAL-Entries></REAL-SparseArray></VectorInstance><VectorInstance id='v'>"       \
        "<REAL-SparseArray n='2'><Indices>2</Indices><REAL-Entries>1</REAL-Entries>"          \
        "</REAL-SparseArray></VectorInstance></VectorDictionary>" machines                    \
        "</SupportVectorMachineModel>" END
#define SUPPORTS                                                                  \
    "<SupportVectors><SupportVector vectorId='u'/><SupportVector vectorId='v'/>"  \
    "</SupportVectors><Coefficients absoluteValue='0.5'><Coefficient value='1'/>" \
    "<Coefficient value='-2'/></Coefficients>"
#define NUMBER(kernel)                   \
    MACHINE("y",                         \
            kernel,                      \
            "functionName='regression'", \
            "<SupportVectorMachine>" SUPPORTS "</SupportVectorMachine>")

static void
test_machines(void)
{
    static const char pairs[] =
        MACHINE("b",
                "<LinearKernelType/>",
                "functionName='classification' classificationMethod='OneAgainstOne'",
                "<SupportVectorMachine targetCategory='no' alternateTargetCategory='yes'>" SUPPORTS
                "</SupportVectorMachine>");
    static const char one[] = MACHINE("b",
                                      "<LinearKernelType/>",
                                      "functionName='classification' threshold='3'",
                                      "<SupportVectorMachine targetCategory='no'>" SUPPORTS
                                      "</SupportVectorMachine>");
    static const char rest[] =
        MACHINE("b",
                "<LinearKernelType/>",
                "functionName='classification' classificationMethod='OneAgainstAll' maxWins='true'",
                "<SupportVectorMachine targetCategory='no'>" SUPPORTS "</SupportVectorMachine>"
                "<SupportVectorMachine targetCategory='yes'><SupportVectors><SupportVector "
                "vectorId='v'/></SupportVectors><Coefficients absoluteValue='0'>"
                "<Coefficient value='1'/></Coefficients></SupportVectorMachine>");
    static const Case cases[] = {
        /* u·x = 3 + 8, v·x = 4 */
        {NUMBER("<LinearKernelType/>"), "y", 3, 4, "", "3.5"},
        {NUMBER("<PolynomialKernelType gamma='0.5' coef0='1' degree='2'/>"),
         "y",
         3,
         4,
         "",
         "24.75"},
        {NUMBER("<RadialBasisKernelType gamma='0.125'/>"), "y", 1, 2, "", "-0.0576015661428"},
        {NUMBER("<SigmoidKernelType gamma='1' coef0='0'/>"), "y", 0, 1, "", "-0.0591607318357"},
        {pairs, "b", 3, 4, "", "yes"},
        {pairs, "b", -3, 1, "", "no"},
        {one, "b", 3, 4, "", "yes"}, /* 3.5 is not below 3; the other of two values */
        {one, "b", 0, 0, "", "no"},
        {rest, "b", 3, 4, "", "yes"},
        {rest, "b", 9, 4, "", "no"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define RULES(criterion)                                                                        \
    HEAD "<RuleSetModel functionName='classification'>" SCHEMA(                                 \
        "c") "<Output><OutputField name='rule' feature='entityId'/><OutputField name='sure' "   \
             "feature='confidence' dataType='double'/></Output><RuleSet defaultScore='d' "      \
             "defaultConfidence='0.1'><RuleSelectionMethod criterion='" criterion "'/>"         \
             "<SimpleRule id='r1' score='a' weight='0.9' confidence='0.8'><SimplePredicate "    \
             "field='x' operator='greaterThan' value='0'/></SimpleRule>"                        \
             "<CompoundRule><SimplePredicate field='x' operator='greaterThan' value='1'/>"      \
             "<SimpleRule id='r2' score='b' weight='0.6' confidence='0.7'><True/></SimpleRule>" \
             "<SimpleRule id='r3' score='b' weight='0.5' confidence='0.9'><SimplePredicate "    \
             "field='s' operator='equal' value='t'/></SimpleRule></CompoundRule></RuleSet>"     \
             "</RuleSetModel>" END

static void
test_rules(void)
{
    static const Case cases[] = {
        {RULES("firstHit"), "c", 2, 0, "t", "a"},
        {RULES("firstHit"), "sure", 2, 0, "t", "0.8"},
        {RULES("weightedSum"), "c", 2, 0, "t", "b"},
        {RULES("weightedSum"), "sure", 2, 0, "t", "0.366666666667"}, /* 1.1 / 3 */
        {RULES("weightedMax"), "c", 2, 0, "t", "a"},
        {RULES("weightedMax"), "rule", 2, 0, "t", "r1"},
        {RULES("weightedSum"), "c", 2, 0, "f", "a"}, /* 0.9 against 0.6 */
        {RULES("firstHit"), "c", -1, 0, "t", "d"},
        {RULES("firstHit"), "sure", -1, 0, "t", "0.1"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define GENERAL(function, target, attributes, parameters, cells)                                         \
    HEAD "<GeneralRegressionModel functionName='" function "' " attributes ">" SCHEMA(                   \
        target) "<Output><OutputField name='p1' feature='probability' value='lo' dataType='double'/>"    \
                "<OutputField name='p2' feature='probability' value='mid' dataType='double'/>"           \
                "</Output><ParameterList>" parameters                                                    \
                "</ParameterList><FactorList><Predictor name='s'/>"                                      \
                "</FactorList><CovariateList><Predictor name='x'/></CovariateList><PPMatrix>"            \
                "<PPCell value='1' predictorName='x' parameterName='px'/>"                               \
                "<PPCell value='t' predictorName='s' parameterName='ps'/></PPMatrix><ParamMatrix>" cells \
                "</ParamMatrix></GeneralRegressionModel>" END
#define THREE_PARAMETERS "<Parameter name='p0'/><Parameter name='px'/><Parameter name='ps'/>"
#define LINKED(link)                                                                        \
    GENERAL("regression",                                                                   \
            "y",                                                                            \
            "modelType='generalizedLinear' linkFunction='" link "'",                        \
            THREE_PARAMETERS,                                                               \
            "<PCell parameterName='p0' beta='0.25'/><PCell parameterName='px' beta='0.5'/>" \
            "<PCell parameterName='ps' beta='-1'/>")
#define ORDERED                                                         \
    GENERAL("classification",                                           \
            "o",                                                        \
            "modelType='ordinalMultinomial' cumulativeLink='logit'",    \
            THREE_PARAMETERS,                                           \
            "<PCell targetCategory='lo' parameterName='p0' beta='-1'/>" \
            "<PCell targetCategory='mid' parameterName='p0' beta='1'/>" \
            "<PCell parameterName='px' beta='0.5'/>")

static void
test_general(void)
{
    static const char many[] = GENERAL("classification",
                                       "o",
                                       "modelType='multinomialLogistic' "
                                       "targetReferenceCategory='hi'",
                                       THREE_PARAMETERS,
                                       "<PCell targetCategory='lo' parameterName='p0' beta='1'/>"
                                       "<PCell targetCategory='mid' parameterName='px' beta='1'/>");
    static const char offset[] = GENERAL("regression",
                                         "y",
                                         "modelType='generalizedLinear' linkFunction='log' "
                                         "offsetVariable='z' trialsValue='10'",
                                         THREE_PARAMETERS,
                                         "<PCell parameterName='p0' beta='0'/>");
    static const Case cases[] = {
        /* 0.25 + 0.5 · 1.5 = 1 */
        {LINKED("identity"), "y", 1.5, 0, "u", "1"},
        {LINKED("identity"), "y", 1.5, 0, "t", "0"},
        {LINKED("identity"), "y", (double)NAN, 0, "t", ""},
        {LINKED("log"), "y", 1.5, 0, "u", "2.71828182846"},
        {LINKED("logit"), "y", 1.5, 0, "u", "0.73105857863"},
        {LINKED("probit"), "y", 1.5, 0, "u", "0.841344746069"},
        {LINKED("cloglog"), "y", 1.5, 0, "u", "0.934011964155"}, /* 1 − exp(−e) */
        {LINKED("loglog"), "y", 1.5, 0, "u", "0.692200627555"},  /* exp(−exp(−1)) */
        {LINKED("logc"), "y", 1.5, 0, "u", "-1.71828182846"},    /* 1 − e */
        {LINKED("cauchit"), "y", 1.5, 0, "u", "0.75"},
        {LINKED("power' linkParameter='2"), "y", 1.5, 0, "u", "1"},
        {LINKED("oddspower' linkParameter='2"), "y", 0.5, 0, "u", "0.585786437627"},
        {LINKED("negbin' distParameter='1"), "y", 0, 0, "t", "0.895255134402"},
        {ORDERED, "p1", 0, 0, "u", "0.26894142137"},
        {ORDERED, "p2", 0, 0, "u", "0.46211715726"},
        {ORDERED, "p1", 2, 0, "u", "0.5"},
        {many, "p1", 0, 0, "u", "0.576116884766"}, /* e / (e + 1 + 1) */
        {many, "p2", 1, 0, "u", "0.422318798252"},
        {offset, "y", 0, 1, "u", "27.1828182846"},
        {offset, "y", 0, (double)NAN, "u", ""},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define BAYES(more)                                                                                \
    HEAD "<NaiveBayesModel functionName='classification' threshold='0.001'>" SCHEMA(               \
        "b") "<Output><OutputField name='p' feature='probability' value='yes'/></Output>"          \
             "<BayesInputs>" more "</BayesInputs><BayesOutput fieldName='b'><TargetValueCounts>"   \
             "<TargetValueCount value='no' count='30'/><TargetValueCount value='yes' count='10'/>" \
             "</TargetValueCounts></BayesOutput></NaiveBayesModel>" END
#define STATS(field, no, yes)                                                             \
    "<BayesInput fieldName='" field "'><TargetValueStats><TargetValueStat value='no'>" no \
    "</TargetValueStat><TargetValueStat value='yes'>" yes                                 \
    "</TargetValueStat></TargetValueStats></BayesInput>"

static void
test_bayes(void)
{
    static const char gauss[] = BAYES(STATS("x",
                                            "<GaussianDistribution mean='0' variance='1'/>",
                                            "<GaussianDistribution mean='2' variance='1'/>"));
    static const char poisson[] =
        BAYES(STATS("x", "<PoissonDistribution mean='1'/>", "<PoissonDistribution mean='3'/>"));
    static const char bins[] = BAYES(
        "<BayesInput fieldName='x'><DerivedField name='dx' optype='categorical' "
        "dataType='string'><Discretize field='x'><DiscretizeBin binValue='0'><Interval "
        "closure='openOpen' rightMargin='5'/></DiscretizeBin><DiscretizeBin binValue='1'>"
        "<Interval closure='closedOpen' leftMargin='5'/></DiscretizeBin></Discretize>"
        "</DerivedField><PairCounts value='0'><TargetValueCounts><TargetValueCount value='no' "
        "count='20'/><TargetValueCount value='yes' count='2'/></TargetValueCounts></PairCounts>"
        "<PairCounts value='1'><TargetValueCounts><TargetValueCount value='no' count='10'/>"
        "<TargetValueCount value='yes' count='8'/></TargetValueCounts></PairCounts></BayesInput>");
    static const Case cases[] = {
        {gauss, "p", 1, 0, "", "0.25"}, /* as near to both: the priors */
        {gauss, "p", (double)NAN, 0, "", "0.25"},
        {gauss, "p", 2, 0, "", "0.711234594228"}, /* e² / (e² + 3) */
        {gauss, "b", 2, 0, "", "yes"},
        {poisson, "p", 2, 0, "", "0.288765405772"}, /* 9 e⁻³ / (9 e⁻³ + 3 e⁻¹) */
        {bins, "p", 7, 0, "", "0.444444444444"},    /* .25 × .8 against .75 / 3 */
        {bins, "p", 1, 0, "", "0.0909090909091"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define OUTPUTS(target, function, table, more, outputs)       \
    HEAD "<RegressionModel functionName='" function "' " more \
         ">" SCHEMA(target) "<Output>" outputs "</Output>" table "</RegressionModel>" END
#define SOFT                                                                                          \
    "<RegressionTable targetCategory='lo' intercept='0'><NumericPredictor name='x' coefficient='1'/>" \
    "</RegressionTable><RegressionTable targetCategory='mid' intercept='1'/><RegressionTable "        \
    "targetCategory='hi' intercept='0'/>"

static void
test_outputs(void)
{
    static const char ranks[] =
        OUTPUTS("o",
                "classification",
                SOFT,
                "normalizationMethod='softmax'",
                "<OutputField name='first' feature='entityId' rank='1'/>"
                "<OutputField name='second' feature='entityId' rank='2'/>"
                "<OutputField name='p2' feature='probability' rank='2' dataType='double'/>"
                "<OutputField name='up' feature='transformedValue' dataType='string'><Apply "
                "function='uppercase'><FieldRef field='first'/></Apply></OutputField>"
                "<OutputField name='act' feature='decision' dataType='string'><Decisions/><Apply "
                "function='if'><Apply function='equal'><FieldRef field='first'/><Constant>mid"
                "</Constant></Apply><Constant>stop</Constant><Constant>go</Constant></Apply>"
                "</OutputField>");
    static const char missing[] = OUTPUTS("y",
                                          "regression",
                                          "<RegressionTable intercept='0'><NumericPredictor "
                                          "name='x' coefficient='1'/></RegressionTable>",
                                          "",
                                          "<OutputField name='v' feature='transformedValue' "
                                          "dataType='double'><Apply function='+'><FieldRef "
                                          "field='z' mapMissingTo='3'/><FieldRef field='x'/>"
                                          "</Apply></OutputField>");
    static const Case cases[] = {
        {ranks, "first", 0, 0, "", "mid"},
        {ranks, "second", 0, 0, "", "lo"},
        {ranks, "second", 3, 0, "", "mid"},
        {ranks, "p2", 0, 0, "", "0.211941557617"}, /* 1 / (2 + e) */
        {ranks, "up", 0, 0, "", "MID"},
        {ranks, "act", 0, 0, "", "stop"},
        {ranks, "act", 3, 0, "", "go"},
        {missing, "v", 2, (double)NAN, "", "5"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define TEXT(more, within)                                                                         \
    HEAD "<RegressionModel functionName='regression'>" SCHEMA(                                     \
        "y") "<LocalTransformations><DerivedField name='t' optype='continuous' dataType='double'>" \
             "<TextIndex textField='s' " more ">" within                                           \
             "<Constant>big dog</Constant></TextIndex>"                                            \
             "</DerivedField></LocalTransformations><RegressionTable intercept='0'>"               \
             "<NumericPredictor name='t' coefficient='1'/></RegressionTable></RegressionModel>" END
#define STEM(more, from, to, regex)                                                         \
    "<TextIndexNormalization " more "><InlineTable><row><string>" from "</string><stem>" to \
    "</stem><regex>" regex "</regex></row></InlineTable></TextIndexNormalization>"

static void
test_texts(void)
{
    static const char words[] = "The big dog met a BIG dog, big, dogs and a bag dog.";
    static const Case cases[] = {
        {TEXT("", ""), "y", 0, 0, words, "2"},
        {TEXT("isCaseSensitive='true'", ""), "y", 0, 0, words, "1"},
        {TEXT("localTermWeights='binary'", ""), "y", 0, 0, words, "1"},
        {TEXT("localTermWeights='logarithmic'", ""), "y", 0, 0, words, "0.47712125472"},
        {TEXT("maxLevenshteinDistance='1'", ""), "y", 0, 0, words, "4"},
        {TEXT("maxLevenshteinDistance='1' countHits='bestHits'", ""), "y", 0, 0, words, "2"},
        {TEXT("", STEM("", "dogs?", "dog", "true")), "y", 0, 0, words, "3"},
        {TEXT("", STEM("", "(d)ogs", "$1og", "true")), "y", 0, 0, words, "3"},
        {TEXT("", STEM("", "bag", "big", "false")), "y", 0, 0, words, "3"},
        {TEXT("wordSeparatorCharacterRE='[\\s\\-]'", ""), "y", 0, 0, "a big-dog", "1"},
        {TEXT("", ""), "y", 0, 0, "nothing", "0"},
        /* 0.5 (1 + 2 / 3): “big” comes three times */
        {TEXT("localTermWeights='augmentedNormalizedTermFrequency'", ""),
         "y",
         0,
         0,
         words,
         "0.833333333333"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define SURVIVAL                                                                                   \
    HEAD                                                                                           \
        "<GeneralRegressionModel functionName='regression' modelType='CoxRegression' "             \
        "endTimeVariable='z' baselineStrataVariable='s'>" SCHEMA(                                  \
            "y") "<ParameterList><Parameter name='p' referencePoint='1'/></ParameterList>"         \
                 "<FactorList/><CovariateList><Predictor name='x'/></CovariateList><PPMatrix>"     \
                 "<PPCell value='1' predictorName='x' parameterName='p'/></PPMatrix><ParamMatrix>" \
                 "<PCell parameterName='p' beta='0.5'/></ParamMatrix><BaseCumHazardTables>"        \
                 "<BaselineStratum value='u' maxTime='6'><BaselineCell time='1' cumHazard='0.1'/>" \
                 "<BaselineCell time='5' cumHazard='0.3'/></BaselineStratum>"                      \
                 "<BaselineStratum value='v' maxTime='9'><BaselineCell time='2' cumHazard='1'/>"   \
                 "</BaselineStratum></BaseCumHazardTables></GeneralRegressionModel>" END

/* the hazard that has come together by the row's time, times e^(0.5 (x − 1)) */
static void
test_cox(void)
{
    static const Case cases[] = {
        {SURVIVAL, "y", 3, 4, "u", "0.271828182846"},
        {SURVIVAL, "y", 1, 5, "u", "0.3"},
        {SURVIVAL, "y", 1, 0.5, "u", "0"},
        {SURVIVAL, "y", 1, 7, "u", ""}, /* beyond the last time */
        {SURVIVAL, "y", 1, 7, "v", "1"},
        {SURVIVAL, "y", 1, 7, "w", ""}, /* no such stratum */
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define ODD(attributes)                                                        \
    HEAD "<AnomalyDetectionModel functionName='regression' " attributes        \
         ">" SCHEMA("y") "<RegressionModel functionName='regression'>" SCHEMA( \
             "y") "<RegressionTable "                                          \
                  "intercept='0.5'>"                                           \
                  "<NumericPredictor name='x' "                                \
                  "coefficient='2'/>"                                          \
                  "</RegressionTable>"                                         \
                  "</RegressionModel>"                                         \
                  "</AnomalyDetectionModel>" END

/* a forest's path against that of a search among as many; else what the model within says */
static void
test_anomaly(void)
{
    static const Case cases[] = {
        {ODD("algorithmType='iforest' sampleDataSize='2'"), "y", 1.25, 0, "", "0.125"},
        /* c(3) = 2 (ln 2 + 0.5772…) − 4/3 = 1.20739235763 */
        {ODD("algorithmType='iforest' sampleDataSize='3'"), "y", 0.3536961787948115, 0, "", "0.5"},
        {ODD("algorithmType='ocsvm'"), "y", 2, 0, "", "4.5"},
        {ODD("algorithmType='other'"), "y", -1, 0, "", "-1.5"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pmml-models/segments", test_segments);
    g_test_add_func("/pmml-models/neighbors", test_neighbors);
    g_test_add_func("/pmml-models/clusters", test_clusters);
    g_test_add_func("/pmml-models/machines", test_machines);
    g_test_add_func("/pmml-models/rules", test_rules);
    g_test_add_func("/pmml-models/general", test_general);
    g_test_add_func("/pmml-models/bayes", test_bayes);
    g_test_add_func("/pmml-models/outputs", test_outputs);
    g_test_add_func("/pmml-models/texts", test_texts);
    g_test_add_func("/pmml-models/cox", test_cox);
    g_test_add_func("/pmml-models/anomaly", test_anomaly);
    return g_test_run();
}
