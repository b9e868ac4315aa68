/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chapter about the model's file: what it is, what to beware of, how it was trained. */
#include "compose.h"
#include "value.h"

static void
model_section(ErrataDocument *document, const ErrataInventorySection *section)
{
    g_autofree char *all = errata_value_count((double)section->n_all);
    g_autofree char *note = section->n_all > section->facts->len
                                ? g_strdup_printf("the first %u of %s; errata inspect has all",
                                                  section->facts->len,
                                                  all)
                                : NULL;
    ErrataBlock *table;

    if (section->facts->len == 0)
        return;
    errata_compose_section(document, section->title, note, TRUE)->keep_next = TRUE;
    table = errata_document_add(document, ERRATA_BLOCK_TABLE);
    table->no_heading = TRUE;
    errata_block_add_column(table, "", 132.0, FALSE)->lines = 2;
    errata_block_add_column(table, "", 0.0, FALSE)->flexible = TRUE;
    table->columns[1].lines = 4;
    for (guint i = 0; i < section->facts->len; i++) {
        const ErrataModelFact *fact = g_ptr_array_index(section->facts, i);

        errata_block_add_cell(table, fact->name)->ink = ERRATA_INK_SOFT;
        errata_block_add_cell(table, fact->value);
    }
}

void
errata_compose_model(const ErrataCase *report_case, ErrataDocument *document)
{
    if (report_case->inventory == NULL || report_case->inventory->len == 0)
        return;
    errata_compose_chapter(document,
                           "model",
                           "The model’s file",
                           "as it tells of itself; nothing in it was executed")
        ->not_first = TRUE;
    for (guint i = 0; i < report_case->inventory->len; i++)
        model_section(document, g_ptr_array_index(report_case->inventory, i));
}
