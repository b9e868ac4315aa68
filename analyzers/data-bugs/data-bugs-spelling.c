/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One value written in several ways, “yes”, “YES” and “yes.”: each counts as a value, or a class,
 * of its own. Values are the same when they differ in case, in white space and in marks around them
 * only. Blanks around a value are gone when a log has been read; those that come for a while only
 * are told as well. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"

#define SPELLING_MAX     200 /* more values are an id, a code or a text */
#define SPELLING_SHOWN   4
#define SPELLING_FILL    0.8  /* of a window's rows of these values have blanks around them … */
#define SPELLING_ALL     0.95 /* of the values: it is how the log is written */
#define SPELLING_LONG    0.8  /* … and it is no longer than this part of the log */
#define SPELLING_LEAST   5    /* cells with blanks */
#define SPELLING_WORD    2 /* characters: case may tell a from A, and does not tell yes from YES … */
#define SPELLING_LETTERS 3   /* … unless so many letters are of one case … */
#define SPELLING_RARE    0.1 /* … and each of the other is so much rarer than the same letter */

#define SPELLING_PAIR \
    0.2 /* as frequent as the same two letters in capitals: Aa beside AA, Gb beside GB */

static gboolean
spelling_is_letter(const char *value)
{
    return g_ascii_isalpha(value[0]) && value[1] == '\0';
}

static gsize
spelling_letter_count(const ErrataColumn *column, const gsize *count, char letter)
{
    for (guint i = 0; i < column->n_dictionary; i++)
        if (spelling_is_letter(column->dictionary[i]) && column->dictionary[i][0] == letter)
            return count[i];
    return 0;
}

/* whether single letters of the two cases are the same: where all but a few rows of A, B and C are
 * capital, a is no fourth value */
static gboolean
spelling_folds_letters(const ErrataColumn *column, const gsize *count)
{
    gsize rows[2] = {0, 0};
    guint n_usual = 0;
    guint usual;

    for (guint i = 0; i < column->n_dictionary; i++)
        if (spelling_is_letter(column->dictionary[i]))
            rows[g_ascii_isupper(column->dictionary[i][0]) ? 1 : 0] += count[i];
    usual = rows[1] >= rows[0] ? 1 : 0;
    for (guint i = 0; i < column->n_dictionary; i++) {
        char letter = column->dictionary[i][0];

        if (!spelling_is_letter(column->dictionary[i]) || count[i] == 0)
            continue;
        if ((g_ascii_isupper(letter) ? 1 : 0) == usual) {
            n_usual++;
            continue;
        }
        letter = usual != 0 ? g_ascii_toupper(letter) : g_ascii_tolower(letter);
        if ((double)count[i] > SPELLING_RARE * (double)spelling_letter_count(column, count, letter))
            return FALSE;
    }
    return n_usual >= SPELLING_LETTERS;
}

/* whether case tells values of two letters apart, as in genotypes (AA, Aa) and units (GB, Gb): a
 * capital with a small letter is frequent beside the two capitals, and no value is a word */
static gboolean
spelling_is_of_pairs(const ErrataColumn *column, const gsize *count)
{
    gboolean is = FALSE;

    for (guint i = 0; i < column->n_dictionary; i++)
        if (strlen(column->dictionary[i]) > 2)
            return FALSE;
    for (guint i = 0; i < column->n_dictionary; i++) {
        const char *value = column->dictionary[i];

        if (!g_ascii_isupper(value[0]) || !g_ascii_islower(value[1]))
            continue;
        for (guint k = 0; k < column->n_dictionary; k++)
            is = is || (column->dictionary[k][0] == value[0] &&
                        column->dictionary[k][1] == g_ascii_toupper(value[1]) && count[k] > 0 &&
                        (double)count[i] >= SPELLING_PAIR * (double)count[k]);
    }
    return is;
}

/* what the spellings of one value share; case, where it may be what tells values apart */
static char *
spelling_key(const char *value, gboolean letters)
{
    g_autofree char *normal = g_utf8_normalize(value, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *folded = g_utf8_casefold(normal != NULL ? normal : value, -1);
    GString *key = g_string_new(NULL);

    for (const char *p = folded; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);

        if (!g_unichar_isspace(c))
            g_string_append_unichar(key, c);
        else if (key->len > 0 && key->str[key->len - 1] != ' ')
            g_string_append_c(key, ' ');
    }
    while (key->len > 0 && strchr(" .,;:'\"", key->str[key->len - 1]) != NULL)
        g_string_truncate(key, key->len - 1);
    if (g_utf8_strlen(key->str, -1) >= SPELLING_WORD || (letters && spelling_is_letter(key->str)))
        return g_string_free(key, FALSE);
    g_string_free(key, TRUE);
    return g_strstrip(g_strdup(value));
}

