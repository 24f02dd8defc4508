"""E-mail messages (RFC 5322, MIME): headers as metadata, the body, what is attached."""

from __future__ import annotations

import email
import email.policy
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import MIMEPart
from email.utils import parsedate_to_datetime
from typing import BinaryIO

from lsfs.records import Place

from .decoding import decode
from .extracted import Extracted, Span
from .markup import text_of_html

MAX_ATTACHMENTS = 50
_SHOWN = ("From", "To", "Cc", "Date", "Subject")

ReadAttachment = Callable[[BinaryIO, str], Extracted]


def read_mail(file: BinaryIO, type_: str | None, read_attachment: ReadAttachment) -> Extracted:
    """The headers people look for as a first span, then the body, then attachments one level deep.

    An attachment that cannot be read leaves its name; `heading` says which attachment a span is of.
    """
    message = email.message_from_binary_file(file, policy=email.policy.default)
    head = "\n".join(
        f"{name}: {_header(message, name)}" for name in _SHOWN if _header(message, name)
    )
    spans = [Span(head, Place(heading=_header(message, "Subject")))] if head else []
    spans += [Span(part.strip()) for part in _body(message).split("\n\n") if part.strip()]
    for attachment in list(message.iter_attachments())[:MAX_ATTACHMENTS]:
        spans += _attachment_spans(attachment, read_attachment)
    return Extracted(
        type_, tuple(spans), title=_header(message, "Subject"), author=_header(message, "From"),
        created=_date(message),
    )  # fmt: skip


def _header(message: MIMEPart, name: str) -> str | None:
    try:
        value = message.get(name)
    except (ValueError, IndexError, AttributeError):  # the parser's own faults on hostile headers
        return None
    return " ".join(str(value).split()) if value else None


def _date(message: MIMEPart) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date") or "").isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _body(message: MIMEPart) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    payload = _payload(part)
    if part.get_content_type() == "text/html":
        return text_of_html(payload).replace("\n", "\n\n")
    return _decoded(part, payload)


def _payload(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: MIMEPart, payload: bytes) -> str:
    try:
        text = payload.decode(part.get_content_charset() or "utf-8")
    except (UnicodeDecodeError, LookupError):
        return decode(payload)
    return text.replace("\r\n", "\n")


def _attachment_spans(part: MIMEPart, read: ReadAttachment) -> Iterator[Span]:
    name = part.get_filename() or "attached message"
    heading = f"attachment {name}"
    yield Span(heading, Place(heading=heading))
    data = _payload(part)
    if data:
        for span in read(io.BytesIO(data), name).spans:
            yield Span(span.text, replace(span.place, heading=heading))
