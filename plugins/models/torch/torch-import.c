/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What PyTorch would import when it opened the file. What its own loader of weights lets through is
 * harmless; modules of torch.nn hold values, and run no code of the file; all else is told. */
#include <string.h>

#include "pickle-import.h"
#include "text-hash.h"
#include "torch-private.h"

#define IMPORT_MAX 20 /* told by name */

/* after torch._weights_only_unpickler: functions that put tensors together, types and containers */
static const char *const known[] = {"torch._utils._rebuild_tensor",
                                    "torch._utils._rebuild_tensor_v2",
                                    "torch._utils._rebuild_tensor_v3",
                                    "torch._utils._rebuild_parameter",
                                    "torch._utils._rebuild_parameter_with_state",
                                    "torch._utils._rebuild_qtensor",
                                    "torch._utils._rebuild_sparse_tensor",
                                    "torch._utils._rebuild_sparse_csr_tensor",
                                    "torch._utils._rebuild_nested_tensor",
                                    "torch._utils._rebuild_meta_tensor_no_storage",
                                    "torch._utils._rebuild_device_tensor_from_numpy",
                                    "torch._utils._rebuild_device_tensor_from_cpu_tensor",
                                    "torch._utils._rebuild_wrapper_subclass",
                                    "torch._tensor._rebuild_from_type_v2",
                                    "torch.serialization._get_layout",
                                    "torch.nn.parameter.Parameter",
                                    "torch.nn.parameter.Buffer",
                                    "torch.storage.UntypedStorage",
                                    "torch.storage.TypedStorage",
                                    "torch.storage._UntypedStorage",
                                    "torch.Size",
                                    "torch.Tensor",
                                    "torch.device",
                                    "torch.dtype",
                                    "torch.Generator",
                                    "torch.per_tensor_affine",
                                    "torch.per_channel_affine",
                                    "torch.sparse_coo",
                                    "torch.sparse_csr",
                                    "collections.Counter",
                                    "numpy.ndarray",
                                    "numpy.dtype",
                                    "numpy.core.multiarray._reconstruct",
                                    "numpy.core.multiarray.scalar",
                                    "numpy._core.multiarray._reconstruct",
                                    "numpy._core.multiarray.scalar",
                                    "numpy.core.numeric._frombuffer",
                                    "numpy._core.numeric._frombuffer",
                                    "datetime.timedelta",
                                    NULL};

static gboolean
import_is_known(const PickleValue *global)
{
    static const char *const families[] = {"torch.nn.modules.", "torch.optim.", "__torch__"};
    g_autofree char *full = g_strdup_printf("%s.%s", global->module, global->name);
    ErrataTensorType type;
    gsize item;

    if (strchr(global->name, '.') != NULL)
        return FALSE;
    if (pickle_import_is_harmless(global) || g_strv_contains(known, full) ||
        torch_type(global, &type, &item))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(families); i++)
        if (g_str_has_prefix(global->module, families[i]))
            return TRUE;
    return FALSE;
}

/**
 * torch_add_risks:
 * @self: the model
 * @pickle: read
 *
 * Adds a risk for each import that is not known to be harmless: critical when it can do harm by
 * itself, medium when it is code that is not known here; and how many opcodes there are of each
 * severity.
 */
void
torch_add_risks(Torch *self, const Pickle *pickle)
{
    const GPtrArray *globals = pickle_globals(pickle);
    g_autoptr(GHashTable) told = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < globals->len && g_hash_table_size(told) < IMPORT_MAX; i++) {
        const PickleValue *global = globals->pdata[i];
        char *full;

        if (import_is_known(global))
            continue;
        full = g_strdup_printf("%s.%s", global->module, global->name);
        if (!g_hash_table_add(told, full))
            continue;
        if (pickle_import_is_dangerous(global))
            errata_model_builder_add_risk(
                self->builder,
                ERRATA_SEVERITY_CRITICAL,
                "pickle-import",
                "opened with Python it would call %s; nothing of it was run "
                "here, and no one should open it",
                full);
        else
            errata_model_builder_add_risk(self->builder,
                                          ERRATA_SEVERITY_MEDIUM,
                                          "pickle-import",
                                          "opened with Python it would import %s, which is not "
                                          "PyTorch's",
                                          full);
    }
    pickle_import_add_counts(pickle, import_is_known, self->builder);
}
