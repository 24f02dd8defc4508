"""The virtual tree MNT/.lsfs, asked of a small server of JSON-RPC over a real unix socket."""

from __future__ import annotations

import json
import os
import socketserver
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from mounting import Mounted, mounted

from lsfs.errors import MissingPathError, UnavailableError
from lsfs.mount.options import LibraryChoice, MountOptions
from lsfs.paths import path_fields, path_from_fields
from lsfs.rpc import RpcClient

VERSIONS = [
    {"id": 12, "at": "2026-11-23T14:05:09+00:00", "size": 6, "kind": "file", "mode": "0644"},
    {"id": 7, "at": "2026-11-20T08:00:00Z", "size": 3, "kind": "file", "mode": "0644"},
    {"id": 3, "at": "2026-11-19T08:00:00Z", "size": 9, "kind": "file", "gap": "disk full"},
]
BYTES = {12: b"newest", 7: b"old"}
LATIN = os.fsdecode(b"notes/caf\xe9.txt")


class Daemon(socketserver.ThreadingUnixStreamServer):
    """Answers the methods the virtual tree asks, and counts them."""

    daemon_threads = True

    def __init__(self, socket_file: Path, folder: Path) -> None:
        super().__init__(str(socket_file), _Handler)
        self.folder = folder
        self.asked: list[str] = []
        self.delay_s = 0.0
        self.groups: dict[str, list[str]] = {
            "taxes": ["notes/scheduling.md", "old/scheduling.md", LATIN],
            "topic": ["notes/soup"], "topic/soup": ["notes/scheduling.md"],
        }  # fmt: skip

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that waited long enough has hung up."""

    def answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The result of a call; KeyError is an error reply."""
        self.asked.append(method)
        time.sleep(self.delay_s)
        if method == "search":
            hits = [
                {"path": "notes/scheduling.md"},
                path_fields(LATIN),
                {"path": "a" * 250 + ".md"},
            ]
            return {"hits": hits if params["query"] != "nothing" else []}
        if method == "similar":
            return {"hits": [{"path": "notes/other.md"}, path_fields(LATIN)]}
        if method == "run":
            (operation,) = params["operations"]
            return {"outcome": {"rows": self._grouped(**operation)}}
        if method == "history":
            known = {"notes/scheduling.md", "gone.md"}
            return {"versions": VERSIONS if path_from_fields(params) in known else _missing()}
        if method == "materialise":
            file = self.folder / str(params["version"])
            file.write_bytes(BYTES[params["version"]])
            return {"file": str(file)}
        return {"entries": 2, "pid": os.getpid()}

    def _grouped(self, op: str, name: str = "") -> list[dict[str, Any]]:
        if op == "drop_group":
            del self.groups[name]
        if op == "drop_group" or not name:
            return [{"name": one, "entries": len(paths)} for one, paths in self.groups.items()]
        return [path_fields(path) for path in self.groups[name]]


def _missing() -> list[dict[str, Any]]:
    raise MissingPathError("never seen")


class _Handler(BaseHTTPRequestHandler):
    server: Daemon

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            reply["result"] = self.server.answer(asked["method"], asked["params"])
        except MissingPathError as error:
            data = {"path": "x", "hint": "look again"}
            reply["error"] = {"code": error.rpc_code, "message": error.message, "data": data}
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(params=["fuse2", "fuse3"])
def mount(request: pytest.FixtureRequest, tmp_path: Path, fuse_required: None) -> Iterator[Mounted]:
    library: LibraryChoice = request.param
    (tmp_path / "root/notes").mkdir(parents=True)
    (tmp_path / "root/notes/scheduling.md").write_bytes(b"newest")
    with mounted(tmp_path, MountOptions(library=library)) as made:
        yield made


@pytest.fixture
def daemon(mount: Mounted, tmp_path: Path) -> Iterator[Daemon]:
    folder = tmp_path / "materialised"
    folder.mkdir()
    with Daemon(mount.config.socket, folder) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


