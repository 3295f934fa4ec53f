"""Questions to go on with: made of the headings near what an answer rests on, only such as are answered.

They are worked out when the page asks for them, after the answer stands, by the engine itself: they
pass no gate and are no questions of a reader's.
"""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from itertools import islice

from index.conversations import Exchange
from index.engine import Engine
from index.errors import StoreError
from index.records import Filter
from index.text.characters import nfkc
from index.web.chat.offered import as_question, has_answer

OFFERED = 3
TRIED = 12
"""Questions offered after an answer, and headings tried for them at most."""


class Followups:
    """Tries each question once a generation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._generation: int | None = None
        self._answered: dict[tuple[str, Filter], bool] = {}

    def after(self, exchanges: Sequence[Exchange], wording: str) -> tuple[str, ...]:
        """Return questions to go on with after the last of these exchanges.

        Args:
            exchanges: A conversation, of which no question is offered again.
            wording: Makes a heading a question.

        Raises:
            StoreError: There is no usable index.
        """
        last = exchanges[-1]
        asked = {_plain(e.question) for e in exchanges}
        asked |= {_plain(e.answer.understood) for e in exchanges if e.answer}
        made = dict.fromkeys(as_question(h, wording) for h in self._headings(last))
        fresh = (question for question in made if _plain(question) not in asked)
        with self._lock:
            self._renew()
            tried = islice(fresh, TRIED)
            good = (question for question in tried if self._answers(question, last.filter))
            return tuple(islice(good, OFFERED))

    def _headings(self, exchange: Exchange) -> Iterator[str]:
        """Yield headings of the articles, the nearest first; those of cited passages last."""
        answer = exchange.answer
        assert answer is not None  # what cannot be read is left out before
        near: list[tuple[bool, int, str]] = []
        for source in answer.citations if answer.answered else answer.nearest:
            own = source.heading if answer.answered else None
            with contextlib.suppress(StoreError):  # the article is gone
                passages = [p for p, _ in self._engine.part(source.article_id).passages]
                found = ((p.start, p.heading) for p in passages if p.heading)
                near += [(h == own, abs(at - source.start), h) for at, h in found]
        return (heading for _, _, heading in sorted(near))

    def _answers(self, question: str, filter: Filter) -> bool:
        key = question, filter
        if key not in self._answered:
            self._answered[key] = has_answer(self._engine, question, filter=filter)
        return self._answered[key]

    def _renew(self) -> None:
        number = self._engine.generation().number
        if number != self._generation:
            self._generation, self._answered = number, {}


def _plain(question: str) -> str:
    return nfkc(question).casefold().strip(" ?。")
