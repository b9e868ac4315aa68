/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Features of texts that a language model sees: it names attributes and gives a sample of texts
 * their values; a linear classifier on hashed words learns each, and where it gives texts that it
 * was not taught on the model's value often enough, its judgement of every row becomes a column
 * "COLUMN: name". The sample is of the half that is searched, so that nothing a search confirms was
 * looked at here; the features are functions of the text alone. Cost besides the requests: 0.1 s of
 * learning, then a few microseconds a text. */
#include "text-features.h"

#include <math.h>
#include <string.h>

#include "interpret/role.h"
#include "parallel.h"
#include "rng.h"
#include "text-features-private.h"

#define FEATURES_STAGE    0x74666574 /* of random numbers */
#define FEATURES_ROWS     40000      /* right ones that are looked at */
#define FEATURES_LEAST    30         /* texts of either kind, for asking at all */
#define FEATURES_TAUGHT   60         /* texts with a value, for a feature */
#define FEATURES_OF_VALUE 8          /* texts of each value */
#define FEATURES_COLUMNS  4          /* columns of texts that are looked at */
#define FEATURES_FIDELITY 0.8
#define FEATURES_GRAIN    1024

typedef struct {
    guint8 wrong;
    gint32 class;
    guint32 place; /* among those of its kind and class */
    guint64 key;
    guint32 row;
} FeaturesRow;

static gint
features_by_key_cb(gconstpointer a, gconstpointer b)
{
    const FeaturesRow *x = a;
    const FeaturesRow *y = b;

    if (x->wrong != y->wrong)
        return y->wrong - x->wrong;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

static gint
features_by_place_cb(gconstpointer a, gconstpointer b)
{
    const FeaturesRow *x = a;
    const FeaturesRow *y = b;

    if (x->wrong != y->wrong)
        return y->wrong - x->wrong;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->class > y->class) - (x->class < y->class);
}

/* judged rows of the half that is searched: the wrong ones first, the predicted classes in turn,
 * within each in an order of chance */
static GArray *
features_candidates(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(FeaturesRow));
    guint64 every = outcome->n_rows / FEATURES_ROWS + 1;
    guint32 place = 0;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        ErrataRng rng = errata_rng_init(analysis->settings->seed, FEATURES_STAGE, row);
        FeaturesRow made = {outcome->error[row] != 0,
                            outcome->predicted != NULL ? outcome->predicted[row] : 0,
                            0,
                            errata_rng_next(&rng),
                            (guint32)row};

        if (outcome->half[row] == 0 && outcome->judged[row] != 0 && outcome->duplicate[row] == 0 &&
            (made.wrong != 0 || made.key % every == 0))
            g_array_append_val(rows, made);
    }
    g_array_sort(rows, features_by_key_cb);
    for (guint i = 0; i < rows->len; i++) {
        FeaturesRow *self = &g_array_index(rows, FeaturesRow, i);
        const FeaturesRow *last = i > 0 ? self - 1 : self;

        place = last->wrong == self->wrong && last->class == self->class ? place + 1 : 0;
        self->place = place;
    }
    g_array_sort(rows, features_by_place_cb);
    return rows;
}

/* as many wrong rows as right ones, no text twice; FALSE: too few */
static gboolean
features_sample(ErrataTextSample *self)
{
    g_autoptr(GArray) rows = features_candidates(self->analysis);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint n_of[2] = {0, 0};

    for (guint i = 0; i < rows->len; i++) {
        const FeaturesRow *row = &g_array_index(rows, FeaturesRow, i);
        gsize length;
        const char *text = n_of[row->wrong] < ERRATA_FEATURES_TEXTS / 2
                               ? errata_column_text(self->text, row->row, &length)
                               : NULL;

        if (text == NULL || length == 0 || !g_hash_table_add(seen, g_strndup(text, length)))
            continue;
        n_of[row->wrong]++;
        self->row[self->n] = row->row;
        self->wrong[self->n++] = row->wrong;
    }
    self->n_wrong = n_of[1];
    return n_of[0] >= FEATURES_LEAST && n_of[1] >= FEATURES_LEAST;
}

/* ---- a feature becomes a column ---- */

typedef struct {
    const ErrataColumn *text;
    const ErrataTextLinear *model;
    ErrataColumn *column;
} FeaturesApply;

static void
features_apply_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    FeaturesApply *work = data;

    for (gsize row = begin; row < end; row++) {
        gsize length;
        const char *text = errata_column_text(work->text, row, &length);

        work->column->code[row] = text != NULL ? errata_text_linear_apply(work->model, text, length)
                                               : 0;
    }
}

