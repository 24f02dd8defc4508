"""docs/cli.md tells of every command and flag, and of nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from lsfs.cli import MODULES, cli

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "cli.md").read_text(encoding="utf-8")
NAMES = [name for names in MODULES.values() for name in names]


def section(name: str) -> str:
    """The part of the page about a command."""
    found = re.search(rf"^### `lsfs {name}\b.*?(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/cli.md has no section on lsfs {name}"
    return found.group()


def command(name: str) -> click.Command:
    """The command itself."""
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def flags(known: click.Command) -> set[str]:
    """Its flags, the hidden ones left out."""
    return {
        flag
        for parameter in known.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for flag in parameter.opts
    }


COMMON = flags(cli) - {"--version"}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_flag_is_documented(name: str) -> None:
    text = section(name)
    for flag in flags(command(name)) - COMMON:
        assert re.search(rf"`{re.escape(flag)}\b", text), f"lsfs {name} {flag}"
    assert command(name).help


@pytest.mark.parametrize("name", NAMES)
def test_every_documented_flag_exists(name: str) -> None:
    told = set(re.findall(r"^- .*", section(name), re.MULTILINE))
    documented = {
        flag for line in told for flag in re.findall(r"`(--?[a-z0-9-]+)", line.split(":")[0])
    }
    assert documented <= flags(command(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_the_common_flags(name: str) -> None:
    assert flags(command(name)) >= COMMON


def test_the_common_flags_are_documented() -> None:
    text = PAGE.partition("## Common flags")[2].partition("\n## ")[0]
    for flag in COMMON:
        assert re.search(rf"`{re.escape(flag)}\b", text), flag


def test_no_section_is_about_nothing() -> None:
    assert set(re.findall(r"^### `lsfs (\w+)", PAGE, re.MULTILINE)) == set(NAMES)


def test_every_exit_code_is_documented() -> None:
    from lsfs.answers import error_classes

    table = PAGE.partition("## Exit codes")[2].partition("\n## ")[0]
    for known in error_classes().values():
        assert f"| {known.exit_code} |" in table
