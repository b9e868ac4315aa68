/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What findings have to do with one another. Two that tell the same thing become one that is told
 * and one that only points to it: a change of a column's series and the drift of that column. Those
 * that a shift of one group explains name each other: the group's calibration and its fairness.
 * Those about rows that overlap by more than chance name each other and say by how much. METHODS 2
 * and 8. */
#include "links.h"

#include <math.h>
#include <string.h>

#include "rows.h"

#define LINKS_MOST    64   /* findings about rows that are compared */
#define LINKS_SHARE   0.3  /* of the smaller's rows */
#define LINKS_LIFT    1.25 /* over what chance gives */
#define LINKS_LEAST   20   /* rows */
#define LINKS_COMMON  0.6  /* of all rows: a finding about more overlaps with everything */
#define LINKS_PER_ONE 3    /* told of one finding */
#define LINKS_CHAIN   8    /* findings that come from one another */

/* a finding with rows */
typedef struct {
    ErrataFinding *finding;
    ErrataRows *rows;
    gsize n;
} LinksSide;

/* whether a series, as "mean:age" or "share:city=Rome", is one of the column */
static gboolean
links_is_series_of(const char *series, const char *column)
{
    const char *rest = series != NULL ? strchr(series, ':') : NULL;
    gsize n = column != NULL ? strlen(column) : 0;

    if (rest == NULL || column == NULL || strncmp(rest + 1, column, n) != 0)
        return FALSE;
    return rest[1 + n] == '\0' || (rest[1 + n] == '=' && g_str_has_prefix(series, "share:"));
}

/* the drift's own ends of what a change of its column moved: evidence of one kind */
static double
links_moved(const ErrataFinding *drift, const char *from, const char *to)
{
    const ErrataEvidence *before = errata_finding_evidence(drift, from);
    const ErrataEvidence *after = errata_finding_evidence(drift, to);

    return before != NULL && after != NULL ? after->value - before->value : 0.0;
}

/* by how much the share of that value moved in the drift, 0 where another moved most */
static double
links_moved_share(const ErrataFinding *drift, const char *series)
{
    const ErrataEvidence *largest = errata_finding_evidence(drift, "largest_share");
    const char *value = series + strlen("share:") + strlen(drift->subject.column) + 1;

    return largest != NULL && g_strcmp0(largest->text, value) == 0
               ? largest->value - largest->baseline
               : 0.0;
}

/**
 * errata_links_is_opposed:
 * @drift: of a column
 * @change: of a series of it, or of something else
 *
 * Returns: whether what has drifted moved the other way in the change: then it came back, and is
 * another move
 */
gboolean
errata_links_is_opposed(const ErrataFinding *drift, const ErrataFinding *change)
{
    const char *series = change->subject.series;
    double moved;

    if (!links_is_series_of(series, drift->subject.column))
        return FALSE;
    moved = g_str_has_prefix(series, "mean:")     ? links_moved(drift, "mean_from", "mean_to")
            : g_str_has_prefix(series, "spread:") ? links_moved(drift, "sd_from", "sd_to")
            : g_str_has_prefix(series, "missing:")
                ? links_moved(drift, "missing_from", "missing_to")
                : links_moved_share(drift, series);
    return moved * (change->subject.after - change->subject.before) < 0.0;
}

static gboolean
links_is_same(const ErrataFinding *drift, const ErrataFinding *change)
{
    return drift->kind == ERRATA_FINDING_DRIFT && change->kind == ERRATA_FINDING_CHANGE_POINT &&
           links_is_series_of(change->subject.series, drift->subject.column) &&
           !errata_links_is_opposed(drift, change);
}

/* a segment "city is Rome", and the fairness of the column city */
static gboolean
links_is_group(const ErrataFinding *segment, const ErrataFinding *fairness)
{
    const GPtrArray *predicates = segment->subject.predicates;

    return segment->kind == ERRATA_FINDING_CALIBRATION &&
           fairness->kind == ERRATA_FINDING_FAIRNESS && predicates->len == 1 &&
           g_strcmp0(((const ErrataPredicate *)g_ptr_array_index(predicates, 0))->column,
                     fairness->subject.column) == 0;
}

static ErrataEvidence *
links_point(ErrataFinding *from,
            const ErrataFinding *to,
            const char *key,
            const char *what,
            double value)
{
    ErrataEvidence *evidence =
        errata_finding_add(from,
                           errata_evidence_new(key, what, value, ERRATA_UNIT_SHARE, from->n_rows));

    evidence->text = g_strdup(to->id);
    return evidence;
}

/* of a drift and the changes of its column the graver is told, the drift if they are alike, since
 * it knows what it costs; the others are for information. Before findings are numbered */
static void
links_mute(GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        for (guint j = 0; j < findings->len; j++) {
            ErrataFinding *drift = g_ptr_array_index(findings, i);
            ErrataFinding *change = g_ptr_array_index(findings, j);
            ErrataFinding *lesser = drift->severity >= change->severity ? change : drift;

            if (!links_is_same(drift, change) || lesser->severity == ERRATA_SEVERITY_INFO)
                continue;
            lesser->severity = ERRATA_SEVERITY_INFO;
            g_ptr_array_add(lesser->notes, g_strdup("muted=told by another finding"));
        }
}