class TestSearch:
    def test_a_query_is_a_folder_of_ranked_links(self, mount: Mounted, daemon: Daemon) -> None:
        folder = mount.point / ".lsfs/search/process scheduling"
        first, second, third = sorted(os.listdir(os.fsencode(folder)))
        assert first == b"01 scheduling.md"
        assert second == b"02 caf\xe9.txt"
        assert third.startswith(b"03 aaa") and third.endswith(b"a.md") and len(third) == 255
        assert os.readlink(folder / "01 scheduling.md") == "../../../notes/scheduling.md"
        assert (folder / "01 scheduling.md").read_bytes() == b"newest"

    def test_nothing_found_is_an_empty_folder(self, mount: Mounted, daemon: Daemon) -> None:
        assert os.listdir(mount.point / ".lsfs/search/nothing") == []

    def test_one_listing_is_one_question(self, mount: Mounted, daemon: Daemon) -> None:
        subprocess.run(
            ["ls", "-l", mount.point / ".lsfs/search/scheduling"], check=True, capture_output=True
        )
        assert daemon.asked.count("search") == 1

    @pytest.mark.parametrize("by", ["mkdir", "python"])
    def test_a_query_is_pinned_and_forgotten(self, mount: Mounted, daemon: Daemon, by: str) -> None:
        pinned = mount.point / ".lsfs/search/to do"
        if by == "mkdir":
            subprocess.run(["mkdir", pinned], check=True)
        else:
            pinned.mkdir()
        assert os.listdir(mount.point / ".lsfs/search") == ["to do"]
        with pytest.raises(FileExistsError):
            pinned.mkdir()
        pinned.rmdir()
        assert os.listdir(mount.point / ".lsfs/search") == []

    def test_pins_outlive_the_mount(self, tmp_path: Path, fuse_required: None) -> None:
        for _ in range(2):
            with mounted(tmp_path, MountOptions()) as mount:
                (mount.point / ".lsfs/search/kept").mkdir(exist_ok=True)
                assert os.listdir(mount.point / ".lsfs/search") == ["kept"]


class TestGroups:
    def test_a_group_is_a_folder_of_its_files(self, mount: Mounted, daemon: Daemon) -> None:
        groups = mount.point / ".lsfs/groups"
        assert sorted(os.listdir(groups)) == ["taxes", "topic"]
        names = ["caf\udce9.txt", "scheduling (2).md", "scheduling.md"]
        assert sorted(os.listdir(groups / "taxes")) == names
        assert os.readlink(groups / "taxes/scheduling.md") == "../../../notes/scheduling.md"
        assert (groups / "taxes/scheduling.md").read_bytes() == b"newest"
        assert not os.path.lexists(groups / "taxes/nothing")
        assert not os.path.lexists(groups / "nothing")

    def test_a_name_with_slashes_is_folders(self, mount: Mounted, daemon: Daemon) -> None:
        topic = mount.point / ".lsfs/groups/topic"
        assert sorted(os.listdir(topic)) == ["soup", "soup (2)"]
        assert (topic / "soup").is_dir() and (topic / "soup (2)").is_symlink()
        assert (topic / "soup/scheduling.md").read_bytes() == b"newest"

    def test_hundreds_of_one_name_are_looked_at_at_once(
        self, mount: Mounted, daemon: Daemon
    ) -> None:
        daemon.groups["docs"] = [f"{number}/README.md" for number in range(400)]
        folder = mount.point / ".lsfs/groups/docs"
        begun_s = time.monotonic()
        assert os.readlink(folder / "README (400).md") == "../../../399/README.md"
        assert len([one.lstat() for one in folder.iterdir()]) == 400
        assert time.monotonic() - begun_s < 10

    def test_rmdir_forgets_a_group(self, mount: Mounted, daemon: Daemon) -> None:
        groups = mount.point / ".lsfs/groups"
        (groups / "topic").rmdir()
        assert set(daemon.groups) == {"taxes", "topic/soup"}
        with pytest.raises(OSError, match="not empty"):
            (groups / "topic").rmdir()
        with pytest.raises(FileNotFoundError):
            (groups / "nothing").rmdir()
        with pytest.raises(OSError, match="Read-only"):
            (groups / "new").mkdir()
        with pytest.raises(OSError, match="Read-only"):
            (groups / "taxes/scheduling.md").unlink()
        (groups / "topic/soup").rmdir()
        assert os.listdir(groups) == ["taxes"]


