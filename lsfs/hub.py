"""Models by id: what was downloaded before is used without asking the network.

huggingface_hub asks the hub at each load whether there is something newer, and tries one that
cannot be reached for most of a minute.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

REACH_S = 3.0


def local_first(name: str, load: Callable[[bool], T]) -> T:
    """What `load(local_files_only)` gives for a model: from its directory or from the hub's cache,
    else from the hub, where that can be reached.

    Raises:
        OSError: it is in none of them; and whatever else `load` raises.
    """
    try:
        return load(True)
    except OSError:
        if os.path.isdir(name) or not _is_reachable():
            raise
    return load(False)


def _is_reachable() -> bool:
    from huggingface_hub import constants, get_session

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        get_session().head(constants.ENDPOINT, timeout=REACH_S)
    except Exception:  # noqa: BLE001 - what the library raises differs between its versions
        return False
    return True
