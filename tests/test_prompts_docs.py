"""What docs/requests.md says can be said is understood."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from words import trained_parser

PAGE = (Path(__file__).parents[1] / "docs" / "requests.md").read_text(encoding="utf-8")


def said(section: str) -> list[str]:
    """The requests among the code of a section, outside its table."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("|"))
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", lines)]


@pytest.mark.parametrize("request_text", said("Finding"))
def test_it_finds(request_text: str) -> None:
    plan = trained_parser().parse(request_text, "test")
    assert not plan.changes_something() and plan.operations[0].op == "search"


@pytest.mark.parametrize("request_text", said("Doing"))
def test_it_does(request_text: str) -> None:
    assert trained_parser().parse(request_text, "test").operations
