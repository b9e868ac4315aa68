/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "frame-builder.h"
#include "rng.h"
#include "schema-entity.h"
#include "schema-frame.h"

#define TEST_ROWS 2000

/* users with three properties of their own; @moving: one of these changes in one row; @declared:
 * all columns are inputs by declaration */
static int
test_entity_input(const char *called,
                  gboolean names,
                  gboolean moving,
                  guint n_users,
                  gboolean declared)
{
    const char *const columns[] = {"x", called, "a", "b", "c"};
    const char *why;
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    ErrataSchemaColumn roles[G_N_ELEMENTS(columns)] = {{0}};
    ErrataSchema schema = {.columns = roles, .n_columns = G_N_ELEMENTS(columns)};
    guint at[G_N_ELEMENTS(columns)];

    for (guint c = 0; c < G_N_ELEMENTS(columns); c++) {
        errata_frame_builder_column(builder, columns[c], strlen(columns[c]), &at[c], NULL);
        roles[c].role = ERRATA_ROLE_FEATURE;
        roles[c].declared = declared;
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
    return errata_schema_entity(frame, &schema, &why);
}

static int
test_entity_of(const char *called, gboolean names, gboolean moving, guint n_users)
{
    return test_entity_input(called, names, moving, n_users, FALSE);
}

static void
test_entity_found(void)
{
    g_test_summary("The column within which three others never change is found, by name or number");
    g_assert_cmpint(test_entity_of("issuer", TRUE, FALSE, 100), ==, 1);
    g_assert_cmpint(test_entity_of("issuer", FALSE, FALSE, 100), ==, 1);
}

static void
test_entity_not(void)
{
    g_test_summary("Neither where one changes, nor where entities are few or have hardly any rows");
    g_assert_cmpint(test_entity_of("issuer", TRUE, TRUE, 100), ==, -1);
    g_assert_cmpint(test_entity_of("issuer", FALSE, TRUE, 100), ==, -1);
    g_assert_cmpint(test_entity_of("issuer", TRUE, FALSE, 20), ==, -1);
    g_assert_cmpint(test_entity_of("issuer", TRUE, FALSE, 1500), ==, -1);
}

static void
test_entity_named(void)
{
    static const char *const somebody[] = {"user", "customer_id", "PatientNo", "features.user_id"};
    static const char *const others[] = {"device",
                                         "clicks_per_user",
                                         "user_type",
                                         "store_id",
                                         "id"};

    g_test_summary("Where columns change within it, its name says that it is somebody; it has to "
                   "have the rows, and what is declared an input is none");
    for (guint i = 0; i < G_N_ELEMENTS(somebody); i++) {
        g_assert_cmpint(test_entity_of(somebody[i], TRUE, TRUE, 100), ==, 1);
        g_assert_cmpint(test_entity_of(somebody[i], FALSE, TRUE, 100), ==, 1);
        g_assert_cmpint(test_entity_of(somebody[i], TRUE, TRUE, 20), ==, -1);
        g_assert_cmpint(test_entity_of(somebody[i], TRUE, TRUE, 1500), ==, -1);
    }
    g_assert_cmpint(test_entity_input("user", TRUE, TRUE, 100, TRUE), ==, -1);
    g_assert_cmpint(test_entity_input("user", TRUE, FALSE, 100, TRUE), ==, -1);
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_cmpint(test_entity_of(others[i], TRUE, TRUE, 100), ==, -1);
}

/* the schema of a log with a user and a firm, under these roles and entity; @error: why not */
static ErrataSchema *
test_entity_declared_as(const char *user, const char *firm, const char *entity, GError **error)
{
    g_autoptr(ErrataFrame) frame =
        schema_frame_new("user,firm,x,label,prediction\nu1,f1,1,a,a\nu1,f1,2,b,b\nu2,f1,3,a,b\n");
    g_autoptr(ErrataSettings) settings = errata_settings_new();

    if (user != NULL)
        errata_settings_set(settings, "roles", "user", user, "--role", NULL);
    if (firm != NULL)
        errata_settings_set(settings, "roles", "firm", firm, "--role", NULL);
    if (entity != NULL)
        errata_settings_set(settings, "analysis", "entity", entity, "a file", NULL);
    return errata_schema_infer(frame, settings, NULL, error);
}

static void
test_entity_declared(void)
{
    static const char *const said[][3] = {{"entity", NULL, NULL},
                                          {NULL, NULL, "user"},
                                          {"entity", NULL, "user"}};
    g_autoptr(ErrataSchema) group = test_entity_declared_as("group", NULL, "user", NULL);

    g_test_summary("A role and [analysis] say the same; a column with another role keeps it");
    for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
        g_autoptr(ErrataSchema) schema =
            test_entity_declared_as(said[i][0], said[i][1], said[i][2], NULL);

        g_assert_cmpuint(schema->columns[0].role, ==, ERRATA_ROLE_ENTITY);
        g_assert_true(schema->columns[0].declared);
    }
    g_assert_cmpuint(group->columns[0].role, ==, ERRATA_ROLE_GROUP);
}

static void
test_entity_twice(void)
{
    g_autoptr(GError) twice = NULL;
    g_autoptr(GError) against = NULL;

    g_test_summary("Rows belong to one column: a second is refused, whichever key says it");
    g_assert_null(test_entity_declared_as("entity", "entity", NULL, &twice));
    g_assert_error(twice, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    g_assert_cmpstr(twice->message,
                    ==,
                    "both 'firm' and 'user' are declared as entity; only one column can be");
    g_assert_null(test_entity_declared_as(NULL, "entity", "user", &against));
    g_assert_error(against, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    g_assert_cmpstr(against->message,
                    ==,
                    "'firm' is declared as entity, and entity=user under [analysis] says that rows "
                    "belong to that; only one column can be");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema-entity/found", test_entity_found);
    g_test_add_func("/schema-entity/not", test_entity_not);
    g_test_add_func("/schema-entity/named", test_entity_named);
    g_test_add_func("/schema-entity/declared", test_entity_declared);
    g_test_add_func("/schema-entity/twice", test_entity_twice);
    return g_test_run();
}
