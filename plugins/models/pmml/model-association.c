/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AssociationModel: rules between sets of items. The items of a row are those that its one field
 * lists (one, or several between commas, semicolons or bars), or the fields that are true, or that
 * have an item's category. Outputs choose among the rules that apply by a number of theirs. */
#include <string.h>

#include "error.h"
#include "limit.h"
#include "pmml-model.h"
#include "text-hash.h"

/* how a rule stands to a row */
enum {
    RULE_HAS_ANTECEDENT = 1 << 0,
    RULE_HAS_CONSEQUENT = 1 << 1,
};

typedef struct {
    const char *id;
    const char *value;
    guint slot;           /* whose value tells; %PMML_NO_SLOT: the list of items does */
    const char *category; /* (nullable): of that field; else the field is true */
} Item;

typedef struct {
    const char *id;
    GArray *items; /* of guint */
} Itemset;

typedef struct {
    const char *id;
    guint antecedent;
    guint consequent;
    double number[5]; /* in the order of association_numbers */
} Rule;

typedef struct {
    GArray *items; /* Item */
    GPtrArray *sets;
    GArray *rules; /* Rule */
    GHashTable *set_of_id;
    guint list; /* the field that lists items, or PMML_NO_SLOT */
} Association;

static const char *const association_numbers[] = {"support",
                                                  "confidence",
                                                  "lift",
                                                  "leverage",
                                                  "affinity"};

static void
association_free_set(gpointer data)
{
    Itemset *self = data;
    g_array_unref(self->items);
    g_free(self);
}

static void
association_free(gpointer body)
{
    Association *self = body;
    g_array_unref(self->items);
    g_ptr_array_unref(self->sets);
    g_array_unref(self->rules);
    g_hash_table_unref(self->set_of_id);
    g_free(self);
}

/* `field=category`, or a field that is true */
static void
association_bind(const PmmlProgram *program, const PmmlModel *model, Item *item)
{
    const char *equals = strchr(item->value, '=');
    g_autofree char *name = equals != NULL ? g_strndup(item->value, (gsize)(equals - item->value))
                                           : g_strdup(item->value);
    guint slot = pmml_scope_find(model->scope, name);
    if (slot == PMML_NO_SLOT || pmml_program_slot(program, slot)->kind == PMML_SLOT_RESULT)
        return;
    item->slot = slot;
    item->category = equals != NULL ? equals + 1 : NULL;
}

static gboolean
association_read_items(PmmlProgram *program, PmmlModel *model, Association *self, GError **error)
{
    const PmmlElement *element = pmml_child(model->element, "Item");
    for (; element != NULL; element = pmml_next(element, "Item")) {
        Item item = {.slot = PMML_NO_SLOT};
        if (!pmml_require(element, "id", &item.id, error) ||
            !pmml_require(element, "value", &item.value, error))
            return FALSE;
        if (pmml_attribute(element, "field") != NULL) {
            if (!pmml_program_field(element, model->scope, "field", &item.slot, error))
                return FALSE;
            item.category = pmml_attribute(element, "category");
        } else if (self->list == PMML_NO_SLOT)
            association_bind(program, model, &item);
        g_array_append_val(self->items, item);
    }
    return TRUE;
}

static gboolean
association_read_sets(PmmlModel *model, Association *self, GError **error)
{
    g_autoptr(GHashTable) item_of_id = g_hash_table_new(errata_text_hash, g_str_equal);
    const PmmlElement *element = pmml_child(model->element, "Itemset");
    for (guint i = 0; i < self->items->len; i++)
        g_hash_table_insert(item_of_id,
                            pmml_pointer(g_array_index(self->items, Item, i).id),
                            GUINT_TO_POINTER(i + 1));
    for (; element != NULL; element = pmml_next(element, "Itemset")) {
        Itemset *set = g_new0(Itemset, 1);
        set->items = g_array_new(FALSE, FALSE, sizeof(guint));
        g_ptr_array_add(self->sets, set);
        if (!pmml_require(element, "id", &set->id, error))
            return FALSE;
        g_hash_table_insert(self->set_of_id,
                            pmml_pointer(set->id),
                            GUINT_TO_POINTER(self->sets->len));
        const PmmlElement *ref = pmml_child(element, "ItemRef");
        for (; ref != NULL; ref = pmml_next(ref, "ItemRef")) {
            const char *id;
            if (!pmml_require(ref, "itemRef", &id, error))
                return FALSE;
            guint item = GPOINTER_TO_UINT(g_hash_table_lookup(item_of_id, id));
            if (item == 0)
                return pmml_error(error, ref, "there is no item “%s”", id);
            item--;
            g_array_append_val(set->items, item);
        }
    }
    return TRUE;
}

