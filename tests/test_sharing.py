"""What links give over HTTP, with a real daemon: the bytes of their file, and nothing else."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import urllib.parse
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from faces import TIMEOUT_S, answer, lsfs, make_files, serving
from shared import fetch, served, settled, share
from waiting import wait_for
from whole import whole

import lsfs as package
from lsfs.links import disposition

HUGE_BYTES = 300 * 2**20


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root with a daemon."""
    with served(tmp_path_factory.mktemp("sharing") / "root") as root:
        yield root


# -- what a link gives -----------------------------------------------------------------------------


def test_a_link_gives_the_bytes_of_its_file_alone(root: Path) -> None:
    row = share(root, "letter.txt")
    reply = fetch(row["link"])
    assert reply.status == 200
    assert reply.body == (root / "letter.txt").read_bytes()
    told = dict(reply.headers.items())
    assert told["content-type"] == "text/plain; charset=utf-8"
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "no-referrer"
    assert told["content-security-policy"].startswith("sandbox")
    assert told["content-disposition"].startswith('inline; filename="letter.txt"')
    assert "private" in told["cache-control"]
    assert fetch(row["link"].rpartition("/")[0]).body == reply.body, "without the name"
    # the state is what is between the secret and the rest of the machine
    for path in ("/rpc", "/health", "/", "/s/", "/s", f"/s/{row['link'][-20:]}"):
        assert fetch(row["link"], "GET", path).status == 404
    secret = urllib.parse.urlsplit(row["link"]).path.split("/")[2]
    for path in (
        f"/s/{secret}/../../letter.txt", f"/s/{secret}/%2e%2e/%2e%2e/private/diary.txt",
        f"/s/{secret}//etc/passwd",
    ):  # fmt: skip
        assert fetch(row["link"], "GET", path).body in (reply.body, b"Not Found")
    for wrong in (
        secret[:-1],
        secret + "A",
        secret.swapcase(),
        "%00",
        "%ff%fe",
        "x" * 5000,
        "..%2f",
    ):
        assert fetch(row["link"], "GET", f"/s/{wrong}").status == 404


def test_no_call_is_answered_at_the_address_of_links(root: Path) -> None:
    row = share(root, "letter.txt")
    call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "status"})
    for path in ("/rpc", "/s/rpc", "/"):
        assert fetch(row["link"], "POST", path, Content_Length=str(len(call))).status in (404, 405)
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
        reply = fetch(row["link"], method)
        assert (reply.status, set(reply.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})


def test_heads_conditions_and_ranges(root: Path) -> None:
    link = share(root, "recipes/bread.txt")["link"]
    data = (root / "recipes" / "bread.txt").read_bytes()
    head = fetch(link, "HEAD")
    assert (head.status, head.body, int(head.headers["content-length"])) == (200, b"", len(data))
    tag = head.headers["etag"]
    assert fetch(link, If_None_Match=tag).status == 304
    assert fetch(link, If_None_Match=f'"x", W/{tag}').status == 304
    assert fetch(link, If_None_Match='"x"').body == data
    assert fetch(link, If_Modified_Since=head.headers["last-modified"]).status == 304

    def part(asked: str, **more: str) -> tuple[int, bytes, str | None]:
        reply = fetch(link, Range=asked, **more)
        return reply.status, reply.body, reply.headers["content-range"]

    size = len(data)
    assert part("bytes=0-4") == (206, data[:5], f"bytes 0-4/{size}")
    assert part("bytes=5-") == (206, data[5:], f"bytes 5-{size - 1}/{size}")
    assert part("bytes=-3") == (206, data[-3:], f"bytes {size - 3}-{size - 1}/{size}")
    assert part(f"bytes={size}-") == (416, b"", f"bytes */{size}")
    assert part("bytes=0-4", If_Range=tag)[1] == data[:5]
    assert part("bytes=0-4", If_Range='"older"')[1] == data
    for odd in ("bytes=4-1", "bytes=-0"):
        assert part(odd)[0] == 416
    for unread in ("bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes=" + "9" * 5000 + "-"):
        assert part(unread)[:2] == (200, data)


