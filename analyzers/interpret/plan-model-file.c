/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a model's file: what was found in it or what it wants, what that does, and what
 * was done all the same. */
#include <math.h>
#include <string.h>

#include "prose.h"
#include "words.h"

typedef struct {
    const char *problem;
    const char *meaning;
} Meaning;

static const Meaning meanings[] = {
    {"pickle-import",
     "nothing of it was run here, and no prediction of it was used; but who opens the file with "
     "pickle or joblib runs it"},
    {"yaml-tag", "no tag was honoured here; a reader that honours them runs what they name"},
    {"code-starts-programs",
     "nothing of it was run here; who serves the model runs it, with all that it starts"},
    {"code-reaches-out", "nothing of it was run here; who serves the model runs it"},
    {"machine-code", "what it does cannot be told from its bytes, and nothing of it was run here"},
    {"duplicate-member",
     "two programs that open the archive may then read two different models from it"},
    {"nan-weights", "every prediction that such a number reaches is no number either"},
    {"infinite-weights", "predictions that such a number reaches are infinite, or no number"},
    {"zero-weights", "a layer of zeros gives the same whatever comes in"},
    {"duplicated-weights", "tied weights look so, and so does a layer that was loaded twice"},
    {"verification", "either the export or the file’s examples are wrong"},
};

static const char *
plan_meaning(const char *problem)
{
    for (guint i = 0; problem != NULL && i < G_N_ELEMENTS(meanings); i++)
        if (strcmp(meanings[i].problem, problem) == 0)
            return meanings[i].meaning;
    return NULL;
}

/* words, and not the name of a file, which stays as it is written */
static gboolean
plan_begins_with_word(const char *text)
{
    gsize n = 0;

    while (g_ascii_islower(text[n]))
        n++;
    return n > 0 && text[n] == ' ';
}

static void
plan_risk(ErrataProse *prose, const ErrataFinding *finding, const ErrataEvidence *risks)
{
    const ErrataEvidence *values = errata_finding_evidence(finding, "bad_values");
    const ErrataEvidence *tensors = errata_finding_evidence(finding, "bad_tensors");
    const char *meaning = plan_meaning(finding->subject.problem);

    errata_prose_cite(prose, risks);
    if (plan_begins_with_word(risks->text))
        errata_prose_say(prose, "%s", risks->text);
    else /* begins with the name of a file */
        errata_prose_quote(prose, risks->text);
    if (risks->value > 1.0) {
        g_autofree char *more =
            errata_words_counted((guint64)risks->value - 1, "place more", "places more");

        errata_prose_say(prose, "the file has %s of the kind", more);
    }
    if (values != NULL && tensors != NULL) {
        g_autofree char *n = errata_words_counted((guint64)values->value, "number", "numbers");
        g_autofree char *in = errata_words_counted((guint64)tensors->value, "tensor", "tensors");

        errata_prose_cite(prose, values);
        errata_prose_cite(prose, tensors);
        errata_prose_say(prose, "together it is %s in %s", n, in);
    }
    if (meaning != NULL)
        errata_prose_say(prose, "%s", meaning);
}

static void
plan_missing(ErrataProse *prose, const ErrataFinding *finding, const ErrataEvidence *missing)
{
    const ErrataEvidence *used = errata_finding_evidence(finding, "used");
    const ErrataEvidence *prepared = errata_finding_evidence(finding, "prepared");

    errata_prose_cite(prose, missing);
    if (errata_finding_note(finding, "unnamed") != NULL) {
        errata_prose_say(
            prose,
            "the model’s file does not name the columns that it reads, and the log does "
            "not have as many features, so that it could not be run on these rows");
        return;
    }
    if (missing->value >= missing->baseline) {
        errata_prose_say(prose,
                         "the log holds none of the columns that the model reads, so that it could "
                         "not be run on these rows; what the model got is not known here");
        return;
    }
    errata_prose_say(prose, "these columns of the model are not in the log: %s", missing->text);
    if (prepared != NULL) {
        errata_prose_cite(prose, prepared);
        errata_prose_say(prose, "%s", prepared->text);
    }
    if (used != NULL && used->value < 1.0) {
        errata_prose_cite(prose, used);
        errata_prose_say(prose, "no tree of it splits on them, so that its predictions stay");
    } else {
        errata_prose_cite(prose, used);
        errata_prose_say(prose,
                         "where the model is run here, they read as missing: what it says of these "
                         "rows may differ from what it said when it served them");
    }
}

static void
plan_unseen(ErrataProse *prose, const ErrataFinding *finding, const ErrataEvidence *unseen)
{
    const ErrataEvidence *columns = errata_finding_evidence(finding, "columns");
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    g_autofree char *share = errata_words_value(unseen);

    errata_prose_cite(prose, unseen);
    errata_prose_say(prose,
                     "%s of the rows hold a value there that training did not%s%s%s",
                     share,
                     unseen->text != NULL ? ", “" : "",
                     unseen->text != NULL ? unseen->text : "",
                     unseen->text != NULL ? "” for one" : "");
    if (columns != NULL && columns->value > 1.0) {
        errata_prose_cite(prose, columns);
        errata_prose_say(prose, "columns with such values are %s", columns->text);
    }
    if (in != NULL && out != NULL) {
        g_autofree char *in_words = errata_words_value(in);
        g_autofree char *out_words = errata_words_value(out);

        errata_prose_cite(prose, in);
        errata_prose_cite(prose, out);
        errata_prose_say(prose,
                         "the model errs in %s of these rows, in the others in %s",
                         in_words,
                         out_words);
    }
    errata_prose_say(prose, "for such a value it can only fall back on what it does without one");
}

