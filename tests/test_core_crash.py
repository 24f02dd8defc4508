"""Kill -9 before every call that changes something on disk, of a plan and of taking in a spool.

After the next start the tree is as before the plan or as after it, never between, and whatever a
mount told is taken in, once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from deadly import deadly
from dying import SCENARIOS

HERE = Path(__file__).parent


@pytest.mark.usefixtures("compiler_required")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_whenever_it_is_killed(tmp_path: Path, scenario: str) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "dying.py"), scenario, str(tmp_path)],
        env={**os.environ, **deadly(tmp_path), "PYTHONPATH": str(HERE.parent)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[-1]) > 40  # so many calls there are at least
