"""Mount, unmount and list mounts, with the daemon that goes with them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsfs import daemon, render, rooms
from lsfs.errors import ConfigurationError, LsfsError, UsageError
from lsfs.location import check_catalog
from lsfs.paths import CATALOG_NAME, SOCKET_NAME, STATE_NAME, for_terminal, path_fields

from .invocation import DONE, NOTHING_FOUND, PARTLY, Invocation, lsfs_command, report

if TYPE_CHECKING:
    import subprocess

    from lsfs.config import Config


@lsfs_command("mount")
@click.argument("places", type=click.Path(readable=False), nargs=-1, metavar="[ROOT MOUNTPOINT]")
@click.option("-f", "--foreground", is_flag=True, help="Stay in the foreground until unmounted.")
@click.option("-o", "options", multiple=True, metavar="OPTS", help="Mount options: ro,strict,...")
@click.option("--systemd", is_flag=True, help="Write a systemd user unit for this mount instead.")
def mount(
    invocation: Invocation,
    places: Sequence[str],
    foreground: bool,
    options: Sequence[str],
    systemd: bool,
) -> int:
    """Mount ROOT at MOUNTPOINT, an empty folder, and start the root's daemon.

    A folder that is no root yet becomes one. Without arguments: list the mounts.
    """
    if not places and not (foreground or options or systemd):
        return _list(invocation)
    if len(places) != 2:
        raise UsageError(
            "a mount needs the folder, and where it shall be seen",
            hint="lsfs mount ROOT MOUNTPOINT; MOUNTPOINT is an empty folder outside of ROOT",
        )
    if "" in places:  # an unset variable, not this folder
        raise UsageError("an empty name names no folder", hint="lsfs mount ROOT MOUNTPOINT")
    root, point = (Path(os.path.abspath(place)) for place in places)
    wish = rooms.MountWish(root, Path(), point, ",".join(options))
    if systemd:
        return _write_unit(invocation, wish)
    return _mount(invocation, wish, foreground or rooms.stays_in_foreground(wish.options))


def _mount(invocation: Invocation, wish: rooms.MountWish, foreground: bool) -> int:
    config, point = _root(invocation, wish), wish.mountpoint
    # what is refused shall start nothing
    rooms.check_mount(rooms.MountWish(config.root, config.state, point, wish.options))
    if foreground:
        starting, _ = _begin_daemon(config, wish.options)
        if starting is not None:
            _wait_for(starting, config)
        invocation.say(f"mounting {config.root} at {point}; Ctrl-C unmounts")
        rooms.become_mount(config, point, wish.options)
    log, code = _mount_beside_daemon(config, point, wish.options)
    known = daemon.health(config.socket)
    if invocation.flags.json:
        told = {"root": str(config.root), "mountpoint": str(point)}
        told |= {"log": str(log)} if log else {}
        invocation.emit_json({**told, "daemon": known["pid"] if known else None})
    else:
        invocation.emit(f"mounted {for_terminal(str(config.root))} at {for_terminal(str(point))}")
        if invocation.flags.verbose:
            invocation.say(f"its log is {log}, the daemon's {config.log_directory / 'daemon.log'}")
    return code


def _root(invocation: Invocation, wish: rooms.MountWish) -> Config:
    """The settings of the root, which is made one if need be, and only when it can be mounted."""
    from lsfs.config import load_config, state_directory

    state = invocation.flags.state
    directory = state_directory(wish.root, state)
    if not _is_root(directory):
        from lsfs.app import check_new_root, init_root

        real = check_new_root(wish.root, state)
        rooms.check_mount(rooms.MountWish(real.root, real.state, wish.mountpoint, wish.options))
        made = init_root(wish.root, state)
        invocation.say(f"made {made['root']} an lsfs root; its state is in {made['state']}")
    return load_config(wish.root.resolve(), state)


def _is_root(state: Path) -> bool:
    try:
        check_catalog(state)
        return (state / CATALOG_NAME).exists()
    except OSError as error:
        raise ConfigurationError(
            f"{state} cannot be reached: {os.strerror(error.errno or 0).lower()}", path=str(state),
            hint="check the permissions, or keep lsfs's state elsewhere: --state DIR",
        ) from error  # fmt: skip


def _mount_beside_daemon(config: Config, point: Path, options: str) -> tuple[Path | None, int]:
    """Mount while the daemon starts: together they take half the time. A mount that fails takes the
    daemon begun for it along.

    Returns:
        The mount's log, and the exit code: the mount does without a daemon, whose absence is only
        reported.
    """
    starting, code = _begin_daemon(config, options)
    try:
        log = rooms.mount(config, point, options)
    except BaseException:
        if starting is not None:
            starting.terminate()
            starting.wait()
        raise
    return log, code if starting is None else _wait_for(starting, config)


def _begin_daemon(config: Config, options: str) -> tuple[subprocess.Popen[bytes] | None, int]:
    """Start the daemon unless one runs that may stay; a code other than DONE says what is wrong."""
    is_indexed = rooms.is_indexed(options)
    try:
        known = daemon.health(config.socket)
        if known is not None and known["started_by"] != daemon.MOUNT:
            return None, _keep_daemon(is_indexed)
        if known is not None:  # of a mount before this one, which may have wished otherwise
            daemon.stop(config.socket)
        return daemon.start(config.root, config.state, daemon.MOUNT, is_indexed=is_indexed), DONE
    except LsfsError as error:
        report(error)
        return None, PARTLY


def _wait_for(starting: subprocess.Popen[bytes], config: Config) -> int:
    try:
        daemon.wait_until_up(starting, config.state)
    except LsfsError as error:
        report(error)
        return PARTLY
    return DONE


def _keep_daemon(is_indexed: bool) -> int:
    if is_indexed:
        return DONE
    hint = "end it first: lsfs stop"
    report(UsageError("noindex: the daemon that runs already goes on indexing", hint=hint))
    return PARTLY


def _write_unit(invocation: Invocation, wish: rooms.MountWish) -> int:
    from .unit import write_unit

    file = write_unit(wish, invocation.flags.state)
    if invocation.flags.json:
        invocation.emit_json({"unit": file.name, "file": str(file)})
    else:
        invocation.say(f"wrote {for_terminal(str(file))}; to mount now and at every login:")
        invocation.emit(f"systemctl --user enable --now '{for_terminal(file.name)}'")
    return DONE


# -- the list --------------------------------------------------------------------------------------


def _list(invocation: Invocation) -> int:
    found = [_facts(one) for one in rooms.living_mounts()]
    if invocation.flags.json:
        invocation.emit_json({"mounts": found})
    elif found:
        invocation.emit(render.table([_row(one) for one in found], invocation.look(sys.stdout)))
        for one in found:
            if one["condition"] == "stale":
                point = for_terminal(one["mountpoint"])
                invocation.say(f"{point} is stale, its process is gone: lsfs umount '{point}'")
    else:
        invocation.say("nothing is mounted; lsfs mount ROOT MOUNTPOINT")
    return DONE if found else NOTHING_FOUND


def _facts(one: rooms.Mount) -> dict[str, Any]:
    known = daemon.health(one.state / SOCKET_NAME)
    return {
        **path_fields(str(one.root), "root"),
        **path_fields(str(one.mountpoint), "mountpoint"),
        "pid": one.pid,
        "age_s": None if one.age_s is None else round(one.age_s, 1),
        "backlog_bytes": one.backlog_bytes(),
        "daemon": known["pid"] if known else None,
        "condition": one.condition,
    }


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the table: all columns filled, so that a pipe can count on them."""
    backlog = one["backlog_bytes"]
    known = "no daemon" if backlog is not None else "-"  # another user's is not ours to ask
    return {
        "root": one["root"],
        "mountpoint": one["mountpoint"],
        "pid": one["pid"] or "-",
        "age": "-" if one["age_s"] is None else render.duration(one["age_s"]),
        "backlog": "-" if backlog is None else render.size(backlog),
        "daemon": f"pid {one['daemon']}" if one["daemon"] else known,
        "condition": one["condition"],
    }


