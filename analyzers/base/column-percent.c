/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that are written as percentages, 83.2% or 72,3 %: the column is one of numbers, over a
 * hundred. A few of them that recur (a discount of 5 %, 10 %) are categories, and stay what the log
 * says, save in a column named like a score. */
#include "column-percent.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "schema-name.h"

#define PERCENT_CATEGORIES 30 /* values that a column of categories may have */

/* “72,3 %” with that decimal mark; FALSE when the cell is no such number */
static gboolean
percent_parse(const char *text, gsize length, char mark, double *ret_value)
{
    static const char *const blanks[] = {" ", "\u00a0", "\u202f"};

    if (length < 2 || text[length - 1] != '%')
        return FALSE;
    length--;
    for (guint i = 0; i < G_N_ELEMENTS(blanks); i++) {
        gsize n = strlen(blanks[i]);

        if (length > n && memcmp(text + length - n, blanks[i], n) == 0) {
            length -= n;
            break;
        }
    }
    if (mark == ',' ? !errata_number_parse_decimal_comma(text, length, ret_value)
                    : !errata_number_parse_double(text, length, ret_value))
        return FALSE;
    *ret_value /= 100.0;
    return isfinite(*ret_value);
}

static gboolean
percent_is_written_cb(const char *text, gsize length, gpointer data)
{
    const char *mark = data;
    double value;

    return percent_parse(text, length, *mark, &value);
}

static gboolean
percent_is_written(const ErrataColumn *column, char mark)
{
    return column->n_missing < column->n_rows &&
           errata_column_all_texts(column, percent_is_written_cb, &mark);
}

static gboolean
percent_are_categories(const ErrataColumn *column)
{
    g_autofree char *family = NULL;
    g_autofree char *class_name = NULL;
    ErrataName name = {0};
    gboolean scores;

    errata_schema_name_read(&name, column->name);
    scores = name.score != ERRATA_NAME_NONE ||
             errata_schema_name_split_class(column->name, &family, &class_name);
    errata_schema_name_clear(&name);
    return !scores && column->type == ERRATA_COLUMN_CATEGORY &&
           column->n_dictionary <= PERCENT_CATEGORIES;
}

/**
 * errata_column_percent_convert:
 * @column: (transfer full): any column
 *
 * Returns: (transfer full): @column, or one of type F64 in its place, of hundredths of what is
 * written,
 *   when all cells are numbers with a percent sign behind them, with one decimal mark
 */
ErrataColumn *
errata_column_percent_convert(ErrataColumn *column)
{
    ErrataColumn *numbers;
    char mark = '\0';

    if ((column->type != ERRATA_COLUMN_CATEGORY && column->type != ERRATA_COLUMN_TEXT) ||
        percent_are_categories(column))
        return column;
    mark = percent_is_written(column, '.') ? '.' : percent_is_written(column, ',') ? ',' : '\0';
    if (mark == '\0')
        return column;
    numbers = errata_column_new(column->name, ERRATA_COLUMN_F64, column->n_rows);
    for (gsize row = 0; row < column->n_rows; row++) {
        gsize length;
        const char *text;

        numbers->f64[row] = (double)NAN;
        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_text(column, row, &length);
        percent_parse(text, length, mark, &numbers->f64[row]);
    }
    numbers->unit = g_strdup("%");
    numbers->n_missing = column->n_missing;
    numbers->valid = g_steal_pointer(&column->valid);
    errata_column_free(column);
    return numbers;
}
