"""What an operation acts on: paths of the tree, or a query with filters.

Shared by every operation (`lsfs.plan`), by the index and by the parser. Frozen, and strict about
unknown fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from lsfs.errors import ConfirmationError
from lsfs.paths import for_terminal, normalise

SHOWN = 6
"""Paths that a question names."""

FileType = Literal[
    "document", "spreadsheet", "presentation", "pdf", "text", "code", "email", "image",
    "audio", "video", "archive", "web", "data",
]  # fmt: skip


def _validated_path(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a path is text")
    return normalise(value)


TreePath = Annotated[
    str,
    PlainValidator(_validated_path),
    WithJsonSchema({"type": "string", "description": "path relative to the root"}),
]
"""A path inside the root, normalised; names that are not UTF-8 pass (surrogateescape)."""

FIRST_YEAR, LAST_YEAR = 1678, 2261
"""Whole years whose every moment is an int64 of nanoseconds since the epoch."""


def _storable_number(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError("the number is too large")
    return value


def _storable_moment(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"a time lies between the years {FIRST_YEAR} and {LAST_YEAR}")
    return value


# Validators and not `Field(le=...)`: the grammars made of the JSON schema choke on such a maximum.
Number = Annotated[int, AfterValidator(_storable_number)]
"""An integer that SQLite can hold."""

Moment = Annotated[datetime, AfterValidator(_storable_moment)]
"""A time that files can have; without a zone it is in the local one."""


def _language_name(value: str) -> str:
    name = " ".join(value.split())
    if not 2 <= len(name) <= 40 or re.fullmatch(r"[^\W\d_][\w '’()-]*", name) is None:
        raise ValueError("name a language, as French, fr or fra_Latn")
    return name


LanguageName = Annotated[str, AfterValidator(_language_name)]
"""What people or models call a language. It is put into a model's instructions, so it is a name."""

Criterion = Literal["topic", "type", "author", "year", "month", "folder", "language"]
"""What files are grouped by: what they are about, or what is known of them. Years and months are of
their last change."""

ActKind = Literal[
    "move", "rename", "remove", "copy", "create", "mkdir", "write", "append", "replace", "join",
    "link", "lock", "unlock", "group", "rollback", "share",
]  # fmt: skip
"""What an undo may be of. A rename leaves an entry in its folder, a move does not."""


class Model(BaseModel):
    """Frozen, and strict about unknown fields: a typo in a plan is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Filters(Model):
    """Conditions every selected entry meets; applied before ranking is cut, never after.

    `after` <= mtime < `before`, zone-aware. Sizes in bytes, inclusive. `under` is a folder.
    `name` is a glob on the last part of the path, `path` one on the whole (`*`, `?`, `[]`, `**`).
    Hidden files (`.x`, and what is in such a folder) are selected by their names, or where `hidden`
    says so.
    `among` are the paths that are looked at, where these are not all. `without` are left out, and
    what is in those of them that are folders.
    """

    after: Moment | None = None
    before: Moment | None = None
    types: tuple[FileType, ...] = ()
    extensions: tuple[str, ...] = ()
    under: TreePath | None = None
    name: str | None = None
    path: str | None = None
    size_min: Number | None = Field(default=None, ge=0)
    size_max: Number | None = Field(default=None, ge=0)
    author: str | None = None
    hidden: Literal["too", "only"] | None = None
    among: SkipJsonSchema[tuple[TreePath, ...]] = ()
    without: SkipJsonSchema[tuple[TreePath, ...]] = ()

    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return self == Filters(hidden="too" if self.hidden == "too" else None)


SearchMode = Literal["hybrid", "lexical", "semantic"]
SortKey = Literal["relevance", "newest", "oldest", "largest", "smallest", "name"]


_ANYTHING = {"name": re.compile(r"\*+|\*\.\*"), "path": re.compile(r"\*\*(?:/\*+)*")}
"""Patterns that every name, every path meets: `*`, `*.*`, `**`, and not `*` of a path."""


class Selector(Model):
    """Which entries an operation acts on: literal paths, or a query with filters.

    With `paths` it is literal (resolved), and nothing else may choose. `query` ranks by meaning;
    `containing` demands that exact text, ignoring case; filters alone list all that meet them.
    `limit` keeps the first; `sole` means one entry, of which several are a question.
    """

    paths: tuple[TreePath, ...] = ()
    query: str | None = None
    containing: str | None = None
    filters: Filters = Filters()
    limit: Number | None = Field(default=None, ge=1)
    sort: SortKey = "relevance"
    sole: bool = False

    @model_validator(mode="after")
    def _paths_stand_alone(self) -> Selector:
        chosen = self.query is not None or self.containing is not None or self.limit is not None
        if self.paths and (chosen or not self.filters.is_empty()):
            raise ValueError(
                "name `paths`, or choose with `query`, `containing`, `filters` and `limit`;"
                " not both at once"
            )
        return self

    def is_literal(self) -> bool:
        """Whether it names paths and nothing is left to resolve."""
        return bool(self.paths)

    def refuse_several(self, paths: Sequence[str]) -> None:
        """Raises: ConfirmationError: it means one entry, and these are several."""
        if self.sole and len(paths) > 1:
            shown = ", ".join(for_terminal(path) for path in paths[:SHOWN])
            raise ConfirmationError(
                f"that could be {len(paths)} files",
                hint=f"say which one by its path, or 'all of them': {shown}",
            )

    def is_vague(self) -> bool:
        """Whether it would select everything there is, by no condition, by one that all meet, or
        but for what is named."""
        filters = self.filters
        none = {
            key: None for key, all_meet in _ANYTHING.items()
            if all_meet.fullmatch(getattr(filters, key) or "")
        }  # fmt: skip
        filters = filters.model_copy(update={**none, "without": ()})
        chosen = self.paths or self.query or self.containing or self.limit is not None
        return not chosen and filters.is_empty()


class Ranking(Model):
    """What finds entries, best first, shares."""

    filters: Filters = Filters()
    limit: int = Field(default=10, ge=1, le=1000)
    min_score: float = Field(default=0.0, ge=0.0, le=1.0)
    sort: SortKey = "relevance"
    explain: bool = False
    fold: bool = False
    """Of files that say the same, show the best and name the others with it."""
