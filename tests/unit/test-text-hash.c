/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that have one hash in g_str_hash() have many here; the same ones in every run. */
#include "text-hash.h"

static void
test_text_hash_spread(void)
{
    const guint n = 1U << 16;
    g_autoptr(GHashTable) plain = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) hashes = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < n; i++) {
        char name[33];

        for (guint bit = 0; bit < 16; bit++) {
            name[2 * bit] = (i >> bit & 1) != 0 ? 'C' : 'B';
            name[2 * bit + 1] = (i >> bit & 1) != 0 ? 'Y' : 'z';
        }
        name[32] = '\0';
        g_hash_table_add(plain, GUINT_TO_POINTER(g_str_hash(name)));
        g_hash_table_add(hashes, GUINT_TO_POINTER(errata_text_hash(name)));
    }
    g_assert_cmpuint(g_hash_table_size(plain), ==, 1);
    g_assert_cmpuint(g_hash_table_size(hashes), >, n - 10);
}

/* all lengths around a word, and words that differ in one byte */
static void
test_text_hash_lengths(void)
{
    g_autoptr(GHashTable) hashes = g_hash_table_new(NULL, NULL);
    char name[41] = {0};
    guint n = 0;

    for (guint length = 0; length <= 40; length++) {
        for (guint at = 0; at < length; at++) {
            for (guint i = 0; i < length; i++)
                name[i] = i == at ? 'b' : 'a';
            name[length] = '\0';
            g_hash_table_add(hashes, GUINT_TO_POINTER(errata_text_hash(name)));
            g_assert_cmpuint(errata_text_hash(name), ==, errata_text_hash(name));
            n++;
        }
    }
    g_assert_cmpuint(g_hash_table_size(hashes), ==, n);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text-hash/spread", test_text_hash_spread);
    g_test_add_func("/text-hash/lengths", test_text_hash_lengths);
    return g_test_run();
}
