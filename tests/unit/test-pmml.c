/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "error.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_pmml;

#define HEAD                                                                            \
    "<PMML xmlns='http://www.dmg.org/PMML-4_4' version='4.4'><Header/><DataDictionary>" \
    "<DataField name='x' optype='continuous' dataType='double'/>"                       \
    "<DataField name='n' optype='continuous' dataType='integer'/>"                      \
    "<DataField name='s' optype='categorical' dataType='string'/>"                      \
    "<DataField name='y' optype='continuous' dataType='double'/>"                       \
    "<DataField name='c' optype='categorical' dataType='string'/></DataDictionary>"
#define INPUTS                                       \
    "<MiningField name='x'/><MiningField name='n'/>" \
    "<MiningField name='s' invalidValueTreatment='asIs'/>"

static ErrataModel *
load(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("test.pmml");

    errata_model_parts_add(parts, "test.pmml", bytes, strlen(text));
    return errata_plugin_pmml.models[0]->load(parts, error);
}

/* the cell of the output @name for one row; texts are borrowed from @strings */
typedef struct {
    double number;
    const char *text;
} Cell;

static gboolean
score(const ErrataModel *model,
      const char *name,
      double x,
      double n,
      const char *s,
      GStringChunk *strings,
      Cell *ret,
      GError **error)
{
    const double *numbers[8] = {NULL};
    const char *const *texts[8] = {NULL};
    double cells[32];
    const char *words[32] = {NULL};
    double *to_number[32] = {NULL};
    const char **to_text[32] = {NULL};

    g_assert_cmpuint(model->outputs->len, <, 32);
    for (guint i = 0; i < model->inputs->len; i++) {
        const ErrataModelInput *input = errata_model_input(model, i);
        if (input->type == ERRATA_MODEL_TEXT)
            texts[i] = &s;
        else
            numbers[i] = g_str_equal(input->name, "n") ? &n : &x;
    }
    for (guint i = 0; i < model->outputs->len; i++) {
        cells[i] = (double)NAN;
        if (errata_model_output(model, i)->type == ERRATA_MODEL_TEXT)
            to_text[i] = &words[i];
        else
            to_number[i] = &cells[i];
    }
    ErrataModelRows rows = {.n_rows = 1, .number = numbers, .text = texts};
    ErrataModelScores scores = {.n_rows = 1,
                                .number = to_number,
                                .text = to_text,
                                .strings = strings};
    if (!model->klass->predict(model, model->body, &rows, &scores, error))
        return FALSE;
    for (guint i = 0; i < model->outputs->len; i++)
        if (g_str_equal(errata_model_output(model, i)->name, name)) {
            *ret = (Cell){cells[i], words[i]};
            return TRUE;
        }
    g_assert_not_reached();
}

/* the value of an expression: a regression whose output it is */
static Cell
expression(const char *body,
           const char *type,
           double x,
           double n,
           const char *s,
           GStringChunk *strings)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf(
        HEAD "<TransformationDictionary><DefineFunction name='twice' dataType='double'>"
             "<ParameterField name='a'/><Apply function='*'><FieldRef field='a'/>"
             "<Constant dataType='double'>2</Constant></Apply></DefineFunction>"
             "<DerivedField name='v' optype='continuous' dataType='%s'>%s</DerivedField>"
             "</TransformationDictionary><RegressionModel functionName='regression'><MiningSchema>"
             "<MiningField name='y' usageType='target'/>" INPUTS "</MiningSchema><Output>"
             "<OutputField name='v out' feature='transformedValue' dataType='%s' "
             "optype='continuous'><FieldRef field='v'/></OutputField></Output>"
             "<RegressionTable intercept='1'/></RegressionModel></PMML>",
        type,
        body,
        type);
    g_autoptr(ErrataModel) model = load(text, &error);
    Cell cell;

    g_assert_no_error(error);
    g_assert_cmpstr(model->why_not, ==, NULL);
    score(model, "v out", x, n, s, strings, &cell, &error);
    g_assert_no_error(error);
    return cell;
}

#define X    "<FieldRef field='x'/>"
#define N    "<FieldRef field='n'/>"
#define S    "<FieldRef field='s'/>"
#define K(k) "<Constant>" k "</Constant>"

