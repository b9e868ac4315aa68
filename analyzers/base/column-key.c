/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "column-key.h"

#include <string.h>

/**
 * errata_column_key:
 * @column: a column of ids
 * @row: the row
 * @buffer: holds the bytes of numbers
 * @ret_length: (out): number of bytes
 *
 * Ids are compared as text, numbers in their shortest form, so that 17 and 17.0 are one.
 *
 * Returns: (transfer none) (nullable): the bytes that the row's id is known by; %NULL for none
 */
const char *
errata_column_key(const ErrataColumn *column,
                  gsize row,
                  char buffer[ERRATA_NUMBER_BUFFER],
                  gsize *ret_length)
{
    const char *text;

    if (!errata_column_is_valid(column, row))
        return NULL;
    text = errata_column_text(column, row, ret_length);
    if (text != NULL) {
        while (*ret_length > 0 && g_ascii_isspace(text[0])) {
            text++;
            (*ret_length)--;
        }
        while (*ret_length > 0 && g_ascii_isspace(text[*ret_length - 1]))
            (*ret_length)--;
        return *ret_length > 0 ? text : NULL;
    }
    if (column->type == ERRATA_COLUMN_I64)
        g_snprintf(buffer,
                   ERRATA_NUMBER_BUFFER,
                   "%" G_GINT64_FORMAT,
                   errata_column_integer(column, row));
    else if (column->type == ERRATA_COLUMN_TIME)
        errata_number_print_time(column->i64[row], buffer);
    else
        errata_number_print(errata_column_number(column, row), buffer);
    *ret_length = strlen(buffer);
    return buffer;
}
