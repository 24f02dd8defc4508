"""What all callbacks share: the outer door, the parts they work with, handles and spool lines."""

from __future__ import annotations

import base64
import contextlib
import ctypes
import errno
import functools
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from lsfs.errors import LsfsError
from lsfs.spool import SpoolEvent, Was

from .backing import Backing
from .handles import Handles
from .identity import AsCaller, SetIds
from .keep import Keeper
from .libfuse import Library
from .pages import Pages
from .passthrough import Passthrough
from .record import Recorder, is_passing
from .virtual import VirtualTree

log = logging.getLogger(__name__)

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

Callback = TypeVar("Callback", bound=Callable[..., Any])


def answers(act: Callback) -> Callback:
    """Make a method a callback: what it raises becomes a negated errno, None becomes 0."""

    @functools.wraps(act)
    def callback(self: Calls, *arguments: Any) -> int:
        try:
            return act(self, *arguments) or 0
        except OSError as error:
            return -(error.errno or errno.EIO)
        except LsfsError as error:
            return -error.errno
        except Exception:
            log.exception("%s failed", act.__name__)  # the outer door: C takes no exception
            return -errno.EIO
        finally:
            if self.backing.is_walking():
                self.backing.done()

    return callback  # type: ignore[return-value]


@dataclass(frozen=True)
class Parts:
    """What the callbacks work with."""

    library: Library
    backing: Backing
    as_caller: AsCaller
    set_ids: SetIds
    passthrough: Passthrough
    keeper: Keeper
    recorder: Recorder
    handles: Handles
    virtual: VirtualTree
    pages: Pages


class Calls:
    """Groups of callbacks derive from it. The working directory must be the root."""

    def __init__(self, parts: Parts) -> None:
        self.backing = parts.backing
        self._library = parts.library
        self._as_caller, self._set_ids = parts.as_caller, parts.set_ids
        self._passthrough = parts.passthrough
        self._keeper, self._recorder = parts.keeper, parts.recorder
        self._handles, self._virtual = parts.handles, parts.virtual
        self._unwritten = parts.handles.unwritten
        self._pages = parts.pages
        self._has_acls = False
        self._real = self.backing.real
        self._handle_at: int = parts.library.file_info.fh.offset
        self._flags_at: int = parts.library.file_info.flags.offset

    def _handle(self, info: int | None) -> int:
        return ctypes.c_uint64.from_address((info or 0) + self._handle_at).value

    def _set_handle(self, info: int, fd: int) -> None:
        ctypes.c_uint64.from_address(info + self._handle_at).value = fd

    def _flags(self, info: int) -> int:
        return ctypes.c_int32.from_address(info + self._flags_at).value

    def _set_backing(self, info: int, number: int) -> None:
        # `backing_id` of libfuse 3.17 follows `poll_events`, which mfusepy takes for 64 bits
        at = info + self._library.file_info.poll_events.offset + 4
        ctypes.c_int32.from_address(at).value = number

    def _is_removed(self, path: bytes | None) -> bool:
        return bool(self.backing.removed and path and self.backing.removed_file(path) is not None)

    def _nofollow(self, path: bytes | None) -> int:
        """O_NOFOLLOW, unless the path of a removed file is reached by its descriptor."""
        return 0 if self._is_removed(path) else os.O_NOFOLLOW

    def _say(self, event: SpoolEvent, path: bytes, to: bytes | None = None) -> None:
        if not is_passing(to or path):
            self._recorder.tell(event, path, self._recorder.program(), to=to)

    def _metadata(self, path: bytes | None) -> Was | None:
        """What is about to be changed; None where it is not told."""
        if path is None or not self._is_told(path):
            return None
        with contextlib.suppress(OSError):  # the act itself says what is wrong
            place = self._real(path)
            state = os.lstat(place)
            return Was(
                state.st_mode, state.st_uid, state.st_gid, state.st_mtime_ns, state.st_ctime_ns,
                _xattrs(place),
            )  # fmt: skip
        return None

    def _changed_metadata(self, path: bytes | None, was: Was | None) -> None:
        """A line, unless a handle that has changed the file will say `closed` anyway."""
        if path is not None and self._is_told(path):
            self._recorder.tell("metadata", path, self._recorder.program(), was=was)

    def _is_told(self, path: bytes) -> bool:
        is_wanted = self._recorder.is_on and not is_passing(path)
        return is_wanted and not self._handles.is_being_written(path)


def _xattrs(place: bytes) -> dict[str, str]:
    """Those that can be read, base64."""
    with contextlib.suppress(OSError):
        names = os.listxattr(place, follow_symlinks=False)
        return {
            name: base64.b64encode(os.getxattr(place, name, follow_symlinks=False)).decode()
            for name in names
        }
    return {}


def named(path: bytes | None) -> bytes:
    """The path of a call that cannot do without.

    Raises:
        OSError: ENOENT; libfuse has none for a file whose folder is gone.
    """
    if path is None:
        raise refused(errno.ENOENT)
    return path


def refused(code: int) -> OSError:
    """The error of an errno."""
    return OSError(code, os.strerror(code))