static void
test_functions(void)
{
    static const struct {
        const char *body;
        double x;
        double expected; /* NaN: missing */
    } cases[] = {
        {"<Apply function='+'>" X K("0.25") "</Apply>", 1.5, 1.75},
        {"<Apply function='/'>" N K("4") "</Apply>", 0, 1}, /* of integers: 7 / 4 */
        {"<Apply function='/'>" X K("4") "</Apply>", 7, 1.75},
        {"<Apply function='/'>" X K("0") "</Apply>", 7, (double)NAN},
        {"<Apply function='modulo'>" K("-7") K("3") "</Apply>", 0, 2},
        {"<Apply function='max'>" X N K("2") "</Apply>", (double)NAN, 7}, /* without the missing */
        {"<Apply function='avg'>" X N "</Apply>", 2, 4.5},
        {"<Apply function='median'>" X N K("1") "</Apply>", 3, 3},
        {"<Apply function='+' mapMissingTo='-1'>" X N "</Apply>", (double)NAN, -1},
        {"<Apply function='ln' defaultValue='9'>" X "</Apply>", (double)NAN, 9},
        {"<Apply function='round'>" X "</Apply>", 2.5, 3},
        {"<Apply function='rint'>" X "</Apply>", 2.5, 2},
        {"<Apply function='pow'>" X K("3") "</Apply>", 2, 8},
        {"<Apply function='stdNormalCDF'>" X "</Apply>", 1.959963984540054, 0.975},
        {"<Apply function='stdNormalIDF'>" X "</Apply>", 0.975, 1.959963984540054},
        {"<Apply function='twice'>" X "</Apply>", 4, 8},
        {"<Apply function='if'><Apply function='greaterThan'>" X K("1") "</Apply>" N K(
             "0") "</Apply>",
         2,
         7},
        {"<Apply function='if'><Apply function='isMissing'>" X "</Apply>" K("5") N "</Apply>",
         (double)NAN,
         5},
        {"<Apply function='if'><Apply function='or'><Apply function='lessThan'>" X K(
             "0") "</Apply><Apply function='isIn'>" S K("a") K("b") "</Apply></Apply>" K("1")
             K("0") "</Apply>",
         (double)NAN,
         1}, /* unknown or true */
        {"<Apply function='stringLength'>" S "</Apply>", 0, 1},
        {"<Apply function='dateDaysSinceYear'><Constant dataType='date'>2003-04-01</Constant>" K(
             "1960") "</Apply>",
         0,
         15796}, /* the standard's own example */
        {"<Apply function='dateSecondsSinceYear'><Constant dataType='dateTime'>"
         "1960-01-03T03:30:03</Constant>" K("1960") "</Apply>",
         0,
         185403},
        {"<NormDiscrete field='s' value='b'/>", 0, 1},
        {"<NormContinuous field='x' outliers='asExtremeValues'><LinearNorm orig='0' norm='0'/>"
         "<LinearNorm orig='4' norm='1'/></NormContinuous>",
         9,
         1},
        {"<NormContinuous field='x'><LinearNorm orig='0' norm='0'/><LinearNorm orig='4' norm='1'/>"
         "</NormContinuous>",
         8,
         2},
        {"<Discretize field='x' dataType='double' defaultValue='-1'><DiscretizeBin binValue='10'>"
         "<Interval closure='closedOpen' leftMargin='0' rightMargin='2'/></DiscretizeBin>"
         "</Discretize>",
         2,
         -1},
        {"<MapValues outputColumn='o' dataType='double'><FieldColumnPair field='s' column='i'/>"
         "<FieldColumnPair field='n' column='j'/><InlineTable><row><i>a</i><j>7</j><o>1</o></row>"
         "<row><i>b</i><j>7</j><o>2</o></row></InlineTable></MapValues>",
         0,
         2},
    };
    GStringChunk *strings = g_string_chunk_new(64);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Cell cell = expression(cases[i].body, "double", cases[i].x, 7, "b", strings);
        if (isnan(cases[i].expected))
            g_assert_true(isnan(cell.number));
        else
            g_assert_cmpfloat_with_epsilon(cell.number, cases[i].expected, 1e-14);
    }
    g_string_chunk_free(strings);
}

