"""Whether the machine runs on its battery, where the kernel knows.

See Documentation/ABI/testing/sysfs-class-power in the Linux sources.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")


def is_on_battery(supplies: Path = SUPPLIES) -> bool:
    """Whether a battery of the machine itself is being emptied, and no mains supply is online."""
    found = [_about(one) for one in _listed(supplies)]
    if any(about.get("online") == "1" for about in found if about.get("type") == "Mains"):
        return False
    own = (about for about in found if about.get("type") == "Battery")
    return any(
        about.get("status") == "Discharging" for about in own if about.get("scope") != "Device"
    )


def _listed(supplies: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return list(supplies.iterdir())
    return []


def _about(supply: Path) -> dict[str, str]:
    about = {}
    for name in ("type", "online", "status", "scope"):
        with contextlib.suppress(OSError):
            about[name] = (supply / name).read_text(encoding="ascii", errors="replace").strip()
    return about
