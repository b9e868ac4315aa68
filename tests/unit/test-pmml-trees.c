/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PMML documents as sums of trees: the sum against what the document itself says of the same rows,
 * shares against the definition of Shapley values with the document as the game. */
#include <math.h>
#include <string.h>

#include "model-format.h"
#include "plugin.h"
#include "rng.h"
#include "treeshap-background.h"
#include "treeshap.h"

extern const ErrataPlugin errata_plugin_pmml;

#define HEAD                                                                            \
    "<PMML xmlns='http://www.dmg.org/PMML-4_4' version='4.4'><Header/><DataDictionary>" \
    "<DataField name='x' optype='continuous' dataType='double'/>"                       \
    "<DataField name='n' optype='continuous' dataType='integer'/>"                      \
    "<DataField name='s' optype='categorical' dataType='string'/>"                      \
    "<DataField name='y' optype='continuous' dataType='double'/>"                       \
    "<DataField name='c' optype='categorical' dataType='string'/></DataDictionary>"
#define SCHEMA(target)                                                             \
    "<MiningSchema><MiningField name='" target "' usageType='target'/>"            \
    "<MiningField name='x' missingValueReplacement='1.5'/><MiningField name='n'/>" \
    "<MiningField name='s' invalidValueTreatment='asIs'/></MiningSchema>"
#define INNER                                                                             \
    "<MiningSchema><MiningField name='x'/><MiningField name='n'/><MiningField name='s'/>" \
    "</MiningSchema>"
#define P(field, operator, value) \
    "<SimplePredicate field='" field "' operator='" operator"' value='" value "'/>"
#define IN(field, operator, values)                           \
    "<SimpleSetPredicate field='" field "' booleanOperator='" \
    operator"'>"                                              \
            "<Array type='string'>" values "</Array></SimpleSetPredicate>"
/* a multi-way split with a default child, below it numbers that are told from one another */
#define TREE_DEFAULT                                                                                                                         \
    "<Node id='1' score='0' recordCount='20' defaultChild='4'><True/>"                                                                       \
    "<Node id='2' score='1' recordCount='5'>" P(                                                                                             \
        "s",                                                                                                                                 \
        "equal",                                                                                                                             \
        "a") "</Node>"                                                                                                                       \
             "<Node id='3' score='2' recordCount='9' defaultChild='6'>" IN("s", "isIn", "b c") "<Node id='5' score='-3' recordCount='4'>" P( \
                 "x",                                                                                                                        \
                 "lessThan",                                                                                                                 \
                 "1") "</Node>"                                                                                                              \
                      "<Node id='6' score='5' recordCount='5'>" P(                                                                           \
                          "x",                                                                                                               \
                          "greaterOrEqual",                                                                                                  \
                          "1") "</Node></Node>"                                                                                              \
                               "<Node id='4' score='7' recordCount='6' defaultChild='7'>" IN(                                                \
                                   "s",                                                                                                      \
                                   "isNotIn",                                                                                                \
                                   "a b c") "<Node id='7' score='7.5' recordCount='4'>" P("n",                                               \
                                                                                          "equal",                                           \
                                                                                          "3") "</Node>"                                     \
                                                                                               "<Node id='8' score='9' recordCount='2'>" P(  \
                                                                                                   "n",                                      \
                                                                                                   "notEqual",                               \
                                                                                                   "3") "</Node></Node></Node>"
/* stops on missing values and where no child applies; asks the same field again */
#define TREE_LAST                                                                                 \
    "<Node score='10'><True/><Node score='20'>" P("n", "lessOrEqual", "4") "<Node score='30'>" P( \
        "n",                                                                                      \
        "greaterThan",                                                                            \
        "2") "</Node>"                                                                            \
             "<Node score='35'>" P("x", "lessThan", "0.5") "</Node></Node>"                       \
                                                           "<Node score='40'>" P(                 \
                                                               "n",                               \
                                                               "greaterThan",                     \
                                                               "6") "</Node></Node>"