static void
test_texts(void)
{
    static const struct {
        const char *body;
        const char *expected;
    } cases[] = {
        {"<Apply function='uppercase'>" S "</Apply>", "STRASSE AM SEE"},
        {"<Apply function='substring'>" S K("2") K("3") "</Apply>", "tra"},
        {"<Apply function='replace'>" S K("(a)m") K("$1t") "</Apply>", "strasse at See"},
        {"<Apply function='concat'>" S K("!") N "</Apply>", "strasse am See!7"},
        {"<Apply function='formatNumber'>" N K("%05d") "</Apply>", "00007"},
        {"<Apply function='formatDatetime'><Constant dataType='date'>2004-02-29</Constant>" K(
             "%d.%m.%y") "</Apply>",
         "29.02.04"},
    };
    GStringChunk *strings = g_string_chunk_new(64);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(expression(cases[i].body, "string", 0, 7, "strasse am See", strings).text,
                        ==,
                        cases[i].expected);
    g_assert_cmpfloat_with_epsilon(
        expression("<TextIndex textField='s' maxLevenshteinDistance='1'>" K("see") "</TextIndex>",
                   "double",
                   0,
                   7,
                   "See, sea and the sees",
                   strings)
            .number,
        3,
        1e-12);
    g_string_chunk_free(strings);
}

/* The standard's weather tree: a missing temperature leaves two leaves open. */
static ErrataModel *
weather(const char *strategy, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        HEAD "<TreeModel functionName='classification' missingValueStrategy='%s'><MiningSchema>"
             "<MiningField name='c' usageType='target'/>" INPUTS "</MiningSchema><Output>"
             "<OutputField name='p' feature='probability' value='will play' dataType='double' "
             "optype='continuous'/></Output>"
             "<Node id='1' score='will play' recordCount='100' defaultChild='3'><True/>"
             "<ScoreDistribution value='will play' recordCount='60'/>"
             "<ScoreDistribution value='no play' recordCount='40'/>"
             "<Node id='2' score='will play' recordCount='60'>"
             "<SimplePredicate field='x' operator='lessThan' value='80'/>"
             "<ScoreDistribution value='will play' recordCount='54'/>"
             "<ScoreDistribution value='no play' recordCount='6'/></Node>"
             "<Node id='3' score='no play' recordCount='40'>"
             "<SimplePredicate field='x' operator='greaterOrEqual' value='80'/>"
             "<ScoreDistribution value='will play' recordCount='8'/>"
             "<ScoreDistribution value='no play' recordCount='32'/></Node></Node>"
             "</TreeModel></PMML>",
        strategy);
    return load(text, error);
}

static void
test_tree_missing(void)
{
    static const struct {
        const char *strategy;
        double x;
        const char *class;
        double p;
    } cases[] = {
        {"none", 70, "will play", 0.9},
        {"lastPrediction", (double)NAN, "will play", 0.6},
        {"nullPrediction", (double)NAN, NULL, (double)NAN},
        {"defaultChild", (double)NAN, "no play", 0.2},
        /* 0.6 · 0.9 + 0.4 · 0.2 */
        {"weightedConfidence", (double)NAN, "will play", 0.62},
        {"aggregateNodes", (double)NAN, "will play", 0.62},
        {"none", (double)NAN, NULL, (double)NAN}, /* no child is true, and none is told for that */
    };
    GStringChunk *strings = g_string_chunk_new(64);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = weather(cases[i].strategy, &error);
        Cell cell;

        g_assert_no_error(error);
        score(model, "c", cases[i].x, 0, "a", strings, &cell, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(cell.text, ==, cases[i].class);
        score(model, "p", cases[i].x, 0, "a", strings, &cell, &error);
        if (isnan(cases[i].p))
            g_assert_true(isnan(cell.number));
        else
            g_assert_cmpfloat_with_epsilon(cell.number, cases[i].p, 1e-15);
    }
    g_string_chunk_free(strings);
}

