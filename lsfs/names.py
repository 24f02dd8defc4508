"""Names that programs leave for a moment and that are no work of the user.

The mount records no writes of such names and the observer neither captures nor indexes them: an
editor's save, which passes through several of them, is one version of the file it saves. Pure
standard library; the mount process loads it.
"""

from __future__ import annotations

import re

_TRANSIENT = re.compile(
    r"""
      \..*\.sw[a-px]          # vim's swap files
    | 4913                    # vim asks with it whether the directory is writable
    | \#.*\#  | \.\#.*        # emacs: autosaves and locks
    | \.~lock\..*\#           # LibreOffice's locks
    | ~\$.*                   # Microsoft Office's locks
    | \.fuse_hidden.*         # libfuse: removed while open
    | \.nfs[0-9a-f]{8,}       # NFS: removed while open
    | \.goutputstream-.*      # GLib: not yet renamed onto its target
    | \.lsfs-new-.*           # lsfs: not yet renamed onto its target
    """,
    re.VERBOSE | re.DOTALL,
)


_FIRST = ("4", "#", ".", "~")


_BACKUP = ("~", ".bak", ".orig", ".old")


def is_backup(name: str, of: str) -> bool:
    """Whether a name is one under which an editor puts a file aside that it is about to write."""
    return name.startswith(of) and name.endswith(_BACKUP)


def is_transient(name: str) -> bool:
    """Whether the last part of a path is an editor's or the system's passing name."""
    if name[:1] not in _FIRST:  # spares nearly all names the pattern
        return False
    return _TRANSIENT.fullmatch(name) is not None
