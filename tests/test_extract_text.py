"""Writing, data and source code: encodings, sections, paths of keys, definitions."""

from __future__ import annotations

import json
import time

import pytest
from extracting import assert_lines_are_exact, place_of, read, texts

from lsfs.indexer.extract.decoding import decode, looks_like_text
from lsfs.indexer.extract.kinds import detect
from lsfs.records import Place

GERMAN = "Größe und Maß: Die Straße führt über die Brücke nach Köln. Später übten wir Flöte.\n"
RUSSIAN = "Договор аренды действует до конца года и может быть продлён по соглашению сторон.\n"
CHINESE = "会议记录。预算已经批准。下次会议在星期五举行，请大家准时参加，并带上相关的文件。\n"
TRADITIONAL = "會議記錄。預算已經批准。下次會議在星期五舉行，請大家準時參加，並帶上相關的文件。\n"
JAPANESE = "会議の議事録です。予算は承認されました。次回の会議は金曜日に開催されます。\n"
KOREAN = (
    "회의록입니다. 예산이 승인되었습니다. 다음 회의는 금요일에 열리니 참석해 주시기 바랍니다.\n"
)
GREEK = "Καλημέρα κόσμε! Το συμβόλαιο ισχύει μέχρι το τέλος του έτους και μπορεί να παραταθεί.\n"
POLISH = "Zażółć gęślą jaźń. Umowa najmu obowiązuje do końca roku i może zostać przedłużona.\n"
ARABIC = "مرحبا بالعالم! عقد الإيجار ساري المفعول حتى نهاية العام ويمكن تمديده باتفاق الطرفين.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"), (GERMAN, "utf-16-le"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"),
        (RUSSIAN, "iso8859-5"), (RUSSIAN, "cp866"), (RUSSIAN, "utf-16-be"), (CHINESE, "gb18030"),
        (CHINESE, "utf-16-le"), (TRADITIONAL, "big5"), (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"), (JAPANESE, "iso2022_jp"), (KOREAN, "euc_kr"), (GREEK, "cp1253"),
        (GREEK, "iso8859-7"), (POLISH, "cp1250"), (ARABIC, "cp1256"),
    ],
)  # fmt: skip
def test_text_in_the_encodings_of_the_world(text: str, encoding: str) -> None:
    data = (text * 3).encode(encoding)
    assert looks_like_text(data)
    assert decode(data) == text * 3


def test_binary_data_is_no_text() -> None:
    assert not looks_like_text(bytes(range(256)) * 4)
    assert not looks_like_text(b"\x7fELF\2\1\1\0" + b"\0\3\0>\0\1\0\0\0" * 40)


RST = """\
============
The Handbook
============

:Author: Ines Halvorsen
:Date: 2024-05-01

Before you start.

Watering
--------

Twice a week. Not this::

    ----
"""


def test_restructured_text_by_section() -> None:
    extracted = read(RST.encode(), "handbook.rst")
    assert (extracted.title, extracted.author, extracted.created) == (
        "The Handbook", "Ines Halvorsen", "2024-05-01",
    )  # fmt: skip
    assert place_of(extracted, "Before you").heading == "The Handbook"
    assert place_of(extracted, "Twice a week") == Place(13, 13, heading="Watering")
    assert_lines_are_exact(extracted, RST)


def test_org_by_section() -> None:
    text = (
        "#+TITLE: Plans\n#+AUTHOR: Ines\n\n* TODO Trip :travel:\nTo Kyoto.\n\n"
        "#+begin_src sh\n* not a heading\n#+end_src\n** Budget\nNot much.\n"
    )
    extracted = read(text.encode(), "plans.org")
    assert (extracted.title, extracted.author) == ("Plans", "Ines")
    assert place_of(extracted, "Kyoto").heading == "Trip"
    assert place_of(extracted, "not a heading").heading == "Trip"
    assert place_of(extracted, "Not much").heading == "Budget"
    assert_lines_are_exact(extracted, text)


def test_asciidoc_by_section() -> None:
    text = "= Guide\n:author: Ines\n\nHello.\n\n== Setup\n\nInstall it.\n"
    extracted = read(text.encode(), "guide.adoc")
    assert (extracted.title, extracted.author) == ("Guide", "Ines")
    assert place_of(extracted, "Install it").heading == "Setup"


def test_latex_by_section_with_its_mathematics() -> None:
    text = (
        "\\documentclass{article}\n\\title{On Bees}\n\\author{I. Halvorsen}\n\n"
        "\\section{Flight}\\label{sec:f}\n\n"
        "Lift is $L = \\frac{1}{2}\\rho v^2$.\n\n\\input{secret}\n"
    )
    for name in ("bees.tex", "bees"):
        extracted = read(text.encode(), name)
        assert (extracted.title, extracted.author) == ("On Bees", "I. Halvorsen")
        assert place_of(extracted, "\\frac{1}{2}") == Place(7, 7, heading="Flight")
        assert_lines_are_exact(extracted, text)


