"""Operations, the plans made of them, and what became of them.

One definition serves every face: the CLI's JSON, the RPC methods, MCP tools and the schema a
language model must fill in all derive from these classes. Each operation class states its
`effect`, by which the policy judges: a "read" runs at once, what is "reversible" can be turned back
by the journal, what is "outward" leaves the machine or opens it to others, and always asks.

A target is a `Selector`, which `Resolver.resolve` makes literal: only then is a plan shown and run.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter
from pydantic.json_schema import SkipJsonSchema

from lsfs.canonical import dump
from lsfs.selector import (
    ActKind,
    Criterion,
    LanguageName,
    Model,
    Moment,
    Number,
    Ranking,
    SearchMode,
    Selector,
    TreePath,
)

Effect = Literal["read", "reversible", "outward"]


class BaseOperation(Model):
    """What all operations share. `effect` is of the class, not of the instance."""

    effect: ClassVar[Effect] = "read"


class Search(Ranking, BaseOperation):
    """Find entries by words and meaning (keywords_, semantic_ and integrated_retrieve); `clear`:
    without those that are only near to what is asked; `count`: all, and first how many."""

    op: Literal["search"] = "search"
    query: str = ""
    containing: str | None = None
    mode: SearchMode = "hybrid"
    rerank: bool = True
    clear: bool = False
    count: bool = False


class List(BaseOperation):
    """List a folder."""

    op: Literal["list"] = "list"
    path: TreePath = ""


class Read(BaseOperation):
    """Show what a file says: its text, extracted where the file is a document."""

    op: Literal["read"] = "read"
    target: Selector


class Stat(BaseOperation):
    """Show size, times, mode and type; of a folder the size and number of all files in it."""

    op: Literal["stat"] = "stat"
    target: Selector


class History(BaseOperation):
    """List the versions of an entry, newest first; also of one that is gone."""

    op: Literal["history"] = "history"
    path: TreePath
    limit: Number | None = Field(default=None, ge=1)


class Diff(BaseOperation):
    """Compare two versions of an entry, each by its id or as it was at a moment; by default the
    last two states, with one given that and the present one."""

    op: Literal["diff"] = "diff"
    path: TreePath
    from_version: Number | None = None
    to_version: Number | None = None
    from_time: Moment | None = None
    to_time: Moment | None = None


class Similar(Ranking, BaseOperation):
    """Entries nearest in meaning to this one."""

    op: Literal["similar"] = "similar"
    path: TreePath


class Groups(BaseOperation):
    """List the groups, or the members of one."""

    op: Literal["groups"] = "groups"
    name: str | None = None


class Log(BaseOperation):
    """List what was done, newest first: `after` (or at) and `before` a moment, by `actor`."""

    op: Literal["log"] = "log"
    limit: Number = Field(default=20, ge=1)
    after: Moment | None = None
    before: Moment | None = None
    actor: str | None = None


class Shares(BaseOperation):
    """List the open links to files, newest first."""

    op: Literal["shares"] = "shares"


class Summarize(BaseOperation):
    """Say what entries contain, each sentence with its place; `about` what (retrieve-summary)."""

    op: Literal["summarize"] = "summarize"
    target: Selector
    sentences: int | None = Field(default=None, ge=1, le=50)
    words: int | None = Field(default=None, ge=1, le=10_000)
    about: str | None = None


class ChangeSummary(BaseOperation):
    """Say in words what changed in an entry, or in a folder, since a moment, up to now or `until`
    (change-summary). Of an entry without `since`: by the last change."""

    op: Literal["change_summary"] = "change_summary"
    path: TreePath
    since: Moment | None = None
    until: Moment | None = None


class Translate(BaseOperation):
    """Say in another language what entries say: `limit` passages, from the `start`th on."""

    op: Literal["translate"] = "translate"
    target: Selector
    language: LanguageName
    start: Number = Field(default=1, ge=1)
    limit: Number = Field(default=20, ge=1)


class Reversible(BaseOperation):
    """An operation the journal can turn back."""

    effect: ClassVar[Effect] = "reversible"


class Create(Reversible):
    """Make a new file; fails when something is there."""

    op: Literal["create"] = "create"
    path: TreePath
    text: str = ""


class Mkdir(Reversible):
    """Make a folder, with its parents; one that is there already is left alone."""

    op: Literal["mkdir"] = "mkdir"
    path: TreePath


class Write(Reversible):
    """Replace the whole content of a file; makes it when it is not there."""

    op: Literal["write"] = "write"
    path: TreePath
    text: str


class Append(Reversible):
    """Add text at a file's end; makes it when it is not there. `as_line` gives it its own line."""

    op: Literal["append"] = "append"
    path: TreePath
    text: str
    as_line: bool = False


class Replace(Reversible):
    """Replace text within files, every occurrence."""

    op: Literal["replace"] = "replace"
    target: Selector
    old: str = Field(min_length=1)
    new: str


class Move(Reversible):
    """Move or rename. With several sources, or a `to` that is a folder, they go into it."""

    op: Literal["move"] = "move"
    target: Selector
    to: TreePath
    into: bool = False
    overwrite: bool = False


class Copy(Reversible):
    """Copy files or whole folders, as `move` does."""

    op: Literal["copy"] = "copy"
    target: Selector
    to: TreePath
    into: bool = False
    overwrite: bool = False


