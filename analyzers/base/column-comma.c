/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of one column that are written with the other decimal mark than the rest of the file: 0,731 in a
 * table of points, 0.731 in one of commas. Such marks may also part thousands: a column is only read
 * so where some cell proves that its mark does not. */
#include "column-comma.h"

#include <math.h>
#include <string.h>

#include "number.h"

/* a cell with a digit before the mark, and one behind it; FALSE when it is no number with that mark.
 * @ret_proves: it cannot be a number of thousands */
static gboolean
comma_parse(const char *text, gsize length, char mark, double *ret_value, gboolean *ret_proves)
{
    const char *at = memchr(text, mark, length);
    const char *begin = text + (length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0);
    gsize behind = 0;

    if (mark == ',' ? !errata_number_parse_decimal_comma(text, length, ret_value)
                    : !errata_number_parse_double(text, length, ret_value))
        return FALSE;
    if (!isfinite(*ret_value))
        return FALSE;
    if (at == NULL)
        return TRUE;
    while (at + 1 + behind < text + length && g_ascii_isdigit(at[1 + behind]))
        behind++;
    *ret_proves = *ret_proves || behind != 3 || at - begin > 3 || at == begin ||
                  (begin[0] == '0' && at - begin == 1);
    return TRUE;
}

static gboolean
comma_is_mark(const ErrataColumn *column, char mark)
{
    gboolean proves = FALSE;
    double value;

    for (guint i = 0; column->type == ERRATA_COLUMN_CATEGORY && i < column->n_dictionary; i++)
        if (!comma_parse(column->dictionary[i],
                         strlen(column->dictionary[i]),
                         mark,
                         &value,
                         &proves))
            return FALSE;
    for (gsize row = 0; column->type == ERRATA_COLUMN_TEXT && row < column->n_rows; row++) {
        gsize length;
        const char *text;

        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_text(column, row, &length);
        if (!comma_parse(text, length, mark, &value, &proves))
            return FALSE;
    }
    return proves;
}

/**
 * errata_column_comma_convert:
 * @column: (transfer full): any column
 *
 * Returns: (transfer full): @column, or one of type F64 in its place when all of its cells are numbers with
 *   one decimal mark, and one of them shows that the mark does not part thousands: 0,731 or 12,5
 *   do, 1,250 does not
 */
ErrataColumn *
errata_column_comma_convert(ErrataColumn *column)
{
    ErrataColumn *numbers;
    char mark;

    if (column->type != ERRATA_COLUMN_CATEGORY && column->type != ERRATA_COLUMN_TEXT)
        return column;
    if (comma_is_mark(column, ','))
        mark = ',';
    else if (comma_is_mark(column, '.'))
        mark = '.';
    else
        return column;
    numbers = errata_column_new(column->name, ERRATA_COLUMN_F64, column->n_rows);
    for (gsize row = 0; row < column->n_rows; row++) {
        gboolean proves = FALSE;
        gsize length;
        const char *text;

        numbers->f64[row] = (double)NAN;
        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_text(column, row, &length);
        comma_parse(text, length, mark, &numbers->f64[row], &proves);
    }
    numbers->n_missing = column->n_missing;
    numbers->valid = g_steal_pointer(&column->valid);
    errata_column_free(column);
    return numbers;
}
