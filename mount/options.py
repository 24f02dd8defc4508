"""What `-o` may say. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from lsfs.errors import UsageError

LibraryChoice = Literal["auto", "fuse2", "fuse3"]


@dataclass(frozen=True)
class MountOptions:
    """What `-o` may say. `library`: auto, fuse2 or fuse3."""

    ro: bool = False
    allow_other: bool = False
    strict: bool = False
    """Attributes are never cached: other hard links and changes behind the mount show at once."""
    auto_unmount: bool = True
    capture: bool = True
    """Off, nothing is kept and nothing recorded: for measuring what that costs."""
    passthrough: bool = True
    """The kernel reads and writes real files itself, where it, libfuse and privilege allow."""
    debug: bool = False
    library: LibraryChoice = "auto"


_NEGATED = {
    "noauto_unmount": "auto_unmount", "nocapture": "capture", "nopassthrough": "passthrough",
}  # fmt: skip


def parse_options(text: str) -> MountOptions:
    """ "ro,strict,library=fuse3" and the like.

    Raises:
        UsageError: an option that there is not.
    """
    known = {field.name for field in fields(MountOptions)} - {"library"}
    chosen: dict[str, Any] = {}
    for option in filter(None, text.split(",")):
        if option in _NEGATED:
            chosen[_NEGATED[option]] = False
        elif option in known:
            chosen[option] = True
        elif option in ("library=auto", "library=fuse2", "library=fuse3"):
            chosen["library"] = option.partition("=")[2]
        else:
            names = ", ".join(sorted(known | set(_NEGATED)))
            raise UsageError(f"no mount option {option!r}", hint=f"there are: {names}, library=")
    return replace(MountOptions(), **chosen)


def option_text(options: MountOptions) -> str:
    """The inverse of `parse_options`."""
    negatives = {name: option for option, name in _NEGATED.items()}
    chosen = []
    for field in fields(MountOptions):
        value = getattr(options, field.name)
        if value == field.default:
            continue
        if isinstance(value, str):
            chosen.append(f"{field.name}={value}")
        else:
            chosen.append(field.name if value else negatives[field.name])
    return ",".join(chosen)
