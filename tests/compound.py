"""A writer of compound files (MS-CFB): what Word, Excel, PowerPoint and Outlook saved before 2007,
and Outlook still does. Small ones only: one sector of the allocation table, so 64 KB."""

from __future__ import annotations

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _MINI = 512, 64
Tree = dict[str, "bytes | Tree"]


def compound(tree: Tree) -> bytes:
    """The bytes of a compound file with these streams, and storages of streams."""
    entries: list[list[object]] = [["Root Entry", 5, _FREE, b""]]  # name, kind, child, content
    siblings: dict[int, int] = {}
    _add(tree, 0, entries, siblings)
    mini, mini_fat = b"", []
    starts: dict[int, int] = {}
    for number, (_, kind, _, content) in enumerate(entries):
        assert isinstance(content, bytes)
        if kind == 2 and 0 < len(content) < 4096:
            starts[number] = len(mini) // _MINI
            count = -(-len(content) // _MINI)
            mini_fat += [*range(starts[number] + 1, starts[number] + count), _END]
            mini += content.ljust(count * _MINI, b"\0")
    fat: list[int] = [_FAT]
    sectors = [b""]

    def put(data: bytes) -> int:
        start, count = len(sectors), max(1, -(-len(data) // _SECTOR))
        sectors.extend(data[n * _SECTOR :][:_SECTOR].ljust(_SECTOR, b"\0") for n in range(count))
        fat.extend([*range(start + 1, start + count), _END])
        return start

    entries[0][3] = mini
    starts[0] = put(mini) if mini else _END
    for number, (_, kind, _, content) in enumerate(entries):
        if kind == 2 and isinstance(content, bytes) and len(content) >= 4096:
            starts[number] = put(content)
    mini_start = put(_words(mini_fat)) if mini_fat else _END
    directory = b"".join(
        _entry(entry, siblings.get(number, _FREE), starts.get(number, 0))
        for number, entry in enumerate(entries)
    )
    count = -(-len(directory) // _SECTOR) * 4 - len(entries)
    directory_start = put(directory + (b"\0" * 68 + struct.pack("<III", _FREE, _FREE, _FREE)
                                       + b"\0" * 48) * count)  # fmt: skip
    assert len(fat) <= 128
    sectors[0] = _words(fat)
    mini_sectors = -(-len(mini_fat) * 4 // _SECTOR)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, directory_start, 0, 4096,
        mini_start, mini_sectors, _END, 0,
    )  # fmt: skip
    return (header + struct.pack("<I", 0)).ljust(_SECTOR, b"\xff") + b"".join(sectors)


def _add(tree: Tree, parent: int, entries: list[list[object]], siblings: dict[int, int]) -> None:
    """Children in the order of MS-CFB, each the right sibling of the one before."""
    before: int | None = None
    for name in sorted(tree, key=lambda name: (len(name), name.upper())):
        content = tree[name]
        number = len(entries)
        if isinstance(content, bytes):
            entries.append([name, 2, _FREE, content])
        else:
            entries.append([name, 1, _FREE, b""])
            _add(content, number, entries, siblings)
        if before is None:
            entries[parent][2] = number
        else:
            siblings[before] = number
        before = number


def _entry(entry: list[object], right: int, start: int) -> bytes:
    name, kind, child, content = entry
    assert isinstance(name, str) and isinstance(content, bytes)
    encoded = name.encode("utf-16-le") + b"\0\0"
    return encoded.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIII", len(encoded), kind, 1, _FREE, right, child, start, len(content), 0
    )


def _words(values: list[int]) -> bytes:
    data = b"".join(struct.pack("<I", value) for value in values)
    return data.ljust(-(-len(data) // _SECTOR) * _SECTOR, b"\xff")
