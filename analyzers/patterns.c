/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings followed from report to report, as a crash reporter follows crashes. Earlier patterns
 * come with their subjects; slices and calibrated segments are matched by the rows of this log that
 * the old and the new predicates pick (Jaccard ≥ 0.6), clusters by the cosine of their keywords'
 * weights (≥ 0.6) or, where they have one in common at least or none at all, by rows too, the rest
 * by equal kind and subject; one to one, the most alike first. METHODS, appendix e3.4. */
#include "patterns.h"

#include <math.h>
#include <string.h>

#include "case-json.h"
#include "filter.h"
#include "pattern-match.h"
#include "patterns-state.h"

#define PATTERNS_MAX     300 /* earlier ones that are looked for, those seen last */
#define PATTERNS_ID_HEX  8
#define PATTERNS_ID_MORE 8   /* tries for an id that is not taken */
#define PATTERNS_GAP     0.5 /* how alike a code and blanks are: less than all else that is alike */

/* an earlier pattern or a finding of this report, as matching sees it */
typedef struct {
    ErrataFinding *finding; /* of this report; NULL for an earlier pattern */
    ErrataFinding *about;   /* what it is about; owned where it is not @finding */
    const ErrataPattern *before;
    ErrataRows *rows; /* nullable */
    char *identity;
    gboolean matched;
} PatternsSide;

/* a pair that may be one */
typedef struct {
    guint before;
    guint now;
    double alike;
} PatternsPair;

typedef struct {
    ErrataAnalysis *analysis;
    gint64 now;
    GArray *before; /* (element-type PatternsSide) */
    GArray *found;  /* (element-type PatternsSide) */
} Patterns;

/* kinds of which the predicates say which rows they are about */
static gboolean
patterns_has_rows(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE ||
           (finding->kind == ERRATA_FINDING_CLUSTER && finding->subject.groups->len == 0) ||
           ((finding->kind == ERRATA_FINDING_CALIBRATION ||
             finding->kind == ERRATA_FINDING_LABEL_ISSUE) &&
            finding->subject.predicates->len > 0);
}

/* what a cluster is known by stands with the case's clusters: a finding that has it all */
static ErrataFinding *
patterns_cluster(const ErrataCase *result, const ErrataFinding *finding)
{
    ErrataFinding *about = errata_finding_new(ERRATA_FINDING_CLUSTER, finding->title);

    for (guint i = 0; i < result->clusters->len; i++) {
        const ErrataCluster *cluster = g_ptr_array_index(result->clusters, i);

        if (g_strcmp0(cluster->id, finding->subject.cluster) != 0)
            continue;
        for (guint k = 0; cluster->keywords != NULL && cluster->keywords[k] != NULL; k++) {
            ErrataShare *share = g_new0(ErrataShare, 1);

            share->value = g_strdup(cluster->keywords[k]);
            share->rate = cluster->keyword_weights != NULL ? cluster->keyword_weights[k] : 1.0;
            g_ptr_array_add(about->subject.groups, share);
        }
        for (guint k = 0; cluster->predicates != NULL && k < cluster->predicates->len; k++) {
            const ErrataPredicate *predicate = g_ptr_array_index(cluster->predicates, k);
            ErrataPredicate *copy = errata_predicate_new(predicate->column, predicate->op);

            copy->values = g_strdupv(predicate->values);
            copy->number = predicate->number;
            copy->upper = predicate->upper;
            g_ptr_array_add(about->subject.predicates, copy);
        }
    }
    return about;
}

/* cosine of the weights of two lists of keywords */
static double
patterns_keywords(const GPtrArray *a, const GPtrArray *b)
{
    double product = 0.0;
    double square_a = 0.0;
    double square_b = 0.0;

    for (guint j = 0; j < b->len; j++) {
        const ErrataShare *y = g_ptr_array_index(b, j);

        square_b += y->rate * y->rate;
    }
    for (guint i = 0; i < a->len; i++) {
        const ErrataShare *x = g_ptr_array_index(a, i);

        square_a += x->rate * x->rate;
        for (guint j = 0; j < b->len; j++) {
            const ErrataShare *y = g_ptr_array_index(b, j);

            if (g_strcmp0(x->value, y->value) == 0)
                product += x->rate * y->rate;
        }
    }
    return square_a > 0.0 && square_b > 0.0 ? product / sqrt(square_a * square_b) : 0.0;
}

/* a number that no cell of a column with gaps holds: codes are missing in what is analysed, and a
 * log that has blanks in the place of a code has no cell of it either */
static gboolean
patterns_is_code(const ErrataPredicate *predicate, gconstpointer data)
{
    const ErrataFrame *frame = data;
    const ErrataColumn *column = errata_frame_find(frame, predicate->column, NULL);

    if (column == NULL || !errata_column_is_numeric(column) || column->n_missing == 0)
        return FALSE;
    for (gsize row = 0; row < column->n_rows; row++) {
        double value = errata_column_number(column, row);

        if (errata_column_is_valid(column, row) && !(value < predicate->number) &&
            !(value > predicate->number))
            return FALSE;
    }
    return TRUE;
}

