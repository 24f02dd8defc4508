"""A systemd user unit for a mount: written from the packaged template, for systemctl to enable."""

from __future__ import annotations

import os
import re
import sys
from importlib.resources import files
from pathlib import Path
from string import Template

from lsfs import rooms
from lsfs.config import user_config_file
from lsfs.errors import MissingPathError, UsageError, from_os_error
from lsfs.paths import is_utf8

_TEMPLATE = "data/lsfs.service"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_")


def write_unit(wish: rooms.MountWish, state: Path | None) -> Path:
    """Write the unit that mounts as wished; its file, in the user's systemd directory.

    Raises:
        UsageError: the options are wrong, or a path cannot stand in a unit.
        MissingPathError: one of the folders is not there.
        ConfigurationError: they lie in each other.
    """
    rooms.is_indexed(wish.options)  # reads them all
    rooms.check_apart(wish.root, wish.mountpoint)
    for place in (wish.root, wish.mountpoint):
        if not place.is_dir():
            raise MissingPathError(
                f"{place}: no such folder", path=str(place), hint=f"mkdir -p '{place}'"
            )
    file = user_config_file().parents[1] / "systemd" / "user" / unit_name(wish.mountpoint)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(unit_text(wish, state), encoding="utf-8")
    except OSError as error:
        raise from_os_error(error, "write", str(file)) from error
    return file


def unit_text(wish: rooms.MountWish, state: Path | None) -> str:
    """The whole unit."""
    lsfs = " ".join(map(quoted, _command()))
    given = [
        *(["--state", str(state)] if state else []),
        *(["-o", wish.options] * bool(wish.options)),
    ]
    template = files("lsfs").joinpath(_TEMPLATE).read_text(encoding="utf-8")
    return Template(template).substitute(
        root=_described(wish.root),
        mountpoint=_described(wish.mountpoint),
        start=" ".join([lsfs, "mount", "--foreground", *map(quoted, given), "--",
                        quoted(str(wish.root)), quoted(str(wish.mountpoint))]),
        stop=f"{lsfs} umount -- {quoted(str(wish.mountpoint))}",
    )  # fmt: skip


def unit_name(mountpoint: Path) -> str:
    """ "lsfs-home-u-mnt.service": the mountpoint as systemd-escape --path writes it."""
    text = "/".join(part for part in str(mountpoint).split("/") if part) or "/"
    escaped = "".join(_escaped(char, at == 0) for at, char in enumerate(text))
    return f"lsfs-{escaped}.service"


def _escaped(character: str, is_first: bool) -> str:
    if character == "/":
        return "-"
    if character in _PLAIN or (character == "." and not is_first):
        return character
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))


def quoted(argument: str) -> str:
    """An argument for ExecStart: systemd.service(5) takes % and $ for its own.

    Raises:
        UsageError: it holds what a unit file cannot.
    """
    if not is_utf8(argument) or not argument.isprintable():
        raise UsageError(
            f"{argument!r} cannot stand in a systemd unit",
            hint="mount by a path of plain characters",
        )
    plain = argument.replace("\\", "\\\\").replace('"', '\\"')
    escaped = plain.replace("%", "%%").replace("$", "$$")
    return escaped if re.fullmatch(r"[\w/.,:=@+-]+", escaped) else f'"{escaped}"'


def _described(path: Path) -> str:
    return str(path).replace("%", "%%")


def _command() -> list[str]:
    """The `lsfs` of this Python, so that a user's PATH does not matter."""
    script = Path(sys.executable).with_name("lsfs")
    return [str(script)] if script.exists() else [sys.executable, "-m", "lsfs.cli"]
