"""What pictures show and recordings say: real models, made to give one known answer, through the
real worker; sound and films made here."""

from __future__ import annotations

import importlib
import io
import os
import re
import signal
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
from indexing import Indexed
from models import captioner, transcriber
from PIL import Image
from waiting import wait_for

from lsfs.config import IndexerConfig
from lsfs.errors import UnavailableError
from lsfs.indexer import packaged, undescribed
from lsfs.indexer.connection import Connections, writing
from lsfs.indexer.cut import cut
from lsfs.indexer.extract import ocr, sound
from lsfs.indexer.extract.describer import DescribeError, OnDevice
from lsfs.indexer.extract.extracted import Extracted, Span
from lsfs.indexer.extract.process import DescribingProcess
from lsfs.plan import Search
from lsfs.records import Match

RATE = 16_000
needs_media = pytest.mark.skipif(
    not sound.is_installed(), reason="the extra `media` is not installed"
)


@pytest.fixture(scope="module")
def hears(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return transcriber(tmp_path_factory.mktemp("models") / "hears", "rosebud")


@pytest.fixture(scope="module")
def sees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return captioner(tmp_path_factory.mktemp("models") / "sees", "a walrus beside two lanterns")


def samples(length_s: float, *quiet_at: float) -> numpy.ndarray:
    """int16 [n]: a tone, which is silent for .3 s from each of these moments on."""
    tone = numpy.sin(numpy.arange(int(length_s * RATE)) * 2 * numpy.pi * 440 / RATE) * 8000
    for at in quiet_at:
        tone[int(at * RATE) : int((at + 0.3) * RATE)] = 0
    return tone.astype("<i2")


def wav(length_s: float, *quiet_at: float) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples(length_s, *quiet_at).tobytes())
    return made.getvalue()