/* (transfer full) (nullable): the rows that meet them; NULL when the log has no such column */
static ErrataRows *
patterns_rows(const ErrataAnalysis *analysis, const GPtrArray *predicates)
{
    g_autoptr(GPtrArray) gaps = NULL;
    g_autoptr(ErrataFilter) filter = NULL;

    if (predicates->len == 0)
        return NULL;
    gaps = errata_pattern_gaps(predicates, patterns_is_code, analysis->frame);
    filter = errata_filter_predicates_join(gaps);
    if (!errata_filter_bind(filter, analysis->frame, analysis->schema, NULL))
        return NULL;
    return errata_filter_evaluate(filter, analysis->frame, analysis->outcome);
}

static void
patterns_side_fill(PatternsSide *side, const ErrataAnalysis *analysis)
{
    side->identity = errata_pattern_identity(side->about);
    if (patterns_has_rows(side->about) || side->about->kind == ERRATA_FINDING_CLUSTER)
        side->rows = patterns_rows(analysis, side->about->subject.predicates);
}

static void
patterns_side_clear(gpointer data)
{
    PatternsSide *side = data;

    if (side->about != side->finding)
        errata_finding_free(side->about);
    errata_rows_free(side->rows);
    g_free(side->identity);
}

static void
patterns_gather(Patterns *self, const GPtrArray *known)
{
    GPtrArray *findings = self->analysis->result->findings;

    for (guint i = 0; i < MIN(known->len, PATTERNS_MAX); i++) {
        PatternsSide side = {.before = g_ptr_array_index(known, i)};

        side.about = errata_case_subject_from_text(side.before->kind, side.before->subject);
        if (side.about == NULL)
            continue;
        patterns_side_fill(&side, self->analysis);
        g_array_append_val(self->before, side);
    }
    for (guint i = 0; i < findings->len; i++) {
        PatternsSide side = {.finding = g_ptr_array_index(findings, i)};

        if (errata_finding_note(side.finding, "better") != NULL)
            continue; /* nothing is wrong there */
        side.about = side.finding->kind == ERRATA_FINDING_CLUSTER
                         ? patterns_cluster(self->analysis->result, side.finding)
                         : side.finding;
        patterns_side_fill(&side, self->analysis);
        g_array_append_val(self->found, side);
    }
}

/* how alike the two are, 0 when they are not the same */
static double
patterns_alike(const PatternsSide *before, const PatternsSide *now)
{
    double jaccard;

    if (strcmp(before->identity, now->identity) != 0)
        return errata_pattern_same_gap(before->about, before->before->value, now->finding)
                   ? PATTERNS_GAP
                   : 0.0;
    if (now->about->kind == ERRATA_FINDING_CLUSTER && now->about->subject.groups->len > 0) {
        double cosine = patterns_keywords(before->about->subject.groups,
                                          now->about->subject.groups);

        if (cosine >= ERRATA_PATTERN_ALIKE || !(cosine > 0.0))
            return cosine;
        /* a language has many words, and other ones tell it each time; after all that words
         * match */
        return before->rows != NULL && now->rows != NULL &&
                       errata_rows_jaccard(before->rows, now->rows) >= ERRATA_PATTERN_ALIKE
                   ? ERRATA_PATTERN_ALIKE * errata_rows_jaccard(before->rows, now->rows)
                   : 0.0;
    }
    if (!patterns_has_rows(now->about) || !patterns_has_rows(before->about))
        return patterns_has_rows(now->about) == patterns_has_rows(before->about) ? 1.0 : 0.0;
    if (before->rows == NULL || now->rows == NULL)
        return 0.0;
    jaccard = errata_rows_jaccard(before->rows, now->rows);
    return jaccard >= ERRATA_PATTERN_ALIKE ? jaccard : 0.0;
}

static int
patterns_pair_cb(gconstpointer a, gconstpointer b)
{
    const PatternsPair *x = a;
    const PatternsPair *y = b;

    if (x->alike > y->alike || x->alike < y->alike)
        return x->alike > y->alike ? -1 : 1;
    if (x->now != y->now)
        return x->now < y->now ? -1 : 1;
    return x->before < y->before ? -1 : 1;
}

static GArray *
patterns_pairs(const Patterns *self)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(PatternsPair));

    for (guint i = 0; i < self->before->len; i++)
        for (guint j = 0; j < self->found->len; j++) {
            PatternsPair pair = {i, j, 0.0};

            pair.alike = patterns_alike(&g_array_index(self->before, PatternsSide, i),
                                        &g_array_index(self->found, PatternsSide, j));
            if (pair.alike > 0.0)
                g_array_append_val(pairs, pair);
        }
    g_array_sort(pairs, patterns_pair_cb);
    return pairs;
}

static gboolean
patterns_is_taken(const Patterns *self, const char *id)
{
    const GPtrArray *patterns = self->analysis->result->patterns;

    for (guint i = 0; i < self->before->len; i++)
        if (strcmp(g_array_index(self->before, PatternsSide, i).before->id, id) == 0)
            return TRUE;
    for (guint i = 0; i < patterns->len; i++)
        if (strcmp(((const ErrataPattern *)g_ptr_array_index(patterns, i))->id, id) == 0)
            return TRUE;
    return FALSE;
}

