"""Definitions told by patterns that many languages share; for those without a grammar."""

from __future__ import annotations

import re

_DEFINITION = re.compile(
    r"^\s{0,4}(?:export\s+|public\s+|private\s+|protected\s+|static\s+|async\s+|pub(?:\([^)]*\))?\s+|abstract\s+)*"
    r"(?:def|class|function|func|fn|struct|enum|trait|impl|interface|type|module|sub|proc)\s+"
    r"(?:\([^)]*\)\s*)?([A-Za-z_$][\w$.]*(?:::[\w$]+)*)"
)
_C_FUNCTION = re.compile(r"^[A-Za-z_][\w\s*&<>:,]{0,200}?\b([A-Za-z_]\w*)\s*\([^;]*$")
_NOT_FUNCTIONS = frozenset({"if", "for", "while", "switch", "return", "else", "sizeof", "catch"})
_LONGEST = 400
"""Characters of a line that may hold a definition."""


def symbols_by_pattern(lines: list[str]) -> list[str | None]:
    """The definition each line stands in: the last one above, until a line after a blank one is
    not indented."""
    symbols: list[str | None] = []
    symbol: str | None = None
    was_blank = False
    for line in lines:
        found = _symbol(line[:_LONGEST])
        if found:
            symbol = found
        elif was_blank and line.strip() and line[:1] not in (" ", "\t", "}"):
            symbol = None
        was_blank = not line.strip()
        symbols.append(symbol)
    return symbols


def _symbol(line: str) -> str | None:
    match = _DEFINITION.match(line) or _C_FUNCTION.match(line)
    return match[1] if match and match[1] not in _NOT_FUNCTIONS else None