/* surrogates and compounds */
#define TREE_COMPOUND                                                                                  \
    "<Node score='0'><True/><Node score='1'><CompoundPredicate booleanOperator='surrogate'>" P(        \
        "n",                                                                                           \
        "lessThan",                                                                                    \
        "3")                                                                                           \
        P("x",                                                                                         \
          "lessThan",                                                                                  \
          "2") "</CompoundPredicate></Node>"                                                           \
               "<Node score='2'><CompoundPredicate booleanOperator='and'>" P("x",                      \
                                                                             "greaterThan",            \
                                                                             "1.5")                    \
                   IN("s",                                                                             \
                      "isIn",                                                                          \
                      "a b") "</CompoundPredicate></Node>"                                             \
                             "<Node score='3'><CompoundPredicate booleanOperator='or'>"                \
                             "<SimplePredicate field='s' operator='isMissing'/>" P("x",                \
                                                                                   "equal",            \
                                                                                   "2")                \
                                 P("n",                                                                \
                                   "equal",                                                            \
                                   "5") "</CompoundPredicate></Node>"                                  \
                                        "<Node score='4'><CompoundPredicate booleanOperator='xor'>" P( \
                                            "x",                                                       \
                                            "greaterThan",                                             \
                                            "3") "<True/></CompoundPredicate></Node></Node>"
#define MODEL(strategy, nodes)                                             \
    "<TreeModel functionName='regression' missingValueStrategy='" strategy \
    "' noTrueChildStrategy='returnLastPrediction'>" INNER nodes "</TreeModel>"
#define CLASSES(strategy, nodes)                                               \
    "<TreeModel functionName='classification' missingValueStrategy='" strategy \
    "' noTrueChildStrategy='returnLastPrediction'>" INNER nodes "</TreeModel>"
#define SEGMENT(weight, model) "<Segment weight='" weight "'><True/>" model "</Segment>"
#define SHARES(a, b)                                      \
    "<ScoreDistribution value='no' recordCount='" a "'/>" \
    "<ScoreDistribution value='yes' recordCount='" b "'/>"
#define TREE_SHARES                                                                         \
    "<Node score='no' recordCount='10'><True/>" SHARES(                                     \
        "7",                                                                                \
        "3") "<Node score='no' recordCount='6'>" P("n", "lessThan", "3")                    \
        SHARES("6", "0") "</Node>"                                                          \
                         "<Node score='yes' recordCount='4'>" P("n", "greaterOrEqual", "3") \
                             SHARES("1", "3") "</Node></Node>"
#define TREE_VOTE                                                                      \
    "<Node score='no' recordCount='8'><True/>" SHARES(                                 \
        "5",                                                                           \
        "3") "<Node score='yes' recordCount='3'>" IN("s", "isIn", "a c")               \
        SHARES("1", "2") "</Node>"                                                     \
                         "<Node score='no' recordCount='5'>" IN("s", "isNotIn", "a c") \
                             SHARES("4", "1") "</Node></Node>"
#define MINING(function, target, method, segments)                        \
    HEAD "<MiningModel functionName='" function                           \
         "'>" SCHEMA(target) "%s<Segmentation "                           \
                             "multipleModelMethod='" method "'>" segments \
                             "</Segmentation></MiningModel></PMML>"

typedef struct {
    const char *what;
    const char *text; /* with a place for what stands before the segments */
    const char *before;
    guint n_trees;
    gboolean cover;
} Document;

#define SUM_OF_TWO                                                                               \
    "<MiningModel functionName='regression'>" INNER                                              \
    "<Output><OutputField name='sum' feature='predictedValue' isFinalResult='false' "            \
    "dataType='double' optype='continuous'/></Output>"                                           \
    "<Targets><Target rescaleFactor='0.25' rescaleConstant='-1.5'/></Targets>"                   \
    "<Segmentation multipleModelMethod='sum'>" SEGMENT("1", MODEL("defaultChild", TREE_DEFAULT)) \
        SEGMENT("1", MODEL("none", TREE_COMPOUND)) "</Segmentation></MiningModel>"
#define LOGIT                                                                                   \
    "<RegressionModel functionName='classification' normalizationMethod='logit'><MiningSchema>" \
    "<MiningField name='c' usageType='target'/><MiningField name='sum'/></MiningSchema>"        \
    "<RegressionTable targetCategory='yes' intercept='0.5'>"                                    \
    "<NumericPredictor name='sum' coefficient='2'/></RegressionTable>"                          \
    "<RegressionTable targetCategory='no' intercept='0'/></RegressionModel>"

