"""An index that is asked: by its models, within a filter, one question after another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from index.answering.answers import answer
from index.answering.reading import FOUND, Found, read
from index.carriers import once
from index.crossencoder import CrossEncoder
from index.encoder import Encoder
from index.questions import Question, read_question, understand
from index.records import Answer, Filter
from index.retriever import Evidence, retrieve
from index.store import Archive

UNREAD = ("talk", "overview")
"""Forms that need nothing found."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks an index. A form of answer that needs more than was found asks it again."""

    generation: Archive
    encoder: Encoder
    crossencoder: CrossEncoder
    filter: Filter | None = None

    def find(self, question: str, *, previous: str = "", top_k: int = FOUND) -> Found:
        """Understand a question, rank passages for it, and read the best of them."""
        asked = understand(
            question,
            self.generation.names,
            self.generation.terms,
            previous=previous,
            answered=cache(partial(self._answered, previous)),
        )
        if asked.form.name in UNREAD:
            return Found(question, asked, (), (), self.generation, asking=self)
        return self.read(question, self.retrieve(asked.text, top_k=top_k), understood=asked)

    def retrieve(
        self, text: str, *, top_k: int = FOUND, filter: Filter | None = None
    ) -> list[Evidence]:
        """Rank passages for a text; within another filter, where one is given."""
        own = filter or self.filter
        return retrieve(self.generation, self.encoder, text, top_k=top_k, filter=own)

    def read(
        self, question: str, evidence: Sequence[Evidence], *, understood: Question | None = None
    ) -> Found:
        """Read the best of the passages found with the question, of one copy only once."""
        asked, told = understood or read_question(question), self.generation.stories
        first = once(evidence, lambda e: (e.hit.passage.article_id, e.hit.passage.text), told)
        evidence = [*first, *(e for e in evidence if e not in first)]
        found = read(question, evidence, self.generation, self.crossencoder, understood=asked)
        own = once(found.sentences, lambda s: (s.hit.passage.article_id, s.sentence.text), told)
        undated = self.generation.undated(self.filter)
        return replace(found, sentences=tuple(own), undated=undated, asking=self)

    def _answered(self, question: str) -> Answer:
        return answer(self.find(question))
