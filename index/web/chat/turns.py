"""What the page shows of a conversation: frozen records, ready to render."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from index.citations import article_name, quote_address
from index.conversations import Exchange, Verdict
from index.engine import Engine
from index.errors import StoreError, TenkyoError
from index.records import Filter, Hit
from index.schema import Answer, Citation, Passage
from index.store import Archive

EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of words that were quoted: a state of ``checking.Living``, where they are now, and which."""

    state: str
    address: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and how far its answer has come.

    Attributes:
        number: Counts the turns of a conversation from 1; names the elements of the page.
        question: As typed.
        stage: ``waiting``, ``looking``, ``reading``, ``writing``, ``answer``, ``stopped`` or ``error``.
        filter: Which articles might answer.
        within: The titles of the articles that the filter names.
        titles: At ``reading``, the titles of the articles found, best first.
        answer: At ``answer``; at ``writing`` and ``stopped``, as far as it had come.
        changed: Ids of the articles cited that have another text since.
        gone: Ids of those that are no longer in the index.
        standing: Of citations of those, by their numbers, what has become of the words.
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
    standing: tuple[tuple[int, Standing], ...] = ()
    kept: int | None = None
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""

    @property
    def sources(self) -> tuple[Citation | Passage, ...]:
        """What the answer cites; for a refusal, the nearest passages."""
        if self.answer is None:
            return ()
        return self.answer.citations if self.answer.answered else self.answer.nearest

    @property
    def pending(self) -> bool:
        """Whether an answer is still to come."""
        return self.stage not in {"answer", "error", "stopped"}


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as a page holds it; without an id it is not in the file of conversations."""

    id: str | None = None
    turns: tuple[Turn, ...] = ()

    def up_to(self, number: int) -> "Talk":
        """Return the conversation with its first turns only."""
        return replace(self, turns=self.turns[:number])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One generation: ``titles`` and ``contents`` (sha256) by id, publishers sorted, a count."""

    titles: Mapping[str, str]
    contents: Mapping[str, str]
    publishers: tuple[str, ...]
    passages: int = 0


class Catalogues:
    """Reads the articles once a generation: for the filter, and to tell whether an old quote stands."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._last: tuple[int, Catalogue] | None = None

    def current(self) -> Catalogue | None:
        """Return the catalogue of the generation in use; None where there is none to be read."""
        try:
            generation = self._engine.generation()
            with self._lock:
                if self._last is None or self._last[0] != generation.number:
                    self._last = generation.number, _read(generation)
                return self._last[1]
        except StoreError:
            return None  # the page says so elsewhere, with what repairs it

    def standing(self, citation: Citation) -> Standing | None:
        """Look for words that were quoted in the articles as they are now; None where these cannot be read."""
        try:
            living = self._engine.recheck(citation)
            if living.state == "gone":
                return Standing("gone")
            article = self._engine.article(living.article_id)
        except TenkyoError:
            return None
        start, end = living.start, living.end
        address = quote_address(article.id, start, end, sha256=article.sha256, base=".")
        return Standing(living.state, address, article.text[start:end])


def _read(generation: Archive) -> Catalogue:
    articles = generation.articles()
    names = {a.id: article_name(a.title, a.source, a.id) for a in articles}
    return Catalogue(
        dict(sorted(names.items(), key=lambda named: named[1])),
        {article.id: article.sha256 for article in articles},
        tuple(sorted({article.publisher for article in articles if article.publisher})),
        generation.counts["passages"],
    )


def titles_of(engine: Engine, hits: Iterable[Hit]) -> tuple[str, ...]:
    """Return the titles of the articles the hits stand in, each once, best first."""
    ids = dict.fromkeys(hit.passage.article_id for hit in hits)
    found = map(engine.article, ids)
    return tuple(article_name(article.title, article.source, article.id) for article in found)


def turn_of(
    exchange: Exchange,
    catalogue: Catalogue | None,
    *,
    unreadable: str,
    standing: Callable[[Citation], Standing | None] = lambda _: None,
) -> Turn:
    """Return a kept exchange as it is shown, whatever has become of its articles.

    Args:
        exchange: Its number is that of the turn.
        catalogue: Of the articles as they are now; None where there is none.
        unreadable: What is said of an exchange that cannot be read.
        standing: Tells what has become of a citation whose article is no longer as it was.
    """
    number, question = exchange.number, exchange.question
    if exchange.answer is None:
        return Turn(number, question, "error", error=unreadable)
    turn = Turn(number, question, "answer", answer=exchange.answer, kept=number)
    turn = narrowed(replace(turn, verdicts=exchange.verdicts), exchange.filter, catalogue)
    turn = renewed(turn, catalogue)
    old = [c for c in exchange.answer.citations if c.article_id in turn.changed | turn.gone]
    told = ((c.number, standing(c)) for c in old)
    return replace(turn, standing=tuple((number, found) for number, found in told if found))


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
