#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is needed, builds with gcc and clang, runs every test, plain and under ASan+UBSan.
# Ends with "N passed, N failed, N skipped"; exits non-zero on any failure.
set -u
cd "$(dirname "$0")/.." || exit 1
sh tests/ci/install-deps.sh test || exit 1

builds=${ERRATA_TEST_BUILDS:-_tests}
mkdir -p "$builds"
broken=0

# name, compiler, what to run, meson options
run() {
  local name=$1 compiler=$2 suites=$3
  shift 3
  local dir=$builds/$name
  echo "== $name: building, some minutes ($builds/$name.build.log), then the tests"
  rm -f "$dir/meson-logs/testlog.json" # of an earlier run
  if [ ! -f "$dir/build.ninja" ]; then
    CC=$compiler meson setup "$dir" -Dwerror=true "$@" >"$builds/$name.setup.log" 2>&1 ||
      { tail -20 "$builds/$name.setup.log"; broken=$((broken + 1)); return; }
  fi
  if ! ninja -k 0 -C "$dir" >"$builds/$name.build.log" 2>&1; then
    echo "$name does not build; all of it is in $builds/$name.build.log"
    grep -E -A5 ' error: |^FAILED' "$builds/$name.build.log" | head -60
    broken=$((broken + 1))
    return
  fi
  # shellcheck disable=SC2086 # a list of flags
  meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes $(($(nproc) + 1)) \
    --timeout-multiplier 10 $suites || true # slow machines
  [ -s "$dir/meson-logs/testlog.json" ] || broken=$((broken + 1))
}

run gcc gcc ""
run clang clang "--suite unit"
export ASAN_OPTIONS=malloc_context_size=10:detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
run sanitizers gcc "-t 8" -Db_sanitize=address,undefined -Djail=sanitizer -Dbuildtype=debugoptimized

shopt -s nullglob
/usr/bin/python3 tests/ci/count.py "$broken" "$builds"/*/meson-logs/testlog.json