static const Document documents[] = {
    {"default child",
     HEAD "%s<TreeModel functionName='regression' missingValueStrategy='defaultChild'>" SCHEMA("y")
         TREE_DEFAULT "</TreeModel></PMML>",
     "",
     1,
     TRUE},
    {"last prediction",
     HEAD "%s<TreeModel functionName='regression' missingValueStrategy='lastPrediction' "
          "noTrueChildStrategy='returnLastPrediction'>" SCHEMA("y") TREE_LAST "</TreeModel></PMML>",
     "",
     1,
     FALSE},
    {"sum",
     MINING("regression",
            "y",
            "sum",
            SEGMENT("1", MODEL("lastPrediction", TREE_LAST))
                SEGMENT("1", MODEL("none", TREE_COMPOUND))),
     "<Targets><Target field='y' rescaleFactor='2' rescaleConstant='3'/></Targets>",
     2,
     FALSE},
    {"weighted average",
     MINING("regression",
            "y",
            "weightedAverage",
            SEGMENT("1", MODEL("none", TREE_LAST)) SEGMENT("3", MODEL("none", TREE_COMPOUND))),
     "",
     2,
     FALSE},
    {"votes",
     MINING("classification",
            "c",
            "majorityVote",
            SEGMENT("1", CLASSES("lastPrediction", TREE_SHARES))
                SEGMENT("1", CLASSES("lastPrediction", TREE_VOTE))
                    SEGMENT("1", CLASSES("lastPrediction", TREE_SHARES))),
     "",
     3,
     TRUE},
    {"mean shares",
     MINING("classification",
            "c",
            "average",
            SEGMENT("1", CLASSES("lastPrediction", TREE_SHARES))
                SEGMENT("1", CLASSES("lastPrediction", TREE_VOTE))),
     "<Output><OutputField name='p no' feature='probability' value='no'/>"
     "<OutputField name='p yes' feature='probability' value='yes'/></Output>",
     2,
     TRUE},
    {"chain",
     MINING("classification", "c", "modelChain", SEGMENT("1", SUM_OF_TWO) SEGMENT("1", LOGIT)),
     "<Output><OutputField name='p no' feature='probability' value='no'/>"
     "<OutputField name='p yes' feature='probability' value='yes'/></Output>",
     2,
     FALSE},
};

static ErrataModel *
load(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("test.pmml");

    errata_model_parts_add(parts, "test.pmml", bytes, strlen(text));
    return errata_plugin_pmml.models[0]->load(parts, error);
}

/* a row of x, n and s */
typedef struct {
    double number[2];
    const char *text;
} Row;

static Row
make_row(guint64 seed)
{
    static const char *const words[] = {"a", "b", "c", "d", NULL};
    static const double xs[] = {0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.5};
    ErrataRng rng = errata_rng_init(seed, 3, 0);
    Row row;

    row.number[0] = errata_rng_below(&rng, 8) == 0 ? (double)NAN : xs[errata_rng_below(&rng, 7)];
    row.number[1] = errata_rng_below(&rng, 5) == 0 ? (double)NAN
                                                   : (double)errata_rng_below(&rng, 8);
    row.text = words[errata_rng_below(&rng, 5)];
    return row;
}

static ErrataModelRows
block(const ErrataModel *model, const Row *row, const double **number, const char *const **text)
{
    for (guint i = 0; i < model->inputs->len; i++) {
        const char *name = errata_model_input(model, i)->name;

        number[i] = g_str_equal(name, "s") ? NULL : &row->number[g_str_equal(name, "n") ? 1 : 0];
        text[i] = g_str_equal(name, "s") ? &row->text : NULL;
    }
    return (ErrataModelRows){.n_rows = 1, .number = number, .text = text};
}

