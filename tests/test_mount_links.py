"""A link put behind the mount where the kernel remembers a file or a folder is not followed.

The mount's process may be root, and the kernel has judged what was there before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from children import User, in_child
from mounting import Mounted, mounted_with
from probing import BOTH_LIBRARIES

from lsfs.mount.options import MountOptions

pytestmark = [
    pytest.mark.usefixtures("fuse_required"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user"),
]

ANN = User(51_001, 51_001)
SECRET = b"nobody else's"
PATH = "d/f"


def append() -> None:
    with open(PATH, "ab", buffering=0) as file:
        file.write(b"!")


ACTS: dict[str, Callable[[], object]] = {
    "chmod": lambda: os.chmod(PATH, 0o666),
    "truncate": lambda: os.truncate(PATH, 0),
    "append": append,
    "open to truncate": lambda: Path(PATH).write_bytes(b""),
    "read": lambda: Path(PATH).read_bytes(),
    "remove": lambda: os.unlink(PATH),
    "set times": lambda: os.utime(PATH, ns=(5, 7)),
    "set an attribute": lambda: os.setxattr(PATH, "user.x", b"1"),
    "make a file beside": lambda: Path("d/new").write_bytes(b"x"),
    "make a folder beside": lambda: os.mkdir("d/new"),
    "move away": lambda: os.rename(PATH, "taken"),
    "link away": lambda: os.link(PATH, "taken"),
}


@pytest.fixture(scope="module", params=BOTH_LIBRARIES)
def mount(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mounted]:
    options = MountOptions(library=request.param, allow_other=True)
    with mounted_with(tmp_path_factory, options) as made:
        yield made


@pytest.mark.parametrize("place", [PATH, "d"])
@pytest.mark.parametrize("name", ACTS)
def test_what_a_link_leads_to_stays(
    mount: Mounted, tmp_path: Path, request: pytest.FixtureRequest, name: str, place: str
) -> None:
    folder = request.node.name.translate({ord("/"): "-"})
    root = mount.root / folder
    (root / "d").mkdir(parents=True)
    (root / PATH).write_bytes(b"hers")
    for path in (root, root / "d", root / PATH):
        os.chown(path, ANN.uid, ANN.gid)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    secret = elsewhere / "f"
    secret.write_bytes(SECRET)
    secret.chmod(0o600)
    before = secret.stat()

    (mount.point / folder / PATH).stat()
    os.rename(root / place, root / "before")
    os.symlink(tmp_path / "elsewhere" / ("f" if place == PATH else ""), root / place)
    found = in_child(ACTS[name], mount.point / folder, ANN)

    assert found != SECRET
    assert os.listdir(elsewhere) == ["f"]
    assert secret.read_bytes() == SECRET
    after = secret.stat()
    assert (after.st_mode, after.st_nlink, after.st_mtime_ns, os.listxattr(secret)) == (
        before.st_mode, 1, before.st_mtime_ns, [],
    )  # fmt: skip
