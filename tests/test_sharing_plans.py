"""Opening and closing share links: what is asked, refused, undone; for how long, and where."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from core import Core
from faces import answer, lsfs, make_files, on_terminal
from shared import fetch, served, share
from waiting import wait_for

import lsfs as package
from lsfs import addresses, rooms
from lsfs.engine import Consent
from lsfs.errors import (
    ConfirmationError,
    MissingPathError,
    NothingFoundError,
    PolicyError,
    UsageError,
)
from lsfs.plan import Share
from lsfs.sharing import NoFileError


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root with a daemon."""
    with served(tmp_path_factory.mktemp("sharing") / "root") as root:
        yield root


# -- opening and closing ---------------------------------------------------------------------------


def test_sharing_asks_first_and_says_who_can_read_what(root: Path) -> None:
    share(root, "letter.txt")
    before = len(answer("shares", cwd=root)["shares"])
    done = lsfs("share", "letter.txt", cwd=root)
    assert (done.returncode, done.stdout) == (6, "")
    assert "anyone on this machine who has the link can read letter.txt until" in done.stderr
    assert len(answer("shares", cwd=root)["shares"]) == before
    code, shown = on_terminal("share", "letter.txt", "--expires", "2 days", cwd=root, typed="y\n")
    assert code == 0
    link = next(word for word in shown.split() if word.startswith("http://"))
    assert fetch(link).status == 200
    planned = answer("share", "letter.txt", "--dry-run", cwd=root)
    assert planned["outcome"]["status"] == "planned"
    ends = datetime.fromisoformat(planned["plan"]["operations"][0]["expires"])
    assert timedelta(days=6) < ends - datetime.now().astimezone() < timedelta(days=8)


def test_on_a_pipe_the_link_alone_is_printed(root: Path) -> None:
    done = lsfs("share", "letter.txt", "--yes", cwd=root)
    link = done.stdout.rstrip("\n")
    assert fetch(link).status == 200
    listed = lsfs("shares", cwd=root).stdout.splitlines()[0].split("\t")
    assert listed[1:4] == ["letter.txt", link, "open"]
    assert listed[6] == "1"
    assert link in on_terminal("shares", cwd=root)[1]


def test_a_closed_link_ends_at_once_and_an_undo_opens_it_again(root: Path) -> None:
    row = share(root, "letter.txt")
    closed = answer("unshare", str(row["id"]), "--yes", cwd=root)
    reply = fetch(row["link"])
    assert (reply.status, reply.body) == (410, b"This link was closed.\n")
    assert row["id"] not in [one["id"] for one in answer("shares", cwd=root)["shares"]]
    ended = answer("shares", "--all", cwd=root)["shares"]
    assert next(one for one in ended if one["id"] == row["id"])["state"] == "closed"
    again = answer("undo", str(closed["outcome"]["undo"]), "--yes", cwd=root)
    assert again["outcome"]["rows"][0]["link"] == row["link"]
    assert fetch(row["link"]).status == 200
    answer("redo", "--yes", cwd=root)
    assert fetch(row["link"]).status == 410
    assert lsfs("unshare", str(row["id"]), "--yes", cwd=root).returncode == 2


