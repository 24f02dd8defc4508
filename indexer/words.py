"""Words for the lexical index: of text, of names, and of queries (FTS5 expressions).

What is written without spaces (Chinese, Japanese, Thai and its neighbours) is indexed character by
character, and a run of it in a query becomes phrases of two, which needs no dictionary and no
model. What can be written in several ways is brought to one first (`spelling_of`). Pictures
(emoji), which FTS5 takes for punctuation, have words that stand for them.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from lsfs.marking import SOLID, STOP_WORDS

VERSION = "5"
"""Whose words the index holds (`upgrade`): the contentless FTS tables can only be kept in step by
deriving the same words again."""

_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0963\u0966-\u0df3"
    "\u0f71-\u0f84\u0f86-\u0fbc\u135d-\u135f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0"
)
"""What stands within a word and is no letter: accents, vowel signs."""
_PICTURES = "\u2600-\u27bf\U0001f000-\U0001faff"
SOLID_CHARACTER = re.compile(f"([{SOLID}])")
_PICTURE = re.compile(f"[{_PICTURES}]")
_MARK = re.compile(f"[{_MARKS}\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_NO_WORD = re.compile(f"(?:[^\\w{_MARKS}{SOLID}{_PICTURES}]|_)+")
_QUERY_PIECE = re.compile(f"[{SOLID}]+|[{_PICTURES}]|(?:[^\\W_{SOLID}]|[{_MARKS}])+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_HUMPED = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]{0,20}?[a-z][A-Z][A-Za-z0-9]{0,30}(?![A-Za-z0-9])"
)
MAX_TERMS = 64

_FORMS = re.compile("[\u3300-\u33ff\ufb00-\ufdff\ufe70-\ufefc\uff01-\uffee]+")
"""Letters in another width, joined, or with the shape they have in a place of the word."""
_UNWRITTEN = re.compile(
    "(?<![\u0400-\u04ff])[\u0300-\u036f]+|[\u0300\u0301]|(?<=[еЕ])\u0308"  # not of й, ї
    "|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"  # Hebrew points
    "|[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0640]"  # Arabic vowels, hamza, tatweel
    "|[\u00ad\u200b-\u200d\u2060\ufeff]|\u093c"  # joiners, soft hyphens; nukta
)
"""What many leave out who write the same word, of decomposed text."""
_ZEROS = 0x660, 0x6F0, 0x966, 0x9E6, 0xE50
"""Arabic, Persian, Devanagari, Bengali, Thai."""
_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O",
        "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i",
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ँ": "ं",
        **{chr(zero + n): str(n) for zero in _ZEROS for n in range(10)},
    }
)  # fmt: skip
_DEAD_N = re.compile("न्(?=[क-ह])")
_ARTICLE = re.compile(r"\b(?:و?[فبك]?ال|و?لل)(?=[ء-ي]{3})")


def text_words(text: str) -> str:
    """The text as the index sees it, with the parts of camelCase identifiers behind each."""
    return segmented(_HUMPED.sub(lambda found: f"{found[0]} {_HUMP.sub(' ', found[0])}", text))


def spelling_of(text: str) -> str:
    """`one_spelling`, less the Arabic article (Larkey, Ballesteros and Connell, "Improving Stemming
    for Arabic Information Retrieval", 2002)."""
    return text if text.isascii() else _ARTICLE.sub("", one_spelling(text))


def one_spelling(text: str) -> str:
    """One spelling for what is written in several: NFC and NFD, full and half width, with accents,
    points and vowel signs or without, ё and е, ß and ss, dotless i, digits of other writings;
    Arabic and Hindi as Lucene's normalizers have it. Case is FTS5's."""
    return text if text.isascii() else _DEAD_N.sub("ं", letters_of(text))


def letters_of(text: str) -> str:
    """The same as far as it is a matter of single letters: a part of a text has it as the whole."""
    if text.isascii():
        return text
    plain = _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    bare = _UNWRITTEN.sub("", unicodedata.normalize("NFD", plain)).translate(_LETTERS)
    return unicodedata.normalize("NFC", bare)


def segmented(text: str) -> str:
    """The text as the index sees it: a space around each character of a writing without any."""
    if text.isascii():
        return text
    return _segmented(spelling_of(text))


def _segmented(text: str) -> str:
    apart = SOLID_CHARACTER.sub(r" \1 ", text)
    return _PICTURE.sub(lambda found: f" {_told(found.group())} ", apart)


def _told(picture: str) -> str:
    """The word that stands for a picture."""
    return f"picture{ord(picture):x}"


def is_solid(text: str) -> bool:
    """Whether a text is written without spaces, for the most part."""
    return 2 * len(SOLID_CHARACTER.findall(text)) > sum(map(str.isalnum, text))


def name_words(path: str) -> tuple[str, str]:
    """(words of the name, words of the folders) of a path; camelCase and digits taken apart too."""
    folder, _, name = path.rpartition("/")
    return _split(name), _split(folder)


def _split(name: str) -> str:
    valid = name.encode("utf-8", "replace").decode("utf-8")
    plain = _NO_WORD.sub(" ", spelling_of(valid))
    apart = _CAMEL.sub(" ", plain)
    return _segmented(plain if apart == plain else f"{plain} {apart}")


def terms(query: str) -> list[str]:
    """The query's words in order, repetitions kept; stop words dropped while others remain."""
    pieces = _pieces(query)
    telling = [piece for piece in pieces if piece.lower() not in STOP_WORDS]
    return (telling or pieces)[:MAX_TERMS]


def says_something(query: str) -> bool:
    """Whether a word of it is more than a stop word: what meaning can be compared with."""
    pieces = (piece for piece in _pieces(query) if not _PICTURE.match(piece))
    return any(piece.lower() not in STOP_WORDS for piece in pieces)


def phrases(query: str) -> list[str]:
    """The query's words as FTS5 strings, quoted so that none is ever taken for syntax."""
    return _quoted(terms(query))


def every_phrase(query: str) -> list[str]:
    """The same of all its words, stop words too."""
    return _quoted(_pieces(query)[:MAX_TERMS])


def _quoted(pieces: list[str]) -> list[str]:
    return [f'"{phrase}"' for piece in pieces for phrase in _phrases(piece)]


def _pieces(query: str) -> list[str]:
    found = _QUERY_PIECE.findall(spelling_of(query))
    return [piece for piece in found if any(map(str.isalnum, piece)) or _PICTURE.match(piece)]


def _phrases(term: str) -> list[str]:
    if _PICTURE.match(term):
        return [_told(term)]
    if not SOLID_CHARACTER.match(term):
        return [term]
    letters = _MARK.sub("", term)  # marks are passed over in the index
    if len(letters) == 1:
        return [letters]
    return [f"{first} {second}" for first, second in pairwise(letters)]