static gboolean
association_find_set(const Association *self,
                     const PmmlElement *element,
                     const char *attribute,
                     guint *ret,
                     GError **error)
{
    const char *id;
    if (!pmml_require(element, attribute, &id, error))
        return FALSE;
    guint set = GPOINTER_TO_UINT(g_hash_table_lookup(self->set_of_id, id));
    *ret = set - 1;
    return set > 0 || pmml_error(error, element, "%s: there is no itemset “%s”", attribute, id);
}

static gboolean
association_read_rules(PmmlProgram *program, PmmlModel *model, Association *self, GError **error)
{
    const PmmlElement *element = pmml_child(model->element, "AssociationRule");
    for (; element != NULL; element = pmml_next(element, "AssociationRule")) {
        Rule rule = {.id = pmml_attribute(element, "id")};
        for (guint i = 0; i < G_N_ELEMENTS(association_numbers); i++)
            if (!pmml_number_or(element,
                                association_numbers[i],
                                (double)NAN,
                                &rule.number[i],
                                error))
                return FALSE;
        if (!association_find_set(self, element, "antecedent", &rule.antecedent, error) ||
            !association_find_set(self, element, "consequent", &rule.consequent, error))
            return FALSE;
        if (rule.id == NULL) { /* their numbers, from 1 */
            g_autofree char *number = g_strdup_printf("%u", self->rules->len + 1);
            rule.id = g_string_chunk_insert(program->strings, number);
        }
        g_array_append_val(self->rules, rule);
    }
    return TRUE;
}

/* the one field that lists items: where there is a group, or only one field that is no truth
 * value */
static guint
association_list(const PmmlProgram *program, const PmmlModel *model)
{
    const PmmlElement *schema = pmml_child(model->element, "MiningSchema");
    const PmmlElement *field = schema == NULL ? NULL : pmml_child(schema, "MiningField");
    guint found = PMML_NO_SLOT, n = 0;
    for (; field != NULL; field = pmml_next(field, "MiningField")) {
        const char *usage = pmml_attribute(field, "usageType");
        const char *name = pmml_attribute(field, "name");
        if (name == NULL || (usage != NULL && !g_str_equal(usage, "active")))
            continue;
        found = pmml_scope_find(model->scope, name);
        n++;
    }
    return n == 1 && found != PMML_NO_SLOT && pmml_program_slot(program, found)->type == PMML_STRING
               ? found
               : PMML_NO_SLOT;
}

/* items that no field tells of would never be there */
static gboolean
association_check_items(const PmmlModel *model, const Association *self, GError **error)
{
    for (guint i = 0; i < self->items->len; i++)
        if (self->list != PMML_NO_SLOT || g_array_index(self->items, Item, i).slot != PMML_NO_SLOT)
            return TRUE;
    return self->items->len == 0 ||
           pmml_unsupported(
               error,
               model->element,
               "no field tells by itself which items a row has; rows are scored alone");
}

static gboolean
association_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    Association *self = g_new0(Association, 1);
    model->body = self;
    self->items = g_array_new(FALSE, FALSE, sizeof(Item));
    self->sets = g_ptr_array_new_with_free_func(association_free_set);
    self->rules = g_array_new(FALSE, FALSE, sizeof(Rule));
    self->set_of_id = g_hash_table_new(errata_text_hash, g_str_equal);
    self->list = association_list(program, model);
    return association_read_items(program, model, self, error) &&
           association_check_items(model, self, error) &&
           association_read_sets(model, self, error) &&
           association_read_rules(program, model, self, error);
}

/* the items that a cell lists: the cell itself, or what stands between separators */
static GHashTable *
association_listed(const char *text)
{
    GHashTable *listed = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) words = g_strsplit_set(text, ",;|[]{}", -1);
    g_hash_table_add(listed, g_strdup(text));
    for (guint i = 0; words[i] != NULL; i++) {
        char *word = g_strstrip(words[i]);
        gsize n = strlen(word);
        if (n >= 2 && (word[0] == '"' || word[0] == '\'') && word[n - 1] == word[0]) {
            word[n - 1] = '\0';
            word++;
        }
        g_hash_table_add(listed, g_strdup(word));
    }
    return listed;
}

