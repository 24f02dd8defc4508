"""Which files a request speaks of, as it was found in its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lsfs import plan
from lsfs.selector import Filters, SearchMode, Selector, SortKey

from .refusals import missing

MOST_LISTED = 1000
"""Files of a folder that one answer names."""


@dataclass(slots=True)
class Selection:
    """What was found."""

    query: str | None = None
    containing: str | None = None
    limit: int | None = None
    sort: SortKey = "relevance"
    filters: dict[str, Any] = field(default_factory=dict)
    is_marked: bool = False
    mode: SearchMode = "hybrid"

    def is_empty(self) -> bool:
        """Whether it selects nothing in particular: a bare count or order is no selection."""
        return not (self.query or self.containing or self.filters)

    def search(self, *, seeks: bool) -> plan.Search | plan.List:
        """The search for it. A folder alone is listed, unless one `seeks` what is in it: that is
        all of it, however deep."""
        is_bare = not (self.query or self.containing or self.limit) and self.sort == "relevance"
        if is_bare and set(self.filters) == {"under"}:
            if not seeks:
                return plan.List(path=self.filters["under"])
            return plan.Search(filters=Filters(**self.filters), sort="name", limit=MOST_LISTED)
        return plan.Search(
            query=self.query or "", containing=self.containing, filters=Filters(**self.filters),
            mode=self.mode, sort=self.sort,
            limit=self.limit or int(plan.Search.model_fields["limit"].default),
        )  # fmt: skip

    def selector(self) -> Selector:
        """The target of an operation.

        Raises:
            NotUnderstoodError: it is said how to search, which no act can.
        """
        if self.mode != "hybrid":
            raise missing("how to search for what is acted on", "find it first, and name it")
        return Selector(
            query=self.query,
            containing=self.containing,
            filters=Filters(**self.filters),
            limit=self.limit,
            sort=self.sort,
        )
