"""What an answer says beside its statements, in one sentence each; nothing is escaped here."""

from collections.abc import Callable
from datetime import date

from index.exports.cited import Payload
from index.exports.words import Words


def understood(answer: Payload, words: Words) -> str:
    """Say how a follow-up was read; empty for a question read as asked."""
    read = answer["understood"]
    return "" if read == answer["question"] else words.understood.format(read)


def missing(answer: Payload, words: Words) -> str:
    """Say which words the articles do not hold."""
    named = "".join(words.quoted.format(word) for word in answer["missing"])
    return words.missing.format(named) if named else ""


def differing(answer: Payload, words: Words, write: Callable[[str, int], str]) -> str:
    """Set figures that differ side by side with their dates; ``write`` takes a figure and its citation."""
    figures = [
        write(item["figure"] + _day(item["published"], words), item["citation"])
        for item in answer.get("differing", ())
    ]
    return words.differing + words.comma.join(figures) if figures else ""


def _day(published: str | None, words: Words) -> str:
    if not published:
        return ""
    return words.aside.format(words.date.format(date.fromisoformat(published)))
