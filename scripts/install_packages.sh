#!/usr/bin/env bash
# Usage: install_packages.sh VENV PIP_ARGUMENT...
# Makes VENV and installs lsfs there at the versions of constraints.txt. torch comes first and by
# itself: its CPU build lives in an index of its own, which is asked for nothing else of ours.
set -euo pipefail
PYTHON=${PYTHON:-python3}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=$1
shift
cpu_index=https://download.pytorch.org/whl/cpu

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
  { echo "lsfs needs Python 3.10 or later, and $PYTHON is $("$PYTHON" -V 2>&1); set PYTHON=..." >&2; exit 1; }

has_nvidia_gpu() { [ -e /proc/driver/nvidia/version ] || [ -e /dev/dxg ]; }

answers() {
  "$venv/bin/python" -c 'import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=2)' "$1/torch/" 2>/dev/null
}

# The index for torch beside pip's own: as asked; else the CPU builds, where the machine is a Linux
# without an NVIDIA GPU (elsewhere the default index has the right one) and the index can be reached.
torch_index() {
  if [ -n "${TORCH_INDEX:-}" ]; then echo "$TORCH_INDEX"
  elif [ "$(uname -s)" = Linux ] && ! has_nvidia_gpu && answers "$cpu_index"; then echo "$cpu_index"
  fi
}

# Downloads are shown to a person, errors alone to a log.
if [ -t 2 ]; then quiet=; else quiet=-qq; fi
pip_install() {
  "$venv/bin/python" -m pip --disable-pip-version-check install $quiet \
    --constraint constraints.txt "$@"
}

[ -x "$venv/bin/python" ] || "$PYTHON" -m venv "$venv"
echo "installing packages into $venv (minutes the first time) ..." >&2
index=$(torch_index)
pip_install ${index:+--extra-index-url "$index"} torch
# Built without isolation, by the pinned setuptools: the same result everywhere, and no network when
# everything is there already.
pip_install setuptools
pip_install --no-build-isolation "$@"
