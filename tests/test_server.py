"""The daemon on a real socket: JSON-RPC, its errors, HTTP behind a token, and a clean end."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faces import LSFS, TIMEOUT_S, answer, lsfs, make_files, serving
from waiting import wait_for

from lsfs import daemon, rpc
from lsfs.errors import MissingPathError, PolicyError, UnavailableError, UsageError
from lsfs.rpc import RpcClient


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root whose socket lies at a path longer than the 108 bytes of an address."""
    root = tmp_path_factory.mktemp("server") / ("deep" * 20) / ("er" * 20) / "root"
    make_files(root)
    assert lsfs("init", root, cwd=root).returncode == 0
    assert len(str(root / ".lsfs" / "daemon.sock")) > 108
    return root


@pytest.fixture(scope="module")
def port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(root: Path, port: int) -> Iterator[Path]:
    """The socket of a running daemon."""
    with serving(root, "--http", f"127.0.0.1:{port}"):
        yield root / ".lsfs" / "daemon.sock"


def post(server: Path, body: bytes) -> tuple[int, Any]:
    """A raw POST /rpc over the socket."""
    connection = http.client.HTTPConnection("lsfs")
    connection.sock = rpc.connect(server, TIMEOUT_S)
    try:
        connection.request("POST", "/rpc", body)
        response = connection.getresponse()
        data = response.read()
    finally:
        connection.close()
    return response.status, json.loads(data) if data else None


def test_the_socket_is_the_owners_alone(server: Path) -> None:
    assert stat.S_IMODE(server.stat().st_mode) == 0o600
    assert stat.S_IMODE((server.parent / "http-token").stat().st_mode) == 0o600


def test_health(server: Path) -> None:
    told = daemon.health(server)
    assert told is not None
    assert told["started_by"] == "serve"
    os.kill(told["pid"], 0)


def test_a_call(server: Path, root: Path) -> None:
    status = RpcClient(server, TIMEOUT_S).call("status", {})
    assert status["root"] == str(root)
    assert status["daemon"]["pid"] > 0


def test_commands_go_through_the_daemon(server: Path, root: Path) -> None:
    health = daemon.health(server)
    assert health is not None
    assert answer("status", cwd=root)["daemon"]["pid"] == health["pid"]


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("frobnicate", {}, UsageError),
        ("search", {"query": "x", "limit": 0}, UsageError),
        ("search", {"query": "x", "colour": "red"}, UsageError),
        ("run", {"operations": [{"op": "explode"}]}, UsageError),
        ("history", {"path": "no/such/file"}, MissingPathError),
        ("history", {"path": "../outside"}, PolicyError),
        ("run", {"operations": [{"op": "create", "path": ".lsfs/x"}]}, PolicyError),
    ],
)
def test_errors_arrive_as_what_they_were(
    server: Path, method: str, params: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        RpcClient(server, TIMEOUT_S).call(method, params)


def test_the_error_reply(server: Path) -> None:
    asked = {"jsonrpc": "2.0", "id": "a", "method": "history", "params": {"path": "gone"}}
    _, reply = post(server, json.dumps(asked).encode())
    assert reply["id"] == "a"
    assert reply["error"]["code"] == MissingPathError.rpc_code
    data = reply["error"]["data"]
    assert (data["kind"], data["exit_code"]) == ("missing", 2)
    assert {"hint", "path", "errno"} <= set(data)


def test_batches_and_notifications(server: Path) -> None:
    call = {"jsonrpc": "2.0", "method": "health"}
    status, replies = post(
        server, json.dumps([{**call, "id": 1}, call, {**call, "id": 2}]).encode()
    )
    assert status == 200
    assert [reply["id"] for reply in replies] == [1, 2]
    assert post(server, json.dumps(call).encode()) == (204, None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[]", -32600),
        (b"17", -32600),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "health"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "status", "params": [1]}', -32600),
    ],
)
def test_malformed_requests(server: Path, body: bytes, code: int) -> None:
    status, reply = post(server, body)
    assert status == 200
    assert reply["error"]["code"] == code


def test_a_name_that_is_not_utf8_goes_both_ways(server: Path, root: Path) -> None:
    name = os.fsdecode(b"na\xefve.txt")
    client = RpcClient(server, TIMEOUT_S)
    made = client.call("run", {"operations": [{"op": "create", "path": name, "text": "x"}]})
    assert (root / name).read_text() == "x"
    assert made["plan"]["operations"][0]["path"] == name
    assert made["outcome"]["changes"][0]["path"] == "na%EFve.txt"


def test_many_at_once(server: Path) -> None:
    client = RpcClient(server, TIMEOUT_S)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(client.call("status")["version"]))
        for _ in range(24)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)


# -- HTTP ------------------------------------------------------------------------------------------