static ErrataColumn *
features_column(const ErrataColumn *text,
                const char *name,
                char **values,
                const ErrataTextLinear *model)
{
    ErrataColumn *column = errata_column_new(name, ERRATA_COLUMN_CATEGORY, text->n_rows);
    FeaturesApply work = {text, model, column};

    column->n_missing = text->n_missing;
    if (text->valid != NULL)
        column->valid = g_memdup2(text->valid, (text->n_rows + 63) / 64 * sizeof(guint64));
    column->n_dictionary = g_strv_length(values);
    column->dictionary = g_new0(char *, (gsize)column->n_dictionary + 1);
    for (guint i = 0; i < column->n_dictionary; i++)
        column->dictionary[i] = g_strdup(values[i]);
    errata_parallel_for(text->n_rows, FEATURES_GRAIN, features_apply_cb, &work);
    return column;
}

/* the texts to learn a feature from; values of too few texts are left out of it */
typedef struct {
    guint n;
    guint n_values;
    ErrataGramsText text[ERRATA_FEATURES_TEXTS];
    guint8 value[ERRATA_FEATURES_TEXTS];
    char *name[ERRATA_TEXT_LINEAR_VALUES + 1]; /* borrowed */
} FeaturesTaught;

static void
features_teach(const ErrataTextSample *sample,
               const ErrataTextFeature *feature,
               FeaturesTaught *taught)
{
    guint count[ERRATA_TEXT_LINEAR_VALUES] = {0};
    guint8 place[ERRATA_TEXT_LINEAR_VALUES] = {0};

    for (guint i = 0; i < sample->n; i++)
        if (feature->value[i] != ERRATA_FEATURES_UNSURE)
            count[feature->value[i]]++;
    for (guint v = 0; feature->values[v] != NULL; v++)
        if (count[v] >= FEATURES_OF_VALUE) {
            place[v] = (guint8)taught->n_values;
            taught->name[taught->n_values++] = feature->values[v];
        }
    for (guint i = 0; i < sample->n; i++) {
        guint8 value = feature->value[i];
        ErrataGramsText *text = &taught->text[taught->n];

        if (value == ERRATA_FEATURES_UNSURE || count[value] < FEATURES_OF_VALUE)
            continue;
        text->text = errata_column_text(sample->text, sample->row[i], &text->length);
        taught->value[taught->n++] = place[value];
    }
}

/* what became of a feature, told like any proposal; @fidelity: NaN where there were too few
 * texts */
static void
features_tell(const ErrataTextSample *sample,
              const ErrataTextFeature *feature,
              const FeaturesTaught *taught,
              double fidelity)
{
    g_autofree char *values = g_strjoinv(", ", feature->values);
    g_autofree char *text = g_strdup_printf("the texts in column %s differ in “%s”: %s.",
                                            sample->text->name,
                                            feature->name,
                                            values);
    ErrataProposal *proposal = errata_proposal_new("text-feature", NULL, text);

    proposal->n = taught->n;
    proposal->holds = fidelity >= FEATURES_FIDELITY;
    proposal->check =
        isnan(fidelity)
            ? g_strdup_printf("Not used: of %u texts it gave too few a value, or too few another "
                              "one.",
                              sample->n)
            : g_strdup_printf("It gave %u texts a value; a linear classifier of words, taught on "
                              "four fifths of them at a time, gave %.0f %% of the rest the same "
                              "(each value counted alike; %.0f %% are needed). %s%s%s%s.",
                              taught->n,
                              floor(100.0 * fidelity),
                              100.0 * FEATURES_FIDELITY,
                              proposal->holds ? "All rows are judged by that classifier: column "
                                              : "Not used",
                              proposal->holds ? sample->text->name : "",
                              proposal->holds ? ": " : "",
                              proposal->holds ? feature->name : "");
    g_ptr_array_add(sample->analysis->result->proposals, proposal);
}

typedef struct {
    const ErrataTextSample *sample;
    const ErrataColumn *reference_text; /* nullable */
    ErrataSchema *schema;
    ErrataSchema *reference_schema;
    GPtrArray *columns;
    GPtrArray *reference_columns;
} Features;

static void
features_distil(Features *self, const ErrataTextFeature *feature)
{
    const ErrataTextSample *sample = self->sample;
    FeaturesTaught taught = {0};
    g_autoptr(ErrataTextLinear) model = NULL;
    g_autofree char *name = g_strdup_printf("%s: %s", sample->text->name, feature->name);
    g_autofree char *reason = NULL;
    double fidelity = (double)NAN;

    features_teach(sample, feature, &taught);
    if (taught.n >= FEATURES_TAUGHT && taught.n_values >= 2)
        fidelity = errata_text_linear_fidelity(taught.text,
                                               taught.value,
                                               taught.n,
                                               taught.n_values,
                                               sample->analysis->settings->seed);
    features_tell(sample, feature, &taught, fidelity);
    if (!(fidelity >= FEATURES_FIDELITY))
        return;
    model = errata_text_linear_train(taught.text, taught.value, taught.n, taught.n_values);
    reason = g_strdup_printf("derived from %s: as a language model sees it, by a classifier that "
                             "agrees with it on %.0f %% of texts",
                             sample->text->name,
                             floor(100.0 * fidelity));
    g_ptr_array_add(self->columns, features_column(sample->text, name, taught.name, model));
    errata_schema_append(self->schema, name, sample->text->name, reason);
    if (self->reference_text == NULL)
        return;
    g_ptr_array_add(self->reference_columns,
                    features_column(self->reference_text, name, taught.name, model));
    errata_schema_append(self->reference_schema, name, sample->text->name, reason);
}