/* what the document says: a number, or the probability of “yes” */
static double
document_value(const ErrataModel *model, const Row *row)
{
    const double *number[3];
    const char *const *text[3];
    ErrataModelRows rows = block(model, row, number, text);
    double cells[8];
    const char *words[8] = {NULL};
    double *to_number[8] = {NULL};
    const char **to_text[8] = {NULL};
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    ErrataModelScores scores = {1, to_number, to_text, strings};

    for (guint o = 0; o < model->outputs->len; o++) {
        cells[o] = (double)NAN;
        if (errata_model_output(model, o)->type == ERRATA_MODEL_TEXT)
            to_text[o] = &words[o];
        else
            to_number[o] = &cells[o];
    }
    g_assert_true(model->klass->predict(model, model->body, &rows, &scores, NULL));
    for (guint o = 0; o < model->outputs->len; o++)
        if (g_str_equal(errata_model_output(model, o)->name, "p yes"))
            return cells[o];
    return model->classes == NULL ? cells[0] : g_str_equal(words[0], "yes") ? 1.0 : 0.0;
}

static gboolean
tree_cells(const ErrataModel *model, const Row *row, double *cell)
{
    const double *number[3];
    const char *const *text[3];
    ErrataModelRows rows = block(model, row, number, text);
    double *to[3] = {&cell[0], &cell[1], &cell[2]};
    guint8 defined = 0;

    g_assert_true(model->klass->features(model, model->body, &rows, to, &defined, NULL));
    return defined != 0;
}

static ErrataModel *
load_document(const Document *document)
{
    g_auto(GStrv) halves = g_strsplit(document->text, "%s", 2);
    g_autofree char *text = g_strjoinv(document->before, halves);
    g_autoptr(GError) error = NULL;
    ErrataModel *model = load(text, &error);

    g_assert_no_error(error);
    if (model->trees == NULL)
        g_error("%s: %s", document->what, model->why_not_trees);
    return model;
}

/* the margin that belongs to document_value() */
static guint
margin_group(const ErrataModel *model)
{
    return model->trees->n_groups == 1 || g_str_equal(model->classes[0], "yes") ? 0 : 1;
}

static void
test_same(void)
{
    for (guint d = 0; d < G_N_ELEMENTS(documents); d++) {
        g_autoptr(ErrataModel) model = load_document(&documents[d]);
        guint group = margin_group(model);
        guint n_defined = 0;

        g_assert_cmpuint(model->trees->n_trees, ==, documents[d].n_trees);
        if ((model->trees->cover != NULL) != documents[d].cover)
            g_error("%s: cover", documents[d].what);
        for (guint64 seed = 0; seed < 400; seed++) {
            Row row = make_row(seed);
            double cell[3], margin[2], value = document_value(model, &row);

            if (!tree_cells(model, &row, cell))
                continue;
            n_defined++;
            errata_trees_exact_margin(model->trees, cell, margin);
            errata_trees_apply_link(model->trees, margin);
            if (g_str_equal(documents[d].what, "votes"))
                g_assert_cmpint(margin[group] > 0.5, ==, value > 0.5);
            else
                g_assert_cmpfloat_with_epsilon(margin[group], value, 1e-12);
        }
        g_assert_cmpuint(n_defined, ==, 400);
    }
}

static double
log_odds(double p)
{
    return log(p) - log1p(-p);
}

/* the document's margin for rows that are partly others */
static double
game(const ErrataModel *model, const Row *row, guint known, const Row *background, guint n)
{
    double sum = 0.0;

    for (guint r = 0; r < n; r++) {
        Row mixed = background[r];
        double value;

        for (guint i = 0; i < model->inputs->len; i++) {
            const char *name = errata_model_input(model, i)->name;

            if ((known >> i & 1) == 0)
                continue;
            if (g_str_equal(name, "s"))
                mixed.text = row->text;
            else
                mixed.number[g_str_equal(name, "n") ? 1 : 0] =
                    row->number[g_str_equal(name, "n") ? 1 : 0];
        }
        value = document_value(model, &mixed);
        sum += (model->trees->link == ERRATA_LINK_LOGISTIC ? log_odds(value) : value) / n;
    }
    return sum;
}

