/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "figure.h"

G_BEGIN_DECLS

/* The look of a report: every size, weight and colour stands here and nowhere else. Lengths are
 * PostScript points. */

#define ERRATA_THEME_FAMILY "Inter, Noto Sans, DejaVu Sans, sans-serif"
#define ERRATA_THEME_MARGIN 48.0
#define ERRATA_THEME_GRID   8.0  /* baseline grid */
#define ERRATA_THEME_GUTTER 16.0 /* between figures side by side */
#define ERRATA_THEME_HAIR   0.6  /* line widths */
#define ERRATA_THEME_RULE   0.8
#define ERRATA_THEME_CURVE  1.4

/**
 * ErrataInk:
 *
 * What a colour says. Grey levels of the four tones differ, so that the distinction survives
 * a black and white printer.
 */
typedef enum {
    ERRATA_INK_TEXT,
    ERRATA_INK_SOFT, /* captions, notes */
    ERRATA_INK_HAIR, /* rules, grids, volume bars */
    ERRATA_INK_PALE, /* boxes behind text */
    ERRATA_INK_PAPER,
    ERRATA_INK_NOW,
    ERRATA_INK_REFERENCE,
    ERRATA_INK_ERROR,
    ERRATA_INK_GOOD,
    ERRATA_INK_NOW_TINT, /* bands around a curve, opaque so that no transparency is needed */
    ERRATA_INK_REFERENCE_TINT,
    ERRATA_INK_ERROR_TINT,
    ERRATA_INK_CATEGORY, /* the first of eight categories, Okabe and Ito 2008 */
} ErrataInk;

#define ERRATA_THEME_N_CATEGORIES 8

typedef struct {
    double red;
    double green;
    double blue;
} ErrataColour;

typedef enum {
    ERRATA_STYLE_TITLE,
    ERRATA_STYLE_HEADLINE,
    ERRATA_STYLE_LEAD,
    ERRATA_STYLE_SECTION,
    ERRATA_STYLE_VALUE,
    ERRATA_STYLE_NUMBER,
    ERRATA_STYLE_BODY,
    ERRATA_STYLE_STRONG,
    ERRATA_STYLE_ITEM,
    ERRATA_STYLE_CELL,
    ERRATA_STYLE_CELL_STRONG,
    ERRATA_STYLE_NOTE,
    ERRATA_STYLE_NOTE_STRONG,
    ERRATA_STYLE_TICK,
} ErrataStyle;

#define ERRATA_THEME_N_STYLES (ERRATA_STYLE_TICK + 1)

/* @leading: distance of two baselines; @tabular: figures of equal width */
typedef struct {
    double size;
    int weight;
    double leading;
    gboolean tabular;
} ErrataStyleSpec;

ErrataColour errata_theme_colour(ErrataInk ink);
ErrataColour errata_theme_mix(ErrataInk ink, double strength);
ErrataInk errata_theme_tone(ErrataTone tone);
ErrataInk errata_theme_tint(ErrataTone tone);
const ErrataStyleSpec *errata_theme_style(ErrataStyle style);

G_END_DECLS
