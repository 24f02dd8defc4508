"""Letting versions go by a policy, and looking whether all are there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from core import Core
from hypothesis import given
from hypothesis import strategies as st

from lsfs.blobs import ADOPT_BYTES
from lsfs.config import VersionsConfig
from lsfs.errors import MissingPathError
from lsfs.past import Past
from lsfs.reserve import Reserve
from lsfs.retention import DAY_NS, LET_GO, let_go, spans
from lsfs.upkeep import Collected, Upkeep, Verified

NOW = datetime(2026, 11, 25, 15, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
NOW_NS = int(NOW.timestamp() * 1e9)
POLICY = VersionsConfig(keep_all_days=3, keep_daily_days=20, keep_weekly_days=100, keep_last=2)


@given(
    ages=st.lists(st.integers(1, 200 * 24), min_size=1, max_size=60, unique=True),
    gone=st.booleans(),
)
def test_what_the_policy_promises_is_there(ages: list[int], gone: bool) -> None:
    """Ages in hours. Compared with a reading of the policy by the moments themselves."""
    hour = DAY_NS // 24
    rows = [(age, "x", 1, NOW_NS - age * hour) for age in sorted(ages)]
    found = spans(rows, NOW_NS - hour // 2 if gone else None)
    going = {span.version for span in let_go(found, POLICY, NOW)}
    midnight = NOW.replace(hour=0, minute=0)
    days = [midnight - timedelta(days=number) for number in range(150)]
    promised = [day for day in days if NOW - day <= timedelta(days=20)]
    promised += [d for d in days if d.weekday() == 0 and NOW - d <= timedelta(days=100)]
    moments = [int(day.timestamp() * 1e9) for day in promised]
    for place, span in enumerate(found):
        until = span.until_ns or NOW_NS + 1
        stays = (
            place < 2
            or until > NOW_NS - 3 * DAY_NS
            or any(span.since_ns <= moment < until for moment in moments)
        )
        assert (span.version not in going) == stays


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.txt").write_text("0\n" * 1000)
    with Core(root) as opened:
        for number in range(1, 6):
            (root / "a.txt").write_text(f"{number}\n" * 1000)
            opened.observer.scan()
        yield opened


def age(core: Core, days: float) -> None:
    """Make the versions so old, each a day older than the next."""
    newest_first = core.catalog.rows("SELECT id FROM versions ORDER BY id DESC")
    for place, (number,) in enumerate(newest_first):
        at_ns = time.time_ns() - int((days + place) * DAY_NS)
        core.catalog.execute("UPDATE versions SET at_ns = ? WHERE id = ?", (at_ns, number))
    core.catalog.execute("UPDATE entries SET since_ns = 0")


def upkeep(core: Core) -> Upkeep:
    return Upkeep(core.history, core.observer, Reserve(core.config.state))


def gc(core: Core, *, dry_run: bool = False, **policy: float) -> Collected:
    chosen = {"keep_all_days": 0, "keep_daily_days": 0, "keep_weekly_days": 0, "keep_last": 2}
    config = VersionsConfig.model_validate({**chosen, **policy})
    return upkeep(core).gc(datetime.now().astimezone(), config, dry_run=dry_run)


def test_gc_lets_go_and_gives_room_back(core: Core) -> None:
    age(core, 10)
    before = core.history.blobs.stored_bytes()
    told = gc(core, dry_run=True)
    assert (told.versions, told.blobs, told.kept_versions) == (4, 4, 2)
    assert core.history.blobs.stored_bytes() == before
    assert gc(core) == told
    assert core.history.blobs.stored_bytes() == before - told.freed_bytes
    assert gc(core).versions == 0
    versions = core.history.versions("a.txt")
    assert [version.gap for version in versions] == [None, None, *[LET_GO] * 4]
    core.run([{"op": "rollback", "path": "a.txt", "versions": 1}])
    assert (core.root / "a.txt").read_text() == "4\n" * 1000
    with pytest.raises(MissingPathError, match=LET_GO):
        core.run([{"op": "rollback", "path": "a.txt", "version": versions[-1].id}])


def test_gc_of_what_is_named_keeps_what_is_there(core: Core) -> None:
    (core.root / "sub").mkdir()
    for number in range(3):
        (core.root / "sub" / "b.txt").write_text(f"b{number}\n" * 1000)
        core.observer.scan()
    (core.root / "a.txt").unlink()
    core.observer.scan()
    policy, now = VersionsConfig(), datetime.now().astimezone()
    with pytest.raises(MissingPathError):
        upkeep(core).gc(now, policy, ["a"], dry_run=False)
    told = upkeep(core).gc(now, policy, ["a.txt"], dry_run=False)
    assert (told.versions, told.blobs, told.kept_versions) == (6, 6, 3)
    assert upkeep(core).gc(now, policy, ["sub"], dry_run=True).versions == 2
    assert upkeep(core).gc(now, policy, [""], dry_run=False).versions == 2
    assert [v.gap for v in core.history.versions("sub/b.txt")] == [None, LET_GO, LET_GO]


def test_gc_counts_no_bytes_that_are_yet_to_be_taken_in(core: Core, tmp_path: Path) -> None:
    """A kept file that was linked into the store, and whose row had no room."""
    kept = core.config.kept_directory / "1-1-00000001"
    kept.write_bytes(os.urandom(ADOPT_BYTES))
    digest = core.history.blobs.adopt(kept)
    assert (gc(core, keep_last=99).freed_bytes, core.history.blobs.contains(digest)) == (0, True)
    stored = core.history.blobs.stored_bytes()
    assert core.history.blobs.adopt(kept) == digest
    assert core.history.blobs.stored_bytes() == stored  # not copied the second time


def test_what_was_let_go_is_not_shown_as_something_else(core: Core) -> None:
    age(core, 10)
    moment = time.time_ns() - int(12.5 * DAY_NS)
    gc(core)
    was = Past(core.catalog).at("a.txt", moment)
    assert was is not None and was.version is not None
    assert (was.version.content, was.version.gap) == (None, LET_GO)


def test_a_budget_lets_the_oldest_go_first_and_nothing_of_the_last_day(core: Core) -> None:
    age(core, 10)
    for _ in range(6, 9):
        (core.root / "a.txt").write_bytes(os.urandom(50_000))
        core.observer.scan()
    told = gc(core, keep_all_days=99, max_bytes=1)
    kept = [v.gap for v in core.history.versions("a.txt")]
    assert kept == [None, None, None, None, *[LET_GO] * 5]
    assert told.versions == 5


def test_bytes_that_two_versions_share_stay_with_one(core: Core) -> None:
    age(core, 10)
    (core.root / "copy.txt").write_text("1\n" * 1000)
    core.observer.scan()
    told = gc(core)
    assert (told.versions, told.blobs) == (4, 3)
    assert core.history.blobs.contains(core.history.versions("copy.txt")[0].content or "")


def test_what_is_let_go_some_at_a_time_is_the_same(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blob that is needed by versions of two rounds goes with the second."""
    for number in (1, 2):  # states that were there before
        (core.root / "a.txt").write_text(f"{number}\n" * 1000)
        core.observer.scan()
    age(core, 10)
    monkeypatch.setattr("lsfs.upkeep.AT_ONCE", 1)
    told = gc(core, dry_run=True)
    assert (told.versions, told.blobs) == (6, 4)
    assert gc(core) == told
    assert [v.gap for v in core.history.versions("a.txt")] == [None, None, *[LET_GO] * 6]
    seen = whole(core)
    assert (seen.problems, seen.repaired) == ([], [])


