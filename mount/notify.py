"""Telling systemd how the mount is, as sd_notify(3) does: a datagram to the socket it names.

Without NOTIFY_SOCKET (not started by systemd with Type=notify) nothing is sent. The variable is
read here and not in lsfs.config because it is part of the protocol, not a setting.
"""

from __future__ import annotations

import contextlib
import os
import socket


def notify(*assignments: str) -> None:
    """Send "READY=1" and the like. One that cannot be delivered is lost, as the protocol has it."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name.startswith(("/", "@")):
        return
    # a name beginning with @ is in the abstract namespace, which the kernel writes with a NUL
    address = os.fsencode(f"\0{name[1:]}" if name.startswith("@") else name)
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, kind) as sending:
        sending.connect(address)
        sending.sendall("\n".join(assignments).encode("utf-8", "surrogateescape"))
