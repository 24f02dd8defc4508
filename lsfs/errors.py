"""Every error lsfs raises on purpose, in one tree.

    LsfsError                  70  EIO      -32603
    ├── NothingFoundError       1  ENOENT   -32009   the request selects nothing
    ├── UsageError              2  EINVAL   -32602   the request itself is malformed
    ├── ConfigurationError      3  EINVAL   -32001   settings, or a missing part of the system
    ├── NotARootError           4  ENOENT   -32002   no lsfs root or no index there
    ├── LockedError             5  EBUSY    -32003   another process holds the root
    ├── ConfirmationError       6  EPERM    -32004   needs a yes, or the yes was refused
    ├── PartialError            7  EIO      -32005   some of it was done
    ├── PolicyError             8  EACCES   -32006   refused by policy
    ├── ConflictError           9  ESTALE   -32007   changed since it was planned
    ├── MissingPathError        2  ENOENT   -32010   a named path is not there
    ├── NotUnderstoodError      2  EINVAL   -32011   a request in words that no parser understood
    ├── NotAvailableError       2  ENOSYS   -32012   a known operation this version cannot run yet
    ├── TreeError              70  (its own) -32013  the operating system refused an act
    └── UnavailableError       70  EAGAIN   -32014   a helper process is gone or too slow

A message says what happened and to which path; `hint` says what to do next. `kind` is the
stable name that JSON carries. Exit codes 0 (done) and 130/143 (signals) are not errors.
"""

from __future__ import annotations

import errno
import os

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
"""The errnos of a full disk, and of a user's full share of one."""


class LsfsError(Exception):
    """Root of the tree; raised itself only for faults in lsfs ("internal")."""

    kind = "internal"
    exit_code = 70
    errno = errno.EIO
    rpc_code = -32603

    def __init__(self, message: str, *, path: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.hint = hint


class NothingFoundError(LsfsError):
    """What the request describes is not in the tree; nothing was done."""

    kind, exit_code, errno, rpc_code = "nothing_found", 1, errno.ENOENT, -32009


class UsageError(LsfsError):
    """The call is malformed: an unknown flag, an empty query, an argument out of range."""

    kind, exit_code, errno, rpc_code = "usage", 2, errno.EINVAL, -32602


class ConfigurationError(LsfsError):
    """A setting is wrong, or a part of the system (libfuse, /dev/fuse, a model) is missing."""

    kind, exit_code, errno, rpc_code = "configuration", 3, errno.EINVAL, -32001


class NotARootError(LsfsError):
    """The directory is not (in) an lsfs root, or has no index yet."""

    kind, exit_code, errno, rpc_code = "no_root", 4, errno.ENOENT, -32002


class LockedError(LsfsError):
    """Another process holds the root."""

    kind, exit_code, errno, rpc_code = "locked", 5, errno.EBUSY, -32003


class ConfirmationError(LsfsError):
    """A plan needs a yes that was not given."""

    kind, exit_code, errno, rpc_code = "confirmation", 6, errno.EPERM, -32004


class PartialError(LsfsError):
    """Some of the plan was done and could not be reversed; the outcome lists what."""

    kind, exit_code, errno, rpc_code = "partial", 7, errno.EIO, -32005


class PolicyError(LsfsError):
    """Policy refuses the plan: outside the root, lsfs's own state, a protected path, a read-only
    file."""

    kind, exit_code, errno, rpc_code = "policy", 8, errno.EACCES, -32006


class ConflictError(LsfsError):
    """What the plan touches changed after the plan was shown."""

    kind, exit_code, errno, rpc_code = "conflict", 9, errno.ESTALE, -32007


class MissingPathError(LsfsError):
    """A path that was named does not exist (or no version of it does)."""

    kind, exit_code, errno, rpc_code = "missing", 2, errno.ENOENT, -32010


class NotUnderstoodError(LsfsError):
    """No parser turned the request into a valid plan; `hint` names the nearest possible things."""

    kind, exit_code, errno, rpc_code = "not_understood", 2, errno.EINVAL, -32011


class NotAvailableError(LsfsError):
    """The operation is part of the design but this version does not run it yet."""

    kind, exit_code, errno, rpc_code = "not_available", 2, errno.ENOSYS, -32012


class TreeError(LsfsError):
    """The operating system refused an act on the tree; carries its errno."""

    kind, exit_code, rpc_code = "tree", 70, -32013

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        hint: str | None = None,
        errno_code: int = errno.EIO,
    ) -> None:
        super().__init__(message, path=path, hint=hint)
        self.errno = errno_code


class UnavailableError(LsfsError):
    """A helper process (worker, daemon, language model) is gone or did not answer in time."""

    kind, exit_code, errno, rpc_code = "unavailable", 70, errno.EAGAIN, -32014


def from_os_error(error: OSError, act: str, path: str) -> LsfsError:
    """Translate an OSError met while doing `act` to `path`; the caller raises it `from` that."""
    code = error.errno or errno.EIO
    if code == errno.ENOENT:
        return MissingPathError(f"{path}: no such file or directory", path=path)
    reason = os.strerror(code).lower()
    hint = _OS_HINTS.get(code)
    if act == "read" and code in NO_ROOM:
        act = "keep"  # what had no room is the store that it was read for
    return TreeError(f"cannot {act} {path}: {reason}", path=path, hint=hint, errno_code=code)


def unexpected(error: Exception) -> LsfsError:
    """What came to an outer door unforeseen: a refusal of the system as one, else lsfs's fault."""
    if not isinstance(error, OSError) or not error.errno:
        return LsfsError(f"internal error: {type(error).__name__}: {error}")
    if isinstance(error.filename, (str, bytes)):
        return from_os_error(error, "reach", os.fsdecode(error.filename))
    reason = os.strerror(error.errno).lower()
    hint = _OS_HINTS.get(error.errno)
    return TreeError(f"the system refused: {reason}", hint=hint, errno_code=error.errno)


_OS_HINTS = {
    errno.ENOSPC: "free some space on the disk that holds the folder, then try again. What was"
    " removed or overwritten in a mount stays as versions: `lsfs gc PATH` lets go of those of a"
    " file or folder, `lsfs gc` of old ones",
    errno.EACCES: "check the permissions of the file and of the folders above it",
    errno.EROFS: "the disk is mounted read-only",
    errno.EEXIST: "choose another name, or remove what is there first",
    errno.ENOTEMPTY: "the folder is not empty",
    errno.ELOOP: "name what the link points to",
}
