"""Share links as who has one follows them, and a root with a daemon that serves them."""

from __future__ import annotations

import http.client
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faces import TIMEOUT_S, answer, lsfs, make_files, serving
from waiting import wait_for


@dataclass(frozen=True)
class Reply:
    """What came of a request."""

    status: int
    headers: http.client.HTTPMessage = field(repr=False)
    body: bytes = b""


def fetch(link: str, method: str = "GET", path: str | None = None, **headers: str) -> Reply:
    """One request to the address of a link, of the link itself if no other path is named."""
    parts = urllib.parse.urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    try:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, parts.path if path is None else path, headers=named)
        reply = connection.getresponse()
        return Reply(reply.status, reply.headers, reply.read())
    finally:
        connection.close()


def settled(link: str) -> int:
    """The status, when nothing is under way any more."""
    return wait_for(lambda: (code := fetch(link).status) != 503 and code, 15, "the link to settle")


def share(root: Path, path: str, *words: str) -> dict[str, Any]:
    """The row of a new link."""
    done = answer("share", path, "--yes", *words, cwd=root)
    (row,) = done["outcome"]["rows"]
    return {**row, "undo": done["outcome"]["undo"]}


@contextmanager
def served(root: Path) -> Iterator[Path]:
    """The root, made, with a daemon."""
    make_files(root)
    (root / ".lsfs").mkdir(mode=0o700)
    (root / ".lsfs" / "config.toml").write_text('[policy]\nprotect = ["private"]\n')
    (root / "private").mkdir()
    (root / "private" / "diary.txt").write_text("mine\n")
    assert lsfs("init", root, cwd=root).returncode == 0
    with serving(root):
        yield root
