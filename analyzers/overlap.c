/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One cause, one finding. Slices and clusters look for the same errors in two ways, and properties
 * of texts describe one kind of text in many: where the errors of one lie in those of another, the
 * one that says best which they are stays and names the other. Slices by columns of the log are
 * left alone: their search has seen to it that each explains what the others do not. Faults of the
 * data that only go with a group are cleared in overlap-faults.c. */
#include "overlap.h"

#include <math.h>

#include "rows.h"

#define OVERLAP_MOST  64  /* findings that are compared */
#define OVERLAP_SHARE 0.8 /* of the smaller's errors that are in the larger */
#define OVERLAP_LIFT  1.5 /* over what chance gives */
#define OVERLAP_LOOSE \
    0.8 /* of a cluster's rate of errors, that a slice must have to stand for it */
#define OVERLAP_CLUSTER \
    0.5 /* of a slice's errors, from which on a cluster of texts is the better name */
#define OVERLAP_PURE 0.9 /* of a cluster's rate of errors, that a slice must have to be as pure */
#define OVERLAP_MORE \
    1.2 /* times a cluster's quality, from which on such a slice is the better name … */
#define OVERLAP_PLAIN 1.03 /* … and where no words tell which texts the cluster's are */
#define OVERLAP_PARTS 0.9  /* of such a slice's errors, that clusters must tell to stand for it */

typedef struct {
    ErrataFinding *finding;
    ErrataRows *errors;
    double n;
    double rate;    /* of errors among its rows */
    double quality; /* rate × errors: precision × recall, but for a factor that both have */
    gboolean cluster;
    gboolean texts; /* cluster: of texts; slice: by properties of texts only */
    gboolean said;  /* cluster: words tell which texts they are; slice: a word in them does */
} OverlapSide;

/* whether a condition is on a column that the log has, not on a property of a text or a word of
 * it */
static gboolean
overlap_is_logged(const ErrataAnalysis *analysis, const ErrataPredicate *predicate)
{
    guint at = 0;

    if (predicate->op == ERRATA_OP_CONTAINS)
        return FALSE;
    return errata_frame_find(analysis->frame, predicate->column, &at) == NULL ||
           errata_schema_is_logged(analysis->schema, at);
}

static gboolean
overlap_takes(const ErrataFinding *finding)
{
    if (finding->row == NULL || finding->n_rows == 0)
        return FALSE;
    if (finding->kind == ERRATA_FINDING_CLUSTER)
        return TRUE;
    return finding->kind == ERRATA_FINDING_SLICE && finding->confirmed &&
           errata_finding_note(finding, "better") == NULL;
}

static OverlapSide
overlap_side(const ErrataAnalysis *analysis, ErrataFinding *finding)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gboolean kind = errata_finding_note(finding, "type") != NULL; /* one kind of error only */
    const ErrataEvidence *rate = errata_finding_evidence(finding, kind ? "type_in" : "rate_in");
    const GPtrArray *predicates = finding->subject.predicates;
    OverlapSide side = {.finding = finding, .cluster = finding->kind == ERRATA_FINDING_CLUSTER};

    side.errors = errata_rows_new(outcome->n_rows);
    for (gsize i = 0; i < finding->n_rows; i++) {
        guint32 row = finding->row[i];

        if (outcome->judged[row] == 0 || outcome->error[row] == 0)
            continue;
        side.errors->bits[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
        side.n += 1.0;
    }
    side.rate = rate != NULL && isfinite(rate->value) ? rate->value : 0.0;
    side.quality = side.n * side.rate;
    side.said = errata_finding_evidence(finding, "said_rate") != NULL;
    if (side.cluster)
        side.texts = g_strcmp0(errata_finding_note(finding, "of"), "texts") == 0;
    for (guint i = 0; !side.cluster && i < predicates->len; i++)
        side.said |= ((const ErrataPredicate *)g_ptr_array_index(predicates, i))->op ==
                     ERRATA_OP_CONTAINS;
    for (guint i = 0; !side.cluster && i < predicates->len; i++)
        side.texts = (i == 0 || side.texts) &&
                     !overlap_is_logged(analysis, g_ptr_array_index(predicates, i));
    return side;
}

static double
overlap_shared(const OverlapSide *a, const OverlapSide *b)
{
    gsize n = 0;

    for (gsize word = 0; word < a->errors->n_words; word++)
        n += (gsize)__builtin_popcountll(a->errors->bits[word] & b->errors->bits[word]);
    return (double)n;
}

/* whether two can be two names for one thing, and @shared errors say so */
static gboolean
overlap_is_same(const OverlapSide *a, const OverlapSide *b, double shared, double n_errors)
{
    const OverlapSide *cluster = a->cluster ? a : b, *slice = a->cluster ? b : a;

    if (!(a->cluster || b->cluster || (a->texts && b->texts)) ||
        shared < OVERLAP_SHARE * fmin(a->n, b->n))
        return FALSE;
    /* a pure cluster within a loose slice of texts is a thing of its own */
    if (cluster->cluster && cluster->texts && slice->texts && !slice->cluster &&
        shared < OVERLAP_CLUSTER * slice->n && slice->rate < OVERLAP_LOOSE * cluster->rate)
        return FALSE;
    return shared * n_errors >= OVERLAP_LIFT * a->n * b->n || shared >= 0.99 * fmin(a->n, b->n);
}