def test_what_runs_in_a_browser_is_handed_over_as_a_file(root: Path) -> None:
    (root / "page.html").write_text("<script>alert(1)</script>")
    (root / "drawing.svg").write_text("<svg/>")
    (root / "logs.tar.gz").write_bytes(b"\x1f\x8b")
    (root / "paper.pdf").write_bytes(b"%PDF-1.4\n")
    found = {}
    for name in ("page.html", "drawing.svg", "logs.tar.gz", "paper.pdf"):
        told = fetch(share(root, name)["link"]).headers
        found[name] = (told["content-type"].partition(";")[0], told["content-disposition"][:6])
        assert told["content-security-policy"].startswith("sandbox") == (name != "paper.pdf")
    assert found == {
        "page.html": ("text/html", "attach"),
        "drawing.svg": ("image/svg+xml", "attach"),
        "logs.tar.gz": ("application/octet-stream", "attach"),
        "paper.pdf": ("application/pdf", "inline"),
    }


@pytest.mark.parametrize(
    "name",
    ['a "quoted" name.txt', "two\nlines.txt", "\u2603 \U0001f600.txt", "semi;colon, \\ back.txt",
     "na\udcefve.txt", "100%.txt", "?q=1#x.txt", "r\r\nSet-Cookie: a=b.txt"],
)  # fmt: skip
def test_names_of_any_sort(root: Path, name: str) -> None:
    (root / name).write_bytes(b"x")
    with package.open(root) as fs:
        (row,) = fs.share(name, yes=True).rows
    reply = fetch(row["link"])
    assert (reply.status, reply.body) == (200, b"x")
    assert "set-cookie" not in reply.headers
    told = reply.headers["content-disposition"]
    exact = urllib.parse.unquote(told.rpartition("UTF-8''")[2])
    assert exact == (name if "\udcef" not in name else "na%EFve.txt")


def test_disposition_is_a_header_for_every_name() -> None:
    told = disposition("attachment", 'Übung "1"\r\n.txt')
    assert told == (
        "attachment; filename=\"_bung _1___.txt\"; filename*=UTF-8''%C3%9Cbung%20%221%22%0D%0A.txt"
    )


def test_an_empty_file(root: Path) -> None:
    (root / "empty").touch()
    link = share(root, "empty")["link"]
    assert (fetch(link).status, fetch(link).body) == (200, b"")
    assert fetch(link, Range="bytes=0-").status == 416


# -- what becomes of the file ----------------------------------------------------------------------


def test_it_follows_the_file(root: Path) -> None:
    (root / "plan.md").write_text("one\n")
    link = share(root, "plan.md")["link"]
    with package.open(root) as fs:
        fs.move("plan.md", "notes/renamed.md")
        reply = fetch(link)
        assert reply.body == b"one\n"
        assert 'filename="renamed.md"' in reply.headers["content-disposition"]
        fs.write("notes/renamed.md", "two\n", yes=True)
        assert fetch(link).body == b"two\n"
        fs.write("plan.md", "another file of the old name\n")
        assert fetch(link).body == b"two\n"
        fs.remove("notes/renamed.md", yes=True)
        assert settled(link) == 410
        assert fs.shares()[0]["state"] == "gone"
        fs.undo()
        assert fetch(link).body == b"two\n"
    # by another program, behind the mount
    (root / "notes" / "renamed.md").rename(root / "moved.md")
    assert settled(link) == 200
    (root / "saved~").write_text("three\n")
    (root / "saved~").replace(root / "moved.md")
    assert settled(link) == 200
    assert fetch(link).body == b"three\n"
    (root / "moved.md").unlink()
    assert settled(link) == 410


