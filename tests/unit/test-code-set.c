/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code-set.h"
#include "rng.h"

#define N_WORDS 7

/* every code in every place, by the definition */
static void
test_code_set_finds(void)
{
    for (guint64 turn = 0; turn < 100; turn++) {
        ErrataRng rng = errata_rng_init(3, 1, turn);
        guint8 mark[256], code[N_WORDS * 64];
        guint64 word[N_WORDS];
        ErrataCodeSet set;

        for (guint c = 0; c < 256; c++)
            mark[c] = (guint8)errata_rng_below(&rng, 3);
        for (guint i = 0; i < G_N_ELEMENTS(code); i++)
            code[i] = turn < 10 ? (guint8)i : (guint8)errata_rng_below(&rng, 256);
        errata_code_set_init(&set, mark, 2);
        errata_code_set_find(&set, code, N_WORDS, word);
        for (guint i = 0; i < G_N_ELEMENTS(code); i++)
            g_assert_cmpuint(word[i / 64] >> i % 64 & 1, ==, mark[code[i]] == 2 ? 1 : 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/code-set/finds", test_code_set_finds);
    return g_test_run();
}