static void
links_name(GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        for (guint j = 0; j < findings->len; j++) {
            ErrataFinding *a = g_ptr_array_index(findings, i);
            ErrataFinding *b = g_ptr_array_index(findings, j);
            const char *what = links_is_same(a, b)    ? "the same move, told in finding"
                               : links_is_group(a, b) ? "the same group, told in finding"
                                                      : NULL;

            if (what == NULL)
                continue;
            links_point(a, b, "same", what, (double)NAN);
            links_point(b, a, "same", what, (double)NAN);
        }
}

static gboolean
links_takes(const ErrataFinding *finding, gsize n_rows)
{
    return finding->row != NULL && finding->n_rows >= LINKS_LEAST &&
           (double)finding->n_rows <= LINKS_COMMON * (double)n_rows &&
           (finding->kind == ERRATA_FINDING_SLICE || finding->kind == ERRATA_FINDING_CLUSTER ||
            finding->kind == ERRATA_FINDING_CALIBRATION);
}

static gsize
links_shared(const ErrataRows *a, const ErrataRows *b)
{
    gsize n = 0;

    for (gsize word = 0; word < a->n_words; word++)
        n += (gsize)__builtin_popcountll(a->bits[word] & b->bits[word]);
    return n;
}

/* the others that share most of the rows of @at with it, at most three */
static void
links_overlaps(const LinksSide *sides, guint n, guint at, gsize n_rows)
{
    gboolean told[LINKS_MOST] = {FALSE};

    for (guint k = 0; k < LINKS_PER_ONE; k++) {
        double most = 0.0;
        guint best = at;

        for (guint j = 0; j < n; j++) {
            double shared, smaller, chance;

            if (j == at || told[j])
                continue;
            shared = (double)links_shared(sides[at].rows, sides[j].rows);
            smaller = (double)MIN(sides[at].n, sides[j].n);
            chance = (double)sides[at].n * (double)sides[j].n / (double)n_rows;
            if (shared >= LINKS_LEAST && shared >= LINKS_SHARE * smaller &&
                shared >= LINKS_LIFT * chance && shared > most) {
                most = shared;
                best = j;
            }
        }
        if (best == at)
            return;
        told[best] = TRUE;
        links_point(sides[at].finding,
                    sides[best].finding,
                    "overlap",
                    "share of its rows that another finding is about, too",
                    most / (double)sides[at].n)
            ->baseline = (double)sides[best].n / (double)n_rows;
    }
}

/* @from, which names a finding by its title, names it by its number */
static void
links_number_one(const GPtrArray *findings, const ErrataFinding *self, ErrataEvidence *from)
{
    for (guint j = 0; j < findings->len; j++) {
        const ErrataFinding *other = g_ptr_array_index(findings, j);

        if (other == self || g_strcmp0(other->title, from->text) != 0)
            continue;
        g_free(from->text);
        from->text = g_strdup(other->id);
        return;
    }
}

/* what was pointed to by its title before there were numbers */
static void
links_number(GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        for (guint k = 0; k < finding->evidence->len; k++) {
            ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, k);

            if (g_strcmp0(evidence->key, "comes_from") == 0 ||
                g_strcmp0(evidence->key, "comes_from_also") == 0)
                links_number_one(findings, finding, evidence);
        }
    }
}

static ErrataFinding *
links_find(const GPtrArray *findings, const char *id)
{
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (g_strcmp0(finding->id, id) == 0)
            return finding;
    }
    return NULL;
}

/* the finding that tells what @finding comes from, and all that comes from; itself where it comes
 * from nothing */
static ErrataFinding *
links_leader(const GPtrArray *findings, ErrataFinding *finding)
{
    for (guint step = 0; step < LINKS_CHAIN; step++) {
        const ErrataEvidence *source = errata_finding_evidence(finding, "comes_from");
        ErrataFinding *next = source != NULL ? links_find(findings, source->text) : NULL;

        if (next == NULL)
            break;
        finding = next;
    }
    return finding;
}

/* what tells an event names the findings that it is seen in as well */
static void
links_lead(const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        ErrataFinding *leader = links_leader(findings, finding);

        if (leader != finding)
            links_point(leader, finding, "seen_in", "the same event, told in finding", (double)NAN);
    }
}

/**
 * errata_links_add:
 * @analysis: a log whose findings are all there
 *
 * Mutes what is told twice, ranks and numbers the findings, and adds to each what links it to
 * others, as evidence `same`, `seen_in` and `overlap` whose text is the other's id. Costs n²/64
 * words of a row set for n findings about rows, at most 64.
 */
void
errata_links_add(ErrataAnalysis *analysis)
{
    ErrataCase *result = analysis->result;
    gsize n_rows = analysis->frame->n_rows;
    LinksSide sides[LINKS_MOST];
    guint n = 0;

    links_mute(result->findings);
    errata_case_finish(result);
    links_number(result->findings);
    links_name(result->findings);
    links_lead(result->findings);
    errata_links_events(analysis);
    for (guint i = 0; i < result->findings->len && n < LINKS_MOST; i++) {
        ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        if (!links_takes(finding, n_rows))
            continue;
        sides[n] = (LinksSide){finding, errata_rows_new(n_rows), finding->n_rows};
        for (gsize k = 0; k < finding->n_rows; k++)
            sides[n].rows->bits[finding->row[k] >> 6] |= G_GUINT64_CONSTANT(1)
                                                         << (finding->row[k] & 63);
        n++;
    }
    for (guint i = 0; i < n; i++)
        links_overlaps(sides, n, i, n_rows);
    for (guint i = 0; i < n; i++)
        errata_rows_free(sides[i].rows);
    errata_case_finish(result); /* numbers what was added */
}
