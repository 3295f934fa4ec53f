"""How near sentences that were found, read or not, are to a topic: by the vectors the index holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from index.answering.composing import Quote
from index.answering.quotes import quoted
from index.answering.reading import Asks
from index.encoder import nearness
from index.records import Article, Sentence
from index.retriever import Evidence
from index.store import Codes, cosines
from index.store.vectors import products

Place = tuple[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A sentence of a passage that was found, and what it is worth to an answer."""

    evidence: Evidence
    at: int
    article: Article
    worth: float

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        return self.evidence.sentences[self.at]

    @property
    def place(self) -> Place:
        """Its article and start, which tell it from all others."""
        return self.article.id, self.sentence.start

    def quote(self, taken: Iterable[Place] = ()) -> Quote:
        """Return it as it is quoted: alone where what it needs is quoted beside it."""
        own, run, others = self.sentence, quoted(self.evidence, self.at), {*taken} - {self.place}
        alone = any((self.article.id, s.start) in others for s in run)
        return Quote(self.article, (own,) if alone else run, own, self.worth)


def newest(asking: Asks) -> date:
    """Return the last day on which an article came out; today where none has one."""
    days = [day for _, day in asking.generation.published if day]
    return date.fromisoformat(max(days)) if days else date.today()


def near(
    topics: Sequence[str], language: str, placed: Sequence[Placed], asking: Asks
) -> dict[Place, float]:
    """Return how near sentences are to a topic, or several, each with its passage and its article."""
    generation, every = asking.generation, {}
    vector = asking.encoder.encode_queries(topics).mean(axis=0)

    def nearness_of(codes: Codes) -> list[float]:
        its = cosines(products(codes, vector), len(vector))
        return [float(one) for one in nearness(asking.encoder, language, its)]

    for article in {one.article.id for one in placed}:
        passages, sentences = map(nearness_of, generation.codes(article))
        rows = ((p, s) for p, (_, own) in enumerate(generation.part(article).passages) for s in own)
        mean = sum(passages) / len(passages)
        for (passage, sentence), own in zip(rows, sentences, strict=True):
            every[article, sentence.start] = (own + passages[passage] + mean) / 3
    return {one.place: every[one.place] for one in placed}