/* against a background, by the definition, with the document itself as the game */
static void
test_shares(void)
{
    Row background[6];
    double cells[18];
    const double *columns[3] = {cells, cells + 6, cells + 12};

    for (guint d = 0; d < G_N_ELEMENTS(documents); d++) {
        g_autoptr(ErrataModel) model = load_document(&documents[d]);
        g_autoptr(ErrataTreeshapBackground) against = NULL;
        guint group = margin_group(model);

        if (g_str_equal(documents[d].what, "votes"))
            continue; /* the document says who wins, not by how much */
        for (guint r = 0; r < 6; r++) {
            double cell[3];

            background[r] = make_row(1000 + r);
            g_assert_true(tree_cells(model, &background[r], cell));
            for (guint f = 0; f < 3; f++)
                cells[f * 6 + r] = cell[f];
        }
        against = errata_treeshap_background_new(model->trees, columns, 6, NULL);
        for (guint64 seed = 0; seed < 40; seed++) {
            Row row = make_row(2000 + seed);
            double cell[3], phi[8], value[8];
            const double *number[3] = {&cell[0], &cell[1], &cell[2]};

            g_assert_true(tree_cells(model, &row, cell));
            g_assert_true(errata_treeshap_background_rows(against, number, 1, phi, NULL));
            for (guint known = 0; known < 8; known++)
                value[known] = game(model, &row, known, background, 6);
            for (guint f = 0; f < 3; f++) {
                guint a = 1U << (f + 1) % 3, b = 1U << (f + 2) % 3, own = 1U << f;
                double share = (value[own] - value[0]) / 3.0 +
                               (value[own | a] - value[a] + value[own | b] - value[b]) / 6.0 +
                               (value[7] - value[a | b]) / 3.0;

                g_assert_cmpfloat_with_epsilon(phi[group * 4 + f], share, 1e-9);
            }
            g_assert_cmpfloat_with_epsilon(phi[group * 4 + 3], value[0], 1e-9);
        }
    }
}

/* by the rows that its nodes count: s = "b", x = 2, n missing in the first document */
static void
test_by_counts(void)
{
    g_autoptr(ErrataModel) model = load_document(&documents[0]);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataTreeshap) shap = errata_treeshap_new(model->trees, &error);
    Row row = {{2.0, (double)NAN}, "b"};
    double cell[3], phi[4];
    const double *number[3] = {&cell[0], &cell[1], &cell[2]};
    /* means of the three branches: 1; (4 × −3 + 5 × 5) / 9; (4 × 7.5 + 2 × 9) / 6 */
    double b = 13.0 / 9.0, d = 8.0;
    double nothing = (5.0 * 1.0 + 9.0 * b + 6.0 * d) / 20.0;
    double only_x = (5.0 * 1.0 + 9.0 * 5.0 + 6.0 * d) / 20.0;
    double only_n = (5.0 * 1.0 + 9.0 * b + 6.0 * 7.5) / 20.0;
    double x_and_n = (5.0 * 1.0 + 9.0 * 5.0 + 6.0 * 7.5) / 20.0;

    g_assert_no_error(error);
    g_assert_true(tree_cells(model, &row, cell));
    errata_treeshap_rows(shap, number, 1, phi);
    g_assert_cmpstr(errata_model_input(model, 0)->name, ==, "x");
    g_assert_cmpfloat_with_epsilon(phi[3], nothing, 1e-12);
    g_assert_cmpfloat_with_epsilon(phi[0],
                                   (only_x - nothing) / 3.0 + (x_and_n - only_n) / 6.0 +
                                       (5.0 - b) / 6.0 + (5.0 - b) / 3.0,
                                   1e-12);
    g_assert_cmpfloat_with_epsilon(phi[1],
                                   (only_n - nothing) / 3.0 + (x_and_n - only_x) / 6.0,
                                   1e-12);
    g_assert_cmpfloat_with_epsilon(phi[0] + phi[1] + phi[2] + phi[3], 5.0, 1e-12);
}

/* a class that the chain's margin is of comes last, as labels and probabilities count it */
static void
test_classes(void)
{
    g_autoptr(ErrataModel) model = load_document(&documents[6]);

    g_assert_cmpint(model->trees->link, ==, ERRATA_LINK_LOGISTIC);
    g_assert_cmpstr(model->classes[0], ==, "no");
    g_assert_cmpstr(model->classes[1], ==, "yes");
    g_assert_cmpfloat_with_epsilon(model->trees->base[0], 0.5 + 2.0 * -1.5, 1e-12);
}

