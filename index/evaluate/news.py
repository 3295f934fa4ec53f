"""Reading put to the test: the same question asked of an article that answers it and of one that does not.

Over a folder in newsqa's form (see ``newsqa``). All its articles stand in the index, once all as
written, and then, for every k, each with the edit that turns the label of its question k round. So
what the question alone gives away is worth nothing, and other articles compete for the answer.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import accumulate, zip_longest
from pathlib import Path

from index import answering, ingest
from index.answering import Found
from index.crossencoder.reading import VERDICTS
from index.engine import FOUND
from index.errors import CorpusError, EncoderError
from index.evaluate import given_away
from index.evaluate.newsqa import Item, NewsArticle, Paragraphs, Variant, read_news
from index.evaluate.outcomes import ClaimOutcome, NewsOutcome, Outcome, Run, tabulate
from index.models import Models
from index.passages import cut
from index.records import Answer, Article, Citation, OnProgress, Progress
from index.retriever import retrieve
from index.settings import Settings
from index.store import Generation, Home, Part

Ask = Callable[[Item, Variant, Generation, str], Outcome]


def ask_news(
    folder: Path, settings: Settings, *, claims: bool = False, on_progress: OnProgress | None = None
) -> Run:
    """Ask every question, or judge every claim, of articles that settle it and of ones that do not.

    Args:
        folder: See ``newsqa.read_news``.
        settings: For the models; the home is not touched.
        claims: Judge claims instead of asking questions.
        on_progress: Told how far the work has come.

    Returns:
        The outcomes, and what questions or claims give away without their articles.

    Raises:
        CorpusError: A file is missing or broken, or there is nothing to ask.
    """
    articles = read_news(folder)
    models = Models(settings)
    asker = _Asker(models, on_progress or (lambda _: None))
    items = [a.claims if claims else a.questions for a in articles]
    ask: Ask = asker.judge if claims else asker.ask
    if not any(items):
        raise CorpusError(str(folder), "主張がありません" if claims else "質問がありません")
    outcomes = list(asker.outcomes(articles, items, ask))
    told = given_away.of_claims if claims else given_away.of_questions
    return Run("claims" if claims else "news", tabulate(outcomes), told(articles))


class _Asker:
    """Indexes the articles in one state after the other and asks."""

    def __init__(self, models: Models, report: OnProgress) -> None:
        self._encoder = models.encoder(report)
        self._crossencoder = models.crossencoder(report)
        self._report = report

    def outcomes(
        self, articles: Sequence[NewsArticle], items: Sequence[Sequence[Item]], ask: Ask
    ) -> Iterator[Outcome]:
        """Yield the outcomes of every item, first as written, then of each round of edits."""
        rounds = [*zip_longest(*items)]
        with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
            home = Home(Path(path))
            generation = self._index(home, articles, [a.paragraphs for a in articles])
            for at, asked in enumerate(items):
                for number, item in enumerate(asked):
                    yield ask(item, item.variants[0], generation, f"{at}/{number}")
            generation.close()
            for number, those in enumerate(rounds):
                edited = [item.variants[-1] if item else None for item in those]
                states = [
                    v.paragraphs if v else a.paragraphs
                    for v, a in zip(edited, articles, strict=True)
                ]
                generation = self._index(home, articles, states)
                for at, (item, variant) in enumerate(zip(those, edited, strict=True)):
                    if item and variant and not variant.written:
                        yield ask(item, variant, generation, f"{at}/{number}")
                generation.close()
                self._report(Progress("ask", number + 1, len(rounds)))

    def _index(
        self, home: Home, articles: Sequence[NewsArticle], states: Sequence[Paragraphs]
    ) -> Generation:
        made = [_article(n, a, p) for n, (a, p) in enumerate(zip(articles, states, strict=True))]
        parts = [Part(article, tuple(cut(article))) for article in made]
        with home.building():
            ingest.publish(home, self._encoder, parts, sources={}, report=lambda _: None)
        return home.open()

    def ask(self, item: Item, variant: Variant, generation: Generation, name: str) -> NewsOutcome:
        """Ask a question of an index that holds its article in this state."""
        started = time.perf_counter()
        answer = answering.answer(self._read(item.text, generation))
        seconds = time.perf_counter() - started
        return NewsOutcome(
            name,
            item.language,
            seconds,
            variant.written,
            variant.settled,
            answer.answered,
            answer.confidence,
            len(answer.citations),
            *_judge(variant, answer, _identity(name)),
        )

    def judge(
        self, item: Item, variant: Variant, generation: Generation, name: str
    ) -> ClaimOutcome:
        """Judge a claim by the passage that says most surely whether it is true."""
        started = time.perf_counter()
        verdicts = [
            r.verdict for e in self._read(item.text, generation).evidence for r in e.readings
        ]
        told = [verdict for verdict in verdicts if verdict]
        if not told:
            raise EncoderError("TENKYO_READER のモデルは主張の正否を判定しません。")
        surest = min(told, key=lambda v: v[2])
        judged = VERDICTS[max(range(3), key=surest.__getitem__)]
        seconds = time.perf_counter() - started
        return ClaimOutcome(name, item.language, seconds, variant.written, variant.label, judged)

    def _read(self, text: str, generation: Generation) -> Found:
        found = retrieve(generation, self._encoder, text, top_k=FOUND)
        return answering.read(text, found, generation, self._crossencoder)


def _identity(name: str) -> str:
    return f"{int(name.partition('/')[0]):08d}"


def _article(number: int, news: NewsArticle, paragraphs: Paragraphs) -> Article:
    text = "\n".join("".join(p) for p in paragraphs)
    published = date.fromisoformat(news.published) if news.published else None
    digest = hashlib.sha256(text.encode()).hexdigest()
    identity = f"{number:08d}"
    return Article(
        identity,
        news.title,
        (),
        news.publisher or None,
        published,
        "ja",
        None,
        identity,
        text,
        digest,
    )


def _judge(variant: Variant, answer: Answer, identity: str) -> tuple[bool, bool, bool]:
    """Say whether the best citation holds evidence, all together hold all of it, and the key the answer."""
    places = _places(variant)
    cited = sorted(answer.citations, key=lambda c: -c.score)
    held = [[n for n in variant.evidence if _holds(c, identity, places[n])] for c in cited]
    best = bool(held) and bool(held[0])
    every = bool(held) and bool(variant.evidence) and set().union(*held) == {*variant.evidence}
    return best, every, best and _points(cited[0], variant)


def _places(variant: Variant) -> list[tuple[int, int]]:
    """Where each sentence stands in the article's text."""
    lengths = [
        len(s) + (n == len(p) - 1) for p in variant.paragraphs for n, s in enumerate(p)
    ]  # a line ends behind each paragraph
    starts = [0, *accumulate(lengths)]
    return [(start, start + len(s)) for start, s in zip(starts, variant.sentences, strict=False)]


def _holds(citation: Citation, identity: str, place: tuple[int, int]) -> bool:
    start, end = place
    return citation.article_id == identity and citation.start <= start and end <= citation.end


def _points(citation: Citation, variant: Variant) -> bool:
    if citation.key is None or variant.answer is None:
        return False
    start, end = (at - citation.start for at in citation.key)
    key = citation.quote[start:end]
    return key in variant.answer or variant.answer in key
