/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A category whose values are written anew for long, or to the end of the log. New values that
 * replace old ones may be real (a new version, another supplier); they are the old ones written
 * otherwise only where nearly all of them change at once, each can be told to be one of the old, no
 * two the same, and they are as frequent as those were. What a name does not tell, its initials or,
 * once one is told, its frequency may: of values that all end on one row, where as many others
 * begin, the k-th most frequent is the k-th again where no two of the old are as frequent as one
 * another, and each share is what it was, as two samples tell it. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"

#define RECODED_VALUES 1000 /* more are an id or a text */
#define RECODED_COUNT  5
#define RECODED_SHORT  0.05 /* of the rows: shorter windows are found as such */
#define RECODED_BEFORE 0.02 /* of the rows, before the change */
#define RECODED_FILL   0.95 /* of the rows since are written anew */
#define RECODED_PAIRS  2    /* values that are the old ones */
#define RECODED_MOVED  0.3  /* total variation of their shares */
#define RECODED_ASIDE  0.2  /* of the rows: more than these are not left out, the column is */
#define RECODED_ALIKE  3.5  /* standard errors by which a share may differ */
#define RECODED_DISTINCT \
    4.0                   /* and by which two of the old must, for a frequency to tell them apart */
#define RECODED_LETTERS 2 /* of a value that others may contain */

typedef struct {
    gsize count;
    gsize first;
    gsize last;
    gboolean is_new;
    int old; /* what a new value stands for, −1 when it cannot be told */
    char *plain;
} RecodedValue;

typedef struct {
    const ErrataColumn *column;
    const guint32 *order;
    RecodedValue *value;
    guint n_values;
    gsize from;
    gsize to;
} Recoded;

/* letters and digits only, without case and accents */
char *
errata_data_bugs_plain(const char *text)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    g_autofree char *normal = g_utf8_normalize(folded, -1, G_NORMALIZE_ALL);
    GString *plain = g_string_new(NULL);

    for (const char *at = normal; at != NULL && *at != '\0';
         at += g_utf8_skip[*(const guchar *)at]) {
        gunichar letter = g_utf8_get_char(at);

        if (g_unichar_isalnum(letter))
            g_string_append_unichar(plain, letter);
    }
    return g_string_free(plain, FALSE);
}

static void
recoded_count(Recoded *self)
{
    for (gsize i = 0; i < self->column->n_rows; i++) {
        RecodedValue *value;

        if (!errata_column_is_valid(self->column, self->order[i]))
            continue;
        value = &self->value[self->column->code[self->order[i]]];
        if (value->count++ == 0)
            value->first = i;
        value->last = i;
    }
}

/* the window of the values that begin with the most frequent late one */
static gboolean
recoded_window(Recoded *self)
{
    gsize n = self->column->n_rows;
    gsize late = (gsize)(RECODED_BEFORE * (double)n);
    const RecodedValue *top = NULL;

    for (guint i = 0; i < self->n_values; i++)
        if (self->value[i].first > late && self->value[i].count >= RECODED_COUNT &&
            (top == NULL || self->value[i].count > top->count))
            top = &self->value[i];
    if (top == NULL)
        return FALSE;
    self->from = top->first;
    self->to = top->last + 1;
    for (guint i = 0; i < self->n_values; i++)
        if (self->value[i].count > 0 && self->value[i].first + late / 2 > top->first) {
            self->value[i].is_new = TRUE;
            self->from = MIN(self->from, self->value[i].first);
            self->to = MAX(self->to, self->value[i].last + 1);
        }
    return (double)(self->to - self->from) > RECODED_SHORT * (double)n;
}

/* whether nearly all rows of the window, and hardly any other, have the new values */
static gboolean
recoded_fills(const Recoded *self)
{
    gsize n_inside = 0, n_new = 0;

    for (gsize i = self->from; i < self->to; i++)
        if (errata_column_is_valid(self->column, self->order[i])) {
            n_inside++;
            n_new += self->value[self->column->code[self->order[i]]].is_new ? 1 : 0;
        }
    return n_inside > 0 && (double)n_new >= RECODED_FILL * (double)n_inside;
}

