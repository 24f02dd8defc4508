"""What `-o` may say, for `lsfs mount` and for a line of /etc/fstab. Standard library only.

An option is honoured (a field of `MountOptions`), handed to libfuse (`KERNEL_FLAGS`), or ignored
(`IGNORED`): those are mount(8)'s own business, or decided by the filesystem that the root lies on.
docs/cli.md lists them all.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from lsfs.errors import UsageError

LibraryChoice = Literal["auto", "fuse2", "fuse3"]

KERNEL_FLAGS = (
    "nosuid", "suid", "nodev", "dev", "noexec", "exec", "sync", "async", "dirsync",
)  # fmt: skip
"""Handed to libfuse, which gives them to the kernel. It takes nosuid and nodev by itself."""

IGNORED = frozenset({
    "defaults", "auto", "noauto", "user", "nouser", "users", "owner", "group", "nofail", "_netdev",
    "atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime", "strictatime",
    "nostrictatime", "lazytime", "nolazytime", "silent", "loud",
})  # fmt: skip
_IGNORED_PREFIXES = ("x-", "X-", "comment=")

_LARGEST_ID = 2**32 - 2  # the last one is chown(2)'s "unchanged"


@dataclass(frozen=True)
class MountOptions:
    """What `-o` may say. `library`: auto, fuse2 or fuse3."""

    ro: bool = False
    allow_other: bool = False
    strict: bool = False
    """Attributes are never cached: other hard links and changes behind the mount show at once."""
    passthrough: bool = True
    """Off, the kernel never reads and writes the real files by itself, though it could."""
    index: bool = True
    """Off, the daemon that is started with the mount indexes nothing; it keeps versions as ever."""
    uid: int | None = None
    """Every file is shown as this user's; likewise `gid`. Who may do what follows from that."""
    gid: int | None = None
    umask: int | None = None
    """Every file is shown with the permissions 0777 without these bits."""
    auto_unmount: bool = True
    """The mount goes when its process is killed."""
    capture: bool = True
    """Off, nothing is kept and nothing recorded: for measuring what that costs."""
    debug: bool = False
    """libfuse tells every call on standard error; the mount stays in the foreground."""
    library: LibraryChoice = "auto"
    kernel: tuple[str, ...] = ()
    """Some of KERNEL_FLAGS, in the order given."""

    def shown_as(self) -> list[str]:
        """The options for libfuse that say as whose, and how, files are shown."""
        given = [f"{name}={value}" for name in ("uid", "gid") if (value := getattr(self, name))
                 is not None]  # fmt: skip
        return given + ([f"umask={self.umask:o}"] if self.umask is not None else [])


_FLAGS: Mapping[str, tuple[str, bool]] = {
    "ro": ("ro", True), "rw": ("ro", False), "allow_other": ("allow_other", True),
    "strict": ("strict", True), "passthrough": ("passthrough", True),
    "nopassthrough": ("passthrough", False), "index": ("index", True),
    "noindex": ("index", False), "debug": ("debug", True),
    "auto_unmount": ("auto_unmount", True), "noauto_unmount": ("auto_unmount", False),
    "capture": ("capture", True), "nocapture": ("capture", False),
}  # fmt: skip


def parse_options(text: str) -> MountOptions:
    """ "ro,strict,library=fuse3" and the like; of two that contradict each other the last holds.

    Raises:
        UsageError: an option that there is not, or a value that does not fit.
    """
    chosen: dict[str, Any] = {}
    kernel: dict[str, None] = {}  # a set that keeps the order
    for option in filter(None, (part.strip() for part in text.split(","))):
        name, has_value, value = option.partition("=")
        if option in _FLAGS:
            field, state = _FLAGS[option]
            chosen[field] = state
        elif option in KERNEL_FLAGS:
            kernel.pop(option, None)  # the last one holds, also of three
            kernel[option] = None
        elif name in _VALUES:
            if not has_value or not value:
                raise UsageError(f"the mount option {name} needs a value", hint=_hint())
            chosen[name] = _VALUES[name](value)
        elif option not in IGNORED and not option.startswith(_IGNORED_PREFIXES):
            raise UsageError(f"no mount option {option!r}", hint=_hint())
    return replace(MountOptions(), **chosen, kernel=tuple(kernel))


def option_text(options: MountOptions) -> str:
    """The inverse of `parse_options`."""
    names = {meaning: name for name, meaning in _FLAGS.items()}
    chosen = [*options.kernel]
    for field in fields(MountOptions):
        value = getattr(options, field.name)
        if value == field.default or field.name == "kernel":
            continue
        if isinstance(value, bool):
            chosen.append(names[field.name, value])
        elif field.name == "umask":
            chosen.append(f"umask={value:o}")
        else:
            chosen.append(f"{field.name}={value}")
    return ",".join(chosen)


def _id_of(kind: str, by_name: Callable[[str], int]) -> Callable[[str], int]:
    """A reader of a user or group, by number or by name."""

    def read(value: str) -> int:
        if re.fullmatch(r"[0-9]+", value):
            if int(value) <= _LARGEST_ID:
                return int(value)
            raise UsageError(f"{kind}={value}: an id is at most {_LARGEST_ID}")
        try:
            return by_name(value)
        except KeyError as error:
            what = "user" if kind == "uid" else "group"
            raise UsageError(
                f"{kind}={value}: there is no such {what}", hint=f"{kind}=1000, or a {what}'s name"
            ) from error

    return read


def _umask(value: str) -> int:
    if re.fullmatch(r"0?[0-7]{1,3}", value):
        return int(value, 8)
    raise UsageError(f"umask={value}: not an octal number up to 777", hint="for example umask=022")


def _library(value: str) -> str:
    if value in ("auto", "fuse2", "fuse3"):
        return value
    raise UsageError(f"library={value}: there are auto, fuse2 and fuse3")


_VALUES: Mapping[str, Callable[[str], Any]] = {
    "uid": _id_of("uid", lambda name: pwd.getpwnam(name).pw_uid),
    "gid": _id_of("gid", lambda name: grp.getgrnam(name).gr_gid),
    "umask": _umask,
    "library": _library,
}


def _hint() -> str:
    told = [*_FLAGS, *(f"{name}=" for name in _VALUES), *KERNEL_FLAGS]
    return f"there are: {', '.join(told)}; and what fstab has for mount(8) itself"


def is_allowed_to_serve_others(fuse_conf: str) -> bool:
    """Whether this process may use allow_other: as root, or where /etc/fuse.conf (`fuse_conf` is
    its text) lets ordinary users."""
    if os.geteuid() == 0:
        return True
    return any(line.split("#")[0].strip() == "user_allow_other" for line in fuse_conf.splitlines())
