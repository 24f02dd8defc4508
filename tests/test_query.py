"""What people type to search, taken apart."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from lsfs.errors import UsageError
from lsfs.marking import KEYS
from lsfs.query import FILTERS, Query, parse
from lsfs.selector import Filters
from lsfs.typed import size_range


def parsed(text: str) -> dict[str, Any]:
    def moment(said: str) -> datetime:
        if not said.isdigit():
            raise UsageError(f"{said!r} is no time")
        return datetime(int(said), 1, 1, tzinfo=timezone.utc)

    found = parse(text, moment)
    return {name: value for name, value in found if value != getattr(Query(), name)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("budget 2024", {"text": "budget 2024"}),
        ("budget +approved -draft", {
            "text": "budget approved", "required": ("approved",), "excluded": ("draft",),
        }),
        ('a "worst case" b', {"text": "a worst case b", "phrases": ("worst case",)}),
        ("“worst case”", {"text": "worst case", "phrases": ("worst case",)}),
        ('-"old draft" plan', {"text": "plan", "excluded": ("old draft",)}),
        ('+"in full"', {"text": "in full", "phrases": ("in full",)}),
        ('"unbalanced words', {"text": '"unbalanced words'}),
        ('it"s 5" wide', {"text": 'it"s 5" wide'}),
        ("a - b + c", {"text": "a - b + c"}),
        ("-5 degrees +49 123", {"text": "-5 degrees +49 123"}),
        ("well-known e-mail C++ c:\\x C: http://x.y:80 12:30", {
            "text": "well-known e-mail C++ c:\\x C: http://x.y:80 12:30",
        }),
        ("author: Ann", {"text": "author: Ann"}),
        ("note:this", {"text": "note:this"}),
        ("ext:pdf,.MD x", {"text": "x", "filters": (Filters(extensions=("pdf", "md")),)}),
        ('author:"Emily Zhang" vision', {
            "text": "vision", "filters": (Filters(author="Emily Zhang"),),
        }),
        ("type:pdf,Image", {"filters": (Filters(types=("pdf", "image")),)}),
        ("-type:image", {"without": (Filters(types=("image",)),)}),
        ("in:notes/ -in:notes/old", {
            "filters": (Filters.model_validate({"under": "notes"}),),
            "without": (Filters.model_validate({"under": "notes/old"}),),
        }),
        ("path:**/x.py name:*.py", {"filters": (Filters(path="**/x.py"), Filters(name="*.py"))}),
        ("size:>1M", {"filters": (Filters(size_min=1_000_000),)}),
        ("after:2020 before:2021", {"filters": (
            Filters(after=datetime(2020, 1, 1, tzinfo=timezone.utc)),
            Filters(before=datetime(2021, 1, 1, tzinfo=timezone.utc)),
        )}),
        ("预算 -草稿 ext:md", {
            "text": "预算", "excluded": ("草稿",), "filters": (Filters(extensions=("md",)),),
        }),
    ],
)  # fmt: skip
def test_signs_are_told_from_words(text: str, expected: dict[str, Any]) -> None:
    assert parsed(text) == expected


@pytest.mark.parametrize("text", ["before:blue", "type:poem", "size:large", "size:1..x"])
def test_a_filter_that_says_nothing_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(text)
    assert text.partition(":")[2].partition("..")[0] in caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1M", {"size_min": 10**6}), (">=1k", {"size_min": 1000}), ("-2KiB", {"size_max": 2048}),
        ("1..2", {"size_min": 1, "size_max": 2}), ("1.5G..", {"size_min": 1_500_000_000}),
        ("7", {"size_min": 7, "size_max": 7}),
    ],
)  # fmt: skip
def test_sizes(text: str, expected: dict[str, int]) -> None:
    assert size_range(text, text) == expected


def test_what_shows_a_query_knows_its_filters() -> None:
    assert set(FILTERS) == KEYS
