"""lsfs: the LLM-based semantic file system.

    import lsfs
    fs = lsfs.open("~/Documents")
    fs.search("kernel scheduling")
    fs.ask("find last week's notes on scheduling")

Importing this package is cheap: nothing heavy is loaded before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["FileSystem", "Filters", "LsfsError", "__version__", "open"]

if TYPE_CHECKING:
    from lsfs.client import FileSystem, Filters, open
    from lsfs.errors import LsfsError


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    if name in {"FileSystem", "Filters", "open"}:
        from lsfs import client

        return getattr(client, name)
    if name == "LsfsError":
        from lsfs.errors import LsfsError

        return LsfsError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
