"""A made-up source tree, the same at every run: for copying, packing, searching and git.

2,000 files in 150 folders, 100 different texts of which some are much longer than most. So few
different ones because an indexing mount embeds each once, and the benchmark waits for it.
"""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

FILES, FOLDERS, TEXTS = 2000, 150, 100
SEED = 3
NEEDLE = "quagga"
"""A word that every 25th text holds."""

_SYLLABLES = "ba ce di fo gu ha le mi no pu ra se ti vo xu ya ze".split()
_SUFFIXES = (".py", ".c", ".h", ".md", ".txt", ".json")


def make(folder: Path) -> None:
    """Write the tree into `folder`, which is made."""
    chance = random.Random(SEED)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(3000)]
    texts = [_text(chance, words, number) for number in range(TEXTS)]
    folders = [folder]
    for number in range(FOLDERS):
        folders.append(chance.choice(folders[-30:]) / f"{chance.choice(words)}{number}")
        folders[-1].mkdir(parents=True)
    for number in range(FILES):
        name = f"{chance.choice(words)}{number}{_SUFFIXES[number % len(_SUFFIXES)]}"
        (chance.choice(folders) / name).write_text(texts[number % TEXTS])


def _text(chance: random.Random, words: list[str], number: int) -> str:
    lines = [
        " " * chance.choice((0, 0, 4, 8)) + " ".join(chance.choices(words, k=chance.randint(3, 10)))
        for _ in range(int(chance.lognormvariate(4, 0.8)))
    ]
    if number % 25 == 0:
        lines.append(NEEDLE)
    return "\n".join(lines) + "\n"


def make_repository(folder: Path) -> None:
    """The tree as a git repository of one commit and one pack."""
    make(folder)
    for arguments in (
        ["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "The tree"],
        ["repack", "-a", "-d", "--quiet"],
    ):  # fmt: skip
        git(folder, *arguments)


def git(folder: Path, *arguments: str) -> None:
    """Run git in `folder`, whatever this user's settings are."""
    when = "2024-01-01T00:00:00Z"
    environment = os.environ | {
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
        "GIT_COMMITTER_DATE": when,
    }  # fmt: skip
    subprocess.run(
        ["git", "-c", "gc.auto=0", "-C", folder, *arguments],
        stdout=subprocess.DEVNULL, env=environment, check=True,
    )  # fmt: skip
