/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A burst of slips: for a while the values of a category come with a letter or two wrong, most in a
 * way of their own, so that none is frequent and no drift of shares says what they are. A rare
 * value that is as near as that to one known value is a slip of it where the known ones are not as
 * near to each other, nearly all rare values of the time are such, and they lie in one window.
 * Values with digits are codes, and one letter makes another code.
 *
 * Of two or three letters, as DE and FR, no slip tells what it is of, and a new value is as near to
 * a known one as a slip. That they are slips can be told where very many different ones come for a
 * while, and none before or after: more than new customers bring.
 *
 * Slips all over the log, as people who type make them, are a fault of the spelling, of no time. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "fault-window.h"
#include "words.h"

#define MISSPELT_KNOWN  100   /* values that slips may be of; more are an id */
#define MISSPELT_VALUES 20000 /* … and of all */
#define MISSPELT_LEAST  10    /* rows; half as many different slips */
#define MISSPELT_SHARE  0.01  /* of the rows that a known value has at least … */
#define MISSPELT_RARE   0.1   /* … and a slip at most, of its rows */
#define MISSPELT_MANY   1.5 /* slips to each value that they are of: fewer are another way to write */
#define MISSPELT_MOST   0.8  /* of the rare values' rows in the window, that are slips */
#define MISSPELT_LONG   0.8  /* of the rows: a longer window is how the log is typed … */
#define MISSPELT_TYPED  20   /* … where so many rows at least are slips */
#define MISSPELT_VARIED 6.0  /* … and of so many ways to each value: names and forms have fewer */
#define MISSPELT_ASIDE  0.2  /* … and one that is left out */
#define MISSPELT_WORD   4    /* letters; from two times as many two may be wrong */
#define MISSPELT_SHORT  2    /* letters, of which slips are told as such */
#define MISSPELT_CROWD  20   /* different slips of them at least … */
#define MISSPELT_TIMES  3    /* … and so many to each frequent value */
#define MISSPELT_REST   0.02 /* of the rows that come before, and after */
#define MISSPELT_LENGTH 40
#define MISSPELT_SHOWN  3

typedef struct {
    gunichar letter[MISSPELT_LENGTH];
    guint n; /* 0: no word */
} MisspeltWord;

typedef struct {
    const ErrataColumn *column;
    gsize *count;
    MisspeltWord *word;
    GArray *known; /* (element-type guint): codes */
    gboolean
        any; /* known ones may be as short as two letters, and nobody knows which of them a slip is of */
    int *
        is; /* per code: the known one that it is a slip of, −1; where @any is set, one of several */
    guint8 *rare; /* per code: a word that is neither known nor a slip */
} Misspelt;

static MisspeltWord
misspelt_word(const char *value)
{
    MisspeltWord word = {.n = 0};

    for (const char *p = value; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_unichar_tolower(g_utf8_get_char(p));

        if (g_unichar_isdigit(c) || word.n == MISSPELT_LENGTH)
            return (MisspeltWord){.n = 0};
        word.letter[word.n++] = c;
    }
    return word;
}