def over_http(port: int, **headers: str) -> int:
    """The status of GET /health over HTTP."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_http_wants_the_token_and_the_right_host(server: Path, port: int) -> None:
    token = (server.parent / "http-token").read_text().strip()
    assert len(token) > 30
    allowed = {"Authorization": f"Bearer {token}"}
    assert over_http(port, **allowed) == 200
    assert over_http(port, **allowed, Host=f"localhost:{port}") == 200
    assert over_http(port) == 401
    assert over_http(port, Authorization="Bearer x") == 401
    assert over_http(port, **allowed, Host="evil.example") == 421


def test_an_address_in_use(root: Path, tmp_path: Path, server: Path, port: int) -> None:
    other = tmp_path / "other"
    make_files(other)
    assert lsfs("init", other, cwd=tmp_path).returncode == 0
    done = lsfs("serve", other, "--http", f"127.0.0.1:{port}", cwd=tmp_path)
    assert done.returncode == 3
    assert str(port) in done.stderr


# -- its end ---------------------------------------------------------------------------------------


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A root of its own."""
    root = tmp_path / "root"
    make_files(root)
    assert lsfs("init", root, cwd=tmp_path).returncode == 0
    return root


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(fresh: Path, number: signal.Signals) -> None:
    with serving(fresh) as process:
        process.send_signal(number)
        assert process.wait(TIMEOUT_S) == 0
        assert not (fresh / ".lsfs" / "daemon.sock").exists()
    assert lsfs("log", cwd=fresh).returncode in (0, 1)  # the lock is free


def test_stop(fresh: Path) -> None:
    assert lsfs("stop", cwd=fresh).returncode == 1
    with serving(fresh) as process:
        done = lsfs("stop", cwd=fresh)
        assert done.returncode == 0
        assert str(process.pid) in done.stdout
        assert process.wait(TIMEOUT_S) == 0


def test_after_a_crash_the_next_takes_over(fresh: Path) -> None:
    with serving(fresh) as process:
        process.kill()
        process.wait(TIMEOUT_S)
        assert (fresh / ".lsfs" / "daemon.sock").exists()
    assert lsfs("log", cwd=fresh).returncode in (0, 1)
    with serving(fresh):
        wait_for(lambda: daemon.health(fresh / ".lsfs" / "daemon.sock"), message="health")


@pytest.mark.parametrize(("method", "hint"), [("index", "run it again"), ("run", "turns back")])
def test_a_daemon_that_dies_in_a_call_is_not_said_to_be_missing(
    tmp_path: Path, method: str, hint: str
) -> None:
    file = tmp_path / "daemon.sock"
    with pytest.raises(UnavailableError, match="no lsfs daemon answers"):
        RpcClient(file, TIMEOUT_S).call("log", {})
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(file))
        listening.listen()

        def die() -> None:
            with listening.accept()[0] as connection:
                connection.recv(65536)

        dying = threading.Thread(target=die)
        dying.start()
        with pytest.raises(UnavailableError, match="ended before it had answered") as caught:
            RpcClient(file, TIMEOUT_S).call(method, {})
        dying.join(TIMEOUT_S)
    assert hint in (caught.value.hint or "")


def test_a_yes_is_needed_over_the_socket_too(server: Path, root: Path) -> None:
    client = RpcClient(server, TIMEOUT_S)
    removal = [{"op": "remove", "target": {"paths": ["letter.txt"]}}]
    asked = client.call("run", {"operations": removal, "actor": "rpc"})
    assert asked["outcome"]["status"] == "needs_confirmation"
    assert (root / "letter.txt").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_that_waits_can_be_ended(fresh: Path, number: signal.Signals, code: int) -> None:
    with serving(fresh) as process:
        process.send_signal(signal.SIGSTOP)
        try:
            with subprocess.Popen(
                [*LSFS, "search", "x"], cwd=fresh, stderr=subprocess.PIPE, text=True
            ) as waiting:
                wait_for(lambda: _has_a_socket(waiting.pid), message="the open socket")
                waiting.send_signal(number)
                _, told = waiting.communicate(timeout=TIMEOUT_S)
        finally:
            process.send_signal(signal.SIGCONT)
    assert waiting.returncode == code
    assert "Traceback" not in told


def _has_a_socket(pid: int) -> bool:
    """Whether the process has a connection open."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            if os.readlink(link).startswith("socket:"):
                return True
    return False


@pytest.mark.parametrize("lost", [".lsfs", ".lsfs/catalog.db"])
def test_a_daemon_whose_state_is_gone_ends(tmp_path: Path, lost: str) -> None:
    make_files(tmp_path)
    assert lsfs("init", tmp_path, cwd=tmp_path).returncode == 0
    command = [*LSFS, "serve", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: daemon.is_listening(tmp_path / ".lsfs" / "daemon.sock"), 20, "the socket")
        gone = tmp_path / lost
        shutil.rmtree(gone, ignore_errors=True) if gone.is_dir() else gone.unlink()
        _, said = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, said
    assert "is gone: the daemon ends" in said
