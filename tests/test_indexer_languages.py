"""Words of many languages are found lexically in any of the ways in which people type them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

import pytest
from indexing import Indexed

TEXTS = {
    "zh": "董事会会议讨论了明年的预算和𠮷野家的合同。",
    "zh forms": "第２４回ＰＤＦ文書（株）の資料",
    "ja": "東京都知事はﾃｽﾄ資料とプログラムを確認した。人々の声。㍿山田",
    "ko": "회의록에 예산안과 계약서가 있습니다",
    "th": "ประชุมวันจันทร์เรื่องน้ำและงบประมาณ ๒๕๖๗",
    "ar": "كَتَبَ أحمد تقريرًا عن المدرسة الكبيرة وبالميزانية عام ٢٠٢٤ كتـــاب",
    "fa": "می‌خواهم کتاب‌های قدیمی را بخوانم ۱۴۰۳",
    "he": "שָׁלוֹם לכל התלמידים, הדו״ח מוכן",
    "ru": "Ещё один отчёт о проекте: мой замо́к, МЕЛЬНИЦА",
    "uk": "Їжак з'їв яблуко в Україні",
    "el": "Η συνεδρίαση στην Αθήνα: ο λόγος της προέδρου",
    "hi": "हिन्दी में लिखा हुआ क़लम और चाँद २०२४",
    "bn": "বাংলা ভাষায় লেখা প্রতিবেদন",
    "ta": "தமிழ் மொழியில் அறிக்கை",
    "vi": "Hợp đồng thuê nhà ở Đà Nẵng",
    "tr": "Isparta'da ılık bir gün, IŞIK ve İstanbul",
    "de": "Die Straße zum Müller: Mietvertrag über Äpfel und Größe",
    "fr": "L'œuvre d'été: un ﬁnancement naïf, co\u00adopération",
    "pl": "Łódź, żółty źródłosłów",
    "da": "smørrebrød og æbler på Sjælland",
    "lo": "ເອກະສານພາສາລາວ",
    "km": "ឯកសារភាសាខ្មែរ",
    "my": "မြန်မာစာ အစီရင်ခံစာ",
    "ka": "ქართული ენა",
    "hy": "Հայերեն լեզու",
}
ASKED = [
    ("zh", "预算"), ("zh", "会议"), ("zh", "𠮷野"), ("zh forms", "24"), ("zh forms", "pdf"),
    ("zh forms", "ＰＤＦ"), ("zh forms", "資料"),
    ("ja", "テスト"), ("ja", "ﾃｽﾄ"), ("ja", "ﾌﾟﾛｸﾞﾗﾑ"), ("ja", "プログラム"), ("ja", "東京"),
    ("ja", "人々"), ("ja", "株式会社"),
    ("ko", "예산"), ("ko", "계약서"), ("th", "ประชุม"), ("th", "น้ำ"), ("th", "2567"),
    ("ar", "كتب"), ("ar", "احمد"), ("ar", "أَحْمَد"), ("ar", "مدرسه"), ("ar", "المدرسة"),
    ("ar", "الميزانية"), ("ar", "2024"), ("ar", "كتاب"),
    ("fa", "میخواهم"), ("fa", "كتابهاي"), ("fa", "1403"),
    ("he", "שלום"), ("he", "שָׁלוֹם"), ("ru", "отчет"), ("ru", "ОТЧЁТ"), ("ru", "еще"),
    ("ru", "замок"), ("ru", "мельница"), ("uk", "їжак"), ("uk", "УКРАЇНІ"),
    ("el", "αθηνα"), ("el", "ΑΘΗΝΑ"), ("el", "Λόγος"), ("el", "ΛΟΓΟΣ"),
    ("hi", "हिंदी"), ("hi", "हिन्दी"), ("hi", "कलम"), ("hi", "चांद"), ("hi", "2024"),
    ("bn", "বাংলা"), ("ta", "தமிழ்"),
    ("vi", "hợp đồng"), ("vi", "hop dong"), ("vi", "da nang"), ("vi", "Đà Nẵng"),
    ("tr", "ısparta"), ("tr", "ISPARTA"), ("tr", "ışık"), ("tr", "istanbul"), ("tr", "İSTANBUL"),
    ("tr", "ILIK"), ("de", "strasse"), ("de", "STRASSE"), ("de", "straße"), ("de", "müller"),
    ("de", "muller"), ("de", "größe"), ("de", "apfel"), ("fr", "oeuvre"), ("fr", "ŒUVRE"),
    ("fr", "ete"), ("fr", "financement"), ("fr", "naif"), ("fr", "coopération"),
    ("pl", "lodz"), ("pl", "żółty"), ("da", "smorrebrod"), ("da", "aebler"), ("da", "SJÆLLAND"),
    ("lo", "ພາສາ"), ("km", "ភាសា"), ("my", "မြန်မာ"), ("ka", "ქართული"), ("hy", "ՀԱՅԵՐԵՆ"),
]  # fmt: skip


@pytest.fixture(scope="module", params=["NFC", "NFD"])
def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Indexed]:
    with Indexed(tmp_path_factory.mktemp("home")) as indexed:
        for language, text in TEXTS.items():
            indexed.write(f"{language}.txt", unicodedata.normalize(request.param, text))
        for name in ("Größe der Äpfel", "отчёт", "会议记录", "تقرير المدرسة"):
            indexed.write(f"names/{unicodedata.normalize(request.param, name)}.bin", b"\0\1")
        indexed.settle()
        yield indexed


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_word_finds_the_text_it_stands_in(home: Indexed, form: Literal["NFC", "NFD"]) -> None:
    for language, query in ASKED:
        asked = unicodedata.normalize(form, query)
        for mode in ("lexical", "hybrid"):
            assert f"{language}.txt" in home.found(asked, mode=mode), (language, query, mode)
        assert f"{language}.txt" in home.found(f"+{asked.split()[0]}"), (language, query)


def test_a_word_finds_the_name_it_stands_in(home: Indexed) -> None:
    for query in ("grosse apfel", "ОТЧЕТ", "会议", "مدرسه"):
        assert any("names/" in path for path in home.found(query, mode="lexical")), query


def test_letters_that_make_another_word_are_kept(home: Indexed) -> None:
    """й is no и with an ornament, nor が a か."""
    for query in ("мои", "かき"):
        assert "ru.txt" not in home.found(query, mode="lexical")
        assert "ja.txt" not in home.found(query, mode="lexical")
