/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "frame-builder.h"
#include "rng.h"
#include "schema-entity.h"

#define TEST_ROWS 2000

/* users with three properties of their own; @moving: one of these changes in one row */
static int
test_entity_of(gboolean names, gboolean moving, guint n_users)
{
    static const char *const columns[] = {"x", "user", "a", "b", "c"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    ErrataSchemaColumn roles[G_N_ELEMENTS(columns)] = {{0}};
    ErrataSchema schema = {.columns = roles, .n_columns = G_N_ELEMENTS(columns)};
    guint at[G_N_ELEMENTS(columns)];

    for (guint c = 0; c < G_N_ELEMENTS(columns); c++) {
        errata_frame_builder_column(builder, columns[c], strlen(columns[c]), &at[c], NULL);
        roles[c].role = ERRATA_ROLE_FEATURE;
    }
    for (guint64 row = 0; row < TEST_ROWS; row++) {
        ErrataRng rng = errata_rng_init(3, 1, row);
        guint user = (guint)errata_rng_below(&rng, n_users);
        g_autofree char *name = g_strdup_printf("u%u", user);

        errata_frame_builder_number(builder, at[0], errata_rng_uniform(&rng));
        if (names)
            errata_frame_builder_string(builder, at[1], name, strlen(name));
        else
            errata_frame_builder_integer(builder, at[1], 7000 + user);
        errata_frame_builder_number(builder, at[2], user * 0.37);
        errata_frame_builder_integer(builder, at[3], user % 7);
        errata_frame_builder_integer(builder,
                                     at[4],
                                     user % 3 + (moving && row == TEST_ROWS - 1 ? 9 : 0));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    frame = errata_frame_builder_finish(builder, NULL);
    return errata_schema_entity(frame, &schema);
}

static void
test_entity_found(void)
{
    g_test_summary("The column within which three others never change is found, by name or number");
    g_assert_cmpint(test_entity_of(TRUE, FALSE, 100), ==, 1);
    g_assert_cmpint(test_entity_of(FALSE, FALSE, 100), ==, 1);
}

static void
test_entity_not(void)
{
    g_test_summary("Neither where one changes, nor where entities are few or have hardly any rows");
    g_assert_cmpint(test_entity_of(TRUE, TRUE, 100), ==, -1);
    g_assert_cmpint(test_entity_of(FALSE, TRUE, 100), ==, -1);
    g_assert_cmpint(test_entity_of(TRUE, FALSE, 20), ==, -1);
    g_assert_cmpint(test_entity_of(TRUE, FALSE, 1500), ==, -1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema-entity/found", test_entity_found);
    g_test_add_func("/schema-entity/not", test_entity_not);
    return g_test_run();
}