def test_an_undo_of_a_share_closes_it_and_a_redo_opens_the_same(root: Path) -> None:
    row = share(root, "letter.txt")
    needs = lsfs("undo", str(row["undo"]), cwd=root)
    assert needs.returncode == 6
    assert "closes the link to letter.txt" in needs.stderr
    answer("undo", str(row["undo"]), "--yes", cwd=root)
    assert fetch(row["link"]).status == 410
    answer("redo", "--yes", cwd=root)
    assert fetch(row["link"]).status == 200


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["no such file"], 2, "no such file"),
        (["notes"], 2, "is a folder: only files can be shared"),
        (["."], 2, "root folder"),
        ([".lsfs/catalog.db"], 8, "lsfs keeps its own state"),
        (["/etc/passwd"], 8, "outside the root"),
        (["../elsewhere"], 8, "outside the root"),
        (["private/diary.txt"], 8, "protected"),
        (["letter.txt", "--expires", "2020-01-01"], 2, "is past"),
        (["letter.txt", "--expires", "the other day"], 2, "says no time"),
        (["letter.txt", "--expires", "9999999 years"], 2, ""),
        (["letter.txt", "--expires", "9999-01-01"], 2, "years"),
        (["letter.txt", "--expires", "999999w"], 2, "too far to come"),
    ],
)
def test_what_is_refused(root: Path, words: list[str], code: int, told: str) -> None:
    done = lsfs("share", *words, "--yes", cwd=root)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr


def test_links_and_pipes_are_not_shared(root: Path) -> None:
    (root / "to-letter").symlink_to("letter.txt")
    os.mkfifo(root / "pipe")
    for name in ("to-letter", "pipe"):
        done = lsfs("share", name, "--yes", cwd=root)
        assert done.returncode == 2
        assert "only files can be shared" in done.stderr


def test_a_remark_sends_a_terminal_no_escapes_of_a_name(root: Path) -> None:
    name = "a\x1b[2Jb.txt"
    (root / name).write_text("x")
    with package.open(root) as fs:
        (row,) = fs.share(name, yes=True).rows
        closed = fs.unshare(row["id"], yes=True)
        fs.run([{"op": "remove", "target": {"paths": [name]}}], yes=True)
    undone = lsfs("undo", str(closed.undo), "--yes", cwd=root)
    assert undone.returncode == 0
    assert "a\\x1b[2Jb.txt is away" in undone.stderr and "\x1b" not in undone.stderr


def test_a_link_that_expires(root: Path) -> None:
    with package.open(root) as fs:
        opened = fs.share("letter.txt", timedelta(seconds=3), yes=True)
        (row,) = opened.rows
        assert fetch(row["link"]).status == 200
        wait_for(lambda: fetch(row["link"]).status == 410, 10, "the link to expire")
        assert fetch(row["link"]).body == b"This link has expired.\n"
        assert row["id"] not in [one["id"] for one in fs.shares()]
        fs.undo(opened.undo, yes=True)
        assert fs.shares(all=True)[0]["state"] == "closed"


def test_in_words(root: Path) -> None:
    before = lsfs("ask", "share garden.md for 7 days", cwd=root)
    assert before.returncode == 6
    done = answer("ask", "share garden.md for 7 days", "--yes", cwd=root)
    (row,) = done["outcome"]["rows"]
    assert fetch(row["link"]).body == (root / "notes" / "garden.md").read_bytes()
    answer("ask", f"unshare {row['id']}", "--yes", cwd=root)
    assert fetch(row["link"]).status == 410


def test_all_links_to_a_file_are_closed_by_its_name(root: Path) -> None:
    (root / "minutes.txt").write_text("said\n")
    (root / "agenda.txt").write_text("to say\n")
    links = [share(root, name)["link"] for name in ("minutes.txt", "minutes.txt", "agenda.txt")]
    listed = lsfs("ask", "which links are open?", cwd=root)
    assert listed.returncode == 0
    assert all(link in listed.stdout for link in links)
    assert len(answer("ask", "list my shares", cwd=root)["outcome"]["rows"]) >= 3
    asked = lsfs("ask", "stop sharing minutes.txt", cwd=root)
    assert (asked.returncode, asked.stderr.count("it closes the link to minutes.txt")) == (6, 2)
    answer("ask", "stop sharing minutes.txt", "--yes", cwd=root)
    assert [fetch(link).status for link in links] == [410, 410, 200]
    again = lsfs("unshare", "minutes.txt", "--yes", cwd=root)
    assert (again.returncode, "no link to minutes.txt is open" in again.stderr) == (2, True)
    answer("undo", "--yes", cwd=root)
    assert [fetch(link).status for link in links] == [200, 200, 200]
    assert lsfs("unshare", "minutes.txt", "--yes", cwd=root).returncode == 0
    with package.open(root) as fs:
        fs.unshare("agenda.txt", yes=True)
    assert [fetch(link).status for link in links] == [410, 410, 410]