/* what was tried to silence a feature, and what the loss became */
static void
plan_fall(ErrataProse *prose, const ErrataFinding *finding, const ErrataEvidence *fall)
{
    const ErrataEvidence *part = errata_finding_evidence(finding, "model_share");
    g_autofree char *share = errata_words_share(fall->value / fall->baseline,
                                                fall->lo / fall->baseline,
                                                fall->hi / fall->baseline);

    errata_prose_cite(prose, fall);
    errata_prose_say(prose,
                     g_strcmp0(errata_finding_note(finding, "tried"), "held") == 0
                         ? "held at its usual value in all rows, the model run again, the mean "
                           "loss is %s less"
                         : "with its values exchanged among rows, the model run again, the mean "
                           "loss is %s less",
                     share);
    if (part != NULL) {
        g_autofree char *words = errata_words_part(part->value);

        errata_prose_cite(prose, part);
        errata_prose_say(prose,
                         "%s of what moves the predictions is this feature, and on these rows it "
                         "moves them the wrong way more than the right one",
                         words);
    }
}

/* the headline and the figure that it rests on */
static void
plan_other(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *type = errata_finding_evidence(finding, "other_type");
    const ErrataEvidence *agreement = errata_finding_evidence(finding, "agreement");
    const ErrataEvidence *rounds = errata_finding_evidence(finding, "rounds");
    const ErrataEvidence *best = errata_finding_evidence(finding, "best_step");
    const ErrataEvidence *part = errata_finding_evidence(finding, "curve_part");
    const ErrataEvidence *newest = errata_finding_evidence(finding, "newest_known");
    g_autofree char *words = NULL;

    if (best != NULL && best->text != NULL && part != NULL) {
        g_autofree char *share = errata_words_part(part->value);
        gboolean past = g_strcmp0(finding->subject.problem, "trained-past-best") == 0;

        errata_prose_cite(prose, best);
        errata_prose_cite(prose, part);
        errata_prose_say(
            prose,
            past ? "%s was best at step %.0f of %.0f; %s of what had been gained by "
                   "then was given back by the end"
                 : "%s was best at step %.0f of %.0f; %s of all that was gained came in "
                   "the last tenth of the steps",
            best->text,
            best->value,
            best->baseline,
            share);
        errata_prose_say(prose,
                         past ? "which step’s weights the file holds it does not tell"
                              : "more steps may bring more, how much the file does not tell");
    }
    if (newest != NULL && newest->text != NULL) {
        errata_prose_cite(prose, newest);
        errata_prose_quote(prose, finding->title);
        errata_prose_say(prose,
                         "files of up to %s were tried; it was read all the same, and what it says "
                         "of these rows is held against the logged scores",
                         newest->text);
    }

    if (type != NULL) {
        errata_prose_cite(prose, type);
        errata_prose_say(prose,
                         "the model takes numbers where the log holds words: %s",
                         type->text);
        errata_prose_cite(prose, agreement);
        errata_prose_say(
            prose,
            agreement != NULL
                ? "how the words were made numbers is not in its file, and no order of "
                  "them was found with which it repeats the logged scores"
                : "how the words were made numbers is not in its file");
    } else if (agreement != NULL) {
        words = errata_words_value(agreement);
        errata_prose_cite(prose, agreement);
        errata_prose_say(prose, "asked again, it gives the logged score in %s of the rows", words);
        errata_prose_say(prose,
                         "so the rows were served by another version, or something that is not in "
                         "the file comes before or after it");
    } else if (rounds != NULL) {
        words = errata_words_counted((guint64)rounds->value, "round", "rounds");
        errata_prose_cite(prose, rounds);
        errata_prose_say(prose, "of %s of training the last was the best", words);
        errata_prose_say(prose,
                         "early stopping was on and never reached: more rounds may bring more, how "
                         "much the file does not tell");
    }
}

/**
 * errata_plan_model_file:
 * @prose: the rationale
 * @finding: about a model's file
 *
 * Says nothing of findings that it has no words for.
 */
void
errata_plan_model_file(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *risks = errata_finding_evidence(finding, "risks");
    const ErrataEvidence *missing = errata_finding_evidence(finding, "missing");
    const ErrataEvidence *unseen = errata_finding_evidence(finding, "unseen");
    const ErrataEvidence *fall = errata_finding_evidence(finding, "fall");

    if (risks != NULL && risks->text != NULL)
        plan_risk(prose, finding, risks);
    else if (missing != NULL && missing->text != NULL)
        plan_missing(prose, finding, missing);
    else if (unseen != NULL)
        plan_unseen(prose, finding, unseen);
    else if (fall != NULL && fall->baseline > 0.0)
        plan_fall(prose, finding, fall);
    else
        plan_other(prose, finding);
}