static gboolean
association_is_true(const PmmlValue *value, const char *text)
{
    static const char *const words[] = {"true", "t", "yes", "y", "1"};
    if (value->type == PMML_BOOLEAN)
        return value->number > 0;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(text, words[i]) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
association_has_item(const Item *item,
                     GHashTable *listed,
                     PmmlRow *row,
                     gboolean *ret_has,
                     GError **error)
{
    PmmlValue value;
    if (item->slot == PMML_NO_SLOT) {
        *ret_has = listed != NULL && g_hash_table_contains(listed, item->value);
        return TRUE;
    }
    if (!pmml_slot_value(row, item->slot, &value, error))
        return FALSE;
    *ret_has = FALSE;
    if (value.missing)
        return TRUE;
    const char *text = pmml_value_text(&value, row->strings);
    *ret_has = item->category != NULL ? g_str_equal(text, item->category)
                                      : association_is_true(&value, text);
    return TRUE;
}

static gboolean
association_has_set(const Association *self, guint set, const gboolean *has)
{
    const GArray *items = ((const Itemset *)self->sets->pdata[set])->items;
    for (guint i = 0; i < items->len; i++)
        if (!has[g_array_index(items, guint, i)])
            return FALSE;
    return TRUE;
}

static gboolean
association_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const Association *self = model->body;
    g_autoptr(GHashTable) listed = NULL;
    g_autofree gboolean *has = g_new0(gboolean, self->items->len + 1);
    guint8 *rules = pmml_row_alloc(row, self->rules->len + 1, 1);
    PmmlValue value = PMML_NOTHING;
    if (self->list != PMML_NO_SLOT && !pmml_slot_value(row, self->list, &value, error))
        return FALSE;
    if (!value.missing)
        listed = association_listed(pmml_value_text(&value, row->strings));
    for (guint i = 0; i < self->items->len; i++)
        if (!association_has_item(&g_array_index(self->items, Item, i),
                                  listed,
                                  row,
                                  &has[i],
                                  error))
            return FALSE;
    for (guint i = 0; i < self->rules->len; i++) {
        const Rule *rule = &g_array_index(self->rules, Rule, i);
        rules[i] =
            (guint8)((association_has_set(self, rule->antecedent, has) ? RULE_HAS_ANTECEDENT : 0) |
                     (association_has_set(self, rule->consequent, has) ? RULE_HAS_CONSEQUENT : 0));
    }
    result->rules = rules;
    return TRUE;
}

static gboolean
association_applies(const char *algorithm, guint8 state)
{
    if (algorithm != NULL && g_str_equal(algorithm, "recommendation"))
        return (state & RULE_HAS_ANTECEDENT) != 0;
    if (algorithm != NULL && g_str_equal(algorithm, "ruleAssociation"))
        return state == (RULE_HAS_ANTECEDENT | RULE_HAS_CONSEQUENT);
    return state == RULE_HAS_ANTECEDENT; /* exclusiveRecommendation, the default */
}

static void
association_append_set(const Association *self, guint set, GString *text)
{
    const GArray *items = ((const Itemset *)self->sets->pdata[set])->items;
    for (guint i = 0; i < items->len; i++)
        g_string_append_printf(
            text,
            "%s%s",
            i > 0 ? ", " : "",
            g_array_index(self->items, Item, g_array_index(items, guint, i)).value);
}

static PmmlValue
association_value(const Association *self, const Rule *rule, const char *feature, PmmlRow *row)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean whole = g_str_equal(feature, "rule");
    for (guint i = 0; i < G_N_ELEMENTS(association_numbers); i++)
        if (g_str_equal(feature, association_numbers[i]))
            return isnan(rule->number[i]) ? PMML_NOTHING
                                          : pmml_value_number(PMML_DOUBLE, rule->number[i]);
    if (!whole && !g_str_equal(feature, "antecedent") && !g_str_equal(feature, "consequent"))
        return pmml_value_string(rule->id);
    if (whole)
        g_string_append_c(text, '{');
    if (whole || g_str_equal(feature, "antecedent"))
        association_append_set(self, rule->antecedent, text);
    if (whole)
        g_string_append(text, "}->{");
    if (whole || g_str_equal(feature, "consequent"))
        association_append_set(self, rule->consequent, text);
    if (whole)
        g_string_append_c(text, '}');
    return pmml_value_string(g_string_chunk_insert(row->strings, text->str));
}

