"""Which files a request speaks of, as it was found in its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lsfs.selector import Filters, Selector, SortKey


@dataclass(slots=True)
class Selection:
    """What was found."""

    query: str | None = None
    containing: str | None = None
    limit: int | None = None
    sort: SortKey = "relevance"
    filters: dict[str, Any] = field(default_factory=dict)
    is_marked: bool = False

    def is_empty(self) -> bool:
        """Whether it selects nothing in particular: a bare count or order is no selection."""
        return not (self.query or self.containing or self.filters)

    def selector(self) -> Selector:
        """The target of an operation."""
        return Selector(
            query=self.query,
            containing=self.containing,
            filters=Filters(**self.filters),
            limit=self.limit,
            sort=self.sort,
        )