def whole(core: Core) -> Verified:
    told = Verified()
    after: str | None = ""
    while after is not None:
        part = upkeep(core).verify(after)
        after = part.after
        told.checked += part.checked
        told.problems += part.problems
        told.repaired += part.repaired
    return told


def blob(core: Core, number: int) -> Path:
    content = core.history.versions("a.txt")[number].content
    return dict(core.history.blobs.files())[content or ""]


def test_all_is_there(core: Core) -> None:
    assert whole(core) == Verified(checked=6)


def test_damage_is_found_and_said(core: Core) -> None:
    damaged = blob(core, 3)
    damaged.chmod(0o600)
    damaged.write_bytes(damaged.read_bytes()[:-3] + b"???")
    blob(core, 4).unlink()
    told = whole(core)
    assert [line.partition(":")[0] for line in told.problems] == ["a.txt", "a.txt"]
    gaps = [version.gap for version in core.history.versions("a.txt")]
    assert [gap is None for gap in gaps] == [True, True, True, False, False, True]
    assert whole(core) == Verified(checked=4)


def test_what_cannot_be_read_now_is_not_thrown_away(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: object) -> str:
        raise OSError(24, "Too many open files")

    files = list(core.history.blobs.files())
    with monkeypatch.context() as patched:
        patched.setattr("lsfs.blobs.hash_stream", failing)
        told = whole(core)
    assert len(told.problems) == len(files)
    assert list(core.history.blobs.files()) == files
    assert whole(core).problems == []


def test_what_a_file_still_has_is_put_back(core: Core) -> None:
    lost = blob(core, 0)
    lost.unlink()
    told = whole(core)
    assert told.problems == []
    assert "put back" in told.repaired[0]
    assert lost.exists() or core.history.blobs.contains(lost.name.partition(".")[0])


def test_a_catalog_behind_the_tree_is_brought_up(core: Core) -> None:
    (core.root / "new.txt").write_text("new\n")
    assert whole(core).repaired == ["1 file was not as the catalog had them"]
    assert core.catalog.entry("new.txt") is not None
