"""Sizes and endings as people type them. Standard library only: thin commands load it."""

from __future__ import annotations

import re

from .errors import UsageError

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def size_range(text: str, typed: str) -> dict[str, int]:
    """+A or >A: at least; -B or <B: at most; A..B: between; A alone: exactly. Bytes; units k M G T,
    with an i those of 1024. `typed` is all of it, for the error.

    Raises:
        UsageError: not a size.
    """
    first, dots, last = text.partition("..")
    if dots:
        ends = {"size_min": first, "size_max": last}
        return {key: _size(end, typed) for key, end in ends.items() if end}
    sign, number = (text[0], text[1:].lstrip("=")) if text[:1] in set("+-<>") else ("", text)
    size = _size(number, typed)
    if sign in ("+", ">"):
        return {"size_min": size}
    return {"size_max": size} if sign else {"size_min": size, "size_max": size}


def extensions(text: str) -> tuple[str, ...]:
    """`pdf,.MD` as ("pdf", "md")."""
    parts = (part.strip().lstrip(".").lower() for part in text.split(","))
    return tuple(part for part in parts if part)


def _size(text: str, typed: str) -> int:
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{typed}: not a size", hint="try +1M, -10k or 10k..1M")
    number, unit, binary = found.groups()
    scale = _UNITS[unit.lower()]
    if binary:
        scale = 1024 ** list(_UNITS).index(unit.lower())
    return int(float(number) * scale)
