/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "boost.h"

G_BEGIN_DECLS

#define ERRATA_BOOST_MAX_DEPTH 8
#define ERRATA_BOOST_PITCH     512 /* rows of a column are made a multiple of this */

/* a test: codes whose bit is set go left */
typedef struct {
    guint64 left[4];
    guint column;
    guint n_codes; /* of the column, missing counted */
} ErrataBoostTest;

/* a tree made ready to be walked by many rows */
typedef struct _ErrataBoostWalk ErrataBoostWalk;

/**
 * ErrataBoostTree:
 * @test: (array length=2^depth-1): in level order; a node that is not split sends all to the left
 * @leaf: (array length=2^depth): values
 * @walk: the same, made ready once the tree is grown
 *
 * A perfect tree, so that walking it needs no branches.
 */
typedef struct {
    ErrataBoostTest *test;
    double *leaf;
    ErrataBoostWalk *walk;
} ErrataBoostTree;

/**
 * ErrataBoostMatrix:
 * @n_rows: training rows
 * @n_columns: columns
 * @code: (array length=n_rows*n_columns): row-major; a missing cell has the column's last slot
 * @pitch: @n_rows rounded up to %ERRATA_BOOST_PITCH
 * @column: (array length=n_columns*pitch): the same codes column by column
 * @offset: (array length=n_columns+1): first histogram slot of each column
 * @ordered: (array length=n_columns): as in the columns
 */
typedef struct {
    gsize n_rows;
    guint n_columns;
    guint8 *code;
    gsize pitch;
    guint8 *column;
    guint *offset;
    gboolean *ordered;
} ErrataBoostMatrix;

gsize errata_boost_tree_pitch(gsize n);
void errata_boost_tree_pack(const ErrataBoostColumn *columns,
                            guint n_columns,
                            const guint32 *row,
                            gsize n,
                            guint8 *ret_code);
/* @gradient holds both derivatives of a row: g · 2³² + h, whole numbers in units of @unit */
void errata_boost_tree_grow(ErrataBoostTree *self,
                            const ErrataBoostMatrix *matrix,
                            const ErrataBoostParams *params,
                            guint32 *sample,
                            gsize n_sample,
                            const gint64 *gradient,
                            double unit,
                            double *gain);
ErrataBoostWalk *errata_boost_walk_new(const ErrataBoostTree *tree, guint depth);
void errata_boost_walk_free(ErrataBoostWalk *self);
void errata_boost_walk_add(const ErrataBoostWalk *self,
                           const guint8 *code,
                           gsize pitch,
                           gsize n,
                           double *value,
                           guint stride);

G_END_DECLS
