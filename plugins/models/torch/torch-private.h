/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-format.h"
#include "pickle.h"
#include "tensors.h"

G_BEGIN_DECLS

/**
 * TorchStorage:
 * @key: its name
 * @type: what its numbers are; OPAQUE for one of bytes, whose tensors tell
 * @item: bytes of one of its numbers
 * @data, @size: its bytes; %NULL when they are not at hand
 */
typedef struct {
    const char *key;
    ErrataTensorType type;
    gsize item;
    const guint8 *data;
    gsize size;
} TorchStorage;

/**
 * Torch:
 * @builder: of the model
 * @tensors: of the model
 * @storage: name of a storage → its bytes, as a GBytes
 * @is_big_endian: of all numbers
 * @seen: containers that were walked
 * @n_facts: told so far
 * @n_modules: told so far
 * @budget: bytes that may yet be looked at: tensors that share a storage may cost more than the
 *   file
 */
typedef struct {
    ErrataModelBuilder *builder;
    ErrataTensors *tensors;
    GHashTable *storage;
    gboolean is_big_endian;
    GHashTable *seen;
    guint n_facts;
    guint n_modules;
    guint64 budget;
} Torch;

gboolean torch_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* whether @value would be a tensor when PyTorch built it */
gboolean torch_is_tensor(const PickleValue *value);
gboolean torch_add_tensor(Torch *self, const char *name, const PickleValue *value, GError **error);
/* of a class of storages or of a dtype: FALSE when the name is none */
gboolean torch_type(const PickleValue *global, ErrataTensorType *ret_type, gsize *ret_item);
/* for numbers of so many bytes */
guint64 torch_budget(guint64 n_bytes);
gboolean torch_walk(Torch *self, const PickleValue *root, GError **error);
void torch_add_risks(Torch *self, const Pickle *pickle);

extern const ErrataModelFormat torch_legacy_format;

G_END_DECLS
