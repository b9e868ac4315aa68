/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a column that knows the answer. */
#include <math.h>
#include <string.h>

#include "prose.h"
#include "words.h"

#define LEAKAGE_HARDLY 0.02 /* of the size of all shares */
#define LEAKAGE_LITTLE 0.10

/* labels that are the predictions again */
static void
leakage_say_copied(ErrataProse *prose, const ErrataFinding *finding)
{
    errata_prose_cite(prose, errata_finding_evidence(finding, "disagree"));
    errata_prose_cite(prose, errata_finding_evidence(finding, "expected"));
    errata_prose_quote(prose, finding->title);
    errata_prose_say(
        prose,
        "a model that is never wrong would be surer; labels that were filled in from its "
        "predictions look like that");
    errata_prose_say(
        prose,
        "so accuracy and all that follows from it say nothing, and neither does what the "
        "scores promise against these labels");
}

/* a model of two classes that is mostly wrong ranks them the wrong way round: how well it would,
 * turned round, is no praise of it */
static gboolean
leakage_is_opposed(const ErrataProse *prose, const ErrataEvidence *agreement)
{
    return prose->report->task == ERRATA_TASK_BINARY && agreement != NULL &&
           agreement->baseline < 0.5;
}

static void
leakage_say_what(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *column = finding->subject.column;
    const ErrataEvidence *agreement = errata_finding_evidence(finding, "agreement");
    const ErrataEvidence *filled = errata_finding_evidence(finding, "filled_share");
    const ErrataEvidence *model = errata_finding_evidence(finding, "strength_model");
    g_autofree char *strength = errata_prose_value(prose, finding, "strength");

    if (filled != NULL) {
        g_autofree char *base =
            errata_words_share(filled->baseline, filled->baseline, filled->baseline);

        errata_prose_cite(prose, filled);
        errata_prose_quote(prose, finding->title);
        errata_prose_say(prose, "of all rows, %s are of that class", base);
        return;
    }
    if (agreement == NULL) {
        errata_prose_say(prose, "%s", finding->title);
    } else {
        g_autofree char *share = errata_words_value(agreement);

        errata_prose_cite(prose, agreement);
        if (isnan(agreement->baseline)) {
            errata_prose_say(prose, "alone, %s tells the label in %s of the rows", column, share);
        } else {
            g_autofree char *right =
                errata_words_share(agreement->baseline, agreement->lo, agreement->hi);

            errata_prose_say(
                prose,
                "alone, %s tells the label in %s of the rows; the model is right in %s",
                column,
                share,
                right);
        }
    }
    if (strength != NULL && model != NULL && !leakage_is_opposed(prose, agreement)) {
        g_autofree char *of_model = errata_words_value(model);

        errata_prose_cite(prose, model);
        errata_prose_say(prose,
                         "its %s is %s, the model’s %s",
                         model->unit == ERRATA_UNIT_SHARE ? "share of the variance" : "AUC",
                         strength,
                         of_model);
    }
}

/* who was asked about the column: without a model, attributions in the log or a model learnt from
 * it */
static const char *
leakage_asked(const ErrataFinding *finding)
{
    const char *asked = errata_finding_note(finding, "asked");

    if (asked == NULL)
        return "asked, the model";
    return strcmp(asked, "surrogate") == 0
               ? "there is no model to ask; a stand-in trained on the log"
               : "by the attributions in the log, the model";
}

/* how much of what the model says it owes to the column, where the model could be asked */
static void
leakage_say_model(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *part = errata_finding_evidence(finding, "model_share");
    const char *asked = leakage_asked(finding);
    g_autofree char *words = NULL;

    if (errata_finding_note(finding, "untaken") != NULL) {
        errata_prose_say(prose,
                         "the model that was given has no such input: it cannot have gone by this "
                         "column, and the next one should not be given it");
        return;
    }
    if (part == NULL)
        return;
    words = errata_words_part(part->value);
    errata_prose_cite(prose, part);
    if (part->value > 0.0)
        errata_prose_say(prose,
                         "%s %s by it%s: %s of the size of all shares of its predictions is the "
                         "column’s",
                         asked,
                         part->value < LEAKAGE_HARDLY ? "hardly goes" : "goes",
                         part->value >= LEAKAGE_HARDLY && part->value < LEAKAGE_LITTLE ? " a little"
                                                                                       : "",
                         words);
    else
        errata_prose_say(prose, "%s does not go by it: its share is nil", asked);
}

