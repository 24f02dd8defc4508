"""Archives, mailboxes, pictures and recordings; and those among them made to hurt."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard
from extracting import place_of, read, texts
from test_indexer_extract import pdf, zipped

from lsfs.indexer.extract import deadline
from lsfs.indexer.extract.mail import sender
from lsfs.indexer.extract.process import ExtractionProcess
from lsfs.records import Place

MEMBERS: dict[str, bytes] = {
    "bees/diary.md": b"# May\n\nThe hive is full.\n",
    "bees/invoice.pdf": pdf(["Forty jars of honey."], "x"),
    "blob.bin": bytes(range(256)),
}


def packed_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    return out.getvalue()


def packed_tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in MEMBERS.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


PACKERS: dict[str, Callable[[], bytes]] = {
    "zip": packed_zip,
    "tar": packed_tar,
    "gz": lambda: gzip.compress(packed_tar()),
    "bz2": lambda: bz2.compress(packed_tar()),
    "xz": lambda: lzma.compress(packed_tar()),
    "zst": lambda: zstandard.compress(packed_tar()),
}


@pytest.mark.parametrize("packer", PACKERS)
def test_archives_one_level_deep(packer: str) -> None:
    extracted = read(PACKERS[packer](), "no extension")
    assert (extracted.type, extracted.status) == ("archive", "ok")
    assert "bees/invoice.pdf" in texts(extracted)[0] and "blob.bin" in texts(extracted)[0]
    assert place_of(extracted, "hive is full") == Place(page=1, heading="bees/diary.md: May")
    assert place_of(extracted, "jars of honey") == Place(page=1, heading="bees/invoice.pdf")


def test_one_packed_file_is_read_under_its_name() -> None:
    extracted = read(gzip.compress(MEMBERS["bees/diary.md"]), "diary.md.gz")
    assert extracted.title == "May"
    assert place_of(extracted, "hive is full") == Place(heading="May")


def test_an_archive_in_an_archive_is_a_name() -> None:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", packed_zip())
    extracted = read(outer.getvalue(), "outer.zip")
    assert texts(extracted) == ["inner.zip"]


def test_a_cut_off_archive_gives_what_there_is() -> None:
    extracted = read(packed_tar()[:1800], "cut.tar")
    assert extracted.reason and "bees/diary.md" in texts(extracted)[0]


def test_locked_members_are_said() -> None:
    data = bytearray(packed_zip())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(magic, at + 1)) >= 0:
            data[at + offset] |= 1
    extracted = read(bytes(data), "locked.zip")
    assert extracted.reason == "3 of 3 members are locked with a password"
    assert "bees/diary.md" in texts(extracted)[0]


def test_mailboxes_by_message() -> None:
    messages = [
        f"From ines@example.org Mon Nov  2 09:0{n}:00 2026\nFrom: Ines <ines@example.org>\n"
        f"Subject: Letter {n}\n\nBody {n}.\nFrom here on, no new message.\n\n"
        for n in range(3)
    ]
    extracted = read("".join(messages).encode(), "no extension")
    assert extracted.type == "email"
    assert place_of(extracted, "Body 2") == Place(page=3, heading="Letter 2")
    assert sum("no new message" in text for text in texts(extracted)) == 3


def test_where_and_when_a_photo_was_taken() -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F], exif[0x010E] = "Pinhole", "The pear tree"
    exif.get_ifd(0x8769)[0x9003] = "2026:05:01 10:11:12"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 15.0), 3: "E", 4: (11.0, 34.0, 30.0)})
    out = io.BytesIO()
    Image.new("RGB", (32, 20)).save(out, "JPEG", exif=exif)
    extracted = read(out.getvalue(), "no extension")
    assert (extracted.title, extracted.created) == ("The pear tree", "2026-05-01T10:11:12")
    assert "taken at 48.1375 N, 11.5750 E" in texts(extracted)[0]


def wav(title: str) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(1000)
        sound.writeframes(b"\x80" * 65_000)
    name = title.encode() + b"\0"
    name += b"\0" * (len(name) % 2)
    chunk = b"INFO" + b"INAM" + struct.pack("<I", len(name)) + name
    data = out.getvalue() + b"LIST" + struct.pack("<I", len(chunk)) + chunk
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def mp3() -> bytes:
    def frame(name: bytes, text: bytes) -> bytes:
        return name + struct.pack(">IH", len(text), 0) + text

    frames = (
        frame(b"TIT2", b"\3Humming") + frame(b"TPE1", b"\3The Bees") + frame(b"TYER", b"\x032021")
    )
    frames += frame(b"USLT", b"\3eng\0we fly over the meadow")
    size = bytes((len(frames) >> shift) & 127 for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frames + (b"\xff\xfb\x90\x64" + b"\0" * 413) * 40


def test_recordings_tell_of_themselves() -> None:
    extracted = read(mp3(), "no extension")
    assert (extracted.type, extracted.title, extracted.author, extracted.created) == (
        "audio", "Humming", "The Bees", "2021",
    )  # fmt: skip
    assert "artist: The Bees" in texts(extracted)[0]
    assert "we fly over the meadow" in texts(extracted)
    sound = read(wav("A minute of hive"), "x.wav")
    assert sound.title == "A minute of hive" and "audio, 1:05" in texts(sound)[0]


def ebml(element: int, data: bytes) -> bytes:
    number = element.to_bytes((element.bit_length() + 7) // 8, "big")
    return number + (0x0100000000000000 | len(data)).to_bytes(8, "big") + data


def test_films_tell_of_themselves() -> None:
    info = ebml(0x7BA9, b"Der Bienenfilm") + ebml(0x4489, struct.pack(">d", 3_723_000.0))
    tag = ebml(0x7373, ebml(0x67C8, ebml(0x45A3, b"DIRECTOR") + ebml(0x4487, b"I. Halvorsen")))
    film = ebml(0x1A45DFA3, b"\x42\x86\x81\1") + ebml(
        0x18538067, ebml(0x1F43B675, b"\0" * 5000) + ebml(0x1549A966, info) + ebml(0x1254C367, tag)
    )
    extracted = read(film, "no extension")
    assert (extracted.type, extracted.title) == ("video", "Der Bienenfilm")
    assert (
        "video, 1:02:03" in texts(extracted)[0] and "director: I. Halvorsen" in texts(extracted)[0]
    )


# -- in the extraction process: what tries to break it ---------------------------------------------


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ExtractionProcess]:
    process = ExtractionProcess(tmp_path, 1 << 30, timeout_s=30)
    yield process
    process.close()


def png_of(width: int, height: int) -> bytes:
    """A picture that claims to be of that size."""
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def pdf_of_pages(count: int) -> bytes:
    """A PDF whose tree of pages leads to one page again and again."""
    kids = b"[" + b"3 0 R " * count + b"]"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids%s>>" % (count, kids),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 4\n0000000000 65535 f \n" + table + trailer


BOMBS: dict[str, Callable[[], bytes]] = {
    "bomb.gz": lambda: gzip.compress(bytes(128 << 20)),
    "bomb.tar.xz": lambda: lzma.compress(tar_of_zeros(128 << 20), preset=0),
    "bomb.zst": lambda: zstandard.compress(bytes(128 << 20)),
    "bomb.zip": lambda: zipped({"zeros": "0" * (100 << 20)}),
    "huge.png": lambda: png_of(60_000, 60_000),
    "cut.xlsx": lambda: zipped({"xl/workbook.xml": "<w/>" * 500, "[Content_Types].xml": "<T/>"})[
        :-9
    ],
    "cut.flac": lambda: b"fLaC\0\0\0\x22" + b"\7" * 9,
    "cut.mkv": lambda: b"\x1aE\xdf\xa3" + b"\xff" * 40,
    "deep.json": lambda: b"[" * 1_000_000,
    "deep.xml": lambda: b"<?xml version='1.0'?>" + b"<a>" * 300_000,
    "pages.pdf": lambda: pdf_of_pages(20_000),
}


def tar_of_zeros(size: int) -> bytes:
    member = tarfile.TarInfo("zeros")
    member.size = size
    return member.tobuf() + bytes(size)


FINE = frozenset({"huge.png", "deep.json", "deep.xml", "pages.pdf"})
"""Of these something can be told, or their text is as it stands."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_one_row(name: str, tmp_path: Path, process: ExtractionProcess) -> None:
    (tmp_path / name).write_bytes(BOMBS[name]())
    (tmp_path / "good.txt").write_text("still here")
    extracted = process.read(name).extracted
    assert extracted is not None
    if name not in FINE:
        assert extracted.status == "failed" and extracted.reason, extracted.reason
        assert "Error" not in extracted.reason or name == "deep.zip"
    assert sum(map(len, texts(extracted))) <= 16 * 2**20
    good = process.read("good.txt").extracted
    assert good is not None and texts(good) == ["still here"]


def test_what_takes_too_long_is_kept_up_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "_ends_at", None)
    deadline.start(0.0)
    try:
        extracted = read(pdf(["one", "two"], "x"), "x.pdf")
    finally:
        monkeypatch.setattr(deadline, "_ends_at", None)
    assert extracted.reason == "only the first 0 of 2 pages were read in the time allowed"


def test_a_sender_is_named_without_quotes() -> None:
    assert sender('"Zhang, Emily" <ez@example.org>') == "Zhang, Emily <ez@example.org>"
    assert sender("Otto <o@example.org>, b@example.org") == "Otto <o@example.org>, b@example.org"
    assert sender("not an address at all") and sender(None) is None
