"""Mount and unmount, with the daemon that goes with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsfs import daemon, rooms
from lsfs.errors import LsfsError
from lsfs.location import check_catalog
from lsfs.paths import CATALOG_NAME, STATE_NAME, for_terminal

from .invocation import DONE, PARTLY, Invocation, lsfs_command, report

if TYPE_CHECKING:
    import subprocess

    from lsfs.config import Config

STARTER = "mount"
"""What a daemon that `lsfs mount` started says it was started by; it ends with the last mount."""


@lsfs_command("mount")
@click.argument("root", type=click.Path(path_type=Path))
@click.argument("mountpoint", type=click.Path(path_type=Path))
@click.option("-f", "--foreground", is_flag=True, help="Stay in the foreground until unmounted.")
@click.option("-o", "options", multiple=True, metavar="OPTS", help="Mount options: ro,strict,...")
def mount(
    invocation: Invocation, root: Path, mountpoint: Path, foreground: bool, options: tuple[str, ...]
) -> int:
    """Mount ROOT at MOUNTPOINT, an empty folder, and start the root's daemon.

    A folder that is no root yet becomes one.
    """
    point, chosen = Path(os.path.abspath(mountpoint.expanduser())), ",".join(options)
    config = _root(invocation, root, point, chosen)
    if foreground:
        return _serve_here(invocation, config, point, chosen)
    code = _mount_beside_daemon(config, point, chosen)
    known = daemon.health(config.socket)
    if invocation.flags.json:
        told = {"root": str(config.root), "mountpoint": str(point)}
        invocation.emit_json({**told, "daemon": known["pid"] if known else None})
    else:
        invocation.emit(f"mounted {for_terminal(str(config.root))} at {for_terminal(str(point))}")
    return code


def _mount_beside_daemon(config: Config, point: Path, options: str) -> int:
    """Mount, while the daemon starts: neither waits for the other, and together they take half the
    time. A mount that fails takes the daemon begun for it along."""
    if daemon.is_listening(config.socket):
        rooms.mount(config, point, options, foreground=False)
        return DONE
    rooms.check_mount(config.root, point, options)  # what is refused shall start nothing
    starting = daemon.start(config.root, config.state, STARTER)
    try:
        rooms.mount(config, point, options, foreground=False)
    except BaseException:
        starting.terminate()
        starting.wait()
        raise
    return _wait_for(starting, config)


def _serve_here(invocation: Invocation, config: Config, point: Path, options: str) -> int:
    code = _start_daemon(config)
    invocation.say(f"mounting {config.root} at {point}; Ctrl-C unmounts")
    try:
        rooms.mount(config, point, options, foreground=True)
    finally:
        _stop_daemon(config.root, config.socket)
    return code


def _root(invocation: Invocation, root: Path, point: Path, options: str) -> Config:
    """The settings of the root, which is made one if need be, and only when it can be mounted."""
    from lsfs.config import load_config

    folder, state = root.expanduser().absolute(), invocation.flags.state
    directory = state or folder / STATE_NAME
    check_catalog(directory)
    if not (directory / CATALOG_NAME).exists():
        from lsfs.app import check_new_root, init_root

        rooms.check_mount(check_new_root(folder, state).root, point, options)
        made = init_root(folder, state)
        invocation.say(f"made {made['root']} an lsfs root; its state is in {made['state']}")
    return load_config(folder.resolve(), state)


def _start_daemon(config: Config) -> int:
    """Start the daemon unless one runs. The mount does without it: its absence is only reported."""
    if daemon.is_listening(config.socket):
        return DONE
    return _wait_for(daemon.start(config.root, config.state, STARTER), config)


def _wait_for(starting: subprocess.Popen[bytes], config: Config) -> int:
    try:
        daemon.wait_until_up(starting, config.state)
    except LsfsError as error:
        report(error)
        return PARTLY
    return DONE


@lsfs_command("umount")
@click.argument("mountpoint", type=click.Path(path_type=Path))
@click.option("-l", "--lazy", is_flag=True, help="Even when busy: it goes when the last has left.")
def umount(invocation: Invocation, mountpoint: Path, lazy: bool) -> int:
    """Unmount MOUNTPOINT; the daemon that `lsfs mount` started ends with the last mount."""
    point = mountpoint.expanduser().absolute()
    root = rooms.mounted_root(point) or rooms.mounted_root(point.parent.resolve() / point.name)
    rooms.unmount(point, lazy=lazy)
    if root is not None:
        _stop_daemon(root, daemon.socket_of(root, invocation.flags.state))
    if invocation.flags.json:
        invocation.emit_json({"root": str(root), "mountpoint": str(point)})
    else:
        invocation.emit(f"unmounted {for_terminal(str(point))}")
    return DONE


def _stop_daemon(root: Path, socket: Path) -> None:
    """End the daemon that a mount started, when no mount of the root is left."""
    known = daemon.health(socket)
    if known is not None and known["started_by"] == STARTER and not rooms.mountpoints_of(root):
        daemon.stop(socket)
