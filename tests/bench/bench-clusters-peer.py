#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-clusters-peer.py FILE: scikit-learn's TF-IDF, truncated SVD and DBSCAN on the texts of bench-clusters.

The radius is the best of several by the adjusted Rand index, which the peer could not know; one run counts.
"""
import sys
import time

from sklearn.cluster import DBSCAN
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import normalize


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    kinds = [row[0] for row in rows]
    start = time.process_time()
    tfidf = TfidfVectorizer(min_df=3).fit_transform(row[1] for row in rows)
    after_tfidf = time.process_time()
    x = normalize(TruncatedSVD(50, random_state=0).fit_transform(tfidf))
    after_svd = time.process_time()
    best = (-1.0, 0.0, 0.0)
    for radius in (0.05, 0.1, 0.2, 0.3, 0.4):
        before = time.process_time()
        found = DBSCAN(eps=radius, min_samples=5, metric="cosine").fit_predict(x)
        best = max(best, (adjusted_rand_score(kinds, found), radius, time.process_time() - before))
    print(f"tf-idf {after_tfidf - start:.3f} s, svd {after_svd - after_tfidf:.3f} s, dbscan {best[2]:.3f} s "
          f"(radius {best[1]}), total {after_svd - start + best[2]:.3f} s, adjusted Rand index {best[0]:.3f}")


if __name__ == "__main__":
    main()