static void
test_scorecard(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(
        HEAD
        "<Scorecard functionName='regression' initialScore='10' reasonCodeAlgorithm="
        "'pointsBelow'><MiningSchema><MiningField name='y' usageType='target'/>" INPUTS
        "</MiningSchema><Output><OutputField name='r1' feature='reasonCode' rank='1'/>"
        "<OutputField name='r2' feature='reasonCode' rank='2'/></Output><Characteristics>"
        "<Characteristic name='a' reasonCode='RA' baselineScore='20'>"
        "<Attribute partialScore='5'><SimplePredicate field='x' operator='lessThan' value='1'/>"
        "</Attribute><Attribute partialScore='30'><True/></Attribute></Characteristic>"
        "<Characteristic name='b' reasonCode='RB' baselineScore='20'>"
        "<Attribute partialScore='0'><SimplePredicate field='n' operator='equal' value='7'/>"
        "</Attribute><Attribute partialScore='9'><True/></Attribute></Characteristic>"
        "</Characteristics></Scorecard></PMML>",
        &error);
    GStringChunk *strings = g_string_chunk_new(64);
    Cell cell;

    g_assert_no_error(error);
    score(model, "y", 0, 7, "a", strings, &cell, &error);
    g_assert_cmpfloat_with_epsilon(cell.number, 15, 1e-12);
    score(model, "r1", 0, 7, "a", strings, &cell, &error);
    g_assert_cmpstr(cell.text, ==, "RB"); /* 20 lost, before RA's 15 */
    score(model, "r2", 0, 7, "a", strings, &cell, &error);
    g_assert_cmpstr(cell.text, ==, "RA");
    g_string_chunk_free(strings);
}

#define REGRESSION(schema, rest)                                                           \
    HEAD "<RegressionModel functionName='regression'><MiningSchema><MiningField name='y' " \
         "usageType='target'/>" schema "</MiningSchema>" rest                              \
         "<RegressionTable intercept='1'><NumericPredictor name='x' coefficient='2'/>"     \
         "</RegressionTable></RegressionModel></PMML>"

static void
test_treatments(void)
{
    static const struct {
        const char *document;
        double x;
        double expected;
    } cases[] = {
        {REGRESSION("<MiningField name='x' missingValueReplacement='3'/>", ""), (double)NAN, 7},
        {REGRESSION("<MiningField name='x'/>", ""), (double)NAN, (double)NAN},
        {REGRESSION("<MiningField name='x' outliers='asExtremeValues' lowValue='0' highValue='5'/>",
                    ""),
         9,
         11},
        {REGRESSION("<MiningField name='x' outliers='asMissingValues' lowValue='0' highValue='5' "
                    "missingValueReplacement='1'/>",
                    ""),
         9,
         3},
        {REGRESSION("<MiningField name='x'/>",
                    "<Targets><Target field='y' min='0' max='4' rescaleFactor='10' "
                    "rescaleConstant='0.4' castInteger='round'/></Targets>"),
         9,
         40},
    };
    GStringChunk *strings = g_string_chunk_new(64);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(cases[i].document, &error);
        Cell cell;

        g_assert_no_error(error);
        score(model, "y", cases[i].x, 7, "a", strings, &cell, &error);
        g_assert_no_error(error);
        if (isnan(cases[i].expected))
            g_assert_true(isnan(cell.number));
        else
            g_assert_cmpfloat_with_epsilon(cell.number, cases[i].expected, 1e-14);
    }
    g_string_chunk_free(strings);
}

/* of what a document type names nothing is fetched, and nothing is missing for that */
static void
test_document_type(void)
{
    static const char *const types[] = {
        "<!DOCTYPE PMML>",
        "<!DOCTYPE PMML PUBLIC 'PMML 2.0' 'http://www.dmg.org/v2-0/pmml_v2_0.dtd'>",
        "<!DOCTYPE PMML SYSTEM 'file:///nowhere/pmml.dtd' [ ]>",
    };
    GStringChunk *strings = g_string_chunk_new(64);

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *text =
            g_strconcat(types[i], REGRESSION("<MiningField name='x'/>", ""), NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(text, &error);
        Cell cell;

        g_assert_no_error(error);
        score(model, "y", 3, 7, "a", strings, &cell, &error);
        g_assert_no_error(error);
        g_assert_cmpfloat_with_epsilon(cell.number, 7, 1e-14);
    }
    g_string_chunk_free(strings);
}

