#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The part of try.sh that runs on the private bus.
set -eu
"$BUILD/daemon/erratad" 2>_try/erratad.log &
daemon=$!
trap 'kill $daemon 2>/dev/null; wait $daemon 2>/dev/null || true' EXIT

inbox=$ERRATA_DATA_DIR/inbox
for _ in $(seq 100); do [ -d "$inbox" ] && break; sleep 0.1; done
mkdir -p "$inbox/credit"
cp "$BUILD/samples/credit.reference.csv" "$inbox/credit/reference.csv"
cp "$BUILD/samples/credit.csv" "$inbox/credit/credit.csv.part"
mv "$inbox/credit/credit.csv.part" "$inbox/credit/credit.csv"
echo "dropped credit.csv into $inbox/credit; the report takes a few seconds …"

report=""
for _ in $(seq 600); do
  report=$(find "$ERRATA_DATA_DIR/reports" -name report.pdf -not -path '*/.*' 2>/dev/null | head -n 1)
  [ -n "$report" ] && break
  failed=$(find "$ERRATA_DATA_DIR/reports" -name '*.error.txt' 2>/dev/null | head -n 1)
  [ -z "$failed" ] || { cat "$failed"; exit 1; }
  sleep 0.1
done
[ -n "$report" ] || { echo "no report after a minute"; exit 1; }
echo
"$BUILD/daemon/errata" show
echo
echo "The report: $report"
echo "The daemon of this try ends here; to read it again: _try/build/daemon/errata show $(dirname "$report")"
echo "Another sample: _try/build/daemon/errata analyze _try/build/samples/delivery.csv -o _try/delivery"
