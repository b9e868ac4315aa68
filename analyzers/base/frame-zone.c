/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock of a log: the offset from UTC that all its stamps share. */
#include "frame-zone.h"

/**
 * errata_frame_zone:
 * @frame: a log
 *
 * Returns: minutes that all times which say an offset are ahead of UTC; 0 where none does or they
 * differ
 */
int
errata_frame_zone(const ErrataFrame *frame)
{
    int zone = ERRATA_ZONE_NONE;

    for (guint i = 0; i < frame->n_columns; i++)
        if (frame->columns[i]->zone != ERRATA_ZONE_UNSAID)
            zone = errata_zone_join(zone, frame->columns[i]->zone);
    return errata_zone_is_offset(zone) ? zone - ERRATA_ZONE_UTC : 0;
}

/**
 * errata_frame_set_clock:
 * @frame: a frame as it was read, its instants in UTC
 * @minutes: what a clock is ahead of UTC
 *
 * Turns instants into what that clock shows, in place. Times without an offset are taken to be what
 * it showed.
 */
void
errata_frame_set_clock(ErrataFrame *frame, int minutes)
{
    for (guint i = 0; i < frame->n_columns && minutes != 0; i++) {
        ErrataColumn *column = frame->columns[i];

        if (column->type != ERRATA_COLUMN_TIME || column->zone == ERRATA_ZONE_UNSAID)
            continue;
        for (gsize row = 0; row < column->n_rows; row++)
            if (errata_column_is_valid(column, row))
                column->i64[row] = errata_zone_at(column->i64[row], minutes);
    }
}
