"""Mount and unmount, with the daemon that goes with it."""

from __future__ import annotations

from pathlib import Path

import click

from .invocation import DONE, Invocation, lsfs_command

STARTER = "mount"
"""What a daemon that `lsfs mount` started says it was started by; it ends with the last mount."""


@lsfs_command("mount")
@click.argument("root", type=click.Path(path_type=Path))
@click.argument("mountpoint", type=click.Path(path_type=Path))
@click.option("-f", "--foreground", is_flag=True, help="Stay in the foreground until unmounted.")
@click.option(
    "-o", "options", multiple=True, metavar="OPTS", help="Mount options, as for mount(8)."
)
def mount(
    invocation: Invocation, root: Path, mountpoint: Path, foreground: bool, options: tuple[str, ...]
) -> int:
    """Mount ROOT at MOUNTPOINT, and start its daemon. A folder that is no root yet becomes one."""
    return DONE


@lsfs_command("umount")
@click.argument("mountpoint", type=click.Path(path_type=Path))
@click.option(
    "-l", "--lazy", is_flag=True, help="Even when busy: it goes when the last user has left."
)
def umount(invocation: Invocation, mountpoint: Path, lazy: bool) -> int:
    """Unmount MOUNTPOINT; the daemon that `lsfs mount` started ends with the last mount."""
    return DONE
