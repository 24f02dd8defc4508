"""The word lists of `prompts/data`, which a person may read and extend. Read once, any thread."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import resources
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@lru_cache(maxsize=16)
def load(name: str) -> dict[str, Any]:
    """The tables of `prompts/data/NAME.toml`."""
    return tomllib.loads(source(f"{name}.toml").decode())


def source(file: str) -> bytes:
    """A file of `prompts/data` as it is."""
    return resources.files("lsfs.prompts").joinpath("data").joinpath(file).read_bytes()
