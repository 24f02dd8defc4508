"""The folder MNT/.lsfs/at: AT/TIME/ is the whole tree as it was then, read-only.

A time is ISO 8601 or words ("2026-11-20", "yesterday 18:00"), a span its end. It means the same
moment for as long as it is used. Modes, owners and times are those of then; that others cannot look
is seen to above (`virtual`).

Threading: from any thread. Failures are OSErrors.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any

from lsfs.paths import path_from_fields

from .answers import Answers
from .nodes import FOLDER_MODE, Node, missing


class PastTrees:
    """Every moment's tree, asked of the daemon."""

    def __init__(self, root: bytes, answers: Answers) -> None:
        self._root = root
        self._answers = answers

    def node(self, parts: list[str]) -> Node:
        """What was at TIME/PATH, given in parts.

        Raises:
            OSError: ENOENT, or what keeps the daemon from answering.
        """
        at_ns = self._answers.moment(parts[0])
        path = "/".join(parts[1:])
        if not path:
            self._answers.was("", at_ns)  # whether anything is known of that time
            return Node(FOLDER_MODE, mtime_ns=at_ns)
        known = self._answers.known_to_be(os.path.dirname(path), at_ns)
        if known is None:
            return self._node(self._answers.was(path, at_ns))
        if parts[-1] not in known:
            raise missing()
        return self._node(known[parts[-1]])

    def names(self, parts: list[str]) -> list[tuple[str, int]]:
        """Names in the folder TIME/PATH with their modes."""
        were = self._answers.were("/".join(parts[1:]), self._answers.moment(parts[0]))
        return [(name, int(was["mode"])) for name, was in were.items()]

    def _node(self, was: Mapping[str, Any]) -> Node:
        now = path_from_fields(dict(was), "now") if "now" in was else None
        real = None if now is None else self._root + b"/" + os.fsencode(now)
        if "mtime_ns" not in was:
            if real is None:
                return Node(int(was["mode"]))
            state = os.lstat(real)
            owner = state.st_uid, state.st_gid
            return Node(state.st_mode, state.st_size, state.st_mtime_ns, owner=owner, real=real)
        target = bytes.fromhex(was["target"]) if "target" in was else None
        size = int(was["size"]) if target is None else len(target)
        owner = int(was["uid"]), int(was["gid"])
        xattrs = {os.fsencode(k): base64.b64decode(v) for k, v in was.get("xattrs", {}).items()}
        return Node(
            int(was["mode"]), size, int(was["mtime_ns"]), target, was["version"], owner, xattrs
        )
