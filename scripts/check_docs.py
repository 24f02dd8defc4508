"""Check that every relative link in the documentation leads to a file of this checkout."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def broken_links(page: Path) -> list[str]:
    """The relative links of one Markdown page that lead nowhere, in order."""
    links = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    paths = [link.split("#")[0] for link in links if "://" not in link]
    return [path for path in paths if path and not (page.parent / unquote(path)).exists()]


def main() -> int:
    """Print every broken link; 1 if there is one."""
    pages = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
    broken = [(page.relative_to(ROOT), link) for page in pages for link in broken_links(page)]
    for page_name, link in broken:
        print(f"{page_name}: {link} does not exist", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