def test_tables_under_the_names_of_their_columns() -> None:
    text = "city;founded;mayor\n" + "\n".join(f'Town {n};19{n};"A;{n}"' for n in range(10, 40))
    extracted = read(text.encode("cp1252"), "towns.csv")
    assert place_of(extracted, "Town 25") == Place(11, 20, heading="city, founded, mayor")
    assert_lines_are_exact(extracted, text)
    numbers = read(b"1,2\n3,4\n5,6\n", "n.csv")
    assert numbers.spans[0].place.heading is None


def test_a_record_of_several_lines_stays_whole() -> None:
    rows = [f'"note {n}\nwith a second line",{n}' for n in range(12)]
    text = "\n".join(["what,number", *rows])
    extracted = read(text.encode(), "notes.csv")
    for span in extracted.spans:
        assert span.text.count('"') % 2 == 0
    assert_lines_are_exact(extracted, text)


def test_a_quote_that_is_never_closed() -> None:
    text = 'a,b\n"open,1\n' + "x,2\n" * 200
    extracted = read(text.encode(), "broken.csv")
    assert extracted.status == "ok" and "x,2" in extracted.spans[-1].text


def test_json_by_key_path() -> None:
    text = json.dumps(
        {"servers": {"north": {"ports": list(range(30))}, "south": {"note": "a: b"}}}, indent=2
    )
    extracted = read(text.encode(), "servers.json")
    assert extracted.type == "data"
    assert place_of(extracted, "  17,").heading == "servers.north.ports"
    assert_lines_are_exact(extracted, text)


def test_yaml_toml_and_xml_by_key_path() -> None:
    filler = "\n".join(f"    - item {n}" for n in range(12))
    yaml = f"jobs:\n  build:\n{filler}\n  test:\n    run: pytest\n"
    extracted = read(yaml.encode(), "ci.yml")
    assert extracted.spans[1].place.heading == "jobs.build"
    toml = "[tool.ruff]\n" + "\n".join(f"a{n} = {n}" for n in range(14)) + "\n[tool.mypy]\nb = 1\n"
    assert place_of(read(toml.encode(), "p.toml"), "a12").heading == "tool.ruff"
    xml = "<?xml version='1.0'?>\n<a>\n<b>\n" + "<c/>\n" * 12 + "<!-- <d> --></b>\n</a>\n"
    assert read(xml.encode(), "x.xml").spans[1].place.heading == "a.b"


def test_billion_laughs_are_lines_and_nothing_more() -> None:
    entities = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 50}">\n' for a, b in zip("abcd", "bcde", strict=True)
    )
    xml = f'<?xml version="1.0"?>\n<!DOCTYPE l [<!ENTITY a "ha">\n{entities}]>\n<l>&e;</l>\n'
    extracted = read(xml.encode(), "laughs.xml")
    assert sum(map(len, texts(extracted))) <= len(xml)


def test_notebooks_with_what_they_printed() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Bees\n", "How they fly."]},
        {"cell_type": "code", "source": "count()", "outputs": [{"text": ["42 bees\n"]}]},
    ]
    extracted = read(json.dumps({"nbformat": 4, "cells": cells}).encode(), "no extension")
    assert (extracted.type, extracted.title) == ("code", "Bees")
    assert place_of(extracted, "42 bees") == Place(page=2, heading="Bees")


SOURCES: dict[str, tuple[str, dict[str, str | None]]] = {
    "a.c": (
        "/* doc */\nint *first(int a)\n{\n    return 0;\n}\nstruct s *other;\n",
        {"return 0": "first", "other": None},
    ),
    "a.cpp": (
        "namespace n {\nclass A {\n  int h() {\n    return 1; }\n};\n}\n"
        "void n::A::g() {\n  go();\n}\n",
        {"return 1": "n.A.h", "go()": "n.A.g"},
    ),
    "a.js": (
        "class A {\n  m() {\n    a1;\n  }\n}\nexport const f = (x) => {\n  b2;\n}\n",
        {"a1": "A.m", "b2": "f"},
    ),
    "a.ts": ("namespace N {\n  export interface I {\n    a1: string\n  }\n}\n", {"a1": "N.I"}),
    "a.tsx": ("function App() {\n  return <b>a1</b>;\n}\n", {"a1": "App"}),
    "a.go": (
        "type T struct {\n\tx int\n}\n\n// M does.\nfunc (t *T) M() {\n\ta1()\n}\n",
        {"x int": "T", "does": "T.M", "a1": "T.M"},
    ),
    "a.rs": (
        "impl Foo for Bar {\n    fn m(&self) {\n        a1();\n    }\n}\n"
        "mod q {\n    #[test]\n    fn t() {}\n}\n",
        {"a1": "Bar.m", "#[test]": "q.t"},
    ),
    "A.java": (
        "class A {\n  A() {\n    a1();\n  }\n  int f() {\n    return b2; }\n}\n",
        {"a1": "A.A", "b2": "A.f"},
    ),
    "a.rb": ("module M\n  class A\n    def f\n      a1\n    end\n  end\nend\n", {"a1": "M.A.f"}),
    "a.php": ("<?php\nclass A {\n  function f() {\n    a1();\n  }\n}\n", {"a1": "A.f"}),
    "a.cs": ("namespace N {\n class A {\n  void F() {\n   a1();\n  }\n }\n}\n", {"a1": "N.A.F"}),
    "tool": ("#!/usr/bin/env bash\nf() {\n  a1\n}\n", {"a1": "f"}),
    "a.kt": ("class A {\n  fun f() {\n    a1()\n  }\n}\n", {"a1": "A.f"}),
    "a.swift": ("struct S {\n  func f() {\n    a1()\n  }\n}\n", {"a1": "S.f"}),
    "a.scala": ("object O {\n  def f() = {\n    a1\n  }\n}\n", {"a1": "O.f"}),
    "a.lua": (
        "function M.h()\n  a1()\nend\nlocal z = function()\n  b2()\nend\n",
        {"a1": "M.h", "b2": "z"},
    ),
    "a.zig": ("fn first() void {\n    a1();\n}\n", {"a1": "first"}),
}


