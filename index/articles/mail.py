"""EML: the text of a letter, or its page where that says far more; attachments are named."""

import email
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from email import policy
from typing import Any, cast

from index.articles import html
from index.articles.encodings import decode
from index.articles.files import Draft, Limits, Unreadable, check_count
from index.records import Loss
from index.text.characters import detect_language

_MOST_PARTS = 200
_LONGEST_HEAD = 5000  # lines
_REPLY = re.compile(r"(?:\s*(?:re|fwd?)\s*[:：])+\s*", re.I)


def parse(raw: bytes, limits: Limits) -> Draft:
    """Read a letter.

    Raises:
        Unreadable: It has too many parts.
    """
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    check_count("見出しの行", head.count(b"\n"), _LONGEST_HEAD)
    check_count("部分", len(re.findall(rb"(?im)^content-type:", raw)), _MOST_PARTS)
    letter: Any = email.message_from_bytes(raw, policy=cast(Any, policy.default))
    plain, page = (_words(letter.get_body((kind,))) for kind in ("plain", "html"))
    draft = Draft(plain, chrome=True)
    with suppress(Unreadable):
        read = html.parse(f"\ufeff{page}".encode(), limits)
        draft = read if len(read.text) > 2 * len(plain) else draft
    attached = (one.get_filename() or one.get_content_type() for one in letter.iter_attachments())
    writers = (one.display_name for one in getattr(letter["from"], "addresses", ()))
    sent: Any = getattr(letter["date"], "datetime", None)
    untold = sent and not sent.utcoffset()  # in which zone it was written
    if untold and detect_language(draft.text) == "ja":
        sent = sent.replace(tzinfo=UTC).astimezone(html.JAPAN)
    return replace(
        draft,
        title=_REPLY.sub("", " ".join(str(letter["subject"] or "").split()), count=1) or None,
        authors=tuple(filter(None, writers)),
        published=sent.date() if sent else None,
        losses=(*draft.losses, *(Loss("other", name) for name in attached)),
    )


def _words(part: Any) -> str:
    raw = part.get_payload(decode=True) or b"" if part is not None else b""
    try:
        return str(raw.decode(part.get_content_charset("utf-8") if raw else "utf-8"))
    except (LookupError, ValueError):
        return decode(raw)  # not what it says
