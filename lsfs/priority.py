"""Background work gives way to the programs a person is waiting for."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

log = logging.getLogger(__name__)

NICE = 10
AUTOGROUP = Path("/proc/self/autogroup")
_TRIES, _AGAIN_S = 5, 0.11


def lower_thread() -> None:
    """Lower this thread, and those it starts, below the other threads of the process."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
    except OSError as error:
        log.warning("cannot lower the priority of a background thread: %s", error)


def lower_session() -> None:
    """Lower this process below the other sessions of the machine, if it leads one of its own.

    Where the kernel groups tasks by session, nice values count within a session only (sched(7),
    "The autogroup feature"): indexing, however nice, would take as much as what it indexes for.
    """
    if os.getsid(0) != os.getpid() or not AUTOGROUP.exists():
        return
    for _ in range(_TRIES):
        try:
            AUTOGROUP.write_text(str(NICE), encoding="ascii")
        except BlockingIOError:  # the kernel lets users do it ten times a second, all together
            time.sleep(_AGAIN_S)
        except OSError as error:
            log.warning("cannot lower the priority of this session: %s", error)
            return
        else:
            return
    log.warning("cannot lower the priority of this session: the kernel is asked too often")
