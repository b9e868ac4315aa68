/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "glyph.h"

/* Signs of the kinds of findings, as strokes and dots in a square of nine points: a slice is a
 * part of a bar, a drift two humps, a change a step … The words stand beside them. */

#define GLYPH_MAX_POINTS 10
#define GLYPH_LINE       1.1

/* one stroke; a stroke of one point is a dot */
typedef struct {
    guint n;
    double x[GLYPH_MAX_POINTS];
    double y[GLYPH_MAX_POINTS];
} GlyphStroke;

typedef struct {
    guint n;
    GlyphStroke stroke[5];
} Glyph;

#define GLYPH_BOX                     \
    {                                 \
        5, {0.5, 8.5, 8.5, 0.5, 0.5}, \
        {                             \
            0.5, 0.5, 8.5, 8.5, 0.5   \
        }                             \
    }

static const Glyph glyphs[] = {
    [ERRATA_FINDING_SLICE] =
        {3, {GLYPH_BOX, {2, {5.5, 5.5}, {0.5, 8.5}}, {2, {5.5, 8.5}, {4.5, 4.5}}}},
    [ERRATA_FINDING_CLUSTER] = {5,
                                {{1, {2.5}, {2.0}},
                                 {1, {6.0}, {1.5}},
                                 {1, {4.0}, {4.5}},
                                 {1, {7.5}, {5.0}},
                                 {1, {3.0}, {7.5}}}},
    [ERRATA_FINDING_LABEL_ISSUE] =
        {2,
         {{6, {0.5, 5.5, 8.5, 5.5, 0.5, 0.5}, {1.5, 1.5, 4.5, 7.5, 7.5, 1.5}}, {1, {3.0}, {4.5}}}},
    [ERRATA_FINDING_ANOMALY] =
        {4, {{1, {1.5}, {7.5}}, {1, {3.5}, {6.5}}, {1, {2.5}, {5.0}}, {1, {7.5}, {1.5}}}},
    [ERRATA_FINDING_DRIFT] = {2,
                              {{5, {0.5, 1.5, 3.0, 4.5, 5.5}, {8.5, 6.5, 2.0, 6.5, 8.5}},
                               {5, {3.5, 4.5, 6.0, 7.5, 8.5}, {8.5, 6.5, 2.0, 6.5, 8.5}}}},
    [ERRATA_FINDING_CHANGE_POINT] = {1, {{4, {0.5, 4.5, 4.5, 8.5}, {6.5, 6.5, 2.5, 2.5}}}},
    [ERRATA_FINDING_DATA_BUG] = {2,
                                 {{5, {0.5, 3.0, 4.5, 6.0, 8.5}, {7.0, 7.0, 1.0, 7.0, 7.0}},
                                  {1, {4.5}, {8.0}}}},
    [ERRATA_FINDING_LEAKAGE] =
        {1, {{7, {4.5, 7.0, 7.0, 4.5, 2.0, 2.0, 4.5}, {0.5, 5.0, 7.0, 8.5, 7.0, 5.0, 0.5}}}},
    [ERRATA_FINDING_CALIBRATION] = {2,
                                    {{2, {0.5, 8.5}, {8.5, 0.5}},
                                     {4, {0.5, 4.0, 6.5, 8.5}, {8.5, 7.0, 4.5, 3.0}}}},
    [ERRATA_FINDING_FAIRNESS] = {3,
                                 {{2, {0.5, 8.5}, {3.0, 1.5}},
                                  {2, {4.5, 4.5}, {2.2, 8.5}},
                                  {2, {2.5, 6.5}, {8.5, 8.5}}}},
    [ERRATA_FINDING_THRESHOLD] =
        {3, {{2, {0.5, 8.5}, {4.5, 4.5}}, {2, {5.5, 5.5}, {1.0, 8.0}}, {1, {5.5}, {4.5}}}},
    [ERRATA_FINDING_PERFORMANCE] = {2,
                                    {{4, {0.5, 3.0, 5.5, 8.5}, {2.0, 3.5, 3.0, 7.5}},
                                     {3, {5.5, 8.5, 8.5}, {7.5, 7.5, 4.5}}}},
    [ERRATA_FINDING_MODEL_FILE] =
        {2,
         {{6, {1.5, 5.5, 7.5, 7.5, 1.5, 1.5}, {0.5, 0.5, 2.5, 8.5, 8.5, 0.5}},
          {2, {3.5, 5.5}, {5.5, 5.5}}}},
};

void
errata_glyph_draw(ErrataPen *pen, ErrataFindingKind kind, ErrataInk ink, double x, double y)
{
    const Glyph *glyph = &glyphs[kind];

    for (guint i = 0; i < glyph->n; i++) {
        const GlyphStroke *stroke = &glyph->stroke[i];
        double px[GLYPH_MAX_POINTS];
        double py[GLYPH_MAX_POINTS];

        for (guint j = 0; j < stroke->n; j++) {
            px[j] = x + stroke->x[j];
            py[j] = y + stroke->y[j];
        }
        if (stroke->n == 1)
            errata_pen_dot(pen, ink, px[0], py[0], 1.1);
        else
            errata_pen_curve(pen, ink, GLYPH_LINE, px, py, stroke->n);
    }
}
