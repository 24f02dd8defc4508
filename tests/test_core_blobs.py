"""The content store: bytes by their hash, each kept once, large ones in parts."""

from __future__ import annotations

import io
import os
import random
import tracemalloc
from pathlib import Path
from typing import BinaryIO, cast

import pytest
import zstandard
from blake3 import blake3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsfs.blobs import BLOCK_BYTES, HUGE_BYTES, PART_BYTES, WHOLE_BYTES, BlobStore, hash_stream

LARGE = 3 * WHOLE_BYTES


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def read(store: BlobStore, digest: str) -> bytes:
    with store.open(digest) as stream:
        return stream.read()


def text(size: int, seed: int = 1) -> bytes:
    """What compresses as prose does."""
    chance = random.Random(seed)
    words = [f"word{chance.randrange(2000)}" for _ in range(size // 6)]
    return " ".join(words).encode()[:size]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.sampled_from([0, 1, 64, 65, WHOLE_BYTES - 1, WHOLE_BYTES, WHOLE_BYTES + 1, LARGE]),
    random_bytes=st.booleans(),
)
def test_what_is_put_comes_back(store: BlobStore, size: int, random_bytes: bool) -> None:
    data = os.urandom(size) if random_bytes else text(size)
    digest = store.put(io.BytesIO(data))
    assert digest == blake3(data).hexdigest()
    assert store.contains(digest) and store.is_right(digest)
    assert read(store, digest) == data
    assert bool(store.parts_of(digest)) == (len(data) > WHOLE_BYTES)


def test_it_can_be_read_a_little_at_a_time(store: BlobStore) -> None:
    data = text(LARGE)
    digest = store.put(io.BytesIO(data))
    with store.open(digest) as stream:
        found = b""
        while piece := stream.read(10_007):
            found += piece
    assert found == data


def test_a_small_change_of_a_large_file_costs_a_part_or_two(store: BlobStore) -> None:
    data = text(2 << 20)
    store.put(io.BytesIO(data))
    before = set(store.files())
    changed = data[:1_000_000] + b"an insertion" + data[1_000_000:]
    store.put(io.BytesIO(changed))
    added = [file for _, file in set(store.files()) - before]
    assert len(added) <= 4  # the list of parts among them
    assert sum(file.stat().st_size for file in added) < 6 * PART_BYTES


def test_the_same_bytes_are_kept_once(store: BlobStore) -> None:
    for data in (text(1000), text(LARGE), bytes(LARGE)):
        store.put(io.BytesIO(data))
        before = store.stored_bytes()
        store.put(io.BytesIO(data))
        assert store.stored_bytes() == before
    assert store.stored_bytes() < 2 * LARGE  # zeros are one part, again and again


def test_putting_and_reading_take_bounded_memory(store: BlobStore, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        for number in range(40):
            file.write(text(1 << 20, number))
    tracemalloc.start()
    try:
        with large.open("rb") as file:
            digest = store.put(file)
        with store.open(digest) as stream:
            while stream.read(BLOCK_BYTES):
                pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 << 20


def test_a_huge_file_is_cut_into_larger_parts(store: BlobStore, tmp_path: Path) -> None:
    film = tmp_path / "film"
    with film.open("wb") as file:
        file.write(os.urandom(8 << 20))
        file.truncate(HUGE_BYTES)
    with film.open("rb") as file:
        parts = store.parts_of(store.put(file))
    assert len(parts) < HUGE_BYTES / PART_BYTES / 4
    assert len(set(parts)) < 40  # the hole is one part many times


def test_a_full_disk_leaves_no_list_of_parts_that_are_not_there(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ending(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 2 * WHOLE_BYTES:
                raise OSError(28, "No space left on device")
            return super().read(size)

    data = os.urandom(LARGE)
    with pytest.raises(OSError, match="No space"):
        store.put(cast(BinaryIO, Ending(data)))
    assert not store.contains(blake3(data).hexdigest())
    digest = store.put(io.BytesIO(data))
    assert store.is_right(digest)


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_part_is_damage_of_the_whole(store: BlobStore, damage: str) -> None:
    digest = store.put(io.BytesIO(text(LARGE)))
    part = dict(store.files())[store.parts_of(digest)[3]]
    if damage == "gone":
        part.unlink()
    else:
        part.chmod(0o600)
        part.write_bytes(part.read_bytes()[:-10])
    assert store.contains(digest)
    assert not store.is_right(digest)
    with pytest.raises((OSError, zstandard.ZstdError, AssertionError)):
        assert blake3(read(store, digest)).hexdigest() == digest


def sparse(file: Path) -> None:
    """2 GiB, of which a few KiB are data: at the start, in the middle, at no round place."""
    with file.open("wb") as stream:
        stream.write(text(WHOLE_BYTES // 2))
        stream.seek((1 << 30) + 12345)
        stream.write(b"in the middle")
        stream.truncate(2 << 30)


def bytes_read() -> int:
    """How much this process has read so far."""
    told = Path("/proc/self/io").read_text(encoding="ascii")
    return int(told.partition("rchar: ")[2].split()[0])


def test_holes_are_not_read(store: BlobStore, tmp_path: Path) -> None:
    file = tmp_path / "disk.img"
    sparse(file)

    with file.open("rb") as stream:
        before = bytes_read()
        digest = store.put(stream)
        assert bytes_read() - before < 100 << 20
    assert store.stored_bytes() < 1 << 20
    with file.open("rb") as expected, store.open(digest) as found:
        assert digest == hash_stream(expected)
        expected.seek(0)
        while block := expected.read(BLOCK_BYTES):
            assert found.read(BLOCK_BYTES) == block
        assert not found.read(1)
