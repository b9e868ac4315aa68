#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is needed, builds, starts erratad on a private bus in a scratch folder, drops the
# credit sample into its inbox, waits for the report, and shows it.
set -eu -o pipefail
cd "$(dirname "$0")/.."
sh tests/ci/install-deps.sh build

build=_try/build
mkdir -p _try
[ -f $build/build.ninja ] || meson setup $build -Dtests=false >_try/setup.log 2>&1 || { cat _try/setup.log; exit 1; }
echo "building (about four minutes on two cores) …"
# a line for each tenth of “[83/836] Compiling …”
tenth=0
ninja -C $build 2>&1 | while IFS= read -r line; do
  printf '%s\n' "$line"
  [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] && ((10 * BASH_REMATCH[1] / BASH_REMATCH[2] > tenth)) || continue
  tenth=$((10 * BASH_REMATCH[1] / BASH_REMATCH[2]))
  echo "  built ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]} parts" >&2
done >_try/build.log || { tail -20 _try/build.log; exit 1; }

scratch=$PWD/_try/scratch
rm -rf "$scratch"
mkdir -p "$scratch"
export ERRATA_STATE_DIR=$scratch/state ERRATA_DATA_DIR=$scratch/data ERRATA_CONFIG_DIR=$scratch/config
[ "$(locale charmap)" = UTF-8 ] || export LC_ALL=C.UTF-8 # a bare container has none
export BUILD=$PWD/$build
# as root in a container, dbus-daemon grumbles that it may not raise its own limits
exec dbus-run-session -- bash samples/try-session.sh 2> >(grep -v "Failed to set fd limit" >&2)
