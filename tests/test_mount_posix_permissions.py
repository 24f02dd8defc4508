"""Users, groups and modes: the mount, serving others as root does, beside a plain directory."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from children import User, in_child
from mounting import Mounted, mounted_with
from probing import BOTH_LIBRARIES, Probe, Table, each, error_of, facts

from lsfs.mount.options import MountOptions

pytestmark = [
    pytest.mark.usefixtures("fuse_required"),
    pytest.mark.skipif(os.geteuid() != 0, reason="acts as other users: needs root"),
]

table = Table()
probe, differs = table.probe, table.differs

ANN, BOB = User(51_001, 51_001), User(51_002, 51_002)
TEAM = 51_100
MEMBER = User(BOB.uid, BOB.gid, (TEAM, 51_101))
ACL, DEFAULT_ACL = "system.posix_acl_access", "system.posix_acl_default"


@pytest.fixture(scope="module", params=BOTH_LIBRARIES)
def mount(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mounted]:
    with mounted_with(
        tmp_path_factory, MountOptions(library=request.param, allow_other=True)
    ) as made:
        yield made


@each(table)
def test_a_probe_answers_as_on_a_plain_directory(
    mount: Mounted, act: Probe, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    table.compare(act, mount, tmp_path, request)


def file(folder: Path, mode: int, owner: User = ANN) -> Path:
    """A file of some bytes."""
    path = folder / "f"
    path.write_bytes(b"#!/bin/sh\n")
    os.chown(path, owner.uid, owner.gid)
    os.chmod(path, mode)
    return path


def write(name: str) -> None:
    with open(name, "r+b") as stream:
        stream.write(b"x")


def make_everything() -> object:
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, 0o666))
    os.mkdir("folder", 0o777)
    os.mkfifo("fifo", 0o666)
    os.symlink("file", "link")
    return [facts(Path(name)) for name in ("file", "folder", "fifo", "link")]


@probe
def what_is_made_belongs_to_its_maker(folder: Path) -> object:
    os.chmod(folder, 0o777)
    return in_child(make_everything, folder, ANN), [os.stat(folder / "file").st_uid]


@probe
def the_group_of_a_setgid_folder_is_inherited(folder: Path) -> object:
    os.chown(folder, 0, TEAM)
    os.chmod(folder, 0o2777)
    return in_child(make_everything, folder, ANN)


@probe
def the_group_bit_of_a_file_in_a_setgid_folder(folder: Path) -> object:
    os.chown(folder, 0, TEAM)
    os.chmod(folder, 0o2777)

    def make() -> object:
        os.umask(0)
        os.close(os.open("f", os.O_CREAT | os.O_WRONLY, 0o2775))
        return facts(Path("f"))

    return in_child(make, folder, ANN), in_child(make, folder, User(ANN.uid, ANN.gid, (TEAM,)))


@probe
def reading_and_writing_what_is_not_ones_own(folder: Path) -> object:
    answers = []
    for mode in (0o600, 0o640, 0o644, 0o666, 0o007, 0o070, 0o700):
        path = file(folder, mode)
        for user in (ANN, BOB, User(BOB.uid, ANN.gid), User(BOB.uid, BOB.gid, (ANN.gid,))):
            answers.append(
                (
                    in_child(lambda: Path("f").read_bytes(), folder, user),
                    in_child(lambda: write("f"), folder, user),
                    in_child(lambda: [os.access("f", how) for how in range(8)], folder, user),
                )
            )
        path.unlink()
    return answers


@probe
def folders_that_cannot_be_entered(folder: Path) -> object:
    inner = folder / "d"
    inner.mkdir()
    (inner / "f").touch()
    answers = []
    for mode in (0o700, 0o744, 0o711, 0o755):
        inner.chmod(mode)
        answers.append(
            (
                in_child(lambda: os.listdir("d"), folder, BOB),
                in_child(lambda: os.stat("d/f").st_size, folder, BOB),
                in_child(lambda: os.unlink("d/f"), folder, BOB),
                in_child(lambda: os.mkdir("d/x"), folder, BOB),
            )
        )
    return answers


@probe
def a_sticky_folder_protects_what_is_in_it(folder: Path) -> object:
    os.chmod(folder, 0o1777)
    file(folder, 0o666)
    (folder / "d").mkdir(0o777)
    return (
        in_child(lambda: os.unlink("f"), folder, BOB),
        in_child(lambda: os.rename("f", "g"), folder, BOB),
        in_child(lambda: os.rmdir("d"), folder, BOB),
        in_child(lambda: os.rename("f", "g"), folder, ANN),
        in_child(lambda: os.unlink("g"), folder, ANN),
    )


@probe
def modes_owners_and_times_are_changed_by_owners_only(folder: Path) -> object:
    file(folder, 0o666)
    answers = []
    for user in (ANN, BOB, User(ANN.uid, ANN.gid, (TEAM,))):
        for act in (
            lambda: os.chmod("f", 0o606),
            lambda: os.chown("f", BOB.uid, -1),
            lambda: os.chown("f", -1, TEAM),
            lambda: os.chown("f", -1, -1),
            lambda: os.utime("f", ns=(5, 5)),
            lambda: os.utime("f"),
            lambda: os.truncate("f", 3),
            lambda: os.setxattr("f", "user.x", b"1"),
            lambda: os.setxattr("f", "trusted.x", b"1"),
            lambda: os.link("f", f"link-{os.getuid()}"),
        ):
            answers.append(in_child(act, folder, user))
    return answers, facts(folder / "f")


@probe
def setuid_is_taken_off_by_writing(folder: Path) -> object:
    return [_written_by_bob(folder, mode) for mode in (0o4777, 0o2777, 0o6777)]


@differs("the kernel leaves it to the filesystem, for which root writes", until=(3, 17))
def setgid_without_execution_is_taken_off_by_writing(folder: Path) -> object:
    return _written_by_bob(folder, 0o2767)


def _written_by_bob(folder: Path, mode: int) -> object:
    path = file(folder, mode)
    in_child(lambda: write("f"), folder, BOB)
    return facts(path)


@probe
def setuid_is_taken_off_by_truncation(folder: Path) -> object:
    path = file(folder, 0o6777)
    in_child(lambda: os.truncate("f", 1), folder, BOB)
    return facts(path)


@differs("from libfuse 3.17 on a chown to nobody is not passed on", since=(3, 17))
def setuid_is_taken_off_by_a_new_owner(folder: Path) -> object:
    answers = []
    for mode in (0o4755, 0o2755, 0o2745, 0o6777):
        path = file(folder, mode)
        os.chown(path, BOB.uid, BOB.gid)
        answers.append(facts(path))
        os.chmod(path, mode)
        os.chown(path, -1, -1)
        answers.append(facts(path))
        path.unlink()
    return answers


@probe
def setuid_stays_when_root_writes(folder: Path) -> object:
    path = file(folder, 0o6777)
    with open(path, "r+b") as stream:
        stream.write(b"x")
    return facts(path)


@probe
def setgid_of_a_group_one_is_not_in(folder: Path) -> object:
    path = file(folder, 0o755)
    os.chown(path, ANN.uid, TEAM)
    alone = in_child(lambda: os.chmod("f", 0o2755), folder, ANN), facts(path)
    with_team = User(ANN.uid, ANN.gid, (TEAM,))
    return alone, in_child(lambda: os.chmod("f", 0o2755), folder, with_team), facts(path)


@probe
def supplementary_groups_count(folder: Path) -> object:
    path = _of_the_team(folder)
    return (
        in_child(lambda: write("f"), folder, MEMBER),
        in_child(lambda: os.rename("f", "g"), folder, MEMBER),
        in_child(lambda: os.chown("g", -1, TEAM), folder, User(0, 0)),
        facts(path.with_name("g")),
    )


@probe
def supplementary_groups_count_where_something_is_made(folder: Path) -> object:
    _of_the_team(folder)
    return in_child(make_everything, folder, MEMBER)


def _of_the_team(folder: Path) -> Path:
    os.chown(folder, 0, TEAM)
    os.chmod(folder, 0o770)
    path = file(folder, 0o060)
    os.chown(path, 0, TEAM)
    return path


@probe
def programs_are_run_by_those_who_may(folder: Path) -> object:
    path = file(folder, 0o644)
    path.write_bytes(b"#!/bin/sh\nexit 7\n")
    answers = []
    for mode in (0o644, 0o744, 0o755):
        os.chmod(path, mode)
        for user in (ANN, BOB):
            answers.append(in_child(lambda: os.spawnv(os.P_WAIT, "./f", ["f"]), folder, user))
    return answers


@probe
def a_handle_outlives_its_permission(folder: Path) -> object:
    file(folder, 0o600)

    def work() -> object:
        fd = os.open("f", os.O_RDWR)
        os.chmod("f", 0)
        os.write(fd, b"later")
        os.ftruncate(fd, 3)
        os.fchmod(fd, 0o400)
        return error_of(lambda: os.open("f", os.O_WRONLY)), os.pread(fd, 10, 0), facts(Path("f"))

    return in_child(work, folder, ANN)


def with_root_s_attributes(folder: Path) -> Path:
    path = file(folder, 0o755)
    os.setxattr(path, "trusted.x", b"1")
    os.setxattr(path, "security.capability", struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0))
    return path


@probe
def root_s_own_attributes(folder: Path) -> object:
    path = with_root_s_attributes(folder)
    before = sorted(os.listxattr(path)), os.getxattr(path, "security.capability")
    in_child(lambda: write("f"), folder, ANN)
    refused = in_child(lambda: os.getxattr("f", "trusted.x"), folder, BOB)
    return before, refused, sorted(os.listxattr(path))


@probe
def root_s_own_attributes_are_not_listed_for_others(folder: Path) -> object:
    with_root_s_attributes(folder)
    return in_child(lambda: os.listxattr("f"), folder, BOB)


@probe
def a_capability_is_lost_by_a_new_owner(folder: Path) -> object:
    path = file(folder, 0o755)
    capability = struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0)
    os.setxattr(path, "security.capability", capability)
    os.chown(path, BOB.uid, -1)
    return os.listxattr(path)


# --- access control lists

_ACL_TAGS = {"user": 1, "named": 2, "group": 4, "mask": 16, "other": 32}


def acl(**permissions: int) -> bytes:
    """The kernel's form of a list in which `named` is for Bob."""
    entries = [
        struct.pack("<HHI", _ACL_TAGS[who], may, BOB.uid if who == "named" else 0xFFFFFFFF)
        for who, may in permissions.items()
    ]
    return struct.pack("<I", 2) + b"".join(entries)


