"""Names in every script: found by the name, by what is in the file, and typed on a command line."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from faces import answer, lsfs, serving
from indexing import Indexed

pytestmark = pytest.mark.timeout(120)
SCRIPTS = {
    "arabic": ("تقرير المبيعات", "زرعنا أشجار الزيتون في الحديقة"),
    "hebrew": ("רשימת קניות", "שתלנו עצי זית בגינה"),
    "hindi": ("वार्षिक रिपोर्ट", "हमने बगीचे में आम के पेड़ लगाए"),
    "tamil": ("ஆண்டு அறிக்கை", "தோட்டத்தில் மாமரம் நட்டோம்"),
    "thai": ("รายงานประจำปี", "เราปลูกต้นมะม่วงในสวน"),
    "chinese": ("年度报告", "我们在花园里种了橄榄树"),
    "japanese": ("年次レポート", "庭にオリーブの木を植えました"),
    "korean": ("연간 보고서", "우리는 정원에 올리브 나무를 심었다"),
    "greek": ("Ετήσια έκθεση", "Φυτέψαμε ελιές στον κήπο"),
    "cyrillic": ("Годовой отчёт", "Мы посадили оливы в саду"),
    "georgian": ("წლიური ანგარიში", "ბაღში ზეთისხილი დავრგეთ"),
    "armenian": ("Տարեկան զեկույց", "Այգում ձիթենիներ տնկեցինք"),
    "amharic": ("ዓመታዊ ሪፖርት", "በአትክልቱ ውስጥ ወይራ ተከልን"),
    "composed": (unicodedata.normalize("NFC", "Résumé élégant"), "Crème brûlée à l'érable"),
    "taken apart": (
        unicodedata.normalize("NFD", "Übergröße Müllabfuhr"),
        unicodedata.normalize("NFD", "Der Bäcker knetete süße Brötchen"),
    ),
    "vietnamese": (unicodedata.normalize("NFD", "Báo cáo thường niên"), "Chúng tôi trồng ô liu"),
    "marks of direction": ("\u200fمذكرة\u200e memo\u202e cod", "\u200fلوز\u200e almond harvest"),
    "lines": ("first line\nsecond line", "marzipan"),
    "emoji": ("🎉🍰", "The party begins with cake 🍰 at noon"),
    "tabs and quotes": ("a\t\"b\" 'c' $(d) `e` *zebra*", "quince jelly"),
}
OF_A_NAME = {"marks of direction": "مذكرة", "lines": "second line", "tabs and quotes": "zebra"}
OF_A_TEXT = {
    "arabic": "الزيتون", "hebrew": "זית", "hindi": "पेड़", "tamil": "மாமரம்",
    "thai": "มะม่วง",
    "chinese": "橄榄树", "japanese": "オリーブ", "korean": "올리브", "greek": "ελιές",
    "cyrillic": "оливы", "georgian": "ზეთისხილი", "armenian": "ձիթենիներ", "amharic": "ወይራ",
    "composed": "brûlée", "taken apart": "Brötchen", "vietnamese": "trồng",
    "marks of direction": "almond", "lines": "marzipan", "emoji": "noon",
    "tabs and quotes": "quince",
}  # fmt: skip
PLACES = {"lexical": 1, "hybrid": 3}
"""So many hits are looked at: by meaning, texts of a few words are near to each other."""
NO_UTF8 = os.fsdecode(b"caf\xe9 \xff bill.txt")


def path_of(script: str) -> str:
    return f"{SCRIPTS[script][0]}.txt"


def write_all(root: Path) -> None:
    for script, (_, text) in SCRIPTS.items():
        (root / path_of(script)).write_text(f"{text}\n")
    (root / NO_UTF8).write_text("The bill for thirty umbrellas.\n")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexed]:
    with Indexed(tmp_path_factory.mktemp("scripts")) as home:
        write_all(home.root)
        home.settle()
        yield home


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_file_is_found_by_its_name_and_by_its_text(
    home: Indexed, script: str, form: Literal["NFC", "NFD"]
) -> None:
    by_name = unicodedata.normalize(form, OF_A_NAME.get(script, SCRIPTS[script][0]))
    by_text = unicodedata.normalize(form, OF_A_TEXT[script])
    for mode in PLACES:
        assert path_of(script) in home.found(by_name, mode=mode)[: PLACES[mode]], (mode, "name")
        assert path_of(script) in home.found(by_text, mode=mode)[: PLACES[mode]], (mode, "text")


def test_they_are_typed_and_printed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    write_all(root)
    (root / "قديم.pdf").write_bytes(b"%PDF-1.4 broken")
    (root / os.fsdecode(b"k\xe4putt.pdf")).write_bytes(b"%PDF-1.4 broken")
    assert lsfs("init", root, cwd=root).returncode == 0
    with serving(root):
        assert lsfs("index", cwd=root).returncode == 0
        for script in SCRIPTS:
            name = OF_A_NAME.get(script, SCRIPTS[script][0])
            found = answer("search", name, "--mode", "lexical", cwd=root)["hits"]
            assert found[0]["path"] == path_of(script), script
        (hit,) = answer("search", "--mode", "lexical", "thirty umbrellas", cwd=root)["hits"]
        assert hit["path"].startswith("caf%E9")
        printed = lsfs("search", "-0", "--mode", "lexical", "thirty umbrellas", cwd=root)
        assert os.fsencode(printed.stdout.rstrip("\0")) == os.fsencode(NO_UTF8)
        covered = answer("status", cwd=root)["coverage"]
        assert (covered["entries"], covered["failed"]) == (len(SCRIPTS) + 3, 2)
        failed = lsfs("status", "--failed", cwd=root)
        assert "قديم.pdf" in failed.stdout and "putt.pdf" in failed.stdout
        for script in ("lines", "emoji", "taken apart", "tabs and quotes"):
            told = lsfs("status", "--why", path_of(script), cwd=root)
            assert told.returncode == 0 and "\nsecond" not in told.stdout, (script, told)
