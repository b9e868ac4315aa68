/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the table of a finding and as the subject of a pattern: rows are of the log, and
 * what is read as a subject is written as one that reads the same. */
#include "case-json.h"
#include "exports.h"

#define FUZZ_ROWS 1000

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
fuzz_subject(const char *text)
{
    for (guint kind = 0; kind <= ERRATA_FINDING_MODEL_FILE; kind++) {
        g_autoptr(ErrataFinding) finding = errata_case_subject_from_text((ErrataFindingKind)kind,
                                                                         text);
        g_autoptr(ErrataFinding) again = NULL;
        g_autofree char *first = NULL;
        g_autofree char *second = NULL;

        if (finding == NULL)
            return;
        first = errata_case_subject_to_text(finding);
        again = errata_case_subject_from_text((ErrataFindingKind)kind, first);
        g_assert_nonnull(again);
        second = errata_case_subject_to_text(again);
        g_assert_cmpstr(first, ==, second);
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    ErrataExportTable *table =
        errata_exports_read_table((const char *)data, size, FUZZ_ROWS, "fuzz", NULL);

    for (gsize i = 0; table != NULL && i < table->n; i++)
        g_assert_cmpuint(table->row[i], <, FUZZ_ROWS);
    errata_exports_table_free(table);
    fuzz_subject(text);
    return 0;
}