class TestSimilar:
    def test_a_file_is_a_folder_of_its_nearest(self, mount: Mounted, daemon: Daemon) -> None:
        similar = mount.point / ".lsfs/similar"
        assert os.listdir(similar) == ["notes"]
        assert os.listdir(similar / "notes") == ["scheduling.md"]
        folder = similar / "notes/scheduling.md"
        assert sorted(os.listdir(folder)) == ["01 other.md", "02 caf\udce9.txt"]
        assert os.readlink(folder / "01 other.md") == "../../../../notes/other.md"
        for missing in ("never.md", "notes/never.md", "notes/scheduling.md/never", ".lsfs"):
            assert not os.path.lexists(similar / missing)


class TestHistory:
    def test_folders_are_mirrored(self, mount: Mounted) -> None:
        assert os.listdir(mount.point / ".lsfs/history") == ["notes"]
        assert os.listdir(mount.point / ".lsfs/history/notes") == ["scheduling.md"]

    def test_a_file_is_a_folder_of_its_versions(self, mount: Mounted, daemon: Daemon) -> None:
        folder = mount.point / ".lsfs/history/notes/scheduling.md"
        old, new = sorted(os.listdir(folder))
        assert old.endswith(" v7.md") and new.endswith(" v12.md")
        assert (folder / old).read_bytes() == b"old"
        assert (folder / new).read_bytes() == b"newest"
        found = (folder / old).stat()
        assert (found.st_size, stat.S_IMODE(found.st_mode)) == (3, 0o400)
        with pytest.raises(OSError, match="Read-only"):
            os.unlink(folder / old)

    def test_a_file_that_is_gone_still_has_versions(self, mount: Mounted, daemon: Daemon) -> None:
        assert len(os.listdir(mount.point / ".lsfs/history/gone.md")) == 2

    def test_what_never_was_is_missing(self, mount: Mounted, daemon: Daemon) -> None:
        for path in ("never.md", "notes/never.md", "notes/scheduling.md/never", ".lsfs", "a/b/c"):
            assert not os.path.lexists(mount.point / ".lsfs/history" / path)


class TestWithoutAnswers:
    def test_without_a_daemon_fixed_names_answer_and_others_fail(self, mount: Mounted) -> None:
        assert sorted(os.listdir(mount.point / ".lsfs")) == [
            "at",
            "groups",
            "history",
            "search",
            "similar",
            "status.json",
            "text",
        ]
        assert json.loads((mount.point / ".lsfs/status.json").read_bytes())["daemon"] is None
        with pytest.raises(OSError, match="temporarily unavailable"):
            os.listdir(mount.point / ".lsfs/search/anything")

    def test_the_mirror_stays_quick_while_the_daemon_is_slow(
        self, mount: Mounted, daemon: Daemon
    ) -> None:
        daemon.delay_s = 1.5
        errors: list[OSError] = []

        def look(number: int) -> None:
            try:
                os.stat(mount.point / f".lsfs/history/gone-{number}")
            except OSError as error:
                errors.append(error)

        askers = [threading.Thread(target=look, args=(number,)) for number in range(3)]
        for asker in askers:
            asker.start()
        slowest = 0.0
        while any(asker.is_alive() for asker in askers):
            started = time.monotonic()
            (mount.point / "notes/scheduling.md").read_bytes()
            slowest = max(slowest, time.monotonic() - started)
        assert slowest < 0.5
        assert len(errors) == 3

    def test_status_is_the_daemons(self, mount: Mounted, daemon: Daemon) -> None:
        assert json.loads((mount.point / ".lsfs/status.json").read_bytes())["entries"] == 2


class TestRpcClient:
    def test_errors_keep_their_class(self, tmp_path: Path) -> None:
        deep = tmp_path / ("d" * 100)
        deep.mkdir()
        here = os.getcwd()
        os.chdir(deep)  # a server binds short names only
        try:
            server = Daemon(Path("s"), deep)
        finally:
            os.chdir(here)
        with server:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            client = RpcClient(deep / "s", 5.0)
            assert client.is_alive()
            assert client.call("status") == {"entries": 2, "pid": os.getpid()}
            with pytest.raises(MissingPathError, match="never seen") as caught:
                client.call("history", {"path": "never"})
            assert (caught.value.path, caught.value.hint) == ("x", "look again")
            server.delay_s = 1.0
            with pytest.raises(UnavailableError, match="did not answer within"):
                client.call("status", timeout_s=0.1)
            server.shutdown()

    def test_no_daemon(self, tmp_path: Path) -> None:
        client = RpcClient(tmp_path / "none")
        assert not client.is_alive()
        with pytest.raises(UnavailableError, match="no lsfs daemon"):
            client.call("status")
