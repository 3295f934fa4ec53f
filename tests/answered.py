"""Answers that no engine gave, for tests of what shows, keeps and exports them."""

from typing import Any

from index.schema import Answer, Citation, Passage

ORIGIN: dict[str, Any] = {
    "title": "港の灯台", "authors": (), "publisher": None, "published": None, "language": "ja",
    "url": None, "source": "港の灯台.txt", "article_id": "a", "sha256": "0" * 64, "heading": None,
}  # fmt: skip


def citation(
    number: int,
    quote: str,
    *,
    before: str = "",
    after: str = "",
    start: int = 0,
    key: tuple[int, int] | None = None,
    **origin: Any,
) -> Citation:
    """A quote in a passage that begins at ``start``; the key is told from the quote."""
    at = start + len(before)
    text = before + quote + after
    cited = {
        "number": number,
        "score": 0.9,
        "start": at,
        "end": at + len(quote),
        "quote": quote,
        "key": key and {"start": at + key[0], "end": at + key[1]},
        "passage": {"start": start, "end": start + len(text), "text": text},
    }
    return Citation.model_validate(ORIGIN | cited | origin)


def passage(text: str, *, start: int = 0, **origin: Any) -> Passage:
    """A passage that begins at ``start``."""
    place = {"id": "a:0", "start": start, "end": start + len(text), "text": text}
    return Passage.model_validate(ORIGIN | place | origin)


def answer(**members: Any) -> Answer:
    """An answer; what is not given is empty, and an answer without citations is a refusal."""
    question = members.get("question", "灯台はいつ建てられたか")
    told = {
        "schema": 1,
        "question": question,
        "understood": question,
        "follow_up": False,
        "undated": 0,
        "reader": "extractive",
        "answered": bool(members.get("citations")),
        "text": "",
        "confidence": 0.9,
        "seconds": 0.1,
    }
    lists = dict.fromkeys(("statements", "citations", "differing", "missing", "nearest"), ())
    return Answer.model_validate(told | lists | members)
