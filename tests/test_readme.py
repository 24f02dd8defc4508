"""The README's tour, run as it stands: each line's command, and the output it promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TIMEOUT_S = 240
END = "--- end of command, status "


@dataclass
class Line:
    """A command and the lines it prints; `...` stands for anything."""

    command: str
    output: list[str] = field(default_factory=list)


def tour() -> list[Line]:
    """The commands of all console blocks, in order."""
    lines: list[Line] = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for text in block.splitlines():
            if text.startswith("$ "):
                lines.append(Line(text.removeprefix("$ ")))
            else:
                lines[-1].output.append(text)
    return lines


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    if os.path.ismount(tmp_path / "mnt"):
        subprocess.run(
            [Path(sys.executable).parent / "lsfs", "umount", "--lazy", str(tmp_path / "mnt")],
            check=False,
        )


@pytest.mark.usefixtures("fuse_required")
@pytest.mark.timeout(300)
def test_the_tour_does_what_it_shows(home: Path) -> None:
    lines = tour()
    outputs = _run_all([line.command for line in lines], home)
    for line, (found, status) in zip(lines, outputs, strict=True):
        assert status == 0, f"{line.command}\n{found}"
        expected = "\n".join(line.output)
        assert _matches(line.output, found), f"{line.command}\npromised:\n{expected}\nis:\n{found}"
    _python_block_runs(home)


def _python_block_runs(home: Path) -> None:
    """The Python of the README, on the folder that the tour leaves."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    note = home / "Documents" / "Notes" / "mixed cores.md"
    before = note.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=_environment(home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Notes/")
    assert (note.parent / "today.md").read_text() == "Call the landlord.\n"
    assert note.read_bytes() == before, "the undo took the rollback back"


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }


def _run_all(commands: list[str], home: Path) -> list[tuple[str, int]]:
    """What each command prints and its status; one shell runs all, so that `cd` lasts."""
    script = "\n".join(f"{{ {command}\n}} 2>&1; echo '{END}'$?" for command in commands)
    shown = subprocess.run(
        ["bash"],
        input=script,
        env=_environment(home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    parts = re.split(rf"{END}(\d+)\n", shown.stdout)
    return [(out, int(status)) for out, status in zip(parts[::2], parts[1::2], strict=False)]


def _matches(expected: list[str], found: str) -> bool:
    """A line of dots alone stands for any number of lines."""
    pattern = ""
    for line in expected:
        pattern += r"(?s:.*)" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n"
    return re.fullmatch(pattern, found) is not None
