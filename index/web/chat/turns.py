"""What the page shows of a conversation: frozen records, ready to render."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from index.citations import article_name
from index.conversations import Exchange, Verdict
from index.engine import Engine
from index.records import Filter, Hit
from index.schema import Answer, Citation, Passage
from index.web.chat.catalogue import Catalogue

EVERYTHING = Filter()

INNER_QUOTES = str.maketrans("「」", "『』")
"""What a quotation becomes inside another one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and how far its answer has come.

    Attributes:
        number: Counts the turns of a conversation from 1; names the elements of the page.
        question: As typed.
        stage: ``waiting``, ``looking``, ``reading``, ``answer``, ``stopped`` or ``error``.
        filter: Which articles might answer.
        within: The titles of the articles that the filter names.
        titles: At ``reading``, the titles of the articles found, best first.
        answer: At ``answer``.
        changed: Ids of the articles cited that have another text since.
        gone: Ids of those that are no longer in the index.
        kept: The number of the exchange in the file of conversations, which verdicts name.
        verdicts: What the reader said of the answer and its citations.
        error: At ``error``, what went wrong, fit to show.
    """

    number: int
    question: str
    stage: str
    filter: Filter = EVERYTHING
    within: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    answer: Answer | None = None
    changed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    kept: int | None = None
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""

    @property
    def sources(self) -> tuple[Citation | Passage, ...]:
        """What the answer cites; for a refusal, the nearest passages."""
        if self.answer is None:
            return ()
        return self.answer.citations if self.answer.answered else self.answer.nearest


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as a page holds it; without an id it is not in the file of conversations."""

    id: str | None = None
    turns: tuple[Turn, ...] = ()


def titles_of(engine: Engine, hits: Iterable[Hit]) -> tuple[str, ...]:
    """Return the titles of the articles the hits stand in, each once, best first."""
    ids = dict.fromkeys(hit.passage.article_id for hit in hits)
    found = map(engine.article, ids)
    return tuple(article_name(article.title, article.source, article.id) for article in found)


def turn_of(exchange: Exchange, catalogue: Catalogue | None, *, unreadable: str) -> Turn:
    """Return a kept exchange as it is shown, whatever has become of its articles.

    Args:
        exchange: Its number is that of the turn.
        catalogue: Of the articles as they are now; None where there is none.
        unreadable: What is said of an exchange that cannot be read.
    """
    number = exchange.number
    if exchange.answer is None:
        return Turn(number, exchange.question, "error", error=unreadable)
    turn = Turn(
        number,
        exchange.question,
        "answer",
        answer=exchange.answer,
        kept=number,
        verdicts=exchange.verdicts,
    )
    return renewed(narrowed(turn, exchange.filter, catalogue), catalogue)


def narrowed(turn: Turn, filter: Filter, catalogue: Catalogue | None) -> Turn:
    """Return the turn with its filter, and the titles of the articles that names."""
    titles = catalogue.titles if catalogue else {}
    within = tuple(titles.get(article_id, article_id) for article_id in filter.article_ids)
    return replace(turn, filter=filter, within=within)


def renewed(turn: Turn, catalogue: Catalogue | None) -> Turn:
    """Return the turn with what has become since of the articles that its answer cites."""
    if catalogue is None:
        return turn
    now = {source.article_id: catalogue.contents.get(source.article_id) for source in turn.sources}
    quoted = {source.article_id: source.sha256 for source in turn.sources}
    gone = frozenset(name for name, sha256 in now.items() if not sha256)
    changed = {name for name, sha256 in now.items() if quoted[name] not in {"", sha256}}
    return replace(turn, changed=frozenset(changed - gone), gone=gone)
