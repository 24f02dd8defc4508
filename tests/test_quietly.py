"""lsfs reads what a person has without leaving a trace: no access time changes."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from children import Child, User
from waiting import wait_for
from whole import whole

from lsfs.quietly import open_quietly


@pytest.mark.usefixtures("fuse_required")
def test_capturing_and_indexing_leave_access_times_alone(tmp_path: Path) -> None:
    """A mailbox has new mail where its access time is older than its modification."""
    root = tmp_path / "root"
    (root / "mail").mkdir(parents=True)
    for number in range(3):
        (root / "mail" / f"{number}.txt").write_text(f"message {number} about harbours\n")
    read = 1_600_000_000
    places = list((root / "mail").iterdir())
    for place in places:
        os.utime(place, (read, read + 100))
    with whole(tmp_path) as home:
        search = partial(home.call, "search", query="harbours")
        wait_for(lambda: len(search()["hits"]) == 3, 60)
        assert home.call("history", path="mail/0.txt")["versions"]
        assert {place: place.stat().st_atime for place in places} == dict.fromkeys(places, read)


def test_what_is_not_ours_is_read_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("text")
    fd = open_quietly(str(file), os.O_NOFOLLOW)
    assert os.read(fd, 10) == b"text"
    os.close(fd)
    if os.geteuid() == 0:
        os.chmod(tmp_path, 0o755)
        os.chmod(file, 0o644)
        child = Child(
            lambda: os.read(open_quietly(b"/etc/passwd"), 4), Path("/"), User(65534, 65534)
        )
        assert len(child.result()) == 4  # type: ignore[arg-type]
