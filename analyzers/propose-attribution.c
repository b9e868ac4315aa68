/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attribution read with the data dictionary: a language model says which of the model's drivers are
 * implausible, stand for something else or give the answer away. What can be measured is
 * (association of two columns, how well one tells the label alone); what the measurement
 * contradicts is not shown. */
#include <math.h>
#include <string.h>

#include "interpret/grounding.h"
#include "interpret/role.h"
#include "json-reader.h"
#include "leakage.h"
#include "propose-private.h"
#include "tests.h"

#define ATTRIBUTION_FEATURES 20
#define ATTRIBUTION_MAX      6   /* readings */
#define ATTRIBUTION_PROXY    0.5 /* Cramér's V from which one column stands for another */
#define ATTRIBUTION_NO_PROXY 0.1
#define ATTRIBUTION_LEAK     0.9 /* AUC or R² of a column alone */
#define ATTRIBUTION_NO_LEAK  0.6
#define ATTRIBUTION_P        0.001

typedef struct {
    ErrataAnalysis *analysis;
    GPtrArray *features; /* (element-type utf8): that may be read */
    GPtrArray *columns;  /* (element-type utf8): that they may stand for */
    GPtrArray *made;     /* (element-type ErrataProposal) */
} Attribution;

static gboolean
attribution_lists(GPtrArray *names, const char *name)
{
    return name != NULL && g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL);
}

/* Cramér's V of two columns' codes over rows that have both; Cramér 1946 */
static double
attribution_association(const ErrataBins *bins,
                        const ErrataBinColumn *a,
                        const ErrataBinColumn *b,
                        double *ret_p,
                        guint64 *ret_n)
{
    guint width = b->n_codes;
    g_autofree double *count = g_new0(double, (gsize)a->n_codes *width + 1);
    double statistic = 0.0;
    double degrees = 0.0;
    double n = 0.0;
    guint less = MIN(a->n_codes, b->n_codes);

    for (gsize row = 0; row < bins->n_rows; row++)
        if (a->code[row] != ERRATA_BINS_MISSING && b->code[row] != ERRATA_BINS_MISSING) {
            count[(gsize)a->code[row] * width + b->code[row]] += 1.0;
            n += 1.0;
        }
    *ret_n = (guint64)n;
    *ret_p = errata_tests_pearson(count, a->n_codes, width, &statistic, &degrees);
    return less > 1 && n > 0.0 ? sqrt(statistic / (n * (double)(less - 1))) : (double)NAN;
}

static ErrataProposal *
attribution_proxy(const Attribution *self,
                  const ErrataBinColumn *feature,
                  const ErrataBinColumn *other,
                  GPtrArray *faults)
{
    ErrataProposal *made;
    double p = 1.0;
    guint64 n = 0;
    double v = attribution_association(self->analysis->bins, feature, other, &p, &n);

    if (!(v >= ATTRIBUTION_NO_PROXY) || !(p < ATTRIBUTION_P)) {
        errata_role_refuse(faults,
                           "check",
                           "“%s” and “%s” hardly go together",
                           feature->name,
                           other->name);
        return NULL;
    }
    made = errata_proposal_new("attribution", NULL, NULL);
    made->text = g_strdup_printf("%s may stand for %s.", feature->name, other->name);
    made->check = g_strdup_printf("How far they go together: %.2f (Cramér’s V, from 0 to 1).", v);
    made->holds = v >= ATTRIBUTION_PROXY;
    made->p = p;
    made->n = n;
    return made;
}

static ErrataProposal *
attribution_leak(const Attribution *self, const ErrataBinColumn *feature, GPtrArray *faults)
{
    const char *measure = self->analysis->outcome->task == ERRATA_TASK_REGRESSION
                              ? "R², from 0 to 1"
                              : "AUC, 0.5 is chance";
    g_autofree char *why_not = errata_analyzer_leakage.why_not(self->analysis);
    ErrataLeakageColumn *leak = why_not == NULL
                                    ? errata_leakage_measure_bin(self->analysis, feature)
                                    : NULL;
    double strength = leak != NULL ? leak->strength : (double)NAN;
    guint64 n = leak != NULL ? leak->n : 0;
    gboolean none = !(strength >= ATTRIBUTION_NO_LEAK);
    ErrataProposal *made;

    errata_leakage_column_free(leak);
    if (none) {
        errata_role_refuse(faults, "check", "“%s” alone hardly tells the answer", feature->name);
        return NULL;
    }
    made = errata_proposal_new("attribution", NULL, NULL);
    made->text = g_strdup_printf("%s may not be known yet when the model is asked.", feature->name);
    made->check =
        g_strdup_printf("How well it tells the answer alone: %.3f (%s).", strength, measure);
    made->holds = strength >= ATTRIBUTION_LEAK;
    made->n = n;
    return made;
}