/* letters to put in, take out, change, or exchange with the next: the optimal string alignment */
static guint
misspelt_distance(const MisspeltWord *a, const MisspeltWord *b)
{
    guint cost[3][MISSPELT_LENGTH + 1];
    guint *before = cost[0], *last = cost[1], *now = cost[2];

    for (guint j = 0; j <= b->n; j++)
        last[j] = j;
    for (guint i = 1; i <= a->n; i++) {
        guint *spare = before;

        now[0] = i;
        for (guint j = 1; j <= b->n; j++) {
            guint differ = a->letter[i - 1] != b->letter[j - 1] ? 1 : 0;

            now[j] = MIN(MIN(last[j], now[j - 1]) + 1, last[j - 1] + differ);
            if (i > 1 && j > 1 && a->letter[i - 1] == b->letter[j - 2] &&
                a->letter[i - 2] == b->letter[j - 1])
                now[j] = MIN(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[b->n];
}

static gboolean
misspelt_is_near(const MisspeltWord *a, const MisspeltWord *known, guint least)
{
    guint most = known->n >= 2 * MISSPELT_WORD ? 2 : 1;

    return known->n >= least && a->n > 0 && a->n + most >= known->n && known->n + most >= a->n &&
           misspelt_distance(a, known) <= most;
}

/* the frequent values; FALSE where they are too many, or near each other */
static gboolean
misspelt_know(Misspelt *self)
{
    const ErrataColumn *column = self->column;

    for (guint i = 0; i < column->n_dictionary; i++)
        if ((double)self->count[i] >= MISSPELT_SHARE * (double)column->n_rows)
            g_array_append_val(self->known, i);
    if (self->known->len < 2 || self->known->len > MISSPELT_KNOWN ||
        column->n_dictionary < self->known->len + MISSPELT_LEAST / 2)
        return FALSE;
    for (guint i = 0; i < self->known->len; i++)
        for (guint k = 0; k < i; k++)
            if (misspelt_is_near(&self->word[g_array_index(self->known, guint, i)],
                                 &self->word[g_array_index(self->known, guint, k)],
                                 MISSPELT_WORD))
                return FALSE;
    return TRUE;
}

/* what each rare value is a slip of; FALSE where they are few, or each value has about one other
 * way */
static gboolean
misspelt_match(Misspelt *self)
{
    const ErrataColumn *column = self->column;
    g_autofree guint8 *touched = g_new0(guint8, column->n_dictionary + 1);
    guint n_slips = 0, n_touched = 0;

    for (guint i = 0; i < column->n_dictionary; i++) {
        guint n_near = 0;

        self->is[i] = -1;
        if (self->count[i] == 0 ||
            (double)self->count[i] >= MISSPELT_SHARE * (double)column->n_rows)
            continue;
        for (guint k = 0; k < self->known->len; k++) {
            guint known = g_array_index(self->known, guint, k);

            if ((double)self->count[i] > MISSPELT_RARE * (double)self->count[known] ||
                !misspelt_is_near(&self->word[i],
                                  &self->word[known],
                                  self->any ? MISSPELT_SHORT : MISSPELT_WORD))
                continue;
            self->is[i] = (int)known;
            n_near++;
        }
        if (n_near != 1 && !self->any)
            self->is[i] = -1;
        self->rare[i] = (guint8)(self->is[i] < 0);
        n_slips += self->is[i] >= 0 ? 1 : 0;
        if (self->is[i] >= 0 && touched[self->is[i]] == 0) {
            touched[self->is[i]] = 1;
            n_touched++;
        }
    }
    if (self->any)
        return n_slips >= MAX(MISSPELT_CROWD, MISSPELT_TIMES * self->known->len);
    return n_slips >= MISSPELT_LEAST / 2 && (double)n_slips >= MISSPELT_MANY * (double)n_touched;
}

static gboolean
misspelt_is_slip(gconstpointer data, guint32 row)
{
    const Misspelt *self = data;

    return errata_column_is_valid(self->column, row) && self->is[self->column->code[row]] >= 0;
}

/* the first slips of these places, with what they are of where that is known; the bug gets the
 * first one, and what they are undone by */
static char *
misspelt_show(const ErrataDataBugs *bugs,
              ErrataDataBug *bug,
              const Misspelt *self,
              gsize from,
              gsize to)
{
    const ErrataColumn *column = self->column;
    const guint32 *order = bugs->analysis->outcome->order;
    GString *shown = g_string_new(NULL);
    guint n_shown = 0;

    for (gsize i = from; i < to && n_shown < MISSPELT_SHOWN; i++) {
        guint code = column->code[order[i]];

        if (!misspelt_is_slip(self, order[i]))
            continue;
        bug->value = bug->value != NULL ? bug->value : g_strdup(column->dictionary[code]);
        g_string_append_printf(shown,
                               self->any ? "%s“%s”" : "%s“%s” for “%s”",
                               n_shown++ > 0 ? ", " : "",
                               column->dictionary[code],
                               column->dictionary[self->is[code]]);
    }
    for (guint i = 0; i < column->n_dictionary && !self->any; i++)
        if (self->count[i] > 0 && self->is[i] >= 0)
            errata_data_bugs_undo(bug, column->dictionary[i], column->dictionary[self->is[i]]);
    return g_string_free(shown, FALSE);
}

static void
misspelt_add(ErrataDataBugs *bugs, guint index, const Misspelt *self, gsize from, gsize to)
{
    const ErrataColumn *column = self->column;
    ErrataDataBug *bug = errata_data_bugs_add(bugs, "encoding-change", (int)index);
    g_autofree char *when = errata_data_bugs_when(bugs, from, to);
    g_autofree char *shown = misspelt_show(bugs, bug, self, from, to);
    g_autofree char *count = NULL;
    double width = (double)(to - from) / (double)column->n_rows;

    errata_data_bugs_window(bugs, bug, from, to, misspelt_is_slip, self);
    bug->before = 0.0;
    bug->after = (double)bug->n_rows / (double)(to - from);
    bug->p = MIN((double)column->n_rows * exp((double)(bug->n_rows - 1) * log(width)), 1.0);
    bug->test = "all misspelt values in one window";
    bug->small = bug->n_rows < MIN(errata_data_bugs_enough(column->n_rows), 20);
    bug->set_aside = width < MISSPELT_ASIDE;
    count = errata_words_counted(bug->n_rows, "row", "rows");
    bug->title = g_strdup_printf(self->any
                                     ? "%s is misspelt in %s %s, as %s: too short to tell what for"
                                     : "%s is misspelt in %s %s: %s",
                                 column->name,
                                 count,
                                 when,
                                 shown);
    bug->action = g_strdup_printf(
        self->any ? "Find out who or what writes %s then, take the values from where "
                    "they are known and score the rows again"
                  : "Find out who or what writes %s then, map the slips to the "
                    "values they are of and score the rows again",
        column->name);
}

static void
misspelt_add_typed(ErrataDataBugs *bugs, guint index, const Misspelt *self)
{
    const ErrataColumn *column = self->column;
    ErrataDataBug *bug = errata_data_bugs_add(bugs, "spelling", (int)index);
    g_autofree char *shown = misspelt_show(bugs, bug, self, 0, column->n_rows);
    g_autofree char *count = NULL;

    for (guint32 row = 0; row < column->n_rows; row++)
        if (misspelt_is_slip(self, row))
            g_array_append_val(bug->row, row);
    bug->n_rows = bug->row->len;
    bug->p = 0.0;
    bug->unsure = TRUE; /* of each single value, that it is a slip */
    bug->small = bug->n_rows < errata_data_bugs_enough(column->n_rows);
    count = errata_words_counted(bug->n_rows, "row", "rows");
    bug->title =
        g_strdup_printf("%s is misspelt in %s all over the log: %s", column->name, count, shown);
    bug->action = g_strdup_printf("Have %s chosen from a list where it is typed, and map the slips "
                                  "to the values they are of",
                                  column->name);
}

/* whether some frequent value is too short to tell what a slip of it is of */
static gboolean
misspelt_is_short(const Misspelt *self)
{
    for (guint i = 0; i < self->known->len; i++) {
        guint n = self->word[g_array_index(self->known, guint, i)].n;

        if (n >= MISSPELT_SHORT && n < MISSPELT_WORD)
            return TRUE;
    }
    return FALSE;
}

/* whether the slips are of as many ways as typing goes wrong; other names, and the forms of a word,
 * are few to each and as near to it */
static gboolean
misspelt_is_varied(const Misspelt *self)
{
    guint n_slips = 0, n_touched = 0;

    for (guint k = 0; k < self->known->len; k++) {
        guint n = 0;

        for (guint i = 0; i < self->column->n_dictionary; i++)
            n += self->is[i] == (int)g_array_index(self->known, guint, k) ? 1 : 0;
        n_slips += n;
        n_touched += n > 0 ? 1 : 0;
    }
    return (double)n_slips >= MISSPELT_VARIED * (double)n_touched;
}

/* whether the slips lie together in time, or are many all over the log, and what is rare there is
 * nearly all slips */
static gboolean
misspelt_place(const ErrataDataBugs *bugs, const Misspelt *self, gsize *ret_from, gsize *ret_to)
{
    const ErrataColumn *column = self->column;
    const guint32 *order = bugs->analysis->outcome->order;
    g_autofree guint32 *row = g_new(guint32, column->n_rows + 1);
    gsize n = 0, n_slips = 0, n_rare = 0;

    for (gsize i = 0; i < column->n_rows; i++)
        if (misspelt_is_slip(self, (guint32)i))
            row[n++] = (guint32)i;
    if (n < (self->any ? MISSPELT_CROWD : MISSPELT_LEAST))
        return FALSE;
    if (!errata_fault_window_find(bugs->analysis->outcome, row, n, ret_from, ret_to) ||
        (double)(*ret_to - *ret_from) > MISSPELT_LONG * (double)column->n_rows) {
        *ret_from = 0;
        *ret_to = column->n_rows;
        if (self->any || n < MISSPELT_TYPED || !misspelt_is_varied(self))
            return FALSE;
    }
    if (self->any && ((double)*ret_from < MISSPELT_REST * (double)column->n_rows ||
                      (double)(column->n_rows - *ret_to) < MISSPELT_REST * (double)column->n_rows))
        return FALSE; /* new values come for good, old ones go */
    for (gsize i = *ret_from; i < *ret_to; i++) {
        n_slips += misspelt_is_slip(self, order[i]) ? 1 : 0;
        n_rare += errata_column_is_valid(column, order[i]) ? self->rare[column->code[order[i]]] : 0;
    }
    return (double)n_slips >= MISSPELT_MOST * (double)(n_slips + n_rare);
}

/**
 * errata_data_bugs_misspelt:
 * @self: the checks
 * @column: a column of the frame
 *
 * One bug about the misspelt values of a window, or of the whole log. Linear in the rows of
 * categories with rare values; each of those is compared with each frequent one.
 *
 * Returns: whether there are any
 */
gboolean
errata_data_bugs_misspelt(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    gsize n = (gsize)data->n_dictionary + 1, from, to;
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autofree gsize *count = NULL;
    g_autofree MisspeltWord *word = NULL;
    g_autofree int *is = NULL;
    g_autofree guint8 *rare = NULL;
    Misspelt work = {.column = data, .known = known};

    if (data->type != ERRATA_COLUMN_CATEGORY || data->n_dictionary > MISSPELT_VALUES ||
        data->n_dictionary < 2 + MISSPELT_LEAST / 2)
        return FALSE;
    self->n_tried++;
    work.count = count = g_new0(gsize, n);
    work.word = word = g_new(MisspeltWord, n);
    work.is = is = g_new(int, n);
    work.rare = rare = g_new0(guint8, n);
    for (gsize row = 0; row < data->n_rows; row++)
        if (errata_column_is_valid(data, row))
            count[data->code[row]]++;
    for (guint i = 0; i < data->n_dictionary; i++)
        word[i] = misspelt_word(data->dictionary[i]);
    if (!misspelt_know(&work))
        return FALSE;
    if (!misspelt_match(&work) || !misspelt_place(self, &work, &from, &to)) {
        work.any = misspelt_is_short(&work);
        if (!work.any || !misspelt_match(&work) || !misspelt_place(self, &work, &from, &to))
            return FALSE;
    }
    if (to - from == data->n_rows)
        misspelt_add_typed(self, column, &work);
    else
        misspelt_add(self, column, &work, from, to);
    return TRUE;
}
