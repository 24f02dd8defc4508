"""Files in another language: which text is translated, and in what form it is told.

The text is the file's own, or what the index's readers found in it; how it is translated is
`ports.Translator`'s business.
"""

from __future__ import annotations

from collections.abc import Callable

from lsfs.comparison import as_text
from lsfs.errors import ConfigurationError, NothingFoundError, PolicyError, UsageError
from lsfs.filetypes import type_of
from lsfs.paths import path_fields, percent_escaped
from lsfs.plan import Translate
from lsfs.ports import Translator, Wish, Workshop
from lsfs.records import Finding
from lsfs.tree import Tree, kind_of

MOST_BYTES = 4 << 20
"""Of a text file; what lies behind is not looked at. A book of a thousand pages has three
million."""
_WRITTEN_FOR_PROGRAMS = frozenset({"web", "email", "document"})
"""Kinds of text files of which a person reads what is found in them, not the files themselves."""


class Translations:
    """Over one tree and what is known of its texts. `is_private`: what no model may see."""

    def __init__(
        self, tree: Tree, workshop: Workshop, translator: Translator | None,
        is_private: Callable[[str], bool],
    ) -> None:  # fmt: skip
        self._tree = tree
        self._workshop = workshop
        self._translator = translator
        self._is_private = is_private

    def find(self, operation: Translate) -> Finding:
        """One file in the language: its text, and a row that says how far it was translated, and
        with which passage to go on (`next`; None at the end).

        Raises:
            ConfigurationError: no model is set that could do it.
            PolicyError: it is a secret, or left out of the index.
            NothingFoundError: no text of it is known.
            UsageError: it is a folder, or more than one file; there is no such passage or language.
            UnavailableError: the model does not answer.
        """
        if self._translator is None:
            raise ConfigurationError(
                "translating needs a model, and none is set",
                hint="set model.translator (a translation model of transformers), model.local, or"
                " model.url and model.name; docs/configuration.md says how",
            )
        path, *others = operation.target.paths
        if others:
            raise UsageError("files are translated one at a time", path=others[0])
        if self._is_private(path):
            raise PolicyError(
                f"{path} is a secret, or left out of the index: it is shown to no model", path=path,
                hint="see indexer.secrets and indexer.exclude in `lsfs config`",
            )  # fmt: skip
        text, notices = self._text(path)
        standing = self._workshop.standing(path) or {}
        wish = Wish(operation.language, operation.start, operation.limit, standing.get("language"))
        done = self._translator.translate(text, wish)
        is_done = done.next > done.passages
        row = {
            **path_fields(path), "language": operation.language, "start": operation.start,
            "passages": done.passages, "next": None if is_done else done.next,
            "by": self._translator.name,
        }  # fmt: skip
        return Finding(rows=(row,), text=done.text, notices=(*notices, *done.notices))

    def _text(self, path: str) -> tuple[str, tuple[str, ...]]:
        """What the file says, and what is to be remarked on it."""
        state = self._tree.stat(path)
        if state is not None and kind_of(state) == "directory":
            raise UsageError(f"{path or 'the root'} is a folder", path=path, hint="name a file")
        with self._tree.open(path) as stream:
            data = stream.read(MOST_BYTES + 1)
        plain = as_text(data[:MOST_BYTES])
        if plain is None or type_of(path) in _WRITTEN_FOR_PROGRAMS:
            plain, data = self._workshop.rendered(path) or plain, b""
        if not plain:
            raise NothingFoundError(
                f"no text of {percent_escaped(path)} is known", path=path,
                hint=f"`lsfs status --why '{path}'` says why",
            )  # fmt: skip
        cut = f"only the first {MOST_BYTES >> 20} MiB of {percent_escaped(path)} were looked at"
        return plain, (cut,) if len(data) > MOST_BYTES else ()