/* per value the group it is of, as the place of the group's most frequent spelling */
static guint *
spelling_groups(const ErrataColumn *column, const gsize *count)
{
    g_autoptr(GHashTable) best = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint *group = g_new0(guint, column->n_dictionary + 1);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    gboolean letters = spelling_folds_letters(column, count);
    gboolean pairs = spelling_is_of_pairs(column, count);

    for (guint i = 0; i < column->n_dictionary; i++) {
        char *key = pairs ? g_strdup(column->dictionary[i])
                          : spelling_key(column->dictionary[i], letters);
        gpointer known = g_hash_table_lookup(best, key);

        g_ptr_array_add(keys, g_strdup(key));
        if (known == NULL || count[i] > count[GPOINTER_TO_UINT(known) - 1])
            g_hash_table_insert(best, key, GUINT_TO_POINTER(i + 1));
        else
            g_free(key);
    }
    for (guint i = 0; i < column->n_dictionary; i++)
        group[i] = GPOINTER_TO_UINT(g_hash_table_lookup(best, g_ptr_array_index(keys, i))) - 1;
    return group;
}

static char *
spelling_title(const ErrataColumn *column, const guint *group, const gsize *count, guint worst)
{
    static const char *const words[] = {"two", "three", "four", "five", "six", "seven", "eight"};
    g_autoptr(GString) list = g_string_new(NULL);
    g_autofree char *number = NULL;
    guint n = 0;

    for (guint i = 0; i < column->n_dictionary; i++) {
        if (group[i] != worst || count[i] == 0)
            continue;
        if (n < SPELLING_SHOWN)
            g_string_append_printf(list, "%s“%s”", n > 0 ? ", " : "", column->dictionary[i]);
        n++;
    }
    number = n >= 2 && n - 2 < G_N_ELEMENTS(words) ? g_strdup(words[n - 2])
                                                   : g_strdup_printf("%u", n);
    return g_strdup_printf("%s is written in %s ways: %s%s",
                           column->name,
                           number,
                           list->str,
                           n > SPELLING_SHOWN ? ", …" : "");
}

static void
spelling_add(ErrataDataBugs *self, guint index, const guint *group, const gsize *count, guint worst)
{
    const ErrataColumn *column = self->analysis->frame->columns[index];
    ErrataDataBug *bug = errata_data_bugs_add(self, "spelling", (int)index);
    guint other = worst;

    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row) && group[column->code[row]] != column->code[row]) {
            guint32 number = (guint32)row;

            g_array_append_val(bug->row, number);
            other = group[column->code[row]] == worst ? column->code[row] : other;
        }
    for (guint i = 0; i < column->n_dictionary; i++)
        if (count[i] > 0 && group[i] != i)
            errata_data_bugs_undo(bug, column->dictionary[i], column->dictionary[group[i]]);
    bug->n_rows = bug->row->len;
    bug->p = 0.0;
    bug->small = bug->n_rows < errata_data_bugs_enough(column->n_rows);
    bug->value = g_strdup(column->dictionary[other]);
    bug->title = spelling_title(column, group, count, worst);
    bug->action =
        g_strdup_printf("Write each value of %s in one way where it is logged, and analyse "
                        "the log again",
                        column->name);
}

/**
 * errata_data_bugs_spelling:
 * @self: the checks
 * @column: a column of the frame
 *
 * One bug per column, about the rows whose value is written otherwise than most of the same value.
 * Linear in the rows.
 */
void
errata_data_bugs_spelling(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    g_autofree gsize *count = NULL;
    g_autofree guint *group = NULL;
    g_autofree guint *size = NULL;
    guint worst = 0;

    if (data->type != ERRATA_COLUMN_CATEGORY || data->n_dictionary < 2 ||
        data->n_dictionary > SPELLING_MAX)
        return;
    self->n_tried++;
    count = g_new0(gsize, data->n_dictionary + 1);
    size = g_new0(guint, data->n_dictionary + 1);
    for (gsize row = 0; row < data->n_rows; row++)
        if (errata_column_is_valid(data, row))
            count[data->code[row]]++;
    group = spelling_groups(data, count);
    for (guint i = 0; i < data->n_dictionary; i++)
        size[group[i]] += count[i] > 0 ? 1 : 0;
    for (guint i = 0; i < data->n_dictionary; i++)
        worst = size[i] > size[worst] || (size[i] == size[worst] && count[i] > count[worst])
                    ? i
                    : worst;
    if (size[worst] > 1)
        spelling_add(self, column, group, count, worst);
}