def test_a_symbolic_link_that_takes_its_place_leads_nowhere(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text("secret")
    (root / "swap.txt").write_text("mine")
    (root / "deep").mkdir()
    (root / "deep" / "a.txt").write_text("mine")
    links = [share(root, path)["link"] for path in ("swap.txt", "deep/a.txt")]
    assert [fetch(link).body for link in links] == [b"mine", b"mine"]
    (root / "swap.txt").unlink()
    (root / "swap.txt").symlink_to(tmp_path / "outside.txt")
    (root / "deep").rename(root / ".aside")
    (root / "deep").symlink_to(tmp_path / "deep")
    for link in links:
        for _ in range(20):
            assert b"secret" not in fetch(link).body
    assert settled(links[0]) == 410
    assert fetch(links[1]).body != b"secret"


def test_a_file_that_grows_or_is_cut_while_it_is_sent(root: Path) -> None:
    file = root / "grows.log"
    file.write_bytes(b"a" * 3_000_000)
    link = share(root, "grows.log")["link"]
    parts = urllib.parse.urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    connection.request("GET", parts.path)
    reply = connection.getresponse()
    with file.open("ab") as stream:
        stream.write(b"b" * 1_000_000)
    assert reply.read() == b"a" * 3_000_000, "what was announced, and no more"
    connection.close()
    assert len(fetch(link).body) == 4_000_000


def test_a_huge_file_takes_little_memory(root: Path) -> None:
    with (root / "huge.bin").open("wb") as stream:
        stream.truncate(HUGE_BYTES)
    row = share(root, "huge.bin")
    pid = answer("status", cwd=root)["daemon"]["pid"]

    def peak_kib() -> int:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])

    before = peak_kib()
    parts = urllib.parse.urlsplit(row["link"])
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    connection.request("GET", parts.path)
    reply = connection.getresponse()
    count = 0
    while block := reply.read(1 << 20):
        count += len(block)
    connection.close()
    assert count == HUGE_BYTES
    assert peak_kib() - before < 40_000
    descriptors = Path(f"/proc/{pid}/fd")
    wait_for(
        lambda: all("huge.bin" not in os.path.realpath(one) for one in descriptors.iterdir()), 10,
        "the file to be closed",
    )  # fmt: skip


def test_who_goes_away_leaves_no_file_open(root: Path) -> None:
    with (root / "long.bin").open("wb") as stream:
        stream.truncate(HUGE_BYTES)
    parts = urllib.parse.urlsplit(share(root, "long.bin")["link"])
    pid = answer("status", cwd=root)["daemon"]["pid"]
    for _ in range(5):
        with socket.create_connection((parts.hostname, parts.port), TIMEOUT_S) as stream:
            stream.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert stream.recv(1000)
    open_files = Path(f"/proc/{pid}/fd")
    wait_for(
        lambda: all("long.bin" not in os.path.realpath(one) for one in open_files.iterdir()), 10,
        "the files to be closed",
    )  # fmt: skip


# -- through a mount -------------------------------------------------------------------------------


@pytest.mark.usefixtures("fuse_required")
def test_it_follows_what_programs_do_in_a_mount(tmp_path: Path) -> None:
    with whole(tmp_path) as mounted:
        point = mounted.point
        (point / "cv.txt").write_text("one\n")
        row = share(point, "cv.txt")
        assert fetch(row["link"]).body == b"one\n"
        (point / "X").mkdir()
        (point / "cv.txt").rename(point / "X" / "mine.txt")
        assert fetch(row["link"]).body == b"one\n", "at once: the mount has told of it"
        (point / "X").rename(point / "Y")
        assert fetch(row["link"]).body == b"one\n"
        (point / "Y" / "new").write_text("two\n")
        (point / "Y" / "new").replace(point / "Y" / "mine.txt")
        assert settled(row["link"]) == 200
        assert fetch(row["link"]).body == b"two\n"
        subprocess.run(["rm", "-r", point / "Y"], check=True)  # another program: an undo of its own
        assert settled(row["link"]) == 410
        assert answer("undo", "--yes", cwd=point)["outcome"]["status"] == "done"
        assert settled(row["link"]) == 200
        assert fetch(row["link"]).body == b"two\n"
        # a large file is shared as soon as it is written
        (point / "large.bin").write_bytes(os.urandom(20 << 20))
        link = share(point, "large.bin")["link"]
        assert fetch(link).body == (point / "large.bin").read_bytes()


