/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "retention.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)
#define START  (20000 * DAY) /* when the daemon began */
#define KEEP_S ((guint64)(90 * DAY / SECOND))

/* what the clock is like when it was @unseen on from the newest report as the daemon began, 100 s
 * after the machine */
static ErrataRetentionClock
test_clock(gint64 unseen)
{
    ErrataRetentionClock clock = {.ahead = START - unseen - 100 * SECOND, .since = 100 * SECOND};

    errata_retention_clock_look(&clock, START, 100 * SECOND);
    return clock;
}

static void
test_retention_at_start(void)
{
    ErrataRetentionClock clock = test_clock(90 * DAY);

    g_test_summary("A clock that is longer on than reports are kept is not believed for an hour");
    g_assert_true(errata_retention_clock_tells(&clock, 100 * SECOND, KEEP_S));
    g_assert_false(errata_retention_clock_tells(&clock, 100 * SECOND, KEEP_S - 1));
    g_assert_false(errata_retention_clock_tells(&clock, HOUR + 99 * SECOND, KEEP_S - 1));
    g_assert_true(errata_retention_clock_tells(&clock, HOUR + 100 * SECOND, KEEP_S - 1));
    clock = test_clock(HOUR); /* what is within it is not called a step */
    g_assert_true(errata_retention_clock_tells(&clock, 100 * SECOND, 3));
    clock = test_clock(-DAY); /* the newest report was made by a clock that was ahead */
    g_assert_true(errata_retention_clock_tells(&clock, 100 * SECOND, 3));
    clock = test_clock(2 * HOUR);
    g_assert_false(errata_retention_clock_tells(&clock, 102 * SECOND, 3));
    g_assert_true(errata_retention_clock_tells(&clock, 103 * SECOND, 3));
}

static void
test_retention_set_forward(void)
{
    ErrataRetentionClock clock = test_clock(0);

    g_test_summary("So is one that is set forward later, until it is set back");
    errata_retention_clock_look(&clock, START + 50 * DAY, 50 * DAY + 100 * SECOND);
    g_assert_true(errata_retention_clock_tells(&clock, 50 * DAY, 1)); /* these days were seen */
    errata_retention_clock_look(&clock, START + 4000 * DAY, 50 * DAY + HOUR);
    errata_retention_clock_look(&clock, START + 4001 * DAY, 50 * DAY + HOUR + SECOND);
    g_assert_false(errata_retention_clock_tells(&clock, 50 * DAY + HOUR + SECOND, KEEP_S));
    errata_retention_clock_look(&clock, START + 50 * DAY, 50 * DAY + 2 * HOUR);
    g_assert_true(errata_retention_clock_tells(&clock, 50 * DAY + HOUR + SECOND, KEEP_S));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/retention/at-start", test_retention_at_start);
    g_test_add_func("/retention/set-forward", test_retention_set_forward);
    return g_test_run();
}