/* from what it is about and when it was first seen, so that a run that is repeated gives the
 * same */
static char *
patterns_new_id(const Patterns *self, const char *subject)
{
    for (guint try = 0; try < PATTERNS_ID_MORE; try++) {
        g_autofree char *seed =
            g_strdup_printf("%s %" G_GINT64_FORMAT " %u", subject, self->now, try);
        g_autofree char *hex = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
        g_autofree char *id = NULL;

        hex[PATTERNS_ID_HEX] = '\0';
        id = g_strconcat("p", hex, NULL);
        if (!patterns_is_taken(self, id))
            return g_steal_pointer(&id);
    }
    return g_strdup_printf("p%u", self->analysis->result->patterns->len); /* never in practice */
}

/* @before: (nullable): what it was */
static void
patterns_add_found(Patterns *self, const PatternsSide *side, const ErrataPattern *before)
{
    ErrataFinding *finding = side->finding;
    g_autofree char *subject = errata_case_subject_to_text(side->about);
    g_autofree char *id = before != NULL ? g_strdup(before->id) : patterns_new_id(self, subject);
    ErrataPattern *pattern = errata_pattern_new(id, finding->kind, finding->title);

    pattern->severity = finding->severity;
    pattern->subject = g_steal_pointer(&subject);
    pattern->finding = g_strdup(finding->id);
    pattern->first_seen = before != NULL ? before->first_seen : self->now;
    pattern->last_seen = self->now;
    pattern->reports = before != NULL ? before->reports + 1 : 1;
    pattern->muted = before != NULL && before->muted;
    pattern->taxonomy = before != NULL ? g_strdup(before->taxonomy) : NULL;
    errata_pattern_measure(finding, pattern);
    pattern->state = before != NULL && before->reports > 0 ? errata_pattern_compare(before, pattern)
                                                           : ERRATA_PATTERN_NEW;
    finding->pattern = pattern;
    g_ptr_array_add(self->analysis->result->patterns, pattern);
}

static void
patterns_match(Patterns *self)
{
    g_autoptr(GArray) pairs = patterns_pairs(self);
    g_autofree const ErrataPattern **matched = g_new0(const ErrataPattern *, self->found->len + 1);

    for (guint i = 0; i < pairs->len; i++) {
        const PatternsPair *pair = &g_array_index(pairs, PatternsPair, i);
        PatternsSide *before = &g_array_index(self->before, PatternsSide, pair->before);

        if (before->matched || matched[pair->now] != NULL)
            continue;
        before->matched = TRUE;
        matched[pair->now] = before->before;
    }
    for (guint i = 0; i < self->found->len; i++) {
        const PatternsSide *side = &g_array_index(self->found, PatternsSide, i);

        /* one event is one pattern: what another finding tells is followed only where it was
         * before */
        if (matched[i] != NULL || errata_finding_note(side->finding, "told") == NULL)
            patterns_add_found(self, side, matched[i]);
    }
}

/* earlier ones of which this log shows that they are gone */
static void
patterns_add_fixed(Patterns *self)
{
    for (guint i = 0; i < self->before->len; i++) {
        const PatternsSide *side = &g_array_index(self->before, PatternsSide, i);
        ErrataPattern *pattern;

        if (side->matched || side->before->reports == 0 ||
            side->before->state == ERRATA_PATTERN_FIXED ||
            !errata_patterns_is_gone(self->analysis, side->before, side->about, side->rows))
            continue;
        pattern = errata_pattern_copy(side->before);
        pattern->state = ERRATA_PATTERN_FIXED;
        g_clear_pointer(&pattern->finding, g_free);
        g_ptr_array_add(self->analysis->result->patterns, pattern);
    }
}

/**
 * errata_patterns_follow:
 * @analysis: a log whose findings are ranked and numbered
 * @known: (element-type ErrataPattern): the model's patterns so far, those seen last first; one in
 *   no report before this one lends its id only: found, it is new, and it cannot be fixed
 * @now: µs since 1970 UTC: when this report is made
 *
 * Gives every finding its pattern, and says which earlier ones are fixed. Earlier ones that were
 * neither found nor shown to be fixed are not told.
 */
void
errata_patterns_follow(ErrataAnalysis *analysis, const GPtrArray *known, gint64 now)
{
    Patterns self = {.analysis = analysis, .now = now};

    self.before = g_array_new(FALSE, FALSE, sizeof(PatternsSide));
    self.found = g_array_new(FALSE, FALSE, sizeof(PatternsSide));
    g_array_set_clear_func(self.before, patterns_side_clear);
    g_array_set_clear_func(self.found, patterns_side_clear);
    analysis->result->patterns =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    patterns_gather(&self, known);
    patterns_match(&self);
    patterns_add_fixed(&self);
    g_array_unref(self.before);
    g_array_unref(self.found);
}
