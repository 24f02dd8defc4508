"""What every test stands on: a configuration of its own, and the word on whether it may mount."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

REQUIRE_FUSE = "LSFS_REQUIRE_FUSE"
NO_FUSE = "NO MOUNT TESTED"
NO_TOOL = "NO TOOL FOR IT"


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the longest tests last: a few rounds in CI, a hundred by hand."""
    parser.addoption(
        "--kill-rounds", type=int, default=10, help="how often test_faults_kill kills (10)"
    )


@pytest.fixture(scope="session", autouse=True)
def isolated_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of the person who runs the tests reaches them or their child processes.

    The cache directory stays theirs: the exported model in it takes 20 s to make.
    """
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("LSFS_")]:
            if name != REQUIRE_FUSE:
                environment.delenv(name)
        environment.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


def missing_for_fuse() -> str | None:
    """What keeps this machine from mounting, or None."""
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError as error:
        return f"/dev/fuse: {error.strerror}"
    if not any(map(ctypes.util.find_library, ("fuse", "fuse3"))):
        return "no libfuse (make setup installs it)"
    return None


@pytest.fixture(scope="session")
def fuse_required() -> None:
    """Skip, loudly, where nothing can be mounted; fail there instead if LSFS_REQUIRE_FUSE=1."""
    reason = missing_for_fuse()
    if reason is not None:
        _skip_or_fail(NO_FUSE, reason)


@pytest.fixture(scope="session")
def compiler_required() -> None:
    """The same for what compiles against libfuse's headers."""
    _tools_required("gcc", "pkg-config")
    for package in ("fuse", "fuse3"):
        asked = subprocess.run(["pkg-config", "--exists", package], check=False)
        if asked.returncode != 0:
            _skip_or_fail(NO_TOOL, f"no headers of lib{package} (make test installs them)")


@pytest.fixture(scope="session")
def fio_required() -> None:
    """The same for fio."""
    _tools_required("fio")


def _tools_required(*names: str) -> None:
    for name in names:
        if shutil.which(name) is None:
            _skip_or_fail(NO_TOOL, f"no {name} (make test installs it)")


def _skip_or_fail(mark: str, reason: str) -> None:
    if os.environ.get(REQUIRE_FUSE) == "1":
        pytest.fail(f"{REQUIRE_FUSE}=1, and {reason}")
    pytest.skip(f"{mark}: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it once more, in red, when mounts, or some of what they do, were not tested."""
    reports = terminalreporter.getreports("skipped")
    for mark in (NO_FUSE, NO_TOOL):
        count = sum(mark in str(report.longrepr) for report in reports)
        if count:
            terminalreporter.write_line(f"{mark}: {count} tests were skipped", red=True, bold=True)
