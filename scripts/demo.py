"""The main job from end to end on a generated sample home folder.

`python scripts/demo.py [--keep]` writes some eighty documents, makes the folder an lsfs root,
mounts it, works in the mount with ordinary programs, asks for things in words, takes changes
back, and unmounts. Every line under a `$` is that command's own output. `--keep` leaves the
folder behind.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


@dataclass(frozen=True)
class Step:
    """A remark, and shell lines run in the demo's folder."""

    remark: str
    lines: tuple[str, ...]


STEPS: tuple[Step, ...] = (
    Step(
        "A home folder of real documents: PDF, Word, slides, tables, mail, code, notes.",
        (f"{sys.executable} {SCRIPTS}/sample_home.py home", "ls home home/Notes"),
    ),
    Step(
        "Make it an lsfs root, mount it, and let it be indexed.",
        ("mkdir mnt", "lsfs init home", "lsfs mount home mnt", "lsfs -C home index"),
    ),
    Step("What lsfs knows, and what it could not read.", ("lsfs -C mnt status",)),
    Step(
        "Work in the mount with ordinary programs.",
        (
            "cp mnt/Recipes/sourdough.md mnt/Notes/bread.md",
            "sed -i 's/cores/processors/g' 'mnt/Notes/mixed cores.md'",
            "mv 'mnt/Notes/garden diary.txt' mnt/Documents/",
            "rm 'mnt/Recipes/lentil soup.txt'",
            "ls mnt/Notes mnt/Documents mnt/Recipes",
        ),
    ),
    Step(
        "Find things by what they say, not by what they are called.",
        (
            'lsfs -C mnt search -l "kernel scheduling"',
            'lsfs -C mnt search -n 1 "how much do I pay the landlord"',
            "ls -l 'mnt/.lsfs/search/bicycle repair/'",
        ),
    ),
    Step(
        "Or ask in words.",
        (
            'lsfs -C mnt ask "find last week\'s notes on scheduling"',
            'lsfs -C mnt ask "the 2 papers most related to kv-cache compression"',
            'lsfs -C mnt ask "summarize Notes/bread.md"',
            'lsfs -C mnt ask "create a folder named Reading"',
        ),
    ),
    Step(
        "A request that would touch several files shows its plan, and waits for a yes.",
        ('lsfs -C mnt ask "move the pdf files in Papers to Reading" || echo "exit code $?"',),
    ),
    Step(
        "Every save was kept. Take one back.",
        (
            "lsfs -C mnt history 'Notes/mixed cores.md'",
            "lsfs -C mnt diff 'Notes/mixed cores.md'",
            "lsfs -C mnt rollback 'Notes/mixed cores.md' --versions 1",
            "grep -c processors 'mnt/Notes/mixed cores.md' || echo 'as it was'",
        ),
    ),
    Step(
        "What was done, by whom; and the way back, for programs' own mv and rm as well.",
        (
            "lsfs -C mnt log",
            'ID=$(lsfs -C mnt log --json | $PYTHON -c "$PICK" rm) && lsfs -C mnt undo $ID',
            'ID=$(lsfs -C mnt log --json | $PYTHON -c "$PICK" mv) && lsfs -C mnt undo $ID',
            "ls mnt/Recipes mnt/Notes",
        ),
    ),
    Step("Done.", ("lsfs umount mnt", "ls -A mnt | wc -l")),
)
"""What the demo does, in order."""


PICK = (
    "import json, sys; rows = json.load(sys.stdin)['outcome']['rows'];"
    "print(next(r['id'] for r in rows if r['actor'] == 'mount:' + sys.argv[1]))"
)


def run(step: Step, folder: Path, environment: dict[str, str]) -> None:
    """Show and run one step; end the program when a line fails."""
    print(f"\n{BOLD}# {step.remark}{PLAIN}", flush=True)
    for line in step.lines:
        shown = line.replace(sys.executable, "python").replace(f"{SCRIPTS}/", "scripts/")
        print(f"{DIM}$ {shown}{PLAIN}", flush=True)
        status = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, check=False)
        if status.returncode:
            sys.exit(f"demo: the line above failed with status {status.returncode}")


def main() -> None:
    """Run the demo in a folder of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--keep", action="store_true", help="leave the folder behind")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="lsfs-demo-"))
    binaries = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "PICK": PICK,
    }
    began = time.monotonic()
    try:
        for step in STEPS:
            run(step, folder, environment)
    finally:
        unmount = ["lsfs", "umount", "--lazy", str(folder / "mnt")]
        if os.path.ismount(folder / "mnt"):
            subprocess.run(unmount, env=environment, check=False)
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{BOLD}The demo took {time.monotonic() - began:.0f} s.{PLAIN}")


if __name__ == "__main__":
    main()
