#!/usr/bin/env bash
# Usage: mount_helper.sh PROGRAM [LINK]
# Links PROGRAM to where mount(8) looks for it. There is one such place on a machine: what another
# installation has put there stays, unless that installation is gone.
set -euo pipefail
program=$1
link=${2:-/sbin/mount.fuse.lsfs}

if [ -e "$link" ] && [ "$(readlink "$link")" != "$program" ]; then
  echo "note: $link is another installation's ($(readlink "$link" || echo "a file")) and stays;" \
    "/etc/fstab uses that one. To use this one: ln -sfn $program $link" >&2
  exit 0
fi
ln -sfn "$program" "$link"
echo "installed: $link, for /etc/fstab"