static void
test_refused(void)
{
    static const struct {
        const char *document;
        const char *why;
    } cases[] = {
        {"<!DOCTYPE PMML [<!ENTITY a 'b'>]><PMML version='4.4'/>", "line 1: the document type"},
        {"<!DOCTYPE PMML [<!ATTLIST PMML version CDATA '4.4'>]><PMML/>", "document type"},
        {"<!DOCTYPE PMML SYSTEM 'pmml.dtd' [<!ENTITY % a SYSTEM 'b'> %a;]><PMML/>",
         "document type"},
        {"\n<!DOCTYPE PMML [\n]>\n<PMML version='4.4'>&a;</PMML>", "line 4"},
        {"<!DOCTYPE PMML SYSTEM 'pmml.dtd'>\n<PMML version='4.4'>&a;</PMML>", "line 2"},
        {"<!DOCTYPE PMML SYSTEM 'pmml.dtd'>\n<PMML version='&a;'/>", "line 2"},
        {"<PMML version='4.4'><DataDictionary>", "line 1"},
        {"<html/>", "expected a PMML document"},
        {"<PMML version='4.4'/>", "no model"},
        {REGRESSION("<MiningField name='q'/>", ""), "there is no field “q”"},
        {REGRESSION("<MiningField name='x'/>",
                    "<LocalTransformations><DerivedField name='z' "
                    "optype='continuous' dataType='double'><Apply function='exec'/></DerivedField>"
                    "</LocalTransformations>"),
         "there is no function “exec”"},
        {HEAD
         "<TreeModel functionName='regression'><MiningSchema>" INPUTS "</MiningSchema>"
         "<LocalTransformations><DerivedField name='a' optype='continuous' dataType='double'>"
         "<FieldRef field='b'/></DerivedField><DerivedField name='b' optype='continuous' "
         "dataType='double'><FieldRef field='a'/></DerivedField></LocalTransformations>"
         "<Node score='1'><True/><Node score='2'><SimplePredicate field='a' operator='lessThan'"
         " value='1'/></Node></Node></TreeModel></PMML>",
         "derived from itself"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(cases[i].document, &error);

        g_assert_null(model);
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, cases[i].why));
    }
}

#define RULES                                                                                  \
    "<AssociationModel functionName='associationRules'><MiningSchema><MiningField name='s'/>"  \
    "</MiningSchema><Output>"                                                                  \
    "<OutputField name='top' feature='ruleValue' ruleFeature='rule' rankBasis='lift'/>"        \
    "<OutputField name='next' feature='ruleValue' rankBasis='lift' rank='2'/>"                 \
    "<OutputField name='all' feature='ruleId' algorithm='recommendation' rank='0' "            \
    "rankBasis='support' rankOrder='ascending' isMultiValued='1'/>"                            \
    "<OutputField name='both' feature='entityId' algorithm='ruleAssociation'/>"                \
    "<OutputField name='lift' feature='lift' rankBasis='lift'/></Output>"                      \
    "<Item id='1' value='ale'/><Item id='2' value='bun'/><Item id='3' value='cod'/>"           \
    "<Itemset id='A'><ItemRef itemRef='1'/></Itemset><Itemset id='B'><ItemRef itemRef='2'/>"   \
    "</Itemset><Itemset id='AC'><ItemRef itemRef='1'/><ItemRef itemRef='3'/></Itemset>"        \
    "<AssociationRule antecedent='A' consequent='B' support='.3' confidence='.6' lift='1.5'/>" \
    "<AssociationRule id='two' antecedent='AC' consequent='B' support='.1' confidence='.9' "   \
    "lift='2'/><AssociationRule antecedent='A' consequent='AC' support='.2' confidence='.5'/>" \
    "</AssociationModel></PMML>"