static int
recoded_old_of(const Recoded *self, const RecodedValue *value)
{
    gsize longest = 0;
    int best = -1;

    for (guint i = 0; i < self->n_values; i++) {
        const RecodedValue *old = &self->value[i];
        gsize length = strlen(old->plain);

        if (old->is_new || old->count < RECODED_COUNT || length <= longest)
            continue;
        if (strcmp(old->plain, value->plain) == 0)
            return (int)i;
        if ((length >= RECODED_LETTERS && strstr(value->plain, old->plain) != NULL) ||
            (strlen(value->plain) >= RECODED_LETTERS && strstr(old->plain, value->plain) != NULL)) {
            longest = length;
            best = (int)i;
        }
    }
    return best;
}

/* the first letters of the words: “uk” of “United Kingdom” */
static char *
recoded_initials(const char *text)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    GString *initials = g_string_new(NULL);
    gboolean begins = TRUE;

    for (const char *at = folded; *at != '\0'; at += g_utf8_skip[*(const guchar *)at]) {
        gunichar letter = g_utf8_get_char(at);

        if (begins && g_unichar_isalnum(letter))
            g_string_append_unichar(initials, letter);
        begins = !g_unichar_isalnum(letter);
    }
    return g_string_free(initials, FALSE);
}

static int
recoded_old_by_initials(const Recoded *self, guint of, const guint8 *taken)
{
    g_autofree char *mine = recoded_initials(self->column->dictionary[of]);

    for (guint i = 0; i < self->n_values; i++) {
        g_autofree char *theirs = recoded_initials(self->column->dictionary[i]);

        if (self->value[i].is_new || taken[i] != 0 || self->value[i].count < RECODED_COUNT)
            continue;
        if ((strlen(mine) >= RECODED_LETTERS && strcmp(mine, self->value[i].plain) == 0) ||
            (strlen(theirs) >= RECODED_LETTERS && strcmp(theirs, self->value[of].plain) == 0))
            return (int)i;
    }
    return -1;
}

/* the most frequent value of that side that has no partner; −1: none */
static int
recoded_next(const Recoded *self, gboolean is_new, const guint8 *taken)
{
    int best = -1;

    for (guint i = 0; i < self->n_values; i++) {
        const RecodedValue *value = &self->value[i];

        if (value->is_new != is_new || value->count < RECODED_COUNT ||
            (is_new ? value->old >= 0 : taken[i] != 0))
            continue;
        best = best < 0 || value->count > self->value[best].count ? (int)i : best;
    }
    return best;
}

/* pairs what names do not pair by the order of frequency; all of them, or none */
static void
recoded_by_frequency(Recoded *self, guint8 *taken, double n_old, double n_new)
{
    g_autofree int *pair = g_new(int, self->n_values + 1);
    g_autofree guint8 *held = g_memdup2(taken, self->n_values + 1);
    double last = 2.0;
    guint n = 0;
    gboolean sure = TRUE;

    for (int of = recoded_next(self, TRUE, held); sure && of >= 0;
         of = recoded_next(self, TRUE, held)) {
        int old = recoded_next(self, FALSE, held);
        double now = (double)self->value[of].count / n_new;
        double then = old >= 0 ? (double)self->value[old].count / n_old : 0.0;
        double error = sqrt(now * (1.0 - now) / n_new + then * (1.0 - then) / n_old);

        sure = old >= 0 && self->value[old].last < self->from + RECODED_COUNT &&
               fabs(now - then) <= RECODED_ALIKE * error && last - then > RECODED_DISTINCT * error;
        if (!sure)
            break;
        last = then;
        pair[n++] = of;
        self->value[of].old = old;
        held[old] = 1;
    }
    for (guint i = 0; !sure && i < n; i++)
        self->value[pair[i]].old = -1;
    if (sure)
        memcpy(taken, held, self->n_values);
}

/* what each new value stands for; FALSE where two stand for one */
static gboolean
recoded_pair(Recoded *self, guint8 *taken, double n_old, double n_new)
{
    guint named = 0;

    for (guint i = 0; i < self->n_values; i++) {
        RecodedValue *value = &self->value[i];

        value->old = value->is_new ? recoded_old_of(self, value) : -1;
        if (value->old < 0)
            continue;
        if (taken[value->old] != 0)
            return FALSE;
        taken[value->old] = 1;
        named++;
    }
    for (guint i = 0; i < self->n_values; i++) {
        RecodedValue *value = &self->value[i];

        if (!value->is_new || value->old >= 0)
            continue;
        value->old = recoded_old_by_initials(self, i, taken);
        if (value->old < 0)
            continue;
        taken[value->old] = 1;
        named++;
    }
    if (self->to == self->column->n_rows && named > 0) /* none comes back */
        recoded_by_frequency(self, taken, n_old, n_new);
    return TRUE;
}

