"""Messages that Outlook saved (MSG, MS-OXMSG)."""

from __future__ import annotations

import io
from email.header import decode_header, make_header
from typing import Any

from lsfs.records import Place

from .dates import iso_date
from .extracted import Extracted, Span, paragraphs
from .html import text_of_html
from .mail import MAX_ATTACHMENTS, attachment_spans, head_of, sender
from .source import Source


def read_msg(source: Source) -> Extracted:
    """The same as of any message: headers, body, attachments one level deep."""
    from oxmsg import Message

    message = Message.load(io.BytesIO(source.file.read()))
    headers = {
        "From": _words(message.sender), "To": _recipients(message),
        "Cc": _words(message.message_headers.get("Cc")),
        "Date": iso_date(message.sent_date), "Subject": _words(message.subject),
    }  # fmt: skip
    spans = [Span(head_of(headers), Place(heading=headers["Subject"]))]
    spans += [Span(text) for text in paragraphs(_body(message))]
    for attachment in message.attachments[:MAX_ATTACHMENTS]:
        name = attachment.file_name or "attached message"
        spans += attachment_spans(attachment.file_bytes or b"", name, source)
    return Extracted(
        source.type, tuple(spans), title=headers["Subject"], author=sender(headers["From"]),
        created=headers["Date"],
    )  # fmt: skip


def _recipients(message: Any) -> str | None:
    written = _words(message.message_headers.get("To"))
    named = (recipient.name or recipient.email_address for recipient in message.recipients)
    return written or ", ".join(name for name in named if name) or None


def _body(message: Any) -> str:
    if message.body and message.body.strip():
        return str(message.body).replace("\r\n", "\n")
    html = (message.html_body or "").encode("utf-8")
    return text_of_html(html).replace("\n", "\n\n") if html else ""


def _words(value: str | None) -> str | None:
    """A header, with what it encodes (RFC 2047) as text."""
    if not value:
        return None
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (ValueError, LookupError):
        return " ".join(value.split())