static void
test_association(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(HEAD RULES, &error);
    GStringChunk *strings = g_string_chunk_new(64);
    Cell cell;

    g_assert_no_error(error);
    g_assert_cmpstr(model->why_not, ==, NULL);
    score(model, "top", 0, 0, "[ale, \"cod\"]", strings, &cell, &error);
    g_assert_cmpstr(cell.text, ==, "{ale, cod}->{bun}");
    score(model, "next", 0, 0, "ale;cod", strings, &cell, &error);
    g_assert_cmpstr(cell.text, ==, "bun");
    score(model, "all", 0, 0, "ale|cod", strings, &cell, &error);
    g_assert_cmpstr(cell.text, ==, "[two, 3, 1]");
    score(model, "both", 0, 0, "ale|cod", strings, &cell, &error);
    g_assert_cmpstr(cell.text, ==, "3");
    score(model, "lift", 0, 0, "ale,cod", strings, &cell, &error);
    g_assert_cmpfloat_with_epsilon(cell.number, 2, 1e-15);
    /* rules without a lift come last; nothing applies to what has no antecedent */
    score(model, "top", 0, 0, "bun", strings, &cell, &error);
    g_assert_cmpstr(cell.text, ==, NULL);
    g_assert_no_error(error);
    g_string_chunk_free(strings);
}

#define MINING(body)                                                                   \
    HEAD "<MiningModel functionName='regression'><MiningSchema><MiningField name='y' " \
         "usageType='target'/>" INPUTS "</MiningSchema>" body "</MiningModel></PMML>"
#define SEGMENT(more, intercept)                                                           \
    "<Segment><True/>" more "<RegressionModel functionName='regression'><MiningSchema>"    \
    "<MiningField name='y' usageType='target'/>" INPUTS "</MiningSchema><RegressionTable " \
    "intercept='" intercept "'/></RegressionModel></Segment>"

static Cell
score_once(const char *document, const char *name, double x, double n, GStringChunk *strings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(document, &error);
    Cell cell = {(double)NAN, NULL};

    g_assert_no_error(error);
    g_assert_cmpstr(model->why_not, ==, NULL);
    score(model, name, x, n, "b", strings, &cell, &error);
    g_assert_no_error(error);
    return cell;
}

/* weights from fields; all values; models in the model and in its nodes, as up to version 4.0 */
static void
test_composition(void)
{
    static const char weighted[] =
        MINING("<Segmentation multipleModelMethod='weightedAverage'>" SEGMENT(
            "<VariableWeight field='n'/>",
            "1") SEGMENT("", "5") "</Segmentation>");
    static const char all[] = MINING(
        "<Segmentation multipleModelMethod='selectAll'>" SEGMENT("", "1.5")
            SEGMENT("", "5") "</Segmentation>");
    static const char sequence[] = MINING(
        "<Regression functionName='regression'><ResultField name='r' "
        "feature='predictedValue'/><RegressionTable intercept='1'><NumericPredictor "
        "name='x' coefficient='2'/></RegressionTable></Regression><DecisionTree "
        "functionName='regression'><Node><True/><Node score='10'><SimplePredicate "
        "field='r' operator='lessThan' value='6'/></Node><Node><SimplePredicate field='r' "
        "operator='greaterOrEqual' value='6'/><Regression functionName='regression'>"
        "<RegressionTable intercept='100'><NumericPredictor name='r' coefficient='1'/>"
        "</RegressionTable></Regression></Node></Node></DecisionTree>");
    GStringChunk *strings = g_string_chunk_new(64);

    g_assert_cmpfloat_with_epsilon(score_once(weighted, "y", 0, 3, strings).number, 2, 1e-15);
    g_assert_cmpstr(score_once(all, "y", 0, 3, strings).text, ==, "[1.5, 5.0]");
    g_assert_cmpfloat_with_epsilon(score_once(sequence, "y", 2, 0, strings).number, 10, 1e-15);
    g_assert_cmpfloat_with_epsilon(score_once(sequence, "y", 3, 0, strings).number, 107, 1e-15);
    g_assert_cmpfloat_with_epsilon(score_once(sequence, "r", 3, 0, strings).number, 7, 1e-15);
    g_string_chunk_free(strings);
}

#define VERIFIED(field, value)                                                              \
    "<ModelVerification><VerificationFields><VerificationField field='x'/>"                 \
    "<VerificationField field='" field "'/></VerificationFields><InlineTable><row><x>3</x>" \
    "<" field ">" value "</" field "></row></InlineTable></ModelVerification>"

