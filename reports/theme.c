/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "theme.h"

static const ErrataStyleSpec theme_styles[ERRATA_THEME_N_STYLES] = {
    [ERRATA_STYLE_TITLE] = {20.0, 600, 24.0, FALSE},
    [ERRATA_STYLE_HEADLINE] = {17.0, 600, 21.0, FALSE},
    [ERRATA_STYLE_LEAD] = {14.0, 500, 19.0, FALSE},
    [ERRATA_STYLE_SECTION] = {13.0, 600, 16.0, FALSE},
    [ERRATA_STYLE_VALUE] = {16.0, 600, 20.0, FALSE},
    [ERRATA_STYLE_NUMBER] = {11.0, 600, 14.0, TRUE},
    [ERRATA_STYLE_BODY] = {9.5, 400, 14.0, FALSE},
    [ERRATA_STYLE_STRONG] = {9.5, 600, 14.0, FALSE},
    [ERRATA_STYLE_ITEM] = {9.0, 500, 12.0, FALSE},
    [ERRATA_STYLE_CELL] = {8.5, 400, 11.0, TRUE},
    [ERRATA_STYLE_CELL_STRONG] = {8.5, 600, 11.0, TRUE},
    [ERRATA_STYLE_NOTE] = {7.5, 400, 10.0, TRUE},
    [ERRATA_STYLE_NOTE_STRONG] = {7.5, 600, 10.0, TRUE},
    [ERRATA_STYLE_TICK] = {7.0, 400, 9.0, TRUE},
};

static const guint32 theme_inks[ERRATA_INK_CATEGORY + ERRATA_THEME_N_CATEGORIES] = {
    [ERRATA_INK_TEXT] = 0x1b1f24,           [ERRATA_INK_SOFT] = 0x68707a,
    [ERRATA_INK_HAIR] = 0xdfe3e8,           [ERRATA_INK_PALE] = 0xf4f6f8,
    [ERRATA_INK_PAPER] = 0xffffff,          [ERRATA_INK_NOW] = 0x1f5fbf,
    [ERRATA_INK_REFERENCE] = 0x9aa3ad,      [ERRATA_INK_ERROR] = 0xc8431b,
    [ERRATA_INK_GOOD] = 0x1c8a66,           [ERRATA_INK_NOW_TINT] = 0xdbe5f5,
    [ERRATA_INK_REFERENCE_TINT] = 0xe9ecef, [ERRATA_INK_ERROR_TINT] = 0xf6ddd5,
    [ERRATA_INK_CATEGORY] = 0x0072b2,       [ERRATA_INK_CATEGORY + 1] = 0xe69f00,
    [ERRATA_INK_CATEGORY + 2] = 0x009e73,   [ERRATA_INK_CATEGORY + 3] = 0xcc79a7,
    [ERRATA_INK_CATEGORY + 4] = 0x56b4e9,   [ERRATA_INK_CATEGORY + 5] = 0xd55e00,
    [ERRATA_INK_CATEGORY + 6] = 0xb8a800, /* their yellow, darkened: it has to show on white */
    [ERRATA_INK_CATEGORY + 7] = 0x000000,
};

ErrataColour
errata_theme_colour(ErrataInk ink)
{
    guint32 rgb = theme_inks[ink];

    return (ErrataColour){(rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0};
}

/**
 * errata_theme_mix:
 * @ink: a colour
 * @strength: 0 is paper, 1 the colour itself
 *
 * Returns: the opaque colour between the two
 */
ErrataColour
errata_theme_mix(ErrataInk ink, double strength)
{
    ErrataColour colour = errata_theme_colour(ink);
    double s = CLAMP(strength, 0.0, 1.0);

    return (ErrataColour){1.0 + (colour.red - 1.0) * s,
                          1.0 + (colour.green - 1.0) * s,
                          1.0 + (colour.blue - 1.0) * s};
}

ErrataInk
errata_theme_tone(ErrataTone tone)
{
    switch (tone) {
    case ERRATA_TONE_NOW:
        return ERRATA_INK_NOW;
    case ERRATA_TONE_REFERENCE:
        return ERRATA_INK_REFERENCE;
    case ERRATA_TONE_ERROR:
        return ERRATA_INK_ERROR;
    case ERRATA_TONE_GOOD:
        return ERRATA_INK_GOOD;
    }
    return ERRATA_INK_REFERENCE;
}

ErrataInk
errata_theme_tint(ErrataTone tone)
{
    if (tone == ERRATA_TONE_ERROR)
        return ERRATA_INK_ERROR_TINT;
    return tone == ERRATA_TONE_NOW ? ERRATA_INK_NOW_TINT : ERRATA_INK_REFERENCE_TINT;
}

const ErrataStyleSpec *
errata_theme_style(ErrataStyle style)
{
    return &theme_styles[style];
}
