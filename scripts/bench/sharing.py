"""Links asked for in words, as the paper's table 4 has them: 20 requests, each followed by HTTP.

A request succeeds when `lsfs ask --yes` answers with a link, the link gives the very bytes of the
file that was meant, it ends when the request says, and gives nothing after that. Nobody waits three
months for it: the end that was recorded is moved into the past.

The first two requests are the paper's own, the others worded as they are; none was tried before.
"""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import live

SLACK = timedelta(hours=1)
"""For months that a change to summer time lies in."""
REQUESTS = (
    # request, file, days until the link ends (None: the setting's week)
    ("Provide a link for llm-base that will be active for 3 months", "papers/llm-base.pdf", 90),
    ("Generate a link for system-architecture", "papers/system-architecture.docx", None),
    ("Create a link for quarterly-report that stays active for 2 weeks",
     "work/quarterly-report.xlsx", 14),
    ("Generate a shareable link for project-proposal that will expire in 7 days",
     "work/project-proposal.docx", 7),
    ("Provide a link for meeting-minutes valid for 10 days", "work/meeting-minutes.txt", 10),
    ("Share user-guide for 1 month", "guides/user-guide.pdf", 30),
    ("Give me a link to data-pipeline that will be active for 6 months",
     "code/data-pipeline.py", 182),
    ("Make a link for api-reference that is valid for 30 days", "guides/api-reference.html", 30),
    ("Generate a link for onboarding-checklist that will be active for 1 year",
     "guides/onboarding-checklist.md", 365),
    ("Provide a link for budget-2026", "work/budget-2026.csv", None),
    ("Create a shareable link to team-photo", "pictures/team-photo.jpg", None),
    ("I need a link for training-notes that works for 48 hours", "notes/training-notes.md", 2),
    ("Provide a shareable link for test-results which is active for 3 days",
     "code/test-results.json", 3),
    ("Generate a link for design-review that will be active for 5 weeks",
     "work/design-review.pptx", 35),
    ("Share a link to release-notes for 5 days", "notes/release-notes.md", 5),
    ("Publish thesis-draft for 2 months", "papers/thesis-draft.tex", 61),
    ("Provide a download link for survey-answers that will be active for 12 hours",
     "work/survey-answers.csv", 0.5),
    ("Generate a public link for floor-plan", "pictures/floor-plan.svg", None),
    ("Get me a link for course-slides active for 4 weeks", "guides/course-slides.pdf", 28),
    ("Send me a link for travel-itinerary that expires in 36 hours",
     "notes/travel-itinerary.txt", 1.5),
)  # fmt: skip
_OTHERS = ("old", "2024", "draft of the summary", "cover letter")
_WEEK = 7.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request; `why` it failed, "" when it did not."""

    request: str
    took_s: float
    why: str


def measure(folder: Path, seed: int) -> Iterator[Asked]:
    """Each request, in a root made in `folder`, with a daemon."""
    root = folder / "files"
    chance = random.Random(seed)
    for _, path, _ in REQUESTS:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(chance.randbytes(20_000))
    for other in _OTHERS:
        (root / "notes" / f"{other}.txt").write_text(f"{other}\n", encoding="utf-8")
    with live.served(root, is_up=True):
        command = [*live.LSFS, "-C", str(root), "index", "-q"]
        subprocess.run(command, check=True, capture_output=True)
        for request, path, days in REQUESTS:
            began = time.perf_counter()
            done = subprocess.run(
                [*live.LSFS, "-C", str(root), "ask", "--yes", "--json", request],
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
            )  # fmt: skip
            took_s = time.perf_counter() - began
            why = done.stderr.strip() if done.returncode else _judged(root, done.stdout, path, days)
            if why:
                print(f"{request}: {why}", file=sys.stderr)
            yield Asked(request, took_s, why)


def _judged(root: Path, answer: str, path: str, days: float | None) -> str:
    rows = [row for row in json.loads(answer)["outcome"]["rows"] if row.get("link")]
    if len(rows) != 1:
        return f"{len(rows)} links"
    (row,) = rows
    if fetched(row["link"]) != (200, (root / path).read_bytes()):
        return f"{row['link']} does not give {path}"
    left = datetime.fromisoformat(row["expires"]) - datetime.now().astimezone()
    slack = max(SLACK, timedelta(days=(days or 0) / 30))  # months are of 28 to 31 days
    if abs(left - timedelta(days=_WEEK if days is None else days)) > slack:
        return f"it ends at {row['expires']}"
    catalog = sqlite3.connect(root / ".lsfs" / "catalog.db", timeout=60)
    with contextlib.closing(catalog), catalog:
        past_ns = time.time_ns() - 1
        catalog.execute("UPDATE shares SET expires_ns = ? WHERE id = ?", (past_ns, row["id"]))
    status, _ = fetched(row["link"])
    return "" if status == 410 else f"{status} after its end"


def fetched(link: str) -> tuple[int, bytes]:
    """The status and the body that a link answers with."""
    try:
        with urllib.request.urlopen(link, timeout=60) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
