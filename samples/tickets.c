/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Support tickets, text, four classes, one JSON object a line. Planted (tickets/expected.json):
 *   - tickets written in the app's chat about refunds are filed as billing: channel chat is wrong
 *   far
 *     more often than the model's probabilities say
 *   - 4 % of the labels were given at random by a tired agent, all of them `other` */
#include "generate.h"

#define TICKETS_START G_GINT64_CONSTANT(1777593600) /* 1 May 2026 */
#define TICKETS_STEP  240

static const char *const classes[] = {"billing", "delivery", "technical", "other"};
static const double class_weights[] = {0.34, 0.28, 0.26, 0.12};
static const char *const channels[] = {"mail", "web form", "chat", "phone note"};
static const double channel_weights[] = {0.42, 0.3, 0.16, 0.12};
static const char *const products[] = {"basic", "plus", "family", "business"};
static const double product_weights[] = {0.45, 0.3, 0.15, 0.1};
static const char *const openings[] =
    {"Hello,", "Hi,", "Good morning,", "Dear team,", "To whom it may concern,", ""};
static const char *const bodies[4][6] = {{"I was charged twice for my plan this month",
                                          "the invoice shows an amount I do not know",
                                          "please send a corrected bill",
                                          "my card was debited after I cancelled",
                                          "when will the refund arrive on my account",
                                          "the discount is missing from my last invoice"},
                                         {"my parcel has not arrived",
                                          "the courier left the package at the wrong door",
                                          "the tracking page has not moved for a week",
                                          "the box was open and one item is missing",
                                          "please deliver to my office instead",
                                          "the delivery was announced for today and nobody came"},
                                         {"the app crashes when I open the settings",
                                          "I cannot log in since the update",
                                          "the page stays blank in my browser",
                                          "the code you sent does not work",
                                          "the router loses its connection every evening",
                                          "my password reset mail never comes"},
                                         {"do you have a shop in my town",
                                          "I would like to praise your colleague on the phone",
                                          "are you looking for partners",
                                          "how can I recommend a friend",
                                          "what are your opening hours",
                                          "please take me off the newsletter"}};
static const char *const closings[] = {"Thanks.",
                                       "Please help.",
                                       "Kind regards",
                                       "I am waiting for your answer.",
                                       ""};

static void
tickets_print_text(FILE *out, ErrataRng *rng, guint truth)
{
    const char *opening = openings[errata_rng_below(rng, G_N_ELEMENTS(openings))];
    const char *closing = closings[errata_rng_below(rng, G_N_ELEMENTS(closings))];
    guint first = (guint)errata_rng_below(rng, 6);
    guint second = (guint)errata_rng_below(rng, 6);

    fprintf(out,
            "%s%s%s, and %s. %s",
            opening,
            opening[0] != '\0' ? " " : "",
            bodies[truth][first],
            bodies[truth][second],
            closing);
}

/* the model's probabilities: sharp around its guess */
static guint
tickets_guess(ErrataRng *rng, guint truth, gboolean blind, double *probability)
{
    double logit[4];
    double sum = 0.0;
    guint best = 0;

    for (guint k = 0; k < 4; k++)
        logit[k] = 0.9 * sample_normal(rng) + (k == truth ? 3.0 : 0.0);
    if (blind)
        logit[0] = logit[truth] + 1.2;
    for (guint k = 0; k < 4; k++)
        sum += probability[k] = exp(logit[k]);
    for (guint k = 0; k < 4; k++) {
        probability[k] /= sum;
        if (probability[k] > probability[best])
            best = k;
    }
    return best;
}

static void
tickets_write(FILE *out, gboolean reference, guint64 seed, guint n_rows)
{
    for (guint row = 0; row < n_rows; row++) {
        ErrataRng rng = errata_rng_init(seed, 4, row);
        guint truth = sample_pick(&rng, class_weights, 4);
        guint channel = sample_pick(&rng, channel_weights, G_N_ELEMENTS(channels));
        guint product = sample_pick(&rng, product_weights, G_N_ELEMENTS(products));
        gboolean blind = channel == 2 && errata_rng_uniform(&rng) < 0.45;
        double p[4];
        guint guess = tickets_guess(&rng, truth, blind, p);
        guint given = errata_rng_uniform(&rng) < 0.04 ? 3 : truth;

        fprintf(out, "{\"id\":\"t-%05u\",\"time\":\"", row);
        sample_print_time(out, TICKETS_START + (gint64)row * TICKETS_STEP);
        fprintf(out,
                "\",\"features\":{\"channel\":\"%s\",\"product\":\"%s\",\"text\":\"",
                channels[channel],
                products[product]);
        tickets_print_text(out, &rng, truth);
        fprintf(out, "\"},\"prediction\":\"%s\",\"probs\":{", classes[guess]);
        for (guint k = 0; k < 4; k++)
            fprintf(out, "%s\"%s\":%.5f", k > 0 ? "," : "", classes[k], p[k]);
        fprintf(out, "},\"label\":\"%s\"}\n", classes[given]);
    }
}

const Sample sample_tickets = {"tickets", tickets_write, 12000, 0};