static ErrataProposal *
attribution_reading(const Attribution *self, JsonObject *object, GPtrArray *faults)
{
    const char *feature = errata_json_reader_peek(object, "feature");
    const char *reading = errata_json_reader_peek(object, "reading");
    const char *of = errata_json_reader_peek(object, "of");
    const ErrataBinColumn *bin = errata_propose_bin(self->analysis, feature);
    const ErrataBinColumn *other = errata_propose_bin(self->analysis, of);
    ErrataProposal *made;

    if (object == NULL || reading == NULL || of == NULL || json_object_get_size(object) != 3) {
        errata_role_refuse(faults, "schema", "a reading has just feature, reading and of");
        return NULL;
    }
    if (!attribution_lists(self->features, feature) || bin == NULL) {
        errata_role_refuse(faults, "name", "the feature is none of those listed");
        return NULL;
    }
    if (strcmp(reading, "leakage") == 0)
        return attribution_leak(self, bin, faults);
    if (strcmp(reading, "proxy") == 0) {
        if (attribution_lists(self->columns, of) && other != NULL && other->column != bin->column)
            return attribution_proxy(self, bin, other, faults);
        errata_role_refuse(faults, "name", "“of” is none of the other columns listed");
        return NULL;
    }
    if (strcmp(reading, "implausible") != 0) {
        errata_role_refuse(faults, "schema", "the reading is none of the list");
        return NULL;
    }
    made = errata_proposal_new("attribution", NULL, NULL);
    made->text =
        g_strdup_printf("by what %s means, it should not matter as much to the model as it does.",
                        feature);
    return made;
}

static gboolean
attribution_check(const char *answer, gpointer data, GPtrArray *faults)
{
    Attribution *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    JsonArray *readings = errata_json_reader_array(object, "readings");
    guint n = errata_json_reader_length(readings);

    if (object == NULL)
        return FALSE;
    if (readings == NULL || n > ATTRIBUTION_MAX)
        return errata_role_refuse(faults,
                                  readings == NULL ? "schema" : "length",
                                  "“readings” is a list of up to %d",
                                  ATTRIBUTION_MAX);
    for (guint i = 0; i < n; i++) {
        ErrataProposal *made =
            attribution_reading(self, errata_json_reader_element(readings, i), faults);

        for (guint k = 0; made != NULL && k < self->made->len; k++)
            if (g_str_equal(((ErrataProposal *)g_ptr_array_index(self->made, k))->text,
                            made->text)) {
                errata_role_refuse(faults, "repetition", "a reading is there twice");
                g_clear_pointer(&made, errata_proposal_free);
            }
        if (made != NULL)
            g_ptr_array_add(self->made, made);
    }
    if (faults->len == 0)
        return TRUE;
    g_ptr_array_set_size(self->made, 0);
    return FALSE;
}

static const ErrataLlmRole attribution_role = {
    .name = "attribution",
    .prompt = "attribution.txt",
    .schema = "attribution.schema.json",
    .reminder = "Answer with the JSON object only; an empty list where nothing is odd.",
    .max_tokens = 400,
    .check = attribution_check,
};

/* the drivers by rank, without figures */
static GPtrArray *
attribution_features(const ErrataAnalysis *analysis, GString *facts)
{
    const ErrataShares *shares = analysis->result->shares;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    g_string_append(facts, "Features, the strongest driver of predictions first:\n");
    for (guint i = 0; i < shares->n && names->len < ATTRIBUTION_FEATURES; i++) {
        guint before = names->len;

        if (errata_propose_bin(analysis, shares->feature[i]) != NULL)
            errata_grounding_add_name(names, shares->feature[i]);
        if (names->len > before)
            g_string_append_printf(facts, "%s\n", shares->feature[i]);
    }
    return names;
}

void
errata_propose_attribution(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    g_autoptr(GString) facts = g_string_new(NULL);
    g_autoptr(GPtrArray) features = NULL;
    g_autoptr(GPtrArray) columns = NULL;
    g_autoptr(GPtrArray) made =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_proposal_free);
    Attribution self = {.analysis = analysis, .made = made};

    if (analysis->result->shares == NULL || analysis->bins == NULL ||
        analysis->result->llm->failure != NULL)
        return;
    self.features = features = attribution_features(analysis, facts);
    if (features->len == 0)
        return;
    self.columns = columns = errata_propose_columns(analysis, facts);
    if (errata_role_run(&attribution_role, facts->str, NULL, llm, analysis->result->llm, &self) ==
        ERRATA_ROLE_ACCEPTED)
        g_ptr_array_extend_and_steal(analysis->result->proposals, g_steal_pointer(&made));
}