@pytest.mark.parametrize("name", SOURCES)
def test_source_code_by_qualified_name(name: str) -> None:
    text, expected = SOURCES[name]
    extracted = read(text.encode(), name)
    assert extracted.type == "code"
    for part, symbol in expected.items():
        assert place_of(extracted, part).symbol == symbol, part
    assert_lines_are_exact(extracted, text)


def test_python_decorators_and_comments_belong_to_what_they_stand_over() -> None:
    text = "import os\nx = 1  # a remark\n# about f\n@cached\ndef f():\n    pass\n"
    extracted = read(text.encode(), "a.py")
    assert place_of(extracted, "@cached") == Place(3, 6, symbol="f")
    assert place_of(extracted, "a remark").symbol is None


def test_deeply_nested_source_code() -> None:
    text = "x = " + "[" * 50_000 + "]" * 50_000
    assert read(text.encode(), "deep.py").status == "ok"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("name,age\nines,4\njürgen,5\n", "table"), ('{"a": 1}', "json"), ("[1, 2]", "json"),
        ("<?xml version='1.0'?><a/>", "xml"), ("<html><p>x", "html"), ("<div>x</div>", "html"),
        ("From: a@b.c\nTo: d@e.f\nSubject: x\nDate: y\n\nhello", "mail"),
        ("From a@b.c Mon Nov  2 09:00:00 2026\nFrom: a@b.c\n\nx\n", "mbox"),
        ("#!/bin/sh\necho", "code"), ("import os\nprint()\n", "code"),
        ("# A\n\n## B\n\n[x](https://e.org)\n", "markdown"), ("Dear all,\n\nhello.\n", "text"),
        ("\\documentclass{article}\n", "latex"),
    ],
)  # fmt: skip
def test_kinds_of_text_without_a_name_to_go_by(start: str, kind: str) -> None:
    import io

    for encoding in ("utf-8", "utf-16"):
        assert detect(io.BytesIO(start.encode(encoding)), "noname")[0] == kind
    wrong = detect(io.BytesIO(start.encode()), "wrong.pdf")[0]
    assert wrong == kind


def test_the_language_of_a_text() -> None:
    assert read((GERMAN * 2).encode(), "a.txt").language == "de"
    assert read((CHINESE * 3).encode(), "a.txt").language == "zh"
    assert read(b"hello", "a.txt").language is None
    assert read(("x = 1; " * 60).encode(), "a.py").language is None
    declared = f'<html lang="pt-BR"><p>{GERMAN * 2}</p></html>'
    assert read(declared.encode(), "a.html").language == "pt"


@pytest.mark.parametrize("encoding", ["cp866", "euc_jp", "big5", "utf-16"])
def test_html_in_any_encoding_without_a_word_of_it(encoding: str) -> None:
    text = {"cp866": RUSSIAN, "euc_jp": JAPANESE, "big5": TRADITIONAL, "utf-16": GERMAN}[encoding]
    page = f"<html><body><p>{text * 3}</p></body></html>"
    assert text.strip() in texts(read(page.encode(encoding), "x.html"))[0]


HOSTILE = {
    "hashes.md": "# " + "#" * 400_000 + "x\n",
    "comments.xml": "<?xml version='1.0'?>" + "<!--" * 400_000,
    "comments": "<!--a-->" * 900 + "<x",
    "quotes.csv": '"a,' * 300_000,
    "quotes.json": '{"a' + '\\"' * 700_000,
    "brackets.yaml": "- " * 500_000 + "a: b",
    "braces.tex": "\\section{" * 100_000,
    "parens.zig": "fn " * 200_000 + "(" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_pattern_runs_away(name: str) -> None:
    started = time.process_time()
    read(HOSTILE[name].encode(), name)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("première\n\n\nligne quatre: œuf\n", "cp1252"),
        ("Müller, Straße 5\n", "cp1252"),
        ("café", "latin-1"),  # its last byte begins a character of UTF-8
        ("señor, mañana", "latin-1"),
        ("zażółć gęślą jaźń", "cp1250"),
        ("Příliš žluťoučký kůň", "cp1250"),
    ],
)
def test_a_few_accents_are_read_as_the_most_usual_alphabet_has_them(
    text: str, encoding: str
) -> None:
    assert decode(text.encode(encoding)) == text
