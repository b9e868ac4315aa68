#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make.py LOG.csv METRICS.json: handwritten digits (shipped with scikit-learn), classified by a
logistic regression trained on the first 600 of them; the log holds the other 1,197.

METRICS.json gets scikit-learn's own figures for the log: Errata's must equal them."""
import csv
import json
import sys

import numpy as np
from sklearn import metrics
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TRAIN = 600

pixels, digit = load_digits(return_X_y=True)
model = make_pipeline(StandardScaler(), LogisticRegression(C=0.02, max_iter=500, random_state=0))
model.fit(pixels[:TRAIN], digit[:TRAIN])
# the log holds what a log would: rounded probabilities
probability = np.round(model.predict_proba(pixels[TRAIN:]), 6)
predicted = probability.argmax(axis=1)
truth = digit[TRAIN:]

with open(sys.argv[1], "w", newline="", encoding="utf-8") as out:
    log = csv.writer(out)
    log.writerow(["id", "ink", "top", "bottom", "left", "right", "centre", "prediction"]
                 + [f"prob_{k}" for k in range(10)] + ["label"])
    for i, image in enumerate(pixels[TRAIN:].reshape(-1, 8, 8)):
        parts = [image, image[:4], image[4:], image[:, :4], image[:, 4:], image[2:6, 2:6]]
        log.writerow([f"d{i:04d}"] + [f"{part.mean():.4f}" for part in parts] + [predicted[i]]
                     + [f"{p:.6f}" for p in probability[i]] + [truth[i]])

normalised = probability / probability.sum(axis=1, keepdims=True)
with open(sys.argv[2], "w", encoding="utf-8") as out:
    json.dump({
        "accuracy": metrics.accuracy_score(truth, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
        "f1_macro": metrics.f1_score(truth, predicted, average="macro"),
        "mcc": metrics.matthews_corrcoef(truth, predicted),
        "log_loss": metrics.log_loss(truth, normalised, labels=list(range(10))),
    }, out, indent=1)