/* rows without a value that the tree needs have no result, there or here */
static void
test_undefined(void)
{
    static const Document document = {
        "nothing",
        HEAD "%s<TreeModel functionName='regression' missingValueStrategy='nullPrediction'>" SCHEMA(
            "y") "<Node><True/><Node score='1' recordCount='2'>" P("n",
                                                                   "lessThan",
                                                                   "3") "</Node>"
                                                                        "<Node score='2' recordCount='2'>" P(
                                                                            "n",
                                                                            "greaterOrEqual",
                                                                            "3") "</Node></Node>"
                                                                                 "</TreeModel></PMML>",
        "",
        1,
        TRUE};
    g_autoptr(ErrataModel) model = load_document(&document);
    double cell[3];
    Row whole = {{1.0, 2.0}, "a"}, holed = {{1.0, (double)NAN}, "a"};

    g_assert_true(tree_cells(model, &whole, cell));
    g_assert_cmpfloat_with_epsilon(document_value(model, &whole), 1.0, 1e-12);
    g_assert_false(tree_cells(model, &holed, cell));
    g_assert_true(isnan(document_value(model, &holed)));
}

typedef struct {
    const char *text;
    const char *why; /* part of it */
} Refused;

static void
test_not_sums(void)
{
    static const Refused refused[] = {
        {MINING("regression", "y", "max", SEGMENT("1", MODEL("none", TREE_LAST))), "not added up"},
        {MINING("regression",
                "y",
                "sum",
                "<Segment>" P("n", "lessThan", "3") MODEL("none", TREE_LAST) "</Segment>"),
         "depends on the row"},
        {HEAD
         "<TreeModel functionName='regression' noTrueChildStrategy='returnLastPrediction'>" SCHEMA(
             "y") "<Targets><Target field='y' min='0'/></Targets>" TREE_LAST "</TreeModel></PMML>",
         "clamps"},
        {HEAD "<TransformationDictionary><DerivedField name='d' optype='continuous' "
              "dataType='double'><Apply function='-'><FieldRef field='x'/><FieldRef field='n'/>"
              "</Apply></DerivedField></TransformationDictionary>"
              "<TreeModel functionName='regression'>" SCHEMA("y") "<Node><True/><Node score='1'>" P(
                  "d",
                  "lessThan",
                  "3") "</Node>"
                       "<Node score='2'>" P("d", "greaterOrEqual", "3") "</Node></Node>"
                                                                        "</TreeModel></PMML>",
         "one input alone"},
        {HEAD "<TreeModel functionName='regression' missingValueStrategy='aggregateNodes'>" SCHEMA(
             "y") "<Node><True/><Node score='1' recordCount='1'>" P("n",
                                                                    "lessThan",
                                                                    "3") "</Node>"
                                                                         "<Node score='2' recordCount='1'>" P(
                                                                             "n",
                                                                             "greaterOrEqual",
                                                                             "3") "</Node></Node></TreeModel></PMML>",
         "several of its branches"},
        {HEAD "<TreeModel functionName='regression'>" SCHEMA("y") "<Node><True/><Node score='1'>" P(
             "n",
             "lessThan",
             "3") "</Node>"
                  "<Node score='2'>" P("n", "greaterThan", "3") "</Node></Node></TreeModel></PMML>",
         "none of whose children"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_auto(GStrv) halves = g_strsplit(refused[i].text, "%s", 2);
        g_autofree char *text = g_strjoinv("", halves);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(text, &error);

        g_assert_no_error(error);
        g_assert_nonnull(model->klass);
        g_assert_null(model->trees);
        if (strstr(model->why_not_trees, refused[i].why) == NULL)
            g_error("%s", model->why_not_trees);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pmml-trees/same", test_same);
    g_test_add_func("/pmml-trees/shares", test_shares);
    g_test_add_func("/pmml-trees/by-counts", test_by_counts);
    g_test_add_func("/pmml-trees/classes", test_classes);
    g_test_add_func("/pmml-trees/undefined", test_undefined);
    g_test_add_func("/pmml-trees/not-sums", test_not_sums);
    return g_test_run();
}
