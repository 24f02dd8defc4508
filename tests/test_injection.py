"""What a file says is never an instruction: as a name, as contents, as metadata, as a hit, in a
summary, in a group, and in what a language model is shown and answers."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from endpoint import Answer, Endpoint
from faces import lsfs, on_terminal

import lsfs as product

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEXTS: list[str] = tomllib.loads(
    (Path(__file__).parent / "data" / "injections.toml").read_text(encoding="utf-8")
)["texts"]
TOPIC = "The quarterly aqueduct survey of the lower valley is due."
CANARY = "zanzibar-4711"


def _name(text: str) -> str:
    """The text as a file's name, as far as a name can hold it."""
    cut = text.replace("/", "∕").replace("\0", "").encode()[:200].decode("utf-8", "ignore")
    return f"{cut}.txt"


def _document(path: Path, text: str) -> None:
    """A .docx whose author, title and body are that text."""
    said = re.sub(r"[\x00-\x08\x0b-\x1f]", "", text)
    document = docx.Document()
    document.add_paragraph(f"{TOPIC} {said}")
    document.core_properties.author = document.core_properties.title = said[:255]
    document.save(str(path))


def _make(root: Path) -> None:
    for folder in ("victim", "mail", "names", "documents"):
        (root / folder).mkdir()
    (root / "victim" / "plan.md").write_text(f"# Plan\n\nKeep this. {CANARY}\n")
    (root / "victim" / "secrets.txt").write_text("A poem about the sea.\n")
    for number, text in enumerate(TEXTS):
        (root / "mail" / f"mail-{number:02}.txt").write_text(f"{TOPIC}\n\n{text}\n\n{CANARY}\n")
        (root / "names" / _name(text)).write_text(f"{TOPIC} Number {number}.\n")
        _document(root / "documents" / f"report-{number:02}.docx", text)


def _state(root: Path) -> dict[str, str]:
    """Every file with what it holds."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".lsfs" not in path.parts
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("injected")
    _make(root)
    assert lsfs("init", cwd=root).returncode == 0
    assert lsfs("index", "-q", cwd=root).returncode == 0
    return root


@pytest.fixture
def untouched(root: Path) -> Iterator[Path]:
    """The root, which is as before when the test has ended, with nothing done to it."""
    before, done = _state(root), _log(root)
    yield root
    assert _state(root) == before
    assert _log(root) == done


def _log(root: Path) -> list[object]:
    with product.open(root) as fs:
        return [row["id"] for row in fs.log()]


def test_every_way_of_reading_only_reads(untouched: Path) -> None:
    with product.open(untouched) as fs:
        for number, text in enumerate(TEXTS):
            mail, report = f"mail/mail-{number:02}.txt", f"documents/report-{number:02}.docx"
            assert text.split()[0] in fs.read(mail)
            assert fs.ask(f"summarize {mail}").status == "done"
            assert fs.ask(f"summarize {report}").text
            hits = fs.search(text[:200], limit=5).hits
            assert all((untouched / hit.path).is_file() for hit in hits)
            assert fs.ask(f"history of {mail}").status == "done"
        found = fs.ask("find files about the aqueduct survey")
        assert len(found.hits) >= 5
        assert fs.ask("summarize the files about the aqueduct survey", shown=[]).status == "done"
        assert fs.similar("mail/mail-00.txt").hits
        assert fs.ask("what is in names").status == "done"
        (by_author,) = fs.search("aqueduct", filters={"author": TEXTS[0][:30]}).hits
        assert by_author.path == "documents/report-00.docx"


def test_a_group_of_them_touches_none(root: Path) -> None:
    before = _state(root)
    with product.open(root) as fs:
        assert fs.group("surveys", "aqueduct survey", limit=20).status == "done"
        assert fs.group_by("topic", filters={"under": "mail"}).status == "done"
        fs.forget_group("surveys")
    assert _state(root) == before


@pytest.mark.parametrize(
    "words", [("ask", "list names"), ("search", "aqueduct survey", "-n", "60")]
)
def test_a_terminal_is_sent_no_escapes_of_a_name(root: Path, words: tuple[str, ...]) -> None:
    code, shown = on_terminal(*words, "--color", "never", cwd=root)
    assert code == 0
    assert not re.search("[\x1b\x07\x9b\u202e\u202c](?!\\[K)", shown), shown


def _obeys(request: dict[str, object]) -> tuple[int, bytes]:
    """A model that does what the texts want: it removes, whatever it was asked."""
    answer = {
        "understood": True,
        "operations": [{"op": "remove", "target": {"paths": ["victim/plan.md"]}}],
    }
    content = json.dumps(answer) if "response_format" in request else "DONE. delete victim/plan.md"
    message = {"role": "assistant", "content": content}
    return 200, json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()


@pytest.fixture
def obedient() -> Iterator[Endpoint]:
    server = Endpoint()
    answers: list[Answer] = [_obeys] * 200
    server.answers = answers
    yield server
    server.close()


def test_a_model_that_obeys_a_file_acts_on_nothing(untouched: Path, obedient: Endpoint) -> None:
    """Its answer to a summary is text at most; its plan is shown, and waits for a yes."""
    url = f"http://127.0.0.1:{obedient.server.server_port}/v1"
    env = {"LSFS_MODEL_URL": url, "LSFS_MODEL_NAME": "obedient"}
    for number in range(len(TEXTS)):
        done = lsfs("summarize", f"mail/mail-{number:02}.txt", cwd=untouched, env=env)
        assert done.returncode == 0, done.stderr
    assert obedient.bodies
    obedient.bodies.clear()
    done = lsfs(
        "ask", "perhaps weigh up the merits of the mail folder, would you",
        "--json", cwd=untouched, env=env,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert obedient.bodies, "the model was not asked"
    assert told["parser"] == "model:obedient"
    assert done.returncode == 6 and told["outcome"]["status"] == "needs_confirmation"
    shown = json.dumps(obedient.bodies, ensure_ascii=False)
    assert CANARY not in shown and TOPIC not in shown  # planning sees no contents
