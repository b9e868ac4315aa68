/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `findings[].subject`: the members that CONTRACT lists for the finding's kind, no others. */
#include "case-json-private.h"

void
errata_case_json_predicates(ErrataJsonWriter *json, const GPtrArray *predicates)
{
    errata_json_writer_begin(json, "predicates", '[');
    for (guint i = 0; i < predicates->len; i++) {
        const ErrataPredicate *predicate = g_ptr_array_index(predicates, i);
        gboolean list = predicate->op == ERRATA_OP_IN || predicate->op == ERRATA_OP_NOT_IN;

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "column", predicate->column);
        errata_json_writer_string(json, "op", errata_op_nick(predicate->op));
        if (predicate->op == ERRATA_OP_IS_MISSING) {
            errata_json_writer_null(json, "value");
        } else if (list) {
            errata_json_writer_strings(json, "value", predicate->values);
        } else if (predicate->op == ERRATA_OP_BETWEEN) {
            double ends[2] = {predicate->number, predicate->upper};

            errata_json_writer_doubles(json, "value", ends, 2);
        } else if (predicate->values != NULL) {
            errata_json_writer_string(json, "value", predicate->values[0]);
        } else {
            errata_json_writer_double(json, "value", predicate->number);
        }
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

void
errata_case_json_read_predicates(JsonObject *object, GPtrArray *predicates)
{
    JsonArray *array = errata_json_reader_array(object, "predicates");

    for (guint i = 0; i < errata_json_reader_length(array); i++) {
        JsonObject *element = errata_json_reader_element(array, i);
        ErrataOp op = ERRATA_OP_EQ;
        ErrataPredicate *predicate;

        if (!errata_op_parse(errata_json_reader_peek(element, "op"), &op))
            continue;
        predicate = errata_predicate_new(errata_json_reader_peek(element, "column"), op);
        g_ptr_array_add(predicates, predicate);
        predicate->number = errata_json_reader_double(element, "value");
        if (op == ERRATA_OP_BETWEEN) {
            errata_json_reader_interval(element, "value", &predicate->number, &predicate->upper);
        } else if (op == ERRATA_OP_IN || op == ERRATA_OP_NOT_IN) {
            predicate->values = errata_json_reader_strings(element, "value");
            if (predicate->values == NULL)
                predicate->values = g_new0(char *, 1);
        } else if (errata_json_reader_peek(element, "value") != NULL) {
            predicate->values = g_new0(char *, 2);
            predicate->values[0] = errata_json_reader_string(element, "value");
        }
    }
}

/* {from, to} of a time window or a range of rows; null when the subject has none */
static void
subject_time(ErrataJsonWriter *json, const ErrataSubject *subject)
{
    if (subject->from >= subject->to) {
        errata_json_writer_null(json, "time");
        return;
    }
    errata_json_writer_begin(json, "time", '{');
    errata_case_json_place(json, "from", subject->has_time, subject->from);
    errata_case_json_place(json, "to", subject->has_time, subject->to);
    errata_json_writer_end(json, '}');
}

/* between which places an abrupt change began; null of a gradual one */
/* when a change is told to have happened: of one that took its time, when half of it had passed */
static gint64
subject_middle(const ErrataSubject *subject)
{
    return subject->to > subject->from ? subject->from + (subject->to - subject->from) / 2
                                       : subject->from;
}

static void
subject_moment(ErrataJsonWriter *json, const ErrataSubject *subject)
{
    if (subject->at_lo >= subject->at_hi) {
        errata_json_writer_null(json, "at_ci");
        return;
    }
    errata_json_writer_begin(json, "at_ci", '{');
    errata_case_json_place(json, "from", subject->has_time, subject->at_lo);
    errata_case_json_place(json, "to", subject->has_time, subject->at_hi);
    errata_json_writer_end(json, '}');
}

static void
subject_read_moment(JsonObject *object, ErrataSubject *subject)
{
    JsonObject *moment = errata_json_reader_object(object, "at_ci");

    if (moment == NULL)
        return;
    subject->at_lo = errata_case_json_read_place(moment, "from", NULL);
    subject->at_hi = errata_case_json_read_place(moment, "to", NULL);
}

static void
subject_read_time(JsonObject *object, ErrataSubject *subject)
{
    JsonObject *time = errata_json_reader_object(object, "time");

    if (time == NULL)
        return;
    subject->from = errata_case_json_read_place(time, "from", &subject->has_time);
    subject->to = errata_case_json_read_place(time, "to", NULL);
}

static void
subject_shares(ErrataJsonWriter *json,
               const char *key,
               GPtrArray *shares,
               const char *name,
               const char *number)
{
    errata_json_writer_begin(json, key, '[');
    for (guint i = 0; i < shares->len; i++) {
        const ErrataShare *share = g_ptr_array_index(shares, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, name, share->value);
        if (share->n > 0)
            errata_json_writer_uint(json, "n", share->n);
        errata_json_writer_double(json, number, share->rate);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

static void
subject_read_shares(JsonObject *object,
                    const char *key,
                    GPtrArray *shares,
                    const char *name,
                    const char *number)
{
    JsonArray *array = errata_json_reader_array(object, key);

    for (guint i = 0; i < errata_json_reader_length(array); i++) {
        JsonObject *element = errata_json_reader_element(array, i);
        ErrataShare *share = g_new0(ErrataShare, 1);

        share->value = errata_json_reader_string(element, name);
        share->n = errata_json_reader_uint(element, "n");
        share->rate = errata_json_reader_double(element, number);
        g_ptr_array_add(shares, share);
    }
}

/* kinds whose subject is about one column or a series of it */
static void
subject_column_members(ErrataJsonWriter *json, const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;

    errata_json_writer_string(json, "column", subject->column);
    if (finding->kind == ERRATA_FINDING_LABEL_ISSUE) {
        if (subject->predicates->len > 0)
            errata_case_json_predicates(json, subject->predicates);
        errata_json_writer_string(json, "given", subject->given);
        errata_json_writer_string(json, "suggested", subject->suggested);
        if (subject->direction != NULL)
            errata_json_writer_string(json, "direction", subject->direction);
    } else if (finding->kind == ERRATA_FINDING_DRIFT) {
        errata_json_writer_string(json, "test", subject->test);
        errata_json_writer_double(json, "statistic", subject->statistic);
        errata_json_writer_double(json, "p", subject->p);
        errata_json_writer_double(json, "share_of_loss", subject->share_of_loss);
    } else if (finding->kind == ERRATA_FINDING_DATA_BUG) {
        errata_json_writer_string(json, "bug", subject->bug);
        errata_json_writer_double(json, "factor", subject->factor);
        subject_time(json, subject);
    } else if (finding->kind == ERRATA_FINDING_LEAKAGE) { /* where it tells in some rows only */
        if (subject->predicates->len > 0)
            errata_case_json_predicates(json, subject->predicates);
        if (subject->from < subject->to)
            subject_time(json, subject);
    } else if (finding->kind == ERRATA_FINDING_FAIRNESS) {
        errata_json_writer_string(json, "metric", subject->metric);
        subject_shares(json, "groups", subject->groups, "value", "rate");
        errata_json_writer_double(json, "ratio", subject->ratio);
        errata_json_writer_double(json, "difference", subject->difference);
    }
}

static void
subject_other_members(ErrataJsonWriter *json, const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;

    if (finding->kind == ERRATA_FINDING_CHANGE_POINT) {
        errata_json_writer_string(json, "series", subject->series);
        errata_case_json_place(json, "at", subject->has_time, subject_middle(subject));
        subject_moment(json, subject);
        errata_json_writer_double(json, "before", subject->before);
        errata_json_writer_double(json, "after", subject->after);
    } else if (finding->kind == ERRATA_FINDING_THRESHOLD) {
        errata_json_writer_double(json, "current", subject->current);
        errata_json_writer_double(json, "best", subject->best);
        errata_json_writer_string(json, "objective", subject->objective);
    } else if (finding->kind == ERRATA_FINDING_PERFORMANCE) {
        errata_json_writer_string(json, "metric", subject->metric);
        errata_json_writer_double(json, "from", subject->metric_from);
        errata_json_writer_double(json, "to", subject->metric_to);
        subject_shares(json, "because", subject->because, "cause", "share");
    } else if (finding->kind == ERRATA_FINDING_MODEL_FILE) {
        errata_json_writer_string(json, "file", subject->file);
        errata_json_writer_string(json, "problem", subject->problem);
    }
}

/* writes the member `subject` of @finding */
void
errata_case_json_subject(ErrataJsonWriter *json, const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;

    errata_json_writer_begin(json, "subject", '{');
    switch (finding->kind) {
    case ERRATA_FINDING_SLICE:
        errata_case_json_predicates(json, subject->predicates);
        if (subject->direction != NULL)
            errata_json_writer_string(json, "errors", subject->direction);
        if (subject->given != NULL && subject->suggested != NULL) {
            errata_json_writer_string(json, "given", subject->given);
            errata_json_writer_string(json, "said", subject->suggested);
        }
        if (subject->from < subject->to)
            subject_time(json, subject);
        break;
    case ERRATA_FINDING_CALIBRATION:
        errata_case_json_predicates(json, subject->predicates);
        errata_json_writer_string(json, "direction", subject->direction);
        if (subject->given != NULL)
            errata_json_writer_string(json, "class", subject->given);
        break;
    case ERRATA_FINDING_CLUSTER:
        errata_json_writer_string(json, "cluster", subject->cluster);
        if (subject->cluster == NULL) { /* of a pattern: what it is known by in a later log */
            errata_case_json_predicates(json, subject->predicates);
            subject_shares(json, "groups", subject->groups, "value", "rate");
        }
        break;
    case ERRATA_FINDING_ANOMALY:
        errata_json_writer_strings(json, "columns", subject->columns);
        subject_time(json, subject);
        break;
    case ERRATA_FINDING_LABEL_ISSUE:
    case ERRATA_FINDING_DRIFT:
    case ERRATA_FINDING_DATA_BUG:
    case ERRATA_FINDING_LEAKAGE:
    case ERRATA_FINDING_FAIRNESS:
        subject_column_members(json, finding);
        break;
    case ERRATA_FINDING_CHANGE_POINT:
    case ERRATA_FINDING_THRESHOLD:
    case ERRATA_FINDING_PERFORMANCE:
    case ERRATA_FINDING_MODEL_FILE:
        subject_other_members(json, finding);
        break;
    }
    errata_json_writer_end(json, '}');
}

/* reads the member `subject` of @object; names that two kinds share are told apart by the kind */
void
errata_case_json_read_subject(JsonObject *object, ErrataFinding *finding)
{
    JsonObject *source = errata_json_reader_object(object, "subject");
    ErrataSubject *subject = &finding->subject;

    errata_case_json_read_predicates(source, subject->predicates);
    subject_read_time(source, subject);
    subject_read_shares(source, "groups", subject->groups, "value", "rate");
    subject_read_shares(source, "because", subject->because, "cause", "share");
    subject->cluster = errata_json_reader_string(source, "cluster");
    subject->column = errata_json_reader_string(source, "column");
    subject->columns = errata_json_reader_strings(source, "columns");
    subject->given = errata_json_reader_string(source, "given");
    subject->test = errata_json_reader_string(source, "test");
    subject->statistic = errata_json_reader_double(source, "statistic");
    subject->p = errata_json_reader_double(source, "p");
    subject->share_of_loss = errata_json_reader_double(source, "share_of_loss");
    subject->series = errata_json_reader_string(source, "series");
    subject->before = errata_json_reader_double(source, "before");
    subject->after = errata_json_reader_double(source, "after");
    subject->bug = errata_json_reader_string(source, "bug");
    subject->factor = errata_json_reader_double(source, "factor");
    subject->metric = errata_json_reader_string(source, "metric");
    subject->ratio = errata_json_reader_double(source, "ratio");
    subject->difference = errata_json_reader_double(source, "difference");
    subject->current = errata_json_reader_double(source, "current");
    subject->best = errata_json_reader_double(source, "best");
    subject->objective = errata_json_reader_string(source, "objective");
    subject->metric_from = errata_json_reader_double(source, "from");
    subject->metric_to = errata_json_reader_double(source, "to");
    subject->file = errata_json_reader_string(source, "file");
    subject->problem = errata_json_reader_string(source, "problem");
    if (finding->kind == ERRATA_FINDING_SLICE) {
        subject->direction = errata_json_reader_string(source, "errors");
        subject->suggested = errata_json_reader_string(source, "said");
        return;
    }
    if (finding->kind == ERRATA_FINDING_CALIBRATION)
        subject->given = errata_json_reader_string(source, "class");
    subject->suggested = errata_json_reader_string(source, "suggested");
    subject->direction = errata_json_reader_string(source, "direction");
    if (finding->kind == ERRATA_FINDING_CHANGE_POINT) {
        subject->from = errata_case_json_read_place(source, "at", &subject->has_time);
        subject_read_moment(source, subject);
    }
}
