"""E-mail messages (RFC 5322, MIME) and mailboxes of them: headers as metadata, the body, what is
attached."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import MIMEPart
from email.utils import getaddresses

from lsfs.records import Place

from . import deadline
from .dates import iso_date
from .decoding import decode
from .extracted import Extracted, Span, paragraphs
from .html import text_of_html
from .source import Source

MAX_ATTACHMENTS = 50
MAX_MESSAGES = 20_000
"""Messages of a mailbox that are read."""
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_POSTMARK = re.compile(rb"^From (?=\S.*\d{4})", re.MULTILINE)


def read_mail(source: Source) -> Extracted:
    """The headers people look for as a first span, then the body, then attachments one level deep.

    An attachment that cannot be read leaves its name; `heading` says which attachment a span is of.
    """
    message = email.message_from_binary_file(source.file, policy=email.policy.default)
    return Extracted(
        source.type, tuple(_message_spans(message, source, Place())),
        title=_header(message, "Subject"), author=sender(_header(message, "From")),
        created=iso_date(_header(message, "Date")),
    )  # fmt: skip


def read_mbox(source: Source) -> Extracted:
    """Every message like one alone, under its subject; `page` counts them from 1."""
    data = source.file.read()
    starts = [match.start() for match in _POSTMARK.finditer(data)]
    starts = [at for at in starts if at == 0 or data[max(0, at - 2) : at] in (b"\n\n", b"\r\n")]
    spans: list[Span] = []
    reason = None
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), 1):
        if number > MAX_MESSAGES or deadline.has_passed():
            reason = f"only the first {number - 1:,} of {len(starts):,} messages were read"
            break
        body = data[start:end].partition(b"\n")[2]
        message = email.message_from_bytes(body, policy=email.policy.default)
        place = Place(page=number, heading=_header(message, "Subject"))
        spans += _message_spans(message, source, place)
    return Extracted(source.type, tuple(spans), reason=reason)


def _message_spans(message: MIMEPart, source: Source, place: Place) -> Iterator[Span]:
    head = head_of({name: _header(message, name) for name in _SHOWN})
    if head:
        yield Span(head, Place(page=place.page, heading=_header(message, "Subject")))
    for text in paragraphs(_body(message)):
        yield Span(text, place)
    for attachment in list(message.iter_attachments())[:MAX_ATTACHMENTS]:
        name = attachment.get_filename() or "attached message"
        yield from attachment_spans(_payload(attachment), name, source, place.page)


def head_of(headers: dict[str, str | None]) -> str:
    """The lines of the headers that are there."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items() if value)


def attachment_spans(
    data: bytes, name: str, source: Source, page: int | None = None
) -> Iterator[Span]:
    """The name of an attachment, and its text where it can be read."""
    heading = f"attachment {name}"
    yield Span(heading, Place(page=page, heading=heading))
    if data:
        for span in source.part_spans(data, name, heading):
            yield span if page is None else Span(span.text, replace(span.place, page=page))


def sender(header: str | None) -> str | None:
    """Whom a From header names, without the quotes of RFC 5322: "Emily Zhang <ez@example.org>"."""
    named = getaddresses([header or ""])
    written = (f"{name} <{at}>" if name and at else name or at for name, at in named)
    return ", ".join(filter(None, written)) or header


def _header(message: MIMEPart, name: str) -> str | None:
    try:
        value = message.get(name)
    except (ValueError, IndexError, AttributeError):  # the parser's own faults on hostile headers
        return None
    return " ".join(str(value).split()) if value else None


def _body(message: MIMEPart) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    payload = _payload(part)
    if part.get_content_type() == "text/html":
        return text_of_html(payload).replace("\n", "\n\n")
    return _decoded(part, payload)


def _payload(part: MIMEPart) -> bytes:
    if part.get_content_type() == "message/rfc822":
        return b"".join(inner.as_bytes() for inner in part.iter_parts())
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: MIMEPart, payload: bytes) -> str:
    try:
        text = payload.decode(part.get_content_charset() or "utf-8")
    except (UnicodeDecodeError, LookupError):
        return decode(payload)
    return text.replace("\r\n", "\n")