static ErrataFrame *
features_extend(const ErrataFrame *frame, GPtrArray *columns)
{
    guint n = columns->len;
    g_autofree gpointer *taken = g_ptr_array_free(columns, FALSE);

    return errata_frame_extend(frame, (ErrataColumn **)taken, n);
}

/* the next column of texts that the log itself has, from @from on */
static gboolean
features_find_text(ErrataTextSample *self, guint from)
{
    const ErrataAnalysis *analysis = self->analysis;

    for (guint i = from; i < analysis->frame->n_columns; i++) {
        const ErrataColumn *column = analysis->frame->columns[i];

        if (analysis->schema->columns[i].role != ERRATA_ROLE_TEXT ||
            !errata_schema_is_logged(analysis->schema, i) ||
            (column->type != ERRATA_COLUMN_TEXT && column->type != ERRATA_COLUMN_CATEGORY))
            continue;
        *self = (ErrataTextSample){.analysis = analysis, .text = column, .column = i};
        return TRUE;
    }
    return FALSE;
}

static const ErrataColumn *
features_reference_text(const ErrataTextSample *sample)
{
    const ErrataColumn *column =
        sample->analysis->reference != NULL
            ? errata_frame_find(sample->analysis->reference, sample->text->name, NULL)
            : NULL;

    return column != NULL &&
                   (column->type == ERRATA_COLUMN_TEXT || column->type == ERRATA_COLUMN_CATEGORY)
               ? column
               : NULL;
}

/* asks for the features of one column, and teaches them */
static void
features_take(Features *self, ErrataTextSample *sample, ErrataLlm *llm)
{
    g_autoptr(GPtrArray) named = NULL;
    guint before = self->columns->len;

    if (!features_sample(sample))
        return;
    named = errata_text_features_ask(sample, llm);
    self->sample = sample;
    self->reference_text = features_reference_text(sample);
    for (guint i = 0; i < named->len; i++)
        features_distil(self, g_ptr_array_index(named, i));
    if (self->columns->len == before)
        return;
    errata_case_method(sample->analysis->result,
                       "Text features: a language model named attributes of %u texts of %s, half "
                       "of them judged wrongly, all of the half of the rows that is searched; it "
                       "gave each its values without being told which are wrong. A linear "
                       "classifier on hashed words and pairs of words learnt them. %u column%s "
                       "where it agrees with the model on at least %.0f %% of texts it was not "
                       "taught on.",
                       sample->n,
                       sample->text->name,
                       self->columns->len - before,
                       self->columns->len - before == 1 ? " is kept," : "s are kept,",
                       100.0 * FEATURES_FIDELITY);
}

/**
 * errata_text_features_new:
 * @analysis: with frames, schema, outcome and settings; nothing has been searched yet
 * @schema: of the log; gets a line per feature
 * @reference_schema: (nullable): of the reference, likewise
 * @llm: the door to a language model; it must be one that texts may go to
 *
 * Returns: (transfer full) (nullable): the frames with the features as columns; %NULL where there
 * are
 *   none, and then nothing was changed but the case's proposals
 */
ErrataTextFeatures *
errata_text_features_new(const ErrataAnalysis *analysis,
                         ErrataSchema *schema,
                         ErrataSchema *reference_schema,
                         ErrataLlm *llm)
{
    ErrataTextSample sample = {.analysis = analysis};
    Features self = {.schema = schema, .reference_schema = reference_schema};
    ErrataTextFeatures *made;
    guint from = 0;

    if (!llm->sends_rows || !errata_role_speaks(llm) || analysis->outcome->n_errors == 0 ||
        analysis->outcome->error == NULL)
        return NULL;
    self.columns = g_ptr_array_new();
    self.reference_columns = g_ptr_array_new();
    for (guint i = 0; i < FEATURES_COLUMNS && features_find_text(&sample, from); i++) {
        from = sample.column + 1;
        features_take(&self, &sample, llm);
    }
    if (self.columns->len == 0) {
        g_ptr_array_unref(self.columns);
        g_ptr_array_unref(self.reference_columns);
        return NULL;
    }
    made = g_new0(ErrataTextFeatures, 1);
    made->frame = features_extend(analysis->frame, self.columns);
    if (analysis->reference != NULL)
        made->reference = features_extend(analysis->reference, self.reference_columns);
    else
        g_ptr_array_unref(self.reference_columns);
    return made;
}

void
errata_text_features_free(ErrataTextFeatures *self)
{
    if (self == NULL)
        return;
    errata_frame_unref(self->frame);
    errata_frame_unref(self->reference);
    g_free(self);
}
