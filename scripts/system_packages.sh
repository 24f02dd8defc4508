#!/usr/bin/env bash
# Installs what lsfs needs from the system: libfuse with its mount helper, and Python's venv where
# the distribution ships it apart. Says nothing when all is there. Never fails the build: without
# these packages everything but the mount works, and the mount names what is missing.
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

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif [ -t 0 ] && command -v sudo >/dev/null; then sudo "$@"
  elif command -v sudo >/dev/null; then sudo -n "$@"
  else return 1
  fi
}

install_with_apt() {
  local packages=(fuse3)
  has_venv || packages+=(python3-venv)
  as_root apt-get update -qq || true
  if apt-cache show libfuse2t64 >/dev/null 2>&1; then packages+=(libfuse2t64); else packages+=(libfuse2); fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}"
}

install_packages() {
  if command -v apt-get >/dev/null; then install_with_apt
  elif command -v dnf >/dev/null; then as_root dnf install -y -q fuse-libs fuse3
  elif command -v pacman >/dev/null; then as_root pacman -S --needed --noconfirm fuse2 fuse3
  elif command -v brew >/dev/null; then brew install --cask macfuse
  else return 1
  fi
}

if has_libfuse && has_mount_helper && has_venv; then exit 0; fi
echo "setting up system packages (libfuse) ..." >&2
if ! install_packages >&2; then
  echo "note: could not install libfuse. Without it lsfs cannot mount (everything else works):" >&2
  echo "      install libfuse2 and fuse3 (Debian 13, Ubuntu 24.04: libfuse2t64), not 'fuse'." >&2
fi
