/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Moments as a reader says them, ns UTC. Whoever writes about a log says first what times it
 * covers: where a day and a month may be of two years, the year is told; where its stamps are
 * months (@by_month), no day is. Everything else returns new text. */
void errata_words_time_span(gint64 from, gint64 to, gboolean by_month);
/* “22 March, 14:45”; “22 March” at midnight, as logs that are stamped by day have it */
char *errata_words_time(gint64 ns);
/* “on 22 March, 14:45”, “in March” */
char *errata_words_time_on(gint64 ns);
/* the same as precisely as it is known to lie between @lo and @hi (NaN: exactly): the day alone
 * where that is days */
char *errata_words_time_about(gint64 ns, double lo, double hi);
/* when something happened that lies between @lo and @hi: “on 22 March, 14:45”, “about 22 March”
 * where that is hours, “about 21–24 March” where it is days */
char *errata_words_time_around(gint64 ns, double lo, double hi);
/* “22 March and 3 April, 14:45”, “14:45 and 15:10 on 22 March”; only days where they are days apart
 * and
 * @exact is not set. @word stands between: “and”, “to”. %NULL where both read alike */
char *errata_words_time_range(gint64 from, gint64 to, const char *word, gboolean exact);

G_END_DECLS
