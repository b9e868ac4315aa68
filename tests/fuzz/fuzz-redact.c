/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a text of a log that goes to a language model: cleaned and masked it is valid,
 * bounded, without a control token, and stays so when it is done again. */
#include <string.h>

#include "quote.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const char *const columns[] = {"name", NULL};
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *clean = errata_quote_clean(text, 500);
    g_autoptr(ErrataRedact) redact = errata_redact_new("x+y", columns);
    g_autofree char *masked = errata_redact_apply(redact, clean);
    g_autofree char *disarmed = errata_quote_disarm(clean);
    const char *const items[] = {text, clean, NULL};
    g_autofree char *quoted = errata_quote_data(items, redact, (const guint8 *)"secret", 6);

    g_assert_true(g_utf8_validate(clean, -1, NULL) && strlen(clean) <= 500);
    g_assert_true(g_utf8_validate(masked, -1, NULL));
    g_assert_cmpstr(disarmed, ==, clean);
    g_assert_null(strstr(quoted, "<|"));
    g_assert_null(strstr(quoted, "|>"));
    g_assert_null(strchr(clean, '\n'));
    return 0;
}