/* where the cells with blanks lie in time order; FALSE where the log is full of them, or they are
 * scattered among as many without */
static gboolean
spelling_blanks_window(const ErrataDataBugs *self,
                       const ErrataColumn *data,
                       const guint8 *blank,
                       gsize *ret_from,
                       gsize *ret_to)
{
    const guint32 *order = self->analysis->outcome->order;
    g_autofree guint8 *has = g_new0(guint8, data->n_dictionary + 1);
    gsize n = 0;

    *ret_from = data->n_rows;
    for (gsize i = 0; i < data->n_rows; i++)
        if (blank[order[i]] != 0) {
            has[data->code[order[i]]] = 1;
            *ret_from = MIN(*ret_from, i);
            *ret_to = i + 1;
        }
    for (gsize i = *ret_from; i < *ret_to; i++)
        n += errata_column_is_valid(data, order[i]) && has[data->code[order[i]]] != 0 ? 1 : 0;
    return (double)data->n_trimmed >= SPELLING_FILL * (double)n &&
           (double)(*ret_to - *ret_from) <= SPELLING_LONG * (double)data->n_rows;
}

static gboolean
spelling_is_blank(gconstpointer data, guint32 row)
{
    return ((const guint8 *)data)[row] != 0;
}

static void
spelling_add_blanks(ErrataDataBugs *self, guint index, gsize from, gsize to, const guint8 *blank)
{
    const ErrataColumn *data = errata_data_bugs_raw(self, index);
    ErrataDataBug *bug = errata_data_bugs_add(self, "encoding-change", (int)index);
    double width = (double)(to - from) / (double)data->n_rows;
    g_autofree char *when = errata_data_bugs_when(self, from, to);
    g_autofree char *count = errata_data_bugs_count(data->n_trimmed);

    errata_data_bugs_window(self, bug, from, to, spelling_is_blank, blank);
    bug->before = 0.0;
    bug->after = (double)bug->n_rows / (double)(to - from);
    bug->p = MIN((double)data->n_rows * exp((double)(bug->n_rows - 1) * log(width)), 1.0);
    bug->test = "all cells with blanks in one window";
    bug->small = bug->n_rows < MIN(errata_data_bugs_enough(data->n_rows), 20);
    bug->set_aside = TRUE;
    bug->title =
        g_strdup_printf("%s has blanks around its values %s, in %s rows", data->name, when, count);
    bug->action =
        g_strdup_printf("Trim the values of %s where they are logged or scored, and score "
                        "these rows again: a value with a blank is another one to most models",
                        data->name);
}

/* nearly all values have blanks around them, and none has in the reference */
static gboolean
spelling_skewed_blanks(ErrataDataBugs *self, guint index, const ErrataColumn *data)
{
    const ErrataColumn *before =
        self->analysis->reference != NULL
            ? errata_frame_find(self->analysis->reference, data->name, NULL)
            : NULL;
    ErrataDataBug *bug;

    if (before == NULL || before->type != ERRATA_COLUMN_CATEGORY || before->n_trimmed > 0 ||
        before->n_missing == before->n_rows ||
        (double)data->n_trimmed < SPELLING_ALL * (double)(data->n_rows - data->n_missing))
        return FALSE;
    bug = errata_data_bugs_add(self, "train-serve-skew", (int)index);
    bug->n_rows = data->n_trimmed;
    bug->p = 0.0;
    g_array_append_vals(bug->row, data->trimmed, (guint)data->n_trimmed);
    bug->title = g_strdup_printf("%s has blanks around its values from the first row on, in the "
                                 "reference it has none",
                                 data->name);
    bug->action =
        g_strdup_printf("Trim the values of %s as they were when the model was trained, and "
                        "score the rows again",
                        data->name);
    return TRUE;
}

/**
 * errata_data_bugs_blanks:
 * @self: the checks
 * @column: a column of the frame
 *
 * Whether values have blanks around them for a while, which were left out when the log was read.
 * Linear in the rows where any has.
 */
void
errata_data_bugs_blanks(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = errata_data_bugs_raw(self, column);
    g_autofree guint8 *blank = NULL;
    gsize from = 0, to = 0;

    if (data->type != ERRATA_COLUMN_CATEGORY || data->n_trimmed < SPELLING_LEAST)
        return;
    self->n_tried++;
    if (spelling_skewed_blanks(self, column, data))
        return;
    blank = g_new0(guint8, data->n_rows + 1);
    for (gsize i = 0; i < data->n_trimmed; i++)
        blank[data->trimmed[i]] = 1;
    if (spelling_blanks_window(self, data, blank, &from, &to))
        spelling_add_blanks(self, column, from, to, blank);
}
