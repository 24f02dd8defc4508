"""Battery or mains, as the kernel tells it in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsfs.power import is_on_battery

MAINS_ON, MAINS_OFF = {"type": "Mains", "online": "1"}, {"type": "Mains", "online": "0"}
EMPTYING = {"type": "Battery", "status": "Discharging"}
FULL = {"type": "Battery", "status": "Full"}
MOUSE = {"type": "Battery", "status": "Discharging", "scope": "Device"}


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ([], False),
        ([MAINS_ON], False),
        ([MAINS_OFF, EMPTYING], True),
        ([MAINS_ON, EMPTYING], False),  # it is emptied faster than it is filled
        ([MAINS_ON, FULL], False),
        ([EMPTYING], True),
        ([MOUSE], False),
        ([MAINS_OFF, FULL, EMPTYING], True),
        ([{}], False),
    ],
)
def test_on_battery(tmp_path: Path, supplies: list[dict[str, str]], expected: bool) -> None:
    for number, supply in enumerate(supplies):
        (tmp_path / f"S{number}").mkdir()
        for name, value in supply.items():
            (tmp_path / f"S{number}" / name).write_text(f"{value}\n")
    assert is_on_battery(tmp_path) is expected


def test_where_the_kernel_knows_nothing(tmp_path: Path) -> None:
    assert not is_on_battery(tmp_path / "missing")
