/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that belong together. Where a user, a device or a patient has many rows, and what is known
 * of them is the same in all, their rows are not independent: a slice of users is found on one half
 * of the rows and confirmed by the same users' rows on the other, unless the halves are cut by
 * them. */
#include "schema-entity.h"

#include <string.h>

#include "schema-name.h"

#define ENTITY_LEAST 50 /* entities, so that either half has some */
#define ENTITY_ROWS  5  /* of an entity, on average */
#define ENTITY_FIXED 3  /* columns that never change within one */

/* numbers the values of a column from 0; FALSE where they are too few, too many or no names */
static gboolean
entity_codes(const ErrataColumn *column, guint32 *ret_code, guint *ret_n)
{
    gsize n_rows = column->n_rows;
    gint64 least = G_MAXINT64, most = G_MININT64;

    if (column->type == ERRATA_COLUMN_CATEGORY) {
        if (column->n_dictionary < ENTITY_LEAST || column->n_dictionary > n_rows / ENTITY_ROWS)
            return FALSE;
        for (gsize row = 0; row < n_rows; row++) {
            if (!errata_column_is_valid(column, row))
                return FALSE;
            ret_code[row] = column->code[row];
        }
        *ret_n = column->n_dictionary;
        return TRUE;
    }
    if (column->type != ERRATA_COLUMN_I64)
        return FALSE;
    for (gsize row = 0; row < n_rows; row++) {
        if (!errata_column_is_valid(column, row))
            return FALSE;
        least = MIN(least, errata_column_integer(column, row));
        most = MAX(most, errata_column_integer(column, row));
    }
    if (n_rows == 0 || (guint64)most - (guint64)least >= n_rows / ENTITY_ROWS ||
        (guint64)most - (guint64)least + 1 < ENTITY_LEAST)
        return FALSE;
    for (gsize row = 0; row < n_rows; row++)
        ret_code[row] = (guint32)(errata_column_integer(column, row) - least);
    *ret_n = (guint)(most - least) + 1;
    return TRUE;
}

/* whether @column is the same in all rows of an entity; @first has each one's first row. A few rows
 * tell that most columns are not */
static gboolean
entity_fixes(const ErrataColumn *column, const guint32 *code, const guint32 *first)
{
    for (gsize row = 0; row < column->n_rows; row++)
        if (first[code[row]] != row &&
            errata_column_hash(column, row) != errata_column_hash(column, first[code[row]]))
            return FALSE;
    return TRUE;
}

/* as many values as half of the entities: what tells one from another, as a group of them does
 * not */
static gboolean
entity_is_own(const ErrataColumn *column, const guint32 *first, guint n)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint e = 0; e < n; e++) {
        guint64 hash;

        if (first[e] == G_MAXUINT32)
            continue;
        hash = errata_column_hash(column, first[e]);
        g_hash_table_add(seen, g_memdup2(&hash, sizeof hash));
    }
    return g_hash_table_size(seen) >= n / 2;
}

/* columns that are fixed within the entities that @column names; 0 where it names none, or where
 * none of those is nearly their own */
static guint
entity_count(const ErrataFrame *frame, const ErrataSchema *schema, guint column, guint32 *code)
{
    g_autofree guint32 *first = NULL;
    guint n, fixed = 0, own = 0;

    if (!entity_codes(frame->columns[column], code, &n))
        return 0;
    first = g_new(guint32, n);
    memset(first, 0xff, n * sizeof *first);
    for (gsize row = frame->n_rows; row-- > 0;)
        first[code[row]] = (guint32)row;
    for (guint c = 0; c < frame->n_columns; c++) {
        const ErrataColumn *other = frame->columns[c];

        if (c == column || schema->columns[c].role != ERRATA_ROLE_FEATURE ||
            (other->type == ERRATA_COLUMN_CATEGORY && other->n_dictionary < 2) ||
            !entity_fixes(other, code, first))
            continue;
        fixed++;
        own += entity_is_own(other, first, n);
    }
    return fixed >= ENTITY_FIXED && own > 0 ? fixed : 0;
}

/* different values of a column named like somebody, as many as entities may be; 0 where they are
 * too few, too many, or some are missing. Their numbers need not be dense, as those of an account
 * are not */
static guint
entity_named_count(const ErrataColumn *column)
{
    g_autoptr(GHashTable) seen = NULL;

    if ((column->type != ERRATA_COLUMN_CATEGORY && column->type != ERRATA_COLUMN_I64) ||
        !errata_schema_name_is_somebody(column->name))
        return 0;
    seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (gsize row = 0; row < column->n_rows; row++) {
        guint64 hash = errata_column_hash(column, row);

        if (!errata_column_is_valid(column, row))
            return 0;
        if (!g_hash_table_contains(seen, &hash))
            g_hash_table_add(seen, g_memdup2(&hash, sizeof hash));
        if (g_hash_table_size(seen) > column->n_rows / ENTITY_ROWS)
            return 0;
    }
    return g_hash_table_size(seen) >= ENTITY_LEAST ? g_hash_table_size(seen) : 0;
}

/* a column that may be asked: an input that somebody declared is one, and no more */
static gboolean
entity_may_be(const ErrataSchema *schema, guint column)
{
    ErrataRole role = schema->columns[column].role;

    return (role == ERRATA_ROLE_FEATURE && !schema->columns[column].declared) ||
           role == ERRATA_ROLE_ID || role == ERRATA_ROLE_GROUP || role == ERRATA_ROLE_IGNORE;
}

/* the column named like somebody; of several, as sessions are of users, that with the fewest
 * values: rows that belong together by the others mostly do by it too */
static int
entity_named(const ErrataFrame *frame, const ErrataSchema *schema)
{
    guint fewest = G_MAXUINT;
    int entity = -1;

    for (guint c = 0; c < frame->n_columns; c++) {
        guint n = entity_may_be(schema, c) ? entity_named_count(frame->columns[c]) : 0;

        if (n > 0 && n < fewest) {
            fewest = n;
            entity = (int)c;
        }
    }
    return entity;
}

/**
 * errata_schema_entity:
 * @frame: the log
 * @schema: its roles
 * @ret_why: (out) (transfer none): what speaks for it, to follow “as”
 *
 * Returns: the column that names what rows belong to: each of at least 50 values has five rows or
 *   more on average, and three other columns or more never change within one, of which one is
 *   nearly its own, or else its name is that of somebody (customer, patient_id); −1 where there is
 *   none
 */
int
errata_schema_entity(const ErrataFrame *frame, const ErrataSchema *schema, const char **ret_why)
{
    g_autofree guint32 *code = NULL;
    guint most = 0;
    int entity = -1;

    if (frame->n_rows < ENTITY_LEAST * ENTITY_ROWS)
        return -1;
    code = g_new(guint32, frame->n_rows);
    for (guint c = 0; c < frame->n_columns; c++) {
        guint fixed = entity_may_be(schema, c) ? entity_count(frame, schema, c, code) : 0;

        if (fixed > most) {
            most = fixed;
            entity = (int)c;
        }
    }
    *ret_why = entity >= 0 ? "other columns never change within it"
                           : "it is named like somebody who has many rows";
    return entity >= 0 ? entity : entity_named(frame, schema);
}
