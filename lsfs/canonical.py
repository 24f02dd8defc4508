"""Operations and plain values as JSON, always the same for the same: what is hashed, and what the
journal holds."""

from __future__ import annotations

import json
from datetime import datetime

from pydantic import BaseModel


def dump(value: object) -> bytes:
    """Models and plain values as ASCII JSON; lone surrogates survive as \\udcXX escapes."""
    return json.dumps(value, default=_plain, sort_keys=True).encode("ascii")


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="python", exclude_defaults=False)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON form for {type(value).__name__}")
