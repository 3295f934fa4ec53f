"""Articles with questions and claims, and for each the smallest edit of the article that turns its label.

A folder in newsqa's form holds ``articles*.jsonl`` (title, publisher, published, paragraphs: lists of
sentences, questions), and beside each of these, with the same ending, ``twins*.jsonl``,
``claims*.jsonl`` and ``claim-twins*.jsonl``, by title. A file ``newsqa.jsonl.gz`` holds the same in one
object an article, with ``twins``, ``claims`` and ``claim_twins``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from index.errors import CorpusError
from index.evaluate.lines import read_lines

Paragraphs = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """An article as written or edited, for one question or claim.

    Attributes:
        paragraphs: Its sentences.
        label: Of a question ``answered`` or ``unanswered``; of a claim one of ``VERDICTS``.
        evidence: The sentences that answer or settle it, counted from 0 through the article.
        near: Those and, where nothing does, the sentences that come nearest.
        answer: Words of the evidence that answer; None where there are none such.
        written: False for an edited article.
        places: Where each sentence of the article as written, or what replaced it, stands.
    """

    paragraphs: Paragraphs
    label: str
    evidence: tuple[int, ...]
    near: tuple[int, ...]
    answer: str | None
    written: bool
    places: tuple[int, ...]

    def behind(self, sentence: int) -> range:
        """Where a sentence of the article as written stands, with what was inserted behind it."""
        following = (*self.places, len(self.sentences))[sentence + 1]
        return range(self.places[sentence], following)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All sentences of the article."""
        return tuple(chain.from_iterable(self.paragraphs))

    @property
    def settled(self) -> bool:
        """Whether the article answers the question, or says whether the claim is true."""
        return self.label not in ("unanswered", "not found")


@dataclass(frozen=True, slots=True)
class Item:
    """A question or claim, with its article as written and, where one was made, as edited."""

    text: str
    language: str
    kind: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class NewsArticle:
    """An article with all that is asked and claimed of it."""

    title: str
    publisher: str
    published: str
    paragraphs: Paragraphs
    questions: tuple[Item, ...]
    claims: tuple[Item, ...]


def read_news(folder: Path) -> list[NewsArticle]:
    """Read a folder in newsqa's form, or a file ``newsqa.jsonl.gz``.

    Raises:
        CorpusError: A file is missing or broken, or there is no article.
    """
    try:
        found = [_article(line) for line in _lines(folder)]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as exc:
        raise CorpusError(str(folder), f"newsqa の形ではありません（{exc!r}）") from exc
    if not found:
        raise CorpusError(str(folder), "記事がありません")
    return found


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    if folder.is_file():
        yield from read_lines(folder, "title")
        return
    files = sorted(folder.glob("articles*.jsonl"))
    if not files:
        raise CorpusError(str(folder), "articles*.jsonl がありません")
    for file in files:
        beside = {
            name: _by_title(file.with_name(file.name.replace("articles", kind)))
            for name, kind in (
                ("twins", "twins"),
                ("claims", "claims"),
                ("claim_twins", "claim-twins"),
            )
        }
        for line in read_lines(file, "title"):
            title = line["title"]
            found = {name: of[title] for name, of in beside.items() if title in of}
            yield line | {
                name: of["claims" if name == "claims" else "twins"] for name, of in found.items()
            }


def _by_title(file: Path) -> Mapping[str, dict[str, Any]]:
    return {line["title"]: line for line in read_lines(file, "title")} if file.exists() else {}


def _article(line: dict[str, Any]) -> NewsArticle:
    paragraphs = tuple(map(tuple, line["paragraphs"]))
    questions, claims = line["questions"], line.get("claims", [])
    return NewsArticle(
        line["title"],
        line.get("publisher", ""),
        line.get("published", ""),
        paragraphs,
        tuple(_items(paragraphs, questions, line.get("twins"), _question, _question_twin)),
        tuple(_items(paragraphs, claims, line.get("claim_twins"), _claim, _claim_twin)),
    )


