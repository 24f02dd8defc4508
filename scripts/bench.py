"""Run every benchmark of the project, one after the other; docs/benchmarks.md holds the figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMMANDS = (
    "bench/search.py",
    "bench/freshness.py",
    "bench/first_index.py",
    "bench/mirror.py",
    "bench/index.py",
    "bench/living.py",
    "bench/versions.py",
    "bench/asking.py",
    "eval/questions.py",
    "eval/parsing.py",
)


def main() -> None:
    """Run all, or those whose name holds one of the arguments."""
    for command in COMMANDS:
        if not sys.argv[1:] or any(word in command for word in sys.argv[1:]):
            print(f"\n## scripts/{command}\n", flush=True)
            subprocess.run([sys.executable, str(HERE / command)], check=True)


if __name__ == "__main__":
    main()
