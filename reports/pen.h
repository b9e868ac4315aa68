/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>

#include "theme.h"

G_BEGIN_DECLS

/**
 * ErrataPen:
 *
 * Draws text and marks on a cairo surface, and measures text. All text of a report passes through
 * here, so that it is cleaned of control characters, shortened to its room and, when asked for,
 * logged with its box. A pen without a target only measures and logs.
 */
typedef struct _ErrataPen ErrataPen;

/* where text was drawn: its ink, not its line */
typedef struct {
    guint page;
    double x;
    double y;
    double width;
    double height;
    char *text;
    gboolean cut; /* shortened with an ellipsis */
} ErrataPenBox;

typedef enum {
    ERRATA_ALIGN_LEFT,
    ERRATA_ALIGN_CENTRE,
    ERRATA_ALIGN_RIGHT,
} ErrataAlign;

ErrataPen *errata_pen_new(void);
void errata_pen_free(ErrataPen *self);
void errata_pen_set_target(ErrataPen *self, cairo_t *target);
cairo_t *errata_pen_target(ErrataPen *self);
void errata_pen_log(ErrataPen *self, gboolean on);
void errata_pen_set_page(ErrataPen *self, guint page);
const ErrataPenBox *errata_pen_boxes(const ErrataPen *self, guint *ret_n);

/* whether a text of one line that is too long is cut in its middle, not at its end */
gboolean errata_pen_keeps_end(const char *text);
/* the family that is really used, e.g. `Inter` */
char *errata_pen_family(ErrataPen *self);
/* text on one line; @room: width it may take, 0 for as much as it needs; names are shortened in the
 * middle */
double errata_pen_measure(ErrataPen *self, ErrataStyle style, const char *text);
double errata_pen_text(ErrataPen *self,
                       ErrataStyle style,
                       ErrataInk ink,
                       ErrataAlign align,
                       double x,
                       double baseline,
                       double room,
                       const char *text);
void errata_pen_label(ErrataPen *self,
                      ErrataStyle style,
                      ErrataInk ink,
                      double x,
                      double baseline,
                      const char *text);
/* text on several lines; @max_lines 0: as many as it needs; returns the number of lines */
guint errata_pen_lines(ErrataPen *self,
                       ErrataStyle style,
                       double width,
                       guint max_lines,
                       const char *text);
guint errata_pen_paragraph(ErrataPen *self,
                           ErrataStyle style,
                           ErrataInk ink,
                           double x,
                           double baseline,
                           double width,
                           guint max_lines,
                           const char *text);

void errata_pen_rectangle(ErrataPen *self, ErrataInk ink, double x, double y, double w, double h);
void errata_pen_box(ErrataPen *self, ErrataInk ink, double x, double y, double w, double h);
void errata_pen_line(ErrataPen *self,
                     ErrataInk ink,
                     double line_width,
                     double x1,
                     double y1,
                     double x2,
                     double y2);
void errata_pen_dashes(ErrataPen *self, ErrataInk ink, double x1, double y1, double x2, double y2);
void errata_pen_dot(ErrataPen *self, ErrataInk ink, double x, double y, double radius);
/* points with a NaN break the line */
void errata_pen_curve(ErrataPen *self,
                      ErrataInk ink,
                      double line_width,
                      const double *x,
                      const double *y,
                      guint n);
void errata_pen_band(ErrataPen *self,
                     ErrataInk ink,
                     const double *x,
                     const double *lo,
                     const double *hi,
                     guint n);
void errata_pen_cell(ErrataPen *self, ErrataColour colour, double x, double y, double w, double h);

/* marks outside the rectangle are not drawn until errata_pen_clip_end() */
void errata_pen_clip(ErrataPen *self, double x, double y, double w, double h);
void errata_pen_clip_end(ErrataPen *self);

/* PDF only, ignored elsewhere */
void errata_pen_link(ErrataPen *self, const char *dest, double x, double y, double w, double h);
void errata_pen_dest(ErrataPen *self, const char *dest, double x, double y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPen, errata_pen_free)

G_END_DECLS
