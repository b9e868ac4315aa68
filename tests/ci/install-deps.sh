#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what Errata needs on Debian 12, from Debian's packages only.
# usage: install-deps.sh build|test
set -eu

build="gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libjson-glib-dev libarchive-dev
 libisal-dev libgsl-dev libcairo2-dev libpango1.0-dev libsqlite3-dev libseccomp-dev libsystemd-dev
 nettle-dev libsoup-3.0-dev libxml2-dev libyaml-dev dbus fontconfig fonts-inter fonts-noto-core fonts-dejavu-core"
test="$build clang libclang-rt-14-dev clang-format-14 locales python3 python3-gi python3-jsonschema python3-pandas python3-sklearn
 poppler-utils libxml2-utils universal-ctags man-db bash-completion git zip unzip
 zstd xz-utils bzip2 lz4 procps strace polkitd"

case "${1:-}" in
build) wanted=$build ;;
test) wanted=$test ;;
*) echo "usage: $0 build|test" >&2; exit 2 ;;
esac

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "not root and no sudo; run as root: $*" >&2
    exit 1
  fi
}

missing=""
for package in $wanted; do
  state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$state" = "install ok installed" ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
  echo "installing:$missing"
  as_root apt-get update -q -o Acquire::Retries=3 >/dev/null
  # shellcheck disable=SC2086 # a list of names
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y -o Acquire::Retries=3 --no-install-recommends $missing >/dev/null
fi

# a decimal comma must change nothing
if [ "$1" = test ] && ! locale -a | grep -q '^de_DE.utf8$'; then
  as_root localedef -i de_DE -f UTF-8 de_DE.UTF-8
fi
