"""Making a path what a version was; the tree is changed nowhere else for a version's sake."""

from __future__ import annotations

from lsfs.errors import MissingPathError
from lsfs.history import History
from lsfs.paths import parent
from lsfs.records import Version
from lsfs.tree import Tree, kind_of


def put_back(history: History, path: str, version: Version) -> None:
    """Make `path` what the version was: bytes, mode, owner, times, xattrs.

    The caller has taken the present state. Missing folders above are made.

    Raises:
        MissingPathError: the version's bytes were never kept, or are lost.
    """
    tree = history.tree
    _make_parents(tree, path)
    state = tree.stat(path)
    there = kind_of(state) if state else None
    if there not in (None, version.kind):
        tree.remove(path)
    match version.kind:
        case "directory":
            if there != "directory":
                tree.mkdir(path)
            tree.set_metadata(path, version.metadata)
        case "symlink":
            if there == "symlink":
                tree.remove(path)
            tree.symlink(path, version.target or "")
            tree.set_times(path, version.metadata.mtime_ns, version.metadata.mtime_ns)
        case _:
            _put_bytes(history, path, version)


def _put_bytes(history: History, path: str, version: Version) -> None:
    if version.content is None or not history.blobs.contains(version.content):
        reason = version.gap or "its bytes are not in the store"
        raise MissingPathError(
            f"{path}: version {version.id} cannot come back: {reason}", path=path
        )
    with history.blobs.open(version.content) as stream:
        history.tree.write(path, stream, version.metadata, history.as_seen(path))


def _make_parents(tree: Tree, path: str) -> None:
    above = parent(path)
    if above and tree.stat(above) is None:
        _make_parents(tree, above)
        tree.mkdir(above)
