#!/usr/bin/env bash
# Installs what lsfs needs from the system: libfuse with its mount helper, and Python's venv where
# the distribution ships it apart. Says nothing when all is there. Never fails the build: without
# these packages everything but the mount works, and the mount names what is missing.
#
# With the argument `test`: what only the tests need besides - fio, git, a C compiler and both
# libfuses' headers. Without them those tests are skipped, loudly; with LSFS_REQUIRE_FUSE=1, as in
# CI, it is an error.
#
# Never `apt install fuse`: on Debian and Ubuntu it removes fuse3.
set -euo pipefail
PYTHON=${PYTHON:-python3}

has_libfuse() {
  "$PYTHON" -c 'import ctypes.util, sys
find = ctypes.util.find_library
sys.exit(not any(map(find, ("fuse", "fuse3", "osxfuse", "fuse-t"))))'
}

has_mount_helper() {
  [ "$(uname -s)" = Darwin ] || command -v fusermount3 >/dev/null || command -v fusermount >/dev/null
}

has_venv() { "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

has_everything() { has_libfuse && has_mount_helper && has_venv; }

has_everything_for_tests() {
  local tool
  for tool in fio git gcc pkg-config; do command -v "$tool" >/dev/null || return 1; done
  [ -e /usr/include/stdio.h ] && pkg-config --exists fuse && pkg-config --exists fuse3
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif [ -t 0 ] && command -v sudo >/dev/null; then sudo "$@"
  elif command -v sudo >/dev/null; then sudo -n "$@"
  else return 1
  fi
}

install_with_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

packages_of_apt() {
  local libfuse2=libfuse2
  if apt-cache show libfuse2t64 >/dev/null 2>&1; then libfuse2=libfuse2t64; fi
  echo fuse3 "$libfuse2"
  has_venv || echo python3-venv
}

install_packages() {
  if command -v apt-get >/dev/null; then
    as_root apt-get update -qq || true
    # shellcheck disable=SC2046 # one word a package
    install_with_apt $(packages_of_apt)
  elif command -v dnf >/dev/null; then as_root dnf install -y -q fuse-libs fuse3
  elif command -v pacman >/dev/null; then as_root pacman -S --needed --noconfirm fuse2 fuse3
  elif command -v brew >/dev/null; then brew install --cask macfuse
  else return 1
  fi
}

install_packages_for_tests() {
  if command -v apt-get >/dev/null; then
    as_root apt-get update -qq || true
    install_with_apt fio git gcc libc6-dev pkg-config libfuse-dev libfuse3-dev
  elif command -v dnf >/dev/null; then
    as_root dnf install -y -q fio git gcc glibc-devel pkgconf-pkg-config fuse-devel fuse3-devel
  elif command -v pacman >/dev/null; then
    as_root pacman -S --needed --noconfirm fio git gcc pkgconf fuse2 fuse3
  else return 1
  fi
}

prepare() {
  if has_everything; then return; fi
  echo "setting up system packages (libfuse) ..." >&2
  if ! install_packages >&2; then
    echo "note: could not install libfuse. Without it lsfs cannot mount (everything else works):" >&2
    echo "      install libfuse2 and fuse3 (Debian 13, Ubuntu 24.04: libfuse2t64), not 'fuse'." >&2
  fi
}

prepare_tests() {
  if has_everything_for_tests; then return; fi
  echo "setting up system packages for the tests (fio, gcc, headers of libfuse) ..." >&2
  if install_packages_for_tests >&2 && has_everything_for_tests; then return; fi
  echo "note: could not install what some tests of the mount need; they are skipped:" >&2
  echo "      fio git gcc libc6-dev pkg-config libfuse-dev libfuse3-dev" >&2
  [ "${LSFS_REQUIRE_FUSE:-}" != 1 ]
}

case ${1:-} in
  "") prepare ;;
  test) prepare_tests ;;
  *) echo "usage: $0 [test]" >&2; exit 2 ;;
esac