def set_acl(path: Path, value: bytes, name: str = ACL) -> object:
    """The outcome. Skips where the plain filesystem has no lists."""
    answer = error_of(lambda: os.setxattr(path, name, value))
    if answer == "EOPNOTSUPP":
        pytest.skip(f"no access control lists at {path}")
    return answer


@probe
def a_list_is_set_and_read(folder: Path) -> object:
    path = file(folder, 0o640)
    given = acl(user=6, named=4, group=4, mask=4, other=0)
    answer = set_acl(path, given)
    return answer, os.listxattr(path), error_of(lambda: os.getxattr(path, ACL)), facts(path)


@probe
def a_list_that_says_no_more_than_the_mode(folder: Path) -> object:
    path = file(folder, 0o777)
    answer = set_acl(path, acl(user=6, group=4, other=0))
    return answer, os.listxattr(path), facts(path)


@probe
def a_broken_list_is_refused(folder: Path) -> object:
    path = file(folder, 0o640)
    return set_acl(path, b"\x02\0\0\0rubbish")


@differs("libfuse2 cannot have the kernel judge by access control lists", ("fuse2",))
def a_list_that_allows_is_honoured(folder: Path) -> object:
    path = file(folder, 0o600)
    set_acl(path, acl(user=6, named=6, group=0, mask=6, other=0))
    return in_child(lambda: Path("f").read_bytes(), folder, BOB)


@differs("libfuse2 cannot have the kernel judge by access control lists", ("fuse2",))
def a_list_that_forbids_is_honoured(folder: Path) -> object:
    path = file(folder, 0o644)
    set_acl(path, acl(user=6, named=0, group=4, mask=4, other=4))
    return in_child(lambda: Path("f").read_bytes(), folder, BOB)


@probe
def a_default_list_is_inherited(folder: Path) -> object:
    os.chmod(folder, 0o777)
    given = acl(user=7, named=5, group=5, mask=5, other=0)
    answer = set_acl(folder, given, DEFAULT_ACL)
    made = in_child(make_everything, folder, ANN)
    names = "file", "folder"
    return answer, made, [sorted(os.listxattr(folder / name)) for name in names]


@probe
def the_mode_follows_the_list_s_mask(folder: Path) -> object:
    path = file(folder, 0o640)
    set_acl(path, acl(user=6, named=6, group=4, mask=6, other=0))
    os.chmod(path, 0o604)
    return facts(path), error_of(lambda: os.getxattr(path, ACL))