def encoded(
    container: str, codec: str, length_s: float, layout: str = "stereo", *,
    with_pictures: bool = False,
) -> bytes:  # fmt: skip
    """The tone in another container, maybe under pictures."""
    av: Any = importlib.import_module("av")
    made = io.BytesIO()
    with av.open(made, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48_000, layout=layout)
        if with_pictures:
            film = file.add_stream("mpeg4", rate=5)
            film.width = film.height = 64
            for _ in range(5):
                file.mux(film.encode(av.VideoFrame(64, 64, "yuv420p")))
            file.mux(film.encode(None))
        frame = av.AudioFrame.from_ndarray(samples(length_s)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(
            stream.format, stream.layout, 48_000, stream.frame_size or None
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return made.getvalue()


def picture(colour: str = "red", side: int = 64) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(made, "PNG")
    return made.getvalue()


def heard(home: Indexed, path: str, query: str = "rosebud") -> list[Match]:
    hits = home.index.search(Search(query=query, mode="lexical", limit=50)).hits
    return [match for hit in hits if hit.path == path for match in hit.matches]


def documents(home: Indexed) -> dict[str, tuple[str, str | None, str]]:
    """path -> status, reason, name of the model."""
    rows = home.rows("SELECT path, status, reason, described FROM documents")
    return {os.fsdecode(path): (status, why, Path(by).name) for path, status, why, by in rows}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, hears: Path, sees: Path) -> Iterator[Indexed]:
    """A folder of every sort, described."""
    root = tmp_path_factory.mktemp("home")
    with Indexed(root, transcriber=str(hears), captioner=str(sees)) as indexed:
        indexed.write("note.txt", "A note on something else.")
        indexed.write("talk.wav", wav(70, 24, 51))
        indexed.write("red.png", picture())
        indexed.write("icon.png", picture(side=8))
        if sound.is_installed():
            indexed.write("song.ogg", encoded("ogg", "libopus", 3))
            indexed.write("film.mp4", encoded("mp4", "aac", 3, with_pictures=True))
            indexed.write("film.mkv", encoded("matroska", "aac", 3, with_pictures=True))
            indexed.write("film.avi", encoded("avi", "mp2", 3, with_pictures=True))
        indexed.write("silence.wav", wav(2)[:44] + bytes(2 * 2 * RATE))
        indexed.write("broken.wav", wav(3)[:40])
        indexed.write("broken.png", picture()[:60])
        indexed.write("list.mp3", b"#EXTM3U\n#EXTINF:1,\ntalk.wav\n")
        indexed.settle()
        yield indexed


@needs_media
def test_a_recording_is_found_by_what_it_says_with_its_time(home: Indexed) -> None:
    matches = heard(home, "talk.wav")
    assert {match.text for match in matches} == {"rosebud"}
    # each window ends where it is quiet, and no word is cut
    seconds = [match.place.seconds or 0.0 for match in matches]
    assert all(24 < at < 24.3 or 51 < at < 51.3 or not at for at in seconds)
    text = home.index.rendered("talk.wav")
    assert text is not None
    assert text.count("rosebud") == 3
    assert "[0:00]" in text and "[0:24]" in text and "[0:51]" in text
    assert "audio, 1:10" in text, "what its tags say is still there"
    for path in ("song.ogg", "film.mp4", "film.mkv", "film.avi"):
        (match,) = heard(home, path)
        assert match.place.seconds == 0, path


def test_a_picture_is_found_by_what_it_shows(home: Indexed) -> None:
    (match,) = heard(home, "red.png", "lanterns")
    assert "a walrus beside two lanterns" in match.text and "64 x 64 pixels" in match.text
    assert heard(home, "icon.png", "lanterns") == []
    assert heard(home, "note.txt", "walrus") == []


def test_what_cannot_be_seen_or_heard_is_listed_once(home: Indexed) -> None:
    told = {path: (status, reason) for path, status, reason in home.index.failed()}
    assert told.pop("broken.png")[0] == "failed"
    if sound.is_installed():
        status, reason = told.pop("broken.wav")
        assert status == "failed" and reason.startswith("its sound cannot be decoded: invalid")
    assert told == {}, "silence is no failure"
    assert heard(home, "silence.wav") == []
    known = documents(home)
    assert known["note.txt"][2] == known["list.mp3"][2] == "", "no model was asked"
    if sound.is_installed():
        assert home.index.coverage().undescribed == 0
        assert known["broken.wav"][2] == known["silence.wav"][2] == "hears"


def test_torch_is_in_no_process_but_that_of_the_model(home: Indexed) -> None:
    home.found("else")
    reading = set(processes(worker(home), "extract.child"))
    having = processes(worker(home), "indexer.captioner")
    having += processes(worker(home), "indexer.transcriber")
    assert reading - set(having)
    for pid in {worker(home), *reading} - set(having):
        assert "libtorch" not in Path(f"/proc/{pid}/maps").read_text()


def worker(home: Indexed) -> int:
    link = home.index._link
    assert link is not None and link.is_alive()
    return link.pid


def processes(parent: int, *parts: str) -> list[int]:
    """The children of a process whose command line has all these parts."""
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for pid in (task / "children").read_text().split():
            if not Path(f"/proc/{pid}/cmdline").exists():
                continue
            told = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
            found += [int(pid)] if all(part in told for part in parts) else []
    return found


def chunks(home: Indexed) -> list[tuple[object, ...]]:
    return home.rows("SELECT id, entry, text FROM chunks ORDER BY id")


def test_a_worker_that_is_killed_goes_on_and_text_is_not_kept_waiting(
    tmp_path: Path, sees: Path
) -> None:
    with Indexed(tmp_path, captioner=str(sees)) as home:
        for number, colour in enumerate(("red", "green", "blue")):
            home.write(f"{colour}.png", picture(colour), mtime=1_700_000_000 + number)
        home.core.observer.scan()
        home.index.nudge()
        (process,) = wait_for(lambda: processes(worker(home), "captioner"), 60)
        home.write("note.txt", "A note on hedgehogs.")
        home.core.observer.scan()
        home.index.nudge()
        wait_for(lambda: home.found("hedgehogs", mode="lexical") == ["note.txt"], 30)
        assert home.index.coverage().undescribed, "they are found while the model is loaded"
        assert home.found("red pixels", mode="lexical")[0] == "red.png"
        os.kill(worker(home), signal.SIGKILL)
        wait_for(lambda: not Path(f"/proc/{process}/maps").exists() or is_over(process), 30)
        home.settle()
        assert {path: by for path, (_, _, by) in documents(home).items()} == {
            "blue.png": "sees", "green.png": "sees", "red.png": "sees", "note.txt": "",
        }  # fmt: skip
        before = chunks(home)
        os.rename(home.root / "red.png", home.root / "rouge.png")
        home.settle()
        assert documents(home)["rouge.png"][2] == "sees" and chunks(home) == before
        assert home.found("lanterns", mode="lexical", path="r*")[:1] == ["rouge.png"]


def is_over(pid: int) -> bool:
    """Whether a process has ended, though nobody may have waited for it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@needs_media
def test_another_model_describes_again_what_concerns_it(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, hears: Path, sees: Path
) -> None:
    with Indexed(tmp_path, transcriber=str(hears), captioner=str(sees)) as home:
        home.write("talk.wav", wav(3))
        home.write("red.png", picture())
        home.settle()
        seen = home.rows("SELECT id FROM chunks WHERE text LIKE '%lanterns%'")
        assert heard(home, "talk.wav")
    other = transcriber(tmp_path_factory.mktemp("models") / "other", "xanadu")
    with Indexed(tmp_path, transcriber=str(other), captioner=str(sees)) as home:
        home.index.start()
        wait_for(lambda: home.index.coverage().undescribed == 1, 30)
        assert heard(home, "talk.wav"), "the old text answers meanwhile"
        home.settle()
        assert heard(home, "talk.wav") == [] and heard(home, "talk.wav", "xanadu")
        assert home.rows("SELECT id FROM chunks WHERE text LIKE '%lanterns%'") == seen
    with Indexed(tmp_path, device="cpu", transcriber="", captioner="/no/such") as home:
        home.settle()
        assert heard(home, "talk.wav", "xanadu"), "without a model what is there stays"
        (failure,) = home.index.undescribable()
        assert failure == "indexer.captioner /no/such: there is no such directory"
        assert home.index.coverage().undescribed == 1
        assert home.index.progress()["stage"] == "done"
        assert heard(home, "red.png", "lanterns")
        home.write("blue.png", picture("blue"))
        home.settle()
        assert home.found("blue pixels", mode="lexical")[0] == "blue.png"
        told = (home.config.log_directory / "worker.log").read_text()
        assert told.count(failure) == 1, "it is not tried for each file"


def test_who_waits_is_let_go_when_lsfs_ends(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("note.txt", "A note.")
        home.core.observer.scan()
        home.index.hasten()
        with pytest.raises(UnavailableError, match="stopped before everything was indexed"):
            home.index.drain()


@pytest.fixture
def settings(hears: Path, sees: Path) -> IndexerConfig:
    return IndexerConfig(
        captioner=str(sees), transcriber=str(hears), describe_timeout_s=4, device="cpu",
        parse_memory_bytes=200 << 20,
    )  # fmt: skip


def process_of(root: Path, config: IndexerConfig, name: str) -> DescribingProcess:
    return DescribingProcess(root, config, f"indexer.{name}", getattr(config, name))


@needs_media
def test_of_a_long_recording_the_beginning_is_kept(tmp_path: Path, settings: IndexerConfig) -> None:
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * (8000 * 7200 // 256))
    process = process_of(tmp_path, settings, "transcriber")
    try:
        reading = process.read("long.wav").extracted
    finally:
        process.close()
    assert reading is not None and reading.status == "ok" and reading.reason is not None
    *_, last = reading.spans
    assert last.text == "rosebud" and last.place.seconds is not None
    done = re.fullmatch(r"only the first (\d+:\d\d) of 2:00:00 are transcribed", reading.reason)
    assert done is not None
    assert last.place.seconds < clock_s(done[1]) <= last.place.seconds + 31


def clock_s(text: str) -> int:
    minutes, seconds = text.split(":")
    return int(minutes) * 60 + int(seconds)


def test_a_hostile_picture_stays_within_the_limits(tmp_path: Path, settings: IndexerConfig) -> None:
    Image.new("1", (8900, 8900)).save(tmp_path / "huge.png")
    process = process_of(tmp_path, settings, "captioner")
    try:
        huge = process.read("huge.png").extracted
        assert huge is not None
        assert (huge.status, huge.reason) == ("failed", "needs more memory than a parse may use")
    finally:
        process.close()


@pytest.mark.parametrize(("setting", "told"), [
    ("captioner", "indexer.captioner {model}: cannot be loaded: "),
    ("transcriber", "indexer.transcriber {model}: cannot be loaded: "),
])  # fmt: skip
def test_a_model_of_another_kind_is_refused(
    tmp_path: Path, settings: IndexerConfig, setting: str, told: str
) -> None:
    if setting == "transcriber" and not sound.is_installed():
        told = "indexer.transcriber {model}: no recording can be decoded: install lsfs[media]"
    model = str(packaged.model_directory())
    config = settings.model_copy(update={setting: model})
    process = process_of(tmp_path, config, setting)
    (tmp_path / "red.png").write_bytes(picture())
    with pytest.raises(UnavailableError, match=re.escape(told.format(model=model))):
        process.read("red.png")


@needs_media
def test_a_recording_opens_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(wav(1))
    name = tmp_path / "secret.wav"
    for text in (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{name}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile {name}\n",
        f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\na={name}\n",
    ):
        with pytest.raises(sound.SoundError):
            list(sound.Sound(io.BytesIO(text.encode()), RATE).windows())


def test_where_the_gpu_is_full_the_cpu_goes_on() -> None:
    """As far as it can be tried without a GPU: what it would say is said here."""
    import torch

    on = OnDevice(lambda dtype: torch.nn.Linear(2, 2, dtype=dtype), "cpu")
    on.device = "cuda"
    tries: list[str] = []

    def act() -> float:
        tries.append(on.device)
        if on.device != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return float(on.model(torch.ones(2)).sum())

    assert isinstance(on.run(act), float) and tries == ["cuda", "cpu"]
    with pytest.raises(DescribeError, match="the model failed: ValueError: odd"):
        on.run(lambda: (_ for _ in ()).throw(ValueError("odd")))


def test_what_was_read_without_recognition_is_read_again_with_it(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("red.png", picture())
        home.write("note.txt", "A note.")
        home.settle()
        ((is_there,),) = home.rows("SELECT value FROM meta WHERE key = 'indexer.ocr'")
        assert is_there == ("yes" if ocr.is_installed() else "no")
        home.index.close()
        with home.core.catalog.atomic():
            home.core.catalog.execute("UPDATE meta SET value = 'no' WHERE key = 'indexer.ocr'")
            home.core.catalog.execute("UPDATE documents SET language = 'xx'")
    with Indexed(tmp_path) as home:
        home.settle()
        known = dict(home.rows("SELECT path, language FROM documents"))
    assert known == {b"note.txt": "xx", b"red.png": None if ocr.is_installed() else "xx"}


@needs_media
def test_joined_recordings_are_heard_to_the_end() -> None:
    joined = encoded("mp3", "libmp3lame", 3, "mono") + encoded("mp3", "libmp3lame", 10, "stereo")
    windows = list(sound.Sound(io.BytesIO(joined), RATE).windows())
    assert 12.9 < sum(len(window.samples) for window in windows) / RATE < 13.3


def test_what_was_read_at_another_path_is_not_kept(tmp_path: Path) -> None:
    """While the model is loaded, another file may take the place of the one that was chosen."""
    with Indexed(tmp_path) as home:
        home.write("a.png", picture())
        home.settle()
        connection = Connections(home.config.catalog_file).get()
        by = undescribed.Describer("indexer.captioner", "model", ("image",))
        job = undescribed.following(connection, by)
        assert job is not None and job.path == "a.png"
        assert undescribed.following(connection, by, {(job.entry, "a.png")}) is None
        told = Extracted("image", (Span("what another file shows"),))
        (tmp_path / "a.png").rename(tmp_path / "b.png")
        home.settle()
        with writing(connection):
            assert undescribed.save(connection, job, (told, cut(told)), by.model) == []
        again = undescribed.following(connection, by)
        assert again is not None and again.path == "b.png"
        assert not home.found("another")
        with writing(connection):
            undescribed.save(connection, again, (told, cut(told)), by.model)
        assert undescribed.following(connection, by) is None
        assert "b.png" in home.found("another")
