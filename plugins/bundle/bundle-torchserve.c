/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TorchServe's model archive: what MAR-INF/MANIFEST.json says. Source: pytorch/serve,
 * model-archiver/README.md, "Artifact details". */
#include <string.h>

#include "bundle-private.h"
#include "datum.h"
#include "model-facts.h"

static void
torchserve_add_facts(ErrataModelContainer *self, const char *prefix, const ErrataDatum *object)
{
    for (gsize i = 0; object != NULL && object->kind == ERRATA_DATUM_OBJECT && i < object->n; i++) {
        g_autofree char *value = errata_model_facts_text(&object->items[i]);
        g_autofree char *name = g_strconcat(prefix, object->keys[i], NULL);

        if (value != NULL && self->facts->len < 200)
            errata_model_container_add_fact(self, name, value);
    }
}

/**
 * bundle_torchserve:
 * @self: gets facts and risks
 * @part: a MANIFEST.json
 * @ret_wanted: (out) (nullable): where the model lies
 * @error: return location for a #GError
 *
 * Returns: whether it could be read
 */
gboolean
bundle_torchserve(ErrataModelContainer *self,
                  const ErrataModelPart *part,
                  char **ret_wanted,
                  GError **error)
{
    gsize size = 0;
    const char *text = g_bytes_get_data(part->bytes, &size);
    g_autoptr(ErrataDatumTree) tree =
        errata_datum_parse_json(text != NULL ? text : "", size, error);
    const ErrataDatum *root = tree != NULL ? errata_datum_tree_root(tree) : NULL;
    const ErrataDatum *model = errata_datum_get(root, "model");
    const char *handler = errata_datum_text(model, "handler");

    if (tree == NULL) {
        g_prefix_error(error, "%s: ", part->name);
        return FALSE;
    }
    torchserve_add_facts(self, "", root);
    torchserve_add_facts(self, "model.", model);
    if (handler != NULL && strstr(handler, ".py") != NULL)
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_LOW,
                                        "handler-code",
                                        "TorchServe runs the code in %s when it loads the model",
                                        handler);
    if (errata_datum_text(model, "modelFile") != NULL)
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_LOW,
                                        "handler-code",
                                        "the model's class is code, in %s",
                                        errata_datum_text(model, "modelFile"));
    *ret_wanted = g_strdup(errata_datum_text(model, "serializedFile"));
    return TRUE;
}