/* a column that stands for the whole model: as the label does, or as a cause does */
static void
leakage_say_rests(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *column = errata_finding_evidence(finding, "strength");
    const ErrataEvidence *model = errata_finding_evidence(finding, "strength_model");
    g_autofree char *alone = NULL;
    g_autofree char *whole = NULL;

    if (column == NULL || model == NULL)
        return;
    alone = errata_words_value(column);
    whole = errata_words_value(model);
    errata_prose_cite(prose, column);
    errata_prose_cite(prose, model);
    errata_prose_say(prose,
                     "its AUC alone is %s, that of the model with all columns %s",
                     alone,
                     whole);
    leakage_say_model(prose, finding);
    errata_prose_say(prose,
                     "no other of its columns comes near; that is what a column looks like that is "
                     "filled in with or after the answer, though a strong cause looks so as well");
}

/* a column that tells in some rows only */
static void
leakage_say_part(ErrataProse *prose, const ErrataFinding *finding, const char *where)
{
    const ErrataEvidence *model = errata_finding_evidence(finding, "strength_model");
    g_autofree char *strength = errata_prose_value(prose, finding, "strength");
    g_autofree char *outside = errata_prose_value(prose, finding, "strength_outside");
    g_autofree char *together = errata_prose_value(prose, finding, "strength_together");
    g_autofree char *of_model = model != NULL ? errata_words_value(model) : NULL;
    const char *what = model != NULL && model->unit == ERRATA_UNIT_SHARE ? "share of the variance"
                                                                         : "AUC";
    gboolean everywhere = strcmp(where, "unknown") == 0;

    errata_prose_cite(prose, model);
    errata_prose_quote(prose, finding->title);
    if (of_model != NULL)
        errata_prose_say(prose,
                         "%s its %s alone is %s, the model’s %s",
                         everywhere ? "over all rows" : "there",
                         what,
                         strength,
                         of_model);
    if (outside != NULL)
        errata_prose_say(prose, "in the other rows it is %s", outside);
    if (together != NULL)
        errata_prose_say(
            prose,
            "the two together reach %s, and no other column adds as much as a quarter of "
            "that",
            together);
    if (everywhere)
        errata_prose_say(
            prose,
            "so it is filled with or after the answer in some of the rows, or is a cause "
            "that the model lacks; neither time nor any group tells which rows");
    else
        errata_prose_say(
            prose,
            "so in these rows it is filled with or after the answer; it is left out of "
            "the search for slices");
    leakage_say_model(prose, finding);
}

void
errata_plan_leakage(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *model = errata_finding_note(finding, "model");
    const ErrataEvidence *next = errata_finding_evidence(finding, "strength_next");
    const ErrataEvidence *against = errata_finding_evidence(finding, "rate_against");

    if (g_strcmp0(errata_finding_note(finding, "driver"), "id") == 0) {
        errata_prose_quote(prose, finding->title);
        leakage_say_model(prose, finding);
        errata_prose_say(prose,
                         "such a number tells rows that training knew from others, and nothing of "
                         "rows to come");
        return;
    }
    if (g_strcmp0(errata_finding_note(finding, "driver"), "rests") == 0) {
        leakage_say_rests(prose, finding);
        return;
    }
    if (errata_finding_note(finding, "copied") != NULL) {
        leakage_say_copied(prose, finding);
        return;
    }
    if (errata_finding_note(finding, "where") != NULL) {
        leakage_say_part(prose, finding, errata_finding_note(finding, "where"));
        return;
    }
    leakage_say_what(prose, finding);
    leakage_say_model(prose, finding);
    if (next != NULL && next->text != NULL &&
        errata_finding_evidence(finding, "filled_share") == NULL) {
        g_autofree char *value = errata_words_value(next);

        errata_prose_cite(prose, next);
        errata_prose_say(prose,
                         "no other column comes near: %s is next with %s",
                         next->text,
                         value);
    }
    if (errata_finding_evidence(finding, "model_share") == NULL && against != NULL &&
        model != NULL && strcmp(model, "unclear") != 0) {
        g_autofree char *rate = errata_words_value(against);

        errata_prose_cite(prose, against);
        if (strcmp(model, "follows") == 0)
            errata_prose_say(prose,
                             "the model seems to use it: where it contradicts the label, the model "
                             "is wrong %s of the time",
                             rate);
        else
            errata_prose_say(
                prose,
                "the model does not seem to use it: where it contradicts the label, the "
                "model is wrong only %s of the time; keep it out of the next one",
                rate);
    }
}
