"""What lies in a folder, however deep, as the catalog knows it."""

from __future__ import annotations

from lsfs.catalog import Catalog
from lsfs.paths import below


def beneath(catalog: Catalog, folder: str) -> tuple[int, int]:
    """(files, their bytes), hidden ones too; links and folders themselves are not counted."""
    files, size = catalog.row(
        "SELECT count(*), coalesce(sum(size), 0) FROM entries INDEXED BY entries_sizes"
        " WHERE path > ? AND path < ? AND gone_ns IS NULL AND kind = 'file'",
        below(folder),
    )
    return int(files), int(size)