/* rows with results in the document: the same, other ones, and none that the model gives */
static void
test_verified(void)
{
    static const struct {
        const char *document;
        guint n_notes;
        guint n_risks;
    } cases[] = {
        {REGRESSION("<MiningField name='x'/>", VERIFIED("y", "7")), 1, 0},
        {REGRESSION("<MiningField name='x'/>", VERIFIED("y", "7.5")), 0, 1},
        {REGRESSION("<MiningField name='x'/>", VERIFIED("z", "7.5")), 0, 0},
        {REGRESSION("<MiningField name='x'/><MiningField name='s' usageType='group'/>",
                    VERIFIED("y", "7.5")),
         0,
         0},
        {MINING(
             "<Segmentation multipleModelMethod='modelChain'><Segment><True/><RegressionModel "
             "functionName='regression'><MiningSchema>" INPUTS
             "</MiningSchema><Output><OutputField name='inner' dataType='double'/></Output>"
             "<RegressionTable intercept='4'/></RegressionModel></Segment></Segmentation>" VERIFIED(
                 "inner",
                 "5")),
         0,
         1},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(cases[i].document, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(model->notes->len, ==, cases[i].n_notes);
        g_assert_cmpuint(model->risks->len, ==, cases[i].n_risks);
    }
}

/* sound documents that ask for what is not computed are described, with the reason */
static void
test_not_run(void)
{
    static const char *const kinds[] = {"BaselineModel",
                                        "BayesianNetworkModel",
                                        "GaussianProcessModel",
                                        "SequenceModel",
                                        "TextModel",
                                        "TimeSeriesModel"};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *document = g_strdup_printf(HEAD "\n\n<%s functionName='regression'>\n"
                                                         "<Extension/>\n</%s>\n</PMML>\n",
                                                    kinds[i],
                                                    kinds[i]);
        g_autofree char *where = g_strdup_printf("line 3: %s: ", kinds[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(document, &error);

        g_assert_no_error(error);
        g_assert_true(g_str_has_prefix(model->why_not, where));
    }
}

/* an output that nothing computes is no empty column */
static void
test_output_not_computed(void)
{
    static const char *const features[] = {"standardError", "warning", "ruleValue", "nothing"};

    for (guint i = 0; i < G_N_ELEMENTS(features); i++) {
        g_autofree char *document = g_strdup_printf(
            HEAD "\n<RegressionModel functionName='regression'>\n<MiningSchema>" INPUTS
                 "</MiningSchema>\n<Output>\n<OutputField name='p'/>\n"
                 "<OutputField name='q' feature='%s'/>\n</Output>\n"
                 "<RegressionTable intercept='1'>"
                 "<NumericPredictor name='x' coefficient='2'/></RegressionTable>\n"
                 "</RegressionModel>\n</PMML>\n",
            features[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(document, &error);

        g_assert_no_error(error);
        g_assert_nonnull(model->why_not);
        g_assert_true(g_str_has_prefix(model->why_not, "line 6: OutputField: "));
        g_assert_nonnull(strstr(model->why_not, features[i]));
    }
}

/* the line of the element that is wrong, not the one to which the parser has read */
static void
test_line(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(
        HEAD "\n<RegressionModel functionName='regression'\n modelName='m'>\n<MiningSchema>" INPUTS
             "</MiningSchema>\n<RegressionTable intercept='1'>\n"
             "<NumericPredictor name='x' coefficient='a'/>\n</RegressionTable>\n"
             "</RegressionModel>\n\n\n</PMML>\n",
        &error);

    g_assert_null(model);
    g_assert_nonnull(strstr(error->message, "line 6: NumericPredictor: "));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("PMML documents: what they compute, and what they are refused for.");
    g_test_add_func("/pmml/functions", test_functions);
    g_test_add_func("/pmml/line", test_line);
    g_test_add_func("/pmml/output-not-computed", test_output_not_computed);
    g_test_add_func("/pmml/texts", test_texts);
    g_test_add_func("/pmml/tree-missing", test_tree_missing);
    g_test_add_func("/pmml/scorecard", test_scorecard);
    g_test_add_func("/pmml/treatments", test_treatments);
    g_test_add_func("/pmml/association", test_association);
    g_test_add_func("/pmml/composition", test_composition);
    g_test_add_func("/pmml/document-type", test_document_type);
    g_test_add_func("/pmml/refused", test_refused);
    g_test_add_func("/pmml/not-run", test_not_run);
    g_test_add_func("/pmml/verified", test_verified);
    return g_test_run();
}