/* whether the new values are the old ones, one to one and as frequent */
static gboolean
recoded_maps(Recoded *self)
{
    g_autofree guint8 *taken = g_new0(guint8, self->n_values + 1);
    double n_old = 0.0, n_new = 0.0, moved = 0.0;
    guint n_pairs = 0;

    for (guint i = 0; i < self->n_values; i++) {
        *(self->value[i].is_new ? &n_new : &n_old) += (double)self->value[i].count;
        self->value[i].plain = errata_data_bugs_plain(self->column->dictionary[i]);
    }
    if (!recoded_pair(self, taken, n_old, n_new))
        return FALSE;
    for (guint i = 0; i < self->n_values; i++) {
        RecodedValue *value = &self->value[i];
        double share = (double)value->count / n_new;

        if (!value->is_new)
            continue;
        if (value->old < 0) {
            moved += share;
            continue;
        }
        n_pairs++;
        moved += fabs(share - (double)self->value[value->old].count / n_old);
    }
    for (guint i = 0; i < self->n_values; i++)
        if (!self->value[i].is_new && taken[i] == 0)
            moved += (double)self->value[i].count / n_old;
    return n_pairs >= RECODED_PAIRS && 0.5 * moved <= RECODED_MOVED;
}

static gboolean
recoded_is_new(gconstpointer data, guint32 row)
{
    const Recoded *self = data;

    return errata_column_is_valid(self->column, row) && self->value[self->column->code[row]].is_new;
}

static void
recoded_add(ErrataDataBugs *self, const Recoded *work, guint index)
{
    ErrataDataBug *bug = errata_data_bugs_add(self, "encoding-change", (int)index);
    const char *name = work->column->name;
    g_autofree char *when = NULL;
    guint top = 0;

    for (guint i = 0; i < work->n_values; i++)
        if (work->value[i].is_new && work->value[i].old >= 0 &&
            (!work->value[top].is_new || work->value[i].count > work->value[top].count))
            top = i;
    errata_data_bugs_window(self, bug, work->from, work->to, recoded_is_new, work);
    bug->before = 0.0;
    bug->after = (double)bug->n_rows / (double)(work->to - work->from);
    bug->value = g_strdup(work->column->dictionary[top]);
    bug->set_aside = (double)bug->n_rows < RECODED_ASIDE * (double)work->column->n_rows;
    if (!bug->set_aside)
        self->analysis->exclude[index] = 1;
    when = errata_data_bugs_when(self, bug->from, bug->to);
    bug->title = g_strdup_printf("%s is written differently %s: “%s” where “%s” was",
                                 name,
                                 when,
                                 bug->value,
                                 work->column->dictionary[work->value[top].old]);
    for (guint i = 0; i < work->n_values; i++)
        if (work->value[i].is_new && work->value[i].old >= 0)
            errata_data_bugs_undo(bug,
                                  work->column->dictionary[i],
                                  work->column->dictionary[work->value[i].old]);
    bug->action = g_strdup_printf("Map the new values of %s back and score the rows again", name);
}

/**
 * errata_data_bugs_recoded:
 *
 * Returns: whether the column is written anew for more than 5 % of the rows, or to the end
 */
gboolean
errata_data_bugs_recoded(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    Recoded work = {.column = data,
                    .order = self->analysis->outcome->order,
                    .n_values = data->n_dictionary};
    gboolean found;

    if (data->type != ERRATA_COLUMN_CATEGORY || data->n_dictionary > RECODED_VALUES ||
        data->n_dictionary < 2 * RECODED_PAIRS)
        return FALSE;
    self->n_tried++;
    work.value = g_new0(RecodedValue, data->n_dictionary + 1);
    recoded_count(&work);
    found = recoded_window(&work) && recoded_fills(&work) && recoded_maps(&work);
    if (found)
        recoded_add(self, &work, column);
    for (guint i = 0; i < work.n_values; i++)
        g_free(work.value[i].plain);
    g_free(work.value);
    return found;
}