class Link(Reversible):
    """Make relative symbolic links to files or folders; `to` as for `copy`."""

    op: Literal["link"] = "link"
    target: Selector
    to: TreePath
    into: bool = False


class Remove(Reversible):
    """Remove files or whole folders; the bytes are kept in the store. `if_empty` takes a folder
    only when nothing is in it (how the making of a folder is turned back)."""

    op: Literal["remove"] = "remove"
    target: Selector
    if_empty: bool = False


class Join(Reversible):
    """Put the text of the sources, in order, into `to` (file_join)."""

    op: Literal["join"] = "join"
    target: Selector
    to: TreePath


class MakeGroup(Reversible):
    """Name a set of entries; virtual, or as links, copies or moves into `into`. `by` a criterion:
    several, "NAME/LABEL" in "INTO/LABEL", by topic `count` of them."""

    op: Literal["group"] = "group"
    name: str = Field(min_length=1)
    target: Selector
    by: Criterion | None = None
    count: Number | None = Field(default=None, ge=1, le=1000)
    form: Literal["virtual", "links", "copies", "moves"] = "virtual"
    into: TreePath | None = None


class DropGroup(Reversible):
    """Forget a group, or all below that name; their entries stay."""

    op: Literal["drop_group"] = "drop_group"
    name: str


class Rollback(Reversible):
    """Bring an entry back to an earlier version: by count, by moment, or by version id."""

    op: Literal["rollback"] = "rollback"
    path: TreePath
    versions: Number | None = Field(default=None, ge=1)
    to: Moment | None = None
    version: Number | None = None


class Restore(Reversible):
    """Bring a whole folder back to how it was at a moment."""

    op: Literal["restore"] = "restore"
    path: TreePath
    to: Moment


class Undo(Reversible):
    """Turn back a journal entry; without `id` the last thing done (of a `kind`). Alone in a plan.
    What has changed since is a conflict, unless `force` keeps both: the present with a new name."""

    op: Literal["undo"] = "undo"
    id: Number | None = None
    kind: ActKind | None = None
    force: bool = False


class Redo(Reversible):
    """Turn back the last undo. Alone in a plan."""

    op: Literal["redo"] = "redo"


class Touch(Reversible):
    """Set the modification time (update_access_time); now, when none is given."""

    op: Literal["touch"] = "touch"
    target: Selector
    mtime: Moment | None = None


class Lock(Reversible):
    """Make files refuse writing (lock_file)."""

    op: Literal["lock"] = "lock"
    target: Selector


class Unlock(Reversible):
    """Make files writable again (unlock_file)."""

    op: Literal["unlock"] = "unlock"
    target: Selector


class Share(BaseOperation):
    """Open a link to a file for a while (generate_link)."""

    effect: ClassVar[Effect] = "outward"
    op: Literal["share"] = "share"
    path: TreePath
    expires: Moment | None = None
    id: SkipJsonSchema[Number | None] = None  # that one again, which was closed


class Unshare(BaseOperation):
    """Close a shared link; with `path` in place of `id` all that are open to that file."""

    effect: ClassVar[Effect] = "outward"
    op: Literal["unshare"] = "unshare"
    id: Number | None = None
    path: TreePath | None = None


Operation = Annotated[
    Search | List | Read | Stat | History | Diff | Similar | Groups | Log | Shares | Summarize
    | ChangeSummary | Translate | Create | Mkdir | Write | Append | Replace | Move | Copy | Link
    | Remove | Join | MakeGroup | DropGroup | Rollback | Restore | Undo | Redo | Touch | Lock
    | Unlock | Share | Unshare, Field(discriminator="op"),
]  # fmt: skip

OPERATIONS: TypeAdapter[Any] = TypeAdapter(Operation)


class Touched(Model):
    """An entry a resolved plan touches, and the state it was seen in ("absent": not there)."""

    path: TreePath
    state: str


class Plan(Model):
    """Operations in order, with where they came from.

    `parser` is "exact", "grammar", "examples", "likely" or "model:NAME"; `actor` who asked. In a
    resolved plan `Resolver.resolve` has made the operations literal and filled in `touched`, what
    they change or copy; `token` binds a confirmation to exactly these operations on these states.
    `undoes` is the journal row that an undo (or redo) turns back, `forced` that it keeps what has
    changed since beside. `is_chosen`: a query chose the literal paths before the plan was made.
    """

    operations: tuple[Operation, ...] = Field(min_length=1)
    request: str | None = None
    parser: str = "exact"
    actor: str = "cli"
    touched: tuple[Touched, ...] = ()
    undoes: int | None = None
    forced: bool = False
    is_chosen: bool = False

    @property
    def token(self) -> str:
        """SHA-256 over operations, states of what they touch, and the undone row; 16 hex."""
        bound = {"o": self.operations, "t": self.touched, "u": self.undoes}
        return hashlib.sha256(dump(bound)).hexdigest()[:16]

    @property
    def is_proposal(self) -> bool:
        """Whether it is not surely what was asked for: likely so, or made by a language model."""
        return self.parser == "likely" or self.parser.startswith("model:")

    def changes_something(self) -> bool:
        """Whether any operation is more than a read."""
        return any(operation.effect != "read" for operation in self.operations)