def _items(
    paragraphs: Paragraphs,
    items: Sequence[dict[str, Any]],
    twins: Sequence[dict[str, Any] | None] | None,
    written: Any,
    edited: Any,
) -> Iterator[Item]:
    for item, twin in zip(items, twins or [None] * len(items), strict=True):
        variants = [written(paragraphs, item)]
        if twin:
            changed = edit(paragraphs, twin["edits"])
            variants.append(edited(*changed, item, twin))
        yield Item(
            item.get("question") or item["claim"],
            item["lang"],
            item.get("type") or item["verdict"],
            tuple(variants),
        )


def _question(paragraphs: Paragraphs, item: dict[str, Any]) -> Variant:
    near = tuple(item["evidence"])
    if not item["answerable"]:
        return Variant(paragraphs, "unanswered", (), near, None, True, _own(paragraphs))
    return Variant(
        paragraphs, "answered", near, near, _words(item["answer"]), True, _own(paragraphs)
    )


def _question_twin(
    paragraphs: Paragraphs,
    places: Mapping[int, int],
    changed: tuple[int, ...],
    item: dict[str, Any],
    twin: dict[str, Any],
) -> Variant:
    near = tuple(sorted({*changed, *(places[n] for n in item["evidence"])}))
    if item["answerable"]:
        return Variant(paragraphs, "unanswered", (), near, None, False, tuple(places.values()))
    return Variant(
        paragraphs, "answered", changed, near, _words(twin["answer"]), False, tuple(places.values())
    )


def _claim(paragraphs: Paragraphs, item: dict[str, Any]) -> Variant:
    near, verdict = tuple(item["evidence"]), item["verdict"]
    return Variant(
        paragraphs,
        verdict,
        near if verdict != "not found" else (),
        near,
        None,
        True,
        _own(paragraphs),
    )


def _claim_twin(
    paragraphs: Paragraphs,
    places: Mapping[int, int],
    changed: tuple[int, ...],
    item: dict[str, Any],
    twin: dict[str, Any],
) -> Variant:
    near = tuple(sorted({*changed, *(places[n] for n in item["evidence"])}))
    verdict = twin["verdict"]
    return Variant(
        paragraphs,
        verdict,
        near if verdict != "not found" else (),
        near,
        None,
        False,
        tuple(places.values()),
    )


def _own(paragraphs: Paragraphs) -> tuple[int, ...]:
    return tuple(range(sum(map(len, paragraphs))))


def _words(answer: str) -> str | None:
    """The first part of an answer; of one that says yes or no there are no words in the article."""
    first = answer.split("／")[0].strip()
    return None if first in ("はい", "いいえ") else first


def edit(
    paragraphs: Paragraphs, edits: Sequence[dict[str, Any]]
) -> tuple[Paragraphs, dict[int, int], tuple[int, ...]]:
    """Return an article with sentences replaced and inserted.

    Args:
        paragraphs: The article.
        edits: ``sentence`` (from 0), ``text`` and ``insert``: whether the text comes after that
            sentence instead of in its place.

    Returns:
        The new paragraphs, the new number of each old sentence, and the numbers of the new texts.
    """
    in_place = {e["sentence"]: e["text"] for e in edits if not e["insert"]}
    after: dict[int, list[str]] = {}
    for e in edits:
        if e["insert"]:
            after.setdefault(e["sentence"], []).append(e["text"])
    places: dict[int, int] = {}
    new: list[list[str]] = []
    changed: list[int] = []
    old = at = 0
    for paragraph in paragraphs:
        new.append([])
        for sentence in paragraph:
            places[old] = at
            inserted = after.get(old, [])
            new[-1] += [in_place.get(old, sentence), *inserted]
            changed += [at] * (old in in_place) + list(range(at + 1, at + 1 + len(inserted)))
            old, at = old + 1, at + 1 + len(inserted)
    return tuple(map(tuple, new)), places, tuple(changed)
