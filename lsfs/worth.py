"""Which files are worth a version before anything of lsfs has changed them. Pure."""

from __future__ import annotations

from lsfs.config import Config
from lsfs.filetypes import is_writing
from lsfs.ignoring import Excluded

LISTED = "listed without versions"
"""The setting that says that a scan has yet to take first versions: when it last listed a file."""
UNVERSIONED = (
    "SELECT id, path FROM entries WHERE id > ? AND gone_ns IS NULL AND kind = 'file' AND size > 0"
    " AND captured = 0 AND NOT EXISTS (SELECT 1 FROM versions WHERE entry = entries.id)"
    " ORDER BY id LIMIT ?"
)
"""Files of which no version was ever taken, worth it or not, behind an id."""


class Worth:
    """By the settings of one root."""

    def __init__(self, config: Config) -> None:
        self._most_bytes = config.versions.baseline_max_bytes
        self._excluded = Excluded(config.indexer.exclude)
        self._secrets = Excluded(config.indexer.secrets)

    def is_writing(self, path: str, size: int) -> bool:
        """Whether it is a file that a person wrote, by its name, and not large."""
        return size <= self._most_bytes and is_writing(path) and not self.is_excluded(path)

    def is_excluded(self, path: str) -> bool:
        """Whether configuration keeps the path out of the index (caches, build trees, secrets)."""
        return self._excluded.holds(path) or self._secrets.holds(path)
