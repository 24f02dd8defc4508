"""What operations that write text make of a file, in the encoding and with the line ends it has."""

from __future__ import annotations

from lsfs.encoding import encoded_like, joined
from lsfs.errors import MissingPathError, NotAvailableError, UsageError
from lsfs.plan import Append, Create, Join, Operation, Replace, Write
from lsfs.tree import Tree

MAX_TEXT_BYTES = 64 * 2**20
"""Largest file whose text is replaced or joined."""


def new_bytes(tree: Tree, step: Operation) -> bytes:
    """What a step that writes text makes of its file."""
    match step:
        case Create(text=text) | Write(text=text):
            return _encoded(text)
        case Append():
            return _appended(tree, step)
        case Replace(target=target):
            return _replaced(tree, target.paths[0], step)
        case Join(target=target):
            return joined({path: _bytes(tree, path) for path in target.paths})
        case _:
            raise NotAvailableError(f"{step.op} writes no text")


def _appended(tree: Tree, step: Append) -> bytes:
    before = _bytes(tree, step.path) if tree.stat(step.path) else b""
    text, end = step.text, encoded_like(step.path, before, "\n")
    if step.as_line:
        gap = "" if not before or before.endswith(end) else "\n"
        text = gap + text.rstrip("\n") + "\n"
    return before + encoded_like(step.path, before, text)


def _replaced(tree: Tree, path: str, step: Replace) -> bytes:
    before = _bytes(tree, path)
    after = before.replace(
        encoded_like(path, before, step.old), encoded_like(path, before, step.new)
    )
    if after == before:
        raise MissingPathError(
            f"{path} does not contain {step.old!r}", path=path, hint="check the exact wording"
        )
    return after


def _bytes(tree: Tree, path: str) -> bytes:
    with tree.open(path) as stream:
        data = stream.read(MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        raise UsageError(f"{path} is too large to edit as text", path=path)
    return data


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