def test_from_python(root: Path) -> None:
    with package.open(root) as fs:
        with pytest.raises(ConfirmationError):
            fs.share("letter.txt")
        (row,) = fs.share("letter.txt", timedelta(hours=1), yes=True).rows
        assert fetch(row["link"]).status == 200
        assert fs.shares()[0]["link"] == row["link"]
        fs.unshare(row["id"], yes=True)
        assert fetch(row["link"]).status == 410
        with pytest.raises(MissingPathError):
            fs.unshare(10**6, yes=True)
        (row,) = fs.share("letter.txt", "90 minutes", yes=True).rows
        assert fs.shares(all=True)[0]["id"] == row["id"]


def test_several_at_once(root: Path) -> None:
    links: list[str] = []

    def open_one() -> None:
        with package.open(root) as fs:
            links.append(fs.share("letter.txt", yes=True).rows[0]["link"])

    threads = [threading.Thread(target=open_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(links)) == 8
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda link=link: codes.append(fetch(link).status))
        for link in links * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 32
    rows = {one["link"]: one for one in answer("shares", cwd=root)["shares"]}
    assert {rows[link]["fetches"] for link in links} == {4}


# -- plans, in this process ------------------------------------------------------------------------


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    make_files(root)
    with Core(root) as opened:
        yield opened


def test_the_yes_is_to_the_file_as_it_was_shown(core: Core) -> None:
    shown = core.run([{"op": "share", "path": "letter.txt"}], Consent())
    assert shown.status == "needs_confirmation"
    literal = [one.model_dump(mode="json") for one in shown.plan.operations]
    done = core.run(literal, Consent(token=shown.plan.token))
    assert done.status == "done"
    (core.root / "letter.txt").write_text("something else")
    with pytest.raises(package.LsfsError, match="changed after the plan was shown"):
        core.run(literal, Consent(token=shown.plan.token))


def test_a_file_in_a_folder_that_a_step_brings_can_be_shared(core: Core) -> None:
    notes = {"target": {"paths": ["notes"]}}
    for op, to in (("copy", "copies"), ("move", "texts")):
        done = core.run([{"op": op, **notes, "to": to}, {"op": "share", "path": f"{to}/garden.md"}])
        (row,) = done.findings[0].rows
        assert (row["path"], row["state"]) == (f"{to}/garden.md", "open")


def test_a_plan_that_fails_leaves_no_link_open(core: Core) -> None:
    with pytest.raises(package.LsfsError):
        core.run(
            [
                {"op": "share", "path": "letter.txt"},
                {"op": "move", "target": {"paths": ["letter.txt"]}, "to": "moved.txt"},
                {"op": "share", "path": "letter.txt"},
            ]
        )
    assert core.app.call("shares", {}) == {"shares": []}
    assert (core.root / "letter.txt").exists()


def test_what_a_step_makes_can_be_shared_by_the_next(core: Core) -> None:
    done = core.run(
        [{"op": "create", "path": "new.txt", "text": "x"}, {"op": "share", "path": "new.txt"}]
    )
    (row,) = done.findings[0].rows
    assert row["path"] == "new.txt"
    core.run([{"op": "undo"}])
    assert not (core.root / "new.txt").exists()
    assert core.app.call("shares", {}) == {"shares": []}


def test_an_undo_of_a_link_that_is_closed_says_so(core: Core) -> None:
    opened = core.run([{"op": "share", "path": "letter.txt"}])
    core.run([{"op": "unshare", "id": 1}])
    with pytest.raises(NothingFoundError, match="closed already"):
        core.run([{"op": "undo", "id": opened.undo}])
    with pytest.raises(UsageError, match="closed already"):
        core.run([{"op": "unshare", "id": 1}])


