"""Kill -9 of the mount, the daemon and the worker while programs write through the mount.

`pytest tests/test_faults_kill.py --kill-rounds 100` kills a hundred times.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from consistency import Checker
from storm import Planner, Writers
from whole import Whole, whole

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(1800)]
PARTS = ("mount", "daemon", "worker")
ACTS = 40
"""About so many acts of the writers pass before and after each kill."""


class Storm:
    """Rounds of writing and killing on one root."""

    def __init__(self, home: Whole, logs: Path) -> None:
        self.home = home
        self.checker = Checker(home.root)
        self.writers = Writers(home, logs)
        self._planned = 0

    def round(self, number: int, part: str) -> None:
        """Write, kill, bring it back, check."""
        planner = Planner(self.home, first=number * 1000)
        self.writers.start(seed=number)
        planner.start()
        try:
            self.writers.wait_for_acts(random.Random(number).randrange(1, ACTS))
            before = self.checker.versions()
            self.home.kill(part)
            self._bring_back(part)
            if part != "mount":
                self.writers.wait_for_acts(ACTS)
        finally:
            planner.end()
            self.writers.stop()
        self.writers.check(may_fail=part == "mount")
        planner.check()
        self.home.settle(self.checker)
        after = self.checker.versions()
        assert {number: after.get(number) for number in before} == before
        assert self.writers.lost(self.checker) == []

    def _bring_back(self, part: str) -> None:
        if part == "mount":
            self.home.mount()
        elif part == "daemon":
            self.home.start_daemon()


@pytest.mark.parametrize("library", ["fuse2", "fuse3"])
def test_nothing_acknowledged_is_lost(
    tmp_path: Path, library: str, request: pytest.FixtureRequest
) -> None:
    rounds = int(request.config.getoption("--kill-rounds"))
    logs = tmp_path / "logs"
    logs.mkdir()
    with whole(tmp_path, options=f"library={library}") as home:
        storm = Storm(home, logs)
        start = 0 if library == "fuse2" else 1
        for number in range(start, rounds, 2):
            storm.round(number, PARTS[number // 2 % 3])
        home.stop()
        assert not home.is_mounted()
        home.start_daemon()
        home.settle(storm.checker)
    assert list((home.state / "spool").iterdir()) == []
    assert storm.writers.acts > 10