# -- with and without a daemon ---------------------------------------------------------------------


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A root without a daemon."""
    root = tmp_path / "alone"
    make_files(root)
    assert lsfs("init", root, cwd=tmp_path).returncode == 0
    return root


def test_without_a_daemon_the_link_waits_for_one(alone: Path) -> None:
    done = lsfs("share", "letter.txt", "--yes", cwd=alone)
    assert "no daemon runs" in done.stderr
    link = done.stdout.strip()
    with pytest.raises(ConnectionRefusedError):
        fetch(link)
    with serving(alone) as process:
        assert fetch(link).status == 200
        process.send_signal(signal.SIGKILL)
        process.wait(TIMEOUT_S)
    with pytest.raises(ConnectionRefusedError):
        fetch(link)
    with serving(alone):
        assert fetch(link).status == 200, "the same link, at the same address"
        assert answer("status", cwd=alone)["links"] == 1


def test_it_expires_while_no_daemon_runs(alone: Path) -> None:
    with package.open(alone) as fs:
        (row,) = fs.share("letter.txt", timedelta(seconds=3), yes=True).rows
        link, other = row["link"], fs.share("letter.txt", yes=True).rows[0]["link"]
    ends = datetime.fromisoformat(row["expires"])
    wait_for(lambda: datetime.now().astimezone() > ends, 10, "the end of the link")
    with serving(alone):
        assert (fetch(link).status, fetch(other).status) == (410, 200)


def test_nothing_listens_before_there_is_a_link(alone: Path) -> None:
    with serving(alone) as process:
        sockets = subprocess.run(
            ["ss", "-Hltnp"], capture_output=True, text=True, check=False
        ).stdout
        assert f"pid={process.pid}," not in sockets
        assert fetch(share(alone, "letter.txt")["link"]).status == 200


def test_a_port_that_another_took_is_given_up(alone: Path) -> None:
    link = lsfs("share", "letter.txt", "--yes", cwd=alone).stdout.strip()
    taken = urllib.parse.urlsplit(link).port or 0
    with socket.create_server(("127.0.0.1", taken)), serving(alone):
        (row,) = answer("shares", cwd=alone)["shares"]
        assert row["link"] != link
        assert fetch(row["link"]).status == 200


def test_the_address_that_is_set(alone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = alone / ".lsfs" / "config.toml"
    settings.write_text(f'[share]\nhttp = "0.0.0.0:{port}"\ndays = 1\n')
    with serving(alone):
        done = lsfs("share", "letter.txt", "--yes", cwd=alone)
        assert f"reaches 0.0.0.0:{port}" in done.stderr
        link = urllib.parse.urlsplit(done.stdout.strip())
        assert (link.port, link.hostname != "0.0.0.0") == (port, True)
        assert fetch(f"http://127.0.0.1:{port}{link.path}").status == 200
    settings.write_text('[share]\nurl = "https://files.example.org/me/"\n')
    assert share(alone, "letter.txt")["link"].startswith("https://files.example.org/me/s/")
    with socket.create_server(("127.0.0.1", port)):
        settings.write_text(f'[share]\nhttp = "127.0.0.1:{port}"\n')
        with serving(alone):  # it does all else
            done = lsfs("share", "letter.txt", "--yes", cwd=alone)
            assert done.returncode == 0
            assert "links are not served: cannot listen" in done.stderr
            assert any("links are not" in one for one in answer("status", cwd=alone)["notices"])
        doctor = answer("doctor", cwd=alone)["checks"]
        assert next(one for one in doctor if one["check"] == "sharing")["state"] == "warn"
    settings.write_text('[share]\nhttp = ""\n')
    off = lsfs("share", "letter.txt", "--yes", cwd=alone)
    assert (off.returncode, "sharing is off" in off.stderr) == (3, True)
    settings.write_text('[share]\nhttp = "everywhere"\n')
    wrong = lsfs("shares", cwd=alone)
    assert (wrong.returncode, "share.http" in wrong.stderr) == (3, True)


def test_no_links(alone: Path) -> None:
    done = lsfs("shares", cwd=alone)
    assert (done.returncode, done.stdout) == (1, "")
    assert answer("shares", cwd=alone, code=1) == {"shares": []}


def test_who_connects_and_is_silent_keeps_nobody_out_for_long(root: Path) -> None:
    row = share(root, "letter.txt")
    place = urllib.parse.urlsplit(row["link"])
    assert place.hostname and place.port
    silent = [socket.create_connection((place.hostname, place.port)) for _ in range(101)]
    try:
        for one in silent[::2]:
            one.sendall(b"GET /s/")  # a beginning is no request
        assert fetch(row["link"]).status == 503
        wait_for(lambda: fetch(row["link"]).status == 200, 20, "the silent ones to be hung up on")
    finally:
        for one in silent:
            one.close()
