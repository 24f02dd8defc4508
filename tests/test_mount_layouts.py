"""What mount/libfuse.py believes of C, held against C: a program compiled here says what is so."""

from __future__ import annotations

import ctypes
import functools
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lsfs.mount import identity, keep, libc, libfuse, session

INCLUDES = """
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/fs.h>
#include <fuse.h>
#include <fuse_lowlevel.h>
"""
API_VERSIONS = {2: 29, 3: 31}
PACKAGES = {2: "fuse", 3: "fuse3"}
MAJORS = (2, 3)

Answers = dict[str, int]
each_major = pytest.mark.parametrize("major", MAJORS)


@functools.cache
def library(major: int) -> libfuse.Library:
    return libfuse.load("fuse3" if major == 3 else "fuse2")


def compiled(major: int, folder: Path, body: str) -> list[str]:
    """The lines that a C program of `body` prints."""
    asked = ["pkg-config", "--cflags", PACKAGES[major]]
    flags = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    source = folder / f"layouts-{major}.c"
    source.write_text(f"#define FUSE_USE_VERSION {API_VERSIONS[major]}{INCLUDES}{body}", "utf-8")
    program = source.with_suffix("")
    made = subprocess.run(
        ["gcc", "-Werror", "-w", "-Werror=int-conversion", *flags, str(source), "-o", str(program)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()


def values(major: int, folder: Path, expressions: Iterable[str]) -> Answers:
    """Integer expressions of C, and what they are."""
    lines = [f'printf("%s=%lld\\n", {json.dumps(one)}, (long long)({one}));' for one in expressions]
    found = compiled(major, folder, "int main(void) {\n" + "\n".join(lines) + "\nreturn 0; }\n")
    return {name: int(value) for name, _, value in (line.rpartition("=") for line in found)}


def layout(structure: str, fields: Mapping[str, str]) -> list[str]:
    """The size of a struct, and where those of its fields are that Python names otherwise."""
    return [
        f"sizeof({structure})", *(f"offsetof({structure}, {name})" for name in fields.values())
    ]  # fmt: skip


def expected(structure: str, fields: Mapping[str, str], ours: Any) -> Answers:
    """The same, as ctypes has it."""
    offsets = {
        f"offsetof({structure}, {name})": getattr(ours, own).offset for own, name in fields.items()
    }
    return {f"sizeof({structure})": ctypes.sizeof(ours), **offsets}


@pytest.fixture(autouse=True)
def compiler(compiler_required: None, fuse_required: None) -> None:
    """What all tests here need."""


def same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


STAT = {
    **same("st_ino", "st_nlink", "st_mode", "st_uid", "st_gid", "st_rdev", "st_size", "st_blocks"),
    "st_atimespec": "st_atim", "st_mtimespec": "st_mtim", "st_ctimespec": "st_ctim",
}  # fmt: skip
CONTEXT = {**same("fuse", "uid", "gid", "pid", "umask"), "private": "private_data"}
BUFFER = {**same("size", "flags", "fd"), "memory": "mem", "position": "pos"}
VECTOR = {**same("count"), "index": "idx", "offset": "off", "first": "buf"}
ARGUMENTS = same("argc", "argv", "allocated")
CONNECTION_2 = {
    **same("async_read", "max_write", "max_readahead", "capable", "want"),
    "major": "proto_major", "minor": "proto_minor",
}  # fmt: skip
CONFIG = same("use_ino", "auto_cache", "entry_timeout", "attr_timeout", "kernel_cache")


def structures(major: int) -> list[tuple[str, Mapping[str, str], Any]]:
    """C's name of each struct, its fields (our name -> C's), and our struct."""
    known = library(major)
    both: list[tuple[str, Mapping[str, str], Any]] = [
        ("struct stat", STAT, known.stat),
        ("struct fuse_context", CONTEXT, libfuse.Context),
        ("struct fuse_args", ARGUMENTS, libfuse.Arguments),
        ("struct fuse_file_info", same("flags", "fh", "lock_owner"), known.file_info),
        ("struct fuse_bufvec", VECTOR, libfuse.BufferVector),
        ("struct fuse_buf", BUFFER, libfuse.Buffer),
    ]
    if major == 2:
        return [*both, ("struct fuse_conn_info", CONNECTION_2, libfuse.ConnectionInfo2)]
    wants = same("max_write", "want", "capable")
    return [
        *both,
        ("struct fuse_conn_info", wants, known.binding.fuse_conn_info),
        ("struct fuse_config", CONFIG, known.binding.fuse_config),
    ]


GROWN = {"struct fuse_buf": 8, "struct fuse_bufvec": 8}
"""Bytes that ours have more: a field that came with libfuse 3.17, which others do not look at."""
BEGUN = {"struct fuse_conn_info", "struct fuse_config"}
"""Ours end sooner: only ever laid over what libfuse has made."""


@each_major
def test_structs_are_as_c_has_them(major: int, tmp_path: Path) -> None:
    wanted: Answers = {}
    for structure, fields, ours in structures(major):
        wanted |= expected(structure, fields, ours)
    found = values(major, tmp_path, wanted)
    for structure, more in GROWN.items():
        name = f"sizeof({structure})"
        assert wanted.pop(name) - found.pop(name) in (0, more)
    for structure in BEGUN | {"struct stat"}:
        name = f"sizeof({structure})"
        assert wanted.pop(name, 0) <= found.pop(name, 0)
    assert found == wanted


@each_major
def test_a_stat_made_by_us_is_whole(major: int, tmp_path: Path) -> None:
    """readdir makes one, and libfuse copies all that C knows of it."""
    size = "sizeof(struct stat)"
    (whole,) = values(major, tmp_path, [size]).values()
    assert whole <= max(libfuse.STAT_BYTES, ctypes.sizeof(library(major).stat))


@each_major
def test_the_table_of_operations_has_c_s_order(major: int, tmp_path: Path) -> None:
    order = libfuse.ORDER_3 if major == 3 else libfuse.ORDER_2
    places = {name: 8 * place for place, name in enumerate(order) if name != "FLAGS"}
    wanted = {f"offsetof(struct fuse_operations, {name})": at for name, at in places.items()}
    size = "sizeof(struct fuse_operations)"
    found = values(major, tmp_path, [*wanted, size])
    assert found.pop(size) >= 8 * len(order)  # later libraries have more at the end
    assert found == wanted


@each_major
def test_callbacks_take_and_return_what_c_passes(major: int, tmp_path: Path) -> None:
    """A call with our arguments compiles; a pointer is no integer there, nor the reverse."""
    order = libfuse.ORDER_3 if major == 3 else libfuse.ORDER_2
    wanted = {}
    for name, (result, *arguments) in libfuse.prototypes(major).items():
        if name in order:
            given = ", ".join(map(_c_value, arguments))
            wanted[f"sizeof(operations->{name}({given}))"] = ctypes.sizeof(result)
    lines = [
        f"printf(\"%zu\\n\", {call});" for call in wanted
    ]  # fmt: skip
    body = "struct fuse_operations *operations;\nint main(void) {\n" + "\n".join(lines) + "\n}\n"
    found = map(int, compiled(major, tmp_path, body))
    assert dict(zip(wanted, found, strict=True)) == wanted


def _c_value(kind: Any) -> str:
    is_pointer = kind in (ctypes.c_char_p, ctypes.c_void_p) or hasattr(kind, "_flags_")
    return "(void *)0" if is_pointer else f"(__INT{8 * ctypes.sizeof(kind)}_TYPE__)1"


BIT_FIELDS = ("direct_io", "keep_cache", "flush", "nonseekable", "flock_release")
PRINT_BITS = """
#define SHOW(field) memset(&info, 0, sizeof info); info.field = 1; \\
  for (size_t at = 0; at < sizeof info; at++) printf("%02x", ((unsigned char *)&info)[at]); \\
  printf("\\n");
"""


@each_major
def test_bit_fields_of_open_files_are_where_c_has_them(major: int, tmp_path: Path) -> None:
    shown = "\n".join(f"SHOW({name})" for name in BIT_FIELDS)
    body = f"{PRINT_BITS}int main(void) {{ struct fuse_file_info info;\n{shown}\nreturn 0; }}\n"
    ours = []
    for name in BIT_FIELDS:
        info = library(major).file_info()
        setattr(info, name, 1)
        ours.append(bytes(info).hex())
    assert compiled(major, tmp_path, body) == ours


def test_flags_in_the_table_of_libfuse2(tmp_path: Path) -> None:
    """The word after `bmap`: paths may be NULL, utimens knows UTIME_OMIT."""
    body = """int main(void) { struct fuse_operations table; unsigned word;
      memset(&table, 0, sizeof table);
      table.flag_nullpath_ok = table.flag_utime_omit_ok = 1;
      memcpy(&word, (char *)&table.bmap + sizeof table.bmap, sizeof word);
      printf("%u\\n", word); return 0; }\n"""
    assert compiled(2, tmp_path, body) == [str(libfuse.FLAGS_2)]


CONSTANTS = {
    "AT_FDCWD": libc.AT_FDCWD,
    "AT_SYMLINK_NOFOLLOW": libc.AT_SYMLINK_NOFOLLOW,
    "RENAME_EXCHANGE": libc.RENAME_EXCHANGE,
    "MNT_DETACH": libc.MNT_DETACH,
    "FICLONE": keep._FICLONE,
    "FUSE_CAP_ASYNC_READ": session.ASYNC_READ,
    "FUSE_CAP_ATOMIC_O_TRUNC": session.ATOMIC_O_TRUNC,
    "FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE | FUSE_CAP_SPLICE_READ": session.SPLICES,
    "FUSE_CAP_DONT_MASK": session.DONT_MASK,
    "FUSE_CAP_IOCTL_DIR": session.IOCTL_DIR,
    "FUSE_BUF_IS_FD": libfuse._BUFFER_IS_DESCRIPTOR,
    "FUSE_BUF_FD_SEEK": libfuse._BUFFER_SEEKS,
    "sizeof(off_t)": 8,
    "sizeof(dev_t)": 8,
    "sizeof(mode_t)": 4,
    "sizeof(struct timespec)": 16,
    "offsetof(struct timespec, tv_nsec)": 8,
}
CONSTANTS_OF = {
    2: {"FUSE_CAP_BIG_WRITES": session.BIG_WRITES},
    3: {
        "FUSE_CAP_POSIX_ACL": session.POSIX_ACL,
        "FUSE_CAP_READDIRPLUS | FUSE_CAP_READDIRPLUS_AUTO": session.READDIRPLUS,
        "FUSE_CAP_PARALLEL_DIROPS": session.PARALLEL_DIROPS,
    },
}


@each_major
def test_constants_are_c_s(major: int, tmp_path: Path) -> None:
    wanted = CONSTANTS | CONSTANTS_OF[major]
    assert values(major, tmp_path, wanted) == wanted


def test_the_numbers_of_mkdir_are_the_kernel_s(tmp_path: Path) -> None:
    known = identity._MKDIR_CALLS.get(platform.machine())
    if known is None:
        pytest.skip(f"none known for {platform.machine()}, where /proc/PID/comm is asked")
    names = ("SYS_mkdir", "SYS_mkdirat")[2 - len(known) :]
    assert tuple(values(3, tmp_path, names).values()) == known


def test_a_wrong_belief_is_found(tmp_path: Path) -> None:
    assert values(2, tmp_path, ["offsetof(struct fuse_operations, open)"]) != {
        "offsetof(struct fuse_operations, open)": 8 * libfuse.ORDER_2.index("read")
    }
    assert shutil.which("gcc") is not None
    assert os.access(tmp_path / "layouts-2", os.X_OK)
