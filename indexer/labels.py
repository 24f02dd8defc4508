"""Words that tell what a group of files is about: class-based TF-IDF (c-TF-IDF; Grootendorst,
"BERTopic", 2022), which weighs a word's frequency in a group by its rarity over all groups.

Of a word counts in how many files it stands, and a little how often, so that one long file does not
name a group. Words that stand together become one term. Pure.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from lsfs.marking import SOLID, STOP_WORDS

_WORD = re.compile(f"[{SOLID}]{{2,}}|[^\\W\\d_{SOLID}]{{3,}}")
_SOLID = re.compile(f"[{SOLID}]")
_COMMON = STOP_WORDS | frozenset(
    "again although always among another around both cannot don each either enough etc even ever "
    "every example few first get gets give given good got however including just last later less "
    "like made make makes many may might much must need never new next now often one others per "
    "please rather said say says see seen several shall since still take thing things though "
    "three together two upon use used uses using various want way ways well went whether within "
    "without yet year years aber alle auch aus bei bin bis dann dass des doch durch einem einen "
    "eines haben hat ich ihre kann mehr nach nicht noch nur oder sein seine sich sie sind über "
    "unter vom war wenn werden wie wird wir wurde zum zur aux avec ces cette dans elle est être "
    "les leur mais nous par pas plus pour que qui sans ses son sont sur une vous como con cuando "
    "del desde donde ella entre era esta este hay las los más muy para pero por sin sobre sus "
    "también todo una uno unos alla anche che come dal dalla degli della delle dei gli nel nella "
    "non più sono sul sulla tra aan als bij dat deze een het maar met niet ook van voor wordt "
    "zijn até com dos ele mas não nas nos pela pelo são seu sua uma http https html www".split()
)
MANY = 2
"""A word that stands in fewer files of a group does not speak for it, where others do."""


def key_words(groups: Iterable[Sequence[Sequence[str]]]) -> list[list[str]]:
    """For each group of files (each the texts of it) the terms that set it apart from the others,
    weightiest first, each word in the form in which it stands most often."""
    counted = [_counted(files) for files in groups]
    everywhere: Counter[str] = Counter()
    for own in counted:
        everywhere.update(own.weights)
    mean = sum(own.files for own in counted) / max(1, len(counted))
    return [own.named(everywhere, mean) for own in counted]


class _Counts:
    """The terms of one group, by their stems."""

    def __init__(self, files: int) -> None:
        self.files = files
        self.weights: dict[str, float] = defaultdict(float)
        self.spread: Counter[str] = Counter()
        self._forms: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, texts: Sequence[str]) -> None:
        """One file."""
        found: Counter[str] = Counter()
        for text in texts:
            for term in _terms(text):
                stem = _stem(term)
                found[stem] += 1
                self._forms[stem][term] += 1
        for stem, times in found.items():
            self.weights[stem] += 1 + math.log(times)
            self.spread[stem] += 1

    def named(self, everywhere: Counter[str], mean: float) -> list[str]:
        """The terms by weight, without those that a weightier one holds or is held by."""
        many = [stem for stem in self.weights if self.spread[stem] >= min(MANY, self.files)]
        weighed = {
            stem: self.weights[stem] / self.files * math.log(1 + mean / everywhere[stem])
            for stem in many or self.weights
        }
        chosen: list[str] = []
        said: set[str] = set()
        for stem in sorted(weighed, key=lambda stem: (-weighed[stem], -stem.count(" "), stem)):
            words = set(stem.split())
            if not words & said:
                said |= words
                chosen.append(self._shown(stem))
            if len(chosen) == MOST_WORDS:
                break
        return chosen

    def _shown(self, stem: str) -> str:
        forms = self._forms[stem]
        best = max(forms, key=lambda form: (forms[form], form))
        return best


MOST_WORDS = 12


def _counted(files: Sequence[Sequence[str]]) -> _Counts:
    counts = _Counts(len(files))
    for texts in files:
        counts.add(texts)
    return counts


def _terms(text: str) -> Iterator[str]:
    """Words that say something, and pairs of such that stand side by side."""
    last_end, before = -1, ""
    for found in _WORD.finditer(text):
        word = found.group()
        if _SOLID.match(word):
            yield from (a + b for a, b in pairwise(word))
            before = ""
            continue
        folded = word if word.isupper() else word.casefold()
        if folded.casefold() in _COMMON:
            before = ""
            continue
        yield folded
        if before and found.start() - last_end == 1 and text[last_end] in " \n":
            yield f"{before} {folded}"
        last_end, before = found.end(), folded


def _stem(term: str) -> str:
    """Case and plural aside."""
    return " ".join(_singular(word) for word in term.casefold().split())


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 4 else word
