/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Every limit on what untrusted input may cost, in one place. All of them are
 * well above what honest logs need; a test reaches each. */

#define ERRATA_LIMIT_INPUT_BYTES     (G_GUINT64_CONSTANT(1) << 40)  /* bytes of one file */
#define ERRATA_LIMIT_EXPANDED_BYTES  (G_GUINT64_CONSTANT(64) << 30) /* bytes after decompression */
#define ERRATA_LIMIT_EXPANSION       300 /* expanded / compressed, after the grace below */
#define ERRATA_LIMIT_EXPANSION_GRACE (G_GUINT64_CONSTANT(64) << 20) /* bytes never judged */
#define ERRATA_LIMIT_MEMBERS         10000                          /* members of one archive */
#define ERRATA_LIMIT_NESTING         3                              /* archives within archives */
#define ERRATA_LIMIT_ROWS            G_GUINT64_CONSTANT(4000000000)
#define ERRATA_LIMIT_COLUMNS         16384
#define ERRATA_LIMIT_NAME_BYTES      1024        /* of a column's name */
#define ERRATA_LIMIT_CELL_BYTES      (1U << 20)  /* one cell */
#define ERRATA_LIMIT_LINE_BYTES      (16U << 20) /* one record */
#define ERRATA_LIMIT_JSON_DEPTH      64
#define ERRATA_LIMIT_DICTIONARY      (1U << 20) /* distinct values before a column is text */
#define ERRATA_LIMIT_CONFIG_BYTES    (1U << 20)
#define ERRATA_LIMIT_FILTER_BYTES    (64U << 10) /* text of a filter */
#define ERRATA_LIMIT_FILTER_DEPTH    64          /* parentheses and nots within one another */
#define ERRATA_LIMIT_FILTER_TESTS    1000        /* comparisons of a filter */
#define ERRATA_LIMIT_FILTER_LIST     10000       /* values of one `in` */
#define ERRATA_LIMIT_REJECT_SAMPLES  20          /* rejected rows quoted in the report */
#define ERRATA_LIMIT_STAGE_SECONDS   3600U       /* a stage of a job */

/* models */
#define ERRATA_LIMIT_MODEL_BYTES    (2U << 30) /* all members of a model, unpacked */
#define ERRATA_LIMIT_MODEL_OUTPUTS  65536U     /* classes, targets and fields of a model */
#define ERRATA_LIMIT_MODEL_FEATURES (1U << 20) /* inputs of a model */
#define ERRATA_LIMIT_TREES          (1U << 20)
#define ERRATA_LIMIT_TREE_NODES     (1U << 27) /* of all trees of a model */
#define ERRATA_LIMIT_TREE_WORDS     (1U << 26) /* of 32 categories each, in the sets of all nodes */
#define ERRATA_LIMIT_TENSORS        (1U << 18) /* of a model */
#define ERRATA_LIMIT_DIMENSIONS     32U        /* of a tensor */
#define ERRATA_LIMIT_XML_ELEMENTS   (1U << 24) /* of a document */
#define ERRATA_LIMIT_PICKLE_VALUES  (1U << 24)
#define ERRATA_LIMIT_PICKLE_BYTES   (1U << 30) /* unpacked */
#define ERRATA_LIMIT_TREE_DEPTH     1024U      /* splits on one path */

/* what a language model or its server may send */
#define ERRATA_LIMIT_LLM_ANSWER_BYTES (256U << 10) /* text of one answer */
#define ERRATA_LIMIT_LLM_EVENT_BYTES  (1U << 20)   /* one event of a stream */
#define ERRATA_LIMIT_LLM_BODY_BYTES   (8U << 20)   /* all that is read of one response */
#define ERRATA_LIMIT_LLM_ITEM_BYTES   2048U        /* one text of a log in a request */
#define ERRATA_LIMIT_LLM_ITEMS        200U         /* texts of a log in a request */
#define ERRATA_LIMIT_LLM_PART_BYTES   (64U << 10)  /* any other part of a request */

G_END_DECLS
