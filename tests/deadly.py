"""`deadly.c`, compiled and put before a program."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("deadly.c")


def deadly(folder: Path, armed_by: Path | None = None) -> Mapping[str, str]:
    """Variables of a program that is to die; its calls count once `armed_by` is there and says at
    which it shall."""
    library = folder / "deadly.so"
    if not library.exists():
        command = ["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-std=gnu11"]
        subprocess.run([*command, str(SOURCE), "-o", str(library), "-ldl"], check=True)
    armed = {} if armed_by is None else {"DEADLY_FILE": str(armed_by)}
    return {"LD_PRELOAD": str(library), **armed}
