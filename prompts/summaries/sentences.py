"""Sentences and the words in them that say something, in any script. Pure."""

from __future__ import annotations

import re

from lsfs.marking import SOLID, STOP_WORDS

_WIDE = SOLID.replace("\uac00-\ud7af", "")
"""What is written without spaces between words; Korean has them."""
_END = re.compile(
    r"[.!?…]+[\"'”’»)\]]*(?:\[\d{1,3}\])*(?=\s)|[。！？｡]+[”’」』）\"]*|[।॥؟۔]+(?=\s)"
    r"|\n[ \t]*\n|\n(?=[ \t]*(?:[-*+•#|>]|\d+[.)])\s)"
)
_NEXT = re.compile(r"[\s\"'“‘«(\[]*(\S)")
CASED = re.compile(r"[A-ZÀ-ÞΑ-ΩА-Я]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[^\W\d_]|e\.g|i\.e|cf|vs|etc|Dr|Mr|Mrs|Ms|Prof|Fig|Figs|Eq|Sec|No|Nr|St|approx|al|pp|"
    r"Vol|Inc|Ltd|Corp|Co|bzw|z\.B|d\.h|u\.a|vgl|ca|Abs))\.$"
)
_NUMBER_ALONE = re.compile(r"\s*(?:#+\s*)?(?:\d+(?:\.\d+)*|[A-Za-z])\.$")
_ORDINAL = re.compile(r"\b\d{1,2}\.$")
_AFTER_ORDINAL = re.compile(
    r"\s*(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|"
    r"Jahrhundert|Lebensjahr)"
)
_MARKUP = re.compile(
    r"^(?:#{1,6}\s+|[-*+•]\s+(?:\[.\]\s+)?|>\s+|\d+[.)]\s+)+|(?<![A-Za-z0-9])[*`]{1,3}(?=\S)"
    r"|(?<=\S)[*`]{1,3}(?![A-Za-z0-9])|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)"
)
_WRAPPED = re.compile(rf"(?<=[{_WIDE}，、；：。！？])\s*\n\s*(?=[{_WIDE}])")
WORD = re.compile(rf"[{_WIDE}]|[^\W\d_{_WIDE}]{{2,}}")
_RUN = re.compile(rf"([{_WIDE}]+)|([^\W\d_{_WIDE}]{{2,}})")
_COUNTED = re.compile(rf"[{_WIDE}]|[^\W{_WIDE}]+")
_TOKEN = re.compile(rf"([{_WIDE}])|([^\W\d_{_WIDE}]+)|\S|\n")
STEM = 6
FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_COMMON = STOP_WORDS.union(
    "between during each just may might must new one shall two whose aber als auch bei des einem "
    "einen eines haben hat nach nicht oder sich sind war werden wird wurde zum zur".split()
)
_LONGEST = 320


def split_sentences(text: str) -> list[tuple[int, str]]:
    """(offset, sentence) in order: cut at full stops, blank lines and list items."""
    pieces: list[tuple[int, str]] = []
    start = 0
    is_cased = CASED.search(text) is not None
    for match in [*_END.finditer(text), None]:
        if match and not _is_end(text, start, match, is_cased=is_cased):
            continue
        end = match.end() if match else len(text)
        piece = text[start:end]
        if piece.strip():
            pieces.append((start + len(piece) - len(piece.lstrip()), piece.strip()))
        start = end
    return pieces


def _is_end(text: str, start: int, match: re.Match[str], *, is_cased: bool) -> bool:
    """Whether a stop ends a sentence: not within "e.g. this", "Dr. Who", "am 3. Mai"."""
    if match[0][0] not in ".!?…":
        return True
    end = match.end()
    following = _NEXT.match(text, end)
    if following and following[1].islower() and is_cased:
        return False
    if match[0] != ".":
        return True
    last = text[max(start, end - 12) : end]
    if _ABBREVIATION.search(last) or (end - start < 12 and _NUMBER_ALONE.match(last)):
        return False
    return not (_ORDINAL.search(last) and _AFTER_ORDINAL.match(text, end))


def plain(sentence: str) -> str:
    """A sentence without list marks, emphasis and line breaks."""
    return " ".join(_MARKUP.sub("", _WRAPPED.sub("", sentence)).split())


def words(text: str) -> list[str]:
    """The content words, in order, case and plural aside; of scripts that are written without
    spaces the pairs of characters."""
    found: list[str] = []
    for wide, word in _RUN.findall(text):
        if wide:
            found += [wide[at : at + 2] for at in range(len(wide) - 1)] or [wide]
        elif (word := word.casefold()) not in _COMMON:
            found.append(word[:-1] if word.endswith("s") and len(word) > 4 else word)
    return found


def stems(text: str) -> list[str]:
    """The same by their first letters, by which most forms of a word are taken for one."""
    return [word[:STEM] for word in words(text)]


def count_words(text: str) -> int:
    """How long a text is: words and numbers; a character of Chinese or Japanese is one."""
    return len(_COUNTED.findall(text))


def first_words(text: str, count: int) -> str:
    """The beginning of a text, `count` words long as `count_words` counts them."""
    found = list(_COUNTED.finditer(text))
    return text if len(found) <= count else text[: found[count - 1].end()] + " …"


def count_tokens(text: str) -> int:
    """How many tokens a language model makes of it, rather too many than too few: for words one in
    four bytes, for each digit, mark and line end one, for a character of Chinese two."""
    return sum(
        2 if wide else 1 + len(letters.encode(errors="replace")) // 4
        for wide, letters in _TOKEN.findall(text)
    )


def cut(text: str) -> str:
    """A sentence as long as one line of an answer may be."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2].rsplit(" ", 1)[0] + " …"