/* whether a slice by properties of texts says as surely as a cluster of them which go wrong, and of
 * more of them: it is the whole, and the cluster a part; a word says less than the words of the
 * cluster */
static gboolean
overlap_is_whole(const OverlapSide *slice, const OverlapSide *cluster)
{
    return !slice->said && slice->rate >= OVERLAP_PURE * cluster->rate &&
           slice->quality >= (cluster->said ? OVERLAP_MORE : OVERLAP_PLAIN) * cluster->quality;
}

/* whether @a says better than @b which errors they are */
static gboolean
overlap_is_better(const OverlapSide *a, const OverlapSide *b, double shared)
{
    const OverlapSide *cluster = a->cluster ? a : b, *slice = a->cluster ? b : a;

    if (a->cluster == b->cluster)
        return a->quality >= b->quality;
    if (!cluster->texts || !slice->texts) /* a condition on a column says more than a likeness */
        return a == slice;
    return (a == cluster) ==
           (shared >= OVERLAP_CLUSTER * slice->n && !overlap_is_whole(slice, cluster));
}

static void
overlap_name(OverlapSide *stays, const OverlapSide *goes, double shared)
{
    ErrataEvidence *evidence = errata_finding_add(
        stays->finding,
        errata_evidence_new("seen_as",
                            "of the errors of a group that was found as well, those told here",
                            shared / goes->n,
                            ERRATA_UNIT_SHARE,
                            (guint64)goes->n));

    evidence->text = g_strdup(goes->finding->title);
}

/* takes @goes of @sides out, which @stays tells better */
static void
overlap_drop(ErrataAnalysis *analysis, OverlapSide *sides, guint *n, guint stays, guint goes)
{
    overlap_name(&sides[stays], &sides[goes], overlap_shared(&sides[stays], &sides[goes]));
    errata_rows_free(sides[goes].errors);
    g_ptr_array_remove(analysis->result->findings, sides[goes].finding);
    sides[goes] = sides[--*n];
}

/* takes the finding of @sides that is told better by another out; FALSE where there is none */
static gboolean
overlap_merge(ErrataAnalysis *analysis, OverlapSide *sides, guint *n)
{
    double n_errors = (double)analysis->outcome->n_errors;

    for (guint i = 0; i < *n; i++)
        for (guint j = i + 1; j < *n; j++) {
            double shared = overlap_shared(&sides[i], &sides[j]);
            guint stays, goes;

            if (!(sides[i].n > 0.0) || !(sides[j].n > 0.0) ||
                !overlap_is_same(&sides[i], &sides[j], shared, n_errors))
                continue;
            stays = overlap_is_better(&sides[i], &sides[j], shared) ? i : j;
            goes = i + j - stays;
            overlap_drop(analysis, sides, n, stays, goes);
            return TRUE;
        }
    return FALSE;
}

/* whether clusters with @covered of a slice's errors, the best of them with @most, stand for it;
 * where the slice is the whole of which the best is a part, they have to tell nearly all and none
 * alone */
static gboolean
overlap_are_parts(const OverlapSide *slice, const OverlapSide *best, double covered, double most)
{
    if (!overlap_is_whole(slice, best))
        return covered >= OVERLAP_SHARE * slice->n;
    return covered >= OVERLAP_PARTS * slice->n && most < OVERLAP_SHARE * slice->n;
}

/* takes out a slice by properties of texts whose errors are those of several clusters together */
static gboolean
overlap_merge_many(ErrataAnalysis *analysis, OverlapSide *sides, guint *n)
{
    for (guint i = 0; i < *n; i++) {
        double covered = 0.0, most = 0.0;
        guint best = i;

        for (guint j = 0; !sides[i].cluster && sides[i].texts && j < *n; j++) {
            double shared = overlap_shared(&sides[i], &sides[j]);

            if (!sides[j].cluster || !sides[j].texts)
                continue;
            covered += shared; /* no error is in two clusters */
            if (shared > most) {
                most = shared;
                best = j;
            }
        }
        if (best == i || !overlap_are_parts(&sides[i], &sides[best], covered, most))
            continue;
        overlap_drop(analysis, sides, n, best, i);
        return TRUE;
    }
    return FALSE;
}

static gboolean
overlap_run(ErrataAnalysis *analysis, GError **error)
{
    const GPtrArray *findings = analysis->result->findings;
    OverlapSide sides[OVERLAP_MOST];
    guint n = 0;

    errata_overlap_faults(analysis);
    if (analysis->outcome->n_errors == 0)
        return TRUE;
    for (guint i = 0; i < findings->len && n < OVERLAP_MOST; i++)
        if (overlap_takes(g_ptr_array_index(findings, i)))
            sides[n++] = overlap_side(analysis, g_ptr_array_index(findings, i));
    /* several clusters before each: one of them would yield to a slice that all of them explain */
    while (overlap_merge_many(analysis, sides, &n) || overlap_merge(analysis, sides, &n))
        continue;
    for (guint i = 0; i < n; i++)
        errata_rows_free(sides[i].errors);
    return TRUE;
}

/* Costs n² / 64 words of a row set for n slices and clusters, at most 64. */
const ErrataAnalyzer errata_analyzer_overlap = {
    .id = "overlap",
    .run = overlap_run,
};