def test_a_crash_between_intent_and_end_leaves_no_link_open(core: Core) -> None:
    from lsfs.journal import Step
    from lsfs.plan import OPERATIONS, Plan

    operation = OPERATIONS.validate_python(
        {"op": "share", "path": "letter.txt", "expires": "2100-01-01T00:00:00+00:00"}
    )
    for performs in (False, True):
        row = core.journal.begin(Plan(operations=(operation,)))
        inverse = core.acts.inverse(operation, "cli")
        core.journal.intend(row, 0, [Step(operation, inverse, {}, {})])
        if performs:
            core.acts.perform(operation, "cli")
            assert len(core.app.call("shares", {})["shares"]) == 1
        assert core.engine.recover() == 1
        assert core.app.call("shares", {}) == {"shares": []}


def test_a_file_that_can_be_read_no_more(core: Core) -> None:
    (row,) = core.run([{"op": "share", "path": "letter.txt"}]).findings[0].rows
    token = row["link"].split("/")[-2]
    (core.root / "letter.txt").chmod(0)
    with as_nobody(), pytest.raises(NoFileError) as told:
        core.app.sharing.opened(token)
    assert told.value.why == "unreadable"
    with as_nobody(), pytest.raises(package.LsfsError, match="permission denied"):
        core.app.sharing.literal(Share(path="letter.txt"))


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's right to read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_protected_file_is_not_shared(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make_files(root)
    (root / ".lsfs").mkdir(mode=0o700)
    (root / ".lsfs" / "config.toml").write_text('[policy]\nprotect = ["letter.txt", "notes"]\n')
    with Core(root) as core:
        for path in ("letter.txt", "notes/garden.md", ".lsfs/catalog.db"):
            with pytest.raises(PolicyError):
                core.run([{"op": "share", "path": path}])
        with pytest.raises(PolicyError, match="protected"):
            moved = {"op": "move", "target": {"paths": ["recipes"]}, "to": "notes"}
            core.run([moved, {"op": "share", "path": "notes/recipes/bread.txt"}])
        core.run([{"op": "share", "path": "recipes/bread.txt"}])


# -- times and addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [("7d", 7), ("12h", 0.5), ("90 minutes", 1 / 16), ("2 weeks", 14), ("a day", 1), ("3天", 3),
     ("for 5 days", 5)],
)  # fmt: skip
def test_for_how_long(text: str, days: float) -> None:
    left = rooms.expiry(text) - datetime.now().astimezone()
    assert abs(left / timedelta(days=1) - days) < 0.01


def test_until_when() -> None:
    assert rooms.expiry("2099-12-24").isoformat().startswith("2099-12-25T00:00")
    assert rooms.expiry("2099-12-24T18:00").isoformat().startswith("2099-12-24T18:00")
    assert rooms.expiry("3 months") > datetime.now().astimezone() + timedelta(days=88)
    for odd in ("", "7", "soon", "7 dollars", "7d and more", "-3d", "last week", "2000-01-01"):
        with pytest.raises(UsageError):
            rooms.expiry(odd)


def test_addresses() -> None:
    parsed = addresses.parse_address("[::1]:80")
    assert (parsed.host, parsed.port, parsed.is_loopback, str(parsed)) == (
        "::1", 80, True, "[::1]:80",
    )  # fmt: skip
    assert addresses.parse_address("0.0.0.0:1").is_all
    assert not addresses.parse_address("files.lan:1").is_loopback
    for odd in ("", "x", ":1", "x:", "x:65536", "::1:80", "http://x:1", "x:-1", "x:١"):
        with pytest.raises(ValueError, match=r"expected|brackets"):
            addresses.parse_address(odd)
