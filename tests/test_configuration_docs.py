"""Every setting is documented, with its default."""

from __future__ import annotations

from pathlib import Path

from lsfs.config import SECTIONS

TEXT = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_every_setting_has_a_row() -> None:
    for section, model in SECTIONS.items():
        for name in model.model_fields:
            assert f"`{section}.{name}`" in TEXT, f"{section}.{name}"


def test_plain_defaults_are_the_real_ones() -> None:
    for section, model in SECTIONS.items():
        for name, field in model.model_fields.items():
            row = next(line for line in TEXT.splitlines() if f"`{section}.{name}`" in line)
            if isinstance(field.default, bool):
                assert f"`{str(field.default).lower()}`" in row
            elif isinstance(field.default, int | float):
                assert f"`{field.default}`" in row
