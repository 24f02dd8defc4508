"""Callbacks about open folders: listing them, and making what is in them durable."""

from __future__ import annotations

import ctypes
import itertools
import os
from collections.abc import Callable

from .attributes import inode_of
from .calls import FOLDER_FLAGS, Calls, Parts, answers, named
from .listing import Folder, Stat
from .virtual import is_virtual

_LINKS = (b".", b"..")
_NO_DESCRIPTOR = 1 << 32
_WITH_ATTRIBUTES = 1  # FUSE_READDIR_PLUS


class FolderCalls(Calls):
    """Open folders. One of the virtual tree has a number that is no descriptor's for a handle."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._folders: dict[int, Folder] = {}
        self._virtual_folders: dict[int, list[tuple[bytes, int]]] = {}
        self._numbers = itertools.count(_NO_DESCRIPTOR)
        self._more: tuple[int, ...] = (0,) if parts.library.major == 3 else ()

    @answers
    def opendir(self, path: bytes, info: int) -> None:
        if is_virtual(path):
            number = next(self._numbers)
            self._virtual_folders[number] = []
            self._set_handle(info, number)
            return
        fd = os.open(self._real(path), FOLDER_FLAGS)
        self._folders[fd] = Folder(fd, is_top=path == b"/")
        self._set_handle(info, fd)
        if self._library.major == 3:
            # the kernel keeps what it has read for those who list it next
            file_info = self._library.file_info.from_address(info)
            file_info.cache_readdir = 1
            file_info.keep_cache = int(self._pages.are_fresh(path, os.fstat(fd)))

    @answers
    def readdir(  # noqa: PLR0913 - libfuse's signature
        self, path: bytes | None, into: int, give: Callable[..., int], offset: int,
        info: int, flags: int = 0,
    ) -> None:  # fmt: skip
        folder = self._folders.get(self._handle(info))
        if folder is None:
            self._list_virtual(named(path), self._handle(info), into, give, offset)
            return
        folder.give(
            give, into, Stat(self._library.whole_stat()), offset,
            has_flags=self._library.major == 3, with_attributes=bool(flags & _WITH_ATTRIBUTES),
        )  # fmt: skip

    @answers
    def releasedir(self, path: bytes | None, info: int) -> None:
        self._virtual_folders.pop(self._handle(info), None)
        folder = self._folders.pop(self._handle(info), None)
        if folder is not None:
            os.close(folder.fd)

    @answers
    def fsyncdir(self, path: bytes | None, only_data: int, info: int) -> None:
        folder = self._folders.get(self._handle(info))
        if folder is not None:
            os.fsync(folder.fd)

    def _list_virtual(
        self, path: bytes, handle: int, into: int, give: Callable[..., int], offset: int
    ) -> None:
        listed = self._virtual_folders.get(handle)
        if not (listed and offset):  # a listing is of one moment, from its start to its end
            listed = [*((name, 0) for name in _LINKS), *self._virtual.names(path)]
            self._virtual_folders[handle] = listed
        entry = self._library.whole_stat()
        for place in range(offset, len(listed)):
            name, entry.st_mode = listed[place]
            entry.st_ino = inode_of(path + b"/" + name)  # readdir(3) skips those without
            if give(into, name, ctypes.addressof(entry), place + 1, *self._more):
                break