# -- the end ---------------------------------------------------------------------------------------


@lsfs_command("umount")
@click.argument("mountpoint", type=click.Path(path_type=Path, readable=False))
@click.option("-l", "--lazy", is_flag=True, help="Even when busy: it goes when the last has left.")
def umount(invocation: Invocation, mountpoint: Path, lazy: bool) -> int:
    """Unmount MOUNTPOINT, which may also be named by its root.

    The daemon that `lsfs mount` started ends with the last mount.
    """
    root, point = rooms.mount_meant(mountpoint)
    states = {one.state for one in rooms.living_mounts(root) if one.mountpoint == point}
    state = invocation.flags.state or next(iter(states), root / STATE_NAME)
    known = daemon.health(state / SOCKET_NAME)
    rooms.unmount(point, lazy=lazy)
    if known is not None and known["started_by"] == daemon.MOUNT:
        _stop_daemon(root, state, int(known["pid"]))
    if invocation.flags.json:
        invocation.emit_json({"root": str(root), "mountpoint": str(point)})
    else:
        invocation.emit(f"unmounted {for_terminal(str(point))}")
    return DONE


def _stop_daemon(root: Path, state: Path, pid: int) -> None:
    """End the daemon that a mount started, when no mount of the root is left. It would by itself,
    a moment later; but whoever unmounts may count on the root being let go."""
    if not rooms.mountpoints_of(root):
        daemon.stop(state / SOCKET_NAME)
        daemon.wait_until_gone(pid)