/* which of two rules comes first; numbers that are not told come last */
static gboolean
association_before(double a, double b, gboolean ascending)
{
    if (isnan(a) || isnan(b))
        return !isnan(a);
    return ascending ? a < b : a > b;
}

/* rules that apply, by what they are ranked by; equal ones in their order */
static GArray *
association_ranked(const Association *self, const PmmlElement *output, const guint8 *rules)
{
    GArray *ranked = g_array_new(FALSE, FALSE, sizeof(guint));
    const char *basis = pmml_attribute(output, "rankBasis");
    const char *order = pmml_attribute(output, "rankOrder");
    gboolean ascending = order != NULL && g_str_equal(order, "ascending");
    guint by = 1; /* confidence */
    for (guint i = 0; basis != NULL && i < G_N_ELEMENTS(association_numbers); i++)
        if (g_str_equal(basis, association_numbers[i]))
            by = i;
    for (guint i = 0; i < self->rules->len; i++) {
        double number = g_array_index(self->rules, Rule, i).number[by];
        guint at = ranked->len;
        if (!association_applies(pmml_attribute(output, "algorithm"), rules[i]))
            continue;
        while (
            at > 0 &&
            association_before(
                number,
                g_array_index(self->rules, Rule, g_array_index(ranked, guint, at - 1)).number[by],
                ascending))
            at--;
        g_array_insert_val(ranked, at, i);
    }
    return ranked;
}

static gboolean
association_knows(const PmmlElement *output,
                  const char *attribute,
                  const char *const *names,
                  gsize n,
                  GError **error)
{
    const char *text = pmml_attribute(output, attribute);
    for (gsize i = 0; text != NULL && i < n; i++)
        if (g_str_equal(names[i], text))
            return TRUE;
    return text == NULL || pmml_unsupported(error, output, "%s “%s” is not known", attribute, text);
}

gboolean
pmml_association_check(const PmmlElement *output, GError **error)
{
    static const char *const algorithms[] = {"recommendation",
                                             "exclusiveRecommendation",
                                             "ruleAssociation"};
    static const char *const orders[] = {"ascending", "descending"};
    return association_knows(output, "algorithm", algorithms, G_N_ELEMENTS(algorithms), error) &&
           association_knows(output, "rankOrder", orders, G_N_ELEMENTS(orders), error) &&
           association_knows(output,
                             "rankBasis",
                             association_numbers,
                             G_N_ELEMENTS(association_numbers),
                             error);
}

/**
 * pmml_association_output:
 * @result: of an AssociationModel
 * @rank: of the rule told about; 0: all of them, in brackets
 *
 * Returns: a rule's antecedent, consequent, text, number, or its id for any other feature; missing
 *   where fewer rules apply
 */
PmmlValue
pmml_association_output(const PmmlModel *model,
                        const PmmlElement *output,
                        const char *feature,
                        guint rank,
                        const PmmlResult *result,
                        PmmlRow *row)
{
    const Association *self = model->body;
    g_autoptr(GArray) ranked = NULL;
    g_autoptr(GString) all = g_string_new("[");
    if (result->rules == NULL)
        return PMML_NOTHING;
    if (g_str_equal(feature, "ruleValue"))
        feature = pmml_attribute(output, "ruleFeature");
    if (feature == NULL)
        feature = "consequent"; /* the default */
    ranked = association_ranked(self, output, result->rules);
    if (rank > 0)
        return rank > ranked->len
                   ? PMML_NOTHING
                   : association_value(
                         self,
                         &g_array_index(self->rules, Rule, g_array_index(ranked, guint, rank - 1)),
                         feature,
                         row);
    for (guint i = 0; i < ranked->len; i++) {
        const Rule *rule = &g_array_index(self->rules, Rule, g_array_index(ranked, guint, i));
        PmmlValue value = association_value(self, rule, feature, row);
        g_string_append_printf(all,
                               "%s%s",
                               i > 0 ? ", " : "",
                               value.missing ? "" : pmml_value_text(&value, row->strings));
    }
    g_string_append_c(all, ']');
    return pmml_value_string(g_string_chunk_insert(row->strings, all->str));
}

const PmmlModelClass pmml_association_class = {
    .element = "AssociationModel",
    .kind = "association rules",
    .read = association_read,
    .run = association_run,
    .free = association_free,
};
