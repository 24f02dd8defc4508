"""Operations on names and on what stands behind them (see `lockstep_table`)."""

from __future__ import annotations

import os
import stat

from lockstep_sides import Draw, Facts, Side
from lockstep_table import call, operation

RENAME_NOREPLACE, RENAME_EXCHANGE = 1, 2


# --- names


@operation(4)
def make_folder(side: Side, draw: Draw) -> None:
    os.mkdir(side.at(draw.new_path()), draw.mode())


@operation(3)
def remove_folder(side: Side, draw: Draw) -> None:
    path = draw.path()
    if not draw.keeps(side, path):
        os.rmdir(side.at(path))


@operation(5)
def remove(side: Side, draw: Draw) -> None:
    path = draw.path()
    if not draw.keeps(side, path):
        os.unlink(side.at(path))


@operation(7)
def rename(side: Side, draw: Draw) -> None:
    path, to = draw.path(), draw.path(0.5)
    source, target = side.at(path), side.at(to)
    if draw.keeps(side, to):
        return
    os.rename(source, target)


@operation(3)
def rename_with_flags(side: Side, draw: Draw) -> object:
    flags = draw.one_of((RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_NOREPLACE | RENAME_EXCHANGE))
    source, target = side.at(draw.path()), side.at(draw.path(0.6))
    if not draw.ability.rename_flags:
        return "left out"
    return call("renameat2", -100, source, -100, target, flags)


@operation(4)
def link(side: Side, draw: Draw) -> None:
    source, target = side.at(draw.path()), side.at(draw.new_path())
    kind = stat.S_IFMT(os.lstat(source).st_mode)
    if kind not in (stat.S_IFREG, stat.S_IFLNK, stat.S_IFIFO) or (
        draw.ability.hard_links and kind != stat.S_IFIFO
    ):
        os.link(source, target, follow_symlinks=False)


@operation(3)
def link_symbolically(side: Side, draw: Draw) -> None:
    target = draw.one_of((b"a", b"b/c", b"d", b".", b"nowhere/at/all", b"n" * 255))
    os.symlink(target, side.at(draw.new_path()))


@operation(1)
def read_link(side: Side, draw: Draw) -> object:
    return os.readlink(side.at(draw.path()))


@operation(1)
def make_fifo(side: Side, draw: Draw) -> None:
    os.mkfifo(side.at(draw.new_path()), draw.mode())


@operation(3)
def list_folder(side: Side, draw: Draw) -> object:
    with os.scandir(side.at(draw.path())) as found:
        return sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in found)


@operation(1)
def list_handle(side: Side, draw: Draw) -> object:
    return sorted(os.listdir(side.file(draw.handle())))


# --- metadata


@operation(5)
def look(side: Side, draw: Draw) -> object:
    return Facts.of(os.stat(side.at(draw.path()), follow_symlinks=draw.chance(0.5)))


@operation(4)
def look_at_handle(side: Side, draw: Draw) -> object:
    return Facts.of(os.fstat(side.file(draw.handle())))


@operation(3)
def set_mode(side: Side, draw: Draw) -> None:
    os.chmod(side.at(draw.path()), draw.mode())


@operation(1)
def set_mode_of_handle(side: Side, draw: Draw) -> None:
    os.fchmod(side.file(draw.handle()), draw.mode())


@operation(2)
def set_owner(side: Side, draw: Draw) -> None:
    owner, group = draw.one_of((-1, 0, 1234)), draw.one_of((-1, 0, 4321))
    path, follow = draw.path(), draw.chance(0.5)
    says_nothing = owner == group == -1
    if draw.ability.is_root and (draw.ability.empty_chown or not says_nothing):
        os.chown(side.at(path), owner, group, follow_symlinks=follow)


@operation(4)
def set_times(side: Side, draw: Draw) -> None:
    path, follow = side.at(draw.path()), draw.chance(0.5)
    if draw.chance(0.3):
        os.utime(path, follow_symlinks=follow)
    else:
        os.utime(path, ns=(draw.moment_ns(), draw.moment_ns()), follow_symlinks=follow)


@operation(2)
def set_times_of_handle(side: Side, draw: Draw) -> None:
    os.utime(side.file(draw.handle()), ns=(draw.moment_ns(), draw.moment_ns()))


@operation(3)
def set_attribute(side: Side, draw: Draw) -> None:
    name, size = draw.name_of_attribute(), draw.one_of((0, 1, 300))
    flags = draw.one_of((0, 0, os.XATTR_CREATE, os.XATTR_REPLACE))
    path = side.at(draw.path())
    os.setxattr(path, name, draw.data(size), flags, follow_symlinks=draw.chance(0.5))


@operation(1)
def set_attribute_of_handle(side: Side, draw: Draw) -> None:
    name, slot = draw.name_of_attribute(), draw.handle()
    os.setxattr(side.file(slot), name, draw.data(20))


@operation(2)
def remove_attribute(side: Side, draw: Draw) -> None:
    os.removexattr(side.at(draw.path()), draw.name_of_attribute())


@operation(2)
def read_attribute(side: Side, draw: Draw) -> object:
    return os.getxattr(side.at(draw.path()), draw.name_of_attribute())
